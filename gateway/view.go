package gateway

import (
	"bytes"
	"encoding/json"
	"fmt"
	"sync"

	"mulu"
)

// maxRemembered bounds the nouns kept decoded; when there are more, all are forgotten and read again.
const maxRemembered = 20_000

// view reads nouns from committed state. Every call reads the bytes anew, so that a revocation holds from the block
// that carries it; only decoding is saved, and only while the bytes are the same.
type view struct {
	chain Chain

	mu   sync.RWMutex // guards seen
	seen map[string]decoded
}

type decoded struct {
	raw  json.RawMessage
	noun any // never changed after it is put here
}

func newView(c Chain) *view { return &view{chain: c, seen: map[string]decoded{}} }

// noun gives a noun of committed state; nil when there is none. The result must not be changed.
func noun[T any](v *view, kind mulu.Kind, id string) (*T, error) {
	raw, ok := v.chain.Get(kind, id)
	if !ok {
		return nil, nil
	}
	key := string(kind) + "/" + id
	v.mu.RLock()
	d, ok := v.seen[key]
	v.mu.RUnlock()
	if ok && bytes.Equal(d.raw, raw) {
		return d.noun.(*T), nil
	}
	n := new(T)
	if err := json.Unmarshal(raw, n); err != nil {
		return nil, fmt.Errorf("read %s %s from the chain's state: %w", kind, id, err)
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if len(v.seen) >= maxRemembered {
		clear(v.seen)
	}
	v.seen[key] = decoded{bytes.Clone(raw), n}
	return n, nil
}
