package quality

import (
	"math"
	"math/bits"
	"sort"
	"strings"
	"unicode/utf8"

	"mulu"
)

const (
	fewValues  = 64 // up to this many distinct values are counted one by one
	topLength  = 64 // bytes of a value that is listed
	topListed  = 10
	registers  = 1 << 12 // of the estimate of distinct values: a standard error of 1.6 %
	indexShift = 64 - 12
)

// Column is the profile of one item. Low, High and Top show values and are left out for items that are personal,
// sensitive or of grade 3 and 4; Top also where there are more than 64 distinct values.
type Column struct {
	Item        string       `json:"item"`
	Filled      int64        `json:"filled"`
	FilledRate  int          `json:"filled_rate"` // ‰ of the rows; -1 without rows
	Distinct    int64        `json:"distinct"`
	Approximate bool         `json:"approximate,omitempty"` // Distinct is an estimate (HyperLogLog, standard error 1.6 %)
	Withheld    bool         `json:"withheld,omitempty"`    // values are not shown
	Low         string       `json:"low,omitempty"`
	High        string       `json:"high,omitempty"`
	Shortest    int          `json:"shortest"` // characters
	Longest     int          `json:"longest"`
	Top         []ValueCount `json:"top,omitempty"` // most frequent first
}

// ValueCount is how many rows have a value.
type ValueCount struct {
	Value string `json:"value"`
	Rows  int64  `json:"rows"`
}

// profile gathers a Column.
type profile struct {
	withheld          bool
	number            bool
	few               map[string]int64 // nil once there are more than fewValues
	lowKey, highKey   mulu.Decimal
	low, high         string
	shortest, longest int
	register          []uint8
}

func newProfile(sort string, withheld bool) profile {
	return profile{withheld: withheld, number: sort == "number", few: make(map[string]int64, fewValues), shortest: math.MaxInt, register: make([]uint8, registers)}
}

// add takes a value that is not empty, of so many characters; number is its reading in a column of numbers. The lowest and
// highest are taken among values without fault.
func (p *profile) add(v string, runes int, number *mulu.Decimal, fits bool) {
	p.shortest, p.longest = min(p.shortest, runes), max(p.longest, runes)
	if p.few != nil {
		p.addFew(v)
	}
	h := digest(v, 0)
	rank := uint8(bits.LeadingZeros64(h<<12|1<<11) + 1)
	if r := &p.register[h>>indexShift]; *r < rank {
		*r = rank
	}
	if p.withheld || !fits {
		return
	}
	if p.number {
		if p.low == "" || number.Compare(p.lowKey) < 0 {
			p.low, p.lowKey = v, *number
		}
		if p.high == "" || number.Compare(p.highKey) > 0 {
			p.high, p.highKey = v, *number
		}
		return
	}
	if p.low == "" || v < p.low {
		p.low = v
	}
	if v > p.high {
		p.high = v
	}
}

func (p *profile) addFew(v string) {
	if n, ok := p.few[v]; ok {
		p.few[v] = n + 1
		return
	}
	if len(p.few) == fewValues || len(v) > topLength {
		p.few = nil
		return
	}
	p.few[strings.Clone(v)] = 1
}

// column writes the profile down.
func (p *profile) column(item string, filled, rows int64) Column {
	c := Column{Item: item, Filled: filled, FilledRate: -1, Withheld: p.withheld, Low: cut(p.low), High: cut(p.high), Longest: p.longest}
	if rows > 0 {
		c.FilledRate = int(filled * 1000 / rows)
	}
	if p.longest > 0 {
		c.Shortest = p.shortest
	}
	if p.few == nil {
		c.Distinct, c.Approximate = min(p.estimate(), filled), true
		return c
	}
	c.Distinct = int64(len(p.few))
	if p.withheld {
		return c
	}
	for v, n := range p.few {
		c.Top = append(c.Top, ValueCount{v, n})
	}
	sort.Slice(c.Top, func(i, j int) bool {
		if c.Top[i].Rows != c.Top[j].Rows {
			return c.Top[i].Rows > c.Top[j].Rows
		}
		return c.Top[i].Value < c.Top[j].Value
	})
	c.Top = c.Top[:min(topListed, len(c.Top))]
	return c
}

// cut keeps a listed value short.
func cut(v string) string {
	if len(v) <= topLength {
		return strings.Clone(v)
	}
	n := topLength
	for !utf8.RuneStart(v[n]) {
		n--
	}
	return v[:n] + "…"
}

// estimate is HyperLogLog with linear counting for few values.
func (p *profile) estimate() int64 {
	const m = float64(registers)
	sum, empty := 0.0, 0
	for _, r := range p.register {
		sum += math.Ldexp(1, -int(r))
		if r == 0 {
			empty++
		}
	}
	e := 0.7213 / (1 + 1.079/m) * m * m / sum
	if e <= 2.5*m && empty > 0 {
		e = m * math.Log(m/float64(empty))
	}
	return int64(e + 0.5)
}
