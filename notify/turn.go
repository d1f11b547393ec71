package notify

import (
	"encoding/json"
	"fmt"

	"mulu"
	"mulu/people"
	"mulu/read"
)

// A told is one institution to be told of one occasion, before names are looked up.
type told struct {
	occasion string
	noun     mulu.Kind
	number   string
	mark     string // which time it is
	org      string
	roles    people.Roles
	other    string // id of the institution that the sentence names; "" = none
	entry    string // code
	task     string
	due      *mulu.Deadline
}

// record is the facts of one record, in which one fact can make another not worth telling.
type record []read.Happened

// has tells whether the record holds a fact about a noun.
func (r record) has(fact, id string) bool {
	for _, h := range r {
		if h.Fact == fact && h.ID == id {
			return true
		}
	}
	return false
}

// turn says who is to be told of a record: whose turn it is now, or who waited for it.
func (r record) turn(bureau string) (all []told, err error) {
	for _, h := range r {
		some, err := r.turnOf(h, bureau)
		if err != nil {
			return nil, fmt.Errorf("read fact %d of record %d (%s %s): %w", h.Place.I(), h.Place.N(), h.Fact, h.ID, err)
		}
		for _, t := range some {
			if t.org == "" {
				continue
			}
			if t.roles == nil {
				o, _ := occasionOf(t.occasion)
				t.roles = o.Roles
			}
			t.noun, t.number, t.mark = h.Noun, h.ID, fmt.Sprintf("%d@%d", h.Place.N(), h.Time.UnixNano())
			all = append(all, t)
		}
	}
	return all, nil
}

func (r record) turnOf(h read.Happened, bureau string) ([]told, error) {
	switch h.Noun {
	case mulu.KindApplication:
		return r.application(h)
	case mulu.KindGrant:
		return r.grant(h)
	case mulu.KindObjection:
		return objection(h, bureau)
	case mulu.KindDispute:
		return dispute(h, bureau)
	case mulu.KindReview:
		return review(h)
	case mulu.KindUseReport:
		return report(h)
	case mulu.KindUseFlag:
		return useFlag(h)
	case mulu.KindEntry:
		return entry(h)
	case mulu.KindDataset:
		return r.dataset(h)
	}
	return nil, nil
}

// state decodes the noun as it stood after the fact.
func state[T any](h read.Happened) (v T, err error) {
	err = json.Unmarshal(h.State, &v)
	return v, err
}

// application: what the rule grants in the same block waits for nobody.
func (r record) application(h read.Happened) ([]told, error) {
	a, err := state[mulu.Application](h)
	if err != nil {
		return nil, err
	}
	to := func(org, other, occasion string) told {
		return told{occasion: occasion, org: org, other: other, entry: a.Entry, due: a.AnswerBy}
	}
	switch h.Fact {
	case "application.received":
		if !r.has("application.granted", h.ID) {
			return []told{to(a.Provider, a.Consumer, "application.received")}, nil
		}
	case "application.granted":
		switch {
		case a.Answer == nil || a.Answer.Decision == "rule":
		case a.Answer.Decision == "deemed":
			return []told{to(a.Consumer, a.Provider, "application.deemed"), to(a.Provider, a.Consumer, "application.deemed")}, nil
		default:
			return []told{to(a.Consumer, a.Provider, "application.agreed")}, nil
		}
	case "application.refused":
		return []told{to(a.Consumer, a.Provider, "application.refused")}, nil
	case "application.overdue":
		return []told{passed("answer", to(a.Provider, a.Consumer, ""))}, nil
	}
	return nil, nil
}

// passed makes of a told the word that a term has passed.
func passed(key string, t told) told {
	for _, k := range tasks {
		if k.key == key {
			t.occasion, t.task, t.roles = "deadline.passed", key, k.roles
		}
	}
	return t
}

// grant: what the platform holds is delivered in the same block and waits for nobody.
func (r record) grant(h read.Happened) ([]told, error) {
	g, err := state[mulu.Grant](h)
	if err != nil {
		return nil, err
	}
	to := func(org, other, occasion string) told {
		return told{occasion: occasion, org: org, other: other, entry: g.Entry, due: g.DeliverBy}
	}
	switch h.Fact {
	case "grant.made", "grant.delivery_ordered":
		if g.DeliverBy != nil && g.Delivered == "" && !r.has("grant.delivered", h.ID) {
			return []told{to(g.Provider, g.Consumer, "grant.due")}, nil
		}
	case "grant.delivered":
		if !r.has("grant.made", h.ID) {
			return []told{to(g.Consumer, g.Provider, "grant.delivered")}, nil
		}
	case "grant.overdue":
		return []told{to(g.Provider, g.Consumer, "grant.overdue"), to(g.Consumer, g.Provider, "grant.overdue")}, nil
	}
	return nil, nil
}

func objection(h read.Happened, bureau string) ([]told, error) {
	o, err := state[mulu.Objection](h)
	if err != nil {
		return nil, err
	}
	to := func(org, other, occasion string) told {
		return told{occasion: occasion, org: org, other: other, entry: o.Entry, due: o.AnswerBy}
	}
	switch h.Fact {
	case "objection.filed":
		all := []told{to(o.Provider, o.Consumer, "objection.filed")}
		if bureau != o.Provider && bureau != o.Consumer {
			all = append(all, to(bureau, o.Provider, "objection.copied"))
		}
		return all, nil
	case "objection.corrected", "objection.unfounded":
		return []told{to(o.Consumer, o.Provider, "objection.answered")}, nil
	case "objection.extended":
		return []told{to(o.Provider, o.Consumer, "objection.extended"), to(o.Consumer, o.Provider, "objection.extended")}, nil
	case "objection.overdue":
		return []told{passed("check", to(o.Provider, o.Consumer, ""))}, nil
	}
	return nil, nil
}

// dispute: who opened a case knows; the bureau concluded it.
func dispute(h read.Happened, bureau string) (all []told, err error) {
	d, err := state[mulu.Dispute](h)
	if err != nil {
		return nil, err
	}
	to := func(org, other, occasion string) told {
		return told{occasion: occasion, org: org, other: other, entry: d.Entry, due: d.Due}
	}
	switch h.Fact {
	case "case.opened":
		for _, t := range []told{to(d.Provider, d.Consumer, "case.opened"), to(d.Consumer, d.Provider, "case.opened"), to(bureau, d.Provider, "case.opened")} {
			if t.org != d.Opener {
				all = append(all, t)
			}
		}
	case "case.concluded":
		all = []told{to(d.Provider, d.Consumer, "case.concluded"), to(d.Consumer, d.Provider, "case.concluded")}
	case "case.overdue":
		all = []told{passed("ruling", to(d.Provider, d.Consumer, ""))}
	}
	return all, nil
}

func review(h read.Happened) ([]told, error) {
	v, err := state[mulu.Review](h)
	if err != nil {
		return nil, err
	}
	t := told{occasion: "review.due", org: v.Org, entry: v.Entry, due: v.FinishBy}
	switch h.Fact {
	case "review.due", "review.reopened":
		return []told{t}, nil
	case "review.overdue":
		return []told{passed("review", t)}, nil
	}
	return nil, nil
}

func report(h read.Happened) ([]told, error) {
	u, err := state[mulu.UseReport](h)
	if err != nil {
		return nil, err
	}
	t := told{occasion: "report.due", org: u.Consumer, other: u.Provider, entry: u.Entry, due: u.FileBy}
	switch h.Fact {
	case "use_report.due":
		return []told{t}, nil
	case "use_report.overdue":
		return []told{passed("report", t)}, nil
	}
	return nil, nil
}

func useFlag(h read.Happened) ([]told, error) {
	f, err := state[mulu.UseFlag](h)
	if err != nil || h.Fact != "use_flag.raised" {
		return nil, err
	}
	return []told{{occasion: "flag.raised", org: f.Consumer, other: f.Provider, entry: f.Entry}}, nil
}

// dataset: what is late, and a version that became a finding. That data is awaited stands at home and comes as a term.
func (r record) dataset(h read.Happened) ([]told, error) {
	d, err := state[mulu.Dataset](h)
	if err != nil {
		return nil, err
	}
	t := told{org: d.Org, entry: d.Entry, due: d.By}
	switch h.Fact {
	case "dataset.update_late":
		return []told{passed("update", t)}, nil
	case "dataset.gather_late":
		return []told{passed("gather", t)}, nil
	case "dataset.published":
		if t.occasion = "data.low"; r.has("finding.raised", d.Low) {
			return []told{t}, nil
		}
	}
	return nil, nil
}

func entry(h read.Happened) ([]told, error) {
	e, err := state[mulu.Entry](h)
	if err != nil {
		return nil, err
	}
	switch h.Fact {
	case "entry.returned":
		return []told{{occasion: "entry.returned", org: e.Org, entry: e.Code}}, nil
	case "entry.published":
		return []told{{occasion: "entry.verified", org: e.Org, entry: e.Code}}, nil
	}
	return nil, nil
}
