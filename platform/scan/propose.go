package scan

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/mozillazg/go-pinyin"

	"mulu"
	"mulu/platform/quality"
)

// Proposal says that a column may hold an item, how likely it is (of 100), and why.
type Proposal struct {
	Item    string   `json:"item"`
	Column  string   `json:"column"`
	Score   int      `json:"score"`
	Reasons []Reason `json:"reasons"`
}

// Match is a table that may hold an entry's data, with a proposal for each item for which there is one.
type Match struct {
	Schema    string     `json:"schema,omitempty"`
	Table     string     `json:"table"`
	Score     int        `json:"score"` // of 100: how much of the entry's items it holds
	Proposals []Proposal `json:"proposals"`
}

// Reason is a ground for or against a proposal; About is what it is about.
type Reason struct {
	Code   string `json:"code"`
	Points int    `json:"points"` // below 0: against it
	About  string `json:"about,omitempty"`
}

// Text says it in lang ("zh" or "en").
func (r Reason) Text(lang string) string {
	words := map[string][2]string{
		"field":     {"列名与字段名相同", "the column is called as the field"},
		"name":      {"列名与信息项名称相同", "the column is called as the item"},
		"initials":  {"列名是名称“%s”的拼音首字母", "the column is the pinyin initials of %s"},
		"pinyin":    {"列名是名称“%s”的全拼", "the column is the pinyin of %s"},
		"comment":   {"列说明与名称“%s”相同", "the comment is the name %s"},
		"mentioned": {"列说明提到“%s”", "the comment mentions %s"},
		"content":   {"抽样的值是%s", "the values looked at are of the form %s"},
		"codes":     {"抽样的值都在代码集 %s 内", "the values looked at are codes of %s"},
		"key":       {"都是主键", "both are keys"},
		"type":      {"类型相符", "the types agree"},
		"unlike":    {"抽样的值不是%s", "the values looked at are not of the form %s"},
		"no_codes":  {"抽样的值不在代码集 %s 内", "the values looked at are no codes of %s"},
		"mistyped":  {"类型不符", "the types do not agree"},
		"long":      {"抽样的值长于信息项的长度 %s", "the values looked at are longer than the item's %s"},
	}[r.Code]
	s := words[0]
	if lang == "en" {
		s = words[1]
	}
	about := r.About
	if w := mulu.Word(mulu.ValueFormats, about, lang); r.Code == "content" || r.Code == "unlike" {
		about = w
	}
	if strings.Contains(s, "%s") {
		return fmt.Sprintf(s, about)
	}
	return s
}

// least is the score below which nothing is proposed.
const least = 30

// Propose finds tables that may hold an entry's data, the likeliest first, at most ten. standards may be nil.
func Propose(content *mulu.EntryContent, tables []Table, standards quality.Standards) []Match {
	var all []Match
	for i := range tables {
		m := matchOf(content, &tables[i], standards)
		if len(m.Proposals) > 0 {
			all = append(all, m)
		}
	}
	slices.SortStableFunc(all, func(a, b Match) int { return b.Score - a.Score })
	return all[:min(10, len(all))]
}

// matchOf gives each item the column that suits it best, the best pairs first, each column once.
func matchOf(content *mulu.EntryContent, t *Table, standards quality.Standards) Match {
	var pairs []Proposal
	for _, item := range content.Items {
		for i, c := range t.Columns {
			var p profile
			if t.profiles != nil {
				p = t.profiles[i]
			}
			if score, why := judge(item, c, p, standards); score >= least {
				pairs = append(pairs, Proposal{item.Field, c.Name, score, why})
			}
		}
	}
	slices.SortStableFunc(pairs, func(a, b Proposal) int { return b.Score - a.Score })
	m := Match{Schema: t.Schema, Table: t.Name}
	items, columns := map[string]bool{}, map[string]bool{}
	sum := 0
	for _, p := range pairs {
		if !items[p.Item] && !columns[p.Column] {
			items[p.Item], columns[p.Column] = true, true
			m.Proposals = append(m.Proposals, p)
			sum += p.Score
		}
	}
	place := func(field string) int {
		return slices.IndexFunc(content.Items, func(i mulu.Item) bool { return i.Field == field })
	}
	slices.SortFunc(m.Proposals, func(a, b Proposal) int { return place(a.Item) - place(b.Item) })
	m.Score = sum / max(1, len(content.Items))
	return m
}

// judge adds up what speaks for and against a column. Names alone can carry a proposal, content alone hardly: many columns hold
// dates.
func judge(item mulu.Item, c mulu.Column, p profile, standards quality.Standards) (score int, why []Reason) {
	add := func(code string, points int, about string) {
		score += points
		why = append(why, Reason{code, points, about})
	}
	var element *mulu.Element
	if standards != nil && item.Standard != "" {
		element = standards.Element(item.Standard)
	}
	column, comment := plain(c.Name), plain(c.Comment)
	names := []string{item.Name}
	if element != nil && element.Name != item.Name {
		names = append(names, element.Name)
	}
	switch {
	case column == plain(item.Field):
		add("field", 60, "")
	case column == plain(item.Name):
		add("name", 60, "")
	default:
		for _, n := range names {
			if code := spelled(column, n); code != "" {
				add(code, map[string]int{"initials": 35, "pinyin": 45}[code], n)
				break
			}
		}
	}
	for _, n := range names {
		if comment != "" && comment == plain(n) {
			add("comment", 45, n)
			break
		}
		if len([]rune(plain(n))) >= 2 && strings.Contains(comment, plain(n)) {
			add("mentioned", 25, n)
			break
		}
	}
	weigh(item, element, p, add)
	if p.filled >= enoughValues && item.Length > 0 && mulu.TypeSort(item.Type) == "text" && p.longest > item.Length && item.Length < sampleLength {
		add("long", -15, fmt.Sprint(item.Length))
	}
	types(item, c, p, add)
	if item.IsKey && c.IsKey {
		add("key", 5, "")
	}
	return min(100, score), why
}

// weigh holds what the values look like against the form that the item or its data element has.
func weigh(item mulu.Item, element *mulu.Element, p profile, add func(string, int, string)) {
	format := quality.Guess(item)
	if element != nil && element.Format != "" {
		format = element.Format
	}
	if format != "" {
		switch n := p.formats[format]; {
		case p.most(n):
			add("content", 30, format)
		case p.few(n):
			add("unlike", -40, format)
		}
	}
	if element != nil && element.CodeSet != "" && p.filled >= enoughValues {
		if p.codes[element.CodeSet] {
			add("codes", 30, element.CodeSet)
		} else if p.filled > 0 {
			add("no_codes", -20, element.CodeSet)
		}
	}
}

func types(item mulu.Item, c mulu.Column, p profile, add func(string, int, string)) {
	want, have := mulu.TypeSort(item.Type), sortOf(c.Type)
	looks := func(n int) bool { return have == "text" && p.most(n) }
	switch {
	case want == "text", have == "":
		return
	case want == have, want == "date" && (have == "moment" || looks(p.dates)), want == "number" && looks(p.numbers), want == "logical" && (have == "number" || looks(p.logical)):
		add("type", 5, "")
	case have == "text" && p.filled < enoughValues: // nothing is known of it
	case item.Type == "T" && (have == "moment" || looks(p.moments+p.dates)):
		add("type", 5, "")
	default:
		add("mistyped", -40, "")
	}
}

// sortOf is mulu.TypeSort for the types of databases; "" for one that tells nothing. A moment is a date with a time.
func sortOf(declared string) string {
	d := strings.ToLower(declared)
	has := func(parts ...string) bool {
		return slices.ContainsFunc(parts, func(p string) bool { return strings.Contains(d, p) })
	}
	switch {
	case has("timestamp", "datetime"):
		return "moment"
	case d == "date":
		return "date"
	case has("bool"):
		return "logical"
	case has("int", "dec", "num", "real", "double", "float", "money", "serial"):
		return "number"
	case has("char", "text", "clob", "string", "enum", "uuid"):
		return "text"
	}
	return ""
}

// plain takes from a name what writers differ in: case, spaces, underscores, signs.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, s)
}

// spelled tells whether a column is called by the pinyin of a name, whole or by initials.
func spelled(column, name string) string {
	var initials, whole strings.Builder
	args := pinyin.NewArgs()
	for _, r := range plain(name) {
		if !unicode.Is(unicode.Han, r) {
			initials.WriteRune(r)
			whole.WriteRune(r)
			continue
		}
		p := pinyin.SinglePinyin(r, args)
		if len(p) == 0 {
			return ""
		}
		initials.WriteByte(p[0][0])
		whole.WriteString(p[0])
	}
	switch {
	case len(column) >= 2 && column == initials.String():
		return "initials"
	case len(column) >= 2 && column == whole.String():
		return "pinyin"
	}
	return ""
}
