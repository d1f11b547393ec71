package chain

import (
	"github.com/cockroachdb/pebble"

	"mulu/law"
)

// state is the law's view of a reader of the store: the committed store, a snapshot, or a block's batch over it.
// A read that fails panics with its error, as the law asks: a node that cannot read its state must not go on.
type state struct{ pebble.Reader }

var _ law.State = state{}

// Get gives a copy of a value.
func (s state) Get(key string) ([]byte, bool) {
	k := append(append(make([]byte, 0, len(stateSpace)+len(key)), stateSpace...), key...)
	v, ok, err := getFrom(s.Reader, k)
	if err != nil {
		panic(err)
	}
	return v, ok
}

// Scan yields keys in [from, to) in byte order. The value is the yield's until it returns.
func (s state) Scan(from, to string, yield func(key string, value []byte) bool) {
	it, err := s.NewIter(&pebble.IterOptions{LowerBound: []byte(stateSpace + from), UpperBound: []byte(stateSpace + to)})
	if err != nil {
		panic(diskError("scan the state", err))
	}
	for ok := it.First(); ok; ok = it.Next() {
		if !yield(string(it.Key()[len(stateSpace):]), append([]byte{}, it.Value()...)) {
			break
		}
	}
	if err := it.Close(); err != nil {
		panic(diskError("scan the state", err))
	}
}

// write applies what the law wants kept to a block's batch.
func write(b *pebble.Batch, ws []law.Write) error {
	for _, w := range ws {
		k := append([]byte(stateSpace), w.Key...)
		var err error
		if w.Value == nil {
			err = b.Delete(k, nil)
		} else {
			err = b.Set(k, w.Value, nil)
		}
		if err != nil {
			return diskError("write "+w.Key, err)
		}
	}
	return nil
}
