package quality

import (
	"context"
	"slices"
	"time"

	"mulu"
)

// Counts is what the caller knows of a load and the rows do not tell.
type Counts struct {
	Unread     int64     // rows that could not be read, and never came to Row
	Duplicates int64     // rows whose key repeats that of another
	LeftOut    int64     // rows left out in all; 0: those that Row and References found
	Expected   int64     // rows that there should be, as the source says; 0 unknown
	Before     int64     // rows of the version before, if the load replaces it; 0 none
	Kept       int64     // rows of the version now; 0: those seen less those left out
	Updated    time.Time // when the data was brought up to date; zero: now
}

// Result is how rows stood against a plan.
type Result struct {
	Quality    mulu.Quality      `json:"quality"`
	At         string            `json:"at"`   // RFC 3339
	Rows       int64             `json:"rows"` // read, with those that could not be
	Indicators []IndicatorResult `json:"indicators"`
	Checks     []CheckResult     `json:"checks"`  // by what mending would gain, then by faults
	Columns    []Column          `json:"columns"` // of the rows read, those left out among them
}

// IndicatorResult is an indicator of GB/T 36344-2018: X = A/B as the standard writes it, so that 0303 and 0305 are better
// the lower they are, and Score, which is always better the higher it is. Both in ‰.
type IndicatorResult struct {
	Code    string `json:"code"`
	Checked int64  `json:"checked"`
	Bad     int64  `json:"bad"`
	X       int    `json:"x"`
	Score   int    `json:"score"`
}

// CheckResult is what one check found.
type CheckResult struct {
	Check
	Property string        `json:"property"` // name in Properties
	Checked  int64         `json:"checked"`
	Bad      int64         `json:"bad"`
	X        int           `json:"x"`     // A/B in ‰ as the standard writes it; -1 where nothing was checked
	Score    int           `json:"score"` // 1000 is faultless; -1 where nothing was checked
	Gain     int           `json:"gain"`  // ‰ by which the score rises once these faults are mended, rounded
	Reasons  []ReasonCount `json:"reasons,omitempty"`
}

// Result sums the pass up.
func (c *Checker) Result(of Counts) Result {
	p := c.plan
	all := c.tallied(of)
	weights := p.Weights.list()
	stands := standing(all, weights)
	r := Result{At: c.now.UTC().Format(time.RFC3339), Rows: c.rows + of.Unread}
	r.Quality.Checked, r.Quality.Bad = r.Rows, c.leftOut(of)
	setScores(&r.Quality, stands)
	r.Indicators = indicators(all)
	gains := make([]int64, 0, len(all))
	for i, check := range p.checks {
		n := all[i]
		x := CheckResult{Check: check, Property: Properties[property(check.Indicator)].Name, Checked: n.checked, Bad: n.bad, Reasons: sorted(c.why[i])}
		if check.Sort == "unmarked" && n.bad > 0 {
			x.Reasons = []ReasonCount{{Unmarked, n.bad}}
		}
		x.X, x.Score = ratio(n)
		gain := int64(0)
		if n.bad > 0 {
			all[i].bad = 0
			gain = standing(all, weights)[5] - stands[5]
			all[i].bad = n.bad
		}
		x.Gain = int((gain + 500) / 1000)
		r.Checks, gains = append(r.Checks, x), append(gains, gain)
	}
	r.Checks = byGain(r.Checks, gains)
	for i, item := range p.content.Items {
		r.Columns = append(r.Columns, c.profiles[i].column(item.Field, c.filled[i], c.rows))
	}
	return r
}

// leftOut counts the rows that are not part of the version.
func (c *Checker) leftOut(of Counts) int64 {
	if of.LeftOut > 0 {
		return of.LeftOut
	}
	return c.left + of.Unread + of.Duplicates
}

// tallied counts for each check of the plan what was checked and what was bad.
func (c *Checker) tallied(of Counts) []counted {
	p := c.plan
	all := make([]counted, len(p.checks))
	for i, check := range p.checks {
		all[i] = counted{check.Indicator, c.checked[i], c.bad[i]}
	}
	for i, col := range p.columns {
		if col.required >= 0 {
			all[col.required].checked = c.rows
		}
		// A value found bad is not tested further, so each step saw what the ones before let pass.
		left := c.filled[i]
		all[col.shape].checked = left
		left -= c.ended(col.shape, false)
		for _, s := range col.steps {
			all[s.check].checked = left
			left -= c.ended(s.check, s.note)
		}
		if col.unmarked < 0 {
			continue
		}
		// Numbers of other things pass for a citizen number by chance, so a few among many tell nothing.
		if all[col.unmarked].checked = left; c.persons[i]*2 >= left {
			all[col.unmarked].bad = c.persons[i]
		}
	}
	rows := c.rows + of.Unread
	all[p.read].checked, all[p.read].bad = rows, of.Unread+c.bad[p.read]
	if p.key >= 0 {
		all[p.key].checked, all[p.key].bad = c.rows, of.Duplicates
	}
	kept := of.Kept
	if kept == 0 {
		kept = max(0, rows-c.leftOut(of))
	}
	if want := max(of.Expected, of.Before); want > 0 {
		all[p.rows].checked, all[p.rows].bad = want, max(0, want-kept)
	}
	if p.age >= 0 {
		all[p.age].checked, all[p.age].bad = c.age(of)
	}
	return all
}

// ended counts the values at which a check ended the tests.
func (c *Checker) ended(check int, note bool) int64 {
	if note {
		return 0
	}
	n := int64(0)
	for _, t := range c.why[check] {
		if !t.Reason.onlyNoted() {
			n += t.Bad
		}
	}
	return n
}

// age compares the age of the data with its cycle, in minutes: within the cycle nothing is bad, at twice the cycle half is.
func (c *Checker) age(of Counts) (checked, bad int64) {
	cycle := days(c.plan.content.Cycle) * 24 * 60
	if of.Updated.IsZero() {
		return cycle, 0
	}
	age := int64(c.now.Sub(of.Updated) / time.Minute)
	if age <= cycle {
		return cycle, 0
	}
	return age, age - cycle
}

// ratio gives X as the standard writes it and the score, both in ‰; -1 where nothing was checked.
func ratio(n counted) (x, score int) {
	if n.checked == 0 {
		return -1, -1
	}
	score = thousandths(part(n.checked-n.bad, n.checked))
	if inverted(n.indicator) {
		return 1000 - score, score
	}
	return score, score
}

func indicators(all []counted) []IndicatorResult {
	var list []IndicatorResult
	for _, n := range all {
		i := slices.IndexFunc(list, func(r IndicatorResult) bool { return r.Code == n.indicator })
		if i < 0 {
			i = len(list)
			list = append(list, IndicatorResult{Code: n.indicator})
		}
		list[i].Checked += n.checked
		list[i].Bad += n.bad
	}
	list = slices.DeleteFunc(list, func(r IndicatorResult) bool { return r.Checked == 0 })
	for i, r := range list {
		list[i].X, list[i].Score = ratio(counted{r.Code, r.Checked, r.Bad})
	}
	slices.SortFunc(list, func(a, b IndicatorResult) int {
		if a.Code < b.Code {
			return -1
		}
		return 1
	})
	return list
}

// sorted gives reasons with the most frequent first.
func sorted(t tally) []ReasonCount {
	list := slices.Clone(t)
	slices.SortStableFunc(list, func(a, b ReasonCount) int {
		switch {
		case a.Bad != b.Bad:
			return int(min(1, max(-1, b.Bad-a.Bad)))
		case a.Reason < b.Reason:
			return -1
		default:
			return 1
		}
	})
	return list
}

func byGain(checks []CheckResult, gains []int64) []CheckResult {
	order := make([]int, len(checks))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		if gains[a] != gains[b] {
			return int(min(1, max(-1, gains[b]-gains[a])))
		}
		return int(min(1, max(-1, checks[b].Bad-checks[a].Bad)))
	})
	list := make([]CheckResult, len(checks))
	for i, at := range order {
		list[i] = checks[at]
	}
	return list
}

// batch is how many rows Measure looks up in other entries at a time.
const batch = 4096

// Measure checks a published version as a whole, without changing it. others may be nil; then references are not
// measured. scan gives the rows one after another.
func (p *Plan) Measure(ctx context.Context, of Counts, others Others, now time.Time, scan func(yield func(values []string) error) error) (Result, error) {
	c := p.Checker(now)
	defer c.Close()
	var held [][]string
	width := len(p.columns)
	flush := func() error {
		err := c.References(ctx, others, len(held), func(i int) []string { return held[i] }, func(int, Problem) {})
		held = held[:0]
		return err
	}
	row := make([]string, width)
	n := int64(0)
	err := scan(func(values []string) error {
		n++
		row = append(row[:0], values...)
		c.Row(row)
		if len(row) != width {
			return nil
		}
		if err := c.Stays(n, row); err != nil {
			return err
		}
		if others == nil || !p.References() {
			return nil
		}
		if held = append(held, slices.Clone(row)); len(held) < batch {
			return nil
		}
		return flush()
	})
	if err == nil && len(held) > 0 {
		err = flush()
	}
	if err == nil {
		err = c.Repeated(ctx, func(int64, int64, Problem) error { return nil })
	}
	if err != nil {
		return Result{}, err
	}
	of.Kept = c.rows // nothing is left out of what is published
	r := c.Result(of)
	return r, c.Close()
}
