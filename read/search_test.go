package read

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"mulu"
)

// stock is what names in these tests are made of: few characters, so that they meet in many combinations, some with
// several readings, and what is not Han.
var stock = strings.Fields("残疾人 托养 机构 信息 低保 最低生活保障 对象 名录 街道 社区 企业 统一社会信用代码 重点 行业 行政 许可 处罚 长者 单位 户籍 " +
	"人口 出生 医学 证明 学籍 GIS 12345 热线 Ｗｉｆｉ 点位 （试行） 垃圾 分类 公厕 养老 助餐 车牌 3号线 A级 景区 不动产")

func phraseOf(rng *rand.Rand, most int) string {
	var b strings.Builder
	for range 1 + rng.IntN(most) {
		b.WriteString(stock[rng.IntN(len(stock))])
	}
	return b.String()
}

// growCatalog adds entries with varied texts, and rewords, suspends, retires them; institutions are renamed.
func growCatalog(l *ledger, rng *rand.Rand, entries, records int) {
	pick := func(of ...string) string { return of[rng.IntN(len(of))] }
	orgs := []*mulu.Org{}
	for i, name := range []string{"区民政局", "区残疾人联合会", "区市场监督管理局", "区教育委员会", "区卫生健康委员会", "广外街道办事处"} {
		o := &mulu.Org{ID: fmt.Sprintf("%03d", i+2), Name: name, Short: pick("民政", "残联", "市监", "教委") + strconv.Itoa(i), Sort: mulu.Organ, Bound: true, SigningKey: "K", Status: "active"}
		l.add("org.register", "001", "", nil, fact("org.registered", o, "15"))
		orgs = append(orgs, o)
	}
	known := make([]*mulu.Entry, entries)
	for range records {
		k := rng.IntN(entries)
		e := known[k]
		if rng.IntN(200) == 0 {
			o := orgs[rng.IntN(len(orgs))]
			o.Former = append(o.Former, mulu.FormerName{Name: o.Name, Until: "2026-10-01"})
			o.Name = "区" + phraseOf(rng, 2) + "局"
			l.add("org.amend", "001", "", nil, fact("org.amended", o, "15"))
			continue
		}
		if e == nil {
			org := orgs[rng.IntN(len(orgs))].ID
			e = &mulu.Entry{Code: fmt.Sprintf("%s110102%s/%06d", pick("307", "101", "203"), org, k), Org: org, Status: "submitted"}
			known[k] = e
		}
		switch rng.IntN(10) {
		case 0:
			e.Status = pick("returned", "suspended", "retired", "submitted", "changing", "published")
		case 1, 2:
			e.Status = "published"
		default:
			e.Next = randomContent(rng)
			e.Status = "submitted"
		}
		if e.Next != nil && rng.IntN(3) > 0 {
			e.Now, e.Next, e.Version, e.Status = e.Next, nil, e.Version+1, "published"
		}
		l.add("entry.verify", e.Org, "", nil, fact("entry.published", e, "11"))
	}
}

func randomContent(rng *rand.Rand) *mulu.EntryContent {
	pick := func(of ...string) string { return of[rng.IntN(len(of))] }
	c := &mulu.EntryContent{Name: phraseOf(rng, 4), Summary: phraseOf(rng, 9) + "，" + phraseOf(rng, 9), Duty: "D-" + strconv.Itoa(rng.IntN(30)), Class: pick("307", "101", "203"),
		Theme: pick("", "民生", "城管"), Format: "csv", Cycle: pick("daily", "yearly"), Base: pick("", "population", "legal"), Grade: 1 + rng.IntN(4),
		Personal: rng.IntN(2) == 0, Sharing: mulu.Sharing{Type: pick("conditional", "unconditional", "not_shared")}, Opening: mulu.Opening{Type: pick("unconditional", "not_open")}}
	for i := range 1 + rng.IntN(5) {
		c.Items = append(c.Items, mulu.Item{Name: phraseOf(rng, 2), Field: pick("person_id", "NAME", "street_code", "x") + strconv.Itoa(i), Type: "C", Grade: 1})
	}
	return c
}

// largeCatalog has several blocks of texts, most of them past. It is made once.
var largeCatalog = sync.OnceValue(func() *ledger {
	l := newLedger()
	growCatalog(l, rand.New(rand.NewPCG(21, 3)), 1200, 16_000)
	return l
})

// allPages reads a query to its end.
func allPages(t testing.TB, r *Read, q Query) (codes []string, first Found) {
	t.Helper()
	for page := 0; ; page++ {
		f, err := r.Search(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		if page == 0 {
			first = f
		}
		for _, h := range f.Hits {
			codes = append(codes, h.Code)
		}
		if f.Next == "" {
			return codes, first
		}
		q.After = f.Next
	}
}

// randomQuery takes pieces of 1 to 6 characters out of the catalog's own texts, and initials, codes and nonsense.
func randomQuery(rng *rand.Rand, list []*plain) Query {
	pieceOf := func() string {
		e := list[rng.IntN(len(list))]
		for len(e.content.Items) == 0 { // one that was never handed in
			e = list[rng.IntN(len(list))]
		}
		item := e.content.Items[rng.IntN(len(e.content.Items))]
		from := []string{e.content.Name, e.content.Name, e.content.Summary, item.Name, item.Field, e.org.Name, e.org.Short, e.entry.Code}[rng.IntN(8)]
		r := []rune(from)
		n := min(len(r), 1+rng.IntN(6))
		at := rng.IntN(len(r) - n + 1)
		piece := string(r[at : at+n])
		switch rng.IntN(12) {
		case 0: // as initials
			out := ""
			for _, c := range plainFold(piece) {
				if s := syllables(c); len(s) > 0 {
					out += s[rng.IntN(len(s))][:1]
				} else {
					out += string(c)
				}
			}
			return out
		case 1:
			return strings.ToUpper(piece)
		case 2:
			return stock[rng.IntN(len(stock))]
		}
		return piece
	}
	q := Query{Words: pieceOf(), Limit: 100, Bureau: rng.IntN(2) == 0}
	if rng.IntN(3) == 0 {
		q.Words += []string{" ", "\u3000", "，"}[rng.IntN(3)] + pieceOf()
	}
	q.Sort = []string{"", "", "name", "updated"}[rng.IntN(4)]
	if rng.IntN(3) == 0 {
		q.Viewer = list[rng.IntN(len(list))].entry.Org
	}
	e := list[rng.IntN(len(list))]
	for range rng.IntN(4) {
		switch rng.IntN(8) {
		case 0:
			q.Org = append(q.Org, e.entry.Org)
		case 1:
			q.Class = []string{"307", "203"}
		case 2:
			q.Status = append(q.Status, e.entry.Status)
		case 3:
			q.Grade = append(q.Grade, e.content.Grade)
		case 4:
			q.Personal = &e.content.Personal
		case 5:
			q.Duty = e.content.Duty
		case 6:
			q.Sharing, q.Cycle = []string{"conditional", "unconditional"}, []string{e.content.Cycle}
		case 7:
			q.Base, q.Theme, q.Opening = []string{"population"}, []string{"民生", "城管"}, []string{e.content.Opening.Type}
		}
	}
	return q
}

// TestSearchFindsWhatReadingEverythingFinds compares order, totals and counts, with filters and without, over several
// blocks on disk and one in memory.
func TestSearchFindsWhatReadingEverythingFinds(t *testing.T) {
	l := largeCatalog()
	cfg := config(t)
	r := mustOpen(t, cfg)
	readAll(t, r, l)
	list := plainEntries(t, l)
	compareSearches(t, r, list, rand.New(rand.NewPCG(4, 4)), 300)
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	compareSearches(t, mustOpen(t, cfg), list, rand.New(rand.NewPCG(5, 5)), 100) // loaded again
	cfg = config(t)
	if _, err := Rebuild(t.Context(), cfg, l); err != nil {
		t.Fatal(err)
	}
	compareSearches(t, mustOpen(t, cfg), list, rand.New(rand.NewPCG(6, 6)), 100)
}

func compareSearches(t *testing.T, r *Read, list []*plain, rng *rand.Rand, queries int) {
	t.Helper()
	some, none := 0, 0
	for range queries {
		q := randomQuery(rng, list)
		codes, f := allPages(t, r, q)
		want := plainSearch(list, q)
		if f.Total != want.total || f.Unfiltered != want.unfiltered || !slices.Equal(codes, want.order) {
			t.Errorf("%+v finds %d (%d without filters), reading everything %d (%d); the first differ at %d", q, f.Total, f.Unfiltered, want.total, want.unfiltered, differAt(codes, want.order))
		}
		for _, facet := range f.Facets {
			got := map[string]int{}
			for _, v := range facet.Values {
				if v.Count > 0 {
					got[v.Value] = v.Count
				}
				if v.Chosen != slices.Contains(q.chosen(field(slices.Index(fieldNames[:], facet.Field))), v.Value) {
					t.Errorf("%+v: %s %s chosen %v", q, facet.Field, v.Value, v.Chosen)
				}
			}
			if fmt.Sprint(got) != fmt.Sprint(want.counts[facet.Field]) && len(got)+len(want.counts[facet.Field]) > 0 {
				t.Errorf("%+v counts by %s %v, reading everything %v", q, facet.Field, got, want.counts[facet.Field])
			}
		}
		if want.total > 0 {
			some++
		} else {
			none++
		}
	}
	if some < queries/2 || none == 0 {
		t.Errorf("of %d queries %d find something and %d nothing; this tests too little", queries, some, none)
	}
}

func differAt(a, b []string) int {
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return i
		}
	}
	return min(len(a), len(b))
}

// exampleCatalog has a few entries whose names tell what a test wants to see.
func exampleCatalog() *ledger {
	l := newLedger()
	org := func(id, name, short string, former ...mulu.FormerName) {
		l.add("org.register", "001", "", nil, fact("org.registered", &mulu.Org{ID: id, Name: name, Short: short, Sort: mulu.Organ, Bound: true, SigningKey: "K", Status: "active", Former: former}, "15"))
	}
	org("002", "北京市西城区民政局", "区民政局")
	org("003", "北京市西城区残疾人联合会", "区残联")
	org("004", "北京市西城区市场监督管理局", "区市场监管局", mulu.FormerName{Name: "北京市工商行政管理局西城分局", Until: "2018-11-01"})
	put := func(org string, n int, status, name, summary string, items ...string) {
		c := &mulu.EntryContent{Name: name, Summary: summary, Duty: "D-1", Class: "307", Format: "csv", Cycle: "daily", Grade: 1, Sharing: mulu.Sharing{Type: "conditional"}}
		for _, i := range items {
			name, field, _ := strings.Cut(i, "|")
			c.Items = append(c.Items, mulu.Item{Name: name, Field: field, Type: "C", Grade: 1})
		}
		e := &mulu.Entry{Code: fmt.Sprintf("307110102%s/%06d", org, n), Org: org, Status: status, Now: c, Version: 1}
		if status == "submitted" || status == "returned" {
			e.Now, e.Next, e.Version = nil, c, 0
		}
		l.add("entry.verify", org, "", nil, fact("entry.published", e, "11"))
	}
	put("002", 1, "published", "低保对象信息", "享受最低生活保障的家庭", "姓名|xm", "公民身份号码|gmsfhm")
	put("002", 2, "published", "社会救助家庭", "含低保、特困", "家庭编号|jtbh", "低保金额|dbje")
	put("002", 3, "published", "养老机构名录", "区内养老机构，不含低保信息", "机构名称|jgmc")
	put("003", 1, "published", "残疾人托养机构", "提供托养服务的机构", "机构名称|jgmc", "重点床位|zdcw")
	put("003", 2, "suspended", "残疾人低保", "", "姓名|xm")
	put("003", 3, "retired", "残疾人托养机构（旧）", "已由新目录代替", "机构名称|jgmc")
	put("003", 4, "submitted", "残疾人托养补贴", "尚未核定", "姓名|xm")
	put("004", 1, "published", "企业登记信息", "市场主体登记", "统一社会信用代码|tyshxydm", "法定代表人|fddbr")
	put("004", 2, "published", "最低生活保障核对", "", "姓名|xm")
	return l
}

// TestRanking: for each query the codes in order, shortened to institution and number.
func TestRanking(t *testing.T) {
	r := mustOpen(t, config(t))
	readAll(t, r, exampleCatalog())
	for _, c := range []struct {
		why, words string
		q          Query
		want       string
	}{
		{why: "in the name before alias and item before summary", words: "低保", want: "002/1 003/2 004/2 002/2 002/3"},
		{why: "the name itself first", words: "低保对象信息", want: "002/1"},
		{why: "full-width and capitals", words: "ＸＭ", want: "003/2 002/1 004/2"},
		{why: "all words must occur, wherever", words: "民政 姓名", want: "002/1"},
		{why: "one character; shorter names first", words: "保", want: "003/2 002/1 004/2 002/2 002/3"},
		{why: "initials of a name", words: "cjrtyjg", want: "003/1"},
		{why: "initials of a part of a name", words: "tyjg", want: "003/1"},
		{why: "initials in capitals", words: "DBDX", want: "002/1"},
		{why: "initials by another reading: 重点 as chong dian", words: "cdcw", want: "003/1"},
		{why: "field name", words: "tyshxydm", want: "004/1"},
		{why: "beginning of a field name", words: "gmsf", want: "002/1"},
		{why: "initials of an item", words: "fddb", want: "004/1"},
		{why: "initials of names before items", words: "jg", want: "002/3 003/1"},
		{why: "whole code", words: "307110102003/000001", want: "003/1"},
		{why: "sequence in the code", words: "000002", want: "003/2 002/2 004/2"},
		{why: "beginning of the code", words: "307110102004", want: "004/1 004/2"},
		{why: "former name of the provider", words: "工商行政管理", want: "004/1 004/2"},
		{why: "short name of the provider", words: "残联", want: "003/2 003/1"},
		{why: "synonym within a word", words: "身份证号码", want: "002/1"},
		{why: "both words in the name first", words: "低保 信息", want: "002/1 002/3"},
		{why: "retired ones when asked for", words: "托养", q: Query{Status: []string{"retired"}}, want: "003/3"},
		{why: "the provider sees its own before publication", words: "托养", q: Query{Viewer: "003"}, want: "003/1 003/4"},
		{why: "others do not", words: "托养", q: Query{Viewer: "002"}, want: "003/1"},
		{why: "the bureau does", words: "托养", q: Query{Bureau: true, Status: []string{"submitted"}}, want: "003/4"},
		{why: "by name", words: "", q: Query{Sort: "name"}, want: "003/2 003/1 002/1 004/1 002/2 002/3 004/2"},
		{why: "latest first", words: "机构", q: Query{Sort: "updated"}, want: "003/1 002/3"},
		{why: "not across two items", words: "姓名公民", want: ""},
		{why: "nor across name and summary", words: "信息享受", want: ""},
	} {
		q := c.q
		q.Words = c.words
		f, err := r.Search(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		got := []string{}
		for _, h := range f.Hits {
			got = append(got, h.Code[9:12]+"/"+strings.TrimLeft(h.Code[13:], "0"))
		}
		if s := strings.Join(got, " "); s != c.want {
			t.Errorf("%s: %q finds %s, want %s", c.why, c.words, s, c.want)
		}
	}
}

// Where, marks, items and snippets of a hit.
func TestHitSaysWhereItMatches(t *testing.T) {
	r := mustOpen(t, config(t))
	readAll(t, r, exampleCatalog())
	show := func(runs []Run) string {
		s := ""
		for _, run := range runs {
			if run.Mark {
				s += "[" + run.Text + "]"
			} else {
				s += run.Text
			}
		}
		return s
	}
	for _, c := range []struct{ words, code, where, title, snippet, items string }{
		{"低保", "002/000001", "name alias", "[低保]对象信息", "享受[最低生活保障]的家庭", ""},
		{"低保", "002/000002", "item summary", "社会救助家庭", "含[低保]、特困", "低保金额"},
		{"低保 对象", "002/000001", "name alias", "[低保对象]信息", "享受[最低生活保障]的家庭", ""},
		{"低保", "004/000002", "alias", "[最低生活保障]核对", "", ""},
		{"残联", "003/000002", "alias", "残疾人低保", "", ""},
		{"残疾人联合会", "003/000001", "provider", "残疾人托养机构", "提供托养服务的机构", ""},
		{"ty jgmc", "003/000001", "item initials", "残疾人[托养]机构", "提供托养服务的机构", "机构名称"},
		{"身份证号码", "002/000001", "alias", "低保对象信息", "享受最低生活保障的家庭", "公民身份号码"},
		{"工商行政", "004/000001", "alias", "企业登记信息", "市场主体登记", ""},
		{"307110102003/000001", "003/000001", "code", "残疾人托养机构", "提供托养服务的机构", ""},
	} {
		f, err := r.Search(t.Context(), Query{Words: c.words})
		if err != nil {
			t.Fatal(err)
		}
		i := slices.IndexFunc(f.Hits, func(h Hit) bool { return strings.HasSuffix(h.Code, c.code) })
		if i < 0 {
			t.Errorf("%q does not find %s", c.words, c.code)
			continue
		}
		h := f.Hits[i]
		if w, s, n, items := strings.Join(h.Where, " "), show(h.Title), show(h.Snippet), strings.Join(h.MatchedItems, " "); w != c.where || s != c.title || n != c.snippet || items != c.items {
			t.Errorf("%q in %s: where %q, title %q, snippet %q, items %q", c.words, c.code, w, s, n, items)
		}
		if h.OrgName == "" || h.OrgShort == "" || h.Items == 0 || h.Updated.IsZero() {
			t.Errorf("%q: incomplete: %+v", c.words, h)
		}
	}
	long := newMarked(strings.Repeat("说明", 60) + "低保" + strings.Repeat("其他", 60))
	long.mark([]rune("低保"))
	if s := show(long.snippet()); !strings.Contains(s, "[低保]") || !strings.HasPrefix(s, "…") || !strings.HasSuffix(s, "…") || utf8.RuneCountInString(s) != snippetLength+4 {
		t.Errorf("snippet %s", s)
	}
}

// Renaming a provider touches no entry, yet they are found by the new name and by the former one.
func TestRenamedProvider(t *testing.T) {
	l := exampleCatalog()
	r := mustOpen(t, config(t))
	readAll(t, r, l)
	count := func(words string) int {
		t.Helper()
		f, err := r.Search(t.Context(), Query{Words: words})
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range f.Facets[byOrg].Values {
			if v.Label == "" {
				t.Errorf("%s: institution %s is counted without its name", words, v.Value)
			}
		}
		return f.Total
	}
	if a, b := count("北京市西城区民政局"), count("社会事务局"); a != 3 || b != 0 {
		t.Fatal(a, b)
	}
	l.add("org.amend", "001", "", nil, fact("org.amended", &mulu.Org{ID: "002", Name: "北京市西城区社会事务局", Short: "区社会局", Sort: mulu.Organ, Bound: true, Status: "active", SigningKey: "K",
		Former: []mulu.FormerName{{Name: "北京市西城区民政局", Until: "2026-10-01"}}}, "15"))
	readAll(t, r, l)
	if a, b, c := count("北京市西城区民政局"), count("社会事务局"), count("社会局 低保"); a != 3 || b != 3 || c != 3 {
		t.Errorf("after the renaming: by the former name %d, by the new one %d, with another word %d", a, b, c)
	}
}

func TestSuggestions(t *testing.T) {
	r := mustOpen(t, config(t))
	readAll(t, r, exampleCatalog())
	for _, c := range []struct{ words, want string }{
		{"低宝", "低保"},             // sounds the same
		{"残疾人脱氧", "残疾人托养"},       // both characters
		{"养老机构目录", "养老机构名录"},     // one character
		{"民政局低保", "民政局 低保"},      // two words in one
		{"低保 火星", "低保"},          // a word too many
		{"残疾人托养机构大全", "残疾人托养机构"}, // too long
		{"全市残疾人托养机构", "残疾人托养机构"}, // too long in front
		{"养佬机构 名录", "养老机构 名录"},   // one of two words
		{strings.Repeat("残疾人托养机构", 9), "残疾人托养机构"},
	} {
		f, err := r.Search(t.Context(), Query{Words: c.words})
		if err != nil {
			t.Fatal(err)
		}
		if f.Total != 0 || !slices.Contains(f.Suggest, c.want) || len(f.Suggest) > mostSuggestions {
			t.Errorf("%s: %d found, suggested %q, want %s among them", c.words, f.Total, f.Suggest, c.want)
		}
		for _, s := range f.Suggest {
			if again, err := r.Search(t.Context(), Query{Words: s}); err != nil || again.Total == 0 && again.Unfiltered == 0 {
				t.Errorf("%s: the suggestion %s finds nothing (%v)", c.words, s, err)
			}
		}
	}
	for _, q := range []Query{{Words: "低保"}, {Words: "低保", Org: []string{"001"}}, {Words: "𠀀𠀁"}, {Words: "99810"}, {}} {
		if f, err := r.Search(t.Context(), q); err != nil || len(f.Suggest) > 0 {
			t.Errorf("%+v suggests %q, %v", q, f.Suggest, err)
		}
	}
	if f, _ := r.Search(t.Context(), Query{Words: "托养补贴"}); slices.Contains(f.Suggest, "残疾人托养补贴") {
		t.Error("a suggestion gives away an entry that is not published")
	}
}

func TestComplete(t *testing.T) {
	r := mustOpen(t, config(t))
	readAll(t, r, exampleCatalog())
	for _, c := range []struct{ typed, want string }{
		{"残疾人", "entry 残疾人低保, entry 残疾人托养机构, org 北京市西城区残疾人联合会"},
		{"托", "entry 残疾人托养机构"},
		{"姓", "item 姓名"},
		{"机构", "entry 养老机构名录, entry 残疾人托养机构, item 机构名称"},
		{"dbdx", "entry 低保对象信息"},
		{"qcl", "org 北京市西城区残疾人联合会"},
		{"xm", "item 姓名, item 公民身份号码"}, // 号 has a reading in x
		{"", ""},
		{"火星", ""},
	} {
		list, err := r.Complete(t.Context(), c.typed, 0)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, x := range list {
			got = append(got, x.Kind+" "+x.Text)
		}
		if s := strings.Join(got, ", "); s != c.want {
			t.Errorf("%q completes to %s, want %s", c.typed, s, c.want)
		}
	}
	if list, err := r.Complete(t.Context(), "机构", 2); err != nil || len(list) != 2 {
		t.Errorf("two asked for: %v, %v", list, err)
	}
}
