package web

import (
	"errors"
	"net/url"
	"strconv"

	"mulu"
	"mulu/act"
	"mulu/people"
)

func termRoutes() []Route {
	return []Route{
		{"GET", "/terms", sharers, false, (*visit).termsPage},
		{"POST", "/terms", OfBureau(people.Approver), false, (*visit).setTerm},
	}
}

// termsPage is the internal terms (内部时限): what the bureau sets where the regulation says "定期" or "及时" without a number.
type termsPage struct {
	form
	Rows []termRow
}

// termRow is one of them: its value now, and since when the bureau has set it, nil where the preset holds.
type termRow struct {
	InternalTerm
	Now int
	Set *mulu.Term
}

func (v *visit) internalTerms() (*termsPage, error) {
	p := &termsPage{form: form{Values: url.Values{}}}
	for _, t := range v.Law.InternalTerms() {
		row, set := termRow{InternalTerm: t, Now: t.Value}, mulu.Term{}
		err := v.noun(mulu.KindTerm, t.Name, &set)
		if err != nil && !errors.Is(err, errAbsent) {
			return nil, err
		}
		if err == nil {
			row.Set, row.Now = &set, set.Value
		}
		p.Rows = append(p.Rows, row)
	}
	return p, nil
}

func (v *visit) termsPage() error {
	p, err := v.internalTerms()
	if err != nil {
		return err
	}
	return v.show("terms", p)
}

func (v *visit) setTerm() error {
	p, err := v.internalTerms()
	if err != nil {
		return err
	}
	p.form = v.typed()
	n, err := strconv.Atoi(v.text("value"))
	if err != nil {
		least, most := 1, 250
		for _, r := range p.Rows {
			if r.Name == v.text("term") {
				least, most = r.Least, r.Most
			}
		}
		return v.again("terms", &p.form, p, v.badNumber("value", least, most))
	}
	done, err := v.say(&act.SetTerm{Term: v.text("term"), Value: n, Why: v.text("why")})
	if err != nil {
		return v.again("terms", &p.form, p, err)
	}
	return v.did(done, "/terms")
}
