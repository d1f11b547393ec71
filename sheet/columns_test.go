package sheet

import (
	"strings"
	"testing"

	"mulu"
)

func everyLayout() []*layout {
	return []*layout{layoutOf(Orgs), layoutOf(Duties), layoutOf(Entries), layoutOf(Systems), layoutOf(Tables), layoutOf(profile)}
}

func TestColumnsAreToldApart(t *testing.T) {
	for _, l := range everyLayout() {
		said := map[string]string{}
		for _, c := range l.columns {
			if c.zh == "" || c.en == "" {
				t.Errorf("%s %s has no heading in one language", l.kind, c.key)
			}
			if c.use != shown && l.kind != profile && (c.hint[0] == "" || c.hint[1] == "") {
				t.Errorf("%s %s does not say how to fill it in", l.kind, c.key)
			}
			for _, h := range append([]string{c.zh, c.en}, c.also...) {
				if other, twice := said[plain(h)]; twice && other != c.key {
					t.Errorf("%s: the heading %s is of %s and of %s", l.kind, h, other, c.key)
				}
				said[plain(h)] = c.key
			}
		}
	}
}

// TestTheGuidesColumns: the first 26 columns of entries are those of the sheet in use, in its order.
func TestTheGuidesColumns(t *testing.T) {
	for i, h := range today {
		if got := entryColumns[i].zh; got != h {
			t.Errorf("column %d is %s, not %s", i+1, got, h)
		}
	}
}

func TestHeadingsInOtherForms(t *testing.T) {
	l := layoutOf(Entries)
	for heading, key := range map[string]string{"* 信息资源名称": "name", "信息资源\n名称": "name", "信息项名称（必填）": "item", "共享条件/不予共享依据": "conditions", "共享条件／不予共享依据*": "conditions",
		"级别（信息项）": "grade", "是否向社会开放(是/否)": "open", "Entry*": "name", "ENTRY": "name", "细目 1.1": "x3", "数据长度：": "length"} {
		if i := l.known(heading); i < 0 || l.columns[i].key != key {
			t.Errorf("%q is read as column %d", heading, i)
		}
	}
	if i := l.known("联系人"); i >= 0 {
		t.Errorf("联系人 is read as %s", l.columns[i].key)
	}
}

// TestListsHaveWords: every list that a column names offers something in both languages, and each offer is read back.
func TestListsHaveWords(t *testing.T) {
	for _, l := range everyLayout() {
		for _, c := range l.columns {
			if c.list == "" || c.list == "duty" || c.list == "system" {
				continue
			}
			for _, lang := range []string{"zh", "en"} {
				for _, o := range offers(c.list, lang) {
					if !readsBack(c.list, o) {
						t.Errorf("%s, %s: %s is offered and not read", c.list, lang, o)
					}
				}
				if len(offers(c.list, lang)) == 0 {
					t.Errorf("%s offers nothing in %s", c.list, lang)
				}
			}
		}
	}
}

func readsBack(list, text string) bool {
	ok := false
	switch list {
	case "yesno":
		_, ok = yes(text)
	case "grade":
		_, ok = gradeOf(text)
	case "level":
		s := table{layout: layoutOf(Systems), im: &importer{plan: &Plan{}}, heads: headings{at: make([]int, len(systemColumns)), says: make([]string, len(systemColumns))}}
		g := &group{t: &s, value: make([]string, len(systemColumns)), from: make([]int, len(systemColumns)), bad: make([]bool, len(systemColumns))}
		g.value[s.layout.index["level"]] = text
		new(systemDraft).readLevel(g)
		ok = !g.wrong
	case "class1":
		ok = classGroup(text) != ""
	case "class2":
		for _, group := range []string{"1", "2", "3"} {
			_, found := classItem(group, text)
			ok = ok || found
		}
	case "ground":
		_, ok = groundOf(text)
	default:
		_, ok = pick(list, text)
	}
	return ok
}

func TestPick(t *testing.T) {
	for _, c := range []struct{ list, text, want string }{
		{"sharing", "01", "unconditional"}, {"sharing", "1", "unconditional"}, {"sharing", "无条件", "unconditional"}, {"sharing", "无条件共享", "unconditional"},
		{"sharing", "2-有条件共享", "conditional"}, {"sharing", "有条件共享（2）", "conditional"}, {"sharing", "不符合共享要求", "not_shared"}, {"sharing", "03", "not_shared"},
		{"sharing", "Conditional", "conditional"}, {"sharing", "也许", ""}, {"sharing", "4", ""}, {"sharing", "", ""},
		{"type", "字符型C", "C"}, {"type", "字符型 C", "C"}, {"type", "C", "C"}, {"type", "c", "C"}, {"type", "字符串型C", "C"}, {"type", "日期时间型T", "T"}, {"type", "1", ""},
		{"cycle", "每天", "daily"}, {"cycle", "5", "quarterly"}, {"cycle", "不定时", "irregular"}, {"format", "3", "database"}, {"format", "03数据库", "database"},
		{"class", "307", "307"}, {"class", "主题/社会保障", "203"}, {"class", "部门/省（区、市）及以下", "307"}, {"network", "电子政务外网", "government"}, {"opening", "不予开放", "not_open"},
	} {
		if got, ok := pick(c.list, c.text); got != c.want || ok != (c.want != "") {
			t.Errorf("%s %q: %q, %v", c.list, c.text, got, ok)
		}
	}
}

func TestListsInOneCell(t *testing.T) {
	for _, list := range [][]string{{"a"}, {"a", "b"}, {"甲、乙", "丙"}, {`"`, `""`, `a"b`}, {`"a`, `a"`}, {"一；二", "three; four", "five\nsix"}, {`a"、b`}} {
		if got := split(join(list)); strings.Join(got, "\x00") != strings.Join(list, "\x00") {
			t.Errorf("%q is written %q and read %q", list, join(list), got)
		}
	}
	for text, want := range map[string]string{"甲、乙；丙;丁\n戊": "甲|乙|丙|丁|戊", " 甲 、、 乙 ": "甲|乙", "": "", `"甲`: `"甲`, `"甲"乙、丙`: `"甲"乙|丙`} {
		if got := strings.Join(split(text), "|"); got != want {
			t.Errorf("%q is read %q", text, got)
		}
	}
}

func TestClassesAreCovered(t *testing.T) {
	for _, c := range mulu.Classes {
		for _, lang := range []string{"zh", "en"} {
			first, second := classWords(c.Code, lang)
			if got, ok := classItem(classGroup(first), second); !ok || got != c.Code {
				t.Errorf("%s is written %s, %s and read %s", c.Code, first, second, got)
			}
		}
	}
}
