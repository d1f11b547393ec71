package web

import (
	"errors"

	"mulu/people"
)

// altered does something to the account of the address and shows its page again where it is refused; open names the form.
func (v *visit) altered(open, done string, do func(id string) error) error {
	a, err := v.accountView()
	if err != nil {
		return err
	}
	err = do(a.ID)
	if err != nil {
		a.Open, a.Form = open, v.typed()
		return v.again("account", &a.Form, a, err)
	}
	v.tell(told{Kind: "ok", Text: done})
	return v.to("/accounts/" + a.ID)
}

func (v *visit) renameAccount() error {
	return v.altered("name", v.t("姓名已变更。"), func(id string) error {
		if v.text("name") == "" {
			return &people.Denied{Code: "name_form"}
		}
		return v.People.Amend(v.R.Context(), v.Person.ID, id, v.text("name"), nil)
	})
}

func (v *visit) setRoles() error {
	return v.altered("roles", v.t("角色已调整，立即生效。"), func(id string) error {
		roles := v.typedRoles()
		if roles == nil {
			return &people.Denied{Code: "roles_none"}
		}
		return v.People.Amend(v.R.Context(), v.Person.ID, id, "", roles)
	})
}

// resetAccount makes a new one-time link, which this page alone shows.
func (v *visit) resetAccount() error {
	a, err := v.accountView()
	if err != nil {
		return err
	}
	token, err := v.People.Reset(v.R.Context(), v.Person.ID, a.ID)
	if err != nil {
		a.Open, a.Form = "reset", v.typed()
		return v.again("account", &a.Form, a, err)
	}
	if a, err = v.accountView(); err != nil { // as it stands now
		return err
	}
	a.Link = v.address("/join/" + token)
	return v.show("account", a)
}

func (v *visit) unlockAccount() error {
	return v.altered("unlock", v.t("账号已解锁。"), func(id string) error { return v.People.Unlock(v.R.Context(), v.Person.ID, id) })
}

func (v *visit) closeAccount() error {
	return v.altered("close", v.t("账号已停用，登录已退出。"), func(id string) error {
		return v.People.CloseAccount(v.R.Context(), v.Person.ID, id, v.text("why"))
	})
}

func (v *visit) reopenAccount() error {
	return v.altered("reopen", v.t("账号已恢复。"), func(id string) error { return v.People.Reopen(v.R.Context(), v.Person.ID, id) })
}

func (v *visit) endFactor() error {
	return v.altered("factor", v.t("第二因素已解除，本人可重新绑定。"), func(id string) error {
		return v.People.EndSecondFactor(v.R.Context(), v.Person.ID, id)
	})
}

func (v *visit) endSessionOf() error {
	return v.altered("session", v.t("该登录已退出。"), func(id string) error {
		err := v.People.EndSession(v.R.Context(), v.Person.ID, id, v.text("session"))
		if errors.Is(err, people.ErrNoSession) { // it ended by itself meanwhile
			return nil
		}
		return err
	})
}
