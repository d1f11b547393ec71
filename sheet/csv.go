package sheet

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// csvFile is a table as text: UTF-8 with or without a byte order mark, UTF-16 with one, or else GB18030, which Chinese Excel
// writes; separated by commas, tabs or semicolons, whichever stands most often in its first lines.
type csvFile struct {
	src  *source
	size int64
	form encoding.Encoding
	sep  rune
}

// maxRecord bounds one line of a CSV, which a forgotten quotation mark makes as long as the file.
const maxRecord = 1 << 20

func openCSV(src *source, size int64) (*csvFile, error) {
	f := &csvFile{src: src, size: size}
	head := make([]byte, min(size, 64<<10))
	if _, err := src.ReadAt(head, 0); err != nil && err != io.EOF {
		return nil, err
	}
	switch {
	case bytes.HasPrefix(head, []byte{0xFF, 0xFE}), bytes.HasPrefix(head, []byte{0xFE, 0xFF}):
		f.form = unicode.UTF16(unicode.LittleEndian, unicode.UseBOM)
	case bytes.IndexByte(head, 0) >= 0:
		return nil, &Problem{Code: "not_a_sheet"}
	default:
		ok, err := f.isUTF8()
		if err != nil {
			return nil, err
		}
		if f.form = unicode.UTF8BOM; !ok {
			f.form = simplifiedchinese.GB18030
		}
	}
	f.sep = commonest(f.text(io.NewSectionReader(src, 0, int64(len(head)))))
	return f, nil
}

func (f *csvFile) text(r io.Reader) io.Reader { return transform.NewReader(r, f.form.NewDecoder()) }

// isUTF8 reads the whole file once: one wrong byte in the last line is enough to know that it is GB18030.
func (f *csvFile) isUTF8() (bool, error) {
	buf := make([]byte, 64<<10)
	held := 0
	for r := io.NewSectionReader(f.src, 0, f.size); ; {
		n, err := r.Read(buf[held:])
		all := buf[:held+n]
		if err == io.EOF {
			return utf8.Valid(all), nil
		}
		if err != nil {
			return false, err
		}
		whole := len(all)
		for i := 1; i < utf8.UTFMax && i <= len(all); i++ { // a character may be cut at the end
			if b := all[len(all)-i]; utf8.RuneStart(b) {
				if !utf8.FullRune(all[len(all)-i:]) {
					whole -= i
				}
				break
			}
		}
		if !utf8.Valid(all[:whole]) {
			return false, nil
		}
		held = copy(buf, all[whole:])
	}
}

// commonest counts what stands most often outside quotation marks in the first lines.
func commonest(r io.Reader) rune {
	head, _ := io.ReadAll(r) // at most a few times 64 KiB; a cut character at its end does not matter
	counts, quoted, lines := map[rune]int{}, false, 0
	for _, c := range string(head) {
		switch {
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '\n':
			lines++
		case c == ',' || c == '\t' || c == ';':
			counts[c]++
		}
		if lines == headRows {
			break
		}
	}
	best := ','
	for _, c := range []rune{'\t', ';'} {
		if counts[c] > counts[best] {
			best = c
		}
	}
	return best
}

// rows calls do for every record that is not empty. Records count as a spreadsheet counts them: an empty line is a row, a
// line end inside quotation marks begins none.
func (f *csvFile) rows(do func(line) error) error {
	g := &recordGuard{r: f.text(io.NewSectionReader(f.src, 0, f.size))}
	r := csv.NewReader(g)
	r.Comma, r.FieldsPerRecord, r.ReuseRecord = f.sep, -1, true
	var cells []cell
	inside := 0 // line ends inside quotation marks so far
	for {
		g.since = 0
		record, err := r.Read()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return f.problem(err, inside)
		}
		at, _ := r.FieldPos(0)
		row := at - inside
		cells = cells[:0]
		for i, text := range record {
			if strings.Contains(text, "\n") {
				inside += strings.Count(text, "\n")
			}
			if i < maxColumns {
				cells = append(cells, clean(text))
			}
		}
		if err := do(line{row, cells}); err != nil {
			return err
		}
	}
}

func (f *csvFile) problem(err error, inside int) error {
	var bad *csv.ParseError
	switch {
	case errors.Is(err, errTooLarge):
		return &Problem{Code: "csv_record"}
	case errors.As(err, &bad):
		return &Problem{Row: bad.StartLine - inside, Code: "csv_quotes"}
	}
	return err
}

// recordGuard ends a record that grows past maxRecord.
type recordGuard struct {
	r     io.Reader
	since int
}

func (g *recordGuard) Read(p []byte) (int, error) {
	n, err := g.r.Read(p)
	if g.since += n; g.since > maxRecord {
		return 0, errTooLarge
	}
	return n, err
}
