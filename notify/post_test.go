package notify

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"math/big"
	"net"
	"strings"
	"sync"
	"testing"
	"time"
)

// A postOffice speaks SMTP over TCP as servers do, with a certificate of its own, and keeps what arrives. Its fields say how it
// behaves; they are set before it is asked.
type postOffice struct {
	listener net.Listener
	cert     tls.Certificate
	roots    *x509.CertPool

	mu       sync.Mutex
	startTLS bool              // offered
	implicit bool              // TLS from the start
	ways     string            // of AUTH
	user     string            // wanted, with password
	password string            //
	replies  map[string]string // an answer by the beginning of a line: "RCPT TO:<b" → "550 5.1.1 no such <b@…>"; "-" = hang up, "…" = say nothing more
	letters  []arrived
	lines    []string // all that was said, with * before what came over TLS
	sessions int
}

// arrived is a letter as the server has it.
type arrived struct {
	from, to string
	data     string
	tls      bool
	user     string
}

func newPostOffice(t testing.TB) *postOffice {
	t.Helper()
	o := &postOffice{startTLS: true, replies: map[string]string{}}
	o.cert, o.roots = certificate(t)
	var err error
	if o.listener, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	go func() {
		for {
			c, err := o.listener.Accept()
			if err != nil {
				return
			}
			go o.serve(c)
		}
	}()
	t.Cleanup(func() { o.listener.Close() })
	return o
}

// certificate makes a self-signed one for 127.0.0.1 and localhost.
func certificate(t testing.TB) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	form := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, DNSNames: []string{"localhost"}, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign}
	raw, err := x509.CreateCertificate(rand.Reader, form, form, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(raw)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(leaf)
	return tls.Certificate{Certificate: [][]byte{raw}, PrivateKey: key}, roots
}

func (o *postOffice) set(change func()) {
	o.mu.Lock()
	defer o.mu.Unlock()
	change()
}

func (o *postOffice) got() []arrived {
	o.mu.Lock()
	defer o.mu.Unlock()
	return append([]arrived(nil), o.letters...)
}

func (o *postOffice) said() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return strings.Join(o.lines, "\n")
}

func (o *postOffice) server() string {
	scheme := "smtp"
	if o.implicit {
		scheme = "smtps"
	}
	return scheme + "://" + o.listener.Addr().String()
}

// answer gives what is to be said to a line, "" for the usual.
func (o *postOffice) answer(line string) string {
	o.mu.Lock()
	defer o.mu.Unlock()
	best := ""
	for begin := range o.replies {
		if strings.HasPrefix(line, begin) && len(begin) >= len(best) {
			best = begin
		}
	}
	return o.replies[best]
}

func (o *postOffice) serve(c net.Conn) {
	defer func() { c.Close() }()
	o.mu.Lock()
	o.sessions++
	secure := o.implicit
	o.mu.Unlock()
	if secure {
		c = tls.Server(c, &tls.Config{Certificates: []tls.Certificate{o.cert}})
	}
	in := bufio.NewReader(c)
	say := func(lines ...string) { fmt.Fprint(c, strings.Join(lines, "\r\n")+"\r\n") }
	one := arrived{}
	user, hungUp := "", false
	line := "CONNECT"
	for {
		usual := func() {}
		word, rest, _ := strings.Cut(line, " ")
		switch strings.ToUpper(word) {
		case "CONNECT":
			usual = func() { say("220 post ready") }
		case "EHLO":
			o.mu.Lock()
			list := []string{"250-post", "250-8BITMIME"}
			if o.startTLS && !secure {
				list = append(list, "250-STARTTLS")
			}
			if o.ways != "" {
				list = append(list, "250-AUTH "+o.ways)
			}
			o.mu.Unlock()
			usual = func() { say(append(list, "250 SIZE 1000000")...) }
		case "STARTTLS":
			usual = func() {
				say("220 go on")
				c = tls.Server(c, &tls.Config{Certificates: []tls.Certificate{o.cert}})
				in, secure = bufio.NewReader(c), true
			}
		case "AUTH":
			usual = func() {
				name, pass := "", ""
				switch way, first, _ := strings.Cut(rest, " "); way {
				case "PLAIN":
					b, _ := base64.StdEncoding.DecodeString(first)
					parts := strings.Split(string(b), "\x00")
					name, pass = parts[1], parts[2]
				case "LOGIN":
					for _, ask := range []string{"Username:", "Password:"} {
						say("334 " + base64.StdEncoding.EncodeToString([]byte(ask)))
						text, _ := in.ReadString('\n')
						b, _ := base64.StdEncoding.DecodeString(strings.TrimSpace(text))
						name, pass = pass, string(b)
					}
				}
				if name != o.user || pass != o.password {
					say("535 5.7.8 wrong for " + name)
					return
				}
				user = name
				say("235 welcome")
			}
		case "MAIL":
			one = arrived{from: rest, tls: secure, user: user}
			usual = func() { say("250 ok") }
		case "RCPT":
			one.to = rest
			usual = func() { say("250 ok") }
		case "DATA":
			usual = func() {
				say("354 go on")
				for {
					text, err := in.ReadString('\n')
					if err != nil {
						return
					}
					if text == ".\r\n" {
						break
					}
					one.data += strings.TrimPrefix(text, ".")
				}
				switch end := o.answer("END"); end {
				case "":
				case "-":
					hungUp = true
					return
				default:
					say(end)
					return
				}
				o.set(func() { o.letters = append(o.letters, one) })
				say("250 kept")
			}
		case "RSET":
			usual = func() { say("250 ok") }
		case "QUIT":
			say("221 bye")
			return
		default:
			usual = func() { say("500 what") }
		}
		switch reply := o.answer(line); reply {
		case "":
			usual()
		case "-":
			return
		case "…":
			_, _ = in.ReadString('\n') // until the other side gives up
			return
		default:
			say(reply)
			if strings.HasPrefix(reply, "421") {
				return
			}
		}
		if hungUp {
			return
		}
		text, err := in.ReadString('\n')
		if err != nil {
			return
		}
		line = strings.TrimRight(text, "\r\n")
		o.set(func() { o.lines = append(o.lines, map[bool]string{true: "* "}[secure]+line) })
	}
}
