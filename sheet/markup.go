package sheet

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strconv"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// markup reads the XML of a spreadsheet part as a stream of tags, in memory that no file can grow: a tag holds at most maxTag
// bytes, a text at most maxText. It knows what spreadsheets use (elements, attributes, text, CDATA, entities of XML) and refuses
// document types, which sheets have no use for and bombs do. Prefixes of names are dropped.
type markup struct {
	r     *bufio.Reader
	name  []byte // local name of the tag just read; valid until the next call
	attrs []byte // the rest of the tag
	self  bool   // <x/>, whose end is still to be told
	want  bool   // gather text; otherwise it is passed over
	text  []byte // gathered since the caller last emptied it
	long  bool   // text was cut at maxText
}

const (
	maxTag  = 64 << 10
	maxText = 512 << 10 // bytes as written; 32,767 characters as hexadecimal entities fit
)

type token int

const (
	endOfFile token = iota
	opening
	closing
)

// errMarkup says that a part is not the XML of a spreadsheet.
var errMarkup = errors.New("not the XML of a spreadsheet")

func newMarkup(r io.Reader) *markup {
	return &markup{r: bufio.NewReaderSize(decoded(r), maxTag)}
}

// decoded gives UTF-8: what it is unless a byte order mark says UTF-16.
func decoded(r io.Reader) io.Reader {
	return transform.NewReader(r, unicode.BOMOverride(encoding.Nop.NewDecoder()))
}

// next reads up to and including the next tag.
func (m *markup) next() (token, error) {
	if m.self {
		m.self = false
		return closing, nil
	}
	for {
		if done, err := m.passText(); done || err != nil {
			return endOfFile, err
		}
		head, err := m.r.Peek(2)
		if err != nil {
			return endOfFile, cut(err)
		}
		switch head[0] {
		case '?':
			err = m.passTo("?>", false)
		case '!':
			err = m.passDeclaration()
		default:
			return m.tag()
		}
		if err != nil {
			return endOfFile, err
		}
	}
}

// passText reads the text before a tag, and the "<" of the tag. It is done at the end of the file.
func (m *markup) passText() (done bool, err error) {
	from := len(m.text)
	for {
		part, err := m.r.ReadSlice('<')
		if m.want {
			m.gather(bytes.TrimSuffix(part, []byte{'<'}))
		}
		switch {
		case err == nil:
			if m.want {
				m.text = append(m.text[:from], unescape(m.text[from:])...)
			}
			return false, nil
		case err == io.EOF:
			return true, nil
		case err != bufio.ErrBufferFull:
			return false, err
		}
	}
}

func (m *markup) gather(part []byte) {
	if len(m.text)+len(part) > maxText {
		part, m.long = part[:maxText-len(m.text)], true
	}
	m.text = append(m.text, part...)
}

func (m *markup) passDeclaration() error {
	head, err := m.r.Peek(8)
	switch {
	case bytes.HasPrefix(head, []byte("!--")):
		return m.passTo("-->", false)
	case bytes.HasPrefix(head, []byte("![CDATA[")):
		if _, err := m.r.Discard(8); err != nil {
			return cut(err)
		}
		return m.passTo("]]>", m.want)
	case err != nil:
		return cut(err)
	}
	return errMarkup
}

// passTo reads up to and including the mark, gathering what stands before it when asked.
func (m *markup) passTo(mark string, gather bool) error {
	last := mark[len(mark)-1]
	var tail []byte // the last bytes seen, as many as the mark is long
	for {
		part, err := m.r.ReadSlice(last)
		if err != nil && err != bufio.ErrBufferFull {
			return cut(err)
		}
		if gather {
			m.gather(part)
		}
		tail = append(tail, part[max(0, len(part)-len(mark)):]...)
		tail = tail[max(0, len(tail)-len(mark)):]
		if string(tail) == mark {
			if gather && !m.long {
				m.text = m.text[:len(m.text)-len(mark)]
			}
			return nil
		}
	}
}

// tag reads a tag after its "<".
func (m *markup) tag() (token, error) {
	part, err := m.r.ReadSlice('>')
	if err != nil {
		return endOfFile, cut(err)
	}
	if open := quoteOpen(0, part); open != 0 { // a ">" inside a value: rare
		if part, err = m.longTag(part, open); err != nil {
			return endOfFile, err
		}
	}
	part = part[:len(part)-1]
	if len(part) > 0 && part[0] == '/' {
		m.name, m.attrs = local(bytes.TrimSpace(part[1:])), nil
		return closing, nil
	}
	if n := len(part); n > 0 && part[n-1] == '/' {
		part, m.self = part[:n-1], true
	}
	end := bytes.IndexAny(part, " \t\r\n")
	if end < 0 {
		end = len(part)
	}
	m.name, m.attrs = local(part[:end]), part[end:]
	if len(m.name) == 0 {
		return endOfFile, errMarkup
	}
	return opening, nil
}

func (m *markup) longTag(start []byte, open byte) ([]byte, error) {
	whole := bytes.Clone(start)
	for open != 0 {
		part, err := m.r.ReadSlice('>')
		if err != nil {
			return nil, cut(err)
		}
		if whole = append(whole, part...); len(whole) > maxTag {
			return nil, errMarkup
		}
		open = quoteOpen(open, part)
	}
	return whole, nil
}

// quoteOpen tells which quotation mark is still open after a part of a tag, given which was open before it; 0 is none.
func quoteOpen(open byte, part []byte) byte {
	for _, c := range part {
		switch {
		case open == 0 && (c == '"' || c == '\''):
			open = c
		case c == open:
			open = 0
		}
	}
	return open
}

// attr gives the value of an attribute by its local name, entities replaced; nil when there is none.
func (m *markup) attr(name string) []byte {
	rest := m.attrs
	for {
		eq := bytes.IndexByte(rest, '=')
		if eq < 0 {
			return nil
		}
		key := local(bytes.TrimSpace(rest[:eq]))
		rest = bytes.TrimLeft(rest[eq+1:], " \t\r\n")
		if len(rest) == 0 || rest[0] != '"' && rest[0] != '\'' {
			return nil
		}
		end := bytes.IndexByte(rest[1:], rest[0])
		if end < 0 {
			return nil
		}
		if string(key) == name {
			return unescape(rest[1 : end+1])
		}
		rest = rest[end+2:]
	}
}

func local(name []byte) []byte { return name[bytes.IndexByte(name, ':')+1:] }

// cut turns the end of the input inside something, and a tag longer than the buffer, into errMarkup.
func cut(err error) error {
	if err == io.EOF || err == bufio.ErrBufferFull {
		return errMarkup
	}
	return err
}

// unescape replaces XML's entities. It gives b itself where there are none; an unknown one stands for itself.
func unescape(b []byte) []byte {
	i := bytes.IndexByte(b, '&')
	if i < 0 {
		return b
	}
	out := make([]byte, 0, len(b))
	for i >= 0 {
		out = append(out, b[:i]...)
		b = b[i:]
		end := bytes.IndexByte(b[:min(len(b), 12)], ';')
		if r, ok := entity(b, end); ok {
			out = utf8.AppendRune(out, r)
			b = b[end+1:]
		} else {
			out = append(out, '&')
			b = b[1:]
		}
		i = bytes.IndexByte(b, '&')
	}
	return append(out, b...)
}

func entity(b []byte, end int) (rune, bool) {
	if end < 2 {
		return 0, false
	}
	switch name := string(b[1:end]); name {
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
	default:
		if name[0] != '#' || len(name) < 2 {
			return 0, false
		}
		base, digits := 10, name[1:]
		if digits[0] == 'x' {
			base, digits = 16, digits[1:]
		}
		n, err := strconv.ParseUint(digits, base, 21)
		return rune(n), err == nil && utf8.ValidRune(rune(n))
	}
}
