package read

import (
	"context"
	"database/sql"
	"encoding/binary"
	"fmt"
	"slices"
)

// block holds the posting lists of blockTexts texts: texts n*blockTexts and on. A block that still grows is in memory;
// a full one is written once, in pages of the database, and never changed. When more than half of its texts are of the
// past it is written anew under another slot.
//
// A value is never changed but for open and live, which Read.index guards.
type block struct {
	n       int
	open    postings // while it grows, else nil
	slot    int64    // under which its pages stand
	first   []pair   // first key of each page
	written int      // texts that were alive when it was written
	live    int      // texts alive now
}

// pageSize fills a page of SQLite's and no more. A longer list has a page of its own, which then is as long as it.
const pageSize = 4000

const pagesPerSlot = 1 << 20

const (
	putPage  = `INSERT INTO search_page (id, lists) VALUES (?, ?)`
	putBlock = `INSERT INTO search_block (slot, block, texts, first) VALUES (?, ?, ?, ?)`
	getPage  = `SELECT lists FROM search_page WHERE id = ?`
	getPages = `SELECT lists FROM search_page WHERE id BETWEEN ? AND ? ORDER BY id`
)

// pages gathers lists into pages, in the order of their keys.
type pages struct {
	put   func(page int, lists []byte) error
	first []pair
	lists []byte // of the page being filled
	last  pair
}

// add puts a list behind those before it.
func (p *pages) add(k pair, list []byte) error {
	if len(p.lists) > 0 && len(p.lists)+len(list)+14 > pageSize {
		if err := p.flush(); err != nil {
			return err
		}
	}
	if len(p.lists) == 0 {
		p.first, p.last = append(p.first, k), k
	}
	p.lists = binary.AppendUvarint(p.lists, uint64(k-p.last))
	p.lists = binary.AppendUvarint(p.lists, uint64(len(list)))
	p.lists = append(p.lists, list...)
	p.last = k
	return nil
}

func (p *pages) flush() error {
	if len(p.lists) == 0 {
		return nil
	}
	err := p.put(len(p.first)-1, p.lists)
	p.lists = p.lists[:0]
	return err
}

// eachList tells the lists of a page in order until told to stop.
func eachList(first pair, page []byte, tell func(k pair, list []byte) bool) error {
	k := first
	for i := 0; i < len(page); {
		on, j := number(page, i)
		size, j := number(page, j)
		if size < 0 || j > len(page) || size > len(page)-j {
			return fmt.Errorf("a page of the search index is not as it was written")
		}
		k += pair(on)
		if !tell(k, page[j:j+size]) {
			return nil
		}
		i = j + size
	}
	return nil
}

// lookup calls tell with each list whose key lies between low and high, in order. It reports gone when the block's pages
// are no longer there, because it has been written anew meanwhile.
func (b *block) lookup(ctx context.Context, r *Read, low, high pair, tell func(k pair, list []byte)) (gone bool, err error) {
	page, found := slices.BinarySearch(b.first, low)
	if !found {
		page--
	}
	end, _ := slices.BinarySearch(b.first, high+1)
	if page = max(page, 0); page >= end {
		return false, nil
	}
	s, err := r.ask(ctx, getPages)
	if err != nil {
		return false, err
	}
	id := b.slot*pagesPerSlot + int64(page)
	list, err := s.QueryContext(ctx, id, id+int64(end-page)-1)
	if err != nil {
		return false, err
	}
	defer list.Close()
	var raw sql.RawBytes
	for ; list.Next(); page++ {
		if err := list.Scan(&raw); err != nil {
			return false, err
		}
		err := eachList(b.first[page], raw, func(k pair, list []byte) bool {
			if k >= low && k <= high {
				tell(k, list)
			}
			return k <= high
		})
		if err != nil {
			return false, err
		}
	}
	return page < end, list.Err()
}

func packPairs(list []pair) []byte {
	b := make([]byte, 0, 8*len(list))
	for _, k := range list {
		b = binary.BigEndian.AppendUint64(b, uint64(k))
	}
	return b
}

func unpackPairs(b []byte) []pair {
	list := make([]pair, len(b)/8)
	for i := range list {
		list[i] = pair(binary.BigEndian.Uint64(b[8*i:]))
	}
	return list
}
