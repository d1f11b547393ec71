package sheet

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"mulu"
)

// heapDuring runs do and gives the highest live heap seen meanwhile, above what was there before, in bytes. It asks at every
// beat that do gives.
func heapDuring(do func(beat func())) int64 {
	var s runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&s)
	before := int64(s.HeapAlloc)
	var highest atomic.Int64
	beat := func() {
		runtime.GC() // so that only what is held counts, not what the collector has not come to yet
		runtime.ReadMemStats(&s)
		highest.Store(max(highest.Load(), int64(s.HeapAlloc)))
	}
	do(beat)
	beat()
	return highest.Load() - before
}

// nobody knows nothing: everything in a file is new, but for one duty.
type nobody struct{}

func (nobody) Org(string) (mulu.Org, bool) { return mulu.Org{}, false }
func (nobody) Duty(org, name string) (mulu.Duty, bool) {
	return mulu.Duty{ID: "D-002-0001", Org: org, Name: name, Status: "active"}, name == "学籍管理"
}
func (nobody) Entry(string, string, string) (*mulu.Entry, bool) { return nil, false }
func (nobody) System(string, string) (mulu.System, bool)        { return mulu.System{}, false }
func (nobody) Table(string, string, string, string) (mulu.Table, bool) {
	return mulu.Table{}, false
}
func (nobody) Element(string) (mulu.Element, bool) { return mulu.Element{}, false }
func (nobody) Linked(string, string) bool          { return false }

var education = mulu.Org{ID: "002", Name: "北京市西城区教育委员会", Short: "区教委", CreditCode: mulu.CreditCode("1111010200000002")}

// manyEntries gives entries of ten items each, no two alike.
func manyEntries(rows int) Source {
	return Source{Entries: func(yield func(EntryRow, error) bool) {
		for n := range rows / 10 {
			id := strconv.Itoa(n)
			c := &mulu.EntryContent{Name: "数据目录" + id, Summary: "这是第 " + id + " 个目录的摘要，说明其内容、范围和时间跨度。", Class: "307", Format: "database", Cycle: "daily", Grade: 2,
				Sharing: mulu.Sharing{Type: "conditional", Conditions: "经批准用于履行职责 " + id}, Opening: mulu.Opening{Type: "not_open", Ground: 3, Basis: "能够识别特定自然人"}}
			for i := range 10 {
				c.Items = append(c.Items, mulu.Item{Name: "信息项" + id + "之" + strconv.Itoa(i), Field: "f" + id + "_" + strconv.Itoa(i), Type: "C", Length: 18, Personal: i == 0, Grade: 1 + i%2})
			}
			if !yield(EntryRow{Entry: &mulu.Entry{Code: "", Status: "published", Now: c}, Org: education.Short, Duty: "学籍管理"}, nil) {
				return
			}
		}
	}}
}

func onDisk(t testing.TB, name string, write func(io.Writer) error) File {
	t.Helper()
	f, err := os.Create(filepath.Join(t.TempDir(), name))
	must(t, err)
	t.Cleanup(func() { f.Close() })
	must(t, write(f))
	info, err := f.Stat()
	must(t, err)
	return File{name, f, info.Size()}
}

// TestFiftyThousandRowsInBoundedMemory writes and reads 50,000 rows, merged and as CSV. The bound is on memory, which is the
// same on every machine.
func TestFiftyThousandRowsInBoundedMemory(t *testing.T) {
	const rows, bound = 50_000, 200 << 20
	ctx := context.Background()
	for _, csv := range []bool{false, true} {
		write, name := Write, "a.xlsx"
		if csv {
			write, name = WriteCSV, "a.csv"
		}
		var f File
		wrote := heapDuring(func(beat func()) {
			f = onDisk(t, name, func(w io.Writer) error {
				s := manyEntries(rows)
				inner, n := s.Entries, 0
				s.Entries = func(yield func(EntryRow, error) bool) {
					inner(func(r EntryRow, err error) bool {
						if n++; n%1000 == 0 {
							beat()
						}
						return yield(r, err)
					})
				}
				return write(ctx, w, Entries, "zh", s)
			})
		})
		beats := 0
		var p Plan
		read := heapDuring(func(beat func()) {
			var err error
			p, err = Read(ctx, Entries, education, []File{f}, nobody{}, func(n int) {
				if beats++; n%5000 == 0 {
					beat()
				}
			})
			must(t, err)
		})
		if p.Rows != rows || len(p.Planned) != rows/10 || !p.Ready() || beats != rows/beat+1 {
			t.Fatalf("%s: %d rows, %d planned, %d problems (%v), %d beats", name, p.Rows, len(p.Planned), len(p.Problems), p.Problems[:min(1, len(p.Problems))], beats)
		}
		if wrote > bound || read > bound {
			t.Errorf("%s: writing held %d MB, reading %d MB", name, wrote>>20, read>>20)
		}
		t.Logf("%s: %d MB on disk, writing held %d MB, reading %d MB", name, f.Size>>20, wrote>>20, read>>20)
	}
}

// bombs are files that would unpack to much more than they are.
func bombs(t testing.TB) map[string][]byte {
	t.Helper()
	deflated := func(parts map[string]string, name string, fill func(io.Writer)) []byte {
		var b bytes.Buffer
		z := zip.NewWriter(&b)
		for n, c := range parts {
			if n == name {
				continue
			}
			w, err := z.Create(n)
			must(t, err)
			io.WriteString(w, c)
		}
		w, err := z.Create(name)
		must(t, err)
		fill(w)
		must(t, z.Close())
		return b.Bytes()
	}
	repeat := func(head, what string, n int) func(io.Writer) {
		return func(w io.Writer) {
			io.WriteString(w, head)
			block := strings.Repeat(what, 1<<16/len(what)+1)
			for done := 0; done < n; done += len(block) {
				io.WriteString(w, block)
			}
		}
	}
	p := plainParts("")
	heads := `<worksheet><sheetData><row r="1"><c r="A1" t="str"><v>职责名称</v></c><c r="B1" t="str"><v>法律依据</v></c></row><row r="2">`
	const large = 8 << 20 // packed a thousandfold, so that a few kilobytes would be 8 MB; were it gigabytes, reading would end at the same byte
	all := map[string][]byte{
		"a sheet of rows":     deflated(p, "xl/worksheets/sheet1.xml", repeat(heads+`</row>`, `<row><c t="str"><v>a</v></c></row>`, large)),
		"one endless text":    deflated(p, "xl/worksheets/sheet1.xml", repeat(heads+`<c r="A2" t="str"><v>`, "a", large)),
		"one endless comment": deflated(p, "xl/worksheets/sheet1.xml", repeat(heads+`<!--`, "a-", large)),
		"endless strings":     deflated(p, "xl/sharedStrings.xml", repeat(`<sst>`, `<si><t>a</t></si>`, large)),
		"endless styles":      deflated(p, "xl/styles.xml", repeat(`<styleSheet><cellXfs>`, `<xf numFmtId="0"/>`, large)),
		"endless merges":      deflated(p, "xl/worksheets/sheet1.xml", repeat(`<worksheet><sheetData/><mergeCells>`, `<mergeCell ref="A1:B2"/>`, large)),
		"endless sheets":      deflated(p, "xl/workbook.xml", repeat(`<workbook><sheets>`, `<sheet name="a" id="rId1"/>`, large)),
	}
	// A directory of very many parts.
	var b bytes.Buffer
	entry := make([]byte, 46)
	copy(entry, "PK\x01\x02")
	b.WriteString("PK\x03\x04" + strings.Repeat("\x00", 40))
	start := b.Len()
	for range 200_000 {
		b.Write(entry)
	}
	end := make([]byte, 22)
	copy(end, "PK\x05\x06")
	binary.LittleEndian.PutUint16(end[8:], 200_000&0xffff)
	binary.LittleEndian.PutUint16(end[10:], 200_000&0xffff)
	binary.LittleEndian.PutUint32(end[12:], uint32(b.Len()-start))
	binary.LittleEndian.PutUint32(end[16:], uint32(start))
	b.Write(end)
	all["a directory of everything"] = b.Bytes()
	return all
}

// TestBombs: files that unpack out of all proportion are refused in memory that does not grow with what they unpack to.
func TestBombs(t *testing.T) {
	for name, content := range bombs(t) {
		var p Plan
		held := heapDuring(func(func()) {
			var err error
			p, err = Read(context.Background(), Duties, education, []File{fileOf("a.xlsx", content)}, nobody{}, nil)
			must(t, err)
		})
		if got := codes(p.Problems); !slices.Equal(got, []string{"bomb"}) {
			t.Errorf("%s: %v", name, got)
		}
		if held > 64<<20 {
			t.Errorf("%s: %d MB held", name, held>>20)
		}
	}
}

// TestWhatUnpacksToTooMuch: without a bomb's proportion, the sum of all parts is bounded.
func TestWhatUnpacksToTooMuch(t *testing.T) {
	p := plainParts("")
	rels, sheets := "", ""
	for n := range 40 {
		id := fmt.Sprintf("r%d", n)
		rels += `<Relationship Id="` + id + `" Type="` + office + `/worksheet" Target="worksheets/sheet1.xml"/>`
		sheets += `<sheet name="` + id + `" r:id="` + id + `"/>`
	}
	p["xl/_rels/workbook.xml.rels"] = `<Relationships>` + rels + `</Relationships>`
	p["xl/workbook.xml"] = `<workbook><sheets>` + sheets + `</sheets></workbook>`
	// A stored part of 16 MB, read 40 times: 640 MB.
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for n, c := range p {
		if n != "xl/worksheets/sheet1.xml" {
			w, err := z.Create(n)
			must(t, err)
			io.WriteString(w, c)
		}
	}
	body := []byte(`<worksheet><!--` + strings.Repeat(" ", 16<<20) + `--><sheetData/></worksheet>`)
	w, err := z.CreateRaw(&zip.FileHeader{Name: "xl/worksheets/sheet1.xml", Method: zip.Store, CRC32: crc32.ChecksumIEEE(body), CompressedSize64: uint64(len(body)), UncompressedSize64: uint64(len(body))})
	must(t, err)
	_, err = w.Write(body)
	must(t, err)
	must(t, z.Close())
	plan, err := Read(context.Background(), Duties, education, []File{fileOf("a.xlsx", b.Bytes())}, nobody{}, nil)
	must(t, err)
	if got := codes(plan.Problems); !slices.Equal(got, []string{"too_large"}) {
		t.Error(got)
	}
}

// TestPartsOfANounAreBounded: however many rows say one name, they are not all kept.
func TestPartsOfANounAreBounded(t *testing.T) {
	head := "信息资源名称,关联业务事项,信息资源摘要,格式分类,信息项名称,数据类型,共享类型,是否向社会开放,更新周期\n"
	row := "学籍信息,学籍管理,中小学学籍,数据库,学校%d,C,无条件,是,每年\n"
	var b strings.Builder
	b.WriteString(head)
	for n := range 50_000 {
		fmt.Fprintf(&b, row, n)
	}
	var p Plan
	held := heapDuring(func(beat func()) {
		var err error
		p, err = Read(context.Background(), Entries, education, []File{fileOf("a.csv", []byte(b.String()))}, nobody{}, func(n int) {
			if n%5000 == 0 {
				beat()
			}
		})
		must(t, err)
	})
	if got := codes(p.Problems); !slices.Equal(got, []string{"too_many"}) {
		t.Error(p.Problems)
	}
	if held > 64<<20 {
		t.Errorf("%d MB held", held>>20)
	}
}
