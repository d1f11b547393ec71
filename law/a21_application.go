package law

import (
	"fmt"
	"strings"

	"mulu"
	"mulu/act"
)

// The alarms of Art. 21: the end of the term to answer, and of the term to deliver.
const (
	answerDue   = "application.answer_due"
	deliveryDue = "grant.delivery_due"
)

// Art. 21: (1) the provider answers within the term; (2) what is agreed is delivered within its own term, both from
// receipt; (3) a refusal names a statutory ground and explains; (4) silence is consent.
var applicationWays = []Way{
	{mulu.KindApplication, "", "application.submit", []Role{Consumer}, "submitted", cite(21, 1)},
	{mulu.KindApplication, "submitted", "application.submit", []Role{TheLaw}, "granted", cite(20)},
	{mulu.KindApplication, "submitted", "application.answer", []Role{Provider}, "granted", cite(21, 2)},
	{mulu.KindApplication, "submitted", "application.answer", []Role{Provider}, "refused", cite(21, 3)},
	{mulu.KindApplication, "overdue", "application.answer", []Role{Provider}, "granted", cite(21, 2)},
	{mulu.KindApplication, "overdue", "application.answer", []Role{Provider}, "refused", cite(21, 3)},
	{mulu.KindApplication, "submitted", "application.withdraw", []Role{Consumer}, "withdrawn", cite(21, 1)},
	{mulu.KindApplication, "overdue", "application.withdraw", []Role{Consumer}, "withdrawn", cite(21, 1)},
	{mulu.KindApplication, "submitted", answerDue, []Role{TheLaw}, "granted", cite(21, 4)},
	{mulu.KindApplication, "submitted", answerDue, []Role{TheLaw}, "overdue", cite(22)},
	{mulu.KindApplication, "submitted", "calendar.publish", []Role{TheLaw}, "submitted", cite(21, 1)},
	{mulu.KindApplication, "refused", "case.conclude", []Role{TheLaw}, "granted", cite(22)},
	{mulu.KindApplication, "overdue", "case.conclude", []Role{TheLaw}, "granted", cite(22)},
	{mulu.KindApplication, "overdue", "case.conclude", []Role{TheLaw}, "refused", cite(22)},
	{mulu.KindApplication, "submitted", "org.close", []Role{TheLaw}, "closed", cite(24)},
	{mulu.KindApplication, "overdue", "org.close", []Role{TheLaw}, "closed", cite(24)},
	{mulu.KindApplication, "submitted", "entry.retire", []Role{TheLaw}, "closed", cite(16)},
	{mulu.KindApplication, "overdue", "entry.retire", []Role{TheLaw}, "closed", cite(16)},
}

func answerApplication(b *book, a *act.AnswerApplication) *mulu.Refusal {
	p, no := find[mulu.Application](b, a.Application, cite(21, 1))
	if no != nil {
		return no
	}
	to := "granted"
	if a.Decision == "refused" {
		to = "refused"
	}
	if no := first(oneOf("decision", a.Decision, mulu.Decisions, cite(21, 1)), b.may(p, to)); no != nil {
		return no
	}
	if p.Status == "submitted" && !b.now.Before(parseTime(p.AnswerBy.End)) {
		return refuse(cite(21, 4), "answer_late", p.AnswerBy.Last)
	}
	p.Answer = &mulu.Answer{By: b.speaker.org, Decision: a.Decision, Ground: a.Ground, Explanation: a.Explanation, At: b.stamp()}
	if p.Status == "submitted" {
		b.cancel(parseTime(p.AnswerBy.End), answerDue, p)
	}
	if a.Decision == "refused" {
		return b.refuseSharing(p, a)
	}
	if a.Ground != "" {
		return refuse(cite(21, 3), "ground_idle")
	}
	if no := optional("explanation", a.Explanation, 2, 2000, cite(21, 2)); no != nil {
		return no
	}
	if a.Decision == "full" {
		if len(a.Items) > 0 || len(a.Rows) > 0 || a.Days > 0 {
			return refuse(cite(21, 2), "full_is_full")
		}
		return b.grant(p, "answer", p.Ask.Items, p.Ask.Rows, p.Ask.Days, cite(21, 2))
	}
	items, rows, days, no := narrow(b, p, a)
	if no != nil {
		return no
	}
	p.Answer.Items, p.Answer.Rows, p.Answer.Days = a.Items, a.Rows, a.Days
	return b.grant(p, "answer", items, rows, days, cite(19, 3), cite(21, 2))
}

// refuseSharing: Art. 21(3): no refusal but for a statutory cause, and never without an explanation.
func (b *book) refuseSharing(p *mulu.Application, a *act.AnswerApplication) *mulu.Refusal {
	if no := first(text("ground", a.Ground, 4, 500, cite(21, 3)), text("explanation", a.Explanation, 4, 2000, cite(21, 3))); no != nil {
		return no
	}
	if !strings.Contains(a.Ground, "第") || !strings.Contains(a.Ground, "条") {
		return refuse(cite(21, 3), "ground_not_statutory", a.Ground)
	}
	if len(a.Items) > 0 || len(a.Rows) > 0 || a.Days > 0 {
		return refuse(cite(21, 3), "refusal_with_scope")
	}
	p.Status = "refused"
	return b.put(p, "application.refused", cite(21, 3))
}

// narrow works out a partial consent: fewer items, fewer rows, a shorter period; never anything that was not asked for.
func narrow(b *book, p *mulu.Application, a *act.AnswerApplication) (items []string, rows []mulu.Filter, days int, no *mulu.Refusal) {
	items, rows, days = p.Ask.Items, p.Ask.Rows, p.Ask.Days
	for _, i := range a.Items {
		if !contains(items, i) {
			return nil, nil, 0, refuse(cite(21, 2), "not_asked", i)
		}
	}
	if no := checkRows(load[mulu.Entry](b, p.Entry).Now, a.Rows, cite(21, 2)); no != nil {
		return nil, nil, 0, no
	}
	if a.Days < 0 || a.Days > p.Ask.Days {
		return nil, nil, 0, refuse(cite(21, 2), "out_of_range", "@days", fmt.Sprint(a.Days), "1", fmt.Sprint(p.Ask.Days))
	}
	fewer := len(a.Items) > 0 && len(a.Items) < len(items)
	shorter := a.Days > 0 && a.Days < p.Ask.Days
	if !fewer && len(a.Rows) == 0 && !shorter {
		return nil, nil, 0, refuse(cite(21, 2), "part_is_full")
	}
	if len(a.Items) > 0 {
		items = a.Items
	}
	if shorter {
		days = a.Days
	}
	return items, append(append([]mulu.Filter{}, rows...), a.Rows...), days, nil
}

func withdrawApplication(b *book, a *act.WithdrawApplication) *mulu.Refusal {
	p, no := find[mulu.Application](b, a.Application, cite(21, 1))
	if no != nil {
		return no
	}
	if no := text("why", a.Why, 2, 500, cite(21, 1)); no != nil {
		return no
	}
	if no := b.may(p, "withdrawn"); no != nil {
		return no
	}
	if p.Status == "submitted" {
		b.cancel(parseTime(p.AnswerBy.End), answerDue, p)
	}
	p.Status, p.Why = "withdrawn", a.Why
	return b.put(p, "application.withdrawn", cite(21, 1))
}

// unanswered is woken at the end of the term to answer. Art. 21(4): no answer in time counts as consent. An edition
// without that rule leaves the matter to coordination (Art. 22).
func unanswered(b *book, id string) *mulu.Refusal {
	p := load[mulu.Application](b, id)
	if ed, _ := FindEdition(p.Edition); !ed.Silence {
		p.Status = "overdue"
		if no := b.put(p, "application.overdue", cite(22)); no != nil {
			return no
		}
		return b.openCase(p, "law", "unanswered", "")
	}
	p.Answer = &mulu.Answer{By: "law", Decision: "deemed", At: p.AnswerBy.End}
	return b.grant(p, "deemed", p.Ask.Items, p.Ask.Rows, p.Ask.Days, cite(21, 4))
}

// serial makes the next id of a sequence, e.g. A-000001.
func (b *book) serial(letter, sequence string) string {
	return fmt.Sprintf("%s-%06d", letter, b.next(sequence))
}
