package people

import (
	"encoding/base32"
	"net/url"
	"strings"
	"testing"
	"time"
)

// codeOf is what an authenticator shows for a secret at a time.
func codeOf(t testing.TB, secret string, at time.Time) string {
	t.Helper()
	raw, err := base32.StdEncoding.DecodeString(secret)
	ok(t, err)
	return totp(raw, at.Unix()/stepSeconds)
}

// RFC 6238, appendix B, the values of SHA-1 shortened to six digits.
func TestTOTPVectors(t *testing.T) {
	for at, want := range map[int64]string{59: "287082", 1111111109: "081804", 1111111111: "050471", 1234567890: "005924", 2000000000: "279037", 20000000000: "353130"} {
		if got := totp([]byte("12345678901234567890"), at/stepSeconds); got != want {
			t.Errorf("%d: %s, want %s", at, got, want)
		}
	}
}

func TestMatch(t *testing.T) {
	secret := []byte("12345678901234567890")
	for _, c := range []struct {
		of, now, used int64
		ok            bool
	}{
		{100, 100, 0, true}, {99, 100, 0, true}, {101, 100, 0, true}, {98, 100, 0, false}, {102, 100, 0, false},
		{100, 100, 100, false}, {99, 100, 100, false}, {101, 100, 100, true}, {100, 100, 99, true},
	} {
		if step, ok := match(secret, totp(secret, c.of), c.now, c.used); ok != c.ok || ok && step != c.of {
			t.Errorf("%+v: %d %v", c, step, ok)
		}
	}
}

func TestSecondFactor(t *testing.T) {
	p, c, who := town(t)
	ctx := t.Context()
	id := who["clerk2"].ID
	_, err := p.ConfirmSecondFactor(ctx, id, "123456")
	denied(t, err, "factor_off")
	secret, uri := must2(p.BeginSecondFactor(ctx, id))(t)
	u, err := url.Parse(uri)
	if err != nil || u.Scheme != "otpauth" || u.Host != "totp" || u.Path != "/mulu:clerk2" || u.Query().Get("secret") != secret || u.Query().Get("issuer") != "mulu" {
		t.Errorf("%s %v", uri, err)
	}
	login(t, p, "clerk2") // it does not count yet
	_, err = p.ConfirmSecondFactor(ctx, id, "000000")
	denied(t, err, "factor_code")
	code := codeOf(t, secret, c.now())
	recovery := must(p.ConfirmSecondFactor(ctx, id, code[:3]+" "+code[3:]))(t)
	if len(recovery) != 10 || len(recovery[0]) != 11 {
		t.Fatalf("%v", recovery)
	}
	_, _, err = p.BeginSecondFactor(ctx, id)
	denied(t, err, "factor_on")
	if !must(p.Person(ctx, id))(t).SecondFactor {
		t.Error("the account does not say so")
	}

	enter := func(code, want string) *Denied {
		t.Helper()
		_, _, err := p.Login(ctx, "clerk2", password, code, office)
		return denied(t, err, want)
	}
	enter("", "code_wanted")
	enter(code, "code_wrong") // it was used to confirm
	c.pass(30 * time.Second)
	enter(codeOf(t, secret, c.now()), "")
	if no := enter(codeOf(t, secret, c.now()), "code_wrong"); no.Args[0] != "4" {
		t.Errorf("%+v", no)
	}
	enter(codeOf(t, secret, c.now().Add(30*time.Second)), "") // the phone's clock is ahead
	c.pass(5 * time.Minute)
	enter(codeOf(t, secret, c.now().Add(-30*time.Second)), "")
	enter(strings.ToUpper(recovery[3]), "")
	enter(recovery[3], "code_wrong")
	enter(strings.ReplaceAll(recovery[0], "-", " "), "")
	e := must(p.Events(ctx, EventFilter{Kind: "login", OK: &yes, Limit: 1}))(t)
	if e[0].Detail != "recovery" {
		t.Errorf("%+v", e[0])
	}

	// who has the password and not the phone is locked out like anybody
	for range 4 {
		enter("000000", "code_wrong")
	}
	enter("000000", "locked")
	c.pass(15 * time.Minute)

	// a reset password does not open what has a second factor
	token := must(p.Reset(ctx, who["sys2"].ID, id))(t)
	must(p.Redeem(ctx, token, password, office))(t)
	enter("", "code_wanted")
	ok(t, p.EndSecondFactor(ctx, who["safe2"].ID, id))
	enter("", "")
	denied(t, p.EndSecondFactor(ctx, id, id), "factor_off")
}
