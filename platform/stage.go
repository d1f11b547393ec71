package platform

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"mulu"
)

// perStatement is how many rows one INSERT carries: the cost of a statement is then no longer what bounds a load.
const perStatement = 16

// maxIndexes bounds how many items get an index besides the key.
const maxIndexes = 8

// maxColumns bounds the items of a version; an entry has at most half of them, and each may take two where it is sealed.
const maxColumns = 1000

// stage is a version being built in its part folder. Without a base rows are added to the table that is published.
// With one, that table holds the base's rows, and what is added stands in a file of its own until Publish merges it.
type stage struct {
	engine    *Embedded
	entry     string
	items     []mulu.Item
	upsert    bool
	based     bool   // the version begins from the rows of another
	dir       string // the part folder
	into      string // the schema whose table rows takes what is added: main or added
	db        *sql.DB
	conn      *sql.Conn // the one connection, in one transaction from beginning to end
	insert    *sql.Stmt // of perStatement rows
	held      []any     // values not yet inserted
	rows      int64     // added
	published int64     // rows of the version
	whole     bool      // no rows can be added any more
	built     bool      // the last Duplicates found none
	closed    bool
}

// Stage begins a version of an entry.
func (e *Embedded) Stage(ctx context.Context, entry string, items []mulu.Item, base Base) (Stage, error) {
	dir, err := e.entryDir(entry)
	if err != nil {
		return nil, err
	}
	if err := checkStage(entry, items, base); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("stage %s: %w", entry, err)
	}
	if err := syncPath(e.dir); err != nil {
		return nil, fmt.Errorf("stage %s: %w", entry, err)
	}
	part, err := os.MkdirTemp(dir, partPrefix)
	if err != nil {
		return nil, fmt.Errorf("stage %s: %w", entry, err)
	}
	s := &stage{engine: e, entry: entry, items: slices.Clone(items), dir: part, into: "main", upsert: base.Mode == "upsert"}
	if err := s.begin(ctx, base); err != nil {
		_ = s.Discard()
		return nil, fmt.Errorf("stage %s: %w", entry, err)
	}
	return s, nil
}

// checkStage refuses what no engine stages.
func checkStage(entry string, items []mulu.Item, base Base) error {
	if len(items) == 0 || len(items) > maxColumns {
		return fmt.Errorf("stage %s: a version has 1 to %d items, not %d", entry, maxColumns, len(items))
	}
	switch base.Mode {
	case "", "replace", "append":
	case "upsert":
		if !slices.ContainsFunc(items, func(i mulu.Item) bool { return i.IsKey }) {
			return fmt.Errorf("stage %s: rows are put in the place of others by key items, and there are none", entry)
		}
	default:
		return fmt.Errorf("stage %s: %q is no mode of loading", entry, base.Mode)
	}
	if v := base.Version; base.begins() && v.Entry != entry {
		return fmt.Errorf("stage %s: %s is of another entry", entry, v)
	}
	return nil
}

// begins says whether a version takes over the rows of the base.
func (b Base) begins() bool {
	return (b.Mode == "upsert" || b.Mode == "append") && b.Version != Version{}
}

func (s *stage) begin(ctx context.Context, base Base) error {
	// The file gets its name only when it is whole and synced, and a broken one is thrown away. So nothing is synced on
	// the way; the journal in memory only takes a statement back that failed, such as a key's index over repeated keys.
	journal, cache, had := "MEMORY", "8192", []mulu.Item(nil) // rows that only come need little of a cache, in KiB, and pay for each page of it
	if base.begins() {
		var err error
		if had, err = s.takeOver(ctx, base.Version); err != nil {
			return err
		}
		// What changes the base's rows runs once, in Publish, and fails only with the stage: a journal of it would hold the file.
		s.based, s.into, journal, cache = true, "added", "OFF", "65536"
	}
	var err error
	if s.db, err = sql.Open("sqlite", dsn(filepath.Join(s.dir, "rows.db"), "mode=rwc&_pragma=page_size(8192)"+
		"&_pragma=journal_mode("+journal+")&_pragma=synchronous(OFF)&_pragma=locking_mode(EXCLUSIVE)&_pragma=cache_size(-"+cache+")")); err != nil {
		return err
	}
	if s.conn, err = s.db.Conn(ctx); err != nil {
		return err
	}
	// Sorting the rows of an index is shared among the cores.
	texts := []string{fmt.Sprintf("PRAGMA threads=%d", s.engine.cores)}
	if s.based {
		if _, err := s.conn.ExecContext(ctx, "ATTACH ? AS added", filepath.Join(s.dir, "added.db")); err != nil {
			return err
		}
		texts = append(texts, "PRAGMA added.journal_mode=MEMORY", "PRAGMA added.synchronous=OFF", "PRAGMA added.cache_size=-8192")
	}
	if err := s.exec(ctx, append(texts, "BEGIN", "CREATE TABLE "+s.into+".rows (n INTEGER PRIMARY KEY, "+
		strings.Join(columns("c%d TEXT", len(s.items)), ", ")+")")...); err != nil {
		return err
	}
	if s.based {
		if err := s.reshape(ctx, had); err != nil {
			return err
		}
	}
	s.insert, err = s.conn.PrepareContext(ctx, s.insertText(perStatement))
	return err
}

func (s *stage) exec(ctx context.Context, texts ...string) error {
	for _, text := range texts {
		if _, err := s.conn.ExecContext(ctx, text); err != nil {
			return err
		}
	}
	return nil
}

// columns gives form n times, each %d of it as the number of the column.
func columns(form string, n int) []string {
	list := make([]string, n)
	for i := range list {
		list[i] = strings.ReplaceAll(form, "%d", strconv.Itoa(i))
	}
	return list
}

func (s *stage) insertText(rows int) string {
	one := "(?" + strings.Repeat(",?", len(s.items)-1) + ")"
	return "INSERT INTO " + s.into + ".rows (" + strings.Join(columns("c%d", len(s.items)), ",") + ") VALUES " + one + strings.Repeat(","+one, rows-1)
}

func (s *stage) Add(ctx context.Context, row Row) error {
	if s.whole || s.closed {
		return errors.New("add a row: the stage is finished")
	}
	if len(row) != len(s.items) {
		return fmt.Errorf("add row %d: it has %d values, the entry %d items", s.rows+1, len(row), len(s.items))
	}
	for _, v := range row {
		if v == "" {
			s.held = append(s.held, nil)
		} else {
			s.held = append(s.held, v)
		}
	}
	s.rows++
	if len(s.held) < perStatement*len(s.items) {
		return nil
	}
	_, err := s.insert.ExecContext(ctx, s.held...)
	s.held = s.held[:0]
	if err != nil {
		s.whole = true // which of the rows are in is not known
		return fmt.Errorf("stage rows up to %d of %s: %w", s.rows, s.entry, err)
	}
	return nil
}

// flush inserts the rows that did not fill a statement.
func (s *stage) flush(ctx context.Context) error {
	if len(s.held) == 0 {
		return nil
	}
	_, err := s.conn.ExecContext(ctx, s.insertText(len(s.held)/len(s.items)), s.held...)
	s.held = nil
	return err
}

func (s *stage) Duplicates(ctx context.Context, limit int) ([]Duplicate, error) {
	if s.closed || s.whole && s.held != nil {
		return nil, errors.New("look for duplicates: the stage is finished")
	}
	s.whole, s.built = true, false
	if err := s.flush(ctx); err != nil {
		return nil, fmt.Errorf("stage the last rows of %s: %w", s.entry, err)
	}
	if key := keyColumns(s.items); len(key) > 0 {
		if _, err := s.conn.ExecContext(ctx, "CREATE UNIQUE INDEX IF NOT EXISTS "+s.into+".k ON rows ("+strings.Join(columnNames(key), ",")+")"); err != nil {
			found, e := s.repeated(ctx, limit)
			if e == nil && len(found) > 0 {
				return found, nil
			}
			return nil, fmt.Errorf("index the key of %s: %w", s.entry, errors.Join(err, e))
		}
		if s.based && !s.upsert {
			if found, err := s.met(ctx, limit); err != nil || len(found) > 0 {
				return found, err
			}
		}
	}
	if !s.based {
		if err := s.index(ctx); err != nil {
			return nil, err
		}
	}
	s.built = true
	return nil, nil
}

// index makes the indexes of the published table that are not its key.
func (s *stage) index(ctx context.Context) error {
	for _, c := range indexed(s.items) {
		if _, err := s.conn.ExecContext(ctx, fmt.Sprintf("CREATE INDEX IF NOT EXISTS main.x%d ON rows (c%d)", c, c)); err != nil {
			return fmt.Errorf("index %s of %s: %w", s.items[c].Field, s.entry, err)
		}
	}
	return nil
}

// repeated lists the added rows whose key an added row before has.
func (s *stage) repeated(ctx context.Context, limit int) ([]Duplicate, error) {
	key := columnNames(keyColumns(s.items))
	found, err := s.duplicates(ctx, "SELECT n, first FROM (SELECT n, min(n) OVER (PARTITION BY "+strings.Join(key, ",")+
		") AS first FROM "+s.into+".rows WHERE "+strings.Join(key, " IS NOT NULL AND ")+" IS NOT NULL) WHERE n <> first ORDER BY n LIMIT ?", limit)
	if err != nil || !s.based || s.upsert {
		return found, err
	}
	met, err := s.met(ctx, limit)
	if err != nil {
		return nil, err
	}
	return both(found, met, limit), nil
}

// both merges two lists of duplicates by row; what repeats the base and an added row is said to repeat the base.
func both(found, met []Duplicate, limit int) []Duplicate {
	all := append(met, found...)
	slices.SortFunc(all, func(a, b Duplicate) int {
		if a.Row != b.Row {
			return int(a.Row - b.Row)
		}
		return int(a.First - b.First)
	})
	all = slices.CompactFunc(all, func(a, b Duplicate) bool { return a.Row == b.Row })
	return all[:min(len(all), limit)]
}

func (s *stage) duplicates(ctx context.Context, text string, args ...any) ([]Duplicate, error) {
	rows, err := s.conn.QueryContext(ctx, text, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var found []Duplicate
	for rows.Next() {
		var d Duplicate
		if err := rows.Scan(&d.Row, &d.First); err != nil {
			return nil, err
		}
		found = append(found, d)
	}
	return found, rows.Err()
}

func (s *stage) Remove(ctx context.Context, rows []int64) error {
	if !s.whole || s.closed {
		return errors.New("remove rows: the stage was not checked for duplicates, or it is finished")
	}
	s.built = false
	gone, err := s.conn.PrepareContext(ctx, "DELETE FROM "+s.into+".rows WHERE n = ?")
	if err != nil {
		return fmt.Errorf("remove rows of %s: %w", s.entry, err)
	}
	defer gone.Close()
	for _, n := range rows {
		if _, err := gone.ExecContext(ctx, n); err != nil {
			return fmt.Errorf("remove row %d of %s: %w", n, s.entry, err)
		}
	}
	return nil
}

func (s *stage) Scan(ctx context.Context, yield func(Row) error) error {
	if !s.built || s.closed {
		return errors.New("scan: the stage was not checked for duplicates, or it is finished")
	}
	for _, text := range s.scanTexts() {
		rows, err := s.conn.QueryContext(ctx, text)
		if err == nil {
			err = each(rows, len(s.items), yield)
		}
		if err != nil {
			return fmt.Errorf("scan the stage of %s: %w", s.entry, err)
		}
	}
	return nil
}

// each gives the rows of a result to yield and closes it.
func each(rows *sql.Rows, width int, yield func(Row) error) error {
	defer rows.Close()
	cells, into, row := make([]sql.NullString, width), make([]any, width), make(Row, width)
	for i := range cells {
		into[i] = &cells[i]
	}
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return err
		}
		for i, c := range cells {
			row[i] = c.String
		}
		if err := yield(row); err != nil {
			return err
		}
	}
	return rows.Err()
}

// keyColumns lists the numbers of the key items.
func keyColumns(items []mulu.Item) (list []int) {
	for i, item := range items {
		if item.IsKey {
			list = append(list, i)
		}
	}
	return list
}

func columnNames(numbers []int) []string {
	list := make([]string, len(numbers))
	for i, c := range numbers {
		list[i] = "c" + strconv.Itoa(c)
	}
	return list
}

// indexed picks the items that get an index of their own: those of a key of several items (the first of them is
// served by the key's index), then short codes, names and dates, by which people look things up, up to maxIndexes.
func indexed(items []mulu.Item) (list []int) {
	first := true
	for i, item := range items {
		if item.IsKey {
			if !first {
				list = append(list, i)
			}
			first = false
		}
	}
	for i, item := range items {
		short := item.Length > 0 && item.Length <= 60
		if !item.IsKey && len(list) < maxIndexes && (item.Type == "C" && short || item.Type == "D") {
			list = append(list, i)
		}
	}
	return list
}

func (s *stage) Publish(ctx context.Context, number int, digest string) error {
	v := Version{s.entry, number, digest}
	to, err := s.engine.versionDir(v)
	if err != nil {
		return err
	}
	if !s.built || s.closed {
		return fmt.Errorf("publish %s: the stage was not checked for duplicates, or it is finished", v)
	}
	if err := s.finish(ctx, v); err != nil {
		return fmt.Errorf("publish %s: %w", v, err)
	}
	s.engine.naming.Lock()
	defer s.engine.naming.Unlock()
	s.engine.step("rename")
	switch err := os.Rename(s.dir, to); {
	case err != nil && isDir(to): // the same rows under the same number are there already
		if err := os.RemoveAll(s.dir); err != nil {
			return fmt.Errorf("publish %s: %w", v, err)
		}
	case err != nil:
		return fmt.Errorf("publish %s: %w", v, err)
	}
	s.engine.step("sync the entry")
	if err := syncPath(filepath.Dir(to)); err != nil {
		return fmt.Errorf("publish %s: %w", v, err)
	}
	s.engine.step("published")
	s.engine.wantColumns(v, s.published)
	return nil
}

// finish closes the database file, makes it durable and describes it.
func (s *stage) finish(ctx context.Context, v Version) error {
	s.engine.step("merge")
	if s.based {
		if err := s.merge(ctx); err != nil {
			return errors.Join(err, s.close())
		}
	}
	if err := s.conn.QueryRowContext(ctx, "SELECT count(*) FROM main.rows").Scan(&s.published); err != nil {
		return err
	}
	s.engine.step("commit")
	if err := s.exec(ctx, "PRAGMA analysis_limit=1000", "ANALYZE main", "COMMIT"); err != nil {
		return errors.Join(err, s.close())
	}
	if err := s.close(); err != nil {
		return err
	}
	if err := os.Remove(filepath.Join(s.dir, "added.db")); s.based && err != nil {
		return err
	}
	path := filepath.Join(s.dir, "rows.db")
	sum, err := s.engine.sumFile(path)
	if err != nil {
		return err
	}
	s.engine.step("manifest")
	b, err := json.MarshalIndent(manifest{manifestFormat, v.Entry, v.Number, v.Digest, s.published, s.items, sum, ""}, "", "  ")
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(s.dir, "manifest.json"), append(b, '\n'), 0o600); err != nil {
		return err
	}
	s.engine.step("sync the part")
	for _, p := range []string{path, filepath.Join(s.dir, "manifest.json"), s.dir} {
		if err := syncPath(p); err != nil {
			return err
		}
	}
	return nil
}

func (s *stage) close() error {
	if s.closed {
		return nil
	}
	s.closed = true
	var err error
	if s.insert != nil {
		err = s.insert.Close()
	}
	if s.conn != nil {
		err = errors.Join(err, s.conn.Close())
	}
	if s.db != nil {
		err = errors.Join(err, s.db.Close())
	}
	return err
}

func (s *stage) Discard() error {
	err := s.close()
	// After Publish the folder has another name, and nothing is removed.
	if err := errors.Join(err, os.RemoveAll(s.dir)); err != nil {
		return fmt.Errorf("discard a stage of %s: %w", s.entry, err)
	}
	return nil
}

func isDir(path string) bool {
	fi, err := os.Stat(path)
	return err == nil && fi.IsDir()
}
