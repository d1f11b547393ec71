package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"mulu"
	"mulu/chain"
	"mulu/desk"
	"mulu/gateway"
	"mulu/notify"
	"mulu/people"
	"mulu/platform"
	"mulu/platform/source"
	"mulu/read"
	"mulu/sm"
	"mulu/vault"
	"mulu/web"
)

// Program is a running node with all its rooms. It is a value: a test starts the real thing in a temporary home.
type Program struct {
	home     home
	settings Settings
	chain    *chain.Chain
	reads    *read.Read
	vault    *vault.Vault
	platform *platform.Platform
	loads    *platform.Loads
	sources  *source.Sources
	gateway  *gateway.Gateway
	people   *people.People
	notify   *notify.Notify
	drafts   *desk.Drafts
	desk     *desk.Desk
	signers  *signers
	nodeKey  sm.Signer
	log      *slog.Logger
	getenv   func(string) string

	stop    context.CancelFunc
	running sync.WaitGroup
	failed  chan error                        // what ended the program by itself
	Gateway string                            // address where the gateway listens, once open; "" = none
	Pages   string                            // address of the pages, once open; "" = none
	Mail    string                            // server that reminders are mailed by; "" = none
	demo    atomic.Pointer[[]web.DemoAccount] // accounts that the login page offers
}

// open starts a node's rooms in order: chain, read models, vault, platform, gateway, control.
func (m *Main) open(ctx context.Context, h home, passFile string, log *slog.Logger) (p *Program, err error) {
	p = &Program{home: h, log: log, getenv: m.Getenv, failed: make(chan error, 8)}
	if p.settings, err = h.load(); err != nil {
		return nil, err
	}
	keys, pass, err := m.openKeys(h, passFile)
	if err != nil {
		return nil, err
	}
	if p.nodeKey, err = keys.Signer("node"); err != nil {
		return nil, err
	}
	if p.chain, err = chain.Open(ctx, chain.Config{Home: h.chain(), Key: p.nodeKey, NodeName: p.settings.Node,
		Listen: p.settings.Listen, Peers: p.settings.Peers, Log: log}); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = p.end(err)
		}
	}()
	p.signers = newSigners(keys, p.chain.Sandbox())
	if err = p.signers.guessAll(p.chain); err != nil {
		return p, err
	}
	if err = p.openRooms(pass); err != nil {
		return p, err
	}
	p.desk = desk.New(desk.Config{Chain: p.chain, Reads: p.reads, Signers: p.signers, Vault: p.vault, Loads: p.loads, Sources: p.sources, Rand: rand.Reader})
	return p, p.serve()
}

func (p *Program) openRooms(pass string) error {
	master, err := p.openVault(pass)
	if err != nil {
		return err
	}
	if p.reads, err = read.Open(readConfig(p.home)); err != nil {
		return err
	}
	if p.people, err = people.Open(people.Config{Path: p.home.path("people.db"), Key: sm.MAC(master, []byte("people")), Now: time.Now, Rand: rand.Reader}); err != nil {
		return err
	}
	if p.notify, err = p.openReminders(sm.MAC(master, []byte("notify"))); err != nil {
		return err
	}
	if p.drafts, err = desk.OpenDrafts(p.home.path("desk.db"), time.Now, rand.Reader); err != nil {
		return err
	}
	engine, err := p.openWarehouse(context.Background())
	if err != nil {
		return err
	}
	p.platform = platform.New(engine, p.vault, sm.New)
	if err := p.openSources(); err != nil {
		return err
	}
	if err := p.openLoads(); err != nil {
		return err
	}
	if p.settings.Gateway == "" {
		return nil
	}
	p.gateway, err = gateway.Open(gateway.Config{Dir: p.home.path("receipts"), Chain: p.chain, Source: engine, Owners: p.sources, Node: p.settings.Node,
		Key: p.nodeKey, DigestKey: sm.MAC(master, []byte("receipts")), Listen: p.settings.Gateway, Aside: p.home.path("batch"),
		Workday: (&workdays{chain: p.chain}).is, Log: p.log})
	return err
}

// openVault opens what stays off the chain, and gives the node's secret from which its key is derived.
func (p *Program) openVault(pass string) (master []byte, err error) {
	if master, err = sm.FileSecret(p.home.path("keys", "master"), pass, rand.Reader); err != nil {
		return nil, fmt.Errorf("open the node's secret: %w", err)
	}
	p.vault, err = vault.Open(p.home.path("vault"), sm.MAC(master, []byte("vault"))[:16], rand.Reader)
	return master, err
}

// openSources opens what is reached at its owners: of all addresses only those that the settings list.
func (p *Program) openSources() error {
	reach, err := source.NewReach(p.settings.Reach, string(p.home))
	if err != nil {
		return fmt.Errorf("read the setting reach: %w", err)
	}
	p.sources, err = source.Open(source.Config{Path: p.home.path("sources.json"), Vault: p.vault, Reach: reach, Log: p.log})
	return err
}

func readConfig(h home) read.Config {
	return read.Config{Path: h.reads(), ActID: func(line []byte) string {
		d := sm.Sum(line)
		return hex.EncodeToString(d[:])
	}}
}

// serve begins to follow the records, to serve the gateway and to listen for commands of this machine.
func (p *Program) serve() error {
	ctx, stop := context.WithCancel(context.Background())
	p.stop = stop
	p.running.Go(func() {
		if err := p.reads.Follow(ctx, p.chain); err != nil && ctx.Err() == nil {
			p.failed <- fmt.Errorf("the read model stopped: %w", err)
		}
	})
	p.running.Go(func() { p.keepReminding(ctx) })
	p.running.Go(func() {
		if err := p.loads.Run(ctx); err != nil {
			p.failed <- fmt.Errorf("the loads stopped: %w", err)
		}
	})
	if p.gateway != nil {
		ready := make(chan net.Addr, 1)
		ended := make(chan error, 1)
		p.running.Go(func() { ended <- p.gateway.Serve(ctx, func(a net.Addr) { ready <- a }) })
		select {
		case a := <-ready:
			p.Gateway = a.String()
		case err := <-ended:
			return err
		}
	}
	if err := p.openPages(ctx); err != nil {
		return err
	}
	if err := p.openMetrics(ctx); err != nil {
		return err
	}
	return p.control(ctx)
}

// control listens on a socket in the home, which only the home's owner can open.
func (p *Program) control(ctx context.Context) error {
	path := p.home.socket()
	if len(path) > 100 {
		return fmt.Errorf("the path %s is too long for a socket; use a shorter --home", path)
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("remove the old control socket: %w", err)
	}
	l, err := net.Listen("unix", path)
	if err != nil {
		return fmt.Errorf("open the control socket: %w", err)
	}
	if err := os.Chmod(path, 0o600); err != nil {
		return fmt.Errorf("close the control socket to others: %w", err)
	}
	s := &http.Server{Handler: p.controls(), BaseContext: func(net.Listener) context.Context { return ctx }}
	p.running.Go(func() {
		if err := s.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			p.failed <- fmt.Errorf("the control socket stopped: %w", err)
		}
	})
	p.running.Go(func() {
		<-ctx.Done()
		_ = s.Close()
	})
	return nil
}

// wait returns when ctx ends, or with what ended the program by itself.
func (p *Program) wait(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return nil
	case err := <-p.chain.Done():
		return err
	case err := <-p.failed:
		return err
	}
}

// dying is how long a program that cannot go on may take to put things away.
const dying = 5 * time.Second

// end closes the program that ended with err, and gives what it ended of. When the chain cannot go on, some of its
// goroutines may stand still for ever where the disk failed them; then the process's end is what frees them, not Close.
func (p *Program) end(err error) error {
	closed := make(chan error, 1)
	go func() { closed <- p.Close() }()
	var fatal *chain.Fatal
	if !errors.As(err, &fatal) {
		select {
		case closing := <-closed:
			if err == nil {
				err = closing
			}
			return err
		case err = <-p.chain.Done(): // it failed while it was being closed
		}
	}
	select {
	case <-closed:
	case <-time.After(dying):
	}
	return err
}

// Close ends the rooms in the opposite order.
func (p *Program) Close() error {
	if p.stop != nil {
		p.stop()
	}
	var errs []error
	p.running.Wait()
	if p.gateway != nil {
		errs = append(errs, p.gateway.Close())
	}
	if p.sources != nil {
		errs = append(errs, p.sources.Close())
	}
	if p.loads != nil {
		errs = append(errs, p.loads.Close())
	}
	if p.platform != nil {
		errs = append(errs, p.platform.Close())
	}
	if p.notify != nil {
		errs = append(errs, p.notify.Close())
	}
	if p.reads != nil {
		errs = append(errs, p.reads.Close())
	}
	if p.drafts != nil {
		errs = append(errs, p.drafts.Close())
	}
	if p.people != nil {
		errs = append(errs, p.people.Close())
	}
	return errors.Join(append(errs, p.chain.Close())...)
}

// noun reads a noun of committed state.
func (p *Program) noun(kind mulu.Kind, id string, into any) (bool, error) {
	raw, ok := p.chain.Get(kind, id)
	if !ok {
		return false, nil
	}
	return true, json.Unmarshal(raw, into)
}
