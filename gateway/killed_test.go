package gateway

import (
	"bufio"
	"encoding/hex"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"mulu/sm"
)

// TestKilledUnderLoad kills a gateway with SIGKILL while 16 sides call it, and wants the receipt of every answer that was
// had before to be there, the tree and the ledger to be those of the receipts, and the day's rows to be at least those.
func TestKilledUnderLoad(t *testing.T) {
	if dir := os.Getenv("MULU_LOAD_INTO"); dir != "" {
		callUntilKilled(t, dir)
		return
	}
	for _, after := range []int{1, 400} {
		dir := t.TempDir()
		c := exec.Command(os.Args[0], "-test.run=^TestKilledUnderLoad$")
		c.Env = append(os.Environ(), "MULU_LOAD_INTO="+dir)
		out, err := c.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		had := map[string]bool{}
		lines := bufio.NewScanner(out)
		for lines.Scan() {
			if id, ok := strings.CutPrefix(lines.Text(), "had "); ok && len(id) == 64 {
				had[id] = true
			}
			if len(had) == after {
				if err := c.Process.Kill(); err != nil {
					t.Fatal(err)
				}
			}
		}
		_, _ = io.Copy(io.Discard, out)
		_ = c.Wait() // it was killed
		if len(had) < after {
			t.Fatalf("only %d answers were had", len(had))
		}
		scalar, err := os.ReadFile(filepath.Join(dir, "scalar"))
		if err != nil {
			t.Fatal(err)
		}
		key, err := sm.NewSigner(scalar, nil)
		if err != nil {
			t.Fatal(err)
		}
		r, err := openReceipts(bareConfig(t, filepath.Join(dir, "receipts"), key))
		if err != nil {
			t.Fatal(err)
		}
		if n := whole(t, r); n < uint64(len(had)) {
			t.Errorf("%d receipts of %d answers", n, len(had))
		}
		for id := range had {
			raw, err := hex.DecodeString(id)
			if err != nil {
				t.Fatal(err)
			}
			if _, _, err := r.find(raw); err != nil {
				t.Errorf("an answer was given whose receipt is lost: %v", err)
			}
		}
		kept := ledgerOn(t, r)
		rows := int64(0)
		for key := range kept {
			if strings.HasPrefix(key, "ld") {
				d, err := r.ledger.day([]byte(key))
				if err != nil {
					t.Fatal(err)
				}
				rows += d.Rows
			}
		}
		if rows < int64(len(had)) {
			t.Errorf("%d rows are counted, %d were had", rows, len(had))
		}
		size, root := r.standing()
		if err := r.buildLedger(meta{Format: receiptsFormat, Chain: "test-1", Node: "n1", Size: size, Root: root}); err != nil {
			t.Fatal(err)
		}
		if anew := ledgerOn(t, r); !maps.Equal(anew, kept) {
			t.Error("the ledger is not that of the receipts")
		}
		if err := r.close(); err != nil {
			t.Fatal(err)
		}
	}
}

func callUntilKilled(t *testing.T, dir string) {
	w := newTown(t, func(c *Config) { c.Dir = filepath.Join(dir, "receipts") })
	w.rate = 600_000
	grant := w.agree(w.other, nil, "code")
	if err := os.WriteFile(filepath.Join(dir, "scalar"), w.scalar, 0o600); err != nil {
		t.Fatal(err)
	}
	var out sync.Mutex
	var sides sync.WaitGroup
	for i := range 16 {
		sides.Go(func() {
			for n := range 600 {
				r := w.ask(w.other.token, grant, fmt.Sprintf(`{"filters":[{"item":"code","values":["000000000000000001"]}],"purpose":"窗口核验","case":"%d-%d"}`, i, n))
				if r.status != http.StatusOK {
					t.Errorf("%d %s", r.status, r.body)
					return
				}
				out.Lock()
				fmt.Println("had " + r.Receipt)
				out.Unlock()
			}
		})
	}
	sides.Wait()
}
