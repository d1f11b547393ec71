package web

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"mulu"
	"mulu/act"
	"mulu/desk"
)

// filled sends a form with files, as a browser does: the session's token first.
func (b *browser) filled(t *testing.T, path string, form url.Values, files map[string][]byte) page {
	t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	token := b.csrf
	if forged, ok := form["csrf"]; ok {
		token = forged[0]
	}
	if err := w.WriteField("csrf", token); err != nil {
		t.Fatal(err)
	}
	for name, list := range form {
		for _, s := range list {
			if name == "csrf" {
				continue
			}
			if err := w.WriteField(name, s); err != nil {
				t.Fatal(err)
			}
		}
	}
	for name, content := range files {
		p, err := w.CreateFormFile(name, "附件.pdf")
		if err == nil {
			_, err = p.Write(content)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, b.town.server.URL+path, &body)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", w.FormDataContentType())
	r.AddCookie(&http.Cookie{Name: languageCookie, Value: b.lang})
	got, err := b.http.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer got.Body.Close()
	var all bytes.Buffer
	if _, err := all.ReadFrom(got.Body); err != nil {
		t.Fatal(err)
	}
	return page{got.StatusCode, got.Header.Get("Location"), got.Header, all.String()}
}

// anEntry makes an entry of civil that nobody applied for yet.
func (w *town) anEntry(t *testing.T, name string, amend func(*mulu.EntryContent)) string {
	t.Helper()
	if err := w.enter("civil-steward", name, "rescue", name, amend); err != nil {
		t.Fatal(err)
	}
	if err := w.verify(name); err != nil {
		t.Fatal(err)
	}
	return w.named[name]
}

func TestBasketPages(t *testing.T) {
	w := aTown(t)
	entry, unshared := w.anEntry(t, "清单用目录", conditionalOnes), w.anEntry(t, "清单不予共享", func(c *mulu.EntryContent) {
		c.Sharing = mulu.Sharing{Type: "not_shared", Basis: "《档案法》第二十七条"}
		c.Opening = mulu.Opening{Type: "not_open", Ground: 1, Basis: "《档案法》第二十七条"}
	})
	b := w.as(t, "schools-steward", "zh")
	b.get(t, "/entries/"+entry).says(t, 200, "加入申请清单", "/basket/add")
	b.get(t, "/search?q=清单用目录").says(t, 200, "加入申请清单")
	w.as(t, "civil-steward", "zh").get(t, "/entries/"+entry).silent(t, "/basket/add")
	w.as(t, "schools-approver", "zh").get(t, "/entries/"+entry).silent(t, "/basket/add")
	if p := b.post(t, "/basket/add", url.Values{"entry": {entry}, "csrf": {"forged"}}); p.Status != http.StatusForbidden {
		t.Errorf("a forged form: %d", p.Status)
	}
	b.get(t, "/basket").silent(t, "清单用目录")
	for _, e := range []string{entry, unshared, w.named["schools"]} {
		if p := b.post(t, "/basket/add", url.Values{"entry": {e}, "back": {"/search?q=bd"}}); p.Status != http.StatusSeeOther || p.Location != "/search?q=bd" {
			t.Errorf("%s: %d %s", e, p.Status, p.Location)
		}
	}
	if p := b.post(t, "/basket/add", url.Values{"entry": {w.named["submitted"]}}); p.Status != http.StatusNotFound {
		t.Errorf("what is not published goes into a basket: %d", p.Status)
	}
	b.get(t, "/basket").says(t, 200, "清单用目录", "5 个工作日", "逾期未答复视为同意", "不能申请", "《档案法》第二十七条", "直接在本机构的系统中使用")
	w.as(t, "schools-steward", "en").get(t, "/basket").says(t, 200, "silence counts as consent", "Cannot be applied for")
	w.as(t, "bureau-steward", "zh").get(t, "/basket").silent(t, "清单用目录")
	b.get(t, "/search?q=清单用目录").says(t, 200, "已在申请清单")
	if p := b.send(t, http.MethodPost, "/basket/add", url.Values{"csrf": {b.csrf}, "entry": {entry}}, http.Header{"Hx-Request": {"true"}}); p.Status != 200 || strings.Contains(p.Body, "<html") || !strings.Contains(p.Body, "已在申请清单") {
		t.Errorf("in place: %d %s", p.Status, p.Body)
	}
	b.post(t, "/basket/remove", url.Values{"entry": {entry, unshared, w.named["schools"]}})
	b.get(t, "/basket").says(t, 200, "清单是空的")
}

// askedFor is the form of an application.
func askedFor(codes ...string) url.Values {
	f := url.Values{"scenario": {"助学资格核对"}, "scope": {"学生资助中心，不留存"}, "duty": {"义务教育法第十二条"}, "method": {"query"}, "days": {"180"}}
	for _, c := range codes {
		f.Add("entry", c)
	}
	return f
}

func TestApplyForSeveralAtOnce(t *testing.T) {
	w := aTown(t)
	one, two := w.anEntry(t, "一并申请之一", conditionalOnes), w.anEntry(t, "一并申请之二", nil)
	b := w.as(t, "schools-steward", "zh")
	for _, e := range []string{one, two} {
		b.post(t, "/basket/add", url.Values{"entry": {e}})
	}
	b.get(t, "/apply?"+url.Values{"entry": {one, two}}.Encode()).says(t, 200, "一并申请之一", "一并申请之二", "最迟", "当即授权", "不予共享", `name="items-0" value="xm" checked`, "通常")

	f := askedFor(one, two)
	f.Del("scope")
	f.Set("scenario", scripted)
	f["items-0"], f["items-1"] = []string{"xm", "street"}, []string{"id"}
	f.Set("do", "submit")
	size := w.chain.Size()
	p := b.filled(t, "/apply", f, nil)
	p.says(t, http.StatusUnprocessableEntity, "2 件都还不能提交", "“使用范围”未填写", "&lt;script&gt;", `name="items-1" value="id" checked`)
	p.silent(t, scripted, `name="items-1" value="street" checked`)
	if w.chain.Size() != size {
		t.Error("something was submitted")
	}
	w.as(t, "schools-steward", "en").filled(t, "/apply", f, nil).says(t, http.StatusUnprocessableEntity, "None of the 2 can be submitted yet")

	f = askedFor(one, two) // of the second nothing is ticked: it holds up both until told otherwise
	f["items-0"] = []string{"xm"}
	f.Set("do", "submit")
	b.filled(t, "/apply", f, nil).says(t, http.StatusUnprocessableEntity, "有 1 件还不能提交，1 件可以；尚未提交任何一件", "没有勾选信息项", "只提交其余 1 件")
	if p := b.filled(t, "/apply", url.Values{"csrf": {"forged"}, "entry": {one}, "do": {"submit"}}, nil); p.Status != http.StatusForbidden {
		t.Errorf("a forged form: %d", p.Status)
	}
	huge := askedFor(one)
	huge.Set("scope", strings.Repeat("长", 1<<20))
	b.filled(t, "/apply", huge, nil).says(t, http.StatusRequestEntityTooLarge, "提交的内容过大")
	long := askedFor(two)
	long["items-0"], long["scope"], long["do"] = []string{"id"}, []string{strings.Repeat("长", 501)}, []string{"submit"}
	b.filled(t, "/apply", long, nil).says(t, http.StatusUnprocessableEntity, "最多 500 个字，现有 501 个")
	f["items-1"] = []string{"id", "street"}
	f["row-item-0"], f["row-values-0"] = []string{"street", ""}, []string{"月坛街道、展览路街道", ""}
	f.Set("rate-0", "1,200")
	f.Set("do", "preview")
	b.filled(t, "/apply", f, nil).says(t, 200, "检查通过", "月坛街道、展览路街道", `value="1,200"`)
	if w.chain.Size() != size {
		t.Error("a preview was submitted")
	}
	f.Set("do", "submit")
	if p := b.filled(t, "/apply", f, nil); p.Status != http.StatusSeeOther || p.Location != "/applications" {
		t.Fatalf("submit: %d %s %s", p.Status, p.Location, p.main())
	}
	b.get(t, "/applications").says(t, 200, "已提交 2 件申请", "一并申请之一", "一并申请之二")
	waits := w.waiting(t, townSchools, one)
	if waits.Ask.Rate != 1200 || len(waits.Ask.Rows) != 1 || len(waits.Ask.Rows[0].Values) != 2 || waits.Ask.Duty != "义务教育法第十二条" || strings.Join(waits.Ask.Items, " ") != "xm" {
		t.Errorf("%+v", waits.Ask)
	}
	size = w.chain.Size()
	b.filled(t, "/apply", f, nil).says(t, http.StatusUnprocessableEntity, "可能刚刚提交过")
	if w.chain.Size() != size {
		t.Error("the same form was submitted twice")
	}
	b.get(t, "/basket").silent(t, "一并申请之一")
}

// waiting reads the application of an institution for an entry that waits.
func (w *town) waiting(t *testing.T, consumer, entry string) mulu.Application {
	t.Helper()
	ids := w.chain.Find(mulu.KindApplication, "consumer/"+consumer+"/"+entry)
	if len(ids) != 1 {
		t.Fatalf("waiting of %s for %s: %v", consumer, entry, ids)
	}
	return one[mulu.Application](t, w, mulu.KindApplication, ids[0])
}

func TestSensitiveItemsWantAnAssessment(t *testing.T) {
	w := aTown(t)
	entry := w.anEntry(t, "含敏感信息目录", func(c *mulu.EntryContent) {
		conditionalOnes(c)
		c.Items[1].Sharing = ""
	})
	b := w.as(t, "schools-steward", "zh")
	b.post(t, "/basket/add", url.Values{"entry": {entry}})
	f := askedFor(entry)
	f["items-0"], f["do"] = []string{"xm", "gmsfhm"}, []string{"submit"}
	b.filled(t, "/apply", f, nil).says(t, http.StatusUnprocessableEntity, "为敏感个人信息")
	f.Set("necessity", "资助发放须核对本人身份")
	b.filled(t, "/apply", f, map[string][]byte{"assessment-file": []byte("\x00\x01\x02\x03\x04")}).says(t, http.StatusUnprocessableEntity, "附件的格式不能识别", "资助发放须核对本人身份")
	b.filled(t, "/apply", f, map[string][]byte{"assessment-file": bytes.Repeat([]byte("a"), mostAttachment+1)}).says(t, http.StatusUnprocessableEntity, "附件过大", "资助发放须核对本人身份")
	f.Set("do", "preview")
	p := b.filled(t, "/apply", f, map[string][]byte{"assessment-file": []byte("%PDF-1.4 影响评估")})
	p.says(t, 200, "已收下", "检查通过")
	m := strings.SplitAfter(p.Body, `name="assessment" value="`)
	digest, _, _ := strings.Cut(m[len(m)-1], `"`)
	f.Set("assessment", digest)
	f.Set("do", "submit")
	if p := b.filled(t, "/apply", f, nil); p.Status != http.StatusSeeOther {
		t.Fatalf("submit: %d %s", p.Status, p.main())
	}
	a := w.waiting(t, townSchools, entry)
	for login, status := range map[string]int{"schools-steward": 200, "civil-approver": 200, "bureau-approver": 200} {
		p := w.as(t, login, "zh").get(t, "/applications/"+a.ID+"/assessment")
		if p.Status != status || !strings.Contains(p.Body, "影响评估") || !strings.HasPrefix(p.Header.Get("Content-Disposition"), "attachment") {
			t.Errorf("%s: %d %q %v", login, p.Status, p.Body[:min(len(p.Body), 40)], p.Header)
		}
	}
	// naming another's attachment does not open it
	w.doBy(t, "bureau-steward", &act.Apply{Entry: entry, Ask: mulu.Ask{Scenario: "核对", Scope: "本局", Duty: "条例第三条", Items: []string{"xm"}, Method: "query", Days: 30, Assessment: digest}})
	foreign := w.waiting(t, townBureau, entry)
	w.as(t, "bureau-steward", "zh").get(t, "/applications/"+foreign.ID+"/assessment").says(t, http.StatusNotFound, "附件不在本节点")
	w.as(t, "schools-steward", "zh").get(t, "/applications/"+foreign.ID).says(t, http.StatusNotFound)
}

func TestApplicationPage(t *testing.T) {
	w := aTown(t)
	entry := w.anEntry(t, "页面用目录", conditionalOnes)
	ask := mulu.Ask{Scenario: "核对" + scripted, Scope: "本委", Duty: "义务教育法第十二条", Items: []string{"xm", "street"}, Method: "query", Days: 90}
	id := w.doBy(t, "schools-steward", &act.Apply{Entry: entry, Ask: ask})[0]
	for _, c := range []struct {
		login, lang string
		says        []string
	}{{"schools-steward", "zh", []string{"等待区民政局答复", "视为同意", "撤回申请", "还剩", "个工作日", "办理过程", "申请已收到"}}, {"civil-steward", "zh", []string{"拟稿"}},
		{"civil-approver", "en", []string{"Waiting for", "counts as consent", "working days", "/inbox/" + id}}, {"bureau-approver", "zh", []string{"等待区民政局答复"}}} {
		p := w.as(t, c.login, c.lang).get(t, "/applications/"+id)
		for i, s := range c.says {
			c.says[i] = strings.ReplaceAll(s, "还剩", "剩")
		}
		p.says(t, 200, c.says...)
		p.silent(t, scripted)
	}
	w.as(t, "schools-steward", "zh").get(t, "/applications?side=use&q=页面用目录").says(t, 200, "页面用目录", "区民政局", "答复")
	w.as(t, "civil-approver", "zh").get(t, "/applications?side=provide&status=submitted").says(t, 200, id)
	w.as(t, "civil-approver", "zh").get(t, "/applications?side=use").silent(t, id)
	w.as(t, "civil-approver", "zh").get(t, "/applications?status=nonsense").says(t, http.StatusNotFound)
	if p := w.as(t, "civil-steward", "zh").post(t, "/applications/"+id+"/withdraw", url.Values{"why": {"不该由我方撤回"}}); p.Status != http.StatusUnprocessableEntity {
		t.Errorf("the provider withdraws: %d", p.Status)
	}
	b := w.as(t, "schools-steward", "zh")
	b.get(t, "/applications/"+id+"/withdraw").says(t, 200, "两个期限随之停止")
	if p := b.post(t, "/applications/"+id+"/withdraw", url.Values{"why": {"不再需要"}}); p.Location != "/applications/"+id {
		t.Fatalf("withdraw: %d %s", p.Status, p.main())
	}
	b.get(t, "/applications/"+id).says(t, 200, "申请单位已撤回", "不再需要", "重新申请")
	w.as(t, "civil-approver", "zh").get(t, "/inbox/"+id).says(t, http.StatusSeeOther)
}

func TestAnswerInPart(t *testing.T) {
	w := aTown(t)
	entry := w.anEntry(t, "答复用目录", conditionalOnes)
	id := w.doBy(t, "schools-steward", &act.Apply{Entry: entry, Ask: mulu.Ask{Scenario: "助学核对", Scope: "本委资助中心", Duty: "义务教育法第十二条", Items: []string{"xm", "street"},
		Rows: []mulu.Filter{{Item: "street", Values: []string{"月坛街道", "展览路街道"}}}, Method: "query", Days: 180}})[0]
	steward, approver := w.as(t, "civil-steward", "zh"), w.as(t, "civil-approver", "zh")
	approver.get(t, "/inbox").says(t, 200, "答复用目录", "区教委", "助学核对")
	approver.get(t, "/").says(t, 200, "待答复申请", "答复用目录")
	w.as(t, "schools-approver", "zh").get(t, "/inbox/"+id).says(t, http.StatusNotFound)
	w.as(t, "schools-approver", "zh").post(t, "/inbox/"+id, url.Values{"decision": {"full"}, "do": {"answer"}}).says(t, http.StatusNotFound)

	steward.post(t, "/inbox/"+id, url.Values{"decision": {"full"}, "do": {"answer"}}).says(t, http.StatusUnprocessableEntity, "您的角色不能办理")
	prepared := url.Values{"decision": {"part"}, "items": {"street"}, "days": {"90"}, "row-values": {"月坛街道"}, "explanation": {"先提供街道" + scripted}, "do": {"save"}}
	if p := steward.post(t, "/inbox/"+id, prepared); p.Location != "/inbox/"+id {
		t.Fatalf("prepare: %d %s", p.Status, p.main())
	}
	steward.post(t, "/inbox/"+id, url.Values{"decision": {"full"}, "do": {"save"}}).says(t, http.StatusConflict, "同事刚刚保存了")
	steward.get(t, "/").silent(t, `href="/drafts/draft-`+id)
	p := approver.get(t, "/inbox/"+id)
	p.says(t, 200, "拟稿", `value="part" checked`, `value="90"`, "&lt;script&gt;", `value="street" checked`)
	p.silent(t, scripted, `value="xm" checked`)

	approver.post(t, "/inbox/"+id, url.Values{"do": {"answer"}}).says(t, http.StatusUnprocessableEntity, "没有选择答复")
	approver.post(t, "/inbox/"+id, url.Values{"decision": {"part"}, "do": {"answer"}}).says(t, http.StatusUnprocessableEntity, "没有勾选同意的信息项")
	approver.post(t, "/inbox/"+id, url.Values{"decision": {"part"}, "items": {"xm", "street"}, "days": {"365"}, "row-values": {"月坛街道、展览路街道"}, "explanation": {"留着"}, "do": {"answer"}}).
		says(t, http.StatusUnprocessableEntity, "应在 1 至 180 之间", "留着")
	approver.post(t, "/inbox/"+id, url.Values{"decision": {"refused"}, "explanation": {"不方便"}, "do": {"answer"}}).says(t, http.StatusUnprocessableEntity, "没有选择法定事由", "不方便")
	approver.post(t, "/inbox/"+id, url.Values{"decision": {"refused"}, "ground": {"领导不同意"}, "explanation": {"不方便提供"}, "do": {"answer"}}).says(t, http.StatusUnprocessableEntity, "不是法定事由")
	approver.post(t, "/inbox/"+id, url.Values{"decision": {"full"}, "csrf": {"forged"}, "do": {"answer"}}).says(t, http.StatusForbidden)
	prepared.Set("explanation", "先提供街道")
	prepared.Set("do", "answer")
	prepared.Del("csrf")
	if p := approver.post(t, "/inbox/"+id, prepared); p.Location != "/applications/"+id {
		t.Fatalf("answer: %d %s", p.Status, p.main())
	}
	a := one[mulu.Application](t, w, mulu.KindApplication, id)
	if a.Answer == nil || a.Answer.Decision != "part" || a.Answer.Days != 90 || strings.Join(a.Answer.Items, "") != "street" || a.Answer.Rows[0].Values[0] != "月坛街道" {
		t.Fatalf("%+v", a.Answer)
	}
	if d, err := w.drafts.List(t.Context(), townCivil, answerDraft, 0); err != nil || len(d) > 0 && d[0].Subject == id {
		t.Errorf("the prepared answer is left: %+v, %v", d, err)
	}
	seen := w.as(t, "schools-steward", "zh").get(t, "/applications/"+id)
	seen.says(t, 200, "部分同意", "未授权", "有缩小", "90 天", "先提供街道", "/grants/"+a.Grant)
	w.as(t, "schools-steward", "en").get(t, "/applications/"+id).says(t, 200, "Agree in part", "narrowed", "not granted")
	w.as(t, "civil-steward", "zh").get(t, "/inbox?tab=deliver").says(t, 200, "答复用目录", "/grants/"+a.Grant)
}

func TestAnswersTogetherAndTemplates(t *testing.T) {
	w := aTown(t)
	var ids []string
	for _, name := range []string{"批量甲", "批量乙", "批量丙"} {
		ids = append(ids, w.doBy(t, "schools-steward", &act.Apply{Entry: w.anEntry(t, name, conditionalOnes), Ask: mulu.Ask{Scenario: "核对", Scope: "本委", Duty: "义务教育法第十二条", Method: "query", Days: 90}})[0])
	}
	b := w.as(t, "civil-approver", "zh")
	b.post(t, "/inbox/phrases", url.Values{"use": {"refused"}, "title": {"超范围"}, "text": {"{姓名}不行"}}).says(t, http.StatusUnprocessableEntity, "没有“姓名”这个填空处", "{姓名}不行")
	if p := b.post(t, "/inbox/phrases", url.Values{"use": {"refused"}, "title": {"超范围"}, "text": {"{申请单位}申请的{目录}超出履职所需"}}); p.Location != "/inbox/phrases" {
		t.Fatalf("save: %d %s", p.Status, p.main())
	}
	b.get(t, "/inbox/phrases").says(t, 200, "超范围", "{申请单位}申请的{目录}超出履职所需")
	w.as(t, "schools-approver", "zh").get(t, "/inbox/phrases").silent(t, "超范围")
	list, err := w.drafts.Phrases(t.Context(), townCivil, "refused")
	if err != nil || len(list) != 1 {
		t.Fatal(list, err)
	}
	b.post(t, "/inbox/"+ids[0], url.Values{"do": {"fill." + list[0].ID}}).says(t, 200, "测试区教育委员会申请的批量甲超出履职所需", `value="refused" checked`)

	b.get(t, "/inbox/batch").says(t, http.StatusSeeOther)
	form := url.Values{"id": slices.Clone(ids[:2]), "decision": {"refused"}, "explanation": {"{申请单位}申请的{目录}超出履职所需"}}
	b.get(t, "/inbox/batch?"+url.Values{"id": ids[:2]}.Encode()).says(t, 200, "批量甲", "批量乙")
	b.post(t, "/inbox/batch", form).says(t, http.StatusUnprocessableEntity, "没有选择法定事由", "{申请单位}申请的{目录}超出履职所需")
	form.Set("ground_of", refusalGrounds()[0])
	form["id"] = append(form["id"], "A-999999")
	form.Del("csrf")
	b.post(t, "/inbox/batch", form).says(t, http.StatusNotFound)
	form["id"] = ids[:2]
	b.post(t, "/inbox/batch", form).says(t, 200, "已办理 2 项")
	for i, name := range []string{"批量甲", "批量乙"} {
		a := one[mulu.Application](t, w, mulu.KindApplication, ids[i])
		if a.Status != "refused" || a.Answer.Explanation != "测试区教育委员会申请的"+name+"超出履职所需" || a.Answer.Ground != refusalGrounds()[0] {
			t.Errorf("%+v", a.Answer)
		}
	}
	w.as(t, "schools-approver", "zh").post(t, "/inbox/batch", url.Values{"id": {ids[2]}, "decision": {"full"}}).says(t, http.StatusNotFound)
	if a := one[mulu.Application](t, w, mulu.KindApplication, ids[2]); a.Status != "submitted" {
		t.Errorf("%s was answered by another", a.ID)
	}
	if p := b.post(t, "/inbox/phrases/drop", url.Values{"id": {list[0].ID}}); p.Location != "/inbox/phrases" {
		t.Errorf("drop: %d", p.Status)
	}
}

// Every statutory ground that the form offers is one to the law.
func TestGroundsAreStatutory(t *testing.T) {
	w := aTown(t)
	id := w.doBy(t, "schools-steward", &act.Apply{Entry: w.anEntry(t, "事由用目录", conditionalOnes), Ask: mulu.Ask{Scenario: "核对", Scope: "本委", Duty: "义务教育法第十二条", Method: "query", Days: 90}})[0]
	p := w.persons["civil-approver"]
	for _, g := range refusalGrounds() {
		if no := w.desk.Can(desk.By{Org: p.Org, Person: p.ID, Roles: p.Roles}, &act.AnswerApplication{Application: id, Decision: "refused", Ground: g, Explanation: "说明理由"}); no != nil {
			t.Errorf("%s: %v", g, no)
		}
	}
}

func TestCoordination(t *testing.T) {
	w := aTown(t)
	entry := w.anEntry(t, "协调用目录", conditionalOnes)
	id := w.doBy(t, "schools-steward", &act.Apply{Entry: entry, Ask: mulu.Ask{Scenario: "核对", Scope: "本委", Duty: "义务教育法第十二条", Items: []string{"xm", "street"}, Method: "query", Days: 90}})[0]
	consumer, provider, bureau := w.as(t, "schools-approver", "zh"), w.as(t, "civil-approver", "zh"), w.as(t, "bureau-approver", "zh")
	consumer.get(t, "/cases/new?application="+id).says(t, 200, "没有可协调的争议")
	w.doBy(t, "civil-approver", &act.AnswerApplication{Application: id, Decision: "refused", Ground: refusalGrounds()[0], Explanation: "超出必需"})
	consumer.get(t, "/applications/"+id).says(t, 200, "不同意共享", "提请协调", refusalGrounds()[0])
	consumer.get(t, "/cases/new?application="+id).says(t, 200, "不同意共享", "诉求和理由")
	consumer.post(t, "/cases/new", url.Values{"application": {id}, "why": {""}}).says(t, http.StatusUnprocessableEntity, "未填写")
	p := consumer.post(t, "/cases/new", url.Values{"application": {id}, "why": {"属于履职所必需" + scripted}})
	if !strings.HasPrefix(p.Location, "/cases/C-") {
		t.Fatalf("open: %d %s", p.Status, p.main())
	}
	file := p.Location
	for lang, says := range map[string][]string{"zh": {"等待主管部门会同有关单位协调", "属于履职所必需", "区民政局"}, "en": {"Waiting for the bureau", "sharing refused"}} {
		got := w.as(t, "schools-approver", lang).get(t, file)
		got.says(t, 200, says...)
		got.silent(t, scripted)
	}
	provider.get(t, file).says(t, 200, "超出必需")
	provider.get(t, file+"/conclude").says(t, http.StatusForbidden)
	consumer.get(t, "/cases").says(t, 200, "协调用目录")

	hear := w.as(t, "bureau-steward", "zh")
	hear.filled(t, file+"/hear", url.Values{"note": {""}, "consumer": {"保留的陈述"}}, nil).says(t, http.StatusUnprocessableEntity, "未填写", "保留的陈述")
	hear.filled(t, file+"/hear", url.Values{"note": {"座谈"}, "other-org": {townBureau}, "other-text": {""}}, nil).says(t, http.StatusUnprocessableEntity, "要同时写明单位和意见")
	if p := hear.filled(t, file+"/hear", url.Values{"note": {"座谈一次"}, "consumer": {"确需使用"}, "provider": {"可以核验"}, "other-org": {townBureau}, "other-text": {"建议共享"}},
		map[string][]byte{"record-file": []byte("会商纪要全文")}); p.Location != file {
		t.Fatalf("hear: %d %s", p.Status, p.main())
	}
	consumer.get(t, file).says(t, 200, "座谈一次", "确需使用", "可以核验", "建议共享", "下载会商纪要")
	if p := consumer.get(t, file+"/minutes/1"); p.Status != 200 || p.Body != "会商纪要全文" {
		t.Errorf("minutes: %d %q", p.Status, p.Body)
	}
	consumer.get(t, file+"/minutes/2").says(t, http.StatusNotFound)

	bureau.get(t, file+"/conclude").says(t, 200, "应当共享", "授权已生成", "不适用于现状")
	bureau.post(t, file+"/conclude", url.Values{"outcome": {"deliver_by"}, "by": {"昨天"}, "why": {"保留的理由"}}).says(t, http.StatusUnprocessableEntity, "不是有效的日期", "保留的理由")
	if p := bureau.post(t, file+"/conclude", url.Values{"outcome": {"grant"}, "items": {"street"}, "days": {"30"}, "why": {"街道信息应当共享"}}); p.Location != file {
		t.Fatalf("conclude: %d %s", p.Status, p.main())
	}
	a := one[mulu.Application](t, w, mulu.KindApplication, id)
	g := one[mulu.Grant](t, w, mulu.KindGrant, a.Grant)
	if a.Status != "granted" || len(g.Items) != 1 || g.By != "ruling" {
		t.Errorf("%+v %+v", a, g)
	}
	consumer.get(t, file).says(t, 200, "结论已执行", "街道信息应当共享")
	consumer.get(t, "/cases?tab=closed").says(t, 200, "协调用目录")
	consumer.get(t, "/applications/"+id).says(t, 200, "未授权", "30 天", strings.TrimPrefix(file, "/cases/"))
}

func TestClocks(t *testing.T) {
	w := aTown(t)
	entry := w.anEntry(t, "时限用目录，含;符号", conditionalOnes)
	id := w.doBy(t, "schools-steward", &act.Apply{Entry: entry, Ask: mulu.Ask{Scenario: "核对", Scope: "本委", Duty: "义务教育法第十二条", Method: "query", Days: 90}})[0]
	w.as(t, "bureau-approver", "zh").get(t, "/clocks").says(t, 200, "运行中的期限", id, "区民政局", "按期率")
	w.as(t, "civil-approver", "en").get(t, "/clocks").says(t, 200, "Running deadlines", id)
	w.as(t, "schools-approver", "zh").get(t, "/clocks").silent(t, id)
	answered := w.doBy(t, "bureau-steward", &act.Apply{Entry: w.anEntry(t, "按期用目录", conditionalOnes), Ask: mulu.Ask{Scenario: "核对", Scope: "本局", Duty: "条例第三条", Method: "query", Days: 90}})[0]
	w.doBy(t, "civil-approver", &act.AnswerApplication{Application: answered, Decision: "full"})
	p := w.as(t, "bureau-approver", "zh").get(t, "/clocks?period=year")
	p.says(t, 200, "%", "按期 ")
	w.as(t, "bureau-approver", "zh").get(t, "/clocks?show=told&period=year&org="+townCivil+"&what=answer&verdict=kept").says(t, 200, answered, "按期")
	w.as(t, "schools-approver", "zh").get(t, "/clocks?show=told&period=year&org="+townCivil+"&what=answer&verdict=kept").silent(t, answered)

	got := w.as(t, "civil-approver", "zh").get(t, "/deadlines.ics")
	if got.Header.Get("Content-Type") != "text/calendar; charset=utf-8" {
		t.Errorf("its type is %s", got.Header.Get("Content-Type"))
	}
	for _, l := range strings.SplitAfter(got.Body, "\n") {
		if l != "" && !strings.HasSuffix(l, "\r\n") || len(strings.TrimSuffix(l, "\r\n")) > 75 {
			t.Errorf("a line of the calendar: %q", l)
		}
	}
	whole := strings.ReplaceAll(got.Body, "\r\n ", "")
	a := one[mulu.Application](t, w, mulu.KindApplication, id)
	for _, s := range []string{"BEGIN:VCALENDAR\r\n", "UID:application-" + id + "@town-1\r\n", "DTSTART;VALUE=DATE:" + strings.ReplaceAll(a.AnswerBy.Last, "-", "") + "\r\n", `时限用目录，含\;符号`, "END:VCALENDAR\r\n"} {
		if !strings.Contains(whole, s) {
			t.Errorf("the calendar lacks %q in\n%s", s, whole[:min(len(whole), 1500)])
		}
	}
	if other := w.as(t, "schools-approver", "en").get(t, "/deadlines.ics"); strings.Contains(other.Body, "application-"+id) || !strings.Contains(other.Body, "BEGIN:VTIMEZONE") {
		t.Errorf("another's calendar: %s", other.Body)
	}
}

func TestFolded(t *testing.T) {
	for _, s := range []string{"SUMMARY:" + strings.Repeat("期", 60), strings.Repeat("a", 75), strings.Repeat("a", 76), ""} {
		lines := strings.Split(strings.TrimSuffix(folded(s), "\r\n"), "\r\n ")
		if got := strings.Join(lines, ""); got != s {
			t.Errorf("%q comes back as %q", s, got)
		}
		for i, l := range lines {
			if n := len(l) + min(i, 1); n > 75 {
				t.Errorf("line %d has %d octets", i, n)
			}
		}
	}
	if got := escaped("a;b,c\\d\ne"); got != `a\;b\,c\\d\ne` {
		t.Error(got)
	}
}
