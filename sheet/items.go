package sheet

import (
	"strconv"
	"strings"

	"mulu"
)

// readItems reads one item a row. A field name that nobody gave is made of the name; a registered item keeps what the sheet
// has no column for.
func (e *entryReader) readItems() {
	g := e.g
	if g.rows > 1000 {
		g.problem("item", "too_many", g.label("item"), "1000", strconv.Itoa(g.rows))
		return
	}
	names, fields := map[string]int{}, map[string]int{}
	var bare []int // items that still need a field name
	graded, doubtful := 0, []string(nil)
	for _, l := range g.each {
		at := reader{g, l}
		i := mulu.Item{Name: at.text("item", 1, 100, true), Type: at.code("type", "type", true), Length: at.length("length", 1<<20),
			Field: at.text("field", 1, 64, false), Standard: at.text("standard", 1, 100, false)}
		if i.Name == "" {
			continue
		}
		if before, twice := names[i.Name]; twice {
			at.problem("item", "part_twice", g.label("item"), i.Name, strconv.Itoa(before))
			continue
		}
		names[i.Name] = l.row
		old, known := e.oldItem(i)
		e.keepMissing(&i, old, known)
		e.readStandard(&i, at, old)
		e.readFlags(&i, at, old, known)
		if e.readItemGrade(&i, at, old, known) {
			graded++
		}
		if !g.has("personal") && !known && personal(i.Name) {
			doubtful = append(doubtful, i.Name)
		}
		switch before, twice := fields[i.Field]; {
		case i.Field == "":
			bare = append(bare, len(e.c.Items))
		case !fieldForm(i.Field):
			at.problem("field", "field_form", i.Name, i.Field)
		case twice:
			at.problem("field", "part_twice", g.label("field"), i.Field, strconv.Itoa(before))
		default:
			fields[i.Field] = l.row
		}
		e.c.Items = append(e.c.Items, i)
		e.c.Personal = e.c.Personal || i.Personal
	}
	e.nameFields(fields, bare)
	if graded > 0 {
		g.note("grade", "item_grades", e.c.Name, strconv.Itoa(graded))
	}
	if len(doubtful) > 0 {
		g.note("item", "looks_personal", e.c.Name, strings.Join(doubtful, "、"))
	}
}

// nameFields makes the missing field names, and says how many.
func (e *entryReader) nameFields(fields map[string]int, bare []int) {
	taken := map[string]bool{}
	for f := range fields {
		taken[f] = true
	}
	for _, n := range bare {
		f := fieldOf(e.c.Items[n].Name, taken)
		taken[f], e.c.Items[n].Field = true, f
	}
	if len(bare) > 0 {
		first := e.c.Items[bare[0]]
		e.g.note("field", "fields_derived", e.c.Name, strconv.Itoa(len(bare)), first.Name, first.Field)
	}
}

// oldItem finds the registered item: by field when the sheet says one, else by name.
func (e *entryReader) oldItem(i mulu.Item) (mulu.Item, bool) {
	if e.old == nil {
		return mulu.Item{}, false
	}
	if i.Field != "" {
		return e.old.Item(i.Field)
	}
	for _, o := range e.old.Items {
		if o.Name == i.Name {
			return o, true
		}
	}
	return mulu.Item{}, false
}

// keepMissing keeps of a registered item what the sheet does not speak about.
func (e *entryReader) keepMissing(i *mulu.Item, old mulu.Item, known bool) {
	if !known {
		return
	}
	if i.Field == "" {
		i.Field = old.Field
	}
	if !e.g.has("length") {
		i.Length = old.Length
	}
	if !e.g.has("standard") {
		i.Standard = old.Standard
	}
}

// readStandard makes the ID of a data element of the name that sheets have, and holds the item against it. What a registered
// item says already stays as it is.
func (e *entryReader) readStandard(i *mulu.Item, at reader, old mulu.Item) {
	switch i.Standard {
	case old.Standard:
		return
	case "/", "-", "—", "无":
		i.Standard = ""
		return
	}
	found, ok := e.g.t.im.known.Element(i.Standard)
	switch {
	case !ok:
		at.problem("standard", "element_unknown", i.Name, i.Standard)
		return
	case found.Status != "active":
		at.problem("standard", "element_abolished", i.Name, found.Name)
	case found.Fits(*i) != "":
		length := "—"
		if found.Length > 0 {
			length = strconv.Itoa(found.Length)
		}
		at.problem("standard", "element_unfit", i.Name, found.Name, "@type."+found.Type, length)
	}
	i.Standard = found.ID
}

func (e *entryReader) readFlags(i *mulu.Item, at reader, old mulu.Item, known bool) {
	flag := func(key string, to *bool, was, otherwise bool) {
		if known && !e.g.has(key) {
			*to = was
			return
		}
		*to = at.yes(key, otherwise)
	}
	flag("primary", &i.IsKey, old.IsKey, false)
	flag("nullable", &i.Nullable, old.Nullable, !i.IsKey)
	flag("sensitive", &i.Sensitive, old.Sensitive, false)
	switch plain(at.get("personal")) { // one column often says both
	case "个人信息", "一般个人信息":
		i.Personal = true
	case "非个人信息":
	case "敏感", "敏感个人信息", "sensitive":
		i.Personal = true
		i.Sensitive = i.Sensitive || at.get("sensitive") == ""
	default:
		flag("personal", &i.Personal, old.Personal, false)
	}
}

// readItemGrade reads an item's grade. Where the sheet says none: 1, personal information 2, sensitive 3; it tells whether it did so.
func (e *entryReader) readItemGrade(i *mulu.Item, at reader, old mulu.Item, known bool) (assumed bool) {
	text := at.get("grade")
	switch {
	case text != "":
		var ok bool
		if i.Grade, ok = gradeOf(text); !ok {
			at.problem("grade", "not_in_list", e.g.label("grade"), text, "@list.grade")
			i.Grade = 1
		}
	case known && !e.g.has("grade"):
		i.Grade = old.Grade
	case i.Sensitive:
		i.Grade = 3
	case i.Personal:
		i.Grade = 2
	default:
		i.Grade = 1
	}
	return text == "" && !(known && !e.g.has("grade"))
}
