package web

import (
	"strings"
	"testing"
)

// Each tab of an entry in each state answers in both languages, to its provider, the bureau, and others where it is published.
func TestEntryPages(t *testing.T) {
	w := aTown(t)
	for _, name := range []string{"allowance", "submitted", "returned", "changing", "suspended", "retired", "schools"} {
		for _, tab := range []string{"", "?tab=items", "?tab=links", "?tab=versions", "?tab=story", "?tab=nonsense"} {
			for _, login := range []string{"civil-steward", "civil-approver", "bureau-approver", "schools-reader"} {
				for _, lang := range Languages {
					p := w.as(t, login, lang).get(t, "/entries/"+w.named[name]+tab)
					hidden := login == "schools-reader" && (name == "submitted" || name == "returned")
					switch {
					case hidden && p.Status != 404:
						t.Errorf("%s sees the unpublished entry %s: %d", login, name, p.Status)
					case !hidden && p.Status != 200:
						t.Errorf("%s %s %s %s: %d\n%s", login, lang, name, tab, p.Status, p.main())
					}
					if i := strings.Index(p.Body, "<no value>"); i >= 0 {
						t.Errorf("%s %s: a hole: %s", name, tab, p.Body[max(0, i-200):i])
					}
				}
			}
		}
	}
}

// The banner says how an entry stands and what comes next, and the reasons only to those concerned.
func TestEntryStandings(t *testing.T) {
	w := aTown(t)
	at := func(login, name string) page { return w.as(t, login, "zh").get(t, "/entries/"+w.named[name]) }
	at("civil-steward", "submitted").says(t, 200, "等待主管部门核定", "退回时会写明理由")
	at("civil-steward", "returned").says(t, 200, "被主管部门退回", "摘要过于简略")
	at("civil-steward", "changing").says(t, 200, "第 1 版继续有效", "tab=versions&amp;from=1&amp;to=next")
	p := at("schools-reader", "changing")
	p.says(t, 200, "变更待核定，第 1 版继续有效。")
	p.silent(t, "to=next", "查看变更内容")
	at("schools-reader", "suspended").says(t, 200, "起暂停", "数据核对中", "暂停中，暂不受理申请。")
	at("schools-reader", "retired").says(t, 200, "注销，只供查阅", "已并入低保对象信息", "已注销，不能申请。")
	p = at("schools-reader", "allowance")
	p.says(t, 200, "信息资源名称", "限救助协同", "可识别特定自然人", "能够推断或者识别特定自然人", "第 2 版", "按月更新", "个工作日内答复")
	p.silent(t, `class="notice warn"`)
	w.as(t, "schools-reader", "en").get(t, "/entries/"+w.named["allowance"]).says(t, 200, "Resource name", "Protection by grade", "yes/no check")
}

// A button stands only where who looks may do it: the role, the institution, the state.
func TestEntryDeeds(t *testing.T) {
	w := aTown(t)
	for _, c := range []struct {
		login, name string
		wants       []string
		lacks       []string
	}{
		{"civil-steward", "allowance", []string{"/edit", "/links"}, []string{"/suspend", "/retire", "/withdraw"}},
		{"civil-approver", "allowance", []string{"/suspend", "/retire"}, []string{"/edit", "/links"}},
		{"civil-steward", "submitted", []string{"/withdraw"}, []string{"/edit", "/suspend"}},
		{"civil-steward", "returned", []string{"/edit"}, []string{"/withdraw"}},
		{"civil-approver", "suspended", []string{"/resume", "/retire"}, []string{"/suspend"}},
		{"bureau-approver", "allowance", []string{"/suspend"}, []string{"/edit", "/retire"}},
		{"schools-steward", "allowance", nil, []string{"/edit", "/links", "/suspend", "/retire"}},
		{"schools-approver", "allowance", nil, []string{"/edit", "/suspend", "/retire"}},
		{"civil-reader", "allowance", nil, []string{"/edit", "/links", "/suspend", "/retire"}},
		{"civil-approver", "retired", nil, []string{"/edit", "/resume", "/retire"}},
	} {
		p := w.as(t, c.login, "zh").get(t, "/entries/"+w.named[c.name])
		for _, path := range c.wants {
			p.says(t, 200, `href="/entries/`+w.named[c.name]+path+`"`)
		}
		for _, path := range c.lacks {
			p.silent(t, `href="/entries/`+w.named[c.name]+path+`"`)
		}
	}
}

func TestEntryItemsAndLinks(t *testing.T) {
	w := aTown(t)
	b := w.as(t, "schools-reader", "zh")
	p := b.get(t, "/entries/"+w.named["allowance"]+"?tab=items")
	p.says(t, 200, "公民身份号码", "gmsfhm", "敏感个人信息", "例外", "/standards/elements/DE-000001", "t_dbdx.xm", "/tables/"+w.named["allowances"]+"?column=xm", "未绑定", "必填")
	p = b.get(t, "/entries/"+w.named["allowance"]+"?tab=links")
	p.says(t, 200, "社会救助管理系统", "等保3级", "t_dbdx", "1/3", "未绑定的信息项")
	p.silent(t, "/links\"")
	w.as(t, "civil-steward", "zh").get(t, "/entries/"+w.named["allowance"]+"?tab=links").says(t, 200, "下一步：", `href="/entries/`+w.named["allowance"]+`/links"`)
	b.get(t, "/entries/"+w.named["schools"]+"?tab=links").says(t, 200, "提供单位还没有说明数据来自哪个系统。")
}

// Any two versions are compared in words; a change that waits is compared by those who may see it.
func TestEntryVersions(t *testing.T) {
	w := aTown(t)
	b := w.as(t, "schools-reader", "zh")
	p := b.get(t, "/entries/"+w.named["allowance"]+"?tab=versions")
	p.says(t, 200, "第 1 版", "第 2 版", "摘要", "<ins>", "现行")
	b.get(t, "/entries/"+w.named["allowance"]+"?tab=versions&from=2&to=2").says(t, 200, "两版内容相同。")
	b.get(t, "/entries/"+w.named["allowance"]+"?tab=versions&from=1&to=9").says(t, 404)
	b.get(t, "/entries/"+w.named["changing"]+"?tab=versions&from=1&to=next").says(t, 404)
	b.get(t, "/entries/"+w.named["changing"]+"?tab=versions").silent(t, "救助金额", "待核定的变更")
	p = w.as(t, "civil-steward", "zh").get(t, "/entries/"+w.named["changing"]+"?tab=versions&from=1&to=next")
	p.says(t, 200, "待核定的变更", "新增信息项 1", "救助金额", "级别", "须核定", "数据专区")
	w.as(t, "bureau-approver", "en").get(t, "/entries/"+w.named["changing"]+"?tab=versions").says(t, 200, "Change to be verified", "Items that came: 1", "data zone")
}

// The story names institutions to all, persons to their own, and leads to records and proofs.
func TestEntryStory(t *testing.T) {
	w := aTown(t)
	path := "/entries/" + w.named["returned"] + "?tab=story"
	own := w.as(t, "civil-reader", "zh").get(t, path)
	own.says(t, 200, "目录已提交核定", "目录已退回", "摘要过于简略", "第十一条第一款", w.persons["civil-steward"].Name, "区数据局", "/proof")
	own.silent(t, w.persons["bureau-approver"].Name, w.persons["bureau-approver"].ID, w.persons["civil-steward"].ID)
	bureau := w.as(t, "bureau-approver", "zh").get(t, path)
	bureau.says(t, 200, w.persons["bureau-approver"].Name, "摘要过于简略")
	bureau.silent(t, w.persons["civil-steward"].Name)
	w.as(t, "schools-reader", "en").get(t, "/entries/"+w.named["allowance"]+"?tab=story").says(t, 200, "entry verified and published", "wording changed", "Art. 11(1)")
}

// A duty, a system and a table show what hangs below and above, and the way from a column up to the duty.
func TestLevels(t *testing.T) {
	w := aTown(t)
	n := w.named
	for _, c := range []struct{ path, zh, en string }{
		{"/duties/" + n["rescue"], "社会救助暂行办法第三条", "About the duty"},
		{"/duties/" + n["marriage"], "这项职责尚未编目。", "This duty has no data entry yet."},
		{"/duties/" + n["logistics"], "内部事务，不产生公共数据", "Declared to give rise to no data"},
		{"/systems/" + n["welfare"], "民政信息化二期", "About the system"},
		{"/systems/" + n["bare"], "尚未登记库表，信息项无处绑定。", "No table is registered"},
		{"/tables/" + n["allowances"], "低保对象信息 · 姓名", "About the table"},
		{"/tables/" + n["allowances"] + "?column=xm", "从列到职责：xm", "From column to duty: xm"},
		{"/tables/" + n["allowances"] + "?column=bz", "还没有信息项绑定到这一列", "No item is bound to this column"},
	} {
		for _, login := range []string{"schools-reader", "civil-steward", "bureau-auditor"} {
			w.as(t, login, "zh").get(t, c.path).says(t, 200, c.zh)
			w.as(t, login, "en").get(t, c.path).says(t, 200, c.en)
		}
	}
	for _, path := range []string{"/duties/D-1", "/systems/S-1", "/tables/T-1", "/tables/" + n["allowances"] + "?column=nonsense", "/entries/999/000001"} {
		w.as(t, "civil-steward", "zh").get(t, path).says(t, 404)
	}
	other := w.as(t, "schools-reader", "zh").get(t, "/duties/"+n["rescue"])
	other.says(t, 200, "低保对象信息", "另有 2 条尚未发布")
	other.silent(t, "低保金发放明细", "救助站信息")
	w.as(t, "civil-steward", "zh").get(t, "/duties/"+n["rescue"]).says(t, 200, "低保金发放明细", "/entries/new?duty="+n["rescue"])
	w.as(t, "civil-steward", "zh").get(t, "/duties/"+n["marriage"]).says(t, 200, "/duties/"+n["marriage"]+"/no-data")
	w.as(t, "schools-steward", "zh").get(t, "/duties/"+n["marriage"]).silent(t, "/no-data", "/edit")
	up := w.as(t, "schools-reader", "zh").get(t, "/tables/"+n["allowances"]+"?column=xm")
	up.says(t, 200, "/entries/"+n["allowance"], "/duties/"+n["rescue"], "/orgs/"+townCivil)
}
