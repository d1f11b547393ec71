package intake

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math/rand"
	"runtime"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
)

// file is bytes in memory as an uploaded file.
func file(s string) File { return strings.NewReader(s) }

// told is a file read to its end, as text that tests compare: the columns, then a row or a flaw a line.
func told(t *testing.T, f File, name string, form Form) string {
	t.Helper()
	table, err := Open(f, name, form)
	var b strings.Builder
	if err != nil {
		return faultIn(t, err)
	}
	defer table.Close()
	fmt.Fprintln(&b, strings.Join(table.Columns(), "|"))
	for line := int64(0); ; {
		row, err := table.Next()
		if err == nil {
			sound(t, table, row, line)
			line = row.Line
		}
		var flawed *Flaw
		switch {
		case err == io.EOF:
			return b.String()
		case errors.As(err, &flawed):
			fmt.Fprintf(&b, "%d! %s %q %s\n", flawed.Line, flawed.Column, flawed.Value, flawed.Reason)
			if flawed.Reason.Text("zh") == string(flawed.Reason) || flawed.Reason.Text("en") == string(flawed.Reason) {
				t.Errorf("the reason %s has no words", flawed.Reason)
			}
		case err != nil:
			return b.String() + faultIn(t, err)
		default:
			fmt.Fprintf(&b, "%d: %s\n", row.Line, strings.Join(row.Values, "|"))
		}
	}
}

// sound checks what every row promises.
func sound(t *testing.T, table Table, row Row, after int64) {
	t.Helper()
	if row.Line <= after || len(row.Values) != len(table.Columns()) || blank(row.Values) {
		t.Errorf("line %d after %d has the values %q for %q", row.Line, after, row.Values, table.Columns())
	}
	for i, v := range row.Values {
		if !utf8.ValidString(v) || len(v) > maxValue && table.Columns()[i] != Geometry {
			t.Errorf("line %d: the value %.200q of %d bytes", row.Line, v, len(v))
		}
	}
}

// faultIn gives the code and the line of a fault, and sees that it can be said.
func faultIn(t *testing.T, err error) string {
	t.Helper()
	var f *Fault
	if !errors.As(err, &f) {
		t.Fatalf("not a fault: %v", err)
	}
	for _, lang := range []string{"zh", "en"} {
		if s := f.Text(lang); s == f.Code || strings.Contains(s, "%!") {
			t.Errorf("the fault %s is said as %q", f.Code, s)
		}
	}
	return fmt.Sprintf("fault %s %d\n", f.Code, f.Line)
}

func gb(t testing.TB, s string) string {
	t.Helper()
	out, err := simplifiedchinese.GB18030.NewEncoder().String(s)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func utf16(t testing.TB, s string, e unicode.Endianness, mark unicode.BOMPolicy) string {
	t.Helper()
	out, err := unicode.UTF16(e, mark).NewEncoder().String(s)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestCSV(t *testing.T) {
	people := "姓名,年龄\n张三,30\n李四,\n"
	read := "姓名|年龄\n2: 张三|30\n3: 李四|\n"
	long := strings.Repeat("x", maxValue+1)
	for _, c := range []struct {
		name, in string
		form     Form
		want     string
	}{
		{"UTF-8", people, Form{}, read},
		{"byte order mark", "\uFEFF" + people, Form{}, read},
		{"GB 18030", gb(t, people), Form{}, read},
		{"GBK said", gb(t, people), Form{Charset: "GBK"}, read},
		{"GB 18030 after a block of ASCII", gb(t, "姓名,年龄\n"[7:]+"a\n"+strings.Repeat("1\n", 40<<10)+"张\n"), Form{},
			"年龄\n2: a\n" + numbered(3, 40<<10) + fmt.Sprintf("%d: 张\n", 40<<10+3)},
		{"UTF-16 with mark", utf16(t, people, unicode.LittleEndian, unicode.UseBOM), Form{}, read},
		{"UTF-16BE with mark", utf16(t, people, unicode.BigEndian, unicode.UseBOM), Form{}, read},
		{"UTF-16 without mark", utf16(t, people, unicode.LittleEndian, unicode.IgnoreBOM), Form{}, read},
		{"UTF-16BE without mark", utf16(t, people, unicode.BigEndian, unicode.IgnoreBOM), Form{}, read},
		{"UTF-32", "\xFF\xFE\x00\x00a\x00\x00\x00", Form{}, "fault charset 0\n"},
		{"unknown charset", people, Form{Charset: "big5"}, "fault charset 0\n"},
		{"CRLF", strings.ReplaceAll(people, "\n", "\r\n"), Form{}, read},
		{"lines of old Macs", strings.ReplaceAll(people, "\n", "\r"), Form{}, read},
		{"one line that ends in CR", "a,b\r", Form{}, "a|b\n"},
		{"one column, a row of two later", "a\n1\n2,3\n", Form{}, "a\n2: 1\n3!  \"2\" columns\n"},
		{"no line end at the end", strings.TrimSpace(people) + "0", Form{}, "姓名|年龄\n2: 张三|30\n3: 李四|0\n"},
		{"semicolons", "a;b\n1,5;2\n", Form{}, "a|b\n2: 1,5|2\n"},
		{"tabs", "a\tb\n1\t2\n", Form{}, "a|b\n2: 1|2\n"},
		{"bars", "a|b\n1|2\n", Form{}, "a|b\n2: 1|2\n"},
		{"delimiter named", "a,b;c\n1,2;3\n", Form{Delimiter: ";"}, "a,b|c\n2: 1,2|3\n"},
		{"delimiter impossible", "a,b\n", Form{Delimiter: "，"}, "fault delimiter 0\n"},
		{"delimiter hint", "sep=;\na;b\n1;2\n", Form{}, "a|b\n3: 1|2\n"},
		{"delimiter inside quotes", "\"a;;;\",b\n1,2\n", Form{}, "a;;;|b\n2: 1|2\n"},
		{"quotes", "a,b\n\"x,\"\"y\"\"\",\"1\r\n2\"\n", Form{}, "a|b\n2: x,\"y\"|1\n2\n"},
		{"a line end in quotes is one row", "a,b\n\"1\n2\",3\n4,5\n", Form{}, "a|b\n2: 1\n2|3\n3: 4|5\n"},
		{"quotes inside a value", "a,b\n5\"管,x \"y\" z\n", Form{}, "a|b\n2: 5\"管|x \"y\" z\n"},
		{"text after quotes", "a,b\n1,\"x\"y\n2,3\n", Form{}, "a|b\n2! b \"xy\" quotes\n3: 2|3\n"},
		{"ragged", "a,b,c\n1,2\n1,2,3,4\n1,2,3,,\n4,5,6\n", Form{}, "a|b|c\n2!  \"1\" columns\n3!  \"1\" columns\n4: 1|2|3\n5: 4|5|6\n"},
		{"empty rows", "\n,\na,b\n\n,,\n1,2\n\n", Form{}, "a|b\n6: 1|2\n"},
		{"quote never closed", "a,b\n1,\"2\n3,4\n", Form{}, "a|b\nfault unclosed 2\n"},
		{"encoding broken in the middle", "a,姓名\n1,张三\n2,\xD5\xC5\n3,李四\n", Form{Charset: "utf-8"},
			"a|姓名\n2: 1|张三\n3! 姓名 \"\uFFFD\" encoding\n4: 3|李四\n"},
		{"a few broken sequences do not make GB 18030", "a,姓名\n1," + strings.Repeat("张三李四", 50) + "\n2,\xD5\xC5\n", Form{},
			"a|姓名\n2: 1|" + strings.Repeat("张三李四", 50) + "\n3! 姓名 \"\uFFFD\" encoding\n"},
		{"GB 18030 broken in the middle", gb(t, "a,姓名\n1,张三\n") + "2,\xFF\xFF\n", Form{}, "a|姓名\n2: 1|张三\n3! 姓名 \"\uFFFD\uFFFD\" garbled\n"},
		{"UTF-8 read as GB 18030", "a\n中文名\n", Form{Charset: "gbk"}, "a\n2! a \"涓\uFFFD枃鍚\uFFFD\" garbled\n"},
		{"a character lost before", "a\nx\uFFFDy\n", Form{}, "a\n2! a \"x\uFFFDy\" garbled\n"},
		{"dates that are none stay text", "日期\n2023-02-30\n", Form{}, "日期\n2: 2023-02-30\n"},
		{"value too long", "a,b\n1," + long + "\n2,3\n", Form{}, "a|b\n2! b \"" + long[:shown] + "\" huge\n3: 2|3\n"},
		{"no rows", "a,b\n", Form{}, "a|b\n"},
		{"nothing", "", Form{}, "fault empty 0\n"},
		{"only empty lines", "\n\n,,\n", Form{}, "fault no_header 0\n"},
		{"name twice", "a,b, a\n", Form{}, "fault twice 1\n"},
		{"name missing", "a,,b\n", Form{}, "fault unnamed 1\n"},
		{"empty columns at the end", "a,b,,\n1,2,,\n", Form{}, "a|b\n2: 1|2\n"},
		{"name of bad text", "a,\xFF\xFE\n", Form{Charset: "utf-8"}, "fault header_encoding 1\n"},
		{"name too long", "a," + long + "\n", Form{}, "fault name_long 1\n"},
		{"too many columns", strings.Repeat("a,", 501) + "b\n", Form{}, "fault columns 1\n"},
		{"header quotes", "\"a\"x,b\n", Form{}, "fault header_quotes 1\n"},
		{"a title above the header", "人口信息表,,\n姓名,年龄,住址\n", Form{}, "人口信息表\nfault title 2\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := told(t, file(c.in), "a.csv", c.form); got != c.want {
				t.Errorf("got\n%.600s\nwant\n%.600s", got, c.want)
			}
		})
	}
}

func numbered(from, n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "%d: 1\n", from+i)
	}
	return b.String()
}

// The bytes are those of the standard's tables, written here by hand: two bytes, four bytes in the first plane and beyond it.
func TestGB18030(t *testing.T) {
	for in, want := range map[string]string{
		"\xD6\xD0":         "中",
		"\xA2\xE3":         "€",
		"\x81\x39\xEE\x39": "㐀",
		"\x82\x35\x98\x32": "鿿",
		"\x95\x32\x82\x36": "𠀀",
		"\x99\x33\xC3\x36": "𬱖",
		"\xFE\x9F":         "䶮",
		"\x90\x30\x81\x30": "\U00010000",
		"\xE3\x32\x9A\x35": "\U0010FFFF",
	} {
		got := told(t, file("a\n"+in+"\n"), "a.csv", Form{Charset: gb18030})
		if got != "a\n2: "+want+"\n" {
			t.Errorf("% X: %q, want %q", in, got, want)
		}
	}
}

// endless is a file of any size that takes no memory.
type endless struct {
	head string
	fill byte
	size int64
}

func (e endless) Size() int64 { return e.size }

func (e endless) ReadAt(p []byte, off int64) (int, error) {
	n := int(min(int64(len(p)), e.size-off))
	for i := range p[:n] {
		p[i] = e.fill
		if at := off + int64(i); at < int64(len(e.head)) {
			p[i] = e.head[at]
		}
	}
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

func TestEndlessLines(t *testing.T) {
	for head, want := range map[string]string{"a,b\n1,": "a|b\nfault record 2\n", "a,b\n1,\"": "a|b\nfault unclosed 2\n", "": "fault record 1\n"} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		if got := told(t, endless{head, 'x', 1 << 30}, "a.csv", Form{Charset: utf8Text}); got != want {
			t.Errorf("%q gives %q, want %q", head, got, want)
		}
		runtime.ReadMemStats(&after)
		if n := after.TotalAlloc - before.TotalAlloc; n > 6*maxRecord {
			t.Errorf("%q takes %d MiB", head, n>>20)
		}
	}
}

// broken is a disk that fails from a place on.
type broken struct {
	File
	from int64
}

var errDisk = errors.New("the disk failed")

func (b broken) ReadAt(p []byte, off int64) (int, error) {
	if off+int64(len(p)) > b.from {
		return 0, errDisk
	}
	return b.File.ReadAt(p, off)
}

func TestAFailingDiskIsNoFault(t *testing.T) {
	text := "a,b\n" + strings.Repeat("1,2\n", 1<<18)
	for _, from := range []int64{0, 600 << 10} {
		table, err := Open(broken{file(text), from}, "a.csv", Form{Charset: "utf-8"})
		for err == nil {
			_, err = table.Next()
		}
		var f *Fault
		if !errors.Is(err, errDisk) || errors.As(err, &f) {
			t.Errorf("from %d: %v", from, err)
		}
	}
}

// FuzzCSV: whatever encoding/csv can read is read the same, and what it cannot ends in flaws or a fault.
func FuzzCSV(f *testing.F) {
	for _, s := range []string{"a,b\n1,2\n", "a,b\r\n\"1\r\n,\"\"\",\r\n\n,\n3,4", "a\n\"", "a,b\n1,x\"y\n", "\xD6\xD0,b\n\xFF,\xFE\n", "sep=;\na;b\n",
		"a,b\n1,\"x\"y\n", "\uFEFFa\n1\r", "a,b\n\"\r\r\n\",1\n", "a,b,c\n1,2\n1,2,3,4\n"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, charset := range []string{"", gb18030, utf16le} {
			told(t, file(s), "a.csv", Form{Kind: CSV, Charset: charset})
		}
		mine := records{r: strings.NewReader(s), comma: ','}
		theirs := csv.NewReader(strings.NewReader(s))
		theirs.FieldsPerRecord = -1
		for {
			want, err := theirs.Read()
			if err != nil && err != io.EOF {
				return
			}
			for {
				if e := mine.next(); e != nil {
					if e != io.EOF || err != io.EOF {
						t.Fatalf("mine ends with %v, the other with %v", e, err)
					}
					return
				}
				if len(mine.bytes) > 0 || len(mine.ends) > 1 || len(want) == 1 && want[0] == "" {
					break
				}
			}
			got := mine.cells(nil, len(mine.ends))
			if len(want) == 1 && want[0] == "" && len(mine.bytes) == 0 {
				continue // "" alone: an empty line here
			}
			if err == io.EOF || !slices.Equal(got, want) || mine.stray >= 0 {
				t.Fatalf("%q: got %q, want %q, %v", s, got, want, err)
			}
		}
	})
}

func million(rows int) []byte {
	rng := rand.New(rand.NewSource(1))
	var b bytes.Buffer
	b.WriteString("编号,姓名,性别,日期,金额,街道,状态,数量,类型,备注\n")
	for i := range rows {
		fmt.Fprintf(&b, "%08d,张%d,1,2024-03-%02d,%d.%02d,110102%03d,A,%d,X%d,无\n", i, rng.Intn(1000), i%28+1, rng.Intn(10000), i%100, rng.Intn(15), rng.Intn(100), i%7)
	}
	return b.Bytes()
}

func benchmark(b *testing.B, text []byte, form Form) {
	rows := 0
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		table, err := Open(bytes.NewReader(text), "a.csv", form)
		for err == nil {
			if _, err = table.Next(); err == nil {
				rows++
			}
		}
		if err != io.EOF {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(rows)/b.Elapsed().Seconds(), "rows/s")
}

func BenchmarkCSV(b *testing.B) { benchmark(b, million(100_000), Form{}) }

func BenchmarkCSVQuoted(b *testing.B) {
	text := bytes.ReplaceAll(million(100_000), []byte(","), []byte(`","`))
	text = bytes.ReplaceAll(text[:len(text)-1], []byte("\n"), []byte("\"\n\""))
	benchmark(b, append(append([]byte{'"'}, text...), '"'), Form{})
}

func BenchmarkCSVGB18030(b *testing.B) {
	benchmark(b, []byte(gb(b, string(million(100_000)))), Form{})
}

// BenchmarkCSVStandard is the yardstick: encoding/csv on the same rows, without any of our checks.
func BenchmarkCSVStandard(b *testing.B) {
	text, rows := million(100_000), 0
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		r := csv.NewReader(bytes.NewReader(text))
		r.ReuseRecord = true
		for {
			if _, err := r.Read(); err == io.EOF {
				break
			} else if err != nil {
				b.Fatal(err)
			}
			rows++
		}
	}
	b.ReportMetric(float64(rows)/b.Elapsed().Seconds(), "rows/s")
}
