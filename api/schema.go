package api

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"time"

	"mulu"
)

// schema is a JSON Schema as OpenAPI 3.1 has it.
type schema map[string]any

// schemas makes them from types: names and sense of fields from the tags json, zh and en, code lists from enum. Each
// named struct is one component.
type schemas struct {
	components map[string]schema
	types      map[string]reflect.Type
}

var (
	timeType = reflect.TypeFor[time.Time]()
	rawType  = reflect.TypeFor[json.RawMessage]()
	citeType = reflect.TypeFor[mulu.Cite]()
)

// of gives the schema of a type, a reference where it is a named struct.
func (s *schemas) of(t reflect.Type) schema {
	switch {
	case t == timeType:
		return schema{"type": "string", "format": "date-time"}
	case t == rawType:
		return schema{} // any JSON value
	case t == citeType:
		return schema{"type": "string", "pattern": `^\d{1,2}(\.\d+){0,2}$`}
	}
	switch t.Kind() {
	case reflect.Pointer:
		return s.of(t.Elem())
	case reflect.String:
		return schema{"type": "string"}
	case reflect.Bool:
		return schema{"type": "boolean"}
	case reflect.Int, reflect.Int64, reflect.Int32:
		return schema{"type": "integer", "format": "int64"}
	case reflect.Uint64:
		return schema{"type": "integer", "format": "int64", "minimum": 0}
	case reflect.Map: // of names
		return schema{"type": "object", "additionalProperties": s.of(t.Elem())}
	case reflect.Slice:
		return schema{"type": "array", "items": s.of(t.Elem())}
	case reflect.Struct:
		name := t.Name()
		if was, ok := s.types[name]; ok && was != t {
			panic(fmt.Sprintf("two types are called %s: %s and %s", name, was, t)) // found by every start and test
		}
		if _, ok := s.components[name]; !ok {
			s.types[name], s.components[name] = t, schema{} // known before its fields, which may lead back to it
			s.components[name] = s.object(t)
		}
		return schema{"$ref": "#/components/schemas/" + name}
	}
	panic(fmt.Sprintf("no schema for the type %s", t))
}

func (s *schemas) object(t reflect.Type) schema {
	properties, required := schema{}, []string{}
	for i := range t.NumField() {
		f := t.Field(i)
		name, rest, _ := strings.Cut(f.Tag.Get("json"), ",")
		if !f.IsExported() || name == "-" || name == "" {
			continue
		}
		p := s.of(f.Type)
		if d := both(f.Tag.Get("zh"), f.Tag.Get("en")); d != "" {
			p["description"] = d
		}
		if codes := mulu.CodeList(f.Tag.Get("enum")); codes != nil && p["type"] == "string" {
			values, words := []string{}, []string{}
			for _, c := range codes {
				values, words = append(values, c.Code), append(words, c.Code+" "+c.Zh+" / "+c.En)
			}
			if strings.Contains(rest, "omit") {
				values = append(values, "") // absent and empty are the same
			}
			p["enum"] = values
			p["description"] = fmt.Sprint(p["description"], "：", strings.Join(words, "；"))
		}
		properties[name] = p
		if !strings.Contains(rest, "omit") {
			required = append(required, name)
		}
	}
	o := schema{"type": "object", "properties": properties}
	if len(required) > 0 {
		o["required"] = required
	}
	return o
}

// both puts the Chinese and the English of something into one text.
func both(zh, en string) string {
	switch {
	case zh == "" || zh == en:
		return en
	case en == "":
		return zh
	}
	return zh + " / " + en
}
