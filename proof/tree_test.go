package proof

import (
	"encoding/hex"
	"errors"
	"fmt"
	"testing"
)

// stored keeps what Append emits, and refuses to be asked for a subtree that is not complete.
type stored map[[2]uint64]Hash

func (s stored) emit(level int, index uint64, h Hash) { s[[2]uint64{uint64(level), index}] = h }

func (s stored) Node(level int, index uint64) (Hash, error) {
	h, ok := s[[2]uint64{uint64(level), index}]
	if !ok {
		return Hash{}, fmt.Errorf("no node (%d, %d)", level, index)
	}
	return h, nil
}

// The definitions of RFC 6962, 2.1, word for word, over a list of leaves: what the fast ones must agree with.
func naiveRoot(d []Hash) Hash {
	switch len(d) {
	case 0:
		return EmptyRoot()
	case 1:
		return d[0]
	}
	k := 1
	for k*2 < len(d) {
		k *= 2
	}
	return NodeHash(naiveRoot(d[:k]), naiveRoot(d[k:]))
}

func naivePath(m int, d []Hash) []Hash {
	if len(d) == 1 {
		return nil
	}
	k := 1
	for k*2 < len(d) {
		k *= 2
	}
	if m < k {
		return append(naivePath(m, d[:k]), naiveRoot(d[k:]))
	}
	return append(naivePath(m-k, d[k:]), naiveRoot(d[:k]))
}

func naiveProof(m int, d []Hash, whole bool) []Hash {
	if m == len(d) {
		if whole {
			return nil
		}
		return []Hash{naiveRoot(d)}
	}
	k := 1
	for k*2 < len(d) {
		k *= 2
	}
	if m <= k {
		return append(naiveProof(m, d[:k], whole), naiveRoot(d[k:]))
	}
	return append(naiveProof(m-k, d[k:], false), naiveRoot(d[:k]))
}

func same(a, b []Hash) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

const most = 130

func grown(t testing.TB, n int) (stored, []Hash) {
	t.Helper()
	nodes, leaves := stored{}, []Hash{}
	tree, err := NewTree(0, nodes)
	if err != nil {
		t.Fatal(err)
	}
	for i := range n {
		if tree.Root() != naiveRoot(leaves) || tree.Size() != uint64(i) {
			t.Fatalf("the growing tree of %d leaves has root %s", i, tree.Root())
		}
		leaf := LeafHash(fmt.Appendf(nil, "record %d", i))
		leaves = append(leaves, leaf)
		tree.Append(leaf, nodes.emit)
	}
	return nodes, leaves
}

func TestHashesOfTheFormat(t *testing.T) {
	// SM3 over the bytes written out; checked with "openssl dgst -sm3" on printf '\0abc' and so on.
	for _, v := range []struct {
		name string
		got  Hash
		want string
	}{
		{"leaf abc", LeafHash([]byte("abc")), opensslSM3(t, []byte("\x00abc"))},
		{"node", NodeHash(LeafHash([]byte("a")), LeafHash([]byte("b"))), func() string {
			a, _ := hex.DecodeString(opensslSM3(t, []byte("\x00a")))
			b, _ := hex.DecodeString(opensslSM3(t, []byte("\x00b")))
			return opensslSM3(t, append(append([]byte{1}, a...), b...))
		}()},
		{"empty", EmptyRoot(), opensslSM3(t, nil)},
		{"app hash", AppHash(258, EmptyRoot()), func() string {
			r, _ := hex.DecodeString(opensslSM3(t, nil))
			return opensslSM3(t, append([]byte{2, 0, 0, 0, 0, 0, 0, 1, 2}, r...))
		}()},
	} {
		if v.got.String() != v.want {
			t.Errorf("%s = %s, OpenSSL says %s", v.name, v.got, v.want)
		}
	}
}

func TestEveryInclusionUpTo130(t *testing.T) {
	nodes, leaves := grown(t, most)
	for size := 1; size <= most; size++ {
		want := naiveRoot(leaves[:size])
		if root, err := Root(nodes, uint64(size)); err != nil || root != want {
			t.Fatalf("Root(%d) = %s, %v", size, root, err)
		}
		for i := range size {
			path, err := Inclusion(nodes, uint64(i), uint64(size))
			if err != nil || !same(path, naivePath(i, leaves[:size])) {
				t.Fatalf("Inclusion(%d, %d): %v", i, size, err)
			}
			if err := CheckInclusion(uint64(i), uint64(size), leaves[i], path, want); err != nil {
				t.Fatalf("CheckInclusion(%d, %d): %v", i, size, err)
			}
			if CheckInclusion(uint64(i), uint64(size), leaves[(i+1)%most], path, want) == nil {
				t.Fatalf("another leaf passes at (%d, %d)", i, size)
			}
			if size > 1 && CheckInclusion(uint64((i+1)%size), uint64(size), leaves[i], path, want) == nil {
				t.Fatalf("another number passes at (%d, %d)", i, size)
			}
			if CheckInclusion(uint64(i), uint64(size), leaves[i], append(path, Hash{}), want) == nil ||
				size > 1 && CheckInclusion(uint64(i), uint64(size), leaves[i], path[:len(path)-1], want) == nil {
				t.Fatalf("a path of another length passes at (%d, %d)", i, size)
			}
		}
	}
}

func TestEveryConsistencyUpTo130(t *testing.T) {
	nodes, leaves := grown(t, most)
	for to := 0; to <= most; to++ {
		later := naiveRoot(leaves[:to])
		for from := 0; from <= to; from++ {
			earlier := naiveRoot(leaves[:from])
			path, err := Consistency(nodes, uint64(from), uint64(to))
			if err != nil {
				t.Fatalf("Consistency(%d, %d): %v", from, to, err)
			}
			if from > 0 && !same(path, naiveProof(from, leaves[:to], true)) {
				t.Fatalf("Consistency(%d, %d) is not that of RFC 6962", from, to)
			}
			if err := CheckConsistency(uint64(from), uint64(to), earlier, later, path); err != nil {
				t.Fatalf("CheckConsistency(%d, %d): %v", from, to, err)
			}
			if CheckConsistency(uint64(from), uint64(to), earlier, Hash{}, path) == nil && from > 0 ||
				CheckConsistency(uint64(from), uint64(to), Hash{1}, later, path) == nil ||
				CheckConsistency(uint64(from), uint64(to), earlier, later, append(path, Hash{})) == nil {
				t.Fatalf("an altered proof passes at (%d, %d)", from, to)
			}
			for i := range path {
				bad := append([]Hash{}, path...)
				bad[i][7] ^= 1
				if CheckConsistency(uint64(from), uint64(to), earlier, later, bad) == nil {
					t.Fatalf("hash %d altered passes at (%d, %d)", i, from, to)
				}
			}
		}
	}
}

func TestTreeTakenUpGoesOnAsIfItHadNotStopped(t *testing.T) {
	nodes, leaves := grown(t, most)
	for stop := 0; stop < most; stop++ {
		tree, err := NewTree(uint64(stop), nodes)
		if err != nil || tree.Root() != naiveRoot(leaves[:stop]) {
			t.Fatalf("taken up at %d: %v", stop, err)
		}
		again := stored{}
		tree.Append(leaves[stop], again.emit)
		for at, h := range again {
			if nodes[at] != h {
				t.Fatalf("taken up at %d, node %v differs", stop, at)
			}
		}
		if tree.Root() != naiveRoot(leaves[:stop+1]) {
			t.Fatalf("after %d the root differs", stop)
		}
	}
}

type deaf struct{}

var errDeaf = errors.New("disk gone")

func (deaf) Node(int, uint64) (Hash, error) { return Hash{}, errDeaf }

func TestTreeSaysWhatItCouldNotRead(t *testing.T) {
	_, e1 := NewTree(3, deaf{})
	_, e2 := Root(deaf{}, 3)
	_, e3 := Inclusion(deaf{}, 1, 3)
	_, e4 := Consistency(deaf{}, 2, 3)
	for _, err := range []error{e1, e2, e3, e4} {
		if !errors.Is(err, errDeaf) {
			t.Errorf("got %v", err)
		}
	}
	if _, err := Inclusion(deaf{}, 3, 3); err == nil {
		t.Error("a leaf that is not there is proved")
	}
	if _, err := Consistency(deaf{}, 4, 3); err == nil {
		t.Error("a tree shrinks")
	}
}

// Checks of any size, number and path end without panic, and only true ones succeed.
func FuzzCheck(f *testing.F) {
	f.Add(uint64(5), uint64(9), []byte("x"))
	f.Add(^uint64(0)-1, ^uint64(0), make([]byte, 64*32))
	f.Fuzz(func(t *testing.T, a, b uint64, raw []byte) {
		var path []Hash
		for ; len(raw) >= 32 && len(path) < 200; raw = raw[32:] {
			path = append(path, Hash(raw[:32]))
		}
		if CheckInclusion(a, b, Hash{1}, path, Hash{2}) == nil {
			t.Error("a made-up inclusion passes")
		}
		if CheckConsistency(a, b, Hash{1}, Hash{2}, path) == nil {
			t.Error("a made-up consistency passes")
		}
	})
}

func BenchmarkAppend(b *testing.B) {
	tree, err := NewTree(0, nil)
	if err != nil {
		b.Fatal(err)
	}
	leaf := LeafHash([]byte("a"))
	for b.Loop() {
		tree.Append(leaf, func(int, uint64, Hash) {})
	}
}
