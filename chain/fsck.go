package chain

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/cockroachdb/pebble"

	"mulu"
	"mulu/act"
	"mulu/proof"
)

// Checked is what Fsck looked at and found in order.
type Checked struct {
	Blocks      int64  // executed anew
	Behind      int64  // blocks the store has not executed yet; the next start does
	Records     uint64 // compared, with their places in the record tree
	Keys        int    // compared in all
	Checkpoints int    // whose co-signatures were verified
	Waiting     int    // acts in the outbox
}

// Fsck checks the data of a home in which no node runs. It executes every block anew in an empty store and compares
// everything byte for byte: state, records, tree, heads. It checks the chain of blocks with the votes for them, each
// kept checkpoint with its co-signatures, and the outbox. The first difference is the error, a *Corrupt that names
// it. Nothing of the home is changed. cfg needs Home, and AlarmsPerBlock where the node has its own.
func Fsck(ctx context.Context, cfg Config) (Checked, error) {
	cfg = cfg.complete()
	g, at, err := ReadGenesis(cfg.Home)
	if err != nil {
		return Checked{}, err
	}
	var sum Checked
	still := newStandstill()
	if err = still.beside(func() (err error) {
		sum, err = check(ctx, cfg, g, at, still)
		return err
	}); err != nil {
		return Checked{}, err
	}
	return sum, nil
}

func check(ctx context.Context, cfg Config, g mulu.Genesis, at time.Time, still *standstill) (sum Checked, err error) {
	kept, err := openStore(filepath.Join(cfg.Home, storeDir), cfg, still.tell)
	if err != nil {
		return sum, err
	}
	defer func() { _ = kept.close() }()
	bs, err := openBlocks(cfg.Home, g.Chain)
	if err != nil {
		return sum, err
	}
	defer bs.close()
	tmp, err := os.MkdirTemp("", "mulu-fsck-")
	if err != nil {
		return sum, diskError("make room for checking", err)
	}
	defer func() { _ = os.RemoveAll(tmp) }()
	fresh, err := openStore(tmp, cfg, still.tell)
	if err != nil {
		return sum, err
	}
	defer func() { _ = fresh.close() }()

	f := &fsck{kept: kept, blocks: bs, sum: &sum}
	if f.machine, err = newMachine(fresh, newGate(g.Chain), cfg.AlarmsPerBlock, func(string) (uint64, bool) { return 0, false }); err != nil {
		return sum, err
	}
	if _, err := f.machine.genesis(g, at); err != nil {
		return sum, err
	}
	if _, err := f.machine.commit(); err != nil {
		return sum, err
	}
	f.terms = []term{{0, f.machine.members()}}
	for _, step := range []func(context.Context) error{f.replay, f.compare, f.checkpoints, f.outbox} {
		if err := step(ctx); err != nil {
			return sum, err
		}
	}
	return sum, nil
}

// fsck is one run of Fsck.
type fsck struct {
	kept    *store
	blocks  *blocks
	machine *machine // executes anew
	terms   []term   // who carried the chain, from which height on
	sum     *Checked
}

type term struct {
	from    int64
	members []member
}

// membersAt gives the members as the block at a height left them.
func (f *fsck) membersAt(height int64) []member {
	for i := len(f.terms) - 1; i > 0; i-- {
		if f.terms[i].from <= height {
			return f.terms[i].members
		}
	}
	return f.terms[0].members
}

// replay executes the blocks up to where the kept store stands. Validators of a height are those that the block two
// before left.
func (f *fsck) replay(ctx context.Context) error {
	to, err := f.kept.head()
	if err != nil {
		return err
	}
	last := f.blocks.height()
	if last < to.Height {
		return &Corrupt{"the block store", fmt.Errorf("it ends at height %d, the state at %d", last, to.Height)}
	}
	f.sum.Behind = last - to.Height
	var prev []byte
	for h := int64(1); h <= to.Height; h++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		txs, hash, appHash, err := f.blocks.load(h, prev, f.membersAt(h-3))
		if err != nil {
			return err
		}
		if want := f.machine.appHash(f.machine.at()); !bytes.Equal(want, appHash) {
			return &Corrupt{fmt.Sprintf("block %d", h), fmt.Errorf("it commits to the app hash %x, executing the blocks before gives %x", appHash, want)}
		}
		p, err := f.machine.execute(h, txs)
		if err != nil {
			return fmt.Errorf("execute block %d: %w", h, err)
		}
		if len(p.updates) > 0 {
			f.terms = append(f.terms, term{h, p.members})
		}
		if _, err := f.machine.commit(); err != nil {
			return err
		}
		prev = hash
		f.sum.Blocks = h
	}
	if to.Height > 0 {
		return f.blocks.last(to.Height, f.membersAt(to.Height-2))
	}
	return nil
}

// compare walks both stores in order. The outbox and the checkpoints are not derived from blocks and have steps of
// their own.
func (f *fsck) compare(ctx context.Context) error {
	was, err := f.kept.db.NewIter(nil)
	if err != nil {
		return diskError("read the store", err)
	}
	defer func() { _ = was.Close() }()
	is, err := f.machine.store.db.NewIter(nil)
	if err != nil {
		return diskError("read the store", err)
	}
	defer func() { _ = is.Close() }()
	apart := func(it *pebble.Iterator, ok bool) bool {
		for ok && (bytes.HasPrefix(it.Key(), []byte("o/")) || bytes.HasPrefix(it.Key(), []byte("c/"))) {
			ok = it.Next()
		}
		return ok
	}
	a, b := apart(was, was.First()), apart(is, is.First())
	for a || b {
		if err := ctx.Err(); err != nil {
			return err
		}
		switch {
		case a && b:
			order := bytes.Compare(was.Key(), is.Key())
			if order > 0 {
				return missing(is.Key())
			}
			if order < 0 {
				return surplus(was.Key())
			}
			if i := differ(was.Value(), is.Value()); i >= 0 {
				return &Corrupt{describe(was.Key()), fmt.Errorf("it differs from what the blocks give at byte %d", i)}
			}
		case a:
			if err := was.Error(); err != nil {
				return diskError("read the store", err)
			}
			return surplus(was.Key())
		default:
			if err := was.Error(); err != nil {
				return diskError("read the store", err)
			}
			return missing(is.Key())
		}
		f.sum.Keys++
		a, b = apart(was, was.Next()), apart(is, is.Next())
	}
	f.sum.Records = f.machine.at().Size
	return diskError("read the store", was.Error())
}

func missing(key []byte) error {
	return &Corrupt{describe(key), fmt.Errorf("it is missing")}
}

func surplus(key []byte) error {
	return &Corrupt{describe(key), fmt.Errorf("it is there, but no block makes it")}
}

// differ gives the first byte at which two values differ, or -1.
func differ(a, b []byte) int {
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return i
		}
	}
	if len(a) != len(b) {
		return min(len(a), len(b))
	}
	return -1
}

// describe says in words what a key holds.
func describe(key []byte) string {
	space, rest, _ := bytes.Cut(key, []byte("/"))
	number := func() uint64 {
		if len(rest) < 8 {
			return 0
		}
		return binary.BigEndian.Uint64(rest[len(rest)-8:])
	}
	switch string(space) {
	case formatKey:
		return "the mark of the format"
	case headKey:
		return "the head"
	case "s":
		return fmt.Sprintf("the state under %q", rest)
	case "r":
		return fmt.Sprintf("record %d", number())
	case "t":
		if len(rest) >= 9 {
			return fmt.Sprintf("node %d at level %d of the record tree", number(), rest[0])
		}
	case "a":
		return "the number of the act " + hex.EncodeToString(rest)
	case "h":
		return fmt.Sprintf("the head of height %d", number())
	}
	return fmt.Sprintf("a key %q of no known kind", key)
}

// checkpoints verifies each kept checkpoint: its text against the head of its height, its signatures, its quorum.
func (f *fsck) checkpoints(ctx context.Context) error {
	it, err := f.kept.db.NewIter(&pebble.IterOptions{LowerBound: []byte("c/"), UpperBound: []byte("c0")})
	if err != nil {
		return diskError("read the checkpoints", err)
	}
	defer func() { _ = it.Close() }()
	for ok := it.First(); ok; ok = it.Next() {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := f.checkpoint(it.Key(), it.Value()); err != nil {
			return err
		}
		f.sum.Checkpoints++
	}
	return diskError("read the checkpoints", it.Error())
}

func (f *fsck) checkpoint(key, text []byte) error {
	p, err := proof.ParseCheckpoint(text)
	if err != nil {
		return &Corrupt{"a checkpoint", err}
	}
	what := fmt.Sprintf("the checkpoint of height %d", p.Height)
	if p.Size > f.machine.at().Size {
		return nil // of blocks that the next start executes
	}
	h, ok, err := f.machine.store.at(p.Height)
	if err != nil {
		return err
	}
	if !ok || !bytes.Equal(key, pointKey(h.Size)) || !bytes.Equal(checkpointOf(h).Body(), p.Body()) {
		return &Corrupt{what, fmt.Errorf("it does not say what the blocks give")}
	}
	members := f.membersAt(p.Height)
	anchor := proof.Anchor{Format: proof.AnchorFormat, Chain: h.Chain, Genesis: h.Genesis, Quorum: quorum(len(members))}
	for _, m := range members {
		anchor.Nodes = append(anchor.Nodes, proof.AnchorNode{Name: m.name, Key: m.cosign})
	}
	if err := p.Check(anchor); err != nil {
		return &Corrupt{what, err}
	}
	return nil
}

// outbox reads each act that waits.
func (f *fsck) outbox(context.Context) error {
	it, err := f.kept.db.NewIter(&pebble.IterOptions{LowerBound: []byte("o/"), UpperBound: []byte("o0")})
	if err != nil {
		return diskError("read the outbox", err)
	}
	defer func() { _ = it.Close() }()
	for ok := it.First(); ok; ok = it.Next() {
		s, err := act.Parse(bytes.Clone(it.Value()))
		if err == nil {
			err = s.Verify()
		}
		if err != nil {
			return &Corrupt{"an act in the outbox", err}
		}
		f.sum.Waiting++
	}
	return diskError("read the outbox", it.Error())
}
