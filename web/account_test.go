package web

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"mulu"
	"mulu/people"
)

var joinLink = regexp.MustCompile(`/join/[\w-]+`)

// invited makes an account through the pages and gives its id and one-time link.
func invited(t *testing.T, b *browser, login, name, role string) (id, link string) {
	t.Helper()
	p := b.post(t, "/accounts/new", url.Values{"login": {login}, "name": {name}, "role": {role}})
	p.says(t, http.StatusOK, "账号已建立", name)
	m := regexp.MustCompile(`href="/accounts/(p-[\w-]+)"`).FindStringSubmatch(p.Body)
	if m == nil || joinLink.FindString(p.Body) == "" {
		t.Fatalf("no account or no link is shown:\n%s", p.Text())
	}
	return m[1], joinLink.FindString(p.Body)
}

// logsIn tries a password in a browser that nobody is logged in with.
func (w *town) logsIn(t *testing.T, login, password string) page {
	t.Helper()
	return w.anew(t, "", "zh").post(t, "/login", url.Values{"login": {login}, "password": {password}})
}

// An account from its invitation to its end: each step by the administrator whose it is, and by no other.
func TestAccounts(t *testing.T) {
	w := aTown(t)
	system, security := w.as(t, "civil-system", "zh"), w.as(t, "civil-security", "zh")

	p := system.post(t, "/accounts/new", url.Values{"login": {"Bad Login"}, "name": {"高<b>翔</b>"}, "role": {"steward"}})
	p.says(t, http.StatusUnprocessableEntity, "登录名为 3 至 64 位小写字母")
	if !strings.Contains(p.Body, `value="高&lt;b&gt;翔&lt;/b&gt;"`) || !regexp.MustCompile(`value="steward" checked`).MatchString(p.Body) {
		t.Error("what was typed is not kept")
	}
	system.post(t, "/accounts/new", url.Values{"login": {"civil-steward"}, "name": {"高翔"}, "role": {"steward"}}).says(t, http.StatusUnprocessableEntity, "该登录名已有人使用")
	system.post(t, "/accounts/new", url.Values{"login": {"gaoxiang"}, "name": {"高翔"}}).says(t, http.StatusUnprocessableEntity, "请至少选择一个角色")
	w.as(t, "civil-steward", "zh").post(t, "/accounts/new", url.Values{"login": {"gaoxiang"}, "name": {"高翔"}, "role": {"steward"}}).says(t, http.StatusForbidden)

	id, link := invited(t, system, "gaoxiang", "高翔", "steward")
	system.get(t, "/accounts").says(t, http.StatusOK, "高翔", "待设密码")
	guest := w.anew(t, "", "zh")
	guest.get(t, link).says(t, http.StatusOK, "高翔", "链接只能使用一次")
	guest.post(t, link, url.Values{"password": {"short"}, "again": {"short"}}).says(t, http.StatusUnprocessableEntity)
	guest.post(t, link, url.Values{"password": {"ganxie-2026"}, "again": {"ganxie-2027"}}).says(t, http.StatusUnprocessableEntity, "两次输入")
	guest.post(t, link, url.Values{"password": {"ganxie-2026"}, "again": {"ganxie-2026"}}).says(t, http.StatusSeeOther)
	if p := guest.get(t, link); p.Status == http.StatusOK {
		t.Error("the link works twice")
	}
	w.logsIn(t, "gaoxiang", "ganxie-2026").says(t, http.StatusSeeOther)

	// Roles are the security administrator's, other particulars the system administrator's.
	system.post(t, "/accounts/"+id+"/roles", url.Values{"role": {"approver"}}).says(t, http.StatusForbidden)
	security.post(t, "/accounts/"+id+"/roles", nil).says(t, http.StatusUnprocessableEntity, "请至少选择一个角色")
	security.post(t, "/accounts/"+id+"/roles", url.Values{"role": {"system", "security"}}).says(t, http.StatusUnprocessableEntity)
	security.post(t, "/accounts/"+id+"/roles", url.Values{"role": {"steward", "approver"}}).says(t, http.StatusSeeOther)
	security.get(t, "/accounts/"+id).says(t, http.StatusOK, "角色已调整，立即生效。", "审批人")
	security.post(t, "/accounts/"+id+"/name", url.Values{"name": {"高小翔"}}).says(t, http.StatusForbidden)
	system.post(t, "/accounts/"+id+"/name", url.Values{"name": {" "}}).says(t, http.StatusUnprocessableEntity, "姓名为 1 至 60 个字")
	system.post(t, "/accounts/"+id+"/name", url.Values{"name": {"高小翔"}}).says(t, http.StatusSeeOther)

	// Another institution's administrators see nothing of it; the bureau's do.
	schools := w.as(t, "schools-system", "zh")
	schools.get(t, "/accounts/"+id).says(t, http.StatusNotFound)
	schools.post(t, "/accounts/"+id+"/close", url.Values{"why": {"离任"}}).says(t, http.StatusNotFound)
	schools.get(t, "/accounts").silent(t, "高小翔")
	w.as(t, "bureau-system", "zh").get(t, "/accounts/"+id).says(t, http.StatusOK, "高小翔")

	// Wrong passwords lock it; the administrator unlocks it, or makes a new link.
	locked := page{}
	for range 10 {
		if locked = w.logsIn(t, "gaoxiang", "ganxie-1900"); strings.Contains(locked.Text(), "已锁定") {
			break
		}
	}
	locked.says(t, http.StatusUnprocessableEntity, "已锁定")
	w.logsIn(t, "gaoxiang", "ganxie-2026").says(t, http.StatusUnprocessableEntity, "已锁定")
	system.get(t, "/accounts/"+id).says(t, http.StatusOK, "锁定")
	system.post(t, "/accounts/"+id+"/unlock", nil).says(t, http.StatusSeeOther)
	w.logsIn(t, "gaoxiang", "ganxie-2026").says(t, http.StatusSeeOther)
	p = system.post(t, "/accounts/"+id+"/reset", nil)
	p.says(t, http.StatusOK, "链接")
	link = joinLink.FindString(p.Body)
	system.get(t, "/accounts/"+id).silent(t, link)
	w.anew(t, "", "zh").post(t, link, url.Values{"password": {"xinmima-2026"}, "again": {"xinmima-2026"}}).says(t, http.StatusSeeOther)
	w.logsIn(t, "gaoxiang", "ganxie-2026").says(t, http.StatusUnprocessableEntity)

	// Closing ends what is open; the act of a closed account is nobody's.
	open := w.anew(t, "", "zh")
	open.post(t, "/login", url.Values{"login": {"gaoxiang"}, "password": {"xinmima-2026"}}).says(t, http.StatusSeeOther)
	open.get(t, "/").says(t, http.StatusOK, "我的待办")
	system.post(t, "/accounts/"+id+"/close", url.Values{"why": {""}}).says(t, http.StatusUnprocessableEntity, "请填写停用原因")
	system.post(t, "/accounts/"+id+"/close", url.Values{"why": {"调离本机构"}}).says(t, http.StatusSeeOther)
	open.get(t, "/").says(t, http.StatusSeeOther)
	w.logsIn(t, "gaoxiang", "xinmima-2026").says(t, http.StatusUnprocessableEntity, "该账号已停用")
	system.get(t, "/accounts/"+id).says(t, http.StatusOK, "已停用")
	w.as(t, "civil-auditor", "zh").get(t, "/audit?kind=account.close").says(t, http.StatusOK, "高小翔", "调离本机构")
	system.post(t, "/accounts/"+id+"/reopen", nil).says(t, http.StatusSeeOther)
	if p, err := w.people.Person(t.Context(), id); err != nil || p.Status != people.Active {
		t.Errorf("opened again: %v %v", p.Status, err)
	}
}

// The audit log tells what was done by whom, to its own institution's auditor; a walk over it finds it whole.
func TestAudit(t *testing.T) {
	w := aTown(t)
	invited(t, w.as(t, "schools-system", "zh"), "shenji-shiyan", "审计试验", "reader")
	auditor := w.as(t, "schools-auditor", "zh")
	auditor.get(t, "/audit?kind=account.invite").says(t, http.StatusOK, "邀请账号", "审计试验")
	auditor.get(t, "/audit?person=schools-system&result=ok&from=2020-01-01&to=2099-12-31").says(t, http.StatusOK, "登录")
	auditor.get(t, "/audit?from=2026-02-30").says(t, http.StatusOK, "“2026-02-30”不是有效的日期")
	auditor.get(t, "/audit?person=nobody-of-this-name").says(t, http.StatusOK, "对应的账号不止一个或没有")
	auditor.post(t, "/audit/check", nil).says(t, http.StatusOK, "完整")
	p := auditor.get(t, "/audit/csv?kind=account.invite")
	p.says(t, http.StatusOK, "邀请账号", "审计试验")
	if !strings.HasPrefix(p.Header.Get("Content-Type"), "text/csv") {
		t.Errorf("the table comes as %s", p.Header.Get("Content-Type"))
	}
	w.as(t, "civil-auditor", "zh").get(t, "/audit?kind=account.invite").silent(t, "审计试验")
	w.as(t, "schools-system", "zh").get(t, "/audit").says(t, http.StatusForbidden)
}

// The bureau's approver adopts an edition with reasons; what is refused keeps them.
func TestSettings(t *testing.T) {
	w := aTown(t)
	b := w.as(t, "bureau-approver", "zh")
	b.get(t, "/settings").says(t, http.StatusOK, "西城区实施细则（2023）", "node-1")
	p := b.post(t, "/settings/edition", url.Values{"edition": {"district-2023"}, "why": {"试行期满"}})
	p.says(t, http.StatusUnprocessableEntity)
	if !strings.Contains(p.Body, "试行期满") {
		t.Error("the reasons are not kept")
	}
	b.post(t, "/settings/edition", url.Values{"edition": {"state-council-809"}, "why": {""}}).says(t, http.StatusUnprocessableEntity)
	b.post(t, "/settings/edition", url.Values{"edition": {"state-council-809"}, "why": {"试行"}}).says(t, http.StatusSeeOther)
	if e := one[mulu.Profile](t, w, mulu.KindProfile, "profile"); e.Edition != "state-council-809" {
		t.Errorf("in force is %s", e.Edition)
	}
	b.post(t, "/settings/edition", url.Values{"edition": {"district-2023"}, "why": {"试行结束"}}).says(t, http.StatusSeeOther)
	w.as(t, "civil-approver", "zh").post(t, "/settings/edition", url.Values{"edition": {"state-council-809"}, "why": {"试行"}}).says(t, http.StatusForbidden)
}
