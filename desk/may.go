package desk

import (
	"strings"

	"mulu"
	"mulu/people"
)

// Which role says what. An institution's answers and decisions are an approver's (审批人), keys, nodes and the tokens of
// machine clients the security administrator's (安全管理员). Everything else is entered and submitted by a data steward
// (数据管理员), and as far as automated lists it by a machine client (系统对接) too. Nodes speak for themselves.
var (
	decisions = []string{"org.register", "org.amend", "org.join", "org.close", "calendar.publish", "element.", "code_set.", "profile.adopt", "term.set", "clock.advance",
		"duty.retire", "entry.return", "entry.verify", "entry.suspend", "entry.resume", "entry.retire",
		"application.answer", "grant.suspend", "grant.resume", "case.open", "case.conclude", "case.withdraw",
		"review.open", "review.confirm", "objection.answer", "objection.extend", "use.explain", "purchase.ground", "finding."}
	security  = []string{"key.", "node.", "client."}
	automated = []string{"duty.", "system.", "table.", "item.", "entry.submit", "entry.change", "entry.withdraw", "dataset.",
		"application.submit", "application.withdraw", "grant.deliver", "grant.end", "objection.check", "use.report"}
	nodes = []string{"receipts.anchor", "tick", "use.flag"}
)

// Wanted lists the roles of which one is needed to say an act of a kind; none for what only nodes say.
func Wanted(kind string) people.Roles {
	switch {
	case among(nodes, kind):
		return nil
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
	if len(wanted) == 0 {
		return &mulu.Refusal{Code: "not_yours", Art: "3.3", Args: []string{"@" + kind, "@node"}}
	}
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
