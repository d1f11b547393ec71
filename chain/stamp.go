package chain

import (
	"strings"
	"time"
)

// A block that executes something begins with a stamp: the time at which it was proposed. It is the block's time for
// the law. CometBFT's own header time will not do here: it is the median of the votes on the block before, so on a
// chain that was idle for a week the first act would be received a week ago. Validators accept a stamp that is later
// than the last one and near their own clock.
const (
	stampWord = "stamp "
	stampStep = time.Millisecond // least distance of two stamps, and their grain
	clockSlip = 10 * time.Second // how far a proposer's clock may be from a validator's
)

// stampText is the stamp as the first transaction of a block: "stamp 2026-09-24T02:00:00.123Z\n".
func stampText(t time.Time) []byte {
	return []byte(stampWord + t.UTC().Format(time.RFC3339Nano) + "\n")
}

// parseStamp reads the one form that stampText writes.
func parseStamp(b []byte) (time.Time, bool) {
	rest, ok := strings.CutPrefix(string(b), stampWord)
	if !ok {
		return time.Time{}, false
	}
	t, err := time.Parse(time.RFC3339Nano, strings.TrimSuffix(rest, "\n"))
	if err != nil || !t.Equal(t.Truncate(stampStep)) || string(stampText(t)) != string(b) {
		return time.Time{}, false
	}
	return t.UTC(), true
}

// nextStamp is the time a block proposed now gets: the clock's, but never at or before the last. When the clock was
// set back the chain goes on, a millisecond a block, until the clock has caught up.
func nextStamp(now, last time.Time) time.Time {
	now = now.UTC().Truncate(stampStep)
	if least := last.Add(stampStep); now.Before(least) {
		return least
	}
	return now
}

// fairStamp tells whether a validator whose clock shows now should vote for a stamp. One that is too old is let pass
// when lenient is true: at the height at which a node restarts, because to refuse now what it voted for before would
// contradict votes already signed; and at a height where two were refused already, because a block that some are
// locked on comes again with its old stamp, and to refuse it for ever would stop the chain.
func fairStamp(stamp, last, now time.Time, lenient bool) bool {
	least := last.Add(stampStep)
	switch {
	case stamp.Before(least):
		return false
	case stamp.After(now.Add(clockSlip)):
		return stamp.Equal(least) // our clock was set back behind the chain's last block
	}
	return lenient || !stamp.Before(now.Add(-clockSlip))
}
