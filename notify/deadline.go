package notify

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"mulu"
	"mulu/read"
	"mulu/workday"
)

// morning is the hour of Asia/Shanghai at which people are reminded of a term.
const morning = 9

// ahead is how far before its end a term is looked at: farther than the longest stretch without a working day.
const ahead = 20 * 24 * time.Hour

// remind makes the notices of terms that end soon, twice each day of the law's time: after midnight, for what was missed while
// the node stood still, and in the morning.
func (n *Notify) remind(ctx context.Context) error {
	now := n.cfg.Law().In(mulu.Shanghai())
	slot := fmt.Sprint(now.Format(time.DateOnly), now.Hour() >= morning)
	if slot == n.slot {
		return nil
	}
	w, err := n.world(ctx)
	if err != nil {
		return err
	}
	q := read.DeadlineQuery{State: "open", Running: true, From: now.Format(time.RFC3339), Before: now.Add(ahead).Format(time.RFC3339), Limit: 1000}
	for {
		terms, err := n.cfg.Read.Deadlines(ctx, q)
		if err != nil {
			return err
		}
		var notices []notice
		for _, d := range terms {
			m, due, err := w.reminder(d, now)
			if err != nil {
				return err
			}
			if due {
				notices = append(notices, m)
			}
		}
		if len(notices) > 0 {
			if err := n.put(ctx, notices, func(*sql.Tx) error { return nil }); err != nil {
				return err
			}
		}
		if len(terms) < q.Limit {
			n.slot = slot
			return nil
		}
		q.After = terms[len(terms)-1].Cursor
	}
}

// reminder is the notice that a term asks for at a moment, if it does: from the morning of the working day before its last day,
// and, once that has come, from its morning. Who got the matter after that moment was told then.
func (w *world) reminder(d read.Deadline, now time.Time) (m notice, due bool, err error) {
	end, err := time.Parse(time.RFC3339, d.Due)
	if err != nil {
		return m, false, fmt.Errorf("read the term of %s %s: %w", d.Noun, d.ID, err)
	}
	var since time.Time
	if d.Since != "" {
		if since, err = time.Parse(time.RFC3339, d.Since); err != nil {
			return m, false, fmt.Errorf("read since when the term of %s %s runs: %w", d.Noun, d.ID, err)
		}
	}
	day := workday.DateOf(end.Add(-time.Nanosecond))
	near, last := day.Start(), day.Start().Add(morning*time.Hour)
	for near = dayBefore(near); !w.calendar.IsWorkday(workday.DateOf(near)); near = dayBefore(near) {
	}
	near = near.Add(morning * time.Hour)
	occasion, from, until := "deadline.near", near, day.Start()
	if !now.Before(until) { // on the last day itself only the last reminder makes sense
		occasion, from, until = "deadline.last", last, end
	}
	t, known := taskOf(d.What)
	if !known || now.Before(from) || !now.Before(until) || !since.Before(from) {
		return m, false, nil
	}
	return notice{Notice: Notice{Occasion: occasion, Noun: d.Noun, Number: d.ID, Org: d.Org, Roles: t.roles, Party: d.OtherName, Entry: d.Entry, Name: d.EntryName,
		Task: t.key, Due: day.String(), Days: max(0, w.calendar.Remaining(now, day)), At: now}, mark: d.Due}, true, nil
}

// dayBefore is 00:00 of the day before a day's 00:00.
func dayBefore(start time.Time) time.Time {
	return workday.DateOf(start.Add(-12 * time.Hour)).Start()
}
