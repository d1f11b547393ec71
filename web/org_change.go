package web

import (
	"mulu"
	"mulu/act"
)

// newOrgForm registers an institution. Check is what is wrong with the credit code, once one was typed (Coded).
type newOrgForm struct {
	form
	Check *trouble
	Coded bool
}

func (v *visit) newOrgPage() error {
	return v.show("org_new", &newOrgForm{form: form{Values: v.R.URL.Query()}})
}

func (v *visit) registerOrg() error {
	f := &newOrgForm{form: v.typed()}
	sort := v.text("sort")
	done, err := v.say(&act.RegisterOrg{Name: v.text("name"), Short: v.text("short"), Sort: sort, CreditCode: v.text("credit_code"),
		Joins: v.text("joins") == "1" && sort != string(mulu.Organ), Key: v.text("key")})
	if err != nil {
		f.Check, f.Coded = v.creditTrouble(v.text("credit_code")), v.text("credit_code") != ""
		return v.again("org_new", &f.form, f, err)
	}
	for _, fact := range done.Outcome.Facts {
		if fact.Kind == "org.registered" {
			return v.did(done, "/orgs/"+fact.ID)
		}
	}
	return v.did(done, "/orgs")
}

// checkCreditCode tells, while a credit code is typed, which of its checks fails.
func (v *visit) checkCreditCode() error {
	code := v.text("credit_code")
	return v.part("org_new", "credit-check", &newOrgForm{Check: v.creditTrouble(code), Coded: code != ""})
}

// changed says an act about the institution of the address and shows its page again where it is refused; open names the form.
func (v *visit) changed(open string, a act.Act) error {
	id := v.R.PathValue("id")
	done, err := v.say(a)
	if err == nil {
		return v.did(done, "/orgs/"+id)
	}
	o, missing := v.orgView(id)
	if missing != nil {
		return err
	}
	o.Open, o.Form = open, v.typed()
	return v.again("org", &o.Form, o, err)
}

func (v *visit) amendOrg() error {
	a := &act.AmendOrg{Org: v.R.PathValue("id"), Why: v.text("why")}
	if raw, err := v.org(a.Org); err == nil { // what is typed as it was is no change
		if a.Name = v.text("name"); a.Name == raw.Name {
			a.Name = ""
		}
		if a.Short = v.text("short"); a.Short == raw.Short {
			a.Short = ""
		}
	}
	return v.changed("amend", a)
}

func (v *visit) closeOrg() error {
	return v.changed("close", &act.CloseOrg{Org: v.R.PathValue("id"), Why: v.text("why")})
}

// joinChain is for one's own institution: Art. 15(3) leaves the choice to it.
func (v *visit) joinChain() error {
	if !v.own(v.R.PathValue("id")) {
		return errNotHere
	}
	return v.changed("join", &act.JoinChain{Joins: v.text("joins") == "1", Why: v.text("why")})
}

func (v *visit) rotateKey() error {
	if !v.own(v.R.PathValue("id")) {
		return errNotHere
	}
	return v.changed("rotate", &act.RotateKey{Key: v.text("key")})
}

func (v *visit) revokeKey() error {
	if id := v.R.PathValue("id"); !v.own(id) && !v.bureau() {
		return errNotHere
	}
	return v.changed("revoke", &act.RevokeKey{Org: v.R.PathValue("id"), Why: v.text("why")})
}

func (v *visit) replaceKey() error {
	return v.changed("replace", &act.ReplaceKey{Org: v.R.PathValue("id"), Key: v.text("key"), Why: v.text("why")})
}
