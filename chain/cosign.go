package chain

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/cockroachdb/pebble"

	"mulu/proof"
	"mulu/sm"
)

// cosign gathers co-signatures. After each commit that made records a member node signs the checkpoint of that height
// with its SM2 key and tells its peers; each node checks what it hears against the members in its own committed state
// and against its own root. The newest checkpoint with a quorum is kept on disk and is what proofs end in.
//
// A message is one line: "<height> <node> <base64 signature>\n", with " ?" before the line's end when the sender asks
// for what others have on that height. Nothing of it is believed that does not verify.
type cosign struct {
	c      *Chain
	gossip *gossip

	mu      sync.Mutex
	heights map[int64]*gathering // the newest heights, at most cosignHeights
	early   map[int64][]message  // heard for heights not committed here yet, at most cosignHeights
	newest  int64                // height of the newest gathering
	best    *proof.Checkpoint    // newest with a quorum; replaced, never changed
	changed chan struct{}        // closed and replaced when best is
}

// A gathering is a checkpoint with the signatures so far.
type gathering struct {
	members []member
	point   proof.Checkpoint // its signatures in the order of members
	body    []byte
	signed  map[string][]byte // by node
}

type message struct {
	height int64
	node   string
	sig    []byte
	asks   bool
}

const (
	cosignHeights = 64
	cosignAgain   = time.Second
)

func newCosign(c *Chain) *cosign {
	k := &cosign{c: c, heights: map[int64]*gathering{}, early: map[int64][]message{}, changed: make(chan struct{})}
	k.gossip = newGossip(k.heard, k.greet)
	return k
}

// resume takes up the kept checkpoint and signs for the newest height, whose signature a crash may have taken.
func (k *cosign) resume(h head) error {
	best, err := k.c.store.checkpoint(0, h.Size, true)
	if err != nil {
		return err
	}
	k.best = best
	if h.Size > 0 {
		worked, ok, err := k.c.store.at(h.Worked)
		if err != nil {
			return err
		}
		if !ok {
			return &Corrupt{"the heads", fmt.Errorf("the one at height %d is missing", h.Worked)}
		}
		k.committed(worked, k.c.members())
	}
	return nil
}

// committed opens the gathering of a height and signs it, if this node is a member.
func (k *cosign) committed(h head, members []member) {
	g := &gathering{members: members, signed: map[string][]byte{}}
	g.point = checkpointOf(h)
	g.body = g.point.Body()
	k.mu.Lock()
	k.heights[h.Height] = g
	k.newest = max(k.newest, h.Height)
	delete(k.heights, k.oldest())
	early := k.early[h.Height]
	for height := range k.early {
		if height <= h.Height {
			delete(k.early, height)
		}
	}
	k.mu.Unlock()
	if key := k.c.cfg.Key; key != nil && k.c.speaks(k.c.cfg.NodeName, key.Public().String()) {
		sig, err := key.Sign(g.body)
		if err != nil {
			k.c.cfg.Log.Error("a checkpoint could not be signed", "height", h.Height, "err", err)
		} else {
			m := message{height: h.Height, node: k.c.cfg.NodeName, sig: sig}
			k.add(g, m)
			k.gossip.tell(m.text())
		}
	}
	for _, m := range early {
		k.take(m)
	}
}

// oldest gives the height to forget, or 0 while there is room. The newest are kept.
func (k *cosign) oldest() int64 {
	if len(k.heights) <= cosignHeights {
		return -1
	}
	least := k.newest
	for h := range k.heights {
		least = min(least, h)
	}
	return least
}

// take adds a signature if it is right and new.
func (k *cosign) take(m message) {
	k.mu.Lock()
	g := k.heights[m.height]
	if g == nil {
		if m.height > k.newest && len(k.early) < cosignHeights && len(k.early[m.height]) < cosignHeights {
			k.early[m.height] = append(k.early[m.height], m)
		}
		k.mu.Unlock()
		return
	}
	_, known := g.signed[m.node]
	k.mu.Unlock()
	if known || !g.right(m) {
		return
	}
	k.add(g, m)
}

// add gathers a signature known to be right, and keeps the checkpoint once it has a quorum.
func (k *cosign) add(g *gathering, m message) {
	k.mu.Lock()
	defer k.mu.Unlock()
	g.signed[m.node] = m.sig
	if len(g.signed) < quorum(len(g.members)) || k.best != nil && k.best.Height > m.height {
		return
	}
	p := g.point
	for _, member := range g.members {
		if sig, ok := g.signed[member.name]; ok {
			key, err := sm.ParsePublicKey(member.cosign)
			if err != nil {
				k.c.cfg.Log.Error("a co-signature could not be added", "node", member.name, "err", err)
				return
			}
			p.Signatures = append(p.Signatures, proof.Cosignature{Node: member.name, Key: key, Sig: sig})
		}
	}
	k.c.cfg.Fault("cosign.before")
	// Not synced: what a crash takes is signed again on the next start.
	if err := k.c.store.db.Set(pointKey(p.Size), p.Text(), pebble.NoSync); err != nil {
		k.c.fail(diskError("keep a checkpoint", err))
		return
	}
	k.c.cfg.Fault("cosign.after")
	k.best = &p
	close(k.changed)
	k.changed = make(chan struct{})
}

// change gives a channel that closes when there is a newer checkpoint or it has more signatures.
func (k *cosign) change() <-chan struct{} {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.changed
}

// right checks a signature by a member over this checkpoint.
func (g *gathering) right(m message) bool {
	for _, member := range g.members {
		if member.name == m.node {
			key, err := sm.ParsePublicKey(member.cosign)
			return err == nil && key.Verify(g.body, m.sig)
		}
	}
	return false
}

// heard takes a message from a peer: an act that waits there (it begins with a brace) goes to our pool, which checks
// it; a signature is gathered, and answered with what is known when it asks.
func (k *cosign) heard(from peer, b []byte) {
	if len(b) > 0 && b[0] == '{' {
		if !k.c.isClosing() {
			if err := k.c.engine.offer(b); err != nil {
				k.c.cfg.Log.Debug("an act that a peer repeats is not taken", "why", err)
			}
		}
		return
	}
	m, ok := parseMessage(b)
	if !ok || k.c.isClosing() {
		return
	}
	k.take(m)
	if m.asks {
		for _, have := range k.known(m.height) {
			from.say(have.text())
		}
	}
}

// greet tells a new peer what is known on the newest height, and asks for its part.
func (k *cosign) greet(p peer) {
	for _, m := range k.known(0) {
		m.asks = true
		p.say(m.text())
	}
}

// known lists the signatures gathered for a height; 0 means the newest.
func (k *cosign) known(height int64) []message {
	k.mu.Lock()
	defer k.mu.Unlock()
	if height == 0 {
		height = k.newest
	}
	g := k.heights[height]
	if g == nil {
		return nil
	}
	var out []message
	for _, m := range g.members {
		if sig, ok := g.signed[m.name]; ok {
			out = append(out, message{height: height, node: m.name, sig: sig})
		}
	}
	return out
}

// run asks the peers again while the newest height lacks signatures, until ctx ends.
func (k *cosign) run(ctx context.Context) {
	for k.c.cfg.wait(ctx, cosignAgain) {
		if have := k.known(0); len(have) < len(k.c.members()) {
			for _, m := range have {
				m.asks = true
				k.gossip.tell(m.text())
			}
		}
	}
}

// checkpoint gives the newest with a quorum, nil while there is none.
func (k *cosign) checkpoint() *proof.Checkpoint {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.best
}

// checkpointOf is the checkpoint of a head, without signatures.
func checkpointOf(h head) proof.Checkpoint {
	p := proof.Checkpoint{Chain: h.Chain, Height: h.Height, Time: h.Time, Size: h.Size}
	_, _ = hex.Decode(p.Root[:], []byte(h.Root))
	return p
}

func (m message) text() []byte {
	s := strconv.FormatInt(m.height, 10) + " " + m.node + " " + base64.StdEncoding.EncodeToString(m.sig)
	if m.asks {
		s += " ?"
	}
	return []byte(s + "\n")
}

func parseMessage(b []byte) (m message, ok bool) {
	f := strings.Split(strings.TrimSuffix(string(b), "\n"), " ")
	if len(f) != 3 && !(len(f) == 4 && f[3] == "?") {
		return m, false
	}
	h, err := strconv.ParseInt(f[0], 10, 64)
	if err != nil || h < 0 {
		return m, false
	}
	sig, err := base64.StdEncoding.Strict().DecodeString(f[2])
	if err != nil || len(sig) > 128 {
		return m, false
	}
	return message{h, f[1], sig, len(f) == 4}, true
}
