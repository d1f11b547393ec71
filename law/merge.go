package law

import "sort"

// Merge scans a state with writes laid over it: a written key hides the state's, a nil value hides it altogether.
// It serves whoever executes several acts before any of them is stored.
func Merge(st State, writes []Write, from, to string, yield func(key string, value []byte) bool) {
	var own []Write
	for _, w := range writes {
		if w.Key >= from && w.Key < to {
			own = append(own, w)
		}
	}
	sort.Slice(own, func(i, j int) bool { return own[i].Key < own[j].Key })
	i, more := 0, true
	st.Scan(from, to, func(key string, value []byte) bool {
		for ; more && i < len(own) && own[i].Key < key; i++ {
			if own[i].Value != nil {
				more = yield(own[i].Key, own[i].Value)
			}
		}
		if !more {
			return false
		}
		if i < len(own) && own[i].Key == key {
			value = own[i].Value
			i++
			if value == nil {
				return true
			}
		}
		more = yield(key, value)
		return more
	})
	for ; more && i < len(own); i++ {
		if own[i].Value != nil {
			more = yield(own[i].Key, own[i].Value)
		}
	}
}
