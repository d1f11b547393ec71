package notify

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"mulu"
	"mulu/people"
	"mulu/read"
)

// A new file begins with what happens from then on; a file that is there goes on where it was.
func TestFirstStartBeginsNow(t *testing.T) {
	h := newHouse(t, parse(t, opening+applying))
	h.play(t, nil, parse(t, opening+applying))
	n := h.open(t, h.config())
	if err := h.pass(n); err != nil {
		t.Fatal(err)
	}
	if got := all(t, n); len(got) != 0 {
		t.Fatalf("of what was before, %d are told: %+v", len(got), got)
	}
	if err := n.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := h.stage.Advance(time.Date(2026, 3, 10, 8, 0, 0, 0, mulu.Shanghai())); err != nil { // deemed while the node is down
		t.Fatal(err)
	}
	n = h.open(t, h.config())
	if err := h.pass(n); err != nil {
		t.Fatal(err)
	}
	if got := occasions1(all(t, n)); !slices.Equal(got, []string{"application.deemed 003", "application.deemed 002", "grant.due 002"}) {
		t.Errorf("%v", got)
	}
}

func occasions1(list []Notice) (keys []string) {
	for _, m := range list {
		keys = append(keys, m.Occasion+" "+m.Org)
	}
	return keys
}

// Run follows by itself, in real time, and ends when it should.
func TestRunFollowsAndSends(t *testing.T) {
	h, o, cfg := aMailHouse(t, opening+applying)
	cfg.Now = time.Now
	n := h.open(t, cfg)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- n.Run(ctx) }()
	h.play(t, nil, parse(t, opening+applying))
	for deadline := time.Now().Add(time.Minute); len(o.got()) < 3; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%d letters arrived", len(o.got()))
		}
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// A term is told of once on the working day before its last and once on its last, from nine on, across holidays; and again when
// it has moved. What was missed is told late, if it still holds.
func TestTermsAreToldOf(t *testing.T) {
	at := func(s string) time.Time {
		v, err := time.ParseInLocation("2006-01-02 15:04", s, mulu.Shanghai())
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	h := newHouse(t, parse(t, strings.Replace(opening, "2026-03-02", "2026-09-28", 1)+applying)) // answer by 2026-10-10; the holiday ends on the 7th
	n := h.open(t, h.config())
	h.play(t, n, parse(t, strings.Replace(opening, "2026-03-02", "2026-09-28", 1)+applying))
	w, err := n.world(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	terms, err := h.read.Deadlines(t.Context(), read.DeadlineQuery{What: "answer"})
	if err != nil || len(terms) != 1 {
		t.Fatal(terms, err)
	}
	term := terms[0]
	for _, c := range []struct {
		due, since, now, want string
	}{
		{"2026-10-13T00:00:00+08:00", "2026-09-28T10:00:00+08:00", "2026-10-11 09:00", "deadline.near 1"}, // Sunday: missed on Saturday, which is worked (10th)
		{"2026-10-13T00:00:00+08:00", "2026-09-28T10:00:00+08:00", "2026-10-10 08:59", ""},
		{"2026-10-13T00:00:00+08:00", "2026-09-28T10:00:00+08:00", "2026-10-10 09:00", "deadline.near 1"},
		{"2026-10-13T00:00:00+08:00", "2026-09-28T10:00:00+08:00", "2026-10-12 08:59", ""},
		{"2026-10-13T00:00:00+08:00", "2026-09-28T10:00:00+08:00", "2026-10-12 09:00", "deadline.last 0"},
		{"2026-10-13T00:00:00+08:00", "2026-09-28T10:00:00+08:00", "2026-10-12 23:59", "deadline.last 0"},
		{"2026-10-13T00:00:00+08:00", "2026-09-28T10:00:00+08:00", "2026-10-13 00:00", ""},
		{"2026-10-09T00:00:00+08:00", "2026-09-28T10:00:00+08:00", "2026-09-29 23:59", ""},                // before the holiday
		{"2026-10-09T00:00:00+08:00", "2026-09-28T10:00:00+08:00", "2026-09-30 09:00", "deadline.near 1"}, // the working day before the 8th
		{"2026-10-09T00:00:00+08:00", "2026-09-28T10:00:00+08:00", "2026-10-03 12:00", "deadline.near 1"},
		{"2026-10-09T00:00:00+08:00", "2026-10-08T08:00:00+08:00", "2026-10-08 08:30", ""}, // begun after the day before
		{"2026-10-09T00:00:00+08:00", "2026-10-08T08:00:00+08:00", "2026-10-08 09:00", "deadline.last 0"},
		{"2026-10-09T00:00:00+08:00", "2026-10-08T09:30:00+08:00", "2026-10-08 10:00", ""}, // told when it came
		{"2026-10-09T00:00:00+08:00", "", "2026-10-08 10:00", "deadline.last 0"},
	} {
		d := term
		d.Due, d.Since = c.due, c.since
		m, due, err := w.reminder(d, at(c.now))
		got := ""
		if due {
			got = fmt.Sprint(m.Occasion, " ", m.Days)
		}
		if err != nil || got != c.want {
			t.Errorf("due %s since %s at %s: %q, want %q (%v)", c.due, c.since, c.now, got, c.want, err)
		}
	}
	// The whole way, and over it again with another program: each once.
	for _, day := range []string{"2026-09-30 09:00", "2026-10-09 10:00", "2026-10-10 12:00", "2026-10-12 08:00", "2026-10-12 10:00", "2026-10-12 18:00"} {
		if _, err := h.stage.Advance(at(day)); err != nil {
			t.Fatal(err)
		}
		n.slot = "" // as a restart does
		if err := h.pass(n); err != nil {
			t.Fatal(err)
		}
	}
	var reminded []string
	for _, m := range all(t, n) {
		if m.Task != "" {
			reminded = append(reminded, m.Occasion+" "+m.Number+" "+m.At.Format("01-02 15:04"))
		}
	}
	want := []string{"deadline.near A-000001 10-09 09:00", "deadline.last A-000001 10-10 09:00"} // the 10th, a Saturday, is worked
	if !slices.Equal(reminded, want) {
		t.Errorf("due %s: %v, want %v", terms[0].Due, reminded, want)
	}
}

// Who has the role sees a notice, and only of their institution; what was shown is no longer counted.
func TestWhoSeesWhat(t *testing.T) {
	h := newHouse(t, parse(t, opening+applying))
	n := h.open(t, h.config())
	steward := h.member(t, "steward", "002", "", "", people.Steward)
	approver := h.member(t, "approver", "002", "", "", people.Approver, people.System)
	reader := h.member(t, "reader", "002", "", "", people.Reader)
	other := h.member(t, "other", "003", "", "", people.Steward, people.Approver)
	h.clock.pass(time.Second)
	h.play(t, n, parse(t, opening+applying))
	h.clock.pass(time.Second)
	late := h.member(t, "late", "002", "", "", people.Steward)
	for _, c := range []struct {
		who          people.Person
		seen, unread int
	}{{steward, 2, 2}, {approver, 1, 1}, {reader, 0, 0}, {other, 0, 0}, {late, 2, 0}} {
		list, err := n.Notices(t.Context(), c.who)
		if err != nil || len(list) != c.seen {
			t.Errorf("%s sees %v, %v", c.who.Login, list, err)
		}
		if got, err := n.Unread(t.Context(), c.who); err != nil || got != c.unread {
			t.Errorf("%s has %d unread, %v", c.who.Login, got, err)
		}
	}
	list, err := n.Notices(t.Context(), steward)
	if err != nil || list[0].N < list[1].N {
		t.Fatalf("the newest is not first: %+v %v", list, err)
	}
	if err := n.See(t.Context(), steward, list[0].N); err != nil {
		t.Fatal(err)
	}
	if err := n.See(t.Context(), steward, list[1].N); err != nil { // an older page, opened before, takes nothing back
		t.Fatal(err)
	}
	last, err := n.Seen(t.Context(), steward)
	if got, uerr := n.Unread(t.Context(), steward); err != nil || uerr != nil || got != 0 || last != list[0].N {
		t.Errorf("%d unread after all were shown, %v, last %d", got, uerr, last)
	}
}

func TestForeignFiles(t *testing.T) {
	h := newHouse(t, parse(t, opening))
	cfg := h.config()
	n := h.open(t, cfg)
	h.play(t, n, parse(t, opening))
	if info, err := os.Stat(cfg.Path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info.Mode(), err)
	}
	wrong := cfg
	wrong.Key = []byte(strings.Repeat("x", 32))
	if _, err := Open(wrong); !errors.Is(err, ErrKey) {
		t.Errorf("another key: %v", err)
	}
	if _, err := n.db.Exec("UPDATE cursor SET chain = 'another'"); err != nil {
		t.Fatal(err)
	}
	if err := h.pass(n); err == nil || !strings.Contains(err.Error(), "another") {
		t.Errorf("another chain's: %v", err)
	}
	for name, make := range map[string]string{"later": "PRAGMA user_version = 99", "foreign": "PRAGMA application_id = 5"} {
		cfg := cfg
		cfg.Path = filepath.Join(t.TempDir(), name)
		n := h.open(t, cfg)
		if _, err := n.db.Exec(make); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(cfg); err == nil || !strings.Contains(err.Error(), cfg.Path) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A chain put back to a backup goes on from where it ends; what is old is dropped, and what is told stays told.
func TestPutBackAndForgotten(t *testing.T) {
	h := newHouse(t, parse(t, opening+applying))
	n := h.open(t, h.config())
	if _, err := n.db.Exec("UPDATE cursor SET next = 1000"); err != nil {
		t.Fatal(err)
	}
	if err := n.Close(); err != nil {
		t.Fatal(err)
	}
	n = h.open(t, h.config())
	h.play(t, n, parse(t, opening+applying))
	if got := occasions1(all(t, n)); !slices.Equal(got, []string{"entry.verified 002", "application.received 002"}) {
		t.Fatalf("%v", got)
	}
	if err := n.forget(t.Context()); err != nil || len(all(t, n)) != 2 {
		t.Fatal(err)
	}
	h.clock.pass((keptDays + 1) * 24 * time.Hour)
	if err := n.forget(t.Context()); err != nil || len(all(t, n)) != 0 {
		t.Fatal(err, len(all(t, n)))
	}
	if err := h.pass(n); err != nil || len(all(t, n)) != 0 {
		t.Fatal(err, all(t, n))
	}
}
