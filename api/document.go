package api

import (
	"reflect"
	"strings"
)

// tags are the groups of operations, in order.
var tags = []struct{ name, zh, en string }{
	{"entries", "数据目录", "Data entries"},
	{"loads", "数据装载", "Loading data"},
	{"register", "登记册", "The register"},
	{"records", "记录与证明", "Records and proofs"},
	{"acts", "办理", "Acts"},
	{"node", "节点", "The node"},
}

// document is the OpenAPI 3.1 document of the operations.
func document(list []operation, version string) schema {
	s := &schemas{components: map[string]schema{}, types: map[string]reflect.Type{}}
	problem := s.of(reflect.TypeFor[Problem]())
	refused := func(what string) schema {
		return schema{"description": what, "content": schema{"application/problem+json": schema{"schema": problem}}}
	}
	paths := schema{}
	for _, o := range list {
		described := schema{"operationId": o.id, "tags": []string{o.tag}, "summary": both(o.zh, o.en)}
		if more := both(o.moreZh, o.moreEn); more != "" {
			described["description"] = more
		} else {
			described["description"] = both(o.zh, o.en)
		}
		var parameters []schema
		for _, p := range o.params {
			parameters = append(parameters, p.schema())
		}
		if parameters != nil {
			described["parameters"] = parameters
		}
		if o.body != nil {
			described["requestBody"] = schema{"required": true, "content": schema{"application/json": schema{"schema": s.of(reflect.TypeOf(o.body))}}}
		}
		if o.file != nil {
			content := schema{}
			for _, kind := range o.file {
				content[kind] = schema{"schema": schema{"type": "string", "format": "binary"}}
			}
			described["requestBody"] = schema{"required": true, "content": content}
		}
		good := "200"
		if o.accepted {
			good = "202"
		}
		responses := schema{good: s.answer(o.answer), "400": refused("请求不正确 / the request is not right"), "500": refused("系统出错 / something failed")}
		if o.public {
			described["security"] = []schema{}
		} else {
			responses["401"] = refused("没有令牌或令牌未登记 / no token, or an unknown one")
			responses["403"] = refused("无权办理 / who calls may not")
		}
		if strings.Contains(o.path, "{") {
			responses["404"] = refused("没有找到 / it is not there")
		}
		if o.tag == "acts" {
			responses["202"] = refused("已受理，尚未入块 / accepted, not in a block yet")
			responses["413"] = refused("请求正文过大 / the body is too large")
			responses["422"] = refused("规则不允许，附条款 / the law says no, with its provision")
		}
		if o.tag == "loads" {
			responses["409"] = refused("与装载的现状不符 / it does not go with how the load stands")
			responses["413"] = refused("请求正文过大 / the body is too large")
			responses["422"] = refused("规则不允许，或者文件不可读 / the law says no, or the file cannot be read")
		}
		described["responses"] = responses
		at, ok := paths[root+o.path].(schema)
		if !ok {
			at = schema{}
			paths[root+o.path] = at
		}
		at[strings.ToLower(o.method)] = described
	}
	var groups []schema
	for _, t := range tags {
		groups = append(groups, schema{"name": t.name, "description": both(t.zh, t.en)})
	}
	return schema{
		"openapi": "3.1.0",
		"info": schema{"title": "mulu 目录", "version": version, "summary": "区级公共数据目录链的机器接口 / The machine interface of a district's catalog chain",
			"description": "错误按 RFC 9457 返回，含条款和处理办法；语言由 Accept-Language 或参数 lang 决定。 / Errors are RFC 9457 problems with provision and what to do; their language follows Accept-Language or the parameter lang.",
			"license":     schema{"name": "以本机构的使用约定为准 / as agreed with the operator", "identifier": "LicenseRef-operator"}},
		"servers":    []schema{{"url": "/", "description": "本节点 / this node"}},
		"tags":       groups,
		"security":   []schema{{"token": []string{}}},
		"paths":      paths,
		"components": schema{"schemas": s.components, "securitySchemes": schema{"token": schema{"type": "http", "scheme": "bearer", "description": "系统对接的令牌 / the token of a machine client"}}},
	}
}

func (p param) schema() schema {
	one := schema{"type": "string"}
	switch p.kind {
	case "integer":
		one = schema{"type": "integer", "minimum": 0}
	case "boolean":
		one = schema{"type": "boolean"}
	case "date":
		one["format"] = "date"
	}
	if len(p.values) > 0 {
		one["enum"] = p.values
	}
	described := schema{"name": p.name, "in": "query", "required": p.need, "schema": one}
	if d := both(p.zh, p.en); d != "" {
		described["description"] = d
	}
	if p.many {
		described["schema"], described["style"], described["explode"] = schema{"type": "array", "items": one}, "form", false
	}
	if p.path {
		described["in"] = "path"
	}
	return described
}

// answer is the response of an operation that went well.
func (s *schemas) answer(v any) schema {
	if b, ok := v.(raw); ok {
		kind, _, _ := strings.Cut(b.kind, ";")
		content := schema{"type": "string"}
		if kind == "application/json" {
			content = schema{"type": "object"}
		}
		return schema{"description": "文件 / a file", "content": schema{kind: schema{"schema": content}}}
	}
	return schema{"description": "办理结果 / the result", "content": schema{"application/json": schema{"schema": s.of(reflect.TypeOf(v))}}}
}
