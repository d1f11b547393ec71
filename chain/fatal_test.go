package chain

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// A panic inside consensus is swallowed by CometBFT; the node notices and says what it died of.
func TestPanicEndsTheNode(t *testing.T) {
	w := newTown(t, 1, nil)
	cfg := w.config(0)
	var armed atomic.Bool
	cfg.Fault = func(point string) {
		if point == "execute.before" && armed.Load() {
			panic("the rules contradict themselves")
		}
	}
	c, err := Open(soon(t), cfg)
	if err != nil {
		t.Fatal(err)
	}
	submit(t, c, w.register())
	armed.Store(true)
	_, err = c.Submit(soon(t), w.register())
	var p *Pending
	var f *Fatal
	if !errors.As(err, &p) || !errors.As(err, &f) || f.Code != ExitBroken {
		t.Fatalf("%T %v", err, err)
	}
	if err := <-c.Done(); !errors.As(err, &f) || err.Error() != "execute a block: the rules contradict themselves" {
		t.Fatal(err)
	}
	if h := c.Health(); h.State != "failed" || h.Pending != 1 {
		t.Fatalf("health %+v", h)
	}
	if _, err := c.Submit(soon(t), w.register()); !errors.As(err, &f) {
		t.Fatalf("%T %v", err, err)
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	armed.Store(false)
	c = w.open(0) // what was accepted is executed now
	if err := c.Wait(soon(t), 3); err != nil {
		t.Fatal(err)
	}
}

// Consensus that stands still although it could go on ends the node with the code that asks for a restart.
func TestStallEndsTheNode(t *testing.T) {
	w := newTown(t, 1, nil)
	cfg := w.config(0)
	cfg.StallAfter = 200 * time.Millisecond
	var armed atomic.Bool
	release := make(chan struct{})
	cfg.Fault = func(point string) {
		if point == "execute.before" && armed.Load() {
			<-release
		}
	}
	c, err := Open(soon(t), cfg)
	if err != nil {
		t.Fatal(err)
	}
	submit(t, c, w.register())
	armed.Store(true)
	_, err = c.Submit(soon(t), w.register())
	var s *Stalled
	var f *Fatal
	if !errors.As(err, &s) || !errors.As(err, &f) || f.Code != ExitStalled {
		t.Fatalf("%T %v", err, err)
	}
	if err := <-c.Done(); !errors.As(err, &s) {
		t.Fatal(err)
	}
	close(release)
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
}

// A block that takes longer than a stall may last, while consensus works on it, ends nobody.
func TestSlowBlockIsNotStalled(t *testing.T) {
	w := newTown(t, 1, nil)
	cfg := w.config(0)
	cfg.StallAfter = 200 * time.Millisecond
	var c *Chain
	var armed atomic.Bool
	cfg.Fault = func(point string) {
		if point == "execute.before" && armed.CompareAndSwap(true, false) {
			for began := time.Now(); time.Since(began) < 5*cfg.StallAfter; {
				c.gate.pulse.beat()
				runtime.Gosched()
			}
		}
	}
	c, err := Open(soon(t), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	before := c.gate.pulse.count()
	submit(t, c, w.register())
	if c.gate.pulse.count() == before {
		t.Fatal("executing an act is not noticed")
	}
	armed.Store(true)
	submit(t, c, w.register())
	if f := c.failure(); f != nil {
		t.Fatal(f)
	}
}

// A node without acts waiting is never stalled, however long nothing happens.
func TestIdleIsNotStalled(t *testing.T) {
	w := newTown(t, 1, nil)
	cfg := w.config(0)
	var skew atomic.Int64
	cfg.Now = func() time.Time { return time.Now().Add(time.Duration(skew.Load())) }
	c, err := Open(soon(t), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	submit(t, c, w.register())
	skew.Store(int64(time.Hour))
	if d := c.stalledFor(); d != 0 {
		t.Fatalf("stalled for %v", d)
	}
	submit(t, c, w.register())
}

// A clock set back does not stop the chain, and the law's time never runs backwards.
func TestClockSetBack(t *testing.T) {
	w := newTown(t, 1, nil)
	cfg := w.config(0)
	var skew atomic.Int64
	skew.Store(int64(time.Hour))
	cfg.Now = func() time.Time { return time.Now().Add(time.Duration(skew.Load())) }
	c, err := Open(soon(t), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	last := submit(t, c, w.register()).Time
	skew.Store(0)
	for range 3 {
		now := submit(t, c, w.register()).Time
		if !now.After(last) {
			t.Fatalf("%v after %v", now, last)
		}
		last = now
	}
}

func TestCloseKeepsWhatIsAccepted(t *testing.T) {
	w := newTown(t, 1, nil)
	c := w.open(0)
	c.writing.Lock()
	got := make(chan error, 1)
	go func() {
		_, err := c.Submit(context.Background(), w.register())
		got <- err
	}()
	for n := 0; n == 0; n, _ = c.outbox.count() {
		runtime.Gosched()
	}
	time.AfterFunc(50*time.Millisecond, c.writing.Unlock)
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	var p *Pending
	if err := <-got; err != nil && !errors.As(err, &p) {
		t.Fatal(err)
	}
	c = w.open(0)
	if err := c.Wait(soon(t), 2); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Submit(soon(t), w.register()); err != nil {
		t.Fatal(err)
	}
}

func TestDiskErrors(t *testing.T) {
	var full *DiskFull
	err := diskError("keep an act", fmt.Errorf("write: %w", syscall.ENOSPC))
	if !errors.As(err, &full) || fatal(err).Code != ExitDisk {
		t.Fatal(err)
	}
	if err := diskError("carry on", errors.New("consensus ended: write wal: no space left on device")); !errors.As(err, &full) {
		t.Fatal(err)
	}
	if diskError("x", nil) != nil {
		t.Fatal("nil is an error")
	}
}
