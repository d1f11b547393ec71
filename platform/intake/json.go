package intake

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"strings"
	"unicode/utf8"

	"mulu/platform/quality"
)

// jsonValues reads values of JSON one after another, each whole, from text of any size. It finds where a value ends; whether
// it is JSON is for json.Valid to say.
type jsonValues struct {
	r     *bufio.Reader
	value []byte // the last value; overwritten by the next
	count int64  // of top values, for faults
}

func newJSONValues(r io.Reader) *jsonValues {
	return &jsonValues{r: bufio.NewReaderSize(r, 256<<10)}
}

// peek gives the next byte that is no white space, without reading it; 0 at the end.
func (j *jsonValues) peek() (byte, error) {
	for {
		b, err := j.r.ReadByte()
		if err == io.EOF {
			return 0, nil
		}
		if err != nil {
			return 0, err
		}
		if b != ' ' && b != '\t' && b != '\n' && b != '\r' {
			return b, j.r.UnreadByte()
		}
	}
}

// take reads the byte that must come next.
func (j *jsonValues) take(want byte) error {
	b, err := j.peek()
	if err != nil {
		return err
	}
	if b != want {
		return fault("json", 0, j.count+1)
	}
	_, err = j.r.ReadByte()
	return err
}

// more reads the comma before a further element or the end mark of a list or object; first says that none came yet.
func (j *jsonValues) more(end byte, first bool) (bool, error) {
	b, err := j.peek()
	switch {
	case err != nil:
		return false, err
	case b == end:
		return false, j.take(end)
	case first:
		return true, nil
	}
	return true, j.take(',')
}

// next reads the next value, whatever it is, into value. keep: false passes over it, however large it is.
func (j *jsonValues) next(keep bool) error {
	j.value = j.value[:0]
	first, err := j.peek()
	if err != nil {
		return err
	}
	if bytes.IndexByte([]byte(",:]}"), first) >= 0 { // nothing: who asks again would do so for ever
		return fault("json", 0, j.count+1)
	}
	depth, quoted, escaped := 0, false, false
	for {
		b, err := j.r.ReadByte()
		if err == io.EOF {
			if depth > 0 || quoted || len(j.value) == 0 {
				return fault("json", 0, j.count+1)
			}
			return nil
		}
		if err != nil {
			return err
		}
		if depth == 0 && !quoted && first != '{' && first != '[' && first != '"' && bytes.IndexByte([]byte(",]} \t\r\n"), b) >= 0 {
			return j.r.UnreadByte() // the end of a number or a word
		}
		if keep {
			if len(j.value) >= maxRecord {
				return fault("object", 0, j.count+1, maxRecord>>20)
			}
			j.value = append(j.value, b)
		} else {
			j.value = append(j.value[:0], b)
		}
		switch {
		case escaped:
			escaped = false
		case quoted && b == '\\':
			escaped = true
		case b == '"':
			quoted = !quoted
		case quoted:
		case b == '{' || b == '[':
			depth++
		case b == '}' || b == ']':
			depth--
		}
		if depth <= 0 && !quoted && (b == '}' || b == ']' || b == '"') {
			return nil
		}
	}
}

// member is one member of an object.
type member struct {
	name []byte
	raw  []byte // its value as written
}

// members cuts a valid object. false: it is none, or not valid.
func members(object []byte, to []member) ([]member, bool) {
	if !json.Valid(object) {
		return to, false
	}
	b := bytes.TrimLeft(object, " \t\r\n")
	if len(b) == 0 || b[0] != '{' {
		return to, false
	}
	for b = space(b[1:]); b[0] != '}'; {
		if b[0] == ',' {
			b = space(b[1:])
		}
		end := valueEnd(b)
		name := b[1 : end-1]
		if bytes.IndexByte(name, '\\') >= 0 {
			name = []byte(unescapeJSON(b[:end]))
		}
		b = space(space(b[end:])[1:])
		end = valueEnd(b)
		to = append(to, member{name, b[:end]})
		b = space(b[end:])
	}
	return to, true
}

func space(b []byte) []byte { return bytes.TrimLeft(b, " \t\r\n") }

// valueEnd gives the length of the value at the beginning of b, which is valid.
func valueEnd(b []byte) int {
	depth, quoted := 0, false
	for i := 0; i < len(b); i++ {
		c := b[i]
		switch {
		case quoted && c == '\\':
			i++
		case c == '"':
			if quoted = !quoted; !quoted && depth == 0 {
				return i + 1
			}
		case quoted:
		case c == '{' || c == '[':
			depth++
		case c == '}' || c == ']':
			if depth--; depth == 0 {
				return i + 1
			}
			if depth < 0 {
				return i
			}
		case depth == 0 && (c == ',' || c == ' ' || c == '\t' || c == '\r' || c == '\n'):
			return i
		}
	}
	return len(b)
}

// unescapeJSON gives the text of a valid string in its quotation marks; half a pair of surrogates becomes U+FFFD.
func unescapeJSON(b []byte) string {
	if bytes.IndexByte(b, '\\') < 0 {
		return string(b[1 : len(b)-1])
	}
	var s string
	if json.Unmarshal(b, &s) != nil { // not met: b is valid
		return string(utf8.RuneError)
	}
	return s
}

// scalar gives the text of a value as a table has it: numbers as written, null as nothing.
func scalar(raw []byte) (string, quality.Reason) {
	switch raw[0] {
	case 'n':
		return "", ""
	case '{', '[':
		return string(raw), quality.Nested
	case '"':
		s := unescapeJSON(raw)
		if why := unreadable(s); why != "" {
			return strings.ToValidUTF8(s, "\uFFFD"), why
		}
		if len(s) > maxValue {
			return s, quality.Huge
		}
		return s, ""
	}
	if len(raw) > maxValue {
		return string(raw), quality.Huge
	}
	return string(raw), ""
}

// layout learns columns from objects and puts members into them.
type layout struct {
	chosen
	columns []string
	at      map[string]int
	seen    []int64 // the number of the object that had the column last
	objects int64
	values  []string
}

// learn adds the members of an object as columns.
func (l *layout) learn(m []member) {
	if l.at == nil {
		l.at = map[string]int{}
	}
	for _, x := range m {
		if _, known := l.at[string(x.name)]; !known && len(l.at) <= maxColumns {
			l.at[string(x.name)] = len(l.columns)
			l.columns = append(l.columns, string(x.name))
		}
	}
}

// settle ends the learning. Columns may be added that no member fills.
func (l *layout) settle(more ...string) error {
	if len(l.columns)+len(more) == 0 {
		return fault("no_members", 0)
	}
	var err error
	if l.columns, err = allNames(append(l.columns, more...)); err != nil {
		return err
	}
	l.values, l.seen = make([]string, len(l.columns)), make([]int64, len(l.columns))
	return nil
}

// place fills values with the members of an object.
func (l *layout) place(line int64, m []member) error {
	clear(l.values)
	l.objects++
	for _, x := range m {
		i, known := l.at[string(x.name)]
		if !known {
			if x.raw[0] == 'n' {
				continue
			}
			return flaw(line, strings.ToValidUTF8(string(x.name), "\uFFFD"), string(x.raw), quality.NewMember)
		}
		if !l.wants(i) {
			continue
		}
		if l.seen[i] == l.objects {
			return flaw(line, l.columns[i], string(x.raw), quality.TwoMembers)
		}
		l.seen[i] = l.objects
		v, why := scalar(x.raw)
		if why != "" {
			return flaw(line, l.columns[i], v, why)
		}
		l.values[i] = v
	}
	return nil
}
