package gateway

import (
	"bytes"
	"encoding/json"
	"strings"

	"mulu"
)

// Interface is what the description of an entry's interface (接口说明, Art. 13) is made from. Nobody files one: it follows from
// the entry, its data elements and its grade.
type Interface struct {
	Entry    *mulu.Entry // published
	Provider string      // its institution
	Methods  []string    // ways in which its grade lets items be had
	Address  string      // of the gateway, e.g. https://data.example; "" is a path of this node
	Elements map[string]*mulu.Element
	Codes    map[string]*mulu.CodeSet // of those elements, by ID
}

// InterfaceItem is one item as the interface gives it.
type InterfaceItem struct {
	mulu.Item
	Giving  string // plain | masked | withheld, see Giving
	Element *mulu.Element
	Codes   *mulu.CodeSet
}

// Items are those that are shared.
func (d *Interface) Items() (list []InterfaceItem) {
	c := d.Entry.Now
	for _, i := range c.Items {
		if c.SharingOf(i) == "not_shared" {
			continue
		}
		one := InterfaceItem{Item: i, Giving: Giving(c, i), Element: d.Elements[i.Standard]}
		if one.Element != nil {
			one.Codes = d.Codes[one.Element.CodeSet]
		}
		list = append(list, one)
	}
	return list
}

// Calls are the methods by which the gateway can be called for the entry: a query and a file only where some item is given out.
func (d *Interface) Calls() (list []string) {
	items := d.Items()
	given := false
	for _, i := range items {
		given = given || i.Giving != "withheld"
	}
	for _, m := range d.Methods {
		if len(items) > 0 && (m == check || given && (m == query || m == batch)) {
			list = append(list, m)
		}
	}
	return list
}

type part = map[string]any

// mostNamed bounds how many codes are told in the schema of an item; a longer code set is named only.
const mostNamed = 200

// Document is the interface as an OpenAPI 3.1 document, in which keys stand in alphabetical order.
func (d *Interface) Document() ([]byte, error) {
	paths := part{}
	for _, m := range d.Calls() {
		switch m {
		case query:
			paths["/gateway/{grant}/query"] = d.path("query", "接口查询", "query", query, d.pageOfRows())
		case check:
			paths["/gateway/{grant}/check"] = d.path("check", "核验", "yes/no check", check, part{"application/json": part{"schema": answerOf(part{"match": part{"type": "boolean",
				"description": "是否有相符的行 / whether there is such a row"}}, "match")}})
		case batch:
			paths["/gateway/{grant}/export"] = d.path("export", "文件下载", "batch file", batch, part{"text/csv": wholeFile(), "application/jsonl": wholeFile(), "application/vnd.apache.parquet": wholeFile()})
		}
	}
	c, address := d.Entry.Now, d.Address
	if address == "" {
		address = "/"
	}
	doc := part{
		"openapi": "3.1.0",
		"info": part{"title": c.Name, "version": versionOf(d.Entry), "summary": d.Provider + " · " + d.Entry.Code,
			"description": c.Summary + "\n\n凭共享授权调用，每次调用留有回执。 / Called under a grant; each call leaves a receipt."},
		"servers": []part{{"url": address}}, "security": []part{{"token": []string{}}}, "paths": paths,
		"components": part{
			"securitySchemes": part{"token": part{"type": "http", "scheme": "bearer", "description": "系统对接的令牌 / the token of a machine client"}},
			"schemas":         part{"Row": d.row(), "Refusal": refusalSchema()}},
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	err := e.Encode(doc)
	return b.Bytes(), err
}

func versionOf(e *mulu.Entry) string {
	b, _ := json.Marshal(e.Version) // a number does not fail
	return string(b)
}

// path is one call: its body by the fields that the method takes, and what is answered.
func (d *Interface) path(id, zh, en, method string, answers part) part {
	properties, needed := part{}, []string{"purpose", "case"}
	for _, f := range fieldsOf(method) {
		properties[f] = d.field(f, method)
	}
	if method == check {
		needed = append(needed, "filters")
	}
	refused := part{"description": "不予提供，附条款和理由 / refused, with provision and reason", "content": part{"application/problem+json": part{"schema": ref("Refusal")}}}
	return part{
		"parameters": []part{{"name": "grant", "in": "path", "required": true, "description": "共享授权编号 / number of the grant", "schema": part{"type": "string", "pattern": "^G-[0-9]{6,}$"}}},
		"post": part{"operationId": id, "summary": zh + " / " + en,
			"requestBody": part{"required": true, "content": part{"application/json": part{"schema": part{"type": "object", "properties": properties, "required": needed, "additionalProperties": false}}}},
			"responses":   part{"200": part{"description": "结果 / the result", "content": answers}, "default": refused}},
	}
}

func (d *Interface) field(name, method string) part {
	switch name {
	case "items":
		return part{"type": "array", "items": part{"enum": d.names(true)}, "description": "要取的信息项，不写为授权的全部 / items to give; left out: all that are granted"}
	case "filters":
		value := part{"type": "array", "items": part{"type": "string"}, "minItems": 1, "maxItems": maxValues}
		if method == check {
			value["maxItems"] = 1
		}
		all := part{"type": "array", "maxItems": maxFilters, "description": "各项须同时相符 / all must hold",
			"items": part{"type": "object", "required": []string{"item", "values"}, "additionalProperties": false,
				"properties": part{"item": part{"enum": d.names(false)}, "values": value}}}
		if method == check {
			all["minItems"] = 1
		}
		return all
	case "limit":
		return part{"type": "integer", "minimum": 1, "maximum": MaxLimit, "default": DefaultLimit}
	case "after":
		return part{"type": "string", "description": "上一页答复中的 next / next of the answer before"}
	case "format":
		return part{"enum": []string{"csv", "jsonl", "parquet"}, "default": "csv"}
	case "bom":
		return part{"type": "boolean", "default": false}
	case "purpose":
		return part{"type": "string", "minLength": 2, "maxLength": maxPurpose, "description": "用途，写入回执，不写个人姓名和号码 / what it is used for, kept in the receipt; no names or numbers of persons"}
	}
	return part{"type": "string", "minLength": 1, "maxLength": maxCase, "description": "事项编号，只留加密摘要 / number of the matter, kept as a keyed digest"}
}

// names are field names of the items: those that are given out, or all that can be compared.
func (d *Interface) names(given bool) (list []string) {
	for _, i := range d.Items() {
		if !given || i.Giving != "withheld" {
			list = append(list, i.Field)
		}
	}
	return list
}

func (d *Interface) pageOfRows() part {
	return part{"application/json": part{"schema": answerOf(part{"rows": part{"type": "array", "items": ref("Row")},
		"next": part{"type": "string", "description": "还有下一页时 / where there are more rows"}}, "rows")}}
}

func answerOf(own part, needed string) part {
	properties := part{"receipt": part{"type": "string", "description": "回执编号 / id of the receipt"}, "n": part{"type": "integer"}, "entry": part{"type": "string"}, "version": part{"type": "integer"}}
	for name, schema := range own {
		properties[name] = schema
	}
	return part{"type": "object", "properties": properties, "required": []string{"receipt", "n", "entry", "version", needed}}
}

func wholeFile() part {
	return part{"schema": part{"type": "string"}}
}

func ref(name string) part { return part{"$ref": "#/components/schemas/" + name} }

// row is a row by its items. Values are text as the provider loaded them; where they are masked only that they are text is said.
func (d *Interface) row() part {
	properties := part{}
	for _, i := range d.Items() {
		if i.Giving != "withheld" {
			properties[i.Field] = i.schema()
		}
	}
	return part{"type": "object", "properties": properties, "additionalProperties": false}
}

func (i InterfaceItem) schema() part {
	said := []string{i.Name, mulu.Word(mulu.ItemTypes, i.Type, "zh")}
	s := part{"type": []string{"string", "null"}}
	if i.Element != nil {
		said = append(said, "数据元 "+i.Element.ID+" "+i.Element.Name)
	}
	if i.Codes != nil {
		said = append(said, "代码集 "+i.Codes.Name)
	}
	if i.Giving == "masked" {
		said = append(said, "遮蔽后给出 / masked")
	} else {
		i.bound(s)
	}
	s["description"] = strings.Join(said, "；")
	return s
}

// bound adds what the item and its element say of its values. It is told, not promised: data loaded before a version of the
// element may depart from it, which is why length and codes stand as notes.
func (i InterfaceItem) bound(s part) {
	length := i.Length
	if i.Element != nil {
		if length == 0 {
			length = i.Element.Length
		}
		if i.Element.Format != "" {
			s["format"] = i.Element.Format
		}
	}
	if length > 0 {
		s["x-length"] = length
	}
	if i.Codes != nil && len(i.Codes.Values) <= mostNamed {
		codes := part{}
		for _, v := range i.Codes.Values {
			codes[v.Code] = v.Name
		}
		s["x-codes"] = codes
	}
}

func refusalSchema() part {
	text := part{"type": "string"}
	return part{"type": "object", "required": []string{"type", "title", "title_en", "status", "detail", "detail_en", "code", "art"},
		"properties": part{"type": text, "title": text, "title_en": text, "status": part{"type": "integer"}, "detail": text, "detail_en": text, "code": text,
			"art": part{"type": "string", "description": "细则条款 / place in the regulation"}, "receipt": text, "n": part{"type": "integer"}}}
}
