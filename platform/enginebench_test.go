package platform

import (
	"bufio"
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/jackc/pgx/v5"

	"mulu"
	"mulu/platform/pgtest"
	"mulu/sm"
)

// The measurements of the two engines, each beside a bare yardstick in the same run. platform/DESIGN.md has the commands.

// benchRows is how many rows are staged: MULU_BENCH_ROWS, or 1,000,000.
func benchRows(b *testing.B) int {
	if s := os.Getenv("MULU_BENCH_ROWS"); s != "" {
		n, err := strconv.Atoi(s)
		if err != nil {
			b.Fatal(err)
		}
		return n
	}
	return 1_000_000
}

var benchItems = []mulu.Item{
	{Name: "证件号码", Field: "id", Type: "C", Length: 18, IsKey: true, Personal: true, Sensitive: true, Grade: 3},
	{Name: "姓名", Field: "name", Type: "C", Length: 20, Personal: true, Grade: 3},
	{Name: "街道", Field: "street", Type: "C", Length: 20, Grade: 1},
	{Name: "社区", Field: "community", Type: "C", Length: 100, Grade: 1},
	{Name: "出生日期", Field: "born", Type: "D", Grade: 2},
	{Name: "性别", Field: "sex", Type: "I", Length: 1, Grade: 1},
	{Name: "电话", Field: "phone", Type: "C", Length: 100, Nullable: true, Grade: 2},
	{Name: "住址", Field: "address", Type: "C", Length: 200, Grade: 2},
	{Name: "金额", Field: "sum", Type: "N", Length: 12, Nullable: true, Grade: 1},
	{Name: "备注", Field: "note", Type: "M", Nullable: true, Grade: 1},
}

func benchRow(row Row, i int) Row {
	n := strconv.Itoa(1_000_000_000 + i*7919%1_000_000_007)
	return append(row[:0], "11010219"+n[:10], "居民"+n[6:], "街道"+strconv.Itoa(i%15), "社区"+strconv.Itoa(i%261), "1990-01-"+strconv.Itoa(10+i%20),
		strconv.Itoa(1+i%2), "138"+n[:8], "北京市西城区某街"+n[5:]+"号", strconv.Itoa(i%100_000)+".50", "")
}

func stageBench(b *testing.B, e Engine, rows int) Version {
	ctx := context.Background()
	s, err := e.Stage(ctx, "307110102001/000001", benchItems, Base{})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Discard()
	row := make(Row, 0, 10)
	for i := range rows {
		row = benchRow(row, i)
		if err := s.Add(ctx, row); err != nil {
			b.Fatal(err)
		}
	}
	if d, err := s.Duplicates(ctx, 1); err != nil || len(d) > 0 {
		b.Fatal(d, err)
	}
	v := Version{"307110102001/000001", 1, strings.Repeat("ab", 32)}
	if err := s.Publish(ctx, 1, v.Digest); err != nil {
		b.Fatal(err)
	}
	return v
}

// spent is the processor time of this process in seconds: on a machine that others use too, it says more than the clock. What
// a database server spends is not in it.
func spent() float64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return float64(u.Utime.Nano()+u.Stime.Nano()) / 1e9
}

func speed(b *testing.B, rows int, what string, from float64) {
	n := float64(rows) * float64(b.N)
	b.ReportMetric(n/b.Elapsed().Seconds(), what)
	b.ReportMetric((spent()-from)/n*1e9, "cpu-ns/each")
}

func benchEmbedded(b *testing.B, dir string) *Embedded {
	e, err := OpenEmbedded(filepath.Join(dir, "data"), sm.New, 2)
	if err != nil {
		b.Fatal(err)
	}
	e.least = 1 << 40 // writing by columns is measured by itself
	b.Cleanup(func() { e.Close() })
	return e
}

func benchPostgres(b *testing.B) (*Postgres, *pgtest.Cluster) {
	c := pgtest.For(b, "shared_buffers=512MB", "max_wal_size=8GB")
	p, err := OpenPostgres(c.DSN(), 2)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { p.Close() })
	return p, c
}

// BenchmarkStage gives rows per second of staging, indexing and publishing, against rows that are only written.
func BenchmarkStage(b *testing.B) {
	rows := benchRows(b)
	b.Run("bare-sqlite", func(b *testing.B) { // one row a statement, no index, no sync
		from := spent()
		for range b.N {
			db, err := sql.Open("sqlite", dsn(filepath.Join(b.TempDir(), "bare.db"), "_pragma=journal_mode(OFF)&_pragma=synchronous(OFF)"))
			if err != nil {
				b.Fatal(err)
			}
			db.SetMaxOpenConns(1)
			tx, err := db.Begin()
			if err != nil {
				b.Fatal(err)
			}
			if _, err := tx.Exec("CREATE TABLE rows (n INTEGER PRIMARY KEY, " + strings.Join(columns("c%d TEXT", 10), ", ") + ")"); err != nil {
				b.Fatal(err)
			}
			st, err := tx.Prepare("INSERT INTO rows (" + strings.Join(columns("c%d", 10), ", ") + ") VALUES (?,?,?,?,?,?,?,?,?,?)")
			if err != nil {
				b.Fatal(err)
			}
			row, args := make(Row, 0, 10), make([]any, 10)
			for i := range rows {
				row = benchRow(row, i)
				for k, v := range row {
					args[k] = v
				}
				if _, err := st.Exec(args...); err != nil {
					b.Fatal(err)
				}
			}
			if err := tx.Commit(); err != nil {
				b.Fatal(err)
			}
			db.Close()
		}
		speed(b, rows, "rows/s", from)
	})
	b.Run("embedded", func(b *testing.B) {
		from := spent()
		for range b.N {
			stageBench(b, benchEmbedded(b, b.TempDir()), rows)
		}
		speed(b, rows, "rows/s", from)
	})
	b.Run("sealed", func(b *testing.B) { // two of the ten items
		from := spent()
		for range b.N {
			dir := b.TempDir()
			stageBench(b, Seal(benchEmbedded(b, dir), keyring(b, filepath.Join(dir, "vault")), SealsByGrade), rows)
		}
		speed(b, rows, "rows/s", from)
	})
	b.Run("bare-copy", func(b *testing.B) { // pgx's own COPY into a table without index
		_, c := benchPostgres(b)
		conn, err := pgx.Connect(b.Context(), c.DSN())
		if err != nil {
			b.Fatal(err)
		}
		defer conn.Close(context.Background())
		b.ResetTimer()
		from := spent()
		for range b.N {
			if _, err := conn.Exec(b.Context(), "DROP TABLE IF EXISTS bare; CREATE TABLE bare ("+strings.Join(columns("c%d text", 10), ", ")+")"); err != nil {
				b.Fatal(err)
			}
			row := make(Row, 0, 10)
			if _, err := conn.CopyFrom(b.Context(), pgx.Identifier{"bare"}, columns("c%d", 10), pgx.CopyFromSlice(rows, func(i int) ([]any, error) {
				row = benchRow(row, i)
				args := make([]any, 10)
				for k, v := range row {
					args[k] = v
				}
				return args, nil
			})); err != nil {
				b.Fatal(err)
			}
		}
		speed(b, rows, "rows/s", from)
	})
	b.Run("postgres", func(b *testing.B) {
		p, _ := benchPostgres(b)
		b.ResetTimer()
		from := spent()
		for range b.N {
			v := stageBench(b, p, rows)
			b.StopTimer()
			if err := p.Drop(b.Context(), v); err != nil {
				b.Fatal(err)
			}
			b.StartTimer()
		}
		speed(b, rows, "rows/s", from)
	})
}

// BenchmarkRead gives look-ups by key, pages of 100 by street and rows scanned, per second, on each engine.
func BenchmarkRead(b *testing.B) {
	rows := benchRows(b)
	dir := b.TempDir()
	embedded := benchEmbedded(b, dir)
	sealed := Seal(benchEmbedded(b, filepath.Join(dir, "sealed")), keyring(b, filepath.Join(dir, "vault")), SealsByGrade)
	postgres, _ := benchPostgres(b)
	for _, on := range []struct {
		name string
		Engine
	}{{"embedded", embedded}, {"sealed", sealed}, {"postgres", postgres}} {
		v := stageBench(b, on, rows)
		fields := []string{"id", "name", "street", "address"}
		read := func(b *testing.B, q func(i int) Query, want int) {
			if _, err := on.Query(b.Context(), v, q(0)); err != nil { // the version is looked over once
				b.Fatal(err)
			}
			b.ResetTimer()
			from := spent()
			b.RunParallel(func(pb *testing.PB) {
				for i := 0; pb.Next(); i++ {
					if page, err := on.Query(context.Background(), v, q(i)); err != nil || len(page.Rows) != want {
						b.Error(len(page.Rows), err)
						return
					}
				}
			})
			speed(b, 1, "queries/s", from)
		}
		b.Run(on.name+"/key", func(b *testing.B) {
			read(b, func(i int) Query {
				return Query{Items: fields, Limit: 2, Filters: []mulu.Filter{{Item: "id", Values: []string{benchRow(nil, i*7919%rows)[0]}}}}
			}, 1)
		})
		b.Run(on.name+"/page", func(b *testing.B) {
			read(b, func(i int) Query {
				return Query{Items: fields, Limit: 100, After: int64(i * 101 % (rows / 2)), Filters: []mulu.Filter{{Item: "street", Values: []string{fmt.Sprint("街道", i%15)}}}}
			}, 100)
		})
		b.Run(on.name+"/scan", func(b *testing.B) {
			from := spent()
			for range b.N {
				scanned(b, rows, func(yield func(Row) error) error { return on.Scan(b.Context(), v, fields, yield) })
			}
			speed(b, rows, "rows/s", from)
		})
	}
}

func scanned(b *testing.B, rows int, scan func(func(Row) error) error) {
	n := 0
	if err := scan(func(Row) error { n++; return nil }); err != nil || n != rows {
		b.Fatal(n, err)
	}
}

// BenchmarkColumns gives rows per second of writing a version by columns, and of scanning one, four and all items from
// either file: what decides which file a scan reads.
func BenchmarkColumns(b *testing.B) {
	rows, dir := benchRows(b), b.TempDir()
	e := benchEmbedded(b, dir)
	v := stageBench(b, e, rows)
	f, err := e.acquire(v)
	if err != nil {
		b.Fatal(err)
	}
	defer e.release(f)
	path := filepath.Join(dir, "rows.parquet")
	b.Run("write", func(b *testing.B) {
		from := spent()
		for range b.N {
			w, err := os.Create(path)
			if err != nil {
				b.Fatal(err)
			}
			to := bufio.NewWriter(w)
			if _, err := writeParquet(to, benchItems, func(yield func(Row) error) error { return f.scan(b.Context(), all(benchItems), yield) }); err != nil {
				b.Fatal(err)
			}
			if err := to.Flush(); err != nil {
				b.Fatal(err)
			}
			w.Close()
		}
		speed(b, rows, "rows/s", from)
	})
	for _, list := range [][]int{{2}, {0, 1, 2, 7}, all(benchItems)} {
		b.Run(fmt.Sprint("rows.db/", len(list)), func(b *testing.B) {
			from := spent()
			for range b.N {
				scanned(b, rows, func(yield func(Row) error) error { return f.scan(b.Context(), list, yield) })
			}
			speed(b, rows, "rows/s", from)
		})
		b.Run(fmt.Sprint("rows.parquet/", len(list)), func(b *testing.B) {
			from := spent()
			for range b.N {
				scanned(b, rows, func(yield func(Row) error) error { return scanParquet(b.Context(), path, list, yield) })
			}
			speed(b, rows, "rows/s", from)
		})
	}
}
