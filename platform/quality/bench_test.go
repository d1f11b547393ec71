package quality

import (
	"context"
	"fmt"
	"runtime"
	"strconv"
	"syscall"
	"testing"
	"time"

	"mulu"
)

// typical is an entry of ten usual columns: who, whose, when, how much, which code, where to call.
func typical() (*mulu.EntryContent, Standards) {
	return &mulu.EntryContent{Name: "就业登记", Cycle: "monthly", Items: []mulu.Item{
		{Name: "登记编号", Field: "no", Type: "C", Length: 20, IsKey: true},
		{Name: "公民身份号码", Field: "id", Type: "C", Length: 18, Personal: true, Grade: 3},
		{Name: "姓名", Field: "name", Type: "C", Length: 50, Personal: true, Grade: 3},
		{Name: "性别", Field: "sex", Type: "C", Length: 1, Standard: "DE-1"},
		{Name: "统一社会信用代码", Field: "credit", Type: "C", Length: 18},
		{Name: "单位名称", Field: "company", Type: "C", Length: 100},
		{Name: "登记日期", Field: "since", Type: "D"},
		{Name: "截止日期", Field: "until", Type: "D", Nullable: true},
		{Name: "月工资", Field: "pay", Type: "Y", Length: 12},
		{Name: "手机号码", Field: "mobile", Type: "C", Length: 11, Nullable: true, Personal: true},
	}}, shelf{}
}

// shelf holds one element and its code set.
type shelf struct{}

func (shelf) Element(id string) *mulu.Element {
	switch id {
	case "DE-1":
		return &mulu.Element{ID: "DE-1", Name: "性别代码", Type: "C", Length: 1, CodeSet: "CS-1"}
	case "DE-2":
		return &mulu.Element{ID: "DE-2", Name: "年份", Type: "I", Length: 4, Low: "1949", High: "2099"}
	case "DE-3":
		return &mulu.Element{ID: "DE-3", Name: "日期", Type: "D"}
	case "DE-4":
		return &mulu.Element{ID: "DE-4", Name: "号码", Type: "C", Length: 18, Format: "citizen_id"}
	}
	return nil
}

func (shelf) CodeSet(id string) *mulu.CodeSet {
	if id != "CS-1" {
		return nil
	}
	return &mulu.CodeSet{ID: id, Name: "人的性别代码", Values: []mulu.CodeValue{{Code: "0", Name: "未知的性别"}, {Code: "1", Name: "男性"}, {Code: "2", Name: "女性"}, {Code: "9", Name: "未说明的性别"}}}
}

func citizen(n int) string {
	s := "110102" + time.Date(1950, 1, 1+n%20000, 0, 0, 0, 0, time.UTC).Format("20060102") + fmt.Sprintf("%03d", n%1000)
	sum := 0
	for i, w := range [17]int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2} {
		sum += int(s[i]-'0') * w
	}
	return s + string("10X98765432"[sum%11])
}

func typicalRows(n int) [][]string {
	rows := make([][]string, n)
	for i := range rows {
		rows[i] = []string{"XC" + strconv.Itoa(100000000+i*7919%100000000), citizen(i * 7919), "张" + string(rune(0x4e00+i*31%20000)) + "明", []string{"1", "2", "2", "1", "9"}[i%5],
			mulu.CreditCode("91110102" + fmt.Sprintf("%08d", i*13%100000000)), "北京" + string(rune(0x4e00+i*17%20000)) + "科技有限公司", time.Date(2010, 1, 1+i%5000, 0, 0, 0, 0, time.UTC).Format("2006-01-02"),
			"", strconv.Itoa(3000+i%50000) + ".50", "138" + fmt.Sprintf("%08d", i*104729%100000000)}
		if i%3 == 0 {
			rows[i][7] = time.Date(2027, 1, 1+i%5000, 0, 0, 0, 0, time.UTC).Format("2006-01-02")
		}
	}
	return rows
}

var typicalRules = []mulu.DataRule{
	{Check: "compare", Items: []string{"since", "until"}, Op: "le", Level: "bad"},
	{Check: "range", Items: []string{"pay"}, Low: "0", High: "1000000", Level: "bad"},
}

// benchmarkRows checks many rows over and over through one Checker and reports its memory.
func benchmarkRows(b *testing.B, total int, rules []mulu.DataRule) {
	c, s := typical()
	p, err := NewPlan(c, rules, s)
	if err != nil {
		b.Fatal(err)
	}
	p.Spill = b.TempDir()
	rows := typicalRows(2_000) // few enough to be in the processor's cache, as rows fresh from a reader are
	values := make([]string, len(rows[0]))
	for b.Loop() {
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		k := p.Checker(time.Date(2026, 11, 25, 0, 0, 0, 0, time.UTC))
		begun, spent := time.Now(), processor(b)
		for i := range total {
			copy(values, rows[i%len(rows)])
			if found := k.Row(values); len(found) > 0 {
				b.Fatalf("row %d %q: %+v", i, values, found)
			}
			if p.Unique() {
				values[0] = strconv.Itoa(i)
				if err := k.Stays(int64(i+1), values); err != nil {
					b.Fatal(err)
				}
			}
		}
		if err := k.Repeated(context.Background(), func(n, first int64, _ Problem) error { return fmt.Errorf("row %d repeats %d", n, first) }); err != nil {
			b.Fatal(err)
		}
		took, used := time.Since(begun), processor(b)-spent
		runtime.GC()
		runtime.ReadMemStats(&after)
		if r := k.Result(Counts{}); r.Quality.Checked != int64(total) || r.Quality.Score != 1000 {
			b.Fatalf("%+v", r.Quality)
		}
		if err := k.Close(); err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(total)/took.Seconds(), "rows/s")
		b.ReportMetric(float64(total)/used.Seconds(), "rows/cpu-s")
		b.ReportMetric(float64(int64(after.HeapAlloc)-int64(before.HeapAlloc))/1024, "KiB-held")
		b.ReportMetric(float64(after.Mallocs-before.Mallocs)/float64(total), "allocs/row")
	}
}

// processor is the processor time of the program so far: what a machine shared with others leaves comparable.
func processor(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func BenchmarkRows1M(b *testing.B)  { benchmarkRows(b, 1_000_000, typicalRules) }
func BenchmarkRows10M(b *testing.B) { benchmarkRows(b, 10_000_000, typicalRules) }
func BenchmarkUnique10M(b *testing.B) {
	benchmarkRows(b, 10_000_000, append([]mulu.DataRule{{Check: "unique", Items: []string{"no"}, Level: "bad"}}, typicalRules...))
}
