package read

import (
	"context"
	"strings"
	"time"
)

// EntriesUnder lists the entries of a duty by code, retired ones too, those after the given one, at most max (0 = 100).
func (r *Read) EntriesUnder(ctx context.Context, duty, after string, max int) ([]Entry, error) {
	return rows(ctx, r, "list the entries of duty "+duty, entryColumns+`WHERE duty = ? AND code > ? ORDER BY code LIMIT ?`, scanEntry, duty, after, limit(max))
}

// DutiesNamed lists the duties in force or declared without data whose name, code or department hold every word (the
// first eight count), by id, of one institution where org is not "".
func (r *Read) DutiesNamed(ctx context.Context, words, org string, max int) ([]Duty, error) {
	where, args := []string{"d.status <> 'retired'"}, []any{}
	if org != "" {
		where, args = append(where, "d.org = ?"), append(args, org)
	}
	fields := strings.Fields(strings.ToLower(words))
	for _, w := range fields[:min(len(fields), 8)] {
		where, args = append(where, "instr(lower(d.name || ' ' || d.code || ' ' || d.department), ?) > 0"), append(args, w)
	}
	return rows(ctx, r, "find duties", dutyColumns+"WHERE "+strings.Join(where, " AND ")+" ORDER BY d.id LIMIT ?", scanDuty, append(args, limit(max))...)
}

// LinksOfTable lists the bindings of a table's columns that are made, by column.
func (r *Read) LinksOfTable(ctx context.Context, table string) ([]Link, error) {
	return rows(ctx, r, "list the bindings of table "+table, linkColumns+`WHERE l."table" = ? AND l.status = 'made' ORDER BY l."column", l.id`, scanLink, table)
}

// Wanted is an entry with how many applications there were for it.
type Wanted struct {
	Entry
	OrgName      string
	Applications int
}

// MostWanted lists the entries in force that were applied for most, the most wanted first, at most max (0 = 100).
func (r *Read) MostWanted(ctx context.Context, max int) ([]Wanted, error) {
	return rows(ctx, r, "list the entries most applied for",
		`SELECT e.code, e.org, e.name, e.class, e.sharing, e.opening, e.grade, e.personal, e.base, e.cycle, e.duty, e.status, e.version, coalesce(o.name, ''), a.n
		FROM (SELECT entry, count(*) n FROM application GROUP BY entry) a CROSS JOIN entry e ON e.code = a.entry LEFT JOIN org o ON o.id = e.org
		WHERE e.status IN ('published', 'changing') ORDER BY a.n DESC, e.code LIMIT ?`,
		func(s scanner) (w Wanted, err error) {
			e := &w.Entry
			err = s.Scan(&e.Code, &e.Org, &e.Name, &e.Class, &e.Sharing, &e.Opening, &e.Grade, &e.Personal, &e.Base, &e.Cycle, &e.Duty, &e.Status, &e.Version,
				&w.OrgName, &w.Applications)
			return w, err
		}, limit(max))
}

// Moments is when an entry came into its state, and when something was last said about it; with the kinds of the facts.
type Moments struct {
	Since, Last         time.Time
	SinceFact, LastFact string
	Record              uint64 // of the last fact
}

// EntryMoments gives the moments of an entry, or ErrAbsent.
func (r *Read) EntryMoments(ctx context.Context, code string) (Moments, error) {
	return row(ctx, r, "look up when the state of "+code+" began", `SELECT a.time, f.kind, b.time, g.kind, b.n FROM entry e
		JOIN fact f ON f.place = e.since JOIN record a ON a.n = e.since / 1048576
		JOIN fact g ON g.place = e.updated JOIN record b ON b.n = e.updated / 1048576 WHERE e.code = ?`,
		func(s scanner) (m Moments, err error) {
			var since, last, n int64
			err = s.Scan(&since, &m.SinceFact, &last, &m.LastFact, &n)
			m.Since, m.Last, m.Record = fromNanos(since), fromNanos(last), uint64(n)
			return m, err
		}, code)
}
