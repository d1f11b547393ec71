package people

import (
	"context"
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

//go:embed contact.sql
var contactTable string

// steps make the tables: step n leads from version n to version n+1. A step that was released is never changed.
var steps = []string{schema, contactTable}

// applicationID is "mulp" as a number; SQLite keeps it in the file's head.
const applicationID = 0x6d756c70

// connect opens the file. What is committed is on disk: accounts are nowhere else.
func connect(path string, reading bool, most int) *sql.DB {
	if full, err := filepath.Abs(path); err == nil {
		path = full
	}
	q := url.Values{"mode": {"rwc"}, "_txlock": {"immediate"},
		"_pragma": {"busy_timeout(10000)", "journal_mode(wal)", "synchronous(full)", "foreign_keys(1)"}}
	if reading {
		q = url.Values{"mode": {"ro"}, "_pragma": {"busy_timeout(10000)", "temp_store(memory)"}}
	}
	db, err := sql.Open("sqlite", "file:"+(&url.URL{Path: path}).EscapedPath()+"?"+q.Encode())
	if err != nil { // only an unknown driver name gives one
		panic(err)
	}
	db.SetMaxOpenConns(most)
	db.SetMaxIdleConns(most)
	return db
}

// private makes the file, if it is not there yet, so that only its owner can read it; SQLite gives its log the same mode.
func private(path string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	return f.Close()
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
		return errors.New("it is a database of something else; give the accounts a path of their own")
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

// asker is a connection or a transaction to read with.
type asker interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// scanner is a row to scan.
type scanner interface{ Scan(into ...any) error }

// A tx is one change: what it writes and the event that tells of it are kept together or not at all.
type tx struct {
	*sql.Tx
	*People
	ctx context.Context
	at  time.Time
}

func (t *tx) exec(query string, args ...any) error {
	_, err := t.ExecContext(t.ctx, query, args...)
	return err
}

// write runs do in a transaction.
func (p *People) write(ctx context.Context, attempt string, do func(*tx) error) error {
	inner, err := p.db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("%s: %w", attempt, err)
	}
	defer inner.Rollback() // nothing once it is committed
	if err := do(&tx{inner, p, ctx, p.now()}); err != nil {
		return said(attempt, err)
	}
	if err := inner.Commit(); err != nil {
		return fmt.Errorf("%s: %w", attempt, err)
	}
	return nil
}

// change runs do and notes the event it fills in, unless it takes the event's kind away. When do is denied nothing of it is kept, and the event says so.
func (p *People) change(ctx context.Context, attempt string, e Event, do func(*tx, *Event) error) error {
	err := p.write(ctx, attempt, func(t *tx) error {
		if err := do(t, &e); err != nil {
			return err
		}
		if e.Kind == "" {
			return nil
		}
		e.OK = true
		return t.append(e)
	})
	var no *Denied
	if !errors.As(err, &no) {
		return err
	}
	e.OK, e.Detail = false, no.Code
	if noting := p.write(ctx, "note that somebody was denied to "+attempt, func(t *tx) error { return t.append(e) }); noting != nil {
		return noting
	}
	return no
}

// said wraps an error with what was attempted; what is said to people stays as it is.
func said(attempt string, err error) error {
	var no *Denied
	if err == nil || errors.As(err, &no) {
		return err
	}
	return fmt.Errorf("%s: %w", attempt, err)
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
