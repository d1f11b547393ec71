package sheet

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"path"
	"strconv"
	"strings"
)

// Bounds on what strangers send. They are bounds on memory and time, not on what a catalog may hold.
const (
	maxFile      = 128 << 20 // bytes of a file
	maxUnpacked  = 512 << 20 // bytes that the parts of one file may unpack to
	maxRatio     = 200       // unpacked to packed, once a part is larger than freeRatio; sheets reach about 30
	freeRatio    = 4 << 20
	maxDirectory = 1 << 20 // bytes of a zip's directory: some ten thousand parts
	maxSheets    = 256
	maxShared    = 2 << 20   // shared strings
	maxSharedLen = 128 << 20 // bytes of them
	maxStyles    = 1 << 16
	maxMerges    = 1 << 19
)

// source is a file's bytes; it remembers a failing disk, which is no fault of the file.
type source struct {
	io.ReaderAt
	failed error
}

func (s *source) ReadAt(p []byte, off int64) (int, error) {
	if off < 0 { // a directory that points before the file
		return 0, io.ErrUnexpectedEOF
	}
	n, err := s.ReaderAt.ReadAt(p, off)
	if err != nil && err != io.EOF && s.failed == nil {
		s.failed = err
	}
	return n, err
}

// xlsx is an opened Excel file: its sheets in order, and what all of them share.
type xlsx struct {
	zip       *zip.Reader
	left      int64 // bytes that may still be unpacked
	sheets    []part
	shared    []string
	styles    []style
	since1904 bool
}

// part is a visible sheet and where it stands in the package.
type part struct{ name, path string }

// openXLSX reads everything but the sheets. The error is a *Problem for a file that is no sheet.
func openXLSX(src *source, size int64) (*xlsx, error) {
	if err := checkDirectory(src, size); err != nil {
		return nil, err
	}
	z, err := zip.NewReader(src, size)
	if err != nil {
		return nil, &Problem{Code: "damaged"}
	}
	x := &xlsx{zip: z, left: maxUnpacked}
	main, err := x.mainPart()
	if err != nil {
		return nil, err
	}
	rels, err := x.relations(main)
	if err != nil {
		return nil, err
	}
	if err := x.readWorkbook(main, rels); err != nil {
		return nil, err
	}
	for _, r := range rels {
		switch r.sort {
		case "sharedStrings":
			err = x.readShared(r.target)
		case "styles":
			err = x.readStyles(r.target)
		}
		if err != nil {
			return nil, err
		}
	}
	return x, nil
}

// checkDirectory bounds the directory of a zip before it is read, because every entry costs memory.
func checkDirectory(src *source, size int64) error {
	const record = 22
	tail := make([]byte, min(size, record+math.MaxUint16))
	if _, err := src.ReadAt(tail, size-int64(len(tail))); err != nil && err != io.EOF {
		return fmt.Errorf("read the end of the file: %w", err)
	}
	at := len(tail) - record
	for ; at >= 0; at-- {
		if bytes.HasPrefix(tail[at:], []byte("PK\x05\x06")) && at+record+int(binary.LittleEndian.Uint16(tail[at+20:])) <= len(tail) {
			break
		}
	}
	if at < 0 {
		return &Problem{Code: "damaged"}
	}
	entries, long := binary.LittleEndian.Uint16(tail[at+10:]), binary.LittleEndian.Uint32(tail[at+12:])
	start := binary.LittleEndian.Uint32(tail[at+16:])
	end := size - int64(len(tail)) + int64(at)
	if entries == math.MaxUint16 || long == math.MaxUint16 || long > maxDirectory || end-int64(start) > maxDirectory+int64(size)-end {
		return &Problem{Code: "bomb"}
	}
	return nil
}

// mainPart finds the workbook through the package's relations.
func (x *xlsx) mainPart() (string, error) {
	rels, err := x.relations("")
	if err != nil {
		return "", err
	}
	for _, r := range rels {
		if r.sort == "officeDocument" {
			if strings.HasSuffix(r.target, ".bin") {
				return "", &Problem{Code: "old_excel"}
			}
			return r.target, nil
		}
	}
	return "", &Problem{Code: "not_a_sheet"}
}

type relation struct{ id, sort, target string }

// relations reads what a part refers to; "" is the package itself. A part without relations has none.
func (x *xlsx) relations(of string) ([]relation, error) {
	dir, base := path.Split(of)
	var all []relation
	err := x.each(dir+"_rels/"+base+".rels", func(m *markup, tok token) error {
		if tok != opening || string(m.name) != "Relationship" || len(all) >= maxSheets*4 {
			return nil
		}
		target := string(m.attr("Target"))
		if !strings.HasPrefix(target, "/") {
			target = dir + target
		}
		all = append(all, relation{string(m.attr("Id")), path.Base(string(m.attr("Type"))), path.Clean(strings.TrimPrefix(target, "/"))})
		return nil
	})
	if errors.Is(err, errNoPart) {
		return nil, nil
	}
	return all, err
}

func (x *xlsx) readWorkbook(main string, rels []relation) error {
	err := x.each(main, func(m *markup, tok token) error {
		switch {
		case tok != opening:
		case string(m.name) == "workbookPr":
			x.since1904 = flag(m.attr("date1904"))
		case string(m.name) == "sheet" && len(x.sheets) < maxSheets:
			if state := string(m.attr("state")); state == "hidden" || state == "veryHidden" {
				return nil
			}
			id := string(m.attr("id"))
			for _, r := range rels {
				if r.id == id && r.sort == "worksheet" {
					x.sheets = append(x.sheets, part{string(m.attr("name")), r.target})
				}
			}
		}
		return nil
	})
	if errors.Is(err, errNoPart) {
		return &Problem{Code: "not_a_sheet"}
	}
	return err
}

func flag(b []byte) bool { return string(b) == "1" || string(b) == "true" }

// readShared reads the shared strings; phonetic readings inside them are left out.
func (x *xlsx) readShared(name string) error {
	total, phonetic := 0, false
	err := x.each(name, func(m *markup, tok token) error {
		switch string(m.name) {
		case "si":
			if tok == opening {
				m.text, m.long = m.text[:0], false
				break
			}
			s := escapes(string(m.text))
			if m.long {
				s += strings.Repeat(" …", maxCell) // longer than a cell may be, said where it is used
			}
			if total += len(s); total > maxSharedLen || len(x.shared) >= maxShared {
				return &Problem{Code: "too_large"}
			}
			x.shared = append(x.shared, s)
		case "rPh":
			phonetic = tok == opening
		case "t":
			m.want = tok == opening && !phonetic
		}
		return nil
	})
	if errors.Is(err, errNoPart) {
		return nil
	}
	return err
}

// readStyles learns which styles show a number as a date or with leading zeros.
func (x *xlsx) readStyles(name string) error {
	formats, inCells := map[string]style{}, false
	err := x.each(name, func(m *markup, tok token) error {
		switch string(m.name) {
		case "numFmt":
			if tok == opening && len(formats) < maxStyles {
				formats[string(m.attr("numFmtId"))] = styleOf(string(m.attr("formatCode")))
			}
		case "cellXfs":
			inCells = tok == opening
		case "xf":
			if tok == opening && inCells && len(x.styles) < maxStyles {
				id := string(m.attr("numFmtId"))
				s, own := formats[id]
				if !own {
					s = builtinStyle(id)
				}
				x.styles = append(x.styles, s)
			}
		}
		return nil
	})
	if errors.Is(err, errNoPart) {
		return nil
	}
	return err
}

// builtinStyle: the formats that need no code: dates are 14-22, 45-47 and, in Chinese Excel, 27-36 and 50-58.
func builtinStyle(id string) style {
	switch id {
	case "14", "15", "16", "17", "18", "19", "20", "21", "22", "27", "28", "29", "30", "31", "32", "33", "34", "35", "36",
		"45", "46", "47", "50", "51", "52", "53", "54", "55", "56", "57", "58":
		return style{date: true}
	}
	return style{}
}

// styleOf reads a format code: 000000 shows leading zeros; letters of dates outside quotes, brackets and escapes make a date.
func styleOf(code string) style {
	code, _, _ = strings.Cut(code, ";")
	if code != "" && strings.Trim(code, "0") == "" {
		return style{zeros: min(len(code), 30)}
	}
	var until byte
	for i := 0; i < len(code); i++ {
		switch c := code[i]; {
		case until != 0:
			if c == until {
				until = 0
			}
		case c == '"':
			until = '"'
		case c == '[':
			until = ']'
		case c == '\\' || c == '_' || c == '*':
			i++
		case strings.IndexByte("yYmMdDhHsS", c) >= 0:
			return style{date: true}
		}
	}
	return style{}
}

// escapes replaces the form _x000D_ by which spreadsheets write characters that XML does not take.
func escapes(s string) string {
	i := strings.Index(s, "_x")
	if i < 0 {
		return s
	}
	var b strings.Builder
	for i >= 0 {
		b.WriteString(s[:i])
		s = s[i:]
		if n, ok := escaped(s); ok {
			b.WriteRune(n)
			s = s[7:]
		} else {
			b.WriteString(s[:2])
			s = s[2:]
		}
		i = strings.Index(s, "_x")
	}
	b.WriteString(s)
	return b.String()
}

func escaped(s string) (rune, bool) {
	if len(s) < 7 || s[6] != '_' || strings.Trim(s[2:6], "0123456789abcdefABCDEF") != "" {
		return 0, false
	}
	n, err := strconv.ParseUint(s[2:6], 16, 16)
	return rune(n), err == nil
}

var (
	errNoPart   = errors.New("no such part")
	errTooLarge = errors.New("unpacks to too much")
	errBomb     = errors.New("unpacks out of all proportion")
)

// each calls do for every tag of a part.
func (x *xlsx) each(name string, do func(m *markup, tok token) error) error {
	r, err := x.open(name)
	if err != nil {
		return err
	}
	defer r.Close()
	m := newMarkup(r)
	for {
		tok, err := m.next()
		if err != nil {
			return broken(err)
		}
		if tok == endOfFile {
			return nil
		}
		if err := do(m, tok); err != nil {
			return err
		}
	}
}

// broken gives the problem that a failing part means.
func broken(err error) error {
	switch {
	case errors.Is(err, errBomb):
		return &Problem{Code: "bomb"}
	case errors.Is(err, errTooLarge):
		return &Problem{Code: "too_large"}
	}
	return &Problem{Code: "damaged"}
}

// open unpacks a part as it is read, counting what comes out. Names differ in case between programs.
func (x *xlsx) open(name string) (io.ReadCloser, error) {
	for _, f := range x.zip.File {
		if !strings.EqualFold(f.Name, name) {
			continue
		}
		r, err := f.Open()
		if err != nil {
			return nil, &Problem{Code: "damaged"}
		}
		return &unpacking{r, x, max(int64(f.CompressedSize64), 1), 0}, nil
	}
	return nil, errNoPart
}

type unpacking struct {
	io.ReadCloser
	x           *xlsx
	packed, out int64
}

func (u *unpacking) Read(p []byte) (int, error) {
	n, err := u.ReadCloser.Read(p)
	u.out += int64(n)
	u.x.left -= int64(n)
	switch {
	case u.out > freeRatio && u.out/u.packed > maxRatio:
		return 0, errBomb
	case u.x.left < 0:
		return 0, errTooLarge
	}
	return n, err
}
