package read

import (
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
)

// TestSchemaVersion holds whoever changes schema.sql to a new number: files of the old one must be dropped.
func TestSchemaVersion(t *testing.T) {
	v, err := schemaVersion()
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "schema.version", fmt.Sprintf("%d %x\n", v, sha256.Sum256([]byte(schema))))
}

func TestAnotherVersionIsDroppedAndRebuilt(t *testing.T) {
	l := newLedger()
	l.grow(rand.New(rand.NewPCG(5, 5)), 300)
	cfg := config(t)
	r := mustOpen(t, cfg)
	readAll(t, r, l)
	want := mustDigest(t, r)
	if _, err := r.writer.conn.ExecContext(t.Context(), "DROP TABLE tally; PRAGMA user_version = 99"); err != nil {
		t.Fatal(err)
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	r = mustOpen(t, cfg)
	if p := r.Position(); p.Next != 0 {
		t.Fatalf("a file of another version still stands at %d", p.Next)
	}
	readAll(t, r, l)
	if got := mustDigest(t, r); got != want {
		t.Error("rebuilt after another version the content differs")
	}
}

func TestSomebodyElsesDatabaseIsNotDropped(t *testing.T) {
	cfg := config(t)
	db, err := sql.Open("sqlite", cfg.Path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec("CREATE TABLE theirs (x); INSERT INTO theirs VALUES (1)"); err != nil {
		t.Fatal(err)
	}
	db.Close()
	if _, err := Open(cfg); err == nil || !strings.Contains(err.Error(), "path of its own") {
		t.Fatalf("opening says %v", err)
	}
	db, _ = sql.Open("sqlite", cfg.Path)
	defer db.Close()
	if err := db.QueryRow("SELECT x FROM theirs").Scan(new(int)); err != nil {
		t.Error(err)
	}
}

func wantBroken(t *testing.T, err error, why string) {
	t.Helper()
	var b *Broken
	if !errors.As(err, &b) || b.Why != why || !strings.Contains(err.Error(), "mulu rebuild") {
		t.Fatalf("want a *Broken %q that names mulu rebuild, got: %v", why, err)
	}
}

func TestDamagedFile(t *testing.T) {
	l := newLedger()
	l.grow(rand.New(rand.NewPCG(5, 5)), 1500)
	want := rebuiltDigest(t, l)
	for name, harm := range map[string]func([]byte){
		"no database": func(b []byte) { copy(b, "this is not a database at all") },
		"torn pages": func(b []byte) {
			for i := 4096; i < len(b); i++ {
				b[i] = 0xa5
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			cfg := config(t)
			r := mustOpen(t, cfg)
			readAll(t, r, l)
			if err := r.Close(); err != nil {
				t.Fatal(err)
			}
			b, err := os.ReadFile(cfg.Path)
			if err != nil {
				t.Fatal(err)
			}
			harm(b)
			if err := os.WriteFile(cfg.Path, b, 0o600); err != nil {
				t.Fatal(err)
			}
			r, err = Open(cfg)
			if err == nil {
				_, err = r.Digest(t.Context())
				r.Close()
			}
			wantBroken(t, err, "corrupt")
			if _, err := Rebuild(t.Context(), cfg, l); err != nil {
				t.Fatal(err)
			}
			if got := mustDigest(t, mustOpen(t, cfg)); got != want {
				t.Error("rebuilt over the damaged file the content differs")
			}
		})
	}
}

func TestDiskFull(t *testing.T) {
	l := newLedger()
	l.grow(rand.New(rand.NewPCG(5, 5)), 1500)
	cfg := config(t)
	cfg.Batch = 100
	r := mustOpen(t, cfg)
	if _, err := r.writer.conn.ExecContext(t.Context(), "PRAGMA max_page_count = 200"); err != nil {
		t.Fatal(err)
	}
	wantBroken(t, r.Follow(t.Context(), l), "full")
	at := r.Position()
	if at.Next == 0 || at.Next >= l.Size() {
		t.Fatalf("the disk should be full in the midst, not at %d of %d", at.Next, l.Size())
	}
	if list, err := r.Records(t.Context(), at.Next-1, 5); err != nil || len(list) != 1 {
		t.Errorf("what was read before must stay readable, and nothing behind: %v, %v", list, err)
	}
	if _, err := r.writer.conn.ExecContext(t.Context(), "PRAGMA max_page_count = 1000000"); err != nil {
		t.Fatal(err)
	}
	readAll(t, r, l)
	if mustDigest(t, r) != rebuiltDigest(t, l) {
		t.Error("after room was made the content differs from a rebuilt one")
	}
}

func TestInUse(t *testing.T) {
	cfg := config(t)
	r := mustOpen(t, cfg)
	_, err := Open(cfg)
	wantBroken(t, err, "used")
	_, err = Rebuild(t.Context(), cfg, newLedger())
	wantBroken(t, err, "used")
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	mustOpen(t, cfg)
}
