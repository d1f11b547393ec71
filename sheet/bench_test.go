//go:build unix

package sheet

import (
	"context"
	"io"
	"runtime"
	"syscall"
	"testing"

	"github.com/xuri/excelize/v2"
)

// BenchmarkRead plans an import of 50,000 rows of 46 columns from Excel and CSV, and beside it only steps over the same rows with
// excelize's own streaming reader, which makes no sense of them. Rows are counted for each second of processor, which a busy
// machine does not change much.
//
//	go test ./sheet -run xxx -bench Read -benchtime 1x
func BenchmarkRead(b *testing.B) {
	const rows = 50_000
	ctx := context.Background()
	for b.Loop() {
		var xlsx, csv File
		b.ReportMetric(rows/processor(func() {
			xlsx = onDisk(b, "a.xlsx", func(w io.Writer) error { return Write(ctx, w, Entries, "zh", manyEntries(rows)) })
		}), "xlsx-written/s")
		b.ReportMetric(rows/processor(func() {
			csv = onDisk(b, "a.csv", func(w io.Writer) error { return WriteCSV(ctx, w, Entries, "zh", manyEntries(rows)) })
		}), "csv-written/s")
		bare := rows / processor(func() { stepOver(b, xlsx, rows+1) })
		b.ReportMetric(bare, "bare-xlsx-read/s")
		for _, f := range []File{xlsx, csv} {
			ours := rows / processor(func() {
				p, err := Read(ctx, Entries, education, []File{f}, nobody{}, nil)
				if err != nil || p.Rows != rows || !p.Ready() {
					b.Fatalf("%d rows, %v, %v", p.Rows, err, p.Problems)
				}
			})
			b.ReportMetric(ours, f.Name[2:]+"-read/s")
			b.ReportMetric(ours/bare, f.Name[2:]+"-to-bare")
		}
	}
}

// processor gives the seconds of processor that do takes, the collector's included.
func processor(do func()) float64 {
	used := func() float64 {
		var u syscall.Rusage
		if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
			panic(err)
		}
		return float64(u.Utime.Nano()+u.Stime.Nano()) / 1e9
	}
	runtime.GC()
	before := used()
	do()
	return used() - before
}

func stepOver(b *testing.B, f File, want int) {
	b.Helper()
	x, err := excelize.OpenReader(io.NewSectionReader(f.Content, 0, f.Size))
	must(b, err)
	defer x.Close()
	rows, err := x.Rows("目录")
	must(b, err)
	defer rows.Close()
	n := 0
	for rows.Next() {
		_, err := rows.Columns()
		must(b, err)
		n++
	}
	if n != want {
		b.Fatalf("%d rows, not %d", n, want)
	}
}
