package web

import (
	"context"
	"encoding/json"
	"os"
	"slices"
	"testing"

	"github.com/chromedp/chromedp"
)

// axeRun checks the page that is open by the rules of WCAG 2.2 A and AA and tells what is serious or critical.
const axeRun = `axe.run(document, {runOnly: {type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']}, resultTypes: ['violations']})
	.then(r => JSON.stringify(r.violations.filter(v => v.impact === 'serious' || v.impact === 'critical')
		.map(v => ({Rule: v.id, Impact: v.impact, Help: v.help, At: v.nodes.slice(0, 5).map(n => n.target.join(' ') + ' | ' + n.html.slice(0, 160) + ' | ' + (n.any[0] ? n.any[0].message : ''))}))))`

type violation struct {
	Rule, Impact, Help string
	At                 []string
}

// No page keeps anybody out: axe finds nothing serious in real Chromium, on a desk's screen in Chinese and on a phone in
// English, and on a phone no page is wider than the look.
func TestNoPageKeepsAnybodyOut(t *testing.T) {
	w, of := furnished(t, "axe")
	browser := chromium(t)
	source, err := os.ReadFile("testdata/axe-4.14.1.min.js")
	if err != nil {
		t.Fatal(err)
	}
	for _, look := range []struct {
		lang       string
		wide, tall int64
	}{{"zh", 1366, 768}, {"en", 390, 844}} {
		pages := everyPage(t, of)
		slices.SortStableFunc(pages, func(a, b shownPage) int { // who looks logs in once
			if a.login < b.login {
				return -1
			}
			if a.login > b.login {
				return 1
			}
			return 0
		})
		var at *screen
		last := "nobody yet"
		for _, p := range pages {
			who := w.as(t, p.login, look.lang)
			if got := who.get(t, p.path); !whole(got, who, t) {
				continue
			}
			if p.login != last {
				at, last = newScreen(t, browser, w), p.login
				at.size(look.wide, look.tall)
				at.cookies(who)
			}
			at.open(p.path)
			where := look.lang + " " + p.route.Path
			if look.wide < 500 && at.ask(`document.documentElement.scrollWidth <= innerWidth`) != "true" {
				t.Errorf("%s is wider than a phone: %s", where, at.ask(`[...document.querySelectorAll('main *, header *, footer *')].filter(e => e.getBoundingClientRect().right > innerWidth + 1 && !e.closest('.scroll')).slice(0, 3).map(e => e.outerHTML.slice(0, 120)).join(' ; ')`))
			}
			for _, v := range axe(at, string(source)) {
				t.Errorf("%s (%s): %s: %s (%s)", where, p.path, v.Impact, v.Rule, v.Help)
				for _, target := range v.At {
					t.Logf("   %s", target)
				}
			}
		}
	}
}

// whole tells whether an answer is a page of its own: not a file, nor a part of a page. Redirects lead to pages.
func whole(p page, who *browser, t *testing.T) bool {
	for hops := 0; p.Status == 303 && hops < 3; hops++ {
		p = who.get(t, p.Location)
	}
	return slices.Contains(p.Header["Content-Type"], "text/html; charset=utf-8") && langOf.MatchString(p.Body)
}

func axe(b *screen, source string) []violation {
	b.t.Helper()
	ctx, end := context.WithTimeout(b.ctx, 2*patient)
	defer end()
	if _, err := chromedp.Run(ctx, chromedp.Evaluate[bool](source+";true")); err != nil {
		b.t.Fatal(err)
	}
	said, err := chromedp.Run(ctx, chromedp.Evaluate[string](axeRun, chromedp.EvalAwaitPromise))
	if err != nil {
		b.t.Fatal(err)
	}
	var list []violation
	if err := json.Unmarshal([]byte(said), &list); err != nil {
		b.t.Fatal(err)
	}
	return list
}
