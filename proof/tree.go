package proof

import (
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"math/bits"

	"mulu/sm"
)

// Hash is an SM3 digest. Its text is lower-case hex.
type Hash [sm.Size]byte

// String gives 64 lower-case hex digits.
func (h Hash) String() string { return hex.EncodeToString(h[:]) }

// MarshalText implements encoding.TextMarshaler.
func (h Hash) MarshalText() ([]byte, error) { return hex.AppendEncode(nil, h[:]), nil }

// UnmarshalText reads 64 lower-case hex digits and nothing else.
func (h *Hash) UnmarshalText(text []byte) error {
	p, err := ParseHash(string(text))
	*h = p
	return err
}

// ParseHash reads 64 lower-case hex digits and nothing else.
func ParseHash(text string) (Hash, error) {
	var h Hash
	b, err := hex.DecodeString(text)
	if err != nil || len(b) != len(h) {
		return Hash{}, fmt.Errorf("%q is no SM3 digest: it must be 64 lower-case hex digits", clip(text))
	}
	copy(h[:], b)
	if h.String() != text {
		return Hash{}, fmt.Errorf("%q is no SM3 digest: its hex digits must be lower-case", clip(text))
	}
	return h, nil
}

// LeafHash is SM3(0x00 ‖ leaf). The first byte keeps leaves and nodes apart (RFC 6962, 2.1).
func LeafHash(leaf []byte) Hash { return sm.Sum([]byte{0}, leaf) }

// NodeHash is SM3(0x01 ‖ left ‖ right).
func NodeHash(left, right Hash) Hash {
	var b [1 + 2*sm.Size]byte
	b[0] = 1
	copy(b[1:], left[:])
	copy(b[1+sm.Size:], right[:])
	return sm.Sum(b[:])
}

// EmptyRoot is the root of a tree without leaves: SM3 of nothing.
func EmptyRoot() Hash { return sm.Sum() }

// AppHash is what consensus votes on: SM3(0x02 ‖ size as 8 bytes big-endian ‖ root).
func AppHash(size uint64, root Hash) Hash {
	return sm.Sum([]byte{2}, binary.BigEndian.AppendUint64(nil, size), root[:])
}

// Nodes gives stored hashes of complete subtrees: level 0 are the leaf hashes, and (level, index) covers
// the leaves from index·2^level to (index+1)·2^level - 1, all of which exist.
type Nodes interface {
	Node(level int, index uint64) (Hash, error)
}

// Tree is a growing tree of which only the frontier is in memory: the roots of the complete subtrees it falls into,
// one for each bit set in its size. It is used by one goroutine at a time.
type Tree struct {
	size     uint64
	frontier [64]Hash // [level] is meaningful when that bit of size is set
}

// NewTree takes up a tree of size leaves; nodes are asked for at most 64 hashes, none when size is 0.
func NewTree(size uint64, nodes Nodes) (*Tree, error) {
	t := &Tree{size: size}
	for level := range t.frontier {
		if size>>level&1 == 0 {
			continue
		}
		h, err := nodes.Node(level, size>>level-1)
		if err != nil {
			return nil, fmt.Errorf("read node %d at level %d of the tree of %d leaves: %w", size>>level-1, level, size, err)
		}
		t.frontier[level] = h
	}
	return t, nil
}

// Append adds a leaf. It hands each subtree that is thereby complete, the leaf itself first, to emit, to be stored for Nodes.
func (t *Tree) Append(leaf Hash, emit func(level int, index uint64, h Hash)) {
	h, level := leaf, 0
	emit(0, t.size, h)
	for t.size>>level&1 == 1 {
		h = NodeHash(t.frontier[level], h)
		level++
		emit(level, t.size>>level, h)
	}
	t.frontier[level] = h
	t.size++
}

// Size is the number of leaves.
func (t *Tree) Size() uint64 { return t.size }

// Root is the root hash of all leaves.
func (t *Tree) Root() Hash {
	if t.size == 0 {
		return EmptyRoot()
	}
	level := bits.TrailingZeros64(t.size)
	h := t.frontier[level]
	for level++; level < len(t.frontier); level++ {
		if t.size>>level&1 == 1 {
			h = NodeHash(t.frontier[level], h)
		}
	}
	return h
}

// Root is the root hash of the first size leaves.
func Root(nodes Nodes, size uint64) (Hash, error) {
	if size == 0 {
		return EmptyRoot(), nil
	}
	return span(nodes, 0, size)
}

// split is the largest power of two smaller than n, for n > 1: where a tree of n leaves parts into left and right.
func split(n uint64) uint64 { return 1 << (bits.Len64(n-1) - 1) }

// span is the root over the n leaves from lo on, n > 0; lo is a multiple of the smallest power of two that is at least n.
func span(nodes Nodes, lo, n uint64) (Hash, error) {
	if n&(n-1) == 0 {
		level := bits.TrailingZeros64(n)
		return nodes.Node(level, lo>>level)
	}
	k := split(n)
	left, err := span(nodes, lo, k)
	if err != nil {
		return Hash{}, err
	}
	right, err := span(nodes, lo+k, n-k)
	return NodeHash(left, right), err
}

// Inclusion is the path that proves leaf index in the tree of the first size leaves (RFC 6962, 2.1.1): the siblings from the leaf up.
func Inclusion(nodes Nodes, index, size uint64) ([]Hash, error) {
	if index >= size {
		return nil, fmt.Errorf("there is no leaf %d in a tree of %d", index, size)
	}
	return inclusion(nodes, index, 0, size)
}

func inclusion(nodes Nodes, index, lo, n uint64) ([]Hash, error) {
	if n == 1 {
		return []Hash{}, nil
	}
	k := split(n)
	sibling := func() (Hash, error) { return span(nodes, lo+k, n-k) }
	next := func() ([]Hash, error) { return inclusion(nodes, index, lo, k) }
	if index-lo >= k {
		sibling = func() (Hash, error) { return span(nodes, lo, k) }
		next = func() ([]Hash, error) { return inclusion(nodes, index, lo+k, n-k) }
	}
	return under(next, sibling)
}

// Consistency is the path that proves the tree of the first from leaves to be the beginning of that of the first to (RFC 6962, 2.1.2).
// It is empty when from is 0 or equals to.
func Consistency(nodes Nodes, from, to uint64) ([]Hash, error) {
	if from > to {
		return nil, fmt.Errorf("a tree of %d leaves cannot be the beginning of one of %d", from, to)
	}
	if from == 0 || from == to {
		return []Hash{}, nil
	}
	return consistency(nodes, from, 0, to, true)
}

// consistency proves the first m of the n leaves from lo on. whole: these m leaves are the entire old tree, whose root the
// checker has and need not be told.
func consistency(nodes Nodes, m, lo, n uint64, whole bool) ([]Hash, error) {
	if m == n {
		if whole {
			return []Hash{}, nil
		}
		h, err := span(nodes, lo, n)
		return []Hash{h}, err
	}
	k := split(n)
	if m <= k {
		return under(func() ([]Hash, error) { return consistency(nodes, m, lo, k, whole) },
			func() (Hash, error) { return span(nodes, lo+k, n-k) })
	}
	return under(func() ([]Hash, error) { return consistency(nodes, m-k, lo+k, n-k, false) },
		func() (Hash, error) { return span(nodes, lo, k) })
}

// under puts a sibling at the end of the path that leads up to it.
func under(next func() ([]Hash, error), sibling func() (Hash, error)) ([]Hash, error) {
	path, err := next()
	if err != nil {
		return nil, err
	}
	h, err := sibling()
	if err != nil {
		return nil, err
	}
	return append(path, h), nil
}

var errPath = errors.New("the path has not the length that the number and the size demand")

// CheckInclusion checks that the leaf with this hash is number index in the tree of size leaves with this root.
func CheckInclusion(index, size uint64, leaf Hash, path []Hash, root Hash) error {
	if index >= size {
		return fmt.Errorf("there is no leaf %d in a tree of %d", index, size)
	}
	got, err := climb(index, size, leaf, path)
	if err != nil {
		return err
	}
	if got != root {
		return fmt.Errorf("the path leads to root %s, not to %s", got, root)
	}
	return nil
}

// climb follows the path, whose last hash is the topmost sibling.
func climb(index, size uint64, leaf Hash, path []Hash) (Hash, error) {
	if size == 1 {
		if len(path) != 0 {
			return Hash{}, errPath
		}
		return leaf, nil
	}
	if len(path) == 0 {
		return Hash{}, errPath
	}
	k, below, sibling := split(size), path[:len(path)-1], path[len(path)-1]
	if index < k {
		h, err := climb(index, k, leaf, below)
		return NodeHash(h, sibling), err
	}
	h, err := climb(index-k, size-k, leaf, below)
	return NodeHash(sibling, h), err
}

// CheckConsistency checks that the tree of from leaves with fromRoot is the beginning of the tree of to leaves with toRoot.
func CheckConsistency(from, to uint64, fromRoot, toRoot Hash, path []Hash) error {
	switch {
	case from > to:
		return fmt.Errorf("a tree of %d leaves cannot be the beginning of one of %d", from, to)
	case from == 0 && fromRoot != EmptyRoot():
		return fmt.Errorf("a tree without leaves has root %s, not %s", EmptyRoot(), fromRoot)
	case from == to && fromRoot != toRoot:
		return fmt.Errorf("two trees of %d leaves have different roots, %s and %s", from, fromRoot, toRoot)
	case from == 0 || from == to:
		if len(path) != 0 {
			return errPath
		}
		return nil
	}
	old, now, err := grow(from, to, fromRoot, path, true)
	switch {
	case err != nil:
		return err
	case old != fromRoot:
		return fmt.Errorf("the path leads to the earlier root %s, not to %s", old, fromRoot)
	case now != toRoot:
		return fmt.Errorf("the path leads to the later root %s, not to %s", now, toRoot)
	}
	return nil
}

// grow rebuilds from the path both roots over the span that consistency walked: of its first m leaves, and of all n.
func grow(m, n uint64, fromRoot Hash, path []Hash, whole bool) (old, now Hash, err error) {
	if m == n {
		if whole && len(path) == 0 {
			return fromRoot, fromRoot, nil
		}
		if !whole && len(path) == 1 {
			return path[0], path[0], nil
		}
		return Hash{}, Hash{}, errPath
	}
	if len(path) == 0 {
		return Hash{}, Hash{}, errPath
	}
	k, below, sibling := split(n), path[:len(path)-1], path[len(path)-1]
	if m <= k {
		old, now, err = grow(m, k, fromRoot, below, whole)
		return old, NodeHash(now, sibling), err
	}
	old, now, err = grow(m-k, n-k, fromRoot, below, false)
	return NodeHash(sibling, old), NodeHash(sibling, now), err
}

func clip(text string) string {
	if len(text) > 80 {
		return text[:80] + "…"
	}
	return text
}
