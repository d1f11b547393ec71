package platform

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"strconv"

	"mulu"
)

// Reason says why a value or a row cannot be loaded.
type Reason string

// The reasons. Their sentences stand in reasonWords.
const (
	Required   Reason = "required"
	TooLong    Reason = "too_long"
	WrongType  Reason = "wrong_type"
	Characters Reason = "characters"
	Repeated   Reason = "repeated"
	Columns    Reason = "columns"
	Malformed  Reason = "malformed"
	NoColumn   Reason = "no_column"
	TwoColumns Reason = "two_columns"
	NoHeader   Reason = "no_header"
)

// Text says the reason in lang ("zh" or "en").
func (r Reason) Text(lang string) string {
	words := map[Reason][2]string{
		Required:   {"此项必填", "a value is required"},
		TooLong:    {"超过信息项规定的长度", "longer than the item allows"},
		WrongType:  {"不符合信息项的数据类型", "does not fit the item's type"},
		Characters: {"含有控制字符", "contains control characters"},
		Repeated:   {"主键与前面的行重复", "repeats the key of an earlier row"},
		Columns:    {"列数与表头不一致", "has another number of columns than the header"},
		Malformed:  {"不是有效的 UTF-8 编码 CSV（检查引号和编码，另存为“CSV UTF-8”）", "is not valid CSV in UTF-8: check quotes and encoding, save as CSV UTF-8"},
		NoColumn:   {"表头缺少此信息项的列（列名用信息项名称或字段名）", "the header has no column for this item: name it by the item's name or field"},
		TwoColumns: {"表头中有两列对应此信息项", "two columns of the header stand for this item"},
		NoHeader:   {"文件没有表头", "the file has no header row"},
	}
	w, ok := words[r]
	switch {
	case !ok:
		return string(r)
	case lang == "en":
		return w[1]
	default:
		return w[0]
	}
}

// Bad is one thing that kept a load from being published. Row counts as a spreadsheet does: the header is row 1.
type Bad struct {
	Row    int64  `json:"row"`
	Column string `json:"column,omitempty"` // the item's name; empty where the whole row is meant
	Value  string `json:"value,omitempty"`  // at most the first 200 characters
	Reason Reason `json:"reason"`
}

const (
	badListed = 100    // in a report
	badFiled  = 10_000 // in the file that comes with it
)

// Report says what became of a load. Published is set if it became a version, which then is named by Version; otherwise
// Bad counts what was wrong, First shows the beginning, and File names the list in the vault (CSV for the provider).
// Reading stops once more than 10,000 things were wrong.
type Report struct {
	Entry     string   `json:"entry"`
	Version   int      `json:"version"`
	Published bool     `json:"published"`
	Rows      int64    `json:"rows"`
	Digest    string   `json:"digest,omitempty"`
	Ignored   []string `json:"ignored,omitempty"` // columns of the file that stand for no item
	Bad       int64    `json:"bad,omitempty"`
	First     []Bad    `json:"first,omitempty"`
	File      string   `json:"file,omitempty"`

	filed []Bad
}

func (r *Report) bad(row int64, column, value string, why Reason) {
	r.Bad++
	if cut := []rune(value); len(cut) > 200 {
		value = string(cut[:200])
	}
	b := Bad{row, column, value, why}
	if len(r.First) < badListed {
		r.First = append(r.First, b)
	}
	if len(r.filed) < badFiled {
		r.filed = append(r.filed, b)
	}
}

// full says that enough was found wrong to stop reading.
func (r *Report) full() bool { return r.Bad > badFiled }

// sheet is the list of what was wrong as CSV: row, column, value, reason in both languages.
func (r *Report) sheet() ([]byte, error) {
	var b bytes.Buffer
	b.WriteString("\uFEFF") // so that spreadsheets read UTF-8
	w := csv.NewWriter(&b)
	if err := w.Write([]string{"行 row", "列 column", "值 value", "原因", "reason"}); err != nil {
		return nil, err
	}
	for _, x := range r.filed {
		if err := w.Write([]string{strconv.FormatInt(x.Row, 10), plain(x.Column), plain(x.Value), x.Reason.Text("zh"), x.Reason.Text("en")}); err != nil {
			return nil, err
		}
	}
	if more := r.Bad - int64(len(r.filed)); more > 0 {
		if err := w.Write([]string{"", "", "", fmt.Sprintf("还有 %d 处或更多", more), fmt.Sprintf("%d more or beyond", more)}); err != nil {
			return nil, err
		}
	}
	w.Flush()
	return b.Bytes(), w.Error()
}

// plain keeps a spreadsheet from executing a value as a formula.
func plain(v string) string {
	if v != "" && (v[0] == '=' || v[0] == '+' || v[0] == '-' || v[0] == '@' || v[0] == '\t' || v[0] == '\r') {
		return "'" + v
	}
	return v
}

// columnName is how a report names an item.
func columnName(i mulu.Item) string {
	if i.Name != "" {
		return i.Name
	}
	return i.Field
}
