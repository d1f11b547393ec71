package read

import (
	"context"
	"strings"

	"mulu"
)

// Org is an institution in a list. Field meanings as in mulu.Org. HasKey says that it can act.
type Org struct {
	ID, Name, Short       string
	Sort                  mulu.OrgKind
	CreditCode            string
	Bound, Joined, Bureau bool
	Status                string
	HasKey                bool
	Former                []mulu.FormerName
	Why                   string
}

const putOrg = `INSERT INTO org (id, name, short, sort, credit, bound, joined, bureau, status, has_key, former, why)
	VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)
	ON CONFLICT (id) DO UPDATE SET name = ?2, short = ?3, sort = ?4, credit = ?5, bound = ?6, joined = ?7, bureau = ?8, status = ?9,
	has_key = ?10, former = ?11, why = ?12`

func (w *writer) org(o *mulu.Org) error {
	w.renamed = append(w.renamed, namesOf(o.ID, o.Name, o.Short, o.Former))
	return w.exec(putOrg, o.ID, o.Name, o.Short, o.Sort, o.CreditCode, o.Bound, o.Joined, o.Bureau, o.Status, o.SigningKey != "",
		listText(o.Former), o.Why)
}

const orgColumns = `o.id, o.name, o.short, o.sort, o.credit, o.bound, o.joined, o.bureau, o.status, o.has_key, o.former, o.why`

func scanOrg(s scanner, more ...any) (o Org, err error) {
	var former string
	into := []any{&o.ID, &o.Name, &o.Short, &o.Sort, &o.CreditCode, &o.Bound, &o.Joined, &o.Bureau, &o.Status, &o.HasKey, &former, &o.Why}
	if err := s.Scan(append(into, more...)...); err != nil {
		return o, err
	}
	o.Former, err = textList[mulu.FormerName](former)
	return o, err
}

// Org gives one institution, or ErrAbsent.
func (r *Read) Org(ctx context.Context, id string) (Org, error) {
	return row(ctx, r, "look up institution "+id, "SELECT "+orgColumns+" FROM org o WHERE o.id = ?",
		func(s scanner) (Org, error) { return scanOrg(s) }, id)
}

// OrgQuery asks for institutions; empty fields let everything pass. Words must all occur in the name, the short name, a
// former name, the credit code or the id. Bound asks for those that Art. 15(3) binds, or for the others;
// Joined for those that chose to follow the chain, or for those that did not.
type OrgQuery struct {
	Words  string
	Sort   mulu.OrgKind
	Status string
	Bound  *bool
	Joined *bool
	After  string // id of the last row of the page before
	Limit  int    // 0 = 100, at most 1000
}

// OrgRow is an institution with counts: its duties not retired, its entries not retired, and those of them in force.
type OrgRow struct {
	Org
	Duties, Entries, Published int
}

// Orgs lists institutions by id, and tells how many there are in all.
func (r *Read) Orgs(ctx context.Context, q OrgQuery) (list []OrgRow, total int, err error) {
	where, args := []string{"true"}, []any{}
	if q.Sort != "" {
		where, args = append(where, "o.sort = ?"), append(args, q.Sort)
	}
	if q.Status != "" {
		where, args = append(where, "o.status = ?"), append(args, q.Status)
	}
	if q.Bound != nil {
		where, args = append(where, "o.bound = ?"), append(args, *q.Bound)
	}
	if q.Joined != nil {
		where, args = append(where, "o.joined = ?"), append(args, *q.Joined)
	}
	for _, w := range strings.Fields(strings.ToLower(q.Words)) {
		where = append(where, "instr(lower(o.id || ' ' || o.name || ' ' || o.short || ' ' || o.former || ' ' || o.credit), ?) > 0")
		args = append(args, w)
	}
	from := " FROM org o WHERE " + strings.Join(where, " AND ")
	if total, err = row(ctx, r, "count institutions", "SELECT count(*)"+from, scanInt, args...); err != nil {
		return nil, 0, err
	}
	list, err = rows(ctx, r, "list institutions", "SELECT "+orgColumns+`,
		(SELECT count(*) FROM duty d WHERE d.org = o.id AND d.status <> 'retired'),
		coalesce(c.entries, 0), coalesce(c.published, 0)`+strings.Replace(from, "WHERE", "LEFT JOIN org_count c ON c.org = o.id WHERE", 1)+" AND o.id > ? ORDER BY o.id LIMIT ?",
		func(s scanner) (o OrgRow, err error) {
			o.Org, err = scanOrg(s, &o.Duties, &o.Entries, &o.Published)
			return o, err
		}, append(args, q.After, limit(q.Limit))...)
	return list, total, err
}

func scanInt(s scanner) (n int, err error) {
	err = s.Scan(&n)
	return n, err
}
