package chain

import (
	"context"
	"encoding/binary"
	"errors"
	"sync"
	"time"

	abci "github.com/cometbft/cometbft/abci/types"
)

// Bare is consensus alone: a CometBFT node in a Chain's settings, with an application that only counts. It is the
// yardstick of mulu bench.
type Bare struct {
	engine *engine
	app    *bareApp
	cfg    Config
}

// OpenBare starts consensus alone in an initialised home. check is asked for each transaction as it enters the pool,
// one after the other; nil checks nothing.
func OpenBare(ctx context.Context, cfg Config, check func([]byte) error) (*Bare, error) {
	cfg = cfg.complete()
	app := &bareApp{check: check, waiting: map[string]chan struct{}{}}
	e, err := newEngine(ctx, cfg, app, newGossip(func(peer, []byte) {}, func(peer) {}), func(int64) error { return nil })
	if err != nil {
		return nil, err
	}
	if err := e.start(); err != nil {
		e.stop()
		return nil, err
	}
	return &Bare{e, app, cfg}, nil
}

// Submit hands a transaction to consensus and waits until a block that holds it is committed.
func (b *Bare) Submit(ctx context.Context, tx []byte) error {
	done := b.app.expect(tx)
	for {
		err := b.engine.offer(tx)
		if err == nil {
			break
		}
		if !errors.Is(err, errPoolFull) {
			return err
		}
		if !b.cfg.wait(ctx, time.Millisecond) {
			return ctx.Err()
		}
	}
	select {
	case <-done:
		return nil
	case <-b.engine.ended:
		return b.engine.why()
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Close ends consensus.
func (b *Bare) Close() error {
	b.engine.stop()
	return nil
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
			return &abci.ResponseCheckTx{Code: codeRefused, Log: err.Error()}, nil
		}
	}
	return &abci.ResponseCheckTx{}, nil
}

// FinalizeBlock counts; the count is the app hash, so that blocks follow each other as a Chain's do.
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
