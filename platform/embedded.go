package platform

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"mulu"
)

// maxOpen bounds how many version files are open at the same time; the least recently queried is closed first.
const maxOpen = 64

// Embedded is the engine without a database server: each version is a folder with a read-only SQLite file and a
// manifest that carries the file's digest.
//
//	<dir>/<entry code, / as _>/<number>-<first 16 digits of the digest>/{rows.db, rows.parquet, manifest.json}
//
// A version is built in a folder named .part-…, synced file by file, and renamed; parts left by a crash are swept when
// the engine is opened, so one process at a time may have a folder open.
type Embedded struct {
	dir   string
	hash  func() hash.Hash
	cores int
	step  func(name string) // told before each step that changes the disk; tests stop there
	least int64             // rows from which a version is also written by columns

	// Failed is told what went wrong where nobody waits for it; set it before the first use.
	Failed func(error)

	unsettled chan Version       // to be written by columns
	stop      context.CancelFunc // ends that
	settled   chan struct{}      // closed when it has ended
	naming    sync.Mutex         // held while files of versions get and lose names

	mu     sync.Mutex // guards what follows and the refs of every file in it
	open   map[Version]*file
	tick   uint64 // counts uses, to find the least recent
	closed bool
}

// manifest describes a version on disk. It is written before the folder gets its name.
type manifest struct {
	Format string      `json:"format"` // "mulu-version/2"; 1 knew no rows.parquet
	Entry  string      `json:"entry"`
	Number int         `json:"version"`
	Digest string      `json:"digest"`
	Rows   int64       `json:"rows"`
	Items  []mulu.Item `json:"items"`
	File   string      `json:"file"`              // hex digest of rows.db
	Column string      `json:"columns,omitempty"` // hex digest of rows.parquet, once it was written
}

const (
	manifestFormat = "mulu-version/2"
	manifestOlder  = "mulu-version/1"
	partPrefix     = ".part-"
)

// OpenEmbedded opens the engine on dir, which is made if it is new. hash is SM3; cores bounds the queries that run at
// the same time on one version (more than there are cores only costs).
func OpenEmbedded(dir string, hash func() hash.Hash, cores int) (*Embedded, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("open platform: make its folder: %w", err)
	}
	parts, err := filepath.Glob(filepath.Join(escapeGlob(dir), "*", partPrefix+"*"))
	if err != nil {
		return nil, fmt.Errorf("open platform %s: %w", dir, err)
	}
	for _, p := range parts {
		if err := os.RemoveAll(p); err != nil {
			return nil, fmt.Errorf("open platform: sweep what a crash left: %w", err)
		}
	}
	ctx, stop := context.WithCancel(context.Background())
	e := &Embedded{dir: dir, hash: hash, cores: max(1, cores), step: func(string) {}, least: columnsFrom,
		unsettled: make(chan Version, 16), stop: stop, settled: make(chan struct{}), open: map[Version]*file{}}
	go e.keepSettling(ctx)
	return e, nil
}

// Query reads one published version.
func (e *Embedded) Query(ctx context.Context, v Version, q Query) (Page, error) {
	f, err := e.acquire(v)
	if err != nil {
		return Page{}, err
	}
	defer e.release(f)
	page, err := f.query(ctx, q)
	if err != nil {
		return Page{}, fmt.Errorf("query %s: %w", v, err)
	}
	return page, nil
}

// Scan gives every row of a version. It reads through a connection of its own, so that look-ups never wait for it.
func (e *Embedded) Scan(ctx context.Context, v Version, items []string, yield func(Row) error) error {
	f, err := e.acquire(v)
	if err != nil {
		return err
	}
	defer e.release(f)
	columns, err := f.numbers(items)
	if err != nil {
		return fmt.Errorf("scan %s: %w", v, err)
	}
	path, err := e.columns(f)
	switch {
	case err != nil:
	case path != "":
		err = scanParquet(ctx, path, columns, yield)
	default:
		e.wantColumns(v, f.rows)
		err = f.scan(ctx, columns, yield)
	}
	if err != nil {
		return fmt.Errorf("scan %s: %w", v, err)
	}
	return nil
}

// Items gives the items of a version.
func (e *Embedded) Items(ctx context.Context, v Version) ([]mulu.Item, error) {
	f, err := e.acquire(v)
	if err != nil {
		return nil, err
	}
	defer e.release(f)
	return slices.Clone(f.items), nil
}

// Versions lists what is published for an entry.
func (e *Embedded) Versions(ctx context.Context, entry string) ([]Version, error) {
	dir, err := e.entryDir(entry)
	if err != nil {
		return nil, err
	}
	list, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("list versions of %s: %w", entry, err)
	}
	var found []Version
	for _, d := range list {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if strings.HasPrefix(d.Name(), partPrefix) {
			continue
		}
		m, err := readManifest(filepath.Join(dir, d.Name()))
		if err != nil {
			return nil, fmt.Errorf("list versions of %s: %w", entry, err)
		}
		found = append(found, Version{m.Entry, m.Number, m.Digest})
	}
	slices.SortFunc(found, func(a, b Version) int {
		if a.Number != b.Number {
			return a.Number - b.Number
		}
		return strings.Compare(a.Digest, b.Digest)
	})
	return found, nil
}

// Drop removes a version. The folder loses its name first, so that a crash leaves a part and no half version.
func (e *Embedded) Drop(ctx context.Context, v Version) error {
	dir, err := e.versionDir(v)
	if err != nil {
		return err
	}
	e.naming.Lock()
	defer e.naming.Unlock()
	e.mu.Lock()
	if f := e.open[v]; f != nil {
		delete(e.open, v)
		f.retire()
	}
	e.mu.Unlock()
	e.step("drop")
	gone := filepath.Join(filepath.Dir(dir), partPrefix+"drop-"+filepath.Base(dir))
	if err := os.Rename(dir, gone); errors.Is(err, fs.ErrNotExist) {
		return nil
	} else if err != nil {
		return fmt.Errorf("drop %s: %w", v, err)
	}
	if err := syncPath(filepath.Dir(dir)); err != nil {
		return fmt.Errorf("drop %s: %w", v, err)
	}
	e.step("remove what was dropped")
	return os.RemoveAll(gone)
}

// Close closes every open version; queries that run end first.
func (e *Embedded) Close() error {
	e.stop()
	<-e.settled
	e.mu.Lock()
	defer e.mu.Unlock()
	e.closed = true
	for v, f := range e.open {
		delete(e.open, v)
		f.retire()
	}
	return nil
}

// acquire gives the open file of a version and holds it open until release.
func (e *Embedded) acquire(v Version) (*file, error) {
	e.mu.Lock()
	if e.closed {
		e.mu.Unlock()
		return nil, errors.New("the platform is closed")
	}
	f := e.open[v]
	if f == nil {
		f = &file{}
		e.open[v] = f
		e.shed()
	}
	e.tick++
	f.used = e.tick
	f.refs++
	e.mu.Unlock()
	f.once.Do(func() { f.err = e.load(f, v) })
	if f.err != nil {
		e.mu.Lock()
		if e.open[v] == f {
			delete(e.open, v) // the next query tries again
		}
		e.mu.Unlock()
		e.release(f)
		return nil, f.err
	}
	return f, nil
}

func (e *Embedded) release(f *file) {
	e.mu.Lock()
	defer e.mu.Unlock()
	f.refs--
	if f.retired && f.refs == 0 {
		f.close()
	}
}

// shed closes the least recently used file when too many are open. The caller holds mu.
func (e *Embedded) shed() {
	if len(e.open) <= maxOpen {
		return
	}
	var oldest Version
	least := ^uint64(0)
	for v, f := range e.open {
		if f.refs == 0 && f.used > 0 && f.used < least {
			oldest, least = v, f.used
		}
	}
	if f := e.open[oldest]; f != nil {
		delete(e.open, oldest)
		f.retire()
	}
}

// load opens a version's file after checking that it is what was published. The whole file is read once for that.
func (e *Embedded) load(f *file, v Version) error {
	dir, err := e.versionDir(v)
	if err != nil {
		return err
	}
	m, err := readManifest(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s: %w", v, ErrNoVersion)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", v, err)
	}
	if m.Entry != v.Entry || m.Number != v.Number || m.Digest != v.Digest {
		return fmt.Errorf("%s: %w", v, ErrNoVersion)
	}
	sum, err := e.sumFile(filepath.Join(dir, "rows.db"))
	if err != nil {
		return fmt.Errorf("%s: %w", v, err)
	}
	if sum != m.File {
		return fmt.Errorf("%s: %w", v, ErrAltered)
	}
	f.rows = m.Rows
	if m.Column != "" {
		f.byColumns, f.columnsSum = filepath.Join(dir, "rows.parquet"), m.Column
	}
	return f.open(filepath.Join(dir, "rows.db"), m.Items, e.cores)
}

func (e *Embedded) sumFile(path string) (string, error) {
	r, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer r.Close()
	h := e.hash()
	if _, err := io.CopyBuffer(struct{ io.Writer }{h}, r, make([]byte, 1<<20)); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// entryDir names an entry's folder. What is a code (checkEntry) leads not out of dir, and no two codes share a folder.
func (e *Embedded) entryDir(entry string) (string, error) {
	if err := checkEntry(entry); err != nil {
		return "", err
	}
	return filepath.Join(e.dir, strings.ReplaceAll(entry, "/", "_")), nil
}

// checkEntry refuses what is no code of an entry: codes are digits, letters, "-" and "/".
func checkEntry(entry string) error {
	ok := entry != "" && len(entry) <= 100
	for _, c := range []byte(entry) {
		ok = ok && (c == '/' || c == '-' || c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z')
	}
	if !ok {
		return fmt.Errorf("%q is not the code of an entry", entry)
	}
	return nil
}

// check refuses what names no version.
func (v Version) check() error {
	if err := checkEntry(v.Entry); err != nil {
		return err
	}
	if b, err := hex.DecodeString(v.Digest); err != nil || len(b) != 32 || v.Number < 1 {
		return fmt.Errorf("%s: %w", v, ErrNoVersion)
	}
	return nil
}

func (e *Embedded) versionDir(v Version) (string, error) {
	if err := v.check(); err != nil {
		return "", err
	}
	dir, err := e.entryDir(v.Entry)
	if err != nil {
		return "", err
	}
	return filepath.Join(dir, fmt.Sprintf("%d-%s", v.Number, v.Digest[:16])), nil
}

func readManifest(dir string) (manifest, error) {
	var m manifest
	b, err := os.ReadFile(filepath.Join(dir, "manifest.json"))
	if err != nil {
		return m, err
	}
	if err := json.Unmarshal(b, &m); err != nil || m.Format != manifestFormat && m.Format != manifestOlder {
		return m, fmt.Errorf("manifest in %s: %w", dir, ErrAltered)
	}
	return m, nil
}

// syncPath makes a file's content, or a folder's names, durable.
func syncPath(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	return f.Sync()
}

func escapeGlob(path string) string {
	return strings.NewReplacer(`\`, `\\`, "*", `\*`, "?", `\?`, "[", `\[`).Replace(path)
}
