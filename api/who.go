package api

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"mulu"
	"mulu/desk"
	"mulu/people"
	"mulu/sm"
)

// sessionCookie is the cookie of the pages: who is logged in there may call from them, with the session's X-CSRF.
const sessionCookie = "mulu_session"

// who finds out who calls: a machine client by its token, which committed state knows by digest, or a person by the
// session of the pages.
func (c *call) who() error {
	if scheme, token, ok := strings.Cut(c.r.Header.Get("Authorization"), " "); ok && strings.EqualFold(scheme, "Bearer") {
		return c.machine(strings.TrimSpace(token))
	}
	cookie, err := c.r.Cookie(sessionCookie)
	if err != nil {
		return &denied{"token_missing"}
	}
	s, err := c.People.Session(c.r.Context(), cookie.Value)
	if errors.Is(err, people.ErrNoSession) {
		return &denied{"session_ended"}
	}
	if err != nil {
		return err
	}
	if c.r.Method != http.MethodGet && c.r.Header.Get("X-CSRF") != s.CSRF {
		return &denied{"csrf"}
	}
	c.by = desk.By{Org: s.Person.Org, Person: s.Person.ID, Roles: s.Person.Roles}
	return c.institution(s.Person.Org)
}

func (c *call) machine(token string) error {
	if token == "" || len(token) > 512 {
		return &denied{"token_missing"}
	}
	sum := sm.Sum([]byte(token))
	var found *mulu.Client
	for _, id := range c.Chain.Find(mulu.KindClient, "digest/"+hex.EncodeToString(sum[:])) {
		var m mulu.Client
		if ok, err := c.noun(mulu.KindClient, id, &m); err != nil {
			return err
		} else if ok && (found == nil || m.Status == "active") { // a token registered anew after a revocation is found twice
			found = &m
		}
	}
	switch {
	case found == nil:
		return &denied{"token_unknown"}
	case found.Status != "active":
		return &denied{"client_revoked"}
	}
	if err := c.institution(found.Org); err != nil {
		return err
	}
	if c.org.Status != "active" {
		return &denied{"org_inactive"}
	}
	c.by = desk.By{Org: found.Org, Person: found.ID, Roles: people.Roles{people.Machine}}
	return nil
}

func (c *call) institution(id string) error {
	c.org = &mulu.Org{}
	ok, err := c.noun(mulu.KindOrg, id, c.org)
	if err == nil && !ok {
		err = fmt.Errorf("the institution %s is not on the chain", id)
	}
	return err
}

// noun reads a noun of committed state.
func (c *call) noun(kind mulu.Kind, id string, into any) (bool, error) {
	b, ok := c.Chain.Get(kind, id)
	if !ok {
		return false, nil
	}
	return true, json.Unmarshal(b, into)
}
