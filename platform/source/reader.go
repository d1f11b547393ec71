package source

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"mulu/platform"
)

// Reader is an open database for who looks at it as a whole. Nothing is dialled before it is asked.
type Reader struct {
	d        *database
	sort     string
	patience time.Duration
}

// OpenReader opens a database under the same terms as a connection of a node: listed addresses, read-only, bounded.
func OpenReader(c Connection, secret string, reach *Reach, patience time.Duration) (*Reader, error) {
	if c.Sort == API {
		return nil, fault("sort", c.Sort)
	}
	if err := c.Sound(); err != nil {
		return nil, err
	}
	d, err := openDatabase(c, secret, Config{Reach: reach, Patience: patience, Pool: 1, Now: time.Now})
	if err != nil {
		return nil, err
	}
	return &Reader{d, c.Sort, patience}, nil
}

// Reader opens one of the node's connections for a look as a whole.
func (s *Sources) Reader(ctx context.Context, id string) (*Reader, error) {
	c, ok := s.Connection(id)
	if !ok {
		return nil, fault("connection", id)
	}
	secret, err := s.secret(ctx, c)
	if err != nil {
		return nil, err
	}
	return OpenReader(c, secret, s.cfg.Reach, s.cfg.Patience)
}

// Sort is the sort of database: Postgres, MySQL or SQLite.
func (r *Reader) Sort() string { return r.sort }

// Close ends it.
func (r *Reader) Close() error { return r.d.close() }

// Version asks for the server's version.
func (r *Reader) Version(ctx context.Context) (string, error) {
	ctx, cancel := r.bounded(ctx)
	defer cancel()
	v, err := r.d.ask(ctx)
	return v, r.late(ctx, err)
}

func (r *Reader) bounded(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, r.patience+time.Second)
}

// late tells a source that did not answer from a caller who stopped waiting.
func (r *Reader) late(ctx context.Context, err error) error {
	if err != nil && stopped(err) && ctx.Err() == context.DeadlineExceeded {
		return fmt.Errorf("%w (%w)", platform.ErrSlow, err)
	}
	return err
}

// List carries out a statement of the program's own, whose columns are all text, and gives its rows; null is "".
func (r *Reader) List(ctx context.Context, statement string, args ...any) ([][]string, error) {
	ctx, cancel := r.bounded(ctx)
	defer cancel()
	rows, err := r.d.db.QueryContext(ctx, statement, args...)
	if err != nil {
		return nil, r.late(ctx, r.d.told(err))
	}
	defer rows.Close()
	names, err := rows.Columns()
	if err != nil {
		return nil, r.d.told(err)
	}
	read := newReading(r.d.d, make([]column, len(names)), nil)
	of := make([]int, len(names))
	for i := range of {
		of[i] = i
	}
	var list [][]string
	for rows.Next() {
		if err := read.scan(rows); err != nil {
			return nil, r.late(ctx, r.d.told(err))
		}
		list = append(list, read.values(of))
	}
	return list, r.late(ctx, r.d.told(rows.Err()))
}

// Sample gives up to n rows of some columns as text, each value cut to most characters.
func (r *Reader) Sample(ctx context.Context, schema, table string, columns []string, n, most int) ([][]string, error) {
	x := &Binding{Entry: schema + "\x00" + table + "\x00" + strings.Join(columns, "\x00"), Schema: schema, Table: table, Revision: 1}
	for _, c := range columns {
		x.Columns = append(x.Columns, Pair{c, c})
	}
	limited, cancel := r.bounded(ctx)
	defer cancel()
	at, err := r.d.look(limited, x)
	if err != nil {
		return nil, r.late(limited, err)
	}
	r.d.forget(x.Entry)
	var list []string
	shown := named(columns, at)
	for _, c := range shown {
		list = append(list, r.d.d.cut(r.d.d.show(r.d.d.quote(c.name), c.class), most))
	}
	rows, err := r.d.db.QueryContext(limited, fmt.Sprintf("SELECT %s FROM %s LIMIT %d", strings.Join(list, ", "), from(r.d.d, x), n))
	if err != nil {
		return nil, r.late(limited, r.d.told(err))
	}
	defer rows.Close()
	t := &tableRows{b: r.d, rows: rows, reading: newReading(r.d.d, shown, nil)}
	for i := range shown {
		t.of = append(t.of, i)
	}
	var sample [][]string
	for {
		values, _, err := t.next()
		if err == io.EOF {
			return sample, nil
		}
		if err != nil {
			return nil, r.late(limited, err)
		}
		sample = append(sample, values)
	}
}

// Count counts a table's rows.
func (r *Reader) Count(ctx context.Context, schema, table string) (int64, error) {
	limited, cancel := r.bounded(ctx)
	defer cancel()
	var n int64
	err := r.d.db.QueryRowContext(limited, "SELECT count(*) FROM "+from(r.d.d, &Binding{Schema: schema, Table: table})).Scan(&n)
	return n, r.late(limited, r.d.told(err))
}
