package act

import "mulu"

// PublishElement puts a data element (数据元) of the district's standard in force; the rules make its ID (Art. 13).
type PublishElement struct {
	Name       string `json:"name" zh:"名称" en:"name"`
	Definition string `json:"definition,omitempty" zh:"定义" en:"definition"`
	Type       string `json:"type" zh:"类型" en:"type" enum:"type"`
	Length     int    `json:"length,omitempty" zh:"长度" en:"length"`
	Format     string `json:"format,omitempty" zh:"格式" en:"format" enum:"value_format"`
	CodeSet    string `json:"code_set,omitempty" zh:"代码集" en:"code_set" ref:"code_set"`
	Low        string `json:"low,omitempty" zh:"下限" en:"low"`
	High       string `json:"high,omitempty" zh:"上限" en:"high"`
	Source     string `json:"source,omitempty" zh:"来源" en:"source"`
}

// ReviseElement states an element anew: a new version of it. From is the version it was written against.
type ReviseElement struct {
	Element    string `json:"element" zh:"数据元" en:"element" ref:"element"`
	From       int    `json:"from" zh:"原版本" en:"from"`
	Name       string `json:"name" zh:"名称" en:"name"`
	Definition string `json:"definition,omitempty" zh:"定义" en:"definition"`
	Type       string `json:"type" zh:"类型" en:"type" enum:"type"`
	Length     int    `json:"length,omitempty" zh:"长度" en:"length"`
	Format     string `json:"format,omitempty" zh:"格式" en:"format" enum:"value_format"`
	CodeSet    string `json:"code_set,omitempty" zh:"代码集" en:"code_set" ref:"code_set"`
	Low        string `json:"low,omitempty" zh:"下限" en:"low"`
	High       string `json:"high,omitempty" zh:"上限" en:"high"`
	Source     string `json:"source,omitempty" zh:"来源" en:"source"`
	Why        string `json:"why" zh:"理由" en:"why"`
}

// AbolishElement takes an element out of force; Next names the one that replaces it. Items that follow it keep it until
// they are changed.
type AbolishElement struct {
	Element string `json:"element" zh:"数据元" en:"element" ref:"element"`
	Next    string `json:"next,omitempty" zh:"替代" en:"next" ref:"element"`
	Why     string `json:"why" zh:"理由" en:"why"`
}

// PublishCodeSet puts a code set (代码集) in force; the rules make its ID.
type PublishCodeSet struct {
	Name   string           `json:"name" zh:"名称" en:"name"`
	Source string           `json:"source,omitempty" zh:"来源" en:"source"`
	Values []mulu.CodeValue `json:"values" zh:"取值" en:"values"`
}

// ReviseCodeSet states a code set anew, all values: a new version of it.
type ReviseCodeSet struct {
	CodeSet string           `json:"code_set" zh:"代码集" en:"code_set" ref:"code_set"`
	From    int              `json:"from" zh:"原版本" en:"from"`
	Name    string           `json:"name" zh:"名称" en:"name"`
	Source  string           `json:"source,omitempty" zh:"来源" en:"source"`
	Values  []mulu.CodeValue `json:"values" zh:"取值" en:"values"`
	Why     string           `json:"why" zh:"理由" en:"why"`
}

// AbolishCodeSet takes a code set out of force; no element may name it any more.
type AbolishCodeSet struct {
	CodeSet string `json:"code_set" zh:"代码集" en:"code_set" ref:"code_set"`
	Why     string `json:"why" zh:"理由" en:"why"`
}

func (*PublishElement) Kind() string { return "element.publish" }
func (*ReviseElement) Kind() string  { return "element.revise" }
func (*AbolishElement) Kind() string { return "element.abolish" }
func (*PublishCodeSet) Kind() string { return "code_set.publish" }
func (*ReviseCodeSet) Kind() string  { return "code_set.revise" }
func (*AbolishCodeSet) Kind() string { return "code_set.abolish" }
