package notify

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/mail"
	"net/smtp"
	"net/textproto"
	"net/url"
	"os"
	"slices"
	"strings"
	"syscall"
	"time"
)

// MailSettings is how mail is sent, as the operator writes it in config.json.
type MailSettings struct {
	// Server is smtp://host:587, which goes over to TLS where the server offers it, or smtps://host:465, TLS from the start.
	Server string `json:"server"`
	// From is who the letters are from: an address, or a name with an address.
	From string `json:"from"`
	// User logs in, over TLS only. "" = no login.
	User string `json:"user,omitempty"`
	// PasswordFile holds the user's password; the settings hold none.
	PasswordFile string `json:"password_file,omitempty"`
	// Pages is the address under which people reach the pages, like https://mulu.example.gov.cn, for the links in letters.
	Pages string `json:"pages,omitempty"`
}

// Mail is a mail server to hand letters to.
type Mail struct {
	host, address string
	tls           bool // from the start
	from          mail.Address
	user          string
	password      string
	patience      time.Duration // for each step of the conversation
}

// Misset says what is wrong with settings, in both languages.
type Misset struct{ Zh, En string }

func (m *Misset) Error() string { return m.En }

// Text is the sentence.
func (m *Misset) Text(lang string) string {
	if lang == "en" {
		return m.En
	}
	return m.Zh
}

// NewMail checks settings and reads the password. What is wrong is *Misset.
func NewMail(s MailSettings) (*Mail, error) {
	m := &Mail{user: s.User, patience: 20 * time.Second}
	u, err := url.Parse(s.Server)
	if err != nil || u.Scheme != "smtp" && u.Scheme != "smtps" || u.Hostname() == "" || u.User != nil || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" {
		return nil, &Misset{"config.json 中 mail.server 应写作 smtp://主机:587 或 smtps://主机:465，现在是 “" + s.Server + "”",
			"mail.server in config.json is smtp://host:587 or smtps://host:465, not " + fmt.Sprintf("%q", s.Server)}
	}
	m.tls, m.host = u.Scheme == "smtps", u.Hostname()
	port := u.Port()
	if port == "" {
		port = map[bool]string{false: "587", true: "465"}[m.tls]
	}
	m.address = net.JoinHostPort(m.host, port)
	from, err := mail.ParseAddress(s.From)
	if err != nil || strings.IndexFunc(from.Address, func(r rune) bool { return r <= ' ' || r > '~' || r == '<' || r == '>' }) >= 0 || !strings.Contains(from.Address, "@") {
		return nil, &Misset{"config.json 中 mail.from 应是一个邮箱地址，如 mulu@example.gov.cn，现在是 “" + s.From + "”",
			"mail.from in config.json is an address like mulu@example.gov.cn, not " + fmt.Sprintf("%q", s.From)}
	}
	m.from = *from
	if (s.User == "") != (s.PasswordFile == "") {
		return nil, &Misset{"config.json 中 mail.user 与 mail.password_file 须同时填写或同时不填", "mail.user and mail.password_file in config.json are given both or neither"}
	}
	if s.PasswordFile != "" {
		raw, err := os.ReadFile(s.PasswordFile)
		if err != nil {
			return nil, &Misset{"读不到 mail.password_file 所指的文件：" + err.Error(), "the file of mail.password_file cannot be read: " + err.Error()}
		}
		if m.password = strings.TrimRight(string(raw), "\r\n"); m.password == "" {
			return nil, &Misset{"mail.password_file 所指的文件是空的：" + s.PasswordFile, "the file of mail.password_file is empty: " + s.PasswordFile}
		}
	}
	if s.Pages != "" {
		p, err := url.Parse(s.Pages)
		if err != nil || p.Scheme != "http" && p.Scheme != "https" || p.Host == "" || p.User != nil || strings.Trim(p.Path, "/") != "" || p.RawQuery != "" || p.Fragment != "" {
			return nil, &Misset{"config.json 中 mail.pages 应是页面的对外地址，如 https://mulu.example.gov.cn，现在是 “" + s.Pages + "”",
				"mail.pages in config.json is the address of the pages, like https://mulu.example.gov.cn, not " + fmt.Sprintf("%q", s.Pages)}
		}
	}
	return m, nil
}

// Server is where letters go, for the line that a node says at its start.
func (m *Mail) Server() string { return m.address }

// domain is what stands behind the @ of the sender.
func (m *Mail) domain() string { return m.from.Address[strings.LastIndexByte(m.from.Address, '@')+1:] }

// post is a conversation with the mail server, begun with the first letter and begun anew where it broke.
type post struct {
	mail   *Mail
	roots  *x509.CertPool
	conn   net.Conn
	client *smtp.Client
}

// send hands one letter over. An error is *Undelivered.
func (p *post) send(ctx context.Context, l letter) error {
	if p.client == nil {
		if err := p.begin(ctx); err != nil {
			p.close()
			return lane(err)
		}
	}
	stop := context.AfterFunc(ctx, func() { _ = p.conn.SetDeadline(time.Unix(1, 0)) })
	defer stop()
	sender, err := p.converse(l)
	if err == nil {
		return nil
	}
	var said *textproto.Error
	if !errors.As(err, &said) { // the conversation broke; what was meant to go next begins another
		p.close()
		return lane(err)
	}
	if resetting := p.client.Reset(); resetting != nil {
		p.close()
	}
	u := reply(said)
	if sender && u.Final { // it is the settings' fault, not the letter's: nothing goes until they are mended
		u.Final, u.Lane = false, true
	}
	return u
}

// converse says the lines of one letter, each within the server's patience, and tells whether it was the sender that failed.
func (p *post) converse(l letter) (sender bool, err error) {
	for i, step := range []func() error{
		func() error { return p.client.Mail(p.mail.from.Address) },
		func() error { return p.client.Rcpt(l.to) },
		func() error {
			w, err := p.client.Data()
			if err != nil {
				return err
			}
			if _, err := w.Write(l.bytes(p.mail)); err != nil {
				return err
			}
			return w.Close()
		},
	} {
		if err := p.conn.SetDeadline(time.Now().Add(p.mail.patience)); err != nil {
			return false, err
		}
		if err := step(); err != nil {
			return i == 0, err
		}
	}
	return false, nil
}

// begin connects, goes over to TLS, and logs in.
func (p *post) begin(ctx context.Context) error {
	m := p.mail
	dialer := &net.Dialer{Timeout: m.patience}
	conn, err := dialer.DialContext(ctx, "tcp", m.address)
	if err != nil {
		return &Undelivered{Code: dialing(err), Err: err}
	}
	p.conn = conn
	if err := conn.SetDeadline(time.Now().Add(3 * m.patience)); err != nil {
		return err
	}
	stop := context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Unix(1, 0)) })
	defer stop()
	settings := &tls.Config{ServerName: m.host, RootCAs: p.roots, MinVersion: tls.VersionTLS12}
	secured := m.tls
	if m.tls {
		over := tls.Client(conn, settings)
		if err := over.HandshakeContext(ctx); err != nil {
			return &Undelivered{Code: "tls", Err: err}
		}
		p.conn = over
	}
	if p.client, err = smtp.NewClient(p.conn, m.host); err != nil {
		return err
	}
	if err := p.client.Hello("mulu.local"); err != nil {
		return err
	}
	if offered, _ := p.client.Extension("STARTTLS"); offered && !secured {
		if err := p.client.StartTLS(settings); err != nil {
			return &Undelivered{Code: "tls", Err: err}
		}
		secured = true
	}
	if m.user == "" {
		return nil
	}
	if !secured {
		return &Undelivered{Code: "no_tls", Err: errors.New("the server offers no TLS; name and password are not sent in the clear")}
	}
	return p.login()
}

// login proves who we are, by PLAIN or else by LOGIN.
func (p *post) login() error {
	_, ways := p.client.Extension("AUTH")
	list := strings.Fields(strings.ToUpper(ways))
	var way smtp.Auth
	switch {
	case slices.Contains(list, "PLAIN"):
		way = plainLogin{p.mail}
	case slices.Contains(list, "LOGIN"):
		way = wordyLogin{p.mail}
	default:
		return &Undelivered{Code: "auth", Err: fmt.Errorf("the server takes logins by %q, not by PLAIN or LOGIN", ways)}
	}
	if err := p.client.Auth(way); err != nil {
		var said *textproto.Error
		if errors.As(err, &said) {
			return &Undelivered{Code: "auth", Err: fmt.Errorf("the server refuses the login with %d", said.Code)}
		}
		return err
	}
	return nil
}

// close ends the conversation, politely where it still goes.
func (p *post) close() {
	if p.client != nil {
		_ = p.conn.SetDeadline(time.Now().Add(2 * time.Second))
		_ = p.client.Quit()
		_ = p.client.Close()
	}
	if p.conn != nil {
		_ = p.conn.Close()
	}
	p.client, p.conn = nil, nil
}

// plainLogin is AUTH PLAIN (RFC 4616). It is used over TLS only.
type plainLogin struct{ *Mail }

func (a plainLogin) Start(*smtp.ServerInfo) (string, []byte, error) {
	return "PLAIN", []byte("\x00" + a.user + "\x00" + a.password), nil
}

func (a plainLogin) Next([]byte, bool) ([]byte, error) { return nil, nil }

// wordyLogin is AUTH LOGIN, which some servers have alone: they ask for the name, then for the password.
type wordyLogin struct{ *Mail }

func (a wordyLogin) Start(*smtp.ServerInfo) (string, []byte, error) { return "LOGIN", nil, nil }

func (a wordyLogin) Next(asked []byte, more bool) ([]byte, error) {
	if !more {
		return nil, nil
	}
	if strings.HasPrefix(strings.ToLower(string(asked)), "user") {
		return []byte(a.user), nil
	}
	return []byte(a.password), nil
}

// lane is an error of the way itself: nothing else goes now either.
func lane(err error) error {
	var u *Undelivered
	if errors.As(err, &u) {
		u.Lane = true
		return u
	}
	var said *textproto.Error
	if errors.As(err, &said) {
		return &Undelivered{Code: fmt.Sprintf("later:%d", said.Code), Lane: true, Err: fmt.Errorf("the server greets with %d", said.Code)}
	}
	return &Undelivered{Code: dialing(err), Lane: true, Err: err}
}

// reply is what a server says to one letter. Its words are left out: they often repeat the address.
func reply(said *textproto.Error) *Undelivered {
	err := fmt.Errorf("the server answers %d", said.Code)
	if said.Code >= 500 {
		return &Undelivered{Code: fmt.Sprintf("refused:%d", said.Code), Final: true, Err: err}
	}
	return &Undelivered{Code: fmt.Sprintf("later:%d", said.Code), Lane: said.Code == 421, Err: err}
}

// dialing tells how a connection failed.
func dialing(err error) string {
	var timeout interface{ Timeout() bool }
	switch {
	case errors.As(err, &timeout) && timeout.Timeout():
		return "timeout"
	case errors.As(err, new(*tls.CertificateVerificationError)):
		return "tls"
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		return "broken"
	}
	return "connect"
}
