package people

import (
	"fmt"
	"testing"
)

// BenchmarkSession looks sessions up, as each request does: one thousand people, each logged in.
func BenchmarkSession(b *testing.B) {
	p, _ := open(b)
	chief := found(b, p)
	cookies := make([]string, 1000)
	for i := range cookies {
		member(b, p, chief.ID, fmt.Sprintf("clerk%d", i), "002", Steward)
		cookies[i], _ = login(b, p, fmt.Sprintf("clerk%d", i))
	}
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for i := 0; pb.Next(); i++ {
			if _, err := p.Session(b.Context(), cookies[i%len(cookies)]); err != nil {
				b.Error(err)
				return
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "sessions/s")
}

// BenchmarkLogin is a login at the usual cost of a hash.
func BenchmarkLogin(b *testing.B) {
	cfg := config(b, start())
	cfg.cost = usual
	p := reopen(b, cfg)
	found(b, p)
	b.ResetTimer()
	for b.Loop() {
		login(b, p, "chief")
	}
}

// BenchmarkNote adds to the audit log, each event synced.
func BenchmarkNote(b *testing.B) {
	p, _ := open(b)
	for b.Loop() {
		ok(b, p.Note(b.Context(), Event{Person: "p-1", Org: "001", Kind: "act", Target: "entry.verify", OK: true}))
	}
}

// BenchmarkCheckEvents walks a log of 20,000 events.
func BenchmarkCheckEvents(b *testing.B) {
	p, _ := open(b)
	ok(b, p.write(b.Context(), "fill the log", func(t *tx) error {
		for range 20_000 {
			if err := t.append(Event{Person: "p-1", Org: "001", Kind: "act", Target: "entry.verify", OK: true}); err != nil {
				return err
			}
		}
		return nil
	}))
	for b.Loop() {
		if n, err := p.CheckEvents(b.Context()); err != nil || n != 20_000 {
			b.Fatal(n, err)
		}
	}
}
