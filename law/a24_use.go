package law

import (
	"strconv"
	"time"

	"mulu"
	"mulu/act"
	"mulu/workday"
)

// The alarms of use reports: on a grant when one falls due, on a report when the term to file it ends.
const (
	reportDue  = "use_report.due"
	reportLate = "use_report.finish_due"
)

// Art. 24: data had by sharing serves only what the application stated. The consumer gives an account of its use at an
// interval and at the end, both internal terms; a gateway tells of unusual use, and the consumer explains it.
var useWays = []Way{
	{mulu.KindUseReport, "", reportDue, []Role{TheLaw}, "due", cite(24)},
	{mulu.KindUseReport, "", "grant.end", []Role{TheLaw}, "due", cite(24)},
	{mulu.KindUseReport, "", expired, []Role{TheLaw}, "due", cite(24)},
	{mulu.KindUseReport, "", "entry.retire", []Role{TheLaw}, "due", cite(24)},
	{mulu.KindUseReport, "due", "use.report", []Role{Consumer}, "reported", cite(24)},
	{mulu.KindUseReport, "due", reportLate, []Role{TheLaw}, "due", cite(24)},
	{mulu.KindUseReport, "due", "calendar.publish", []Role{TheLaw}, "due", cite(24)},
	{mulu.KindUseReport, "due", "org.close", []Role{TheLaw}, "closed", cite(24)},
	{mulu.KindUseFlag, "", "use.flag", []Role{Member}, "flagged", cite(24)},
	{mulu.KindUseFlag, "flagged", "use.explain", []Role{Consumer}, "explained", cite(24)},
	{mulu.KindUseFlag, "flagged", "org.close", []Role{TheLaw}, "closed", cite(24)},
}

// scheduleReports lays down when the use of a delivered grant is to be reported before its end.
func (b *book) scheduleReports(g *mulu.Grant) {
	b.cancelReports(g)
	from, end, interval := parseTime(g.Delivered), parseTime(g.Until), b.term("report_interval")
	g.Reports = nil
	for months := interval; ; months += interval {
		at := monthsAfter(from, months)
		if !at.Before(end) {
			return
		}
		g.Reports = append(g.Reports, at.Format(timeLayout))
		if at.After(b.now) {
			b.alarm(at, reportDue, g)
		}
	}
}

func (b *book) cancelReports(g *mulu.Grant) {
	for _, at := range g.Reports {
		b.cancel(parseTime(at), reportDue, g)
	}
}

// reportedUntil is up to when reports on a grant have fallen due. An alarm that is due and still waits for its block does
// not count, for ending the grant takes it back.
func (b *book) reportedUntil(g *mulu.Grant) string {
	until := g.Delivered
	for _, at := range g.Reports {
		t := parseTime(at)
		if t.After(b.now) || Set(b, Alarm{t, reportDue, g.Kind(), g.ID}) {
			break
		}
		until = at
	}
	return until
}

// reportFalls is woken at a moment laid down: a report on the use since the moment before falls due.
func reportFalls(b *book, id string, at time.Time) *mulu.Refusal {
	g := load[mulu.Grant](b, id)
	from := g.Delivered
	for _, s := range g.Reports {
		if parseTime(s).Before(at) {
			from = s
		}
	}
	return b.oweReport(g, from, at.Format(timeLayout), false)
}

func (b *book) oweReport(g *mulu.Grant, from, to string, final bool) *mulu.Refusal {
	r := &mulu.UseReport{ID: b.serial("U", "use_report"), Grant: g.ID, Consumer: g.Consumer, Provider: g.Provider, Entry: g.Entry,
		From: from, To: to, Final: final, Due: b.stamp(), Status: "due"}
	r.FileBy = b.deadline(r.Due, b.term("report_finish"))
	b.alarm(parseTime(r.FileBy.End), reportLate, r)
	return b.put(r, "use_report.due", cite(24))
}

func (b *book) cancelReport(r *mulu.UseReport) {
	if !r.Overdue {
		b.cancel(parseTime(r.FileBy.End), reportLate, r)
	}
}

func reportUse(b *book, a *act.ReportUse) *mulu.Refusal {
	g, no := find[mulu.Grant](b, a.Grant, cite(24))
	if no != nil {
		return no
	}
	ids := b.named(mulu.KindUseReport, "grant/"+g.ID)
	if len(ids) == 0 {
		return refuse(cite(24), "no_report_due", g.ID)
	}
	r := load[mulu.UseReport](b, ids[0])
	if no := first(b.may(r, "reported"), prose("use", a.Use, 2, 4000, cite(24)), proseOr("effect", a.Effect, 2, 4000, cite(24)),
		within("matters", a.Matters, 0, 1_000_000_000, cite(24))); no != nil {
		return no
	}
	if a.Record != "" {
		if no := digest("record", a.Record, cite(24)); no != nil {
			return no
		}
	}
	b.cancelReport(r)
	r.Status, r.Filed, r.Use, r.Effect, r.Matters, r.Record = "reported", b.stamp(), a.Use, a.Effect, a.Matters, a.Record
	return b.put(r, "use_report.filed", cite(24))
}

// unreported is woken at the end of the internal term to file a report. It is shown as late and is no finding by itself.
func unreported(b *book, id string) *mulu.Refusal {
	r := load[mulu.UseReport](b, id)
	r.Overdue = true
	return b.put(r, "use_report.overdue", cite(24))
}

// flagUse keeps what a gateway saw: a rule, a day, how much it counted and above what it flags. Rows and persons never
// come here.
func flagUse(b *book, a *act.FlagUse) *mulu.Refusal {
	if b.speaker.node == "" {
		return refuse(cite(24), "not_yours", "@use.flag", "@node")
	}
	g, no := find[mulu.Grant](b, a.Grant, cite(24))
	if no != nil {
		return no
	}
	if no := oneOf("rule", a.Rule, mulu.FlagRules, cite(24)); no != nil {
		return no
	}
	day, err := workday.ParseDate(a.Day)
	if err != nil {
		return refuse(cite(24), "date_form", "@day", a.Day)
	}
	if g.Delivered == "" || !day.Next().Start().After(parseTime(g.Delivered)) || day.Start().After(b.now) {
		return refuse(cite(24), "day_unused", a.Day, g.ID)
	}
	if a.Usual < 0 || a.Counted <= a.Usual {
		return refuse(cite(24), "flag_idle", strconv.FormatInt(a.Counted, 10), strconv.FormatInt(a.Usual, 10))
	}
	if ids := b.named(mulu.KindUseFlag, "day/"+g.ID+"/"+a.Rule+"/"+a.Day); len(ids) > 0 {
		return refuse(cite(24), "flagged_already", ids[0])
	}
	return b.put(&mulu.UseFlag{ID: b.serial("W", "use_flag"), Grant: g.ID, Consumer: g.Consumer, Provider: g.Provider, Entry: g.Entry,
		Node: b.speaker.node, Rule: a.Rule, Day: a.Day, Counted: a.Counted, Usual: a.Usual, Flagged: b.stamp(), Status: "flagged"},
		"use_flag.raised", cite(24))
}

func explainUse(b *book, a *act.ExplainUse) *mulu.Refusal {
	f, no := find[mulu.UseFlag](b, a.Flag, cite(24))
	if no != nil {
		return no
	}
	if no := first(b.may(f, "explained"), prose("explanation", a.Explanation, 2, 2000, cite(24))); no != nil {
		return no
	}
	f.Status, f.Explanation, f.Explained = "explained", a.Explanation, b.stamp()
	return b.put(f, "use_flag.explained", cite(24))
}
