package gateway

import (
	"encoding/hex"
	"math"
	"math/bits"
)

// sketch estimates how many different things were seen, in 256 bytes and without keeping any of them (HyperLogLog, 2^8
// registers; right to about 7 parts in 100, better for few). What it is fed are keyed digests already.
type sketch []byte

const registers = 256

// add puts in one digest in hex; its first byte picks the register, the next eight fill it.
func (s sketch) add(digest string) sketch {
	b, err := hex.DecodeString(digest)
	if err != nil || len(b) < 9 {
		return s // not a digest of ours, and nothing to count
	}
	if len(s) != registers {
		s = make(sketch, registers)
	}
	var w uint64
	for _, c := range b[1:9] {
		w = w<<8 | uint64(c)
	}
	s[b[0]] = max(s[b[0]], byte(min(bits.LeadingZeros64(w), 63)+1))
	return s
}

// count is the estimate.
func (s sketch) count() int64 {
	if len(s) != registers {
		return 0
	}
	sum, empty := 0.0, 0
	for _, r := range s {
		sum += math.Ldexp(1, -int(r))
		if r == 0 {
			empty++
		}
	}
	m := float64(registers)
	estimate := 0.7213 / (1 + 1.079/m) * m * m / sum
	if estimate <= 2.5*m && empty > 0 {
		estimate = m * math.Log(m/float64(empty)) // few: what counts is how many registers are still empty
	}
	return int64(math.Round(estimate))
}
