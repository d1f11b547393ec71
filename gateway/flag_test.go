package gateway

import (
	"encoding/json"
	"fmt"
	"maps"
	"strings"
	"testing"

	"mulu"
	"mulu/act"
	"mulu/chain"
)

// flags gives what the chain holds of unusual use, by rule.
func (w *town) flags() map[string]mulu.UseFlag {
	w.t.Helper()
	found := map[string]mulu.UseFlag{}
	for n := 1; ; n++ {
		raw, ok := w.chain.Get(mulu.KindUseFlag, fmt.Sprintf("W-%06d", n))
		if !ok {
			return found
		}
		var f mulu.UseFlag
		if err := json.Unmarshal(raw, &f); err != nil {
			w.t.Fatal(err)
		}
		found[f.Rule+" "+f.Day] = f
	}
}

// Each rule is told once for a day of a grant, with its count and what is usual: also across restarts, when the answer was
// lost, and when more calls follow.
func TestUnusualUseIsToldOnce(t *testing.T) {
	line := &forgetful{}
	w := newTown(t, func(c *Config) { line.Chain = c.Chain.(*chain.Chain); c.Chain = line })
	flag := func() {
		t.Helper()
		if err := w.gateway.Flag(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	bad := func(n int) {
		for range n {
			w.ask(w.consumer.token, w.grant, `{"items":["score"],`+purpose+`}`)
		}
	}
	bad(50)
	flag()
	if got := w.flags(); len(got) != 0 {
		t.Fatalf("at the floor nothing is unusual: %v", got)
	}
	bad(1)
	line.lose.Store(true)
	if err := w.gateway.Flag(t.Context()); err == nil {
		t.Fatal("the lost answer was not noticed")
	}
	w.close()
	line.lose.Store(false)
	size := w.chain.Size()
	w.open()
	flag()
	bad(5)
	flag()
	w.close()
	w.open()
	flag()
	got := w.flags()
	f := got["refused 2026-09-24"]
	if len(got) != 1 || w.chain.Size() != size || f.Grant != w.grant || f.Node != "n1" || f.Counted != 51 || f.Usual != 50 || f.Status != "flagged" {
		t.Fatalf("%+v, %d records more", got, w.chain.Size()-size)
	}
	w.say(w.bureau, &act.AdvanceClock{To: "2026-09-26T09:00:00+08:00"}) // a Saturday
	bad(51)
	flag()
	if got := w.flags(); len(got) != 3 || got["refused 2026-09-26"].Usual < 50 || got["hours 2026-09-26"].Counted != 51 {
		t.Fatalf("%+v", got)
	}
}

// What a day is measured by is the grant's own usual once there is one, and the floor in any case.
func TestWhatIsUsual(t *testing.T) {
	w := newTown(t, nil)
	days := func(list ...tally) (used []*tally) {
		for _, t := range list {
			used = append(used, &t)
		}
		return used
	}
	g := &mulu.Grant{ID: "G-1", Volume: 10_000}
	keys := sketch(nil)
	for i := range 2000 {
		keys = keys.add(w.gateway.keyDigest(fmt.Sprint(i)))
	}
	busy := tally{Calls: 3000, Refused: 40, Rows: 4000, Off: 100, Keys: keys}
	for name, c := range map[string]struct {
		used []*tally
		want map[string]int64
	}{
		"no day":    {nil, map[string]int64{"volume": 5000, "rate": 1000, "hours": 50, "spread": 300, "refused": 50}},
		"too few":   {days(busy, busy, busy, busy), map[string]int64{"volume": 5000, "rate": 1000, "hours": 50, "spread": 300, "refused": 50}},
		"busy":      {days(busy, busy, busy, busy, busy), map[string]int64{"volume": 20_000, "rate": 15_000, "hours": 300, "spread": 5 * keys.count(), "refused": 120}},
		"quiet":     {days(tally{Calls: 1}, tally{Calls: 1}, tally{Calls: 1}, tally{Calls: 1}, tally{Calls: 1}), map[string]int64{"volume": 1000, "rate": 1000, "hours": 50, "spread": 300, "refused": 50}},
		"a mixture": {days(busy, tally{Calls: 1}, tally{Calls: 1}, tally{Calls: 1}, tally{Calls: 1}), map[string]int64{"volume": 4000, "rate": 3004, "hours": 60, "spread": keys.count(), "refused": 50}},
	} {
		got := map[string]int64{}
		for _, r := range FlagRules() {
			got[r.Rule] = r.above(c.used, g)
		}
		if !maps.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
	// Days without calls are no days of use; the ledger gives those before a day.
	w.ask(w.consumer.token, w.grant, `{`+purpose+`}`)
	w.say(w.bureau, &act.AdvanceClock{To: "2026-10-10T09:00:00+08:00"})
	w.ask(w.consumer.token, w.grant, `{`+purpose+`}`)
	if used, err := w.gateway.before("20261010", w.grant); err != nil || len(used) != 1 || used[0].Rows != 5 {
		t.Errorf("%v, %v", used, err)
	}
	for _, day := range []string{"20260924", "20261110"} {
		if used, err := w.gateway.before(day, w.grant); err != nil || len(used) > 0 {
			t.Errorf("%s: %v, %v", day, used, err)
		}
	}
}

// The rules are those that the law knows, and are said in both languages.
func TestRulesInWords(t *testing.T) {
	for i, r := range FlagRules() {
		if i >= len(mulu.FlagRules) || mulu.Word(mulu.FlagRules, r.Rule, "zh") == r.Rule {
			t.Errorf("the law does not know the rule %s", r.Rule)
		}
		zh, en := r.Text("zh"), r.Text("en")
		if !strings.HasPrefix(zh, r.Zh) || !strings.HasPrefix(en, r.En) || strings.Contains(zh+en, "%!") || !strings.Contains(zh, fmt.Sprint(r.Floor)) {
			t.Errorf("%s / %s", zh, en)
		}
	}
	if len(FlagRules()) != len(mulu.FlagRules) {
		t.Error("the law knows a rule that is never told")
	}
}
