package read

import (
	"context"

	"mulu"
)

// Objection is an objection to data in a list. Due ends the term to answer it, "" once it is over; Ordered is the coordination
// case that ordered the correction, "" where none did.
type Objection struct {
	ID, Grant string
	Shared
	Status                   string
	Overdue, Provisional     bool
	Filed, Due, Ended, Wrong string
	Items                    int
	Ordered                  string
}

// At is its place in a list.
func (o Objection) At() Due { return Due{o.Due, o.ID} }

const putObjection = `INSERT INTO objection (id, permit, consumer, provider, entry, status, overdue, provisional, filed, due, ended, wrong, items, ordered)
	VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)
	ON CONFLICT (id) DO UPDATE SET permit = ?2, consumer = ?3, provider = ?4, entry = ?5, status = ?6, overdue = ?7, provisional = ?8, filed = ?9,
	due = ?10, ended = ?11, wrong = ?12, items = ?13, ordered = ?14`

func (w *writer) objection(o *mulu.Objection) error {
	due := ""
	if o.Open() {
		due = end(o.AnswerBy)
	}
	provisional := due != "" && o.AnswerBy.Provisional
	return w.exec(putObjection, o.ID, o.Grant, o.Consumer, o.Provider, o.Entry, o.Status, o.Overdue, provisional, o.Filed, due, o.Answered,
		o.Wrong, len(o.Items), o.Case)
}

const objectionColumns = `SELECT x.id, x.permit, ` + sharedColumns + `, x.status, x.overdue, x.provisional, x.filed, x.due, x.ended, x.wrong, x.items,
	x.ordered FROM objection x` + sharedJoins

var objectionStandings = standings{open: []string{"filed", "checking"}, over: []string{"corrected", "unfounded", "withdrawn", "closed"}}

func scanObjection(s scanner) (o Objection, err error) {
	into := append([]any{&o.ID, &o.Grant}, o.Shared.into()...)
	err = s.Scan(append(into, &o.Status, &o.Overdue, &o.Provisional, &o.Filed, &o.Due, &o.Ended, &o.Wrong, &o.Items, &o.Ordered)...)
	return o, err
}

// Objections lists objections by the end of their term; the overdue ones are the first.
func (r *Read) Objections(ctx context.Context, q DueQuery) ([]Objection, error) {
	only, args := q.conditions()
	query, args := byDue(objectionColumns, objectionStandings, q, only, args)
	return rows(ctx, r, "list objections", query, scanObjection, args...)
}

// ObjectionsUnder lists the objections under a grant, the newest first.
func (r *Read) ObjectionsUnder(ctx context.Context, grant string, max int) ([]Objection, error) {
	return rows(ctx, r, "list the objections under "+grant, objectionColumns+` WHERE x.permit = ? ORDER BY x.id DESC LIMIT ?`, scanObjection, grant, limit(max))
}
