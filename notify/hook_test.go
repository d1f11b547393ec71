package notify

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// A listener is a machine that is called by webhook.
type listener struct {
	*httptest.Server
	mu     sync.Mutex
	status int // what it answers
	calls  []call
	wait   chan struct{} // answers only when closed
}

type call struct {
	body      string
	signature string
	time      string
	message   message
	secure    bool
}

func newListener(t *testing.T, secure bool) (*listener, *x509.CertPool) {
	t.Helper()
	l := &listener{status: http.StatusNoContent}
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		c := call{body: string(b), signature: r.Header.Get("Mulu-Signature"), time: r.Header.Get("Mulu-Time"), secure: r.TLS != nil}
		err := json.Unmarshal(b, &c.message)
		l.mu.Lock()
		l.calls = append(l.calls, c)
		status, wait := l.status, l.wait
		l.mu.Unlock()
		if wait != nil {
			select {
			case <-wait:
			case <-r.Context().Done():
			}
		}
		if err != nil || r.Method != http.MethodPost || r.Header.Get("Content-Type") != "application/json" {
			status = http.StatusBadRequest
		}
		if status/100 == 3 {
			w.Header().Set("Location", "/elsewhere")
		}
		w.WriteHeader(status)
	})
	cert, roots := certificate(t)
	l.Server = httptest.NewUnstartedServer(h)
	if secure {
		l.TLS = &tls.Config{Certificates: []tls.Certificate{cert}}
		l.StartTLS()
	} else {
		l.Start()
	}
	t.Cleanup(l.Close)
	return l, roots
}

func (l *listener) set(status int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.status = status
}

func (l *listener) got() []call {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]call(nil), l.calls...)
}

func (l *listener) host() string {
	return strings.TrimPrefix(strings.TrimPrefix(l.URL, "https://"), "http://")
}

func hosts(t *testing.T, list ...string) Hosts {
	t.Helper()
	h, err := NewHosts(list)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func call1(t *testing.T, n *Notify) {
	t.Helper()
	if err := n.sendHooks(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func TestWebhookIsToldWhatItsInstitutionIsTold(t *testing.T) {
	h := newHouse(t, parse(t, opening+applying))
	l, _ := newListener(t, false)
	cfg := h.config()
	cfg.Hosts = hosts(t, l.host())
	n := h.open(t, cfg)
	hook, secret, err := n.AddHook(t.Context(), "002", "p-x", l.URL+"/in?key=geheim")
	if err != nil {
		t.Fatal(err)
	}
	if hook.Shown() != l.URL+"/in?…" {
		t.Errorf("shown as %s", hook.Shown())
	}
	h.play(t, n, parse(t, opening+applying))
	call1(t, n)
	got := l.got()
	if len(got) != 2 || got[0].message.Occasion != "entry.verified" {
		t.Fatalf("%+v", got)
	}
	m := got[1].message
	if m.Occasion != "application.received" || m.Noun != "application" || m.Number != "A-000001" || m.Entry != "307110102002/000001" || m.Due != "2026-03-09" ||
		m.At != "2026-03-02T10:00:00+08:00" || m.Path != "/see/application/A-000001" || len(m.ID) != 32 {
		t.Errorf("%+v", m)
	}
	if got[1].signature != Signature(secret, got[1].time, []byte(got[1].body)) || got[1].time != fmt.Sprint(h.clock.now().Unix()) {
		t.Errorf("signed %s at %s", got[1].signature, got[1].time)
	}
	if strings.Contains(got[1].body, "专用场景") || strings.Contains(got[1].body, "低保") {
		t.Errorf("the message holds more than it should: %s", got[1].body)
	}
	call1(t, n)
	if len(l.got()) != 2 {
		t.Error("the same was sent twice")
	}
	if f, err := n.Figures(t.Context()); err != nil || f.Hook != (Figure{Sent: 2}) {
		t.Errorf("%+v %v", f, err)
	}
	for _, end := range []string{"", "-wal"} {
		b, err := os.ReadFile(cfg.Path + end)
		if err != nil && end == "" {
			t.Fatal(err)
		}
		if s := string(b); strings.Contains(s, secret) || strings.Contains(s, "geheim") {
			t.Errorf("notify.db%s holds the secret or the address", end)
		}
	}
}

// TestSignatureInPython runs what docs/operating.md shows to whoever receives webhooks.
func TestSignatureInPython(t *testing.T) {
	doc, err := os.ReadFile("../docs/operating.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, ok := strings.Cut(string(doc), "```python\n")
	code, _, ok2 := strings.Cut(rest, "```")
	if !ok || !ok2 || !strings.Contains(code, "def genuine(") {
		t.Fatal("docs/operating.md shows no way to check a webhook in Python")
	}
	h := newHouse(t, parse(t, opening))
	l, _ := newListener(t, false)
	cfg := h.config()
	cfg.Hosts = hosts(t, l.host())
	n := h.open(t, cfg)
	hook, secret, err := n.AddHook(t.Context(), "002", "p-x", l.URL)
	if err != nil {
		t.Fatal(err)
	}
	if err := n.TestHook(t.Context(), "002", hook.ID); err != nil {
		t.Fatal(err)
	}
	c := l.got()[0]
	now := h.clock.now().Unix()
	type ask struct {
		Name, Secret, At, Signature, Body string
		Now                               int64
		Want                              bool
	}
	asks := []ask{
		{"as sent", secret, c.time, c.signature, c.body, now, true},
		{"altered", secret, c.time, c.signature, c.body + " ", now, false},
		{"under another secret", secret + "x", c.time, c.signature, c.body, now, false},
		{"said to be newer", secret, "9" + c.time, c.signature, c.body, now, false},
		{"played again", secret, c.time, c.signature, c.body, now + 3600, false},
	}
	questions, err := json.Marshal(asks)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "check.py")
	program := code + `
import json, sys
print(json.dumps([genuine(a["Secret"], a["At"], a["Signature"], a["Body"].encode(), now=a["Now"]) for a in json.loads(sys.argv[1])]))
`
	if err := os.WriteFile(path, []byte(program), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("python3", path, string(questions)).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	var answers []bool
	if err := json.Unmarshal(out, &answers); err != nil || len(answers) != len(asks) {
		t.Fatalf("%v\n%s", err, out)
	}
	for i, a := range asks {
		if answers[i] != a.Want {
			t.Errorf("%s: genuine is %v", a.Name, answers[i])
		}
	}
}

func TestWebhooksThatFail(t *testing.T) {
	for _, c := range []struct {
		status int
		why    string
		ended  bool
	}{{500, "status:500", false}, {404, "status:404", false}, {302, "redirect:302", false}, {307, "redirect:307", false}, {410, "gone", true}} {
		t.Run(fmt.Sprint(c.status), func(t *testing.T) {
			h := newHouse(t, parse(t, opening+applying))
			l, _ := newListener(t, false)
			cfg := h.config()
			cfg.Hosts = hosts(t, l.host())
			n := h.open(t, cfg)
			hook, _, err := n.AddHook(t.Context(), "002", "p-x", l.URL)
			if err != nil {
				t.Fatal(err)
			}
			h.play(t, n, parse(t, opening+applying))
			l.set(c.status)
			call1(t, n)
			call1(t, n)
			if len(l.got()) != 1 {
				t.Errorf("it was called %d times, though it takes nothing", len(l.got()))
			}
			p := parcels(t, n)
			if p[0].why != c.why || p[0].tries != 1 || p[1].tries != 0 {
				t.Errorf("%+v", p)
			}
			all, err := n.Hooks(t.Context(), "002")
			if err != nil || len(all) != 1 || all[0].Ended.IsZero() == c.ended {
				t.Errorf("%+v %v", all, err)
			}
			l.set(200)
			h.clock.pass(time.Minute)
			call1(t, n)
			want := 3
			if c.ended {
				want = 1
				if all[0].Why != "gone" || p[1].state != void {
					t.Errorf("%+v %+v", all, p)
				}
				var no *Denied
				if err := n.TestHook(t.Context(), "002", hook.ID); !errors.As(err, &no) || no.Code != "hook_none" {
					t.Errorf("%v", err)
				}
			}
			if len(l.got()) != want {
				t.Errorf("in the end it was called %d times, want %d", len(l.got()), want)
			}
		})
	}
}

// One that does not answer holds no other up.
func TestASilentWebhookHoldsNoOtherUp(t *testing.T) {
	h := newHouse(t, parse(t, opening+applying))
	silent, _ := newListener(t, false)
	quick, _ := newListener(t, false)
	silent.wait = make(chan struct{})
	cfg := h.config()
	cfg.Hosts = hosts(t, silent.host(), quick.host())
	n := h.open(t, cfg)
	for _, l := range []*listener{silent, quick} {
		if _, _, err := n.AddHook(t.Context(), "002", "p-x", l.URL); err != nil {
			t.Fatal(err)
		}
	}
	h.play(t, n, parse(t, opening+applying))
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- n.sendHooks(ctx) }()
	for deadline := time.Now().Add(time.Minute); len(quick.got()) < 2 || len(silent.got()) < 1; {
		if time.Now().After(deadline) {
			t.Fatalf("the quick one was called %d times", len(quick.got()))
		}
		time.Sleep(time.Millisecond)
	}
	stop() // the program ends while one is being called: it is called again later, and nothing is noted as failed
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	close(silent.wait)
	call1(t, n)
	if got := silent.got(); len(got) != 3 || got[0].message.ID != got[1].message.ID {
		t.Errorf("%+v", got)
	}
	if f, err := n.Figures(t.Context()); err != nil || f.Hook != (Figure{Sent: 4}) {
		t.Errorf("%+v %v", f, err)
	}
}

// Somebody ends a webhook while it is being called, and it answers that it is gone: both are content.
func TestAWebhookEndedWhileItIsCalled(t *testing.T) {
	h := newHouse(t, parse(t, opening))
	l, _ := newListener(t, false)
	l.wait = make(chan struct{})
	l.set(http.StatusGone)
	cfg := h.config()
	cfg.Hosts = hosts(t, l.host())
	n := h.open(t, cfg)
	hook, _, err := n.AddHook(t.Context(), "002", "p-x", l.URL)
	if err != nil {
		t.Fatal(err)
	}
	h.play(t, n, parse(t, opening))
	ended := make(chan error, 1)
	go func() { ended <- n.sendHooks(t.Context()) }()
	for deadline := time.Now().Add(time.Minute); len(l.got()) == 0; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("it is not called")
		}
	}
	if err := n.EndHook(t.Context(), "002", hook.ID); err != nil {
		t.Fatal(err)
	}
	close(l.wait)
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	if list, err := n.Hooks(t.Context(), "002"); err != nil || list[0].Why != "revoked" {
		t.Errorf("%+v %v", list, err)
	}
	if p := parcels(t, n); p[0].state != void {
		t.Errorf("%+v", p)
	}
}

func TestWhichAddressesAWebhookMayHave(t *testing.T) {
	h := newHouse(t, parse(t, opening))
	cfg := h.config()
	cfg.Hosts = hosts(t, "hooks.example.gov.cn", "other.example.gov.cn:8443", "127.0.0.1:9000", "localhost:9000", "10.1.2.3")
	n := h.open(t, cfg)
	for address, want := range map[string]string{
		"https://hooks.example.gov.cn/in?x=1": "", "https://HOOKS.example.gov.cn:443/": "", "https://other.example.gov.cn:8443": "", "http://127.0.0.1:9000/x": "",
		"http://localhost:9000/x": "", "https://10.1.2.3/": "", "https://[::ffff:10.1.2.3]/": "",
		"http://hooks.example.gov.cn/": "hook_scheme", "http://10.1.2.3/": "hook_scheme", "ftp://hooks.example.gov.cn/": "hook_scheme", "/in": "hook_scheme", "": "hook_scheme",
		"https://hooks.example.gov.cn:8443/": "hook_host", "https://other.example.gov.cn/": "hook_host", "https://hooks.example.gov.cn.evil.cn/": "hook_host",
		"https://evil.cn/#hooks.example.gov.cn": "hook_form", "https://hooks.example.gov.cn@evil.cn/": "hook_form", "https://u:p@hooks.example.gov.cn/": "hook_form",
		"http://127.0.0.1:22/": "hook_host", "https://169.254.169.254/": "hook_host", "https://[::1]/": "hook_host", "https://0x7f000001/": "hook_host", "https://127.1/": "hook_host",
		"https://hooks.example.gov.cn/\r\nx": "hook_form", "https://hooks.example.gov.cn/" + strings.Repeat("x", 500): "hook_form",
	} {
		hook, _, err := n.AddHook(t.Context(), "002", "p-x", address)
		var no *Denied
		if errors.As(err, &no) {
			if no.Code != want {
				t.Errorf("%q: %s, want %q", address, no.Code, want)
			}
			continue
		}
		if err != nil || want != "" {
			t.Errorf("%q: %v, want %q", address, err, want)
			continue
		}
		if err := n.EndHook(t.Context(), "002", hook.ID); err != nil {
			t.Error(err)
		}
	}
	var no *Denied
	for i := range mostHooks + 1 {
		_, _, err := n.AddHook(t.Context(), "003", "p-x", "https://hooks.example.gov.cn/")
		if last := i == mostHooks; last != errors.As(err, &no) || last && no.Code != "hook_many" {
			t.Errorf("number %d: %v", i+1, err)
		}
	}
	list, err := n.Hooks(t.Context(), "003")
	if err != nil || len(list) != mostHooks {
		t.Fatal(len(list), err)
	}
	if err := n.EndHook(t.Context(), "002", list[0].ID); !errors.As(err, &no) || no.Code != "hook_none" {
		t.Errorf("another institution's: %v", err)
	}
	if err := n.TestHook(t.Context(), "002", list[0].ID); !errors.As(err, &no) || no.Code != "hook_none" {
		t.Errorf("another institution's: %v", err)
	}
	for code := range denials {
		if d := (&Denied{code}); d.Text("zh") == code || d.Text("en") == d.Text("zh") {
			t.Errorf("%s has no words", code)
		}
	}
}

// names answers every question for an address with 127.0.0.1, as a name server does whose owner wants into our network.
func names(t *testing.T) *net.Resolver {
	t.Helper()
	c, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	go func() {
		b := make([]byte, 1500)
		for {
			n, from, err := c.ReadFrom(b)
			if err != nil {
				return
			}
			end := 12
			for end < n && b[end] != 0 {
				end += 1 + int(b[end])
			}
			end += 5                                                                          // the root, type and class
			a := append([]byte{b[0], b[1], 0x81, 0x80, 0, 1, 0, 0, 0, 0, 0, 0}, b[12:end]...) // the question again
			if b[end-3] == 1 {                                                                // for an address of version 4
				a[7] = 1
				a = append(a, 0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 1, 0, 4, 127, 0, 0, 1)
			}
			_, _ = c.WriteTo(a, from)
		}
	}()
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "udp", c.LocalAddr().String())
	}}
}

// A name of the list that leads to a private address reaches nothing, unless that address is listed too.
func TestNamesThatLeadInside(t *testing.T) {
	h := newHouse(t, parse(t, opening))
	l, _ := newListener(t, true)
	_, port, _ := strings.Cut(l.host(), ":")
	for _, c := range []struct {
		list []string
		why  string
	}{
		{[]string{"hooks.example.gov.cn:" + port}, "private"},
		{[]string{"hooks.example.gov.cn:" + port, "10.0.0.0/8"}, "private"},
		{[]string{"hooks.example.gov.cn:" + port, "127.0.0.0/8"}, "tls"}, // it is reached: what fails is its certificate
	} {
		cfg := h.config()
		cfg.Path = filepath.Join(t.TempDir(), "notify.db")
		cfg.Hosts, cfg.names = hosts(t, c.list...), names(t)
		n := h.open(t, cfg)
		hook, _, err := n.AddHook(t.Context(), "002", "p-x", "https://hooks.example.gov.cn:"+port+"/")
		if err != nil {
			t.Fatal(err)
		}
		var u *Undelivered
		if err := n.TestHook(t.Context(), "002", hook.ID); !errors.As(err, &u) || u.Code != c.why {
			t.Errorf("%v: %v, want %s", c.list, err, c.why)
		}
		if len(l.got()) != 0 {
			t.Errorf("%v: it was called", c.list)
		}
	}
}

// Over TLS, under a certificate that is known, a webhook is called.
func TestWebhookOverTLS(t *testing.T) {
	h := newHouse(t, parse(t, opening))
	l, roots := newListener(t, true)
	cfg := h.config()
	cfg.Hosts, cfg.roots = hosts(t, l.host()), roots
	n := h.open(t, cfg)
	hook, _, err := n.AddHook(t.Context(), "002", "p-x", l.URL)
	if err == nil {
		err = n.TestHook(t.Context(), "002", hook.ID)
	}
	if got := l.got(); err != nil || len(got) != 1 || !got[0].secure || got[0].message.Occasion != "test" {
		t.Errorf("%v %+v", err, got)
	}
}

func TestAHostTakenOffTheListIsNotCalled(t *testing.T) {
	h := newHouse(t, parse(t, opening))
	l, _ := newListener(t, false)
	cfg := h.config()
	cfg.Hosts = hosts(t, l.host())
	n := h.open(t, cfg)
	if _, _, err := n.AddHook(t.Context(), "002", "p-x", l.URL); err != nil {
		t.Fatal(err)
	}
	h.play(t, n, parse(t, opening))
	if err := n.Close(); err != nil {
		t.Fatal(err)
	}
	cfg.Hosts = Hosts{}
	n = h.open(t, cfg)
	call1(t, n)
	if p := parcels(t, n); len(l.got()) != 0 || p[0].why != "host" || p[0].state != waiting {
		t.Errorf("called %d times, %+v", len(l.got()), p)
	}
}

func TestHostLists(t *testing.T) {
	for _, bad := range []string{"", "https://hooks.example.gov.cn", "a b", "*.example.gov.cn", "hooks.example.gov.cn/in", "-x.cn"} {
		var wrong *Misset
		if _, err := NewHosts([]string{bad}); !errors.As(err, &wrong) || !strings.Contains(wrong.Text("zh"), "hooks") {
			t.Errorf("%q: %v", bad, err)
		}
	}
	if !(Hosts{}).None() || hosts(t, "a.cn").None() {
		t.Error("None")
	}
	u, _ := url.Parse("https://a.cn/")
	if (Hosts{}).admits(u) == nil {
		t.Error("the zero Hosts admits somebody")
	}
	for address, want := range map[string]bool{"1.2.4.8": true, "2400:3200::1": true, "10.0.0.1": false, "172.16.0.1": false, "192.168.1.1": false, "127.0.0.1": false,
		"169.254.169.254": false, "0.0.0.0": false, "100.64.0.1": false, "224.0.0.1": false, "255.255.255.255": false, "::1": false, "::": false, "fe80::1": false,
		"fd00::1": false, "64:ff9b::7f00:1": false, "2002:7f00:1::": false, "::ffff:127.0.0.1": false} {
		a := netip.MustParseAddr(address)
		if err := (Hosts{}).reachable("tcp", netip.AddrPortFrom(a, 443).String(), nil); (err == nil) != want {
			t.Errorf("%s: %v", address, err)
		}
	}
}
