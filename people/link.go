package people

import (
	"context"
	"crypto/hmac"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"
)

// Kinds of one-time links.
const (
	linkFirst  = "first"
	linkInvite = "invite"
	linkReset  = "reset"
)

// linkHolds is how long an invitation or a reset can be used.
const linkHolds = 7 * 24 * time.Hour

// link is a row of the links.
type link struct {
	kind, person string
	until        int64
	used         bool
}

// link makes a one-time link for somebody; those made before are void.
func (t *tx) link(kind, person string) (token string, err error) {
	if err := t.voidLinks(person); err != nil {
		return "", err
	}
	if token, err = t.secret(); err != nil {
		return "", err
	}
	l := link{kind: kind, person: person}
	if kind != linkFirst {
		l.until = nanos(t.at.Add(linkHolds))
	}
	digest := t.keys.mark("link", []byte(token))
	return token, t.exec("INSERT INTO link (digest, kind, person, until, mark) VALUES (?, ?, ?, ?, ?)",
		digest, l.kind, l.person, l.until, t.keys.linkMark(digest, l))
}

func (t *tx) voidLinks(person string) error {
	return t.exec("UPDATE link SET used = ? WHERE person = ? AND used = 0", nanos(t.at), person)
}

func (k *keys) linkMark(digest []byte, l link) []byte {
	return k.mark("link row", digest, []byte(l.kind), []byte(l.person), number(l.until))
}

// follow finds the link of a token, if it can be used.
func (p *People) follow(ctx context.Context, from asker, token string) (l link, err error) {
	digest := p.keys.mark("link", []byte(strings.TrimSpace(token)))
	var mark []byte
	err = from.QueryRowContext(ctx, "SELECT kind, person, until, mark, used <> 0 FROM link WHERE digest = ?", digest).
		Scan(&l.kind, &l.person, &l.until, &mark, &l.used)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return l, deny("link_unknown")
	case err != nil:
		return l, err
	case !hmac.Equal(mark, p.keys.linkMark(digest, l)):
		return l, ErrForged
	case l.used:
		return l, deny("link_used")
	case l.until != 0 && !p.now().Before(moment(l.until)):
		return l, deny("link_expired")
	}
	return l, nil
}

// FirstLink gives the token of the one-time link that makes the first administrator, while there is no account at all;
// needed is false after that. Each call makes a new one and the old one void: the door shows it at each start.
func (p *People) FirstLink(ctx context.Context) (token string, needed bool, err error) {
	var any bool
	if err := p.readers.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM account)").Scan(&any); err != nil || any {
		return "", false, said("look for accounts", err)
	}
	err = p.change(ctx, "make the first link", Event{Person: Owner, Kind: "link.first"}, func(t *tx, e *Event) error {
		if err := t.unfounded(); err != nil {
			return err
		}
		token, err = t.link(linkFirst, "")
		return err
	})
	return token, err == nil, err
}

// unfounded refuses when there is an account already.
func (t *tx) unfounded() error {
	var any bool
	err := t.QueryRowContext(t.ctx, "SELECT EXISTS (SELECT 1 FROM account)").Scan(&any)
	if err == nil && any {
		err = deny("link_used")
	}
	return err
}

// Found makes the first account: a system administrator, of the bureau unless the account says another institution, as on
// a node of its own. Other roles can come with it, but not those of the other two administrators, whom he invites.
func (p *People) Found(ctx context.Context, token string, a Account, password string, from Origin) (Person, error) {
	a = a.tidy()
	if a.Org == "" {
		a.Org = p.cfg.Bureau
	}
	a.Roles = append(a.Roles, System).ordered()
	l, err := p.follow(ctx, p.readers, token)
	if err == nil && l.kind != linkFirst {
		err = deny("link_unknown")
	}
	if err == nil {
		err = a.check()
	}
	if err == nil {
		err = checkPassword(password, a.Login)
	}
	if err != nil {
		return Person{}, said("make the first administrator", err)
	}
	hash, err := p.hash(ctx, password)
	if err != nil {
		return Person{}, said("make the first administrator", err)
	}
	var made *account
	err = p.change(ctx, "make the first administrator", Event{Kind: "account.found", Org: a.Org, From: from.address()}, func(t *tx, e *Event) error {
		if err := t.unfounded(); err != nil {
			return err
		}
		if _, err := p.follow(ctx, t, token); err != nil {
			return err
		}
		if err := t.voidLinks(""); err != nil {
			return err
		}
		if made, err = t.add(a); err != nil {
			return err
		}
		made.Status, made.password = Active, hash
		e.Person, e.Target, e.Detail = made.ID, made.ID, made.Roles.text()
		return t.save(made)
	})
	if err != nil {
		return Person{}, err
	}
	return made.Person, nil
}

// Invitation tells for whom a link is, as long as it can be used.
func (p *People) Invitation(ctx context.Context, token string) (Person, error) {
	a, err := p.invited(ctx, p.readers, token)
	if err != nil {
		return Person{}, said("read an invitation", err)
	}
	return a.Person, nil
}

func (p *People) invited(ctx context.Context, from asker, token string) (*account, error) {
	l, err := p.follow(ctx, from, token)
	if err != nil {
		return nil, err
	}
	if l.kind == linkFirst {
		return nil, deny("link_unknown")
	}
	a, err := p.account(ctx, from, l.person)
	if err != nil {
		return nil, fmt.Errorf("find for whom the link is: %w", err)
	}
	if a.Status == Closed {
		return nil, deny("closed")
	}
	return a, nil
}

// Redeem sets the password by a link of Invite or Reset, which is used up by it. The account is in use then, no longer
// locked, and without sessions.
func (p *People) Redeem(ctx context.Context, token, password string, from Origin) (Person, error) {
	a, err := p.invited(ctx, p.readers, token)
	if err == nil {
		err = checkPassword(password, a.Login)
	}
	if err != nil {
		return Person{}, said("redeem a link", err)
	}
	hash, err := p.hash(ctx, password)
	if err != nil {
		return Person{}, said("redeem a link", err)
	}
	err = p.change(ctx, "redeem a link", Event{Person: a.ID, Org: a.Org, Kind: "account.redeem", Target: a.ID, From: from.address()}, func(t *tx, e *Event) error {
		if a, err = p.invited(ctx, t, token); err != nil {
			return err
		}
		if err := t.voidLinks(a.ID); err != nil {
			return err
		}
		if err := t.forgive(a.Login); err != nil {
			return err
		}
		if err := t.endSessions(a.ID); err != nil {
			return err
		}
		a.Status, a.password, a.LockedUntil = Active, hash, time.Time{}
		return t.save(a)
	})
	if err != nil {
		return Person{}, err
	}
	return a.Person, nil
}

// Reset makes a new one-time link for somebody who forgot the password, or whose invitation was lost or ran out. The old
// password does not let in any more, sessions end, the second factor stays. It is for the system administrator.
func (p *People) Reset(ctx context.Context, by, id string) (token string, err error) {
	err = p.upon(ctx, "reset a password", by, id, "account.reset", func(t *tx, who actor, a *account, e *Event) error {
		if err := p.must(who, System, a.Org); err != nil {
			return err
		}
		kind := linkReset
		switch a.Status {
		case Closed:
			return deny("closed")
		case Invited:
			kind = linkInvite
		}
		a.password = ""
		if err := t.endSessions(id); err != nil {
			return err
		}
		token, err = t.link(kind, id)
		return err
	})
	return token, err
}
