package law

import (
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"mulu"
	"mulu/act"
)

// A book is one act or alarm being executed: the state as it was, what has been written so far, and who speaks.
// Either everything in it happens or, on a refusal, nothing.
type book struct {
	st      State
	at      Moment
	now     time.Time
	on      string // kind of the act, or name of the alarm
	speaker speaker
	facts   []mulu.Fact
	writes  []Write
	written map[string]int // key → place in writes; looked up, never walked
	before  map[string]trace
}

// A trace is what a noun was when the book first saw it.
type trace struct {
	standing string
	indexes  []string
}

// speaker is who says an act. The zero speaker is the law itself, executing an alarm.
type speaker struct {
	org    string
	bureau bool
	node   string
	key    string
}

func open(st State, at Moment, on string) *book {
	return &book{st: st, at: at, now: Now(st, at.Block), on: on, written: map[string]int{}, before: map[string]trace{}}
}

// Get and Scan make the book a State, so that a rule sees what it wrote before.
func (b *book) Get(key string) ([]byte, bool) {
	if i, ok := b.written[key]; ok {
		return b.writes[i].Value, b.writes[i].Value != nil
	}
	return b.st.Get(key)
}

// Scan yields keys in [from, to): the state's with the book's own changes over it. A book writes few keys,
// so they are picked out and merged in order.
func (b *book) Scan(from, to string, yield func(key string, value []byte) bool) {
	Merge(b.st, b.writes, from, to, yield)
}

func (b *book) write(key string, value []byte) {
	if i, ok := b.written[key]; ok {
		b.writes[i].Value = value
		return
	}
	b.written[key] = len(b.writes)
	b.writes = append(b.writes, Write{key, value})
}

// noun is a pointer to N that is a Noun.
type noun[N any] interface {
	*N
	mulu.Noun
}

// load reads a noun; absent gives nil.
func load[N any, P noun[N]](b *book, id string) P {
	n := P(new(N))
	key := NounKey(n.Kind(), id)
	v, ok := b.Get(key)
	if !ok {
		return nil
	}
	if err := json.Unmarshal(v, n); err != nil {
		panic(fmt.Sprintf("state under %s is not readable: %v", key, err))
	}
	if _, seen := b.before[key]; !seen {
		b.before[key] = trace{n.Standing(), n.Indexes()}
	}
	return n
}

// find is load for a noun that somebody named: absent is a refusal.
func find[N any, P noun[N]](b *book, id string, where mulu.Cite) (P, *mulu.Refusal) {
	n := load[N, P](b, id)
	if n == nil {
		return nil, refuse(where, "unknown", "@"+string(P(nil).Kind()), id)
	}
	return n, nil
}

// named gives the ids that stand under an index.
func (b *book) named(kind mulu.Kind, index string) []string {
	var ids []string
	prefix := IndexPrefix(kind, index)
	b.Scan(prefix, After(prefix), func(key string, _ []byte) bool {
		ids = append(ids, key[len(prefix):])
		return true
	})
	return ids
}

// taken tells whether another noun than id stands under an index.
func (b *book) taken(kind mulu.Kind, index, id string) bool {
	for _, other := range b.named(kind, index) {
		if other != id {
			return true
		}
	}
	return false
}

// put records that a noun now stands as it does: it must have walked a listed way, and the speaker must be one
// who may walk it. The noun, its index lines and the fact are written.
func (b *book) put(n mulu.Noun, fact string, arts ...mulu.Cite) *mulu.Refusal {
	if no := b.may(n, n.Standing()); no != nil {
		return no
	}
	v, err := act.Encode(n)
	if err != nil {
		panic(fmt.Sprintf("encode %s %s: %v", n.Kind(), n.Key(), err))
	}
	key := NounKey(n.Kind(), n.Key())
	old, fresh := b.before[key].indexes, n.Indexes()
	for _, ix := range old {
		if !contains(fresh, ix) {
			b.write(IndexPrefix(n.Kind(), ix)+n.Key(), nil)
		}
	}
	for _, ix := range fresh {
		if !contains(old, ix) {
			b.write(IndexPrefix(n.Kind(), ix)+n.Key(), []byte("1"))
		}
	}
	b.write(key, v)
	b.before[key] = trace{n.Standing(), fresh}
	b.facts = append(b.facts, mulu.Fact{Kind: fact, Noun: n.Kind(), ID: n.Key(), Art: arts, State: v})
	return nil
}

// may tells whether a noun can go from where it stands to a standing by what is being said, and by whom it is said.
func (b *book) may(n mulu.Noun, to string) *mulu.Refusal {
	from := b.before[NounKey(n.Kind(), n.Key())].standing
	w, ok := way(n.Kind(), from, b.on, to)
	if !ok {
		if from == "" {
			from = "none"
		}
		return refuse(waysOf(n.Kind(), b.on), "no_way", "@"+string(n.Kind()), n.Key(), "@"+from, "@"+b.on)
	}
	for _, r := range w.By {
		if b.is(r, n) {
			return nil
		}
	}
	who := "@"
	for i, r := range w.By {
		if i > 0 {
			who += "|"
		}
		who += string(r)
	}
	return refuse(w.Cite, "not_yours", "@"+b.on, who)
}

// is tells whether the speaker plays a role towards a noun.
func (b *book) is(r Role, n mulu.Noun) bool {
	owner, provider, consumer := parties(n)
	switch r {
	case Bureau:
		return b.speaker.bureau
	case Owner, Opener:
		return b.speaker.org != "" && b.speaker.org == owner
	case Provider:
		return b.speaker.org != "" && b.speaker.org == provider
	case Consumer:
		return b.speaker.org != "" && b.speaker.org == consumer
	case Member:
		return b.speaker.node != "" && "node:"+b.speaker.node == owner
	case TheLaw:
		return true // the way is walked by rule, whoever's act or alarm set it off
	}
	return false
}

func parties(n mulu.Noun) (owner, provider, consumer string) {
	switch n := n.(type) {
	case *mulu.Org:
		return n.ID, "", ""
	case *mulu.SigningKey:
		return n.Owner, "", ""
	case *mulu.Client:
		return n.Org, "", ""
	case *mulu.Duty:
		return n.Org, "", ""
	case *mulu.Entry:
		return n.Org, "", ""
	case *mulu.System:
		return n.Org, "", ""
	case *mulu.Table:
		return n.Org, "", ""
	case *mulu.Dataset:
		return n.Org, n.Org, ""
	case *mulu.LoadTerms:
		return n.Org, n.Org, ""
	case *mulu.Application:
		return n.Consumer, n.Provider, n.Consumer
	case *mulu.Grant:
		return n.Consumer, n.Provider, n.Consumer
	case *mulu.Dispute:
		return n.Opener, n.Provider, n.Consumer
	case *mulu.Objection:
		return n.Consumer, n.Provider, n.Consumer
	case *mulu.Review:
		return n.Org, n.Org, ""
	case *mulu.Finding:
		return n.Org, n.Party, ""
	case *mulu.UseReport:
		return n.Consumer, n.Provider, n.Consumer
	case *mulu.UseFlag:
		return "node:" + n.Node, n.Provider, n.Consumer
	case *mulu.Receipts:
		return "node:" + n.Node, "", ""
	case *mulu.Link:
		return n.Org, "", ""
	case *mulu.Purchase:
		return n.Org, "", ""
	}
	return "", "", ""
}

// alarm sets one; cancel takes it back.
func (b *book) alarm(at time.Time, name string, n mulu.Noun) {
	b.write(alarmKey(Alarm{at, name, n.Kind(), n.Key()}), []byte("1"))
}

func (b *book) cancel(at time.Time, name string, n mulu.Noun) {
	b.write(alarmKey(Alarm{at, name, n.Kind(), n.Key()}), nil)
}

// next gives the next number of a sequence, from 1.
func (b *book) next(sequence string) int {
	n := 0
	if v, ok := b.Get(sequenceSpace + sequence); ok {
		var err error
		if n, err = strconv.Atoi(string(v)); err != nil {
			panic(fmt.Sprintf("sequence %s holds %q", sequence, v))
		}
	}
	n++
	b.write(sequenceSpace+sequence, []byte(strconv.Itoa(n)))
	return n
}

// stamp is the law's time as nouns carry it: whole seconds in Asia/Shanghai.
func (b *book) stamp() string { return b.now.Format(time.RFC3339) }

// close ends the book: on a refusal nothing of it remains.
func (b *book) close(no *mulu.Refusal) Result {
	if no != nil {
		return Result{Refused: no, Time: b.now}
	}
	return Result{Facts: b.facts, Writes: b.writes, Time: b.now}
}

func refuse(where mulu.Cite, code string, args ...string) *mulu.Refusal {
	return &mulu.Refusal{Code: code, Art: where, Args: args}
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

func parseTime(s string) time.Time {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		panic(fmt.Sprintf("state holds the time %q: %v", s, err))
	}
	return t.In(mulu.Shanghai())
}
