package vault

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestKeyring(t *testing.T) {
	ctx := t.Context()
	dir := t.TempDir()
	v, err := Open(dir, make([]byte, KeySize), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	k, err := v.Keyring(ctx, "cells")
	if err != nil {
		t.Fatal(err)
	}
	w, err := k.Writer()
	if err != nil {
		t.Fatal(err)
	}
	here, there := []byte("e/f"), []byte("e/g")
	one, two := string(w.Seal(nil, []byte("甲"), here)), string(w.Seal(nil, []byte("甲"), here))
	if one == two {
		t.Fatal("the same value was sealed to the same text twice")
	}
	m := k.Marker()
	mark := string(m.Mark(nil, []byte("甲"), here))
	if string(m.Mark(nil, []byte("甲"), here)) != mark || string(m.Mark(nil, []byte("乙"), here)) == mark || string(m.Mark(nil, []byte("甲"), there)) == mark {
		t.Fatal("marks must be equal for equal values of one purpose, and only then")
	}
	if err := v.RenewKeyring(ctx, "cells"); err != nil {
		t.Fatal(err)
	}
	renewed, err := v.Keyring(ctx, "cells")
	if err != nil {
		t.Fatal(err)
	}
	if string(renewed.Marker().Mark(nil, []byte("甲"), here)) != mark {
		t.Fatal("marks did not outlive the new key")
	}
	w2, err := renewed.Writer()
	if err != nil {
		t.Fatal(err)
	}
	three := string(w2.Seal(nil, []byte("甲"), here))
	for _, text := range []string{one, two, three} {
		if got, err := renewed.Open(text, here); err != nil || got != "甲" {
			t.Fatalf("%q, %v", got, err)
		}
		if _, err := renewed.Open(text, there); !errors.Is(err, ErrAltered) {
			t.Fatalf("opened for another purpose: %v", err)
		}
	}
	if _, err := k.Open(three, here); !errors.Is(err, ErrKey) {
		t.Fatalf("a key the ring does not have: %v", err)
	}
	raw, _ := base64.RawStdEncoding.DecodeString(one)
	for i := range raw {
		raw[i] ^= 1
		if got, err := renewed.Open(base64.RawStdEncoding.EncodeToString(raw), here); err == nil {
			t.Fatalf("byte %d altered, it opened as %q", i, got)
		}
		raw[i] ^= 1
	}
	for _, text := range []string{"", "!", "AAAA", strings.Repeat("A", 22)} {
		if _, err := renewed.Open(text, here); err == nil {
			t.Fatalf("%q opened", text)
		}
	}
	if err := v.SetSecret(ctx, "keyring cells", []byte("{}")); err != nil {
		t.Fatal(err)
	}
	if _, err := v.Keyring(ctx, "cells"); !errors.Is(err, ErrAltered) {
		t.Fatalf("a ring that is none: %v", err)
	}
	if err := v.RenewKeyring(ctx, "none"); !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	if list, err := filepath.Glob(filepath.Join(dir, "secret", "*")); err != nil || len(list) != 1 {
		t.Fatalf("%v, %v", list, err)
	}
}

func BenchmarkKeyring(b *testing.B) {
	v, err := Open(b.TempDir(), make([]byte, KeySize), rand.Reader)
	if err != nil {
		b.Fatal(err)
	}
	k, err := v.Keyring(b.Context(), "cells")
	if err != nil {
		b.Fatal(err)
	}
	w, err := k.Writer()
	if err != nil {
		b.Fatal(err)
	}
	value, purpose := []byte("110102199001011234"), []byte("307110102001/000001/id")
	sealed := string(w.Seal(nil, value, purpose))
	m := k.Marker()
	var text []byte
	b.Run("seal", func(b *testing.B) {
		for b.Loop() {
			text = w.Seal(text[:0], value, purpose)
		}
	})
	b.Run("mark", func(b *testing.B) {
		for b.Loop() {
			text = m.Mark(text[:0], value, purpose)
		}
	})
	b.Run("open", func(b *testing.B) {
		for b.Loop() {
			if _, err := k.Open(sealed, purpose); err != nil {
				b.Fatal(err)
			}
		}
	})
}
