package proof

import (
	"mulu/sm"
)

// Verify checks a proof file of any kind against the trust anchor; it needs nothing else. The error is always a *Broken
// that names the link that did not hold; the report then holds what was proved before it.
func Verify(file []byte, anchor Anchor) (Report, error) {
	r := Report{Chain: anchor.Chain}
	if b := r.verify(file, anchor); b != nil {
		return r, b
	}
	return r, nil
}

func (r *Report) verify(file []byte, anchor Anchor) *Broken {
	if b := anchor.check(); b != nil {
		return b
	}
	record, consistency, receipt, b := open(file)
	if b != nil {
		return b
	}
	r.proved("file", "证明文件格式规范，没有多余或改写的字节。", "The proof file is in its one form, without a spare or rewritten byte.")
	switch {
	case record != nil:
		r.Kind = KindRecord
		return r.record(*record, anchor)
	case consistency != nil:
		r.Kind = KindConsistency
		return r.consistency(*consistency, anchor)
	}
	r.Kind = KindReceipt
	return r.receipt(*receipt, anchor)
}

// record walks from a record to the nodes' signatures.
func (r *Report) record(f recordFile, anchor Anchor) *Broken {
	s, out, l, b := parseRecord(f.Record, anchor.Chain)
	if b != nil {
		return b
	}
	id := Hash(sm.Sum([]byte(l[0])))
	r.proved("record", say("记录为三行，属于链 %s，行为为 %s，编号 %s。", s.Chain, s.Kind, id), say("The record has three lines and is of chain %s; it is the act %s, id %s.", s.Chain, s.Kind, id))

	if b := r.signature(s, l); b != nil {
		return b
	}

	if out.N != f.Index {
		return broken("number", say("证明称这是第 %d 号记录，记录自身写的是第 %d 号。", f.Index, out.N), say("The proof says this is record %d, the record itself says %d.", f.Index, out.N))
	}
	r.proved("number", say("记录自身载明的编号就是第 %d 号。", out.N), say("The record itself says that it is number %d.", out.N))

	point, err := ParseCheckpoint([]byte(f.Checkpoint))
	if err != nil {
		return broken("checkpoint", "检查点不是规范文本。", "The checkpoint is not proper: "+err.Error()+".")
	}
	if err := CheckInclusion(f.Index, point.Size, LeafHash([]byte(f.Record)), f.Path, point.Root); err != nil {
		return broken("tree", "记录的哈希路径不通向检查点的树根：记录、编号、路径或检查点被改动。", "The record's path does not lead to the checkpoint's root: "+err.Error()+".")
	}
	r.proved("tree", say("哈希路径由该记录通向 %d 条记录的树根 %s。", point.Size, point.Root), say("The path leads from the record to the root of %d records, %s.", point.Size, point.Root))

	if out.Height > point.Height {
		return broken("checkpoint", say("记录在区块 %d，检查点却停在区块 %d。", out.Height, point.Height), say("The record is of block %d, the checkpoint only of block %d.", out.Height, point.Height))
	}
	if genesis := Hash(sm.Sum([]byte(f.Record))); f.Index == 0 && genesis.String() != anchor.Genesis {
		return broken("checkpoint", "第 0 号记录不是信任锚中的创世记录。", "Record 0 is not the genesis record that the trust anchor names.")
	}
	if b := r.quorum(point, anchor); b != nil {
		return b
	}
	r.Record = &RecordSummary{N: out.N, ID: id.String(), Kind: s.Kind, Org: s.Org, Node: s.Node, Height: out.Height, Time: out.Time,
		Facts: out.Facts, Refused: out.Refused, Article: out.Article}
	return nil
}

// parseRecord reads the three lines of a record of the chain.
func parseRecord(text, chain string) (s statement, out outcome, l []string, b *Broken) {
	l, ok := lines(text, 3)
	if !ok {
		return s, out, nil, broken("record", "记录不是三行（声明、签名、结果）。", "The record is not three lines (statement, signature, outcome).")
	}
	s, err := parseStatement(l[0], "act")
	if err != nil {
		return s, out, nil, broken("record", "记录第一行（声明）无法解读。", "The record's first line, the statement, cannot be read: "+err.Error()+".")
	}
	if out, err = parseOutcome(l[2]); err != nil {
		return s, out, nil, broken("record", "记录第三行（结果）无法解读。", "The record's third line, the outcome, cannot be read: "+err.Error()+".")
	}
	if s.Chain != chain {
		return s, out, nil, broken("record", say("记录属于链 %s，信任锚属于链 %s。", s.Chain, chain), say("The record is of chain %s, the trust anchor of chain %s.", s.Chain, chain))
	}
	return s, out, l, nil
}

// signature checks who said it. What the chain itself records bears no signature; it rests on the nodes' alone.
func (r *Report) signature(s statement, l []string) *Broken {
	own := s.Kind == "genesis" || s.Kind == "alarm"
	switch {
	case own && (l[1] != "" || s.Org != "" || s.Node != "" || s.Key != ""):
		return broken("signature", say("%s 由链自身记录，不应有签名、机构或密钥。", s.Kind), say("A record of kind %s is made by the chain itself and must bear no signature, institution or key.", s.Kind))
	case own:
		r.proved("signature", say("%s 由链自身记录，不需要签名。", s.Kind), say("A record of kind %s is made by the chain itself and needs no signature.", s.Kind))
		return nil
	case l[1] == "":
		return broken("signature", "记录没有签名。", "The record bears no signature.")
	case (s.Org == "") == (s.Node == ""):
		return broken("signature", "声明应当且只应当写明一个机构或一个节点。", "The statement must name either an institution or a node.")
	}
	if err := s.signedBy(l[0], l[1]); err != nil {
		return broken("signature", "声明的签名不成立：声明或签名被改动，或不是该密钥所签。", "The signature over the statement does not hold: "+err.Error()+".")
	}
	who, zh := "institution "+s.Org, "机构 "+s.Org
	if s.Node != "" {
		who, zh = "node "+s.Node, "节点 "+s.Node
	}
	r.proved("signature", say("声明由%s的密钥 %s 签名（SM2），一字未改。", zh, s.Key), say("The statement was signed (SM2) with the key %s, named for %s, and not a byte was changed.", s.Key, who))
	return nil
}

func (r *Report) quorum(point Checkpoint, anchor Anchor) *Broken {
	if b := point.check(anchor); b != nil {
		return b
	}
	r.proved("checkpoint", say("检查点属于链 %s，区块 %d，共 %d 条记录。", point.Chain, point.Height, point.Size),
		say("The checkpoint is of chain %s, block %d, %d records.", point.Chain, point.Height, point.Size))
	r.proved("quorum", say("信任锚的 %d 个节点中有 %d 个签了该检查点，要求 %d 个。", len(anchor.Nodes), len(point.Signatures), anchor.Quorum),
		say("Of the %d nodes of the trust anchor %d signed the checkpoint; %d were needed.", len(anchor.Nodes), len(point.Signatures), anchor.Quorum))
	return nil
}

// consistency walks from one signed checkpoint to another.
func (r *Report) consistency(f consistencyFile, anchor Anchor) *Broken {
	from, err := ParseCheckpoint([]byte(f.From))
	if err != nil {
		return broken("checkpoint", "较早的检查点不是规范文本。", "The earlier checkpoint is not proper: "+err.Error()+".")
	}
	to, err := ParseCheckpoint([]byte(f.To))
	if err != nil {
		return broken("checkpoint", "较晚的检查点不是规范文本。", "The later checkpoint is not proper: "+err.Error()+".")
	}
	if b := r.quorum(from, anchor); b != nil {
		return b
	}
	if b := r.quorum(to, anchor); b != nil {
		return b
	}
	if from.Height > to.Height {
		return broken("history", say("较早的检查点在区块 %d，晚于区块 %d。", from.Height, to.Height), say("The earlier checkpoint is of block %d, after block %d.", from.Height, to.Height))
	}
	if err := CheckConsistency(from.Size, to.Size, from.Root, to.Root, f.Path); err != nil {
		return broken("history", "较晚的状态不是较早状态的延续：历史被改写，或路径被改动。", "The later state does not continue the earlier one: "+err.Error()+".")
	}
	r.proved("history", say("前 %d 条记录原样包含在后来的 %d 条之中，没有删改。", from.Size, to.Size),
		say("The first %d records stand unchanged among the later %d.", from.Size, to.Size))
	return nil
}
