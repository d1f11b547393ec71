package law

import (
	"fmt"

	"mulu"
)

// bounds are what a grant is held to (Art. 24). In an answer, what is empty is not narrowed.
type bounds struct {
	items        []string
	rows         []mulu.Filter
	days         int
	rate, volume int
}

func (x bounds) empty() bool {
	return len(x.items) == 0 && len(x.rows) == 0 && x.days == 0 && x.rate == 0 && x.volume == 0
}

// asked are the bounds that an application asks for.
func asked(p *mulu.Application) bounds {
	return bounds{p.Ask.Items, p.Ask.Rows, p.Ask.Days, p.Ask.Rate, p.Ask.Volume}
}

// narrow works out a partial consent: fewer items, fewer rows, a shorter period, a lower rate or volume. What is not
// within the application is refused; narrower tells whether anything is narrower at all.
func narrow(c *mulu.EntryContent, p *mulu.Application, given bounds, where mulu.Cite) (held bounds, narrower bool, no *mulu.Refusal) {
	held = asked(p)
	if len(given.items) > 0 {
		if no := subset(given.items, held.items, "not_asked", where); no != nil {
			return held, false, no
		}
		narrower = len(given.items) < len(held.items)
		held.items = given.items
	}
	rows, fewer, no := narrowRows(c, held.rows, given.rows, where)
	if no != nil {
		return held, false, no
	}
	held.rows, narrower = rows, narrower || fewer
	usual := usualLimit(c, held.items, p.Ask.Method)
	for _, n := range []struct {
		field       string
		given, most int
		held        *int
	}{
		{"days", given.days, held.days, &held.days},
		{"rate", given.rate, orElse(held.rate, usual.Rate), &held.rate},
		{"volume", given.volume, orElse(held.volume, usual.Volume), &held.volume},
	} {
		if n.given == 0 {
			continue
		}
		if n.given < 1 || n.given > n.most {
			return held, false, refuse(where, "out_of_range", "@"+n.field, fmt.Sprint(n.given), "1", fmt.Sprint(n.most))
		}
		narrower = narrower || n.given < n.most
		*n.held = n.given
	}
	return held, narrower, nil
}

func orElse(n, otherwise int) int {
	if n == 0 {
		return otherwise
	}
	return n
}

func subset(given, of []string, otherwise string, where mulu.Cite) *mulu.Refusal {
	seen := map[string]bool{}
	for _, i := range given {
		if !contains(of, i) {
			return refuse(where, otherwise, i)
		}
		if seen[i] {
			return refuse(where, "doubled", "@item", i)
		}
		seen[i] = true
	}
	return nil
}

// narrowRows lays an answer's row scope over the application's: over an item that was scoped its values must be among
// those asked for, over another item it narrows in any case.
func narrowRows(c *mulu.EntryContent, asked, given []mulu.Filter, where mulu.Cite) (held []mulu.Filter, fewer bool, no *mulu.Refusal) {
	if no := checkRows(c, given, where); no != nil {
		return nil, false, no
	}
	held = append(held, asked...)
	for _, f := range given {
		at := -1
		for i := range held {
			if held[i].Item == f.Item {
				at = i
			}
		}
		if at < 0 {
			held, fewer = append(held, f), true
			continue
		}
		for _, v := range f.Values {
			if !contains(held[at].Values, v) {
				return nil, false, refuse(where, "rows_not_asked", f.Item, v)
			}
		}
		fewer = fewer || len(f.Values) < len(held[at].Values)
		held[at] = f
	}
	if no := within("rows", len(held), 0, 20, where); no != nil {
		return nil, false, no
	}
	return held, fewer, nil
}
