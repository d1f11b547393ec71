package source

import (
	"fmt"
	"strconv"
	"strings"

	"mulu"
	"mulu/platform"
)

// statement is a SELECT being written. Names come from the binding only and are quoted; values are bound.
type statement struct {
	d     dialect
	where []string
	args  []any
}

// bind adds a value and gives its placeholder.
func (s *statement) bind(c class, v any) string {
	s.args = append(s.args, v)
	return s.d.place(len(s.args), c)
}

// filter adds a filter on a column; false says that no row can match it. What it lets through is compared once more as text
// when it is here: databases differ in upper and lower case, in spaces at the end, and in how numbers are written.
func (s *statement) filter(c column, values []string) bool {
	name := s.d.quote(c.name)
	var ways, places []string
	for _, v := range values {
		if v == "" {
			ways = append(ways, s.empty(c))
			continue
		}
		if byText(c.class) {
			places = append(places, s.bind(text, v))
		} else if bound, ok := s.d.value(c.class, v); ok {
			places = append(places, s.bind(c.class, bound))
		}
	}
	if len(places) > 0 {
		if byText(c.class) {
			name = s.d.alike(name, c.class)
		}
		ways = append(ways, name+" IN ("+strings.Join(places, ", ")+")")
	}
	if len(ways) == 0 {
		return false
	}
	s.where = append(s.where, "("+strings.Join(ways, " OR ")+")")
	return true
}

// empty is the condition that a column has no value.
func (s *statement) empty(c column) string {
	name := s.d.quote(c.name)
	none := name + " IS NULL OR " + s.d.alike(name, c.class) + " = ''"
	if c.class == date || c.class == moment || c.class == zoned {
		none += " OR " + s.d.alike(name, c.class) + " LIKE '0000-00-00%'"
	}
	return none
}

// after adds that rows come after these key values in the order of the keys; false says that the values cannot be such.
func (s *statement) after(keys []column, values []string) bool {
	bound := make([]any, len(keys))
	for i, k := range keys {
		v, ok := s.d.value(k.class, values[i])
		if !ok {
			return false
		}
		bound[i] = v
	}
	if len(keys) > 1 { // said once more so that an index on the first key is used
		s.where = append(s.where, s.d.quote(keys[0].name)+" >= "+s.bind(keys[0].class, bound[0]))
	}
	var cases []string
	for i := range keys {
		var all []string
		for j := range i {
			all = append(all, s.d.quote(keys[j].name)+" = "+s.bind(keys[j].class, bound[j]))
		}
		all = append(all, s.d.quote(keys[i].name)+" > "+s.bind(keys[i].class, bound[i]))
		cases = append(cases, strings.Join(all, " AND "))
	}
	s.where = append(s.where, "("+strings.Join(cases, " OR ")+")")
	return true
}

// since adds that the mark column has a value from this one on.
func (s *statement) since(c column, v string) bool {
	bound, ok := s.d.value(c.class, v)
	if !ok {
		return false
	}
	op := " >= " // of a time, others may have come since in the same moment
	if c.class == integer || c.class == decimal {
		op = " > "
	}
	s.where = append(s.where, s.d.quote(c.name)+op+s.bind(c.class, bound))
	return true
}

// filled adds that columns have a value: rows without a key cannot be gone through.
func (s *statement) filled(columns []column) {
	for _, c := range columns {
		s.where = append(s.where, s.d.quote(c.name)+" IS NOT NULL")
	}
}

// write gives the SELECT. The shown columns are cut to a little more than a value may have, the raw ones are not.
func (s *statement) write(from string, shown, raw, order []column, limit int) string {
	var list []string
	for _, c := range shown {
		list = append(list, s.d.cut(s.d.show(s.d.quote(c.name), c.class), maxValue+1))
	}
	for _, c := range raw {
		list = append(list, s.d.show(s.d.quote(c.name), c.class))
	}
	q := "SELECT " + strings.Join(list, ", ") + " FROM " + from + " AS r"
	if len(s.where) > 0 {
		q += " WHERE " + strings.Join(s.where, " AND ")
	}
	var by []string
	for _, c := range order { // of the table: the bare name would be that of the text in the list, which sorts otherwise
		by = append(by, "r."+s.d.quote(c.name))
	}
	if len(by) > 0 {
		q += " ORDER BY " + strings.Join(by, ", ")
	}
	if limit > 0 {
		q += " LIMIT " + strconv.Itoa(limit)
	}
	return q
}

// from is the quoted table of a binding.
func from(d dialect, b *Binding) string {
	if b.Schema == "" {
		return d.quote(b.Table)
	}
	return d.quote(b.Schema) + "." + d.quote(b.Table)
}

// matches compares a row's values, by field, with filters as the platform's engines do: as text, all must hold.
func matches(fields []string, values []string, filters []mulu.Filter) bool {
	for _, f := range filters {
		var v string
		for i, field := range fields {
			if field == f.Item {
				v = values[i]
			}
		}
		found := false
		for _, w := range f.Values {
			found = found || v == w
		}
		if !found {
			return false
		}
	}
	return true
}

// fieldsOf lists the items that a query gives and filters by, each once, those it gives first.
func fieldsOf(content *mulu.EntryContent, items []string, filters []mulu.Filter) ([]string, error) {
	var fields []string
	seen := map[string]bool{}
	add := func(f string) error {
		if _, ok := content.Item(f); !ok {
			return fmt.Errorf("%q: %w", f, platform.ErrNoItem)
		}
		if !seen[f] {
			seen[f] = true
			fields = append(fields, f)
		}
		return nil
	}
	for _, f := range items {
		if err := add(f); err != nil {
			return nil, err
		}
	}
	for _, f := range filters {
		if err := add(f.Item); err != nil {
			return nil, err
		}
	}
	return fields, nil
}
