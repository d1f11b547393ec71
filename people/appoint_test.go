package people

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// town is people of three institutions: the bureau 001, and 002, 003 with administrators of their own.
func town(t *testing.T) (*People, *clock, map[string]Person) {
	p, c := open(t)
	chief := found(t, p)
	who := map[string]Person{"chief": chief}
	for _, m := range []struct {
		login, org string
		role       Role
	}{{"safe", "001", Security}, {"audit", "001", Auditor}, {"clerk", "001", Steward}, {"sys2", "002", System}, {"safe2", "002", Security}, {"audit2", "002", Auditor},
		{"clerk2", "002", Steward}, {"sys3", "003", System}, {"clerk3", "003", Approver}} {
		who[m.login] = member(t, p, chief.ID, m.login, m.org, m.role)
	}
	return p, c, who
}

// Who may do what to whom: one table of deeds, each in a town of its own.
func TestWhoMayDoWhat(t *testing.T) {
	deeds := map[string]func(t *testing.T, p *People, by, id string) error{
		"close": func(t *testing.T, p *People, by, id string) error {
			return p.CloseAccount(t.Context(), by, id, "调离")
		},
		"reset": func(t *testing.T, p *People, by, id string) error {
			_, err := p.Reset(t.Context(), by, id)
			return err
		},
		"unlock": func(t *testing.T, p *People, by, id string) error { return p.Unlock(t.Context(), by, id) },
		"rename": func(t *testing.T, p *People, by, id string) error { return p.Amend(t.Context(), by, id, "新名", nil) },
		"roles": func(t *testing.T, p *People, by, id string) error {
			return p.Amend(t.Context(), by, id, "", Roles{Reader, Observer})
		},
		"to admin": func(t *testing.T, p *People, by, id string) error {
			return p.Amend(t.Context(), by, id, "", Roles{System})
		},
		"two admins": func(t *testing.T, p *People, by, id string) error {
			return p.Amend(t.Context(), by, id, "", Roles{System, Auditor})
		},
		"no roles": func(t *testing.T, p *People, by, id string) error { return p.Amend(t.Context(), by, id, "", Roles{}) },
		"machine": func(t *testing.T, p *People, by, id string) error {
			return p.Amend(t.Context(), by, id, "", Roles{Machine})
		},
		"session": func(t *testing.T, p *People, by, id string) error {
			_, s := login(t, p, must(p.Person(t.Context(), id))(t).Login)
			return p.EndSession(t.Context(), by, id, s.ID)
		},
		"end factor": func(t *testing.T, p *People, by, id string) error {
			_, _, err := p.BeginSecondFactor(t.Context(), id)
			ok(t, err)
			return p.EndSecondFactor(t.Context(), by, id)
		},
		"link": func(t *testing.T, p *People, by, id string) error {
			return p.LinkIdentity(t.Context(), by, id, "city", "u")
		},
		"unlink": func(t *testing.T, p *People, by, id string) error {
			return p.UnlinkIdentity(t.Context(), by, id, "city")
		},
		"invite into 002": func(t *testing.T, p *People, by, _ string) error {
			_, _, err := p.Invite(t.Context(), by, Account{Login: "newcomer", Name: "新人", Org: "002", Roles: Roles{Reader}})
			return err
		},
		"invite admin into 004": func(t *testing.T, p *People, by, _ string) error {
			_, _, err := p.Invite(t.Context(), by, Account{Login: "newcomer", Name: "新人", Org: "004", Roles: Roles{System}})
			return err
		},
	}
	settled, _, who := town(t)
	ok(t, settled.Close())
	file := must(os.ReadFile(settled.cfg.Path))(t)
	for _, c := range []struct{ by, deed, whom, want string }{
		{"chief", "close", "clerk", ""},
		{"chief", "close", "clerk2", ""},
		{"sys2", "close", "clerk2", ""},
		{"sys2", "close", "clerk3", "not_yours"},
		{"sys2", "close", "clerk", "not_yours"},
		{"safe", "close", "clerk", "not_yours"},
		{"audit", "close", "clerk", "not_yours"},
		{"clerk", "close", "clerk2", "not_yours"},
		{"chief", "close", "chief", "own_account"},
		{"chief", "close", "sys2", "last_admin"},
		{Owner, "close", "chief", "last_admin"},
		{Owner, "close", "clerk", ""},
		{"chief", "reset", "sys2", ""},
		{"sys2", "reset", "clerk2", ""},
		{"safe2", "reset", "clerk2", "not_yours"},
		{"clerk2", "reset", "clerk2", "not_yours"},
		{"sys3", "reset", "clerk2", "not_yours"},
		{"sys2", "unlock", "clerk2", ""},
		{"audit2", "unlock", "clerk2", "not_yours"},
		{"sys2", "rename", "clerk2", ""},
		{"safe2", "rename", "clerk2", "not_yours"},
		{"clerk2", "rename", "clerk2", "not_yours"},
		{"safe2", "roles", "clerk2", ""},
		{"safe", "roles", "clerk2", ""},
		{"safe2", "roles", "clerk3", "not_yours"},
		{"sys2", "roles", "clerk2", "not_yours"},
		{"chief", "roles", "clerk2", "not_yours"},
		{"audit2", "roles", "clerk2", "not_yours"},
		{"clerk2", "roles", "clerk2", "not_yours"},
		{"safe2", "roles", "safe2", "roles_own"},
		{"safe2", "roles", "sys2", "last_admin"},
		{"safe", "roles", "safe2", ""},
		{"safe2", "to admin", "clerk2", ""},
		{"safe2", "to admin", "safe2", "roles_own"},
		{"sys2", "to admin", "clerk2", "not_yours"},
		{"safe2", "two admins", "clerk2", "roles_separated"},
		{"safe2", "no roles", "clerk2", "roles_none"},
		{"safe2", "machine", "clerk2", "role_unknown"},
		{"clerk2", "session", "clerk2", ""},
		{"sys2", "session", "clerk2", ""},
		{"safe2", "session", "clerk2", "not_yours"},
		{"sys3", "session", "clerk2", "not_yours"},
		{"clerk2", "end factor", "clerk2", ""},
		{"safe2", "end factor", "clerk2", ""},
		{"safe", "end factor", "clerk2", ""},
		{"sys2", "end factor", "clerk2", "not_yours"},
		{"clerk2", "link", "clerk2", ""},
		{"sys2", "link", "clerk2", "identity_own"},
		{Owner, "link", "clerk2", ""},
		{"sys2", "unlink", "clerk2", ""},
		{"safe2", "unlink", "clerk2", "not_yours"},
		{"chief", "invite into 002", "clerk2", ""},
		{"sys2", "invite into 002", "clerk2", ""},
		{"sys3", "invite into 002", "clerk2", "not_yours"},
		{"safe2", "invite into 002", "clerk2", "not_yours"},
		{"chief", "invite admin into 004", "clerk2", ""},
		{"sys2", "invite admin into 004", "clerk2", "not_yours"},
	} {
		t.Run(c.by+" "+c.deed+" "+c.whom, func(t *testing.T) {
			cfg := settled.cfg
			cfg.Path = filepath.Join(t.TempDir(), "people.db")
			ok(t, os.WriteFile(cfg.Path, file, 0o600))
			p := reopen(t, cfg)
			by := Owner
			if c.by != Owner {
				by = who[c.by].ID
			}
			err := deeds[c.deed](t, p, by, who[c.whom].ID)
			denied(t, err, c.want)
			last := must(p.Events(t.Context(), EventFilter{Limit: 1}))(t)[0]
			if last.OK != (c.want == "") || last.Person != by || !last.OK && last.Detail != c.want {
				t.Errorf("the log says %+v", last)
			}
			must(p.CheckEvents(t.Context()))(t)
		})
	}
}

// An account that is closed acts no more, not even with a session; it comes back with the password it had.
func TestCloseAndReopen(t *testing.T) {
	p, _, who := town(t)
	ctx := t.Context()
	cookie, _ := login(t, p, "sys2")
	second := member(t, p, who["chief"].ID, "other2", "002", Reader)
	ok(t, p.Amend(ctx, who["safe2"].ID, second.ID, "", Roles{System}))
	denied(t, p.CloseAccount(ctx, second.ID, who["sys2"].ID, " "), "why_wanted")
	ok(t, p.CloseAccount(ctx, second.ID, who["sys2"].ID, "退休"))
	if _, err := p.Session(ctx, cookie); !errors.Is(err, ErrNoSession) {
		t.Errorf("the session goes on: %v", err)
	}
	_, _, err := p.Login(ctx, "sys2", password, "", office)
	denied(t, err, "closed")
	_, _, err = p.Login(ctx, "sys2", password+"x", "", office)
	denied(t, err, "wrong")
	denied(t, p.Unlock(ctx, who["sys2"].ID, who["clerk2"].ID), "closed")
	denied(t, p.CloseAccount(ctx, second.ID, who["sys2"].ID, "退休"), "closed")
	denied(t, p.CloseAccount(ctx, who["chief"].ID, second.ID, "调离"), "last_admin")
	_, err = p.Reset(ctx, second.ID, who["sys2"].ID)
	denied(t, err, "closed")
	denied(t, p.Reopen(ctx, who["safe2"].ID, who["sys2"].ID), "not_yours")
	ok(t, p.Reopen(ctx, second.ID, who["sys2"].ID))
	denied(t, p.Reopen(ctx, second.ID, who["sys2"].ID), "not_closed")
	login(t, p, "sys2")
	e := must(p.Events(ctx, EventFilter{Kind: "account.close", OK: &yes}))(t)
	if len(e) != 1 || e[0].Detail != "退休" || e[0].Org != "002" || e[0].Target != who["sys2"].ID {
		t.Errorf("%+v", e)
	}

	guest, token, err := p.Invite(ctx, second.ID, Account{Login: "guest2", Name: "客", Org: "002", Roles: Roles{Reader}})
	ok(t, err)
	ok(t, p.CloseAccount(ctx, second.ID, guest.ID, "误邀"))
	_, err = p.Redeem(ctx, token, password, office)
	denied(t, err, "link_used")
	ok(t, p.Reopen(ctx, second.ID, guest.ID))
	if g := must(p.Person(ctx, guest.ID))(t); g.Status != Invited {
		t.Errorf("%+v", g)
	}
	token = must(p.Reset(ctx, second.ID, guest.ID))(t)
	must(p.Redeem(ctx, token, password, office))(t)
	login(t, p, "guest2")
}

var yes, no = true, false

// A seat falls vacant when who holds it is closed, and can then be given with an invitation again.
func TestVacantSeat(t *testing.T) {
	p, _, who := town(t)
	ctx := t.Context()
	a := Account{Login: "safe2b", Name: "继任", Org: "002", Roles: Roles{Security}}
	_, _, err := p.Invite(ctx, who["sys2"].ID, a)
	denied(t, err, "seat_taken")
	if _, err := p.byLogin(ctx, p.readers, "safe2b"); err != nil {
		t.Fatal(err)
	}
	ok(t, p.CloseAccount(ctx, who["sys2"].ID, who["safe2"].ID, "退休"))
	_, _, err = p.Invite(ctx, who["sys2"].ID, a)
	ok(t, err)
}

// Names and roles are amended together only by who may do both, and what does not change needs nobody.
func TestAmend(t *testing.T) {
	p, _, who := town(t)
	ctx := t.Context()
	denied(t, p.Amend(ctx, who["sys2"].ID, who["clerk2"].ID, "新名", Roles{Approver}), "not_yours")
	if a := must(p.Person(ctx, who["clerk2"].ID))(t); a.Name == "新名" {
		t.Error("half of what was denied was done")
	}
	before := must(p.CheckEvents(ctx))(t)
	ok(t, p.Amend(ctx, who["clerk2"].ID, who["clerk2"].ID, who["clerk2"].Name, who["clerk2"].Roles))
	if n := must(p.CheckEvents(ctx))(t); n != before {
		t.Error("nothing changed and it was noted")
	}
	ok(t, p.Amend(ctx, who["sys2"].ID, who["clerk2"].ID, " 新名 ", who["clerk2"].Roles))
	ok(t, p.Amend(ctx, who["safe2"].ID, who["clerk2"].ID, "新名", Roles{Approver, Steward, Approver}))
	if a := must(p.Person(ctx, who["clerk2"].ID))(t); a.Name != "新名" || a.Roles.text() != "steward approver" {
		t.Errorf("%+v", a)
	}
	for name, bad := range map[string]string{"long": strings.Repeat("长", 61), "lines": "两\n行"} {
		if err := p.Amend(ctx, who["sys2"].ID, who["clerk2"].ID, bad, nil); err == nil {
			t.Errorf("a name is taken that is %s", name)
		}
	}
	if err := p.Amend(ctx, who["sys2"].ID, "p-unknown", "名", nil); !errors.Is(err, ErrNoPerson) {
		t.Error(err)
	}
	if err := p.Amend(ctx, "", who["clerk2"].ID, "名", nil); !errors.Is(err, ErrNoPerson) {
		t.Errorf("nobody amends: %v", err)
	}
}

// Roles given and taken hold at once in a session that is going on.
func TestRolesHoldAtOnce(t *testing.T) {
	p, _, who := town(t)
	cookie, s := login(t, p, "clerk2")
	if !s.Person.Roles.Has(Steward) {
		t.Fatalf("%+v", s)
	}
	ok(t, p.Amend(t.Context(), who["safe2"].ID, who["clerk2"].ID, "", Roles{Reader}))
	if s := must(p.Session(t.Context(), cookie))(t); s.Person.Roles.text() != "reader" {
		t.Errorf("%+v", s.Person)
	}
}

func TestInviteForms(t *testing.T) {
	p, _, who := town(t)
	good := Account{Login: "good", Name: "好", Org: "001", Roles: Roles{Reader}}
	for _, c := range []struct {
		change func(*Account)
		want   string
	}{
		{func(a *Account) {}, ""},
		{func(a *Account) { a.Login = "" }, "login_form"},
		{func(a *Account) { a.Login = "ab" }, "login_form"},
		{func(a *Account) { a.Login = "张三丰" }, "login_form"},
		{func(a *Account) { a.Login = "-abc" }, "login_form"},
		{func(a *Account) { a.Login = "a b c" }, "login_form"},
		{func(a *Account) { a.Login = "CHIEF" }, "login_taken"},
		{func(a *Account) { a.Login = "ｃｈｉｅｆ" }, "login_taken"},
		{func(a *Account) { a.Name = " " }, "name_form"},
		{func(a *Account) { a.Roles = nil }, "roles_none"},
		{func(a *Account) { a.Roles = Roles{"king"} }, "role_unknown"},
		{func(a *Account) { a.Roles = Roles{System, Security} }, "roles_separated"},
		{func(a *Account) { a.Org = "00 1" }, "org_form"},
	} {
		a := good
		c.change(&a)
		_, _, err := p.Invite(t.Context(), who["chief"].ID, a)
		denied(t, err, c.want)
	}
}

func TestLinks(t *testing.T) {
	p, c, who := town(t)
	ctx := t.Context()
	invite := func(login string) (Person, string) {
		return must2(p.Invite(ctx, who["chief"].ID, Account{Login: login, Name: "某", Org: "002", Roles: Roles{Reader}}))(t)
	}
	a, token := invite("late")
	if g := must(p.Invitation(ctx, " "+token+"\n"))(t); g.ID != a.ID || g.Name != "某" {
		t.Errorf("%+v", g)
	}
	c.pass(linkHolds - time.Second)
	must(p.Invitation(ctx, token))(t)
	c.pass(time.Second)
	_, err := p.Invitation(ctx, token)
	denied(t, err, "link_expired")
	_, err = p.Redeem(ctx, token, password, office)
	denied(t, err, "link_expired")
	renewed := must(p.Reset(ctx, who["sys2"].ID, a.ID))(t)
	_, err = p.Redeem(ctx, renewed, "weak", office)
	denied(t, err, "password_weak")
	must(p.Redeem(ctx, renewed, password, office))(t)
	_, err = p.Redeem(ctx, renewed, password, office)
	denied(t, err, "link_used")
	_, err = p.Redeem(ctx, token, password, office)
	denied(t, err, "link_used")
	_, err = p.Redeem(ctx, "", password, office)
	denied(t, err, "link_unknown")

	b, first := invite("twice")
	second := must(p.Reset(ctx, who["sys2"].ID, b.ID))(t)
	_, err = p.Redeem(ctx, first, password, office)
	denied(t, err, "link_used")
	must(p.Redeem(ctx, second, password, office))(t)

	cookie, _ := login(t, p, "twice")
	reset := must(p.Reset(ctx, who["sys2"].ID, b.ID))(t)
	if _, err := p.Session(ctx, cookie); !errors.Is(err, ErrNoSession) {
		t.Errorf("a reset leaves the session: %v", err)
	}
	_, _, err = p.Login(ctx, "twice", password, "", office)
	denied(t, err, "wrong")
	must(p.Redeem(ctx, reset, "Another-one-26", office))(t)
	must2(p.Login(ctx, "twice", "Another-one-26", "", office))(t)
}

// Two who redeem one link at once: one sets the password, the other is told that the link was used.
func TestRedeemAtOnce(t *testing.T) {
	p, _, who := town(t)
	_, token, err := p.Invite(t.Context(), who["chief"].ID, Account{Login: "race", Name: "某", Org: "002", Roles: Roles{Reader}})
	ok(t, err)
	came := make(chan error, 4)
	for range 4 {
		go func() {
			_, err := p.Redeem(t.Context(), token, password, office)
			came <- err
		}()
	}
	won := 0
	for range 4 {
		if err := <-came; err == nil {
			won++
		} else {
			denied(t, err, "link_used")
		}
	}
	if won != 1 {
		t.Errorf("%d set the password", won)
	}
}
