package web

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"mulu"
)

// The page of an entry's data says where it is, how good and how fresh; rows only to the provider, through the gateway, masked
// unless a reason is given; every look is listed with its receipt.
func TestTheDataOfAnEntry(t *testing.T) {
	w := aTown(t)
	if err := w.enter("civil-steward", "数据页", "rescue", "数据页", func(c *mulu.EntryContent) {
		conditionalOnes(c)
		c.Name = "数据页"
	}); err != nil {
		t.Fatal(err)
	}
	if err := w.verify("数据页"); err != nil {
		t.Fatal(err)
	}
	code := w.named["数据页"]
	at := "/entries/" + code + "/data"
	steward := w.as(t, "civil-steward", "zh")
	steward.get(t, at).says(t, 200, "平台上还没有这条目录的数据", "装载数据")
	steward.get(t, at+"/looks").says(t, 200, "还没有人查看过数据行")
	l := w.loaded(t, "civil-steward", code, "对象.csv", "姓名,公民身份号码,所属街道\n张三,110102199003070018,金融街街道\n李四,110102196011110055,德胜街道\n", "")
	if l.State != "published" {
		t.Fatalf("%+v %+v", l, l.Report)
	}
	steward.get(t, at).says(t, 200, "第 1 版", "整体替换", "合规性", "各信息项的概貌", "不显示取值", "对象.csv", "掩码查看前 20 行", "下次更新", "各版本的行数和质量得分")
	w.as(t, "civil-steward", "en").get(t, at).says(t, 200, "Where the data is", "Conformity", "Next update")
	p := w.as(t, "bureau-approver", "zh").get(t, at)
	p.says(t, 200, "各项检查", "装载约定和规则")
	p.silent(t, "掩码查看", "对象.csv", "/load\"")
	p = w.as(t, "schools-steward", "zh").get(t, at)
	p.says(t, 200, "质量", "行数")
	p.silent(t, "各项检查", "掩码查看", "对象.csv", "金融街街道")
	w.as(t, "schools-steward", "zh").post(t, at+"/rows", nil).says(t, http.StatusForbidden)
	w.as(t, "bureau-steward", "zh").post(t, at+"/rows", nil).says(t, http.StatusForbidden)

	p = steward.post(t, at+"/rows", nil)
	p.says(t, 200, "110102********0018", "张*", "金融街街道", "本次查看已留下回执", "显示原值")
	p.silent(t, "110102199003070018", "李四")
	p = steward.post(t, at+"/rows", url.Values{"plain": {"1"}, "reason": {"看"}})
	p.says(t, http.StatusUnprocessableEntity, "至少 4 个字")
	p.silent(t, "张三")
	p = steward.post(t, at+"/rows", url.Values{"plain": {"1"}, "reason": {"核对群众来电反映的错误"}})
	p.says(t, 200, "110102199003070018", "李四", "显示原值，理由：核对群众来电反映的错误")
	for _, login := range []string{"civil-steward", "bureau-approver"} {
		w.as(t, login, "zh").get(t, at+"/looks").says(t, 200, "核对群众来电反映的错误", "掩码查看", "已拒绝")
	}
	w.as(t, "schools-steward", "zh").get(t, at+"/looks").says(t, http.StatusForbidden)
	id, _, _ := strings.Cut(strings.SplitN(p.Body, `href="/receipts/`, 2)[1], `"`)
	steward.get(t, "/receipts/"+id).says(t, 200, "提供单位查看本单位数据", "核对群众来电反映的错误", "数据页")
	w.as(t, "schools-steward", "zh").get(t, "/receipts/"+id).says(t, http.StatusNotFound)

	steward.post(t, at+"/measure", nil).says(t, http.StatusSeeOther)
	steward.get(t, at).says(t, 200, "已按现行规则重新检查现有数据")
	w.as(t, "schools-steward", "zh").post(t, at+"/measure", nil).says(t, http.StatusForbidden)
	steward.get(t, "/entries/"+code+"/map").says(t, 200, "没有可以画在地图上的数据") // persons are on no map
}

// Rows with a place are drawn, counted by street; many points are gathered, and what cannot be read is said.
func TestTheMapOfAnEntry(t *testing.T) {
	w := aTown(t)
	if err := w.enter("civil-steward", "站点", "rescue", "救助站点位", func(c *mulu.EntryContent) {
		c.Items = append(c.Items, mulu.Item{Name: "站点名称", Field: "zdmc", Type: "C", Length: 40, Grade: 1}, mulu.Item{Name: "经度", Field: "lng", Type: "C", Length: 20, Nullable: true, Grade: 1},
			mulu.Item{Name: "纬度", Field: "lat", Type: "C", Length: 20, Nullable: true, Grade: 1})
	}); err != nil {
		t.Fatal(err)
	}
	if err := w.verify("站点"); err != nil {
		t.Fatal(err)
	}
	code := w.named["站点"]
	rows := "编号,所属街道,站点名称,经度,纬度\n1,金融街街道,第一站,116.36,39.91\n2,金融街街道,第二站,116.37,39.92\n3,德胜街道,第三站,,\n"
	if l := w.loaded(t, "civil-steward", code, "点.csv", rows, ""); l.State != "published" {
		t.Fatalf("%+v", l.Report)
	}
	b := w.as(t, "civil-steward", "zh")
	b.get(t, "/entries/"+code+"/data").says(t, 200, `href="/entries/`+code+`/map"`)
	p := b.get(t, "/entries/"+code+"/map")
	p.says(t, 200, "3 行中 2 行有位置", "1 行没有可读的位置", "CGCS2000", "第一站", "°E", "°N", "按街道", "金融街街道")
	if n := strings.Count(p.Body, `class="spot"`); n != 2 {
		t.Errorf("%d points are drawn", n)
	}
	w.as(t, "bureau-reader", "en").get(t, "/entries/"+code+"/map").says(t, 200, "North is up", "By street")
	w.as(t, "schools-steward", "zh").get(t, "/entries/"+code+"/map").says(t, http.StatusForbidden)
	var many strings.Builder
	many.WriteString("编号,所属街道,站点名称,经度,纬度\n")
	for i := range 2500 {
		fmt.Fprintf(&many, "%d,街道%d,站%d,%.4f,%.4f\n", i, i%15, i, 116.33+float64(i%50)/1000, 39.88+float64(i/50)/1000)
	}
	if l := w.loaded(t, "civil-steward", code, "多点.csv", many.String(), "replace"); l.State != "published" {
		t.Fatalf("%+v", l.Report)
	}
	p = b.get(t, "/entries/"+code+"/map")
	p.says(t, 200, "按方格汇总", "2,500 行中 2,500 行有位置")
	if strings.Contains(p.Body, `class="spot"`) || !strings.Contains(p.Body, `class="many d5"`) {
		t.Error("many points are not gathered")
	}
}

func TestReadShape(t *testing.T) {
	for text, want := range map[string]string{
		"POINT (116.3 39.9)":                   "point 1",
		"LINESTRING (116.3 39.9, 116.4 39.95)": "line 1",
		"POLYGON ((116 39, 117 39, 117 40, 116 39), (116.2 39.2, 116.3 39.2, 116.3 39.3, 116.2 39.2))": "area 2",
		"MULTIPOLYGON (((116 39, 117 39, 117 40, 116 39)), ((115 39, 115.5 39, 115.5 40, 115 39)))":    "area 2",
		"MULTIPOINT ((116.3 39.9), (116.4 39.9))":                                                      "point 2",
		"POINT (39.9 116.3)": "", "POINT EMPTY": "", "CIRCLE (1 2)": "", "POLYGON ((a b))": "", "": "",
	} {
		s, ok := readShape(text)
		got := ""
		if ok {
			got = fmt.Sprintf("%s %d", s.kind, len(s.rings))
		}
		if got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}
