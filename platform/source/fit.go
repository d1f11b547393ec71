package source

import (
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"mulu"
	"mulu/platform/quality"
)

// Withheld counts what sources gave that does not fit the catalog.
type Withheld struct {
	Values int64 // given as no value
	Rows   int64 // left out, because their key does not fit
}

// tally counts for one binding.
type tally struct{ values, rows atomic.Int64 }

// fit judges the values of fields against the types and lengths of their items, by the checks of a load, and puts them into
// the form in which a load would store them. A value that does not fit is withheld: the catalog, and with it every grant,
// says what an item is, and a column that holds something else now may hold what nobody agreed to give. A row whose key does
// not fit is left out, as a load leaves it out.
type fit struct {
	fields  []string
	items   []mulu.Item
	checker *quality.Checker
	tally   *tally
}

func newFit(content *mulu.EntryContent, fields []string, t *tally, now time.Time) (*fit, error) {
	part := *content
	part.Items = nil
	for _, field := range fields {
		i, _ := content.Item(field)
		part.Items = append(part.Items, i)
	}
	plan, err := quality.NewPlan(&part, nil, nil)
	if err != nil {
		return nil, fmt.Errorf("judge what a source gives: %w", err)
	}
	return &fit{fields: fields, items: part.Items, checker: plan.Checker(now), tally: t}, nil
}

// row changes values in place, and tells whether the row stands.
func (f *fit) row(values []string) bool {
	for _, p := range f.checker.Row(values) {
		if p.Item >= 0 && !p.Note && values[p.Item] != "" {
			values[p.Item] = ""
			f.tally.values.Add(1)
		}
	}
	for i, item := range f.items {
		if item.IsKey && values[i] == "" {
			f.tally.rows.Add(1)
			return false
		}
	}
	return true
}

func (f *fit) close() { _ = f.checker.Close() }

// spelled gives a filter's values in all the ways in which the source may have written them.
func (f *fit) spelled(filter mulu.Filter) (values []string) {
	at := slices.Index(f.fields, filter.Item)
	for _, v := range filter.Values {
		values = append(values, spellings(f.items[at], v)...)
	}
	return values
}

// spellings are the ways in which a source may have written what is stored as v: the one form of a load is made of many.
func spellings(item mulu.Item, v string) []string {
	list := []string{v}
	switch item.Type {
	case "L":
		for _, w := range []string{"1", "0", "true", "false", "TRUE", "FALSE", "True", "False", "t", "f", "T", "F", "Y", "N", "y", "n", "是", "否"} {
			if n, ok := mulu.NormalValue("L", w); ok && n == v && w != v {
				list = append(list, w)
			}
		}
	case "D":
		if t, err := time.Parse("2006-01-02", v); err == nil {
			for _, layout := range []string{"20060102", "2006/01/02", "2006/1/2", "2006年01月02日", "2006年1月2日", "2006-01-02 00:00:00"} {
				list = append(list, t.Format(layout))
			}
		}
	case "T":
		if t, err := time.Parse("2006-01-02 15:04:05", v); err == nil {
			for _, layout := range []string{"2006-01-02T15:04:05", "20060102150405", "2006/01/02 15:04:05"} {
				list = append(list, t.Format(layout))
			}
		}
	case "C":
		if strings.HasSuffix(v, "X") { // of citizen numbers and credit codes
			list = append(list, v[:len(v)-1]+"x")
		}
	}
	return slices.Compact(list)
}
