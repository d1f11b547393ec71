package scan

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"mulu"
	"mulu/platform/intake"
)

// Bounds of a folder: beyond them it is no folder of tables.
const (
	maxFiles  = 2000
	maxLevels = 4
	maxLines  = 1_000_000 // rows that are counted in a file; more are told as at least so many
)

// endings are those of files that hold a table.
var endings = []string{".csv", ".tsv", ".txt", ".xlsx", ".jsonl", ".ndjson", ".json", ".parquet", ".geojson", ".zip"}

// Folder looks at the files of a folder and of those in it, hidden ones and links left out. Each is a table called by its path.
func Folder(ctx context.Context, dir string, terms Terms) (Result, error) {
	terms = terms.complete()
	res := Result{Sort: "folder", Database: filepath.Base(dir)}
	p, err := newProfiler(terms)
	if err != nil {
		return res, err
	}
	defer p.close()
	err = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		name, _ := filepath.Rel(dir, path)
		name = filepath.ToSlash(name)
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil && path == dir:
			return err
		case err != nil:
			res.Left = append(res.Left, Left{name, "不能读取", err.Error()})
			return nil
		case path != dir && strings.HasPrefix(d.Name(), "."):
			if d.IsDir() {
				return fs.SkipDir
			}
			return nil
		case d.IsDir():
			if strings.Count(name, "/") >= maxLevels {
				return fs.SkipDir
			}
			return nil
		case !d.Type().IsRegular() || !slices.Contains(endings, strings.ToLower(filepath.Ext(name))):
			return nil
		case len(res.Tables)+len(res.Left) >= maxFiles:
			return fmt.Errorf("the folder has more than %d files of tables; scan the folders in it one by one", maxFiles)
		}
		t, err := fileTable(ctx, path, name, terms, p)
		var f *intake.Fault
		switch {
		case errors.As(err, &f):
			res.Left = append(res.Left, Left{name, f.Text("zh"), f.Text("en")})
		case err != nil && ctx.Err() != nil:
			return ctx.Err()
		case err != nil:
			res.Left = append(res.Left, Left{name, "不能读取", err.Error()})
		default:
			res.Tables = append(res.Tables, t)
		}
		return nil
	})
	if err != nil {
		return res, fmt.Errorf("look at the folder %s: %w", dir, err)
	}
	return res, nil
}

// opened is a file as intake wants it.
type opened struct {
	*os.File
	size int64
}

func (o opened) Size() int64 { return o.size }

// fileTable reads a file once: its first rows tell what the columns hold, all are counted.
func fileTable(ctx context.Context, path, name string, terms Terms, p *profiler) (Table, error) {
	t := Table{Name: name}
	f, err := os.Open(path)
	if err != nil {
		return t, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return t, err
	}
	table, err := intake.Open(opened{f, info.Size()}, filepath.Base(path), intake.Form{})
	if err != nil {
		return t, err
	}
	defer table.Close()
	columns := table.Columns()
	empty := make([]bool, len(columns))
	var rows [][]string
	for t.Exact = true; ; t.Rows++ {
		if t.Rows&0xfff == 0 && ctx.Err() != nil {
			return t, ctx.Err()
		}
		if t.Rows >= maxLines {
			t.Exact = false
			break
		}
		row, err := table.Next()
		if err == io.EOF {
			break
		}
		var flaw *intake.Flaw
		if errors.As(err, &flaw) {
			continue
		}
		if err != nil {
			return t, err
		}
		for i, v := range row.Values {
			empty[i] = empty[i] || v == ""
		}
		if len(rows) < max(terms.Sample, 200) {
			short := make([]string, len(row.Values))
			for i, v := range row.Values {
				short[i] = cut(v, sampleLength)
			}
			rows = append(rows, short)
		}
	}
	for i, c := range columns {
		pr := p.of(rows, i)
		t.profiles = append(t.profiles, pr)
		t.Columns = append(t.Columns, mulu.Column{Name: c, Type: guessed(pr), Nullable: empty[i]})
	}
	return t, nil
}

// guessed is a word for the type of a column of a file, which declares none.
func guessed(p profile) string {
	switch {
	case p.filled == 0:
		return "text"
	case p.dates == p.filled && p.numbers < p.filled:
		return "date"
	case p.dates+p.moments == p.filled && p.numbers < p.filled:
		return "datetime"
	case p.numbers == p.filled && p.longest < 18:
		return "number"
	}
	return "text"
}

func typeOf(c mulu.Column) string {
	if c.Length == 0 {
		return c.Type
	}
	return c.Type + "(" + strconv.Itoa(c.Length) + ")"
}

func yes(b bool) string {
	if b {
		return "1"
	}
	return "0"
}
