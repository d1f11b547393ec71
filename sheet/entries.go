package sheet

import (
	"strconv"
	"strings"

	"mulu"
	"mulu/act"
)

// entryDraft is one data entry of a sheet: its content but for the duty's id.
type entryDraft struct {
	draft
	duty    string // as the sheet says it
	heading string // of the duty's column
	content mulu.EntryContent
	old     *mulu.Entry // nil for a new one
}

// draftEntry reads a resource from its rows. What a column would say that the sheet does not have stays as it is in a
// registered entry; in a new one it gets the default that the notes tell.
func (im *importer) draftEntry(g *group) {
	d := &entryDraft{draft: g.draft(g.text("name", 2, 200, true)), duty: g.text("duty", 1, 200, true), heading: g.t.heads.says[g.t.layout.index["duty"]]}
	if code := g.get("code"); code != "" && !im.first(g, mulu.KindEntry, "code/"+code, code) {
		return
	}
	if d.name != "" && !im.first(g, mulu.KindEntry, "name/"+d.name, d.name) {
		return
	}
	d.find(im, g)
	e := entryReader{g: g, c: &d.content}
	if d.old != nil {
		e.old = d.old.Current()
	}
	e.c.Name, e.c.Summary, e.c.Cycle = d.name, g.text("summary", 2, 4000, true), g.code("cycle", "cycle", true)
	e.readClass()
	e.readFormat()
	e.readMarks()
	e.readItems()
	e.readSharing()
	e.readOpening()
	e.readGrade()
	if systems := g.get("systems"); systems != "" {
		im.links = append(im.links, linkDraft{draft: d.draft, entry: d.name, systems: systems, column: g.t.heads.says[g.t.layout.index["systems"]]})
	}
	if d.name != "" {
		im.entryNamed[d.name] = d
	}
	if !g.wrong {
		im.entries = append(im.entries, d)
	}
}

// find looks the entry up: by its name, or by its code when it was renamed in a sheet of ours. Sheets made elsewhere bring codes
// of their own, which may happen to be those of other entries here: such a code is believed only beside the same name.
func (d *entryDraft) find(im *importer, g *group) {
	code := g.get("code")
	named, ok := im.known.Entry(im.org.ID, d.name, "")
	if ok {
		d.old = named
	}
	if code == "" || ok && named.Code == code {
		return
	}
	coded, known := im.known.Entry(im.org.ID, "", code)
	switch {
	case !known || coded.Org != im.org.ID || !g.has("field"):
		g.note("code", "code_not_kept", code)
	case coded.Status == "retired":
		g.problem("code", "entry_retired", code)
	case ok:
		g.problem("name", "name_taken", "@noun.entry", d.name, named.Code)
	default:
		d.old = coded
		g.note("name", "renamed", coded.Current().Name, code, d.name)
	}
}

// finishEntries hands in new entries and changes those that differ.
func (im *importer) finishEntries() {
	book, found := im.dutyBook(), map[string]dutyFound{}
	for _, d := range im.entries {
		f, before := found[d.duty]
		if !before {
			f = im.dutyOf(book, d.duty)
			found[d.duty] = f
		}
		if f.trouble != "" {
			im.trouble(&d.draft, d.heading, d.duty, f.trouble, d.duty, im.org.Short)
			continue
		}
		d.content.Duty = f.id
		var needs []Need
		if f.id == "" {
			needs = []Need{{"duty", "duty", f.name}}
		}
		im.sayEntry(d, needs)
	}
}

func (im *importer) sayEntry(d *entryDraft, needs []Need) {
	if d.old == nil {
		if a := (&act.SubmitEntry{Content: d.content}); im.fits(&d.draft, a) {
			im.say(&d.draft, a, mulu.KindEntry, "", needs...)
		}
		return
	}
	old := d.old
	if same(&d.content, old.Now) || same(&d.content, old.Next) {
		im.plan.Unchanged++
		return
	}
	if cur := old.Current(); cur != nil && cur.Class != d.content.Class {
		im.trouble(&d.draft, "", d.content.Class, "class_fixed", d.name, old.Code)
		return
	}
	switch old.Status {
	case "returned":
		if a := (&act.SubmitEntry{Entry: old.Code, Content: d.content}); im.fits(&d.draft, a) {
			im.say(&d.draft, a, mulu.KindEntry, old.Code, needs...)
		}
	case "published":
		if a := (&act.ChangeEntry{Entry: old.Code, From: old.Version, Content: d.content}); im.fits(&d.draft, a) {
			im.say(&d.draft, a, mulu.KindEntry, old.Code, needs...)
		}
	case "suspended":
		im.trouble(&d.draft, "", "", "entry_suspended", d.name, old.Code)
	default: // submitted, changing
		im.trouble(&d.draft, "", "", "entry_waiting", d.name, old.Code)
	}
}

// same compares as the rules do: by the bytes of the content.
func same(a, b *mulu.EntryContent) bool {
	if a == nil || b == nil {
		return false
	}
	x, err := act.Encode(a)
	y, also := act.Encode(b)
	return err == nil && also == nil && string(x) == string(y)
}

// entryOf finds an entry by name: one of the files or one on the chain. code is empty when this plan hands it in.
func (im *importer) entryOf(name string) (code string, ok bool) {
	if d := im.entryNamed[name]; d != nil {
		if d.old != nil {
			return d.old.Code, true
		}
		return "", true
	}
	if e, known := im.known.Entry(im.org.ID, name, ""); known {
		return e.Code, true
	}
	return "", false
}

// entryReader reads the columns of one entry into its content.
type entryReader struct {
	g     *group
	c     *mulu.EntryContent
	old   *mulu.EntryContent // what stands on the chain; nil for a new entry
	lines map[string]int     // rows of the group by item
}

// readClass puts 类 and 项 together: 307, 部门, 基础+人口, 2+03 … A department's own class has only one value in a district.
func (e *entryReader) readClass() {
	first, second := e.g.get("class"), e.g.get("class2")
	for _, text := range []string{first, second} {
		if code, ok := e.g.t.im.pick("class", text); ok {
			e.c.Class = code
			return
		}
	}
	if first == "" && second == "" {
		if e.c.Class = "307"; e.old != nil {
			e.c.Class = e.old.Class
		}
		return
	}
	group := classGroup(first)
	switch {
	case first == "":
		group = "3"
	case group == "":
		e.g.problem("class", "not_in_list", e.g.label("class"), first, "@list.class1")
		return
	}
	if group == "3" {
		e.c.Class = "307"
		if form := plain(withoutBrackets(second)); second != "" && strings.TrimLeft(form, "0") != "7" && !strings.HasPrefix(form, "省") {
			e.g.note("class2", "class_local", second)
		}
		return
	}
	if code, ok := classItem(group, second); ok {
		e.c.Class = code
		return
	}
	e.g.problem("class2", "not_in_list", e.g.label("class2"), second, "@list.class."+group)
}

// classGroup reads 类: 1 基础, 2 主题, 3 部门.
func classGroup(text string) string {
	form := plain(text)
	for i, word := range []string{"基础", "主题", "部门"} {
		if form == strconv.Itoa(i+1) || strings.HasPrefix(form, word) || strings.HasPrefix(form, []string{"base", "theme", "department"}[i]) {
			return strconv.Itoa(i + 1)
		}
	}
	return ""
}

// classItem reads 项 within its 类: a number of two digits or the word.
func classItem(group, text string) (string, bool) {
	form := plain(text)
	for _, c := range mulu.Classes {
		zh, en := classWord(c, "zh"), classWord(c, "en")
		if strings.HasPrefix(c.Code, group) && form != "" && (form == c.Code[1:] || form == strings.TrimLeft(c.Code[1:], "0") || form == plain(zh) || form == plain(en)) {
			return c.Code, true
		}
	}
	return "", false
}

// classWord is the word of 项 alone: 社会保障 of 主题/社会保障.
func classWord(c mulu.Code, lang string) string {
	if lang == "en" {
		_, word, _ := strings.Cut(c.En, ": ")
		return word
	}
	_, word, _ := strings.Cut(c.Zh, "/")
	return word
}

func (e *entryReader) readFormat() {
	if text := e.g.get("format"); text != "" {
		e.c.Format = e.g.code("format", "format", true)
		return
	}
	kind := e.g.get("format2")
	format, ok := formatOf(kind)
	switch {
	case ok:
		e.c.Format = format
		e.g.note("format2", "format_derived", kind, "@format."+format)
	case e.g.has("format"):
		e.g.text("format", 1, maxCell, true)
	case kind == "":
		e.g.text("format2", 1, maxCell, true)
	default:
		e.g.problem("format2", "not_in_list", e.g.label("format"), kind, "@list.format")
	}
}

// readMarks reads base database and theme.
func (e *entryReader) readMarks() {
	if e.g.has("base") {
		if text := e.g.get("base"); !blank(text) {
			e.c.Base = e.g.code("base", "base", false)
		}
	} else if e.old != nil {
		e.c.Base = e.old.Base
	}
	e.c.Theme = e.kept("theme", 2, 60, func(c *mulu.EntryContent) string { return c.Theme })
}

// readGrade: the entry's grade is at least the highest of its items (就高从严), and just that when nobody says another.
func (e *entryReader) readGrade() {
	highest := 0
	for _, i := range e.c.Items {
		highest = max(highest, i.Grade)
	}
	text := e.g.get("entrygrade")
	switch {
	case text != "":
		n, ok := gradeOf(text)
		if !ok {
			e.g.problem("entrygrade", "not_in_list", e.g.label("entrygrade"), text, "@list.grade")
		} else if n < highest {
			e.g.problem("entrygrade", "grade_low", e.c.Name, strconv.Itoa(n), strconv.Itoa(highest))
		}
		e.c.Grade = n
	case e.old != nil && !e.g.has("entrygrade"):
		e.c.Grade = max(e.old.Grade, highest)
	default:
		e.c.Grade = highest
		if highest > 0 {
			e.g.note("entrygrade", "grade_default", e.c.Name, strconv.Itoa(highest))
		}
	}
}
