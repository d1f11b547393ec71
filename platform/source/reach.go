package source

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"mulu/platform"
)

// dialPatience bounds how long a connection may take to come about.
const dialPatience = 5 * time.Second

// Reach is the list of what this node may reach. The zero Reach is nothing.
//
// A listed name admits what it leads to, except addresses of this machine, of the link, of clouds' own services and those
// that translate into others: such an address is reached only where it is listed itself, alone and not as part of a range.
// So a name whose owner points it elsewhere, and a server that redirects, lead nowhere new.
type Reach struct {
	names   []target
	nets    []target
	folders []string
	anyhow  bool
	resolve *net.Resolver // nil: the system's
}

// target is a name or a range of addresses, and a port; port 0 is any.
type target struct {
	name string
	net  netip.Prefix
	port uint16
}

// NewReach reads the list: "db.example.gov.cn:5432", "10.1.2.3:3306", "10.1.0.0/16:5432", "[fd00::1]:5432", each without a
// port for any, and "/srv/owners", a folder or file for SQLite. A folder that contains one of homes, the node's own, is refused:
// its accounts are a database file too. What is wrong is a *Fault.
func NewReach(list []string, homes ...string) (*Reach, error) {
	r := &Reach{}
	for _, one := range list {
		one = strings.TrimSpace(one)
		if filepath.IsAbs(one) {
			if slices.ContainsFunc(homes, func(home string) bool { return within(home, one) }) {
				return nil, fault("reach_home", one)
			}
			r.folders = append(r.folders, filepath.Clean(one))
			continue
		}
		t, ok := readTarget(strings.ToLower(one))
		switch {
		case !ok:
			return nil, fault("reach", one)
		case t.name != "":
			r.names = append(r.names, t)
		default:
			r.nets = append(r.nets, t)
		}
	}
	return r, nil
}

// within tells whether a path is a folder or stands below it, links followed.
func within(path, folder string) bool {
	path, folder = followed(path), followed(folder)
	return path == folder || strings.HasPrefix(path, strings.TrimSuffix(folder, "/")+"/")
}

// followed is where a path really leads; what is not there yet leads nowhere else.
func followed(path string) string {
	if at, err := filepath.Abs(path); err == nil {
		path = at
	}
	if real, err := filepath.EvalSymlinks(path); err == nil {
		return real
	}
	return filepath.Clean(path)
}

// Anywhere lets everything be reached, for a person who names the address on their own command line.
func Anywhere() *Reach { return &Reach{anyhow: true} }

func readTarget(s string) (t target, ok bool) {
	host, port := s, ""
	if h, p, err := net.SplitHostPort(s); err == nil {
		host, port = h, p
		n, err := strconv.ParseUint(port, 10, 16)
		if err != nil || n == 0 {
			return t, false
		}
		t.port = uint16(n)
	}
	host = strings.Trim(host, "[]")
	if p, err := netip.ParsePrefix(host); err == nil {
		t.net = p.Masked()
		return t, true
	}
	if a, err := netip.ParseAddr(host); err == nil && a.Zone() == "" {
		a = a.Unmap()
		t.net = netip.PrefixFrom(a, a.BitLen())
		return t, true
	}
	t.name = strings.TrimSuffix(host, ".")
	ok = t.name != "" && len(t.name) <= 253 && strings.Trim(t.name, "abcdefghijklmnopqrstuvwxyz0123456789.-_") == "" && strings.Trim(t.name, ".-") == t.name
	return t, ok
}

// Dial connects to host:port if the list admits it, looking at the address that is really dialled. What is not admitted is
// platform.ErrForbidden.
func (r *Reach) Dial(ctx context.Context, network, address string) (net.Conn, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", address, platform.ErrForbidden)
	}
	n, err := strconv.ParseUint(port, 10, 16)
	if err != nil || !strings.HasPrefix(network, "tcp") {
		return nil, fmt.Errorf("%s: %w", address, platform.ErrForbidden)
	}
	named := r.named(host, uint16(n))
	d := net.Dialer{Timeout: dialPatience, Resolver: r.resolve, ControlContext: func(_ context.Context, network, resolved string, _ syscall.RawConn) error {
		return r.lets(named, resolved)
	}}
	return d.DialContext(ctx, network, address)
}

func (r *Reach) named(host string, port uint16) bool {
	host = strings.TrimSuffix(strings.ToLower(host), ".")
	return slices.ContainsFunc(r.names, func(t target) bool { return t.name == host && (t.port == 0 || t.port == port) })
}

// lets judges the address that is being dialled.
func (r *Reach) lets(named bool, resolved string) error {
	if r.anyhow {
		return nil
	}
	at, err := netip.ParseAddrPort(resolved)
	if err != nil {
		return fmt.Errorf("%s: %w", resolved, platform.ErrForbidden)
	}
	a := at.Addr().Unmap().WithZone("")
	own := special(a)
	for _, t := range r.nets {
		if t.net.Contains(a) && (t.port == 0 || t.port == at.Port()) && (!own || t.net.IsSingleIP()) {
			return nil
		}
	}
	if named && !own {
		return nil
	}
	return fmt.Errorf("%s: %w", at, platform.ErrForbidden)
}

// specials are addresses that mean something else than a machine of the network: besides those that their own methods tell,
// the clouds' metadata services, and ranges that translate into IPv4.
var specials = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"), netip.MustParsePrefix("255.255.255.255/32"), netip.MustParsePrefix("100.100.100.0/24"),
	netip.MustParsePrefix("168.63.129.16/32"), netip.MustParsePrefix("192.0.0.0/24"), netip.MustParsePrefix("fd00:ec2::/32"),
	netip.MustParsePrefix("::/96"), netip.MustParsePrefix("64:ff9b::/96"), netip.MustParsePrefix("64:ff9b:1::/48"),
	netip.MustParsePrefix("2001::/32"), netip.MustParsePrefix("2002::/16"),
}

func special(a netip.Addr) bool {
	if a.IsLoopback() || a.IsUnspecified() || a.IsLinkLocalUnicast() || a.IsMulticast() || a.IsInterfaceLocalMulticast() {
		return true
	}
	return slices.ContainsFunc(specials, func(p netip.Prefix) bool { return p.Contains(a) })
}

// File gives the true path of a file, links followed, if the list admits it.
func (r *Reach) File(path string) (string, error) {
	if !filepath.IsAbs(path) {
		return "", fmt.Errorf("%s: %w", path, platform.ErrForbidden)
	}
	if !r.anyhow && !r.under(filepath.Clean(path)) { // told before the disk is asked, so that nobody learns what files there are
		return "", fmt.Errorf("%s: %w", path, platform.ErrForbidden)
	}
	real, err := filepath.EvalSymlinks(path)
	if err != nil {
		return "", fmt.Errorf("%w: %w", platform.ErrAway, err)
	}
	if !r.anyhow && !r.under(real) {
		return "", fmt.Errorf("%s: %w", path, platform.ErrForbidden)
	}
	return real, nil
}

func (r *Reach) under(path string) bool {
	return slices.ContainsFunc(r.folders, func(f string) bool {
		if real, err := filepath.EvalSymlinks(f); err == nil && (path == real || strings.HasPrefix(path, strings.TrimSuffix(real, "/")+"/")) {
			return true
		}
		return path == f || strings.HasPrefix(path, strings.TrimSuffix(f, "/")+"/")
	})
}
