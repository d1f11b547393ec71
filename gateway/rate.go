package gateway

import (
	"strconv"
	"sync"
	"time"

	"mulu"
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

// window counts the calls of one minute of the wall clock.
type window struct {
	mu     sync.Mutex // guards what follows
	minute int64
	calls  int
}

// take lets a call through if the minute has not had most yet. A clock set back by less than a minute begins no new one.
func (w *window) take(now time.Time, most int) bool {
	m := now.Unix() / 60
	w.mu.Lock()
	defer w.mu.Unlock()
	if m > w.minute || m < w.minute-1 {
		w.minute, w.calls = m, 0
	}
	if w.calls >= most {
		return false
	}
	w.calls++
	return true
}

// rates bounds how often a grant is called: as the grant says, in calls a minute; a grant that says nothing by a bucket
// for each. Grants are few and made by the law, so the maps are bounded by them.
type rates struct {
	rate, burst float64
	now         func() time.Time

	mu      sync.Mutex // guards the maps
	windows map[string]*window
	buckets map[string]*bucket
}

func newRates(rate, burst float64, now func() time.Time) *rates {
	return &rates{rate: rate, burst: burst, now: now, windows: map[string]*window{}, buckets: map[string]*bucket{}}
}

// take lets a call through, or says how often the grant may be called and when to try again.
func (r *rates) take(g *mulu.Grant) *refusal {
	now := r.now()
	if g.Rate == 0 {
		if r.bucket(g.ID, now).take(now) {
			return nil
		}
		return &refusal{code: tooMany, detail: strconv.Itoa(int(60 * r.rate)), after: time.Second}
	}
	if r.window(g.ID).take(now, g.Rate) {
		return nil
	}
	return &refusal{code: tooMany, detail: strconv.Itoa(g.Rate), after: now.Truncate(time.Minute).Add(time.Minute).Sub(now)}
}

func (r *rates) bucket(grant string, now time.Time) *bucket {
	r.mu.Lock()
	defer r.mu.Unlock()
	b := r.buckets[grant]
	if b == nil {
		b = newBucket(r.rate, r.burst, now)
		r.buckets[grant] = b
	}
	return b
}

func (r *rates) window(grant string) *window {
	r.mu.Lock()
	defer r.mu.Unlock()
	w := r.windows[grant]
	if w == nil {
		w = &window{}
		r.windows[grant] = w
	}
	return w
}
