package intake

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"unicode/utf8"
)

// records cuts text into records and these into values. A record without quotation marks is cut where it lies; others are
// written anew into scratch.
type records struct {
	r       io.Reader
	comma   byte
	line    int64  // of the record last read, from 1
	bytes   []byte // the record; valid until the next
	starts  []int  // of each value in bytes
	ends    []int
	stray   int  // first value with text after its closing quotation mark; -1: none
	high    bool // not only ASCII
	scratch []byte

	buf      []byte // buf[pos:end] is read and not yet given
	pos, end int
	eof      bool
}

const firstBuffer = 256 << 10

// next reads the next record; io.EOF at the end. Errors are a *Fault or those of the reader.
func (r *records) next() error {
	s := search{comma: r.comma}
	for {
		held := r.buf[r.pos:r.end]
		if s.find(held) {
			r.pos += s.at + 1
			r.take(held[:s.at], s.quotes)
			return nil
		}
		switch err := r.fill(); {
		case err == io.EOF && len(held) == 0:
			return io.EOF
		case err == io.EOF && s.state == inQuotes, err == errFull && s.state == inQuotes:
			return fault("unclosed", r.line+1)
		case err == io.EOF:
			held = r.buf[r.pos:r.end] // fill may have moved it
			r.pos = r.end
			r.take(held, s.quotes)
			return nil
		case err == errFull:
			return fault("record", r.line+1, maxRecord>>20)
		case err != nil:
			return err
		}
	}
}

// nextLine reads the next line whole, whatever quotation marks stand in it.
func (r *records) nextLine() error {
	for searched := 0; ; {
		held := r.buf[r.pos:r.end]
		n := bytes.IndexByte(held[searched:], '\n')
		if n >= 0 {
			r.pos += searched + n + 1
			r.bytes = held[:searched+n]
			r.line++
			return nil
		}
		searched = len(held)
		switch err := r.fill(); {
		case err == io.EOF && searched == 0:
			return io.EOF
		case err == io.EOF:
			r.bytes = r.buf[r.pos:r.end]
			r.pos = r.end
			r.line++
			return nil
		case err == errFull:
			return fault("record", r.line+1, maxRecord>>20)
		case err != nil:
			return err
		}
	}
}

// errFull says that a record is larger than any may be.
var errFull = errors.New("the record is too large")

// fill reads more, keeping what is held from pos on. io.EOF: there is no more.
func (r *records) fill() error {
	if r.eof {
		return io.EOF
	}
	if r.pos > 0 {
		r.end = copy(r.buf, r.buf[r.pos:r.end])
		r.pos = 0
	}
	switch {
	case r.buf == nil:
		r.buf = make([]byte, firstBuffer)
	case r.end >= maxRecord:
		return errFull
	case len(r.buf)-r.end < utf8.UTFMax: // a decoder needs room for a character
		r.buf = append(r.buf, make([]byte, len(r.buf))...)
	}
	for {
		n, err := r.r.Read(r.buf[r.end:])
		r.end += n
		switch {
		case err == io.EOF:
			if r.eof = true; n == 0 {
				return io.EOF
			}
			return nil
		case n > 0 || err != nil:
			return err
		}
	}
}

// search looks for the end of a record. It goes on where it stopped when more text has come.
type search struct {
	comma  byte
	at     int // how far it is looked at; at last the place of the line feed
	state  where
	quotes bool // a value begins with a quotation mark
}

type where byte

const (
	atStart where = iota // of a value
	inValue              // without quotation marks, or after the closing one
	inQuotes
	afterQuotes // after a quotation mark that closes, or is the first of two
)

func (s *search) find(text []byte) bool {
	if !s.quotes { // most records have no quotation mark at all
		n := bytes.IndexByte(text[s.at:], '\n')
		if n >= 0 && bytes.IndexByte(text[s.at:s.at+n], '"') < 0 {
			s.at += n
			return true
		}
	}
	for s.at < len(text) {
		c := text[s.at]
		switch {
		case s.state == inQuotes:
			n := bytes.IndexByte(text[s.at:], '"')
			if n < 0 {
				s.at = len(text)
				return false
			}
			s.at, s.state = s.at+n, afterQuotes
		case c == '\n':
			return true
		case c == s.comma:
			s.state = atStart
		case c == '"' && s.state == atStart:
			s.state, s.quotes = inQuotes, true
		case c == '"' && s.state == afterQuotes:
			s.state = inQuotes
		default:
			s.state = inValue
		}
		s.at++
	}
	return false
}

// take cuts a record into values.
func (r *records) take(record []byte, quotes bool) {
	r.line++
	r.starts, r.ends, r.stray = r.starts[:0], r.ends[:0], -1
	if n := len(record); n > 0 && record[n-1] == '\r' {
		record = record[:n-1]
	}
	if quotes {
		r.unquote(record)
		return
	}
	start, comma, all := 0, r.comma, byte(0)
	starts, ends := r.starts, r.ends
	for i, c := range record {
		all |= c
		if c == comma {
			starts, ends = append(starts, start), append(ends, i)
			start = i + 1
		}
	}
	r.starts, r.ends = append(starts, start), append(ends, len(record))
	r.bytes, r.high = record, all >= utf8.RuneSelf
}

// unquote cuts a record that has values in quotation marks. Line ends inside them become \n.
func (r *records) unquote(record []byte) {
	out := r.scratch[:0]
	for {
		r.starts = append(r.starts, len(out))
		quoted := len(record) > 0 && record[0] == '"'
		if quoted {
			out, record = inside(out, record[1:])
		}
		n := bytes.IndexByte(record, r.comma)
		last := n < 0
		if last {
			n = len(record)
		}
		if quoted && n > 0 && r.stray < 0 {
			r.stray = len(r.ends)
		}
		out = append(out, record[:n]...)
		r.ends = append(r.ends, len(out))
		if last {
			break
		}
		record = record[n+1:]
	}
	r.bytes, r.scratch, r.high = out, out, highByte(out) >= 0
}

// inside appends what stands in quotation marks up to the closing one, and gives what follows it.
func inside(out, text []byte) (value, rest []byte) {
	for {
		n := bytes.IndexByte(text, '"')
		if n < 0 { // the closing one is what search found, so this is not met
			return append(out, text...), nil
		}
		part := text[:n]
		for i := bytes.Index(part, []byte("\r\n")); i >= 0; i = bytes.Index(part, []byte("\r\n")) {
			out, part = append(out, part[:i]...), part[i+1:]
		}
		out, text = append(out, part...), text[n+1:]
		if len(text) == 0 || text[0] != '"' {
			return out, text
		}
		out, text = append(out, '"'), text[1:]
	}
}

// blank says that the values from i on are empty.
func (r *records) blank(from int) bool {
	for i := from; i < len(r.ends); i++ {
		if r.starts[i] != r.ends[i] {
			return false
		}
	}
	return true
}

// cell gives a value; a record may have fewer.
func (r *records) cell(i int) string {
	if i >= len(r.ends) {
		return ""
	}
	return string(r.bytes[r.starts[i]:r.ends[i]])
}

// cells appends the first n values, which share one string.
func (r *records) cells(to []string, n int) []string {
	all := string(r.bytes[:r.ends[n-1]])
	for i := range n {
		to = append(to, all[r.starts[i]:r.ends[i]])
	}
	return to
}

// tellDelimiter sets the delimiter: the one that is named, that a first line "sep=;" names (hint; spreadsheets write it), or
// that the first line with text has most of, outside quotation marks.
func (r *records) tellDelimiter(named string) (hint bool, err error) {
	if named == `\t` || named == "tab" {
		named = "\t"
	}
	if named != "" && (len(named) != 1 || strings.Contains("\"\r\n\\", named) || named[0] >= utf8.RuneSelf || named[0] < ' ' && named != "\t") {
		return false, fault("delimiter", 0, named)
	}
	if err := r.fill(); err != nil && err != io.EOF {
		return false, err
	}
	if held := r.buf[:r.end]; bytes.IndexByte(held, '\n') < 0 && bytes.IndexByte(bytes.TrimRight(held, "\r"), '\r') >= 0 {
		r.r = returns{r.r}
		returned(held)
	}
	head := bytes.TrimLeft(r.buf[:r.end], "\r\n")
	first, _, _ := bytes.Cut(head, []byte{'\n'})
	first = bytes.TrimRight(first, "\r")
	if len(first) == 5 && bytes.EqualFold(first[:4], []byte("sep=")) {
		hint, r.comma = true, first[4]
	}
	if named != "" {
		r.comma = named[0]
		return hint, nil
	}
	if hint {
		return true, nil
	}
	r.comma = ','
	most, quoted := 0, false
	count := map[byte]int{}
	for _, c := range first {
		switch {
		case c == '"':
			quoted = !quoted
		case !quoted:
			count[c]++
		}
	}
	for _, c := range []byte{',', '\t', ';', '|'} {
		if count[c] > most {
			most, r.comma = count[c], c
		}
	}
	return false, nil
}

// returns makes line feeds of the carriage returns that end the lines of old files from Macs.
type returns struct{ r io.Reader }

func (r returns) Read(p []byte) (int, error) {
	n, err := r.r.Read(p)
	returned(p[:n])
	return n, err
}

func returned(b []byte) {
	for i, c := range b {
		if c == '\r' {
			b[i] = '\n'
		}
	}
}
