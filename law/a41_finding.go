package law

import (
	"mulu"
	"mulu/act"
)

// Art. 41: nine things on account of which the bureau urges an institution to put matters right. What a rule can see by
// itself it raises, naming the nouns and facts that show it; the rest the bureau enters, misuse of shared data its provider
// too. What is then done about a finding is not part of the chain yet.
var findingWays = []Way{
	{mulu.KindFinding, "", answerDue, []Role{TheLaw}, "raised", cite(41, 1, 5)},
	{mulu.KindFinding, "", deliveryDue, []Role{TheLaw}, "raised", cite(41, 1, 5)},
	{mulu.KindFinding, "", caseDue, []Role{TheLaw}, "raised", cite(41, 1, 5)},
	{mulu.KindFinding, "", "case.conclude", []Role{TheLaw}, "raised", cite(41, 1, 5)},
	{mulu.KindFinding, "", objectionDue, []Role{TheLaw}, "raised", cite(41, 1, 6)},
	{mulu.KindFinding, "", reviewLate, []Role{TheLaw}, "raised", cite(41, 1, 2)},
	{mulu.KindFinding, "", gatherDue, []Role{TheLaw}, "raised", cite(41, 1, 4)},
	{mulu.KindFinding, "", updateDue, []Role{TheLaw}, "raised", cite(41, 1, 3)},
	{mulu.KindFinding, "", "dataset.publish", []Role{TheLaw}, "raised", cite(41, 1, 3)},
	{mulu.KindFinding, "", purchaseLate, []Role{TheLaw}, "raised", cite(41, 1, 5)},
	{mulu.KindFinding, "", "finding.misuse", []Role{Provider, Bureau}, "raised", cite(41, 1, 7)},
	{mulu.KindFinding, "", "finding.raise", []Role{Bureau}, "raised", cite(41, 1)},
	{mulu.KindFinding, "raised", "finding.withdraw", []Role{Bureau}, "withdrawn", cite(41, 1)},
}

// raise puts what a rule saw: point is the provision, org at fault, party the other one concerned.
func (b *book) raise(point mulu.Cite, rule, org, party string, on ...mulu.Ref) *mulu.Refusal {
	return b.putFinding(&mulu.Finding{Org: org, Party: party, Rule: rule, By: "law", On: on}, point)
}

func (b *book) putFinding(f *mulu.Finding, point mulu.Cite) *mulu.Refusal {
	_, _, f.Point = point.Parts()
	if f.ID == "" {
		f.ID = b.serial("F", "finding")
	}
	f.Raised, f.Status = b.stamp(), "raised"
	return b.put(f, "finding.raised", point)
}

// points of Art. 41(1), in order.
func points() [9]mulu.Cite {
	return [9]mulu.Cite{cite(41, 1, 1), cite(41, 1, 2), cite(41, 1, 3), cite(41, 1, 4), cite(41, 1, 5), cite(41, 1, 6), cite(41, 1, 7),
		cite(41, 1, 8), cite(41, 1, 9)}
}

func enterMisuse(b *book, a *act.EnterMisuse) *mulu.Refusal {
	g, no := find[mulu.Grant](b, a.Grant, cite(24))
	if no != nil {
		return no
	}
	f := &mulu.Finding{Org: g.Consumer, Party: g.Provider, Rule: "misuse", By: b.speaker.org, Why: a.Why, Record: a.Record,
		On: []mulu.Ref{{Noun: g.Kind(), ID: g.ID}}}
	if no := first(b.may(f, "raised"), prose("why", a.Why, 4, 4000, cite(24))); no != nil {
		return no
	}
	if g.Delivered == "" {
		return refuse(cite(24), "nothing_had", g.ID)
	}
	if a.Flag != "" {
		u, no := find[mulu.UseFlag](b, a.Flag, cite(24))
		if no != nil {
			return no
		}
		if u.Grant != g.ID {
			return refuse(cite(24), "flag_foreign", u.ID, g.ID)
		}
		f.On = append(f.On, mulu.Ref{Noun: u.Kind(), ID: u.ID})
	}
	if a.Record != "" {
		if no := digest("record", a.Record, cite(24)); no != nil {
			return no
		}
	}
	return b.putFinding(f, cite(41, 1, 7))
}

func raiseFinding(b *book, a *act.RaiseFinding) *mulu.Refusal {
	if no := first(within("point", a.Point, 1, 9, cite(41, 1)), prose("why", a.Why, 4, 4000, cite(41, 1)), within("on", len(a.On), 0, 50, cite(41, 1))); no != nil {
		return no
	}
	o, no := find[mulu.Org](b, a.Org, cite(41, 1))
	if no != nil {
		return no
	}
	if o.Status == "closed" {
		return refuse(cite(41, 1), "org_closed", o.Short)
	}
	for _, r := range a.On {
		if no := b.checkRef(r); no != nil {
			return no
		}
	}
	if a.Record != "" {
		if no := digest("record", a.Record, cite(41, 1)); no != nil {
			return no
		}
	}
	return b.putFinding(&mulu.Finding{Org: o.ID, By: b.speaker.org, On: a.On, Why: a.Why, Record: a.Record}, points()[a.Point-1])
}

// checkRef: what a finding rests on is there.
func (b *book) checkRef(r mulu.Ref) *mulu.Refusal {
	if no := oneOf("noun", string(r.Noun), mulu.Nouns, cite(41, 1)); no != nil {
		return no
	}
	if _, ok := b.Get(NounKey(r.Noun, r.ID)); !ok {
		return refuse(cite(41, 1), "unknown", "@"+string(r.Noun), r.ID)
	}
	if r.Fact != "" && mulu.FactTitle(r.Fact, "zh") == r.Fact {
		return refuse(cite(41, 1), "fact_unknown", r.Fact)
	}
	return nil
}

func withdrawFinding(b *book, a *act.WithdrawFinding) *mulu.Refusal {
	f, no := find[mulu.Finding](b, a.Finding, cite(41, 1))
	if no != nil {
		return no
	}
	if no := first(b.may(f, "withdrawn"), prose("why", a.Why, 4, 2000, cite(41, 1))); no != nil {
		return no
	}
	f.Status, f.Error = "withdrawn", a.Why
	return b.put(f, "finding.withdrawn", cite(41, 1))
}
