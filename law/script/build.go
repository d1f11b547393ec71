package script

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"mulu"
	"mulu/act"
	"mulu/sm"
)

// findWord gives the kind of act that a script names, by its Chinese word or its kind.
func findWord(word string) (act.Word, bool) {
	for _, w := range act.Words() {
		if w.Zh == word || w.Kind == word {
			return w, true
		}
	}
	return act.Word{}, false
}

// build makes the act of a step. Fields are found by their zh, en or json tag; a struct inside an act is open, so that
// its fields are named directly. Names of nouns become ids where the field has a ref tag.
func (p *play) build(s Step) (act.Act, error) {
	w, ok := findWord(s.Word)
	if !ok {
		return nil, &SyntaxError{s.Line, "没有“" + s.Word + "”这种操作", "there is no act " + s.Word}
	}
	a := w.New()
	for _, arg := range s.Args {
		if isHint(arg.Name) {
			continue
		}
		field, tag, ok := lookUp(reflect.ValueOf(a).Elem(), arg.Name)
		if !ok {
			return nil, &SyntaxError{s.Line, "“" + s.Word + "”没有“" + arg.Name + "”这一项", s.Word + " has no field " + arg.Name}
		}
		if err := p.set(field, tag, arg, s); err != nil {
			return nil, err
		}
	}
	if !p.plain {
		p.fill(a, s)
	}
	return a, nil
}

// Hints are arguments for the player, not the act: 记作 names what comes out, 签名 signs with another's key.
func isHint(name string) bool {
	return name == "记作" || name == "as" || name == "签名" || name == "signed"
}

func hint(s Step, names ...string) string {
	for _, a := range s.Args {
		for _, n := range names {
			if a.Name == n {
				return a.Value
			}
		}
	}
	return ""
}

func lookUp(v reflect.Value, name string) (reflect.Value, reflect.StructTag, bool) {
	t := v.Type()
	for i := range t.NumField() {
		f := t.Field(i)
		json, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if f.Type.Kind() != reflect.Struct && (f.Tag.Get("zh") == name || f.Tag.Get("en") == name || json == name) {
			return v.Field(i), f.Tag, true
		}
	}
	for i := range t.NumField() {
		if t.Field(i).Type.Kind() == reflect.Struct {
			if f, tag, ok := lookUp(v.Field(i), name); ok {
				return f, tag, ok
			}
		}
	}
	return reflect.Value{}, "", false
}

func (p *play) set(f reflect.Value, tag reflect.StructTag, arg Arg, s Step) error {
	bad := func(zh, en string) error {
		return &SyntaxError{s.Line, "“" + arg.Name + "=" + arg.Value + "”" + zh, arg.Name + "=" + arg.Value + " " + en}
	}
	switch f.Kind() {
	case reflect.String:
		f.SetString(p.value(tag, arg.Value, s.Speaker))
	case reflect.Int, reflect.Int64:
		n, err := strconv.ParseInt(arg.Value, 10, 64)
		if err != nil {
			return bad("应为整数", "should be a whole number")
		}
		f.SetInt(n)
	case reflect.Uint64:
		n, err := strconv.ParseUint(arg.Value, 10, 64)
		if err != nil {
			return bad("应为整数", "should be a whole number")
		}
		f.SetUint(n)
	case reflect.Bool:
		switch arg.Value {
		case "是", "yes", "true":
			f.SetBool(true)
		case "否", "no", "false":
			f.SetBool(false)
		default:
			return bad("应为是或否", "should be 是 or 否")
		}
	case reflect.Slice:
		if f.Type().Elem().Kind() == reflect.String {
			for _, part := range strings.FieldsFunc(arg.Value, func(r rune) bool { return r == '、' || r == ',' }) {
				f.Set(reflect.Append(f, reflect.ValueOf(part)))
			}
			return nil
		}
		if arg.Parts == nil {
			return bad("应写成下一行的“- "+arg.Name+" 名称=值 …”", "belongs on a line of its own: - "+arg.Name+" name=value …")
		}
		one := reflect.New(f.Type().Elem()).Elem()
		for _, part := range arg.Parts {
			inner, innerTag, ok := lookUp(one, part.Name)
			if !ok {
				return &SyntaxError{s.Line, "“" + arg.Name + "”没有“" + part.Name + "”这一项", arg.Name + " has no field " + part.Name}
			}
			if err := p.set(inner, innerTag, part, s); err != nil {
				return err
			}
		}
		f.Set(reflect.Append(f, one))
	default:
		return bad("不能这样写", "cannot be written like this")
	}
	return nil
}

// value turns a word into what the act carries: a code for a word of a code list, an id for a name.
func (p *play) value(tag reflect.StructTag, s, speaker string) string {
	if list := tag.Get("enum"); list != "" {
		for _, c := range mulu.CodeList(list) {
			if c.Zh == s || c.En == s || c.Code == s {
				return c.Code
			}
		}
		return s
	}
	if ref := tag.Get("ref"); ref != "" {
		return p.resolve(mulu.Kind(ref), s, speaker)
	}
	return s
}

// fill adds what a script need not spell out: keys, credit codes and token digests, made from names so that every
// play of a script is the same.
func (p *play) fill(a act.Act, s Step) {
	switch a := a.(type) {
	case *act.RegisterOrg:
		if a.Name == "" {
			a.Name = "北京市西城区" + a.Short
		}
		if a.Key == "" {
			a.Key = Key(a.Short, 1).Public().String()
		}
		if a.CreditCode == "" {
			for a.CreditCode == "" || len(p.stage.Find(mulu.KindOrg, "credit/"+a.CreditCode)) > 0 { // others were registered before
				p.codes++
				a.CreditCode = mulu.CreditCode(fmt.Sprintf("11110102%08d", p.codes))
			}
		}
	case *act.AdmitNode:
		if a.CosignKey == "" {
			a.CosignKey = Key("节点:"+a.Node, 1).Public().String()
		}
		if a.Validator == "" {
			d := sm.Sum([]byte("mulu sandbox validator " + a.Node))
			a.Validator = base64.StdEncoding.EncodeToString(d[:])
		}
	case *act.RotateKey:
		if a.Key == "" {
			a.Key = p.nextKey(p.short(p.resolve(mulu.KindOrg, s.Speaker, "")))
		}
	case *act.ReplaceKey:
		if a.Key == "" {
			a.Key = p.nextKey(p.short(a.Org))
		}
	case *act.RegisterClient:
		if a.Digest == "" {
			d := sm.Sum([]byte(Token(s.Speaker, a.Name)))
			a.Digest = hex.EncodeToString(d[:])
		}
	}
}

// nextKey is the key that follows the ones a name has used; it counts as used once the act that brings it succeeds.
func (p *play) nextKey(name string) string {
	return Key(name, 2+p.keys[name]).Public().String()
}
