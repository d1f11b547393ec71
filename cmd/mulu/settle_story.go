package main

import (
	"fmt"
	"slices"
	"time"

	"mulu"
	"mulu/act"
	"mulu/desk"
	"mulu/law/script"
	"mulu/workday"
)

// A sandbox's past, in working days before today. The law's clock begins there and is moved on from scene to scene until
// it shows the present, so every term has run as the law has it, over the real calendar.
const storyBegins = 44

// A story lets institutions do things on days that have passed. After an error nothing more happens; err keeps it.
type story struct {
	*settler
	calendar *workday.Calendar
	today    workday.Date
	users    []user // who calls the gateway by now
	calls    int
	worked   int // how often they did
	ahead    []scene
	err      error
}

// A scene is what happens at a moment of the story, whatever else is told.
type scene struct {
	at   time.Time
	does func() error
}

// officialCalendar is the calendar of the arrangements that the program brings along.
func officialCalendar() (*workday.Calendar, error) {
	notices, err := workday.Official()
	if err != nil {
		return nil, err
	}
	var years []workday.Year
	for _, n := range notices {
		years = append(years, n.Year)
	}
	return workday.New(years...)
}

// daysAgo is a moment so many working days before a day; clock is HH:MM.
func daysAgo(c *workday.Calendar, today workday.Date, ago int, clock string) (time.Time, error) {
	t, err := time.ParseInLocation("2006-01-02 15:04", today.String()+" "+clock, mulu.Shanghai())
	for err == nil && ago > 0 {
		if t = t.AddDate(0, 0, -1); c.IsWorkday(workday.DateOf(t)) {
			ago--
		}
	}
	return t, err
}

// at moves the clock on to a time of day so many working days ago.
func (t *story) at(ago int, clock string) {
	if t.err != nil {
		return
	}
	to, err := daysAgo(t.calendar, t.today, ago, clock)
	if err != nil {
		t.err = err
		return
	}
	t.until(to)
	t.work()
}

// plan puts a scene ahead, so many working days ago.
func (t *story) plan(ago int, clock string, does func() error) {
	if t.err != nil {
		return
	}
	at, err := daysAgo(t.calendar, t.today, ago, clock)
	if err != nil {
		t.err = err
		return
	}
	t.ahead = append(t.ahead, scene{at, does})
	slices.SortStableFunc(t.ahead, func(a, b scene) int { return a.at.Compare(b.at) })
}

// until moves the clock on to a moment, by the scenes that lie ahead of it.
func (t *story) until(to time.Time) {
	for t.err == nil && len(t.ahead) > 0 && t.ahead[0].at.Before(to) {
		now := t.ahead[0]
		t.ahead = t.ahead[1:]
		if t.pass(now.at); t.err == nil {
			t.err = now.does()
		}
	}
	t.pass(to)
}

// pass lets time go by, stopping at everything that falls due, so that it happens on its day.
func (t *story) pass(to time.Time) {
	for t.err == nil {
		next := to
		if due, any := t.p.chain.NextDue(); any && due.Before(to) {
			next = due
		}
		if next.After(t.p.chain.Now()) { // what takes longer to tell than it took happens a little later
			t.does(script.Bureau, &act.AdvanceClock{To: next.Format(time.RFC3339Nano)})
		}
		if t.err == nil {
			_, t.err = t.p.calm(t.ctx, 0)
		}
		if !next.Before(to) {
			return
		}
	}
}

// does has an act done and gives the noun that it is about, "" where it went wrong.
func (t *story) does(org string, a act.Act) string {
	if t.err != nil {
		return ""
	}
	done, err := t.p.desk.Do(t.ctx, desk.By{Org: t.ids[org]}, a)
	if err == nil && len(done.Outcome.Facts) > 0 {
		return done.Outcome.Facts[0].ID
	}
	if err == nil {
		err = fmt.Errorf("nothing came of it")
	}
	t.err = fmt.Errorf("%s, %s: %w", org, a.Kind(), err)
	return ""
}

// entry is the code of an entry by its name.
func (t *story) entry(name string) string {
	if t.err != nil {
		return ""
	}
	var code string
	code, t.err = t.titled(name)
	return code
}

// applies files an application and gives its number.
func (t *story) applies(org, entry string, ask mulu.Ask) string {
	return t.does(org, &act.Apply{Entry: t.entry(entry), Ask: ask})
}

// grant is the grant that an application turned into.
func (t *story) grant(application string) string {
	if t.err != nil {
		return ""
	}
	var a mulu.Application
	if _, err := t.p.noun(mulu.KindApplication, application, &a); err != nil || a.Grant == "" {
		t.err = fmt.Errorf("application %s stands as %s and has no grant: %w", application, a.Status, err)
	}
	return a.Grant
}
