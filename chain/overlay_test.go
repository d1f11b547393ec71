package chain

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"mulu/act"
	"mulu/law"
)

// An overlay answers as a block's batch does over the same store, whatever is written, deleted, read and scanned.
func TestOverlayIsLikeABatch(t *testing.T) {
	for seed := range uint64(20) {
		r := rand.New(rand.NewPCG(seed, 1))
		m := bare(t, newTown(t, 1, nil))
		key := func() string { return fmt.Sprintf("t/%02d", r.IntN(40)) }
		some := func(n int) []law.Write {
			var ws []law.Write
			for range n {
				w := law.Write{Key: key()}
				if r.IntN(3) > 0 {
					w.Value = fmt.Appendf(nil, "%d", r.IntN(1000))
				}
				ws = append(ws, w)
			}
			return ws
		}
		base := m.store.db.NewBatch()
		if err := write(base, some(30)); err != nil {
			t.Fatal(err)
		}
		if err := base.Commit(nil); err != nil {
			t.Fatal(err)
		}
		batch := m.store.db.NewIndexedBatch()
		over := newOverlay(state{m.store.db})
		for range 10 {
			ws := some(r.IntN(8))
			if err := write(batch, ws); err != nil {
				t.Fatal(err)
			}
			over.write(ws)
			k := key()
			gotV, got := over.Get(k)
			wantV, want := state{batch}.Get(k)
			if got != want || string(gotV) != string(wantV) {
				t.Fatalf("seed %d, get %s: %q %v, want %q %v", seed, k, gotV, got, wantV, want)
			}
			from, to, most := key(), key(), r.IntN(12)
			if g, w := scan(over, from, to, most), scan(state{batch}, from, to, most); !slices.Equal(g, w) {
				t.Fatalf("seed %d, scan %s to %s: %v, want %v", seed, from, to, g, w)
			}
		}
		if err := batch.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func scan(st law.State, from, to string, most int) (got []string) {
	st.Scan(from, to, func(key string, value []byte) bool {
		if len(got) == most {
			return false
		}
		got = append(got, key+"="+string(value))
		return len(got) < most
	})
	return got
}

// What TryAll foretells for several acts is what comes of them when they are said one after another.
func TestTryAllForetells(t *testing.T) {
	w := newTown(t, 1, nil)
	c := w.open(0)
	again := *w.registering(1)
	acts := []act.Act{
		&act.RegisterDuty{Name: "统筹公共数据", Basis: "三定"},
		&act.RegisterDuty{Name: "统筹公共数据", Basis: "三定"},
		&act.AmendDuty{Duty: "001-1", Name: "统筹全区公共数据"},
		&act.RegisterDuty{Name: "统筹公共数据", Basis: "三定"}, // the name is free again
		&act.RetireDuty{Duty: "001-9", Why: "没有这项"},
		w.registering(1),
		&again,
		w.registering(2),
	}
	facts, no := c.Try(acts[0], "001", "", w.bureau.Public().String())
	if no != nil {
		t.Fatal(no)
	}
	acts[2].(*act.AmendDuty).Duty = facts[0].ID // the id that the first one will have
	told := c.TryAll(acts, "001", "", w.bureau.Public().String())
	if size := c.Size(); size != 1 {
		t.Fatalf("trying made %d records", size-1)
	}
	refused := 0
	for i, a := range acts {
		o, err := c.Submit(soon(t), w.say(a))
		if err != nil {
			t.Fatal(err)
		}
		if (o.Refused == nil) != (told[i] == nil) || o.Refused != nil && (o.Refused.Code != told[i].Code || o.Refused.Art != told[i].Art) {
			t.Errorf("act %d (%s): %v came, %v was foretold", i, a.Kind(), o.Refused, told[i])
		}
		if o.Refused != nil {
			refused++
		}
	}
	if refused != 3 {
		t.Errorf("%d were refused", refused)
	}
	for _, no := range c.TryAll(acts[:2], "001", "", newKey(t).Public().String()) {
		if no == nil || no.Code != "key_unknown" {
			t.Errorf("with a foreign key: %v", no)
		}
	}
	if got := c.TryAll(nil, "001", "", ""); len(got) != 0 {
		t.Error(got)
	}
}
