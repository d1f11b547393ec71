package people

import (
	"context"
	"database/sql"
	"errors"
	"strconv"
	"time"
)

const (
	strikesOut = 5                // wrong attempts after which a login is locked
	lockHolds  = 15 * time.Minute // how long; and how long wrong attempts are remembered
)

// Login lets somebody in and gives the cookie of a new session. code is that of the second factor, or a recovery code; ""
// gives code_wanted when one is needed. A login that does not exist behaves in every way as one with a wrong password.
func (p *People) Login(ctx context.Context, login, password, code string, from Origin) (cookie string, s Session, err error) {
	const attempt = "log in"
	if err := p.heard(from); err != nil {
		return "", s, said(attempt, err)
	}
	login = tidy(login)
	done, err := p.turns.take(ctx, string(p.keys.loginKey(login)))
	if err != nil {
		return "", s, said(attempt, err)
	}
	defer done()
	a, err := p.byLogin(ctx, p.readers, login)
	if err != nil {
		return "", s, said(attempt, err)
	}
	try := trial{login: login, account: a, kind: "login", block: blockOf(from.Address), from: from.address(), wrong: "wrong"}
	renew, err := p.prove(ctx, try, password)
	if err != nil {
		return "", s, said(attempt, err)
	}
	if a.Status != Active {
		return "", s, p.refuse(ctx, try, a.Status)
	}
	if len(a.factor) > 0 && code == "" {
		return "", s, deny("code_wanted")
	}
	fresh := ""
	if renew {
		if fresh, err = p.hash(ctx, password); err != nil {
			return "", s, said(attempt, err)
		}
	}
	proven := a.password
	err = p.write(ctx, attempt, func(t *tx) error {
		if a, err = t.account(t.ctx, t, a.ID); err != nil {
			return err
		}
		if a.Status != Active || a.password != proven { // it was closed or reset while the password was hashed
			return deny("changed")
		}
		e := Event{Person: a.ID, Org: a.Org, Kind: "login", OK: true, From: from.address()}
		if len(a.factor) > 0 {
			if e.Detail, err = t.useCode(a, code); err != nil {
				return err
			}
		}
		if fresh != "" {
			a.password = fresh
		}
		if err := t.forgive(login); err != nil {
			return err
		}
		if cookie, s, err = t.begin(a, from, t.at); err != nil {
			return err
		}
		e.Target = s.ID
		if err := t.save(a); err != nil {
			return err
		}
		return t.append(e)
	})
	if errors.Is(err, errCode) {
		try.wrong = "code_wrong"
		return "", Session{}, said(attempt, p.strike(ctx, try))
	}
	if err != nil {
		return "", Session{}, err
	}
	return cookie, s, nil
}

// errCode says that a code of the second factor is wrong or was used.
var errCode = errors.New("the code is wrong")

// trial is an attempt to prove who one is.
type trial struct {
	login   string
	account *account // nil when there is none
	kind    string   // of the event
	block   string   // of addresses, that pays for a wrong attempt; "" = none
	from    string   // for the event
	wrong   string   // the denial that tells of a wrong attempt
}

func (t trial) event() Event {
	e := Event{Kind: t.kind, From: t.from}
	if t.account != nil {
		e.Person, e.Org = t.account.ID, t.account.Org
	}
	return e
}

// prove checks a password; the caller has the login's turn. It takes the same time, and says the same, whether or not
// there is such an account. renew tells that the hash should be made again at the present cost.
func (p *People) prove(ctx context.Context, try trial, password string) (renew bool, err error) {
	until, err := p.lockedUntil(ctx, p.readers, try.login)
	if err != nil {
		return false, err
	}
	if until.After(p.now()) {
		return false, p.refuseUntil(ctx, try, until)
	}
	hash := p.decoy
	if try.account != nil && try.account.password != "" {
		hash = try.account.password
	}
	if len(password) > 4096 {
		password = "" // nobody has one as long, nor an empty one; trying it costs no more than another
	}
	fits, renew, err := p.fits(ctx, password, hash)
	if err != nil {
		return false, err
	}
	if !fits || hash == p.decoy {
		return false, p.strike(ctx, try)
	}
	return renew, nil
}

// strike counts a wrong attempt and gives the denial that tells of it.
func (p *People) strike(ctx context.Context, try trial) error {
	p.throttle.wrong(try.block, p.now())
	e := try.event()
	e.Detail = try.wrong
	var no error
	err := p.write(ctx, "count a wrong attempt", func(t *tx) error {
		key := t.keys.loginKey(try.login)
		var count int
		var since int64
		err := t.QueryRowContext(t.ctx, "SELECT count, since FROM strike WHERE login_key = ?", key).Scan(&count, &since)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		if count == 0 || count >= strikesOut || t.at.Sub(moment(since)) >= lockHolds {
			count, since = 0, nanos(t.at)
		}
		count++
		no = deny(try.wrong, strconv.Itoa(strikesOut-count))
		var until time.Time
		if count >= strikesOut {
			until = t.at.Add(lockHolds)
			no = denyUntil("locked", until)
			e.Detail = "locked"
		}
		if err := t.exec("DELETE FROM strike WHERE since <= ? AND until <= ?", nanos(t.at.Add(-lockHolds)), nanos(t.at)); err != nil {
			return err
		}
		if err := t.exec("INSERT OR REPLACE INTO strike (login_key, count, since, until) VALUES (?, ?, ?, ?)", key, count, since, nanos(until)); err != nil {
			return err
		}
		return t.append(e)
	})
	if err != nil {
		return err
	}
	return no
}

// refuse denies without counting, and notes it.
func (p *People) refuse(ctx context.Context, try trial, code string) error {
	e := try.event()
	e.Detail = code
	if err := p.Note(ctx, e); err != nil {
		return err
	}
	return deny(code)
}

// refuseUntil denies who is locked out. It costs little, so the address pays for it.
func (p *People) refuseUntil(ctx context.Context, try trial, until time.Time) error {
	p.throttle.wrong(try.block, p.now())
	if err := p.refuse(ctx, try, "locked"); err != nil && !isDenied(err) {
		return err
	}
	return denyUntil("locked", until)
}

func isDenied(err error) bool {
	var no *Denied
	return errors.As(err, &no)
}

// heard refuses an address from which too many attempts were wrong. The attempts that led there are in the log.
func (p *People) heard(from Origin) error {
	until := p.throttle.wait(blockOf(from.Address), p.now())
	if until.IsZero() {
		return nil
	}
	return denyUntil("throttled", until)
}

// lockedUntil tells until when a login is locked, whether or not there is such an account.
func (p *People) lockedUntil(ctx context.Context, from asker, login string) (time.Time, error) {
	var until int64
	err := from.QueryRowContext(ctx, "SELECT until FROM strike WHERE login_key = ?", p.keys.loginKey(login)).Scan(&until)
	if errors.Is(err, sql.ErrNoRows) {
		return time.Time{}, nil
	}
	return moment(until), err
}

// forgive forgets the wrong attempts at a login.
func (t *tx) forgive(login string) error {
	return t.exec("DELETE FROM strike WHERE login_key = ?", t.keys.loginKey(login))
}

// again has the person of a session give the password again.
func (p *People) again(ctx context.Context, cookie, password, kind string) (s Session, a *account, digest []byte, done func(), err error) {
	s, a, digest, err = p.session(ctx, cookie)
	if err != nil {
		return s, nil, nil, nil, err
	}
	if done, err = p.turns.take(ctx, string(p.keys.loginKey(a.Login))); err != nil {
		return s, nil, nil, nil, err
	}
	if _, err = p.prove(ctx, trial{login: a.Login, account: a, kind: kind, from: s.From, wrong: "password_wrong"}, password); err != nil {
		done()
		return s, nil, nil, nil, err
	}
	return s, a, digest, done, nil
}

// Confirm has the person give the password again, before something sensitive: Session.Fresh is now then. Wrong ones
// count as at the login.
func (p *People) Confirm(ctx context.Context, cookie, password string) error {
	const attempt, kind = "confirm a password", "password.confirm"
	s, a, digest, done, err := p.again(ctx, cookie, password, kind)
	if err != nil {
		return said(attempt, err)
	}
	defer done()
	return p.change(ctx, attempt, Event{Person: a.ID, Org: a.Org, Kind: kind, Target: s.ID, From: s.From}, func(t *tx, e *Event) error {
		if err := t.forgive(a.Login); err != nil {
			return err
		}
		return t.exec("UPDATE session SET fresh = ? WHERE digest = ?", nanos(t.at), digest)
	})
}

// ChangePassword sets another password for the person of a session and ends that person's other sessions.
func (p *People) ChangePassword(ctx context.Context, cookie, old, new string) error {
	const attempt, kind = "change a password", "password.change"
	s, a, digest, done, err := p.again(ctx, cookie, old, kind)
	if err != nil {
		return said(attempt, err)
	}
	defer done()
	if folded(old) == folded(new) {
		return deny("password_same")
	}
	if err := checkPassword(new, a.Login); err != nil {
		return err
	}
	hash, err := p.hash(ctx, new)
	if err != nil {
		return said(attempt, err)
	}
	proven := a.password
	return p.change(ctx, attempt, Event{Person: a.ID, Org: a.Org, Kind: kind, Target: s.ID, From: s.From}, func(t *tx, e *Event) error {
		if a, err = t.account(t.ctx, t, a.ID); err != nil {
			return err
		}
		if a.Status != Active || a.password != proven {
			return deny("changed")
		}
		a.password = hash
		if err := t.forgive(a.Login); err != nil {
			return err
		}
		if err := t.voidLinks(a.ID); err != nil {
			return err
		}
		if err := t.exec("DELETE FROM session WHERE person = ? AND digest <> ?", a.ID, digest); err != nil {
			return err
		}
		if err := t.exec("UPDATE session SET fresh = ? WHERE digest = ?", nanos(t.at), digest); err != nil {
			return err
		}
		return t.save(a)
	})
}
