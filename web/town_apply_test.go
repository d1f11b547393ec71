package web

import (
	"testing"

	"mulu"
	"mulu/act"
	"mulu/desk"
)

// furnishSharing gives each institution of another town what passes between institutions: an application of its own that
// waits ("applications.id"), one that it has to answer ("inbox.id"), and a case that was heard ("cases.id"). None of what
// schools has concerns civil, so that it stands for another's. Each has a conditional entry too ("conditional").
func (w *town) furnishSharing(t *testing.T, of map[string]places, mark string) {
	t.Helper()
	words := map[string]string{townBureau: "bureau", townCivil: "civil", townSchools: "schools"}
	for _, org := range []string{townBureau, townCivil, townSchools} {
		name := "有条件" + mark + words[org]
		if err := w.enter(words[org]+"-steward", name, "duty"+mark+words[org], name, conditionalOnes); err != nil {
			t.Fatal(err)
		}
		if err := w.verify(name); err != nil {
			t.Fatal(err)
		}
		of[org].of["conditional"] = w.named[name]
	}
	asked := w.applies(t, of, townCivil, townBureau, words)
	w.refusedAndHeard(t, townCivil, "civil", asked, of)
	of[townCivil].of["applications.id"] = w.applies(t, of, townCivil, townBureau, words)
	of[townBureau].of["inbox.id"] = of[townCivil].of["applications.id"]

	asked = w.applies(t, of, townSchools, townBureau, words)
	w.refusedAndHeard(t, townSchools, "schools", asked, of)
	of[townSchools].of["applications.id"] = w.applies(t, of, townSchools, townBureau, words)

	of[townCivil].of["inbox.id"] = w.applies(t, of, townBureau, townCivil, words)
	of[townSchools].of["inbox.id"] = w.applies(t, of, townBureau, townSchools, words)
	of[townBureau].of["applications.id"] = of[townSchools].of["inbox.id"]
	of[townBureau].of["cases.id"] = of[townCivil].of["cases.id"]
	for _, p := range of {
		p.of["cases.n"] = "1"
	}
}

// applies has one institution apply for another's conditional entry, with an attachment of its own, and gives the id.
func (w *town) applies(t *testing.T, of map[string]places, consumer, provider string, words map[string]string) string {
	t.Helper()
	return w.doBy(t, words[consumer]+"-steward", &act.Apply{Entry: of[provider].of["conditional"], Ask: mulu.Ask{Scenario: "救助对象资格复核", Scope: "社会救助科，不留存", Duty: "社会救助暂行办法第三条",
		Items: []string{"xm", "street"}, Rows: []mulu.Filter{{Item: "street", Values: []string{"月坛街道", "展览路街道"}}}, Method: "query", Days: 180, Rate: 100,
		Necessity: "复核须核对姓名", Assessment: w.attach(t, consumer, "影响评估 "+consumer)}})[0]
}

// doBy has an act done by a person and gives the ids of what it brought about.
func (w *town) doBy(t *testing.T, login string, a act.Act) (ids []string) {
	t.Helper()
	p := w.persons[login]
	done, err := w.desk.Do(t.Context(), desk.By{Org: p.Org, Person: p.ID, Roles: p.Roles}, a)
	if err != nil || !done.Readable {
		t.Fatalf("%s: %s: %v", login, a.Kind(), err)
	}
	for _, f := range done.Outcome.Facts {
		ids = append(ids, f.ID)
	}
	return ids
}

// attach puts an attachment in for an institution.
func (w *town) attach(t *testing.T, org, text string) string {
	t.Helper()
	digest, err := w.desk.Attach(t.Context(), []byte(text))
	if err == nil {
		err = w.drafts.Attached(t.Context(), org, digest)
	}
	if err != nil {
		t.Fatal(err)
	}
	return digest
}

// refusedAndHeard has the bureau refuse an application, its consumer open a case, and the bureau hear both.
func (w *town) refusedAndHeard(t *testing.T, org, word, id string, of map[string]places) {
	t.Helper()
	w.doBy(t, "bureau-approver", &act.AnswerApplication{Application: id, Decision: "refused", Ground: "《个人信息保护法》第三十四条", Explanation: "超出履职所必需的范围"})
	opened := w.doBy(t, word+"-approver", &act.OpenDispute{Application: id, Why: "属于履职所必需，请求共享"})
	w.doBy(t, "bureau-steward", &act.HearDispute{Case: opened[0], Note: "书面征求意见", Statements: []mulu.Statement{{Org: org, Text: "复核须用"}, {Org: townBureau, Text: "可以核验方式提供"}},
		Record: w.attach(t, townBureau, "会商纪要 "+id)})
	of[org].of["cases.id"] = opened[0]
}

// sharingPages are pages that take a question, for who looks at every page.
func sharingPages(of map[string]places) []shownPage {
	return []shownPage{
		{Route{Path: "/apply?entry="}, "/apply?entry=" + of[townBureau].of["conditional"], "civil-steward"},
		{Route{Path: "/basket with something in it"}, "/basket", "civil-steward"},
		{Route{Path: "/inbox/batch?id="}, "/inbox/batch?id=" + of[townCivil].of["inbox.id"], "civil-approver"},
		{Route{Path: "/inbox/{id} of an approver"}, "/inbox/" + of[townCivil].of["inbox.id"], "civil-approver"},
		{Route{Path: "/cases/new?application="}, "/cases/new?application=" + of[townCivil].of["applications.id"], "civil-approver"},
		{Route{Path: "/applications?side=all"}, "/applications?side=all&status=refused", "bureau-approver"},
		{Route{Path: "/clocks of the bureau"}, "/clocks?show=told&period=year&what=answer&verdict=kept", "bureau-approver"},
		{Route{Path: "/ of an approver"}, "/", "civil-approver"},
		{Route{Path: "/ of the bureau"}, "/", "bureau-approver"},
	}
}
