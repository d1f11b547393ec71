package source

import (
	"errors"
	"fmt"
	"io"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"mulu"
	"mulu/platform"
)

func pulled(t *testing.T, p *Pull) (ids []string) {
	t.Helper()
	defer p.Close()
	at := slices.Index(p.Columns(), "id")
	for {
		r, err := p.Next()
		if err == io.EOF {
			return ids
		}
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, r.Values[at])
	}
}

func TestPullsWholeAndWhatIsNew(t *testing.T) {
	onEach(t, func(t *testing.T, s *server) {
		for _, mark := range []string{"changed", "n"} {
			fill(t, s, 20)
			now := time.Date(2026, 11, 25, 8, 0, 0, 0, time.UTC)
			src := s.open(t, Config{Now: func() time.Time { return now }})
			b := bound("owner", "people")
			b.Mark, b.Plan = mark, Plan{Every: 30}
			if err := src.Bind(t.Context(), b, "002", content()); err != nil {
				t.Fatal(err)
			}
			if due, _ := src.Due(now); !slices.Equal(due, []string{entry}) {
				t.Fatalf("due: %v", due)
			}
			p, err := src.Pull(t.Context(), entry, content(), false)
			if err != nil {
				t.Fatal(err)
			}
			if ids := pulled(t, p); len(ids) != 20 || !p.Whole || ids[0] != id(0) || ids[19] != id(19) {
				t.Fatalf("%v", ids)
			}
			again, err := src.Pull(t.Context(), entry, content(), false)
			if err != nil {
				t.Fatal(err)
			}
			if ids := pulled(t, again); len(ids) != 20 || !again.Whole { // what was not published was not had
				t.Fatalf("%v", ids)
			}
			if err := src.Published(p); err != nil {
				t.Fatal(err)
			}
			if due, next := src.Due(now); len(due) != 0 || !next.Equal(now.Add(30*time.Minute)) {
				t.Fatalf("due: %v, next %v", due, next)
			}
			s.exec(t, "UPDATE people SET changed = '2026-11-24 00:00:00', n = 9007199254750000 WHERE id = '"+id(3)+"'",
				"INSERT INTO people (id, n, changed) VALUES ('x', 9007199254750001, '2026-11-24 00:00:01')")
			p, err = src.Pull(t.Context(), entry, content(), false)
			if err != nil {
				t.Fatal(err)
			}
			want := []string{id(3), "x"}
			if mark == "changed" { // others may have come in the same moment
				want = []string{id(3), id(19), "x"}
			}
			if ids := pulled(t, p); !slices.Equal(ids, want) || p.Whole {
				t.Fatalf("%v", ids)
			}
			if err := src.Published(p); err != nil {
				t.Fatal(err)
			}
			// It is kept, with the binding it is of.
			reopened, err := Open(src.cfg)
			if err != nil {
				t.Fatal(err)
			}
			past := reopened.Past(entry)
			if past.Mark != p.Mark() || past.Mark == "" || !past.Done.Equal(now) {
				t.Fatalf("%+v", past)
			}
			if err := src.Failed(entry, "提供方的数据源暂时不能连接"); err != nil {
				t.Fatal(err)
			}
			if past := src.Past(entry); past.Mark != p.Mark() || past.Trouble == "" {
				t.Fatalf("%+v", past)
			}
			if err := src.Bind(t.Context(), b, "002", content()); err != nil {
				t.Fatal(err)
			}
			if p, err = src.Pull(t.Context(), entry, content(), false); err != nil {
				t.Fatal(err)
			}
			if ids := pulled(t, p); len(ids) != 21 || !p.Whole {
				t.Fatalf("after binding anew: %v", ids)
			}
			s.exec(t, "DROP TABLE people")
		}
	})
}

// A pull is of one moment, whatever is written meanwhile, and one at a time runs on a connection.
func TestPullsAreOfOneMoment(t *testing.T) {
	onEach(t, func(t *testing.T, s *server) {
		if s.sort == SQLite {
			s.exec(t, "PRAGMA journal_mode = wal")
		}
		fill(t, s, 3000)
		src := s.open(t, Config{})
		if err := src.Bind(t.Context(), bound("owner", "people"), "002", content()); err != nil {
			t.Fatal(err)
		}
		p, err := src.Pull(t.Context(), entry, content(), true)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := p.Next(); err != nil {
			t.Fatal(err)
		}
		s.exec(t, "DELETE FROM people WHERE id > '"+id(10)+"'")
		if ids := pulled(t, p); len(ids) != 2999 {
			t.Fatalf("%d rows", len(ids))
		}
		if p, err = src.Pull(t.Context(), entry, content(), true); err != nil {
			t.Fatal(err)
		}
		if got := all(t, src, 100); len(got) != 11 { // a pull keeps nobody from asking
			t.Fatalf("%d rows", len(got))
		}
		if ids := pulled(t, p); len(ids) != 11 {
			t.Fatalf("%d rows", len(ids))
		}
	})
}

func TestPlans(t *testing.T) {
	at := func(s string) time.Time {
		v, err := time.ParseInLocation("2006-01-02 15:04", s, mulu.Shanghai())
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	for _, c := range []struct {
		plan       Plan
		last, next string
	}{
		{Plan{At: "02:30"}, "2026-11-25 02:29", "2026-11-25 02:30"},
		{Plan{At: "02:30"}, "2026-11-25 02:30", "2026-11-26 02:30"},
		{Plan{At: "02:30"}, "2026-12-31 23:00", "2027-01-01 02:30"},
		{Plan{Every: 60}, "2026-11-25 23:30", "2026-11-26 00:30"},
	} {
		if got := c.plan.Next(at(c.last)); !got.Equal(at(c.next)) {
			t.Errorf("%+v after %s is %s", c.plan, c.last, got)
		}
	}
	if !(Plan{}).Next(at("2026-11-25 00:00")).IsZero() || (Plan{}).due(time.Time{}, time.Now()) {
		t.Error("no plan has a turn")
	}
	for _, p := range []Plan{{Every: 4}, {Every: 10081}, {Every: 5, At: "01:00"}, {At: "24:00"}, {At: "1:00"}, {Every: -5}} {
		if _, ok := p.parse(); ok {
			t.Errorf("%+v was taken", p)
		}
	}
}

func TestNoSecretInTheFile(t *testing.T) {
	s := sourcesOf(t, Config{})
	c := Connection{ID: "a", Org: "002", Sort: Postgres, Address: "db.gov.cn:5432", Database: "d", User: "u"}
	if err := s.Connect(t.Context(), c, "very-secret-word"); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(s.cfg.Path)
	if err != nil || strings.Contains(string(b), "very-secret") {
		t.Fatalf("%s, %v", b, err)
	}
	if info, err := os.Stat(s.cfg.Path); err != nil || info.Mode().Perm() != 0o600 {
		t.Fatal(info, err)
	}
	// A secret never goes to another address than the one it was given for.
	c.Address = "203.0.113.9:5432"
	if err := s.Connect(t.Context(), c, ""); err != nil {
		t.Fatal(err)
	}
	kept, err := s.cfg.Vault.Secret(t.Context(), secretName("a"))
	if err != nil || strings.Contains(string(kept), "very-secret") {
		t.Fatalf("%q, %v", kept, err)
	}
	if _, err := s.Test(t.Context(), "a"); !errors.Is(err, platform.ErrForbidden) {
		t.Fatal(err)
	}
	if err := s.Disconnect(t.Context(), "a"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Test(t.Context(), "a"); err == nil {
		t.Fatal("a connection that was removed was reached")
	}
}

// Types that other databases do not have, and values that lose something when they are not asked for as text.
func TestOddTypes(t *testing.T) {
	for sort, c := range map[string]struct {
		types  []string
		values []string
		want   []string
	}{
		Postgres: {
			[]string{"json", "jsonb", "bytea", "numeric", "double precision", "timestamptz", "timestamp(6)", "uuid", "int[]", "money", "interval", "time", "char(10)", "bit(4)", "point", "real", "mood", "date", "inet"},
			[]string{`'{"a":1.10}'`, `'{"a": 1}'`, `'\x00ff'`, "12345678901234567890.1234567890", "0.1", "'1988-06-01 12:00:00+08'", "'2026-11-23 08:00:00.123456'", "'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'",
				"'{1,2}'", "'1234.50'", "'1 day'", "'08:00'", "'ab'", "B'1010'", "'(1,2)'", "1e30", "'glad'", "'infinity'", "'10.0.0.1'"},
			[]string{`{"a":1.10}`, `{"a": 1}`, "00ff", "12345678901234567890.1234567890", "0.1", "1988-06-01 12:00:00", "2026-11-23 08:00:00.123456", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11",
				"{1,2}", "1234.50", "1 day", "08:00:00", "ab", "1010", "(1,2)", "1e+30", "glad", "infinity", "10.0.0.1/32"},
		},
		MySQL: {
			[]string{"json", "blob", "decimal(30,10)", "double", "timestamp(6)", "datetime(6)", "enum('a','b')", "set('x','y')", "bit(8)", "bigint unsigned", "date", "datetime", "year", "time", "char(10)", "point", "tinyint(1)", "int(5) zerofill", "float", "varchar(10) CHARACTER SET gbk"},
			[]string{`'{"a": 1.10}'`, "x'00ff'", "12345678901234567890.123456789", "0.1", "'2026-11-23 08:00:00.120000'", "'2026-11-23 08:00:00.123456'", "'b'", "'x,y'", "b'10100000'", "18446744073709551615",
				"'0000-00-00'", "'0000-00-00 00:00:00'", "2026", "'-838:59:59'", "'ab'", "Point(116.35, 39.91)", "1", "42", "1.5", "'什刹海'"},
			[]string{`{"a": 1.10}`, "00ff", "12345678901234567890.1234567890", "0.1", "2026-11-23 08:00:00.12", "2026-11-23 08:00:00.123456", "b", "x,y", "160", "18446744073709551615",
				"", "", "2026", "-838:59:59", "ab", "POINT(116.35 39.91)", "1", "00042", "1.5", "什刹海"},
		},
		SQLite: {
			[]string{"", "DATE", "DATETIME", "INTEGER", "REAL", "BLOB", "TEXT", "BOOLEAN", "NUMERIC", "VARCHAR(3)"},
			[]string{"'x'", "'2026-11-23'", "'2026-11-23 08:00:00'", "9007199254740993", "0.1", "x'00ff'", "'00012'", "1", "'00012.50'", "12345"},
			[]string{"x", "2026-11-23", "2026-11-23 08:00:00", "9007199254740993", "0.1", "00ff", "00012", "1", "12.5", "12345"},
		},
	} {
		t.Run(sort, func(t *testing.T) {
			s := newServer(t, sort)
			switch sort {
			case Postgres:
				s.exec(t, "CREATE TYPE mood AS ENUM ('sad', 'glad')")
			case MySQL:
				s.exec(t, "SET GLOBAL sql_mode = ''", "SET SESSION sql_mode = ''", "SET time_zone = '+08:00'")
			}
			b := Binding{Entry: entry, Connection: "owner", Table: "odd", Keys: []string{"id"}, Columns: []Pair{{"id", "id"}}}
			e := &mulu.EntryContent{Items: []mulu.Item{{Field: "id", Type: "I", IsKey: true}}}
			columns, want, items := []string{"id integer PRIMARY KEY"}, platform.Row(nil), []string(nil)
			for i, kind := range c.types {
				name := fmt.Sprintf("c%d", i)
				columns = append(columns, name+" "+kind+map[bool]string{true: " NULL"}[kind == "timestamp(6)" && sort == MySQL])
				e.Items = append(e.Items, mulu.Item{Field: name, Type: "M", Nullable: true})
				b.Columns = append(b.Columns, Pair{name, name})
				items, want = append(items, name), append(want, c.want[i])
			}
			s.exec(t, "CREATE TABLE odd ("+strings.Join(columns, ", ")+")", "INSERT INTO odd VALUES (1, "+strings.Join(c.values, ", ")+")",
				"INSERT INTO odd (id) VALUES (2)")
			src := s.open(t, Config{})
			if err := src.Bind(t.Context(), b, "002", e); err != nil {
				t.Fatal(err)
			}
			page, err := src.Query(t.Context(), entry, e, platform.Query{Items: items, Limit: 5})
			if err != nil || len(page.Rows) != 2 {
				t.Fatal(page, err)
			}
			for i := range want {
				if page.Rows[0][i] != want[i] {
					t.Errorf("%s is %q, want %q", c.types[i], page.Rows[0][i], want[i])
				}
				if page.Rows[1][i] != "" {
					t.Errorf("null of %s is %q", c.types[i], page.Rows[1][i])
				}
				if want[i] == "" || want[i] == "infinity" { // which is no day that anybody can ask for
					continue
				}
				found, err := src.Query(t.Context(), entry, e, platform.Query{Items: []string{"id"}, Limit: 5, Filters: []mulu.Filter{{Item: items[i], Values: []string{want[i]}}}})
				if err != nil || !reflect.DeepEqual(found.Rows, []platform.Row{{"1"}}) {
					t.Errorf("%s by %q: %v, %v", c.types[i], want[i], found.Rows, err)
				}
				none, err := src.Query(t.Context(), entry, e, platform.Query{Items: []string{"id"}, Limit: 5, Filters: []mulu.Filter{{Item: items[i], Values: []string{"' OR 1=1 --", "999", "nothing"}}}})
				if err != nil || len(none.Rows) != 0 {
					t.Errorf("%s by nothing: %v, %v", c.types[i], none.Rows, err)
				}
			}
		})
	}
}
