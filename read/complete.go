package read

import (
	"cmp"
	"context"
	"slices"
	"strings"
)

// completeSample is how many entries are read for the names of their items, the best ones.
const completeSample = 60

// Complete proposes names that hold what was typed, or may be read with its initials: entries in force, items of them,
// institutions; at most max (0 = 10). Names that begin with it come first, of one kind no more than half as long as
// there are others. Items are taken from the best entries only, so a rare one may be missing among many.
func (r *Read) Complete(ctx context.Context, typed string, max int) ([]Completion, error) {
	if max <= 0 {
		max = 10
	}
	words := r.wordsOf(typed)
	if len(words) == 0 {
		return nil, nil
	}
	s := &search{r: r, words: words, limit: completeSample}
	if err := s.run(ctx); err != nil {
		return nil, r.wrap("complete "+typed, err)
	}
	hits, err := s.hits(ctx)
	if err != nil {
		return nil, err
	}
	var entries, items []Completion
	often := map[string]int{}
	for _, h := range hits {
		if fitsAll(h.Name, words) {
			entries = append(entries, Completion{"entry", h.Code, h.Name})
		}
		for _, name := range h.MatchedItems {
			if often[name]++; often[name] == 1 && fitsAll(name, words) {
				items = append(items, Completion{"item", "", name})
			}
		}
	}
	slices.SortStableFunc(items, func(a, b Completion) int { return cmp.Compare(often[b.Text], often[a.Text]) })
	orgs := r.index.orgsNamed(words)
	begins := func(a, b Completion) int {
		return cmp.Compare(beginRank(a.Text, words[0]), beginRank(b.Text, words[0]))
	}
	for _, list := range [][]Completion{entries, items, orgs} {
		slices.SortStableFunc(list, begins)
	}
	return blend(max, entries, items, orgs), nil
}

// fitsAll tells whether every word stands in a name, as it is or as initials.
func fitsAll(name string, words []word) bool {
	text := folded(name)
	return !slices.ContainsFunc(words, func(w word) bool {
		return !occurs(text, w.text) && !(w.letters && len(letterPlaces(text, w.text)) > 0)
	})
}

// beginRank is 0 for a name that begins with a word, else 1.
func beginRank(name string, w word) int {
	text := folded(name)
	if at := occurrences(text, w.text); len(at) > 0 && at[0] == 0 {
		return 0
	}
	if at := letterPlaces(text, w.text); w.letters && len(at) > 0 && at[0] == 0 {
		return 0
	}
	return 1
}

// orgsNamed lists the institutions whose name or short name holds all words, by id.
func (x *index) orgsNamed(words []word) (list []Completion) {
	x.mu.RLock()
	defer x.mu.RUnlock()
	for _, o := range x.orgs {
		if fitsAll(o.name, words) || fitsAll(string(o.short), words) {
			list = append(list, Completion{"org", o.id, o.name})
		}
	}
	slices.SortFunc(list, func(a, b Completion) int { return strings.Compare(a.ID, b.ID) })
	return list
}

// blend takes from each list in turn, two of the first for one of each other, without doubled texts, and keeps the kinds
// together.
func blend(max int, lists ...[]Completion) []Completion {
	taken, count := make([][]Completion, len(lists)), 0
	seen := map[string]bool{}
	for left := true; left && count < max; {
		left = false
		for i := range lists {
			for range 1 + b2i(i == 0) {
				for len(lists[i]) > 0 && seen[lists[i][0].Text] {
					lists[i] = lists[i][1:]
				}
				if len(lists[i]) == 0 || count == max {
					break
				}
				c := lists[i][0]
				seen[c.Text], left = true, true
				taken[i], lists[i] = append(taken[i], c), lists[i][1:]
				count++
			}
		}
	}
	return slices.Concat(taken...)
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}
