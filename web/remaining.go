package web

import (
	"fmt"
	"time"

	"mulu"
	"mulu/workday"
)

// remaining is what is left of a term by the law's clock: whole working days after today up to its last one, negative by
// those that passed since. Internal says that the bureau set the term (内部时限), not the regulation.
type remaining struct {
	Last        string // YYYY-MM-DD
	Days        int
	Past        bool
	Provisional bool
	Internal    bool
}

// Tone is the colour of a term: nothing special, soon, or past.
func (r remaining) Tone() string {
	switch {
	case r.Past && !r.Internal: // what the bureau set is late, and no breach of the regulation
		return "bad"
	case r.Past:
		return "warn"
	case r.Days <= 1:
		return "warn"
	}
	return "wait"
}

// Late is how many working days passed since the end.
func (r remaining) Late() int { return -r.Days }

// terms reckons what is left of terms, with the calendars read once for a page.
type terms struct {
	v   *visit
	cal *workday.Calendar
}

func (v *visit) terms() *terms { return &terms{v: v} }

// until is what is left of a term that ends at a moment (RFC 3339: 24:00 of its last day); nil where none runs.
func (t *terms) until(end string, provisional, internal bool) (*remaining, error) {
	if end == "" {
		return nil, nil
	}
	at, err := time.Parse(time.RFC3339, end)
	if err != nil {
		return nil, fmt.Errorf("read the end of a term: %w", err)
	}
	if t.cal == nil {
		year := t.v.Now().In(mulu.Shanghai()).Year()
		if t.cal, err = t.v.workdaysOf(year-2, year+3); err != nil {
			return nil, err
		}
	}
	now, last := t.v.Now(), workday.DateOf(at.Add(-time.Second))
	if workday.DateOf(now).Year-last.Year > 3 || last.Year-workday.DateOf(now).Year > 3 { // far away: days are not counted one by one
		return &remaining{Last: last.String(), Past: !now.Before(at), Provisional: provisional, Internal: internal, Days: int(at.Sub(now).Hours() / 24)}, nil
	}
	return &remaining{Last: last.String(), Days: t.cal.Remaining(now, last), Past: !now.Before(at), Provisional: provisional, Internal: internal}, nil
}

// calendarDays is how many days are left until a moment, by the calendar: a period, not a term in working days.
func (v *visit) calendarDays(until string) int {
	at, err := time.Parse(time.RFC3339, until)
	if err != nil || !v.Now().Before(at) {
		return 0
	}
	return int(at.Sub(v.Now()).Hours() / 24)
}
