package platform

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"sort"
	"strconv"
	"strings"

	"mulu"
	"mulu/platform/intake"
	"mulu/platform/quality"
)

// Why says why a load was rejected, "" if it was not.
type Why string

// Why a load is rejected.
const (
	NoColumns Why = "no_columns" // items have no column in the table
	TooBad    Why = "too_bad"    // more rows are bad than the terms allow
	Shrunk    Why = "shrunk"     // too few rows are left of the version before
	Poor      Why = "poor"       // the score is below the least that the owner set
)

// Text says why, with the figures, in lang ("zh" or "en").
func (w Why) Text(lang string, r *Report) string {
	zh, en := "", ""
	switch w {
	case NoColumns:
		zh, en = "文件缺少信息项对应的列。请补上列或者在对应关系中指定列名。", "the file lacks columns for items. Add them, or say which columns stand for them."
	case TooBad:
		if r.Allowed == 0 {
			zh = fmt.Sprintf("%d 行有问题，装载约定不允许剔除任何一行。请下载问题行，改正后重新上传。", r.BadRows)
			en = fmt.Sprintf("%d rows are bad, and the load terms let no row be left out. Fetch the bad rows, mend them and send them again.", r.BadRows)
			break
		}
		zh = fmt.Sprintf("%d 行有问题，超过装载约定允许剔除的 %s%%。请下载问题行，改正后重新上传。", r.BadRows, tenths(r.Allowed))
		en = fmt.Sprintf("%d rows are bad, more than the %s%% that the load terms let be left out. Fetch the bad rows, mend them and send them again.", r.BadRows, tenths(r.Allowed))
	case Shrunk:
		zh = fmt.Sprintf("新版本只有 %d 行，原版本有 %d 行，减少超过装载约定允许的 %d%%。请核对文件是否完整；确属正常的，先调整装载约定。", r.Kept, r.Before, r.Allowed)
		en = fmt.Sprintf("the new version has %d rows and the one before %d: more are missing than the %d%% that the load terms allow. See whether the file is whole; if it is, change the load terms first.", r.Kept, r.Before, r.Allowed)
	case Poor:
		zh = fmt.Sprintf("质量得分 %s，低于装载约定要求的 %s。请按报告中的建议改正。", tenths(r.Quality.Score), tenths(r.Allowed))
		en = fmt.Sprintf("the quality is %s and the load terms ask for %s. Mend what the report names.", tenths(r.Quality.Score), tenths(r.Allowed))
	}
	if lang == "en" {
		return en
	}
	return zh
}

// tenths writes thousandths as hundredths with one decimal: 987 is 98.7.
func tenths(n int) string { return fmt.Sprintf("%d.%d", n/10, n%10) }

// Bad is one thing that is wrong with a row. Row counts as a spreadsheet does: the header is row 1.
type Bad struct {
	Row    int64          `json:"row"`
	Column string         `json:"column,omitempty"` // the item's name; empty where the whole row is meant
	Value  string         `json:"value,omitempty"`  // at most the first 200 characters
	Reason quality.Reason `json:"reason"`
	Note   bool           `json:"note,omitempty"`  // the row stays, it only counts
	First  int64          `json:"first,omitempty"` // of a repeated key: the row that has it first, 0 one of the version before
}

const (
	badListed = 100      // things wrong in a report
	badFiled  = 10_000   // rows in the file that comes with it
	filedMost = 32 << 20 // bytes of the values in that file
)

// Report says what became of a load. Published is set if it became version Version; otherwise Why says why not. Of what was wrong
// First shows the beginning, and File names the list of bad rows in the vault (CSV for the provider: to mend and send again).
type Report struct {
	Entry     string         `json:"entry"`
	Version   int            `json:"version"`
	Mode      string         `json:"mode"`
	Published bool           `json:"published"`
	Why       Why            `json:"why,omitempty"`
	Allowed   int            `json:"allowed,omitempty"` // the bound that was passed, in the unit of its term
	Rows      int64          `json:"rows"`              // read
	Kept      int64          `json:"kept"`              // of the version
	Before    int64          `json:"before,omitempty"`  // of the version before
	Digest    string         `json:"digest,omitempty"`
	Ignored   []string       `json:"ignored,omitempty"` // columns that stand for no item
	Bad       int64          `json:"bad,omitempty"`     // things wrong that leave a row out
	BadRows   int64          `json:"bad_rows,omitempty"`
	Notes     int64          `json:"notes,omitempty"` // things wrong that do not
	Early     bool           `json:"early,omitempty"` // reading stopped before the end: enough was wrong
	First     []Bad          `json:"first,omitempty"`
	File      string         `json:"file,omitempty"`
	Quality   mulu.Quality   `json:"quality"`
	Result    quality.Result `json:"result"` // per check and per column

	columns []string // of the table
	filed   []filedRow
	size    int // bytes of values in filed
}

// filedRow is a row with what is wrong in it.
type filedRow struct {
	line   int64
	wrong  []Bad
	values []string // as they stood in the table; nil where they are not at hand
}

// problem is one thing wrong, with the item it is about.
type problem struct {
	row, first int64
	item       mulu.Item // zero: the whole row
	value      string
	why        quality.Reason
	note       bool
}

func (p problem) bad() Bad {
	return Bad{Row: p.row, Column: columnName(p.item), Value: cut(p.value, 200), Reason: p.why, Note: p.note, First: p.first}
}

// bad notes something wrong with the table itself.
func (r *Report) bad(p problem) { r.row(p.row, []Bad{p.bad()}, nil) }

// flaw notes a row that could not be read.
func (r *Report) flaw(f *intake.Flaw) {
	r.row(f.Line, []Bad{{Row: f.Line, Column: f.Column, Value: f.Value, Reason: f.Reason}}, nil)
}

// row notes what is wrong in a row.
func (r *Report) row(line int64, wrong []Bad, values []string) {
	left := false
	for _, b := range wrong {
		if b.Note {
			r.Notes++
		} else {
			r.Bad++
			left = true
		}
		if len(r.First) < badListed {
			r.First = append(r.First, b)
		}
	}
	if left {
		r.BadRows++
	}
	if len(r.filed) == badFiled {
		return
	}
	f := filedRow{line: line, wrong: wrong}
	for _, v := range values {
		r.size += len(v)
	}
	if r.size <= filedMost {
		f.values = append([]string(nil), values...)
	}
	r.filed = append(r.filed, f)
}

// rejected tells why a finished load is not published.
func (r *Report) rejected(t mulu.LoadTerms, before mulu.Dataset) Why {
	r.Before = before.Rows
	switch {
	case r.Early, r.BadRows*1000 > r.Rows*int64(t.MaxBad):
		r.Allowed = t.MaxBad
		return TooBad
	case before.OnPlatform() && t.Shrink < 100 && (before.Rows-r.Kept)*100 > before.Rows*int64(t.Shrink):
		r.Allowed = t.Shrink
		return Shrunk
	case r.Quality.Score >= 0 && r.Quality.Score < t.Least:
		r.Allowed = t.Least
		return Poor
	}
	return ""
}

// The columns of the list of bad rows that say what is wrong; the table's own columns follow. A file that is sent again may keep
// them: they stand for no item and are passed over.
var margin = []string{"※行 row", "※处理 treatment", "※列 column", "※值 value", "※原因 reason"}

// marginal tells whether a column is one of the list's own.
func marginal(column string) bool { return strings.HasPrefix(column, "※") }

// sheet is the list of bad rows as CSV: row, what becomes of it, columns, values and reasons, and then the row as it was.
func (r *Report) sheet() ([]byte, error) {
	sort.SliceStable(r.filed, func(i, k int) bool { return r.filed[i].line < r.filed[k].line })
	var b bytes.Buffer
	b.WriteString("\uFEFF") // so that spreadsheets read UTF-8
	w := csv.NewWriter(&b)
	head := append([]string(nil), margin...)
	for _, c := range r.columns {
		if !marginal(c) {
			head = append(head, c)
		}
	}
	if err := w.Write(head); err != nil {
		return nil, err
	}
	for _, f := range r.filed {
		line := f.cells()
		for i, v := range f.values {
			if !marginal(r.columns[i]) {
				line = append(line, plain(v))
			}
		}
		for len(line) < len(head) {
			line = append(line, "")
		}
		if err := w.Write(line); err != nil {
			return nil, err
		}
	}
	w.Flush()
	return b.Bytes(), w.Error()
}

// cells are the row's number and what is wrong with it.
func (f *filedRow) cells() []string {
	var columns, values, reasons []string
	treatment := "提示 noted"
	for _, b := range f.wrong {
		if !b.Note {
			treatment = "剔除 left out"
		}
		zh, en := b.Reason.Text("zh"), b.Reason.Text("en")
		if b.First > 0 {
			zh, en = fmt.Sprintf("%s（第 %d 行）", zh, b.First), fmt.Sprintf("%s (row %d)", en, b.First)
		}
		columns, values, reasons = append(columns, b.Column), append(values, b.Value), append(reasons, zh+" / "+en)
	}
	line := []string{strconv.FormatInt(f.line, 10), treatment}
	for _, list := range [][]string{columns, values, reasons} {
		line = append(line, plain(strings.Join(list, "；")))
	}
	return line
}

// formulas are the characters with which a formula begins in a spreadsheet.
const formulas = "=+-@\t\r"

// plain keeps a spreadsheet from executing a value as a formula, by an apostrophe that loading the list again takes away.
func plain(v string) string {
	if v != "" && strings.IndexByte(formulas, v[0]) >= 0 {
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
