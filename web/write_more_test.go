package web

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"mulu"
	"mulu/desk"
	"mulu/people"
)

// byOf is a person who acts.
func byOf(p people.Person) desk.By { return desk.By{Org: p.Org, Person: p.ID, Roles: p.Roles} }

func httpRequest(t *testing.T) *http.Request {
	t.Helper()
	return httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil)
}

// Withdrawing, suspending, resuming and retiring go from page to page with their reasons.
func TestReasons(t *testing.T) {
	w := aTown(t)
	for _, name := range []string{"拟撤回目录", "拟暂停目录"} {
		if err := w.enter("civil-steward", name, "rescue", name, nil); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.verify("拟暂停目录"); err != nil {
		t.Fatal(err)
	}
	steward, approver := w.as(t, "civil-steward", "zh"), w.as(t, "civil-approver", "zh")
	standing := func(name, want string) {
		t.Helper()
		if e := one[mulu.Entry](t, w, mulu.KindEntry, w.named[name]); e.Status != want {
			t.Errorf("%s is %s, want %s", name, e.Status, want)
		}
	}
	step := func(b *browser, name, deed, why, want string) {
		t.Helper()
		path := "/entries/" + w.named[name]
		b.get(t, path+"/"+deed).says(t, http.StatusOK, "办理后", "第")
		b.post(t, path+"/"+deed, url.Values{"why": {" "}}).says(t, http.StatusUnprocessableEntity, "“理由”未填写或过短")
		got := b.post(t, path+"/"+deed, url.Values{"why": {why}})
		if got.says(t, http.StatusSeeOther); got.Location != path {
			t.Errorf("%s leads to %s", deed, got.Location)
		}
		standing(name, want)
	}
	step(steward, "拟撤回目录", "withdraw", "内容有误，修改后重新提交", "returned")
	step(approver, "拟暂停目录", "suspend", "数据核对中", "suspended")
	step(approver, "拟暂停目录", "resume", "数据核对完成", "published")
	step(approver, "拟暂停目录", "retire", "数据不再产生", "retired")
	approver.get(t, "/entries/"+w.named["拟暂停目录"]+"/retire").says(t, http.StatusOK, "现为“已注销”", "返回")
	steward.get(t, "/entries/"+w.named["allowance"]+"/suspend").says(t, http.StatusForbidden, "您的角色不能打开这一页")
	w.as(t, "schools-approver", "zh").get(t, "/entries/"+w.named["allowance"]+"/retire").says(t, http.StatusNotFound)
	w.as(t, "bureau-approver", "zh").get(t, "/entries/"+w.named["allowance"]+"/suspend").says(t, http.StatusOK, "暂停目录")
	w.as(t, "bureau-approver", "zh").get(t, "/entries/"+w.named["allowance"]+"/retire").says(t, http.StatusOK, "应由本机构作出")
}

// Items find their columns by name, comment and initials; many are bound at once and one is unbound.
func TestLinks(t *testing.T) {
	w := aTown(t)
	if err := w.enter("civil-steward", "to-bind", "rescue", "低保家庭成员", func(c *mulu.EntryContent) {
		c.Items = []mulu.Item{{Name: "备注", Field: "BZ", Type: "M", Grade: 1}, {Name: "身份证号", Field: "idcard", Type: "C", Length: 18, Grade: 1},
			{Name: "姓名", Field: "member_name", Type: "C", Grade: 1}, {Name: "家庭关系", Field: "relation", Type: "C", Grade: 1}}
	}); err != nil {
		t.Fatal(err)
	}
	b, path := w.as(t, "civil-steward", "zh"), "/entries/"+w.named["to-bind"]+"/links"
	b.get(t, path).says(t, http.StatusOK, "尚未挂接系统", "社会救助管理系统")
	b.post(t, path, url.Values{"do": {"link"}, "system": {w.named["bare"]}}).says(t, http.StatusSeeOther)
	b.get(t, path).says(t, http.StatusOK, "还没有登记库表", "登记库表")
	b.post(t, path, url.Values{"do": {"link"}, "system": {w.named["welfare"]}}).says(t, http.StatusSeeOther)
	b.post(t, path, url.Values{"do": {"link"}, "system": {w.named["welfare"]}}).says(t, http.StatusUnprocessableEntity, "已存在")
	p := b.get(t, path)
	p.says(t, http.StatusOK, "已按名称提出 3 项建议", "字段名相同", "列说明与信息项同名", "没有相近的列")
	table := w.named["allowances"]
	form := url.Values{"do": {"bind"}, "table": {table}, "item": {"BZ", "idcard", "member_name"}, "column.BZ": {"bz"}, "column.idcard": {"gmsfhm"}, "column.member_name": {"no_such"}}
	b.post(t, path, form).says(t, http.StatusOK, "办理 2 项，未办理 1 项", "备注 → bz", "没有编号为“no_such”的列")
	b.post(t, path, url.Values{"do": {"bind"}, "table": {table}}).says(t, http.StatusUnprocessableEntity, "没有选中要绑定的信息项")
	b.post(t, path, url.Values{"do": {"unbind"}, "table": {table}, "item": {"BZ"}, "column": {"bz"}}).says(t, http.StatusUnprocessableEntity, "“理由”未填写或过短")
	b.post(t, path, url.Values{"do": {"unbind"}, "table": {table}, "item": {"BZ"}, "column": {"bz"}, "why": {"绑错了列"}}).says(t, http.StatusSeeOther)
	b.post(t, path, url.Values{"do": {"unlink"}, "system": {w.named["bare"]}, "why": {"不是来源系统"}}).says(t, http.StatusSeeOther)
	links, err := w.read.LinksOf(t.Context(), w.named["to-bind"])
	if err != nil || len(links) != 2 {
		t.Errorf("%+v %v", links, err)
	}
	b.get(t, path+"?table=T-999-0001").says(t, http.StatusNotFound)
}

// A duty is registered, amended, declared without data and retired; what was there cannot be emptied in silence.
func TestDutyForms(t *testing.T) {
	w := aTown(t)
	b := w.as(t, "civil-steward", "zh")
	b.post(t, "/duties/new", url.Values{"name": {"社会救助"}, "basis": {"三定方案"}}).says(t, http.StatusUnprocessableEntity, "已有同名的职责", "三定方案")
	b.post(t, "/duties/new", url.Values{"name": {"慈善组织登记"}, "basis": {""}}).says(t, http.StatusUnprocessableEntity, "“依据”未填写或过短", `id="w-basis"`)
	got := b.post(t, "/duties/new", url.Values{"name": {"慈善组织登记"}, "basis": {"慈善法第十条"}, "department": {"慈善科"}, "matters": {"登记\r\n\r\n 认定 "}})
	got.says(t, http.StatusSeeOther)
	id := strings.TrimPrefix(got.Location, "/duties/")
	if d := one[mulu.Duty](t, w, mulu.KindDuty, id); !slices.Equal(d.Matters, []string{"登记", "认定"}) {
		t.Errorf("%q", d.Matters)
	}
	b.post(t, "/duties/"+id+"/edit", url.Values{"name": {"慈善组织登记"}, "basis": {"慈善法第十条"}, "matters": {"登记"}}).
		says(t, http.StatusUnprocessableEntity, "“处室”登记后可以更改，不能清空", "慈善科")
	b.post(t, "/duties/"+id+"/edit", url.Values{"name": {"慈善组织登记和认定"}, "basis": {"慈善法第十条"}, "department": {"社会组织科"}, "matters": {"登记"}}).says(t, http.StatusSeeOther)
	b.post(t, "/duties/"+id+"/no-data", url.Values{"why": {"数据由上级系统产生和管理"}}).says(t, http.StatusSeeOther)
	w.as(t, "civil-approver", "zh").post(t, "/duties/"+id+"/retire", url.Values{"why": {"机构改革，职责已划出"}}).says(t, http.StatusSeeOther)
	if d := one[mulu.Duty](t, w, mulu.KindDuty, id); d.Status != "retired" || d.Name != "慈善组织登记和认定" {
		t.Errorf("%+v", d)
	}
}

// A system and its table are registered, looked at anew and retired; a bad column is marked in its row.
func TestSystemForms(t *testing.T) {
	w := aTown(t)
	b := w.as(t, "civil-steward", "zh")
	b.post(t, "/systems/new", url.Values{"name": {"殡葬管理系统"}, "network": {"government"}, "level": {"7"}}).says(t, http.StatusUnprocessableEntity, "应在 0 至 5 之间", "殡葬管理系统")
	b.post(t, "/systems/new", url.Values{"name": {"殡葬管理系统"}, "network": {"government"}, "level": {"2"}, "connection": {"10.1.1.1:1521 sa/123"}}).
		says(t, http.StatusUnprocessableEntity, "地址、账号和口令不得上链", "第三十八条第二款")
	got := b.post(t, "/systems/new", url.Values{"name": {"殡葬管理系统"}, "network": {"government"}, "level": {"2"}, "databases": {"bz_db"}})
	got.says(t, http.StatusSeeOther)
	system := got.Location
	b.get(t, system+"/edit").says(t, http.StatusOK, "bz_db")
	b.post(t, system+"/edit", url.Values{"name": {"殡葬服务系统"}, "network": {"private"}, "level": {"2"}}).says(t, http.StatusSeeOther)
	form := url.Values{"name": {"t_bz"}, "database": {"bz_db"}, "rows": {"120"}, "columns.0.name": {"xm"}, "columns.0.type": {"varchar"}, "columns.1.name": {"xm"}, "columns.1.type": {"int"}}
	with := func(more url.Values) url.Values {
		all := url.Values{}
		for _, f := range []url.Values{form, more} {
			for n, v := range f {
				all[n] = v
			}
		}
		return all
	}
	p := b.post(t, system+"/tables/new", with(nil))
	p.says(t, http.StatusUnprocessableEntity, "列“xm”重复", "t_bz")
	if !strings.Contains(p.Body, `class="row-wrong"`) {
		t.Error("the row is not marked")
	}
	b.post(t, system+"/tables/new", with(url.Values{"columns.1.type": {""}})).says(t, http.StatusUnprocessableEntity, "“类型”未填写或过短")
	b.post(t, system+"/tables/new", with(url.Values{"rows": {"很多"}})).says(t, http.StatusUnprocessableEntity, "应在 0 至")
	b.post(t, system+"/tables/new", with(url.Values{"do": {"columns.remove.1"}})).says(t, http.StatusOK, "t_bz", `name="columns.0.name"`)
	got = b.post(t, system+"/tables/new", with(url.Values{"columns.1.name": {"swrq"}}))
	got.says(t, http.StatusSeeOther)
	table := got.Location
	b.post(t, table+"/edit", url.Values{"rows": {"130"}, "columns": {`[{"name":"xm","type":"varchar","length":"50","comment":"姓名"}]`}}).says(t, http.StatusSeeOther)
	if x := one[mulu.Table](t, w, mulu.KindTable, strings.TrimPrefix(table, "/tables/")); x.Rows != 130 || len(x.Columns) != 1 || x.Columns[0].Length != 50 {
		t.Errorf("%+v", x)
	}
	b.post(t, system+"/retire", url.Values{"why": {"系统已下线"}}).says(t, http.StatusUnprocessableEntity, "还有 1 张库表")
	b.post(t, table+"/retire", url.Values{"why": {"表已停用"}}).says(t, http.StatusSeeOther)
	b.post(t, system+"/retire", url.Values{"why": {"系统已下线"}}).says(t, http.StatusSeeOther)
}

// Field names are proposed from Chinese names.
func TestFieldNames(t *testing.T) {
	for name, want := range map[string]string{"公民身份号码": "gmsfhm", "经度(CGCS2000)": "jdcgcs2000", "2025年人数": "f2025nrs", "ID_编号": "id_bh", "——": "", "𠮷": ""} {
		if got := initials(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if got := fieldName("姓名", map[string]bool{"xm": true, "xm2": true}); got != "xm3" {
		t.Error(got)
	}
	p := aTown(t).as(t, "civil-steward", "zh").get(t, "/entries/field-name?name="+url.QueryEscape("居住地址"))
	if p.Status != http.StatusOK || p.Body != "jzdz" {
		t.Errorf("%d %q", p.Status, p.Body)
	}
}
