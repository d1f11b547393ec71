package chain

import (
	"time"

	"mulu/law"
)

// NextDue gives the law's time at which the next deadline falls due, if any is set. Once it has passed, the deadline is
// executed in the next block; Settled waits for that.
func (c *Chain) NextDue() (at time.Time, any bool) {
	c.read(func(st state) {
		var block time.Time
		if block, any = law.NextAlarm(st); any {
			at = law.Now(st, block)
		}
	})
	return at, any
}
