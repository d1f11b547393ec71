package scan

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"mulu"
	"mulu/platform/mariatest"
	"mulu/platform/pgtest"
	"mulu/platform/source"
)

// place is an owner's database to be scanned.
type place struct {
	connection source.Connection
	db         *sql.DB
}

func (p *place) exec(t *testing.T, statements ...string) {
	t.Helper()
	for _, s := range statements {
		if _, err := p.db.ExecContext(t.Context(), s); err != nil {
			t.Fatalf("%.200s: %v", s, err)
		}
	}
}

func (p *place) reader(t *testing.T) *source.Reader {
	t.Helper()
	r, err := source.OpenReader(p.connection, "", source.Anywhere(), 20*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Close() })
	return r
}

func open(t *testing.T, sort string) *place {
	t.Helper()
	p := &place{connection: source.Connection{ID: "owner", Org: "002", Sort: sort, TLS: "off"}}
	var err error
	switch sort {
	case source.SQLite:
		p.connection.TLS, p.connection.Address = "", filepath.Join(t.TempDir(), "owner.db")
		p.db, err = sql.Open("sqlite", p.connection.Address)
	case source.Postgres:
		c := pgtest.For(t)
		p.connection.Address, p.connection.Database, p.connection.User = through(t, filepath.Join(c.Dir(), ".s.PGSQL.5432")), "postgres", "mulu"
		p.db, err = sql.Open("pgx", c.DSN())
	case source.MySQL:
		m := mariatest.For(t)
		first := m.Open("")
		_, err = first.ExecContext(t.Context(), "CREATE DATABASE owner")
		_ = first.Close()
		p.connection.Address, p.connection.Database, p.connection.User = m.Address, "owner", "root"
		p.db = m.Open("owner")
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.db.Close() })
	return p
}

// through makes a socket of the file system reachable by the network.
func through(t *testing.T, socket string) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				behind, err := net.Dial("unix", socket)
				if err != nil {
					return
				}
				defer behind.Close()
				go func() { _, _ = io.Copy(behind, c); _ = behind.Close() }()
				_, _ = io.Copy(c, behind)
			}()
		}
	}()
	return l.Addr().String()
}

var residents = []string{"110102199003070018", "110102198512120023", "11010219770101003X", "110102200002290049", "110102196011110055"}

// town makes the tables of a small office: residents under names that say nothing, a log, a view, an empty one.
func (p *place) town(t *testing.T) {
	t.Helper()
	p.exec(t, "CREATE TABLE t_czrk (bh varchar(18) NOT NULL PRIMARY KEY, xm varchar(50), col3 varchar(18), col4 varchar(20), csrq date, xb varchar(2), sl decimal(10,2))",
		"CREATE TABLE rz (id integer NOT NULL PRIMARY KEY, msg varchar(200))", "CREATE TABLE leer (a varchar(5))",
		"CREATE VIEW v_xm AS SELECT xm FROM t_czrk")
	switch p.connection.Sort {
	case source.Postgres:
		p.exec(t, "COMMENT ON TABLE t_czrk IS '常住人口\n登记表'", "COMMENT ON COLUMN t_czrk.col4 IS '联系电话（手机）'", "CREATE SCHEMA other", "CREATE TABLE other.rz (x jsonb, y int[])")
	case source.MySQL:
		p.exec(t, "ALTER TABLE t_czrk COMMENT = '常住人口\n登记表'", "ALTER TABLE t_czrk MODIFY col4 varchar(20) COMMENT '联系电话（手机）'")
	}
	for i, n := range residents {
		p.exec(t, fmt.Sprintf("INSERT INTO t_czrk VALUES ('%018d', '张%d', '%s', '1380000123%d', '1990-03-0%d', '%d', 1.5)", i, i, n, i, i+1, i%2+1))
	}
}

func content() *mulu.EntryContent {
	return &mulu.EntryContent{Name: "常住人口", Items: []mulu.Item{
		{Name: "编号", Field: "code", Type: "C", Length: 18, IsKey: true}, {Name: "姓名", Field: "name", Type: "C", Length: 50, Nullable: true},
		{Name: "公民身份号码", Field: "number", Type: "C", Length: 18, Nullable: true, Standard: "DE-1"}, {Name: "联系电话", Field: "phone", Type: "C", Length: 20, Nullable: true},
		{Name: "出生日期", Field: "birthday", Type: "D", Nullable: true}, {Name: "性别", Field: "sex", Type: "C", Length: 2, Nullable: true, Standard: "DE-2"},
		{Name: "所属街道", Field: "street", Type: "C", Nullable: true},
	}}
}

// standards are two elements and a code set.
type standards struct{}

func (standards) Element(id string) *mulu.Element {
	return map[string]*mulu.Element{"DE-1": {ID: "DE-1", Name: "身份证号", Type: "C", Format: "citizen_id"}, "DE-2": {ID: "DE-2", Name: "性别代码", Type: "C", CodeSet: "CS-1"}}[id]
}

func (standards) CodeSet(id string) *mulu.CodeSet {
	return &mulu.CodeSet{ID: "CS-1", Values: []mulu.CodeValue{{Code: "0"}, {Code: "1"}, {Code: "2"}, {Code: "9"}}}
}

func terms() Terms {
	return Terms{Sample: 100, CodeSets: []*mulu.CodeSet{standards{}.CodeSet("CS-1")}, Now: func() time.Time { return time.Date(2026, 11, 25, 0, 0, 0, 0, time.UTC) }}
}

func onEach(t *testing.T, do func(t *testing.T, p *place)) {
	for _, sort := range []string{source.SQLite, source.Postgres, source.MySQL} {
		t.Run(sort, func(t *testing.T) { do(t, open(t, sort)) })
	}
}

func TestDatabasesAreScannedProposedAndDrift(t *testing.T) {
	onEach(t, func(t *testing.T, p *place) {
		p.town(t)
		r := p.reader(t)
		res, err := Database(t.Context(), r, "owner", terms())
		if err != nil || len(res.Left) > 0 || res.Version == "" {
			t.Fatalf("%+v, %v", res.Left, err)
		}
		var main Table
		titles := []string{}
		for _, f := range res.Tables {
			titles = append(titles, f.Title())
			if f.Name == "t_czrk" {
				main = f
			}
		}
		pg := p.connection.Sort == source.Postgres
		want := []string{"leer", "rz", "t_czrk", "v_xm"}
		if pg {
			want = []string{"other.rz", "public.leer", "public.rz", "public.t_czrk", "public.v_xm"}
		}
		if !reflect.DeepEqual(titles, want) {
			t.Fatalf("%q", titles)
		}
		if main.Rows != 5 || !main.Exact || len(main.Columns) != 7 || main.View {
			t.Fatalf("%+v", main)
		}
		if p.connection.Sort != source.SQLite && (main.Comment != "常住人口 登记表" || main.Columns[3].Comment != "联系电话（手机）") {
			t.Errorf("comments: %q, %q", main.Comment, main.Columns[3].Comment)
		}
		for i, w := range []mulu.Column{{Name: "bh", Length: 18, IsKey: true}, {Name: "xm", Length: 50, Nullable: true}, {Name: "sl", Length: 10, Nullable: true}} {
			c := main.Columns[[]int{0, 1, 6}[i]]
			if c.Name != w.Name || c.Length != w.Length || c.IsKey != w.IsKey || c.Nullable != w.Nullable || c.Type == "" {
				t.Errorf("%+v", c)
			}
		}
		last := res.Tables[len(res.Tables)-1]
		if !last.View || last.Rows != -1 {
			t.Errorf("%+v", last)
		}

		// No value of a row is in the result.
		b, err := json.Marshal(res)
		if err != nil || strings.Contains(string(b), residents[0]) || strings.Contains(string(b), "张") {
			t.Fatalf("%s, %v", b, err)
		}

		matches := Propose(content(), res.Tables, standards{})
		if len(matches) == 0 || matches[0].Table != "t_czrk" {
			t.Fatalf("%+v", matches)
		}
		got := map[string]string{}
		for _, q := range matches[0].Proposals {
			var why []string
			for _, r := range q.Reasons {
				if r.Text("zh") == "" || r.Text("en") == "" || strings.Contains(r.Text("zh")+r.Text("en"), "%!") {
					t.Errorf("%+v", r)
				}
				why = append(why, r.Code)
			}
			got[q.Item] = q.Column + " " + strings.Join(why, ",")
		}
		proposed := map[string]string{"code": "bh initials,key", "name": "xm initials", "number": "col3 content", "birthday": "csrq initials,type", "sex": "xb initials,codes",
			"phone": "col4 mentioned,content"}
		if p.connection.Sort == source.SQLite { // which has no comments
			proposed["phone"] = "col4 content"
		}
		if !reflect.DeepEqual(got, proposed) {
			t.Errorf("%q", got)
		}

		// Drift: nothing registered, all of it, and after the database changed.
		came := Drift("002", "S-002-01", "owner", nil, res)
		if len(came) != len(want) || came[0].Sort != "came" || came[0].Now == nil {
			t.Fatalf("%+v", came)
		}
		var registered []mulu.Table
		for i, c := range came {
			n := *c.Now
			n.ID, n.Status = fmt.Sprint("T-002-", i), "present"
			registered = append(registered, n)
		}
		if d := Drift("002", "S-002-01", "owner", registered, res); len(d) != 0 {
			t.Fatalf("%+v", d)
		}
		p.exec(t, "DROP TABLE leer", "ALTER TABLE t_czrk DROP COLUMN sl", "ALTER TABLE t_czrk ADD COLUMN dz varchar(100)", "CREATE TABLE new1 (a integer)")
		if p.connection.Sort != source.SQLite {
			p.exec(t, map[bool]string{true: "ALTER TABLE t_czrk ALTER COLUMN col3 TYPE varchar(30)", false: "ALTER TABLE t_czrk MODIFY col3 varchar(30)"}[pg])
		}
		if res, err = Database(t.Context(), r, "owner", terms()); err != nil {
			t.Fatal(err)
		}
		d := Drift("002", "S-002-01", "owner", registered, res)
		var told []string
		for _, c := range d {
			told = append(told, c.Sort+" "+c.Table)
			for _, s := range c.Columns {
				told = append(told, s.Sort+" "+s.Column+" "+s.What)
			}
		}
		wantDrift := []string{"went leer", "came new1", "changed t_czrk", "changed col3 type", "came dz ", "went sl "}
		if p.connection.Sort == source.SQLite {
			wantDrift = []string{"went leer", "came new1", "changed t_czrk", "came dz ", "went sl "}
		}
		if !reflect.DeepEqual(told, wantDrift) {
			t.Errorf("%q", told)
		}
	})
}

func TestWideAndOddTables(t *testing.T) {
	onEach(t, func(t *testing.T, p *place) {
		most := map[string]int{source.SQLite: 2000, source.Postgres: 1600, source.MySQL: 1000}[p.connection.Sort]
		var columns []string
		for i := range most {
			columns = append(columns, fmt.Sprintf("c%d integer", i))
		}
		quote := func(s string) string {
			if p.connection.Sort == source.MySQL {
				return "`" + strings.ReplaceAll(s, "`", "``") + "`"
			}
			return `"` + strings.ReplaceAll(s, `"`, `""`) + `"`
		}
		odd := `odd"; DROP TABLE wide; --` + "`'"
		p.exec(t, "CREATE TABLE wide ("+strings.Join(columns, ", ")+")", "CREATE TABLE "+quote(odd)+" ("+quote(odd)+" varchar(5), "+quote("列 %s")+" varchar(5))",
			"INSERT INTO "+quote(odd)+" VALUES ('a', 'b')")
		res, err := Database(t.Context(), p.reader(t), "owner", terms())
		if err != nil || len(res.Tables) != 2 || len(res.Left) > 0 {
			t.Fatalf("%d tables, left %+v, %v", len(res.Tables), res.Left, err)
		}
		for _, f := range res.Tables {
			switch f.Name {
			case "wide":
				if len(f.Columns) != most {
					t.Errorf("%d columns", len(f.Columns))
				}
			case odd:
				if f.Columns[0].Name != odd || f.Rows != 1 {
					t.Errorf("%+v", f)
				}
			default:
				t.Errorf("%q", f.Name)
			}
		}
	})
}

func TestTooWideOrOddlyCalledIsNotRegistered(t *testing.T) {
	wide := Table{Name: "wide", Columns: make([]mulu.Column, 10_000)}
	for i := range wide.Columns {
		wide.Columns[i].Name = fmt.Sprint("c", i)
	}
	long := Table{Name: strings.Repeat("长", 129), Columns: []mulu.Column{{Name: "a"}}}
	odd := Table{Name: "odd", Columns: []mulu.Column{{Name: "a\nb"}}}
	for _, c := range Drift("002", "S", "d", nil, Result{Tables: []Table{wide, long, odd}}) {
		if want := map[string]string{"wide": "columns"}[c.Table]; c.Narrow != want && (want != "" || c.Narrow != "name") {
			t.Errorf("%.20s: %q", c.Table, c.Narrow)
		}
	}
	// What could not be looked at this time has not gone.
	registered := []mulu.Table{{ID: "T", System: "S", Database: "d", Name: "locked", Status: "present"}}
	if d := Drift("002", "S", "d", registered, Result{Left: []Left{{Name: "locked"}}}); len(d) != 0 {
		t.Errorf("%+v", d)
	}
}

func TestFolders(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"people.csv": "编号,姓名,公民身份号码,出生日期\n" + strings.Join([]string{"1,张三," + residents[0] + ",1990-03-07", "2,李四," + residents[1] + ",1985-12-12", "3,王五," + residents[2] + ",1977-01-01",
			"4,赵六," + residents[3] + ",2000-02-29", "5,钱七," + residents[4] + ",1960-11-11"}, "\n") + "\n",
		"sub/a.jsonl": `{"x":1}` + "\n" + `{"x":2}` + "\n", "bad.xlsx": "PK\x03\x04 no workbook", "notes.md": "# nothing", ".hidden.csv": "a\n1\n",
		"wide.csv": strings.Repeat("c,", 10_000) + "c\n",
	} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("/etc", filepath.Join(dir, "etc")); err != nil {
		t.Fatal(err)
	}
	res, err := Folder(t.Context(), dir, terms())
	if err != nil || len(res.Tables) != 2 || len(res.Left) != 2 {
		t.Fatalf("%+v, left %+v, %v", res.Tables, res.Left, err)
	}
	people := res.Tables[0]
	if people.Name != "people.csv" || people.Rows != 5 || !people.Exact || people.Columns[3].Type != "date" || people.Columns[2].Type != "text" {
		t.Fatalf("%+v", people)
	}
	m := Propose(content(), res.Tables, standards{})
	if len(m) == 0 || m[0].Table != "people.csv" || len(m[0].Proposals) != 4 || m[0].Proposals[2].Score < 80 {
		t.Fatalf("%+v", m)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Folder(ctx, dir, terms()); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if _, err := Folder(t.Context(), filepath.Join(dir, "nothing"), terms()); err == nil {
		t.Error("a folder that is not there was looked at")
	}
}
