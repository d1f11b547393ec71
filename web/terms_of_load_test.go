package web

import (
	"net/http"
	"net/url"
	"testing"

	"mulu"
)

// A provider sets what a load must keep to, within the bureau's limits, and rules in a closed grammar: what makes no sense is shown
// at its row, what does is tried on the present rows and said in words before it is saved, and the next load is held to it.
func TestLoadTerms(t *testing.T) {
	w := aTown(t)
	code := aLoadable(t, w, "约定")
	at := "/entries/" + code + "/terms"
	b := w.as(t, "civil-steward", "zh")
	b.get(t, at).says(t, 200, "尚未设定，按缺省执行", "怎样填写", "不超过 5%")
	w.as(t, "schools-steward", "zh").get(t, at).says(t, http.StatusForbidden)
	w.as(t, "schools-steward", "zh").post(t, at, nil).says(t, http.StatusForbidden)
	w.as(t, "bureau-steward", "zh").post(t, at, nil).says(t, http.StatusForbidden)
	if l := w.loaded(t, "civil-steward", code, "a.csv", "编号,所属街道,人数\nA1,金融街街道,12\nA2,德胜街道,900\n", ""); l.State != "published" {
		t.Fatalf("%+v", l.Report)
	}
	form := func(do, rules string) url.Values {
		return url.Values{"do": {do}, "max_bad": {"1.5"}, "max_shrink": {"30"}, "min_score": {"80"}, "rules": {rules}}
	}
	p := b.post(t, at, form("save", `[{"check":"range","items":"人数","level":"bad"}]`))
	p.says(t, http.StatusUnprocessableEntity, "见表中标出的行", "row-wrong", "人数")
	p = b.post(t, at, form("try", `[{"check":"range","items":"人数","high":"500","level":"bad","why":"站点容量"},{"check":"filled","items":"所属街道","level":"note"}]`))
	p.says(t, 200, "查了 2 行", "规则还没有保存", "规则读作", "不大于 500")
	if _, ok := w.chain.Get(mulu.KindLoadTerms, code); ok {
		t.Fatal("trying has set the terms")
	}
	b.post(t, at, url.Values{"do": {"save"}, "max_bad": {"80"}, "max_shrink": {"30"}, "min_score": {"80"}, "rules": {"[]"}}).says(t, http.StatusUnprocessableEntity)
	b.post(t, at, url.Values{"do": {"save"}, "max_bad": {"一点"}, "max_shrink": {"30"}, "min_score": {"80"}, "rules": {"[]"}}).says(t, http.StatusUnprocessableEntity)
	b.post(t, at, form("save", `[{"check":"range","items":"人数","high":"500","level":"bad","why":"站点容量"}]`)).says(t, http.StatusSeeOther)
	if got := one[mulu.LoadTerms](t, w, mulu.KindLoadTerms, code); got.MaxBad != 15 || got.Shrink != 30 || got.Least != 800 || len(got.Rules) != 1 || got.Rules[0].Items[0] != "people" {
		t.Fatalf("%+v", got)
	}
	b.get(t, at).says(t, 200, "不大于 500", "站点容量", `value="1.5"`, `value="80"`)
	w.as(t, "bureau-approver", "en").get(t, at).says(t, 200, "The rules in words", "at most 500")
	b.post(t, at, form("rules.add", `[{"check":"filled","items":"people","level":"bad"}]`)).says(t, 200, `name="rules.5.check"`)
	if l := w.loaded(t, "civil-steward", code, "b.csv", "编号,所属街道,人数\nA1,金融街街道,12\nA2,德胜街道,900\n", ""); l.State != "rejected" || l.Report.BadRows != 1 {
		t.Fatalf("%+v", l.Report)
	}
}
