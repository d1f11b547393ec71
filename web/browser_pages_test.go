package web

import (
	"html"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"mulu/people"
)

// shownPage is a page with somebody who may see it.
type shownPage struct {
	route Route
	path  string
	login string
}

// everyPage is each route that shows something, filled with things of who looks: the first of the roles that it admits, in
// an institution if it can be. A few take a question.
func everyPage(t *testing.T, of map[string]places) []shownPage {
	t.Helper()
	questions := map[string]string{"/search/complete": "?q=已发布", "/entries/field-name": "?name=证照编号", "/orgs/check": "?credit_code=11110102MB0000012", "/chain/consistency": "?from=2",
		"/sheets/template": "?kind=duties", "/sheets/export": "?kind=duties&format=csv"}
	var list []shownPage
	for _, r := range Routes() {
		if r.Method != http.MethodGet {
			continue
		}
		org, login := whoSees(r)
		path, err := of[org].fill(r.Path)
		if err != nil {
			t.Error(err)
			continue
		}
		list = append(list, shownPage{r, path + questions[r.Path], login})
	}
	list = append(append(list, sharingPages(of)...), grantPages(of)...)
	return append(list, shownPage{Route{Path: "/search?q="}, "/search?q=发布", "civil-steward"}, shownPage{Route{Path: "/search?q= without result"}, "/search?q=nothing-like-it", "civil-steward"},
		shownPage{Route{Path: "a page that is not there"}, "/nowhere", "civil-steward"}, shownPage{Route{Path: "a page for others"}, "/audit", "civil-steward"})
}

// whoSees chooses somebody whom a route admits.
func whoSees(r Route) (org, login string) {
	if r.Path == "/login" || strings.Contains(r.Path, "{token}") {
		return townCivil, ""
	}
	for _, org := range []string{townCivil, townBureau} {
		for _, role := range people.All() {
			if r.For.Public || r.For.Admits(people.Roles{role}, org == townBureau) {
				return org, map[string]string{townCivil: "civil", townBureau: "bureau"}[org] + "-" + string(role)
			}
		}
	}
	return townCivil, ""
}

var (
	titleOf  = regexp.MustCompile(`(?s)<title>(.*?)</title>`)
	langOf   = regexp.MustCompile(`<html lang="([^"]*)"`)
	spoken   = regexp.MustCompile(`(?:aria-label|title|placeholder|alt|data-sure|data-done|data-label|data-late|data-off)="([^"]*)"`)
	textNode = regexp.MustCompile(`>([^<>]+)<`)
)

// Every page is there in both languages for somebody who may see it: whole, with a title, marked with its language, and in
// English without a sentence left in Chinese.
func TestEveryPageInBothLanguages(t *testing.T) {
	w, of := furnished(t, "pages")
	english, err := readWords("en")
	if err != nil {
		t.Fatal(err)
	}
	for _, lang := range Languages {
		for _, s := range everyPage(t, of) {
			b := w.as(t, s.login, lang)
			p := b.get(t, s.path)
			for hops := 0; p.Status == http.StatusSeeOther && hops < 3; hops++ {
				p = b.get(t, p.Location)
			}
			where := lang + " " + s.route.Path
			want := http.StatusOK
			switch s.route.Path {
			case "a page that is not there":
				want = http.StatusNotFound
			case "a page for others":
				want = http.StatusForbidden
			}
			if p.Status != want {
				t.Errorf("%s (%s, %s): %d %s", where, s.path, s.login, p.Status, p.main())
				continue
			}
			if !strings.HasPrefix(p.Header.Get("Content-Type"), "text/html") {
				continue
			}
			if strings.Contains(p.Body, "<html") {
				wholePage(t, where, lang, p)
			}
			if lang == "en" && s.route.Path != "/law/scripts/{name}" { // a script is shown as it is played
				for _, left := range leftInChinese(p, english) {
					t.Errorf("%s (%s) still says %q", where, s.path, left)
				}
			}
		}
	}
}

// wholePage fails unless a page has all that each one has.
func wholePage(t *testing.T, where, lang string, p page) {
	t.Helper()
	if !strings.HasSuffix(strings.TrimSpace(p.Body), "</html>") {
		t.Errorf("%s breaks off: …%s", where, p.Body[max(0, len(p.Body)-200):])
	}
	if m := langOf.FindStringSubmatch(p.Body); m == nil || m[1] != map[string]string{"zh": "zh-CN", "en": "en"}[lang] {
		t.Errorf("%s is marked as %v", where, m)
	}
	if m := titleOf.FindStringSubmatch(p.Body); m == nil || strings.HasPrefix(strings.TrimSpace(m[1]), "·") {
		t.Errorf("%s has no title: %v", where, m)
	}
	if n := strings.Count(p.Body, "<h1"); n != 1 {
		t.Errorf("%s has %d first headings", where, n)
	}
	for _, bad := range []string{"%!", "<no value>", "&lt;nil&gt;", "0001-01-01"} {
		if i := strings.Index(p.Body, bad); i >= 0 {
			t.Errorf("%s shows %q: %s", where, bad, p.Body[max(0, i-80):min(len(p.Body), i+80)])
		}
	}
}

// leftInChinese lists what an English page says in Chinese though there is English for it. Data stays as it was written.
func leftInChinese(p page, english sentences) []string {
	var left []string
	body := markupless(p.Body)
	for _, m := range append(textNode.FindAllStringSubmatch(body, -1), spoken.FindAllStringSubmatch(body, -1)...) {
		text := strings.TrimSpace(html.UnescapeString(m[1]))
		if !chinese(text) || slices.Contains(left, text) || slices.Contains([]string{"中文", "编号", "姓名", "发布"}, text) { // the switch, items, what was searched
			continue
		}
		for zh := range english {
			if text == zh || len([]rune(zh)) >= 8 && strings.Contains(text, zh) {
				left = append(left, text)
				break
			}
		}
	}
	return left
}

var scriptsAndFields = regexp.MustCompile(`(?s)<script.*?</script>|<textarea.*?</textarea>|<svg.*?</svg>`)

func markupless(body string) string { return scriptsAndFields.ReplaceAllString(body, "") }
