package gateway

import (
	"fmt"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"mulu"
	"mulu/act"
)

// A grant's own rate holds in each minute of the wall clock, whatever others do, and says when to come again.
func TestRateOfAGrant(t *testing.T) {
	clock := &wall{at: time.Date(2026, 9, 24, 9, 0, 15, 0, time.UTC)}
	w := newTown(t, func(c *Config) { c.Now = clock.now })
	w.rate = 3
	grant := w.agree(w.other, nil, "code")
	ask := func() answered { return w.ask(w.other.token, grant, `{`+purpose+`}`) }
	for range 5 {
		w.ask(w.consumer.token, grant, `{`+purpose+`}`) // another's calls do not use it up
	}
	three := func(when string) {
		t.Helper()
		for i := range 3 {
			if r := ask(); r.status != http.StatusOK {
				t.Fatalf("%s, call %d: %d %s", when, i+1, r.status, r.body)
			}
		}
		if r := ask(); r.status != 429 || r.Code != string(tooMany) || r.Art != "24" || w.receiptOf(r).Refused != tooMany || r.Detail != "该授权每分钟最多调用 3 次，请稍后再试。" {
			t.Fatalf("%s: %d %s", when, r.status, r.body)
		}
	}
	three("at first")
	if r := ask(); r.header.Get("Retry-After") != "45" {
		t.Errorf("Retry-After: %s", r.header.Get("Retry-After"))
	}
	clock.pass(44 * time.Second)
	if r := ask(); r.status != 429 || r.header.Get("Retry-After") != "1" {
		t.Errorf("%d, Retry-After %s", r.status, r.header.Get("Retry-After"))
	}
	clock.pass(2 * time.Second)
	three("the next minute")
	clock.pass(-3 * time.Second) // the clock is set back over the minute
	if r := ask(); r.status != 429 {
		t.Errorf("a clock set back gives %d", r.status)
	}
	clock.pass(10 * time.Minute)
	three("later")
}

// A grant that sets no rate of its own has the configured one.
func TestConfiguredRate(t *testing.T) {
	clock := &wall{at: time.Now()}
	r := newRates(1, 2, clock.now)
	g := &mulu.Grant{ID: "G-1"}
	if r.take(g) != nil || r.take(g) != nil {
		t.Fatal("the burst is refused")
	}
	if no := r.take(g); no == nil || no.detail != "60" {
		t.Fatalf("%+v", no)
	}
	clock.pass(time.Second)
	if r.take(g) != nil {
		t.Fatal("a second later it is refused")
	}
}

// The volume is the day's of Asia/Shanghai: it survives a restart, ends at midnight, and what is asked for at once from
// many sides is never given twice.
func TestVolumeOfAGrant(t *testing.T) {
	w := newTown(t, nil)
	w.volume = 7
	grant := w.agree(w.other, nil, "code")
	ask := func(limit int) answered {
		return w.ask(w.other.token, grant, fmt.Sprintf(`{"limit":%d,%s}`, limit, purpose))
	}
	if r := ask(5); r.status != http.StatusOK || w.receiptOf(r).Rows != 5 {
		t.Fatalf("%d %s", r.status, r.body)
	}
	w.close()
	w.open()
	r := ask(5)
	if r.status != http.StatusOK || w.receiptOf(r).Rows != 2 || r.Next == "" {
		t.Fatalf("what is left, and where to go on: %d %s", r.status, r.body)
	}
	r = ask(1)
	if x := w.receiptOf(r); r.status != 429 || r.Code != string(volumeSpent) || r.Art != "24" || x.Refused != volumeSpent || x.Rows != 0 {
		t.Fatalf("%d %s", r.status, r.body)
	}
	if s, err := strconv.Atoi(r.header.Get("Retry-After")); err != nil || s < 1 || s > 24*3600 {
		t.Errorf("Retry-After: %s", r.header.Get("Retry-After"))
	}
	w.say(w.bureau, &act.AdvanceClock{To: "2026-09-24T23:59:00+08:00"})
	if r := ask(1); r.Code != string(volumeSpent) {
		t.Fatalf("before midnight: %d %s", r.status, r.body)
	}
	w.say(w.bureau, &act.AdvanceClock{To: "2026-09-25T00:00:00+08:00"})

	var given atomic.Int64
	var sides sync.WaitGroup
	for range 8 {
		sides.Go(func() {
			for range 5 {
				if r := ask(1); r.status == http.StatusOK {
					given.Add(1)
				} else if r.Code != string(volumeSpent) {
					t.Errorf("%d %s", r.status, r.body)
				}
			}
		})
	}
	sides.Wait()
	if given.Load() != 7 {
		t.Errorf("%d rows were given on the second day", given.Load())
	}
	if uses, err := w.gateway.Uses(t.Context(), grant, 2); err != nil || uses[0].Rows != 7 || uses[1].Rows != 7 {
		t.Errorf("%v, %v", uses, err)
	}
}

// A check counts as one row, a batch file with more rows than are left is not given.
func TestVolumeOfOtherMethods(t *testing.T) {
	w := newTown(t, nil)
	w.volume = 2
	checks, files := w.agreeTo(check, w.other, nil, "code"), w.agreeTo(batch, w.consumer, nil, "code", "street")
	body := `{"filters":[{"item":"code","values":["nobody"]}],` + purpose + `}`
	for _, want := range []int{200, 200, 429} {
		if r := w.call(check, w.other.token, checks, body); r.status != want || r.status == 429 && r.Code != string(volumeSpent) {
			t.Errorf("%d %s, want %d", r.status, r.body, want)
		}
	}
	if r := w.call(batch, w.consumer.token, files, `{`+purpose+`}`); r.Code != string(volumeSpent) || r.status != 429 {
		t.Errorf("%d %s", r.status, r.body)
	}
	if r := w.call(batch, w.consumer.token, files, `{"filters":[{"item":"street","values":["110102001"]}],`+purpose+`}`); r.status != 200 {
		t.Errorf("%d %s", r.status, r.body)
	}
	if r := w.call(batch, w.consumer.token, files, `{"filters":[{"item":"street","values":["110102007"]}],`+purpose+`}`); r.Code != string(volumeSpent) {
		t.Errorf("%d %s", r.status, r.body)
	}
	w.nothingAside()
}
