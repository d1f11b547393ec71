package read

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"mulu"
)

// Working is an entry in its institution's working list: with the name of its duty, since when it is in its state, the
// reason of the last return, suspension or retirement, and how many items it has. Place is its cursor.
type Working struct {
	Entry
	DutyName string
	Since    time.Time
	Why      string
	Items    int
	Place    Place
}

// WorkingQuery asks for an institution's entries, those that something happened to last first. Without Status retired
// ones are left out. Words must all occur in the name, the code, the theme or the name of the duty. Before is the place
// of the last row of the page before.
type WorkingQuery struct {
	Org, Status, Words string
	Before             Place
	Limit              int // 0 = 100, at most 1000
}

// mostOwnWords bounds the words of a query; more are left out.
const mostOwnWords = 6

// WorkingEntries lists an institution's entries to work on.
func (r *Read) WorkingEntries(ctx context.Context, q WorkingQuery) ([]Working, error) {
	where, args := "e.org = ?", []any{q.Org}
	if q.Status != "" {
		where, args = where+" AND e.status = ?", append(args, q.Status)
	} else {
		where += " AND e.status <> 'retired'"
	}
	if q.Before > 0 {
		where, args = where+" AND e.updated < ?", append(args, q.Before)
	}
	words := strings.Fields(strings.ToLower(q.Words))
	for _, w := range words[:min(len(words), mostOwnWords)] {
		where += " AND instr(lower(e.name || ' ' || e.code || ' ' || e.theme || ' ' || coalesce(d.name, '')), ?) > 0"
		args = append(args, w)
	}
	return rows(ctx, r, "list the entries of "+q.Org, `SELECT e.code, e.org, e.name, e.class, e.sharing, e.opening, e.grade, e.personal, e.base, e.cycle, e.duty,
		e.status, e.version, coalesce(d.name, ''), r.time, e.why, e.items, e.updated
		FROM entry e JOIN record r ON r.n = e.since / 1048576 LEFT JOIN duty d ON d.id = e.duty WHERE `+where+` ORDER BY e.updated DESC LIMIT ?`,
		func(s scanner) (w Working, err error) {
			var nanos int64
			e := &w.Entry
			err = s.Scan(&e.Code, &e.Org, &e.Name, &e.Class, &e.Sharing, &e.Opening, &e.Grade, &e.Personal, &e.Base, &e.Cycle, &e.Duty, &e.Status, &e.Version,
				&w.DutyName, &nanos, &w.Why, &w.Items, &w.Place)
			w.Since = fromNanos(nanos)
			return w, err
		}, append(args, limit(q.Limit))...)
}

// Elsewhere is an item of some name in another institution's entry in force: the same datum may have two sources.
type Elsewhere struct {
	Item, Field, Entry, EntryName string
	Org, OrgName                  string
	Base                          string
	Sharing                       string // what binds the item
}

// NamedElsewhere lists the items that bear one of several names in entries in force of other institutions, by name, those
// of base databases first; at most max (0 = 100).
func (r *Read) NamedElsewhere(ctx context.Context, org string, names []string, max int) ([]Elsewhere, error) {
	list, err := json.Marshal(names)
	if err != nil {
		return nil, fmt.Errorf("look for items of the same name: %w", err)
	}
	return rows(ctx, r, "look for items of the same name", `SELECT i.name, i.field, e.code, e.name, e.org, coalesce(o.short, e.org), e.base, i.sharing
		FROM json_each(?1) j JOIN item i ON i.name = j.value JOIN entry e ON e.code = i.entry LEFT JOIN org o ON o.id = e.org
		WHERE e.org <> ?2 AND e.status IN ('published', 'changing', 'suspended') ORDER BY i.name, e.base = '', e.code LIMIT ?3`,
		func(s scanner) (x Elsewhere, err error) {
			err = s.Scan(&x.Item, &x.Field, &x.Entry, &x.EntryName, &x.Org, &x.OrgName, &x.Base, &x.Sharing)
			return x, err
		}, string(list), org, limit(max))
}

// CountsOf counts an institution's nouns of a kind by status.
func (r *Read) CountsOf(ctx context.Context, kind mulu.Kind, org string) (map[string]int, error) {
	list, err := rows(ctx, r, fmt.Sprintf("count %s of %s", kind, org), `SELECT kind, status, org, count FROM tally WHERE kind = ? AND org = ?`, scanCount, kind, org)
	counts := map[string]int{}
	for _, c := range list {
		counts[c.Status] += int(c.Count)
	}
	return counts, err
}
