package mulu

// Duty (职责) is the first level of the catalog: what an institution has to do, and on which basis.
// A duty from which no data arises is declared so, with a reason.
type Duty struct {
	ID         string   `json:"id"` // D-<org>-<sequence>
	Org        string   `json:"org"`
	Code       string   `json:"code,omitempty"` // code in the list of powers, where there is one
	Name       string   `json:"name"`
	Basis      string   `json:"basis"` // 三定 or provision
	Department string   `json:"department,omitempty"`
	Matters    []string `json:"matters,omitempty"`
	Status     string   `json:"status"` // active | no_data | retired
	Why        string   `json:"why,omitempty"`
}

func (*Duty) Kind() Kind         { return KindDuty }
func (d *Duty) Key() string      { return d.ID }
func (d *Duty) Standing() string { return d.Status }
func (d *Duty) Indexes() []string {
	if d.Status == "retired" {
		return nil
	}
	return []string{"name/" + d.Org + "/" + d.Name}
}
