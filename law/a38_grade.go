package law

import (
	"strconv"

	"mulu"
)

// Protection is what a grade asks for: the control table of Art. 38(1), by which the grade drives protection.
// The district's preset of four grades; DB11/T 1918-2021 governs the real values, so they stand in one table.
type Protection struct {
	Grade   int
	Sharing []string // sharing types an entry of this grade may have
	Opening []string
	Methods []string // ways its items may be had
}

// Protections gives the control table, grade 1 to 4.
func Protections() []Protection {
	return []Protection{
		{1, []string{"unconditional", "conditional", "not_shared"}, []string{"unconditional", "conditional", "not_open"}, []string{"query", "check", "batch", "push"}},
		{2, []string{"unconditional", "conditional", "not_shared"}, []string{"conditional", "not_open"}, []string{"query", "check", "batch", "push"}},
		{3, []string{"conditional", "not_shared"}, []string{"conditional", "not_open"}, []string{"query", "check", "batch", "push"}},
		{4, []string{"conditional", "not_shared"}, []string{"not_open"}, []string{"check"}},
	}
}

// checkGrades: Art. 4 and 38(1): each item has a grade, the entry at least the highest of them (就高从严), and the
// grade bounds how the entry may be shared and opened.
func checkGrades(c *mulu.EntryContent) *mulu.Refusal {
	highest := 0
	for _, i := range c.Items {
		if no := within("grade", i.Grade, 1, 4, cite(38, 1)); no != nil {
			return no
		}
		highest = max(highest, i.Grade)
	}
	if no := within("grade", c.Grade, 1, 4, cite(38, 1)); no != nil {
		return no
	}
	if c.Grade < highest {
		return refuse(cite(38, 1), "grade_low", strconv.Itoa(c.Grade), strconv.Itoa(highest))
	}
	p := Protections()[c.Grade-1]
	if !contains(p.Sharing, c.Sharing.Type) {
		return refuse(cite(38, 1), "grade_sharing", strconv.Itoa(c.Grade), "@sharing."+c.Sharing.Type)
	}
	if !contains(p.Opening, c.Opening.Type) {
		return refuse(cite(38, 1), "grade_opening", strconv.Itoa(c.Grade), "@opening."+c.Opening.Type)
	}
	return nil
}
