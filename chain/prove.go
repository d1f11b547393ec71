package chain

import (
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
