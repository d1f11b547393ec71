package web

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"time"

	"mulu"
	"mulu/desk"
)

// moved is what somebody sees whose draft a colleague saved meanwhile: who and when, and where the two versions part.
type moved struct {
	Draft   desk.Draft // as the colleague saved it
	Who     string     // the colleague's name
	Own     bool       // it was the same person, in another window
	At      time.Time
	Parts   []parting
	Written string // all that was typed here, to be kept after all
}

// parting is a place of the form in which two versions of a draft differ. Row is the item's row from 1, 0 elsewhere.
type parting struct {
	Label        string
	Row          int
	Mine, Theirs string
}

// movedPage shows both versions side by side; nothing was overwritten.
func (v *visit) movedPage(there desk.Draft, mine written) error {
	theirs, err := readWritten(there)
	if err != nil {
		return err
	}
	names, err := v.People.Names(v.R.Context(), there.By)
	if err != nil {
		return err
	}
	m := &moved{Draft: there, Who: names[there.By], Own: there.By == v.Person.ID, At: there.Saved, Parts: v.partings(&mine, &theirs)}
	if v.R.Header.Get("HX-Request") != "" {
		p, err := v.editor(desk.Draft{ID: there.ID, Org: there.Org, Kind: there.Kind, Subject: there.Subject, Rev: revOf(v.text("rev")), By: v.Person.ID}, mine, false)
		if err != nil {
			return err
		}
		p.Moved = m
		return v.part("draft", "saved", p)
	}
	mine.Page = ""
	whole, err := json.Marshal(mine)
	if err != nil {
		return err
	}
	m.Written = string(whole)
	return v.showAs(http.StatusConflict, "draft-moved", m)
}

func revOf(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return 0
	}
	return n
}

// fieldLabels are what the fields of the form are called, in Chinese.
func fieldLabel(name string) string {
	switch name {
	case "name":
		return "名称"
	case "summary":
		return "摘要"
	case "duty":
		return "所属职责"
	case "class":
		return "分类"
	case "theme":
		return "主题"
	case "format":
		return "格式"
	case "cycle":
		return "更新周期"
	case "base":
		return "基础库"
	case "sharing":
		return "共享类型"
	case "sharing_conditions":
		return "共享条件"
	case "sharing_basis":
		return "不予共享依据"
	case "sharing_override":
		return "例外理由"
	case "opening":
		return "开放类型"
	case "channel":
		return "开放渠道"
	case "opening_conditions":
		return "开放条件"
	case "ground":
		return "不予开放情形"
	case "opening_basis":
		return "不予开放依据"
	case "grade":
		return "级别"
	}
	return name
}

// shownAs says what a field of the form holds, codes in words.
func (v *visit) shownAs(name, value string) string {
	switch name {
	case "duty":
		return v.dutyName(value)
	case "ground":
		return v.ground(revOf(value))
	case "class", "format", "cycle", "base", "sharing", "opening", "channel":
		return v.word(name, value)
	}
	return value
}

// partings lists where two forms differ, field by field and row by row.
func (v *visit) partings(mine, theirs *written) []parting {
	var all []parting
	for _, name := range entryFields {
		if a, b := mine.Fields[name], theirs.Fields[name]; a != b {
			all = append(all, parting{fieldLabel(name), 0, v.shownAs(name, a), v.shownAs(name, b)})
		}
	}
	for i := range max(len(mine.Items), len(theirs.Items)) {
		if a, b := v.rowLine(mine.Items, i), v.rowLine(theirs.Items, i); a != b {
			all = append(all, parting{"信息项", i + 1, a, b})
		}
	}
	return all
}

// rowLine is a row of the grid in a line, "" where there is none.
func (v *visit) rowLine(rows []gridRow, i int) string {
	if i >= len(rows) {
		return ""
	}
	line := ""
	for _, c := range itemColumns() {
		s := rows[i][c.Name]
		switch {
		case s == "":
			continue
		case c.Kind == "tick":
			s = v.t(c.Label)
		case c.Kind == "choose":
			if at := slices.IndexFunc(c.List, func(o mulu.Code) bool { return o.Code == s }); at >= 0 {
				s = mulu.Word(c.List, s, v.Lang)
			}
		}
		if line != "" {
			line += " · "
		}
		line += s
	}
	return line
}
