package notify

import (
	"context"
	crand "crypto/rand"
	"crypto/x509"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"time"

	"mulu/people"
	"mulu/read"
	"mulu/sm"
)

// Config says what is followed, and by which ways it is told.
type Config struct {
	Path   string // of the SQLite file; its folder must exist
	Key    []byte // 32 secret bytes, from which all keys used here are derived
	Node   string // this node's id: whose messages they are
	Read   *read.Read
	People *people.People
	Size   func() uint64    // records on the chain; nothing before those at the first start is told
	Law    func() time.Time // the law's time, by which deadlines go
	Now    func() time.Time // this machine's time, by which sending goes; nil = time.Now
	Rand   io.Reader        // nil = crypto/rand
	Mail   *Mail            // how mail is sent; nil = not at all
	Hosts  Hosts            // whom webhooks may reach; the zero Hosts is nobody
	Pages  string           // address under which people reach the pages, for links; "" = letters give the path only
	Log    *slog.Logger
	Fault  func(point string) // called around each step that must survive a crash; nil outside tests

	roots *x509.CertPool // whom TLS trusts; nil = the system's
	names *net.Resolver  // who knows the addresses of webhooks' hosts; nil = the system
}

// ErrKey says that the file was made with another key.
var ErrKey = errors.New("the reminders were made with another key; give the key that was set up with this file")

// Notify is the reminders of a node. Its methods may be used by many at once, Run by one.
type Notify struct {
	cfg     Config
	db      *sql.DB // one connection, that writes
	readers *sql.DB
	keys    keys
	mail    mailLane
	hooks   hookLanes

	// Used by follow alone.
	looked uint64 // number of the first record that was not looked at
	slot   string // of the law's day whose terms were looked at; "" = look at them again
	swept  string // day on which old ones were dropped
}

// keys are derived from the one secret, one for each use.
type keys struct{ seal, ids, check []byte }

// Open opens the reminders, or makes an empty file that begins with what happens from now on.
func Open(cfg Config) (*Notify, error) {
	if cfg.Path == "" || len(cfg.Key) != 32 || cfg.Read == nil || cfg.People == nil || cfg.Size == nil || cfg.Law == nil {
		return nil, errors.New("open the reminders: Path, Key (32 bytes), Read, People, Size and Law must be set")
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Rand == nil {
		cfg.Rand = crand.Reader
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if cfg.Fault == nil {
		cfg.Fault = func(string) {}
	}
	of := func(use string) []byte { return sm.MAC(cfg.Key, []byte("mulu notify 1 "+use)) }
	n := &Notify{cfg: cfg, keys: keys{seal: of("seal")[:16], ids: of("ids"), check: of("check")},
		mail: mailLane{woken: make(chan struct{}, 1)}, hooks: hookLanes{woken: make(chan struct{}, 1), of: map[string]*pause{}}}
	if err := n.open(); err != nil {
		return nil, errors.Join(fmt.Errorf("open the reminders %s: %w", cfg.Path, err), n.Close())
	}
	return n, nil
}

// Close ends the use of the file. Run must have ended.
func (n *Notify) Close() error {
	var errs []error
	for _, db := range []*sql.DB{n.readers, n.db} {
		if db != nil {
			errs = append(errs, db.Close())
		}
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("close the reminders: %w", err)
	}
	return nil
}

// Mails tells whether this node sends mail.
func (n *Notify) Mails() bool { return n.cfg.Mail != nil }

// between is how often terms and what waits are looked at when nothing happens; gathered is for how long records gather before
// they are looked at, so that a chain in haste costs four writes a second and not one for each block.
const (
	between  = 20 * time.Second
	gathered = 250 * time.Millisecond
)

// Run follows what happens, and sends what is to be sent, until its context ends; then it returns nil. What it cannot note on
// disk ends it with the error, what it cannot send does not. It may be run again.
func (n *Notify) Run(ctx context.Context) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	parts := []func(context.Context) error{n.follow,
		func(ctx context.Context) error { return n.keepSending(ctx, n.mail.woken, n.sendMail) },
		func(ctx context.Context) error { return n.keepSending(ctx, n.hooks.woken, n.sendHooks) }}
	ended := make(chan error, len(parts))
	for _, part := range parts {
		go func() {
			err := part(ctx)
			stop() // one that cannot go on ends all
			ended <- err
		}()
	}
	var errs []error
	for range parts {
		errs = append(errs, <-ended)
	}
	return errors.Join(errs...)
}

// follow makes notices of what happened and of terms that end, as they come.
func (n *Notify) follow(ctx context.Context) error {
	for {
		next, err := n.catchUp(ctx)
		if err == nil {
			err = n.remind(ctx)
		}
		if err == nil {
			err = n.forget(ctx)
		}
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return err
		}
		wait, cancel := context.WithTimeout(ctx, between)
		err = n.cfg.Read.Wait(wait, next+1)
		cancel()
		if err != nil && ctx.Err() == nil && !errors.Is(err, context.DeadlineExceeded) {
			// The read model ended; the program ends of it with its own error. Until then there is nothing to follow.
			<-ctx.Done()
			return nil
		}
		select {
		case <-ctx.Done():
		case <-time.After(gathered):
		}
	}
}

// keepSending sends what is due whenever something is to be sent, or may be again.
func (n *Notify) keepSending(ctx context.Context, woken <-chan struct{}, send func(context.Context) error) error {
	for {
		err := send(ctx)
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return nil
		case <-woken:
		case <-time.After(between):
		}
	}
}

// wake has what waits sent now.
func (n *Notify) wake() {
	for _, woken := range []chan struct{}{n.mail.woken, n.hooks.woken} {
		select {
		case woken <- struct{}{}:
		default:
		}
	}
}
