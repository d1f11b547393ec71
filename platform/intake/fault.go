package intake

import (
	"fmt"

	"mulu/platform/quality"
)

// Flaw says why one row cannot be read. Reading goes on after it.
type Flaw struct {
	Line   int64
	Column string // "" where the whole row is meant
	Value  string // at most the first 200 characters
	Reason quality.Reason
}

func (f *Flaw) Error() string {
	return fmt.Sprintf("line %d, column %q: %s", f.Line, f.Column, f.Reason.Text("en"))
}

func flaw(line int64, column, value string, why quality.Reason) *Flaw {
	n := 0
	for i := range value {
		if n == shown {
			value = value[:i]
			break
		}
		n++
	}
	return &Flaw{line, column, value, why}
}

// Fault says why a file cannot be read, or not any further.
type Fault struct {
	Code  string // names the sentence, for programs
	Line  int64  // where it was found; 0: the file as a whole
	about []any
}

func fault(code string, line int64, about ...any) *Fault { return &Fault{code, line, about} }

func (f *Fault) Error() string { return f.Text("en") }

// Text is a sentence in lang ("zh" or "en") for people that says what is wrong and what to do.
func (f *Fault) Text(lang string) string {
	words, ok := faultWords(f.Code)
	if !ok {
		return f.Code
	}
	if lang == "en" {
		s := fmt.Sprintf(words[1], f.about...)
		if f.Line > 0 {
			return fmt.Sprintf("Line %d: %s", f.Line, s)
		}
		return s
	}
	s := fmt.Sprintf(words[0], f.about...)
	if f.Line > 0 {
		return fmt.Sprintf("第 %d 行：%s", f.Line, s)
	}
	return s
}
