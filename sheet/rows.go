package sheet

import (
	"fmt"
	"io"

	"github.com/xuri/excelize/v2"

	"mulu"
)

// RowsTemplate writes an empty table for the rows of an entry: a column for each item, and a second sheet that says what goes into
// it. Columns are text, so that a spreadsheet keeps numbers of more than 15 digits and leading zeros.
func RowsTemplate(w io.Writer, c *mulu.EntryContent, lang string) (err error) {
	f := excelize.NewFile()
	defer func() {
		if e := f.Close(); err == nil {
			err = e
		}
	}()
	say := func(zh, en string) string {
		if lang == "en" {
			return en
		}
		return zh
	}
	data, about := say("数据", "Rows"), say("填写说明", "How to fill in")
	if err := f.SetSheetName(f.GetSheetName(0), data); err != nil {
		return fmt.Errorf("write a template for rows: %w", err)
	}
	if _, err := f.NewSheet(about); err != nil {
		return fmt.Errorf("write a template for rows: %w", err)
	}
	textual, err := f.NewStyle(&excelize.Style{NumFmt: 49})
	if err != nil {
		return fmt.Errorf("write a template for rows: %w", err)
	}
	head, err := f.NewStyle(&excelize.Style{NumFmt: 49, Font: &excelize.Font{Bold: true}, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"E8F0FE"}}})
	if err != nil {
		return fmt.Errorf("write a template for rows: %w", err)
	}
	names := make([]any, len(c.Items))
	lines := [][]any{{say("信息项", "Item"), say("字段", "Field"), say("数据类型", "Data type"), say("长度", "Length"), say("约束", "Constraint"), say("数据元", "Data element")}}
	for i, item := range c.Items {
		if names[i] = item.Name; item.Name == "" {
			names[i] = item.Field
		}
		length, bound := any(nil), say("必填", "required")
		if item.Length > 0 {
			length = item.Length
		}
		if item.IsKey {
			bound = say("主键，不能重复", "key, not repeated")
		} else if item.Nullable {
			bound = say("可空", "may be empty")
		}
		lines = append(lines, []any{names[i], item.Field, mulu.Word(mulu.ItemTypes, item.Type, lang), length, bound, item.Standard})
	}
	last, err := excelize.ColumnNumberToName(max(1, len(c.Items)))
	if err != nil {
		return fmt.Errorf("write a template for rows: %w", err)
	}
	for _, step := range []func() error{
		func() error { return f.SetColStyle(data, "A:"+last, textual) },
		func() error { return f.SetColWidth(data, "A", last, 20) },
		func() error { return f.SetSheetRow(data, "A1", &names) },
		func() error { return f.SetCellStyle(data, "A1", last+"1", head) },
		func() error {
			return f.SetPanes(data, &excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"})
		},
		func() error { return f.SetColWidth(about, "A", "F", 18) },
		func() error { return f.SetCellStyle(about, "A1", "F1", head) },
	} {
		if err := step(); err != nil {
			return fmt.Errorf("write a template for rows: %w", err)
		}
	}
	for i := range lines {
		if err := f.SetSheetRow(about, fmt.Sprintf("A%d", i+1), &lines[i]); err != nil {
			return fmt.Errorf("write a template for rows: %w", err)
		}
	}
	if err := f.Write(w); err != nil {
		return fmt.Errorf("write a template for rows: %w", err)
	}
	return nil
}
