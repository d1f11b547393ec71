package desk

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func entriesIn(t *testing.T, d *Drafts, person string) string {
	t.Helper()
	list, err := d.Basket(t.Context(), person)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, b := range list {
		all = append(all, b.Entry)
	}
	return strings.Join(all, " ")
}

func TestBasket(t *testing.T) {
	d, _, pass := openDrafts(t)
	ctx := t.Context()
	for _, e := range []string{"307/000002", "307/000001", "307/000002"} {
		if err := d.PutInBasket(ctx, "p-1", e); err != nil {
			t.Fatal(err)
		}
		pass(time.Minute)
	}
	if err := d.PutInBasket(ctx, "p-2", "307/000009"); err != nil {
		t.Fatal(err)
	}
	if got := entriesIn(t, d, "p-1"); got != "307/000002 307/000001" {
		t.Errorf("in the basket: %s", got)
	}
	if err := d.TakeFromBasket(ctx, "p-1", "307/000009"); err != nil {
		t.Error(err)
	}
	if err := d.TakeFromBasket(ctx, "p-1", "307/000002"); err != nil {
		t.Error(err)
	}
	if got := entriesIn(t, d, "p-1") + "|" + entriesIn(t, d, "p-2"); got != "307/000001|307/000009" {
		t.Errorf("in the baskets: %s", got)
	}
}

func TestBasketIsBounded(t *testing.T) {
	d, _, _ := openDrafts(t)
	for i := range MostInBasket {
		if err := d.PutInBasket(t.Context(), "p-1", fmt.Sprintf("307/%06d", i)); err != nil {
			t.Fatal(err)
		}
	}
	if err := d.PutInBasket(t.Context(), "p-1", "307/999999"); !errors.Is(err, ErrBasketFull) {
		t.Errorf("one too many: %v", err)
	}
	if err := d.PutInBasket(t.Context(), "p-1", "307/000001"); err != nil {
		t.Errorf("what is in it already: %v", err)
	}
	if n, err := d.CountBasket(t.Context(), "p-1"); err != nil || n != MostInBasket {
		t.Errorf("%d in it, %v", n, err)
	}
}

func TestPhrases(t *testing.T) {
	d, _, _ := openDrafts(t)
	ctx, places := t.Context(), map[string]string{"申请单位": "区教委", "目录": "低保对象"}
	if err := d.SavePhrase(ctx, Phrase{Org: "002", Use: "refused", Title: " 超出范围 ", Text: "{申请单位}申请的{目录}超出履职所需。", By: "p-1"}, places); err != nil {
		t.Fatal(err)
	}
	list, err := d.Phrases(ctx, "002", "refused")
	if err != nil || len(list) != 1 || list[0].Title != "超出范围" || list[0].By != "p-1" {
		t.Fatalf("%+v, %v", list, err)
	}
	if text, err := Fill(list[0].Text, places); err != nil || text != "区教委申请的低保对象超出履职所需。" {
		t.Errorf("%q, %v", text, err)
	}
	for _, c := range []struct{ title, text, code string }{{"", "x", "empty"}, {"a", " ", "empty"}, {"a", strings.Repeat("长", 2001), "long"}, {strings.Repeat("长", 61), "x", "long"},
		{"a", "您好{姓名}", "place"}, {"a", "没有{收口", "place"}} {
		var wrong *PhraseError
		if err := d.SavePhrase(ctx, Phrase{Org: "002", Use: "full", Title: c.title, Text: c.text}, places); !errors.As(err, &wrong) || wrong.Code != c.code {
			t.Errorf("%q %q: %v, want %s", c.title, c.text, err, c.code)
		}
	}
	mine := list[0]
	mine.Org = "003"
	if err := d.SavePhrase(ctx, mine, places); !errors.Is(err, ErrNoDraft) {
		t.Errorf("another institution's is changed: %v", err)
	}
	if err := d.DropPhrase(ctx, "003", mine.ID); !errors.Is(err, ErrNoDraft) {
		t.Errorf("another institution's is dropped: %v", err)
	}
	for i := len(list); i < mostPhrases; i++ {
		if err := d.SavePhrase(ctx, Phrase{Org: "002", Use: "full", Title: fmt.Sprint(i), Text: "同意"}, places); err != nil {
			t.Fatal(err)
		}
	}
	var wrong *PhraseError
	if err := d.SavePhrase(ctx, Phrase{Org: "002", Use: "full", Title: "多", Text: "同意"}, places); !errors.As(err, &wrong) || wrong.Code != "many" {
		t.Errorf("one too many: %v", err)
	}
	if err := d.DropPhrase(ctx, "002", list[0].ID); err != nil {
		t.Error(err)
	}
}

// A file of the version before keeps its drafts and takes baskets from then on.
func TestDraftsOfTheVersionBefore(t *testing.T) {
	path := filepath.Join(t.TempDir(), "desk.db")
	db, err := sql.Open("sqlite", "file:"+path)
	if err != nil {
		t.Fatal(err)
	}
	before, _, _ := strings.Cut(draftTables, "-- Since version 2")
	if _, err := db.Exec(before + fmt.Sprintf(";PRAGMA application_id = %d; PRAGMA user_version = 1;", draftMark) +
		`INSERT INTO draft (id, org, kind, subject, title, body, rev, by, made, saved) VALUES ('draft-1', '002', 'entry.submit', '', '旧草稿', x'7b7d', 1, 'p-1', 1, 1)`); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	d, err := OpenDrafts(path, time.Now, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if got, err := d.Get(context.Background(), "002", "draft-1"); err != nil || got.Title != "旧草稿" {
		t.Errorf("%+v, %v", got, err)
	}
	if err := d.PutInBasket(t.Context(), "p-1", "307/000001"); err != nil {
		t.Error(err)
	}
}

// The digest of an attachment is public; that it is theirs only those can say who put it in.
func TestAttachmentsAreWhosePutThem(t *testing.T) {
	d, _, _ := openDrafts(t)
	for _, org := range []string{"002", "003"} {
		if err := d.Attached(t.Context(), org, "00ff"); err != nil {
			t.Fatal(err)
		}
	}
	for org, want := range map[string]bool{"002": true, "003": false} {
		if yes, err := d.AttachedBy(t.Context(), org, "00ff"); err != nil || yes != want {
			t.Errorf("%s: %v, %v", org, yes, err)
		}
	}
}
