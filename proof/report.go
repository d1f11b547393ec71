package proof

import (
	"fmt"
	"strings"
)

// Step is one link of a proof that held.
type Step struct {
	Name   string // file, receipt, receipt-signature, receipt-tree, anchoring, record, signature, number, tree, checkpoint, quorum, history
	Zh, En string // what was proved
}

// Broken is the link that did not hold. Step is a Step.Name, or "trust" when the trust anchor itself is not valid,
// or "rows" when rows do not match their receipt.
type Broken struct {
	Step, Zh, En string
}

// Error gives both languages.
func (b *Broken) Error() string { return b.Zh + " " + b.En }

func broken(step, zh, en string) *Broken { return &Broken{step, zh, en} }

// say fills a sentence.
func say(sentence string, args ...any) string { return fmt.Sprintf(sentence, args...) }

// Report is what a check proved, in the order in which it was proved. When the check failed, it holds the steps up to there.
type Report struct {
	Kind    string // record, consistency, receipt
	Chain   string
	Steps   []Step
	Record  *RecordSummary  // of kinds record and receipt: the record, or the one that anchors the receipt
	Receipt *ReceiptSummary // of kind receipt
}

func (r *Report) proved(name, zh, en string) { r.Steps = append(r.Steps, Step{name, zh, en}) }

// RecordSummary says what stands in a proved record.
type RecordSummary struct {
	N       uint64 // record number
	ID      string // hex SM3 of the statement: the act's id
	Kind    string
	Org     string // who said it: an institution,
	Node    string // or a node; both are empty for what the chain itself recorded
	Height  int64
	Time    string // the law's time of its block, RFC 3339
	Facts   []string
	Refused string // code of the refusal, "" when it was not refused
	Article string // which the refusal cites
}

// ReceiptSummary says what stands in a proved receipt. Members that the receipt does not carry are zero.
type ReceiptSummary struct {
	Node       string
	N          uint64
	Time       string
	Grant      string
	Consumer   string
	Entry      string
	Rows       uint64
	RowsDigest string
	Refused    string
}

// Text writes the report for people, in "zh" or "en".
func (r Report) Text(lang string) string {
	var b strings.Builder
	pick := func(zh, en string) string {
		if lang == "en" {
			return en
		}
		return zh
	}
	for i, s := range r.Steps {
		fmt.Fprintf(&b, "%d. %s\n", i+1, pick(s.Zh, s.En))
	}
	if c := r.Receipt; c != nil {
		fmt.Fprintf(&b, pick("回执：节点 %s 第 %d 号，时间 %s，授权 %s，目录 %s，%d 行\n", "Receipt: node %s, number %d, time %s, grant %s, entry %s, %d rows\n"),
			c.Node, c.N, c.Time, c.Grant, c.Entry, c.Rows)
		if c.Refused != "" {
			fmt.Fprintf(&b, pick("该次调用被拒绝：%s\n", "The call was refused: %s\n"), c.Refused)
		}
	}
	if c := r.Record; c != nil {
		who := pick("由链自身记录", "recorded by the chain itself")
		switch {
		case c.Org != "":
			who = pick("机构 ", "institution ") + c.Org
		case c.Node != "":
			who = pick("节点 ", "node ") + c.Node
		}
		fmt.Fprintf(&b, pick("记录：链 %s 第 %d 号，行为 %s，%s，时间 %s，区块 %d\n", "Record: chain %s, number %d, act %s, %s, time %s, block %d\n"),
			r.Chain, c.N, c.Kind, who, c.Time, c.Height)
		if c.Refused != "" {
			fmt.Fprintf(&b, pick("结果：被拒绝（%s，依据 %s）\n", "Outcome: refused (%s, under %s)\n"), c.Refused, c.Article)
		} else {
			fmt.Fprintf(&b, pick("结果：%s\n", "Outcome: %s\n"), strings.Join(c.Facts, ", "))
		}
	}
	return b.String()
}
