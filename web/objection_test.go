package web

import (
	"bytes"
	"net/http"
	"net/url"
	"path"
	"strings"
	"testing"
	"time"

	"mulu"
	"mulu/act"
)

// An objection goes from the consumer, with an example, to the provider and the bureau; it is checked, given more time, and
// answered. Strangers see nothing of it.
func TestObjectionFromFilingToAnswer(t *testing.T) {
	w, s := sharing(t)
	user, provider, bureau := w.as(t, "schools-steward", "zh"), w.as(t, "civil-approver", "zh"), w.as(t, "bureau-approver", "zh")
	form := "/grants/" + s.grant + "/objection"
	user.get(t, form).says(t, http.StatusOK, "提供单位在 5 个工作日内核查", "姓名", "所属街道")
	w.as(t, "schools-steward", "en").get(t, form).says(t, http.StatusOK, "within 5 working days")
	bad := user.attach(t, form, url.Values{"wrong": {"<script>街道</script>不对"}}, nil)
	bad.says(t, http.StatusUnprocessableEntity, "&lt;script&gt;街道&lt;/script&gt;不对")
	bad.silent(t, "<script>街道")
	user.attach(t, form, url.Values{"csrf": {"x"}, "items": {"street"}, "wrong": {"街道不对"}}, nil).says(t, http.StatusForbidden, "表单已失效")
	user.attach(t, form, url.Values{"items": {"gmsfhm"}, "wrong": {"号码不对的情况"}}, nil).says(t, http.StatusUnprocessableEntity)
	user.attach(t, form, url.Values{"items": {"street"}, "wrong": {strings.Repeat("长", 30000)}}, nil).says(t, http.StatusRequestEntityTooLarge, "过大")
	done := user.attach(t, form, url.Values{"items": {"street"}, "wrong": {"<b>两户</b>的街道与户籍不一致"}}, map[string][]byte{"examples": []byte("第二户，应为德胜街道")})
	done.says(t, http.StatusSeeOther)
	at := done.Location
	id := path.Base(at)
	p := user.get(t, at)
	p.says(t, http.StatusOK, "已同时告知提供单位和主管部门", "&lt;b&gt;两户", "附件 1", "撤回异议", "个工作日")
	p.silent(t, "<b>两户")
	for _, lang := range []string{"zh", "en"} {
		w.as(t, "schools-steward", lang).get(t, "/objections").says(t, http.StatusOK, id)
		w.as(t, "civil-approver", lang).get(t, "/objections?side=provide").says(t, http.StatusOK, id)
		w.as(t, "bureau-approver", lang).get(t, at).says(t, http.StatusOK, id)
	}
	provider.get(t, "/").says(t, http.StatusOK, "待答复的数据异议", "两户")
	file := provider.get(t, at+"/examples/1")
	if file.Body != "第二户，应为德胜街道" || !strings.Contains(file.Header.Get("Content-Disposition"), id+"-1.txt") || file.Header.Get("Content-Type") != "application/octet-stream" {
		t.Errorf("%v %q", file.Header, file.Body)
	}
	provider.get(t, at+"/examples/2").says(t, http.StatusNotFound)

	provider.post(t, at+"/check", nil).says(t, http.StatusForbidden) // a steward begins it
	w.as(t, "civil-steward", "zh").post(t, at+"/check", nil).says(t, http.StatusSeeOther)
	bureau.post(t, at+"/extend", url.Values{"days": {"x"}, "why": {"复杂"}}).says(t, http.StatusUnprocessableEntity)
	bureau.post(t, at+"/extend", url.Values{"days": {"3"}, "why": {"涉及跨区比对"}}).says(t, http.StatusSeeOther)
	provider.get(t, at).says(t, http.StatusOK, "延长 3 个工作日：涉及跨区比对", "8 个工作日", "更正所在的数据版本")
	provider.post(t, at+"/extend", url.Values{"days": {"3"}, "why": {"想延长"}}).says(t, http.StatusForbidden)
	provider.post(t, at+"/answer", url.Values{"result": {"corrected"}, "version": {"1"}, "explanation": {"已经更正街道"}}).says(t, http.StatusUnprocessableEntity, "已经更正街道")
	if err := w.load(townCivil, w.named["allowance"], 2, [][]string{{"xm", "gmsfhm", "street"}, {"张三丰", aNumber, "110102001"}, {"李四光", "110102198512120029", "110102010"}, {"<b>王五</b>", "110102200002290041", ""}}); err != nil {
		t.Fatal(err)
	}
	provider.post(t, at+"/answer", url.Values{"result": {"corrected"}, "version": {"2"}, "explanation": {"已更正第二户的街道"}}).says(t, http.StatusSeeOther)
	user.get(t, at).says(t, http.StatusOK, "数据已更正", "第 2 版数据", "已更正第二户的街道")
	user.post(t, at+"/withdraw", url.Values{"why": {"不再需要"}}).says(t, http.StatusUnprocessableEntity)
	w.as(t, "schools-steward", "en").get(t, "/objections?status=corrected").says(t, http.StatusOK, id)
}

// A use report is filed with an attachment; a flag is explained, its rule stands in words; misuse becomes a finding, which
// the bureau withdraws.
func TestUseIsReportedAndExplained(t *testing.T) {
	w, _ := sharing(t)
	code := w.named["allowance"]
	g, err := w.granted(townSchools, code, mulu.Ask{Scenario: "寄宿生核对", Scope: "本委", Duty: "社会救助暂行办法", Items: []string{"street"}, Method: "query", Days: 30})
	if err != nil {
		t.Fatal(err)
	}
	day := w.chain.Now().In(mulu.Shanghai()).Format(time.DateOnly)
	flag, err := w.nodeSays(&act.FlagUse{Grant: g, Rule: "volume", Day: day, Counted: 9000, Usual: 1000}, mulu.KindUseFlag)
	if err != nil {
		t.Fatal(err)
	}
	steward, approver, provider, bureau := w.as(t, "schools-steward", "zh"), w.as(t, "schools-approver", "zh"), w.as(t, "civil-approver", "zh"), w.as(t, "bureau-approver", "zh")
	at := "/flags/" + flag
	approver.get(t, at).says(t, http.StatusOK, "9,000", "当日提供的条数超过此前28日", "说明情况")
	w.as(t, "schools-approver", "en").get(t, at).says(t, http.StatusOK, "rows given in a day")
	approver.get(t, "/").says(t, http.StatusOK, "待说明的异常使用")
	steward.post(t, at, url.Values{"explanation": {"集中核对"}}).says(t, http.StatusForbidden)
	provider.post(t, at, url.Values{"explanation": {"代为说明"}}).says(t, http.StatusUnprocessableEntity)
	approver.post(t, at, url.Values{"explanation": {""}}).says(t, http.StatusUnprocessableEntity)
	approver.post(t, at, url.Values{"explanation": {"学期初集中核对<寄宿生>"}}).says(t, http.StatusSeeOther)
	provider.get(t, at).says(t, http.StatusOK, "学期初集中核对&lt;寄宿生&gt;", "登记违规使用")

	misuse := "/grants/" + g + "/misuse"
	provider.get(t, misuse+"?flag="+flag).says(t, http.StatusOK, flag, "寄宿生核对", "selected")
	w.as(t, "civil-approver", "en").get(t, misuse).says(t, http.StatusOK, "Enter misuse")
	provider.attach(t, misuse, url.Values{"why": {""}}, nil).says(t, http.StatusUnprocessableEntity)
	entered := provider.attach(t, misuse, url.Values{"why": {"用于通知发放，不在申请的场景内"}, "flag": {flag}}, map[string][]byte{"record": []byte("%PDF-1.4 证据")})
	entered.says(t, http.StatusSeeOther)
	finding := entered.Location
	for _, c := range [][2]string{{"schools-reader", "zh"}, {"civil-reader", "en"}, {"bureau-reader", "zh"}} {
		w.as(t, c[0], c[1]).get(t, finding).says(t, http.StatusOK, path.Base(finding), "/grants/"+g, at, "/law/41")
		w.as(t, c[0], c[1]).get(t, "/findings").says(t, http.StatusOK, path.Base(finding))
	}
	if file := bureau.get(t, finding+"/record"); file.Body != "%PDF-1.4 证据" || !strings.Contains(file.Header.Get("Content-Disposition"), ".pdf") {
		t.Errorf("%v %q", file.Header, file.Body)
	}
	provider.get(t, finding+"/withdraw").says(t, http.StatusOK)
	provider.post(t, finding+"/withdraw", url.Values{"why": {"认定有误的问题"}}).says(t, http.StatusUnprocessableEntity)
	bureau.post(t, finding+"/withdraw", url.Values{"why": {"认定有误的问题"}}).says(t, http.StatusSeeOther)
	bureau.get(t, finding).says(t, http.StatusOK, "已撤销", "认定有误的问题")
	bureau.get(t, "/findings?point=7&status=withdrawn").says(t, http.StatusOK, path.Base(finding))

	steward.post(t, "/grants/"+g+"/end", url.Values{"why": {"核对结束"}}).says(t, http.StatusSeeOther)
	steward.get(t, "/grants/"+g).says(t, http.StatusOK, "授权已结束", "授权结束后的报告")
	ids := w.chain.Find(mulu.KindUseReport, "grant/"+g)
	report := "/uses/" + ids[0]
	for _, lang := range []string{"zh", "en"} {
		w.as(t, "schools-steward", lang).get(t, "/uses").says(t, http.StatusOK, ids[0])
		w.as(t, "civil-reader", lang).get(t, report).says(t, http.StatusOK, ids[0])
	}
	steward.get(t, report).says(t, http.StatusOK, "提交报告", "内部时限", "报告期内的用量")
	steward.attach(t, report, url.Values{"use": {"用于寄宿生核对"}, "matters": {"很多"}}, nil).says(t, http.StatusUnprocessableEntity, "用于寄宿生核对")
	steward.attach(t, report, url.Values{"use": {"用于寄宿生核对"}, "matters": {"12"}}, map[string][]byte{"record": []byte("清单")}).says(t, http.StatusSeeOther)
	provider.get(t, report).says(t, http.StatusOK, "用于寄宿生核对", "12", "下载附件")
	if file := provider.get(t, report+"/record"); file.Body != "清单" {
		t.Errorf("%q", file.Body)
	}
	steward.attach(t, report, url.Values{"use": {"再报告一次"}}, nil).says(t, http.StatusUnprocessableEntity)
}

// The bureau calls for a review; the institution confirms with reasons. The bureau raises findings with what they rest on.
func TestReviewAndFindingByTheBureau(t *testing.T) {
	w, s := sharing(t)
	bureau, approver := w.as(t, "bureau-approver", "zh"), w.as(t, "schools-approver", "zh")
	code := w.named["schools"]
	bureau.get(t, "/reviews").says(t, http.StatusOK, "发起研究")
	bureau.get(t, "/reviews/open?entry=没有").says(t, http.StatusUnprocessableEntity, "没有")
	open := bureau.get(t, "/reviews/open?entry="+url.QueryEscape(code))
	open.says(t, http.StatusSeeOther)
	if open.Location != "/entries/"+code+"/review" {
		t.Errorf("it leads to %s", open.Location)
	}
	bureau.get(t, open.Location).says(t, http.StatusOK, "确认不变并说明理由")
	bureau.post(t, open.Location, url.Values{"why": {"多家申请，研究属性"}}).says(t, http.StatusSeeOther)
	ids := w.chain.Find(mulu.KindReview, "entry/"+code)
	at := "/reviews/" + ids[0]
	approver.get(t, at).says(t, http.StatusOK, "确认共享属性不变", "内部时限", "区数据局 发起")
	w.as(t, "schools-steward", "en").get(t, at).says(t, http.StatusOK, "Change the attribute", "internal term")
	w.as(t, "civil-approver", "zh").get(t, at).says(t, http.StatusNotFound)
	approver.get(t, "/reviews").says(t, http.StatusOK, ids[0])
	approver.get(t, "/").says(t, http.StatusOK, "待研究的共享属性")
	approver.post(t, at+"/confirm", url.Values{"why": {"x"}}).says(t, http.StatusUnprocessableEntity)
	approver.post(t, at+"/confirm", url.Values{"why": {"条件没有变化，仍适当"}}).says(t, http.StatusSeeOther)
	bureau.get(t, at).says(t, http.StatusOK, "已确认共享属性不变", "条件没有变化")

	bureau.get(t, "/findings/new").says(t, http.StatusOK, "情形", "区教委")
	w.as(t, "civil-approver", "zh").get(t, "/findings/new").says(t, http.StatusForbidden)
	bureau.attach(t, "/findings/new", url.Values{"org": {townCivil}, "why": {"没有依托目录链"}}, nil).says(t, http.StatusUnprocessableEntity, "没有依托目录链")
	bureau.attach(t, "/findings/new", url.Values{"org": {townCivil}, "point": {"4"}, "why": {"没有依托目录链"}, "noun.0": {"grant"}, "on.0": {"G-999999"}}, nil).says(t, http.StatusUnprocessableEntity, "G-999999")
	raised := bureau.attach(t, "/findings/new", url.Values{"org": {townCivil}, "point": {"4"}, "why": {"没有依托目录链<汇通>"}, "noun.0": {"grant"}, "on.0": {s.grant}}, nil)
	raised.says(t, http.StatusSeeOther)
	w.as(t, "civil-reader", "en").get(t, raised.Location).says(t, http.StatusOK, "not connected through the catalog chain", "/grants/"+s.grant, "&lt;汇通&gt;")
	w.as(t, "schools-reader", "zh").get(t, raised.Location).says(t, http.StatusNotFound)
}

// Attachments are bounded: too many, or too large together, are refused with a sentence, and nothing of them is kept.
func TestAttachmentsAreBounded(t *testing.T) {
	w, s := sharing(t)
	user := w.as(t, "schools-steward", "zh")
	form := "/grants/" + s.grant + "/objection"
	p := user.attach(t, form, url.Values{"items": {"street"}, "wrong": {"街道与户籍不一致"}}, map[string][]byte{"examples": bytes.Repeat([]byte("x"), mostAttached+1)})
	p.says(t, http.StatusRequestEntityTooLarge, "过大", "街道与户籍不一致")
}
