package web

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"rsc.io/qr"

	"mulu"
	"mulu/people"
)

func doorRoutes() []Route {
	return []Route{
		{"GET", "/login", Everybody, false, (*visit).loginPage},
		{"POST", "/login", Everybody, false, (*visit).login},
		{"POST", "/logout", Members, false, (*visit).logout},
		{"GET", "/start/{token}", Everybody, false, (*visit).startPage},
		{"POST", "/start/{token}", Everybody, false, (*visit).start},
		{"GET", "/join/{token}", Everybody, false, (*visit).joinPage},
		{"POST", "/join/{token}", Everybody, false, (*visit).join},
		{"POST", "/language", Everybody, false, (*visit).chooseLanguage},
		{"POST", "/elder", Everybody, false, (*visit).chooseElder},
		{"GET", "/me", Members, false, (*visit).mePage},
		{"POST", "/me/password", Members, false, (*visit).changePassword},
		{"POST", "/me/second", Members, false, (*visit).beginSecond},
		{"POST", "/me/second/confirm", Members, false, (*visit).confirmSecond},
		{"POST", "/me/second/end", Members, false, (*visit).endSecond},
		{"POST", "/me/sessions/end", Members, false, (*visit).endSession},
	}
}

// loginForm is the login page. Kept is what a form held when the session had ended; it is handed on after the login.
type loginForm struct {
	form
	Code   bool // ask for the second factor
	Back   string
	Kept   url.Values
	KeptTo string
	Demo   []DemoAccount
}

// DemoAccount is an account of a sandbox that the login page offers.
type DemoAccount struct {
	Login, Password, Org string
	Roles                people.Roles
}

func (v *visit) loginPage() error {
	if v.Person != nil {
		return v.to("/")
	}
	return v.show("login", &loginForm{form: form{Values: url.Values{}}, Back: v.R.URL.Query().Get("back"), Demo: v.Demo()})
}

// askLogin answers who is not logged in: a login that leads back, and where a form was sent, one that keeps what was typed.
func (v *visit) askLogin() {
	if v.R.Header.Get("HX-Request") != "" {
		v.W.Header().Set("HX-Redirect", "/login?back="+url.QueryEscape(v.R.Header.Get("HX-Current-URL")))
		v.W.WriteHeader(http.StatusUnauthorized)
		return
	}
	f := &loginForm{form: form{Values: url.Values{}}, Back: v.R.URL.RequestURI(), Demo: v.Demo()}
	if v.R.Method == http.MethodPost {
		f.Back = ""
		if !v.route.Large {
			f.Kept, f.KeptTo = url.Values{}, v.R.URL.Path
			for name, values := range v.R.PostForm {
				if name != "csrf" && !strings.Contains(name, "password") {
					f.Kept[name] = values
				}
			}
		}
		f.Wrong = &trouble{Text: v.t("登录已过期，请重新登录。"), Mend: v.t("您填写的内容已保留，登录后可继续提交。")}
	}
	if err := v.showAs(http.StatusUnauthorized, "login", f); err != nil {
		v.fail(err)
	}
}

func (v *visit) login() error {
	f := &loginForm{form: v.typed(), Back: v.text("back"), KeptTo: v.text("kept_to"), Demo: v.Demo()}
	f.Kept = url.Values{}
	for name, values := range v.R.PostForm {
		if kept, ok := strings.CutPrefix(name, "kept."); ok {
			f.Kept[kept] = values
		}
	}
	cookie, s, err := v.People.Login(v.R.Context(), v.text("login"), v.R.PostFormValue("password"), v.text("code"), v.origin())
	var denied *people.Denied
	if errors.As(err, &denied) && (denied.Code == "code_wanted" || denied.Code == "code_wrong") {
		f.Code = true
	}
	if err != nil {
		return v.again("login", &f.form, f, err)
	}
	v.cookie(sessionCookie, cookie, 0)
	if ours(f.KeptTo) {
		v.Session, v.Person = &s, &s.Person
		if v.Org, err = v.org(s.Person.Org); err != nil {
			return err
		}
		return v.show("kept", f)
	}
	if ours(f.Back) && !strings.HasPrefix(f.Back, "/log") {
		return v.to(f.Back)
	}
	return v.to("/")
}

func (v *visit) logout() error {
	if c, err := v.R.Cookie(sessionCookie); err == nil {
		if err := v.People.Logout(v.R.Context(), c.Value); err != nil {
			return err
		}
	}
	v.cookie(sessionCookie, "", -1)
	return v.to("/login")
}

// joinForm is the page behind a one-time link: a new account or a new password.
type joinForm struct {
	form
	Person people.Person
	First  bool   // the very first account
	Serves string // then the institution that it is of
}

func (v *visit) startPage() error {
	return v.show("join", &joinForm{form: form{Values: url.Values{}}, First: true, Serves: v.orgName(v.operator())})
}

func (v *visit) start() error {
	f := &joinForm{form: v.typed(), First: true, Serves: v.orgName(v.operator())}
	if v.R.PostFormValue("password") != v.R.PostFormValue("again") {
		return v.again("join", &f.form, f, &people.Denied{Code: "password_differs"})
	}
	_, err := v.People.Found(v.R.Context(), v.R.PathValue("token"), people.Account{Login: v.text("login"), Name: v.text("name"), Org: v.operator()},
		v.R.PostFormValue("password"), v.origin())
	if err != nil {
		return v.again("join", &f.form, f, err)
	}
	v.tell(told{Kind: "ok", Text: v.t("账号已建立，请登录。")})
	return v.to("/login")
}

// operator is the institution that runs this node, whose first account is made here; "" while the node is no member of
// the chain yet, and then it is the bureau's.
func (v *visit) operator() string {
	var n mulu.Node
	raw, ok := v.Desk.Chain.Get(mulu.KindNode, v.Node)
	if !ok || json.Unmarshal(raw, &n) != nil {
		return ""
	}
	return n.Operator
}

func (v *visit) joinPage() error {
	p, err := v.People.Invitation(v.R.Context(), v.R.PathValue("token"))
	if err != nil {
		return err
	}
	return v.show("join", &joinForm{form: form{Values: url.Values{}}, Person: p})
}

func (v *visit) join() error {
	p, err := v.People.Invitation(v.R.Context(), v.R.PathValue("token"))
	if err != nil {
		return err
	}
	f := &joinForm{form: v.typed(), Person: p}
	if v.R.PostFormValue("password") != v.R.PostFormValue("again") {
		return v.again("join", &f.form, f, &people.Denied{Code: "password_differs"})
	}
	if _, err = v.People.Redeem(v.R.Context(), v.R.PathValue("token"), v.R.PostFormValue("password"), v.origin()); err != nil {
		return v.again("join", &f.form, f, err)
	}
	v.tell(told{Kind: "ok", Text: v.t("密码已设置，请登录。")})
	return v.to("/login")
}

const year = 365 * 24 * 3600

func (v *visit) chooseLanguage() error {
	lang := v.text("lang")
	if !known(lang) {
		return errAbsent
	}
	v.cookie(languageCookie, lang, year)
	return v.prefer(lang, v.Elder)
}

func (v *visit) chooseElder() error {
	on := v.text("elder") == "1"
	value := "0"
	if on {
		value = "1"
	}
	v.cookie(elderCookie, value, year)
	return v.prefer(v.Lang, on)
}

// prefer keeps the choice with the account, so that it is there on another machine.
func (v *visit) prefer(lang string, elder bool) error {
	if v.Person != nil {
		if err := v.People.Prefer(v.R.Context(), v.Person.ID, lang, elder); err != nil {
			return err
		}
	}
	return v.to(v.back("/"))
}

// mine is the page of one's own account.
type mine struct {
	form
	Sessions []people.Session
	Secret   string // of a second factor being set up
	URI      string
	Square   square
	Recovery []string // shown once
}

func (v *visit) mePage() error {
	m, err := v.mine()
	if err != nil {
		return err
	}
	return v.show("me", m)
}

func (v *visit) mine() (*mine, error) {
	sessions, err := v.People.Sessions(v.R.Context(), v.Person.ID)
	return &mine{form: form{Values: url.Values{}}, Sessions: sessions}, err
}

func (v *visit) changePassword() error {
	m, err := v.mine()
	if err != nil {
		return err
	}
	if v.R.PostFormValue("password") != v.R.PostFormValue("again") {
		return v.again("me", &m.form, m, &people.Denied{Code: "password_differs"})
	}
	c, err := v.R.Cookie(sessionCookie)
	if err != nil {
		return errNobody
	}
	if err := v.People.ChangePassword(v.R.Context(), c.Value, v.R.PostFormValue("old_password"), v.R.PostFormValue("password")); err != nil {
		return v.again("me", &m.form, m, err)
	}
	v.tell(told{Kind: "ok", Text: v.t("密码已更换，其他登录已退出。")})
	return v.to("/me")
}

func (v *visit) beginSecond() error {
	m, err := v.mine()
	if err != nil {
		return err
	}
	if m.Secret, m.URI, err = v.People.BeginSecondFactor(v.R.Context(), v.Person.ID); err != nil {
		return v.again("me", &m.form, m, err)
	}
	if m.Square, err = newSquare(m.URI); err != nil {
		return err
	}
	return v.show("me", m)
}

func (v *visit) confirmSecond() error {
	m, err := v.mine()
	if err != nil {
		return err
	}
	if m.Recovery, err = v.People.ConfirmSecondFactor(v.R.Context(), v.Person.ID, v.text("code")); err != nil {
		m.Secret, m.URI = v.text("secret"), v.text("uri")
		if sq, err := newSquare(m.URI); err == nil {
			m.Square = sq
		}
		return v.again("me", &m.form, m, err)
	}
	v.Person.SecondFactor = true
	return v.show("me", m)
}

func (v *visit) endSecond() error {
	m, err := v.mine()
	if err != nil {
		return err
	}
	c, err := v.R.Cookie(sessionCookie)
	if err != nil {
		return errNobody
	}
	if err := v.People.Confirm(v.R.Context(), c.Value, v.R.PostFormValue("old_password")); err != nil {
		return v.again("me", &m.form, m, err)
	}
	if err := v.People.EndSecondFactor(v.R.Context(), v.Person.ID, v.Person.ID); err != nil {
		return v.again("me", &m.form, m, err)
	}
	v.tell(told{Kind: "warn", Text: v.t("第二因素已停用。")})
	return v.to("/me")
}

func (v *visit) endSession() error {
	err := v.People.EndSession(v.R.Context(), v.Person.ID, v.Person.ID, v.text("session"))
	if err != nil && !errors.Is(err, people.ErrNoSession) { // it may have ended by itself meanwhile
		return err
	}
	return v.to("/me")
}

// square is a QR code as the path of an SVG, Size modules on a side with the quiet zone.
type square struct {
	Size int
	Path string
}

// newSquare makes a QR code with medium error correction.
func newSquare(text string) (square, error) {
	code, err := qr.Encode(text, qr.M)
	if err != nil {
		return square{}, err
	}
	const quiet = 4
	var b strings.Builder
	for y := range code.Size {
		for x := range code.Size {
			if code.Black(x, y) {
				b.WriteString("M" + strconv.Itoa(x+quiet) + " " + strconv.Itoa(y+quiet) + "h1v1h-1z")
			}
		}
	}
	return square{code.Size + 2*quiet, b.String()}, nil
}
