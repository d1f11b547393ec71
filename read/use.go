package read

import (
	"context"

	"mulu"
)

// UseReport is an account of use in a list, of the time From to To. Due ends the internal term to file it, "" once it is over.
type UseReport struct {
	ID, Grant string
	Shared
	Status                      string
	Overdue, Provisional, Final bool
	From, To, Due, Filed        string
}

// At is its place in a list.
func (u UseReport) At() Due { return Due{u.Due, u.ID} }

// UseFlag is a word of unusual use in a list: Rule counted Counted on Day, and Usual is above what it flags.
type UseFlag struct {
	ID, Grant string
	Shared
	Status, Rule, Day string
	Counted, Usual    int64
	Flagged, Due      string
}

// At is its place in a list.
func (f UseFlag) At() Due { return Due{f.Due, f.ID} }

const (
	putUseReport = `INSERT INTO use_report (id, permit, consumer, provider, entry, status, overdue, provisional, final, since, until, due, filed)
		VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)
		ON CONFLICT (id) DO UPDATE SET permit = ?2, consumer = ?3, provider = ?4, entry = ?5, status = ?6, overdue = ?7, provisional = ?8, final = ?9,
		since = ?10, until = ?11, due = ?12, filed = ?13`
	putUseFlag = `INSERT INTO use_flag (id, permit, consumer, provider, entry, status, rule, day, counted, usual, flagged, due)
		VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)
		ON CONFLICT (id) DO UPDATE SET permit = ?2, consumer = ?3, provider = ?4, entry = ?5, status = ?6, rule = ?7, day = ?8, counted = ?9,
		usual = ?10, flagged = ?11, due = ?12`
)

func (w *writer) useReport(u *mulu.UseReport) error {
	due := ""
	if u.Status == "due" {
		due = end(u.FileBy)
	}
	provisional := due != "" && u.FileBy.Provisional
	return w.exec(putUseReport, u.ID, u.Grant, u.Consumer, u.Provider, u.Entry, u.Status, u.Overdue, provisional, u.Final, u.From, u.To, due, u.Filed)
}

// A flag has no term: it waits since it was raised.
func (w *writer) useFlag(f *mulu.UseFlag) error {
	due := ""
	if f.Status == "flagged" {
		due = f.Flagged
	}
	return w.exec(putUseFlag, f.ID, f.Grant, f.Consumer, f.Provider, f.Entry, f.Status, f.Rule, f.Day, f.Counted, f.Usual, f.Flagged, due)
}

const (
	useReportColumns = `SELECT x.id, x.permit, ` + sharedColumns + `, x.status, x.overdue, x.provisional, x.final, x.since, x.until, x.due, x.filed
		FROM use_report x` + sharedJoins
	useFlagColumns = `SELECT x.id, x.permit, ` + sharedColumns + `, x.status, x.rule, x.day, x.counted, x.usual, x.flagged, x.due
		FROM use_flag x` + sharedJoins
)

var (
	useReportStandings = standings{open: []string{"due"}, over: []string{"reported", "closed"}}
	useFlagStandings   = standings{open: []string{"flagged"}, over: []string{"explained", "closed"}}
)

func scanUseReport(s scanner) (u UseReport, err error) {
	into := append([]any{&u.ID, &u.Grant}, u.Shared.into()...)
	err = s.Scan(append(into, &u.Status, &u.Overdue, &u.Provisional, &u.Final, &u.From, &u.To, &u.Due, &u.Filed)...)
	return u, err
}

func scanUseFlag(s scanner) (f UseFlag, err error) {
	into := append([]any{&f.ID, &f.Grant}, f.Shared.into()...)
	err = s.Scan(append(into, &f.Status, &f.Rule, &f.Day, &f.Counted, &f.Usual, &f.Flagged, &f.Due)...)
	return f, err
}

// UseReports lists accounts of use by the end of their term.
func (r *Read) UseReports(ctx context.Context, q DueQuery) ([]UseReport, error) {
	only, args := q.conditions()
	query, args := byDue(useReportColumns, useReportStandings, q, only, args)
	return rows(ctx, r, "list use reports", query, scanUseReport, args...)
}

// UseReportsUnder lists the accounts of a grant's use, the newest first.
func (r *Read) UseReportsUnder(ctx context.Context, grant string, max int) ([]UseReport, error) {
	return rows(ctx, r, "list the use reports under "+grant, useReportColumns+` WHERE x.permit = ? ORDER BY x.id DESC LIMIT ?`, scanUseReport, grant, limit(max))
}

// UseFlags lists words of unusual use, those that wait longest first.
func (r *Read) UseFlags(ctx context.Context, q DueQuery) ([]UseFlag, error) {
	only, args := q.conditions()
	query, args := byDue(useFlagColumns, useFlagStandings, q, only, args)
	return rows(ctx, r, "list flags of use", query, scanUseFlag, args...)
}

// UseFlagsUnder lists the words of unusual use of a grant, the newest first.
func (r *Read) UseFlagsUnder(ctx context.Context, grant string, max int) ([]UseFlag, error) {
	return rows(ctx, r, "list the flags of use under "+grant, useFlagColumns+` WHERE x.permit = ? ORDER BY x.id DESC LIMIT ?`, scanUseFlag, grant, limit(max))
}
