package read

import (
	"context"

	"mulu"
)

// Grant is a permission in a list. Since and Until bound it, DeliverBy ends its term of delivery (all RFC 3339).
type Grant struct {
	ID, Application, Consumer, Provider, Entry string
	Status                                     string
	Overdue                                    bool
	Since, Until, DeliverBy                    string
}

const putGrant = `INSERT INTO "grant" (id, application, consumer, provider, entry, status, overdue, since, until, deliver_by)
		VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
		ON CONFLICT (id) DO UPDATE SET application = ?2, consumer = ?3, provider = ?4, entry = ?5, status = ?6,
		overdue = ?7, since = ?8, until = ?9, deliver_by = ?10`

func (w *writer) grant(g *mulu.Grant) error {
	return w.exec(putGrant, g.ID, g.Application, g.Consumer, g.Provider, g.Entry, g.Status, g.Overdue, g.From, g.Until,
		end(g.DeliverBy))
}

const grantColumns = `SELECT id, application, consumer, provider, entry, status, overdue, since, until, deliver_by FROM "grant" `

func scanGrant(s scanner) (g Grant, err error) {
	err = s.Scan(&g.ID, &g.Application, &g.Consumer, &g.Provider, &g.Entry, &g.Status, &g.Overdue, &g.Since, &g.Until, &g.DeliverBy)
	return g, err
}

// GrantsOf lists the permissions of a consumer, in one state, by id.
func (r *Read) GrantsOf(ctx context.Context, consumer, status, after string, max int) ([]Grant, error) {
	return rows(ctx, r, "list the grants of "+consumer,
		grantColumns+`WHERE consumer = ? AND status = ? AND id > ? ORDER BY id LIMIT ?`, scanGrant, consumer, status, after, limit(max))
}

// GrantsFrom lists the permissions a provider's data is used under, in one state, by id.
func (r *Read) GrantsFrom(ctx context.Context, provider, status, after string, max int) ([]Grant, error) {
	return rows(ctx, r, "list the grants from "+provider,
		grantColumns+`WHERE provider = ? AND status = ? AND id > ? ORDER BY id LIMIT ?`, scanGrant, provider, status, after, limit(max))
}

// GrantsFor lists the permissions to an entry by id.
func (r *Read) GrantsFor(ctx context.Context, entry, after string, max int) ([]Grant, error) {
	return rows(ctx, r, "list the grants for "+entry, grantColumns+`WHERE entry = ? AND id > ? ORDER BY id LIMIT ?`, scanGrant, entry, after, limit(max))
}
