package intake

import (
	"encoding/binary"
	"encoding/hex"
	"math"
	"math/big"
	"strconv"
	"time"

	"mulu/platform/quality"
)

// The physical types of Parquet.
const (
	booleanType = 0
	int32Type   = 1
	int64Type   = 2
	int96Type   = 3
	floatType   = 4
	doubleType  = 5
	byteArray   = 6
	fixedArray  = 7
)

// sort is what the values of a column are.
type sort struct {
	physical int64
	width    int // bytes of a value, where all have as many
	optional bool
	means    meaning
	scale    int           // of decimals
	unit     time.Duration // of times
	utc      bool          // times are instants
}

type meaning byte

const (
	asItIs meaning = iota
	unsigned
	decimal
	date
	clock
	moment
	uuid
)

// sortOf reads an element of the schema; false for a type that has no place in a table of text.
func sortOf(e node) (sort, bool) {
	if !e.has(1) {
		return sort{}, false
	}
	s := sort{physical: e.at(1).number, optional: e.at(3).number == 1, scale: int(e.at(7).number)}
	switch s.physical {
	case booleanType:
	case int32Type, floatType:
		s.width = 4
	case int64Type, doubleType:
		s.width = 8
	case int96Type:
		s.width, s.means, s.utc = 12, moment, true
	case byteArray:
	case fixedArray:
		s.width = int(e.at(2).number)
	default:
		return s, false
	}
	if s.width < 0 || s.width > maxValue || s.physical == fixedArray && s.width == 0 {
		return s, false
	}
	if e.has(10) {
		s.logical(e.at(10))
	} else if e.has(6) {
		s.converted(e.at(6).number)
	}
	return s, s.fits()
}

// logical reads the union of logical types: 5 decimal, 6 date, 7 time, 8 timestamp, 10 integer, 14 UUID; text, JSON and lists of
// values are as they are.
func (s *sort) logical(l node) {
	unit := func(u node) time.Duration {
		switch {
		case u.has(1):
			return time.Millisecond
		case u.has(2):
			return time.Microsecond
		}
		return time.Nanosecond
	}
	switch {
	case l.has(5):
		s.means, s.scale = decimal, int(l.at(5).at(1).number)
	case l.has(6):
		s.means = date
	case l.has(7):
		s.means, s.unit = clock, unit(l.at(7).at(2))
	case l.has(8):
		s.means, s.unit, s.utc = moment, unit(l.at(8).at(2)), l.at(8).at(1).number == 1
	case l.has(10) && l.at(10).at(2).number == 0:
		s.means = unsigned
	case l.has(14):
		s.means = uuid
	}
}

// converted reads the older names of the same.
func (s *sort) converted(n int64) {
	switch n {
	case 5:
		s.means = decimal
	case 6:
		s.means = date
	case 7:
		s.means, s.unit = clock, time.Millisecond
	case 8:
		s.means, s.unit = clock, time.Microsecond
	case 9:
		s.means, s.unit, s.utc = moment, time.Millisecond, true
	case 10:
		s.means, s.unit, s.utc = moment, time.Microsecond, true
	case 11, 12, 13, 14:
		s.means = unsigned
	}
}

// fits says that the physical type can carry the meaning, and that both can be text.
func (s *sort) fits() bool {
	integer := s.physical == int32Type || s.physical == int64Type
	switch s.means {
	case unsigned, clock:
		return integer
	case date:
		return s.physical == int32Type
	case moment:
		return s.physical == int64Type || s.physical == int96Type
	case decimal:
		return (integer || s.physical == byteArray || s.physical == fixedArray) && s.scale >= 0 && s.scale <= 1000
	case uuid:
		return s.physical == fixedArray && s.width == 16
	}
	return s.physical != fixedArray
}

// decoder reads the values of a page, at most count.
func (s sort) decoder(encoding int64, body []byte, dictionary [][]byte, count int64) (supply, error) {
	switch {
	case encoding == 0:
		return &plain{page: body, sort: s}, nil
	case encoding == 2 || encoding == 8:
		if len(body) == 0 { // nothing but nulls
			return &looked{}, nil
		}
		if body[0] > 32 {
			return nil, errPage
		}
		return &looked{runs{b: body[1:], width: int(body[0])}, dictionary}, nil
	case encoding == 3 && s.physical == booleanType:
		if len(body) < 4 {
			return &truths{}, nil
		}
		return &truths{runs{b: body[4:], width: 1}}, nil
	case len(body) == 0:
		return &plain{sort: s}, nil
	case encoding == 5 && (s.physical == int32Type || s.physical == int64Type):
		return newDeltas(body, s.physical, count)
	case encoding == 6 && s.physical == byteArray:
		return newLengths(body, count)
	case encoding == 7 && (s.physical == byteArray || s.physical == fixedArray):
		return newPrefixes(body, count)
	case encoding == 9 && s.width > 0 && s.width <= 16 && s.physical != int96Type:
		return &split{b: body, width: s.width}, nil
	}
	return nil, fault("parquet_encoding", 0, encoding)
}

// text gives a value as text.
func (s sort) text(b []byte) (string, quality.Reason) {
	switch s.physical {
	case booleanType:
		return strconv.FormatBool(b[0] != 0), ""
	case int32Type:
		return s.whole(int64(int32(binary.LittleEndian.Uint32(b))), uint64(binary.LittleEndian.Uint32(b)))
	case int64Type:
		n := binary.LittleEndian.Uint64(b)
		return s.whole(int64(n), n)
	case int96Type: // nanoseconds of the day, then the Julian day
		const julian1970 = 2440588
		nanos, day := int64(binary.LittleEndian.Uint64(b)), int64(binary.LittleEndian.Uint32(b[8:]))
		return s.instant(time.Unix((day-julian1970)*86400, 0).Add(time.Duration(nanos)))
	case floatType:
		return floating(float64(math.Float32frombits(binary.LittleEndian.Uint32(b))), 32)
	case doubleType:
		return floating(math.Float64frombits(binary.LittleEndian.Uint64(b)), 64)
	}
	switch s.means {
	case decimal:
		if len(b) > 1<<10 {
			return "", quality.Huge
		}
		n := new(big.Int).SetBytes(b)
		if len(b) > 0 && b[0] >= 0x80 {
			n.Sub(n, new(big.Int).Lsh(big.NewInt(1), uint(8*len(b))))
		}
		return point(n.String(), s.scale), ""
	case uuid:
		h := hex.EncodeToString(b)
		return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:], ""
	}
	c := textCell(string(b))
	return c.text, c.why
}

func (s sort) whole(n int64, bits uint64) (string, quality.Reason) {
	switch s.means {
	case unsigned:
		return strconv.FormatUint(bits, 10), ""
	case decimal:
		return point(strconv.FormatInt(n, 10), s.scale), ""
	case date:
		t := time.Unix(n*86400, 0).UTC()
		if t.Year() < 0 || t.Year() > 9999 {
			return strconv.FormatInt(n, 10), quality.NoDate
		}
		return t.Format(time.DateOnly), ""
	case clock:
		if n < 0 || n > int64(24*time.Hour/s.unit) {
			return strconv.FormatInt(n, 10), quality.NoDate
		}
		return time.Unix(0, 0).UTC().Add(time.Duration(n) * s.unit).Format("15:04:05.999999999"), ""
	case moment:
		per := int64(time.Second / s.unit)
		seconds, part := n/per, n%per
		return s.instant(time.Unix(seconds, part*int64(s.unit)))
	}
	return strconv.FormatInt(n, 10), ""
}

// instant gives a time of day as people here read it; a time without a zone is one already.
func (s sort) instant(t time.Time) (string, quality.Reason) {
	t = t.UTC()
	if s.utc {
		t = beijing(t)
	}
	if t.Year() < 1 || t.Year() > 9999 {
		return strconv.FormatInt(t.Unix(), 10), quality.NoDate
	}
	return t.Format("2006-01-02 15:04:05.999999999"), ""
}

// beijing gives the time of clocks in Beijing, with the summer time of 1986 to 1991, without which a midnight of those years would fall
// on the day before. From 2 o'clock of the first Sunday of May 1986 and of the Sundays from the 11th of April to that from the 11th of September.
func beijing(t time.Time) time.Time {
	standard := t.In(time.FixedZone("CST", 8*3600))
	year := standard.Year()
	if year < 1986 || year > 1991 {
		return standard
	}
	sunday := func(month time.Month, day int) time.Time {
		d := time.Date(year, month, day, 2, 0, 0, 0, standard.Location())
		return d.AddDate(0, 0, (7-int(d.Weekday()))%7)
	}
	begin, end := sunday(time.April, 11), sunday(time.September, 11).Add(-time.Hour)
	if year == 1986 {
		begin = sunday(time.May, 4)
	}
	if t.Before(begin) || !t.Before(end) {
		return standard
	}
	return t.In(time.FixedZone("CDT", 9*3600))
}

// point puts a decimal point scale digits before the end.
func point(digits string, scale int) string {
	if scale == 0 {
		return digits
	}
	sign := ""
	if digits[0] == '-' {
		sign, digits = "-", digits[1:]
	}
	for len(digits) <= scale {
		digits = "0" + digits
	}
	return sign + digits[:len(digits)-scale] + "." + digits[len(digits)-scale:]
}

// floating gives the shortest text of a floating number; NaN is how programs write none. A whole number beyond 2^53 has lost digits:
// identity numbers become such when a column of integers has gaps.
func floating(x float64, bits int) (string, quality.Reason) {
	exact := float64(1 << 53)
	if bits == 32 {
		exact = 1 << 24
	}
	switch {
	case math.IsNaN(x):
		return "", ""
	case math.IsInf(x, 0):
		return strconv.FormatFloat(x, 'f', -1, bits), quality.OutOfRange
	case math.Abs(x) >= exact && x == math.Trunc(x):
		return strconv.FormatFloat(x, 'f', -1, bits), quality.LostDigits
	}
	return strconv.FormatFloat(x, 'f', -1, bits), ""
}
