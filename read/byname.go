package read

import (
	"context"
	"math/bits"
)

// The order of names is kept by the database, not in memory. Many hits are met soon when walking through all names in
// order; few are fetched and sorted.
const (
	walkNames = `SELECT pinyin, n FROM entry WHERE (pinyin, n) > (?, ?) ORDER BY pinyin, n`
	nameOf    = `SELECT pinyin FROM entry WHERE n = ?`
)

// fewNames is how many entries are walked over in the time that one is fetched by number.
const fewNames = 10

// byName makes the page in the order of names from the bits of what was found.
func (s *search) byName(ctx context.Context) error {
	walked := len(s.all) * 64 / max(1, s.total) * (s.limit + 1)
	var list []key
	var err error
	if s.total*fewNames < walked {
		list, err = s.fetchNames(ctx)
	} else {
		list, err = s.walkNames(ctx)
	}
	if err != nil {
		return err
	}
	s.best = list[:min(len(list), s.limit)]
	s.more = len(list) > s.limit
	if len(s.best) > 0 {
		s.last = s.best[len(s.best)-1]
	}
	return nil
}

func (s *search) found(n uint32) bool {
	return int(n/64) < len(s.all) && s.all[n/64]&(1<<(n%64)) != 0
}

func (s *search) walkNames(ctx context.Context) ([]key, error) {
	statement, err := s.r.ask(ctx, walkNames)
	if err != nil {
		return nil, err
	}
	n := int64(s.after.n)
	if s.q.After == "" {
		n = -1
	}
	names, err := statement.QueryContext(ctx, s.after.name, n)
	if err != nil {
		return nil, err
	}
	defer names.Close()
	var list []key
	for k := (key{sort: "name"}); len(list) <= s.limit && names.Next(); {
		if err := names.Scan(&k.name, &k.n); err != nil {
			return nil, err
		}
		if s.found(k.n) {
			list = append(list, k)
		}
	}
	return list, names.Err()
}

func (s *search) fetchNames(ctx context.Context) ([]key, error) {
	statement, err := s.r.ask(ctx, nameOf)
	if err != nil {
		return nil, err
	}
	p := page{most: s.limit + 1}
	for i, word := range s.all {
		for ; word != 0; word &= word - 1 {
			k := key{sort: "name", n: uint32(i*64 + bits.TrailingZeros64(word))}
			if err := statement.QueryRowContext(ctx, k.n).Scan(&k.name); err != nil {
				return nil, err
			}
			if s.q.After == "" || compareKeys(k, s.after) > 0 {
				p.offer(k)
			}
		}
	}
	return p.sorted(), nil
}
