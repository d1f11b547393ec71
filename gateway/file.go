package gateway

import (
	"bufio"
	"encoding/csv"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"os"
	"path/filepath"
	"slices"

	"mulu"
	"mulu/platform"
	"mulu/sm"
)

// The formats of a batch file.
const (
	csvFile     = "csv"
	linesFile   = "jsonl"
	parquetFile = "parquet"
)

func kindOf(format string) string {
	switch format {
	case csvFile:
		return "text/csv; charset=utf-8"
	case linesFile:
		return "application/jsonl; charset=utf-8"
	default:
		return "application/vnd.apache.parquet"
	}
}

const asidePrefix = "mulu-batch-"

// sweep removes files that a crash left in the folder where they are built.
func sweep(dir string) error {
	if dir == "" {
		return nil
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("make the folder of batch files: %w", err)
	}
	list, err := os.ReadDir(dir)
	if err != nil {
		return fmt.Errorf("read the folder of batch files: %w", err)
	}
	for _, e := range list {
		if len(e.Name()) > len(asidePrefix) && e.Name()[:len(asidePrefix)] == asidePrefix {
			if err := os.Remove(filepath.Join(dir, e.Name())); err != nil {
				return fmt.Errorf("sweep a batch file that a crash left: %w", err)
			}
		}
	}
	return nil
}

// file is a batch file built aside. It has lost its name from the beginning where the system allows that, so that no crash
// leaves rows lying about; elsewhere it is removed when closed, and swept at the next start.
type file struct {
	name, kind string // for who gets it
	rows       int64
	size       int64
	leave      func() // called when it is closed

	on    *os.File
	named bool // still has a name in the folder
	buf   *bufio.Writer
	sum   hash.Hash
}

func newFile(dir string) (*file, error) {
	on, err := os.CreateTemp(dir, asidePrefix+"*")
	if err != nil {
		return nil, fmt.Errorf("make a batch file: %w", err)
	}
	f := &file{leave: func() {}, on: on, named: os.Remove(on.Name()) != nil, sum: sm.New()}
	f.buf = bufio.NewWriterSize(on, 256<<10)
	return f, nil
}

func (f *file) Write(b []byte) (int, error) {
	f.sum.Write(b)
	n, err := f.buf.Write(b)
	f.size += int64(n)
	return n, err
}

// digest is the hex SM3 of all that was written.
func (f *file) digest() string { return hex.EncodeToString(f.sum.Sum(nil)) }

// send writes the file to w.
func (f *file) send(w io.Writer) error {
	if err := f.buf.Flush(); err != nil {
		return err
	}
	if _, err := f.on.Seek(0, io.SeekStart); err != nil {
		return err
	}
	_, err := io.Copy(w, f.on)
	return err
}

// close gives the file up. A nil file is closed already.
func (f *file) close() {
	if f == nil {
		return
	}
	_ = f.on.Close() // nothing is kept of it
	f.leave()
	if f.named {
		_ = os.Remove(f.on.Name())
	}
}

// table writes rows in one format.
type table interface {
	add(platform.Row) error
	end() error
}

func newTable(w io.Writer, q Request, p *permit) (table, error) {
	switch q.Format {
	case csvFile:
		return newCSV(w, q.BOM, p)
	case linesFile:
		return &lines{w: w, p: p, names: p.names()}, nil
	default:
		return newParquet(w, p.fields), nil
	}
}

// sheet is CSV after RFC 4180 with the field names as header; lines end in LF, so that line ends within values stay as they are.
type sheet struct {
	w       *csv.Writer
	numbers []bool // columns whose values are numbers, which no spreadsheet takes for a formula
	cells   []string
}

func newCSV(w io.Writer, bom bool, p *permit) (table, error) {
	if bom {
		if _, err := io.WriteString(w, "\uFEFF"); err != nil {
			return nil, err
		}
	}
	s := &sheet{w: csv.NewWriter(w), cells: make([]string, len(p.fields))}
	for i, f := range p.fields {
		item, _ := p.content.Item(f)
		s.numbers = append(s.numbers, p.masks[i] == nil && numeric(item))
	}
	return s, s.w.Write(p.fields)
}

// numeric says whether an item's values were checked to be numbers when they were loaded.
func numeric(i mulu.Item) bool { return slices.Contains([]string{"N", "Y", "B", "F", "I"}, i.Type) }

func (s *sheet) add(row platform.Row) error {
	for i, v := range row {
		if s.cells[i] = v; !s.numbers[i] {
			s.cells[i] = inert(v)
		}
	}
	return s.w.Write(s.cells)
}

func (s *sheet) end() error {
	s.w.Flush()
	return s.w.Error()
}

// inert keeps a spreadsheet from executing a value as a formula: an apostrophe goes before what would begin one, in its
// full width too, which some spreadsheets take for the same.
func inert(v string) string {
	for _, r := range v {
		switch r {
		case '=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠':
			return "'" + v
		}
		break
	}
	return v
}

// lines is one JSON object a line, as in the rows of a query.
type lines struct {
	w     io.Writer
	p     *permit
	names [][]byte
	b     []byte
}

func (l *lines) add(row platform.Row) error {
	l.b = append(l.b[:0], '{')
	for i, v := range row {
		if i > 0 {
			l.b = append(l.b, ',')
		}
		l.b = platform.AppendValue(append(l.b, l.names[i]...), v)
	}
	l.b = append(l.b, "}\n"...)
	_, err := l.w.Write(l.b)
	return err
}

func (l *lines) end() error { return nil }
