package script

import (
	"fmt"
	"sort"
	"time"

	"mulu"
	"mulu/act"
	"mulu/law"
	"mulu/workday"
)

// Bare is the law alone: a state in memory and a clock that moves only when told.
type Bare struct {
	State Memory
	chain string
	block time.Time

	happened []Happening // not told yet
}

// NewBare founds a chain that is nothing but its state.
func NewBare(s *Script) (*Bare, error) {
	calendars, err := Calendars()
	if err != nil {
		return nil, err
	}
	b := &Bare{chain: "script", block: s.Begin}
	r, err := law.Genesis(&b.State, b.moment(), s.Genesis(b.chain, []mulu.Node{{ID: "node-1", Validator: "n1",
		CosignKey: Key("节点:node-1", 1).Public().String(), Power: 1}}, calendars))
	if err != nil {
		return nil, err
	}
	b.State.Apply(r.Writes)
	return b, nil
}

// Calendars gives the official arrangements as a genesis carries them.
func Calendars() ([]mulu.Calendar, error) {
	notices, err := workday.Official()
	if err != nil {
		return nil, err
	}
	var all []mulu.Calendar
	for _, n := range notices {
		all = append(all, mulu.Calendar{Year: n.Year.Year, Off: n.Off, MakeUp: n.MakeUp, Notice: n.Title, Number: n.Number})
	}
	return all, nil
}

func (b *Bare) moment() law.Moment { return law.Moment{Chain: b.chain, Height: 1, Block: b.block} }

// Say executes an act.
func (b *Bare) Say(by By, a act.Act) ([]mulu.Fact, *mulu.Refusal, error) {
	r := law.Apply(&b.State, b.moment(), law.Said{Org: by.Org, Node: by.Node, Key: by.Signer.Public().String(), Act: a})
	b.State.Apply(r.Writes)
	b.settle()
	return r.Facts, r.Refused, nil
}

// settle executes what is due now. What happened is told by the next Advance.
func (b *Bare) settle() {
	for due := law.Due(&b.State, b.moment(), 1); len(due) > 0; due = law.Due(&b.State, b.moment(), 1) {
		r := law.Wake(&b.State, b.moment(), due[0])
		b.State.Apply(r.Writes)
		b.happened = append(b.happened, Happening{r.Time, due[0].Name, r.Facts})
	}
}

// Advance moves the clock alarm by alarm.
func (b *Bare) Advance(to time.Time) ([]Happening, error) {
	now := law.Now(&b.State, b.block)
	if to.Before(now) {
		return nil, fmt.Errorf("时间只能向前，现为 %s", now.Format("2006-01-02 15:04"))
	}
	end := b.block.Add(to.Sub(now)) // the clock act may have shifted the law's time against the block's
	for {
		next, any := law.NextAlarm(&b.State)
		if !any || next.After(end) {
			break
		}
		if next.After(b.block) {
			b.block = next
		}
		b.settle()
	}
	b.block = end
	all := b.happened
	b.happened = nil
	return all, nil
}

// Get and Find read the state.
func (b *Bare) Get(kind mulu.Kind, id string) ([]byte, bool) {
	return b.State.Get(law.NounKey(kind, id))
}

// Find gives the ids under an index.
func (b *Bare) Find(kind mulu.Kind, index string) []string {
	var ids []string
	prefix := law.IndexPrefix(kind, index)
	b.State.Scan(prefix, law.After(prefix), func(key string, _ []byte) bool {
		ids = append(ids, key[len(prefix):])
		return true
	})
	return ids
}

// Memory is a law.State in memory, for scripts and tests. The zero Memory is empty.
type Memory struct {
	values map[string][]byte
	keys   []string // sorted
}

// Get gives the value of a key.
func (m *Memory) Get(key string) ([]byte, bool) {
	v, ok := m.values[key]
	return v, ok
}

// Scan yields keys in [from, to) in order.
func (m *Memory) Scan(from, to string, yield func(key string, value []byte) bool) {
	for i := sort.SearchStrings(m.keys, from); i < len(m.keys) && m.keys[i] < to; i++ {
		if !yield(m.keys[i], m.values[m.keys[i]]) {
			return
		}
	}
}

// Apply stores writes.
func (m *Memory) Apply(writes []law.Write) {
	if m.values == nil {
		m.values = map[string][]byte{}
	}
	for _, w := range writes {
		_, had := m.values[w.Key]
		i := sort.SearchStrings(m.keys, w.Key)
		switch {
		case w.Value == nil && had:
			m.keys = append(m.keys[:i], m.keys[i+1:]...)
			delete(m.values, w.Key)
		case w.Value != nil:
			if !had {
				m.keys = append(m.keys, "")
				copy(m.keys[i+1:], m.keys[i:])
				m.keys[i] = w.Key
			}
			m.values[w.Key] = w.Value
		}
	}
}

// Len counts the keys.
func (m *Memory) Len() int { return len(m.keys) }
