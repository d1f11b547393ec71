package chain

import (
	"context"
	"errors"
	"sync"
	"time"

	"mulu/act"
	"mulu/law"
)

// A tick is an act that a member node says when a deadline has come and no act makes a block. It only causes the
// block: the block's stamp wakes the alarms, and the tick itself never becomes a record. It enters the pool only when
// something is due and no other tick waits there, and leaves it with the next block, whichever that is.
type ticks struct {
	mu   sync.Mutex
	pool [][]byte // those that this node's pool may hold
}

// tickAgain is how long a tick may go without a block before another is said.
const tickAgain = time.Second

// longestNap bounds how long the alarm clock trusts its timer: a machine that slept or was set right wakes by it.
const longestNap = time.Minute

// wakeAlarms says a tick whenever an alarm has come, until ctx ends.
func (c *Chain) wakeAlarms(ctx context.Context) {
	for {
		changed := c.waiters.change()
		nap, any := c.untilAlarm()
		if any && nap <= 0 {
			if err := c.tick(); err != nil && !errors.Is(err, errNoTick) && !errors.Is(err, errPoolFull) {
				c.cfg.Log.Warn("a deadline could not be announced; it is announced again", "err", err)
			}
			nap = tickAgain
		}
		var timer <-chan time.Time
		if any {
			timer = c.cfg.After(min(nap, longestNap))
		}
		select {
		case <-ctx.Done():
			return
		case <-c.broken:
			return
		case <-changed:
		case <-timer:
			if nap == tickAgain {
				c.forgetTicks() // the one said before was lost
			}
		}
	}
}

// untilAlarm tells how long it is until the next alarm; any is false when none is set.
func (c *Chain) untilAlarm() (nap time.Duration, any bool) {
	c.read(func(st state) {
		at, ok := law.NextAlarm(st)
		nap, any = at.Sub(c.cfg.Now()), ok
	})
	return nap, any
}

// errNoTick says that no tick is needed.
var errNoTick = errors.New("nothing is due, or a tick waits already")

// tick says one, if this node is a member.
func (c *Chain) tick() error {
	if c.cfg.Key == nil || !c.speaks(c.cfg.NodeName, c.cfg.Key.Public().String()) {
		return errNoTick
	}
	s, err := act.Sign(&act.Tick{}, act.By{Chain: c.ID(), Node: c.cfg.NodeName}, c.cfg.Key, c.cfg.Rand)
	if err != nil {
		return err
	}
	if err := c.gate.vouch(s); err != nil {
		return err
	}
	return c.engine.offer(s.Bytes)
}

// checkTick says whether a tick may enter the pool.
func (c *Chain) checkTick(s *act.Signed) error {
	if !c.speaks(s.Statement.Node, s.Statement.Key) {
		return errors.New("a tick is said by a member node with its own key")
	}
	if !c.due(nextStamp(c.cfg.Now(), c.machine.at().Time)) {
		return errNoTick
	}
	c.ticks.mu.Lock()
	defer c.ticks.mu.Unlock()
	if len(c.ticks.pool) > 0 {
		return errNoTick
	}
	c.ticks.pool = append(c.ticks.pool, s.Bytes)
	return nil
}

// forgetTicks lets another tick into the pool beside one that led to nothing.
func (c *Chain) forgetTicks() {
	c.ticks.mu.Lock()
	defer c.ticks.mu.Unlock()
	c.ticks.pool = nil
}

// dropTicks clears the pool of ticks; if something is still due another is said. Only commit may call it: there
// consensus holds the pool's lock, and CometBFT's pool must not shrink while it announces what it holds.
func (c *Chain) dropTicks() {
	c.ticks.mu.Lock()
	defer c.ticks.mu.Unlock()
	if c.engine != nil && len(c.ticks.pool) > 0 {
		c.engine.drop(c.ticks.pool)
	}
	c.ticks.pool = nil
}

// speaks tells whether a key is the co-signing key of that member node.
func (c *Chain) speaks(name, key string) bool {
	for _, m := range c.members() {
		if m.name == name && m.cosign == key {
			return true
		}
	}
	return false
}
