package intake

import (
	"bufio"
	"encoding/binary"
	"errors"
	"io"
)

// Bounds of Parquet. Pages of a few bytes may stand for millions of values, so values are made one by one as rows are read, and
// what is held is the present page of each column and its dictionary.
const (
	maxFooter = 16 << 20
	maxNodes  = 2 << 20   // values in the footer
	maxPage   = 64 << 20  // bytes of a page
	maxHeld   = 512 << 20 // bytes of all pages and dictionaries held at a time
	maxRows   = 100_000_000
	maxCells  = 2_000_000_000 // values of a file: a column of one value takes no bytes, but time
)

// parquetTable reads flat columns. It is an own reader because the library of the exports, like most, trusts the counts that a page
// states: forty bytes make it ask for gigabytes.
type parquetTable struct {
	chosen
	f       File
	form    Form
	columns []string
	sorts   []sort
	groups  []group
	chunks  []*chunk // of the present group; nil before the first
	left    int64    // rows of the present group not yet read
	line    int64
	held    int
	values  []string
	codecs  codecs
}

// group is a row group: some rows, a chunk for each column.
type group struct {
	rows   int64
	chunks []place
}

// place is where a chunk stands in the file.
type place struct {
	from, size int64
	codec      int64
}

func openParquet(f File, form Form) (Table, error) {
	footer, err := readFooter(f)
	if err != nil {
		return nil, err
	}
	t := &parquetTable{f: f, form: form}
	if err := t.schema(footer.at(2).list); err != nil {
		return nil, err
	}
	if err := t.layOut(footer.at(4).list); err != nil {
		return nil, err
	}
	t.values = make([]string, len(t.columns))
	return t, nil
}

func readFooter(f File) (node, error) {
	size := f.Size()
	if size < 12 {
		return node{}, fault("damaged", 0)
	}
	tail := make([]byte, 8)
	if _, err := f.ReadAt(tail, size-8); err != nil && err != io.EOF {
		return node{}, fault("damaged", 0)
	}
	switch string(tail[4:]) {
	case "PAR1":
	case "PARE":
		return node{}, fault("encrypted", 0)
	default:
		return node{}, fault("damaged", 0)
	}
	long := int64(binary.LittleEndian.Uint32(tail))
	switch {
	case long > size-12:
		return node{}, fault("damaged", 0)
	case long > maxFooter:
		return node{}, fault("parquet_large", 0)
	}
	r := bufio.NewReader(io.NewSectionReader(f, size-8-long, long))
	n, err := (&thrift{r: r, left: int(long), nodes: maxNodes}).structure()
	if err != nil {
		return node{}, fault("damaged", 0)
	}
	return n, nil
}

// schema reads the columns. The first element is the root, whose children must be columns.
func (t *parquetTable) schema(all []node) error {
	if len(all) == 0 {
		return fault("damaged", 0)
	}
	var header []string
	for _, e := range all[1:] {
		name := string(e.at(4).bytes)
		const repeated = 2
		if e.at(5).number > 0 || e.at(3).number == repeated {
			return fault("parquet_nested", 0, clip(name))
		}
		s, ok := sortOf(e)
		if !ok {
			return fault("parquet_type", 0, clip(name))
		}
		header, t.sorts = append(header, name), append(t.sorts, s)
	}
	var err error
	t.columns, err = allNames(header)
	return err
}

// layOut finds the chunks of each group and bounds the rows.
func (t *parquetTable) layOut(groups []node) error {
	rows := int64(0)
	for _, g := range groups {
		n := g.at(3).number
		list := g.at(1).list
		if n < 0 || len(list) != len(t.columns) || n > maxRows {
			return fault("damaged", 0)
		}
		if rows += n; rows > maxRows || rows*int64(len(t.columns)) > maxCells {
			return fault("parquet_large", 0)
		}
		var out group
		out.rows = n
		for _, c := range list {
			m := c.at(3)
			p := place{from: m.at(9).number, size: m.at(7).number, codec: m.at(4).number}
			if d := m.at(11).number; d > 0 && d < p.from {
				p.from = d
			}
			if len(c.at(1).bytes) > 0 || p.from < 4 || p.size < 0 || p.from > t.f.Size() || p.size > t.f.Size()-p.from {
				return fault("damaged", 0)
			}
			out.chunks = append(out.chunks, p)
		}
		t.groups = append(t.groups, out)
	}
	return nil
}

func (t *parquetTable) Columns() []string { return t.columns }
func (t *parquetTable) Form() Form        { return t.form }
func (t *parquetTable) Close() error      { t.codecs.close(); return nil }

func (t *parquetTable) Next() (Row, error) {
	for {
		for t.left == 0 {
			if len(t.groups) == 0 {
				return Row{}, io.EOF
			}
			t.begin(t.groups[0])
			t.groups = t.groups[1:]
		}
		t.left--
		t.line++
		if err := t.row(); err != nil {
			return Row{}, err
		}
		if !blank(t.values) {
			return Row{t.line, t.values}, nil
		}
	}
}

func (t *parquetTable) begin(g group) {
	t.left, t.held = g.rows, 0
	t.chunks = t.chunks[:0]
	for i, p := range g.chunks {
		c := &chunk{table: t, sort: t.sorts[i], codec: p.codec}
		if t.wants(i) {
			c.r = bufio.NewReaderSize(io.NewSectionReader(t.f, p.from, p.size), 64<<10)
		}
		t.chunks = append(t.chunks, c)
	}
}

// row reads a value of every column, also behind one that is a flaw.
func (t *parquetTable) row() error {
	var first *Flaw
	size := 0
	for i, c := range t.chunks {
		t.values[i] = ""
		if c.r == nil {
			continue
		}
		raw, null, err := c.next()
		if err != nil {
			var f *Fault
			if !errors.As(err, &f) {
				f = fault("damaged", 0)
			}
			return f
		}
		if null {
			continue
		}
		v, why := c.sort.text(raw)
		if why != "" {
			if first == nil {
				first = flaw(t.line, t.columns[i], v, why)
			}
			continue
		}
		if size += len(v); size > maxRecord {
			return fault("record", t.line, maxRecord>>20)
		}
		t.values[i] = v
	}
	if first != nil {
		return first
	}
	return nil
}
