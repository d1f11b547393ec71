package source

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"math/big"
	"slices"
	"sync"
	"time"

	"mulu"
	"mulu/platform"
	"mulu/platform/intake"
)

// rows is what a source gives to a pull: values of fields, and the row's mark.
type rows interface {
	next() (values []string, mark string, err error) // io.EOF at the end
	close() error
}

// Pull is what a source gives of an entry, as a table that a load reads. It belongs to one goroutine. Whole says that it is all
// there is; otherwise it is what came since the mark, to be loaded by key upon the version before.
//
// Values are the source's and are not judged: the load does that, and reports what is wrong.
type Pull struct {
	Entry string
	Whole bool

	fields   []string
	want     []bool
	rows     rows
	mark     string
	revision int
	line     int64
	stall    time.Duration
	timer    *time.Timer
	cancel   context.CancelCauseFunc
	ctx      context.Context
	once     sync.Once
	leave    func()
}

var _ intake.Table = (*Pull)(nil)

// errStalled ends a pull in which nothing came for too long.
var errStalled = fmt.Errorf("no row came for too long: %w", platform.ErrSlow)

// Pull begins to read an entry at its source. It is whole if whole is set, if the binding has no mark, or if what was published
// last came by another binding. One pull runs on a connection at a time. The caller closes it.
func (s *Sources) Pull(ctx context.Context, entry string, content *mulu.EntryContent, whole bool) (*Pull, error) {
	x, ok := s.Binding(entry)
	if !ok {
		return nil, fmt.Errorf("pull %s: %w", entry, platform.ErrUnbound)
	}
	past := s.Past(entry)
	p := &Pull{Entry: entry, Whole: whole || x.Mark == "" || past.Mark == "" || past.Revision != x.Revision, revision: x.Revision, stall: s.cfg.Stall}
	for _, pair := range x.Columns {
		if _, ok := content.Item(pair.Item); ok { // one that the entry no longer has is left
			p.fields = append(p.fields, pair.Item)
		}
	}
	if !p.Whole {
		p.mark = past.Mark
	}
	l, err := s.line(ctx, x.Connection)
	if err != nil {
		return nil, fmt.Errorf("pull %s: %w", entry, err)
	}
	select {
	case l.pulling <- struct{}{}:
	case <-ctx.Done():
		l.refs.Done()
		return nil, fmt.Errorf("pull %s: another pull runs on its connection: %w", entry, ctx.Err())
	}
	p.leave = func() { <-l.pulling; l.refs.Done() }
	if err := p.begin(ctx, l, &x); err != nil {
		p.leave()
		return nil, fmt.Errorf("pull %s: %w", entry, err)
	}
	return p, nil
}

func (p *Pull) begin(ctx context.Context, l *line, x *Binding) error {
	done, err := l.breaker.Allow()
	if err != nil {
		return fmt.Errorf("its connection failed repeatedly and is left alone for a while: %w", platform.ErrAway)
	}
	p.ctx, p.cancel = context.WithCancelCause(ctx)
	p.timer = time.AfterFunc(p.stall, func() { p.cancel(errStalled) })
	p.rows, err = l.owner.pull(p.ctx, x, p.fields, p.mark)
	if err != nil {
		err = p.why(err)
		p.timer.Stop()
		p.cancel(nil)
	}
	done(judged(err))
	return err
}

// why puts the reason for which the pull was ended here in the place of what the driver made of it.
func (p *Pull) why(err error) error {
	if err != nil && err != io.EOF && errors.Is(context.Cause(p.ctx), errStalled) {
		return errStalled
	}
	return err
}

// Columns are the fields of the items that are bound.
func (p *Pull) Columns() []string { return p.fields }

// Next gives the next row, its Line counted from 1; io.EOF at the end.
func (p *Pull) Next() (intake.Row, error) {
	p.timer.Reset(p.stall)
	values, mark, err := p.rows.next()
	if err != nil {
		if err == io.EOF {
			return intake.Row{}, err
		}
		return intake.Row{}, fmt.Errorf("pull %s: %w", p.Entry, p.why(err))
	}
	for i := range values {
		if p.want != nil && !p.want[i] {
			values[i] = ""
		}
	}
	if later(mark, p.mark) {
		p.mark = mark
	}
	p.line++
	return intake.Row{Line: p.line, Values: values}, nil
}

// Only leaves the values of columns that are not wanted empty.
func (p *Pull) Only(want []bool) { p.want = slices.Clone(want) }

// Form is empty: nothing was told from a file.
func (p *Pull) Form() intake.Form { return intake.Form{} }

// Mark is the greatest mark so far, to be kept by Published once the load is.
func (p *Pull) Mark() string { return p.mark }

// Close ends the pull.
func (p *Pull) Close() (err error) {
	p.once.Do(func() {
		p.timer.Stop()
		err = p.rows.close()
		p.cancel(nil)
		p.leave()
	})
	return err
}

// later compares marks: as numbers where both are, else as text, in which times as sources write them are in order.
func later(a, b string) bool {
	if a == "" || b == "" {
		return a != ""
	}
	if decimalForm.MatchString(a) && decimalForm.MatchString(b) {
		x, okX := new(big.Rat).SetString(a)
		y, okY := new(big.Rat).SetString(b)
		if okX && okY {
			return x.Cmp(y) > 0
		}
	}
	return a > b
}

// Past is how far the pulls of an entry came.
func (s *Sources) Past(entry string) Past {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.book.Pulled[entry]
}

// Published keeps a pull's mark, once what it gave is published (or it gave nothing new): the next goes on from there.
func (s *Sources) Published(p *Pull) error {
	return s.change(func(b *book) error {
		past := b.Pulled[p.Entry]
		past.Mark, past.Revision, past.Done, past.Trouble = p.mark, p.revision, s.cfg.Now(), ""
		past.Tried = past.Done
		b.Pulled[p.Entry] = past
		return nil
	})
}

// Failed keeps why an entry's turn came to nothing, in a sentence; the next is by its plan.
func (s *Sources) Failed(entry, why string) error {
	return s.change(func(b *book) error {
		past := b.Pulled[entry]
		past.Tried, past.Trouble = s.cfg.Now(), why
		b.Pulled[entry] = past
		return nil
	})
}

// Due lists the entries whose turn to be pulled has come, and when the next one comes; the zero time is never.
func (s *Sources) Due(now time.Time) (entries []string, next time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, x := range s.book.Bindings {
		last := s.book.Pulled[x.Entry].Tried
		if x.Plan.due(last, now) {
			entries = append(entries, x.Entry)
			last = now
		}
		if n := x.Plan.Next(last); !n.IsZero() && (next.IsZero() || n.Before(next)) {
			next = n
		}
	}
	return entries, next
}

// pull reads in one snapshot, so that what is pulled is the table of one moment.
func (b *database) pull(ctx context.Context, x *Binding, fields []string, mark string) (rows, error) {
	at, err := b.look(ctx, x)
	if err != nil {
		return nil, err
	}
	c, err := b.db.Conn(ctx)
	if err != nil {
		return nil, b.told(err)
	}
	r := &tableRows{b: b, conn: c}
	if err := r.begin(ctx, x, fields, at, mark); err != nil {
		b.forget(x.Entry)
		_ = r.close()
		return nil, b.told(err)
	}
	return r, nil
}

// tableRows is a pull from a database, on a connection of its own that is given up afterwards: its bounds were lifted.
type tableRows struct {
	b       *database
	conn    *sql.Conn
	tx      *sql.Tx
	rows    *sql.Rows
	reading *reading
	of      []int
	marked  bool
}

func (r *tableRows) begin(ctx context.Context, x *Binding, fields []string, at map[string]column, mark string) (err error) {
	s := &statement{d: r.b.d}
	var marks []column
	if r.marked = x.Mark != ""; r.marked {
		marks = named([]string{x.Mark}, at)
		if mark != "" && !s.since(marks[0], mark) {
			return fmt.Errorf("the mark of %s is of another type now: %w", x.Entry, platform.ErrDrift)
		}
	}
	shown, of := columnsOf(x, fields, at)
	r.of, r.reading = of, newReading(r.b.d, shown, marks)
	switch r.b.d.(type) {
	case maria:
		if _, err := r.conn.ExecContext(ctx, "SET SESSION max_statement_time = 0"); err != nil { // MariaDB's word
			if _, err := r.conn.ExecContext(ctx, "SET SESSION max_execution_time = 0"); err != nil {
				return err
			}
		}
		r.tx, err = r.conn.BeginTx(ctx, &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true})
	case postgres:
		if r.tx, err = r.conn.BeginTx(ctx, &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true}); err == nil {
			_, err = r.tx.ExecContext(ctx, "SET LOCAL statement_timeout = 0")
		}
	default:
		r.tx, err = r.conn.BeginTx(ctx, nil)
	}
	if err != nil {
		return err
	}
	r.rows, err = r.tx.QueryContext(ctx, s.write(from(r.b.d, x), shown, marks, named(x.Keys, at), 0), s.args...)
	return err
}

func (r *tableRows) next() ([]string, string, error) {
	if !r.rows.Next() {
		if err := r.rows.Err(); err != nil {
			return nil, "", r.b.told(err)
		}
		return nil, "", io.EOF
	}
	if err := r.reading.scan(r.rows); err != nil {
		return nil, "", r.b.told(err)
	}
	mark := ""
	if r.marked {
		mark = r.reading.text(len(r.reading.columns) - 1)
	}
	return r.reading.values(r.of), mark, nil
}

func (r *tableRows) close() error {
	if r.rows != nil {
		_ = r.rows.Close()
	}
	if r.tx != nil {
		_ = r.tx.Rollback() // nothing was written
	}
	_ = r.conn.Raw(func(any) error { return driver.ErrBadConn })
	return nil
}

// pull reads call by call.
func (w *web) pull(ctx context.Context, x *Binding, fields []string, mark string) (rows, error) {
	r := &webRows{w: w, ctx: ctx, x: x, since: mark, place: place{Revision: x.Revision}, tally: &tally{}}
	r.fields = slices.Clone(fields)
	f := &fit{fields: fields, items: make([]mulu.Item, len(fields))}
	for i := range f.items {
		f.items[i].Nullable = true // a member that no row has is told by the load, which knows what must be filled
	}
	r.pick = newPicker(x, f)
	if x.Mark != "" {
		r.pick.ways = append(r.pick.ways, steps(x.Mark))
		r.pick.items = append(r.pick.items, mulu.Item{})
		r.pick.there = append(r.pick.there, false)
	}
	return r, r.fetch()
}

// webRows is a pull from an interface. One call's rows are held at a time.
type webRows struct {
	w      *web
	ctx    context.Context
	x      *Binding
	fields []string
	since  string
	pick   *picker
	tally  *tally
	place  place
	rows   [][]string
	ended  bool
}

func (r *webRows) fetch() error {
	rows, a, repeats, err := r.w.fetch(r.ctx, r.x, r.place, r.pick, r.tally, nil, r.since)
	if err != nil {
		return err
	}
	if repeats {
		r.ended = true
		return nil
	}
	var more bool
	r.place, more = r.x.Call.following(r.place, a, r.pick.digest())
	r.rows, r.ended = rows, !more
	return nil
}

func (r *webRows) next() ([]string, string, error) {
	for len(r.rows) == 0 {
		if r.ended {
			return nil, "", io.EOF
		}
		if err := r.fetch(); err != nil {
			return nil, "", err
		}
	}
	values := r.rows[0]
	r.rows = r.rows[1:]
	if r.x.Mark != "" {
		return values[:len(r.fields)], values[len(r.fields)], nil
	}
	return values, "", nil
}

func (r *webRows) close() error { return nil }
