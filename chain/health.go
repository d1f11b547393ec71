package chain

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"
)

// Health is how a node is.
type Health struct {
	Height        int64         `json:"height"`
	Size          uint64        `json:"size"`
	LawTime       time.Time     `json:"law_time"`
	Behind        int64         `json:"behind"`         // blocks that a connected node has and this one does not
	Peers         []string      `json:"peers"`          // names of the connected nodes
	Pending       int           `json:"pending"`        // acts accepted here that no block holds yet
	OldestPending time.Duration `json:"oldest_pending"` // how long the oldest of them has waited, nanoseconds
	Quorum        bool          `json:"quorum"`         // whether the connected nodes are enough to go on
	Cosigned      uint64        `json:"cosigned"`       // records covered by the newest checkpoint with a quorum
	State         string        `json:"state"`          // ok | waiting for quorum | catching up | stalled | failed
}

// Health tells how the node is now.
func (c *Chain) Health() Health {
	at := c.machine.at()
	h := Health{Height: at.Height, Size: at.Size, LawTime: c.Now(), Behind: c.engine.behind(at.Height), Peers: c.engine.peers(), Quorum: c.quorum(), State: "ok"}
	h.Pending, h.OldestPending = c.outbox.count()
	if p, ok := c.Checkpoint(); ok {
		h.Cosigned = p.Size
	}
	switch {
	case c.failure() != nil:
		h.State = "failed"
	case !h.Quorum && (len(h.Peers) == 0 || c.isMember()): // who only follows needs one that has the blocks
		h.State = "waiting for quorum"
	case c.engine.fetching() || h.Behind > 1:
		h.State = "catching up"
	case c.stalledFor() > 0:
		h.State = "stalled"
	}
	return h
}

// Current tells whether this node knows the chain as it is now, as far as a node can: enough members are connected, and
// none has more blocks than the one that may be on its way here.
func (c *Chain) Current() bool {
	return c.quorum() && !c.engine.fetching() && c.engine.behind(c.Height()) <= 1
}

// quorum tells whether the member nodes connected, this one included, have more than two thirds of the votes.
func (c *Chain) quorum() bool {
	here := map[string]bool{c.cfg.NodeName: true}
	for _, name := range c.engine.peers() {
		here[name] = true
	}
	var votes, all int64
	for _, m := range c.members() {
		all += m.power
		if here[m.name] {
			votes += m.power
		}
	}
	if votes*3 > all*2 {
		return true
	}
	// Nodes reach each other through third ones too; a block of just now says that they do.
	return c.cfg.Now().Sub(c.lastBlock.get(time.Time{})) < recently
}

func (c *Chain) isMember() bool {
	for _, m := range c.members() {
		if m.name == c.cfg.NodeName {
			return true
		}
	}
	return false
}

const recently = 5 * time.Second

// stalledFor tells how long consensus has stood still although it could go on; 0 when it has not.
func (c *Chain) stalledFor() time.Duration {
	_, oldest := c.outbox.count()
	quiet := c.cfg.Now().Sub(latest(c.lastBlock.get(c.startedAt), c.excused.get(c.startedAt), c.lastBeat.get(c.startedAt)))
	if oldest <= c.cfg.StallAfter || quiet <= c.cfg.StallAfter || !c.quorum() {
		return 0
	}
	return min(oldest, quiet)
}

// watch ends the node when consensus has ended or stands still.
func (c *Chain) watch(ctx context.Context) {
	beats := c.gate.pulse.count()
	for {
		select {
		case <-ctx.Done():
			return
		case <-c.broken:
			return
		case <-c.engine.ended:
			if ctx.Err() == nil {
				c.fail(diskError("carry on", c.engine.why()))
			}
			return
		case <-c.cfg.After(min(time.Second, c.cfg.StallAfter/4)):
			if !c.quorum() { // consensus has nothing to answer for until the others are back
				c.excused.set(c.cfg.Now())
			}
			if now := c.gate.pulse.count(); now != beats {
				beats = now
				c.lastBeat.set(c.cfg.Now())
			}
			if d := c.stalledFor(); d > 0 {
				if err := probe(c.cfg.Home); err != nil {
					c.fail(err)
					return
				}
				c.fail(&Stalled{d, c.Height()})
				return
			}
		}
	}
}

// probe tells why consensus may stand still: CometBFT's databases wait silently on a disk that takes no more.
func probe(home string) error {
	const some = 4 << 20
	f, err := os.CreateTemp(filepath.Join(home, "data"), "probe-")
	if err != nil {
		return diskError("write to "+home, err)
	}
	defer func() { _ = os.Remove(f.Name()) }()
	_, err = f.Write(make([]byte, some))
	return diskError("write to "+home, errors.Join(err, f.Sync(), f.Close()))
}

func latest(a time.Time, more ...time.Time) time.Time {
	for _, b := range more {
		if b.After(a) {
			a = b
		}
	}
	return a
}

// A pulse beats with every act and alarm that consensus works on, so that a large block on a slow machine is told from
// consensus that stands still.
type pulse struct{ beats atomic.Uint64 }

func (p *pulse) beat()         { p.beats.Add(1) }
func (p *pulse) count() uint64 { return p.beats.Load() }

// A mark remembers a moment; any goroutine may set it and ask.
type mark struct{ nanos atomic.Int64 }

func (l *mark) set(t time.Time) { l.nanos.Store(t.UnixNano()) }

// get gives the moment, or start while there was none.
func (l *mark) get(start time.Time) time.Time {
	if n := l.nanos.Load(); n != 0 {
		return time.Unix(0, n)
	}
	return start
}
