package intake

import (
	"bytes"
	"io"
	"strings"
	"unicode/utf8"

	"mulu/platform/quality"
)

// csvTable reads CSV as RFC 4180 has it and as Chinese offices write it: quotation marks inside an unquoted value stand for
// themselves, a row may end in empty values more than the header has, rows without a value count but are passed over.
type csvTable struct {
	chosen
	form    Form
	columns []string
	record  records
	values  []string
	begun   bool // a row was read
}

func openCSV(f File, form Form) (Table, error) {
	var err error
	if form.Charset, err = charsetFor(f, form.Charset); err != nil {
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
	r, width := &t.record, len(t.columns)
	for {
		if err := r.next(); err != nil {
			return Row{}, err
		}
		if r.blank(0) {
			continue
		}
		if len(r.ends) < width || len(r.ends) > width && !r.blank(width) {
			if width == 1 && !t.begun {
				return Row{}, fault("title", r.line, t.columns[0])
			}
			return Row{}, flaw(r.line, "", strings.ToValidUTF8(r.cell(0), "\uFFFD"), quality.Columns)
		}
		t.begun = true
		t.values = r.cells(t.values[:0], width)
		if t.want != nil || r.stray >= 0 || len(r.bytes) > maxValue || r.high && !wellFormed(r.bytes) {
			if err := t.check(); err != nil {
				return Row{}, err
			}
		}
		return Row{r.line, t.values}, nil
	}
}

// check finds the first wanted value that is none, and empties those not wanted.
func (t *csvTable) check() error {
	for i, v := range t.values {
		switch {
		case !t.wants(i):
			t.values[i] = ""
		case i == t.record.stray:
			return flaw(t.record.line, t.columns[i], strings.ToValidUTF8(v, "\uFFFD"), quality.Quotes)
		case unreadable(v) != "":
			return flaw(t.record.line, t.columns[i], strings.ToValidUTF8(v, "\uFFFD"), unreadable(v))
		case len(v) > maxValue:
			return flaw(t.record.line, t.columns[i], v, quality.Huge)
		}
	}
	return nil
}

// wellFormed says that b is UTF-8 and no character was lost on its way here.
func wellFormed(b []byte) bool {
	return utf8.Valid(b) && !bytes.Contains(b, []byte("\uFFFD"))
}

// unreadable says why a value is not well formed, "" if it is.
func unreadable(v string) quality.Reason {
	switch {
	case !utf8.ValidString(v):
		return quality.Encoding
	case strings.ContainsRune(v, utf8.RuneError):
		return quality.Garbled
	}
	return ""
}
