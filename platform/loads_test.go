package platform

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"mulu"
	"mulu/platform/intake"
	"mulu/vault"
)

// office is a platform with its loads and what stands for the chain.
type office struct {
	t     testing.TB
	dir   string
	p     *Platform
	loads *Loads
	stop  func()

	mu      sync.Mutex
	dataset mulu.Dataset
	terms   *mulu.LoadTerms
	now     time.Time
	refuse  error        // what Announce answers
	tell    func(l Load) // called by Announce before it answers
	told    int
}

const provider = "O-001"

func openOffice(t testing.TB, dir string) *office {
	o := &office{t: t, dir: dir, now: today}
	o.open()
	t.Cleanup(func() { o.close() })
	return o
}

func (o *office) open() {
	o.t.Helper()
	o.p = platform(o.t, o.dir)
	uploads, err := OpenUploads(filepath.Join(o.dir, "uploads"), o.p.vault)
	if err != nil {
		o.t.Fatal(err)
	}
	o.loads, err = OpenLoads(LoadsConfig{Path: filepath.Join(o.dir, "loads.db"), Uploads: uploads, Platform: o.p, Ground: o.ground, Announce: o.announce,
		Now: func() time.Time { o.mu.Lock(); defer o.mu.Unlock(); return o.now }, Today: func() time.Time { return today }})
	if err != nil {
		o.t.Fatal(err)
	}
}

// run carries loads out until close.
func (o *office) run() {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- o.loads.Run(ctx) }()
	o.stop = func() {
		cancel()
		if err := <-done; err != nil {
			o.t.Error(err)
		}
	}
}

func (o *office) close() {
	if o.stop != nil {
		o.stop()
		o.stop = nil
	}
	if err := errors.Join(o.loads.Close(), o.p.Close()); err != nil {
		o.t.Error(err)
	}
}

func (o *office) ground(_ context.Context, code string) (Ground, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if code != entry {
		return Ground{}, &mulu.Refusal{Code: "unknown", Art: "15.1", Args: []string{"@entry", code}}
	}
	return Ground{Org: provider, Content: content, Dataset: o.dataset, Terms: o.terms}, nil
}

func (o *office) announce(_ context.Context, l Load, r *Report) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.tell != nil {
		o.tell(l)
	}
	if o.refuse != nil {
		return o.refuse
	}
	o.told++
	o.dataset = mulu.Dataset{Entry: entry, Org: provider, Version: r.Version, Rows: r.Kept, Digest: r.Digest, Status: "serving"}
	return nil
}

func (o *office) set(change func()) {
	o.mu.Lock()
	defer o.mu.Unlock()
	change()
}

// hand hands a file in, part by part.
func (o *office) hand(name, file string) Load {
	o.t.Helper()
	ctx := context.Background()
	l, err := o.loads.Begin(ctx, Order{Entry: entry, Org: provider, Person: "p1", Source: FromFile, Name: name, Size: int64(len(file))})
	for n := 0; err == nil && l.State == Receiving; n++ {
		l, err = o.loads.Put(ctx, l.ID, n, []byte(file[n*PartSize:min((n+1)*PartSize, len(file))]))
	}
	if err != nil || l.State != Received {
		o.t.Fatalf("%+v, %v", l, err)
	}
	return l
}

func (o *office) start(l Load, mode string) {
	o.t.Helper()
	if err := o.loads.Start(context.Background(), l.ID, intake.Form{}, nil, mode); err != nil {
		o.t.Fatal(err)
	}
}

// rest waits until a load has come to rest.
func (o *office) rest(l Load) Load {
	o.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	l, err := o.loads.Wait(ctx, l.ID)
	if err != nil {
		o.t.Fatalf("%+v, %v", l, err)
	}
	return l
}

func (o *office) load(file, mode string) Load {
	o.t.Helper()
	l := o.hand("rows.csv", file)
	o.start(l, mode)
	return o.rest(l)
}

func many(rows int) string {
	var b strings.Builder
	b.WriteString(head)
	for i := range rows {
		fmt.Fprintf(&b, "%018d,单位%d,2020-01-01,%d,1.5\n", i, i%1000, i%1000)
	}
	return b.String()
}

func TestUploadsComeInParts(t *testing.T) {
	ctx, dir := context.Background(), t.TempDir()
	v, err := vault.Open(filepath.Join(dir, "vault"), make([]byte, vault.KeySize), zeros{})
	if err != nil {
		t.Fatal(err)
	}
	u, err := OpenUploads(filepath.Join(dir, "up"), v)
	if err != nil {
		t.Fatal(err)
	}
	file := bytes.Repeat([]byte("身份证号110102199003070018,"), (2*PartSize+777)/31+1)
	size := int64(len(file))
	part := func(n int) []byte { return file[n*PartSize : min((n+1)*PartSize, len(file))] }
	if err := u.Begin("a"); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		n    int
		data []byte
		ok   bool
	}{{1, part(1), false}, {0, part(0)[1:], false}, {0, part(0), true}, {0, part(0), true}, {1, part(1), true}, {-1, part(0), false}, {3, part(2), false}, {2, part(2)[1:], false}, {2, part(2), true}, {3, nil, false}} {
		if err := u.Put(ctx, "a", c.n, size, c.data); (err == nil) != c.ok || err != nil && !errors.Is(err, ErrPart) {
			t.Errorf("part %d: %v", c.n, err)
		}
		if _, err := u.Open("a", size); c.n < 2 && err == nil {
			t.Error("a file was opened that is not whole")
		}
	}
	if u, err = OpenUploads(filepath.Join(dir, "up"), v); err != nil { // as after a restart
		t.Fatal(err)
	}
	f, err := u.Open("a", size)
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(io.NewSectionReader(f, 0, f.Size()))
	if err != nil || !bytes.Equal(got, file) {
		t.Fatalf("%d bytes came back of %d, %v", len(got), len(file), err)
	}
	across := make([]byte, 100)
	if n, err := f.ReadAt(across, PartSize-50); n != 100 || err != nil || !bytes.Equal(across, file[PartSize-50:PartSize+50]) {
		t.Errorf("across two parts: %d, %v", n, err)
	}
	if n, err := f.ReadAt(across, size-10); n != 10 || err != io.EOF {
		t.Errorf("at the end: %d, %v", n, err)
	}
	onDisk, err := os.ReadFile(filepath.Join(dir, "up", "a", "1"))
	if err != nil || bytes.Contains(onDisk, []byte("110102199003070018")) {
		t.Errorf("what was handed in can be read on the disk: %v", err)
	}
	onDisk[len(onDisk)/2] ^= 1
	if err := os.WriteFile(filepath.Join(dir, "up", "a", "1"), onDisk, 0o600); err != nil {
		t.Fatal(err)
	}
	if f, err = u.Open("a", size); err != nil {
		t.Fatal(err)
	}
	if _, err := f.ReadAt(across, PartSize+5); !errors.Is(err, vault.ErrAltered) {
		t.Errorf("an altered part: %v", err)
	}
	for _, id := range []string{"", "../a", "A", "a/b", strings.Repeat("a", 41)} {
		if err := u.Begin(id); !errors.Is(err, ErrNoUpload) {
			t.Errorf("the id %q: %v", id, err)
		}
	}
	if err := errors.Join(u.Drop("a"), u.Drop("a")); err != nil {
		t.Error(err)
	}
	if _, err := u.Parts("a"); !errors.Is(err, ErrNoUpload) {
		t.Errorf("a dropped file: %v", err)
	}
}

// zeros is a source of chance for which no test cares.
type zeros struct{}

func (zeros) Read(b []byte) (int, error) { return len(b), nil }

func TestALoadFromFileToVersion(t *testing.T) {
	ctx := context.Background()
	o := openOffice(t, t.TempDir())
	o.run()
	l := o.hand("一月.csv", many(1000))
	p, err := o.loads.Preview(ctx, l, intake.Form{})
	if err != nil || len(p.Rows) != previewRows || p.Map["code"] != "code" || p.Same != nil {
		t.Fatalf("%+v, %v", p, err)
	}
	o.start(l, "replace")
	if l = o.rest(l); l.State != Published || l.Version != 1 || l.Report.Kept != 1000 || l.Rows != 1000 || !l.Kept {
		t.Fatalf("%+v", l)
	}
	if err := o.loads.Start(ctx, l.ID, intake.Form{}, nil, "replace"); !errors.Is(err, ErrLoadState) {
		t.Errorf("a published load was started again: %v", err)
	}
	again := o.hand("又是一月.csv", many(1000))
	if same, err := o.loads.Same(ctx, again); err != nil || same == nil || same.ID != l.ID {
		t.Errorf("the same file was not recognised: %+v, %v", same, err)
	}
	bad := o.load(head+"1,甲,2023-02-30,,\n", "upsert")
	if bad.State != Rejected || bad.Report.Why != TooBad || bad.Report.File == "" {
		t.Errorf("%+v", bad)
	}
	if o.dataset.Version != 1 {
		t.Error("a rejected load became a version")
	}
	o.start(bad, "upsert") // as somebody does who changed the terms meanwhile
	if bad = o.rest(bad); bad.State != Rejected {
		t.Errorf("%+v", bad)
	}
	broken := o.load("\x00\x01\x02", "replace")
	if broken.State != Rejected || broken.Fault.Zh == "" || broken.Fault.En == "" {
		t.Errorf("a file that is no table: %+v", broken)
	}
	list, err := o.loads.List(ctx, LoadQuery{Entry: entry, Max: 2})
	if err != nil || len(list) != 2 || list[0].ID != broken.ID {
		t.Errorf("%+v, %v", list, err)
	}
	if list, err = o.loads.List(ctx, LoadQuery{Org: "O-002", Max: 9}); err != nil || len(list) != 0 {
		t.Errorf("another's loads: %v, %v", list, err)
	}
}

func TestLoadsOfOthersAreNotBegun(t *testing.T) {
	o := openOffice(t, t.TempDir())
	var no *mulu.Refusal
	if _, err := o.loads.Begin(context.Background(), Order{Entry: entry, Org: "O-002", Size: 1}); !errors.As(err, &no) || no.Code != "not_yours" {
		t.Errorf("%v", err)
	}
	if _, err := o.loads.Begin(context.Background(), Order{Entry: "307110102001/000099", Org: provider, Size: 1}); !errors.As(err, &no) {
		t.Errorf("%v", err)
	}
	for _, size := range []int64{0, -1, MaxUpload + 1} {
		if _, err := o.loads.Begin(context.Background(), Order{Entry: entry, Org: provider, Size: size}); !errors.Is(err, ErrPart) {
			t.Errorf("%d bytes: %v", size, err)
		}
	}
	l := o.hand("a.csv", head)
	if err := o.loads.Start(context.Background(), l.ID, intake.Form{}, nil, "delete everything"); !errors.As(err, &no) {
		t.Errorf("an unknown mode: %v", err)
	}
}

// Two files for one entry are loaded one after the other, the second on what the first left.
func TestTwoLoadsAtOnce(t *testing.T) {
	o := openOffice(t, t.TempDir())
	one, two := o.hand("1.csv", head+"1,甲,,,\n"), o.hand("2.csv", head+"2,乙,,,\n")
	o.start(one, "append")
	o.start(two, "append")
	o.run()
	if one, two = o.rest(one), o.rest(two); one.Version != 1 || two.Version != 2 || two.Report.Kept != 2 {
		t.Fatalf("%+v\n%+v", one.Report, two.Report)
	}
}

func TestCancelledInTheMiddle(t *testing.T) {
	ctx := context.Background()
	o := openOffice(t, t.TempDir())
	first := o.hand("0.csv", head+"1,甲,,,\n")
	o.start(first, "replace")
	l := o.hand("a.csv", many(300_000))
	o.start(l, "replace")
	if waiting := o.hand("b.csv", head); o.loads.Cancel(ctx, waiting.ID) != nil {
		t.Error("a load that was not begun could not be cancelled")
	}
	o.run()
	o.rest(first)
	for { // until it reads
		now, err := o.loads.Get(ctx, l.ID)
		if err != nil || !now.Moving() {
			t.Fatalf("it came to an end before it was cancelled: %+v, %v", now, err)
		}
		if now.State == Reading && now.Rows > 0 {
			break
		}
	}
	if err := o.loads.Cancel(ctx, l.ID); err != nil {
		t.Fatal(err)
	}
	if l = o.rest(l); l.State != Cancelled {
		t.Fatalf("%+v", l)
	}
	list, err := o.p.Versions(ctx, entry)
	if err != nil || len(list) != 1 || o.dataset.Version != 1 {
		t.Fatalf("%v, %v", list, err)
	}
	if parts, _ := filepath.Glob(filepath.Join(o.dir, "data", "*", partPrefix+"*")); len(parts) > 0 {
		t.Errorf("left over: %v", parts)
	}
	if err := o.loads.Cancel(ctx, l.ID); !errors.Is(err, ErrLoadState) {
		t.Errorf("cancelled twice: %v", err)
	}
	o.start(l, "replace")
	if l = o.rest(l); l.State != Published || l.Report.Kept != 300_000 {
		t.Fatalf("started again: %+v", l)
	}
}

// Wherever the program stops, the load goes on when it is opened again, and the chain is told once.
func TestLoadsOutliveTheProgram(t *testing.T) {
	ctx := context.Background()
	for name, interrupt := range map[string]func(t *testing.T, o *office, l Load){
		"before it was read": func(*testing.T, *office, Load) {},
		"while it is read": func(t *testing.T, o *office, l Load) {
			o.run()
			for {
				now, err := o.loads.Get(ctx, l.ID)
				if err != nil || !now.Moving() {
					t.Fatalf("it came to an end: %+v, %v", now, err)
				}
				if now.State == Reading && now.Rows > 0 {
					return
				}
			}
		},
		"before the chain was told": func(t *testing.T, o *office, l Load) {
			began := make(chan struct{}, 1)
			o.set(func() {
				o.refuse = errors.New("no quorum")
				o.tell = func(Load) {
					select {
					case began <- struct{}{}:
					default:
					}
				}
			})
			o.run()
			<-began
		},
		"after the chain was told, before that was noted": func(t *testing.T, o *office, l Load) {
			told := make(chan struct{}, 1)
			o.set(func() {
				o.refuse = errors.New("the answer was lost")
				o.tell = func(l Load) {
					if o.told == 0 {
						o.dataset = mulu.Dataset{Entry: entry, Org: provider, Version: l.Version, Rows: l.Report.Kept, Digest: l.Digest, Status: "serving"}
						o.told++
						told <- struct{}{}
					}
				}
			})
			o.run()
			<-told
		},
		"and its version was lost meanwhile": func(t *testing.T, o *office, l Load) {
			began := make(chan Load, 1)
			o.set(func() {
				o.refuse = errors.New("no quorum")
				o.tell = func(l Load) {
					select {
					case began <- l:
					default:
					}
				}
			})
			o.run()
			l = <-began
			o.stop()
			o.stop = nil
			if err := o.p.Drop(ctx, Version{entry, l.Version, l.Digest}); err != nil {
				t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			o := openOffice(t, t.TempDir())
			l := o.hand("a.csv", many(60_000))
			o.start(l, "replace")
			interrupt(t, o, l)
			o.close()
			o.set(func() { o.refuse, o.tell = nil, nil })
			o.open()
			o.run()
			l = o.rest(l)
			if l.State != Published || l.Version != 1 || o.told != 1 {
				t.Fatalf("told %d times, %+v", o.told, l)
			}
			page, err := o.p.Query(ctx, Version{entry, 1, o.dataset.Digest}, Query{Items: []string{"code"}, Limit: MaxLimit})
			if err != nil || len(page.Rows) != MaxLimit || l.Report.Kept != 60_000 {
				t.Fatalf("%d rows of %d, %v", len(page.Rows), l.Report.Kept, err)
			}
		})
	}
}

func TestWhatTheLawRefusesIsSaid(t *testing.T) {
	o := openOffice(t, t.TempDir())
	o.refuse = &mulu.Refusal{Code: "data_version", Art: "16", Args: []string{"1", "2"}}
	o.run()
	l := o.load(head+"1,甲,,,\n", "replace")
	if l.State != Failed || !strings.Contains(l.Fault.Zh, "1") || l.Report.Published {
		t.Fatalf("%+v", l)
	}
}

// spring is a source of rows.
type spring struct {
	whole  bool
	rows   [][]string
	err    error
	kept   int
	failed []string
	due    bool
}

func (s *spring) Pull(context.Context, string, *mulu.EntryContent, bool) (Pulled, error) {
	if s.err != nil {
		return nil, s.err
	}
	return &flow{spring: s, rows: s.rows}, nil
}

func (s *spring) Due(now time.Time) ([]string, time.Time) {
	if !s.due {
		return nil, time.Time{}
	}
	s.due = false
	return []string{entry}, now.Add(time.Hour)
}

func (s *spring) Failed(_, why string) error { s.failed = append(s.failed, why); return nil }

type flow struct {
	*spring
	rows [][]string
	line int64
}

func (f *flow) Columns() []string { return []string{"code", "name"} }
func (f *flow) Only([]bool)       {}
func (f *flow) Form() intake.Form { return intake.Form{} }
func (f *flow) Close() error      { return nil }
func (f *flow) All() bool         { return f.whole }
func (f *flow) Keep() error       { f.kept++; return nil }
func (f *flow) Next() (intake.Row, error) {
	if len(f.rows) == 0 {
		return intake.Row{}, io.EOF
	}
	row := f.rows[0]
	f.rows, f.line = f.rows[1:], f.line+1
	return intake.Row{Line: f.line, Values: row}, nil
}

// Data is fetched from its owner by its plan: all of it first, then what came since; what was fetched is kept only once it is
// published, and a source that is away is told to who can mend it.
func TestPulls(t *testing.T) {
	ctx := context.Background()
	o := openOffice(t, t.TempDir())
	s := &spring{whole: true, rows: [][]string{{"1", "甲"}, {"2", "乙"}}, due: true}
	o.loads.Pulls = s
	o.run()
	turn := func(name, state string, kept int64) Load {
		t.Helper()
		l, err := o.loads.Pull(ctx, entry, provider, "p1")
		if err != nil {
			t.Fatal(name, err)
		}
		if l = o.rest(l); l.State != state || l.Report != nil && state == Published && l.Report.Kept != kept {
			t.Fatalf("%s: %s, %+v", name, l.State, l.Fault)
		}
		return l
	}
	for { // by its plan
		list, err := o.loads.List(ctx, LoadQuery{Entry: entry, Max: 1})
		if err != nil {
			t.Fatal(err)
		}
		if len(list) == 1 {
			if l := o.rest(list[0]); l.State != Published || l.Source != FromPull || l.Report.Kept != 2 || l.Person != "" || s.kept != 1 {
				t.Fatalf("%+v", l)
			}
			break
		}
	}
	o.set(func() { o.dataset.Loaded = today.Add(-time.Hour).Format(time.RFC3339) })
	s.whole, s.rows = false, [][]string{{"2", "丙"}, {"3", "丁"}}
	turn("what came since", Published, 3)
	o.set(func() { o.dataset.Loaded = today.Add(-time.Hour).Format(time.RFC3339) })
	turn("the same rows again, as of a mark that is a moment", Unchanged, 0)
	o.set(func() { o.dataset.Loaded = today.Add(-time.Hour).Format(time.RFC3339) })
	s.rows = nil
	turn("nothing new", Unchanged, 0)
	o.set(func() { o.dataset.Loaded = today.Add(-25 * time.Hour).Format(time.RFC3339) })
	turn("nothing new for a day", Published, 3)
	if s.kept != 5 || len(s.failed) != 0 {
		t.Fatalf("kept %d times, failed %q", s.kept, s.failed)
	}
	s.rows = [][]string{{"", "戊"}}
	turn("a row without its key", Rejected, 0)
	s.err = fmt.Errorf("reach it: %w", ErrAway)
	if l := turn("away", Failed, 0); !strings.Contains(l.Fault.Zh, "连接不上") {
		t.Fatalf("%+v", l.Fault)
	}
	if s.kept != 5 || len(s.failed) != 2 {
		t.Fatalf("kept %d times, failed %q", s.kept, s.failed)
	}
	var no *mulu.Refusal
	if _, err := o.loads.Pull(ctx, entry, "O-002", "p1"); !errors.As(err, &no) {
		t.Fatalf("another's entry: %v", err)
	}
}

// What serves is measured again every day, by the rules of that day.
func TestServingDataIsMeasured(t *testing.T) {
	ctx := context.Background()
	o := openOffice(t, t.TempDir())
	o.run()
	o.load(head+"1,甲,,,\n2,乙,,-5,\n", "replace")
	o.stop()
	o.stop = nil
	if _, err := o.loads.Measure(ctx, "307110102001/000099"); err == nil {
		t.Error("an entry was measured that is not there")
	}
	o.set(func() {
		o.dataset.Loaded = today.AddDate(0, -2, 0).Format(time.RFC3339)
		o.terms = &mulu.LoadTerms{Rules: []mulu.DataRule{{Check: "range", Items: []string{"staff"}, Low: "0", Level: "bad"}}}
	})
	asked := 0
	o.loads.Serving = func(context.Context) ([]string, error) { asked++; return []string{"307110102001/000099", entry}, nil }
	for range 2 { // the second time it is too early
		if err := o.loads.measureDue(ctx); err != nil {
			t.Fatal(err)
		}
	}
	list, err := o.loads.Measures(ctx, entry, 9)
	if err != nil || len(list) != 1 || asked != 2 || list[0].Version != 1 || list[0].Result.Rows != 2 {
		t.Fatalf("%+v, %v", list, err)
	}
	found := false
	for _, c := range list[0].Result.Checks {
		found = found || c.Rule == 0 && c.Bad == 1
	}
	if !found {
		t.Errorf("the rule that was set since found nothing: %+v", list[0].Result.Checks)
	}
	for i := range keepMeasures + 3 {
		o.set(func() { o.now = o.now.Add(time.Minute) })
		if _, err := o.loads.Measure(ctx, entry); err != nil {
			t.Fatal(i, err)
		}
	}
	if list, err = o.loads.Measures(ctx, entry, 999); err != nil || len(list) != keepMeasures {
		t.Fatalf("%d are kept, %v", len(list), err)
	}
}

// Files are not kept for ever: those of loads that ended a week ago, and those nobody went on with.
func TestFilesAreSwept(t *testing.T) {
	ctx := context.Background()
	o := openOffice(t, t.TempDir())
	o.run()
	done := o.load(head+"1,甲,,,\n", "replace")
	left := o.hand("left.csv", head)
	o.stop()
	o.stop = nil
	old := time.Now().Add(-keepFiles - time.Hour)
	for _, id := range []string{done.ID, left.ID} {
		if err := os.Chtimes(filepath.Join(o.dir, "uploads", id), old, old); err != nil {
			t.Fatal(err)
		}
	}
	fresh := o.hand("fresh.csv", head)
	o.set(func() { o.now = time.Now().Add(time.Minute) })
	if _, err := o.loads.db.Exec("UPDATE load SET ended = ? WHERE id = ?", old.UnixNano(), done.ID); err != nil {
		t.Fatal(err)
	}
	if err := o.loads.sweep(ctx); err != nil {
		t.Fatal(err)
	}
	for id, want := range map[string]string{done.ID: Published, left.ID: Cancelled, fresh.ID: Received} {
		l, err := o.loads.Get(ctx, id)
		if err != nil || l.State != want || l.Kept != (want == Received) {
			t.Errorf("%s: %s, kept %v, want %s, %v", id, l.State, l.Kept, want, err)
		}
	}
	if list, err := o.loads.Uploads.List(); err != nil || len(list) != 1 {
		t.Errorf("%v, %v", list, err)
	}
}
