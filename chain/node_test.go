package chain

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"mulu"
	"mulu/act"
)

func TestOneNodeLives(t *testing.T) {
	w := newTown(t, 1, nil)
	c := w.open(0)
	if c.ID() != "test-1" || c.Sandbox() || c.Size() != 1 {
		t.Fatalf("after genesis: id %q, sandbox %v, size %d", c.ID(), c.Sandbox(), c.Size())
	}
	s := w.register()
	before := time.Now().Add(-time.Second)
	o := submit(t, c, s)
	if o.N != 1 || len(o.Facts) == 0 || o.Time.Before(before) || o.Time.After(time.Now().Add(time.Second)) {
		t.Fatalf("outcome: %+v", o)
	}
	org := o.Facts[len(o.Facts)-1].ID
	for _, f := range o.Facts {
		if f.Noun == mulu.KindOrg {
			org = f.ID
		}
	}
	if _, ok := c.Get(mulu.KindOrg, org); !ok {
		t.Fatalf("institution %s does not stand", org)
	}
	if ids := c.Find(mulu.KindOrg, "name/第1测试局"); len(ids) != 1 || ids[0] != org {
		t.Fatalf("found %v", ids)
	}
	if l := c.List(mulu.KindOrg, "001", 10); len(l) != 1 || l[0].ID != org {
		t.Fatalf("listed %v", l)
	}
	b, err := c.Record(1)
	if err != nil || !bytes.HasPrefix(b, s.Bytes) || bytes.Count(b, []byte{'\n'}) != 3 {
		t.Fatalf("record 1: %s %v", b, err)
	}
	if all, err := c.Records(0, 10); err != nil || len(all) != 2 || !bytes.Equal(all[1], b) {
		t.Fatalf("records: %d %v", len(all), err)
	}
	if _, err := c.Record(2); !errors.Is(err, ErrUnknown) {
		t.Fatalf("record 2: %v", err)
	}
	if h := c.Health(); h.State != "ok" || h.Size != 2 || h.Pending != 0 || !h.Quorum {
		t.Fatalf("health %+v", h)
	}
	if facts, no := c.Try(w.registering(1), "001", "", w.bureau.Public().String()); no == nil {
		t.Fatalf("a second registration would pass: %v", facts)
	}
}

// An idle chain makes no blocks, and an act after a pause is executed at the time it comes, not at the time of the
// votes before the pause.
func TestIdleThenNow(t *testing.T) {
	w := newTown(t, 1, nil)
	c := w.open(0)
	submit(t, c, w.register())
	if err := c.waiters.until(soon(t), nil, func() bool { return c.Height() > c.machine.at().Worked }); err != nil {
		t.Fatal(err) // the empty block that signs the app hash
	}
	still := c.Height()
	pause := time.NewTimer(1500 * time.Millisecond)
	<-pause.C
	if c.Height() != still {
		t.Fatalf("an idle chain went from height %d to %d", still, c.Height())
	}
	before := time.Now().Truncate(time.Millisecond)
	if o := submit(t, c, w.register()); o.Time.Before(before) {
		t.Fatalf("the act came at %v and was executed at %v", before, o.Time)
	}
}

func TestRestart(t *testing.T) {
	w := newTown(t, 1, nil)
	c := w.open(0)
	var sent []*act.Signed
	for range 20 {
		s := w.register()
		submit(t, c, s)
		sent = append(sent, s)
	}
	head := c.machine.at()
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	c = w.open(0)
	if h := c.machine.at(); h.Size != head.Size || h.Root != head.Root {
		t.Fatalf("after restart %+v, before %+v", h, head)
	}
	for i, s := range sent { // said again: the old outcome, no new record
		if o := submit(t, c, s); o.N != uint64(i+1) {
			t.Fatalf("act %d is record %d", i, o.N)
		}
	}
	if c.Size() != head.Size {
		t.Fatalf("size %d, was %d", c.Size(), head.Size)
	}
	submit(t, c, w.register())
}

func TestRefusedBeforeAccepted(t *testing.T) {
	w := newTown(t, 1, nil)
	c := w.open(0)
	good := w.register()
	t.Run("another chain", func(t *testing.T) {
		_, err := c.Submit(soon(t), w.sayOn("test-2", w.registering(900)))
		var foreign *ForeignAct
		if !errors.As(err, &foreign) || !strings.Contains(err.Error(), `"test-2"`) {
			t.Fatal(err)
		}
	})
	t.Run("bad signature", func(t *testing.T) {
		other := w.register()
		line, _, err := act.Unpair(good.Bytes)
		if err != nil {
			t.Fatal(err)
		}
		_, sig, err := act.Unpair(other.Bytes)
		if err != nil {
			t.Fatal(err)
		}
		forged, err := act.Parse(act.Pair(line, sig))
		if err != nil {
			t.Fatal(err)
		}
		_, err = c.Submit(soon(t), forged)
		var m *act.Malformed
		if !errors.As(err, &m) || m.Code != "signature" {
			t.Fatal(err)
		}
	})
	for name, tx := range map[string][]byte{
		"malformed":   []byte("{\"v\":1}\nAAAA\n"),
		"empty":       {},
		"one line":    []byte("hello"),
		"1 MB and 1":  bytes.Repeat([]byte{'x'}, act.MaxBytes+1),
		"10 MB":       bytes.Repeat([]byte{'x'}, 10<<20),
		"other kinds": bytes.Replace(good.Bytes, []byte("org.register"), []byte("org.frobnify"), 1),
		"a stamp":     stampText(time.Now().Truncate(time.Millisecond)),
	} {
		t.Run(name, func(t *testing.T) {
			if err := c.engine.offer(tx); err == nil {
				t.Fatal("the pool took it")
			}
		})
	}
	if c.Size() != 1 {
		t.Fatalf("%d records", c.Size())
	}
	submit(t, c, good)
}

// An act under a key that the chain never knew does not enter: not from here, not from another node. Where a block
// holds it all the same, every node makes the same refusal of it.
func TestStrangersStayOutside(t *testing.T) {
	w := newTown(t, 1, nil)
	c := w.open(0)
	say := func(s *act.Signed) mulu.Outcome { t.Helper(); return submit(t, c, s) }
	member := w.join(say)
	size := c.Size()
	foreign := w.as(party{member.id, newKey(t)}, &act.RegisterDuty{Name: "职责", Basis: "三定方案第二条"})
	_, err := c.Submit(soon(t), foreign)
	var no *mulu.Refusal
	if !errors.As(err, &no) || no.Code != "key_unknown" || no.Art != "38.2" {
		t.Fatalf("%T %v", err, err)
	}
	if err := c.engine.offer(foreign.Bytes); err == nil || c.engine.pool.Size() != 0 {
		t.Fatalf("the pool took it: %v", err)
	}
	if n, _ := c.outbox.count(); n != 0 || c.Size() != size {
		t.Fatalf("%d wait, %d records, there were %d", n, c.Size(), size)
	}
	if o := say(w.as(member, &act.RegisterDuty{Name: "职责", Basis: "三定方案第二条"})); o.Refused != nil {
		t.Fatal(o.Refused)
	}

	m := bare(t, w)
	if _, err := m.genesis(w.genesis, w.start); err != nil {
		t.Fatal(err)
	}
	if _, err := m.commit(); err != nil {
		t.Fatal(err)
	}
	p, err := m.execute(1, [][]byte{stampText(w.start.Add(time.Second).Truncate(time.Millisecond)), foreign.Bytes})
	if err != nil || len(p.outcomes) != 1 || p.outcomes[0].outcome.Refused == nil || p.outcomes[0].outcome.Refused.Code != "key_unknown" {
		t.Fatalf("%+v %v", p, err)
	}
}

func TestPendingIsKept(t *testing.T) {
	w := newTown(t, 1, nil)
	c := w.open(0)
	submit(t, c, w.register())
	if err := c.waiters.until(soon(t), nil, func() bool { return c.Height() > c.machine.at().Worked }); err != nil {
		t.Fatal(err) // the chain is idle: no block that is ending holds the pool
	}
	s := w.register()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	c.writing.Lock() // no block is committed while Submit waits
	_, err := c.Submit(ctx, s)
	c.writing.Unlock()
	var p *Pending
	if !errors.As(err, &p) || p.ID != s.ID || !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	if err := c.Wait(soon(t), 3); err != nil {
		t.Fatal(err)
	}
	if o, ok := c.Outcome(s.ID); !ok || o.N != 2 {
		t.Fatalf("%+v %v", o, ok)
	}
}
