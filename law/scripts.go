package law

import (
	"embed"
	"strings"
)

//go:embed testdata/*.txt
var scripts embed.FS

// Script gives the text of a test that a reading names, and whether there is one.
func Script(name string) (string, bool) {
	if strings.ContainsAny(name, `/\`) {
		return "", false
	}
	text, err := scripts.ReadFile("testdata/" + name)
	return string(text), err == nil
}
