package people

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// Each code that the source denies with has a sentence in both languages, and each sentence is used.
func TestEachDenialHasItsSentences(t *testing.T) {
	used := map[string]int{Closed: 0, Invited: 0, "password_differs": 0} // by the account's state; by the pages
	files, err := filepath.Glob("*.go")
	ok(t, err)
	for _, path := range files {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		ok(t, err)
		ast.Inspect(f, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.CallExpr:
				if name, isName := n.Fun.(*ast.Ident); isName && (name.Name == "deny" || name.Name == "denyUntil") {
					if lit, isText := n.Args[0].(*ast.BasicLit); isText {
						code, _ := strconv.Unquote(lit.Value)
						used[code] = len(n.Args) - 1
					}
				}
			case *ast.KeyValueExpr: // trial{wrong: …}
				if name, isName := n.Key.(*ast.Ident); isName && name.Name == "wrong" {
					code, _ := strconv.Unquote(n.Value.(*ast.BasicLit).Value)
					used[code] = 1
				}
			case *ast.AssignStmt: // try.wrong = …
				if sel, isField := n.Lhs[0].(*ast.SelectorExpr); isField && sel.Sel.Name == "wrong" {
					code, _ := strconv.Unquote(n.Rhs[0].(*ast.BasicLit).Value)
					used[code] = 1
				}
			}
			return true
		})
	}
	hole := regexp.MustCompile(`\{[^}]*\}`)
	han := regexp.MustCompile(`\p{Han}`)
	for code, args := range used {
		words, has := denials[code]
		if !has {
			t.Errorf("%s has no sentence", code)
			continue
		}
		for i, w := range words {
			if han.MatchString(w) != (i == 0) || w == "" {
				t.Errorf("%s: %q is not in its language", code, w)
			}
			if got := len(hole.FindAllString(w, -1)); got != args {
				t.Errorf("%s: %q has %d values, the source gives %d", code, w, got, args)
			}
		}
	}
	for code := range denials {
		if _, is := used[code]; !is {
			t.Errorf("%s is never said", code)
		}
	}
	if len(used) < 25 {
		t.Errorf("only %d codes found in the source", len(used))
	}
}

func TestDenialText(t *testing.T) {
	for _, c := range []struct {
		no     Denied
		zh, en string
	}{
		{Denied{Code: "password_weak", Args: []string{"short"}}, "密码不够安全：至少 10 个字符。", "The password is too weak: it needs at least 10 characters."},
		{Denied{Code: "not_yours", Args: []string{"system"}}, "此操作由本机构或主管部门的系统管理员办理。", "This is for the system administrator of the institution or of the bureau."},
		{Denied{Code: "seat_taken", Args: []string{"auditor"}}, "本机构已有审计管理员，增设须由安全管理员调整角色。请先以普通角色邀请，再请安全管理员调整。",
			"The institution has its audit administrator already; another is named by the security administrator. Invite with an ordinary role first, then have it changed."},
		{Denied{Code: "unheard"}, "unheard", "unheard"},
	} {
		if c.no.Text("zh") != c.zh || c.no.Text("en") != c.en || c.no.Error() != c.en || c.no.Text("") != c.zh {
			t.Errorf("%s / %s", c.no.Text("zh"), c.no.Text("en"))
		}
	}
}

func TestRoles(t *testing.T) {
	for _, r := range append(All(), Machine) {
		if r.Title("zh") == string(r) || r.Title("en") == "" || r.Title("en") == r.Title("zh") {
			t.Errorf("%s has no title", r)
		}
	}
	if got := (Roles{Approver, Steward, Approver, "odd"}).ordered().text(); got != "steward approver odd" {
		t.Error(got)
	}
	for text, want := range map[string]bool{"": true, "system": true, "system steward": true, "system security": false, "security auditor": false, "system auditor": false} {
		if rolesOf(text).Separated() != want {
			t.Errorf("%q", text)
		}
	}
}
