package read

import "context"

// Coverage is how far an institution's catalog has come.
//
// Duties are those not retired: WithData have an entry in force, Declared are declared to give rise to no data, Without
// have neither. Entries are those not retired: Published are in force (published, under change, suspended), Waiting are
// handed in for the first time, Returned went back; Changing and Suspended are of the published ones. Linked entries are
// linked with a system; Items are all items of the entries, Bound those with a column. Conditional, Unconditional and
// NotShared part the published ones by their sharing type. Systems and Tables are those in use.
type Coverage struct {
	Org, Name, Short                                                    string
	Duties, WithData, Declared, Without                                 int
	Entries, Published, Waiting, Returned, Changing, Suspended, Retired int
	Linked, Bound, Items                                                int
	Systems, Tables                                                     int
	Conditional, Unconditional, NotShared                               int
}

const coverageColumns = `SELECT o.id, o.name, o.short, coalesce(d.n, 0), coalesce(d.with_data, 0), coalesce(d.declared, 0), coalesce(d.n - d.with_data - d.declared, 0),
	coalesce(c.entries, 0), coalesce(c.published, 0), coalesce(c.waiting, 0), coalesce(c.returned, 0), coalesce(c.changing, 0), coalesce(c.suspended, 0),
	coalesce(c.retired, 0), coalesce(c.linked, 0), coalesce(c.bound, 0), coalesce(c.items, 0),
	coalesce((SELECT count FROM tally WHERE kind = 'system' AND status = 'in_use' AND org = o.id), 0),
	coalesce((SELECT count FROM tally WHERE kind = 'table' AND status = 'present' AND org = o.id), 0),
	coalesce(c.conditional, 0), coalesce(c.unconditional, 0), coalesce(c.not_shared, 0)
	FROM org o LEFT JOIN org_count c ON c.org = o.id
	LEFT JOIN (SELECT y.org, count(*) n, sum(y.status = 'no_data') declared, sum(y.status <> 'no_data' AND coalesce(k.published, 0) > 0) with_data
		FROM duty y LEFT JOIN duty_count k ON k.duty = y.id WHERE y.status <> 'retired' AND (?1 = '' OR y.org = ?1) GROUP BY y.org) d ON d.org = o.id
	WHERE ?1 = '' OR o.id = ?1 ORDER BY o.id`

func scanCoverage(s scanner) (c Coverage, err error) {
	err = s.Scan(&c.Org, &c.Name, &c.Short, &c.Duties, &c.WithData, &c.Declared, &c.Without, &c.Entries, &c.Published, &c.Waiting, &c.Returned,
		&c.Changing, &c.Suspended, &c.Retired, &c.Linked, &c.Bound, &c.Items, &c.Systems, &c.Tables, &c.Conditional, &c.Unconditional, &c.NotShared)
	return c, err
}

// Coverages lists the coverage of every institution by its id.
func (r *Read) Coverages(ctx context.Context) ([]Coverage, error) {
	return rows(ctx, r, "list the coverage of institutions", coverageColumns, scanCoverage, "")
}

// Coverage gives the coverage of one institution, or ErrAbsent.
func (r *Read) Coverage(ctx context.Context, org string) (Coverage, error) {
	return row(ctx, r, "look up the coverage of "+org, coverageColumns, scanCoverage, org)
}
