package read

import (
	"context"
	"errors"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"mulu"
)

func TestIncrementalEqualsRebuilt(t *testing.T) {
	for seed := range uint64(4) {
		rng := rand.New(rand.NewPCG(seed, 1))
		l := newLedger()
		l.grow(rng, 2500)
		want := rebuiltDigest(t, l)
		cfg := config(t)
		for read, restarts := uint64(0), 0; read < l.Size(); restarts++ {
			cfg.Batch = 1 + rng.IntN(200)
			r, err := Open(cfg)
			if err != nil {
				t.Fatal(err)
			}
			if got := r.Position().Next; got != read {
				t.Fatalf("seed %d: reopened at %d, left at %d", seed, got, read)
			}
			read = min(l.Size(), read+1+rng.Uint64N(900))
			readAll(t, r, prefix{l, read})
			if got := r.Position().Next; got != read {
				t.Fatalf("seed %d: read %d of %d", seed, got, read)
			}
			if err := r.Close(); err != nil {
				t.Fatal(err)
			}
		}
		r := mustOpen(t, cfg)
		if got := mustDigest(t, r); got != want {
			t.Errorf("seed %d: followed step by step the content is %s, rebuilt %s", seed, got, want)
		}
	}
}

// TestRebuiltHasEveryIndex: the indexes left out while rows are written must be there afterwards.
func TestRebuiltHasEveryIndex(t *testing.T) {
	structure := func(r *Read) string {
		list, err := rows(t.Context(), r, "list the schema", `SELECT sql FROM sqlite_schema WHERE sql > '' ORDER BY name`,
			func(s scanner) (line string, err error) {
				err = s.Scan(&line)
				return line, err
			})
		if err != nil {
			t.Fatal(err)
		}
		return strings.Join(list, "\n")
	}
	cfg := config(t)
	if _, err := Rebuild(t.Context(), cfg, newLedger()); err != nil {
		t.Fatal(err)
	}
	if got, want := structure(mustOpen(t, cfg)), structure(mustOpen(t, config(t))); got != want || strings.Count(got, "INDEX") < 15 {
		t.Errorf("a rebuilt file has\n%s\na followed one\n%s", got, want)
	}
}

func TestDigestSeesEachTable(t *testing.T) {
	l := newLedger()
	l.grow(rand.New(rand.NewPCG(7, 7)), 800)
	cfg := config(t)
	r := mustOpen(t, cfg)
	readAll(t, r, l)
	want := mustDigest(t, r)
	for _, change := range []string{
		`UPDATE position SET height = height + 1`, `UPDATE record SET person = 'x' WHERE n = 3`,
		`UPDATE fact SET art = '1' WHERE place = (SELECT max(place) FROM fact)`, `UPDATE noun SET status = 'x' WHERE kind = 'org' AND id = '001'`,
		`DELETE FROM belong WHERE kind = 'dataset'`, `UPDATE tally SET count = count + 1 WHERE kind = 'node'`,
		`UPDATE org SET name = 'x' WHERE id = '001'`, `UPDATE entry SET grade = 9`, `UPDATE item SET ordinal = 9`,
		`UPDATE application SET provisional = 2`, `UPDATE deadline SET over = 2`, `UPDATE dispute SET hearings = 9`, `DELETE FROM applied WHERE article = 21`, `UPDATE article SET refused = refused + 1 WHERE number = 21`, `UPDATE "grant" SET until = ''`,
	} {
		if err := r.writer.begin(); err != nil {
			t.Fatal(err)
		}
		done, err := r.writer.conn.ExecContext(t.Context(), change)
		if err != nil {
			t.Fatalf("%s: %v", change, err)
		}
		if n, _ := done.RowsAffected(); n == 0 {
			t.Errorf("%s changes nothing, so it shows nothing", change)
		}
		if err := r.writer.commit(); err != nil {
			t.Fatal(err)
		}
		got := mustDigest(t, r)
		if got == want {
			t.Errorf("the digest does not see: %s", change)
		}
		want = got
	}
}

func TestCountsAreThoseOfTheNouns(t *testing.T) {
	l := newLedger()
	l.grow(rand.New(rand.NewPCG(3, 3)), 3000)
	cfg := config(t)
	cfg.Batch = 37
	r := mustOpen(t, cfg)
	readAll(t, r, l)
	type key struct {
		kind        mulu.Kind
		status, org string
	}
	want := map[key]int64{}
	last := map[[2]string]key{}
	for n, b := range l.records {
		p, err := parse(uint64(n), b)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range p.outcome.Facts {
			it, err := readNoun(&f)
			if err != nil {
				t.Fatal(err)
			}
			last[[2]string{string(f.Noun), f.ID}] = key{f.Noun, it.Standing(), describe(it).org}
		}
	}
	kinds := map[mulu.Kind]bool{}
	for _, k := range last {
		want[k]++
		kinds[k.kind] = true
	}
	if len(kinds) != 22 {
		t.Fatalf("the records show %d kinds of nouns, not all 22", len(kinds))
	}
	got := map[key]int64{}
	for k := range kinds {
		list, err := r.CountsByOrg(t.Context(), k)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range list {
			got[key{c.Kind, c.Status, c.Org}] = c.Count
		}
	}
	if len(got) != len(want) {
		t.Errorf("%d counts, want %d", len(got), len(want))
	}
	for k, n := range want {
		if got[k] != n {
			t.Errorf("%v: %d, want %d", k, got[k], n)
		}
	}
	all, err := r.Counts(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	sum := int64(0)
	for _, c := range all {
		sum += c.Count
	}
	if sum != int64(len(last)) {
		t.Errorf("all counts add up to %d, there are %d nouns", sum, len(last))
	}
}

func TestWaitUntilReadable(t *testing.T) {
	l := newLedger()
	r := mustOpen(t, config(t))
	short, stop := context.WithCancel(t.Context())
	stop()
	if err := r.Wait(short, 1); !errors.Is(err, context.Canceled) {
		t.Fatalf("a wait whose context ended gives %v", err)
	}
	if got := r.Lag(l); got != 1 {
		t.Errorf("lag is %d before the first record was read, want 1", got)
	}
	ctx, end := context.WithTimeout(t.Context(), time.Minute)
	defer end()
	ended := make(chan error, 1)
	following, halt := context.WithCancel(ctx)
	go func() { ended <- r.Follow(following, l) }()
	for range 50 {
		n := l.add("duty.register", "001", "", nil, fact("duty.registered", &mulu.Duty{ID: "D-001-1", Org: "001", Name: "职责", Status: "active"}, "11"))
		if err := r.Wait(ctx, n+1); err != nil {
			t.Fatal(err)
		}
		d, err := r.Noun(ctx, mulu.KindDuty, "D-001-1")
		if err != nil || d.Updated != n {
			t.Fatalf("after waiting for record %d the duty reads %+v, %v", n, d, err)
		}
	}
	if got := r.Lag(l); got != 0 {
		t.Errorf("lag is %d after waiting for the last record", got)
	}
	halt()
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
}

func TestARecordThatCannotBeRead(t *testing.T) {
	good := `{"v":1,"chain":"test-1","kind":"duty.register","org":"001","key":"K","nonce":"0","act":{}}`
	outcome := `{"n":1,"height":1,"time":"2026-09-24T10:00:00+08:00"}`
	for name, c := range map[string]struct{ record, says string }{
		"two lines":          {good + "\nc2ln\n", "three lines"},
		"rest":               {good + "\nc2ln\n" + outcome + "\nx", "three lines"},
		"broken statement":   {`{"v":1` + "\nc2ln\n" + outcome + "\n", "first line"},
		"unknown field":      {`{"v":1,"colour":"red"}` + "\nc2ln\n" + outcome + "\n", "colour"},
		"version":            {strings.Replace(good, `"v":1`, `"v":2`, 1) + "\nc2ln\n" + outcome + "\n", "version 2"},
		"unsigned":           {good + "\n\n" + outcome + "\n", "second line"},
		"signed alarm":       {`{"v":1,"chain":"test-1","kind":"alarm","act":{}}` + "\nc2ln\n" + outcome + "\n", "second line"},
		"two speakers":       {strings.Replace(good, `"org"`, `"node":"n1","org"`, 1) + "\nc2ln\n" + outcome + "\n", "either org or node"},
		"second genesis":     {`{"v":1,"chain":"test-1","kind":"genesis","act":{}}` + "\n\n" + outcome + "\n", "record 0"},
		"wrong number":       {good + "\nc2ln\n" + strings.Replace(outcome, `"n":1`, `"n":2`, 1) + "\n", "number 2"},
		"facts and refusal":  {good + "\nc2ln\n" + strings.TrimSuffix(outcome, "}") + `,"facts":[{"kind":"a","noun":"clock","id":"clock","art":null,"state":{"shift":1}}],"refused":{"code":"x","art":"1"}}` + "\n", "facts and a refusal"},
		"unknown noun":       {good + "\nc2ln\n" + strings.TrimSuffix(outcome, "}") + `,"facts":[{"kind":"a","noun":"dragon","id":"1","art":[],"state":{}}]}` + "\n", "dragon"},
		"another noun":       {good + "\nc2ln\n" + strings.TrimSuffix(outcome, "}") + `,"facts":[{"kind":"a","noun":"duty","id":"D-2","art":[],"state":{"id":"D-3"}}]}` + "\n", "D-3"},
		"state not its kind": {good + "\nc2ln\n" + strings.TrimSuffix(outcome, "}") + `,"facts":[{"kind":"a","noun":"clock","id":"clock","art":[],"state":{"id":"D-3"}}]}` + "\n", "its state"},
		"another chain":      {strings.Replace(good, "test-1", "test-2", 1) + "\nc2ln\n" + outcome + "\n", `"test-2"`},
	} {
		t.Run(name, func(t *testing.T) {
			l := newLedger()
			l.records = append(l.records, []byte(c.record))
			r := mustOpen(t, config(t))
			err := r.Follow(t.Context(), l)
			if err == nil || !strings.Contains(err.Error(), c.says) || !strings.Contains(err.Error(), "record 1") {
				t.Fatalf("says %q, should name record 1 and %q", err, c.says)
			}
			if got := r.Position().Next; got != 0 {
				t.Errorf("of the batch with the unreadable record %d records were kept", got)
			}
			if werr := r.Wait(t.Context(), 2); !errors.Is(werr, err) {
				t.Errorf("who waits hears %v instead of why following ended", werr)
			}
			l.records = l.records[:1]
			readAll(t, r, l)
		})
	}
}

func TestAnotherSourceIsNoticed(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	l := newLedger()
	l.grow(rng, 100)
	r := mustOpen(t, config(t))
	readAll(t, r, l)
	expect := func(s Source, why string) {
		t.Helper()
		var b *Broken
		if err := r.Follow(t.Context(), s); !errors.As(err, &b) || b.Why != why || !strings.Contains(err.Error(), "mulu rebuild") {
			t.Errorf("want a *Broken %q naming mulu rebuild, got %v", why, err)
		}
	}
	expect(prefix{l, 50}, "ahead")
	other := newLedger()
	other.records[0] = []byte(strings.Replace(string(other.records[0]), "district-2023", "state-council-809", 1))
	other.grow(rand.New(rand.NewPCG(1, 2)), 100)
	expect(other, "foreign")
	forked := newLedger()
	forked.grow(rand.New(rand.NewPCG(9, 9)), 150)
	expect(forked, "foreign")
}
