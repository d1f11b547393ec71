package act

// PublishCalendar puts a year's holiday arrangement on the chain (or corrects it). Deadlines that rested on the year
// without an arrangement are computed anew by the rule.
type PublishCalendar struct {
	Year   int      `json:"year" zh:"年度" en:"year"`
	Off    []string `json:"off" zh:"休息日" en:"off"`
	MakeUp []string `json:"make_up" zh:"调休上班日" en:"make_up"`
	Notice string   `json:"notice" zh:"通知" en:"notice"`
	Number string   `json:"number,omitempty" zh:"文号" en:"number"`
}

// AdoptProfile puts another edition of the terms in force for what is received from now on.
type AdoptProfile struct {
	Edition string `json:"edition" zh:"版本" en:"edition"`
	Why     string `json:"why" zh:"理由" en:"why"`
}

// AdvanceClock moves the law's clock forward to a moment (RFC 3339). A sandbox only.
type AdvanceClock struct {
	To string `json:"to" zh:"至" en:"to"`
}

// AdmitNode makes a node a member: validator of consensus and co-signer of checkpoints.
type AdmitNode struct {
	Node      string `json:"node" zh:"节点" en:"node"`
	Operator  string `json:"operator" zh:"运行机构" en:"operator" ref:"org"`
	Validator string `json:"validator" zh:"共识公钥" en:"validator"`
	CosignKey string `json:"cosign_key" zh:"联签公钥" en:"cosign_key"`
	Power     int64  `json:"power" zh:"票数" en:"power"`
}

// DismissNode ends a node's membership.
type DismissNode struct {
	Node string `json:"node" zh:"节点" en:"node"`
	Why  string `json:"why" zh:"理由" en:"why"`
}

// AnchorReceipts commits the signing node's receipt tree: Size receipts under Root (hex).
type AnchorReceipts struct {
	Size uint64 `json:"size" zh:"数量" en:"size"`
	Root string `json:"root" zh:"树根" en:"root"`
}

// Tick asks for what has fallen due to be executed. It is valid only when something is due.
type Tick struct{}

func (*PublishCalendar) Kind() string { return "calendar.publish" }
func (*AdoptProfile) Kind() string    { return "profile.adopt" }
func (*AdvanceClock) Kind() string    { return "clock.advance" }
func (*AdmitNode) Kind() string       { return "node.admit" }
func (*DismissNode) Kind() string     { return "node.dismiss" }
func (*AnchorReceipts) Kind() string  { return "receipts.anchor" }
func (*Tick) Kind() string            { return "tick" }
