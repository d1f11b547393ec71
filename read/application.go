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

const putApplication = `INSERT INTO application (id, consumer, provider, entry, status, received, answer_by, deliver_by, provisional, permit)
		VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
		ON CONFLICT (id) DO UPDATE SET consumer = ?2, provider = ?3, entry = ?4, status = ?5, received = ?6,
		answer_by = ?7, deliver_by = ?8, provisional = ?9, permit = ?10`

func (w *writer) application(a *mulu.Application) error {
	provisional := a.AnswerBy != nil && a.AnswerBy.Provisional || a.DeliverBy != nil && a.DeliverBy.Provisional
	return w.exec(putApplication, a.ID, a.Consumer, a.Provider, a.Entry, a.Status, a.Received, end(a.AnswerBy),
		end(a.DeliverBy), provisional, a.Grant)
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
