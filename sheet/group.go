package sheet

import (
	"strconv"
	"unicode/utf8"
)

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
