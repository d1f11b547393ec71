package read

import (
	"encoding/binary"
	"slices"
)

// A posting list says where a pair of neighbouring characters occurs in the texts of one block: occurrences in order,
// each the text's place in the block and the pair's place in the text. Since pairs overlap, a word of any length occurs
// exactly where its pairs stand one behind the other; a word of one character occurs wherever a pair begins with it.
// The last character of each piece of text is paired with pieceEnd for that.

// blockTexts is how many texts a block has; textPlaces how many places a text.
const (
	blockBits  = 13
	blockTexts = 1 << blockBits
	placeBits  = 18
	textPlaces = 1 << placeBits
)

// occurrence is text<<placeBits | place.
type occurrence = uint32

// part is where in an entry's texts a pair occurs.
type part uint8

const (
	inName  part = iota
	inItem       // names of items
	inField      // field names of items
	inSummary
	inCode
	inNameLetters // initials of the name
	inItemLetters
	partsKnown
)

// pair is the key of a posting list: two characters and the part. Lists of one pair in all parts stand side by side,
// and so do all pairs that begin with one character.
type pair uint64

const pieceEnd rune = 0

func pairOf(a, b rune, p part) pair { return pair(a)<<25 | pair(b)<<4 | pair(p) }
func (p pair) part() part           { return part(p & 15) }

// encodePostings writes occurrences as pairs of numbers: how many texts on, and the place; 0 texts on means the same
// text, and then how many places on. The first text counts from -1.
func encodePostings(into []byte, list []occurrence) []byte {
	text, place := -1, 0
	for _, o := range list {
		t, p := int(o>>placeBits), int(o&(textPlaces-1))
		if t == text {
			into = append(into, 0)
			into = binary.AppendUvarint(into, uint64(p-place))
		} else {
			into = binary.AppendUvarint(into, uint64(t-text))
			into = binary.AppendUvarint(into, uint64(p))
		}
		text, place = t, p
	}
	return into
}

// decodePostings appends the occurrences to a list. Bytes that encodePostings did not write give whatever they give,
// but never a place outside the block.
func decodePostings(into []occurrence, b []byte) []occurrence {
	text, place := -1, 0
	for i := 0; i < len(b); {
		var on, at int
		on, i = number(b, i)
		at, i = number(b, i)
		if on == 0 {
			place += at
		} else {
			text, place = text+on, at
		}
		into = append(into, occurrence(text&(blockTexts-1))<<placeBits|occurrence(place&(textPlaces-1)))
	}
	return into
}

// number reads a number written by AppendUvarint; most have one byte.
func number(b []byte, i int) (n, next int) {
	if i < len(b) && b[i] < 0x80 {
		return int(b[i]), i + 1
	}
	v, size := binary.Uvarint(b[min(i, len(b)):])
	if size <= 0 {
		return 0, len(b) + 1
	}
	return int(v), i + size
}

// meet keeps of the occurrences in have those that on places later have one in next.
func meet(have []occurrence, next []occurrence, on int) []occurrence {
	kept := have[:0]
	j := 0
	for _, o := range have {
		want := o + occurrence(on)
		for j < len(next) && next[j] < want {
			j++
		}
		if j == len(next) {
			break
		}
		if next[j] == want {
			kept = append(kept, o)
		}
	}
	return kept
}

// postings are the lists of a block that still grows, in memory.
type postings map[pair][]occurrence

// add puts the pairs of a text in.
func (p postings) add(text int, t *texts) {
	base := occurrence(text) << placeBits
	t.pairs(func(k pair, place int) {
		if place < textPlaces {
			p[k] = append(p[k], base|occurrence(place))
		}
	})
}

// sorted gives the keys in order.
func (p postings) sorted() []pair {
	keys := make([]pair, 0, len(p))
	for k := range p {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// texts are what of an entry is searched.
type texts struct {
	code, name, summary string
	items, fields       []string
}

// tailPlace is where the sequence of an entry's code stands a second time, so that it is found by itself.
const tailPlace = 128

// pairs tells every pair of the texts with its place, in each part in the order of places.
func (t *texts) pairs(tell func(k pair, place int)) {
	piece(t.name, inName, 0, tell)
	pieceLetters(t.name, inNameLetters, 0, tell)
	piece(t.summary, inSummary, 0, tell)
	at := 0
	for _, name := range t.items {
		pieceLetters(name, inItemLetters, at, tell)
		at = piece(name, inItem, at, tell)
	}
	at = 0
	for _, field := range t.fields {
		at = piece(field, inField, at, tell)
	}
	piece(t.code, inCode, 0, tell)
	piece(sequenceOf(t.code), inCode, tailPlace, tell)
}

// sequenceOf is what stands behind the last "/" of a code, "" where there is none.
func sequenceOf(code string) string {
	for i := len(code) - 1; i >= 0; i-- {
		if code[i] == '/' {
			return code[i+1:]
		}
	}
	return ""
}

// piece tells the pairs of a piece of text that begins at a place, and gives where the next piece may begin: one place is
// left free, so that no word occurs across two pieces.
func piece(s string, p part, at int, tell func(pair, int)) int {
	before := pieceEnd
	for _, r := range s {
		r = fold(r)
		if before != pieceEnd {
			tell(pairOf(before, r, p), at-1)
		}
		before = r
		at++
	}
	if before != pieceEnd {
		tell(pairOf(before, pieceEnd, p), at-1)
	}
	return at + 1
}

func pieceLetters(s string, p part, at int, tell func(pair, int)) {
	var before letters
	for _, r := range s {
		set := lettersOf(fold(r))
		if before != 0 && set != 0 {
			for a := range lettersKnown {
				if before&(1<<a) == 0 {
					continue
				}
				for b := range lettersKnown {
					if set&(1<<b) != 0 {
						tell(pairOf(letterRune(a), letterRune(b), p), at-1)
					}
				}
			}
		}
		before = set
		at++
	}
}
