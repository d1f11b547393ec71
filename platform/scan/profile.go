package scan

import (
	"context"
	"errors"
	"fmt"

	"mulu"
	"mulu/platform"
	"mulu/platform/quality"
)

// enough is how many values, and of them in how many hundredths, must look alike to tell what a column holds.
const (
	enoughValues = 5
	enoughShare  = 90
)

// profile is what the values of a column look like. The values themselves are not in it.
type profile struct {
	filled  int
	formats map[string]int // values of each of mulu.ValueFormats
	dates   int
	moments int
	numbers int
	logical int
	longest int             // characters
	codes   map[string]bool // ids of code sets that have all values, of which there are at least two
}

// most tells whether a count is nearly all of the values.
func (p profile) most(n int) bool {
	return p.filled >= enoughValues && n*100 >= p.filled*enoughShare
}

// few tells whether a count is hardly any of the values.
func (p profile) few(n int) bool {
	return p.filled >= enoughValues && n*100 <= p.filled*(100-enoughShare)
}

// profiler tells values apart by the checks of a load.
type profiler struct {
	checker *quality.Checker
	formats []string
	sets    []*mulu.CodeSet
	codes   []map[string]bool
	values  []string
}

func newProfiler(terms Terms) (*profiler, error) {
	p := &profiler{sets: terms.CodeSets, values: make([]string, 1)}
	content := &mulu.EntryContent{Items: []mulu.Item{{Name: "v", Field: "v", Type: "C", Nullable: true}}}
	var rules []mulu.DataRule
	for _, f := range mulu.ValueFormats {
		p.formats = append(p.formats, f.Code)
		rules = append(rules, mulu.DataRule{Check: "format", Items: []string{"v"}, Values: []string{f.Code}, Level: "note"})
	}
	plan, err := quality.NewPlan(content, rules, nil)
	if err != nil {
		return nil, fmt.Errorf("tell what columns hold: %w", err)
	}
	p.checker = plan.Checker(terms.Now())
	for _, s := range p.sets {
		codes := map[string]bool{}
		for _, v := range s.Values {
			codes[v.Code] = true
		}
		p.codes = append(p.codes, codes)
	}
	return p, nil
}

func (p *profiler) close() { _ = p.checker.Close() }

// of gives the profile of the column at.
func (p *profiler) of(rows [][]string, at int) profile {
	pr := profile{formats: map[string]int{}, codes: map[string]bool{}}
	distinct := map[string]bool{}
	for _, row := range rows {
		v := mulu.TrimSpace(row[at])
		if v == "" {
			continue
		}
		pr.filled++
		pr.longest = max(pr.longest, len([]rune(v)))
		distinct[v] = true
		p.formatsOf(v, &pr)
		if m, ok := mulu.ReadMoment(v); ok && m.Midnight() {
			pr.dates++
		} else if ok {
			pr.moments++
		}
		if _, ok := mulu.ReadDecimal(v, true); ok {
			pr.numbers++
		}
		if _, ok := mulu.ReadLogical(v); ok {
			pr.logical++
		}
	}
	for i, s := range p.sets {
		if len(distinct) >= 2 && pr.filled >= enoughValues && all(distinct, p.codes[i]) {
			pr.codes[s.ID] = true
		}
	}
	return pr
}

func (p *profiler) formatsOf(v string, pr *profile) {
	p.values[0] = v
	wrong := make([]bool, len(p.formats))
	for _, problem := range p.checker.Row(p.values) {
		if problem.Rule >= 0 {
			wrong[problem.Rule] = true
		}
	}
	for i, f := range p.formats {
		if !wrong[i] {
			pr.formats[f]++
		}
	}
}

func all(values, codes map[string]bool) bool {
	for v := range values {
		if !codes[v] {
			return false
		}
	}
	return true
}

// zhOf says in Chinese what an error of a source means.
func zhOf(err error) string {
	switch {
	case errors.Is(err, platform.ErrSlow), errors.Is(err, context.DeadlineExceeded):
		return "未在时限内应答"
	case errors.Is(err, platform.ErrDrift):
		return "库表已变动，或者没有读取权限"
	case errors.Is(err, platform.ErrAway):
		return "连接中断"
	}
	return "不能读取"
}
