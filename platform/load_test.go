package platform

import (
	"bufio"
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
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"mulu"
	"mulu/platform/intake"
	"mulu/platform/quality"
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

// loadCSV loads CSV as version n of the entry.
func loadCSV(t testing.TB, p *Platform, n int, source string) Report {
	t.Helper()
	r, err := loadWith(p, Ground{Content: content, Dataset: mulu.Dataset{Entry: entry, Status: "serving", Version: n - 1}}, "", source)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func loadWith(p *Platform, g Ground, mode, source string) (Report, error) {
	table, err := intake.Open(strings.NewReader(source), "rows.csv", intake.Form{Kind: intake.CSV})
	if err != nil {
		return Report{}, err
	}
	return p.Load(context.Background(), Job{Entry: entry, Ground: g, Mode: mode, Today: today}, table)
}

var today = time.Date(2026, 11, 25, 10, 0, 0, 0, mulu.Shanghai())

const head = "code,name,born,staff,capital\n"

func TestLoad(t *testing.T) {
	ctx := context.Background()
	p := platform(t, t.TempDir())
	// Names and fields, another order, a column that stands for nothing, a mark, quotes, a value that looks like a number.
	source := "\uFEFF\"name\",信用代码,序号,人数,成立日期,capital\r\n" +
		"甲,000000000000000001,1,12,2020-02-29,1.50\r\n" +
		"\"乙\"\"，\n丙\",000000000000000002,2,,,-7\r\n"
	r := loadCSV(t, p, 1, source)
	if !r.Published || r.Rows != 2 || r.Kept != 2 || r.Bad != 0 || !slices.Equal(r.Ignored, []string{"序号"}) {
		t.Fatalf("%+v", r)
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
	good := loadCSV(t, p, 1, head+"1,甲,,,\n")
	if !good.Published {
		t.Fatalf("%+v", good)
	}
	for _, c := range []struct {
		source string
		want   []Bad
	}{
		{"code,name\n1,甲\n", []Bad{{Row: 1, Column: "成立日期", Reason: quality.NoColumn}, {Row: 1, Column: "人数", Reason: quality.NoColumn}, {Row: 1, Column: "注册资本", Reason: quality.NoColumn}}},
		{head + "1,甲,,,\n2,乙\n", []Bad{{Row: 3, Value: "2", Reason: quality.Columns}}},
		{head + ",甲,,,\n", []Bad{{Row: 2, Column: "信用代码", Reason: quality.Required}}},
		{head + "1,一二三四五六七,,,\n", []Bad{{Row: 2, Column: "单位名称", Value: "一二三四五六七", Reason: quality.TooLong}}},
		{head + "1,甲,2023-02-29,,\n2,乙,2023/02/28,,\n", []Bad{{Row: 2, Column: "成立日期", Value: "2023-02-29", Reason: quality.NoSuchDay}}},
		{head + "1,甲,,12.5,\n2,乙,,99999,\n", []Bad{{Row: 2, Column: "人数", Value: "12.5", Reason: quality.WrongType}, {Row: 3, Column: "人数", Value: "99999", Reason: quality.TooLong}}},
		{head + "1,甲,,,\n\n2,乙,,,\n1,丙,,,\n", []Bad{{Row: 5, Column: "信用代码", Reason: quality.Repeated, First: 2}}},
	} {
		r := loadCSV(t, p, 2, c.source)
		if r.Published || r.Why == "" || !slices.Equal(r.First, c.want) || r.Bad != int64(len(c.want)) {
			t.Errorf("%q: %+v, want %+v", c.source, r.First, c.want)
			continue
		}
		for _, lang := range []string{"zh", "en"} {
			if r.Why.Text(lang, &r) == "" {
				t.Errorf("%q: no word for %s", c.source, r.Why)
			}
		}
		sheet, err := p.vault.Get(ctx, r.File)
		if err != nil || bytes.Count(sheet, []byte("\n")) < 2 {
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

// What the terms allow is left out and filed, the rest is published.
func TestTermsOfALoad(t *testing.T) {
	p := platform(t, t.TempDir())
	var source strings.Builder
	source.WriteString(head)
	for i := range 100 {
		fmt.Fprintf(&source, "%d,甲,,%d,\n", i, i)
	}
	before := mulu.Dataset{Entry: entry, Status: "serving", Version: 1, Rows: 200}
	two := source.String() + "100,乙,2023-02-30,,\n7,丙,,,\n" // a date that is none, a key again
	for _, c := range []struct {
		what   string
		terms  *mulu.LoadTerms
		before mulu.Dataset
		source string
		why    Why
		kept   int64
	}{
		{"two bad of 102 where 20 ‰ are allowed", &mulu.LoadTerms{MaxBad: 20, Shrink: 100}, mulu.Dataset{}, two, "", 100},
		{"two bad of 102 where 19 ‰ are allowed", &mulu.LoadTerms{MaxBad: 19, Shrink: 100}, mulu.Dataset{}, two, TooBad, 0},
		{"no terms: none may be bad", nil, mulu.Dataset{}, two, TooBad, 0},
		{"half the rows are gone where half may", &mulu.LoadTerms{Shrink: 50}, before, source.String(), "", 100},
		{"half the rows are gone where 49 % may", &mulu.LoadTerms{Shrink: 49}, before, source.String(), Shrunk, 0},
		{"half the rows are gone and nothing was set", nil, before, source.String(), "", 100},
		{"the score that is asked for is not reached", &mulu.LoadTerms{MaxBad: 20, Shrink: 100, Least: 1000}, mulu.Dataset{}, two, Poor, 0},
	} {
		g := Ground{Content: content, Dataset: c.before, Terms: c.terms}
		r, err := loadWith(p, g, "replace", c.source)
		if err != nil || r.Why != c.why || r.Published != (c.why == "") || r.Published && r.Kept != c.kept {
			t.Errorf("%s: %q, %d kept, %v", c.what, r.Why, r.Kept, err)
			continue
		}
		if !r.Published {
			continue
		}
		page, err := p.Query(context.Background(), Version{entry, r.Version, r.Digest}, Query{Items: []string{"code", "name", "born", "staff", "capital"}, Limit: MaxLimit})
		if err != nil || int64(len(page.Rows)) != c.kept {
			t.Errorf("%s: %d rows serve, %v", c.what, len(page.Rows), err)
		}
		d := NewDigest(sm.New())
		for _, row := range page.Rows {
			d.Add(row)
		}
		if d.Hex() != r.Digest {
			t.Errorf("%s: the digest is not that of the rows that serve", c.what)
		}
		if q := r.Quality; q.Checked != r.Rows || q.Bad != r.BadRows || q.Score < 0 || q.Score > 1000 {
			t.Errorf("%s: %+v", c.what, q)
		}
	}
}

// The list of bad rows can be mended and sent again as it is.
func TestBadRowsComeBack(t *testing.T) {
	ctx := context.Background()
	p := platform(t, t.TempDir())
	terms := &mulu.LoadTerms{MaxBad: 1000, Shrink: 100}
	first, err := loadWith(p, Ground{Content: content, Terms: terms}, "replace", head+"1,甲,,,\n2,=乙,2023-02-30,5,-7\n3,丙,,,\n")
	if err != nil || !first.Published || first.Kept != 2 || first.BadRows != 1 {
		t.Fatalf("%+v, %v", first, err)
	}
	sheet, err := p.vault.Get(ctx, first.File)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(sheet), "\n3,剔除 left out,成立日期,2023-02-30,") || !strings.Contains(string(sheet), ",2,'=乙,2023-02-30,5,'-7\n") {
		t.Fatalf("%s", sheet)
	}
	mended := strings.ReplaceAll(string(sheet), ",2023-02-30,5,", ",2023-02-28,5,")
	ds := mulu.Dataset{Entry: entry, Status: "serving", Version: 1, Rows: first.Kept, Digest: first.Digest}
	second, err := loadWith(p, Ground{Content: content, Dataset: ds, Terms: terms}, "upsert", mended)
	if err != nil || !second.Published || second.Kept != 3 || len(second.Ignored) > 0 {
		t.Fatalf("%+v, %v", second, err)
	}
	page, err := p.Query(ctx, Version{entry, 2, second.Digest}, Query{Items: []string{"code", "name", "born", "capital"}, Limit: 5})
	if want := []Row{{"1", "甲", "", ""}, {"3", "丙", "", ""}, {"2", "=乙", "2023-02-28", "-7"}}; err != nil || !reflect.DeepEqual(page.Rows, want) {
		t.Fatalf("%q, %v", page.Rows, err)
	}
}

func TestUpsertAndAppend(t *testing.T) {
	p := platform(t, t.TempDir())
	first := loadCSV(t, p, 1, head+"1,甲,,,\n2,乙,,,\n")
	ds := mulu.Dataset{Entry: entry, Status: "serving", Version: 1, Rows: 2, Digest: first.Digest}
	for _, c := range []struct {
		mode, source string
		want         []Row
		bad          []Bad
	}{
		{"upsert", head + "2,丙,,,\n3,丁,,,\n", []Row{{"1", "甲"}, {"2", "丙"}, {"3", "丁"}}, nil},
		{"append", head + "3,丁,,,\n", []Row{{"1", "甲"}, {"2", "乙"}, {"3", "丁"}}, nil},
		{"append", head + "3,丁,,,\n2,丙,,,\n", nil, []Bad{{Row: 3, Column: "信用代码", Reason: quality.Repeated}}},
		{"upsert", head + "3,丁,,,\n3,丙,,,\n", nil, []Bad{{Row: 3, Column: "信用代码", Reason: quality.Repeated, First: 2}}},
	} {
		r, err := loadWith(p, Ground{Content: content, Dataset: ds}, c.mode, c.source)
		if err != nil || r.Published != (c.bad == nil) || !slices.Equal(r.First, c.bad) {
			t.Errorf("%s %q: %+v, %v", c.mode, c.source, r, err)
			continue
		}
		if !r.Published {
			continue
		}
		page, err := p.Query(context.Background(), Version{entry, 2, r.Digest}, Query{Items: []string{"code", "name"}, Limit: 9})
		if err != nil || !reflect.DeepEqual(page.Rows, c.want) || r.Kept != int64(len(c.want)) {
			t.Errorf("%s %q: %q of %d, %v", c.mode, c.source, page.Rows, r.Kept, err)
		}
	}
}

// others stands for another entry's data.
type others map[string]bool

func (o others) Known(_ context.Context, _, _ string, values []string) ([]bool, error) {
	found := make([]bool, len(values))
	for i, v := range values {
		found[i] = o[v]
	}
	return found, nil
}

// Rules of the owner: what refers to nothing is left out with the row as it was, what repeats is, what is only noted stays.
func TestRulesOfALoad(t *testing.T) {
	p := platform(t, t.TempDir())
	terms := &mulu.LoadTerms{MaxBad: 1000, Shrink: 100, Rules: []mulu.DataRule{
		{Check: "reference", Items: []string{"name"}, Entry: "307110102001/000009", Item: "name", Level: "bad"},
		{Check: "unique", Items: []string{"staff"}, Level: "bad"},
		{Check: "range", Items: []string{"capital"}, Low: "0", Level: "note"},
	}}
	source := head
	for i := range 2000 {
		source += fmt.Sprintf("%d,甲,,%d,1\n", i, i)
	}
	source += "2000,乙,,2000,1\n2001,甲,,17,1\n2002,甲,,,-5\n"
	r, err := loadWith(p, Ground{Content: content, Terms: terms, Others: others{"甲": true}}, "replace", source)
	want := []Bad{{Row: 2002, Column: "单位名称", Value: "乙", Reason: quality.Dangling}, {Row: 2004, Column: "注册资本", Value: "-5", Reason: quality.OutOfRange, Note: true},
		{Row: 2003, Column: "人数", Reason: quality.NotUnique, First: 19}}
	if err != nil || !r.Published || r.Kept != 2001 || r.BadRows != 2 || r.Notes != 1 {
		t.Fatalf("%d kept, %d bad, %d noted, %v", r.Kept, r.BadRows, r.Notes, err)
	}
	got := slices.Clone(r.First)
	slices.SortFunc(got, func(a, b Bad) int { return int(a.Row - b.Row) })
	slices.SortFunc(want, func(a, b Bad) int { return int(a.Row - b.Row) })
	if !slices.Equal(got, want) {
		t.Fatalf("%+v, want %+v", got, want)
	}
}

func TestReportsAreBounded(t *testing.T) {
	p := platform(t, t.TempDir())
	r := loadCSV(t, p, 1, head+strings.Repeat(",=1+1,,,\n", 3*badFiled))
	if r.Published || !r.Early || len(r.First) != badListed || r.Bad < badFiled || r.Rows > 2*badFiled {
		t.Fatalf("%d listed of %d, %d read", len(r.First), r.Bad, r.Rows)
	}
	sheet, err := p.vault.Get(context.Background(), r.File)
	if err != nil || !bytes.Contains(sheet, []byte(",'=1+1,")) || bytes.Contains(sheet, []byte(",=1+1,")) {
		t.Fatalf("a formula must not stay one: %v", err)
	}
}

// failing is a table that breaks off.
type failing struct {
	intake.Table
	err error
}

func (f *failing) Next() (intake.Row, error) { return intake.Row{}, f.err }

func TestATableThatCannotBeReadPublishesNothing(t *testing.T) {
	p := platform(t, t.TempDir())
	table, err := intake.Open(strings.NewReader(head+"1,甲,,,\n"), "rows.csv", intake.Form{})
	if err != nil {
		t.Fatal(err)
	}
	broken := errors.New("the line was cut")
	r, err := p.Load(context.Background(), Job{Entry: entry, Ground: Ground{Content: content}, Today: today}, &failing{table, broken})
	if !errors.Is(err, broken) || r.Published {
		t.Fatalf("%+v, %v", r, err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if table, err = intake.Open(strings.NewReader(head+"1,甲,,,\n"), "rows.csv", intake.Form{}); err != nil {
		t.Fatal(err)
	}
	if r, err := p.Load(ctx, Job{Entry: entry, Ground: Ground{Content: content}, Today: today}, table); !errors.Is(err, context.Canceled) || r.Published {
		t.Fatalf("a cancelled load: %+v, %v", r, err)
	}
	if list, err := p.Versions(context.Background(), entry); err != nil || len(list) != 0 {
		t.Fatalf("%v, %v", list, err)
	}
}

// loadStdin loads CSV from the standard input, row by row as it comes.
func loadStdin(t *testing.T, p *Platform) {
	in := &stream{scanner: bufio.NewScanner(os.Stdin)}
	in.scanner.Scan()
	_, _ = p.Load(context.Background(), Job{Entry: entry, Ground: Ground{Content: content, Dataset: mulu.Dataset{Entry: entry, Status: "serving", Version: 1}}, Today: today}, in)
}

// stream is a table that comes row by row.
type stream struct {
	scanner *bufio.Scanner
	line    int64
}

func (s *stream) Columns() []string { return strings.Split(strings.TrimSpace(head), ",") }
func (s *stream) Form() intake.Form { return intake.Form{} }
func (s *stream) Close() error      { return nil }
func (s *stream) Only([]bool)       {}
func (s *stream) Next() (intake.Row, error) {
	if !s.scanner.Scan() {
		return intake.Row{}, io.EOF
	}
	s.line++
	return intake.Row{Line: s.line, Values: strings.Split(s.scanner.Text(), ",")}, nil
}

// TestKilledWhileLoading starts this test program again as a loader, kills it in the middle, and looks at what is left.
func TestKilledWhileLoading(t *testing.T) {
	ctx := context.Background()
	if dir := os.Getenv("MULU_LOAD_INTO"); dir != "" {
		loadStdin(t, platform(t, dir))
		return
	}
	dir := t.TempDir()
	first := loadCSV(t, platform(t, dir), 1, head+"1,甲,,,\n")
	if !first.Published {
		t.Fatalf("%+v", first)
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
		r := loadCSV(t, p, n, head+"1,"+name+",,,\n")
		if !r.Published {
			t.Fatalf("%+v", r)
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
		if r := loadCSV(b, p, i+1, csv.String()); !r.Published {
			b.Fatalf("%+v", r)
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
	r := loadCSV(b, p, 1, csv.String())
	if !r.Published {
		b.Fatalf("%+v", r)
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
