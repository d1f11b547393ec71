package sheet

import (
	"slices"
	"strings"
)

// table is one sheet as it is read: first its headings are looked for, then its rows are gathered into groups, one for each noun.
type table struct {
	im          *importer
	file, sheet string
	first       []line // rows before the headings are known
	looked      bool
	layout      *layout // nil while unknown, or when the sheet is none of the kinds
	heads       headings
	group       *group
	last        []string // what the naming columns said last
	rows        int
	saidBasis   bool // that the column is missing
}

// line takes the next row of the sheet.
func (t *table) line(l line) error {
	if !t.looked {
		if l.row <= headRows {
			t.first = append(t.first, line{l.row, slices.Clone(l.cells)})
			return nil
		}
		if err := t.look(); err != nil {
			return err
		}
	}
	return t.take(l)
}

// end takes what is left when the sheet ends.
func (t *table) end() error {
	if !t.looked {
		if err := t.look(); err != nil {
			return err
		}
	}
	return t.close()
}

// look finds the headings, and takes the rows below them that were read meanwhile.
func (t *table) look() error {
	t.looked = true
	enough := 5 // columns that make a sheet one of a kind although its naming column is missing, so that this can be said
	if len(t.im.layouts) == 1 {
		enough = 3
	}
	for _, l := range t.im.layouts {
		h := l.find(t.first)
		if (h.anchor || h.score >= enough) && (h.anchor && !t.heads.anchor || h.anchor == t.heads.anchor && h.score > t.heads.score) {
			t.layout, t.heads = l, h
		}
	}
	first := t.first
	t.first = nil
	if t.layout == nil {
		return nil
	}
	t.checkHeadings()
	for _, l := range first {
		if l.row > t.heads.row {
			if err := t.take(l); err != nil {
				return err
			}
		}
	}
	return nil
}

func (t *table) checkHeadings() {
	here := Problem{File: t.file, Sheet: t.sheet, Row: t.heads.row}
	for i, c := range t.layout.columns {
		if c.use == required && t.heads.at[i] < 0 {
			p := here
			p.Code, p.Args = "column_missing", []string{"@col." + string(t.layout.kind) + "." + c.key}
			t.im.problem(p)
		}
	}
	if t.layout.kind == Entries && !t.has("format") && !t.has("format2") {
		p := here
		p.Code, p.Args = "column_missing", []string{"@col.entries.format"}
		t.im.problem(p)
	}
	if t.heads.twice != "" {
		p := here
		p.Code, p.Args = "column_twice", []string{t.heads.twice}
		t.im.problem(p)
	}
	if len(t.heads.extra) > 0 {
		p := here
		p.Code, p.Args = "column_unknown", []string{strings.Join(t.heads.extra[:min(len(t.heads.extra), 8)], "、")}
		t.im.note(p)
	}
}

// has tells whether the sheet has a column.
func (t *table) has(key string) bool { return t.heads.at[t.layout.index[key]] >= 0 }

// take reads a row below the headings into the present group, or begins a new one.
func (t *table) take(l line) error {
	if t.layout == nil {
		return nil
	}
	texts := make([]string, len(t.layout.columns))
	bad := make([]bool, len(t.layout.columns))
	empty := true
	for i, c := range t.layout.columns {
		at := t.heads.at[i]
		if at < 0 || at >= len(l.cells) || l.cells[at] == (cell{}) {
			continue
		}
		text := l.cells[at]
		if c.key == "order" && example(text.text) {
			return nil
		}
		if c.use == shown {
			continue
		}
		empty = false
		if text.flaw != "" {
			bad[i] = true
			t.im.problem(t.spot(l.row, i, text.text, text.flaw))
			continue
		}
		texts[i] = t.im.keep(text.text)
	}
	if empty || t.repeats(texts) {
		return nil
	}
	t.rows++
	if err := t.im.count(t, l.row); err != nil {
		return err
	}
	if t.begins(texts) {
		if err := t.close(); err != nil {
			return err
		}
		t.group = &group{t: t, row: l.row, value: make([]string, len(texts)), from: make([]int, len(texts)), bad: make([]bool, len(texts))}
	}
	t.group.take(l.row, texts, bad)
	return nil
}

// repeats tells whether a row is the heading once more, as long tables have it at the top of each printed page.
func (t *table) repeats(texts []string) bool {
	for i, text := range texts {
		if text != "" && plain(text) != plain(t.heads.says[i]) {
			return false
		}
	}
	return t.heads.score > 1 && texts[t.layout.index[t.layout.naming()]] != ""
}

// begins tells whether a row begins another noun: when what names nouns is there and is not what the row before said. Where it
// is missing, because cells are merged or left out, the row belongs to the noun above.
func (t *table) begins(texts []string) bool {
	keys := t.layout.names()
	if t.layout.kind == Tables {
		t.inherit(texts)
	}
	now := make([]string, len(keys))
	different := t.group == nil || len(keys) == 0
	for i, k := range keys {
		now[i] = texts[t.layout.index[k]]
		if now[i] != "" && t.last != nil && now[i] != t.last[i] {
			different = true
		}
	}
	if different || t.last == nil {
		t.last = now
	}
	return different
}

// inherit: tables of one system and database stand below each other, and those are often said once.
func (t *table) inherit(texts []string) {
	system, database, schema := t.layout.index["system"], t.layout.index["database"], t.layout.index["schema"]
	if t.last == nil {
		return
	}
	if texts[system] == "" {
		texts[system] = t.last[0]
		if texts[database] == "" {
			texts[database] = t.last[1]
			if texts[schema] == "" {
				texts[schema] = t.last[2]
			}
		}
	} else if texts[database] == "" && texts[system] == t.last[0] {
		texts[database] = t.last[1]
		if texts[schema] == "" {
			texts[schema] = t.last[2]
		}
	}
}

// names are the columns that tell one noun from the next. Institutions and systems stand in one row each.
func (l *layout) names() []string {
	switch l.kind {
	case Duties:
		return []string{"name", "id"}
	case Entries:
		return []string{"name", "code"}
	case Tables:
		return []string{"system", "database", "schema", "name"}
	}
	return nil
}

// naming is the column in which a noun's name stands.
func (l *layout) naming() string {
	if l.kind == profile {
		return "duties"
	}
	return "name"
}

// close makes a draft of the present group.
func (t *table) close() error {
	g := t.group
	t.group = nil
	if g == nil {
		return nil
	}
	if t.layout.kind != profile {
		if err := t.im.noun(t, g.row); err != nil {
			return err
		}
	}
	if t.layout.kind != profile && !g.isOwn() {
		return nil
	}
	switch t.layout.kind {
	case Orgs:
		t.im.draftOrg(g)
	case Duties:
		t.im.draftDuty(g)
	case Entries:
		t.im.draftEntry(g)
	case Systems:
		t.im.draftSystem(g)
	case Tables:
		t.im.draftTable(g)
	case profile:
		t.im.checkProfile(g)
	}
	return nil
}

func (t *table) summary() Sheet {
	s := Sheet{File: t.file, Name: t.sheet, Rows: t.rows}
	if t.layout != nil {
		s.Kind = t.layout.kind
	}
	return s
}

// spot is a problem at a cell.
func (t *table) spot(row, column int, value, code string, args ...string) Problem {
	p := Problem{File: t.file, Sheet: t.sheet, Row: row, Value: shorten(value), Code: code, Args: args}
	if column >= 0 {
		if p.Column = t.heads.says[column]; t.heads.at[column] >= 0 {
			p.Cell = cellName(t.heads.at[column], row)
		}
	}
	return p
}

// example tells rows that a template shows and nobody wants imported.
func example(order string) bool {
	form := plain(order)
	for _, word := range []string{"示例", "样例", "例", "example", "填写示例"} {
		if rest, ok := strings.CutPrefix(form, word); ok && strings.Trim(rest, "0123456789一二三") == "" {
			return true
		}
	}
	return false
}
