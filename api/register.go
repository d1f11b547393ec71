package api

import (
	"encoding/json"
	"slices"

	"mulu"
	"mulu/read"
)

// Institutions is one page of the register.
type Institutions struct {
	Total        int           `json:"total" zh:"总数" en:"how many there are"`
	Institutions []Institution `json:"institutions" zh:"本页机构" en:"the institutions of this page"`
	Next         string        `json:"next,omitempty" zh:"下一页的 after" en:"what to send as after for the next page"`
}

// Institution is a public institution in the register.
type Institution struct {
	ID         string       `json:"id" zh:"机构编号" en:"id"`
	Name       string       `json:"name" zh:"名称" en:"name"`
	Short      string       `json:"short" zh:"简称" en:"short name"`
	Sort       mulu.OrgKind `json:"sort" zh:"类别" en:"sort" enum:"sort"`
	CreditCode string       `json:"credit_code" zh:"统一社会信用代码" en:"unified social credit code"`
	Bound      bool         `json:"bound" zh:"按目录链管理（第十五条第三款）" en:"bound to the catalog chain, Art. 15(3)"`
	Joined     bool         `json:"joined" zh:"参照执行" en:"follows it by choice"`
	Status     string       `json:"status" zh:"状态" en:"state"`
	Duties     int          `json:"duties" zh:"职责数" en:"number of duties"`
	Entries    int          `json:"entries" zh:"目录数" en:"number of entries"`
	Published  int          `json:"published" zh:"已发布目录数" en:"number of published entries"`
}

// Things is one page of duties, systems, tables or links as they now stand.
type Things struct {
	Things []Thing `json:"things" zh:"本页对象" en:"the things of this page"`
	Next   string  `json:"next,omitempty" zh:"下一页的 after" en:"what to send as after for the next page"`
}

// Thing is one of them: State has the fields of its kind.
type Thing struct {
	ID     string          `json:"id" zh:"编号" en:"id"`
	Status string          `json:"status" zh:"状态" en:"state"`
	Name   string          `json:"name" zh:"名称" en:"name"`
	Org    string          `json:"org" zh:"机构编号" en:"id of the institution"`
	Record uint64          `json:"record" zh:"最近变动的记录号" en:"record that changed it last"`
	State  json.RawMessage `json:"state" zh:"全部字段" en:"all its fields"`
}

// open lists the kinds of things that everybody with a token may list.
var open = []mulu.Kind{mulu.KindDuty, mulu.KindSystem, mulu.KindTable, mulu.KindLink, mulu.KindDataset, mulu.KindLoadTerms, mulu.KindElement, mulu.KindCodeSet, mulu.KindCalendar, mulu.KindNode}

func registerOperations() []operation {
	kinds := make([]string, len(open))
	for i, k := range open {
		kinds[i] = string(k)
	}
	return []operation{
		{id: "listInstitutions", method: "GET", path: "/institutions", tag: "register", zh: "机构登记册", en: "The register of institutions",
			params: []param{text("q", "名称、简称、曾用名或信用代码中的词", "words of the name, short or former name, or credit code"), oneOf("sort", "sort"),
				{name: "status", kind: "string", values: []string{"active", "keyless", "closed"}, zh: "状态", en: "state"},
				text("after", "上一页的 next", "next of the page before"), number("limit", "每页条数，至多 1000", "rows a page, at most 1000")},
			answer: Institutions{}, example: example{path: "/institutions?q=%E6%B0%91%E6%94%BF"}, do: (*call).listInstitutions},
		{id: "readInstitution", method: "GET", path: "/institutions/{id}", tag: "register", zh: "读取一个机构", en: "Read an institution",
			params: []param{inPath("id", "机构编号", "id")}, answer: mulu.Org{}, example: example{path: "/institutions/001"}, do: (*call).readInstitution},
		{id: "listThings", method: "GET", path: "/things/{kind}", tag: "register", zh: "职责、系统、库表、关联等对象的列表", en: "Lists of duties, systems, tables, links and the like",
			params: []param{{name: "kind", path: true, need: true, kind: "string", values: kinds, zh: "对象种类", en: "kind of thing"}, text("org", "机构编号", "id of the institution"),
				text("status", "状态", "state"), text("after", "上一页的 next", "next of the page before"), number("limit", "每页条数，至多 1000", "rows a page, at most 1000")},
			answer: Things{}, example: example{path: "/things/duty?limit=5"}, do: (*call).listThings},
	}
}

func (c *call) listInstitutions() (any, error) {
	q := c.r.URL.Query()
	limit := min(max(c.integer("limit"), 0), 1000)
	rows, total, err := c.Read.Orgs(c.r.Context(), read.OrgQuery{Words: q.Get("q"), Sort: mulu.OrgKind(q.Get("sort")), Status: q.Get("status"), After: q.Get("after"), Limit: limit})
	if err != nil {
		return nil, err
	}
	page := Institutions{Total: total, Institutions: []Institution{}}
	for _, o := range rows {
		page.Institutions = append(page.Institutions, Institution{o.ID, o.Name, o.Short, o.Sort, o.CreditCode, o.Bound, o.Joined, o.Status, o.Duties, o.Entries, o.Published})
	}
	if limit == 0 {
		limit = 100
	}
	if len(rows) == limit {
		page.Next = rows[limit-1].ID
	}
	return page, nil
}

func (c *call) readInstitution() (any, error) {
	var o mulu.Org
	ok, err := c.noun(mulu.KindOrg, c.r.PathValue("id"), &o)
	if err == nil && !ok {
		err = read.ErrAbsent
	}
	return o, err
}

func (c *call) listThings() (any, error) {
	kind := mulu.Kind(c.r.PathValue("kind"))
	if !slices.Contains(open, kind) {
		return nil, read.ErrAbsent
	}
	q := c.r.URL.Query()
	limit := min(max(c.integer("limit"), 0), 1000)
	rows, err := c.Read.Nouns(c.r.Context(), kind, read.Filter{Org: q.Get("org"), Status: q.Get("status"), After: q.Get("after"), Limit: limit})
	if err != nil {
		return nil, err
	}
	page := Things{Things: []Thing{}}
	for _, n := range rows {
		page.Things = append(page.Things, Thing{n.ID, n.Status, n.Name, n.Org, n.Updated, n.State})
	}
	if limit == 0 {
		limit = 100
	}
	if len(rows) == limit {
		page.Next = rows[limit-1].ID
	}
	return page, nil
}
