package script

import (
	"mulu"
	"mulu/act"
)

// sharing mends acts of Chapter 4 so that they meet nouns in which they can do something, and gives the institution that
// may say them; "" leaves both to chance.
func (w *wild) sharing(a act.Act) string {
	switch a := a.(type) {
	case *act.AnswerApplication:
		p := some(w, mulu.KindApplication, func(p *mulu.Application) bool { return p.Status == "submitted" || p.Status == "overdue" })
		a.Application = p.ID
		return p.Provider
	case *act.DeliverGrant:
		g := some(w, mulu.KindGrant, func(g *mulu.Grant) bool { return g.Delivered == "" && g.Status != "ended" })
		a.Grant = g.ID
		return g.Provider
	case *act.OpenDispute:
		return w.dispute(a)
	case *act.HearDispute:
		a.Case = some(w, mulu.KindDispute, func(d *mulu.Dispute) bool { return d.Open() }).ID
		if w.often(70) {
			a.Statements = nil
		}
		return "001"
	case *act.ConcludeDispute:
		d := some(w, mulu.KindDispute, func(d *mulu.Dispute) bool { return d.Open() })
		a.Case = d.ID
		w.conclude(a, d)
		return "001"
	case *act.WithdrawDispute:
		d := some(w, mulu.KindDispute, func(d *mulu.Dispute) bool { return d.Open() && d.Opener != "law" })
		a.Case = d.ID
		return d.Opener
	case *act.ConfirmReview:
		r := some(w, mulu.KindReview, func(r *mulu.Review) bool { return r.Open() })
		a.Review = r.ID
		return r.Org
	case *act.ReportUse:
		r := some(w, mulu.KindUseReport, func(r *mulu.UseReport) bool { return r.Status == "due" })
		a.Grant = r.Grant
		return r.Consumer
	case *act.ExplainUse:
		f := some(w, mulu.KindUseFlag, func(f *mulu.UseFlag) bool { return f.Status == "flagged" })
		a.Flag = f.ID
		return f.Consumer
	case *act.EnterMisuse:
		a.Flag = ""
		a.Why = "用于其他目的"
		g := some(w, mulu.KindGrant, func(g *mulu.Grant) bool { return g.Delivered != "" })
		a.Grant = g.ID
		return g.Provider
	case *act.RaiseFinding:
		if w.often(60) {
			a.On = nil
		}
		a.Point, a.Why = 1+w.IntN(9), "未按规定办理"
		return "001"
	}
	return w.objection(a)
}

// objection is sharing for Art. 25.
func (w *wild) objection(a act.Act) string {
	open := func(o *mulu.Objection) bool { return o.Open() }
	switch a := a.(type) {
	case *act.FileObjection:
		g := some(w, mulu.KindGrant, func(g *mulu.Grant) bool { return g.Delivered != "" })
		a.Grant, a.Examples, a.Wrong = g.ID, nil, "与事实不符"
		if len(g.Items) > 0 {
			a.Items = g.Items[:1]
		}
		return g.Consumer
	case *act.CheckObjection:
		o := some(w, mulu.KindObjection, open)
		a.Objection = o.ID
		return o.Provider
	case *act.AnswerObjection:
		o := some(w, mulu.KindObjection, open)
		a.Objection, a.Version, a.Explanation = o.ID, 0, "说明文字在此"
		var d mulu.Dataset
		if a.Result == "corrected" && w.get(mulu.KindDataset, o.Entry, &d) {
			a.Version = d.Version
		}
		return o.Provider
	case *act.ExtendObjection:
		a.Objection, a.Days = some(w, mulu.KindObjection, open).ID, 1+w.IntN(5)
		return "001"
	case *act.WithdrawObjection:
		o := some(w, mulu.KindObjection, open)
		a.Objection = o.ID
		return o.Consumer
	}
	return ""
}

func (w *wild) dispute(a *act.OpenDispute) string {
	if w.often(40) {
		o := some(w, mulu.KindObjection, func(o *mulu.Objection) bool { return !o.Open() || o.Overdue })
		a.Application, a.Objection = "", o.ID
		return pick(w, o.Consumer, o.Provider, "001")
	}
	p := some(w, mulu.KindApplication, func(p *mulu.Application) bool { return p.Status != "submitted" })
	a.Application, a.Objection = p.ID, ""
	return pick(w, p.Consumer, p.Provider, "001")
}

// conclude chooses an outcome that may fit.
func (w *wild) conclude(a *act.ConcludeDispute, d mulu.Dispute) {
	if d.Cause == "objection" {
		a.Outcome = pick(w, "correct", "correct", "uphold")
	}
	if a.Outcome != "grant" || w.often(60) {
		a.Items, a.Rows, a.Days = nil, nil, 0
	}
	if a.Outcome == "grant" || a.Outcome == "uphold" {
		a.By = ""
	}
}

// soundMatter checks a matter of Chapter 4 or 6 at the end of time: what is still open waits for somebody who is there, and
// its term has been seen to pass.
func (w *wild) soundMatter(n mulu.Noun) {
	w.t.Helper()
	open, overdue, entry, org := false, true, "", ""
	switch n := n.(type) {
	case *mulu.Dispute:
		open, entry, org = n.Open(), n.Entry, n.Consumer
		overdue = n.Status != "concluded" || n.Overdue
	case *mulu.Objection:
		open, overdue, entry, org = n.Open(), n.Overdue, n.Entry, n.Consumer
	case *mulu.Review:
		open, entry, org = n.Open(), n.Entry, n.Org
		overdue = n.Status == "adjusting" || n.Overdue
	case *mulu.UseReport:
		open, overdue, org = n.Status == "due", n.Overdue, n.Consumer
	case *mulu.UseFlag:
		open, org = n.Status == "flagged", n.Consumer
	case *mulu.Finding:
		for _, r := range n.On {
			if _, ok := w.b.Get(r.Noun, r.ID); !ok {
				w.t.Errorf("seed %d: the finding %s rests on %s %s, which is not there", w.seed, n.ID, r.Noun, r.ID)
			}
		}
	}
	if !open {
		return
	}
	var o mulu.Org
	var e mulu.Entry
	if w.get(mulu.KindOrg, org, &o); o.Status == "closed" {
		w.t.Errorf("seed %d: %s %s waits for the closed %s", w.seed, n.Kind(), n.Key(), org)
	}
	if w.get(mulu.KindEntry, entry, &e); e.Status == "retired" {
		w.t.Errorf("seed %d: %s %s is open on the retired %s", w.seed, n.Kind(), n.Key(), entry)
	}
	if !overdue {
		w.t.Errorf("seed %d: %s %s is %s for ever", w.seed, n.Kind(), n.Key(), n.Standing())
	}
}

// some gives one of the nouns of a kind that meet a condition, the zero one where there is none.
func some[N any](w *wild, kind mulu.Kind, fit func(*N) bool) (found N) {
	var fitting []N
	for _, id := range w.ids(kind) {
		var n N
		if w.get(kind, id, &n); fit(&n) {
			fitting = append(fitting, n)
		}
	}
	if len(fitting) > 0 {
		found = fitting[w.IntN(len(fitting))]
	}
	return found
}
