package chain

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"time"

	"mulu"
	"mulu/act"
	"mulu/law"
)

// Chain is a running node.
type Chain struct {
	cfg     Config
	genesis mulu.Genesis
	store   *store
	gate    *gate
	machine *machine
	outbox  *outbox
	waiters *waiters
	cosign  *cosign
	engine  *engine

	stop     context.CancelFunc // ends the goroutines of this room
	running  sync.WaitGroup     // those goroutines
	closing  chan struct{}      // closed by Close
	once     sync.Once          // of Close
	done     chan error         // room for the one fatal error
	failMu   sync.Mutex
	failed   error         // the first fatal error
	broken   chan struct{} // closed with it
	still    *standstill   // of the store
	entering sync.RWMutex  // held for reading while an act is kept and offered, for writing by Close
	writing  sync.Mutex    // held while a block is committed; Backup holds it to look at one moment
	ticks    ticks
	resumed  int64    // first height that this process voted on
	restored bool     // whether votes need the care of a restored node; consensus's goroutine's alone once it runs
	refusals struct { // consensus's goroutine's alone
		height int64
		stale  int // proposals refused at height because their stamp was old
	}
	startedAt time.Time
	lastBlock mark // when a block was last committed
	excused   mark // when consensus last had no quorum to go on with
	lastBeat  mark // when consensus was last seen to work on a block
}

// Open starts the node of a home. ctx bounds the start only. Close ends it.
func Open(ctx context.Context, cfg Config) (*Chain, error) {
	cfg = cfg.complete()
	g, at, err := ReadGenesis(cfg.Home)
	if err != nil {
		return nil, err
	}
	if ahead := at.Sub(cfg.Now()); ahead > time.Minute {
		return nil, &WrongData{filepath.Join(cfg.Home, genesisFile), fmt.Sprintf("starts %s from now; set this machine's clock right", ahead.Round(time.Second))}
	}
	c := &Chain{cfg: cfg, genesis: g, gate: newGate(g.Chain), waiters: newWaiters(), closing: make(chan struct{}),
		done: make(chan error, 1), broken: make(chan struct{}), still: newStandstill(), startedAt: cfg.Now()}
	if err := c.still.beside(func() error { return c.takeUp(ctx) }); err != nil {
		if f := c.failure(); f != nil {
			return nil, f
		}
		return nil, err
	}
	run, stop := context.WithCancel(context.Background())
	c.stop = stop
	for _, routine := range []func(context.Context){c.watch, c.feed, c.wakeAlarms, c.cosign.run} {
		c.running.Go(func() { routine(run) })
	}
	for _, address := range cfg.Peers {
		c.running.Go(func() { c.engine.stay(run, cfg, address) })
	}
	return c, nil
}

// takeUp brings the store, the machine, the outbox and consensus to where they stopped, and starts consensus.
func (c *Chain) takeUp(ctx context.Context) (err error) {
	c.store, err = openStore(filepath.Join(c.cfg.Home, storeDir), c.cfg, func(err error) {
		c.fail(err)
		c.still.tell(err)
	})
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = c.store.close()
		}
	}()
	if err := c.checkGenesis(); err != nil {
		return err
	}
	c.outbox, err = openOutbox(c.store, c.cfg.Now, func(b []byte) (string, error) {
		s, err := c.gate.admit(b)
		if err != nil {
			return "", err
		}
		return s.ID, nil
	})
	if err != nil {
		return err
	}
	if c.machine, err = newMachine(c.store, c.gate, c.cfg.AlarmsPerBlock, c.outbox.place); err != nil {
		return err
	}
	c.cosign = newCosign(c)
	if c.engine, err = newEngine(ctx, c.cfg, app{c: c}, c.cosign.gossip, c.mayVote); err != nil {
		return err
	}
	h := c.machine.at()
	c.resumed, c.restored = h.Height+1, isRestored(c.cfg.Home)
	if err := c.cosign.resume(h); err != nil {
		c.engine.stop()
		return err
	}
	if err := c.engine.start(); err != nil {
		c.engine.stop()
		return err
	}
	return nil
}

// checkGenesis refuses a store that began from another genesis than the home's.
func (c *Chain) checkGenesis() error {
	h, err := c.store.head()
	if err != nil || h.Size == 0 {
		return err
	}
	path := filepath.Join(c.cfg.Home, genesisFile)
	if h.Chain != c.genesis.Chain {
		return &WrongData{path, fmt.Sprintf("is of the chain %q, the data here is of %q; put the right file back", c.genesis.Chain, h.Chain)}
	}
	first, err := c.store.record(0)
	if err != nil {
		return err
	}
	line, err := genesisLine(c.genesis)
	if err != nil {
		return err
	}
	if !bytes.HasPrefix(first, append(line, '\n')) {
		return &WrongData{path, "is not the genesis that the data here began from; put the right file back"}
	}
	return nil
}

// genesisLine is the first line of record 0.
func genesisLine(g mulu.Genesis) ([]byte, error) {
	body, err := act.Encode(g)
	if err != nil {
		return nil, fmt.Errorf("encode the genesis: %w", err)
	}
	return act.Encode(act.Notice{V: 1, Chain: g.Chain, Kind: "genesis", Act: body})
}

// Close ends the node in order. Acts accepted and not yet executed stay in the outbox.
func (c *Chain) Close() error {
	var err error
	c.once.Do(func() {
		close(c.closing)
		c.stop()
		var full *DiskFull
		if f := c.failure(); errors.As(f, &full) {
			return // CometBFT's databases wait for ever for room; only the process's end frees who waits with them
		}
		err = c.still.beside(func() error {
			c.entering.Lock() // whoever is handing an act in has done so
			defer c.entering.Unlock()
			c.running.Wait()
			c.engine.stop()
			return c.store.close()
		})
	})
	return err
}

func (c *Chain) isClosing() bool {
	select {
	case <-c.closing:
		return true
	default:
		return false
	}
}

// Done delivers a *Fatal when the node cannot go on: consensus panicked or is stuck, or the store is broken.
// The process should then end with its code. It delivers nothing on Close.
func (c *Chain) Done() <-chan error { return c.done }

// fail records what the node dies of; only the first counts.
func (c *Chain) fail(err error) {
	c.failMu.Lock()
	defer c.failMu.Unlock()
	if c.failed != nil {
		return
	}
	c.failed = fatal(err)
	close(c.broken)
	c.done <- c.failed
}

func (c *Chain) failure() error {
	c.failMu.Lock()
	defer c.failMu.Unlock()
	return c.failed
}

// initChain executes the genesis, for consensus.
func (c *Chain) initChain(g mulu.Genesis, at time.Time) ([]byte, error) {
	defer c.dying("execute the genesis")
	p, err := c.machine.genesis(g, at)
	if err != nil {
		return nil, err
	}
	c.cfg.Fault("genesis.before")
	_, err = c.machine.commit()
	c.cfg.Fault("genesis.after")
	return p.appHash, err
}

// execute runs a decided block, for consensus. Its error ends consensus, and with it the node.
func (c *Chain) execute(height int64, txs [][]byte) (*pending, error) {
	defer c.dying("execute a block")
	c.cfg.Fault("execute.before")
	p, err := c.machine.execute(height, txs)
	if err != nil {
		c.fail(fmt.Errorf("execute block %d: %w", height, err))
	}
	c.cfg.Fault("execute.after")
	return p, err
}

// commit keeps the executed block, for consensus, and tells everybody who waits.
func (c *Chain) commit() error {
	defer c.dying("commit a block")
	c.writing.Lock()
	defer c.writing.Unlock()
	c.cfg.Fault("commit.before")
	p, err := c.machine.commit()
	if err != nil {
		c.fail(err)
		return err
	}
	c.cfg.Fault("commit.after")
	if p == nil {
		return nil
	}
	if p.made {
		c.cosign.committed(p.head, p.members)
	}
	c.outbox.done(p.outcomes)
	c.dropTicks()
	c.lastBlock.set(c.cfg.Now())
	c.waiters.committed(p.outcomes)
	return nil
}

// dying records a panic on its way through consensus, which knows only its text, and lets it go on.
func (c *Chain) dying(doing string) {
	r := recover()
	if r == nil {
		return
	}
	err, ok := r.(error)
	if !ok {
		err = fmt.Errorf("%v", r)
	}
	c.fail(fmt.Errorf("%s: %w", doing, err))
	panic(r)
}

// stranger refuses an act whose key this node's state does not know, so that who holds no key of the chain cannot fill
// it with refusals. It guards the door only: what a block holds is executed whatever a node thought of it, so nodes
// that are not equally far still agree. An act that is told before its key has come is told again a moment later.
func (c *Chain) stranger(s *act.Signed) (no *mulu.Refusal) {
	c.read(func(st state) { no = law.Stranger(st, s.Statement.Key) })
	return no
}

// check says whether bytes may enter the pool, for consensus. Gossip's signatures are checked here.
func (c *Chain) check(tx []byte) error {
	if c.isClosing() {
		return ErrClosed
	}
	s, err := c.gate.admit(tx)
	if err != nil {
		return err
	}
	if isTick(s) {
		return c.checkTick(s)
	}
	if no := c.stranger(s); no != nil {
		return no
	}
	id, ok := actID(s.ID)
	if !ok {
		return fmt.Errorf("an act has the id %q", s.ID)
	}
	n, again, err := c.store.find(c.store.db, id)
	if err != nil {
		return err
	}
	if again {
		return fmt.Errorf("the act is record %d already", n)
	}
	return nil
}

// propose makes a block of what waits in the pool, for consensus: a stamp, the acts, the ticks. What has become a
// record or asks for alarms when none is due is thrown out of the pool.
func (c *Chain) propose(txs [][]byte, most int64) [][]byte {
	stamp := nextStamp(c.cfg.Now(), c.machine.at().Time)
	block := [][]byte{stampText(stamp)}
	size := proposalSize(block[0])
	var useless [][]byte
	due := c.due(stamp)
	for i, s := range c.gate.all(txs) {
		switch {
		case s == nil || isTick(s) && !due || !isTick(s) && c.isRecord(s):
			useless = append(useless, txs[i])
			continue
		}
		if size += proposalSize(txs[i]); size > most {
			break
		}
		block = append(block, txs[i])
	}
	c.engine.drop(useless)
	if len(block) == 1 {
		return nil
	}
	return block
}

// proposalSize is at least what a transaction takes in a block: its bytes, a tag and a length.
func proposalSize(tx []byte) int64 { return int64(len(tx)) + 11 }

func (c *Chain) isRecord(s *act.Signed) bool {
	id, ok := actID(s.ID)
	if !ok {
		return true
	}
	_, again, err := c.store.find(c.store.db, id)
	return again || err != nil
}

// judge says whether to vote for a block, for consensus. An empty block is always right; another begins with a fair
// stamp and holds only acts of this chain with right signatures, and ticks only when something is due.
func (c *Chain) judge(height int64, txs [][]byte) error {
	if len(txs) == 0 {
		return nil
	}
	stamp, ok := parseStamp(txs[0])
	if !ok {
		return errors.New("it does not begin with a stamp")
	}
	if c.refusals.height != height {
		c.refusals.height, c.refusals.stale = height, 0
	}
	last := c.machine.at().Time
	if now := c.cfg.Now(); !fairStamp(stamp, last, now, height == c.resumed || c.refusals.stale >= 2) {
		c.refusals.stale++
		return fmt.Errorf("its stamp %s is not after the last block's %s or too far from this node's clock %s",
			stamp.Format(time.RFC3339Nano), last.Format(time.RFC3339Nano), now.UTC().Format(time.RFC3339Nano))
	}
	if len(txs) == 1 {
		return errors.New("it has a stamp and nothing to execute")
	}
	ticks := false
	for i, s := range c.gate.all(txs[1:]) {
		if s == nil {
			return fmt.Errorf("its transaction %d is no act of this chain with a right signature", i+1)
		}
		ticks = ticks || isTick(s)
	}
	if ticks && !c.due(stamp) {
		return errors.New("it holds a tick although nothing is due")
	}
	return nil
}

// Submit hands a signed act to the chain and waits for its outcome, which may be a refusal by the law. The act must
// not be changed afterwards. An act that is a record already gives that record's outcome and is not executed again.
//
// Errors: *act.Malformed, *ForeignAct and, for a key that the chain does not know, *mulu.Refusal refuse the act before
// it is accepted; *Pending says that ctx ended, or the node closed, after it was accepted; ErrClosed and *Fatal say that
// it was not accepted.
func (c *Chain) Submit(ctx context.Context, s *act.Signed) (mulu.Outcome, error) {
	if err := c.gate.vouch(s); err != nil {
		return mulu.Outcome{}, err
	}
	if isTick(s) {
		return mulu.Outcome{}, &act.Malformed{Code: "kind", Detail: "a tick is said by nodes among themselves and has no outcome"}
	}
	ch := c.waiters.expect(s.ID)
	defer c.waiters.leave(s.ID, ch)
	if o, done, err := c.accept(s); done || err != nil {
		return o, err
	}
	select {
	case o := <-ch:
		return o, nil
	case <-ctx.Done():
		return mulu.Outcome{}, &Pending{s.ID, ctx.Err()}
	case <-c.closing:
		return mulu.Outcome{}, &Pending{s.ID, ErrClosed}
	case <-c.broken:
		return mulu.Outcome{}, &Pending{s.ID, c.failure()}
	}
}

// accept makes an act durable and hands it to consensus. done is true when it is a record already.
func (c *Chain) accept(s *act.Signed) (o mulu.Outcome, done bool, err error) {
	c.entering.RLock()
	defer c.entering.RUnlock()
	if c.isClosing() {
		return o, false, ErrClosed
	}
	if f := c.failure(); f != nil {
		return o, false, f
	}
	if o, done = c.Outcome(s.ID); done {
		return o, true, nil
	}
	if no := c.stranger(s); no != nil {
		return o, false, no
	}
	c.cfg.Fault("outbox.before")
	e, fresh, err := c.outbox.put(s.ID, s.Bytes)
	if err != nil {
		return o, false, err
	}
	c.cfg.Fault("outbox.after")
	if !fresh {
		return o, false, nil
	}
	if err := c.offer(e); err != nil {
		if o, done = c.Outcome(s.ID); done { // it came to a block by another node meanwhile
			return o, true, nil
		}
		return o, false, err
	}
	c.cfg.Fault("offer.after")
	return o, false, nil
}

// offer hands an act of the outbox to consensus. Its error says that the act was refused and taken back.
func (c *Chain) offer(e *entry) error {
	err := c.engine.offer(e.bytes)
	switch {
	case err == nil:
		return nil
	case errors.Is(err, errPoolFull):
		c.outbox.later(e)
		return nil
	case c.isClosing():
		return nil // it is durable; the next start offers it
	}
	if dropped := c.outbox.drop(e); dropped != nil {
		return dropped
	}
	return err
}

// feed offers again what waits in the outbox: what a restart found there or a full pool turned away, and from time to
// time what has waited long, to our pool and to the peers. For a pool that fills in the same moment may lose an act
// without saying so; and CometBFT tells an act to each peer once, which drops it while it is still fetching blocks.
// Where no empty blocks are made the peers would then wait for ever for an act that only we know.
func (c *Chain) feed(ctx context.Context) {
	again := c.cfg.After(feedPause)
	for {
		changed := c.waiters.change()
		for e := c.outbox.nextLate(); e != nil; e = c.outbox.nextLate() {
			err := c.engine.offer(e.bytes)
			if errors.Is(err, errPoolFull) {
				c.outbox.sooner(e)
				break
			}
			if c.isClosing() {
				return
			}
			if err != nil {
				c.cfg.Log.Info("an act leaves the outbox", "act", e.id, "why", err)
				if err := c.outbox.drop(e); err != nil {
					c.fail(err)
					return
				}
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-c.broken:
			return
		case <-changed:
		case <-again:
			for _, e := range c.outbox.remind(feedPause) {
				c.cosign.gossip.tell(e.bytes)
			}
			again = c.cfg.After(feedPause)
		}
	}
}

const feedPause = time.Second

// rootOf reads the root a head carries.
func rootOf(h head) (root [32]byte) {
	_, _ = hex.Decode(root[:], []byte(h.Root))
	return root
}

// due tells whether something is due at a block time.
func (c *Chain) due(stamp time.Time) bool {
	h := c.machine.at()
	return len(law.Due(state{c.store.db}, law.Moment{Chain: h.Chain, Height: h.Height + 1, Block: stamp}, 1)) > 0
}
