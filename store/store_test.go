package store

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func file(t *testing.T, steps ...string) File {
	return File{Path: filepath.Join(t.TempDir(), "a % b?.db"), What: "the tests", Mark: 0x6d756c74, Steps: steps}
}

func TestStepsAreTakenOnceAndKept(t *testing.T) {
	f := file(t, "CREATE TABLE a (x)")
	db, err := Open(f)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec("INSERT INTO a VALUES (7)"); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	f.Steps = append(f.Steps, "ALTER TABLE a ADD y DEFAULT 8")
	for range 2 {
		if db, err = Open(f); err != nil {
			t.Fatal(err)
		}
		var x, y, n int
		if err := db.QueryRow("SELECT x, y, (SELECT count(*) FROM a) FROM a").Scan(&x, &y, &n); err != nil || x != 7 || y != 8 || n != 1 {
			t.Fatalf("%d %d %d, %v", x, y, n, err)
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if fi, err := os.Stat(f.Path); err != nil || fi.Mode().Perm() != 0o600 {
		t.Fatalf("%v, %v", fi.Mode(), err)
	}
}

func TestOtherFilesAreRefusedAndLeftAlone(t *testing.T) {
	f := file(t, "CREATE TABLE a (x)", "CREATE TABLE b (x)")
	db, err := Open(f)
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(f.Path)
	if err != nil {
		t.Fatal(err)
	}
	later, other := f, f
	later.Steps, other.Mark = f.Steps[:1], 1
	for want, f := range map[string]File{"run the newer program": later, "a database of something else": other} {
		if _, err := Open(f); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
	if after, err := os.ReadFile(f.Path); err != nil || !bytes.Equal(before, after) {
		t.Errorf("the file was changed, %v", err)
	}
}

func TestAStepThatFailsLeavesTheVersionBefore(t *testing.T) {
	f := file(t, "CREATE TABLE a (x)", "CREATE TABLE b (x); CREATE TABLE a (x)")
	if _, err := Open(f); err == nil {
		t.Fatal("a step that fails was taken")
	}
	f.Steps = f.Steps[:1]
	db, err := Open(f)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var n int
	if err := db.QueryRow("SELECT count(*) FROM sqlite_schema").Scan(&n); err != nil || n != 1 {
		t.Fatalf("%d tables, %v", n, err)
	}
}

func TestReadersDoNotWrite(t *testing.T) {
	f := file(t, "CREATE TABLE a (x)")
	db, err := Open(f)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	r, err := OpenReader(f, 2)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	var n int
	if err := r.QueryRow("SELECT count(*) FROM a").Scan(&n); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Exec("INSERT INTO a VALUES (1)"); err == nil {
		t.Fatal("a reader wrote")
	}
}
