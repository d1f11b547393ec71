package notify

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"

	"mulu"
	"mulu/read"
	"mulu/workday"
)

// recordsAtOnce is how many records are looked at in one transaction.
const recordsAtOnce = 256

// keptDays is how long a notice is kept; none comes again after that, since its records are behind the cursor and its term is over.
const keptDays = 400

// catchUp makes notices of the records that were not looked at yet, and gives the number of the next one. Notices, what is to
// be sent of them and the cursor are written together. Records that nobody is told of move the cursor on disk now and then only:
// to look at them again changes nothing.
func (n *Notify) catchUp(ctx context.Context) (uint64, error) {
	chain, kept, err := n.cursor(ctx)
	if err != nil {
		return 0, err
	}
	n.looked = max(n.looked, kept)
	for {
		position := n.cfg.Read.Position()
		if chain != "" && position.Chain != "" && chain != position.Chain {
			return 0, fmt.Errorf("the reminders %s are those of the chain %s, not of %s; move the file away to begin anew", n.cfg.Path, chain, position.Chain)
		}
		to := min(n.looked+recordsAtOnce, position.Next)
		if to <= n.looked {
			return n.looked, nil
		}
		facts, err := n.cfg.Read.FactsOf(ctx, n.looked, to)
		if err != nil {
			return 0, err
		}
		notices, err := n.noticesOf(ctx, facts)
		if err != nil {
			return 0, err
		}
		if len(notices) > 0 || chain == "" || to >= kept+recordsAtOnce {
			err := n.put(ctx, notices, func(tx *sql.Tx) error {
				_, err := tx.ExecContext(ctx, "UPDATE cursor SET chain = ?, next = ?", position.Chain, int64(to))
				return err
			})
			if err != nil {
				return 0, err
			}
			chain, kept = position.Chain, to
		}
		n.looked = to
	}
}

func (n *Notify) cursor(ctx context.Context) (chain string, next uint64, err error) {
	var at int64
	if err := n.readers.QueryRowContext(ctx, "SELECT chain, next FROM cursor").Scan(&chain, &at); err != nil {
		return "", 0, fmt.Errorf("read how far records were looked at: %w", err)
	}
	return chain, uint64(at), nil
}

// noticesOf makes the notices of facts, which are those of whole records.
func (n *Notify) noticesOf(ctx context.Context, facts []read.Happened) (all []notice, err error) {
	w, err := n.world(ctx)
	if err != nil {
		return nil, err
	}
	for len(facts) > 0 {
		i := 1
		for i < len(facts) && facts[i].Place.N() == facts[0].Place.N() {
			i++
		}
		one := record(facts[:i])
		some, err := one.turn(w.bureau)
		if err != nil {
			return nil, err
		}
		for _, t := range some {
			made, err := w.notice(ctx, t, one[0].Time)
			if err != nil {
				return nil, err
			}
			all = append(all, made)
		}
		for _, h := range one {
			if h.Noun == mulu.KindCalendar || strings.HasSuffix(h.Fact, ".deadline_set") || h.Fact == "objection.extended" || h.Fact == "grant.delivery_ordered" {
				n.slot = "" // terms have moved: look at all of them again
			}
		}
		facts = facts[i:]
	}
	return all, nil
}

// world is what notices need beside the facts, as the read model has it now.
type world struct {
	n        *Notify
	bureau   string
	calendar *workday.Calendar
	orgs     map[string]string // short names by id
	entries  map[string]string // names by code
}

func (n *Notify) world(ctx context.Context) (*world, error) {
	w := &world{n: n, orgs: map[string]string{}, entries: map[string]string{}}
	after := ""
	for {
		list, _, err := n.cfg.Read.Orgs(ctx, read.OrgQuery{After: after, Limit: 1000})
		if err != nil {
			return nil, err
		}
		for _, o := range list {
			after, w.orgs[o.ID] = o.ID, o.Short
			if o.Bureau {
				w.bureau = o.ID
			}
		}
		if len(list) < 1000 {
			break
		}
	}
	years, err := n.cfg.Read.Nouns(ctx, mulu.KindCalendar, read.Filter{Limit: 1000})
	if err != nil {
		return nil, err
	}
	var known []workday.Year
	for _, y := range years {
		c, err := state[mulu.Calendar](read.Happened{State: y.State})
		if err != nil {
			return nil, fmt.Errorf("read the calendar of %s: %w", y.ID, err)
		}
		known = append(known, workday.Year{Year: c.Year, Off: c.Off, MakeUp: c.MakeUp, Official: true})
	}
	if w.calendar, err = workday.New(known...); err != nil {
		return nil, fmt.Errorf("read the calendars: %w", err)
	}
	return w, nil
}

// entry is the name of an entry, or "".
func (w *world) entry(ctx context.Context, code string) (string, error) {
	if name, ok := w.entries[code]; ok || code == "" {
		return name, nil
	}
	found, err := w.n.cfg.Read.Noun(ctx, mulu.KindEntry, code)
	if err != nil && !isAbsent(err) {
		return "", err
	}
	w.entries[code] = found.Name
	return found.Name, nil
}

// notice looks up the names of a told, as of a moment of the law's time.
func (w *world) notice(ctx context.Context, t told, at time.Time) (notice, error) {
	name, err := w.entry(ctx, t.entry)
	if err != nil {
		return notice{}, err
	}
	m := notice{Notice: Notice{Occasion: t.occasion, Noun: t.noun, Number: t.number, Org: t.org, Roles: t.roles, Party: w.orgs[t.other], Entry: t.entry, Name: name,
		Task: t.task, At: at}, mark: t.mark}
	if t.due != nil {
		last, err := workday.ParseDate(t.due.Last)
		if err != nil {
			return notice{}, fmt.Errorf("read the last day of %s %s: %w", t.noun, t.number, err)
		}
		m.Due, m.Days = t.due.Last, max(0, w.calendar.Remaining(at, last))
	}
	return m, nil
}

// put writes notices that are not there yet, with what is to be sent of them, and what else belongs to them.
func (n *Notify) put(ctx context.Context, notices []notice, with func(*sql.Tx) error) error {
	mail := map[string][]string{} // who is written to, by institution, roles and occasion
	who := func(m notice) string { return fmt.Sprint(m.Org, " ", turnOf(m.Roles), " ", m.Occasion) }
	for _, m := range notices {
		if _, asked := mail[who(m)]; asked || n.cfg.Mail == nil {
			continue
		}
		ids, err := n.cfg.People.Writable(ctx, m.Org, m.Roles, m.Occasion)
		if err != nil {
			return err
		}
		mail[who(m)] = ids
	}
	now, sending := n.cfg.Now(), 0
	err := n.write(ctx, "write reminders", func(tx *sql.Tx) error {
		for _, m := range notices {
			number, err := n.insert(ctx, tx, m, now)
			if err != nil || number == 0 {
				if err != nil {
					return err
				}
				continue
			}
			for _, person := range mail[who(m)] {
				if err := addParcel(ctx, tx, number, "mail", person, now); err != nil {
					return err
				}
				sending++
			}
			r, err := tx.ExecContext(ctx, `INSERT INTO parcel (notice, way, recipient, state, tries, next, why, done)
				SELECT ?, 'hook', id, 'waiting', 0, ?, '', 0 FROM hook WHERE org = ? AND ended = 0`, number, nanos(now), m.Org)
			if err != nil {
				return err
			}
			added, err := r.RowsAffected()
			if err != nil {
				return err
			}
			sending += int(added)
		}
		n.cfg.Fault("before-notices")
		return with(tx)
	})
	if err != nil {
		return err
	}
	n.cfg.Fault("after-notices")
	if sending > 0 {
		n.wake()
	}
	return nil
}

// insert writes a notice and gives its number, 0 where it is there already.
func (n *Notify) insert(ctx context.Context, tx *sql.Tx, m notice, now time.Time) (int64, error) {
	r, err := tx.ExecContext(ctx, `INSERT INTO notice (id, occasion, noun, number, mark, org, turn, party, entry, name, task, due, days, at, made)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
		n.idOf(m), m.Occasion, m.Noun, m.Number, m.mark, m.Org, turnOf(m.Roles), m.Party, m.Entry, m.Name, m.Task, m.Due, m.Days, nanos(m.At), nanos(now))
	if err != nil {
		return 0, err
	}
	if added, err := r.RowsAffected(); err != nil || added == 0 {
		return 0, err
	}
	return r.LastInsertId()
}

func addParcel(ctx context.Context, tx *sql.Tx, notice int64, way, recipient string, now time.Time) error {
	_, err := tx.ExecContext(ctx, "INSERT INTO parcel (notice, way, recipient, state, tries, next, why, done) VALUES (?, ?, ?, 'waiting', 0, ?, '', 0)",
		notice, way, recipient, nanos(now))
	return err
}

// forget drops what is old, once a day of this machine.
func (n *Notify) forget(ctx context.Context) error {
	today := n.cfg.Now().Format(time.DateOnly)
	if today == n.swept {
		return nil
	}
	before := n.cfg.Now().AddDate(0, 0, -keptDays)
	err := n.write(ctx, "drop old reminders", func(tx *sql.Tx) error {
		for _, q := range []string{"DELETE FROM notice WHERE made < ?", "DELETE FROM hook WHERE ended > 0 AND ended < ?"} {
			if _, err := tx.ExecContext(ctx, q, nanos(before)); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil {
		n.swept = today
	}
	return err
}
