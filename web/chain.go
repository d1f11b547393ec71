package web

import "time"

// Chain is what the pages show of the chain; the door hands it in.
type Chain interface {
	ID() string
	Standing() Standing
	ProveRecord(n uint64) ([]byte, error)
	ProveConsistency(from uint64) ([]byte, error)
	Record(n uint64) ([]byte, error)
	Anchor() ([]byte, error)
}

// Standing is how the chain and this node are now. Checkpoint is the newest one that a quorum of nodes signed.
type Standing struct {
	State          string // ok | waiting for quorum | stalled | failed | …
	Height         int64
	Size           uint64 // records
	Peers          []string
	Pending        int
	Quorum         bool
	CheckpointSize uint64
	CheckpointRoot string // hex
	CheckpointTime time.Time
	Signers        []string // nodes that signed it
	NextDue        time.Time
	AnyDue         bool
}
