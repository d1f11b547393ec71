package chain

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	dbm "github.com/cometbft/cometbft-db"
	"github.com/cometbft/cometbft/crypto/ed25519"
	blockstore "github.com/cometbft/cometbft/store"
	"github.com/cometbft/cometbft/types"
)

// blocks reads CometBFT's block store while no node runs.
type blocks struct {
	db    dbm.DB
	store *blockstore.BlockStore
	chain string
}

// openBlocks opens the block store of a home.
func openBlocks(home, chain string) (b *blocks, err error) {
	dir := filepath.Join(home, "data")
	path := filepath.Join(dir, "blockstore.db")
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return nil, &WrongData{path, "is missing; there are no blocks to check against"}
	}
	db, err := dbm.NewDB("blockstore", dbm.GoLevelDBBackend, dir)
	if err != nil {
		if strings.Contains(err.Error(), "temporarily unavailable") {
			return nil, &Locked{path}
		}
		return nil, &Corrupt{"open " + path, err}
	}
	defer caught("the block store", &err)
	return &blocks{db, blockstore.NewBlockStore(db), chain}, nil
}

func (b *blocks) close() { _ = b.db.Close() }

// height is the last block's.
func (b *blocks) height() int64 { return b.store.Height() }

// load reads a block and checks it in itself: its parts against its header, its place after prev, the votes for the
// block before against the validators of that height. prev is the hash of the block before, nil for the first.
func (b *blocks) load(height int64, prev []byte, voters []member) (txs [][]byte, hash, appHash []byte, err error) {
	defer caught(fmt.Sprintf("block %d", height), &err)
	blk := b.store.LoadBlock(height)
	if blk == nil {
		return nil, nil, nil, &Corrupt{fmt.Sprintf("block %d", height), errors.New("it is missing")}
	}
	wrong := func(err error) ([][]byte, []byte, []byte, error) {
		return nil, nil, nil, &Corrupt{fmt.Sprintf("block %d", height), err}
	}
	if err := blk.ValidateBasic(); err != nil {
		return wrong(err)
	}
	if blk.Height != height || blk.ChainID != b.chain {
		return wrong(fmt.Errorf("it says it is block %d of %q", blk.Height, blk.ChainID))
	}
	if prev != nil {
		if !bytes.Equal(blk.LastBlockID.Hash, prev) {
			return wrong(errors.New("it does not follow the block before"))
		}
		if err := b.votes(blk.LastBlockID, height-1, blk.LastCommit, voters); err != nil {
			return wrong(fmt.Errorf("the votes for the block before: %w", err))
		}
	}
	return blk.Txs.ToSliceOfBytes(), blk.Hash(), blk.AppHash, nil
}

// last checks the votes for the last block, which no later block holds yet.
func (b *blocks) last(height int64, voters []member) (err error) {
	defer caught("the votes for the last block", &err)
	meta, seen := b.store.LoadBlockMeta(height), b.store.LoadSeenCommit(height)
	if meta == nil || seen == nil {
		return &Corrupt{fmt.Sprintf("block %d", height), errors.New("its header or the votes for it are missing")}
	}
	if err := b.votes(meta.BlockID, height, seen, voters); err != nil {
		return &Corrupt{fmt.Sprintf("the votes for block %d", height), err}
	}
	return nil
}

func (b *blocks) votes(id types.BlockID, height int64, commit *types.Commit, voters []member) error {
	var vs []*types.Validator
	for _, m := range voters {
		key, err := decodeKey(m.validator)
		if err != nil {
			return err
		}
		vs = append(vs, types.NewValidator(ed25519.PubKey(key), m.power))
	}
	return types.NewValidatorSet(vs).VerifyCommit(b.chain, id, height, commit)
}

// caught turns the panics with which CometBFT's readers answer damaged files into errors.
func caught(what string, err *error) {
	if r := recover(); r != nil {
		*err = &Corrupt{what, fmt.Errorf("%v", r)}
	}
}
