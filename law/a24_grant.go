package law

import (
	"time"

	"mulu"
	"mulu/act"
)

// expired is the alarm at the end of a grant's period.
const expired = "grant.expired"

// Art. 24: what is shared may be used only as the application stated. A grant carries those bounds, and the gateway
// knows no other permission. Art. 21(2) has it delivered in time; what is late goes to coordination (Art. 22). A suspension
// stops access and no term: what is to be delivered is delivered meanwhile.
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
	{mulu.KindGrant, "suspended", "dataset.publish", []Role{TheLaw}, "suspended", cite(21, 2)},
	{mulu.KindGrant, "delivering", "dataset.connect", []Role{TheLaw}, "active", cite(21, 2)},
	{mulu.KindGrant, "suspended", "dataset.connect", []Role{TheLaw}, "suspended", cite(21, 2)},
	{mulu.KindGrant, "delivering", "grant.deliver", []Role{Provider}, "active", cite(21, 2)},
	{mulu.KindGrant, "suspended", "grant.deliver", []Role{Provider}, "suspended", cite(21, 2)},
	{mulu.KindGrant, "delivering", deliveryDue, []Role{TheLaw}, "delivering", cite(22)},
	{mulu.KindGrant, "suspended", deliveryDue, []Role{TheLaw}, "suspended", cite(22)},
	{mulu.KindGrant, "delivering", "calendar.publish", []Role{TheLaw}, "delivering", cite(21, 2)},
	{mulu.KindGrant, "suspended", "calendar.publish", []Role{TheLaw}, "suspended", cite(21, 2)},
	{mulu.KindGrant, "delivering", "case.conclude", []Role{TheLaw}, "delivering", cite(22)},
	{mulu.KindGrant, "active", "case.conclude", []Role{TheLaw}, "active", cite(22)},
	{mulu.KindGrant, "suspended", "case.conclude", []Role{TheLaw}, "delivering", cite(22)},
	{mulu.KindGrant, "suspended", "case.conclude", []Role{TheLaw}, "active", cite(22)},
	{mulu.KindGrant, "delivering", "entry.verify", []Role{TheLaw}, "delivering", cite(23)},
	{mulu.KindGrant, "active", "entry.verify", []Role{TheLaw}, "active", cite(23)},
	{mulu.KindGrant, "suspended", "entry.verify", []Role{TheLaw}, "suspended", cite(23)},
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
func (b *book) grant(p *mulu.Application, by string, x bounds, arts ...mulu.Cite) *mulu.Refusal {
	items, no := b.stillShared(p, x.items)
	if no != nil {
		return no
	}
	x.items = items
	e := load[mulu.Entry](b, p.Entry)
	g := &mulu.Grant{ID: b.serial("G", "grant"), Application: p.ID, Consumer: p.Consumer, Provider: p.Provider, Entry: p.Entry,
		Version: e.Version, Items: x.items, Rows: x.rows, Scenario: p.Ask.Scenario, Scope: p.Ask.Scope, Method: p.Ask.Method,
		By: by, From: b.stamp(), Until: b.now.AddDate(0, 0, x.days).Format(timeLayout), Status: "delivering", Duty: p.Ask.Duty}
	g.Rate, g.Volume = limit(e.Now, x, g.Method, by == "deemed")
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
	if d := load[mulu.Dataset](b, p.Entry); d != nil && d.Held() {
		return b.deliver(g)
	}
	return nil
}

// stillShared leaves out what the entry has ceased to share since the application was received. An application of which
// nothing is left is closed when that comes about, so only a conclusion or a partial answer can find nothing.
func (b *book) stillShared(p *mulu.Application, items []string) ([]string, *mulu.Refusal) {
	c := load[mulu.Entry](b, p.Entry).Now
	left := sharedOf(c, items)
	if len(left) == 0 {
		return nil, refuse(cite(19, 4), "nothing_shared", c.Name, basisOf(c))
	}
	return left, nil
}

func sharedOf(c *mulu.EntryContent, items []string) (left []string) {
	for _, field := range items {
		if i, ok := c.Item(field); ok && c.SharingOf(i) != "not_shared" {
			left = append(left, field)
		}
	}
	return left
}

// deliver: Art. 21(2): sharing is complete when the consumer can fetch the data. While a grant is suspended it can be
// delivered and not used.
func (b *book) deliver(g *mulu.Grant) *mulu.Refusal {
	if !g.Overdue {
		b.cancel(parseTime(g.DeliverBy.End), deliveryDue, g)
	}
	if g.Status != "suspended" {
		g.Status = "active"
	}
	g.Delivered = b.stamp()
	b.scheduleReports(g)
	if no := b.put(g, "grant.delivered", cite(21, 2)); no != nil {
		return no
	}
	if g.Overdue || g.Ordered != "" {
		return b.carriedOut(g)
	}
	return nil
}

func deliverGrant(b *book, a *act.DeliverGrant) *mulu.Refusal {
	g, no := find[mulu.Grant](b, a.Grant, cite(21, 2))
	if no != nil {
		return no
	}
	to := "active"
	if g.Status == "suspended" {
		to = "suspended"
	}
	if no := b.may(g, to); no != nil {
		return no
	}
	if g.Delivered != "" {
		return refuse(cite(21, 2), "delivered_already", g.ID, g.Delivered[:10])
	}
	return b.deliver(g)
}

// undelivered is woken at the end of the term to deliver: it is a finding, and the chain opens coordination by itself
// (Art. 22), unless the matter is before the bureau already. While the bureau itself had the grant suspended, lateness is
// for it to judge.
func undelivered(b *book, id string) *mulu.Refusal {
	g := load[mulu.Grant](b, id)
	g.Overdue = true
	if no := b.put(g, "grant.overdue", cite(21, 2), cite(22)); no != nil {
		return no
	}
	on := mulu.Ref{Noun: g.Kind(), ID: g.ID, Fact: "grant.overdue"}
	if g.Ordered != "" {
		return b.missed(load[mulu.Dispute](b, g.Ordered), cite(41, 1, 5), on)
	}
	if len(b.named(mulu.KindDispute, "open/"+g.Application)) == 0 {
		if no := b.openCase(load[mulu.Application](b, g.Application), "law", "undelivered", ""); no != nil {
			return no
		}
	}
	if b.heldByBureau(g) {
		return nil
	}
	return b.raise(cite(41, 1, 5), "delivery_overdue", g.Provider, g.Consumer, on)
}

// heldByBureau tells whether the bureau suspended a grant as the bureau, and not as the provider of its own data.
func (b *book) heldByBureau(g *mulu.Grant) bool {
	return g.SuspendedBy != "" && g.SuspendedBy != g.Provider && load[mulu.Org](b, g.SuspendedBy).Bureau
}

func suspendGrant(b *book, a *act.SuspendGrant) *mulu.Refusal {
	g, no := find[mulu.Grant](b, a.Grant, cite(24))
	if no != nil {
		return no
	}
	if no := first(prose("why", a.Why, 2, 500, cite(24)), b.may(g, "suspended")); no != nil {
		return no
	}
	g.Status, g.SuspendedBy, g.Why = "suspended", b.speaker.org, a.Why
	return b.put(g, "grant.suspended", cite(24))
}

// resumeGrant: what the bureau suspended, the bureau resumes.
func resumeGrant(b *book, a *act.ResumeGrant) *mulu.Refusal {
	g, no := find[mulu.Grant](b, a.Grant, cite(24))
	if no != nil {
		return no
	}
	if no := first(prose("why", a.Why, 2, 500, cite(24)), b.may(g, resumedTo(g))); no != nil {
		return no
	}
	if b.heldByBureau(g) && !b.speaker.bureau {
		return refuse(cite(24), "bureau_suspended", g.ID)
	}
	return b.resume(g, a.Why, cite(24))
}

func (b *book) resume(g *mulu.Grant, why string, art mulu.Cite) *mulu.Refusal {
	g.Status, g.SuspendedBy, g.Why = resumedTo(g), "", why
	return b.put(g, "grant.resumed", art)
}

func resumedTo(g *mulu.Grant) string {
	if g.Delivered == "" {
		return "delivering"
	}
	return "active"
}

func endGrant(b *book, a *act.EndGrant) *mulu.Refusal {
	g, no := find[mulu.Grant](b, a.Grant, cite(24))
	if no != nil {
		return no
	}
	if no := first(prose("why", a.Why, 2, 500, cite(24)), b.may(g, "ended")); no != nil {
		return no
	}
	if no := b.end(g, a.Why, "grant.given_up", cite(24)); no != nil {
		return no
	}
	return b.settle(g.Application)
}

func expire(b *book, id string) *mulu.Refusal {
	g := load[mulu.Grant](b, id)
	if no := b.end(g, "", "grant.expired", cite(24)); no != nil {
		return no
	}
	return b.settle(g.Application)
}

// end ends a grant: nothing of it is due any more but the report on its use.
func (b *book) end(g *mulu.Grant, why, fact string, art mulu.Cite) *mulu.Refusal {
	b.cancel(parseTime(g.Until), expired, g)
	if g.Delivered == "" && !g.Overdue {
		b.cancel(parseTime(g.DeliverBy.End), deliveryDue, g)
	}
	reported := b.reportedUntil(g)
	b.cancelReports(g)
	g.Status, g.SuspendedBy, g.Why = "ended", "", why
	if no := b.put(g, fact, art); no != nil {
		return no
	}
	if g.Delivered == "" || b.on == "org.close" {
		return nil
	}
	to := b.now
	if until := parseTime(g.Until); until.Before(to) {
		to = until
	}
	return b.oweReport(g, reported, to.Format(time.RFC3339), true)
}
