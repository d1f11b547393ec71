package source

import (
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/dns/dnsmessage"

	"mulu/platform"
)

func TestReachIsWhatIsListed(t *testing.T) {
	for _, c := range []struct {
		list, named, address string
		want                 bool
	}{
		{"10.1.2.3:5432", "", "10.1.2.3:5432", true},
		{"10.1.2.3:5432", "", "10.1.2.3:5433", false},
		{"10.1.2.3", "", "10.1.2.3:9", true},
		{"10.1.0.0/16:3306", "", "10.1.200.7:3306", true},
		{"10.1.0.0/16:3306", "", "10.2.0.1:3306", false},
		{"10.1.0.0/16", "", "[::ffff:10.1.2.3]:1", true},
		{"[fd00::1]:5432", "", "[fd00::1]:5432", true},
		{"fd00::1", "", "[fd00::1%eth0]:5432", true},
		{"db.gov.cn:5432", "db.gov.cn:5432", "10.9.9.9:5432", true},
		{"db.gov.cn:5432", "DB.gov.cn.:5432", "10.9.9.9:5432", true},
		{"db.gov.cn:5432", "db.gov.cn:5433", "10.9.9.9:5433", false},
		{"db.gov.cn:5432", "other.gov.cn:5432", "10.9.9.9:5432", false},
		// A name that leads to this machine or to a cloud's own services leads nowhere, nor does a range that holds them.
		{"db.gov.cn", "db.gov.cn:80", "127.0.0.1:80", false},
		{"db.gov.cn", "db.gov.cn:80", "[::1]:80", false},
		{"db.gov.cn", "db.gov.cn:80", "169.254.169.254:80", false},
		{"db.gov.cn", "db.gov.cn:80", "100.100.100.200:80", false},
		{"db.gov.cn", "db.gov.cn:80", "[fe80::1]:80", false},
		{"db.gov.cn", "db.gov.cn:80", "0.0.0.0:80", false},
		{"db.gov.cn", "db.gov.cn:80", "[::ffff:127.0.0.1]:80", false},
		{"db.gov.cn", "db.gov.cn:80", "[64:ff9b::7f00:1]:80", false},
		{"db.gov.cn", "db.gov.cn:80", "224.0.0.1:80", false},
		{"0.0.0.0/0", "", "127.0.0.1:80", false},
		{"127.0.0.0/8", "", "127.0.0.1:80", false},
		{"0.0.0.0/0", "", "8.8.8.8:53", true},
		{"127.0.0.1:80", "", "127.0.0.1:80", true},
		{"127.0.0.1:80", "", "127.0.0.2:80", false},
		{"169.254.169.254", "", "169.254.169.254:80", true},
		{"", "", "8.8.8.8:53", false},
	} {
		var list []string
		if c.list != "" {
			list = []string{c.list}
		}
		r, err := NewReach(list)
		if err != nil {
			t.Fatal(c.list, err)
		}
		named := false
		if host, port, err := net.SplitHostPort(c.named); err == nil {
			n, _ := net.LookupPort("tcp", port)
			named = r.named(host, uint16(n))
		}
		if err := r.lets(named, c.address); (err == nil) != c.want || err != nil && !errors.Is(err, platform.ErrForbidden) {
			t.Errorf("%+v: %v", c, err)
		}
	}
	for _, wrong := range []string{"", "a b", "http://x", "x:0", "x:70000", "10.0.0.0/33", "-x", "x:y", "fe80::1%eth0", "用户"} {
		if _, err := NewReach([]string{wrong}); err == nil {
			t.Errorf("%q was taken", wrong)
		}
	}
}

// resolving answers every name with an address.
func resolving(t *testing.T, address string) *net.Resolver {
	t.Helper()
	c, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	ip := net.ParseIP(address).To4()
	go func() {
		b := make([]byte, 1500)
		for {
			n, from, err := c.ReadFrom(b)
			if err != nil {
				return
			}
			var m dnsmessage.Message
			if m.Unpack(b[:n]) != nil {
				continue
			}
			m.Response = true
			m.Additionals = nil
			if m.Questions[0].Type == dnsmessage.TypeA {
				m.Answers = []dnsmessage.Resource{{Header: dnsmessage.ResourceHeader{Name: m.Questions[0].Name, Class: dnsmessage.ClassINET, TTL: 1}, Body: &dnsmessage.AResource{A: [4]byte(ip)}}}
			}
			if out, err := m.Pack(); err == nil {
				_, _ = c.WriteTo(out, from)
			}
		}
	}()
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "udp", c.LocalAddr().String())
	}}
}

// A listed name that its owner points to this machine is not dialled, by no sort of source.
func TestNamesThatLeadToThisMachine(t *testing.T) {
	called := make(chan struct{}, 100)
	at := listening(t, func(net.Conn) { called <- struct{}{} })
	_, port, _ := net.SplitHostPort(at)
	reach, err := NewReach([]string{"db.example.com"})
	if err != nil {
		t.Fatal(err)
	}
	reach.resolve = resolving(t, "127.0.0.1")
	for _, c := range []Connection{
		{Sort: Postgres, Address: "db.example.com:" + port, Database: "x", User: "y", TLS: "off"},
		{Sort: MySQL, Address: "db.example.com:" + port, Database: "x", User: "y", TLS: "off"},
		{Sort: API, Address: "http://db.example.com:" + port, TLS: "off"},
		{Sort: API, Address: "https://db.example.com:" + port},
	} {
		o, err := openOwner(c, "", Config{Reach: reach, Patience: time.Second, Pool: 1, Now: time.Now})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := o.ask(t.Context()); !errors.Is(err, platform.ErrForbidden) {
			t.Errorf("%s: %v", c.Address, err)
		}
		_ = o.close()
	}
	if len(called) > 0 {
		t.Error("this machine was dialled")
	}
}

func TestFilesOfListedFoldersOnly(t *testing.T) {
	dir := t.TempDir()
	listed, other := filepath.Join(dir, "listed"), filepath.Join(dir, "listed-not")
	for _, d := range []string{listed, other} {
		if err := os.MkdirAll(d, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(d, "a.db"), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink(filepath.Join(other, "a.db"), filepath.Join(listed, "link.db")); err != nil {
		t.Fatal(err)
	}
	r, err := NewReach([]string{listed})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.File(filepath.Join(listed, "a.db")); err != nil {
		t.Error(err)
	}
	for _, p := range []string{filepath.Join(other, "a.db"), filepath.Join(listed, "link.db"), listed + "/../listed-not/a.db", "a.db", "/etc/passwd", ""} {
		if _, err := r.File(p); !errors.Is(err, platform.ErrForbidden) {
			t.Errorf("%s: %v", p, err)
		}
	}
	if _, err := r.File(filepath.Join(listed, "nothing.db")); !errors.Is(err, platform.ErrAway) {
		t.Error(err)
	}
}

func TestConnectionsAreChecked(t *testing.T) {
	ok := Connection{ID: "a", Org: "002", Sort: Postgres, Address: "db:5432", Database: "d", User: "u"}
	if err := ok.Sound(); err != nil {
		t.Fatal(err)
	}
	for code, change := range map[string]func(*Connection){
		"id": func(c *Connection) { c.ID = "A b" }, "org": func(c *Connection) { c.Org = "" }, "tls": func(c *Connection) { c.TLS = "prefer" },
		"ca": func(c *Connection) { c.CA = "x" }, "address": func(c *Connection) { c.Address = "/var/run/postgresql:5432" }, "database": func(c *Connection) { c.User = "" },
		"sort": func(c *Connection) { c.Sort = "oracle" }, "file": func(c *Connection) { c.Sort, c.Address = SQLite, "a.db" },
		"url": func(c *Connection) { c.Sort, c.Address = API, "http://x/" }, "header": func(c *Connection) { c.Sort, c.Address, c.Header = API, "https://x/", "A\r\nB" },
	} {
		c := ok
		change(&c)
		var f *Fault
		if err := c.Sound(); !errors.As(err, &f) || f.Code != code || strings.Contains(f.Text("zh")+f.Text("en"), "{") {
			t.Errorf("%s: %v", code, err)
		}
	}
}
