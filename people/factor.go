package people

import (
	"context"
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"io"
	"net/url"
	"strings"

	"mulu/sm"
)

// The second factor (动态验证码) is RFC 6238 as authenticators have it: HMAC-SHA-1, six digits, steps of 30 seconds. The
// algorithm is theirs, not ours to choose.
const (
	stepSeconds = 30
	issuer      = "mulu"
	recoveries  = 10 // recovery codes made
)

// totp is the code of a step.
func totp(secret []byte, step int64) string {
	m := hmac.New(sha1.New, secret)
	m.Write(binary.BigEndian.AppendUint64(nil, uint64(step)))
	sum := m.Sum(nil)
	at := sum[len(sum)-1] & 0xf
	return fmt.Sprintf("%06d", binary.BigEndian.Uint32(sum[at:at+4])&0x7fffffff%1_000_000)
}

// match finds the step that a code belongs to: the present one, the one before or after, and none up to used. The code
// of a step that was used opens nothing again.
func match(secret []byte, code string, now, used int64) (step int64, ok bool) {
	for step := now - 1; step <= now+1; step++ {
		if step > used && hmac.Equal([]byte(totp(secret, step)), []byte(code)) {
			return step, true
		}
	}
	return 0, false
}

// BeginSecondFactor makes a secret for somebody's authenticator: in base32 to type, and as the address that a QR code
// holds. It counts only once ConfirmSecondFactor has seen a code of it.
func (p *People) BeginSecondFactor(ctx context.Context, id string) (secret, uri string, err error) {
	raw := make([]byte, 20)
	if _, err := io.ReadFull(p.cfg.Rand, raw); err != nil {
		return "", "", fmt.Errorf("begin a second factor: read chance: %w", err)
	}
	secret = base32.StdEncoding.EncodeToString(raw)
	err = p.upon(ctx, "begin a second factor", id, id, "factor.begin", func(t *tx, _ actor, a *account, e *Event) error {
		if len(a.factor) > 0 {
			return deny("factor_on")
		}
		if a.trial, err = sm.Seal(t.keys.seal, raw, []byte("factor "+a.ID), t.cfg.Rand); err != nil {
			return fmt.Errorf("seal the secret: %w", err)
		}
		label := url.PathEscape(issuer + ":" + a.Login)
		uri = "otpauth://totp/" + label + "?secret=" + secret + "&issuer=" + issuer + "&algorithm=SHA1&digits=6&period=30"
		return nil
	})
	if err != nil {
		return "", "", err
	}
	return secret, uri, nil
}

// ConfirmSecondFactor puts the second factor into use and gives ten recovery codes, each of which stands for one code
// when the phone is lost. They are shown this once.
func (p *People) ConfirmSecondFactor(ctx context.Context, id, code string) (recovery []string, err error) {
	err = p.upon(ctx, "confirm a second factor", id, id, "factor.confirm", func(t *tx, _ actor, a *account, e *Event) error {
		if len(a.factor) > 0 {
			return deny("factor_on")
		}
		if len(a.trial) == 0 {
			return deny("factor_off")
		}
		secret, err := t.openFactor(a, a.trial)
		if err != nil {
			return err
		}
		step, ok := match(secret, plainCode(code), t.at.Unix()/stepSeconds, a.step)
		if !ok {
			return deny("factor_code")
		}
		a.factor, a.trial, a.step, a.SecondFactor = a.trial, nil, step, true
		recovery, err = t.recovery(a.ID)
		return err
	})
	if err != nil {
		return nil, err
	}
	return recovery, nil
}

// recovery makes new recovery codes, of 50 bits each; digests of them are kept.
func (t *tx) recovery(id string) (codes []string, err error) {
	if err := t.exec("DELETE FROM recovery WHERE person = ?", id); err != nil {
		return nil, err
	}
	for range recoveries {
		raw := make([]byte, 10)
		if _, err := io.ReadFull(t.cfg.Rand, raw); err != nil {
			return nil, fmt.Errorf("read chance: %w", err)
		}
		for i, b := range raw {
			raw[i] = recoveryLetters[b%32]
		}
		if err := t.exec("INSERT INTO recovery (person, digest) VALUES (?, ?)", id, t.keys.mark("recovery", []byte(id), raw)); err != nil {
			return nil, err
		}
		codes = append(codes, string(raw[:5])+"-"+string(raw[5:]))
	}
	return codes, nil
}

// recoveryLetters leaves out those that are taken for another: l, o, 0, 1.
const recoveryLetters = "abcdefghijkmnpqrstuvwxyz23456789"

// useCode uses up a code of an account's second factor, or a recovery code; a wrong one is errCode.
func (t *tx) useCode(a *account, code string) (detail string, err error) {
	code = plainCode(code)
	if len(code) != 6 {
		r, err := t.ExecContext(t.ctx, "DELETE FROM recovery WHERE person = ? AND digest = ?", a.ID, t.keys.mark("recovery", []byte(a.ID), []byte(code)))
		if err != nil {
			return "", err
		}
		if n, err := r.RowsAffected(); err != nil || n == 0 {
			return "", errCode
		}
		return "recovery", nil
	}
	secret, err := t.openFactor(a, a.factor)
	if err != nil {
		return "", err
	}
	step, ok := match(secret, code, t.at.Unix()/stepSeconds, a.step)
	if !ok {
		return "", errCode
	}
	a.step = step
	return "code", nil
}

func (p *People) openFactor(a *account, sealed []byte) ([]byte, error) {
	secret, err := sm.Open(p.keys.seal, sealed, []byte("factor "+a.ID))
	if err != nil {
		return nil, fmt.Errorf("read the second factor of %s: %w", a.ID, ErrForged)
	}
	return secret, nil
}

// plainCode takes what a code was typed with: spaces, hyphens, capitals, wide digits.
func plainCode(code string) string {
	return strings.ToLower(strings.NewReplacer(" ", "", "-", "").Replace(folded(code)))
}

// EndSecondFactor takes a second factor out of use, with its recovery codes: one's own, or, when a phone is lost,
// somebody's by the security administrator.
func (p *People) EndSecondFactor(ctx context.Context, by, id string) error {
	return p.upon(ctx, "end a second factor", by, id, "factor.end", func(t *tx, who actor, a *account, e *Event) error {
		if by != id {
			if err := p.must(who, Security, a.Org); err != nil {
				return err
			}
		}
		if len(a.factor) == 0 && len(a.trial) == 0 {
			return deny("factor_off")
		}
		a.factor, a.trial, a.SecondFactor = nil, nil, false
		return t.exec("DELETE FROM recovery WHERE person = ?", id)
	})
}
