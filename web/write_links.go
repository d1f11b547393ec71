package web

import (
	"cmp"
	"errors"
	"net/http"
	"slices"
	"strings"

	"mulu"
	"mulu/act"
	"mulu/read"
)

// linksPage joins an entry to what is below it: the systems it comes from, and item by item the columns that hold it.
type linksPage struct {
	form
	Entry   *mulu.Entry
	Content *mulu.EntryContent
	Linked  []read.Link   // with systems
	Systems []read.System // in use and not linked
	Tables  []read.Table  // of the linked systems
	Table   *read.Table   // whose columns are offered
	Rows    []binding
	Bound   int // items with a column
	Offered int // proposals
	Outcome *outcome
}

// binding is an item with the columns it is bound to, and the column of the chosen table that is proposed for it.
type binding struct {
	Item     mulu.Item
	Bound    []read.Link
	Proposed string
	Why      string // why it is proposed, in Chinese
}

func (v *visit) linksPage() error {
	p, err := v.links(v.R.URL.Query().Get("table"))
	if err != nil {
		return err
	}
	return v.show("links", p)
}

func (v *visit) links(table string) (*linksPage, error) {
	ctx := v.R.Context()
	e, err := v.entryOf()
	if err != nil {
		return nil, err
	}
	if !v.own(e.Org) {
		return nil, errAbsent
	}
	p := &linksPage{form: v.typed(), Entry: e, Content: e.Current()}
	all, err := v.Read.LinksOf(ctx, e.Code)
	if err != nil {
		return nil, err
	}
	byItem, from := map[string][]read.Link{}, map[string]bool{}
	for _, l := range all {
		if l.Item == "" {
			p.Linked, from[l.System] = append(p.Linked, l), true
		} else {
			byItem[l.Item] = append(byItem[l.Item], l)
		}
	}
	systems, err := v.Read.Systems(ctx, e.Org, "", 1000)
	if err != nil {
		return nil, err
	}
	for _, s := range systems {
		if s.Status == "in_use" && !from[s.ID] {
			p.Systems = append(p.Systems, s)
		}
	}
	for _, l := range p.Linked {
		tables, err := v.Read.Tables(ctx, l.System, "", 1000)
		if err != nil {
			return nil, err
		}
		for _, t := range tables {
			if t.Status == "present" {
				p.Tables = append(p.Tables, t)
			}
		}
	}
	if p.Table, err = p.choose(table); err != nil {
		return nil, err
	}
	for _, i := range p.Content.Items {
		p.Rows = append(p.Rows, binding{Item: i, Bound: byItem[i.Field]})
		if len(byItem[i.Field]) > 0 {
			p.Bound++
		}
	}
	if p.Table != nil {
		p.propose()
	}
	return p, nil
}

// choose takes the table that is asked for, else the one whose columns are likest to the items; nil where there is none.
func (p *linksPage) choose(id string) (*read.Table, error) {
	var best *read.Table
	most := -1
	for at := range p.Tables {
		t := &p.Tables[at]
		if t.ID == id {
			return t, nil
		}
		alike := 0
		for _, i := range p.Content.Items {
			if slices.ContainsFunc(t.Columns, func(c mulu.Column) bool { n, _ := likeness(i, c); return n > 2 }) {
				alike++
			}
		}
		if alike > most {
			best, most = t, alike
		}
	}
	if id != "" {
		return nil, errAbsent
	}
	return best, nil
}

// propose finds a column for each item without one, the surest first, no column twice.
func (p *linksPage) propose() {
	taken := map[string]bool{}
	for _, r := range p.Rows {
		for _, l := range r.Bound {
			if l.Table == p.Table.ID {
				taken[l.Column] = true
			}
		}
	}
	type pair struct {
		row, likeness int
		column, why   string
	}
	var pairs []pair
	for at, r := range p.Rows {
		if len(r.Bound) > 0 {
			continue
		}
		for _, c := range p.Table.Columns {
			if n, why := likeness(r.Item, c); n > 0 && !taken[c.Name] {
				pairs = append(pairs, pair{at, n, c.Name, why})
			}
		}
	}
	slices.SortStableFunc(pairs, func(a, b pair) int { return cmp.Compare(b.likeness, a.likeness) })
	for _, x := range pairs {
		if r := &p.Rows[x.row]; r.Proposed == "" && !taken[x.column] {
			r.Proposed, r.Why, taken[x.column] = x.column, x.why, true
			p.Offered++
		}
	}
}

// likeness tells how surely a column holds an item, 0 for no sign of it, and which sign there is.
func likeness(i mulu.Item, c mulu.Column) (int, string) {
	plain := func(s string) string { return strings.ToLower(strings.ReplaceAll(s, "_", "")) }
	column := plain(c.Name)
	switch {
	case strings.EqualFold(i.Field, c.Name):
		return 5, "字段名相同"
	case c.Comment != "" && c.Comment == i.Name:
		return 4, "列说明与信息项同名"
	case plain(i.Field) == column:
		return 3, "字段名相近"
	case len(column) > 1 && initials(i.Name) == column:
		return 3, "拼音首字母相同"
	case c.Comment != "" && len([]rune(i.Name)) > 1 && (strings.Contains(c.Comment, i.Name) || len([]rune(c.Comment)) > 1 && strings.Contains(i.Name, c.Comment)):
		return 2, "列说明相近"
	}
	return 0, ""
}

// changeLinks takes the forms of the page: link and unlink a system, bind the chosen items, unbind one.
func (v *visit) changeLinks() error {
	e, err := v.entryOf()
	if err != nil {
		return err
	}
	if !v.own(e.Org) {
		return errAbsent
	}
	here, table := "/entries/"+e.Code+"/links", v.text("table")
	var a act.Act
	switch v.text("do") {
	case "link":
		a = &act.LinkSystem{Entry: e.Code, System: v.text("system")}
	case "unlink":
		a = &act.UnlinkSystem{Entry: e.Code, System: v.text("system"), Why: v.text("why")}
	case "unbind":
		a = &act.UnbindItem{Entry: e.Code, Item: v.text("item"), Table: table, Column: v.text("column"), Why: v.text("why")}
	case "bind":
		return v.bindChosen(e, table)
	default:
		return errForged
	}
	done, err := v.say(a)
	if err != nil {
		p, failed := v.links("")
		if failed != nil {
			return errors.Join(err, failed)
		}
		return v.again("links", &p.form, p, err)
	}
	if table != "" {
		here += "?table=" + table
	}
	return v.did(done, here)
}

// bindChosen binds each chosen item to the column chosen for it.
func (v *visit) bindChosen(e *mulu.Entry, table string) error {
	var list []errand
	for _, field := range v.R.PostForm["item"] {
		column := v.text("column." + field)
		if column == "" || len(list) == most {
			continue
		}
		i, _ := e.Current().Item(field)
		list = append(list, errand{Title: i.Name + " → " + column, Act: &act.BindItem{Entry: e.Code, Item: field, Table: table, Column: column}})
	}
	results := v.sayEach(list)
	p, err := v.links(table)
	if err != nil {
		return err
	}
	p.Outcome = outcomeOf(results)
	if p.Outcome == nil {
		p.Wrong = &trouble{Status: http.StatusUnprocessableEntity, Text: v.t("没有选中要绑定的信息项。"), Mend: v.t("勾选信息项并选好列，再点“绑定选中的信息项”。")}
		return v.showAs(p.Wrong.Status, "links", p)
	}
	return v.show("links", p)
}
