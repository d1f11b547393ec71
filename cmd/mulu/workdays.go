package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"mulu"
	"mulu/chain"
	"mulu/workday"
)

// workdays tells working days by the calendars in committed state, for the gateway. A year's calendar is read again on
// each question and taken apart only when its bytes changed, so an arrangement published anew holds at once.
type workdays struct {
	chain *chain.Chain

	mu   sync.Mutex // guards seen
	seen map[int]seenYear
}

type seenYear struct {
	raw      json.RawMessage
	calendar *workday.Calendar
}

// is says whether institutions work on the day of a moment. A calendar that cannot be read leaves Monday to Friday.
func (w *workdays) is(t time.Time) bool {
	d := workday.DateOf(t)
	c, err := w.year(d.Year)
	if err != nil {
		return t.Weekday() != time.Saturday && t.Weekday() != time.Sunday
	}
	return c.IsWorkday(d)
}

func (w *workdays) year(year int) (*workday.Calendar, error) {
	raw, _ := w.chain.Get(mulu.KindCalendar, fmt.Sprintf("%04d", year))
	w.mu.Lock()
	defer w.mu.Unlock()
	if s, ok := w.seen[year]; ok && bytes.Equal(s.raw, raw) {
		return s.calendar, nil
	}
	var years []workday.Year
	if raw != nil {
		var c mulu.Calendar
		if err := json.Unmarshal(raw, &c); err != nil {
			return nil, err
		}
		years = append(years, workday.Year{Year: c.Year, Off: c.Off, MakeUp: c.MakeUp, Official: true})
	}
	c, err := workday.New(years...)
	if err != nil {
		return nil, err
	}
	if w.seen == nil {
		w.seen = map[int]seenYear{}
	}
	w.seen[year] = seenYear{bytes.Clone(raw), c}
	return c, nil
}
