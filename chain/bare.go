package chain

import (
	"context"
	"encoding/binary"
	"errors"
	"sync"
	"time"

	abci "github.com/cometbft/cometbft/abci/types"
)

// Bare measures consensus alone: it hands the given bytes to a CometBFT node of an initialised home, configured as a
// Chain's but with an application that only counts, and tells how long it took until all were committed.
// check is asked for each as it enters the pool; nil checks nothing. It is the yardstick of mulu bench.
func Bare(ctx context.Context, cfg Config, acts [][]byte, check func([]byte) error) (time.Duration, error) {
	cfg = cfg.complete()
	app := &bareApp{check: check, want: len(acts), done: make(chan struct{})}
	e, err := newEngine(ctx, cfg, app, newGossip(func(peer, []byte) {}, func(peer) {}))
	if err != nil {
		return 0, err
	}
	defer e.stop()
	if err := e.start(); err != nil {
		return 0, err
	}
	begin := cfg.Now()
	for _, a := range acts {
		for err = e.offer(a); errors.Is(err, errPoolFull); err = e.offer(a) {
			if !cfg.wait(ctx, time.Millisecond) {
				return 0, ctx.Err()
			}
		}
		if err != nil {
			return 0, err
		}
	}
	select {
	case <-app.done:
		return cfg.Now().Sub(begin), nil
	case <-e.ended:
		return 0, e.why()
	case <-ctx.Done():
		return 0, ctx.Err()
	}
}

// bareApp counts transactions.
type bareApp struct {
	abci.BaseApplication
	check func([]byte) error
	want  int
	done  chan struct{}
	once  sync.Once
	count int // consensus's goroutine's alone
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
	a.count += len(r.Txs)
	res := &abci.ResponseFinalizeBlock{AppHash: binary.BigEndian.AppendUint64(nil, uint64(a.count)), TxResults: make([]*abci.ExecTxResult, len(r.Txs))}
	for i := range res.TxResults {
		res.TxResults[i] = &abci.ExecTxResult{}
	}
	return res, nil
}

// Commit tells when all are in.
func (a *bareApp) Commit(context.Context, *abci.RequestCommit) (*abci.ResponseCommit, error) {
	if a.count >= a.want {
		a.once.Do(func() { close(a.done) })
	}
	return &abci.ResponseCommit{}, nil
}
