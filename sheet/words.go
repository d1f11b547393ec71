package sheet

import (
	"strings"
)

// say gives a word or a sentence of this room in lang.
func say(key, lang string, args ...string) string {
	w, ok := words[key]
	if !ok {
		return key
	}
	if lang == "en" {
		return fill(w[1], lang, args)
	}
	return fill(w[0], lang, args)
}

// fill puts args in place of {0}, {1} … in one pass, so that a value never is taken for a place.
func fill(s, lang string, args []string) string {
	var b strings.Builder
	for {
		i := strings.IndexByte(s, '{')
		if i < 0 || i+2 >= len(s) || s[i+2] != '}' || int(s[i+1]-'0') >= len(args) || s[i+1] < '0' {
			if i < 0 {
				b.WriteString(s)
				return b.String()
			}
			b.WriteString(s[:i+1])
			s = s[i+1:]
			continue
		}
		b.WriteString(s[:i])
		b.WriteString(argument(args[s[i+1]-'0'], lang))
		s = s[i+3:]
	}
}

func argument(a, lang string) string {
	if key, ok := strings.CutPrefix(a, "@"); ok {
		if _, known := words[key]; known {
			return say(key, lang)
		}
	}
	return a
}

// words and problems are read only.
var words = map[string][2]string{
	"place.sheet": {"工作表“{0}”", "sheet “{0}”"}, "place.row": {"第 {0} 行", "row {0}"}, "place.column": {"“{0}”列", "column “{0}”"},
	"noun.duty": {"职责", "duty"}, "noun.system": {"系统", "system"}, "noun.entry": {"数据目录", "entry"}, "noun.key": {"签名密钥", "signing key"},
}

var problems = map[string][4]string{
	"need_missing": {"“{2}”所用的{0}“{1}”尚未登记成功。", "“{2}” uses the {0} {1}, which is not registered yet.",
		"请先处理它前面的一步，再继续导入。", "See to the step before it, then go on."},
}
