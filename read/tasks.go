package read

import (
	"context"
	"fmt"
	"time"
)

// Waiting is an entry on which somebody has to do something, in that state since Since; Why is the reason of its
// return. Place is its cursor.
type Waiting struct {
	Entry
	OrgName string
	Since   time.Time
	Why     string
	Place   Place
}

const waitingColumns = `SELECT e.code, e.org, e.name, e.class, e.sharing, e.opening, e.grade, e.personal, e.base, e.cycle, e.duty, e.status, e.version,
	coalesce(o.name, ''), r.time, e.why, e.since FROM entry e JOIN record r ON r.n = e.since / 1048576 LEFT JOIN org o ON o.id = e.org `

func scanWaiting(s scanner) (w Waiting, err error) {
	var nanos int64
	e := &w.Entry
	err = s.Scan(&e.Code, &e.Org, &e.Name, &e.Class, &e.Sharing, &e.Opening, &e.Grade, &e.Personal, &e.Base, &e.Cycle, &e.Duty, &e.Status, &e.Version,
		&w.OrgName, &nanos, &w.Why, &w.Place)
	w.Since = fromNanos(nanos)
	return w, err
}

// WaitingEntries lists the entries that wait for the bureau's verification (handed in, or under change), the oldest
// first, of one institution where org is not "", from a place on (Next of the last row's), at most max (0 = 100).
func (r *Read) WaitingEntries(ctx context.Context, org string, from Place, max int) ([]Waiting, error) {
	only := ""
	if org != "" {
		only = "e.org = ?1 AND "
	}
	one := `SELECT * FROM (` + waitingColumns + "WHERE " + only + "e.status = %s AND e.since >= ?2 ORDER BY e.since LIMIT ?3)"
	return rows(ctx, r, "list the entries that wait", fmt.Sprintf(one, "'submitted'")+" UNION ALL "+fmt.Sprintf(one, "'changing'")+" ORDER BY since LIMIT ?3",
		scanWaiting, org, from, limit(max))
}

// OwnEntries lists an institution's entries in a state (returned, submitted, changing …), the one longest in it first.
func (r *Read) OwnEntries(ctx context.Context, org, status string, from Place, max int) ([]Waiting, error) {
	return rows(ctx, r, "list the entries of "+org+" "+status, waitingColumns+`WHERE e.org = ?1 AND e.status = ?2 AND e.since >= ?3
		ORDER BY e.since LIMIT ?4`, scanWaiting, org, status, from, limit(max))
}

// Tasks counts what an institution's people, or the bureau's where org is "", find to do with entries; applications are
// counted by CountsByOrg. Oldest is since when the oldest submitted or changing one waits, the zero time when none does.
type Tasks struct {
	Returned, Submitted, Changing, Suspended int
	WithoutEntry                             int // duties without an entry in force and without a declaration
	Oldest                                   time.Time
}

// Tasks gives the counts for a home page.
func (r *Read) Tasks(ctx context.Context, org string) (Tasks, error) {
	attempt := "count the tasks of " + org
	t, err := row(ctx, r, attempt, `SELECT coalesce(sum(returned), 0), coalesce(sum(waiting), 0), coalesce(sum(changing), 0), coalesce(sum(suspended), 0)
		FROM org_count WHERE ?1 = '' OR org = ?1`, func(s scanner) (t Tasks, err error) {
		err = s.Scan(&t.Returned, &t.Submitted, &t.Changing, &t.Suspended)
		return t, err
	}, org)
	if err != nil {
		return t, err
	}
	where := ""
	if org != "" {
		where = " AND d.org = ?1"
	}
	if t.WithoutEntry, err = row(ctx, r, attempt, `SELECT count(*) FROM duty d LEFT JOIN duty_count c ON c.duty = d.id
		WHERE d.status = 'active' AND coalesce(c.published, 0) = 0`+where, scanInt, org); err != nil {
		return t, err
	}
	first, err := r.WaitingEntries(ctx, org, 0, 1)
	if err == nil && len(first) > 0 {
		t.Oldest = first[0].Since
	}
	return t, err
}
