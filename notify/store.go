package notify

import (
	"context"
	"crypto/hmac"
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

// steps make the tables: step n leads from version n to version n+1. A step that was released is never changed.
var steps = []string{schema}

// applicationID is "muln" as a number; SQLite keeps it in the file's head.
const applicationID = 0x6d756c6e

func (n *Notify) open() error {
	place := store.File{Path: n.cfg.Path, What: "the reminders", Mark: applicationID, Steps: steps, Keys: true}
	var err error
	if n.db, err = store.Open(place); err != nil {
		return err
	}
	if n.readers, err = store.OpenReader(place, 2); err != nil {
		return err
	}
	return n.begin()
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
