package notify

import (
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"syscall"
)

// Hosts are whom webhooks may reach, as the operator lists them in config.json: names, each with a port where it is not the
// usual one, and addresses or ranges. A name that leads to a private address reaches it only if the address is listed too. The
// zero Hosts is nobody.
type Hosts struct {
	names    map[string]bool // host:port, lower case
	prefixes []netip.Prefix
}

// NewHosts reads the list: "hooks.example.gov.cn", "hooks.example.gov.cn:8443", "10.1.2.3", "10.1.2.3:8443", "10.1.0.0/16".
// What is wrong is *Misset.
func NewHosts(list []string) (Hosts, error) {
	h := Hosts{names: map[string]bool{}}
	for _, one := range list {
		one = strings.ToLower(strings.TrimSpace(one))
		if p, err := netip.ParsePrefix(one); err == nil {
			h.prefixes = append(h.prefixes, p.Masked())
			continue
		}
		host, port, err := net.SplitHostPort(one)
		if err != nil {
			host, port = strings.Trim(one, "[]"), ""
		}
		if n, err := strconv.ParseUint(port, 10, 16); port != "" && (err != nil || n == 0) {
			host = "" // no port, so no host either
		}
		if a, err := netip.ParseAddr(host); err == nil && a.Zone() == "" {
			a = a.Unmap()
			h.prefixes = append(h.prefixes, netip.PrefixFrom(a, a.BitLen()))
			host = a.String()
		} else if !hostForm(host) {
			return Hosts{}, &Misset{"config.json 中 hooks 应列出主机名、地址或网段，“" + one + "” 不是", "hooks in config.json lists host names, addresses or ranges; " + fmt.Sprintf("%q", one) + " is none"}
		}
		if host == "localhost" {
			h.prefixes = append(h.prefixes, netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128"))
		}
		if port == "" {
			h.names[net.JoinHostPort(host, "443")] = true
			h.names[net.JoinHostPort(host, "80")] = true // counts on loopback only: elsewhere it must be https
			continue
		}
		h.names[net.JoinHostPort(host, port)] = true
	}
	return h, nil
}

// None tells whether nobody may be reached.
func (h Hosts) None() bool { return len(h.names) == 0 }

func hostForm(s string) bool {
	return s != "" && len(s) <= 253 && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789.-") == "" && strings.Trim(s, ".-") == s
}

// admits tells whether a webhook may have an address: https, or http on this machine; a host of the list; nothing in it but
// host, path and query.
func (h Hosts) admits(u *url.URL) error {
	host := strings.ToLower(u.Hostname())
	port := u.Port()
	switch {
	case u.Scheme == "https" && port == "":
		port = "443"
	case u.Scheme == "http" && port == "":
		port = "80"
	}
	a, err := netip.ParseAddr(host)
	local := host == "localhost" || err == nil && a.Unmap().IsLoopback()
	switch {
	case u.Scheme != "https" && !(u.Scheme == "http" && local):
		return deny("hook_scheme")
	case u.User != nil || u.Fragment != "" || u.Opaque != "" || host == "":
		return deny("hook_form")
	}
	if err == nil {
		host = a.Unmap().String()
	}
	if !h.names[net.JoinHostPort(host, port)] {
		return deny("hook_host")
	}
	return nil
}

// reachable refuses a connection to a private address that is not listed. It sees the address that is being dialled, after names
// were looked up, so that a name cannot lead elsewhere than it did when it was checked.
func (h Hosts) reachable(_, address string, _ syscall.RawConn) error {
	at, err := netip.ParseAddrPort(address)
	if err != nil {
		return &Undelivered{Code: "private", Err: err}
	}
	a := at.Addr().Unmap().WithZone("")
	for _, p := range h.prefixes {
		if p.Contains(a) {
			return nil
		}
	}
	if !public(a) {
		return &Undelivered{Code: "private", Err: fmt.Errorf("the host leads to %s", a)}
	}
	return nil
}

// public tells whether an address is one of the open internet: none of those that lead into this machine, its network, or back
// into IPv4 by translation.
func public(a netip.Addr) bool {
	if !a.IsGlobalUnicast() || a.IsPrivate() {
		return false
	}
	for _, s := range []string{"0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
		"240.0.0.0/4", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/32", "2001:db8::/32", "2002::/16", "fec0::/10"} {
		if netip.MustParsePrefix(s).Contains(a) {
			return false
		}
	}
	return true
}
