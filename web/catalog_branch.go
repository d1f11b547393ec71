package web

import (
	"context"
	"fmt"
	"net/url"
	"strconv"

	"mulu"
	"mulu/read"
)

func orgBranch(o read.OrgRow) branch {
	b := branch{Kind: "org", ID: o.ID, Title: o.Name, Note: o.Short, Path: "/catalog/" + o.ID, Page: "/orgs/" + o.ID}
	if o.Short == o.Name {
		b.Note = ""
	}
	switch {
	case o.Status == "closed":
		b.Marks = append(b.Marks, mark{Word: "closed"})
	case !o.Bound && !o.Joined:
		b.Marks = append(b.Marks, mark{Text: "未参照目录链", Tone: "off"})
	case o.Duties == 0 && o.Entries == 0:
		b.Marks = append(b.Marks, mark{Text: "未登记职责", Tone: "warn"})
	}
	if o.Duties > 0 {
		b.Marks = append(b.Marks, mark{Text: "职责 {0}", Word: strconv.Itoa(o.Duties)}, mark{Text: "目录 {0}", Word: strconv.Itoa(o.Entries)})
	}
	return b
}

func dutyBranch(d read.Duty) branch {
	b := branch{Kind: "duty", ID: d.ID, Title: d.Name, Path: "/catalog/" + d.Org + "/" + d.ID, Page: "/duties/" + d.ID}
	switch {
	case d.Status == "no_data":
		b.Marks = []mark{{Word: "no_data"}}
	case d.Status == "retired":
		b.Marks = []mark{{Word: "retired"}}
	case d.Entries == 0:
		b.Marks = []mark{{Text: "未编目", Tone: "warn"}}
	case d.Published == 0:
		b.Marks = []mark{{Text: "编目中", Tone: "wait"}}
	default:
		b.Marks = []mark{{Text: "目录 {0}", Word: strconv.Itoa(d.Published)}}
	}
	return b
}

func entryBranch(path string, e read.Entry) branch {
	b := branch{Kind: "entry", ID: e.Code, Title: e.Name, Path: path + "/" + e.Code, Page: "/entries/" + e.Code}
	if e.Status != "published" {
		b.Marks = append(b.Marks, mark{Word: e.Status})
	}
	b.Marks = append(b.Marks, mark{Word: "sharing." + e.Sharing, Tone: tone(e.Sharing)}, mark{Text: "{0}级", Word: strconv.Itoa(e.Grade)})
	return b
}

func (v *visit) openOrg(ctx context.Context, b *branch) error {
	duties, err := v.Read.Duties(ctx, b.ID, "", "", mostBelow)
	if err != nil {
		return err
	}
	b.Open = true
	for _, d := range duties {
		if d.Status != "retired" || d.Entries > 0 {
			b.Below = append(b.Below, dutyBranch(d))
		}
	}
	if len(b.Below) == 0 {
		b.Void = "还没有登记职责。"
		if p := "/duties/new"; v.own(b.ID) && v.may("duty.register") && v.leads(p) {
			b.Next, b.Link = p, "登记职责"
		}
	}
	return nil
}

func (v *visit) openDuty(ctx context.Context, b *branch) error {
	d, err := v.Read.Duty(ctx, b.ID)
	if err != nil {
		return err
	}
	all, err := v.Read.EntriesUnder(ctx, b.ID, "", mostBelow)
	if err != nil {
		return err
	}
	b.Open = true
	seen, hidden := v.seen(all)
	for _, e := range seen {
		if e.Status != "retired" {
			b.Below = append(b.Below, entryBranch(b.Path, e))
		}
	}
	switch {
	case len(b.Below) > 0:
	case d.Status == "no_data":
		b.Void = "已声明不产生数据。"
	case hidden > 0:
		b.Void = "目录已编制，尚未发布。"
	default:
		b.Void = "这项职责尚未编目。"
		if p := "/entries/new?duty=" + d.ID; v.own(d.Org) && d.Status == "active" && v.may("entry.submit") && v.leads(p) {
			b.Next, b.Link = p, "编制数据目录"
		}
	}
	return nil
}

func (v *visit) openEntry(ctx context.Context, b *branch, org string, links []read.Link) error {
	b.Open = true
	at := map[string]int{}
	for _, l := range links {
		i, known := at[l.System]
		if !known {
			s, err := v.Read.System(ctx, l.System)
			if err != nil {
				return err
			}
			i = len(b.Below)
			at[l.System] = i
			x := branch{Kind: "system", ID: s.ID, Title: s.Name, Path: b.Path + "/" + s.ID, Page: "/systems/" + s.ID, Marks: []mark{{Word: "network." + s.Network}}}
			if s.Tables == 0 {
				x.Marks = append(x.Marks, mark{Text: "未登记库表", Tone: "warn"})
			} else {
				x.Marks = append(x.Marks, mark{Text: "库表 {0}", Word: strconv.Itoa(s.Tables)})
			}
			b.Below = append(b.Below, x)
		}
	}
	if len(b.Below) == 0 {
		b.Void = "还没有挂接系统。"
		if p := "/entries/" + b.ID + "/links"; v.own(org) && v.may("system.link") && v.leads(p) {
			b.Next, b.Link = p, "挂接系统"
		}
	}
	return nil
}

// openSystem shows the tables of a system; those that hold items of the entry above come first.
func (v *visit) openSystem(ctx context.Context, b *branch, org string, links []read.Link) error {
	tables, err := v.Read.Tables(ctx, b.ID, "", mostBelow)
	if err != nil {
		return err
	}
	b.Open = true
	binds := map[string]int{}
	for _, l := range links {
		if l.Table != "" {
			binds[l.Table]++
		}
	}
	for _, first := range []bool{true, false} {
		for _, t := range tables {
			if (binds[t.ID] > 0) != first || t.Status == "retired" {
				continue
			}
			x := branch{Kind: "table", ID: t.ID, Title: t.Name, Note: t.Comment, Path: b.Path + "/" + t.ID, Page: "/tables/" + t.ID}
			if first {
				x.Marks = []mark{{Text: "绑定 {0} 个信息项", Word: strconv.Itoa(binds[t.ID]), Tone: "ok"}}
			}
			b.Below = append(b.Below, x)
		}
	}
	if len(b.Below) == 0 {
		b.Void = "还没有登记库表。"
		if p := "/systems/" + b.ID + "/tables/new"; v.own(org) && v.may("table.register") && v.leads(p) {
			b.Next, b.Link = p, "登记库表"
		}
	}
	return nil
}

// openTable shows the columns of a table, with the items of the entry above that are bound to them.
func (v *visit) openTable(ctx context.Context, b *branch, c *mulu.EntryContent, links []read.Link) error {
	t, err := v.Read.Table(ctx, b.ID)
	if err != nil {
		return err
	}
	b.Open = true
	for _, col := range t.Columns {
		kind := col.Type
		if col.Length > 0 {
			kind = fmt.Sprintf("%s (%d)", kind, col.Length)
		}
		x := branch{Kind: "column", ID: col.Name, Title: col.Name, Note: kind, Page: "/tables/" + t.ID + "?column=" + url.QueryEscape(col.Name), Leaf: true}
		if col.IsKey {
			x.Marks = append(x.Marks, mark{Text: "主键", Tone: "info"})
		}
		for _, l := range links {
			if i, ok := c.Item(l.Item); ok && l.Table == t.ID && l.Column == col.Name {
				x.Marks = append(x.Marks, mark{Text: "信息项：{0}", Word: i.Name, Tone: "ok"})
			}
		}
		b.Below = append(b.Below, x)
	}
	return nil
}
