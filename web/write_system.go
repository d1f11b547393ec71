package web

import (
	"net/url"
	"strconv"
	"strings"

	"mulu"
	"mulu/act"
	"mulu/people"
	"mulu/read"
)

func systemRoutes() []Route {
	steward := Only(people.Steward)
	return []Route{
		{"GET", "/systems", Members, false, (*visit).systemsPage},
		{"GET", "/systems/new", steward, false, (*visit).newSystem},
		{"POST", "/systems/new", steward, false, (*visit).registerSystem},
		{"GET", "/systems/{id}/edit", steward, false, (*visit).editSystem},
		{"POST", "/systems/{id}/edit", steward, false, (*visit).amendSystem},
		{"GET", "/systems/{id}/tables/new", steward, false, (*visit).newTable},
		{"POST", "/systems/{id}/tables/new", steward, false, (*visit).registerTable},
		{"GET", "/tables/{id}/edit", steward, false, (*visit).editTable},
		{"POST", "/tables/{id}/edit", steward, false, (*visit).amendTable},
	}
}

// systemsPage is the institution's information systems.
type systemsPage struct {
	Rows        []read.System
	Levels      []string // what MLPS levels are called, from 0
	Next, First string
}

func (v *visit) systemsPage() error {
	p, after := &systemsPage{Levels: v.levels()}, v.text("after")
	var err error
	if p.Rows, err = v.Read.Systems(v.R.Context(), v.Person.Org, after, pageRows+1); err != nil {
		return err
	}
	if len(p.Rows) > pageRows {
		p.Rows = p.Rows[:pageRows]
		p.Next = "/systems?after=" + url.QueryEscape(p.Rows[pageRows-1].ID)
	}
	if after != "" {
		p.First = "/systems"
	}
	return v.show("systems", p)
}

// systemForm is a system being entered or changed.
type systemForm struct {
	form
	System *mulu.System // nil for a new one
	Levels []option
}

func (v *visit) systemForm(f form, s *mulu.System) *systemForm {
	p := &systemForm{form: f, System: s}
	for i, word := range v.levels() {
		p.Levels = append(p.Levels, option{strconv.Itoa(i), word})
	}
	return p
}

// levels are the words of the MLPS levels, from 0.
func (v *visit) levels() []string {
	all := []string{"未定级备案", "第一级", "第二级", "第三级", "第四级", "第五级"}
	for i, word := range all {
		all[i] = v.t(word)
	}
	return all
}

func (v *visit) newSystem() error {
	return v.show("system-form", v.systemForm(form{Values: url.Values{"network": {"government"}, "level": {"0"}}}, nil))
}

// level is the MLPS level chosen; what is no number is refused by the rules as out of range.
func (v *visit) level() int {
	n, err := strconv.Atoi(v.text("level"))
	if err != nil {
		return -1
	}
	return n
}

func (v *visit) registerSystem() error {
	f := v.systemForm(v.typed(), nil)
	done, err := v.say(&act.RegisterSystem{Name: v.text("name"), Purpose: v.text("purpose"), Project: v.text("project"), Network: v.text("network"),
		Level: v.level(), Databases: v.list("databases"), Connection: v.text("connection")})
	if err != nil {
		return v.again("system-form", &f.form, f, err)
	}
	return v.did(done, "/systems/"+done.Outcome.Facts[0].ID)
}

func (v *visit) ownSystem() (*mulu.System, error) {
	var s mulu.System
	if err := v.noun(mulu.KindSystem, v.R.PathValue("id"), &s); err != nil {
		return nil, err
	}
	if !v.own(s.Org) {
		return nil, errAbsent
	}
	return &s, nil
}

func (v *visit) editSystem() error {
	s, err := v.ownSystem()
	if err != nil {
		return err
	}
	return v.show("system-form", v.systemForm(form{Values: url.Values{"name": {s.Name}, "purpose": {s.Purpose}, "project": {s.Project},
		"network": {s.Network}, "level": {strconv.Itoa(s.Level)}, "databases": {strings.Join(s.Databases, "\n")}, "connection": {s.Connection}}}, s))
}

func (v *visit) amendSystem() error {
	s, err := v.ownSystem()
	if err != nil {
		return err
	}
	f := v.systemForm(v.typed(), s)
	done, err := v.say(&act.AmendSystem{System: s.ID, Name: v.text("name"), Purpose: v.text("purpose"), Project: v.text("project"), Network: v.text("network"),
		Level: v.level(), Databases: v.list("databases"), Connection: v.text("connection")})
	if err != nil {
		return v.again("system-form", &f.form, f, err)
	}
	return v.did(done, "/systems/"+s.ID)
}
