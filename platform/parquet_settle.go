package platform

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// columnsFrom is the number of rows from which a version is also written by columns; below it nothing is gained.
const columnsFrom = 50_000

// settle writes rows.parquet beside the rows.db of a version that was published, and its digest into the manifest. Loading
// does not wait for it, and until it is there scans read rows.db. At every moment the manifest on disk describes files that
// are there: the file gets its name first, the manifest that knows it after.
func (e *Embedded) settle(ctx context.Context, v Version) error {
	f, err := e.acquire(v)
	if err != nil {
		return err
	}
	defer e.release(f)
	if path, err := e.columns(f); path != "" || err != nil {
		return err
	}
	dir := filepath.Dir(f.path)
	m, err := readManifest(dir)
	if err != nil {
		return err
	}
	aside, err := os.MkdirTemp(filepath.Dir(dir), partPrefix+"columns-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(aside)
	data, described := filepath.Join(aside, "rows.parquet"), filepath.Join(aside, "manifest.json")
	e.step("write the columns")
	if err := e.writeColumns(ctx, data, f); err != nil {
		return fmt.Errorf("write %s by columns: %w", v, err)
	}
	m.Format = manifestFormat
	if m.Column, err = e.sumFile(data); err != nil {
		return err
	}
	b, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return err
	}
	if err := os.WriteFile(described, append(b, '\n'), 0o600); err != nil {
		return err
	}
	for _, p := range []string{data, described} {
		if err := syncPath(p); err != nil {
			return err
		}
	}
	e.naming.Lock() // a version dropped and published again meanwhile has other files
	defer e.naming.Unlock()
	e.mu.Lock()
	gone := f.retired && e.open[v] != f
	e.mu.Unlock()
	if gone {
		return nil
	}
	for _, name := range []string{"rows.parquet", "manifest.json"} {
		e.step("name " + name)
		if err := os.Rename(filepath.Join(aside, name), filepath.Join(dir, name)); err != nil {
			return err
		}
		if err := syncPath(dir); err != nil {
			return err
		}
	}
	e.step("settled")
	f.mu.Lock()
	defer f.mu.Unlock()
	f.byColumns = filepath.Join(dir, "rows.parquet")
	return nil
}

// columns gives the path of a version's rows.parquet, once it has been checked against the manifest; "" = there is none.
func (e *Embedded) columns(f *file) (string, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.columnsSum == "" {
		return f.byColumns, nil
	}
	sum, err := e.sumFile(f.byColumns)
	if err == nil && sum != f.columnsSum || errors.Is(err, fs.ErrNotExist) {
		err = fmt.Errorf("rows.parquet: %w", ErrAltered)
	}
	if err != nil {
		return "", err
	}
	f.columnsSum = ""
	return f.byColumns, nil
}

func (e *Embedded) writeColumns(ctx context.Context, path string, f *file) error {
	w, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	defer w.Close()
	if _, err := writeParquet(w, f.items, func(yield func(Row) error) error { return f.scan(ctx, all(f.items), yield) }); err != nil {
		return err
	}
	return w.Close()
}

// keepSettling writes by columns what is asked of it, one version at a time, until the engine is closed. What fails is
// tried again when the version is next scanned.
func (e *Embedded) keepSettling(ctx context.Context) {
	defer close(e.settled)
	for {
		select {
		case <-ctx.Done():
			return
		case v := <-e.unsettled:
			if err := e.settle(ctx, v); err != nil && ctx.Err() == nil && !errors.Is(err, ErrNoVersion) && !errors.Is(err, fs.ErrNotExist) && e.Failed != nil {
				e.Failed(err)
			}
		}
	}
}

// wantColumns asks for a version to be written by columns, unless enough are asked for already.
func (e *Embedded) wantColumns(v Version, rows int64) {
	if rows < e.least {
		return
	}
	select {
	case e.unsettled <- v:
	default:
	}
}
