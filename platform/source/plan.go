package source

import (
	"time"

	"mulu"
)

// Bounds of Plan.Every, in minutes.
const (
	leastMinutes = 5
	mostMinutes  = 7 * 24 * 60
)

// parse reads a plan; at is the time of day as minutes from midnight.
func (p Plan) parse() (at int, ok bool) {
	switch {
	case p.Every != 0 && p.At != "":
		return 0, false
	case p.Every != 0:
		return 0, p.Every >= leastMinutes && p.Every <= mostMinutes
	case p.At == "":
		return 0, true
	}
	t, err := time.Parse("15:04", p.At)
	return t.Hour()*60 + t.Minute(), err == nil && len(p.At) == 5
}

// Next is when an entry that was last tried at last is pulled next; the zero time is never, and one that was never tried
// has its turn at once. A turn that was missed while the node stood still is made up for once.
func (p Plan) Next(last time.Time) time.Time {
	at, ok := p.parse()
	switch {
	case !ok || p == Plan{}:
		return time.Time{}
	case p.Every != 0:
		return last.Add(time.Duration(p.Every) * time.Minute)
	}
	if last.IsZero() {
		return last.Add(1)
	}
	day := last.In(mulu.Shanghai())
	next := time.Date(day.Year(), day.Month(), day.Day(), at/60, at%60, 0, 0, mulu.Shanghai())
	if !next.After(day) {
		next = next.AddDate(0, 0, 1)
	}
	return next
}

// due tells whether the turn has come.
func (p Plan) due(last, now time.Time) bool {
	next := p.Next(last)
	if next.IsZero() {
		return p.Every != 0 && last.IsZero()
	}
	return !now.Before(next)
}
