package read

import (
	"context"

	"mulu"
)

// Review is a study of a sharing attribute in a list. Due ends its internal term, "" once it is over; while a change is under
// verification no term runs and Due is when it was opened.
type Review struct {
	ID, Entry, EntryName string
	Org, OrgName         string
	Status, Sharing, By  string
	Overdue, Provisional bool
	Opened, Due          string
	Finished             string
}

// At is its place in a list.
func (v Review) At() Due { return Due{v.Due, v.ID} }

const putReview = `INSERT INTO review (id, entry, org, status, sharing, called_by, overdue, provisional, opened, due, finished)
	VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
	ON CONFLICT (id) DO UPDATE SET entry = ?2, org = ?3, status = ?4, sharing = ?5, called_by = ?6, overdue = ?7, provisional = ?8, opened = ?9,
	due = ?10, finished = ?11`

func (w *writer) review(v *mulu.Review) error {
	due := ""
	switch v.Status {
	case "due":
		due = end(v.FinishBy)
	case "adjusting":
		due = v.Opened
	}
	provisional := v.Status == "due" && v.FinishBy != nil && v.FinishBy.Provisional
	return w.exec(putReview, v.ID, v.Entry, v.Org, v.Status, v.Sharing, v.By, v.Overdue, provisional, v.Opened, due, v.Finished)
}

const reviewColumns = `SELECT x.id, x.entry, coalesce(e.name, x.entry), x.org, coalesce(o.short, x.org), x.status, x.sharing, x.called_by, x.overdue,
	x.provisional, x.opened, x.due, x.finished FROM review x LEFT JOIN entry e ON e.code = x.entry LEFT JOIN org o ON o.id = x.org`

var reviewStandings = standings{open: []string{"due", "adjusting"}, over: []string{"confirmed", "changed", "closed"}}

func scanReview(s scanner) (v Review, err error) {
	err = s.Scan(&v.ID, &v.Entry, &v.EntryName, &v.Org, &v.OrgName, &v.Status, &v.Sharing, &v.By, &v.Overdue, &v.Provisional, &v.Opened, &v.Due, &v.Finished)
	return v, err
}

// Reviews lists studies of sharing attributes by the end of their term, of one institution where Provider is not "".
func (r *Read) Reviews(ctx context.Context, q DueQuery) ([]Review, error) {
	var only []string
	var args []any
	if q.Provider != "" {
		only, args = []string{"x.org = ?"}, []any{q.Provider}
	}
	query, args := byDue(reviewColumns, reviewStandings, q, only, args)
	return rows(ctx, r, "list reviews", query, scanReview, args...)
}
