package law

import "mulu"

// checkSharing: Art. 19: (1) two sorts are shared; (3) the conditional sort says its conditions; (4) what is not shared
// names law and article "in principle", so it may be handed in with reasons why there is none, for the bureau to decide.
func checkSharing(c *mulu.EntryContent) *mulu.Refusal {
	s := c.Sharing
	if no := oneOf("sharing", s.Type, mulu.SharingTypes, cite(19, 1)); no != nil {
		return no
	}
	if no := first(optional("conditions", s.Conditions, 2, 2000, cite(19, 3)), optional("basis", s.Basis, 2, 1000, cite(19, 4)),
		optional("override", s.Override, 2, 1000, cite(19, 4))); no != nil {
		return no
	}
	switch {
	case s.Type == "conditional" && s.Conditions == "":
		return refuse(cite(19, 3), "conditions_missing")
	case s.Type == "not_shared" && s.Basis == "" && s.Override == "":
		return refuse(cite(19, 4), "basis_missing")
	case s.Type != "not_shared" && (s.Basis != "" || s.Override != ""):
		return refuse(cite(19, 4), "basis_idle")
	case s.Type == "unconditional" && s.Conditions != "":
		return refuse(cite(19, 2), "conditions_idle")
	}
	for _, i := range c.Items {
		if i.Sharing == "" {
			continue
		}
		if no := oneOf("sharing", i.Sharing, mulu.SharingTypes, cite(19, 1)); no != nil {
			return no
		}
		switch {
		case i.Sharing == s.Type:
			return refuse(cite(19, 1), "exception_idle", i.Name)
		case s.Type == "not_shared":
			return refuse(cite(19, 4), "exception_of_unshared", i.Name)
		}
	}
	return nil
}

// verifySharing: Art. 19(4) at verification: without a legal basis, not sharing stands only on the bureau's recorded reasons.
func verifySharing(c *mulu.EntryContent, override string) *mulu.Refusal {
	if c.Sharing.Type != "not_shared" || c.Sharing.Basis != "" {
		if override != "" {
			return refuse(cite(19, 4), "override_idle")
		}
		return nil
	}
	if override == "" {
		return refuse(cite(19, 4), "override_missing")
	}
	c.Sharing.Override = override
	return nil
}
