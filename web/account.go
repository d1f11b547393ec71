package web

import (
	"errors"
	"net/url"
	"strings"

	"mulu/people"
)

// administrators are those who see accounts; what each may do with them, people decides.
var administrators = Only(people.System, people.Security, people.Auditor)

func accountRoutes() []Route {
	system, security, auditor := Only(people.System), Only(people.Security), Only(people.Auditor)
	return []Route{
		{"GET", "/accounts", administrators, false, (*visit).accounts},
		{"GET", "/accounts/new", system, false, (*visit).invitePage},
		{"POST", "/accounts/new", system, false, (*visit).invite},
		{"GET", "/accounts/{id}", administrators, false, (*visit).accountPage},
		{"POST", "/accounts/{id}/name", system, false, (*visit).renameAccount},
		{"POST", "/accounts/{id}/roles", security, false, (*visit).setRoles},
		{"POST", "/accounts/{id}/reset", system, false, (*visit).resetAccount},
		{"POST", "/accounts/{id}/unlock", system, false, (*visit).unlockAccount},
		{"POST", "/accounts/{id}/close", system, false, (*visit).closeAccount},
		{"POST", "/accounts/{id}/reopen", system, false, (*visit).reopenAccount},
		{"POST", "/accounts/{id}/factor", security, false, (*visit).endFactor},
		{"POST", "/accounts/{id}/sessions/end", system, false, (*visit).endSessionOf},
		{"GET", "/audit", auditor, false, (*visit).audit},
		{"GET", "/audit/csv", auditor, false, (*visit).auditCSV},
		{"POST", "/audit/check", auditor, false, (*visit).checkAudit},
		{"GET", "/settings", OfBureau(people.System, people.Security, people.Auditor, people.Approver), false, (*visit).settings},
		{"POST", "/settings/edition", OfBureau(people.Approver), false, (*visit).adoptEdition},
		{"GET", "/settings/permissions", Members, false, (*visit).permissions},
	}
}

// accountList is the accounts of an institution, or of all for the bureau's administrators (账号).
type accountList struct {
	Words, Status, Org string
	Rows               []accountLine
	Next, First        string
	States, Orgs       []option
}

// accountLine is an account in a list.
type accountLine struct {
	people.Person
	Short string // of the institution
}

// Locked tells whether wrong attempts have locked it.
func (a accountLine) Locked() bool { return !a.LockedUntil.IsZero() }

// Filtered tells whether the list is narrowed.
func (l *accountList) Filtered() bool { return l.Words != "" || l.Status != "" || l.Org != "" }

const accountsAPage = 50

func (v *visit) accounts() error {
	q := v.R.URL.Query()
	l := &accountList{Words: strings.TrimSpace(q.Get("q")), Status: q.Get("status"), Org: q.Get("org")}
	for _, s := range []string{people.Active, people.Invited, people.Closed} {
		l.States = append(l.States, option{s, v.accountState(s)})
	}
	ask := people.Filter{Org: v.Person.Org, Words: l.Words, Status: l.Status, After: q.Get("after"), Limit: accountsAPage}
	if v.bureau() {
		ask.Org = l.Org
		var err error
		if l.Orgs, err = v.orgOptions(); err != nil {
			return err
		}
	} else {
		l.Org = ""
	}
	list, err := v.People.Accounts(v.R.Context(), ask)
	if err != nil {
		return err
	}
	w := v.speakers()
	for _, p := range list {
		l.Rows = append(l.Rows, accountLine{p, w.short(p.Org)})
	}
	if len(list) == accountsAPage {
		l.Next = v.withQuery("after", list[len(list)-1].ID)
	}
	if q.Get("after") != "" {
		l.First = v.withQuery("after", "")
	}
	return v.show("accounts", l)
}

// accountState is the word of an account's state.
func (v *visit) accountState(s string) string {
	switch s {
	case people.Active:
		return v.t("在用")
	case people.Invited:
		return v.t("待设密码")
	case people.Closed:
		return v.t("已停用")
	}
	return s
}

// inviteForm makes an account. Link is shown once, when it is made.
type inviteForm struct {
	form
	Orgs  []option // the bureau chooses the institution
	Roles people.Roles
	Made  *accountLine
	Link  string
}

// Chosen tells whether a role is ticked.
func (f *inviteForm) Chosen(r people.Role) bool { return chosen(f.Values, r) }

func chosen(typed url.Values, r people.Role) bool {
	for _, c := range typed["role"] {
		if c == string(r) {
			return true
		}
	}
	return false
}

func (v *visit) inviteForm(f form) (*inviteForm, error) {
	i := &inviteForm{form: f, Roles: people.All()}
	var err error
	if v.bureau() {
		i.Orgs, err = v.orgOptions()
	}
	return i, err
}

func (v *visit) invitePage() error {
	values := url.Values{"org": {v.Person.Org}}
	if org := v.R.URL.Query().Get("org"); org != "" && v.bureau() {
		values.Set("org", org)
	}
	f, err := v.inviteForm(form{Values: values})
	if err != nil {
		return err
	}
	return v.show("account_new", f)
}

// invite makes an account and shows the one-time link; it is not kept anywhere, so this page is the only one that has it.
func (v *visit) invite() error {
	f, err := v.inviteForm(v.typed())
	if err != nil {
		return err
	}
	a := people.Account{Login: v.text("login"), Name: v.text("name"), Org: v.Person.Org, Roles: v.typedRoles()}
	if v.bureau() {
		a.Org = v.text("org")
		if _, ok := v.shortOf(a.Org); !ok {
			return v.again("account_new", &f.form, f, &people.Denied{Code: "org_form"})
		}
	}
	p, token, err := v.People.Invite(v.R.Context(), v.Person.ID, a)
	if err != nil {
		return v.again("account_new", &f.form, f, err)
	}
	short, _ := v.shortOf(p.Org)
	f.Made, f.Link = &accountLine{p, short}, v.address("/join/"+token)
	return v.show("account_new", f)
}

func (v *visit) typedRoles() (roles people.Roles) {
	for _, r := range v.R.PostForm["role"] {
		roles = append(roles, people.Role(r))
	}
	return roles
}

// shortOf is an institution's short name, and whether there is one.
func (v *visit) shortOf(org string) (string, bool) {
	o, err := v.org(org)
	if err != nil {
		return "", false
	}
	return o.Short, true
}

// accountView is the page of one account. Open names the form in which something was refused.
type accountView struct {
	accountLine
	Sessions []people.Session
	All      people.Roles
	Open     string
	Form     form
	Link     string // a new one-time link, shown once
	Mine     bool
}

// Typed is what stands in a form of the page.
func (a *accountView) Typed(name string) form {
	if name == a.Open {
		return a.Form
	}
	f := form{Values: url.Values{}}
	switch name {
	case "name":
		f.Set("name", a.Name)
	case "roles":
		for _, r := range a.Roles {
			f.Add("role", string(r))
		}
	}
	return f
}

// Chosen tells whether a role is ticked in the form of roles.
func (a *accountView) Chosen(r people.Role) bool { return chosen(a.Typed("roles").Values, r) }

func (v *visit) accountView() (*accountView, error) {
	p, err := v.People.Person(v.R.Context(), v.R.PathValue("id"))
	if errors.Is(err, people.ErrNoPerson) {
		return nil, errAbsent
	}
	if err != nil {
		return nil, err
	}
	if !v.own(p.Org) && !v.bureau() { // whether it exists is nobody else's matter
		return nil, errAbsent
	}
	short, _ := v.shortOf(p.Org)
	a := &accountView{accountLine: accountLine{p, short}, All: people.All(), Mine: p.ID == v.Person.ID}
	a.Sessions, err = v.People.Sessions(v.R.Context(), p.ID)
	return a, err
}

func (v *visit) accountPage() error {
	a, err := v.accountView()
	if err != nil {
		return err
	}
	return v.show("account", a)
}
