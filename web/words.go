package web

import (
	"fmt"
	"io/fs"
	"strings"
)

// Languages lists the languages of the pages. Chinese is the source: a sentence's Chinese is its key.
var Languages = []string{"zh", "en"}

func known(lang string) bool { return lang == "zh" || lang == "en" }

// sentences is what the pages say in one language. In words/*.txt each line is "Chinese = English".
type sentences map[string]string

func readWords(lang string) (sentences, error) {
	s := sentences{}
	if lang == "zh" {
		return s, nil
	}
	names, err := fs.Glob(files, "words/*.txt")
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		raw, err := files.ReadFile(name)
		if err != nil {
			return nil, err
		}
		for i, line := range strings.Split(string(raw), "\n") {
			if line == "" || strings.HasPrefix(line, "#") {
				continue
			}
			zh, en, ok := strings.Cut(line, " = ")
			if !ok {
				return nil, fmt.Errorf("%s line %d is not \"Chinese = English\": %q", name, i+1, line)
			}
			if was, twice := s[zh]; twice && was != en {
				return nil, fmt.Errorf("%s line %d says %q otherwise than another line does: %q", name, i+1, zh, was)
			}
			s[zh] = en
		}
	}
	return s, nil
}

// say gives a sentence, {0} {1} … filled with the arguments.
func (s sentences) say(zh string, args ...any) string {
	text := zh
	if en, ok := s[zh]; ok {
		text = en
	}
	for i, a := range args {
		text = strings.ReplaceAll(text, fmt.Sprintf("{%d}", i), fmt.Sprint(a))
	}
	return text
}
