package read

import (
	"context"

	"mulu"
)

// Grant is a permission in a list. Since and Until bound it, DeliverBy ends its term of delivery, Delivered is when that was
// done, Noticed when it was last told of changed sharing attributes (all RFC 3339, "" where it is not so). Due is what comes
// next with it, the end of the term of delivery or of the permission itself; "" once it is over.
type Grant struct {
	ID, Application string
	Shared
	Status, Method                         string
	Overdue, Provisional                   bool
	Since, Until                           string
	DeliverBy, Delivered, Noticed, Due, By string
}

// At is its place in a list.
func (g Grant) At() Due { return Due{g.Due, g.ID} }

const putGrant = `INSERT INTO "grant" (id, application, consumer, provider, entry, status, method, overdue, provisional, since, until, deliver_by,
	delivered, noticed, due, made_by)
	VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)
	ON CONFLICT (id) DO UPDATE SET application = ?2, consumer = ?3, provider = ?4, entry = ?5, status = ?6, method = ?7, overdue = ?8,
	provisional = ?9, since = ?10, until = ?11, deliver_by = ?12, delivered = ?13, noticed = ?14, due = ?15, made_by = ?16`

func (w *writer) grant(g *mulu.Grant) error {
	noticed, due := "", g.Until
	if g.Notice != nil {
		noticed = g.Notice.At
	}
	switch {
	case g.Status == "ended":
		due = ""
	case g.Delivered == "" && g.DeliverBy != nil: // late or not: what is late comes first
		due = g.DeliverBy.End
	}
	provisional := g.Delivered == "" && g.DeliverBy != nil && g.DeliverBy.Provisional
	return w.exec(putGrant, g.ID, g.Application, g.Consumer, g.Provider, g.Entry, g.Status, g.Method, g.Overdue, provisional, g.From, g.Until,
		end(g.DeliverBy), g.Delivered, noticed, due, g.By)
}

const grantColumns = `SELECT x.id, x.application, ` + sharedColumns + `, x.status, x.method, x.overdue, x.provisional, x.since, x.until, x.deliver_by,
	x.delivered, x.noticed, x.due, x.made_by FROM "grant" x` + sharedJoins

var grantStandings = standings{open: []string{"delivering", "active", "suspended"}, over: []string{"ended"}}

func scanGrant(s scanner) (g Grant, err error) {
	into := append([]any{&g.ID, &g.Application}, g.Shared.into()...)
	err = s.Scan(append(into, &g.Status, &g.Method, &g.Overdue, &g.Provisional, &g.Since, &g.Until, &g.DeliverBy, &g.Delivered, &g.Noticed, &g.Due, &g.By)...)
	return g, err
}

// Grants lists permissions by what comes next with them.
func (r *Read) Grants(ctx context.Context, q DueQuery) ([]Grant, error) {
	only, args := q.conditions()
	query, args := byDue(grantColumns, grantStandings, q, only, args)
	return rows(ctx, r, "list grants", query, scanGrant, args...)
}

// GrantsFor lists the permissions to an entry by id.
func (r *Read) GrantsFor(ctx context.Context, entry, after string, max int) ([]Grant, error) {
	return rows(ctx, r, "list the grants for "+entry, grantColumns+` WHERE x.entry = ? AND x.id > ? ORDER BY x.id LIMIT ?`, scanGrant, entry, after, limit(max))
}
