package web

import (
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp/kb"

	"mulu"
	"mulu/people"
)

// What people do all day, in real Chromium.
func TestInTheBrowser(t *testing.T) {
	w, _ := furnished(t, "flows")
	browser := chromium(t)
	for _, c := range []struct {
		name string
		flow func(*testing.T, *town, func() *screen)
	}{
		{"from a draft to a hit", fromDraftToHit},
		{"two people on one draft", twoOnOneDraft},
		{"the session ends meanwhile", sessionEnds},
		{"language, large type, phone", languageElderPhone},
		{"keyboard only", keyboardOnly},
		{"in English, from end to end", inEnglish},
		{"from a call by hand to an answered objection", fromCallToAnswer},
	} {
		t.Run(c.name, func(t *testing.T) { c.flow(t, w, func() *screen { return newScreen(t, browser, w) }) })
	}
}

// fillsIn types a whole entry into an open draft, row by row as in a sheet.
func (b *screen) fillsIn(name, duty string) {
	b.t.Helper()
	b.types(`#f-name`, name)
	b.types(`#f-summary`, "登记对象的基本信息，按月更新")
	b.chooses(`#f-duty`, duty)
	b.chooses(`#f-cycle`, "monthly")
	b.chooses(`#f-opening`, "unconditional")
	b.types(`[name="items.0.name"]`, "证照编号")
	b.key(kb.Enter)
	b.until(`document.activeElement.name === 'items.1.name'`)
	b.insert("登记日期")
	b.until(`document.querySelector('[name="items.0.field"]').value === 'zzbh'`)
	b.chooses(`[name="items.0.type"]`, "C")
	b.types(`[name="items.0.length"]`, "30")
	b.chooses(`[name="items.1.type"]`, "D")
}

// keeps waits until the draft of the open page is kept with a text in it.
func (b *screen) keeps(text string) {
	b.t.Helper()
	id := strings.TrimPrefix(b.path(), "/drafts/")
	for end := time.Now().Add(patient); ; time.Sleep(20 * time.Millisecond) {
		d, err := b.town.drafts.Get(b.t.Context(), townCivil, id)
		if err == nil && strings.Contains(string(d.Body), text) {
			return
		}
		if time.Now().After(end) {
			b.t.Fatalf("draft %s does not keep %q: %v %s", id, text, err, d.Body)
		}
	}
}

// An entry is written and saves itself, is checked and handed in, comes back with reasons, is mended, verified and published,
// and another institution finds it by two characters.
func fromDraftToHit(t *testing.T, w *town, anew func() *screen) {
	steward, bureau, reader := anew(), anew(), anew()
	steward.open("/login")
	steward.login("civil-steward")
	steward.at("/")
	steward.click(`main a[href="/entries/new"]`)
	steward.at("/drafts/")
	steward.fillsIn("残疾人证登记", w.named["rescue"])
	steward.sees("已自动保存")
	steward.keeps(`"30"`)
	steward.keeps(`"zzbh"`)
	steward.open(steward.path())
	if got := steward.value(`#f-name`) + steward.value(`[name="items.1.name"]`); got != "残疾人证登记登记日期" {
		t.Fatalf("saved: %q", got)
	}
	steward.click(`#saver [value=check]`)
	steward.sees("检查通过，可以提交。")
	steward.click(`#saver [value=submit]`)
	steward.at("/entries/")
	page := steward.path()
	code := strings.TrimPrefix(page, "/entries/")
	steward.sees("残疾人证登记", mulu.Say("submitted", "zh"))

	bureau.open("/login")
	bureau.login("bureau-approver")
	bureau.at("/")
	bureau.open("/verify")
	bureau.click(`a[href="/verify/` + code + `"]`)
	bureau.at("/verify/" + code)
	bureau.click(`.reasons summary`)
	bureau.click(`.reasons .chip`)
	reason := strings.TrimSpace(bureau.ask(`document.querySelector('.reasons .chip').textContent`))
	if got := bureau.value(`#f-why`); got != reason || reason == "" {
		t.Fatalf("the reason clicked is %q, the field says %q", reason, got)
	}
	bureau.click(`main [value=return]`)
	bureau.until(`location.pathname !== '/verify/` + code + `'`)

	steward.open("/")
	steward.sees("退回待修改", reason)
	steward.click(`a[href="/entries/` + code + `/edit"]`)
	steward.at("/drafts/")
	steward.sees("退回理由", reason)
	steward.over(`#f-summary`, "持证残疾人的登记信息，覆盖全区，来源为残疾人证核发业务")
	steward.click(`#saver [value=submit]`)
	steward.at(page)

	bureau.open("/verify/" + code)
	bureau.sees("此前退回", reason)
	bureau.click(`main [value=verify]`)
	bureau.until(`location.pathname !== '/verify/` + code + `'`)
	bureau.sees(mulu.FactTitle("entry.published", "zh"))

	reader.open("/login")
	reader.login("schools-reader")
	reader.at("/")
	reader.types(`#find`, "残疾")
	reader.until(`document.querySelectorAll('#completions [role=option]').length > 0`)
	reader.key(kb.Enter)
	reader.at("/search")
	reader.click(`.hits a[href="` + page + `"]`)
	reader.at(page)
	reader.sees("残疾人证登记", "持证残疾人的登记信息", mulu.Say("published", "zh"))
}

// Two people have the same draft open: the later one is told at once, sees both versions and decides.
func twoOnOneDraft(t *testing.T, w *town, anew func() *screen) {
	w.account(t, "flow-second", "钱学文", townCivil, people.Steward)
	first, second := anew(), anew()
	first.cookies(w.as(t, "civil-steward", "zh"))
	second.cookies(w.as(t, "flow-second", "zh"))
	first.open("/entries/new?duty=" + w.named["rescue"])
	first.at("/drafts/")
	second.open(first.path())
	second.types(`#f-name`, "同事定的名称")
	second.keeps("同事定的名称")
	first.types(`#f-name`, "我定的名称")
	first.sees("钱学文 于", "您的修改尚未保存")
	first.click(`#saved [value=save]`)
	first.sees("这份草稿已有人保存", "我定的名称", "同事定的名称")
	first.click(`main .actions .btn.primary`)
	first.at("/drafts/")
	first.sees("草稿已保存")
	if got := first.value(`#f-name`); got != "我定的名称" {
		t.Errorf("the draft is called %q", got)
	}
}

// The session ends while somebody writes: the page says so, and what was typed goes through the login into the draft.
func sessionEnds(t *testing.T, w *town, anew func() *screen) {
	w.account(t, "flow-expired", "赵一鸣", townCivil, people.Steward)
	b := anew()
	b.cookies(w.as(t, "flow-expired", "zh"))
	b.open("/entries/new?duty=" + w.named["rescue"])
	b.at("/drafts/")
	who := w.persons["flow-expired"].ID
	sessions, err := w.people.Sessions(t.Context(), who)
	if err != nil || len(sessions) == 0 {
		t.Fatalf("%v %v", sessions, err)
	}
	for _, s := range sessions {
		if err := w.people.EndSession(t.Context(), who, who, s.ID); err != nil {
			t.Fatal(err)
		}
	}
	b.types(`#f-name`, "写到一半的目录")
	b.types(`[name="items.0.name"]`, "写到一半的信息项")
	b.until(`!document.getElementById('lost').hidden`)
	b.sees("登录已过期")
	b.click(`#saver .btn[value=save]`)
	b.sees("您填写的内容已保留")
	b.login("flow-expired")
	b.sees("刚才填写的内容还在")
	b.click(`main .btn.primary`)
	b.at("/drafts/")
	b.keeps("写到一半的信息项")
	if got := b.value(`#f-name`) + b.value(`[name="items.0.name"]`); got != "写到一半的目录写到一半的信息项" {
		t.Errorf("kept: %q", got)
	}
}

// Language and large type are one click and stay; a phone folds the menu.
func languageElderPhone(t *testing.T, w *town, anew func() *screen) {
	w.account(t, "flow-choices", "李若谷", townCivil, people.Steward)
	b := anew()
	b.open("/login")
	b.login("flow-choices")
	b.at("/")
	b.click(`.tools button[lang=en]`)
	b.until(`document.documentElement.lang === 'en' && document.readyState === 'complete'`)
	b.sees("To do")
	b.click(`form[action="/elder"] button`)
	b.until(`document.documentElement.className === 'elder' && getComputedStyle(document.documentElement).fontSize === '20px'`)
	other := anew() // another machine
	other.open("/login")
	other.login("flow-choices")
	other.at("/")
	other.until(`document.documentElement.lang === 'en' && document.documentElement.className === 'elder'`)
	b.click(`.tools button[lang="zh-CN"]`)
	b.until(`document.documentElement.lang === 'zh-CN' && document.readyState === 'complete'`)
	b.click(`form[action="/elder"] button`)
	b.until(`document.documentElement.className === '' && document.readyState === 'complete'`)
	b.size(390, 844)
	b.open("/")
	b.until(`!document.querySelector('.side-box').open`)
	b.click(`.side-box > summary`)
	b.click(`.side a[href="/entries"]`)
	b.at("/entries")
	b.until(`!document.querySelector('.side-box').open && document.documentElement.scrollWidth <= innerWidth`)
}

// Login, search and the opening of a hit without a mouse.
func keyboardOnly(t *testing.T, w *town, anew func() *screen) {
	b := anew()
	b.open("/login")
	b.tabTo(`document.activeElement.name === 'login'`)
	b.insert("schools-reader")
	b.key(kb.Tab)
	b.until(`document.activeElement.name === 'password'`)
	b.insert(townPassword)
	b.key(kb.Enter)
	b.at("/")
	b.key("/")
	b.until(`document.activeElement.id === 'find'`)
	b.insert("低保对")
	b.until(`document.querySelectorAll('#completions [role=option]').length > 0`)
	b.key(kb.ArrowDown)
	b.until(`document.querySelector('#completions [aria-selected=true]') !== null`)
	b.key(kb.Enter)
	b.at("/entries/" + w.named["allowance"])
	b.key(kb.Tab)
	b.until(`document.activeElement.className === 'skip'`)
	b.key(kb.Enter)
	b.until(`document.activeElement.id === 'main'`)
}

// tabTo presses Tab until the focus is where it should be.
func (b *screen) tabTo(script string) {
	b.t.Helper()
	for range 25 {
		if b.ask(script) == "true" {
			return
		}
		b.key(kb.Tab)
	}
	b.t.Fatalf("the keyboard does not get there: %s\n%s", script, b.shows())
}

// The same in English: chosen at the login, an entry checked and handed in, and found.
func inEnglish(t *testing.T, w *town, anew func() *screen) {
	w.account(t, "flow-english", "Wang Lin", townCivil, people.Steward)
	b := anew()
	b.open("/login")
	b.click(`.tools button[lang=en]`)
	b.until(`document.documentElement.lang === 'en' && document.readyState === 'complete'`)
	b.open("/login")
	b.login("flow-english")
	b.at("/")
	b.sees("To do")
	b.open("/entries/new?duty=" + w.named["marriage"])
	b.at("/drafts/")
	b.click(`#saver [value=check]`)
	b.until(`location.search.includes('check') && document.readyState === 'complete' && document.querySelector('#checked .notice.bad') !== null`)
	b.fillsIn("婚姻登记汇总", w.named["marriage"])
	b.click(`#saver [value=submit]`)
	b.at("/entries/")
	b.sees("婚姻登记汇总", mulu.Say("submitted", "en"))
	b.types(`#find`, "低保")
	b.key(kb.Enter)
	b.at("/search")
	b.click(`.hits a[href="/entries/` + w.named["allowance"] + `"]`)
	b.at("/entries/" + w.named["allowance"])
	b.sees("低保对象信息", mulu.Say("published", "en"))
}
