package people

import "slices"

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
	for _, admin := range []Role{System, Security, Auditor} {
		if r.Has(admin) {
			held++
		}
	}
	return held <= 1
}
