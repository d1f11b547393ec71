package web

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"mulu"
	"mulu/read"
)

// errUncovered says that no checkpoint that a quorum of nodes signed covers what is asked for yet.
var errUncovered = errors.New("no checkpoint that a quorum of nodes signed covers it yet")

// chainView is the page of the chain (目录链).
type chainView struct {
	Standing
	Chain  string
	Nodes  []nodeLine
	Latest []recordLine
	Behind uint64 // records that the newest checkpoint does not cover yet
	Since  string // what was typed for a consistency proof
	Wrong  *trouble
}

// nodeLine is a node with what this one sees of it.
type nodeLine struct {
	mulu.Node
	By              string // short name of the institution that runs it
	Here, Connected bool
	Signed          bool // the newest checkpoint
}

// Members counts the nodes that carry the chain.
func (c *chainView) Members() (n int) {
	for _, l := range c.Nodes {
		if l.Status == "member" {
			n++
		}
	}
	return n
}

// Well tells whether the chain goes on.
func (c *chainView) Well() bool { return c.State == "ok" }

func (v *visit) chainPage() error {
	c, err := v.chainView()
	if err != nil {
		return err
	}
	return v.show("chain", c)
}

func (v *visit) chainView() (*chainView, error) {
	c := &chainView{Standing: v.Chain.Standing(), Chain: v.Chain.ID()}
	if c.Size > c.CheckpointSize {
		c.Behind = c.Size - c.CheckpointSize
	}
	ctx := v.R.Context()
	nodes, err := v.Read.Nouns(ctx, mulu.KindNode, read.Filter{Limit: 1000})
	if err != nil {
		return nil, err
	}
	w := v.speakers()
	for _, n := range nodes {
		l := nodeLine{Here: n.ID == v.Node, Connected: n.ID == v.Node || slices.Contains(c.Peers, n.ID), Signed: slices.Contains(c.Signers, n.ID)}
		if err := json.Unmarshal(n.State, &l.Node); err != nil {
			return nil, fmt.Errorf("read node %s: %w", n.ID, err)
		}
		if l.Operator != "" {
			l.By = w.short(l.Operator)
		}
		c.Nodes = append(c.Nodes, l)
	}
	latest, err := v.Read.RecordsLike(ctx, read.RecordQuery{Limit: 10})
	if err != nil {
		return nil, err
	}
	c.Latest, err = v.recordLines(latest)
	return c, err
}

// anchor gives the trust anchor: what one must know, once, to check proofs of this chain offline.
func (v *visit) anchor() error {
	b, err := v.Chain.Anchor()
	if err != nil {
		return fmt.Errorf("give the trust anchor: %w", err)
	}
	return v.file("anchor.json", "application/json", b)
}

// consistency gives the proof that the newest checkpoint continues the chain as somebody saw it earlier.
func (v *visit) consistency() error {
	s := v.Chain.Standing()
	typed := v.text("from")
	from, err := strconv.ParseUint(typed, 10, 63)
	if err != nil || from == 0 || from > s.CheckpointSize {
		c, failed := v.chainView()
		if failed != nil {
			return failed
		}
		c.Since = typed
		c.Wrong = &trouble{Status: 422, Text: v.t("“{0}”不能作为起始记录数。", typed), Mend: v.t("请填写 1 至 {0} 之间的整数：您当时看到的已联签记录数。", s.CheckpointSize)}
		return v.showAs(c.Wrong.Status, "chain", c)
	}
	b, err := v.Chain.ProveConsistency(from)
	if err != nil {
		return fmt.Errorf("prove that the chain continues its first %d records: %w", from, err)
	}
	return v.file(fmt.Sprintf("consistency-%d-%d.json", from, s.CheckpointSize), "application/json", b)
}
