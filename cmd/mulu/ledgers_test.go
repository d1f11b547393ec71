package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"mulu/desk"
	"mulu/people"
	"mulu/sm"
)

// ledgersOf opens the accounts and drafts of a sandbox's home, as its node does.
func ledgersOf(t *testing.T, h home) (*people.People, *desk.Drafts) {
	t.Helper()
	master, err := sm.FileSecret(h.path("keys", "master"), sandboxPassphrase, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	p, err := people.Open(people.Config{Path: h.path("people.db"), Key: sm.MAC(master, []byte("people"))})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Close() })
	d, err := desk.OpenDrafts(h.path("desk.db"), time.Now, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	return p, d
}

// A backup holds accounts, the audit log and drafts, taken while the node runs and when it is stopped.
func TestBackupHoldsAccountsAndDrafts(t *testing.T) {
	w := newHouse(t)
	ctx := context.Background()
	w.must("init", "--sandbox", "--gateway", "", "--pages", "")
	w.start("已启动", "node")
	p, d := ledgersOf(t, home(w.path("h")))
	chief, token, err := p.Invite(ctx, people.Owner, people.Account{Login: "chief", Name: "陈首", Org: "001", Roles: people.Roles{people.System}})
	if err != nil {
		t.Fatal(err)
	}
	const password = "Chun-Xiao-2026"
	if _, err := p.Redeem(ctx, token, password, people.Origin{}); err != nil {
		t.Fatal(err)
	}
	draft, err := d.Save(ctx, desk.Draft{Org: "001", Kind: "entry.submit", Title: "半成品", Body: json.RawMessage(`{}`)})
	if err != nil {
		t.Fatal(err)
	}
	w.must("backup", "b1")
	w.stop()
	w.must("backup", "b2")
	for _, b := range []string{"b1", "b2"} {
		to := home(w.path("r-" + b))
		w.must("restore", "--home", string(to), b)
		q, e := ledgersOf(t, to)
		if _, s, err := q.Login(ctx, "chief", password, "", people.Origin{}); err != nil || s.Person.ID != chief.ID || s.Person.Name != "陈首" {
			t.Errorf("%s: %+v %v", b, s.Person, err)
		}
		if n, err := q.CheckEvents(ctx); err != nil || n < 3 {
			t.Errorf("%s: %d events, %v", b, n, err)
		}
		if got, err := e.Get(ctx, "001", draft.ID); err != nil || got.Title != "半成品" {
			t.Errorf("%s: %+v %v", b, got, err)
		}
	}
}

// A copy is of one moment, however much is written meanwhile, and holds what a process that was killed left in the log.
func TestCopyLedgers(t *testing.T) {
	from, ctx := home(t.TempDir()), context.Background()
	open := func(h home) *people.People {
		t.Helper()
		p, err := people.Open(people.Config{Path: h.path("people.db"), Key: make([]byte, 32)})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = p.Close() })
		return p
	}
	p := open(from)
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		for i := 0; ; i++ {
			select {
			case <-stop:
				return
			default:
			}
			if err := p.Note(ctx, people.Event{Kind: "look", Detail: fmt.Sprint(i)}); err != nil {
				t.Error(err)
				return
			}
		}
	}()
	for range 5 {
		before, err := p.CheckEvents(ctx)
		if err != nil {
			t.Fatal(err)
		}
		to := home(t.TempDir())
		if err := copyLedgers(ctx, from, to); err != nil {
			t.Fatal(err)
		}
		if n, err := open(to).CheckEvents(ctx); err != nil || n < before {
			t.Errorf("the copy holds %d events, there were %d; %v", n, before, err)
		}
		if info, err := os.Stat(to.path("people.db")); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%v %v", info.Mode(), err)
		}
	}
	close(stop)
	<-stopped
	all, err := p.CheckEvents(ctx)
	if err != nil {
		t.Fatal(err)
	}
	killed := home(t.TempDir()) // the files as they stand while the log is not yet in the database
	for _, name := range []string{"people.db", "people.db-wal"} {
		if err := copyFile(from.path(name), killed.path(name)); err != nil {
			t.Fatal(err)
		}
	}
	to := home(t.TempDir())
	if err := copyLedgers(ctx, killed, to); err != nil {
		t.Fatal(err)
	}
	if n, err := open(to).CheckEvents(ctx); err != nil || n != all {
		t.Errorf("%d events of %d, %v", n, all, err)
	}
	if err := copyLedgers(ctx, killed, to); err == nil {
		t.Error("a copy is written over another")
	}
	if left, err := filepath.Glob(to.path("desk.db*")); err != nil || len(left) != 0 {
		t.Errorf("%v %v", left, err)
	}
}
