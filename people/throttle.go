package people

import (
	"context"
	"fmt"
	"net/netip"
	"sync"
	"time"
)

const (
	burst  = 30               // wrong attempts from one address at once
	refill = 30 * time.Second // after which one more may be wrong
	most   = 1 << 16          // addresses remembered
)

// throttle slows down an address from which many attempts are wrong. Right ones cost nothing, so that an office behind
// one address can log in. It is forgotten when the program ends; what an account is locked by is not.
type throttle struct {
	mu    sync.Mutex // guards what follows
	until map[string]time.Time
}

// wait tells until when an address has to wait; zero = it may try.
func (t *throttle) wait(address string, now time.Time) time.Time {
	t.mu.Lock()
	defer t.mu.Unlock()
	// until is when all is forgiven; each wrong attempt moves it by refill
	free := t.until[address].Add(-(burst - 1) * refill)
	if address == "" || !free.After(now) {
		return time.Time{}
	}
	return free
}

// wrong counts a wrong attempt.
func (t *throttle) wrong(address string, now time.Time) {
	if address == "" {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.until == nil {
		t.until = map[string]time.Time{}
	}
	if len(t.until) >= most {
		t.forget(now)
	}
	u := t.until[address]
	if u.Before(now) {
		u = now
	}
	t.until[address] = u.Add(refill)
}

// forget makes room: those that are forgiven go first, then any, an eighth at a time so that it is not done often.
func (t *throttle) forget(now time.Time) {
	for a, u := range t.until {
		if !u.After(now) {
			delete(t.until, a)
		}
	}
	for a := range t.until {
		if len(t.until) <= most/8*7 {
			return
		}
		delete(t.until, a)
	}
}

// blockOf is what an address is counted under: an IPv4 address, the /64 of an IPv6 one. "" = not known, not counted.
func blockOf(address string) string {
	a, ok := parseAddress(address)
	if !ok {
		return ""
	}
	if a.Is6() {
		if p, err := a.Prefix(64); err == nil {
			return p.String()
		}
	}
	return a.String()
}

// masked shows where an address lies and not which it is.
func masked(address string) string {
	a, ok := parseAddress(address)
	switch {
	case !ok:
		return ""
	case a.Is4():
		p, _ := a.Prefix(16)
		b := p.Addr().As4()
		return fmt.Sprintf("%d.%d.*.*", b[0], b[1])
	}
	p, _ := a.Prefix(48)
	return p.String()
}

func parseAddress(s string) (netip.Addr, bool) {
	if ap, err := netip.ParseAddrPort(s); err == nil {
		return ap.Addr().Unmap().WithZone(""), true
	}
	a, err := netip.ParseAddr(s)
	return a.Unmap().WithZone(""), err == nil
}

// turns lets attempts at one login go one after another, so that they are counted exactly.
type turns struct {
	mu   sync.Mutex // guards what follows
	held map[string]*turn
}

type turn struct {
	place   chan struct{}
	waiting int // who holds it and who waits
}

// mostTurns is how many may hold and wait for one login.
const mostTurns = 16

// take waits for a turn; done ends it.
func (t *turns) take(ctx context.Context, name string) (done func(), err error) {
	t.mu.Lock()
	if t.held == nil {
		t.held = map[string]*turn{}
	}
	mine := t.held[name]
	if mine == nil {
		mine = &turn{place: make(chan struct{}, 1)}
		t.held[name] = mine
	}
	if mine.waiting >= mostTurns {
		t.mu.Unlock()
		return nil, deny("busy")
	}
	mine.waiting++
	t.mu.Unlock()
	leave := func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		if mine.waiting--; mine.waiting == 0 {
			delete(t.held, name)
		}
	}
	select {
	case mine.place <- struct{}{}:
		return func() { <-mine.place; leave() }, nil
	case <-ctx.Done():
		leave()
		return nil, ctx.Err()
	}
}
