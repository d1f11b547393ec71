package act

import "mulu"

// OpenDispute asks the bureau to coordinate (Art. 22) about an application, or about an objection; a party or the bureau
// says it. Exactly one of Application and Objection is named.
type OpenDispute struct {
	Application string `json:"application" zh:"申请" en:"application" ref:"application"`
	Why         string `json:"why" zh:"理由" en:"why"`
	Objection   string `json:"objection,omitempty" zh:"异议" en:"objection" ref:"objection"`
}

// HearDispute records what was stated in a coordination: by the parties, and by whom else the bureau asked.
// Record is the hex digest of the minutes in the vault.
type HearDispute struct {
	Case       string           `json:"case" zh:"协调事项" en:"case" ref:"case"`
	Note       string           `json:"note" zh:"会商情况" en:"note"`
	Statements []mulu.Statement `json:"statements,omitempty" zh:"陈述" en:"statements"`
	Record     string           `json:"record,omitempty" zh:"附件" en:"record"`
}

// ConcludeDispute ends a coordination. It binds and is executed: "grant" shares after all, in whole or with Items, Rows and
// Days narrowing what was asked for; "uphold" lets things stand; "deliver_by" and "correct" set a last day (YYYY-MM-DD) by
// which the provider delivers or corrects.
type ConcludeDispute struct {
	Case    string        `json:"case" zh:"协调事项" en:"case" ref:"case"`
	Outcome string        `json:"outcome" zh:"结论" en:"outcome" enum:"ruling"` // grant | uphold | deliver_by | correct
	Why     string        `json:"why" zh:"理由" en:"why"`
	By      string        `json:"by,omitempty" zh:"限期" en:"by"`
	Items   []string      `json:"items,omitempty" zh:"信息项" en:"items"`
	Rows    []mulu.Filter `json:"rows,omitempty" zh:"行范围" en:"rows"`
	Days    int           `json:"days,omitempty" zh:"天数" en:"days"`
}

// WithdrawDispute takes a coordination back: whoever opened it says it.
type WithdrawDispute struct {
	Case string `json:"case" zh:"协调事项" en:"case" ref:"case"`
	Why  string `json:"why" zh:"理由" en:"why"`
}

func (*OpenDispute) Kind() string     { return "case.open" }
func (*HearDispute) Kind() string     { return "case.hear" }
func (*ConcludeDispute) Kind() string { return "case.conclude" }
func (*WithdrawDispute) Kind() string { return "case.withdraw" }
