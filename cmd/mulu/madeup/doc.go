// Package madeup makes up what a sandbox district keeps about people, companies and places, none of which exist.
//
// The same person stands in every table that is about them, with the same number; numbers have valid check digits (GB 11643,
// GB 32100) and agree with what stands beside them; sums agree with their parts. Everything is reckoned from a row's number,
// so that a table of any length is written as a stream, twice alike, and nothing is kept.
//
// Streets and their codes are the district's, roads are some of its roads. Communities, their codes, all points and all
// boundaries are illustrative (示意).
package madeup

// mix spreads a number over 64 bits, always alike (splitmix64).
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// chance gives a number below n for the k-th of what salt names.
func chance(salt uint64, k, n int) int { return int(mix(mix(salt)^uint64(k)) % uint64(n)) }

// one chooses from a list.
func one(list []string, salt uint64, k int) string { return list[chance(salt, k, len(list))] }
