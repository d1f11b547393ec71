package sheet

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"mulu"
)

// Template writes an empty Excel sheet of a kind: headings, an example that imports pass over, drop-downs, explanations.
func Template(w io.Writer, kind Kind, lang string, org mulu.Org, lists Lists) error {
	b, err := newWorkbook(kind, lang, lists)
	if err != nil {
		return fmt.Errorf("begin the template of %s: %w", kind, err)
	}
	defer b.file.Close()
	for _, l := range b.layouts {
		rows := examples(l, lang, org)
		if err := b.sheet(context.Background(), l, func(yield func(block, error) bool) {
			for _, r := range rows {
				if !yield(r, nil) {
					return
				}
			}
		}); err != nil {
			return fmt.Errorf("write the template of %s: %w", kind, err)
		}
	}
	return b.finish(w, true)
}

// Write writes what source gives as the Excel sheet of a kind, in a form that Read takes back unchanged. It streams: memory does
// not grow with the rows.
func Write(ctx context.Context, w io.Writer, kind Kind, lang string, source Source) error {
	b, err := newWorkbook(kind, lang, Lists{})
	if err != nil {
		return fmt.Errorf("begin the sheet of %s: %w", kind, err)
	}
	defer b.file.Close()
	for _, l := range b.layouts {
		if err := b.sheet(ctx, l, blocks(l, lang, source)); err != nil {
			return fmt.Errorf("write the sheet of %s: %w", l.kind, err)
		}
	}
	return b.finish(w, false)
}

// WriteCSV is Write as CSV in UTF-8 with a byte order mark, every row saying all. A workbook has several sheets and is no CSV.
// Codes of digits only end in a tab, which keeps Excel from making numbers of them; Read takes it off.
func WriteCSV(ctx context.Context, w io.Writer, kind Kind, lang string, source Source) error {
	if kind == Workbook {
		return errors.New("a workbook has several sheets: write it as xlsx")
	}
	if _, err := io.WriteString(w, "\uFEFF"); err != nil {
		return err
	}
	l := layoutOf(kind)
	out := csv.NewWriter(w)
	out.UseCRLF = true
	headings := make([]string, len(l.columns))
	for i, c := range l.columns {
		headings[i] = c.heading(lang)
	}
	if err := out.Write(headings); err != nil {
		return err
	}
	n := 0
	for b, err := range blocks(l, lang, source) {
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return fmt.Errorf("write the sheet of %s: %w", kind, err)
		}
		n++
		for _, row := range l.lines(b, strconv.Itoa(n), true) {
			for i := range row {
				row[i] = asText(guard(row[i]), l.columns[i])
			}
			if err := out.Write(row); err != nil {
				return err
			}
		}
	}
	out.Flush()
	return out.Error()
}

// asText keeps a spreadsheet from making a number of a code: digits only, too long for one or with zeros in front.
func asText(s string, c column) string {
	digits := s != "" && strings.Trim(s, "0123456789") == ""
	if digits && !c.number && (len(s) > 11 || s[0] == '0' && len(s) > 1) {
		return s + "\t"
	}
	return s
}

// lines gives the rows of a block; what is said once stands in the first, or in all.
func (l *layout) lines(b block, order string, all bool) [][]string {
	rows := make([][]string, max(1, len(b.parts)))
	for n := range rows {
		rows[n] = make([]string, len(l.columns))
		for i, c := range l.columns {
			switch {
			case c.each && n < len(b.parts):
				rows[n][i] = b.parts[n][i]
			case !c.each && (n == 0 || all):
				rows[n][i] = b.once[i]
				if c.key == "order" && rows[n][i] == "" {
					rows[n][i] = order
				}
			}
		}
	}
	return rows
}

// FileName proposes a name for a file of a kind: extension "xlsx" or "csv".
func FileName(kind Kind, lang, org, extension string) string {
	parts := []string{say("kind."+string(kind), lang)}
	if org != "" {
		parts = append(parts, org)
	}
	name := strings.Map(func(r rune) rune {
		if strings.ContainsRune(`\/:*?"<>|`, r) || r < ' ' {
			return '_'
		}
		return r
	}, strings.Join(parts, "-"))
	return name + "." + extension
}

// Bounds of a sheet.
const (
	sheetRows  = 1_000_000 // after which another sheet begins; Excel's own bound is 1,048,576
	sheetMerge = 60_000    // merged areas; after them every row says all, because Excel opens more of them slowly
)

// workbook is an Excel file being written.
type workbook struct {
	file    *excelize.File
	kind    Kind
	lang    string
	layouts []*layout
	lists   map[string]string // where a list stands in the sheet of lists
	styles  struct{ head, must, text, number, example int }
	first   bool // the file's own first sheet is still unused
}

func newWorkbook(kind Kind, lang string, lists Lists) (*workbook, error) {
	b := &workbook{file: excelize.NewFile(), kind: kind, lang: lang, lists: map[string]string{}, first: true}
	kinds := []Kind{kind}
	if kind == Workbook {
		kinds = []Kind{profile, Duties, Entries, Systems, Tables}
	}
	for _, k := range kinds {
		b.layouts = append(b.layouts, layoutOf(k))
	}
	if err := b.makeStyles(); err != nil {
		return nil, err
	}
	return b, b.makeLists(lists)
}

func (b *workbook) makeStyles() (err error) {
	thin := []excelize.Border{}
	for _, side := range []string{"left", "right", "top", "bottom"} {
		thin = append(thin, excelize.Border{Type: side, Color: "BFBFBF", Style: 1})
	}
	style := func(bold bool, colour, fill string, format int) int {
		if err != nil {
			return 0
		}
		s := &excelize.Style{Font: &excelize.Font{Bold: bold, Color: colour, Size: 10}, Border: thin, NumFmt: format,
			Alignment: &excelize.Alignment{Vertical: "center", WrapText: true}}
		if fill != "" {
			s.Fill = excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{fill}}
		}
		var id int
		id, err = b.file.NewStyle(s)
		return id
	}
	const asText, asNumber = 49, 1
	b.styles.head = style(true, "000000", "D9E5FF", asText)
	b.styles.must = style(true, "C8161D", "D9E5FF", asText)
	b.styles.text = style(false, "000000", "", asText)
	b.styles.number = style(false, "000000", "", asNumber)
	b.styles.example = style(false, "7F7F7F", "F2F2F2", asText)
	return err
}

// makeLists writes the hidden sheet that drop-downs point to.
func (b *workbook) makeLists(lists Lists) error {
	name := say("sheet.lists", b.lang)
	if _, err := b.file.NewSheet(name); err != nil {
		return err
	}
	at := 0
	for _, l := range b.layouts {
		for _, c := range l.columns {
			offered := offers(c.list, b.lang)
			switch c.list {
			case "duty":
				offered = lists.Duties
			case "system":
				offered = lists.Systems
			}
			if _, done := b.lists[c.list]; done || len(offered) == 0 {
				continue
			}
			column := columnName(at)
			at++
			for i, v := range append([]string{c.heading(b.lang)}, offered...) {
				if err := b.file.SetCellStr(name, column+strconv.Itoa(i+1), guard(v)); err != nil {
					return err
				}
			}
			b.lists[c.list] = fmt.Sprintf("'%s'!$%s$2:$%s$%d", name, column, column, len(offered)+1)
		}
	}
	return nil
}

// sheet writes one sheet, and further ones when it is full.
func (b *workbook) sheet(ctx context.Context, l *layout, from func(func(block, error) bool)) error {
	base := say("sheet."+string(l.kind), b.lang)
	if b.kind == Workbook {
		base = say("book."+string(l.kind), b.lang)
	}
	p, err := b.page(l, base)
	if err != nil {
		return err
	}
	n, pages := 0, 1
	from(func(bl block, failed error) bool {
		if err = failed; err == nil {
			err = ctx.Err()
		}
		if err == nil && p.row > sheetRows {
			if err = p.stream.Flush(); err == nil {
				pages++
				p, err = b.page(l, fmt.Sprintf("%s (%d)", base, pages))
			}
		}
		if err == nil {
			n++
			err = p.write(bl, strconv.Itoa(n))
		}
		return err == nil
	})
	if err != nil {
		return err
	}
	return p.stream.Flush()
}

// page is a sheet being written.
type page struct {
	b      *workbook
	l      *layout
	stream *excelize.StreamWriter
	row    int // the next one
	merged int
}

// page begins a sheet: widths, formats, frozen headings, drop-downs with how to fill in.
func (b *workbook) page(l *layout, name string) (*page, error) {
	if b.first {
		b.first = false
		if err := b.file.SetSheetName("Sheet1", name); err != nil {
			return nil, err
		}
	} else if _, err := b.file.NewSheet(name); err != nil {
		return nil, err
	}
	for i, c := range l.columns {
		if err := b.offer(name, i, c); err != nil {
			return nil, err
		}
	}
	stream, err := b.file.NewStreamWriter(name)
	if err != nil {
		return nil, err
	}
	p := &page{b: b, l: l, stream: stream, row: 2}
	headings := make([]any, len(l.columns))
	for i, c := range l.columns {
		style, says := b.styles.head, c.heading(b.lang)
		if c.use == required {
			style, says = b.styles.must, says+"*"
		}
		headings[i] = excelize.Cell{StyleID: style, Value: says}
		if err := errors.Join(stream.SetColWidth(i+1, i+1, max(c.width, 10)), stream.SetColStyle(i+1, i+1, p.style(c))); err != nil {
			return nil, err
		}
	}
	if err := stream.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return nil, err
	}
	return p, stream.SetRow("A1", headings, excelize.RowOpts{Height: 30})
}

func (p *page) style(c column) int {
	if c.number {
		return p.b.styles.number
	}
	return p.b.styles.text
}

// offer puts a column's drop-down and its explanation on all rows below the heading.
func (b *workbook) offer(sheet string, i int, c column) error {
	range1, hint := b.lists[c.list], c.hint[0]
	if b.lang == "en" {
		hint = c.hint[1]
	}
	if range1 == "" && hint == "" {
		return nil
	}
	v := excelize.NewDataValidation(true)
	v.SetSqref(fmt.Sprintf("%s2:%s1048576", columnName(i), columnName(i)))
	if range1 != "" {
		v.SetSqrefDropList(range1)
	}
	if hint != "" {
		v.SetInput(cut32(c.heading(b.lang)), hint)
	}
	return b.file.AddDataValidation(sheet, v)
}

// cut32: the title of an explanation has at most 32 characters.
func cut32(s string) string {
	r := []rune(s)
	return string(r[:min(len(r), 32)])
}

// write writes a block: what is said once is merged over its rows.
func (p *page) write(bl block, order string) error {
	top, rows := p.row, max(1, len(bl.parts))
	merge := rows > 1 && p.merged < sheetMerge
	isExample := bl.once[0] != "" && p.l.columns[0].key == "order"
	for _, texts := range p.l.lines(bl, order, !merge) {
		cells := make([]any, len(texts))
		for i, c := range p.l.columns {
			cells[i] = p.cell(c, texts[i], isExample)
		}
		if err := p.stream.SetRow("A"+strconv.Itoa(p.row), cells); err != nil {
			return err
		}
		p.row++
	}
	if !merge {
		return nil
	}
	for i, c := range p.l.columns {
		if c.each {
			continue
		}
		p.merged++
		if err := p.stream.MergeCell(cellName(i, top), cellName(i, top+rows-1)); err != nil {
			return err
		}
	}
	return nil
}

func (p *page) cell(c column, text string, example bool) any {
	style := p.style(c)
	if example {
		style = p.b.styles.example
	}
	if text == "" {
		return nil // the column's style shows
	}
	if n, err := strconv.ParseInt(text, 10, 64); err == nil && c.number && n < 1e15 && n > -1e15 {
		return excelize.Cell{StyleID: style, Value: n}
	}
	return excelize.Cell{StyleID: style, Value: guard(text)}
}

// finish adds the explanations, hides the lists, and writes the file.
func (b *workbook) finish(w io.Writer, explain bool) error {
	if explain {
		if err := b.help(); err != nil {
			return fmt.Errorf("write the explanations: %w", err)
		}
	}
	lists := say("sheet.lists", b.lang)
	if err := b.file.SetSheetVisible(lists, false); err != nil {
		return fmt.Errorf("hide the lists: %w", err)
	}
	b.file.SetActiveSheet(0)
	if err := b.file.Write(w); err != nil {
		return fmt.Errorf("write the file: %w", err)
	}
	return nil
}
