package people

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

const mailbox = "zhang.san@example.gov.cn"

// other gives a code that is not the right one.
func other(code string, i int) string {
	n, err := strconv.Atoi(code)
	if err != nil {
		panic(err)
	}
	return fmt.Sprintf("%06d", (n+1+i)%1_000_000)
}

func TestAddressIsConfirmedByItsCode(t *testing.T) {
	p, c, who := town(t)
	ctx, id := t.Context(), who["clerk2"].ID
	writable := func() []string { return must(p.Writable(ctx, who["clerk2"].Org, All(), "grant.due"))(t) }
	denied(t, p.ConfirmMail(ctx, id, "123456"), "mail_none")
	code := must(p.BeginMail(ctx, id, "  "+mailbox+" "))(t)
	if got := must(p.Contact(ctx, id))(t); got.Mail != "" || got.Trial != mailbox || len(writable()) != 0 {
		t.Fatalf("before the code came back: %+v, written to %v", got, writable())
	}
	denied(t, p.ConfirmMail(ctx, id, other(code, 0)), "mail_code")
	ok(t, p.ConfirmMail(ctx, id, code[:3]+" "+code[3:]))
	if got := must(p.Contact(ctx, id))(t); got.Mail != mailbox || got.Trial != "" || !slices.Equal(writable(), []string{id}) {
		t.Fatalf("confirmed: %+v, written to %v", got, writable())
	}
	denied(t, p.ConfirmMail(ctx, id, code), "mail_none") // a code serves once

	next := must(p.BeginMail(ctx, id, "new@example.gov.cn"))(t)
	if got := must(p.Contact(ctx, id))(t); got.Mail != mailbox || got.Trial != "new@example.gov.cn" {
		t.Errorf("the address before stays until the new one is confirmed: %+v", got)
	}
	c.pass(15 * time.Minute)
	denied(t, p.ConfirmMail(ctx, id, next), "mail_over")
	ok(t, p.EndMail(ctx, id))
	if got := must(p.Contact(ctx, id))(t); got.Mail != "" || got.Trial != "" || len(writable()) != 0 {
		t.Errorf("ended: %+v", got)
	}
	must(p.CheckEvents(ctx))(t)
}

func TestWrongCodesMakeAnAddressVoid(t *testing.T) {
	p, _, who := town(t)
	ctx, id := t.Context(), who["clerk2"].ID
	code := must(p.BeginMail(ctx, id, mailbox))(t)
	var wg sync.WaitGroup
	var mu sync.Mutex
	got := map[string]int{}
	for i := range 12 {
		wg.Go(func() {
			var no *Denied
			if err := p.ConfirmMail(ctx, id, other(code, i)); !errors.As(err, &no) {
				t.Error(err)
				return
			}
			mu.Lock()
			defer mu.Unlock()
			got[no.Code]++
		})
	}
	wg.Wait()
	if got["mail_code"] > mailCodeTries || got["mail_code"]+got["mail_over"] != 12 {
		t.Errorf("%v", got)
	}
	denied(t, p.ConfirmMail(ctx, id, code), "mail_over")
	ok(t, p.ConfirmMail(ctx, id, must(p.BeginMail(ctx, id, mailbox))(t)))
}

func TestCodesAreBounded(t *testing.T) {
	p, c, who := town(t)
	ctx, id := t.Context(), who["clerk2"].ID
	for range mailCodesHour {
		must(p.BeginMail(ctx, id, mailbox))(t)
		c.pass(time.Minute)
	}
	_, err := p.BeginMail(ctx, id, mailbox)
	if no := denied(t, err, "mail_often"); !no.Until.Equal(c.now().Add(time.Hour - mailCodesHour*time.Minute)) {
		t.Errorf("until %s", no.Until)
	}
	c.pass(time.Hour)
	must(p.BeginMail(ctx, id, mailbox))(t)
}

func TestAddressForms(t *testing.T) {
	p, c, who := town(t)
	for address, good := range map[string]bool{"a@b.cn": true, "a.b-c+d@mail.bjxch.gov.cn": true, "ａ＠ｂ．cn": true, "": false, "a": false, "a@b": false, "a@@b.cn": false,
		"a@b.cn\r\nBcc: c@d.cn": false, "a b@c.cn": false, "<a@b.cn>": false, "a@b.cn>": false, "\"x\"@b.cn": false, "张@b.cn": false, "a@-b.cn": false, "a@b..cn": false,
		".a@b.cn": false, "a@[127.0.0.1]": false, "a@b.cn,c@d.cn": false, strings.Repeat("a", 65) + "@b.cn": false, "a@" + strings.Repeat("b", 250) + ".cn": false} {
		c.pass(time.Hour)
		_, err := p.BeginMail(t.Context(), who["clerk2"].ID, address)
		if want := map[bool]string{false: "mail_form"}[good]; err != nil || want != "" {
			if denied(t, err, want) == nil && want != "" {
				t.Errorf("%q is taken", address)
			}
		}
	}
}

func TestWishes(t *testing.T) {
	p, _, who := town(t)
	ctx, id, org := t.Context(), who["clerk2"].ID, who["clerk2"].Org
	ok(t, p.ConfirmMail(ctx, id, must(p.BeginMail(ctx, id, mailbox))(t)))
	ok(t, p.Wish(ctx, id, []string{"review.due", "flag.raised"}))
	if got := must(p.Contact(ctx, id))(t); got.Mail != mailbox || !slices.Equal(got.Off, []string{"review.due", "flag.raised"}) {
		t.Errorf("%+v", got)
	}
	for occasion, want := range map[string]int{"review.due": 0, "flag.raised": 0, "review": 1, "grant.due": 1} {
		if got := must(p.Writable(ctx, org, who["clerk2"].Roles, occasion))(t); len(got) != want {
			t.Errorf("%s: %v", occasion, got)
		}
	}
	if got := must(p.Writable(ctx, org, Roles{Auditor}, "grant.due"))(t); len(got) != 0 {
		t.Errorf("another role: %v", got)
	}
	if err := p.Wish(ctx, id, []string{"a b"}); err == nil {
		t.Error("a wish with a space is kept")
	}
	ok(t, p.CloseAccount(ctx, who["sys2"].ID, id, "离职"))
	if got := must(p.Writable(ctx, org, who["clerk2"].Roles, "grant.due"))(t); len(got) != 0 {
		t.Errorf("a closed account is written to: %v", got)
	}
}

// An address stands nowhere in the clear, and who has the file cannot send somebody's letters elsewhere.
func TestAddressesOnDisk(t *testing.T) {
	p, _, who := town(t)
	ctx := t.Context()
	for i, name := range []string{"clerk2", "sys2"} {
		ok(t, p.ConfirmMail(ctx, who[name].ID, must(p.BeginMail(ctx, who[name].ID, fmt.Sprintf("box%d.%s", i, mailbox)))(t)))
	}
	for _, end := range []string{"", "-wal"} {
		b, err := os.ReadFile(p.cfg.Path + end)
		if err != nil && end == "" {
			t.Fatal(err)
		}
		if bytes.Contains(b, []byte("zhang.san")) {
			t.Errorf("people.db%s holds the address", end)
		}
	}
	events := must(p.Events(ctx, EventFilter{Kind: "mail."}))(t)
	for _, e := range events {
		if strings.Contains(e.Detail, "@") {
			t.Errorf("the audit log holds the address: %+v", e)
		}
	}
	if len(events) != 4 {
		t.Errorf("%d events", len(events))
	}
	if _, err := raw(t, p.cfg.Path).Exec("UPDATE contact SET (mail, mark) = (SELECT mail, mark FROM contact WHERE person = ?) WHERE person = ?", who["sys2"].ID, who["clerk2"].ID); err != nil {
		t.Fatal(err)
	}
	if _, err := p.Contact(ctx, who["clerk2"].ID); !errors.Is(err, ErrForged) {
		t.Errorf("another's address in the row: %v", err)
	}
}

// A file of the version before gets the new table and keeps what it holds.
func TestOlderFileIsBroughtUp(t *testing.T) {
	c := start()
	cfg := config(t, c)
	p := reopen(t, cfg)
	chief := found(t, p)
	db := raw(t, cfg.Path)
	if _, err := db.Exec("DROP TABLE contact; PRAGMA user_version = 1"); err != nil {
		t.Fatal(err)
	}
	again := reopen(t, cfg)
	ok(t, again.ConfirmMail(t.Context(), chief.ID, must(again.BeginMail(t.Context(), chief.ID, mailbox))(t)))
	if got := must(again.Person(t.Context(), chief.ID))(t); got.Login != "chief" {
		t.Errorf("%+v", got)
	}
}
