package api

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
	"net/http"
	"reflect"
	"sort"
	"strings"
)

//go:embed docs.html
var docsPage string

// docs is the page of the documentation: made from the operations, like the document, and needing nothing from elsewhere.
type docs struct{ page *template.Template }

func readDocs() (*docs, error) {
	t, err := template.New("docs").Parse(docsPage)
	if err != nil {
		return nil, fmt.Errorf("read the page of the documentation: %w", err)
	}
	return &docs{t}, nil
}

type docsGroup struct {
	Name, Title string
	Operations  []docsOperation
}

type docsOperation struct {
	ID, Method, Path string
	Title, More      string
	Public           bool
	Params           []docsField
	Body, Answer     string // name of the type
	BodyFields       []docsField
	Curl             string
}

type docsField struct {
	Name, Type, Text string
	Need             bool
}

type docsView struct {
	En     bool
	Base   string
	Groups []docsGroup
	Types  []docsType
}

type docsType struct {
	Name   string
	Fields []docsField
}

// languageCookie is the choice made on the pages.
const languageCookie = "mulu_lang"

func (a *API) serveDocs(w http.ResponseWriter, r *http.Request) {
	en := english(r)
	if c, err := r.Cookie(languageCookie); err == nil && r.URL.Query().Get("lang") == "" {
		en = c.Value == "en"
	}
	var b bytes.Buffer
	if err := a.docs.page.Execute(&b, a.docsView(en)); err != nil {
		a.problem(w, r, fmt.Errorf("fill the page of the documentation: %w", err))
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = b.WriteTo(w)
}

func (a *API) docsView(en bool) docsView {
	v := docsView{En: en, Base: a.Base()}
	say := func(zh, e string) string {
		if en {
			return e
		}
		return zh
	}
	s := &schemas{components: map[string]schema{}, types: map[string]reflect.Type{}}
	s.of(reflect.TypeFor[Problem]())
	for _, t := range tags {
		g := docsGroup{Name: t.name, Title: say(t.zh, t.en)}
		for _, o := range a.operations {
			if o.tag != t.name {
				continue
			}
			d := docsOperation{ID: o.id, Method: o.method, Path: root + o.path, Title: say(o.zh, o.en), More: say(o.moreZh, o.moreEn), Public: o.public, Curl: a.curl(o)}
			for _, p := range o.params {
				text := say(p.zh, p.en)
				if len(p.values) > 0 {
					text = strings.TrimSpace(text + " (" + strings.Join(p.values, ", ") + ")")
				}
				d.Params = append(d.Params, docsField{p.name, p.kind, text, p.need})
			}
			if t := reflect.TypeOf(o.body); t != nil && t.Kind() == reflect.Pointer {
				s.of(t)
				d.Body, d.BodyFields = t.Elem().Name(), fields(t.Elem(), en)
			}
			if t := reflect.TypeOf(o.answer); t != reflect.TypeFor[raw]() {
				s.of(t)
				d.Answer = t.Name()
			}
			g.Operations = append(g.Operations, d)
		}
		v.Groups = append(v.Groups, g)
	}
	for name, t := range s.types {
		v.Types = append(v.Types, docsType{name, fields(t, en)})
	}
	sort.Slice(v.Types, func(i, j int) bool { return v.Types[i].Name < v.Types[j].Name })
	return v
}

// fields lists the fields of a struct as the page shows them.
func fields(t reflect.Type, en bool) (list []docsField) {
	for i := range t.NumField() {
		f := t.Field(i)
		name, rest, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name == "" || name == "-" {
			continue
		}
		text := f.Tag.Get("zh")
		if en {
			text = f.Tag.Get("en")
		}
		list = append(list, docsField{name, typeName(f.Type), text, !strings.Contains(rest, "omit")})
	}
	return list
}

func typeName(t reflect.Type) string {
	switch {
	case t == timeType:
		return "time"
	case t == rawType:
		return "any"
	case t.Kind() == reflect.Pointer:
		return typeName(t.Elem())
	case t.Kind() == reflect.Slice:
		return typeName(t.Elem()) + "[]"
	case t.Kind() == reflect.Struct:
		return t.Name()
	case t.Kind() == reflect.Bool:
		return "boolean"
	case t.Kind() == reflect.String:
		return "string"
	}
	return "integer"
}

// curl is a call of an operation's example, ready to be pasted.
func (a *API) curl(o operation) string {
	path := o.example.path
	if path == "" {
		path = o.path
	}
	line := "curl -s "
	if !o.public {
		line += `-H "Authorization: Bearer $TOKEN" `
	}
	if o.body != nil {
		line += "-H 'Content-Type: application/json' -d @body.json "
	}
	return line + "'" + a.Base() + root + path + "'"
}
