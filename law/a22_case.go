package law

import (
	"mulu"
	"mulu/act"
)

// caseDue is the end of the day by which a conclusion wanted data corrected.
const caseDue = "case.due"

// Art. 22: what is not shared as the rules want, or is disputed, the bureau coordinates: asked by a party, on its own
// motion, or because the chain saw a term pass. It hears those concerned; its conclusion binds and is executed, at once or,
// where the provider must do something, by the day it sets.
var disputeWays = []Way{
	{mulu.KindDispute, "", "case.open", []Role{Consumer, Provider, Bureau}, "opened", cite(22)},
	{mulu.KindDispute, "", answerDue, []Role{TheLaw}, "opened", cite(22)},
	{mulu.KindDispute, "", deliveryDue, []Role{TheLaw}, "opened", cite(22)},
	{mulu.KindDispute, "opened", "case.hear", []Role{Bureau}, "heard", cite(22)},
	{mulu.KindDispute, "heard", "case.hear", []Role{Bureau}, "heard", cite(22)},
	{mulu.KindDispute, "opened", "case.conclude", []Role{Bureau}, "concluded", cite(22)},
	{mulu.KindDispute, "heard", "case.conclude", []Role{Bureau}, "concluded", cite(22)},
	{mulu.KindDispute, "concluded", "case.conclude", []Role{Bureau}, "concluded", cite(22)},
	{mulu.KindDispute, "concluded", deliveryDue, []Role{TheLaw}, "concluded", cite(22)},
	{mulu.KindDispute, "concluded", caseDue, []Role{TheLaw}, "concluded", cite(22)},
	{mulu.KindDispute, "concluded", objectionDue, []Role{TheLaw}, "concluded", cite(22)},
	{mulu.KindDispute, "concluded", "case.conclude", []Role{TheLaw}, "executed", cite(22)},
	{mulu.KindDispute, "concluded", "grant.deliver", []Role{TheLaw}, "executed", cite(22)},
	{mulu.KindDispute, "concluded", "dataset.publish", []Role{TheLaw}, "executed", cite(22)},
	{mulu.KindDispute, "concluded", "dataset.connect", []Role{TheLaw}, "executed", cite(22)},
	{mulu.KindDispute, "concluded", "objection.answer", []Role{TheLaw}, "executed", cite(22)},
	{mulu.KindDispute, "opened", "case.withdraw", []Role{Opener}, "withdrawn", cite(22)},
	{mulu.KindDispute, "heard", "case.withdraw", []Role{Opener}, "withdrawn", cite(22)},
	{mulu.KindDispute, "opened", "application.answer", []Role{TheLaw}, "settled", cite(22)},
	{mulu.KindDispute, "heard", "application.answer", []Role{TheLaw}, "settled", cite(22)},
	{mulu.KindDispute, "opened", "application.withdraw", []Role{TheLaw}, "settled", cite(22)},
	{mulu.KindDispute, "heard", "application.withdraw", []Role{TheLaw}, "settled", cite(22)},
	{mulu.KindDispute, "opened", "grant.deliver", []Role{TheLaw}, "settled", cite(22)},
	{mulu.KindDispute, "heard", "grant.deliver", []Role{TheLaw}, "settled", cite(22)},
	{mulu.KindDispute, "opened", "dataset.publish", []Role{TheLaw}, "settled", cite(22)},
	{mulu.KindDispute, "heard", "dataset.publish", []Role{TheLaw}, "settled", cite(22)},
	{mulu.KindDispute, "opened", "dataset.connect", []Role{TheLaw}, "settled", cite(22)},
	{mulu.KindDispute, "heard", "dataset.connect", []Role{TheLaw}, "settled", cite(22)},
	{mulu.KindDispute, "opened", "grant.end", []Role{TheLaw}, "settled", cite(22)},
	{mulu.KindDispute, "heard", "grant.end", []Role{TheLaw}, "settled", cite(22)},
	{mulu.KindDispute, "concluded", "grant.end", []Role{TheLaw}, "settled", cite(22)},
	{mulu.KindDispute, "opened", expired, []Role{TheLaw}, "settled", cite(22)},
	{mulu.KindDispute, "heard", expired, []Role{TheLaw}, "settled", cite(22)},
	{mulu.KindDispute, "concluded", expired, []Role{TheLaw}, "settled", cite(22)},
	{mulu.KindDispute, "concluded", "objection.withdraw", []Role{TheLaw}, "settled", cite(22)},
	{mulu.KindDispute, "opened", "entry.verify", []Role{TheLaw}, "settled", cite(22)},
	{mulu.KindDispute, "heard", "entry.verify", []Role{TheLaw}, "settled", cite(22)},
	{mulu.KindDispute, "opened", "org.close", []Role{TheLaw}, "closed", cite(24)},
	{mulu.KindDispute, "heard", "org.close", []Role{TheLaw}, "closed", cite(24)},
	{mulu.KindDispute, "concluded", "org.close", []Role{TheLaw}, "closed", cite(24)},
	{mulu.KindDispute, "opened", "entry.retire", []Role{TheLaw}, "closed", cite(16)},
	{mulu.KindDispute, "heard", "entry.retire", []Role{TheLaw}, "closed", cite(16)},
	{mulu.KindDispute, "concluded", "entry.retire", []Role{TheLaw}, "closed", cite(16)},
}

func openDispute(b *book, a *act.OpenDispute) *mulu.Refusal {
	if (a.Application == "") == (a.Objection == "") {
		return refuse(cite(22), "about_one")
	}
	if no := prose("why", a.Why, 2, 2000, cite(22)); no != nil {
		return no
	}
	d := &mulu.Dispute{About: a.Application + a.Objection, Opener: b.speaker.org, Why: a.Why, Claim: a.Why}
	if no := b.disputed(d, a); no != nil {
		return no
	}
	if ids := b.named(mulu.KindDispute, "open/"+d.About); len(ids) > 0 {
		return refuse(cite(22), "case_open", ids[0])
	}
	if o := load[mulu.Org](b, d.Consumer); o.Status == "closed" {
		return refuse(cite(22), "consumer_closed", o.Short)
	}
	if e := load[mulu.Entry](b, d.Entry); e.Status == "retired" {
		return refuse(cite(22), "entry_retired", e.Code)
	}
	return b.open(d)
}

// disputed finds the parties of what a case is to be about, and the cause that it shows.
func (b *book) disputed(d *mulu.Dispute, a *act.OpenDispute) *mulu.Refusal {
	if a.Objection != "" {
		o, no := find[mulu.Objection](b, a.Objection, cite(22))
		if no != nil {
			return no
		}
		if o.Status != "unfounded" && o.Status != "corrected" && !(o.Open() && o.Overdue) {
			return refuse(cite(22), "nothing_objected", o.ID, "@"+o.Status)
		}
		d.Consumer, d.Provider, d.Entry, d.Cause = o.Consumer, o.Provider, o.Entry, "objection"
		return nil
	}
	p, no := find[mulu.Application](b, a.Application, cite(22))
	if no != nil {
		return no
	}
	d.Consumer, d.Provider, d.Entry, d.Cause = p.Consumer, p.Provider, p.Entry, "other"
	switch p.Status {
	case "refused":
		d.Cause = "refused"
	case "overdue":
		d.Cause = "unanswered"
	case "granted":
		g := load[mulu.Grant](b, p.Grant)
		switch {
		case g.Status == "suspended":
			d.Cause = "suspended"
		case g.Status == "delivering" && g.Overdue:
			d.Cause = "undelivered"
		case inPart(p):
			d.Cause = "part"
		}
	default:
		return refuse(cite(22), "nothing_disputed", p.ID, "@"+p.Status)
	}
	return nil
}

// inPart tells whether the provider agreed in part; what a conclusion granted may have no answer at all.
func inPart(p *mulu.Application) bool { return p.Answer != nil && p.Answer.Decision == "part" }

// openCase is how the chain opens one by itself.
func (b *book) openCase(p *mulu.Application, opener, cause, why string) *mulu.Refusal {
	return b.open(&mulu.Dispute{About: p.ID, Consumer: p.Consumer, Provider: p.Provider, Entry: p.Entry, Opener: opener, Cause: cause, Why: why})
}

func (b *book) open(d *mulu.Dispute) *mulu.Refusal {
	d.ID, d.Opened, d.Status = b.serial("C", "case"), b.stamp(), "opened"
	return b.put(d, "case.opened", cite(22))
}

// hearDispute: Art. 22 has the bureau coordinate together with those concerned; what each stated is kept with the case.
func hearDispute(b *book, a *act.HearDispute) *mulu.Refusal {
	d, no := find[mulu.Dispute](b, a.Case, cite(22))
	if no != nil {
		return no
	}
	if no := first(b.may(d, "heard"), prose("note", a.Note, 2, 4000, cite(22)), within("statements", len(a.Statements), 0, 20, cite(22)),
		within("hearings", len(d.Hearings)+1, 1, 20, cite(22))); no != nil {
		return no
	}
	for _, s := range a.Statements {
		if _, no := find[mulu.Org](b, s.Org, cite(22)); no != nil {
			return no
		}
		if no := prose("statement", s.Text, 2, 4000, cite(22)); no != nil {
			return no
		}
	}
	if a.Record != "" {
		if no := digest("record", a.Record, cite(22)); no != nil {
			return no
		}
	}
	d.Hearings = append(d.Hearings, mulu.Hearing{At: b.stamp(), Note: a.Note, Statements: a.Statements, Record: a.Record})
	d.Status = "heard"
	return b.put(d, "case.heard", cite(22))
}

// withdrawDispute: a consumer may let its own claim go at any time, for without it there is nothing to decide; a case
// that another opened can be withdrawn once the matter has resolved itself.
func withdrawDispute(b *book, a *act.WithdrawDispute) *mulu.Refusal {
	d, no := find[mulu.Dispute](b, a.Case, cite(22))
	if no != nil {
		return no
	}
	if no := first(prose("why", a.Why, 2, 1000, cite(22)), b.may(d, "withdrawn")); no != nil {
		return no
	}
	if d.Opener != d.Consumer && !b.moot(d) {
		return refuse(cite(22), "still_to_decide", d.ID)
	}
	d.Status, d.Why = "withdrawn", a.Why
	return b.put(d, "case.withdrawn", cite(22))
}

// moot tells whether nothing is left to decide in a case.
func (b *book) moot(d *mulu.Dispute) bool {
	if d.Cause == "objection" {
		o := load[mulu.Objection](b, d.About)
		return !o.Open() && o.Status != "unfounded"
	}
	p := load[mulu.Application](b, d.About)
	if p.Status != "granted" {
		return p.Status == "withdrawn" || p.Status == "closed"
	}
	g := load[mulu.Grant](b, p.Grant)
	switch {
	case g.Status == "ended" || d.Cause == "unanswered" || d.Cause == "refused":
		return true
	case d.Cause == "undelivered":
		return g.Delivered != ""
	case d.Cause == "suspended":
		return g.Status != "suspended"
	}
	return false
}

// settle ends the cases about something that have become moot: those that the chain opened itself, and those whose
// conclusion has nothing more to be carried out on. What a party or the bureau opened, its opener withdraws.
func (b *book) settle(about string) *mulu.Refusal {
	for _, id := range b.named(mulu.KindDispute, "open/"+about) {
		d := load[mulu.Dispute](b, id)
		if d.Opener != "law" && d.Status != "concluded" || !b.moot(d) {
			continue
		}
		if no := b.closeCase(d, "settled", "", "case.settled", cite(22)); no != nil {
			return no
		}
	}
	return nil
}

// closeCase ends a case without or before its execution.
func (b *book) closeCase(d *mulu.Dispute, status, why, fact string, art mulu.Cite) *mulu.Refusal {
	if d.Due != nil {
		b.cancel(parseTime(d.Due.End), caseDue, d)
	}
	d.Status, d.Why = status, why
	return b.put(d, fact, art)
}

// executed ends a case whose conclusion is carried out.
func (b *book) executed(d *mulu.Dispute) *mulu.Refusal {
	if d.Due != nil {
		b.cancel(parseTime(d.Due.End), caseDue, d)
	}
	d.Status, d.Executed = "executed", b.stamp()
	return b.put(d, "case.executed", cite(22))
}
