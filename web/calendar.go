package web

import (
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"mulu"
	"mulu/people"
	"mulu/read"
	"mulu/workday"
)

// calendarMaker puts the working days of a year on the chain.
var calendarMaker = OfBureau(people.Approver)

// The years that an arrangement can be made for, as the rules have it.
const firstYear, lastYear = 2000, 2100

// calendarView is the working days of a year (工作日历).
type calendarView struct {
	Year     int
	Arranged *mulu.Calendar // nil where the year has none yet
	Months   []month
	Workdays int
	Years    []int
	Record   uint64 // that put the arrangement on the chain
	Known    bool   // Record is known
	Reckoned reckoned
}

// month is a month in weeks from Monday; days outside it have number 0.
type month struct {
	Month    time.Month
	Weeks    [][]calendarDay
	Workdays int
}

type calendarDay struct {
	Day                  int
	Date                 string
	Off, MakeUp, Weekend bool // off by the arrangement, worked by it, Saturday or Sunday
	Today                bool
}

// Prev and Next are the neighbouring years.
func (c *calendarView) Prev() int { return c.Year - 1 }
func (c *calendarView) Next() int { return c.Year + 1 }

func (v *visit) calendarNow() error {
	return v.calendarOf(v.Now().In(mulu.Shanghai()).Year())
}

func (v *visit) calendarPage() error {
	year, err := strconv.Atoi(v.R.PathValue("year"))
	if err != nil || year < firstYear || year > lastYear {
		return errAbsent
	}
	return v.calendarOf(year)
}

func (v *visit) calendarOf(year int) error {
	c := &calendarView{Year: year}
	var err error
	if c.Arranged, err = v.arrangement(year); err != nil {
		return err
	}
	if c.Arranged != nil {
		steps, err := v.Read.History(v.R.Context(), mulu.KindCalendar, c.Arranged.Key(), read.Page{Limit: 1000})
		if err != nil {
			return err
		}
		if len(steps) > 0 {
			c.Record, c.Known = steps[len(steps)-1].N, true
		}
	}
	cal, err := v.workdaysOf(year, year)
	if err != nil {
		return err
	}
	c.Months = months(cal, c.Arranged, year, workday.DateOf(v.Now()))
	for _, m := range c.Months {
		c.Workdays += m.Workdays
	}
	now := v.Now().In(mulu.Shanghai()).Year()
	for y := min(year, now) - 1; y <= max(year, now)+1; y++ {
		c.Years = append(c.Years, y)
	}
	if c.Reckoned, err = v.reckon(); err != nil {
		return err
	}
	return v.show("calendar", c)
}

// arrangement is a year's calendar by committed state, nil where there is none.
func (v *visit) arrangement(year int) (*mulu.Calendar, error) {
	raw, ok := v.Desk.Chain.Get(mulu.KindCalendar, fmt.Sprintf("%04d", year))
	if !ok {
		return nil, nil
	}
	var c mulu.Calendar
	if err := json.Unmarshal(raw, &c); err != nil {
		return nil, fmt.Errorf("read the calendar of %d: %w", year, err)
	}
	return &c, nil
}

// workdaysOf knows the working days of some years, by committed state.
func (v *visit) workdaysOf(from, to int) (*workday.Calendar, error) {
	var years []workday.Year
	for y := from; y <= to; y++ {
		c, err := v.arrangement(y)
		if err != nil {
			return nil, err
		}
		if c != nil {
			years = append(years, workday.Year{Year: y, Off: c.Off, MakeUp: c.MakeUp, Official: true})
		}
	}
	return workday.New(years...)
}

// months lays a year out.
func months(cal *workday.Calendar, arranged *mulu.Calendar, year int, today workday.Date) []month {
	var all []month
	for m := time.January; m <= time.December; m++ {
		one := month{Month: m}
		first := workday.Date{Year: year, Month: m, Day: 1}
		week := make([]calendarDay, (int(first.Start().Weekday())+6)%7, 7)
		for d := first; d.Month == m && d.Year == year; d = d.Next() {
			at := d.Start().Weekday()
			day := calendarDay{Day: d.Day, Date: d.String(), Weekend: at == time.Saturday || at == time.Sunday, Today: d == today}
			works := cal.IsWorkday(d)
			day.MakeUp, day.Off = works && day.Weekend, !works && !day.Weekend || !works && listed(arranged, d.String())
			if works {
				one.Workdays++
			}
			if week = append(week, day); len(week) == 7 {
				one.Weeks, week = append(one.Weeks, week), nil
			}
		}
		if len(week) > 0 {
			one.Weeks = append(one.Weeks, append(week, make([]calendarDay, 7-len(week))...))
		}
		all = append(all, one)
	}
	return all
}

// listed tells whether an arrangement names a day as off.
func listed(c *mulu.Calendar, day string) bool {
	if c == nil {
		return false
	}
	for _, d := range c.Off {
		if d == day {
			return true
		}
	}
	return false
}

// reckoned is a term that somebody has computed: the day of receipt, a number of working days, and what comes of it.
type reckoned struct {
	From, Days string // as typed
	Wrong      *trouble
	Done       bool
	Last       string // YYYY-MM-DD
	Weekday    time.Weekday
	Counted    []string // the working days counted, up to mostCounted
	Skipped    int      // days between that are not worked
	Uncertain  []int    // years without arrangement that it touches
}

const (
	mostTerm    = 1000 // working days
	mostCounted = 30
)

// reckon computes the term that the address asks for, if it does.
func (v *visit) reckon() (r reckoned, err error) {
	q := v.R.URL.Query()
	r.From, r.Days = q.Get("from"), q.Get("days")
	if !q.Has("from") && !q.Has("days") {
		r.From, r.Days = workday.DateOf(v.Now()).String(), "5"
		return r, nil
	}
	from, bad := workday.ParseDate(r.From)
	if bad != nil || from.Year < firstYear || from.Year > lastYear {
		r.Wrong = &trouble{Text: v.t("“{0}”不是有效的日期。", r.From), Mend: v.t("请按 2026-10-09 的格式填写，年份在 {0} 至 {1} 之间。", firstYear, lastYear)}
		return r, nil
	}
	n, bad := strconv.Atoi(r.Days)
	if bad != nil || n < 1 || n > mostTerm {
		r.Wrong = &trouble{Text: v.t("“{0}”不是有效的工作日数。", r.Days), Mend: v.t("请填写 1 至 {0} 之间的整数。", mostTerm)}
		return r, nil
	}
	cal, err := v.workdaysOf(from.Year-1, min(from.Year+6, lastYear))
	if err != nil {
		return r, err
	}
	term := cal.Term(from.Start(), n)
	r.Done, r.Last, r.Weekday, r.Uncertain = true, term.Last.String(), term.Last.Start().Weekday(), term.Years
	for d := from; d != term.Last; {
		d = d.Next()
		if !cal.IsWorkday(d) {
			r.Skipped++
		} else if len(r.Counted) < mostCounted {
			r.Counted = append(r.Counted, d.String())
		}
	}
	return r, nil
}

// CountedAll tells whether each counted day is listed.
func (r reckoned) CountedAll() bool { return strconv.Itoa(len(r.Counted)) == r.Days }
