package read

import (
	"context"

	"mulu"
)

// Purchase is purchased data in a list. Due ends the term for an interface or a ground; of what has one, or is over, it is
// when it came to stand so.
type Purchase struct {
	ID, Name             string
	Org, OrgName         string
	Supplier             string
	Cost                 int64 // yuan
	Until, Filed         string
	Entry, EntryName     string
	Status               string
	Overdue, Provisional bool
	Due                  string
}

// At is its place in a list.
func (p Purchase) At() Due { return Due{p.Due, p.ID} }

const putPurchase = `INSERT INTO purchase (id, org, name, supplier, cost, until, filed, entry, status, overdue, provisional, due)
	VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)
	ON CONFLICT (id) DO UPDATE SET org = ?2, name = ?3, supplier = ?4, cost = ?5, until = ?6, filed = ?7, entry = ?8, status = ?9, overdue = ?10,
	provisional = ?11, due = ?12`

func (w *writer) purchase(p *mulu.Purchase) error {
	due := p.Since
	if p.Status == "on_file" {
		due = end(p.FinishBy)
	}
	return w.exec(putPurchase, p.ID, p.Org, p.Name, p.Supplier, p.Cost, p.Until, p.Filed, p.Entry, p.Status, p.Overdue,
		p.Status == "on_file" && p.FinishBy != nil && p.FinishBy.Provisional, due)
}

// purchaseDeadline is the internal term of Art. 17. An interface that is gone begins it anew.
func purchaseDeadline(p *mulu.Purchase) *Deadline {
	if p.FinishBy == nil {
		return nil
	}
	done := ""
	if p.Status == "served" || p.Status == "grounded" {
		done = p.Since
	}
	d := ran(p, p.Org, "", p.Entry, p.Owed, p.FinishBy, done, p.Status == "on_file", p.Overdue)
	d.Internal = true
	return d
}

const purchaseColumns = `SELECT x.id, x.name, x.org, coalesce(o.short, x.org), x.supplier, x.cost, x.until, x.filed, x.entry, coalesce(e.name, x.entry), x.status,
	x.overdue, x.provisional, x.due FROM purchase x LEFT JOIN entry e ON e.code = x.entry LEFT JOIN org o ON o.id = x.org`

var purchaseStandings = standings{open: []string{"on_file"}, over: []string{"served", "grounded", "ended"}}

func scanPurchase(s scanner) (p Purchase, err error) {
	err = s.Scan(&p.ID, &p.Name, &p.Org, &p.OrgName, &p.Supplier, &p.Cost, &p.Until, &p.Filed, &p.Entry, &p.EntryName, &p.Status, &p.Overdue, &p.Provisional, &p.Due)
	return p, err
}

// Purchases lists purchased data: what an interface or a ground is owed for by the end of the term, the rest newest first;
// of one institution where Provider is not "".
func (r *Read) Purchases(ctx context.Context, q DueQuery) ([]Purchase, error) {
	var only []string
	var args []any
	if q.Provider != "" {
		only, args = []string{"x.org = ?"}, []any{q.Provider}
	}
	query, args := byDue(purchaseColumns, purchaseStandings, q, only, args)
	return rows(ctx, r, "list purchased data", query, scanPurchase, args...)
}
