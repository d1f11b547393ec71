package platform

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"mulu"
)

// perStatement is how many rows one INSERT carries: the cost of a statement is then no longer what bounds a load.
const perStatement = 16

// maxIndexes bounds how many items get an index besides the key.
const maxIndexes = 8

// stage is a version being built in its part folder.
type stage struct {
	engine *Embedded
	entry  string
	items  []mulu.Item
	dir    string // the part folder
	db     *sql.DB
	conn   *sql.Conn // the one connection, in one transaction from beginning to end
	insert *sql.Stmt // of perStatement rows
	held   []any     // values not yet inserted
	rows   int64
	built  bool
	closed bool
}

// Stage begins a version of an entry.
func (e *Embedded) Stage(ctx context.Context, entry string, items []mulu.Item, base Base) (Stage, error) {
	if base.Mode != "" && base.Mode != "replace" {
		return nil, fmt.Errorf("stage %s: %s is not possible with this engine", entry, base.Mode)
	}
	if len(items) == 0 || len(items) > 500 {
		return nil, fmt.Errorf("stage %s: an entry has 1 to 500 items, not %d", entry, len(items))
	}
	dir, err := e.entryDir(entry)
	if err != nil {
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
	s := &stage{engine: e, entry: entry, items: items, dir: part}
	if err := s.begin(ctx); err != nil {
		s.Discard()
		return nil, fmt.Errorf("stage %s: %w", entry, err)
	}
	return s, nil
}

func (s *stage) begin(ctx context.Context) (err error) {
	// No journal and no sync: the file gets its name only when it is whole and synced, a broken one is thrown away.
	if s.db, err = sql.Open("sqlite", dsn(filepath.Join(s.dir, "rows.db"), "mode=rwc&_pragma=page_size(8192)"+
		"&_pragma=journal_mode(OFF)&_pragma=synchronous(OFF)&_pragma=locking_mode(EXCLUSIVE)&_pragma=cache_size(-65536)")); err != nil {
		return err
	}
	if s.conn, err = s.db.Conn(ctx); err != nil {
		return err
	}
	var columns, marks strings.Builder
	for i := range s.items {
		fmt.Fprintf(&columns, ", c%d TEXT", i)
		marks.WriteString(",?")
	}
	one := "(" + marks.String()[1:] + ")"
	for _, text := range []string{
		"BEGIN",
		"CREATE TABLE rows (n INTEGER PRIMARY KEY" + columns.String() + ")",
	} {
		if _, err := s.conn.ExecContext(ctx, text); err != nil {
			return err
		}
	}
	s.insert, err = s.conn.PrepareContext(ctx, s.insertText(one, perStatement))
	return err
}

func (s *stage) insertText(one string, rows int) string {
	names := make([]string, len(s.items))
	for i := range names {
		names[i] = "c" + strconv.Itoa(i)
	}
	return "INSERT INTO rows (" + strings.Join(names, ",") + ") VALUES " + one + strings.Repeat(","+one, rows-1)
}

func (s *stage) Add(ctx context.Context, row Row) error {
	if s.built || s.closed {
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
		return fmt.Errorf("stage rows up to %d of %s: %w", s.rows, s.entry, err)
	}
	return nil
}

// flush inserts the rows that did not fill a statement.
func (s *stage) flush(ctx context.Context) error {
	if len(s.held) == 0 {
		return nil
	}
	one := "(?" + strings.Repeat(",?", len(s.items)-1) + ")"
	_, err := s.conn.ExecContext(ctx, s.insertText(one, len(s.held)/len(s.items)), s.held...)
	s.held = nil
	return err
}

func (s *stage) Duplicates(ctx context.Context, limit int) ([]Duplicate, error) {
	if s.built || s.closed {
		return nil, errors.New("look for duplicates: the stage is finished")
	}
	s.built = true
	if err := s.flush(ctx); err != nil {
		return nil, fmt.Errorf("stage the last rows of %s: %w", s.entry, err)
	}
	key := s.key()
	if len(key) > 0 {
		list := strings.Join(key, ",")
		if _, err := s.conn.ExecContext(ctx, "CREATE UNIQUE INDEX k ON rows ("+list+")"); err != nil {
			found, e := s.repeated(ctx, list, limit)
			if e == nil && len(found) > 0 {
				return found, nil
			}
			return nil, fmt.Errorf("index the key of %s: %w", s.entry, errors.Join(err, e))
		}
	}
	for _, c := range s.indexed() {
		if _, err := s.conn.ExecContext(ctx, fmt.Sprintf("CREATE INDEX x%d ON rows (c%d)", c, c)); err != nil {
			return nil, fmt.Errorf("index %s of %s: %w", s.items[c].Field, s.entry, err)
		}
	}
	return nil, nil
}

func (s *stage) repeated(ctx context.Context, key string, limit int) ([]Duplicate, error) {
	rows, err := s.conn.QueryContext(ctx, "SELECT n, first FROM (SELECT n, min(n) OVER (PARTITION BY "+key+
		") AS first FROM rows) WHERE n <> first ORDER BY n LIMIT ?", limit)
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

// Remove takes added rows out again.
func (s *stage) Remove(ctx context.Context, rows []int64) error {
	if !s.built || s.closed {
		return errors.New("remove rows: the stage was not checked for duplicates, or it is finished")
	}
	gone, err := s.conn.PrepareContext(ctx, "DELETE FROM rows WHERE n = ?")
	if err != nil {
		return fmt.Errorf("remove rows of %s: %w", s.entry, err)
	}
	defer gone.Close()
	for _, n := range rows {
		if _, err := gone.ExecContext(ctx, n); err != nil {
			return fmt.Errorf("remove row %d of %s: %w", n, s.entry, err)
		}
	}
	s.built = false
	return nil
}

// Scan gives every row in order.
func (s *stage) Scan(ctx context.Context, yield func(Row) error) error {
	if !s.built || s.closed {
		return errors.New("scan: the stage was not checked for duplicates, or it is finished")
	}
	fields := make([]string, len(s.items))
	for i := range fields {
		fields[i] = "c" + strconv.Itoa(i)
	}
	rows, err := s.conn.QueryContext(ctx, "SELECT "+strings.Join(fields, ",")+" FROM rows ORDER BY n")
	if err != nil {
		return fmt.Errorf("scan the stage of %s: %w", s.entry, err)
	}
	defer rows.Close()
	cells, into, row := make([]sql.NullString, len(fields)), make([]any, len(fields)), make(Row, len(fields))
	for i := range cells {
		into[i] = &cells[i]
	}
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return fmt.Errorf("scan the stage of %s: %w", s.entry, err)
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

// key lists the columns of the key items.
func (s *stage) key() (columns []string) {
	for i, item := range s.items {
		if item.IsKey {
			columns = append(columns, "c"+strconv.Itoa(i))
		}
	}
	return columns
}

// indexed picks the items that get an index of their own: those of a key of several items (the first of them is
// served by the key's index), then short codes, names and dates, by which people look things up, up to maxIndexes.
func (s *stage) indexed() (columns []int) {
	first := true
	for i, item := range s.items {
		if item.IsKey {
			if !first {
				columns = append(columns, i)
			}
			first = false
		}
	}
	for i, item := range s.items {
		short := item.Length > 0 && item.Length <= 60
		if !item.IsKey && len(columns) < maxIndexes && (item.Type == "C" && short || item.Type == "D") {
			columns = append(columns, i)
		}
	}
	return columns
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
	switch err := os.Rename(s.dir, to); {
	case err != nil && isDir(to): // the same rows under the same number are there already
		if err := os.RemoveAll(s.dir); err != nil {
			return fmt.Errorf("publish %s: %w", v, err)
		}
	case err != nil:
		return fmt.Errorf("publish %s: %w", v, err)
	}
	if err := syncPath(filepath.Dir(to)); err != nil {
		return fmt.Errorf("publish %s: %w", v, err)
	}
	return nil
}

// finish closes the database file, makes it durable and describes it.
func (s *stage) finish(ctx context.Context, v Version) error {
	for _, text := range []string{"PRAGMA analysis_limit=1000", "ANALYZE", "COMMIT"} {
		if _, err := s.conn.ExecContext(ctx, text); err != nil {
			return err
		}
	}
	if err := s.close(); err != nil {
		return err
	}
	path := filepath.Join(s.dir, "rows.db")
	sum, err := s.engine.sumFile(path)
	if err != nil {
		return err
	}
	b, err := json.MarshalIndent(manifest{manifestFormat, v.Entry, v.Number, v.Digest, s.rows, s.items, sum}, "", "  ")
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(s.dir, "manifest.json"), append(b, '\n'), 0o600); err != nil {
		return err
	}
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
	if err := s.close(); err != nil {
		return fmt.Errorf("discard a stage of %s: %w", s.entry, err)
	}
	return os.RemoveAll(s.dir) // after Publish it has another name, and nothing is removed
}

func isDir(path string) bool {
	fi, err := os.Stat(path)
	return err == nil && fi.IsDir()
}
