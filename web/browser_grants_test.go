package web

import (
	"net/url"
	"path"
	"testing"

	"mulu"
)

// grantPages are the parts of pages of this family that have an address of their own.
func grantPages(of map[string]places) (list []shownPage) {
	grant := "/grants/" + of[townCivil].of["grants.id"]
	for _, p := range []string{grant + "?tab=call", grant + "?tab=try", grant + "?tab=story", grant + "/receipts?refused=1", "/grants?side=provide", "/grants?status=ended",
		"/objections?side=provide", "/objections?status=corrected", "/uses?side=provide", "/uses?status=reported", "/reviews?status=confirmed", "/findings?point=9"} {
		list = append(list, shownPage{Route{Path: p}, p, "civil-steward"})
	}
	for _, p := range []string{"/grants", "/objections?side=all", "/uses?side=all", "/reviews?side=all", "/findings?status=raised"} {
		list = append(list, shownPage{Route{Path: p}, p, "bureau-approver"})
	}
	return list
}

// Data is called for by hand and comes masked, its receipt is looked at, the data is doubted with an example, and the provider
// answers; the consumer reads the answer. Once in each language.
func fromCallToAnswer(t *testing.T, w *town, anew func() *screen) {
	s := &aSharing{}
	if err := s.make(w); err != nil {
		t.Fatal(err)
	}
	for _, lang := range Languages {
		say := func(zh string, args ...any) string { return w.web.shown[lang].words.say(zh, args...) }
		user, provider := anew(), anew()
		user.cookies(w.as(t, "schools-steward", lang))
		provider.cookies(w.as(t, "civil-approver", lang))
		grant := "/grants/" + s.grant
		user.open("/grants")
		user.click(`main a[href="` + grant + `"]`)
		user.at(grant)
		user.sees("低保对象信息", say("遮蔽"))
		user.click(`.tabs a[href="` + grant + `?tab=try"]`)
		user.until(`location.search === '?tab=try' && document.readyState === 'complete'`)
		user.click(`.reasons .chip`)
		if got, want := user.value(`#f-purpose`), say(typicalPurposes[0]); got != want {
			t.Errorf("the purpose clicked is %q, want %q", got, want)
		}
		user.types(`#f-case`, "办件-"+lang)
		user.types(`[name="f.street"]`, "110102001")
		user.click(`form[action="` + grant + `/try"] button.primary`)
		user.until(`document.querySelector('#answer') !== null`)
		user.sees("张**", say("取得 {0} 条", 1))
		if at := user.ask(`location.href`); at != w.server.URL+grant+"/try" {
			t.Errorf("what was asked for stands in the address: %s", at)
		}
		user.click(`#receipt`)
		user.at("/receipts/")
		user.sees(say("已提供"), "测试数据管理员schools")

		user.open(grant + "/objection")
		user.click(`input[name=items][value=street]`)
		user.types(`#f-wrong`, "街道与户籍登记不一致，请核对"+lang)
		user.click(`main form button.primary`)
		user.at("/objections/")
		at := user.path()
		user.sees(mulu.FactTitle("objection.filed", lang), say("撤回异议"))

		provider.open("/")
		provider.click(`main a.strong[href="` + at + `"]`)
		provider.at(at)
		provider.chooses(`#f-result`, "unfounded")
		provider.types(`#f-explanation`, "与公安登记比对一致")
		provider.ask(`window.confirm = () => true`)
		provider.click(`form[action="` + at + `/answer"] button.primary`)
		provider.sees(mulu.FactTitle("objection.unfounded", lang))

		user.open("/objections?" + url.Values{"side": {"use"}, "status": {"unfounded"}}.Encode())
		user.click(`main a[href="` + at + `"]`)
		user.at(at)
		user.sees("与公安登记比对一致", path.Base(at))
	}
}
