package gateway

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/cockroachdb/pebble/vfs"
	"github.com/cockroachdb/pebble/vfs/errorfs"

	"mulu"
	"mulu/act"
	"mulu/chain"
	"mulu/proof"
	"mulu/sm"
)

// idle stands for a chain where only receipts are under test: it has an id and nothing else.
type idle struct{ Chain }

func (idle) ID() string { return "test-1" }

func bareConfig(t testing.TB, dir string, key sm.Signer) Config {
	t.Helper()
	return Config{Dir: dir, Chain: idle{}, Node: "n1", Key: key}.complete()
}

// whole re-derives the tree from the receipts on disk and checks every signature and name; it gives how many there are.
func whole(t testing.TB, r *receipts) uint64 {
	t.Helper()
	size, root := r.standing()
	tree, err := proof.NewTree(0, nil)
	if err != nil {
		t.Fatal(err)
	}
	for n := range size {
		lines, err := r.get(numbered('r', n))
		if err != nil {
			t.Fatalf("receipt %d: %v", n, err)
		}
		line, sig, err := act.Unpair(lines)
		if err != nil {
			t.Fatal(err)
		}
		var s Statement
		if err := act.DecodeCanonical(line, &s); err != nil || s.Receipt.N != n {
			t.Fatalf("receipt %d says %s, %v", n, line, err)
		}
		if !r.cfg.Key.Public().Verify(line, sig) {
			t.Fatalf("receipt %d: the signature does not hold", n)
		}
		id := sm.Sum(line)
		if found, _, err := r.find(id[:]); err != nil || found != n {
			t.Fatalf("receipt %d is found as %d, %v", n, found, err)
		}
		tree.Append(proof.LeafHash(lines), func(int, uint64, proof.Hash) {})
	}
	if tree.Root() != root {
		t.Fatal("the tree on disk is not that of the receipts")
	}
	return size
}

func TestManyReceiptsAtOnce(t *testing.T) {
	dir, key := t.TempDir(), newKey(t)
	r, err := openReceipts(bareConfig(t, dir, key))
	if err != nil {
		t.Fatal(err)
	}
	const sides, each = 16, 40
	var wait sync.WaitGroup
	var mu sync.Mutex
	seen := map[uint64]string{}
	for i := range sides {
		wait.Go(func() {
			for j := range each {
				g, err := r.add(Receipt{Grant: fmt.Sprintf("G-%d", i*each+j)})
				mu.Lock()
				if err != nil || seen[g.n] != "" {
					t.Errorf("receipt %d twice, %v", g.n, err)
				}
				seen[g.n] = g.id
				mu.Unlock()
			}
		})
	}
	wait.Wait()
	if err := r.close(); err != nil {
		t.Fatal(err)
	}
	if _, err := r.add(Receipt{}); !errors.Is(err, errClosed) {
		t.Fatalf("after closing: %v", err)
	}
	if r, err = openReceipts(bareConfig(t, dir, key)); err != nil {
		t.Fatal(err)
	}
	if n := whole(t, r); n != sides*each || len(seen) != sides*each {
		t.Fatalf("%d receipts, want %d", n, sides*each)
	}
	for n, id := range seen {
		raw, _ := hex.DecodeString(id)
		if found, _, err := r.find(raw); err != nil || found != n {
			t.Fatalf("%d is found as %d, %v", n, found, err)
		}
	}
	if err := r.close(); err != nil {
		t.Fatal(err)
	}
	if _, err := openReceipts(func() Config { c := bareConfig(t, dir, key); c.Node = "n2"; return c }()); err == nil || !strings.Contains(err.Error(), "node n1") {
		t.Fatalf("another node's folder: %v", err)
	}
}

// TestKilledWhileWriting kills a writer before and after a batch reaches the disk, and wants every receipt that was
// acknowledged to be there, numbered without a gap.
func TestKilledWhileWriting(t *testing.T) {
	if dir := os.Getenv("MULU_RECEIPTS_INTO"); dir != "" {
		writeUntilKilled(t, dir)
		return
	}
	for _, point := range []string{"receipts.before", "receipts.after"} {
		for _, at := range []string{"1", "7"} {
			dir := t.TempDir()
			c := exec.Command(os.Args[0], "-test.run=^TestKilledWhileWriting$")
			c.Env = append(os.Environ(), "MULU_RECEIPTS_INTO="+dir, "MULU_KILL_POINT="+point, "MULU_KILL_AT="+at)
			out, err := c.Output()
			var exit *exec.ExitError
			if !errors.As(err, &exit) || exit.ExitCode() != 77 {
				t.Fatalf("%s %s: the writer was not killed at the point: %v\n%s", point, at, err, out)
			}
			scalar, err := os.ReadFile(filepath.Join(dir, "scalar"))
			if err != nil {
				t.Fatal(err)
			}
			key, err := sm.NewSigner(scalar, nil)
			if err != nil {
				t.Fatal(err)
			}
			r, err := openReceipts(bareConfig(t, filepath.Join(dir, "r"), key))
			if err != nil {
				t.Fatal(err)
			}
			size := whole(t, r)
			for id := range strings.FieldsSeq(string(out)) {
				raw, err := hex.DecodeString(id)
				if err != nil || len(raw) != 32 {
					continue
				}
				if _, _, err := r.find(raw); err != nil {
					t.Errorf("%s %s: a receipt that was acknowledged is lost: %v", point, at, err)
				}
			}
			if at == "7" && size < 6 {
				t.Errorf("%s: %d receipts after 6 batches", point, size)
			}
			if err := r.close(); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func writeUntilKilled(t *testing.T, dir string) {
	key, scalar := newScalar(t)
	if err := os.WriteFile(filepath.Join(dir, "scalar"), scalar, 0o600); err != nil {
		t.Fatal(err)
	}
	cfg := bareConfig(t, filepath.Join(dir, "r"), key)
	var count atomic.Int64
	cfg.Fault = func(point string) {
		if point == os.Getenv("MULU_KILL_POINT") && fmt.Sprint(count.Add(1)) == os.Getenv("MULU_KILL_AT") {
			os.Exit(77)
		}
	}
	r, err := openReceipts(cfg)
	if err != nil {
		t.Fatal(err)
	}
	for range 100 {
		g, err := r.add(Receipt{Grant: "G-1"})
		if err != nil {
			t.Fatal(err)
		}
		fmt.Println(g.id)
	}
}

// TestNothingIsServedWithoutReceipts: the disk fails under a running gateway; no row leaves after that, and health says so.
func TestNothingIsServedWithoutReceipts(t *testing.T) {
	var broken atomic.Bool
	disk := errorfs.Wrap(vfs.Default, errorfs.InjectorFunc(func(op errorfs.Op, _ string) error {
		if broken.Load() && (op == errorfs.OpFileSync || op == errorfs.OpFileWrite) {
			return errors.New("the disk is gone")
		}
		return nil
	}))
	w := newTown(t, func(c *Config) { c.Disk = disk })
	if r := w.ask(w.consumer.token, w.grant, `{`+purpose+`}`); r.status != http.StatusOK {
		t.Fatalf("%d %s", r.status, r.body)
	}
	broken.Store(true)
	for range 3 {
		r := w.ask(w.consumer.token, w.grant, `{`+purpose+`}`)
		if r.status != http.StatusServiceUnavailable || r.Code != string(noReceipt) || r.Rows != nil || strings.Contains(string(r.body), "张") {
			t.Fatalf("rows without a receipt: %d %s", r.status, r.body)
		}
	}
	if r := w.get("/healthz"); r.status != http.StatusServiceUnavailable || !strings.Contains(string(r.body), `"ok":false`) {
		t.Fatalf("health: %d %s", r.status, r.body)
	}
	broken.Store(false) // even so: what the disk holds is unknown until the store is opened again
	if r := w.ask(w.consumer.token, w.grant, `{`+purpose+`}`); r.status != http.StatusServiceUnavailable {
		t.Fatalf("%d %s", r.status, r.body)
	}
}

// A disk that fails at any write while the receipts are opened ends the opening with what failed, and nothing is lost.
func TestDiskFailsWhileOpening(t *testing.T) {
	left, key := t.TempDir(), newKey(t)
	r, err := openReceipts(bareConfig(t, left, key))
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if _, err := r.add(Receipt{Grant: "G-1"}); err != nil {
			t.Fatal(err)
		}
	}
	if err := r.close(); err != nil {
		t.Fatal(err)
	}
	failed := 0
	for nth := int32(1); ; nth++ {
		var seen atomic.Int32
		cfg := bareConfig(t, filepath.Join(t.TempDir(), "r"), key)
		if err := os.CopyFS(cfg.Dir, os.DirFS(left)); err != nil {
			t.Fatal(err)
		}
		cfg.Disk = errorfs.Wrap(vfs.Default, errorfs.InjectorFunc(func(op errorfs.Op, _ string) error {
			if op.OpKind() == errorfs.OpKindWrite && op != errorfs.OpFileClose && seen.Add(1) >= nth {
				return syscall.ENOSPC
			}
			return nil
		}))
		ended := make(chan error, 1)
		go func() {
			r, err := openReceipts(cfg)
			if err == nil {
				err = r.close()
			}
			ended <- err
		}()
		select {
		case err = <-ended:
		case <-time.After(30 * time.Second):
			t.Fatalf("write %d: it stands still", nth)
		}
		if seen.Load() < nth {
			if err != nil {
				t.Fatalf("without a failed write: %v", err)
			}
			break
		}
		if err != nil {
			failed++
			if !errors.Is(err, syscall.ENOSPC) {
				t.Errorf("write %d: %v", nth, err)
			}
		}
	}
	if failed == 0 {
		t.Error("no failure was seen")
	}
	if r, err = openReceipts(bareConfig(t, left, key)); err != nil {
		t.Fatal(err)
	}
	if n := whole(t, r); n != 3 {
		t.Errorf("%d receipts", n)
	}
	if err := r.close(); err != nil {
		t.Fatal(err)
	}
}

// A disk that fails while an anchoring is kept leaves its goroutine standing in the store; the gateway closes all the same.
func TestDiskFailsWhileAnchoring(t *testing.T) {
	var broken atomic.Bool
	ring := make(chan time.Time)
	w := newTown(t, func(c *Config) {
		c.After = func(time.Duration) <-chan time.Time { return ring }
		c.Disk = errorfs.Wrap(vfs.Default, errorfs.InjectorFunc(func(op errorfs.Op, _ string) error {
			if broken.Load() && (op == errorfs.OpFileSync || op == errorfs.OpFileWrite) {
				return syscall.EIO
			}
			return nil
		}))
	})
	w.ask(w.consumer.token, w.grant, `{`+purpose+`}`)
	broken.Store(true)
	ring <- time.Time{}
	closed := make(chan error, 1)
	go func() {
		<-w.gateway.receipts.failed
		closed <- w.gateway.Close()
	}()
	select {
	case err := <-closed:
		if !errors.Is(err, errBroken) {
			t.Errorf("closed with %v", err)
		}
	case <-time.After(30 * time.Second):
		t.Fatal("it does not close")
	}
}

func TestFoldersThatCannotBeUsed(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := openReceipts(bareConfig(t, file, newKey(t))); err == nil {
		t.Fatal("a file was opened as a folder")
	}
	key, dir := newKey(t), t.TempDir()
	r, err := openReceipts(bareConfig(t, dir, key))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := openReceipts(bareConfig(t, dir, key)); err == nil {
		t.Fatal("two writers share a folder")
	}
	if _, err := r.add(Receipt{}); err != nil {
		t.Fatal(err)
	}
	if err := r.db.Set(nodeKey(0, 0), make([]byte, 32), nil); err != nil {
		t.Fatal(err)
	}
	if err := r.close(); err != nil {
		t.Fatal(err)
	}
	if _, err := openReceipts(bareConfig(t, dir, key)); err == nil || !strings.Contains(err.Error(), "damaged") {
		t.Fatalf("an altered node of the tree: %v", err)
	}
}

// forgetful is the real chain with a line that breaks: Submit reaches the chain, its answer is lost.
type forgetful struct {
	*chain.Chain
	lose atomic.Bool
}

func (f *forgetful) Submit(ctx context.Context, s *act.Signed) (mulu.Outcome, error) {
	o, err := f.Chain.Submit(ctx, s)
	if f.lose.Load() {
		return mulu.Outcome{}, errors.New("the answer was lost")
	}
	return o, err
}

// TestAnAnchoringWhoseAnswerIsLost: the act is said again with the same bytes, also after a restart, and is one record.
func TestAnAnchoringWhoseAnswerIsLost(t *testing.T) {
	line := &forgetful{}
	w := newTown(t, func(c *Config) { line.Chain = c.Chain.(*chain.Chain); c.Chain = line })
	r := w.ask(w.consumer.token, w.grant, `{`+purpose+`}`)
	size := w.chain.Size()
	line.lose.Store(true)
	if _, err := w.gateway.Anchor(t.Context()); err == nil {
		t.Fatal("the lost answer was not noticed")
	}
	if h := w.gateway.Health(); !h.OK || h.AnchorErr == "" || h.Anchored != 0 {
		t.Fatalf("%+v", h)
	}
	w.close()
	line.lose.Store(false)
	w.open()
	if _, err := proof.Verify(w.proofOf(r.Receipt), w.anchor()); err != nil {
		t.Fatal(err)
	}
	if w.chain.Size() != size+1 {
		t.Fatalf("the anchoring is %d records", w.chain.Size()-size)
	}
	if h := w.gateway.Health(); h.AnchorErr != "" || h.Anchored != 1 {
		t.Fatalf("%+v", h)
	}
}

// TestAnchoringByItself: at its interval the gateway anchors without being asked.
func TestAnchoringByItself(t *testing.T) {
	ring := make(chan time.Time)
	w := newTown(t, func(c *Config) { c.After = func(time.Duration) <-chan time.Time { return ring } })
	size := w.chain.Size()
	w.ask(w.consumer.token, w.grant, `{`+purpose+`}`)
	ring <- time.Time{}
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	if err := w.chain.Wait(ctx, size+1); err != nil {
		t.Fatal(err)
	}
	ring <- time.Time{} // taken only after the round before has ended
	if h := w.gateway.Health(); h.Anchored != 1 {
		t.Fatalf("%+v", h)
	}
}
