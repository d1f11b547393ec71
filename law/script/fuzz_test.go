package script

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"mulu"
	"mulu/act"
	"mulu/law"
)

// No text makes the reader or the player of scripts panic, and what was played reads back as a script that expects just that.
//
//	go test ./law/script -run '^$' -fuzz FuzzPlay -fuzztime 60s -fuzzminimizetime 5x
func FuzzPlay(f *testing.F) {
	for _, file := range scripts(f) {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(text))
	}
	f.Add("# 题\n开始 2026-09-24 10:00\n区数据局 拨快时钟 至=2036-01-01T00:00:00+08:00\n时间 2040-01-01 00:00")
	f.Fuzz(func(t *testing.T, text string) {
		defer time.AfterFunc(10*time.Second, func() { panic("it does not end: " + text) }).Stop()
		s, err := Parse(text)
		if err != nil {
			return
		}
		got, ok := playBare(s)
		if !ok {
			return
		}
		again, err := Parse(s.Rewrite(got))
		if err != nil {
			t.Fatalf("what was played is no script any more: %v\n%s", err, s.Rewrite(got))
		}
		if len(again.Steps) != len(s.Steps) {
			t.Fatalf("%d steps became %d:\n%s", len(s.Steps), len(again.Steps), s.Rewrite(got))
		}
		second, ok := playBare(again)
		if !ok {
			t.Fatal("the script played once and not a second time")
		}
		for _, p := range second {
			if p.Differs() {
				t.Errorf("line %d expects %q, got %q", p.Step.Line, p.Step.Expect, p.Got)
			}
		}
	})
}

func playBare(s *Script) (all []Played, ok bool) {
	b, err := NewBare(s)
	if err != nil {
		return nil, false
	}
	err = Play(s, b, func(p Played) error { all = append(all, p); return nil })
	return all, err == nil
}

// One line of words on a running chain never panics either.
func FuzzSay(f *testing.F) {
	f.Add("区数据局 登记机构 简称=区民政局 类别=行政机关", true)
	f.Add("节点:node-1 触发到期事项", false)
	f.Add("区数据局 核定目录 目录=“甲 乙”\n- 信息项 名称=姓名", true)
	f.Fuzz(func(t *testing.T, text string, sandbox bool) {
		defer time.AfterFunc(10*time.Second, func() { panic("it does not end: " + text) }).Stop()
		s, err := Parse("# 题\n开始 2026-09-24 10:00\n")
		if err != nil {
			t.Fatal(err)
		}
		b, err := NewBare(s)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = Say(text, trusting{b}, sandbox)
	})
}

// trusting is a stage that holds the bureau's key, as a running node does.
type trusting struct{ *Bare }

func (s trusting) Say(by By, a act.Act) ([]mulu.Fact, *mulu.Refusal, error) {
	by.Signer = Key(Bureau, 1)
	return s.Bare.Say(by, a)
}

// The law answers whatever anyone says, for a chain whose law panics stops on every node at once. Random acts of every
// kind by random speakers, most of them nearly right, are executed one after another; each either has facts, each under
// a provision, or a refusal with a sentence and no effect. At the end time passes until nothing is due any more.
//
//	go test ./law/script -run TestLawAnswersEverything -soak     many more seeds
func TestLawAnswersEverything(t *testing.T) {
	seeds, acts := 10, 4000
	if *soak {
		seeds, acts = 400, 5000
	}
	facts, refusals := map[string]int{}, map[string]int{}
	for seed := range seeds {
		w := newWild(t, uint64(seed))
		for range acts {
			w.step()
		}
		w.passTime()
		w.whole()
		for k, n := range w.facts {
			facts[k] += n
		}
		for k, n := range w.refusals {
			refusals[k] += n
		}
		if seed == 0 {
			again := newWild(t, 0)
			for range acts {
				again.step()
			}
			again.passTime()
			if a, b := w.dump(), again.dump(); a != b {
				t.Error("the same acts led to another state the second time")
			}
		}
	}
	t.Logf("%d kinds of facts, %d kinds of refusals", len(facts), len(refusals))
	if len(facts) < 85 || len(refusals) < 90 {
		t.Errorf("the random acts reach too little of the law to say anything: %v %v", facts, refusals)
	}
}

// The same, from any seed.
//
//	go test ./law/script -run '^$' -fuzz FuzzLaw -fuzztime 60s
func FuzzLaw(f *testing.F) {
	f.Add(uint64(1), uint16(300))
	f.Add(uint64(2023), uint16(900))
	f.Fuzz(func(t *testing.T, seed uint64, acts uint16) {
		w := newWild(t, seed)
		for range acts % 1500 {
			w.step()
		}
		w.passTime()
		w.whole()
	})
}

// A node's key speaks for the node and for nobody whose name merely reads like it.
func TestNodeIsNoInstitution(t *testing.T) {
	w := newWild(t, 1)
	clear(w.facts)
	for _, org := range []string{"node:node-1", "node-1", ""} {
		w.apply(law.Said{Org: org, Key: Key("节点:node-1", 1).Public().String(), Act: &act.Tick{}}, false)
		w.apply(law.Said{Org: org, Key: Key("节点:node-1", 1).Public().String(), Act: &act.RegisterDuty{Name: "救助", Basis: "三定"}}, false)
	}
	if w.refusals["key_of_another"] == 0 || len(w.facts) > 0 {
		t.Errorf("%v %v", w.facts, w.refusals)
	}
}

// apply has something executed and checks what any result must hold.
func (w *wild) apply(s law.Said, settle bool) law.Result {
	w.t.Helper()
	raw, err := act.Encode(s.Act)
	if err != nil {
		w.t.Fatal(err)
	}
	// Only what can come over the wire is said.
	if s.Act, err = act.Decode(s.Act.Kind(), raw); err != nil {
		return law.Result{}
	}
	defer func() {
		if p := recover(); p != nil {
			w.t.Fatalf("seed %d: the law panics at %s\norg %q node %q key %s %s: %s", w.seed, p, s.Org, s.Node, s.Key, s.Act.Kind(), raw)
		}
	}()
	r := law.Apply(&w.b.State, w.b.moment(), s)
	what := fmt.Sprintf("seed %d: %s %s", w.seed, s.Act.Kind(), raw)
	if no := r.Refused; no != nil {
		w.refusals[no.Code]++
		if len(r.Writes) > 0 || len(r.Facts) > 0 {
			w.t.Errorf("%s: refused with an effect", what)
		}
		for _, lang := range []string{"zh", "en"} {
			if text := no.Text(lang); text == "" || text == no.Code {
				w.t.Errorf("%s: the refusal %s has no sentence", what, no.Code)
			}
		}
		if no.Art.Zh() == "" {
			w.t.Errorf("%s: the refusal %s has no provision", what, no.Code)
		}
		return r
	}
	w.b.State.Apply(r.Writes)
	w.check(what, r.Facts)
	if settle {
		w.settle()
	}
	return r
}

// check holds facts against the state they left.
func (w *wild) check(what string, facts []mulu.Fact) {
	w.t.Helper()
	last := map[string]json.RawMessage{}
	for _, f := range facts {
		w.facts[f.Kind]++
		if mulu.FactTitle(f.Kind, "zh") == f.Kind || len(f.Art) == 0 {
			w.t.Errorf("%s: the fact %s has no title or no provision", what, f.Kind)
		}
		last[law.NounKey(f.Noun, f.ID)] = f.State
	}
	for key, state := range last {
		if got, ok := w.b.State.Get(key); !ok || !bytes.Equal(got, state) {
			w.t.Errorf("%s: the fact about %s says %s, the state %s", what, key, state, got)
		}
	}
}

// settle executes what is due.
func (w *wild) settle() {
	w.t.Helper()
	defer func() {
		if p := recover(); p != nil {
			w.t.Fatalf("seed %d: the law panics at an alarm: %s", w.seed, p)
		}
	}()
	w.b.settle()
	var facts []mulu.Fact
	for _, h := range w.b.happened {
		facts = append(facts, h.Facts...)
	}
	w.check(fmt.Sprintf("seed %d: alarms at %s", w.seed, w.b.block), facts)
	w.b.happened = nil
}

// passTime lets time pass until no deadline is left; the last grant ends within three years.
func (w *wild) passTime() {
	w.t.Helper()
	for n := 0; ; n++ {
		next, any := law.NextAlarm(&w.b.State)
		if !any {
			return
		}
		if n > 100_000 {
			w.t.Fatalf("seed %d: deadlines never end", w.seed)
		}
		if next.After(w.b.block) {
			w.b.block = next
		}
		w.settle()
	}
}

// whole checks what must hold of a state in which nothing is due any more.
func (w *wild) whole() {
	w.t.Helper()
	lines := 0
	for i, key := range w.b.State.keys {
		value := w.b.State.values[key]
		switch space, _, _ := strings.Cut(key, "/"); space {
		case "i":
			lines++
		case "a":
			w.t.Errorf("seed %d: the alarm %s stands", w.seed, key)
		case "n":
			n := w.noun(key, value)
			if n == nil {
				w.t.Fatalf("seed %d: key %d %s is no noun", w.seed, i, key)
			}
			for _, ix := range n.Indexes() {
				lines--
				if _, ok := w.b.State.Get(law.IndexPrefix(n.Kind(), ix) + n.Key()); !ok {
					w.t.Errorf("seed %d: %s stands under no index %q", w.seed, key, ix)
				}
			}
			w.sound(n)
		}
	}
	if lines != 0 {
		w.t.Errorf("seed %d: %d index lines too many", w.seed, lines)
	}
}

// sound checks one noun at the end of time.
func (w *wild) sound(n mulu.Noun) {
	w.t.Helper()
	switch n := n.(type) {
	case *mulu.Grant:
		if n.Status != "ended" {
			w.t.Errorf("seed %d: the grant %s is %s for ever", w.seed, n.ID, n.Status)
		}
	case *mulu.Application:
		if _, ok := w.b.Get(mulu.KindGrant, n.Grant); n.Status == "submitted" || (n.Status == "granted") != ok {
			w.t.Errorf("seed %d: the application %s is %s with the grant %q", w.seed, n.ID, n.Status, n.Grant)
		}
	case *mulu.Dispute, *mulu.Objection, *mulu.Review, *mulu.UseReport, *mulu.UseFlag, *mulu.Finding:
		w.soundMatter(n)
	case *mulu.Org:
		if key, ok := w.b.Get(mulu.KindKey, n.SigningKey); (n.Status == "active") != (ok && strings.Contains(string(key), `"active"`)) {
			w.t.Errorf("seed %d: the institution %s is %s with the key %s", w.seed, n.ID, n.Status, key)
		}
	case *mulu.Purchase:
		if n.Status == "on_file" && !n.Overdue || (n.Status == "served") != (n.Entry != "") && n.Status != "ended" {
			w.t.Errorf("seed %d: the purchase %s is %s, entry %q, overdue %v", w.seed, n.ID, n.Status, n.Entry, n.Overdue)
		}
	case *mulu.Dataset:
		awaited := n.Status == "awaited" || n.Status == "disconnected"
		if n.OnPlatform() && n.Digest == "" || (n.Status == "connected") != (n.Source != "") || !n.OnPlatform() && n.Due != "" ||
			(awaited || n.OnPlatform()) && n.By != nil && n.Late == "" || n.Late != "" && n.By == nil || n.Status == "retired" && n.By != nil {
			w.t.Errorf("seed %d: the data of %s is %+v", w.seed, n.Entry, n)
		}
	case *mulu.Entry:
		if (n.Now == nil) != (n.Version == 0) || n.Status == "published" && n.Now == nil || n.Status == "changing" && n.Next == nil {
			w.t.Errorf("seed %d: the entry %s is %s, version %d", w.seed, n.Code, n.Status, n.Version)
		}
	}
}

// noun reads a noun by its key.
func (w *wild) noun(key string, value []byte) mulu.Noun {
	for _, n := range []mulu.Noun{new(mulu.Org), new(mulu.SigningKey), new(mulu.Node), new(mulu.Calendar), new(mulu.Clock), new(mulu.Profile),
		new(mulu.Duty), new(mulu.Entry), new(mulu.System), new(mulu.Table), new(mulu.Link), new(mulu.Application), new(mulu.Grant),
		new(mulu.Dispute), new(mulu.Dataset), new(mulu.Client), new(mulu.Receipts), new(mulu.Objection), new(mulu.Review), new(mulu.Finding),
		new(mulu.UseReport), new(mulu.UseFlag), new(mulu.Element), new(mulu.CodeSet), new(mulu.Purchase), new(mulu.LoadTerms), new(mulu.Term)} {
		if strings.HasPrefix(key, law.NounPrefix(n.Kind())) {
			if err := json.Unmarshal(value, n); err != nil || key != law.NounKey(n.Kind(), n.Key()) {
				w.t.Fatalf("seed %d: %s holds %s", w.seed, key, value)
			}
			return n
		}
	}
	return nil
}

// dump gives the whole state.
func (w *wild) dump() string {
	var b strings.Builder
	for _, k := range w.b.State.keys {
		fmt.Fprintf(&b, "%s=%s\n", k, w.b.State.values[k])
	}
	return b.String()
}

func begin() time.Time { return time.Date(2026, 9, 24, 10, 0, 0, 0, mulu.Shanghai()) }
