package law

import (
	"time"

	"mulu"
	"mulu/act"
)

// Where the regulation says "定期" or "及时" and gives no number, the bureau sets one (Art. 5). It is an internal term:
// it makes a task and a reminder, and pages never show it as the law's.
var termWays = []Way{
	{mulu.KindTerm, "", "term.set", []Role{Bureau}, "set", cite(5)},
	{mulu.KindTerm, "set", "term.set", []Role{Bureau}, "set", cite(5)},
}

// InternalTerm is a term, or a bound of loads and quality, that the bureau may set: its value until then, and the bounds of a
// value.
type InternalTerm struct {
	Name               string // see mulu.TermNames, which say its unit
	Value, Least, Most int
	Cite               mulu.Cite // what it carries out
}

// InternalTerms lists them.
func InternalTerms() []InternalTerm {
	return []InternalTerm{
		{"review_interval", 12, 1, 60, cite(23)},
		{"review_finish", 20, 1, 250, cite(23)},
		{"report_interval", 12, 1, 36, cite(24)},
		{"report_finish", 20, 1, 250, cite(24)},
		{"gather_finish", 20, 1, 250, cite(15, 1)},
		{"update_grace", 5, 1, 60, cite(16)},
		{"quality_floor", 0, 0, 1000, cite(7, 1, 2)},
		{"load_bad_limit", 50, 0, 1000, cite(16)},
		{"load_shrink_limit", 50, 0, 100, cite(16)},
		{"purchase_finish", 20, 1, 250, cite(17)},
	}
}

func setTerm(b *book, a *act.SetTerm) *mulu.Refusal {
	if no := oneOf("term", a.Term, mulu.TermNames, cite(5)); no != nil {
		return no
	}
	known := internalTerm(a.Term)
	if no := first(within("value", a.Value, known.Least, known.Most, known.Cite), text("why", a.Why, 2, 500, cite(5))); no != nil {
		return no
	}
	if b.term(a.Term) == a.Value {
		return refuse(cite(5), "nothing_changed")
	}
	t := load[mulu.Term](b, a.Term)
	if t == nil {
		t = &mulu.Term{ID: a.Term}
	}
	t.Value, t.Since, t.Why = a.Value, b.stamp(), a.Why
	return b.put(t, "term.set", cite(5), known.Cite)
}

func internalTerm(name string) InternalTerm {
	for _, t := range InternalTerms() {
		if t.Name == name {
			return t
		}
	}
	panic("there is no internal term " + name)
}

// term gives the value of an internal term: the bureau's, else the one it begins with.
func (b *book) term(name string) int {
	if t := load[mulu.Term](b, name); t != nil {
		return t.Value
	}
	return internalTerm(name).Value
}

// monthsAfter is the beginning of the day so many months after a moment.
func monthsAfter(t time.Time, months int) time.Time {
	t = t.In(mulu.Shanghai())
	return time.Date(t.Year(), t.Month()+time.Month(months), t.Day(), 0, 0, 0, 0, t.Location())
}
