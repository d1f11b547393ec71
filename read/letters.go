package read

import (
	"strings"
	"sync"

	pinyin "github.com/mozillazg/go-pinyin"
	"golang.org/x/text/unicode/norm"
)

// letters is a set of the letters and digits that may stand for a character when initials are typed: bit 0 to 25 for
// a to z, 26 to 35 for 0 to 9. A character with several readings has several: 重 is z, c and t.
type letters uint64

const lettersKnown = 36

// letterOf is the bit's number of a folded letter or digit, or -1.
func letterOf(r rune) int {
	switch {
	case r >= 'a' && r <= 'z':
		return int(r - 'a')
	case r >= '0' && r <= '9':
		return int(r-'0') + 26
	}
	return -1
}

// letterRune is the letter or digit of a bit's number.
func letterRune(bit int) rune {
	if bit < 26 {
		return 'a' + rune(bit)
	}
	return '0' + rune(bit-26)
}

// Han characters of the basic block and its first extension are looked up in a table, the rarer ones in the library.
const firstHan, lastHan = 0x3400, 0x9fff

// hanLetters is made at the first use; the library's readings are data that never change.
var hanLetters = sync.OnceValue(func() []letters {
	table := make([]letters, lastHan-firstHan+1)
	for r := rune(firstHan); r <= lastHan; r++ {
		table[r-firstHan] = readingLetters(r)
	}
	return table
})

func lettersOf(r rune) letters {
	if r >= firstHan && r <= lastHan {
		return hanLetters()[r-firstHan]
	}
	if bit := letterOf(r); bit >= 0 {
		return 1 << bit
	}
	if r < firstHan {
		return 0
	}
	return readingLetters(r)
}

func readingLetters(r rune) (set letters) {
	for _, reading := range strings.Split(pinyin.PinyinDict[int(r)], ",") {
		if s := toneless(reading); s != "" {
			set |= 1 << letterOf(rune(s[0]))
		}
	}
	return set
}

// toneless is a syllable without marks: lǜ is lv.
func toneless(reading string) string {
	var b []byte
	for _, r := range norm.NFD.String(reading) {
		switch {
		case r >= 'a' && r <= 'z':
			b = append(b, byte(r))
		case r == 0x308 && len(b) > 0 && b[len(b)-1] == 'u':
			b[len(b)-1] = 'v'
		}
	}
	return string(b)
}

// syllables are the readings of a character without tones; none for what is not Han.
func syllables(r rune) (list []string) {
	if r < firstHan {
		return nil
	}
	for _, reading := range strings.Split(pinyin.PinyinDict[int(r)], ",") {
		if s := toneless(reading); s != "" {
			list = append(list, s)
		}
	}
	return list
}

// soundAlike tells whether two characters share a reading but for its tone, or are the same.
func soundAlike(a, b rune) bool {
	if a == b {
		return true
	}
	for _, s := range syllables(a) {
		for _, t := range syllables(b) {
			if s == t {
				return true
			}
		}
	}
	return false
}

// pinyinOrder is a text that sorts a name by the first readings of its characters. Of a character with several readings
// the dictionary's first one counts, so 重庆 stands under zhong.
func pinyinOrder(name string) string {
	var b strings.Builder
	for _, r := range name {
		r = fold(r)
		if list := syllables(r); len(list) > 0 {
			b.WriteString(list[0])
		}
		b.WriteRune(r)
	}
	return b.String()
}

// asLetters tells whether a word may be meant as initials: at least two letters or digits, one of them a letter.
func asLetters(word []rune) bool {
	some := false
	for _, r := range word {
		bit := letterOf(r)
		if bit < 0 {
			return false
		}
		some = some || bit < 26
	}
	return some && len(word) >= 2
}
