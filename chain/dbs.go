package chain

import (
	"runtime"
	"sync"

	dbm "github.com/cometbft/cometbft-db"
)

// A guarded database outlives CometBFT's node. The node closes its databases when it stops, while goroutines it keeps
// for each peer may still ask them, and panics the process then. So its Close does nothing; ours, after the node has
// stopped, ends the goroutine of whoever still asks.
type guarded struct {
	dbm.DB
	mu    sync.RWMutex
	ended bool
}

// Close is CometBFT's, and does nothing.
func (*guarded) Close() error { return nil }

// end closes the database.
func (g *guarded) end() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.ended {
		return nil
	}
	g.ended = true
	return g.DB.Close()
}

// enter lets a caller in, until the given function is called.
func (g *guarded) enter() (leave func()) {
	g.mu.RLock()
	if g.ended {
		g.mu.RUnlock()
		runtime.Goexit()
	}
	return g.mu.RUnlock
}

func (g *guarded) Get(key []byte) ([]byte, error) {
	defer g.enter()()
	return g.DB.Get(key)
}

func (g *guarded) Has(key []byte) (bool, error) {
	defer g.enter()()
	return g.DB.Has(key)
}

func (g *guarded) Set(key, value []byte) error {
	defer g.enter()()
	return g.DB.Set(key, value)
}

func (g *guarded) SetSync(key, value []byte) error {
	defer g.enter()()
	return g.DB.SetSync(key, value)
}

func (g *guarded) Delete(key []byte) error {
	defer g.enter()()
	return g.DB.Delete(key)
}

func (g *guarded) DeleteSync(key []byte) error {
	defer g.enter()()
	return g.DB.DeleteSync(key)
}

func (g *guarded) Iterator(start, end []byte) (dbm.Iterator, error) {
	defer g.enter()()
	return g.DB.Iterator(start, end)
}

func (g *guarded) ReverseIterator(start, end []byte) (dbm.Iterator, error) {
	defer g.enter()()
	return g.DB.ReverseIterator(start, end)
}
