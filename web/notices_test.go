package web

import (
	"bufio"
	"context"
	"encoding/base64"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"mulu/act"
	"mulu/notify"
	"mulu/people"
)

// A mailbox takes every letter that the town sends, over SMTP, and keeps its text.
type mailbox struct {
	listener net.Listener
	mu       sync.Mutex // guards letters
	letters  []string   // the address, then the subject and the body in the clear
}

func newMailbox() (*mailbox, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	b := &mailbox{listener: l}
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go b.serve(c)
		}
	}()
	return b, nil
}

func (b *mailbox) serve(c net.Conn) {
	defer c.Close()
	fmt.Fprint(c, "220 box\r\n")
	in, to := bufio.NewScanner(c), ""
	for in.Scan() {
		line := in.Text()
		switch {
		case strings.HasPrefix(line, "RCPT TO:"):
			to = strings.Trim(strings.TrimPrefix(line, "RCPT TO:"), "<>")
		case line == "DATA":
			fmt.Fprint(c, "354 go on\r\n")
			letter, body := to+"\n", ""
			for in.Scan() && in.Text() != "." {
				body += in.Text()
				for _, word := range encodedWord.FindAllStringSubmatch(in.Text(), -1) {
					raw, _ := base64.StdEncoding.DecodeString(word[1])
					letter += string(raw)
				}
				if in.Text() == "" {
					body = ""
				}
			}
			raw, _ := base64.StdEncoding.DecodeString(body)
			b.mu.Lock()
			b.letters = append(b.letters, letter+"\n"+string(raw))
			b.mu.Unlock()
		}
		fmt.Fprint(c, "250 ok\r\n")
	}
}

var encodedWord = regexp.MustCompile(`=\?UTF-8\?B\?([^?]*)\?=`)

// to waits for a letter to an address that says something, and gives it.
func (b *mailbox) to(t *testing.T, address, says string) string {
	t.Helper()
	for end := time.Now().Add(patient); ; time.Sleep(10 * time.Millisecond) {
		b.mu.Lock()
		for _, l := range b.letters {
			if strings.HasPrefix(l, address+"\n") && strings.Contains(l, says) {
				b.mu.Unlock()
				return l
			}
		}
		got := strings.Join(b.letters, "\n---\n")
		b.mu.Unlock()
		if time.Now().After(end) {
			t.Fatalf("no letter to %s says %q:\n%s", address, says, got)
		}
	}
}

// openReminders lets the town remind its people: in the pages, by mail to its box, and by webhook to this machine.
func (w *town) openReminders(dir string) (err error) {
	if w.box, err = newMailbox(); err != nil {
		return err
	}
	w.close = append(w.close, w.box.listener.Close)
	c := notify.Config{Path: filepath.Join(dir, "notify.db"), Key: make([]byte, 32), Node: "node-1", Read: w.read, People: w.people, Size: w.chain.Size, Law: w.chain.Now}
	if c.Mail, err = notify.NewMail(notify.MailSettings{Server: "smtp://" + w.box.listener.Addr().String(), From: "mulu@example.gov.cn"}); err != nil {
		return err
	}
	listener := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		w.called <- r.Header.Get("Mulu-Signature")
	}))
	w.hook = listener.URL
	w.close = append(w.close, func() error { listener.Close(); return nil })
	if c.Hosts, err = notify.NewHosts([]string{strings.TrimPrefix(listener.URL, "http://")}); err != nil {
		return err
	}
	if w.notify, err = notify.Open(c); err != nil {
		return err
	}
	w.close = append(w.close, w.notify.Close)
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- w.notify.Run(ctx) }()
	w.close = append(w.close, func() error { stop(); return <-ended })
	return nil
}

// reminders is what of the town reminds people, beside its other rooms.
type reminders struct {
	notify *notify.Notify
	box    *mailbox
	hook   string      // an address that takes webhooks
	called chan string // the signature of each call
}

// reminded waits until somebody is reminded of something about an entry: reminders follow the chain a moment later.
func (w *town) reminded(t *testing.T, login, entry string) {
	t.Helper()
	for end := time.Now().Add(patient); ; time.Sleep(10 * time.Millisecond) {
		list, err := w.notify.Notices(t.Context(), w.persons[login])
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range list {
			if n.Name == entry {
				return
			}
		}
		if time.Now().After(end) {
			t.Fatalf("%s is not reminded of %s", login, entry)
		}
	}
}

// What waits for an institution's stewards stands under the bell of each of them, once as new, and of nobody else.
func TestRemindersInThePages(t *testing.T) {
	w := aTown(t)
	w.account(t, "bell-steward", "铃", townCivil, people.Steward)
	w.account(t, "bell-reader", "读", townCivil, people.Reader)
	w.account(t, "bell-other", "外", townSchools, people.Steward)
	if err := w.enter("civil-steward", "belled", "rescue", "提醒用目录", nil); err != nil {
		t.Fatal(err)
	}
	if err := w.verify("belled"); err != nil {
		t.Fatal(err)
	}
	w.reminded(t, "bell-steward", "提醒用目录")
	steward := w.anew(t, "bell-steward", "zh")
	unread, err := w.notify.Unread(t.Context(), w.persons["bell-steward"])
	if err != nil || unread < 1 {
		t.Fatal(unread, err)
	}
	if p := steward.get(t, "/"); !strings.Contains(p.Body, fmt.Sprintf(`<b class="count" aria-hidden="true">%d</b><span class="unseen">%d 条新提醒</span>`, unread, unread)) {
		t.Errorf("the bar shows no count: %s", p.Body)
	}
	first := steward.get(t, "/notices")
	first.says(t, http.StatusOK, "目录已核定发布：提醒用目录", `href="/entries/`+w.named["belled"]+`"`, `<span class="tag wait">新</span>`)
	if again := steward.get(t, "/notices"); strings.Contains(again.Body, `<span class="tag wait">新</span>`) || strings.Contains(again.Body, "条新提醒") {
		t.Error("what was shown counts as new again")
	}
	w.anew(t, "bell-steward", "en").get(t, "/notices").says(t, http.StatusOK, "Entry verified: 提醒用目录", "My reminders")
	for _, login := range []string{"bell-reader", "bell-other"} {
		if p := w.anew(t, login, "zh").get(t, "/notices"); strings.Contains(p.Body, "提醒用目录") || p.Status != http.StatusOK {
			t.Errorf("%s: %d, or sees what is not theirs", login, p.Status)
		}
	}
	for path, to := range map[string]string{"/see/application/A-000001": "/applications/A-000001", "/see/entry/" + w.named["belled"]: "/entries/" + w.named["belled"],
		"/see/org/002": "/orgs/002", "/see/org/%2f%2fevil.cn": "/orgs/%2F%2Fevil.cn"} {
		if p := steward.get(t, path); p.Status != http.StatusSeeOther || p.Location != to {
			t.Errorf("%s leads to %d %s", path, p.Status, p.Location)
		}
	}
	steward.get(t, "/see/nothing/1").says(t, http.StatusNotFound)
}

// An address is confirmed by the code that was mailed there, reminders then come by mail as far as wished, and nobody else sees it.
func TestRemindersByMail(t *testing.T) {
	w := aTown(t)
	w.account(t, "mail-steward", "信", townCivil, people.Steward)
	b := w.anew(t, "mail-steward", "zh")
	post := func(path string, form url.Values) page {
		t.Helper()
		form.Set("csrf", b.csrf)
		return b.send(t, http.MethodPost, path, form, nil)
	}
	post("/notices/mail", url.Values{"address": {"no address"}}).says(t, http.StatusUnprocessableEntity, "邮箱地址不正确", `value="no address"`)
	if p := post("/notices/mail", url.Values{"address": {"xin@example.gov.cn"}}); p.Location != "/notices/settings" {
		t.Fatalf("%d %s", p.Status, p.main())
	}
	b.get(t, "/notices/settings").says(t, http.StatusOK, "验证码已发到 xin@example.gov.cn")
	code := regexp.MustCompile(`\d{6}`).FindString(w.box.to(t, "xin@example.gov.cn", "您的验证码是"))
	wrong := "000000"
	if code == wrong {
		wrong = "000001"
	}
	post("/notices/mail/confirm", url.Values{"code": {wrong}}).says(t, http.StatusUnprocessableEntity, "验证码不正确")
	if p := post("/notices/mail/confirm", url.Values{"code": {code}}); p.Location != "/notices/settings" {
		t.Fatalf("%d %s", p.Status, p.main())
	}
	b.get(t, "/notices/settings").says(t, http.StatusOK, "xin@example.gov.cn", "已确认", `name="wish.entry.returned" value="1" checked`)
	for _, login := range []string{"civil-system", "bureau-system", "civil-auditor"} {
		for _, path := range []string{"/accounts/" + w.persons["mail-steward"].ID, "/audit", "/hooks"} {
			if p := w.as(t, login, "zh").get(t, path); strings.Contains(p.Body, "xin@example") {
				t.Errorf("%s sees the address on %s", login, path)
			}
		}
	}

	// Verified entries are not to be mailed; that one was returned is.
	form := url.Values{}
	for _, o := range notify.Occasions() {
		if o.Key != "entry.verified" {
			form.Set("wish."+o.Key, "1")
		}
	}
	if p := post("/notices/wishes", form); p.Location != "/notices/settings" {
		t.Fatalf("%d %s", p.Status, p.main())
	}
	if p := b.get(t, "/notices/settings"); !strings.Contains(p.Body, `name="wish.entry.verified" value="1">`) {
		t.Error("the wish is not kept")
	}
	for _, name := range []string{"寄信目录甲", "寄信目录乙"} {
		if err := w.enter("civil-steward", name, "rescue", name, nil); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.verify("寄信目录甲"); err != nil {
		t.Fatal(err)
	}
	if err := w.doneBy("bureau-approver", &act.ReturnEntry{Entry: w.named["寄信目录乙"], Why: "请补充说明"}); err != nil {
		t.Fatal(err)
	}
	letter := w.box.to(t, "xin@example.gov.cn", "目录退回：寄信目录乙")
	if strings.Contains(letter, "请补充说明") {
		t.Errorf("the letter holds what somebody typed:\n%s", letter)
	}
	w.box.mu.Lock()
	for _, l := range w.box.letters {
		if strings.Contains(l, "寄信目录甲") {
			t.Errorf("mailed although it is not wished:\n%s", l)
		}
	}
	w.box.mu.Unlock()
	if p := post("/notices/mail/end", url.Values{}); p.Location != "/notices/settings" {
		t.Fatalf("%d %s", p.Status, p.main())
	}
	if p := b.get(t, "/notices/settings"); strings.Contains(p.Body, "xin@example") {
		t.Error("the address is still there")
	}
}

// The system administrator makes a webhook, is shown its secret once, tries it, and ends it.
func TestWebhooksInThePages(t *testing.T) {
	w := aTown(t)
	b := w.as(t, "civil-system", "zh")
	post := func(path string, form url.Values) page {
		t.Helper()
		form.Set("csrf", b.csrf)
		return b.send(t, http.MethodPost, path, form, nil)
	}
	post("/hooks/new", url.Values{"url": {"https://evil.example/in"}}).says(t, http.StatusUnprocessableEntity, "不在允许推送的名单内", `value="https://evil.example/in"`)
	made := post("/hooks/new", url.Values{"url": {w.hook + "/in?key=geheim"}})
	made.says(t, http.StatusOK, "密钥只显示这一次", "/in?…")
	secret := regexp.MustCompile(`<code id="secret">([\w-]{43})</code>`).FindStringSubmatch(made.Body)
	if secret == nil || strings.Contains(made.Body, "geheim") {
		t.Fatalf("no secret, or the address's key, is shown:\n%s", made.main())
	}
	list := b.get(t, "/hooks")
	if strings.Contains(list.Body, secret[1]) {
		t.Error("the secret is shown again")
	}
	id := regexp.MustCompile(`action="/hooks/([\w-]+)/test"`).FindStringSubmatch(list.Body)
	if id == nil {
		t.Fatal(list.main())
	}
	for len(w.called) > 0 {
		<-w.called
	}
	if p := post("/hooks/"+id[1]+"/test", url.Values{}); p.Location != "/hooks" {
		t.Fatalf("%d %s", p.Status, p.main())
	}
	select {
	case signature := <-w.called:
		if len(signature) != 64 {
			t.Errorf("signed %q", signature)
		}
	case <-time.After(patient):
		t.Error("it was not called")
	}
	other := w.as(t, "schools-system", "zh")
	for _, do := range []string{"/test", "/end"} {
		other.send(t, http.MethodPost, "/hooks/"+id[1]+do, url.Values{"csrf": {other.csrf}}, nil).says(t, http.StatusUnprocessableEntity, "没有这个推送地址")
	}
	if p := post("/hooks/"+id[1]+"/end", url.Values{}); p.Location != "/hooks" {
		t.Fatalf("%d %s", p.Status, p.main())
	}
	b.get(t, "/hooks").says(t, http.StatusOK, "已停用")
	events, err := w.people.Events(t.Context(), people.EventFilter{Kind: "hook.", Org: townCivil})
	if err != nil || len(events) < 4 {
		t.Errorf("%d events, %v", len(events), err)
	}
	for _, e := range events {
		if strings.Contains(e.Target+e.Detail, "http") {
			t.Errorf("the audit log holds the address: %+v", e)
		}
	}
}
