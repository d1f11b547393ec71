package intake

import (
	"bytes"
	"errors"
	"io"
	"strconv"
	"strings"

	"mulu/platform/quality"
)

// maxSheetColumns is how many columns a spreadsheet has.
const maxSheetColumns = 1 << 14

// xlsxTable reads one sheet of a workbook as a stream. The result that a formula was saved with is data; merged cells are refused,
// because what they say stands in the first of their rows alone.
type xlsxTable struct {
	chosen
	form    Form
	book    *workbook
	part    io.ReadCloser
	tags    *tags
	columns []string
	line    int64
	cells   []cell
	filled  int // of cells, up to the last that is not empty
	size    int // bytes of the row
	values  []string
	begun   bool // a row was read
}

// cell is what a cell says, or why it says nothing.
type cell struct {
	text string
	why  quality.Reason
}

func openXLSX(f File, form Form) (Table, error) {
	book, rels, err := openWorkbook(f)
	if err != nil {
		return nil, err
	}
	sheet, err := book.choose(form.Sheet)
	if err != nil {
		return nil, err
	}
	if err := book.share(rels); err != nil {
		return nil, err
	}
	if err := book.refuseMerged(sheet); err != nil {
		return nil, err
	}
	t := &xlsxTable{form: form, book: book}
	t.form.Sheet = sheet.name
	if t.part, err = book.open(sheet.path); err != nil {
		return nil, fault("damaged", 0)
	}
	t.tags = newTags(t.part)
	if err := t.header(); err != nil {
		t.part.Close()
		return nil, err
	}
	return t, nil
}

// choose finds a sheet by its name, or the first that is not hidden.
func (w *workbook) choose(name string) (sheetPart, error) {
	for _, s := range w.sheets {
		if name == "" && !s.hidden || name != "" && s.name == name {
			return s, nil
		}
	}
	if name == "" {
		return sheetPart{}, fault("hidden", 0)
	}
	return sheetPart{}, fault("sheet", 0, name, strings.Join(w.visible(), "、"))
}

func (w *workbook) visible() []string {
	var names []string
	for _, s := range w.sheets {
		if !s.hidden {
			names = append(names, s.name)
		}
	}
	return names
}

// refuseMerged gives a fault when cells of a sheet are merged. The list of them stands behind the rows, so that the sheet is
// unpacked twice, this time only searched.
func (w *workbook) refuseMerged(sheet sheetPart) error {
	left := w.left
	defer func() { w.left = left }() // only reading the rows counts
	r, err := w.open(sheet.path)
	if err != nil {
		return fault("damaged", 0)
	}
	defer r.Close()
	rest, err := after(r, []byte("mergeCell "))
	if err != nil {
		return unpackFault(err)
	}
	if rest == nil {
		return nil
	}
	t := newTags(rest)
	if err := t.next(); err != nil {
		return unpackFault(err)
	}
	return fault("merged", 0, bytes.ToValidUTF8(t.attr("ref"), nil))
}

// after reads up to the first tag that begins with name and gives it and what follows, nil when there is none.
func after(r io.Reader, name []byte) (io.Reader, error) {
	const before = 32 // bytes that "<" and the prefix of a name may have
	buf, held := make([]byte, 256<<10), 0
	for {
		n, err := r.Read(buf[held:])
		all := buf[:held+n]
		for from := 0; ; {
			i := bytes.Index(all[from:], name)
			if i < 0 {
				break
			}
			i += from
			head := all[max(0, i-before):i]
			if at := bytes.LastIndexByte(head, '<'); at >= 0 && !bytes.ContainsAny(head[at:], "/> \t\r\n\"'") {
				return io.MultiReader(strings.NewReader("<"+string(all[i:])), r), nil
			}
			from = i + 1
		}
		if err == io.EOF {
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		held = copy(buf, all[max(0, len(all)-len(name)-before):])
	}
}

// header takes the first row that has a value.
func (t *xlsxTable) header() error {
	err := t.row()
	if err == io.EOF {
		return fault("no_header", 0)
	}
	if err != nil {
		return err
	}
	cells := make([]string, t.filled)
	for i, c := range t.cells[:t.filled] {
		if c.why != "" {
			return fault("header_cell", t.line, letters(i))
		}
		cells[i] = c.text
	}
	if t.columns, err = names(cells, t.line); err != nil {
		return err
	}
	t.values = make([]string, len(t.columns))
	return nil
}

func (t *xlsxTable) Columns() []string { return t.columns }
func (t *xlsxTable) Form() Form        { return t.form }
func (t *xlsxTable) Close() error      { return t.part.Close() }

func (t *xlsxTable) Next() (Row, error) {
	if err := t.row(); err != nil {
		return Row{}, err
	}
	width := len(t.columns)
	if t.filled > width {
		if width == 1 && !t.begun {
			return Row{}, fault("title", t.line, t.columns[0])
		}
		return Row{}, flaw(t.line, letters(t.filled-1), t.cells[t.filled-1].text, quality.Columns)
	}
	t.begun = true
	clear(t.values)
	for i, c := range t.cells[:t.filled] {
		switch {
		case !t.wants(i):
		case c.why != "":
			return Row{}, flaw(t.line, t.columns[i], c.text, c.why)
		default:
			t.values[i] = c.text
		}
	}
	return Row{t.line, t.values}, nil
}

// row reads the next row that has a value.
func (t *xlsxTable) row() error {
	for {
		err := t.tags.next()
		switch {
		case err == io.EOF, err == nil && t.tags.ends("sheetData"):
			return io.EOF
		case err != nil:
			return unpackFault(err)
		case !t.tags.begins("row"):
			continue
		}
		t.line++
		if n, err := strconv.ParseInt(string(t.tags.attr("r")), 10, 32); err == nil && n > t.line {
			t.line = n
		}
		if err := t.readRow(); err != nil {
			var f *Fault
			if errors.As(err, &f) {
				return f
			}
			return unpackFault(err)
		}
		if t.filled > 0 {
			return nil
		}
	}
}

func (t *xlsxTable) readRow() error {
	clear(t.cells)
	t.filled, t.size = 0, 0
	column := -1
	for {
		err := t.tags.next()
		switch {
		case err != nil:
			return whole(err)
		case t.tags.ends("row"):
			return nil
		case !t.tags.begins("c"):
			continue
		}
		column++
		if n := columnAt(t.tags.attr("r")); n > column {
			column = n
		}
		c, err := t.readCell()
		if err != nil {
			return err
		}
		if t.size += len(c.text); t.size > maxRecord {
			return fault("record", t.line, maxRecord>>20)
		}
		if c == (cell{}) || column >= maxSheetColumns {
			continue
		}
		for len(t.cells) <= column {
			t.cells = append(t.cells, cell{})
		}
		t.cells[column], t.filled = c, column+1
	}
}

// columnAt gives the column of a reference such as AB12, counted from 0; -1 if it is none.
func columnAt(ref []byte) int {
	n := 0
	for _, c := range ref {
		if c < 'A' || c > 'Z' || n > maxSheetColumns {
			break
		}
		n = n*26 + int(c-'A') + 1
	}
	return n - 1
}

// readCell reads a cell up to its end.
func (t *xlsxTable) readCell() (cell, error) {
	x, look := t.tags, style{}
	var sort [12]byte
	n := copy(sort[:], x.attr("t"))
	if i, err := strconv.Atoi(string(x.attr("s"))); err == nil && i >= 0 && i < len(t.book.styles) {
		look = t.book.styles[i]
	}
	x.text, x.cut = x.text[:0], false
	formula, phonetic := false, false
	for {
		if err := x.next(); err != nil {
			return cell{}, whole(err)
		}
		switch string(x.name) {
		case "c":
			x.gather = false
			if x.cut {
				return cell{string(x.text[:4*shown]), quality.Huge}, nil
			}
			return t.value(string(sort[:n]), x.text, look, formula), nil
		case "f":
			formula = true
		case "rPh":
			phonetic = !x.end
		case "v", "t":
			x.gather = !x.end && !phonetic
		}
	}
}

func (t *xlsxTable) value(sort string, text []byte, shown style, formula bool) cell {
	switch {
	case sort == "e":
		return cell{string(text), quality.CellError}
	case len(text) == 0 && formula && sort != "str":
		return cell{"", quality.Formula}
	case len(text) == 0:
		return cell{}
	}
	switch sort {
	case "s":
		i, err := strconv.Atoi(string(text))
		s, ok := t.book.strings.get(i)
		if err != nil || !ok {
			return cell{string(text), quality.CellError}
		}
		return textCell(s)
	case "inlineStr", "str":
		return textCell(unescaped(string(text)))
	case "b":
		return cell{text: strings.ToUpper(strconv.FormatBool(truth(text)))}
	case "d":
		return textCell(strings.TrimSuffix(strings.Replace(string(text), "T", " ", 1), " 00:00:00"))
	}
	v, why := number(string(bytes.TrimSpace(text)), shown, t.book.since1904)
	return cell{v, why}
}

func textCell(s string) cell {
	if why := unreadable(s); why != "" {
		return cell{s, why}
	}
	if len(s) > maxValue {
		return cell{s, quality.Huge}
	}
	return cell{text: s}
}
