package web

import (
	"encoding/json"
	"errors"
	"net/url"
	"strings"

	"mulu"
	"mulu/people"
	"mulu/read"
)

func orgRoutes() []Route {
	bureau := OfBureau(people.Approver)
	return []Route{
		{"GET", "/orgs", Everybody, false, (*visit).orgs},
		{"GET", "/orgs/new", bureau, false, (*visit).newOrgPage},
		{"POST", "/orgs/new", bureau, false, (*visit).registerOrg},
		{"GET", "/orgs/check", bureau, false, (*visit).checkCreditCode},
		{"GET", "/orgs/{id}", Everybody, false, (*visit).orgPage},
		{"POST", "/orgs/{id}/amend", bureau, false, (*visit).amendOrg},
		{"POST", "/orgs/{id}/close", bureau, false, (*visit).closeOrg},
		{"POST", "/orgs/{id}/join", Only(people.Approver), false, (*visit).joinChain},
		{"POST", "/orgs/{id}/rotate", Only(people.Security), false, (*visit).rotateKey},
		{"POST", "/orgs/{id}/revoke", Only(people.Security), false, (*visit).revokeKey},
		{"POST", "/orgs/{id}/replace", OfBureau(people.Security), false, (*visit).replaceKey},
	}
}

// orgList is the register of institutions (机构名录).
type orgList struct {
	Words, Sort, Follows, Status string
	Rows                         []read.OrgRow
	Total                        int
	Next, First                  string
	Sorts, Followings, States    []option
}

// Filtered tells whether the list is narrowed, so that an empty one says what to do.
func (l *orgList) Filtered() bool {
	return l.Words != "" || l.Sort != "" || l.Follows != "" || l.Status != ""
}

const orgsAPage = 100

func (v *visit) orgs() error {
	q := v.R.URL.Query()
	l := &orgList{Words: strings.TrimSpace(q.Get("q")), Sort: q.Get("sort"), Follows: q.Get("follows"), Status: q.Get("status")}
	for _, c := range mulu.OrgSorts {
		l.Sorts = append(l.Sorts, option{c.Code, mulu.Word(mulu.OrgSorts, c.Code, v.Lang)})
	}
	l.Followings = []option{{"bound", v.t("应当执行")}, {"joined", v.t("参照执行")}, {"free", v.t("未参照执行")}}
	for _, s := range []string{"active", "keyless", "closed"} {
		l.States = append(l.States, option{s, mulu.Say(s, v.Lang)})
	}
	ask := read.OrgQuery{Words: l.Words, Sort: mulu.OrgKind(l.Sort), Status: l.Status, After: q.Get("after"), Limit: orgsAPage}
	bound, joined := l.Follows == "bound", l.Follows == "joined"
	if l.Follows != "" {
		ask.Bound = &bound
	}
	if joined || l.Follows == "free" {
		ask.Joined = &joined
	}
	var err error
	if l.Rows, l.Total, err = v.Read.Orgs(v.R.Context(), ask); err != nil {
		return err
	}
	if len(l.Rows) == orgsAPage {
		l.Next = v.withQuery("after", l.Rows[len(l.Rows)-1].ID)
	}
	if q.Get("after") != "" {
		l.First = v.withQuery("after", "")
	}
	return v.show("orgs", l)
}

// withQuery is the address of this page with one value of its query changed; "" takes it away.
func (v *visit) withQuery(name, value string) string {
	q := url.Values{}
	for k, list := range v.R.URL.Query() {
		if len(list) > 0 && list[0] != "" {
			q.Set(k, list[0])
		}
	}
	q.Del(name)
	if value != "" {
		q.Set(name, value)
	}
	if len(q) == 0 {
		return v.R.URL.Path
	}
	return v.R.URL.Path + "?" + q.Encode()
}

// orgView is the page of one institution. Open names the form in which something was refused, Form is what was typed there.
type orgView struct {
	mulu.Org
	Row      read.OrgRow
	Systems  int
	Tables   int
	Accounts int // -1 where who looks may not know
	Code     *trouble
	KeyHere  bool // this node signs for it
	Story    []storyLine
	Open     string
	Form     form
}

// Typed is what stands in a form of the page.
func (o *orgView) Typed(name string) form {
	if name == o.Open {
		return o.Form
	}
	f := form{Values: url.Values{}}
	if name == "amend" {
		f.Values = url.Values{"name": {o.Name}, "short": {o.Short}}
	}
	return f
}

// storyLine is a line of a story as a page shows it.
type storyLine struct {
	read.Line
	Who string // who said it, in words; a name only to one's own people
}

func (v *visit) orgPage() error {
	o, err := v.orgView(v.R.PathValue("id"))
	if err != nil {
		return err
	}
	return v.show("org", o)
}

func (v *visit) orgView(id string) (*orgView, error) {
	raw, ok := v.Desk.Chain.Get(mulu.KindOrg, id)
	if !ok {
		return nil, errAbsent
	}
	o := &orgView{Accounts: -1}
	if err := json.Unmarshal(raw, &o.Org); err != nil {
		return nil, err
	}
	o.Code = v.creditTrouble(o.CreditCode)
	_, err := v.Desk.Signers.Signer(o.SigningKey)
	o.KeyHere = err == nil
	ctx := v.R.Context()
	c, err := v.Read.Coverage(ctx, id)
	if errors.Is(err, read.ErrAbsent) { // committed, and not read yet
		c, err = read.Coverage{}, nil
	}
	if err != nil {
		return nil, err
	}
	o.Row.Duties, o.Row.Entries, o.Row.Published, o.Systems, o.Tables = c.Duties, c.Entries, c.Published, c.Systems, c.Tables
	if v.administers() && (v.bureau() || v.own(id)) {
		list, err := v.People.Accounts(ctx, people.Filter{Org: id, Limit: 1000})
		if err != nil {
			return nil, err
		}
		o.Accounts = len(list)
	}
	o.Story, err = v.story(mulu.KindOrg, id)
	return o, err
}

// mostStory bounds how much of a story a page tells.
const mostStory = 200

// story tells the story of a noun, with who said what.
func (v *visit) story(kind mulu.Kind, id string) ([]storyLine, error) {
	lines, err := v.Read.Story(v.R.Context(), kind, id, read.Page{Limit: mostStory})
	if err != nil {
		return nil, err
	}
	w := v.speakers()
	for _, l := range lines {
		w.meet(l.Org, l.Person)
	}
	if err := w.names(); err != nil {
		return nil, err
	}
	var list []storyLine
	for _, l := range lines {
		list = append(list, storyLine{l, w.say(l.Said, l.Org, l.Node, l.Person)})
	}
	return list, nil
}

// creditTrouble says which check of a credit code fails; nil when none does.
func (v *visit) creditTrouble(code string) *trouble {
	var bad *mulu.CodeError
	if err := mulu.CheckCreditCode(code); errors.As(err, &bad) {
		return v.trouble(&mulu.Refusal{Code: "credit_code_" + bad.Check, Art: mulu.NewCite(2), Args: []string{code, bad.Found}})
	}
	return nil
}
