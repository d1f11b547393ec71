package sm

import (
	"crypto/hmac"
	"hash"

	"github.com/emmansun/gmsm/sm3"
)

// Size is the length of an SM3 digest in bytes.
const Size = 32

// New starts an SM3 digest (GB/T 32905).
func New() hash.Hash { return sm3.New() }

// Sum is the SM3 digest of the concatenated data.
func Sum(data ...[]byte) [Size]byte {
	if len(data) == 1 {
		return sm3.Sum(data[0])
	}
	h := sm3.New()
	for _, d := range data {
		h.Write(d)
	}
	var out [Size]byte
	h.Sum(out[:0])
	return out
}

// MAC is HMAC-SM3 of data under key: a digest that only the holder of the key can make or search for.
func MAC(key, data []byte) []byte {
	m := hmac.New(New, key)
	m.Write(data)
	return m.Sum(nil)
}
