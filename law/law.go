package law

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"mulu"
	"mulu/act"
)

// State is what the law reads: an ordered store of keys. Keys are UTF-8 text; a value must not be changed by the reader.
// A store that cannot answer must panic: a node that cannot read its state must not go on.
type State interface {
	// Get gives the value of a key, and whether there is one.
	Get(key string) ([]byte, bool)
	// Scan yields keys in [from, to) in byte order until yield returns false. It must see what the block wrote before.
	Scan(from, to string, yield func(key string, value []byte) bool)
}

// Write is one change of state: a nil Value deletes the key.
type Write struct {
	Key   string
	Value []byte
}

// Result is what the law makes of something said or fallen due. Either Refused is set and there are no Writes,
// or Facts lists what happened and Writes what to keep.
type Result struct {
	Facts   []mulu.Fact
	Refused *mulu.Refusal
	Writes  []Write
	Time    time.Time // the law's time: block time, shifted on a sandbox
}

// Moment is where in the chain something is executed: Block is consensus time, which never runs backwards.
type Moment struct {
	Chain  string
	Height int64
	Block  time.Time
}

// Said is an act with the one who says it: exactly one of Org and Node, and the key that signed.
// That the signature is right has been checked before; whether the key may speak is checked here.
type Said struct {
	Org, Node, Key string
	Act            act.Act
}

// Alarm is something that falls due at a moment of the law's time: Name says what, Noun and ID of which noun.
type Alarm struct {
	At   time.Time `json:"at"`
	Name string    `json:"name"`
	Noun mulu.Kind `json:"noun"`
	ID   string    `json:"id"`
}

// Genesis gives the first facts: the edition, the calendars, the bureau, the nodes, and on a sandbox its clock.
// It is executed once, as record 0.
func Genesis(st State, at Moment, g mulu.Genesis) (Result, error) {
	b := &book{st: st, at: at, now: at.Block.In(mulu.Shanghai()), on: "genesis", written: map[string]int{}, before: map[string]trace{}}
	if _, ok := FindEdition(g.Edition); !ok {
		return Result{}, fmt.Errorf("genesis: edition %q is not known", g.Edition)
	}
	raw, err := act.Encode(g)
	if err != nil {
		return Result{}, fmt.Errorf("genesis: %w", err)
	}
	b.write(genesisKey, raw)
	var clock *mulu.Clock
	if g.Sandbox {
		clock = &mulu.Clock{}
		if g.Clock != "" {
			start, err := time.Parse(time.RFC3339, g.Clock)
			if err != nil {
				return Result{}, fmt.Errorf("genesis: clock %q is no RFC 3339 time", g.Clock)
			}
			clock.Shift = int64(start.Sub(at.Block))
			b.now = start.In(mulu.Shanghai())
		}
	} else if g.Clock != "" {
		return Result{}, errors.New("genesis: only a sandbox may set the clock")
	}
	if no := found(b, g, clock); no != nil {
		return Result{}, fmt.Errorf("genesis: %w", no)
	}
	return b.close(nil), nil
}

func found(b *book, g mulu.Genesis, clock *mulu.Clock) *mulu.Refusal {
	if clock != nil {
		if no := b.put(clock, "clock.started", cite(5)); no != nil {
			return no
		}
	}
	if no := b.put(&mulu.Profile{Edition: g.Edition, Since: b.stamp()}, "profile.adopted", cite(5)); no != nil {
		return no
	}
	for i := range g.Calendars {
		c := g.Calendars[i]
		c.Version = 1
		if no := b.put(&c, "calendar.published", cite(5)); no != nil {
			return no
		}
	}
	o := &mulu.Org{ID: fmt.Sprintf("%03d", b.next("org")), Name: g.Bureau.Name, Short: g.Bureau.Short, Sort: mulu.Organ,
		CreditCode: g.Bureau.CreditCode, Bound: true, Bureau: true, SigningKey: g.Bureau.Key, Status: "active"}
	if no := first(text("name", o.Name, 2, 200, cite(5)), text("short", o.Short, 2, 60, cite(5)), creditCode(o.CreditCode)); no != nil {
		return no
	}
	if no := b.newKey(o.SigningKey, o.ID); no != nil {
		return no
	}
	if no := b.put(o, "org.registered", cite(5), cite(2)); no != nil {
		return no
	}
	for i := range g.Nodes {
		n := g.Nodes[i]
		n.Operator, n.Status = o.ID, "member"
		if no := b.newKey(n.CosignKey, "node:"+n.ID); no != nil {
			return no
		}
		if no := b.put(&n, "node.admitted", cite(15, 2)); no != nil {
			return no
		}
	}
	return nil
}

// ReadGenesis gives the genesis that a state began with.
func ReadGenesis(st State) (mulu.Genesis, error) {
	raw, ok := st.Get(genesisKey)
	if !ok {
		return mulu.Genesis{}, errors.New("the state has no genesis")
	}
	var g mulu.Genesis
	if err := json.Unmarshal(raw, &g); err != nil {
		return mulu.Genesis{}, fmt.Errorf("read the genesis in the state: %w", err)
	}
	return g, nil
}

// Apply executes what somebody said.
func Apply(st State, at Moment, s Said) Result {
	b := open(st, at, s.Act.Kind())
	if no := b.hear(s); no != nil {
		return b.close(no)
	}
	return b.close(b.rule(s.Act))
}

// Due gives the alarms that are due at the moment, the earliest first, at most as many. The caller wakes them in this
// order, each if it is still Set, because the one before may have taken it back; and then asks again, because one may
// have set another. Asking once for many matters: a scan steps over all the alarms taken back before.
func Due(st State, at Moment, most int) []Alarm {
	var due []Alarm
	now := Now(st, at.Block)
	scanAlarms(st, func(a Alarm) bool {
		if a.At.After(now) {
			return false
		}
		due = append(due, a)
		return len(due) < most
	})
	return due
}

// Set tells whether an alarm stands.
func Set(st State, a Alarm) bool {
	_, ok := st.Get(alarmKey(a))
	return ok
}

func scanAlarms(st State, yield func(Alarm) bool) {
	st.Scan(alarmSpace, After(alarmSpace), func(key string, _ []byte) bool {
		a, err := parseAlarm(key)
		if err != nil {
			panic(err)
		}
		return yield(a)
	})
}

// Wake executes an alarm that is due.
func Wake(st State, at Moment, a Alarm) Result {
	b := open(st, at, a.Name)
	b.write(alarmKey(a), nil)
	no := b.wake(a)
	if no != nil {
		panic(fmt.Sprintf("the alarm %s of %s %s was refused by the law itself: %v", a.Name, a.Noun, a.ID, no))
	}
	return b.close(nil)
}

// NextAlarm gives the block time at which the next alarm falls due, if there is any.
func NextAlarm(st State) (at time.Time, any bool) {
	scanAlarms(st, func(a Alarm) bool {
		at, any = a.At.Add(-shift(st)), true
		return false
	})
	return at, any
}

// Now gives the law's time at a block time: the same on a real chain, shifted on a sandbox.
func Now(st State, block time.Time) time.Time {
	return block.Add(shift(st)).In(mulu.Shanghai())
}

func shift(st State) time.Duration {
	v, ok := st.Get(NounKey(mulu.KindClock, "clock"))
	if !ok {
		return 0
	}
	var c mulu.Clock
	if err := json.Unmarshal(v, &c); err != nil {
		panic(fmt.Sprintf("the sandbox clock in the state is not readable: %v", err))
	}
	return time.Duration(c.Shift)
}
