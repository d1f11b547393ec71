package read

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"mulu"
)

// Record is what was said to the chain, or done by it, and what came of it. Act is the act's id, "" for what the chain
// did itself (kinds "genesis" and "alarm"); Facts counts what happened; Refused is set where the law said no.
type Record struct {
	N       uint64
	Height  int64
	Time    time.Time
	Act     string
	Kind    string
	Org     string
	Node    string
	Person  string
	Facts   int
	Refused *mulu.Refusal
}

const recordColumns = `SELECT n, height, time, act, kind, org, node, person, facts, refused, art, args FROM record `

func scanRecord(s scanner) (d Record, err error) {
	var n, nanos int64
	var act, refused, art, args sql.NullString
	if err := s.Scan(&n, &d.Height, &nanos, &act, &d.Kind, &d.Org, &d.Node, &d.Person, &d.Facts, &refused, &art, &args); err != nil {
		return d, err
	}
	d.N, d.Time, d.Act = uint64(n), fromNanos(nanos), act.String
	if refused.Valid {
		d.Refused = &mulu.Refusal{Code: refused.String, Art: mulu.Cite(art.String)}
		err = json.Unmarshal([]byte(args.String), &d.Refused.Args)
	}
	return d, err
}

// Records lists records from number from, at most max (0 = 100).
func (r *Read) Records(ctx context.Context, from uint64, max int) ([]Record, error) {
	return rows(ctx, r, "list records", recordColumns+`WHERE n >= ? ORDER BY n LIMIT ?`, scanRecord, int64(from), limit(max))
}

// RecordsBefore lists records below number before, the latest first, at most max (0 = 100).
func (r *Read) RecordsBefore(ctx context.Context, before uint64, max int) ([]Record, error) {
	return rows(ctx, r, "list records", recordColumns+`WHERE n < ? ORDER BY n DESC LIMIT ?`, scanRecord, int64(before), limit(max))
}

// RecordOf gives the record of an act by the act's id, or ErrAbsent.
func (r *Read) RecordOf(ctx context.Context, act string) (Record, error) {
	return row(ctx, r, "look up act "+act, recordColumns+`WHERE act = ? ORDER BY n LIMIT 1`, scanRecord, act)
}

// Step is one thing that happened to a noun, and how it then stood. Place is its cursor.
type Step struct {
	Place  Place
	N      uint64
	Height int64
	Time   time.Time
	Fact   string // kind of the fact
	Art    []mulu.Cite
	Org    string // who said it; "" with Node "" where the chain did it
	Node   string
	Status string
	State  json.RawMessage
}

// Page asks for what happened from a place on (the next page begins at Next of the last row's), at most Limit (0 = 100).
type Page struct {
	From  Place
	Limit int
}

const stepColumns = `SELECT f.place, r.height, r.time, f.kind, f.art, r.org, r.node, f.status, f.state
	FROM fact f JOIN record r ON r.n = f.place / 1048576 `

func scanStep(s scanner) (t Step, err error) {
	var nanos int64
	var art, state string
	err = s.Scan(&t.Place, &t.Height, &nanos, &t.Fact, &art, &t.Org, &t.Node, &t.Status, &state)
	t.N, t.Time, t.Art, t.State = t.Place.N(), fromNanos(nanos), splitCites(art), json.RawMessage(state)
	return t, err
}

// History lists what happened to a noun, in order. A noun never heard of has none.
func (r *Read) History(ctx context.Context, kind mulu.Kind, id string, p Page) ([]Step, error) {
	return rows(ctx, r, fmt.Sprintf("read the history of %s %s", kind, id),
		stepColumns+`WHERE f.noun = ? AND f.id = ? AND f.place >= ? ORDER BY f.place LIMIT ?`,
		scanStep, kind, id, p.From, limit(p.Limit))
}

// At gives a noun as it stood at a moment of the law's time (what happened at that very moment included), or ErrAbsent.
func (r *Read) At(ctx context.Context, kind mulu.Kind, id string, at time.Time) (Step, error) {
	attempt := fmt.Sprintf("look up %s %s as of %s", kind, id, at.In(mulu.Shanghai()).Format(time.RFC3339))
	n, err := row(ctx, r, attempt, `SELECT n FROM record WHERE time <= ? ORDER BY time DESC, n DESC LIMIT 1`,
		func(s scanner) (n int64, err error) {
			err = s.Scan(&n)
			return n, err
		}, at.UnixNano())
	if err != nil {
		return Step{}, err
	}
	return row(ctx, r, attempt, stepColumns+`WHERE f.noun = ? AND f.id = ? AND f.place < ? ORDER BY f.place DESC LIMIT 1`,
		scanStep, kind, id, int64(placeOf(uint64(n)+1, 0)))
}

// Difference lists what changed in a noun between two moments of the law's time, by path. A noun that was not there
// at the first moment has one change, at path "": all of it. ErrAbsent when it was not there at the second either.
func (r *Read) Difference(ctx context.Context, kind mulu.Kind, id string, from, to time.Time) ([]Change, error) {
	after, err := r.At(ctx, kind, id, to)
	if err != nil {
		return nil, err
	}
	before, err := r.At(ctx, kind, id, from)
	if err != nil && !errors.Is(err, ErrAbsent) {
		return nil, err
	}
	changes, err := Compare(before.State, after.State)
	if err != nil {
		return nil, fmt.Errorf("compare %s %s: %w", kind, id, err)
	}
	return changes, nil
}
