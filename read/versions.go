package read

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"mulu"
)

// Version is one published version of an entry: when, by which record and fact, said by whom, and its content.
type Version struct {
	N           int
	Place       Place
	Record      uint64
	Time        time.Time
	Fact        string
	Org, Person string
	Content     mulu.EntryContent
}

// Versions lists the published versions of an entry, the first one first. An entry never published has none.
func (r *Read) Versions(ctx context.Context, entry string) ([]Version, error) {
	attempt := "list the versions of " + entry
	all, err := rows(ctx, r, attempt, `SELECT f.place, r.time, f.kind, r.org, r.person, f.state FROM fact f JOIN record r ON r.n = f.place / 1048576
		WHERE f.noun = 'entry' AND f.id = ? ORDER BY f.place`, func(s scanner) (v Version, err error) {
		var nanos int64
		var state string
		if err := s.Scan(&v.Place, &nanos, &v.Fact, &v.Org, &v.Person, &state); err != nil {
			return v, err
		}
		v.Record, v.Time = v.Place.N(), fromNanos(nanos)
		var e mulu.Entry
		if err := json.Unmarshal([]byte(state), &e); err != nil {
			return v, fmt.Errorf("record %d: %w", v.Record, err)
		}
		if e.Now != nil {
			v.N, v.Content = e.Version, *e.Now
		}
		return v, nil
	}, entry)
	if err != nil {
		return nil, err
	}
	var list []Version
	last := 0
	for _, v := range all {
		if v.N > last {
			list, last = append(list, v), v.N
		}
	}
	return list, nil
}
