package mulu

// Dispute (协调事项) is a matter of Art. 22: not shared as the rules want, or disputed. It is about an application or an
// objection. Claim is what its opener stated; Why are the reasons of its last step.
type Dispute struct {
	ID        string    `json:"id"`    // C-<sequence>
	About     string    `json:"about"` // application, or objection where the cause is "objection"
	Consumer  string    `json:"consumer"`
	Provider  string    `json:"provider"`
	Opener    string    `json:"opener"` // organisation, or "law"
	Cause     string    `json:"cause"`  // see Causes
	Opened    string    `json:"opened"` // RFC 3339, like all moments here
	Status    string    `json:"status"` // opened | heard | concluded | executed | withdrawn | settled | closed
	Outcome   string    `json:"outcome,omitempty"`
	Why       string    `json:"why,omitempty"`
	Entry     string    `json:"entry,omitempty"`
	Claim     string    `json:"claim,omitempty"`
	Hearings  []Hearing `json:"hearings,omitempty"`
	Due       *Deadline `json:"due,omitempty"` // by when the conclusion is to be carried out, where it needs the provider
	Overdue   bool      `json:"overdue,omitempty"`
	Concluded string    `json:"concluded,omitempty"`
	Executed  string    `json:"executed,omitempty"`
	Version   int       `json:"version,omitempty"` // the data version that carried an ordered correction out
}

// Hearing (会商记录) is one meeting or exchange of letters: what institutions stated. Record names the minutes in the vault.
type Hearing struct {
	At         string      `json:"at"`
	Note       string      `json:"note"`
	Statements []Statement `json:"statements,omitempty"`
	Record     string      `json:"record,omitempty"` // hex digest
}

// Statement (陈述) is what an institution stated at a hearing: a party, or another one whose word was asked for.
type Statement struct {
	Org  string `json:"org" zh:"机构" en:"org" ref:"org"`
	Text string `json:"text" zh:"意见" en:"text"`
}

func (*Dispute) Kind() Kind         { return KindDispute }
func (d *Dispute) Key() string      { return d.ID }
func (d *Dispute) Standing() string { return d.Status }

// Open tells whether the case is not over.
func (d *Dispute) Open() bool {
	return d.Status == "opened" || d.Status == "heard" || d.Status == "concluded"
}

// Indexes finds the cases about something; while it is open also by entry and consumer, whose end closes it, and while a
// correction of data is ordered, by the entry whose next version carries it out.
func (d *Dispute) Indexes() []string {
	ix := []string{"about/" + d.About}
	if !d.Open() {
		return ix
	}
	ix = append(ix, "open/"+d.About, "consumer/"+d.Consumer, "entry/"+d.Entry)
	if d.Status == "concluded" && d.Outcome == "correct" && d.Cause != "objection" {
		ix = append(ix, "correct/"+d.Entry)
	}
	return ix
}
