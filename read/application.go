package read

import (
	"context"

	"mulu"
)

// Application is an application for sharing in a list. AnswerBy and DeliverBy are the ends of its terms (RFC 3339),
// "" where none runs; Provisional says that one of them rests on a year without an arrangement of holidays.
type Application struct {
	ID, Consumer, Provider, Entry string
	Status                        string
	Received, AnswerBy, DeliverBy string
	Provisional                   bool
	Grant                         string
}

// Grant is a permission in a list. Since and Until bound it, DeliverBy ends its term of delivery (all RFC 3339).
type Grant struct {
	ID, Application, Consumer, Provider, Entry string
	Status                                     string
	Overdue                                    bool
	Since, Until, DeliverBy                    string
}

const (
	putApplication = `INSERT INTO application (id, consumer, provider, entry, status, received, answer_by, deliver_by, provisional, permit)
		VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
		ON CONFLICT (id) DO UPDATE SET consumer = ?2, provider = ?3, entry = ?4, status = ?5, received = ?6,
		answer_by = ?7, deliver_by = ?8, provisional = ?9, permit = ?10`
	putGrant = `INSERT INTO "grant" (id, application, consumer, provider, entry, status, overdue, since, until, deliver_by)
		VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
		ON CONFLICT (id) DO UPDATE SET application = ?2, consumer = ?3, provider = ?4, entry = ?5, status = ?6,
		overdue = ?7, since = ?8, until = ?9, deliver_by = ?10`
)

func (w *writer) application(a *mulu.Application) error {
	provisional := a.AnswerBy != nil && a.AnswerBy.Provisional || a.DeliverBy != nil && a.DeliverBy.Provisional
	return w.exec(putApplication, a.ID, a.Consumer, a.Provider, a.Entry, a.Status, a.Received, end(a.AnswerBy),
		end(a.DeliverBy), provisional, a.Grant)
}

func (w *writer) grant(g *mulu.Grant) error {
	return w.exec(putGrant, g.ID, g.Application, g.Consumer, g.Provider, g.Entry, g.Status, g.Overdue, g.From, g.Until,
		end(g.DeliverBy))
}

func end(d *mulu.Deadline) string {
	if d == nil {
		return ""
	}
	return d.End
}

const applicationColumns = `SELECT id, consumer, provider, entry, status, received, answer_by, deliver_by, provisional, permit FROM application `

func scanApplication(s scanner) (a Application, err error) {
	err = s.Scan(&a.ID, &a.Consumer, &a.Provider, &a.Entry, &a.Status, &a.Received, &a.AnswerBy, &a.DeliverBy, &a.Provisional, &a.Grant)
	return a, err
}

// ApplicationsBy lists what an institution applied for, in one state, by id.
func (r *Read) ApplicationsBy(ctx context.Context, consumer, status, after string, max int) ([]Application, error) {
	return rows(ctx, r, "list the applications of "+consumer,
		applicationColumns+`WHERE consumer = ? AND status = ? AND id > ? ORDER BY id LIMIT ?`, scanApplication, consumer, status, after, limit(max))
}

// ApplicationsTo lists the applications to a provider, in one state, by id.
func (r *Read) ApplicationsTo(ctx context.Context, provider, status, after string, max int) ([]Application, error) {
	return rows(ctx, r, "list the applications to "+provider,
		applicationColumns+`WHERE provider = ? AND status = ? AND id > ? ORDER BY id LIMIT ?`, scanApplication, provider, status, after, limit(max))
}

// ApplicationsFor lists the applications for an entry by id.
func (r *Read) ApplicationsFor(ctx context.Context, entry, after string, max int) ([]Application, error) {
	return rows(ctx, r, "list the applications for "+entry,
		applicationColumns+`WHERE entry = ? AND id > ? ORDER BY id LIMIT ?`, scanApplication, entry, after, limit(max))
}

// AnswerDue lists the applications whose answer is due before a moment (RFC 3339, Asia/Shanghai), the most urgent first.
func (r *Read) AnswerDue(ctx context.Context, before string, max int) ([]Application, error) {
	return rows(ctx, r, "list the applications due before "+before,
		applicationColumns+`WHERE status = 'submitted' AND answer_by > '' AND answer_by < ? ORDER BY answer_by, id LIMIT ?`,
		scanApplication, before, limit(max))
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
