package intake

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"

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

// A page of a few bytes may say that it has 2,000 million values. Nothing is asked for before the bytes are there.
func TestCountsThatLie(t *testing.T) {
	levels := binary.AppendUvarint(nil, 2_000_000_000<<1)
	levels = append(levels, 1)
	r := runs{b: levels, width: 1}
	for range 1000 {
		if v, err := r.next(); v != 1 || err != nil {
			t.Fatal(v, err)
		}
	}
	if _, err := newDeltas([]byte{128, 1, 4, 0xFF, 0xFF, 0xFF, 0xFF, 7, 0}, int32Type, 100); err == nil {
		t.Error("more differences than values")
	}
	if _, err := (&runs{b: []byte{0xFF, 0xFF, 0xFF, 0xFF, 0x0F, 1}, width: 8}).next(); err != nil {
		t.Error("a group that is cut off still has its first values:", err)
	}
	c := &chunk{table: &parquetTable{}}
	if err := c.hold(maxHeld + 1); err == nil {
		t.Error("more memory than may be held")
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
