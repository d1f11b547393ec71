package mulu

// Purchase (采购数据) is data that an institution bought with public money: filed with the bureau, and served through an
// interface or, where the institution holds it unfit for one, with the ground for that (Art. 17).
type Purchase struct {
	ID       string    `json:"id"` // P-<sequence>
	Org      string    `json:"org"`
	Name     string    `json:"name"`
	Content  string    `json:"content"` // what was bought: which data, of what, how far
	Supplier string    `json:"supplier"`
	Contract string    `json:"contract,omitempty"` // its number
	From     string    `json:"from"`               // first day of the contract, 2026-01-01
	Until    string    `json:"until"`              // its last day
	Cost     int64     `json:"cost"`               // yuan
	Fund     string    `json:"fund"`               // which public money
	Filed    string    `json:"filed"`              // RFC 3339
	Owed     string    `json:"owed"`               // RFC 3339, since when an interface or a ground is owed
	FinishBy *Deadline `json:"finish_by"`          // internal term for it
	Overdue  bool      `json:"overdue,omitempty"`  // the term ended with neither
	Entry    string    `json:"entry,omitempty"`    // through whose interface it is served
	Ground   string    `json:"ground,omitempty"`   // why it is not fit for an interface
	Basis    string    `json:"basis,omitempty"`    // on what that rests
	Status   string    `json:"status"`             // on_file | served | grounded | ended
	Since    string    `json:"since"`              // RFC 3339
	Why      string    `json:"why,omitempty"`
}

func (*Purchase) Kind() Kind         { return KindPurchase }
func (p *Purchase) Key() string      { return p.ID }
func (p *Purchase) Standing() string { return p.Status }

// Indexes finds what has not ended by institution and name, by the entry that serves it, and by the year without an
// arrangement of working days on which its term rests.
func (p *Purchase) Indexes() []string {
	if p.Status == "ended" {
		return nil
	}
	ix := []string{"name/" + p.Org + "/" + p.Name}
	if p.Entry != "" {
		ix = append(ix, "entry/"+p.Entry)
	}
	if p.Status == "on_file" && !p.Overdue {
		ix = append(ix, provisional(p.FinishBy)...)
	}
	return ix
}
