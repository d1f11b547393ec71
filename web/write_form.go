package web

import (
	"encoding/json"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"mulu"
	"mulu/act"
	"mulu/desk"
)

// written is what a draft of a data entry holds: the form as it was typed, not yet anything that the rules know. A draft
// that others make, an import for instance, is made by writtenOf.
type written struct {
	From   int               `json:"from,omitempty"` // version that a change was written against
	Page   string            `json:"page,omitempty"` // the open page that saved it: two savings of one page are no conflict
	Fields map[string]string `json:"fields"`
	Items  []gridRow         `json:"items"`
}

// mostItems is how many items an entry may have.
const mostItems = 1000

// entryFields are the fields of the form outside the grid.
var entryFields = []string{"name", "summary", "duty", "class", "theme", "format", "cycle", "base", "sharing", "sharing_conditions", "sharing_basis",
	"sharing_override", "opening", "channel", "opening_conditions", "ground", "opening_basis", "grade"}

func grades() []mulu.Code {
	return []mulu.Code{{Code: "1", Zh: "1", En: "1"}, {Code: "2", Zh: "2", En: "2"}, {Code: "3", Zh: "3", En: "3"}, {Code: "4", Zh: "4", En: "4"}}
}

func itemColumns() []gridColumn {
	return []gridColumn{
		{Name: "name", Label: "信息项名称", Kind: "text", Need: true, Wide: "wide", Max: 100},
		{Name: "field", Label: "字段名", Kind: "text", Wide: "wide", Max: 64},
		{Name: "type", Label: "类型", Kind: "choose", List: mulu.ItemTypes, Need: true},
		{Name: "length", Label: "长度", Kind: "number", Wide: "slim", Max: 7},
		{Name: "nullable", Label: "可空", Kind: "tick", Wide: "slim"},
		{Name: "key", Label: "主键", Kind: "tick", Wide: "slim"},
		{Name: "personal", Label: "个人信息", Kind: "tick", Wide: "slim"},
		{Name: "sensitive", Label: "敏感", Kind: "tick", Wide: "slim"},
		{Name: "grade", Label: "级别", Kind: "choose", List: grades(), Wide: "slim"},
		{Name: "sharing", Label: "共享例外", Kind: "choose", List: mulu.SharingTypes, Blank: "同目录"},
		{Name: "standard", Label: "数据元", Kind: "text", Max: 100},
	}
}

// writtenOf is the form of a content.
func writtenOf(c *mulu.EntryContent) written {
	w := written{Fields: map[string]string{"name": c.Name, "summary": c.Summary, "duty": c.Duty, "class": c.Class, "theme": c.Theme, "format": c.Format,
		"cycle": c.Cycle, "base": c.Base, "sharing": c.Sharing.Type, "sharing_conditions": c.Sharing.Conditions, "sharing_basis": c.Sharing.Basis,
		"sharing_override": c.Sharing.Override, "opening": c.Opening.Type, "channel": c.Opening.Channel, "opening_conditions": c.Opening.Conditions,
		"ground": numeral(c.Opening.Ground), "opening_basis": c.Opening.Basis, "grade": numeral(c.Grade)}}
	maps.DeleteFunc(w.Fields, func(_, s string) bool { return s == "" })
	for _, i := range c.Items {
		r := gridRow{"name": i.Name, "field": i.Field, "type": i.Type, "length": numeral(i.Length), "nullable": tickOf(i.Nullable), "key": tickOf(i.IsKey),
			"personal": tickOf(i.Personal), "sensitive": tickOf(i.Sensitive), "grade": numeral(i.Grade), "sharing": i.Sharing, "standard": i.Standard}
		maps.DeleteFunc(r, func(_, s string) bool { return s == "" })
		w.Items = append(w.Items, r)
	}
	return w
}

func numeral(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

func tickOf(on bool) string {
	if on {
		return "1"
	}
	return ""
}

func readWritten(d desk.Draft) (w written, err error) {
	err = json.Unmarshal(d.Body, &w)
	if w.Fields == nil {
		w.Fields = map[string]string{}
	}
	return w, err
}

// typedEntry reads the form of an entry as it came; version and page are the draft's own matters.
func (v *visit) typedEntry() (w written, err error) {
	if whole := v.R.PostFormValue("written"); whole != "" {
		if err := json.Unmarshal([]byte(whole), &w); err != nil || w.Fields == nil {
			return w, errForged
		}
		return w, nil
	}
	w = written{Page: v.text("page"), Fields: map[string]string{}}
	for _, name := range entryFields {
		if s := v.text(name); s != "" {
			w.Fields[name] = s
		}
	}
	w.Items, err = v.gridRows("items", itemColumns(), mostItems)
	return w, err
}

// complete fills in what follows from the rest: field names by pinyin initials, grades of items by what they are.
func (w *written) complete() {
	taken := map[string]bool{}
	for _, r := range w.Items {
		taken[r["field"]] = true
	}
	for _, r := range w.Items {
		if r["name"] == "" {
			continue
		}
		if r["field"] == "" {
			if s := fieldName(r["name"], taken); s != "" {
				r["field"], taken[s] = s, true
			}
		}
		if r["grade"] == "" {
			r["grade"] = gradeOf(r)
		}
	}
}

// gradeOf proposes the grade of an item: what can harm a person counts more.
func gradeOf(r gridRow) string {
	switch {
	case r["sensitive"] != "":
		return "3"
	case r["personal"] != "":
		return "2"
	}
	return "1"
}

func (w *written) form() form {
	f := form{Values: url.Values{}, Marks: map[string]*trouble{}}
	for name, s := range w.Fields {
		f.Set(name, s)
	}
	return f
}

func (w *written) grid(marks map[string]*trouble) grid {
	return grid{Name: "items", Columns: itemColumns(), Rows: w.Items, Most: mostItems, Wrong: marks}
}

// Lowest is the lowest grade that an entry of these items may have, the highest of theirs; 0 without items.
func (w *written) Lowest() int {
	lowest := 0
	for _, r := range w.Items {
		n, err := strconv.Atoi(r["grade"])
		if err == nil && !r.blank(itemColumns()) {
			lowest = max(lowest, n)
		}
	}
	return lowest
}

// content is what the form says, in the terms of the rules. Fields that its choices leave idle are left out: conditions
// once typed do no harm when the sharing type no longer has any. rows gives the grid's row of each item.
func (w *written) content() (c mulu.EntryContent, rows []int) {
	f := w.Fields
	c = mulu.EntryContent{Name: f["name"], Summary: f["summary"], Duty: f["duty"], Class: f["class"], Theme: f["theme"], Format: f["format"],
		Cycle: f["cycle"], Base: f["base"], Sharing: mulu.Sharing{Type: f["sharing"]}, Opening: mulu.Opening{Type: f["opening"]}}
	switch c.Sharing.Type {
	case "conditional":
		c.Sharing.Conditions = f["sharing_conditions"]
	case "not_shared":
		c.Sharing.Basis, c.Sharing.Override = f["sharing_basis"], f["sharing_override"]
	}
	switch c.Opening.Type {
	case "conditional":
		c.Opening.Channel, c.Opening.Conditions = f["channel"], f["opening_conditions"]
	case "not_open":
		c.Opening.Ground, _ = strconv.Atoi(f["ground"]) // 0 is told by the rule
		c.Opening.Basis = f["opening_basis"]
	}
	for at, r := range w.Items {
		if r.blank(itemColumns()) {
			continue
		}
		i := mulu.Item{Name: r["name"], Field: r["field"], Type: r["type"], Nullable: r["nullable"] != "", IsKey: r["key"] != "", Personal: r["personal"] != "",
			Sensitive: r["sensitive"] != "", Sharing: r["sharing"], Standard: r["standard"]}
		i.Length, _ = strconv.Atoi(r["length"]) // what is no number is told by gaps
		i.Grade, _ = strconv.Atoi(r["grade"])
		if i.Sharing == c.Sharing.Type {
			i.Sharing = "" // no exception any more
		}
		c.Items, rows = append(c.Items, i), append(rows, at)
		c.Personal = c.Personal || i.Personal
	}
	if c.Grade, _ = strconv.Atoi(f["grade"]); f["grade"] == "" {
		c.Grade = w.Lowest()
	}
	return c, rows
}

// act is what a draft says once it is submitted.
func (w *written) act(d desk.Draft) (act.Act, []int) {
	c, rows := w.content()
	if d.Kind == "entry.change" {
		return &act.ChangeEntry{Entry: d.Subject, From: w.From, Content: c}, rows
	}
	return &act.SubmitEntry{Entry: d.Subject, Content: c}, rows
}

// wanted are the fields without which no entry is submitted, with the provision that asks for them.
var wanted = []struct {
	field string
	art   mulu.Cite
}{{"name", "11.1"}, {"summary", "11.1"}, {"duty", "3.3"}, {"class", "11.1"}, {"format", "11.1"}, {"cycle", "16"}, {"sharing", "19.1"}, {"opening", "26.1"}}

// gaps lists what is missing or is no number, all at once; the rules name only the first thing that they refuse.
func (w *written) gaps() map[string]*mulu.Refusal {
	all := map[string]*mulu.Refusal{}
	missing := func(place, field string, art mulu.Cite) {
		all[place] = &mulu.Refusal{Code: "text_missing", Art: art, Args: []string{"@" + field}}
	}
	for _, n := range wanted {
		if w.Fields[n.field] == "" {
			missing(n.field, n.field, n.art)
		}
	}
	g, filled := w.grid(nil), false
	for at, r := range w.Items {
		if r.blank(itemColumns()) {
			continue
		}
		filled = true
		for _, name := range []string{"name", "field", "type"} {
			if r[name] == "" {
				missing(g.Cell(at, name), name, "11.1")
			}
		}
		if n, err := strconv.Atoi(r["length"]); r["length"] != "" && (err != nil || n < 0) {
			all[g.Cell(at, "length")] = &mulu.Refusal{Code: "out_of_range", Art: "11.1", Args: []string{"@length", r["length"], "0", strconv.Itoa(1 << 20)}}
		}
	}
	if !filled {
		missing("items", "items", "11.1")
	}
	return all
}

// place finds where in the form a refusal of the rules belongs, "" if nowhere in particular.
func (w *written) place(no *mulu.Refusal, rows []int) string {
	c, _ := w.content()
	cell := func(column string, is func(mulu.Item) bool) string {
		for i := len(c.Items) - 1; i >= 0; i-- { // of two that are alike, the later one is marked
			if is(c.Items[i]) {
				return w.grid(nil).Cell(rows[i], column)
			}
		}
		return "items"
	}
	arg := func(i int) string {
		if i < len(no.Args) {
			return no.Args[i]
		}
		return ""
	}
	article, _, _ := no.Art.Parts()
	switch no.Code {
	case "duty_unknown", "duty_no_data", "duty_retired":
		return "duty"
	case "name_taken":
		return "name"
	case "class_fixed":
		return "class"
	case "conditions_missing":
		return "sharing_conditions"
	case "basis_missing":
		return "sharing_basis"
	case "personal_open", "unshared_open", "grade_opening":
		return "opening"
	case "opening_conditions_missing":
		return "opening_conditions"
	case "ground_missing":
		return "ground"
	case "grade_low":
		return "grade"
	case "grade_sharing":
		return "sharing"
	case "exception_of_unshared", "exception_idle":
		return cell("sharing", func(i mulu.Item) bool { return i.Name == arg(0) })
	case "field_form":
		return cell("field", func(i mulu.Item) bool { return i.Name == arg(0) && i.Field == arg(1) })
	case "doubled":
		if arg(0) == "@field" {
			return cell("field", func(i mulu.Item) bool { return i.Field == arg(1) })
		}
		return cell("name", func(i mulu.Item) bool { return i.Name == arg(1) })
	}
	field := fieldOf(no)
	switch field {
	case "conditions", "basis":
		if article == 19 {
			return "sharing_" + field
		}
		return "opening_" + field
	case "override":
		return "sharing_override"
	case "item":
		return cell("name", func(i mulu.Item) bool { return !sound(i.Name, 1, 100) })
	case "field":
		return cell("field", func(i mulu.Item) bool { return !sound(i.Field, 1, 64) })
	case "standard":
		return cell("standard", func(i mulu.Item) bool { return i.Standard != "" && !sound(i.Standard, 1, 100) })
	case "type":
		return cell("type", func(i mulu.Item) bool { return i.Type == arg(1) })
	case "length":
		return cell("length", func(i mulu.Item) bool { return strconv.Itoa(i.Length) == arg(1) })
	case "grade":
		if n, err := strconv.Atoi(arg(1)); err == nil && n == c.Grade {
			return "grade"
		}
		return cell("grade", func(i mulu.Item) bool { return strconv.Itoa(i.Grade) == arg(1) })
	case "items":
		return "items"
	}
	if slices.Contains(entryFields, field) {
		return field
	}
	return ""
}

// sound tells whether a text has a length that rules allow and nothing invisible in it.
func sound(s string, min, max int) bool {
	n := utf8.RuneCountInString(s)
	return n >= min && n <= max && utf8.ValidString(s) && !strings.ContainsFunc(s, unicode.IsControl)
}
