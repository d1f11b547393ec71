package sheet

import (
	"context"
	"io"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
)

// BenchmarkRead plans an import of 50,000 rows of 47 columns from Excel and CSV, and beside it only steps over the same rows with
// excelize's own streaming reader, which makes no sense of them. One iteration takes some seconds: -benchtime 1x.
//
//	go test ./sheet -run xxx -bench Read -benchtime 1x
func BenchmarkRead(b *testing.B) {
	const rows = 50_000
	ctx := context.Background()
	var xlsx, csv File
	for b.Loop() {
		b.StopTimer()
		if xlsx.Size == 0 {
			start := time.Now()
			xlsx = onDisk(b, "a.xlsx", func(w io.Writer) error { return Write(ctx, w, Entries, "zh", manyEntries(rows)) })
			b.ReportMetric(rows/time.Since(start).Seconds(), "xlsx-written-rows/s")
			start = time.Now()
			csv = onDisk(b, "a.csv", func(w io.Writer) error { return WriteCSV(ctx, w, Entries, "zh", manyEntries(rows)) })
			b.ReportMetric(rows/time.Since(start).Seconds(), "csv-written-rows/s")
		}
		b.StartTimer()
		bare := rows / taking(b, func() { stepOver(b, xlsx, rows+1) })
		for _, f := range []File{xlsx, csv} {
			ours := rows / taking(b, func() {
				p, err := Read(ctx, Entries, education, []File{f}, nobody{}, nil)
				if err != nil || p.Rows != rows || !p.Ready() {
					b.Fatalf("%d rows, %v, %v", p.Rows, err, p.Problems)
				}
			})
			b.ReportMetric(ours, f.Name[2:]+"-rows/s")
			b.ReportMetric(ours/bare, f.Name[2:]+"-ratio")
		}
		b.ReportMetric(bare, "bare-rows/s")
	}
}

// taking gives the seconds that do takes.
func taking(b *testing.B, do func()) float64 {
	b.Helper()
	start := time.Now()
	do()
	return time.Since(start).Seconds()
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
