package chain

import (
	"encoding/binary"
	"fmt"
	"sort"
	"sync"
	"time"

	"github.com/cockroachdb/pebble"
)

// outbox holds the acts that Submit has accepted and no block holds yet. An entry is durable before consensus hears of
// the act, and goes in the batch of the block that executes it; so after a crash exactly the acts not executed are
// left, and they are offered again.
type outbox struct {
	store *store
	now   func() time.Time

	mu      sync.Mutex
	next    uint64            // sequence number to give out
	waiting map[string]*entry // by act id
	late    []*entry          // not taken by consensus yet (its pool was full, or this is a restart), oldest first
}

// An entry is one act in the outbox.
type entry struct {
	id    string
	seq   uint64
	bytes []byte
	since time.Time     // when this process took it
	kept  chan struct{} // closed once it is durable, or could not be made so
}

// openOutbox takes up what an earlier process left. An act that is a record already is dropped.
// bytes that are no act any more are dropped as well: known tells an id from bytes, or an error.
func openOutbox(s *store, now func() time.Time, id func([]byte) (string, error)) (*outbox, error) {
	o := &outbox{store: s, now: now, waiting: map[string]*entry{}}
	it, err := s.db.NewIter(&pebble.IterOptions{LowerBound: []byte("o/"), UpperBound: []byte("o0")})
	if err != nil {
		return nil, diskError("read the outbox", err)
	}
	defer func() { _ = it.Close() }()
	for ok := it.First(); ok; ok = it.Next() {
		if len(it.Key()) != 10 {
			return nil, &Corrupt{"the outbox", fmt.Errorf("a key of %d bytes", len(it.Key()))}
		}
		e := &entry{seq: binary.BigEndian.Uint64(it.Key()[2:]), bytes: append([]byte{}, it.Value()...), since: now(), kept: make(chan struct{})}
		close(e.kept)
		o.next = e.seq + 1
		if e.id, err = id(e.bytes); err != nil {
			return nil, &Corrupt{fmt.Sprintf("act %d of the outbox", e.seq), err}
		}
		raw, _ := actID(e.id)
		_, done, err := s.find(s.db, raw)
		if err != nil {
			return nil, err
		}
		if done || o.waiting[e.id] != nil {
			if err := s.db.Delete(outboxKey(e.seq), pebble.NoSync); err != nil {
				return nil, diskError("empty the outbox", err)
			}
			continue
		}
		o.waiting[e.id] = e
		o.late = append(o.late, e)
	}
	return o, diskError("read the outbox", it.Error())
}

// put makes an act durable. fresh is false when the act waits here already. Concurrent calls share one sync.
func (o *outbox) put(id string, b []byte) (e *entry, fresh bool, err error) {
	o.mu.Lock()
	if e = o.waiting[id]; e != nil {
		o.mu.Unlock()
		<-e.kept
		return e, false, nil
	}
	e = &entry{id: id, seq: o.next, bytes: b, since: o.now(), kept: make(chan struct{})}
	defer close(e.kept)
	o.next++
	o.waiting[id] = e
	o.mu.Unlock()
	if err := o.store.db.Set(outboxKey(e.seq), b, pebble.Sync); err != nil {
		o.forget(id)
		return nil, false, diskError("keep an act", err)
	}
	return e, true, nil
}

// drop takes back an act that consensus refused for good.
func (o *outbox) drop(e *entry) error {
	o.forget(e.id)
	return diskError("take an act back", o.store.db.Delete(outboxKey(e.seq), pebble.NoSync))
}

// forget removes an act from memory; its key has gone or goes with a block's batch.
func (o *outbox) forget(id string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	delete(o.waiting, id)
}

// done removes what a block executed.
func (o *outbox) done(acts []executed) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, a := range acts {
		delete(o.waiting, a.id)
	}
}

// place gives the sequence number under which an act waits.
func (o *outbox) place(id string) (uint64, bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	e, ok := o.waiting[id]
	if !ok {
		return 0, false
	}
	return e.seq, true
}

// later puts an act aside until the pool has room.
func (o *outbox) later(e *entry) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.late = append(o.late, e)
}

// nextLate takes the oldest act set aside that still waits.
func (o *outbox) nextLate() *entry {
	o.mu.Lock()
	defer o.mu.Unlock()
	for len(o.late) > 0 {
		e := o.late[0]
		o.late[0] = nil
		o.late = o.late[1:]
		if o.waiting[e.id] == e {
			return e
		}
	}
	return nil
}

// sooner puts an act back to the front of those set aside.
func (o *outbox) sooner(e *entry) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.late = append([]*entry{e}, o.late...)
}

// count gives how many acts wait, and how long the oldest has.
func (o *outbox) count() (n int, oldest time.Duration) {
	o.mu.Lock()
	defer o.mu.Unlock()
	now := o.now()
	for _, e := range o.waiting {
		oldest = max(oldest, now.Sub(e.since))
	}
	return len(o.waiting), oldest
}

// remind sets aside for another offer what has waited at least that long, oldest first, some at a time. It gives those.
func (o *outbox) remind(least time.Duration) []*entry {
	const most = 200
	o.mu.Lock()
	defer o.mu.Unlock()
	now := o.now()
	if len(o.late) > 0 {
		return nil // they are being offered
	}
	for _, e := range o.waiting {
		if now.Sub(e.since) >= least {
			o.late = append(o.late, e)
		}
	}
	sort.Slice(o.late, func(i, j int) bool { return o.late[i].seq < o.late[j].seq })
	o.late = o.late[:min(most, len(o.late))]
	return append([]*entry{}, o.late...)
}
