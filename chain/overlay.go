package chain

import (
	"slices"

	"mulu/law"
)

// overlay is a state with writes over it that are never kept: what acts see that are tried one after another.
type overlay struct {
	base   law.State
	keys   []string          // those written, in order
	values map[string][]byte // nil = deleted
}

var _ law.State = (*overlay)(nil)

func newOverlay(base law.State) *overlay { return &overlay{base: base, values: map[string][]byte{}} }

func (o *overlay) write(ws []law.Write) {
	for _, w := range ws {
		if at, ok := slices.BinarySearch(o.keys, w.Key); !ok {
			o.keys = slices.Insert(o.keys, at, w.Key)
		}
		o.values[w.Key] = w.Value
	}
}

// Get gives the value written last, or what stands beneath.
func (o *overlay) Get(key string) ([]byte, bool) {
	if v, ok := o.values[key]; ok {
		return slices.Clone(v), v != nil
	}
	return o.base.Get(key)
}

// Scan yields both in one order; what was written hides what stands beneath.
func (o *overlay) Scan(from, to string, yield func(key string, value []byte) bool) {
	next, _ := slices.BinarySearch(o.keys, from)
	going := true
	// upTo yields what was written before key
	upTo := func(key string) {
		for going && next < len(o.keys) && o.keys[next] < key {
			k := o.keys[next]
			next++
			if v := o.values[k]; v != nil {
				going = yield(k, slices.Clone(v))
			}
		}
	}
	o.base.Scan(from, to, func(key string, value []byte) bool {
		upTo(key)
		if _, written := o.values[key]; going && !written {
			going = yield(key, value)
		}
		return going
	})
	upTo(to)
}
