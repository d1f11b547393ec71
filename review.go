package mulu

// Review (共享属性研究) is one round of studying an entry's sharing attribute (Art. 23). It comes about when the entry's
// interval has passed, or when the bureau or the institution calls for it.
type Review struct {
	ID       string    `json:"id"` // R-<sequence>
	Entry    string    `json:"entry"`
	Org      string    `json:"org"`
	Version  int       `json:"version"` // of the entry when it came about
	Sharing  string    `json:"sharing"` // the sharing type studied
	By       string    `json:"by"`      // who called for it; "law" where the interval had passed
	Opened   string    `json:"opened"`  // RFC 3339
	Since    string    `json:"since"`   // what its term runs from
	FinishBy *Deadline `json:"finish_by"`
	Status   string    `json:"status"` // due | adjusting | confirmed | changed | closed
	Overdue  bool      `json:"overdue,omitempty"`
	Finished string    `json:"finished,omitempty"`
	Why      string    `json:"why,omitempty"`
}

func (*Review) Kind() Kind         { return KindReview }
func (r *Review) Key() string      { return r.ID }
func (r *Review) Standing() string { return r.Status }

// Open tells whether the attribute is still being studied.
func (r *Review) Open() bool { return r.Status == "due" || r.Status == "adjusting" }

// Indexes finds the open review of an entry, and those whose term rests on a year without arrangement.
func (r *Review) Indexes() []string {
	if !r.Open() {
		return nil
	}
	ix := []string{"entry/" + r.Entry}
	if r.Status == "due" && !r.Overdue {
		ix = append(ix, provisional(r.FinishBy)...)
	}
	return ix
}
