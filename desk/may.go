package desk

import (
	"strings"

	"mulu"
	"mulu/people"
)

// decisions are the acts by which an institution decides something: an approver (审批人) says them. security are the acts
// about keys and nodes: the security administrator (安全管理员) says them. What stands in neither list is entered and
// submitted by a data steward (数据管理员), and as far as automated lists it by a machine client too.
var (
	decisions = []string{"org.register", "org.amend", "org.join", "org.close", "calendar.publish", "profile.adopt", "clock.advance",
		"entry.return", "entry.verify", "entry.suspend", "entry.resume", "entry.retire", "duty.retire",
		"application.answer", "grant.suspend", "grant.resume", "case.open", "case.conclude"}
	security  = []string{"key.rotate", "key.revoke", "key.replace", "node.admit", "node.dismiss", "client.register", "client.revoke"}
	automated = []string{"duty.", "system.", "table.", "item.", "entry.submit", "entry.change", "entry.withdraw", "dataset.",
		"application.submit", "application.withdraw", "grant.deliver", "grant.end"}
)

// Wanted lists the roles of which one is needed to say an act of a kind.
func Wanted(kind string) people.Roles {
	switch {
	case among(security, kind):
		return people.Roles{people.Security}
	case among(decisions, kind):
		return people.Roles{people.Approver}
	case among(automated, kind):
		return people.Roles{people.Steward, people.Machine}
	}
	return people.Roles{people.Steward}
}

// May tells whether who acts may say an act of a kind for the institution. Without a person it is the owner of this
// machine, over the control socket, who holds the keys anyway.
func (b By) May(kind string) *mulu.Refusal {
	if b.Person == "" {
		return nil
	}
	wanted := Wanted(kind)
	if b.Roles.Has(wanted...) {
		return nil
	}
	who := make([]string, len(wanted))
	for i, r := range wanted {
		who[i] = string(r)
	}
	return &mulu.Refusal{Code: "role_missing", Art: "38.2", Args: []string{"@" + kind, "@" + strings.Join(who, "|")}}
}

// among tells whether a kind is listed, by itself or by what it begins with (ending in a dot).
func among(list []string, kind string) bool {
	for _, l := range list {
		if l == kind || strings.HasSuffix(l, ".") && strings.HasPrefix(kind, l) {
			return true
		}
	}
	return false
}
