package web

import (
	"strconv"
	"strings"
	"unicode"

	"github.com/mozillazg/go-pinyin"
)

// initials proposes a field name for a Chinese name: the first letters of its syllables, letters and digits as they are.
// A name of nothing else gives "".
func initials(name string) string {
	args := pinyin.NewArgs()
	args.Style = pinyin.FirstLetter
	var b strings.Builder
	for _, r := range name {
		switch {
		case r < unicode.MaxASCII && (unicode.IsLetter(r) || unicode.IsDigit(r)):
			b.WriteRune(unicode.ToLower(r))
		case r == '_' && b.Len() > 0:
			b.WriteRune(r)
		case unicode.Is(unicode.Han, r):
			if syllables := pinyin.SinglePinyin(r, args); len(syllables) > 0 {
				b.WriteString(syllables[0])
			}
		}
	}
	s := b.String()
	if s != "" && s[0] >= '0' && s[0] <= '9' {
		s = "f" + s
	}
	return s[:min(len(s), 60)]
}

// fieldName is initials made unlike those taken, by a number at the end.
func fieldName(name string, taken map[string]bool) string {
	first := initials(name)
	if first == "" {
		return ""
	}
	s := first
	for n := 2; taken[s]; n++ {
		s = first + strconv.Itoa(n)
	}
	return s
}

// proposeField answers with initials of a Chinese name, as plain text; the page makes them unlike those of other rows.
func (v *visit) proposeField() error {
	v.W.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, err := v.W.Write([]byte(initials(v.text("name"))))
	return err
}
