package chain

import (
	"context"
	"time"

	"github.com/cometbft/cometbft/p2p"
)

// Connections are kept by this file, not by CometBFT's persistent peers: when two nodes dial each other at the same
// moment, each drops the other's connection as a duplicate, and its reconnecting then ends without a connection and
// without trying again; after some hours of absence it gives a peer up altogether. Here one of two nodes dials, the
// one with the lesser id; the other does so only when it has waited in vain; and nobody is given up.
const (
	dialYield = 1500 * time.Millisecond // how long the greater id waits to be dialled
	dialFirst = 250 * time.Millisecond  // pause between looks, and after the first failure
	dialMost  = 5 * time.Second         // longest pause after failures
)

// stay keeps a connection to one peer ("<id>@<host>:<port>") until ctx ends.
func (e *engine) stay(ctx context.Context, c Config, address string) {
	var alone, pause time.Duration = 0, dialFirst
	for {
		to, err := p2p.NewNetAddressString(address) // anew each time: the host's address may change
		switch {
		case err != nil:
			c.Log.Warn("a peer's address cannot be used", "peer", address, "err", err)
			pause = dialMost
		case to.ID == e.node.NodeInfo().ID():
			return
		case e.node.Switch().Peers().Has(to.ID):
			alone, pause = 0, dialFirst
		case e.node.NodeInfo().ID() < to.ID || alone >= dialYield:
			if err := e.node.Switch().DialPeerWithAddress(to); err != nil {
				c.Log.Debug("a peer cannot be reached", "peer", address, "err", err)
				pause = min(2*pause, dialMost)
			}
		}
		if !c.wait(ctx, pause) {
			return
		}
		alone += pause
	}
}
