package web

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"time"

	"mulu"
	"mulu/act"
	"mulu/people"
	"mulu/read"
	"mulu/workday"
)

// sandboxRoutes are the pages that only a sandbox has: on a real chain the law's clock is the blocks'.
func sandboxRoutes() []Route {
	return []Route{
		{"GET", "/sandbox/clock", OfBureau(people.Approver), false, (*visit).clockPage},
		{"POST", "/sandbox/clock", OfBureau(people.Approver), false, (*visit).advanceClock},
	}
}

// routesOf are the routes of a chain: all of them on a sandbox, without the sandbox's own on a real one.
func routesOf(sandbox bool) []Route {
	all := Routes()
	if sandbox {
		return all
	}
	return slices.DeleteFunc(all, func(r Route) bool {
		return slices.ContainsFunc(sandboxRoutes(), func(s Route) bool { return s.Method == r.Method && s.Path == r.Path })
	})
}

// Bounds of one advance: what the form takes, how many deadlines it stops at on its way, how long it may take.
const (
	mostWorkdays = 250
	mostStops    = 400
	mostAdvance  = 2 * time.Minute
)

// errStops says that so many deadlines lie before the moment that the clock stopped on its way.
var errStops = errors.New("the clock stopped at the bound of deadlines")

// clockForm moves the law's clock of a sandbox (演练时钟) forward.
type clockForm struct {
	form
	Next    time.Time // the next deadline, the zero time where none runs
	Rows    []clockLine
	Since   uint64 // record from which on what happened by itself is listed, 0 where nothing was advanced
	Moved   bool
	Further string // where it goes on, "" where all is shown
}

// clockLine is a record in which rules did something by themselves.
type clockLine struct {
	N     uint64
	At    time.Time
	Facts []mulu.Fact
	More  int
}

func (v *visit) clockPage() error {
	f := &clockForm{form: form{Values: url.Values{"days": {"5"}}}}
	if err := v.clockShown(f); err != nil {
		return err
	}
	return v.show("sandbox-clock", f)
}

// clockShown adds to the form what happened by itself since the record that the address names.
func (v *visit) clockShown(f *clockForm) error {
	if at := v.Chain.Standing(); at.AnyDue {
		f.Next = at.NextDue
	}
	since, err := strconv.ParseUint(v.R.URL.Query().Get("since"), 10, 63)
	if err != nil {
		return nil
	}
	f.Since, f.Moved = since, true
	before, _ := strconv.ParseUint(v.R.URL.Query().Get("before"), 10, 63)
	list, err := v.Read.RecordsLike(v.R.Context(), read.RecordQuery{Said: "alarm", Before: before, Limit: recordsAPage})
	if err != nil {
		return err
	}
	for i, r := range list {
		if r.N < since {
			return nil
		}
		p, err := v.record(r.N)
		if err != nil {
			return err
		}
		line := clockLine{N: r.N, At: r.Time, Facts: p.Outcome.Facts}
		if len(line.Facts) > mostFacts {
			line.Facts, line.More = line.Facts[:mostFacts], len(line.Facts)-mostFacts
		}
		f.Rows = append(f.Rows, line)
		if i == recordsAPage-1 && r.N > since {
			f.Further = fmt.Sprintf("/sandbox/clock?since=%d&before=%d", since, r.N)
		}
	}
	return nil
}

func (v *visit) advanceClock() error {
	f := &clockForm{form: v.typed()}
	to, err := v.clockTarget()
	since := v.Chain.Standing().Size
	if err == nil {
		if err = v.advance(to); err == nil {
			return v.to(fmt.Sprintf("/sandbox/clock?since=%d", since))
		}
	}
	if errors.Is(err, errStops) {
		v.tell(told{Kind: "warn", Text: v.t("其间到期的事项很多，时钟停在第 {0} 项；可以继续推进。", mostStops)})
		return v.to(fmt.Sprintf("/sandbox/clock?since=%d", since))
	}
	if bad := v.clockShown(f); bad != nil {
		return bad
	}
	return v.again("sandbox-clock", &f.form, f, err)
}

// clockTarget is where the form wants the clock: nine in the morning after so many whole working days, or at a day.
func (v *visit) clockTarget() (time.Time, error) {
	now := v.Now().In(mulu.Shanghai())
	morning := func(d workday.Date) time.Time { return d.Start().Add(9 * time.Hour) }
	if v.text("do") == "day" {
		d, err := workday.ParseDate(v.text("day"))
		if err != nil || !morning(d).After(now) {
			return time.Time{}, &mulu.Refusal{Code: "date_form", Art: "5", Args: []string{"@day", v.text("day")}}
		}
		return morning(d), nil
	}
	n, err := strconv.Atoi(v.text("days"))
	if err != nil || n < 1 || n > mostWorkdays {
		return time.Time{}, v.badNumber("days", 1, mostWorkdays)
	}
	cal, err := v.workdaysOf(now.Year()-1, now.Year()+3)
	if err != nil {
		return time.Time{}, err
	}
	return morning(cal.Term(now, n).Last.Next()), nil
}

// advance moves the clock, from deadline to deadline, so that each is executed at its own moment, and returns once all that
// is due has been and can be read.
func (v *visit) advance(to time.Time) error {
	ctx, cancel := context.WithTimeout(v.R.Context(), mostAdvance)
	defer cancel()
	for range mostStops {
		if err := v.settled(ctx); err != nil {
			return err
		}
		if !v.Now().Before(to) {
			return nil
		}
		stop := to
		if at := v.Chain.Standing(); at.AnyDue && at.NextDue.Before(to) {
			stop = at.NextDue
		}
		var no *mulu.Refusal
		_, err := v.say(&act.AdvanceClock{To: stop.Format(time.RFC3339Nano)})
		if errors.As(err, &no) && no.Code == "clock_back" { // the moment came by itself meanwhile
			err = nil
		}
		if err != nil {
			return err
		}
	}
	return errStops
}

// settled waits until nothing is due any more: each deadline is a record of its own.
func (v *visit) settled(ctx context.Context) error {
	for {
		at := v.Chain.Standing()
		if err := v.Read.Wait(ctx, at.Size); err != nil {
			return err
		}
		if !at.AnyDue || at.NextDue.After(v.Now()) {
			return nil
		}
		if err := v.Read.Wait(ctx, at.Size+1); err != nil {
			return err
		}
	}
}

// MayAdvance tells whether who looks may move the clock of this sandbox.
func (v view) MayAdvance() bool {
	return v.Sandbox && v.Bureau() && v.Has(string(people.Approver))
}
