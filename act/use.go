package act

// ReportUse files the use report that is due on a grant, the oldest first (Art. 24). Record is the hex digest of an
// attachment in the vault.
type ReportUse struct {
	Grant   string `json:"grant" zh:"授权" en:"grant" ref:"grant"`
	Use     string `json:"use" zh:"使用情况" en:"use"`
	Effect  string `json:"effect,omitempty" zh:"成效" en:"effect"`
	Matters int    `json:"matters,omitempty" zh:"办理事项数" en:"matters"`
	Record  string `json:"record,omitempty" zh:"附件" en:"record"`
}

// FlagUse says that a day's use of a grant was unusual: how much a rule of the gateway counted, and above what it flags.
// The node says it; no figure tells of a person.
type FlagUse struct {
	Grant   string `json:"grant" zh:"授权" en:"grant" ref:"grant"`
	Rule    string `json:"rule" zh:"规则" en:"rule" enum:"flag"`
	Day     string `json:"day" zh:"日期" en:"day"`
	Counted int64  `json:"counted" zh:"计数" en:"counted"`
	Usual   int64  `json:"usual" zh:"阈值" en:"usual"`
}

// ExplainUse is the consumer's explanation of unusual use.
type ExplainUse struct {
	Flag        string `json:"flag" zh:"提示" en:"flag" ref:"use_flag"`
	Explanation string `json:"explanation" zh:"说明" en:"explanation"`
}

func (*ReportUse) Kind() string  { return "use.report" }
func (*FlagUse) Kind() string    { return "use.flag" }
func (*ExplainUse) Kind() string { return "use.explain" }
