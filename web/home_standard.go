package web

import (
	"mulu"
	"mulu/people"
	"mulu/read"
)

// standardTasks is what standards (Art. 13) and purchased data (Art. 17) ask of the institution.
type standardTasks struct {
	Departed  int // items that no longer agree with their element
	Purchases []purchaseRow
	Owed      int // purchases with neither interface nor ground
}

func (v *visit) homeStandards(h *homePage) (err error) {
	if !v.Person.Roles.Has(people.Steward, people.Approver, people.Reader, people.Observer) {
		return nil
	}
	ctx, t := v.R.Context(), &standardTasks{}
	if t.Departed, err = v.Read.CountDeparted(ctx, v.Org.ID); err != nil {
		return err
	}
	counts, err := v.Read.CountsOf(ctx, mulu.KindPurchase, v.Org.ID)
	if err != nil {
		return err
	}
	t.Owed = counts["on_file"]
	list, err := v.Read.Purchases(ctx, read.DueQuery{Party: read.Party{Provider: v.Org.ID}, Max: shownAtHome})
	if err != nil {
		return err
	}
	if t.Purchases, err = v.purchaseRows(list); err != nil {
		return err
	}
	h.Standards = t
	return nil
}

// Any tells whether anything waits.
func (t *standardTasks) Any() bool { return t != nil && t.Departed+t.Owed > 0 }
