package read

import (
	"cmp"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
)

// search is one query on its way.
type search struct {
	r     *Read
	q     Query
	words []word
	limit int
	after key // of the last hit of the page before

	blocks  []*block   // when the matching began
	matched [][]*tiers // by block and word; nil where the block is still to be matched

	unfiltered, total int
	counts            [fieldsKnown][]int // by value
	texts             [fieldsKnown][]string
	labels            map[uint32]string
	best              []key    // the page, in order, and perhaps one more
	all               []uint64 // bits of the entries found, for the order of names
	more              bool
	last              key
}

// key is a place in the order of hits: by rank, then by number. In the order of names, name stands for rank.
type key struct {
	sort string
	rank uint64
	name string
	n    uint32
}

func compareKeys(a, b key) int {
	return cmp.Or(cmp.Compare(a.rank, b.rank), strings.Compare(a.name, b.name), cmp.Compare(a.n, b.n))
}

// cursor writes a key for Query.After; readCursor reads it back.
func (k key) cursor() string {
	return fmt.Sprintf("%s.%x.%x.%s", cmp.Or(k.sort, "best"), k.rank, k.n, base64.RawURLEncoding.EncodeToString([]byte(k.name)))
}

func readCursor(s, sort string) (k key, err error) {
	parts := strings.Split(s, ".")
	if len(parts) != 4 || parts[0] != cmp.Or(sort, "best") {
		return k, fmt.Errorf("search entries: the cursor %q is not one of this order", s)
	}
	rank, err1 := strconv.ParseUint(parts[1], 16, 64)
	n, err2 := strconv.ParseUint(parts[2], 16, 32)
	name, err3 := base64.RawURLEncoding.DecodeString(parts[3])
	if err := cmp.Or(err1, err2, err3); err != nil {
		return k, fmt.Errorf("search entries: the cursor %q: %w", s, err)
	}
	return key{sort, rank, string(name), uint32(n)}, nil
}

func (r *Read) newSearch(q Query) (*search, error) {
	s := &search{r: r, q: q, words: r.wordsOf(q.Words), limit: min(q.Limit, 100)}
	if s.limit <= 0 {
		s.limit = 20
	}
	switch q.Sort {
	case "", "name", "updated":
	default:
		return nil, fmt.Errorf("search entries: there is no order %q", q.Sort)
	}
	if q.After == "" {
		return s, nil
	}
	var err error
	s.after, err = readCursor(q.After, q.Sort)
	return s, err
}

// run finds the entries. Blocks on disk never change, so they are matched before the index is held.
func (s *search) run(ctx context.Context) error {
	x := s.r.index
	if err := x.wait(ctx); err != nil {
		return err
	}
	x.mu.RLock()
	s.blocks = slices.Clone(x.blocks)
	x.mu.RUnlock()
	if err := s.matchWritten(ctx); err != nil {
		return err
	}
	if err := s.gather(ctx); err != nil {
		return err
	}
	if s.q.Sort == "name" {
		return s.byName(ctx)
	}
	return nil
}

// blocksEach is how many blocks make it worth while to match them at the same time.
const blocksEach = 8

// matchWritten matches the blocks on disk, as many at a time as there are readers.
func (s *search) matchWritten(ctx context.Context) error {
	s.matched = make([][]*tiers, len(s.blocks))
	if len(s.words) == 0 {
		return nil
	}
	workers := min(s.r.cfg.Readers, 1+len(s.blocks)/blocksEach)
	errs := make([]error, workers)
	var next atomic.Int64
	work := func(worker int) {
		for i := next.Add(1) - 1; i < int64(len(s.blocks)) && errs[worker] == nil; i = next.Add(1) - 1 {
			errs[worker] = s.matchBlock(ctx, int(i))
		}
	}
	var wg sync.WaitGroup
	for worker := 1; worker < workers; worker++ {
		wg.Go(func() { work(worker) })
	}
	work(0)
	wg.Wait()
	return errors.Join(errs...)
}

func (s *search) matchBlock(ctx context.Context, i int) error {
	b := s.blocks[i]
	if b.open != nil { // still grows: matched with the index held
		return nil
	}
	gone := false
	t, err := s.match(b.lists(ctx, s.r, &gone))
	if err == nil && !gone {
		s.matched[i] = t
	}
	return err
}

func (s *search) match(of lists) ([]*tiers, error) {
	var list []*tiers
	for i := range s.words {
		t, err := s.words[i].match(of)
		if err != nil {
			return nil, err
		}
		list = append(list, t)
	}
	return list, nil
}

// gather goes through the entries that match, with the index held: counts them and keeps the page.
func (s *search) gather(ctx context.Context) error {
	x := s.r.index
	x.mu.RLock()
	defer x.mu.RUnlock()
	g := s.newGathering(x)
	if len(s.words) == 0 {
		for n := range x.cards {
			g.take(uint32(n), &x.cards[n], 0)
		}
	}
	for i, b := range x.blocks {
		if len(s.words) == 0 {
			break
		}
		var t []*tiers
		var err error
		switch {
		case i < len(s.blocks) && s.blocks[i] == b && s.matched[i] != nil:
			t = s.matched[i]
		case b.open != nil:
			t, err = s.match(b.open.lists)
		default: // written, or written anew, since the matching began
			gone := false
			t, err = s.match(b.lists(ctx, s.r, &gone))
			if gone {
				err = fmt.Errorf("block %d of the search index lacks pages", i)
			}
		}
		if err != nil {
			return err
		}
		g.block(b.n, t)
	}
	s.counts, s.all, s.total, s.unfiltered = g.counts, g.all, g.total, g.unfiltered
	s.best = g.page.sorted()
	if len(s.best) > s.limit {
		s.best, s.more = s.best[:s.limit], true
	}
	if len(s.best) > 0 {
		s.last = s.best[len(s.best)-1]
	}
	for f := range x.values {
		s.texts[f] = x.values[f].text
	}
	s.labels = map[uint32]string{}
	for v, n := range s.counts[byOrg] {
		if n > 0 {
			s.labels[uint32(v)] = x.orgs[uint32(v)].name
		}
	}
	return nil
}

// gathering is what gather needs of the index, prepared.
type gathering struct {
	s          *search
	x          *index
	providers  [][]tier // by word and value of byOrg
	someones   []bool   // by word: whether any provider fits
	allowed    [fieldsKnown][]bool
	filters    []field
	retired    uint32
	viewer     uint32
	counts     [fieldsKnown][]int
	all        []uint64
	page       page
	total      int
	unfiltered int
}

const noValue = ^uint32(0)

func (s *search) newGathering(x *index) *gathering {
	q := &s.q
	g := &gathering{s: s, x: x, retired: noValue, viewer: noValue, page: page{most: s.limit + 1}}
	if q.Sort == "name" {
		g.all = make([]uint64, len(x.cards)/64+1)
	}
	if v, known := x.values[byStatus].number["retired"]; known {
		g.retired = v
	}
	if v, known := x.values[byOrg].number[q.Viewer]; known && q.Viewer != "" {
		g.viewer = v
	}
	for f := range fieldsKnown {
		if f != byDuty {
			g.counts[f] = make([]int, len(x.values[f].text))
		}
		if list := q.chosen(f); len(list) > 0 {
			g.allowed[f] = make([]bool, len(x.values[f].text))
			for _, text := range list {
				if v, known := x.values[f].number[text]; known {
					g.allowed[f][v] = true
				}
			}
		} else if f == byStatus && g.retired != noValue {
			g.allowed[f] = slices.Repeat([]bool{true}, len(x.values[f].text))
			g.allowed[f][g.retired] = false
		} else {
			continue
		}
		g.filters = append(g.filters, f)
	}
	for i := range s.words {
		fits := slices.Repeat([]tier{tierNone}, len(x.values[byOrg].text))
		some := false
		for v, o := range x.orgs {
			fits[v] = s.words[i].provider(&o)
			some = some || fits[v] != tierNone
		}
		g.providers, g.someones = append(g.providers, fits), append(g.someones, some)
	}
	return g
}

// chosen gives the values of a field that a query lets pass; none where it does not filter by it.
func (q *Query) chosen(f field) []string {
	switch f {
	case byOrg:
		return q.Org
	case byClass:
		return q.Class
	case byTheme:
		return q.Theme
	case bySharing:
		return q.Sharing
	case byOpening:
		return q.Opening
	case byBase:
		return q.Base
	case byCycle:
		return q.Cycle
	case byStatus:
		return q.Status
	case byGrade:
		var list []string
		for _, g := range q.Grade {
			list = append(list, strconv.Itoa(g))
		}
		return list
	case byPersonal:
		if q.Personal != nil {
			return []string{strconv.FormatBool(*q.Personal)}
		}
	case byDuty:
		if q.Duty != "" {
			return []string{q.Duty}
		}
	}
	return nil
}

// block goes through the texts of a block.
func (g *gathering) block(n int, words []*tiers) {
	of := g.x.of[min(len(g.x.of), n*blockTexts):min(len(g.x.of), (n+1)*blockTexts)]
	for i, e := range of {
		if words[0][i] == tierNone && !g.someones[0] || e == noEntry {
			continue
		}
		c := &g.x.cards[e]
		worst, sum := tier(0), 0
		for w := range words {
			t := words[w][i]
			if g.someones[w] {
				t = min(t, g.providers[w][c.value[byOrg]])
			}
			if t == tierBegins && int(c.length) == len(g.s.words[w].text) {
				t = tierExact
			}
			worst, sum = max(worst, t), sum+int(t)
		}
		if worst != tierNone {
			g.take(e, c, uint64(worst)<<32|uint64(sum)<<16|uint64(c.length))
		}
	}
}

// take counts an entry that matches, and keeps it for the page where it belongs there.
func (g *gathering) take(n uint32, c *card, rank uint64) {
	if !c.published && !g.s.q.Bureau && c.value[byOrg] != g.viewer {
		return
	}
	if c.value[byStatus] != g.retired {
		g.unfiltered++
	}
	failed, which := 0, byOrg
	for _, f := range g.filters {
		if !g.allowed[f][c.value[f]] {
			if failed++; failed > 1 {
				return
			}
			which = f
		}
	}
	if failed == 1 {
		if which != byDuty {
			g.counts[which][c.value[which]]++
		}
		return
	}
	g.total++
	for f := range byDuty {
		g.counts[f][c.value[f]]++
	}
	switch g.s.q.Sort {
	case "name":
		g.all[n/64] |= 1 << (n % 64)
		return
	case "updated":
		rank = ^uint64(c.updated)
	}
	k := key{sort: g.s.q.Sort, rank: rank, n: n}
	if g.s.q.After == "" || compareKeys(k, g.s.after) > 0 {
		g.page.offer(k)
	}
}

// page keeps the first keys of those offered: a heap with the last one on top.
type page struct {
	most int
	keys []key
}

func (p *page) offer(k key) {
	if len(p.keys) < p.most {
		p.keys = append(p.keys, k)
		for i := len(p.keys) - 1; i > 0; {
			up := (i - 1) / 2
			if compareKeys(p.keys[i], p.keys[up]) <= 0 {
				break
			}
			p.keys[i], p.keys[up] = p.keys[up], p.keys[i]
			i = up
		}
		return
	}
	if compareKeys(k, p.keys[0]) >= 0 {
		return
	}
	p.keys[0] = k
	for i := 0; ; {
		last := i
		for _, down := range []int{2*i + 1, 2*i + 2} {
			if down < len(p.keys) && compareKeys(p.keys[down], p.keys[last]) > 0 {
				last = down
			}
		}
		if last == i {
			return
		}
		p.keys[i], p.keys[last] = p.keys[last], p.keys[i]
		i = last
	}
}

func (p *page) sorted() []key {
	slices.SortFunc(p.keys, compareKeys)
	return p.keys
}

// facets counts what was found by field.
func (s *search) facets() []Facet {
	var list []Facet
	for f := range byDuty {
		facet := Facet{Field: fieldNames[f]}
		chosen := s.q.chosen(f)
		for v, n := range s.counts[f] {
			text := s.texts[f][v]
			if is := slices.Contains(chosen, text); text != "" && (n > 0 || is) {
				facet.Values = append(facet.Values, FacetValue{Value: text, Label: s.labels[uint32(v)], Count: n, Chosen: is})
				if f != byOrg {
					facet.Values[len(facet.Values)-1].Label = ""
				}
			}
		}
		slices.SortFunc(facet.Values, func(a, b FacetValue) int {
			return cmp.Or(cmp.Compare(b.Count, a.Count), strings.Compare(a.Value, b.Value))
		})
		list = append(list, facet)
	}
	return list
}
