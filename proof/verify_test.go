package proof

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestTrueFilesPass(t *testing.T) {
	c := newFixture(t)
	for n := range c.tree.Size() {
		r, err := Verify(c.recordFile(t, n), c.anchor)
		if err != nil {
			t.Fatalf("record %d: %v", n, err)
		}
		if r.Record == nil || r.Record.N != n || len(r.Steps) != 7 {
			t.Errorf("record %d: %+v", n, r)
		}
	}
	r, err := Verify(c.recordFile(t, 2), c.anchor)
	if err != nil || r.Record.Refused != "not_bureau" || r.Record.Article != "12.2" || r.Record.Org != "003" {
		t.Errorf("the refused record: %+v, %v", r.Record, err)
	}
	if zh := r.Text("zh"); !strings.Contains(zh, "第 2 号") || !strings.Contains(zh, "被拒绝（not_bureau，依据 12.2）") || strings.Contains(zh, "%!") {
		t.Errorf("in Chinese:\n%s", zh)
	}
	for to := uint64(1); to <= c.tree.Size(); to++ {
		for from := uint64(0); from <= to; from++ {
			if _, err := Verify(c.consistencyFile(t, from, to), c.anchor); err != nil {
				t.Fatalf("%d to %d: %v", from, to, err)
			}
		}
	}
	for i := range c.ours.Size() {
		file := c.receiptFile(t, i, 4)
		r, err := Verify(file, c.anchor)
		if err != nil {
			t.Fatalf("receipt %d: %v", i, err)
		}
		if r.Receipt == nil || r.Receipt.N != i || r.Record.Kind != "receipts.anchor" || r.Record.Node != "node-1" {
			t.Errorf("receipt %d: %+v", i, r)
		}
		if err := VerifyRows(file, c.rows); err != nil {
			t.Errorf("rows of receipt %d: %v", i, err)
		}
		if en := r.Text("en"); !strings.Contains(en, fmt.Sprintf("Receipt: node node-1, number %d,", i)) || strings.Contains(en, "%!") {
			t.Errorf("in English:\n%s", en)
		}
	}
}

// Whatever single byte is changed, taken out or put in, the check finds it.
func TestEveryAlteredByteIsFound(t *testing.T) {
	c := newFixture(t)
	for kind, file := range c.files(t) {
		if _, err := Verify(file, c.anchor); err != nil {
			t.Fatalf("%s: %v", kind, err)
		}
		tried := 0
		refused := func(what string, i int, altered []byte) {
			t.Helper()
			tried++
			_, err := Verify(altered, c.anchor)
			var b *Broken
			if !errors.As(err, &b) || b.Step == "" || b.Zh == "" || b.En == "" {
				t.Errorf("%s: %s at %d (%q) gives %v", kind, what, i, around(file, i), err)
			}
		}
		for i := range file {
			for _, flip := range []byte{1, 0x20} {
				altered := bytes.Clone(file)
				altered[i] ^= flip
				refused(fmt.Sprintf("flip %#x", flip), i, altered)
			}
			refused("deletion", i, append(bytes.Clone(file[:i]), file[i+1:]...))
			refused("doubling", i, append(bytes.Clone(file[:i+1]), file[i:]...))
		}
		for i := range len(file) + 1 {
			for _, b := range []byte(" 0A") {
				refused("insertion", i, append(append(bytes.Clone(file[:i]), b), file[i:]...))
			}
		}
		for i := range file {
			refused("cut", i, file[:i])
		}
		if tried < 7*len(file) {
			t.Errorf("%s: only %d alterations of %d bytes tried", kind, tried, len(file))
		}
	}
}

func around(file []byte, i int) []byte { return file[max(0, i-10):min(len(file), i+10)] }

func TestEveryAlteredByteOfRowsIsFound(t *testing.T) {
	c := newFixture(t)
	file := c.receiptFile(t, 2, 4)
	for i := range c.rows {
		altered := bytes.Clone(c.rows)
		altered[i] ^= 1
		var b *Broken
		if err := VerifyRows(file, altered); !errors.As(err, &b) || b.Step != "rows" {
			t.Fatalf("byte %d: %v", i, err)
		}
	}
	if VerifyRows(c.recordFile(t, 1), c.rows) == nil {
		t.Error("rows pass against a record's proof")
	}
}

// A forger who keeps the file in form is told by the link that breaks.
func TestTheBrokenLinkIsNamed(t *testing.T) {
	c := newFixture(t)
	files := c.files(t)
	swap := func(field, old, new string) func(map[string]any) {
		return func(m map[string]any) {
			s, ok := m[field].(string)
			if !ok || !strings.Contains(s, old) {
				t.Fatalf("%q is not in %s: %v", old, field, m[field])
			}
			m[field] = strings.Replace(s, old, new, 1)
		}
	}
	inAnchor := func(change func(map[string]any)) func(map[string]any) {
		return func(m map[string]any) { change(m["anchor"].(map[string]any)) }
	}
	put := func(field string, v any) func(map[string]any) { return func(m map[string]any) { m[field] = v } }
	few := c.point(t, c.tree.Size(), 2)
	stranger := c.point(t, c.tree.Size(), 2)
	if err := stranger.Sign("node-3", exampleKey(t, "a stranger")); err != nil {
		t.Fatal(err)
	}
	other := c.point(t, c.tree.Size(), 0)
	other.Root[0] ^= 1
	for i, k := range c.nodes {
		if err := other.Sign(c.anchor.Nodes[i].Name, k); err != nil {
			t.Fatal(err)
		}
	}
	before := c.point(t, 2, 3)
	unsigned := func(m map[string]any) {
		l := strings.Split(m["record"].(string), "\n")
		m["record"] = l[0] + "\n\n" + l[2] + "\n"
	}
	for _, v := range []struct {
		name, kind string
		change     func(map[string]any)
		step       string
	}{
		{"another format", KindRecord, put("format", "mulu-proof/2"), "file"},
		{"two lines", KindRecord, put("record", "{}\n\n"), "record"},
		{"another chain", KindRecord, swap("record", `"chain":"xicheng-1"`, `"chain":"xicheng-2"`), "record"},
		{"a doubled name", KindRecord, swap("record", `"v":1,`, `"v":1,"v":1,`), "record"},
		{"a name in capitals", KindRecord, swap("record", `"chain"`, `"Chain"`), "record"},
		{"another word", KindRecord, swap("record", "街道", "街巷"), "signature"},
		{"another institution", KindRecord, swap("record", `"org":"003"`, `"org":"004"`), "signature"},
		{"no signature", KindRecord, unsigned, "signature"},
		{"a stray carriage return", KindRecord, swap("record", "\n{\"n\"", "\r\n{\"n\""), "signature"},
		{"another number inside", KindRecord, swap("record", `"n":1`, `"n":2`), "number"},
		{"another number outside", KindRecord, put("index", 2), "number"},
		{"another outcome", KindRecord, swap("record", "entry.submitted", "entry.published"), "tree"},
		{"no outcome", KindRecord, swap("record", `"facts"`, `"fakts"`), "record"},
		{"a shorter path", KindRecord, put("path", []string{}), "tree"},
		{"a checkpoint of another root", KindRecord, put("checkpoint", string(other.Text())), "tree"},
		{"a checkpoint of before", KindRecord, put("checkpoint", string(before.Text())), "tree"},
		{"a checkpoint with leading zero", KindRecord, swap("checkpoint", "\n7\n", "\n07\n"), "checkpoint"},
		{"a checkpoint in local time", KindRecord, swap("checkpoint", "Z\n", "+00:00\n"), "checkpoint"},
		{"a checkpoint of another chain", KindRecord, swap("checkpoint", "xicheng-1", "xicheng-2"), "checkpoint"},
		{"a checkpoint of another time", KindRecord, swap("checkpoint", "2026-09-24", "2026-09-25"), "quorum"},
		{"two signatures", KindRecord, put("checkpoint", string(few.Text())), "quorum"},
		{"an unknown key", KindRecord, put("checkpoint", string(stranger.Text())), "quorum"},
		{"another node's name", KindRecord, swap("checkpoint", "— node-1", "— node-4"), "quorum"},
		{"one node twice", KindRecord, func(m map[string]any) {
			s := m["checkpoint"].(string)
			i := strings.Index(s, "— ")
			m["checkpoint"] = s + s[i:i+strings.Index(s[i:], "\n")+1]
		}, "quorum"},
		{"history rewritten", KindConsistency, put("to", string(other.Text())), "history"},
		{"history reversed", KindConsistency, func(m map[string]any) { m["from"], m["to"] = m["to"], m["from"] }, "history"},
		{"history too few signed", KindConsistency, put("from", string(few.Text())), "quorum"},
		{"a path to spare", KindConsistency, func(m map[string]any) { m["path"] = append(m["path"].([]any), EmptyRoot().String()) }, "history"},
		{"a receipt of more rows", KindReceipt, swap("receipt", `"rows":2`, `"rows":3`), "receipt-signature"},
		{"a receipt of another chain", KindReceipt, swap("receipt", "xicheng-1", "xicheng-2"), "receipt"},
		{"a receipt that is an act", KindReceipt, swap("receipt", `"kind":"receipt"`, `"kind":"recital"`), "receipt"},
		{"a receipt's other place", KindReceipt, put("index", 1), "receipt-tree"},
		{"a receipt tree of another size", KindReceipt, put("size", 4), "receipt-tree"},
		{"another receipt in its place", KindReceipt, put("receipt", string(c.receipts[1])), "receipt-tree"},
		{"anchored by another act", KindReceipt, inAnchor(put("record", string(c.records[1]))), "anchoring"},
		{"anchored by a refused act", KindReceipt, inAnchor(put("record", string(c.records[6]))), "anchoring"},
		{"anchored with another size", KindReceipt, inAnchor(swap("record", `"size":3`, `"size":5`)), "anchoring"},
		{"anchored by another node", KindReceipt, inAnchor(swap("record", `"node":"node-1"`, `"node":"node-2"`)), "anchoring"},
		{"an anchoring act altered", KindReceipt, inAnchor(swap("record", `"nonce":"0`, `"nonce":"1`)), "signature"},
		{"an anchoring record elsewhere", KindReceipt, inAnchor(put("index", 5)), "number"},
		{"an anchoring record not signed for", KindReceipt, inAnchor(put("checkpoint", string(few.Text()))), "quorum"},
	} {
		_, err := Verify(edit(t, files[v.kind], v.change), c.anchor)
		var b *Broken
		if !errors.As(err, &b) {
			t.Errorf("%s passes: %v", v.name, err)
		} else if b.Step != v.step {
			t.Errorf("%s is said to break %s, want %s: %v", v.name, b.Step, v.step, b)
		}
	}
}

func TestGenesisMustBeTheOneTrusted(t *testing.T) {
	c := newFixture(t)
	a := c.anchor
	a.Genesis = Hash{1}.String()
	var b *Broken
	if _, err := Verify(c.recordFile(t, 0), a); !errors.As(err, &b) || b.Step != "checkpoint" {
		t.Errorf("got %v", err)
	}
	if _, err := Verify(c.recordFile(t, 1), a); err != nil {
		t.Errorf("a record that says nothing about the genesis: %v", err)
	}
}

func TestAnchorThatCannotBe(t *testing.T) {
	c := newFixture(t)
	text := must(t)(c.anchor.Encode())
	back, err := ParseAnchor(text)
	if err != nil || back.Chain != c.anchor.Chain || len(back.Nodes) != 4 {
		t.Fatalf("read back: %+v, %v", back, err)
	}
	for name, change := range map[string]func(*Anchor){
		"format":      func(a *Anchor) { a.Format = "x" },
		"no chain":    func(a *Anchor) { a.Chain = "" },
		"genesis":     func(a *Anchor) { a.Genesis = strings.ToUpper(a.Genesis) },
		"no quorum":   func(a *Anchor) { a.Quorum = 0 },
		"much quorum": func(a *Anchor) { a.Quorum = 5 },
		"no nodes":    func(a *Anchor) { a.Nodes = nil },
		"one key twice": func(a *Anchor) {
			a.Nodes = append([]AnchorNode{{"node-9", a.Nodes[0].Key}}, a.Nodes...)
		},
		"no key": func(a *Anchor) { a.Nodes = []AnchorNode{{"node-1", "x"}}; a.Quorum = 1 },
	} {
		a := c.anchor
		change(&a)
		var b *Broken
		if _, err := Verify(c.recordFile(t, 1), a); !errors.As(err, &b) || b.Step != "trust" {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := a.Encode(); err == nil {
			t.Errorf("%s is written", name)
		}
	}
	for i := range text {
		altered := bytes.Clone(text)
		altered[i] ^= 0x20 // a changed name is another anchor; a changed form is an error
		if a, err := ParseAnchor(altered); err == nil {
			if again := must(t)(a.Encode()); !bytes.Equal(again, altered) {
				t.Errorf("byte %d altered is read as another form", i)
			}
		}
		if _, err := ParseAnchor(append(bytes.Clone(text[:i]), text[i+1:]...)); err == nil && text[i] != 'x' && !inWord(text, i) {
			t.Errorf("byte %d (%q) taken out is not found", i, around(text, i))
		}
	}
}

// inWord tells whether byte i belongs to a name, which may be another name with it taken out.
func inWord(text []byte, i int) bool {
	return text[i] == '-' || text[i] >= 'a' && text[i] <= 'z' || text[i] >= '0' && text[i] <= '9'
}

func TestCheckpointTakesEachNodeOnce(t *testing.T) {
	c := newFixture(t)
	p := c.point(t, 5, 1)
	copied := p
	if err := p.Sign("node-2", c.nodes[1]); err != nil {
		t.Fatal(err)
	}
	if len(copied.Signatures) != 1 {
		t.Error("a copy grows with the original")
	}
	if p.Sign("node-2", c.nodes[2]) == nil || p.Sign("node-3", c.nodes[1]) == nil {
		t.Error("a node or key signs twice")
	}
	if p.Add("node-3", c.nodes[2].Public(), p.Signatures[0].Sig) == nil {
		t.Error("a false signature is added")
	}
	if p.Sign("node 3", c.nodes[2]) == nil || p.Sign("", c.nodes[2]) == nil {
		t.Error("a name that breaks the line is taken")
	}
	back, err := ParseCheckpoint(p.Text())
	if err != nil || !bytes.Equal(back.Text(), p.Text()) || len(back.Signatures) != 2 {
		t.Errorf("read back: %v", err)
	}
	if err := back.Check(c.anchor); err == nil {
		t.Error("two of three are enough")
	}
	if err := c.point(t, 5, 3).Check(c.anchor); err != nil {
		t.Error(err)
	}
}

func TestWhatIsNoTextMakesNoProof(t *testing.T) {
	c := newFixture(t)
	if _, err := EncodeRecord(0, []byte("\xff\n\n\n"), nil, c.point(t, 1, 3)); err == nil {
		t.Error("a record that a JSON file would change is written")
	}
	if _, err := EncodeReceipt(0, 1, Hash{}, []byte("\xff\n\n"), nil, c.recordFile(t, 4)); err == nil {
		t.Error("a receipt that a JSON file would change is written")
	}
	if _, err := EncodeReceipt(0, 1, Hash{}, c.receipts[0], nil, []byte("{}")); err == nil {
		t.Error("a receipt without proof of its anchoring is written")
	}
}

// Arbitrary bytes end in a sentence, never in a panic, and pass only when they are one of the true files.
func FuzzVerify(f *testing.F) {
	// The example's files, because a fixture made anew in each worker has other signatures.
	read := func(name string) []byte { return must(f)(os.ReadFile(filepath.Join("testdata", "example", name))) }
	anchor, err := ParseAnchor(read("anchor.json"))
	if err != nil {
		f.Fatal(err)
	}
	var files [][]byte
	for _, kind := range []string{KindRecord, KindConsistency, KindReceipt} {
		files = append(files, read(kind+".json"))
		f.Add(read(kind + ".json"))
	}
	f.Add([]byte(`{"format":"mulu-proof/1","kind":"record"}`))
	f.Fuzz(func(t *testing.T, file []byte) {
		_, err := Verify(file, anchor)
		var b *Broken
		if err != nil && !errors.As(err, &b) {
			t.Errorf("%v is not a *Broken", err)
		}
		for _, genuine := range files {
			if bytes.Equal(file, genuine) {
				return
			}
		}
		if err == nil {
			t.Errorf("a file that was never made passes:\n%s", file)
		}
	})
}

func FuzzParseCheckpoint(f *testing.F) {
	f.Add(string(newFixture(f).point(f, 5, 3).Text()))
	f.Fuzz(func(t *testing.T, text string) {
		if p, err := ParseCheckpoint([]byte(text)); err == nil && string(p.Text()) != text {
			t.Errorf("%q is read but written %q", text, p.Text())
		}
	})
}

func BenchmarkVerifyRecord(b *testing.B) {
	c := newFixture(b)
	file := c.recordFile(b, 1)
	for b.Loop() {
		if _, err := Verify(file, c.anchor); err != nil {
			b.Fatal(err)
		}
	}
}
