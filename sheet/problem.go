package sheet

import (
	"strconv"
	"strings"
)

// Problem is one thing that is wrong in a file, or, as a note of a plan, one thing worth knowing before saying yes.
// Only code, place and values are kept; the sentences stand in words.go in both languages.
type Problem struct {
	File   string   `json:"file,omitempty"`
	Sheet  string   `json:"sheet,omitempty"`
	Row    int      `json:"row,omitempty"`    // from 1; 0 when it concerns the whole sheet or file
	Column string   `json:"column,omitempty"` // heading as it stands in the file
	Cell   string   `json:"cell,omitempty"`   // such as "C7"
	Value  string   `json:"value,omitempty"`  // what stands there, shortened
	Code   string   `json:"code"`
	Args   []string `json:"args,omitempty"` // an "@" before a key of words.go is said in the reader's language
}

// Error gives place, sentence and mending in Chinese.
func (p *Problem) Error() string { return p.Where("zh") + p.Text("zh") + p.Mend("zh") }

// English gives place, sentence and mending in English.
func (p *Problem) English() string {
	return strings.TrimSpace(p.Where("en") + p.Text("en") + " " + p.Mend("en"))
}

// Text is the sentence in lang ("zh" or "en").
func (p *Problem) Text(lang string) string { return p.fill(lang, 0) }

// Mend says what to do about it, in lang; it may be empty for a note.
func (p *Problem) Mend(lang string) string { return p.fill(lang, 2) }

// Where says the place, in lang: file, sheet, row, column; "" when there is none.
func (p *Problem) Where(lang string) string {
	var parts []string
	if p.File != "" {
		parts = append(parts, p.File)
	}
	if p.Sheet != "" {
		parts = append(parts, say("place.sheet", lang, p.Sheet))
	}
	if p.Row > 0 {
		parts = append(parts, say("place.row", lang, strconv.Itoa(p.Row)))
	}
	if p.Column != "" {
		parts = append(parts, say("place.column", lang, p.Column))
	}
	if len(parts) == 0 {
		return ""
	}
	if lang == "en" {
		return strings.Join(parts, ", ") + ": "
	}
	return strings.Join(parts, " ") + "："
}

func (p *Problem) fill(lang string, at int) string {
	words, ok := problems[p.Code]
	if !ok {
		return p.Code
	}
	if lang == "en" {
		at++
	}
	return fill(words[at], lang, p.Args)
}
