package read

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// Counts and lists by article, institution, kind and refusal are those that going through all records gives.
func TestRecordsLike(t *testing.T) {
	l := newLedger()
	l.grow(rand.New(rand.NewPCG(5, 5)), 2000)
	cfg := config(t)
	cfg.Batch = 41
	r := mustOpen(t, cfg)
	readAll(t, r, l)
	records, refused := map[int]int{}, map[int]int{}
	type line struct {
		n        uint64
		org      string
		said     string
		refused  bool
		articles []int
	}
	var all []line
	for n, b := range l.records {
		p, err := parse(uint64(n), b)
		if err != nil {
			t.Fatal(err)
		}
		d := line{n: uint64(n), org: p.said.Org, said: p.said.Kind, refused: p.outcome.Refused != nil}
		for _, f := range p.outcome.Facts {
			for _, c := range f.Art {
				if a, _, _ := c.Parts(); !slices.Contains(d.articles, a) {
					d.articles = append(d.articles, a)
				}
			}
		}
		if no := p.outcome.Refused; no != nil {
			a, _, _ := no.Art.Parts()
			d.articles = append(d.articles, a)
		}
		for _, a := range d.articles {
			if d.refused {
				refused[a]++
			} else {
				records[a]++
			}
		}
		all = append(all, d)
	}
	slices.Reverse(all)
	counts, err := r.Articles(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(counts) < 8 {
		t.Errorf("only %d articles were applied", len(counts))
	}
	for _, c := range counts {
		if c.Records != records[c.Number] || c.Refused != refused[c.Number] {
			t.Errorf("article %d: %+v, want %d and %d", c.Number, c, records[c.Number], refused[c.Number])
		}
	}
	for _, q := range []RecordQuery{{}, {Article: 21}, {Article: 15, Org: "001"}, {Org: "007"}, {Said: "alarm"}, {Refused: true}, {Refused: true, Org: "012"},
		{Article: 21, Refused: true, Said: "application.file"}, {Article: 44}, {Org: "999"}} {
		var want, got []uint64
		for _, d := range all {
			if (q.Org == "" || d.org == q.Org) && (q.Said == "" || d.said == q.Said) && (!q.Refused || d.refused) && (q.Article == 0 || slices.Contains(d.articles, q.Article)) {
				want = append(want, d.n)
			}
		}
		page := q
		for page.Limit = 30; ; {
			list, err := r.RecordsLike(t.Context(), page)
			if err != nil {
				t.Fatal(err)
			}
			for _, d := range list {
				got = append(got, d.N)
			}
			if len(list) < page.Limit {
				break
			}
			page.Before = list[len(list)-1].N
			if page.Before == 0 {
				break
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%+v: %d records, want %d", q, len(got), len(want))
		}
	}
}
