package web

import (
	"net/url"
	"strconv"

	"mulu"
	"mulu/act"
	"mulu/gateway"
	"mulu/people"
	"mulu/read"
)

func useRoutes() []Route {
	return []Route{
		{"GET", "/uses", sharers, false, (*visit).usesPage},
		{"GET", "/uses/{id}", sharers, false, (*visit).usePage},
		{"POST", "/uses/{id}", Only(people.Steward), true, (*visit).reportUse},
		{"GET", "/uses/{id}/record", sharers, false, (*visit).useRecord},
		{"GET", "/flags/{id}", sharers, false, (*visit).flagPage},
		{"POST", "/flags/{id}", Only(people.Approver), false, (*visit).explainUse},
	}
}

// usesPage lists accounts of use, and above them what is still to be explained.
type usesPage struct {
	sides
	States []stateTab
	Flags  []read.UseFlag
	Rows   []useReportRow
	turned
	Status string
}

// useReportRow is an account of use in a list; its term is an internal one.
type useReportRow struct {
	read.UseReport
	Left *remaining
}

func (v *visit) usesPage() (err error) {
	p := &usesPage{sides: v.sidesOf("/uses", [3]string{"我方报告", "我方数据的使用", "全区报告"}, "use")}
	q := v.dueQuery(p.Party)
	p.Status = q.Status
	list, err := v.Read.UseReports(v.R.Context(), q)
	if err != nil {
		return err
	}
	list, p.turned = turnDue(v, list)
	counts, err := v.Read.PartyCounts(v.R.Context(), mulu.KindUseReport, p.Party)
	if err != nil {
		return err
	}
	p.States = p.states("/uses", p.Status, counts, []string{"due"}, []string{"reported", "closed"})
	if p.Rows, err = v.useReportRows(list); err != nil {
		return err
	}
	if p.Flags, err = v.Read.UseFlags(v.R.Context(), read.DueQuery{Party: p.Party, Max: 20}); err != nil {
		return err
	}
	return v.show("uses", p)
}

func (v *visit) useReportRows(list []read.UseReport) (rows []useReportRow, err error) {
	t := v.terms()
	for _, u := range list {
		left, err := t.until(u.Due, u.Provisional, true)
		if err != nil {
			return nil, err
		}
		rows = append(rows, useReportRow{u, left})
	}
	return rows, nil
}

// usePage is one account of use, with the form where it is still owed.
type usePage struct {
	form
	mulu.UseReport
	Content                    *mulu.EntryContent
	Under                      mulu.Grant
	ConsumerName, ProviderName string
	Left                       *remaining
	MayFile                    bool
	Earlier                    string // an account that is owed before this one
	Calls                      int64  // of its time, as this node's gateway counted
	Refused, Rows              int64
	Counted                    bool
	Tale                       tale
}

func (v *visit) use() (*usePage, error) {
	p := &usePage{form: form{Values: url.Values{}}}
	if err := v.noun(mulu.KindUseReport, v.R.PathValue("id"), &p.UseReport); err != nil {
		return nil, err
	}
	u := &p.UseReport
	if !v.party(u.Consumer, u.Provider) {
		return nil, errAbsent
	}
	e, err := v.grantedEntry(u.Entry)
	if err != nil {
		return nil, err
	}
	p.Content = e.Current()
	if p.Under, err = v.grant(u.Grant); err != nil {
		return nil, err
	}
	w := v.speakers()
	p.ConsumerName, p.ProviderName = w.short(u.Consumer), w.short(u.Provider)
	if u.Status == "due" {
		if p.Left, err = v.terms().until(u.FileBy.End, u.FileBy.Provisional, true); err != nil {
			return nil, err
		}
		if owed := v.Desk.Chain.Find(mulu.KindUseReport, "grant/"+u.Grant); len(owed) > 0 && owed[0] != u.ID {
			p.Earlier = owed[0]
		}
		p.MayFile = v.own(u.Consumer) && v.may("use.report") && p.Earlier == ""
	}
	if err := v.usedBetween(p); err != nil {
		return nil, err
	}
	p.Tale, err = v.tale(mulu.KindUseReport, u.ID, "/uses/"+u.ID, true)
	return p, err
}

// mostReported bounds the days over which the use of a report is counted.
const mostReported = 400

// usedBetween counts the use of a report's time, as this node's gateway did.
func (v *visit) usedBetween(p *usePage) error {
	if v.Calls == nil {
		return nil
	}
	uses, err := v.Calls.Uses(v.R.Context(), p.UseReport.Grant, mostReported)
	if err != nil {
		return err
	}
	from, to := stamp(p.From, "2006-01-02"), stamp(p.To, "2006-01-02")
	if len(uses) == 0 || from < uses[0].Day {
		return nil
	}
	p.Counted = true
	for _, u := range uses {
		if u.Day >= from && u.Day <= to {
			p.Calls, p.Refused, p.Rows = p.Calls+u.Calls, p.Refused+u.Refused, p.Rows+u.Rows
		}
	}
	return nil
}

func (v *visit) usePage() error {
	p, err := v.use()
	if err != nil {
		return err
	}
	return v.show("use", p)
}

func (v *visit) useRecord() error {
	p, err := v.use()
	if err != nil {
		return err
	}
	if p.Record == "" {
		return errAbsent
	}
	return v.attachment(p.Consumer, p.ID, p.Record)
}

func (v *visit) reportUse() error {
	p, err := v.use()
	if err != nil {
		return err
	}
	files, err := v.filled(&p.form)
	if err != nil {
		return v.againIf("use", &p.form, p, err)
	}
	a := &act.ReportUse{Grant: p.UseReport.Grant, Use: p.Get("use"), Effect: p.Get("effect")}
	if text := p.Get("matters"); text != "" {
		if a.Matters, err = strconv.Atoi(text); err != nil {
			return v.again("use", &p.form, p, &mulu.Refusal{Code: "out_of_range", Art: "24", Args: []string{"@matters", text, "0", "1000000000"}})
		}
	}
	return v.sayWith("use", &p.form, p, files, a, &a.Record)
}

// flagPage is one word of unusual use, with the form where it is to be explained.
type flagPage struct {
	form
	mulu.UseFlag
	Content                    *mulu.EntryContent
	ConsumerName, ProviderName string
	Rule                       string // its rule in words
	MayExplain, MayEnter       bool
	Tale                       tale
}

func (v *visit) flag() (*flagPage, error) {
	p := &flagPage{form: form{Values: url.Values{}}}
	if err := v.noun(mulu.KindUseFlag, v.R.PathValue("id"), &p.UseFlag); err != nil {
		return nil, err
	}
	f := &p.UseFlag
	if !v.party(f.Consumer, f.Provider) {
		return nil, errAbsent
	}
	e, err := v.grantedEntry(f.Entry)
	if err != nil {
		return nil, err
	}
	p.Content = e.Current()
	w := v.speakers()
	p.ConsumerName, p.ProviderName = w.short(f.Consumer), w.short(f.Provider)
	for _, r := range gateway.FlagRules() {
		if r.Rule == f.Rule {
			p.Rule = r.Text(v.Lang)
		}
	}
	p.MayExplain = f.Status == "flagged" && v.own(f.Consumer) && v.may("use.explain")
	p.MayEnter = v.can(&act.EnterMisuse{Grant: f.Grant, Flag: f.ID, Why: anyReason})
	p.Tale, err = v.tale(mulu.KindUseFlag, f.ID, "/flags/"+f.ID, true)
	return p, err
}

func (v *visit) flagPage() error {
	p, err := v.flag()
	if err != nil {
		return err
	}
	return v.show("flag", p)
}

func (v *visit) explainUse() error {
	p, err := v.flag()
	if err != nil {
		return err
	}
	p.form = v.typed()
	done, err := v.say(&act.ExplainUse{Flag: p.ID, Explanation: v.text("explanation")})
	if err != nil {
		return v.again("flag", &p.form, p, err)
	}
	return v.did(done, "/flags/"+p.ID)
}
