package desk

import (
	"slices"
	"strings"
	"testing"

	"mulu"
	"mulu/act"
	"mulu/people"
)

// roles says, for each kind of act, which roles may say it. A kind that is added to act is added here, by deciding.
var roles = map[string]string{
	"org.register":         "approver",
	"org.amend":            "approver",
	"org.join":             "approver",
	"org.close":            "approver",
	"key.rotate":           "security",
	"key.revoke":           "security",
	"key.replace":          "security",
	"calendar.publish":     "approver",
	"element.publish":      "approver",
	"element.revise":       "approver",
	"element.abolish":      "approver",
	"code_set.publish":     "approver",
	"code_set.revise":      "approver",
	"code_set.abolish":     "approver",
	"profile.adopt":        "approver",
	"term.set":             "approver",
	"clock.advance":        "approver",
	"node.admit":           "security",
	"node.dismiss":         "security",
	"duty.register":        "steward machine",
	"duty.amend":           "steward machine",
	"duty.no_data":         "steward machine",
	"duty.retire":          "approver",
	"system.register":      "steward machine",
	"system.amend":         "steward machine",
	"system.retire":        "steward machine",
	"table.register":       "steward machine",
	"table.amend":          "steward machine",
	"table.retire":         "steward machine",
	"system.link":          "steward machine",
	"system.unlink":        "steward machine",
	"item.bind":            "steward machine",
	"item.unbind":          "steward machine",
	"entry.submit":         "steward machine",
	"entry.withdraw":       "steward machine",
	"entry.return":         "approver",
	"entry.verify":         "approver",
	"entry.change":         "steward machine",
	"entry.suspend":        "approver",
	"entry.resume":         "approver",
	"entry.retire":         "approver",
	"dataset.publish":      "steward machine",
	"dataset.connect":      "steward machine",
	"dataset.disconnect":   "steward machine",
	"load_terms.set":       "steward",
	"purchase.file":        "steward",
	"purchase.amend":       "steward",
	"purchase.serve":       "steward",
	"purchase.ground":      "approver",
	"purchase.end":         "steward",
	"application.submit":   "steward machine",
	"application.answer":   "approver",
	"application.withdraw": "steward machine",
	"grant.deliver":        "steward machine",
	"grant.end":            "steward machine",
	"grant.suspend":        "approver",
	"grant.resume":         "approver",
	"use.report":           "steward machine",
	"use.flag":             "",
	"use.explain":          "approver",
	"case.open":            "approver",
	"case.hear":            "steward",
	"case.conclude":        "approver",
	"case.withdraw":        "approver",
	"review.open":          "approver",
	"review.confirm":       "approver",
	"objection.file":       "steward",
	"objection.check":      "steward machine",
	"objection.answer":     "approver",
	"objection.extend":     "approver",
	"objection.withdraw":   "steward",
	"finding.misuse":       "approver",
	"finding.raise":        "approver",
	"finding.withdraw":     "approver",
	"client.register":      "security",
	"client.revoke":        "security",
	"receipts.anchor":      "",
	"tick":                 "",
}

func TestWanted(t *testing.T) {
	for kind := range roles {
		if _, ok := act.Find(kind); !ok {
			t.Errorf("%s is no kind of act", kind)
		}
	}
	for _, w := range act.Words() {
		want, listed := roles[w.Kind]
		if !listed {
			t.Errorf("%s (%s) is in no line of the table: decide who says it", w.Kind, w.Zh)
			continue
		}
		var got []string
		for _, r := range Wanted(w.Kind) {
			got = append(got, string(r))
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: %v, want %s", w.Kind, got, want)
		}
	}
}

// Every role may say what the table lists for it and nothing else; what it may not say is refused in words.
func TestMay(t *testing.T) {
	for _, w := range act.Words() {
		wanted := people.Roles{}
		for _, r := range strings.Fields(roles[w.Kind]) {
			wanted = append(wanted, people.Role(r))
		}
		for _, r := range append(people.All(), people.Machine) {
			no := By{Org: "001", Person: "p-1", Roles: people.Roles{r}}.May(w.Kind)
			if (no == nil) != slices.Contains(wanted, r) {
				t.Errorf("%s says %s: %v", r, w.Kind, no)
			}
			if no == nil {
				continue
			}
			for _, s := range []string{no.Error(), no.English()} {
				if strings.ContainsAny(s, "@{}") || strings.Contains(w.Kind, ".") && strings.Contains(s, w.Kind) {
					t.Errorf("%s says %s: %s", r, w.Kind, s)
				}
			}
		}
		if no := (By{Org: "001", Person: "p-1"}).May(w.Kind); no == nil {
			t.Errorf("somebody without a role says %s", w.Kind)
		}
		if no := (By{Org: "001"}).May(w.Kind); no != nil {
			t.Errorf("the machine's owner may not say %s: %v", w.Kind, no)
		}
	}
	no := By{Person: "p-1", Roles: people.Roles{people.Reader}}.May("entry.submit")
	if want := "您的角色不能办理“提交目录”，须由数据管理员或系统对接办理。"; no.Text("zh") != want {
		t.Errorf("%s, want %s", no.Text("zh"), want)
	}
	if no.Code != "role_missing" || no.Art != mulu.Cite("38.2") {
		t.Errorf("%+v", no)
	}
}
