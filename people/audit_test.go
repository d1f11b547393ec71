package people

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestEvents(t *testing.T) {
	p, c := open(t)
	ctx := t.Context()
	if n, err := p.CheckEvents(ctx); n != 0 || err != nil {
		t.Errorf("an empty log: %d %v", n, err)
	}
	for i, e := range []Event{
		{Person: "p-1", Org: "001", Kind: "login", OK: true, From: "10.0.0.1"},
		{Person: "p-2", Org: "002", Kind: "login", Detail: "wrong"},
		{Person: "p-1", Org: "001", Kind: "act", Target: "entry.verify", Detail: "E-1", OK: true},
		{Person: "p-1", Org: "001", Kind: "account.close", Target: "p-3", OK: true},
		{Person: "p-2", Org: "002", Kind: "accounting", OK: true},
	} {
		e.N, e.Time = int64(100+i), time.Unix(1, 0) // are not the caller's to say
		ok(t, p.Note(ctx, e))
		c.pass(time.Hour)
	}
	at := start().now()
	for _, q := range []struct {
		f    EventFilter
		want string
	}{
		{EventFilter{}, "54321"},
		{EventFilter{Person: "p-1"}, "431"},
		{EventFilter{Org: "002"}, "52"},
		{EventFilter{Kind: "login"}, "21"},
		{EventFilter{Kind: "account."}, "4"},
		{EventFilter{OK: &no}, "2"},
		{EventFilter{OK: &yes, Org: "002"}, "5"},
		{EventFilter{From: at.Add(time.Hour), To: at.Add(3 * time.Hour)}, "32"},
		{EventFilter{Limit: 2}, "54"},
		{EventFilter{Limit: 2, Before: 4}, "32"},
		{EventFilter{Before: 1}, "54321"[:0]},
	} {
		var got strings.Builder
		for _, e := range must(p.Events(ctx, q.f))(t) {
			got.WriteByte(byte('0' + e.N))
		}
		if got.String() != q.want {
			t.Errorf("%+v: %s, want %s", q.f, got.String(), q.want)
		}
	}
	e := must(p.Events(ctx, EventFilter{Before: 2}))(t)[0]
	if e.Person != "p-1" || e.Org != "001" || e.Kind != "login" || !e.OK || e.From != "10.0.0.1" || !e.Time.Equal(at) {
		t.Errorf("%+v", e)
	}
	ok(t, p.Note(ctx, Event{Kind: strings.Repeat("长", 200), Detail: strings.Repeat("x", 5000) + "\xff"}))
	if e := must(p.Events(ctx, EventFilter{Limit: 1}))(t)[0]; len([]rune(e.Kind)) != 100 || len([]rune(e.Detail)) != 1000 {
		t.Errorf("%d %d", len(e.Kind), len(e.Detail))
	}
	if n, err := p.CheckEvents(ctx); n != 6 || err != nil {
		t.Errorf("%d %v", n, err)
	}
}

// Whatever is done to the log by who has the file and not the key, the check names the first event that is not as it was.
func TestTamperedLog(t *testing.T) {
	const free = "DROP TRIGGER event_stays; DROP TRIGGER event_remains; "
	for _, c := range []struct {
		name, forge string
		n           int64
	}{
		{"a person", free + "UPDATE event SET person = 'p-9' WHERE n = 3", 3},
		{"an institution", free + "UPDATE event SET org = '009' WHERE n = 4", 4},
		{"a kind", free + "UPDATE event SET kind = 'look' WHERE n = 1", 1},
		{"a target", free + "UPDATE event SET target = '' WHERE n = 2", 2},
		{"a moment", free + "UPDATE event SET time = time + 1 WHERE n = 5", 5},
		{"a failure to a success", free + "UPDATE event SET ok = 1 - ok WHERE n = 3", 3},
		{"a detail", free + "UPDATE event SET more = (SELECT more FROM event WHERE n = 2) WHERE n = 3", 3},
		{"a mac", free + "UPDATE event SET mac = zeroblob(32) WHERE n = 6", 6},
		{"one removed", free + "DELETE FROM event WHERE n = 3", 3},
		{"the first removed", free + "DELETE FROM event WHERE n = 1", 1},
		{"the last removed", free + "DELETE FROM event WHERE n = 8", 8},
		{"the last removed and its head put back", free + "DELETE FROM event WHERE n = 8; UPDATE event_head SET n = 7", 8},
		{"all removed", free + "DELETE FROM event", 1},
		{"all removed with the head", free + "DELETE FROM event; DELETE FROM event_head", 0},
		{"removed and numbered anew", free + "DELETE FROM event WHERE n = 3; UPDATE event SET n = n - 1 WHERE n > 3", 3},
		{"two exchanged", free + "UPDATE event SET n = 99 WHERE n = 3; UPDATE event SET n = 3 WHERE n = 4; UPDATE event SET n = 4 WHERE n = 99", 3},
		{"one put in", "INSERT INTO event SELECT 9, time, person, org, kind, target, ok, more, mac FROM event WHERE n = 8", 9},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, clock := open(t)
			for i := range 8 {
				ok(t, p.Note(t.Context(), Event{Person: "p-1", Org: "001", Kind: "act", Target: "t", OK: i%2 == 0, Detail: strings.Repeat("d", i)}))
				clock.pass(time.Second)
			}
			if n := must(p.CheckEvents(t.Context()))(t); n != 8 {
				t.Fatal(n)
			}
			if _, err := raw(t, p.cfg.Path).Exec(c.forge); err != nil {
				t.Fatal(err)
			}
			_, err := p.CheckEvents(t.Context())
			var bad *Tampered
			if c.n == 0 { // who takes away everything leaves an empty log: a copy elsewhere shows it
				ok(t, err)
				return
			}
			if !errors.As(err, &bad) || bad.N != c.n {
				t.Errorf("%v, want event %d", err, c.n)
			}
		})
	}
}

// The database itself refuses to change or remove an event.
func TestLogIsOnlyAddedTo(t *testing.T) {
	p, _ := open(t)
	ok(t, p.Note(t.Context(), Event{Kind: "look"}))
	db := raw(t, p.cfg.Path)
	for _, q := range []string{"UPDATE event SET kind = 'x'", "DELETE FROM event"} {
		if _, err := db.Exec(q); err == nil {
			t.Errorf("%s is done", q)
		}
	}
}

// Many who note at once make one chain.
func TestNotesAtOnce(t *testing.T) {
	p, _ := open(t)
	q := reopen(t, p.cfg) // as a command of the owner beside the running program
	var wg sync.WaitGroup
	for range 4 {
		for _, who := range []*People{p, q} {
			wg.Go(func() {
				for range 10 {
					if err := who.Note(t.Context(), Event{Kind: "look", OK: true}); err != nil {
						t.Error(err)
					}
				}
			})
		}
	}
	wg.Wait()
	if n := must(p.CheckEvents(t.Context()))(t); n != 80 {
		t.Errorf("%d events", n)
	}
}
