package chain

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/cockroachdb/pebble"

	"mulu"
	"mulu/act"
	"mulu/law"
)

// ID is the chain's id, as statements carry it.
func (c *Chain) ID() string { return c.genesis.Chain }

// Connection names this node in the Peers of others.
func (c *Chain) Connection() string { return string(c.engine.node.NodeInfo().ID()) }

// Sandbox tells whether this is a chain for training, whose clock an act can move forward.
func (c *Chain) Sandbox() bool { return c.genesis.Sandbox }

// Height is the last committed block's; 0 before the first.
func (c *Chain) Height() int64 { return c.machine.at().Height }

// Size is how many records there are, the genesis included.
func (c *Chain) Size() uint64 { return c.machine.at().Size }

// Now is the law's time if a block were made now: the clock's, shifted on a sandbox.
func (c *Chain) Now() time.Time {
	var t time.Time
	c.read(func(st state) { t = law.Now(st, nextStamp(c.cfg.Now(), c.machine.at().Time)) })
	return t
}

func (c *Chain) members() []member { return c.machine.members() }

// read looks at one committed moment. A store that cannot answer ends the node.
func (c *Chain) read(look func(state)) {
	snapshot := c.store.db.NewSnapshot()
	defer func() { _ = snapshot.Close() }()
	defer func() {
		if r := recover(); r != nil {
			err, ok := r.(error)
			if !ok {
				panic(r)
			}
			c.fail(err)
		}
	}()
	look(state{snapshot})
}

// Try tells what would come of an act said now by that organisation or node with that key. Nothing is changed.
func (c *Chain) Try(a act.Act, org, node, key string) (facts []mulu.Fact, no *mulu.Refusal) {
	c.read(func(st state) {
		h := c.machine.at()
		at := law.Moment{Chain: h.Chain, Height: h.Height + 1, Block: nextStamp(c.cfg.Now(), h.Time)}
		r := law.Apply(st, at, law.Said{Org: org, Node: node, Key: key, Act: a})
		facts, no = r.Facts, r.Refused
	})
	return facts, no
}

// TryAll tries acts one after another, each as if those before it that are not refused had been done. Element i is the
// refusal of act i, nil when it would happen. Nothing is changed.
func (c *Chain) TryAll(acts []act.Act, org, node, key string) []*mulu.Refusal {
	return c.Rehearse(len(acts), func(i int, _ []mulu.Fact) act.Act { return acts[i] }, org, node, key)
}

// Rehearse is TryAll for acts that are made one by one: next makes act i and knows the facts of the one before, nil where
// it was refused. A nil act is left out.
func (c *Chain) Rehearse(most int, next func(i int, before []mulu.Fact) act.Act, org, node, key string) []*mulu.Refusal {
	no := make([]*mulu.Refusal, most)
	c.read(func(st state) {
		h := c.machine.at()
		at := law.Moment{Chain: h.Chain, Height: h.Height + 1, Block: nextStamp(c.cfg.Now(), h.Time)}
		over := newOverlay(st)
		var before []mulu.Fact
		for i := range most {
			a := next(i, before)
			if before = nil; a == nil {
				continue
			}
			r := law.Apply(over, at, law.Said{Org: org, Node: node, Key: key, Act: a})
			if no[i] = r.Refused; no[i] == nil {
				over.write(r.Writes)
				before = r.Facts
			}
		}
	})
	return no
}

// Outcome gives what came of an act, by its id, once it is a record.
func (c *Chain) Outcome(id string) (mulu.Outcome, bool) {
	raw, ok := actID(id)
	if !ok {
		return mulu.Outcome{}, false
	}
	n, ok, err := c.store.find(c.store.db, raw)
	if err != nil {
		c.fail(err)
	}
	if !ok || err != nil {
		return mulu.Outcome{}, false
	}
	b, err := c.store.record(n)
	if err != nil {
		c.fail(err)
		return mulu.Outcome{}, false
	}
	o, err := outcomeOf(b)
	if err != nil {
		c.fail(&Corrupt{fmt.Sprintf("record %d", n), err})
		return mulu.Outcome{}, false
	}
	return o, true
}

// outcomeOf reads the third line of a record.
func outcomeOf(record []byte) (mulu.Outcome, error) {
	var o mulu.Outcome
	lines := bytes.SplitN(record, []byte{'\n'}, 3)
	if len(lines) != 3 {
		return o, fmt.Errorf("it has %d lines", len(lines))
	}
	return o, json.Unmarshal(lines[2], &o)
}

// Record gives the exact bytes of record n, its three lines. ErrUnknown when there is none.
func (c *Chain) Record(n uint64) ([]byte, error) { return c.store.record(n) }

// Records gives up to most records from number from on, in order; none when there are no more.
func (c *Chain) Records(from uint64, most int) ([][]byte, error) {
	it, err := c.store.db.NewIter(&pebble.IterOptions{LowerBound: recordKey(from), UpperBound: []byte("r0")})
	if err != nil {
		return nil, diskError("read records", err)
	}
	var out [][]byte
	for ok := it.First(); ok && len(out) < most; ok = it.Next() {
		if !bytes.Equal(it.Key(), recordKey(from+uint64(len(out)))) {
			err = &Corrupt{"the records", fmt.Errorf("record %d is missing", from+uint64(len(out)))}
			break
		}
		out = append(out, bytes.Clone(it.Value()))
	}
	if closed := it.Close(); err == nil {
		err = diskError("read records", closed)
	}
	return out, err
}

// Wait returns once there are at least size records, or with ctx's error, or ErrClosed.
func (c *Chain) Wait(ctx context.Context, size uint64) error {
	return c.waiters.until(ctx, c.closing, func() bool { return c.Size() >= size })
}

// Get gives a noun as it stands, its JSON.
func (c *Chain) Get(kind mulu.Kind, id string) (noun json.RawMessage, ok bool) {
	c.read(func(st state) { noun, ok = st.Get(law.NounKey(kind, id)) })
	return noun, ok
}

// Find gives the ids of the nouns that stand under an index, e.g. "name/区民政局", in order.
func (c *Chain) Find(kind mulu.Kind, index string) []string {
	var ids []string
	prefix := law.IndexPrefix(kind, index)
	c.read(func(st state) {
		st.Scan(prefix, law.After(prefix), func(key string, _ []byte) bool {
			ids = append(ids, key[len(prefix):])
			return true
		})
	})
	return ids
}

// Listed is one noun of a list.
type Listed struct {
	ID   string
	Noun json.RawMessage
}

// List gives up to most nouns of a kind in the order of their ids, those after the id after ("" = from the first).
func (c *Chain) List(kind mulu.Kind, after string, most int) []Listed {
	var out []Listed
	prefix := law.NounPrefix(kind)
	from := prefix
	if after != "" {
		from = prefix + after + "\x00"
	}
	c.read(func(st state) {
		st.Scan(from, law.After(prefix), func(key string, v []byte) bool {
			if len(out) >= most {
				return false
			}
			out = append(out, Listed{key[len(prefix):], v})
			return true
		})
	})
	return out
}
