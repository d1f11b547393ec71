package read

import (
	"context"
	"fmt"
	"strings"

	"mulu"
)

// Shared is what something of sharing is about, in a list: the entry and its two parties, with their names as they now
// stand. Where a name is not known its id stands for it.
type Shared struct {
	Entry, EntryName       string
	Consumer, ConsumerName string
	Provider, ProviderName string
}

// Due is a place in a list by due date: the moment and the id of a row.
type Due struct{ At, ID string }

// Party asks for what an institution has part in: as Consumer or as Provider; with neither, for what anybody has.
type Party struct{ Consumer, Provider string }

// DueQuery asks for a list by due date. Status "" is all that is not over, by what is due first; "over" all that is over,
// and that comes newest first, as any single status of what is over does. Before keeps to what is due before a moment
// (RFC 3339), After continues after a row.
type DueQuery struct {
	Party
	Status string
	Before string
	After  Due
	Max    int // 0 = 100, at most 1000
}

// standings are the statuses of a kind, those in which something is still due and those in which it is over.
type standings struct{ open, over []string }

// of gives the statuses that a query asks for, and whether the newest comes first.
func (s standings) of(status string) (list []string, newest bool) {
	switch status {
	case "":
		return s.open, false
	case "over":
		return s.over, true
	}
	for _, o := range append(s.open, s.over...) {
		if o == status {
			list = []string{o}
		}
	}
	for _, o := range s.over {
		newest = newest || o == status
	}
	return list, newest
}

const (
	sharedColumns = `x.entry, coalesce(e.name, x.entry), x.consumer, coalesce(c.short, x.consumer), x.provider, coalesce(p.short, x.provider)`
	sharedJoins   = ` LEFT JOIN entry e ON e.code = x.entry LEFT JOIN org c ON c.id = x.consumer LEFT JOIN org p ON p.id = x.provider`
)

// into gives where the columns of sharedColumns are scanned.
func (s *Shared) into() []any {
	return []any{&s.Entry, &s.EntryName, &s.Consumer, &s.ConsumerName, &s.Provider, &s.ProviderName}
}

// byDue writes a query for rows of a table x: for each status the first ones under its index, then the first of them all.
// columns is its SELECT with the columns due and id; only are further conditions with their arguments.
func byDue(columns string, s standings, q DueQuery, only []string, args []any) (string, []any) {
	statuses, newest := s.of(q.Status)
	order, beyond := "due, id", "(x.due, x.id) > (?, ?)"
	if newest {
		order, beyond = "due DESC, id DESC", "(x.due, x.id) < (?, ?)"
	}
	if q.Before != "" {
		only, args = append(only, "x.due < ?"), append(args, q.Before)
	}
	if q.After != (Due{}) {
		only, args = append(only, beyond), append(args, q.After.At, q.After.ID)
	}
	args = append(args, limit(q.Max))
	var parts []string
	var all []any
	for _, status := range statuses {
		where := strings.Join(append([]string{"x.status = '" + status + "'"}, only...), " AND ")
		parts = append(parts, "SELECT * FROM ("+columns+" WHERE "+where+" ORDER BY x."+strings.Replace(order, ", ", ", x.", 1)+" LIMIT ?)")
		all = append(all, args...)
	}
	if len(parts) == 0 { // nothing stands so
		return "SELECT * FROM (" + columns + " WHERE 0)", nil
	}
	return strings.Join(parts, " UNION ALL ") + " ORDER BY " + order + " LIMIT ?", append(all, limit(q.Max))
}

// conditions narrow a list to what an institution has part in.
func (p Party) conditions() (only []string, args []any) {
	if p.Consumer != "" {
		only, args = append(only, "x.consumer = ?"), append(args, p.Consumer)
	}
	if p.Provider != "" {
		only, args = append(only, "x.provider = ?"), append(args, p.Provider)
	}
	return only, args
}

// partyTable is the table of a kind that has two parties, "" for another kind.
func partyTable(k mulu.Kind) string {
	switch k {
	case mulu.KindGrant:
		return `"grant"`
	case mulu.KindObjection, mulu.KindUseReport, mulu.KindUseFlag:
		return string(k)
	}
	return ""
}

// PartyCounts counts by status what an institution has part in: grants, objections, use reports or flags.
func (r *Read) PartyCounts(ctx context.Context, k mulu.Kind, p Party) (map[string]int, error) {
	attempt := fmt.Sprintf("count %s by party", k)
	query, args := `SELECT kind, status, '', count FROM tally WHERE kind = ?`, []any{k}
	if only, of := p.conditions(); len(only) > 0 {
		table := partyTable(k)
		if table == "" {
			return nil, fmt.Errorf("%s: it has no two parties", attempt)
		}
		query, args = `SELECT '', x.status, '', count(*) FROM `+table+` x WHERE `+strings.Join(only, " AND ")+` GROUP BY x.status`, of
	}
	list, err := rows(ctx, r, attempt, query, scanCount, args...)
	counts := map[string]int{}
	for _, c := range list {
		counts[c.Status] += int(c.Count)
	}
	return counts, err
}
