package sheet

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
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

// group is the rows of one noun.
type group struct {
	t     *table
	row   int // first row
	rows  int
	value []string // by column, of the noun
	from  []int    // row it stands in
	bad   []bool   // a cell could not be taken; nothing more is said about it
	each  []rowTexts
	wrong bool // has a problem
}

// maxParts bounds the rows kept for one noun: more than the rules let any have.
const maxParts = 2001

// rowTexts is what one row says by itself: the columns that are of items, columns, matters, or vary.
type rowTexts struct {
	row   int
	texts []string
	bad   []bool
}

func (g *group) take(row int, texts []string, bad []bool) {
	g.rows++
	for i, c := range g.t.layout.columns {
		if bad[i] {
			g.bad[i], g.wrong = true, true
		}
		if c.each || c.varies || texts[i] == "" {
			continue
		}
		switch {
		case g.value[i] == "":
			g.value[i], g.from[i] = texts[i], row
		case g.value[i] != texts[i]:
			g.wrong = true
			g.t.im.problem(g.t.spot(row, i, texts[i], "differs", g.name(), strconv.Itoa(g.from[i]), shorten(g.value[i])))
		}
	}
	if len(g.each) < maxParts {
		g.each = append(g.each, rowTexts{row, texts, bad})
	}
}

func (g *group) name() string { return g.value[g.t.layout.index[g.t.layout.naming()]] }

// get is what the noun's column says; has tells whether the sheet has it.
func (g *group) get(key string) string { return g.value[g.t.layout.index[key]] }
func (g *group) has(key string) bool   { return g.t.has(key) }

func (g *group) problem(key, code string, args ...string) {
	i := g.t.layout.index[key]
	g.problemAt(max(g.from[i], g.row), key, g.value[i], code, args...)
}

func (g *group) problemAt(row int, key, value, code string, args ...string) {
	g.wrong = true
	i := g.t.layout.index[key]
	g.t.im.problem(g.t.spot(row, i, value, code, args...))
}

func (g *group) note(key, code string, args ...string) {
	i := g.t.layout.index[key]
	g.t.im.note(g.t.spot(max(g.from[i], g.row), i, g.value[i], code, args...))
}

// text checks a text of the noun as the rules will: its length in characters.
func (g *group) text(key string, least, most int, needed bool) string {
	if g.bad[g.t.layout.index[key]] {
		return ""
	}
	return g.textAt(g.row, key, g.get(key), least, most, needed)
}

// textAt checks a text of one row.
func (g *group) textAt(row int, key, text string, least, most int, needed bool) string {
	n := utf8.RuneCountInString(text)
	i := g.t.layout.index[key]
	if from := g.from[i]; from > 0 {
		row = from
	}
	switch {
	case n == 0 && !needed:
	case n == 0 && !g.has(key): // said once, at the headings
		g.wrong = true
	case n == 0:
		if g.name() == "" {
			g.problemAt(row, key, "", "missing", g.label(key))
		} else {
			g.problemAt(row, key, "", "missing_of", g.label(key), g.name())
		}
	case n < least:
		g.problemAt(row, key, text, "text_short", g.label(key), strconv.Itoa(least))
	case n > most:
		g.problemAt(row, key, text, "text_long", g.label(key), strconv.Itoa(most), strconv.Itoa(n))
	}
	return text
}

// label names a column in sentences.
func (g *group) label(key string) string { return "@col." + string(g.t.layout.kind) + "." + key }

// code reads a value of a code list; "" when it is empty or wrong.
func (g *group) code(key, list string, needed bool) string {
	text := g.get(key)
	if text == "" {
		g.text(key, 0, maxCell, needed)
		return ""
	}
	code, ok := g.t.im.pick(list, text)
	if !ok {
		g.problem(key, "not_in_list", g.label(key), text, "@list."+list)
	}
	return code
}

// isOwn: only the institution's own rows can be imported, because the acts are signed with its key.
func (g *group) isOwn() bool {
	if _, ok := g.t.layout.index["org"]; !ok || g.get("org") == "" || g.t.im.isOwn(g.get("org")) {
		return true
	}
	g.problem("org", "other_org", g.get("org"), g.t.im.org.Short)
	return false
}

func (im *importer) isOwn(name string) bool {
	o := im.org
	if name == o.Name || name == o.Short || name == o.CreditCode || name == o.ID {
		return true
	}
	for _, f := range o.Former {
		if f.Name == name {
			return true
		}
	}
	found, ok := im.known.Org(name)
	return ok && found.ID == o.ID
}

// checkProfile reads ①机构职能: it says whose workbook it is.
func (im *importer) checkProfile(g *group) {
	for _, key := range []string{"credit", "name"} {
		if said := g.get(key); said != "" && !im.isOwn(said) {
			g.problem(key, "other_org", said, im.org.Short)
			return
		}
	}
}
