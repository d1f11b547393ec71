package mulu

// UseReport (使用情况报告) is what a consumer owes about a grant: what the data was used for from From to To (RFC 3339).
// It falls due at an interval and at the grant's end; interval and term are internal ones (内部时限).
type UseReport struct {
	ID       string    `json:"id"` // U-<sequence>
	Grant    string    `json:"grant"`
	Consumer string    `json:"consumer"`
	Provider string    `json:"provider"`
	Entry    string    `json:"entry"`
	From     string    `json:"from"`
	To       string    `json:"to"`
	Final    bool      `json:"final,omitempty"` // the grant has ended
	Due      string    `json:"due"`             // since when it is owed, RFC 3339
	FileBy   *Deadline `json:"file_by"`
	Status   string    `json:"status"` // due | reported | closed
	Overdue  bool      `json:"overdue,omitempty"`
	Filed    string    `json:"filed,omitempty"`
	Use      string    `json:"use,omitempty"`
	Effect   string    `json:"effect,omitempty"`
	Matters  int       `json:"matters,omitempty"` // handled with the data
	Record   string    `json:"record,omitempty"`  // hex digest of an attachment in the vault
	Why      string    `json:"why,omitempty"`
}

func (*UseReport) Kind() Kind         { return KindUseReport }
func (r *UseReport) Key() string      { return r.ID }
func (r *UseReport) Standing() string { return r.Status }

// Indexes finds what a grant or a consumer still owes, and whose term rests on a year without arrangement.
func (r *UseReport) Indexes() []string {
	if r.Status != "due" {
		return nil
	}
	ix := []string{"grant/" + r.Grant, "consumer/" + r.Consumer}
	if !r.Overdue {
		ix = append(ix, provisional(r.FileBy)...)
	}
	return ix
}

// UseFlag (异常使用提示) is a gateway's word that a day's use of a grant was unusual: by which rule, how much, how much is
// usual. It proves nothing by itself; the consumer explains it.
type UseFlag struct {
	ID          string `json:"id"` // W-<sequence>
	Grant       string `json:"grant"`
	Consumer    string `json:"consumer"`
	Provider    string `json:"provider"`
	Entry       string `json:"entry"`
	Node        string `json:"node"`
	Rule        string `json:"rule"` // see FlagRules
	Day         string `json:"day"`  // YYYY-MM-DD
	Counted     int64  `json:"counted"`
	Usual       int64  `json:"usual"`
	Flagged     string `json:"flagged"` // RFC 3339
	Status      string `json:"status"`  // flagged | explained | closed
	Explanation string `json:"explanation,omitempty"`
	Explained   string `json:"explained,omitempty"`
	Why         string `json:"why,omitempty"`
}

func (*UseFlag) Kind() Kind         { return KindUseFlag }
func (f *UseFlag) Key() string      { return f.ID }
func (f *UseFlag) Standing() string { return f.Status }

// Indexes keeps a rule from flagging a grant's day twice, and finds what a consumer has still to explain.
func (f *UseFlag) Indexes() []string {
	ix := []string{"day/" + f.Grant + "/" + f.Rule + "/" + f.Day}
	if f.Status == "flagged" {
		ix = append(ix, "consumer/"+f.Consumer)
	}
	return ix
}
