package intake

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

// packed is a zip of parts, each a name and its content.
func packed(t testing.TB, parts ...string) string {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := 0; i < len(parts); i += 2 {
		w, err := z.Create(parts[i])
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, parts[i+1]); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

const (
	types    = `<?xml version="1.0"?><Types/>`
	topRels  = `<Relationships><Relationship Id="r1" Type="http://x/officeDocument" Target="xl/workbook.xml"/></Relationships>`
	bookRels = `<Relationships><Relationship Id="r1" Type="http://x/worksheet" Target="worksheets/sheet1.xml"/>` +
		`<Relationship Id="r2" Type="http://x/sharedStrings" Target="sharedStrings.xml"/><Relationship Id="r3" Type="http://x/styles" Target="/xl/styles.xml"/></Relationships>`
	bookXML = `<workbook xmlns:r="x"><sheets><sheet name="表" r:id="r1"/></sheets></workbook>`
	styles  = `<styleSheet><numFmts><numFmt numFmtId="164" formatCode="yyyy&quot;年&quot;m&quot;月&quot;d&quot;日&quot;"/><numFmt numFmtId="165" formatCode="000000"/>` +
		`<numFmt numFmtId="166" formatCode="[h]:mm:ss"/><numFmt numFmtId="167" formatCode="[Red]&quot;d&quot;0.00"/></numFmts>` +
		`<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="164"/><xf numFmtId="165"/><xf numFmtId="166"/><xf numFmtId="167"/><xf numFmtId="22"/></cellXfs></styleSheet>`
	sharedXML = `<sst><si><t>姓名</t></si><si><r><t>张</t></r><r><t>三&amp;</t></r><rPh><t>zhang</t></rPh></si><si><t>a_x000D_b_x005F_</t></si></sst>`
)

// sheetOf is a workbook whose only sheet has these rows.
func sheetOf(t testing.TB, rows string) string {
	t.Helper()
	return packed(t, "[Content_Types].xml", types, "_rels/.rels", topRels, "xl/workbook.xml", bookXML, "xl/_rels/workbook.xml.rels", bookRels,
		"xl/worksheets/sheet1.xml", `<x:worksheet xmlns:x="y"><!-- > --><sheetData>`+rows+`</sheetData></x:worksheet>`, "xl/sharedStrings.xml", sharedXML, "xl/styles.xml", styles)
}

// column is a sheet of one column, its header 值, with these cells below.
func column(t testing.TB, cells ...string) string {
	t.Helper()
	var b strings.Builder
	b.WriteString(`<row r="1"><c r="A1" t="inlineStr"><is><t>值</t></is></c></row>`)
	for i, c := range cells {
		fmt.Fprintf(&b, `<row r="%d">%s</row>`, i+2, c)
	}
	return sheetOf(t, b.String())
}

func TestCells(t *testing.T) {
	for _, c := range []struct{ cell, want string }{
		{`<c t="s"><v>1</v></c>`, "2: 张三&\n"},
		{`<c t="s"><v>2</v></c>`, "2: a\rb_\n"},
		{`<c t="s"><v>9</v></c>`, "2! 值 \"9\" cell_error\n"},
		{`<c t="inlineStr"><is><t><![CDATA[<b>]]></t></is></c>`, "2: <b>\n"},
		{`<c t="str"><f>A1</f><v>x&#x4e2d;</v></c>`, "2: x中\n"},
		{`<c><f>1+1</f><v>2</v></c>`, "2: 2\n"},
		{`<c><f>1+1</f></c>`, "2! 值 \"\" formula\n"},
		{`<c><f>1+1</f><v></v></c>`, "2! 值 \"\" formula\n"},
		{`<c><f>1+1</f><v/></c>`, "2! 值 \"\" formula\n"},
		{`<c t="str"><f>""</f><v></v></c>`, ""},
		{`<c t="e"><f>1/0</f><v>#DIV/0!</v></c>`, "2! 值 \"#DIV/0!\" cell_error\n"},
		{`<c t="e"><v>#N/A</v></c>`, "2! 值 \"#N/A\" cell_error\n"},
		{`<c t="b"><v>1</v></c>`, "2: TRUE\n"},
		{`<c><v>110102199003071</v></c>`, "2: 110102199003071\n"},
		{`<c><v>999999999999999</v></c>`, "2: 999999999999999\n"},
		{`<c><v>1.10102199003071E+17</v></c>`, "2! 值 \"1.10102199003071E+17\" lost_digits\n"},
		{`<c><v>110102199003071234</v></c>`, "2! 值 \"110102199003071234\" lost_digits\n"},
		{`<c><v>1E3</v></c>`, "2: 1000\n"},
		{`<c><v>0.30000000000000004</v></c>`, "2: 0.3\n"},
		{`<c><v>-12.50</v></c>`, "2: -12.5\n"},
		{`<c><v>x</v></c>`, "2! 值 \"x\" cell_error\n"},
		{`<c><v>NaN</v></c>`, "2! 值 \"NaN\" cell_error\n"},
		{`<c s="1"><v>45000</v></c>`, "2: 2023-03-15\n"},
		{`<c s="2"><v>45000</v></c>`, "2: 2023-03-15\n"},
		{`<c s="6"><v>45000.75</v></c>`, "2: 2023-03-15 18:00:00\n"},
		{`<c s="1"><v>45000.999999999</v></c>`, "2: 2023-03-16\n"},
		{`<c s="1"><v>1</v></c>`, "2: 1900-01-01\n"},
		{`<c s="1"><v>59</v></c>`, "2: 1900-02-28\n"},
		{`<c s="1"><v>60</v></c>`, "2! 值 \"60\" no_date\n"},
		{`<c s="1"><v>61</v></c>`, "2: 1900-03-01\n"},
		{`<c s="1"><v>0.5</v></c>`, "2: 12:00:00\n"},
		{`<c s="1"><v>2958465</v></c>`, "2: 9999-12-31\n"},
		{`<c s="1"><v>2958466</v></c>`, "2! 值 \"2958466\" no_date\n"},
		{`<c s="1"><v>-1</v></c>`, "2! 值 \"-1\" no_date\n"},
		{`<c s="1"><v>20230315</v></c>`, "2! 值 \"20230315\" no_date\n"},
		{`<c s="3"><v>123</v></c>`, "2: 000123\n"},
		{`<c s="4"><v>1.5</v></c>`, "2: 36:00:00\n"},
		{`<c s="5"><v>1.5</v></c>`, "2: 1.5\n"},
		{`<c t="d"><v>2024-01-02T00:00:00</v></c>`, "2: 2024-01-02\n"},
		{`<c t="inlineStr"><is><t>2023-02-30</t></is></c>`, "2: 2023-02-30\n"},
		{`<c t="inlineStr"><is><t>` + strings.Repeat("x", maxValue+1) + `</t></is></c>`, "2! 值 \"" + strings.Repeat("x", shown) + "\" huge\n"},
		{`<c t="inlineStr"><is><t>` + strings.Repeat("x", maxText+1) + `</t></is></c>`, "2! 值 \"" + strings.Repeat("x", shown) + "\" huge\n"},
		{`<c r="C2"><v>1</v></c>`, "fault title 2\n"},
	} {
		if got := told(t, file(column(t, c.cell)), "a.xlsx", Form{}); got != "值\n"+c.want {
			t.Errorf("%.100s\ngot %.300s\nwant %.300s", c.cell, got, "值\n"+c.want)
		}
	}
}

func TestSheets(t *testing.T) {
	f := excelize.NewFile()
	for _, name := range []string{"隐藏", "人口", "法人"} {
		if _, err := f.NewSheet(name); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.DeleteSheet("Sheet1"); err != nil {
		t.Fatal(err)
	}
	set := func(sheet, cell string, values ...any) {
		if err := f.SetSheetRow(sheet, cell, &values); err != nil {
			t.Fatal(err)
		}
	}
	set("人口", "A3", "姓名", "年龄", "")
	set("人口", "A5", "张三", 30)
	set("人口", "A6", "李四", nil)
	set("人口", "A7", "王五", 1, 2)
	set("法人", "A1", "名称", "x", "y")
	f.SetActiveSheet(1)
	if err := f.SetSheetVisible("隐藏", false); err != nil {
		t.Fatal(err)
	}
	text := written(t, f)
	list, err := Sheets(file(text), "a.xlsx")
	if err != nil || strings.Join(list, " ") != "人口 法人" {
		t.Errorf("sheets %q, %v", list, err)
	}
	form, err := Sniff(file(text), "a.xlsx")
	if err != nil || form != (Form{Kind: XLSX, Sheet: "人口"}) {
		t.Errorf("%+v, %v", form, err)
	}
	for _, c := range []struct{ sheet, want string }{
		{"", "姓名|年龄\n5: 张三|30\n6: 李四|\n7! C \"2\" columns\n"},
		{"法人", "名称|x|y\n"},
		{"隐藏", "fault no_header 0\n"},
		{"没有", "fault sheet 0\n"},
	} {
		if got := told(t, file(text), "a.xlsx", Form{Sheet: c.sheet}); got != c.want {
			t.Errorf("%s: %s, want %s", c.sheet, got, c.want)
		}
	}
	if err := f.MergeCell("法人", "B1", "C1"); err != nil {
		t.Fatal(err)
	}
	text = written(t, f)
	_, err = Open(file(text), "a.xlsx", Form{Sheet: "法人"})
	if err == nil || !strings.Contains(err.Error(), "B1:C1") {
		t.Errorf("merged cells: %v", err)
	}
}

func written(t testing.TB, f *excelize.File) string {
	t.Helper()
	b, err := f.WriteToBuffer()
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestWorkbooksThatAreNone(t *testing.T) {
	good := column(t, "<c><v>1</v></c>")
	bomb := packed(t, "[Content_Types].xml", types, "_rels/.rels", topRels, "xl/workbook.xml", bookXML, "xl/_rels/workbook.xml.rels", bookRels,
		"xl/worksheets/sheet1.xml", "<worksheet><sheetData>"+strings.Repeat(" ", 20<<20))
	stringBomb := packed(t, "[Content_Types].xml", types, "_rels/.rels", topRels, "xl/workbook.xml", bookXML, "xl/_rels/workbook.xml.rels", bookRels,
		"xl/worksheets/sheet1.xml", "<worksheet/>", "xl/sharedStrings.xml", "<sst>"+strings.Repeat("<si><t>x</t></si>", 1<<20))
	var crowd []string
	for i := range 20_000 {
		crowd = append(crowd, fmt.Sprintf("%060d", i), "")
	}
	for _, c := range []struct{ name, in, want string }{
		{"cut off", good[:len(good)/2], "fault damaged 0\n"},
		{"a bomb of spaces", bomb, "fault bomb 0\n"},
		{"a bomb of strings", stringBomb, "fault bomb 0\n"},
		{"a bomb of names", packed(t, crowd...), "fault bomb 0\n"},
		{"any zip", packed(t, "a.csv", "a"), "fault zip 0\n"},
		{"an empty zip", packed(t), "fault zip 0\n"},
		{"no workbook", packed(t, "[Content_Types].xml", types), "fault no_sheet 0\n"},
		{"binary workbook", packed(t, "[Content_Types].xml", types, "_rels/.rels", strings.Replace(topRels, "workbook.xml", "workbook.bin", 1)), "fault old_excel 0\n"},
		{"a document type", sheetOf(t, `<!DOCTYPE a [<!ENTITY b "c">]>`), "fault damaged 0\n"},
		{"rows cut off", sheetOf(t, `<row><c><v>1`), "fault damaged 0\n"},
		{"a formula as header", sheetOf(t, `<row><c><f>A</f></c></row>`), "fault header_cell 1\n"},
		{"old Excel", "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", "fault old_excel 0\n"},
		{"a web page", "<html><table>", "fault markup 0\n"},
		{"PDF", "%PDF-1.7", "fault kind 0\n"},
		{"a lone shape", "\x00\x00\x27\x0A", "fault bare_shape 0\n"},
	} {
		if got := told(t, file(c.in), "a.xls", Form{}); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

func FuzzXLSX(f *testing.F) {
	f.Add(column(f, `<c t="s"><v>1</v></c>`, `<c s="1"><v>45000</v></c>`))
	f.Fuzz(func(t *testing.T, s string) { told(t, file(s), "a.xlsx", Form{Kind: XLSX}) })
}

// FuzzXLSXParts puts what strangers could write into the parts, which a fuzz of the zip never reaches.
func FuzzXLSXParts(f *testing.F) {
	f.Add(bookXML, bookRels, sharedXML, styles, `<worksheet><sheetData><row r="1"><c r="A1" t="s"><v>0</v></c></row><row><c s="2"><v>4.5e4</v></c></row></sheetData><mergeCells><mergeCell ref="A1:A2"/></mergeCells></worksheet>`)
	f.Add(bookXML, bookRels, sharedXML, styles, `<worksheet><sheetData><row><c t="inlineStr"><is><t>a&#x41;</t></is></c></row><row r="5"><c r="ZZZZ1"/><c><f/></c></row>`)
	f.Fuzz(func(t *testing.T, book, rels, strings, styles, sheet string) {
		told(t, file(packed(t, "[Content_Types].xml", types, "_rels/.rels", topRels, "xl/workbook.xml", book, "xl/_rels/workbook.xml.rels", rels,
			"xl/worksheets/sheet1.xml", sheet, "xl/sharedStrings.xml", strings, "xl/styles.xml", styles)), "a.xlsx", Form{})
	})
}

func BenchmarkXLSX(b *testing.B) {
	f := excelize.NewFile()
	w, err := f.NewStreamWriter("Sheet1")
	if err != nil {
		b.Fatal(err)
	}
	for i := range 50_000 {
		row := []any{fmt.Sprintf("%08d", i), fmt.Sprintf("张%d", i%1000), "1", "2024-03-01", float64(i) + 0.5, "110102001", "A", i % 100, "X", "无"}
		if i == 0 {
			row = []any{"编号", "姓名", "性别", "日期", "金额", "街道", "状态", "数量", "类型", "备注"}
		}
		if err := w.SetRow(fmt.Sprintf("A%d", i+1), row); err != nil {
			b.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		b.Fatal(err)
	}
	benchmark(b, []byte(written(b, f)), Form{})
}
