package read

import (
	"slices"
	"strings"
	"unicode"
)

// fold is how a character is compared: full-width forms as half-width ones, capitals as small letters. It maps one
// character to one, so places in folded text are places in the text itself.
func fold(r rune) rune {
	switch {
	case r < 0x80:
		if r >= 'A' && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return max(r, ' ') // control characters are no text
	case r >= 0xff01 && r <= 0xff5e:
		return fold(r - 0xfee0)
	case unicode.IsSpace(r):
		return ' '
	case r >= 0x3400 && r <= 0x9fff: // Han has no case
		return r
	}
	return unicode.ToLower(r)
}

// folded is a text ready to be compared.
func folded(s string) []rune {
	out := make([]rune, 0, len(s)/2)
	for _, r := range s {
		out = append(out, fold(r))
	}
	return out
}

// What is typed may be long; beyond these bounds it is cut.
const (
	mostSought = 12
	mostLength = 64   // characters of a word
	mostTyped  = 8192 // bytes looked at
)

// parts are the marks between words, beside spaces. Names hold 、 too: each of its parts must then occur, which they do.
const parts = ",;、，；"

// splitWords takes apart what was typed: folded words without doubles, in the order typed.
func splitWords(typed string) [][]rune {
	if len(typed) > mostTyped {
		typed = strings.ToValidUTF8(typed[:mostTyped], "") // without the half of a character
	}
	var words [][]rune
	seen := map[string]bool{}
	for _, w := range strings.FieldsFunc(typed, func(r rune) bool { return fold(r) == ' ' || strings.ContainsRune(parts, r) }) {
		word := folded(w)
		word = word[:min(len(word), mostLength)]
		if text := string(word); !seen[text] && len(words) < mostSought {
			seen[text] = true
			words = append(words, word)
		}
	}
	return words
}

// occurrences gives where a word occurs in a text, in characters from its beginning.
func occurrences(text, word []rune) (at []int) {
	for i := 0; len(word) > 0 && i+len(word) <= len(text); i++ {
		if text[i] == word[0] && slices.Equal(text[i:i+len(word)], word) {
			at = append(at, i)
		}
	}
	return at
}

// occurs tells whether a word occurs in a text.
func occurs(text, word []rune) bool { return len(occurrences(text, word)) > 0 }
