package law

import (
	"strconv"
	"strings"

	"mulu"
	"mulu/act"
)

// Art. 12 gives each institution the care of its databases; Art. 3(3) makes systems and tables the third and fourth
// level of the catalog, joined to the entries above them by links.
var systemWays = []Way{
	{mulu.KindSystem, "", "system.register", []Role{Owner}, "in_use", cite(12)},
	{mulu.KindSystem, "in_use", "system.amend", []Role{Owner}, "in_use", cite(12)},
	{mulu.KindSystem, "in_use", "system.retire", []Role{Owner}, "retired", cite(12)},
}

var tableWays = []Way{
	{mulu.KindTable, "", "table.register", []Role{Owner}, "present", cite(12)},
	{mulu.KindTable, "present", "table.amend", []Role{Owner}, "present", cite(12)},
	{mulu.KindTable, "present", "table.retire", []Role{Owner}, "retired", cite(12)},
}

var linkWays = []Way{
	{mulu.KindLink, "", "system.link", []Role{Owner}, "made", cite(3, 3)},
	{mulu.KindLink, "cut", "system.link", []Role{Owner}, "made", cite(3, 3)},
	{mulu.KindLink, "made", "system.unlink", []Role{Owner}, "cut", cite(3, 3)},
	{mulu.KindLink, "", "item.bind", []Role{Owner}, "made", cite(3, 3)},
	{mulu.KindLink, "cut", "item.bind", []Role{Owner}, "made", cite(3, 3)},
	{mulu.KindLink, "made", "item.unbind", []Role{Owner}, "cut", cite(3, 3)},
	{mulu.KindLink, "made", "entry.retire", []Role{TheLaw}, "cut", cite(3, 3)},
}

func registerSystem(b *book, a *act.RegisterSystem) *mulu.Refusal {
	if no := b.follows(); no != nil {
		return no
	}
	s := &mulu.System{Org: b.speaker.org, Name: a.Name, Purpose: a.Purpose, Project: a.Project, Network: a.Network,
		Level: a.Level, Databases: a.Databases, Connection: a.Connection, Status: "in_use"}
	if no := checkSystem(b, s); no != nil {
		return no
	}
	s.ID = b.id("S", s.Org)
	return b.put(s, "system.registered", cite(3, 3), cite(12))
}

func amendSystem(b *book, a *act.AmendSystem) *mulu.Refusal {
	s, no := find[mulu.System](b, a.System, cite(12))
	if no != nil {
		return no
	}
	s.Name, s.Purpose, s.Project, s.Network = a.Name, a.Purpose, a.Project, a.Network
	s.Level, s.Databases, s.Connection = a.Level, a.Databases, a.Connection
	if no := checkSystem(b, s); no != nil {
		return no
	}
	return b.put(s, "system.amended", cite(12))
}

func checkSystem(b *book, s *mulu.System) *mulu.Refusal {
	if no := first(text("name", s.Name, 2, 200, cite(12)), optional("purpose", s.Purpose, 1, 2000, cite(12)),
		optional("project", s.Project, 1, 200, cite(12)), oneOf("network", s.Network, mulu.Networks, cite(12)),
		within("level", s.Level, 0, 5, cite(12)), within("databases", len(s.Databases), 0, 200, cite(12))); no != nil {
		return no
	}
	for _, d := range s.Databases {
		if no := text("databases", d, 1, 100, cite(12)); no != nil {
			return no
		}
	}
	if name, ok := strings.CutPrefix(s.Connection, "secret:"); s.Connection != "" && (!ok || !plainName(name)) {
		return refuse(cite(38, 2), "connection_form")
	}
	if b.taken(mulu.KindSystem, "name/"+s.Org+"/"+s.Name, s.ID) {
		return refuse(cite(12), "name_taken", "@system", s.Name)
	}
	return nil
}

func plainName(s string) bool {
	return s != "" && len(s) <= 60 && strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") == ""
}

func retireSystem(b *book, a *act.RetireSystem) *mulu.Refusal {
	s, no := find[mulu.System](b, a.System, cite(12))
	if no != nil {
		return no
	}
	if no := text("why", a.Why, 2, 500, cite(12)); no != nil {
		return no
	}
	if ids := b.named(mulu.KindTable, "system/"+s.ID); len(ids) > 0 {
		return refuse(cite(12), "system_has_tables", s.Name, strconv.Itoa(len(ids)))
	}
	if ids := b.named(mulu.KindLink, "system/"+s.ID); len(ids) > 0 {
		return refuse(cite(3, 3), "still_linked", s.Name, ids[0])
	}
	s.Status, s.Why = "retired", a.Why
	return b.put(s, "system.retired", cite(12))
}

func registerTable(b *book, a *act.RegisterTable) *mulu.Refusal {
	s, no := find[mulu.System](b, a.System, cite(12))
	if no != nil {
		return no
	}
	if s.Status != "in_use" {
		return refuse(cite(12), "system_retired", s.Name)
	}
	t := &mulu.Table{Org: s.Org, System: s.ID, Database: a.Database, Schema: a.Schema, Name: a.Name, Comment: a.Comment,
		Rows: a.Rows, Columns: a.Columns, Scanned: b.stamp(), Status: "present"}
	if no := first(text("database", a.Database, 1, 100, cite(12)), optional("schema", a.Schema, 1, 100, cite(12)),
		text("name", a.Name, 1, 128, cite(12)), checkTable(t)); no != nil {
		return no
	}
	if b.taken(mulu.KindTable, t.Indexes()[0], "") {
		return refuse(cite(12), "name_taken", "@table", a.Name)
	}
	t.ID = b.id("T", s.Org)
	return b.put(t, "table.registered", cite(3, 3), cite(12))
}

func checkTable(t *mulu.Table) *mulu.Refusal {
	if no := first(optional("comment", t.Comment, 1, 500, cite(12)), within("columns", len(t.Columns), 1, 2000, cite(12))); no != nil {
		return no
	}
	if t.Rows < 0 {
		return refuse(cite(12), "out_of_range", "@rows", strconv.FormatInt(t.Rows, 10), "0", "9223372036854775807")
	}
	seen := map[string]bool{}
	for _, c := range t.Columns {
		if no := first(text("column", c.Name, 1, 128, cite(12)), text("type", c.Type, 1, 60, cite(12)),
			optional("comment", c.Comment, 1, 500, cite(12)), within("length", c.Length, 0, 1<<30, cite(12))); no != nil {
			return no
		}
		if seen[c.Name] {
			return refuse(cite(12), "doubled", "@column", c.Name)
		}
		seen[c.Name] = true
	}
	return nil
}

func amendTable(b *book, a *act.AmendTable) *mulu.Refusal {
	t, no := find[mulu.Table](b, a.Table, cite(12))
	if no != nil {
		return no
	}
	t.Comment, t.Rows, t.Columns, t.Scanned = a.Comment, a.Rows, a.Columns, b.stamp()
	if no := checkTable(t); no != nil {
		return no
	}
	return b.put(t, "table.amended", cite(12))
}

func retireTable(b *book, a *act.RetireTable) *mulu.Refusal {
	t, no := find[mulu.Table](b, a.Table, cite(12))
	if no != nil {
		return no
	}
	if no := text("why", a.Why, 2, 500, cite(12)); no != nil {
		return no
	}
	if ids := b.named(mulu.KindLink, "table/"+t.ID); len(ids) > 0 {
		return refuse(cite(3, 3), "still_linked", t.Name, ids[0])
	}
	t.Status, t.Why = "retired", a.Why
	return b.put(t, "table.retired", cite(12))
}

func linkSystem(b *book, a *act.LinkSystem) *mulu.Refusal {
	e, s, no := entryAndSystem(b, a.Entry, a.System)
	if no != nil {
		return no
	}
	if s.Status != "in_use" {
		return refuse(cite(12), "system_retired", s.Name)
	}
	return makeLink(b, &mulu.Link{ID: e.Code + ">" + s.ID, Org: e.Org, Entry: e.Code, System: s.ID})
}

func entryAndSystem(b *book, entry, system string) (*mulu.Entry, *mulu.System, *mulu.Refusal) {
	e, no := find[mulu.Entry](b, entry, cite(3, 3))
	if no != nil {
		return nil, nil, no
	}
	if e.Status == "retired" {
		return nil, nil, refuse(cite(3, 3), "entry_retired", e.Code)
	}
	s, no := find[mulu.System](b, system, cite(3, 3))
	return e, s, no
}

func makeLink(b *book, l *mulu.Link) *mulu.Refusal {
	old := load[mulu.Link](b, l.ID)
	if old != nil && old.Status == "made" {
		return refuse(cite(3, 3), "linked_already", l.ID)
	}
	l.Status = "made"
	return b.put(l, "link.made", cite(3, 3))
}

func cutLink(b *book, id, why string) *mulu.Refusal {
	l, no := find[mulu.Link](b, id, cite(3, 3))
	if no != nil {
		return no
	}
	if no := text("why", why, 2, 500, cite(3, 3)); no != nil {
		return no
	}
	l.Status, l.Why = "cut", why
	return b.put(l, "link.cut", cite(3, 3))
}

func unlinkSystem(b *book, a *act.UnlinkSystem) *mulu.Refusal {
	return cutLink(b, a.Entry+">"+a.System, a.Why)
}

func bindItem(b *book, a *act.BindItem) *mulu.Refusal {
	t, no := find[mulu.Table](b, a.Table, cite(3, 3))
	if no != nil {
		return no
	}
	e, _, no := entryAndSystem(b, a.Entry, t.System)
	if no != nil {
		return no
	}
	if _, ok := e.Current().Item(a.Item); !ok {
		return refuse(cite(3, 3), "unknown", "@item", a.Item)
	}
	if _, ok := t.Column(a.Column); !ok || t.Status != "present" {
		return refuse(cite(3, 3), "unknown", "@column", a.Column)
	}
	return makeLink(b, &mulu.Link{ID: bindingID(a.Entry, a.Item, a.Table, a.Column), Org: e.Org, Entry: e.Code, System: t.System,
		Item: a.Item, Table: t.ID, Column: a.Column})
}

func unbindItem(b *book, a *act.UnbindItem) *mulu.Refusal {
	return cutLink(b, bindingID(a.Entry, a.Item, a.Table, a.Column), a.Why)
}

func bindingID(entry, item, table, column string) string {
	return entry + "#" + item + ">" + table + "." + column
}
