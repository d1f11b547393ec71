package mulu

// Genesis is what a chain starts from. It becomes record 0, and its digest names the chain in every trust anchor.
type Genesis struct {
	Chain     string     `json:"chain"` // id, e.g. "xicheng-1"
	Sandbox   bool       `json:"sandbox,omitempty"`
	Clock     string     `json:"clock,omitempty"` // sandbox: the law's time at the first block, RFC 3339
	Edition   string     `json:"edition"`
	Bureau    Bureau     `json:"bureau"`
	Nodes     []Node     `json:"nodes"`
	Calendars []Calendar `json:"calendars"`
}

// Bureau is the competent bureau (主管部门) as a chain begins; it becomes institution 001.
type Bureau struct {
	Name       string `json:"name"`
	Short      string `json:"short"`
	CreditCode string `json:"credit_code"`
	Key        string `json:"key"`
}
