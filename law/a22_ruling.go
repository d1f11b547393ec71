package law

import (
	"mulu"
	"mulu/act"
)

// concludeDispute: the bureau's conclusion binds. What it orders is done in the same block where the chain can do it; where
// the provider must act, the case stays concluded until it has, and a day missed is a finding.
func concludeDispute(b *book, a *act.ConcludeDispute) *mulu.Refusal {
	d, no := find[mulu.Dispute](b, a.Case, cite(22))
	if no != nil {
		return no
	}
	if no := first(oneOf("outcome", a.Outcome, mulu.Rulings, cite(22)), prose("why", a.Why, 2, 2000, cite(22)), b.may(d, "concluded")); no != nil {
		return no
	}
	if d.Status == "concluded" && !d.Overdue {
		return refuse(cite(22), "ruling_runs", d.ID, d.Due.Last)
	}
	d.Due = nil
	if a.Outcome == "deliver_by" || a.Outcome == "correct" {
		day, no := b.lastDay("by", a.By, cite(22))
		if no != nil {
			return no
		}
		d.Due = until(day)
	} else if a.By != "" {
		return refuse(cite(22), "by_idle")
	}
	given := bounds{a.Items, a.Rows, a.Days, 0, 0}
	if a.Outcome != "grant" && !given.empty() {
		return refuse(cite(22), "scope_idle")
	}
	d.Status, d.Outcome, d.Why, d.Concluded, d.Overdue = "concluded", a.Outcome, a.Why, b.stamp(), false
	if no := b.put(d, "case.concluded", cite(22)); no != nil {
		return no
	}
	if d.Cause == "objection" {
		return b.ruleObjection(d)
	}
	return b.ruleApplication(d, given)
}

func (b *book) ruleObjection(d *mulu.Dispute) *mulu.Refusal {
	o := load[mulu.Objection](b, d.About)
	switch {
	case d.Outcome == "uphold":
		return b.liftOrder(d, o)
	case d.Outcome != "correct" || !o.Open() && o.Status != "unfounded" && o.Status != "corrected":
		return refuse(cite(22), "ruling_unfit", "@ruling."+d.Outcome)
	}
	if o.Open() && !o.Overdue {
		b.cancel(parseTime(o.AnswerBy.End), objectionDue, o)
	}
	if set := load[mulu.Dataset](b, o.Entry); set != nil {
		o.DataVersion = set.Version
	}
	o.Status, o.AnswerBy, o.Overdue, o.Case, o.Answered, o.Why = "checking", d.Due, false, d.ID, "", ""
	b.alarm(parseTime(o.AnswerBy.End), objectionDue, o)
	return b.put(o, "objection.ordered", cite(22), cite(25, 2))
}

// liftOrder lets an objection stand as it is; what an earlier conclusion ordered and the provider did not do is ordered no more.
func (b *book) liftOrder(d *mulu.Dispute, o *mulu.Objection) *mulu.Refusal {
	if o.Open() && o.Case != "" {
		o.Case = ""
		if no := b.put(o, "objection.order_lifted", cite(22)); no != nil {
			return no
		}
	}
	return b.executed(d)
}

func (b *book) ruleApplication(d *mulu.Dispute, given bounds) *mulu.Refusal {
	p := load[mulu.Application](b, d.About)
	var g *mulu.Grant
	if p.Status == "granted" {
		g = load[mulu.Grant](b, p.Grant)
	}
	no := refuse(cite(22), "ruling_unfit", "@ruling."+d.Outcome)
	switch d.Outcome {
	case "uphold":
		no = b.uphold(p, d.Why)
	case "grant":
		no = b.orderSharing(d, p, g, given)
	case "deliver_by":
		if g != nil && g.Status == "delivering" {
			return b.orderDelivery(d, g)
		}
	case "correct":
		if g != nil && g.Status != "ended" && g.Delivered != "" && b.onPlatform(g.Entry) {
			b.alarm(parseTime(d.Due.End), caseDue, d)
			return nil
		}
	}
	if no != nil {
		return no
	}
	return b.executed(d)
}

// uphold lets things stand; an application that nobody answered is thereby refused.
func (b *book) uphold(p *mulu.Application, why string) *mulu.Refusal {
	if p.Status != "overdue" {
		return nil
	}
	p.Status = "refused"
	p.Answer = &mulu.Answer{By: b.speaker.org, Decision: "refused", Explanation: why, At: b.stamp()}
	return b.put(p, "application.refused", cite(22))
}

// orderSharing: what was refused or left unanswered is granted, a suspension ends, the bounds of a partial consent are set anew; a refusal
// that does not stand was none under Art. 21(3), and so a finding.
func (b *book) orderSharing(d *mulu.Dispute, p *mulu.Application, g *mulu.Grant, given bounds) *mulu.Refusal {
	held, _, no := narrow(load[mulu.Entry](b, p.Entry).Now, p, given, cite(22))
	if no != nil {
		return no
	}
	switch {
	case p.Status == "refused" || p.Status == "overdue":
		overruled := p.Status == "refused" && p.Answer.By == p.Provider
		if no := b.grant(p, "ruling", held, cite(22)); no != nil || !overruled {
			return no
		}
		return b.raise(cite(41, 1, 5), "refusal_overruled", d.Provider, d.Consumer,
			mulu.Ref{Noun: p.Kind(), ID: p.ID, Fact: "application.refused"}, mulu.Ref{Noun: d.Kind(), ID: d.ID, Fact: "case.concluded"})
	case g != nil && g.Status == "suspended" && given.empty():
		return b.resume(g, d.Why, cite(22))
	case g != nil && (g.Status == "active" || g.Status == "delivering") && inPart(p):
		return b.adjustGrant(g, p, held)
	}
	return refuse(cite(22), "ruling_unfit", "@ruling.grant")
}

// adjustGrant puts the bounds that a conclusion sets in place of those of a partial consent.
func (b *book) adjustGrant(g *mulu.Grant, p *mulu.Application, x bounds) *mulu.Refusal {
	items, no := b.stillShared(p, x.items)
	if no != nil {
		return no
	}
	x.items = items
	b.cancel(parseTime(g.Until), expired, g)
	g.Items, g.Rows, g.Until = x.items, x.rows, parseTime(g.From).AddDate(0, 0, x.days).Format(timeLayout)
	g.Rate, g.Volume = limit(load[mulu.Entry](b, g.Entry).Now, x, g.Method, false)
	b.alarm(parseTime(g.Until), expired, g)
	if g.Delivered != "" {
		b.scheduleReports(g)
	}
	return b.put(g, "grant.adjusted", cite(22))
}

// orderDelivery sets the last day of delivery anew, in place of the term of Art. 21(2).
func (b *book) orderDelivery(d *mulu.Dispute, g *mulu.Grant) *mulu.Refusal {
	if !g.Overdue {
		b.cancel(parseTime(g.DeliverBy.End), deliveryDue, g)
	}
	g.DeliverBy, g.DeliverFrom, g.Overdue, g.Ordered = d.Due, b.stamp(), false, d.ID
	b.alarm(parseTime(g.DeliverBy.End), deliveryDue, g)
	return b.put(g, "grant.delivery_ordered", cite(22))
}

// missed records that the day of a conclusion passed.
func (b *book) missed(d *mulu.Dispute, point mulu.Cite, on mulu.Ref) *mulu.Refusal {
	d.Overdue = true
	if no := b.put(d, "case.overdue", cite(22)); no != nil {
		return no
	}
	return b.raise(point, "ruling_missed", d.Provider, d.Consumer, mulu.Ref{Noun: d.Kind(), ID: d.ID, Fact: "case.overdue"}, on)
}

// uncorrected is woken at the end of the day by which a conclusion about an application wanted its data corrected.
func uncorrected(b *book, id string) *mulu.Refusal {
	d := load[mulu.Dispute](b, id)
	return b.missed(d, cite(41, 1, 5), mulu.Ref{Noun: mulu.KindApplication, ID: d.About})
}

// carriedOut: delivery executes the conclusion that ordered it, and settles what the chain opened because it was late.
func (b *book) carriedOut(g *mulu.Grant) *mulu.Refusal {
	for _, id := range b.named(mulu.KindDispute, "open/"+g.Application) {
		if d := load[mulu.Dispute](b, id); d.Status == "concluded" && d.Outcome == "deliver_by" {
			if no := b.executed(d); no != nil {
				return no
			}
		}
	}
	return b.settle(g.Application)
}

// corrected: a new data version executes the conclusions that ordered the entry's data corrected.
func (b *book) corrected(set *mulu.Dataset) *mulu.Refusal {
	for _, id := range b.named(mulu.KindDispute, "correct/"+set.Entry) {
		d := load[mulu.Dispute](b, id)
		d.Version = set.Version
		if no := b.executed(d); no != nil {
			return no
		}
	}
	return nil
}
