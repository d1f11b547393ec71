package read

import (
	"context"
	"database/sql"
	_ "embed"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"sync"
	"time"

	"mulu"
)

//go:embed schema.sql
var schema string

// Config says where the read model lives and how it follows.
type Config struct {
	Path    string                   // of the SQLite file; its folder must exist
	ActID   func(line []byte) string // id of an act from its statement's bytes: lower-case hex SM3
	Batch   int                      // most records applied in one transaction; 0 = 512
	Readers int                      // connections that read at the same time; 0 = number of cores
	Fault   func(point string)       // called around each step that must survive a crash; nil outside tests

	beside bool // a rebuild's file: thrown away when cut short, so written without journal, indexed at the end, synced as a whole
}

// Position says how far the records have been read: Next is the number of the first one not yet read.
// Height and Time are of the last one read; Chain is "" before the first.
type Position struct {
	Chain  string
	Next   uint64
	Height int64
	Time   time.Time
}

// Read is the read model: one writer, several readers. Its methods may be used by many goroutines at once,
// Follow by one at a time.
type Read struct {
	cfg      Config
	lock     *os.File
	db       *sql.DB // one connection; the writer holds it once there is one
	writer   *writer
	readers  *sql.DB
	asked    sync.Map // statement → *sql.Stmt of readers
	index    *index
	synonyms *synonyms

	follow sync.Mutex // held by the one who writes

	mu          sync.Mutex // guards what follows
	at          Position
	first, last string        // SHA-256 of record 0 and of record at.Next-1
	moved       chan struct{} // closed when at or failed changes
	failed      error         // why following ended, nil while it goes on or ended by its context
}

// Open opens the read model, or makes an empty one. A file of another schema version is dropped: Follow rebuilds it.
// Errors about the file itself are *Broken.
func Open(cfg Config) (*Read, error) {
	if cfg.Path == "" || cfg.ActID == nil {
		return nil, errors.New("open the read model: Path and ActID must be set")
	}
	if cfg.Batch <= 0 {
		cfg.Batch = 512
	}
	if cfg.Readers <= 0 {
		cfg.Readers = runtime.NumCPU()
	}
	if cfg.Fault == nil {
		cfg.Fault = func(string) {}
	}
	path, err := filepath.Abs(cfg.Path)
	if err != nil {
		return nil, fmt.Errorf("open the read model %s: %w", cfg.Path, err)
	}
	cfg.Path = path
	l, err := lock(path)
	if err != nil {
		return nil, err
	}
	r := &Read{cfg: cfg, lock: l, moved: make(chan struct{}), synonyms: readSynonyms(synonymsText)}
	if err := r.open(); err != nil {
		return nil, errors.Join(err, r.Close())
	}
	return r, nil
}

func (r *Read) open() error {
	if _, err := os.Stat(r.cfg.Path); errors.Is(err, os.ErrNotExist) {
		if err := remove(r.cfg.Path); err != nil { // a log left behind belongs to a file that is gone
			return err
		}
	}
	wanted, err := schemaVersion()
	if err != nil {
		return err
	}
	for try := 0; ; try++ {
		r.db = connect(r.cfg, "rwc", 1)
		var found int
		if err := r.db.QueryRow("PRAGMA user_version").Scan(&found); err != nil {
			return r.wrap("open the read model", err)
		}
		if found == wanted {
			break
		}
		if err := r.ours(); err != nil {
			return err
		}
		if try > 0 {
			return fmt.Errorf("make the read model %s: it has schema version %d after version %d was made", r.cfg.Path, found, wanted)
		}
		if err := r.renew(); err != nil {
			return err
		}
	}
	if r.writer, err = prepare(r.db); err != nil {
		return r.wrap("prepare the read model's writer", err)
	}
	r.readers = connect(r.cfg, "ro", r.cfg.Readers)
	return r.load()
}

// ours refuses a database that holds tables of something else: a wrong path must not cost anybody their data.
func (r *Read) ours() error {
	var mark, tables int
	err := r.db.QueryRow("SELECT application_id, (SELECT count(*) FROM sqlite_schema) FROM pragma_application_id").Scan(&mark, &tables)
	if err != nil {
		return r.wrap("open the read model", err)
	}
	if tables > 0 && mark != applicationID {
		return fmt.Errorf("open the read model: %s is a database of something else; give the read model a path of its own", r.cfg.Path)
	}
	return nil
}

// renew drops the file and makes an empty one. The schema and its version come in one transaction.
func (r *Read) renew() error {
	if err := r.db.Close(); err != nil {
		return r.wrap("close the read model of another version", err)
	}
	if err := remove(r.cfg.Path); err != nil {
		return err
	}
	r.db = connect(r.cfg, "rwc", 1)
	tables := schema
	if r.cfg.beside {
		tables = indexLine.ReplaceAllString(schema, "")
	}
	if _, err := r.db.Exec("BEGIN;\n" + tables + "\nCOMMIT;"); err != nil {
		return r.wrap("make the tables of the read model", err)
	}
	return r.wrap("make the read model", r.db.Close())
}

func (r *Read) load() error {
	var at Position
	var nanos int64
	err := r.writer.conn.QueryRowContext(context.Background(), "SELECT chain, next, height, time, first, last, entries, texts FROM position").
		Scan(&at.Chain, &at.Next, &at.Height, &nanos, &r.first, &r.last, &r.writer.entries, &r.writer.texts)
	if errors.Is(err, sql.ErrNoRows) {
		return r.startIndex()
	}
	if err != nil {
		return r.wrap("read the position of the read model", err)
	}
	at.Time = fromNanos(nanos)
	r.at = at
	return r.startIndex()
}

// Close ends the read model. Following must have ended.
func (r *Read) Close() error {
	var errs []error
	if r.index != nil {
		r.index.stop()
		<-r.index.loaded
	}
	r.asked.Range(func(_, s any) bool {
		errs = append(errs, s.(*sql.Stmt).Close())
		return true
	})
	if r.readers != nil {
		errs = append(errs, r.readers.Close())
	}
	if r.writer != nil {
		errs = append(errs, r.writer.close())
	}
	if r.db != nil {
		errs = append(errs, r.db.Close())
	}
	errs = append(errs, r.lock.Close())
	if err := errors.Join(errs...); err != nil {
		return r.wrap("close the read model", err)
	}
	return nil
}

// Position tells how far the records have been read.
func (r *Read) Position() Position {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.at
}

// Lag tells how many records of the source have not been read yet.
func (r *Read) Lag(s Source) uint64 {
	size, next := s.Size(), r.Position().Next
	if size <= next {
		return 0
	}
	return size - next
}

// Wait returns once all records below size can be read, or with the error that ended the context or the following.
func (r *Read) Wait(ctx context.Context, size uint64) error {
	for {
		r.mu.Lock()
		next, failed, moved := r.at.Next, r.failed, r.moved
		r.mu.Unlock()
		if next >= size {
			return nil
		}
		if failed != nil {
			return fmt.Errorf("wait until %d records can be read: following ended at %d: %w", size, next, failed)
		}
		select {
		case <-moved:
		case <-ctx.Done():
			return fmt.Errorf("wait until %d records can be read, %d are: %w", size, next, ctx.Err())
		}
	}
}

// ask gives the prepared statement of a query, for any reader.
func (r *Read) ask(ctx context.Context, query string) (*sql.Stmt, error) {
	if s, ok := r.asked.Load(query); ok {
		return s.(*sql.Stmt), nil
	}
	s, err := r.readers.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	if first, was := r.asked.LoadOrStore(query, s); was {
		return first.(*sql.Stmt), s.Close()
	}
	return s, nil
}

// rows runs a query and hands each row to scan.
func rows[T any](ctx context.Context, r *Read, attempt, query string, scan func(scanner) (T, error), args ...any) ([]T, error) {
	s, err := r.ask(ctx, query)
	if err != nil {
		return nil, r.wrap(attempt, err)
	}
	found, err := s.QueryContext(ctx, args...)
	if err != nil {
		return nil, r.wrap(attempt, err)
	}
	defer found.Close()
	var list []T
	for found.Next() {
		v, err := scan(found)
		if err != nil {
			return nil, r.wrap(attempt, err)
		}
		list = append(list, v)
	}
	return list, r.wrap(attempt, found.Err())
}

// row is rows for at most one; none is ErrAbsent.
func row[T any](ctx context.Context, r *Read, attempt, query string, scan func(scanner) (T, error), args ...any) (T, error) {
	list, err := rows(ctx, r, attempt, query, scan, args...)
	if err == nil && len(list) == 0 {
		err = fmt.Errorf("%s: %w", attempt, ErrAbsent)
	}
	if err != nil {
		var none T
		return none, err
	}
	return list[0], nil
}

// scanner is a row to scan.
type scanner interface{ Scan(into ...any) error }

func connect(cfg Config, mode string, most int) *sql.DB {
	q := url.Values{"mode": {mode}, "_txlock": {"immediate"}}
	pragmas := []string{"busy_timeout(10000)", "temp_store(memory)", "cache_size(-16384)"}
	if mode != "ro" {
		pragmas = []string{"busy_timeout(10000)", "journal_mode(wal)", "synchronous(normal)", "cache_size(-131072)"}
		if cfg.beside {
			pragmas = []string{"journal_mode(off)", "synchronous(off)", "cache_size(-131072)"}
		}
	}
	q["_pragma"] = pragmas
	db, err := sql.Open("sqlite", "file:"+(&url.URL{Path: cfg.Path}).EscapedPath()+"?"+q.Encode())
	if err != nil { // only an unknown driver name gives one
		panic(err)
	}
	db.SetMaxOpenConns(most)
	db.SetMaxIdleConns(most)
	return db
}

// applicationID is "mulu" as a number; SQLite keeps it in the file's head.
const applicationID = 0x6d756c75

var versionLine = regexp.MustCompile(`(?m)^PRAGMA user_version = (\d+);$`)

// indexLine is an index that only readers need: a rebuild makes it when all rows are there. Those that are UNIQUE the writer needs.
var indexLine = regexp.MustCompile(`(?m)^CREATE INDEX .*;$`)

func schemaVersion() (int, error) {
	m := versionLine.FindStringSubmatch(schema)
	if m == nil {
		return 0, errors.New("schema.sql of the read model states no version")
	}
	return strconv.Atoi(m[1])
}

func fromNanos(n int64) time.Time { return time.Unix(0, n).In(mulu.Shanghai()) }

// limit keeps a page between 1 and 1000 rows; 0 means 100.
func limit(n int) int {
	if n <= 0 {
		return 100
	}
	return min(n, 1000)
}
