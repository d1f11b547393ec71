package proof

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mulu/sm"
)

var update = flag.Bool("update", false, "make the example files anew and write their values into docs/formats.md")

const (
	document     = "../docs/formats.md"
	exampleBegin = "<!-- example: written by go test ./proof -run Example -update -->\n"
	exampleEnd   = "<!-- end of example -->\n"
)

// The example files are true, and the values in docs/formats.md are theirs.
func TestExampleOfTheDocument(t *testing.T) {
	dir := filepath.Join("testdata", "example")
	if *update {
		c := newFixture(t)
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		save(t, dir, "anchor.json", must(t)(c.anchor.Encode()))
		save(t, dir, "rows.json", c.rows)
		for kind, file := range c.files(t) {
			save(t, dir, kind+".json", file)
		}
	}
	read := func(name string) []byte { return must(t)(os.ReadFile(filepath.Join(dir, name))) }
	anchor, err := ParseAnchor(read("anchor.json"))
	if err != nil {
		t.Fatal(err)
	}
	for _, kind := range []string{KindRecord, KindConsistency, KindReceipt} {
		if _, err := Verify(read(kind+".json"), anchor); err != nil {
			t.Errorf("the example %s.json: %v", kind, err)
		}
	}
	if err := VerifyRows(read("receipt.json"), read("rows.json")); err != nil {
		t.Error(err)
	}
	doc := must(t)(os.ReadFile(document))
	before, rest, ok := bytes.Cut(doc, []byte(exampleBegin))
	_, after, ok2 := bytes.Cut(rest, []byte(exampleEnd))
	if !ok || !ok2 {
		t.Fatalf("%s has lost the marks of its example", document)
	}
	want := bytes.Join([][]byte{before, []byte(exampleBegin), exampleText(t, read("record.json"), read("consistency.json"), read("receipt.json"), anchor), []byte(exampleEnd), after}, nil)
	if *update {
		if err := os.WriteFile(document, want, 0o644); err != nil {
			t.Fatal(err)
		}
	} else if !bytes.Equal(doc, want) {
		t.Errorf("the example in %s is not that of %s: run go test ./proof -run Example -update", document, dir)
	}
}

// exampleText writes out the values on the way through the three files.
func exampleText(t *testing.T, record, consistency, receipt []byte, a Anchor) []byte {
	t.Helper()
	r, _, _, b := open(record)
	_, h, _, b2 := open(consistency)
	_, _, c, b3 := open(receipt)
	if b != nil || b2 != nil || b3 != nil {
		t.Fatal(b, b2, b3)
	}
	point, err := ParseCheckpoint([]byte(r.Checkpoint))
	if err != nil {
		t.Fatal(err)
	}
	from, err := ParseCheckpoint([]byte(h.From))
	if err != nil {
		t.Fatal(err)
	}
	var w bytes.Buffer
	block := func(title, text string) {
		fmt.Fprintf(&w, "%s\n\n```\n%s\n```\n\n", title, strings.TrimSuffix(text, "\n"))
	}
	l := strings.Split(r.Record, "\n")
	block("`record.json` holds this record (three lines):", r.Record)
	id := sm.Sum([]byte(l[0]))
	leaf := LeafHash([]byte(r.Record))
	var steps strings.Builder
	fmt.Fprintf(&steps, "act id      SM3(line 1)          %x\nleaf hash   SM3(00 ‖ record)     %s\n", id, leaf)
	at, size, hash := r.Index, point.Size, leaf
	for i, turn := range turns(at, size) {
		if turn {
			hash = NodeHash(hash, r.Path[i])
			fmt.Fprintf(&steps, "path[%d] on the right             %s\n       ->   SM3(01 ‖ here ‖ it)  %s\n", i, r.Path[i], hash)
		} else {
			hash = NodeHash(r.Path[i], hash)
			fmt.Fprintf(&steps, "path[%d] on the left              %s\n       ->   SM3(01 ‖ it ‖ here)  %s\n", i, r.Path[i], hash)
		}
	}
	fmt.Fprintf(&steps, "app hash    SM3(02 ‖ %016x ‖ root)\n                                 %s", size, AppHash(size, hash))
	if hash != point.Root {
		t.Errorf("the walk ends at %s, not at the root", hash)
	}
	block(fmt.Sprintf("Its way from record %d of %d to the root:", at, size), steps.String())
	block("The checkpoint whose root that is:", string(point.Text()))
	block(fmt.Sprintf("`consistency.json` leads from %d records to %d:", from.Size, point.Size), fmt.Sprintf("earlier root  %s\n%slater root    %s", from.Root, pathLines(h.Path), point.Root))
	var said struct {
		Receipt struct {
			RowsDigest string `json:"rows_digest"`
		} `json:"receipt"`
	}
	first, _, _ := strings.Cut(c.Receipt, "\n")
	if err := json.Unmarshal([]byte(first), &said); err != nil {
		t.Fatal(err)
	}
	block("`receipt.json` holds this receipt (two lines):", c.Receipt)
	block(fmt.Sprintf("It is receipt %d of %d, anchored by record %d:", c.Index, c.Size, c.Anchor.Index),
		fmt.Sprintf("leaf hash     %s\n%sroot          %s\nSM3(rows.json) %s", LeafHash([]byte(c.Receipt)), pathLines(c.Path), c.Root, said.Receipt.RowsDigest))
	block("Values that need no keys:", fmt.Sprintf("SM3(\"\"), root of the empty tree  %s\nleaf hash of \"abc\"               %s\ngenesis in anchor.json           %s",
		EmptyRoot(), LeafHash([]byte("abc")), a.Genesis))
	return w.Bytes()
}

// turns tells for each hash of a path, from the leaf up, whether it stands on the right.
func turns(index, size uint64) []bool {
	if size == 1 {
		return nil
	}
	k := split(size)
	if index < k {
		return append(turns(index, k), true)
	}
	return append(turns(index-k, size-k), false)
}

func pathLines(path []Hash) string {
	var b strings.Builder
	for i, h := range path {
		fmt.Fprintf(&b, "path[%d]       %s\n", i, h)
	}
	return b.String()
}
