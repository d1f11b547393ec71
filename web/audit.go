package web

import (
	"encoding/csv"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"mulu"
	"mulu/people"
	"mulu/workday"
)

// auditView is the audit log (审计日志).
type auditView struct {
	Person, Org, Kind, Result, From, To string
	Rows                                []auditLine
	Next, First                         string
	Kinds, Orgs                         []option
	Wrong                               *trouble
	Checked                             *checked
	Export                              string // address of the table of what is asked for
}

// checked is what a walk of the whole log found.
type checked struct {
	Events, Broken int64 // Broken is the first event that is not as it was written; 0 = none
}

// auditLine is an event in words.
type auditLine struct {
	people.Event
	Who, About, Short, Did, Note string // who did it and to whom, the institution, what was done, the detail in words
}

// Filtered tells whether the log is narrowed.
func (a *auditView) Filtered() bool {
	return a.Person+a.Org+a.Kind+a.Result+a.From+a.To != ""
}

const eventsAPage = 100

// auditKinds are the words of the kinds of events; what an act was stands in its target.
var auditKinds = []option{{"login", "登录"}, {"logout", "退出登录"}, {"look", "查看他人信息"}, {"act", "链上办理"}, {"account.found", "建立首个管理员"}, {"account.invite", "邀请账号"},
	{"account.redeem", "设置密码"}, {"account.amend", "变更账号"}, {"account.reset", "重置密码"}, {"account.unlock", "解锁账号"}, {"account.close", "停用账号"},
	{"account.reopen", "恢复账号"}, {"account.prefer", "调整语言和显示"}, {"password.change", "更换密码"}, {"password.confirm", "再次确认密码"}, {"session.end", "退出设备"},
	{"factor.begin", "开始绑定验证器"}, {"factor.confirm", "启用第二因素"}, {"factor.end", "停用第二因素"}, {"identity.link", "关联统一身份"}, {"identity.unlink", "解除统一身份"},
	{"arrive", "统一身份登录"}, {"link.first", "生成首个链接"}, {"audit.check", "校验审计日志"}, {"audit.export", "导出审计日志"}}

// asked is what the address asks of the log. A bureau's auditor reads all institutions' events, others those of their own.
func (v *visit) asked() (*auditView, people.EventFilter, error) {
	q := v.R.URL.Query()
	a := &auditView{Person: strings.TrimSpace(q.Get("person")), Org: q.Get("org"), Kind: q.Get("kind"), Result: q.Get("result"), From: q.Get("from"), To: q.Get("to")}
	f := people.EventFilter{Person: a.Person, Org: a.Org, Kind: a.Kind, Limit: eventsAPage}
	if !v.bureau() {
		a.Org, f.Org = "", v.Person.Org
	}
	switch a.Result {
	case "ok", "no":
		ok := a.Result == "ok"
		f.OK = &ok
	}
	for _, day := range []struct {
		typed string
		set   func(workday.Date)
	}{{a.From, func(d workday.Date) { f.From = d.Start() }}, {a.To, func(d workday.Date) { f.To = d.Next().Start() }}} {
		if day.typed == "" {
			continue
		}
		d, err := workday.ParseDate(day.typed)
		if err != nil {
			a.Wrong = &trouble{Text: v.t("“{0}”不是有效的日期。", day.typed), Mend: v.t("请按 2026-10-09 的格式填写。")}
			continue
		}
		day.set(d)
	}
	if a.Person != "" && !strings.HasPrefix(a.Person, "p-") { // a login, as people know each other
		list, err := v.People.Accounts(v.R.Context(), people.Filter{Words: a.Person, Org: f.Org, Limit: 2})
		if err != nil {
			return nil, f, err
		}
		switch len(list) {
		case 1:
			f.Person = list[0].ID
		default:
			a.Wrong = &trouble{Text: v.t("“{0}”对应的账号不止一个或没有。", a.Person), Mend: v.t("请填写完整的账号，或以 p- 开头的链上编号。")}
		}
	}
	return a, f, nil
}

func (v *visit) audit() error {
	a, err := v.auditView()
	if err != nil {
		return err
	}
	return v.show("audit", a)
}

func (v *visit) auditView() (*auditView, error) {
	a, f, err := v.asked()
	if err != nil {
		return nil, err
	}
	a.Export = "/audit/csv"
	if _, query, any := strings.Cut(v.withQuery("before", ""), "?"); any {
		a.Export += "?" + query
	}
	for _, k := range auditKinds {
		a.Kinds = append(a.Kinds, option{k.Value, v.t(k.Text)})
	}
	if v.bureau() {
		if a.Orgs, err = v.orgOptions(); err != nil {
			return nil, err
		}
	}
	if a.Wrong != nil {
		return a, nil
	}
	q := v.R.URL.Query()
	f.Before, _ = strconv.ParseInt(q.Get("before"), 10, 64)
	events, err := v.People.Events(v.R.Context(), f)
	if err != nil {
		return nil, err
	}
	if a.Rows, err = v.auditLines(events); err != nil {
		return nil, err
	}
	if len(events) == eventsAPage {
		a.Next = v.withQuery("before", fmt.Sprint(events[len(events)-1].N))
	}
	if f.Before > 0 {
		a.First = v.withQuery("before", "")
	}
	return a, nil
}

// auditLines puts events into words.
func (v *visit) auditLines(events []people.Event) ([]auditLine, error) {
	var ids []string
	for _, e := range events {
		ids = append(ids, e.Person)
		if strings.HasPrefix(e.Target, "p-") {
			ids = append(ids, e.Target)
		}
	}
	names, err := v.People.Names(v.R.Context(), ids...)
	if err != nil {
		return nil, err
	}
	w := v.speakers()
	var lines []auditLine
	for _, e := range events {
		l := auditLine{Event: e, Who: names[e.Person], About: e.Target, Did: e.Kind}
		switch {
		case e.Person == people.Owner:
			l.Who = v.t("本机管理者（命令行）")
		case e.Person == "":
			l.Who = v.t("未登录")
		case l.Who == "":
			l.Who = e.Person
		}
		if e.Org != "" {
			l.Short = w.short(e.Org)
		}
		for _, k := range auditKinds {
			if k.Value == e.Kind {
				l.Did = v.t(k.Text)
			}
		}
		l.Note = v.detail(e)
		if e.Kind == "act" {
			l.About = mulu.ActTitle(e.Target, v.Lang)
		} else if names[e.Target] != "" {
			l.About = names[e.Target]
		} else if strings.HasPrefix(e.Target, "s-") { // the handle of a session says nothing to people
			l.About = ""
		}
		lines = append(lines, l)
	}
	return lines, nil
}

// loginFaults are the words of what keeps somebody from coming in, without the numbers that only they are told.
var loginFaults = []option{{"wrong", "账号或密码不正确"}, {"locked", "已锁定"}, {"throttled", "同一地址输错过多"}, {"code_wrong", "动态码不正确"}, {"code_wanted", "未填动态码"},
	{"password_wrong", "密码不正确"}, {"closed", "已停用"}, {"invited", "待设密码"}}

// detail puts the detail of an event into words: the roles of an account, the record of an act, or why it was refused.
func (v *visit) detail(e people.Event) string {
	if n, ok := strings.CutPrefix(e.Detail, "record "); ok && e.Kind == "act" {
		return v.t("记录 {0}", n)
	}
	if !e.OK {
		for _, f := range loginFaults {
			if f.Value == e.Detail {
				return v.t(f.Text)
			}
		}
		for _, text := range []string{(&mulu.Refusal{Code: e.Detail}).Text(v.Lang), (&people.Denied{Code: e.Detail}).Text(v.Lang)} {
			if text != e.Detail && !strings.Contains(text, "{") { // a sentence that needs values is not one without them
				return text
			}
		}
		return e.Detail
	}
	words := strings.Fields(e.Detail)
	for i, w := range words {
		switch {
		case w == ">":
			words[i] = "→"
		case e.Kind == "account.amend" && w == "name":
			words[i] = v.t("姓名")
		case slices.Contains(people.All(), people.Role(w)):
			words[i] = v.t(roleWord(people.Role(w)))
		default:
			return e.Detail
		}
	}
	return strings.Join(words, " ")
}

// checkAudit walks the whole log and says whether it is what was written.
func (v *visit) checkAudit() error {
	a, err := v.auditView()
	if err != nil {
		return err
	}
	a.Checked = &checked{}
	var broken *people.Tampered
	if a.Checked.Events, err = v.People.CheckEvents(v.R.Context()); errors.As(err, &broken) {
		a.Checked.Broken = broken.N
	} else if err != nil {
		return err
	}
	if err := v.note("audit.check", fmt.Sprintf("%d", a.Checked.Events), a.Checked.Broken == 0); err != nil {
		return err
	}
	return v.show("audit", a)
}

// note adds to the audit log what was done by looking.
func (v *visit) note(kind, detail string, ok bool) error {
	return v.People.Note(v.R.Context(), people.Event{Person: v.Person.ID, Org: v.Person.Org, Kind: kind, Detail: detail, OK: ok, From: v.origin().Address})
}

// auditCSV gives the events that the address asks for, the newest first, as a table for Excel.
func (v *visit) auditCSV() error {
	a, f, err := v.asked()
	if err != nil {
		return err
	}
	if a.Wrong != nil {
		return v.showAs(422, "trouble", a.Wrong)
	}
	if err := v.note("audit.export", v.R.URL.RawQuery, true); err != nil {
		return err
	}
	f.Limit = 1000
	v.W.Header().Set("Content-Type", "text/csv; charset=utf-8")
	v.W.Header().Set("Content-Disposition", `attachment; filename="audit.csv"`)
	if _, err := v.W.Write([]byte("\uFEFF")); err != nil {
		return nil // who left needs no answer
	}
	w := csv.NewWriter(v.W)
	head := []string{v.t("序号"), v.t("时间"), v.t("由谁"), v.t("人员编号"), v.t("机构"), v.t("操作"), v.t("对象"), v.t("结果"), v.t("备注"), v.t("地址")}
	for _ = w.Write(head); ; {
		events, err := v.People.Events(v.R.Context(), f)
		if err != nil {
			v.Log.Error("the export of the audit log broke off", "err", err)
			panic(http.ErrAbortHandler) // so that the file is not taken for whole
		}
		lines, err := v.auditLines(events)
		if err != nil {
			v.Log.Error("the export of the audit log broke off", "err", err)
			panic(http.ErrAbortHandler) // so that the file is not taken for whole
		}
		for _, l := range lines {
			result := v.t("成功")
			if !l.OK {
				result = v.t("未成功")
			}
			row := []string{strconv.FormatInt(l.N, 10), stamp(l.Time, "2006-01-02 15:04:05"), l.Who, l.Event.Person, l.Short, l.Did, l.About, result, l.Detail, l.Event.From}
			for i := range row {
				row[i] = harmless(row[i])
			}
			_ = w.Write(row)
		}
		w.Flush()
		if w.Error() != nil || len(events) < f.Limit {
			return nil
		}
		f.Before = events[len(events)-1].N
	}
}

// harmless keeps a table program from taking a text for a formula.
func harmless(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return "'" + s
	}
	return s
}
