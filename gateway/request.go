package gateway

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"mulu"
)

// The methods of a call, as grants name them.
const (
	query = "query"
	check = "check"
	batch = "batch"
	push  = "push" // delivered outside the gateway
)

// Bounds of a request.
const (
	MaxBody      = 1 << 20 // bytes
	MaxLimit     = 1000    // rows of one answer
	DefaultLimit = 100
	maxFilters   = 20
	maxValues    = 1000 // in all filters
	maxPurpose   = 200  // characters
	maxCase      = 100  // characters
)

// Request is what a call asks for. Filters all must hold; Purpose says in words what the answer is used for, Case the
// number of the matter at the consumer (kept as a keyed digest only). Of the rest each method knows its own:
//
//	query  items (field names, empty for all that the grant covers), limit, after (the cursor of the answer before)
//	check  none
//	batch  items, format (csv, jsonl or parquet), bom (a byte order mark before CSV, for spreadsheets)
type Request struct {
	Items   []string      `json:"items"`
	Filters []mulu.Filter `json:"filters"`
	Limit   int           `json:"limit"`
	After   string        `json:"after"`
	Format  string        `json:"format"`
	BOM     bool          `json:"bom"`
	Purpose string        `json:"purpose"`
	Case    string        `json:"case"`
}

// fieldsOf names the fields that a method's body may have.
func fieldsOf(method string) []string {
	switch method {
	case check:
		return []string{"filters", "purpose", "case"}
	case batch:
		return []string{"items", "filters", "format", "bom", "purpose", "case"}
	default:
		return []string{"items", "filters", "limit", "after", "purpose", "case"}
	}
}

// fault is what is wrong with a body, for the caller. It quotes nothing of the body but names of fields that exist.
type fault struct{ zh, en string }

func wrong(zh, en string, args ...any) *fault {
	return &fault{fmt.Sprintf(zh, args...), fmt.Sprintf(en, args...)}
}

func notJSON() *fault { return wrong("请求正文不是有效的 JSON", "the body is not valid JSON") }

// decodeRequest reads a body strictly: UTF-8, one JSON object, fields named exactly and once, within bounds.
func decodeRequest(method string, b []byte) (Request, *fault) {
	q := Request{Limit: DefaultLimit}
	if !utf8.Valid(b) {
		return q, wrong("请求正文不是 UTF-8 编码", "the body is not UTF-8")
	}
	d := json.NewDecoder(bytes.NewReader(b))
	if f := object(d, fieldsOf(method)); f != nil {
		return q, f
	}
	if _, err := d.Token(); err != io.EOF {
		return q, wrong("JSON 对象之后还有内容", "there is more after the end of the JSON object")
	}
	if err := json.Unmarshal(b, &q); err != nil {
		var kind *json.UnmarshalTypeError
		if errors.As(err, &kind) {
			return q, wrong("字段 %s 的类型不正确", "the field %s has the wrong type", kind.Field)
		}
		return q, notJSON()
	}
	return q, q.check(method)
}

func (q *Request) check(method string) *fault {
	if q.Limit < 1 || q.Limit > MaxLimit {
		return wrong("limit 应为 1 至 %d", "limit must be 1 to %d", MaxLimit)
	}
	if f := q.checkFilters(method); f != nil {
		return f
	}
	for i, item := range q.Items {
		if item == "" || slices.Contains(q.Items[:i], item) {
			return wrong("items 应为字段名，每个只写一次", "items are field names, each once")
		}
	}
	if method == batch {
		if q.Format == "" {
			q.Format = csvFile
		}
		if !slices.Contains([]string{csvFile, linesFile, parquetFile}, q.Format) {
			return wrong("format 应为 csv、jsonl 或 parquet", "format must be csv, jsonl or parquet")
		}
		if q.BOM && q.Format != csvFile {
			return wrong("只有 csv 文件才有 bom", "only csv has a bom")
		}
	}
	q.Case = strings.TrimSpace(q.Case)
	if n := utf8.RuneCountInString(q.Case); n < 1 || n > maxCase {
		return wrong("case 用 1 至 %d 个字写明事项编号", "case gives the number of the matter in 1 to %d characters", maxCase)
	}
	return q.checkPurpose()
}

func (q *Request) checkFilters(method string) *fault {
	if len(q.Filters) > maxFilters {
		return wrong("筛选条件最多 %d 个", "at most %d filters", maxFilters)
	}
	if method == check && len(q.Filters) == 0 {
		return wrong("核验至少要有一个筛选条件", "a check has at least one filter")
	}
	values := 0
	for _, f := range q.Filters {
		if f.Item == "" || len(f.Values) == 0 {
			return wrong("每个筛选条件要有信息项和至少一个值", "a filter names an item and at least one value")
		}
		if slices.Contains(f.Values, "") {
			return wrong("筛选条件的值不能为空", "a value of a filter is empty")
		}
		if method == check && len(f.Values) > 1 {
			return wrong("核验时每个筛选条件只能有一个值", "a filter of a check has one value")
		}
		values += len(f.Values)
	}
	if values > maxValues {
		return wrong("全部筛选条件最多 %d 个值", "at most %d values in all filters", maxValues)
	}
	return nil
}

// checkPurpose: the purpose stands in the receipt for all to read, so it must say something and name nobody.
func (q *Request) checkPurpose() *fault {
	q.Purpose = strings.TrimSpace(q.Purpose)
	if n := utf8.RuneCountInString(q.Purpose); n < 2 || n > maxPurpose {
		return wrong("purpose 用 2 至 %d 个字写明数据用途", "purpose says in 2 to %d characters what the data is used for", maxPurpose)
	}
	digits := 0
	for _, r := range q.Purpose {
		if r < 0x20 {
			return wrong("purpose 含有控制字符", "purpose has control characters")
		}
		if r >= '0' && r <= '9' {
			digits++
		} else if r != ' ' && r != '-' {
			digits = 0
		}
		if digits >= 11 {
			return wrong("purpose 含有长号码；它写入回执供人查看，事项编号请写在 case 里，切勿写个人信息",
				"purpose holds a long number; it stands in the receipt for all to read, so put numbers of matters into case and never name a person")
		}
	}
	return nil
}

// object walks one JSON object, because the standard decoder takes doubled fields and any upper or lower case.
// Filters are the only objects inside.
func object(d *json.Decoder, fields []string) *fault {
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return wrong("请求正文不是 JSON 对象", "the body is not a JSON object")
	}
	return members(d, fields, 0)
}

func members(d *json.Decoder, fields []string, depth int) *fault {
	seen := map[string]bool{}
	for d.More() {
		t, err := d.Token()
		name, ok := t.(string)
		if err != nil || !ok {
			return notJSON()
		}
		if !slices.Contains(fields, name) {
			return wrong("有未知的字段；可用的字段有 %s", "there is an unknown field; known here are %s", strings.Join(fields, ", "))
		}
		if seen[name] {
			return wrong("字段 %s 出现两次", "the field %s stands twice", name)
		}
		seen[name] = true
		if f := value(d, depth+1); f != nil {
			return f
		}
	}
	if _, err := d.Token(); err != nil {
		return notJSON()
	}
	return nil
}

func value(d *json.Decoder, depth int) *fault {
	t, err := d.Token()
	if err != nil {
		return notJSON()
	}
	switch t {
	case nil:
		return wrong("不接受 null，请去掉该字段", "null is no value here; leave the field out")
	case json.Delim('{'):
		return members(d, []string{"item", "values"}, depth)
	case json.Delim('['):
		if depth > 4 {
			return wrong("嵌套过深", "the body is nested too deeply")
		}
		for d.More() {
			if f := value(d, depth+1); f != nil {
				return f
			}
		}
		if _, err := d.Token(); err != nil {
			return notJSON()
		}
	}
	return nil
}
