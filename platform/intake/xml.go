package intake

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strconv"
	"unicode/utf8"
)

// tags reads the XML of a spreadsheet as a stream of tags in memory that no file can grow. Spreadsheets use elements, attributes,
// text, CDATA and the entities of XML; a document type, of which sheets have no use and bombs have, is refused.
// Prefixes of names are dropped. encoding/xml would do the same at a fifth of the speed.
type tags struct {
	r       *bufio.Reader
	name    []byte // local name of the last tag; valid until the next
	rest    []byte // its attributes
	end     bool   // it closes an element
	pending bool   // <x/>: its end is still to be told
	gather  bool   // text goes into text; otherwise it is passed over
	text    []byte
	cut     bool // text was longer than maxText
}

const (
	maxTag  = 64 << 10
	maxText = 6 * maxValue // bytes as written: a value of the largest size fits in hexadecimal entities
)

// errXML says that a part is not what spreadsheets write.
var errXML = errors.New("not the XML of a spreadsheet")

func newTags(r io.Reader) *tags { return &tags{r: bufio.NewReaderSize(r, maxTag)} }

// next reads up to the end of the next tag; io.EOF when there is none.
func (t *tags) next() error {
	if t.pending {
		t.pending, t.end = false, true
		return nil
	}
	for {
		if err := t.passText(); err != nil {
			return err
		}
		switch head, _ := t.r.Peek(8); {
		case len(head) == 0:
			return errXML
		case head[0] == '?':
			if err := t.pass("?>", false); err != nil {
				return err
			}
		case bytes.HasPrefix(head, []byte("!--")):
			if err := t.pass("-->", false); err != nil {
				return err
			}
		case bytes.HasPrefix(head, []byte("![CDATA[")):
			if _, err := t.r.Discard(8); err != nil {
				return err
			}
			if err := t.pass("]]>", t.gather); err != nil {
				return err
			}
		case head[0] == '!':
			return errXML
		default:
			return t.tag()
		}
	}
}

// passText reads up to and including the next "<".
func (t *tags) passText() error {
	from := len(t.text)
	for {
		part, err := t.r.ReadSlice('<')
		if t.gather {
			t.add(bytes.TrimSuffix(part, []byte{'<'}))
		}
		switch {
		case err == nil:
			if t.gather && bytes.IndexByte(t.text[from:], '&') >= 0 {
				t.text = append(t.text[:from], entities(t.text[from:])...)
			}
			return nil
		case err != bufio.ErrBufferFull:
			return err
		}
	}
}

func (t *tags) add(b []byte) {
	if room := maxText - len(t.text); len(b) > room {
		b, t.cut = b[:room], true
	}
	t.text = append(t.text, b...)
}

// pass reads up to and including mark; what stands before it is gathered if asked.
func (t *tags) pass(mark string, gather bool) error {
	n, matched := len(mark), 0
	for {
		c, err := t.r.ReadByte()
		if err != nil {
			return whole(err)
		}
		if gather {
			t.add([]byte{c})
		}
		switch {
		case c == mark[matched]:
			matched++
		case matched == n-1 && c == mark[0] && mark[0] == mark[n-2]: // ]]]> and --->
		case c == mark[0]:
			matched = 1
		default:
			matched = 0
		}
		if matched == n {
			if gather && !t.cut {
				t.text = t.text[:len(t.text)-n]
			}
			return nil
		}
	}
}

// tag reads a tag after its "<". A ">" inside an attribute's value does not end it.
func (t *tags) tag() error {
	b, err := t.r.ReadSlice('>')
	if err != nil {
		return whole(err)
	}
	if open := quote(0, b); open != 0 {
		long := bytes.Clone(b)
		for open != 0 {
			if b, err = t.r.ReadSlice('>'); err != nil {
				return whole(err)
			}
			if long = append(long, b...); len(long) > maxTag {
				return errXML
			}
			open = quote(open, b)
		}
		b = long
	}
	b = b[:len(b)-1]
	t.end = len(b) > 0 && b[0] == '/'
	if t.end {
		b = b[1:]
	}
	if n := len(b); n > 0 && b[n-1] == '/' && !t.end {
		b, t.pending = b[:n-1], true
	}
	n := bytes.IndexAny(b, " \t\r\n")
	if n < 0 {
		n = len(b)
	}
	t.name, t.rest = local(b[:n]), b[n:]
	if len(t.name) == 0 {
		return errXML
	}
	return nil
}

// quote tells which quotation mark is open after b, given the one open before it; 0 is none.
func quote(open byte, b []byte) byte {
	for _, c := range b {
		switch {
		case open == 0 && (c == '"' || c == '\''):
			open = c
		case c == open:
			open = 0
		}
	}
	return open
}

// begins says that the last tag opens an element of this name, ends that it closes one.
func (t *tags) begins(name string) bool { return !t.end && string(t.name) == name }
func (t *tags) ends(name string) bool   { return t.end && string(t.name) == name }

// attr gives the value of an attribute of the last tag by its local name, nil if it has none.
func (t *tags) attr(name string) []byte {
	for rest := t.rest; ; {
		n := bytes.IndexByte(rest, '=')
		if n < 0 {
			return nil
		}
		key := local(bytes.TrimSpace(rest[:n]))
		rest = bytes.TrimLeft(rest[n+1:], " \t\r\n")
		if len(rest) == 0 || rest[0] != '"' && rest[0] != '\'' {
			return nil
		}
		n = bytes.IndexByte(rest[1:], rest[0])
		if n < 0 {
			return nil
		}
		if string(key) == name {
			return entities(rest[1 : n+1])
		}
		rest = rest[n+2:]
	}
}

func local(name []byte) []byte { return name[bytes.IndexByte(name, ':')+1:] }

// whole: the file ends inside something, or a tag is longer than any may be.
func whole(err error) error {
	if err == io.EOF || err == bufio.ErrBufferFull {
		return errXML
	}
	return err
}

// entities replaces what XML writes with & and ; an unknown one stands for itself.
func entities(b []byte) []byte {
	if bytes.IndexByte(b, '&') < 0 {
		return b
	}
	out := make([]byte, 0, len(b))
	for len(b) > 0 {
		n := bytes.IndexByte(b, '&')
		if n < 0 {
			return append(out, b...)
		}
		out, b = append(out, b[:n]...), b[n:]
		end := bytes.IndexByte(b[:min(len(b), 12)], ';')
		if r, ok := entity(b[1:max(end, 1)]); ok {
			out, b = utf8.AppendRune(out, r), b[end+1:]
		} else {
			out, b = append(out, '&'), b[1:]
		}
	}
	return out
}

func entity(name []byte) (rune, bool) {
	switch string(name) {
	case "lt":
		return '<', true
	case "gt":
		return '>', true
	case "amp":
		return '&', true
	case "quot":
		return '"', true
	case "apos":
		return '\'', true
	}
	if len(name) < 2 || name[0] != '#' {
		return 0, false
	}
	base, digits := 10, name[1:]
	if digits[0] == 'x' {
		base, digits = 16, digits[1:]
	}
	n, err := strconv.ParseUint(string(digits), base, 21)
	return rune(n), err == nil && utf8.ValidRune(rune(n))
}
