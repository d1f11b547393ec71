package read

import (
	"context"
	"fmt"

	"mulu"
)

// Finding is a finding of Art. 41 in a list. Org is at fault, Party the other institution concerned, "" where there is none.
type Finding struct {
	ID               string
	Point            int
	Org, OrgName     string
	Party, PartyName string
	Rule, By, Status string
	Raised           string
}

// FindingQuery asks for findings, the newest first. Concerned keeps to those of which an institution is at fault or the
// other party, Org to those of which it is at fault; Point 0 is all; After is the id of the last row of the page before.
type FindingQuery struct {
	Point          int
	Org, Concerned string
	Status         string
	After          string
	Max            int // 0 = 100, at most 1000
}

const putFinding = `INSERT INTO finding (id, point, org, party, rule, said_by, status, raised) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
	ON CONFLICT (id) DO UPDATE SET point = ?2, org = ?3, party = ?4, rule = ?5, said_by = ?6, status = ?7, raised = ?8`

func (w *writer) finding(f *mulu.Finding) error {
	return w.exec(putFinding, f.ID, f.Point, f.Org, f.Party, f.Rule, f.By, f.Status, f.Raised)
}

const findingColumns = `SELECT x.id, x.point, x.org, coalesce(o.short, x.org), x.party, coalesce(p.short, x.party), x.rule, x.said_by, x.status, x.raised
	FROM finding x LEFT JOIN org o ON o.id = x.org LEFT JOIN org p ON p.id = x.party WHERE `

func scanFinding(s scanner) (f Finding, err error) {
	err = s.Scan(&f.ID, &f.Point, &f.Org, &f.OrgName, &f.Party, &f.PartyName, &f.Rule, &f.By, &f.Status, &f.Raised)
	return f, err
}

// Findings lists findings.
func (r *Read) Findings(ctx context.Context, q FindingQuery) ([]Finding, error) {
	where, args := "1", []any{}
	for _, c := range []struct {
		condition string
		value     any
		asked     bool
	}{{" AND x.point = ?", q.Point, q.Point != 0}, {" AND x.org = ?", q.Org, q.Org != ""}, {" AND x.status = ?", q.Status, q.Status != ""},
		{" AND x.id < ?", q.After, q.After != ""}} {
		if c.asked {
			where, args = where+c.condition, append(args, c.value)
		}
	}
	one := `SELECT * FROM (` + findingColumns + where + `%s ORDER BY x.id DESC LIMIT ?)`
	if q.Concerned == "" {
		return rows(ctx, r, "list findings", fmt.Sprintf(one, ""), scanFinding, append(args, limit(q.Max))...)
	}
	args = append(args, q.Concerned, limit(q.Max))
	both := append(append([]any{}, args...), args...)
	return rows(ctx, r, "list the findings that concern "+q.Concerned, fmt.Sprintf(one, " AND x.org = ?")+" UNION "+fmt.Sprintf(one, " AND x.party = ?")+
		" ORDER BY id DESC LIMIT ?", scanFinding, append(both, limit(q.Max))...)
}

// FindingCount is how many findings of a point there are, and how many of them stand.
type FindingCount struct{ Point, All, Raised int }

// FindingCounts counts findings by point, of those that concern an institution where concerned is not "".
func (r *Read) FindingCounts(ctx context.Context, concerned string) ([]FindingCount, error) {
	query, args := `SELECT point, count(*), sum(status = 'raised') FROM finding GROUP BY point ORDER BY point`, []any{}
	if concerned != "" {
		query, args = `SELECT point, count(*), sum(status = 'raised') FROM (SELECT id, point, status FROM finding WHERE org = ?1
			UNION SELECT id, point, status FROM finding WHERE party = ?1) GROUP BY point ORDER BY point`, []any{concerned}
	}
	return rows(ctx, r, "count findings", query, func(s scanner) (c FindingCount, err error) {
		err = s.Scan(&c.Point, &c.All, &c.Raised)
		return c, err
	}, args...)
}
