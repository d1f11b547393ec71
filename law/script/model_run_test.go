package script

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"mulu"
	"mulu/act"
	"mulu/law"
)

// Random sequences of acts lead the law and the plain model to the same states, and both say yes and no to the same acts.
// Among the sequences are the change of edition while applications wait, holidays and make-up days, suspended grants, the end
// of an entry and of a consumer.
//
//	go test ./law/script -run TestModel -soak     many more seeds
func TestModel(t *testing.T) {
	seeds, steps := 25, 350
	if *soak {
		seeds, steps = 3000, 600
	}
	said := map[string]int{}
	for seed := range seeds {
		r := newRun(t, uint64(seed))
		for range steps {
			if r.step(); t.Failed() {
				t.Fatalf("seed %d:\n%s", seed, strings.Join(r.log[max(0, len(r.log)-25):], "\n"))
			}
		}
		for k, n := range r.said {
			said[k] += n
		}
	}
	for _, w := range act.Words() {
		if r := (&run{}); r.knows(w.Kind) && said[w.Kind+" yes"] == 0 {
			t.Errorf("%s never succeeded: %v", w.Kind, said)
		}
	}
}

// A run has things said to the law and to the model.
type run struct {
	t testing.TB
	*rand.Rand
	b    *Bare
	m    *model
	log  []string
	said map[string]int
}

func newRun(t testing.TB, seed uint64) *run {
	t.Helper()
	s := &Script{Begin: begin(), Edition: "district-2023"}
	b, err := NewBare(s)
	if err != nil {
		t.Fatal(err)
	}
	m, err := newModel(begin(), s.Edition)
	if err != nil {
		t.Fatal(err)
	}
	r := &run{t: t, Rand: rand.New(rand.NewPCG(seed, 22)), b: b, m: m, said: map[string]int{}}
	for i := 2; i <= 4; i++ {
		name := fmt.Sprintf("机构%d", i)
		r.must(mBureau, &act.RegisterOrg{Name: name, Short: name, Sort: "organ", CreditCode: mulu.CreditCode(fmt.Sprintf("11110102%08d", i)), Key: Key(fmt.Sprintf("%03d", i), 1).Public().String()})
	}
	r.must(mProvider, &act.RegisterDuty{Name: "救助", Basis: "三定"})
	for i, sharing := range []mulu.Sharing{{Type: "conditional", Conditions: "依法履职"}, {Type: "unconditional"}} {
		r.must(mProvider, &act.SubmitEntry{Content: mulu.EntryContent{Name: fmt.Sprintf("目录%d", i), Summary: "说明", Duty: "D-002-0001", Class: "307", Format: "database",
			Cycle: "monthly", Sharing: sharing, Opening: mulu.Opening{Type: "not_open", Ground: 3}, Grade: 1, Items: []mulu.Item{{Name: "编号", Field: "bh", Type: "C", Grade: 1}}}})
		r.must(mBureau, &act.VerifyEntry{Entry: entryCode(i)})
		m.entries[i].end = m.term(m.now, 20)
	}
	return r
}

func entryCode(i int) string { return fmt.Sprintf("307110102002/%06d", i+1) }

func (r *run) must(by string, a act.Act) {
	r.t.Helper()
	if no := r.say(by, a); no != nil {
		r.t.Fatalf("%s: %v", a.Kind(), no)
	}
}

func (r *run) say(by string, a act.Act) *mulu.Refusal {
	key := Key(by, 1)
	if by == mBureau {
		key = Key(Bureau, 1)
	}
	_, no, err := r.b.Say(By{Org: by, Signer: key}, a)
	if err != nil {
		r.t.Fatal(err)
	}
	return no
}

// knows tells whether the model speaks of a kind of act.
func (r *run) knows(kind string) bool {
	for _, k := range []string{"application.", "grant.", "case.", "objection.", "dataset.", "entry.retire", "org.close", "profile.adopt"} {
		if strings.HasPrefix(kind, k) {
			return true
		}
	}
	return false
}

// step has time pass, or one act said to both, and compares all that came of it.
func (r *run) step() {
	if r.IntN(4) == 0 {
		to := r.m.now.Add(time.Duration(1+r.IntN(60)) * time.Hour)
		r.m.pass(to)
		if _, err := r.b.Advance(to); err != nil {
			r.t.Fatal(err)
		}
		r.log = append(r.log, to.Format("2006-01-02 15:04"))
	} else {
		by := fmt.Sprintf("%03d", 1+r.IntN(4))
		a, yes := r.something(&by)
		if a == nil {
			return
		}
		no := r.say(by, a)
		r.log = append(r.log, fmt.Sprintf("  %s %s %+v: model %v, law %v", by, a.Kind(), a, yes, no))
		if yes != (no == nil) {
			r.t.Errorf("%s %s: the model says %v, the law %v", by, a.Kind(), yes, no)
		}
		if yes {
			r.said[a.Kind()+" yes"]++
		}
	}
	r.compare()
}

// likely gives mostly the one who may, sometimes whoever by is.
func (r *run) likely(by *string, who ...string) string {
	if r.IntN(10) > 0 {
		*by = who[r.IntN(len(who))]
	}
	return *by
}

// something chooses an act about what there is, and asks the model.
func (r *run) something(by *string) (act.Act, bool) {
	m := r.m
	switch r.IntN(26) {
	case 0, 1, 2, 3:
		entry, days := r.IntN(2), []int{5, 30, 200}[r.IntN(3)]
		a := &act.Apply{Entry: entryCode(entry), Ask: mulu.Ask{Scenario: "核对", Scope: "本机构", Duty: "三定", Method: "query", Days: days}}
		return a, m.submit(r.likely(by, "003", "004"), entry, days)
	case 4:
		entry := r.IntN(2)
		if r.IntN(3) > 0 { // seldom, or everything is delivered at once
			return nil, false
		}
		switch r.IntN(6) {
		case 0:
			return &act.ConnectDataset{Entry: entryCode(entry), Source: "api"}, m.connect(r.likely(by, mProvider), entry)
		case 1:
			return &act.DisconnectDataset{Entry: entryCode(entry), Why: "接口改造"}, m.disconnect(r.likely(by, mProvider), entry)
		}
		a := &act.PublishDataset{Entry: entryCode(entry), Version: m.entries[entry].version + 1, Rows: 1, Digest: strings.Repeat("0", 64)}
		return a, m.publish(r.likely(by, mProvider), entry)
	case 5:
		if r.IntN(12) > 0 {
			return nil, false
		}
		edition := []string{"district-2023", "state-council-809"}[r.IntN(2)]
		yes := r.likely(by, mBureau) == mBureau && edition != m.edition
		if yes {
			m.edition = edition
		}
		return &act.AdoptProfile{Edition: edition, Why: "试行"}, yes
	case 6:
		switch r.IntN(60) {
		case 0:
			entry := r.IntN(2)
			return &act.RetireEntry{Entry: entryCode(entry), Why: "停办"}, m.retire(r.likely(by, mProvider), entry)
		case 1:
			return &act.CloseOrg{Org: "004", Why: "改革"}, m.closeOrg(r.likely(by, mBureau), "004")
		}
		return nil, false
	case 7, 8, 9, 10:
		return r.aboutApplication(by)
	case 11, 12, 13, 14:
		return r.aboutGrant(by)
	case 15, 16, 17, 18, 19:
		return r.aboutCase(by)
	}
	return r.aboutObjection(by)
}

func (r *run) aboutApplication(by *string) (act.Act, bool) {
	i, ok := r.recent(len(r.m.apps))
	if !ok {
		return nil, false
	}
	a, id := r.m.apps[i], fmt.Sprintf("A-%06d", i+1)
	switch r.IntN(6) {
	case 0:
		return &act.WithdrawApplication{Application: id, Why: "不再需要"}, r.m.withdraw(r.likely(by, a.consumer), a)
	case 1, 2:
		return &act.OpenDispute{Application: id, Why: "有争议"}, r.m.dispute(r.likely(by, a.consumer, mProvider, mBureau), a)
	case 3:
		x := &act.AnswerApplication{Application: id, Decision: "refused", Ground: "某法第一条", Explanation: "用途不符"}
		return x, r.m.answer(r.likely(by, mProvider), a, "refused")
	case 4:
		x := &act.AnswerApplication{Application: id, Decision: "part", Days: a.days - 1}
		return x, r.m.answer(r.likely(by, mProvider), a, "part")
	}
	return &act.AnswerApplication{Application: id, Decision: "full"}, r.m.answer(r.likely(by, mProvider), a, "full")
}

func (r *run) aboutGrant(by *string) (act.Act, bool) {
	i, ok := r.recent(len(r.m.grants))
	if !ok {
		return nil, false
	}
	g, id := r.m.grants[i], fmt.Sprintf("G-%06d", i+1)
	switch r.IntN(8) {
	case 0, 1:
		return &act.DeliverGrant{Grant: id}, r.m.deliver(r.likely(by, mProvider), g)
	case 2:
		return &act.SuspendGrant{Grant: id, Why: "核实"}, r.m.suspend(r.likely(by, mProvider, mBureau), g)
	case 3:
		return &act.ResumeGrant{Grant: id, Why: "已核实"}, r.m.resume(r.likely(by, mProvider, mBureau), g)
	case 4:
		return &act.EndGrant{Grant: id, Why: "不再需要"}, r.m.giveUp(r.likely(by, g.app.consumer), g)
	}
	return &act.FileObjection{Grant: id, Items: []string{"bh"}, Wrong: "与事实不符"}, r.m.fileObjection(r.likely(by, g.app.consumer), g)
}

func (r *run) aboutCase(by *string) (act.Act, bool) {
	i, ok := r.recent(len(r.m.cases))
	if !ok {
		return nil, false
	}
	c, id := r.m.cases[i], fmt.Sprintf("C-%06d", i+1)
	switch r.IntN(8) {
	case 0:
		return &act.HearDispute{Case: id, Note: "会商"}, r.m.hear(r.likely(by, mBureau), c)
	case 1:
		return &act.WithdrawDispute{Case: id, Why: "不再争议"}, r.m.withdrawCase(r.likely(by, c.consumer(), c.opener), c)
	}
	decision := []string{"grant", "uphold", "deliver_by", "correct"}[r.IntN(4)]
	if c.obj != nil && r.IntN(3) > 0 {
		decision = "correct"
	}
	x := &act.ConcludeDispute{Case: id, Outcome: decision, Why: "经核实"}
	var end time.Time
	if decision == "deliver_by" || decision == "correct" {
		day := r.m.now.AddDate(0, 0, 1+r.IntN(10))
		x.By = day.Format("2006-01-02")
		end = time.Date(day.Year(), day.Month(), day.Day()+1, 0, 0, 0, 0, mulu.Shanghai())
	}
	return x, r.m.conclude(r.likely(by, mBureau), c, decision, end)
}

func (r *run) aboutObjection(by *string) (act.Act, bool) {
	i, ok := r.recent(len(r.m.objs))
	if !ok {
		return nil, false
	}
	o, id := r.m.objs[i], fmt.Sprintf("O-%06d", i+1)
	consumer := o.grant.app.consumer
	switch r.IntN(8) {
	case 0:
		return &act.CheckObjection{Objection: id}, r.m.checkObjection(r.likely(by, mProvider), o)
	case 1:
		return &act.ExtendObjection{Objection: id, Days: 2, Why: "情况复杂"}, r.m.extendObjection(r.likely(by, mBureau), o, 2)
	case 2:
		return &act.WithdrawObjection{Objection: id, Why: "无误"}, r.m.withdrawObjection(r.likely(by, consumer), o)
	case 3, 4, 5:
		return &act.OpenDispute{Objection: id, Why: "不服"}, r.m.disputeObjection(r.likely(by, consumer, mProvider, mBureau), o)
	case 6:
		x := &act.AnswerObjection{Objection: id, Result: "unfounded", Explanation: "经核查无误"}
		return x, r.m.answerObjection(r.likely(by, mProvider), o, "unfounded", 0)
	}
	version := max(0, r.m.entries[o.grant.app.entry].version-r.IntN(3)+r.IntN(2))
	if r.m.entries[o.grant.app.entry].where != "platform" && r.IntN(4) > 0 {
		version = 0
	}
	x := &act.AnswerObjection{Objection: id, Result: "corrected", Version: version, Explanation: "已经更正"}
	return x, r.m.answerObjection(r.likely(by, mProvider), o, "corrected", version)
}

// recent chooses one of n, the later the likelier.
func (r *run) recent(n int) (int, bool) {
	if n == 0 {
		return 0, false
	}
	if r.IntN(3) > 0 {
		return n - 1 - r.IntN(min(n, 4)), true
	}
	return r.IntN(n), true
}

// compare holds what the law keeps against the model.
func (r *run) compare() {
	r.t.Helper()
	same := func(kind mulu.Kind, id string, into any, model string, law func() string) {
		raw, ok := r.b.Get(kind, id)
		if !ok {
			r.t.Errorf("the law has no %s", id)
			return
		}
		if err := json.Unmarshal(raw, into); err != nil {
			r.t.Fatal(err)
		}
		if got := law(); got != model {
			r.t.Errorf("%s: the law has %s, the model %s", id, got, model)
		}
	}
	for i, a := range r.m.apps {
		p := new(mulu.Application)
		same(mulu.KindApplication, fmt.Sprintf("A-%06d", i+1), p, fmt.Sprint(a.status, a.edition, a.grant != nil), func() string { return fmt.Sprint(p.Status, p.Edition, p.Grant != "") })
	}
	for i, x := range r.m.grants {
		g := new(mulu.Grant)
		same(mulu.KindGrant, fmt.Sprintf("G-%06d", i+1), g, fmt.Sprint(x.status, x.overdue, x.delivered, x.until.Format(time.RFC3339), x.deliverEnd.Format(time.RFC3339)),
			func() string { return fmt.Sprint(g.Status, g.Overdue, g.Delivered != "", g.Until, g.DeliverBy.End) })
	}
	for i, c := range r.m.cases {
		d := new(mulu.Dispute)
		same(mulu.KindDispute, fmt.Sprintf("C-%06d", i+1), d, fmt.Sprint(c.status, c.cause, c.opener, c.decision, c.overdue),
			func() string { return fmt.Sprint(d.Status, d.Cause, d.Opener, d.Outcome, d.Overdue) })
	}
	for i, x := range r.m.objs {
		o := new(mulu.Objection)
		same(mulu.KindObjection, fmt.Sprintf("O-%06d", i+1), o, fmt.Sprint(x.status, x.overdue, x.end.Format(time.RFC3339)), func() string { return fmt.Sprint(o.Status, o.Overdue, o.AnswerBy.End) })
	}
	for kind, n := range map[mulu.Kind]int{mulu.KindApplication: len(r.m.apps), mulu.KindGrant: len(r.m.grants), mulu.KindDispute: len(r.m.cases), mulu.KindObjection: len(r.m.objs)} {
		if got := r.count(kind); got != n {
			r.t.Errorf("the law has %d of %s, the model %d", got, kind, n)
		}
	}
	r.compareFindings()
}

func (r *run) count(kind mulu.Kind) (n int) {
	prefix := law.NounPrefix(kind)
	r.b.State.Scan(prefix, law.After(prefix), func(string, []byte) bool { n++; return true })
	return n
}

func (r *run) compareFindings() {
	r.t.Helper()
	got := map[string]int{}
	prefix := law.NounPrefix(mulu.KindFinding)
	r.b.State.Scan(prefix, law.After(prefix), func(_ string, value []byte) bool {
		var f mulu.Finding
		if err := json.Unmarshal(value, &f); err != nil {
			r.t.Fatal(err)
		}
		if f.Rule != "review_overdue" { // not the model's
			got[f.Rule]++
		}
		return true
	})
	if fmt.Sprint(got) != fmt.Sprint(r.m.findings) {
		r.t.Errorf("the law raised %v, the model %v", got, r.m.findings)
	}
}
