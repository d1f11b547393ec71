package api

import (
	"strconv"
	"time"

	"mulu"
	"mulu/read"
)

// Records is one page of records, the oldest first.
type Records struct {
	Records []Record `json:"records" zh:"本页记录" en:"the records of this page"`
	Next    uint64   `json:"next,omitempty" zh:"下一页的 from" en:"what to send as from for the next page"`
}

// Record is what was said to the chain, or done by it, and what came of it.
type Record struct {
	N       uint64    `json:"n" zh:"记录号" en:"number"`
	Height  int64     `json:"height" zh:"区块高度" en:"block"`
	Time    time.Time `json:"time" zh:"规则时间" en:"the law's time"`
	Kind    string    `json:"kind" zh:"操作种类；alarm 为到期自动执行" en:"kind of act; alarm for what fell due"`
	Title   string    `json:"title" zh:"操作名称" en:"its title"`
	Act     string    `json:"act,omitempty" zh:"操作编号" en:"id of the act"`
	Org     string    `json:"org,omitempty" zh:"机构编号" en:"institution"`
	Node    string    `json:"node,omitempty" zh:"节点编号" en:"node"`
	Facts   int       `json:"facts" zh:"事实数" en:"number of facts"`
	Refused string    `json:"refused,omitempty" zh:"不予办理的理由" en:"why it was refused"`
	Article mulu.Cite `json:"article,omitempty" zh:"不予办理所依条款" en:"provision of the refusal"`
}

func recordOperations() []operation {
	n := inPath("n", "记录号", "number of the record")
	return []operation{
		{id: "listRecords", method: "GET", path: "/records", tag: "records", public: true, zh: "链上记录", en: "Records of the chain",
			params: []param{number("from", "起始记录号", "number of the first one"), number("limit", "每页条数，至多 1000", "rows a page, at most 1000")}, answer: Records{},
			example: example{path: "/records?from=0&limit=3"}, do: (*call).listRecords},
		{id: "readRecord", method: "GET", path: "/records/{n}", tag: "records", public: true, zh: "一条记录的原文（三行）", en: "A record's exact bytes (three lines)",
			moreZh: "第一行是陈述，第二行是 SM2 签名，第三行是结果；格式见 docs/formats.md。", moreEn: "Line 1 the statement, line 2 its SM2 signature, line 3 the outcome; docs/formats.md has the form.",
			params: []param{n}, answer: raw{kind: "text/plain; charset=utf-8"}, example: example{path: "/records/0"}, do: (*call).readRecord},
		{id: "proveRecord", method: "GET", path: "/records/{n}/proof", tag: "records", public: true, zh: "一条记录的证明文件", en: "A record's proof file",
			moreZh: "用 mulu verify 离线核验。", moreEn: "Check it offline with mulu verify.",
			params: []param{n}, answer: raw{kind: "application/json"}, example: example{path: "/records/0/proof"}, do: (*call).proveRecord},
		{id: "readAct", method: "GET", path: "/acts/{id}", tag: "records", zh: "按操作编号查记录", en: "The record of an act by its id",
			params: []param{inPath("id", "操作编号，64 位十六进制", "the act's id, 64 hex digits")}, answer: Record{}, do: (*call).readAct},
		{id: "readAnchor", method: "GET", path: "/anchor", tag: "records", public: true, zh: "信任锚：节点的联签公钥", en: "The trust anchor: the nodes' co-signing keys",
			answer: raw{kind: "application/json"}, example: example{path: "/anchor"}, do: (*call).readAnchor},
	}
}

func (c *call) record(d read.Record) Record {
	lang := "zh"
	if english(c.r) {
		lang = "en"
	}
	r := Record{N: d.N, Height: d.Height, Time: d.Time, Kind: d.Kind, Title: mulu.ActTitle(d.Kind, lang), Act: d.Act, Org: d.Org, Node: d.Node, Facts: d.Facts}
	if d.Refused != nil {
		r.Refused, r.Article = d.Refused.Text(lang), d.Refused.Art
	}
	return r
}

func (c *call) listRecords() (any, error) {
	limit := min(max(c.integer("limit"), 0), 1000)
	if limit == 0 {
		limit = 100
	}
	rows, err := c.Read.Records(c.r.Context(), uint64(c.integer("from")), limit)
	if err != nil {
		return nil, err
	}
	page := Records{Records: []Record{}}
	for _, d := range rows {
		page.Records = append(page.Records, c.record(d))
	}
	if len(rows) == limit {
		page.Next = rows[limit-1].N + 1
	}
	return page, nil
}

// number reads the record's number in the path and checks that there is such a record.
func (c *call) number() (uint64, error) {
	n, err := strconv.ParseUint(c.r.PathValue("n"), 10, 64)
	if err != nil || n >= c.Chain.Health().Records {
		return 0, read.ErrAbsent
	}
	return n, nil
}

func (c *call) readRecord() (any, error) {
	n, err := c.number()
	if err != nil {
		return nil, err
	}
	b, err := c.Chain.Record(n)
	return raw{"text/plain; charset=utf-8", "", b}, err
}

func (c *call) proveRecord() (any, error) {
	n, err := c.number()
	if err != nil {
		return nil, err
	}
	b, err := c.Chain.ProveRecord(n)
	return raw{"application/json", "record-" + strconv.FormatUint(n, 10) + ".json", b}, err
}

func (c *call) readAct() (any, error) {
	d, err := c.Read.RecordOf(c.r.Context(), c.r.PathValue("id"))
	if err != nil {
		return nil, err
	}
	return c.record(d), nil
}

func (c *call) readAnchor() (any, error) {
	b, err := c.Chain.Anchor()
	return raw{"application/json", "anchor.json", b}, err
}
