package law

import (
	"mulu"
	"mulu/act"
)

// expired is the alarm at the end of a grant's period.
const expired = "grant.expired"

// Art. 24: what is shared may be used only as the application stated. A grant carries those bounds, and the gateway
// knows no other permission. Art. 21(2) has it delivered in time; what is late goes to coordination (Art. 22).
var grantWays = []Way{
	{mulu.KindGrant, "", "application.submit", []Role{TheLaw}, "delivering", cite(20)},
	{mulu.KindGrant, "", "application.answer", []Role{TheLaw}, "delivering", cite(21, 2)},
	{mulu.KindGrant, "", answerDue, []Role{TheLaw}, "delivering", cite(21, 4)},
	{mulu.KindGrant, "", "case.conclude", []Role{TheLaw}, "delivering", cite(22)},
	{mulu.KindGrant, "delivering", "application.submit", []Role{TheLaw}, "active", cite(20)},
	{mulu.KindGrant, "delivering", "application.answer", []Role{TheLaw}, "active", cite(21, 2)},
	{mulu.KindGrant, "delivering", answerDue, []Role{TheLaw}, "active", cite(21, 4)},
	{mulu.KindGrant, "delivering", "case.conclude", []Role{TheLaw}, "active", cite(22)},
	{mulu.KindGrant, "delivering", "dataset.publish", []Role{TheLaw}, "active", cite(21, 2)},
	{mulu.KindGrant, "delivering", "grant.deliver", []Role{Provider}, "active", cite(21, 2)},
	{mulu.KindGrant, "delivering", deliveryDue, []Role{TheLaw}, "delivering", cite(22)},
	{mulu.KindGrant, "delivering", "calendar.publish", []Role{TheLaw}, "delivering", cite(21, 2)},
	{mulu.KindGrant, "delivering", "grant.suspend", []Role{Provider, Bureau}, "suspended", cite(24)},
	{mulu.KindGrant, "active", "grant.suspend", []Role{Provider, Bureau}, "suspended", cite(24)},
	{mulu.KindGrant, "suspended", "grant.resume", []Role{Provider, Bureau}, "active", cite(24)},
	{mulu.KindGrant, "suspended", "grant.resume", []Role{Provider, Bureau}, "delivering", cite(24)},
	{mulu.KindGrant, "delivering", "grant.end", []Role{Consumer}, "ended", cite(24)},
	{mulu.KindGrant, "active", "grant.end", []Role{Consumer}, "ended", cite(24)},
	{mulu.KindGrant, "suspended", "grant.end", []Role{Consumer}, "ended", cite(24)},
	{mulu.KindGrant, "delivering", expired, []Role{TheLaw}, "ended", cite(24)},
	{mulu.KindGrant, "active", expired, []Role{TheLaw}, "ended", cite(24)},
	{mulu.KindGrant, "suspended", expired, []Role{TheLaw}, "ended", cite(24)},
	{mulu.KindGrant, "delivering", "org.close", []Role{TheLaw}, "ended", cite(24)},
	{mulu.KindGrant, "active", "org.close", []Role{TheLaw}, "ended", cite(24)},
	{mulu.KindGrant, "suspended", "org.close", []Role{TheLaw}, "ended", cite(24)},
	{mulu.KindGrant, "delivering", "entry.retire", []Role{TheLaw}, "ended", cite(16)},
	{mulu.KindGrant, "active", "entry.retire", []Role{TheLaw}, "ended", cite(16)},
	{mulu.KindGrant, "suspended", "entry.retire", []Role{TheLaw}, "ended", cite(16)},
}

// grant turns an application into a permission. The application's answer is set before; by says how it came about.
func (b *book) grant(p *mulu.Application, by string, items []string, rows []mulu.Filter, days int, arts ...mulu.Cite) *mulu.Refusal {
	g := &mulu.Grant{ID: b.serial("G", "grant"), Application: p.ID, Consumer: p.Consumer, Provider: p.Provider, Entry: p.Entry,
		Version: p.Version, Items: items, Rows: rows, Scenario: p.Ask.Scenario, Scope: p.Ask.Scope, Method: p.Ask.Method,
		By: by, From: b.stamp(), Until: b.now.AddDate(0, 0, days).Format(timeLayout), Status: "delivering"}
	p.Status, p.Grant = "granted", g.ID
	if no := b.put(p, "application.granted", arts...); no != nil {
		return no
	}
	ed, _ := FindEdition(p.Edition)
	g.DeliverBy, g.DeliverFrom = p.DeliverBy, p.Received
	if g.DeliverBy == nil || by == "ruling" {
		g.DeliverBy, g.DeliverFrom = b.deadline(b.stamp(), ed.Deliver), b.stamp()
	}
	b.alarm(parseTime(g.Until), expired, g)
	b.alarm(parseTime(g.DeliverBy.End), deliveryDue, g)
	if no := b.put(g, "grant.made", arts...); no != nil {
		return no
	}
	if d := load[mulu.Dataset](b, p.Entry); d != nil && d.Status == "serving" {
		return b.deliver(g)
	}
	return nil
}

// deliver: Art. 21(2): sharing is complete when the consumer can fetch the data.
func (b *book) deliver(g *mulu.Grant) *mulu.Refusal {
	if !g.Overdue {
		b.cancel(parseTime(g.DeliverBy.End), deliveryDue, g)
	}
	g.Status, g.Delivered = "active", b.stamp()
	return b.put(g, "grant.delivered", cite(21, 2))
}

func deliverGrant(b *book, a *act.DeliverGrant) *mulu.Refusal {
	g, no := find[mulu.Grant](b, a.Grant, cite(21, 2))
	if no != nil {
		return no
	}
	if no := b.may(g, "active"); no != nil {
		return no
	}
	return b.deliver(g)
}

// undelivered is woken at the end of the term to deliver: the chain opens coordination by itself (Art. 22).
func undelivered(b *book, id string) *mulu.Refusal {
	g := load[mulu.Grant](b, id)
	g.Overdue = true
	if no := b.put(g, "grant.overdue", cite(21, 2), cite(22)); no != nil {
		return no
	}
	return b.openCase(load[mulu.Application](b, g.Application), "law", "undelivered", "")
}

func endGrant(b *book, a *act.EndGrant) *mulu.Refusal {
	g, no := find[mulu.Grant](b, a.Grant, cite(24))
	if no != nil {
		return no
	}
	if no := first(text("why", a.Why, 2, 500, cite(24)), b.may(g, "ended")); no != nil {
		return no
	}
	return b.end(g, a.Why, "grant.given_up", cite(24))
}

func (b *book) end(g *mulu.Grant, why, fact string, art mulu.Cite) *mulu.Refusal {
	b.cancel(parseTime(g.Until), expired, g)
	if g.Delivered == "" && !g.Overdue {
		b.cancel(parseTime(g.DeliverBy.End), deliveryDue, g)
	}
	g.Status, g.Why = "ended", why
	return b.put(g, fact, art)
}

func suspendGrant(b *book, a *act.SuspendGrant) *mulu.Refusal {
	g, no := find[mulu.Grant](b, a.Grant, cite(24))
	if no != nil {
		return no
	}
	if no := first(text("why", a.Why, 2, 500, cite(24)), b.may(g, "suspended")); no != nil {
		return no
	}
	if g.Delivered == "" && !g.Overdue {
		b.cancel(parseTime(g.DeliverBy.End), deliveryDue, g)
	}
	g.Status, g.Why = "suspended", a.Why
	return b.put(g, "grant.suspended", cite(24))
}

func resumeGrant(b *book, a *act.ResumeGrant) *mulu.Refusal {
	g, no := find[mulu.Grant](b, a.Grant, cite(24))
	if no != nil {
		return no
	}
	if no := text("why", a.Why, 2, 500, cite(24)); no != nil {
		return no
	}
	g.Status, g.Why = "active", a.Why
	if g.Delivered == "" {
		g.Status = "delivering"
		if !g.Overdue {
			b.alarm(parseTime(g.DeliverBy.End), deliveryDue, g)
		}
	}
	return b.put(g, "grant.resumed", cite(24))
}

// endSharing: what hangs on a retired entry or a closed consumer ends, with notice: waiting applications are closed,
// grants end.
func (b *book) endSharing(applications, grants []string, why string, art mulu.Cite) *mulu.Refusal {
	for _, id := range applications {
		p := load[mulu.Application](b, id)
		if p.Status == "submitted" {
			b.cancel(parseTime(p.AnswerBy.End), answerDue, p)
		}
		p.Status, p.Why = "closed", why
		if no := b.put(p, "application.closed", art); no != nil {
			return no
		}
	}
	for _, id := range grants {
		if no := b.end(load[mulu.Grant](b, id), why, "grant.ended", art); no != nil {
			return no
		}
	}
	return nil
}

func expire(b *book, id string) *mulu.Refusal {
	g := load[mulu.Grant](b, id)
	return b.end(g, "", "grant.expired", cite(24))
}
