package source

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"sync"
	"time"
	"unicode/utf8"

	"mulu/platform"
)

// maxValue bounds one value in bytes, as that of a load.
const maxValue = 64 << 10

// described is how long what a source said of its columns is believed.
const described = 10 * time.Minute

// database is an open connection to a database.
type database struct {
	db       *sql.DB
	d        dialect
	now      func() time.Time
	patience time.Duration

	mu   sync.Mutex // guards seen
	seen map[string]looked
}

// looked is what the columns of a binding were found to be.
type looked struct {
	revision int
	at       time.Time
	columns  map[string]column
}

// openDatabase prepares a connection; nothing is dialled before it is used.
func openDatabase(c Connection, secret string, cfg Config) (*database, error) {
	b := &database{now: cfg.Now, patience: cfg.Patience, seen: map[string]looked{}}
	var err error
	switch c.Sort {
	case Postgres:
		b.d = postgres{}
		b.db, err = openPostgres(c, secret, cfg.Reach, cfg.Patience)
	case MySQL:
		b.d = maria{}
		b.db, err = openMySQL(c, secret, cfg.Reach, cfg.Patience)
	case SQLite:
		b.d = lite{}
		b.db, err = openSQLite(c, cfg.Reach)
	default:
		err = fault("sort", c.Sort)
	}
	if err != nil {
		return nil, err
	}
	b.db.SetMaxOpenConns(cfg.Pool + 1) // and one for a pull
	b.db.SetMaxIdleConns(cfg.Pool)
	b.db.SetConnMaxIdleTime(time.Minute)
	b.db.SetConnMaxLifetime(30 * time.Minute)
	return b, nil
}

func (b *database) close() error { return b.db.Close() }

// ask gives the server's version.
func (b *database) ask(ctx context.Context) (version string, err error) {
	err = b.db.QueryRowContext(ctx, b.d.version()).Scan(&version)
	return version, b.told(err)
}

// look gives the columns of a binding as they are now, or as they were a little while ago.
func (b *database) look(ctx context.Context, x *Binding) (map[string]column, error) {
	b.mu.Lock()
	l, ok := b.seen[x.Entry]
	b.mu.Unlock()
	if ok && l.revision == x.Revision && b.now().Sub(l.at) < described {
		return l.columns, nil
	}
	var names, quoted []string
	add := func(name string) {
		if name != "" && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	for _, p := range x.Columns {
		add(p.Column)
	}
	for _, k := range x.Keys {
		add(k)
	}
	add(x.Mark)
	var list []byte
	for _, n := range names {
		quoted = append(quoted, b.d.quote(n))
	}
	for i, q := range quoted {
		if i > 0 {
			list = append(list, ", "...)
		}
		list = append(list, q...)
	}
	rows, err := b.db.QueryContext(ctx, "SELECT "+string(list)+" FROM "+from(b.d, x)+" LIMIT 0")
	if err != nil {
		return nil, b.told(err)
	}
	defer rows.Close()
	types, err := rows.ColumnTypes()
	if err != nil {
		return nil, b.told(err)
	}
	columns := map[string]column{}
	for i, t := range types {
		columns[names[i]] = column{names[i], t.DatabaseTypeName(), b.d.class(t)}
	}
	if err := rows.Close(); err != nil {
		return nil, b.told(err)
	}
	b.mu.Lock()
	b.seen[x.Entry] = looked{x.Revision, b.now(), columns}
	b.mu.Unlock()
	return columns, nil
}

// forget makes the next look ask the source again.
func (b *database) forget(entry string) {
	b.mu.Lock()
	delete(b.seen, entry)
	b.mu.Unlock()
}

// columnsOf gives the columns behind fields; an item that is bound to none has no values.
func columnsOf(x *Binding, fields []string, at map[string]column) (columns []column, of []int) {
	for _, f := range fields {
		name, ok := x.Column(f)
		if !ok {
			of = append(of, -1)
			continue
		}
		of = append(of, len(columns))
		columns = append(columns, at[name])
	}
	return columns, of
}

func named(names []string, at map[string]column) (columns []column) {
	for _, n := range names {
		columns = append(columns, at[n])
	}
	return columns
}

// page reads rows in the order of the keys until there are enough or none are left. Rows of the database that do not match
// when they are compared as text, or whose key does not fit, are passed over.
func (b *database) page(ctx context.Context, x *Binding, f *fit, q platform.Query) (platform.Page, error) {
	p, err := readPlace(q.Place, x)
	if err != nil {
		return platform.Page{}, err
	}
	at, err := b.look(ctx, x)
	if err != nil {
		return platform.Page{}, err
	}
	var page platform.Page
	for {
		done, err := b.more(ctx, x, f, q, at, &p, &page)
		if err != nil {
			b.forget(x.Entry)
			return platform.Page{}, err
		}
		if done {
			return page, nil
		}
	}
}

// more asks for as many rows as are still wanted and one beyond, which tells whether there is a next page.
func (b *database) more(ctx context.Context, x *Binding, f *fit, q platform.Query, at map[string]column, p *place, page *platform.Page) (done bool, err error) {
	s := &statement{d: b.d}
	keys := named(x.Keys, at)
	for _, filter := range q.Filters {
		name, bound := x.Column(filter.Item)
		if !bound && !slices.Contains(filter.Values, "") || bound && !s.filter(at[name], f.spelled(filter)) {
			return true, nil
		}
	}
	s.filled(keys)
	if len(p.Keys) > 0 && !s.after(keys, p.Keys) {
		return false, fmt.Errorf("go on with %s: %w", x.Entry, platform.ErrPlace)
	}
	shown, of := columnsOf(x, f.fields, at)
	want := q.Limit - len(page.Rows) + 1
	rows, err := b.db.QueryContext(ctx, s.write(from(b.d, x), shown, keys, keys, want), s.args...)
	if err != nil {
		return false, b.told(err)
	}
	defer rows.Close()
	r := newReading(b.d, shown, keys)
	read := 0
	for ; rows.Next(); read++ {
		if err := r.scan(rows); err != nil {
			return false, b.told(err)
		}
		key, err := r.key(x)
		if err != nil {
			return false, err
		}
		if slices.Equal(key, p.Keys) {
			return false, fmt.Errorf("the key columns of %s do not tell rows apart, two have the same values: %w", x.Entry, platform.ErrDrift)
		}
		if len(page.Rows) == q.Limit {
			page.Place = p.String()
			return true, nil
		}
		p.Keys = key
		values := r.values(of)
		if f.row(values) && matches(f.fields, values, q.Filters) {
			page.Rows = append(page.Rows, platform.Row(slices.Clone(values[:len(q.Items)])))
		}
	}
	if err := rows.Err(); err != nil {
		return false, b.told(err)
	}
	return read < want, nil
}

// told gives an error its meaning: one of platform's, or as it is. What a network broke off is away, too.
func (b *database) told(err error) error {
	if err == nil {
		return nil
	}
	if meant := b.d.failed(err); meant != nil && !stopped(err) {
		return meant
	}
	return tell(err)
}

// reading takes rows of a statement apart: the shown columns, then the raw ones.
type reading struct {
	d       dialect
	columns []column
	shown   int
	into    []any
	cells   []any
}

func newReading(d dialect, shown, raw []column) *reading {
	r := &reading{d: d, columns: append(slices.Clone(shown), raw...), shown: len(shown)}
	r.cells = make([]any, len(r.columns))
	for i := range r.cells {
		r.into = append(r.into, &r.cells[i])
	}
	return r
}

func (r *reading) scan(rows *sql.Rows) error { return rows.Scan(r.into...) }

func (r *reading) text(i int) string { return r.d.read(r.cells[i], r.columns[i].class) }

// values gives the values of fields; of says where each stands, -1 nowhere. The slice is new.
func (r *reading) values(of []int) []string {
	v := make([]string, len(of))
	for i, at := range of {
		if at >= 0 {
			v[i] = r.text(at)
		}
	}
	return v
}

// key gives the values of the raw columns.
func (r *reading) key(x *Binding) ([]string, error) {
	var key []string
	size := 0
	for i := r.shown; i < len(r.columns); i++ {
		v := r.text(i)
		size += len(v)
		key = append(key, v)
	}
	if size > maxPlace {
		return nil, fmt.Errorf("a key of %s has %d bytes, at most %d can be gone on after: %w", x.Entry, size, maxPlace, platform.ErrDrift)
	}
	for _, v := range key {
		if !utf8.ValidString(v) {
			return nil, fmt.Errorf("a key of %s is no text: %w", x.Entry, platform.ErrDrift)
		}
	}
	return key, nil
}

// bindable checks what a look found against what a binding needs.
func bindable(x *Binding, at map[string]column) error {
	for _, k := range x.Keys {
		if c := at[k]; !c.class.sorts() {
			return fault("key_type", k, c.kind)
		}
	}
	if x.Mark != "" && !at[x.Mark].class.grows() {
		return fault("mark_type", x.Mark, at[x.Mark].kind)
	}
	return nil
}
