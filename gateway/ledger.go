package gateway

import (
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/cockroachdb/pebble"

	"mulu"
	"mulu/act"
)

// ledgerVersion is that of the keys below; a folder whose meta names another gets its ledger built anew on opening.
const ledgerVersion = 1

// ledger finds receipts and counts them, so that neither a list nor a figure ever walks through all. It follows from the
// receipts alone and is written in their batch; what is lost or of an older form is built anew from them.
//
//	ld<day, yyyymmdd><grant>     tally, JSON
//	lg<grant>00<n>               the calls under a grant          lx<grant>00<n>    of these the refused
//	lx00<n>                      all refused calls
//	lk<key digest, 16 bytes><n>  calls that asked for a key value lc<case digest, 16 bytes><n>   calls of a case
//
// A call belongs to a grant if its receipt names an entry: the caller's institution then holds the grant. So a stranger who
// writes another's number into a path neither counts there nor is listed there.
type ledger struct {
	get func(key []byte) ([]byte, error)
	off func(time.Time) bool

	days map[string]*tally // by key, the writer's alone: days written lately; what is not here is read

	mu      sync.Mutex      // guards touched
	touched map[string]bool // keys of days that were counted on since they were looked at last
}

// tally (当日计数) is what one day of Asia/Shanghai counted under one grant. No figure tells of a person.
type tally struct {
	Calls   int64  `json:"calls"` // refused ones included
	Refused int64  `json:"refused,omitempty"`
	Rows    int64  `json:"rows,omitempty"`
	Off     int64  `json:"off,omitempty"`  // calls at night or on a day of rest
	Keys    sketch `json:"keys,omitempty"` // how many different key values were asked for
}

// maxTallies bounds the days kept in memory; beyond, all are dropped and read again.
const maxTallies = 4096

func newLedger(get func([]byte) ([]byte, error), off func(time.Time) bool) *ledger {
	return &ledger{get: get, off: off, days: map[string]*tally{}, touched: map[string]bool{}}
}

// note writes what a receipt adds to the ledger into its batch. Only the writer calls it.
func (l *ledger) note(x *Receipt, set func(key, value []byte)) error {
	for _, d := range x.KeyDigests {
		key, err := digestKey('k', d, x.N)
		if err != nil {
			return err
		}
		set(key, nil)
	}
	if x.CaseDigest != "" {
		key, err := digestKey('c', x.CaseDigest, x.N)
		if err != nil {
			return err
		}
		set(key, nil)
	}
	if x.Refused != "" {
		set(grantKey('x', "", x.N), nil)
	}
	if x.Grant == "" || x.Entry == "" {
		return nil
	}
	set(grantKey('g', x.Grant, x.N), nil)
	if x.Refused != "" {
		set(grantKey('x', x.Grant, x.N), nil)
	}
	at, err := time.Parse(time.RFC3339Nano, x.Time)
	if err != nil {
		return fmt.Errorf("receipt %d: its time: %w", x.N, err)
	}
	return l.count(x, at)
}

// count adds a receipt to its day. The day itself goes into the batch once, by flush.
func (l *ledger) count(x *Receipt, at time.Time) error {
	key := dayKey(dayOf(at), x.Grant)
	t := l.days[string(key)]
	if t == nil {
		var err error
		if t, err = l.day(key); err != nil {
			return err
		}
		l.days[string(key)] = t
	}
	t.Calls++
	t.Rows += int64(x.Rows)
	if x.Refused != "" {
		t.Refused++
	}
	if l.off(at) {
		t.Off++
	}
	for _, d := range x.KeyDigests {
		t.Keys = t.Keys.add(d)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.touched[string(key)] = true
	return nil
}

// flush writes the days of a batch's receipts into it.
func (l *ledger) flush(batch []*waiting, set func(key, value []byte)) error {
	done := map[string]bool{}
	for _, w := range batch {
		x := &w.receipt
		if x.Grant == "" || x.Entry == "" {
			continue
		}
		at, err := time.Parse(time.RFC3339Nano, x.Time)
		if err != nil {
			return fmt.Errorf("receipt %d: its time: %w", x.N, err)
		}
		key := dayKey(dayOf(at), x.Grant)
		if done[string(key)] {
			continue
		}
		done[string(key)] = true
		b, err := act.Encode(l.days[string(key)])
		if err != nil {
			return err
		}
		set(key, b)
	}
	if len(l.days) > maxTallies {
		clear(l.days)
	}
	return nil
}

// day reads a day from disk; its zero value when nothing was counted.
func (l *ledger) day(key []byte) (*tally, error) {
	t := new(tally)
	b, err := l.get(key)
	if errors.Is(err, pebble.ErrNotFound) {
		return t, nil
	}
	if err == nil {
		err = json.Unmarshal(b, t)
	}
	if err != nil {
		return nil, fmt.Errorf("read what a day counted: %w", err)
	}
	return t, nil
}

// news gives the days counted on since it was asked last.
func (l *ledger) news() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	var keys []string
	for k := range l.touched {
		keys = append(keys, k)
	}
	clear(l.touched)
	return keys
}

// again has days looked at once more.
func (l *ledger) again(keys []string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, k := range keys {
		l.touched[k] = true
	}
}

// dayOf names the day of Asia/Shanghai in which a moment lies: yyyymmdd.
func dayOf(t time.Time) string { return t.In(mulu.Shanghai()).Format("20060102") }

func dayKey(day, grant string) []byte { return append(append([]byte("ld"), day...), grant...) }

// dayParts is dayKey undone.
func dayParts(key string) (day, grant string) { return key[2:10], key[10:] }

func grantPrefix(space byte, grant string) []byte {
	return append(append([]byte{'l', space}, grant...), 0)
}

func grantKey(space byte, grant string, n uint64) []byte {
	return binary.BigEndian.AppendUint64(grantPrefix(space, grant), n)
}

// digestPrefix shortens a digest in hex to the 16 bytes under which it is found.
func digestPrefix(space byte, digest string) ([]byte, error) {
	b, err := hex.DecodeString(digest)
	if err != nil || len(b) < 16 {
		return nil, errors.New("a digest in a receipt is none")
	}
	return append([]byte{'l', space}, b[:16]...), nil
}

func digestKey(space byte, digest string, n uint64) ([]byte, error) {
	p, err := digestPrefix(space, digest)
	if err != nil {
		return nil, err
	}
	return binary.BigEndian.AppendUint64(p, n), nil
}
