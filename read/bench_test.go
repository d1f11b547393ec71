package read

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"mulu"
)

// BenchmarkRebuild reads 100,000 records of every kind of noun.
func BenchmarkRebuild(b *testing.B) {
	l := newLedger()
	l.grow(rand.New(rand.NewPCG(1, 1)), 100_000)
	facts := 0
	for b.Loop() {
		cfg := config(b)
		if _, err := Rebuild(b.Context(), cfg, l); err != nil {
			b.Fatal(err)
		}
		r := mustOpen(b, cfg)
		if err := r.readers.QueryRow("SELECT count(*) FROM fact").Scan(&facts); err != nil {
			b.Fatal(err)
		}
		r.Close()
	}
	b.ReportMetric(float64(facts)*float64(b.N)/b.Elapsed().Seconds(), "facts/s")
}

// BenchmarkFollowOne is one record from the chain to readable.
func BenchmarkFollowOne(b *testing.B) {
	l := newLedger()
	r := mustOpen(b, config(b))
	readAll(b, r, l)
	for b.Loop() {
		l.add("duty.register", "001", "", nil, fact("duty.registered", &mulu.Duty{ID: "D-001-1", Org: "001", Name: "职责", Status: "active"}, "11"))
		readAll(b, r, l)
	}
}

func BenchmarkLookup(b *testing.B) {
	l := newLedger()
	l.grow(rand.New(rand.NewPCG(1, 1)), 50_000)
	r := mustOpen(b, config(b))
	readAll(b, r, l)
	rng := rand.New(rand.NewPCG(2, 2))
	id := func() string { return fmt.Sprintf("A-%d", rng.IntN(300)) }
	for name, ask := range map[string]func() error{
		"noun": func() error { _, err := r.Noun(b.Context(), mulu.KindApplication, id()); return err },
		"list": func() error {
			_, err := r.Nouns(b.Context(), mulu.KindEntry, Filter{Status: "published", Limit: 20})
			return err
		},
		"history": func() error {
			_, err := r.History(b.Context(), mulu.KindApplication, id(), Page{Limit: 20})
			return err
		},
		"story":  func() error { _, err := r.Story(b.Context(), mulu.KindApplication, id(), Page{Limit: 20}); return err },
		"counts": func() error { _, err := r.Counts(b.Context()); return err },
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if err := ask(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
