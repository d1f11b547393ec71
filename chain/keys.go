package chain

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/cometbft/cometbft/crypto/ed25519"
	cmtjson "github.com/cometbft/cometbft/libs/json"
	"github.com/cometbft/cometbft/p2p"
	"github.com/cometbft/cometbft/privval"
	"github.com/cometbft/cometbft/types"

	"mulu"
	"mulu/act"
)

// The files of a home.
const (
	genesisFile   = "genesis.json"              // what the chain starts from; the same on every node
	nodeFile      = "node.json"                 // key of this node's connections
	validatorFile = "validator.json"            // ed25519 key of its consensus votes
	votedFile     = "data/validator_state.json" // what it voted last, so that it never votes twice
	storeDir      = "data/mulu"                 // the machine's store
)

// blockBytes bounds a block: some 6,000 acts of ordinary size, and room for one of act.MaxBytes.
const blockBytes = 4 << 20

// Identity is what others must know of a node.
type Identity struct {
	NodeID    string // names it in Config.Peers of the others: "<NodeID>@host:port"
	Validator string // its consensus key as mulu.Node.Validator carries it
}

// Init makes a home for the first or only node of a chain: its keys and the genesis, which starts at the given time.
// The node of g whose Validator is empty is this one; its key is filled in. It gives the genesis as written.
// For a network make the keys of every home with MakeKeys, put their identities into one genesis, and WriteGenesis it
// into each.
func Init(home string, g mulu.Genesis, at time.Time) (mulu.Genesis, error) {
	id, err := MakeKeys(home)
	if err != nil {
		return g, err
	}
	g.Nodes = append([]mulu.Node{}, g.Nodes...)
	for i := range g.Nodes {
		if g.Nodes[i].Validator == "" {
			g.Nodes[i].Validator = id.Validator
			break
		}
	}
	return g, WriteGenesis(home, g, at)
}

// MakeKeys makes a home with the keys of a new node. It refuses a home that has keys.
func MakeKeys(home string) (Identity, error) {
	for _, f := range []string{nodeFile, validatorFile, votedFile, storeDir} {
		if _, err := os.Stat(filepath.Join(home, f)); !errors.Is(err, fs.ErrNotExist) {
			return Identity{}, &WrongData{filepath.Join(home, f), "is there already; choose an empty folder, a node's keys are never made twice"}
		}
	}
	if err := os.MkdirAll(filepath.Join(home, "data"), 0o700); err != nil {
		return Identity{}, diskError("make "+home, err)
	}
	node := &p2p.NodeKey{PrivKey: ed25519.GenPrivKey()}
	if err := node.SaveAs(filepath.Join(home, nodeFile)); err != nil {
		return Identity{}, diskError("write the node's key", err)
	}
	pv := privval.NewFilePV(ed25519.GenPrivKey(), filepath.Join(home, validatorFile), filepath.Join(home, votedFile))
	if err := save(pv); err != nil {
		return Identity{}, err
	}
	return Keys(home)
}

// save writes both files; CometBFT panics where the disk does not take them.
func save(pv *privval.FilePV) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = diskError("write the consensus key", fmt.Errorf("%v", r))
		}
	}()
	pv.Save()
	return nil
}

// Keys reads who the node of a home is.
func Keys(home string) (Identity, error) {
	node, pv, err := loadKeys(home)
	if err != nil {
		return Identity{}, err
	}
	return Identity{string(node.ID()), base64.StdEncoding.EncodeToString(pv.Key.PubKey.Bytes())}, nil
}

// loadKeys reads both keys. The files of consensus are read here, because CometBFT's own reader ends the process when it
// cannot read one.
func loadKeys(home string) (*p2p.NodeKey, *privval.FilePV, error) {
	node, err := p2p.LoadNodeKey(filepath.Join(home, nodeFile))
	if err != nil && ofDisk(err) {
		return nil, nil, diskError("read the node's key", err)
	}
	if err == nil && node.PrivKey == nil {
		err = errors.New("it holds no key")
	}
	if err != nil {
		return nil, nil, &WrongData{filepath.Join(home, nodeFile), "cannot be read as a node's key (" + err.Error() + "); restore it from the backup or make a new home"}
	}
	var key privval.FilePVKey
	var voted privval.FilePVLastSignState
	keyPath, votedPath := filepath.Join(home, validatorFile), filepath.Join(home, votedFile)
	if err := readJSON(keyPath, &key); err != nil {
		return nil, nil, err
	}
	if key.PrivKey == nil {
		return nil, nil, &WrongData{keyPath, "holds no key; restore it from the backup"}
	}
	if err := readJSON(votedPath, &voted); err != nil {
		return nil, nil, err
	}
	pv := privval.NewFilePV(key.PrivKey, keyPath, votedPath)
	last := &pv.LastSignState
	last.Height, last.Round, last.Step, last.Signature, last.SignBytes = voted.Height, voted.Round, voted.Step, voted.Signature, voted.SignBytes
	return node, pv, nil
}

// readJSON reads a file of consensus's keys.
func readJSON(path string, into any) error {
	b, err := os.ReadFile(path)
	if err == nil {
		err = cmtjson.Unmarshal(b, into)
	}
	if err != nil && ofDisk(err) {
		return diskError("read "+path, err)
	}
	if err != nil {
		return &WrongData{path, "cannot be read (" + err.Error() + "); restore it from the backup, never make it up: a node that forgets its votes may vote twice"}
	}
	return nil
}

// WriteGenesis puts a genesis into a home that has none.
func WriteGenesis(home string, g mulu.Genesis, at time.Time) error {
	doc, err := genesisDoc(g, at)
	if err != nil {
		return err
	}
	path := filepath.Join(home, genesisFile)
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		return &WrongData{path, "is there already; a chain has one genesis for ever"}
	}
	if err := os.MkdirAll(home, 0o700); err != nil {
		return diskError("make "+home, err)
	}
	return diskError("write the genesis", doc.SaveAs(path))
}

// genesisDoc is CometBFT's form of a genesis.
func genesisDoc(g mulu.Genesis, at time.Time) (*types.GenesisDoc, error) {
	state, err := act.Encode(g)
	if err != nil {
		return nil, fmt.Errorf("encode the genesis: %w", err)
	}
	p := types.DefaultConsensusParams()
	p.Block.MaxBytes, p.Block.MaxGas = blockBytes, -1
	doc := &types.GenesisDoc{GenesisTime: at.UTC().Truncate(stampStep), ChainID: g.Chain, InitialHeight: 1, ConsensusParams: p, AppState: state}
	for _, n := range g.Nodes {
		key, err := decodeKey(n.Validator)
		if err != nil {
			return nil, fmt.Errorf("the consensus key of node %s: %w", n.ID, err)
		}
		doc.Validators = append(doc.Validators, types.GenesisValidator{PubKey: ed25519.PubKey(key), Power: n.Power, Name: n.ID})
	}
	if len(doc.Validators) == 0 {
		return nil, errors.New("a genesis names at least one node")
	}
	if err := doc.ValidateAndComplete(); err != nil {
		return nil, fmt.Errorf("the genesis is not complete: %w", err)
	}
	return doc, nil
}

// ReadGenesis reads the genesis of a home and the time it starts at.
func ReadGenesis(home string) (mulu.Genesis, time.Time, error) {
	doc, err := loadGenesis(home)
	if err != nil {
		return mulu.Genesis{}, time.Time{}, err
	}
	g, err := genesisOf(doc)
	return g, doc.GenesisTime, err
}

// ParseGenesis reads the bytes of a genesis file, e.g. one copied from a node of the chain to join.
func ParseGenesis(raw []byte) (mulu.Genesis, error) {
	doc, err := types.GenesisDocFromJSON(raw)
	if err != nil {
		return mulu.Genesis{}, &WrongData{genesisFile, "cannot be read as a genesis: " + err.Error()}
	}
	return genesisOf(doc)
}

func loadGenesis(home string) (*types.GenesisDoc, error) {
	path := filepath.Join(home, genesisFile)
	doc, err := types.GenesisDocFromFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, &WrongData{path, "is missing; make a chain with mulu init, or copy the file from a node of the chain to join"}
	}
	if err != nil {
		return nil, &WrongData{path, "cannot be read as a genesis: " + err.Error()}
	}
	return doc, nil
}

// genesisOf gives our part of a genesis, and refuses one whose two parts contradict each other.
func genesisOf(doc *types.GenesisDoc) (mulu.Genesis, error) {
	var g mulu.Genesis
	if err := json.Unmarshal(doc.AppState, &g); err != nil {
		return g, &WrongData{genesisFile, "app_state is no genesis of a chain: " + err.Error()}
	}
	again, err := genesisDoc(g, doc.GenesisTime)
	if err != nil {
		return g, &WrongData{genesisFile, err.Error()}
	}
	if again.ChainID != doc.ChainID || string(again.ValidatorHash()) != string(doc.ValidatorHash()) || !doc.GenesisTime.Equal(again.GenesisTime) {
		return g, &WrongData{genesisFile, "its chain id, time or validators do not agree with app_state; take the file of another node"}
	}
	return g, nil
}
