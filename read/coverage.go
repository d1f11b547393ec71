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

const coverageColumns = `WITH
	d AS (SELECT org, count(*) n, sum(status = 'no_data') declared,
		sum(status <> 'no_data' AND EXISTS (SELECT 1 FROM entry e WHERE e.duty = duty.id AND e.status IN ('published', 'changing', 'suspended'))) with_data
		FROM duty WHERE status <> 'retired' AND (?1 = '' OR org = ?1) GROUP BY org),
	e AS (SELECT org, sum(status <> 'retired') n, sum(status IN ('published', 'changing', 'suspended')) published, sum(status = 'submitted') waiting,
		sum(status = 'returned') returned, sum(status = 'changing') changing, sum(status = 'suspended') suspended, sum(status = 'retired') retired,
		sum(status <> 'retired' AND EXISTS (SELECT 1 FROM link l WHERE l.entry = code AND l.system <> '' AND l.status = 'made')) linked,
		sum(CASE status WHEN 'retired' THEN 0 ELSE (SELECT count(*) FROM item i WHERE i.entry = code) END) items,
		sum(CASE status WHEN 'retired' THEN 0 ELSE (SELECT count(*) FROM item i WHERE i.entry = code AND EXISTS
			(SELECT 1 FROM link l WHERE l.entry = code AND l.item = i.field AND l.status = 'made')) END) bound,
		sum(sharing = 'conditional' AND status IN ('published', 'changing', 'suspended')) conditional,
		sum(sharing = 'unconditional' AND status IN ('published', 'changing', 'suspended')) unconditional,
		sum(sharing = 'not_shared' AND status IN ('published', 'changing', 'suspended')) not_shared
		FROM entry WHERE ?1 = '' OR org = ?1 GROUP BY org)
	SELECT o.id, o.name, o.short, coalesce(d.n, 0), coalesce(d.with_data, 0), coalesce(d.declared, 0), coalesce(d.n - d.with_data - d.declared, 0),
		coalesce(e.n, 0), coalesce(e.published, 0), coalesce(e.waiting, 0), coalesce(e.returned, 0), coalesce(e.changing, 0), coalesce(e.suspended, 0),
		coalesce(e.retired, 0), coalesce(e.linked, 0), coalesce(e.bound, 0), coalesce(e.items, 0),
		(SELECT count(*) FROM system s WHERE s.org = o.id AND s.status <> 'retired'), (SELECT count(*) FROM "table" t WHERE t.org = o.id AND t.status <> 'retired'),
		coalesce(e.conditional, 0), coalesce(e.unconditional, 0), coalesce(e.not_shared, 0)
	FROM org o LEFT JOIN d ON d.org = o.id LEFT JOIN e ON e.org = o.id WHERE ?1 = '' OR o.id = ?1 ORDER BY o.id`

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
