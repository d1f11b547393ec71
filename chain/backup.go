package chain

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/cockroachdb/pebble"
	dbm "github.com/cometbft/cometbft-db"
	"github.com/cometbft/cometbft/privval"
	blockstore "github.com/cometbft/cometbft/store"
)

// Backup writes a copy of the node's data, its keys included, into a folder that is empty or not there, while the
// node runs. The copy is of one moment: the machine's store at a height, consensus's data at that height or the next,
// which a start brings together as after a crash. Whoever has the copy has the node's keys; keep it as such.
func (c *Chain) Backup(ctx context.Context, dir string) error {
	if left, err := os.ReadDir(dir); err == nil && len(left) > 0 {
		return &WrongData{dir, "is not empty; a backup goes into a folder of its own"}
	}
	if err := os.MkdirAll(filepath.Join(dir, "data"), 0o700); err != nil {
		return diskError("make "+dir, err)
	}
	for _, f := range []string{genesisFile, nodeFile, validatorFile} {
		if err := copyFile(filepath.Join(c.cfg.Home, f), filepath.Join(dir, f)); err != nil {
			return err
		}
	}
	its, err := c.moment(dir)
	for _, it := range its {
		defer func() { _ = it.from.Close() }()
	}
	if err != nil {
		return err
	}
	for _, it := range its {
		if err := copyDB(ctx, it.from, it.name, filepath.Join(dir, "data")); err != nil {
			return fmt.Errorf("back up %s: %w", it.name, err)
		}
	}
	return nil
}

// A frozen database is read as it was at one moment.
type frozen struct {
	name string
	from dbm.Iterator
}

// moment freezes all databases while no block is committed. The machine's store first, then the blocks, then
// consensus's state: so the blocks are never behind the machine, and the state never ahead of the blocks.
func (c *Chain) moment(dir string) (its []frozen, err error) {
	c.writing.Lock()
	defer c.writing.Unlock()
	if err := c.store.db.Checkpoint(filepath.Join(dir, storeDir), pebble.WithFlushedWAL()); err != nil {
		return nil, diskError("back up the store", err)
	}
	for _, name := range []string{"blockstore", "state", "evidence"} {
		it, err := c.engine.dbs[name].Iterator(nil, nil)
		if err != nil {
			return its, fmt.Errorf("back up %s: %w", name, err)
		}
		its = append(its, frozen{name, it})
	}
	return its, nil
}

// copyDB writes what an iterator shows into a new database.
func copyDB(ctx context.Context, it dbm.Iterator, name, dir string) error {
	to, err := dbm.NewDB(name, dbm.GoLevelDBBackend, dir)
	if err != nil {
		return diskError("make the copy", err)
	}
	defer func() { _ = to.Close() }()
	batch, size := to.NewBatch(), 0
	flush := func() error {
		defer func() { batch, size = to.NewBatch(), 0 }()
		return errors.Join(diskError("write the copy", batch.WriteSync()), batch.Close())
	}
	for ; it.Valid(); it.Next() {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := batch.Set(it.Key(), it.Value()); err != nil {
			return diskError("write the copy", err)
		}
		if size += len(it.Key()) + len(it.Value()); size > 8<<20 {
			if err := flush(); err != nil {
				return err
			}
		}
	}
	return errors.Join(diskError("read the original", it.Error()), flush())
}

// Restore makes a home from a backup. What was executed after the backup is gone here: a node of a network gets it
// back from its peers; the only node of a chain has lost it, and nobody can tell from the copy alone. The original
// must never run again: two nodes with one key vote against each other.
func Restore(dir, home string) error {
	if left, err := os.ReadDir(home); err == nil && len(left) > 0 {
		return &WrongData{home, "is not empty; restore into a new folder"}
	}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		to := filepath.Join(home, rel)
		if d.IsDir() {
			return os.MkdirAll(to, 0o700)
		}
		return copyFile(path, to)
	})
	if err != nil {
		return diskError("restore "+dir, err)
	}
	return errors.Join(voted(home), markRestored(home))
}

// voted notes in a restored home that the node voted on everything up to its last block. The note of the original
// will not do: it may be a step further than the blocks, and a node that thinks it voted on a block it does not have
// stands still for ever.
func voted(home string) (err error) {
	var key privval.FilePVKey
	if err := readJSON(filepath.Join(home, validatorFile), &key); err != nil {
		return err
	}
	defer caught("the restored blocks", &err)
	db, err := dbm.NewDB("blockstore", dbm.GoLevelDBBackend, filepath.Join(home, "data"))
	if err != nil {
		return &Corrupt{"the restored blocks", err}
	}
	defer func() { _ = db.Close() }()
	pv := privval.NewFilePV(key.PrivKey, filepath.Join(home, validatorFile), filepath.Join(home, votedFile))
	pv.LastSignState.Height = blockstore.NewBlockStore(db).Height()
	pv.LastSignState.Step = 3 // precommit, the last of a height
	return save(pv)
}

func copyFile(from, to string) (err error) {
	in, err := os.Open(from)
	if err != nil {
		return diskError("copy "+from, err)
	}
	defer func() { _ = in.Close() }()
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return diskError("copy "+from, err)
	}
	_, err = io.Copy(out, in)
	return diskError("copy "+from, errors.Join(err, out.Sync(), out.Close()))
}
