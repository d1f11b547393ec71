package people

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"mulu"
)

// cheap hashes are enough where a test is not about their cost.
var cheap = cost{Time: 1, Memory: 64, Threads: 1}

const password = "Chun-Xiao-2026"

// clock is a time that a test moves.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

func config(t testing.TB, c *clock) Config {
	return Config{Path: filepath.Join(t.TempDir(), "people.db"), Key: []byte(strings.Repeat("k", 32)), Now: c.now, Rand: rand.Reader, cost: cheap}
}

func start() *clock { return &clock{at: time.Date(2026, 3, 2, 9, 0, 0, 0, mulu.Shanghai())} }

func reopen(t testing.TB, cfg Config) *People {
	t.Helper()
	p, err := Open(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	})
	return p
}

func open(t testing.TB) (*People, *clock) {
	c := start()
	return reopen(t, config(t, c)), c
}

func must[T any](v T, err error) func(t testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func ok(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// denied checks for a denial; code "" wants none.
func denied(t testing.TB, err error, code string) *Denied {
	t.Helper()
	var no *Denied
	if !errors.As(err, &no) {
		if code != "" || err != nil {
			t.Fatalf("got %v, want the denial %q", err, code)
		}
		return nil
	}
	if no.Code != code {
		t.Fatalf("denied with %q, want %q", no.Code, code)
	}
	return no
}

var office = Origin{Address: "10.20.30.40:5555", Agent: "Mozilla/5.0"}

// found makes the first administrator.
func found(t testing.TB, p *People) Person {
	t.Helper()
	token, needed, err := p.FirstLink(t.Context())
	if err != nil || !needed {
		t.Fatalf("first link: needed %v, %v", needed, err)
	}
	return must(p.Found(t.Context(), token, Account{Login: "chief", Name: "陈首"}, password, office))(t)
}

// member invites somebody and has them set the password.
func member(t testing.TB, p *People, by, login, org string, roles ...Role) Person {
	t.Helper()
	_, token, err := p.Invite(t.Context(), by, Account{Login: login, Name: "某" + login, Org: org, Roles: roles})
	ok(t, err)
	return must(p.Redeem(t.Context(), token, password, office))(t)
}

func login(t testing.TB, p *People, name string) (string, Session) {
	t.Helper()
	cookie, s, err := p.Login(t.Context(), name, password, "", office)
	ok(t, err)
	return cookie, s
}

// From one link at an empty node, a newcomer comes to all roles of the bureau and of another institution.
func TestFromFirstLinkToAllRoles(t *testing.T) {
	p, _ := open(t)
	ctx := t.Context()
	old, _, err := p.FirstLink(ctx)
	ok(t, err)
	token, _, err := p.FirstLink(ctx)
	ok(t, err)
	first := Account{Login: " Chief ", Name: "陈首"}
	_, err = p.Found(ctx, old, first, password, office)
	denied(t, err, "link_used")
	_, err = p.Found(ctx, "no-such", first, password, office)
	denied(t, err, "link_unknown")
	_, err = p.Found(ctx, token, Account{Login: "chief", Name: "陈首", Roles: Roles{Security}}, password, office)
	denied(t, err, "roles_separated")
	_, err = p.Found(ctx, token, first, "short", office)
	denied(t, err, "password_weak")
	if _, err := p.Invitation(ctx, token); err == nil {
		t.Error("the first link passes for an invitation")
	}
	chief := must(p.Found(ctx, token, first, password, office))(t)
	if chief.Login != "chief" || chief.Org != "001" || chief.Roles.text() != "system" || chief.Status != Active || !strings.HasPrefix(chief.ID, "p-") {
		t.Fatalf("%+v", chief)
	}
	_, err = p.Found(ctx, token, Account{Login: "second", Name: "二"}, password, office)
	denied(t, err, "link_used")
	if _, needed, err := p.FirstLink(ctx); needed || err != nil {
		t.Errorf("still needed: %v", err)
	}

	safe := member(t, p, chief.ID, "safe", "001", Security)
	member(t, p, chief.ID, "audit", "001", Auditor)
	_, _, err = p.Invite(ctx, chief.ID, Account{Login: "safe2", Name: "二", Org: "001", Roles: Roles{Security}})
	denied(t, err, "seat_taken")
	_, _, err = p.Invite(ctx, chief.ID, Account{Login: "chief2", Name: "二", Org: "001", Roles: Roles{System}})
	denied(t, err, "seat_taken")
	work := member(t, p, chief.ID, "work", "001", Steward, Approver)
	ok(t, p.Amend(ctx, safe.ID, work.ID, "", Roles{Approver, Security}))
	if got := must(p.Person(ctx, work.ID))(t).Roles.text(); got != "approver security" {
		t.Errorf("roles are %s", got)
	}

	theirs := member(t, p, chief.ID, "jw-admin", "012", System)
	for i, r := range All() {
		if r != System {
			member(t, p, theirs.ID, fmt.Sprintf("jw-%d", i), "012", r)
		}
	}
	n, err := p.CheckEvents(ctx)
	if err != nil || n < 20 {
		t.Errorf("%d events, %v", n, err)
	}
}

// Only the machine's owner can help when the only administrator forgot the password, and does.
func TestOwnerHelps(t *testing.T) {
	p, _ := open(t)
	chief := found(t, p)
	token := must(p.Reset(t.Context(), Owner, chief.ID))(t)
	_, _, err := p.Login(t.Context(), "chief", password, "", office)
	denied(t, err, "wrong")
	must(p.Redeem(t.Context(), token, "Xia-Zhi-2026-new", office))(t)
	must2(p.Login(t.Context(), "chief", "Xia-Zhi-2026-new", "", office))(t)
	e := must(p.Events(t.Context(), EventFilter{Kind: "account.reset"}))(t)
	if len(e) != 1 || e[0].Person != Owner || e[0].Target != chief.ID || e[0].Org != "001" || !e[0].OK {
		t.Errorf("%+v", e)
	}
}

func must2[A, B any](a A, b B, err error) func(t testing.TB) (A, B) {
	return func(t testing.TB) (A, B) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return a, b
	}
}

// What is in the file stays, and only this key opens it.
func TestOpenAgain(t *testing.T) {
	c := start()
	cfg := config(t, c)
	p := reopen(t, cfg)
	chief := found(t, p)
	cookie, _ := login(t, p, "chief")
	again := reopen(t, cfg)
	if s, err := again.Session(t.Context(), cookie); err != nil || s.Person.Name != "陈首" || s.Person.ID != chief.ID {
		t.Errorf("%+v %v", s, err)
	}
	if info, err := os.Stat(cfg.Path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v %v", info.Mode(), err)
	}
	wrong := cfg
	wrong.Key = []byte(strings.Repeat("x", 32))
	if _, err := Open(wrong); !errors.Is(err, ErrKey) {
		t.Errorf("another key: %v", err)
	}
	if _, err := Open(Config{Path: cfg.Path, Key: []byte("short")}); err == nil {
		t.Error("a short key is taken")
	}
}

// A file of a later version, or of something else, is refused and left as it is.
func TestForeignFiles(t *testing.T) {
	c := start()
	for name, make := range map[string]string{
		"later":   "PRAGMA user_version = 99",
		"foreign": "PRAGMA application_id = 5",
	} {
		cfg := config(t, c)
		p := reopen(t, cfg)
		found(t, p)
		db := raw(t, cfg.Path)
		if _, err := db.Exec(make); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(cfg); err == nil || !strings.Contains(err.Error(), cfg.Path) {
			t.Errorf("%s: %v", name, err)
		}
		var n int
		if err := db.QueryRow("SELECT count(*) FROM account").Scan(&n); err != nil || n != 1 {
			t.Errorf("%s: %d accounts left, %v", name, n, err)
		}
	}
	cfg := config(t, c)
	ok(t, os.WriteFile(cfg.Path, []byte(strings.Repeat("no database ", 100)), 0o600))
	if _, err := Open(cfg); err == nil {
		t.Error("a file that is no database is opened")
	}
}

// raw opens the file beside the program, as somebody does who has the disk and not the key.
func raw(t testing.TB, path string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

// Neither names nor secrets can be read in the file.
func TestNothingReadableOnDisk(t *testing.T) {
	c := start()
	cfg := config(t, c)
	p := reopen(t, cfg)
	ctx := t.Context()
	chief := found(t, p)
	cookie, s := login(t, p, "chief")
	_, link, err := p.Invite(ctx, chief.ID, Account{Login: "second", Name: "欧阳二", Org: "001", Roles: Roles{Reader}})
	ok(t, err)
	secret, _, err := p.BeginSecondFactor(ctx, chief.ID)
	ok(t, err)
	recovery := must(p.ConfirmSecondFactor(ctx, chief.ID, codeOf(t, secret, c.now())))(t)
	ok(t, p.LinkIdentity(ctx, chief.ID, chief.ID, "city", "subject-of-chief"))
	ok(t, p.Note(ctx, Event{Person: chief.ID, Kind: "look", Detail: "a detail to seal", From: "10.20.30.40"}))
	_, _, err = p.Login(ctx, "typed-the-password-here", "another-Secret-1", "", office)
	denied(t, err, "wrong")
	ok(t, p.Close())
	all, err := os.ReadFile(cfg.Path)
	ok(t, err)
	if !strings.Contains(string(all), "chief") {
		t.Fatal("the file is not what was written")
	}
	for what, hidden := range map[string]string{"a name": "陈首", "the other name": "欧阳二", "the password": password, "a wrong password": "another-Secret-1",
		"what was typed as login": "typed-the-password-here", "the cookie": cookie, "the token of forms": s.CSRF, "a link": link, "the second factor": secret,
		"a recovery code": strings.ReplaceAll(recovery[0], "-", ""), "a subject": "subject-of-chief", "a detail": "a detail to seal", "an address": "10.20.30.40"} {
		if strings.Contains(string(all), hidden) {
			t.Errorf("%s stands in the file", what)
		}
	}
}

// Accounts are listed by login, in pages, by institution, state and words in sealed names.
func TestAccounts(t *testing.T) {
	p, _ := open(t)
	ctx := t.Context()
	chief := found(t, p)
	for _, a := range []Account{{"wangwu", "王五", "002", Roles{Reader}}, {"zhaoliu", "赵柳 Ann", "002", Roles{Steward}}, {"qianqi", "钱七", "003", Roles{Reader}}} {
		_, _, err := p.Invite(ctx, chief.ID, a)
		ok(t, err)
	}
	for _, c := range []struct {
		f    Filter
		want string
	}{
		{Filter{}, "chief qianqi wangwu zhaoliu"},
		{Filter{Org: "002"}, "wangwu zhaoliu"},
		{Filter{Status: Active}, "chief"},
		{Filter{Words: "王"}, "wangwu"},
		{Filter{Words: "ａｎｎ 赵"}, "zhaoliu"},
		{Filter{Words: "QIAN"}, "qianqi"},
		{Filter{Words: "王 赵"}, ""},
		{Filter{Limit: 2}, "chief qianqi"},
		{Filter{Limit: 2, Words: "n"}, "qianqi wangwu"},
	} {
		var got []string
		for _, a := range must(p.Accounts(ctx, c.f))(t) {
			got = append(got, a.Login)
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%+v: %v, want %s", c.f, got, c.want)
		}
	}
	var all []string
	after := ""
	for {
		page := must(p.Accounts(ctx, Filter{After: after, Limit: 3}))(t)
		if len(page) == 0 {
			break
		}
		for _, a := range page {
			all = append(all, a.Login)
		}
		after = page[len(page)-1].ID
	}
	if strings.Join(all, " ") != "chief qianqi wangwu zhaoliu" {
		t.Errorf("page by page: %v", all)
	}
	wang := must(p.Accounts(ctx, Filter{Words: "wangwu"}))(t)[0]
	names := must(p.Names(ctx, wang.ID, "p-unknown", chief.ID))(t)
	if len(names) != 2 || names[wang.ID] != "王五" || names[chief.ID] != "陈首" {
		t.Errorf("%v", names)
	}
	if names := must(p.Names(ctx))(t); len(names) != 0 {
		t.Error(names)
	}
	if _, err := p.Person(ctx, "p-unknown"); !errors.Is(err, ErrNoPerson) {
		t.Error(err)
	}
}

func TestPrefer(t *testing.T) {
	p, _ := open(t)
	chief := found(t, p)
	cookie, _ := login(t, p, "chief")
	ok(t, p.Prefer(t.Context(), chief.ID, "en", true))
	if s := must(p.Session(t.Context(), cookie))(t); s.Person.Lang != "en" || !s.Person.Elder {
		t.Errorf("%+v", s.Person)
	}
	denied(t, p.Prefer(t.Context(), chief.ID, "fr", true), "lang_form")
	if err := p.Prefer(t.Context(), "p-unknown", "zh", false); !errors.Is(err, ErrNoPerson) {
		t.Error(err)
	}
}

// What is asked for with a context that ended changes nothing.
func TestEndedContext(t *testing.T) {
	p, _ := open(t)
	chief := found(t, p)
	before := must(p.CheckEvents(t.Context()))(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := p.Invite(ctx, chief.ID, Account{Login: "late", Name: "迟", Org: "001", Roles: Roles{Reader}}); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if _, _, err := p.Login(ctx, "chief", password, "", office); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if n := must(p.CheckEvents(t.Context()))(t); n != before {
		t.Errorf("%d events, were %d", n, before)
	}
}
