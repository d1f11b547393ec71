package read

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"mulu"
)

// TestPagesWhileEntriesChange: between pages entries are reworded, added, retired and renamed institutions come. What
// matches throughout and stays as it is comes exactly once, in each order.
func TestPagesWhileEntriesChange(t *testing.T) {
	for _, sort := range []string{"", "name", "updated"} {
		l, rng := newLedger(), rand.New(rand.NewPCG(8, 8))
		growCatalog(l, rng, 400, 900)
		r := mustOpen(t, config(t))
		readAll(t, r, l)
		before := map[string]*plain{}
		start := len(l.records)
		for _, e := range plainEntries(t, l) {
			before[e.entry.Code] = e
		}
		q := Query{Words: "机构", Sort: sort, Limit: 7, Bureau: true}
		if sort == "updated" {
			q.Words = ""
		}
		count := map[string]int{}
		for pages := 0; ; pages++ {
			f, err := r.Search(t.Context(), q)
			if err != nil {
				t.Fatal(err)
			}
			for _, h := range f.Hits {
				count[h.Code]++
			}
			if f.Next == "" {
				if pages < 5 {
					t.Fatalf("%q: only %d pages", sort, pages)
				}
				break
			}
			q.After = f.Next
			if pages < 30 {
				growEntries(l, rng, before, 6)
				readAll(t, r, l)
			}
		}
		stayed := 0
		changed := map[string]bool{}
		for _, e := range plainEntries(t, l) {
			if e.updated >= uint64(start) {
				changed[e.entry.Code] = true
			}
		}
		for code, e := range before {
			if changed[code] {
				continue
			}
			want := 0
			if e.entry.Status != "retired" && (q.Words == "" || e.fits(q.Words, nil) != tierNone) {
				want, stayed = 1, stayed+1
			}
			if count[code] != want {
				t.Errorf("%q: %s stayed as it is and comes %d times, not %d", sort, code, count[code], want)
			}
		}
		if stayed < 30 || len(changed) < 30 {
			t.Errorf("%q: %d stayed and %d changed; this tests too little", sort, stayed, len(changed))
		}
	}
}

// growEntries changes some of the entries known, and adds others.
func growEntries(l *ledger, rng *rand.Rand, known map[string]*plain, records int) {
	var codes []string
	for code := range known {
		codes = append(codes, code)
	}
	slices.Sort(codes)
	for range records {
		code := codes[rng.IntN(len(codes))]
		if rng.IntN(3) == 0 {
			code = fmt.Sprintf("307110102002/%06d", 500_000+rng.IntN(100_000))
		}
		e := &mulu.Entry{Code: code, Org: code[9:12], Status: []string{"published", "retired", "suspended"}[rng.IntN(3)], Version: 3, Now: randomContent(rng)}
		l.add("entry.verify", "001", "", nil, fact("entry.published", e, "11"))
	}
}

// Searching goes on while entries are written, and what it gives is of one moment: the numbers of a page agree.
func TestSearchWhileFollowing(t *testing.T) {
	l := newLedger()
	growCatalog(l, rand.New(rand.NewPCG(8, 8)), 300, 300)
	cfg := config(t)
	cfg.Batch = 5
	r := mustOpen(t, cfg)
	readAll(t, r, l)
	growCatalog(l, rand.New(rand.NewPCG(9, 9)), 300, 1200)
	done := make(chan struct{})
	var wg sync.WaitGroup
	for _, q := range []Query{{Words: "机构", Limit: 100}, {Words: "a", Bureau: true, Limit: 100}, {Sort: "name"}, {Words: "信", Sort: "updated"}} {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for n := 0; ; n++ {
				select {
				case <-done:
					if n > 0 {
						return
					}
				default:
				}
				f, err := r.Search(t.Context(), q)
				if err != nil {
					t.Error(err)
					return
				}
				sum := 0
				for _, v := range f.Facets[byClass].Values {
					sum += v.Count
				}
				if f.Total > f.Unfiltered || sum > f.Total || f.Next == "" && len(f.Hits) != f.Total {
					t.Errorf("%+v: total %d, unfiltered %d, by class %d, %d hits", q, f.Total, f.Unfiltered, sum, len(f.Hits))
					return
				}
			}
		}()
	}
	readAll(t, r, l)
	close(done)
	wg.Wait()
}

func TestCursorOfAnotherOrderIsRefused(t *testing.T) {
	r := mustOpen(t, config(t))
	readAll(t, r, exampleCatalog())
	f, err := r.Search(t.Context(), Query{Words: "保", Limit: 1})
	if err != nil || f.Next == "" {
		t.Fatal(f, err)
	}
	for _, q := range []Query{{Words: "保", Sort: "name", After: f.Next}, {Words: "保", After: "x"}, {Words: "保", After: "best.zz.1."}, {Words: "保", Sort: "upside down"}} {
		if _, err := r.Search(t.Context(), q); err == nil {
			t.Errorf("%+v is answered", q)
		}
	}
}

// What is typed never breaks, and words come out as they can be found: folded, without spaces, within bounds.
func FuzzSplitWords(f *testing.F) {
	for _, s := range []string{"低保", " ＡＢＣ\u3000１２３ ", "a,b；c、d", "\x00\xff", "İ", strings.Repeat("长", 200), "\"OR 1=1--", "𠀀"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		words := splitWords(typed)
		if len(words) > mostSought {
			t.Fatalf("%d words", len(words))
		}
		seen := map[string]bool{}
		for _, w := range words {
			text := string(w)
			if len(w) == 0 || len(w) > mostLength || seen[text] || slices.ContainsFunc(w, func(r rune) bool { return r == pieceEnd || r == ' ' || fold(r) != r }) {
				t.Fatalf("%q gives the word %q", typed, text)
			}
			seen[text] = true
			if again := splitWords(text); len(again) != 1 || string(again[0]) != text {
				t.Fatalf("%q again gives %q", text, again)
			}
			others := readSynonyms("低保 最低生活保障").of(w)
			if len(others) > mostOthers {
				t.Fatalf("%d others", len(others))
			}
			asLetters(w)
			asCode(w)
			initialsOf(w)
		}
	})
}

// Lists come back as they were written, and strange bytes never lead outside the block.
func FuzzPostings(f *testing.F) {
	f.Add([]byte{1, 2, 0, 5, 200, 1, 3})
	f.Fuzz(func(t *testing.T, b []byte) {
		list := decodePostings(nil, b)
		for _, o := range list {
			if o>>placeBits >= blockTexts {
				t.Fatalf("text %d", o>>placeBits)
			}
		}
		slices.Sort(list)
		list = slices.Compact(list)
		if again := decodePostings(nil, encodePostings(nil, list)); !slices.Equal(again, list) {
			t.Fatalf("%v comes back as %v", list, again)
		}
		eachList(0, b, func(pair, []byte) bool { return true })
	})
}
