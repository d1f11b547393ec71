package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"html/template"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"mulu/web"
)

var screens = flag.String("screens", "", "take a picture of every page of the demo into this folder")

// tourists are the accounts that between them may open every page. Who comes first shows what several could.
var tourists = []string{"", "minzheng-guanli", "minzheng-shenpi", "minzheng-anquan", "minzheng-xitong", "shuju-shenpi", "shuju-guanli", "shuju-xitong", "shuju-anquan", "shuju-shenji"}

// sight is a page to take a picture of: where somebody came by clicking, the first time for each route and tab.
type sight struct {
	Name, Path, Login string
	session           []*http.Cookie
}

// Every page of the demo that clicks lead to is taken into a folder, in both languages, on a desk's screen and a phone's,
// with an index.html that shows them all:
//
//	go test ./cmd/mulu -run TestScreens -screens /tmp/screens
func TestScreens(t *testing.T) {
	if *screens == "" {
		t.Skip("-screens names no folder")
	}
	if err := os.MkdirAll(*screens, 0o755); err != nil {
		t.Fatal(err)
	}
	w := newHouse(t)
	w.demo("--pages", "127.0.0.1:0")
	m := regexp.MustCompile(`页面\s+(http://\S+)`).FindStringSubmatch(w.said())
	if m == nil {
		t.Fatalf("the demo tells no address of its pages:\n%s", w.said())
	}
	sights := walk(t, m[1])
	camera := newCamera(t)
	for _, s := range sights {
		for _, lang := range web.Languages {
			for _, size := range [][2]int64{{1366, 768}, {390, 844}} {
				camera.take(t, m[1], s, lang, size[0], size[1])
			}
		}
	}
	index(t, sights)
}

// walk clicks through the pages as each of the tourists and gives what there is to see. Pages that no click leads to are
// told, so that nobody takes the pictures for all.
func walk(t *testing.T, base string) []sight {
	t.Helper()
	mux := http.NewServeMux()
	missing := map[string]bool{}
	for _, r := range web.Routes() {
		if r.Method == http.MethodGet {
			mux.HandleFunc("GET "+r.Path, func(http.ResponseWriter, *http.Request) {})
			missing["GET "+r.Path] = true
		}
	}
	var list []sight
	seen := map[string]bool{}
	for _, login := range tourists {
		client := tourist(t, base, login)
		home, err := url.Parse(base)
		if err != nil {
			t.Fatal(err)
		}
		ways, asked := []string{"/login", "/search?q=低保", "/nowhere"}, map[string]int{}
		if login != "" { // to a visitor it is the login
			ways = append([]string{"/"}, ways...)
		}
		for len(ways) > 0 {
			path := ways[0]
			ways = ways[1:]
			u, err := url.Parse(path)
			if err != nil || u.Host != "" || !strings.HasPrefix(path, "/") {
				continue
			}
			q, err := http.NewRequest(http.MethodGet, base+path, nil)
			if err != nil {
				continue
			}
			_, pattern := mux.Handler(q)
			kind := pattern + "?tab=" + u.Query().Get("tab")
			if pattern == "" && path != "/nowhere" || asked[kind] >= 3 || asked[kind] >= 1 && seen[kind] {
				continue
			}
			asked[kind]++
			body, ok := visitPage(t, client, base+path)
			delete(missing, pattern)
			if !ok {
				continue
			}
			if !seen[kind] {
				seen[kind] = true
				list = append(list, sight{sightName(pattern, u), path, login, client.Jar.Cookies(home)})
			}
			for _, a := range regexp.MustCompile(`href="(/[^"#]*)`).FindAllStringSubmatch(body, -1) {
				ways = append(ways, strings.ReplaceAll(a[1], "&amp;", "&"))
			}
		}
	}
	for pattern := range missing {
		t.Logf("no click leads to %s", pattern)
	}
	slices.SortFunc(list, func(a, b sight) int { return strings.Compare(a.Name, b.Name) })
	return list
}

// sightName is a page's route as the name of a file.
func sightName(pattern string, u *url.URL) string {
	name := strings.Trim(strings.NewReplacer("GET ", "", "/", "-", "{", "", "}", "", "$", "").Replace(pattern), "-")
	if name == "" {
		name = map[bool]string{true: "home", false: "nowhere"}[pattern != ""]
	}
	if tab := u.Query().Get("tab"); tab != "" {
		name += "-" + tab
	}
	return name
}

func tourist(t *testing.T, base, login string) *http.Client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	c := &http.Client{Jar: jar, Timeout: time.Minute}
	if login == "" {
		return c
	}
	a, err := c.PostForm(base+"/login", url.Values{"login": {login}, "password": {demoPassword}})
	if err != nil {
		t.Fatal(err)
	}
	a.Body.Close()
	if a.Request.URL.Path != "/" {
		t.Fatalf("%s was not let in: %s", login, a.Status)
	}
	return c
}

// visitPage gets a page; ok says that it is one to look at, no file and no part of a page.
func visitPage(t *testing.T, c *http.Client, address string) (body string, ok bool) {
	t.Helper()
	a, err := c.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Body.Close()
	b, err := io.ReadAll(a.Body)
	if err != nil {
		t.Fatal(err)
	}
	if a.StatusCode >= 500 {
		t.Errorf("%s: %s", address, a.Status)
	}
	wanted := a.StatusCode == http.StatusOK || strings.HasSuffix(address, "/nowhere")
	return string(b), wanted && strings.HasPrefix(a.Header.Get("Content-Type"), "text/html") && strings.Contains(string(b), "<html")
}

// camera is a browser that takes pictures.
type camera struct{ ctx context.Context }

func newCamera(t *testing.T) *camera {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		t.Fatal("chromium is needed to take pictures; Debian's package chromium has it")
	}
	all, end := chromedp.NewExecAllocator(context.Background(), append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox,
		chromedp.Flag("hide-scrollbars", true), chromedp.WSURLReadTimeout(time.Minute))...)
	t.Cleanup(end)
	ctx, shut := chromedp.NewContext(all)
	t.Cleanup(shut)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatal(err)
	}
	return &camera{ctx}
}

func (c *camera) take(t *testing.T, base string, s sight, lang string, wide, tall int64) {
	t.Helper()
	ctx, end := context.WithTimeout(c.ctx, 2*time.Minute)
	defer end()
	_, failed := chromedp.Call(ctx, network.ClearBrowserCookies, cdp.Empty{})
	for _, k := range append(slices.Clone(s.session), &http.Cookie{Name: "mulu_lang", Value: lang}) {
		_, err := chromedp.Call(ctx, network.SetCookie, network.SetCookieParams{Name: k.Name, Value: k.Value, URL: base})
		failed = errors.Join(failed, err)
	}
	failed = errors.Join(failed, chromedp.Do(ctx, chromedp.EmulateViewport(wide, tall), chromedp.Navigate(base+s.Path)))
	picture, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
	if failed = errors.Join(failed, err); failed != nil {
		t.Errorf("%s: %v", s.Path, failed)
		return
	}
	if err := os.WriteFile(filepath.Join(*screens, s.File(lang, wide)), picture, 0o644); err != nil {
		t.Fatal(err)
	}
}

// File names a picture.
func (s sight) File(lang string, wide int64) string {
	return fmt.Sprintf("%s.%s.%d.png", s.Name, lang, wide)
}

// Files names all pictures of a page.
func (s sight) Files() (list []string) {
	for _, lang := range web.Languages {
		list = append(list, s.File(lang, 1366), s.File(lang, 390))
	}
	return list
}

// index writes the page that shows all pictures side by side.
func index(t *testing.T, sights []sight) {
	t.Helper()
	f, err := os.Create(filepath.Join(*screens, "index.html"))
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(everyPage.Execute(f, sights), f.Close()); err != nil {
		t.Fatal(err)
	}
}

var everyPage = template.Must(template.New("index").Parse(`<!doctype html><html lang="en"><meta charset="utf-8"><title>Every page</title>
<style>body{font:15px sans-serif;margin:2rem}section{margin-bottom:3rem}div{display:flex;gap:1rem;align-items:flex-start;overflow-x:auto}img{border:1px solid #bbb;height:34rem}</style>
<h1>Every page</h1><ol>{{range .}}<li><a href="#{{.Name}}">{{.Name}}</a></li>{{end}}</ol>
{{range .}}<section id="{{.Name}}"><h2>{{.Name}}</h2><p><code>{{.Path}}</code> {{with .Login}}as {{.}}{{else}}as a visitor{{end}}</p>
<div>{{range .Files}}{{$f := .}}<a href="{{$f}}"><img src="{{$f}}" alt="{{$f}}" loading="lazy"></a>{{end}}</div></section>{{end}}`))
