package sheet

import (
	"bytes"
	"encoding/csv"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"mulu"
	"mulu/act"
)

// today is the sheet of 26 columns that officials fill in now: field-facts 1.4.
var today = []any{"序号", "部门类信息资源分类", "项分类", "目分类", "细目分类1", "细目1.1", "关联业务事项", "信息资源名称", "信息资源代码", "下设机构",
	"信息资源摘要", "格式分类", "格式类型", "其他类型资源格式描述", "信息项名称", "数据类型", "数据长度", "共享类型", "共享条件/不予共享依据",
	"共享方式分类", "共享方式类型", "是否向社会开放", "开放条件", "更新周期", "发布日期", "开放主题分类"}

// catalogs reads the 57 catalogs of the demonstration.
func catalogs(t testing.TB) []map[string]string {
	t.Helper()
	raw, err := os.ReadFile("../cmd/mulu/district/catalog-examples.csv")
	must(t, err)
	all, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(raw, []byte("\uFEFF")))).ReadAll()
	must(t, err)
	var rows []map[string]string
	for _, r := range all[1:] {
		m := map[string]string{}
		for i, c := range all[0] {
			m[c] = r[i]
		}
		rows = append(rows, m)
	}
	return rows
}

// shape is how people say that rows belong together.
type shape int

const (
	merged shape = iota
	repeated
	blankBelow
)

// sheetOf writes catalogs as the sheet of today.
func sheetOf(rows []map[string]string, how shape) tab {
	s := tab{name: "信息资源目录", rows: [][]any{{"北京市西城区政务信息资源目录"}, today}, merged: []string{"A1:Z1"}}
	for n, r := range rows {
		items := strings.Split(r["信息项(名称|字段|类型|长度|个人信息)"], ";")
		top := len(s.rows) + 1
		for i, it := range items {
			p := strings.Split(it, "|")
			opens, words := "是", r["开放条件/不开放原因"]
			if r["开放类型"] == "不予开放" {
				opens = "否"
				words = strings.Replace(words, "登记资料查询", "法定：登记资料查询", 1) // of the 57, the one reason that shows no ground of Art. 27
			}
			conditions := r["共享条件/不予共享依据"]
			if r["共享类型"] == "无条件共享" {
				conditions = "无" // two of them have a remark here, which is refused
			}
			length, _ := strconv.Atoi(p[3])
			row := []any{n + 1, "部门", "省（区、市）及以下", "西城区", r["提供单位"], "", r["职责"], r["数据目录名称"], r["信息资源代码(演示)"], "", r["摘要"], r["信息资源格式分类"],
				r["信息资源格式类型"], "", p[0], p[2], length, r["共享类型"], conditions, "共享平台方式", "数据库", opens, words, r["更新周期"], "2026-03-01", r["主题"]}
			if i > 0 && how != repeated {
				for c := range row {
					if c < 14 || c > 16 {
						row[c] = nil
					}
				}
			}
			s.rows = append(s.rows, row)
		}
		if how == merged && len(items) > 1 {
			for c := range today {
				if c < 14 || c > 16 {
					s.merged = append(s.merged, cellName(c, top)+":"+cellName(c, top+len(items)-1))
				}
			}
		}
	}
	return s
}

// TestTheSheetsOfToday imports the 57 catalogs, institution by institution, in the three shapes, together with their duties, and
// carries it out on the law; then what stands there is written out, and importing that changes nothing.
func TestTheSheetsOfToday(t *testing.T) {
	byOrg, orgs := map[string][]map[string]string{}, []string(nil)
	for _, r := range catalogs(t) {
		if byOrg[r["提供单位"]] == nil {
			orgs = append(orgs, r["提供单位"])
		}
		byOrg[r["提供单位"]] = append(byOrg[r["提供单位"]], r)
	}
	w := newTown(t)
	entries := 0
	for n, short := range orgs {
		org := w.org(short)
		duties := tab{name: "②部门职责清单", rows: [][]any{{"实施主体", "职责", "职权名称", "职权编码", "法律依据"}}}
		seen := map[string]bool{}
		for _, r := range byOrg[short] {
			if basis := r["法律依据"]; !seen[r["职责"]] {
				seen[r["职责"]] = true
				if len([]rune(basis)) < 2 {
					basis = "“三定”规定"
				}
				duties.rows = append(duties.rows, []any{short, r["职责"], "", "", basis})
			}
		}
		file := makeBook(t, "资源目录.xlsx", sheetOf(byOrg[short], shape(n%3)), duties)
		p := w.plan(Workbook, org, file)
		if len(p.Planned) != len(seen)+len(byOrg[short]) || p.Unchanged != 0 {
			t.Errorf("%s: %d acts planned, %d unchanged; %d duties and %d entries are in the file", short, len(p.Planned), p.Unchanged, len(seen), len(byOrg[short]))
		}
		w.carry(org, p)
		w.verify(org)
		entries += len(byOrg[short])
		for _, lang := range []string{"zh", "en"} {
			again := w.plan(Workbook, org, written(t, Workbook, lang, w.source(org), false))
			if len(again.Planned) != 0 || !again.Ready() || again.Unchanged != len(seen)+len(byOrg[short]) {
				t.Errorf("%s, %s: an export imported plans %d acts, %d unchanged, problems %v", short, lang, len(again.Planned), again.Unchanged, again.Problems)
			}
		}
		if same := w.plan(Workbook, org, file); len(same.Planned) != 0 || !same.Ready() {
			t.Errorf("%s: the same sheet once more plans %d acts (%v)", short, len(same.Planned), same.Problems)
		}
	}
	if entries != 57 {
		t.Errorf("%d entries", entries)
	}
	e, ok := w.Entry(mustOrg(t, w, "西城公安分局").ID, "常住户籍人口基础信息", "")
	if !ok || e.Status != "published" {
		t.Fatalf("the first catalog stands as %+v", e)
	}
	want := []mulu.Item{{Name: "姓名", Field: "xm", Type: "C", Length: 50, Nullable: true, Grade: 1}, {Name: "公民身份号码", Field: "gmsfhm", Type: "C", Length: 18, Nullable: true, Grade: 1}}
	if got := e.Now.Items[:2]; !slices.Equal(got, want) || len(e.Now.Items) != 9 {
		t.Errorf("its items: %+v", e.Now.Items)
	}
	if e.Now.Sharing.Type != "conditional" || e.Now.Opening.Type != "not_open" || e.Now.Opening.Ground != 3 || e.Now.Cycle != "realtime" || e.Now.Class != "307" || e.Now.Theme != "公共服务" {
		t.Errorf("it says %+v", e.Now)
	}
}

func mustOrg(t *testing.T, w *town, name string) mulu.Org {
	t.Helper()
	o, ok := w.Org(name)
	if !ok {
		t.Fatalf("no institution %s", name)
	}
	return o
}

// TestChangesFromASheet: what differs from the chain becomes a change against the present version, the rest stays out of it.
func TestChangesFromASheet(t *testing.T) {
	w := newTown(t)
	rows := catalogs(t)[:2]
	org := w.org("西城公安分局")
	for _, r := range rows {
		must(t, w.say(org.ID, &act.RegisterDuty{Name: r["职责"], Basis: r["法律依据"]}))
	}
	w.carry(org, w.plan(Entries, org, makeBook(t, "a.xlsx", sheetOf(rows, merged))))
	w.verify(org)
	rows[1]["摘要"] = "另一种说法"
	p := w.plan(Entries, org, makeBook(t, "a.xlsx", sheetOf(rows, repeated)))
	if p.Unchanged != 1 || len(p.Planned) != 1 {
		t.Fatalf("%d unchanged, %d planned: %v", p.Unchanged, len(p.Planned), p.Problems)
	}
	change, ok := p.Planned[0].Act.(*act.ChangeEntry)
	if !ok || change.From != 1 || change.Content.Summary != "另一种说法" || p.Planned[0].Key != change.Entry || p.Planned[0].Rows != 7 {
		t.Errorf("planned %+v", p.Planned[0])
	}
	w.carry(org, p)
	if e, _ := w.Entry(org.ID, rows[1]["数据目录名称"], ""); e.Version != 2 || e.Status != "published" {
		t.Errorf("after it: %+v", e)
	}
}
