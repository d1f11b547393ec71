package platform

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"sync"

	_ "modernc.org/sqlite" // the driver "sqlite", in pure Go

	"mulu"
)

const (
	maxStatements = 64     // prepared statements kept per version
	maxValues     = 22_000 // values in all filters of one query: a grant may carry 20 lists of 1,000; SQLite binds at most 32,766
)

// file is an open version. once and err belong to the first use; path, items, db and columns do not change after it.
type file struct {
	once    sync.Once
	err     error
	path    string
	items   []mulu.Item
	db      *sql.DB
	columns map[string]int // field name → column number

	rows       int64
	mu         sync.Mutex // guards what follows
	statements map[string]*sql.Stmt
	byColumns  string // path of rows.parquet; "" = it is not written yet
	columnsSum string // its digest, until it was checked

	used    uint64 // guarded by Embedded.mu, as are refs and retired
	refs    int
	retired bool
}

func (f *file) open(path string, items []mulu.Item, cores int) error {
	db, err := sql.Open("sqlite", dsn(path, "mode=ro&immutable=1&_pragma=query_only(1)&_pragma=mmap_size(268435456)"))
	if err != nil {
		return fmt.Errorf("open %s: %w", path, err)
	}
	db.SetMaxOpenConns(cores)
	db.SetMaxIdleConns(cores)
	f.path, f.items, f.db, f.columns, f.statements = path, items, db, map[string]int{}, map[string]*sql.Stmt{}
	for i, item := range items {
		f.columns[item.Field] = i
	}
	if err := db.Ping(); err != nil {
		db.Close()
		return fmt.Errorf("open %s: %w", path, err)
	}
	return nil
}

func dsn(path, options string) string {
	return (&url.URL{Scheme: "file", OmitHost: true, Path: path, RawQuery: options}).String()
}

// retire closes the file as soon as nobody uses it. The caller holds Embedded.mu.
func (f *file) retire() {
	f.retired = true
	if f.refs == 0 {
		f.close()
	}
}

func (f *file) close() {
	if f.db != nil {
		f.db.Close() // statements go with it; a read-only file has nothing to lose
	}
}

func (f *file) query(ctx context.Context, q Query) (Page, error) {
	if q.Limit < 1 || q.Limit > MaxLimit {
		return Page{}, fmt.Errorf("the limit is %d, it must be 1 to %d", q.Limit, MaxLimit)
	}
	text, args, err := f.statement(q)
	if err != nil {
		return Page{}, err
	}
	st, done, err := f.prepared(ctx, text)
	if err != nil {
		return Page{}, err
	}
	defer done()
	rows, err := st.QueryContext(ctx, args...)
	if err != nil {
		return Page{}, err
	}
	defer rows.Close()
	return page(rows, q)
}

// numbers gives the column numbers of items.
func (f *file) numbers(items []string) ([]int, error) {
	if len(items) == 0 {
		return nil, errors.New("at least one item is asked for")
	}
	list := make([]int, len(items))
	for i, field := range items {
		c, ok := f.columns[field]
		if !ok {
			return nil, fmt.Errorf("%w: %q", ErrNoItem, field)
		}
		list[i] = c
	}
	return list, nil
}

// scan gives the columns of every row, in order.
func (f *file) scan(ctx context.Context, columns []int, yield func(Row) error) error {
	db, err := sql.Open("sqlite", dsn(f.path, "mode=ro&immutable=1&_pragma=query_only(1)"))
	if err != nil {
		return err
	}
	defer db.Close()
	rows, err := db.QueryContext(ctx, "SELECT "+strings.Join(columnNames(columns), ",")+" FROM rows ORDER BY n")
	if err != nil {
		return err
	}
	return each(rows, len(columns), yield)
}

// page reads what a statement found: it was asked for one row more than the limit, to know whether there is more.
func page(rows *sql.Rows, q Query) (Page, error) {
	var (
		found Page
		last  int64
		n     int64
		cells = make([]sql.NullString, len(q.Items))
		into  = make([]any, len(q.Items)+1)
	)
	into[0] = &n
	for i := range cells {
		into[i+1] = &cells[i]
	}
	for rows.Next() {
		if len(found.Rows) == q.Limit {
			found.Next = last
			break
		}
		if err := rows.Scan(into...); err != nil {
			return Page{}, err
		}
		row := make(Row, len(cells))
		for i, c := range cells {
			row[i] = c.String
		}
		found.Rows, last = append(found.Rows, row), n
	}
	return found, rows.Err()
}

// statement builds the SQL of a query. Only column numbers and counts enter its text; values are bound.
// Lists are filled up to a power of two, so that few texts occur and their statements are found prepared.
func (f *file) statement(q Query) (string, []any, error) {
	var b strings.Builder
	list, err := f.numbers(q.Items)
	if err != nil {
		return "", nil, err
	}
	b.WriteString("SELECT n," + strings.Join(columnNames(list), ","))
	b.WriteString(" FROM rows WHERE n > ?")
	args := []any{q.After}
	count := 0
	for _, filter := range q.Filters {
		c, ok := f.columns[filter.Item]
		if !ok {
			return "", nil, fmt.Errorf("%w: %q", ErrNoItem, filter.Item)
		}
		if count += len(filter.Values); count > maxValues {
			return "", nil, fmt.Errorf("the filters have more than %d values; ask in several queries", maxValues)
		}
		var values []any
		orNull := ""
		for _, v := range filter.Values {
			if v == "" {
				orNull = " OR c" + strconv.Itoa(c) + " IS NULL"
			} else {
				values = append(values, v)
			}
		}
		fmt.Fprintf(&b, " AND (c%d ", c)
		switch {
		case len(values) == 1:
			b.WriteString("= ?")
		case len(values) == 0:
			b.WriteString("IN ()") // no value at all matches nothing
		default:
			size := 1
			for size < len(values) {
				size *= 2
			}
			for len(values) < size {
				values = append(values, values[len(values)-1])
			}
			b.WriteString("IN (?" + strings.Repeat(",?", size-1) + ")")
		}
		b.WriteString(orNull + ")")
		args = append(args, values...)
	}
	b.WriteString(" ORDER BY n LIMIT ?")
	return b.String(), append(args, q.Limit+1), nil
}

// prepared gives the statement of a text; done releases one that is not kept because enough others are.
func (f *file) prepared(ctx context.Context, text string) (st *sql.Stmt, done func(), err error) {
	f.mu.Lock()
	st, kept := f.statements[text], true
	f.mu.Unlock()
	if st != nil {
		return st, func() {}, nil
	}
	if st, err = f.db.PrepareContext(ctx, text); err != nil {
		return nil, nil, fmt.Errorf("prepare: %w", err)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if _, kept = f.statements[text]; kept || len(f.statements) >= maxStatements {
		return st, func() { st.Close() }, nil
	}
	f.statements[text] = st
	return st, func() {}, nil
}
