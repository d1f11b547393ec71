package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"mulu"
	"mulu/act"
	"mulu/read"
)

func entryRoutes() []Route {
	return []Route{
		{"GET", "/entries/{class}/{seq}", Members, false, (*visit).entryPage},
		{"GET", "/duties/{id}", Members, false, (*visit).dutyPage},
		{"GET", "/systems/{id}", Members, false, (*visit).systemPage},
		{"GET", "/tables/{id}", Members, false, (*visit).tablePage},
	}
}

// entryPage is what the page of an entry shows. Only what the chosen tab needs is filled.
type entryPage struct {
	mulu.Entry
	Content  *mulu.EntryContent // the published one, else the one handed in
	Provider read.Org
	Duty     read.Duty
	Mine     bool // of the provider or the bureau, who see what is not published
	MayLink  bool
	Tab      string
	Tabs     []pageTab
	Standing *standing
	Deeds    []deed
	Links    []read.Link
	MayApply bool // who looks can put it into the basket
	InBasket bool

	Access     access
	Ground     string // of Art. 27(1), in words
	Protection Protection
	Dataset    *mulu.Dataset

	Bound    map[string][]read.Link // by field
	Elements map[string]string      // names of the data elements that items follow, by ID
	Systems  []systemBelow
	Unbound  []mulu.Item
	Versions []entryVersion
	Compared *compared
	Tale     tale
}

// pageTab is one of the parts of a page, each with its own address.
type pageTab struct {
	Path, Title string
	Count       int
	Here        bool
}

// standing says how a noun stands, what that means and what comes next.
type standing struct {
	Kind, Icon   string // of the notice: ok | info | warn | bad
	Text, Reason string
	Next         string
	Path, Link   string
}

// deed is a button that leads to something that who looks may do here. The page behind it checks again.
type deed struct {
	Path, Icon, Text string
	Danger, Primary  bool
}

// deeds keeps those whose page is there and open to who looks.
func (v *visit) deeds(list ...deed) []deed {
	var kept []deed
	for _, b := range list {
		if v.leads(b.Path) {
			kept = append(kept, b)
		}
	}
	return kept
}

// leads tells whether a path is one of these pages and admits who looks, so that no link leads nowhere.
func (v *visit) leads(path string) bool {
	u, err := url.Parse(path)
	if err != nil {
		return false
	}
	_, pattern := v.mux.Handler(&http.Request{Method: http.MethodGet, URL: &url.URL{Path: u.Path}})
	for _, r := range v.listed {
		if r.Method+" "+r.Path == pattern {
			return r.For.Public || v.Person != nil && r.For.Admits(v.Person.Roles, v.bureau())
		}
	}
	return false
}

// sees tells whether who looks may see an entry: what was never published is its provider's and the bureau's.
func (v *visit) sees(org string, version int) bool { return version > 0 || v.own(org) || v.bureau() }

func (v *visit) entryPage() error {
	ctx, code := v.R.Context(), v.R.PathValue("class")+"/"+v.R.PathValue("seq")
	d := &entryPage{Tab: v.R.URL.Query().Get("tab")}
	if err := v.noun(mulu.KindEntry, code, &d.Entry); err != nil {
		return err
	}
	if !v.sees(d.Org, d.Version) {
		return errAbsent
	}
	d.Content, d.Mine = d.Current(), v.own(d.Org) || v.bureau()
	if d.Content == nil {
		return fmt.Errorf("the entry %s has no content", code)
	}
	if !v.own(d.Org) { // found, and not one of the own
		v.under = "/search"
	}
	var err error
	if d.Provider, err = v.Read.Org(ctx, d.Org); err != nil {
		return err
	}
	if d.Duty, err = v.Read.Duty(ctx, d.Content.Duty); err != nil && !errors.Is(err, read.ErrAbsent) {
		return err
	}
	if d.Links, err = v.Read.LinksOf(ctx, code); err != nil {
		return err
	}
	if d.Standing, err = v.entryStanding(d); err != nil {
		return err
	}
	d.Deeds = v.entryDeeds(d)
	if d.MayApply = v.may("application.submit") && !v.own(d.Org) && d.Version > 0 && (d.Status == "published" || d.Status == "changing"); d.MayApply {
		in, err := v.basketed()
		if err != nil {
			return err
		}
		d.InBasket = in[code]
	}
	d.MayLink = v.own(d.Org) && d.Status != "retired" && v.may("system.link")
	fill := map[string]func(context.Context, *entryPage) error{"items": v.entryItems, "links": v.entryLinks, "versions": v.entryVersions, "story": v.entryTale}[d.Tab]
	if fill == nil {
		d.Tab, fill = "overview", v.entryOverview
	}
	d.Tabs = entryTabs(d)
	if err := fill(ctx, d); err != nil {
		return err
	}
	return v.show("entry", d)
}

func entryTabs(d *entryPage) []pageTab {
	path := "/entries/" + d.Code
	list := []pageTab{{Path: path, Title: "概览", Here: d.Tab == "overview"}}
	for _, t := range []struct {
		key, title string
		count      int
	}{{"items", "信息项", len(d.Content.Items)}, {"links", "关联", len(d.Links)}, {"versions", "版本", d.Version}, {"story", "办理过程", 0}} {
		list = append(list, pageTab{path + "?tab=" + t.key, t.title, t.count, d.Tab == t.key})
		if t.key == "items" {
			list = append(list, pageTab{Path: path + "/data", Title: "数据"})
		}
	}
	return list
}

// entryDeeds lists what who looks may do with the entry as it stands.
func (v *visit) entryDeeds(d *entryPage) []deed {
	path, own := "/entries/"+d.Code, v.own(d.Org)
	var list []deed
	add := func(kind string, whose bool, b deed) {
		if whose && v.may(kind) {
			list = append(list, b)
		}
	}
	switch d.Status {
	case "submitted", "changing":
		add("entry.verify", v.bureau(), deed{Path: "/verify/" + d.Code, Icon: "checks", Text: "去核定", Primary: true})
		add("entry.withdraw", own, deed{Path: path + "/withdraw", Icon: "arrow-back-up", Text: "撤回"})
	case "returned":
		add("entry.submit", own, deed{Path: path + "/edit", Icon: "edit", Text: "修改后重新提交", Primary: true})
	case "published":
		add("entry.change", own, deed{Path: path + "/edit", Icon: "edit", Text: "修改", Primary: true})
	case "suspended":
		add("entry.resume", own || v.bureau(), deed{Path: path + "/resume", Icon: "player-play", Text: "恢复", Primary: true})
	}
	if d.Status != "retired" {
		add("system.link", own, deed{Path: path + "/links", Icon: "link", Text: "挂接与绑定"})
	}
	if d.Status == "published" || d.Status == "changing" {
		add("dataset.connect", own, deed{Path: path + "/source", Icon: "plug", Text: "数据来源"})
	}
	if d.Version > 0 && d.Status != "retired" && v.can(&act.OpenReview{Entry: d.Code, Why: anyReason}) {
		add("review.open", true, deed{Path: path + "/review", Icon: "refresh", Text: "发起属性研究"})
	}
	if d.Status == "published" || d.Status == "changing" {
		add("entry.suspend", own || v.bureau(), deed{Path: path + "/suspend", Icon: "player-pause", Text: "暂停"})
	}
	if d.Status == "published" || d.Status == "suspended" || d.Status == "returned" {
		add("entry.retire", own, deed{Path: path + "/retire", Icon: "archive", Text: "注销", Danger: true})
	}
	return v.deeds(list...)
}

// entryStanding says how the entry stands.
func (v *visit) entryStanding(d *entryPage) (*standing, error) {
	m, err := v.Read.EntryMoments(v.R.Context(), d.Code)
	if err != nil && !errors.Is(err, read.ErrAbsent) { // committed, and not read yet
		return nil, err
	}
	since := stamp(m.Since, time.DateOnly)
	switch d.Status {
	case "submitted":
		b := &standing{Kind: "info", Icon: "clock", Text: v.t("{0} 提交，等待主管部门核定。", since), Next: v.t("核定后即发布，其他机构可以查到并申请；退回时会写明理由。")}
		return v.toVerify(b, d.Code), nil
	case "returned":
		b := &standing{Kind: "warn", Icon: "arrow-back-up", Text: v.t("{0} 被主管部门退回，尚未发布。", since), Reason: d.Why, Next: v.t("提供单位按理由修改后重新提交，或者注销。")}
		if m.SinceFact == "entry.withdrawn" {
			b.Text, b.Next = v.t("{0} 由提供单位撤回，尚未发布。", since), v.t("提供单位修改后重新提交，或者注销。")
		}
		return b, nil
	case "changing":
		if !d.Mine {
			return &standing{Kind: "info", Icon: "clock", Text: v.t("变更待核定，第 {0} 版继续有效。", d.Version)}, nil
		}
		b := &standing{Kind: "info", Icon: "arrows-diff", Text: v.t("{0} 提交了变更，等待主管部门核定；第 {1} 版继续有效。", since, d.Version),
			Next: v.t("{0}，须重新核定。核定后成为第 {1} 版；退回则保留现行版本。", v.t(whyMaterial(d.Why)), d.Version+1), Path: fmt.Sprintf("/entries/%s?tab=versions&from=%d&to=next", d.Code, d.Version), Link: v.t("查看变更内容")}
		return b, nil
	case "suspended":
		return &standing{Kind: "warn", Icon: "player-pause", Text: v.t("自 {0} 起暂停。", since), Reason: d.Why, Next: v.t("暂停期间不受理新的申请，已有授权停止取数；提供单位或主管部门可以恢复。")}, nil
	case "retired":
		return &standing{Kind: "warn", Icon: "archive", Text: v.t("已于 {0} 注销，只供查阅。", since), Reason: d.Why, Next: v.t("编码不再使用，历史版本和办理过程保留；已有授权随之结束。")}, nil
	}
	if d.Mine && d.Why != "" && m.LastFact == "entry.returned" {
		return &standing{Kind: "warn", Icon: "arrow-back-up", Text: v.t("{0} 提交的变更被退回，第 {1} 版继续有效。", stamp(m.Last, time.DateOnly), d.Version), Reason: d.Why,
			Next: v.t("如仍需变更，请按理由修改后重新提交。")}, nil
	}
	return nil, nil
}

// toVerify adds the way to the bureau's desk where who looks sits there.
func (v *visit) toVerify(b *standing, code string) *standing {
	if path := "/verify/" + code; v.bureau() && v.may("entry.verify") && v.leads(path) {
		b.Path, b.Link = path, v.t("去核定")
	}
	return b
}

// access is how another institution gets at the data.
type access struct {
	Kind, Text string
	Art        mulu.Cite
}

func (v *visit) entryAccess(d *entryPage) access {
	switch {
	case d.Version == 0:
		return access{"wait", v.t("尚未发布，不能申请。"), "11.1"}
	case d.Status == "suspended":
		return access{"warn", v.t("暂停中，暂不受理申请。"), "16"}
	case d.Status == "retired":
		return access{"off", v.t("已注销，不能申请。"), "16"}
	case d.Content.Sharing.Type == "unconditional":
		return access{"ok", v.t("其他公共机构申请后当即授权，从区大数据平台获取。"), "20"}
	case d.Content.Sharing.Type == "conditional":
		return access{"wait", v.t("申请时写明应用场景和使用范围；提供单位自收到之日起 {0} 个工作日内答复，逾期未答复视为同意。", v.reply()), "21"}
	}
	return access{"bad", v.t("不予共享。如因履职确需使用，可提请主管部门协调。"), "22"}
}

func (v *visit) entryOverview(ctx context.Context, d *entryPage) error {
	d.Access, d.Ground = v.entryAccess(d), v.ground(d.Content.Opening.Ground)
	for _, p := range v.Law.Protections() {
		if p.Grade == d.Content.Grade {
			d.Protection = p
		}
	}
	d.Dataset = new(mulu.Dataset)
	err := v.noun(mulu.KindDataset, d.Code, d.Dataset)
	if errors.Is(err, errAbsent) { // the platform holds none
		d.Dataset, err = nil, nil
	}
	return err
}

// bindings arranges the links of an entry by the item they bind.
func bindings(links []read.Link) map[string][]read.Link {
	m := map[string][]read.Link{}
	for _, l := range links {
		if l.Item != "" {
			m[l.Item] = append(m[l.Item], l)
		}
	}
	return m
}

func (v *visit) entryItems(_ context.Context, d *entryPage) error {
	d.Bound, d.Elements = bindings(d.Links), map[string]string{}
	for _, i := range d.Content.Items {
		var e mulu.Element
		switch err := v.noun(mulu.KindElement, i.Standard, &e); {
		case err == nil:
			d.Elements[i.Standard] = e.Name
		case !errors.Is(err, errAbsent): // what is written there from before there were elements stands for itself
			return err
		}
	}
	return nil
}

// systemBelow is a system under an entry, with the tables that hold items of it.
type systemBelow struct {
	read.System
	Tables []tableBelow
}

type tableBelow struct {
	ID, Name string
	Binds    []read.Link // item to column
}

func (v *visit) entryLinks(ctx context.Context, d *entryPage) error {
	at := map[string]int{}
	for _, l := range d.Links {
		id := l.System
		i, ok := at[id]
		if !ok {
			s, err := v.Read.System(ctx, id)
			if err != nil {
				return err
			}
			i = len(d.Systems)
			at[id], d.Systems = i, append(d.Systems, systemBelow{System: s})
		}
		if l.Table == "" {
			continue
		}
		s := &d.Systems[i]
		if n := len(s.Tables); n == 0 || s.Tables[n-1].ID != l.Table {
			s.Tables = append(s.Tables, tableBelow{ID: l.Table, Name: l.TableName})
		}
		t := &s.Tables[len(s.Tables)-1]
		t.Binds = append(t.Binds, l)
	}
	d.Bound = bindings(d.Links)
	for _, i := range d.Content.Items {
		if len(d.Bound[i.Field]) == 0 {
			d.Unbound = append(d.Unbound, i)
		}
	}
	return nil
}

// BoundItems counts the items that are bound to a column.
func (d *entryPage) BoundItems() int { return len(d.Content.Items) - len(d.Unbound) }

// ItemName is the name of a field, which links give only by its field.
func (d *entryPage) ItemName(field string) string {
	if i, ok := d.Content.Item(field); ok {
		return i.Name
	}
	return field
}

func (v *visit) entryTale(_ context.Context, d *entryPage) (err error) {
	d.Tale, err = v.tale(mulu.KindEntry, d.Code, "/entries/"+d.Code+"?tab=story", d.Mine)
	return err
}
