package web

import (
	"encoding/json"
	"fmt"
	"net/url"

	"mulu"
	"mulu/act"
	"mulu/desk"
	"mulu/people"
	"mulu/read"
)

func clientRoutes() []Route {
	return []Route{
		{"GET", "/clients", Members, false, (*visit).clientsPage},
		{"GET", "/clients/new", Only(people.Security), false, (*visit).newClient},
		{"POST", "/clients/new", Only(people.Security), false, (*visit).registerClient},
	}
}

// clientsPage is the institution's machine clients.
type clientsPage struct {
	Rows        []mulu.Client
	Next, First string
}

func (v *visit) clientsPage() error {
	p, after := &clientsPage{}, v.text("after")
	list, err := v.Read.Nouns(v.R.Context(), mulu.KindClient, read.Filter{Org: v.Person.Org, After: after, Limit: pageRows + 1})
	if err != nil {
		return err
	}
	if len(list) > pageRows {
		list = list[:pageRows]
		p.Next = "/clients?after=" + url.QueryEscape(list[pageRows-1].ID)
	}
	if after != "" {
		p.First = "/clients"
	}
	for _, n := range list {
		var c mulu.Client
		if err := json.Unmarshal(n.State, &c); err != nil {
			return fmt.Errorf("read client %s: %w", n.ID, err)
		}
		p.Rows = append(p.Rows, c)
	}
	return v.show("clients", p)
}

// clientForm registers a machine client. Token is shown on the answer and nowhere again: only its digest is kept.
type clientForm struct {
	form
	Client  mulu.Client
	Token   string
	Gateway string
	Grant   string // an active one of the institution, for the example; "" if it has none
	Done    desk.Done
}

func (v *visit) newClient() error {
	return v.show("client-new", &clientForm{form: form{Values: url.Values{}}})
}

func (v *visit) registerClient() error {
	f := &clientForm{form: v.typed(), Gateway: v.Gateway}
	token, digest, err := desk.NewToken(v.Rand)
	if err != nil {
		return err
	}
	if f.Done, err = v.say(&act.RegisterClient{Name: v.text("name"), Digest: digest}); err != nil {
		return v.again("client-new", &f.form, f, err)
	}
	f.Token, f.Client = token, mulu.Client{ID: f.Done.Outcome.Facts[0].ID, Name: v.text("name")}
	grants, err := v.Read.Grants(v.R.Context(), read.DueQuery{Party: read.Party{Consumer: v.Person.Org}, Status: "active", Max: 1})
	if err != nil {
		return err
	}
	if len(grants) > 0 {
		f.Grant = grants[0].ID
	}
	return v.show("client-new", f)
}
