package gateway

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/parquet-go/parquet-go"

	"mulu"
	"mulu/act"
	"mulu/platform"
	"mulu/proof"
	"mulu/sm"
)

// hooked is a source that does something before it answers.
type hooked struct {
	Source
	before atomic.Pointer[func(platform.Query) error]
}

func (h *hooked) Query(ctx context.Context, v platform.Version, q platform.Query) (platform.Page, error) {
	if f := h.before.Load(); f != nil {
		if err := (*f)(q); err != nil {
			return platform.Page{}, err
		}
	}
	return h.Source.Query(ctx, v, q)
}

func (h *hooked) do(f func(platform.Query) error) { h.before.Store(&f) }

// many makes rows; the names of some begin as formulas do.
func many(n int) [][]string {
	rows := make([][]string, n)
	for i := range rows {
		name := []string{"=1+1", "＋2", "张三", "@x", "王\"五\",\n六", "-3", "\t7", ""}[i%7]
		rows[i] = []string{fmt.Sprintf("%018d", i+1), name, "110102199003070018", "13800001234", []string{"110102001", "110102003"}[i%2], ""}
	}
	return rows
}

func TestBatchFiles(t *testing.T) {
	w := newTown(t, nil)
	grant := w.agreeTo(batch, w.other, []mulu.Filter{{Item: "street", Values: []string{"110102003"}}}, "street", "code", "name", "number")
	w.load(2, many(3*batchPage+10))
	want := 3*batchPage/2 + 5
	ask := func(body string) answered {
		t.Helper()
		r := w.call(batch, w.other.token, grant, body)
		x := w.receiptOf(r)
		sum := sm.Sum(r.body)
		if r.status != http.StatusOK || x.Method != batch || x.RowsDigest != hex.EncodeToString(sum[:]) || r.header.Get("Mulu-Digest") != "sm3="+x.RowsDigest ||
			fmt.Sprint(x.Rows) != r.header.Get("Mulu-Rows") || x.DataVersion != 2 || len(x.Items) == 0 {
			t.Fatalf("%d: %+v", r.status, x)
		}
		return r
	}

	r := ask(`{"items":["name","code","number"],` + purpose + `}`)
	list, err := csv.NewReader(bytes.NewReader(r.body)).ReadAll()
	if err != nil || len(list) != want+1 || !slices.Equal(list[0], []string{"name", "code", "number"}) || bytes.HasPrefix(r.body, []byte("\uFEFF")) ||
		!strings.Contains(r.header.Get("Content-Disposition"), grant+"-v2.csv") {
		t.Fatalf("%d lines, %v", len(list), err)
	}
	if i := slices.IndexFunc(list, func(l []string) bool { return l[1] == "000000000000000012" }); i < 0 || list[i][0] != "王***" {
		t.Errorf("line %d is %q", i, list[max(0, i)])
	}
	for _, line := range list[1:] {
		if strings.ContainsAny(line[0][:1], "=+-@\t＝＋－＠") && !strings.HasPrefix(line[0], "'") || line[2] != "110102********0018" {
			t.Fatalf("%q", line)
		}
	}
	if r := ask(`{"bom":true,` + purpose + `}`); !bytes.HasPrefix(r.body, []byte("\uFEFFstreet,code,name,number\n")) {
		t.Errorf("%.40q", r.body)
	}

	r = ask(`{"format":"jsonl","filters":[{"item":"code","values":["000000000000000002","000000000000000003"]}],` + purpose + `}`)
	if got := string(r.body); got != `{"street":"110102003","code":"000000000000000002","name":"＋*","number":"110102********0018"}`+"\n" {
		t.Errorf("%s", got)
	}

	r = ask(`{"format":"parquet","items":["name","code"],` + purpose + `}`)
	f, err := parquet.OpenFile(bytes.NewReader(r.body), int64(len(r.body)))
	if err != nil || f.NumRows() != int64(want) {
		t.Fatalf("%v", err)
	}
	if c := f.Schema().Fields(); len(c) != 2 || c[0].Name() != "name" || c[1].Name() != "code" {
		t.Errorf("the columns are %v", c)
	}
	rows := parquet.NewReader(f)
	one := make([]parquet.Row, 1)
	if n, err := rows.ReadRows(one); n != 1 || err != nil || one[0][0].String() != "＋*" || one[0][1].String() != "000000000000000002" {
		t.Errorf("%v, %v", one, err)
	}

	// A file's receipt is proved as any other, against the file itself.
	file := w.proofOf(r.Receipt)
	if _, err := proof.Verify(file, w.anchor()); err != nil {
		t.Fatal(err)
	}
	if err := proof.VerifyRows(file, r.body); err != nil {
		t.Fatal(err)
	}
	if err := proof.VerifyRows(file, r.body[1:]); err == nil {
		t.Fatal("an altered file was accepted")
	}
	if uses, err := w.gateway.Uses(t.Context(), grant, 1); err != nil || uses[0].Calls != 4 || uses[0].Rows != int64(3*want+1) {
		t.Errorf("%v, %v", uses, err)
	}
	w.nothingAside()
}

// nothingAside wants no rows left lying about where files are built.
func (w *town) nothingAside() {
	w.t.Helper()
	if left, err := os.ReadDir(w.cfg.Aside); err != nil || len(left) > 0 {
		w.t.Errorf("left aside: %v, %v", left, err)
	}
}

// What is revoked while a file is built is not given, and a source that fails in the middle gives nothing.
func TestBatchThatMustNotLeave(t *testing.T) {
	h := &hooked{}
	w := newTown(t, func(c *Config) { h.Source, c.Source, c.MaxFile = c.Source, h, 400<<10 })
	w.rate = 60
	grant := w.agreeTo(batch, w.other, nil, "code", "name")
	w.load(2, many(2*batchPage+1))
	refused := func(name string, status int, code Code) {
		t.Helper()
		r := w.call(batch, w.other.token, grant, `{"format":"jsonl",`+purpose+`}`)
		if x := w.receiptOf(r); r.status != status || r.Code != string(code) || x.Refused != code || x.Rows != 0 || x.RowsDigest != "" || bytes.Contains(r.body, []byte("0000000000")) {
			t.Errorf("%s: %d %.300s", name, r.status, r.body)
		}
	}
	last := func(f func()) func(platform.Query) error {
		return func(q platform.Query) error {
			if q.After == 2*batchPage {
				f()
			}
			return nil
		}
	}
	h.do(last(func() { w.say(w.provider, &act.SuspendGrant{Grant: grant, Why: "涉嫌超范围使用"}) }))
	refused("suspended meanwhile", 403, grantSuspended)
	w.say(w.provider, &act.ResumeGrant{Grant: grant, Why: "查明未超范围"})
	h.do(last(func() { w.say(w.bureau, &act.SuspendEntry{Entry: w.entry, Why: "数据质量问题"}) }))
	refused("entry suspended meanwhile", 403, entryClosed)
	w.say(w.bureau, &act.ResumeEntry{Entry: w.entry, Why: "问题已解决"})
	h.do(func(q platform.Query) error {
		if q.After > 0 {
			return fmt.Errorf("the disk under %s is gone", w.dir)
		}
		return nil
	})
	refused("source fails in the middle", 503, sourceFails)

	begun, go1 := make(chan struct{}), make(chan struct{})
	var once sync.Once
	h.do(func(platform.Query) error {
		once.Do(func() { close(begun); <-go1 })
		return nil
	})
	ended := make(chan answered, 1)
	go func() { ended <- w.call(batch, w.other.token, grant, `{`+purpose+`}`) }()
	<-begun
	refused("another is being made", 429, filesBusy)
	close(go1)
	if r := <-ended; r.status != http.StatusOK {
		t.Errorf("the first: %d %s", r.status, r.body)
	}
	w.load(3, many(8*batchPage))
	refused("too large", 413, fileLarge)
	w.nothingAside()
}

func TestTryingABatchIsBounded(t *testing.T) {
	w := newTown(t, nil)
	grant := w.agreeTo(batch, w.other, nil, "code", "name", "phone", "number", "street")
	w.load(2, many(3*batchPage))
	try := func(body string) (int, string, []byte) {
		return w.gateway.Try(t.Context(), Trial{Org: w.other.id, Person: "p-1", Grant: grant, Method: batch, Body: []byte(body)})
	}
	if status, kind, b := try(`{"filters":[{"item":"code","values":["000000000000000003"]}],` + purpose + `}`); status != 200 || kind != kindOf(csvFile) || strings.Count(string(b), "\n") != 2 {
		t.Errorf("%d %s %s", status, kind, b)
	}
	w.load(3, many(8*batchPage))
	status, _, b := try(`{"format":"jsonl",` + purpose + `}`)
	var r answered
	if err := json.Unmarshal(b, &r); err != nil || status != 413 || r.Code != string(fileLarge) {
		t.Errorf("%d %.200s", status, b)
	}
}

// Memory of a batch does not grow with its rows.
func TestBatchInBoundedMemory(t *testing.T) {
	for _, format := range []string{csvFile, linesFile, parquetFile} {
		f, err := newFile(t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		p := &permit{fields: []string{"code", "name"}, masks: make([]mask, 2), content: &mulu.EntryContent{}}
		w, err := newTable(f, Request{Format: format}, p)
		if err != nil {
			t.Fatal(err)
		}
		held := func(rows int) uint64 {
			for i := range rows {
				if err := w.add(platform.Row{fmt.Sprintf("%018d", i), fmt.Sprintf("%d%s", i, strings.Repeat("名", 60))}); err != nil {
					t.Fatal(err)
				}
			}
			runtime.GC()
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			return m.HeapAlloc
		}
		first := held(100_000)
		if last := held(400_000); last > first+24<<20 {
			t.Errorf("%s: %d MB after 100,000 rows, %d after 500,000", format, first>>20, last>>20)
		}
		if err := w.end(); err != nil {
			t.Fatal(err)
		}
		f.close()
	}
}

// What a crash left where files are built is swept at the start; files of others stay.
func TestSweep(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "aside")
	if err := sweep(dir); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{asidePrefix + "123", "other"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := sweep(dir); err != nil {
		t.Fatal(err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 1 || left[0].Name() != "other" {
		t.Errorf("%v, %v", left, err)
	}
}

func TestNumbersAreNoFormulas(t *testing.T) {
	var b bytes.Buffer
	p := &permit{fields: []string{"n", "c"}, masks: make([]mask, 2), content: &mulu.EntryContent{Items: []mulu.Item{{Field: "n", Type: "N"}, {Field: "c", Type: "C"}}}}
	w, err := newTable(&b, Request{Format: csvFile}, p)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.add(platform.Row{"-5", "-5"}); err != nil || w.end() != nil {
		t.Fatal(err)
	}
	if b.String() != "n,c\n-5,'-5\n" {
		t.Errorf("%q", b.String())
	}
}

// Few files are made at a time, and of a grant one.
func TestFilesAtATime(t *testing.T) {
	f := &files{of: map[string]bool{}, most: 2}
	leave, ok := f.enter("G-1")
	if _, again := f.enter("G-1"); !ok || again {
		t.Fatal("one of a grant")
	}
	if _, ok := f.enter("G-2"); !ok {
		t.Fatal("the second is refused")
	}
	if _, ok := f.enter("G-3"); ok {
		t.Fatal("a third is let in")
	}
	leave()
	if _, ok := f.enter("G-3"); !ok {
		t.Fatal("none is let in after one has left")
	}
}
