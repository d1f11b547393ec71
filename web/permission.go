package web

import (
	"slices"
	"strings"

	"mulu"
	"mulu/act"
	"mulu/desk"
	"mulu/people"
)

// permissionView is who may open which page and say which act, made from the routes and the desk's table themselves.
type permissionView struct {
	Roles  people.Roles
	Groups []permissionGroup
	Acts   []actLine
}

type permissionGroup struct {
	Title string
	Lines []permissionLine
}

// permissionLine is a page or a form. Cells are by role in the order of people.All: "all" institutions, "bureau" only, or "".
type permissionLine struct {
	Method, Path string
	Public       bool
	Cells        []string
}

// actLine is an act: the roles that may say it, and the parties that the rules allow it to.
type actLine struct {
	Kind    string
	Roles   people.Roles
	Cells   []bool
	Parties []string
	Arts    []mulu.Cite
}

// families are the headings of routes by how their paths begin.
var families = []option{{"/accounts", "账号"}, {"/audit", "审计日志"}, {"/settings", "设置"}, {"/orgs", "机构"}, {"/records", "链上记录"}, {"/chain", "目录链"}, {"/law", "细则"},
	{"/calendar", "工作日历"}, {"/duties", "职责"}, {"/entries", "数据目录"}, {"/drafts", "草稿"}, {"/systems", "系统与库表"}, {"/tables", "系统与库表"}, {"/loads", "数据装载"}, {"/sources", "数据源连接"}, {"/verify", "目录核定"},
	{"/search", "查找数据"}, {"/catalog", "四级目录"}, {"/coverage", "覆盖情况"}, {"/sheets", "Excel 导入导出"}, {"/clients", "系统对接"}, {"/me", "我的账号"}}

func familyOf(path string) string {
	for _, f := range families {
		if path == f.Value || strings.HasPrefix(path, f.Value+"/") {
			return f.Text
		}
	}
	return "登录与首页"
}

func (v *visit) permissions() error {
	p := &permissionView{Roles: people.All()}
	at := map[string]int{}
	for _, r := range v.listed {
		title := familyOf(r.Path)
		i, ok := at[title]
		if !ok {
			i = len(p.Groups)
			at[title] = i
			p.Groups = append(p.Groups, permissionGroup{Title: title})
		}
		l := permissionLine{Method: r.Method, Path: strings.TrimSuffix(r.Path, "{$}"), Public: r.For.Public}
		for _, role := range p.Roles {
			l.Cells = append(l.Cells, admitted(r.For, role))
		}
		p.Groups[i].Lines = append(p.Groups[i].Lines, l)
	}
	p.Acts = v.actLines(p.Roles)
	return v.show("permissions", p)
}

// admitted tells where a role opens a page: "all", "bureau" or "".
func admitted(a Access, role people.Role) string {
	switch {
	case a.Admits(people.Roles{role}, false):
		return "all"
	case a.Admits(people.Roles{role}, true):
		return "bureau"
	}
	return ""
}

// actLines lists every act in use with who may say it.
func (v *visit) actLines(roles people.Roles) (list []actLine) {
	parties, arts := map[string][]string{}, map[string][]mulu.Cite{}
	for _, a := range v.Law.Articles() {
		for _, w := range a.Ways {
			if !slices.Contains(arts[w.On], w.Cite) {
				arts[w.On] = append(arts[w.On], w.Cite)
			}
			for _, by := range w.By {
				if by != "law" && !slices.Contains(parties[w.On], by) {
					parties[w.On] = append(parties[w.On], by)
				}
			}
		}
	}
	for _, w := range act.Words() {
		if w.Retired {
			continue
		}
		l := actLine{Kind: w.Kind, Roles: desk.Wanted(w.Kind), Parties: parties[w.Kind], Arts: arts[w.Kind]}
		if len(l.Parties) == 1 && l.Parties[0] == "node" { // a node says it by itself
			l.Roles = nil
		}
		for _, r := range roles {
			l.Cells = append(l.Cells, l.Roles.Has(r))
		}
		list = append(list, l)
	}
	return list
}
