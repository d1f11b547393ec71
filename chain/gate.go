package chain

import (
	"errors"
	"runtime"
	"sync"

	"mulu/act"
)

// gate turns bytes into acts whose signature is right, and remembers them, so that a signature is checked once in the
// life of an act: in Submit's goroutine, when gossip brings it, or when a proposal shows it first.
// It holds two generations by exact bytes; when the young one is full it becomes the old one and the old is forgotten.
type gate struct {
	chain string
	mu    sync.RWMutex
	young map[string]*act.Signed
	old   map[string]*act.Signed
	bytes int // of young
	pulse *pulse
}

const (
	gateActs  = 32 << 10
	gateBytes = 32 << 20
)

func newGate(chain string) *gate {
	return &gate{chain: chain, young: map[string]*act.Signed{}, pulse: new(pulse)}
}

// known gives the act of bytes seen before.
func (g *gate) known(b []byte) *act.Signed {
	g.mu.RLock()
	defer g.mu.RUnlock()
	if s := g.young[string(b)]; s != nil {
		return s
	}
	return g.old[string(b)]
}

// admit reads bytes as an act for this chain with a right signature. The error is *act.Malformed or *ForeignAct.
func (g *gate) admit(b []byte) (*act.Signed, error) {
	if s := g.known(b); s != nil {
		return s, nil
	}
	s, err := act.Parse(b)
	if err != nil {
		return nil, err
	}
	return s, g.vouch(s)
}

// vouch checks an act that is parsed already and remembers it.
func (g *gate) vouch(s *act.Signed) error {
	if s.Statement.Chain != g.chain {
		return &ForeignAct{s.Statement.Chain, g.chain}
	}
	if g.known(s.Bytes) != nil {
		return nil
	}
	if err := s.Verify(); err != nil {
		return err
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.young) >= gateActs || g.bytes >= gateBytes {
		g.old, g.young, g.bytes = g.young, map[string]*act.Signed{}, 0
	}
	g.young[string(s.Bytes)] = s
	g.bytes += len(s.Bytes)
	return nil
}

// all reads many at once with every processor, for consensus; what is no act for this chain is nil at its place.
func (g *gate) all(txs [][]byte) []*act.Signed {
	out := make([]*act.Signed, len(txs))
	var unseen []int
	for i, tx := range txs {
		if out[i] = g.known(tx); out[i] == nil {
			unseen = append(unseen, i)
		}
	}
	workers := min(runtime.GOMAXPROCS(0), len(unseen))
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			for j := w; j < len(unseen); j += workers {
				g.pulse.beat()
				i := unseen[j]
				if s, err := g.admit(txs[i]); err == nil {
					out[i] = s
				}
			}
		})
	}
	wg.Wait()
	return out
}

// isTick tells whether an act only asks for what is due.
func isTick(s *act.Signed) bool {
	_, ok := s.Act.(*act.Tick)
	return ok
}

// malformed tells whether an error says that bytes will never be an act of this chain.
func malformed(err error) bool {
	var m *act.Malformed
	var f *ForeignAct
	return errors.As(err, &m) || errors.As(err, &f)
}
