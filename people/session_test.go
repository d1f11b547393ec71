package people

import (
	"errors"
	"testing"
	"time"
)

func TestSession(t *testing.T) {
	p, c, who := town(t)
	ctx := t.Context()
	cookie, s := login(t, p, "clerk2")
	if s.Person.ID != who["clerk2"].ID || s.From != "10.20.*.*" || s.Agent != "Mozilla/5.0" || s.CSRF == "" || !s.Fresh.Equal(c.now()) || !s.Until.Equal(c.now().Add(30*time.Minute)) {
		t.Errorf("%+v", s)
	}
	again := must(p.Session(ctx, cookie))(t)
	if again.ID != s.ID || again.CSRF != s.CSRF {
		t.Errorf("%+v", again)
	}
	other, o := login(t, p, "clerk2")
	if other == cookie || o.ID == s.ID || o.CSRF == s.CSRF {
		t.Error("two logins share something")
	}
	if list := must(p.Sessions(ctx, who["clerk2"].ID))(t); len(list) != 2 || list[0].CSRF != "" {
		t.Errorf("%+v", list)
	}
	for _, bad := range []string{"", "x", cookie[:42], cookie[:42] + "!", s.ID, cookie + "a"} {
		if _, err := p.Session(ctx, bad); !errors.Is(err, ErrNoSession) {
			t.Errorf("%q: %v", bad, err)
		}
	}
	if err := p.EndSession(ctx, who["clerk2"].ID, who["sys2"].ID, s.ID); err == nil {
		t.Error("somebody else's session is ended")
	}
	if err := p.EndSession(ctx, who["sys2"].ID, who["sys2"].ID, s.ID); !errors.Is(err, ErrNoSession) {
		t.Errorf("ended under another's name: %v", err)
	}
	ok(t, p.EndSession(ctx, who["clerk2"].ID, who["clerk2"].ID, o.ID))
	if _, err := p.Session(ctx, other); !errors.Is(err, ErrNoSession) {
		t.Error(err)
	}
	ok(t, p.Logout(ctx, cookie))
	if _, err := p.Session(ctx, cookie); !errors.Is(err, ErrNoSession) {
		t.Error(err)
	}
	if err := p.Logout(ctx, cookie); !errors.Is(err, ErrNoSession) {
		t.Error(err)
	}
}

// A session ends half an hour after it was used last, and twelve hours after the login however much it is used.
func TestSessionEndsByItself(t *testing.T) {
	p, c, who := town(t)
	ctx := t.Context()
	idle, _ := login(t, p, "clerk2")
	c.pass(30*time.Minute - time.Second)
	must(p.Session(ctx, idle))(t)
	c.pass(30*time.Minute - time.Second)
	used := must(p.Session(ctx, idle))(t)
	if !used.Seen.Equal(c.now()) || !used.Until.Equal(c.now().Add(30*time.Minute)) {
		t.Errorf("%+v", used)
	}
	if a := must(p.Person(ctx, who["clerk2"].ID))(t); !a.Seen.Equal(c.now()) {
		t.Errorf("seen %s", a.Seen)
	}
	c.pass(30 * time.Minute)
	if _, err := p.Session(ctx, idle); !errors.Is(err, ErrNoSession) {
		t.Errorf("after half an hour: %v", err)
	}
	if list := must(p.Sessions(ctx, who["clerk2"].ID))(t); len(list) != 0 {
		t.Errorf("%+v", list)
	}
	busy, s := login(t, p, "clerk2")
	for c.now().Before(s.Made.Add(12*time.Hour - 10*time.Minute)) {
		must(p.Session(ctx, busy))(t)
		c.pass(10 * time.Minute)
	}
	if last := must(p.Session(ctx, busy))(t); !last.Until.Equal(s.Made.Add(12 * time.Hour)) {
		t.Errorf("until %s", last.Until)
	}
	c.pass(10 * time.Minute)
	if _, err := p.Session(ctx, busy); !errors.Is(err, ErrNoSession) {
		t.Errorf("after twelve hours: %v", err)
	}
	var left int
	login(t, p, "clerk3")
	ok(t, p.readers.QueryRow("SELECT count(*) FROM session").Scan(&left))
	if left != 1 {
		t.Errorf("%d sessions are kept, one goes on", left)
	}
}

func TestConfirm(t *testing.T) {
	p, c, _ := town(t)
	ctx := t.Context()
	cookie, s := login(t, p, "clerk2")
	c.pass(10 * time.Minute)
	if got := must(p.Session(ctx, cookie))(t); !got.Fresh.Equal(s.Fresh) {
		t.Error("fresh without a password")
	}
	no := denied(t, p.Confirm(ctx, cookie, "wrong"), "password_wrong")
	if no.Args[0] != "4" {
		t.Errorf("%+v", no)
	}
	ok(t, p.Confirm(ctx, cookie, password))
	if got := must(p.Session(ctx, cookie))(t); !got.Fresh.Equal(c.now()) {
		t.Errorf("fresh %s", got.Fresh)
	}
	for range 4 {
		denied(t, p.Confirm(ctx, cookie, "wrong"), "password_wrong")
	}
	denied(t, p.Confirm(ctx, cookie, "wrong"), "locked")
	denied(t, p.Confirm(ctx, cookie, password), "locked")
	if err := p.Confirm(ctx, "no-cookie", password); !errors.Is(err, ErrNoSession) {
		t.Error(err)
	}
}

func TestChangePassword(t *testing.T) {
	p, c, _ := town(t)
	ctx := t.Context()
	other, _ := login(t, p, "clerk2")
	cookie, _ := login(t, p, "clerk2")
	c.pass(time.Minute)
	const next = "Qiu-Fen-2026"
	denied(t, p.ChangePassword(ctx, cookie, "wrong", next), "password_wrong")
	denied(t, p.ChangePassword(ctx, cookie, password, password), "password_same")
	denied(t, p.ChangePassword(ctx, cookie, password, "short"), "password_weak")
	ok(t, p.ChangePassword(ctx, cookie, password, next))
	if s := must(p.Session(ctx, cookie))(t); !s.Fresh.Equal(c.now()) {
		t.Error("not fresh")
	}
	if _, err := p.Session(ctx, other); !errors.Is(err, ErrNoSession) {
		t.Errorf("the other session goes on: %v", err)
	}
	_, _, err := p.Login(ctx, "clerk2", password, "", office)
	denied(t, err, "wrong")
	must2(p.Login(ctx, "clerk2", next, "", office))(t)
}

// The digest of a cookie cannot be put into the file, nor a session given to somebody else.
func TestForgedRows(t *testing.T) {
	for name, forge := range map[string]string{
		"roles":    "UPDATE account SET roles = 'system' WHERE login = 'clerk2'",
		"org":      "UPDATE account SET org = '001' WHERE login = 'clerk2'",
		"status":   "UPDATE account SET status = 'invited' WHERE login = 'clerk2'",
		"password": "UPDATE account SET password = (SELECT password FROM account WHERE login = 'chief') WHERE login = 'clerk2'",
		"factor":   "UPDATE account SET factor = x'00' WHERE login = 'clerk2'",
		"name":     "UPDATE account SET name = (SELECT name FROM account WHERE login = 'chief') WHERE login = 'clerk2'",
		"session":  "UPDATE session SET person = (SELECT id FROM account WHERE login = 'chief')",
		"made":     "UPDATE session SET made = made + 1",
	} {
		t.Run(name, func(t *testing.T) {
			p, _, _ := town(t)
			cookie, _ := login(t, p, "clerk2")
			r, err := raw(t, p.cfg.Path).Exec(forge)
			ok(t, err)
			if n, _ := r.RowsAffected(); n != 1 {
				t.Fatalf("%d rows forged", n)
			}
			if s, err := p.Session(t.Context(), cookie); !errors.Is(err, ErrForged) {
				t.Errorf("%+v %v", s, err)
			}
		})
	}
	p, _, who := town(t)
	guest, token, err := p.Invite(t.Context(), who["chief"].ID, Account{Login: "guest", Name: "客", Org: "002", Roles: Roles{Reader}})
	ok(t, err)
	if _, err := raw(t, p.cfg.Path).Exec("UPDATE link SET person = ? WHERE person = ?", who["chief"].ID, guest.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := p.Redeem(t.Context(), token, password, office); !errors.Is(err, ErrForged) {
		t.Errorf("a link is turned to somebody else: %v", err)
	}
}

func TestIdentity(t *testing.T) {
	p, _, who := town(t)
	ctx := t.Context()
	id := who["clerk2"].ID
	_, _, err := p.Arrive(ctx, "city", "u-1", office)
	denied(t, err, "identity_unknown")
	for _, bad := range [][2]string{{"", "u"}, {"City!", "u"}, {"city", ""}} {
		denied(t, p.LinkIdentity(ctx, id, id, bad[0], bad[1]), "identity_form")
	}
	ok(t, p.LinkIdentity(ctx, id, id, "city", "u-1"))
	denied(t, p.LinkIdentity(ctx, who["clerk"].ID, who["clerk"].ID, "city", "u-1"), "identity_taken")
	cookie, s := must2(p.Arrive(ctx, "city", "u-1", office))(t)
	if s.Person.ID != id || !s.Fresh.IsZero() || must(p.Session(ctx, cookie))(t).Person.ID != id {
		t.Errorf("%+v", s)
	}
	_, _, err = p.Arrive(ctx, "province", "u-1", office)
	denied(t, err, "identity_unknown")
	ok(t, p.Confirm(ctx, cookie, password))
	ok(t, p.LinkIdentity(ctx, id, id, "city", "u-2"))
	_, _, err = p.Arrive(ctx, "city", "u-1", office)
	denied(t, err, "identity_unknown")
	ok(t, p.CloseAccount(ctx, who["sys2"].ID, id, "调离"))
	_, _, err = p.Arrive(ctx, "city", "u-2", office)
	denied(t, err, "closed")
	ok(t, p.Reopen(ctx, who["sys2"].ID, id))
	must2(p.Arrive(ctx, "city", "u-2", office))(t)
	if _, err := raw(t, p.cfg.Path).Exec("UPDATE identity SET person = ?", who["chief"].ID); err != nil {
		t.Fatal(err)
	}
	if _, _, err := p.Arrive(ctx, "city", "u-2", office); !errors.Is(err, ErrForged) {
		t.Errorf("an identity is turned to somebody else: %v", err)
	}
	ok(t, p.UnlinkIdentity(ctx, who["chief"].ID, who["chief"].ID, "city"))
	_, _, err = p.Arrive(ctx, "city", "u-2", office)
	denied(t, err, "identity_unknown")
}
