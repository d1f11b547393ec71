package sheet

import (
	"bytes"
	"testing"

	"github.com/xuri/excelize/v2"

	"mulu"
)

// The template for rows has a column of text for each item in its order, and says in both languages what goes into it.
func TestRowsTemplate(t *testing.T) {
	c := &mulu.EntryContent{Items: []mulu.Item{{Name: "公民身份号码", Field: "gmsfhm", Type: "C", Length: 18, IsKey: true}, {Name: "姓名", Field: "xm", Type: "C"},
		{Field: "sprq", Type: "D", Nullable: true, Standard: "DE-000003"}}}
	for lang, want := range map[string][3]string{"zh": {"数据", "填写说明", "主键，不能重复"}, "en": {"Rows", "How to fill in", "key, not repeated"}} {
		var b bytes.Buffer
		if err := RowsTemplate(&b, c, lang); err != nil {
			t.Fatal(err)
		}
		f, err := excelize.OpenReader(&b)
		if err != nil {
			t.Fatal(err)
		}
		rows, err := f.GetRows(want[0])
		if err != nil || len(rows) != 1 || len(rows[0]) != 3 || rows[0][0] != "公民身份号码" || rows[0][2] != "sprq" {
			t.Fatalf("%s: %v %v", lang, rows, err)
		}
		about, err := f.GetRows(want[1])
		if err != nil || len(about) != 4 || about[1][4] != want[2] || about[3][5] != "DE-000003" {
			t.Fatalf("%s: %v %v", lang, about, err)
		}
		id, err := f.GetColStyle(want[0], "A")
		if err != nil {
			t.Fatal(err)
		}
		if s, err := f.GetStyle(id); err != nil || s.NumFmt != 49 {
			t.Errorf("%s: the column is no text: %+v %v", lang, s, err)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
