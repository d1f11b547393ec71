package sheet

import (
	"errors"

	"mulu"
	"mulu/act"
)

// orgDraft is one institution of a sheet: known by its credit code, it is registered or its names are amended.
type orgDraft struct {
	draft
	short, sort, credit, key, why string
	joins, saysJoins              bool
}

func (im *importer) draftOrg(g *group) {
	d := &orgDraft{draft: g.draft(g.text("name", 2, 200, true)), short: g.text("short", 2, 60, true), sort: g.code("sort", "sort", true),
		credit: g.text("credit", 1, 100, true), key: g.get("key"), why: g.text("why", 2, 500, false)}
	if joins := g.get("joins"); joins != "" {
		var ok bool
		if d.joins, ok = yes(joins); !ok {
			g.problem("joins", "yes_or_no", g.label("joins"), joins)
		}
		d.saysJoins = true
	}
	var bad *mulu.CodeError
	if d.credit != "" && errors.As(mulu.CheckCreditCode(d.credit), &bad) {
		g.problem("credit", "credit_code_"+bad.Check, d.credit, bad.Found)
	}
	if d.credit != "" && !im.first(g, mulu.KindOrg, "credit/"+d.credit, d.credit) {
		return
	}
	if d.name != "" && im.first(g, mulu.KindOrg, "name/"+d.name, d.name) && d.short != d.name && d.short != "" {
		im.first(g, mulu.KindOrg, "name/"+d.short, d.short)
	}
	if !g.wrong {
		im.checkOrg(g, d)
	}
	if !g.wrong {
		im.orgs = append(im.orgs, d)
	}
}

// checkOrg compares with the register: what a sheet cannot change must be as it is there.
func (im *importer) checkOrg(g *group, d *orgDraft) {
	o, known := im.known.Org(d.credit)
	if !known || o.CreditCode != d.credit {
		for _, key := range []string{"name", "short"} {
			if other, taken := im.known.Org(g.get(key)); taken {
				g.problem(key, "name_of_other", g.get(key), other.Short, other.CreditCode)
				return
			}
		}
		return
	}
	switch {
	case string(o.Sort) != d.sort:
		g.problem("sort", "org_fixed", g.label("sort"), o.Short)
	case d.key != "" && d.key != o.SigningKey:
		g.problem("key", "key_fixed", o.Short)
	case d.saysJoins && o.Sort != mulu.Organ && d.joins != o.Joined:
		g.problem("joins", "joins_fixed", o.Short)
	case (d.name != o.Name || d.short != o.Short) && d.why == "":
		g.problem("why", "why_missing", o.Short)
	}
}

func (im *importer) finishOrgs() {
	for _, d := range im.orgs {
		o, known := im.known.Org(d.credit)
		if !known || o.CreditCode != d.credit {
			a := &act.RegisterOrg{Name: d.name, Short: d.short, Sort: d.sort, CreditCode: d.credit, Joins: d.joins && d.sort != string(mulu.Organ), Key: d.key}
			if d.key == "" {
				im.say(&d.draft, a, mulu.KindOrg, "", Need{"key", "key", d.credit})
			} else {
				im.say(&d.draft, a, mulu.KindOrg, "")
			}
			continue
		}
		if d.name == o.Name && d.short == o.Short {
			im.plan.Unchanged++
			continue
		}
		a := &act.AmendOrg{Org: o.ID, Why: d.why}
		if d.name != o.Name {
			a.Name = d.name
		}
		if d.short != o.Short {
			a.Short = d.short
		}
		im.say(&d.draft, a, mulu.KindOrg, o.ID)
	}
}
