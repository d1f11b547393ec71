package read

import (
	"context"

	"mulu"
)

// Org is an institution in a list. Field meanings as in mulu.Org.
type Org struct {
	ID, Name, Short       string
	Sort                  mulu.OrgKind
	CreditCode            string
	Bound, Joined, Bureau bool
	Status                string
}

const putOrg = `INSERT INTO org (id, name, short, sort, credit, bound, joined, bureau, status)
	VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
	ON CONFLICT (id) DO UPDATE SET name = ?2, short = ?3, sort = ?4, credit = ?5, bound = ?6, joined = ?7, bureau = ?8, status = ?9`

func (w *writer) org(o *mulu.Org) error {
	return w.exec(putOrg, o.ID, o.Name, o.Short, o.Sort, o.CreditCode, o.Bound, o.Joined, o.Bureau, o.Status)
}

// Orgs lists institutions by id, those after the given one, at most max (0 = 100).
func (r *Read) Orgs(ctx context.Context, after string, max int) ([]Org, error) {
	return rows(ctx, r, "list institutions",
		`SELECT id, name, short, sort, credit, bound, joined, bureau, status FROM org WHERE id > ? ORDER BY id LIMIT ?`,
		func(s scanner) (o Org, err error) {
			err = s.Scan(&o.ID, &o.Name, &o.Short, &o.Sort, &o.CreditCode, &o.Bound, &o.Joined, &o.Bureau, &o.Status)
			return o, err
		}, after, limit(max))
}
