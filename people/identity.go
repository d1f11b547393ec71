package people

import (
	"context"
	"crypto/hmac"
	"database/sql"
	"errors"
	"fmt"
	"regexp"
	"time"
)

// An identity is who somebody is at an identity provider (统一身份认证, OpenID Connect): the provider's name in the settings
// and the subject it gives. Whoever asks the provider and checks its answer hands over what it said.

var providerForm = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]{0,63}$`)

func (k *keys) subjectDigest(provider, subject string) []byte {
	return k.mark("subject", []byte(provider), []byte(subject))
}

func (k *keys) identityMark(digest []byte, person string) []byte {
	return k.mark("identity", digest, []byte(person))
}

// LinkIdentity lets somebody come in by an identity. Only the person does that, logged in (or the Owner): who could
// link his own identity to another's account could come in as them.
func (p *People) LinkIdentity(ctx context.Context, by, id, provider, subject string) error {
	return p.upon(ctx, "link an identity", by, id, "identity.link", func(t *tx, who actor, a *account, e *Event) error {
		if by != id && !who.owner {
			return deny("identity_own")
		}
		if !providerForm.MatchString(provider) || subject == "" || len(subject) > 255 {
			return deny("identity_form")
		}
		e.Detail = provider
		digest := t.keys.subjectDigest(provider, subject)
		var other string
		err := t.QueryRowContext(t.ctx, "SELECT person FROM identity WHERE provider = ? AND subject = ?", provider, digest).Scan(&other)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		if err == nil && other != id {
			return deny("identity_taken")
		}
		if err := t.exec("DELETE FROM identity WHERE person = ? AND provider = ?", id, provider); err != nil {
			return err
		}
		return t.exec("INSERT INTO identity (provider, subject, person, mark) VALUES (?, ?, ?, ?)", provider, digest, id, t.keys.identityMark(digest, id))
	})
}

// UnlinkIdentity takes that back: for the person, or by the system administrator.
func (p *People) UnlinkIdentity(ctx context.Context, by, id, provider string) error {
	return p.upon(ctx, "unlink an identity", by, id, "identity.unlink", func(t *tx, who actor, a *account, e *Event) error {
		if by != id {
			if err := p.must(who, System, a.Org); err != nil {
				return err
			}
		}
		e.Detail = provider
		return t.exec("DELETE FROM identity WHERE person = ? AND provider = ?", id, provider)
	})
}

// Arrive lets somebody in whom an identity provider has vouched for. The provider has asked for password and second
// factor; here none was given, so Session.Fresh is zero.
func (p *People) Arrive(ctx context.Context, provider, subject string, from Origin) (cookie string, s Session, err error) {
	err = p.change(ctx, "arrive by an identity", Event{Kind: "arrive", From: from.address()}, func(t *tx, e *Event) error {
		digest := t.keys.subjectDigest(provider, subject)
		var id string
		var mark []byte
		err := t.QueryRowContext(t.ctx, "SELECT person, mark FROM identity WHERE provider = ? AND subject = ?", provider, digest).Scan(&id, &mark)
		if errors.Is(err, sql.ErrNoRows) {
			return deny("identity_unknown")
		}
		if err == nil && !hmac.Equal(mark, t.keys.identityMark(digest, id)) {
			err = fmt.Errorf("read an identity: %w", ErrForged)
		}
		if err != nil {
			return err
		}
		a, err := t.account(t.ctx, t, id)
		if err != nil {
			return err
		}
		e.Person, e.Org = a.ID, a.Org
		if a.Status != Active {
			return deny(a.Status)
		}
		if cookie, s, err = t.begin(a, from, time.Time{}); err != nil {
			return err
		}
		e.Target = s.ID
		return t.save(a)
	})
	if err != nil {
		return "", Session{}, err
	}
	return cookie, s, nil
}
