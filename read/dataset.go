package read

import (
	"context"
	"fmt"
	"strings"
	"time"

	"mulu"
)

// Data is the data of an entry in a list: where it is, how much and how good, and what is asked of it next. Moments are RFC 3339,
// Asia/Shanghai.
type Data struct {
	Entry, EntryName string
	Org, OrgName     string
	Base, Cycle      string // as the entry now says
	EntryStatus      string
	Status           string // awaited | serving | connected | disconnected | retired
	Version, Of      int    // of the data on the platform, 0 none yet; of the entry it follows
	Rows             int64
	Mode, Source     string
	Quality          mulu.Quality
	Loaded           string // when the version was published or the data connected
	Due              string // by when the declared cycle asks for an update, "" never
	By               string // end of the internal term after which it is a finding, "" none runs
	Provisional      bool   // that term rests on a year without arrangement
	Next             string // what is asked first: Due of what is on the platform, else By; "" nothing
	Late, Low        string // the findings that lateness and quality became and still are
	Why              string // reasons of a disconnection
	Cursor           string
}

// Missing tells whether the data cannot be had, though it should be: it is nowhere, or base data is not on the platform.
func (d Data) Missing() bool {
	return d.Status == "awaited" || d.Status == "disconnected" || d.Status == "connected" && d.By != ""
}

// DataVersion is one published version of an entry's data: Asked is by when it was to come, Missed the finding that it came too
// late for, "" where it came in time.
type DataVersion struct {
	Version, Of   int
	Rows          int64
	Mode, Digest  string
	Quality       mulu.Quality
	Loaded        string
	Asked, Missed string
}

const (
	putDataset = `INSERT INTO dataset (entry, org, status, version, follows, rows, mode, source, checked, bad, conformity, accuracy, completeness, consistency, timeliness,
		score, loaded, due, term, provisional, next, late, low, why)
		VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24)
		ON CONFLICT (entry) DO UPDATE SET org = ?2, status = ?3, version = ?4, follows = ?5, rows = ?6, mode = ?7, source = ?8, checked = ?9, bad = ?10, conformity = ?11,
		accuracy = ?12, completeness = ?13, consistency = ?14, timeliness = ?15, score = ?16, loaded = ?17, due = ?18, term = ?19, provisional = ?20, next = ?21,
		late = ?22, low = ?23, why = ?24`
	putDataVersion = `INSERT INTO dataset_version (entry, version, org, follows, rows, mode, digest, checked, bad, conformity, accuracy, completeness, consistency, timeliness,
		score, loaded, asked, missed)
		VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, coalesce((SELECT next FROM dataset WHERE entry = ?1), ''),
			coalesce((SELECT late FROM dataset WHERE entry = ?1), ''))
		ON CONFLICT (entry, version) DO NOTHING`
	putDataTerm = `INSERT INTO deadline (noun, id, what, org, other, entry, about, since, due, state, late, over, ended, told, internal, provisional)
		VALUES ('dataset', ?1, ?2, ?3, '', ?1, '', ?4, ?5, 'open', 0, ?6, '', '', ?7, ?8)
		ON CONFLICT (noun, id) DO UPDATE SET what = ?2, org = ?3, since = ?4, due = ?5, over = ?6, internal = ?7, provisional = ?8`
	dropDataTerm = `DELETE FROM deadline WHERE noun = 'dataset' AND id = ?`
)

// dataset writes where an entry's data stands, and keeps a published version, with what was asked of it until then.
func (w *writer) dataset(fact string, d *mulu.Dataset) error {
	q := d.Quality
	if fact == "dataset.published" {
		if err := w.exec(putDataVersion, d.Entry, d.Version, d.Org, d.Of, d.Rows, d.Mode, d.Digest, q.Checked, q.Bad, q.Conformity, q.Accuracy, q.Completeness,
			q.Consistency, q.Timeliness, q.Score, d.Loaded); err != nil {
			return err
		}
	}
	next := d.Due
	if !d.OnPlatform() {
		next = end(d.By)
	}
	if err := w.exec(putDataset, d.Entry, d.Org, d.Status, d.Version, d.Of, d.Rows, d.Mode, d.Source, q.Checked, q.Bad, q.Conformity, q.Accuracy, q.Completeness,
		q.Consistency, q.Timeliness, q.Score, d.Loaded, d.Due, end(d.By), d.By != nil && d.By.Provisional, next, d.Late, d.Low, d.Why); err != nil {
		return err
	}
	return w.dataTerm(d, next)
}

// dataTerm writes the term that runs for an entry's data, one row in place of the one before: how earlier rounds were kept
// stands with the versions. What is updated every day is reminded of by the end of its grace only, for nobody wants to be told
// every day; a term that rests while its entry is suspended is none.
func (w *writer) dataTerm(d *mulu.Dataset, next string) error {
	what, since, internal := "gather", d.Since, true
	if d.OnPlatform() {
		what, since, internal = "update", d.Loaded, false
		if d.By != nil && daily(d) {
			next, internal = d.By.End, true
		}
	}
	if d.By == nil || next == "" {
		return w.exec(dropDataTerm, d.Entry)
	}
	return w.exec(putDataTerm, d.Entry, what, d.Org, since, next, d.Late != "", internal, d.By.Provisional)
}

// daily tells whether data is asked for again by the end of the day after it came.
func daily(d *mulu.Dataset) bool {
	loaded, err := time.Parse(time.RFC3339, d.Loaded)
	if err != nil {
		return false
	}
	due, err := time.Parse(time.RFC3339, d.Due)
	return err == nil && due.Sub(loaded) <= 48*time.Hour
}

const dataColumns = `SELECT x.entry, coalesce(e.name, x.entry), x.org, coalesce(o.short, x.org), coalesce(e.base, ''), coalesce(e.cycle, ''), coalesce(e.status, ''), x.status,
	x.version, x.follows, x.rows, x.mode, x.source, x.checked, x.bad, x.conformity, x.accuracy, x.completeness, x.consistency, x.timeliness, x.score, x.loaded, x.due, x.term,
	x.provisional, x.next, x.late, x.low, x.why `

const dataFrom = `FROM dataset x LEFT JOIN entry e ON e.code = x.entry LEFT JOIN org o ON o.id = x.org `

func scanData(s scanner) (d Data, err error) {
	q := &d.Quality
	err = s.Scan(&d.Entry, &d.EntryName, &d.Org, &d.OrgName, &d.Base, &d.Cycle, &d.EntryStatus, &d.Status, &d.Version, &d.Of, &d.Rows, &d.Mode, &d.Source,
		&q.Checked, &q.Bad, &q.Conformity, &q.Accuracy, &q.Completeness, &q.Consistency, &q.Timeliness, &q.Score, &d.Loaded, &d.Due, &d.By, &d.Provisional, &d.Next,
		&d.Late, &d.Low, &d.Why)
	d.Cursor = d.Next + " " + d.Entry
	return d, err
}

// DataQuery narrows a list of entries' data; empty fields do not. Now and Soon (RFC 3339) part what is late from what is asked
// for soon. After is the cursor of the last row of the page before.
type DataQuery struct {
	Org, Base string
	Show      string // late | soon | lapsed (late and a finding) | missing | low | connected | held; "" all but what is retired
	Now, Soon string
	After     string
	Max       int // 0 = 100, at most 1000
}

// where gives the conditions, and whether the list goes by what is asked next, or by code.
func (q DataQuery) where() (where string, args []any, byNext bool) {
	list := []string{"x.status <> 'retired'"}
	add := func(yes bool, clause string, values ...any) {
		if yes {
			list, args = append(list, clause), append(args, values...)
		}
	}
	add(q.Org != "", "x.org = ?", q.Org)
	add(q.Base == "any", "e.base <> ''")
	add(q.Base != "" && q.Base != "any", "e.base = ?", q.Base)
	add(q.Show == "late", "x.next <> '' AND x.next <= ?", q.Now)
	add(q.Show == "soon", "x.next <> '' AND x.next > ? AND x.next <= ?", q.Now, q.Soon)
	add(q.Show == "lapsed", "x.late <> ''")
	add(q.Show == "missing", "(x.status IN ('awaited', 'disconnected') OR x.status = 'connected' AND x.term <> '')")
	add(q.Show == "low", "x.low <> ''")
	add(q.Show == "connected", "x.status = 'connected'")
	add(q.Show == "held", "x.status IN ('serving', 'connected')")
	return strings.Join(list, " AND "), args, q.Show == "late" || q.Show == "soon"
}

// Datasets lists entries' data: what is late or soon by what is asked first, the rest by the entry's code.
func (r *Read) Datasets(ctx context.Context, q DataQuery) ([]Data, error) {
	where, args, byNext := q.where()
	order := "x.entry"
	next, entry, after := strings.Cut(q.After, " ")
	switch {
	case byNext && after:
		order, where, args = "x.next, x.entry", where+" AND (x.next, x.entry) > (?, ?)", append(args, next, entry)
	case byNext:
		order = "x.next, x.entry"
	case after:
		where, args = where+" AND x.entry > ?", append(args, entry)
	}
	return rows(ctx, r, "list the data of "+q.Org, dataColumns+dataFrom+"WHERE "+where+" ORDER BY "+order+" LIMIT ?", scanData, append(args, limit(q.Max))...)
}

// CountDatasets counts what Datasets would list.
func (r *Read) CountDatasets(ctx context.Context, q DataQuery) (int, error) {
	where, args, _ := q.where()
	from := "FROM dataset x "
	if q.Base != "" {
		from = dataFrom
	}
	return row(ctx, r, "count the data of "+q.Org, "SELECT count(*) "+from+"WHERE "+where, scanInt, args...)
}

// Dataset gives the data of an entry, ErrAbsent where nothing was ever asked or had of it.
func (r *Read) Dataset(ctx context.Context, entry string) (Data, error) {
	return row(ctx, r, "look up the data of "+entry, dataColumns+dataFrom+"WHERE x.entry = ?", scanData, entry)
}

// DataVersions lists the published versions of an entry's data, the newest first, those below a number where that is not 0.
func (r *Read) DataVersions(ctx context.Context, entry string, below, max int) ([]DataVersion, error) {
	where, args := "entry = ?", []any{entry}
	if below > 0 {
		where, args = where+" AND version < ?", append(args, below)
	}
	return rows(ctx, r, "list the versions of the data of "+entry, `SELECT version, follows, rows, mode, digest, checked, bad, conformity, accuracy, completeness, consistency,
		timeliness, score, loaded, asked, missed FROM dataset_version WHERE `+where+` ORDER BY version DESC LIMIT ?`,
		func(s scanner) (d DataVersion, err error) {
			q := &d.Quality
			err = s.Scan(&d.Version, &d.Of, &d.Rows, &d.Mode, &d.Digest, &q.Checked, &q.Bad, &q.Conformity, &q.Accuracy, &q.Completeness, &q.Consistency, &q.Timeliness,
				&q.Score, &d.Loaded, &d.Asked, &d.Missed)
			return d, err
		}, append(args, limit(max))...)
}

// DataCount is how an institution's data stands, by where it is and by what is asked of it. Kept and Missed count the versions
// that came in a period, in time and after they had become a finding.
type DataCount struct {
	Org, OrgName                              string
	Awaited, Serving, Connected, Disconnected int
	Missing, Late, Soon, Low                  int
	Rows                                      int64 // on the platform
	Kept, Missed                              int
}

// All is of how many entries something is asked or had.
func (c DataCount) All() int { return c.Awaited + c.Serving + c.Connected + c.Disconnected }

// DataCounts counts by institution, of one where org is not "": as things stand at now and until soon, versions from one moment
// to another (all RFC 3339, the last left out). Institutions of which nothing is asked or had are left out.
func (r *Read) DataCounts(ctx context.Context, org, now, soon, from, to string) ([]DataCount, error) {
	attempt := fmt.Sprintf("count the data of institutions at %s", now)
	list, err := rows(ctx, r, attempt, `SELECT x.org, coalesce(o.short, x.org), sum(x.status = 'awaited'), sum(x.status = 'serving'), sum(x.status = 'connected'),
		sum(x.status = 'disconnected'), sum(x.status IN ('awaited', 'disconnected') OR x.status = 'connected' AND x.term <> ''),
		sum(x.next <> '' AND x.next <= ?2), sum(x.next <> '' AND x.next > ?2 AND x.next <= ?3), sum(x.low <> ''), sum(CASE WHEN x.status = 'serving' THEN x.rows ELSE 0 END)
		FROM dataset x LEFT JOIN org o ON o.id = x.org WHERE x.status <> 'retired' AND (?1 = '' OR x.org = ?1) GROUP BY x.org ORDER BY x.org`,
		func(s scanner) (c DataCount, err error) {
			err = s.Scan(&c.Org, &c.OrgName, &c.Awaited, &c.Serving, &c.Connected, &c.Disconnected, &c.Missing, &c.Late, &c.Soon, &c.Low, &c.Rows)
			return c, err
		}, org, now, soon)
	if err != nil {
		return nil, err
	}
	came, err := rows(ctx, r, attempt, `SELECT org, sum(missed = ''), sum(missed <> '') FROM dataset_version WHERE loaded >= ?2 AND loaded < ?3 AND asked <> ''
		AND (?1 = '' OR org = ?1) GROUP BY org`, func(s scanner) (c DataCount, err error) {
		err = s.Scan(&c.Org, &c.Kept, &c.Missed)
		return c, err
	}, org, from, to)
	if err != nil {
		return nil, err
	}
	for _, c := range came {
		for i := range list {
			if list[i].Org == c.Org {
				list[i].Kept, list[i].Missed = c.Kept, c.Missed
			}
		}
	}
	return list, nil
}

// BaseEntries lists the published entries of one of the four base databases with their data, by code, from a cursor on. Of an
// entry that was published before anything was asked of its data Status is "".
func (r *Read) BaseEntries(ctx context.Context, base, after string, max int) ([]Data, error) {
	_, entry, _ := strings.Cut(after, " ")
	return rows(ctx, r, "list the base database "+base, `SELECT e.code, e.name, e.org, coalesce(o.short, e.org), e.base, e.cycle, e.status, coalesce(x.status, ''),
		coalesce(x.version, 0), coalesce(x.follows, 0), coalesce(x.rows, 0), coalesce(x.mode, ''), coalesce(x.source, ''), coalesce(x.checked, 0), coalesce(x.bad, 0),
		coalesce(x.conformity, -1), coalesce(x.accuracy, -1), coalesce(x.completeness, -1), coalesce(x.consistency, -1), coalesce(x.timeliness, -1), coalesce(x.score, -1),
		coalesce(x.loaded, ''), coalesce(x.due, ''), coalesce(x.term, ''), coalesce(x.provisional, 0), coalesce(x.next, ''), coalesce(x.late, ''), coalesce(x.low, ''),
		coalesce(x.why, '') FROM entry e LEFT JOIN dataset x ON x.entry = e.code LEFT JOIN org o ON o.id = e.org
		WHERE e.base <> '' AND e.base = ?1 AND e.status IN ('published', 'changing', 'suspended') AND e.code > ?2 ORDER BY e.code LIMIT ?3`,
		scanData, base, entry, limit(max))
}
