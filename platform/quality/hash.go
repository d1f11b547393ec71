package quality

import "math/bits"

// Two odd constants without pattern (fractions of the square roots of 2 and 3).
const (
	mixA = 0x6a09e667f3bcc909
	mixB = 0xbb67ae8584caa73b
)

// digest folds a value into 64 bits. It serves counting and finding equal values among an owner's own rows; it is no
// protection against somebody who builds values to collide.
func digest(v string, seed uint64) uint64 {
	h := seed ^ uint64(len(v))*mixB
	for ; len(v) >= 8; v = v[8:] {
		h = mix(h, uint64(v[0])|uint64(v[1])<<8|uint64(v[2])<<16|uint64(v[3])<<24|uint64(v[4])<<32|uint64(v[5])<<40|uint64(v[6])<<48|uint64(v[7])<<56)
	}
	var last uint64
	for i := 0; i < len(v); i++ {
		last |= uint64(v[i]) << (8 * i)
	}
	return mix(mix(h, last), mixA)
}

func mix(h, word uint64) uint64 {
	hi, lo := bits.Mul64(h^mixA, word^mixB)
	return hi ^ lo ^ bits.RotateLeft64(h, 23)
}
