package sheet

import (
	"slices"
	"strconv"

	"mulu"
	"mulu/act"
)

// tableDraft is one table of a database with its columns.
type tableDraft struct {
	draft
	system, heading string
	now             mulu.Table
	saysRows        bool
	saysComment     bool
}

func (im *importer) draftTable(g *group) {
	d := &tableDraft{draft: g.draft(g.text("name", 1, 128, true)), system: g.text("system", 1, 200, true), heading: g.t.heads.says[g.t.layout.index["system"]],
		saysRows: g.has("rows"), saysComment: g.has("comment")}
	d.now = mulu.Table{Database: g.text("database", 1, 100, true), Schema: g.text("schema", 1, 100, false), Name: d.name, Comment: g.text("comment", 1, 500, false)}
	if text := g.get("rows"); !blank(text) {
		n, ok := count(text)
		if !ok || n < 0 {
			g.problem("rows", "not_a_number", g.label("rows"), text)
		}
		d.now.Rows = n
	}
	full := d.system + "\x00" + d.now.Database + "\x00" + d.now.Schema + "\x00" + d.name
	if d.name != "" && !im.first(g, mulu.KindTable, full, d.name) {
		return
	}
	d.readColumns(g)
	if !g.wrong {
		im.tables = append(im.tables, d)
	}
}

func (d *tableDraft) readColumns(g *group) {
	seen := map[string]int{}
	if g.rows > 2000 {
		g.problem("column", "too_many", g.label("column"), "2000", strconv.Itoa(g.rows))
		return
	}
	for _, l := range g.each {
		at := reader{g, l}
		c := mulu.Column{Name: at.text("column", 1, 128, true), Type: at.text("type", 1, 60, true), Length: at.length("length", 1<<30),
			Nullable: at.yes("nullable", false), IsKey: at.yes("primary", false), Comment: at.text("columncomment", 1, 500, false)}
		if c.Name == "" {
			continue
		}
		if before, twice := seen[c.Name]; twice {
			g.problemAt(l.row, "column", c.Name, "part_twice", g.label("column"), c.Name, strconv.Itoa(before))
			continue
		}
		seen[c.Name] = l.row
		d.now.Columns = append(d.now.Columns, c)
	}
}

func (im *importer) finishTables() {
	for _, d := range im.tables {
		system, ok := im.systemOf(d.system)
		if !ok {
			im.trouble(&d.draft, d.heading, d.system, "system_unknown", d.system)
			continue
		}
		t := d.now
		old, known := mulu.Table{}, false
		if system != "" {
			old, known = im.known.Table(system, t.Database, t.Schema, t.Name)
		}
		if !known {
			a := &act.RegisterTable{System: system, Database: t.Database, Schema: t.Schema, Name: t.Name, Comment: t.Comment, Rows: t.Rows, Columns: t.Columns}
			var needs []Need
			if system == "" {
				needs = []Need{{"system", "system", d.system}}
			}
			if im.fits(&d.draft, a) {
				im.say(&d.draft, a, mulu.KindTable, "", needs...)
			}
			continue
		}
		if !d.saysRows {
			t.Rows = old.Rows
		}
		if !d.saysComment {
			t.Comment = old.Comment
		}
		if t.Comment == old.Comment && t.Rows == old.Rows && slices.Equal(t.Columns, old.Columns) {
			im.plan.Unchanged++
			continue
		}
		a := &act.AmendTable{Table: old.ID, Comment: t.Comment, Rows: t.Rows, Columns: t.Columns}
		if im.fits(&d.draft, a) {
			im.say(&d.draft, a, mulu.KindTable, old.ID)
		}
	}
}

// fits refuses an act that is larger than the chain takes.
func (im *importer) fits(d *draft, a act.Act) bool {
	b, err := act.Encode(a)
	const around = 4096 // the rest of the statement and the signature
	if err == nil && len(b) <= act.MaxBytes-around {
		return true
	}
	im.trouble(d, "", "", "too_big", d.name, strconv.Itoa(act.MaxBytes>>10))
	return false
}

// reader reads the cells of one row of a group.
type reader struct {
	g *group
	l rowTexts
}

func (r reader) get(key string) string { return r.l.texts[r.g.t.layout.index[key]] }

func (r reader) bad(key string) bool { return r.l.bad[r.g.t.layout.index[key]] }

func (r reader) text(key string, least, most int, needed bool) string {
	if r.bad(key) {
		return ""
	}
	return r.g.textAt(r.l.row, key, r.get(key), least, most, needed)
}

func (r reader) problem(key, code string, args ...string) {
	r.g.problemAt(r.l.row, key, r.get(key), code, args...)
}

// yes reads a yes or no; an empty cell means otherwise.
func (r reader) yes(key string, otherwise bool) bool {
	text := r.get(key)
	if text == "" {
		return otherwise
	}
	value, ok := yes(text)
	if !ok {
		r.problem(key, "yes_or_no", r.g.label(key), text)
	}
	return value
}

func (r reader) length(key string, most int64) int {
	text := r.get(key)
	if blank(text) {
		return 0
	}
	n, ok := count(text)
	switch {
	case !ok:
		r.problem(key, "not_a_number", r.g.label(key), text)
	case n < 0 || n > most:
		r.problem(key, "out_of_range", r.g.label(key), text, "0", strconv.FormatInt(most, 10))
	}
	return int(n)
}

// code reads a value of a code list; "" when it is empty or wrong.
func (r reader) code(key, list string, needed bool) string {
	text := r.text(key, 0, maxCell, needed)
	if text == "" {
		return ""
	}
	code, ok := r.g.t.im.pick(list, text)
	if !ok {
		r.problem(key, "not_in_list", r.g.label(key), text, "@list."+list)
	}
	return code
}
