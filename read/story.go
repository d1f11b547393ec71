package read

import (
	"context"
	"fmt"
	"time"

	"mulu"
)

// Line is one line of a story: what happened to what, under which provisions, said by whom, with its title in Chinese
// and English. Said is the kind of the act, "alarm" where a deadline fell due, "genesis" at the beginning; then Org,
// Node and Person are "".
type Line struct {
	Place  Place
	N      uint64
	Height int64
	Time   time.Time
	Noun   mulu.Kind
	ID     string
	Fact   string
	Zh, En string
	Art    []mulu.Cite
	Said   string
	Org    string
	Node   string
	Person string
	Status string
}

// Story tells what happened to a noun and to what belongs to it, in order: with an entry its links, applications,
// grants, coordination cases and data; with an application its grant and cases; with a system its tables and links;
// with an institution its keys and machine clients; with a node its keys and anchored receipts.
func (r *Read) Story(ctx context.Context, kind mulu.Kind, id string, p Page) ([]Line, error) {
	return rows(ctx, r, fmt.Sprintf("tell the story of %s %s", kind, id),
		`WITH RECURSIVE member (kind, id) AS (
			SELECT ?1, ?2
			UNION
			SELECT b.kind, b.id FROM member m CROSS JOIN belong b ON b.owner_kind = m.kind AND b.owner = m.id)
		SELECT f.place, r.height, r.time, f.noun, f.id, f.kind, f.art, r.kind, r.org, r.node, r.person, f.status
		FROM member m CROSS JOIN fact f ON f.noun = m.kind AND f.id = m.id JOIN record r ON r.n = f.place / 1048576
		WHERE f.place >= ?3 ORDER BY f.place LIMIT ?4`,
		func(s scanner) (l Line, err error) {
			var nanos int64
			var art string
			err = s.Scan(&l.Place, &l.Height, &nanos, &l.Noun, &l.ID, &l.Fact, &art, &l.Said, &l.Org, &l.Node, &l.Person, &l.Status)
			l.N, l.Time, l.Art = l.Place.N(), fromNanos(nanos), splitCites(art)
			l.Zh, l.En = mulu.FactTitle(l.Fact, "zh"), mulu.FactTitle(l.Fact, "en")
			return l, err
		}, kind, id, p.From, limit(p.Limit))
}
