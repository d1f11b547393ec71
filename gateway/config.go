package gateway

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"time"

	"github.com/cockroachdb/pebble/vfs"

	"mulu"
	"mulu/act"
	"mulu/platform"
	"mulu/sm"
)

// Chain is what the gateway needs of the chain: committed state, the law's clock, a way to say an act, and proofs.
type Chain interface {
	ID() string
	Get(kind mulu.Kind, id string) (noun json.RawMessage, ok bool)
	Find(kind mulu.Kind, index string) []string
	Now() time.Time
	Submit(context.Context, *act.Signed) (mulu.Outcome, error)
	ProveRecord(n uint64) ([]byte, error)
	// Current tells whether this node knows the newest blocks.
	Current() bool
}

// Source gives rows of a published version; the platform's engines do.
type Source interface {
	Query(context.Context, platform.Version, platform.Query) (platform.Page, error)
}

// Config is what a gateway needs to run. The comments are its manual.
type Config struct {
	// Dir is the folder of the receipts. One process at a time.
	Dir string
	// Chain carries grants, and receipts are anchored on it.
	Chain Chain
	// Source holds the rows.
	Source Source
	// Owners reaches data that stays with its owner. nil: such entries are refused.
	Owners Owners
	// Node is this node's id on the chain, Key its key there: it signs receipts and the acts that anchor them.
	Node string
	Key  sm.Signer
	// DigestKey (at least 16 bytes, secret, kept with the node) makes the digests of filters and case numbers in
	// receipts, so that they cannot be found by trying; with it an auditor can search for a known value.
	DigestKey []byte
	// Listen is where Serve listens, "127.0.0.1:8480" by default: loopback, behind the department's own TLS front.
	Listen string
	// Rate is how many calls per second a grant may make that sets no rate of its own, Burst how many at once.
	// 0 means 50 and 100.
	Rate, Burst float64
	// StrangerRate bounds calls per second with a token nobody registered; all strangers share it. 0 means 50.
	StrangerRate float64
	// AnchorEvery is how often new receipts are anchored on the chain. 0 means one minute.
	AnchorEvery time.Duration
	// QueryTimeout ends a query that takes longer. 0 means 10 s.
	QueryTimeout time.Duration
	// Aside is the folder in which batch files are built before they leave; what a crash left there is swept. Empty
	// means the system's temporary folder. They hold rows: it belongs on a disk as well protected as the platform's.
	Aside string
	// Files is how many batch files may be built or sent at once; of one grant it is one. 0 means 4.
	Files int
	// MaxFile bounds one batch file in bytes, so that Files of them fit on the disk. 0 means 4 GiB.
	MaxFile int64
	// BatchTimeout ends a batch file that takes longer to build; until twice that after the call it must be sent.
	// 0 means 10 minutes.
	BatchTimeout time.Duration
	// Workday says whether a day is one on which institutions work, for telling unusual use. nil means Monday to Friday.
	Workday func(time.Time) bool
	// Log takes what the gateway has to say; never tokens, filters or rows. nil discards it.
	Log *slog.Logger
	// Now is the wall clock, for rates only: periods of grants go by the law's clock. nil means time.Now.
	Now func() time.Time
	// After gives a channel that fires once the duration has passed. nil means time.After.
	After func(time.Duration) <-chan time.Time
	// Rand feeds the nonces of acts. nil means crypto/rand.
	Rand io.Reader
	// Disk is where receipts are written. nil means the real one; tests give one that fails.
	Disk vfs.FS
	// Fault is called before and after a batch of receipts is written; tests end the process there.
	Fault func(point string)
}
