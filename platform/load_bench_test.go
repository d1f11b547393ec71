package platform

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"mulu"
	"mulu/platform/intake"
	"mulu/platform/quality"
)

// standards of the benchmark: the form of each kind of item.
type standards map[string]*mulu.Element

func (s standards) Element(id string) *mulu.Element { return s[id] }
func (s standards) CodeSet(id string) *mulu.CodeSet {
	if id != "CS-1" {
		return nil
	}
	set := &mulu.CodeSet{ID: id, Status: "active"}
	for i := range 15 {
		set.Values = append(set.Values, mulu.CodeValue{Code: fmt.Sprintf("1101020%02d", i+1), Name: "街道"})
	}
	return set
}

// resident is an entry of ten items as the district's are, every one of them bound to a data element.
func resident() (*mulu.EntryContent, standards) {
	s := standards{
		"DE-1": {ID: "DE-1", Type: "C", Length: 18, Format: "citizen_id", Status: "active"},
		"DE-2": {ID: "DE-2", Type: "C", Length: 50, Status: "active"},
		"DE-3": {ID: "DE-3", Type: "D", Low: "1900-01-01", Status: "active"},
		"DE-4": {ID: "DE-4", Type: "C", Length: 18, Format: "credit_code", Status: "active"},
		"DE-5": {ID: "DE-5", Type: "C", Length: 20, Format: "mobile", Status: "active"},
		"DE-6": {ID: "DE-6", Type: "C", Length: 12, CodeSet: "CS-1", Status: "active"},
		"DE-7": {ID: "DE-7", Type: "Y", Length: 12, Low: "0", High: "100000000", Status: "active"},
		"DE-8": {ID: "DE-8", Type: "I", Low: "0", High: "150", Status: "active"},
	}
	return &mulu.EntryContent{Cycle: "monthly", Items: []mulu.Item{
		{Name: "公民身份号码", Field: "id", Type: "C", Length: 18, IsKey: true, Standard: "DE-1"},
		{Name: "姓名", Field: "name", Type: "C", Length: 50, Standard: "DE-2"},
		{Name: "出生日期", Field: "born", Type: "D", Standard: "DE-3"},
		{Name: "工作单位代码", Field: "employer", Type: "C", Length: 18, Nullable: true, Standard: "DE-4"},
		{Name: "手机号码", Field: "mobile", Type: "C", Length: 20, Nullable: true, Standard: "DE-5"},
		{Name: "所属街道", Field: "street", Type: "C", Length: 12, Standard: "DE-6"},
		{Name: "月收入", Field: "income", Type: "Y", Length: 12, Nullable: true, Standard: "DE-7"},
		{Name: "年龄", Field: "age", Type: "I", Length: 3, Standard: "DE-8"},
		{Name: "登记时间", Field: "at", Type: "T"},
		{Name: "住址", Field: "address", Type: "C", Length: 200, Nullable: true},
	}}, s
}

// residents writes rows of it as CSV. Every value is right.
func residents(n int) []byte {
	var b bytes.Buffer
	b.Grow(n * 150)
	b.WriteString("id,name,born,employer,mobile,street,income,age,at,address\n")
	employers := creditCodes(2000)
	day := time.Date(1950, 1, 1, 0, 0, 0, 0, time.UTC)
	for i := range n {
		born := day.AddDate(0, 0, i/900)
		fmt.Fprintf(&b, "%s,张%d,%s,%s,138%08d,1101020%02d,%d.50,%d,2026-01-%02d 08:00:00,北京市西城区平安里西大街%d号\n",
			citizen("110102"+born.Format("20060102")+fmt.Sprintf("%03d", i%900+100)), i%997, born.Format(time.DateOnly), employers[i%len(employers)],
			i, i%15+1, 3000+i%20000, i%90, i%28+1, i%300)
	}
	return b.Bytes()
}

// creditCodes makes valid codes: GB 32100 with the code of GB 11714 in it.
func creditCodes(n int) (codes []string) {
	for i := range n {
		codes = append(codes, mulu.CreditCode(fmt.Sprintf("91110102MA%06d", i)))
	}
	return codes
}

func citizen(seventeen string) string {
	weights := [17]int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2}
	sum := 0
	for i, w := range weights {
		sum += int(seventeen[i]-'0') * w
	}
	return seventeen + "10X98765432"[sum%11:sum%11+1]
}

// BenchmarkLoadMillion has a CSV file of 1,000,000 rows of ten items checked in every way and published, and inserts the same rows
// into the same SQLite driver as a stream, without any check, key, digest or sync.
//
//	go test -run '^$' -bench LoadMillion -benchtime 1x ./platform
func BenchmarkLoadMillion(b *testing.B) {
	const rows = 1_000_000
	c, s := resident()
	file := residents(rows)
	p := platform(b, b.TempDir())
	for i := range b.N {
		begin := time.Now()
		table, err := intake.Open(bytes.NewReader(file), "residents.csv", intake.Form{})
		if err != nil {
			b.Fatal(err)
		}
		g := Ground{Content: c, Standards: s, Dataset: mulu.Dataset{Entry: entry, Status: "serving", Version: i}}
		r, err := p.Load(context.Background(), Job{Entry: entry, Ground: g, Today: today}, table)
		if err != nil || !r.Published || r.Kept != rows || r.Quality.Accuracy != 1000 {
			b.Fatalf("%s, %+v, %v", r.Why, r.Quality, err)
		}
		load := time.Since(begin)
		begin = time.Now()
		bareInsert(b, file, len(c.Items))
		bare := time.Since(begin)
		begin = time.Now()
		checkOnly(b, file, c, s)
		check := time.Since(begin)
		b.ReportMetric(rows/load.Seconds(), "rows/s")
		b.ReportMetric(rows/bare.Seconds(), "bare-rows/s")
		b.ReportMetric(bare.Seconds()/load.Seconds(), "of-bare")
		b.ReportMetric(rows/check.Seconds(), "checked-rows/s")
	}
}

// bareInsert reads CSV with the standard library and inserts it row by row in one transaction, without a key.
func bareInsert(b *testing.B, file []byte, width int) {
	b.Helper()
	db, err := sql.Open("sqlite", dsn(filepath.Join(b.TempDir(), "bare.db"), "mode=rwc&_pragma=journal_mode(OFF)&_pragma=synchronous(OFF)"))
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	tx, err := db.Begin()
	if err != nil {
		b.Fatal(err)
	}
	columns, marks := "", ""
	for i := range width {
		columns += ", c" + strconv.Itoa(i) + " TEXT"
		marks += ",?"
	}
	if _, err := tx.Exec("CREATE TABLE rows (" + columns[2:] + ")"); err != nil {
		b.Fatal(err)
	}
	insert, err := tx.Prepare("INSERT INTO rows VALUES (" + marks[1:] + ")")
	if err != nil {
		b.Fatal(err)
	}
	r := csv.NewReader(bytes.NewReader(file))
	r.ReuseRecord = true
	args := make([]any, width)
	for {
		record, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			b.Fatal(err)
		}
		for i, v := range record {
			args[i] = v
		}
		if _, err := insert.Exec(args...); err != nil {
			b.Fatal(err)
		}
	}
	if err := tx.Commit(); err != nil {
		b.Fatal(err)
	}
}

// checkOnly reads and checks, and keeps nothing.
func checkOnly(b *testing.B, file []byte, c *mulu.EntryContent, s quality.Standards) {
	b.Helper()
	plan, err := quality.NewPlan(c, nil, s)
	if err != nil {
		b.Fatal(err)
	}
	table, err := intake.Open(bytes.NewReader(file), "residents.csv", intake.Form{})
	if err != nil {
		b.Fatal(err)
	}
	checker := plan.Checker(today)
	row := make([]string, len(c.Items))
	for {
		record, err := table.Next()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			b.Fatal(err)
		}
		copy(row, record.Values)
		if problems := checker.Row(row); len(problems) > 0 {
			b.Fatalf("%+v", problems)
		}
	}
}
