package people

import (
	"context"
	"database/sql"
	_ "embed"
	"errors"
	"fmt"
	"time"

	"mulu"
	"mulu/store"
)

//go:embed schema.sql
var schema string

//go:embed contact.sql
var contactTable string

// steps make the tables: step n leads from version n to version n+1. A step that was released is never changed.
var steps = []string{schema, contactTable}

// applicationID is "mulp" as a number; SQLite keeps it in the file's head.
const applicationID = 0x6d756c70

// place is where the accounts are kept: they are nowhere else.
func (p *People) place() store.File {
	return store.File{Path: p.cfg.Path, What: "the accounts", Mark: applicationID, Steps: steps, Keys: true}
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
