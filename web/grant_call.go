package web

import (
	"encoding/json"
	"fmt"
	"strings"

	"mulu"
)

// example is a program that calls under a grant, ready to be pasted.
type example struct{ Key, Title, Text string }

// placeholder values of the examples. The token itself is shown once, when a client is registered, and never again.
const (
	exampleToken = "MULU_TOKEN"
	exampleCase  = "SX-2026-0001"
)

// called is what an example asks for. Its fields stand in the order in which people read them.
type called struct {
	Items   []string      `json:"items,omitempty"`
	Filters []mulu.Filter `json:"filters,omitempty"`
	Format  string        `json:"format,omitempty"`
	Limit   int           `json:"limit,omitempty"`
	Purpose string        `json:"purpose"`
	Case    string        `json:"case"`
}

// verbOf is the last part of the path at which a method is called, "" where it is not called at the gateway.
func verbOf(method string) string {
	switch method {
	case "query", "check":
		return method
	case "batch":
		return "export"
	}
	return ""
}

func (v *visit) grantCall(p *grantPage) error {
	p.Example = v.examples(p)
	clients, err := v.Read.CountsOf(v.R.Context(), mulu.KindClient, v.Person.Org)
	p.Clients = clients["active"]
	return err
}

// examples are programs for the grant's own items. They run as they stand once the token is in the environment.
func (v *visit) examples(p *grantPage) []example {
	verb, given := verbOf(p.Method), p.Given()
	if v.Calls == nil || verb == "" || len(given) == 0 {
		return nil
	}
	ask := called{Purpose: quoted(p.Scenario, 60), Case: exampleCase}
	if len([]rune(ask.Purpose)) < 2 || longNumber(ask.Purpose) {
		ask.Purpose = "业务办理核对"
	}
	for _, i := range given {
		ask.Items = append(ask.Items, i.Field)
	}
	switch p.Method {
	case "query":
		ask.Limit = 3
	case "check":
		ask.Items, ask.Filters = nil, []mulu.Filter{{Item: keyOf(given), Values: []string{v.t("要核验的值")}}}
	case "batch":
		ask.Format = "csv"
	}
	body, err := encodePlain(ask)
	if err != nil {
		return nil // strings and numbers: it does not fail
	}
	url := v.Calls.Address() + "/gateway/" + p.ID + "/" + verb
	return []example{
		{"curl", "curl", curlExample(url, body, p)},
		{"python", "Python", pythonExample(url, body, p, v.t("取到的数据和回执编号"))},
		{"go", "Go", goExample(url, body, p)},
	}
}

// keyOf is the item by which somebody is looked up: the key if it is granted, else the first one.
func keyOf(items []grantItem) string {
	for _, i := range items {
		if i.IsKey {
			return i.Field
		}
	}
	return items[0].Field
}

// longNumber tells whether a text holds a number of eleven digits or more, which a purpose must not.
func longNumber(text string) bool {
	digits := 0
	for _, r := range text {
		if r >= '0' && r <= '9' {
			digits++
		} else if r != ' ' && r != '-' {
			digits = 0
		}
		if digits >= 11 {
			return true
		}
	}
	return false
}

// encodePlain is JSON in which Chinese and signs stand as they are.
func encodePlain(what any) (string, error) {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(what)
	return strings.TrimSpace(b.String()), err
}

func curlExample(url, body string, p *grantPage) string {
	out := ""
	if p.Method == "batch" {
		out = " -o " + p.ID + ".csv"
	}
	return fmt.Sprintf(`curl -sS%s %s \
  -H "Authorization: Bearer $%s" \
  -H 'Content-Type: application/json' \
  -d '%s'`, out, url, exampleToken, strings.ReplaceAll(body, "'", `'\''`))
}

func pythonExample(url, body string, p *grantPage, note string) string {
	head := fmt.Sprintf(`import json, os, urllib.request

def call(ask):
    req = urllib.request.Request(%q, json.dumps(ask).encode(),
        {"Authorization": "Bearer " + os.environ[%q], "Content-Type": "application/json"})
    return urllib.request.urlopen(req, timeout=60)

ask = %s
`, url, exampleToken, body)
	switch p.Method {
	case "check":
		return head + `answer = json.load(call(ask))
print(answer["match"], answer["receipt"])`
	case "batch":
		return head + fmt.Sprintf(`with call(ask) as got, open(%q, "wb") as file:
    file.write(got.read())
    print(got.headers["Mulu-Rows"], got.headers["Mulu-Receipt"])`, p.ID+".csv")
	}
	return head + `while True:
    answer = json.load(call(ask))
    for row in answer["rows"]:
        print(row)
    print("receipt", answer["receipt"])  # ` + note + `
    if "next" not in answer:
        break
    ask["after"] = answer["next"]`
}

func goExample(url, body string, p *grantPage) string {
	read := `	var answer struct {
		Rows    []map[string]any
		Match   *bool
		Receipt string
	}
	if err := json.NewDecoder(got.Body).Decode(&answer); err != nil {
		log.Fatal(err)
	}
	fmt.Println(got.Status, answer.Receipt, answer.Rows)`
	imports := []string{"encoding/json", "fmt", "log", "net/http", "os", "strings"}
	switch p.Method {
	case "check":
		read = strings.Replace(strings.Replace(read, "		Rows    []map[string]any\n", "", 1), "answer.Rows)", "answer.Match != nil && *answer.Match)", 1)
	case "batch":
		imports = []string{"fmt", "io", "log", "net/http", "os", "strings"}
		read = fmt.Sprintf(`	file, err := os.Create(%q)
	if err != nil {
		log.Fatal(err)
	}
	if _, err := io.Copy(file, got.Body); err != nil {
		log.Fatal(err)
	}
	fmt.Println(got.Status, got.Header.Get("Mulu-Rows"), got.Header.Get("Mulu-Receipt"), file.Close())`, p.ID+".csv")
	}
	return fmt.Sprintf(`package main

import (
	"%s"
)

func main() {
	ask := strings.NewReader(%s)
	req, err := http.NewRequest("POST", %q, ask)
	if err != nil {
		log.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+os.Getenv(%q))
	req.Header.Set("Content-Type", "application/json")
	got, err := http.DefaultClient.Do(req)
	if err != nil {
		log.Fatal(err)
	}
	defer got.Body.Close()
%s
}`, strings.Join(imports, "\"\n\t\""), "`"+strings.ReplaceAll(body, "`", "")+"`", url, exampleToken, read)
}
