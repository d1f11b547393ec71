package gateway

import (
	"fmt"
	"math"
	"strconv"
	"sync"
	"time"

	"mulu"
)

// volumes counts what each grant gave out today, by the law's clock and in Asia/Shanghai. The first call of a day reads
// what was counted with the receipts, so a restart changes nothing; after it every row passes here first.
type volumes struct {
	ledger *ledger

	mu   sync.Mutex // guards used
	used map[string]*spent
}

type spent struct {
	day  string
	rows int64
}

func newVolumes(l *ledger) *volumes { return &volumes{ledger: l, used: map[string]*spent{}} }

// left gives how many rows a grant may still give out today. A grant without a volume is not bounded by one.
func (v *volumes) left(g *mulu.Grant, now time.Time) (int64, error) {
	if g.Volume == 0 {
		return math.MaxInt64, nil
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	s, err := v.of(g, now)
	if err != nil {
		return 0, err
	}
	return max(0, int64(g.Volume)-s.rows), nil
}

// take gives out rows, all or none.
func (v *volumes) take(g *mulu.Grant, rows int64, now time.Time) (*refusal, error) {
	if g.Volume == 0 {
		return nil, nil
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	s, err := v.of(g, now)
	if err != nil {
		return nil, err
	}
	if s.rows+rows > int64(g.Volume) {
		return overVolume(g, now), nil
	}
	s.rows += rows
	return nil, nil
}

// of finds the day's count of a grant. The caller holds mu.
func (v *volumes) of(g *mulu.Grant, now time.Time) (*spent, error) {
	day := dayOf(now)
	s := v.used[g.ID]
	if s != nil && s.day >= day { // a call that was late by a moment counts for the day that has begun
		return s, nil
	}
	t, err := v.ledger.day(dayKey(day, g.ID))
	if err != nil {
		return nil, fmt.Errorf("volume of grant %s: %w", g.ID, err)
	}
	s = &spent{day, t.Rows}
	v.used[g.ID] = s
	return s, nil
}

// overVolume says that the day's rows are spent, and that there are new ones from midnight on.
func overVolume(g *mulu.Grant, now time.Time) *refusal {
	local := now.In(mulu.Shanghai())
	midnight := time.Date(local.Year(), local.Month(), local.Day()+1, 0, 0, 0, 0, mulu.Shanghai())
	return &refusal{code: volumeSpent, detail: strconv.Itoa(g.Volume), after: midnight.Sub(local)}
}
