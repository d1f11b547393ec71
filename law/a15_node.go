package law

import (
	"encoding/base64"
	"strconv"

	"mulu"
	"mulu/act"
)

// Art. 15(2) gives the bureau the building and running of the catalog chain: which nodes carry it is its act.
var nodeWays = []Way{
	{mulu.KindNode, "", "genesis", []Role{TheLaw}, "member", cite(15, 2)},
	{mulu.KindNode, "", "node.admit", []Role{Bureau}, "member", cite(15, 2)},
	{mulu.KindNode, "dismissed", "node.admit", []Role{Bureau}, "member", cite(15, 2)},
	{mulu.KindNode, "member", "node.dismiss", []Role{Bureau}, "dismissed", cite(15, 2)},
}

// Art. 3(3) wants the course of data access recorded: a node commits its receipts to the chain.
var receiptsWays = []Way{
	{mulu.KindReceipts, "", "receipts.anchor", []Role{Member}, "anchored", cite(3, 3)},
	{mulu.KindReceipts, "anchored", "receipts.anchor", []Role{Member}, "anchored", cite(3, 3)},
}

func admitNode(b *book, a *act.AdmitNode) *mulu.Refusal {
	if no := first(text("node", a.Node, 1, 40, cite(15, 2)), within("power", int(a.Power), 1, 1000, cite(15, 2))); no != nil {
		return no
	}
	if _, no := find[mulu.Org](b, a.Operator, cite(15, 2)); no != nil {
		return no
	}
	if raw, err := base64.StdEncoding.Strict().DecodeString(a.Validator); err != nil || len(raw) != 32 || base64.StdEncoding.EncodeToString(raw) != a.Validator {
		return refuse(cite(15, 2), "validator_form")
	}
	if b.taken(mulu.KindNode, "validator/"+a.Validator, a.Node) {
		return refuse(cite(15, 2), "validator_used")
	}
	n := load[mulu.Node](b, a.Node)
	if n == nil {
		n = &mulu.Node{ID: a.Node}
	}
	if no := b.newKey(a.CosignKey, "node:"+a.Node); no != nil {
		return no
	}
	n.Operator, n.Validator, n.CosignKey, n.Power, n.Status, n.Why = a.Operator, a.Validator, a.CosignKey, a.Power, "member", ""
	return b.put(n, "node.admitted", cite(15, 2))
}

func dismissNode(b *book, a *act.DismissNode) *mulu.Refusal {
	n, no := find[mulu.Node](b, a.Node, cite(15, 2))
	if no != nil {
		return no
	}
	if no := first(text("why", a.Why, 2, 500, cite(15, 2)), b.may(n, "dismissed")); no != nil {
		return no
	}
	members := 0
	prefix := indexSpace + string(mulu.KindNode) + "/validator/"
	b.Scan(prefix, After(prefix), func(string, []byte) bool { members++; return true })
	if members <= 1 {
		return refuse(cite(15, 2), "last_node", a.Node)
	}
	if no := b.endKey(n.CosignKey, "revoked", a.Why); no != nil {
		return no
	}
	n.Status, n.Why = "dismissed", a.Why
	return b.put(n, "node.dismissed", cite(15, 2))
}

func anchorReceipts(b *book, a *act.AnchorReceipts) *mulu.Refusal {
	if b.speaker.node == "" {
		return refuse(cite(3, 3), "not_yours", "@receipts.anchor", "@node")
	}
	if no := digest("root", a.Root, cite(3, 3)); no != nil {
		return no
	}
	r := load[mulu.Receipts](b, b.speaker.node)
	if r == nil {
		r = &mulu.Receipts{Node: b.speaker.node}
	}
	if a.Size <= r.Size {
		return refuse(cite(3, 3), "receipts_shrink", strconv.FormatUint(a.Size, 10), strconv.FormatUint(r.Size, 10))
	}
	r.Size, r.Root = a.Size, a.Root
	return b.put(r, "receipts.anchored", cite(3, 3))
}
