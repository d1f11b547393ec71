package intake

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"runtime"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"

	"github.com/klauspost/compress/zstd"
	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/compress"
	"github.com/parquet-go/parquet-go/deprecated"
)

// parquetOf writes rows with the library of the exports.
func parquetOf[T any](t testing.TB, rows []T, options ...parquet.WriterOption) string {
	t.Helper()
	var b bytes.Buffer
	w := parquet.NewGenericWriter[T](&b, options...)
	if _, err := w.Write(rows); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

type everything struct {
	Text     string           `parquet:"姓名"`
	Maybe    *string          `parquet:"maybe,optional"`
	Whole    int64            `parquet:"whole"`
	Small    int32            `parquet:"small,optional"`
	Large    uint64           `parquet:"large"`
	Float    float32          `parquet:"float"`
	Double   float64          `parquet:"double"`
	Yes      bool             `parquet:"yes"`
	Money    int64            `parquet:"money,decimal(2:18)"`
	Day      int32            `parquet:"day,date"`
	Instant  int64            `parquet:"instant,timestamp(millisecond)"`
	Nano     time.Time        `parquet:"nano,timestamp(nanosecond)"`
	Old      deprecated.Int96 `parquet:"old"`
	Identity [16]byte         `parquet:"identity,uuid"`
}

func TestParquet(t *testing.T) {
	name := "李四"
	old := deprecated.Int96{0: 0, 1: 0, 2: 2440588 + 19723}
	at := time.Date(2024, 1, 1, 16, 0, 0, 123_000_000, time.UTC)
	rows := []everything{
		{"张三", nil, 110102199003071234, 7, math.MaxUint64, 0.1, 0.1, true, 12345, 19723, at.UnixMilli(), at, old, [16]byte{15: 1}},
		{"", &name, -5, 0, 0, -1.5, 1e15, false, -5, -1, -1, time.Unix(0, -1).UTC(), old, [16]byte{}},
	}
	want := "姓名|maybe|whole|small|large|float|double|yes|money|day|instant|nano|old|identity\n" +
		"1: 张三||110102199003071234|7|18446744073709551615|0.1|0.1|true|123.45|2024-01-01|2024-01-02 00:00:00.123|2024-01-02 00:00:00.123|2024-01-01 08:00:00|00000000-0000-0000-0000-000000000001\n" +
		"2: |李四|-5||0|-1.5|1000000000000000|false|-0.05|1969-12-31|1970-01-01 07:59:59.999|1970-01-01 07:59:59.999999999|2024-01-01 08:00:00|00000000-0000-0000-0000-000000000000\n"
	for _, codec := range []compress.Codec{&parquet.Uncompressed, &parquet.Snappy, &parquet.Gzip, &parquet.Zstd, &parquet.Lz4Raw} {
		for _, version := range []int{1, 2} {
			got := told(t, file(parquetOf(t, rows, parquet.Compression(codec), parquet.DataPageVersion(version))), "a.parquet", Form{})
			if got != want {
				t.Errorf("%s, pages of version %d:\n%s\nwant\n%s", codec, version, got, want)
			}
		}
	}
}

type encoded struct {
	A string  `parquet:"a,dict,optional"`
	B string  `parquet:"b,delta"`
	C int64   `parquet:"c,delta"`
	D int32   `parquet:"d,delta,optional"`
	E float64 `parquet:"e,split"`
	F string  `parquet:"f,plain"`
	G int64   `parquet:"g,dict"`
	H bool    `parquet:"h,optional"`
	I []byte  `parquet:"i,delta,optional"`
}

// Enough rows for many pages and groups, values that repeat and that jump.
func TestParquetEncodings(t *testing.T) {
	var rows []encoded
	var want strings.Builder
	want.WriteString("a|b|c|d|e|f|g|h|i\n")
	for i := range 20_000 {
		r := encoded{A: []string{"", "x", "中文"}[i/7%3], B: fmt.Sprint("前缀", i/3), C: int64(i) * int64(i) * int64(i) * int64(1-i%2*2) * 1_000_003, D: int32(i % 5 * (i % 1000)),
			E: float64(i) / 7, F: fmt.Sprint(i), G: int64(i % 300), H: i/1000%2 == 1, I: []byte(strings.Repeat("y", i%9))}
		rows = append(rows, r)
		d, h := fmt.Sprint(r.D), "true"
		if r.D == 0 {
			d = "" // the writer takes zeros for none
		}
		if !r.H {
			h = ""
		}
		fmt.Fprintf(&want, "%d: %s|%s|%d|%s|%s|%s|%d|%s|%s\n", i+1, r.A, r.B, r.C, d, strings.TrimSuffix(fmt.Sprint(r.E), ".0"), r.F, r.G, h, r.I)
	}
	for _, version := range []int{1, 2} {
		got := told(t, file(parquetOf(t, rows, parquet.DataPageVersion(version), parquet.PageBufferSize(1000), parquet.MaxRowsPerRowGroup(7000), parquet.Compression(&parquet.Zstd))), "a.parquet", Form{})
		if got != want.String() {
			g, w := strings.Split(got, "\n"), strings.Split(want.String(), "\n")
			for i := range min(len(g), len(w)) {
				if g[i] != w[i] {
					t.Errorf("version %d: got %q, want %q", version, g[i], w[i])
					break
				}
			}
		}
	}
}

func TestParquetThatIsNoTable(t *testing.T) {
	type inner struct{ X int32 }
	type nestedRow struct{ A inner }
	type listRow struct{ A []int32 }
	type rawRow struct{ A [5]byte }
	type twice struct {
		A int32 `parquet:"a"`
		B int32 `parquet:" a"`
	}
	good := parquetOf(t, []struct{ A int64 }{{1}})
	for _, c := range []struct{ name, in, want string }{
		{"nested", parquetOf(t, []nestedRow{{}}), "fault parquet_nested 0\n"},
		{"a list", parquetOf(t, []listRow{{[]int32{1}}}), "fault parquet_nested 0\n"},
		{"bytes without meaning", parquetOf(t, []rawRow{{}}), "fault parquet_type 0\n"},
		{"twice", parquetOf(t, []twice{{}}), "fault twice 0\n"},
		{"brotli", parquetOf(t, []struct{ A int64 }{{1}}, parquet.Compression(&parquet.Brotli)), "A\nfault parquet_codec 0\n"},
		{"cut off", good[:len(good)-5], "fault damaged 0\n"},
		{"only the mark", "PAR1", "fault damaged 0\n"},
		{"encrypted", good[:len(good)-1] + "E", "fault encrypted 0\n"},
		{"a page lost", good[:4] + strings.Repeat("\x00", 20) + good[24:], "A\nfault damaged 0\n"},
		{"text that is none", parquetOf(t, []struct{ A, B string }{{"\xFF", "x"}, {"y", "z"}}), "A|B\n1! A \"\xFF\" encoding\n2: y|z\n"},
		{"lost digits", parquetOf(t, []struct{ A float64 }{{110102199003071234}, {math.NaN()}, {math.Inf(1)}, {2}}), "A\n1! A \"110102199003071230\" lost_digits\n3! A \"+Inf\" out_of_range\n4: 2\n"},
	} {
		if got := strings.ToValidUTF8(told(t, file(c.in), "a.parquet", Form{}), "?"); got != strings.ReplaceAll(c.want, "\"\xFF\"", `"\xff"`) {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// structOf writes a structure in Thrift's compact protocol: pairs of a field's number and its value.
func structOf(fields ...any) []byte {
	var b []byte
	last := 0
	for i := 0; i < len(fields); i += 2 {
		id := fields[i].(int)
		head := byte(id-last) << 4
		last = id
		switch v := fields[i+1].(type) {
		case int:
			b = binary.AppendVarint(append(b, head|6), int64(v))
		case string:
			b = append(binary.AppendUvarint(append(b, head|8), uint64(len(v))), v...)
		case []byte:
			b = append(append(b, head|12), v...)
		case [][]byte:
			b = append(b, head|9, byte(len(v))<<4|12)
			for _, e := range v {
				b = append(b, e...)
			}
		}
	}
	return append(b, 0)
}

// onePage is a file of one optional column of integers, whose only chunk is these bytes.
func onePage(rows int, chunk []byte, codec int) string {
	return onePageAt(rows, chunk, codec, 4, len(chunk))
}

func onePageAt(rows int, chunk []byte, codec, from, size int) string {
	schema := [][]byte{structOf(4, "root", 5, 1), structOf(1, int64Type, 3, 1, 4, "a")}
	meta := structOf(1, int64Type, 4, codec, 7, size, 9, from)
	footer := structOf(1, 1, 2, schema, 3, rows, 4, [][]byte{structOf(1, [][]byte{structOf(2, 4, 3, meta)}, 2, len(chunk), 3, rows)})
	return "PAR1" + string(chunk) + string(footer) + string(binary.LittleEndian.AppendUint32(nil, uint32(len(footer)))) + "PAR1"
}

// A few bytes may say that they stand for thousands of millions. Nothing is asked for before it is there.
func TestSizesThatLie(t *testing.T) {
	many := binary.AppendUvarint(nil, 90_000_000<<1)
	levels := func(level byte) []byte {
		return append(binary.LittleEndian.AppendUint32(nil, uint32(len(many)+1)), append(many, level)...)
	}
	page := func(size, packed, count, encoding int, body []byte) []byte {
		return append(structOf(1, 0, 2, size, 3, packed, 5, structOf(1, count, 2, encoding, 3, 3, 4, 3)), body...)
	}
	var bomb bytes.Buffer
	z, err := zstd.NewWriter(&bomb)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := z.Write(make([]byte, 256<<20)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	good := append(levels(1)[:4], levels(1)[4:]...)
	good = binary.LittleEndian.AppendUint64(good, 42)
	for _, c := range []struct{ name, in, want string }{
		{"one value, then no more", onePage(2, page(len(good), len(good), 2, 0, good), 0), "a\n1: 42\nfault damaged 0\n"},
		{"a page of 2 GiB", onePage(1, page(math.MaxInt32, 8, 1, 0, good), 0), "a\nfault parquet_large 0\n"},
		{"a packed page of 2 GiB", onePage(1, page(8, math.MaxInt32, 1, 0, good), 1), "a\nfault parquet_large 0\n"},
		{"a negative size", onePage(1, page(-8, 8, 1, 0, good), 0), "a\nfault damaged 0\n"},
		{"a page that unpacks to more than it says", onePage(1, page(1<<20, bomb.Len(), 1, 0, bomb.Bytes()), 6), "a\nfault damaged 0\n"},
		{"a dictionary of 2,000 million", onePage(1, structOf(1, 2, 2, 0, 3, 0, 7, structOf(1, 2_000_000_000, 2, 0)), 0), "a\nfault damaged 0\n"},
		{"more rows than any file", onePage(200_000_000, nil, 0), "fault damaged 0\n"},
		{"differences that are too many", onePage(1, page(13, 13, 1, 5, append([]byte{2, 0, 0, 0, 2, 1}, 128, 1, 4, 0xFF, 0xFF, 0x7F, 0)), 0), "a\nfault damaged 0\n"},
		{"a chunk outside the file", onePageAt(1, good, 0, 4, 1<<40), "fault damaged 0\n"},
		{"a chunk before the file", onePageAt(1, good, 0, -4, len(good)), "fault damaged 0\n"},
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		if got := told(t, file(c.in), "a.parquet", Form{}); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
		runtime.ReadMemStats(&after)
		if n := after.TotalAlloc - before.TotalAlloc; n > 32<<20 {
			t.Errorf("%s takes %d MiB", c.name, n>>20)
		}
	}
	// nulls take no room, however many
	null := levels(0)
	if got := told(t, file(onePage(5_000_000, page(len(null), len(null), 5_000_000, 0, null), 0)), "a.parquet", Form{}); got != "a\n" {
		t.Errorf("nothing but nulls: %q", got)
	}
}

// Some writers give repetition levels to a column where nothing repeats: a run of as many values, of no bits.
func TestPageWithLevelsOfNothing(t *testing.T) {
	levels := []byte{2 << 1, 2 << 1, 1} // two in no bits; two in one bit that are there
	body := binary.LittleEndian.AppendUint64(binary.LittleEndian.AppendUint64(levels, 42), 43)
	head := structOf(1, dataPage2, 2, len(body), 3, len(body), 8, structOf(1, 2, 2, 0, 3, 2, 4, 0, 5, 2, 6, 1))
	if got := told(t, file(onePage(2, append(head, body...), 0)), "a.parquet", Form{}); got != "a\n1: 42\n2: 43\n" {
		t.Error(got)
	}
}

func TestSummerTimeOfBeijing(t *testing.T) {
	shanghai, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		t.Fatal(err)
	}
	for at := time.Date(1985, 12, 1, 0, 30, 0, 0, time.UTC); at.Year() < 1993; at = at.Add(time.Hour) {
		if got, want := beijing(at).Format(time.DateTime), at.In(shanghai).Format(time.DateTime); got != want {
			t.Fatalf("%s: %s, want %s", at, got, want)
		}
	}
}

func FuzzParquet(f *testing.F) {
	name := "李四"
	f.Add(parquetOf(f, []everything{{Text: "a", Maybe: &name}}))
	f.Add(parquetOf(f, []encoded{{A: "a", B: "b"}, {A: "a", C: 9, D: 5}}, parquet.DataPageVersion(1)))
	f.Add(parquetOf(f, []encoded{{A: "a", B: "b"}, {A: "a", C: 9, D: 5}}, parquet.Compression(&parquet.Zstd)))
	f.Fuzz(func(t *testing.T, s string) { told(t, file(s), "a.parquet", Form{Kind: Parquet}) })
}

// FuzzParquetPages decodes pages, which a fuzz of whole files hardly reaches.
func FuzzParquetPages(f *testing.F) {
	f.Add([]byte{3, 5, 0}, byte(6), byte(8), byte(0))
	f.Add([]byte{128, 1, 4, 5, 2, 0, 0, 0, 0, 0}, byte(1), byte(5), byte(1))
	f.Add([]byte{128, 1, 4, 2, 2, 0, 0, 0, 0, 0, 'a'}, byte(6), byte(6), byte(0))
	f.Add([]byte{128, 1, 4, 2, 2, 0, 0, 0, 0, 0, 128, 1, 4, 2, 2, 0, 0, 0, 0, 0, 'a'}, byte(6), byte(7), byte(0))
	f.Fuzz(func(t *testing.T, body []byte, physical, encoding, means byte) {
		s := sort{physical: int64(physical % 8), means: meaning(means % 7), unit: time.Millisecond, scale: 2}
		s.width = []int{0, 4, 8, 12, 4, 8, 0, 16}[s.physical]
		if !s.fits() {
			return
		}
		d, err := s.decoder(int64(encoding), body, [][]byte{make([]byte, 16)}, 10_000)
		for n := 0; err == nil && n < 10_000; n++ {
			var v []byte
			if v, err = d.next(); err == nil {
				s.text(v)
			}
		}
	})
}

func BenchmarkParquet(b *testing.B) {
	var rows []encoded
	for i := range 100_000 {
		rows = append(rows, encoded{"x", fmt.Sprint(i), int64(i), int32(i), float64(i), "无", int64(i), true, []byte("y")})
	}
	benchmark(b, []byte(parquetOf(b, rows, parquet.Compression(&parquet.Snappy))), Form{})
}
