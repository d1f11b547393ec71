package source

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/sony/gobreaker/v2"

	"mulu"
	"mulu/platform"
)

// Vault keeps secrets by name; mulu/vault does.
type Vault interface {
	SetSecret(ctx context.Context, name string, value []byte) error
	Secret(ctx context.Context, name string) ([]byte, error)
}

// Config is what a node's sources need. The comments are its manual.
type Config struct {
	// Path is the file of connections and bindings. One process at a time.
	Path string
	// Vault keeps the passwords and tokens.
	Vault Vault
	// Reach is what may be reached. nil is nothing.
	Reach *Reach
	// Pool is how many calls may run on one connection at once. 0 means 4.
	Pool int
	// Patience bounds a statement at the source, or an interface's answer; a second later it is given up here. 0 means 8 s.
	Patience time.Duration
	// Stall ends a pull in which no row came for so long. 0 means one minute.
	Stall time.Duration
	// Failures in a row after which a source is left alone, and Rest for how long. 0 means 5 and 15 s.
	Failures uint32
	Rest     time.Duration
	// Log takes what is to be said; never values or secrets. nil discards it.
	Log *slog.Logger
	// Now is the wall clock. nil means time.Now.
	Now func() time.Time
}

// Sources are the connections and bindings of a node. Its methods may be called at the same time.
type Sources struct {
	cfg Config

	mu   sync.Mutex // guards what follows
	book book
	open map[string]*line // by connection
	told map[string]*tally
	seen map[string]Seen // by connection
}

// owner is an open connection of any sort.
type owner interface {
	ask(ctx context.Context) (version string, err error)
	page(ctx context.Context, x *Binding, f *fit, q platform.Query) (platform.Page, error)
	pull(ctx context.Context, x *Binding, fields []string, mark string) (rows, error)
	close() error
}

// line is an open connection with what protects it and us from each other.
type line struct {
	owner   owner
	breaker *gobreaker.TwoStepCircuitBreaker[struct{}]
	slots   chan struct{}
	pulling chan struct{} // one at a time
	refs    sync.WaitGroup
}

// Open reads what was set. Nothing is dialled before it is asked for.
func Open(cfg Config) (*Sources, error) {
	if cfg.Reach == nil {
		cfg.Reach = &Reach{}
	}
	if cfg.Pool == 0 {
		cfg.Pool = 4
	}
	if cfg.Patience == 0 {
		cfg.Patience = 8 * time.Second
	}
	if cfg.Stall == 0 {
		cfg.Stall = time.Minute
	}
	if cfg.Failures == 0 {
		cfg.Failures = 5
	}
	if cfg.Rest == 0 {
		cfg.Rest = 15 * time.Second
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	b, err := readBook(cfg.Path)
	if err != nil {
		return nil, fmt.Errorf("open sources: %w", err)
	}
	return &Sources{cfg: cfg, book: b, open: map[string]*line{}, told: map[string]*tally{}, seen: map[string]Seen{}}, nil
}

// Close ends all connections; calls that run on them end first.
func (s *Sources) Close() error {
	s.mu.Lock()
	lines := s.open
	s.open = map[string]*line{}
	s.mu.Unlock()
	var errs []error
	for _, l := range lines {
		errs = append(errs, l.end())
	}
	return errors.Join(errs...)
}

func (l *line) end() error {
	l.refs.Wait()
	return l.owner.close()
}

// Connections lists them by name.
func (s *Sources) Connections() []Connection {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.book.Connections)
}

// Bindings lists them by entry.
func (s *Sources) Bindings() []Binding {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.book.Bindings)
}

// Connection gives one by its name.
func (s *Sources) Connection(id string) (Connection, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.book.connection(id)
}

// Binding gives that of an entry.
func (s *Sources) Binding(entry string) (Binding, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.book.binding(entry)
}

// Connect sets a connection, in place of the one called so before. An empty secret leaves the one that was kept, but only for
// the same server and user: a password is never sent to another address than the one it was given for. A connection stays with
// its institution. What is wrong is a *Fault.
func (s *Sources) Connect(ctx context.Context, c Connection, secret string) error {
	if err := c.Sound(); err != nil {
		return err
	}
	before, known := s.Connection(c.ID)
	if known && before.Org != c.Org {
		return fault("taken", c.ID)
	}
	if secret != "" || !known || before.server() != c.server() {
		if err := s.cfg.Vault.SetSecret(ctx, secretName(c.ID), []byte(c.server()+secret)); err != nil {
			return fmt.Errorf("keep the secret of the connection %s: %w", c.ID, err)
		}
	}
	return s.change(func(b *book) error {
		if now, ok := b.connection(c.ID); ok && now.Org != c.Org { // somebody was faster
			return fault("taken", c.ID)
		}
		b.Connections = append(slices.DeleteFunc(b.Connections, func(x Connection) bool { return x.ID == c.ID }), c)
		return nil
	}, c.ID)
}

// Disconnect removes a connection to which no entry is bound, and its secret.
func (s *Sources) Disconnect(ctx context.Context, id string) error {
	err := s.change(func(b *book) error {
		if _, ok := b.connection(id); !ok {
			return fault("connection", id)
		}
		for _, x := range b.Bindings {
			if x.Connection == id {
				return fault("bound", x.Entry)
			}
		}
		b.Connections = slices.DeleteFunc(b.Connections, func(x Connection) bool { return x.ID == id })
		return nil
	}, id)
	if err != nil {
		return err
	}
	return s.cfg.Vault.SetSecret(ctx, secretName(id), nil)
}

func secretName(id string) string { return "source/" + id }

// Bind sets an entry's binding after looking at the source: its columns must be there, and its keys such as can be gone through.
// org is the entry's provider. What is wrong is a *Fault, or an error of the source.
func (s *Sources) Bind(ctx context.Context, x Binding, org string, content *mulu.EntryContent) error {
	c, ok := s.Connection(x.Connection)
	if !ok {
		return fault("connection", x.Connection)
	}
	if c.Org != org {
		return fault("other_org", c.Org)
	}
	if err := x.Sound(c, content); err != nil {
		return err
	}
	before, _ := s.Binding(x.Entry)
	x.Revision = before.Revision + 1
	if err := s.probe(ctx, &x, content); err != nil {
		return err
	}
	return s.change(func(b *book) error {
		b.Bindings = append(slices.DeleteFunc(b.Bindings, func(y Binding) bool { return y.Entry == x.Entry }), x)
		return nil
	})
}

// probe looks at the columns of a binding that is about to be set, and reads a row through it.
func (s *Sources) probe(ctx context.Context, x *Binding, content *mulu.EntryContent) error {
	return s.on(ctx, x.Connection, func(ctx context.Context, o owner) error {
		if d, ok := o.(*database); ok {
			at, err := d.look(ctx, x)
			if err != nil {
				return err
			}
			if err := bindable(x, at); err != nil {
				return err
			}
		}
		var fields []string
		for _, p := range x.Columns {
			fields = append(fields, p.Item)
		}
		f, err := newFit(content, fields, &tally{}, s.cfg.Now())
		if err != nil {
			return err
		}
		defer f.close()
		_, err = o.page(ctx, x, f, platform.Query{Items: fields, Limit: 1})
		return err
	})
}

// Unbind removes an entry's binding and how far its pulls came.
func (s *Sources) Unbind(entry string) error {
	return s.change(func(b *book) error {
		if _, ok := b.binding(entry); !ok {
			return fmt.Errorf("%s: %w", entry, platform.ErrUnbound)
		}
		b.Bindings = slices.DeleteFunc(b.Bindings, func(y Binding) bool { return y.Entry == entry })
		delete(b.Pulled, entry)
		return nil
	})
}

// change writes what do makes of the book, and lets go of connections that are set anew.
func (s *Sources) change(do func(*book) error, renewed ...string) error {
	s.mu.Lock()
	next := s.book.copy()
	err := do(&next)
	if err == nil {
		if err = next.write(s.cfg.Path); err != nil {
			err = fmt.Errorf("write the sources: %w", err)
		}
	}
	if err != nil {
		s.mu.Unlock()
		return err
	}
	s.book = next
	var old []*line
	for _, id := range renewed {
		if l := s.open[id]; l != nil {
			delete(s.open, id)
			old = append(old, l)
		}
		delete(s.seen, id)
	}
	s.mu.Unlock()
	for _, l := range old {
		go func() { _ = l.end() }() // once what runs on it has ended
	}
	return nil
}

// Test reaches a connection and gives the server's version.
func (s *Sources) Test(ctx context.Context, id string) (version string, err error) {
	err = s.on(ctx, id, func(ctx context.Context, o owner) error {
		version, err = o.ask(ctx)
		return err
	})
	return version, err
}

// Try reaches what a connection would be, without setting it. An empty secret stands for the one that is kept, under the terms
// of Connect.
func (s *Sources) Try(ctx context.Context, c Connection, secret string) (version string, err error) {
	if err := c.Sound(); err != nil {
		return "", err
	}
	before, known := s.Connection(c.ID)
	if known && before.Org != c.Org {
		return "", fault("taken", c.ID)
	}
	if secret == "" && known && before.server() == c.server() {
		if secret, err = s.secret(ctx, before); err != nil {
			return "", err
		}
	}
	o, err := openOwner(c, secret, s.cfg)
	if err != nil {
		return "", fmt.Errorf("open the connection %s: %w", c.ID, err)
	}
	limited, cancel := context.WithTimeout(ctx, s.cfg.Patience+time.Second)
	defer cancel()
	version, err = o.ask(limited)
	if err != nil && ctx.Err() == nil && limited.Err() != nil {
		err = fmt.Errorf("%w (%w)", platform.ErrSlow, errHung)
	}
	return version, errors.Join(err, o.close())
}

// Query reads an entry's rows at their owner's, in the order of its key. content is the entry's published content. Errors are
// platform's: ErrAway, ErrSlow, ErrDrift, ErrForbidden, ErrUnbound, ErrPlace, ErrNoItem.
func (s *Sources) Query(ctx context.Context, entry string, content *mulu.EntryContent, q platform.Query) (platform.Page, error) {
	if len(q.Items) == 0 || q.Limit < 1 || q.Limit > platform.MaxLimit || q.After != 0 {
		return platform.Page{}, fmt.Errorf("query %s: a query names items, has a limit of 1 to %d and goes on after a place", entry, platform.MaxLimit)
	}
	x, ok := s.Binding(entry)
	if !ok {
		return platform.Page{}, fmt.Errorf("query %s: %w", entry, platform.ErrUnbound)
	}
	fields, err := fieldsOf(content, q.Items, q.Filters)
	if err != nil {
		return platform.Page{}, fmt.Errorf("query %s: %w", entry, err)
	}
	f, err := newFit(content, fields, s.tally(entry), s.cfg.Now())
	if err != nil {
		return platform.Page{}, fmt.Errorf("query %s: %w", entry, err)
	}
	defer f.close()
	var page platform.Page
	err = s.on(ctx, x.Connection, func(ctx context.Context, o owner) error {
		var err error
		page, err = o.page(ctx, &x, f, q)
		return err
	})
	if err != nil {
		return platform.Page{}, fmt.Errorf("query %s: %w", entry, err)
	}
	return page, nil
}

// Withheld tells how much an entry's source gave that does not fit the catalog, since the node started.
func (s *Sources) Withheld(entry string) Withheld {
	t := s.tally(entry)
	return Withheld{t.values.Load(), t.rows.Load()}
}

func (s *Sources) tally(entry string) *tally {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.told[entry]
	if t == nil {
		t = &tally{}
		s.told[entry] = t
	}
	return t
}

// on runs do on a connection: when a slot is free, unless the source is being left alone, and for no longer than a second more
// than a statement may take.
func (s *Sources) on(ctx context.Context, id string, do func(context.Context, owner) error) error {
	l, err := s.line(ctx, id)
	if err != nil {
		s.saw(id, err)
		return err
	}
	defer l.refs.Done()
	select {
	case l.slots <- struct{}{}:
		defer func() { <-l.slots }()
	case <-ctx.Done():
		return fmt.Errorf("wait for the connection %s, which is busy: %w", id, platform.ErrSlow)
	}
	done, err := l.breaker.Allow()
	if err != nil {
		return fmt.Errorf("the connection %s failed repeatedly and is left alone for %s: %w", id, s.cfg.Rest, platform.ErrAway)
	}
	limited, cancel := context.WithTimeout(ctx, s.cfg.Patience+time.Second)
	defer cancel()
	err = do(limited, l.owner)
	if err != nil && ctx.Err() == nil && limited.Err() != nil {
		err = fmt.Errorf("%w (%w)", platform.ErrSlow, errHung)
	}
	done(judged(err))
	s.saw(id, err)
	return err
}

// judged is what the breaker is told: only what is the source's failure.
func judged(err error) error {
	if failure(err) || stopped(err) {
		return err
	}
	return nil
}

// line gives an open connection, held until the caller lets go of it.
func (s *Sources) line(ctx context.Context, id string) (*line, error) {
	s.mu.Lock()
	l := s.open[id]
	c, known := s.book.connection(id)
	if l != nil {
		l.refs.Add(1)
	}
	s.mu.Unlock()
	if l != nil {
		return l, nil
	}
	if !known {
		return nil, fault("connection", id)
	}
	secret, err := s.secret(ctx, c)
	if err != nil {
		return nil, err
	}
	o, err := openOwner(c, secret, s.cfg)
	if err != nil {
		return nil, fmt.Errorf("open the connection %s: %w", id, err)
	}
	l = &line{owner: o, slots: make(chan struct{}, s.cfg.Pool), pulling: make(chan struct{}, 1), breaker: s.breaker(id)}
	s.mu.Lock()
	defer s.mu.Unlock()
	if now, _ := s.book.connection(id); now != c {
		_ = o.close()
		return nil, fmt.Errorf("the connection %s was just changed: %w", id, platform.ErrAway)
	}
	if other := s.open[id]; other != nil { // somebody was faster
		_ = o.close()
		l = other
	} else {
		s.open[id] = l
	}
	l.refs.Add(1)
	return l, nil
}

// secret gives the secret of a connection, if it was given for this server and user.
func (s *Sources) secret(ctx context.Context, c Connection) (string, error) {
	kept, err := s.cfg.Vault.Secret(ctx, secretName(c.ID))
	if err != nil {
		return "", fmt.Errorf("open the connection %s: %w", c.ID, err)
	}
	secret, ok := strings.CutPrefix(string(kept), c.server())
	if !ok {
		return "", fmt.Errorf("the secret of the connection %s was given for another address; set the connection again: %w", c.ID, platform.ErrAway)
	}
	return secret, nil
}

func (s *Sources) breaker(id string) *gobreaker.TwoStepCircuitBreaker[struct{}] {
	return gobreaker.NewTwoStepCircuitBreaker[struct{}](gobreaker.Settings{
		Name: id, MaxRequests: 1, Timeout: s.cfg.Rest,
		ReadyToTrip: func(c gobreaker.Counts) bool { return c.ConsecutiveFailures >= s.cfg.Failures },
		IsExcluded:  func(err error) bool { return stopped(err) },
		OnStateChange: func(id string, from, to gobreaker.State) {
			s.cfg.Log.Warn("a source changed its state", "connection", id, "from", from.String(), "to", to.String())
		},
	})
}

func openOwner(c Connection, secret string, cfg Config) (owner, error) {
	if c.Sort == API {
		return openWeb(c, secret, cfg)
	}
	return openDatabase(c, secret, cfg)
}
