package web

import (
	"bytes"
	"flag"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"

	"mulu/people"
)

var update = flag.Bool("update", false, "write the golden files anew")

const goldenMatrix = "testdata/matrix.txt"

// Every page and form answers every role as the table of routes says, for the institution's own things and for another
// one's. What belongs to another institution is not changed, and what it has not published is not there. The list comes from
// the routes, so a new one is tested or fails here for want of a thing to fill its path with.
func TestPermissionMatrix(t *testing.T) {
	w, of := furnished(t, "matrix")
	routes := Routes()
	for i, r := range routes { // logging out comes last: nobody is logged in after it
		if r.Path == "/logout" {
			routes = append(append(routes[:i:i], routes[i+1:]...), r)
			break
		}
	}
	for _, one := range everybody(t, w) {
		if one.login != "" && one.org != townBureau {
			one.get(t, "/entries/"+of[townSchools].unseen).says(t, http.StatusNotFound)
		}
		for org, steward := range map[string]string{townCivil: "civil-steward", townBureau: "bureau-steward"} {
			id, err := w.bring(t, steward) // who was asked before may have dropped the one that was there
			if err != nil {
				t.Fatal(err)
			}
			of[org].of["sheets.id"] = id
		}
		for _, r := range routes {
			own, others := of[townCivil], of[townSchools]
			if one.org == townBureau {
				own, others = of[townBureau], of[townCivil]
			}
			path, err := own.fill(r.Path)
			if err != nil {
				if one.login == "" {
					t.Error(err)
				}
				continue
			}
			one.asks(t, r, path, "its own")
			if foreign, _ := others.fill(r.Path); foreign != path {
				one.asks(t, r, foreign, "another's")
			}
		}
	}
	golden(t, matrixText(Routes()))
}

// asker is somebody who asks for everything.
type asker struct {
	*browser
	login string
	org   string
	role  people.Role
}

// everybody is a visitor, and each role in an institution and in the bureau. They are people of this test: what they send
// changes their own settings.
func everybody(t *testing.T, w *town) []asker {
	t.Helper()
	list := []asker{{browser: w.anew(t, "", "zh")}}
	for _, org := range []string{townCivil, townBureau} {
		for _, role := range people.All() {
			login := fmt.Sprintf("matrix-%s-%s", map[string]string{townCivil: "civil", townBureau: "bureau"}[org], role)
			w.account(t, login, "矩阵"+string(role), org, role)
			list = append(list, asker{w.anew(t, login, "zh"), login, org, role})
		}
	}
	return list
}

// asks sends one request and holds the answer against the table of routes.
func (a asker) asks(t *testing.T, r Route, path, whose string) {
	t.Helper()
	admitted := r.For.Public
	if a.login != "" {
		admitted = r.For.Admits(people.Roles{a.role}, a.org == townBureau)
	}
	size := a.town.chain.Size()
	var p page
	switch {
	case r.Method == http.MethodGet:
		p = a.get(t, path)
	case r.Method == http.MethodPut:
		p = a.send(t, r.Method, path, nil, http.Header{"X-Csrf": {a.csrf}})
	case r.Large:
		p = a.files(t, path, a.role)
	default:
		form := url.Values{"csrf": {a.csrf}}
		for name, value := range hiddenFields[r.Path] {
			form.Set(name, value)
		}
		p = a.send(t, r.Method, path, form, nil)
	}
	where := fmt.Sprintf("%s asks %s %s (%s)", whoAsks(a.login), r.Method, path, whose)
	if r.Path == "/sheets/import" && a.role == people.Approver && a.org != townBureau {
		admitted = false // approvers bring in the register of institutions, which is the bureau's; the page offers others nothing
	}
	refused := p.Status == http.StatusForbidden || p.Status == http.StatusUnauthorized
	switch {
	case p.Status >= 500:
		t.Errorf("%s: %d %s", where, p.Status, p.main())
	case strings.Contains(p.Body, "表单已失效"):
		t.Errorf("%s: the form was taken for a forged one", where)
	case !admitted && a.login == "" && p.Status != http.StatusUnauthorized:
		t.Errorf("%s: %d, want a login: %s", where, p.Status, p.main())
	case !admitted && a.login != "" && p.Status != http.StatusForbidden:
		t.Errorf("%s: %d, want 403: %s", where, p.Status, p.main())
	case admitted && whose == "its own" && refused:
		t.Errorf("%s: %d, and the role is admitted: %s", where, p.Status, p.main())
	case admitted && whose == "its own" && r.Method == http.MethodGet && p.Status >= 400 && !wantsMore(r.Path):
		t.Errorf("%s: %d %s", where, p.Status, p.main())
	}
	if whose == "its own" || r.For.Public || a.org == townBureau || r.Method == http.MethodGet {
		return
	}
	if p.Status != http.StatusForbidden && p.Status != http.StatusNotFound && p.Status != http.StatusUnauthorized {
		t.Errorf("%s: %d, and it is not its own: %s", where, p.Status, p.main())
	}
	if now := a.town.chain.Size(); now != size {
		t.Errorf("%s: %d records came of it", where, now-size)
	}
}

// hiddenFields is what forms always carry; without it they count as forged.
var hiddenFields = map[string]map[string]string{
	"/drafts/{id}":                 {"rev": "1"},
	"/entries/{class}/{seq}/links": {"do": "link"},
	"/verify/{class}/{seq}":        {"do": "return"},
}

// wantsMore tells which pages answer a bare request with what is missing: they take a question.
func wantsMore(path string) bool {
	return slices.Contains([]string{"/chain/consistency", "/sheets/template", "/sheets/export"}, path)
}

// files sends a form for files that has none.
func (a asker) files(t *testing.T, path string, role people.Role) page {
	t.Helper()
	kind := "duties"
	if role == people.Approver {
		kind = "orgs"
	}
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for _, f := range [][2]string{{"csrf", a.csrf}, {"kind", kind}} {
		if err := w.WriteField(f[0], f[1]); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	got, err := a.http.Post(a.town.server.URL+path, w.FormDataContentType(), &body)
	if err != nil {
		t.Fatal(err)
	}
	defer got.Body.Close()
	raw, err := io.ReadAll(got.Body)
	if err != nil {
		t.Fatal(err)
	}
	return page{got.StatusCode, got.Header.Get("Location"), got.Header, string(raw)}
}

func whoAsks(login string) string {
	if login == "" {
		return "a visitor"
	}
	return login
}

// matrixText is who may ask for what, as people review it.
func matrixText(routes []Route) string {
	var b strings.Builder
	b.WriteString("# Who is let through: v a visitor; then steward S, approver A, observer O, reader R, system Y, security U, auditor D,\n")
	b.WriteString("# first in any institution, then in the bureau. What belongs to others, and what the law says, is decided behind this table.\n")
	marks := map[people.Role]string{people.Steward: "S", people.Approver: "A", people.Observer: "O", people.Reader: "R", people.System: "Y", people.Security: "U", people.Auditor: "D"}
	for _, r := range routes {
		line := "."
		if r.For.Public {
			line = "v"
		}
		for _, bureau := range []bool{false, true} {
			line += " "
			for _, role := range people.All() {
				if r.For.Admits(people.Roles{role}, bureau) {
					line += marks[role]
				} else {
					line += "."
				}
			}
		}
		fmt.Fprintf(&b, "%s  %-4s %s\n", line, r.Method, r.Path)
	}
	return b.String()
}

// golden compares with what was reviewed; -update writes it anew.
func golden(t *testing.T, text string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(goldenMatrix, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(goldenMatrix)
	if err != nil {
		t.Fatal(err)
	}
	if string(want) == text {
		return
	}
	was := map[string]bool{}
	for _, l := range strings.Split(string(want), "\n") {
		was[l] = true
	}
	for _, l := range strings.Split(text, "\n") {
		if !was[l] {
			t.Errorf("new or changed: %s", l)
		}
		delete(was, l)
	}
	for l := range was {
		t.Errorf("gone or changed: %s", l)
	}
	t.Error("the permissions of the pages changed; review them and run with -update")
}
