package notify

import (
	"context"
	"fmt"
	"testing"
	"time"

	"mulu"
)

// BenchmarkDueAtOnce is ten thousand applications deemed agreed in one instant: the time until both sides of each are told.
func BenchmarkDueAtOnce(b *testing.B) {
	const applications = 10_000
	for b.Loop() {
		b.StopTimer()
		h := newHouse(b, parse(b, opening))
		h.play(b, nil, parse(b, opening))
		n := h.open(b, h.config())
		at := h.stage.Law()
		due := &mulu.Deadline{Days: 5, Last: "2026-03-09", End: "2026-03-10T00:00:00+08:00", Calendars: []string{"2026@1"}}
		for i := range applications {
			a := &mulu.Application{ID: fmt.Sprintf("A-%06d", i+1), Consumer: "003", Provider: "002", Entry: "307110102002/000001", Version: 1, Received: at.Format(time.RFC3339),
				AnswerBy: due, Status: "granted", Answer: &mulu.Answer{By: "law", Decision: "deemed", At: at.Format(time.RFC3339)}}
			h.stage.add("alarm", "", at, []mulu.Fact{{Kind: "application.granted", Noun: a.Kind(), ID: a.ID, Art: []mulu.Cite{"21.4"}, State: encode(a)}}, nil)
		}
		if err := h.read.Wait(context.Background(), h.stage.Size()); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
		if err := h.pass(n); err != nil {
			b.Fatal(err)
		}
		b.StopTimer()
		if got := len(all(b, n)); got != 2*applications {
			b.Fatalf("%d notices", got)
		}
		b.StartTimer()
	}
	b.ReportMetric(2*applications*float64(b.N)/b.Elapsed().Seconds(), "notices/s")
}
