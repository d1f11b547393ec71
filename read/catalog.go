package read

import (
	"context"
	"encoding/json"

	"mulu"
)

// Duty is a duty in a list, with its entries that are not retired and those of them in force (see Coverage).
type Duty struct {
	ID, Org, Code, Name, Basis, Department string
	Matters                                []string
	Status, Why                            string
	Entries, Published                     int
}

// System is an information system in a list. Tables are those present, Links those of entries with it that are made.
type System struct {
	ID, Org, Name, Purpose, Project, Network string
	Level                                    int // MLPS level, 0 = not filed
	Databases                                []string
	Status, Why                              string
	Tables, Links                            int
}

// Table is a table in a list. Bound counts its columns that an item is bound to, Links the bindings.
type Table struct {
	ID, Org, System, Database, Schema, Name, Comment string
	Rows                                             int64
	Scanned                                          string // RFC 3339, "" when never
	Columns                                          []mulu.Column
	Status, Why                                      string
	Bound, Links                                     int
}

// Link joins an entry with a system, or an item of it with a column. The names are those that hold now.
type Link struct {
	ID, Org, Entry, System, Item, Table, Column string
	Status, Why                                 string
	EntryName, SystemName, TableName            string // SystemName is the table's system's where a column is bound
}

const (
	putDuty = `INSERT INTO duty (id, org, code, name, basis, department, matters, status, why) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
		ON CONFLICT (id) DO UPDATE SET org = ?2, code = ?3, name = ?4, basis = ?5, department = ?6, matters = ?7, status = ?8, why = ?9`
	putSystem = `INSERT INTO system (id, org, name, purpose, project, network, level, databases, status, why) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
		ON CONFLICT (id) DO UPDATE SET org = ?2, name = ?3, purpose = ?4, project = ?5, network = ?6, level = ?7, databases = ?8, status = ?9, why = ?10`
	putTable = `INSERT INTO "table" (id, org, system, db, "schema", name, comment, rows, scanned, columns, status, why)
		VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)
		ON CONFLICT (id) DO UPDATE SET org = ?2, system = ?3, db = ?4, "schema" = ?5, name = ?6, comment = ?7, rows = ?8, scanned = ?9,
		columns = ?10, status = ?11, why = ?12`
	getLinks  = `SELECT system, item FROM link WHERE entry = ? AND status = 'made'`
	putLinked = `UPDATE entry SET linked = ?2, bound = ?3 WHERE n = ?1`
	putLink   = `INSERT INTO link (id, org, entry, system, item, "table", "column", status, why) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
		ON CONFLICT (entry, id) DO UPDATE SET org = ?2, system = ?4, item = ?5, "table" = ?6, "column" = ?7, status = ?8, why = ?9`
)

func (w *writer) duty(d *mulu.Duty) error {
	return w.exec(putDuty, d.ID, d.Org, d.Code, d.Name, d.Basis, d.Department, listText(d.Matters), d.Status, d.Why)
}

func (w *writer) system(s *mulu.System) error {
	return w.exec(putSystem, s.ID, s.Org, s.Name, s.Purpose, s.Project, s.Network, s.Level, listText(s.Databases), s.Status, s.Why)
}

func (w *writer) table(t *mulu.Table) error {
	return w.exec(putTable, t.ID, t.Org, t.System, t.Database, t.Schema, t.Name, t.Comment, t.Rows, t.Scanned, listText(t.Columns), t.Status, t.Why)
}

func (w *writer) link(l *mulu.Link) error {
	if err := w.exec(putLink, l.ID, l.Org, l.Entry, l.System, l.Item, l.Table, l.Column, l.Status, l.Why); err != nil {
		return err
	}
	was, none, err := w.entryBefore(l.Entry)
	if err != nil || none {
		return err
	}
	now := was
	if err := w.links(l.Entry, &now); err != nil {
		return err
	}
	w.count(&was, -1)
	w.count(&now, 1)
	return w.exec(putLinked, now.n, now.linked, now.bound)
}

// links counts an entry's systems and those of its items that are bound to a column. It is counted here and not by
// SQLite, which would make a table in passing for each entry.
func (w *writer) links(code string, e *entryRow) error {
	found, err := w.statements[getLinks].QueryContext(context.Background(), code)
	if err != nil {
		return err
	}
	defer found.Close()
	e.linked, e.bound = 0, 0
	bound := map[string]bool{}
	for found.Next() {
		var system, item string
		if err := found.Scan(&system, &item); err != nil {
			return err
		}
		if system != "" {
			e.linked++
		}
		if item != "" {
			bound[item] = true
		}
	}
	if err := found.Err(); err != nil || len(bound) == 0 {
		return err
	}
	items, err := readItemLines(code, e.itemsList)
	if err != nil {
		return err
	}
	for _, i := range items {
		if bound[i.Field] {
			e.bound++
		}
	}
	return nil
}

// listText keeps a list in a column, as JSON; an empty one is "".
func listText[T any](list []T) string {
	if len(list) == 0 {
		return ""
	}
	b, err := json.Marshal(list)
	if err != nil { // lists of plain values always have a JSON form
		panic(err)
	}
	return string(b)
}

func textList[T any](s string) (list []T, err error) {
	if s == "" {
		return nil, nil
	}
	err = json.Unmarshal([]byte(s), &list)
	return list, err
}

// Duties lists duties by id, of one institution and in one state where these are not "", at most max (0 = 100).
func (r *Read) Duties(ctx context.Context, org, status, after string, max int) ([]Duty, error) {
	where := ""
	if org != "" {
		where += "d.org = ?1 AND "
	}
	if status != "" {
		where += "d.status = ?2 AND "
	}
	return rows(ctx, r, "list duties", dutyColumns+"WHERE "+where+"d.id > ?3 ORDER BY d.id LIMIT ?4", scanDuty, org, status, after, limit(max))
}

// Duty gives one duty, or ErrAbsent.
func (r *Read) Duty(ctx context.Context, id string) (Duty, error) {
	return row(ctx, r, "look up duty "+id, dutyColumns+"WHERE d.id = ?", scanDuty, id)
}

const dutyColumns = `SELECT d.id, d.org, d.code, d.name, d.basis, d.department, d.matters, d.status, d.why,
	coalesce(c.entries, 0), coalesce(c.published, 0) FROM duty d LEFT JOIN duty_count c ON c.duty = d.id `

func scanDuty(s scanner) (d Duty, err error) {
	var matters string
	if err := s.Scan(&d.ID, &d.Org, &d.Code, &d.Name, &d.Basis, &d.Department, &matters, &d.Status, &d.Why, &d.Entries, &d.Published); err != nil {
		return d, err
	}
	d.Matters, err = textList[string](matters)
	return d, err
}

const systemColumns = `SELECT s.id, s.org, s.name, s.purpose, s.project, s.network, s.level, s.databases, s.status, s.why,
	(SELECT count(*) FROM "table" t WHERE t.system = s.id AND t.status <> 'retired'),
	(SELECT count(*) FROM link l WHERE l.system = s.id AND l.status = 'made') FROM system s `

func scanSystem(s scanner) (y System, err error) {
	var databases string
	if err := s.Scan(&y.ID, &y.Org, &y.Name, &y.Purpose, &y.Project, &y.Network, &y.Level, &databases, &y.Status, &y.Why, &y.Tables, &y.Links); err != nil {
		return y, err
	}
	y.Databases, err = textList[string](databases)
	return y, err
}

// Systems lists systems by id, of one institution where org is not "", at most max (0 = 100).
func (r *Read) Systems(ctx context.Context, org, after string, max int) ([]System, error) {
	if org == "" {
		return rows(ctx, r, "list systems", systemColumns+"WHERE s.id > ? ORDER BY s.id LIMIT ?", scanSystem, after, limit(max))
	}
	return rows(ctx, r, "list the systems of "+org, systemColumns+"WHERE s.org = ? AND s.id > ? ORDER BY s.id LIMIT ?", scanSystem, org, after, limit(max))
}

// System gives one system, or ErrAbsent.
func (r *Read) System(ctx context.Context, id string) (System, error) {
	return row(ctx, r, "look up system "+id, systemColumns+"WHERE s.id = ?", scanSystem, id)
}

const tableColumns = `SELECT t.id, t.org, t.system, t.db, t."schema", t.name, t.comment, t.rows, t.scanned, t.columns, t.status, t.why,
	(SELECT count(DISTINCT l."column") FROM link l WHERE l."table" = t.id AND l.status = 'made'),
	(SELECT count(*) FROM link l WHERE l."table" = t.id AND l.status = 'made') FROM "table" t `

func scanTable(s scanner) (t Table, err error) {
	var columns string
	if err := s.Scan(&t.ID, &t.Org, &t.System, &t.Database, &t.Schema, &t.Name, &t.Comment, &t.Rows, &t.Scanned, &columns, &t.Status, &t.Why,
		&t.Bound, &t.Links); err != nil {
		return t, err
	}
	t.Columns, err = textList[mulu.Column](columns)
	return t, err
}

// Tables lists the tables of a system by id, at most max (0 = 100).
func (r *Read) Tables(ctx context.Context, system, after string, max int) ([]Table, error) {
	return rows(ctx, r, "list the tables of "+system, tableColumns+`WHERE t.system = ? AND t.id > ? ORDER BY t.id LIMIT ?`, scanTable, system, after, limit(max))
}

// Table gives one table, or ErrAbsent.
func (r *Read) Table(ctx context.Context, id string) (Table, error) {
	return row(ctx, r, "look up table "+id, tableColumns+"WHERE t.id = ?", scanTable, id)
}

const linkColumns = `SELECT l.id, l.org, l.entry, l.system, l.item, l."table", l."column", l.status, l.why,
	coalesce(e.name, ''), coalesce(s.name, ''), coalesce(t.name, '') FROM link l LEFT JOIN entry e ON e.code = l.entry
	LEFT JOIN "table" t ON t.id = l."table" LEFT JOIN system s ON s.id = CASE l.system WHEN '' THEN t.system ELSE l.system END `

func scanLink(s scanner) (l Link, err error) {
	err = s.Scan(&l.ID, &l.Org, &l.Entry, &l.System, &l.Item, &l.Table, &l.Column, &l.Status, &l.Why, &l.EntryName, &l.SystemName, &l.TableName)
	return l, err
}

// LinksOf lists the links of an entry that are made, by id: first nothing is left out, so a page shows all there is.
func (r *Read) LinksOf(ctx context.Context, entry string) ([]Link, error) {
	return rows(ctx, r, "list the links of "+entry, linkColumns+`WHERE l.entry = ? AND l.status = 'made' ORDER BY l.id`, scanLink, entry)
}

// EntriesOfSystem lists the entries linked with a system, by code.
func (r *Read) EntriesOfSystem(ctx context.Context, system string) ([]Entry, error) {
	return rows(ctx, r, "list the entries of system "+system,
		entryColumns+`WHERE code IN (SELECT entry FROM link WHERE system = ? AND status = 'made') ORDER BY code`, scanEntry, system)
}

// EntriesOfTable lists the entries with an item bound to a column of the table, by code.
func (r *Read) EntriesOfTable(ctx context.Context, table string) ([]Entry, error) {
	return rows(ctx, r, "list the entries of table "+table,
		entryColumns+`WHERE code IN (SELECT entry FROM link WHERE "table" = ? AND status = 'made') ORDER BY code`, scanEntry, table)
}

// Origin is what stands above a column: the items bound to it, their entries, the duties these serve.
type Origin struct {
	Items   []Item
	Entries []Entry
	Duties  []Duty
}

// Trace walks up from a column of a table to the duties; column "" stands for all columns of the table.
func (r *Read) Trace(ctx context.Context, table, column string) (Origin, error) {
	var o Origin
	var err error
	const bound = `FROM link l WHERE l."table" = ?1 AND (?2 = '' OR l."column" = ?2) AND l.status = 'made'`
	attempt := "trace column " + column + " of table " + table
	if o.Items, err = rows(ctx, r, attempt, itemColumns+`WHERE (entry, field) IN (SELECT l.entry, l.item `+bound+`) ORDER BY entry, ordinal`, scanItem, table, column); err != nil {
		return o, err
	}
	if o.Entries, err = rows(ctx, r, attempt, entryColumns+`WHERE code IN (SELECT l.entry `+bound+`) ORDER BY code`, scanEntry, table, column); err != nil {
		return o, err
	}
	o.Duties, err = rows(ctx, r, attempt, dutyColumns+`WHERE d.id IN (SELECT e.duty FROM entry e WHERE e.code IN (SELECT l.entry `+bound+`)) ORDER BY d.id`,
		scanDuty, table, column)
	return o, err
}
