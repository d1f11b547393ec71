package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"mulu"
	"mulu/act"
)

var soak = flag.Bool("soak", false, "run the long tests")

// A fault makes one file-system call of a running node fail, in each of its threads the nth time that the thread makes it.
type fault struct {
	call, err string
	nth       int
}

func (f fault) String() string { return fmt.Sprintf("%s %s %d", f.call, f.err, f.nth) }

// A file-system call that fails while a node runs leaves it running, or ends it with a sentence and an exit code. Started
// again, it has everything it answered for, nothing twice, and fsck is clean.
func TestFailingCalls(t *testing.T) {
	if !*soak {
		t.Skip("minutes under strace; run it with -soak")
	}
	testFaults(t, []fault{{"fdatasync", "EIO", 3}, {"pwrite64", "ENOSPC", 6}, {"renameat", "EIO", 2}, {"openat", "ENOSPC", 40}, {"fsync", "EIO", 2}})
}

// Every class of calls, both errors, early and late.
//
//	go test ./cmd/mulu -run TestSoakFailingCalls -soak -timeout 120m
func TestSoakFailingCalls(t *testing.T) {
	if !*soak {
		t.Skip("a long run; its command stands above it")
	}
	var all []fault
	for _, call := range []string{"write", "pwrite64", "fsync", "fdatasync", "renameat", "openat", "ftruncate", "unlinkat", "read", "pread64"} {
		for _, err := range []string{"ENOSPC", "EIO"} {
			for _, nth := range []int{1, 2, 3, 5, 8, 13, 21, 34, 55} {
				all = append(all, fault{call, err, nth})
			}
		}
	}
	testFaults(t, all)
}

func testFaults(t *testing.T, faults []fault) {
	if _, err := exec.LookPath("strace"); err != nil {
		t.Skip("strace is missing; install it (Debian: apt-get install strace) and run the test again")
	}
	first := newHouse(t)
	first.must("init", "--sandbox", "--gateway", "", "--pages", "")
	first.start("已启动", "node")
	first.must("say", "区数据局 登记职责 名称=统筹公共数据 依据=三定")
	first.stop()
	for _, f := range faults {
		t.Run(strings.ReplaceAll(f.String(), " ", "-"), func(t *testing.T) {
			w := newHouse(t)
			if err := os.CopyFS(w.path("h"), os.DirFS(first.path("h"))); err != nil {
				t.Fatal(err)
			}
			w.suffer(f)
		})
	}
}

// suffer runs a node under a fault and sees that nothing comes of it.
func (w *house) suffer(f fault) {
	w.t.Helper()
	ended := w.startUnder("strace", "-D", "-f", "-qq", "-o", w.path("trace"), "-e", "trace="+f.call, "-e",
		fmt.Sprintf("inject=%s:error=%s:when=%d", f.call, f.err, f.nth))
	seen := newWitness()
	over := false
	for slow := time.After(time.Minute); !over && !strings.Contains(w.said(), "已启动"); {
		select {
		case <-ended:
			over = true
		case <-slow:
			w.giveUp(ended, f, "neither starts nor ends")
		case <-time.After(20 * time.Millisecond):
		}
	}
	for i := range 6 {
		if over {
			break
		}
		// An act has a minute: a node whose disk stands still finds out within half of one and ends.
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		go func() {
			select {
			case <-ended:
				cancel()
			case <-ctx.Done():
			}
		}()
		seen.say(ctx, home(w.path("h")), fmt.Sprintf("职责%d", i))
		late := errors.Is(ctx.Err(), context.DeadlineExceeded)
		cancel()
		select {
		case <-ended:
			over = true
		default:
			if late {
				w.giveUp(ended, f, "neither answers nor ends")
			}
		}
	}
	if over {
		w.endedWell(f)
	} else {
		_ = w.node.Process.Signal(os.Interrupt)
		select {
		case <-ended:
			if !w.node.ProcessState.Success() { // the fault showed itself while it was stopping, or just before
				w.endedWell(f)
			}
		case <-time.After(time.Minute):
			w.giveUp(ended, f, "does not stop when it is told to")
		}
	}
	injected, err := os.ReadFile(w.path("trace"))
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Logf("%d calls failed, %d acts answered, ended by itself: %v (%d) %s", bytes.Count(injected, []byte("(INJECTED)")), len(seen.answered), over,
		w.node.ProcessState.ExitCode(), lastLine(w.said()))
	w.node = nil
	w.keepsItsWord(seen)
}

// giveUp ends a node that hangs, with the stacks of its goroutines.
func (w *house) giveUp(ended <-chan struct{}, f fault, why string) {
	w.t.Helper()
	_ = w.node.Process.Signal(syscall.SIGQUIT)
	select {
	case <-ended:
	case <-time.After(5 * time.Second):
		_ = w.node.Process.Kill()
		<-ended
	}
	w.node = nil
	w.t.Fatalf("%s: the node %s:\n%s", f, why, w.said())
}

// endedWell: a node that gives up says why, in a sentence, and by an exit code that whoever watches it can tell from others.
func (w *house) endedWell(f fault) {
	w.t.Helper()
	said := w.said()
	if f.call == "write" && strings.Contains(said, "netpollBreak") {
		return // the runtime itself could not write to its own event counter; no program survives that
	}
	switch code := w.node.ProcessState.ExitCode(); code {
	case exitFailed, 70, 74, 75:
	default:
		w.t.Errorf("%s: exit code %d:\n%s", f, code, said)
	}
	if strings.Contains(said, "goroutine ") || !strings.Contains(said, "mulu node: ") {
		w.t.Errorf("%s: it ends without a sentence:\n%s", f, said)
	}
}

func lastLine(s string) string {
	s = strings.TrimSpace(s)
	return s[strings.LastIndex(s, "\n")+1:]
}

// startUnder starts a node behind another program's words and gives a channel that closes when it has ended.
func (w *house) startUnder(words ...string) <-chan struct{} {
	w.t.Helper()
	w.mu.Lock()
	w.log.Reset()
	w.mu.Unlock()
	cmd := w.command("node")
	if len(words) > 0 {
		path, err := exec.LookPath(words[0])
		if err != nil {
			w.t.Fatal(err)
		}
		cmd.Args = append(append(append([]string{}, words...), cmd.Path), cmd.Args[1:]...)
		cmd.Path = path
	}
	cmd.Stdout, cmd.Stderr = w, w
	cmd.WaitDelay = 2 * time.Second // the tracer may hold the output for a moment longer
	w.node = cmd
	if err := cmd.Start(); err != nil {
		w.t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		_ = cmd.Wait()
		close(ended)
	}()
	return ended
}

// A witness knows what was said to a node and what it answered.
type witness struct {
	mu       sync.Mutex
	said     map[string]bool
	answered map[string]uint64 // name → record
}

func newWitness() *witness { return &witness{said: map[string]bool{}, answered: map[string]uint64{}} }

// say registers a duty on a node and notes its record when the node answers with one.
func (a *witness) say(ctx context.Context, h home, name string) bool {
	a.mu.Lock()
	a.said[name] = true
	a.mu.Unlock()
	r, err := dial(ctx, h)
	if err != nil {
		return false
	}
	re, err := r.ask("001", &act.RegisterDuty{Name: name, Basis: "三定"})
	if err != nil || re.Outcome == nil {
		return false
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.answered[name] = re.Outcome.N
	return true
}

// keepsItsWord starts a node again without faults: what it answered is the record it named, nothing is there twice,
// nothing waits, and fsck is clean.
func (w *house) keepsItsWord(a *witness) {
	w.t.Helper()
	w.start("已启动", "node")
	r, err := dial(w.t.Context(), home(w.path("h")))
	if err != nil {
		w.t.Fatalf("%v:\n%s", err, w.said())
	}
	w.until(func() bool {
		var s status
		return r.get("/status", &s) == nil && s.Health.Pending == 0
	})
	found := duties(w.t, r)
	for name, n := range a.answered {
		if len(found[name]) != 1 || found[name][0] != n {
			w.t.Errorf("%s was answered as record %d and stands at %v", name, n, found[name])
		}
	}
	for name, at := range found {
		if a.said[name] && len(at) > 1 {
			w.t.Errorf("%s was executed %d times, at %v", name, len(at), at)
		}
	}
	if re, err := r.ask("001", &act.RegisterDuty{Name: "之后的职责", Basis: "三定"}); err != nil || re.Outcome == nil && re.Refused == nil {
		w.t.Errorf("the chain does not go on: %+v %v", re, err)
	}
	w.stop()
	contains(w.t, "fsck", w.must("fsck"), "与磁盘逐字节一致", "查询库与由记录重建的一致")
}

// duties tells in which records duties were registered, by name.
func duties(t *testing.T, r *remote) map[string][]uint64 {
	t.Helper()
	found := map[string][]uint64{}
	for n := uint64(0); ; {
		var records [][]byte
		if err := r.get(fmt.Sprintf("/records?from=%d", n), &records); err != nil {
			t.Fatal(err)
		}
		if len(records) == 0 {
			return found
		}
		for _, record := range records {
			var o mulu.Outcome
			if err := json.Unmarshal(bytes.SplitN(record, []byte("\n"), 3)[2], &o); err != nil {
				t.Fatal(err)
			}
			if o.N != n {
				t.Fatalf("record %d calls itself %d", n, o.N)
			}
			for _, f := range o.Facts {
				var d mulu.Duty
				if f.Kind != "duty.registered" {
					continue
				}
				if err := json.Unmarshal(f.State, &d); err != nil {
					t.Fatal(err)
				}
				found[d.Name] = append(found[d.Name], n)
			}
			n++
		}
	}
}

// A node under load that is killed at random moments, again and again, loses nothing it answered and does nothing twice.
func TestKilledAtRandom(t *testing.T) { testKills(t, 5) }

// go test ./cmd/mulu -run TestSoakKilledAtRandom -soak -timeout 60m
func TestSoakKilledAtRandom(t *testing.T) {
	if !*soak {
		t.Skip("a long run; its command stands above it")
	}
	testKills(t, 200)
}

func testKills(t *testing.T, kills int) {
	w := newHouse(t)
	w.must("init", "--sandbox", "--gateway", "", "--pages", "")
	chance := rand.New(rand.NewPCG(uint64(time.Now().UnixNano()), 0))
	a := newWitness()
	for round := range kills {
		ended := w.startUnder()
		w.until(func() bool { return strings.Contains(w.said(), "已启动") })
		ctx, cancel := context.WithCancel(context.Background())
		var load sync.WaitGroup
		for side := range 6 {
			load.Go(func() {
				for i := 0; ctx.Err() == nil; i++ {
					a.say(ctx, home(w.path("h")), fmt.Sprintf("职责%d-%d-%d", round, side, i))
				}
			})
		}
		moment := time.After(time.Duration(chance.IntN(400)) * time.Millisecond)
		<-moment
		if err := w.node.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		<-ended
		cancel()
		load.Wait()
		w.node = nil
	}
	t.Logf("%d kills, %d acts said, %d answered", kills, len(a.said), len(a.answered))
	if len(a.answered) == 0 {
		t.Fatal("the node was never given time to answer")
	}
	w.keepsItsWord(a)
}
