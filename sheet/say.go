package sheet

import (
	"strings"

	"mulu"
)

// say gives a word of this room in lang, with args in their places. A key without a word stands for itself.
func say(key, lang string, args ...string) string {
	w, _ := word(key, lang)
	return fill(w, lang, args)
}

// word finds a word: one of words.go, "col.<kind>.<key>" a heading, "list.<list>" all that a list offers, "anchors.<kind>" the
// headings by which a sheet is known, "<list>.<code>" a word of a code list.
func word(key, lang string) (string, bool) {
	if w, ok := words[key]; ok {
		if lang == "en" {
			return w[1], true
		}
		return w[0], true
	}
	space, rest, _ := strings.Cut(key, ".")
	switch space {
	case "col":
		kind, name, _ := strings.Cut(rest, ".")
		for _, c := range columnsOf(Kind(kind)) {
			if c.key == name {
				return c.heading(lang), true
			}
		}
	case "list":
		if offered := offers(rest, lang); len(offered) > 0 {
			return strings.Join(offered, separator(lang)), true
		}
	case "anchors":
		var all []string
		for _, k := range Kinds() {
			if l := layoutOf(k); string(k) == rest || rest == string(Workbook) && k != Orgs {
				for _, key := range l.anchors() {
					all = append(all, l.columns[l.index[key]].heading(lang))
				}
			}
		}
		return strings.Join(all, separator(lang)), len(all) > 0
	default:
		if list := listOf(space); list != nil {
			if w := mulu.Word(list, rest, lang); w != rest {
				return w, true
			}
		}
	}
	return key, false
}

func separator(lang string) string {
	if lang == "en" {
		return ", "
	}
	return "、"
}

func (c column) heading(lang string) string {
	if lang == "en" {
		return c.en
	}
	return c.zh
}

// listOf gives a code list by the name that columns use.
func listOf(name string) []mulu.Code {
	if name == "ground" {
		return mulu.Grounds
	}
	return mulu.CodeList(name)
}

// offers gives what may be chosen from a list, in the words of lang.
func offers(list, lang string) []string {
	var all []string
	add := func(keys ...string) []string {
		for _, k := range keys {
			all = append(all, say(k, lang))
		}
		return all
	}
	switch list {
	case "yesno":
		return add("yes", "no")
	case "grade":
		return []string{"1", "2", "3", "4"}
	case "level":
		return add("level.0", "level.1", "level.2", "level.3", "level.4", "level.5")
	case "class1":
		return add("class.1", "class.2", "class.3")
	case "class2", "class.1", "class.2":
		for _, c := range mulu.Classes {
			if list == "class2" || strings.HasPrefix(c.Code, strings.TrimPrefix(list, "class.")) {
				all = append(all, classWord(c, lang))
			}
		}
		return all
	}
	for _, c := range listOf(list) {
		word := mulu.Word([]mulu.Code{c}, c.Code, lang)
		if list == "type" {
			word = itemType(c.Code, lang)
		}
		all = append(all, word)
	}
	return all
}

// fill puts args in place of {0}, {1} … in one pass, so that a value never is taken for a place.
func fill(s, lang string, args []string) string {
	var b strings.Builder
	for {
		i := strings.IndexByte(s, '{')
		if i < 0 {
			b.WriteString(s)
			return b.String()
		}
		if n := placeholder(s[i:]); n >= 0 && n < len(args) {
			b.WriteString(s[:i])
			b.WriteString(argument(args[n], lang))
			s = s[i+3:]
		} else {
			b.WriteString(s[:i+1])
			s = s[i+1:]
		}
	}
}

// placeholder reads {n} at the start of s; -1 when there is none.
func placeholder(s string) int {
	if len(s) < 3 || s[2] != '}' || s[1] < '0' || s[1] > '9' {
		return -1
	}
	return int(s[1] - '0')
}

func argument(a, lang string) string {
	if key, ok := strings.CutPrefix(a, "@"); ok {
		if w, known := word(key, lang); known {
			return w
		}
	}
	return a
}
