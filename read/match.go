package read

import (
	"context"
	"slices"
)

// tier says how well a word fits an entry, the best first. A page shows all of one tier before the next.
type tier uint8

const (
	tierExact   tier = iota // it is the name
	tierCode                // it is the code, or the sequence in it
	tierBegins              // the name begins with it
	tierName                // it stands in the name
	tierLetters             // it is initials of the name, or of a part of it
	tierAlias               // it means the same as something in the name
	tierBeside              // it stands in an item or in a name of the provider, or begins the code
	tierFar                 // it is initials of an item, or means the same as something in one
	tierSummary             // it stands in the summary only
	tierNone    = tier(255)
)

// word is one word of a query, as it is looked for.
type word struct {
	text    []rune
	letters bool     // may be initials
	code    bool     // may be a code
	others  [][]rune // means the same
}

// wordsOf makes a query's words.
func (r *Read) wordsOf(typed string) []word {
	var list []word
	for _, text := range splitWords(typed) {
		list = append(list, word{text: text, letters: asLetters(text), code: asCode(text), others: r.synonyms.of(text)})
	}
	return list
}

// asCode tells whether a word may be meant as a code: three characters that codes are made of, or more.
func asCode(word []rune) bool {
	for _, r := range word {
		if r != '/' && (r < '0' || r > '9') {
			return false
		}
	}
	return len(word) >= 3
}

// Lengths from which a word that begins a code, or its sequence, is taken for it.
const wholeCode, wholeSequence = 15, 6

// lists gives the posting lists whose keys lie between two, in order.
type lists func(low, high pair, tell func(k pair, list []occurrence)) error

// lists of a block in memory.
func (p postings) lists(low, high pair, tell func(k pair, list []occurrence)) error {
	if high-low < pair(partsKnown) {
		for k := low; k <= high; k++ {
			if list, ok := p[k]; ok {
				tell(k, list)
			}
		}
		return nil
	}
	for k, list := range p { // in any order: whoever asks for many pairs at once does not mind
		if k >= low && k <= high {
			tell(k, list)
		}
	}
	return nil
}

// lists of a block on disk. gone is set when it has been written anew meanwhile.
func (b *block) lists(ctx context.Context, r *Read, gone *bool) lists {
	var decoded []occurrence
	return func(low, high pair, tell func(k pair, list []occurrence)) error {
		away, err := b.lookup(ctx, r, low, high, func(k pair, list []byte) {
			decoded = decodePostings(decoded[:0], list)
			tell(k, decoded)
		})
		*gone = *gone || away
		return err
	}
}

// tiers is how well a word fits each text of a block.
type tiers [blockTexts]tier

// match finds a word in a block. Names of providers are not in it.
func (w *word) match(of lists) (*tiers, error) {
	t := &tiers{}
	for i := range t {
		t[i] = tierNone
	}
	err := phrase(w.text, of, func(p part, o occurrence) {
		place := o & (textPlaces - 1)
		switch p {
		case inName:
			if place == 0 {
				t.better(o, tierBegins)
			} else {
				t.better(o, tierName)
			}
		case inItem, inField:
			t.better(o, tierBeside)
		case inSummary:
			t.better(o, tierSummary)
		case inCode:
			switch {
			case !w.code || place != 0 && place != tailPlace:
			case len(w.text) >= wholeCode, place == tailPlace && len(w.text) >= wholeSequence:
				t.better(o, tierCode)
			default:
				t.better(o, tierBeside)
			}
		case inNameLetters:
			if w.letters {
				t.better(o, tierLetters)
			}
		case inItemLetters:
			if w.letters {
				t.better(o, tierFar)
			}
		}
	})
	for _, other := range w.others {
		if err != nil {
			break
		}
		err = phrase(other, of, func(p part, o occurrence) {
			switch p {
			case inName:
				t.better(o, tierAlias)
			case inItem:
				t.better(o, tierFar)
			case inSummary:
				t.better(o, tierSummary)
			}
		})
	}
	return t, err
}

func (t *tiers) better(o occurrence, is tier) {
	if text := o >> placeBits; is < t[text] {
		t[text] = is
	}
}

// phrase tells where a text of any length occurs, by part.
func phrase(text []rune, of lists, tell func(p part, o occurrence)) error {
	all := func(k pair, list []occurrence) {
		for _, o := range list {
			tell(k.part(), o)
		}
	}
	if len(text) == 1 {
		return of(pairOf(text[0], 0, 0), pairOf(text[0]+1, 0, 0)-1, all)
	}
	if len(text) == 2 {
		return of(pairOf(text[0], text[1], 0), pairOf(text[0], text[1], partsKnown-1), all)
	}
	var have [partsKnown][]occurrence
	for i, at := range cover(len(text)) {
		var next [partsKnown]bool
		err := of(pairOf(text[at], text[at+1], 0), pairOf(text[at], text[at+1], partsKnown-1), func(k pair, list []occurrence) {
			p := k.part()
			next[p] = true
			if i == 0 {
				have[p] = slices.Clone(list)
			} else {
				have[p] = meet(have[p], list, at)
			}
		})
		if err != nil {
			return err
		}
		some := false
		for p := range have {
			if !next[p] {
				have[p] = nil
			}
			some = some || len(have[p]) > 0
		}
		if !some {
			return nil
		}
	}
	for p, list := range have {
		for _, o := range list {
			tell(part(p), o)
		}
	}
	return nil
}

// cover gives the places of the pairs that cover a text of n characters, each character once where n is even.
func cover(n int) []int {
	var at []int
	for i := 0; i+1 < n; i += 2 {
		at = append(at, i)
	}
	if n%2 == 1 {
		at = append(at, n-2)
	}
	return at
}

// provider tells how well a word fits an institution's names.
func (w *word) provider(o *orgNames) tier {
	if occurs(o.full, w.text) || occurs(o.short, w.text) || slices.ContainsFunc(o.former, func(f []rune) bool { return occurs(f, w.text) }) {
		return tierBeside
	}
	for _, other := range w.others {
		if occurs(o.full, other) {
			return tierBeside
		}
	}
	return tierNone
}
