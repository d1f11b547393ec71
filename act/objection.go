package act

// FileObjection says that data had under a grant is wrong (Art. 25). Examples are hex digests of attachments in the vault;
// nothing that names a person goes into Wrong.
type FileObjection struct {
	Grant    string   `json:"grant" zh:"授权" en:"grant" ref:"grant"`
	Items    []string `json:"items" zh:"信息项" en:"items"`
	Wrong    string   `json:"wrong" zh:"问题" en:"wrong"`
	Examples []string `json:"examples,omitempty" zh:"例证" en:"examples"`
}

// CheckObjection says that the provider has begun to check.
type CheckObjection struct {
	Objection string `json:"objection" zh:"异议" en:"objection" ref:"objection"`
}

// AnswerObjection ends the check: "corrected", with the data version that holds the correction (0 where the data stays
// with its owner), or "unfounded"; both with an explanation.
type AnswerObjection struct {
	Objection   string `json:"objection" zh:"异议" en:"objection" ref:"objection"`
	Result      string `json:"result" zh:"结果" en:"result" enum:"result"` // corrected | unfounded
	Version     int    `json:"version,omitempty" zh:"数据版本" en:"version"`
	Explanation string `json:"explanation" zh:"说明" en:"explanation"`
}

// ExtendObjection gives a complex matter more working days; the bureau says it before the term ends.
type ExtendObjection struct {
	Objection string `json:"objection" zh:"异议" en:"objection" ref:"objection"`
	Days      int    `json:"days" zh:"工作日" en:"days"`
	Why       string `json:"why" zh:"理由" en:"why"`
}

// WithdrawObjection takes an unanswered objection back.
type WithdrawObjection struct {
	Objection string `json:"objection" zh:"异议" en:"objection" ref:"objection"`
	Why       string `json:"why" zh:"理由" en:"why"`
}

func (*FileObjection) Kind() string     { return "objection.file" }
func (*CheckObjection) Kind() string    { return "objection.check" }
func (*AnswerObjection) Kind() string   { return "objection.answer" }
func (*ExtendObjection) Kind() string   { return "objection.extend" }
func (*WithdrawObjection) Kind() string { return "objection.withdraw" }
