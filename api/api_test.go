package api

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"mulu"
	"mulu/act"
	"mulu/people"
	"mulu/proof"
)

// Every operation's example runs as it stands, with the test town's entry in place of the sandbox's, and its answer has the
// members that its type says.
func TestExamplesRun(t *testing.T) {
	w := newTown(t)
	ran := 0
	for _, o := range operations() {
		if o.example.path == "" {
			continue
		}
		client := "civil"
		if o.public {
			client = ""
		}
		path := strings.ReplaceAll(o.example.path, anEntry, "/entries/"+aCode)
		status, header, b := w.ask(o.method, path, client, o.example.body)
		if status != http.StatusOK {
			t.Errorf("%s: %d %s", o.id, status, b)
			continue
		}
		ran++
		if kind, ok := o.answer.(raw); ok {
			if got := header.Get("Content-Type"); got != kind.kind {
				t.Errorf("%s: content type %q, the document says %q", o.id, got, kind.kind)
			}
			continue
		}
		v := reflect.New(reflect.TypeOf(o.answer))
		d := json.NewDecoder(bytes.NewReader(b))
		d.DisallowUnknownFields()
		if err := d.Decode(v.Interface()); err != nil {
			t.Errorf("%s answers otherwise than its type: %v", o.id, err)
		}
	}
	if ran < 10 {
		t.Errorf("only %d examples ran", ran)
	}
}

func TestSearchReadAndHistory(t *testing.T) {
	w := newTown(t)
	found := into[Entries](w, 200, "GET", "/entries?q=%E8%A1%97%E9%81%93&sharing=unconditional", "schools", "")
	if found.Total != 1 || found.Entries[0].Code != aCode || len(found.Facets) == 0 {
		t.Errorf("%+v", found)
	}
	if own := into[Entries](w, 200, "GET", "/entries?q=%E5%BE%85%E6%A0%B8%E5%AE%9A", "civil", ""); own.Total != 1 {
		t.Errorf("the provider does not find what it handed in: %+v", own)
	}
	if others := into[Entries](w, 200, "GET", "/entries?q=%E5%BE%85%E6%A0%B8%E5%AE%9A", "schools", ""); others.Total != 0 {
		t.Errorf("others find what is not published: %+v", others)
	}
	into[Problem](w, 404, "GET", "/entries/307110102002/000002", "schools", "")
	into[mulu.Entry](w, 200, "GET", "/entries/307110102002/000002", "bureau", "")
	steps := into[Steps](w, 200, "GET", "/entries/"+aCode+"/history?limit=1", "schools", "")
	if len(steps.Steps) != 1 || steps.Steps[0].Fact != "entry.submitted" || steps.Next == 0 {
		t.Errorf("%+v", steps)
	}
	if next := into[Steps](w, 200, "GET", fmt.Sprintf("/entries/%s/history?from=%d", aCode, steps.Next), "schools", ""); len(next.Steps) != 2 || next.Steps[0].Fact != "entry.published" || next.Steps[1].Fact != "dataset.awaited" {
		t.Errorf("%+v", next)
	}
}

func TestActs(t *testing.T) {
	w := newTown(t)
	body := `{"name":"地名管理","basis":"地名管理条例"}`
	tried := into[Outcome](w, 200, "POST", "/acts/duty.register?try=true", "civil", body)
	if !tried.Tried || len(tried.Facts) != 1 || tried.Facts[0].Kind != "duty.registered" {
		t.Errorf("%+v", tried)
	}
	if len(w.chain.Find(mulu.KindDuty, "name/"+civil+"/地名管理")) != 0 {
		t.Fatal("trying did it")
	}
	done := into[Outcome](w, 200, "POST", "/acts/duty.register", "civil", body)
	if !done.Readable || done.Act == "" {
		t.Errorf("%+v", done)
	}
	if r := into[Record](w, 200, "GET", "/acts/"+done.Act, "schools", ""); r.N != done.Record || r.Kind != "duty.register" {
		t.Errorf("%+v", r)
	}
	no := into[Problem](w, 422, "POST", "/acts/duty.register", "civil", body)
	if no.Code != "name_taken" || no.Article == "" || no.Detail == "" || !strings.Contains(no.Title, "地名管理") {
		t.Errorf("%+v", no)
	}
	if en := into[Problem](w, 422, "POST", "/acts/duty.register", "civil", body, "Accept-Language", "en"); !strings.HasPrefix(en.Cite, "Art. ") {
		t.Errorf("%+v", en)
	}
	role := into[Problem](w, 403, "POST", "/acts/entry.verify", "bureau", `{"entry":"307110102002/000002"}`)
	if role.Code != "role_missing" {
		t.Errorf("a machine decided: %+v", role)
	}
}

func TestBadRequests(t *testing.T) {
	w := newTown(t)
	for _, c := range []struct {
		method, path, client, body string
		status                     int
		code                       string
	}{
		{"GET", "/entries", "", "", 401, "token_missing"},
		{"GET", "/entries", "nobody", "", 401, "token_unknown"},
		{"GET", "/entries?sharing=free", "civil", "", 400, "parameter_form"},
		{"GET", "/entries?limit=many", "civil", "", 400, "parameter_form"},
		{"GET", "/entries?colour=red", "civil", "", 400, "parameter_unknown"},
		{"GET", "/entries/" + aCode + "/difference?from=2026-01-01", "civil", "", 400, "parameter_missing"},
		{"GET", "/entries/" + aCode + "/difference?from=2026-02-30&to=2026-03-01", "civil", "", 400, "parameter_form"},
		{"GET", "/entries/" + aCode + "/difference?from=2026-12-01&to=2026-03-01", "civil", "", 400, "precondition_dates"},
		{"GET", "/entries/1/2", "civil", "", 404, "absent"},
		{"GET", "/things/person", "civil", "", 404, "absent"},
		{"GET", "/records/99999999", "", "", 404, "absent"},
		{"GET", "/nowhere", "civil", "", 404, "no_operation"},
		{"POST", "/acts/duty.invent", "civil", "{}", 404, "no_operation"},
		{"POST", "/acts/tick", "civil", "{}", 404, "no_operation"},
		{"POST", "/acts/duty.register", "civil", "", 400, "body_form"},
		{"POST", "/acts/duty.register", "civil", "{}{}", 400, "body_form"},
		{"POST", "/acts/duty.register", "civil", `{"name":1}`, 400, "act_form"},
		{"POST", "/acts/duty.register", "civil", `{"colour":"red"}`, 400, "act_form"},
		{"POST", "/acts/duty.register", "civil", `{"name":"` + strings.Repeat("x", act.MaxBytes) + `"}`, 413, "body_large"},
		{"POST", "/signed", "", `"no act"`, 400, "act_form"},
	} {
		p := into[Problem](w, c.status, c.method, c.path, c.client, c.body)
		if p.Code != c.code || p.Title == "" || p.Detail == "" || p.Status != c.status {
			t.Errorf("%s %s: %+v, want %s", c.method, c.path, p, c.code)
		}
	}
}

// A session of the pages may call as well; without the pages' token it may only read.
func TestSessionOfThePages(t *testing.T) {
	w := newTown(t)
	p, link, err := w.people.Invite(t.Context(), people.Owner, people.Account{Login: "steward", Name: "某人", Org: civil, Roles: people.Roles{people.Steward}})
	if err != nil {
		t.Fatal(err)
	}
	if p, err = w.people.Redeem(t.Context(), link, "ceshi-2026-api", people.Origin{}); err != nil {
		t.Fatal(err)
	}
	cookie, s, err := w.people.Login(t.Context(), "steward", "ceshi-2026-api", "", people.Origin{})
	if err != nil {
		t.Fatal(err)
	}
	c := sessionCookie + "=" + cookie
	into[Entries](w, 200, "GET", "/entries", "", "", "Cookie", c)
	body := `{"name":"会话登记的职责","basis":"三定"}`
	if no := into[Problem](w, 403, "POST", "/acts/duty.register", "", body, "Cookie", c); no.Code != "csrf" {
		t.Errorf("%+v", no)
	}
	done := into[Outcome](w, 200, "POST", "/acts/duty.register", "", body, "Cookie", c, "X-CSRF", s.CSRF)
	_, _, record := w.ask("GET", fmt.Sprintf("/records/%d", done.Record), "", "")
	if !bytes.Contains(record, []byte(p.ID)) || bytes.Contains(record, []byte("某人")) {
		t.Errorf("the record names the person otherwise than by the id:\n%s", record)
	}
}

func TestRevokedClientsNextCallFails(t *testing.T) {
	w := newTown(t)
	into[Entries](w, 200, "GET", "/entries", "schools", "")
	id := w.chain.Find(mulu.KindClient, "org/003/schools")
	w.do("003", &act.RevokeClient{Client: id[0], Why: "不再使用"})
	if no := into[Problem](w, 403, "GET", "/entries", "schools", ""); no.Code != "client_revoked" {
		t.Errorf("%+v", no)
	}
}

func TestProofFromTheInterfaceVerifies(t *testing.T) {
	w := newTown(t)
	_, _, anchor := w.ask("GET", "/anchor", "", "")
	trusted, err := proof.ParseAnchor(anchor)
	if err != nil {
		t.Fatal(err)
	}
	status, _, file := w.ask("GET", "/records/1/proof", "", "")
	if status != http.StatusOK {
		t.Fatalf("%d %s", status, file)
	}
	if _, err := proof.Verify(file, trusted); err != nil { // the error names the link that broke
		t.Errorf("the proof does not hold: %v", err)
	}
}

// The document names every route and nothing else, every reference in it leads somewhere, and every act has its operation.
func TestDocument(t *testing.T) {
	raw, err := json.Marshal(document(operations(), "test"))
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		OpenAPI    string                    `json:"openapi"`
		Paths      map[string]map[string]any `json:"paths"`
		Components struct {
			Schemas map[string]any `json:"schemas"`
		} `json:"components"`
	}
	if err := json.Unmarshal(raw, &doc); err != nil {
		t.Fatal(err)
	}
	ids := map[string]bool{}
	for _, o := range operations() {
		if doc.Paths[root+o.path][strings.ToLower(o.method)] == nil {
			t.Errorf("the document lacks %s %s", o.method, o.path)
		}
		if ids[o.id] {
			t.Errorf("two operations are called %s", o.id)
		}
		ids[o.id] = true
		if o.zh == "" || o.en == "" {
			t.Errorf("%s has no title in one language", o.id)
		}
		for _, p := range o.params {
			if p.zh == "" || p.en == "" {
				t.Errorf("%s: the parameter %s has no words", o.id, p.name)
			}
		}
	}
	for _, w := range act.Words() {
		if !w.Retired && !nodeSays(w.Kind) && !ids["act_"+strings.ReplaceAll(w.Kind, ".", "_")] {
			t.Errorf("the act %s has no operation", w.Kind)
		}
	}
	for _, m := range regexp.MustCompile(`#/components/schemas/(\w+)`).FindAllStringSubmatch(string(raw), -1) {
		if doc.Components.Schemas[m[1]] == nil {
			t.Errorf("a reference leads to %s, which is not there", m[1])
		}
	}
	for code, words := range sentences {
		for i, s := range words {
			if s == "" {
				t.Errorf("the problem %s lacks sentence %d", code, i)
			}
		}
	}
}

func TestDocsPage(t *testing.T) {
	w := newTown(t)
	for lang, want := range map[string]string{"zh": "接口文档", "en": "How to call"} {
		got, err := http.Get(w.server.URL + "/api?lang=" + lang)
		if err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		if _, err := b.ReadFrom(got.Body); err != nil {
			t.Fatal(err)
		}
		got.Body.Close()
		if got.StatusCode != http.StatusOK || !strings.Contains(b.String(), want) || !strings.Contains(b.String(), "/api/v1/acts/entry.submit") {
			t.Errorf("%s: %d", lang, got.StatusCode)
		}
	}
}
