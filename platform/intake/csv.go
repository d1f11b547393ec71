package intake

import (
	"bytes"
	"io"
	"strings"
	"unicode/utf8"
)

// csvTable reads CSV as RFC 4180 has it and as Chinese offices write it: quotation marks inside an unquoted value stand for
// themselves, a row may end in empty values more than the header has, rows without a value count but are passed over.
type csvTable struct {
	form    Form
	columns []string
	record  records
	values  []string
}

func openCSV(f File, form Form) (Table, error) {
	var err error
	if form.Charset == "" {
		form.Charset, err = tellCharset(f)
	} else {
		form.Charset, err = charsetOf(form.Charset)
	}
	if err != nil {
		return nil, err
	}
	t := &csvTable{form: form, record: records{r: text(f, form.Charset)}}
	hint, err := t.record.tellDelimiter(form.Delimiter)
	if err != nil {
		return nil, err
	}
	t.form.Delimiter = string(t.record.comma)
	for {
		err := t.record.next()
		switch {
		case err == io.EOF:
			return nil, fault("no_header", 0)
		case err != nil:
			return nil, err
		case hint && t.record.line == 1, t.record.blank(0):
			continue
		case t.record.stray >= 0:
			return nil, fault("header_quotes", t.record.line)
		}
		break
	}
	if t.columns, err = names(t.record.cells(nil, len(t.record.ends)), t.record.line); err != nil {
		return nil, err
	}
	t.values = make([]string, 0, len(t.columns))
	return t, nil
}

func (t *csvTable) Columns() []string { return t.columns }
func (t *csvTable) Form() Form        { return t.form }
func (t *csvTable) Close() error      { return nil }

func (t *csvTable) Next() (Row, error) {
	r := &t.record
	for {
		if err := r.next(); err != nil {
			return Row{}, err
		}
		if r.blank(0) {
			continue
		}
		width := len(t.columns)
		switch {
		case len(r.ends) < width, len(r.ends) > width && !r.blank(width):
			if width == 1 && len(r.ends) > 1 {
				return Row{}, fault("title", r.line, t.columns[0])
			}
			return Row{}, flaw(r.line, "", r.cell(0), Columns)
		case r.high && !wellFormed(r.bytes):
			return Row{}, t.badText()
		case r.stray >= 0 && r.stray < width:
			return Row{}, flaw(r.line, t.columns[r.stray], r.cell(r.stray), Quotes)
		}
		t.values = r.cells(t.values[:0], width)
		if len(r.bytes) > maxValue {
			for i, v := range t.values {
				if len(v) > maxValue {
					return Row{}, flaw(r.line, t.columns[i], v, TooLong)
				}
			}
		}
		return Row{r.line, t.values}, nil
	}
}

// badText names the first value that is not text.
func (t *csvTable) badText() error {
	for i, c := range t.columns {
		if v := t.record.cell(i); !wellFormed([]byte(v)) {
			return flaw(t.record.line, c, strings.ToValidUTF8(v, "\uFFFD"), Encoding)
		}
	}
	return flaw(t.record.line, "", "", Encoding)
}

// wellFormed says that b is UTF-8 and no character was lost on its way here.
func wellFormed(b []byte) bool {
	return utf8.Valid(b) && !bytes.Contains(b, []byte("\uFFFD"))
}
