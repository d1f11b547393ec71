package people

import (
	"slices"
	"strings"
)

// Role is what a person may do for an institution.
type Role string

// The roles of an institution's people, and the three administrators that MLPS level 3 (GB/T 22239) keeps apart.
// Machine is the role of a machine client: it is on the chain, has no account and is never given to a person.
const (
	Steward  Role = "steward"  // 数据管理员: enters and submits
	Approver Role = "approver" // 审批人: answers, decides
	Observer Role = "observer" // 数据观察员: receives suggestions
	Reader   Role = "reader"   // 浏览
	System   Role = "system"   // 系统管理员: accounts, settings
	Security Role = "security" // 安全管理员: roles, grades, keys
	Auditor  Role = "auditor"  // 审计管理员: reads all logs, changes nothing
	Machine  Role = "machine"  // 系统对接
)

// All lists the roles that an account can have, in the order pages show them.
func All() []Role { return []Role{Steward, Approver, Observer, Reader, System, Security, Auditor} }

// Roles is what one person may do.
type Roles []Role

// Has tells whether one of the roles wanted is among them.
func (r Roles) Has(wanted ...Role) bool {
	return slices.ContainsFunc(wanted, func(w Role) bool { return slices.Contains(r, w) })
}

// Separated tells whether the roles keep the three administrators apart: no account holds two of them
// (三员分立, GB/T 22239-2019 8.1.4.2).
func (r Roles) Separated() bool {
	held := 0
	for _, admin := range admins() {
		if r.Has(admin) {
			held++
		}
	}
	return held <= 1
}

// Title is the role's name, in Chinese unless lang is en.
func (r Role) Title(lang string) string {
	at := 0
	if lang == "en" {
		at = 1
	}
	if w, ok := roleTitles[r]; ok {
		return w[at]
	}
	return string(r)
}

// roleTitles is read only.
var roleTitles = map[Role][2]string{
	Steward: {"数据管理员", "data steward"}, Approver: {"审批人", "approver"}, Observer: {"数据观察员", "data observer"}, Reader: {"浏览人员", "reader"},
	System: {"系统管理员", "system administrator"}, Security: {"安全管理员", "security administrator"}, Auditor: {"审计管理员", "audit administrator"},
	Machine: {"系统对接", "machine client"},
}

// admins are the three administrators.
func admins() Roles { return Roles{System, Security, Auditor} }

// check refuses roles that no account can have.
func (r Roles) check() error {
	if len(r) == 0 {
		return deny("roles_none")
	}
	for _, one := range r {
		if !slices.Contains(All(), one) {
			return deny("role_unknown", string(one))
		}
	}
	if !r.Separated() {
		return deny("roles_separated")
	}
	return nil
}

// ordered gives the roles in the order of All, each once; unknown ones last.
func (r Roles) ordered() Roles {
	var out Roles
	for _, one := range append(All(), r...) {
		if r.Has(one) && !out.Has(one) {
			out = append(out, one)
		}
	}
	return out
}

func (r Roles) text() string {
	words := make([]string, len(r))
	for i, one := range r {
		words[i] = string(one)
	}
	return strings.Join(words, " ")
}

func rolesOf(text string) Roles {
	var out Roles
	for _, w := range strings.Fields(text) {
		out = append(out, Role(w))
	}
	return out
}
