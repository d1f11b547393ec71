package read

import (
	"context"
	"strings"

	"mulu"
)

// Dispute is a coordination case in a list. Moments and Due are RFC 3339, "" where there is none; Hearings counts them.
type Dispute struct {
	ID, About string
	Shared
	Opener, Cause, Status, Outcome   string
	Opened, Concluded, Executed, Due string
	Overdue                          bool
	Hearings                         int
	Cursor                           string
}

const putDispute = `INSERT INTO dispute (id, about, consumer, provider, entry, opener, cause, status, open, outcome, opened, concluded, executed, due, overdue, hearings)
		VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)
		ON CONFLICT (id) DO UPDATE SET about = ?2, consumer = ?3, provider = ?4, entry = ?5, opener = ?6, cause = ?7, status = ?8, open = ?9, outcome = ?10, opened = ?11,
		concluded = ?12, executed = ?13, due = ?14, overdue = ?15, hearings = ?16`

func (w *writer) dispute(d *mulu.Dispute) error {
	return w.exec(putDispute, d.ID, d.About, d.Consumer, d.Provider, d.Entry, d.Opener, d.Cause, d.Status, d.Open(), d.Outcome, d.Opened, d.Concluded, d.Executed,
		end(d.Due), d.Overdue, len(d.Hearings))
}

// DisputeQuery narrows a list of cases; empty fields do not. Party is an institution on either side. Open and Closed leave
// out the others. Before is the cursor of the last row of the page before.
type DisputeQuery struct {
	Party, About, Status, Cause string
	Open, Closed                bool
	Before                      string
	Limit                       int // 0 = 100, at most 1000
}

func (q DisputeQuery) where() (string, []any) {
	where, args := "1", []any{}
	if q.Party != "" {
		where, args = where+" AND (x.consumer = ? OR x.provider = ?)", append(args, q.Party, q.Party)
	}
	for _, c := range [][2]string{{"about", q.About}, {"status", q.Status}, {"cause", q.Cause}} {
		if c[1] != "" {
			where, args = where+" AND x."+c[0]+" = ?", append(args, c[1])
		}
	}
	if q.Open {
		where += " AND x.open"
	}
	if q.Closed {
		where += " AND NOT x.open"
	}
	return where, args
}

// Disputes lists coordination cases, those opened last first.
func (r *Read) Disputes(ctx context.Context, q DisputeQuery) ([]Dispute, error) {
	where, args := q.where()
	if opened, id, ok := strings.Cut(q.Before, " "); ok {
		where, args = where+" AND (x.opened, x.id) < (?, ?)", append(args, opened, id)
	}
	return rows(ctx, r, "list coordination cases", `SELECT x.id, x.about, `+sharedColumns+`, x.opener, x.cause, x.status, x.outcome, x.opened, x.concluded, x.executed,
		x.due, x.overdue, x.hearings, x.opened || ' ' || x.id FROM dispute x`+sharedJoins+" WHERE "+where+" ORDER BY x.opened DESC, x.id DESC LIMIT ?",
		func(s scanner) (d Dispute, err error) {
			into := append([]any{&d.ID, &d.About}, d.Shared.into()...)
			err = s.Scan(append(into, &d.Opener, &d.Cause, &d.Status, &d.Outcome, &d.Opened, &d.Concluded, &d.Executed, &d.Due, &d.Overdue, &d.Hearings, &d.Cursor)...)
			return d, err
		}, append(args, limit(q.Limit))...)
}

// CountDisputes counts what Disputes would list.
func (r *Read) CountDisputes(ctx context.Context, q DisputeQuery) (int, error) {
	where, args := q.where()
	return row(ctx, r, "count coordination cases", "SELECT count(*) FROM dispute x WHERE "+where, scanInt, args...)
}
