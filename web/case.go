package web

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"time"

	"mulu"
	"mulu/act"
	"mulu/desk"
	"mulu/people"
	"mulu/read"
)

// caseRoutes are the files of coordination (协调事项, Art. 22).
func caseRoutes() []Route {
	hear := Access{Roles: slices.DeleteFunc(desk.Wanted("case.hear"), func(r people.Role) bool { return r == people.Machine }), Bureau: true}
	return []Route{
		{"GET", "/cases", sharers, false, (*visit).casesPage},
		{"GET", "/cases/new", Only(people.Approver), false, (*visit).newCase},
		{"POST", "/cases/new", Only(people.Approver), false, (*visit).openCase},
		{"GET", "/cases/{id}", sharers, false, (*visit).casePage},
		{"GET", "/cases/{id}/minutes/{n}", sharers, false, (*visit).minutes},
		{"GET", "/cases/{id}/hear", hear, false, (*visit).hearingForm},
		{"POST", "/cases/{id}/hear", hear, true, (*visit).hear},
		{"GET", "/cases/{id}/conclude", OfBureau(people.Approver), false, (*visit).conclusionForm},
		{"POST", "/cases/{id}/conclude", OfBureau(people.Approver), false, (*visit).conclude},
	}
}

// casesPage lists coordination cases: those the institution is a party of, or all for the bureau.
type casesPage struct {
	Tabs []pageTab
	Rows []caseRow
	turned
	Closed bool
}

type caseRow struct {
	read.Dispute
	OpenerName string
	Left       *remaining
}

func (v *visit) casesPage() error {
	q := v.R.URL.Query()
	p := &casesPage{Closed: q.Get("tab") == "closed"}
	ask := read.DisputeQuery{Party: v.Org.ID, Before: q.Get("before"), Limit: pageRows + 1}
	if v.bureau() {
		ask.Party = ""
	}
	for _, t := range []struct {
		path, title string
		closed      bool
	}{{"/cases", "协调中", false}, {"/cases?tab=closed", "已办结", true}} {
		n, err := v.Read.CountDisputes(v.R.Context(), read.DisputeQuery{Party: ask.Party, Open: !t.closed, Closed: t.closed})
		if err != nil {
			return err
		}
		p.Tabs = append(p.Tabs, pageTab{t.path, t.title, n, t.closed == p.Closed})
	}
	ask.Open, ask.Closed = !p.Closed, p.Closed
	list, err := v.Read.Disputes(v.R.Context(), ask)
	if err != nil {
		return err
	}
	list, p.turned = turn(v, "before", list, func(d read.Dispute) string { return d.Cursor })
	terms := v.terms()
	for _, d := range list {
		row := caseRow{Dispute: d, OpenerName: v.openerName(d.Opener)}
		if d.Status == "concluded" {
			if row.Left, err = terms.until(d.Due, false, false); err != nil {
				return err
			}
		}
		p.Rows = append(p.Rows, row)
	}
	return v.show("cases", p)
}

// openerName is who opened a case.
func (v *visit) openerName(opener string) string {
	if opener == "law" {
		return v.t("规则自动提请")
	}
	return v.orgName(opener)
}

// caseOf reads the case of a path; what somebody has no part in is not there.
func (v *visit) caseOf() (*mulu.Dispute, error) {
	var d mulu.Dispute
	if err := v.noun(mulu.KindDispute, v.R.PathValue("id"), &d); err != nil {
		return nil, err
	}
	if !v.own(d.Consumer) && !v.own(d.Provider) && !v.own(d.Opener) && !v.bureau() {
		return nil, errAbsent
	}
	return &d, nil
}

// casePage is a coordination's file: parties, claims, hearings, conclusion, and what was made of it.
type casePage struct {
	Case       *mulu.Dispute
	Name       string // of the entry
	Asker      read.Org
	Owner      read.Org
	OpenerName string
	App        *mulu.Application // what it is about, unless it is an objection
	Hearings   []hearing
	Left       *remaining
	Standing   *standing
	Deeds      []deed
	Steps      []stageStep
	Tale       tale
}

// File gives pages that hold a case the case itself.
func (p *casePage) File() *casePage { return p }

// hearing is a meeting with what was stated, by name.
type hearing struct {
	mulu.Hearing
	N      int
	Stated []stated
}

type stated struct{ Org, Side, Text string }

func (v *visit) casePage() error {
	d, err := v.caseOf()
	if err != nil {
		return err
	}
	p, err := v.caseFile(d)
	if err != nil {
		return err
	}
	if p.Tale, err = v.tale(mulu.KindDispute, d.ID, "/cases/"+d.ID, true); err != nil {
		return err
	}
	return v.show("case", p)
}

// caseFile gathers a case.
func (v *visit) caseFile(d *mulu.Dispute) (*casePage, error) {
	ctx := v.R.Context()
	p := &casePage{Case: d, OpenerName: v.openerName(d.Opener)}
	var err error
	if p.Asker, err = v.Read.Org(ctx, d.Consumer); err != nil {
		return nil, err
	}
	if p.Owner, err = v.Read.Org(ctx, d.Provider); err != nil {
		return nil, err
	}
	p.Name = v.entryName(d.Entry)
	if d.Cause != "objection" {
		p.App = new(mulu.Application)
		if err := v.noun(mulu.KindApplication, d.About, p.App); err != nil {
			return nil, err
		}
	}
	for i, h := range d.Hearings {
		one := hearing{Hearing: h, N: i + 1}
		for _, s := range h.Statements {
			side := ""
			switch s.Org {
			case d.Consumer:
				side = v.t("申请单位")
			case d.Provider:
				side = v.t("提供单位")
			}
			one.Stated = append(one.Stated, stated{v.orgName(s.Org), side, s.Text})
		}
		p.Hearings = append(p.Hearings, one)
	}
	if d.Due != nil && d.Status == "concluded" {
		if p.Left, err = v.terms().until(d.Due.End, d.Due.Provisional, false); err != nil {
			return nil, err
		}
	}
	p.Standing, p.Deeds, p.Steps = v.caseStanding(d), v.caseDeeds(d), v.caseSteps(d)
	return p, nil
}

// entryName is what an entry is called now; its code where nobody can tell.
func (v *visit) entryName(code string) string {
	var e mulu.Entry
	if v.noun(mulu.KindEntry, code, &e) == nil && e.Current() != nil {
		return e.Current().Name
	}
	return code
}

func (v *visit) caseSteps(d *mulu.Dispute) []stageStep {
	day := func(at string) string { return stamp(at, time.DateOnly) }
	s := []stageStep{{v.t("提请"), "done", day(d.Opened)}, {v.t("会商"), "later", ""}, {v.t("作出结论"), "later", ""}, {v.t("执行"), "later", ""}}
	if n := len(d.Hearings); n > 0 {
		s[1].How, s[1].When = "done", day(d.Hearings[n-1].At)
	}
	switch d.Status {
	case "opened":
		s[1].How = "now"
	case "heard":
		s[2].How = "now"
	case "concluded", "executed":
		s[2].How, s[2].When = "done", day(d.Concluded)
		if len(d.Hearings) == 0 {
			s[1].How = "off"
		}
		s[3].How = "now"
		if d.Status == "executed" {
			s[3].How, s[3].When = "done", day(d.Executed)
		} else if d.Overdue {
			s[3].How = "bad"
		}
	default:
		for i := 1; i < len(s); i++ {
			if s[i].How == "later" {
				s[i].How = "off"
			}
		}
		s[3].Title = mulu.Say(d.Status, v.Lang)
	}
	return s
}

func (v *visit) caseStanding(d *mulu.Dispute) *standing {
	switch d.Status {
	case "opened":
		return &standing{Kind: "info", Icon: "scale", Text: v.t("等待主管部门会同有关单位协调。"), Next: v.t("主管部门听取各方意见后作出结论；结论有约束力，由规则执行或由提供单位限期办理。")}
	case "heard":
		return &standing{Kind: "info", Icon: "scale", Text: v.t("已会商，等待主管部门作出结论。"), Next: v.t("可以继续会商；结论作出后立即执行。")}
	case "concluded":
		s := &standing{Kind: "warn", Icon: "hourglass", Text: v.t("结论已作出：{0}，等待执行。", mulu.Word(mulu.Rulings, d.Outcome, v.Lang)), Reason: d.Why}
		if d.Due != nil {
			s.Next = v.t("提供单位应在 {0} 24 时前办理。", d.Due.Last)
		}
		if d.Overdue {
			s.Kind, s.Icon, s.Next = "bad", "alarm", v.t("已过限期仍未办理，记为问题；主管部门可以另作结论。")
		}
		return s
	case "executed":
		return &standing{Kind: "ok", Icon: "circle-check", Text: v.t("结论已执行：{0}。", mulu.Word(mulu.Rulings, d.Outcome, v.Lang)), Reason: d.Why}
	case "settled":
		return &standing{Kind: "ok", Icon: "circle-check", Text: v.t("争议已自行解决，协调办结。")}
	case "withdrawn":
		return &standing{Kind: "warn", Icon: "arrow-back-up", Text: v.t("提请人已撤回。"), Reason: d.Why}
	}
	return &standing{Kind: "warn", Icon: "archive", Text: v.t("协调已终止。"), Reason: d.Why}
}

// caseDeeds lists what the law lets who looks do with a case now.
func (v *visit) caseDeeds(d *mulu.Dispute) []deed {
	path := "/cases/" + d.ID
	return v.offers(
		offer{&act.HearDispute{Case: d.ID, Note: anyReason}, deed{Path: path + "/hear", Icon: "message-circle", Text: "记录会商"}},
		offer{&act.ConcludeDispute{Case: d.ID, Outcome: "uphold", Why: anyReason}, deed{Path: path + "/conclude", Icon: "gavel", Text: "作出结论", Primary: true}},
		offer{&act.WithdrawDispute{Case: d.ID, Why: anyReason}, deed{Path: path + "/withdraw", Icon: "arrow-back-up", Text: "撤回协调"}},
	)
}

// minutes gives out the minutes of a hearing.
func (v *visit) minutes() error {
	d, err := v.caseOf()
	if err != nil {
		return err
	}
	n := numberTyped(v.R.PathValue("n"))
	if n < 1 || n > len(d.Hearings) || d.Hearings[n-1].Record == "" {
		return errAbsent
	}
	bureau, err := v.theBureau()
	if err != nil {
		return err
	}
	return v.sendAttachment(bureau.ID, d.Hearings[n-1].Record, fmt.Sprintf("%s-minutes-%d", d.ID, n))
}

// caseForm is the form that asks for coordination.
type caseForm struct {
	form
	About   string // application or objection
	ID      string
	Name    string
	Back    string
	Cause   string
	Blocked *trouble
}

// caseAbout reads what a case is to be about. Either is named by the address.
func (v *visit) caseAbout() (*caseForm, error) {
	p := &caseForm{form: v.typed(), About: "application", ID: v.R.FormValue("application")}
	kind := mulu.KindApplication
	if id := v.R.FormValue("objection"); id != "" {
		p.About, p.ID, kind = "objection", id, mulu.KindObjection
	}
	if p.ID == "" {
		return p, nil
	}
	var parties struct{ Consumer, Provider, Entry string }
	if err := v.noun(kind, p.ID, &parties); err != nil {
		return nil, err
	}
	if !v.own(parties.Consumer) && !v.own(parties.Provider) && !v.bureau() {
		return nil, errAbsent
	}
	p.Name, p.Back = v.entryName(parties.Entry), thing(kind, p.ID)
	facts, no := v.Desk.Preview(v.by(), v.openAct(p, anyReason))
	if no != nil {
		p.Blocked = v.trouble(no)
		return p, nil
	}
	for _, f := range facts {
		if d, err := asDispute(f); err == nil && f.Noun == mulu.KindDispute {
			p.Cause = d.Cause
		}
	}
	return p, nil
}

func (v *visit) openAct(p *caseForm, why string) *act.OpenDispute {
	if p.About == "objection" {
		return &act.OpenDispute{Objection: p.ID, Why: why}
	}
	return &act.OpenDispute{Application: p.ID, Why: why}
}

func (v *visit) newCase() error {
	p, err := v.caseAbout()
	if err != nil {
		return err
	}
	return v.show("case-new", p)
}

func (v *visit) openCase() error {
	p, err := v.caseAbout()
	if err != nil {
		return err
	}
	if p.ID == "" {
		return v.to("/cases/new")
	}
	done, err := v.say(v.openAct(p, v.text("why")))
	if err != nil {
		p.Blocked = nil
		return v.again("case-new", &p.form, p, err)
	}
	path := p.Back
	for _, f := range done.Outcome.Facts {
		if f.Noun == mulu.KindDispute {
			path = "/cases/" + f.ID
		}
	}
	return v.did(done, path)
}

// hearingPage is the form of a hearing: a note, and a statement of each party and of others.
type hearingPage struct {
	form
	*casePage
	Orgs []option
}

// statedOthers is how many statements of others than the parties the form takes.
const statedOthers = 3

func (v *visit) hearingPage(f form) (*hearingPage, error) {
	d, err := v.caseOf()
	if err != nil {
		return nil, err
	}
	p := &hearingPage{form: f}
	if p.casePage, err = v.caseFile(d); err != nil {
		return nil, err
	}
	if p.Orgs, err = v.orgOptions(); err != nil {
		return nil, err
	}
	return p, nil
}

// Others numbers the statements of others, with what was typed.
func (p *hearingPage) Others() (list []mulu.Statement) {
	orgs, texts := p.Values["other-org"], p.Values["other-text"]
	for i := range statedOthers {
		var s mulu.Statement
		if i < len(orgs) && i < len(texts) {
			s = mulu.Statement{Org: orgs[i], Text: texts[i]}
		}
		list = append(list, s)
	}
	return list
}

func (v *visit) hearingForm() error {
	p, err := v.hearingPage(form{Values: url.Values{}})
	if err != nil {
		return err
	}
	return v.show("case-hear", p)
}

func (v *visit) hear() error {
	wrong, err := v.attached(1)
	if err != nil {
		return err
	}
	f := v.typed()
	p, err := v.hearingPage(f)
	if err != nil {
		return err
	}
	a := &act.HearDispute{Case: p.Case.ID, Note: trimmed(f.Get("note")), Record: f.Get("record")}
	say := func(org, text string) {
		if text = trimmed(text); org != "" && text != "" {
			a.Statements = append(a.Statements, mulu.Statement{Org: org, Text: text})
		}
	}
	say(p.Case.Consumer, f.Get("consumer"))
	say(p.Case.Provider, f.Get("provider"))
	for _, s := range p.Others() {
		if (s.Org == "") != (trimmed(s.Text) == "") {
			wrong["others"] = &trouble{Status: http.StatusUnprocessableEntity, Text: v.t("其他单位的陈述要同时写明单位和意见。"), Mend: v.t("请补全，或都留空。")}
		}
		say(s.Org, s.Text)
	}
	if len(wrong) > 0 {
		p.Marks = wrong
		return v.showAs(http.StatusUnprocessableEntity, "case-hear", p)
	}
	done, err := v.say(a)
	if err != nil {
		return v.again("case-hear", &p.form, p, err)
	}
	return v.did(done, "/cases/"+p.Case.ID)
}
