package notify

import (
	"bytes"
	"database/sql"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"mime"
	"net"
	"net/mail"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"mulu/people"
)

// opening is a script that gives three institutions, and an entry of the second whose data is applied for by the third.
const opening = `# 邮件
开始 2026-03-02 10:00

区数据局 登记机构 简称=区民政局 类别=行政机关
区数据局 登记机构 简称=区教委 类别=行政机关
区民政局 登记职责 名称=社会救助 依据=三定
区民政局 提交目录 名称=低保对象 摘要=低保对象的说明 职责=社会救助 分类=307 格式=数据库 更新周期=每月 共享=有条件共享 共享条件=依法履职 开放=不予开放 不开放情形=3 级别=3
  - 信息项 名称=所属街道 字段=ssjd 类型=C 长度=12 级别=1
区数据局 核定目录 目录=低保对象
`

const applying = `区教委 申请共享 目录=低保对象 应用场景=助学核对专用场景 使用范围=本单位经办科室 履职依据=三定第三条 方式=接口查询 天数=90
`

// aMailHouse has a steward and an approver of the provider who have addresses, and a post office.
func aMailHouse(t *testing.T, script string) (*house, *postOffice, Config) {
	t.Helper()
	h := newHouse(t, parse(t, script))
	o := newPostOffice(t)
	h.member(t, "steward", "002", "steward@example.gov.cn", "zh", people.Steward)
	h.member(t, "approver", "002", "approver@example.gov.cn", "en", people.Approver)
	h.member(t, "silent", "002", "", "zh", people.Steward)
	h.member(t, "auditor", "002", "auditor@example.gov.cn", "zh", people.Auditor)
	h.member(t, "other", "003", "other@example.gov.cn", "zh", people.Steward)
	cfg := h.config()
	cfg.Mail, cfg.roots, cfg.Pages = o.mail(t), o.roots, "https://mulu.example.gov.cn"
	return h, o, cfg
}

func (o *postOffice) mail(t *testing.T) *Mail {
	t.Helper()
	m, err := NewMail(MailSettings{Server: o.server(), From: "目录链 <mulu@example.gov.cn>"})
	if err != nil {
		t.Fatal(err)
	}
	m.patience = 5 * time.Second
	return m
}

func (h *house) figures(t *testing.T, n *Notify, mail Figure) {
	t.Helper()
	f, err := n.Figures(t.Context())
	if err != nil || f.Mail != mail {
		t.Errorf("mail stands at %+v, want %+v (%v)", f.Mail, mail, err)
	}
}

func send(t *testing.T, n *Notify) {
	t.Helper()
	if err := n.sendMail(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func TestLettersReachWhoseTurnItIs(t *testing.T) {
	h, o, cfg := aMailHouse(t, opening+applying)
	n := h.open(t, cfg)
	h.play(t, n, parse(t, opening+applying))
	send(t, n)
	got := o.got()
	if len(got) != 3 { // verified: the steward; received: both
		t.Fatalf("%d letters arrived: %+v", len(got), got)
	}
	var toApprover *mail.Message
	ids := map[string]bool{}
	for _, l := range got {
		m, err := mail.ReadMessage(strings.NewReader(l.data))
		if err != nil {
			t.Fatalf("%v\n%s", err, l.data)
		}
		if !l.tls || !strings.HasPrefix(l.from, "FROM:<mulu@example.gov.cn>") || l.to != "TO:"+m.Header.Get("To") {
			t.Errorf("%+v", l)
		}
		if ids[m.Header.Get("Message-ID")] || !regexp.MustCompile(`^<[0-9a-f]{32}\.p-[\w-]+@example\.gov\.cn>$`).MatchString(m.Header.Get("Message-ID")) {
			t.Errorf("Message-ID %s", m.Header.Get("Message-ID"))
		}
		ids[m.Header.Get("Message-ID")] = true
		if l.to == "TO:<approver@example.gov.cn>" {
			toApprover = m
		}
		for _, line := range strings.Split(l.data, "\r\n") {
			if len(line) > 998 || strings.IndexFunc(line, func(r rune) bool { return r > 126 }) >= 0 {
				t.Errorf("a line that servers do not take: %q", line)
			}
		}
	}
	if toApprover == nil {
		t.Fatal("the approver got none")
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(toApprover.Header.Get("Subject"))
	if err != nil || subject != "Application A-000001 received: 低保对象" {
		t.Errorf("%q %v", subject, err)
	}
	if date, err := toApprover.Header.Date(); err != nil || !date.Equal(h.clock.now().Truncate(time.Second)) {
		t.Errorf("%s %v", date, err)
	}
	if from, err := toApprover.Header.AddressList("From"); err != nil || from[0].Name != "目录链" || from[0].Address != "mulu@example.gov.cn" {
		t.Errorf("%v %v", from, err)
	}
	raw, _ := io.ReadAll(toApprover.Body)
	body, err := base64.StdEncoding.DecodeString(strings.ReplaceAll(string(raw), "\r\n", ""))
	if err != nil || !strings.Contains(string(body), "区教委 applies for “低保对象”") || !strings.Contains(string(body), "https://mulu.example.gov.cn/see/application/A-000001\r\n") {
		t.Errorf("%v\n%s", err, body)
	}
	if strings.Contains(string(body), "专用场景") || strings.Contains(string(body), "某") {
		t.Errorf("the letter holds what somebody typed, or a name:\n%s", body)
	}
	h.figures(t, n, Figure{Sent: 3})
	send(t, n)
	if err := n.Close(); err != nil {
		t.Fatal(err)
	}
	again := h.open(t, cfg)
	if err := h.pass(again); err != nil {
		t.Fatal(err)
	}
	send(t, again)
	if len(o.got()) != 3 {
		t.Errorf("after a restart %d letters have arrived", len(o.got()))
	}
}

func TestWhoDoesNotWishOrLeftIsNotWrittenTo(t *testing.T) {
	h, o, cfg := aMailHouse(t, opening+applying)
	steward := h.member(t, "wisher", "002", "wisher@example.gov.cn", "zh", people.Steward)
	if err := h.people.Wish(t.Context(), steward.ID, []string{"entry.verified"}); err != nil {
		t.Fatal(err)
	}
	n := h.open(t, cfg)
	h.play(t, n, parse(t, opening+applying))
	accounts, err := h.people.Accounts(t.Context(), people.Filter{Words: "approver"})
	if err != nil || len(accounts) != 1 {
		t.Fatal(accounts, err)
	}
	if err := h.people.CloseAccount(t.Context(), people.Owner, accounts[0].ID, "离职"); err != nil {
		t.Fatal(err)
	}
	send(t, n)
	count := map[string]int{}
	for _, l := range o.got() {
		count[l.to]++
	}
	if len(count) != 2 || count["TO:<wisher@example.gov.cn>"] != 1 || count["TO:<steward@example.gov.cn>"] != 2 {
		t.Errorf("%v", count)
	}
	h.figures(t, n, Figure{Sent: 3})
}

func TestLoginsGoOverTLSOnly(t *testing.T) {
	password := filepath.Join(t.TempDir(), "password")
	if err := os.WriteFile(password, []byte("geheim-und-lang\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, ways         string
		implicit, startTLS bool
		why                string
	}{
		{"PLAIN over STARTTLS", "LOGIN PLAIN", false, true, ""},
		{"LOGIN over STARTTLS", "LOGIN", false, true, ""},
		{"PLAIN over TLS", "PLAIN", true, false, ""},
		{"no TLS", "PLAIN", false, false, "no_tls"},
		{"no way", "GSSAPI", false, true, "auth"},
		{"wrong password", "PLAIN", false, true, "auth"},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := newPostOffice(t)
			o.ways, o.implicit, o.startTLS, o.user, o.password = c.ways, c.implicit, c.startTLS, "mulu", "geheim-und-lang"
			if c.name == "wrong password" {
				o.password = "another"
			}
			m, err := NewMail(MailSettings{Server: o.server(), From: "mulu@example.gov.cn", User: "mulu", PasswordFile: password})
			if err != nil {
				t.Fatal(err)
			}
			p := &post{mail: m, roots: o.roots}
			defer p.close()
			err = p.send(t.Context(), letter{to: "a@example.gov.cn", id: "x", subject: "s", body: "b", date: time.Now()})
			if c.why == "" {
				if err != nil || len(o.got()) != 1 || o.got()[0].user != "mulu" || !o.got()[0].tls {
					t.Errorf("%v %+v", err, o.got())
				}
				return
			}
			var u *Undelivered
			if !errors.As(err, &u) || u.Code != c.why || !u.Lane || u.Final {
				t.Errorf("%+v", err)
			}
			if s := o.said(); strings.Contains(s, base64.StdEncoding.EncodeToString([]byte("\x00mulu\x00geheim-und-lang"))) && c.why == "no_tls" {
				t.Errorf("the password went over in the clear:\n%s", s)
			}
		})
	}
	t.Run("a certificate nobody knows", func(t *testing.T) {
		o := newPostOffice(t)
		p := &post{mail: o.mail(t)}
		defer p.close()
		var u *Undelivered
		if err := p.send(t.Context(), letter{to: "a@example.gov.cn"}); !errors.As(err, &u) || u.Code != "tls" || len(o.got()) != 0 {
			t.Errorf("%v", err)
		}
	})
}

// Each way in which a server can fail: what is tried again, what is given up at once, and what is said of it.
func TestServersThatFail(t *testing.T) {
	for _, c := range []struct {
		name        string
		line, reply string
		why         string
		final       bool // given up at once
		others      bool // other letters go on in the same pass
	}{
		{"no such box", "RCPT TO:<steward", "550 5.1.1 <steward@example.gov.cn> unknown", "refused:550", true, true},
		{"box full for now", "RCPT TO:<steward", "452 4.2.2 <steward@example.gov.cn> full", "later:452", false, true},
		{"text refused", "END", "554 5.7.1 spam", "refused:554", true, false},
		{"busy", "CONNECT", "421 4.3.2 busy", "later:421", false, false},
		{"busy in the midst", "RCPT TO:<steward", "421 4.3.2 shutting down", "later:421", false, false},
		{"sender refused", "MAIL", "553 5.1.8 <mulu@example.gov.cn> not ours", "refused:553", false, false},
		{"hangs up", "MAIL", "-", "broken", false, false},
		{"hangs up after the text", "END", "-", "broken", false, false},
		{"says nothing", "MAIL", "…", "timeout", false, false},
		{"greets with nothing", "CONNECT", "…", "timeout", false, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			h, o, cfg := aMailHouse(t, opening+applying)
			var log bytes.Buffer
			cfg.Log = slog.New(slog.NewTextHandler(&log, nil))
			cfg.Mail.patience = time.Second / 4
			n := h.open(t, cfg)
			o.set(func() { o.replies[c.line] = c.reply })
			h.play(t, n, parse(t, opening+applying)) // a letter to the steward first (verified), then one to each (received)
			send(t, n)
			waiting := parcels(t, n)
			first := waiting[0]
			if first.why != c.why || (first.state == failed) != c.final {
				t.Fatalf("the first letter stands at %+v", first)
			}
			if !c.others && !c.final && waiting[2].tries != 0 {
				t.Errorf("a way that takes nothing was tried again in the same pass: %+v", waiting)
			}
			if c.others && len(o.got()) != 1 {
				t.Errorf("%d letters arrived, the approver's should have", len(o.got()))
			}
			for _, s := range []string{log.String(), first.why} {
				if strings.Contains(s, "@") {
					t.Errorf("an address stands in %q", s)
				}
			}
			if WhyNot(first.why, "zh") == first.why || WhyNot(first.why, "en") == first.why {
				t.Errorf("%s has no words", first.why)
			}
			o.set(func() { delete(o.replies, c.line) })
			send(t, n)
			if !c.final && c.others && len(o.got()) != 1 {
				t.Error("it was tried again before its time")
			}
			h.clock.pass(61 * time.Second)
			send(t, n)
			arrivals := 3
			if c.final && c.others {
				arrivals = 1 // both of the steward's were refused
			} else if c.final {
				arrivals = 0
			}
			if len(o.got()) != arrivals {
				t.Errorf("%d letters arrived in the end, want %d\n%s", len(o.got()), arrivals, o.said())
			}
			h.figures(t, n, Figure{Sent: int64(arrivals), Failed: int64(3 - arrivals)})
		})
	}
}

// aParcel is a row, for tests.
type aParcel struct {
	state, why, recipient string
	tries                 int
	next                  time.Time
}

func parcels(t *testing.T, n *Notify) []aParcel {
	t.Helper()
	found, err := list(t.Context(), n, "list parcels", func(s scanner) (p aParcel, err error) {
		var next int64
		err = s.Scan(&p.state, &p.why, &p.recipient, &p.tries, &next)
		p.next = moment(next)
		return p, err
	}, "SELECT state, why, recipient, tries, next FROM parcel ORDER BY way, notice, recipient")
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// Many at once are one letter, without what is not wished; under one id, so that the same letter sent twice can be told.
func TestManyAreGathered(t *testing.T) {
	var many strings.Builder
	many.WriteString(opening)
	for i := range gatherFrom + 1 {
		fmt.Fprintf(&many, "区民政局 提交目录 名称=目录%d号 摘要=说明文字 职责=社会救助 分类=307 格式=数据库 更新周期=每月 共享=无条件共享 开放=无条件开放 级别=1\n  - 信息项 名称=街道 字段=jd 类型=C 长度=12 级别=1\n区数据局 核定目录 目录=目录%d号\n", i, i)
	}
	many.WriteString(applying)
	h, o, cfg := aMailHouse(t, many.String())
	n := h.open(t, cfg)
	h.play(t, n, parse(t, many.String()))
	o.set(func() { o.replies["END"] = "452 not now" })
	send(t, n)
	o.set(func() { delete(o.replies, "END") })
	h.clock.pass(time.Minute)
	send(t, n)
	got := map[string]*mail.Message{}
	for _, l := range o.got() {
		m, err := mail.ReadMessage(strings.NewReader(l.data))
		if err != nil {
			t.Fatal(err)
		}
		if got[l.to] != nil {
			t.Errorf("%s got two letters", l.to)
		}
		got[l.to] = m
	}
	m := got["TO:<steward@example.gov.cn>"]
	if len(got) != 2 || m == nil {
		t.Fatalf("%d letters", len(got))
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
	if err != nil || subject != fmt.Sprintf("目录链：%d 条提醒", gatherFrom+3) {
		t.Errorf("%q %v", subject, err)
	}
	raw, _ := io.ReadAll(m.Body)
	body, err := base64.StdEncoding.DecodeString(strings.ReplaceAll(string(raw), "\r\n", ""))
	if err != nil || strings.Count(string(body), "https://mulu.example.gov.cn/see/") != gatherFrom+3 || !strings.Contains(string(body), "收到共享申请 A-000001") {
		t.Errorf("%v\n%s", err, body)
	}
	h.figures(t, n, Figure{Sent: gatherFrom + 4})
}

// An account that was altered on disk is not written to, and nothing else stops for it.
func TestAForgedAddressIsNotWrittenTo(t *testing.T) {
	h, o, cfg := aMailHouse(t, opening+applying)
	n := h.open(t, cfg)
	h.play(t, n, parse(t, opening+applying))
	db, err := sql.Open("sqlite", "file:"+filepath.Join(h.dir, "people.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec("UPDATE contact SET mail = (SELECT mail FROM contact c JOIN account a ON a.id = c.person WHERE a.login = 'other') WHERE person = (SELECT id FROM account WHERE login = 'steward')"); err != nil {
		t.Fatal(err)
	}
	send(t, n)
	if got := o.got(); len(got) != 1 || got[0].to != "TO:<approver@example.gov.cn>" {
		t.Errorf("%+v", got)
	}
	h.figures(t, n, Figure{Sent: 1, Failed: 2})
	if p := parcels(t, n); p[0].why != "forged" {
		t.Errorf("%+v", p)
	}
}

// What nobody takes is tried for a day, ever more rarely, and then given up and shown.
func TestGivenUpAfterADay(t *testing.T) {
	h, o, cfg := aMailHouse(t, opening)
	o.listener.Close() // connection refused
	n := h.open(t, cfg)
	h.play(t, n, parse(t, opening))
	tries := 0
	for begun := h.clock.now(); h.clock.now().Sub(begun) < 30*time.Hour; h.clock.pass(time.Minute) {
		send(t, n)
		p := parcels(t, n)[0]
		if p.tries > tries {
			tries = p.tries
			if p.why != "connect" {
				t.Fatalf("%+v", p)
			}
		}
		if p.state == failed && h.clock.now().Sub(begun) < givenUp {
			t.Fatalf("given up after %s", h.clock.now().Sub(begun))
		}
	}
	if p := parcels(t, n)[0]; p.state != failed || tries < 20 || tries > 40 {
		t.Errorf("%+v after %d tries", p, tries)
	}
	h.figures(t, n, Figure{Failed: 1})
	list, err := n.Failures(t.Context(), "002", 10)
	if err != nil || len(list) != 1 || list[0].Why != "connect" || list[0].Occasion != "entry.verified" || list[0].Tries != tries || list[0].Way != "mail" {
		t.Errorf("%+v %v", list, err)
	}
	if other, err := n.Failures(t.Context(), "003", 10); err != nil || len(other) != 0 {
		t.Errorf("another institution sees %+v %v", other, err)
	}
}

func TestCodeIsMailed(t *testing.T) {
	h, o, cfg := aMailHouse(t, opening)
	n := h.open(t, cfg)
	if err := n.SendCode(t.Context(), "new@example.gov.cn", "123456", "zh"); err != nil {
		t.Fatal(err)
	}
	m, err := mail.ReadMessage(strings.NewReader(o.got()[0].data))
	if err != nil {
		t.Fatal(err)
	}
	if s, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject")); err != nil || !strings.Contains(s, "123456") {
		t.Errorf("%s %v", s, err)
	}
	o.set(func() { o.replies["RCPT"] = "550 no" })
	var u *Undelivered
	if err := n.SendCode(t.Context(), "new@example.gov.cn", "123456", "en"); !errors.As(err, &u) || u.Code != "refused:550" {
		t.Errorf("%v", err)
	}
	none := h.config()
	none.Path += ".none"
	if err := h.open(t, none).SendCode(t.Context(), "a@b.cn", "1", "zh"); !errors.As(err, &u) || u.Code != "no_mail" {
		t.Errorf("%v", err)
	}
}

// Whatever stands in a subject or a body, a letter has the headers that we gave it and no others.
func FuzzLettersKeepTheirHeaders(f *testing.F) {
	m := &Mail{from: mail.Address{Name: "目录链", Address: "mulu@example.gov.cn"}}
	for _, s := range []string{"收到申请", "a\r\nBcc: x@y.z", "=?UTF-8?B?eA==?=", strings.Repeat("长", 300), "\xff\xfe", "a\u2028b", ""} {
		f.Add(s, s)
	}
	f.Fuzz(func(t *testing.T, subject, body string) {
		raw := letter{to: "a@b.cn", id: "x", subject: subject, body: body, date: time.Unix(0, 0)}.bytes(m)
		got, err := mail.ReadMessage(bytes.NewReader(raw))
		if err != nil {
			t.Fatalf("%v\n%q", err, raw)
		}
		if len(got.Header) != 9 || len(got.Header["To"]) != 1 {
			t.Fatalf("%v", got.Header)
		}
		s, err := new(mime.WordDecoder).DecodeHeader(got.Header.Get("Subject"))
		if err != nil || s != plain(subject) {
			t.Fatalf("%q became %q, %v", subject, s, err)
		}
		for _, line := range bytes.Split(raw, []byte("\r\n")) {
			if len(line) > 78 || bytes.ContainsAny(line, "\r\n") {
				t.Fatalf("a line of %d: %q", len(line), line)
			}
		}
		text, _ := io.ReadAll(got.Body)
		if _, err := base64.StdEncoding.DecodeString(strings.ReplaceAll(string(text), "\r\n", "")); err != nil {
			t.Fatal(err)
		}
	})
}

func TestMailSettings(t *testing.T) {
	dir := t.TempDir()
	password, empty := filepath.Join(dir, "password"), filepath.Join(dir, "empty")
	for path, text := range map[string]string{password: "x\n", empty: "\n"} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	good := MailSettings{Server: "smtp://mail.example.gov.cn", From: "mulu@example.gov.cn", User: "mulu", PasswordFile: password, Pages: "https://mulu.example.gov.cn"}
	for _, c := range []struct {
		change func(*MailSettings)
		says   string // in the sentence; "" = it is in order
	}{
		{func(s *MailSettings) {}, ""},
		{func(s *MailSettings) { s.Server = "smtps://mail.example.gov.cn:465" }, ""},
		{func(s *MailSettings) { s.User, s.PasswordFile, s.Pages = "", "", "" }, ""},
		{func(s *MailSettings) { s.Server = "mail.example.gov.cn:25" }, "mail.server"},
		{func(s *MailSettings) { s.Server = "smtp://user:pass@mail.example.gov.cn" }, "mail.server"},
		{func(s *MailSettings) { s.Server = "" }, "mail.server"},
		{func(s *MailSettings) { s.From = "nobody" }, "mail.from"},
		{func(s *MailSettings) { s.From = "a@b.cn\r\nBcc: c@d.cn" }, "mail.from"},
		{func(s *MailSettings) { s.User = "" }, "mail.user"},
		{func(s *MailSettings) { s.PasswordFile = filepath.Join(dir, "none") }, "mail.password_file"},
		{func(s *MailSettings) { s.PasswordFile = empty }, "mail.password_file"},
		{func(s *MailSettings) { s.Pages = "mulu.example.gov.cn" }, "mail.pages"},
	} {
		s := good
		c.change(&s)
		m, err := NewMail(s)
		var wrong *Misset
		if c.says == "" {
			if err != nil || m.Server() != net.JoinHostPort("mail.example.gov.cn", map[bool]string{false: "587", true: "465"}[m.tls]) {
				t.Errorf("%+v: %v", s, err)
			}
			continue
		}
		if !errors.As(err, &wrong) || !strings.Contains(wrong.Text("zh"), c.says) || !strings.Contains(wrong.Text("en"), c.says) {
			t.Errorf("%+v: %v", s, err)
		}
	}
}
