package api

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"mulu"
	"mulu/desk"
	"mulu/sm"
)

// mostRows bounds a batch of rows that comes in one call, in bytes; larger files come in parts.
const mostRows = 64 << 20

// LoadOrder is a file that is to come in parts.
type LoadOrder struct {
	Name string `json:"name" zh:"文件名" en:"name of the file"`
	Size int64  `json:"size" zh:"字节数" en:"bytes"`
}

// LoadStart says how a file that came is loaded.
type LoadStart struct {
	Mode      string            `json:"mode,omitempty" zh:"装载方式，缺省为整体替换" en:"mode, replace where absent" enum:"mode"`
	Kind      string            `json:"kind,omitempty" zh:"文件格式，缺省由内容判断" en:"kind of file, told from its content where absent"`
	Charset   string            `json:"charset,omitempty" zh:"字符编码" en:"encoding"`
	Sheet     string            `json:"sheet,omitempty" zh:"工作表" en:"worksheet"`
	Delimiter string            `json:"delimiter,omitempty" zh:"分隔符" en:"delimiter"`
	Columns   map[string]string `json:"columns,omitempty" zh:"信息项字段 → 文件的列，空为本次不提供；缺省按名称对应" en:"field of an item → column of the file, empty where it is not given; by name where absent"`
}

// Load is a load and what became of it.
type Load struct {
	ID      string      `json:"id" zh:"装载编号" en:"id of the load"`
	Entry   string      `json:"entry" zh:"数据目录" en:"the entry"`
	State   string      `json:"state" zh:"状态：receiving、received、waiting、reading、publishing、published、rejected、cancelled、failed" en:"receiving, received, waiting, reading, publishing, published, rejected, cancelled or failed"`
	Name    string      `json:"name" zh:"文件名" en:"name of the file"`
	Size    int64       `json:"size" zh:"字节数" en:"bytes"`
	Part    int         `json:"part" zh:"每片的字节数，最后一片除外" en:"bytes of each part but the last"`
	Next    int         `json:"next" zh:"下一片的编号，从 0 起；传完为总片数" en:"number of the part that is wanted, from 0"`
	Mode    string      `json:"mode,omitempty" zh:"装载方式" en:"mode" enum:"mode"`
	Rows    int64       `json:"rows" zh:"已读行数" en:"rows read so far"`
	Version int         `json:"version,omitempty" zh:"数据版本" en:"version of the data"`
	Digest  string      `json:"digest,omitempty" zh:"摘要（SM3）" en:"digest (SM3)"`
	Fault   string      `json:"fault,omitempty" zh:"未能装载的原因" en:"why it could not be carried out"`
	Report  *LoadReport `json:"report,omitempty" zh:"报告" en:"the report"`
	Made    time.Time   `json:"made" zh:"建立时间" en:"when it was begun"`
	Ended   *time.Time  `json:"ended,omitempty" zh:"结束时间" en:"when it ended"`
}

// LoadReport says what checks found.
type LoadReport struct {
	Published bool          `json:"published" zh:"已发布" en:"whether it was published"`
	Why       string        `json:"why,omitempty" zh:"没有发布的原因：no_columns、too_bad、shrunk、poor" en:"why not: no_columns, too_bad, shrunk, poor"`
	Reason    string        `json:"reason,omitempty" zh:"原因的说明" en:"that in words"`
	Rows      int64         `json:"rows" zh:"读到的行" en:"rows read"`
	Kept      int64         `json:"kept" zh:"这一版的行" en:"rows of the version"`
	BadRows   int64         `json:"bad_rows" zh:"问题行" en:"bad rows"`
	Notes     int64         `json:"notes" zh:"提示" en:"notes"`
	Quality   mulu.Quality  `json:"quality" zh:"质量" en:"quality"`
	Problems  []LoadProblem `json:"problems" zh:"前 100 处问题；全部见问题行文件" en:"the first 100; all stand in the file of bad rows"`
	Checks    []LoadCheck   `json:"checks" zh:"发现问题的检查，改正得分最多的在前" en:"checks that found something, what is gained most by mending first"`
	BadFile   bool          `json:"bad_file" zh:"有问题行文件可取" en:"whether there is a file of bad rows to fetch"`
}

// LoadProblem is one thing wrong in a row.
type LoadProblem struct {
	Row    int64  `json:"row" zh:"行号，表头为 1" en:"row, the header is 1"`
	Column string `json:"column,omitempty" zh:"信息项" en:"item"`
	Value  string `json:"value,omitempty" zh:"值" en:"value"`
	Code   string `json:"code" zh:"原因代码" en:"code of the reason"`
	Reason string `json:"reason" zh:"原因" en:"the reason"`
	Note   bool   `json:"note,omitempty" zh:"仅提示，该行保留" en:"the row stays"`
}

// LoadCheck is a check that found something.
type LoadCheck struct {
	Check    string `json:"check" zh:"检查" en:"the check"`
	Property string `json:"property" zh:"质量属性" en:"property of quality"`
	Checked  int64  `json:"checked" zh:"检查数" en:"checked"`
	Bad      int64  `json:"bad" zh:"问题数" en:"bad"`
	Gain     int    `json:"gain" zh:"改正可提高（‰）" en:"gained by mending (‰)"`
}

func loadOperations() []operation {
	class, seq := inPath("class", "分类码", "class code"), inPath("seq", "顺序码", "sequence")
	id := inPath("id", "装载编号", "id of the load")
	modes := param{name: "mode", kind: "string", zh: "装载方式，缺省为整体替换", en: "mode, replace where absent"}
	for _, m := range mulu.LoadModes {
		modes.values = append(modes.values, m.Code)
	}
	tables := []string{"text/csv", "application/jsonl", "application/x-ndjson", "application/octet-stream"}
	return []operation{
		{id: "loadRows", method: "POST", path: "/entries/{class}/{seq}/rows", tag: "loads", zh: "一次送入一批数据", en: "Load a batch of rows in one call",
			moreZh: "正文为 CSV（首行为列名）或 JSON 行，至多 64 MiB。受理后按装载约定检查，通过的成为新版本；进度和报告用装载编号查询。请求头 Idempotency-Key（至多 200 字）相同的，是同一次装载，可以放心重发。由提供单位的系统对接办理（第十五条）。",
			moreEn: "The body is CSV with a header row, or JSON lines, up to 64 MiB. It is checked by the entry's load terms and, if it passes, becomes a new version; ask by the load's id for progress and report. The same header Idempotency-Key (up to 200 characters) is the same load, so a call may safely be sent again. For the provider's machine clients (Art. 15).",
			params: []param{class, seq, modes}, file: tables, accepted: true, answer: Load{}, do: (*call).loadRows},
		{id: "beginLoad", method: "POST", path: "/entries/{class}/{seq}/loads", tag: "loads", zh: "开始分片上传一个文件", en: "Begin to upload a file in parts",
			moreZh: "答复给出每片的字节数。各片按编号从 0 起依次发送，断开后从 next 继续。", moreEn: "The answer says how many bytes a part has. Parts are sent by number from 0; after a break go on from next.",
			params: []param{class, seq}, body: LoadOrder{}, answer: Load{}, do: (*call).beginLoad},
		{id: "putPart", method: "PUT", path: "/loads/{id}/parts/{n}", tag: "loads", zh: "发送一片", en: "Send a part", moreZh: "已收到的一片可以重发。", moreEn: "A part that came already may come again.",
			params: []param{id, inPath("n", "编号，从 0 起", "number, from 0")}, file: []string{"application/octet-stream"}, answer: Load{}, do: (*call).putPart},
		{id: "startLoad", method: "POST", path: "/loads/{id}/start", tag: "loads", zh: "开始检查和装载", en: "Have a file checked and loaded", params: []param{id}, body: LoadStart{}, accepted: true, answer: Load{}, do: (*call).startLoad},
		{id: "cancelLoad", method: "POST", path: "/loads/{id}/cancel", tag: "loads", zh: "取消装载", en: "Cancel a load", params: []param{id}, answer: Load{}, do: (*call).cancelLoad},
		{id: "readLoad", method: "GET", path: "/loads/{id}", tag: "loads", zh: "一次装载的进度和报告", en: "Progress and report of a load", params: []param{id}, answer: Load{}, do: (*call).readLoad},
		{id: "badRows", method: "GET", path: "/loads/{id}/bad", tag: "loads", zh: "问题行文件", en: "The file of bad rows", moreZh: "每行写明原因；改正后可以原样再送。", moreEn: "Each row says what is wrong; mended, it can be sent again as it is.",
			params: []param{id}, answer: raw{kind: "text/csv; charset=utf-8"}, do: (*call).badRows},
	}
}

// lang is the language of an answer.
func (c *call) lang() string {
	if english(c.r) {
		return "en"
	}
	return "zh"
}

// loadShown is a load as it is answered.
func (c *call) loadShown(l desk.Load) (Load, error) {
	s := Load{ID: l.ID, Entry: l.Entry, State: l.State, Name: l.Name, Size: l.Size, Part: desk.PartSize, Mode: l.Mode, Rows: l.Rows, Version: l.Version, Digest: l.Digest, Made: l.Made}
	s.Next = int((l.Size + desk.PartSize - 1) / desk.PartSize)
	if l.State == "receiving" {
		n, err := c.Desk.LoadParts(c.r.Context(), c.by, l.ID)
		if err != nil {
			return s, err
		}
		s.Next = n
	}
	if l.Fault.Zh != "" {
		s.Fault = l.Fault.Text(c.lang())
	}
	if !l.Ended.IsZero() {
		s.Ended = &l.Ended
	}
	r := l.Report
	if r == nil {
		return s, nil
	}
	x := &LoadReport{Published: r.Published, Why: string(r.Why), Rows: r.Rows, Kept: r.Kept, BadRows: r.BadRows, Notes: r.Notes, Quality: r.Quality, BadFile: r.File != "", Problems: []LoadProblem{}, Checks: []LoadCheck{}}
	if r.Why != "" {
		x.Reason = r.Why.Text(c.lang(), r)
	}
	for _, b := range r.First {
		x.Problems = append(x.Problems, LoadProblem{b.Row, b.Column, b.Value, string(b.Reason), b.Reason.Text(c.lang()), b.Note})
	}
	for _, k := range r.Result.Checks {
		if k.Bad > 0 {
			x.Checks = append(x.Checks, LoadCheck{k.Text(c.lang()), k.Property, k.Checked, k.Bad, k.Gain})
		}
	}
	s.Report = x
	return s, nil
}

// answered gives a load back, or why there is none.
func (c *call) answered(l desk.Load, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	return c.loadShown(l)
}

func (c *call) beginLoad() (any, error) {
	e, err := c.entry()
	if err != nil {
		return nil, err
	}
	var o LoadOrder
	if err := c.into(&o); err != nil {
		return nil, err
	}
	return c.answered(c.Desk.BeginLoad(c.r.Context(), c.by, e.Code, "api", o.Name, o.Size))
}

func (c *call) putPart() (any, error) {
	n, err := strconv.Atoi(c.r.PathValue("n"))
	if err != nil || n < 0 {
		return nil, &badRequest{"parameter_form", []string{"n", c.r.PathValue("n"), "0, 1, 2 …"}}
	}
	data, err := c.whole(desk.PartSize)
	if err != nil {
		return nil, err
	}
	return c.answered(c.Desk.PutPart(c.r.Context(), c.by, c.r.PathValue("id"), n, data))
}

func (c *call) startLoad() (any, error) {
	var s LoadStart
	if err := c.into(&s); err != nil {
		return nil, err
	}
	form := desk.LoadForm{Kind: s.Kind, Charset: s.Charset, Sheet: s.Sheet, Delimiter: s.Delimiter}
	id := c.r.PathValue("id")
	if err := c.Desk.StartLoad(c.r.Context(), c.by, id, form, s.Columns, s.Mode); err != nil {
		return nil, err
	}
	return c.readLoad()
}

func (c *call) cancelLoad() (any, error) {
	if err := c.Desk.CancelLoad(c.r.Context(), c.by, c.r.PathValue("id")); err != nil {
		return nil, err
	}
	return c.readLoad()
}

func (c *call) readLoad() (any, error) {
	return c.answered(c.Desk.LoadOf(c.r.Context(), c.by, c.r.PathValue("id")))
}

func (c *call) badRows() (any, error) {
	l, b, err := c.Desk.BadRows(c.r.Context(), c.by, c.r.PathValue("id"))
	if err != nil {
		return nil, err
	}
	return raw{"text/csv; charset=utf-8", l.ID + "-bad.csv", b}, nil
}

// whole reads a body that is a file, of at most most bytes.
func (c *call) whole(most int64) ([]byte, error) {
	b, err := io.ReadAll(http.MaxBytesReader(nil, c.r.Body, most))
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return nil, &badRequest{"file_large", []string{fmt.Sprint(most)}}
	}
	return b, err
}

// loadRows takes a batch in one call. What a call with the same key began before is gone on with, and not begun again.
func (c *call) loadRows() (any, error) {
	e, err := c.entry()
	if err != nil {
		return nil, err
	}
	key := c.r.Header.Get("Idempotency-Key")
	if len(key) > 200 {
		return nil, &badRequest{"parameter_form", []string{"Idempotency-Key", key[:20] + "…", "1 – 200"}}
	}
	content, err := c.whole(mostRows)
	if err != nil {
		return nil, err
	}
	kind, end := "", ".txt"
	switch sort, _, _ := strings.Cut(strings.ToLower(c.r.Header.Get("Content-Type")), ";"); strings.TrimSpace(sort) {
	case "text/csv":
		kind, end = "csv", ".csv"
	case "application/jsonl", "application/x-ndjson":
		kind, end = "jsonl", ".jsonl"
	}
	ctx, name := c.r.Context(), "rows"+end
	c.batches.Lock() // so that of two calls with one key one begins and the other goes on
	defer c.batches.Unlock()
	var l desk.Load
	if key != "" {
		sum := sm.Sum([]byte(key))
		name = "rows-" + hex.EncodeToString(sum[:12]) + end
		if l, err = c.Desk.LoadNamed(ctx, c.by, e.Code, name); err != nil && !errors.Is(err, desk.ErrNoLoad) {
			return nil, err
		}
	}
	if l.ID == "" {
		if l, err = c.Desk.BeginLoad(ctx, c.by, e.Code, "api", name, int64(len(content))); err != nil {
			return nil, err
		}
	}
	if l.State == "receiving" {
		if l, err = c.send(ctx, l, content); err != nil {
			return nil, err
		}
	}
	if l.State == "received" {
		if err := c.Desk.StartLoad(ctx, c.by, l.ID, desk.LoadForm{Kind: kind}, nil, c.r.URL.Query().Get("mode")); err != nil {
			return nil, err
		}
	}
	return c.answered(c.Desk.LoadOf(ctx, c.by, l.ID))
}

// send puts the parts of a batch.
func (c *call) send(ctx context.Context, l desk.Load, content []byte) (desk.Load, error) {
	if int64(len(content)) != l.Size {
		return l, fmt.Errorf("%w: another call with this key has %d bytes", desk.ErrPart, l.Size)
	}
	r := bytes.NewReader(content)
	part := make([]byte, desk.PartSize)
	for n := 0; ; n++ {
		k, err := io.ReadFull(r, part)
		if errors.Is(err, io.EOF) {
			return l, nil
		}
		if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
			return l, err
		}
		if l, err = c.Desk.PutPart(ctx, c.by, l.ID, n, part[:k]); err != nil {
			return l, err
		}
	}
}
