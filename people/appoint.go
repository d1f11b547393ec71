package people

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// Who may do what to accounts. The bureau's administrators may do it to all institutions' accounts, those of another
// institution to its own; the machine's Owner stands for any of them. The three are kept apart:
//
//   - The system administrator (系统管理员) makes accounts, closes and opens them again, resets passwords, unlocks, ends
//     sessions. With the invitation he gives ordinary roles. He names an administrator only where the institution has
//     nobody yet in that seat: so one link leads from an empty node to all roles. What roles somebody has after that is
//     not his to say.
//   - The security administrator (安全管理员) sets roles, except his own, and takes away a lost second factor. So whoever
//     resets a password cannot alone come in as somebody who has a second factor.
//   - The audit administrator (审计管理员) reads the log and does nothing here.

// actor is who does something to accounts.
type actor struct {
	*account
	owner bool
}

// actor finds out who acts. A closed account acts no more.
func (t *tx) actor(by string) (actor, error) {
	if by == Owner {
		return actor{owner: true}, nil
	}
	a, err := t.account(t.ctx, t, by)
	if err != nil {
		return actor{}, fmt.Errorf("find who acts: %w", err)
	}
	if a.Status != Active {
		return actor{}, deny(a.Status)
	}
	return actor{account: a}, nil
}

// must refuses who has not the administrator's role over an institution.
func (p *People) must(who actor, role Role, org string) error {
	if who.owner || who.Roles.Has(role) && (who.Org == org || who.Org == p.cfg.Bureau) {
		return nil
	}
	return deny("not_yours", string(role))
}

// upon changes an account in the name of somebody.
func (p *People) upon(ctx context.Context, attempt, by, id, kind string, do func(t *tx, who actor, a *account, e *Event) error) error {
	return p.change(ctx, attempt, Event{Person: by, Kind: kind, Target: id}, func(t *tx, e *Event) error {
		a, err := t.account(t.ctx, t, id)
		if err != nil {
			return err
		}
		e.Org = a.Org
		who, err := t.actor(by)
		if err != nil {
			return err
		}
		if err := do(t, who, a, e); err != nil {
			return err
		}
		return t.save(a)
	})
}

// Invite makes an account and the one-time link (its token) by which the person sets a password within seven days. It is
// for the system administrator. Roles may hold the seat of an administrator only if nobody of the institution has it.
func (p *People) Invite(ctx context.Context, by string, a Account) (Person, string, error) {
	var made *account
	var token string
	err := p.change(ctx, "invite a person", Event{Person: by, Kind: "account.invite"}, func(t *tx, e *Event) error {
		who, err := t.actor(by)
		if err != nil {
			return err
		}
		if !who.owner {
			e.Org = who.Org
		}
		if err := p.must(who, System, strings.TrimSpace(a.Org)); err != nil {
			return err
		}
		if made, err = t.add(a); err != nil {
			return err
		}
		for _, seat := range admins() {
			if !made.Roles.Has(seat) || who.owner {
				continue
			}
			taken, err := t.seated(seat, made)
			if err != nil {
				return err
			}
			if taken > 0 {
				return deny("seat_taken", string(seat))
			}
		}
		e.Org, e.Target, e.Detail = made.Org, made.ID, made.Roles.text()
		token, err = t.link(linkInvite, made.ID)
		return err
	})
	if err != nil {
		return Person{}, "", err
	}
	return made.Person, token, nil
}

// seated counts the others of somebody's institution who have a role and are not closed.
func (t *tx) seated(role Role, but *account, status ...string) (n int, err error) {
	rows, err := t.QueryContext(t.ctx, "SELECT roles, status FROM account WHERE org = ? AND id <> ? AND status <> ?", but.Org, but.ID, Closed)
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	for rows.Next() {
		var roles, is string
		if err := rows.Scan(&roles, &is); err != nil {
			return 0, err
		}
		if rolesOf(roles).Has(role) && (len(status) == 0 || status[0] == is) {
			n++
		}
	}
	return n, rows.Err()
}

// last refuses what would leave an institution without an active system administrator.
func (t *tx) last(a *account) error {
	if a.Status != Active || !a.Roles.Has(System) {
		return nil
	}
	others, err := t.seated(System, a, Active)
	if err == nil && others == 0 {
		err = deny("last_admin")
	}
	return err
}

// Amend changes an account's name, which is for the system administrator, or its roles, which is for the security
// administrator; name "" and roles nil leave them. Roles take effect at once, in running sessions too.
func (p *People) Amend(ctx context.Context, by, id, name string, roles Roles) error {
	return p.upon(ctx, "amend an account", by, id, "account.amend", func(t *tx, who actor, a *account, e *Event) error {
		if name = strings.TrimSpace(name); name != "" && name != a.Name {
			if err := p.must(who, System, a.Org); err != nil {
				return err
			}
			if err := checkName(name); err != nil {
				return err
			}
			if err := t.rename(a, name); err != nil {
				return err
			}
			e.Detail = "name"
		}
		set := roles.ordered()
		if roles == nil || set.text() == a.Roles.text() {
			if e.Detail == "" {
				e.Kind = "" // nothing changes
			}
			return nil
		}
		if err := p.must(who, Security, a.Org); err != nil {
			return err
		}
		if by == id {
			return deny("roles_own")
		}
		if err := set.check(); err != nil {
			return err
		}
		if !set.Has(System) {
			if err := t.last(a); err != nil {
				return err
			}
		}
		e.Detail = strings.TrimSpace(e.Detail + " " + a.Roles.text() + " > " + set.text())
		a.Roles = set
		return nil
	})
}

// CloseAccount ends an account and its sessions: it stays, because records name it, and nobody comes in by it. It is for
// the system administrator, and never for one's own account or an institution's last active system administrator.
func (p *People) CloseAccount(ctx context.Context, by, id, why string) error {
	return p.upon(ctx, "close an account", by, id, "account.close", func(t *tx, who actor, a *account, e *Event) error {
		if err := p.must(who, System, a.Org); err != nil {
			return err
		}
		switch {
		case by == id:
			return deny("own_account")
		case a.Status == Closed:
			return deny("closed")
		case strings.TrimSpace(why) == "":
			return deny("why_wanted")
		}
		if err := t.last(a); err != nil {
			return err
		}
		a.Status = Closed
		e.Detail = strings.TrimSpace(why)
		if err := t.voidLinks(id); err != nil {
			return err
		}
		return t.endSessions(id)
	})
}

// Reopen takes back the closing of an account. It is for the system administrator. The password stays what it was; who
// had none yet needs a new link (Reset).
func (p *People) Reopen(ctx context.Context, by, id string) error {
	return p.upon(ctx, "reopen an account", by, id, "account.reopen", func(t *tx, who actor, a *account, e *Event) error {
		if err := p.must(who, System, a.Org); err != nil {
			return err
		}
		if a.Status != Closed {
			return deny("not_closed")
		}
		a.Status = Active
		if a.password == "" {
			a.Status = Invited
		}
		return nil
	})
}

// Unlock lets somebody who is locked out try again. It is for the system administrator.
func (p *People) Unlock(ctx context.Context, by, id string) error {
	return p.upon(ctx, "unlock an account", by, id, "account.unlock", func(t *tx, who actor, a *account, e *Event) error {
		if err := p.must(who, System, a.Org); err != nil {
			return err
		}
		a.LockedUntil = time.Time{}
		return t.forgive(a.Login)
	})
}
