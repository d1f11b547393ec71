package sheet

import (
	"strings"
	"unicode"
)

// headings finds the columns of a kind among the first rows of a sheet. People put titles above, stars behind, line breaks
// inside, groups over several columns, and another order; a heading is known by what remains when that is taken away.
type headings struct {
	row    int      // the last heading row
	at     []int    // for each column of the kind its column in the sheet, -1 when it is missing
	says   []string // the heading as it stands there
	extra  []string // headings that are no column of the kind
	twice  string   // a heading that stands twice; "" when none does
	score  int      // columns found
	anchor bool     // those without which a sheet is none of this kind are there
}

// find looks at the first rows, which come with merged cells filled in, and takes the row, or the two rows one below the other,
// in which most columns are found.
func (l *layout) find(first []line) headings {
	var best headings
	for i, upper := range first {
		if upper.row >= headRows {
			break
		}
		if h := l.match(upper, nil); h.score > best.score {
			best = h
		}
		if i+1 < len(first) && first[i+1].row == upper.row+1 {
			if h := l.match(first[i+1], upper.cells); h.score > best.score {
				best = h
			}
		}
	}
	return best
}

// match reads one heading row; where it says nothing known the row above may.
func (l *layout) match(low line, above []cell) headings {
	h := headings{row: low.row, at: make([]int, len(l.columns)), says: make([]string, len(l.columns))}
	for i := range h.at {
		h.at[i] = -1
	}
	n := max(len(low.cells), len(above))
	for c := range n {
		text, found := "", -1
		for _, cells := range [][]cell{low.cells, above} {
			if c < len(cells) && cells[c].text != "" && found < 0 {
				if text == "" {
					text = cells[c].text
				}
				if found = l.known(cells[c].text); found >= 0 {
					text = cells[c].text
				}
			}
		}
		switch {
		case text == "":
		case found < 0:
			h.extra = append(h.extra, shorten(text))
		case h.at[found] >= 0:
			if above == nil || h.says[found] != text { // a group's heading stands over all its columns
				h.twice = shorten(text)
			}
		default:
			h.at[found], h.says[found] = c, oneLine(text)
			h.score++
		}
	}
	h.anchor = l.anchored(h.at)
	return h
}

// known finds a column by its heading, first as it stands, then without what is in brackets.
func (l *layout) known(text string) int {
	for _, form := range []string{plain(text), plain(withoutBrackets(text))} {
		if i, ok := l.forms[form]; ok && form != "" {
			return i
		}
	}
	return -1
}

// anchors: a sheet is of a kind when it has the column that names its nouns, and the one that names their parts.
func (l *layout) anchors() []string {
	switch l.kind {
	case Orgs:
		return []string{"name", "credit"}
	case Entries:
		return []string{"name", "item"}
	case Tables:
		return []string{"name", "column"}
	case profile:
		return []string{"duties"}
	case Workbook:
		return nil
	}
	return []string{"name"}
}

func (l *layout) anchored(at []int) bool {
	for _, key := range l.anchors() {
		if at[l.index[key]] < 0 {
			return false
		}
	}
	return true
}

// plain brings a heading to the form in which headings are compared: no spaces, stars and colons, half-width, lower case.
func plain(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case unicode.IsSpace(r) || unicode.IsControl(r) || strings.ContainsRune("*＊:：、.．·_", r):
		case r >= '！' && r <= '～':
			b.WriteRune(unicode.ToLower(r - '！' + '!'))
		default:
			b.WriteRune(unicode.ToLower(r))
		}
	}
	return b.String()
}

func withoutBrackets(s string) string {
	var b strings.Builder
	depth := 0
	for _, r := range s {
		switch r {
		case '(', '（', '[', '【':
			depth++
		case ')', '）', ']', '】':
			depth = max(0, depth-1)
		default:
			if depth == 0 {
				b.WriteRune(r)
			}
		}
	}
	return b.String()
}

func oneLine(s string) string { return shorten(strings.Join(strings.Fields(s), " ")) }
