package store

import (
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"

	_ "modernc.org/sqlite" // the driver "sqlite", in pure Go
)

// File says which file is opened and what stands in it.
type File struct {
	Path string
	// What is kept, for errors: "the drafts".
	What string
	// Mark is the file's application id, four letters as a number: a file of another room is refused.
	Mark int
	// Steps make the tables: step n leads from version n to version n+1. A step that was released is never changed.
	Steps []string
	// Keys has foreign keys checked.
	Keys bool
}

// Open opens the file for writing, or makes an empty one that only its owner can read, and brings its tables to this
// program's version. There is one connection: one writes at a time. What is committed is on disk. A file of a later
// version, or of something else, is refused and left alone.
func Open(f File) (*sql.DB, error) {
	full, err := filepath.Abs(f.Path)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", f.What, err)
	}
	if err := private(full); err != nil {
		return nil, fmt.Errorf("open %s: %w", f.What, err)
	}
	pragmas := []string{"busy_timeout(10000)", "journal_mode(wal)", "synchronous(full)"}
	if f.Keys {
		pragmas = append(pragmas, "foreign_keys(1)")
	}
	db, err := connect(full, url.Values{"mode": {"rwc"}, "_txlock": {"immediate"}, "_pragma": pragmas}, 1)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", f.What, err)
	}
	if err := prepare(db, f); err != nil {
		return nil, errors.Join(fmt.Errorf("open %s %s: %w", f.What, f.Path, err), db.Close())
	}
	return db, nil
}

// OpenReader opens a file that Open has opened before for reading only, with at most so many connections.
func OpenReader(f File, most int) (*sql.DB, error) {
	full, err := filepath.Abs(f.Path)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", f.What, err)
	}
	return connect(full, url.Values{"mode": {"ro"}, "_pragma": {"busy_timeout(10000)", "temp_store(memory)"}}, most)
}

func connect(path string, options url.Values, most int) (*sql.DB, error) {
	db, err := sql.Open("sqlite", (&url.URL{Scheme: "file", OmitHost: true, Path: path, RawQuery: options.Encode()}).String())
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(most)
	db.SetMaxIdleConns(most)
	return db, nil
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
func prepare(db *sql.DB, f File) error {
	var mark, version, tables int
	err := db.QueryRow("SELECT (SELECT application_id FROM pragma_application_id), (SELECT user_version FROM pragma_user_version), (SELECT count(*) FROM sqlite_schema)").
		Scan(&mark, &version, &tables)
	switch {
	case err != nil:
		return err
	case tables > 0 && mark != f.Mark:
		return fmt.Errorf("it is a database of something else; give %s a path of their own", f.What)
	case version > len(f.Steps):
		return fmt.Errorf("it has version %d and this program knows versions up to %d; run the newer program (the file was not changed)", version, len(f.Steps))
	}
	for ; version < len(f.Steps); version++ {
		if _, err := db.Exec(fmt.Sprintf("BEGIN IMMEDIATE;\n%s;\nPRAGMA application_id = %d;\nPRAGMA user_version = %d;\nCOMMIT;", f.Steps[version], f.Mark, version+1)); err != nil {
			return fmt.Errorf("bring the tables to version %d: %w", version+1, err)
		}
	}
	return nil
}
