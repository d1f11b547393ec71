package script

import (
	"fmt"
	"os"
	"reflect"
	"strings"
	"testing"

	"mulu"
	"mulu/act"
	"mulu/law"
)

// The part of docs/law/scripts.md between these lines is made from the acts' types; -update writes it.
const (
	manual      = "../../docs/law/scripts.md"
	manualBegin = "<!-- acts: written by go test ./law/script -run TestManual -update -->\n"
	manualEnd   = "<!-- end of acts -->\n"
)

// The manual lists every act, every field and every code list as the program has them.
func TestManual(t *testing.T) {
	text, err := os.ReadFile(manual)
	if err != nil {
		t.Fatal(err)
	}
	head, rest, ok := strings.Cut(string(text), manualBegin)
	if !ok {
		t.Fatalf("%s has no line %s", manual, manualBegin)
	}
	was, tail, ok := strings.Cut(rest, manualEnd)
	if !ok {
		t.Fatalf("%s has no line %s", manual, manualEnd)
	}
	m := &manualOf{t: t, enums: map[string]bool{}, rows: map[reflect.Type]bool{}}
	is := m.write()
	if was == is {
		return
	}
	if !*update {
		t.Fatalf("%s does not say what the acts are; run go test ./law/script -run TestManual -update. First difference:\n%s", manual, firstDifference(was, is))
	}
	if err := os.WriteFile(manual, []byte(head+manualBegin+is+manualEnd+tail), 0o644); err != nil {
		t.Fatal(err)
	}
}

func firstDifference(was, is string) string {
	a, b := strings.Split(was, "\n"), strings.Split(is, "\n")
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return fmt.Sprintf("  stands   %s\n  should   %s", a[i], b[i])
		}
	}
	return fmt.Sprintf("  it has %d lines, it should have %d", len(a), len(b))
}

// manualOf writes the tables and notes which code lists and list lines they speak of.
type manualOf struct {
	t     *testing.T
	b     strings.Builder
	enums map[string]bool
	lists []string // names of code lists in the order of their first use
	rows  map[reflect.Type]bool
	lines []listLine
}

// listLine is a sort of line below an act: "- 信息项 …".
type listLine struct {
	zh, en string
	of     reflect.Type
}

func (m *manualOf) write() string {
	for _, w := range act.Words() {
		if w.Retired {
			continue
		}
		fmt.Fprintf(&m.b, "\n### %s `%s`\n%s\n", w.Zh, w.Kind, m.who(w))
		m.fields(reflect.ValueOf(w.New()).Elem())
	}
	m.b.WriteString("\n## 列表行 List lines\n")
	for i := 0; i < len(m.lines); i++ {
		l := m.lines[i]
		fmt.Fprintf(&m.b, "\n### - %s `%s`\n", l.zh, l.en)
		m.fields(reflect.New(l.of).Elem())
	}
	m.b.WriteString("\n## 代码表 Code lists\n脚本写词或代码均可，上链的是代码。 Write the word or the code; the code goes on the chain.\n\n| 代码表 | 取值 |\n|---|---|\n")
	for _, name := range m.lists {
		var values []string
		for _, c := range mulu.CodeList(name) {
			values = append(values, fmt.Sprintf("%s `%s`", c.Zh, c.Code))
		}
		fmt.Fprintf(&m.b, "| `%s` | %s |\n", name, strings.Join(values, "、"))
	}
	m.b.WriteString("\n")
	return m.b.String()
}

// who says for whom an act is, and where the regulation has it, from the ways that it walks.
func (m *manualOf) who(w act.Word) string {
	if w.Kind == "tick" { // it has no way of its own: it only makes a block in which what is due is executed
		return mulu.Say(string(law.Member), "zh") + " · " + mulu.NewCite(3, 3).Zh()
	}
	var roles, arts []string
	for _, way := range law.Ways() {
		if way.On != w.Kind || len(way.By) == 1 && way.By[0] == law.TheLaw {
			continue
		}
		for _, r := range way.By {
			roles = with(roles, mulu.Say(string(r), "zh"))
		}
		arts = with(arts, way.Cite.Zh())
	}
	if len(roles) == 0 {
		m.t.Errorf("%s walks no way that anybody may walk", w.Kind)
	}
	return strings.Join(roles, "、") + " · " + strings.Join(arts, "、")
}

func with(list []string, s string) []string {
	for _, x := range list {
		if x == s {
			return list
		}
	}
	return append(list, s)
}

// fields writes the table of what can be written after an act or in a list line.
func (m *manualOf) fields(v reflect.Value) {
	rows := m.under(v, v, "")
	if len(rows) == 0 {
		m.b.WriteString("\n没有字段。 No fields.\n")
		return
	}
	m.b.WriteString("\n| 名称 | name | 链上 | 值 |\n|---|---|---|---|\n")
	for _, r := range rows {
		m.b.WriteString(r)
	}
}

// under lists the fields of v, those of its structs in their place; root is where a script looks names up.
func (m *manualOf) under(root, v reflect.Value, path string) (rows []string) {
	for i := range v.NumField() {
		f := v.Type().Field(i)
		json, optional, _ := strings.Cut(f.Tag.Get("json"), ",")
		if f.Type.Kind() == reflect.Struct {
			rows = append(rows, m.under(root, v.Field(i), path+json+".")...)
			continue
		}
		zh, en := f.Tag.Get("zh"), f.Tag.Get("en")
		if zh == "" { // the law fills it in
			continue
		}
		for _, name := range []string{zh, en} {
			if found, _, ok := lookUp(root, name); !ok || found.Addr() != v.Field(i).Addr() {
				m.t.Errorf("%s: %s does not lead to its field %s%s", root.Type(), name, path, json)
			}
		}
		value := m.value(f, zh, en)
		if optional != "" {
			value += "；可不写"
		}
		rows = append(rows, fmt.Sprintf("| %s | %s | `%s%s` | %s |\n", zh, en, path, json, value))
	}
	return rows
}

// value says what can be written for a field.
func (m *manualOf) value(f reflect.StructField, zh, en string) string {
	if list := f.Tag.Get("enum"); list != "" {
		if mulu.CodeList(list) == nil {
			m.t.Errorf("%s: there is no code list %s", f.Name, list)
		}
		if !m.enums[list] {
			m.enums[list] = true
			m.lists = append(m.lists, list)
		}
		return "代码表 `" + list + "`"
	}
	if ref := f.Tag.Get("ref"); ref != "" {
		return mulu.Say(ref, "zh") + "的名称或编号"
	}
	switch f.Type.Kind() {
	case reflect.String:
		return "文字"
	case reflect.Bool:
		return "是、否"
	case reflect.Int, reflect.Int64, reflect.Uint64:
		return "整数"
	case reflect.Slice:
		of := f.Type.Elem()
		if of.Kind() == reflect.String {
			return "一个或多个，用“、”隔开"
		}
		if !m.rows[of] {
			m.rows[of] = true
			m.lines = append(m.lines, listLine{zh, en, of})
		}
		return "列表行“- " + zh + " …”"
	}
	m.t.Errorf("the manual has no words for %s of type %s", f.Name, f.Type)
	return ""
}

// The manual's example plays as it stands.
func TestManualExample(t *testing.T) {
	text, err := os.ReadFile(manual)
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(text), "```text\n")
	example, _, ok := strings.Cut(rest, "```\n")
	if !ok {
		t.Fatalf("%s has no example", manual)
	}
	s, err := Parse(example)
	if err != nil {
		t.Fatal(err)
	}
	stage, err := NewBare(s)
	if err != nil {
		t.Fatal(err)
	}
	steps := 0
	err = Play(s, stage, func(p Played) error {
		steps++
		if p.Differs() {
			t.Errorf("line %d: expected\n  %s\ngot\n  %s", p.Step.Line, strings.Join(p.Step.Expect, "\n  "), strings.Join(p.Got, "\n  "))
		}
		return nil
	})
	if err != nil || steps == 0 {
		t.Errorf("%d steps, %v", steps, err)
	}
}
