package read

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"mulu"
)

// writer holds the one connection that writes, and its prepared statements. Only the holder of Read.follow uses it.
type writer struct {
	conn       *sql.Conn
	statements map[string]*sql.Stmt // by the SQL constant
	tally      map[standing]int     // change of the batch so far
	articles   map[int]Article      // so often each was applied in the batch so far
	orgs       map[string]orgCount  // changes of the batch so far
	duties     map[string]dutyCount

	entries, texts         int64 // numbers given so far
	entriesThen, textsThen int64 // when the batch began
	staged                 []change
	renamed                []orgNames
}

// standing is where a noun stands, for counting.
type standing struct {
	kind        mulu.Kind
	status, org string
}

const (
	putPosition = `INSERT INTO position (one, chain, next, height, time, first, last, entries, texts) VALUES (1, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
		ON CONFLICT (one) DO UPDATE SET chain = ?1, next = ?2, height = ?3, time = ?4, first = ?5, last = ?6, entries = ?7, texts = ?8`
	putRecord = `INSERT INTO record (n, height, time, act, kind, org, node, person, facts, refused, art, args)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
	putFact   = `INSERT INTO fact (place, kind, noun, id, art, status, state) VALUES (?, ?, ?, ?, ?, ?, ?)`
	getBefore = `SELECT status, org FROM noun WHERE kind = ? AND id = ?`
	putNoun   = `INSERT INTO noun (kind, id, status, name, org, updated, state) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
		ON CONFLICT (kind, id) DO UPDATE SET status = ?3, name = ?4, org = ?5, updated = ?6, state = ?7`
	putBelong = `INSERT OR IGNORE INTO belong (owner_kind, owner, kind, id) VALUES (?, ?, ?, ?)`
	addTally  = `INSERT INTO tally (kind, status, org, count) VALUES (?1, ?2, ?3, ?4)
		ON CONFLICT (kind, status, org) DO UPDATE SET count = count + ?4`
	dropTally = `DELETE FROM tally WHERE kind = ? AND status = ? AND org = ? AND count = 0`
)

func prepare(db *sql.DB) (*writer, error) {
	conn, err := db.Conn(context.Background())
	if err != nil {
		return nil, err
	}
	w := &writer{conn: conn, statements: map[string]*sql.Stmt{}, tally: map[standing]int{}, articles: map[int]Article{}, orgs: map[string]orgCount{},
		duties: map[string]dutyCount{}}
	for _, query := range []string{putPosition, putRecord, putFact, getBefore, putNoun, putBelong, addTally, dropTally,
		putOrg, putEntry, getEntry, putText, getLinks, putLinked, dropItems,
		addOrgCount, dropOrgCount, addDutyCount, dropDutyCount, getPage, putPage, putBlock, putItem, putSomeItems, putApplication, putGranted, putDeadline,
		putDataset, putDataVersion, putDataTerm, dropDataTerm, putElement, putCodeSet, putPurchase, putDispute, putGrant, putObjection, putUseReport, putUseFlag, putReview, putFinding,
		putDuty, putSystem, putTable, putLink, putApplied, addArticle} {
		s, err := conn.PrepareContext(context.Background(), query)
		if err != nil {
			return nil, errors.Join(err, w.close())
		}
		w.statements[query] = s
	}
	return w, nil
}

func (w *writer) close() error {
	var errs []error
	for _, s := range w.statements {
		errs = append(errs, s.Close())
	}
	return errors.Join(append(errs, w.conn.Close())...)
}

// A batch is never cut short by a context: it is short itself, and half of one is of no use.
func (w *writer) begin() error {
	clear(w.tally)
	clear(w.orgs)
	clear(w.duties)
	clear(w.staged) // lets go of their texts
	w.staged, w.renamed = w.staged[:0], w.renamed[:0]
	w.entriesThen, w.textsThen = w.entries, w.texts
	clear(w.articles)
	_, err := w.conn.ExecContext(context.Background(), "BEGIN IMMEDIATE")
	return err
}

func (w *writer) commit() error {
	_, err := w.conn.ExecContext(context.Background(), "COMMIT")
	return err
}

// undo ends a transaction that failed. Its own error would hide the first one; if it failed too, the next one shows it.
func (w *writer) undo() { w.conn.ExecContext(context.Background(), "ROLLBACK") }

func (w *writer) rollback() {
	w.undo()
	w.entries, w.texts = w.entriesThen, w.textsThen
}

func (w *writer) exec(query string, args ...any) error {
	_, err := w.statements[query].ExecContext(context.Background(), args...)
	return err
}

// end closes a batch: counts and position.
func (w *writer) end(at Position, first, last string) error {
	for s, by := range w.tally { // order is of no matter: each line is its own row
		if by == 0 {
			continue
		}
		if err := w.exec(addTally, s.kind, s.status, s.org, by); err != nil {
			return err
		}
		if by > 0 {
			continue
		}
		if err := w.exec(dropTally, s.kind, s.status, s.org); err != nil {
			return err
		}
	}
	if err := w.endArticles(); err != nil {
		return err
	}
	if err := w.endCounts(); err != nil {
		return err
	}
	return w.exec(putPosition, at.Chain, int64(at.Next), at.Height, at.Time.UnixNano(), first, last, w.entries, w.texts)
}

// record writes one record and its facts. id is the act's, "" where the chain made the record.
func (w *writer) record(p *parsed, id string) error {
	s, o := &p.said, &p.outcome
	actID := any(nil)
	if id != "" {
		actID = id
	}
	var refused, art, args any
	if no := o.Refused; no != nil {
		list, err := json.Marshal(no.Args)
		if err != nil {
			return err
		}
		refused, art, args = no.Code, string(no.Art), string(list)
	}
	if err := w.exec(putRecord, int64(o.N), o.Height, o.Time.UnixNano(), actID, s.Kind, s.Org, s.Node, s.Person,
		len(o.Facts), refused, art, args); err != nil {
		return err
	}
	if err := w.applied(o); err != nil {
		return err
	}
	for i := range o.Facts {
		if err := w.fact(o.N, i, &o.Facts[i]); err != nil {
			return fmt.Errorf("fact %d (%s %s): %w", i, o.Facts[i].Kind, o.Facts[i].ID, err)
		}
	}
	return nil
}

func (w *writer) fact(n uint64, i int, f *mulu.Fact) error {
	it, err := readNoun(f)
	if err != nil {
		return err
	}
	d := describe(it)
	status, state := it.Standing(), string(f.State)
	if err := w.exec(putFact, int64(placeOf(n, i)), f.Kind, f.Noun, f.ID, joinCites(f.Art), status, state); err != nil {
		return err
	}
	var oldStatus, oldOrg string
	err = w.statements[getBefore].QueryRowContext(context.Background(), f.Noun, f.ID).Scan(&oldStatus, &oldOrg)
	switch {
	case err == nil:
		w.tally[standing{f.Noun, oldStatus, oldOrg}]--
	case !errors.Is(err, sql.ErrNoRows):
		return err
	}
	w.tally[standing{f.Noun, status, d.org}]++
	if err := w.exec(putNoun, f.Noun, f.ID, status, d.name, d.org, int64(n), state); err != nil {
		return err
	}
	for _, o := range d.owners {
		if err := w.exec(putBelong, o.kind, o.id, f.Noun, f.ID); err != nil {
			return err
		}
	}
	if err := w.deadline(deadlineOf(it)); err != nil {
		return err
	}
	switch it := it.(type) {
	case *mulu.Org:
		return w.org(it)
	case *mulu.Entry:
		return w.entry(placeOf(n, i), it)
	case *mulu.Duty:
		return w.duty(it)
	case *mulu.System:
		return w.system(it)
	case *mulu.Table:
		return w.table(it)
	case *mulu.Link:
		return w.link(it)
	case *mulu.Application:
		return w.application(it)
	case *mulu.Grant:
		if err := w.grant(it); err != nil {
			return err
		}
		return w.granted(it)
	case *mulu.Dispute:
		return w.dispute(it)
	case *mulu.Objection:
		return w.objection(it)
	case *mulu.UseReport:
		return w.useReport(it)
	case *mulu.UseFlag:
		return w.useFlag(it)
	case *mulu.Review:
		return w.review(it)
	case *mulu.Finding:
		return w.finding(it)
	case *mulu.Element:
		return w.element(it)
	case *mulu.CodeSet:
		return w.codeSet(it)
	case *mulu.Purchase:
		return w.purchase(it)
	case *mulu.Dataset:
		return w.dataset(f.Kind, it)
	}
	return nil
}

// Citations stand in one column, parted by spaces.
func joinCites(list []mulu.Cite) string {
	parts := make([]string, len(list))
	for i, c := range list {
		parts[i] = string(c)
	}
	return strings.Join(parts, " ")
}

func splitCites(s string) []mulu.Cite {
	var list []mulu.Cite
	for _, part := range strings.Fields(s) {
		list = append(list, mulu.Cite(part))
	}
	return list
}
