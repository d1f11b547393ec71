package madeup

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"mulu"
)

var today = time.Date(2026, 11, 25, 9, 0, 0, 0, mulu.Shanghai())

func town(t testing.TB) *Town {
	t.Helper()
	f, err := os.Open("../district/streets.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var streets [][2]string
	for _, l := range lines[1:] {
		streets = append(streets, [2]string{l[0], l[2]})
	}
	town, err := New(streets)
	if err != nil {
		t.Fatal(err)
	}
	return town
}

func items(names ...string) (list []mulu.Item) {
	for i, n := range names {
		list = append(list, mulu.Item{Name: n, Field: fmt.Sprintf("f%d", i)})
	}
	return list
}

func table(t testing.TB, w *Town, entry string, names ...string) *Table {
	t.Helper()
	made, err := w.Table(entry, items(names...), today)
	if err != nil {
		t.Fatal(err)
	}
	return made
}

// Numbers are unique and right, and say the day of birth and the sex that stand beside them (GB 11643).
func TestResidents(t *testing.T) {
	w := town(t)
	seen, heads := map[string]bool{}, map[int]Resident{}
	for k := range Residents {
		r := w.Resident(k)
		switch {
		case seen[r.Number]:
			t.Fatalf("%d: %s stands twice", k, r.Number)
		case len(r.Number) != 18 || r.Number[17] != citizenCheck([]byte(r.Number[:17])):
			t.Fatalf("%d: %s has a wrong check digit", k, r.Number)
		case r.Number[6:14] != strings.ReplaceAll(date([3]int{r.Year, r.Month, r.Day}), "-", ""):
			t.Fatalf("%d: %s, born %d-%d-%d", k, r.Number, r.Year, r.Month, r.Day)
		case (r.Number[16]-'0')%2 == 1 != r.Male:
			t.Fatalf("%d: %s, male %t", k, r.Number, r.Male)
		case r.Year < 1900 || r.Year > born || len([]rune(r.Name)) < 2:
			t.Fatalf("%d: %+v", k, r)
		}
		if _, err := time.Parse(time.DateOnly, date([3]int{r.Year, r.Month, r.Day})); err != nil {
			t.Fatal(err)
		}
		seen[r.Number] = true
		if r.Relation == "户主" {
			heads[r.Household] = r
		}
		h := heads[r.Household]
		if h.Community != r.Community || h.Nation != r.Nation {
			t.Fatalf("%d does not live with the head of the household", k)
		}
		if r.Relation == "子" && (h.Year+18 > r.Year || []rune(h.Name)[0] != []rune(r.Name)[0]) {
			t.Fatalf("%s, born %d, is no son of %s, born %d", r.Name, r.Year, h.Name, h.Year)
		}
		if r.Relation == "配偶" && h.Male == r.Male {
			t.Fatalf("%d: a couple of one sex", k)
		}
		if m := motherOf(k); m >= 0 && (w.Resident(m).Male || w.Resident(m).Household != r.Household) {
			t.Fatalf("%d is not the mother of %d", m, k)
		}
	}
}

func TestCompanies(t *testing.T) {
	w := town(t)
	codes, names := map[string]bool{}, map[string]bool{}
	add := func(u Unit) {
		t.Helper()
		if err := mulu.CheckCreditCode(u.Code); err != nil || codes[u.Code] {
			t.Fatalf("%s: %v, twice %t", u.Code, err, codes[u.Code])
		}
		if names[u.Name] {
			t.Fatalf("%s stands twice", u.Name)
		}
		codes[u.Code], names[u.Name] = true, true
		if u.Founded[0] > born {
			t.Fatalf("%s is founded in %d", u.Name, u.Founded[0])
		}
	}
	for k := range Companies {
		add(w.Company(k))
	}
	for sort, n := range map[*Body]int{&Elder: 64, &Society: 600, &School: 180, &Training: 320, &Law: 160, &Clinic: 640, &Drug: 420, &Shop: 8000} {
		for k := range n {
			add(w.body(*sort, k))
		}
	}
}

func TestTown(t *testing.T) {
	w := town(t)
	if len(w.Streets) != 15 || len(w.Communities) != 260 {
		t.Fatalf("%d streets, %d communities", len(w.Streets), len(w.Communities))
	}
	names := map[string]bool{}
	for _, c := range w.Communities {
		if names[c.Name] || !strings.HasPrefix(c.Code, w.Streets[c.Street].Code) || len(c.Code) != 12 {
			t.Errorf("community %s %s", c.Code, c.Name)
		}
		names[c.Name] = true
		if c.At.Lon < 116_320_000 || c.At.Lon > 116_410_000 || c.At.Lat < 39_860_000 || c.At.Lat > 39_980_000 {
			t.Errorf("%s lies outside: %v", c.Name, c.At)
		}
	}
	whole, sum := area(w.Border(-1)), 0
	for n, s := range w.Streets {
		a := area(w.Border(n))
		if sum += a; a < whole/100 {
			t.Errorf("%s has %d of %d", s.Name, a, whole)
		}
	}
	if off := whole - sum; off > whole/1000 || off < -whole/1000 {
		t.Errorf("the streets have %d, the district %d", sum, whole)
	}
	raw, err := w.GeoJSON()
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		Features []struct{ Geometry struct{ Type string } }
	}
	if err := json.Unmarshal(raw, &got); err != nil || len(got.Features) != 16 || got.Features[0].Geometry.Type != "Polygon" {
		t.Errorf("%v: %.300s", err, raw)
	}
}

// area is twice a ring's area, whichever way it runs.
func area(ring []Point) (sum int) {
	for i := range len(ring) - 1 {
		sum += ring[i].Lon*ring[i+1].Lat - ring[i+1].Lon*ring[i].Lat
	}
	return max(sum, -sum)
}

// A table reads twice alike, as many rows as it says, and of the size that it says.
func TestTable(t *testing.T) {
	made := table(t, town(t), "常住户籍人口基础信息", "姓名", "公民身份号码", "性别", "民族", "出生日期", "户籍地址", "与户主关系", "所属街道", "数据更新时间").Part(0, 5000)
	one, err := io.ReadAll(made.CSV())
	if err != nil {
		t.Fatal(err)
	}
	two, err := io.ReadAll(made.CSV())
	if err != nil {
		t.Fatal(err)
	}
	lines, err := csv.NewReader(strings.NewReader(string(one))).ReadAll()
	if size, e := made.Size(); string(one) != string(two) || err != nil || e != nil || size != int64(len(one)) || len(lines) != 5001 {
		t.Fatalf("%d and %d bytes of %d, %d lines, %v %v", len(one), len(two), size, len(lines), err, e)
	}
	if !slices.Equal(lines[1:][4999], made.Part(4999, 1).Row(0)) {
		t.Error("a part is not the same rows")
	}
}

// Sums agree with their parts, and growth with the figures.
func TestFigures(t *testing.T) {
	w := town(t)
	number := func(s string) (n int) {
		if _, err := fmt.Sscan(s, &n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	gdp := table(t, w, "地区生产总值季度数据", "统计期", "指标名称", "指标值(万元)", "同比增速(%)", "口径说明")
	total := map[string]int{}
	for i := range gdp.Rows {
		r := gdp.Row(i)
		if r[1] == "地区生产总值" {
			total[r[0]] += number(r[2])
		} else {
			total[r[0]] -= number(r[2])
		}
		if r[3] < "2" || r[3] > "9" {
			t.Errorf("%s grows by %s%%", r[1], r[3])
		}
	}
	for period, left := range total {
		if left != 0 || period >= today.Format(time.DateOnly) {
			t.Errorf("%s: %d are left", period, left)
		}
	}
	if len(total) != periods {
		t.Errorf("%d quarters", len(total))
	}
	taxes := table(t, w, "一般公共预算收支月报", "月份", "科目", "本月数(万元)", "累计数(万元)", "同比(%)")
	parts, yearly := 0, map[string]int{}
	for i := range taxes.Rows {
		r := taxes.Row(i)
		year := r[0][:4] + r[1]
		if yearly[year] += number(r[2]); r[0][:4] == "2026" && yearly[year] != number(r[3]) {
			t.Errorf("%s %s: %d so far, not %s", r[0], r[1], yearly[year], r[3])
		}
		if strings.HasSuffix(r[1], "合计") {
			if parts != 0 {
				t.Fatalf("before %s %s %d are left", r[0], r[1], parts)
			}
			parts = number(r[2])
		} else {
			parts -= number(r[2])
		}
	}
	if parts != 0 || taxes.Row(taxes.Rows - 1)[0] != "2026-10-01" {
		t.Errorf("%d are left, the last month is %s", parts, taxes.Row(taxes.Rows - 1)[0])
	}
	relief := table(t, w, "低保对象分街道汇总", "所属街道", "统计月份", "户数", "人数", "发放金额(元)")
	if r := relief.Row(0); relief.Rows != 360 || r[1] != "2024-11-01" || number(r[2]) >= number(r[3]) || number(r[4]) != number(r[3])*1450 {
		t.Errorf("%d rows, %v", relief.Rows, r)
	}
}

func TestSpoilt(t *testing.T) {
	made := table(t, town(t), "失业登记人员信息", "姓名", "公民身份号码")
	spoilt := made.Spoilt(30, func(line, _ []string) { line[0] = "" }, func(line, before []string) { line[1] = before[1] })
	gone, twice := 0, 0
	for i := range made.Rows {
		right, wrong := made.Row(i), spoilt.Row(i)
		switch {
		case wrong[0] == "":
			gone++
		case wrong[1] != right[1]:
			if wrong[1] != made.Row(i - 1)[1] {
				t.Fatal("not the number of the row above")
			}
			twice++
		}
	}
	if share := (gone + twice) * 1000 / made.Rows; share < 20 || share > 40 || gone == 0 || twice == 0 {
		t.Errorf("%d and %d of %d rows", gone, twice, made.Rows)
	}
}

func TestNothingMadeUp(t *testing.T) {
	w := town(t)
	if _, err := w.Table("传染病个案信息", items("姓名"), today); err == nil {
		t.Error("an entry of which nothing is known has rows")
	}
	if _, err := w.Table("企业登记信息", items("单位名称", "车牌号"), today); err == nil {
		t.Error("an item of which nothing is known has values")
	}
	if _, err := New([][2]string{{"110101001", "东华门街道"}}); err == nil {
		t.Error("a street of another district is laid out")
	}
}

func BenchmarkResidents(b *testing.B) {
	made := table(b, town(b), "常住户籍人口基础信息", "姓名", "公民身份号码", "性别", "民族", "出生日期", "户籍地址", "与户主关系", "所属街道", "数据更新时间")
	for b.Loop() {
		n, err := made.Size()
		if err != nil {
			b.Fatal(err)
		}
		b.SetBytes(n)
	}
	b.ReportMetric(float64(made.Rows*b.N)/b.Elapsed().Seconds(), "rows/s")
}

func BenchmarkCompanies(b *testing.B) {
	made := table(b, town(b), "企业登记信息", "单位名称", "统一社会信用代码", "企业类型", "法定代表人", "注册资本(万元)", "成立日期", "登记机关", "经营状态", "住所", "经营范围", "行业代码(GB/T 4754)")
	for b.Loop() {
		if _, err := made.Size(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(made.Rows*b.N)/b.Elapsed().Seconds(), "rows/s")
}
