package api

import (
	"encoding/json"
	"strconv"
	"time"

	"mulu"
	"mulu/read"
)

// Entries is one page of what a search finds.
type Entries struct {
	Total   int      `json:"total" zh:"总数" en:"how many there are"`
	Entries []Found  `json:"entries" zh:"本页目录" en:"the entries of this page"`
	Next    string   `json:"next,omitempty" zh:"下一页的 after，最后一页没有" en:"what to send as after for the next page; absent on the last"`
	Facets  []Facet  `json:"facets" zh:"各筛选项的计数" en:"counts by filter"`
	Suggest []string `json:"suggest,omitempty" zh:"没有结果时可试的词" en:"words to try where nothing was found"`
}

// Found is an entry found.
type Found struct {
	Code         string    `json:"code" zh:"信息资源代码" en:"code"`
	Name         string    `json:"name" zh:"名称" en:"name"`
	Summary      string    `json:"summary" zh:"摘要" en:"summary"`
	Org          string    `json:"org" zh:"提供单位编号" en:"id of the provider"`
	OrgName      string    `json:"org_name" zh:"提供单位" en:"the provider"`
	Status       string    `json:"status" zh:"状态" en:"state"`
	Version      int       `json:"version" zh:"版本" en:"version"`
	Class        string    `json:"class" zh:"分类" en:"class" enum:"class"`
	Theme        string    `json:"theme,omitempty" zh:"主题" en:"theme"`
	Base         string    `json:"base,omitempty" zh:"基础库" en:"base database" enum:"base"`
	Sharing      string    `json:"sharing" zh:"共享类型" en:"sharing type" enum:"sharing"`
	Opening      string    `json:"opening" zh:"开放类型" en:"opening type" enum:"opening"`
	Grade        int       `json:"grade" zh:"级别，1 至 4" en:"grade, 1 to 4"`
	Personal     bool      `json:"personal" zh:"含个人信息" en:"holds personal information"`
	Cycle        string    `json:"cycle" zh:"更新周期" en:"update cycle" enum:"cycle"`
	MatchedItems []string  `json:"matched_items,omitempty" zh:"匹配的信息项" en:"items that match"`
	Updated      time.Time `json:"updated" zh:"最近变动" en:"last change"`
}

// Facet counts what was found by the values of one filter.
type Facet struct {
	Field  string       `json:"field" zh:"筛选项" en:"filter"`
	Values []FacetValue `json:"values" zh:"取值" en:"values"`
}

// FacetValue is one value with its count.
type FacetValue struct {
	Value string `json:"value" zh:"取值" en:"value"`
	Label string `json:"label,omitempty" zh:"名称" en:"label"`
	Count int    `json:"count" zh:"条数" en:"count"`
}

// Steps is what happened to something.
type Steps struct {
	Steps []Step `json:"steps" zh:"经过" en:"what happened"`
	Next  int64  `json:"next,omitempty" zh:"下一页的 from" en:"what to send as from for the next page"`
}

// Step is one thing that happened.
type Step struct {
	Record   uint64      `json:"record" zh:"记录号" en:"number of the record"`
	Time     time.Time   `json:"time" zh:"时间" en:"time"`
	Fact     string      `json:"fact" zh:"事实" en:"the fact"`
	Title    string      `json:"title" zh:"事实的名称" en:"its title"`
	Kind     mulu.Kind   `json:"kind" zh:"对象种类" en:"kind of thing"`
	ID       string      `json:"id" zh:"对象编号" en:"id of the thing"`
	Articles []mulu.Cite `json:"articles" zh:"条款" en:"provisions"`
	Org      string      `json:"org,omitempty" zh:"办理机构" en:"institution that acted"`
	Status   string      `json:"status" zh:"其后的状态" en:"state afterwards"`
}

// Differences is what changed between two dates.
type Differences struct {
	Changes []Change `json:"changes" zh:"变化" en:"changes"`
}

// Change is one difference: Before is absent where something came, After where it went.
type Change struct {
	Path   string          `json:"path" zh:"位置，如 now.items[street].grade" en:"place, e.g. now.items[street].grade"`
	Before json.RawMessage `json:"before,omitempty" zh:"原值" en:"value before"`
	After  json.RawMessage `json:"after,omitempty" zh:"现值" en:"value after"`
}

const anEntry = "/entries/307110102016/000007"

func entryOperations() []operation {
	page := []param{text("after", "上一页的 next", "next of the page before"), number("limit", "每页条数，至多 100", "rows a page, at most 100")}
	class, seq := inPath("class", "分类码", "class code"), inPath("seq", "顺序码", "sequence")
	return []operation{
		{id: "searchEntries", method: "GET", path: "/entries", tag: "entries", zh: "查找数据目录", en: "Search data entries",
			moreZh: "q 可以是名称、摘要、信息项、提供单位、代码或拼音首字母，空格隔开的词须同时出现。", moreEn: "q may be a name, summary, item, provider, code or pinyin initials; words parted by spaces must all occur.",
			params: append([]param{text("q", "查找的词", "words"), text("org", "提供单位编号，多个用逗号隔开", "ids of providers, separated by commas"), oneOf("class", "class"),
				text("theme", "主题", "theme"), oneOf("sharing", "sharing"), oneOf("opening", "opening"), {name: "grade", kind: "string", many: true, values: []string{"1", "2", "3", "4"}, zh: "级别", en: "grade"},
				oneOf("base", "base"), oneOf("cycle", "cycle"), {name: "status", kind: "string", many: true, values: []string{"submitted", "returned", "published", "changing", "suspended", "retired"}, zh: "状态", en: "state"},
				{name: "sort", kind: "string", values: []string{"name", "updated"}, zh: "排序，缺省为最相关", en: "order; the best first where absent"}}, page...),
			answer: Entries{}, example: example{path: "/entries?q=%E4%BD%8E%E4%BF%9D&limit=5"}, do: (*call).searchEntries},
		{id: "readEntry", method: "GET", path: "/entries/{class}/{seq}", tag: "entries", zh: "读取一条数据目录", en: "Read a data entry",
			params: []param{class, seq}, answer: mulu.Entry{}, example: example{path: anEntry}, do: (*call).readEntry},
		{id: "entryHistory", method: "GET", path: "/entries/{class}/{seq}/history", tag: "entries", zh: "一条数据目录的办理过程", en: "The story of a data entry",
			params: []param{class, seq, number("from", "上一页的 next", "next of the page before"), number("limit", "每页条数", "rows a page")}, answer: Steps{},
			example: example{path: anEntry + "/history?limit=10"}, do: (*call).entryHistory},
		{id: "entryDifference", method: "GET", path: "/entries/{class}/{seq}/difference", tag: "entries", zh: "两个日期之间的变化", en: "What changed between two dates",
			params: []param{class, seq, date("from", "起始日（当日终了时）", "the day from whose end"), date("to", "截止日（当日终了时）", "the day to whose end")}, answer: Differences{},
			example: example{path: anEntry + "/difference?from=2020-01-01&to=2099-12-31"}, do: (*call).entryDifference},
	}
}

func (c *call) searchEntries() (any, error) {
	q := read.Query{Words: c.r.URL.Query().Get("q"), Org: c.list("org"), Class: c.list("class"), Theme: c.list("theme"), Sharing: c.list("sharing"),
		Opening: c.list("opening"), Base: c.list("base"), Cycle: c.list("cycle"), Status: c.list("status"), Sort: c.r.URL.Query().Get("sort"),
		After: c.r.URL.Query().Get("after"), Limit: c.integer("limit"), Viewer: c.org.ID, Bureau: c.bureau()}
	for _, g := range c.list("grade") {
		n, _ := strconv.Atoi(g) // looked at before
		q.Grade = append(q.Grade, n)
	}
	f, err := c.Read.Search(c.r.Context(), q)
	if err != nil {
		return nil, err
	}
	page := Entries{Total: f.Total, Next: f.Next, Entries: []Found{}, Facets: []Facet{}, Suggest: f.Suggest}
	for _, h := range f.Hits {
		page.Entries = append(page.Entries, Found{Code: h.Code, Name: h.Name, Summary: h.Summary, Org: h.Org, OrgName: h.OrgName, Status: h.Status, Version: h.Version,
			Class: h.Class, Theme: h.Theme, Base: h.Base, Sharing: h.Sharing, Opening: h.Opening, Grade: h.Grade, Personal: h.Personal, Cycle: h.Cycle,
			MatchedItems: h.MatchedItems, Updated: h.Updated})
	}
	for _, x := range f.Facets {
		one := Facet{Field: x.Field, Values: []FacetValue{}}
		for _, v := range x.Values {
			one.Values = append(one.Values, FacetValue{v.Value, v.Label, v.Count})
		}
		page.Facets = append(page.Facets, one)
	}
	return page, nil
}

// entry reads an entry that who calls may see.
func (c *call) entry() (*mulu.Entry, error) {
	var e mulu.Entry
	ok, err := c.noun(mulu.KindEntry, c.r.PathValue("class")+"/"+c.r.PathValue("seq"), &e)
	if err != nil {
		return nil, err
	}
	if !ok || !c.sees(&e) {
		return nil, read.ErrAbsent
	}
	if !c.bureau() && c.org.ID != e.Org {
		e.Next, e.Why = nil, "" // what is handed in and not verified is between the provider and the bureau
	}
	return &e, nil
}

func (c *call) readEntry() (any, error) { return c.entry() }

func (c *call) entryHistory() (any, error) {
	e, err := c.entry()
	if err != nil {
		return nil, err
	}
	limit := min(max(c.integer("limit"), 0), 1000)
	lines, err := c.Read.Story(c.r.Context(), mulu.KindEntry, e.Code, read.Page{From: read.Place(c.integer("from")), Limit: limit})
	if err != nil {
		return nil, err
	}
	s := Steps{Steps: []Step{}}
	for _, l := range lines {
		title := l.Zh
		if english(c.r) {
			title = l.En
		}
		s.Steps = append(s.Steps, Step{l.N, l.Time, l.Fact, title, l.Noun, l.ID, l.Art, l.Org, l.Status})
	}
	if limit == 0 {
		limit = 100
	}
	if len(lines) == limit {
		s.Next = int64(lines[len(lines)-1].Place.Next())
	}
	return s, nil
}

func (c *call) entryDifference() (any, error) {
	e, err := c.entry()
	if err != nil {
		return nil, err
	}
	from, to := endOf(c.r.URL.Query().Get("from")), endOf(c.r.URL.Query().Get("to"))
	if !from.Before(to) {
		return nil, &badRequest{"precondition_dates", nil}
	}
	changes, err := c.Read.Difference(c.r.Context(), mulu.KindEntry, e.Code, from, to)
	if err != nil {
		return nil, err
	}
	kept := []Change{}
	for _, ch := range changes {
		if c.bureau() || c.org.ID == e.Org || !private(ch.Path) {
			kept = append(kept, Change(ch))
		}
	}
	return Differences{kept}, nil
}

// private tells whether a path leads to what only the provider and the bureau see: what is handed in, and why it went back.
func private(path string) bool {
	return path == "why" || path == "" || path == "next" || len(path) > 5 && path[:5] == "next."
}

// endOf is the end of a day, in Asia/Shanghai.
func endOf(day string) time.Time {
	t, _ := time.ParseInLocation(time.DateOnly, day, mulu.Shanghai()) // looked at before
	return t.AddDate(0, 0, 1).Add(-time.Nanosecond)
}
