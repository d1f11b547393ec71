package mulu

// DataRule (质量规则) is one check of an entry's rows beyond what its items and their data elements already say. The grammar
// is closed: a rule names a check and its operands, never code or SQL. Which operands a check takes stands in
// docs/quality.md; what is not named here is empty.
type DataRule struct {
	Check  string   `json:"check" zh:"检查" en:"check" enum:"check"`            // see Checks
	Items  []string `json:"items" zh:"信息项" en:"items"`                        // field names, at least one
	Op     string   `json:"op,omitempty" zh:"比较" en:"op" enum:"op"`           // compare: lt | le | eq | ne | ge | gt
	Low    string   `json:"low,omitempty" zh:"下限" en:"low"`                   // range: lowest value allowed; compare: a constant to compare with, when there is only one item
	High   string   `json:"high,omitempty" zh:"上限" en:"high"`                 // range: highest value allowed
	Values []string `json:"values,omitempty" zh:"取值" en:"values"`             // values: what is allowed; format: one of ValueFormats
	Entry  string   `json:"entry,omitempty" zh:"引用目录" en:"entry" ref:"entry"` // reference: the entry in which the value must stand
	Item   string   `json:"item,omitempty" zh:"引用信息项" en:"item"`              // reference: the item of that entry
	When   string   `json:"when,omitempty" zh:"前提信息项" en:"when"`              // the rule binds only rows in which this item …
	Is     []string `json:"is,omitempty" zh:"前提取值" en:"is"`                   // … has one of these values; empty: has any value
	Level  string   `json:"level" zh:"处理" en:"level" enum:"level"`            // bad: the row is left out; note: it stays and counts
	Why    string   `json:"why,omitempty" zh:"说明" en:"why"`                   // shown beside what it finds
}

// Quality (数据质量) is how rows of a load stood against the checks: the five properties of Art. 7, each and all together in
// thousandths (‰), 1000 is faultless. A property that nothing measured is -1. What each is made of: docs/quality.md.
type Quality struct {
	Checked      int64 `json:"checked" zh:"检查行数" en:"checked"` // rows read
	Bad          int64 `json:"bad" zh:"剔除行数" en:"bad"`         // rows left out
	Conformity   int   `json:"conformity" zh:"合规性" en:"conformity"`
	Accuracy     int   `json:"accuracy" zh:"准确性" en:"accuracy"`
	Completeness int   `json:"completeness" zh:"完整性" en:"completeness"`
	Consistency  int   `json:"consistency" zh:"一致性" en:"consistency"`
	Timeliness   int   `json:"timeliness" zh:"时效性" en:"timeliness"`
	Score        int   `json:"score" zh:"得分" en:"score"`
}

// LoadTerms (装载约定) is what the owner of an entry set for loading its data, within the bureau's limits.
type LoadTerms struct {
	Entry   string     `json:"entry"`
	Org     string     `json:"org"`
	Rules   []DataRule `json:"rules,omitempty"`
	MaxBad  int        `json:"max_bad"`    // ‰ of the rows that a load may leave out and still be published; 0: none
	Shrink  int        `json:"max_shrink"` // % of the rows of the version before that may be missing in a new one; 100: no bound
	Least   int        `json:"min_score"`  // ‰ that the score must reach; 0: no bound
	Version int        `json:"version"`    // counts what was set, from 1
	Since   string     `json:"since"`      // RFC 3339
}

func (*LoadTerms) Kind() Kind          { return KindLoadTerms }
func (t *LoadTerms) Key() string       { return t.Entry }
func (t *LoadTerms) Standing() string  { return "set" }
func (t *LoadTerms) Indexes() []string { return nil }
