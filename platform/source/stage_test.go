package source

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"mulu"
	"mulu/platform"
	"mulu/platform/mariatest"
	"mulu/platform/pgtest"
	"mulu/vault"
)

const entry = "307110102001/000001"

// content has items of each kind; all but the key may be empty.
func content() *mulu.EntryContent {
	return &mulu.EntryContent{Name: "居民登记", Items: []mulu.Item{
		{Name: "编号", Field: "id", Type: "C", Length: 20, IsKey: true},
		{Name: "姓名", Field: "name", Type: "C", Length: 40, Nullable: true},
		{Name: "数量", Field: "n", Type: "I", Nullable: true},
		{Name: "金额", Field: "sum", Type: "N", Length: 30, Nullable: true},
		{Name: "出生日期", Field: "born", Type: "D", Nullable: true},
		{Name: "更新时间", Field: "changed", Type: "T", Nullable: true},
		{Name: "在册", Field: "live", Type: "L", Nullable: true},
		{Name: "备注", Field: "note", Type: "M", Nullable: true},
	}}
}

// bound binds each item to the column called as its field.
func bound(connection, table string) Binding {
	b := Binding{Entry: entry, Connection: connection, Table: table, Keys: []string{"id"}}
	for _, i := range content().Items {
		b.Columns = append(b.Columns, Pair{i.Field, i.Field})
	}
	return b
}

func fields() (all []string) {
	for _, i := range content().Items {
		all = append(all, i.Field)
	}
	return all
}

// sourcesOf opens sources that may reach what is listed.
func sourcesOf(t *testing.T, cfg Config, reach ...string) *Sources {
	t.Helper()
	dir := t.TempDir()
	v, err := vault.Open(filepath.Join(dir, "vault"), make([]byte, vault.KeySize), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if cfg.Reach, err = NewReach(reach); err != nil {
		t.Fatal(err)
	}
	cfg.Path, cfg.Vault = filepath.Join(dir, "sources.json"), v
	s, err := Open(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// server is a database of one sort, ready to be bound.
type server struct {
	sort    string
	reach   string
	connect Connection
	secret  string
	exec    func(t *testing.T, statements ...string)
	types   map[string]string // how this database calls the types of content's items
}

func (s *server) open(t *testing.T, cfg Config) *Sources {
	t.Helper()
	src := sourcesOf(t, cfg, s.reach)
	if err := src.Connect(t.Context(), s.connect, s.secret); err != nil {
		t.Fatal(err)
	}
	return src
}

func (s *server) quote(name string) string {
	if s.sort == MySQL {
		return maria{}.quote(name)
	}
	return postgres{}.quote(name)
}

// table makes a table with content's columns.
func (s *server) table(t *testing.T, name string) {
	t.Helper()
	var columns []string
	for _, f := range fields() {
		columns = append(columns, s.quote(f)+" "+s.types[f])
	}
	s.exec(t, "CREATE TABLE "+s.quote(name)+" ("+strings.Join(columns, ", ")+", PRIMARY KEY ("+s.quote("id")+"))")
}

func execOn(db *sql.DB) func(*testing.T, ...string) {
	return func(t *testing.T, statements ...string) {
		t.Helper()
		for _, s := range statements {
			if _, err := db.ExecContext(t.Context(), s); err != nil {
				t.Fatalf("%.200s: %v", s, err)
			}
		}
	}
}

// onEach runs a test on each database there is, each with a schema of its own.
func onEach(t *testing.T, do func(t *testing.T, s *server)) {
	for _, sort := range []string{SQLite, Postgres, MySQL} {
		t.Run(sort, func(t *testing.T) { do(t, newServer(t, sort)) })
	}
}

var (
	clusters sync.Mutex
	number   int
)

func newServer(t *testing.T, sort string) *server {
	t.Helper()
	s := &server{sort: sort, connect: Connection{ID: "owner", Org: "002", Sort: sort, TLS: "off"}}
	clusters.Lock()
	number++
	name := fmt.Sprintf("owner%d", number)
	clusters.Unlock()
	switch sort {
	case SQLite:
		s.connect.TLS = ""
		s.connect.Address = filepath.Join(t.TempDir(), "owner.db")
		s.reach = filepath.Dir(s.connect.Address)
		db, err := sql.Open("sqlite", s.connect.Address)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = db.Close() })
		s.exec = execOn(db)
		s.types = map[string]string{"id": "TEXT NOT NULL", "name": "TEXT", "n": "INTEGER", "sum": "TEXT", "born": "DATE", "changed": "DATETIME", "live": "BOOLEAN", "note": "TEXT"}
	case Postgres:
		cluster := postgresServer(t)
		s.connect.Address, s.connect.Database, s.connect.User, s.secret = through(t, "unix", filepath.Join(cluster.Dir(), ".s.PGSQL.5432")), name, "mulu", "无须"
		s.reach = s.connect.Address
		admin := postgresDB(t, cluster.DSN())
		execOn(admin)(t, "CREATE DATABASE "+name)
		s.exec = execOn(postgresDB(t, strings.Replace(cluster.DSN(), "/postgres?", "/"+name+"?", 1)))
		s.types = map[string]string{"id": "varchar(20) NOT NULL", "name": "text", "n": "bigint", "sum": "numeric", "born": "date", "changed": "timestamp", "live": "boolean", "note": "text"}
	case MySQL:
		m := mariaServer(t)
		db := m.Open("")
		execOn(db)(t, "CREATE DATABASE "+name)
		_ = db.Close()
		db = m.Open(name)
		t.Cleanup(func() { _ = db.Close() })
		s.connect.Address, s.connect.Database, s.connect.User = m.Address, name, "root"
		s.reach = m.Address
		s.exec = execOn(db)
		s.types = map[string]string{"id": "varchar(20) NOT NULL", "name": "varchar(40)", "n": "bigint", "sum": "decimal(30,6)", "born": "date", "changed": "datetime", "live": "tinyint(1)", "note": "text"}
	}
	return s
}

func postgresDB(t *testing.T, dsn string) *sql.DB {
	t.Helper()
	db, err := sql.Open("pgx", dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

// The servers are started once for all tests of the package and ended by TestMain.
var (
	startPostgres = sync.OnceValues(func() (*pgtest.Cluster, error) { return pgtest.Start(context.Background()) })
	startMaria    = sync.OnceValues(func() (*mariatest.Server, error) { return mariatest.Start(context.Background()) })
	postgresUp    *pgtest.Cluster
	mariaUp       *mariatest.Server
)

func postgresServer(t *testing.T) *pgtest.Cluster {
	t.Helper()
	c, err := startPostgres()
	missing(t, err)
	postgresUp = c
	return c
}

func mariaServer(t *testing.T) *mariatest.Server {
	t.Helper()
	m, err := startMaria()
	missing(t, err)
	mariaUp = m
	return m
}

func TestMain(m *testing.M) {
	code := m.Run()
	if postgresUp != nil {
		_ = postgresUp.Close()
	}
	if mariaUp != nil {
		_ = mariaUp.Close()
	}
	os.Exit(code)
}

// missing skips a test whose server is not installed, or fails where nothing may be skipped, as in ./test.
func missing(t *testing.T, err error) {
	t.Helper()
	if (errors.Is(err, pgtest.ErrMissing) || errors.Is(err, mariatest.ErrMissing)) && os.Getenv("MULU_COMPLETE") == "" {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// through listens on a port of this machine and passes on to an address, so that a server behind a socket of the file system
// is reached as one of the network.
func through(t *testing.T, network, address string) string {
	t.Helper()
	return listening(t, func(c net.Conn) {
		behind, err := net.Dial(network, address)
		if err != nil {
			return
		}
		defer behind.Close()
		go func() {
			_, _ = io.Copy(behind, c)
			_ = behind.Close()
		}()
		_, _ = io.Copy(c, behind)
	})
}

// listening serves each connection to a free port of this machine by do, until the test ends.
func listening(t *testing.T, do func(net.Conn)) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	var mu sync.Mutex
	open := map[net.Conn]bool{}
	all.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			mu.Lock()
			open[c] = true
			mu.Unlock()
			all.Go(func() {
				do(c)
				mu.Lock()
				delete(open, c)
				mu.Unlock()
				_ = c.Close()
			})
		}
	})
	t.Cleanup(func() {
		_ = l.Close()
		mu.Lock()
		for c := range open {
			_ = c.Close()
		}
		mu.Unlock()
		all.Wait()
	})
	return l.Addr().String()
}

// all reads an entry page by page.
func all(t *testing.T, s *Sources, limit int, filters ...mulu.Filter) (rows []platform.Row) {
	t.Helper()
	q := platform.Query{Items: fields(), Filters: filters, Limit: limit}
	for range 10_000 {
		page, err := s.Query(t.Context(), entry, content(), q)
		if err != nil {
			t.Fatal(err)
		}
		rows = append(rows, page.Rows...)
		if q.Place = page.Place; q.Place == "" {
			return rows
		}
	}
	t.Fatal("the pages do not end")
	return nil
}

func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		if ok() {
			return
		}
	}
	t.Fatal(what)
}
