package madeup

import (
	"fmt"
	"io"
	"strings"
	"time"

	"mulu"
)

// Table is made-up rows of an entry, read as CSV as often as wanted.
type Table struct {
	Columns []string // fields of the items
	First   int      // number of the first row
	Rows    int
	Figures bool // about no single things: the rows are others on another day
	fill    func(i int, line []string)
}

// row is what one row is about. What of it is filled in depends on the entry.
type row struct {
	i         int
	day       time.Time // on which the rows are written
	p         Resident
	u         Unit
	community int
	at        Point
	address   string
}

// Table makes up the first rows of an entry as they stand on a day: as many as it is known to have. Where nothing is made up for
// the entry, or for one of its items, that is the error.
func (t *Town) Table(entry string, items []mulu.Item, day time.Time) (*Table, error) {
	s, ok := t.subject(entry)
	if !ok {
		return nil, fmt.Errorf("nothing is made up for the entry %s", entry)
	}
	made := &Table{Rows: s.rows, Figures: s.about == nil}
	cells := make([]func(*row) string, len(items))
	figures := t.figures(entry, day)
	for k, item := range items {
		made.Columns = append(made.Columns, item.Field)
		switch {
		case figures != nil:
			if cells[k] = figures[item.Name]; cells[k] == nil {
				return nil, fmt.Errorf("no figures are made up for %s of %s", item.Name, entry)
			}
		default:
			if cells[k] = t.cell(entry, item); cells[k] == nil {
				return nil, fmt.Errorf("nothing is made up for %s of %s", item.Name, entry)
			}
		}
	}
	var r row // one at a time: a table is read by one reader
	made.fill = func(i int, line []string) {
		r.i, r.day = i, day
		if figures == nil {
			s.about(&r, i)
		}
		for k, cell := range cells {
			line[k] = cell(&r)
		}
	}
	return made, nil
}

// Part is some of the rows.
func (t *Table) Part(first, rows int) *Table {
	part := *t
	part.First, part.Rows = first, rows
	return &part
}

// Row gives the i-th row.
func (t *Table) Row(i int) []string {
	line := make([]string, len(t.Columns))
	t.fill(t.First+i, line)
	return line
}

// CSV reads the table.
func (t *Table) CSV() io.Reader {
	return &reader{table: t, at: -1, line: make([]string, len(t.Columns))}
}

// Size is how many bytes CSV gives.
func (t *Table) Size() (int64, error) { return io.Copy(io.Discard, t.CSV()) }

// reader writes rows as they are asked for.
type reader struct {
	table *Table
	at    int // next row, -1 the header
	line  []string
	buf   []byte
	read  int
}

func (r *reader) Read(into []byte) (int, error) {
	if r.read == len(r.buf) {
		r.buf, r.read = r.buf[:0], 0
		for len(r.buf) < 32<<10 && r.at < r.table.Rows {
			if r.at < 0 {
				r.write(r.table.Columns)
			} else {
				r.table.fill(r.table.First+r.at, r.line)
				r.write(r.line)
			}
			r.at++
		}
		if len(r.buf) == 0 {
			return 0, io.EOF
		}
	}
	n := copy(into, r.buf[r.read:])
	r.read += n
	return n, nil
}

func (r *reader) write(line []string) {
	for k, v := range line {
		if k > 0 {
			r.buf = append(r.buf, ',')
		}
		if strings.ContainsAny(v, "\",\r\n") {
			v = `"` + strings.ReplaceAll(v, `"`, `""`) + `"`
		}
		r.buf = append(r.buf, v...)
	}
	r.buf = append(r.buf, '\n')
}

// Fault makes something wrong with a row. before is the row that stands above it.
type Fault func(line, before []string)

// Spoilt is the table with faults in about so many thousandths of its rows, one fault each, in other rows for another share.
func (t *Table) Spoilt(share int, faults ...Fault) *Table {
	spoilt := *t
	before := make([]string, len(t.Columns))
	spoilt.fill = func(i int, line []string) {
		t.fill(i, line)
		if i > 0 && chance(uint64(9100+share), i, 1000) < share {
			t.fill(i-1, before)
			faults[chance(92, i, len(faults))](line, before)
		}
	}
	return &spoilt
}
