package web

import (
	"context"

	"mulu"
	"mulu/read"
)

// dutyView is the page of a duty: the first level, with the entries below it.
type dutyView struct {
	read.Duty
	Provider read.Org
	Below    []read.Entry
	Hidden   int // entries handed in and not published, which others do not see
	Standing *standing
	Deeds    []deed
	Tale     tale
}

func (v *visit) dutyPage() error {
	ctx, d := v.R.Context(), &dutyView{}
	var err error
	if d.Duty, err = v.Read.Duty(ctx, v.R.PathValue("id")); err != nil {
		return err
	}
	if d.Provider, err = v.Read.Org(ctx, d.Org); err != nil {
		return err
	}
	below, err := v.Read.EntriesUnder(ctx, d.ID, "", 1000)
	if err != nil {
		return err
	}
	d.Below, d.Hidden = v.seen(below)
	path, own := "/duties/"+d.ID, v.own(d.Org)
	var list []deed
	if own && d.Status == "active" && v.may("entry.submit") {
		list = append(list, deed{Path: "/entries/new?duty=" + d.ID, Icon: "file-plus", Text: "编制数据目录", Primary: true})
	}
	if own && d.Status != "retired" && v.may("duty.amend") {
		list = append(list, deed{Path: path + "/edit", Icon: "edit", Text: "修改"})
	}
	if own && d.Status == "active" && d.Entries == 0 && v.may("duty.no_data") {
		list = append(list, deed{Path: path + "/no-data", Icon: "circle-dashed", Text: "声明无数据"})
	}
	if own && d.Status != "retired" && d.Entries == 0 && v.may("duty.retire") {
		list = append(list, deed{Path: path + "/retire", Icon: "archive", Text: "撤销", Danger: true})
	}
	d.Deeds, d.Standing = v.deeds(list...), v.dutyStanding(d)
	if d.Tale, err = v.tale(mulu.KindDuty, d.ID, path, own || v.bureau()); err != nil {
		return err
	}
	return v.show("duty", d)
}

func (v *visit) dutyStanding(d *dutyView) *standing {
	switch {
	case d.Status == "retired":
		return &standing{Kind: "warn", Icon: "archive", Text: v.t("这项职责已撤销。"), Reason: d.Why}
	case d.Status == "no_data":
		return &standing{Kind: "info", Icon: "circle-dashed", Text: v.t("已声明不产生数据，计入覆盖。"), Reason: d.Why, Next: v.t("以后产生数据时，修改职责即恢复为应编目。")}
	case d.Published == 0 && d.Entries > 0:
		return &standing{Kind: "info", Icon: "clock", Text: v.t("数据目录已编制 {0} 条，尚未发布。", d.Entries)}
	case d.Published == 0:
		return &standing{Kind: "warn", Icon: "alert-triangle", Text: v.t("这项职责尚未编目。"), Next: v.t("按规定应编制数据目录；确不产生数据的，声明无数据并说明理由。")}
	}
	return nil
}

// seen keeps the entries that who looks may see, and counts the others.
func (v *visit) seen(all []read.Entry) (kept []read.Entry, hidden int) {
	for _, e := range all {
		if v.sees(e.Org, e.Version) {
			kept = append(kept, e)
		}
	}
	return kept, len(all) - len(kept)
}

// systemView is the page of a system: the third level, with its tables below and the entries above.
type systemView struct {
	read.System
	Connection string // name of the owner's secret, for its own people
	Provider   read.Org
	Below      []read.Table
	More       bool // there are more tables than are shown
	Above      []read.Entry
	Standing   *standing
	Deeds      []deed
	Tale       tale
}

// tablesShown is how many tables the page of a system shows; a search by name is for more.
const tablesShown = 500

func (v *visit) systemPage() error {
	ctx, d := v.R.Context(), &systemView{}
	var err error
	if d.System, err = v.Read.System(ctx, v.R.PathValue("id")); err != nil {
		return err
	}
	if d.Provider, err = v.Read.Org(ctx, d.Org); err != nil {
		return err
	}
	if d.Below, err = v.Read.Tables(ctx, d.ID, "", tablesShown); err != nil {
		return err
	}
	d.More = len(d.Below) == tablesShown && d.Tables > tablesShown
	above, err := v.Read.EntriesOfSystem(ctx, d.ID)
	if err != nil {
		return err
	}
	d.Above, _ = v.seen(above)
	path, own := "/systems/"+d.ID, v.own(d.Org)
	if own {
		var s mulu.System
		if err := v.noun(mulu.KindSystem, d.ID, &s); err != nil {
			return err
		}
		d.Connection = s.Connection
	}
	var list []deed
	if own && d.Status == "in_use" {
		if v.may("table.register") {
			list = append(list, deed{Path: path + "/tables/new", Icon: "plus", Text: "登记库表", Primary: true})
		}
		if v.may("table.amend") {
			list = append(list, deed{Path: path + "/scan", Icon: "search", Text: "库表探查"})
		}
		if v.may("system.amend") {
			list = append(list, deed{Path: path + "/edit", Icon: "edit", Text: "修改"})
		}
		if v.may("system.retire") && d.Tables == 0 && len(above) == 0 {
			list = append(list, deed{Path: path + "/retire", Icon: "archive", Text: "停用", Danger: true})
		}
	}
	d.Deeds = v.deeds(list...)
	switch {
	case d.Status == "retired":
		d.Standing = &standing{Kind: "warn", Icon: "archive", Text: v.t("该系统已停用。"), Reason: d.Why}
	case d.Tables == 0:
		d.Standing = &standing{Kind: "warn", Icon: "alert-triangle", Text: v.t("尚未登记库表，信息项无处绑定。"), Next: v.t("由所属机构登记库表，再把信息项绑定到列。")}
	}
	if d.Tale, err = v.tale(mulu.KindSystem, d.ID, path, true); err != nil {
		return err
	}
	return v.show("system", d)
}

// tableView is the page of a table: the fourth level. Walk leads from the column chosen up to the duties.
type tableView struct {
	read.Table
	System   read.System
	Provider read.Org
	Rows     []columnRow
	Chosen   string
	Walk     []step
	Standing *standing
	Deeds    []deed
	Tale     tale
}

type columnRow struct {
	mulu.Column
	Binds []bind
}

// bind is an item bound to a column.
type bind struct {
	read.Link
	ItemName string
	Grade    int
}

// step is one way up from a column: item, entry, duty.
type step struct {
	Item  read.Item
	Entry read.Entry
	Duty  read.Duty
}

func (v *visit) tablePage() error {
	ctx, d := v.R.Context(), &tableView{Chosen: v.R.URL.Query().Get("column")}
	var err error
	if d.Table, err = v.Read.Table(ctx, v.R.PathValue("id")); err != nil {
		return err
	}
	if d.System, err = v.Read.System(ctx, d.Table.System); err != nil {
		return err
	}
	if d.Provider, err = v.Read.Org(ctx, d.Org); err != nil {
		return err
	}
	if err := v.columns(ctx, d); err != nil {
		return err
	}
	path, own := "/tables/"+d.ID, v.own(d.Org)
	var list []deed
	if own && d.Status == "present" {
		if v.may("table.amend") {
			list = append(list, deed{Path: path + "/edit", Icon: "edit", Text: "修改", Primary: true})
		}
		if v.may("table.retire") && d.Links == 0 {
			list = append(list, deed{Path: path + "/retire", Icon: "archive", Text: "撤销", Danger: true})
		}
	}
	d.Deeds = v.deeds(list...)
	if d.Status == "retired" {
		d.Standing = &standing{Kind: "warn", Icon: "archive", Text: v.t("该库表已撤销。"), Reason: d.Why}
	}
	if d.Tale, err = v.tale(mulu.KindTable, d.ID, path, true); err != nil {
		return err
	}
	return v.show("table", d)
}

// columns arranges the columns with what is bound to each, and walks up from the chosen one.
func (v *visit) columns(ctx context.Context, d *tableView) error {
	up, err := v.Read.Trace(ctx, d.ID, "")
	if err != nil {
		return err
	}
	items, entries, duties := map[string]read.Item{}, map[string]read.Entry{}, map[string]read.Duty{}
	for _, i := range up.Items {
		items[i.Entry+"#"+i.Field] = i
	}
	for _, e := range up.Entries {
		entries[e.Code] = e
	}
	for _, y := range up.Duties {
		duties[y.ID] = y
	}
	links, err := v.Read.LinksOfTable(ctx, d.ID)
	if err != nil {
		return err
	}
	bound := map[string][]bind{}
	for _, l := range links {
		e, i := entries[l.Entry], items[l.Entry+"#"+l.Item]
		if !v.sees(e.Org, e.Version) || i.Field == "" {
			continue
		}
		bound[l.Column] = append(bound[l.Column], bind{l, i.Name, i.Grade})
		if l.Column == d.Chosen {
			d.Walk = append(d.Walk, step{i, e, duties[e.Duty]})
		}
	}
	known := d.Chosen == ""
	for _, c := range d.Columns {
		d.Rows = append(d.Rows, columnRow{c, bound[c.Name]})
		known = known || c.Name == d.Chosen
	}
	if !known {
		return errAbsent
	}
	return nil
}
