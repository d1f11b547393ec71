package law

import (
	"mulu"
	"mulu/act"
)

// Art. 6(2) has each institution draw up its resource catalog; Art. 3(3) makes the duties its first level.
// Institutions that the catalog chain does not bind enter duties once they follow it (Art. 15(3)).
var dutyWays = []Way{
	{mulu.KindDuty, "", "duty.register", []Role{Owner}, "active", cite(6, 1, 2)},
	{mulu.KindDuty, "active", "duty.amend", []Role{Owner}, "active", cite(6, 1, 2)},
	{mulu.KindDuty, "no_data", "duty.amend", []Role{Owner}, "active", cite(6, 1, 2)},
	{mulu.KindDuty, "active", "duty.no_data", []Role{Owner}, "no_data", cite(11, 1)},
	{mulu.KindDuty, "active", "duty.retire", []Role{Owner}, "retired", cite(6, 1, 2)},
	{mulu.KindDuty, "no_data", "duty.retire", []Role{Owner}, "retired", cite(6, 1, 2)},
}

// follows: Art. 15(3): catalogs on the chain belong to organs, and to others that chose to follow.
func (b *book) follows() *mulu.Refusal {
	if o := load[mulu.Org](b, b.speaker.org); o != nil && (o.Bound || o.Joined) {
		return nil
	}
	return refuse(cite(15, 3), "not_joined")
}

func registerDuty(b *book, a *act.RegisterDuty) *mulu.Refusal {
	if no := b.follows(); no != nil {
		return no
	}
	org := b.speaker.org
	if len(b.named(mulu.KindDuty, "name/"+org+"/"+a.Name)) > 0 {
		return refuse(cite(6, 1, 2), "name_taken", "@duty", a.Name)
	}
	d := &mulu.Duty{Org: org, Code: a.Code, Name: a.Name, Basis: a.Basis, Department: a.Department, Matters: a.Matters, Status: "active"}
	if no := checkDuty(d); no != nil {
		return no
	}
	d.ID = b.id("D", org)
	return b.put(d, "duty.registered", cite(3, 3), cite(6, 1, 2))
}

func checkDuty(d *mulu.Duty) *mulu.Refusal {
	here := cite(6, 1, 2)
	if no := first(text("name", d.Name, 2, 200, here), text("basis", d.Basis, 2, 500, here),
		optional("code", d.Code, 1, 60, here), optional("department", d.Department, 1, 100, here),
		within("matters", len(d.Matters), 0, 200, here)); no != nil {
		return no
	}
	for _, m := range d.Matters {
		if no := text("matters", m, 1, 200, here); no != nil {
			return no
		}
	}
	return nil
}

func amendDuty(b *book, a *act.AmendDuty) *mulu.Refusal {
	d, no := find[mulu.Duty](b, a.Duty, cite(6, 1, 2))
	if no != nil {
		return no
	}
	if a.Name != "" && b.taken(mulu.KindDuty, "name/"+d.Org+"/"+a.Name, d.ID) {
		return refuse(cite(6, 1, 2), "name_taken", "@duty", a.Name)
	}
	set(&d.Name, a.Name)
	set(&d.Code, a.Code)
	set(&d.Basis, a.Basis)
	set(&d.Department, a.Department)
	if len(a.Matters) > 0 {
		d.Matters = a.Matters
	}
	d.Status, d.Why = "active", ""
	if no := checkDuty(d); no != nil {
		return no
	}
	return b.put(d, "duty.amended", cite(6, 1, 2))
}

func set(field *string, value string) {
	if value != "" {
		*field = value
	}
}

// declareNoData: Art. 11(1) wants the full catalog; a duty without data says so, with a reason.
func declareNoData(b *book, a *act.DeclareNoData) *mulu.Refusal {
	d, no := find[mulu.Duty](b, a.Duty, cite(11, 1))
	if no != nil {
		return no
	}
	if no := text("why", a.Why, 2, 500, cite(11, 1)); no != nil {
		return no
	}
	if ids := b.named(mulu.KindEntry, "duty/"+d.ID); len(ids) > 0 {
		return refuse(cite(11, 1), "duty_has_entries", d.Name, ids[0])
	}
	d.Status, d.Why = "no_data", a.Why
	return b.put(d, "duty.no_data", cite(11, 1))
}

func retireDuty(b *book, a *act.RetireDuty) *mulu.Refusal {
	d, no := find[mulu.Duty](b, a.Duty, cite(6, 1, 2))
	if no != nil {
		return no
	}
	if no := text("why", a.Why, 2, 500, cite(6, 1, 2)); no != nil {
		return no
	}
	if ids := b.named(mulu.KindEntry, "duty/"+d.ID); len(ids) > 0 {
		return refuse(cite(6, 1, 2), "duty_has_entries", d.Name, ids[0])
	}
	d.Status, d.Why = "retired", a.Why
	return b.put(d, "duty.retired", cite(6, 1, 2))
}
