package gateway

import (
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"

	"github.com/cockroachdb/pebble"

	"mulu/act"
	"mulu/chain"
	"mulu/proof"
	"mulu/sm"
)

// maxBatch bounds how many receipts one synced write carries.
const maxBatch = 1024

// errBroken says that receipts can no longer be written; the process must be started again.
var errBroken = errors.New("receipts cannot be written; nothing is served until the disk is in order and the gateway is started again")

var errClosed = errors.New("the gateway is closed")

// receipts is the node's own record of calls: numbered, signed, leaves of a tree whose root is anchored on the chain.
// One goroutine writes: it takes all receipts that wait, numbers and signs them, appends them to the tree, and writes
// receipts, nodes and size in one synced batch. So after any crash the tree is that of the receipts, without a gap.
//
//	r<n>            both lines        h<id, 32 bytes>  n          t<level><index>  node of the tree
//	m               meta, JSON        a<size>          anchored, JSON    p  pending, JSON: the act being anchored
//	l…              ledger            f<flag>          flagged, JSON: what was said of unusual use
//
// Numbers are 8 bytes big-endian, a level is one byte.
type receipts struct {
	db    *pebble.DB
	cfg   Config
	key   string // text form of the signing key
	queue chan *waiting
	ended chan struct{} // closed when the writer has ended

	gate   sync.RWMutex // held for reading while a receipt is handed in, for writing to close
	closed bool         // guarded by gate

	tree   *proof.Tree // the writer's alone
	ledger *ledger
	size   atomic.Uint64
	root   atomic.Pointer[proof.Hash] // of size, set before size; read together under state
	both   sync.Mutex                 // guards that size and root belong together

	failed chan struct{} // closed by the first failed write
	once   sync.Once
	why    error // set before failed is closed
}

// meta is the state of the tree, written with each batch.
type meta struct {
	Format string     `json:"format"` // "mulu-receipts/1"
	Chain  string     `json:"chain"`
	Node   string     `json:"node"`
	Size   uint64     `json:"size"`
	Root   proof.Hash `json:"root"`
	Ledger int        `json:"ledger,omitempty"` // version of the ledger that was written along
}

const receiptsFormat = "mulu-receipts/1"

type waiting struct {
	receipt Receipt
	given   given
	err     error
	done    chan struct{}
}

func openReceipts(cfg Config) (*receipts, error) {
	if err := cfg.Disk.MkdirAll(cfg.Dir, os.FileMode(0o700)); err != nil {
		return nil, fmt.Errorf("make the folder of receipts: %w", err)
	}
	r := &receipts{cfg: cfg, key: cfg.Key.Public().String(), queue: make(chan *waiting, maxBatch),
		ended: make(chan struct{}), failed: make(chan struct{})}
	r.ledger = newLedger(r.get, cfg.offHours)
	opened := make(chan error, 1)
	go func() { opened <- r.open() }()
	select {
	case err := <-opened:
		if err != nil {
			return nil, err
		}
	case <-r.failed:
		return nil, r.health()
	}
	go r.write()
	return r, nil
}

// open opens the database and takes up what is there. It stands still where the disk fails it, and r.failed is closed.
func (r *receipts) open() (err error) {
	r.db, err = chain.OpenPebble(r.cfg.Dir, &pebble.Options{FS: r.cfg.Disk, FormatMajorVersion: pebble.FormatNewest, MemTableSize: 16 << 20}, r.fail)
	if err != nil {
		err = fmt.Errorf("open the receipts in %s: %w", r.cfg.Dir, err)
		if errors.Is(err, syscall.EAGAIN) || strings.Contains(err.Error(), "lock held by") {
			err = fmt.Errorf("%w; one process at a time may use them", err)
		}
		return err
	}
	if err := r.takeUp(); err != nil {
		return errors.Join(err, r.db.Close())
	}
	return nil
}

// takeUp reads where the tree stands, and checks that it is this node's and whole.
func (r *receipts) takeUp() error {
	m := meta{Format: receiptsFormat, Chain: r.cfg.Chain.ID(), Node: r.cfg.Node, Root: proof.EmptyRoot(), Ledger: ledgerVersion}
	b, err := r.get([]byte("m"))
	if err != nil && !errors.Is(err, pebble.ErrNotFound) {
		return err
	}
	if err == nil {
		var was meta
		if err := json.Unmarshal(b, &was); err != nil || was.Format != receiptsFormat {
			return fmt.Errorf("%s holds no receipts of this program", r.cfg.Dir)
		}
		if was.Chain != m.Chain || was.Node != m.Node {
			return fmt.Errorf("%s holds the receipts of node %s on chain %s, not of %s on %s; give each node its own folder",
				r.cfg.Dir, was.Node, was.Chain, m.Node, m.Chain)
		}
		m = was
	}
	if r.tree, err = proof.NewTree(m.Size, nodes{r}); err != nil {
		return fmt.Errorf("the receipts in %s are damaged: %w; restore them from a backup", r.cfg.Dir, err)
	}
	if r.tree.Root() != m.Root {
		return fmt.Errorf("the receipts in %s are damaged: their tree does not lead to its root; restore them from a backup", r.cfg.Dir)
	}
	r.stand()
	if m.Ledger != ledgerVersion {
		if err := r.buildLedger(m); err != nil {
			return err
		}
	}
	return r.ledger.takeUp(r.db)
}

// stand publishes size and root of what is on disk.
func (r *receipts) stand() {
	r.both.Lock()
	defer r.both.Unlock()
	root := r.tree.Root()
	r.root.Store(&root)
	r.size.Store(r.tree.Size())
}

// standing gives size and root of what is on disk.
func (r *receipts) standing() (uint64, proof.Hash) {
	r.both.Lock()
	defer r.both.Unlock()
	return r.size.Load(), *r.root.Load()
}

// add writes a receipt; when it returns without error, the receipt is on disk. N is set here.
func (r *receipts) add(x Receipt) (given, error) {
	if err := r.health(); err != nil {
		return given{}, err
	}
	w := &waiting{receipt: x, done: make(chan struct{})}
	r.gate.RLock()
	if r.closed {
		r.gate.RUnlock()
		return given{}, errClosed
	}
	select {
	case r.queue <- w:
		r.gate.RUnlock()
	case <-r.failed:
		r.gate.RUnlock()
		return given{}, r.health()
	}
	select {
	case <-w.done:
		return w.given, w.err
	case <-r.failed:
		return given{}, r.health()
	}
}

// health tells whether receipts can be written.
func (r *receipts) health() error {
	select {
	case <-r.failed:
		return fmt.Errorf("%w (%w)", errBroken, r.why)
	default:
		return nil
	}
}

// fail closes the store for good: after a failed write nobody knows what the disk holds.
func (r *receipts) fail(err error) {
	r.once.Do(func() {
		r.why = err
		r.cfg.Log.Error("receipts cannot be written; nothing is served any more", "dir", r.cfg.Dir, "err", err)
		close(r.failed)
	})
}

func (r *receipts) close() error {
	r.gate.Lock()
	if r.closed {
		r.gate.Unlock()
		return nil
	}
	r.closed = true
	close(r.queue)
	r.gate.Unlock()
	select {
	case <-r.ended:
	case <-r.failed: // the writer may stand still in the failed write, and Pebble with it; the process is about to end
		return r.health()
	}
	closed := make(chan error, 1)
	go func() { closed <- r.db.Close() }()
	select {
	case err := <-closed:
		if err != nil {
			return fmt.Errorf("close the receipts: %w", err)
		}
		return nil
	case <-r.failed:
		return r.health()
	}
}

// write is the writer's life: batch after batch until the queue is closed.
func (r *receipts) write() {
	defer close(r.ended)
	var batch []*waiting
	for w := range r.queue {
		batch = append(batch[:0], w)
	more:
		for len(batch) < maxBatch {
			select {
			case w, ok := <-r.queue:
				if !ok {
					break more
				}
				batch = append(batch, w)
			default:
				break more
			}
		}
		err := r.health()
		if err == nil {
			if err = r.commit(batch); err != nil {
				r.fail(err)
				err = r.health()
			}
		}
		for _, w := range batch {
			w.err = err
			close(w.done)
		}
	}
}

// commit numbers, signs and writes a batch. Signing is most of the work and is spread over the cores.
func (r *receipts) commit(batch []*waiting) error {
	from := r.tree.Size()
	if err := r.signAll(batch, from); err != nil {
		return err
	}
	b := r.db.NewBatch()
	defer func() { _ = b.Close() }()
	var failed error
	set := func(key, value []byte) {
		if err := b.Set(key, value, nil); err != nil && failed == nil {
			failed = err
		}
	}
	for _, w := range batch {
		id, err := hex.DecodeString(w.given.id)
		if err != nil {
			return err
		}
		set(numbered('r', w.given.n), w.given.bytes)
		set(append([]byte{'h'}, id...), number(w.given.n))
		r.tree.Append(proof.LeafHash(w.given.bytes), func(level int, index uint64, h proof.Hash) { set(nodeKey(level, index), h[:]) })
		if err := r.ledger.note(&w.receipt, set); err != nil {
			return err
		}
	}
	if err := r.ledger.flush(batch, set); err != nil {
		return err
	}
	m, err := act.Encode(meta{receiptsFormat, r.cfg.Chain.ID(), r.cfg.Node, r.tree.Size(), r.tree.Root(), ledgerVersion})
	if err != nil {
		return err
	}
	set([]byte("m"), m)
	if failed != nil {
		return fmt.Errorf("gather receipts: %w", failed)
	}
	r.cfg.Fault("receipts.before")
	if err := b.Commit(pebble.Sync); err != nil {
		return fmt.Errorf("write receipts: %w", err)
	}
	r.cfg.Fault("receipts.after")
	r.stand()
	return nil
}

func (r *receipts) signAll(batch []*waiting, from uint64) error {
	workers := min(runtime.GOMAXPROCS(0), len(batch))
	errs := make([]error, workers)
	var wait sync.WaitGroup
	for k := range workers {
		work := func() {
			for i := k; i < len(batch); i += workers {
				if err := r.sign(batch[i], from+uint64(i)); err != nil {
					errs[k] = err
				}
			}
		}
		if workers == 1 {
			work()
		} else {
			wait.Go(work)
		}
	}
	wait.Wait()
	return errors.Join(errs...)
}

func (r *receipts) sign(w *waiting, n uint64) error {
	w.receipt.N = n
	if w.receipt.Items == nil {
		w.receipt.Items = []string{}
	}
	line, err := act.Encode(Statement{V: 1, Chain: r.cfg.Chain.ID(), Kind: "receipt", Node: r.cfg.Node, Key: r.key, Receipt: w.receipt})
	if err != nil {
		return fmt.Errorf("state a receipt: %w", err)
	}
	sig, err := r.cfg.Key.Sign(line)
	if err != nil {
		return fmt.Errorf("sign a receipt: %w", err)
	}
	id := sm.Sum(line)
	w.given = given{id: hex.EncodeToString(id[:]), n: n, bytes: act.Pair(line, sig)}
	return nil
}

// find gives a receipt by its id; pebble.ErrNotFound when there is none.
func (r *receipts) find(id []byte) (n uint64, lines []byte, err error) {
	b, err := r.get(append([]byte{'h'}, id...))
	if err != nil {
		return 0, nil, err
	}
	n = binary.BigEndian.Uint64(b)
	lines, err = r.get(numbered('r', n))
	return n, lines, err
}

func (r *receipts) get(key []byte) ([]byte, error) {
	v, c, err := r.db.Get(key)
	if err != nil {
		return nil, err
	}
	b := append([]byte(nil), v...)
	return b, c.Close()
}

// nodes reads the tree's stored nodes.
type nodes struct{ r *receipts }

func (n nodes) Node(level int, index uint64) (h proof.Hash, err error) {
	b, err := n.r.get(nodeKey(level, index))
	if err == nil && len(b) != len(h) {
		err = fmt.Errorf("a node has %d bytes", len(b))
	}
	copy(h[:], b)
	return h, err
}

func nodeKey(level int, index uint64) []byte {
	return binary.BigEndian.AppendUint64([]byte{'t', byte(level)}, index)
}

func numbered(space byte, n uint64) []byte { return binary.BigEndian.AppendUint64([]byte{space}, n) }

func number(n uint64) []byte { return binary.BigEndian.AppendUint64(nil, n) }
