package notify

import (
	"context"
	"crypto/hmac"
	"database/sql"
	_ "embed"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"time"

	_ "modernc.org/sqlite" // the driver "sqlite"

	"mulu"
)

//go:embed schema.sql
var schema string

// steps make the tables: step n leads from version n to version n+1. A step that was released is never changed.
var steps = []string{schema}

// applicationID is "muln" as a number; SQLite keeps it in the file's head.
const applicationID = 0x6d756c6e

func (n *Notify) open() error {
	path, err := filepath.Abs(n.cfg.Path)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600) // so that only its owner can read it; SQLite gives its log the same mode
	if err == nil {
		err = f.Close()
	}
	if err != nil {
		return err
	}
	n.db = connect(path, "rwc", 1)
	if err := prepare(n.db); err != nil {
		return err
	}
	n.readers = connect(path, "ro", 2)
	return n.begin()
}

// connect opens the file. What is committed is on disk: what was told must not be told again.
func connect(path, mode string, most int) *sql.DB {
	q := url.Values{"mode": {mode}, "_txlock": {"immediate"}, "_pragma": {"busy_timeout(10000)", "foreign_keys(1)"}}
	if mode != "ro" {
		q["_pragma"] = append(q["_pragma"], "journal_mode(wal)", "synchronous(full)")
	}
	db, err := sql.Open("sqlite", "file:"+(&url.URL{Path: path}).EscapedPath()+"?"+q.Encode())
	if err != nil { // only an unknown driver name gives one
		panic(err)
	}
	db.SetMaxOpenConns(most)
	db.SetMaxIdleConns(most)
	return db
}

// prepare brings the tables to this program's version, each step in a transaction of its own.
func prepare(db *sql.DB) error {
	var mark, version, tables int
	err := db.QueryRow("SELECT (SELECT application_id FROM pragma_application_id), (SELECT user_version FROM pragma_user_version), (SELECT count(*) FROM sqlite_schema)").
		Scan(&mark, &version, &tables)
	if err != nil {
		return err
	}
	if tables > 0 && mark != applicationID {
		return errors.New("it is a database of something else; give the reminders a path of their own")
	}
	if version > len(steps) {
		return fmt.Errorf("it has version %d and this program knows versions up to %d; run the newer program (the file was not changed)", version, len(steps))
	}
	for ; version < len(steps); version++ {
		q := fmt.Sprintf("BEGIN IMMEDIATE;\n%s\nPRAGMA application_id = %d;\nPRAGMA user_version = %d;\nCOMMIT;", steps[version], applicationID, version+1)
		if _, err := db.Exec(q); err != nil {
			return fmt.Errorf("bring the tables to version %d: %w", version+1, err)
		}
	}
	return nil
}

// begin puts the cursor at what happens from now on when the file is new, checks the key of one that is not, and puts the cursor
// back with a chain that was put back to a backup.
func (n *Notify) begin() error {
	size := int64(n.cfg.Size())
	var mark []byte
	var next int64
	err := n.db.QueryRow("SELECT mark, next FROM cursor").Scan(&mark, &next)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		_, err = n.db.Exec("INSERT INTO cursor (one, chain, next, mark) VALUES (1, '', ?, ?)", size, n.keys.check)
	case err == nil && !hmac.Equal(mark, n.keys.check):
		err = ErrKey
	case err == nil && next > size:
		_, err = n.db.Exec("UPDATE cursor SET next = ?", size)
	}
	return err
}

// write runs do in a transaction.
func (n *Notify) write(ctx context.Context, attempt string, do func(*sql.Tx) error) error {
	tx, err := n.db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("%s: %w", attempt, err)
	}
	defer tx.Rollback() // nothing once it is committed
	if err := do(tx); err != nil {
		return fmt.Errorf("%s: %w", attempt, err)
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("%s: %w", attempt, err)
	}
	return nil
}

// scanner is a row to scan.
type scanner interface{ Scan(into ...any) error }

// list runs a query and hands each row to scan.
func list[T any](ctx context.Context, n *Notify, attempt string, scan func(scanner) (T, error), query string, args ...any) ([]T, error) {
	rows, err := n.readers.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", attempt, err)
	}
	defer rows.Close()
	var all []T
	for rows.Next() {
		v, err := scan(rows)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", attempt, err)
		}
		all = append(all, v)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("%s: %w", attempt, err)
	}
	return all, nil
}

func nanos(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixNano()
}

// moment is the opposite of nanos.
func moment(n int64) time.Time {
	if n == 0 {
		return time.Time{}
	}
	return time.Unix(0, n).In(mulu.Shanghai())
}
