package sheet

import (
	"iter"
	"slices"
	"strconv"
	"time"

	"mulu"
)

// block is one noun as rows: what is said once, and what each of its rows says, both by column.
type block struct {
	once  []string
	parts [][]string // empty when the kind has no parts
}

// blocks gives what a source has of a kind, in the words of lang.
func blocks(l *layout, lang string, s Source) iter.Seq2[block, error] {
	switch l.kind {
	case profile:
		return one(l, s.Org)
	case Orgs:
		return mapped(s.Orgs, func(o mulu.Org) (block, bool) { return l.orgBlock(o, lang), o.Status != "closed" })
	case Duties:
		return mapped(s.Duties, func(r DutyRow) (block, bool) { return l.dutyBlock(r, lang), r.Duty.Status != "retired" })
	case Systems:
		return mapped(s.Systems, func(r SystemRow) (block, bool) { return l.systemBlock(r, lang), r.System.Status != "retired" })
	case Tables:
		return mapped(s.Tables, func(r TableRow) (block, bool) { return l.tableBlock(r, lang), r.Table.Status != "retired" })
	case Entries:
		return mapped(s.Entries, func(r EntryRow) (block, bool) {
			if r.Entry == nil || r.Entry.Status == "retired" || r.Entry.Current() == nil {
				return block{}, false
			}
			return l.entryBlock(r, lang), true
		})
	}
	return func(func(block, error) bool) {}
}

// mapped makes blocks of rows; those that to gives no for are left out.
func mapped[T any](rows iter.Seq2[T, error], to func(T) (block, bool)) iter.Seq2[block, error] {
	return func(yield func(block, error) bool) {
		if rows == nil {
			return
		}
		for row, err := range rows {
			if err != nil {
				yield(block{}, err)
				return
			}
			if b, ok := to(row); ok && !yield(b, nil) {
				return
			}
		}
	}
}

func one(l *layout, o mulu.Org) iter.Seq2[block, error] {
	return func(yield func(block, error) bool) {
		if o.Name != "" {
			yield(block{once: l.row("name", o.Name, "credit", o.CreditCode)}, nil)
		}
	}
}

// row gives texts by column: pairs of key and text.
func (l *layout) row(pairs ...string) []string {
	texts := make([]string, len(l.columns))
	for i := 0; i+1 < len(pairs); i += 2 {
		texts[l.index[pairs[i]]] = pairs[i+1]
	}
	return texts
}

func (l *layout) orgBlock(o mulu.Org, lang string) block {
	joins := ""
	if o.Sort != mulu.Organ {
		joins = yesNo(o.Joined, lang)
	}
	return block{once: l.row("name", o.Name, "short", o.Short, "sort", mulu.Word(mulu.OrgSorts, string(o.Sort), lang), "credit", o.CreditCode,
		"joins", joins, "key", o.SigningKey, "status", mulu.Say(o.Status, lang))}
}

func (l *layout) dutyBlock(r DutyRow, lang string) block {
	d, why := r.Duty, ""
	if d.Status == "no_data" {
		why = d.Why
	}
	b := block{once: l.row("org", r.Org, "id", d.ID, "name", d.Name, "code", d.Code, "basis", d.Basis, "department", d.Department,
		"data", yesNo(d.Status != "no_data", lang), "why", why, "status", mulu.Say(d.Status, lang))}
	for _, m := range d.Matters {
		b.parts = append(b.parts, l.row("matter", join([]string{m})))
	}
	return b
}

func (l *layout) systemBlock(r SystemRow, lang string) block {
	s := r.System
	return block{once: l.row("org", r.Org, "id", s.ID, "name", s.Name, "purpose", s.Purpose, "entries", names(r.Entries),
		"network", mulu.Word(mulu.Networks, s.Network, lang), "project", s.Project, "level", say("level."+strconv.Itoa(s.Level), lang), "databases", join(s.Databases),
		"connection", s.Connection, "status", mulu.Say(s.Status, lang))}
}

func (l *layout) tableBlock(r TableRow, lang string) block {
	t := r.Table
	b := block{once: l.row("org", r.Org, "system", r.System, "database", t.Database, "schema", t.Schema, "name", t.Name, "comment", t.Comment,
		"rows", strconv.FormatInt(t.Rows, 10), "x1", day(t.Scanned), "status", mulu.Say(t.Status, lang))}
	for _, c := range t.Columns {
		b.parts = append(b.parts, l.row("column", c.Name, "type", c.Type, "length", length(c.Length), "nullable", yesNo(c.Nullable, lang),
			"primary", yesNo(c.IsKey, lang), "columncomment", c.Comment))
	}
	return b
}

func (l *layout) entryBlock(r EntryRow, lang string) block {
	e, c := r.Entry, r.Entry.Current()
	first, second := classWords(c.Class, lang)
	conditions, more := c.Sharing.Conditions, ""
	if c.Sharing.Type == "not_shared" {
		conditions, more = c.Sharing.Basis, c.Sharing.Conditions
	}
	opening, openBasis, ground := c.Opening.Conditions, c.Opening.Basis, ""
	if c.Opening.Type == "not_open" {
		opening, openBasis, ground = c.Opening.Basis, "", mulu.Word(mulu.Grounds, strconv.Itoa(c.Opening.Ground), lang)
	}
	way := ""
	if c.Sharing.Type != "not_shared" {
		way = say("way.platform", lang)
	}
	b := block{once: l.row("class", first, "class2", second, "x1", r.Org, "duty", r.Duty, "name", c.Name, "code", e.Code, "x4", r.Department, "summary", c.Summary,
		"format", mulu.Word(mulu.Formats, c.Format, lang), "sharing", mulu.Word(mulu.SharingTypes, c.Sharing.Type, lang), "conditions", conditions, "x6", way,
		"open", mulu.Word(mulu.OpeningTypes, c.Opening.Type, lang), "openwords", opening, "cycle", mulu.Word(mulu.Cycles, c.Cycle, lang), "date", day(e.Since),
		"theme", c.Theme, "org", r.Org, "entrygrade", strconv.Itoa(c.Grade), "base", mulu.Word(mulu.Bases, c.Base, lang),
		"channel", mulu.Word(mulu.Channels, c.Opening.Channel, lang), "ground", ground, "openbasis", openBasis, "override", c.Sharing.Override,
		"moreconditions", more, "systems", names(r.Systems), "status", mulu.Say(e.Status, lang))}
	for _, i := range c.Items {
		b.parts = append(b.parts, l.row("item", i.Name, "type", itemType(i.Type, lang), "length", length(i.Length), "field", i.Field,
			"nullable", yesNo(i.Nullable, lang), "primary", yesNo(i.IsKey, lang), "personal", yesNo(i.Personal, lang), "sensitive", yesNo(i.Sensitive, lang),
			"grade", strconv.Itoa(i.Grade), "exception", mulu.Word(mulu.SharingTypes, i.Sharing, lang), "standard", i.Standard))
	}
	return b
}

// itemType writes a type as the guide does: 字符型C.
func itemType(code, lang string) string {
	if w := mulu.Word(mulu.ItemTypes, code, lang); w != code {
		if lang == "en" {
			return w
		}
		return w + code
	}
	return code
}

// classWords gives 类 and 项 of a class.
func classWords(class, lang string) (string, string) {
	i := slices.IndexFunc(mulu.Classes, func(c mulu.Code) bool { return c.Code == class })
	if i < 0 || class == "" {
		return "", class
	}
	return say("class."+class[:1], lang), classWord(mulu.Classes[i], lang)
}

// names writes names so that a single one with a separator inside stands as it is; import tries the whole cell first.
func names(list []string) string {
	if len(list) == 1 {
		return list[0]
	}
	return join(list)
}

func yesNo(b bool, lang string) string {
	if b {
		return say("yes", lang)
	}
	return say("no", lang)
}

func length(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

// day gives the day, in the district, of an RFC 3339 moment.
func day(moment string) string {
	at, err := time.Parse(time.RFC3339, moment)
	if err != nil {
		return ""
	}
	return at.In(mulu.Shanghai()).Format("2006-01-02")
}
