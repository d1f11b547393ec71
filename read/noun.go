package read

import (
	"context"
	"encoding/json"
	"fmt"

	"mulu"
)

// Noun is any noun as it now stands. Org is the institution it is counted under: its owner, for what passes between
// two the consumer. Updated is the record that changed it last.
type Noun struct {
	Kind    mulu.Kind
	ID      string
	Status  string
	Name    string
	Org     string
	Updated uint64
	State   json.RawMessage
}

// Filter narrows a list; empty fields do not. After is the id of the last row of the page before.
type Filter struct {
	Status, Org string
	After       string
	Limit       int // 0 = 100, at most 1000
}

const (
	nounColumns     = `SELECT kind, id, status, name, org, updated, state FROM noun `
	nounsAll        = nounColumns + `WHERE kind = ?1 AND id > ?2 ORDER BY id LIMIT ?3`
	nounsByStatus   = nounColumns + `WHERE kind = ?1 AND status = ?4 AND id > ?2 ORDER BY id LIMIT ?3`
	nounsByOrg      = nounColumns + `WHERE kind = ?1 AND org = ?4 AND id > ?2 ORDER BY id LIMIT ?3`
	nounsByOrgStand = nounColumns + `WHERE kind = ?1 AND org = ?4 AND status = ?5 AND id > ?2 ORDER BY id LIMIT ?3`
)

func scanNoun(s scanner) (n Noun, err error) {
	var updated int64
	var state string
	err = s.Scan(&n.Kind, &n.ID, &n.Status, &n.Name, &n.Org, &updated, &state)
	n.Updated, n.State = uint64(updated), json.RawMessage(state)
	return n, err
}

// Nouns lists nouns of a kind by id.
func (r *Read) Nouns(ctx context.Context, kind mulu.Kind, f Filter) ([]Noun, error) {
	query, args := nounsAll, []any{kind, f.After, limit(f.Limit)}
	switch {
	case f.Org != "" && f.Status != "":
		query, args = nounsByOrgStand, append(args, f.Org, f.Status)
	case f.Org != "":
		query, args = nounsByOrg, append(args, f.Org)
	case f.Status != "":
		query, args = nounsByStatus, append(args, f.Status)
	}
	return rows(ctx, r, fmt.Sprintf("list %s", kind), query, scanNoun, args...)
}

// Noun gives one noun as it now stands, or ErrAbsent.
func (r *Read) Noun(ctx context.Context, kind mulu.Kind, id string) (Noun, error) {
	return row(ctx, r, fmt.Sprintf("look up %s %s", kind, id), nounColumns+`WHERE kind = ? AND id = ?`, scanNoun, kind, id)
}

// Count says how many nouns of a kind stand in a status, Org "" where all institutions are counted together.
type Count struct {
	Kind   mulu.Kind
	Status string
	Org    string
	Count  int64
}

func scanCount(s scanner) (c Count, err error) {
	err = s.Scan(&c.Kind, &c.Status, &c.Org, &c.Count)
	return c, err
}

// Counts counts all nouns by kind and status.
func (r *Read) Counts(ctx context.Context) ([]Count, error) {
	return rows(ctx, r, "count nouns",
		`SELECT kind, status, '', sum(count) FROM tally GROUP BY kind, status ORDER BY kind, status`, scanCount)
}

// CountsByOrg counts the nouns of a kind by status and institution.
func (r *Read) CountsByOrg(ctx context.Context, kind mulu.Kind) ([]Count, error) {
	return rows(ctx, r, fmt.Sprintf("count %s by institution", kind),
		`SELECT kind, status, org, count FROM tally WHERE kind = ? ORDER BY status, org`, scanCount, kind)
}
