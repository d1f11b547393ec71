package read

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
)

// Source is where records come from: the chain.
type Source interface {
	// Records gives at most max records from number from, in order, and at least one when there is one.
	Records(from uint64, max int) ([][]byte, error)
	// Wait returns once Size is at least size, or with the context's error.
	Wait(ctx context.Context, size uint64) error
	// Size is the number of records. It never shrinks.
	Size() uint64
}

// batchBytes is how much a batch should carry at most; larger records make for smaller batches.
const batchBytes = 16 << 20

// Follow reads the source's records as they come, in batches, each with its position in one transaction.
// It returns nil when its context ends, and otherwise why it could not go on; what was read stays.
func (r *Read) Follow(ctx context.Context, s Source) error {
	r.follow.Lock()
	defer r.follow.Unlock()
	r.tell(func() { r.failed = nil })
	err := r.run(ctx, s, func(next uint64) error { return s.Wait(ctx, next+1) })
	if ctx.Err() != nil && (err == nil || errors.Is(err, ctx.Err())) {
		return nil
	}
	r.tell(func() { r.failed = err })
	return err
}

// errEnough ends run without fault.
var errEnough = errors.New("everything has been read")

// run applies records until idle, called whenever all have been read, gives an error.
func (r *Read) run(ctx context.Context, s Source, idle func(next uint64) error) error {
	if err := r.same(s); err != nil {
		return err
	}
	most := r.cfg.Batch
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		next := r.Position().Next
		if s.Size() <= next {
			if err := idle(next); err != nil {
				return err
			}
			continue
		}
		records, err := s.Records(next, most)
		if err != nil {
			return fmt.Errorf("fetch records from %d: %w", next, err)
		}
		if len(records) == 0 {
			return fmt.Errorf("fetch records from %d: the chain has %d records but gives none", next, s.Size())
		}
		size := 0
		for _, b := range records {
			size += len(b)
		}
		if err := r.apply(records); err != nil {
			return err
		}
		most = fit(most, len(records), size, r.cfg.Batch)
	}
}

// fit gives how many records to fetch next, from how large the last ones were.
func fit(most, got, size, batch int) int {
	switch {
	case size > batchBytes:
		return max(1, got/2)
	case size < batchBytes/4:
		return min(batch, most*2)
	}
	return most
}

// same checks that the source is the one followed so far: its first record and the last one read are still the same.
func (r *Read) same(s Source) error {
	r.mu.Lock()
	next, first, last := r.at.Next, r.first, r.last
	r.mu.Unlock()
	if next == 0 {
		return nil
	}
	if s.Size() < next {
		return &Broken{Path: r.cfg.Path, Why: "ahead"}
	}
	for _, c := range []struct {
		n    uint64
		want string
	}{{0, first}, {next - 1, last}} {
		records, err := s.Records(c.n, 1)
		if err != nil {
			return fmt.Errorf("fetch record %d: %w", c.n, err)
		}
		if len(records) == 0 || mark(records[0]) != c.want {
			return &Broken{Path: r.cfg.Path, Why: "foreign"}
		}
	}
	return nil
}

// apply writes a batch: all of it with its position, or nothing.
func (r *Read) apply(records [][]byte) error {
	r.mu.Lock()
	at, first := r.at, r.first
	r.mu.Unlock()
	w := r.writer
	if err := w.begin(); err != nil {
		return r.wrap("begin a batch of the read model", err)
	}
	undo := func(err error) error {
		w.rollback()
		return err
	}
	for _, b := range records {
		p, err := parse(at.Next, b)
		if err != nil {
			return undo(err)
		}
		if at.Next == 0 {
			at.Chain, first = p.said.Chain, mark(b)
		}
		if p.said.Chain != at.Chain {
			return undo(fmt.Errorf("record %d is of chain %q, not %q", at.Next, p.said.Chain, at.Chain))
		}
		id := ""
		if !p.said.ofTheChain() {
			id = r.cfg.ActID(p.line)
		}
		if err := w.record(p, id); err != nil {
			return undo(r.wrap(fmt.Sprintf("write record %d into the read model", at.Next), err))
		}
		at.Next, at.Height, at.Time = at.Next+1, p.outcome.Height, fromNanos(p.outcome.Time.UnixNano())
	}
	last := mark(records[len(records)-1])
	if err := w.end(at, first, last); err != nil {
		return undo(r.wrap("write the position of the read model", err))
	}
	r.cfg.Fault("before-commit")
	if err := w.commit(); err != nil {
		return undo(r.wrap("commit a batch of the read model", err))
	}
	r.cfg.Fault("after-commit")
	err := r.index.apply(w.staged, w.renamed)
	r.tell(func() { r.at, r.first, r.last = at, first, last })
	if err != nil {
		return err
	}
	return r.settle()
}

// tell changes what waiters look at and wakes them.
func (r *Read) tell(change func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	change()
	close(r.moved)
	r.moved = make(chan struct{})
}

func mark(record []byte) string {
	h := sha256.Sum256(record)
	return hex.EncodeToString(h[:])
}
