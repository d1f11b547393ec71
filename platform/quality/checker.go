package quality

import (
	"strings"
	"time"
	"unicode/utf8"

	"mulu"
)

// maxValue bounds one value in bytes.
const maxValue = 64 << 10

// Problem is one thing wrong with a row.
type Problem struct {
	Item   int // index of the item, -1 the whole row
	Reason Reason
	Rule   int  // index of the owner's rule, -1 none
	Note   bool // the row stays
}

// Checker is one pass over the rows of a load or a version. It belongs to one goroutine.
type Checker struct {
	plan  *Plan
	today int // yyyymmdd of Beijing
	now   time.Time

	rows     int64
	left     int64 // rows left out by Row
	filled   []int64
	persons  []int64 // citizen numbers in columns not marked as personal
	fits     []bool  // of the row at hand: the item has a value without fault
	numbers  []mulu.Decimal
	lengths  []int // in characters
	found    []Problem
	out      bool    // the row at hand is left out
	checked  []int64 // for each rule's check; the others are reckoned from filled
	bad      []int64
	why      []tally // for each check
	profiles []profile
	arena    strings.Builder
	buffer   []byte
	repeats  []repeats // for each rule of plan.unique
	repeated bool
}

// tally counts the reasons that one check found.
type tally []ReasonCount

// ReasonCount is how often a reason was found.
type ReasonCount struct {
	Reason Reason `json:"reason"`
	Bad    int64  `json:"bad"`
}

// Checker begins a pass. now tells which dates lie ahead and how old the data is. Close it when it is done.
func (p *Plan) Checker(now time.Time) *Checker {
	n := len(p.columns)
	local := now.UTC().Add(8 * time.Hour)
	c := &Checker{plan: p, now: now, today: local.Year()*10000 + int(local.Month())*100 + local.Day(), filled: make([]int64, n), persons: make([]int64, n), fits: make([]bool, n),
		numbers: make([]mulu.Decimal, n), lengths: make([]int, n), checked: make([]int64, len(p.checks)), bad: make([]int64, len(p.checks)),
		why: make([]tally, len(p.checks)), profiles: make([]profile, n), repeats: make([]repeats, len(p.unique))}
	for i := range c.profiles {
		c.profiles[i] = newProfile(p.columns[i].sort, p.columns[i].withheld)
	}
	for i := range c.repeats {
		c.repeats[i].dir, c.repeats[i].run = p.Spill, printsRun
	}
	return c
}

// Row tests one row, one value for each item in order, and puts the values into the form in which they are stored. The
// row is to be left out if any problem is no note. The slice is used again by the next Row.
func (c *Checker) Row(values []string) []Problem {
	c.rows++
	c.found, c.out = c.found[:0], false
	if len(values) != len(c.plan.columns) {
		c.problem(c.plan.read, -1, Columns, -1, false)
		c.left++
		return c.found
	}
	for i := range c.plan.columns {
		col := &c.plan.columns[i]
		values[i], c.fits[i] = c.value(i, col, values[i])
	}
	for i := range c.plan.bound {
		if r := &c.plan.bound[i]; (r.when < 0 || c.fits[r.when]) && c.binds(r, values) {
			c.rule(r, values)
		}
	}
	if c.out {
		c.left++
	}
	for i, v := range values {
		if v != "" {
			c.profiles[i].add(v, c.lengths[i], &c.numbers[i], c.fits[i])
		}
	}
	return c.found
}

// Out says that the row given to Row last is to be left out.
func (c *Checker) Out() bool { return c.out }

// problem counts a fault of the row at hand and lists it.
func (c *Checker) problem(check, item int, why Reason, rule int, note bool) {
	note = note || why.onlyNoted()
	c.count(check, why)
	c.out = c.out || !note
	c.found = append(c.found, Problem{item, why, rule, note})
}

func (c *Checker) count(check int, why Reason) {
	c.bad[check]++
	for i := range c.why[check] {
		if t := &c.why[check][i]; t.Reason == why {
			t.Bad++
			return
		}
	}
	c.why[check] = append(c.why[check], ReasonCount{why, 1})
}

// value tests a value against its column and gives its stored form, and whether it is a value without fault.
func (c *Checker) value(i int, col *column, v string) (string, bool) {
	if !col.memo {
		v = mulu.TrimSpace(v)
	}
	if v == "" {
		if col.required >= 0 {
			c.problem(col.required, i, Required, -1, false)
		}
		return v, false
	}
	c.filled[i]++
	runes, why := shape(v)
	c.lengths[i] = runes
	if why != "" {
		c.problem(col.shape, i, why, -1, false)
		if !why.onlyNoted() {
			return v, false
		}
	}
	for k := range col.steps {
		s := &col.steps[k]
		var stored string
		stored, why = c.step(i, s, v, runes)
		if why != "" {
			c.problem(s.check, i, why, -1, s.note)
			if !s.note && !why.onlyNoted() {
				return v, false
			}
		}
		if s.store && stored != v {
			v = stored
			runes = utf8.RuneCountInString(v)
			c.lengths[i] = runes
		}
	}
	if col.unmarked >= 0 && len(v) == 18 && v[0] >= '1' && v[0] <= '7' {
		if _, why := citizenID(v, c.today); why == "" {
			c.persons[i]++
		}
	}
	return v, true
}

// shape counts the characters of a value and looks for those that no value has.
func shape(v string) (runes int, why Reason) {
	if len(v) > maxValue {
		return len(v), Huge
	}
	for i := 0; i < len(v); {
		b := v[i]
		runes++
		if b < utf8.RuneSelf {
			if b < 0x20 && b != '\t' && b != '\n' && b != '\r' || b == 0x7f {
				return runes, Characters
			}
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(v[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			return runes, Encoding
		case r == utf8.RuneError:
			why = Garbled
		case r < 0xa0:
			return runes, Characters
		}
		i += size
	}
	return runes, why
}

// step does one test. It gives the stored form and what is wrong.
func (c *Checker) step(i int, s *step, v string, runes int) (string, Reason) {
	switch s.sort {
	case stepType:
		return c.typed(i, s.typ, v)
	case stepLength:
		if c.plan.columns[i].sort == "number" {
			runes = countDigits(v)
		}
		if runes > s.length {
			return v, TooLong
		}
	case stepForm:
		return s.form(v, c.today)
	case stepCodes:
		n := mulu.Narrow(v)
		if _, ok := s.codes[n]; ok {
			return n, ""
		}
		if _, ok := s.codes[v]; !ok {
			return v, NotInCodes
		}
	case stepRange:
		if !within(s.typ, v, &s.low, &s.high) {
			return v, OutOfRange
		}
	case stepDecimals:
		if len(c.numbers[i].Part) > 2 {
			return v, Decimals
		}
	}
	return v, ""
}

// typed tests a value against a type that is not text.
func (c *Checker) typed(i int, typ, v string) (string, Reason) {
	v = mulu.Narrow(v)
	switch mulu.TypeSort(typ) {
	case "number":
		d, ok := mulu.ReadDecimal(v, typ == "B" || typ == "F")
		if !ok || typ == "I" && (strings.IndexByte(v, '.') >= 0 || !fitsInt64(d)) {
			return v, WrongType
		}
		c.numbers[i] = d
		return v, ""
	case "logical":
		yes, ok := mulu.ReadLogical(v)
		switch {
		case !ok:
			return v, WrongType
		case yes:
			return "1", ""
		default:
			return "0", ""
		}
	}
	m, ok := mulu.ReadMoment(v)
	if !ok || typ == "D" && !m.Midnight() {
		if !ok && len(v) >= 8 && allDigits(v[:4]) && dateLike(v) {
			return v, NoSuchDay
		}
		return v, WrongType
	}
	if typ == "D" {
		c.buffer = m.AppendDate(c.buffer[:0])
	} else {
		c.buffer = m.AppendTime(c.buffer[:0])
	}
	if string(c.buffer) == v {
		return v, ""
	}
	return c.keep(), ""
}

// dateLike says that a value is written with the signs of a date, so that its day or time must be what is wrong.
func dateLike(v string) bool {
	for _, r := range v {
		if (r < '0' || r > '9') && !strings.ContainsRune("-/.: T年月日时分秒", r) {
			return false
		}
	}
	return len(v) <= 40
}

// keep makes a string of the buffer. Many share one piece of memory, so that a row needs none of its own.
func (c *Checker) keep() string {
	const piece = 64 << 10
	if c.arena.Cap()-c.arena.Len() < len(c.buffer) {
		c.arena = strings.Builder{}
		c.arena.Grow(piece)
	}
	from := c.arena.Len()
	c.arena.Write(c.buffer)
	return c.arena.String()[from:]
}

func fitsInt64(d mulu.Decimal) bool {
	const most = "9223372036854775807"
	if len(d.Whole) != len(most) {
		return len(d.Whole) < len(most)
	}
	return d.Whole <= most || d.Negative && d.Whole == "9223372036854775808"
}

func countDigits(v string) int {
	n := 0
	for i := 0; i < len(v); i++ {
		if v[i] >= '0' && v[i] <= '9' {
			n++
		}
	}
	return n
}

// within says that a value of a type lies between two bounds.
func within(typ, v string, low, high *bound) bool {
	if mulu.TypeSort(typ) == "number" {
		d, _ := mulu.ReadDecimal(v, true)
		return (!low.set || d.Compare(low.number) >= 0) && (!high.set || d.Compare(high.number) <= 0)
	}
	return (!low.set || v >= low.text) && (!high.set || v <= high.text)
}

// binds says whether the condition of a rule holds for a row.
func (c *Checker) binds(r *rule, values []string) bool {
	if r.when < 0 {
		return true
	}
	v := values[r.when]
	if r.is == nil || v == "" {
		return v != ""
	}
	n, _ := mulu.ReadDecimal(v, true) // of text it is zero, and the set holds no numbers
	return r.is.has(v, &n)
}

// rule tests a row against one rule. Values that are missing or already found wrong are no matter of it.
func (c *Checker) rule(r *rule, values []string) {
	if r.Check == "compare" && len(r.items) == 2 {
		if c.fits[r.items[0]] && c.fits[r.items[1]] {
			c.checked[r.check]++
			if !r.stands(c.order(r, values)) {
				c.problem(r.check, r.items[0], Compared, r.index, r.note)
			}
		}
		return
	}
	for k, i := range r.items {
		if r.Check == "filled" {
			if c.checked[r.check]++; values[i] == "" {
				c.problem(r.check, i, Required, r.index, r.note)
			}
			continue
		}
		if !c.fits[i] {
			continue
		}
		c.checked[r.check]++
		why := r.reason()
		ok := true
		switch r.Check {
		case "range":
			ok = within(c.plan.content.Items[i].Type, values[i], &r.low[k], &r.high[k])
		case "values":
			ok = r.values[k].has(values[i], &c.numbers[i])
		case "format":
			var n string
			if n, why = r.form(values[i], c.today); why == "" || why.onlyNoted() {
				values[i] = n
			}
			ok = why == ""
		case "compare":
			ok = r.stands(c.against(r, values[i]))
		}
		if !ok {
			c.problem(r.check, i, why, r.index, r.note)
		}
	}
}

// order compares the two items of a rule.
func (c *Checker) order(r *rule, values []string) int {
	if mulu.TypeSort(r.typ) == "number" {
		return c.numbers[r.items[0]].Compare(c.numbers[r.items[1]])
	}
	return strings.Compare(values[r.items[0]], values[r.items[1]])
}

// against compares an item with the constant of a rule.
func (c *Checker) against(r *rule, v string) int {
	if mulu.TypeSort(r.typ) == "number" {
		return c.numbers[r.items[0]].Compare(r.low[0].number)
	}
	return strings.Compare(v, r.low[0].text)
}
