package people

import (
	"context"
	"crypto/hmac"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"mulu/sm"
)

// Event is one line of the audit log (审计日志). Detail is a word or a sentence and holds nothing secret.
type Event struct {
	N      int64     // from 1 without gaps
	Time   time.Time // when it was noted
	Person string    // id of who did it, Owner, or "" when nobody is known
	Org    string    // whose it is
	Kind   string    // what was done, e.g. login, account.invite, password.change
	Target string    // to what or whom, an id
	Detail string
	OK     bool   // whether it was done
	From   string // address it came from
}

// EventFilter chooses events. What is empty does not choose.
type EventFilter struct {
	Person   string // who did it
	Org      string
	Kind     string // this kind; or, ending in a dot, those that begin with it
	OK       *bool
	From, To time.Time // From included, To not
	Before   int64     // only events with a smaller N: the last N of the page before
	Limit    int       // 0 = 100, at most 1000
}

// Tampered says that the audit log is not what was written: event N was altered, removed, or put in.
type Tampered struct{ N int64 }

func (t *Tampered) Error() string {
	return fmt.Sprintf("the audit log was altered: event %d is not as it was written, or is missing; keep the file as evidence and compare it with a backup", t.N)
}

// Note adds an event to the audit log. Number and time are the log's, not the caller's.
func (p *People) Note(ctx context.Context, e Event) error {
	return p.write(ctx, "note an event", func(t *tx) error { return t.append(e) })
}

// append adds an event within the change it tells of.
func (t *tx) append(e Event) error {
	e.N = 1
	var before []byte
	err := t.QueryRowContext(t.ctx, "SELECT n + 1, mac FROM event ORDER BY n DESC LIMIT 1").Scan(&e.N, &before)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("read the end of the audit log: %w", err)
	}
	e.Time = t.at
	e.Person, e.Org, e.Kind, e.Target = short(e.Person, 100), short(e.Org, 100), short(e.Kind, 100), short(e.Target, 200)
	more, err := sm.Seal(t.keys.seal, joined([]byte(short(e.Detail, 1000)), []byte(short(e.From, 100))), moreOf(e.N), t.cfg.Rand)
	if err != nil {
		return fmt.Errorf("seal an event: %w", err)
	}
	mac := t.keys.link(before, e, more)
	if err := t.exec("INSERT INTO event (n, time, person, org, kind, target, ok, more, mac) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
		e.N, nanos(e.Time), e.Person, e.Org, e.Kind, e.Target, e.OK, more, mac); err != nil {
		return fmt.Errorf("add to the audit log: %w", err)
	}
	if e.N == 1 {
		return t.exec("INSERT INTO event_head (n, mark) VALUES (1, ?)", t.keys.mark("head", number(1), mac))
	}
	return t.exec("UPDATE event_head SET n = ?, mark = ?", e.N, t.keys.mark("head", number(e.N), mac))
}

// link is HMAC-SM3 over an event and the mac of the one before, so that none can be altered or taken out.
func (k *keys) link(before []byte, e Event, more []byte) []byte {
	ok := int64(0)
	if e.OK {
		ok = 1
	}
	return sm.MAC(k.chain, joined(before, number(e.N), number(nanos(e.Time)), []byte(e.Person), []byte(e.Org), []byte(e.Kind), []byte(e.Target), number(ok), more))
}

func moreOf(n int64) []byte { return fmt.Appendf(nil, "event %d", n) }

const eventColumns = "n, time, person, org, kind, target, ok, more, mac"

// scanEvent reads a row; what is sealed is not opened.
func scanEvent(row scanner) (e Event, more, mac []byte, err error) {
	var at int64
	err = row.Scan(&e.N, &at, &e.Person, &e.Org, &e.Kind, &e.Target, &e.OK, &more, &mac)
	e.Time = moment(at)
	return e, more, mac, err
}

// Events gives events of the audit log, the newest first.
func (p *People) Events(ctx context.Context, f EventFilter) ([]Event, error) {
	const attempt = "read the audit log"
	var where []string
	var args []any
	only := func(cond string, with ...any) { where, args = append(where, cond), append(args, with...) }
	if f.Person != "" {
		only("person = ?", f.Person)
	}
	if f.Org != "" {
		only("org = ?", f.Org)
	}
	if strings.HasSuffix(f.Kind, ".") {
		only("kind >= ? AND kind < ?", f.Kind, strings.TrimSuffix(f.Kind, ".")+"/")
	} else if f.Kind != "" {
		only("kind = ?", f.Kind)
	}
	if f.OK != nil {
		only("ok = ?", *f.OK)
	}
	if !f.From.IsZero() {
		only("time >= ?", nanos(f.From))
	}
	if !f.To.IsZero() {
		only("time < ?", nanos(f.To))
	}
	if f.Before > 0 {
		only("n < ?", f.Before)
	}
	q := "SELECT " + eventColumns + " FROM event"
	if len(where) > 0 {
		q += " WHERE " + strings.Join(where, " AND ")
	}
	rows, err := p.readers.QueryContext(ctx, q+" ORDER BY n DESC LIMIT ?", append(args, limit(f.Limit))...)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", attempt, err)
	}
	defer rows.Close()
	var out []Event
	for rows.Next() {
		e, more, _, err := scanEvent(rows)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", attempt, err)
		}
		plain, err := sm.Open(p.keys.seal, more, moreOf(e.N))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", attempt, &Tampered{e.N})
		}
		parts, ok := parted(plain)
		if !ok || len(parts) != 2 {
			return nil, fmt.Errorf("%s: %w", attempt, &Tampered{e.N})
		}
		e.Detail, e.From = string(parts[0]), string(parts[1])
		out = append(out, e)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("%s: %w", attempt, err)
	}
	return out, nil
}

// CheckEvents walks the whole audit log and gives the number of its events, or *Tampered with the first that is not as
// it was written. Events cut off at the end are found too, unless the file as a whole was put back to an older state:
// only a copy elsewhere shows that.
func (p *People) CheckEvents(ctx context.Context) (n int64, err error) {
	const attempt = "check the audit log"
	still, err := p.readers.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return 0, fmt.Errorf("%s: %w", attempt, err)
	}
	defer still.Rollback() // it only reads
	rows, err := still.QueryContext(ctx, "SELECT "+eventColumns+" FROM event ORDER BY n")
	if err != nil {
		return 0, fmt.Errorf("%s: %w", attempt, err)
	}
	defer rows.Close()
	var before []byte
	for rows.Next() {
		e, more, mac, err := scanEvent(rows)
		if err != nil {
			return n, fmt.Errorf("%s: %w", attempt, err)
		}
		if e.N != n+1 || !hmac.Equal(mac, p.keys.link(before, e, more)) {
			return n, &Tampered{n + 1}
		}
		n, before = e.N, mac
	}
	if err := rows.Err(); err != nil {
		return n, fmt.Errorf("%s: %w", attempt, err)
	}
	var head int64
	var mark []byte
	err = still.QueryRowContext(ctx, "SELECT n, mark FROM event_head").Scan(&head, &mark)
	if errors.Is(err, sql.ErrNoRows) && n == 0 {
		return 0, nil
	}
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return n, fmt.Errorf("%s: %w", attempt, err)
	}
	if head != n || !hmac.Equal(mark, p.keys.mark("head", number(n), before)) {
		return n, &Tampered{n + 1}
	}
	return n, nil
}

// short cuts a text that is too long for its place.
func short(s string, most int) string {
	if utf8.RuneCountInString(s) <= most {
		return strings.ToValidUTF8(s, "�")
	}
	return string([]rune(s)[:most-1]) + "…"
}

// limit keeps a page between 1 and 1000 rows; 0 means 100.
func limit(n int) int {
	if n <= 0 {
		return 100
	}
	return min(n, 1000)
}

// parted is the opposite of joined.
func parted(b []byte) (parts [][]byte, ok bool) {
	for len(b) > 0 {
		n, took := binary.Uvarint(b)
		if took <= 0 || n > uint64(len(b)-took) {
			return nil, false
		}
		parts, b = append(parts, b[took:took+int(n)]), b[took+int(n):]
	}
	return parts, true
}
