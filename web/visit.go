package web

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"time"

	"mulu"
	"mulu/act"
	"mulu/desk"
	"mulu/people"
)

const (
	sessionCookie  = "mulu_session"
	languageCookie = "mulu_lang"
	elderCookie    = "mulu_elder"
	toldCookie     = "mulu_told"
)

// mostForm bounds the body of an ordinary form.
const mostForm = 2 << 20

// A visit is one request: who asks, in which language, and how to answer.
type visit struct {
	*Web
	W       http.ResponseWriter
	R       *http.Request
	Lang    string
	Elder   bool
	Session *people.Session // nil for a visitor
	Person  *people.Person  // nil for a visitor
	Org     *mulu.Org       // the institution the person acts for; nil for a visitor
	route   Route
	under   string // the line of the menu that a page stands under, where its path does not say it
}

func (w *Web) serve(r Route) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, q *http.Request) {
		v := &visit{Web: w, W: rw, R: q, route: r}
		defer v.recovered()
		v.language()
		if err := v.enter(); err != nil {
			v.fail(err)
			return
		}
		if err := v.admit(); err != nil {
			v.fail(err)
			return
		}
		if err := r.do(v); err != nil {
			v.fail(err)
		}
	})
}

// enter finds out who asks.
func (v *visit) enter() error {
	c, err := v.R.Cookie(sessionCookie)
	if err != nil {
		return nil
	}
	s, err := v.People.Session(v.R.Context(), c.Value)
	if errors.Is(err, people.ErrNoSession) {
		v.cookie(sessionCookie, "", -1)
		return nil
	}
	if err != nil {
		return fmt.Errorf("look up the session: %w", err)
	}
	v.Session, v.Person = &s, &s.Person
	if known(v.Person.Lang) {
		v.Lang = v.Person.Lang
	}
	v.Elder = v.Elder || v.Person.Elder
	v.Org, err = v.org(v.Person.Org)
	return err
}

// org reads an institution from committed state, by which every permission goes.
func (v *visit) org(id string) (*mulu.Org, error) {
	raw, ok := v.Desk.Chain.Get(mulu.KindOrg, id)
	if !ok {
		return nil, fmt.Errorf("the institution %s of a person is not on the chain", id)
	}
	var o mulu.Org
	if err := json.Unmarshal(raw, &o); err != nil {
		return nil, fmt.Errorf("read institution %s: %w", id, err)
	}
	return &o, nil
}

// Words for what keeps somebody from a page.
var (
	errNobody  = errors.New("a login is needed")
	errNotHere = errors.New("the page is for others")
	errAbsent  = errors.New("there is no such page or thing")
	errForged  = errors.New("the form did not come from these pages, or is from before the last login")
	errLarge   = errors.New("what was sent is too large")
)

// admit checks the form and whether the page is for who asks.
func (v *visit) admit() error {
	changes := v.R.Method != http.MethodGet && v.R.Method != http.MethodHead
	if changes {
		if err := v.guard.Check(v.R); err != nil {
			return errForged
		}
		if !v.route.Large {
			v.R.Body = http.MaxBytesReader(v.W, v.R.Body, mostForm)
		}
		if !strings.HasPrefix(v.R.Header.Get("Content-Type"), "multipart/") {
			if err := v.R.ParseForm(); err != nil {
				return errLarge
			}
		}
	}
	a := v.route.For
	if v.Person == nil {
		if a.Public {
			return nil
		}
		return errNobody
	}
	if changes && !a.Public && !v.route.Large { // a form with files carries the token as its first part, see parts
		token := v.R.Header.Get("X-CSRF")
		if token == "" {
			token = v.R.PostFormValue("csrf")
		}
		if token != v.Session.CSRF {
			return errForged
		}
	}
	if !a.Admits(v.Person.Roles, v.Org.Bureau) {
		return errNotHere
	}
	return nil
}

// parts gives the parts of a form with files, after the first one, which must be the session's token. Fields before the
// files are read as they come, so that nothing is kept of a form that is not ours.
func (v *visit) parts() (*multipart.Reader, error) {
	r, err := v.R.MultipartReader()
	if err != nil {
		return nil, errForged
	}
	token, err := field(r, "csrf")
	if err == nil && token != v.Session.CSRF {
		err = errForged
	}
	return r, err
}

// field reads the next part of a form, which must be a field of this name.
func field(r *multipart.Reader, name string) (string, error) {
	p, err := r.NextPart()
	if err != nil || p.FormName() != name {
		return "", errForged
	}
	b, err := io.ReadAll(io.LimitReader(p, 4096))
	return string(b), err
}

// bureau tells whether who asks belongs to the competent bureau.
func (v *visit) bureau() bool { return v.Org != nil && v.Org.Bureau }

// own tells whether who asks acts for an institution.
func (v *visit) own(org string) bool { return v.Org != nil && v.Org.ID == org }

// by is who acts.
func (v *visit) by() desk.By {
	if v.Person == nil {
		return desk.By{}
	}
	return desk.By{Org: v.Person.Org, Person: v.Person.ID, Roles: v.Person.Roles}
}

// may tells whether the person's roles allow an act of a kind; the law is asked when it is done.
func (v *visit) may(kind string) bool { return v.Person != nil && v.by().May(kind) == nil }

// patience bounds how long a page waits for an act's block.
const patience = 20 * time.Second

// say has an act done and notes it in the audit log.
func (v *visit) say(a act.Act) (desk.Done, error) {
	ctx, cancel := context.WithTimeout(v.R.Context(), patience)
	defer cancel()
	done, err := v.Desk.Do(ctx, v.by(), a)
	detail := ""
	if err == nil {
		detail = fmt.Sprintf("record %d", done.Outcome.N)
	}
	var no *mulu.Refusal
	if errors.As(err, &no) {
		detail = no.Code
	}
	if noting := v.People.Note(v.R.Context(), people.Event{Person: v.Person.ID, Org: v.Person.Org, Kind: "act", Target: a.Kind(), Detail: detail,
		OK: err == nil, From: v.origin().Address}); noting != nil {
		return done, errors.Join(err, noting)
	}
	return done, err
}

// did tells, on the next page, what an act brought about, and goes there.
func (v *visit) did(done desk.Done, path string) error {
	v.tell(v.told(done))
	return v.to(path)
}

// told says what came of an act: each thing that happened with its provision, and what comes next.
func (v *visit) told(done desk.Done) told {
	t := told{Kind: "ok", Record: fmt.Sprint(done.Outcome.N), Late: !done.Readable}
	for i, f := range done.Outcome.Facts {
		if i == 6 {
			break
		}
		t.Facts = append(t.Facts, toldFact{f.Kind, f.ID, f.Art})
	}
	return t
}

// told is a message that stands on the next page: a sentence, or what an act brought about.
type told struct {
	Kind   string     `json:"k"` // ok | info | warn
	Text   string     `json:"t,omitempty"`
	Record string     `json:"r,omitempty"`
	Late   bool       `json:"l,omitempty"` // the pages do not show it yet
	Facts  []toldFact `json:"f,omitempty"`
}

type toldFact struct {
	Fact string      `json:"f"`
	ID   string      `json:"i"`
	Art  []mulu.Cite `json:"a"`
}

// tell keeps a message for the next page.
func (v *visit) tell(t told) {
	b, err := json.Marshal(t)
	if err != nil || len(b) > 2800 {
		return
	}
	v.cookie(toldCookie, base64.RawURLEncoding.EncodeToString(b), 60)
}

// heard takes the message that the page before left.
func (v *visit) heard() *told {
	c, err := v.R.Cookie(toldCookie)
	if err != nil {
		return nil
	}
	v.cookie(toldCookie, "", -1)
	b, err := base64.RawURLEncoding.DecodeString(c.Value)
	if err != nil {
		return nil
	}
	var t told
	if json.Unmarshal(b, &t) != nil {
		return nil
	}
	return &t
}

func (v *visit) cookie(name, value string, seconds int) {
	http.SetCookie(v.W, &http.Cookie{Name: name, Value: value, Path: "/", MaxAge: seconds, HttpOnly: true, Secure: v.Secure, SameSite: http.SameSiteLaxMode})
}

// to sends the browser to another page of ours.
func (v *visit) to(path string) error {
	if v.R.Header.Get("HX-Request") != "" {
		v.W.Header().Set("HX-Redirect", path)
		v.W.WriteHeader(http.StatusNoContent)
		return nil
	}
	http.Redirect(v.W, v.R, path, http.StatusSeeOther)
	return nil
}

// back is where a form wants to go afterwards: a path of ours, else the given one.
func (v *visit) back(otherwise string) string {
	if p := v.R.FormValue("back"); ours(p) {
		return p
	}
	return otherwise
}

// ours tells whether a text is a path of these pages and leads nowhere else.
func ours(p string) bool {
	u, err := url.Parse(p)
	return err == nil && strings.HasPrefix(p, "/") && !strings.HasPrefix(p, "//") && !strings.Contains(p, `\`) && u.Host == "" && u.Scheme == ""
}

// text is a field of the form, without space around it; line ends as one line feed.
func (v *visit) text(name string) string {
	return strings.TrimSpace(strings.ReplaceAll(v.R.FormValue(name), "\r\n", "\n"))
}

// origin is where the request came from, for sessions and the audit log.
func (v *visit) origin() people.Origin {
	host := v.R.RemoteAddr
	if i := strings.LastIndexByte(host, ':'); i > 0 {
		host = host[:i]
	}
	return people.Origin{Address: host, Agent: v.R.UserAgent()}
}

// language is the one asked for, the one chosen before, the browser's, else Chinese.
func (v *visit) language() {
	v.Lang = "zh"
	if c, err := v.R.Cookie(languageCookie); err == nil && known(c.Value) {
		v.Lang = c.Value
	} else if strings.HasPrefix(strings.ToLower(v.R.Header.Get("Accept-Language")), "en") {
		v.Lang = "en"
	}
	if c, err := v.R.Cookie(elderCookie); err == nil && c.Value == "1" {
		v.Elder = true
	}
}

// t says a sentence in the visit's language.
func (v *visit) t(zh string, args ...any) string { return v.shown[v.Lang].words.say(zh, args...) }
