package read

import (
	"context"
	"fmt"
	"strings"

	"mulu"
)

// Application is an application for sharing in a list. AnswerBy, DeliverBy, Until and the moments are RFC 3339, "" where
// there is none. Stage says more than Status: what is granted stands where its grant does (delivering, active, suspended,
// ended). Provisional says that a term rests on a year without an arrangement of holidays. Cursor is the place in the list.
type Application struct {
	ID string
	Shared
	Status, Stage, Method         string
	Received, AnswerBy, DeliverBy string
	Provisional                   bool
	Grant                         string
	Decision, Answerer, Answered  string // the decision, who took it ("law" where the rule did), and when
	Delivered, Until              string
	SplitOf, SplitTo              string
	Cursor                        string
}

const (
	putApplication = `INSERT INTO application (id, consumer, provider, entry, status, stage, method, received, answer_by, deliver_by, provisional, permit,
		decision, answerer, answered, delivered, until, split_of, split_to)
		VALUES (?1, ?2, ?3, ?4, ?5, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, '', '', ?15, ?16)
		ON CONFLICT (id) DO UPDATE SET consumer = ?2, provider = ?3, entry = ?4, status = ?5, stage = ?5, method = ?6, received = ?7,
		answer_by = ?8, deliver_by = ?9, provisional = ?10, permit = ?11, decision = ?12, answerer = ?13, answered = ?14, split_of = ?15, split_to = ?16`
	putGranted = `UPDATE application SET stage = ?2, deliver_by = ?3, delivered = ?4, until = ?5 WHERE id = ?1`
)

func (w *writer) application(a *mulu.Application) error {
	provisional := a.AnswerBy != nil && a.AnswerBy.Provisional || a.DeliverBy != nil && a.DeliverBy.Provisional
	var by mulu.Answer
	if a.Answer != nil {
		by = *a.Answer
	}
	return w.exec(putApplication, a.ID, a.Consumer, a.Provider, a.Entry, a.Status, a.Ask.Method, a.Received, end(a.AnswerBy),
		end(a.DeliverBy), provisional, a.Grant, by.Decision, by.By, by.At, a.SplitOf, a.SplitTo)
}

// granted lets an application stand where the grant does that came of it.
func (w *writer) granted(g *mulu.Grant) error {
	return w.exec(putGranted, g.Application, g.Status, end(g.DeliverBy), g.Delivered, g.Until)
}

func end(d *mulu.Deadline) string {
	if d == nil {
		return ""
	}
	return d.End
}

const applicationColumns = `SELECT x.id, ` + sharedColumns + `, x.status, x.stage, x.method, x.received, x.answer_by, x.deliver_by, x.provisional, x.permit,
	x.decision, x.answerer, x.answered, x.delivered, x.until, x.split_of, x.split_to, x.received || ' ' || x.id FROM application x` + sharedJoins

func scanApplication(s scanner) (a Application, err error) {
	into := append([]any{&a.ID}, a.Shared.into()...)
	err = s.Scan(append(into, &a.Status, &a.Stage, &a.Method, &a.Received, &a.AnswerBy, &a.DeliverBy, &a.Provisional, &a.Grant, &a.Decision, &a.Answerer, &a.Answered,
		&a.Delivered, &a.Until, &a.SplitOf, &a.SplitTo, &a.Cursor)...)
	return a, err
}

// ApplicationQuery narrows a list of applications; empty fields do not. From and To (RFC 3339) bound when the answer was
// given, the last moment left out. Before is the cursor of the last row of the page before.
type ApplicationQuery struct {
	Consumer, Provider, Entry string
	Stage, Decision           string
	Words                     string // all occur in the entry's name, an institution's short name, or the id
	From, To                  string
	Before                    string
	Limit                     int // 0 = 100, at most 1000
}

// Applications lists applications, those received last first.
func (r *Read) Applications(ctx context.Context, q ApplicationQuery) ([]Application, error) {
	where, args := q.where()
	if received, id, ok := strings.Cut(q.Before, " "); ok {
		where, args = where+" AND (x.received, x.id) < (?, ?)", append(args, received, id)
	}
	return rows(ctx, r, "list applications", applicationColumns+" WHERE "+where+" ORDER BY x.received DESC, x.id DESC LIMIT ?", scanApplication, append(args, limit(q.Limit))...)
}

func (q ApplicationQuery) where() (string, []any) {
	where, args := "1", []any{}
	for _, c := range [][2]string{{"consumer", q.Consumer}, {"provider", q.Provider}, {"entry", q.Entry}, {"stage", q.Stage}, {"decision", q.Decision}} {
		if c[1] != "" {
			where, args = where+" AND x."+c[0]+" = ?", append(args, c[1])
		}
	}
	if q.From != "" {
		where, args = where+" AND x.answered >= ?", append(args, q.From)
	}
	if q.To != "" {
		where, args = where+" AND x.answered > '' AND x.answered < ?", append(args, q.To)
	}
	words := strings.Fields(strings.ToLower(q.Words))
	for _, word := range words[:min(len(words), mostOwnWords)] {
		where += " AND instr(lower(coalesce(e.name, '') || ' ' || x.entry || ' ' || coalesce(c.short, '') || ' ' || coalesce(p.short, '') || ' ' || x.id), ?) > 0"
		args = append(args, word)
	}
	return where, args
}

// Application gives one application as lists show it, or ErrAbsent.
func (r *Read) Application(ctx context.Context, id string) (Application, error) {
	return row(ctx, r, "look up application "+id, applicationColumns+" WHERE x.id = ?", scanApplication, id)
}

// Stages counts the applications of a consumer or to a provider by stage. One of the two is "", or both for all.
func (r *Read) Stages(ctx context.Context, consumer, provider string) (map[string]int, error) {
	where, args := ApplicationQuery{Consumer: consumer, Provider: provider}.where()
	type line struct {
		stage string
		n     int
	}
	list, err := rows(ctx, r, fmt.Sprintf("count the applications of %s to %s", consumer, provider), "SELECT x.stage, count(*) FROM application x WHERE "+where+" GROUP BY x.stage",
		func(s scanner) (l line, err error) {
			err = s.Scan(&l.stage, &l.n)
			return l, err
		}, args...)
	count := map[string]int{}
	for _, l := range list {
		count[l.stage] = l.n
	}
	return count, err
}

// CountApplications counts what Applications would list.
func (r *Read) CountApplications(ctx context.Context, q ApplicationQuery) (int, error) {
	where, args := q.where()
	return row(ctx, r, "count applications", "SELECT count(*) FROM application x"+sharedJoins+" WHERE "+where, scanInt, args...)
}
