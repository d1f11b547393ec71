package web

import (
	"net/url"
	"strings"

	"mulu"
	"mulu/act"
	"mulu/people"
	"mulu/read"
)

func dutyRoutes() []Route {
	steward := Only(people.Steward)
	return []Route{
		{"GET", "/duties", Members, false, (*visit).dutiesPage},
		{"GET", "/duties/new", steward, false, (*visit).newDuty},
		{"POST", "/duties/new", steward, false, (*visit).registerDuty},
		{"GET", "/duties/{id}/edit", steward, false, (*visit).editDuty},
		{"POST", "/duties/{id}/edit", steward, false, (*visit).amendDuty},
	}
}

// dutiesPage is the institution's duties: first those for which something is to be done.
type dutiesPage struct {
	Tabs   []listTab
	Status string
	Rows   []read.Duty
	Next   string
	First  string
}

func (v *visit) dutiesPage() error {
	ctx := v.R.Context()
	p := &dutiesPage{Status: v.text("status")}
	counts, err := v.Read.CountsOf(ctx, mulu.KindDuty, v.Person.Org)
	if err != nil {
		return err
	}
	for _, s := range []string{"active", "no_data", "retired"} {
		if s == "active" || counts[s] > 0 {
			path := "/duties"
			if s != "active" {
				path += "?status=" + s
			}
			p.Tabs = append(p.Tabs, listTab{path, mulu.Say(s, v.Lang), counts[s], p.Status == s || p.Status == "" && s == "active"})
		}
	}
	if p.Status == "" {
		p.Status = "active"
	}
	after := v.text("after")
	if p.Rows, err = v.Read.Duties(ctx, v.Person.Org, p.Status, after, pageRows+1); err != nil {
		return err
	}
	if len(p.Rows) > pageRows {
		p.Rows = p.Rows[:pageRows]
		p.Next = "/duties?" + url.Values{"status": {p.Status}, "after": {p.Rows[pageRows-1].ID}}.Encode()
	}
	if after != "" {
		p.First = "/duties?status=" + url.QueryEscape(p.Status)
	}
	return v.show("duties", p)
}

// dutyForm is a duty being entered or changed.
type dutyForm struct {
	form
	Duty *mulu.Duty // nil for a new one
}

func (v *visit) newDuty() error {
	return v.show("duty-form", &dutyForm{form: form{Values: url.Values{}}})
}

func (v *visit) registerDuty() error {
	f := &dutyForm{form: v.typed()}
	done, err := v.say(&act.RegisterDuty{Code: v.text("code"), Name: v.text("name"), Basis: v.text("basis"), Department: v.text("department"),
		Matters: v.list("matters")})
	if err != nil {
		return v.again("duty-form", &f.form, f, err)
	}
	return v.did(done, "/duties/"+done.Outcome.Facts[0].ID)
}

// ownDuty reads the duty that the path names; another institution's is not there to be changed.
func (v *visit) ownDuty() (*mulu.Duty, error) {
	var d mulu.Duty
	if err := v.noun(mulu.KindDuty, v.R.PathValue("id"), &d); err != nil {
		return nil, err
	}
	if !v.own(d.Org) {
		return nil, errAbsent
	}
	return &d, nil
}

func (v *visit) editDuty() error {
	d, err := v.ownDuty()
	if err != nil {
		return err
	}
	f := &dutyForm{Duty: d, form: form{Values: url.Values{"code": {d.Code}, "name": {d.Name}, "basis": {d.Basis}, "department": {d.Department},
		"matters": {strings.Join(d.Matters, "\n")}}}}
	return v.show("duty-form", f)
}

func (v *visit) amendDuty() error {
	d, err := v.ownDuty()
	if err != nil {
		return err
	}
	f := &dutyForm{form: v.typed(), Duty: d}
	a := &act.AmendDuty{Duty: d.ID, Code: v.text("code"), Name: v.text("name"), Basis: v.text("basis"), Department: v.text("department"), Matters: v.list("matters")}
	for _, kept := range []struct{ field, was, is string }{{"name", d.Name, a.Name}, {"basis", d.Basis, a.Basis}, {"code", d.Code, a.Code},
		{"department", d.Department, a.Department}, {"matters", strings.Join(d.Matters, "\n"), strings.Join(a.Matters, "\n")}} {
		if kept.was != "" && kept.is == "" { // an empty field stays as it is, so that nobody believes it gone
			f.Wrong = &trouble{Status: 422, Field: kept.field, Art: "6.1.2", Text: v.t("“{0}”登记后可以更改，不能清空。", mulu.Say(kept.field, v.Lang)),
				Mend: v.t("请填写新的内容，或恢复原来的内容。")}
			f.Set(kept.field, kept.was)
			return v.showAs(f.Wrong.Status, "duty-form", f)
		}
	}
	done, err := v.say(a)
	if err != nil {
		return v.again("duty-form", &f.form, f, err)
	}
	return v.did(done, "/duties/"+d.ID)
}

// list is a field of the form with one thing a line; blank lines are left out.
func (v *visit) list(name string) []string {
	var all []string
	for _, line := range strings.Split(v.text(name), "\n") {
		if line = strings.TrimSpace(line); line != "" {
			all = append(all, line)
		}
	}
	return all
}
