package chain

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mulu"
	"mulu/act"
)

// bare is a machine without consensus: blocks are given to it.
func bare(t testing.TB, w *town) *machine {
	t.Helper()
	s, err := openStore(filepath.Join(t.TempDir(), "store"), Config{}.complete(), func(err error) { t.Error(err) })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.close() })
	m, err := newMachine(s, newGate(w.genesis.Chain), defaultAlarms, func(string) (uint64, bool) { return 0, false })
	if err != nil {
		t.Fatal(err)
	}
	if _, err := m.genesis(w.genesis, w.start.UTC().Truncate(stampStep)); err != nil {
		t.Fatal(err)
	}
	if _, err := m.commit(); err != nil {
		t.Fatal(err)
	}
	return m
}

// block executes and commits one block of acts at a time.
func block(t testing.TB, m *machine, at time.Time, acts ...*act.Signed) *pending {
	t.Helper()
	txs := [][]byte{stampText(at.Truncate(stampStep))}
	for _, s := range acts {
		txs = append(txs, s.Bytes)
	}
	if _, err := m.execute(m.at().Height+1, txs); err != nil {
		t.Fatal(err)
	}
	p, err := m.commit()
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// Two acts on one noun in one block: the first happens, the second is recorded as refused, the chain goes on.
func TestTwoActsOneNoun(t *testing.T) {
	w := newTown(t, 1, nil)
	m := bare(t, w)
	a := w.registering(1)
	b := *a
	b.Key = newKey(t).Public().String()
	p := block(t, m, time.Now(), w.say(a), w.say(&b))
	if len(p.outcomes) != 2 || p.outcomes[0].outcome.Refused != nil || p.outcomes[1].outcome.Refused == nil {
		t.Fatalf("outcomes %+v", p.outcomes)
	}
	if p = block(t, m, time.Now(), w.say(w.registering(2))); p.outcomes[0].outcome.Refused != nil || m.at().Size != 4 {
		t.Fatalf("the chain does not go on: %+v", p.outcomes)
	}
}

// What is not an act of this chain, or is one for the second time, makes no record and changes nothing.
func TestNoRecord(t *testing.T) {
	w := newTown(t, 1, nil)
	m := bare(t, w)
	s := w.say(w.registering(1))
	block(t, m, time.Now(), s, s)
	if m.at().Size != 2 {
		t.Fatalf("%d records", m.at().Size)
	}
	before := m.at()
	other := w.sayOn("test-2", w.registering(2))
	tick, err := act.Sign(&act.Tick{}, act.By{Chain: "test-1", Node: "n1"}, w.keys[0], strings.NewReader(strings.Repeat("x", 16)))
	if err != nil {
		t.Fatal(err)
	}
	block(t, m, time.Now().Add(time.Second), s, other, tick)
	for _, txs := range [][][]byte{nil, {w.say(w.registering(3)).Bytes}, {[]byte("stamp yesterday\n"), w.say(w.registering(4)).Bytes}} {
		if _, err := m.execute(m.at().Height+1, txs); err != nil {
			t.Fatal(err)
		}
		if _, err := m.commit(); err != nil {
			t.Fatal(err)
		}
	}
	if now := m.at(); now.Size != before.Size || now.Root != before.Root {
		t.Fatalf("%+v became %+v", before, now)
	}
}

// The same acts in the same blocks give the same root, whatever the machine.
func TestRandomActsSameRoot(t *testing.T) {
	w := newTown(t, 1, nil)
	r := rand.New(rand.NewPCG(7, 7))
	var acts [][]*act.Signed
	registered := 1
	for range 25 {
		var blk []*act.Signed
		for range 1 + r.IntN(12) {
			org := fmt.Sprintf("%03d", 1+r.IntN(registered+2))
			switch r.IntN(6) {
			case 0:
				blk = append(blk, w.say(&act.AmendOrg{Org: org, Short: fmt.Sprintf("简%d", r.IntN(9)), Why: "机构改革方案"}))
			case 1:
				blk = append(blk, w.say(&act.RevokeKey{Org: org, Why: "密钥遗失，申请吊销"}))
			case 2:
				blk = append(blk, w.say(&act.RegisterDuty{Name: fmt.Sprintf("职责%d", r.IntN(20)), Basis: "三定方案第二条"}))
			default:
				blk = append(blk, w.register())
				registered++
			}
		}
		acts = append(acts, blk)
	}
	one, two := bare(t, w), bare(t, w)
	at := time.Now()
	refused := 0
	for i, blk := range acts {
		stamp := at.Add(time.Duration(i) * time.Second)
		p := block(t, one, stamp, blk...)
		block(t, two, stamp, blk...)
		if one.at() != two.at() {
			t.Fatalf("block %d: %+v and %+v", i, one.at(), two.at())
		}
		for _, o := range p.outcomes {
			if o.outcome.Refused != nil {
				refused++
			}
		}
	}
	if refused == 0 || refused == int(one.at().Size)-1 {
		t.Fatalf("%d of %d refused: the sequence shows little", refused, one.at().Size-1)
	}
}

// Membership: validators follow the facts, and the last one never goes.
func TestMemberChanges(t *testing.T) {
	a := member{name: "a", validator: "A", power: 10}
	b := member{name: "b", validator: "B", power: 10}
	heavier := a
	heavier.power = 20
	gone := a
	gone.power = 0
	for _, c := range []struct{ was, is, want []member }{
		{[]member{a}, []member{a}, nil},
		{[]member{a}, []member{a, b}, []member{b}},
		{[]member{a, b}, []member{b}, []member{gone}},
		{[]member{a}, []member{heavier}, []member{heavier}},
		{[]member{a}, nil, nil},
	} {
		if got := changes(c.was, c.is); fmt.Sprint(got) != fmt.Sprint(c.want) {
			t.Errorf("from %v to %v: %v, want %v", c.was, c.is, got, c.want)
		}
	}
	fact := func(id, status string) mulu.Fact {
		s, err := json.Marshal(mulu.Node{ID: id, Validator: strings.ToUpper(id), Power: 10, Status: status})
		if err != nil {
			t.Fatal(err)
		}
		return mulu.Fact{Noun: mulu.KindNode, ID: id, State: s}
	}
	ms := after([]member{a}, []mulu.Fact{fact("c", "member"), fact("b", "member"), fact("a", "dismissed")})
	if len(ms) != 2 || ms[0].name != "b" || ms[1].name != "c" {
		t.Errorf("members %v", ms)
	}
}

func TestStamps(t *testing.T) {
	now := time.Date(2026, 9, 24, 2, 0, 0, 123e6, time.UTC)
	if got, ok := parseStamp(stampText(now)); !ok || !got.Equal(now) {
		t.Fatal(got, ok)
	}
	for _, bad := range []string{"", "stamp", "stamp 2026-09-24T02:00:00Z", "stamp 2026-09-24T02:00:00.1234Z\n", "stamp 2026-09-24T10:00:00+08:00\n", "stamp 2026-09-24T02:00:00.0Z\n", "Stamp 2026-09-24T02:00:00Z\n"} {
		if _, ok := parseStamp([]byte(bad)); ok {
			t.Errorf("%q is taken for a stamp", bad)
		}
	}
	last := now.Add(-time.Hour)
	for _, c := range []struct {
		name        string
		stamp, last time.Time
		lenient, ok bool
	}{
		{"now", now, last, false, true},
		{"not after the last", last, last, true, false},
		{"a little ahead", now.Add(9 * time.Second), last, false, true},
		{"far ahead", now.Add(11 * time.Second), last, true, false},
		{"old", now.Add(-11 * time.Second), last, false, false},
		{"old, let pass", now.Add(-11 * time.Second), last, true, true},
		{"backdated to the last", last.Add(stampStep), last, false, false},
		{"clock set back", now.Add(time.Hour + stampStep), now.Add(time.Hour), false, true},
		{"clock set back, too far", now.Add(time.Hour + 2*stampStep), now.Add(time.Hour), false, false},
	} {
		if got := fairStamp(c.stamp, c.last, now, c.lenient); got != c.ok {
			t.Errorf("%s: %v", c.name, got)
		}
	}
	if got := nextStamp(now, now.Add(time.Hour)); !got.Equal(now.Add(time.Hour + stampStep)) {
		t.Errorf("with the clock set back the next stamp is %v", got)
	}
}
