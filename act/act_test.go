package act

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"

	"mulu/sm"
)

func signer(t testing.TB) sm.Signer {
	t.Helper()
	s, _, err := sm.Generate(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func signed(t testing.TB) *Signed {
	t.Helper()
	s, err := Sign(&RegisterDuty{Name: "社会救助 <&>", Basis: "三定"}, By{Chain: "c", Org: "003", Person: "p-1"}, signer(t), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestAnActHasOneWireForm(t *testing.T) {
	s := signed(t)
	again, err := Parse(s.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	if err := again.Verify(); err != nil {
		t.Error(err)
	}
	if again.ID != s.ID || !reflect.DeepEqual(again.Act, s.Act) || again.Statement.Org != "003" {
		t.Errorf("read back as %+v", again)
	}
	if !bytes.Contains(s.Bytes, []byte("<&>")) {
		t.Error("the statement escapes what it need not")
	}
	for i := range s.Bytes {
		bad := bytes.Clone(s.Bytes)
		bad[i] ^= 1
		if p, err := Parse(bad); err == nil && p.Verify() == nil {
			t.Errorf("byte %d altered and still a valid act", i)
		}
	}
}

func TestMalformedActsAreNamed(t *testing.T) {
	s := signed(t)
	line, sig, err := Unpair(s.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	with := func(old, new string) []byte {
		if !bytes.Contains(line, []byte(old)) {
			t.Fatalf("the statement has no %s", old)
		}
		return Pair(bytes.Replace(line, []byte(old), []byte(new), 1), sig)
	}
	for name, c := range map[string]struct {
		bytes []byte
		code  string
	}{
		"nothing":              {nil, "two-lines"},
		"one line":             {line, "two-lines"},
		"three lines":          {append(bytes.Clone(s.Bytes), "x\n"...), "two-lines"},
		"no base64":            {append(append(bytes.Clone(line), '\n'), "%%%\n"...), "signature"},
		"carriage return":      {append(bytes.Clone(s.Bytes[:len(s.Bytes)-1]), "\r\n"...), "signature"},
		"too large":            {bytes.Repeat([]byte{'x'}, 10<<20), "too-large"},
		"no JSON":              {Pair([]byte("{"), sig), "statement"},
		"another version":      {with(`"v":1`, `"v":2`), "version"},
		"unknown field":        {with(`"v":1`, `"v":1,"x":1`), "statement"},
		"doubled field":        {with(`"v":1`, `"v":1,"v":1`), "statement"},
		"a space":              {with(`"v":1`, `"v": 1`), "statement"},
		"org and node":         {with(`"org":"003"`, `"org":"003","node":"n"`), "statement"},
		"no org":               {with(`"org":"003",`, ``), "statement"},
		"short nonce":          {with(`"nonce":"`, `"nonce":"00`), "nonce"},
		"no key":               {with(`"key":"A`, `"key":"_`), "key"},
		"unknown kind":         {with(`"kind":"duty.register"`, `"kind":"duty.invent"`), "kind"},
		"body of another":      {with(`"kind":"duty.register"`, `"kind":"org.register"`), "body"},
		"body not canonical":   {with(`"act":{"name"`, `"act":{ "name"`), "statement"},
		"empty optional":       {with(`"act":{"name"`, `"act":{"code":"","name"`), "body"},
		"escape not needed":    {with(`<&>`, `\u003c&>`), "body"},
		"number as a string":   {with(`"basis":"三定"`, `"basis":3`), "body"},
		"null where an object": {with(`"act":{`, `"act":null,"z":{`), "statement"},
	} {
		_, err := Parse(c.bytes)
		var bad *Malformed
		if !errors.As(err, &bad) || bad.Code != c.code {
			t.Errorf("%s: %v, want code %s", name, err, c.code)
		}
	}
}

func TestASignatureOfAnotherKeyIsRefused(t *testing.T) {
	s := signed(t)
	line, _, _ := Unpair(s.Bytes)
	sig, err := signer(t).Sign(line)
	if err != nil {
		t.Fatal(err)
	}
	forged, err := Parse(Pair(line, sig))
	if err != nil {
		t.Fatal(err)
	}
	var bad *Malformed
	if err := forged.Verify(); !errors.As(err, &bad) || bad.Code != "signature" {
		t.Errorf("a forged signature: %v", err)
	}
}

// Every kind has its own name, words in both languages, words for every field, and survives the wire.
func TestEveryKind(t *testing.T) {
	seen := map[string]bool{}
	for _, w := range Words() {
		if seen[w.Kind] || seen[w.Zh] {
			t.Errorf("%s (%s) stands twice", w.Kind, w.Zh)
		}
		seen[w.Kind], seen[w.Zh] = true, true
		if w.Zh == w.Kind || w.En == "" {
			t.Errorf("%s has no word", w.Kind)
		}
		a := w.New()
		if a.Kind() != w.Kind {
			t.Errorf("%s makes a %s", w.Kind, a.Kind())
		}
		body, err := Encode(a)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Decode(w.Kind, body); err != nil {
			t.Errorf("%s does not survive the wire: %v", w.Kind, err)
		}
		checkTags(t, reflect.TypeOf(a).Elem())
	}
	if _, ok := Find("duty.register"); !ok {
		t.Error("a kind is not found")
	}
}

// checkTags: each field has a wire name, a Chinese and an English word, and floats and maps do not occur.
func checkTags(t *testing.T, typ reflect.Type) {
	t.Helper()
	for i := range typ.NumField() {
		f := typ.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		k := f.Type.Kind()
		if name == "" {
			t.Errorf("%s.%s has no wire name", typ.Name(), f.Name)
		}
		if k == reflect.Map || k == reflect.Float64 || k == reflect.Float32 || k == reflect.Interface || k == reflect.Pointer {
			t.Errorf("%s.%s is a %s: it has no one form", typ.Name(), f.Name, k)
		}
		derived := typ.Name() == "EntryContent" && f.Name == "Personal" // the law fills it in
		if k != reflect.Struct && !derived && (f.Tag.Get("zh") == "" || f.Tag.Get("en") == "") {
			t.Errorf("%s.%s has no words for scripts", typ.Name(), f.Name)
		}
		if k == reflect.Struct {
			checkTags(t, f.Type)
		}
		if k == reflect.Slice && f.Type.Elem().Kind() == reflect.Struct {
			checkTags(t, f.Type.Elem())
		}
	}
}

// What is taken has one form: its statement encodes to the same bytes.
func FuzzParse(f *testing.F) {
	f.Add(signed(f).Bytes)
	f.Add([]byte("{}\nAA==\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		s, err := Parse(b)
		if err != nil {
			var bad *Malformed
			if !errors.As(err, &bad) {
				t.Fatalf("%T %v", err, err)
			}
			return
		}
		line, sig, err := Unpair(b)
		if err != nil {
			t.Fatal(err)
		}
		again, err := Encode(s.Statement)
		if err != nil || !bytes.Equal(again, line) || !bytes.Equal(Pair(again, sig), b) {
			t.Fatalf("two forms of one act:\n%s\n%s", b, again)
		}
		body, err := Encode(s.Act)
		if err != nil || !bytes.Equal(body, s.Statement.Act) {
			t.Fatalf("two forms of one body:\n%s\n%s", body, s.Statement.Act)
		}
	})
}

func FuzzDecode(f *testing.F) {
	for _, w := range Words() {
		body, err := Encode(w.New())
		if err != nil {
			f.Fatal(err)
		}
		f.Add(w.Kind, []byte(body))
	}
	f.Fuzz(func(t *testing.T, kind string, body []byte) {
		a, err := Decode(kind, json.RawMessage(body))
		if err != nil {
			return
		}
		again, err := Encode(a)
		if err != nil || !bytes.Equal(again, body) {
			t.Fatalf("two forms: %s and %s", body, again)
		}
	})
}
