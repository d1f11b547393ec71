package gateway

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/cockroachdb/pebble/vfs"

	"mulu"
	"mulu/sm"
)

// Gateway is an open gateway. Handler may be served from many sides.
type Gateway struct {
	cfg      Config
	view     *view
	receipts *receipts
	rates    *rates
	volumes  *volumes
	stranger *bucket
	files    *files

	anchoring sync.Mutex // one anchoring at a time
	state     sync.Mutex // guards what follows
	anchorErr error      // why the last anchoring failed; nil when it did not
	begun     bool       // whether calls are served: the node was seen to know the newest blocks
	behind    error      // a *Behind, once it was found
	at        string     // where Serve listens

	stop context.CancelFunc
	done sync.WaitGroup
}

// Open opens the receipts and begins to anchor them. Close ends it.
func Open(cfg Config) (*Gateway, error) {
	if cfg.Chain == nil || cfg.Source == nil || cfg.Key == nil || cfg.Node == "" {
		return nil, errors.New("open gateway: chain, source, node and its key must be given")
	}
	if len(cfg.DigestKey) < 16 {
		return nil, fmt.Errorf("open gateway: the digest key has %d bytes, it needs at least 16", len(cfg.DigestKey))
	}
	cfg = cfg.complete()
	if err := sweep(cfg.Aside); err != nil {
		return nil, fmt.Errorf("open gateway: %w", err)
	}
	r, err := openReceipts(cfg)
	if err != nil {
		return nil, fmt.Errorf("open gateway: %w", err)
	}
	ctx, stop := context.WithCancel(context.Background())
	g := &Gateway{cfg: cfg, view: newView(cfg.Chain), receipts: r, rates: newRates(cfg.Rate, cfg.Burst, cfg.Now),
		volumes: newVolumes(r.ledger), stranger: newBucket(cfg.StrangerRate, 2*cfg.StrangerRate, cfg.Now()),
		files: &files{of: map[string]bool{}, most: cfg.Files}, stop: stop}
	g.done.Go(func() { g.keepAnchoring(ctx) })
	return g, nil
}

// Close ends anchoring and closes the receipts; calls that wait for their receipt get it first.
func (g *Gateway) Close() error {
	g.stop()
	ended := make(chan struct{})
	go func() {
		g.done.Wait()
		close(ended)
	}()
	select {
	case <-ended:
	case <-g.receipts.failed: // anchoring may stand still in the store
	}
	return g.receipts.close()
}

// Serve answers HTTP on the configured address until ctx ends, then lets running calls finish for up to ten seconds.
// ready, if not nil, is told the address once it listens.
func (g *Gateway) Serve(ctx context.Context, ready func(net.Addr)) error {
	l, err := net.Listen("tcp", g.cfg.Listen)
	if err != nil {
		return fmt.Errorf("gateway: listen on %s: %w; is another process using the address?", g.cfg.Listen, err)
	}
	s := &http.Server{Handler: g.Handler(), ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 15 * time.Second,
		WriteTimeout: g.cfg.QueryTimeout + 30*time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 16 << 10,
		ErrorLog: slog.NewLogLogger(g.cfg.Log.Handler(), slog.LevelWarn)}
	g.state.Lock()
	g.at = l.Addr().String()
	g.state.Unlock()
	if ready != nil {
		ready(l.Addr())
	}
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(l) }()
	select {
	case err := <-ended:
		return fmt.Errorf("gateway: serve: %w", err)
	case <-ctx.Done():
	}
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	if err := s.Shutdown(last); err != nil {
		_ = s.Close() // who does not finish in time is cut off
	}
	return nil
}

// complete fills what was left empty.
func (c Config) complete() Config {
	if c.Listen == "" {
		c.Listen = "127.0.0.1:8480"
	}
	if c.Rate == 0 {
		c.Rate = 50
	}
	if c.Burst == 0 {
		c.Burst = 2 * c.Rate
	}
	if c.StrangerRate == 0 {
		c.StrangerRate = 50
	}
	if c.AnchorEvery == 0 {
		c.AnchorEvery = time.Minute
	}
	if c.QueryTimeout == 0 {
		c.QueryTimeout = 10 * time.Second
	}
	if c.BatchTimeout == 0 {
		c.BatchTimeout = 10 * time.Minute
	}
	if c.Files == 0 {
		c.Files = 4
	}
	if c.MaxFile == 0 {
		c.MaxFile = 4 << 30
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
	if c.Disk == nil {
		c.Disk = vfs.Default
	}
	if c.Fault == nil {
		c.Fault = func(string) {}
	}
	return c
}

// offHours says whether a moment lies at night (before 7 and from 21 o'clock on, in Asia/Shanghai) or on a day of rest.
func (c Config) offHours(t time.Time) bool {
	t = t.In(mulu.Shanghai())
	if h := t.Hour(); h < 7 || h >= 21 {
		return true
	}
	if c.Workday != nil {
		return !c.Workday(t)
	}
	return t.Weekday() == time.Saturday || t.Weekday() == time.Sunday
}

// digest is a keyed digest in hex: purpose keeps digests of different things apart.
func (g *Gateway) digest(purpose string, data []byte) string {
	mac := sm.MAC(g.cfg.DigestKey, append([]byte(purpose+"\n"), data...))
	return fmt.Sprintf("%x", mac[:])
}
