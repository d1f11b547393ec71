package notify

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// What can become of a parcel, a notice on its way to one recipient.
const (
	waiting = "waiting"
	sent    = "sent"
	failed  = "failed" // given up
	void    = "void"   // nobody is there any more who wants it
)

// givenUp is after what time a parcel that could not be handed over is not tried any more.
const givenUp = 24 * time.Hour

// A parcel is a notice on its way to one recipient.
type parcel struct {
	Notice
	recipient string
	tries     int
	made      time.Time
}

// An Undelivered says why something could not be handed over, by a code that names no address; it is what pages show. Final
// says that trying again is of no use, Lane that nothing else can be handed over this way now either.
type Undelivered struct {
	Code        string // one of the keys of failures, or with a number behind a colon
	Final, Lane bool
	Err         error // for the log of whoever looks for the fault; it may name hosts, never who is written to
}

func (u *Undelivered) Error() string {
	if u.Err != nil {
		return fmt.Sprintf("%s: %v", u.Code, u.Err)
	}
	return u.Code
}

func (u *Undelivered) Unwrap() error { return u.Err }

// recipients lists for whom something of a way may be tried now, who waits longest first.
func (n *Notify) recipients(ctx context.Context, way string) ([]string, error) {
	return list(ctx, n, "list who is to be sent something", func(s scanner) (id string, err error) {
		err = s.Scan(&id)
		return id, err
	}, "SELECT recipient FROM parcel WHERE way = ? AND state = 'waiting' AND next <= ? GROUP BY recipient ORDER BY min(next), min(notice)", way, nanos(n.cfg.Now()))
}

// due lists what may be tried now for one recipient, the oldest first, at most max.
func (n *Notify) due(ctx context.Context, way, recipient string, max int) ([]parcel, error) {
	return list(ctx, n, "list what is to be sent", func(s scanner) (p parcel, err error) {
		var made int64
		p.Notice, err = scanNotice(s, &p.recipient, &p.tries, &made)
		p.made = moment(made)
		return p, err
	}, "SELECT "+noticeColumns+`, p.recipient, p.tries, x.made FROM parcel p JOIN notice x ON x.n = p.notice
		WHERE p.way = ?1 AND p.state = 'waiting' AND p.next <= ?2 AND p.recipient = ?3 ORDER BY p.notice LIMIT ?4`, way, nanos(n.cfg.Now()), recipient, max)
}

// settle notes what became of parcels that were tried together.
func (n *Notify) settle(ctx context.Context, way string, outcome error, parcels ...parcel) error {
	var u *Undelivered
	if outcome != nil && !errors.Is(outcome, errNobody) && !errors.As(outcome, &u) {
		return outcome
	}
	n.cfg.Fault("before-settled")
	return n.write(ctx, "note what became of a reminder", func(tx *sql.Tx) error {
		for _, p := range parcels {
			if err := n.settleOne(ctx, tx, way, outcome, p); err != nil {
				return err
			}
		}
		return nil
	})
}

func (n *Notify) settleOne(ctx context.Context, tx *sql.Tx, way string, outcome error, p parcel) error {
	now := n.cfg.Now()
	state, next, why, done := sent, int64(0), "", nanos(now)
	var u *Undelivered
	switch {
	case outcome == nil:
	case !errors.As(outcome, &u):
		state = void
	case u.Final || now.Sub(p.made) >= givenUp:
		state, why = failed, u.Code
	default:
		state, next, why, done = waiting, nanos(now.Add(backoff(p.tries+1))), u.Code, 0
	}
	r, err := tx.ExecContext(ctx, `UPDATE parcel SET state = ?, tries = tries + 1, next = ?, why = ?, done = ?
		WHERE notice = ? AND way = ? AND recipient = ? AND state = 'waiting'`, state, next, why, done, p.N, way, p.recipient)
	if err != nil || state == waiting {
		return err
	}
	changed, err := r.RowsAffected()
	if err != nil {
		return err
	}
	return count(ctx, tx, way, state, changed)
}

// giveUp ends what has waited for a day in a lane that takes nothing; recipient "" is anybody's.
func (n *Notify) giveUp(ctx context.Context, way, recipient, why string) error {
	now := n.cfg.Now()
	return n.write(ctx, "give up what could not be sent", func(tx *sql.Tx) error {
		r, err := tx.ExecContext(ctx, `UPDATE parcel SET state = 'failed', why = ?1, done = ?2 WHERE way = ?3 AND state = 'waiting' AND (?4 = '' OR recipient = ?4)
			AND notice IN (SELECT n FROM notice WHERE made <= ?5)`, why, nanos(now), way, recipient, nanos(now.Add(-givenUp)))
		if err != nil {
			return err
		}
		changed, err := r.RowsAffected()
		if err != nil {
			return err
		}
		return count(ctx, tx, way, failed, changed)
	})
}

func count(ctx context.Context, tx *sql.Tx, way, state string, by int64) error {
	_, err := tx.ExecContext(ctx, "INSERT INTO tally (way, state, count) VALUES (?, ?, ?) ON CONFLICT (way, state) DO UPDATE SET count = count + excluded.count", way, state, by)
	return err
}

// errNobody says that who was to be written to does not want it any more, or is gone.
var errNobody = errors.New("nobody is there who wants it")

// backoff is how long to wait after so many tries: a minute, two, four … an hour at most.
func backoff(tries int) time.Duration {
	return min(time.Minute<<min(max(tries-1, 0), 10), time.Hour)
}

// pause keeps a lane still that takes nothing, longer from time to time.
type pause struct {
	failures int
	until    time.Time
}

// after notes how a try went; a lane that takes something again goes on at once.
func (p *pause) after(outcome error, now time.Time) {
	var u *Undelivered
	if errors.Is(outcome, errNobody) { // nothing was tried
		return
	}
	if !errors.As(outcome, &u) || !u.Lane {
		*p = pause{}
		return
	}
	p.failures++
	p.until = now.Add(backoff(p.failures))
}

// Figures counts what became of parcels, by way.
type Figures struct {
	Mail, Hook Figure
}

// Figure is how many parcels were sent, given up, and wait.
type Figure struct {
	Sent, Failed, Waiting int64
}

// Figures counts parcels since the file was made.
func (n *Notify) Figures(ctx context.Context) (f Figures, err error) {
	type row struct {
		way, state string
		count      int64
	}
	counts, err := list(ctx, n, "count reminders sent", func(s scanner) (r row, err error) {
		err = s.Scan(&r.way, &r.state, &r.count)
		return r, err
	}, "SELECT way, state, count FROM tally UNION ALL SELECT way, 'waiting', count(*) FROM parcel WHERE state = 'waiting' GROUP BY way")
	for _, r := range counts {
		one := &f.Mail
		if r.way == "hook" {
			one = &f.Hook
		}
		switch r.state {
		case sent:
			one.Sent = r.count
		case failed:
			one.Failed = r.count
		case waiting:
			one.Waiting = r.count
		}
	}
	return f, err
}

// Failure is a parcel that was given up. Recipient is the id of a person or a hook.
type Failure struct {
	Notice
	Way, Recipient, Why string
	Tries               int
	When                time.Time
}

// Failures lists what was given up of an institution's, the newest first, at most max.
func (n *Notify) Failures(ctx context.Context, org string, max int) ([]Failure, error) {
	return list(ctx, n, "list what could not be sent", func(s scanner) (f Failure, err error) {
		var done int64
		f.Notice, err = scanNotice(s, &f.Way, &f.Recipient, &f.Why, &f.Tries, &done)
		f.When = moment(done)
		return f, err
	}, "SELECT "+noticeColumns+`, p.way, p.recipient, p.why, p.tries, p.done FROM parcel p JOIN notice x ON x.n = p.notice
		WHERE p.state = 'failed' AND x.org = ? ORDER BY p.done DESC, x.n DESC LIMIT ?`, org, max)
}
