package api

import (
	"mulu"
	"mulu/read"
)

// DataPage is one page of the data of entries.
type DataPage struct {
	Total int         `json:"total" zh:"总数" en:"how many there are"`
	Data  []EntryData `json:"data" zh:"本页各目录的数据" en:"the data of this page"`
	Next  string      `json:"next,omitempty" zh:"下一页的 after，最后一页没有" en:"what to send as after for the next page; absent on the last"`
}

// EntryData is where the data of an entry is, how much and how good, and what is asked of it next. Moments end a day at 24:00.
type EntryData struct {
	Entry       string       `json:"entry" zh:"目录代码" en:"code of the entry"`
	Name        string       `json:"name" zh:"目录名称" en:"name of the entry"`
	Org         string       `json:"org" zh:"提供单位编号" en:"id of the provider"`
	OrgName     string       `json:"org_name" zh:"提供单位" en:"the provider"`
	Base        string       `json:"base,omitempty" zh:"基础库" en:"base database" enum:"base"`
	Cycle       string       `json:"cycle" zh:"更新周期" en:"update cycle" enum:"cycle"`
	Status      string       `json:"status" zh:"状态：awaited 待汇聚汇通，serving 平台在用，connected 已汇通，disconnected 已断开" en:"awaited, serving on the platform, connected, disconnected"`
	Version     int          `json:"version" zh:"平台数据版本，0 为没有" en:"version on the platform, 0 for none"`
	Of          int          `json:"of" zh:"对应的目录版本" en:"version of the entry it follows"`
	Rows        int64        `json:"rows" zh:"行数" en:"rows"`
	Mode        string       `json:"mode,omitempty" zh:"装载方式" en:"how it was made from the version before" enum:"mode"`
	Source      string       `json:"source,omitempty" zh:"汇通的来源" en:"sort of source where connected" enum:"source"`
	Quality     mulu.Quality `json:"quality,omitzero" zh:"质量，千分数，-1 为没有测量" en:"quality in thousandths, -1 for what was not measured"`
	Loaded      string       `json:"loaded,omitempty" zh:"装载或汇通的时间" en:"when it was loaded or connected"`
	Due         string       `json:"due,omitempty" zh:"按更新周期应更新的时间" en:"by when the cycle asks for an update"`
	TermEnds    string       `json:"term_ends,omitempty" zh:"内部时限，届满即为问题" en:"end of the internal term after which it is a finding"`
	LateFinding string       `json:"late_finding,omitempty" zh:"逾期的问题编号" en:"the finding that lateness became"`
	LowFinding  string       `json:"low_finding,omitempty" zh:"质量低于下限的问题编号" en:"the finding that low quality became"`
}

// DataStory is the data of one entry with its terms of loading and its latest versions, the newest first.
type DataStory struct {
	Data     EntryData       `json:"data" zh:"现状" en:"how it stands"`
	Terms    *mulu.LoadTerms `json:"terms,omitempty" zh:"装载约定" en:"terms of loading"`
	Versions []DataVersion   `json:"versions" zh:"数据版本，最近的在前，至多 100 个" en:"versions, the newest first, at most 100"`
}

// DataVersion is one published version of the data of an entry.
type DataVersion struct {
	Version int          `json:"version" zh:"数据版本" en:"version"`
	Of      int          `json:"of" zh:"对应的目录版本" en:"version of the entry it follows"`
	Rows    int64        `json:"rows" zh:"行数" en:"rows"`
	Mode    string       `json:"mode,omitempty" zh:"装载方式" en:"how it was made from the version before" enum:"mode"`
	Digest  string       `json:"digest" zh:"摘要（SM3）" en:"digest (SM3)"`
	Quality mulu.Quality `json:"quality,omitzero" zh:"质量" en:"quality"`
	Loaded  string       `json:"loaded" zh:"装载时间" en:"when it was loaded"`
	Asked   string       `json:"asked,omitempty" zh:"应当装载的时间" en:"by when it was to come"`
	Missed  string       `json:"missed,omitempty" zh:"逾期的问题编号，按期的没有" en:"the finding that it came too late for; absent where it was in time"`
}

func dataOperations() []operation {
	return []operation{
		{id: "listData", method: "GET", path: "/data", tag: "entries", zh: "各目录数据的数量、质量和更新情况", en: "Quantity, quality and updates of the data of entries",
			params: []param{text("org", "提供单位编号", "id of the provider"), {name: "base", kind: "string", values: []string{"any", "population", "legal", "spatial", "economy"}, zh: "基础库，any 为四大基础库", en: "base database; any of the four"},
				{name: "show", kind: "string", values: []string{"lapsed", "missing", "low", "held"}, zh: "逾期已成为问题、待汇聚汇通、质量低于下限、可以取得；缺省为全部", en: "so late that it is a finding, missing, below the floor of quality, to be had; all where absent"},
				text("after", "上一页的 next", "next of the page before"), number("limit", "每页条数，至多 1000", "rows a page, at most 1000")},
			answer: DataPage{}, example: example{path: "/data?limit=5"}, do: (*call).listData},
		{id: "readData", method: "GET", path: "/entries/{class}/{seq}/data", tag: "entries", zh: "一条数据目录的数据：现状、装载约定、各版本", en: "The data of an entry: how it stands, its terms of loading, its versions",
			params: []param{inPath("class", "分类码", "class code"), inPath("seq", "顺序码", "sequence")}, answer: DataStory{}, example: example{path: anEntry + "/data"}, do: (*call).readData},
	}
}

func (c *call) listData() (any, error) {
	ask := c.r.URL.Query()
	limit := min(max(c.integer("limit"), 0), 1000)
	if limit == 0 {
		limit = 100
	}
	q := read.DataQuery{Org: ask.Get("org"), Base: ask.Get("base"), Show: ask.Get("show"), After: ask.Get("after"), Max: limit}
	list, err := c.Read.Datasets(c.r.Context(), q)
	if err != nil {
		return nil, err
	}
	page := DataPage{Data: []EntryData{}}
	for _, d := range list {
		page.Data = append(page.Data, entryData(d))
	}
	if len(list) == limit {
		page.Next = list[limit-1].Cursor
	}
	page.Total, err = c.Read.CountDatasets(c.r.Context(), q)
	return page, err
}

func entryData(d read.Data) EntryData {
	return EntryData{Entry: d.Entry, Name: d.EntryName, Org: d.Org, OrgName: d.OrgName, Base: d.Base, Cycle: d.Cycle, Status: d.Status, Version: d.Version, Of: d.Of, Rows: d.Rows,
		Mode: d.Mode, Source: d.Source, Quality: d.Quality, Loaded: d.Loaded, Due: d.Due, TermEnds: d.By, LateFinding: d.Late, LowFinding: d.Low}
}

func (c *call) readData() (any, error) {
	code := c.r.PathValue("class") + "/" + c.r.PathValue("seq")
	d, err := c.Read.Dataset(c.r.Context(), code)
	if err != nil {
		return nil, err
	}
	s := DataStory{Data: entryData(d), Versions: []DataVersion{}}
	terms := new(mulu.LoadTerms)
	there, err := c.noun(mulu.KindLoadTerms, code, terms)
	if err != nil {
		return nil, err
	}
	if there {
		s.Terms = terms
	}
	versions, err := c.Read.DataVersions(c.r.Context(), code, 0, 100)
	for _, v := range versions {
		s.Versions = append(s.Versions, DataVersion{v.Version, v.Of, v.Rows, v.Mode, v.Digest, v.Quality, v.Loaded, v.Asked, v.Missed})
	}
	return s, err
}
