package gateway

import (
	"sync"
	"time"
)

// bucket lets through rate calls per second, and burst at once.
type bucket struct {
	mu          sync.Mutex // guards what follows
	rate, burst float64
	left        float64
	at          time.Time
}

func newBucket(rate, burst float64, now time.Time) *bucket {
	return &bucket{rate: rate, burst: burst, left: burst, at: now}
}

// take lets a call through or not.
func (b *bucket) take(now time.Time) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if passed := now.Sub(b.at).Seconds(); passed > 0 { // a wall clock may be set back
		b.left = min(b.burst, b.left+passed*b.rate)
	}
	b.at = now
	if b.left < 1 {
		return false
	}
	b.left--
	return true
}

// rates keeps a bucket for each grant. Grants are few and made by the law, so the map is bounded by them.
type rates struct {
	rate, burst float64
	now         func() time.Time

	mu      sync.Mutex // guards buckets
	buckets map[string]*bucket
}

func newRates(rate, burst float64, now func() time.Time) *rates {
	return &rates{rate: rate, burst: burst, now: now, buckets: map[string]*bucket{}}
}

func (r *rates) take(grant string) bool {
	now := r.now()
	r.mu.Lock()
	b := r.buckets[grant]
	if b == nil {
		b = newBucket(r.rate, r.burst, now)
		r.buckets[grant] = b
	}
	r.mu.Unlock()
	return b.take(now)
}
