package chain

import (
	"context"
	"encoding/json"
	"fmt"

	abci "github.com/cometbft/cometbft/abci/types"

	"mulu"
)

// app answers CometBFT's questions by asking the chain; it holds nothing itself.
type app struct {
	abci.BaseApplication
	c *Chain
}

const codeRefused = 1

// Info tells where the machine stands, so that CometBFT replays what it is missing.
func (a app) Info(context.Context, *abci.RequestInfo) (*abci.ResponseInfo, error) {
	h := a.c.machine.at()
	if h.Height == 0 {
		return &abci.ResponseInfo{}, nil
	}
	return &abci.ResponseInfo{LastBlockHeight: h.Height, LastBlockAppHash: a.c.machine.appHash(h)}, nil
}

// InitChain executes record 0.
func (a app) InitChain(_ context.Context, r *abci.RequestInitChain) (*abci.ResponseInitChain, error) {
	var g mulu.Genesis
	if err := json.Unmarshal(r.AppStateBytes, &g); err != nil {
		return nil, fmt.Errorf("read the genesis: %w", err)
	}
	hash, err := a.c.initChain(g, r.Time)
	return &abci.ResponseInitChain{AppHash: hash, Validators: r.Validators}, err
}

// CheckTx says whether an act may enter the pool.
func (a app) CheckTx(_ context.Context, r *abci.RequestCheckTx) (*abci.ResponseCheckTx, error) {
	if err := a.c.check(r.Tx); err != nil {
		return &abci.ResponseCheckTx{Code: codeRefused, Log: err.Error()}, nil
	}
	return &abci.ResponseCheckTx{}, nil
}

// PrepareProposal makes a block of what waits.
func (a app) PrepareProposal(_ context.Context, r *abci.RequestPrepareProposal) (*abci.ResponsePrepareProposal, error) {
	return &abci.ResponsePrepareProposal{Txs: a.c.propose(r.Txs, r.MaxTxBytes)}, nil
}

// ProcessProposal says whether to vote for a block.
func (a app) ProcessProposal(_ context.Context, r *abci.RequestProcessProposal) (*abci.ResponseProcessProposal, error) {
	if err := a.c.judge(r.Height, r.Txs); err != nil {
		a.c.cfg.Log.Warn("a proposed block is refused", "height", r.Height, "why", err)
		return &abci.ResponseProcessProposal{Status: abci.ResponseProcessProposal_REJECT}, nil
	}
	return &abci.ResponseProcessProposal{Status: abci.ResponseProcessProposal_ACCEPT}, nil
}

// FinalizeBlock executes a decided block.
func (a app) FinalizeBlock(_ context.Context, r *abci.RequestFinalizeBlock) (*abci.ResponseFinalizeBlock, error) {
	p, err := a.c.execute(r.Height, r.Txs)
	if err != nil {
		return nil, err
	}
	res := &abci.ResponseFinalizeBlock{AppHash: p.appHash, TxResults: make([]*abci.ExecTxResult, len(r.Txs))}
	for i := range res.TxResults {
		res.TxResults[i] = &abci.ExecTxResult{}
	}
	for _, m := range p.updates {
		key, err := decodeKey(m.validator)
		if err != nil {
			return nil, fmt.Errorf("the consensus key of node %s: %w", m.name, err)
		}
		res.ValidatorUpdates = append(res.ValidatorUpdates, abci.Ed25519ValidatorUpdate(key, m.power))
	}
	return res, nil
}

// Commit keeps what the block changed.
func (a app) Commit(context.Context, *abci.RequestCommit) (*abci.ResponseCommit, error) {
	return &abci.ResponseCommit{}, a.c.commit()
}
