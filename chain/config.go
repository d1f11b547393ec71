package chain

import (
	"context"
	"crypto/rand"
	"io"
	"log/slog"
	"time"

	"github.com/cockroachdb/pebble/vfs"

	"mulu/sm"
)

// Config is what a node needs to run. The comments are its manual.
type Config struct {
	// Home is the folder that Init made: genesis.json, node.json, validator.json and data/.
	Home string
	// Key is this node's SM2 key. It co-signs checkpoints and signs the ticks that wake deadlines.
	// It counts only while a member node names its public half.
	Key sm.Signer
	// NodeName is this node's id among the chain's nodes, e.g. "n1".
	NodeName string
	// Listen is the address for other nodes, e.g. "0.0.0.0:26656". "" takes no connections from others.
	Listen string
	// Peers are the other nodes to stay connected with, each "<node id>@<host>:<port>"; NodeID tells an id.
	Peers []string
	// StallAfter ends the node when an act has waited so long, no block came and none was worked on for as long, and
	// a quorum of nodes is connected: then consensus is stuck and a restart is the remedy. 0 means 30 s.
	StallAfter time.Duration
	// Log takes what the node has to say. nil discards it. CometBFT speaks only from Warn upwards.
	Log *slog.Logger
	// Now is the wall clock; a proposed block is stamped with it. nil means time.Now.
	Now func() time.Time
	// After gives a channel that fires once the duration has passed. nil means time.After.
	After func(time.Duration) <-chan time.Time
	// Rand gives the nonces of ticks. nil means crypto/rand.
	Rand io.Reader
	// AlarmsPerBlock bounds how many due deadlines one block executes; the rest follow in the next blocks.
	// It is part of the rules: all nodes must use the same. 0 means 5,000.
	AlarmsPerBlock int
	// CacheBytes is the memory for reading state. 0 means 128 MiB.
	CacheBytes int64
	// Disk is where the machine's store is written. nil means the real one; tests give one that fails.
	Disk vfs.FS
	// Fault is called before and after each persisting write with the name of the point; tests end the process there.
	Fault func(point string)
}

const (
	defaultStall  = 30 * time.Second
	defaultAlarms = 5000
	defaultCache  = 128 << 20
)

// complete fills what was left empty.
func (c Config) complete() Config {
	if c.StallAfter == 0 {
		c.StallAfter = defaultStall
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.After == nil {
		c.After = time.After
	}
	if c.Rand == nil {
		c.Rand = rand.Reader
	}
	if c.AlarmsPerBlock == 0 {
		c.AlarmsPerBlock = defaultAlarms
	}
	if c.CacheBytes == 0 {
		c.CacheBytes = defaultCache
	}
	if c.Disk == nil {
		c.Disk = vfs.Default
	}
	if c.Fault == nil {
		c.Fault = func(string) {}
	}
	return c
}

// wait blocks until the duration has passed or ctx ends, and tells whether it passed.
func (c Config) wait(ctx context.Context, d time.Duration) bool {
	select {
	case <-ctx.Done():
		return false
	case <-c.After(d):
		return true
	}
}
