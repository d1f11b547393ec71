package read

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"slices"
	"sync"
	"unicode/utf8"

	"mulu"
)

// field is something entries are filtered and counted by.
type field int

const (
	byOrg field = iota
	byClass
	byTheme
	bySharing
	byOpening
	byGrade
	byBase
	byCycle
	byStatus
	byPersonal
	byDuty // filtered by, but not counted: there are too many
	fieldsKnown
)

// fieldNames are those of Facet.
var fieldNames = [fieldsKnown]string{"org", "class", "theme", "sharing", "opening", "grade", "base", "cycle", "status", "personal", "duty"}

type fieldValues [fieldsKnown]string

// index is what Search keeps in memory: of each entry one card for filters, counts and order, and the posting lists of
// the texts not yet in a block on disk.
//
// Each wording an entry ever had is a text with a number of its own, the next one: so posting lists only grow at their
// end, and a full block of them never changes. An entry's card says which text is its present one; the others are past
// and lead nowhere. Names of institutions are not in the lists: they are compared when somebody asks, so a renaming
// touches no entry.
type index struct {
	loaded chan struct{} // closed when load is done
	failed error         // why it could not, read after loaded
	stop   context.CancelFunc

	mu     sync.RWMutex // guards what follows; the writer changes it after each commit
	cards  []card       // by the entry's number
	of     []uint32     // number of the entry whose present text this is, by the text's number; noEntry for the past
	values [fieldsKnown]values
	orgs   map[uint32]orgNames // by the value of byOrg
	blocks []*block
	slots  int64   // given out so far
	stale  []int64 // slots to be dropped
}

const noEntry = ^uint32(0)

// card is one entry. length is that of its name in characters.
type card struct {
	updated   Place
	text      uint32
	length    uint16
	published bool
	value     [fieldsKnown]uint32
}

// values numbers the values of a field.
type values struct {
	number map[string]uint32
	text   []string
}

func (v *values) of(text string) uint32 {
	n, known := v.number[text]
	if !known {
		if v.number == nil {
			v.number = map[string]uint32{}
		}
		n = uint32(len(v.text))
		v.number[text] = n
		v.text = append(v.text, text)
	}
	return n
}

// change is what a fact did to an entry, for the index. texts is nil where the wording stayed.
type change struct {
	n, text   int64
	updated   Place
	published bool
	name      string
	values    fieldValues
	texts     *texts
}

// orgNames are the names an institution is found by, folded.
type orgNames struct {
	id, name    string
	full, short []rune
	former      [][]rune
}

func namesOf(id, name, short string, former []mulu.FormerName) orgNames {
	o := orgNames{id: id, name: name, full: folded(name), short: folded(short)}
	for _, f := range former {
		o.former = append(o.former, folded(f.Name))
	}
	return o
}

func textsOf(code, name, summary string, items []Item) *texts {
	t := &texts{code: code, name: name, summary: summary}
	for _, i := range items {
		t.items, t.fields = append(t.items, i.Name), append(t.fields, i.Field)
	}
	return t
}

// wait returns once the index can be used.
func (x *index) wait(ctx context.Context) error {
	select {
	case <-x.loaded:
		return x.failed
	case <-ctx.Done():
		return ctx.Err()
	}
}

// apply takes over what a committed batch changed.
func (x *index) apply(changes []change, renamed []orgNames) error {
	<-x.loaded
	if x.failed != nil {
		return x.failed
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	for _, o := range renamed {
		x.orgs[x.values[byOrg].of(o.id)] = o
	}
	for i := range changes {
		x.set(&changes[i])
	}
	return nil
}

// set puts one entry's card, and its texts where they are new.
func (x *index) set(c *change) {
	k := card{updated: c.updated, text: uint32(c.text), published: c.published}
	k.length = uint16(min(utf8.RuneCountInString(c.name), 1<<16-1))
	for f, v := range c.values {
		k.value[f] = x.values[f].of(v)
	}
	if fresh := x.put(c.n, k); fresh && c.texts != nil {
		if b := x.blockOf(c.text); b.open != nil {
			b.open.add(int(c.text&(blockTexts-1)), c.texts)
		}
	}
}

// put puts an entry's card in place and tells whether its text is another than before.
func (x *index) put(n int64, k card) (fresh bool) {
	for int64(len(x.cards)) <= n {
		x.cards = append(x.cards, card{text: noEntry})
	}
	was := x.cards[n].text
	x.cards[n] = k
	if was == k.text {
		return false
	}
	if was != noEntry {
		x.of[was] = noEntry
		x.blocks[was>>blockBits].live--
	}
	for len(x.of) <= int(k.text) {
		x.of = append(x.of, noEntry)
	}
	x.of[k.text] = uint32(n)
	x.blockOf(int64(k.text)).live++
	return true
}

// blockOf gives the block of a text; blocks not seen before are open.
func (x *index) blockOf(text int64) *block {
	for n := len(x.blocks); n <= int(text>>blockBits); n++ {
		x.blocks = append(x.blocks, &block{n: n, open: postings{}})
	}
	return x.blocks[text>>blockBits]
}

// due gives a block to be written: a full one still in memory, else one most of whose texts are past; nil when there is none.
func (x *index) due() *block {
	x.mu.RLock()
	defer x.mu.RUnlock()
	for _, b := range x.blocks {
		full := len(x.of) >= (b.n+1)*blockTexts
		if full && (b.open != nil || b.live < b.written/2) {
			return b
		}
	}
	return nil
}

// alive tells for each text of a block whether it is some entry's present one.
func (x *index) alive(n int) []bool {
	list := make([]bool, blockTexts)
	for i, e := range x.of[n*blockTexts : min(len(x.of), (n+1)*blockTexts)] {
		list[i] = e != noEntry
	}
	return list
}

// startIndex begins to load the index, from the file as it is now. Following and Search wait for it.
func (r *Read) startIndex() error {
	ctx, stop := context.WithCancel(context.Background())
	r.index = &index{loaded: make(chan struct{}), stop: stop, orgs: map[uint32]orgNames{}}
	if r.at.Next == 0 {
		close(r.index.loaded)
		return nil
	}
	tx, err := r.readers.BeginTx(ctx, nil)
	if err == nil {
		var at int64 // the first read fixes what the transaction sees
		err = tx.QueryRowContext(ctx, "SELECT count(*) FROM position").Scan(&at)
	}
	if err != nil {
		close(r.index.loaded)
		return r.wrap("load the search index", err)
	}
	go func() {
		defer close(r.index.loaded)
		defer tx.Rollback() // nothing was written
		r.index.failed = r.wrap("load the search index", r.index.load(ctx, tx))
	}()
	return nil
}

func (x *index) load(ctx context.Context, tx *sql.Tx) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	if err := x.loadOrgs(ctx, tx); err != nil {
		return err
	}
	if err := x.loadBlocks(ctx, tx); err != nil {
		return err
	}
	if err := x.loadCards(ctx, tx); err != nil {
		return err
	}
	return x.loadTexts(ctx, tx)
}

// each runs a query and hands each row to scan.
func each(ctx context.Context, tx *sql.Tx, query string, scan func(s scanner) error, args ...any) error {
	found, err := tx.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer found.Close()
	for found.Next() {
		if err := scan(found); err != nil {
			return err
		}
	}
	return found.Err()
}

func (x *index) loadOrgs(ctx context.Context, tx *sql.Tx) error {
	return each(ctx, tx, "SELECT "+orgColumns+" FROM org o", func(s scanner) error {
		o, err := scanOrg(s)
		if err == nil {
			x.orgs[x.values[byOrg].of(o.ID)] = namesOf(o.ID, o.Name, o.Short, o.Former)
		}
		return err
	})
}

func (x *index) loadBlocks(ctx context.Context, tx *sql.Tx) error {
	return each(ctx, tx, "SELECT slot, block, texts, first FROM search_block ORDER BY block, slot", func(s scanner) error {
		b := &block{}
		var first []byte
		if err := s.Scan(&b.slot, &b.n, &b.written, &first); err != nil {
			return err
		}
		b.first = unpackPairs(first)
		x.slots = max(x.slots, b.slot)
		switch b.n {
		case len(x.blocks):
			x.blocks = append(x.blocks, b)
		case len(x.blocks) - 1: // written anew, and the process died before the old one was dropped
			x.stale = append(x.stale, x.blocks[b.n].slot)
			x.blocks[b.n] = b
		default:
			return fmt.Errorf("block %d of the search index stands without the one before it", b.n)
		}
		return nil
	})
}

// getCards gives what cards need. A column for each field would take several times as long, so all but the theme, which
// people write as they like, come in one, in the order of the fields.
const getCards = `SELECT n, text, updated, version > 0, length(name), theme, org || char(31) || class || char(31) || sharing || char(31) || opening ||
	char(31) || grade || char(31) || base || char(31) || cycle || char(31) || status || char(31) || iif(personal, 'true', 'false') || char(31) || duty
	FROM entry ORDER BY n`

func (x *index) loadCards(ctx context.Context, tx *sql.Tx) error {
	var n, length int64
	var k card
	var theme, packed sql.RawBytes
	return each(ctx, tx, getCards, func(s scanner) error {
		if err := s.Scan(&n, &k.text, &k.updated, &k.published, &length, &theme, &packed); err != nil {
			return err
		}
		k.length = uint16(min(length, 1<<16-1))
		rest := []byte(packed)
		for f := range fieldsKnown {
			value := []byte(theme)
			if f != byTheme {
				value, rest, _ = bytes.Cut(rest, []byte{31})
			}
			v := &x.values[f]
			number, known := v.number[string(value)] // looking up makes no copy
			if !known {
				number = v.of(string(value))
			}
			k.value[f] = number
		}
		x.put(n, k)
		return nil
	})
}

// loadTexts takes up again the texts of entries that are in no block on disk.
func (x *index) loadTexts(ctx context.Context, tx *sql.Tx) error {
	var open []uint32
	for _, b := range x.blocks {
		if b.open == nil {
			continue
		}
		for _, n := range x.of[b.n*blockTexts : min(len(x.of), (b.n+1)*blockTexts)] {
			if n != noEntry {
				open = append(open, n)
			}
		}
	}
	for _, n := range open {
		var code, name, summary, list string
		err := tx.QueryRowContext(ctx, `SELECT e.code, e.name, t.summary, t.items FROM entry e JOIN entry_text t ON t.n = e.n WHERE e.n = ?`, n).
			Scan(&code, &name, &summary, &list)
		if err != nil {
			return err
		}
		items, err := readItemLines(code, list)
		if err != nil {
			return err
		}
		text := x.cards[n].text
		x.blocks[text>>blockBits].open.add(int(text&(blockTexts-1)), textsOf(code, name, summary, items))
	}
	return nil
}

// settle writes the blocks that are due. Each is written in a transaction of its own and only then used: cut short,
// nothing is lost, for a block can be made again from the texts.
func (r *Read) settle() error {
	x := r.index
	for b := x.due(); b != nil; b = x.due() {
		next, err := r.writeBlock(b)
		if err != nil {
			return r.wrap("write a block of the search index", err)
		}
		x.mu.Lock()
		next.live = b.live
		x.blocks[b.n], x.slots = next, next.slot
		if b.open == nil {
			x.stale = append(x.stale, b.slot)
		}
		x.mu.Unlock()
	}
	for len(x.stale) > 0 { // only the follower touches the list once the index is loaded
		if err := r.dropSlot(x.stale[0]); err != nil {
			return r.wrap("drop an old block of the search index", err)
		}
		x.stale = x.stale[1:]
	}
	return nil
}

// writeBlock writes what of a block is alive, into a new slot.
func (r *Read) writeBlock(b *block) (*block, error) {
	r.index.mu.RLock()
	alive := r.index.alive(b.n)
	next := &block{n: b.n, slot: r.index.slots + 1}
	r.index.mu.RUnlock()
	for _, is := range alive {
		if is {
			next.written++
		}
	}
	w, ctx := r.writer, context.Background()
	if _, err := w.conn.ExecContext(ctx, "BEGIN IMMEDIATE"); err != nil {
		return nil, err
	}
	undo := func(err error) (*block, error) {
		w.undo()
		return nil, err
	}
	p := &pages{put: func(page int, lists []byte) error { return w.exec(putPage, next.slot*pagesPerSlot+int64(page), lists) }}
	var occ []occurrence
	var bytes []byte
	add := func(k pair, list []occurrence) error {
		occ = occ[:0]
		for _, o := range list {
			if alive[o>>placeBits] {
				occ = append(occ, o)
			}
		}
		if len(occ) == 0 {
			return nil
		}
		bytes = encodePostings(bytes[:0], occ)
		return p.add(k, bytes)
	}
	if b.open != nil {
		for _, k := range b.open.sorted() {
			if err := add(k, b.open[k]); err != nil {
				return undo(err)
			}
		}
	} else if err := r.eachListOf(ctx, b, add); err != nil {
		return undo(err)
	}
	if err := p.flush(); err != nil {
		return undo(err)
	}
	next.first = slices.Clip(p.first)
	if err := w.exec(putBlock, next.slot, next.n, next.written, packPairs(next.first)); err != nil {
		return undo(err)
	}
	r.cfg.Fault("before-block")
	if err := w.commit(); err != nil {
		return undo(err)
	}
	r.cfg.Fault("after-block")
	return next, nil
}

// eachListOf reads all lists of a written block, through the writer's connection.
func (r *Read) eachListOf(ctx context.Context, b *block, tell func(pair, []occurrence) error) error {
	var list []occurrence
	for page, first := range b.first {
		var lists []byte
		if err := r.writer.statements[getPage].QueryRowContext(ctx, b.slot*pagesPerSlot+int64(page)).Scan(&lists); err != nil {
			return err
		}
		var failed error
		err := eachList(first, lists, func(k pair, raw []byte) bool {
			list = decodePostings(list[:0], raw)
			failed = tell(k, list)
			return failed == nil
		})
		if failed != nil {
			return failed
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (r *Read) dropSlot(slot int64) error {
	w, ctx := r.writer, context.Background()
	for _, q := range []string{"BEGIN IMMEDIATE", fmt.Sprintf("DELETE FROM search_page WHERE id BETWEEN %d AND %d", slot*pagesPerSlot, slot*pagesPerSlot+pagesPerSlot-1),
		fmt.Sprintf("DELETE FROM search_block WHERE slot = %d", slot)} {
		if _, err := w.conn.ExecContext(ctx, q); err != nil {
			w.undo()
			return err
		}
	}
	return w.commit()
}
