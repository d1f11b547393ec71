package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"time"

	"mulu"
	"mulu/law/script"
)

// A user is a consumer's machine that calls the gateway under a grant on the story's days: so often each time, about
// somebody else each time.
type user struct {
	org, client, grant, verb, purpose string
	items                             []string
	by                                string // the item it filters by, "" for none
	often                             int
	weekly                            bool // not each time: rates go by the wall clock, and the story is quick
	refused                           bool // what it asks for is refused
}

// client makes a machine of an institution known, so that it may call.
func (t *story) client(org, name string) { t.does(org, newClient(org, name)) }

// uses has a machine call from now on, until the grant stands no longer.
func (t *story) uses(u user) {
	if t.err == nil {
		t.users = append(t.users, u)
	}
}

// ceases has nobody call under a grant any more.
func (t *story) ceases(grant string) {
	t.users = slices.DeleteFunc(t.users, func(u user) bool { return u.grant == grant })
}

// work has every machine make its calls of this moment, real ones, each with a receipt.
func (t *story) work() {
	t.worked++
	for _, u := range t.users {
		if u.weekly && t.worked%5 != 0 {
			continue
		}
		for i := 0; i < u.often && t.err == nil; i++ {
			t.calls++
			t.err = t.call(u, t.calls)
		}
	}
}

func (t *story) call(u user, n int) error {
	q := map[string]any{"purpose": u.purpose, "case": fmt.Sprintf("2026-%05d", n)}
	if len(u.items) > 0 {
		q["items"] = u.items
	}
	if u.verb == "export" {
		q["format"] = "csv"
	}
	if u.by != "" {
		q["filters"] = []mulu.Filter{{Item: u.by, Values: []string{t.asked(u.by, n)}}}
	}
	body, err := json.Marshal(q)
	if err != nil {
		return err
	}
	r, err := http.NewRequestWithContext(t.ctx, http.MethodPost, "http://"+t.p.Gateway+"/gateway/"+u.grant+"/"+u.verb, bytes.NewReader(body))
	if err != nil {
		return err
	}
	r.Header.Set("Authorization", "Bearer "+script.Token(u.org, u.client))
	a, err := (&http.Client{Timeout: time.Minute}).Do(r)
	if err != nil {
		return fmt.Errorf("call the gateway under %s: %w", u.grant, err)
	}
	defer a.Body.Close()
	said, err := io.ReadAll(io.LimitReader(a.Body, 1<<20))
	if err == nil && (a.StatusCode == http.StatusOK) == u.refused {
		err = fmt.Errorf("call the gateway under %s: %s: %.300s", u.grant, a.Status, said)
	}
	return err
}

// asked is the n-th value that calls filter an item by: people who have an allowance, who are all registered here, and streets.
func (t *story) asked(item string, n int) string {
	if item == "ssjd" {
		return t.town.Streets[n%len(t.town.Streets)].Code
	}
	return t.relieved[n*37%len(t.relieved)]
}
