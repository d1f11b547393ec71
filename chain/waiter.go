package chain

import (
	"context"
	"sync"

	"mulu"
)

// waiters tells those who wait what a commit brought: the outcome of an act, or a larger record tree.
type waiters struct {
	mu      sync.Mutex
	acts    map[string][]chan mulu.Outcome // by act id; each channel has room for its one outcome
	changed chan struct{}                  // closed and replaced by each commit
}

func newWaiters() *waiters {
	return &waiters{acts: map[string][]chan mulu.Outcome{}, changed: make(chan struct{})}
}

// expect gives a channel that will bring the outcome of an act. Leave it with leave.
func (w *waiters) expect(id string) chan mulu.Outcome {
	ch := make(chan mulu.Outcome, 1)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.acts[id] = append(w.acts[id], ch)
	return ch
}

// leave stops waiting.
func (w *waiters) leave(id string, ch chan mulu.Outcome) {
	w.mu.Lock()
	defer w.mu.Unlock()
	list := w.acts[id]
	for i, c := range list {
		if c == ch {
			list = append(list[:i:i], list[i+1:]...)
			break
		}
	}
	if len(list) == 0 {
		delete(w.acts, id)
		return
	}
	w.acts[id] = list
}

// committed tells everybody what a block brought.
func (w *waiters) committed(acts []executed) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, a := range acts {
		for _, ch := range w.acts[a.id] {
			select {
			case ch <- a.outcome:
			default: // it has its outcome already
			}
		}
	}
	close(w.changed)
	w.changed = make(chan struct{})
}

// change gives a channel that the next commit closes.
func (w *waiters) change() <-chan struct{} {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.changed
}

// until waits for commits until ok holds, ctx ends or the node closes.
func (w *waiters) until(ctx context.Context, closing <-chan struct{}, ok func() bool) error {
	for {
		changed := w.change()
		if ok() {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		case <-closing:
			return ErrClosed
		}
	}
}
