package chain

import (
	"github.com/cometbft/cometbft/p2p"
	"github.com/cosmos/gogoproto/types"

	"mulu/act"
)

// gossip is our channel between nodes: it carries co-signatures, and acts that wait long, as opaque bytes.
type gossip struct {
	p2p.BaseReactor
	heard  func(from peer, message []byte) // what to do with a message
	joined func(peer)                      // what to say to a new peer
}

// A peer is somebody to answer.
type peer struct{ p p2p.Peer }

const (
	cosignChannel = byte(0x6d)
	cosignBytes   = act.MaxBytes + 4096 // most bytes of a message
)

func newGossip(heard func(peer, []byte), joined func(peer)) *gossip {
	g := &gossip{heard: heard, joined: joined}
	g.BaseReactor = *p2p.NewBaseReactor("COSIGN", g)
	return g
}

// GetChannels names the one channel.
func (g *gossip) GetChannels() []*p2p.ChannelDescriptor {
	return []*p2p.ChannelDescriptor{{ID: cosignChannel, Priority: 1, SendQueueCapacity: 256, RecvMessageCapacity: cosignBytes, MessageType: &types.BytesValue{}}}
}

// AddPeer greets a new peer.
func (g *gossip) AddPeer(p p2p.Peer) { g.joined(peer{p}) }

// Receive takes a message.
func (g *gossip) Receive(e p2p.Envelope) {
	if m, ok := e.Message.(*types.BytesValue); ok {
		g.heard(peer{e.Src}, m.Value)
	}
}

// say sends a message; it is lost when the peer's queue is full, and said again later.
func (p peer) say(message []byte) {
	p.p.TrySend(p2p.Envelope{ChannelID: cosignChannel, Message: &types.BytesValue{Value: message}})
}

// tell sends a message to all peers.
func (g *gossip) tell(message []byte) {
	if g.Switch != nil {
		g.Switch.TryBroadcast(p2p.Envelope{ChannelID: cosignChannel, Message: &types.BytesValue{Value: message}})
	}
}
