package vault

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"mulu/sm"
)

var testKey = bytes.Repeat([]byte{7}, KeySize)

func open(t *testing.T, dir string) *Vault {
	t.Helper()
	v, err := Open(dir, testKey, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestContentComesBack(t *testing.T) {
	ctx, dir := context.Background(), t.TempDir()
	v := open(t, dir)
	for _, data := range [][]byte{nil, []byte("a"), bytes.Repeat([]byte("附件"), 100_000)} {
		name, err := v.Put(ctx, data, false)
		if err != nil {
			t.Fatal(err)
		}
		if want := sm.Sum(data); name != hex.EncodeToString(want[:]) {
			t.Fatalf("an unsalted content is named by its SM3, got %s", name)
		}
		got, err := open(t, dir).Get(ctx, name)
		if err != nil || !bytes.Equal(got, data) {
			t.Fatalf("content of %d bytes came back as %d bytes, %v", len(data), len(got), err)
		}
		if again, err := v.Put(ctx, data, false); err != nil || again != name {
			t.Fatalf("put again: %s, %v", again, err)
		}
	}
}

func TestSaltHidesWhatCouldBeGuessed(t *testing.T) {
	ctx := context.Background()
	v := open(t, t.TempDir())
	id := []byte("110102199003070018")
	a, err := v.Put(ctx, id, true)
	if err != nil {
		t.Fatal(err)
	}
	b, err := v.Put(ctx, id, true)
	if err != nil {
		t.Fatal(err)
	}
	plain := sm.Sum(id)
	if a == b || a == hex.EncodeToString(plain[:]) {
		t.Fatal("the name of a salted content must not follow from the content")
	}
	for _, name := range []string{a, b} {
		if got, err := v.Get(ctx, name); err != nil || !bytes.Equal(got, id) {
			t.Fatalf("salted content: %q, %v", got, err)
		}
	}
}

func TestNothingReadableOnDisk(t *testing.T) {
	ctx, dir := context.Background(), t.TempDir()
	v := open(t, dir)
	const secret = "password-of-the-population-database"
	if err := v.SetSecret(ctx, "population", []byte(secret)); err != nil {
		t.Fatal(err)
	}
	if _, err := v.Put(ctx, []byte(secret), false); err != nil {
		t.Fatal(err)
	}
	files := 0
	_ = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		files++
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(b, []byte("population")) || strings.Contains(path, "population") {
			t.Errorf("%s gives the secret or its name away", path)
		}
		if fi, _ := d.Info(); fi.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %v", path, fi.Mode())
		}
		return nil
	})
	if files != 3 {
		t.Fatalf("%d files, want check, one secret, one content", files)
	}
}

func TestSecrets(t *testing.T) {
	ctx, dir := context.Background(), t.TempDir()
	v := open(t, dir)
	if _, err := v.Secret(ctx, "人口库"); !errors.Is(err, fs.ErrNotExist) {
		t.Fatalf("an unknown secret: %v", err)
	}
	for _, value := range []string{"one", "two"} {
		if err := v.SetSecret(ctx, "人口库", []byte(value)); err != nil {
			t.Fatal(err)
		}
		if got, err := open(t, dir).Secret(ctx, "人口库"); err != nil || string(got) != value {
			t.Fatalf("secret: %q, %v", got, err)
		}
	}
	if err := v.SetSecret(ctx, "", nil); err == nil {
		t.Fatal("a secret without a name was kept")
	}
}

func TestAlteredFilesAreFound(t *testing.T) {
	ctx, dir := context.Background(), t.TempDir()
	v := open(t, dir)
	name, err := v.Put(ctx, []byte("附件内容"), true)
	if err != nil {
		t.Fatal(err)
	}
	path := v.path(name)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for i := range whole {
		bad := bytes.Clone(whole)
		bad[i] ^= 1
		if err := os.WriteFile(path, bad, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := v.Get(ctx, name); !errors.Is(err, ErrAltered) {
			t.Fatalf("byte %d altered: %v", i, err)
		}
	}
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := v.Get(ctx, name); !errors.Is(err, ErrAltered) {
		t.Fatalf("an empty file: %v", err)
	}
	// A content in the place of another is found as well, and putting the data again mends it.
	plain, _ := v.Put(ctx, []byte("a"), false)
	other, _ := v.Put(ctx, []byte("b"), false)
	b, _ := os.ReadFile(v.path(other))
	if err := os.WriteFile(v.path(plain), b, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := v.Get(ctx, plain); !errors.Is(err, ErrAltered) {
		t.Fatalf("a file in the place of another: %v", err)
	}
	if _, err := v.Put(ctx, []byte("a"), false); err != nil {
		t.Fatal(err)
	}
	if got, err := v.Get(ctx, plain); err != nil || string(got) != "a" {
		t.Fatalf("put again over an altered file: %q, %v", got, err)
	}
}

func TestWrongKey(t *testing.T) {
	dir := t.TempDir()
	v := open(t, dir)
	other := bytes.Repeat([]byte{8}, KeySize)
	if _, err := Open(dir, other, rand.Reader); !errors.Is(err, ErrKey) {
		t.Fatalf("another key: %v", err)
	}
	if _, err := Open(dir, []byte("short"), rand.Reader); err == nil {
		t.Fatal("a short key was accepted")
	}
	if _, err := v.Put(context.Background(), []byte("x"), false); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(dir, "check")); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(dir, other, rand.Reader); err == nil {
		t.Fatal("a used vault without its check was opened with any key")
	}
}

func TestNamesFromOutside(t *testing.T) {
	v := open(t, t.TempDir())
	upper := strings.Repeat("AB", 32)
	for _, name := range []string{"", "..", "../check", "ab", upper, strings.Repeat("zz", 32), strings.Repeat("ab", 32)} {
		if _, err := v.Get(context.Background(), name); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("name %q: %v", name, err)
		}
	}
}

func TestPartsOfACrashAreSwept(t *testing.T) {
	ctx, dir := context.Background(), t.TempDir()
	v := open(t, dir)
	name, err := v.Put(ctx, []byte("x"), false)
	if err != nil {
		t.Fatal(err)
	}
	part := filepath.Join(filepath.Dir(v.path(name)), "123.part")
	if err := os.WriteFile(part, []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	v = open(t, dir)
	if _, err := os.Stat(part); !errors.Is(err, fs.ErrNotExist) {
		t.Fatalf("the part is still there: %v", err)
	}
	if _, err := v.Get(ctx, name); err != nil {
		t.Fatal(err)
	}
}

func TestManyAtOnce(t *testing.T) {
	ctx := context.Background()
	v := open(t, t.TempDir())
	var wait sync.WaitGroup
	for i := range 8 {
		wait.Go(func() {
			for j := range 10 {
				data := fmt.Appendf(nil, "%d", (i+j)%10) // the same contents from several sides
				name, err := v.Put(ctx, data, false)
				if err != nil {
					t.Error(err)
					return
				}
				if got, err := v.Get(ctx, name); err != nil || !bytes.Equal(got, data) {
					t.Errorf("%q, %v", got, err)
				}
			}
		})
	}
	wait.Wait()
}

func TestEndedContext(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	v := open(t, t.TempDir())
	if _, err := v.Put(ctx, nil, false); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	if err := v.SetSecret(ctx, "a", nil); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
}
