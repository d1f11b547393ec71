package read

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// Change is one difference between two JSON values. Path goes through names of fields and, in brackets, what an element
// of a list is known by: now.items[street].grade. Before is nil where something came, After where it went.
type Change struct {
	Path   string
	Before json.RawMessage
	After  json.RawMessage
}

// identities are the fields that name an element of a list, the first that names all of them apart counts:
// items are known by field, row filters by item, columns and former names by name.
var identities = []string{"field", "item", "name"}

// Compare lists the differences of two JSON values in the order of their paths' fields. Elements of a list are matched
// by what they are known by, so that one put in between does not change all that follow; where only their order
// changed, the path ends in [*] and gives the names in order. A list of plain values is compared as a whole.
func Compare(before, after json.RawMessage) ([]Change, error) {
	a, err := decode(before)
	if err != nil {
		return nil, fmt.Errorf("the earlier value: %w", err)
	}
	b, err := decode(after)
	if err != nil {
		return nil, fmt.Errorf("the later value: %w", err)
	}
	var c comparison
	c.values("", a, b)
	return c.changes, c.err
}

// nothing stands for a value that is not there, which JSON's null is not.
type nothing struct{}

func decode(raw json.RawMessage) (any, error) {
	if len(raw) == 0 {
		return nothing{}, nil
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var v any
	err := d.Decode(&v)
	return v, err
}

type comparison struct {
	changes []Change
	err     error
}

func (c *comparison) values(path string, a, b any) {
	switch x := a.(type) {
	case map[string]any:
		if y, ok := b.(map[string]any); ok {
			c.objects(path, x, y)
			return
		}
	case []any:
		if y, ok := b.([]any); ok {
			c.lists(path, x, y)
			return
		}
	}
	c.whole(path, a, b)
}

// whole reports a and b as they are, unless they are the same.
func (c *comparison) whole(path string, a, b any) {
	before, after := c.encode(a), c.encode(b)
	if !bytes.Equal(before, after) {
		c.changes = append(c.changes, Change{path, before, after})
	}
}

func (c *comparison) objects(path string, a, b map[string]any) {
	for _, name := range union(keys(a), keys(b)) {
		step := quote(name)
		if path != "" {
			step = path + "." + step
		}
		c.values(step, member(a, name), member(b, name))
	}
}

func (c *comparison) lists(path string, a, b []any) {
	known := ""
	for _, id := range identities {
		if tellsApart(a, id) && tellsApart(b, id) {
			known = id
			break
		}
	}
	if known == "" || len(a)+len(b) == 0 {
		c.whole(path, a, b)
		return
	}
	x, y := byName(a, known), byName(b, known)
	namesA, namesB := names(a, known), names(b, known)
	order := slices.Clone(namesA)
	for _, n := range namesB {
		if _, was := x[n]; !was {
			order = append(order, n)
		}
	}
	for _, n := range order {
		c.values(path+"["+quote(n)+"]", member(x, n), member(y, n))
	}
	keptA, keptB := only(namesA, y), only(namesB, x)
	if !slices.Equal(keptA, keptB) {
		c.whole(path+"[*]", keptA, keptB)
	}
}

func (c *comparison) encode(v any) json.RawMessage {
	if _, none := v.(nothing); none {
		return nil
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil && c.err == nil {
		c.err = err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte{'\n'})
}

func member(m map[string]any, name string) any {
	if v, ok := m[name]; ok {
		return v
	}
	return nothing{}
}

// tellsApart tells whether every element is an object with a text under id, no two alike.
func tellsApart(list []any, id string) bool {
	seen := map[string]bool{}
	for _, v := range list {
		m, _ := v.(map[string]any)
		name, ok := m[id].(string)
		if !ok || seen[name] {
			return false
		}
		seen[name] = true
	}
	return true
}

func byName(list []any, id string) map[string]any {
	m := make(map[string]any, len(list))
	for _, v := range list {
		m[v.(map[string]any)[id].(string)] = v
	}
	return m
}

func names(list []any, id string) []string {
	all := make([]string, len(list))
	for i, v := range list {
		all[i] = v.(map[string]any)[id].(string)
	}
	return all
}

func only(list []string, in map[string]any) []string {
	kept := []string{}
	for _, n := range list {
		if _, ok := in[n]; ok {
			kept = append(kept, n)
		}
	}
	return kept
}

func keys(m map[string]any) []string {
	all := make([]string, 0, len(m))
	for k := range m {
		all = append(all, k)
	}
	return all
}

func union(a, b []string) []string {
	all := append(a, b...)
	slices.Sort(all)
	return slices.Compact(all)
}

// quote keeps a path readable back: a name that holds a mark of the path stands as a JSON text.
func quote(name string) string {
	if name != "" && !strings.ContainsAny(name, ".[]\"*") {
		return name
	}
	return fmt.Sprintf("%q", name)
}
