package source

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"mulu"
	"mulu/platform"
)

func id(i int) string { return fmt.Sprintf("%06d", i) }

// fill puts in rows whose values a database could easily change on the way.
func fill(t *testing.T, s *server, rows int) {
	t.Helper()
	s.table(t, "people")
	var values []string
	for i := range rows {
		live := map[string][2]string{SQLite: {"0", "1"}, Postgres: {"false", "true"}, MySQL: {"0", "1"}}[s.sort][i%2]
		street := []string{"什刹海街道", "新街口街道", ""}[i%3]
		values = append(values, fmt.Sprintf("('%s', '%s', %d, '%d.500000', '2026-11-%02d', '2026-11-23 08:%02d:%02d', %s, 'O''Reilly')",
			id(i), street, 9007199254740993+i, i, i%28+1, i/60%60, i%60, live))
	}
	for chunk := range slices.Chunk(values, 500) {
		s.exec(t, "INSERT INTO people VALUES "+strings.Join(chunk, ", "))
	}
}

func row(i int) platform.Row {
	street := []string{"什刹海街道", "新街口街道", ""}[i%3]
	return platform.Row{id(i), street, fmt.Sprint(9007199254740993 + i), fmt.Sprintf("%d.500000", i), fmt.Sprintf("2026-11-%02d", i%28+1),
		fmt.Sprintf("2026-11-23 08:%02d:%02d", i/60%60, i%60), fmt.Sprint(i % 2), "O'Reilly"}
}

func TestRowsComeExactlyAndPageByPage(t *testing.T) {
	onEach(t, func(t *testing.T, s *server) {
		fill(t, s, 250)
		src := s.open(t, Config{})
		if err := src.Bind(t.Context(), bound("owner", "people"), "002", content()); err != nil {
			t.Fatal(err)
		}
		for _, limit := range []int{1, 7, 125, 249, 250, 251} {
			got := all(t, src, limit)
			if len(got) != 250 {
				t.Fatalf("limit %d: %d rows", limit, len(got))
			}
			for i, r := range got {
				if !slices.Equal(r, row(i)) {
					t.Fatalf("limit %d, row %d is %q, want %q", limit, i, r, row(i))
				}
			}
		}
		for _, c := range []struct {
			filter []mulu.Filter
			want   []int
		}{
			{[]mulu.Filter{{Item: "id", Values: []string{id(7)}}}, []int{7}},
			{[]mulu.Filter{{Item: "id", Values: []string{"7"}}}, nil},
			{[]mulu.Filter{{Item: "id", Values: []string{"' OR 1=1 -- ", `" OR "1"="1`, "`", `\`, "%"}}}, nil},
			{[]mulu.Filter{{Item: "n", Values: []string{fmt.Sprint(9007199254740993 + 4)}}}, []int{4}},
			{[]mulu.Filter{{Item: "n", Values: []string{"009007199254740997", "9007199254740997.0", "x", "", "99999999999999999999999"}}}, nil},
			{[]mulu.Filter{{Item: "sum", Values: []string{"3.500000"}}}, []int{3}},
			{[]mulu.Filter{{Item: "sum", Values: []string{"3.5"}}}, nil},
			{[]mulu.Filter{{Item: "born", Values: []string{"2026-11-02"}}, {Item: "live", Values: []string{"1"}}, {Item: "id", Values: []string{id(1), id(29), id(30)}}}, []int{1, 29}},
			{[]mulu.Filter{{Item: "born", Values: []string{"2023-02-30", "gestern"}}}, nil},
			{[]mulu.Filter{{Item: "changed", Values: []string{"2026-11-23 08:00:05"}}}, []int{5}},
			{[]mulu.Filter{{Item: "name", Values: []string{""}}, {Item: "id", Values: []string{id(1), id(2)}}}, []int{2}},
			{[]mulu.Filter{{Item: "name", Values: nil}}, nil},
			{[]mulu.Filter{{Item: "live", Values: []string{"是"}}}, nil}, // stored is 1
			{[]mulu.Filter{{Item: "note", Values: []string{"O'Reilly"}}, {Item: "id", Values: []string{id(0)}}}, []int{0}},
		} {
			var want []platform.Row
			for _, i := range c.want {
				want = append(want, row(i))
			}
			if got := all(t, src, 10, c.filter...); !reflect.DeepEqual(got, want) {
				t.Errorf("%v: %d rows %q, want %d", c.filter, len(got), got, len(want))
			}
		}
		page, err := src.Query(t.Context(), entry, content(), platform.Query{Items: []string{"note", "id"}, Limit: 1})
		if err != nil || !reflect.DeepEqual(page.Rows, []platform.Row{{"O'Reilly", id(0)}}) {
			t.Errorf("items in the order asked for: %q, %v", page.Rows, err)
		}
	})
}

func TestTextIsComparedExactly(t *testing.T) {
	onEach(t, func(t *testing.T, s *server) {
		s.table(t, "people")
		s.exec(t, "INSERT INTO people (id, name) VALUES ('1', 'abc'), ('2', 'ABC'), ('3', 'abd'), ('4', 'áBc')")
		src := s.open(t, Config{})
		if err := src.Bind(t.Context(), bound("owner", "people"), "002", content()); err != nil {
			t.Fatal(err)
		}
		for name, want := range map[string]string{"abc": "1", "ABC": "2", "áBc": "4"} { // what MySQL takes for equal is not
			got := all(t, src, 1, mulu.Filter{Item: "name", Values: []string{name}})
			if len(got) != 1 || got[0][0] != want {
				t.Errorf("%q: %q", name, got)
			}
		}
	})
}

func TestNamesThatLookLikeSQL(t *testing.T) {
	onEach(t, func(t *testing.T, s *server) {
		evil := []string{`a" FROM x; DROP TABLE people; --`, "b` , (SELECT 1)", `'; DELETE`, "列 名", `\`, "%s"}
		table := `t"; DROP TABLE people; --` + "`"
		columns := []string{"id varchar(20) NOT NULL"}
		b := Binding{Entry: entry, Connection: "owner", Table: table, Keys: []string{"id"}, Columns: []Pair{{"id", "id"}}}
		c := &mulu.EntryContent{Items: []mulu.Item{{Name: "编号", Field: "id", Type: "C", IsKey: true}}}
		for i, e := range evil {
			columns = append(columns, s.quote(e)+" varchar(20)")
			field := fmt.Sprintf("f%d", i)
			c.Items = append(c.Items, mulu.Item{Field: field, Type: "C", Nullable: true})
			b.Columns = append(b.Columns, Pair{field, e})
		}
		s.exec(t, "CREATE TABLE "+s.quote(table)+" ("+strings.Join(columns, ", ")+", PRIMARY KEY (id))",
			"INSERT INTO "+s.quote(table)+" VALUES ('1', 'a', 'b', 'c', 'd', 'e', 'f')")
		src := s.open(t, Config{})
		if err := src.Bind(t.Context(), b, "002", c); err != nil {
			t.Fatal(err)
		}
		page, err := src.Query(t.Context(), entry, c, platform.Query{Items: []string{"f0", "f1", "f2", "f3", "f4", "f5"}, Limit: 2,
			Filters: []mulu.Filter{{Item: "f0", Values: []string{"a"}}, {Item: "f5", Values: []string{"f"}}}})
		if err != nil || !reflect.DeepEqual(page.Rows, []platform.Row{{"a", "b", "c", "d", "e", "f"}}) {
			t.Fatalf("%q, %v", page.Rows, err)
		}
	})
}

func TestKeysOfSeveralColumns(t *testing.T) {
	onEach(t, func(t *testing.T, s *server) {
		s.exec(t, "CREATE TABLE k (a integer NOT NULL, b varchar(20) NOT NULL, d decimal(10,2) NOT NULL, PRIMARY KEY (a, b, d))")
		if s.sort == SQLite {
			s.exec(t, "DROP TABLE k", "CREATE TABLE k (a integer NOT NULL, b varchar(20) NOT NULL, d text NOT NULL, PRIMARY KEY (a, b, d))")
		}
		c := &mulu.EntryContent{Items: []mulu.Item{{Field: "a", Type: "I", IsKey: true}, {Field: "b", Type: "C", IsKey: true}, {Field: "d", Type: "N", IsKey: true}}}
		var want []platform.Row
		for a := range 5 {
			for b := range 5 {
				for d := range 4 {
					want = append(want, platform.Row{fmt.Sprint(a - 2), fmt.Sprint("b", b), fmt.Sprintf("%d.25", d)})
					s.exec(t, fmt.Sprintf("INSERT INTO k VALUES (%s, '%s', '%s')", want[len(want)-1][0], want[len(want)-1][1], want[len(want)-1][2]))
				}
			}
		}
		src := s.open(t, Config{})
		b := Binding{Entry: entry, Connection: "owner", Table: "k", Keys: []string{"a", "b", "d"}, Columns: []Pair{{"a", "a"}, {"b", "b"}, {"d", "d"}}}
		if err := src.Bind(t.Context(), b, "002", c); err != nil {
			t.Fatal(err)
		}
		for _, limit := range []int{1, 3, 99} {
			q := platform.Query{Items: []string{"a", "b", "d"}, Limit: limit}
			var got []platform.Row
			for {
				page, err := src.Query(t.Context(), entry, c, q)
				if err != nil {
					t.Fatal(err)
				}
				got = append(got, page.Rows...)
				if q.Place = page.Place; q.Place == "" {
					break
				}
			}
			if !reflect.DeepEqual(got, want) {
				t.Fatalf("limit %d: %d rows, want %d", limit, len(got), len(want))
			}
		}
		// A key that does not tell rows apart is found, not paged over.
		b.Keys = []string{"a"}
		if err := src.Bind(t.Context(), b, "002", c); !errors.Is(err, platform.ErrDrift) {
			t.Fatalf("a key that repeats: %v", err)
		}
	})
}

func TestWhatDoesNotFitIsWithheld(t *testing.T) {
	onEach(t, func(t *testing.T, s *server) {
		s.table(t, "people")
		s.exec(t, fmt.Sprintf("INSERT INTO people (id, name, note) VALUES ('1', '%s', NULL), ('2', '%s', 'ok'), ('%s', 'x', 'y')",
			strings.Repeat("长", 40), "a\x01b", strings.Repeat(" ", 3)))
		src := s.open(t, Config{})
		b := bound("owner", "people")
		if err := src.Bind(t.Context(), b, "002", content()); err != nil {
			t.Fatal(err)
		}
		c := content()
		c.Items[1].Length = 39
		page, err := src.Query(t.Context(), entry, c, platform.Query{Items: []string{"id", "name", "note"}, Limit: 10})
		if err != nil || !reflect.DeepEqual(page.Rows, []platform.Row{{"1", "", ""}, {"2", "", "ok"}}) {
			t.Fatalf("%q, %v", page.Rows, err)
		}
		if w := src.Withheld(entry); w.Values != 2 || w.Rows != 1 {
			t.Errorf("withheld: %+v", w)
		}
		// Nor can what is withheld be found by asking for it.
		page, err = src.Query(t.Context(), entry, c, platform.Query{Items: []string{"id"}, Limit: 10, Filters: []mulu.Filter{{Item: "name", Values: []string{strings.Repeat("长", 40)}}}})
		if err != nil || len(page.Rows) != 0 {
			t.Fatalf("%q, %v", page.Rows, err)
		}
	})
}

func TestDriftIsTold(t *testing.T) {
	onEach(t, func(t *testing.T, s *server) {
		fill(t, s, 3)
		src := s.open(t, Config{})
		b := bound("owner", "people")
		for _, wrong := range []func(*Binding){
			func(b *Binding) { b.Table = "nobody" },
			func(b *Binding) { b.Columns[1].Column = "nothing" },
			func(b *Binding) { b.Keys = []string{"nothing"} },
		} {
			x := b
			x.Columns = slices.Clone(b.Columns)
			wrong(&x)
			if err := src.Bind(t.Context(), x, "002", content()); !errors.Is(err, platform.ErrDrift) {
				t.Errorf("%+v: %v", x, err)
			}
		}
		if err := src.Bind(t.Context(), b, "002", content()); err != nil {
			t.Fatal(err)
		}
		all(t, src, 10)
		s.exec(t, "ALTER TABLE people RENAME COLUMN note TO remark")
		for range 2 {
			if _, err := src.Query(t.Context(), entry, content(), platform.Query{Items: fields(), Limit: 1}); !errors.Is(err, platform.ErrDrift) {
				t.Fatalf("a column that went: %v", err)
			}
		}
		// What does not ask for it is answered still.
		if page, err := src.Query(t.Context(), entry, content(), platform.Query{Items: []string{"id"}, Limit: 9}); err != nil && !errors.Is(err, platform.ErrDrift) {
			t.Fatalf("%v, %v", page, err)
		}
		s.exec(t, "ALTER TABLE people RENAME COLUMN remark TO note")
		if got := all(t, src, 10); len(got) != 3 {
			t.Fatalf("%d rows once it is back", len(got))
		}
		s.exec(t, "DROP TABLE people")
		if _, err := src.Query(t.Context(), entry, content(), platform.Query{Items: fields(), Limit: 1}); !errors.Is(err, platform.ErrDrift) {
			t.Fatalf("a table that went: %v", err)
		}
	})
}

func TestPlacesOfOthersAreRefused(t *testing.T) {
	onEach(t, func(t *testing.T, s *server) {
		fill(t, s, 5)
		src := s.open(t, Config{})
		if err := src.Bind(t.Context(), bound("owner", "people"), "002", content()); err != nil {
			t.Fatal(err)
		}
		page, err := src.Query(t.Context(), entry, content(), platform.Query{Items: []string{"id"}, Limit: 2})
		if err != nil || page.Place == "" {
			t.Fatal(page, err)
		}
		for _, p := range []string{"x", "{}", `{"r":1}`, `{"r":1,"k":["a","b"]}`, `{"r":2,"k":["000001"]}`, `{"r":1,"k":[1]}`, strings.Repeat("x", 9000)} {
			if _, err := src.Query(t.Context(), entry, content(), platform.Query{Items: []string{"id"}, Limit: 2, Place: p}); !errors.Is(err, platform.ErrPlace) {
				t.Errorf("%.40s: %v", p, err)
			}
		}
		if err := src.Bind(t.Context(), bound("owner", "people"), "002", content()); err != nil {
			t.Fatal(err)
		}
		if _, err := src.Query(t.Context(), entry, content(), platform.Query{Items: []string{"id"}, Limit: 2, Place: page.Place}); !errors.Is(err, platform.ErrPlace) {
			t.Errorf("after binding anew: %v", err)
		}
	})
}

func TestSourcesAreOnlyRead(t *testing.T) {
	onEach(t, func(t *testing.T, s *server) {
		fill(t, s, 1)
		cfg := Config{Patience: 8e9, Pool: 1}
		var err error
		if cfg.Reach, err = NewReach([]string{s.reach}); err != nil {
			t.Fatal(err)
		}
		d, err := openDatabase(s.connect, s.secret, cfg)
		if err != nil {
			t.Fatal(err)
		}
		defer d.close()
		for _, statement := range []string{"DELETE FROM people", "INSERT INTO people (id) VALUES ('x')", "DROP TABLE people", "CREATE TABLE y (a integer)"} {
			if _, err := d.db.ExecContext(t.Context(), statement); err == nil {
				t.Errorf("%s was carried out", statement)
			}
		}
	})
}
