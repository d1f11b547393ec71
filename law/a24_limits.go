package law

import "mulu"

// Limit is how often and how much a grant gives out by a method, where the highest grade of its items is Grade: calls a
// minute and rows a day, what is usual where the application asks for nothing else, and the most that can be asked for.
type Limit struct {
	Grade                int
	Method               string
	Rate, Volume         int
	MostRate, MostVolume int
}

// Limits gives the table, by grade and method: the district's preset. Art. 24 binds use to what was stated, Art. 38(1) has
// the grade drive protection; DB11/T 1918-2021 governs the real values, so they stand in one table.
func Limits() []Limit {
	return []Limit{
		{1, "query", 600, 1_000_000, 600_000, 1_000_000_000},
		{1, "check", 600, 1_000_000, 600_000, 1_000_000_000},
		{1, "batch", 10, 100_000_000, 60, 1_000_000_000},
		{1, "push", 10, 100_000_000, 60, 1_000_000_000},
		{2, "query", 600, 100_000, 600_000, 1_000_000_000},
		{2, "check", 600, 100_000, 600_000, 1_000_000_000},
		{2, "batch", 10, 10_000_000, 60, 1_000_000_000},
		{2, "push", 10, 10_000_000, 60, 1_000_000_000},
		{3, "query", 300, 10_000, 600_000, 100_000_000},
		{3, "check", 300, 10_000, 600_000, 100_000_000},
		{3, "batch", 5, 1_000_000, 60, 100_000_000},
		{3, "push", 5, 1_000_000, 60, 100_000_000},
		{4, "check", 60, 1_000, 6_000, 1_000_000},
	}
}

// usualLimit is the line of the table for items had by a method; items that the entry no longer has do not count.
func usualLimit(c *mulu.EntryContent, items []string, method string) Limit {
	highest := 1
	for _, field := range items {
		if i, ok := c.Item(field); ok {
			highest = max(highest, i.Grade)
		}
	}
	var found Limit
	for _, l := range Limits() {
		if l.Method == method && l.Grade <= highest {
			found = l // of a grade that cannot be had this way any more, the strictest that can
		}
	}
	return found
}

// checkLimits: Art. 24: rate and volume asked for lie within what the grade allows.
func checkLimits(c *mulu.EntryContent, ask *mulu.Ask) *mulu.Refusal {
	l := usualLimit(c, ask.Items, ask.Method)
	return first(within("rate", ask.Rate, 0, l.MostRate, cite(24)), within("volume", ask.Volume, 0, l.MostVolume, cite(24)))
}

// limit settles a grant's rate and volume: what was asked for or is usual, never above the most. Where silence consented
// to sensitive items, nothing above the usual.
func limit(c *mulu.EntryContent, x bounds, method string, deemed bool) (rate, volume int) {
	l := usualLimit(c, x.items, method)
	rate, volume = min(orElse(x.rate, l.Rate), l.MostRate), min(orElse(x.volume, l.Volume), l.MostVolume)
	if deemed && anySensitive(c, x.items) {
		rate, volume = min(rate, l.Rate), min(volume, l.Volume)
	}
	return rate, volume
}

func anySensitive(c *mulu.EntryContent, items []string) bool {
	for _, field := range items {
		if i, ok := c.Item(field); ok && i.Sensitive {
			return true
		}
	}
	return false
}
