package platform

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

// Query reads one published version.
func (p *Postgres) Query(ctx context.Context, v Version, q Query) (page Page, err error) {
	if q.Limit < 1 || q.Limit > MaxLimit {
		return Page{}, fmt.Errorf("query %s: the limit is %d, it must be 1 to %d", v, q.Limit, MaxLimit)
	}
	err = p.onTable(ctx, v, func(c *pgxpool.Conn, t *table) error {
		text, args, err := t.statement(q)
		if err != nil {
			return err
		}
		rows, err := c.Query(ctx, text, args...)
		if err != nil {
			return err
		}
		page, err = pageOf(rows, q)
		return err
	})
	if err != nil {
		return Page{}, fmt.Errorf("query %s: %w", v, err)
	}
	return page, nil
}

// onTable runs f on a version's table. Where the table has been dropped by another node since it was looked up, the
// version is gone.
func (p *Postgres) onTable(ctx context.Context, v Version, f func(*pgxpool.Conn, *table) error) error {
	return p.read(ctx, func(c *pgxpool.Conn) error {
		t, err := p.find(ctx, c, v)
		if err != nil {
			return err
		}
		err = f(c, t)
		var said *pgconn.PgError
		if errors.As(err, &said) && said.Code == "42P01" {
			p.forget(v)
			return ErrNoVersion
		}
		return err
	})
}

// numbers gives the column numbers of items.
func (t *table) numbers(items []string) ([]int, error) {
	if len(items) == 0 {
		return nil, errors.New("at least one item is asked for")
	}
	list := make([]int, len(items))
	for i, field := range items {
		c, ok := t.at[field]
		if !ok {
			return nil, fmt.Errorf("%w: %q", ErrNoItem, field)
		}
		list[i] = c
	}
	return list, nil
}

// statement builds the SQL of a query. Only generated names and numbers enter its text; values are bound.
func (t *table) statement(q Query) (string, []any, error) {
	list, err := t.numbers(q.Items)
	if err != nil {
		return "", nil, err
	}
	var b strings.Builder
	fmt.Fprintf(&b, "SELECT n, %s FROM %s WHERE n > $1", strings.Join(columnNames(list), ", "), t.name)
	args, count := []any{q.After}, 0
	for _, filter := range q.Filters {
		c, ok := t.at[filter.Item]
		if !ok {
			return "", nil, fmt.Errorf("%w: %q", ErrNoItem, filter.Item)
		}
		if count += len(filter.Values); count > maxValues {
			return "", nil, fmt.Errorf("the filters have more than %d values; ask in several queries", maxValues)
		}
		values, orNull := make([]string, 0, len(filter.Values)), ""
		for _, v := range filter.Values {
			if v == "" {
				orNull = " OR c" + strconv.Itoa(c) + " IS NULL"
			} else {
				values = append(values, v)
			}
		}
		if len(values) == 1 {
			args = append(args, values[0])
			fmt.Fprintf(&b, " AND (c%d = $%d%s)", c, len(args), orNull)
		} else {
			args = append(args, values)
			fmt.Fprintf(&b, " AND (c%d = ANY($%d::text[])%s)", c, len(args), orNull)
		}
	}
	args = append(args, q.Limit+1)
	fmt.Fprintf(&b, " ORDER BY n LIMIT $%d", len(args))
	return b.String(), args, nil
}

// pageOf reads what a statement found: it was asked for one row more than the limit, to know whether there is more.
func pageOf(rows pgx.Rows, q Query) (Page, error) {
	defer rows.Close()
	var found Page
	var last int64
	for rows.Next() {
		if len(found.Rows) == q.Limit {
			found.Next = last
			continue // it is the last one
		}
		cells := rows.RawValues()
		n, err := number(rows.FieldDescriptions()[0], cells[0])
		if err != nil {
			return Page{}, err
		}
		row := make(Row, len(cells)-1)
		for i, c := range cells[1:] {
			row[i] = string(c) // text is the same in both formats of the protocol
		}
		found.Rows, last = append(found.Rows, row), n
	}
	return found, rows.Err()
}

// number reads a bigint in the format in which it came.
func number(f pgconn.FieldDescription, b []byte) (int64, error) {
	if f.Format == pgx.BinaryFormatCode && len(b) == 8 {
		return int64(binary.BigEndian.Uint64(b)), nil
	}
	return strconv.ParseInt(string(b), 10, 64)
}

// Scan gives every row of a version. The connection is busy until it ends.
func (p *Postgres) Scan(ctx context.Context, v Version, items []string, yield func(Row) error) error {
	var enough, broke error // of yield, and of the server after some rows were given: neither is tried again
	err := p.onTable(ctx, v, func(c *pgxpool.Conn, t *table) error {
		if broke != nil {
			return broke
		}
		list, err := t.numbers(items)
		if err != nil {
			return err
		}
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		rows, err := c.Query(ctx, "SELECT "+strings.Join(columnNames(list), ", ")+" FROM "+t.name+" ORDER BY n")
		if err != nil {
			return err
		}
		begun := false
		err = eachRow(rows, len(list), func(r Row) error {
			begun = true
			if enough = yield(r); enough != nil {
				cancel() // else the rest would be read and thrown away
			}
			return enough
		})
		if begun {
			broke = err
		}
		return err
	})
	switch {
	case enough != nil:
		return enough
	case err != nil:
		return fmt.Errorf("scan %s: %w", v, err)
	}
	return nil
}

// eachRow gives the rows of a result to yield and closes it.
func eachRow(rows pgx.Rows, width int, yield func(Row) error) error {
	defer rows.Close()
	row := make(Row, width)
	for rows.Next() {
		for i, c := range rows.RawValues() {
			row[i] = string(c)
		}
		if err := yield(row); err != nil {
			return err
		}
	}
	return rows.Err()
}
