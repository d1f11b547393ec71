package platform

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"mulu"
	"mulu/platform/pgtest"
	"mulu/vault"
)

func keyring(t testing.TB, dir string) *vault.Keyring {
	t.Helper()
	v, err := vault.Open(dir, make([]byte, vault.KeySize), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	k, err := v.Keyring(t.Context(), "cells")
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// sealedOver opens the engine with every item of the key, and what the grade asks for, sealed.
func sealedOver(open func(*testing.T, string) Engine) func(*testing.T, string) Engine {
	rule := func(i mulu.Item) bool { return i.IsKey || SealsByGrade(i) || i.Field == "street" }
	return func(t *testing.T, dir string) Engine {
		return Seal(open(t, dir), keyring(t, filepath.Join(dir, "vault")), rule)
	}
}

func TestSealedConforms(t *testing.T) {
	t.Run("embedded", func(t *testing.T) {
		conform(t, sealedOver(func(t *testing.T, dir string) Engine { return openEmbedded(t, filepath.Join(dir, "data")) }))
	})
	t.Run("postgres", func(t *testing.T) {
		open := sealedOver(onPostgres(t, pgtest.For(t)))
		conformBases(t, open)
		conformValues(t, open)
	})
}

func TestSealedKeepsNothingPlain(t *testing.T) {
	dir := t.TempDir()
	e := Seal(openEmbedded(t, filepath.Join(dir, "data")), keyring(t, filepath.Join(dir, "vault")), SealsByGrade)
	defer e.Close()
	secret := []string{"110101199001011234", "欧阳无双"}
	row := Row{secret[0], "0001", secret[1], "看得见的备注"}
	v := begin(t, e, 1, conformItems, Base{}, row, Row{"2", "0001", "", ""})
	w := begin(t, e, 2, conformItems, Base{v, "upsert"}, row)
	holds(t, e, w, conformItems, row, Row{"2", "0001", "", ""})
	seen := false
	err := filepath.WalkDir(filepath.Join(dir, "data"), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		seen = seen || bytes.Contains(b, []byte(row[3]))
		for _, s := range secret {
			if bytes.Contains(b, []byte(s)) {
				t.Errorf("%s holds %q", path, s)
			}
		}
		return nil
	})
	if err != nil || !seen {
		t.Fatalf("the item that is not sealed was to be found: %v, %v", seen, err)
	}
	for _, field := range []string{"seal:id", "mark:id"} {
		if _, err := e.Query(t.Context(), v, Query{Items: []string{field}, Limit: 1}); !errors.Is(err, ErrNoItem) {
			t.Errorf("%s: %v", field, err)
		}
		if _, err := e.Query(t.Context(), v, Query{Items: []string{"part"}, Filters: []mulu.Filter{{Item: field, Values: []string{"x"}}}, Limit: 1}); !errors.Is(err, ErrNoItem) {
			t.Errorf("%s: %v", field, err)
		}
	}
}

func TestSealedFollowsTheRule(t *testing.T) {
	dir := t.TempDir()
	inner, ring := openEmbedded(t, filepath.Join(dir, "data")), keyring(t, filepath.Join(dir, "vault"))
	defer inner.Close()
	open := Seal(inner, ring, func(mulu.Item) bool { return false })
	strict := Seal(inner, ring, func(i mulu.Item) bool { return i.Field != "part" })
	var rows []Row
	for i := range 200 {
		rows = append(rows, Row{fmt.Sprint(1000 + i), "1", "甲", fmt.Sprint("n", i)})
	}
	one := begin(t, open, 1, conformItems, Base{}, rows...)
	changed := Row{"1003", "1", "乙", ""}
	want := slices.Clone(rows)
	want[3] = changed
	two := begin(t, strict, 2, conformItems, Base{one, "upsert"}, changed)
	holds(t, strict, two, conformItems, want...)
	beneath, err := inner.Items(t.Context(), two)
	if err != nil || len(beneath) != 7 || beneath[1].Field != "mark:id" || !beneath[1].IsKey || beneath[0].IsKey {
		t.Fatalf("%v, %v", beneath, err)
	}
	three := begin(t, open, 3, conformItems, Base{two, "append"}, Row{"9", "1", "", ""})
	holds(t, open, three, conformItems, append(want, Row{"9", "1", "", ""})...)
	for _, v := range []Version{one, two, three} {
		if _, err := strict.Query(t.Context(), v, Query{Items: []string{"name"}, Limit: 1}); err != nil {
			t.Errorf("%s is read whatever the rule is now: %v", v, err)
		}
	}
	// An older key tells rows apart that the new one does not.
	narrow := without(conformItems, "part")
	twice := begin(t, open, 4, conformItems, Base{}, Row{"1", "1", "", ""}, Row{"1", "2", "", ""})
	if _, err := strict.Stage(t.Context(), twice.Entry, narrow, Base{twice, "upsert"}); !errors.Is(err, ErrBase) {
		t.Errorf("%v", err)
	}
	if list, err := inner.Versions(t.Context(), one.Entry); err != nil || !slices.Equal(list, []Version{one, two, three, twice}) {
		t.Errorf("copies are left: %v, %v", list, err)
	}
}

func TestSealedValuesDoNotMove(t *testing.T) {
	dir := t.TempDir()
	inner, ring := openEmbedded(t, filepath.Join(dir, "data")), keyring(t, filepath.Join(dir, "vault"))
	defer inner.Close()
	e := Seal(inner, ring, func(mulu.Item) bool { return true })
	v := begin(t, e, 1, conformItems, Base{}, Row{"1", "1", "甲", "乙"})
	beneath, err := inner.Items(t.Context(), v)
	if err != nil {
		t.Fatal(err)
	}
	var fields []string
	for _, i := range beneath {
		fields = append(fields, i.Field)
	}
	page, err := inner.Query(t.Context(), v, Query{Items: fields, Limit: 1})
	if err != nil {
		t.Fatal(err)
	}
	moved := slices.Clone(page.Rows[0])
	moved[4], moved[6] = moved[6], moved[4] // the sealed name and the sealed note
	s, err := inner.Stage(t.Context(), v.Entry, beneath, Base{})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Add(t.Context(), moved); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Duplicates(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	w := Version{v.Entry, 2, strings.Repeat("ab", 32)}
	if err := s.Publish(t.Context(), w.Number, w.Digest); err != nil {
		t.Fatal(err)
	}
	if _, err := e.Query(t.Context(), w, Query{Items: []string{"name"}, Limit: 1}); !errors.Is(err, ErrAltered) {
		t.Fatalf("a value in the place of another item's: %v", err)
	}
}
