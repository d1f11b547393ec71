package web

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"

	"mulu"
	"mulu/people"
)

// shown is the pages in one language, ready to be filled.
type shown struct {
	lang  string
	words sentences
	pages map[string]*template.Template // by name of the file without .html
}

// readPages parses each page together with the layout and the parts that all pages share.
func readPages(lang string) (*shown, error) {
	s := &shown{lang: lang, pages: map[string]*template.Template{}}
	var err error
	if s.words, err = readWords(lang); err != nil {
		return nil, err
	}
	icons, err := readIcons()
	if err != nil {
		return nil, err
	}
	base, err := template.New("layout").Funcs(s.functions(icons)).ParseFS(files, "pages/_*.html")
	if err != nil {
		return nil, fmt.Errorf("read the layout: %w", err)
	}
	names, err := fs.Glob(files, "pages/[^_]*.html")
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		page, err := base.Clone()
		if err != nil {
			return nil, err
		}
		if page, err = page.ParseFS(files, name); err != nil {
			return nil, fmt.Errorf("read the page %s: %w", name, err)
		}
		s.pages[strings.TrimSuffix(path.Base(name), ".html")] = page
	}
	return s, nil
}

// view is what a page is filled with: who looks, where, and the page's own content in D.
type view struct {
	Lang, Path string
	Elder      bool
	Person     *people.Person
	Org        *mulu.Org
	CSRF       string
	Menu       []menuGroup
	Told       *told
	Unread     int // reminders that were not shown yet
	Sandbox    bool
	Now        time.Time
	Query      string // what stands in the search field
	D          any
}

// Bureau tells whether who looks belongs to the bureau.
func (v view) Bureau() bool { return v.Org != nil && v.Org.Bureau }

// Own tells whether an institution is the one that the person acts for.
func (v view) Own(org string) bool { return v.Org != nil && v.Org.ID == org }

// Has tells whether who looks has one of the roles.
func (v view) Has(roles ...string) bool {
	for _, r := range roles {
		if v.Person != nil && v.Person.Roles.Has(people.Role(r)) {
			return true
		}
	}
	return false
}

func (v *visit) view(d any) view {
	w := view{Lang: v.Lang, Path: v.R.URL.RequestURI(), Elder: v.Elder, Person: v.Person, Org: v.Org, Sandbox: v.Sandbox, Now: v.Now(), D: d,
		Menu: v.menu(), Unread: v.unread()}
	if v.Session != nil {
		w.CSRF = v.Session.CSRF
	}
	if v.R.URL.Path == "/search" {
		w.Query = v.R.URL.Query().Get("q")
	}
	return w
}

// show answers with a page.
func (v *visit) show(page string, d any) error { return v.showAs(http.StatusOK, page, d) }

// showAs answers with a page under a status.
func (v *visit) showAs(status int, page string, d any) error {
	w := v.view(d)
	w.Told = v.heard()
	return v.write(status, page, "layout", w)
}

// part answers with one named part of a page, for htmx to put in place.
func (v *visit) part(page, part string, d any) error {
	return v.write(http.StatusOK, page, part, v.view(d))
}

func (v *visit) write(status int, page, part string, w view) error {
	t, ok := v.shown[v.Lang].pages[page]
	if !ok {
		return fmt.Errorf("there is no page %q", page)
	}
	var b bytes.Buffer // a page is whole or not there: nothing leaves before it is made
	if err := t.ExecuteTemplate(&b, part, w); err != nil {
		return fmt.Errorf("fill the page %s: %w", page, err)
	}
	v.W.Header().Set("Content-Type", "text/html; charset=utf-8")
	v.W.WriteHeader(status)
	_, _ = b.WriteTo(v.W) // who left needs no answer
	return nil
}

var iconHead = regexp.MustCompile(`(?s)^<svg.*?>`)

func readIcons() (map[string]template.HTML, error) {
	names, err := fs.Glob(files, "icons/*.svg")
	if err != nil {
		return nil, err
	}
	icons := map[string]template.HTML{}
	for _, name := range names {
		raw, err := files.ReadFile(name)
		if err != nil {
			return nil, err
		}
		svg := iconHead.ReplaceAllString(string(raw), `<svg class="icon" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" focusable="false">`)
		icons[strings.TrimSuffix(path.Base(name), ".svg")] = template.HTML(strings.Join(strings.Fields(svg), " "))
	}
	return icons, nil
}

// functions are what templates can call.
func (s *shown) functions(icons map[string]template.HTML) template.FuncMap {
	return template.FuncMap{
		// t says a sentence; its Chinese is the key. say gives the word of a key of words.go or "list.code" of a code list.
		"t":   s.words.say,
		"say": func(key any) string { return mulu.Say(fmt.Sprint(key), s.lang) },
		"fact": func(kind string) string {
			return mulu.FactTitle(kind, s.lang)
		},
		"role": func(r people.Role) string { return s.words.say(roleWord(r)) },
		"icon": func(name string) (template.HTML, error) {
			i, ok := icons[name]
			if !ok {
				return "", fmt.Errorf("there is no icon %q", name)
			}
			return i, nil
		},
		// art is an article as a link to its page.
		"art": func(c mulu.Cite) template.HTML {
			article, paragraph, _ := c.Parts()
			if article == 0 {
				return ""
			}
			anchor := ""
			if paragraph > 0 {
				anchor = fmt.Sprintf("#p%d", paragraph)
			}
			return template.HTML(fmt.Sprintf(`<a class="art" href="/law/%d%s">%s</a>`, article, anchor, s.cite(c)))
		},
		"cite": s.cite,
		"next": func(fact string) string {
			if zh := whatNext(fact); zh != "" {
				return s.words.say(zh)
			}
			return ""
		},
		"day":    func(t any) string { return stamp(t, "2006-01-02") },
		"minute": func(t any) string { return stamp(t, "2006-01-02 15:04") },
		"second": func(t any) string { return stamp(t, "2006-01-02 15:04:05") },
		"thing":  thing,
		"dict":   dict,
		"list":   func(v ...any) []any { return v },
		"codes":  mulu.CodeList,
		"word":   func(list, code string) string { return mulu.Word(mulu.CodeList(list), code, s.lang) },
		// attribute is a type of sharing or opening; in English it says which, where the Chinese word does so by itself.
		"attribute": func(list, code string) string {
			w := mulu.Word(mulu.CodeList(list), code, s.lang)
			if s.lang == "en" && w != "not shared" && w != "not open" {
				return list + ": " + w
			}
			return w
		},
		"label":   func(c mulu.Code) string { return mulu.Word([]mulu.Code{c}, c.Code, s.lang) },
		"tone":    tone,
		"lastday": lastDay,
		"percent": percent,
		"number":  number,
		"tenths":  tenths,
		"json": func(v any) (string, error) {
			b, err := json.Marshal(v)
			return string(b), err
		},
		"lines": func(text string) []string { return strings.Split(text, "\n") },
		"short": func(n int, text string) string {
			r := []rune(text)
			if len(r) <= n {
				return text
			}
			return string(r[:n]) + "…"
		},
		"provision": func(s string) mulu.Cite { return mulu.Cite(s) },
		"article":   func(n int) mulu.Cite { return mulu.NewCite(n) },
		"cites":     citesOf,
		// refusal is the law's no in words, refusalbox for the part that shows trouble.
		"refusal": func(no *mulu.Refusal) string { return no.Text(s.lang) },
		"refusalbox": func(no *mulu.Refusal) *trouble {
			return &trouble{Text: no.Text(s.lang), Mend: no.Mend(s.lang), Art: no.Art}
		},
		"joined":   s.joined,
		"weekday":  s.weekday,
		"rolenote": func(r people.Role) string { return s.words.say(roleNote(r)) },
		"weekdays": func() (names []string) {
			for i := range 7 {
				names = append(names, s.weekdayShort(time.Weekday((i+1)%7)))
			}
			return names
		},
		"monthname": s.month,
		"add":       func(a, b int) int { return a + b },
		"seq": func(n int) []int {
			list := make([]int, n)
			for i := range list {
				list[i] = i
			}
			return list
		},
		"other": func(lang string) string {
			if lang == "en" {
				return "zh"
			}
			return "en"
		},
	}
}

func (s *shown) cite(c mulu.Cite) string {
	if s.lang == "en" {
		return c.En()
	}
	return c.Zh()
}

// joined puts texts or provisions into one line.
func (s *shown) joined(list any) string {
	var all []string
	switch list := list.(type) {
	case []string:
		all = list
	case []mulu.Cite:
		for _, c := range list {
			all = append(all, s.cite(c))
		}
	}
	if s.lang == "en" {
		return strings.Join(all, ", ")
	}
	return strings.Join(all, "、")
}

// citesOf lists the provisions of several facts, each once.
func citesOf(facts []mulu.Fact) (all []mulu.Cite) {
	for _, f := range facts {
		for _, c := range f.Art {
			if !slices.Contains(all, c) {
				all = append(all, c)
			}
		}
	}
	return all
}

// stamp writes a time.Time or an RFC 3339 text in Asia/Shanghai; what is neither stands for itself.
func stamp(t any, layout string) string {
	switch t := t.(type) {
	case time.Time:
		if t.IsZero() {
			return ""
		}
		return t.In(mulu.Shanghai()).Format(layout)
	case string:
		at, err := time.Parse(time.RFC3339, t)
		if err != nil {
			return t
		}
		return at.In(mulu.Shanghai()).Format(layout)
	}
	return fmt.Sprint(t)
}

// dict makes a map of names and values, for parts that take several.
func dict(pairs ...any) (map[string]any, error) {
	if len(pairs)%2 != 0 {
		return nil, fmt.Errorf("dict takes names and values, not %d things", len(pairs))
	}
	m := map[string]any{}
	for i := 0; i < len(pairs); i += 2 {
		m[fmt.Sprint(pairs[i])] = pairs[i+1]
	}
	return m, nil
}

// tone is the colour of a standing or of a sharing or opening type: ok, wait, warn, bad, off or plain.
func tone(standing any) string {
	switch fmt.Sprint(standing) {
	case "active", "published", "granted", "in_use", "present", "made", "serving", "member", "unconditional", "anchored", "holds", "running", "connected", "served", "grounded":
		return "ok"
	case "submitted", "changing", "delivering", "invited", "opened", "checking", "conditional", "heard", "due", "filed", "awaited", "on_file":
		return "wait"
	case "returned", "suspended", "keyless", "overdue", "locked", "raised", "disconnected":
		return "warn"
	case "refused", "revoked", "not_shared", "not_open":
		return "bad"
	case "retired", "closed", "ended", "cut", "rotated", "dismissed", "withdrawn", "no_data", "concluded", "abolished":
		return "off"
	}
	return "plain"
}

func percent(part, whole int) int {
	if whole == 0 {
		return 0
	}
	return part * 100 / whole
}

// number groups digits by thousands.
func number(n any) string {
	s := fmt.Sprint(n)
	head := len(s) % 3
	if strings.HasPrefix(s, "-") || len(s) <= 3 {
		return s
	}
	var b strings.Builder
	b.WriteString(s[:head])
	for i := head; i < len(s); i += 3 {
		if b.Len() > 0 {
			b.WriteByte(',')
		}
		b.WriteString(s[i : i+3])
	}
	return b.String()
}

// thing is the path of a noun's page, "" where it has none.
func thing(kind any, id string) string {
	switch mulu.Kind(fmt.Sprint(kind)) {
	case mulu.KindOrg:
		return "/orgs/" + id
	case mulu.KindEntry:
		return "/entries/" + id
	case mulu.KindDuty:
		return "/duties/" + id
	case mulu.KindSystem:
		return "/systems/" + id
	case mulu.KindTable:
		return "/tables/" + id
	case mulu.KindCalendar:
		return "/calendar/" + id
	case mulu.KindNode:
		return "/chain"
	case mulu.KindApplication:
		return "/applications/" + id
	case mulu.KindDispute:
		return "/cases/" + id
	case mulu.KindGrant:
		return "/grants/" + id
	case mulu.KindObjection:
		return "/objections/" + id
	case mulu.KindReview:
		return "/reviews/" + id
	case mulu.KindUseReport:
		return "/uses/" + id
	case mulu.KindUseFlag:
		return "/flags/" + id
	case mulu.KindFinding:
		return "/findings/" + id
	case mulu.KindDataset, mulu.KindLoadTerms:
		return "/entries/" + id
	case mulu.KindElement:
		return "/standards/elements/" + id
	case mulu.KindCodeSet:
		return "/standards/codes/" + id
	case mulu.KindPurchase:
		return "/purchases/" + id
	case mulu.KindLink: // entry ">" system, or entry "#" field ">" table "." column
		if i := strings.IndexAny(id, "#>"); i > 0 {
			return "/entries/" + id[:i]
		}
	}
	return ""
}

// roleWord is the Chinese of a role, as pages show it.
func roleWord(r people.Role) string {
	switch r {
	case people.Steward:
		return "数据管理员"
	case people.Approver:
		return "审批人"
	case people.Observer:
		return "数据观察员"
	case people.Reader:
		return "浏览"
	case people.System:
		return "系统管理员"
	case people.Security:
		return "安全管理员"
	case people.Auditor:
		return "审计管理员"
	case people.Machine:
		return "系统对接"
	}
	return string(r)
}

// roleNote says in Chinese what a role is for.
func roleNote(r people.Role) string {
	switch r {
	case people.Steward:
		return "录入和提交目录、申请"
	case people.Approver:
		return "答复、核定、作出决定"
	case people.Observer:
		return "接收意见建议"
	case people.Reader:
		return "只查看"
	case people.System:
		return "建立和停用账号、重置密码"
	case people.Security:
		return "调整角色、密钥和系统对接"
	case people.Auditor:
		return "查看全部日志，不作变更"
	}
	return ""
}
