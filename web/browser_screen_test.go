package web

import (
	"context"
	"fmt"
	"net/url"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// patient bounds how long a test waits for the browser: much longer than a quick machine needs.
const patient = time.Minute

// chromium starts the browser that people use, for one test.
func chromium(t *testing.T) context.Context {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		t.Skip("chromium is not installed; ./test installs it")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox,
		chromedp.Flag("lang", "zh-CN"), chromedp.Flag("accept-lang", "zh-CN"), chromedp.WSURLReadTimeout(patient))
	all, end := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(end)
	ctx, shut := chromedp.NewContext(all)
	t.Cleanup(shut)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("start %s: %v", path, err)
	}
	return ctx
}

// screen is a window of somebody's own, with cookies of its own.
type screen struct {
	t    *testing.T
	ctx  context.Context
	town *town
}

func newScreen(t *testing.T, chromium context.Context, w *town) *screen {
	t.Helper()
	ctx, shut := chromedp.NewContext(chromium, chromedp.WithNewBrowserContext())
	t.Cleanup(shut)
	b := &screen{t, ctx, w}
	if err := chromedp.Do(ctx); err != nil { // the tab's life is the first context's: no bound on this one
		t.Fatal(err)
	}
	b.size(1366, 768)
	return b
}

func (b *screen) do(what string, steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	ctx, end := context.WithTimeout(b.ctx, patient)
	defer end()
	if err := chromedp.Do(ctx, steps...); err != nil {
		b.t.Fatalf("%s: %v\n%s", what, err, b.shows())
	}
}

func (b *screen) size(wide, tall int64) {
	b.t.Helper()
	b.do("resize", chromedp.EmulateViewport(wide, tall))
}

func (b *screen) open(path string) {
	b.t.Helper()
	b.do("open "+path, chromedp.Navigate(b.town.server.URL+path))
}

// cookies brings the session of a logged-in account, and a language.
func (b *screen) cookies(from *browser) {
	b.t.Helper()
	at, err := url.Parse(b.town.server.URL)
	if err != nil {
		b.t.Fatal(err)
	}
	set := map[string]string{languageCookie: from.lang}
	for _, c := range from.http.Jar.Cookies(at) {
		set[c.Name] = c.Value
	}
	for name, value := range set {
		if _, err := chromedp.Call(b.ctx, network.SetCookie, network.SetCookieParams{Name: name, Value: value, URL: b.town.server.URL}); err != nil {
			b.t.Fatal(err)
		}
	}
}

func (b *screen) click(css string) {
	b.t.Helper()
	b.do("click "+css, chromedp.Click(chromedp.CSS(css)))
}

// types puts text into a field as an input method does.
func (b *screen) types(css, text string) {
	b.t.Helper()
	b.do("type into "+css, chromedp.Focus(chromedp.CSS(css)))
	b.insert(text)
}

func (b *screen) insert(text string) {
	b.t.Helper()
	ctx, end := context.WithTimeout(b.ctx, patient)
	defer end()
	if _, err := chromedp.Call(ctx, input.InsertText, input.InsertTextParams{Text: text}); err != nil {
		b.t.Fatal(err)
	}
}

// over replaces what stands in a field.
func (b *screen) over(css, text string) {
	b.t.Helper()
	b.do("clear "+css, chromedp.Focus(chromedp.CSS(css)))
	b.ask(`document.activeElement.select()`)
	b.insert(text)
}

// chooses picks an option, as a click on it does.
func (b *screen) chooses(css, value string) {
	b.t.Helper()
	b.do("wait for "+css, chromedp.WaitReady(chromedp.CSS(css)))
	b.ask(fmt.Sprintf(`(s => { s.value = %q; ['input', 'change'].forEach(e => s.dispatchEvent(new Event(e, {bubbles: true}))); })(document.querySelector(%q))`, value, css))
	if got := b.value(css); got != value {
		b.t.Fatalf("%s has no option %q", css, value)
	}
}

func (b *screen) key(keys string) {
	b.t.Helper()
	b.do("press a key", chromedp.KeyEvent(keys))
}

// ask evaluates a script and gives what it says as text.
func (b *screen) ask(script string) string {
	b.t.Helper()
	got, err := b.try(script)
	if err != nil {
		b.t.Fatalf("%s: %v", script, err)
	}
	return got
}

func (b *screen) try(script string) (string, error) {
	ctx, end := context.WithTimeout(b.ctx, patient)
	defer end()
	return chromedp.Run(ctx, chromedp.Evaluate[string](`String(`+script+`)`))
}

func (b *screen) value(css string) string {
	b.t.Helper()
	return b.ask(fmt.Sprintf(`document.querySelector(%q).value`, css))
}

// until waits for a condition of the page; pages may change meanwhile.
func (b *screen) until(script string) {
	b.t.Helper()
	for end := time.Now().Add(patient); ; time.Sleep(20 * time.Millisecond) {
		if got, err := b.try(script); err == nil && got == "true" {
			return
		}
		if time.Now().After(end) {
			b.t.Fatalf("it did not come about: %s\n%s", script, b.shows())
		}
	}
}

// sees waits for texts on the page.
func (b *screen) sees(texts ...string) {
	b.t.Helper()
	for _, s := range texts {
		b.until(fmt.Sprintf(`document.body.innerText.includes(%q)`, s))
	}
}

// at waits until the page of a path is there and ready.
func (b *screen) at(path string) {
	b.t.Helper()
	b.until(fmt.Sprintf(`document.readyState === 'complete' && (%q.endsWith('/') && %q.length > 1 ? location.pathname.startsWith(%q) : location.pathname === %q)`, path, path, path, path))
}

func (b *screen) path() string {
	b.t.Helper()
	return b.ask(`location.pathname`)
}

// shows is what a failed test tells of the page.
func (b *screen) shows() string {
	s, err := b.try(`location.pathname + location.search + '\n' + document.body.innerText.slice(0, 1500)`)
	if err != nil {
		return err.Error()
	}
	return strings.Join(strings.Fields(s), " ")
}

// login fills the page of logins in.
func (b *screen) login(name string) {
	b.t.Helper()
	b.types(`input[name=login]`, name)
	b.types(`input[name=password]`, townPassword)
	b.click(`main form .btn.primary`)
}
