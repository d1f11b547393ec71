package platform

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"mulu"
	"mulu/sm"
	"mulu/vault"
)

const entry = "307110102001/000001"

var content = &mulu.EntryContent{Items: []mulu.Item{
	{Name: "信用代码", Field: "code", Type: "C", Length: 18, IsKey: true},
	{Name: "单位名称", Field: "name", Type: "C", Length: 6},
	{Name: "成立日期", Field: "born", Type: "D", Nullable: true},
	{Name: "人数", Field: "staff", Type: "I", Length: 4, Nullable: true},
	{Name: "注册资本", Field: "capital", Type: "N", Length: 8, Nullable: true},
}}

func platform(t testing.TB, dir string) *Platform {
	t.Helper()
	e, err := OpenEmbedded(filepath.Join(dir, "data"), sm.New, 2)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Close() })
	v, err := vault.Open(filepath.Join(dir, "vault"), make([]byte, vault.KeySize), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return New(e, v, sm.New)
}

func TestLoad(t *testing.T) {
	ctx := context.Background()
	p := platform(t, t.TempDir())
	// Names and fields, another order, a column that stands for nothing, a mark, quotes, a value that looks like a number.
	source := "\uFEFF\"name\",信用代码,序号,人数,成立日期,capital\r\n" +
		"甲,000000000000000001,1,12,2020-02-29,1.50\r\n" +
		"\"乙\"\"，\n丙\",000000000000000002,2,,,-7\r\n"
	r, err := p.Load(ctx, entry, content, 1, iotest.OneByteReader(strings.NewReader(source)))
	if err != nil || !r.Published || r.Rows != 2 || r.Bad != 0 || !slices.Equal(r.Ignored, []string{"序号"}) {
		t.Fatalf("%+v, %v", r, err)
	}
	lines := `["000000000000000001","甲","2020-02-29","12","1.50"]` + "\n" + `["000000000000000002","乙\"，\n丙",null,null,"-7"]` + "\n"
	if want := sm.Sum([]byte(lines)); r.Digest != hex.EncodeToString(want[:]) {
		t.Fatal("the digest is not the SM3 of the rows as documented")
	}
	page, err := p.Query(ctx, Version{entry, 1, r.Digest}, Query{Items: []string{"code", "name", "staff"}, Limit: 10})
	if err != nil || len(page.Rows) != 2 || !slices.Equal(page.Rows[1], Row{"000000000000000002", "乙\"，\n丙", ""}) {
		t.Fatalf("%q, %v", page.Rows, err)
	}
}

func TestBadRowsRejectTheLoad(t *testing.T) {
	ctx := context.Background()
	p := platform(t, t.TempDir())
	head := "code,name,born,staff,capital\n"
	good, err := p.Load(ctx, entry, content, 1, strings.NewReader(head+"1,甲,,,\n"))
	if err != nil || !good.Published {
		t.Fatalf("%+v, %v", good, err)
	}
	for _, c := range []struct {
		source string
		want   []Bad
	}{
		{"", []Bad{{1, "", "", NoHeader}}},
		{"code,name\n1,甲\n", []Bad{{1, "成立日期", "", NoColumn}, {1, "人数", "", NoColumn}, {1, "注册资本", "", NoColumn}}},
		{"code,name,born,staff,capital,信用代码\n", []Bad{{1, "信用代码", "信用代码", TwoColumns}}},
		{head + "1,甲,,,\n2,乙\n", []Bad{{3, "", "", Columns}}},
		{head + ",甲,,,\n", []Bad{{2, "信用代码", "", Required}}},
		{head + "1,,,,\n", []Bad{{2, "单位名称", "", Required}}},
		{head + "1,一二三四五六七,,,\n", []Bad{{2, "单位名称", "一二三四五六七", TooLong}}},
		{head + "1,甲,2023-02-29,,\n2,乙,2023/02/28,,\n3,丙,20230228,,\n", []Bad{{2, "成立日期", "2023-02-29", WrongType}, {3, "成立日期", "2023/02/28", WrongType}}},
		{head + "1,甲,,12.5,\n2,乙,,99999,\n3,丙,,-9999,\n", []Bad{{2, "人数", "12.5", WrongType}, {3, "人数", "99999", TooLong}}},
		{head + "1,甲,,,1e5\n2,乙,,,0x10\n3,丙,,,NaN\n4,丁,,,1_000\n5,戊,,,\" 1\"\n", []Bad{{2, "注册资本", "1e5", WrongType}, {3, "注册资本", "0x10", WrongType}, {4, "注册资本", "NaN", WrongType}, {5, "注册资本", "1_000", WrongType}, {6, "注册资本", " 1", WrongType}}},
		{head + "1,甲\x00,,,\n", []Bad{{2, "单位名称", "甲\x00", Characters}}},
		{head + "1,\xb1\xb1,,,\n", []Bad{{2, "单位名称", "", Malformed}}},
		{head + "1,甲\"乙,,,\n", []Bad{{2, "", "", Malformed}}},
		{head + "1,\"甲,,,\n", []Bad{{2, "", "", Malformed}}},
		{head + "1,甲,,,\n2,乙,,,\n1,丙,,,\n", []Bad{{4, "", "", Repeated}}},
	} {
		r, err := p.Load(ctx, entry, content, 2, strings.NewReader(c.source))
		if err != nil || r.Published || !slices.Equal(r.First, c.want) || r.Bad != int64(len(c.want)) {
			t.Errorf("%q: %+v, %v", c.source, r.First, err)
			continue
		}
		sheet, err := p.vault.Get(ctx, r.File)
		if err != nil || bytes.Count(sheet, []byte("\n")) < len(c.want)+1 {
			t.Errorf("%q: the list of bad rows: %q, %v", c.source, sheet, err)
		}
	}
	list, err := p.Versions(ctx, entry)
	if want := []Version{{entry, 1, good.Digest}}; err != nil || !slices.Equal(list, want) {
		t.Fatalf("after rejected loads: %v, %v", list, err)
	}
	if page, err := p.Query(ctx, list[0], Query{Items: []string{"name"}, Limit: 5}); err != nil || len(page.Rows) != 1 {
		t.Fatalf("the version before: %v, %v", page, err)
	}
}

func TestReportsAreBounded(t *testing.T) {
	p := platform(t, t.TempDir())
	lines := 0
	source := io.MultiReader(strings.NewReader("code,name,born,staff,capital\n"), readerFunc(func(b []byte) (int, error) {
		lines++
		return copy(b, ",=1+1,,,\n"), nil // without end
	}))
	r, err := p.Load(context.Background(), entry, content, 1, source)
	if err != nil || r.Published || len(r.First) != badListed || r.Bad < badFiled {
		t.Fatalf("%d listed of %d, %v", len(r.First), r.Bad, err)
	}
	if lines > 3*badFiled {
		t.Fatalf("%d lines were read although enough was wrong", lines)
	}
	s := Report{filed: []Bad{{2, "备注", "=cmd()", WrongType}}}
	if b, err := s.sheet(); err != nil || !bytes.Contains(b, []byte(",'=cmd(),")) {
		t.Fatalf("a formula must not stay one: %q, %v", b, err)
	}
}

func TestAQuoteNeverClosedSwallowsNothing(t *testing.T) {
	p := platform(t, t.TempDir())
	source := io.MultiReader(strings.NewReader("code,name,born,staff,capital\n1,\"甲"), readerFunc(func(b []byte) (int, error) {
		return copy(b, "and so on\n"), nil // without end
	}))
	r, err := p.Load(context.Background(), entry, content, 1, source)
	if err != nil || r.Published || r.First[0].Reason != Malformed {
		t.Fatalf("%+v, %v", r, err)
	}
}

func TestAFailingSourceIsAnError(t *testing.T) {
	p := platform(t, t.TempDir())
	broken := errors.New("the line was cut")
	r, err := p.Load(context.Background(), entry, content, 1, io.MultiReader(strings.NewReader("code,name,born,staff,capital\n1,甲,,,\n"), iotest.ErrReader(broken)))
	if !errors.Is(err, broken) || r.Published {
		t.Fatalf("%+v, %v", r, err)
	}
	if list, err := p.Versions(context.Background(), entry); err != nil || len(list) != 0 {
		t.Fatalf("%v, %v", list, err)
	}
}

// TestKilledWhileLoading starts this test program again as a loader, kills it in the middle, and looks at what is left.
func TestKilledWhileLoading(t *testing.T) {
	ctx := context.Background()
	if dir := os.Getenv("MULU_LOAD_INTO"); dir != "" {
		_, _ = platform(t, dir).Load(ctx, entry, content, 2, os.Stdin)
		return
	}
	dir := t.TempDir()
	first, err := platform(t, dir).Load(ctx, entry, content, 1, strings.NewReader("code,name,born,staff,capital\n1,甲,,,\n"))
	if err != nil || !first.Published {
		t.Fatalf("%+v, %v", first, err)
	}
	c := exec.Command(os.Args[0], "-test.run=^TestKilledWhileLoading$")
	c.Env = append(os.Environ(), "MULU_LOAD_INTO="+dir)
	in, err := c.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	fmt.Fprintln(in, "code,name,born,staff,capital")
	for i := range 50_000 { // more than a pipe holds, so the child has read and staged most of it
		fmt.Fprintf(in, "%d,甲,,,\n", i)
	}
	if err := c.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = c.Wait()
	parts, _ := filepath.Glob(filepath.Join(dir, "data", "*", partPrefix+"*"))
	if len(parts) == 0 {
		t.Fatal("the kill left no part, so it proved nothing")
	}
	p := platform(t, dir)
	if parts, _ = filepath.Glob(filepath.Join(dir, "data", "*", partPrefix+"*")); len(parts) > 0 {
		t.Fatalf("left over: %v", parts)
	}
	list, err := p.Versions(ctx, entry)
	if want := []Version{{entry, 1, first.Digest}}; err != nil || !slices.Equal(list, want) {
		t.Fatalf("%v, %v", list, err)
	}
	if page, err := p.Query(ctx, list[0], Query{Items: []string{"code"}, Limit: 5}); err != nil || len(page.Rows) != 1 {
		t.Fatalf("%v, %v", page, err)
	}
}

func TestTidy(t *testing.T) {
	ctx := context.Background()
	p := platform(t, t.TempDir())
	load := func(n int, name string) Version {
		t.Helper()
		r, err := p.Load(ctx, entry, content, n, strings.NewReader("code,name,born,staff,capital\n1,"+name+",,,\n"))
		if err != nil || !r.Published {
			t.Fatalf("%+v, %v", r, err)
		}
		return Version{entry, n, r.Digest}
	}
	one, two, orphan, three, next := load(1, "甲"), load(2, "乙"), load(2, "丙"), load(3, "丁"), load(4, "戊")
	n, err := p.Tidy(ctx, three, 1, func(v Version) bool { return v != orphan })
	if err != nil || n != 2 {
		t.Fatalf("%d dropped, %v", n, err)
	}
	list, err := p.Versions(ctx, entry)
	if want := []Version{two, three, next}; err != nil || !slices.Equal(list, want) {
		t.Fatalf("%v without %v and %v, %v", list, one, orphan, err)
	}
}

func FuzzText(f *testing.F) {
	for _, s := range []string{"", "甲", "a\"b\\c\n\t\r\b\f\x01", "\u2028", "\xff", "<&>"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		var back string
		if err := json.Unmarshal(AppendText(nil, s), &back); err != nil || back != strings.ToValidUTF8(s, "\uFFFD") && len(back) < len(s) {
			t.Fatalf("%q became %q, %v", s, back, err)
		}
	})
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(b []byte) (int, error) { return f(b) }

// BenchmarkLoad gives rows per second for five items with a key.
func BenchmarkLoad(b *testing.B) {
	p := platform(b, b.TempDir())
	var csv bytes.Buffer
	csv.WriteString("code,name,born,staff,capital\n")
	const rows = 200_000
	for i := range rows {
		fmt.Fprintf(&csv, "%018d,单位%d,2020-01-01,%d,1.5\n", i, i%1000, i%1000)
	}
	b.ResetTimer()
	for i := range b.N {
		if r, err := p.Load(context.Background(), entry, content, i+1, bytes.NewReader(csv.Bytes())); err != nil || !r.Published {
			b.Fatalf("%+v, %v", r, err)
		}
	}
	b.ReportMetric(float64(rows*b.N)/b.Elapsed().Seconds(), "rows/s")
}

// BenchmarkLookup gives keyed lookups per second over 200,000 rows, from as many sides as there are cores.
func BenchmarkLookup(b *testing.B) {
	p := platform(b, b.TempDir())
	var csv bytes.Buffer
	csv.WriteString("code,name,born,staff,capital\n")
	const rows = 200_000
	for i := range rows {
		fmt.Fprintf(&csv, "%018d,单位%d,2020-01-01,%d,1.5\n", i, i%1000, i%1000)
	}
	r, err := p.Load(context.Background(), entry, content, 1, &csv)
	if err != nil || !r.Published {
		b.Fatalf("%+v, %v", r, err)
	}
	v := Version{entry, 1, r.Digest}
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for i := 0; pb.Next(); i++ {
			q := Query{Items: []string{"code", "name", "born"}, Limit: 2,
				Filters: []mulu.Filter{{Item: "code", Values: []string{fmt.Sprintf("%018d", i*7919%rows)}}}}
			if page, err := p.Query(context.Background(), v, q); err != nil || len(page.Rows) != 1 {
				b.Errorf("%v, %v", page, err)
				return
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "lookups/s")
}
