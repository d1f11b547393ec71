package source

import (
	"encoding/json"
	"fmt"
	"unicode/utf8"

	"mulu/platform"
)

// maxPlace bounds the key values of a place in bytes: who goes on after a row sends them back.
const maxPlace = 1024

// place is where a page ended: the key values of its last row, or, of an interface, the call that gave it and how many of its
// rows were gone through. It is of one revision of a binding.
type place struct {
	Revision int      `json:"r"`
	Keys     []string `json:"k,omitempty"`
	Call     string   `json:"c,omitempty"` // number of the page, offset, or what Next led to
	Passed   int      `json:"n,omitempty"` // rows of that call gone through
	Before   string   `json:"h,omitempty"` // digest of what the call before gave: one that gives the same is no next page
}

func (p place) String() string {
	b, err := json.Marshal(p)
	if err != nil { // strings and numbers only
		panic(err)
	}
	return string(b)
}

// readPlace reads a place back; "" is the beginning, and what does not fit the binding is platform.ErrPlace.
func readPlace(s string, b *Binding) (p place, err error) {
	if s == "" {
		return place{Revision: b.Revision}, nil
	}
	if len(s) > 8*maxPlace || !utf8.ValidString(s) || json.Unmarshal([]byte(s), &p) != nil || p.Revision != b.Revision || p.Passed < 0 {
		return place{}, fmt.Errorf("go on with %s: %w", b.Entry, platform.ErrPlace)
	}
	size := 0
	for _, k := range p.Keys {
		size += len(k)
	}
	if size > maxPlace || b.Call == nil && len(p.Keys) != len(b.Keys) {
		return place{}, fmt.Errorf("go on with %s: %w", b.Entry, platform.ErrPlace)
	}
	return p, nil
}
