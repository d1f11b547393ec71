package web

import (
	"fmt"
	"net/url"
	"strconv"
	"time"

	"mulu"
	"mulu/act"
	"mulu/people"
	"mulu/read"
)

func objectionRoutes() []Route {
	return []Route{
		{"GET", "/objections", sharers, false, (*visit).objectionsPage},
		{"GET", "/objections/{id}", sharers, false, (*visit).objectionPage},
		{"GET", "/objections/{id}/examples/{n}", sharers, false, (*visit).objectionExample},
		{"POST", "/objections/{id}/answer", Only(people.Approver), false, (*visit).answerObjection},
		{"POST", "/objections/{id}/extend", OfBureau(people.Approver), false, (*visit).extendObjection},
		{"GET", "/grants/{id}/objection", Only(people.Steward), false, (*visit).newObjection},
		{"POST", "/grants/{id}/objection", Only(people.Steward), true, (*visit).fileObjection},
	}
}

// objectionsPage lists objections.
type objectionsPage struct {
	sides
	States []stateTab
	Rows   []objectionRow
	turned
	Status string
}

type objectionRow struct {
	read.Objection
	Left *remaining
}

func (v *visit) objectionsPage() error {
	p := &objectionsPage{sides: v.sidesOf("/objections", [3]string{"我方提出", "针对我方数据", "全区异议"}, "use")}
	q := v.dueQuery(p.Party)
	p.Status = q.Status
	list, err := v.Read.Objections(v.R.Context(), q)
	if err != nil {
		return err
	}
	list, p.turned = turnDue(v, list)
	counts, err := v.Read.PartyCounts(v.R.Context(), mulu.KindObjection, p.Party)
	if err != nil {
		return err
	}
	p.States = p.states("/objections", p.Status, counts, []string{"filed", "checking"}, []string{"corrected", "unfounded", "withdrawn", "closed"})
	if p.Rows, err = v.objectionRows(list); err != nil {
		return err
	}
	return v.show("objections", p)
}

func (v *visit) objectionRows(list []read.Objection) (rows []objectionRow, err error) {
	t := v.terms()
	for _, o := range list {
		left, err := t.until(o.Due, o.Provisional, false)
		if err != nil {
			return nil, err
		}
		rows = append(rows, objectionRow{o, left})
	}
	return rows, nil
}

// objectionPage is one objection with what can be said to it.
type objectionPage struct {
	form
	mulu.Objection
	Content                    *mulu.EntryContent
	ConsumerName, ProviderName string
	Left                       *remaining
	Standing                   *standing
	Deeds                      []deed
	MayAnswer, MayExtend       bool
	Serving                    int  // version of the data that serves, 0 where the platform holds none
	Renewed                    bool // it is later than the objection, so it may hold the correction
	Tale                       tale
}

func (v *visit) objection() (*objectionPage, error) {
	p := &objectionPage{form: form{Values: url.Values{}}}
	if err := v.noun(mulu.KindObjection, v.R.PathValue("id"), &p.Objection); err != nil {
		return nil, err
	}
	o := &p.Objection
	if !v.party(o.Consumer, o.Provider) {
		return nil, errAbsent
	}
	e, err := v.grantedEntry(o.Entry)
	if err != nil {
		return nil, err
	}
	p.Content = e.Current()
	w := v.speakers()
	p.ConsumerName, p.ProviderName = w.short(o.Consumer), w.short(o.Provider)
	if o.Open() {
		if p.Left, err = v.terms().until(o.AnswerBy.End, o.AnswerBy.Provisional, false); err != nil {
			return nil, err
		}
	}
	var d mulu.Dataset
	if err := v.noun(mulu.KindDataset, o.Entry, &d); err == nil && d.OnPlatform() {
		p.Serving, p.Renewed = d.Version, d.Version > o.DataVersion
	}
	if p.Tale, err = v.tale(mulu.KindObjection, o.ID, "/objections/"+o.ID, true); err != nil {
		return nil, err
	}
	path := "/objections/" + o.ID
	if v.can(&act.CheckObjection{Objection: o.ID}) {
		p.Deeds = append(p.Deeds, deed{Path: path + "/check", Icon: "player-play", Text: "开始核查", Primary: true})
	}
	if v.can(&act.WithdrawObjection{Objection: o.ID, Why: anyReason}) {
		p.Deeds = append(p.Deeds, deed{Path: path + "/withdraw", Icon: "arrow-back-up", Text: "撤回异议"})
	}
	p.Deeds = v.deeds(p.Deeds...)
	p.MayAnswer = o.Open() && v.own(o.Provider) && v.may("objection.answer")
	p.MayExtend = v.can(&act.ExtendObjection{Objection: o.ID, Days: 1, Why: anyReason})
	p.Standing = v.objectionStanding(p)
	return p, nil
}

// objectionStanding says how an objection stands and what comes next.
func (v *visit) objectionStanding(p *objectionPage) *standing {
	o := &p.Objection
	at := stamp(o.Answered, time.DateOnly)
	switch o.Status {
	case "corrected":
		s := &standing{Kind: "ok", Icon: "circle-check", Text: v.t("{0} 核查属实，数据已更正。", at), Reason: "", Next: v.t("更正由数据所有单位完成。")}
		if o.Corrected > 0 {
			s.Next = v.t("更正在第 {0} 版数据中，已经可以取得。", o.Corrected)
		}
		return s
	case "unfounded":
		return &standing{Kind: "info", Icon: "checks", Text: v.t("{0} 经核查，数据无误。", at), Next: v.t("仍不认可的，可以提请主管部门协调。")}
	case "withdrawn", "closed":
		return &standing{Kind: "info", Icon: "archive", Text: v.t("异议已结束。"), Reason: o.Why}
	}
	s := &standing{Kind: "info", Icon: "hourglass", Text: v.t("{0} 提出，已同时告知提供单位和主管部门，等待核查。", stamp(o.Filed, time.DateOnly))}
	if o.Status == "checking" {
		s.Text = v.t("提供单位正在核查。")
	}
	s.Next = v.t("提供单位应在 {0} 24 时前核查、更正或说明；情况复杂的，由主管部门同意延长。", o.AnswerBy.Last)
	if o.Case != "" {
		s.Next = v.t("协调结论 {0} 已责成更正，应在 {1} 24 时前完成。", o.Case, o.AnswerBy.Last)
	}
	if o.Overdue {
		s.Kind, s.Icon, s.Text, s.Next = "bad", "alarm", v.t("提供单位逾期未答复。"), v.t("规则已记为问题；异议仍有效，提供单位仍应答复。")
	}
	return s
}

func (p *objectionPage) ItemName(field string) string { return itemName(p.Content, field) }

func (v *visit) objectionPage() error {
	p, err := v.objection()
	if err != nil {
		return err
	}
	if p.Renewed {
		p.Set("result", "corrected")
		p.Set("version", strconv.Itoa(p.Serving))
	}
	p.Set("days", "5")
	return v.show("objection", p)
}

func (v *visit) objectionExample() error {
	p, err := v.objection()
	if err != nil {
		return err
	}
	n, err := strconv.Atoi(v.R.PathValue("n"))
	if err != nil || n < 1 || n > len(p.Examples) {
		return errAbsent
	}
	return v.attachment(p.Consumer, fmt.Sprintf("%s-%d", p.ID, n), p.Examples[n-1])
}

func (v *visit) answerObjection() error {
	p, err := v.objection()
	if err != nil {
		return err
	}
	p.form = v.typed()
	a := &act.AnswerObjection{Objection: p.ID, Result: v.text("result"), Explanation: v.text("explanation")}
	if a.Result == "corrected" && v.text("version") != "" {
		if a.Version, err = strconv.Atoi(v.text("version")); err != nil {
			return v.again("objection", &p.form, p, &mulu.Refusal{Code: "out_of_range", Art: "25.1", Args: []string{"@version", v.text("version"), "1", strconv.Itoa(p.Serving)}})
		}
	}
	done, err := v.say(a)
	if err != nil {
		return v.again("objection", &p.form, p, err)
	}
	return v.did(done, "/objections/"+p.ID)
}

func (v *visit) extendObjection() error {
	p, err := v.objection()
	if err != nil {
		return err
	}
	p.form = v.typed()
	days, err := strconv.Atoi(v.text("days"))
	if err != nil {
		return v.again("objection", &p.form, p, &mulu.Refusal{Code: "out_of_range", Art: "25.2", Args: []string{"@workdays", v.text("days"), "1", "60"}})
	}
	done, err := v.say(&act.ExtendObjection{Objection: p.ID, Days: days, Why: v.text("why")})
	if err != nil {
		return v.again("objection", &p.form, p, err)
	}
	return v.did(done, "/objections/"+p.ID)
}

// objectionForm files an objection to what was had under a grant.
type objectionForm struct {
	form
	Grant        mulu.Grant
	Content      *mulu.EntryContent
	ProviderName string
	Items        []grantItem
	Days         int
	Blocked      *trouble
}

func (v *visit) objectionForm() (*objectionForm, error) {
	g, err := v.grant(v.R.PathValue("id"))
	if err != nil {
		return nil, err
	}
	e, err := v.grantedEntry(g.Entry)
	if err != nil {
		return nil, err
	}
	f := &objectionForm{form: form{Values: url.Values{}}, Grant: g, Content: e.Current(), ProviderName: v.speakers().short(g.Provider), Items: grantItems(e.Current(), g.Items)}
	for _, e := range v.Law.Editions() {
		if e.InForce {
			f.Days = e.Object
		}
	}
	if no := v.Desk.Can(v.by(), &act.FileObjection{Grant: g.ID, Items: g.Items, Wrong: anyReason}); no != nil {
		f.Blocked = v.trouble(no)
	}
	return f, nil
}

// Ticked tells whether an item is said to be wrong.
func (f *objectionForm) Ticked(field string) bool {
	for _, x := range f.Values["items"] {
		if x == field {
			return true
		}
	}
	return false
}

func (v *visit) newObjection() error {
	f, err := v.objectionForm()
	if err != nil {
		return err
	}
	return v.show("objection-form", f)
}

func (v *visit) fileObjection() error {
	f, err := v.objectionForm()
	if err != nil {
		return err
	}
	files, err := v.filled(&f.form)
	if err != nil {
		return v.againIf("objection-form", &f.form, f, err)
	}
	a := &act.FileObjection{Grant: f.Grant.ID, Items: f.Values["items"], Wrong: f.Get("wrong"), Examples: placeholders(len(files))}
	if no := v.Desk.Can(v.by(), a); no != nil {
		return v.again("objection-form", &f.form, f, no)
	}
	if a.Examples, err = v.attach(files); err != nil {
		return err
	}
	done, err := v.say(a)
	if err != nil {
		return v.again("objection-form", &f.form, f, err)
	}
	return v.did(done, "/objections/"+done.Outcome.Facts[0].ID)
}
