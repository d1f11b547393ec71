package workday

import (
	"fmt"
	"time"
)

// Year is one year's arrangement: dates (YYYY-MM-DD) that are off, and weekend dates that are worked.
type Year struct {
	Year        int
	Off, MakeUp []string
	Official    bool // by the notice of the State Council's General Office
}

// Date is a day in Asia/Shanghai.
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// String gives YYYY-MM-DD.
func (d Date) String() string { return fmt.Sprintf("%04d-%02d-%02d", d.Year, d.Month, d.Day) }

// ParseDate reads YYYY-MM-DD; a date that does not exist is an error.
func ParseDate(s string) (Date, error) {
	t, err := time.Parse("2006-01-02", s)
	if err != nil {
		return Date{}, &DateError{s, "is no date of the form 2026-10-01"}
	}
	return Date{t.Year(), t.Month(), t.Day()}, nil
}

// DateOf is the day in Asia/Shanghai in which a moment lies.
func DateOf(t time.Time) Date {
	t = t.In(zone())
	return Date{t.Year(), t.Month(), t.Day()}
}

// Start is 00:00 of the day in Asia/Shanghai.
func (d Date) Start() time.Time { return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, zone()) }

// Next is the day after.
func (d Date) Next() Date { return DateOf(d.Start().Add(36 * time.Hour)) }

// zone is fixed because China keeps no summer time; so no time-zone files are needed.
func zone() *time.Location { return time.FixedZone("CST", 8*3600) }

// DateError names the date of an arrangement that cannot be, and why.
type DateError struct{ Date, Why string }

func (e *DateError) Error() string { return e.Date + " " + e.Why }

// Calendar knows the working days. The zero Calendar knows no arrangement.
type Calendar struct {
	off, makeUp map[Date]bool
	known       map[int]bool
}

// New makes a calendar of arrangements: each date in its year, none twice, make-up days on weekends only.
func New(years ...Year) (*Calendar, error) {
	c := &Calendar{off: map[Date]bool{}, makeUp: map[Date]bool{}, known: map[int]bool{}}
	for _, y := range years {
		if c.known[y.Year] {
			return nil, fmt.Errorf("the year %d is arranged twice", y.Year)
		}
		c.known[y.Year] = true
		for _, s := range y.Off {
			if err := c.add(c.off, s, y.Year); err != nil {
				return nil, err
			}
		}
		for _, s := range y.MakeUp {
			if err := c.add(c.makeUp, s, y.Year); err != nil {
				return nil, err
			}
			if d, _ := ParseDate(s); !weekend(d) {
				return nil, &DateError{s, "is no weekend day, so it cannot be a make-up day"}
			}
		}
	}
	return c, nil
}

func (c *Calendar) add(to map[Date]bool, s string, year int) error {
	d, err := ParseDate(s)
	switch {
	case err != nil:
		return err
	case d.Year != year:
		return &DateError{s, fmt.Sprintf("does not lie in %d", year)}
	case c.off[d] || c.makeUp[d]:
		return &DateError{s, "stands twice"}
	}
	to[d] = true
	return nil
}

func weekend(d Date) bool {
	w := d.Start().Weekday()
	return w == time.Saturday || w == time.Sunday
}

// Known tells whether a year's arrangement is known.
func (c *Calendar) Known(year int) bool { return c.known[year] }

// IsWorkday tells whether people work on a day.
func (c *Calendar) IsWorkday(d Date) bool {
	if c.known[d.Year] {
		return c.makeUp[d] || !weekend(d) && !c.off[d]
	}
	return !weekend(d) && !statutory(d)
}

// Term is a period of Days working days from a receipt.
type Term struct {
	Received    time.Time
	Days        int
	Last        Date      // the nth working day after the day of receipt
	End         time.Time // 24:00 of Last, which is 00:00 of the next day
	Provisional bool      // it touches a year without arrangement
	Years       []int     // those years
}

// Term computes the term of days working days (at least 1) from a receipt. The year of receipt counts as touched even
// when it holds no counted day, because whether the days after receipt are worked is part of the count.
func (c *Calendar) Term(received time.Time, days int) Term {
	d := DateOf(received)
	t := Term{Received: received, Days: days}
	for n := 0; n < days; {
		d = d.Next()
		if !c.known[d.Year] && (len(t.Years) == 0 || t.Years[len(t.Years)-1] != d.Year) {
			t.Years = append(t.Years, d.Year)
		}
		if c.IsWorkday(d) {
			n++
		}
	}
	t.Last, t.End, t.Provisional = d, d.Next().Start(), len(t.Years) > 0
	return t
}

// Remaining counts the working days that are left of a term: the days after today up to its last, today not counted.
// On the last day it is 0; after the end it is negative by the working days passed since.
func (c *Calendar) Remaining(now time.Time, last Date) int {
	today, n := DateOf(now), 0
	for d := today; d.Start().Before(last.Start()); {
		if d = d.Next(); c.IsWorkday(d) {
			n++
		}
	}
	for d := last; d.Start().Before(today.Start()); {
		if d = d.Next(); c.IsWorkday(d) {
			n--
		}
	}
	return n
}
