package people

import (
	"context"
	"errors"
	"io"
	"time"
)

// Config says where accounts are kept and by which rules they are used.
type Config struct {
	Path   string           // of the SQLite file; its folder must exist
	Key    []byte           // 32 secret bytes, from which all keys used here are derived
	Now    func() time.Time // nil = time.Now
	Rand   io.Reader        // nil = crypto/rand; must bear concurrent reads
	Bureau string           // id of the bureau, whose administrators care for all institutions; "" = 001
	// Idle ends a session that nobody uses, 0 = 30 minutes. Absolute ends any session, 0 = 12 hours.
	Idle, Absolute time.Duration
}

// Owner stands for the owner of this machine where the id of who acts is asked for: who starts the program and holds its
// keys. He may do to accounts what any administrator may. Pages never pass it.
const Owner = "owner"

// ErrNoSession says that a cookie belongs to no session, or to one that ended.
var ErrNoSession = errors.New("no session: it ended or never was")

// ErrNoPerson says that no account has an id.
var ErrNoPerson = errors.New("no account has this id")

// ErrKey says that the file was made with another key.
var ErrKey = errors.New("the accounts were made with another key; give the key that was set up with this file")

// errSkeleton is to be gone.
var errSkeleton = errors.New("not written yet")

// People is the accounts of a node. Its methods may be called at the same time.
type People struct{ cfg Config }

// Open opens the accounts, or makes an empty file.
func Open(cfg Config) (*People, error) { return &People{cfg: cfg}, nil }

// Close ends it.
func (p *People) Close() error { return nil }

var _ = context.Background
