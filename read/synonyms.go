package read

import (
	_ "embed"
	"slices"
	"strings"
)

//go:embed synonyms.txt
var synonymsText string

// synonyms are groups of words of one meaning.
type synonyms struct{ groups [][][]rune }

// mostOthers bounds what is looked for beside the word itself.
const mostOthers = 6

// readSynonyms reads lines of words; what stands behind # is for people.
func readSynonyms(text string) *synonyms {
	s := &synonyms{}
	for line := range strings.Lines(text) {
		line, _, _ = strings.Cut(line, "#")
		var group [][]rune
		for _, w := range strings.Fields(line) {
			group = append(group, folded(w))
		}
		if len(group) > 1 {
			s.groups = append(s.groups, group)
		}
	}
	return s
}

// of gives what else a word may be called: with a part of it put in other words, 低保对象 as 最低生活保障对象.
func (s *synonyms) of(word []rune) (list [][]rune) {
	for _, group := range s.groups {
		for _, from := range group {
			at := occurrences(word, from)
			if len(at) == 0 || s.within(group, word, from) {
				continue
			}
			for _, to := range group {
				other := slices.Concat(word[:at[0]], to, word[at[0]+len(from):])
				if !slices.Equal(other, word) && len(list) < mostOthers && !slices.ContainsFunc(list, func(l []rune) bool { return slices.Equal(l, other) }) {
					list = append(list, other)
				}
			}
		}
	}
	return list
}

// within tells whether a longer word of the group that holds this one stands in the word: what stands in 身份证号码 is
// 身份证号码 itself, not 身份证.
func (s *synonyms) within(group [][]rune, word, from []rune) bool {
	return slices.ContainsFunc(group, func(g []rune) bool { return len(g) > len(from) && occurs(g, from) && occurs(word, g) })
}
