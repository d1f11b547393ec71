package read

import "context"

// DutiesWithout lists an institution's duties that have no entry in force and are not declared without data, by id. Those
// with an entry on its way (handed in, returned) are among them: Duty.Entries tells.
func (r *Read) DutiesWithout(ctx context.Context, org, after string, max int) ([]Duty, error) {
	return rows(ctx, r, "list the duties of "+org+" without entries", dutyColumns+`WHERE d.org = ? AND d.status = 'active' AND d.id > ? AND coalesce(c.published, 0) = 0 ORDER BY d.id LIMIT ?`,
		scanDuty, org, after, limit(max))
}

// Unlinked lists an institution's entries, not retired, for which no system is named from which the data comes, by code.
func (r *Read) Unlinked(ctx context.Context, org, after string, max int) ([]Entry, error) {
	return rows(ctx, r, "list the entries of "+org+" without a system", entryColumns+`WHERE org = ? AND status <> 'retired' AND code > ? AND linked = 0 ORDER BY code LIMIT ?`, scanEntry, org, after, limit(max))
}

// Unbound is an entry with items that are bound to no column.
type Unbound struct {
	Entry
	Items, Without int
}

// Bound counts the items that are bound.
func (u Unbound) Bound() int { return u.Items - u.Without }

// UnboundEntries lists an institution's entries, not retired, with items that are bound to no column, by code.
func (r *Read) UnboundEntries(ctx context.Context, org, after string, max int) ([]Unbound, error) {
	return rows(ctx, r, "list the entries of "+org+" with unbound items", `SELECT code, org, name, class, sharing, opening, grade, personal, base, cycle, duty, status, version,
		items, items - bound FROM entry WHERE org = ? AND status <> 'retired' AND code > ? AND bound < items ORDER BY code LIMIT ?`,
		func(s scanner) (u Unbound, err error) {
			e := &u.Entry
			err = s.Scan(&e.Code, &e.Org, &e.Name, &e.Class, &e.Sharing, &e.Opening, &e.Grade, &e.Personal, &e.Base, &e.Cycle, &e.Duty, &e.Status, &e.Version,
				&u.Items, &u.Without)
			return u, err
		}, org, after, limit(max))
}
