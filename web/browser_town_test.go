package web

import (
	"encoding/json"
	"fmt"
	"net/http"
	"path"
	"regexp"
	"strings"
	"testing"

	"mulu"
	"mulu/act"
	"mulu/desk"
	"mulu/people"
)

// furnished gives another town and, for each of its institutions, things to fill the paths of routes with. mark keeps the
// things of one test apart from those of another.
func furnished(t *testing.T, mark string) (*town, map[string]places) {
	t.Helper()
	w := anotherTown.town(t)
	of := map[string]places{}
	for org, word := range map[string]string{townBureau: "bureau", townCivil: "civil", townSchools: "schools"} {
		p, err := w.furnish(t, org, word, mark)
		if err != nil {
			t.Fatalf("furnish %s: %v", word, err)
		}
		of[org] = p
	}
	if err := w.share(t, of, mark); err != nil {
		t.Fatalf("share among them: %v", err)
	}
	w.furnishSharing(t, of, mark)
	return w, of
}

// places is what stands for the parameters of paths: by "first word of the path.parameter", else by the parameter alone.
type places struct {
	org    string
	of     map[string]string
	unseen string // code of an entry that is not published
}

// furnish gives an institution one thing of each kind.
func (w *town) furnish(t *testing.T, org, word, mark string) (places, error) {
	p := places{org: org, of: map[string]string{"org": org, "orgs.id": org, "records.n": "3", "law.n": "19", "noun": "entry", "see.kind": "org", "see.id": org, "hooks.id": "h-none", "name": w.script(t), "year": "2026"}}
	steward := word + "-steward"
	name := func(what string) string { return what + mark + word }
	if err := w.doneBy(steward, &act.RegisterDuty{Name: name("职责"), Basis: "三定方案"}); err != nil {
		return p, err
	}
	if err := w.name(mulu.KindDuty, map[string]string{name("duty"): org + "/" + name("职责")}); err != nil {
		return p, err
	}
	for _, what := range []string{"已发布", "待核定"} {
		if err := w.enter(steward, name(what), name("duty"), name(what), nil); err != nil {
			return p, err
		}
	}
	if err := w.verify(name("已发布")); err != nil {
		return p, err
	}
	if err := w.doneBy(steward, &act.RegisterSystem{Name: name("系统"), Network: "government", Level: 2, Databases: []string{"db"}}); err != nil {
		return p, err
	}
	if err := w.name(mulu.KindSystem, map[string]string{name("system"): org + "/" + name("系统")}); err != nil {
		return p, err
	}
	system := w.named[name("system")]
	for _, a := range []act.Act{
		&act.RegisterTable{System: system, Database: "db", Schema: "public", Name: "t_" + mark, Rows: 12, Columns: []mulu.Column{{Name: "id", Type: "char", Length: 20}}},
		&act.LinkSystem{Entry: w.named[name("已发布")], System: system},
	} {
		if err := w.doneBy(steward, a); err != nil {
			return p, err
		}
	}
	if err := w.name(mulu.KindTable, map[string]string{name("table"): system + "/db.public.t_" + mark}); err != nil {
		return p, err
	}
	if err := w.doneBy(steward, &act.BindItem{Entry: w.named[name("已发布")], Item: "id", Table: w.named[name("table")], Column: "id"}); err != nil {
		return p, err
	}
	_, digest, err := desk.NewToken(w.web.Rand)
	if err != nil {
		return p, err
	}
	security := w.persons[word+"-security"]
	done, err := w.desk.Do(t.Context(), desk.By{Org: org, Person: security.ID, Roles: security.Roles}, &act.RegisterClient{Name: name("对接"), Digest: digest})
	if err != nil {
		return p, err
	}
	body, err := json.Marshal(written{Fields: map[string]string{"name": name("草稿")}})
	if err != nil {
		return p, err
	}
	draft, err := w.drafts.Save(t.Context(), desk.Draft{Org: org, Kind: "entry.submit", Title: name("草稿"), Body: body, By: w.persons[steward].ID})
	if err != nil {
		return p, err
	}
	var ids, tokens [2]string // one is administered, the other follows its link
	for i := range ids {
		invited, token, err := w.people.Invite(t.Context(), people.Owner, people.Account{Login: fmt.Sprintf("%s-%s-%d", mark, word, i), Name: name("受邀"), Org: org, Roles: people.Roles{people.Reader}})
		if err != nil {
			return p, err
		}
		ids[i], tokens[i] = invited.ID, token
	}
	brought, err := w.bring(t, steward)
	if err != nil {
		return p, err
	}
	code, waiting := w.named[name("已发布")], w.named[name("待核定")]
	load := w.loaded(t, steward, code, mark+".csv", "编号,所属街道\n,金融街街道\n1,德胜街道\n", "") // rejected: a key is empty
	p.unseen = waiting
	files := "files-" + mark + "-" + word
	if err := w.ownsFile(t.Context(), org, files, "CREATE TABLE stations (id TEXT NOT NULL PRIMARY KEY, street TEXT)"); err != nil {
		return p, err
	}
	scanned := path.Base(w.as(t, steward, "zh").aScan(t, system, files, "db"))
	for key, value := range map[string]string{"class": code, "seq": code, "verify.class": waiting, "verify.seq": waiting} {
		class, seq, _ := strings.Cut(value, "/")
		p.of[key] = class
		if strings.HasSuffix(key, "seq") {
			p.of[key] = seq
		}
	}
	for key, id := range map[string]string{"duty": w.named[name("duty")], "duties.id": w.named[name("duty")], "system": system, "systems.id": system, "table": w.named[name("table")],
		"tables.id": w.named[name("table")], "clients.id": done.Outcome.Facts[0].ID, "drafts.id": draft.ID, "accounts.id": ids[0], "token": tokens[1],
		"sheets.id": brought, "loads.id": load.ID, "loads.n": "0", "sources.id": files, "job": scanned} {
		p.of[key] = id
	}
	return p, nil
}

// account makes somebody for a test.
func (w *town) account(t *testing.T, login, name, org string, roles ...people.Role) {
	t.Helper()
	_, token, err := w.people.Invite(t.Context(), people.Owner, people.Account{Login: login, Name: name, Org: org, Roles: roles})
	if err != nil {
		t.Fatal(err)
	}
	if w.persons[login], err = w.people.Redeem(t.Context(), token, townPassword, people.Origin{}); err != nil {
		t.Fatal(err)
	}
}

// script names one of the law's scripts that pages show.
func (w *town) script(t *testing.T) string {
	t.Helper()
	for _, a := range w.web.Law.Articles() {
		for _, r := range a.Readings {
			if len(r.Tests) > 0 {
				return r.Tests[0]
			}
		}
	}
	t.Fatal("no reading names a script")
	return ""
}

var parameter = regexp.MustCompile(`\{(\w+)\}`)

// fill puts things in the place of a path's parameters.
func (p places) fill(pattern string) (string, error) {
	first, _, _ := strings.Cut(strings.TrimPrefix(pattern, "/"), "/")
	var missing []string
	filled := parameter.ReplaceAllStringFunc(strings.TrimSuffix(pattern, "{$}"), func(m string) string {
		param := strings.Trim(m, "{}")
		for _, key := range []string{first + "." + param, param} {
			if value, ok := p.of[key]; ok {
				return value
			}
		}
		missing = append(missing, m)
		return m
	})
	if len(missing) > 0 {
		return "", fmt.Errorf("%s names %s, and no thing stands for it: add one in furnish", pattern, strings.Join(missing, " "))
	}
	return filled, nil
}

// bring has a steward import what stands already, and gives the import's id.
func (w *town) bring(t *testing.T, steward string) (string, error) {
	t.Helper()
	b := w.as(t, steward, "zh")
	table := b.get(t, "/sheets/export?kind=duties&format=csv")
	brought := b.importFiles(t, b.csrf, "duties", map[string][]byte{"duties.csv": []byte(table.Body)})
	if brought.Status != http.StatusSeeOther {
		return "", fmt.Errorf("bring duties in: %d %s", brought.Status, brought.main())
	}
	b.rested(t, brought.Location)
	return path.Base(brought.Location), nil
}
