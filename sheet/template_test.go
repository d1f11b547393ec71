package sheet

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"mulu"
	"mulu/act"
)

func template(t *testing.T, kind Kind, lang string) File {
	t.Helper()
	var b bytes.Buffer
	must(t, Template(&b, kind, lang, education, Lists{Duties: []string{"学籍管理", "=职责"}, Systems: []string{"学籍系统"}}))
	return fileOf(FileName(kind, lang, education.Short, "xlsx"), b.Bytes())
}

// TestTemplates: a template as it was downloaded holds nothing to import; headings are frozen, columns of codes are text, and the
// drop-downs offer the code lists.
func TestTemplates(t *testing.T) {
	w := newTown(t)
	org := w.org("区教委")
	for _, kind := range Kinds() {
		for _, lang := range []string{"zh", "en"} {
			f := template(t, kind, lang)
			if p := w.plan(kind, education, f); kind != Workbook && !slices.Equal(codes(p.Problems), []string{"no_rows"}) {
				t.Errorf("%s, %s: %v, planned %v", kind, lang, p.Problems, p.Planned)
			}
			x, err := excelize.OpenReader(bytes.NewReader(content(t, f)))
			must(t, err)
			sheets := x.GetSheetList()
			if !slices.Contains(sheets, say("sheet.help", lang)) || x.GetActiveSheetIndex() != 0 {
				t.Errorf("%s, %s: sheets %v, active %d", kind, lang, sheets, x.GetActiveSheetIndex())
			}
			if visible, err := x.GetSheetVisible(say("sheet.lists", lang)); err != nil || visible {
				t.Errorf("%s, %s: the lists are seen, %v", kind, lang, err)
			}
			for _, s := range sheets {
				if s == say("sheet.help", lang) || s == say("sheet.lists", lang) {
					continue
				}
				if panes, err := x.GetPanes(s); err != nil || !panes.Freeze || panes.YSplit != 1 {
					t.Errorf("%s %s: headings not frozen: %+v, %v", kind, s, panes, err)
				}
			}
			must(t, x.Close())
		}
	}
	if p := w.plan(Workbook, org, template(t, Workbook, "zh")); !slices.Equal(codes(p.Problems), []string{"other_org"}) {
		t.Errorf("the template of another institution: %v", p.Problems) // ① says whose it is
	}
}

func TestDropDownsOfferTheCodeLists(t *testing.T) {
	x, err := excelize.OpenReader(bytes.NewReader(content(t, template(t, Entries, "zh"))))
	must(t, err)
	defer x.Close()
	offered := map[string][]string{}
	all, err := x.GetDataValidations("目录")
	must(t, err)
	heads, err := x.GetRows("目录")
	must(t, err)
	for _, v := range all {
		column, row, err := excelize.CellNameToCoordinates(strings.Split(v.Sqref, ":")[0])
		must(t, err)
		if row != 2 || v.Prompt == nil || *v.Prompt == "" {
			t.Errorf("%s begins in row %d and says %v", v.Sqref, row, v.Prompt)
		}
		if v.Type != "list" {
			continue
		}
		sheet, area, _ := strings.Cut(strings.Trim(v.Formula1, "'"), "'!")
		from, to, _ := strings.Cut(strings.ReplaceAll(area, "$", ""), ":")
		c, top, err := excelize.CellNameToCoordinates(from)
		must(t, err)
		_, bottom, err := excelize.CellNameToCoordinates(to)
		must(t, err)
		for r := top; r <= bottom; r++ {
			text, err := x.GetCellValue(sheet, cellName(c-1, r))
			must(t, err)
			offered[strings.TrimSuffix(heads[0][column-1], "*")] = append(offered[strings.TrimSuffix(heads[0][column-1], "*")], text)
		}
	}
	for heading, want := range map[string][]string{"共享类型": {"无条件共享", "有条件共享", "不予共享"}, "信息项共享例外": {"无条件共享", "有条件共享", "不予共享"},
		"关联业务事项": {"学籍管理", "'=职责"}, "可空": {"是", "否"}, "部门类信息资源分类": {"基础", "主题", "部门"}, "来源系统": {"学籍系统"}, "目录级别": {"1", "2", "3", "4"}} {
		if !slices.Equal(offered[heading], want) {
			t.Errorf("%s offers %v", heading, offered[heading])
		}
	}
	if style, err := x.GetColStyle("目录", "I"); err != nil {
		t.Error(err)
	} else if s, err := x.GetStyle(style); err != nil || s.NumFmt != 49 {
		t.Errorf("the column of codes has format %d, %v", s.NumFmt, err)
	}
}

// TestAFilledTemplateImports: what is written below the example goes in, the example does not.
func TestAFilledTemplateImports(t *testing.T) {
	w := newTown(t)
	org := w.org("区教委")
	x, err := excelize.OpenReader(bytes.NewReader(content(t, template(t, Duties, "zh"))))
	must(t, err)
	defer x.Close()
	must(t, x.SetSheetRow("职责", "A4", &[]any{1, "", "", "学籍管理", "110102199003071234", "教育法", "", "转学"}))
	must(t, x.SetSheetRow("职责", "A5", &[]any{"", "", "", "", "", "", "", "休学"}))
	var b bytes.Buffer
	must(t, x.Write(&b))
	p := w.plan(Duties, org, fileOf("a.xlsx", b.Bytes()))
	if len(p.Planned) != 1 || !p.Ready() {
		t.Fatalf("%+v, %v", p.Planned, p.Problems)
	}
	a := p.Planned[0].Act.(*act.RegisterDuty)
	if a.Name != "学籍管理" || a.Code != "110102199003071234" || !slices.Equal(a.Matters, []string{"转学", "休学"}) || p.Planned[0].Row != 4 || p.Planned[0].Rows != 2 {
		t.Errorf("planned %+v from %+v", a, p.Planned[0])
	}
}

func TestExamplesAreSound(t *testing.T) {
	// Without its mark the example of each kind is what could be imported.
	w := newTown(t)
	org := w.org("区教委")
	must(t, w.say(org.ID, registerDuty("社会救助")))
	must(t, w.say(org.ID, &act.RegisterSystem{Name: "社会救助管理系统", Network: "private"}))
	for _, kind := range []Kind{Duties, Entries, Systems, Tables, Orgs} {
		by := org
		if kind == Orgs {
			by, _ = w.Org(bureau)
		}
		var b bytes.Buffer
		must(t, Template(&b, kind, "zh", by, Lists{}))
		x, err := excelize.OpenReader(&b)
		must(t, err)
		must(t, x.SetCellValue(say("sheet."+string(kind), "zh"), "A2", 1))
		var again bytes.Buffer
		must(t, x.Write(&again))
		must(t, x.Close())
		p := w.plan(kind, by, fileOf("a.xlsx", again.Bytes()))
		if !p.Ready() || len(p.Planned) == 0 {
			t.Errorf("%s: %v", kind, p.Problems)
			continue
		}
		if kind == Entries || kind == Tables || kind == Orgs {
			w.carry(by, p)
		}
	}
}

// TestLinks: systems and entries find each other from either sheet, and a link that stands is not made again.
func TestLinks(t *testing.T) {
	w := newTown(t)
	org := w.org("区教委")
	must(t, w.say(org.ID, registerDuty("学籍管理")))
	entries := tab{name: "③信息资源", rows: [][]any{{"信息资源名称", "关联业务事项", "信息资源摘要", "格式分类", "信息项名称", "数据类型", "共享类型", "是否向社会开放", "更新周期", "来源系统"},
		{"学籍、学历信息", "学籍管理", "中小学学籍", "数据库", "学校", "C", "无条件", "是", "每年", "学籍系统、考试系统"}}}
	systems := tab{name: "④部门信息系统清单", rows: [][]any{{"内设部门", "系统名称", "系统代码", "功能描述", "产生的信息资源", "建设性质", "部署位置", "接入网络类型", "备注"},
		{"", "学籍系统", "", "", "学籍、学历信息", "", "", "政务外网", ""}, {"", "考试系统", "", "", "成绩等资料", "", "", "专网", ""}}}
	f := makeBook(t, "a.xlsx", entries, systems)
	p := w.plan(Workbook, org, f)
	if got := acts(p); got != "system.register system.register entry.submit system.link system.link" {
		t.Error(got, p.Problems)
	}
	if notes := codes(p.Notes); !slices.Contains(notes, "entry_not_linked") {
		t.Error(notes)
	}
	w.carry(org, p)
	if again := w.plan(Workbook, org, f); acts(again) != "" || again.Unchanged != 3 {
		t.Errorf("once more: %s, %d unchanged, %v", acts(again), again.Unchanged, again.Problems)
	}
}

func acts(p Plan) string {
	var all []string
	for _, one := range p.Planned {
		all = append(all, one.Kind)
	}
	return strings.Join(all, " ")
}

// TestTheWorkbookOfToday: ② with powers, ① for whom, ⑤ of needs passed over.
func TestTheWorkbookOfToday(t *testing.T) {
	w := newTown(t)
	org := w.org("区教委")
	one := tab{name: "①部门职能清单", rows: [][]any{{"单位名称", "统一社会信用代码", "联系人", "电话", "处室", "邮箱", "传真", "填报时间", "地址", "部门职能", "内设部门名称", "内设部门职责"},
		{org.Name, org.CreditCode, "", "", "", "", "", "", "", "管理教育", "学籍科", "管学籍"}}}
	two := tab{name: "②部门职责清单", rows: [][]any{{"实施主体", "职责", "职权名称", "职权类别", "职权编码", "法律依据"},
		{"区教委", "学籍管理", "转学", "行政确认", "A-1", "教育法"}, {"", "", "休学", "行政确认", "A-2", ""}, {"区教委", "幼儿园管理", "审批", "行政许可", "B-1", "教育法"}}}
	five := tab{name: "⑤资源需求清单", rows: [][]any{{"所需资源名称", "提供方", "描述", "是否已获取", "建议获取方式", "期望使用频率", "用途", "所需机构"}, {"户籍", "公安", "", "否", "接口", "每日", "入学", "区教委"}}}
	p := w.plan(Workbook, org, makeBook(t, "a.xlsx", one, two, five))
	if acts(p) != "duty.register duty.register" || !p.Ready() {
		t.Fatal(acts(p), p.Problems)
	}
	if a := p.Planned[0].Act.(*act.RegisterDuty); a.Code != "" || !slices.Equal(a.Matters, []string{"转学（A-1）", "休学（A-2）"}) {
		t.Errorf("%+v", a)
	}
	if a := p.Planned[1].Act.(*act.RegisterDuty); a.Code != "B-1" || !slices.Equal(a.Matters, []string{"审批"}) {
		t.Errorf("%+v", a)
	}
	if kinds := []Kind{p.Sheets[0].Kind, p.Sheets[1].Kind, p.Sheets[2].Kind}; !slices.Equal(kinds, []Kind{profile, Duties, ""}) {
		t.Error(kinds)
	}
	two.rows[0][5] = "备注"
	p = w.plan(Workbook, org, makeBook(t, "a.xlsx", one, two))
	if len(p.Problems) != 1 || p.Problems[0].Code != "column_missing" || p.Problems[0].Text("zh") != "缺少“法律依据”列。" {
		t.Error(p.Problems)
	}
}

func TestWhatIsAssumedIsTold(t *testing.T) {
	w := newTown(t)
	org := w.org("区教委")
	must(t, w.say(org.ID, registerDuty("学籍管理")))
	f := fileOf("a.csv", []byte("信息资源名称,关联业务事项,信息资源摘要,格式类型,信息项名称,数据类型,共享类型,共享条件,是否向社会开放,开放条件,更新周期,信息资源代码,项分类\n"+
		"学籍信息,学籍管理,中小学学籍,MySQL,学生姓名,C,02,经批准,是,登记后使用,每年,307/1,国务院\n,,,,学校,C,01,,,,,,\n,,,,处分,C,03,未成年人保护法第四条,,,,,\n"))
	p := w.plan(Entries, org, f)
	want := []string{"channel_default", "class_local", "code_not_kept", "fields_derived", "format_derived", "grade_default", "item_grades", "looks_personal", "words_left_out"}
	if got := codes(p.Notes); !slices.Equal(got, want) || !p.Ready() {
		t.Errorf("%v, %v", got, p.Problems)
	}
	c := p.Planned[0].Act.(*act.SubmitEntry).Content
	if c.Sharing != (mulu.Sharing{Type: "conditional", Conditions: "经批准"}) || c.Items[0].Sharing != "" || c.Items[1].Sharing != "unconditional" || c.Items[2].Sharing != "not_shared" {
		t.Errorf("sharing %+v of %+v", c.Sharing, c.Items)
	}
	if c.Items[0].Field != "xsxm" || c.Opening.Channel != "zone" || c.Grade != 1 {
		t.Errorf("%+v", c)
	}
	w.carry(org, p)
}

func TestFieldNames(t *testing.T) {
	taken := map[string]bool{"zt": true}
	for name, want := range map[string]string{"姓名": "xm", "公民身份号码": "gmsfhm", "状态": "zt_2", "GDP总量(万元)": "gdpzlwy", "2026年": "f_2026n", "（）": "item", "a_B": "a_b", "長い": "z",
		strings.Repeat("学", 100): strings.Repeat("x", 50)} {
		if got := fieldOf(name, taken); got != want || !fieldForm(got) {
			t.Errorf("%s: %s", name, got)
		}
	}
}

func TestResolveNamesWhatIsMissing(t *testing.T) {
	one := Planned{Act: &act.DeclareNoData{}, Kind: "duty.no_data", Name: "指导", File: "a.xlsx", Row: 3, Needs: []Need{{"duty", "duty", "指导"}}}
	err := Resolve(&one, func(string, string) (string, bool) { return "", false })
	if err == nil || err.Error() != "a.xlsx 第 3 行：“指导”所用的职责“指导”尚未登记成功。请先处理它前面的一步，再继续导入。" {
		t.Error(err)
	}
	if err := Resolve(&one, func(kind, name string) (string, bool) { return kind + name, true }); err != nil || one.Act.(*act.DeclareNoData).Duty != "duty指导" {
		t.Errorf("%v, %+v", err, one.Act)
	}
	one.Needs[0].Field = "nothing"
	if err := Resolve(&one, func(string, string) (string, bool) { return "x", true }); err == nil {
		t.Error("a field that is not there was filled")
	}
}
