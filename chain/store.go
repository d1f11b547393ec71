package chain

import (
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/cockroachdb/pebble"
	"github.com/cockroachdb/pebble/bloom"

	"mulu/proof"
)

// The store is one ordered space of keys in Pebble:
//
//	f                            "mulu-chain/1": what these files are
//	m                            the head, JSON: where the machine stands
//	s/<key of the law>           the law's state
//	r/<uint64be n>               record n, its three lines
//	t/<uint8 level><uint64be i>  node of the record tree over a complete subtree (level 0 = leaf hashes)
//	a/<32 bytes>                 id of an act → uint64be number of its record
//	h/<uint64be height>          head as that block left it, JSON; only blocks that made records have one
//	o/<uint64be sequence>        outbox: bytes of an act that Submit accepted and no block holds yet
//	c/<uint64be size>            checkpoint that a quorum of nodes co-signed, its text
//
// A block is one batch. It is not synced: CometBFT's block store is, and replays into this store what a crash took.
// The outbox is synced, which also makes every earlier batch durable, since they share one log.
const (
	formatKey  = "f"
	headKey    = "m"
	stateSpace = "s/"
	format     = "mulu-chain/1"
)

// A head is where the machine stands after a block. Time is the stamp of the last block that executed something.
type head struct {
	Chain   string    `json:"chain"`
	Genesis string    `json:"genesis"` // hex SM3 of record 0
	Height  int64     `json:"height"`
	Size    uint64    `json:"size"` // records, genesis included
	Root    string    `json:"root"` // hex
	Time    time.Time `json:"time"`
	Worked  int64     `json:"worked"` // height of the last block that made records
}

// store keeps the machine's data. It is safe for concurrent use; only the machine writes blocks.
type store struct {
	db *pebble.DB
}

// openStore opens the store in dir, or makes one there when the folder is empty; of cfg it takes Disk, CacheBytes and Log.
// broken is called when it cannot go on; the goroutine that finds it, which may be the caller's, then stands still for
// ever (see OpenPebble).
func openStore(dir string, cfg Config, broken func(error)) (*store, error) {
	if err := cfg.Disk.MkdirAll(dir, 0o700); err != nil {
		return nil, diskError("make "+dir, err)
	}
	c := pebble.NewCache(cfg.CacheBytes)
	defer c.Unref()
	o := &pebble.Options{
		FS:                          cfg.Disk,
		Cache:                       c,
		MemTableSize:                32 << 20,
		MemTableStopWritesThreshold: 4,
		L0CompactionThreshold:       4,
		L0StopWritesThreshold:       24,
		LBaseMaxBytes:               64 << 20,
		MaxOpenFiles:                1000,
		FormatMajorVersion:          pebble.FormatNewest,
		EventListener: &pebble.EventListener{WriteStallBegin: func(i pebble.WriteStallBeginInfo) {
			cfg.Log.Warn("blocks wait for the store, whose background work is behind", "why", i.Reason)
		}},
	}
	for range 7 {
		o.Levels = append(o.Levels, pebble.LevelOptions{FilterPolicy: bloom.FilterPolicy(10), FilterType: pebble.TableFilter})
	}
	db, err := OpenPebble(dir, o, func(err error) { broken(diskError("write to the store", err)) })
	switch {
	case err == nil:
	case errors.Is(err, syscall.EAGAIN) || strings.Contains(err.Error(), "lock held by"):
		return nil, &Locked{dir}
	case ofDisk(err):
		return nil, diskError("open "+dir, err)
	default:
		return nil, &Corrupt{"open " + dir, err}
	}
	s := &store{db}
	if err := s.checkFormat(dir); err != nil {
		_ = db.Close()
		return nil, err
	}
	return s, nil
}

// checkFormat refuses files of another program or version; an empty store is marked as ours.
func (s *store) checkFormat(dir string) error {
	v, ok, err := s.get(formatKey)
	if err != nil {
		return err
	}
	if ok {
		if string(v) != format {
			return &WrongData{dir, fmt.Sprintf("holds data of the form %q, this program reads %q; use the program that wrote it", v, format)}
		}
		return nil
	}
	it, err := s.db.NewIter(nil)
	if err != nil {
		return diskError("read "+dir, err)
	}
	defer func() { _ = it.Close() }()
	if it.First() {
		return &WrongData{dir, "holds a database of something else; point the node at its own folder"}
	}
	return diskError("write "+dir, s.db.Set([]byte(formatKey), []byte(format), pebble.Sync))
}

func (s *store) close() error { return diskError("close the store", s.db.Close()) }

// get reads a key of the whole space; the value is a copy.
func (s *store) get(key string) ([]byte, bool, error) { return getFrom(s.db, []byte(key)) }

func getFrom(r pebble.Reader, key []byte) ([]byte, bool, error) {
	v, closer, err := r.Get(key)
	if errors.Is(err, pebble.ErrNotFound) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, diskError(fmt.Sprintf("read %q", key), err)
	}
	c := append([]byte{}, v...)
	return c, true, closer.Close()
}

// head reads where the machine stands; the zero head means that genesis has not been executed.
func (s *store) head() (head, error) {
	var h head
	v, ok, err := s.get(headKey)
	if err != nil {
		return h, err
	}
	if !ok {
		if _, some, err := getFrom(s.db, recordKey(0)); some || err != nil {
			return h, errors.Join(err, &Corrupt{"the head", errors.New("it is missing although there are records")})
		}
		return h, nil
	}
	if err := json.Unmarshal(v, &h); err != nil {
		return h, &Corrupt{"the head", err}
	}
	return h, nil
}

// at reads the head that the block at a height left, if that block made records.
func (s *store) at(height int64) (head, bool, error) {
	var h head
	v, ok, err := getFrom(s.db, heightKey(height))
	if err != nil || !ok {
		return h, false, err
	}
	if err := json.Unmarshal(v, &h); err != nil {
		return h, false, &Corrupt{fmt.Sprintf("the head at height %d", height), err}
	}
	return h, true, nil
}

// record reads record n.
func (s *store) record(n uint64) ([]byte, error) {
	v, ok, err := getFrom(s.db, recordKey(n))
	if err == nil && !ok {
		err = ErrUnknown
	}
	return v, err
}

// checkpoint reads the co-signed checkpoint with the least size in [from, to], or the greatest if last is true;
// nil when there is none.
func (s *store) checkpoint(from, to uint64, last bool) (*proof.Checkpoint, error) {
	it, err := s.db.NewIter(&pebble.IterOptions{LowerBound: pointKey(from), UpperBound: append(pointKey(to), 0)})
	if err != nil {
		return nil, diskError("read the checkpoints", err)
	}
	defer func() { _ = it.Close() }()
	seek := it.First
	if last {
		seek = it.Last
	}
	if !seek() {
		return nil, diskError("read the checkpoints", it.Error())
	}
	p, err := proof.ParseCheckpoint(it.Value())
	if err != nil {
		return nil, &Corrupt{"a kept checkpoint", err}
	}
	return &p, nil
}

// find gives the number of the record of an act.
func (s *store) find(r pebble.Reader, id [32]byte) (uint64, bool, error) {
	v, closer, err := r.Get(actKey(id))
	if errors.Is(err, pebble.ErrNotFound) {
		return 0, false, nil
	}
	if err != nil {
		return 0, false, diskError("find an act", err)
	}
	defer func() { _ = closer.Close() }()
	if len(v) != 8 {
		return 0, false, &Corrupt{"the number of an act", fmt.Errorf("%d bytes", len(v))}
	}
	return binary.BigEndian.Uint64(v), true, nil
}

// Node gives a stored hash of the record tree; it makes a reader of the store a proof.Nodes.
func (n nodes) Node(level int, index uint64) (proof.Hash, error) {
	var h proof.Hash
	v, closer, err := n.Get(nodeKey(level, index))
	if err != nil {
		if errors.Is(err, pebble.ErrNotFound) {
			return h, &Corrupt{"the record tree", fmt.Errorf("node %d at level %d is missing", index, level)}
		}
		return h, diskError("read the record tree", err)
	}
	defer func() { _ = closer.Close() }()
	if copy(h[:], v) != len(h) || len(v) != len(h) {
		return h, &Corrupt{"the record tree", fmt.Errorf("node %d at level %d has %d bytes", index, level, len(v))}
	}
	return h, nil
}

type nodes struct{ pebble.Reader }

func recordKey(n uint64) []byte { return binary.BigEndian.AppendUint64([]byte("r/"), n) }
func heightKey(h int64) []byte  { return binary.BigEndian.AppendUint64([]byte("h/"), uint64(h)) }
func outboxKey(q uint64) []byte { return binary.BigEndian.AppendUint64([]byte("o/"), q) }
func nodeKey(level int, i uint64) []byte {
	return binary.BigEndian.AppendUint64([]byte{'t', '/', byte(level)}, i)
}
func pointKey(size uint64) []byte { return binary.BigEndian.AppendUint64([]byte("c/"), size) }
func actKey(id [32]byte) []byte   { return append([]byte("a/"), id[:]...) }

// actID turns an act's id from its text form.
func actID(text string) (id [32]byte, ok bool) {
	if len(text) != 64 || strings.ToLower(text) != text {
		return id, false
	}
	n, err := hex.Decode(id[:], []byte(text))
	return id, err == nil && n == 32
}

// A standstill is told when a goroutine stands still in a store for ever. What uses the store runs beside it, so that
// whoever waits for it learns of it.
type standstill struct {
	once sync.Once
	here chan struct{} // closed when it has come
	why  error         // set before here is closed
}

func newStandstill() *standstill { return &standstill{here: make(chan struct{})} }

func (s *standstill) tell(err error) {
	s.once.Do(func() {
		s.why = err
		close(s.here)
	})
}

// beside does something with the store and gives its error; if the store stands still, it is left behind for the
// process's end, and the error is the store's.
func (s *standstill) beside(do func() error) error {
	done := make(chan error, 1)
	go func() { done <- do() }()
	select {
	case err := <-done:
		return err
	case <-s.here:
		return s.why
	}
}
