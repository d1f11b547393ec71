package law

import (
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

// Genesis gives the first facts: the bureau, the calendars, the nodes, the edition. It is executed once, as record 0.
func Genesis(st State, at Moment, g mulu.Genesis) (Result, error) { panic("todo") }

// Apply executes what somebody said.
func Apply(st State, at Moment, s Said) Result { panic("todo") }

// Due gives the first alarm that is due at the moment, if any. The caller wakes it and asks again.
func Due(st State, at Moment) (Alarm, bool) { panic("todo") }

// Wake executes an alarm that is due.
func Wake(st State, at Moment, a Alarm) Result { panic("todo") }

// NextAlarm gives the block time at which the next alarm falls due, if there is any.
func NextAlarm(st State) (time.Time, bool) { panic("todo") }

// Now gives the law's time at a block time: the same on a real chain, shifted on a sandbox.
func Now(st State, block time.Time) time.Time { panic("todo") }
