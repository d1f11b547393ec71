package law

import (
	"mulu"
	"mulu/act"
)

// Art. 22: what is not shared as the rules want, or is disputed, the bureau coordinates: asked by a party, on its own
// motion, or because the chain saw a term pass. The conclusion binds and is executed in the same block.
var disputeWays = []Way{
	{mulu.KindDispute, "", "case.open", []Role{Consumer, Provider, Bureau}, "opened", cite(22)},
	{mulu.KindDispute, "", answerDue, []Role{TheLaw}, "opened", cite(22)},
	{mulu.KindDispute, "", deliveryDue, []Role{TheLaw}, "opened", cite(22)},
	{mulu.KindDispute, "opened", "case.conclude", []Role{Bureau}, "concluded", cite(22)},
}

func openDispute(b *book, a *act.OpenDispute) *mulu.Refusal {
	p, no := find[mulu.Application](b, a.Application, cite(22))
	if no != nil {
		return no
	}
	if no := text("why", a.Why, 2, 2000, cite(22)); no != nil {
		return no
	}
	if p.Status != "refused" && p.Status != "overdue" && p.Status != "granted" {
		return refuse(cite(22), "nothing_disputed", p.ID, "@"+p.Status)
	}
	for _, id := range b.named(mulu.KindDispute, "about/"+p.ID) {
		if load[mulu.Dispute](b, id).Status == "opened" {
			return refuse(cite(22), "case_open", id)
		}
	}
	cause := "other"
	if p.Status == "refused" {
		cause = "refused"
	}
	return b.openCase(p, b.speaker.org, cause, a.Why)
}

func (b *book) openCase(p *mulu.Application, opener, cause, why string) *mulu.Refusal {
	return b.put(&mulu.Dispute{ID: b.serial("C", "case"), About: p.ID, Consumer: p.Consumer, Provider: p.Provider,
		Opener: opener, Cause: cause, Opened: b.stamp(), Status: "opened", Why: why}, "case.opened", cite(22))
}

func concludeDispute(b *book, a *act.ConcludeDispute) *mulu.Refusal {
	d, no := find[mulu.Dispute](b, a.Case, cite(22))
	if no != nil {
		return no
	}
	if no := first(oneOf("outcome", a.Outcome, mulu.Rulings, cite(22)), text("why", a.Why, 2, 2000, cite(22))); no != nil {
		return no
	}
	d.Status, d.Outcome, d.Why = "concluded", a.Outcome, a.Why
	if no := b.put(d, "case.concluded", cite(22)); no != nil {
		return no
	}
	p := load[mulu.Application](b, d.About)
	switch {
	case a.Outcome == "grant" && p.Status != "granted":
		if e := load[mulu.Entry](b, p.Entry); e.Status == "retired" {
			return refuse(cite(22), "entry_retired", e.Code)
		}
		return b.grant(p, "ruling", p.Ask.Items, p.Ask.Rows, p.Ask.Days, cite(22))
	case a.Outcome == "uphold" && p.Status == "overdue":
		p.Status = "refused"
		p.Answer = &mulu.Answer{By: b.speaker.org, Decision: "refused", Explanation: a.Why, At: b.stamp()}
		return b.put(p, "application.refused", cite(22))
	}
	return nil
}
