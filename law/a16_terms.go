package law

import (
	"strconv"

	"mulu"
	"mulu/act"
)

// Art. 7(1)(2) and 16: an institution checks its data before it serves. By which further rules, and what a load must keep to
// be published at all, its owner sets within the bureau's limits; a version that breaks them is refused.
var loadTermsWays = []Way{
	{mulu.KindLoadTerms, "", "load_terms.set", []Role{Provider}, "set", cite(16)},
	{mulu.KindLoadTerms, "set", "load_terms.set", []Role{Provider}, "set", cite(16)},
}

func setLoadTerms(b *book, a *act.SetLoadTerms) *mulu.Refusal {
	e, no := find[mulu.Entry](b, a.Entry, cite(16))
	if no != nil {
		return no
	}
	t := load[mulu.LoadTerms](b, e.Code)
	if t == nil {
		t = &mulu.LoadTerms{Entry: e.Code, Org: e.Org}
	}
	if no := b.may(t, "set"); no != nil {
		return no
	}
	if e.Now == nil || e.Status == "retired" {
		return refuse(cite(16), "entry_not_published", e.Code, "@"+e.Status)
	}
	if no := first(within("max_bad", a.MaxBad, 0, b.term("load_bad_limit"), cite(16)), within("max_shrink", a.Shrink, 0, b.term("load_shrink_limit"), cite(16)),
		within("min_score", a.Least, 0, 1000, cite(7, 1, 2)), within("rules", len(a.Rules), 0, 200, cite(7, 1, 2))); no != nil {
		return no
	}
	for i, r := range a.Rules {
		if no := b.checkRule(e, i+1, r); no != nil {
			return no
		}
	}
	if t.Version > 0 && t.MaxBad == a.MaxBad && t.Shrink == a.Shrink && t.Least == a.Least && sameRules(t.Rules, a.Rules) {
		return refuse(cite(16), "nothing_changed")
	}
	t.Rules, t.MaxBad, t.Shrink, t.Least, t.Version, t.Since = a.Rules, a.MaxBad, a.Shrink, a.Least, t.Version+1, b.stamp()
	return b.put(t, "load_terms.set", cite(16), cite(7, 1, 2))
}

// checkRule holds a rule against the entry whose rows it checks and, where it refers to another, against that one.
func (b *book) checkRule(e *mulu.Entry, n int, r mulu.DataRule) *mulu.Refusal {
	here := cite(7, 1, 2)
	if code, args := r.Sound(e.Now); code != "" {
		return refuse(here, code, args...)
	}
	if no := proseOr("why", r.Why, 2, 200, here); no != nil {
		return no
	}
	for _, list := range [][]string{r.Values, r.Is, {r.Low, r.High}} {
		for _, v := range list {
			if namesPerson(v) {
				return refuse(cite(40), "personal_in_text", "@values")
			}
		}
	}
	if r.Check != "reference" {
		return nil
	}
	to, no := find[mulu.Entry](b, r.Entry, here)
	if no != nil {
		return no
	}
	if to.Now == nil || to.Status == "retired" {
		return refuse(here, "rule_entry", strconv.Itoa(n), to.Code, "@"+to.Status)
	}
	if _, ok := to.Now.Item(r.Item); !ok {
		return refuse(here, "unknown", "@item", r.Item)
	}
	return nil
}

func sameRules(x, y []mulu.DataRule) bool {
	a, err := act.Encode(x)
	if err != nil {
		panic(err)
	}
	c, err := act.Encode(y)
	if err != nil {
		panic(err)
	}
	return string(a) == string(c)
}

// keepsTerms holds a version against what its owner set. What was not measured cannot be held against a share or a score. Rules
// that a change of the entry left without their item check nothing, so nothing is published until they are set again.
func (b *book) keepsTerms(e *mulu.Entry, d *mulu.Dataset, a *act.PublishDataset) *mulu.Refusal {
	t := load[mulu.LoadTerms](b, d.Entry)
	if t == nil {
		return nil
	}
	for _, r := range t.Rules {
		if code, args := r.Sound(e.Now); code != "" {
			return refuse(cite(7, 1, 2), code, args...)
		}
	}
	q := a.Quality
	if bad := over(q.Bad, q.Checked, 1000); bad > t.MaxBad {
		return refuse(cite(16), "load_bad", strconv.FormatInt(q.Bad, 10), strconv.FormatInt(q.Checked, 10), strconv.Itoa(t.MaxBad))
	}
	if q.Checked > 0 && q.Score >= 0 && q.Score < t.Least {
		return refuse(cite(16), "load_low", strconv.Itoa(q.Score), strconv.Itoa(t.Least))
	}
	if d.OnPlatform() && over(d.Rows-a.Rows, d.Rows, 100) > t.Shrink {
		return refuse(cite(16), "load_shrunk", strconv.FormatInt(a.Rows, 10), strconv.FormatInt(d.Rows, 10), strconv.Itoa(t.Shrink))
	}
	return nil
}

// over gives a part of a whole in so many parts, rounded up, so that the least too much is too much; 0 where there is none.
// The part is not more than the whole. Counts too large to multiply are halved together first.
func over(part, whole int64, parts int) int {
	if part <= 0 {
		return 0
	}
	for part > 1<<50 {
		part, whole = part-part/2, whole-whole/2
	}
	return int((part*int64(parts) + whole - 1) / whole)
}
