package chain

import (
	"runtime"
	"sync"
	"testing"

	"mulu/act"
	"mulu/sm"
)

// openAll starts all nodes at once.
func (w *town) openAll() []*Chain {
	w.t.Helper()
	cs := make([]*Chain, len(w.homes))
	for i := range cs {
		cs[i] = w.open(i)
	}
	return cs
}

// agree waits until all nodes have the size, and compares their roots.
func agree(t testing.TB, size uint64, cs ...*Chain) {
	t.Helper()
	for _, c := range cs {
		if err := c.Wait(soon(t), size); err != nil {
			t.Fatalf("%s has %d records of %d: %v, %+v", c.cfg.NodeName, c.Size(), size, err, c.Health())
		}
	}
	want, err := cs[0].Records(0, int(size))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range cs[1:] {
		got, err := c.Records(0, int(size))
		if err != nil {
			t.Fatal(err)
		}
		for n := range want {
			if string(got[n]) != string(want[n]) {
				t.Fatalf("record %d differs:\n%s\n%s", n, want[n], got[n])
			}
		}
	}
}

// Four nodes agree on every record, co-sign what they agree on, go on without one of them, and take it back.
func TestFourNodes(t *testing.T) {
	w := newTown(t, 4, nil)
	cs := w.openAll()
	var wg sync.WaitGroup
	const each = 10
	for i, c := range cs {
		var acts []*act.Signed
		for range each {
			acts = append(acts, w.register())
		}
		wg.Go(func() {
			for _, s := range acts {
				if o, err := c.Submit(soon(t), s); err != nil || o.Refused != nil {
					t.Errorf("node %d: %+v %v", i, o, err)
					return
				}
			}
		})
	}
	wg.Wait()
	size := uint64(1 + 4*each)
	agree(t, size, cs...)
	for _, c := range cs {
		if err := c.cosigned(soon(t), size); err != nil {
			t.Fatalf("%s: no quorum of co-signatures: %v", c.cfg.NodeName, err)
		}
		p, _ := c.Checkpoint()
		if p.Size != size || p.Root != rootOf(c.machine.at()) {
			t.Fatalf("checkpoint %+v", p)
		}
	}

	if err := cs[3].Close(); err != nil {
		t.Fatal(err)
	}
	for range 5 {
		submit(t, cs[0], w.register())
	}
	size += 5
	agree(t, size, cs[:3]...)
	if err := cs[1].cosigned(soon(t), size); err != nil {
		t.Fatalf("three of four do not make a quorum: %v", err)
	}
	cs[3] = w.open(3)
	agree(t, size, cs...)
	submit(t, cs[3], w.register())
	agree(t, size+1, cs...)
}

// Without a quorum a node says so, keeps what it accepts, and goes on when the others are back.
func TestWithoutQuorum(t *testing.T) {
	w := newTown(t, 4, nil)
	c := w.open(0)
	if h := c.Health(); h.Quorum || h.State != "waiting for quorum" {
		t.Fatalf("health %+v", h)
	}
	s := w.register()
	accepted := make(chan error, 1)
	go func() {
		_, err := c.Submit(soon(t), s)
		accepted <- err
	}()
	for n := 0; n == 0; n, _ = c.outbox.count() {
		runtime.Gosched()
	}
	others := []*Chain{w.open(1), w.open(2)}
	if err := <-accepted; err != nil {
		for _, c := range append(others, c) {
			t.Logf("%s: %+v", c.cfg.NodeName, c.Health())
			rs, _ := c.engine.state.GetRoundStateJSON()
			t.Logf("%s", rs)
		}
		t.Fatal(err)
	}
	if h := c.Health(); !h.Quorum || h.State != "ok" {
		t.Fatalf("health %+v", h)
	}
}

// A node made later copies the genesis, replays every block from its peers, is admitted by an act of the bureau,
// and then co-signs and votes.
func TestJoinLater(t *testing.T) {
	w := newTown(t, 1, nil)
	w.addHome() // addresses are known beforehand; the second home has no genesis yet
	first, soonest := w.open(0), soon(t)
	for range 15 {
		submit(t, first, w.register())
	}
	if err := WriteGenesis(w.homes[1], w.genesis, w.start); err != nil {
		t.Fatal(err)
	}
	second := w.open(1)
	states := map[string]bool{} // as they come by
	for second.Size() < 16 || second.Health().State != "ok" {
		current, h := second.Current(), second.Health()
		states[h.State] = true
		if (current || h.State == "ok") && second.Size() < 16 { // size last: it only grows
			t.Fatalf("current: %v, with %d of 16 records: %+v", current, second.Size(), h)
		}
		if err := soonest.Err(); err != nil {
			t.Fatalf("%v: %+v", err, second.Health())
		}
		runtime.Gosched()
	}
	if !states["catching up"] || !second.Current() {
		t.Errorf("it went through %v", states)
	}
	agree(t, 16, first, second)
	submit(t, first, w.say(&act.AdmitNode{Node: "n2", Operator: "001", Validator: w.ids[1].Validator, CosignKey: w.keys[1].Public().String(), Power: 10}))
	size := first.Size()
	submit(t, second, w.register())
	agree(t, size+1, first, second)
	if err := second.cosigned(soon(t), size+1); err != nil {
		t.Fatal(err)
	}
	p, _ := second.Checkpoint()
	names := map[string]bool{}
	for _, m := range second.cosign.known(p.Height) {
		names[m.node] = true
	}
	if !names["n1"] || !names["n2"] {
		t.Fatalf("co-signed by %v", names)
	}
	// Dismissed, the second goes on reading, and the first alone decides again.
	submit(t, first, w.say(&act.DismissNode{Node: "n2", Why: "合同到期，停止运行"}))
	agree(t, size+2, first, second)
	gone := first.Height() // a dismissal holds from the second block after it on; until then its vote is needed
	for _, c := range []*Chain{first, second} {
		if err := c.waiters.until(soon(t), nil, func() bool { return c.Height() > gone }); err != nil {
			t.Fatal(err)
		}
	}
	if err := second.Close(); err != nil {
		t.Fatal(err)
	}
	submit(t, first, w.register())
}

// A signature that is not over this node's own checkpoint, or not by a member, is not gathered.
func TestFalseCosignature(t *testing.T) {
	w := newTown(t, 4, nil)
	cs := w.openAll()
	submit(t, cs[0], w.register())
	c := cs[0]
	if err := c.cosigned(soon(t), 2); err != nil {
		t.Fatal(err)
	}
	stranger := newKey(t)
	body := checkpointOf(c.machine.at()).Body()
	height := c.machine.at().Worked
	sign := func(k sm.Signer, b []byte) []byte {
		sig, err := k.Sign(b)
		if err != nil {
			t.Fatal(err)
		}
		return sig
	}
	c.cosign.mu.Lock()
	c.cosign.heights[height].signed = map[string][]byte{}
	c.cosign.mu.Unlock()
	for name, m := range map[string]message{
		"a stranger's":      {height, "n9", sign(stranger, body), false},
		"in another's name": {height, "n2", sign(stranger, body), false},
		"over another root": {height, "n3", sign(w.keys[2], append([]byte("x"), body...)), false},
	} {
		c.cosign.heard(peer{}, m.text())
		for _, g := range c.cosign.known(height) {
			if string(g.sig) == string(m.sig) {
				t.Errorf("%s signature was gathered", name)
			}
		}
	}
	for _, junk := range []string{"", "x", "1 n2", "-1 n2 AAAA", "1 n2 !!!!", "1 n2 AAAA ? ?"} {
		c.cosign.heard(peer{}, []byte(junk))
	}
}
