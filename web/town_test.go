package web

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"mulu"
	"mulu/act"
	"mulu/chain"
	"mulu/desk"
	"mulu/gateway"
	"mulu/law/script"
	"mulu/people"
	"mulu/platform"
	"mulu/read"
	"mulu/sm"
	"mulu/vault"
)

// The test town is a sandbox with all real rooms: a chain of one node, the desk, the read models, the accounts, and the
// pages before them. It is started once for the package by whoever asks first; what a test adds stays, so tests name
// things of their own and do not count what others may add.
type town struct {
	chain  *chain.Chain
	desk   *desk.Desk
	read   *read.Read
	people *people.People
	drafts *desk.Drafts
	reminders
	web    *Web
	server *httptest.Server

	platform *platform.Platform
	gateway  *gateway.Gateway
	owners   string           // folder of database files that institutions own
	office   *httptest.Server // an interface of theirs
	node     sm.Signer

	keys    map[string]sm.Signer     // by public key
	persons map[string]people.Person // by login
	mu      sync.Mutex               // guards browsers
	opened  map[string]*browser      // by login and language
	named   map[string]string        // short names of the tests for entries, duties, systems, tables → id
	close   []func() error           // in reverse
}

// The institutions of the town. civil and schools are organs, water is a service that does not follow the chain.
const (
	townBureau  = "001"
	townCivil   = "002"
	townSchools = "003"
	townWater   = "004"

	townPassword = "ceshi-2026"
)

// aFounding starts a town once, for whoever asks first.
type aFounding struct {
	once sync.Once
	made *town
	err  error
}

func (f *aFounding) town(t *testing.T) *town {
	t.Helper()
	f.once.Do(func() { f.made, f.err = found() })
	if f.err != nil {
		t.Fatal(f.err)
	}
	return f.made
}

// anotherTown is for the tests of the pages as a whole: they send every form there is.
var theTown, anotherTown aFounding

func TestMain(m *testing.M) {
	code := m.Run()
	for _, f := range []*aFounding{&theTown, &anotherTown} {
		if f.made == nil {
			continue
		}
		if err := f.made.end(); err != nil {
			slog.Error("a town did not close", "err", err)
			code = 1
		}
	}
	os.Exit(code)
}

// aTown gives the town.
func aTown(t *testing.T) *town {
	t.Helper()
	return theTown.town(t)
}

func found() (w *town, err error) {
	dir, err := os.MkdirTemp("", "mulu-town-")
	if err != nil {
		return nil, err
	}
	w = &town{keys: map[string]sm.Signer{}, persons: map[string]people.Person{}, opened: map[string]*browser{}, named: map[string]string{},
		reminders: reminders{called: make(chan string, 1000)}}
	w.close = append(w.close, func() error { return os.RemoveAll(dir) })
	ctx := context.Background()
	bureau, node := w.key(script.Bureau), script.Key("节点:node-1", 1)
	calendars, err := script.Calendars()
	if err != nil {
		return w, err
	}
	_, err = chain.Init(filepath.Join(dir, "chain"), mulu.Genesis{Chain: "town-1", Sandbox: true, Clock: "2026-11-02T09:00:00+08:00", Edition: "district-2023",
		Bureau:    mulu.Bureau{Name: "测试区数据局", Short: script.Bureau, CreditCode: mulu.CreditCode("11110102MB000001"), Key: bureau.Public().String()},
		Nodes:     []mulu.Node{{ID: "node-1", CosignKey: node.Public().String(), Power: 1}},
		Calendars: calendars}, time.Now())
	if err != nil {
		return w, err
	}
	if w.chain, err = chain.Open(ctx, chain.Config{Home: filepath.Join(dir, "chain"), Key: node, NodeName: "node-1"}); err != nil {
		return w, err
	}
	w.close = append(w.close, w.chain.Close)
	if w.read, err = read.Open(read.Config{Path: filepath.Join(dir, "read.db"), ActID: func(line []byte) string {
		d := sm.Sum(line)
		return hex.EncodeToString(d[:])
	}}); err != nil {
		return w, err
	}
	w.close = append(w.close, w.read.Close)
	following, stop := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() { ended <- w.read.Follow(following, w.chain) }()
	w.close = append(w.close, func() error { stop(); return <-ended })
	v, err := vault.Open(filepath.Join(dir, "vault"), make([]byte, 16), rand.Reader)
	if err != nil {
		return w, err
	}
	w.desk = desk.New(desk.Config{Chain: w.chain, Reads: w.read, Signers: w, Vault: v, Rand: rand.Reader, Readable: time.Minute})
	if err := w.openSources(dir, v); err != nil {
		return w, err
	}
	if err := w.openGateway(dir, v, node); err != nil {
		return w, err
	}
	if err := w.openLoads(dir, v); err != nil {
		return w, err
	}
	if w.people, err = people.Open(people.Config{Path: filepath.Join(dir, "people.db"), Key: make([]byte, 32), Rand: rand.Reader}); err != nil {
		return w, err
	}
	w.close = append(w.close, w.people.Close)
	if w.drafts, err = desk.OpenDrafts(filepath.Join(dir, "desk.db"), time.Now, rand.Reader); err != nil {
		return w, err
	}
	w.close = append(w.close, w.drafts.Close)
	if err := w.openReminders(dir); err != nil {
		return w, err
	}
	if w.web, err = New(Config{Desk: w.desk, Drafts: w.drafts, People: w.people, Notify: w.notify, Read: w.read, Chain: townChain{w.chain}, Calls: w.gateway, Law: townLaw{}, Sandbox: true,
		Node: "node-1", Now: w.chain.Now, Demo: func() []DemoAccount { return nil }, Log: slog.New(slog.NewTextHandler(os.Stderr, nil)), Rand: rand.Reader}); err != nil {
		return w, err
	}
	w.server = httptest.NewServer(w.web.Handler())
	w.close = append(w.close, func() error { w.server.Close(); return nil })
	if err := w.populate(); err != nil {
		return w, err
	}
	return w, w.build()
}

func (w *town) end() error {
	var errs []error
	for i := len(w.close) - 1; i >= 0; i-- {
		errs = append(errs, w.close[i]())
	}
	return errors.Join(errs...)
}

// key makes the sandbox key of a name and holds it, so that the desk signs with it.
func (w *town) key(name string) sm.Signer {
	k := script.Key(name, 1)
	w.keys[k.Public().String()] = k
	return k
}

// Signer gives the key of an institution.
func (w *town) Signer(public string) (sm.Signer, error) {
	if k, ok := w.keys[public]; ok {
		return k, nil
	}
	return nil, desk.ErrNoKey
}

// populate registers the institutions and one account for each role in each: "civil-steward", "bureau-approver" and so on.
func (w *town) populate() error {
	for i, o := range []struct {
		name, short string
		sort        mulu.OrgKind
	}{{"测试区民政局", "区民政局", mulu.Organ}, {"测试区教育委员会", "区教委", mulu.Organ}, {"测试区自来水公司", "自来水公司", mulu.Service}} {
		err := w.done(townBureau, &act.RegisterOrg{Name: o.name, Short: o.short, Sort: string(o.sort),
			CreditCode: mulu.CreditCode("1111010200000" + string(rune('1'+i)) + "00"), Key: w.key(o.short).Public().String()})
		if err != nil {
			return err
		}
	}
	ctx := context.Background()
	for org, word := range map[string]string{townBureau: "bureau", townCivil: "civil", townSchools: "schools"} {
		for _, role := range people.All() {
			login := word + "-" + string(role)
			_, token, err := w.people.Invite(ctx, people.Owner, people.Account{Login: login, Name: "测试" + role.Title("zh") + word, Org: org, Roles: people.Roles{role}})
			if err != nil {
				return err
			}
			if w.persons[login], err = w.people.Redeem(ctx, token, townPassword, people.Origin{Address: "192.0.2.1"}); err != nil {
				return err
			}
		}
	}
	return nil
}

// do has an act done for an institution by the machine's owner, and waits until the pages show it.
func (w *town) do(t *testing.T, org string, a act.Act) desk.Done {
	t.Helper()
	done, err := w.desk.Do(t.Context(), desk.By{Org: org}, a)
	if err != nil || !done.Readable {
		t.Fatalf("%s: %v", a.Kind(), err)
	}
	return done
}

// doneBy has an act done by a person, so that the record names somebody.
func (w *town) doneBy(login string, a act.Act) error {
	p := w.persons[login]
	_, err := w.desk.Do(context.Background(), desk.By{Org: p.Org, Person: p.ID, Roles: p.Roles}, a)
	return err
}

func (w *town) done(org string, a act.Act) error {
	_, err := w.desk.Do(context.Background(), desk.By{Org: org}, a)
	return err
}

// one reads a noun from committed state.
func one[T any](t *testing.T, w *town, kind mulu.Kind, id string) T {
	t.Helper()
	var v T
	raw, ok := w.chain.Get(kind, id)
	if !ok {
		t.Fatalf("there is no %s %s", kind, id)
	}
	if err := json.Unmarshal(raw, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

// A browser is somebody's, with its cookies. It follows no redirect, so that tests see where a form leads.
type browser struct {
	town *town
	http *http.Client
	lang string
	csrf string
}

// as gives the browser of an account, logged in; login "" is a visitor's. lang is zh or en.
func (w *town) as(t *testing.T, login, lang string) *browser {
	t.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	if b, ok := w.opened[login+" "+lang]; ok {
		return b
	}
	b := w.anew(t, login, lang)
	w.opened[login+" "+lang] = b
	return b
}

// anew gives a browser that nobody else has.
func (w *town) anew(t *testing.T, login, lang string) *browser {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	b := &browser{town: w, lang: lang, http: &http.Client{Jar: jar, Timeout: time.Minute,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
	if login != "" {
		if p := b.send(t, http.MethodPost, "/login", url.Values{"login": {login}, "password": {townPassword}}, nil); p.Status != http.StatusSeeOther {
			t.Fatalf("log %s in: %d\n%s", login, p.Status, p.Text())
		}
		m := csrfField.FindStringSubmatch(b.get(t, "/me").Body)
		if m == nil {
			t.Fatal("the page of one's account carries no csrf token")
		}
		b.csrf = m[1]
	}
	return b
}

var (
	csrfField = regexp.MustCompile(`name="csrf" value="([^"]+)"`)
	markup    = regexp.MustCompile(`(?s)<script.*?</script>|<svg.*?</svg>|<[^>]*>`)
)

// page is an answer.
type page struct {
	Status   int
	Location string
	Header   http.Header
	Body     string
}

// Text is the page without markup, blanks folded; what is marked stands in its word.
func (p page) Text() string {
	b := strings.NewReplacer("<mark>", "", "</mark>", "").Replace(p.Body)
	return strings.Join(strings.Fields(markup.ReplaceAllString(b, " ")), " ")
}

func (b *browser) get(t *testing.T, path string) page {
	t.Helper()
	return b.send(t, http.MethodGet, path, nil, nil)
}

// part asks as htmx does.
func (b *browser) part(t *testing.T, path string) page {
	t.Helper()
	return b.send(t, http.MethodGet, path, nil, http.Header{"Hx-Request": {"true"}})
}

// post sends a form with the session's token, unless it brings one.
func (b *browser) post(t *testing.T, path string, form url.Values) page {
	t.Helper()
	if _, ok := form["csrf"]; !ok {
		if form == nil {
			form = url.Values{}
		}
		form.Set("csrf", b.csrf)
	}
	return b.send(t, http.MethodPost, path, form, nil)
}

func (b *browser) send(t *testing.T, method, path string, form url.Values, header http.Header) page {
	t.Helper()
	var body io.Reader
	if form != nil {
		body = strings.NewReader(form.Encode())
	}
	r, err := http.NewRequestWithContext(t.Context(), method, b.town.server.URL+path, body)
	if err != nil {
		t.Fatal(err)
	}
	for name, values := range header {
		r.Header[name] = values
	}
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	r.AddCookie(&http.Cookie{Name: languageCookie, Value: b.lang})
	got, err := b.http.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer got.Body.Close()
	raw, err := io.ReadAll(got.Body)
	if err != nil {
		t.Fatal(err)
	}
	return page{got.StatusCode, got.Header.Get("Location"), got.Header, string(raw)}
}

// main is what a failed test shows of a page: the text of its content, cut.
func (p page) main() string {
	if i := strings.Index(p.Body, "<main"); i >= 0 {
		p.Body = p.Body[i:]
	}
	r := []rune(p.Text())
	return string(r[:min(len(r), 400)])
}

// says fails unless the page has a status and contains each text.
func (p page) says(t *testing.T, status int, texts ...string) {
	t.Helper()
	if p.Status != status {
		t.Errorf("status %d, want %d\n%s", p.Status, status, p.main())
		return
	}
	for _, s := range texts {
		if !strings.Contains(p.Body, s) && !strings.Contains(p.Text(), s) {
			t.Errorf("the page does not say %q\n%s", s, p.main())
		}
	}
}

// silent fails if the page contains one of the texts.
func (p page) silent(t *testing.T, texts ...string) {
	t.Helper()
	for _, s := range texts {
		if strings.Contains(p.Body, s) {
			t.Errorf("the page says %q", s)
		}
	}
}
