package web

import (
	"errors"
	"strings"

	"mulu"
	"mulu/act"
	"mulu/people"
	"mulu/read"
)

func reviewRoutes() []Route {
	return []Route{
		{"GET", "/reviews", sharers, false, (*visit).reviewsPage},
		{"GET", "/reviews/open", OfBureau(people.Approver), false, (*visit).openReview},
		{"GET", "/reviews/{id}", sharers, false, (*visit).reviewPage},
	}
}

// reviewsPage lists studies of sharing attributes: the institution's own, for the bureau all.
type reviewsPage struct {
	form
	sides
	States []stateTab
	Rows   []reviewRow
	turned
	Status string
}

// reviewRow is a study in a list; its term is an internal one. Caller is who called for it, "" where its interval had passed.
type reviewRow struct {
	read.Review
	Left   *remaining
	Caller string
}

func (v *visit) reviewsPage() error { return v.reviewsShown(&reviewsPage{}, nil) }

func (v *visit) reviewsShown(p *reviewsPage, wrong error) error {
	p.Values = v.R.URL.Query()
	if p.Side = "own"; v.bureau() && p.Get("side") != "own" {
		p.Side = "all"
	}
	if v.bureau() {
		p.Tabs = []pageTab{{Path: "/reviews?side=all", Title: "全区研究", Here: p.Side == "all"}, {Path: "/reviews?side=own", Title: "本机构研究", Here: p.Side == "own"}}
	}
	party := read.Party{}
	if p.Side == "own" {
		party.Provider = v.Org.ID
	}
	q := v.dueQuery(party)
	p.Status = q.Status
	list, err := v.Read.Reviews(v.R.Context(), q)
	if err != nil {
		return err
	}
	list, p.turned = turnDue(v, list)
	counts := map[string]int{}
	if p.Side == "own" {
		counts, err = v.Read.CountsOf(v.R.Context(), mulu.KindReview, v.Org.ID)
	} else {
		counts, err = v.Read.PartyCounts(v.R.Context(), mulu.KindReview, read.Party{})
	}
	if err != nil {
		return err
	}
	p.States = p.states("/reviews", p.Status, counts, []string{"due", "adjusting"}, []string{"confirmed", "changed", "closed"})
	if p.Rows, err = v.reviewRows(list); err != nil {
		return err
	}
	if wrong != nil {
		return v.again("reviews", &p.form, p, wrong)
	}
	return v.show("reviews", p)
}

func (v *visit) reviewRows(list []read.Review) (rows []reviewRow, err error) {
	t, w := v.terms(), v.speakers()
	for _, r := range list {
		row := reviewRow{Review: r}
		if r.Status == "due" {
			if row.Left, err = t.until(r.Due, r.Provisional, true); err != nil {
				return nil, err
			}
		}
		if r.By != "law" {
			row.Caller = w.short(r.By)
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// openReview leads the bureau from a code to the page on which it calls for a study.
func (v *visit) openReview() error {
	code := strings.TrimSpace(v.R.URL.Query().Get("entry"))
	if code == "" {
		return v.to("/reviews")
	}
	var e mulu.Entry
	err := v.noun(mulu.KindEntry, code, &e)
	if errors.Is(err, errAbsent) || err == nil && e.Now == nil {
		return v.reviewsShown(&reviewsPage{}, &mulu.Refusal{Code: "unknown", Art: "23", Args: []string{"@entry", code}})
	}
	if err != nil {
		return err
	}
	return v.to("/entries/" + code + "/review")
}

// reviewPage is one study with what can be done about it.
type reviewPage struct {
	mulu.Review
	Content  *mulu.EntryContent
	OrgName  string
	Caller   string
	Left     *remaining
	Standing *standing
	Deeds    []deed
	Grants   int // running permissions that rest on the attribute, at least 100 where so many are counted
	Asked    int // applications for the entry, likewise
	Tale     tale
}

// mostTallied bounds what is counted one by one.
const mostTallied = 100

func (v *visit) reviewPage() error {
	p := &reviewPage{}
	if err := v.noun(mulu.KindReview, v.R.PathValue("id"), &p.Review); err != nil {
		return err
	}
	r := &p.Review
	if !v.party(r.Org) {
		return errAbsent
	}
	e, err := v.grantedEntry(r.Entry)
	if err != nil {
		return err
	}
	p.Content, p.OrgName = e.Current(), v.speakers().short(r.Org)
	if r.By != "law" {
		p.Caller = v.speakers().short(r.By)
	}
	if r.Status == "due" {
		if p.Left, err = v.terms().until(r.FinishBy.End, r.FinishBy.Provisional, true); err != nil {
			return err
		}
	}
	grants, err := v.Read.GrantsFor(v.R.Context(), r.Entry, "", mostTallied)
	if err != nil {
		return err
	}
	for _, g := range grants {
		if g.Status != "ended" {
			p.Grants++
		}
	}
	if p.Asked, err = v.Read.CountApplications(v.R.Context(), read.ApplicationQuery{Entry: r.Entry}); err != nil {
		return err
	}
	if v.can(&act.ConfirmReview{Review: r.ID, Why: anyReason}) {
		p.Deeds = append(p.Deeds, deed{Path: "/reviews/" + r.ID + "/confirm", Icon: "circle-check", Text: "确认共享属性不变", Primary: true})
	}
	if r.Status == "due" && v.own(r.Org) && v.may("entry.change") {
		p.Deeds = append(p.Deeds, deed{Path: "/entries/" + r.Entry + "/edit", Icon: "edit", Text: "调整共享属性"})
	}
	p.Deeds = v.deeds(p.Deeds...)
	p.Standing = v.reviewStanding(r)
	if p.Tale, err = v.tale(mulu.KindReview, r.ID, "/reviews/"+r.ID, true); err != nil {
		return err
	}
	return v.show("review", p)
}

// reviewStanding says how a study stands and what comes next.
func (v *visit) reviewStanding(r *mulu.Review) *standing {
	switch r.Status {
	case "due":
		s := &standing{Kind: "info", Icon: "hourglass", Text: v.t("等待提供单位研究共享属性。"), Next: v.t("审批人确认不变并说明理由，或由数据管理员提交目录变更，调整属性。")}
		if r.Overdue {
			s.Kind, s.Icon, s.Text = "bad", "alarm", v.t("研究已超出内部时限，规则已记为问题。")
		}
		return s
	case "adjusting":
		return &standing{Kind: "info", Icon: "arrows-diff", Text: v.t("提供单位已提交属性调整，等待主管部门核定。"), Next: v.t("核定后研究办结；退回则重新研究。"), Path: "/entries/" + r.Entry, Link: v.t("查看目录")}
	case "confirmed":
		return &standing{Kind: "ok", Icon: "circle-check", Text: v.t("已确认共享属性不变。"), Reason: r.Why}
	case "changed":
		return &standing{Kind: "ok", Icon: "circle-check", Text: v.t("共享属性已调整，已告知受影响的授权。")}
	}
	return &standing{Kind: "info", Icon: "archive", Text: v.t("目录已注销，研究随之结束。")}
}
