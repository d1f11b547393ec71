package sheet

import (
	"archive/zip"
	"bytes"
	"context"
	"io"
	"slices"
	"testing"

	"mulu"
)

// FuzzRead holds Read to its word on bytes that nobody meant: it gives a plan, ready or with problems that can be said, and a
// ready plan's acts can be encoded.
func FuzzRead(f *testing.F) {
	for _, kind := range Kinds() {
		var b bytes.Buffer
		must(f, Write(context.Background(), &b, kind, "zh", few()))
		f.Add(string(kind), b.Bytes())
		if kind != Workbook {
			b.Reset()
			must(f, WriteCSV(context.Background(), &b, kind, "en", few()))
			f.Add(string(kind), bytes.Clone(b.Bytes()))
		}
	}
	f.Fuzz(func(t *testing.T, kind string, content []byte) {
		if !slices.Contains(Kinds(), Kind(kind)) {
			kind = "entries"
		}
		checked(t, Kind(kind), fileOf("a", content))
	})
}

// FuzzReadParts changes what stands inside a package, which changed bytes of a zip seldom reach.
func FuzzReadParts(f *testing.F) {
	names := []string{"xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/styles.xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "_rels/.rels"}
	for _, kind := range []Kind{Duties, Entries, Tables} {
		var b bytes.Buffer
		must(f, Write(context.Background(), &b, kind, "zh", few()))
		z, err := zip.NewReader(bytes.NewReader(b.Bytes()), int64(b.Len()))
		must(f, err)
		for n, name := range names {
			r, err := z.Open(name)
			if err != nil {
				continue
			}
			part, err := io.ReadAll(r)
			must(f, err)
			f.Add(string(kind), byte(n), string(part))
		}
	}
	f.Fuzz(func(t *testing.T, kind string, n byte, part string) {
		if !slices.Contains(Kinds(), Kind(kind)) {
			kind = "tables"
		}
		parts := plainParts(`<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c></row><row r="2"><c r="A2" s="1"><v>46000</v></c><c r="B2" t="s"><v>1</v></c></row>`)
		parts["xl/sharedStrings.xml"] = `<sst><si><t>职责名称</t></si><si><t>法律依据</t></si></sst>`
		parts["xl/styles.xml"] = `<styleSheet><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>`
		parts[names[int(n)%len(names)]] = part
		checked(t, Kind(kind), pack(t, parts))
	})
}

// FuzzReadCSV changes texts.
func FuzzReadCSV(f *testing.F) {
	f.Add("duties", "职责名称,法律依据\n学籍管理,教育法\n")
	f.Add("entries", "信息资源名称,关联业务事项,信息资源摘要,格式分类,信息项名称,数据类型,共享类型,是否向社会开放,更新周期,不开放情形\n学籍,学籍管理,摘要,3,学校,C,02,否,8,1\n,,,,年级,N,,,,\n")
	f.Add("tables", "系统名称;数据库;表名;字段名;字段类型\na;b;c;d;e\n")
	f.Add("systems", "系统名称\t接入网络类型\t等保级别\n甲\t专网\t三级\n")
	f.Add("orgs", "单位名称,简称,机构类别,统一社会信用代码\n甲乙,丙丁,行政机关,1.1E+17\n")
	f.Fuzz(func(t *testing.T, kind, text string) {
		if !slices.Contains(Kinds(), Kind(kind)) {
			kind = "entries"
		}
		checked(t, Kind(kind), fileOf("a.csv", []byte(text)))
	})
}

func checked(t *testing.T, kind Kind, file File) {
	p, err := Read(context.Background(), kind, education, []File{file}, nobody{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, list := range [][]Problem{p.Problems, p.Notes} {
		for _, no := range list {
			if _, ok := problems[no.Code]; !ok || no.Text("zh") == "" || no.Text("en") == "" {
				t.Fatalf("%+v cannot be said", no)
			}
		}
	}
	if p.Ready() && len(p.Planned) == 0 && p.Unchanged == 0 {
		t.Fatal("ready to do nothing")
	}
	for i := range p.Planned {
		one := &p.Planned[i]
		if one.Name == "" || one.Act.Kind() != one.Kind || one.Row == 0 {
			t.Fatalf("planned %+v", one)
		}
		if err := Resolve(one, func(string, string) (string, bool) { return "x", true }); err != nil {
			t.Fatal(err)
		}
	}
}

// few gives one noun of each kind.
func few() Source {
	yes := func(s string) mulu.Org {
		return mulu.Org{ID: "003", Name: s, Short: s, Sort: mulu.Organ, CreditCode: education.CreditCode, SigningKey: "k", Status: "active"}
	}
	return Source{Org: education,
		Orgs: rows(slices.Values([]mulu.Org{yes("某某局")}), func(o mulu.Org) (mulu.Org, bool) { return o, true }),
		Duties: rows(slices.Values([]mulu.Duty{{ID: "", Name: "学籍管理", Basis: "教育法", Matters: []string{"一项", "两项"}, Status: "active"}}),
			func(d mulu.Duty) (DutyRow, bool) { return DutyRow{d, "区教委"}, true }),
		Systems: rows(slices.Values([]mulu.System{{Name: "学籍系统", Network: "private", Level: 2, Databases: []string{"a", "b"}}}),
			func(s mulu.System) (SystemRow, bool) {
				return SystemRow{s, "区教委", []string{"数据目录0"}}, true
			}),
		Tables: rows(slices.Values([]mulu.Table{{Database: "a", Schema: "b", Name: "c", Columns: []mulu.Column{{Name: "d", Type: "e"}, {Name: "f", Type: "g"}}}}),
			func(t mulu.Table) (TableRow, bool) { return TableRow{t, "区教委", "学籍系统"}, true }),
		Entries: manyEntries(20).Entries}
}
