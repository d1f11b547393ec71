package read

import (
	"context"
	"fmt"
	"strings"

	"mulu"
)

// What a deadline is for, by the noun that carries it.
var deadlineNouns = map[mulu.Kind]string{mulu.KindApplication: "answer", mulu.KindGrant: "deliver", mulu.KindObjection: "check",
	mulu.KindReview: "review", mulu.KindUseReport: "report", mulu.KindDispute: "ruling", mulu.KindPurchase: "purchase"}

// Deadline is a term of the law, or an internal one, that runs or ran: what Org has to do by when. Late says that it once passed
// undone, Over that it is past and still undone. Ended is when it was done; Told is when it was kept or missed, "" while that
// is open. About is the application that a grant's delivery belongs to. Moments are RFC 3339, Asia/Shanghai.
type Deadline struct {
	Noun                    mulu.Kind
	ID                      string
	What                    string // answer | deliver | check | review | report | ruling | purchase, of data update | gather
	Org, Other, Entry       string
	OrgName, OtherName      string // short names as they are now
	EntryName               string // of what has no entry its own name
	About                   string
	Since, Due, Ended, Told string
	State                   string // open | done | lapsed
	Late, Over              bool
	Internal, Provisional   bool
	Cursor                  string
}

const putDeadline = `INSERT INTO deadline (noun, id, what, org, other, entry, about, since, due, state, late, over, ended, told, internal, provisional)
		VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, CASE WHEN ?11 THEN ?9 WHEN ?10 = 'done' THEN ?13 ELSE '' END, ?14, ?15)
		ON CONFLICT (noun, id) DO UPDATE SET org = ?4, other = ?5, entry = ?6, about = ?7, since = ?8, due = ?9, state = ?10, over = ?12, ended = ?13, provisional = ?15,
		told = CASE WHEN late THEN told WHEN ?11 THEN ?9 WHEN ?10 = 'done' THEN ?13 ELSE '' END, late = max(late, ?11)`

// deadline writes a term; nil is none. That it was missed once stays missed.
func (w *writer) deadline(d *Deadline) error {
	if d == nil {
		return nil
	}
	return w.exec(putDeadline, d.Noun, d.ID, deadlineNouns[d.Noun], d.Org, d.Other, d.Entry, d.About, d.Since, d.Due, d.State, d.Late || d.Over, d.Over, d.Ended,
		d.Internal, d.Provisional)
}

// deadlineOf is the term that a noun carries, nil where it carries none.
func deadlineOf(n mulu.Noun) *Deadline {
	switch n := n.(type) {
	case *mulu.Application:
		return answerDeadline(n)
	case *mulu.Grant:
		return deliveryDeadline(n)
	case *mulu.Objection:
		return objectionDeadline(n)
	case *mulu.Review:
		return reviewDeadline(n)
	case *mulu.UseReport:
		return reportDeadline(n)
	case *mulu.Dispute:
		return rulingDeadline(n)
	case *mulu.Purchase:
		return purchaseDeadline(n)
	}
	return nil
}

// ran makes a term from how it stands: done at a moment, over with it otherwise, or still open.
func ran(n mulu.Noun, org, other, entry, since string, by *mulu.Deadline, done string, open, over bool) *Deadline {
	d := &Deadline{Noun: n.Kind(), ID: n.Key(), Org: org, Other: other, Entry: entry, Since: since, Due: by.End, Ended: done, State: "lapsed", Provisional: by.Provisional}
	switch {
	case open:
		d.State, d.Over = "open", over
	case done != "":
		d.State, d.Late = "done", over
	}
	return d
}

// answerDeadline is the term of Art. 21(1). What the rule answers in the same block (Art. 20) keeps it as a matter of course
// and does not count.
func answerDeadline(a *mulu.Application) *Deadline {
	if a.AnswerBy == nil {
		return nil
	}
	done, late := "", a.Status == "overdue"
	if a.Answer != nil && a.Answer.Decision != "rule" {
		done, late = a.Answer.At, a.Answer.Decision == "deemed"
	}
	d := ran(a, a.Provider, a.Consumer, a.Entry, a.Received, a.AnswerBy, done, a.Status == "submitted" || a.Status == "overdue", late)
	if a.Status == "granted" && a.Answer == nil { // by a conclusion, because nobody answered
		d.State = "done"
	}
	return d
}

// deliveryDeadline is the term of Art. 21(2).
func deliveryDeadline(g *mulu.Grant) *Deadline {
	if g.DeliverBy == nil {
		return nil
	}
	d := ran(g, g.Provider, g.Consumer, g.Entry, g.DeliverFrom, g.DeliverBy, g.Delivered, g.Delivered == "" && g.Status != "ended", g.Overdue)
	d.About = g.Application
	return d
}

// objectionDeadline is the term of Art. 25(2).
func objectionDeadline(o *mulu.Objection) *Deadline {
	if o.AnswerBy == nil {
		return nil
	}
	return ran(o, o.Provider, o.Consumer, o.Entry, o.Filed, o.AnswerBy, o.Answered, o.Open(), o.Overdue)
}

func reviewDeadline(r *mulu.Review) *Deadline {
	if r.FinishBy == nil {
		return nil
	}
	d := ran(r, r.Org, "", r.Entry, r.Since, r.FinishBy, r.Finished, r.Status == "due" || r.Status == "adjusting", r.Overdue)
	d.Internal = true
	return d
}

func reportDeadline(u *mulu.UseReport) *Deadline {
	if u.FileBy == nil {
		return nil
	}
	d := ran(u, u.Consumer, u.Provider, u.Entry, u.Due, u.FileBy, u.Filed, u.Status == "due", u.Overdue)
	d.Internal, d.About = true, u.Grant
	return d
}

// rulingDeadline is the day by which a conclusion wants data corrected. Ordered deliveries run on the grant, ordered
// corrections of what was objected to on the objection.
func rulingDeadline(c *mulu.Dispute) *Deadline {
	if c.Due == nil || c.Outcome != "correct" || c.Cause == "objection" {
		return nil
	}
	d := ran(c, c.Provider, c.Consumer, c.Entry, c.Concluded, c.Due, c.Executed, c.Status == "concluded", c.Overdue)
	d.About = c.About
	return d
}

const deadlineColumns = `SELECT d.noun, d.id, d.what, d.org, d.other, d.entry, coalesce(o.short, d.org), coalesce(x.short, d.other), coalesce(e.name, n.name, d.entry), d.about,
	d.since, d.due, d.ended, d.told, d.state, d.late, d.over, d.internal, d.provisional, d.due || ' ' || d.noun || ' ' || d.id
	FROM deadline d LEFT JOIN org o ON o.id = d.org LEFT JOIN org x ON x.id = d.other LEFT JOIN entry e ON e.code = d.entry
	LEFT JOIN noun n ON d.entry = '' AND n.kind = d.noun AND n.id = d.id `

func scanDeadline(s scanner) (d Deadline, err error) {
	err = s.Scan(&d.Noun, &d.ID, &d.What, &d.Org, &d.Other, &d.Entry, &d.OrgName, &d.OtherName, &d.EntryName, &d.About, &d.Since, &d.Due, &d.Ended, &d.Told,
		&d.State, &d.Late, &d.Over, &d.Internal, &d.Provisional, &d.Cursor)
	return d, err
}

// DeadlineQuery narrows a list of terms; empty fields do not. Before and From bound when they end, KeptFrom and KeptTo when they
// were kept or missed (all RFC 3339, the upper bounds left out). After is the cursor of the last row of the page before.
type DeadlineQuery struct {
	Org, What, State string
	Over             bool   // only what is past and undone
	Running          bool   // only what is not past
	Verdict          string // kept | missed
	From, Before     string
	KeptFrom, KeptTo string
	After            string
	Limit            int // 0 = 100, at most 1000
}

func (q DeadlineQuery) where() (string, []any) {
	where, args := "1", []any{}
	add := func(yes bool, clause string, values ...any) {
		if yes {
			where, args = where+" AND "+clause, append(args, values...)
		}
	}
	add(q.Org != "", "d.org = ?", q.Org)
	add(q.What != "", "d.what = ?", q.What)
	add(q.State != "", "d.state = ?", q.State)
	add(q.Over, "d.over")
	add(q.Running, "NOT d.over")
	add(q.Verdict == "kept", "d.told > '' AND NOT d.late")
	add(q.Verdict == "missed", "d.late")
	add(q.From != "", "d.due >= ?", q.From)
	add(q.Before != "", "d.due < ?", q.Before)
	add(q.KeptFrom != "", "d.told >= ?", q.KeptFrom)
	add(q.KeptTo != "", "d.told > '' AND d.told < ?", q.KeptTo)
	return where, args
}

// Deadlines lists terms, the one that ends first first.
func (r *Read) Deadlines(ctx context.Context, q DeadlineQuery) ([]Deadline, error) {
	where, args := q.where()
	if p := strings.SplitN(q.After, " ", 3); len(p) == 3 {
		where, args = where+" AND (d.due, d.noun, d.id) > (?, ?, ?)", append(args, p[0], p[1], p[2])
	}
	return rows(ctx, r, "list the terms of "+q.Org, deadlineColumns+"WHERE "+where+" ORDER BY d.due, d.noun, d.id LIMIT ?", scanDeadline, append(args, limit(q.Limit))...)
}

// CountDeadlines counts what Deadlines would list.
func (r *Read) CountDeadlines(ctx context.Context, q DeadlineQuery) (int, error) {
	where, args := q.where()
	return row(ctx, r, "count the terms of "+q.Org, "SELECT count(*) FROM deadline d WHERE "+where, scanInt, args...)
}

// OnTime says how many terms of a kind an institution kept and missed in a period.
type OnTime struct {
	Org, OrgName, What string
	Internal           bool
	Kept, Missed       int
}

// OnTimes counts the terms that were kept or missed from one moment to another (RFC 3339, the last left out), by
// institution and what was to be done; of one institution where org is not "".
func (r *Read) OnTimes(ctx context.Context, org, from, to string) ([]OnTime, error) {
	where, args := DeadlineQuery{Org: org, KeptFrom: from, KeptTo: to}.where()
	return rows(ctx, r, fmt.Sprintf("count the terms kept from %s to %s", from, to), `SELECT d.org, coalesce(o.short, d.org), d.what, d.internal, sum(NOT d.late), sum(d.late)
		FROM deadline d LEFT JOIN org o ON o.id = d.org WHERE `+where+` GROUP BY d.org, d.what ORDER BY d.org, d.what`,
		func(s scanner) (x OnTime, err error) {
			err = s.Scan(&x.Org, &x.OrgName, &x.What, &x.Internal, &x.Kept, &x.Missed)
			return x, err
		}, args...)
}
