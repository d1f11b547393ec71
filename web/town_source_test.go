package web

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	_ "modernc.org/sqlite"

	"mulu"
	"mulu/platform"
	"mulu/platform/source"
	"mulu/vault"
)

// ownersToken is what the town's interface asks for.
const ownersToken = "geheim-令牌"

// openSources gives the town owners: a folder of database files, and an interface that tells of stations.
func (w *town) openSources(dir string, v *vault.Vault) (err error) {
	w.owners = filepath.Join(dir, "owners")
	if err := os.Mkdir(w.owners, 0o700); err != nil {
		return err
	}
	w.office = httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer "+ownersToken {
			http.Error(rw, "{}", http.StatusUnauthorized)
			return
		}
		_ = json.NewEncoder(rw).Encode(map[string]any{"data": []map[string]any{{"id": "S1", "street": "金融街街道"}, {"id": "S2", "street": "德胜街道"}}})
	}))
	w.close = append(w.close, func() error { w.office.Close(); return nil })
	reach, err := source.NewReach([]string{w.owners, strings.TrimPrefix(w.office.URL, "http://")})
	if err != nil {
		return err
	}
	if w.desk.Sources, err = source.Open(source.Config{Path: filepath.Join(dir, "sources.json"), Vault: v, Reach: reach}); err != nil {
		return err
	}
	w.close = append(w.close, w.desk.Sources.Close)
	return nil
}

// ownsFile makes a database file and connects it for an institution, as the operator does.
func (w *town) ownsFile(ctx context.Context, org, id string, statements ...string) error {
	path := filepath.Join(w.owners, id+".db")
	db, err := sql.Open("sqlite", path)
	if err != nil {
		return err
	}
	for _, s := range statements {
		if _, err := db.ExecContext(ctx, s); err != nil {
			return errors.Join(err, db.Close())
		}
	}
	if err := db.Close(); err != nil {
		return err
	}
	return w.desk.Sources.Connect(ctx, source.Connection{ID: id, Org: org, Sort: source.SQLite, Address: path}, "")
}

// townPulls fetches data from the town's owners, as the door does.
type townPulls struct{ w *town }

type townPulled struct {
	*source.Pull
	w *town
}

func (p townPulled) All() bool   { return p.Whole }
func (p townPulled) Keep() error { return p.w.desk.Sources.Published(p.Pull) }

func (s townPulls) Pull(ctx context.Context, entry string, content *mulu.EntryContent, whole bool) (platform.Pulled, error) {
	p, err := s.w.desk.Sources.Pull(ctx, entry, content, whole)
	if err != nil {
		return nil, err
	}
	return townPulled{p, s.w}, nil
}

func (s townPulls) Due(now time.Time) ([]string, time.Time) { return s.w.desk.Sources.Due(now) }

func (s townPulls) Failed(entry, why string) error { return s.w.desk.Sources.Failed(entry, why) }

var _ platform.Pulls = townPulls{}

// aScan begins to scan a system over a connection, and gives the scan's page once it came to rest.
func (b *browser) aScan(t *testing.T, system, connection, database string) string {
	t.Helper()
	p := b.post(t, "/systems/"+system+"/scan", map[string][]string{"connection": {connection}, "database": {database}})
	p.says(t, http.StatusSeeOther)
	b.scanRests(t, p.Location)
	return p.Location
}

// scanRests waits until a scan's page moves by itself no more.
func (b *browser) scanRests(t *testing.T, at string) page {
	t.Helper()
	for {
		p := b.get(t, at)
		if p.Status != http.StatusOK || !strings.Contains(p.Body, `hx-trigger="every 1s"`) {
			return p
		}
		select {
		case <-t.Context().Done():
			t.Fatal("the scan does not end")
		case <-time.After(20 * time.Millisecond):
		}
	}
}
