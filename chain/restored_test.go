package chain

import (
	"bytes"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// heard collects what a node logs.
type heard struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (h *heard) Write(b []byte) (int, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.text.Write(b)
}

func (h *heard) String() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.text.String()
}

// A restored node votes on no height that another has decided, and on the next one as soon as it has heard from enough.
func TestVotesOnDecidedHeights(t *testing.T) {
	w := newTown(t, 4, nil)
	cs := w.openAll()
	submit(t, cs[0], w.register())
	agree(t, 2, cs...)
	cfg := w.config(0)
	cfg.Home = t.TempDir()
	if err := os.MkdirAll(filepath.Join(cfg.Home, "data"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := markRestored(cfg.Home); err != nil {
		t.Fatal(err)
	}
	c := &Chain{cfg: cfg.complete(), engine: cs[0].engine, machine: cs[0].machine, closing: make(chan struct{}), restored: true}
	if err := c.mayVote(1); !errors.Is(err, errDecided) || !c.restored {
		t.Fatalf("a vote on a height decided long ago: %v", err)
	}
	limit := soon(t)
	for c.mayVote(cs[0].Height()+1) != nil { // the block after the records may be on its way
		if limit.Err() != nil {
			t.Fatalf("it does not vote: %v", cs[0].engine.heights())
		}
	}
	if c.restored || isRestored(cfg.Home) {
		t.Fatal("the care does not end")
	}
	if err := c.mayVote(1); err != nil {
		t.Fatalf("without the mark: %v", err)
	}
	for _, other := range cs[1:] {
		if err := other.Close(); err != nil {
			t.Fatal(err)
		}
	}
	c.restored = true
	got := make(chan error, 1)
	go func() { got <- c.mayVote(cs[0].Height() + 1) }()
	close(c.closing) // nobody tells how far they are: it waits, but not beyond the node's end
	if err := <-got; !errors.Is(err, ErrClosed) {
		t.Fatal(err)
	}
}

// A member restored from an older backup catches up without voting a second time on what it voted on before, and then
// votes again: the chain needs it when another member is away.
func TestRestoredMember(t *testing.T) {
	w := newTown(t, 4, nil)
	cs := w.openAll()
	submit(t, cs[0], w.register())
	dir, home := filepath.Join(t.TempDir(), "backup"), filepath.Join(t.TempDir(), "home")
	if err := cs[3].Backup(soon(t), dir); err != nil {
		t.Fatal(err)
	}
	for range 20 { // the original votes on these too
		submit(t, cs[3], w.register())
	}
	agree(t, 22, cs...)
	if err := cs[3].Close(); err != nil {
		t.Fatal(err)
	}
	if err := Restore(dir, home); err != nil {
		t.Fatal(err)
	}
	if !isRestored(home) {
		t.Fatal("it is not marked")
	}
	var log heard
	w.homes[3] = home
	cfg := w.config(3)
	cfg.Log = slog.New(slog.NewTextHandler(&log, nil))
	back, err := Open(soon(t), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = back.Close() })
	for range 5 { // the others go on meanwhile
		submit(t, cs[0], w.register())
	}
	agree(t, 27, append(cs[:3:3], back)...)
	if err := cs[2].Close(); err != nil {
		t.Fatal(err)
	}
	submit(t, cs[0], w.register()) // three votes of four, the restored node's among them
	agree(t, 28, cs[0], cs[1], back)
	if isRestored(home) {
		t.Error("the mark stays")
	}
	if said := log.String(); strings.Contains(said, "conflicting vote") || strings.Contains(said, "failed signing") {
		t.Errorf("it votes against itself:\n%s", said)
	}
}
