package chain

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"

	dbm "github.com/cometbft/cometbft-db"
	abci "github.com/cometbft/cometbft/abci/types"
	"github.com/cometbft/cometbft/config"
	"github.com/cometbft/cometbft/consensus"
	"github.com/cometbft/cometbft/libs/log"
	"github.com/cometbft/cometbft/mempool"
	"github.com/cometbft/cometbft/node"
	"github.com/cometbft/cometbft/p2p"
	"github.com/cometbft/cometbft/proxy"
	"github.com/cometbft/cometbft/types"

	"mulu/act"
)

// engine is CometBFT's node in this process.
type engine struct {
	node  *node.Node
	pool  mempool.Mempool
	state *consensus.State
	dbs   map[string]*guarded // by CometBFT's name
	died  *atomic.Value       // string: what consensus panicked with
	ended chan struct{}       // closed when consensus's routine ended, for whatever reason
}

// errPoolFull says that the pool has no room now.
var errPoolFull = errors.New("consensus's pool is full")

const (
	poolActs  = 20_000
	poolBytes = 256 << 20
)

// newEngine assembles the node and replays into the machine what its store misses. It does not start it. may is asked
// before each vote and proposal is signed.
func newEngine(ctx context.Context, c Config, a abci.Application, gossip p2p.Reactor, may func(height int64) error) (e *engine, err error) {
	nodeKey, pv, err := loadKeys(c.Home)
	if err != nil {
		return nil, err
	}
	e = &engine{dbs: map[string]*guarded{}, died: &atomic.Value{}, ended: make(chan struct{})}
	begun := e // a return with an error takes e away
	logger := cometLog{to: c.Log, died: e.died}
	defer func() {
		if r := recover(); r != nil { // replay panics on what does not fit together
			err = &Corrupt{"the blocks do not lead to the state on disk", fmt.Errorf("%v", r)}
			if cause, ok := r.(error); ok {
				err = cause
			}
		}
		if err != nil {
			begun.closeDBs()
		}
	}()
	e.node, err = node.NewNodeWithContext(ctx, cometConfig(c), careful{pv, may}, nodeKey, proxy.NewConnSyncLocalClientCreator(a),
		func() (*types.GenesisDoc, error) { return loadGenesis(c.Home) }, e.openDB,
		node.DefaultMetricsProvider(&config.InstrumentationConfig{}), logger,
		node.CustomReactors(map[string]p2p.Reactor{"COSIGN": gossip}))
	if err != nil {
		return nil, fmt.Errorf("assemble the node: %w", err)
	}
	e.pool = e.node.Mempool()
	env, err := e.node.ConfigureRPC()
	if err != nil {
		return nil, fmt.Errorf("assemble the node: %w", err)
	}
	state, ok := env.ConsensusState.(*consensus.State)
	if !ok {
		return nil, errors.New("this CometBFT does not show its consensus state")
	}
	e.state = state
	return e, nil
}

// cometConfig is CometBFT's configuration: everything off that is not consensus between known nodes.
func cometConfig(c Config) *config.Config {
	k := config.DefaultConfig()
	k.SetRoot(c.Home)
	k.Genesis, k.NodeKey, k.PrivValidatorKey, k.PrivValidatorState = genesisFile, nodeFile, validatorFile, votedFile
	k.DBPath, k.Moniker, k.DBBackend = "data", c.NodeName, string(dbm.GoLevelDBBackend)
	k.RPC.ListenAddress, k.RPC.GRPCListenAddress, k.RPC.PprofListenAddress = "", "", ""
	k.TxIndex.Indexer = "null"
	k.Instrumentation.Prometheus = false
	k.Storage.DiscardABCIResponses = true
	k.StateSync.Enable = false

	k.Consensus.WalPath = "data/cs.wal/wal"
	k.Consensus.CreateEmptyBlocks = false
	k.Consensus.SkipTimeoutCommit = true
	k.Consensus.TimeoutCommit = 0
	k.Consensus.TimeoutPropose, k.Consensus.TimeoutProposeDelta = time.Second, 500*time.Millisecond
	k.Consensus.TimeoutPrevote, k.Consensus.TimeoutPrevoteDelta = 500*time.Millisecond, 250*time.Millisecond
	k.Consensus.TimeoutPrecommit, k.Consensus.TimeoutPrecommitDelta = 500*time.Millisecond, 250*time.Millisecond
	k.Consensus.PeerGossipSleepDuration = 5 * time.Millisecond
	k.Consensus.PeerQueryMaj23SleepDuration = 500 * time.Millisecond
	// The header's time is not the law's (see stamp.go), and a clock set back must not stop the chain.
	k.Consensus.BlockTimeTolerance = 100 * 365 * 24 * time.Hour

	k.Mempool.Type = config.MempoolTypeFlood
	k.Mempool.Recheck = false // an act that waits stays valid; what became a record is dropped when a block is made
	k.Mempool.Size, k.Mempool.MaxTxsBytes, k.Mempool.CacheSize = poolActs, poolBytes, 2*poolActs
	k.Mempool.MaxTxBytes = act.MaxBytes

	k.P2P.PexReactor = false // nodes talk to the peers they are told, nobody else
	k.P2P.AddrBookStrict, k.P2P.AllowDuplicateIP = false, true
	k.P2P.AddrBook = "data/addrbook.json"
	k.P2P.FlushThrottleTimeout = time.Millisecond
	k.P2P.SendRate, k.P2P.RecvRate = 64<<20, 64<<20
	k.P2P.MaxPacketMsgPayloadSize = 16 << 10
	k.P2P.ListenAddress = "tcp://" + c.Listen
	if c.Listen == "" { // CometBFT always listens: on loopback, at a port nobody knows, taking nobody
		k.P2P.ListenAddress, k.P2P.MaxNumInboundPeers = "tcp://127.0.0.1:0", 0
	}
	return k
}

// openDB opens one of CometBFT's databases: goleveldb, which is pure Go and its default.
func (e *engine) openDB(d *config.DBContext) (dbm.DB, error) {
	dir := d.Config.DBDir()
	db, err := dbm.NewDB(d.ID, dbm.GoLevelDBBackend, dir)
	if err != nil {
		what := "open " + filepath.Join(dir, d.ID+".db")
		if ofDisk(err) {
			return nil, diskError(what, err)
		}
		return nil, &Corrupt{what, err}
	}
	e.dbs[d.ID] = &guarded{DB: db}
	return e.dbs[d.ID], nil
}

func (e *engine) closeDBs() {
	for _, db := range e.dbs {
		_ = db.end()
	}
}

// start lets the node run.
func (e *engine) start() error {
	if err := e.node.Start(); err != nil {
		return fmt.Errorf("start the node: %w", err)
	}
	go func() {
		defer close(e.ended)
		e.state.Wait()
	}()
	return nil
}

// stop ends the node and waits until consensus writes no more.
func (e *engine) stop() {
	if e.node.IsRunning() {
		_ = e.node.Stop()
		e.node.Wait()
	}
	e.closeDBs()
}

// why tells what consensus ended with.
func (e *engine) why() error {
	if v, ok := e.died.Load().(string); ok {
		return errors.New("consensus ended: " + v)
	}
	return errors.New("consensus ended without saying why")
}

// offer hands bytes to the pool. errPoolFull asks to come again; another error is the check's refusal.
// What is in the pool already is taken.
func (e *engine) offer(tx []byte) error {
	var refused error
	err := e.pool.CheckTx(tx, func(r *abci.ResponseCheckTx) {
		if r.Code != abci.CodeTypeOK {
			refused = errors.New(r.Log)
		}
	}, mempool.TxInfo{})
	var full mempool.ErrMempoolIsFull
	switch {
	case errors.As(err, &full):
		return errPoolFull
	case errors.Is(err, mempool.ErrTxInCache):
		return nil
	case err != nil:
		return err
	}
	return refused // the local connection answers before CheckTx returns
}

// drop takes transactions out of the pool.
func (e *engine) drop(txs [][]byte) {
	for _, tx := range txs {
		_ = e.pool.RemoveTxByKey(types.Tx(tx).Key())
	}
}

// behind tells how many blocks a connected node has committed beyond a height.
func (e *engine) behind(height int64) int64 {
	var most int64
	for _, h := range e.heights() {
		most = max(most, h-1-height) // it works on the block after its last
	}
	return most
}

// heights tells, by name, which height each connected node works on; those that have not told are not among them.
func (e *engine) heights() map[string]int64 {
	told := map[string]int64{}
	for _, p := range e.node.Switch().Peers().Copy() {
		s, ok := p.Get(types.PeerStateKey).(*consensus.PeerState)
		info, named := p.NodeInfo().(p2p.DefaultNodeInfo)
		if ok && named && s.GetHeight() > 0 {
			told[info.Moniker] = max(told[info.Moniker], s.GetHeight())
		}
	}
	return told
}

// fetching tells whether the node still fetches blocks that others have, and takes no part in making new ones.
func (e *engine) fetching() bool { return e.node.ConsensusReactor().WaitSync() }

// peers lists the names of the connected nodes.
func (e *engine) peers() []string {
	var names []string
	for _, p := range e.node.Switch().Peers().Copy() {
		if info, ok := p.NodeInfo().(p2p.DefaultNodeInfo); ok {
			names = append(names, info.Moniker)
		}
	}
	return names
}

// cometLog passes on what CometBFT warns of, and keeps what consensus dies of.
// Its network and block fetching modules cry over every connection that comes and goes, so they speak at Debug.
type cometLog struct {
	to    *slog.Logger
	died  *atomic.Value
	quiet bool
}

func (cometLog) Debug(string, ...any) {}
func (cometLog) Info(string, ...any)  {}
func (l cometLog) Warn(msg string, kv ...any) {
	l.say(slog.LevelWarn, msg, kv)
}
func (l cometLog) Error(msg string, kv ...any) {
	if msg == "CONSENSUS FAILURE!!!" {
		l.say(slog.LevelError, msg, l.dying(kv))
		return
	}
	if strings.Contains(msg, "failed signing") && mentions(kv, errDecided) { // as it should be
		l.say(slog.LevelDebug, msg, kv)
		return
	}
	if strings.HasPrefix(msg, "error on catchup replay") {
		// Its log of the round under way is not there: so it is after a restore, whose blocks are whole without it.
		l.say(slog.LevelDebug, msg, kv)
		return
	}
	l.say(slog.LevelError, msg, kv)
}

// mentions tells whether an error stands among what is logged.
func mentions(kv []any, want error) bool {
	for _, v := range kv {
		if err, ok := v.(error); ok && errors.Is(err, want) {
			return true
		}
	}
	return false
}

// dying keeps what consensus died of, and gives what to log of it: not the stack, where the disk was the cause.
func (l cometLog) dying(kv []any) []any {
	var why string
	var stackless []any
	for i := 0; i+1 < len(kv); i += 2 {
		switch kv[i] {
		case "err":
			why = fmt.Sprint(kv[i+1])
		case "stack":
			continue
		}
		stackless = append(stackless, kv[i], kv[i+1])
	}
	l.died.Store(why)
	if ofDisk(errors.New(why)) {
		return stackless
	}
	return kv
}

func (l cometLog) say(level slog.Level, msg string, kv []any) {
	if l.quiet {
		level = slog.LevelDebug
	}
	l.to.Log(context.Background(), level, "consensus: "+msg, kv...)
}

func (l cometLog) With(kv ...any) log.Logger {
	l.to = l.to.With(kv...)
	for i := 0; i+1 < len(kv); i += 2 {
		if kv[i] == "module" {
			l.quiet = kv[i+1] == "p2p" || kv[i+1] == "blocksync" || kv[i+1] == "pex"
		}
	}
	return l
}
