package read

import (
	"context"
	"fmt"
	"slices"

	"mulu"
)

const getHit = `SELECT e.code, e.org, e.name, e.class, e.sharing, e.opening, e.grade, e.personal, e.base, e.cycle, e.duty, e.status, e.version,
	e.theme, e.items, coalesce(o.name, ''), coalesce(o.short, ''), coalesce(o.former, ''), r.time, t.summary, t.items
	FROM entry e JOIN entry_text t ON t.n = e.n JOIN record r ON r.n = e.updated / 1048576 LEFT JOIN org o ON o.id = e.org WHERE e.n = ?`

// hits reads the entries of the page and marks what matches in them.
func (s *search) hits(ctx context.Context) ([]Hit, error) {
	list := make([]Hit, 0, len(s.best))
	for _, k := range s.best {
		h, err := row(ctx, s.r, "read a hit", getHit, s.scanHit, k.n)
		if err != nil {
			return nil, err
		}
		list = append(list, h)
	}
	return list, nil
}

func (s *search) scanHit(from scanner) (h Hit, err error) {
	var former, itemsText string
	var nanos int64
	e := &h.Entry
	err = from.Scan(&e.Code, &e.Org, &e.Name, &e.Class, &e.Sharing, &e.Opening, &e.Grade, &e.Personal, &e.Base, &e.Cycle, &e.Duty, &e.Status, &e.Version,
		&h.Theme, &h.Items, &h.OrgName, &h.OrgShort, &former, &nanos, &h.Summary, &itemsText)
	if err != nil {
		return h, err
	}
	h.Updated = fromNanos(nanos)
	items, err := readItemLines(e.Code, itemsText)
	if err != nil {
		return h, err
	}
	names, err := textList[mulu.FormerName](former)
	if err != nil {
		return h, fmt.Errorf("the former names of %s: %w", e.Org, err)
	}
	provider := namesOf(e.Org, h.OrgName, h.OrgShort, names)
	m := marking{hit: &h, where: map[string]bool{}, name: newMarked(h.Name), summary: newMarked(h.Summary)}
	for i := range s.words {
		m.word(&s.words[i], items, &provider)
	}
	h.Title, h.Snippet = m.name.runs(0, len(m.name.text)), m.summary.snippet()
	for _, w := range whereOrder {
		if m.where[w] {
			h.Where = append(h.Where, w)
		}
	}
	return h, nil
}

// whereOrder is the order of Hit.Where.
var whereOrder = []string{"name", "alias", "code", "item", "provider", "summary", "initials"}

// marking finds the words of a query in an entry that matched.
type marking struct {
	hit           *Hit
	where         map[string]bool
	name, summary marked
}

func (m *marking) word(w *word, items []Item, provider *orgNames) {
	h := m.hit
	plain := m.name.mark(w.text)
	m.where["name"] = m.where["name"] || plain
	if w.code && codeBegins(h.Code, w.text) {
		m.where["code"] = true
	}
	itemPlain, alias, initials := false, false, false
	for i := range items {
		name := folded(items[i].Name)
		switch {
		case occurs(name, w.text) || occurs(folded(items[i].Field), w.text):
			itemPlain = true
		case slices.ContainsFunc(w.others, func(o []rune) bool { return occurs(name, o) }):
			alias = true
		case w.letters && len(letterPlaces(name, w.text)) > 0:
			initials = true
		default:
			continue
		}
		if len(h.MatchedItems) < MatchedItemsMost && !slices.Contains(h.MatchedItems, items[i].Name) {
			h.MatchedItems = append(h.MatchedItems, items[i].Name)
		}
	}
	for _, o := range w.others {
		inName, inSummary := m.name.mark(o), m.summary.mark(o)
		alias = alias || inName || inSummary || occurs(provider.full, o)
	}
	if w.letters && !plain && m.name.markLetters(w.text) {
		initials = true
	}
	if occurs(provider.full, w.text) {
		m.where["provider"] = true
	} else if w.provider(provider) != tierNone {
		alias = true
	}
	m.where["item"] = m.where["item"] || itemPlain
	m.where["summary"] = m.summary.mark(w.text) || m.where["summary"]
	m.where["alias"] = m.where["alias"] || alias
	m.where["initials"] = m.where["initials"] || initials && !plain && !itemPlain
}

func codeBegins(code string, word []rune) bool {
	text, tail := folded(code), folded(sequenceOf(code))
	return len(word) <= len(text) && slices.Equal(text[:len(word)], word) || len(word) <= len(tail) && slices.Equal(tail[:len(word)], word)
}

// letterPlaces gives where the characters of a text may be read with these initials.
func letterPlaces(text, initials []rune) (at []int) {
	for i := 0; i+len(initials) <= len(text); i++ {
		fits := true
		for j, l := range initials {
			if bit := letterOf(l); bit < 0 || lettersOf(text[i+j])&(1<<bit) == 0 {
				fits = false
				break
			}
		}
		if fits {
			at = append(at, i)
		}
	}
	return at
}

// marked is a text with a mark for each character.
type marked struct {
	text   []rune // as it is
	folded []rune
	marks  []bool
}

func newMarked(s string) marked {
	return marked{text: []rune(s), folded: folded(s), marks: make([]bool, len([]rune(s)))}
}

func (m *marked) mark(word []rune) bool { return m.at(occurrences(m.folded, word), len(word)) }

func (m *marked) markLetters(initials []rune) bool {
	return m.at(letterPlaces(m.folded, initials), len(initials))
}

func (m *marked) at(places []int, length int) bool {
	for _, at := range places {
		for i := at; i < at+length; i++ {
			m.marks[i] = true
		}
	}
	return len(places) > 0
}

// runs parts the text from one character to another where marks begin and end.
func (m *marked) runs(from, to int) (list []Run) {
	for from < to {
		end := from
		for end < to && m.marks[end] == m.marks[from] {
			end++
		}
		list = append(list, Run{string(m.text[from:end]), m.marks[from]})
		from = end
	}
	return list
}

// A snippet shows so many characters, and so many before its first mark.
const snippetLength, snippetBefore = 90, 20

// snippet is the part of the text where the first mark stands, with … where something is left out.
func (m *marked) snippet() []Run {
	from := max(0, slices.Index(m.marks, true)-snippetBefore)
	from = max(0, min(from, len(m.text)-snippetLength))
	to := min(len(m.text), from+snippetLength)
	list := m.runs(from, to)
	if from > 0 {
		list = append([]Run{{Text: "…"}}, list...)
	}
	if to < len(m.text) {
		list = append(list, Run{Text: "…"})
	}
	return list
}
