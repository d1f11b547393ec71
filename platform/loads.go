package platform

import (
	"context"
	"crypto/rand"
	"database/sql"
	_ "embed"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"sync"
	"time"

	"mulu"
	"mulu/platform/intake"
	"mulu/platform/quality"
	"mulu/store"
)

//go:embed loads.sql
var loadTables string

//go:embed measure.sql
var measureTable string

const loadsMark = 0x6d756c6c // "mull": the file's application id

// The states of a load (装载).
const (
	Receiving  = "receiving"  // parts of the file are coming
	Received   = "received"   // the file is whole; somebody has to say how it is loaded
	Waiting    = "waiting"    // will be read when the loads before it are done
	Reading    = "reading"    // is read, checked and staged
	Publishing = "publishing" // the version is whole; the chain is being told
	Published  = "published"
	Rejected   = "rejected"  // the report says why; the version before serves on
	Cancelled  = "cancelled" // by somebody of the institution
	Failed     = "failed"    // could not be carried out; the fault says why
)

// The sources of a load.
const (
	FromFile = "file"
	FromAPI  = "api"
	FromPull = "pull"
)

var (
	// ErrNoLoad says that there is no load by an id, or it is another institution's.
	ErrNoLoad = errors.New("there is no such load")
	// ErrLoadState says that what was asked does not go with how a load stands.
	ErrLoadState = errors.New("the load has gone on meanwhile; look at it again")
)

// Load is one file on its way to becoming a version, and what became of it. The file itself is kept until keepFiles after its end.
type Load struct {
	N       int64
	ID      string
	Entry   string
	Org     string
	Person  string // id of who handed it in; "" a machine
	Source  string // FromFile, FromAPI, FromPull
	Name    string // of the file
	Size    int64
	State   string
	Mode    string            // see mulu.LoadModes
	Form    intake.Form       // how the file is read
	Columns map[string]string // field of an item → column of the file; items that are missing are told by name
	Rows    int64             // read so far
	Version int
	Digest  string
	Report  *Report // once it was read to its end
	Fault   Fault   // of a failed load
	Kept    bool    // the file is still there, so that it can be loaded again with other columns
	Made    time.Time
	Begun   time.Time
	Ended   time.Time

	keep func() error // of a pull: called when it is published
}

// Moving tells whether a load goes on by itself.
func (l *Load) Moving() bool {
	return l.State == Waiting || l.State == Reading || l.State == Publishing
}

// Fault is why a load could not be carried out, in both languages.
type Fault struct {
	Zh string `json:"zh,omitempty"`
	En string `json:"en,omitempty"`
}

// Text is the fault in a language.
func (f Fault) Text(lang string) string {
	if lang == "en" {
		return f.En
	}
	return f.Zh
}

// Ground is the committed state that a load stands on.
type Ground struct {
	Org       string
	Content   *mulu.EntryContent
	Dataset   mulu.Dataset // zero: nothing was published yet
	Terms     *mulu.LoadTerms
	Standards quality.Standards
	Weights   quality.Weights
	Others    quality.Others // for rules that refer to other entries
}

// LoadsConfig says what loads work with.
type LoadsConfig struct {
	Path     string // of the file that keeps them
	Uploads  *Uploads
	Platform *Platform
	// Ground gives the committed state of an entry. A *mulu.Refusal says that it takes no data.
	Ground func(ctx context.Context, entry string) (Ground, error)
	// Announce has a version announced on the chain; only that makes it serve. A *mulu.Refusal says that the law does not
	// allow it.
	Announce func(ctx context.Context, l Load, r *Report) error
	// Pulls gives data from its owners'; nil where this node fetches none.
	Pulls Pulls
	// Serving lists the entries whose data the platform serves, to be measured again every day; nil measures none by itself.
	Serving func(ctx context.Context) ([]string, error)
	Now     func() time.Time // the clock of pages
	Today   func() time.Time // the law's clock, by which data is late or early
	Log     *slog.Logger
}

// Loads takes files in, has them loaded one after another, and keeps what became of each. Its methods may be called at the
// same time.
type Loads struct {
	LoadsConfig
	db *sql.DB

	wake chan struct{} // told that something waits

	mu      sync.Mutex // guards what follows
	running string     // id of the load that is read
	cancel  context.CancelCauseFunc
	rows    int64         // that it has read
	moved   chan struct{} // closed and made anew when a load changes
}

// OpenLoads opens the loads. What a crash interrupted waits again: it is read anew from its file.
func OpenLoads(c LoadsConfig) (*Loads, error) {
	db, err := store.Open(store.File{Path: c.Path, What: "the loads", Mark: loadsMark, Steps: []string{loadTables, measureTable}})
	if err != nil {
		return nil, err
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if _, err := db.Exec("UPDATE load SET state = ?, rows = 0 WHERE state = ?", Waiting, Reading); err != nil {
		return nil, errors.Join(fmt.Errorf("open the loads: %w", err), db.Close())
	}
	l := &Loads{LoadsConfig: c, db: db, wake: make(chan struct{}, 1), moved: make(chan struct{})}
	l.rouse()
	return l, nil
}

// Close ends the use of the file, after Run has ended.
func (l *Loads) Close() error { return l.db.Close() }

func (l *Loads) rouse() {
	select {
	case l.wake <- struct{}{}:
	default:
	}
}

// Order is a load that is begun.
type Order struct {
	Entry, Org, Person, Source, Name string
	Size                             int64
}

// Begin makes room for a file. The entry must take data, and be of the institution.
func (l *Loads) Begin(ctx context.Context, o Order) (Load, error) {
	if o.Size < 1 || o.Size > MaxUpload {
		return Load{}, fmt.Errorf("%w: a file has 1 byte to %d GiB", ErrPart, MaxUpload>>30)
	}
	g, err := l.Ground(ctx, o.Entry)
	if err != nil {
		return Load{}, err
	}
	if g.Org != o.Org {
		return Load{}, &mulu.Refusal{Code: "not_yours", Art: "15.1", Args: []string{"@dataset.publish", "@provider"}}
	}
	id, err := newLoadID()
	if err != nil {
		return Load{}, err
	}
	if err := l.Uploads.Begin(id); err != nil {
		return Load{}, err
	}
	if _, err := l.db.ExecContext(ctx, "INSERT INTO load (id, entry, org, person, source, name, size, state, made) VALUES (?,?,?,?,?,?,?,?,?)",
		id, o.Entry, o.Org, o.Person, o.Source, cut(o.Name, 200), o.Size, Receiving, l.Now().UnixNano()); err != nil {
		return Load{}, errors.Join(fmt.Errorf("begin a load: %w", err), l.Uploads.Drop(id))
	}
	return l.Get(ctx, id)
}

func newLoadID() (string, error) {
	var random [12]byte
	if _, err := io.ReadFull(rand.Reader, random[:]); err != nil {
		return "", err
	}
	return "ld-" + hex.EncodeToString(random[:]), nil
}

// Put takes part n of the file; it answers with the load, which is Received once the last part is there.
func (l *Loads) Put(ctx context.Context, id string, n int, data []byte) (Load, error) {
	load, err := l.Get(ctx, id)
	if err != nil {
		return load, err
	}
	if load.State != Receiving {
		return load, ErrLoadState
	}
	if err := l.Uploads.Put(ctx, id, n, load.Size, data); err != nil {
		return load, err
	}
	if int64(n)*PartSize+int64(len(data)) < load.Size {
		return load, nil
	}
	return l.receive(ctx, load)
}

// Parts tells the number of the part to send next.
func (l *Loads) Parts(id string) (int, error) { return l.Uploads.Parts(id) }

// receive notes that a file is whole, and by what it would be known again.
func (l *Loads) receive(ctx context.Context, load Load) (Load, error) {
	f, err := l.Uploads.Open(load.ID, load.Size)
	if err != nil {
		return load, err
	}
	sum := l.Platform.hash()
	if _, err := io.Copy(sum, io.NewSectionReader(f, 0, f.Size())); err != nil {
		return load, fmt.Errorf("read an uploaded file: %w", err)
	}
	tag := l.Platform.vault.Tag(sum.Sum(nil), "load")
	if _, err := l.db.ExecContext(ctx, "UPDATE load SET state = ?, tag = ? WHERE id = ? AND state = ?", Received, tag, load.ID, Receiving); err != nil {
		return load, fmt.Errorf("note that a file was received: %w", err)
	}
	return l.Get(ctx, load.ID)
}

// Same gives the last load of the same bytes for the same entry that was published, if there is one.
func (l *Loads) Same(ctx context.Context, load Load) (*Load, error) {
	list, err := l.list(ctx, "entry = ? AND state = ? AND n <> ? AND tag <> '' AND tag = (SELECT tag FROM load WHERE n = ?) ORDER BY n DESC LIMIT 1",
		load.Entry, Published, load.N, load.N)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return &list[0], nil
}

// Start says how a received file is loaded. A rejected or cancelled one may be started again while its file is kept.
func (l *Loads) Start(ctx context.Context, id string, form intake.Form, columns map[string]string, mode string) error {
	f, err := json.Marshal(form)
	if err != nil {
		return err
	}
	c, err := json.Marshal(columns)
	if err != nil {
		return err
	}
	if mode == "" {
		mode = "replace"
	}
	if mulu.Word(mulu.LoadModes, mode, "zh") == mode {
		return &mulu.Refusal{Code: "not_listed", Art: "16", Args: []string{"@mode", mode}}
	}
	done, err := l.db.ExecContext(ctx, "UPDATE load SET state = ?, form = ?, columns = ?, mode = ?, rows = 0, report = NULL, fault = '', begun = 0, ended = 0 WHERE id = ? AND kept = 1 AND state IN (?,?,?,?)",
		Waiting, string(f), string(c), mode, id, Received, Rejected, Cancelled, Failed)
	if err != nil {
		return fmt.Errorf("start a load: %w", err)
	}
	if n, err := done.RowsAffected(); err != nil || n == 0 {
		return errors.Join(err, ErrLoadState)
	}
	l.rouse()
	return nil
}

// Cancel gives a load up: what was staged is thrown away, the version before serves on. What is being announced can no longer be
// called back.
func (l *Loads) Cancel(ctx context.Context, id string) error {
	l.mu.Lock()
	if l.running == id {
		l.cancel(errCancelled)
		l.mu.Unlock()
		return nil
	}
	l.mu.Unlock()
	done, err := l.db.ExecContext(ctx, "UPDATE load SET state = ?, ended = ? WHERE id = ? AND state IN (?,?,?)",
		Cancelled, l.Now().UnixNano(), id, Receiving, Received, Waiting)
	if err != nil {
		return fmt.Errorf("cancel a load: %w", err)
	}
	if n, err := done.RowsAffected(); err != nil || n == 0 {
		return errors.Join(err, ErrLoadState)
	}
	return nil
}

var errCancelled = errors.New("the load was cancelled")

// Wait gives a load once it has come to rest, or as it stands when ctx ends, with the error of ctx.
func (l *Loads) Wait(ctx context.Context, id string) (Load, error) {
	for {
		l.mu.Lock()
		moved := l.moved
		l.mu.Unlock()
		load, err := l.Get(context.WithoutCancel(ctx), id)
		if err != nil || !load.Moving() {
			return load, err
		}
		select {
		case <-moved:
		case <-ctx.Done():
			return load, ctx.Err()
		}
	}
}

// Get gives a load.
func (l *Loads) Get(ctx context.Context, id string) (Load, error) {
	list, err := l.list(ctx, "id = ?", id)
	if err != nil {
		return Load{}, err
	}
	if len(list) == 0 {
		return Load{}, ErrNoLoad
	}
	return list[0], nil
}

// Figures are how many loads wait or are under way, and how many could not be carried out, for those who watch a node.
type Figures struct{ Waiting, Failed int64 }

// Figures counts loads.
func (l *Loads) Figures(ctx context.Context) (f Figures, err error) {
	err = l.db.QueryRowContext(ctx, "SELECT count(*) FILTER (WHERE state IN (?,?,?)), count(*) FILTER (WHERE state = ?) FROM load WHERE state IN (?,?,?,?)",
		Waiting, Reading, Publishing, Failed, Waiting, Reading, Publishing, Failed).Scan(&f.Waiting, &f.Failed)
	return f, err
}

// LoadQuery chooses loads; empty members choose all. Before is the N of the last one of the page before.
type LoadQuery struct {
	Entry, Org, State string
	Before            int64
	Max               int
}

// List gives loads, the newest first.
func (l *Loads) List(ctx context.Context, q LoadQuery) ([]Load, error) {
	where, args := []string{"1"}, []any{}
	for _, c := range [][2]string{{"entry", q.Entry}, {"org", q.Org}, {"state", q.State}} {
		if c[1] != "" {
			where, args = append(where, c[0]+" = ?"), append(args, c[1])
		}
	}
	if q.Before > 0 {
		where, args = append(where, "n < ?"), append(args, q.Before)
	}
	return l.list(ctx, strings.Join(where, " AND ")+" ORDER BY n DESC LIMIT ?", append(args, max(1, q.Max))...)
}

func (l *Loads) list(ctx context.Context, where string, args ...any) ([]Load, error) {
	rows, err := l.db.QueryContext(ctx, "SELECT n, id, entry, org, person, source, name, size, state, mode, form, columns, rows, version, digest, report, fault, kept, made, begun, ended FROM load WHERE "+where, args...)
	if err != nil {
		return nil, fmt.Errorf("look for loads: %w", err)
	}
	defer rows.Close()
	var all []Load
	for rows.Next() {
		var (
			x                    Load
			form, columns, fault string
			report               []byte
			made, begun, ended   int64
		)
		if err := rows.Scan(&x.N, &x.ID, &x.Entry, &x.Org, &x.Person, &x.Source, &x.Name, &x.Size, &x.State, &x.Mode, &form, &columns,
			&x.Rows, &x.Version, &x.Digest, &report, &fault, &x.Kept, &made, &begun, &ended); err != nil {
			return nil, fmt.Errorf("look for loads: %w", err)
		}
		x.Made, x.Begun, x.Ended = moment(made), moment(begun), moment(ended)
		errs := []error{json.Unmarshal([]byte(form), &x.Form), json.Unmarshal([]byte(columns), &x.Columns)}
		if fault != "" {
			errs = append(errs, json.Unmarshal([]byte(fault), &x.Fault))
		}
		if report != nil {
			errs = append(errs, json.Unmarshal(report, &x.Report))
		}
		if err := errors.Join(errs...); err != nil {
			return nil, fmt.Errorf("look for loads: %s: %w", x.ID, err)
		}
		all = append(all, x)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for i := range all {
		if all[i].ID == l.running {
			all[i].Rows = l.rows
		}
	}
	return all, rows.Err()
}

func moment(nanos int64) time.Time {
	if nanos == 0 {
		return time.Time{}
	}
	return time.Unix(0, nanos)
}

// cut shortens a text to so many characters.
func cut(s string, most int) string {
	if r := []rune(s); len(r) > most {
		return string(r[:most])
	}
	return s
}
