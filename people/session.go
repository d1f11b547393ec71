package people

import (
	"context"
	"crypto/hmac"
	"database/sql"
	"encoding/base64"
	"errors"
	"fmt"
	"time"
)

// Session is somebody who is logged in, in one browser.
type Session struct {
	ID          string // public handle for listing and ending; the cookie cannot be found from it
	Person      Person
	CSRF        string // what forms of this session carry; "" where sessions are listed
	Made, Seen  time.Time
	Until       time.Time // when it ends if it is not used again
	From, Agent string    // masked address, browser
	Fresh       time.Time // when the password was given last, for sensitive acts; zero = never
}

// Origin is where a request comes from.
type Origin struct{ Address, Agent string }

// address is it as the audit log keeps it: nothing that is not an address.
func (o Origin) address() string {
	a, ok := parseAddress(o.Address)
	if !ok {
		return ""
	}
	return a.String()
}

const sessionColumns = "s.id, s.person, s.made, s.mark, s.seen, s.fresh, s.origin, s.agent, s.digest"

const sessionQuery = "SELECT " + sessionColumns + ", " + accountColumns + " FROM session s JOIN account a ON a.id = s.person WHERE s.digest = ?"

func (k *keys) cookieDigest(cookie string) []byte { return k.mark("cookie", []byte(cookie)) }

func (k *keys) sessionMark(digest []byte, id, person string, made int64) []byte {
	return k.mark("session", digest, []byte(id), []byte(person), number(made))
}

// scanSession reads sessionColumns and accountColumns.
func (p *People) scanSession(row scanner) (s Session, a *account, digest []byte, err error) {
	var person string
	var made, seen, fresh int64
	var mark []byte
	a, err = p.scanAccount(row, &s.ID, &person, &made, &mark, &seen, &fresh, &s.From, &s.Agent, &digest)
	if err != nil {
		return s, nil, nil, err
	}
	if !hmac.Equal(mark, p.keys.sessionMark(digest, s.ID, person, made)) {
		return s, nil, nil, fmt.Errorf("read the session %s: %w", s.ID, ErrForged)
	}
	s.Person, s.Made, s.Seen, s.Fresh = a.Person, moment(made), moment(seen), moment(fresh)
	s.Until = s.Seen.Add(p.cfg.Idle)
	if end := s.Made.Add(p.cfg.Absolute); end.Before(s.Until) {
		s.Until = end
	}
	return s, a, digest, nil
}

// Session gives the session of a cookie and notes that it is used, to the minute. ErrNoSession when there is none, when
// it ended, or when the account is not in use.
func (p *People) Session(ctx context.Context, cookie string) (Session, error) {
	s, _, digest, err := p.session(ctx, cookie)
	if err != nil {
		return Session{}, said("find a session", err)
	}
	now := p.now()
	if now.Sub(s.Seen) < min(time.Minute, p.cfg.Idle/10) {
		return s, nil
	}
	err = p.write(ctx, "keep that a session is used", func(t *tx) error {
		if err := t.exec("UPDATE session SET seen = max(seen, ?) WHERE digest = ?", nanos(now), digest); err != nil {
			return err
		}
		return t.exec("UPDATE account SET seen = max(seen, ?) WHERE id = ?", nanos(now), s.Person.ID)
	})
	if err != nil {
		return Session{}, err
	}
	s.Seen, s.Person.Seen = now, now
	s.Until = now.Add(p.cfg.Idle)
	if end := s.Made.Add(p.cfg.Absolute); end.Before(s.Until) {
		s.Until = end
	}
	return s, nil
}

// session finds a session that is going on.
func (p *People) session(ctx context.Context, cookie string) (s Session, a *account, digest []byte, err error) {
	if len(cookie) != 43 {
		return s, nil, nil, ErrNoSession
	}
	s, a, digest, err = p.scanSession(p.asking.QueryRowContext(ctx, p.keys.cookieDigest(cookie)))
	if errors.Is(err, sql.ErrNoRows) {
		return s, nil, nil, ErrNoSession
	}
	if err == nil && (!p.now().Before(s.Until) || a.Status != Active) {
		return s, nil, nil, ErrNoSession
	}
	s.CSRF = base64.RawURLEncoding.EncodeToString(p.keys.mark("csrf", []byte(cookie)))
	return s, a, digest, err
}

// begin makes a session for somebody who is let in, and forgets those of anybody that ended by themselves.
func (t *tx) begin(a *account, from Origin, fresh time.Time) (cookie string, s Session, err error) {
	if err := t.exec("DELETE FROM session WHERE seen <= ? OR made <= ?", nanos(t.at.Add(-t.cfg.Idle)), nanos(t.at.Add(-t.cfg.Absolute))); err != nil {
		return "", s, err
	}
	if cookie, err = t.secret(); err != nil {
		return "", s, err
	}
	handle, err := t.random(12)
	if err != nil {
		return "", s, err
	}
	a.Seen, a.LockedUntil = t.at, time.Time{}
	s = Session{ID: "s-" + handle, Person: a.Person, Made: t.at, Seen: t.at, Until: t.at.Add(min(t.cfg.Idle, t.cfg.Absolute)),
		From: masked(from.Address), Agent: short(from.Agent, 200), Fresh: fresh}
	s.CSRF = base64.RawURLEncoding.EncodeToString(t.keys.mark("csrf", []byte(cookie)))
	digest := t.keys.cookieDigest(cookie)
	err = t.exec("INSERT INTO session (digest, id, person, made, mark, seen, fresh, origin, agent) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
		digest, s.ID, a.ID, nanos(t.at), t.keys.sessionMark(digest, s.ID, a.ID, nanos(t.at)), nanos(t.at), nanos(fresh), s.From, s.Agent)
	return cookie, s, err
}

// endSessions ends all sessions of somebody.
func (t *tx) endSessions(person string) error {
	return t.exec("DELETE FROM session WHERE person = ?", person)
}

// Logout ends the session of a cookie. A cookie without one is ErrNoSession.
func (p *People) Logout(ctx context.Context, cookie string) error {
	s, a, digest, err := p.session(ctx, cookie)
	if err != nil {
		return said("log out", err)
	}
	return p.change(ctx, "log out", Event{Person: a.ID, Org: a.Org, Kind: "logout", Target: s.ID, From: s.From}, func(t *tx, e *Event) error {
		return t.exec("DELETE FROM session WHERE digest = ?", digest)
	})
}

// Sessions lists the sessions of somebody that go on, the one used last first.
func (p *People) Sessions(ctx context.Context, person string) ([]Session, error) {
	rows, err := p.readers.QueryContext(ctx, "SELECT "+sessionColumns+", "+accountColumns+" FROM session s "+
		"JOIN account a ON a.id = s.person WHERE s.person = ? ORDER BY s.seen DESC, s.made DESC, s.id", person)
	if err != nil {
		return nil, fmt.Errorf("list sessions: %w", err)
	}
	defer rows.Close()
	var out []Session
	for rows.Next() {
		s, a, _, err := p.scanSession(rows)
		if err != nil {
			return nil, fmt.Errorf("list sessions: %w", err)
		}
		if p.now().Before(s.Until) && a.Status == Active {
			out = append(out, s)
		}
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("list sessions: %w", err)
	}
	return out, nil
}

// EndSession ends a session by its public handle: one's own, or anybody's by the system administrator. One that is not
// there, or not that person's, is ErrNoSession.
func (p *People) EndSession(ctx context.Context, by, person, id string) error {
	return p.upon(ctx, "end a session", by, person, "session.end", func(t *tx, who actor, a *account, e *Event) error {
		e.Detail = id
		if by != person {
			if err := p.must(who, System, a.Org); err != nil {
				return err
			}
		}
		r, err := t.ExecContext(t.ctx, "DELETE FROM session WHERE person = ? AND id = ?", person, id)
		if err != nil {
			return err
		}
		if n, err := r.RowsAffected(); err != nil || n == 0 {
			return errors.Join(ErrNoSession, err)
		}
		return nil
	})
}
