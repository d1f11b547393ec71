package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"mulu"
)

// A sandbox's clock is moved by working days: an application that nobody answered is deemed agreed at its own moment, and the
// page tells of it with its record. Nonsense and the past are refused.
func TestSandboxClock(t *testing.T) {
	w, err := found()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := w.end(); err != nil {
			t.Error(err)
		}
	})
	bureau := w.as(t, "bureau-approver", "zh")
	bureau.get(t, "/orgs").says(t, http.StatusOK, `href="/sandbox/clock"`)
	w.as(t, "civil-approver", "zh").get(t, "/orgs").silent(t, "/sandbox/clock")
	w.as(t, "civil-approver", "zh").get(t, "/sandbox/clock").says(t, http.StatusForbidden)
	w.as(t, "bureau-steward", "zh").post(t, "/sandbox/clock", url.Values{"days": {"5"}}).says(t, http.StatusForbidden)
	bureau.get(t, "/sandbox/clock").says(t, http.StatusOK, "推进工作日", "最近的期限")
	for _, form := range []url.Values{{"days": {"0"}}, {"days": {"<b>"}}, {"days": {"9999"}}, {"do": {"day"}, "day": {"2020-01-01"}}, {"do": {"day"}, "day": {"明天"}}, {}} {
		p := bureau.post(t, "/sandbox/clock", form)
		p.says(t, http.StatusUnprocessableEntity)
		p.silent(t, "<b>\"")
	}
	was := w.chain.Now()
	asked, err := w.said(townSchools, applyFor(w.named["allowance"]), mulu.KindApplication)
	if err != nil {
		t.Fatal(err)
	}
	done := bureau.post(t, "/sandbox/clock", url.Values{"do": {"days"}, "days": {"5"}})
	done.says(t, http.StatusSeeOther)
	happened := bureau.get(t, done.Location)
	happened.says(t, http.StatusOK, "其间自动发生的事", "/applications/"+asked, mulu.FactTitle("grant.made", "zh"), "第二十一条第四款", "/records/")
	w.as(t, "bureau-approver", "en").get(t, done.Location).says(t, http.StatusOK, "What happened by itself", mulu.FactTitle("grant.made", "en"))
	a := one[mulu.Application](t, w, mulu.KindApplication, asked)
	if a.Status != "granted" || a.Answer == nil || a.Answer.Decision != "deemed" || !strings.HasPrefix(a.Answer.At, a.AnswerBy.End[:13]) {
		t.Errorf("%+v %+v, want it deemed agreed at %s", a, a.Answer, a.AnswerBy.End)
	}
	now := w.chain.Now().In(mulu.Shanghai())
	if now.Hour() != 9 || !now.After(was.Add(5*24*time.Hour)) {
		t.Errorf("it is %s, and was %s", now, was)
	}
	to := now.AddDate(0, 1, 0).Format(time.DateOnly)
	bureau.post(t, "/sandbox/clock", url.Values{"do": {"day"}, "day": {to}}).says(t, http.StatusSeeOther)
	if got := w.chain.Now().In(mulu.Shanghai()).Format(time.DateOnly); got != to {
		t.Errorf("it is %s, want %s", got, to)
	}
	bureau.get(t, "/findings").says(t, http.StatusOK, mulu.Word(mulu.FindingRules, "delivery_overdue", "zh"))
}

// On a real chain there is no such page.
func TestRealChainHasNoClockPage(t *testing.T) {
	for _, r := range routesOf(false) {
		if strings.HasPrefix(r.Path, "/sandbox") {
			t.Errorf("%s %s is there", r.Method, r.Path)
		}
	}
	if len(routesOf(true)) != len(routesOf(false))+len(sandboxRoutes()) {
		t.Error("something else is missing too")
	}
}

// The bureau sets an internal term within its bounds; everybody sees what holds and that it is an internal one.
func TestInternalTermsAreSet(t *testing.T) {
	w := aTown(t)
	bureau := w.as(t, "bureau-approver", "zh")
	bureau.get(t, "/terms").says(t, http.StatusOK, "设定内部时限", "共享属性研究间隔（月）", "预设", "第二十三条")
	for _, value := range []string{"", "很久", "0", "61"} {
		bureau.post(t, "/terms", url.Values{"term": {"review_interval"}, "value": {value}, "why": {"按年研究过疏"}}).says(t, http.StatusUnprocessableEntity, "1 至 60", "按年研究过疏")
	}
	bureau.post(t, "/terms", url.Values{"term": {"review_interval"}, "value": {"6"}, "why": {"按年研究<过疏>"}}).says(t, http.StatusSeeOther)
	for _, lang := range []string{"zh", "en"} {
		p := w.as(t, "civil-reader", lang).get(t, "/terms")
		p.says(t, http.StatusOK, "<b>6</b>", "&lt;过疏&gt;")
		p.silent(t, `name="value"`)
	}
	w.as(t, "civil-approver", "zh").post(t, "/terms", url.Values{"term": {"review_interval"}, "value": {"3"}, "why": {"想改"}}).says(t, http.StatusForbidden)
}
