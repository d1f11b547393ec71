package web

import (
	"strings"

	"mulu/people"
)

// menuGroup is a heading of the menu with its lines.
type menuGroup struct {
	Title string
	Lines []menuLine
}

type menuLine struct {
	Icon, Title, Path string
	whose             string // bureau | others; "" for both
	Here              bool
	Count             int
	Calm              bool // the count asks for nothing
}

// menu is what who looks can open; a line stands there only if its page admits them.
func (v *visit) menu() []menuGroup {
	groups := []menuGroup{
		{"", []menuLine{{Icon: "inbox", Title: "我的待办", Path: "/"}}},
		{"目录", []menuLine{
			{Icon: "search", Title: "查找数据", Path: "/search"},
			{Icon: "list-tree", Title: "四级目录", Path: "/catalog"},
			{Icon: "chart-bar", Title: "覆盖情况", Path: "/coverage"},
			{Icon: "stack-2", Title: "四大基础库", Path: "/bases"},
			{Icon: "tags", Title: "数据标准", Path: "/standards"},
		}},
		{"共享", []menuLine{
			{Icon: "basket", Title: "申请清单", Path: "/basket", Count: v.counted("/basket"), Calm: true},
			{Icon: "send", Title: "共享申请", Path: "/applications"},
			{Icon: "mail", Title: "待答复申请", Path: "/inbox", Count: v.counted("/inbox")},
			{Icon: "key", Title: "共享授权", Path: "/grants"},
			{Icon: "message-circle", Title: "数据异议", Path: "/objections", Count: v.counted("/objections")},
			{Icon: "refresh", Title: "属性研究", Path: "/reviews", Count: v.counted("/reviews")},
			{Icon: "scale", Title: "协调事项", Path: "/cases"},
			{Icon: "clipboard-check", Title: "使用情况报告", Path: "/uses", Count: v.counted("/uses")},
			{Icon: "clock", Title: "时限总览", Path: "/clocks", whose: "others"},
			{Icon: "flag", Title: "问题发现", Path: "/findings", whose: "others"},
		}},
		{"本机构", []menuLine{
			{Icon: "clipboard-list", Title: "职责", Path: "/duties"},
			{Icon: "files", Title: "数据目录", Path: "/entries"},
			{Icon: "database", Title: "数据监测", Path: "/monitor", Count: v.countedData(), whose: "others"},
			{Icon: "server", Title: "系统与库表", Path: "/systems"},
			{Icon: "upload", Title: "数据装载", Path: "/loads"},
			{Icon: "link", Title: "数据源连接", Path: "/sources"},
			{Icon: "edit", Title: "草稿", Path: "/drafts"},
			{Icon: "file-spreadsheet", Title: "Excel 导入导出", Path: "/sheets"},
			{Icon: "clipboard-check", Title: "采购数据", Path: "/purchases", Count: v.counted("/purchases"), whose: "others"},
			{Icon: "plug", Title: "系统对接", Path: "/clients"},
		}},
		{"主管部门", []menuLine{
			{Icon: "checks", Title: "目录核定", Path: "/verify"},
			{Icon: "database", Title: "数据监测", Path: "/monitor", Count: v.countedData(), whose: "bureau"},
			{Icon: "clipboard-check", Title: "采购数据", Path: "/purchases", Count: v.counted("/purchases"), whose: "bureau"},
			{Icon: "clock", Title: "时限总览", Path: "/clocks", whose: "bureau"},
			{Icon: "flag", Title: "问题发现", Path: "/findings", whose: "bureau"},
		}},
		{"区内", []menuLine{
			{Icon: "building-community", Title: "机构", Path: "/orgs"},
			{Icon: "gavel", Title: "细则", Path: "/law"},
			{Icon: "calendar-event", Title: "工作日历", Path: "/calendar"},
			{Icon: "link", Title: "目录链", Path: "/chain"},
			{Icon: "api", Title: "接口文档", Path: "/api"},
		}},
		{"管理", []menuLine{
			{Icon: "users", Title: "账号管理", Path: "/accounts"},
			{Icon: "eye", Title: "审计日志", Path: "/audit"},
			{Icon: "settings", Title: "设置", Path: "/settings"},
		}},
	}
	here := v.R.URL.Path
	if v.under != "" {
		here = v.under
	}
	var shown []menuGroup
	for _, g := range groups {
		kept := menuGroup{Title: g.Title}
		for _, l := range g.Lines {
			if !v.admitted(l.Path) || l.whose == "bureau" && !v.bureau() || l.whose == "others" && v.bureau() {
				continue
			}
			l.Here = l.Path == here || l.Path != "/" && strings.HasPrefix(here, l.Path+"/")
			kept.Lines = append(kept.Lines, l)
		}
		if len(kept.Lines) > 0 {
			shown = append(shown, kept)
		}
	}
	return shown
}

// admitted tells whether who looks may open a page by its path.
func (v *visit) admitted(path string) bool {
	if path == "/api" {
		return true // another room's, for everybody
	}
	for _, r := range v.listed {
		if r.Method == "GET" && (r.Path == path || path == "/" && r.Path == "/{$}") {
			if v.Person == nil {
				return r.For.Public
			}
			return r.For.Admits(v.Person.Roles, v.bureau())
		}
	}
	return false
}

// administers tells whether the person is one of the three administrators.
func (v *visit) administers() bool {
	return v.Person != nil && v.Person.Roles.Has(people.System, people.Security, people.Auditor)
}
