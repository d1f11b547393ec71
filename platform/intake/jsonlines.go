package intake

import (
	"bytes"
	"io"

	"mulu/platform/quality"
)

// sampleLines is how many objects the columns are told from.
const sampleLines = 1000

// jsonTable reads objects: one a line, or one after another (written over several lines, or the elements of one list).
// A line that is no object is a flaw; where objects are not held by lines nothing can be read after one.
type jsonTable struct {
	layout
	f    File
	form Form
	list bool // the elements of one list

	lines   *records    // one object a line
	stream  *jsonValues // otherwise
	line    int64
	members []member
}

func openJSONLines(f File, form Form) (Table, error) {
	var err error
	if form.Charset, err = charsetFor(f, form.Charset); err != nil {
		return nil, err
	}
	t := &jsonTable{f: f, form: form}
	byLine, err := t.tellShape()
	if err != nil {
		return nil, err
	}
	t.rewind(byLine)
	for range sampleLines {
		err := t.object()
		if err == io.EOF {
			break
		}
		if _, flawed := err.(*Flaw); flawed {
			continue
		}
		if err != nil {
			return nil, err
		}
		t.learn(t.members)
	}
	if err := t.settle(); err != nil {
		return nil, err
	}
	t.rewind(byLine)
	return t, nil
}

// tellShape tells whether each line is an object, from the first that is not empty.
func (t *jsonTable) tellShape() (byLine bool, err error) {
	r := &records{r: text(t.f, t.form.Charset)}
	for {
		err := r.nextLine()
		if err == io.EOF {
			return false, fault("no_members", 0)
		}
		if f, long := err.(*Fault); long && f.Code == "record" {
			return false, nil // one list on one line
		}
		if err != nil {
			return false, err
		}
		line := bytes.TrimSpace(r.bytes)
		if len(line) == 0 {
			continue
		}
		switch line[0] {
		case '[':
			t.list = true
			return false, nil
		case '{':
			_, whole := members(line, nil)
			return whole, nil
		}
		return false, fault("not_objects", r.line)
	}
}

func (t *jsonTable) rewind(byLine bool) {
	r := text(t.f, t.form.Charset)
	t.line, t.objects = 0, 0
	if byLine {
		t.lines = &records{r: r}
	} else {
		t.stream = newJSONValues(r)
	}
}

// object reads the members of the next object.
func (t *jsonTable) object() error {
	if t.lines == nil {
		return t.element()
	}
	for {
		if err := t.lines.nextLine(); err != nil {
			return err
		}
		t.line = t.lines.line
		line := bytes.TrimSpace(t.lines.bytes)
		if len(line) == 0 {
			continue
		}
		var ok bool
		if t.members, ok = members(line, t.members[:0]); !ok {
			return flaw(t.line, "", string(bytes.ToValidUTF8(line[:min(len(line), 4*shown)], []byte("\uFFFD"))), quality.NotJSON)
		}
		return nil
	}
}

func (t *jsonTable) element() error {
	j := t.stream
	if t.list {
		if j.count == 0 {
			if err := j.take('['); err != nil {
				return err
			}
		}
		more, err := j.more(']', j.count == 0)
		if err != nil {
			return err
		}
		if !more {
			return io.EOF
		}
	} else if b, err := j.peek(); err != nil {
		return err
	} else if b == 0 {
		return io.EOF
	}
	if err := j.next(true); err != nil {
		return err
	}
	j.count++
	t.line = j.count
	var ok bool
	if t.members, ok = members(j.value, t.members[:0]); !ok {
		return fault("json", 0, j.count)
	}
	return nil
}

func (t *jsonTable) Columns() []string { return t.columns }
func (t *jsonTable) Form() Form        { return t.form }
func (t *jsonTable) Close() error      { return nil }

func (t *jsonTable) Next() (Row, error) {
	for {
		if err := t.object(); err != nil {
			return Row{}, err
		}
		if err := t.place(t.line, t.members); err != nil {
			return Row{}, err
		}
		if !blank(t.values) {
			return Row{t.line, t.values}, nil
		}
	}
}

func blank(values []string) bool {
	for _, v := range values {
		if v != "" {
			return false
		}
	}
	return true
}
