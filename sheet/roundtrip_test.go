package sheet

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"mulu"
	"mulu/act"
)

// odd are texts that sheets have trouble with: formulas, numbers, marks, separators, escapes, spaces inside.
var odd = []string{"=1+1", "'=1", "''@x", "-数据", "+86", "@某", "＝甲", "1.5E+10", "007", "110102199003071234", "true", "甲\n乙", `"引号"`, `甲"、乙`, "甲、乙；丙", "a;b,c\td", "_x000D_",
	"_x005F_x000D_", "<b>&amp;</b>", "字段\u3000名", "😀表", "'tis", "无", "不涉及", "是", "2026-01-01", "{0}@col.entries.name", "甲/乙", strings.Repeat("长", 100)}

// wild makes nouns at random, such as the rules take.
type wild struct{ *rand.Rand }

func (r wild) of(list []string) string { return list[r.IntN(len(list))] }

// text gives a text of at least two characters without tabs, different each time when n is.
func (r wild) text(n int) string {
	s := r.of(odd)
	if n > 0 {
		s += fmt.Sprintf("%d", n)
	}
	return strings.ReplaceAll(s, "\t", " ") + "甲"
}

func (r wild) maybe(s string) string {
	if r.IntN(2) == 0 {
		return ""
	}
	return s
}

func (r wild) code(list []mulu.Code) string { return list[r.IntN(len(list))].Code }

func (r wild) content(n int, duty string) mulu.EntryContent {
	c := mulu.EntryContent{Name: r.text(n), Summary: r.text(0), Duty: duty, Class: r.code(mulu.Classes), Format: r.code(mulu.Formats), Cycle: r.code(mulu.Cycles),
		Base: r.maybe(r.code(mulu.Bases)), Theme: r.maybe(r.of([]string{"社会保障", "不涉及", "=主题", "n/a"})), Grade: 1}
	for i := range 1 + r.IntN(4) {
		item := mulu.Item{Name: r.text(i + 1), Field: fmt.Sprintf("f%d", i), Type: r.code(mulu.ItemTypes), Length: r.IntN(3) * 10, Nullable: r.IntN(2) == 0, IsKey: r.IntN(4) == 0,
			Personal: r.IntN(4) == 0, Sensitive: r.IntN(5) == 0, Grade: 1 + r.IntN(3)}
		item.Standard = r.maybe(element(item.Type))
		c.Personal = c.Personal || item.Personal
		c.Grade = max(c.Grade, item.Grade)
		c.Items = append(c.Items, item)
	}
	c.Grade = min(4, c.Grade+r.IntN(2))
	c.Sharing.Type = "conditional"
	if c.Grade < 3 && r.IntN(3) == 0 {
		c.Sharing.Type = "unconditional"
	} else if r.IntN(3) == 0 {
		c.Sharing.Type = "not_shared"
	}
	switch c.Sharing.Type {
	case "conditional":
		c.Sharing.Conditions = r.of([]string{"经批准", "不涉及", "=条件", "甲；乙", "1.5E+10 以上"})
	case "not_shared":
		c.Sharing.Basis, c.Sharing.Override = r.maybe("保密法第九条"), "例外理由"
		c.Sharing.Conditions = r.maybe("附加的条件")
	}
	for i := range c.Items {
		if r.IntN(4) == 0 && c.Sharing.Type != "not_shared" {
			if t := r.code(mulu.SharingTypes); t != c.Sharing.Type {
				c.Items[i].Sharing = t
			}
		}
	}
	c.Opening.Type = "not_open"
	if c.Grade < 4 && r.IntN(2) == 0 {
		c.Opening.Type = "conditional"
	}
	if c.Grade == 1 && !c.Personal && c.Sharing.Type != "not_shared" && r.IntN(2) == 0 {
		c.Opening.Type = "unconditional"
	}
	c.Opening.Basis = r.maybe(r.of([]string{"依据某法", "=依据", "不涉及"}))
	switch c.Opening.Type {
	case "conditional":
		c.Opening.Channel, c.Opening.Conditions = r.code(mulu.Channels), r.of([]string{"登记后使用", "-条件", "不涉及"})
	case "not_open":
		c.Opening.Ground = 1 + r.IntN(3)
	}
	return c
}

// settle fills an institution with nouns at random, by acts on the law. What the law refuses is left out.
func (w *town) settle(r wild, org mulu.Org) {
	var duties, systems, entries []string
	for n := range 4 {
		var matters []string
		for m := range r.IntN(4) {
			matters = append(matters, r.text(m+1))
		}
		if w.say(org.ID, &act.RegisterDuty{Name: r.text(n + 1), Basis: r.text(0), Code: r.maybe(r.text(0)), Department: r.maybe(r.text(0)), Matters: matters}) != nil {
			continue
		}
	}
	for d := range all[mulu.Duty](w, mulu.KindDuty) {
		if d.Org == org.ID {
			duties = append(duties, d.ID)
		}
	}
	if len(duties) > 1 && r.IntN(2) == 0 {
		must(w.t, w.say(org.ID, &act.DeclareNoData{Duty: duties[0], Why: r.of([]string{"只有指导", "=理由", "不涉及"})}))
		duties = duties[1:]
	}
	for n := range 3 {
		var databases []string
		for m := range r.IntN(3) {
			databases = append(databases, r.text(m+1))
		}
		_ = w.say(org.ID, &act.RegisterSystem{Name: r.text(n + 1), Purpose: r.maybe(r.text(0)), Project: r.maybe(r.text(0)), Network: r.code(mulu.Networks), Level: r.IntN(6),
			Databases: databases, Connection: r.maybe("secret:abc")})
	}
	for s := range all[mulu.System](w, mulu.KindSystem) {
		if s.Org == org.ID {
			systems = append(systems, s.ID)
		}
	}
	for n := range 3 * min(1, len(systems)) {
		t := &act.RegisterTable{System: r.of(systems), Database: r.of([]string{"db", "=db"}), Schema: r.maybe("public"), Name: r.text(n + 1), Comment: r.maybe(r.text(0)), Rows: r.Int64N(1 << 40)}
		for m := range 1 + r.IntN(3) {
			t.Columns = append(t.Columns, mulu.Column{Name: r.text(m + 1), Type: "varchar", Length: r.IntN(100), Nullable: r.IntN(2) == 0, IsKey: r.IntN(2) == 0, Comment: r.maybe(r.text(0))})
		}
		_ = w.say(org.ID, t)
	}
	for n := range 6 * min(1, len(duties)) {
		_ = w.say(org.ID, &act.SubmitEntry{Content: r.content(n+1, r.of(duties))})
	}
	w.verify(org)
	for e := range all[mulu.Entry](w, mulu.KindEntry) {
		if e.Org == org.ID {
			entries = append(entries, e.Code)
		}
	}
	for n, code := range entries {
		if len(systems) > 0 && r.IntN(2) == 0 {
			must(w.t, w.say(org.ID, &act.LinkSystem{Entry: code, System: r.of(systems)}))
		}
		e, _ := w.Entry(org.ID, "", code)
		switch n % 5 { // entries in every state that can be exported
		case 1:
			must(w.t, w.say(org.ID, &act.SuspendEntry{Entry: code, Why: "暂停的理由"}))
		case 2:
			c := *e.Now
			c.Grade = min(4, c.Grade+1)
			_ = w.say(org.ID, &act.ChangeEntry{Entry: code, From: e.Version, Content: c})
		case 3:
			must(w.t, w.say(org.ID, &act.RetireEntry{Entry: code, Why: "注销的理由"}))
		}
	}
	if len(duties) > 0 {
		c := r.content(99, duties[0])
		if w.say(org.ID, &act.SubmitEntry{Content: c}) == nil {
			e, _ := w.Entry(org.ID, c.Name, "")
			must(w.t, w.say(bureau, &act.ReturnEntry{Entry: e.Code, Why: "退回的理由"}))
		}
	}
}

// TestRoundTrip: whatever stands on the chain, an export of it imported changes nothing, in every kind, language and form.
func TestRoundTrip(t *testing.T) {
	rounds := 10
	if testing.Short() {
		rounds = 3
	}
	entries, chances := 0, rand.New(rand.NewPCG(1, 2))
	for range rounds {
		w := newTown(t)
		org := w.org("区教委")
		w.settle(wild{chances}, org)
		chief, _ := w.Org(bureau)
		for _, kind := range Kinds() {
			for _, lang := range []string{"zh", "en"} {
				for _, csv := range []bool{false, true} {
					if csv && kind == Workbook {
						continue
					}
					by := org
					if kind == Orgs {
						by = chief
					}
					f := written(t, kind, lang, w.source(org), csv)
					p := w.plan(kind, by, f)
					if len(p.Problems) == 1 && p.Problems[0].Code == "no_rows" {
						continue
					}
					if len(p.Planned) > 0 || !p.Ready() {
						for _, one := range p.Planned {
							t.Logf("%s %q: %+v", one.Kind, one.Name, one.Act)
						}
						t.Fatalf("%s, %s, CSV %v: problems %v", kind, lang, csv, p.Problems)
					}
					if kind == Entries {
						entries += p.Unchanged
					}
				}
			}
		}
	}
	if entries < rounds*4*3 {
		t.Errorf("only %d entries went round", entries)
	}
}

// TestAWorkbookMovesHouse: a workbook exported from one chain and imported into another makes the same nouns there.
func TestAWorkbookMovesHouse(t *testing.T) {
	w := newTown(t)
	org := w.org("区教委")
	must(t, w.say(org.ID, &act.RegisterDuty{Name: "学籍管理", Basis: "教育法", Matters: []string{"转学、休学", "入学"}}))
	must(t, w.say(org.ID, &act.RegisterDuty{Name: "指导", Basis: "教育法"}))
	d, _ := w.Duty(org.ID, "指导")
	must(t, w.say(org.ID, &act.DeclareNoData{Duty: d.ID, Why: "只有指导"}))
	must(t, w.say(org.ID, &act.RegisterSystem{Name: "学籍系统", Network: "government", Level: 3, Databases: []string{"xj"}}))
	s, _ := w.System(org.ID, "学籍系统")
	must(t, w.say(org.ID, &act.RegisterTable{System: s.ID, Database: "xj", Name: "xs", Columns: []mulu.Column{{Name: "a", Type: "int", IsKey: true}, {Name: "b", Type: "date", Nullable: true}}}))
	d, _ = w.Duty(org.ID, "学籍管理")
	c := wild{rand.New(rand.NewPCG(3, 4))}.content(1, d.ID)
	must(t, w.say(org.ID, &act.SubmitEntry{Content: c}))
	e, _ := w.Entry(org.ID, c.Name, "")
	must(t, w.say(org.ID, &act.LinkSystem{Entry: e.Code, System: s.ID}))

	there := newTown(t)
	theirs := there.org("区教委")
	f := written(t, Workbook, "zh", w.source(org), false)
	p := there.plan(Workbook, theirs, withoutIds(t, f))
	if len(p.Planned) != 7 {
		t.Errorf("%d acts planned: %v", len(p.Planned), p.Problems)
	}
	there.carry(theirs, p)
	got, ok := there.Entry(theirs.ID, c.Name, "")
	if !ok || !same(got.Next, e.Next) { // the ids are the same because the chains began alike
		t.Errorf("the entry came as %+v", got)
	}
	for _, kind := range []mulu.Kind{mulu.KindDuty, mulu.KindSystem, mulu.KindTable} {
		if a, b := slices.Collect(all[map[string]any](w, kind)), slices.Collect(all[map[string]any](there, kind)); !reflect.DeepEqual(a, b) {
			t.Errorf("%s: %v there, %v here", kind, b, a)
		}
	}
	t2, _ := there.System(theirs.ID, "学籍系统")
	if table, ok := there.Table(t2.ID, "xj", "", "xs"); !ok || len(table.Columns) != 2 || !table.Columns[0].IsKey {
		t.Errorf("the table came as %+v", table)
	}
	if d, ok := there.Duty(theirs.ID, "指导"); !ok || d.Status != "no_data" || d.Why != "只有指导" {
		t.Errorf("the duty came as %+v", d)
	}
	if !there.Linked(got.Code, t2.ID) {
		t.Error("the link did not come")
	}
	if again := there.plan(Workbook, theirs, withoutIds(t, f)); len(again.Planned) != 0 || again.Unchanged != 5 {
		t.Errorf("once more: %d planned, %d unchanged", len(again.Planned), again.Unchanged)
	}
}

// withoutIds empties the columns that name nouns of one chain, as a person would.
func withoutIds(t *testing.T, f File) File {
	t.Helper()
	x, err := excelize.OpenReader(bytes.NewReader(content(t, f)))
	must(t, err)
	defer x.Close()
	for _, s := range x.GetSheetList() {
		all, err := x.GetRows(s)
		must(t, err)
		for c, h := range all[0] {
			if h != "编号" && h != "信息资源代码" {
				continue
			}
			for r := range all[1:] {
				must(t, x.SetCellValue(s, cellName(c, r+2), nil))
			}
		}
	}
	var b bytes.Buffer
	must(t, x.Write(&b))
	return fileOf(f.Name, b.Bytes())
}

// TestExportsAreSafeToOpen: no cell of an export is taken for a formula.
func TestExportsAreSafeToOpen(t *testing.T) {
	w := newTown(t)
	org := w.org("区教委")
	must(t, w.say(org.ID, &act.RegisterDuty{Name: "=HYPERLINK(1)", Basis: "@SUM(A1)", Code: "110102199003071234", Matters: []string{"-1", "+1", "1.1E+17"}}))
	text := string(content(t, written(t, Duties, "zh", w.source(org), true)))
	for _, want := range []string{"\uFEFF序号,", "'=HYPERLINK(1)", "'@SUM(A1)", "'-1", "'+1", "'1.1E+17", "110102199003071234\t"} {
		if !strings.Contains(text, want) {
			t.Errorf("the CSV lacks %q:\n%s", want, text)
		}
	}
	x, err := excelize.OpenReader(bytes.NewReader(content(t, written(t, Duties, "zh", w.source(org), false))))
	must(t, err)
	defer x.Close()
	all, err := x.GetRows("职责")
	must(t, err)
	for r, row := range all {
		for c, text := range row {
			if guarded(text) {
				t.Errorf("%s holds %q", cellName(c, r+1), text)
			}
			if f, _ := x.GetCellFormula("职责", cellName(c, r+1)); f != "" {
				t.Errorf("%s is the formula %s", cellName(c, r+1), f)
			}
		}
	}
	if kind, err := x.GetCellType("职责", "E2"); err != nil || kind == excelize.CellTypeNumber || kind == excelize.CellTypeUnset {
		t.Errorf("the code of 18 digits is written as type %d, %v", kind, err)
	}
}
