package main

import (
	"context"
	"encoding/binary"
	"errors"
	"path/filepath"
	"sync"
	"time"

	abci "github.com/cometbft/cometbft/abci/types"
	"github.com/cometbft/cometbft/config"
	"github.com/cometbft/cometbft/libs/log"
	"github.com/cometbft/cometbft/mempool"
	"github.com/cometbft/cometbft/node"
	"github.com/cometbft/cometbft/p2p"
	"github.com/cometbft/cometbft/privval"
	"github.com/cometbft/cometbft/proxy"
	"github.com/cometbft/cometbft/types"
)

// A bare node is the yardstick: CometBFT with an application that only counts, over a home that the chain made, with
// the settings that the chain gives it. It is the only place outside the chain that knows CometBFT.
type bareNode struct {
	node *node.Node
	app  *bareApp
}

// openBare starts a bare node. check is asked for each act as it enters the pool, one after the other; nil checks nothing.
func openBare(ctx context.Context, home string, check func([]byte) error) (*bareNode, error) {
	k := bareConfig(home)
	nodeKey, err := p2p.LoadNodeKey(filepath.Join(home, k.NodeKey))
	if err != nil {
		return nil, err
	}
	app := &bareApp{check: check, waiting: map[string]chan struct{}{}}
	n, err := node.NewNodeWithContext(ctx, k, privval.LoadFilePV(filepath.Join(home, k.PrivValidatorKey), filepath.Join(home, k.PrivValidatorState)), nodeKey,
		proxy.NewConnSyncLocalClientCreator(app), func() (*types.GenesisDoc, error) { return types.GenesisDocFromFile(filepath.Join(home, k.Genesis)) },
		config.DefaultDBProvider, node.DefaultMetricsProvider(&config.InstrumentationConfig{}), log.NewNopLogger())
	if err != nil {
		return nil, err
	}
	return &bareNode{n, app}, n.Start()
}

// bareConfig gives the settings of a chain's engine that bear on speed.
func bareConfig(home string) *config.Config {
	k := config.DefaultConfig()
	k.SetRoot(home)
	k.Genesis, k.NodeKey, k.PrivValidatorKey, k.PrivValidatorState = "genesis.json", "node.json", "validator.json", "data/validator_state.json"
	k.RPC.ListenAddress, k.RPC.GRPCListenAddress, k.RPC.PprofListenAddress = "", "", ""
	k.TxIndex.Indexer = "null"
	k.Instrumentation.Prometheus = false
	k.Storage.DiscardABCIResponses = true
	k.Consensus.WalPath = "data/cs.wal/wal"
	k.Consensus.CreateEmptyBlocks, k.Consensus.SkipTimeoutCommit, k.Consensus.TimeoutCommit = false, true, 0
	k.Mempool.Type, k.Mempool.Recheck = config.MempoolTypeFlood, false
	k.Mempool.Size, k.Mempool.MaxTxsBytes, k.Mempool.CacheSize = 20_000, 256<<20, 40_000
	k.P2P.PexReactor, k.P2P.MaxNumInboundPeers, k.P2P.ListenAddress = false, 0, "tcp://127.0.0.1:0"
	return k
}

func (n *bareNode) close() error {
	err := n.node.Stop()
	n.node.Wait()
	return err
}

// submit hands bytes to the pool and waits until they are committed.
func (n *bareNode) submit(ctx context.Context, tx []byte) error {
	done := n.app.expect(tx)
	for {
		var refused error
		err := n.node.Mempool().CheckTx(tx, func(r *abci.ResponseCheckTx) {
			if r.Code != abci.CodeTypeOK {
				refused = errors.New(r.Log)
			}
		}, mempool.TxInfo{})
		var full mempool.ErrMempoolIsFull
		if errors.As(err, &full) {
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-time.After(time.Millisecond):
				continue
			}
		}
		if err := errors.Join(err, refused); err != nil {
			return err
		}
		break
	}
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// bareApp counts transactions and tells who waits for one.
type bareApp struct {
	abci.BaseApplication
	check func([]byte) error
	count uint64   // consensus's goroutine's alone, as is block
	block [][]byte // executed and not yet committed

	mu      sync.Mutex // guards waiting
	waiting map[string]chan struct{}
}

func (a *bareApp) expect(tx []byte) <-chan struct{} {
	a.mu.Lock()
	defer a.mu.Unlock()
	done := make(chan struct{})
	a.waiting[string(tx)] = done
	return done
}

// CheckTx asks check.
func (a *bareApp) CheckTx(_ context.Context, r *abci.RequestCheckTx) (*abci.ResponseCheckTx, error) {
	if a.check != nil {
		if err := a.check(r.Tx); err != nil {
			return &abci.ResponseCheckTx{Code: 1, Log: err.Error()}, nil
		}
	}
	return &abci.ResponseCheckTx{}, nil
}

// FinalizeBlock counts; the count is the app hash, so that blocks follow each other as a chain's do.
func (a *bareApp) FinalizeBlock(_ context.Context, r *abci.RequestFinalizeBlock) (*abci.ResponseFinalizeBlock, error) {
	a.count += uint64(len(r.Txs))
	a.block = r.Txs
	res := &abci.ResponseFinalizeBlock{AppHash: binary.BigEndian.AppendUint64(nil, a.count), TxResults: make([]*abci.ExecTxResult, len(r.Txs))}
	for i := range res.TxResults {
		res.TxResults[i] = &abci.ExecTxResult{}
	}
	return res, nil
}

// Commit tells those who wait.
func (a *bareApp) Commit(context.Context, *abci.RequestCommit) (*abci.ResponseCommit, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, tx := range a.block {
		if done, ok := a.waiting[string(tx)]; ok {
			close(done)
			delete(a.waiting, string(tx))
		}
	}
	return &abci.ResponseCommit{}, nil
}
