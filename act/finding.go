package act

import "mulu"

// EnterMisuse says that shared data was used for another purpose than the grant's (Art. 24, 41(1)(7)); its provider or the
// bureau says it. Flag names the unusual use that showed it, Record the hex digest of evidence in the vault.
type EnterMisuse struct {
	Grant  string `json:"grant" zh:"授权" en:"grant" ref:"grant"`
	Why    string `json:"why" zh:"理由" en:"why"`
	Flag   string `json:"flag,omitempty" zh:"提示" en:"flag" ref:"use_flag"`
	Record string `json:"record,omitempty" zh:"附件" en:"record"`
}

// RaiseFinding says that an institution did what a point of Art. 41(1) lists, and what shows it; the bureau says it.
type RaiseFinding struct {
	Org    string     `json:"org" zh:"机构" en:"org" ref:"org"`
	Point  int        `json:"point" zh:"情形" en:"point"` // 1 to 9
	On     []mulu.Ref `json:"on,omitempty" zh:"依据" en:"on"`
	Why    string     `json:"why" zh:"理由" en:"why"`
	Record string     `json:"record,omitempty" zh:"附件" en:"record"`
}

// WithdrawFinding takes a finding back that was raised in error; the bureau says it.
type WithdrawFinding struct {
	Finding string `json:"finding" zh:"问题" en:"finding" ref:"finding"`
	Why     string `json:"why" zh:"理由" en:"why"`
}

func (*EnterMisuse) Kind() string     { return "finding.misuse" }
func (*RaiseFinding) Kind() string    { return "finding.raise" }
func (*WithdrawFinding) Kind() string { return "finding.withdraw" }
