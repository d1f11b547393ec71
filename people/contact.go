package people

import (
	"context"
	"crypto/hmac"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"time"

	"mulu/sm"
)

// Contact is where somebody is reminded by mail (提醒邮箱) and about what not. It is nobody's but the person's: no page shows it
// to others, and it stands here only, sealed.
type Contact struct {
	Mail  string   // confirmed; "" = none
	Trial string   // given, not confirmed yet; "" = none
	Off   []string // occasions that are not written about
}

// A code that shows that mail to an address reaches the person.
const (
	mailCodeHolds = 15 * time.Minute
	mailCodeTries = 5
	mailCodesHour = 5 // codes an hour for one person, so that nobody fills a stranger's box
	mostOff       = 64
)

// mailForm is what mail servers take without asking whether they know other letters; names with quotes or comments are left out.
var (
	mailForm = regexp.MustCompile(`^[A-Za-z0-9_%+-]+(\.[A-Za-z0-9_%+-]+)*@[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)+$`)
	offForm  = regexp.MustCompile(`^[a-z][a-z.]{0,39}$`)
)

// contact is a row.
type contact struct {
	mail, trial, code         []byte
	off                       string
	until, begun              int64
	wrong, codes              int
	plainMail, plainTrialMail string
}

func (k *keys) contactMark(id string, mail []byte) []byte { return k.mark("contact", []byte(id), mail) }

func (k *keys) mailCode(id, code string) []byte { return k.mark("mail code", []byte(id), []byte(code)) }

// contact reads the row of somebody; none is an empty one.
func (p *People) contact(ctx context.Context, from asker, id string) (*contact, error) {
	c := &contact{}
	var mark []byte
	err := from.QueryRowContext(ctx, "SELECT mail, mark, off, trial, code, until, wrong, begun, codes FROM contact WHERE person = ?", id).
		Scan(&c.mail, &mark, &c.off, &c.trial, &c.code, &c.until, &c.wrong, &c.begun, &c.codes)
	if errors.Is(err, sql.ErrNoRows) {
		return c, nil
	}
	if err != nil {
		return nil, err
	}
	if !hmac.Equal(mark, p.keys.contactMark(id, c.mail)) {
		return nil, fmt.Errorf("read the contact of %s: %w", id, ErrForged)
	}
	for sealed, plain := range map[*[]byte]*string{&c.mail: &c.plainMail, &c.trial: &c.plainTrialMail} {
		if len(*sealed) == 0 {
			continue
		}
		b, err := sm.Open(p.keys.seal, *sealed, []byte("mail "+id))
		if err != nil {
			return nil, fmt.Errorf("read the contact of %s: %w", id, ErrForged)
		}
		*plain = string(b)
	}
	return c, nil
}

// keep writes the row of somebody.
func (t *tx) keep(id string, c *contact) error {
	for _, b := range []*[]byte{&c.mail, &c.trial, &c.code} {
		if *b == nil {
			*b = []byte{}
		}
	}
	return t.exec(`INSERT INTO contact (person, mail, mark, off, trial, code, until, wrong, begun, codes) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
		ON CONFLICT (person) DO UPDATE SET mail = ?2, mark = ?3, off = ?4, trial = ?5, code = ?6, until = ?7, wrong = ?8, begun = ?9, codes = ?10`,
		id, c.mail, t.keys.contactMark(id, c.mail), c.off, c.trial, c.code, c.until, c.wrong, c.begun, c.codes)
}

// Contact gives somebody's address and wishes.
func (p *People) Contact(ctx context.Context, id string) (Contact, error) {
	c, err := p.contact(ctx, p.readers, id)
	if err != nil {
		return Contact{}, fmt.Errorf("read a contact: %w", err)
	}
	return Contact{Mail: c.plainMail, Trial: c.plainTrialMail, Off: strings.Fields(c.off)}, nil
}

// BeginMail notes an address that somebody wants to be written to, and gives the code of six digits that is to be mailed there
// within a quarter of an hour. The address before stays in use until ConfirmMail has seen the code. One's own only.
func (p *People) BeginMail(ctx context.Context, id, address string) (code string, err error) {
	address = strings.TrimSpace(folded(address))
	err = p.upon(ctx, "begin an address", id, id, "mail.begin", func(t *tx, _ actor, a *account, e *Event) error {
		if len(address) > 254 || strings.IndexByte(address, '@') > 64 || !mailForm.MatchString(address) {
			return deny("mail_form")
		}
		c, err := p.contact(t.ctx, t, id)
		if err != nil {
			return err
		}
		if begun := moment(c.begun); begun.IsZero() || !t.at.Before(begun.Add(time.Hour)) {
			c.begun, c.codes = nanos(t.at), 0
		}
		if c.codes >= mailCodesHour {
			return denyUntil("mail_often", moment(c.begun).Add(time.Hour))
		}
		c.codes++
		if code, err = t.digits(); err != nil {
			return err
		}
		if c.trial, err = sm.Seal(t.keys.seal, []byte(address), []byte("mail "+id), t.cfg.Rand); err != nil {
			return fmt.Errorf("seal an address: %w", err)
		}
		c.code, c.until, c.wrong = t.keys.mailCode(id, code), nanos(t.at.Add(mailCodeHolds)), 0
		return t.keep(id, c)
	})
	if err != nil {
		return "", err
	}
	return code, nil
}

// digits makes a code of six digits, each as likely as another.
func (t *tx) digits() (string, error) {
	for {
		var b [4]byte
		if _, err := io.ReadFull(t.cfg.Rand, b[:]); err != nil {
			return "", fmt.Errorf("read chance: %w", err)
		}
		if n := binary.BigEndian.Uint32(b[:]); n < 4_294_000_000 { // a multiple of a million
			return fmt.Sprintf("%06d", n%1_000_000), nil
		}
	}
}

// ConfirmMail takes the address into use whose code somebody has read. Five wrong codes make it void.
func (p *People) ConfirmMail(ctx context.Context, id, code string) error {
	const attempt = "confirm an address"
	// The attempt is counted first and for good, whatever comes of it: guesses at once give no more guesses.
	err := p.write(ctx, attempt, func(t *tx) error {
		c, err := p.contact(t.ctx, t, id)
		if err != nil || len(c.trial) == 0 {
			return err
		}
		c.wrong++
		return t.keep(id, c)
	})
	if err != nil {
		return err
	}
	return p.upon(ctx, attempt, id, id, "mail.confirm", func(t *tx, _ actor, a *account, e *Event) error {
		c, err := p.contact(t.ctx, t, id)
		switch {
		case err != nil:
			return err
		case len(c.trial) == 0:
			return deny("mail_none")
		case c.wrong > mailCodeTries || !t.at.Before(moment(c.until)):
			return deny("mail_over")
		case !hmac.Equal(c.code, t.keys.mailCode(id, plainCode(code))):
			return deny("mail_code")
		}
		c.mail, c.trial, c.code, c.until, c.wrong = c.trial, nil, nil, 0, 0
		return t.keep(id, c)
	})
}

// EndMail takes somebody's address away, confirmed or not. One's own only.
func (p *People) EndMail(ctx context.Context, id string) error {
	return p.upon(ctx, "end an address", id, id, "mail.end", func(t *tx, _ actor, a *account, e *Event) error {
		c, err := p.contact(t.ctx, t, id)
		if err != nil {
			return err
		}
		c.mail, c.trial, c.code, c.until = nil, nil, nil, 0
		return t.keep(id, c)
	})
}

// Wish keeps which occasions somebody does not want to be written about. One's own only.
func (p *People) Wish(ctx context.Context, id string, off []string) error {
	if len(off) > mostOff || slices.ContainsFunc(off, func(o string) bool { return !offForm.MatchString(o) }) {
		return fmt.Errorf("keep wishes: %q is no list of occasions", off)
	}
	return p.upon(ctx, "keep wishes", id, id, "mail.wish", func(t *tx, _ actor, a *account, e *Event) error {
		c, err := p.contact(t.ctx, t, id)
		if err != nil {
			return err
		}
		c.off = strings.Join(off, " ")
		return t.keep(id, c)
	})
}

// Writable lists those of an institution with one of the roles who are active and have a confirmed address, and do not
// refuse an occasion.
func (p *People) Writable(ctx context.Context, org string, roles Roles, occasion string) (ids []string, err error) {
	rows, err := p.readers.QueryContext(ctx, `SELECT a.id, a.roles, c.off FROM account a JOIN contact c ON c.person = a.id
		WHERE a.org = ? AND a.status = ? AND length(c.mail) > 0 ORDER BY a.id`, org, Active)
	if err != nil {
		return nil, fmt.Errorf("list who is written to: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var id, held, off string
		if err := rows.Scan(&id, &held, &off); err != nil {
			return nil, fmt.Errorf("list who is written to: %w", err)
		}
		if rolesOf(held).Has(roles...) && !slices.Contains(strings.Fields(off), occasion) {
			ids = append(ids, id)
		}
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("list who is written to: %w", err)
	}
	return ids, nil
}
