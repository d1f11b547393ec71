package read

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"syscall"
	"testing"

	"mulu"
)

// blocksLedger fills a block of the search index and then rewords so many of its entries that it is written anew. A record
// carries many facts, so that there are few.
func blocksLedger() *ledger {
	l := newLedger()
	l.add("org.register", "001", "", nil, fact("org.registered", &mulu.Org{ID: "002", Name: "区民政局", Short: "民政", Sort: mulu.Organ, Bound: true, SigningKey: "K", Status: "active"}, "15"))
	write := func(from, to int, name string) {
		for ; from < to; from += 700 {
			var facts []mulu.Fact
			for i := from; i < min(to, from+700); i++ {
				c := &mulu.EntryContent{Name: fmt.Sprintf("%s%d", name, i), Summary: "说明", Items: []mulu.Item{{Name: "姓名", Field: "xm", Type: "C", Grade: 1}}}
				facts = append(facts, fact("entry.published", &mulu.Entry{Code: fmt.Sprintf("307110102002/%06d", i), Org: "002", Status: "published", Version: 1, Now: c}, "11"))
			}
			l.add("entry.verify", "002", "", nil, facts...)
		}
	}
	write(0, blockTexts+300, "低保")
	write(0, blockTexts/2+500, "特困")
	return l
}

// TestBlocksSurviveKills: killed before and after a block is written, and between writing one anew and dropping the old
// one, everything is found again and nothing is left behind.
func TestBlocksSurviveKills(t *testing.T) {
	l := blocksLedger()
	l.add("tick", "", "n1", nil) // what is due is written with the next batch, which must come
	cfg := config(t)
	cfg.Batch = 1
	whole := mustOpen(t, cfg)
	readAll(t, whole, l)
	want := mustDigest(t, whole)
	check := func(t *testing.T, r *Read) {
		t.Helper()
		for _, q := range []Query{{Words: "低保"}, {Words: "特困"}, {Words: "困1"}, {Words: "姓名"}, {Words: "xm 说明"}, {Words: "保8191"}, {Words: "民政"}} {
			a, err := whole.Search(t.Context(), q)
			if err != nil {
				t.Fatal(err)
			}
			b, err := r.Search(t.Context(), q)
			if err != nil {
				t.Fatal(err)
			}
			same := func(x, y Hit) bool { return x.Code == y.Code }
			if a.Total == 0 || a.Total != b.Total || !slices.EqualFunc(a.Hits, b.Hits, same) {
				t.Errorf("%s: %d found, %d without a kill", q.Words, b.Total, a.Total)
			}
		}
		z, err := r.SearchSize(t.Context())
		if err != nil || z.Blocks != 1 {
			t.Errorf("%+v, %v; one block should be on disk", z, err)
		}
		pages, err := row(t.Context(), r, "count pages", "SELECT count(*) FROM search_page", scanInt)
		if n := len(r.index.blocks[0].first); err != nil || pages != n {
			t.Errorf("%d pages on disk (%v), the block has %d", pages, err, n)
		}
	}
	check(t, whole)
	if b := whole.index.blocks[0]; b.slot != 2 || b.written >= blockTexts {
		t.Fatalf("the block was to be written anew, but stands under slot %d with %d texts", b.slot, b.written)
	}
	for _, point := range []string{"before-block:1", "after-block:1", "before-block:2", "after-block:2"} {
		t.Run(point, func(t *testing.T) {
			cfg := config(t)
			child := exec.Command(os.Args[0], "-test.run=^TestKilled$")
			child.Env = append(os.Environ(), "READ_KILL_AT="+point, "READ_PATH="+cfg.Path, "READ_LEDGER=blocks")
			out, err := child.CombinedOutput()
			var exit *exec.ExitError
			if !errors.As(err, &exit) || exit.Sys().(syscall.WaitStatus).Signal() != syscall.SIGKILL {
				t.Fatalf("the child was not killed: %v\n%s", err, out)
			}
			r := mustOpen(t, cfg)
			readAll(t, r, l)
			check(t, r)
			if got := mustDigest(t, r); got != want {
				t.Error("the content differs from one without a kill")
			}
		})
	}
}

// A page of the index that was changed on disk is noticed where it does not read, and a rebuild mends it.
func TestDamagedSearchPage(t *testing.T) {
	l := blocksLedger()
	cfg := config(t)
	r := mustOpen(t, cfg)
	readAll(t, r, l)
	if _, err := r.writer.conn.ExecContext(t.Context(), "UPDATE search_page SET lists = x'0580'"); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Search(t.Context(), Query{Words: "低保"}); err == nil {
		t.Error("a torn page is read as if it were whole")
	}
	r.Close()
	if _, err := Rebuild(t.Context(), cfg, l); err != nil {
		t.Fatal(err)
	}
	if f, err := mustOpen(t, cfg).Search(t.Context(), Query{Words: "低保"}); err != nil || f.Total == 0 {
		t.Errorf("after a rebuild: %d, %v", f.Total, err)
	}
}
