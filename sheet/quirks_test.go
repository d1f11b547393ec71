package sheet

import (
	"archive/zip"
	"bytes"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
)

// pack makes an .xlsx of parts as they are, for what no library writes.
func pack(t testing.TB, parts map[string]string) File {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	names := []string{}
	for name := range parts {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		w, err := z.Create(name)
		must(t, err)
		_, err = w.Write([]byte(parts[name]))
		must(t, err)
	}
	must(t, z.Close())
	return fileOf("手工.xlsx", b.Bytes())
}

const office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"

// plainParts is the smallest package: one sheet with the given rows.
func plainParts(data string) map[string]string {
	return map[string]string{
		"_rels/.rels":                `<Relationships><Relationship Id="r1" Type="` + office + `/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
		"xl/workbook.xml":            `<workbook xmlns:r="` + office + `"><sheets><sheet name="职责" sheetId="1" r:id="rId1"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels": `<Relationships><Relationship Id="rId1" Type="` + office + `/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="` + office + `/sharedStrings" Target="/xl/sharedStrings.xml"/><Relationship Id="rId3" Type="` + office + `/styles" Target="styles.xml"/></Relationships>`,
		"xl/worksheets/sheet1.xml":   `<worksheet><sheetData>` + data + `</sheetData></worksheet>`,
	}
}

// cellsOf reads all cells of the first sheet: "A1=text" or "A1!flaw".
func cellsOf(t *testing.T, f File) string {
	t.Helper()
	b, err := open(f, &source{ReaderAt: f.Content})
	must(t, err)
	var all []string
	must(t, b.read(0, func(l line) error {
		for i, c := range l.cells {
			switch {
			case c.flaw != "":
				all = append(all, cellName(i, l.row)+"!"+c.flaw)
			case c.text != "":
				all = append(all, cellName(i, l.row)+"="+c.text)
			}
		}
		return nil
	}))
	return strings.Join(all, " ")
}

func TestCellsAsProgramsWriteThem(t *testing.T) {
	styles := `<styleSheet><numFmts><numFmt numFmtId="170" formatCode="000000"/><numFmt numFmtId="171" formatCode="yyyy&quot;年&quot;m&quot;月&quot;d&quot;日&quot;"/><numFmt numFmtId="172" formatCode="[Red]0.00&quot;days&quot;"/></numFmts>
<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="170"/><xf numFmtId="14"/><xf numFmtId="171"/><xf numFmtId="57"/><xf numFmtId="172"/></cellXfs></styleSheet>`
	for name, c := range map[string]struct{ data, shared, book, want string }{
		"inline strings":          {data: `<row r="1"><c r="A1" t="inlineStr"><is><t xml:space="preserve"> 中&amp;文 </t></is></c></row>`, want: "A1=中&文"},
		"rich inline strings":     {data: `<row r="1"><c r="A1" t="inlineStr"><is><r><rPr><b/></rPr><t>一</t></r><r><t>二</t></r></is></c></row>`, want: "A1=一二"},
		"shared strings":          {data: `<row r="1"><c r="A1" t="s"><v>1</v></c><c r="B1" t="s"><v>0</v></c><c r="C1" t="s"><v>7</v></c></row>`, shared: `<si><t>甲</t></si><si><r><t>乙</t></r><r><t xml:space="preserve">丙</t></r><rPh sb="0" eb="1"><t>yi</t></rPh></si>`, want: "A1=乙丙 B1=甲 C1!cell_error"},
		"no references":           {data: `<row><c><v>1</v></c><c/><c t="str"><v>x</v></c></row><row><c><v>2</v></c></row>`, want: "A1=1 C1=x A2=2"},
		"gaps":                    {data: `<row r="3"><c r="C3"><v>1</v></c></row><row r="10"><c r="A10"><v>2</v></c></row>`, want: "C3=1 A10=2"},
		"numbers":                 {data: `<row r="1"><c r="A1"><v>18</v></c><c r="B1"><v>1E3</v></c><c r="C1"><v>0.30000000000000004</v></c><c r="D1" s="5"><v>2.5</v></c></row>`, want: "A1=18 B1=1000 C1=0.3 D1=2.5"},
		"zeros in front":          {data: `<row r="1"><c r="A1" s="1"><v>123</v></c></row>`, want: "A1=000123"},
		"long numbers":            {data: `<row r="1"><c r="A1"><v>1.10102199003071E+17</v></c><c r="B1"><v>110102199003071000</v></c><c r="C1"><v>110102199003071234</v></c><c r="D1"><v>123456789012345</v></c></row>`, want: "A1!scientific B1!scientific C1=110102199003071234 D1=123456789012345"},
		"long numbers as texts":   {data: `<row r="1"><c r="A1" t="str"><v>1.10102E+17</v></c><c r="B1" t="str"><v>110102199003071234</v></c><c r="C1" t="str"><v>E+17</v></c></row>`, want: "A1!scientific B1=110102199003071234 C1=E+17"},
		"formulas":                {data: `<row r="1"><c r="A1" t="str"><f>B1&amp;"x"</f><v>x</v></c><c r="B1"><f t="shared" si="0"/><v>2</v></c></row>`, want: "A1!formula B1!formula"},
		"errors and truth":        {data: `<row r="1"><c r="A1" t="e"><v>#N/A</v></c><c r="B1" t="b"><v>1</v></c><c r="C1" t="b"><v>0</v></c></row>`, want: "A1!cell_error B1=TRUE C1=FALSE"},
		"dates":                   {data: `<row r="1"><c r="A1" s="2"><v>46023</v></c><c r="B1" s="3"><v>46023.5</v></c><c r="C1" s="4"><v>1</v></c><c r="D1" t="d"><v>2026-01-01T00:00:00</v></c><c r="E1" s="2"><v>-4</v></c></row>`, want: "A1=2026-01-01 B1=2026-01-01 12:00:00 C1=1900-01-01 D1=2026-01-01 E1=-4"},
		"dates of 1904":           {data: `<row r="1"><c r="A1" s="2"><v>44561</v></c></row>`, book: `<workbookPr date1904="1"/>`, want: "A1=2026-01-01"},
		"escapes":                 {data: `<row r="1"><c r="A1" t="str"><v>a_x000D__x000a_b</v></c><c r="B1" t="str"><v>_x005F_x000D_</v></c><c r="C1" t="str"><v>_x00_ _xzzzz_</v></c></row>`, want: "A1=a\nb B1=_x000D_ C1=_x00_ _xzzzz_"},
		"control characters":      {data: "<row r=\"1\"><c r=\"A1\" t=\"str\"><v>a_x0007_b</v></c><c r=\"B1\" t=\"str\"><v>\xff</v></c><c r=\"C1\" t=\"str\"><v>a\tb</v></c></row>", want: "A1!control B1!control C1!control"},
		"a guarded text":          {data: `<row r="1"><c r="A1" t="str"><v>'=1+1</v></c><c r="B1" t="str"><v>''=1</v></c><c r="C1" t="str"><v>'tis</v></c></row>`, want: "A1==1+1 B1='=1 C1='tis"},
		"beyond the last column":  {data: `<row r="1"><c r="A1"><v>1</v></c><c r="XFD1"><v>2</v></c></row>`, want: "A1=1"},
		"a text too long":         {data: `<row r="1"><c r="A1" t="inlineStr"><is><t>` + strings.Repeat("字", maxCell+1) + `</t></is></c><c r="B1" t="inlineStr"><is><t>` + strings.Repeat("a", maxText+1) + `</t></is></c></row>`, want: "A1!cell_long B1!cell_long"},
		"what follows the rows":   {data: `<row r="1"><c r="A1"><v>1</v></c></row></sheetData><row r="2"><c r="A2"><v>2</v></c></row><sheetData>`, want: "A1=1"},
		"another prefix, comment": {data: `<x:row r="1"><!-- 1 --><x:c r="A1"><x:v><![CDATA[7]]></x:v></x:c></x:row>`, want: "A1=7"},
	} {
		parts := plainParts(c.data)
		parts["xl/styles.xml"] = styles
		parts["xl/sharedStrings.xml"] = "<sst>" + c.shared + "</sst>"
		parts["xl/workbook.xml"] = strings.Replace(parts["xl/workbook.xml"], "<sheets>", c.book+"<sheets>", 1)
		if got := cellsOf(t, pack(t, parts)); got != c.want {
			t.Errorf("%s: %s", name, got)
		}
	}
}

func TestMergedCells(t *testing.T) {
	parts := plainParts(`<row r="1"><c r="A1" t="str"><v>共享</v></c></row><row r="2"><c r="A2" t="str"><v>类型</v></c></row>` +
		`<row r="20"><c r="A20" t="str"><v>甲</v></c><c r="B20"><v>1</v></c></row><row r="21"><c r="B21"><v>2</v></c></row><row r="22"><c r="A22" t="str"><v>丙</v></c></row><row r="23"><c r="B23"><v>4</v></c></row>`)
	merges := `</sheetData><p:mergeCells count="4"><p:mergeCell ref="A1:C1"/><p:mergeCell ref="A20:A22"/><p:mergeCell ref="B23:D23"/><p:mergeCell ref="nonsense"/></p:mergeCells>`
	for name, encode := range map[string]func(string) string{"utf-8": func(s string) string { return s }, "utf-16": func(s string) string {
		out, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(s)
		must(t, err)
		return out
	}} {
		p := map[string]string{}
		for k, v := range parts {
			p[k] = v
		}
		p["xl/worksheets/sheet1.xml"] = encode(strings.Replace(parts["xl/worksheets/sheet1.xml"], "</sheetData>", merges, 1))
		// In the heading rows all of an area says it, below only its first column; a cell that has its own text keeps it.
		want := "A1=共享 B1=共享 C1=共享 A2=类型 A20=甲 B20=1 A21=甲 B21=2 A22=丙 B23=4"
		if got := cellsOf(t, pack(t, p)); got != want {
			t.Errorf("%s: %s", name, got)
		}
	}
}

func TestPackagesThatAreNoSheets(t *testing.T) {
	change := func(name, content string) map[string]string {
		p := plainParts(`<row r="1"><c r="A1"><v>1</v></c></row>`)
		if p[name] = content; content == "" {
			delete(p, name)
		}
		return p
	}
	for name, c := range map[string]struct {
		parts map[string]string
		code  string
	}{
		"a zip of something":    {map[string]string{"a.txt": "x"}, "not_a_sheet"},
		"a document":            {change("_rels/.rels", `<Relationships><Relationship Type="`+office+`/officeDocument" Target="word/document.xml"/></Relationships>`), "not_a_sheet"},
		"a binary workbook":     {change("_rels/.rels", `<Relationships><Relationship Type="`+office+`/officeDocument" Target="xl/workbook.bin"/></Relationships>`), "old_excel"},
		"no sheet part":         {change("xl/worksheets/sheet1.xml", ""), "damaged"},
		"a sheet that is cut":   {change("xl/worksheets/sheet1.xml", `<worksheet><sheetData><row r="1"><c r="A1"><v>1`), "damaged"},
		"a document type":       {change("xl/worksheets/sheet1.xml", `<!DOCTYPE x [<!ENTITY a "aaaa">]><worksheet/>`), "damaged"},
		"strings that are cut":  {change("xl/sharedStrings.xml", `<sst><si><t>`), "no_table"},
		"a styles part of junk": {change("xl/styles.xml", `<styleSheet><<<`), "damaged"},
	} {
		f := pack(t, c.parts)
		w := newTown(t)
		p := w.plan(Duties, w.org("区教委"), f)
		if got := codes(p.Problems); !slices.Equal(got, []string{c.code}) {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestHiddenSheetsAreNotRead(t *testing.T) {
	w := newTown(t)
	org := w.org("区教委")
	duties := [][]any{{"职责名称", "法律依据"}, {"学籍管理", "教育法第二十九条"}}
	p := w.plan(Duties, org, makeBook(t, "a.xlsx", tab{name: "职责", rows: duties}, tab{name: "旧", rows: duties, hidden: true}))
	if len(p.Planned) != 1 || !p.Ready() || len(p.Sheets) != 1 {
		t.Errorf("%d planned, %v, %v", len(p.Planned), p.Problems, p.Sheets)
	}
}

func TestHeadingsBelowTitlesAndInTwoRows(t *testing.T) {
	w := newTown(t)
	org := w.org("区教委")
	must(t, w.say(org.ID, registerDuty("学籍管理")))
	groups := []any{"序号", "信息资源名称*", "关联业务事项", "信息资源\n摘要", "信息资源格式", "信息项信息", nil, "共享属性", nil, "开放属性", nil, "更新周期"}
	heads := []any{nil, nil, nil, nil, "格式分类", "信息项名称", "数据类型", "共享类型（01/02/03）", "共享条件", "是否向社会开放", "开放条件", nil}
	data := []any{1, "学籍信息", "学籍管理", "中小学学籍", "数据库", "学校", "C", "1", "", "是", "", "每年"}
	p := w.plan(Entries, org, makeBook(t, "a.xlsx", tab{name: "目录", rows: [][]any{{"某某表"}, {"填报单位：区教委"}, nil, groups, heads, data},
		merged: []string{"A1:L1", "A4:A5", "B4:B5", "C4:C5", "D4:D5", "F4:G4", "H4:I4", "J4:K4", "L4:L5"}}))
	if len(p.Planned) != 1 || !p.Ready() || p.Planned[0].Row != 6 {
		t.Errorf("%+v, %v", p.Planned, p.Problems)
	}
}

func TestCSVInAllEncodings(t *testing.T) {
	text := "职责名称,职权编码,法律依据\r\n学籍管理,110102199003071234\t,\"教育法,第二十九条\"\r\n\r\n幼儿园管理,007,\"第一行\r\n第二行\"\r\n"
	encode := func(b []byte, err error) []byte { must(t, err); return b }
	for name, content := range map[string][]byte{
		"utf-8":       []byte(text),
		"with a mark": []byte("\uFEFF" + text),
		"gb18030":     encode(simplifiedchinese.GB18030.NewEncoder().Bytes([]byte(text))),
		"utf-16":      encode(unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().Bytes([]byte(text))),
		"tabs":        []byte(strings.NewReplacer("职责名称,职权编码,法律依据", "职责名称\t职权编码\t法律依据", "学籍管理,", "学籍管理\t", "1234\t,", "1234\t", "幼儿园管理,007,", "幼儿园管理\t007\t").Replace(text)),
		"line feeds":  []byte(strings.ReplaceAll(text, "\r\n", "\n")),
	} {
		want := "A1=职责名称 B1=职权编码 C1=法律依据 A2=学籍管理 B2=110102199003071234 C2=教育法,第二十九条 A4=幼儿园管理 B4=007 C4=第一行\n第二行"
		if got := cellsOf(t, fileOf("a.csv", content)); got != want {
			t.Errorf("%s: %s", name, got)
		}
	}
	// A long file in GB18030 whose first bytes could be anything: the whole file decides.
	long := strings.Repeat("a,b,c\n", 40_000) + "学籍,x,y\n"
	got := cellsOf(t, fileOf("a.csv", encode(simplifiedchinese.GB18030.NewEncoder().Bytes([]byte(long)))))
	if !strings.HasSuffix(got, "A40001=学籍 B40001=x C40001=y") {
		t.Errorf("a long file ends in %s", got[max(0, len(got)-60):])
	}
}
