package chain

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/cockroachdb/pebble"

	"mulu"
	"mulu/act"
	"mulu/law"
	"mulu/proof"
	"mulu/sm"
)

// machine executes blocks. Its fields are consensus's goroutine's alone, except where a comment says otherwise.
type machine struct {
	store   *store
	gate    *gate
	alarms  int          // most alarms one block executes
	now     atomic.Value // standing: what has been committed; any goroutine may load it
	pending *pending     // block that is executed and not yet committed; nil between blocks
	held    func(id string) (uint64, bool)
}

// A pending block is everything one block changes.
type pending struct {
	batch    *pebble.Batch
	head     head
	tree     *proof.Tree
	members  []member
	appHash  []byte
	updates  []member // changes of consensus's validators; power 0 removes
	outcomes []executed
	ids      map[[32]byte]struct{}
	made     bool // whether it made records
}

// executed is an act with what came of it.
type executed struct {
	id      string
	outcome mulu.Outcome
}

// standing is where a machine stands, and who carries the chain there. Its members are never changed in place.
type standing struct {
	head    head
	members []member
}

// at gives where the machine stands.
func (m *machine) at() head { return m.now.Load().(standing).head }

// members gives the nodes that carry the chain.
func (m *machine) members() []member { return m.now.Load().(standing).members }

// newMachine takes up where the store stands. held tells the outbox's place of an act, if it waits there.
func newMachine(s *store, g *gate, alarms int, held func(string) (uint64, bool)) (*machine, error) {
	m := &machine{store: s, gate: g, alarms: alarms, held: held}
	h, err := s.head()
	if err != nil {
		return nil, err
	}
	m.now.Store(standing{head: h})
	if h.Size > 0 {
		tree, err := proof.NewTree(h.Size, nodes{s.db})
		if err != nil {
			return nil, fmt.Errorf("take up the record tree: %w", err)
		}
		root := tree.Root()
		if hex.EncodeToString(root[:]) != h.Root {
			return nil, &Corrupt{"the record tree", fmt.Errorf("its root is %x, the head says %s", root, h.Root)}
		}
		m.now.Store(standing{h, membersOf(state{s.db})})
	}
	return m, nil
}

// begin opens the batch of the block at a height over the store.
func (m *machine) begin(height int64) (*pending, error) {
	p := &pending{batch: m.store.db.NewIndexedBatch(), head: m.at(), members: m.members(), ids: map[[32]byte]struct{}{}}
	p.head.Height = height
	var err error
	if p.tree, err = proof.NewTree(p.head.Size, nodes{p.batch}); err != nil {
		return nil, fmt.Errorf("take up the record tree: %w", err)
	}
	return p, nil
}

// genesis executes record 0 and commits it. Asked again before the first block is committed, it changes nothing.
func (m *machine) genesis(g mulu.Genesis, at time.Time) (*pending, error) {
	if h := m.at(); h.Size > 0 {
		if h.Height > 0 {
			return nil, &WrongData{"the store", "is past genesis, consensus's data is not; restore both from one backup"}
		}
		return &pending{head: h, members: m.members(), appHash: m.appHash(h)}, nil
	}
	notice, err := genesisLine(g)
	if err != nil {
		return nil, err
	}
	p, err := m.begin(0)
	if err != nil {
		return nil, err
	}
	p.head.Chain, p.head.Time = g.Chain, at
	r, err := law.Genesis(state{p.batch}, law.Moment{Chain: g.Chain, Block: at}, g)
	if err != nil {
		return nil, fmt.Errorf("execute the genesis: %w", err)
	}
	leaf, err := p.take("", unsigned(notice), r)
	if err != nil {
		return nil, err
	}
	sum := sm.Sum(leaf)
	p.head.Genesis = hex.EncodeToString(sum[:])
	return p, m.seal(p)
}

// execute runs a block: its stamp, then the alarms due by it, then its acts in order.
// Without a stamp the block holds nothing for the law and changes nothing but the height.
// What is no act of this chain, comes a second time, or only asks for alarms (tick) makes no record.
func (m *machine) execute(height int64, txs [][]byte) (*pending, error) {
	p, err := m.begin(height)
	if err != nil {
		return nil, err
	}
	if len(txs) > 0 {
		if stamp, ok := parseStamp(txs[0]); ok {
			p.head.Time = nextStamp(stamp, p.head.Time)
			moment := law.Moment{Chain: p.head.Chain, Height: height, Block: p.head.Time}
			if err := m.wake(p, moment); err != nil {
				return nil, err
			}
			for _, s := range m.gate.all(txs[1:]) {
				if s == nil || isTick(s) {
					continue
				}
				m.gate.pulse.beat()
				if err := m.apply(p, moment, s); err != nil {
					return nil, err
				}
			}
		}
	}
	return p, m.seal(p)
}

// wake executes the alarms that are due, each as one record, at most m.alarms of them.
func (m *machine) wake(p *pending, at law.Moment) error {
	st := state{p.batch}
	for woken := 0; woken < m.alarms; {
		due := law.Due(st, at, m.alarms-woken)
		if len(due) == 0 {
			return nil
		}
		for _, a := range due { // the first is set, so each round executes at least one
			if !law.Set(st, a) {
				continue
			}
			if err := m.ring(p, st, at, a); err != nil {
				return err
			}
			woken++
		}
	}
	return nil
}

func (m *machine) ring(p *pending, st state, at law.Moment, a law.Alarm) error {
	m.gate.pulse.beat()
	body, err := act.Encode(a)
	if err != nil {
		return fmt.Errorf("encode an alarm: %w", err)
	}
	notice, err := act.Encode(act.Notice{V: 1, Chain: at.Chain, Kind: "alarm", Act: body})
	if err != nil {
		return fmt.Errorf("encode an alarm: %w", err)
	}
	if _, err := p.take("", unsigned(notice), law.Wake(st, at, a)); err != nil {
		return err
	}
	if law.Set(st, a) {
		return fmt.Errorf("the alarm %s of %s %s is still due after it was executed; the rule must take it back", a.Name, a.Noun, a.ID)
	}
	return nil
}

// apply executes one act, unless it is a record already.
func (m *machine) apply(p *pending, at law.Moment, s *act.Signed) error {
	id, ok := actID(s.ID)
	if !ok {
		return fmt.Errorf("an act has the id %q", s.ID)
	}
	if _, again := p.ids[id]; again {
		return nil
	}
	p.ids[id] = struct{}{}
	if q, ok := m.held(s.ID); ok {
		if err := p.batch.Delete(outboxKey(q), nil); err != nil {
			return diskError("empty the outbox", err)
		}
	}
	if _, again, err := m.store.find(m.store.db, id); again || err != nil {
		return err
	}
	n := p.head.Size
	said := law.Said{Org: s.Statement.Org, Node: s.Statement.Node, Key: s.Statement.Key, Act: s.Act}
	if _, err := p.take(s.ID, s.Bytes, law.Apply(state{p.batch}, at, said)); err != nil {
		return err
	}
	return diskError("index an act", p.batch.Set(actKey(id), binary.BigEndian.AppendUint64(nil, n), nil))
}

// take appends a record: its first two lines with what the law made of them. It gives the record's bytes.
// id is the act's, "" for what the chain itself says.
func (p *pending) take(id string, lines []byte, r law.Result) ([]byte, error) {
	o := mulu.Outcome{N: p.head.Size, Height: p.head.Height, Time: r.Time, Facts: r.Facts, Refused: r.Refused}
	if err := write(p.batch, r.Writes); err != nil {
		return nil, err
	}
	third, err := act.Encode(o)
	if err != nil {
		return nil, fmt.Errorf("encode the outcome of record %d: %w", o.N, err)
	}
	leaf := make([]byte, 0, len(lines)+len(third)+1)
	leaf = append(append(append(leaf, lines...), third...), '\n')
	if err := p.batch.Set(recordKey(o.N), leaf, nil); err != nil {
		return nil, diskError("write a record", err)
	}
	p.tree.Append(proof.LeafHash(leaf), func(level int, i uint64, h proof.Hash) {
		if e := p.batch.Set(nodeKey(level, i), h[:], nil); e != nil {
			err = e
		}
	})
	if err != nil {
		return nil, diskError("write the record tree", err)
	}
	p.members = after(p.members, r.Facts)
	p.outcomes = append(p.outcomes, executed{id, o})
	p.head.Size++
	p.made = true
	return leaf, nil
}

// seal closes a block: its root, its head, the changes of validators. Nothing is written before commit.
func (m *machine) seal(p *pending) error {
	root := p.tree.Root()
	p.head.Root = hex.EncodeToString(root[:])
	h := proof.AppHash(p.head.Size, root)
	p.appHash = h[:]
	if p.made {
		p.head.Worked = p.head.Height
	}
	text, err := json.Marshal(p.head)
	if err != nil {
		return err
	}
	if err := p.batch.Set([]byte(headKey), text, nil); err != nil {
		return diskError("write the head", err)
	}
	if p.made {
		if err := p.batch.Set(heightKey(p.head.Height), text, nil); err != nil {
			return diskError("write the head", err)
		}
	}
	p.updates = changes(m.members(), p.members)
	m.pending = p
	return nil
}

// commit makes the pending block the machine's state.
func (m *machine) commit() (*pending, error) {
	p := m.pending
	if p == nil || p.batch == nil {
		return p, nil
	}
	if err := p.batch.Commit(pebble.NoSync); err != nil {
		return nil, diskError("commit a block", err)
	}
	_ = p.batch.Close()
	p.batch = nil
	m.pending = nil
	m.now.Store(standing{p.head, p.members})
	return p, nil
}

// appHash is what CometBFT signs for a head.
func (m *machine) appHash(h head) []byte {
	var root proof.Hash
	_, _ = hex.Decode(root[:], []byte(h.Root))
	a := proof.AppHash(h.Size, root)
	return a[:]
}

// unsigned gives the first two lines of a record the chain itself makes: the second is empty.
func unsigned(line []byte) []byte { return append(line, '\n', '\n') }

// A member is a validator of consensus with its co-signing key.
type member struct {
	name      string
	validator string // base64 of the ed25519 key
	cosign    string
	power     int64
}

// membersOf lists the member nodes in a state, by name.
func membersOf(st law.State) []member {
	var ms []member
	prefix := law.NounPrefix(mulu.KindNode)
	st.Scan(prefix, law.After(prefix), func(key string, v []byte) bool {
		var n mulu.Node
		if err := json.Unmarshal(v, &n); err != nil {
			panic(&Corrupt{key, err})
		}
		if n.Status == "member" {
			ms = append(ms, memberOf(n))
		}
		return true
	})
	return ms
}

func memberOf(n mulu.Node) member { return member{n.ID, n.Validator, n.CosignKey, n.Power} }

// after gives the members once facts have happened; the given list is not changed.
func after(ms []member, facts []mulu.Fact) []member {
	for _, f := range facts {
		if f.Noun != mulu.KindNode {
			continue
		}
		var n mulu.Node
		if err := json.Unmarshal(f.State, &n); err != nil {
			panic(&Corrupt{"a fact about node " + f.ID, err})
		}
		var rest []member
		placed := n.Status != "member"
		for _, m := range ms {
			if m.name == n.ID {
				continue
			}
			if !placed && m.name > n.ID {
				rest, placed = append(rest, memberOf(n)), true
			}
			rest = append(rest, m)
		}
		if !placed {
			rest = append(rest, memberOf(n))
		}
		ms = rest
	}
	return ms
}

// changes lists what consensus must be told. It never takes the last validator away, because consensus would stop
// with it; the law refuses to dismiss the last member before it comes to that.
func changes(was, is []member) []member {
	if len(is) == 0 {
		return nil
	}
	var out []member
	for _, w := range was {
		if !hasValidator(is, w.validator) {
			w.power = 0
			out = append(out, w)
		}
	}
	for _, i := range is {
		known := false
		for _, w := range was {
			known = known || w.validator == i.validator && w.power == i.power
		}
		if !known {
			out = append(out, i)
		}
	}
	return out
}

func hasValidator(ms []member, v string) bool {
	for _, m := range ms {
		if m.validator == v {
			return true
		}
	}
	return false
}

// quorum is how many of n co-signatures make a checkpoint: more than two thirds.
func quorum(n int) int { return n*2/3 + 1 }

func decodeKey(text string) ([]byte, error) {
	b, err := base64.StdEncoding.Strict().DecodeString(text)
	if err != nil || len(b) != 32 {
		return nil, fmt.Errorf("%q is no ed25519 key in base64", text)
	}
	return b, nil
}
