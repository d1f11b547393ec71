package web

import (
	"slices"
	"strings"
	"time"

	"mulu"
	"mulu/act"
	"mulu/gateway"
	"mulu/read"
)

// grantPage is what the page of a permission shows. Only what the chosen tab needs is filled.
type grantPage struct {
	form
	mulu.Grant
	Content                    *mulu.EntryContent
	ConsumerName, ProviderName string
	Uses, Provides             bool // who looks is of the consumer, of the provider
	Tab                        string
	Tabs                       []pageTab
	Standing                   *standing
	Deeds                      []deed

	Items      []grantItem
	Left       *remaining
	Period     int // calendar days left
	Reports    []read.UseReport
	Planned    []string // when the next reports fall due
	Flags      []read.UseFlag
	Objections []read.Objection
	Suspender  string

	Here     bool // this node has a gateway
	Example  []example
	Clients  int
	Tried    *tried
	Purposes []string
	Tale     tale
}

// grantItem is a granted item as the entry now has it, and how it leaves: plain, masked or withheld. Lost says why it is
// not given any more: it is "gone" from the entry or "unshared".
type grantItem struct {
	mulu.Item
	Giving string
	Lost   string
}

func (v *visit) grantPage() error {
	p, err := v.grantShown(v.R.URL.Query().Get("tab"))
	if err != nil {
		return err
	}
	return v.show("grant", p)
}

// grantShown fills a tab of the page of the permission in the path.
func (v *visit) grantShown(tab string) (*grantPage, error) {
	g, err := v.grant(v.R.PathValue("id"))
	if err != nil {
		return nil, err
	}
	p := &grantPage{Grant: g, Tab: tab, Here: v.Calls != nil, Uses: v.own(g.Consumer), Provides: v.own(g.Provider)}
	e, err := v.grantedEntry(g.Entry)
	if err != nil {
		return nil, err
	}
	p.Content = e.Current()
	w := v.speakers()
	p.ConsumerName, p.ProviderName, p.Suspender = w.short(g.Consumer), w.short(g.Provider), w.short(g.SuspendedBy)
	p.Items = grantItems(p.Content, g.Items)
	if p.Left, err = v.terms().until(deliverEnd(&g), g.DeliverBy != nil && g.DeliverBy.Provisional, false); err != nil {
		return nil, err
	}
	p.Period = v.calendarDays(g.Until)
	p.Standing, p.Deeds = v.grantStanding(p, &e), v.grantDeeds(&g)
	fill := map[string]func(*grantPage) error{"call": v.grantCall, "try": v.grantTry, "story": v.grantTale, "receipts": func(*grantPage) error { return nil }}[tab]
	if fill == nil || !p.Uses && (tab == "try" || tab == "call") {
		p.Tab, fill = "overview", v.grantOverview
	}
	p.Tabs = v.grantTabs(p)
	return p, fill(p)
}

// deliverEnd is the end of a term of delivery that still runs or has passed, "" where the data was delivered.
func deliverEnd(g *mulu.Grant) string {
	if g.Delivered != "" || g.Status == "ended" || g.DeliverBy == nil {
		return ""
	}
	return g.DeliverBy.End
}

func (v *visit) grantTabs(p *grantPage) []pageTab {
	path := "/grants/" + p.ID
	list := []pageTab{{Path: path, Title: "概览", Here: p.Tab == "overview"}}
	if p.Uses {
		list = append(list, pageTab{Path: path + "?tab=call", Title: "怎样调用", Here: p.Tab == "call"}, pageTab{Path: path + "?tab=try", Title: "试用", Here: p.Tab == "try"})
	}
	return append(list, pageTab{Path: path + "/receipts", Title: "回执与统计", Here: p.Tab == "receipts"},
		pageTab{Path: path + "?tab=story", Title: "办理过程", Here: p.Tab == "story"})
}

// grantItems are the granted items as the entry now has them.
func grantItems(c *mulu.EntryContent, fields []string) (list []grantItem) {
	for _, f := range fields {
		i, ok := c.Item(f)
		if !ok {
			list = append(list, grantItem{Item: mulu.Item{Name: f, Field: f}, Lost: "gone"})
			continue
		}
		one := grantItem{Item: i, Giving: gateway.Giving(c, i)}
		if one.Grade == 0 {
			one.Grade = c.Grade
		}
		if c.SharingOf(i) == "not_shared" {
			one.Lost = "unshared"
		}
		list = append(list, one)
	}
	return list
}

// can tells whether the law and the roles would let who looks say an act now.
func (v *visit) can(a act.Act) bool { return v.may(a.Kind()) && v.Desk.Can(v.by(), a) == nil }

// anyReason stands for a reason where an act is only tried.
const anyReason = "to be given"

// offer is an act, as far as it is known, and what leads to saying it.
type offer struct {
	a act.Act
	d deed
}

// offers gives what leads to those acts that who looks could say now.
func (v *visit) offers(list ...offer) []deed {
	var can []deed
	for _, o := range list {
		if v.can(o.a) {
			can = append(can, o.d)
		}
	}
	return v.deeds(can...)
}

// grantDeeds lists what who looks may do with a permission as it stands.
func (v *visit) grantDeeds(g *mulu.Grant) []deed {
	path := "/grants/" + g.ID
	return v.offers(
		offer{&act.DeliverGrant{Grant: g.ID}, deed{Path: path + "/deliver", Icon: "circle-check", Text: "完成交付", Primary: true}},
		offer{&act.ResumeGrant{Grant: g.ID, Why: anyReason}, deed{Path: path + "/resume", Icon: "player-play", Text: "恢复授权", Primary: true}},
		offer{&act.FileObjection{Grant: g.ID, Items: g.Items, Wrong: anyReason}, deed{Path: path + "/objection", Icon: "message-circle", Text: "提出数据异议"}},
		offer{&act.SuspendGrant{Grant: g.ID, Why: anyReason}, deed{Path: path + "/suspend", Icon: "player-pause", Text: "暂停授权"}},
		offer{&act.EnterMisuse{Grant: g.ID, Why: anyReason}, deed{Path: path + "/misuse", Icon: "flag", Text: "登记违规使用"}},
		offer{&act.EndGrant{Grant: g.ID, Why: anyReason}, deed{Path: path + "/end", Icon: "x", Text: "放弃授权", Danger: true}},
	)
}

// grantStanding says how a permission stands, what that means and what comes next.
func (v *visit) grantStanding(p *grantPage, e *mulu.Entry) *standing {
	g := &p.Grant
	until := stamp(g.Until, time.DateOnly)
	switch g.Status {
	case "ended":
		s := &standing{Kind: "warn", Icon: "archive", Text: v.t("授权已结束，不能再取数。"), Reason: g.Why, Next: v.t("回执和记录保留，可以继续查阅和核验。如仍需要，请重新申请。")}
		return s
	case "suspended":
		return &standing{Kind: "warn", Icon: "player-pause", Text: v.t("{0} 已暂停这项授权，网关拒绝每一次调用。", p.Suspender), Reason: g.Why,
			Next: v.t("由暂停的单位或主管部门恢复；交付期限照常计算。有异议的，可以提请主管部门协调。")}
	case "delivering":
		s := &standing{Kind: "info", Icon: "hourglass", Text: v.t("等待提供单位交付数据，交付后才能取数。")}
		if g.Overdue {
			s.Kind, s.Icon, s.Text, s.Next = "bad", "alarm", v.t("提供单位逾期未交付。"), v.t("规则已自动提请主管部门协调，并记为问题；提供单位仍应尽快交付。")
			if cases := v.Desk.Chain.Find(mulu.KindDispute, "open/"+g.Application); len(cases) > 0 && v.leads("/cases/"+cases[0]) {
				s.Path, s.Link = "/cases/"+cases[0], v.t("查看协调事项")
			}
		} else if g.DeliverBy != nil {
			s.Next = v.t("提供单位应在 {0} 24 时前交付；逾期由规则自动提请主管部门协调。", g.DeliverBy.Last)
		}
		return s
	}
	if e.Status == "suspended" {
		return &standing{Kind: "warn", Icon: "player-pause", Text: v.t("目录已暂停，暂时不能取数。"), Reason: e.Why, Next: v.t("目录恢复后授权继续有效，不必重新申请。"), Path: "/entries/" + e.Code, Link: v.t("查看目录")}
	}
	return &standing{Kind: "ok", Icon: "circle-check", Text: v.t("授权有效，可以取数，至 {0}。", until), Next: v.t("只能用于申请时写明的场景和范围；每次调用写明用途和事项编号，并留下签名回执。")}
}

func (v *visit) grantOverview(p *grantPage) (err error) {
	ctx := v.R.Context()
	if p.Reports, err = v.Read.UseReportsUnder(ctx, p.ID, 6); err != nil {
		return err
	}
	if p.Flags, err = v.Read.UseFlagsUnder(ctx, p.ID, 6); err != nil {
		return err
	}
	if p.Objections, err = v.Read.ObjectionsUnder(ctx, p.ID, 6); err != nil {
		return err
	}
	now := v.Now()
	for _, at := range p.Grant.Reports {
		if t, err := time.Parse(time.RFC3339, at); err == nil && t.After(now) && p.Status != "ended" {
			p.Planned = append(p.Planned, at)
		}
	}
	p.Planned = p.Planned[:min(len(p.Planned), 3)]
	return nil
}

func (v *visit) grantTale(p *grantPage) (err error) {
	p.Tale, err = v.tale(mulu.KindGrant, p.ID, "/grants/"+p.ID+"?tab=story", true)
	return err
}

// ItemName is the name of an item of the entry, its field where the entry has it no more.
func (p *grantPage) ItemName(field string) string { return itemName(p.Content, field) }

func itemName(c *mulu.EntryContent, field string) string {
	if i, ok := c.Item(field); ok {
		return i.Name
	}
	return field
}

// Masked tells whether something leaves masked.
func (p *grantPage) Masked() bool {
	return slices.ContainsFunc(p.Items, func(i grantItem) bool { return i.Giving == "masked" })
}

// Given are the items that can still be had.
func (p *grantPage) Given() (list []grantItem) {
	for _, i := range p.Items {
		if i.Lost == "" && (p.Method == "check" || i.Giving != "withheld") {
			list = append(list, i)
		}
	}
	return list
}

// madeBy says in Chinese what a permission rests on.
func madeBy(by string) string {
	switch by {
	case "rule":
		return "无条件共享，规则当即授权"
	case "answer":
		return "提供单位答复同意"
	case "deemed":
		return "逾期未答复，视为同意"
	case "ruling":
		return "主管部门协调结论"
	}
	return by
}

// Origin says in Chinese what it rests on.
func (p *grantPage) Origin() string { return madeBy(p.By) }

// quoted is a text that can stand in an example: one line, no quotes or backslashes, cut short.
func quoted(text string, most int) string {
	text = strings.Map(func(r rune) rune {
		if r < ' ' || strings.ContainsRune("'\"\\`$", r) {
			return -1
		}
		return r
	}, text)
	if r := []rune(text); len(r) > most {
		text = string(r[:most])
	}
	return strings.TrimSpace(text)
}
