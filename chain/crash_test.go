package chain

import (
	"bufio"
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	mrand "math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"mulu/act"
	"mulu/sm"
)

// The node under test is this test binary run again: TestMain turns it into one when these are set.
const (
	childHome  = "MULU_CHILD_HOME"
	childKey   = "MULU_CHILD_KEY"   // hex scalar
	childActs  = "MULU_CHILD_ACTS"  // folder of acts, one file each, said in order of their names
	childFault = "MULU_CHILD_FAULT" // "<point> <nth time>": where to end the process
	childCrowd = "MULU_CHILD_CROWD" // how many say acts at once
)

const faultExit = 42

func TestMain(m *testing.M) {
	if home := os.Getenv(childHome); home != "" {
		os.Exit(child(home))
	}
	os.Exit(m.Run())
}

// child runs a node and says acts to it. It prints the id of each act that is accepted, once it is.
func child(home string) int {
	die := func(err error) int {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	scalar, err := hex.DecodeString(os.Getenv(childKey))
	if err != nil {
		return die(err)
	}
	key, err := sm.NewSigner(scalar, rand.Reader)
	if err != nil {
		return die(err)
	}
	point, nth, _ := strings.Cut(os.Getenv(childFault), " ")
	left, _ := strconv.Atoi(nth)
	var mu sync.Mutex
	saying := "" // the one act being said, where one says them
	fault := func(at string) {
		mu.Lock()
		defer mu.Unlock()
		if at == "outbox.after" && saying != "" {
			fmt.Println(saying)
		}
		if at == point {
			if left--; left == 0 {
				os.Exit(faultExit)
			}
		}
	}
	c, err := Open(context.Background(), Config{Home: home, Key: key, NodeName: "n1", Fault: fault, StallAfter: 5 * time.Second})
	if err != nil {
		return die(err)
	}
	go func() {
		err := <-c.Done()
		var f *Fatal
		if errors.As(err, &f) {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(f.Code)
		}
	}()
	files, err := filepath.Glob(filepath.Join(os.Getenv(childActs), "*"))
	if err != nil {
		return die(err)
	}
	crowd, _ := strconv.Atoi(os.Getenv(childCrowd))
	one := crowd == 0
	queue := make(chan string, len(files))
	for _, f := range files {
		queue <- f
	}
	close(queue)
	var wg sync.WaitGroup
	var failed error
	for range max(1, crowd) {
		wg.Go(func() {
			for f := range queue {
				b, err := os.ReadFile(f)
				if err == nil {
					var s *act.Signed
					if s, err = act.Parse(b); err == nil {
						if one {
							mu.Lock()
							saying = s.ID
							mu.Unlock()
						}
						ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
						_, err = c.Submit(ctx, s)
						cancel()
						var p *Pending
						if err == nil || errors.As(err, &p) {
							fmt.Println(s.ID)
							err = nil
						}
					}
				}
				if err != nil {
					mu.Lock()
					failed = err
					mu.Unlock()
					return
				}
			}
		})
	}
	wg.Wait()
	if failed != nil {
		return die(failed)
	}
	if err := c.Close(); err != nil {
		return die(err)
	}
	return 0
}

// writeActs puts acts into a folder, in order.
func (w *town) writeActs(dir string, from, n int) {
	w.t.Helper()
	if err := os.MkdirAll(dir, 0o700); err != nil {
		w.t.Fatal(err)
	}
	for i := range n {
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%06d", from+i)), w.register().Bytes, 0o600); err != nil {
			w.t.Fatal(err)
		}
	}
}

func (w *town) command(env ...string) (*exec.Cmd, *bytes.Buffer, *bytes.Buffer) {
	w.t.Helper()
	self, err := os.Executable()
	if err != nil {
		w.t.Fatal(err)
	}
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), append(env, childHome+"="+w.homes[0], childKey+"="+hex.EncodeToString(w.scalars[0]))...)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	return cmd, &out, &errs
}

// accepted lists the ids a child printed; a line cut short by its end does not count.
func accepted(out []byte) []string {
	var ids []string
	s := bufio.NewScanner(bytes.NewReader(out))
	for s.Scan() {
		if len(s.Text()) == 64 {
			ids = append(ids, s.Text())
		}
	}
	return ids
}

// whole opens the node again and wants every accepted act to be a record exactly once, and everything on disk in order.
func (w *town) whole(ids []string) {
	w.t.Helper()
	c, err := Open(soon(w.t), w.config(0))
	if err != nil {
		w.t.Fatal(err)
	}
	if err := c.waiters.until(soon(w.t), nil, func() bool { n, _ := c.outbox.count(); return n == 0 }); err != nil {
		n, _ := c.outbox.count()
		w.t.Fatalf("%d acts stay in the outbox: %v, health %+v", n, err, c.Health())
	}
	all, err := c.Records(0, int(c.Size()))
	if err != nil {
		w.t.Fatal(err)
	}
	seen := map[string]int{}
	for _, r := range all {
		line, _, _ := bytes.Cut(r, []byte{'\n'})
		id := sm.Sum(line)
		seen[hex.EncodeToString(id[:])]++
	}
	for id, n := range seen {
		if n != 1 {
			w.t.Errorf("the act %s is %d records", id, n)
		}
	}
	for _, id := range ids {
		if seen[id] != 1 {
			w.t.Errorf("the accepted act %s is lost", id)
		}
	}
	submit(w.t, c, w.register())
	if err := c.Close(); err != nil {
		w.t.Fatal(err)
	}
	if _, err := Fsck(context.Background(), w.config(0)); err != nil {
		w.t.Fatal(err)
	}
}

// The process ends before and after each persisting write of this room, and at the places that CometBFT names in its
// own; nothing accepted is lost, nothing is executed twice.
func TestCrashMatrix(t *testing.T) {
	var cases [][2]string // name, environment
	for _, p := range []string{"genesis.before", "genesis.after"} {
		cases = append(cases, [2]string{p, childFault + "=" + p + " 1"})
	}
	for _, p := range []string{"outbox.before", "outbox.after", "offer.after", "execute.before", "execute.after", "commit.before", "commit.after", "cosign.before", "cosign.after"} {
		for _, nth := range []string{"1", "3"} {
			cases = append(cases, [2]string{p + nth, childFault + "=" + p + " " + nth})
		}
	}
	for i := range 12 {
		cases = append(cases, [2]string{fmt.Sprintf("comet%d", i), fmt.Sprintf("FAIL_TEST_INDEX=%d", i)})
	}
	for _, c := range cases {
		t.Run(c[0], func(t *testing.T) {
			w := newTown(t, 1, nil)
			dir := t.TempDir()
			w.writeActs(dir, 0, 4)
			cmd, out, errs := w.command(c[1], childActs+"="+dir)
			err := cmd.Run()
			var exit *exec.ExitError
			if !errors.As(err, &exit) {
				t.Fatalf("the process did not end there: %v\n%s", err, errs)
			}
			if strings.HasPrefix(c[1], childFault) && exit.ExitCode() != faultExit {
				t.Fatalf("it ended with %d: %s", exit.ExitCode(), errs)
			}
			w.whole(accepted(out.Bytes()))
		})
	}
}

// A node under load is killed at random moments, again and again. MULU_KILLS says how often; 200 take some minutes.
func TestKilledUnderLoad(t *testing.T) {
	kills := 4
	if s := os.Getenv("MULU_KILLS"); s != "" {
		var err error
		if kills, err = strconv.Atoi(s); err != nil {
			t.Fatal(err)
		}
	}
	w := newTown(t, 1, nil)
	r := mrand.New(mrand.NewPCG(1, uint64(time.Now().UnixNano())))
	var ids []string
	for range kills {
		dir := t.TempDir()
		w.writeActs(dir, 0, 400)
		cmd, out, errs := w.command(childActs+"="+dir, childCrowd+"=8")
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		time.AfterFunc(time.Duration(20+r.IntN(400))*time.Millisecond, func() { _ = cmd.Process.Kill() })
		err := cmd.Wait()
		var exit *exec.ExitError
		if err != nil && (!errors.As(err, &exit) || exit.ExitCode() != -1) {
			t.Fatalf("%v: %s", err, errs)
		}
		ids = append(ids, accepted(out.Bytes())...)
	}
	if len(ids) == 0 {
		t.Fatal("no act was accepted before a kill")
	}
	w.whole(ids)
}
