package notify

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"flag"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"mulu"
	"mulu/act"
	"mulu/law/script"
	"mulu/people"
	"mulu/read"
	"mulu/sm"
)

var update = flag.Bool("update", false, "rewrite what tests compare with")

// A stage plays a script on the law itself and writes what happens as records, which the read model follows. The law's clock
// moves by script; at nine each morning on its way somebody may look.
type stage struct {
	*script.Bare
	mu      sync.Mutex // guards what follows
	records [][]byte
	grown   chan struct{}
	now     time.Time

	look func() error
}

func newStage(t testing.TB, s *script.Script) *stage {
	t.Helper()
	bare, err := script.NewBare(s)
	if err != nil {
		t.Fatal(err)
	}
	g := &stage{Bare: bare, now: s.Begin, grown: make(chan struct{}), look: func() error { return nil }}
	var facts []mulu.Fact
	for _, f := range []mulu.Fact{{Noun: mulu.KindOrg, ID: "001"}, {Noun: mulu.KindProfile, ID: "profile"}, {Noun: mulu.KindCalendar, ID: "2024"},
		{Noun: mulu.KindCalendar, ID: "2025"}, {Noun: mulu.KindCalendar, ID: "2026"}} {
		raw, ok := bare.Get(f.Noun, f.ID)
		if !ok {
			t.Fatalf("the genesis has no %s %s", f.Noun, f.ID)
		}
		f.Kind, f.Art, f.State = string(f.Noun)+".founded", []mulu.Cite{"5"}, raw
		facts = append(facts, f)
	}
	g.add("genesis", "", g.now, facts, nil)
	return g
}

func (g *stage) add(kind, org string, at time.Time, facts []mulu.Fact, refused *mulu.Refusal) {
	g.mu.Lock()
	defer g.mu.Unlock()
	n := uint64(len(g.records))
	said := map[string]any{"v": 1, "chain": "script", "kind": kind, "act": struct{}{}}
	signature := ""
	if kind != "genesis" && kind != "alarm" {
		said["key"], said["nonce"], signature = "K", fmt.Sprintf("%032x", n), "c2ln"
		said["org"] = org
		if org == "" {
			delete(said, "org")
			said["node"] = "node-1"
		}
	}
	g.records = append(g.records, fmt.Appendf(nil, "%s\n%s\n%s\n", encode(said), signature, encode(mulu.Outcome{N: n, Height: int64(n) + 1, Time: at, Facts: facts, Refused: refused})))
	close(g.grown)
	g.grown = make(chan struct{})
}

func encode(v any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic(err)
	}
	return bytes.TrimSuffix(b.Bytes(), []byte{'\n'})
}

// Say and Advance make it a script's stage.
func (g *stage) Say(by script.By, a act.Act) ([]mulu.Fact, *mulu.Refusal, error) {
	facts, refused, err := g.Bare.Say(by, a)
	if err != nil {
		return nil, nil, err
	}
	g.add(a.Kind(), by.Org, g.Law(), facts, refused)
	return facts, refused, g.look()
}

func (g *stage) Advance(to time.Time) (all []script.Happening, err error) {
	for g.Law().Before(to) {
		at := g.Law().In(mulu.Shanghai())
		next := time.Date(at.Year(), at.Month(), at.Day(), morning, 0, 0, 0, mulu.Shanghai())
		if !next.After(at) {
			next = next.AddDate(0, 0, 1)
		}
		if next.After(to) {
			next = to
		}
		some, err := g.Bare.Advance(next)
		if err != nil {
			return nil, err
		}
		for _, h := range some {
			g.add("alarm", "", h.Time, h.Facts, nil)
		}
		all = append(all, some...)
		g.mu.Lock()
		g.now = next
		g.mu.Unlock()
		if err := g.look(); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// Law is the law's time.
func (g *stage) Law() time.Time {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.now
}

// Records, Wait and Size make it what a read model follows.
func (g *stage) Records(from uint64, max int) ([][]byte, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.records[min(from, uint64(len(g.records))):min(uint64(len(g.records)), from+uint64(max))], nil
}

func (g *stage) Size() uint64 {
	g.mu.Lock()
	defer g.mu.Unlock()
	return uint64(len(g.records))
}

func (g *stage) Wait(ctx context.Context, size uint64) error {
	for {
		g.mu.Lock()
		enough, grown := uint64(len(g.records)) >= size, g.grown
		g.mu.Unlock()
		if enough {
			return nil
		}
		select {
		case <-grown:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// clock is this machine's time, moved by a test.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// A house is the real rooms around the reminders: a read model that follows a stage, accounts, and a machine's clock.
type house struct {
	dir    string
	stage  *stage
	read   *read.Read
	people *people.People
	clock  *clock
	close  func(testing.TB)
}

func newHouse(t testing.TB, s *script.Script) *house {
	t.Helper()
	return houseIn(t, t.TempDir(), s)
}

func houseIn(t testing.TB, dir string, s *script.Script) *house {
	t.Helper()
	h := &house{dir: dir, stage: newStage(t, s), clock: &clock{at: time.Date(2026, 3, 2, 9, 0, 0, 0, mulu.Shanghai())}}
	h.openRooms(t)
	return h
}

func (h *house) openRooms(t testing.TB) {
	t.Helper()
	var err error
	if h.read, err = read.Open(read.Config{Path: filepath.Join(h.dir, "read.db"), ActID: func(line []byte) string {
		d := sm.Sum(line)
		return hex.EncodeToString(d[:])
	}}); err != nil {
		t.Fatal(err)
	}
	following, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- h.read.Follow(following, h.stage) }()
	if h.people, err = people.Open(people.Config{Path: filepath.Join(h.dir, "people.db"), Key: []byte(strings.Repeat("p", 32)), Now: h.clock.now}); err != nil {
		t.Fatal(err)
	}
	var once sync.Once
	h.close = func(t testing.TB) {
		once.Do(func() {
			stop()
			for _, err := range []error{<-ended, h.read.Close(), h.people.Close()} {
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	t.Cleanup(func() { h.close(t) })
}

func (h *house) config() Config {
	return Config{Path: filepath.Join(h.dir, "notify.db"), Key: []byte(strings.Repeat("n", 32)), Node: "node-1", Read: h.read, People: h.people, Size: h.stage.Size,
		Law: h.stage.Law, Now: h.clock.now}
}

func (h *house) open(t testing.TB, cfg Config) *Notify {
	t.Helper()
	n, err := Open(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := n.Close(); err != nil {
			t.Error(err)
		}
	})
	return n
}

// pass lets the reminders look once at everything that happened and at terms.
func (h *house) pass(n *Notify) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := h.read.Wait(ctx, h.stage.Size()); err != nil {
		return err
	}
	if _, err := n.catchUp(ctx); err != nil {
		return err
	}
	return n.remind(ctx)
}

// play says a script's lines on the house's stage; after each the reminders look.
func (h *house) play(t testing.TB, n *Notify, s *script.Script) {
	t.Helper()
	if n != nil {
		h.stage.look = func() error { return h.pass(n) }
	}
	err := script.Play(s, h.stage, func(p script.Played) error {
		if p.Differs() && len(p.Step.Expect) > 0 {
			return fmt.Errorf("line %d: got\n%s", p.Step.Line, strings.Join(p.Got, "\n"))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func parse(t testing.TB, text string) *script.Script {
	t.Helper()
	s, err := script.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// member makes an account, with a confirmed address where one is given.
func (h *house) member(t testing.TB, login, org, address, lang string, roles ...people.Role) people.Person {
	t.Helper()
	ctx := t.Context()
	_, token, err := h.people.Invite(ctx, people.Owner, people.Account{Login: login, Name: "某" + login, Org: org, Roles: roles})
	if err != nil {
		t.Fatal(err)
	}
	p, err := h.people.Redeem(ctx, token, "Chun-Xiao-2026", people.Origin{})
	if err != nil {
		t.Fatal(err)
	}
	if lang != "" {
		if err := h.people.Prefer(ctx, p.ID, lang, false); err != nil {
			t.Fatal(err)
		}
	}
	if address == "" {
		return p
	}
	code, err := h.people.BeginMail(ctx, p.ID, address)
	if err == nil {
		err = h.people.ConfirmMail(ctx, p.ID, code)
	}
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// all lists every notice, the oldest first.
func all(t testing.TB, n *Notify) []Notice {
	t.Helper()
	found, err := list(t.Context(), n, "list all", func(s scanner) (Notice, error) { return scanNotice(s) }, "SELECT "+noticeColumns+" FROM notice x ORDER BY x.n")
	if err != nil {
		t.Fatal(err)
	}
	return found
}
