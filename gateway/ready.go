package gateway

import (
	"encoding/json"
	"errors"
	"fmt"

	"mulu"
	"mulu/proof"
)

// ErrCatchingUp says that this node does not know the chain as it is now: what was revoked meanwhile it would still give.
var ErrCatchingUp = errors.New("this node does not know the newest blocks yet; nothing is served until it does")

// Behind says that the receipts in this folder do not continue those that the chain has anchored for this node: they
// are of an older backup, or another node wrote receipts under this node's name. To go on writing would give numbers
// that are taken to other receipts, and anchor a tree that is not the one anchored before.
type Behind struct {
	Node           string
	Here, Anchored uint64 // receipts
	Forked         bool   // there are enough, but not the same
}

func (b *Behind) Error() string {
	what := fmt.Sprintf("there are %d receipts of node %s here, the chain has anchored %d", b.Here, b.Node, b.Anchored)
	if b.Forked {
		what = fmt.Sprintf("the first %d receipts of node %s here are not those that the chain has anchored", b.Anchored, b.Node)
	}
	return what + "; nothing is served and nothing anchored: restore the newest receipts, or let this machine serve as a new node (docs/operating.md, Backup and restore)"
}

// ready tells whether calls may be served. After a start they wait until the node knows the newest blocks; only then can
// it be seen whether the receipts here go on from those that were anchored. What was found wrong stays so until a restart.
func (g *Gateway) ready() error {
	if err := g.receipts.health(); err != nil {
		return err
	}
	g.state.Lock()
	defer g.state.Unlock()
	switch {
	case g.behind != nil:
		return g.behind
	case g.begun:
		return nil
	case !g.cfg.Chain.Current():
		return ErrCatchingUp
	}
	err := g.continues()
	g.behind, g.begun = asBehind(err), err == nil
	return err
}

// goesOn looks again, before the tree is anchored, whether it goes on from the one anchored last.
func (g *Gateway) goesOn() error {
	if err := g.ready(); err != nil {
		return err
	}
	err := g.continues()
	g.state.Lock()
	defer g.state.Unlock()
	g.behind = asBehind(err)
	return err
}

// continues compares the receipts here with what the chain has anchored for this node.
func (g *Gateway) continues() error {
	raw, ok := g.cfg.Chain.Get(mulu.KindReceipts, g.cfg.Node)
	if !ok {
		return nil
	}
	var last mulu.Receipts
	if err := json.Unmarshal(raw, &last); err != nil {
		return fmt.Errorf("read what is anchored of node %s: %w", g.cfg.Node, err)
	}
	size, _ := g.receipts.standing()
	if size < last.Size {
		return &Behind{Node: g.cfg.Node, Here: size, Anchored: last.Size}
	}
	root, err := proof.Root(nodes{g.receipts}, last.Size)
	if err != nil {
		return fmt.Errorf("compare the receipts with what is anchored: %w", err)
	}
	if root.String() != last.Root {
		return &Behind{Node: g.cfg.Node, Here: size, Anchored: last.Size, Forked: true}
	}
	return nil
}

func asBehind(err error) error {
	var b *Behind
	if errors.As(err, &b) {
		return b
	}
	return nil
}

// closed is why nothing is served, as a refusal. It stands in no receipt: none is written then.
func closed(err error) *refusal {
	var b *Behind
	switch {
	case errors.As(err, &b):
		return refuse(ReceiptsBehind)
	case errors.Is(err, ErrCatchingUp):
		return refuse(CatchingUp)
	}
	return refuse(noReceipt)
}
