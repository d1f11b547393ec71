package law

import (
	"errors"
	"fmt"
	"strconv"
	"time"

	"mulu"
	"mulu/act"
	"mulu/workday"
)

// Art. 5 makes the bureau responsible for planning, standards and guidance: it puts the working-day calendar on the
// chain, says which edition of the terms holds, and on a sandbox moves the clock.
var bureauWays = []Way{
	{mulu.KindCalendar, "", "genesis", []Role{TheLaw}, "published", cite(5)},
	{mulu.KindCalendar, "", "calendar.publish", []Role{Bureau}, "published", cite(5)},
	{mulu.KindCalendar, "published", "calendar.publish", []Role{Bureau}, "published", cite(5)},
	{mulu.KindProfile, "", "genesis", []Role{TheLaw}, "holds", cite(5)},
	{mulu.KindProfile, "holds", "profile.adopt", []Role{Bureau}, "holds", cite(5)},
	{mulu.KindClock, "", "genesis", []Role{TheLaw}, "running", cite(5)},
	{mulu.KindClock, "running", "clock.advance", []Role{Bureau}, "running", cite(5)},
}

func calendarID(year int) string { return fmt.Sprintf("%04d", year) }

func publishCalendar(b *book, a *act.PublishCalendar) *mulu.Refusal {
	if no := first(within("year", a.Year, 2000, 2100, cite(5)), text("notice", a.Notice, 2, 200, cite(5)),
		optional("number", a.Number, 2, 100, cite(5))); no != nil {
		return no
	}
	if _, err := workday.New(workday.Year{Year: a.Year, Off: a.Off, MakeUp: a.MakeUp, Official: true}); err != nil {
		var bad *workday.DateError
		if errors.As(err, &bad) {
			return refuse(cite(5), "calendar_date", bad.Date, strconv.Itoa(a.Year))
		}
		return refuse(cite(5), "calendar_date", err.Error(), strconv.Itoa(a.Year))
	}
	if len(a.Off) == 0 {
		return refuse(cite(5), "calendar_empty", strconv.Itoa(a.Year))
	}
	c := load[mulu.Calendar](b, calendarID(a.Year))
	if c == nil {
		c = &mulu.Calendar{Year: a.Year}
	}
	c.Off, c.MakeUp, c.Notice, c.Number, c.Version = a.Off, a.MakeUp, a.Notice, a.Number, c.Version+1
	if no := b.put(c, "calendar.published", cite(5)); no != nil {
		return no
	}
	return recompute(b, calendarID(a.Year))
}

// recompute sets the deadlines anew that rested on a year without arrangement, now that it has one. What a term that
// already ended brought about stays: the rule was executed by the calendar that was known.
func recompute(b *book, year string) *mulu.Refusal {
	for _, id := range b.named(mulu.KindApplication, "provisional/"+year) {
		p := load[mulu.Application](b, id)
		b.cancel(parseTime(p.AnswerBy.End), answerDue, p)
		p.AnswerBy = b.deadline(p.Received, p.AnswerBy.Days)
		if p.DeliverBy != nil {
			p.DeliverBy = b.deadline(p.Received, p.DeliverBy.Days)
		}
		b.alarm(parseTime(p.AnswerBy.End), answerDue, p)
		if no := b.put(p, "application.deadline_set", cite(21, 1)); no != nil {
			return no
		}
	}
	for _, id := range b.named(mulu.KindGrant, "provisional/"+year) {
		g := load[mulu.Grant](b, id)
		b.cancel(parseTime(g.DeliverBy.End), deliveryDue, g)
		g.DeliverBy = b.deadline(g.DeliverFrom, g.DeliverBy.Days)
		b.alarm(parseTime(g.DeliverBy.End), deliveryDue, g)
		if no := b.put(g, "grant.deadline_set", cite(21, 2)); no != nil {
			return no
		}
	}
	return b.recomputeRest("provisional/" + year)
}

// recomputeRest is recompute for objections and for what stands under internal terms.
func (b *book) recomputeRest(index string) *mulu.Refusal {
	for _, id := range b.named(mulu.KindObjection, index) {
		o := load[mulu.Objection](b, id)
		o.AnswerBy = b.moved(o.AnswerBy, o.Filed, objectionDue, o)
		if no := b.put(o, "objection.deadline_set", cite(25, 2)); no != nil {
			return no
		}
	}
	for _, id := range b.named(mulu.KindReview, index) {
		r := load[mulu.Review](b, id)
		r.FinishBy = b.moved(r.FinishBy, r.Since, reviewLate, r)
		if no := b.put(r, "review.deadline_set", cite(23)); no != nil {
			return no
		}
	}
	for _, id := range b.named(mulu.KindUseReport, index) {
		r := load[mulu.UseReport](b, id)
		r.FileBy = b.moved(r.FileBy, r.Due, reportLate, r)
		if no := b.put(r, "use_report.deadline_set", cite(24)); no != nil {
			return no
		}
	}
	for _, id := range b.named(mulu.KindPurchase, index) {
		p := load[mulu.Purchase](b, id)
		p.FinishBy = b.moved(p.FinishBy, p.Owed, purchaseLate, p)
		if no := b.put(p, "purchase.deadline_set", cite(17)); no != nil {
			return no
		}
	}
	for _, id := range b.named(mulu.KindDataset, index) {
		d := load[mulu.Dataset](b, id)
		d.By = b.moved(d.By, d.Since, alarmOf(d), d)
		if no := b.put(d, "dataset.deadline_set", cite(16)); no != nil {
			return no
		}
	}
	return nil
}

// moved computes a term anew by the calendars as they now are, and moves its alarm.
func (b *book) moved(d *mulu.Deadline, from, alarm string, n mulu.Noun) *mulu.Deadline {
	b.cancel(parseTime(d.End), alarm, n)
	d = b.deadline(from, d.Days)
	b.alarm(parseTime(d.End), alarm, n)
	return d
}

func adoptProfile(b *book, a *act.AdoptProfile) *mulu.Refusal {
	if _, ok := FindEdition(a.Edition); !ok {
		return refuse(cite(5), "edition_unknown", a.Edition)
	}
	if no := text("why", a.Why, 2, 500, cite(5)); no != nil {
		return no
	}
	p := load[mulu.Profile](b, "profile")
	if p.Edition == a.Edition {
		return refuse(cite(5), "nothing_changed")
	}
	p.Edition, p.Since, p.Why = a.Edition, b.stamp(), a.Why
	return b.put(p, "profile.adopted", cite(5))
}

func advanceClock(b *book, a *act.AdvanceClock) *mulu.Refusal {
	c := load[mulu.Clock](b, "clock")
	if c == nil {
		return refuse(cite(5), "clock_real")
	}
	to, err := time.Parse(time.RFC3339Nano, a.To)
	if err != nil {
		return refuse(cite(5), "time_form", a.To)
	}
	if to.Before(b.now) {
		return refuse(cite(5), "clock_back", b.stamp())
	}
	if to.Sub(b.now) > 10*366*24*time.Hour {
		return refuse(cite(5), "clock_far")
	}
	c.Shift = int64(to.Sub(b.at.Block))
	return b.put(c, "clock.advanced", cite(5))
}
