package platform

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"mulu/platform/pgtest"
	"mulu/sm"
)

// onPostgres opens the engine so that each folder of a test stands for a database of its own.
func onPostgres(t *testing.T, c *pgtest.Cluster) func(*testing.T, string) Engine {
	databases := map[string]string{}
	return func(t *testing.T, dir string) Engine {
		t.Helper()
		if databases[dir] == "" {
			databases[dir] = fmt.Sprint("town", len(databases))
			run(t, c.DSN(), "CREATE DATABASE "+databases[dir])
		}
		p, err := OpenPostgres(c.DSN("dbname="+databases[dir]), 2)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
}

// run runs statements as the server's owner.
func run(t *testing.T, dsn string, texts ...string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	for _, text := range texts {
		if _, err := conn.Exec(t.Context(), text); err != nil {
			t.Fatalf("%s: %v", text, err)
		}
	}
}

func TestPostgresConforms(t *testing.T) { conform(t, onPostgres(t, pgtest.For(t))) }

func TestPostgresAway(t *testing.T) {
	c := pgtest.For(t)
	p, err := OpenPostgres(c.DSN("connect_timeout=2"), 2)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	row := Row{"1", "1", "甲", ""}
	one := begin(t, p, 1, conformItems, Base{}, row)
	q := Query{Items: []string{"name"}, Limit: 1}
	for _, end := range []func() error{c.Stop, c.Kill} {
		s := staged(t, p, conformItems, Base{one, "append"}, Row{"2", "1", "", ""})
		if err := end(); err != nil {
			t.Fatal(err)
		}
		begun := time.Now()
		if _, err := p.Query(t.Context(), one, q); !errors.Is(err, ErrAway) {
			t.Errorf("query: %v", err)
		}
		if err := p.Scan(t.Context(), one, q.Items, func(Row) error { return nil }); !errors.Is(err, ErrAway) {
			t.Errorf("scan: %v", err)
		}
		if _, err := p.Versions(t.Context(), one.Entry); !errors.Is(err, ErrAway) {
			t.Errorf("versions: %v", err)
		}
		if _, err := p.Stage(t.Context(), one.Entry, conformItems, Base{}); !errors.Is(err, ErrAway) {
			t.Errorf("stage: %v", err)
		}
		if err := p.Ping(t.Context()); !errors.Is(err, ErrAway) || strings.Contains(err.Error(), "password") {
			t.Errorf("ping: %v", err)
		}
		if _, err := s.Duplicates(t.Context(), 1); !errors.Is(err, ErrAway) {
			t.Errorf("a load that was cut off: %v", err)
		}
		if err := s.Discard(); err != nil {
			t.Error(err)
		}
		if took := time.Since(begun); took > 10*time.Second {
			t.Errorf("it took %s to say so", took)
		}
		if err := c.Resume(t.Context()); err != nil {
			t.Fatal(err)
		}
		if page, err := p.Query(t.Context(), one, q); err != nil || len(page.Rows) != 1 {
			t.Fatalf("the server is back: %v, %v", page, err)
		}
		if list, err := p.Versions(t.Context(), one.Entry); err != nil || len(list) != 1 {
			t.Fatalf("after a load that was cut off: %v, %v", list, err)
		}
	}
	holds(t, p, one, conformItems, row)
	if n := count(t, c.DSN(), "SELECT count(*) FROM pg_class WHERE relname LIKE 'rows%' AND relkind = 'r'"); n != 1 {
		t.Errorf("%d tables, one version", n)
	}
}

func count(t *testing.T, dsn, text string) (n int) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	if err := conn.QueryRow(t.Context(), text).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestPostgresOpensWithoutAServer(t *testing.T) {
	dsn := "postgres://mulu:s3cret@127.0.0.1:1/none"
	p, err := OpenPostgres(dsn, 2)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	if err := p.Ping(t.Context()); !errors.Is(err, ErrAway) || strings.Contains(err.Error(), "s3cret") {
		t.Errorf("%v", err)
	}
	if _, err := OpenPostgres("postgres://mulu:s3cret@[/", 2); err == nil || strings.Contains(err.Error(), "s3cret") {
		t.Errorf("an address that is none: %v", err)
	}
}

func TestPostgresAlteredTablesAreNotServed(t *testing.T) {
	c := pgtest.For(t)
	rows := []Row{{"1", "1", "甲", "100"}, {"2", "1", "乙", "200"}, {"3", "1", "丙", "300"}}
	free := "ALTER TABLE mulu.rows_1 DISABLE TRIGGER ALL"
	for _, change := range []string{
		"UPDATE mulu.rows_1 SET c3 = '900' WHERE n = 1", "DELETE FROM mulu.rows_1 WHERE n = 2", "TRUNCATE mulu.rows_1",
		"INSERT INTO mulu.rows_1 VALUES (4, '4', '1')", "WITH gone AS (DELETE FROM mulu.rows_1 WHERE n = 3 RETURNING *) INSERT INTO mulu.rows_1 SELECT n, c0, c1, '丁' FROM gone",
		"DROP TABLE mulu.rows_1"} {
		t.Run(change, func(t *testing.T) {
			open := onPostgres(t, c)
			run(t, c.DSN(), "DROP DATABASE IF EXISTS town0")
			dir := t.TempDir()
			p := open(t, dir)
			v := begin(t, p, 1, conformItems, Base{}, rows...)
			holds(t, p, v, conformItems, rows...)
			if conn, err := pgx.Connect(t.Context(), c.DSN("dbname=town0")); err != nil {
				t.Fatal(err)
			} else if _, err = conn.Exec(t.Context(), change); err == nil && !strings.HasPrefix(change, "DROP") {
				t.Error("the table let itself be changed")
			} else {
				conn.Close(t.Context())
			}
			if !strings.HasPrefix(change, "DROP") {
				run(t, c.DSN("dbname=town0"), free, change)
			}
			p.Close()
			p = open(t, dir)
			defer p.Close()
			if _, err := p.Query(t.Context(), v, Query{Items: []string{"id"}, Limit: 1}); !errors.Is(err, ErrAltered) {
				t.Errorf("%v", err)
			}
			if err := p.Drop(t.Context(), v); err != nil {
				t.Errorf("dropping what was altered: %v", err)
			}
		})
	}
}

// A table that its owner writes anew as a whole looks untouched to the server; the digest on the chain tells.
func TestVerifyTrustsNoServer(t *testing.T) {
	c := pgtest.For(t)
	dir := t.TempDir()
	p := onPostgres(t, c)(t, dir)
	defer p.Close()
	rows := []Row{{"1", "1", "甲", "100"}, {"2", "1", "乙", "200"}}
	v := begin(t, p, 1, conformItems, Base{}, rows...)
	if err := Verify(t.Context(), p, v, sm.New()); err != nil {
		t.Fatal(err)
	}
	run(t, c.DSN("dbname=town0"), "ALTER TABLE mulu.rows_1 DISABLE TRIGGER ALL", "UPDATE mulu.rows_1 SET c3 = '900'")
	again, err := OpenPostgres(c.DSN("dbname=town0"), 2)
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	if _, err := again.Query(t.Context(), v, Query{Items: []string{"note"}, Limit: 1}); err != nil {
		t.Fatalf("all rows were written by one transaction: %v", err)
	}
	if err := Verify(t.Context(), again, v, sm.New()); !errors.Is(err, ErrAltered) {
		t.Fatalf("%v", err)
	}
}
