package read

// orgCount is what an institution's entries come to, in the order of the columns of org_count; see Coverage.
type orgCount [13]int

const (
	countEntries = iota
	countPublished
	countWaiting
	countReturned
	countChanging
	countSuspended
	countRetired
	countLinked
	countBound
	countItems
	countConditional
	countUnconditional
	countNotShared
)

// dutyCount is how many entries a duty has that are not retired, and how many of them are in force.
type dutyCount struct{ entries, published int }

const (
	addOrgCount = `INSERT INTO org_count VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)
		ON CONFLICT (org) DO UPDATE SET entries = entries + ?2, published = published + ?3, waiting = waiting + ?4, returned = returned + ?5,
		changing = changing + ?6, suspended = suspended + ?7, retired = retired + ?8, linked = linked + ?9, bound = bound + ?10, items = items + ?11,
		conditional = conditional + ?12, unconditional = unconditional + ?13, not_shared = not_shared + ?14`
	dropOrgCount = `DELETE FROM org_count WHERE org = ? AND entries = 0 AND retired = 0`
	addDutyCount = `INSERT INTO duty_count (duty, entries, published) VALUES (?1, ?2, ?3)
		ON CONFLICT (duty) DO UPDATE SET entries = entries + ?2, published = published + ?3`
	dropDutyCount = `DELETE FROM duty_count WHERE duty = ? AND entries = 0`
)

// inForce tells whether an entry in that state is a published one: what is under change or suspended still is.
func inForce(status string) bool {
	return status == "published" || status == "changing" || status == "suspended"
}

// count adds an entry as it stands to the counts of the batch, or takes it away.
func (w *writer) count(e *entryRow, by int) {
	org, duty := w.orgs[e.org], w.duties[e.duty]
	if e.status == "retired" {
		org[countRetired] += by
		w.orgs[e.org] = org
		return
	}
	org[countEntries] += by
	org[countItems] += by * e.items
	org[countBound] += by * e.bound
	if e.linked > 0 {
		org[countLinked] += by
	}
	duty.entries += by
	switch e.status {
	case "submitted":
		org[countWaiting] += by
	case "returned":
		org[countReturned] += by
	case "changing":
		org[countChanging] += by
	case "suspended":
		org[countSuspended] += by
	}
	if inForce(e.status) {
		duty.published += by
		org[countPublished] += by
		switch e.sharing {
		case "conditional":
			org[countConditional] += by
		case "unconditional":
			org[countUnconditional] += by
		case "not_shared":
			org[countNotShared] += by
		}
	}
	w.orgs[e.org], w.duties[e.duty] = org, duty
}

// endCounts writes the counts of the batch. The order is of no matter: each line is its own row.
func (w *writer) endCounts() error {
	for id, c := range w.orgs {
		if c == (orgCount{}) {
			continue
		}
		args := []any{id}
		for _, n := range c {
			args = append(args, n)
		}
		if err := w.exec(addOrgCount, args...); err != nil {
			return err
		}
		if err := w.exec(dropOrgCount, id); err != nil {
			return err
		}
	}
	for id, c := range w.duties {
		if c == (dutyCount{}) {
			continue
		}
		if err := w.exec(addDutyCount, id, c.entries, c.published); err != nil {
			return err
		}
		if err := w.exec(dropDutyCount, id); err != nil {
			return err
		}
	}
	return nil
}
