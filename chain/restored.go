package chain

import (
	"errors"
	"os"
	"path/filepath"
	"time"

	cmtproto "github.com/cometbft/cometbft/proto/tendermint/types"
	"github.com/cometbft/cometbft/types"
)

// A restored node does not know what it voted after its backup was made. While it catches up, consensus would have it
// vote again on heights that the others decided long ago, against its own earlier votes. So until it stands where the
// others stand it votes on nothing that one of them has decided. The mark below, made by Restore, asks for that care;
// it goes once the node has voted where the others are.
const restoredFile = "data/restored"

// errDecided refuses a vote on a height that others have decided already.
var errDecided = errors.New("others have decided this height already; a restored node does not vote on it again")

// careful asks before it signs.
type careful struct {
	types.PrivValidator
	may func(height int64) error
}

// SignVote signs a vote, if it may.
func (s careful) SignVote(chain string, v *cmtproto.Vote) error {
	if err := s.may(v.Height); err != nil {
		return err
	}
	return s.PrivValidator.SignVote(chain, v)
}

// SignProposal signs a proposal, if it may.
func (s careful) SignProposal(chain string, p *cmtproto.Proposal) error {
	if err := s.may(p.Height); err != nil {
		return err
	}
	return s.PrivValidator.SignProposal(chain, p)
}

// mayVote tells whether this node may vote on a height, for consensus. It waits until enough members have told how far
// they are, because a vote refused is not asked for again, and the chain may need it.
func (c *Chain) mayVote(height int64) error {
	if !c.restored {
		return nil
	}
	for !c.hears() {
		select {
		case <-c.closing:
			return ErrClosed
		case <-c.cfg.After(20 * time.Millisecond):
		}
	}
	if c.engine.behind(height-1) > 0 {
		return errDecided
	}
	c.restored = false
	if err := os.Remove(filepath.Join(c.cfg.Home, restoredFile)); err != nil {
		return diskError("note that the restored node has caught up", err)
	}
	return nil
}

// hears tells whether members with more than two thirds of the votes, this one included, have told their height.
func (c *Chain) hears() bool {
	told := c.engine.heights()
	var votes, all int64
	for _, m := range c.members() {
		all += m.power
		if told[m.name] > 0 || m.name == c.cfg.NodeName {
			votes += m.power
		}
	}
	return votes*3 > all*2
}

// isRestored tells whether a home was restored and has not caught up since.
func isRestored(home string) bool {
	_, err := os.Stat(filepath.Join(home, restoredFile))
	return err == nil
}

// markRestored asks for care at the next start.
func markRestored(home string) error {
	path := filepath.Join(home, restoredFile)
	return diskError("write "+path, os.WriteFile(path, nil, 0o600))
}
