package law

import (
	"strconv"

	"mulu"
)

// checkOpening: Art. 26 sorts opening in two, the conditional sort with its channel (3); Art. 27(1) lists the three grounds
// on which data is not opened, the third being that a person can be identified. What holds personal items opens at most
// conditionally, on the conditions that Art. 27(2) speaks of; the measurement itself comes before the opening, not here.
func checkOpening(c *mulu.EntryContent) *mulu.Refusal {
	o := c.Opening
	if no := first(oneOf("opening", o.Type, mulu.OpeningTypes, cite(26, 1)),
		optional("conditions", o.Conditions, 2, 2000, cite(26, 3)), optional("basis", o.Basis, 2, 1000, cite(27, 1))); no != nil {
		return no
	}
	switch o.Type {
	case "unconditional":
		if c.Personal {
			return refuse(cite(27, 1, 3), "personal_open")
		}
		if c.Sharing.Type == "not_shared" {
			return refuse(cite(27, 1), "unshared_open")
		}
		if o.Channel != "" || o.Ground != 0 || o.Conditions != "" {
			return refuse(cite(26, 2), "opening_idle")
		}
	case "conditional":
		if no := oneOf("channel", o.Channel, mulu.Channels, cite(26, 3)); no != nil {
			return no
		}
		if o.Conditions == "" {
			return refuse(cite(26, 3), "opening_conditions_missing")
		}
		if o.Ground != 0 {
			return refuse(cite(26, 3), "opening_idle")
		}
	case "not_open":
		if o.Ground < 1 || o.Ground > 3 {
			return refuse(cite(27, 1), "ground_missing", strconv.Itoa(o.Ground))
		}
		if o.Channel != "" || o.Conditions != "" {
			return refuse(cite(27, 1), "opening_idle")
		}
	}
	return nil
}
