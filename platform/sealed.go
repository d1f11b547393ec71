package platform

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"mulu"
	"mulu/vault"
)

// sealFrom is the grade from which personal and sensitive items are kept encrypted. Article 38(1): data is protected by its
// grade (分级保护); what may be disclosed to nobody without a stated need is not to be read off a disk or a backup either.
const sealFrom = 3

// SealsByGrade is the rule by which items are kept encrypted, unless the door sets another.
func SealsByGrade(item mulu.Item) bool {
	return item.Grade >= sealFrom && (item.Personal || item.Sensitive)
}

// Sealed is an engine over an engine. Of each item that the rule picks, the engine beneath keeps two columns in the place of
// one: the value sealed with SM4-GCM, and its mark (a keyed digest), by which keys are kept apart and filters find it. Neither
// is named like a field: no field has a colon.
//
// Equal values of an item have equal marks, so whoever has the files can count which values are how frequent, and see where
// there is no value. Values, and what is not asked of the keyring, stay hidden. What was published stays as it was when the
// rule changes; versions after it follow the new rule.
type Sealed struct {
	Engine
	ring *vault.Keyring
	rule func(mulu.Item) bool

	mu      sync.Mutex // guards layouts
	layouts map[Version]*layout
}

const (
	valuePrefix = "seal:" // before the field name of the column with the sealed value
	markPrefix  = "mark:" // before that of its mark
)

// Seal puts the keyring between an engine and those who use it.
func Seal(engine Engine, ring *vault.Keyring, rule func(mulu.Item) bool) *Sealed {
	return &Sealed{Engine: engine, ring: ring, rule: rule, layouts: map[Version]*layout{}}
}

// layout is how items lie in the columns beneath.
type layout struct {
	items  []mulu.Item
	sealed []bool
	any    bool           // one of them is
	at     map[string]int // field name → place in items
	bound  [][]byte       // to what a sealed value and its mark are bound: entry and field
}

func layOut(entry string, items []mulu.Item, sealed func(mulu.Item) bool) *layout {
	l := &layout{items: items, sealed: make([]bool, len(items)), at: map[string]int{}, bound: make([][]byte, len(items))}
	for i, item := range items {
		l.at[item.Field], l.sealed[i], l.bound[i] = i, sealed(item), []byte(entry+"\n"+item.Field)
		l.any = l.any || l.sealed[i]
	}
	return l
}

// beneath gives the items of the engine beneath. The mark keeps what the item is, so that it is a key, and has an index,
// where the item would.
func (l *layout) beneath() []mulu.Item {
	var list []mulu.Item
	for i, item := range l.items {
		if l.sealed[i] {
			value := item
			value.Field, value.IsKey, value.Type, value.Length = valuePrefix+item.Field, false, "B", 0
			item.Field = markPrefix + item.Field
			list = append(list, value)
		}
		list = append(list, item)
	}
	return list
}

// read makes the layout of items found beneath.
func readLayout(entry string, beneath []mulu.Item) *layout {
	var items []mulu.Item
	marked := map[string]bool{}
	for _, item := range beneath {
		if strings.HasPrefix(item.Field, valuePrefix) {
			continue
		}
		if field, ok := strings.CutPrefix(item.Field, markPrefix); ok {
			item.Field, marked[field] = field, true
		}
		items = append(items, item)
	}
	return layOut(entry, items, func(i mulu.Item) bool { return marked[i.Field] })
}

// column is the field name beneath that holds the value of item i.
func (l *layout) column(i int) string {
	if l.sealed[i] {
		return valuePrefix + l.items[i].Field
	}
	return l.items[i].Field
}

func (s *Sealed) layout(ctx context.Context, v Version) (*layout, error) {
	s.mu.Lock()
	l := s.layouts[v]
	s.mu.Unlock()
	if l != nil {
		return l, nil
	}
	items, err := s.Engine.Items(ctx, v)
	if err != nil {
		return nil, err
	}
	l = readLayout(v.Entry, items)
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.layouts) >= 10_000 {
		clear(s.layouts)
	}
	s.layouts[v] = l
	return l, nil
}

// places gives where items stand, and the fields beneath that hold them.
func (l *layout) places(items []string) (at []int, fields []string, err error) {
	for _, field := range items {
		i, ok := l.at[field]
		if !ok {
			return nil, nil, fmt.Errorf("%w: %q", ErrNoItem, field)
		}
		at, fields = append(at, i), append(fields, l.column(i))
	}
	return at, fields, nil
}

// open puts the values of a row in the place of what is sealed.
func (s *Sealed) open(l *layout, at []int, row Row) error {
	for i, place := range at {
		if !l.sealed[place] || row[i] == "" {
			continue
		}
		value, err := s.ring.Open(row[i], l.bound[place])
		if errors.Is(err, vault.ErrAltered) {
			return fmt.Errorf("a value of %s: %w", l.items[place].Field, ErrAltered)
		}
		if err != nil {
			return fmt.Errorf("open a value of %s: %w", l.items[place].Field, err)
		}
		row[i] = value
	}
	return nil
}

// Items gives the items of a version.
func (s *Sealed) Items(ctx context.Context, v Version) ([]mulu.Item, error) {
	l, err := s.layout(ctx, v)
	if err != nil {
		return nil, err
	}
	if _, err := s.Engine.Items(ctx, v); err != nil { // it may have been dropped
		return nil, err
	}
	return slices.Clone(l.items), nil
}

// Query reads one published version; filters on sealed items go by their marks.
func (s *Sealed) Query(ctx context.Context, v Version, q Query) (Page, error) {
	l, err := s.layout(ctx, v)
	if err != nil {
		return Page{}, fmt.Errorf("query %s: %w", v, err)
	}
	if !l.any {
		return s.Engine.Query(ctx, v, q)
	}
	at, fields, err := l.places(q.Items)
	if err != nil {
		return Page{}, fmt.Errorf("query %s: %w", v, err)
	}
	q.Items = fields
	if q.Filters, err = s.filters(l, q.Filters); err != nil {
		return Page{}, fmt.Errorf("query %s: %w", v, err)
	}
	page, err := s.Engine.Query(ctx, v, q)
	for i := 0; err == nil && i < len(page.Rows); i++ {
		if err = s.open(l, at, page.Rows[i]); err != nil {
			err = fmt.Errorf("query %s: %w", v, err)
		}
	}
	if err != nil {
		return Page{}, err
	}
	return page, nil
}

func (s *Sealed) filters(l *layout, filters []mulu.Filter) ([]mulu.Filter, error) {
	list, marker := slices.Clone(filters), s.ring.Marker()
	for k, f := range list {
		i, ok := l.at[f.Item]
		if !ok {
			return nil, fmt.Errorf("%w: %q", ErrNoItem, f.Item)
		}
		if !l.sealed[i] {
			continue
		}
		if len(f.Values) > maxValues {
			return nil, fmt.Errorf("the filters have more than %d values; ask in several queries", maxValues)
		}
		values := make([]string, len(f.Values))
		for j, value := range f.Values {
			if value != "" {
				values[j] = string(marker.Mark(nil, []byte(value), l.bound[i]))
			}
		}
		list[k] = mulu.Filter{Item: markPrefix + f.Item, Values: values}
	}
	return list, nil
}

// Scan gives every row of a version.
func (s *Sealed) Scan(ctx context.Context, v Version, items []string, yield func(Row) error) error {
	l, err := s.layout(ctx, v)
	if err != nil {
		return fmt.Errorf("scan %s: %w", v, err)
	}
	at, fields, err := l.places(items)
	if err != nil {
		return fmt.Errorf("scan %s: %w", v, err)
	}
	return s.Engine.Scan(ctx, v, fields, func(row Row) error {
		if err := s.open(l, at, row); err != nil {
			return fmt.Errorf("scan %s: %w", v, err)
		}
		return yield(row)
	})
}

// Drop removes a version.
func (s *Sealed) Drop(ctx context.Context, v Version) error {
	s.mu.Lock()
	delete(s.layouts, v)
	s.mu.Unlock()
	return s.Engine.Drop(ctx, v)
}
