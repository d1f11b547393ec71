package script

import "strings"

// Rewrite gives the script's text with what was played in place of what was expected.
func (s *Script) Rewrite(played []Played) string {
	got := map[int][]string{} // line after which it stands → lines
	for _, p := range played {
		got[p.Step.Last] = p.Got
	}
	var b strings.Builder
	for i, line := range s.Lines {
		if isExpectation(strings.TrimSpace(line)) {
			continue
		}
		b.WriteString(line + "\n")
		for _, g := range got[i+1] {
			b.WriteString("  " + g + "\n")
		}
	}
	return b.String()
}
