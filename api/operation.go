package api

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"mulu"
)

// operation is one thing the interface does. Its route, its part of the document and the page that shows it come from here.
type operation struct {
	id, method, path string
	tag              string
	zh, en           string // one line
	moreZh, moreEn   string // what else to know
	params           []param
	body             any      // a value of the type that is sent, nil for none
	file             []string // content types of a body that the operation reads by itself
	accepted         bool     // it goes on after the answer, which is 202
	answer           any      // a value of the type that comes back; raw{} for files
	public           bool
	example          example
	do               func(*call) (any, error)
}

// example is a call that runs as it stands on the sandbox: a test carries it out.
type example struct {
	path string // with parameters filled in
	body string
}

// param is a parameter of the path or the query.
type param struct {
	name   string
	path   bool // in the path, else in the query
	need   bool
	kind   string // string | integer | date | boolean
	many   bool   // comma-separated
	values []string
	zh, en string
}

func inPath(name, zh, en string) param {
	return param{name: name, path: true, need: true, kind: "string", zh: zh, en: en}
}
func text(name, zh, en string) param   { return param{name: name, kind: "string", zh: zh, en: en} }
func number(name, zh, en string) param { return param{name: name, kind: "integer", zh: zh, en: en} }
func date(name, zh, en string) param {
	return param{name: name, kind: "date", need: true, zh: zh, en: en}
}

// oneOf is a filter that takes codes of a list, several separated by commas.
func oneOf(name, list string) param {
	p := param{name: name, kind: "string", many: true, zh: mulu.Say(name, "zh"), en: mulu.Say(name, "en")}
	for _, c := range mulu.CodeList(list) {
		p.values = append(p.values, c.Code)
	}
	return p
}

// check looks at a parameter of a request.
func (p param) check(r *http.Request) error {
	if p.path {
		return nil
	}
	got := r.URL.Query().Get(p.name)
	if got == "" {
		if p.need {
			return &badRequest{"parameter_missing", []string{p.name}}
		}
		return nil
	}
	switch p.kind {
	case "integer":
		if n, err := strconv.ParseInt(got, 10, 64); err != nil || n < 0 {
			return &badRequest{"parameter_form", []string{p.name, got, "0, 1, 2 …"}}
		}
	case "date":
		if _, err := time.Parse(time.DateOnly, got); err != nil {
			return &badRequest{"parameter_form", []string{p.name, got, "2026-09-01"}}
		}
	case "boolean":
		if got != "true" && got != "false" {
			return &badRequest{"parameter_form", []string{p.name, got, "true, false"}}
		}
	}
	if len(p.values) == 0 {
		return nil
	}
	for _, v := range splitComma(strings.Join(r.URL.Query()[p.name], ",")) {
		if !slices.Contains(p.values, v) {
			return &badRequest{"parameter_form", []string{p.name, v, strings.Join(p.values, ", ")}}
		}
	}
	return nil
}

func splitComma(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == '，' })
}

// integer reads a parameter that check has looked at; absent gives 0.
func (c *call) integer(name string) int {
	n, _ := strconv.Atoi(c.r.URL.Query().Get(name))
	return n
}

// operations lists everything, in the order of the document.
func operations() []operation {
	return slices.Concat(entryOperations(), dataOperations(), loadOperations(), registerOperations(), recordOperations(), actOperations(), nodeOperations())
}
