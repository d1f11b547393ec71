package mulu

import (
	"strings"
	"time"
	"unicode/utf8"
)

// TypeSort says what values of an item's type are compared as: "number", "date", "time", "logical" or "text".
func TypeSort(typ string) string {
	switch typ {
	case "N", "Y", "B", "I", "F":
		return "number"
	case "D":
		return "date"
	case "T":
		return "time"
	case "L":
		return "logical"
	default:
		return "text"
	}
}

// NormalValue gives the one form in which a value of a type is stored, and whether it is of that type: dates as
// 2026-11-23, date-times as 2026-11-23 08:00:00, logical values as 1 and 0, numbers and codes in half-width characters,
// everything but memos (M) without spaces around it.
func NormalValue(typ, v string) (string, bool) {
	if typ == "M" {
		return v, true
	}
	if v = TrimSpace(v); TypeSort(typ) == "text" {
		return v, true
	}
	v = Narrow(v)
	switch TypeSort(typ) {
	case "number":
		d, ok := ReadDecimal(v, typ == "B" || typ == "F")
		return v, ok && (typ != "I" || d.Part == "" && !strings.Contains(v, "."))
	case "date":
		m, ok := ReadMoment(v)
		if !ok || !m.Midnight() {
			return v, false
		}
		return string(m.AppendDate(nil)), true
	case "time":
		m, ok := ReadMoment(v)
		if !ok {
			return v, false
		}
		return string(m.AppendTime(nil)), true
	default:
		yes, ok := ReadLogical(v)
		switch {
		case !ok:
			return v, false
		case yes:
			return "1", true
		default:
			return "0", true
		}
	}
}

// CompareValues compares two values of one type in their normal form: -1, 0 or 1. Text is compared by its bytes.
func CompareValues(typ, a, b string) int {
	if TypeSort(typ) != "number" {
		return strings.Compare(a, b)
	}
	x, _ := ReadDecimal(a, true)
	y, _ := ReadDecimal(b, true)
	return x.Compare(y)
}

// TrimSpace takes spaces of every width, byte order marks and zero-width spaces from both ends.
func TrimSpace(v string) string {
	n := len(v)
	if n == 0 || !maySpace(v[0]) && v[n-1] > ' ' && (v[n-1] < utf8.RuneSelf || n > 2 && !maySpace(v[n-2]) && !maySpace(v[n-3])) {
		return v
	}
	return strings.TrimFunc(v, func(r rune) bool {
		return r == ' ' || r == '\t' || r == '\n' || r == '\r' || r == 0xa0 || r >= 0x2000 && r <= 0x200d || r == 0x202f || r == 0x3000 || r == 0xfeff
	})
}

// maySpace says that a space can begin with this byte.
func maySpace(b byte) bool {
	return b <= ' ' || b == 0xc2 || b == 0xe2 || b == 0xe3 || b == 0xef
}

// Narrow turns full-width letters, digits and signs (U+FF01 to U+FF5E, U+3000) into their half-width forms.
func Narrow(v string) string {
	for i := 0; i < len(v); i++ {
		if v[i] == 0xef || v[i] == 0xe3 { // the first byte of all of them
			return strings.Map(func(r rune) rune {
				switch {
				case r >= 0xff01 && r <= 0xff5e:
					return r - 0xfee0
				case r == 0x3000:
					return ' '
				default:
					return r
				}
			}, v)
		}
	}
	return v
}

// ReadLogical reads a logical value: 1 true T Y yes 是 or 0 false F N no 否, letters of either case.
func ReadLogical(v string) (yes, ok bool) {
	switch v {
	case "1", "是":
		return true, true
	case "0", "否":
		return false, true
	}
	for _, w := range [4]string{"true", "t", "y", "yes"} {
		if strings.EqualFold(v, w) {
			return true, true
		}
	}
	for _, w := range [4]string{"false", "f", "n", "no"} {
		if strings.EqualFold(v, w) {
			return false, true
		}
	}
	return false, false
}

// Decimal is a number as it was written, never passed through floating point: Whole has no leading, Part no trailing
// zeros, and zero is two empty texts.
type Decimal struct {
	Negative    bool
	Whole, Part string
}

// maxExponent bounds exponents to what a double can have.
const maxExponent = 324

// ReadDecimal reads a decimal number: an optional sign, digits, optionally a point with digits on at least one side.
// exponent allows e or E with a power of ten.
func ReadDecimal(v string, exponent bool) (Decimal, bool) {
	var d Decimal
	if v != "" && (v[0] == '-' || v[0] == '+') {
		d.Negative, v = v[0] == '-', v[1:]
	}
	whole := digits(v)
	d.Whole, v = v[:whole], v[whole:]
	if v != "" && v[0] == '.' {
		part := digits(v[1:])
		d.Part, v = v[1:1+part], v[1+part:]
	}
	if d.Whole == "" && d.Part == "" {
		return Decimal{}, false
	}
	if v != "" {
		if !exponent || v[0] != 'e' && v[0] != 'E' {
			return Decimal{}, false
		}
		by, ok := readExponent(v[1:])
		if !ok {
			return Decimal{}, false
		}
		d = d.shift(by)
	}
	d.Whole, d.Part = strings.TrimLeft(d.Whole, "0"), strings.TrimRight(d.Part, "0")
	if d.Whole == "" && d.Part == "" {
		d.Negative = false
	}
	return d, true
}

func readExponent(v string) (by int, ok bool) {
	negative := false
	if v != "" && (v[0] == '-' || v[0] == '+') {
		negative, v = v[0] == '-', v[1:]
	}
	if v == "" || digits(v) != len(v) {
		return 0, false
	}
	for i := 0; i < len(v); i++ {
		if by = by*10 + int(v[i]-'0'); by > maxExponent {
			return 0, false
		}
	}
	if negative {
		by = -by
	}
	return by, true
}

// shift moves the point by places to the right.
func (d Decimal) shift(places int) Decimal {
	all := d.Whole + d.Part
	switch point := len(d.Whole) + places; {
	case point <= 0:
		d.Whole, d.Part = "", strings.Repeat("0", -point)+all
	case point >= len(all):
		d.Whole, d.Part = all+strings.Repeat("0", point-len(all)), ""
	default:
		d.Whole, d.Part = all[:point], all[point:]
	}
	return d
}

// Compare is -1, 0 or 1 as d is less than, equal to or greater than e.
func (d Decimal) Compare(e Decimal) int {
	if d.Negative != e.Negative {
		if d.Negative {
			return -1
		}
		return 1
	}
	c := len(d.Whole) - len(e.Whole)
	if c == 0 {
		c = strings.Compare(d.Whole, e.Whole)
	}
	if c == 0 {
		c = strings.Compare(d.Part, e.Part)
	}
	if d.Negative {
		c = -c
	}
	return min(1, max(-1, c))
}

func digits(v string) int {
	for i := 0; i < len(v); i++ {
		if v[i] < '0' || v[i] > '9' {
			return i
		}
	}
	return len(v)
}

// Moment is a date with a time of day, of Beijing (UTC+8). Fraction are the digits of a second's fraction.
type Moment struct {
	Year, Month, Day, Hour, Minute, Second int
	Fraction                               string
}

// Midnight says that nothing but the date is told.
func (m Moment) Midnight() bool {
	return m.Hour == 0 && m.Minute == 0 && m.Second == 0 && m.Fraction == ""
}

// AppendDate appends the date as 2026-11-23.
func (m Moment) AppendDate(b []byte) []byte {
	b = append(b, byte('0'+m.Year/1000), byte('0'+m.Year/100%10), byte('0'+m.Year/10%10), byte('0'+m.Year%10))
	return two(two(b, '-', m.Month), '-', m.Day)
}

// AppendTime appends date and time as 2026-11-23 08:00:00, with the fraction of a second if there is one.
func (m Moment) AppendTime(b []byte) []byte {
	b = two(two(two(m.AppendDate(b), ' ', m.Hour), ':', m.Minute), ':', m.Second)
	if m.Fraction != "" {
		b = append(append(b, '.'), m.Fraction...)
	}
	return b
}

func two(b []byte, before byte, n int) []byte {
	return append(b, before, byte('0'+n/10), byte('0'+n%10))
}

// ReadMoment reads a date, alone or with a time of day: 2026-11-23, 2026/11/23, 2026.11.23, 20261123 or 2026年11月23日; then
// 08:00, 08:00:00, 08:00:00.5 or 8时0分0秒 after a space or a T, or six digits after eight; then Z or an offset. Without an
// offset it is Beijing time. Days and times that do not exist are refused.
func ReadMoment(v string) (Moment, bool) {
	m, rest, ok := readDay(v)
	if !ok || rest == "" {
		return m, ok
	}
	if compact := len(v) - len(rest); compact == 8 && len(rest) == 6 && digits(rest) == 6 {
		m.Hour, m.Minute, m.Second = number(rest[:2]), number(rest[2:4]), number(rest[4:])
		return m, m.Hour < 24 && m.Minute < 60 && m.Second < 60
	}
	if rest[0] == 'T' || rest[0] == 't' {
		rest = rest[1:]
	} else if trimmed := strings.TrimLeft(rest, " "); trimmed != rest || strings.HasPrefix(v[4:], "年") {
		rest = trimmed
	} else {
		return Moment{}, false
	}
	return m.readClock(rest)
}

func readDay(v string) (m Moment, rest string, ok bool) {
	if len(v) < 8 || digits(v[:4]) != 4 {
		return m, "", false
	}
	m.Year, v = number(v[:4]), v[4:]
	if digits(v[:4]) == 4 {
		m.Month, m.Day, rest = number(v[:2]), number(v[2:4]), v[4:]
		return m, rest, m.real() && (rest == "" || rest[0] < '0' || rest[0] > '9' || len(rest) == 6)
	}
	first, second, last := v[:1], v[:1], ""
	switch {
	case v[0] == '-' || v[0] == '/' || v[0] == '.':
	case strings.HasPrefix(v, "年"):
		first, second, last = "年", "月", "日"
	default:
		return m, "", false
	}
	v = v[len(first):]
	if m.Month, v = upToTwo(v); !strings.HasPrefix(v, second) {
		return m, "", false
	}
	m.Day, v = upToTwo(v[len(second):])
	if !strings.HasPrefix(v, last) {
		return m, "", false
	}
	v = v[len(last):]
	return m, v, m.real() && (v == "" || v[0] < '0' || v[0] > '9' || last != "")
}

// upToTwo reads one or two digits; 0 if there are none.
func upToTwo(v string) (int, string) {
	n := digits(v[:min(2, len(v))])
	return number(v[:n]), v[n:]
}

func number(v string) int {
	n := 0
	for i := 0; i < len(v); i++ {
		n = n*10 + int(v[i]-'0')
	}
	return n
}

// real says that the day exists, in the years 1 to 9999.
func (m Moment) real() bool {
	if m.Year < 1 || m.Month < 1 || m.Month > 12 || m.Day < 1 {
		return false
	}
	last := [13]int{0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}[m.Month]
	if m.Month == 2 && m.Year%4 == 0 && (m.Year%100 != 0 || m.Year%400 == 0) {
		last = 29
	}
	return m.Day <= last
}

// readClock reads the time of day and the offset, and turns it into Beijing time.
func (m Moment) readClock(v string) (Moment, bool) {
	n := digits(v)
	if n < 1 || n > 2 {
		return m, false
	}
	m.Hour, v = number(v[:n]), v[n:]
	hour, minute, second := ":", ":", ""
	if strings.HasPrefix(v, "时") {
		hour, minute, second = "时", "分", "秒"
	}
	rest, ok := strings.CutPrefix(v, hour)
	n = digits(rest)
	if !ok || n < 1 || n > 2 || n == 1 && second == "" {
		return m, false
	}
	m.Minute, v = number(rest[:n]), rest[n:]
	if second != "" && !strings.HasPrefix(v, minute) {
		return m, false
	}
	if rest, ok = strings.CutPrefix(v, minute); ok && (second == "" || rest != "") {
		n = digits(rest)
		if n < 1 || n > 2 || n == 1 && second == "" {
			return m, false
		}
		m.Second, rest = number(rest[:n]), rest[n:]
		if strings.HasPrefix(rest, ".") && second == "" {
			n = digits(rest[1:])
			if n < 1 || n > 9 {
				return m, false
			}
			m.Fraction, rest = strings.TrimRight(rest[1:1+n], "0"), rest[1+n:]
		}
		if rest, ok = strings.CutPrefix(rest, second); !ok {
			return m, false
		}
	}
	if m.Hour > 23 || m.Minute > 59 || m.Second > 59 {
		return m, false
	}
	return m.offset(rest)
}

// offset reads Z, +08:00, +0800 or +08, and moves the moment into Beijing time.
func (m Moment) offset(v string) (Moment, bool) {
	const beijing = 8 * 60
	if v == "" || v == "+08:00" {
		return m, true
	}
	minutes := 0
	if v != "Z" && v != "z" {
		sign, clock := v[0], strings.Replace(v[1:], ":", "", 1)
		if sign != '+' && sign != '-' || digits(clock) != len(clock) || len(clock) != 2 && len(clock) != 4 {
			return m, false
		}
		if minutes = number(clock[:2]) * 60; len(clock) == 4 {
			minutes += number(clock[2:])
		}
		if minutes > 18*60 || len(clock) == 4 && number(clock[2:]) > 59 {
			return m, false
		}
		if sign == '-' {
			minutes = -minutes
		}
	}
	t := time.Date(m.Year, time.Month(m.Month), m.Day, m.Hour, m.Minute+beijing-minutes, m.Second, 0, time.UTC)
	if t.Year() < 1 || t.Year() > 9999 {
		return m, false
	}
	m.Year, m.Month, m.Day, m.Hour, m.Minute, m.Second = t.Year(), int(t.Month()), t.Day(), t.Hour(), t.Minute(), t.Second()
	return m, true
}
