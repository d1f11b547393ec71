package web

import (
	"strings"
	"testing"

	"mulu"
	"mulu/people"
)

// Data is found, collected and applied for; its provider agrees in part; the applicant sees what was given. In real Chromium,
// once in each language.
func TestSharingInTheBrowser(t *testing.T) {
	w, of := furnished(t, "sharing")
	browser := chromium(t)
	for _, lang := range Languages {
		t.Run(lang, func(t *testing.T) {
			said := func(zh, en string) string {
				if lang == "en" {
					return en
				}
				return zh
			}
			name := map[string]string{"zh": "分享流程目录甲", "en": "分享流程目录乙"}[lang]
			if err := w.enter("civil-steward", name, "dutysharingcivil", name, conditionalOnes); err != nil {
				t.Fatal(err)
			}
			if err := w.verify(name); err != nil {
				t.Fatal(err)
			}
			entry := w.named[name]
			as := func(login, org string, role people.Role) *screen {
				w.account(t, login, "流程"+login, org, role)
				b := newScreen(t, browser, w)
				b.open("/login")
				if lang == "en" {
					b.click(`.tools button[lang=en]`)
					b.until(`document.documentElement.lang === 'en' && document.readyState === 'complete'`)
					b.open("/login")
				}
				b.login(login)
				b.at("/")
				return b
			}
			asker := as("sharing-asker-"+lang, townSchools, people.Steward)
			asker.open("/search?q=" + name)
			asker.click(`.hit button[value="` + entry + `"]`) // put in without leaving the list
			asker.until(`document.querySelector('.hit a[href="/basket"]') !== null && location.pathname === '/search'`)
			asker.click(`.hit a[href="/basket"]`)
			asker.at("/basket")
			asker.sees(name, said("逾期未答复视为同意", "silence counts as consent"))
			asker.click(`main form[action="/apply"] button.primary`)
			asker.at("/apply")
			asker.click(`[data-tick=none]`)
			asker.until(`document.querySelectorAll('.tick-grid input:checked').length === 0`)
			asker.click(`[data-tick=all]`)
			asker.until(`document.querySelectorAll('.tick-grid input:checked').length === 2`) // the third is not shared
			asker.types(`#f-scenario`, "助学资格核对")
			asker.click(`.sticky-actions [value=submit]`) // the scope of use is still missing
			asker.until(`document.querySelector('#f-scope[aria-invalid=true]') !== null && document.readyState === 'complete'`)
			if got := asker.value(`#f-scenario`); got != "助学资格核对" {
				t.Fatalf("what was typed is gone: %q", got)
			}
			asker.types(`#f-scope`, "资助中心，不留存")
			asker.types(`#f-duty`, "义务教育法第十二条")
			asker.click(`.sticky-actions [value=submit]`)
			asker.at("/applications")
			asker.sees(name, said("已提交 1 件申请", "1 application submitted"))
			id := w.waiting(t, townSchools, entry).ID

			provider := as("sharing-provider-"+lang, townCivil, people.Approver)
			provider.sees(name)
			provider.open("/inbox")
			provider.click(`a.btn[href="/inbox/` + id + `"]`)
			provider.at("/inbox/" + id)
			provider.until(`getComputedStyle(document.querySelector('.when-part')).display === 'none'`)
			provider.click(`input[value=part]`)
			provider.until(`getComputedStyle(document.querySelector('.when-part')).display !== 'none' && getComputedStyle(document.querySelector('.when-refused')).display === 'none'`)
			provider.click(`input[name=items][value=xm]`)
			provider.types(`#f-days`, "30")
			provider.types(`#f-explanation`, "先提供街道")
			provider.click(`[value=answer]`)
			provider.at("/applications/" + id)
			provider.sees(mulu.FactTitle("application.granted", lang))

			asker.open("/applications/" + id)
			asker.sees(said("部分同意", "Agree in part"), said("未授权", "not granted"), said("有缩小", "narrowed"), "先提供街道")
			asker.click(`main a[href^="/grants/"]`)
			asker.at("/grants/")
			if !strings.Contains(asker.path(), "/grants/G-") {
				t.Errorf("the grant's page is %s", asker.path())
			}
			bureau := as("sharing-bureau-"+lang, townBureau, people.Approver)
			bureau.open("/cases/" + of[townCivil].of["cases.id"] + "/conclude")
			bureau.until(`getComputedStyle(document.querySelector('.when-by')).display === 'none'`)
			bureau.click(`input[value=deliver_by]`)
			bureau.until(`getComputedStyle(document.querySelector('.when-by')).display !== 'none'`)
		})
	}
}
