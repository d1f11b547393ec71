package web

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"mulu"
	"mulu/desk"
)

// check is what is known of a draft before it is submitted: what stands in its way and where, or what submitting it
// would bring about.
type check struct {
	Marks map[string]*trouble // by place in the form
	List  []*trouble          // the same in the order of the form, and what belongs to no place
	Fact  string              // entry.submitted, entry.change_submitted or entry.changed; "" when it would be refused
	Why   string              // for entry.change_submitted: what makes the change one that is verified, in Chinese
	Art   []mulu.Cite
}

// check looks for gaps, and where there are none asks the law.
func (v *visit) check(d desk.Draft, w *written) check {
	c := check{Marks: map[string]*trouble{}}
	if gaps := w.gaps(); len(gaps) > 0 {
		for place, no := range gaps {
			c.Marks[place] = v.trouble(no)
			c.Marks[place].Field = place
			c.List = append(c.List, c.Marks[place])
		}
		slices.SortFunc(c.List, func(a, b *trouble) int { return inForm(a.Field) - inForm(b.Field) })
		return c
	}
	a, rows := w.act(d)
	facts, no := v.Desk.Preview(v.by(), a)
	if no != nil {
		c.add(v, w, no, rows)
		return c
	}
	for _, f := range facts {
		if f.Noun != mulu.KindEntry {
			continue
		}
		c.Fact, c.Art = f.Kind, f.Art
		var e mulu.Entry
		if json.Unmarshal(f.State, &e) == nil && f.Kind == "entry.change_submitted" {
			c.Why = whyMaterial(e.Why)
		}
	}
	return c
}

func (c *check) add(v *visit, w *written, no *mulu.Refusal, rows []int) {
	t := v.trouble(no)
	if t.Field = w.place(no, rows); t.Field != "" {
		c.Marks[t.Field] = t
	}
	c.List = append(c.List, t)
}

// inForm orders places as the form does: fields, then the grid by rows and columns.
func inForm(place string) int {
	if at := slices.Index(entryFields, place); at >= 0 {
		return at
	}
	rest, ok := strings.CutPrefix(place, "items.")
	if !ok {
		return len(entryFields)
	}
	number, column, _ := strings.Cut(rest, ".")
	row, _ := strconv.Atoi(number) // places are made by Cell
	at := slices.IndexFunc(itemColumns(), func(c gridColumn) bool { return c.Name == column })
	return len(entryFields) + 1 + row*20 + at
}

// Row is the number of the row that a place in the grid is in, from 1; 0 for other places.
func (t *trouble) Row() int {
	rest, ok := strings.CutPrefix(t.Field, "items.")
	if !ok {
		return 0
	}
	number, _, _ := strings.Cut(rest, ".")
	row, err := strconv.Atoi(number)
	if err != nil {
		return 0
	}
	return row + 1
}

// Anchor is where a link to the place leads.
func (t *trouble) Anchor() string {
	switch {
	case t.Field == "":
		return ""
	case t.Field == "items" || strings.HasPrefix(t.Field, "items."):
		return "#items"
	}
	return "#f-" + t.Field
}

// whyMaterial says what makes a change one that the bureau verifies.
func whyMaterial(why string) string {
	switch why {
	case "sharing":
		return "变更了共享属性"
	case "opening":
		return "变更了开放属性"
	case "grade":
		return "变更了级别"
	case "duty":
		return "改挂了职责"
	case "base":
		return "变更了基础库归属"
	case "item_removed":
		return "减少了信息项"
	case "item_changed":
		return "变更了信息项的类型、级别、共享例外或个人信息标识"
	case "item_added":
		return "增加了信息项"
	}
	return why
}
