package desk

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

func openDrafts(t *testing.T) (*Drafts, string, func(time.Duration)) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "desk.db")
	at := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	d, err := OpenDrafts(path, func() time.Time { return at }, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	return d, path, func(by time.Duration) { at = at.Add(by) }
}

func save(t *testing.T, d *Drafts, draft Draft) Draft {
	t.Helper()
	got, err := d.Save(t.Context(), draft)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestDraft(t *testing.T) {
	d, path, pass := openDrafts(t)
	ctx := t.Context()
	first := save(t, d, Draft{Org: "002", Kind: "entry.submit", Title: "低保家庭", Body: json.RawMessage(`{"name":"低保家庭"}`), By: "p-1"})
	if !strings.HasPrefix(first.ID, "draft-") || first.Rev != 1 || first.Made.IsZero() || !first.Made.Equal(first.Saved) {
		t.Errorf("%+v", first)
	}
	pass(time.Hour)
	first.Title, first.Body, first.By = "低保家庭名录", json.RawMessage(`{"name":"低保家庭名录"}`), "p-2"
	second := save(t, d, first)
	if second.ID != first.ID || second.Rev != 2 || !second.Saved.Equal(first.Saved.Add(time.Hour)) || !second.Made.Equal(first.Made) {
		t.Errorf("%+v", second)
	}
	got, err := d.Get(ctx, "002", first.ID)
	if err != nil || got.Title != "低保家庭名录" || string(got.Body) != `{"name":"低保家庭名录"}` || got.By != "p-2" || got.Rev != 2 || got.Kind != "entry.submit" || !got.Saved.Equal(second.Saved) {
		t.Errorf("%+v %v", got, err)
	}

	var moved *Moved
	stale := first // still revision 1
	stale.Body = json.RawMessage(`{"name":"别的"}`)
	if _, err := d.Save(ctx, stale); !errors.As(err, &moved) || moved.Draft.Rev != 2 || moved.Draft.By != "p-2" || string(moved.Draft.Body) != string(second.Body) {
		t.Errorf("%v", err)
	}
	if again, err := d.Get(ctx, "002", first.ID); err != nil || string(again.Body) != string(second.Body) {
		t.Errorf("overwritten: %s %v", again.Body, err)
	}

	for _, id := range []string{first.ID, "draft-unknown", ""} {
		if _, err := d.Get(ctx, "003", id); !errors.Is(err, ErrNoDraft) {
			t.Errorf("another institution reads %q: %v", id, err)
		}
	}
	theirs := second
	theirs.Org = "003"
	if _, err := d.Save(ctx, theirs); !errors.Is(err, ErrNoDraft) {
		t.Errorf("another institution saves: %v", err)
	}
	if err := d.Discard(ctx, "003", first.ID); !errors.Is(err, ErrNoDraft) {
		t.Errorf("another institution discards: %v", err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info.Mode(), err)
	}
	if err := d.Discard(ctx, "002", first.ID); err != nil {
		t.Fatal(err)
	}
	if err := d.Discard(ctx, "002", first.ID); !errors.Is(err, ErrNoDraft) {
		t.Error(err)
	}
	if _, err := d.Save(ctx, second); !errors.Is(err, ErrNoDraft) {
		t.Errorf("a discarded draft is saved: %v", err)
	}
}

func TestDraftLists(t *testing.T) {
	d, _, pass := openDrafts(t)
	ctx := t.Context()
	for i, c := range []Draft{{Org: "002", Kind: "entry.submit", Title: "一"}, {Org: "002", Kind: "entry.change", Subject: "E-1", Title: "二"},
		{Org: "003", Kind: "entry.submit", Title: "三"}, {Org: "002", Kind: "entry.submit", Title: "四"}} {
		c.Body = json.RawMessage(fmt.Sprint(i))
		save(t, d, c)
		pass(time.Minute)
	}
	titles := func(org, kind string, max int) string {
		t.Helper()
		list, err := d.List(ctx, org, kind, max)
		if err != nil {
			t.Fatal(err)
		}
		var b strings.Builder
		for _, one := range list {
			if one.Body != nil {
				t.Error("a list carries bodies")
			}
			b.WriteString(one.Title)
		}
		return b.String()
	}
	for want, got := range map[string]string{"四二一": titles("002", "", 0), "四一": titles("002", "entry.submit", 0), "四二": titles("002", "", 2), "三": titles("003", "", 5), "": titles("004", "", 5)} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	for org, want := range map[string]int{"002": 3, "003": 1, "004": 0} {
		if n, err := d.Count(ctx, org); err != nil || n != want {
			t.Errorf("%s has %d drafts, want %d; %v", org, n, want, err)
		}
	}
}

// Two of an institution who begin to change the same thing come upon one draft; others have their own.
func TestDraftForSubject(t *testing.T) {
	d, _, _ := openDrafts(t)
	ctx := t.Context()
	if _, ok, err := d.ForSubject(ctx, "002", "entry.change", "E-1"); ok || err != nil {
		t.Errorf("%v %v", ok, err)
	}
	mine := Draft{Org: "002", Kind: "entry.change", Subject: "E-1", Title: "改", Body: json.RawMessage(`{}`), By: "p-1"}
	one := save(t, d, mine)
	got, ok, err := d.ForSubject(ctx, "002", "entry.change", "E-1")
	if err != nil || !ok || got.ID != one.ID || string(got.Body) != "{}" {
		t.Errorf("%+v %v %v", got, ok, err)
	}
	var moved *Moved
	if _, err := d.Save(ctx, mine); !errors.As(err, &moved) || moved.Draft.ID != one.ID {
		t.Errorf("%v", err)
	}
	for _, other := range []Draft{{Org: "003", Kind: "entry.change", Subject: "E-1"}, {Org: "002", Kind: "entry.retire", Subject: "E-1"}, {Org: "002", Kind: "entry.change", Subject: "E-2"},
		{Org: "002", Kind: "entry.change"}, {Org: "002", Kind: "entry.change"}} {
		other.Body = json.RawMessage(`1`)
		save(t, d, other)
	}
	if _, ok, _ := d.ForSubject(ctx, "002", "entry.change", ""); ok {
		t.Error("what is new is found by its missing subject")
	}
	renamed := one
	renamed.Subject, renamed.Kind, renamed.Title = "E-9", "entry.retire", "改名"
	if got := save(t, d, renamed); got.Subject != "E-1" || got.Kind != "entry.change" || got.Title != "改名" {
		t.Errorf("what a draft is about was changed: %+v", got)
	}
}

func TestDraftForms(t *testing.T) {
	d, _, _ := openDrafts(t)
	good := Draft{Org: "002", Kind: "entry.submit", Body: json.RawMessage(`{}`)}
	for name, spoil := range map[string]func(*Draft){
		"no institution":           func(b *Draft) { b.Org = "" },
		"no kind":                  func(b *Draft) { b.Kind = "" },
		"no body":                  func(b *Draft) { b.Body = nil },
		"no JSON":                  func(b *Draft) { b.Body = json.RawMessage(`{`) },
		"a revision without an id": func(b *Draft) { b.Rev = 3 },
		"too much":                 func(b *Draft) { b.Body = json.RawMessage(`"` + strings.Repeat("x", MostDraft-1) + `"`) },
	} {
		bad := good
		spoil(&bad)
		if _, err := d.Save(t.Context(), bad); err == nil || errors.Is(err, ErrDraftSize) != (name == "too much") {
			t.Errorf("%s: %v", name, err)
		}
	}
	good.Body = json.RawMessage(`"` + strings.Repeat("x", MostDraft-2) + `"`)
	good.Title = strings.Repeat("长", 500)
	if got := save(t, d, good); len([]rune(got.Title)) != 200 {
		t.Errorf("a title of %d", len([]rune(got.Title)))
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := d.Save(ctx, good); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

// Of many who save the same revision at once one succeeds, and nobody's text is lost unseen.
func TestDraftsAtOnce(t *testing.T) {
	d, path, _ := openDrafts(t)
	beside, err := OpenDrafts(path, time.Now, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	defer beside.Close()
	draft := save(t, d, Draft{Org: "002", Kind: "entry.submit", Body: json.RawMessage(`0`)})
	var wg sync.WaitGroup
	came := make(chan error, 16)
	for i := range 16 {
		wg.Go(func() {
			mine := draft
			mine.Body = json.RawMessage(fmt.Sprint(i + 1))
			_, err := []*Drafts{d, beside}[i%2].Save(t.Context(), mine)
			came <- err
		})
	}
	wg.Wait()
	close(came)
	won := 0
	for err := range came {
		var moved *Moved
		switch {
		case err == nil:
			won++
		case !errors.As(err, &moved) || moved.Draft.Rev != 2:
			t.Error(err)
		}
	}
	if won != 1 {
		t.Errorf("%d saved", won)
	}
}

// A file of a later version, or of something else, is refused and left as it is; one's own is opened again.
func TestDraftFiles(t *testing.T) {
	d, path, _ := openDrafts(t)
	draft := save(t, d, Draft{Org: "002", Kind: "entry.submit", Body: json.RawMessage(`0`)})
	again, err := OpenDrafts(path, time.Now, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := again.Get(t.Context(), "002", draft.ID); err != nil || got.ID != draft.ID {
		t.Errorf("%+v %v", got, err)
	}
	for _, q := range []string{"PRAGMA user_version = 3", "PRAGMA application_id = 7"} {
		if _, err := again.db.Exec(q); err != nil {
			t.Fatal(err)
		}
		if _, err := OpenDrafts(path, time.Now, rand.Reader); err == nil || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v", q, err)
		}
	}
	if n, err := again.Count(t.Context(), "002"); err != nil || n != 1 {
		t.Errorf("%d left, %v", n, err)
	}
	if err := again.Close(); err != nil {
		t.Error(err)
	}
	if _, err := again.Count(t.Context(), "002"); err == nil || errors.Is(err, sql.ErrNoRows) {
		t.Errorf("a closed file answers: %v", err)
	}
}
