package quality

import (
	"bufio"
	"cmp"
	"container/heap"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
)

// print is the 128-bit fingerprint of a row's values and the row's number. Two different values with one fingerprint are
// not to be expected in any number of rows a district has.
type print struct {
	high, low uint64
	row       int64
}

const (
	printSize = 24
	printsRun = 1 << 19 // prints held in memory, 12 MiB; more go to disk in sorted runs
)

// repeats finds rows that have the values of another in memory that does not grow with the rows.
type repeats struct {
	dir  string
	run  int // prints held in memory at most
	held []print
	runs []*os.File
}

func comparePrints(a, b print) int {
	return cmp.Or(cmp.Compare(a.high, b.high), cmp.Compare(a.low, b.low), cmp.Compare(a.row, b.row))
}

func (r *repeats) add(p print) error {
	r.held = append(r.held, p)
	if len(r.held) < r.run {
		return nil
	}
	return r.spill()
}

// spill writes what is held as a sorted run.
func (r *repeats) spill() error {
	slices.SortFunc(r.held, comparePrints)
	f, err := os.CreateTemp(r.dir, "mulu-unique-*")
	if err != nil {
		return fmt.Errorf("write down the values seen so far: %w", err)
	}
	r.runs = append(r.runs, f)
	w := bufio.NewWriterSize(f, 256<<10)
	var b [printSize]byte
	for _, p := range r.held {
		binary.LittleEndian.PutUint64(b[:], p.high)
		binary.LittleEndian.PutUint64(b[8:], p.low)
		binary.LittleEndian.PutUint64(b[16:], uint64(p.row))
		if _, err := w.Write(b[:]); err != nil {
			return fmt.Errorf("write down the values seen so far: %w", err)
		}
	}
	if err := w.Flush(); err != nil {
		return fmt.Errorf("write down the values seen so far: %w", err)
	}
	r.held = r.held[:0]
	return nil
}

// each gives every row whose values another row before it has, with the first such row.
func (r *repeats) each(ctx context.Context, yield func(row, first int64) error) error {
	slices.SortFunc(r.held, comparePrints)
	var sources sortedPrints
	add := func(s printSource) error {
		if ok, err := s.next(); err != nil || !ok {
			return err
		}
		sources = append(sources, s)
		return nil
	}
	if err := add(&heldPrints{left: r.held}); err != nil {
		return err
	}
	for _, f := range r.runs {
		if _, err := f.Seek(0, io.SeekStart); err != nil {
			return fmt.Errorf("read the values seen: %w", err)
		}
		if err := add(&filedPrints{r: bufio.NewReaderSize(f, 256<<10)}); err != nil {
			return err
		}
	}
	heap.Init(&sources)
	var first print
	for n := 0; len(sources) > 0; n++ {
		if n&0xffff == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		p := sources[0].now()
		if n > 0 && p.high == first.high && p.low == first.low {
			if err := yield(p.row, first.row); err != nil {
				return err
			}
		} else {
			first = p
		}
		ok, err := sources[0].next()
		if err != nil {
			return err
		}
		if ok {
			heap.Fix(&sources, 0)
		} else {
			heap.Pop(&sources)
		}
	}
	return nil
}

// close removes what was written.
func (r *repeats) close() error {
	var all []error
	for _, f := range r.runs {
		all = append(all, f.Close(), os.Remove(f.Name()))
	}
	r.runs, r.held = nil, nil
	return errors.Join(all...)
}

// printSource gives prints in order.
type printSource interface {
	now() print
	next() (bool, error)
}

type heldPrints struct {
	left []print
	at   print
}

func (h *heldPrints) now() print { return h.at }
func (h *heldPrints) next() (bool, error) {
	if len(h.left) == 0 {
		return false, nil
	}
	h.at, h.left = h.left[0], h.left[1:]
	return true, nil
}

type filedPrints struct {
	r      *bufio.Reader
	at     print
	buffer [printSize]byte
}

func (f *filedPrints) now() print { return f.at }
func (f *filedPrints) next() (bool, error) {
	b := f.buffer[:]
	switch _, err := io.ReadFull(f.r, b); {
	case err == io.EOF:
		return false, nil
	case err != nil:
		return false, fmt.Errorf("read the values seen: %w", err)
	}
	f.at = print{binary.LittleEndian.Uint64(b), binary.LittleEndian.Uint64(b[8:]), int64(binary.LittleEndian.Uint64(b[16:]))}
	return true, nil
}

// sortedPrints is a heap of sources by their present print.
type sortedPrints []printSource

func (s sortedPrints) Len() int           { return len(s) }
func (s sortedPrints) Less(i, j int) bool { return comparePrints(s[i].now(), s[j].now()) < 0 }
func (s sortedPrints) Swap(i, j int)      { s[i], s[j] = s[j], s[i] }
func (s *sortedPrints) Push(x any)        { *s = append(*s, x.(printSource)) }
func (s *sortedPrints) Pop() any {
	old := *s
	last := old[len(old)-1]
	*s = old[:len(old)-1]
	return last
}
