package web

import (
	"net/url"
	"strings"
	"testing"

	"mulu/read"
)

// Every page of finding and of the tree answers in both languages.
func TestFindPagesInBothLanguages(t *testing.T) {
	w := aTown(t)
	n := w.named
	tree := "/catalog/" + townCivil + "/" + n["rescue"]
	pages := map[string][2]string{
		"/search":                                      {"四大基础数据", "The four base databases"},
		"/search?q=低保":                                 {"条数据目录", "data entries"},
		"/search?q=没有这样的数据":                            {"提出数据需求", "Ask for the data"},
		"/search?sharing=conditional":                  {"清除全部筛选", "Clear all filters"},
		"/search?duty=" + n["rescue"]:                  {"低保对象信息", "低保对象信息"},
		"/search?q=" + strings.Repeat("长", 101):        {"查找词过长。", "The search is too long."},
		"/search/complete?q=低保":                        {"低保对象信息", "低保对象信息"},
		"/search/complete?q=":                          {"", ""},
		"/catalog":                                     {"行政机关", "administrative organ"},
		"/catalog?q=低保":                                {"低保对象信息", "低保对象信息"},
		"/catalog?q=婚姻":                                {"婚姻登记", "婚姻登记"},
		"/catalog?q=没有这样的":                             {"在全文中查找", "Search the full text"},
		"/catalog?q=" + strings.Repeat("长", 101):       {"筛选词过长。", "The filter is too long."},
		"/catalog/" + townCivil:                        {"未编目", "No entry"},
		"/catalog/" + townWater:                        {"还没有登记职责。", "No duty is registered yet."},
		"/catalog/" + townCivil + "/" + n["logistics"]: {"已声明不产生数据。", "Declared to give rise to no data."},
		tree:                        {"低保对象信息", "低保对象信息"},
		tree + "/" + n["allowance"]: {"社会救助管理系统", "社会救助管理系统"},
		tree + "/" + n["suspended"]: {"还没有挂接系统。", "No system is linked yet."},
		tree + "/" + n["allowance"] + "/" + n["welfare"]:                         {"绑定 1 个信息项", "Bound items: 1"},
		tree + "/" + n["allowance"] + "/" + n["welfare"] + "/" + n["allowances"]: {"信息项：姓名", "Item: 姓名"},
	}
	for path, want := range pages {
		for i, lang := range Languages {
			status := 200
			if strings.Contains(path, "长长") {
				status = 422
			}
			t.Run(lang+" "+path[:min(len(path), 60)], func(t *testing.T) { w.as(t, "schools-reader", lang).get(t, asked(path)).says(t, status, want[i]) })
		}
	}
}

// asked encodes the query of a path written in plain words.
func asked(path string) string {
	at, query, ok := strings.Cut(path, "?")
	if !ok {
		return path
	}
	q := url.Values{}
	for _, pair := range strings.Split(query, "&") {
		name, value, _ := strings.Cut(pair, "=")
		q.Add(name, value)
	}
	return at + "?" + q.Encode()
}

// A search shows what is found with its facets; what was never published is found by its provider and the bureau alone.
func TestSearch(t *testing.T) {
	w := aTown(t)
	other, own, bureau := w.as(t, "schools-steward", "zh"), w.as(t, "civil-reader", "zh"), w.as(t, "bureau-approver", "zh")
	p := other.get(t, asked("/search?q=低保"))
	p.says(t, 200, "低保对象信息", "有条件共享", "个工作日内答复", "区民政局", "<mark>")
	p.silent(t, "低保金发放明细")
	other.get(t, "/search?org="+townCivil).says(t, 200, `name="sharing"`, `name="grade"`, "有条件共享")
	own.get(t, asked("/search?q=低保金")).says(t, 200, "低保金发放明细", "尚未发布，不能申请")
	bureau.get(t, asked("/search?q=低保金")).says(t, 200, "低保金发放明细")

	part := other.send(t, "GET", asked("/search?q=低保"), nil, map[string][]string{"Hx-Request": {"true"}, "Hx-Target": {"found"}})
	part.says(t, 200, `class="hits"`, "低保对象信息")
	part.silent(t, "<!doctype", "<header", `id="found"`)
	back := other.send(t, "GET", asked("/search?q=低保"), nil, map[string][]string{"Hx-Request": {"true"}, "Hx-Target": {"found"}, "Hx-History-Restore-Request": {"true"}})
	back.says(t, 200, "<!doctype", "低保对象信息")

	narrowed := other.get(t, asked("/search?q=信息&sharing=not_shared"))
	narrowed.says(t, 200, "放宽筛选", "不加筛选有", "不予共享")
	if strings.Contains(narrowed.Body, `href="/search?q=%E4%BF%A1%E6%81%AF&amp;sharing`) {
		t.Error("a filter's chip does not take it away")
	}
	other.get(t, asked("/search?q=救助站&after=nonsense")).says(t, 303)
	other.get(t, asked("/search?sharing=nonsense&grade=x&sort=y")).says(t, 200, "没有符合这些筛选条件的数据目录。")
}

// What is typed is shown as text, wherever it comes back.
func TestFindShowsScriptAsText(t *testing.T) {
	w := aTown(t)
	const evil = `"><script>alert(1)</script>`
	for _, path := range []string{"/search?q=", "/search?theme=", "/search?org=", "/search?duty=", "/search?sort=", "/search/complete?q=", "/catalog?q=", "/coverage?q=", "/coverage?sort=", "/search?q=a&after="} {
		p := w.as(t, "civil-steward", "zh").get(t, path+url.QueryEscape(evil))
		if p.Status >= 500 {
			t.Errorf("%s: %d", path, p.Status)
		}
		p.silent(t, "<script>alert")
	}
}

// Nothing is found one level too high or too low: a walk must lead from the institution down.
func TestTreeRefusesFalseWalks(t *testing.T) {
	w := aTown(t)
	n := w.named
	b := w.as(t, "schools-steward", "zh")
	for _, path := range []string{
		"/catalog/999", "/catalog/" + townSchools + "/" + n["rescue"], "/catalog/" + townCivil + "/D-000-000000",
		"/catalog/" + townCivil + "/" + n["marriage"] + "/" + n["allowance"],
		"/catalog/" + townCivil + "/" + n["rescue"] + "/" + n["submitted"], // never published
		"/catalog/" + townCivil + "/" + n["rescue"] + "/" + n["allowance"] + "/" + n["bare"],
		"/catalog/" + townCivil + "/" + n["rescue"] + "/" + n["allowance"] + "/" + n["welfare"] + "/T-0",
	} {
		b.get(t, path).says(t, 404, "没有找到")
	}
	w.as(t, "civil-steward", "zh").get(t, "/catalog/"+townCivil+"/"+n["rescue"]+"/"+n["submitted"]).says(t, 200, "低保金发放明细")
}

// htmx fetches only what stands below a branch, and the branches lead on.
func TestTreeInParts(t *testing.T) {
	w := aTown(t)
	b := w.as(t, "schools-reader", "zh")
	path := "/catalog/" + townCivil
	for _, step := range []string{w.named["rescue"], w.named["allowance"], w.named["welfare"], w.named["allowances"]} {
		p := b.part(t, path)
		p.silent(t, "<!doctype", "<form")
		path += "/" + step
		p.says(t, 200, `hx-get="`+path+`"`)
	}
	b.part(t, path).says(t, 200, "?column=xm", "信息项：姓名")
}

// The proposals lead to what they name.
func TestComplete(t *testing.T) {
	w := aTown(t)
	w.as(t, "schools-reader", "zh").part(t, asked("/search/complete?q=低保")).says(t, 200, `role="option"`, "/entries/"+w.named["allowance"])
}

func TestHolds(t *testing.T) {
	for _, c := range []struct {
		text, words string
		want        bool
	}{{"测试区民政局 区民政局", "民政 测试", true}, {"区教委", "民政", false}, {"ABC", "b", true}, {"区教委", "", true}} {
		if holds(c.text, c.words) != c.want {
			t.Errorf("%q holds %q", c.text, c.words)
		}
	}
}

func TestPut(t *testing.T) {
	list := []branch{{Kind: "org", ID: "1", Title: "甲"}, {Kind: "org", ID: "2", Title: "乙"}}
	put(list, branch{Kind: "org", ID: "2", Open: true})
	if !list[1].Open || list[1].Title != "乙" || list[0].Open {
		t.Errorf("%+v", list)
	}
}

func TestApart(t *testing.T) {
	for _, c := range [][4]string{
		{"低保对象的基本登记项", "低保对象的基本登记项，按月更新", "低保对象的基本登记项", "低保对象的基本登记项[，按月更新]"},
		{"一级", "二级", "[一级]", "[二级]"},
		{"", "新", "", "[新]"},
		{"aaaa", "aaaaaa", "aaaa", "aaaa[aa]"},
	} {
		before, after := apart([]rune(c[0]), []rune(c[1]))
		if marked(before) != c[2] || marked(after) != c[3] {
			t.Errorf("%q, %q: %s, %s", c[0], c[1], marked(before), marked(after))
		}
	}
}

func marked(runs []read.Run) string {
	s := ""
	for _, r := range runs {
		if r.Mark {
			s += "[" + r.Text + "]"
			continue
		}
		s += r.Text
	}
	return s
}
