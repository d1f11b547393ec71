package law

import (
	"strconv"

	"mulu"
	"mulu/act"
)

// objectionDue is the end of the term to check, correct and answer.
const objectionDue = "objection.answer_due"

// Art. 25: (1) who doubts data had by sharing tells the provider, who checks, corrects and answers; (2) it is filed with the
// bureau at the same time, which sees to it that all is done within five working days, or agrees to more where the matter is
// complex. The same act tells both; a term that passes is a finding, and the objection waits on.
var objectionWays = []Way{
	{mulu.KindObjection, "", "objection.file", []Role{Consumer}, "filed", cite(25, 1)},
	{mulu.KindObjection, "filed", "objection.check", []Role{Provider}, "checking", cite(25, 1)},
	{mulu.KindObjection, "filed", "objection.answer", []Role{Provider}, "corrected", cite(25, 1)},
	{mulu.KindObjection, "filed", "objection.answer", []Role{Provider}, "unfounded", cite(25, 1)},
	{mulu.KindObjection, "checking", "objection.answer", []Role{Provider}, "corrected", cite(25, 1)},
	{mulu.KindObjection, "checking", "objection.answer", []Role{Provider}, "unfounded", cite(25, 1)},
	{mulu.KindObjection, "filed", "objection.extend", []Role{Bureau}, "filed", cite(25, 2)},
	{mulu.KindObjection, "checking", "objection.extend", []Role{Bureau}, "checking", cite(25, 2)},
	{mulu.KindObjection, "filed", "calendar.publish", []Role{TheLaw}, "filed", cite(25, 2)},
	{mulu.KindObjection, "checking", "calendar.publish", []Role{TheLaw}, "checking", cite(25, 2)},
	{mulu.KindObjection, "filed", objectionDue, []Role{TheLaw}, "filed", cite(25, 2)},
	{mulu.KindObjection, "checking", objectionDue, []Role{TheLaw}, "checking", cite(25, 2)},
	{mulu.KindObjection, "filed", "objection.withdraw", []Role{Consumer}, "withdrawn", cite(25, 1)},
	{mulu.KindObjection, "checking", "objection.withdraw", []Role{Consumer}, "withdrawn", cite(25, 1)},
	{mulu.KindObjection, "filed", "case.conclude", []Role{TheLaw}, "checking", cite(22)},
	{mulu.KindObjection, "checking", "case.conclude", []Role{TheLaw}, "checking", cite(22)},
	{mulu.KindObjection, "unfounded", "case.conclude", []Role{TheLaw}, "checking", cite(22)},
	{mulu.KindObjection, "corrected", "case.conclude", []Role{TheLaw}, "checking", cite(22)},
	{mulu.KindObjection, "filed", "org.close", []Role{TheLaw}, "closed", cite(24)},
	{mulu.KindObjection, "checking", "org.close", []Role{TheLaw}, "closed", cite(24)},
	{mulu.KindObjection, "filed", "entry.retire", []Role{TheLaw}, "closed", cite(16)},
	{mulu.KindObjection, "checking", "entry.retire", []Role{TheLaw}, "closed", cite(16)},
}

func fileObjection(b *book, a *act.FileObjection) *mulu.Refusal {
	g, no := find[mulu.Grant](b, a.Grant, cite(25, 1))
	if no != nil {
		return no
	}
	o := &mulu.Objection{Grant: g.ID, Consumer: g.Consumer, Provider: g.Provider, Entry: g.Entry, Items: a.Items, Wrong: a.Wrong,
		Examples: a.Examples, Edition: b.edition().Name, Filed: b.stamp(), Status: "filed"}
	if no := b.may(o, "filed"); no != nil {
		return no
	}
	if g.Delivered == "" {
		return refuse(cite(25, 1), "nothing_had", g.ID)
	}
	if e := load[mulu.Entry](b, g.Entry); e.Status == "retired" {
		return refuse(cite(25, 1), "entry_retired", e.Code)
	}
	if no := checkObjection(g, a); no != nil {
		return no
	}
	if d := load[mulu.Dataset](b, g.Entry); d != nil {
		o.DataVersion = d.Version
	}
	o.ID = b.serial("O", "objection")
	o.AnswerBy = b.deadline(o.Filed, b.edition().Object)
	b.alarm(parseTime(o.AnswerBy.End), objectionDue, o)
	return b.put(o, "objection.filed", cite(25, 1), cite(25, 2))
}

func checkObjection(g *mulu.Grant, a *act.FileObjection) *mulu.Refusal {
	if no := first(within("items", len(a.Items), 1, 1000, cite(25, 1)), subset(a.Items, g.Items, "not_had", cite(25, 1)),
		prose("wrong", a.Wrong, 4, 4000, cite(25, 1)), within("examples", len(a.Examples), 0, 20, cite(25, 1))); no != nil {
		return no
	}
	seen := map[string]bool{}
	for _, d := range a.Examples {
		if no := digest("examples", d, cite(25, 1)); no != nil {
			return no
		}
		if seen[d] {
			return refuse(cite(25, 1), "doubled", "@examples", d)
		}
		seen[d] = true
	}
	return nil
}

func startCheck(b *book, a *act.CheckObjection) *mulu.Refusal {
	o, no := find[mulu.Objection](b, a.Objection, cite(25, 1))
	if no != nil {
		return no
	}
	o.Status, o.Checking = "checking", b.stamp()
	return b.put(o, "objection.checking", cite(25, 1))
}

// answerObjection: a correction names the data version that holds it, loaded since the objection; what the bureau ordered
// corrected cannot be answered otherwise.
func answerObjection(b *book, a *act.AnswerObjection) *mulu.Refusal {
	o, no := find[mulu.Objection](b, a.Objection, cite(25, 1))
	if no != nil {
		return no
	}
	if no := first(oneOf("result", a.Result, mulu.Results, cite(25, 1)), b.may(o, a.Result), prose("explanation", a.Explanation, 4, 4000, cite(25, 1))); no != nil {
		return no
	}
	if a.Result == "corrected" {
		if no := b.checkCorrection(o, a.Version); no != nil {
			return no
		}
	} else {
		if o.Case != "" {
			return refuse(cite(22), "must_correct", o.ID, o.Case)
		}
		if a.Version != 0 {
			return refuse(cite(25, 1), "correction_idle")
		}
	}
	o.Corrected, o.Explanation, o.Answered = a.Version, a.Explanation, b.stamp()
	if no := b.endObjection(o, a.Result, "", "objection."+a.Result, cite(25, 1)); no != nil || o.Case == "" {
		return no
	}
	d := load[mulu.Dispute](b, o.Case)
	d.Version = o.Corrected
	return b.executed(d)
}

func (b *book) checkCorrection(o *mulu.Objection, version int) *mulu.Refusal {
	d := load[mulu.Dataset](b, o.Entry)
	if d == nil || !d.OnPlatform() {
		if version != 0 {
			return refuse(cite(25, 1), "correction_unheld", o.Entry)
		}
		return nil
	}
	if version <= o.DataVersion || version > d.Version {
		return refuse(cite(25, 1), "correction_version", strconv.Itoa(version), strconv.Itoa(o.DataVersion), strconv.Itoa(d.Version))
	}
	return nil
}

// endObjection ends the wait for an answer.
func (b *book) endObjection(o *mulu.Objection, status, why, fact string, art mulu.Cite) *mulu.Refusal {
	if !o.Overdue {
		b.cancel(parseTime(o.AnswerBy.End), objectionDue, o)
	}
	o.Status, o.Why = status, why
	return b.put(o, fact, art)
}

// extendObjection: Art. 25(2), last sentence: only the bureau lengthens the term, and only while it runs.
func extendObjection(b *book, a *act.ExtendObjection) *mulu.Refusal {
	o, no := find[mulu.Objection](b, a.Objection, cite(25, 2))
	if no != nil {
		return no
	}
	if no := first(b.may(o, o.Status), within("workdays", a.Days, 1, 60, cite(25, 2)), prose("why", a.Why, 2, 1000, cite(25, 2))); no != nil {
		return no
	}
	if o.Case != "" {
		return refuse(cite(22), "ruling_runs", o.Case, o.AnswerBy.Last)
	}
	end := parseTime(o.AnswerBy.End)
	if o.Overdue || !b.now.Before(end) {
		return refuse(cite(25, 2), "extension_late", o.AnswerBy.Last)
	}
	if no := within("extensions", len(o.Extended)+1, 1, 20, cite(25, 2)); no != nil {
		return no
	}
	b.cancel(end, objectionDue, o)
	o.Extended = append(o.Extended, mulu.Extension{Days: a.Days, Why: a.Why, At: b.stamp()})
	o.AnswerBy = b.deadline(o.Filed, o.AnswerBy.Days+a.Days)
	b.alarm(parseTime(o.AnswerBy.End), objectionDue, o)
	return b.put(o, "objection.extended", cite(25, 2))
}

func withdrawObjection(b *book, a *act.WithdrawObjection) *mulu.Refusal {
	o, no := find[mulu.Objection](b, a.Objection, cite(25, 1))
	if no != nil {
		return no
	}
	if no := first(prose("why", a.Why, 2, 1000, cite(25, 1)), b.may(o, "withdrawn")); no != nil {
		return no
	}
	if no := b.endObjection(o, "withdrawn", a.Why, "objection.withdrawn", cite(25, 1)); no != nil || o.Case == "" {
		return no
	}
	return b.settle(o.ID)
}

// unchecked is woken at the end of the term: a finding under Art. 41(1)(6), and the objection stays open until answered.
func unchecked(b *book, id string) *mulu.Refusal {
	o := load[mulu.Objection](b, id)
	o.Overdue = true
	if no := b.put(o, "objection.overdue", cite(25, 2)); no != nil {
		return no
	}
	on := mulu.Ref{Noun: o.Kind(), ID: o.ID, Fact: "objection.overdue"}
	if o.Case != "" {
		return b.missed(load[mulu.Dispute](b, o.Case), cite(41, 1, 6), on)
	}
	return b.raise(cite(41, 1, 6), "objection_overdue", o.Provider, o.Consumer, on)
}
