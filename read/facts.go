package read

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"mulu"
)

// Happened is a fact as a follower of its own reads it: what happened to which noun and how that then stood, in which record,
// at which moment of the law, said by whom ("" where the chain did it).
type Happened struct {
	Place Place
	Time  time.Time
	Fact  string
	Noun  mulu.Kind
	ID    string
	Org   string
	State json.RawMessage
}

// FactsOf gives all facts of the records from number from to before number to, in order. Records that were not read yet
// have none: ask Position first.
func (r *Read) FactsOf(ctx context.Context, from, to uint64) ([]Happened, error) {
	return rows(ctx, r, fmt.Sprintf("read the facts of records %d to %d", from, to),
		`SELECT f.place, r.time, f.kind, f.noun, f.id, r.org, f.state FROM fact f JOIN record r ON r.n = f.place / 1048576
		WHERE f.place >= ? AND f.place < ? ORDER BY f.place`,
		func(s scanner) (h Happened, err error) {
			var nanos int64
			var state string
			err = s.Scan(&h.Place, &nanos, &h.Fact, &h.Noun, &h.ID, &h.Org, &state)
			h.Time, h.State = fromNanos(nanos), json.RawMessage(state)
			return h, err
		}, placeOf(from, 0), placeOf(to, 0))
}
