package desk

import (
	"bytes"
	"context"
	"database/sql"
	_ "embed"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"mulu"
	"mulu/store"
)

//go:embed draft.sql
var draftTables string

//go:embed basket.sql
var basketTables string

const (
	// MostDraft bounds the body of a draft in bytes.
	MostDraft = 1 << 20

	draftMark = 0x6d756c64 // "muld": the file's application id
)

// ErrNoDraft says that the institution has no draft with an id; it may have been discarded.
var ErrNoDraft = errors.New("there is no such draft: it was discarded, or never was")

// Draft is what is written and not yet said (草稿). It belongs to the institution: colleagues go on where one stopped.
type Draft struct {
	ID      string          // "draft-" and random
	Org     string          // whose it is
	Kind    string          // of the act it will be: entry.submit, entry.change, …
	Subject string          // id of the noun it is about, "" when that is new; an institution has one draft of a kind on it
	Title   string          // for lists
	Body    json.RawMessage // the form as typed, at most MostDraft; nil in lists
	Rev     int             // grows with each saving
	By      string          // id of the person who saved last
	Made    time.Time
	Saved   time.Time
}

// Moved says that a colleague saved the draft meanwhile, or began one on the same subject. Nothing was overwritten;
// Draft is how it stands now.
type Moved struct{ Draft Draft }

func (m *Moved) Error() string {
	return fmt.Sprintf("the draft %s was saved by a colleague meanwhile and is at revision %d now; nothing was overwritten", m.Draft.ID, m.Draft.Rev)
}

// Drafts keeps the drafts of a node's institutions. Its methods may be called at the same time.
type Drafts struct {
	db   *sql.DB // one connection
	now  func() time.Time
	rand io.Reader
}

// OpenDrafts opens the drafts, or makes an empty file. A file of a later version is refused and left alone.
func OpenDrafts(path string, now func() time.Time, rand io.Reader) (*Drafts, error) {
	db, err := store.Open(store.File{Path: path, What: "the drafts", Mark: draftMark, Steps: []string{draftTables, basketTables}})
	if err != nil {
		return nil, err
	}
	return &Drafts{db, now, rand}, nil
}

// Close ends the use of the file.
func (d *Drafts) Close() error {
	if err := d.db.Close(); err != nil {
		return fmt.Errorf("close the drafts: %w", err)
	}
	return nil
}

// Save keeps a draft and gives it as it stands then. With ID "" it is a new one. With an ID, Rev must be the one that was
// read: otherwise it is *Moved. Title, body and who saved change; what the draft is about stays.
func (d *Drafts) Save(ctx context.Context, draft Draft) (Draft, error) {
	if err := draft.check(); err != nil {
		return Draft{}, fmt.Errorf("save a draft: %w", err)
	}
	tx, err := d.db.BeginTx(ctx, nil)
	if err != nil {
		return Draft{}, fmt.Errorf("save a draft: %w", err)
	}
	defer tx.Rollback() // nothing once it is committed
	saved, err := d.save(ctx, tx, draft)
	if err == nil {
		err = tx.Commit()
	}
	if err != nil {
		return Draft{}, fmt.Errorf("save a draft: %w", err)
	}
	return saved, nil
}

func (d *Drafts) save(ctx context.Context, tx *sql.Tx, draft Draft) (Draft, error) {
	draft.Saved = d.now().In(mulu.Shanghai())
	if draft.ID == "" {
		if draft.Subject != "" {
			there, err := one(tx.QueryRowContext(ctx, "SELECT "+draftColumns+" FROM draft WHERE org = ? AND kind = ? AND subject = ?", draft.Org, draft.Kind, draft.Subject))
			if err == nil {
				err = &Moved{there}
			}
			if !errors.Is(err, ErrNoDraft) {
				return Draft{}, err
			}
		}
		id := make([]byte, 12)
		if _, err := io.ReadFull(d.rand, id); err != nil {
			return Draft{}, fmt.Errorf("read chance: %w", err)
		}
		draft.ID, draft.Rev, draft.Made = "draft-"+base64.RawURLEncoding.EncodeToString(id), 1, draft.Saved
		_, err := tx.ExecContext(ctx, "INSERT INTO draft (id, org, kind, subject, title, body, rev, by, made, saved) VALUES (?, ?, ?, ?, ?, ?, 1, ?, ?, ?)",
			draft.ID, draft.Org, draft.Kind, draft.Subject, draft.Title, []byte(draft.Body), draft.By, draft.Made.UnixNano(), draft.Saved.UnixNano())
		return draft, err
	}
	there, err := one(tx.QueryRowContext(ctx, "SELECT "+draftColumns+" FROM draft WHERE org = ? AND id = ?", draft.Org, draft.ID))
	if err != nil {
		return Draft{}, err
	}
	if there.Rev != draft.Rev {
		return Draft{}, &Moved{there}
	}
	there.Title, there.Body, there.By, there.Saved = draft.Title, draft.Body, draft.By, draft.Saved
	there.Rev++
	_, err = tx.ExecContext(ctx, "UPDATE draft SET title = ?, body = ?, rev = ?, by = ?, saved = ? WHERE id = ?",
		there.Title, []byte(there.Body), there.Rev, there.By, there.Saved.UnixNano(), there.ID)
	return there, err
}

// check refuses what is no draft. These are mistakes of the program, except the size.
func (d *Draft) check() error {
	switch {
	case d.Org == "" || d.Kind == "":
		return errors.New("it needs an institution and the kind of act it will be")
	case d.ID == "" && d.Rev != 0:
		return errors.New("a new one has no revision yet")
	case len(d.Body) > MostDraft:
		return fmt.Errorf("it has %d bytes, at most %d: %w", len(d.Body), MostDraft, ErrDraftSize)
	case !json.Valid(d.Body):
		return errors.New("its body is no JSON")
	}
	d.Title = strings.ToValidUTF8(d.Title, "�")
	if r := []rune(d.Title); len(r) > 200 {
		d.Title = string(r[:199]) + "…"
	}
	d.Body = bytes.Clone(d.Body)
	return nil
}

// ErrDraftSize says that a draft is too large to keep.
var ErrDraftSize = errors.New("the draft is too large")

// Get gives a draft. One of another institution is ErrNoDraft.
func (d *Drafts) Get(ctx context.Context, org, id string) (Draft, error) {
	draft, err := one(d.db.QueryRowContext(ctx, "SELECT "+draftColumns+" FROM draft WHERE org = ? AND id = ?", org, id))
	if err != nil {
		return Draft{}, fmt.Errorf("fetch the draft %s: %w", id, err)
	}
	return draft, nil
}

// ForSubject gives the draft of a kind on a noun, if the institution has one.
func (d *Drafts) ForSubject(ctx context.Context, org, kind, subject string) (Draft, bool, error) {
	draft, err := one(d.db.QueryRowContext(ctx, "SELECT "+draftColumns+" FROM draft WHERE org = ? AND kind = ? AND subject = ? AND subject <> ''", org, kind, subject))
	if errors.Is(err, ErrNoDraft) {
		return Draft{}, false, nil
	}
	if err != nil {
		return Draft{}, false, fmt.Errorf("look for a draft on %s: %w", subject, err)
	}
	return draft, true, nil
}

// List gives an institution's drafts of a kind, "" for all kinds, without their bodies, those saved last first; at most
// max, 0 = 100.
func (d *Drafts) List(ctx context.Context, org, kind string, max int) ([]Draft, error) {
	if max <= 0 {
		max = 100
	}
	rows, err := d.db.QueryContext(ctx, "SELECT id, org, kind, subject, title, NULL, rev, by, made, saved FROM draft WHERE org = ? AND (? = '' OR kind = ?) "+
		"ORDER BY saved DESC, id LIMIT ?", org, kind, kind, max)
	if err != nil {
		return nil, fmt.Errorf("list drafts: %w", err)
	}
	defer rows.Close()
	var out []Draft
	for rows.Next() {
		draft, err := one(rows)
		if err != nil {
			return nil, fmt.Errorf("list drafts: %w", err)
		}
		out = append(out, draft)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("list drafts: %w", err)
	}
	return out, nil
}

// Discard drops a draft, as when it is said now. One that is not there is ErrNoDraft.
func (d *Drafts) Discard(ctx context.Context, org, id string) error {
	r, err := d.db.ExecContext(ctx, "DELETE FROM draft WHERE org = ? AND id = ?", org, id)
	if err == nil {
		var n int64
		if n, err = r.RowsAffected(); err == nil && n == 0 {
			err = ErrNoDraft
		}
	}
	if err != nil {
		return fmt.Errorf("discard the draft %s: %w", id, err)
	}
	return nil
}

// Count tells how many drafts an institution has.
func (d *Drafts) Count(ctx context.Context, org string) (n int, err error) {
	if err := d.db.QueryRowContext(ctx, "SELECT count(*) FROM draft WHERE org = ?", org).Scan(&n); err != nil {
		return 0, fmt.Errorf("count drafts: %w", err)
	}
	return n, nil
}

const draftColumns = "id, org, kind, subject, title, body, rev, by, made, saved"

// one reads draftColumns; none is ErrNoDraft.
func one(row interface{ Scan(into ...any) error }) (Draft, error) {
	var d Draft
	var body []byte
	var made, saved int64
	err := row.Scan(&d.ID, &d.Org, &d.Kind, &d.Subject, &d.Title, &body, &d.Rev, &d.By, &made, &saved)
	if errors.Is(err, sql.ErrNoRows) {
		return Draft{}, ErrNoDraft
	}
	if body != nil {
		d.Body = body
	}
	d.Made, d.Saved = time.Unix(0, made).In(mulu.Shanghai()), time.Unix(0, saved).In(mulu.Shanghai())
	return d, err
}
