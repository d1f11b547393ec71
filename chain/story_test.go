package chain

import (
	"crypto/rand"
	"testing"
	"time"

	"mulu"
	"mulu/act"
	"mulu/sm"
)

// A party is an institution that says acts in a test.
type party struct {
	id  string
	key sm.Signer
}

// speaker says acts and wants their facts; a chain or a bare machine.
type speaker func(*act.Signed) mulu.Outcome

// as signs an act for a party.
func (w *town) as(p party, a act.Act) *act.Signed {
	w.t.Helper()
	s, err := act.Sign(a, act.By{Chain: w.genesis.Chain, Org: p.id}, p.key, rand.Reader)
	if err != nil {
		w.t.Fatal(err)
	}
	return s
}

// join registers an institution with a key of its own.
func (w *town) join(say speaker) party {
	w.t.Helper()
	w.orgs++
	k := newKey(w.t)
	a := w.registering(w.orgs)
	a.Key = k.Public().String()
	return party{fact(w.t, say(w.say(a)), mulu.KindOrg), k}
}

// fact gives the id of the noun of a kind that an outcome's facts are about.
func fact(t testing.TB, o mulu.Outcome, kind mulu.Kind) string {
	t.Helper()
	for _, f := range o.Facts {
		if f.Noun == kind {
			return f.ID
		}
	}
	t.Fatalf("no fact about a %s in %+v", kind, o)
	return ""
}

// ask lets a consumer apply for a new conditional entry of a provider: the provider's silence is an alarm.
// It gives the application.
func (w *town) ask(say speaker, provider, consumer party, name string) string {
	w.t.Helper()
	duty := fact(w.t, say(w.as(provider, &act.RegisterDuty{Name: name + "职责", Basis: "三定方案第二条"})), mulu.KindDuty)
	entry := fact(w.t, say(w.as(provider, &act.SubmitEntry{Content: mulu.EntryContent{Name: name, Summary: name + "的数据", Duty: duty,
		Class: mulu.Classes[0].Code, Format: mulu.Formats[0].Code, Cycle: mulu.Cycles[0].Code,
		Sharing: mulu.Sharing{Type: "conditional", Conditions: "用于行政审批核验"},
		Opening: mulu.Opening{Type: "not_open", Ground: 1, Basis: "《保守国家秘密法》第九条"}, Grade: 2,
		Items: []mulu.Item{{Name: "编号", Field: "id", Type: "C", Length: 20, IsKey: true, Grade: 1}, {Name: "名称", Field: "name", Type: "C", Length: 100, Grade: 1}}}})), mulu.KindEntry)
	say(w.say(&act.VerifyEntry{Entry: entry}))
	return fact(w.t, say(w.as(consumer, &act.Apply{Entry: entry, Ask: mulu.Ask{Scenario: "行政审批核验", Scope: "仅限本单位审批窗口", Duty: "依法核验申请材料",
		Items: []string{"id", "name"}, Method: "query", Days: 365}})), mulu.KindApplication)
}

// A deadline is executed by the chain when its moment comes, by no person and without an act that makes the block.
func TestDeadlineComes(t *testing.T) {
	w := newTown(t, 1, func(g *mulu.Genesis) {
		g.Sandbox, g.Clock = true, "2026-09-24T09:00:00+08:00"
	})
	c := w.open(0)
	say := func(s *act.Signed) mulu.Outcome { t.Helper(); return submit(t, c, s) }
	if !c.Sandbox() {
		t.Fatal("no sandbox")
	}
	provider, consumer := w.join(say), w.join(say)
	application := w.ask(say, provider, consumer, "街道名录")
	before := c.Size()
	end := time.Date(2026, 11, 1, 0, 0, 0, 0, mulu.Shanghai())
	say(w.say(&act.AdvanceClock{To: end.Format(time.RFC3339)}))
	if err := c.Wait(soon(t), before+2); err != nil { // the clock's record, and the alarm's
		t.Fatal(err)
	}
	b, err := c.Record(before + 1)
	if err != nil {
		t.Fatal(err)
	}
	o, err := outcomeOf(b)
	if err != nil {
		t.Fatal(err)
	}
	if got := fact(t, o, mulu.KindApplication); got != application || o.Time.Before(end) {
		t.Fatalf("the alarm's record: %s", b)
	}
	fact(t, o, mulu.KindGrant)
	if c.Now().Before(end) {
		t.Fatalf("the law's clock shows %v", c.Now())
	}
	if err := c.waiters.until(soon(t), nil, func() bool { _, some := c.untilAlarm(); return some || c.engine.pool.Size() == 0 }); err != nil {
		t.Fatal(err)
	}
	// Every tick has left the pool: nothing is due, so the chain is idle again.
	if n := c.engine.pool.Size(); n != 0 {
		t.Fatalf("%d transactions stay in the pool", n)
	}
}

// More alarms than one block takes are executed by the blocks that follow.
func TestManyAlarmsAtOnce(t *testing.T) {
	w := newTown(t, 1, func(g *mulu.Genesis) {
		g.Sandbox, g.Clock = true, "2026-09-24T09:00:00+08:00"
	})
	cfg := w.config(0)
	cfg.AlarmsPerBlock = 2
	c, err := Open(soon(t), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	say := func(s *act.Signed) mulu.Outcome { t.Helper(); return submit(t, c, s) }
	provider, consumer := w.join(say), w.join(say)
	for _, name := range []string{"街道名录", "社区名录", "学校名录", "医院名录", "公园名录"} {
		w.ask(say, provider, consumer, name)
	}
	before := c.Size()
	end := time.Date(2026, 10, 20, 0, 0, 0, 0, mulu.Shanghai())
	say(w.say(&act.AdvanceClock{To: end.Format(time.RFC3339)}))
	if err := c.Wait(soon(t), before+1+5); err != nil {
		t.Fatal(err)
	}
	heights := map[int64]int{}
	for n := before + 1; n < before+6; n++ {
		b, err := c.Record(n)
		if err != nil {
			t.Fatal(err)
		}
		o, err := outcomeOf(b)
		if err != nil {
			t.Fatal(err)
		}
		heights[o.Height]++
	}
	if len(heights) < 3 {
		t.Fatalf("five alarms, two a block, came in %d blocks", len(heights))
	}
}
