package web

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"mulu"
	"mulu/act"
	"mulu/workday"
)

var seenField = regexp.MustCompile(`name="seen" value="([0-9a-f]+)"`)

// seenOn reads the digest of what a page of verification showed.
func seenOn(t *testing.T, p page) string {
	t.Helper()
	m := seenField.FindStringSubmatch(p.Body)
	if m == nil {
		t.Fatalf("the page shows nothing to verify: %s", p.Text())
	}
	return m[1]
}

// The queue and the page of an entry are for the bureau, in both languages; deciding is for its approver.
func TestVerifyPages(t *testing.T) {
	w := aTown(t)
	submitted, changing := "/verify/"+w.named["submitted"], "/verify/"+w.named["changing"]
	for lang, says := range map[string][3]string{"zh": {"等待核定", "核定并发布", "与现行第 1 版的差异"}, "en": {"wait for verification", "Verify and publish", "Differences from version 1"}} {
		b := w.as(t, "bureau-approver", lang)
		b.get(t, "/verify").says(t, http.StatusOK, says[0], "低保金发放明细")
		b.get(t, submitted).says(t, http.StatusOK, says[1], "社会救助暂行办法第三条")
		b.get(t, changing).says(t, http.StatusOK, says[2], "仅限研究用途")
	}
	w.as(t, "bureau-approver", "zh").get(t, changing).says(t, http.StatusOK, "须核定", "救助金额", "核定变更，发布第 2 版", "退回变更，现行版本继续有效")
	w.as(t, "bureau-approver", "zh").get(t, "/verify/"+w.named["allowance"]).says(t, http.StatusOK, "现在没有等待核定的内容")
	w.as(t, "bureau-approver", "zh").get(t, "/verify?org="+townSchools).says(t, http.StatusOK, "测试区教育委员会")
	steward := w.as(t, "bureau-steward", "zh")
	steward.get(t, "/verify").says(t, http.StatusOK, "由主管部门审批人办理")
	steward.get(t, submitted).silent(t, `value="verify"`)
	steward.post(t, submitted, url.Values{"do": {"verify"}}).says(t, http.StatusForbidden)
	w.as(t, "civil-approver", "zh").get(t, "/verify").says(t, http.StatusForbidden)
	w.as(t, "civil-approver", "zh").get(t, submitted).says(t, http.StatusForbidden)
	w.as(t, "civil-approver", "zh").post(t, submitted, url.Values{"do": {"verify"}}).says(t, http.StatusForbidden)
	w.as(t, "bureau-approver", "zh").post(t, submitted, url.Values{"do": {"verify"}, "csrf": {"forged"}}).says(t, http.StatusForbidden)
	w.as(t, "bureau-approver", "zh").get(t, "/verify/307110102999/000001").says(t, http.StatusNotFound)
}

// What was handed in is verified or returned, and the next in the queue comes up.
func TestDecide(t *testing.T) {
	w := aTown(t)
	for _, name := range []string{"核定用例甲", "核定用例乙"} {
		if err := w.enter("civil-steward", name, "rescue", name, nil); err != nil {
			t.Fatal(err)
		}
	}
	b := w.as(t, "bureau-approver", "zh")
	first, second := w.named["核定用例甲"], w.named["核定用例乙"]
	p := b.get(t, "/verify/"+second)
	b.post(t, "/verify/"+second, url.Values{"do": {"return"}, "seen": {seenOn(t, p)}, "why": {""}}).says(t, http.StatusUnprocessableEntity, "“理由”未填写或过短", `id="w-why"`)
	got := b.post(t, "/verify/"+second, url.Values{"do": {"return"}, "seen": {seenOn(t, p)}, "why": {"信息项不全，请对照业务表单补充。"}})
	if got.says(t, http.StatusSeeOther); !strings.HasPrefix(got.Location, "/verify/") {
		t.Errorf("it does not go on: %s", got.Location)
	}
	if e := one[mulu.Entry](t, w, mulu.KindEntry, second); e.Status != "returned" {
		t.Errorf("%+v", e)
	}
	p = b.get(t, "/verify/"+first)
	b.post(t, "/verify/"+first, url.Values{"do": {"verify"}, "seen": {seenOn(t, p)}, "override": {"无须例外"}}).says(t, http.StatusUnprocessableEntity, "该目录无须例外理由")
	b.post(t, "/verify/"+first, url.Values{"do": {"verify"}, "seen": {seenOn(t, p)}}).says(t, http.StatusSeeOther)
	if e := one[mulu.Entry](t, w, mulu.KindEntry, first); e.Status != "published" || e.Version != 1 {
		t.Errorf("%+v", e)
	}
	w.as(t, "civil-steward", "zh").get(t, "/entries/"+second+"/edit").says(t, http.StatusSeeOther)
	if err := w.doneBy("civil-steward", &act.SubmitEntry{Entry: second, Content: *one[mulu.Entry](t, w, mulu.KindEntry, second).Next}); err != nil {
		t.Fatal(err)
	}
	b.get(t, "/verify/"+second).says(t, http.StatusOK, "此前退回", "信息项不全")
	b.post(t, "/verify/"+first, url.Values{"do": {"verify"}}).says(t, http.StatusUnprocessableEntity, "现为“已发布”")
}

// What the provider changed after the page was opened is not verified unseen, neither alone nor among many.
func TestNothingIsVerifiedUnseen(t *testing.T) {
	w := aTown(t)
	if err := w.enter("civil-steward", "shifting", "rescue", "中途改动的目录", nil); err != nil {
		t.Fatal(err)
	}
	b, code := w.as(t, "bureau-approver", "zh"), w.named["shifting"]
	p, queue := b.get(t, "/verify/"+code), b.get(t, "/verify")
	if err := w.doneBy("civil-steward", &act.WithdrawEntry{Entry: code, Why: "改一处"}); err != nil {
		t.Fatal(err)
	}
	c := *one[mulu.Entry](t, w, mulu.KindEntry, code).Next
	c.Summary = "改过以后的摘要，扩大了范围"
	if err := w.doneBy("civil-steward", &act.SubmitEntry{Entry: code, Content: c}); err != nil {
		t.Fatal(err)
	}
	b.post(t, "/verify/"+code, url.Values{"do": {"verify"}, "seen": {seenOn(t, p)}}).says(t, http.StatusConflict, "打开页面后，提供单位改动了提交的内容", "改过以后的摘要")
	m := regexp.MustCompile(`name="seen\.` + regexp.QuoteMeta(code) + `" value="([0-9a-f]+)"`).FindStringSubmatch(queue.Body)
	if m == nil {
		t.Fatal("the queue does not say what it shows")
	}
	b.post(t, "/verify", url.Values{"entry": {code}, "seen." + code: {m[1]}}).says(t, http.StatusOK, "未办理 1 项", "打开页面后")
	if e := one[mulu.Entry](t, w, mulu.KindEntry, code); e.Status != "submitted" {
		t.Errorf("it is %s", e.Status)
	}
}

// Many are verified at once, each by itself: what cannot be verified says why and holds nothing up.
func TestVerifyMany(t *testing.T) {
	w := aTown(t)
	for _, name := range []string{"批量核定甲", "批量核定乙"} {
		if err := w.enter("civil-steward", name, "rescue", name, nil); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.enter("civil-steward", "批量核定丙", "rescue", "批量核定丙", notSharedWithoutBasis); err != nil {
		t.Fatal(err)
	}
	b, form := w.as(t, "bureau-approver", "zh"), url.Values{}
	p := b.get(t, "/verify")
	p.says(t, http.StatusOK, "不予共享，未写明法律依据", "今天提交")
	for _, name := range []string{"批量核定甲", "批量核定乙", "批量核定丙"} {
		code := w.named[name]
		form.Add("entry", code)
		m := regexp.MustCompile(`name="seen\.` + regexp.QuoteMeta(code) + `" value="([0-9a-f]+)"`).FindStringSubmatch(p.Body)
		if m == nil {
			t.Fatalf("%s is not in the queue", name)
		}
		form.Set("seen."+code, m[1])
	}
	b.post(t, "/verify", form).says(t, http.StatusOK, "办理 2 项，未办理 1 项", "批量核定甲", "目录已核定发布", "核定须记录例外理由", "第十九条第四款")
	b.post(t, "/verify", nil).says(t, http.StatusOK, "没有选中目录")
	for name, want := range map[string]string{"批量核定甲": "published", "批量核定乙": "published", "批量核定丙": "submitted"} {
		if e := one[mulu.Entry](t, w, mulu.KindEntry, w.named[name]); e.Status != want {
			t.Errorf("%s is %s", name, e.Status)
		}
	}
	// Art. 19(4): with reasons the bureau lets it stand.
	path := "/verify/" + w.named["批量核定丙"]
	p = b.get(t, path)
	p.says(t, http.StatusOK, "例外理由", "正在制定管理办法")
	b.post(t, path, url.Values{"do": {"verify"}, "seen": {seenOn(t, p)}, "override": {"涉及未公开的救助线索，办法出台前暂不共享"}}).says(t, http.StatusSeeOther)
	if e := one[mulu.Entry](t, w, mulu.KindEntry, w.named["批量核定丙"]); e.Status != "published" || e.Now.Sharing.Override != "涉及未公开的救助线索，办法出台前暂不共享" {
		t.Errorf("%+v", e.Now)
	}
}

func notSharedWithoutBasis(c *mulu.EntryContent) {
	c.Sharing = mulu.Sharing{Type: "not_shared", Override: "正在制定管理办法"}
	c.Opening = mulu.Opening{Type: "not_open", Ground: 2}
}

// The page points out what an experienced verifier would look at.
func TestHints(t *testing.T) {
	w := aTown(t)
	if err := w.enter("civil-steward", "weak", "rescue", "t_dbdx_2024", func(c *mulu.EntryContent) {
		c.Summary = "明细"
		c.Items = []mulu.Item{{Name: "姓名", Field: "xm", Type: "C", Grade: 1, Personal: true}, {Name: "学籍号", Field: "xjh", Type: "C", Grade: 1}}
		c.Opening = mulu.Opening{Type: "not_open", Ground: 3}
	}); err != nil {
		t.Fatal(err)
	}
	if err := w.enter("schools-steward", "rolls", "schooling", "学籍信息", func(c *mulu.EntryContent) {
		c.Items = []mulu.Item{{Name: "学籍号", Field: "xjh", Type: "C", Grade: 1}}
	}); err != nil {
		t.Fatal(err)
	}
	if err := w.verify("rolls"); err != nil {
		t.Fatal(err)
	}
	p := w.as(t, "bureau-approver", "zh").get(t, "/verify/"+w.named["weak"])
	p.says(t, http.StatusOK, "个人信息无条件共享：1 项", "个人信息的级别偏低：1 项", "名称以数字结尾", "摘要过于简略", "一数一源", "学籍信息", "区教委")
	hints := func(change func(*mulu.EntryContent)) string {
		e := one[mulu.Entry](t, w, mulu.KindEntry, w.named["submitted"])
		change(e.Next)
		list, err := (&visit{Web: w.web, R: httpRequest(t), Lang: "zh"}).hints(&e)
		if err != nil {
			t.Fatal(err)
		}
		var all []string
		for _, h := range list {
			all = append(all, h.Text)
		}
		return strings.Join(all, "、")
	}
	for want, change := range map[string]func(*mulu.EntryContent){
		"名称像库表名或系统名":                  func(c *mulu.EntryContent) { c.Name = "jzdx_info" },
		"不予共享的依据没有写到条款":               func(c *mulu.EntryContent) { c.Sharing = mulu.Sharing{Type: "not_shared", Basis: "有关规定"} },
		"共享条件过于简略":                    func(c *mulu.EntryContent) { c.Sharing = mulu.Sharing{Type: "conditional", Conditions: "按需"} },
		"摘要过于简略":                      func(c *mulu.EntryContent) { c.Summary = c.Name },
		"不予共享，未写明法律依据":                func(c *mulu.EntryContent) { c.Sharing = mulu.Sharing{Type: "not_shared", Override: "暂缓"} },
		"个人信息无条件共享：1 项、个人信息的级别偏低：1 项": func(c *mulu.EntryContent) { c.Items[0].Sensitive = true },
		"": func(*mulu.EntryContent) {},
	} {
		if got := hints(change); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// Waiting is counted in working days; the day of submission and days off do not count.
func TestWaited(t *testing.T) {
	c, err := workday.New(workday.Year{Year: 2026, Off: []string{"2026-10-01", "2026-10-02"}, MakeUp: []string{"2026-10-10"}})
	if err != nil {
		t.Fatal(err)
	}
	at := func(day string) time.Time {
		d, err := time.ParseInLocation("2006-01-02 15:04", day, mulu.Shanghai())
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	for _, x := range []struct {
		since, now string
		want       int
	}{{"2026-09-30 17:00", "2026-09-30 23:00", 0}, {"2026-09-30 17:00", "2026-10-02 09:00", 0}, {"2026-09-30 17:00", "2026-10-05 09:00", 1},
		{"2026-10-09 09:00", "2026-10-10 09:00", 1}, {"2026-10-09 09:00", "2026-10-11 09:00", 1}, {"2026-10-09 09:00", "2026-10-08 09:00", 0}} {
		if got := waited(c, at(x.since), at(x.now)); got != x.want {
			t.Errorf("%s to %s: %d, want %d", x.since, x.now, got, x.want)
		}
	}
}
