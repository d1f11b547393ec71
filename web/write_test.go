package web

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"mulu"
	"mulu/act"
	"mulu/people"
)

// Each page of the family is there in both languages for who may open it, and says what it is about.
func TestWritePages(t *testing.T) {
	w := aTown(t)
	returned, allowance, submitted := w.named["returned"], w.named["allowance"], w.named["submitted"]
	for _, c := range []struct{ login, path, zh, en string }{
		{"civil-steward", "/entries", "救助站信息", "New data entry"},
		{"civil-steward", "/entries?status=retired", "已注销", "retired"},
		{"civil-steward", "/entries?q=%E6%95%91%E5%8A%A9%E7%AB%99", "救助站信息", "Clear"},
		{"civil-steward", "/entries?q=nothing-like-it", "没有符合条件的目录", "None of your institution"},
		{"civil-reader", "/entries", "低保对象信息", "Data entries"},
		{"civil-steward", "/drafts", "草稿", "Drafts"},
		{"civil-steward", "/duties", "婚姻登记", "Declare no data"},
		{"civil-steward", "/duties?status=no_data", "内部事务，不产生公共数据", "declared without data"},
		{"civil-steward", "/duties/new", "登记职责", "Register a duty"},
		{"civil-steward", "/duties/" + w.named["marriage"] + "/edit", "婚姻登记条例第二条", "Amend duty"},
		{"civil-steward", "/duties/" + w.named["marriage"] + "/no-data", "不再提示编制数据目录", "declared without data"},
		{"civil-approver", "/duties/" + w.named["marriage"] + "/retire", "撤销不能恢复", "cannot be undone"},
		{"civil-steward", "/systems", "社会救助管理系统", "level 3"},
		{"civil-steward", "/systems/new", "等保级别", "MLPS level"},
		{"civil-steward", "/systems/" + w.named["welfare"] + "/edit", "民政信息化二期", "Amend system"},
		{"civil-steward", "/systems/" + w.named["welfare"] + "/retire", "还有 1 张库表", "still has 1 tables"},
		{"civil-steward", "/systems/" + w.named["welfare"] + "/tables/new", "从 Excel 粘贴多行", "Paste rows from Excel"},
		{"civil-steward", "/tables/" + w.named["allowances"] + "/edit", "gmsfhm", "Update table"},
		{"civil-steward", "/tables/" + w.named["allowances"] + "/retire", "仍有关联", "still linked"},
		{"civil-steward", "/entries/" + allowance + "/links", "已按名称提出", "proposed by name"},
		{"civil-steward", "/entries/" + submitted + "/withdraw", "目录已撤回", "entry withdrawn"},
		{"civil-approver", "/entries/" + allowance + "/suspend", "已有授权停止取数", "grants give no data"},
		{"civil-approver", "/entries/" + allowance + "/retire", "关联已解除 × 2", "link cut × 2"},
		{"civil-approver", "/entries/" + w.named["suspended"] + "/resume", "重新受理共享申请", "takes applications"},
		{"civil-approver", "/entries/" + returned + "/suspend", "现为“已退回”", "is “returned”"},
		{"civil-steward", "/clients", "由本机构安全管理员办理", "security administrator"},
		{"civil-security", "/clients/new", "只显示一次", "shown once"},
	} {
		w.as(t, c.login, "zh").get(t, c.path).says(t, http.StatusOK, c.zh)
		w.as(t, c.login, "en").get(t, c.path).says(t, http.StatusOK, c.en)
	}
}

// Another institution's things are not there to be changed, and forms from elsewhere do nothing.
func TestWriteIsForOnesOwn(t *testing.T) {
	w := aTown(t)
	schools := w.as(t, "schools-steward", "zh")
	for _, path := range []string{"/entries/" + w.named["allowance"] + "/edit", "/entries/" + w.named["allowance"] + "/links", "/entries/" + w.named["submitted"] + "/withdraw",
		"/duties/" + w.named["marriage"] + "/edit", "/duties/" + w.named["marriage"] + "/no-data", "/systems/" + w.named["welfare"] + "/edit",
		"/systems/" + w.named["welfare"] + "/tables/new", "/tables/" + w.named["allowances"] + "/edit"} {
		schools.get(t, path).says(t, http.StatusNotFound)
		schools.post(t, path, url.Values{"name": {"x"}, "why": {"不是我的"}}).says(t, http.StatusNotFound)
	}
	draft := w.as(t, "civil-steward", "zh").get(t, "/entries/new").Location
	schools.get(t, draft).says(t, http.StatusNotFound)
	schools.post(t, draft, url.Values{"rev": {"1"}}).says(t, http.StatusNotFound)
	schools.post(t, draft+"/discard", nil).says(t, http.StatusNotFound)
	civil := w.as(t, "civil-steward", "zh")
	for _, path := range []string{draft, draft + "/discard", "/drafts/submit", "/duties/new", "/systems/new", "/entries/" + w.named["submitted"] + "/withdraw"} {
		civil.post(t, path, url.Values{"csrf": {"forged"}, "rev": {"1"}}).says(t, http.StatusForbidden, "表单已失效")
	}
	if e := one[mulu.Entry](t, w, mulu.KindEntry, w.named["submitted"]); e.Status != "submitted" {
		t.Errorf("a forged form left the entry %s", e.Status)
	}
	w.as(t, "civil-reader", "zh").get(t, "/entries/new").says(t, http.StatusForbidden, "您的角色不能打开这一页")
	w.as(t, "civil-approver", "zh").get(t, draft).says(t, http.StatusForbidden)
	civil.post(t, draft+"/discard", nil)
}

var hidden = regexp.MustCompile(`name="(rev|page|written)" value="([^"]*)"`)

// hiddenOf reads the hidden fields of an editor.
func hiddenOf(p page) url.Values {
	v := url.Values{}
	for _, m := range hidden.FindAllStringSubmatch(p.Body, -1) {
		v.Set(m[1], m[2])
	}
	return v
}

// typedInto is what the editor sends: its hidden fields, what was typed, and the button.
func typedInto(p page, typed url.Values, do string) url.Values {
	v := hiddenOf(p)
	for name, values := range typed {
		v[name] = values
	}
	if do != "" {
		v.Set("do", do)
	}
	return v
}

// wholeEntry is a form that can be submitted as it is.
func wholeEntry(w *town, name string) url.Values {
	return url.Values{"name": {name}, "summary": {"登记对象的基本信息，按月更新"}, "duty": {w.named["rescue"]}, "class": {"307"}, "format": {"database"}, "cycle": {"monthly"},
		"sharing": {"unconditional"}, "sharing_conditions": {"先前写的条件，类型改了就不作数"}, "opening": {"unconditional"},
		"items.0.name": {"证照编号"}, "items.0.type": {"C"}, "items.0.length": {"30"}, "items.0.key": {"1"},
		"items.1.name": {"登记日期"}, "items.1.type": {"D"}}
}

// begin opens a new draft and gives its path and its page.
func begin(t *testing.T, b *browser) (string, page) {
	t.Helper()
	p := b.get(t, "/entries/new?duty="+b.town.named["rescue"])
	p.says(t, http.StatusSeeOther)
	return p.Location, b.get(t, p.Location)
}

// A draft goes from an empty form over the check, which names everything that is missing, to an entry; field names and
// grades that were left empty follow from the names, and what the chosen types leave idle is no obstacle.
func TestDraftBecomesAnEntry(t *testing.T) {
	w := aTown(t)
	b := w.as(t, "civil-steward", "zh")
	path, p := begin(t, b)
	p.says(t, http.StatusOK, "新建数据目录", "修改后自动保存")
	p = b.post(t, path, typedInto(p, url.Values{"summary": {"只写了摘要"}, "items.0.name": {"证照编号"}, "items.0.length": {"三十"}}, "check"))
	if p.says(t, http.StatusSeeOther); p.Location != path+"?check#checked" {
		t.Fatal(p.Location)
	}
	p = b.get(t, path+"?check")
	p.says(t, http.StatusOK, "只写了摘要", "提交前有 9 处需要处理", "“名称”未填写或过短", "“更新周期”未填写或过短", "第 1 行：", "“类型”未填写或过短", "“长度”为 三十", "第十九条", `value="zzbh"`)
	typed := wholeEntry(w, "残疾人证登记")
	p = b.post(t, path, typedInto(p, typed, "submit"))
	p.says(t, http.StatusSeeOther)
	code := strings.TrimPrefix(p.Location, "/entries/")
	e := one[mulu.Entry](t, w, mulu.KindEntry, code)
	if e.Status != "submitted" || e.Next.Name != "残疾人证登记" || e.Next.Sharing.Conditions != "" || e.Next.Grade != 1 {
		t.Errorf("%+v", e)
	}
	want := []mulu.Item{{Name: "证照编号", Field: "zzbh", Type: "C", Length: 30, IsKey: true, Grade: 1}, {Name: "登记日期", Field: "djrq", Type: "D", Grade: 1}}
	if len(e.Next.Items) != 2 || e.Next.Items[0] != want[0] || e.Next.Items[1] != want[1] {
		t.Errorf("%+v", e.Next.Items)
	}
	b.get(t, path).says(t, http.StatusNotFound)
}

// What the law refuses stands at the field that it is about, with its article and what to do; what was typed stays.
func TestRefusalStandsAtItsField(t *testing.T) {
	w := aTown(t)
	b := w.as(t, "civil-steward", "zh")
	path, p := begin(t, b)
	for _, c := range []struct {
		typed url.Values
		at    string // what stands before the sentence
		says  []string
	}{
		{url.Values{"sharing": {"not_shared"}, "opening": {"not_open"}, "ground": {"1"}}, `id="f-sharing_basis"`, []string{"第十九条第四款", "不予共享应当有法律法规等依据", "写明法律名称和条款"}},
		{url.Values{"sharing": {"conditional"}, "sharing_conditions": {""}}, `id="f-sharing_conditions"`, []string{"第十九条第三款"}},
		{url.Values{"items.1.personal": {"1"}}, `id="f-opening"`, []string{"第二十七条第一款第（三）项", "不得无条件开放"}},
		{url.Values{"opening": {"not_open"}}, `id="f-ground"`, []string{"应写明属于哪一种情形"}},
		{url.Values{"grade": {"1"}, "items.0.grade": {"2"}, "opening": {"conditional"}, "channel": {"zone"}, "opening_conditions": {"研究使用"}}, `id="f-grade"`, []string{"低于信息项的最高级 2 级"}},
		{url.Values{"items.1.field": {"2bad"}}, `name="items.1.field"`, []string{"第 2 行：", "字段名以字母或下划线开头"}},
		{url.Values{"items.1.name": {"证照编号"}}, `name="items.1.name"`, []string{"重复"}},
		{url.Values{"name": {"低保对象信息"}}, `id="f-name"`, []string{"已有同名的数据目录"}},
		{url.Values{"theme": {strings.Repeat("题", 61)}}, `id="f-theme"`, []string{"最多 60 个字"}},
	} {
		typed := wholeEntry(w, "残疾人两项补贴")
		for name, values := range c.typed {
			typed[name] = values
		}
		p = b.post(t, path, typedInto(p, typed, "submit"))
		p.says(t, http.StatusUnprocessableEntity, append(c.says, "登记对象的基本信息，按月更新", "证照编号")...)
		at := strings.Index(p.Body, c.at)
		if at < 0 || !strings.Contains(p.Body[at:min(len(p.Body), at+400)], `aria-invalid="true"`) {
			t.Errorf("%s is not marked", c.at)
		}
	}
	b.post(t, path+"/discard", nil).says(t, http.StatusSeeOther)
}

// The editor saves by itself, answers with one line, and says whose version is kept.
func TestDraftSavesItself(t *testing.T) {
	w := aTown(t)
	b := w.as(t, "civil-steward", "zh")
	path, p := begin(t, b)
	save := func(p page, typed url.Values) page {
		form := typedInto(p, typed, "")
		form.Set("csrf", b.csrf)
		return b.send(t, http.MethodPost, path, form, http.Header{"Hx-Request": {"true"}})
	}
	first := save(p, url.Values{"name": {"自动保存甲"}})
	first.says(t, http.StatusOK, "已自动保存", w.persons["civil-steward"].Name, `name="rev" value="2"`)
	if strings.Contains(first.Body, "<html") {
		t.Error("the answer is a whole page")
	}
	// The same open page saves again before it has the answer: no conflict, the later one stays.
	save(p, url.Values{"name": {"自动保存乙"}}).says(t, http.StatusOK, `name="rev" value="3"`)
	b.get(t, path).says(t, http.StatusOK, "自动保存乙")
	// The page opened again is another one; what the old page still sends is not taken over its saving.
	again := b.get(t, path)
	save(again, url.Values{"name": {"另一个窗口"}}).says(t, http.StatusOK, `name="rev" value="4"`)
	save(p, url.Values{"name": {"旧窗口"}}).says(t, http.StatusOK, "您在另一个窗口", "对照两个版本", `name="rev" value="1"`)
	b.get(t, path).says(t, http.StatusOK, "另一个窗口")
	b.post(t, path, typedInto(p, url.Values{"name": {"旧窗口"}}, "save")).says(t, http.StatusConflict, "您在另一个窗口于", "旧窗口", "另一个窗口")
	b.post(t, path+"/discard", nil)
}

// colleague is a second data steward of an institution.
func colleague(t *testing.T, w *town, login, name string) *browser {
	t.Helper()
	if _, there := w.persons[login]; !there {
		_, token, err := w.people.Invite(t.Context(), people.Owner, people.Account{Login: login, Name: name, Org: townCivil, Roles: people.Roles{people.Steward}})
		if err != nil {
			t.Fatal(err)
		}
		if w.persons[login], err = w.people.Redeem(t.Context(), token, townPassword, people.Origin{}); err != nil {
			t.Fatal(err)
		}
	}
	return w.as(t, login, "zh")
}

var typedWhole = regexp.MustCompile(`(?s)<textarea hidden name="written">(.*?)</textarea>`)

// Two people on one draft: nothing is overwritten; who saved and when is told, both versions stand side by side, and
// whoever chooses decides.
func TestTwoOnOneDraft(t *testing.T) {
	w := aTown(t)
	a, b := w.as(t, "civil-steward", "zh"), colleague(t, w, "civil-second", "钱学文")
	path, mine := begin(t, a)
	theirs := b.get(t, path)
	b.post(t, path, typedInto(theirs, url.Values{"name": {"同事定的名称"}, "summary": {"一样的摘要"}, "items.0.name": {"姓名"}}, "save")).says(t, http.StatusSeeOther)
	typed := url.Values{"name": {"我定的名称"}, "summary": {"一样的摘要"}, "sharing": {"conditional"}}
	p := a.post(t, path, typedInto(mine, typed, "submit"))
	p.says(t, http.StatusConflict, "钱学文 于", "我定的名称", "同事定的名称", "有条件共享", "信息项 1", "以我的为准", "用同事的版本")
	if strings.Count(p.Body, "一样的摘要") > 1 { // it is in what is kept of the form
		t.Error("what is the same stands among the differences")
	}
	a.get(t, path).says(t, http.StatusOK, "同事定的名称")
	m := typedWhole.FindStringSubmatch(p.Body)
	if m == nil {
		t.Fatal("what was typed is not kept on the page")
	}
	form := hiddenOf(p)
	form.Set("written", strings.NewReplacer("&#34;", `"`, "&amp;", "&", "&lt;", "<", "&gt;", ">", "&#39;", "'").Replace(m[1]))
	form.Set("do", "save")
	a.post(t, path, form).says(t, http.StatusSeeOther)
	a.get(t, path).says(t, http.StatusOK, "我定的名称")
	a.get(t, path).silent(t, "同事定的名称")
	a.post(t, path+"/discard", nil)
}

// The grid's buttons work without scripts, and rows come in from a spreadsheet.
func TestGridByButtons(t *testing.T) {
	w := aTown(t)
	b := w.as(t, "civil-steward", "zh")
	path, p := begin(t, b)
	press := func(do string, typed url.Values) {
		t.Helper()
		got := b.post(t, path, typedInto(p, typed, do))
		if got.says(t, http.StatusSeeOther); got.Location != path+"#items" {
			t.Fatal(got.Location)
		}
		p = b.get(t, path)
	}
	names := func() string {
		var all []string
		for _, m := range regexp.MustCompile(`name="items\.\d+\.name"[^>]*? value="([^"]*)"`).FindAllStringSubmatch(p.Body, -1) {
			all = append(all, m[1])
		}
		return strings.Join(all, ",")
	}
	rows := url.Values{"items.0.name": {"甲"}, "items.1.name": {"乙"}, "items.2.name": {"丙"}}
	press("items.add", rows)
	if got := strings.TrimSuffix(names(), ",,"); got != "甲,乙,丙,,," {
		t.Errorf("after adding: %q", got)
	}
	press("items.up.2", rows)
	press("items.down.0", url.Values{"items.0.name": {"甲"}, "items.1.name": {"丙"}, "items.2.name": {"乙"}})
	if got := names(); !strings.HasPrefix(got, "丙,甲,乙") {
		t.Errorf("after moving: %q", got)
	}
	press("items.remove.1", url.Values{"items.0.name": {"丙"}, "items.1.name": {"甲"}, "items.2.name": {"乙"}})
	if got := names(); !strings.HasPrefix(got, "丙,乙,") {
		t.Errorf("after removing: %q", got)
	}
	press("items.paste", url.Values{"items.0.name": {"丙"}, "items-pasted": {"信息项名称\t类型\t个人信息\t级别\t备注\r\n姓名\t字符型C\t是\tL3\t不认识的列\r\n\"家庭\n住址\"\t备注型\t否\t2级\t\r\n"}})
	if got := names(); got != "丙,姓名,家庭\n住址," && got != "丙,姓名,家庭\n住址" {
		t.Errorf("after pasting: %q", got)
	}
	draft, err := w.drafts.Get(t.Context(), townCivil, strings.TrimPrefix(path, "/drafts/"))
	if err != nil {
		t.Fatal(err)
	}
	kept, err := readWritten(draft)
	if err != nil || len(kept.Items) != 3 {
		t.Fatalf("%+v %v", kept.Items, err)
	}
	if r := kept.Items[1]; r["type"] != "C" || r["personal"] != "1" || r["grade"] != "3" || r["field"] != "xm" {
		t.Errorf("%v", r)
	}
	if r := kept.Items[2]; r["type"] != "M" || r["personal"] != "" || r["grade"] != "2" {
		t.Errorf("%v", r)
	}
	// With scripts the whole grid travels as one field.
	packed, err := json.Marshal([]gridRow{{"name": "编号", "key": "1"}, {}, {"name": "名称"}})
	if err != nil {
		t.Fatal(err)
	}
	press("items.add", url.Values{"items": {string(packed)}})
	if got := names(); !strings.HasPrefix(got, "编号,,名称,,") {
		t.Errorf("packed: %q", got)
	}
	b.post(t, path, typedInto(p, url.Values{"items": {"no json"}}, "save")).says(t, http.StatusForbidden)
	b.post(t, path+"/discard", nil)
}

// Script in every field is shown as text, in the editor, in the list and side by side.
func TestScriptsAreText(t *testing.T) {
	w := aTown(t)
	b := w.as(t, "civil-steward", "zh")
	const evil = `"><script>alert(1)</script>`
	path, p := begin(t, b)
	typed := url.Values{}
	for _, name := range entryFields {
		typed.Set(name, evil)
	}
	for _, c := range itemColumns() {
		typed.Set("items.0."+c.Name, evil)
	}
	got := b.post(t, path, typedInto(p, typed, "submit"))
	got.says(t, http.StatusUnprocessableEntity, "&lt;script&gt;")
	got.silent(t, "<script>alert")
	b.get(t, "/drafts").silent(t, "<script>alert")
	conflict := b.post(t, path, typedInto(p, typed, "save"))
	for _, q := range []page{conflict, b.get(t, path+"?check"), b.get(t, "/entries?q="+url.QueryEscape(evil))} {
		q.silent(t, "<script>alert")
	}
	b.post(t, path+"/discard", nil)
	for path, form := range map[string]url.Values{
		"/duties/new":  {"name": {evil}, "basis": {evil}, "code": {strings.Repeat(evil, 9)}, "department": {evil}, "matters": {evil}},
		"/systems/new": {"name": {evil}, "network": {evil}, "level": {evil}, "databases": {evil}},
		"/systems/" + w.named["welfare"] + "/tables/new":   {"name": {evil}, "database": {evil}, "rows": {evil}, "columns.0.name": {evil}, "columns.0.length": {evil}},
		"/entries/" + w.named["submitted"] + "/withdraw":   {"why": {evil + "\x01"}},
		"/entries/" + w.named["allowance"] + "/links":      {"do": {"link"}, "system": {evil}},
		"/duties/" + w.named["marriage"] + "/no-data":      {"why": {evil + "\x01"}},
		"/duties/" + w.named["marriage"] + "/edit":         {"name": {evil}, "basis": {strings.Repeat("长", 501)}},
		"/systems/" + w.named["welfare"] + "/edit":         {"name": {evil}, "network": {"government"}, "level": {"9"}},
		"/tables/" + w.named["allowances"] + "/edit":       {"comment": {evil}, "columns.0.name": {evil}},
		"/entries/" + w.named["allowance"] + "/links?do=x": {"do": {"bind"}, "item": {evil}, "table": {evil}, "column." + evil: {evil}},
	} {
		got := b.post(t, path, form)
		if got.Status < 400 || got.Status >= 500 {
			t.Errorf("%s: %d", path, got.Status)
		}
		got.silent(t, "<script>alert")
	}
}

// Huge text is refused with a sentence that says what to do.
func TestHugeTextIsRefused(t *testing.T) {
	w := aTown(t)
	b := w.as(t, "civil-steward", "zh")
	path, p := begin(t, b)
	b.post(t, path, typedInto(p, url.Values{"summary": {strings.Repeat("长", 400<<10)}}, "save")).says(t, http.StatusRequestEntityTooLarge, "提交的内容过大")
	b.post(t, path, typedInto(p, url.Values{"summary": {strings.Repeat("a", 3<<20)}}, "save")).says(t, http.StatusRequestEntityTooLarge, "提交的内容过大")
	b.post(t, path, typedInto(p, url.Values{"items.0.name": {strings.Repeat("长", 5000)}}, "save")).says(t, http.StatusRequestEntityTooLarge, "提交的内容过大")
	rows := make([]gridRow, mostItems+1)
	for i := range rows {
		rows[i] = gridRow{"name": fmt.Sprint("项", i)}
	}
	packed, err := json.Marshal(rows)
	if err != nil {
		t.Fatal(err)
	}
	b.post(t, path, typedInto(p, url.Values{"items": {string(packed)}}, "save")).says(t, http.StatusUnprocessableEntity, "1001", "应在 1 至 1000 之间")
	b.post(t, path+"/discard", nil)
}

// Drafts that pass the check are submitted together, each by itself; two of one name do not both pass.
func TestManyDraftsAtOnce(t *testing.T) {
	w := aTown(t)
	b := colleague(t, w, "civil-many", "孙批量")
	save := func(name string, more url.Values) string {
		path, p := begin(t, b)
		typed := wholeEntry(w, name)
		for n, v := range more {
			typed[n] = v
		}
		b.post(t, path, typedInto(p, typed, "save")).says(t, http.StatusSeeOther)
		return strings.TrimPrefix(path, "/drafts/")
	}
	good, twin, bad := save("批量提交甲", nil), save("批量提交甲", nil), save("批量提交乙", url.Values{"cycle": {""}})
	b.get(t, "/drafts").says(t, http.StatusOK, "批量提交甲", "批量提交乙", "处待处理", "已有同名的数据目录")
	b.get(t, "/entries").says(t, http.StatusOK, "份草稿尚未提交")
	b.post(t, "/drafts/submit", url.Values{"do": {"chosen"}}).says(t, http.StatusOK, "没有选中草稿")
	b.post(t, "/drafts/submit", url.Values{"do": {"chosen"}, "draft": {good, twin, bad}}).
		says(t, http.StatusOK, "办理 1 项，未办理 2 项", "目录已提交核定", "已有同名的数据目录", "“更新周期”未填写或过短")
	if got := len(w.chain.Find(mulu.KindEntry, "name/"+townCivil+"/批量提交甲")); got != 1 {
		t.Errorf("%d entries of the name", got)
	}
	for _, id := range []string{good, twin, bad} {
		b.post(t, "/drafts/"+id+"/discard", nil)
	}
}

// A change shows before it is submitted what differs and whether it is verified; another version that came into force
// meanwhile is told, and nothing of it is taken back unseen.
func TestChangeIsShownBeforehand(t *testing.T) {
	w := aTown(t)
	if err := w.enter("civil-steward", "changed-here", "rescue", "流浪乞讨人员救助", nil); err != nil {
		t.Fatal(err)
	}
	if err := w.verify("changed-here"); err != nil {
		t.Fatal(err)
	}
	b, code := w.as(t, "civil-steward", "zh"), w.named["changed-here"]
	path := b.get(t, "/entries/"+code+"/edit").Location
	p := b.get(t, path)
	p.says(t, http.StatusOK, "变更现行第 1 版", "还没有变更", "不能变更")
	if again := b.get(t, "/entries/"+code+"/edit").Location; again != path {
		t.Errorf("a second draft on the entry: %s", again)
	}
	typed := wholeEntry(w, "流浪乞讨人员救助")
	typed.Set("summary", "流浪乞讨人员救助的基本登记项，含受助时间")
	typed.Set("theme", "社会保障")
	for n := range typed {
		if strings.HasPrefix(n, "items.") {
			typed.Del(n)
		}
	}
	for i, row := range []gridRow{{"name": "编号", "field": "id", "type": "C", "length": "20", "key": "1", "grade": "1"}, {"name": "所属街道", "field": "street", "type": "C", "length": "12", "nullable": "1", "grade": "1"}} {
		for n, s := range row {
			typed.Set(fmt.Sprintf("items.%d.%s", i, n), s)
		}
	}
	b.post(t, path, typedInto(p, typed, "save"))
	p = b.get(t, path)
	p.says(t, http.StatusOK, "只有文字变更：提交后即时发布", "含受助时间", "文字")
	p.silent(t, "须核定")
	typed.Set("cycle", "weekly")
	typed.Set("sharing", "conditional")
	typed.Set("sharing_conditions", "限救助管理机构使用")
	b.post(t, path, typedInto(p, typed, "save"))
	p = b.get(t, path)
	p.says(t, http.StatusOK, "提交后由主管部门核定，核定前现行版本继续有效：变更了共享属性", "须核定", "每周", "限救助管理机构使用")
	if err := w.change("civil-steward", "changed-here", func(c *mulu.EntryContent) { c.Theme = "民生保障" }); err != nil {
		t.Fatal(err)
	}
	p = b.get(t, path)
	p.says(t, http.StatusOK, "现行版本已更新为第 2 版", "以第 2 版为准继续", "民生保障")
	b.post(t, path, typedInto(p, typed, "submit")).says(t, http.StatusUnprocessableEntity, "您修改的是第 1 版，现行为第 2 版")
	p = b.get(t, path)
	b.post(t, path, typedInto(p, typed, "rebase")).says(t, http.StatusSeeOther)
	p = b.get(t, path)
	p.silent(t, "以第 2 版为准继续")
	b.post(t, path, typedInto(p, typed, "submit")).says(t, http.StatusSeeOther)
	if e := one[mulu.Entry](t, w, mulu.KindEntry, code); e.Status != "changing" || e.Next.Cycle != "weekly" {
		t.Errorf("%+v", e)
	}
	for code, want := range map[string]string{code: "/entries/" + code + "/withdraw", w.named["suspended"]: "/entries/" + w.named["suspended"]} {
		if got := b.get(t, "/entries/"+code+"/edit"); got.Status != http.StatusSeeOther || got.Location != want {
			t.Errorf("editing %s leads to %d %s", code, got.Status, got.Location)
		}
	}
}

// What the pages mark as material is what the law verifies again, for every part of an entry.
func TestMaterialIsWhatTheLawVerifies(t *testing.T) {
	w := aTown(t)
	if err := w.enter("civil-steward", "every-part", "rescue", "临时救助对象", conditionalOnes); err != nil {
		t.Fatal(err)
	}
	if err := w.verify("every-part"); err != nil {
		t.Fatal(err)
	}
	e := one[mulu.Entry](t, w, mulu.KindEntry, w.named["every-part"])
	element, err := w.said(townBureau, &act.PublishElement{Name: "对象姓名", Type: "C", Length: 200}, mulu.KindElement)
	if err != nil {
		t.Fatal(err)
	}
	for what, change := range map[string]func(*mulu.EntryContent){
		"name":           func(c *mulu.EntryContent) { c.Name = "临时救助对象情况" },
		"summary":        func(c *mulu.EntryContent) { c.Summary = "改过的摘要" },
		"duty":           func(c *mulu.EntryContent) { c.Duty = w.named["marriage"] },
		"format":         func(c *mulu.EntryContent) { c.Format = "sheet" },
		"cycle":          func(c *mulu.EntryContent) { c.Cycle = "daily" },
		"base":           func(c *mulu.EntryContent) { c.Base = "" },
		"theme":          func(c *mulu.EntryContent) { c.Theme = "民生" },
		"sharing":        func(c *mulu.EntryContent) { c.Sharing.Conditions = "限街道使用" },
		"opening":        func(c *mulu.EntryContent) { c.Opening.Basis = "另一依据" },
		"ground":         func(c *mulu.EntryContent) { c.Opening.Ground = 1 },
		"grade":          func(c *mulu.EntryContent) { c.Grade = 4; c.Opening = mulu.Opening{Type: "not_open", Ground: 3} },
		"item name":      func(c *mulu.EntryContent) { c.Items[0].Name = "对象姓名" },
		"item field":     func(c *mulu.EntryContent) { c.Items[0].Field = "dxxm" },
		"item type":      func(c *mulu.EntryContent) { c.Items[2].Type = "M" },
		"item length":    func(c *mulu.EntryContent) { c.Items[0].Length = 80 },
		"item nullable":  func(c *mulu.EntryContent) { c.Items[0].Nullable = true },
		"item key":       func(c *mulu.EntryContent) { c.Items[0].IsKey = true },
		"item personal":  func(c *mulu.EntryContent) { c.Items[2].Personal = true },
		"item sensitive": func(c *mulu.EntryContent) { c.Items[0].Sensitive = true },
		"item grade":     func(c *mulu.EntryContent) { c.Items[2].Grade = 2 },
		"item sharing":   func(c *mulu.EntryContent) { c.Items[1].Sharing = "" },
		"item standard":  func(c *mulu.EntryContent) { c.Items[0].Standard = element },
		"item removed":   func(c *mulu.EntryContent) { c.Items = c.Items[:2] },
		"item added": func(c *mulu.EntryContent) {
			c.Items = append(c.Items, mulu.Item{Name: "备注", Field: "bz", Type: "M", Grade: 1})
		},
		"order of items": func(c *mulu.EntryContent) { c.Items[0], c.Items[2] = c.Items[2], c.Items[0] },
		"opening channel": func(c *mulu.EntryContent) {
			c.Opening = mulu.Opening{Type: "conditional", Channel: "zone", Conditions: "去标识化后"}
		},
	} {
		content := *e.Now
		content.Items = append([]mulu.Item{}, e.Now.Items...)
		change(&content)
		facts, no := w.desk.Preview(byOf(w.persons["civil-steward"]), &act.ChangeEntry{Entry: e.Code, From: e.Version, Content: content})
		if no != nil {
			t.Errorf("%s: %v", what, no)
			continue
		}
		v := &visit{Web: w.web, R: httpRequest(t), Lang: "zh"}
		list := v.differences(e.Now, &content)
		if len(list) == 0 {
			t.Errorf("%s: no difference is shown", what)
		}
		if law := facts[0].Kind == "entry.change_submitted"; law != material(list) {
			t.Errorf("%s: the law says %s, the page says %+v", what, facts[0].Kind, list)
		}
	}
}
