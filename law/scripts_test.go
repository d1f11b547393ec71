package law

import (
	"strings"
	"testing"
)

// Each test that a reading names can be read by whoever reads the reading, and nothing else can.
func TestEachNamedScriptCanBeRead(t *testing.T) {
	readings, err := Readings()
	if err != nil {
		t.Fatal(err)
	}
	named := 0
	for n := 1; n <= len(Regulation()); n++ {
		for _, r := range readings[n] {
			for _, name := range strings.Fields(r.Test) {
				named++
				if text, ok := Script(name); !ok || !strings.Contains(text, "开始 ") {
					t.Errorf("article %d names the script %s, which is not there or is none", n, name)
				}
			}
		}
	}
	if named < 20 {
		t.Errorf("only %d scripts are named", named)
	}
	for _, name := range []string{"", "../cite.go", "none.txt", "testdata", `..\cite.go`} {
		if _, ok := Script(name); ok {
			t.Errorf("%q is given out", name)
		}
	}
}
