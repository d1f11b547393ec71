package sheet

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"mulu"
	"mulu/act"
)

// TestErrors: each wrong thing in a sheet of entries, where it is, and what it is called. The sheet is right but for that.
func TestErrors(t *testing.T) {
	w := newTown(t)
	org := w.org("区教委")
	w.org("区民政局")
	must(t, w.say(org.ID, registerDuty("学籍管理")))
	must(t, w.say(org.ID, registerDuty("无数据的职责")))
	idle, _ := w.Duty(org.ID, "无数据的职责")
	must(t, w.say(org.ID, &act.DeclareNoData{Duty: idle.ID, Why: "只有指导"}))
	must(t, w.say(bureau, &act.AbolishElement{Element: element("F"), Why: "不再使用"}))
	heads := []string{"提供单位", "信息资源名称", "关联业务事项", "信息资源摘要", "格式分类", "信息项名称", "数据类型", "数据长度", "共享类型", "共享条件/不予共享依据",
		"是否向社会开放", "开放条件", "更新周期", "字段名", "个人信息", "信息项级别", "目录级别", "信息项共享例外", "部门类信息资源分类", "项分类", "开放渠道", "不开放情形", "来源系统", "信息资源代码", "数据元"}
	right := map[string]any{"信息资源名称": "学籍信息", "关联业务事项": "学籍管理", "信息资源摘要": "中小学学籍", "格式分类": "数据库", "信息项名称": "学校", "数据类型": "C",
		"数据长度": 20, "共享类型": "无条件共享", "是否向社会开放": "是", "更新周期": "每年"}
	type row = map[string]any
	second := func(change row) []row { return []row{{}, change} }
	for name, c := range map[string]struct {
		rows []row // changes, row by row; the second and further rows repeat the first
		code string
		at   string
	}{
		"nothing wrong":                 {[]row{{}}, "", ""},
		"no summary":                    {[]row{{"信息资源摘要": nil}}, "missing_of", "D2"},
		"no name":                       {[]row{{"信息资源名称": nil}}, "missing", "B2"},
		"a short name":                  {[]row{{"信息资源名称": "学"}}, "text_short", "B2"},
		"a long name":                   {[]row{{"信息资源名称": strings.Repeat("学", 201)}}, "text_long", "B2"},
		"an unknown format":             {[]row{{"格式分类": "卷宗"}}, "not_in_list", "E2"},
		"an unknown cycle":              {[]row{{"更新周期": "偶尔"}}, "not_in_list", "M2"},
		"an unknown class":              {[]row{{"部门类信息资源分类": "其他"}}, "not_in_list", "S2"},
		"a class without its item":      {[]row{{"部门类信息资源分类": "主题"}}, "not_in_list", "T2"},
		"an unknown type":               {second(row{"信息项名称": "班级", "数据类型": "魔法"}), "not_in_list", "G3"},
		"a length in words":             {[]row{{"数据长度": "很长"}}, "not_a_number", "H2"},
		"a length out of range":         {[]row{{"数据长度": 1 << 21}}, "out_of_range", "H2"},
		"an unknown duty":               {[]row{{"关联业务事项": "没有的职责"}}, "duty_unknown", ""},
		"a duty without data":           {[]row{{"关联业务事项": "无数据的职责"}}, "duty_no_data", ""},
		"no basis for not sharing":      {[]row{{"共享类型": "不予共享", "是否向社会开放": "不予开放", "不开放情形": "1"}}, "basis_missing", "J2"},
		"no conditions":                 {[]row{{"共享类型": "02"}}, "conditions_missing", "J2"},
		"conditions without cause":      {[]row{{"共享条件/不予共享依据": "经批准"}}, "conditions_idle", "J2"},
		"an unknown sharing":            {[]row{{"共享类型": "看情况"}}, "not_in_list", "I2"},
		"personal and open":             {[]row{{"个人信息": "是"}}, "personal_open", "K2"},
		"unshared and open":             {[]row{{"共享类型": "03", "共享条件/不予共享依据": "保密法第九条"}}, "unshared_open", "K2"},
		"open with words":               {[]row{{"是否向社会开放": "无条件开放", "开放条件": "脱敏"}}, "opening_idle", "L2"},
		"conditional without words":     {[]row{{"是否向社会开放": "有条件开放"}}, "opening_conditions_missing", "L2"},
		"an unknown channel":            {[]row{{"是否向社会开放": "有条件开放", "开放条件": "登记", "开放渠道": "报纸"}}, "not_in_list", "U2"},
		"no ground":                     {[]row{{"是否向社会开放": "否"}}, "ground_missing", "K2"},
		"an unknown ground":             {[]row{{"是否向社会开放": "否", "不开放情形": "9"}}, "not_in_list", "V2"},
		"a grade below the items'":      {[]row{{"信息项级别": 3, "目录级别": 2, "是否向社会开放": "有条件开放", "开放条件": "登记"}}, "grade_low", "Q2"},
		"no such grade":                 {[]row{{"信息项级别": "绝密"}}, "not_in_list", "P2"},
		"a field in Chinese":            {[]row{{"字段名": "学校"}}, "field_form", "N2"},
		"two fields alike":              {[]row{{"字段名": "xx"}, {"信息项名称": "班级", "字段名": "xx"}}, "part_twice", "N3"},
		"two items alike":               {second(row{}), "part_twice", "F3"},
		"neither yes nor no":            {[]row{{"个人信息": "可能"}}, "yes_or_no", "O2"},
		"an exception of what is not":   {[]row{{"共享类型": "03", "共享条件/不予共享依据": "保密法第九条", "是否向社会开放": "否", "信息项共享例外": "无条件"}}, "exception_of_unshared", "R2"},
		"summaries that differ":         {second(row{"信息项名称": "班级", "信息资源摘要": "另一个"}), "differs", "D3"},
		"another institution":           {[]row{{"提供单位": "区民政局"}}, "other_org", "A2"},
		"an unknown system":             {[]row{{"来源系统": "没有的系统"}}, "system_unknown", ""},
		"the same name twice":           {[]row{{}, {"信息资源名称": "别的信息", "信息项名称": "甲"}, {"信息项名称": "乙"}}, "twice", "B4"},
		"the same code twice":           {[]row{{"信息资源代码": "307110102001/000001"}, {"信息资源名称": "别的信息", "信息资源代码": "307110102001/000001"}}, "twice", "B3"},
		"a number too long":             {[]row{{"信息项名称": 1.10102199003071e17}}, "scientific", "F2"},
		"characters that nobody sees":   {[]row{{"信息资源摘要": "甲\x07乙"}}, "control", "D2"},
		"a theme of one character":      {[]row{{}}, "", ""},
		"an element by its name":        {[]row{{"数据元": "数据元C"}}, "", ""},
		"an element by its ID":          {[]row{{"数据元": "DE-000001"}}, "", ""},
		"no element, as some write it":  {[]row{{"数据元": "/"}}, "", ""},
		"an unknown element":            {[]row{{"数据元": "没有的数据元"}}, "element_unknown", "Y2"},
		"an element that does not fit":  {[]row{{"数据元": "数据元D"}}, "element_unfit", "Y2"},
		"an abolished element":          {[]row{{"数据元": "DE-000011"}}, "element_abolished", "Y2"},
		"a second row without its name": {second(row{"信息项名称": nil}), "missing_of", "F3"},
	} {
		s := tab{name: "目录", rows: [][]any{nil}}
		for _, h := range heads {
			s.rows[0] = append(s.rows[0], h)
		}
		first := map[string]any{}
		for n, change := range c.rows {
			var cells []any
			for _, h := range heads {
				v, changed := change[h]
				if !changed {
					if v = right[h]; n > 0 {
						v = first[h]
					}
				}
				if n == 0 {
					first[h] = v
				}
				cells = append(cells, v)
			}
			s.rows = append(s.rows, cells)
		}
		p := w.plan(Entries, org, makeBook(t, "a.xlsx", s))
		want := []string{}
		if c.code != "" {
			want = []string{c.code}
		}
		if got := codes(p.Problems); !slices.Equal(got, want) {
			t.Errorf("%s: %v", name, p.Problems)
			continue
		}
		if c.code != "" && p.Problems[0].Cell != c.at {
			t.Errorf("%s: found at %q", name, p.Problems[0].Cell)
		}
		for _, no := range p.Problems {
			if no.Row == 0 || no.File != "a.xlsx" || no.Sheet != "目录" || strings.ContainsAny(no.Text("zh")+no.Text("en")+no.Mend("zh")+no.Mend("en"), "@{}") {
				t.Errorf("%s: %+v says %s", name, no, no.Error())
			}
		}
		if c.code != "" && p.Ready() {
			t.Errorf("%s: the plan is ready", name)
		}
	}
}

// TestFilesThatAreNotRead: each sort of file, and the sentence it gets.
func TestFilesThatAreNotRead(t *testing.T) {
	w := newTown(t)
	org := w.org("区教委")
	old := append([]byte("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"), bytes.Repeat([]byte{0}, 5000)...)
	locked := append(bytes.Clone(old), "E\x00n\x00c\x00r\x00y\x00p\x00t\x00e\x00d\x00P\x00a\x00c\x00k\x00a\x00g\x00e\x00"...)
	whole := content(t, makeBook(t, "a.xlsx", tab{name: "职责", rows: [][]any{{"职责名称", "法律依据"}}}))
	before := bytes.Clone(whole) // its directory says that the parts stand before the file
	end := bytes.LastIndex(before, []byte("PK\x05\x06"))
	binary.LittleEndian.PutUint32(before[end+16:], binary.LittleEndian.Uint32(before[end+16:])+5000)
	for name, c := range map[string]struct {
		file File
		code string
	}{
		"parts before the file":    {fileOf("a.xlsx", before), "damaged"},
		"a file cut short":         {fileOf("a.xlsx", whole[:len(whole)-30]), "damaged"},
		"empty":                    {fileOf("a.xlsx", nil), "empty"},
		"an old Excel file":        {fileOf("a.xls", old), "old_excel"},
		"a WPS file":               {fileOf("a.et", old), "old_excel"},
		"a locked file":            {fileOf("a.xlsx", locked), "locked"},
		"a web page":               {fileOf("a.xls", []byte("\uFEFF <html><table></table></html>")), "web_page"},
		"a PDF":                    {fileOf("a.pdf", []byte("%PDF-1.7")), "not_a_sheet"},
		"an image":                 {fileOf("a.png", []byte("\x89PNG\r\n")), "not_a_sheet"},
		"another archive":          {fileOf("a.7z", []byte("7z\xBC\xAF'")), "not_a_sheet"},
		"text under another name":  {fileOf("a.docx", []byte("abc")), "not_a_sheet"},
		"text under Excel's name":  {fileOf("a.xlsx", []byte("abc")), "damaged"},
		"half an Excel file":       {fileOf("a.xlsx", []byte("PK\x03\x04aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")), "damaged"},
		"bytes under a CSV's name": {fileOf("a.csv", []byte("a\x00b,c")), "not_a_sheet"},
		"a CSV of something else":  {fileOf("a.csv", []byte("甲,乙\n1,2\n")), "no_table"},
		"a stray mark":             {fileOf("a.csv", []byte("职责名称,法律依据\n甲\"乙,丙\n")), "csv_quotes"},
		"a mark never closed":      {fileOf("a.csv", []byte("职责名称,法律依据\n\"甲,"+strings.Repeat("x\n", maxRecord))), "csv_record"},
		"headings alone":           {fileOf("a.csv", []byte("职责名称,法律依据\n")), "no_rows"},
		"headings twice":           {fileOf("a.csv", []byte("职责名称,法律依据,依据\n学籍管理,教育法,教育法\n")), "column_twice"},
	} {
		p := w.plan(Duties, org, c.file)
		if got := codes(p.Problems); !slices.Equal(got, []string{c.code}) {
			t.Errorf("%s: %v", name, got)
			continue
		}
		if p.Problems[0].Code != "no_rows" && p.Problems[0].File != c.file.Name {
			t.Errorf("%s: the problem names %q", name, p.Problems[0].File)
		}
	}
	if p := w.plan(Duties, org); !slices.Equal(codes(p.Problems), []string{"no_file"}) {
		t.Errorf("no file: %v", p.Problems)
	}
}

// TestTwiceInTwoFiles: both places are named.
func TestTwiceInTwoFiles(t *testing.T) {
	w := newTown(t)
	org := w.org("区教委")
	p := w.plan(Duties, org, fileOf("甲.csv", []byte("职责名称,法律依据\n学籍管理,教育法\n")), fileOf(`C:\乙.csv`, []byte("职责名称,法律依据\n其他,教育法\n学籍管理,教育法\n")))
	if len(p.Problems) != 1 || p.Problems[0].Code != "twice" {
		t.Fatal(p.Problems)
	}
	if got := p.Problems[0].Error(); got != "乙.csv 第 3 行 “职责名称”列：职责“学籍管理”重复：甲.csv 第 2 行已经有了。请删除一处或改名、改代码。" {
		t.Error(got)
	}
	if got := p.Problems[0].English(); got != "乙.csv, row 3, column “职责名称”: The duty 学籍管理 stands twice: 甲.csv, row 2 has it already. Remove or rename one." {
		t.Error(got)
	}
}

func TestFormulasAreRefusedWhereTheyCount(t *testing.T) {
	parts := plainParts(`<row r="1"><c r="A1" t="str"><v>序号</v></c><c r="B1" t="str"><v>职责名称</v></c><c r="C1" t="str"><v>法律依据</v></c><c r="D1" t="str"><v>别的</v></c></row>` +
		`<row r="2"><c r="A2"><f>ROW()-1</f><v>1</v></c><c r="B2" t="str"><v>学籍管理</v></c><c r="C2" t="str"><f>B2</f><v>学籍管理</v></c><c r="D2"><f>1</f></c></row>`)
	w := newTown(t)
	p := w.plan(Duties, w.org("区教委"), pack(t, parts))
	if len(p.Problems) != 1 || p.Problems[0].Code != "formula" || p.Problems[0].Cell != "C2" {
		t.Error(p.Problems)
	}
	if len(p.Notes) != 1 || p.Notes[0].Code != "column_unknown" {
		t.Error(p.Notes)
	}
}

func TestProblemsAreBounded(t *testing.T) {
	w := newTown(t)
	org := w.org("区教委")
	text := "职责名称,法律依据\n" + strings.Repeat("学籍管理,教\n别的,教\n", 2000)
	p := w.plan(Duties, org, fileOf("a.csv", []byte(text)))
	if len(p.Problems) != MaxProblems || p.More == 0 || p.Ready() {
		t.Errorf("%d problems and %d more", len(p.Problems), p.More)
	}
}

func TestTooManyRows(t *testing.T) {
	w := newTown(t)
	org := w.org("区教委")
	one := strings.NewReader("职责名称,法律依据\n" + strings.Repeat("学籍管理,教育法\n", maxRows+1))
	p := w.plan(Duties, org, File{"a.csv", one, one.Size()})
	if !slices.Equal(codes(p.Problems), []string{"too_many_rows"}) || p.Problems[0].Row != maxRows+2 {
		t.Error(codes(p.Problems))
	}
	var b strings.Builder
	b.WriteString("系统名称,接入网络类型\n")
	for n := range maxNouns + 1 {
		b.WriteString("系统" + cellName(0, n+1) + ",专网\n")
	}
	if p = w.plan(Systems, org, fileOf("a.csv", []byte(b.String()))); !slices.Equal(codes(p.Problems), []string{"too_many_nouns"}) {
		t.Error(codes(p.Problems))
	}
}

type failing struct{ io.ReaderAt }

var errDisk = errors.New("the disk is gone")

func (f failing) ReadAt(p []byte, off int64) (int, error) {
	if off > 100 {
		return 0, errDisk
	}
	return f.ReaderAt.ReadAt(p, off)
}

// TestADiskThatFailsIsAnError: it is no fault of the file, so it is no problem for the person to mend.
func TestADiskThatFailsIsAnError(t *testing.T) {
	w := newTown(t)
	org := w.org("区教委")
	good := makeBook(t, "a.xlsx", tab{name: "职责", rows: [][]any{{"职责名称", "法律依据"}, {"学籍管理", "教育法"}}})
	long := strings.NewReader("职责名称,法律依据\n" + strings.Repeat("学籍管理,教育法\n", 10_000))
	for _, f := range []File{good, {"a.csv", long, long.Size()}} {
		f.Content = failing{f.Content}
		if _, err := Read(context.Background(), Duties, org, []File{f}, w, nil); !errors.Is(err, errDisk) {
			t.Errorf("%s: %v", f.Name, err)
		}
	}
}

func TestReadingCanBeStopped(t *testing.T) {
	w := newTown(t)
	org := w.org("区教委")
	ctx, stop := context.WithCancel(context.Background())
	long := strings.NewReader("职责名称,法律依据\n" + strings.Repeat("学籍管理,教育法\n", 10_000))
	heard := 0
	_, err := Read(ctx, Duties, org, []File{{"a.csv", long, long.Size()}}, w, func(rows int) {
		if heard = rows; rows == 3000 {
			stop()
		}
	})
	if !errors.Is(err, context.Canceled) || heard != 3000 {
		t.Errorf("%v after %d rows", err, heard)
	}
}

func TestOrgs(t *testing.T) {
	w := newTown(t)
	chief, _ := w.Org(bureau)
	school := w.org("区教委")
	code := mulu.CreditCode("1111010212345678")
	head := "单位名称,简称,机构类别,统一社会信用代码,参照执行,公钥,变更理由\n"
	for _, c := range []struct{ name, row, code string }{
		{"a new one", "西城区某协会,某协会,公共服务组织," + code + ",是,,", ""},
		{"unchanged", school.Name + "," + school.Short + ",行政机关," + school.CreditCode + ",,,", ""},
		{"renamed", "西城区教育委员会新名," + school.Short + ",行政机关," + school.CreditCode + ",,,机构改革", ""},
		{"renamed for nothing", "西城区教育委员会新名," + school.Short + ",行政机关," + school.CreditCode + ",,,", "why_missing"},
		{"another sort", school.Name + "," + school.Short + ",公共服务组织," + school.CreditCode + ",,,", "org_fixed"},
		{"another key", school.Name + "," + school.Short + ",行政机关," + school.CreditCode + ",,abc,", "key_fixed"},
		{"a wrong code", "西城区某协会,某协会,公共服务组织," + code[:17] + "!,,,", "credit_code_alphabet"},
		{"a short code", "西城区某协会,某协会,公共服务组织,123,,,", "credit_code_length"},
		{"a taken name", "西城区某协会,区教委,公共服务组织," + code + ",,,", "name_of_other"},
		{"follows, perhaps", "西城区某协会,某协会,公共服务组织," + code + ",也许,,", "yes_or_no"},
		{"lost digits in a code", "西城区某协会,某协会,公共服务组织,1.11101E+17,,,", "scientific"},
	} {
		p := w.plan(Orgs, chief, fileOf("a.csv", []byte(head+c.row+"\n")))
		want := []string{}
		if c.code != "" {
			want = []string{c.code}
		}
		if got := codes(p.Problems); !slices.Equal(got, want) {
			t.Errorf("%s: %v", c.name, p.Problems)
		}
	}
	w.carry(chief, w.plan(Orgs, chief, fileOf("a.csv", []byte(head+"西城区某协会,某协会,公共服务组织,"+code+",是,,\n"+
		"西城区教育委员会新名,"+school.Short+",行政机关,"+school.CreditCode+",,,机构改革\n"))))
	if o, _ := w.Org(school.ID); o.Name != "西城区教育委员会新名" || o.Short != school.Short || len(o.Former) != 1 {
		t.Errorf("renamed to %+v", o)
	}
	if o, ok := w.Org("某协会"); !ok || o.CreditCode != code || !o.Joined {
		t.Errorf("registered as %+v", o)
	}
}
