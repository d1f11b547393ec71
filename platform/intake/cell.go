package intake

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"mulu/platform/quality"
)

// style is how a number is shown, as far as it changes what the number says.
type style struct {
	date  bool // a serial number of days
	span  bool // [h]:mm, hours that pass a day
	zeros int  // digits that are filled up with leading zeros
}

// builtinStyle: the formats without a code that are dates: 14-22, 45, 47 and in Chinese Excel 27-36 and 50-58; 46 is a span.
func builtinStyle(id string) style {
	n, err := strconv.Atoi(id)
	switch {
	case err != nil:
		return style{}
	case n == 46:
		return style{span: true}
	case n >= 14 && n <= 22, n >= 27 && n <= 36, n == 45, n == 47, n >= 50 && n <= 58:
		return style{date: true}
	}
	return style{}
}

// styleOf reads a format code: 000000 shows leading zeros, letters of dates outside quotation marks, brackets and escapes make a
// date, an hour in brackets makes a span.
func styleOf(code string) style {
	code, _, _ = strings.Cut(code, ";")
	if code != "" && strings.Trim(code, "0") == "" {
		return style{zeros: min(len(code), 30)}
	}
	for i := 0; i < len(code); i++ {
		switch c := code[i]; {
		case c == '"':
			i += 1 + max(strings.IndexByte(code[i+1:], '"'), 0)
		case c == '[':
			end := strings.IndexByte(code[i:], ']')
			if end < 0 {
				return style{}
			}
			if in := strings.ToLower(code[i+1 : i+end]); in != "" && (strings.Trim(in, "h") == "" || strings.Trim(in, "m") == "" || strings.Trim(in, "s") == "") {
				return style{span: true}
			}
			i += end
		case c == '\\' || c == '_' || c == '*':
			i++
		case strings.IndexByte("yYmMdDhHsS", c) >= 0:
			return style{date: true}
		}
	}
	return style{}
}

// maxExact is the first number of 16 digits: spreadsheets keep 15.
const maxExact = 1e15

// number gives the text of a number as it is shown, its digits not cut by a column's width or format.
func number(v string, s style, since1904 bool) (string, quality.Reason) {
	if !s.date && !s.span && len(v) <= 15 && plainDigits(v) {
		return pad(v, s.zeros), ""
	}
	x, err := strconv.ParseFloat(v, 64)
	switch {
	case err != nil || math.IsNaN(x) || math.IsInf(x, 0):
		return v, quality.CellError
	case s.date:
		return dateOf(x, since1904)
	case s.span:
		seconds := math.Round(x * 86400)
		if math.Abs(seconds) > maxExact {
			return v, quality.NoDate
		}
		n := int64(math.Abs(seconds))
		text := fmt.Sprintf("%d:%02d:%02d", n/3600, n/60%60, n%60)
		if seconds < 0 {
			text = "-" + text
		}
		return text, ""
	case math.Abs(x) >= maxExact:
		return v, quality.LostDigits
	}
	// 0.1+0.2 is kept as 0.30000000000000004 and shown as 0.3
	x, _ = strconv.ParseFloat(strconv.FormatFloat(x, 'e', 14, 64), 64)
	return pad(strconv.FormatFloat(x, 'f', -1, 64), s.zeros), ""
}

// plainDigits: a number that is written as it is shown.
func plainDigits(v string) bool {
	for i := 0; i < len(v); i++ {
		if v[i] < '0' || v[i] > '9' {
			return false
		}
	}
	return v != "" && (v[0] != '0' || len(v) == 1)
}

func pad(v string, zeros int) string {
	if len(v) >= zeros || !plainDigits(v) {
		return v
	}
	return strings.Repeat("0", zeros-len(v)) + v
}

// dateOf turns days since the last of 1899 (or since 1904) into a date, a time below one day. Day 60 of the one calendar
// is the 29th of February 1900, which did not exist.
func dateOf(x float64, since1904 bool) (string, quality.Reason) {
	const last = 2958466 // the first day of the year 10000
	if x < 0 || x >= last || !since1904 && x >= 60 && x < 61 {
		return strconv.FormatFloat(x, 'f', -1, 64), quality.NoDate
	}
	days, part := math.Floor(x), x-math.Floor(x)
	seconds := int(math.Round(part * 86400))
	base := time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)
	switch {
	case since1904:
		base = time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC)
	case x < 60:
		base = time.Date(1899, 12, 31, 0, 0, 0, 0, time.UTC)
	}
	at := base.AddDate(0, 0, int(days)).Add(time.Duration(seconds) * time.Second)
	switch {
	case days == 0 && !since1904 && seconds < 86400:
		return at.Format(time.TimeOnly), ""
	case at.Year() > 9999:
		return strconv.FormatFloat(x, 'f', -1, 64), quality.NoDate
	case at.Hour() == 0 && at.Minute() == 0 && at.Second() == 0:
		return at.Format(time.DateOnly), ""
	}
	return at.Format(time.DateTime), ""
}
