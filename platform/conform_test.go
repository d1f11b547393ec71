package platform

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"mulu"
	"mulu/sm"
)

// conform is the suite that every engine passes. open opens the engine on a folder (or what stands for one) so that
// closing and opening again finds what was published.
func conform(t *testing.T, open func(t *testing.T, dir string) Engine) {
	ctx := context.Background()
	items := []mulu.Item{
		{Name: "统一代码", Field: "code", Type: "C", Length: 18, IsKey: true},
		{Name: "街道", Field: "street", Type: "C", Length: 20, Nullable: true},
		{Name: "备注", Field: "note", Type: "M", Nullable: true},
	}
	row := func(i int) Row {
		street := []string{"什刹海街道", "新街口街道", ""}[i%3]
		return Row{fmt.Sprintf("%018d", i), street, "' OR 1=1 -- " + fmt.Sprint(i)}
	}
	stage := func(t *testing.T, e Engine, rows int) Stage {
		t.Helper()
		s, err := e.Stage(ctx, "307110102001/000001", items, Base{})
		if err != nil {
			t.Fatal(err)
		}
		for i := range rows {
			if err := s.Add(ctx, row(i)); err != nil {
				t.Fatal(err)
			}
		}
		if d, err := s.Duplicates(ctx, 10); err != nil || len(d) > 0 {
			t.Fatalf("duplicates %v, %v", d, err)
		}
		return s
	}
	version := func(n int, rows int) Version {
		d := NewDigest(sm.New())
		for i := range rows {
			d.Add(row(i))
		}
		return Version{"307110102001/000001", n, d.Hex()}
	}
	publish := func(t *testing.T, e Engine, n, rows int) Version {
		t.Helper()
		v := version(n, rows)
		if err := stage(t, e, rows).Publish(ctx, n, v.Digest); err != nil {
			t.Fatal(err)
		}
		return v
	}
	all := Query{Items: []string{"code", "street", "note"}, Limit: MaxLimit}

	conformBases(t, open)
	conformValues(t, open)
	conformBreaks(t, open)
	t.Run("rows come back as they went in, in order", func(t *testing.T) {
		dir := t.TempDir()
		e := open(t, dir)
		v := publish(t, e, 1, 100)
		for range 2 {
			page, err := e.Query(ctx, v, all)
			if err != nil || len(page.Rows) != 100 || page.Next != 0 {
				t.Fatalf("%d rows, next %d, %v", len(page.Rows), page.Next, err)
			}
			for i, r := range page.Rows {
				if !slices.Equal(r, row(i)) {
					t.Fatalf("row %d is %q", i, r)
				}
			}
			if err := e.Close(); err != nil {
				t.Fatal(err)
			}
			e = open(t, dir) // a published version outlives the engine
		}
		e.Close()
	})
	t.Run("filters", func(t *testing.T) {
		e := open(t, t.TempDir())
		defer e.Close()
		v := publish(t, e, 1, 300)
		for _, c := range []struct {
			filters []mulu.Filter
			want    int
		}{
			{nil, 300},
			{[]mulu.Filter{{Item: "code", Values: []string{"000000000000000007"}}}, 1},
			{[]mulu.Filter{{Item: "code", Values: []string{"7"}}}, 0},
			{[]mulu.Filter{{Item: "street", Values: []string{"什刹海街道"}}}, 100},
			{[]mulu.Filter{{Item: "street", Values: []string{"什刹海街道", "新街口街道", "无"}}}, 200},
			{[]mulu.Filter{{Item: "street", Values: []string{""}}}, 100},
			{[]mulu.Filter{{Item: "street", Values: []string{"", "什刹海街道"}}}, 200},
			{[]mulu.Filter{{Item: "street", Values: nil}}, 0},
			{[]mulu.Filter{{Item: "street", Values: []string{"什刹海街道"}}, {Item: "street", Values: []string{"新街口街道"}}}, 0},
			{[]mulu.Filter{{Item: "street", Values: []string{"什刹海街道"}}, {Item: "code", Values: []string{row(3)[0], row(4)[0]}}}, 1},
			{[]mulu.Filter{{Item: "note", Values: []string{"' OR 1=1 -- 5"}}}, 1},
			{[]mulu.Filter{{Item: "note", Values: []string{"' OR 1=1 --"}}}, 0},
		} {
			q := all
			q.Filters = c.filters
			if page, err := e.Query(ctx, v, q); err != nil || len(page.Rows) != c.want {
				t.Errorf("%v: %d rows, want %d, %v", c.filters, len(page.Rows), c.want, err)
			}
		}
		page, err := e.Query(ctx, v, Query{Items: []string{"note", "code"}, Limit: 1})
		if err != nil || !reflect.DeepEqual(page.Rows, []Row{{row(0)[2], row(0)[0]}}) {
			t.Errorf("items in the order asked for: %q, %v", page.Rows, err)
		}
	})
	t.Run("paging loses and doubles nothing", func(t *testing.T) {
		e := open(t, t.TempDir())
		defer e.Close()
		v := publish(t, e, 1, 90)
		for _, filters := range [][]mulu.Filter{nil, {{Item: "street", Values: []string{"什刹海街道", ""}}}} {
			for _, limit := range []int{1, 7, 30, 60, 90, 91} {
				q := Query{Items: []string{"code"}, Filters: filters, Limit: limit}
				var got []string
				for {
					page, err := e.Query(ctx, v, q)
					if err != nil {
						t.Fatal(err)
					}
					for _, r := range page.Rows {
						got = append(got, r[0])
					}
					if q.After = page.Next; page.Next == 0 {
						break
					}
				}
				var want []string
				for i := range 90 {
					if r := row(i); filters == nil || r[1] != "新街口街道" {
						want = append(want, r[0])
					}
				}
				if !slices.Equal(got, want) {
					t.Fatalf("limit %d, filters %v: %d rows, want %d", limit, filters, len(got), len(want))
				}
			}
		}
	})
	t.Run("what was not asked rightly is an error", func(t *testing.T) {
		e := open(t, t.TempDir())
		defer e.Close()
		v := publish(t, e, 1, 3)
		for _, q := range []Query{{Items: []string{"nothing"}, Limit: 1}, {Items: []string{"code"}, Filters: []mulu.Filter{{Item: "1=1"}}, Limit: 1}} {
			if _, err := e.Query(ctx, v, q); !errors.Is(err, ErrNoItem) {
				t.Errorf("%v: %v", q, err)
			}
		}
		for _, q := range []Query{{Limit: 1}, {Items: []string{"code"}}, {Items: []string{"code"}, Limit: MaxLimit + 1}, {Items: []string{"code"}, Limit: -1}} {
			if _, err := e.Query(ctx, v, q); err == nil {
				t.Errorf("%v was answered", q)
			}
		}
		other := version(1, 4)
		for _, v := range []Version{{v.Entry, 2, v.Digest}, other, {"307110102001/000002", 1, v.Digest}, {v.Entry, 1, ""}, {v.Entry, 0, v.Digest}} {
			if _, err := e.Query(ctx, v, all); !errors.Is(err, ErrNoVersion) {
				t.Errorf("%v: %v", v, err)
			}
		}
		for _, code := range []string{"", "../x", "a.b", "a_b", "a\x00", strings.Repeat("1", 101)} {
			if _, err := e.Stage(ctx, code, items, Base{}); err == nil {
				t.Errorf("entry %q was staged", code)
			}
		}
	})
	t.Run("duplicates are named", func(t *testing.T) {
		e := open(t, t.TempDir())
		defer e.Close()
		s, err := e.Stage(ctx, "307110102001/000001", items, Base{})
		if err != nil {
			t.Fatal(err)
		}
		for _, i := range []int{1, 2, 3, 2, 4, 1, 2} {
			if err := s.Add(ctx, row(i)); err != nil {
				t.Fatal(err)
			}
		}
		d, err := s.Duplicates(ctx, 10)
		if want := []Duplicate{{4, 2}, {6, 1}, {7, 2}}; err != nil || !slices.Equal(d, want) {
			t.Fatalf("%v, want %v, %v", d, want, err)
		}
		if err := s.Discard(); err != nil {
			t.Fatal(err)
		}
		if list, err := e.Versions(ctx, "307110102001/000001"); err != nil || len(list) != 0 {
			t.Fatalf("after a discard: %v, %v", list, err)
		}
	})
	t.Run("versions stand side by side and are dropped alone", func(t *testing.T) {
		e := open(t, t.TempDir())
		defer e.Close()
		a, b, c := publish(t, e, 1, 10), publish(t, e, 2, 20), publish(t, e, 2, 21)
		if err := stage(t, e, 20).Publish(ctx, 2, b.Digest); err != nil {
			t.Fatalf("publishing the same again: %v", err)
		}
		list, err := e.Versions(ctx, a.Entry)
		want := []Version{a, b, c}
		slices.SortFunc(want, func(x, y Version) int {
			return strings.Compare(fmt.Sprint(x.Number, x.Digest), fmt.Sprint(y.Number, y.Digest))
		})
		if err != nil || !slices.Equal(list, want) {
			t.Fatalf("%v, %v", list, err)
		}
		if err := e.Drop(ctx, b); err != nil {
			t.Fatal(err)
		}
		if err := e.Drop(ctx, b); err != nil {
			t.Fatalf("dropping what is gone: %v", err)
		}
		for v, rows := range map[Version]int{a: 10, c: 21} {
			if page, err := e.Query(ctx, v, all); err != nil || len(page.Rows) != rows {
				t.Fatalf("%v: %d rows, %v", v, len(page.Rows), err)
			}
		}
		if _, err := e.Query(ctx, b, all); !errors.Is(err, ErrNoVersion) {
			t.Fatalf("a dropped version: %v", err)
		}
	})
	t.Run("no rows at all", func(t *testing.T) {
		e := open(t, t.TempDir())
		defer e.Close()
		if page, err := e.Query(ctx, publish(t, e, 1, 0), all); err != nil || len(page.Rows) != 0 || page.Next != 0 {
			t.Fatalf("%v, %v", page, err)
		}
	})
	t.Run("many readers while versions come and go", func(t *testing.T) {
		e := open(t, t.TempDir())
		defer e.Close()
		v := publish(t, e, 1, 200)
		var wait sync.WaitGroup
		for range 6 {
			wait.Go(func() {
				for i := range 200 {
					q := Query{Items: []string{"code"}, Filters: []mulu.Filter{{Item: "code", Values: []string{row(i)[0]}}}, Limit: 2}
					if page, err := e.Query(ctx, v, q); err != nil || len(page.Rows) != 1 || page.Rows[0][0] != row(i)[0] {
						t.Errorf("%v, %v", page, err)
						return
					}
				}
			})
		}
		for n := 2; n < 6; n++ {
			w := publish(t, e, n, n)
			if _, err := e.Query(ctx, w, all); err != nil {
				t.Error(err)
			}
			if err := e.Drop(ctx, w); err != nil {
				t.Error(err)
			}
		}
		wait.Wait()
	})
}

func openEmbedded(t *testing.T, dir string) Engine {
	t.Helper()
	e, err := OpenEmbedded(dir, sm.New, 2)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestEmbeddedConforms(t *testing.T) { conform(t, openEmbedded) }

func TestEmbeddedShedsFiles(t *testing.T) {
	ctx := context.Background()
	e := openEmbedded(t, t.TempDir()).(*Embedded)
	defer e.Close()
	items := []mulu.Item{{Name: "代码", Field: "code", Type: "C", IsKey: true}}
	var all []Version
	for i := range maxOpen + 10 {
		s, err := e.Stage(ctx, fmt.Sprintf("307/%06d", i), items, Base{})
		if err != nil {
			t.Fatal(err)
		}
		d := NewDigest(sm.New())
		d.Add(Row{fmt.Sprint(i)})
		if err := s.Add(ctx, Row{fmt.Sprint(i)}); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Duplicates(ctx, 1); err != nil {
			t.Fatal(err)
		}
		if err := s.Publish(ctx, 1, d.Hex()); err != nil {
			t.Fatal(err)
		}
		all = append(all, Version{fmt.Sprintf("307/%06d", i), 1, d.Hex()})
	}
	for range 2 {
		for i, v := range all {
			page, err := e.Query(ctx, v, Query{Items: []string{"code"}, Limit: 1})
			if err != nil || page.Rows[0][0] != fmt.Sprint(i) {
				t.Fatalf("%v: %v, %v", v, page, err)
			}
			if len(e.open) > maxOpen {
				t.Fatalf("%d files are open, at most %d may be", len(e.open), maxOpen)
			}
		}
	}
}

func TestEmbeddedAlteredFilesAreNotServed(t *testing.T) {
	ctx, dir := context.Background(), t.TempDir()
	e := openEmbedded(t, dir)
	s, err := e.Stage(ctx, "307/000001", []mulu.Item{{Name: "金额", Field: "sum", Type: "N"}}, Base{})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Add(ctx, Row{"1000000"}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Duplicates(ctx, 1); err != nil {
		t.Fatal(err)
	}
	v := Version{"307/000001", 1, strings.Repeat("ab", 32)}
	if err := s.Publish(ctx, 1, v.Digest); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "307_000001", "1-abababababababab", "rows.db")
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	altered := strings.Replace(string(b), "1000000", "9000000", 1)
	if altered == string(b) {
		t.Fatal("the value does not stand in the file")
	}
	if err := os.WriteFile(path, []byte(altered), 0o600); err != nil {
		t.Fatal(err)
	}
	q := Query{Items: []string{"sum"}, Limit: 1}
	if _, err := e.Query(ctx, v, q); !errors.Is(err, ErrAltered) {
		t.Fatalf("an altered file: %v", err)
	}
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	if page, err := e.Query(ctx, v, q); err != nil || page.Rows[0][0] != "1000000" {
		t.Fatalf("the file restored: %v, %v", page, err)
	}
	e.Close()
	if _, err := e.Query(ctx, v, q); err == nil {
		t.Fatal("a closed engine answered")
	}
}
