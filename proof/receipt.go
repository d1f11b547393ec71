package proof

import (
	"mulu/sm"
)

// receipt walks from a receipt to the act that anchored it, and on to the nodes' signatures.
func (r *Report) receipt(f receiptFile, anchor Anchor) *Broken {
	s, l, b := parseReceipt(f.Receipt)
	if b != nil {
		return b
	}
	if s.Chain != anchor.Chain {
		return broken("receipt", say("回执属于链 %s，信任锚属于链 %s。", s.Chain, anchor.Chain), say("The receipt is of chain %s, the trust anchor of chain %s.", s.Chain, anchor.Chain))
	}
	sum, err := summarise(s)
	if err != nil {
		return broken("receipt", "回执内容无法解读。", "What the receipt says cannot be read: "+err.Error()+".")
	}
	r.proved("receipt", say("回执为两行，属于链 %s，由节点 %s 出具。", s.Chain, s.Node), say("The receipt has two lines, is of chain %s and was given by node %s.", s.Chain, s.Node))

	if err := s.signedBy(l[0], l[1]); err != nil {
		return broken("receipt-signature", "回执的签名不成立：回执或签名被改动。", "The signature over the receipt does not hold: "+err.Error()+".")
	}
	r.proved("receipt-signature", say("回执由密钥 %s 签名（SM2），一字未改。", s.Key), say("The receipt was signed (SM2) with the key %s, and not a byte was changed.", s.Key))

	if sum.N != f.Index {
		return broken("receipt-tree", say("证明称这是第 %d 号回执，回执自身写的是第 %d 号。", f.Index, sum.N), say("The proof says this is receipt %d, the receipt itself says %d.", f.Index, sum.N))
	}
	if err := CheckInclusion(f.Index, f.Size, LeafHash([]byte(f.Receipt)), f.Path, f.Root); err != nil {
		return broken("receipt-tree", "回执的哈希路径不通向回执树的树根：回执、序号、路径或树根被改动。", "The receipt's path does not lead to the root of the receipts: "+err.Error()+".")
	}
	r.proved("receipt-tree", say("哈希路径由该回执通向 %d 份回执的树根 %s。", f.Size, f.Root), say("The path leads from the receipt to the root of %d receipts, %s.", f.Size, f.Root))

	if b := r.anchoring(f, s, anchor.Chain); b != nil {
		return b
	}
	if b := r.record(f.Anchor, anchor); b != nil {
		return b
	}
	r.Receipt = sum
	return nil
}

// anchoring checks that the record embedded in the file says on the chain what the file says about the tree of receipts,
// by the same node with the same key, and was not refused. That it stands on the chain is checked after.
func (r *Report) anchoring(f receiptFile, s statement, chain string) *Broken {
	act, out, _, b := parseRecord(f.Anchor.Record, chain)
	if b != nil {
		return b
	}
	var size uint64
	var root string
	if err := act.body.read("size", &size); err != nil {
		return broken("anchoring", "锚定行为的 size 无法解读。", "The anchoring act's size cannot be read.")
	}
	if err := act.body.read("root", &root); err != nil {
		return broken("anchoring", "锚定行为的 root 无法解读。", "The anchoring act's root cannot be read.")
	}
	switch {
	case act.Kind != "receipts.anchor":
		return broken("anchoring", say("所附记录的行为是 %s，不是 receipts.anchor。", act.Kind), say("The record inside the file is the act %s, not receipts.anchor.", act.Kind))
	case size != f.Size || root != f.Root.String():
		return broken("anchoring", say("链上锚定的是 %d 份回执、树根 %s，与文件不符。", size, root), say("Anchored on the chain were %d receipts with root %s, which is not what the file says.", size, clip(root)))
	case act.Key != s.Key || act.Node != s.Node:
		return broken("anchoring", "锚定行为与回执不是同一节点、同一密钥所签。", "The anchoring act and the receipt were not signed by one node with one key.")
	case out.Refused != "":
		return broken("anchoring", say("锚定行为被链拒绝（%s）。", out.Refused), say("The chain refused the anchoring act (%s).", out.Refused))
	}
	r.proved("anchoring", say("第 %d 号记录以同一密钥把这 %d 份回执的树根锚定在链上。", out.N, size), say("Record %d anchors the root of these %d receipts on the chain, with the same key.", out.N, size))
	return nil
}

func parseReceipt(text string) (s statement, l []string, b *Broken) {
	l, ok := lines(text, 2)
	if !ok {
		return s, nil, broken("receipt", "回执不是两行（声明、签名）。", "The receipt is not two lines (statement, signature).")
	}
	s, err := parseStatement(l[0], "receipt")
	if err != nil {
		return s, nil, broken("receipt", "回执第一行（声明）无法解读。", "The receipt's first line, the statement, cannot be read: "+err.Error()+".")
	}
	if s.Kind != "receipt" || s.Node == "" || s.Org != "" {
		return s, nil, broken("receipt", "声明不是由节点出具的回执。", "The statement is no receipt given by a node.")
	}
	return s, l, nil
}

func summarise(s statement) (*ReceiptSummary, error) {
	sum := &ReceiptSummary{Node: s.Node}
	for _, m := range []struct {
		name string
		to   any
	}{{"n", &sum.N}, {"time", &sum.Time}, {"grant", &sum.Grant}, {"consumer", &sum.Consumer}, {"entry", &sum.Entry},
		{"rows", &sum.Rows}, {"rows_digest", &sum.RowsDigest}, {"refused", &sum.Refused}} {
		if err := s.body.read(m.name, m.to); err != nil {
			return nil, err
		}
	}
	return sum, nil
}

// VerifyRows checks that rows are, byte for byte, what the receipt in a proof file was given for: SM3 of rows is its rows_digest.
// It does not check the proof itself; Verify does, and only both together prove the rows. The error is a *Broken.
func VerifyRows(file, rows []byte) error {
	_, _, receipt, b := open(file)
	if b != nil {
		return b
	}
	if receipt == nil {
		return broken("rows", "只有回执证明才能核对数据行，此文件是其他种类。", "Rows can be checked against a receipt's proof only; this file is of another kind.")
	}
	s, _, b := parseReceipt(receipt.Receipt)
	if b != nil {
		return b
	}
	var digest string
	if err := s.body.read("rows_digest", &digest); err != nil || digest == "" {
		return broken("rows", "回执没有数据行摘要（被拒绝的调用没有数据行）。", "The receipt has no digest of rows; a refused call has no rows.")
	}
	if got := Hash(sm.Sum(rows)).String(); got != digest {
		return broken("rows", say("数据行与回执不符：摘要为 %s，回执载明 %s。", got, clip(digest)), say("The rows are not those of the receipt: their digest is %s, the receipt says %s.", got, clip(digest)))
	}
	return nil
}
