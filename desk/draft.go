package desk

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"time"
)

// ErrNoDraft says that the institution has no draft with an id.
var ErrNoDraft = errors.New("no such draft")

// Draft is what is written and not yet said (草稿).
type Draft struct {
	ID      string          // "draft-" and random
	Org     string          // whose it is
	Kind    string          // of the act it will be: entry.submit, entry.change, ...
	Subject string          // id of the noun it is about, "" when that is new
	Title   string          // for lists
	Body    json.RawMessage // the form as typed, at most 1 MiB
	Rev     int             // grows with each saving
	By      string          // id of the person who saved last
	Made    time.Time
	Saved   time.Time
}

// Moved says that a colleague saved the draft meanwhile; nothing was overwritten. Draft is how it stands now.
type Moved struct{ Draft Draft }

func (m *Moved) Error() string { return "the draft was saved by a colleague meanwhile" }

// Drafts keeps the drafts of a node's institutions.
type Drafts struct{}

var errSkeleton = errors.New("not written yet")

// OpenDrafts opens the drafts, or makes an empty file.
func OpenDrafts(path string, now func() time.Time, rand io.Reader) (*Drafts, error) {
	return &Drafts{}, nil
}

func (d *Drafts) Close() error                                           { return nil }
func (d *Drafts) Save(ctx context.Context, draft Draft) (Draft, error)   { return Draft{}, errSkeleton }
func (d *Drafts) Get(ctx context.Context, org, id string) (Draft, error) { return Draft{}, errSkeleton }
func (d *Drafts) List(ctx context.Context, org, kind string, max int) ([]Draft, error) {
	return nil, errSkeleton
}
func (d *Drafts) ForSubject(ctx context.Context, org, kind, subject string) (Draft, bool, error) {
	return Draft{}, false, errSkeleton
}
func (d *Drafts) Discard(ctx context.Context, org, id string) error  { return errSkeleton }
func (d *Drafts) Count(ctx context.Context, org string) (int, error) { return 0, errSkeleton }
