package web

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"time"

	"mulu"
	"mulu/act"
	"mulu/people"
	"mulu/read"
)

func applicationRoutes() []Route {
	return []Route{
		{"GET", "/applications", sharers, false, (*visit).applicationsPage},
		{"GET", "/applications/{id}", sharers, false, (*visit).applicationPage},
		{"GET", "/applications/{id}/assessment", sharers, false, (*visit).assessment},
	}
}

// stagesOf are the stages of applications in the order of a list's tabs.
var (
	stagesOpen = []string{"submitted", "overdue", "delivering", "active", "suspended"}
	stagesOver = []string{"refused", "withdrawn", "ended", "closed"}
)

// applicationsPage lists applications: own ones, those to the institution, and for the bureau all.
type applicationsPage struct {
	sides
	States []stateTab
	Stage  string
	Words  string
	Rows   []applicationRow
	Narrow []chip // what an address from the overview narrows the list to
	turned
}

// applicationRow is an application in the list: how far it has come, who has to do something, and by when.
type applicationRow struct {
	read.Application
	Steps  []stageStep
	Holder string
	Todo   string
	Art    mulu.Cite
	Left   *remaining
}

func (v *visit) applicationsPage() error {
	p := &applicationsPage{sides: v.sidesOf("/applications", [3]string{"我方申请", "向我方申请", "全区申请"}, "use")}
	q := v.R.URL.Query()
	p.Stage, p.Words = q.Get("status"), q.Get("q")
	if !slices.Contains(append(append([]string{""}, stagesOpen...), stagesOver...), p.Stage) {
		return errAbsent
	}
	counts, err := v.Read.Stages(v.R.Context(), p.Consumer, p.Provider)
	if err != nil {
		return err
	}
	all := 0
	for _, n := range counts {
		all += n
	}
	link := func(stage string) string {
		return "/applications?" + url.Values{"side": {p.Side}, "status": {stage}}.Encode()
	}
	p.States = []stateTab{{"/applications?side=" + p.Side, "every", all, p.Stage == ""}}
	for _, s := range append(append([]string{}, stagesOpen...), stagesOver...) {
		if counts[s] > 0 || p.Stage == s {
			p.States = append(p.States, stateTab{link(s), s, counts[s], p.Stage == s})
		}
	}
	ask := read.ApplicationQuery{Consumer: p.Consumer, Provider: p.Provider, Stage: p.Stage, Words: p.Words, Decision: q.Get("decision"), From: moment(q.Get("from")),
		To: moment(q.Get("to")), Before: q.Get("before"), Limit: pageRows + 1}
	if org := q.Get("provider"); org != "" && (v.bureau() || v.own(org)) {
		ask.Provider = org
		p.Narrow = append(p.Narrow, chip{"提供单位", v.orgName(org), v.withQuery("provider", "")})
	}
	if ask.Decision != "" {
		p.Narrow = append(p.Narrow, chip{"答复", v.decisionWord(ask.Decision), v.withQuery("decision", "")})
	}
	list, err := v.Read.Applications(v.R.Context(), ask)
	if err != nil {
		return err
	}
	list, p.turned = turn(v, "before", list, func(a read.Application) string { return a.Cursor })
	terms := v.terms()
	for _, a := range list {
		row, err := v.applicationRow(a, terms)
		if err != nil {
			return err
		}
		p.Rows = append(p.Rows, row)
	}
	return v.show("applications", p)
}

// moment is the beginning of a day (YYYY-MM-DD) as the read model has it, "" for what is none.
func moment(day string) string {
	t, err := time.ParseInLocation("2006-01-02", day, mulu.Shanghai())
	if err != nil {
		return ""
	}
	return t.Format(time.RFC3339)
}

// applicationRow says how far an application has come and in whose hands it is.
func (v *visit) applicationRow(a read.Application, terms *terms) (row applicationRow, err error) {
	row = applicationRow{Application: a, Steps: v.steps(a)}
	end := ""
	switch a.Stage {
	case "submitted":
		row.Holder, row.Todo, row.Art, end = a.ProviderName, v.t("答复"), "21.1", a.AnswerBy
	case "overdue":
		row.Holder, row.Todo, row.Art, end = v.t("主管部门"), v.t("协调"), "22", a.AnswerBy
	case "delivering":
		row.Holder, row.Todo, row.Art, end = a.ProviderName, v.t("交付"), "21.2", a.DeliverBy
	case "active":
		row.Holder, row.Todo, row.Art = a.ConsumerName, v.t("按用途使用，至 {0}", stamp(a.Until, time.DateOnly)), "24"
	case "suspended":
		row.Holder, row.Todo, row.Art = a.ProviderName, v.t("恢复授权"), "24"
	}
	row.Left, err = terms.until(end, a.Provisional, false)
	return row, err
}

// stageStep is one of the steps of an application: done | now | bad | off | later.
type stageStep struct{ Title, How, When string }

// steps are the four of them: handed in, answered, delivered, used.
func (v *visit) steps(a read.Application) []stageStep {
	day := func(at string) string { return stamp(at, time.DateOnly) }
	list := []stageStep{{v.t("收到申请"), "done", day(a.Received)}, {v.t("答复"), "later", ""}, {v.t("交付"), "later", ""}, {v.t("使用"), "later", ""}}
	answered, delivered, used := &list[1], &list[2], &list[3]
	switch a.Status {
	case "submitted":
		answered.How = "now"
	case "overdue":
		answered.How, answered.Title = "bad", v.t("逾期未答复")
	case "refused":
		answered.How, answered.Title, answered.When, delivered.How, used.How = "bad", v.t("不同意"), day(a.Answered), "off", "off"
	case "withdrawn":
		answered.How, answered.Title, delivered.How, used.How = "off", v.t("已撤回"), "off", "off"
	case "closed":
		answered.How, answered.Title, delivered.How, used.How = "off", v.t("已终止"), "off", "off"
	case "granted":
		answered.How, answered.Title, answered.When, delivered.How = "done", v.decisionWord(a.Decision), day(a.Answered), "now"
	}
	if a.Status != "granted" {
		return list
	}
	switch {
	case a.Delivered != "":
		delivered.How, delivered.When, used.How = "done", day(a.Delivered), "now"
	case a.Stage == "ended":
		delivered.How = "off"
	}
	switch a.Stage {
	case "suspended":
		used.How, used.Title = "bad", v.t("已暂停")
	case "ended":
		used.How, used.Title, used.When = "off", v.t("已结束"), ""
	case "active":
		used.Title, used.When = v.t("使用至"), day(a.Until)
	}
	return list
}

// decisionWord says how an application was decided.
func (v *visit) decisionWord(decision string) string {
	switch decision {
	case "full":
		return v.t("同意")
	case "part":
		return v.t("部分同意")
	case "refused":
		return v.t("不同意")
	case "deemed":
		return v.t("逾期视为同意")
	case "rule":
		return v.t("当即授权")
	}
	return v.t("协调后授权")
}

// applicationOf reads the application of a path; what somebody has no part in is not there.
func (v *visit) applicationOf(id string) (*mulu.Application, error) {
	var a mulu.Application
	if err := v.noun(mulu.KindApplication, id, &a); err != nil {
		return nil, err
	}
	if !v.own(a.Consumer) && !v.own(a.Provider) && !v.bureau() {
		return nil, errAbsent
	}
	return &a, nil
}

// applicationPage is all there is about an application; both sides see the same.
type applicationPage struct {
	applicationRow
	App      *mulu.Application
	Name     string
	Asker    read.Org
	Owner    read.Org
	Standing *standing
	Deeds    []deed
	Asked    askedTable
	Given    *mulu.Grant
	Answered bool // by somebody, in words
	Decision string
	By       string
	Twin     *read.Application // the other half of an application that was split
	Cases    []read.Dispute
	AnswerIn *remaining
	HandIn   *remaining
	Tale     tale
	Edition  Edition
}

func (v *visit) applicationPage() error {
	a, err := v.applicationOf(v.R.PathValue("id"))
	if err != nil {
		return err
	}
	ctx := v.R.Context()
	p := &applicationPage{App: a, Edition: v.edition(a.Edition)}
	var e mulu.Entry
	if err := v.noun(mulu.KindEntry, a.Entry, &e); err != nil {
		return err
	}
	if a.Grant != "" {
		p.Given = new(mulu.Grant)
		if err := v.noun(mulu.KindGrant, a.Grant, p.Given); err != nil {
			return err
		}
	}
	if p.Asker, err = v.Read.Org(ctx, a.Consumer); err != nil {
		return err
	}
	if p.Owner, err = v.Read.Org(ctx, a.Provider); err != nil {
		return err
	}
	p.Name = e.Current().Name
	if p.applicationRow, err = v.applicationRow(v.asListed(p), v.terms()); err != nil {
		return err
	}
	p.Asked = v.askedTable(e.Current(), a, p.Given)
	if p.Cases, err = v.Read.Disputes(ctx, read.DisputeQuery{About: a.ID}); err != nil {
		return err
	}
	if a.Answer != nil {
		p.Answered, p.Decision = true, v.decisionWord(a.Answer.Decision)
		if p.By = v.t("规则自动执行"); a.Answer.By != "law" {
			p.By = v.orgName(a.Answer.By)
		}
	} else if a.Status == "granted" {
		p.Answered, p.Decision, p.By = true, v.decisionWord(""), v.t("主管部门协调结论")
	}
	if err := v.clocks(p); err != nil {
		return err
	}
	if twin := a.SplitOf + a.SplitTo; twin != "" {
		t, err := v.Read.Application(ctx, twin)
		if err != nil && !errors.Is(err, read.ErrAbsent) {
			return err
		}
		if err == nil {
			p.Twin = &t
		}
	}
	p.Standing, p.Deeds = v.applicationStanding(p), v.applicationDeeds(p)
	if p.Tale, err = v.tale(mulu.KindApplication, a.ID, "/applications/"+a.ID, true); err != nil {
		return err
	}
	return v.show("application", p)
}

// asListed is an application as lists have it, from committed state.
func (v *visit) asListed(p *applicationPage) read.Application {
	a := p.App
	r := read.Application{ID: a.ID, Shared: read.Shared{Entry: a.Entry, EntryName: p.Name, Consumer: a.Consumer, ConsumerName: p.Asker.Short, Provider: a.Provider, ProviderName: p.Owner.Short},
		Status: a.Status, Stage: a.Status, Method: a.Ask.Method, Received: a.Received, Grant: a.Grant, SplitOf: a.SplitOf, SplitTo: a.SplitTo}
	if a.AnswerBy != nil {
		r.AnswerBy, r.Provisional = a.AnswerBy.End, a.AnswerBy.Provisional
	}
	if a.Answer != nil {
		r.Decision, r.Answerer, r.Answered = a.Answer.Decision, a.Answer.By, a.Answer.At
	}
	if g := p.Given; g != nil {
		r.Stage, r.Delivered, r.Until = g.Status, g.Delivered, g.Until
		if g.DeliverBy != nil {
			r.DeliverBy, r.Provisional = g.DeliverBy.End, g.DeliverBy.Provisional
		}
	}
	return r
}

// clocks reckons both terms, which run side by side.
func (v *visit) clocks(p *applicationPage) (err error) {
	a, t := p.App, v.terms()
	if a.AnswerBy != nil && (a.Status == "submitted" || a.Status == "overdue") {
		if p.AnswerIn, err = t.until(a.AnswerBy.End, a.AnswerBy.Provisional, false); err != nil {
			return err
		}
	}
	deliver := a.DeliverBy
	if g := p.Given; g != nil {
		if deliver = g.DeliverBy; g.Delivered != "" || g.Status == "ended" {
			deliver = nil
		}
	} else if a.Status != "submitted" && a.Status != "overdue" {
		deliver = nil
	}
	if deliver != nil {
		p.HandIn, err = t.until(deliver.End, deliver.Provisional, false)
	}
	return err
}

// applicationDeeds lists what who looks may do now.
func (v *visit) applicationDeeds(p *applicationPage) []deed {
	a := p.App
	var list []deed
	waits := a.Status == "submitted" || a.Status == "overdue"
	if waits && v.own(a.Provider) && v.Person.Roles.Has(people.Approver, people.Steward) {
		d := deed{Path: "/inbox/" + a.ID, Icon: "edit", Text: "答复", Primary: true}
		if !v.may("application.answer") {
			d.Text = "拟稿"
		}
		list = append(list, d)
	}
	if p.Given != nil {
		list = append(list, deed{Path: "/grants/" + a.Grant, Icon: "key", Text: "查看授权", Primary: p.Given.Status == "active" && v.own(a.Consumer)})
	}
	if v.can(&act.OpenDispute{Application: a.ID, Why: anyReason}) {
		list = append(list, deed{Path: "/cases/new?application=" + a.ID, Icon: "scale", Text: "提请协调"})
	}
	if waits && v.can(&act.WithdrawApplication{Application: a.ID, Why: anyReason}) {
		list = append(list, deed{Path: "/applications/" + a.ID + "/withdraw", Icon: "arrow-back-up", Text: "撤回申请"})
	}
	if a.Status != "granted" && !waits && v.own(a.Consumer) {
		list = append(list, deed{Path: "/apply?entry=" + a.Entry, Icon: "refresh", Text: "重新申请"})
	}
	return v.deeds(list...)
}

// applicationStanding says how an application stands and what comes next, by when.
func (v *visit) applicationStanding(p *applicationPage) *standing {
	a := p.App
	var s *standing
	switch a.Status {
	case "submitted":
		s = &standing{Kind: "info", Icon: "hourglass", Text: v.t("等待{0}答复。", p.Owner.Short)}
		if p.Edition.Silence {
			s.Next = v.t("最迟 {0} 24 时答复；逾期未答复视为同意，由规则自动授权，无须再办。", a.AnswerBy.Last)
		} else {
			s.Next = v.t("最迟 {0} 24 时答复；逾期未答复的，规则自动提请主管部门协调。", a.AnswerBy.Last)
		}
	case "overdue":
		s = &standing{Kind: "bad", Icon: "alarm", Text: v.t("{0}逾期未答复。", p.Owner.Short), Next: v.t("规则已自动提请主管部门协调；提供单位仍可答复。")}
	case "refused":
		s = &standing{Kind: "bad", Icon: "circle-x", Text: v.t("{0}不同意共享。", p.By), Next: v.t("事由和说明见下。有异议的，可以提请主管部门协调。")}
	case "withdrawn":
		s = &standing{Kind: "warn", Icon: "arrow-back-up", Text: v.t("申请单位已撤回。"), Reason: a.Why}
	case "closed":
		s = &standing{Kind: "warn", Icon: "archive", Text: v.t("申请已终止。"), Reason: a.Why, Next: v.t("目录已注销、改为不予共享，或一方机构已撤销。")}
	default:
		return v.grantedStanding(p)
	}
	if len(p.Cases) > 0 && p.Cases[0].Status != "withdrawn" {
		s.Path, s.Link = "/cases/"+p.Cases[0].ID, v.t("查看协调事项")
	}
	return s
}

func (v *visit) grantedStanding(p *applicationPage) *standing {
	g := p.Given
	s := &standing{Kind: "ok", Icon: "circle-check", Text: v.t("{0}，授权期至 {1}。", p.Decision, stamp(g.Until, time.DateOnly))}
	switch {
	case g.Status == "ended":
		s.Kind, s.Icon, s.Text = "warn", "archive", v.t("授权已结束，不能再取数。")
	case g.Status == "suspended":
		s.Kind, s.Icon, s.Text, s.Reason = "warn", "player-pause", v.t("授权已暂停。"), g.Why
	case g.Overdue:
		s.Kind, s.Icon, s.Next = "bad", "alarm", v.t("提供单位逾期未交付。")
	case g.Delivered == "" && g.DeliverBy != nil:
		s.Kind, s.Icon, s.Next = "info", "hourglass", v.t("提供单位最迟 {0} 24 时交付。", g.DeliverBy.Last)
	default:
		s.Next = v.t("数据已交付，可以取数。")
	}
	switch {
	case p.App.Answer != nil && p.App.Answer.Decision == "deemed" && g.Status != "ended":
		s.Text = v.t("逾期未答复，视为同意，规则已自动授权，至 {0}。", stamp(g.Until, time.DateOnly))
	case p.App.Answer != nil && p.App.Answer.Decision == "part" && s.Next != "":
		s.Next += v.t("同意的部分见下表。")
	}
	return s
}

// assessment gives out the impact assessment of an application to those who see it.
func (v *visit) assessment() error {
	a, err := v.applicationOf(v.R.PathValue("id"))
	if err != nil {
		return err
	}
	if a.Ask.Assessment == "" {
		return errAbsent
	}
	return v.sendAttachment(a.Consumer, a.Ask.Assessment, fmt.Sprintf("%s-assessment", a.ID))
}
