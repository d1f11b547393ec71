package source

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"mulu/platform"
)

// fileOf makes an empty database file in a folder.
func fileOf(t *testing.T, dir, name string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, nil, 0o600); err != nil { // SQLite takes an empty file for an empty database
		t.Fatal(err)
	}
	return path
}

// How a connection answered is told: not asked, well, ill since the first failure, well again; what is set anew was not asked.
func TestHowAConnectionAnsweredIsTold(t *testing.T) {
	dir := t.TempDir()
	now := time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)
	s := sourcesOf(t, Config{Now: func() time.Time { return now }}, dir)
	path := fileOf(t, dir, "a.db")
	c := Connection{ID: "files", Org: "002", Sort: SQLite, Address: path}
	if err := s.Connect(t.Context(), c, ""); err != nil {
		t.Fatal(err)
	}
	if seen := s.Seen("files"); seen != (Seen{}) {
		t.Fatalf("nobody asked: %+v", seen)
	}
	if _, err := s.Test(t.Context(), "files"); err != nil {
		t.Fatal(err)
	}
	if seen := s.Seen("files"); !seen.Well.Equal(now) || !seen.Ill.IsZero() {
		t.Fatalf("%+v", seen)
	}
	if err := s.Connect(t.Context(), Connection{ID: "files", Org: "002", Sort: SQLite, Address: filepath.Join(dir, "gone.db")}, ""); err != nil {
		t.Fatal(err)
	}
	if seen := s.Seen("files"); seen != (Seen{}) {
		t.Fatalf("set anew: %+v", seen)
	}
	first := now
	for range 6 {
		if _, err := s.Test(t.Context(), "files"); !errors.Is(err, platform.ErrAway) {
			t.Fatal(err)
		}
		now = now.Add(time.Second)
	}
	if seen := s.Seen("files"); !seen.Ill.Equal(first) || seen.Why != "away" {
		t.Fatalf("%+v", seen)
	}
}

// A connection stays with its institution, and another's secret is not tried for somebody else.
func TestAConnectionStaysWithItsInstitution(t *testing.T) {
	dir := t.TempDir()
	s := sourcesOf(t, Config{}, dir)
	c := Connection{ID: "files", Org: "002", Sort: SQLite, Address: fileOf(t, dir, "a.db")}
	if err := s.Connect(t.Context(), c, ""); err != nil {
		t.Fatal(err)
	}
	if v, err := s.Try(t.Context(), c, ""); err != nil || v == "" {
		t.Fatalf("%q %v", v, err)
	}
	other := c
	other.Org = "003"
	var f *Fault
	if err := s.Connect(t.Context(), other, ""); !errors.As(err, &f) || f.Code != "taken" {
		t.Errorf("%v", err)
	}
	if _, err := s.Try(t.Context(), other, ""); !errors.As(err, &f) || f.Code != "taken" {
		t.Errorf("%v", err)
	}
	if err := c.Ours(); !errors.As(err, &f) || f.Code != "operator" {
		t.Errorf("%v", err)
	}
	if err := (Connection{Sort: Postgres}).Ours(); err != nil {
		t.Error(err)
	}
}

// The node's own home is no source: not as a listed folder, not inside one, not by a link.
func TestTheNodesHomeIsNotReached(t *testing.T) {
	dir := t.TempDir()
	home := filepath.Join(dir, "node")
	if err := os.MkdirAll(filepath.Join(home, "demo"), 0o700); err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(dir, "link")
	if err := os.Symlink(home, link); err != nil {
		t.Fatal(err)
	}
	var f *Fault
	for _, list := range []string{dir, home, home + "/", link, "/"} {
		if _, err := NewReach([]string{list}, home); !errors.As(err, &f) || f.Code != "reach_home" {
			t.Errorf("%s: %v", list, err)
		}
	}
	for _, list := range []string{filepath.Join(home, "demo"), filepath.Join(dir, "nodes"), "db:5432"} {
		if _, err := NewReach([]string{list}, home); err != nil {
			t.Errorf("%s: %v", list, err)
		}
	}
}

// The last scan of each database is kept over a start.
func TestTheLastScanIsKept(t *testing.T) {
	s := sourcesOf(t, Config{})
	for _, l := range []Look{{System: "SYS-2", Database: "a", Came: 1}, {System: "SYS-1", Database: "b", Changed: 2}, {System: "SYS-2", Database: "a", Went: 3}} {
		if err := s.Looked(l); err != nil {
			t.Fatal(err)
		}
	}
	b, err := readBook(s.cfg.Path)
	if err != nil || len(b.Looks) != 2 || b.Looks[0].System != "SYS-1" || b.Looks[1].Drift() != 3 || len(s.Looks()) != 2 {
		t.Fatalf("%+v %v", b.Looks, err)
	}
}
