package read

import (
	"cmp"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"mulu"
)

// plain is an entry as the records tell it, for searching by reading everything.
type plain struct {
	entry   mulu.Entry
	content mulu.EntryContent
	org     mulu.Org
	updated uint64

	name, summary, provider string // folded
	items, fields, beside   []string
	initials                [][]string // of the name and each item: what each character may be read as
}

// fold prepares what is compared.
func (e *plain) fold() {
	e.name, e.summary, e.provider = plainFold(e.content.Name), plainFold(e.content.Summary), plainFold(e.org.Name)
	e.beside = []string{plainFold(e.org.Short)}
	for _, f := range e.org.Former {
		e.beside = append(e.beside, plainFold(f.Name))
	}
	e.initials = [][]string{readAs(e.name)}
	for _, i := range e.content.Items {
		e.items, e.fields = append(e.items, plainFold(i.Name)), append(e.fields, plainFold(i.Field))
		e.initials = append(e.initials, readAs(plainFold(i.Name)))
	}
}

func readAs(text string) (sets []string) {
	for _, r := range text {
		set := string(r)
		for _, s := range syllables(r) {
			set += s[:1]
		}
		sets = append(sets, set)
	}
	return sets
}

// plainEntries goes through the records and keeps what stands at the end.
func plainEntries(t testing.TB, l *ledger) []*plain {
	t.Helper()
	orgs, byCode, list := map[string]mulu.Org{}, map[string]*plain{}, []*plain{}
	for n, b := range l.records {
		p, err := parse(uint64(n), b)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range p.outcome.Facts {
			switch f.Noun {
			case mulu.KindOrg:
				var o mulu.Org
				if err := json.Unmarshal(f.State, &o); err != nil {
					t.Fatal(err)
				}
				orgs[o.ID] = o
			case mulu.KindEntry:
				e := byCode[f.ID]
				if e == nil {
					e = &plain{}
					byCode[f.ID] = e
					list = append(list, e)
				}
				e.entry, e.updated = mulu.Entry{}, uint64(n)
				if err := json.Unmarshal(f.State, &e.entry); err != nil {
					t.Fatal(err)
				}
				e.content = mulu.EntryContent{}
				if c := e.entry.Current(); c != nil {
					e.content = *c
				}
			}
		}
	}
	for _, e := range list {
		e.org = orgs[e.entry.Org]
		e.fold()
	}
	return list
}

var narrow = strings.NewReplacer("ｗ", "w", "ｉ", "i", "ｆ", "f", "（", "(", "）", ")")

func plainFold(s string) string { return narrow.Replace(strings.ToLower(s)) }

// fits says how well a word fits an entry, by reading all of it; others mean the same.
func (e *plain) fits(w string, others []string) tier {
	best := tierNone
	better := func(is tier, holds bool) {
		if holds {
			best = min(best, is)
		}
	}
	in := func(w string) func(string) bool {
		return func(text string) bool { return strings.Contains(text, w) }
	}
	better(tierName, strings.Contains(e.name, w))
	better(tierBegins, strings.HasPrefix(e.name, w))
	better(tierExact, e.name == w)
	better(tierBeside, slices.ContainsFunc(e.items, in(w)) || slices.ContainsFunc(e.fields, in(w)) || slices.ContainsFunc(e.beside, in(w)) || strings.Contains(e.provider, w))
	better(tierSummary, strings.Contains(e.summary, w))
	for _, o := range others {
		better(tierAlias, strings.Contains(e.name, o))
		better(tierBeside, strings.Contains(e.provider, o))
		better(tierFar, slices.ContainsFunc(e.items, in(o)))
		better(tierSummary, strings.Contains(e.summary, o))
	}
	if strings.Trim(w, "0123456789/") == "" && len(w) >= 3 {
		_, tail, _ := strings.Cut(e.entry.Code, "/")
		head, end := strings.HasPrefix(e.entry.Code, w), strings.HasPrefix(tail, w)
		better(tierBeside, head || end)
		better(tierCode, head && len(w) >= wholeCode || end && len(w) >= wholeSequence)
	}
	if len(w) >= 2 && strings.Trim(w, "0123456789abcdefghijklmnopqrstuvwxyz") == "" && strings.Trim(w, "0123456789") != "" {
		for i, sets := range e.initials {
			is := tierFar
			if i == 0 {
				is = tierLetters
			}
			better(is, readable(sets, w))
		}
	}
	return best
}

// readable tells whether some characters may be read with these initials.
func readable(sets []string, initials string) bool {
	for i := 0; i+len(initials) <= len(sets); i++ {
		fits := true
		for j := 0; fits && j < len(initials); j++ {
			fits = strings.IndexByte(sets[i+j], initials[j]) >= 0
		}
		if fits {
			return true
		}
	}
	return false
}

// plainFound is what reading everything finds.
type plainFound struct {
	order             []string // codes, in the order of the query
	counts            map[string]map[string]int
	unfiltered, total int
}

func plainSearch(list []*plain, q Query) plainFound {
	f := plainFound{counts: map[string]map[string]int{}}
	type hit struct {
		e         *plain
		worst     tier
		sum, rank int
	}
	var hits []hit
	words := strings.FieldsFunc(plainFold(q.Words), func(r rune) bool { return strings.ContainsRune(" \u3000,;、，；", r) })
	others := make([][]string, len(words))
	for i, w := range words {
		for _, o := range readSynonyms(synonymsText).of([]rune(w)) {
			others[i] = append(others[i], string(o))
		}
	}
	for i, e := range list {
		if e.entry.Version == 0 && !q.Bureau && (q.Viewer == "" || q.Viewer != e.entry.Org) {
			continue
		}
		h := hit{e: e, rank: i}
		for j, w := range words {
			if slices.Contains(words[:j], w) {
				continue
			}
			is := e.fits(w, others[j])
			h.worst, h.sum = max(h.worst, is), h.sum+int(is)
		}
		if h.worst == tierNone {
			continue
		}
		if e.entry.Status != "retired" {
			f.unfiltered++
		}
		c := e.content
		is := map[string]string{"org": e.entry.Org, "class": c.Class, "theme": c.Theme, "sharing": c.Sharing.Type, "opening": c.Opening.Type, "grade": strconv.Itoa(c.Grade),
			"base": c.Base, "cycle": c.Cycle, "status": e.entry.Status, "personal": strconv.FormatBool(c.Personal), "duty": c.Duty}
		var failed []string
		for k, name := range fieldNames {
			chosen := q.chosen(field(k))
			if len(chosen) > 0 && !slices.Contains(chosen, is[name]) || name == "status" && len(chosen) == 0 && is[name] == "retired" {
				failed = append(failed, name)
			}
		}
		for _, name := range fieldNames[:byDuty] {
			if is[name] != "" && (len(failed) == 0 || len(failed) == 1 && failed[0] == name) {
				if f.counts[name] == nil {
					f.counts[name] = map[string]int{}
				}
				f.counts[name][is[name]]++
			}
		}
		if len(failed) == 0 {
			f.total++
			hits = append(hits, h)
		}
	}
	slices.SortStableFunc(hits, func(a, b hit) int {
		switch q.Sort {
		case "updated":
			return cmp.Compare(b.e.updated, a.e.updated)
		case "name":
			return cmp.Or(strings.Compare(pinyinOrder(a.e.content.Name), pinyinOrder(b.e.content.Name)), cmp.Compare(a.rank, b.rank))
		}
		if len(words) == 0 {
			return cmp.Compare(a.rank, b.rank)
		}
		return cmp.Or(cmp.Compare(a.worst, b.worst), cmp.Compare(a.sum, b.sum),
			cmp.Compare(utf8.RuneCountInString(a.e.content.Name), utf8.RuneCountInString(b.e.content.Name)), cmp.Compare(a.rank, b.rank))
	})
	for _, h := range hits {
		f.order = append(f.order, h.e.entry.Code)
	}
	return f
}
