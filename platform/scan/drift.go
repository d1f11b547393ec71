package scan

import (
	"slices"

	"mulu"
)

// Change is a difference between what is registered and what was found.
type Change struct {
	Sort    string      `json:"sort"`         // came | went | changed
	ID      string      `json:"id,omitempty"` // of the registered table
	Schema  string      `json:"schema,omitempty"`
	Table   string      `json:"table"`
	Columns []Shift     `json:"columns,omitempty"` // of a changed table
	Now     *mulu.Table `json:"now,omitempty"`     // as it would be registered; nil of one that went
	Narrow  string      `json:"narrow,omitempty"`  // why it cannot be registered as it is: columns | name; "" it can
}

// Shift is a column that came, went or changed; Was and Now say its type, comment and so on as far as they differ.
type Shift struct {
	Sort   string `json:"sort"` // came | went | changed
	Column string `json:"column"`
	What   string `json:"what,omitempty"` // of a changed one: type | length | nullable | key | comment
	Was    string `json:"was,omitempty"`
	Now    string `json:"now,omitempty"`
}

// Bounds of what the law registers (Art. 12).
const (
	mostColumns = 2000
	longestName = 128
)

// Drift compares a system's registered tables of a database with what was found there. Row counts are no drift. Tables come in
// the order of their names.
func Drift(org, system, database string, registered []mulu.Table, found Result) (changes []Change) {
	known := map[[2]string]mulu.Table{}
	for _, t := range registered {
		if t.System == system && t.Database == database && t.Status == "present" {
			known[[2]string{t.Schema, t.Name}] = t
		}
	}
	for _, f := range found.Tables {
		key := [2]string{f.Schema, f.Name}
		now := &mulu.Table{Org: org, System: system, Database: database, Schema: f.Schema, Name: f.Name, Comment: f.Comment, Rows: max(0, f.Rows), Columns: f.Columns}
		was, ok := known[key]
		delete(known, key)
		if !ok {
			changes = append(changes, Change{Sort: "came", Schema: f.Schema, Table: f.Name, Now: now, Narrow: narrow(now)})
			continue
		}
		now.ID = was.ID
		shifts := shiftsOf(was.Columns, f.Columns)
		if was.Comment != f.Comment {
			shifts = append([]Shift{{Sort: "changed", What: "comment", Was: was.Comment, Now: f.Comment}}, shifts...)
		}
		if len(shifts) > 0 {
			changes = append(changes, Change{Sort: "changed", ID: was.ID, Schema: f.Schema, Table: f.Name, Columns: shifts, Now: now, Narrow: narrow(now)})
		}
	}
	for _, l := range found.Left { // what could not be looked at has not gone
		for key := range known {
			if title(key) == l.Name {
				delete(known, key)
			}
		}
	}
	for key, t := range known {
		changes = append(changes, Change{Sort: "went", ID: t.ID, Schema: key[0], Table: key[1]})
	}
	slices.SortFunc(changes, func(a, b Change) int { return compare(a.Schema+"\x00"+a.Table, b.Schema+"\x00"+b.Table) })
	return changes
}

func title(key [2]string) string { return Table{Schema: key[0], Name: key[1]}.Title() }

func compare(a, b string) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

func narrow(t *mulu.Table) string {
	if len(t.Columns) > mostColumns {
		return "columns"
	}
	long := func(s string) bool { return len([]rune(s)) > longestName || clean(s) != s }
	if long(t.Name) || long(t.Schema) || slices.ContainsFunc(t.Columns, func(c mulu.Column) bool { return long(c.Name) }) {
		return "name"
	}
	return ""
}

func shiftsOf(was, now []mulu.Column) (shifts []Shift) {
	before := map[string]mulu.Column{}
	for _, c := range was {
		before[c.Name] = c
	}
	for _, c := range now {
		b, ok := before[c.Name]
		delete(before, c.Name)
		if !ok {
			shifts = append(shifts, Shift{Sort: "came", Column: c.Name, Now: typeOf(c)})
			continue
		}
		for _, d := range []struct{ what, was, now string }{
			{"type", typeOf(b), typeOf(c)}, {"nullable", yes(b.Nullable), yes(c.Nullable)}, {"key", yes(b.IsKey), yes(c.IsKey)}, {"comment", b.Comment, c.Comment},
		} {
			if d.was != d.now {
				shifts = append(shifts, Shift{Sort: "changed", Column: c.Name, What: d.what, Was: d.was, Now: d.now})
			}
		}
	}
	for _, c := range was {
		if _, gone := before[c.Name]; gone {
			shifts = append(shifts, Shift{Sort: "went", Column: c.Name, Was: typeOf(c)})
		}
	}
	return shifts
}
