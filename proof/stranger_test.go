package proof

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// opensslSM3 is the digest as the OpenSSL command line gives it, in hex.
func opensslSM3(t testing.TB, data []byte) string {
	t.Helper()
	cmd := exec.Command(tool(t, "openssl"), "dgst", "-sm3", "-r")
	cmd.Stdin = bytes.NewReader(data)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("openssl dgst -sm3: %v", err)
	}
	digest, _, _ := strings.Cut(string(out), " ")
	return digest
}

// tool finds a program of the stranger's; without it the test fails, because a check that is not made proves nothing.
func tool(t testing.TB, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		t.Fatalf("this test checks our proofs with tools that are not ours and needs %s: install it (Debian: apt-get install openssl python3)", name)
	}
	return path
}

// stranger runs testdata/verify.py; the answer is its last line and whether it ended with 0.
func stranger(t testing.TB, dir string, args ...string) (string, bool) {
	t.Helper()
	tool(t, "openssl")
	script, err := filepath.Abs("testdata/verify.py")
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(tool(t, "python3"), append([]string{script}, args...)...)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	answer := strings.TrimSpace(string(out))
	if (err == nil) != strings.HasPrefix(answer, "TRUE ") || (err != nil) != strings.HasPrefix(answer, "BROKEN: ") {
		t.Fatalf("verify.py %v: %v\n%s", args, err, answer)
	}
	return answer, err == nil
}

func save(t testing.TB, dir, name string, data []byte) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
		t.Fatal(err)
	}
}

// The Python program reads SM3 from hashlib; a build without it would refuse everything, true files included.
func TestStrangerFindsTrueFilesTrue(t *testing.T) {
	c, dir := newFixture(t), t.TempDir()
	save(t, dir, "anchor", must(t)(c.anchor.Encode()))
	save(t, dir, "rows", c.rows)
	for n := range c.tree.Size() {
		save(t, dir, "proof", c.recordFile(t, n))
		if answer, ok := stranger(t, dir, "proof", "anchor"); !ok || answer != "TRUE record" {
			t.Errorf("record %d: %s", n, answer)
		}
	}
	for _, v := range [][2]uint64{{0, 7}, {1, 7}, {3, 7}, {4, 6}, {6, 7}, {7, 7}} {
		save(t, dir, "proof", c.consistencyFile(t, v[0], v[1]))
		if answer, ok := stranger(t, dir, "proof", "anchor"); !ok || answer != "TRUE consistency" {
			t.Errorf("consistency %v: %s", v, answer)
		}
	}
	for i := range c.ours.Size() {
		save(t, dir, "proof", c.receiptFile(t, i, 4))
		if answer, ok := stranger(t, dir, "proof", "anchor", "rows"); !ok || answer != "TRUE receipt" {
			t.Errorf("receipt %d: %s", i, answer)
		}
	}
	save(t, dir, "rows", append(c.rows, ' '))
	if answer, ok := stranger(t, dir, "proof", "anchor", "rows"); ok || answer != "BROKEN: rows" {
		t.Errorf("altered rows: %s", answer)
	}
}

// strangers lets one run of the program's main check many files, since starting Python takes longer than the check.
func strangers(t testing.TB, dir string, files []string) []string {
	t.Helper()
	tool(t, "openssl")
	home, err := filepath.Abs("testdata")
	if err != nil {
		t.Fatal(err)
	}
	const each = `
import sys
sys.path.insert(0, sys.argv[1])
import verify
for file in sys.argv[2:]:
    try: print("TRUE", verify.main(file, "anchor"))
    except Exception as e: print("BROKEN:", repr(e))
`
	cmd := exec.Command(tool(t, "python3"), append([]string{"-B", "-c", each, home}, files...)...)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	answers := strings.Split(strings.TrimSpace(string(out)), "\n")
	if err != nil || len(answers) != len(files) {
		t.Fatalf("verify.py over %d files: %v\n%s", len(files), err, out)
	}
	return answers
}

// Thirty places in each file, spread over its whole length, altered in turn; the true file goes first, so that a
// program which refuses everything does not pass.
func TestStrangerFindsAlteredFilesAltered(t *testing.T) {
	c, dir := newFixture(t), t.TempDir()
	save(t, dir, "anchor", must(t)(c.anchor.Encode()))
	for kind, file := range c.files(t) {
		save(t, dir, "true", file)
		names, what := []string{"true"}, []string{"nothing altered"}
		try := func(altered []byte, change string) {
			name := fmt.Sprintf("altered-%d", len(names))
			save(t, dir, name, altered)
			names, what = append(names, name), append(what, change)
		}
		for k := range 30 {
			i := min(k*len(file)/30+k%7, len(file)-1)
			altered := bytes.Clone(file)
			altered[i] ^= []byte{1, 0x20}[k%2]
			try(altered, fmt.Sprintf("byte %d (%q)", i, around(file, i)))
		}
		if kind == KindRecord { // two bytes that leave the number's worth as it was
			try(bytes.Replace(file, []byte(`"index": 1,`), []byte(`"index": 1.0,`), 1), "a fraction")
		}
		for k, answer := range strangers(t, dir, names) {
			if strings.HasPrefix(answer, "TRUE ") != (k == 0) {
				t.Errorf("%s, %s: %s", kind, what[k], answer)
			}
		}
	}
}

// Forgeries that stay in form are found by both, at the same link.
func TestStrangerNamesTheSameLink(t *testing.T) {
	c, dir := newFixture(t), t.TempDir()
	save(t, dir, "anchor", must(t)(c.anchor.Encode()))
	files := c.files(t)
	replace := func(field, old, new string) func(map[string]any) {
		return func(m map[string]any) { m[field] = strings.Replace(m[field].(string), old, new, 1) }
	}
	for _, v := range []struct {
		kind   string
		change func(map[string]any)
		link   string
	}{
		{KindRecord, replace("record", `"v":1,`, `"v":1,"v":1,`), "record"},
		{KindRecord, replace("record", "街道", "街巷"), "signature"},
		{KindRecord, replace("record", `"n":1`, `"n":2`), "number"},
		{KindRecord, replace("record", "entry.submitted", "entry.published"), "tree"},
		{KindRecord, replace("checkpoint", "2026-09-24", "2026-09-25"), "quorum"},
		{KindRecord, replace("checkpoint", "— node-1", "— node-4"), "quorum"},
		{KindRecord, func(m map[string]any) { m["checkpoint"] = string(c.point(t, 7, 2).Text()) }, "quorum"},
		{KindConsistency, func(m map[string]any) { m["path"].([]any)[0] = EmptyRoot().String() }, "history"},
		{KindReceipt, replace("receipt", `"rows":2`, `"rows":2,"rows":2`), "receipt"},
		{KindReceipt, replace("receipt", `"rows":2`, `"rows":3`), "receipt-signature"},
		{KindReceipt, func(m map[string]any) { m["receipt"] = string(c.receipts[1]) }, "receipt-tree"},
		{KindReceipt, func(m map[string]any) { m["anchor"] = decoded(t, c.recordFile(t, 6)) }, "anchoring"},
		{KindReceipt, func(m map[string]any) { m["anchor"] = decoded(t, c.recordFile(t, 1)) }, "anchoring"},
	} {
		forged := edit(t, files[v.kind], v.change)
		save(t, dir, "proof", forged)
		answer, ok := stranger(t, dir, "proof", "anchor")
		_, err := Verify(forged, c.anchor)
		ours, is := err.(*Broken)
		if ok || !strings.HasPrefix(answer, "BROKEN: "+v.link) || !is || ours.Step != v.link {
			t.Errorf("%s, %s: the stranger says %q, we say %v", v.kind, v.link, answer, err)
		}
	}
}

func decoded(t testing.TB, file []byte) (m map[string]any) {
	t.Helper()
	if err := json.Unmarshal(file, &m); err != nil {
		t.Fatal(err)
	}
	return m
}

// The commands that docs/formats.md gives, run as they stand there, on the example files.
func TestCommandsOfTheDocument(t *testing.T) {
	tool(t, "openssl")
	doc, err := os.ReadFile("../docs/formats.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, ok := strings.Cut(string(doc), "```sh\n")
	script, _, ok2 := strings.Cut(rest, "```")
	if !ok || !ok2 {
		t.Fatal("docs/formats.md has no block of commands")
	}
	example, err := filepath.Abs("testdata/example")
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(tool(t, "sh"), "-e")
	cmd.Dir = t.TempDir()
	for _, name := range []string{"record.json", "anchor.json"} {
		b, err := os.ReadFile(filepath.Join(example, name))
		if err != nil {
			t.Fatal(err)
		}
		save(t, cmd.Dir, name, b)
	}
	cmd.Stdin = strings.NewReader(script)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	var f recordFile
	b, _ := os.ReadFile(filepath.Join(example, "record.json"))
	if err := json.Unmarshal(b, &f); err != nil {
		t.Fatal(err)
	}
	want := LeafHash([]byte(f.Record)).String()
	if !strings.Contains(string(out), want) || strings.Count(string(out), "Signature Verified Successfully") != 2 {
		t.Errorf("the commands print\n%s\nwant leaf hash %s and two good signatures", out, want)
	}
}
