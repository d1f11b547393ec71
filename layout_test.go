package mulu_test

import (
	"bytes"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// rooms is the table of the house: what each room may import of ours. The nouns (mulu) and the algorithms (sm) are open
// to every room below them that handles records or keys; docs/decisions/0001-rooms.md says why where it goes beyond
// the first plan.
var rooms = map[string]string{
	"mulu":     "",
	"sm":       "",
	"workday":  "",
	"store":    "",
	"act":      "mulu sm",
	"law":      "mulu act workday",
	"proof":    "mulu act sm",
	"chain":    "mulu act law proof sm",
	"read":     "mulu",
	"vault":    "sm",
	"people":   "mulu sm store",
	"notify":   "mulu read people workday sm store",
	"platform": "mulu vault store",
	"sheet":    "mulu act",
	"desk":     "mulu act chain read people vault platform sm store",
	"gateway":  "mulu act chain vault platform proof sm",
	"api":      "mulu act desk gateway read people proof sheet sm",
	"web":      "mulu act desk gateway read people notify proof sheet workday",
	"cmd":      "*",
}

// inner rooms belong to a room and may import it and what it may import, and what stands here.
var innerRooms = map[string]string{
	"law/script": "sm law",

	"platform/intake":    "",
	"platform/quality":   "",
	"platform/source":    "sm",
	"platform/scan":      "",
	"platform/pgtest":    "",
	"platform/mariatest": "",
}

// assets are folders of a room that hold what it embeds: no code stands in them.
var assets = []string{"web/icons", "web/pages", "web/static", "web/words"}

// elsewhere lists folders that are no rooms.
var elsewhere = []string{".git", ".ci", "docs", "cmd"}

// wall is the number of lines no file may pass.
const wall = 800

func TestEachRoomImportsOnlyWhatTheTableLists(t *testing.T) {
	eachGoFile(t, func(path string, _ []byte) {
		room := roomOf(path)
		allowed, known := rooms[topOf(room)]
		if !known {
			t.Errorf("%s stands in no room", path)
			return
		}
		if allowed == "*" {
			return
		}
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			t.Error(err)
			return
		}
		list := strings.Fields(allowed + " " + innerRooms[room])
		for _, im := range f.Imports {
			name, _ := strconv.Unquote(im.Path.Value)
			if name != "mulu" && !strings.HasPrefix(name, "mulu/") {
				continue
			}
			target := strings.TrimPrefix(name, "mulu/")
			if target == room || topOf(target) == topOf(room) || in(list, target) || in(list, topOf(target)) {
				continue
			}
			if strings.HasSuffix(path, "_test.go") && testMayImport(room, target) {
				continue
			}
			t.Errorf("%s imports %s, which the table does not allow for the room %s", path, name, room)
		}
	})
}

// testMayImport: tests of a room may use the rooms above it as real parts instead of mocks.
func testMayImport(room, target string) bool {
	order := []string{"sm", "workday", "store", "mulu", "act", "law", "proof", "chain", "read", "vault", "people", "platform", "sheet", "desk", "gateway", "notify", "api", "web"}
	place := func(r string) int {
		for i, o := range order {
			if o == topOf(r) {
				return i
			}
		}
		return len(order)
	}
	return place(target) < place(room)
}

func TestNoForeignFolder(t *testing.T) {
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if !d.IsDir() || path == "." {
			return nil
		}
		if in(elsewhere, topOf(path)) {
			if path == ".git" || path == "docs" {
				return filepath.SkipDir
			}
			return nil
		}
		if filepath.Base(path) == "testdata" {
			return filepath.SkipDir
		}
		if in(assets, path) {
			return holdsNoCode(t, path)
		}
		if _, ok := rooms[path]; ok {
			return nil
		}
		if _, ok := innerRooms[path]; ok {
			return nil
		}
		t.Errorf("%s is no room of the house", path)
		return filepath.SkipDir
	})
	if err != nil {
		t.Fatal(err)
	}
}

// holdsNoCode fails on Go files and on folders inside a folder of assets.
func holdsNoCode(t *testing.T, path string) error {
	all, err := os.ReadDir(path)
	for _, e := range all {
		if e.IsDir() || strings.HasSuffix(e.Name(), ".go") {
			t.Errorf("%s/%s stands among what a room embeds", path, e.Name())
		}
	}
	return err
}

func TestNoFilePastTheWall(t *testing.T) {
	eachGoFile(t, func(path string, b []byte) {
		if n := bytes.Count(b, []byte{'\n'}); n > wall {
			t.Errorf("%s has %d lines; the wall is %d", path, n, wall)
		}
	})
}

func TestEachRoomSaysWhatItIs(t *testing.T) {
	for room := range rooms {
		dir := room
		if room == "mulu" {
			dir = "."
		}
		if room == "cmd" {
			dir = "cmd/mulu"
		}
		if _, err := os.Stat(filepath.Join(dir, "doc.go")); err != nil {
			t.Errorf("the room %s has no doc.go", room)
		}
	}
}

func eachGoFile(t *testing.T, do func(path string, content []byte)) {
	t.Helper()
	seen := 0
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && path == ".git" {
			return filepath.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(path, ".go") {
			return nil
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		seen++
		do(filepath.ToSlash(path), b)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if seen == 0 {
		t.Fatal("no Go files found")
	}
}

func roomOf(path string) string {
	dir := filepath.ToSlash(filepath.Dir(path))
	if dir == "." {
		return "mulu"
	}
	return dir
}

func topOf(room string) string {
	top, _, _ := strings.Cut(room, "/")
	return top
}

func in(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}
