package platform

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/parquet-go/parquet-go"

	"mulu/sm"
)

// crashed does with an engine what the crash matrix is about: it publishes version 2 from version 1, writes it by columns, and
// drops version 1.
func crashed(t *testing.T, e *Embedded) {
	e.least = 1 << 40 // written by columns here, not when the goroutine for it comes to it
	one := Version{"307110102001/000009", 1, digestOf(crashRows(false)...)}
	two := begin(t, e, 2, conformItems, Base{one, "upsert"}, Row{"1003", "1", "乙", ""}, Row{"5", "1", "新", ""})
	if err := e.settle(t.Context(), two); err != nil {
		t.Fatal(err)
	}
	if err := e.Drop(t.Context(), one); err != nil {
		t.Fatal(err)
	}
}

func crashRows(after bool) (rows []Row) {
	for i := range 300 {
		rows = append(rows, Row{fmt.Sprint(1000 + i), "1", "甲", fmt.Sprint("n", i)})
	}
	if after {
		rows[3] = Row{"1003", "1", "乙", ""}
		rows = append(rows, Row{"5", "1", "新", ""})
	}
	return rows
}

func digestOf(rows ...Row) string {
	d := NewDigest(sm.New())
	for _, r := range rows {
		d.Add(r)
	}
	return d.Hex()
}

// TestKilledAtEachStep kills a process before each step that changes the disk, and looks at what is left: the version before
// is whole until it is dropped, the new one is whole or not there.
func TestKilledAtEachStep(t *testing.T) {
	if dir := os.Getenv("MULU_CRASH_IN"); dir != "" {
		at, err := strconv.Atoi(os.Getenv("MULU_CRASH_AT"))
		if err != nil {
			t.Fatal(err)
		}
		e := openEmbedded(t, dir).(*Embedded)
		e.step = func(string) {
			if at--; at < 0 {
				_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
				select {} // the signal is on its way
			}
		}
		crashed(t, e)
		return
	}
	var steps []string
	prepare := func(dir string) *Embedded {
		e := openEmbedded(t, dir).(*Embedded)
		begin(t, e, 1, conformItems, Base{}, crashRows(false)...)
		return e
	}
	e := prepare(t.TempDir())
	e.step = func(name string) { steps = append(steps, name) }
	crashed(t, e)
	e.Close()
	visible, dropped := slices.Index(steps, "sync the entry"), slices.Index(steps, "remove what was dropped")
	if visible < 0 || dropped < 0 || len(steps) < 12 {
		t.Fatalf("the steps are %q", steps)
	}
	for at, name := range steps {
		t.Run(fmt.Sprint(at, " ", name), func(t *testing.T) {
			dir := t.TempDir()
			prepare(dir).Close()
			c := exec.Command(os.Args[0], "-test.run=^TestKilledAtEachStep$")
			c.Env = append(os.Environ(), "MULU_CRASH_IN="+dir, "MULU_CRASH_AT="+strconv.Itoa(at))
			out, err := c.CombinedOutput()
			var exit *exec.ExitError
			if !errors.As(err, &exit) || exit.Sys().(syscall.WaitStatus).Signal() != syscall.SIGKILL {
				t.Fatalf("it was not killed: %v: %s", err, out)
			}
			e := openEmbedded(t, dir)
			defer e.Close()
			if parts, _ := filepath.Glob(filepath.Join(dir, "*", partPrefix+"*")); len(parts) > 0 {
				t.Errorf("left over: %v", parts)
			}
			one := Version{"307110102001/000009", 1, digestOf(crashRows(false)...)}
			two := Version{one.Entry, 2, digestOf(crashRows(true)...)}
			var want []Version
			if at < dropped {
				want = append(want, one)
				holds(t, e, one, conformItems, crashRows(false)...)
			}
			if at >= visible {
				want = append(want, two)
				holds(t, e, two, conformItems, crashRows(true)...)
			}
			if list, err := e.Versions(t.Context(), one.Entry); err != nil || !slices.Equal(list, want) {
				t.Errorf("%v, want %v, %v", list, want, err)
			}
		})
	}
}

// TestByColumns: what stands in rows.parquet is what stands in rows.db, a stranger reads it, and nothing else is served.
func TestByColumns(t *testing.T) {
	dir := t.TempDir()
	e := openEmbedded(t, dir).(*Embedded)
	e.least = 1 << 40
	rows := crashRows(true)
	for i := range 3000 { // more than one batch
		rows = append(rows, Row{fmt.Sprint(9000 + i), "2", strings.Repeat("名", i%9), "\"\n'"})
	}
	v := begin(t, e, 1, conformItems, Base{}, rows...)
	at := filepath.Join(dir, "307110102001_000009", "1-"+v.Digest[:16])
	older(t, at)
	holds(t, e, v, conformItems, rows...)
	for range 2 { // a second time does nothing
		if err := e.settle(t.Context(), v); err != nil {
			t.Fatal(err)
		}
	}
	holds(t, e, v, conformItems, rows...)
	if got, err := parquet.ReadFile[struct {
		ID   *string `parquet:"id"`
		Name *string `parquet:"name"`
	}](filepath.Join(at, "rows.parquet")); err != nil || len(got) != len(rows) || *got[3].Name != "乙" || got[301].Name != nil {
		t.Fatalf("%d rows, %v", len(got), err)
	}
	fields := []string{"note"}
	ctx, cancel := context.WithCancel(t.Context())
	n := 0
	if err := e.Scan(ctx, v, fields, func(Row) error { n++; cancel(); return nil }); !errors.Is(err, context.Canceled) || n > batchRows {
		t.Errorf("given up after a row, it went on to %d: %v", n, err)
	}
	e.Close()
	path := filepath.Join(at, "rows.parquet")
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, altered := range [][]byte{append(slices.Clone(b), 0), nil} {
		if err := os.WriteFile(path, altered, 0o600); err != nil {
			t.Fatal(err)
		}
		if altered == nil {
			os.Remove(path)
		}
		e := openEmbedded(t, dir)
		if err := e.Scan(t.Context(), v, fields, func(Row) error { return nil }); !errors.Is(err, ErrAltered) {
			t.Errorf("%v", err)
		}
		if _, err := e.Query(t.Context(), v, Query{Items: fields, Limit: 1}); err != nil {
			t.Errorf("rows.db is what was published: %v", err)
		}
		e.Close()
	}
}

// older makes the manifest of a version what it was before versions were written by columns.
func older(t *testing.T, dir string) {
	t.Helper()
	m, err := readManifest(dir)
	if err != nil || m.Format != manifestFormat {
		t.Fatalf("%+v, %v", m, err)
	}
	m.Format = manifestOlder
	b, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "manifest.json"), b, 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestLoadsAreWrittenByColumns: it happens by itself, and what is being read or dropped meanwhile stays right.
func TestLoadsAreWrittenByColumns(t *testing.T) {
	e := openEmbedded(t, t.TempDir()).(*Embedded)
	defer e.Close()
	e.least = 1
	e.Failed = func(err error) { t.Error(err) }
	told := make(chan string, 1000)
	e.step = func(name string) { told <- name }
	rows := crashRows(false)
	for n := 1; n < 6; n++ {
		v := begin(t, e, n, conformItems, Base{}, append(rows, Row{fmt.Sprint(n), "9", "", ""})...)
		if n < 5 {
			if err := e.Drop(t.Context(), v); err != nil {
				t.Fatal(err)
			}
			continue
		}
		for name := range told {
			if name == "settled" && len(told) == 0 {
				break
			}
		}
		holds(t, e, v, conformItems, append(rows, Row{fmt.Sprint(n), "9", "", ""})...)
	}
}

// A disk that fills up fails the load with a sentence; what was published serves, and with room again loading goes on.
func TestDiskFull(t *testing.T) {
	small := t.TempDir()
	if err := syscall.Mount("tmpfs", small, "tmpfs", 0, "size=4m"); err != nil {
		t.Skipf("a small disk cannot be mounted here (%v); run the tests as root to see this one", err)
	}
	defer func() { _ = syscall.Unmount(small, syscall.MNT_DETACH) }()
	e := openEmbedded(t, filepath.Join(small, "data"))
	defer e.Close()
	one := begin(t, e, 1, conformItems, Base{}, crashRows(false)...)
	for _, mode := range []string{"replace", "append", "upsert"} {
		s, err := e.Stage(t.Context(), one.Entry, conformItems, Base{one, mode})
		if err != nil {
			t.Fatal(err)
		}
		for i := 0; err == nil && i < 400_000; i++ {
			err = s.Add(t.Context(), Row{fmt.Sprint(5000 + i), "1", "丙", "备注"})
		}
		if err == nil {
			_, err = s.Duplicates(t.Context(), 1)
		}
		if err == nil {
			err = s.Publish(t.Context(), 2, strings.Repeat("ab", 32))
		}
		if err == nil || !strings.Contains(err.Error(), "full") {
			t.Errorf("%s: %v", mode, err)
		}
		if err := s.Discard(); err != nil {
			t.Fatal(err)
		}
	}
	holds(t, e, one, conformItems, crashRows(false)...)
	if list, err := e.Versions(t.Context(), one.Entry); err != nil || len(list) != 1 {
		t.Errorf("%v, %v", list, err)
	}
	holds(t, e, begin(t, e, 2, conformItems, Base{one, "append"}, Row{"1", "1", "", ""}), conformItems, append(crashRows(false), Row{"1", "1", "", ""})...)
}
