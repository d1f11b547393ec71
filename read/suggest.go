package read

import (
	"context"
	"slices"
	"strings"
)

// Bounds of the work done for suggestions: nothing was found, so the person waits for nothing else.
const (
	mostSuggestions = 5
	mostTries       = 40  // counts of what other words would find
	mostNeighbours  = 200 // entries read for words that sound or look alike
	mostParted      = 14  // characters of a word that is tried as two
)

// suggestion gathers words that do find something.
type suggestion struct {
	ctx   context.Context
	r     *Read
	q     Query
	tries int
	list  []string
}

// suggest proposes other words where a query's own find nothing, the likeliest first: all of its words but one; the word
// parted in two; a word that sounds the same (低宝: 低保) or differs in one character; the longest beginning and end of the word.
// Each was tried, and finds something for whoever asks.
func (r *Read) suggest(ctx context.Context, q Query, words []word) ([]string, error) {
	s := &suggestion{ctx: ctx, r: r, q: Query{Viewer: q.Viewer, Bureau: q.Bureau}}
	texts := make([]string, len(words))
	for i, w := range words {
		texts[i] = string(w.text)
	}
	for i := range texts {
		if len(texts) < 2 {
			break
		}
		if _, err := s.try(strings.Join(slices.Delete(slices.Clone(texts), i, i+1), " ")); err != nil {
			return nil, err
		}
	}
	for i, w := range words {
		found, err := s.finds(texts[i])
		if err != nil || found > 0 {
			if err != nil {
				return nil, err
			}
			continue // this one is not to blame
		}
		with := func(other string) string {
			list := slices.Clone(texts)
			list[i] = other
			return strings.Join(list, " ")
		}
		for _, step := range []func(word, func(string) string) error{s.parted, s.alike, s.shorter} {
			if err := step(w, with); err != nil {
				return nil, err
			}
		}
	}
	return s.list, nil
}

// finds counts what words would find without filters.
func (s *suggestion) finds(words string) (int, error) {
	if s.tries++; s.tries > mostTries {
		return 0, nil
	}
	f := &search{r: s.r, q: s.q, words: s.r.wordsOf(words), limit: 1}
	err := f.run(s.ctx)
	return f.unfiltered, s.r.wrap("suggest other words", err)
}

// try proposes words where they find something.
func (s *suggestion) try(words string) (bool, error) {
	if len(s.list) >= mostSuggestions || slices.Contains(s.list, words) {
		return false, nil
	}
	n, err := s.finds(words)
	if n > 0 {
		s.list = append(s.list, words)
	}
	return n > 0, err
}

// parted: two words written as one, 民政局低保.
func (s *suggestion) parted(w word, with func(string) string) error {
	for i := 2; i+2 <= len(w.text) && len(w.text) <= mostParted; i++ {
		if ok, err := s.try(with(string(w.text[:i]) + " " + string(w.text[i:]))); ok || err != nil {
			return err
		}
	}
	return nil
}

// alike: words of the same length in names and items that sound the same, or differ in one character of at least three.
// They are looked for in entries that have the word's initials, or its halves.
func (s *suggestion) alike(w word, with func(string) string) error {
	n := len(w.text)
	if n < 2 || w.code {
		return nil
	}
	var near []string
	if initials := initialsOf(w.text); initials != "" {
		near = append(near, initials)
	}
	if n >= 4 {
		near = append(near, string(w.text[:n/2]), string(w.text[n/2:]))
	} else if n == 3 {
		near = append(near, string(w.text[:2]), string(w.text[1:]))
	}
	often := map[string]int{}
	for _, words := range near {
		if err := s.neighbours(words, w.text, often); err != nil {
			return err
		}
	}
	var list []string
	for other := range often {
		list = append(list, other)
	}
	slices.SortFunc(list, func(a, b string) int {
		if often[a] != often[b] {
			return often[b] - often[a]
		}
		return strings.Compare(a, b)
	})
	for _, other := range list[:min(len(list), 3)] {
		if _, err := s.try(with(other)); err != nil {
			return err
		}
	}
	return nil
}

// neighbours reads entries that match words and counts the pieces of their names and items that are near to a text.
func (s *suggestion) neighbours(words string, text []rune, often map[string]int) error {
	if s.tries++; s.tries > mostTries {
		return nil
	}
	f := &search{r: s.r, q: s.q, words: s.r.wordsOf(words), limit: mostNeighbours}
	if err := f.run(s.ctx); err != nil {
		return s.r.wrap("suggest other words", err)
	}
	hits, err := f.hits(s.ctx)
	if err != nil {
		return err
	}
	for _, h := range hits {
		for _, name := range append(h.MatchedItems, h.Name) {
			piece := folded(name)
			for i := 0; i+len(text) <= len(piece); i++ {
				if near(piece[i:i+len(text)], text) {
					often[string(piece[i:i+len(text)])]++
				}
			}
		}
	}
	return nil
}

// near tells whether two texts of one length sound alike throughout, or are of at least three characters and differ in
// one of them.
func near(a, b []rune) bool {
	differ, sounds := 0, true
	for i := range a {
		if a[i] != b[i] {
			differ++
			sounds = sounds && soundAlike(a[i], b[i])
		}
	}
	return differ > 0 && (sounds || differ == 1 && len(a) >= 3)
}

// initialsOf gives the initials of a text by the first readings, "" where a character has none.
func initialsOf(text []rune) string {
	var b strings.Builder
	for _, r := range text {
		list := syllables(r)
		switch {
		case len(list) > 0:
			b.WriteByte(list[0][0])
		case letterOf(r) >= 0:
			b.WriteRune(r)
		default:
			return ""
		}
	}
	return b.String()
}

// shorter: the longest beginning and the longest end of the word that find something. What holds a text holds its
// beginnings too, so halving finds the longest.
func (s *suggestion) shorter(w word, with func(string) string) error {
	if w.code { // a part of a number is another number
		return nil
	}
	longest := func(part func(n int) []rune) (string, error) {
		none, some := len(w.text), 1
		for none-some > 1 {
			n := (none + some) / 2
			found, err := s.finds(string(part(n)))
			if err != nil {
				return "", err
			}
			if found > 0 {
				some = n
			} else {
				none = n
			}
		}
		if some < 2 {
			return "", nil
		}
		return string(part(some)), nil
	}
	begin, err := longest(func(n int) []rune { return w.text[:n] })
	if err != nil {
		return err
	}
	end, err := longest(func(n int) []rune { return w.text[len(w.text)-n:] })
	if err != nil {
		return err
	}
	list := []string{begin, end}
	slices.SortStableFunc(list, func(a, b string) int { return len(b) - len(a) })
	for _, other := range list {
		if other == "" {
			continue
		}
		if _, err := s.try(with(other)); err != nil {
			return err
		}
	}
	return nil
}
