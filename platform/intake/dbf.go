package intake

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"io"
	"strings"

	"golang.org/x/text/encoding/simplifiedchinese"

	"mulu/platform/quality"
)

// dbf reads the attributes of a shapefile, the table format of dBASE III: a header of 32 bytes, as many for each column, then
// rows of fixed width.
type dbf struct {
	r       *bufio.Reader
	fields  []field
	rows    int64 // as the header says
	row     []byte
	charset string
}

type field struct {
	name     string
	sort     byte // C text, N and F number, D date, L logical
	from, to int  // in the row
}

const maxDBFHeader = 64 << 10

// openDBF reads the header. charset may be empty; then the header says it, or the text.
func openDBF(r io.Reader, charset string) (*dbf, error) {
	d := &dbf{r: bufio.NewReaderSize(r, 256<<10), charset: charset}
	head := make([]byte, 32)
	if _, err := io.ReadFull(d.r, head); err != nil {
		return nil, unpackFault(err)
	}
	d.rows = int64(binary.LittleEndian.Uint32(head[4:]))
	size, width := int(binary.LittleEndian.Uint16(head[8:])), int(binary.LittleEndian.Uint16(head[10:]))
	if size < 33 || width < 1 {
		return nil, fault("damaged", 0)
	}
	rest := make([]byte, size-32)
	if _, err := io.ReadFull(d.r, rest); err != nil {
		return nil, unpackFault(err)
	}
	if d.charset == "" && (head[29] == 0x4D || head[29] == 0x7A) { // the marks of code page 936
		d.charset = gb18030
	}
	if d.charset == "" {
		sample, _ := d.r.Peek(256 << 10)
		d.charset = weigh(append(bytes.Clone(rest), sample...), true)
	}
	at := 1 // after the mark of deletion
	for ; len(rest) >= 32 && rest[0] != '\r'; rest = rest[32:] {
		name, _, _ := bytes.Cut(rest[:11], []byte{0})
		f := field{d.decode(name), rest[11], at, at + int(rest[16])}
		if f.sort == 'C' { // long texts keep the high byte of their length where numbers have their decimals
			f.to += int(rest[17]) << 8
		}
		if !strings.ContainsRune("CNFDL", rune(f.sort)) {
			return nil, fault("dbf_type", 0, clip(f.name), clip(string(f.sort)))
		}
		if f.to > width {
			return nil, fault("damaged", 0)
		}
		d.fields, at = append(d.fields, f), f.to
	}
	d.row = make([]byte, width)
	return d, nil
}

func (d *dbf) decode(b []byte) string {
	if d.charset == gb18030 {
		if s, err := simplifiedchinese.GB18030.NewDecoder().Bytes(b); err == nil {
			return string(s)
		}
	}
	return string(b)
}

// next reads the next row; deleted says that it was struck out.
func (d *dbf) next() (deleted bool, err error) {
	if _, err := io.ReadFull(d.r, d.row); err != nil {
		return false, unpackFault(err)
	}
	return d.row[0] == '*', nil
}

// value gives a value of the row. A number of asterisks did not fit when it was written: programs read it as none.
func (d *dbf) value(i int) (string, quality.Reason) {
	f := d.fields[i]
	b := d.row[f.from:f.to]
	if n := bytes.IndexByte(b, 0); n >= 0 {
		b = b[:n]
	}
	b = bytes.TrimRight(b, " ")
	switch f.sort {
	case 'N', 'F':
		if b = bytes.TrimSpace(b); len(bytes.Trim(b, "*")) == 0 {
			return "", ""
		}
	case 'D':
		if len(b) == 8 && plainDigits("1"+string(b)) {
			if string(b) == "00000000" {
				return "", ""
			}
			return string(b[:4]) + "-" + string(b[4:6]) + "-" + string(b[6:]), ""
		}
	case 'L':
		switch string(b) {
		case "T", "t", "Y", "y":
			return "true", ""
		case "F", "f", "N", "n":
			return "false", ""
		case "?":
			return "", ""
		}
	}
	v := d.decode(b)
	if why := unreadable(v); why != "" {
		return strings.ToValidUTF8(v, "\uFFFD"), why
	}
	return v, ""
}
