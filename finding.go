package mulu

import "strconv"

// Finding (问题发现) says that an institution did one of the nine things of Art. 41: raised by a rule that saw it, or
// by the bureau, or for misuse of shared data by its provider too. What is done about it follows from there.
type Finding struct {
	ID     string `json:"id"`               // F-<sequence>
	Point  int    `json:"point"`            // 1 to 9: the point of Art. 41(1)
	Org    string `json:"org"`              // at fault
	Party  string `json:"party,omitempty"`  // the other institution concerned: consumer, objector, or provider of misused data
	Rule   string `json:"rule,omitempty"`   // see FindingRules; "" where no rule raised it
	By     string `json:"by"`               // institution, or "law"
	On     []Ref  `json:"on,omitempty"`     // what it rests on
	Record string `json:"record,omitempty"` // hex digest of evidence in the vault
	Why    string `json:"why,omitempty"`
	Raised string `json:"raised"`          // RFC 3339
	Status string `json:"status"`          // raised | withdrawn
	Error  string `json:"error,omitempty"` // why it was raised in error
}

// Ref names a noun and, where it matters, the fact about it.
type Ref struct {
	Noun Kind   `json:"noun" zh:"类型" en:"noun" enum:"noun"`
	ID   string `json:"id" zh:"编号" en:"id"`
	Fact string `json:"fact,omitempty" zh:"事实" en:"fact"`
}

func (*Finding) Kind() Kind         { return KindFinding }
func (f *Finding) Key() string      { return f.ID }
func (f *Finding) Standing() string { return f.Status }

// Indexes finds the findings that rest on a noun.
func (f *Finding) Indexes() []string {
	var ix []string
	for _, r := range f.On {
		if line := "on/" + string(r.Noun) + "/" + r.ID; !containsString(ix, line) {
			ix = append(ix, line)
		}
	}
	return ix
}

// Violation is the code of its point in Violations.
func (f *Finding) Violation() string { return strconv.Itoa(f.Point) }
