package chain

import (
	"context"
	"fmt"

	"mulu/proof"
)

// Checkpoint gives the newest checkpoint that a quorum of nodes co-signed; false while there is none.
func (c *Chain) Checkpoint() (proof.Checkpoint, bool) {
	p := c.cosign.checkpoint()
	if p == nil {
		return proof.Checkpoint{}, false
	}
	return *p, true
}

// ProveRecord gives the proof file of record n: its path to the newest checkpoint that a quorum co-signed.
// ErrUnknown when there is no such record, ErrNotCosigned when no checkpoint covers it yet.
func (c *Chain) ProveRecord(n uint64) ([]byte, error) {
	record, err := c.store.record(n)
	if err != nil {
		return nil, err
	}
	p, ok := c.Checkpoint()
	if !ok || p.Size <= n {
		return nil, ErrNotCosigned
	}
	path, err := proof.Inclusion(nodes{c.store.db}, n, p.Size)
	if err != nil {
		return nil, fmt.Errorf("prove record %d: %w", n, err)
	}
	return proof.EncodeRecord(n, record, path, p)
}

// ProveConsistency gives the proof file that the newest checkpoint continues an earlier one: the first that covers
// from records. ErrNotCosigned when there are not two such.
func (c *Chain) ProveConsistency(from uint64) ([]byte, error) {
	to, ok := c.Checkpoint()
	if !ok || to.Size < from {
		return nil, ErrNotCosigned
	}
	was, err := c.store.checkpoint(from, to.Size, false)
	if err != nil {
		return nil, err
	}
	if was == nil {
		return nil, ErrNotCosigned
	}
	return c.proveConsistency(*was, to)
}

// ProveSince is ProveConsistency from a checkpoint that the caller kept, as its text.
func (c *Chain) ProveSince(checkpoint []byte) ([]byte, error) {
	was, err := proof.ParseCheckpoint(checkpoint)
	if err != nil {
		return nil, err
	}
	to, ok := c.Checkpoint()
	if !ok || to.Size < was.Size {
		return nil, ErrNotCosigned
	}
	return c.proveConsistency(was, to)
}

func (c *Chain) proveConsistency(from, to proof.Checkpoint) ([]byte, error) {
	path, err := proof.Consistency(nodes{c.store.db}, from.Size, to.Size)
	if err != nil {
		return nil, fmt.Errorf("prove that %d records continue %d: %w", to.Size, from.Size, err)
	}
	return proof.EncodeConsistency(from, to, path)
}

// cosigned waits until a checkpoint with a quorum covers size records.
func (c *Chain) cosigned(ctx context.Context, size uint64) error {
	for {
		changed := c.cosign.change()
		if p, ok := c.Checkpoint(); ok && p.Size >= size {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		case <-c.closing:
			return ErrClosed
		}
	}
}

// Anchor is what one must know to check this chain's proofs offline: the genesis and the nodes that now carry it.
func (c *Chain) Anchor() proof.Anchor {
	a := proof.Anchor{Format: proof.AnchorFormat, Chain: c.ID(), Genesis: c.machine.at().Genesis}
	members := c.members()
	for _, m := range members {
		a.Nodes = append(a.Nodes, proof.AnchorNode{Name: m.name, Key: m.cosign})
	}
	a.Quorum = quorum(len(members))
	return a
}
