package web

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"mulu"
	"mulu/act"
	"mulu/desk"
	"mulu/people"
	"mulu/platform"
	"mulu/platform/quality"
	"mulu/vault"
)

// openLoads gives the town what takes files in, before its platform.
func (w *town) openLoads(dir string, v *vault.Vault) error {
	uploads, err := platform.OpenUploads(filepath.Join(dir, "uploads"), v)
	if err != nil {
		return err
	}
	loads, err := platform.OpenLoads(platform.LoadsConfig{Path: filepath.Join(dir, "loads.db"), Uploads: uploads, Platform: w.platform, Ground: w.ground,
		Announce: w.announce, Pulls: townPulls{w}, Now: time.Now, Today: w.chain.Now, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return err
	}
	w.close = append(w.close, loads.Close)
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- loads.Run(ctx) }()
	w.close = append(w.close, func() error { stop(); return <-ended })
	w.desk.Loads = loads
	return nil
}

// committedTo reads a noun of committed state, and tells whether there is one.
func (w *town) committedTo(kind mulu.Kind, id string, into any) bool {
	raw, ok := w.chain.Get(kind, id)
	return ok && json.Unmarshal(raw, into) == nil
}

func (w *town) ground(_ context.Context, code string) (g platform.Ground, err error) {
	var e mulu.Entry
	if !w.committedTo(mulu.KindEntry, code, &e) || e.Status != "published" && e.Status != "changing" {
		return g, &mulu.Refusal{Code: "entry_not_published", Art: "15.1", Args: []string{code, "@" + e.Status}}
	}
	g = platform.Ground{Org: e.Org, Content: e.Now, Standards: standards{w}}
	w.committedTo(mulu.KindDataset, code, &g.Dataset)
	var t mulu.LoadTerms
	if w.committedTo(mulu.KindLoadTerms, code, &t) {
		g.Terms = &t
	}
	return g, nil
}

func (w *town) announce(ctx context.Context, l platform.Load, r *platform.Report) error {
	_, err := w.desk.Do(ctx, desk.By{Org: l.Org, Person: l.Person, Roles: people.Roles{people.Steward}},
		&act.PublishDataset{Entry: l.Entry, Version: r.Version, Rows: r.Kept, Digest: r.Digest, Mode: l.Mode, Quality: r.Quality})
	return err
}

// standards are the town's, from its chain.
type standards struct{ w *town }

func (s standards) Element(id string) *mulu.Element {
	var e mulu.Element
	if !s.w.committedTo(mulu.KindElement, id, &e) {
		return nil
	}
	return &e
}

func (s standards) CodeSet(id string) *mulu.CodeSet {
	var c mulu.CodeSet
	if !s.w.committedTo(mulu.KindCodeSet, id, &c) {
		return nil
	}
	return &c
}

var _ quality.Standards = standards{}

// loaded has a person hand in a small file for an entry, and gives the load once it came to rest.
func (w *town) loaded(t *testing.T, login, code, name, content, mode string) desk.Load {
	t.Helper()
	p := w.persons[login]
	l, err := w.loadAs(t.Context(), desk.By{Org: p.Org, Person: p.ID, Roles: p.Roles}, code, name, content, mode)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func (w *town) loadAs(ctx context.Context, by desk.By, code, name, content, mode string) (desk.Load, error) {
	l, err := w.desk.BeginLoad(ctx, by, code, "file", name, int64(len(content)))
	if err != nil {
		return l, fmt.Errorf("begin to load %s: %w", code, err)
	}
	if l, err = w.desk.PutPart(ctx, by, l.ID, 0, []byte(content)); err != nil {
		return l, err
	}
	if err := w.desk.StartLoad(ctx, by, l.ID, desk.LoadForm{}, nil, mode); err != nil {
		return l, err
	}
	return w.desk.Loads.Wait(ctx, l.ID)
}
