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
	{mulu.KindApplication, "submitted", "entry.verify", []Role{TheLaw}, "closed", cite(19, 4)},
	{mulu.KindApplication, "overdue", "entry.verify", []Role{TheLaw}, "closed", cite(19, 4)},
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
	waited := p.Status == "submitted"
	if waited && !b.now.Before(parseTime(p.AnswerBy.End)) {
		if ed, _ := FindEdition(p.Edition); !ed.Silence {
			return refuse(cite(22), "answer_queued", p.AnswerBy.Last)
		}
		return refuse(cite(21, 4), "answer_late", p.AnswerBy.Last)
	}
	p.Answer = &mulu.Answer{By: b.speaker.org, Decision: a.Decision, Ground: a.Ground, Explanation: a.Explanation, At: b.stamp()}
	if waited {
		b.cancel(parseTime(p.AnswerBy.End), answerDue, p)
	}
	if a.Decision == "refused" {
		return b.refuseSharing(p, a)
	}
	if no := b.agree(p, a); no != nil || waited {
		return no
	}
	return b.settle(p.ID)
}

// agree is consent, in full or in part.
func (b *book) agree(p *mulu.Application, a *act.AnswerApplication) *mulu.Refusal {
	if a.Ground != "" {
		return refuse(cite(21, 3), "ground_idle")
	}
	if no := proseOr("explanation", a.Explanation, 2, 2000, cite(21, 2)); no != nil {
		return no
	}
	given := bounds{a.Items, a.Rows, a.Days, a.Rate, a.Volume}
	if a.Decision == "full" {
		if !given.empty() {
			return refuse(cite(21, 2), "full_is_full")
		}
		return b.grant(p, "answer", asked(p), cite(21, 2))
	}
	c := load[mulu.Entry](b, p.Entry).Now
	held, narrower, no := narrow(c, p, given, cite(21, 2))
	if no != nil {
		return no
	}
	if !narrower {
		return refuse(cite(21, 2), "part_is_full")
	}
	p.Answer.Items, p.Answer.Rows, p.Answer.Days, p.Answer.Rate, p.Answer.Volume = a.Items, a.Rows, a.Days, a.Rate, a.Volume
	return b.grant(p, "answer", held, cite(19, 3), cite(21, 2))
}

// refuseSharing: Art. 21(3): no refusal but for a statutory cause, and never without an explanation.
func (b *book) refuseSharing(p *mulu.Application, a *act.AnswerApplication) *mulu.Refusal {
	if no := first(prose("ground", a.Ground, 4, 500, cite(21, 3)), prose("explanation", a.Explanation, 4, 2000, cite(21, 3))); no != nil {
		return no
	}
	if !strings.Contains(a.Ground, "第") || !strings.Contains(a.Ground, "条") {
		return refuse(cite(21, 3), "ground_not_statutory", a.Ground)
	}
	if given := (bounds{a.Items, a.Rows, a.Days, a.Rate, a.Volume}); !given.empty() {
		return refuse(cite(21, 3), "refusal_with_scope")
	}
	p.Status = "refused"
	return b.put(p, "application.refused", cite(21, 3))
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
	waited := p.Status == "submitted"
	if waited {
		b.cancel(parseTime(p.AnswerBy.End), answerDue, p)
	}
	p.Status, p.Why = "withdrawn", a.Why
	if no := b.put(p, "application.withdrawn", cite(21, 1)); no != nil || waited {
		return no
	}
	return b.settle(p.ID)
}

// unanswered is woken at the end of the term to answer. Art. 21(4): no answer in time counts as consent. An edition
// without that rule leaves the matter to coordination (Art. 22), and the silence is a finding.
func unanswered(b *book, id string) *mulu.Refusal {
	p := load[mulu.Application](b, id)
	if ed, _ := FindEdition(p.Edition); !ed.Silence {
		p.Status = "overdue"
		if no := b.put(p, "application.overdue", cite(22)); no != nil {
			return no
		}
		if no := b.openCase(p, "law", "unanswered", ""); no != nil {
			return no
		}
		return b.raise(cite(41, 1, 5), "answer_overdue", p.Provider, p.Consumer, mulu.Ref{Noun: p.Kind(), ID: p.ID, Fact: "application.overdue"})
	}
	p.Answer = &mulu.Answer{By: "law", Decision: "deemed", At: p.AnswerBy.End}
	return b.grant(p, "deemed", asked(p), cite(21, 4))
}

// serial makes the next id of a sequence, e.g. A-000001.
func (b *book) serial(letter, sequence string) string {
	return fmt.Sprintf("%s-%06d", letter, b.next(sequence))
}
