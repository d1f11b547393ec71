package read

import (
	"math/rand/v2"
	"testing"
)

// What a follower of its own reads in pieces is every fact of every record once, in order, as the records say it.
func TestFactsInPieces(t *testing.T) {
	l := newLedger()
	l.grow(rand.New(rand.NewPCG(7, 7)), 400)
	r := mustOpen(t, config(t))
	readAll(t, r, l)
	var got []Happened
	for from := uint64(0); from < l.Size(); from += 37 {
		list, err := r.FactsOf(t.Context(), from, min(from+37, l.Size()))
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, list...)
	}
	at := 0
	for n, raw := range l.records {
		p, err := parse(uint64(n), raw)
		if err != nil {
			t.Fatal(err)
		}
		for i, f := range p.outcome.Facts {
			if at >= len(got) {
				t.Fatalf("only %d facts were read; record %d has more", len(got), n)
			}
			h := got[at]
			if h.Place != placeOf(uint64(n), i) || h.Fact != f.Kind || h.Noun != f.Noun || h.ID != f.ID || string(h.State) != string(f.State) ||
				!h.Time.Equal(p.outcome.Time) || h.Org != p.said.Org {
				t.Fatalf("record %d fact %d is read as %+v", n, i, h)
			}
			at++
		}
	}
	if at != len(got) || at == 0 {
		t.Errorf("%d facts were read, the records have %d", len(got), at)
	}
	if list, err := r.FactsOf(t.Context(), l.Size(), l.Size()+10); err != nil || len(list) != 0 {
		t.Errorf("beyond the last record: %v, %v", list, err)
	}
}
