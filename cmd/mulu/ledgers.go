package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"

	_ "modernc.org/sqlite" // the driver "sqlite"
)

// ledgers are the SQLite files of a home that nothing else holds: accounts with the audit log, drafts, reminders, and
// what became of loads.
var ledgers = []string{"people.db", "desk.db", "notify.db", "loads.db"}

// copyLedgers copies them as they stand at one moment each, while the node runs or when it is stopped, even if it ended
// without putting its log into the file.
func copyLedgers(ctx context.Context, from, to home) error {
	for _, name := range ledgers {
		if _, err := os.Stat(from.path(name)); errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err := copyLedger(ctx, from.path(name), to.path(name)); err != nil {
			return fmt.Errorf("copy %s: %w", name, err)
		}
	}
	return nil
}

func copyLedger(ctx context.Context, from, to string) error {
	f, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600) // SQLite fills an empty file
	if err != nil {
		return err
	}
	defer f.Close()
	q := url.Values{"mode": {"rw"}, "_pragma": {"busy_timeout(10000)"}}
	db, err := sql.Open("sqlite", "file:"+(&url.URL{Path: from}).EscapedPath()+"?"+q.Encode())
	if err != nil {
		return err
	}
	_, err = db.ExecContext(ctx, "VACUUM INTO ?", to)
	if err = errors.Join(err, db.Close()); err != nil {
		return err
	}
	return f.Sync()
}
