package read

import (
	"context"
	"strings"

	"mulu"
)

// Element is a data element in a list. CodesName is the name of its code set; Items and Orgs count the items that follow it
// and the institutions whose they are.
type Element struct {
	ID, Name, Definition string
	Type                 string
	Length               int
	Format               string
	CodeSet, CodesName   string
	Source               string
	Version              int
	Next, Status, Since  string
	Items, Orgs          int
}

// ElementQuery asks for data elements by ID, those after one, at most Max (0 = 100). ID keeps to a single one. Words must all stand in ID, name or
// definition; Type, CodeSet and Status narrow where they are not ""; Used keeps to those that items follow.
type ElementQuery struct {
	ID                    string
	Words                 string
	Type, CodeSet, Status string
	Used                  bool
	After                 string
	Max                   int
}

const (
	putElement = `INSERT INTO element (id, name, definition, type, length, format, code_set, source, version, next, status, since)
		VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12) ON CONFLICT (id) DO UPDATE SET name = ?2, definition = ?3, type = ?4, length = ?5,
		format = ?6, code_set = ?7, source = ?8, version = ?9, next = ?10, status = ?11, since = ?12`
	putCodeSet = `INSERT INTO code_set (id, name, source, size, version, status, since) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
		ON CONFLICT (id) DO UPDATE SET name = ?2, source = ?3, size = ?4, version = ?5, status = ?6, since = ?7`
)

func (w *writer) element(e *mulu.Element) error {
	return w.exec(putElement, e.ID, e.Name, e.Definition, e.Type, e.Length, e.Format, e.CodeSet, e.Source, e.Version, e.Next, e.Status, e.Since)
}

func (w *writer) codeSet(s *mulu.CodeSet) error {
	return w.exec(putCodeSet, s.ID, s.Name, s.Source, len(s.Values), s.Version, s.Status, s.Since)
}

// following are the items of entries that are not retired, with the institution of each.
const following = `(SELECT i.standard, i.entry, e.org FROM item i JOIN entry e ON e.code = i.entry WHERE i.standard <> '' AND e.status <> 'retired')`

const elementColumns = `SELECT x.id, x.name, x.definition, x.type, x.length, x.format, x.code_set, coalesce(s.name, x.code_set), x.source, x.version, x.next,
	x.status, x.since, (SELECT count(*) FROM ` + following + ` f WHERE f.standard = x.id), (SELECT count(DISTINCT f.org) FROM ` + following + ` f WHERE f.standard = x.id)
	FROM element x LEFT JOIN code_set s ON s.id = x.code_set WHERE `

func scanElement(s scanner) (e Element, err error) {
	err = s.Scan(&e.ID, &e.Name, &e.Definition, &e.Type, &e.Length, &e.Format, &e.CodeSet, &e.CodesName, &e.Source, &e.Version, &e.Next, &e.Status, &e.Since,
		&e.Items, &e.Orgs)
	return e, err
}

// Elements lists data elements.
func (r *Read) Elements(ctx context.Context, q ElementQuery) ([]Element, error) {
	where, args := []string{"x.id > ?"}, []any{q.After}
	add := func(asked bool, condition string, values ...any) {
		if asked {
			where, args = append(where, condition), append(args, values...)
		}
	}
	for _, word := range strings.Fields(q.Words) {
		like := "%" + likeEscape.Replace(word) + "%"
		add(true, `(x.name LIKE ? ESCAPE '\' OR x.id LIKE ? ESCAPE '\' OR x.definition LIKE ? ESCAPE '\')`, like, like, like)
	}
	add(q.ID != "", "x.id = ?", q.ID)
	add(q.Type != "", "x.type = ?", q.Type)
	add(q.CodeSet != "", "x.code_set = ?", q.CodeSet)
	add(q.Status != "", "x.status = ?", q.Status)
	add(q.Used, "EXISTS (SELECT 1 FROM "+following+" f WHERE f.standard = x.id)")
	return rows(ctx, r, "list data elements", elementColumns+strings.Join(where, " AND ")+" ORDER BY x.id LIMIT ?", scanElement, append(args, limit(q.Max))...)
}

var likeEscape = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)

// Follower is an item that follows a data element, with its entry and institution.
type Follower struct {
	Item
	EntryName, Org, OrgName, Status string
	ElementName                     string
}

// Departs tells how the item departs from the element as it now is: "type", "length", "abolished", or "" where it agrees.
func (f Follower) Departs(e *mulu.Element) string {
	if e.Status == "abolished" {
		return "abolished"
	}
	return e.Fits(mulu.Item{Type: f.Type, Length: f.Length})
}

const followerColumns = `SELECT i.entry, i.field, i.name, i.type, i.grade, i.personal, i.sensitive, i.sharing, i.length, i.standard, e.name, e.org,
	coalesce(o.short, e.org), e.status, coalesce(x.name, i.standard) FROM item i JOIN entry e ON e.code = i.entry LEFT JOIN org o ON o.id = e.org
	LEFT JOIN element x ON x.id = i.standard WHERE i.standard <> '' AND e.status <> 'retired' AND `

func scanFollower(s scanner) (f Follower, err error) {
	i := &f.Item
	err = s.Scan(&i.Entry, &i.Field, &i.Name, &i.Type, &i.Grade, &i.Personal, &i.Sensitive, &i.Sharing, &i.Length, &i.Standard, &f.EntryName, &f.Org, &f.OrgName,
		&f.Status, &f.ElementName)
	return f, err
}

// Followers lists the items that follow a data element by entry and field, those after a pair, at most max (0 = 100).
func (r *Read) Followers(ctx context.Context, element, entry, field string, max int) ([]Follower, error) {
	return rows(ctx, r, "list the items that follow "+element, followerColumns+`i.standard = ? AND (i.entry, i.field) > (?, ?)
		ORDER BY i.entry, i.field LIMIT ?`, scanFollower, element, entry, field, limit(max))
}

// departed is what no longer agrees with the element it names: abolished, of another type, longer, or no element at all.
const departed = `(x.id IS NULL OR x.status = 'abolished' OR x.type <> i.type OR x.length > 0 AND i.length > x.length)`

// Departed lists an institution's items that do not agree with the data element they name, by entry and field.
func (r *Read) Departed(ctx context.Context, org, entry, field string, max int) ([]Follower, error) {
	return rows(ctx, r, "list the items of "+org+" that depart from their elements", followerColumns+departed+` AND e.org = ? AND (i.entry, i.field) > (?, ?)
		ORDER BY i.entry, i.field LIMIT ?`, scanFollower, org, entry, field, limit(max))
}

// CountDeparted counts them.
func (r *Read) CountDeparted(ctx context.Context, org string) (int, error) {
	return row(ctx, r, "count the items of "+org+" that depart from their elements", `SELECT count(*) FROM item i JOIN entry e ON e.code = i.entry
		LEFT JOIN element x ON x.id = i.standard WHERE i.standard <> '' AND e.status <> 'retired' AND `+departed+` AND e.org = ?`, scanInt, org)
}

// CodeSet is a code set in a list; Elements counts the elements in force that name it.
type CodeSet struct {
	ID, Name, Source string
	Size, Version    int
	Status, Since    string
	Elements         int
}

// CodeSets lists code sets by ID, those after one, whose name, ID or source hold all words; of one status where it is not "".
func (r *Read) CodeSets(ctx context.Context, words, status, after string, max int) ([]CodeSet, error) {
	where, args := "x.id > ?", []any{after}
	for _, word := range strings.Fields(words) {
		like := "%" + likeEscape.Replace(word) + "%"
		where, args = where+` AND (x.name LIKE ? ESCAPE '\' OR x.id LIKE ? ESCAPE '\' OR x.source LIKE ? ESCAPE '\')`, append(args, like, like, like)
	}
	if status != "" {
		where, args = where+" AND x.status = ?", append(args, status)
	}
	return rows(ctx, r, "list code sets", `SELECT x.id, x.name, x.source, x.size, x.version, x.status, x.since,
		(SELECT count(*) FROM element e WHERE e.code_set = x.id AND e.status = 'active') FROM code_set x WHERE `+where+` ORDER BY x.id LIMIT ?`,
		func(s scanner) (c CodeSet, err error) {
			err = s.Scan(&c.ID, &c.Name, &c.Source, &c.Size, &c.Version, &c.Status, &c.Since, &c.Elements)
			return c, err
		}, append(args, limit(max))...)
}
