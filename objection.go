package mulu

// Objection (共享数据异议) says that data had by sharing is wrong (Art. 25). Filing it informs the provider and is the
// bureau's record at once. Examples name attachments in the vault by digest: keys of persons never come here.
type Objection struct {
	ID          string      `json:"id"` // O-<sequence>
	Grant       string      `json:"grant"`
	Consumer    string      `json:"consumer"`
	Provider    string      `json:"provider"`
	Entry       string      `json:"entry"`
	Items       []string    `json:"items"` // field names that are wrong
	Wrong       string      `json:"wrong"` // what is wrong with them
	Examples    []string    `json:"examples,omitempty"`
	DataVersion int         `json:"data_version,omitempty"` // that served when it was filed, or its correction was ordered; 0 = the platform holds none
	Edition     string      `json:"edition"`
	Filed       string      `json:"filed"` // RFC 3339, like all moments here
	AnswerBy    *Deadline   `json:"answer_by"`
	Status      string      `json:"status"` // filed | checking | corrected | unfounded | withdrawn | closed
	Overdue     bool        `json:"overdue,omitempty"`
	Checking    string      `json:"checking,omitempty"` // since when the provider checks
	Extended    []Extension `json:"extended,omitempty"`
	Corrected   int         `json:"corrected,omitempty"` // the data version in which it is corrected; 0 = at the owner's
	Explanation string      `json:"explanation,omitempty"`
	Answered    string      `json:"answered,omitempty"`
	Case        string      `json:"case,omitempty"` // the coordination case that ordered the correction
	Why         string      `json:"why,omitempty"`
}

// Extension (延期) is the bureau's consent to more working days, where a matter is complex.
type Extension struct {
	Days int    `json:"days"`
	Why  string `json:"why"`
	At   string `json:"at"`
}

func (*Objection) Kind() Kind         { return KindObjection }
func (o *Objection) Key() string      { return o.ID }
func (o *Objection) Standing() string { return o.Status }

// Open tells whether it still waits for its answer.
func (o *Objection) Open() bool { return o.Status == "filed" || o.Status == "checking" }

// Indexes finds an objection while it is open: by entry and consumer, whose end closes it, and by years without arrangement.
func (o *Objection) Indexes() []string {
	if !o.Open() {
		return nil
	}
	ix := []string{"entry/" + o.Entry, "consumer/" + o.Consumer}
	if !o.Overdue {
		ix = append(ix, provisional(o.AnswerBy)...)
	}
	return ix
}
