package platform

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"mulu"
	"mulu/sm"
)

// These are the parts of the suite on versions that begin from others, and on what stands in rows.

var conformItems = []mulu.Item{
	{Name: "证件号码", Field: "id", Type: "C", Length: 18, IsKey: true, Personal: true, Sensitive: true, Grade: 3},
	{Name: "批次", Field: "part", Type: "C", Length: 8, IsKey: true, Grade: 1},
	{Name: "姓名", Field: "name", Type: "C", Length: 20, Nullable: true, Personal: true, Grade: 3},
	{Name: "备注", Field: "note", Type: "M", Nullable: true, Grade: 1},
}

func without(items []mulu.Item, field string) []mulu.Item {
	return slices.DeleteFunc(slices.Clone(items), func(i mulu.Item) bool { return i.Field == field })
}

// begin stages rows and publishes them as version n; the digest is that of what Scan gives, as a loader does it.
func begin(t *testing.T, e Engine, n int, items []mulu.Item, base Base, rows ...Row) Version {
	t.Helper()
	s := staged(t, e, items, base, rows...)
	if d, err := s.Duplicates(t.Context(), 10); err != nil || len(d) > 0 {
		t.Fatalf("duplicates %v, %v", d, err)
	}
	return finish(t, s, n)
}

func staged(t *testing.T, e Engine, items []mulu.Item, base Base, rows ...Row) Stage {
	t.Helper()
	s, err := e.Stage(t.Context(), "307110102001/000009", items, base)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		if err := s.Add(t.Context(), r); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

func finish(t *testing.T, s Stage, n int) Version {
	t.Helper()
	d := NewDigest(sm.New())
	if err := s.Scan(t.Context(), func(r Row) error { d.Add(r); return nil }); err != nil {
		t.Fatal(err)
	}
	v := Version{"307110102001/000009", n, d.Hex()}
	if err := s.Publish(t.Context(), n, v.Digest); err != nil {
		t.Fatal(err)
	}
	return v
}

// holds fails unless Scan and Query give exactly these rows, and Scan the digest that was published.
func holds(t *testing.T, e Engine, v Version, items []mulu.Item, want ...Row) {
	t.Helper()
	var fields []string
	for _, i := range items {
		fields = append(fields, i.Field)
	}
	var got []Row
	d := NewDigest(sm.New())
	if err := e.Scan(t.Context(), v, fields, func(r Row) error {
		got = append(got, slices.Clone(r))
		d.Add(r)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if d.Hex() != v.Digest {
		t.Fatalf("%s scans to the digest %.8s", v, d.Hex())
	}
	page, err := e.Query(t.Context(), v, Query{Items: fields, Limit: MaxLimit})
	if err != nil {
		t.Fatal(err)
	}
	for how, rows := range map[string][]Row{"scanned": got, "queried": page.Rows} {
		if !slices.EqualFunc(rows, want, func(a, b Row) bool { return slices.Equal(a, b) }) {
			t.Fatalf("%s: %q, want %q", how, rows, want)
		}
	}
	if had, err := e.Items(t.Context(), v); err != nil || !slices.Equal(had, items) {
		t.Fatalf("the items are %v, want %v, %v", had, items, err)
	}
}

func conformBases(t *testing.T, open func(t *testing.T, dir string) Engine) {
	items := conformItems
	a, b, c := Row{"110101", "1", "甲", "x"}, Row{"110102", "1", "乙", ""}, Row{"110101", "2", "", "y"}
	t.Run("append puts rows after those of the base", func(t *testing.T) {
		e := open(t, t.TempDir())
		defer e.Close()
		one := begin(t, e, 1, items, Base{}, a, b)
		two := begin(t, e, 2, items, Base{one, "append"}, c)
		three := begin(t, e, 3, items, Base{two, "append"})
		holds(t, e, one, items, a, b)
		holds(t, e, two, items, a, b, c)
		holds(t, e, three, items, a, b, c)
		holds(t, e, begin(t, e, 4, items, Base{Mode: "append"}, c), items, c)
	})
	t.Run("append names what the base has", func(t *testing.T) {
		e := open(t, t.TempDir())
		defer e.Close()
		one := begin(t, e, 1, items, Base{}, a, b)
		s := staged(t, e, items, Base{one, "append"}, c, b, c, a, Row{"110103", "1", "", ""}, Row{"110103", "1", "丁", ""})
		defer s.Discard()
		for want := []Duplicate{{2, 0}, {3, 1}, {4, 0}, {6, 5}}; ; {
			d, err := s.Duplicates(t.Context(), 3)
			if err != nil || !slices.Equal(d, want[:min(3, len(want))]) {
				t.Fatalf("%v, want %v, %v", d, want, err)
			}
			if len(d) == 0 {
				break
			}
			if err := s.Remove(t.Context(), []int64{d[0].Row}); err != nil {
				t.Fatal(err)
			}
			want = want[1:]
		}
		if err := s.Add(t.Context(), c); err == nil {
			t.Fatal("a row was added after the stage was checked")
		}
		holds(t, e, finish(t, s, 2), items, a, b, c, Row{"110103", "1", "", ""})
		holds(t, e, one, items, a, b)
	})
	t.Run("upsert takes the place of rows with the same key", func(t *testing.T) {
		e := open(t, t.TempDir())
		defer e.Close()
		one := begin(t, e, 1, items, Base{}, a, b, c)
		b2, a2, d := Row{"110102", "1", "乙二", ""}, Row{"110101", "1", "", "改"}, Row{"110109", "1", "戊", ""}
		two := begin(t, e, 2, items, Base{one, "upsert"}, d, b2, a2)
		holds(t, e, two, items, a2, b2, c, d)
		holds(t, e, one, items, a, b, c)
		page, err := e.Query(t.Context(), two, Query{Items: []string{"note"}, Filters: []mulu.Filter{{Item: "id", Values: []string{"110101"}}, {Item: "part", Values: []string{"1"}}}, Limit: 5})
		if err != nil || len(page.Rows) != 1 || page.Rows[0][0] != "改" {
			t.Fatalf("%q, %v", page.Rows, err)
		}
		s := staged(t, e, items, Base{two, "upsert"}, d, b, b)
		if list, err := s.Duplicates(t.Context(), 9); err != nil || !slices.Equal(list, []Duplicate{{3, 2}}) {
			t.Fatalf("%v, %v", list, err)
		}
		if err := s.Remove(t.Context(), []int64{3, 1}); err != nil {
			t.Fatal(err)
		}
		if list, err := s.Duplicates(t.Context(), 9); err != nil || len(list) > 0 {
			t.Fatalf("%v, %v", list, err)
		}
		holds(t, e, finish(t, s, 3), items, a2, b, c, d)
		holds(t, e, begin(t, e, 4, items, Base{Mode: "upsert"}, c), items, c)
	})
	t.Run("items come, go and change places", func(t *testing.T) {
		e := open(t, t.TempDir())
		defer e.Close()
		one := begin(t, e, 1, items, Base{}, a, b, c)
		changed := append(slices.Clone(without(items, "note")), mulu.Item{Name: "电话", Field: "tel", Type: "C", Length: 11, Nullable: true, Grade: 2})
		slices.Reverse(changed) // tel name part id
		two := begin(t, e, 2, changed, Base{one, "upsert"}, Row{"010", "乙", "1", "110102"}, Row{"", "新", "1", "110110"})
		holds(t, e, two, changed, Row{"", "甲", "1", "110101"}, Row{"010", "乙", "1", "110102"}, Row{"", "", "2", "110101"}, Row{"", "新", "1", "110110"})
		holds(t, e, begin(t, e, 3, items, Base{two, "append"}, Row{"110111", "9", "", "n"}), items,
			Row{"110101", "1", "甲", ""}, Row{"110102", "1", "乙", ""}, Row{"110101", "2", "", ""}, Row{"110110", "1", "新", ""}, Row{"110111", "9", "", "n"})
	})
	t.Run("bases that cannot be begun from", func(t *testing.T) {
		e := open(t, t.TempDir())
		defer e.Close()
		one := begin(t, e, 1, items, Base{}, a, b, c)
		narrower := slices.Clone(without(items, "part")) // two rows have the same id
		newKey := append(slices.Clone(items), mulu.Item{Name: "新键", Field: "k", Type: "C", Length: 5, IsKey: true})
		for _, wider := range [][]mulu.Item{narrower, newKey} {
			for _, mode := range []string{"upsert", "append"} {
				if _, err := e.Stage(t.Context(), one.Entry, wider, Base{one, mode}); !errors.Is(err, ErrBase) {
					t.Errorf("%s on another key: %v", mode, err)
				}
			}
		}
		if _, err := e.Stage(t.Context(), one.Entry, items, Base{Version{one.Entry, 7, one.Digest}, "append"}); !errors.Is(err, ErrNoVersion) {
			t.Errorf("an unknown base: %v", err)
		}
		keyless := []mulu.Item{{Name: "备注", Field: "note", Type: "M"}}
		for _, base := range []Base{{one, "upsert"}, {Version{}, "upsert"}} {
			if _, err := e.Stage(t.Context(), one.Entry, keyless, base); err == nil {
				t.Error("upsert without key items")
			}
		}
		if _, err := e.Stage(t.Context(), one.Entry, items, Base{Mode: "merge"}); err == nil {
			t.Error("a mode nobody knows")
		}
		if _, err := e.Stage(t.Context(), "307110102001/000008", items, Base{one, "append"}); err == nil {
			t.Error("a base of another entry")
		}
		if list, err := e.Versions(t.Context(), one.Entry); err != nil || !slices.Equal(list, []Version{one}) {
			t.Errorf("%v, %v", list, err)
		}
		holds(t, e, one, items, a, b, c)
	})
}

func conformValues(t *testing.T, open func(t *testing.T, dir string) Engine) {
	items := conformItems
	t.Run("odd characters and big values", func(t *testing.T) {
		e := open(t, t.TempDir())
		defer e.Close()
		odd := []string{`\N`, `\.`, "\t", "\r\n", `"`, "'", `''`, "\u2028", "𠀀", "é", "e\u0301", " ", " a ", "NULL", "null", "0", "-0", "1e400", "%s", "$1", "?",
			"{", "{}", "\x01", "\x7f", "\uFEFF", "\uFFFD", "b'", "--", strings.Repeat("大", 1<<20), strings.Repeat(`\"`, 100_000)}
		var rows []Row
		for i, o := range odd {
			name := o
			if len(o) > 1000 {
				name = ""
			}
			rows = append(rows, Row{fmt.Sprintf("%06d", i), "1", name, o})
		}
		v := begin(t, e, 1, items, Base{}, rows...)
		holds(t, e, v, items, rows...)
		for i, r := range rows {
			q := Query{Items: []string{"note"}, Filters: []mulu.Filter{{Item: "name", Values: []string{r[2], "nobody"}}, {Item: "id", Values: []string{r[0]}}}, Limit: 5}
			if page, err := e.Query(t.Context(), v, q); err != nil || len(page.Rows) != 1 || page.Rows[0][0] != odd[i] {
				t.Errorf("%.20q is not found: %d rows, %v", odd[i], len(page.Rows), err)
			}
		}
	})
	t.Run("many items", func(t *testing.T) {
		e := open(t, t.TempDir())
		defer e.Close()
		var wide []mulu.Item
		for i := range 500 {
			wide = append(wide, mulu.Item{Name: fmt.Sprint("项", i), Field: fmt.Sprint("f", i), Type: "C", Length: 30, IsKey: i == 0, Nullable: i > 0, Personal: i%50 == 1, Grade: 3})
		}
		var rows []Row
		for n := range 40 {
			r := make(Row, 500)
			for i := range r {
				if (n+i)%4 > 0 || i == 0 {
					r[i] = fmt.Sprint("值", n, ".", i)
				}
			}
			rows = append(rows, r)
		}
		holds(t, e, begin(t, e, 1, wide, Base{}, rows...), wide, rows...)
		if _, err := e.Stage(t.Context(), "307110102001/000009", make([]mulu.Item, maxColumns+1), Base{}); err == nil {
			t.Error("more items than a table takes")
		}
		if _, err := e.Stage(t.Context(), "307110102001/000009", nil, Base{}); err == nil {
			t.Error("no items at all")
		}
	})
	t.Run("many values in a filter", func(t *testing.T) {
		e := open(t, t.TempDir())
		defer e.Close()
		var rows []Row
		var ids []string
		for i := range 1500 {
			rows = append(rows, Row{fmt.Sprintf("%06d", i), "1", "", ""})
			ids = append(ids, fmt.Sprintf("%06d", i*2))
		}
		v := begin(t, e, 1, items, Base{}, rows...)
		q := Query{Items: []string{"id"}, Filters: []mulu.Filter{{Item: "id", Values: ids}, {Item: "name", Values: []string{""}}}, Limit: MaxLimit}
		if page, err := e.Query(t.Context(), v, q); err != nil || len(page.Rows) != 750 {
			t.Fatalf("%d rows, %v", len(page.Rows), err)
		}
		q.Filters[0].Values = make([]string, maxValues+1)
		if _, err := e.Query(t.Context(), v, q); err == nil {
			t.Fatal("more values than a query takes")
		}
	})
	t.Run("scan", func(t *testing.T) {
		e := open(t, t.TempDir())
		defer e.Close()
		v := begin(t, e, 1, items, Base{}, Row{"1", "1", "甲", ""}, Row{"2", "1", "乙", ""}, Row{"3", "1", "丙", ""})
		enough := errors.New("enough")
		seen := 0
		err := e.Scan(t.Context(), v, []string{"name", "id"}, func(r Row) error {
			if seen++; seen == 2 {
				if !slices.Equal(r, Row{"乙", "2"}) {
					t.Errorf("%q", r)
				}
				return enough
			}
			return nil
		})
		if !errors.Is(err, enough) || seen != 2 {
			t.Fatalf("%d seen, %v", seen, err)
		}
		none := func(Row) error { t.Error("a row of nothing"); return nil }
		if err := e.Scan(t.Context(), v, []string{"nothing"}, none); !errors.Is(err, ErrNoItem) {
			t.Error(err)
		}
		if err := e.Scan(t.Context(), v, nil, none); err == nil {
			t.Error("no items were scanned")
		}
		if err := e.Scan(t.Context(), Version{v.Entry, 2, v.Digest}, []string{"id"}, none); !errors.Is(err, ErrNoVersion) {
			t.Error(err)
		}
		if _, err := e.Items(t.Context(), Version{v.Entry, 2, v.Digest}); !errors.Is(err, ErrNoVersion) {
			t.Error(err)
		}
	})
}

func conformBreaks(t *testing.T, open func(t *testing.T, dir string) Engine) {
	items := conformItems
	row := Row{"1", "1", "甲", ""}
	t.Run("given up at any point, nothing is visible and the base serves", func(t *testing.T) {
		e := open(t, t.TempDir())
		defer e.Close()
		one := begin(t, e, 1, items, Base{}, row)
		for point := range 5 {
			for _, mode := range []string{"replace", "append", "upsert"} {
				ctx, cancel := context.WithCancel(t.Context())
				s, err := e.Stage(ctx, one.Entry, items, Base{one, mode})
				if err != nil {
					t.Fatal(err)
				}
				steps := []func() error{
					func() error {
						for i := range 20_000 { // enough that something must reach the engine
							if err := s.Add(ctx, Row{fmt.Sprint(100 + i), "1", strings.Repeat("值", 20), ""}); err != nil {
								return err
							}
						}
						return nil
					},
					func() error { _, err := s.Duplicates(ctx, 5); return err },
					func() error { return s.Scan(ctx, func(Row) error { return nil }) },
					func() error { return s.Publish(ctx, 2, strings.Repeat("cd", 32)) },
				}
				for i, step := range steps {
					if i == point {
						cancel()
					}
					if err := step(); i < point && err != nil || i == point && err == nil {
						t.Fatalf("%s, step %d, given up before %d: %v", mode, i, point, err)
					}
					if i == point {
						break
					}
				}
				cancel()
				if err := s.Discard(); err != nil {
					t.Fatal(err)
				}
				list, err := e.Versions(t.Context(), one.Entry)
				if err != nil {
					t.Fatal(err)
				}
				for _, v := range list {
					if v != one && point < 4 {
						t.Fatalf("%s, given up before step %d: %s is there", mode, point, v)
					}
				}
				if err := e.Drop(t.Context(), Version{one.Entry, 2, strings.Repeat("cd", 32)}); err != nil {
					t.Fatal(err)
				}
			}
		}
		holds(t, e, one, items, row)
	})
	t.Run("out of turn", func(t *testing.T) {
		e := open(t, t.TempDir())
		defer e.Close()
		s := staged(t, e, items, Base{}, row)
		if err := s.Add(t.Context(), row[:3]); err == nil {
			t.Error("a row with a value too few")
		}
		if s.Publish(t.Context(), 1, strings.Repeat("ab", 32)) == nil || s.Scan(t.Context(), func(Row) error { return nil }) == nil || s.Remove(t.Context(), nil) == nil {
			t.Error("before it was looked through for duplicates")
		}
		if _, err := s.Duplicates(t.Context(), 5); err != nil {
			t.Fatal(err)
		}
		if err := s.Remove(t.Context(), []int64{99}); err != nil {
			t.Errorf("a number of no row: %v", err)
		}
		if s.Publish(t.Context(), 1, strings.Repeat("ab", 32)) == nil {
			t.Error("published without looking again after Remove")
		}
		if _, err := s.Duplicates(t.Context(), 5); err != nil {
			t.Fatal(err)
		}
		v := finish(t, s, 1)
		if s.Add(t.Context(), row) == nil || s.Publish(t.Context(), 2, v.Digest) == nil || s.Discard() != nil {
			t.Error("after Publish a stage takes nothing, and discarding it does nothing")
		}
		holds(t, e, v, items, row)
	})
	t.Run("two loads of one entry at once", func(t *testing.T) {
		e := open(t, t.TempDir())
		defer e.Close()
		one := begin(t, e, 1, items, Base{}, row)
		var wait sync.WaitGroup
		for range 3 {
			wait.Go(func() {
				s, err := e.Stage(t.Context(), one.Entry, items, Base{one, "append"})
				if err != nil {
					t.Error(err)
					return
				}
				defer s.Discard()
				if err := s.Add(t.Context(), Row{"2", "1", "", ""}); err != nil {
					t.Error(err)
				}
				if d, err := s.Duplicates(t.Context(), 1); err != nil || len(d) > 0 {
					t.Errorf("%v, %v", d, err)
				}
				d := NewDigest(sm.New())
				d.Add(row)
				d.Add(Row{"2", "1", "", ""})
				if err := s.Publish(t.Context(), 2, d.Hex()); err != nil {
					t.Error(err)
				}
			})
		}
		wait.Wait()
		list, err := e.Versions(t.Context(), one.Entry)
		if err != nil || len(list) != 2 {
			t.Fatalf("%v, %v", list, err)
		}
		holds(t, e, list[1], items, row, Row{"2", "1", "", ""})
	})
	t.Run("closed", func(t *testing.T) {
		dir := t.TempDir()
		e := open(t, dir)
		one := begin(t, e, 1, items, Base{}, row)
		open2 := staged(t, e, items, Base{}, row)
		if err := e.Close(); err != nil {
			t.Fatal(err)
		}
		_ = open2.Discard()
		if _, err := e.Query(t.Context(), one, Query{Items: []string{"id"}, Limit: 1}); err == nil {
			t.Error("a closed engine answers")
		}
		e = open(t, dir)
		defer e.Close()
		holds(t, e, one, items, row)
		if list, err := e.Versions(t.Context(), one.Entry); err != nil || len(list) != 1 {
			t.Errorf("%v, %v", list, err)
		}
	})
}
