package notify

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"mulu"
	"mulu/people"
	"mulu/read"
	"mulu/sm"
)

// Notice (提醒) is one occasion of which an institution's people are told. Due is a last day (YYYY-MM-DD) and Days the working
// days that were left when it was made; At is the law's time. Party is the other institution's short name, Name the entry's.
type Notice struct {
	N        int64
	ID       string
	Occasion string
	Noun     mulu.Kind
	Number   string
	Org      string
	Roles    people.Roles
	Party    string
	Entry    string
	Name     string
	Task     string
	Due      string
	Days     int
	At       time.Time
}

// notice is one to be written; mark tells which time it is.
type notice struct {
	Notice
	mark string
}

// idOf is the same for the same occasion of the same chain and node, so that whoever gets a message twice can tell.
func (n *Notify) idOf(m notice) string {
	key := strings.Join([]string{n.cfg.Node, m.Occasion, string(m.Noun), m.Number, m.mark, m.Org}, "\x00")
	return hex.EncodeToString(sm.MAC(n.keys.ids, []byte(key))[:16])
}

const noticeColumns = "x.n, x.id, x.occasion, x.noun, x.number, x.org, x.turn, x.party, x.entry, x.name, x.task, x.due, x.days, x.at"

func scanNotice(s scanner, more ...any) (m Notice, err error) {
	var turn int
	var at int64
	err = s.Scan(append([]any{&m.N, &m.ID, &m.Occasion, &m.Noun, &m.Number, &m.Org, &turn, &m.Party, &m.Entry, &m.Name, &m.Task, &m.Due, &m.Days, &at}, more...)...)
	m.Roles, m.At = rolesIn(turn), moment(at)
	return m, err
}

// shown is how many notices somebody is shown; most is where counting ends.
const (
	shown = 100
	most  = 100
)

// Notices lists the last hundred notices whose turn is somebody's, the newest first.
func (n *Notify) Notices(ctx context.Context, p people.Person) ([]Notice, error) {
	return list(ctx, n, "list reminders", func(s scanner) (Notice, error) { return scanNotice(s) },
		"SELECT "+noticeColumns+" FROM notice x WHERE x.org = ? AND x.turn & ? <> 0 ORDER BY x.n DESC LIMIT ?", p.Org, turnOf(p.Roles), shown)
}

// Unread counts the notices that somebody has not been shown yet, up to a hundred. An account begins with none.
func (n *Notify) Unread(ctx context.Context, p people.Person) (count int, err error) {
	err = n.readers.QueryRowContext(ctx, `SELECT count(*) FROM (SELECT 1 FROM notice WHERE org = ?1 AND turn & ?2 <> 0
		AND n > coalesce((SELECT n FROM seen WHERE person = ?3), 0) AND made >= ?4 LIMIT ?5)`, p.Org, turnOf(p.Roles), p.ID, nanos(p.Made), most).Scan(&count)
	if err != nil {
		return 0, fmt.Errorf("count reminders: %w", err)
	}
	return count, nil
}

// Seen tells up to which notice somebody had been shown them.
func (n *Notify) Seen(ctx context.Context, p people.Person) (last int64, err error) {
	err = n.readers.QueryRowContext(ctx, "SELECT coalesce(max(n), 0) FROM seen WHERE person = ?", p.ID).Scan(&last)
	if err != nil {
		return 0, fmt.Errorf("read which reminders were seen: %w", err)
	}
	return last, nil
}

// See notes that somebody has been shown all notices up to one.
func (n *Notify) See(ctx context.Context, p people.Person, last int64) error {
	_, err := n.db.ExecContext(ctx, "INSERT INTO seen (person, n) VALUES (?, ?) ON CONFLICT (person) DO UPDATE SET n = max(n, excluded.n)", p.ID, last)
	if err != nil {
		return fmt.Errorf("note which reminders were seen: %w", err)
	}
	return nil
}

func isAbsent(err error) bool { return errors.Is(err, read.ErrAbsent) }
