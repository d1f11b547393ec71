package sheet

import (
	"math"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// cell is what stands in one cell: a text, or why it cannot be taken.
type cell struct {
	text string
	flaw string // code of a problem: formula, scientific, cell_error, cell_long, control; "" when it is sound
}

// line is one row of a sheet: its number from 1 and its cells by column from 0. The cells are only valid until the next line.
type line struct {
	row   int
	cells []cell
}

const (
	maxColumns = 256    // further columns are passed over
	maxCell    = 32_767 // characters, Excel's own bound
)

// clean makes a cell's text fit to be kept: one sort of line end, no spaces around, the export's guard taken off. Characters
// that cannot be seen are a flaw.
func clean(text string) cell {
	if strings.Contains(text, "\r") {
		text = strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n")
	}
	text = strings.TrimSpace(text)
	switch {
	case len(text) > maxCell && utf8.RuneCountInString(text) > maxCell:
		return cell{text: shorten(text), flaw: "cell_long"}
	case !utf8.ValidString(text) || strings.IndexFunc(text, unseen) >= 0:
		return cell{text: shorten(strings.ToValidUTF8(text, "\uFFFD")), flaw: "control"}
	case scientific(text):
		return cell{text: text, flaw: "scientific"}
	}
	return cell{text: unguard(text)}
}

func unseen(r rune) bool { return unicode.IsControl(r) && r != '\n' || r == utf8.RuneError }

// scientific tells whether a text is what Excel makes of a long number: 1.10102E+17.
func scientific(s string) bool {
	mantissa, exponent, ok := strings.Cut(strings.ToUpper(s), "E+")
	if !ok || len(exponent) < 2 || len(exponent) > 3 || strings.Trim(exponent, "0123456789") != "" {
		return false
	}
	whole, fraction, _ := strings.Cut(strings.TrimLeft(mantissa, "+-"), ".")
	return len(whole) == 1 && strings.Trim(whole+fraction, "0123456789") == ""
}

// guard makes a text safe to be opened: what a spreadsheet would take for a formula or a number in scientific form gets an
// apostrophe in front, as Excel itself writes texts; so does a text that looks guarded already, so that unguard gives it back.
func guard(s string) string {
	if guarded(strings.TrimLeft(s, "'")) {
		return "'" + s
	}
	return s
}

func unguard(s string) string {
	if strings.HasPrefix(s, "'") && guarded(strings.TrimLeft(s, "'")) {
		return s[1:]
	}
	return s
}

func guarded(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return strings.ContainsRune("=+-@\t\r＝＋－＠", r) || scientific(s)
}

// shorten makes a text short enough for a message.
func shorten(s string) string {
	const most = 60
	n := 0
	for i := range s {
		if n++; n > most {
			return s[:i] + "…"
		}
	}
	return s
}

// style says how a numeric cell is shown, as far as it matters here.
type style struct {
	date  bool
	zeros int // at least so many digits, as the format 000000 shows them
}

// numeric reads a cell that holds a number, as a person would see it; a number too long for a spreadsheet is a flaw,
// because its last digits are lost.
func numeric(raw string, s style, since1904 bool) cell {
	digits := strings.TrimPrefix(raw, "-")
	if plain := digits != "" && strings.Trim(digits, "0123456789") == ""; plain && !s.date {
		if len(digits) > 15 && strings.Trim(digits[15:], "0") == "" {
			return cell{raw, "scientific"}
		}
		return cell{text: padded(raw, s.zeros)} // longer ones written by programs still have all digits
	}
	f, err := strconv.ParseFloat(raw, 64)
	switch {
	case err != nil || math.IsInf(f, 0) || math.IsNaN(f):
		return clean(raw)
	case s.date:
		return cell{text: dateOf(f, since1904)}
	case math.Abs(f) >= 1e15:
		return cell{raw, "scientific"}
	}
	// Excel shows fifteen digits of the double it keeps.
	f, _ = strconv.ParseFloat(strconv.FormatFloat(f, 'g', 15, 64), 64)
	return cell{text: padded(strconv.FormatFloat(f, 'f', -1, 64), s.zeros)}
}

func padded(digits string, zeros int) string {
	if n := zeros - len(digits); n > 0 && strings.Trim(digits, "0123456789") == "" {
		return strings.Repeat("0", n) + digits
	}
	return digits
}

// dateOf gives a serial day as 2006-01-02, with the time when it has one. Day 60 of the 1900 calendar does not exist; Excel
// counts it, so that earlier days are one off.
func dateOf(serial float64, since1904 bool) string {
	if serial < 0 || serial > 2_958_465 {
		return strconv.FormatFloat(serial, 'f', -1, 64)
	}
	start := time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)
	switch {
	case since1904:
		start = time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC)
	case serial < 60:
		start = start.AddDate(0, 0, 1)
	}
	day, part := math.Modf(serial)
	seconds := int(math.Round(part * 86400))
	at := start.AddDate(0, 0, int(day)).Add(time.Duration(seconds) * time.Second)
	if seconds == 0 {
		return at.Format("2006-01-02")
	}
	return at.Format("2006-01-02 15:04:05")
}

// cellName is the name of a cell: column from 0, row from 1.
func cellName(column, row int) string {
	return columnName(column) + strconv.Itoa(row)
}

func columnName(column int) string {
	var b [4]byte
	i := len(b)
	for column++; column > 0 && i > 0; column = (column - 1) / 26 {
		i--
		b[i] = byte('A' + (column-1)%26)
	}
	return string(b[i:])
}

// cellAt reads the name of a cell: column from 0, row from 1; ok is false when it is none.
func cellAt(name []byte) (column, row int, ok bool) {
	i := 0
	for i < len(name) && i < 3 && name[i] >= 'A' && name[i] <= 'Z' {
		column = column*26 + int(name[i]-'A') + 1
		i++
	}
	letters := i
	for ; i < len(name) && i < letters+7 && name[i] >= '0' && name[i] <= '9'; i++ {
		row = row*10 + int(name[i]-'0')
	}
	return column - 1, row, letters > 0 && i > letters && i == len(name) && row > 0
}
