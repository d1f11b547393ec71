package chain

import (
	"context"
	"sort"
	"sync"
	"testing"
	"time"

	"mulu/act"
)

// registrations makes n acts of the bureau, each with a key of its own.
func registrations(b *testing.B, w *town, n int) []*act.Signed {
	b.Helper()
	acts := make([]*act.Signed, n)
	for i := range acts {
		acts[i] = w.register()
	}
	return acts
}

// each does something for 0 to n-1, many at once.
func each(n int, do func(i int)) {
	queue := make(chan int, n)
	for i := range n {
		queue <- i
	}
	close(queue)
	var wg sync.WaitGroup
	for range 4096 {
		wg.Go(func() {
			for i := range queue {
				do(i)
			}
		})
	}
	wg.Wait()
}

// BenchmarkActs commits registrations of institutions with the full law, many at once; ns/op is per act.
func BenchmarkActs(b *testing.B) {
	w := newTown(b, 1, nil)
	acts := registrations(b, w, b.N)
	c := w.open(0)
	b.ResetTimer()
	each(len(acts), func(i int) {
		if o, err := c.Submit(context.Background(), acts[i]); err != nil || o.Refused != nil {
			b.Error(err, o.Refused)
		}
	})
	b.StopTimer()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "acts/s")
	b.ReportMetric(float64(c.Height()), "blocks")
}

// BenchmarkBare commits the same bytes with CometBFT alone; "unchecked" checks nothing, "checked" each signature.
func BenchmarkBare(b *testing.B) {
	for name, check := range map[string]func([]byte) error{"unchecked": nil, "checked": func(tx []byte) error {
		s, err := act.Parse(tx)
		if err == nil {
			err = s.Verify()
		}
		return err
	}} {
		b.Run(name, func(b *testing.B) {
			w := newTown(b, 1, nil)
			var txs [][]byte
			for _, s := range registrations(b, w, b.N) {
				txs = append(txs, s.Bytes)
			}
			n, err := OpenBare(context.Background(), w.config(0), check)
			if err != nil {
				b.Fatal(err)
			}
			b.ResetTimer()
			each(len(txs), func(i int) {
				if err := n.Submit(context.Background(), txs[i]); err != nil {
					b.Error(err)
				}
			})
			b.StopTimer()
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "acts/s")
			if err := n.Close(); err != nil {
				b.Fatal(err)
			}
		})
	}
}

// BenchmarkLatency commits one act after the other; p50 and p99 are of submit → outcome.
func BenchmarkLatency(b *testing.B) {
	w := newTown(b, 1, nil)
	acts := registrations(b, w, b.N)
	c := w.open(0)
	var took []time.Duration
	b.ResetTimer()
	for _, s := range acts {
		begin := time.Now()
		if _, err := c.Submit(context.Background(), s); err != nil {
			b.Fatal(err)
		}
		took = append(took, time.Since(begin))
	}
	b.StopTimer()
	sort.Slice(took, func(i, j int) bool { return took[i] < took[j] })
	b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "p50-ms")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
}
