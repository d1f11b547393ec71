package web

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"mulu"
	"mulu/read"
)

// entryVersion is a published version in the list, with who brought it about.
type entryVersion struct {
	read.Version
	Who      string
	From, To bool // it is one of the two compared
}

// compared is two versions side by side: what differs in the entry, and in its items.
type compared struct {
	From, To string // numbers, or "next" for the change that waits
	Fields   []changedField
	Items    []changedItem
	Reorders bool // the items that stayed stand in another order
}

// changedField is a field's value before and after, as pieces: what both share is not marked.
type changedField struct {
	Label         string
	Before, After []read.Run
	Material      bool
}

// changedItem is an item that came, went, or changed in some fields.
type changedItem struct {
	How    string // came | went | changed
	Name   string
	Line   string // of one that came or went: the whole item
	Fields []changedField
}

// pending is how the address names the change that is handed in and not verified.
const pending = "next"

func (v *visit) entryVersions(ctx context.Context, d *entryPage) error {
	list, err := v.Read.Versions(ctx, d.Code)
	if err != nil {
		return err
	}
	w := v.speakers()
	for _, x := range list {
		w.meet(x.Org, x.Person)
	}
	if err := w.names(); err != nil {
		return err
	}
	from, to := v.chosenVersions(d, list)
	for _, x := range slices.Backward(list) {
		n := strconv.Itoa(x.N)
		d.Versions = append(d.Versions, entryVersion{x, w.say("", x.Org, "", x.Person), n == from, n == to})
	}
	if from == "" {
		return nil
	}
	a, b := contentOf(d, list, from), contentOf(d, list, to)
	if a == nil || b == nil {
		return errAbsent
	}
	d.Compared = v.compare(a, b)
	d.Compared.From, d.Compared.To = from, to
	return nil
}

// chosenVersions is which two are compared: those asked for, else the last two, a change that waits being the last for
// those who may see it. None are "".
func (v *visit) chosenVersions(d *entryPage, list []read.Version) (from, to string) {
	q := v.R.URL.Query()
	if from, to = q.Get("from"), q.Get("to"); from != "" && to != "" {
		return from, to
	}
	var all []string
	for _, x := range list {
		all = append(all, strconv.Itoa(x.N))
	}
	if d.Pending() {
		all = append(all, pending)
	}
	if len(all) < 2 {
		return "", ""
	}
	return all[len(all)-2], all[len(all)-1]
}

// Pending tells whether a change waits that who looks may see.
func (d *entryPage) Pending() bool { return d.Mine && d.Version > 0 && d.Next != nil }

func contentOf(d *entryPage, list []read.Version, which string) *mulu.EntryContent {
	if which == pending && d.Pending() {
		return d.Next
	}
	i := slices.IndexFunc(list, func(x read.Version) bool { return strconv.Itoa(x.N) == which })
	if i < 0 {
		return nil
	}
	return &list[i].Content
}

// compare arranges what differs between two contents: the entry's fields, then item by item.
func (v *visit) compare(was, is *mulu.EntryContent) *compared {
	c := &compared{}
	for _, d := range v.differences(was, is) {
		switch {
		case d.Item == "" && d.Field == "信息项":
			c.Reorders = true
		case d.Item == "":
			c.Fields = append(c.Fields, changed(d))
		case d.Field == "信息项" && d.Before == "":
			c.Items = append(c.Items, changedItem{How: "came", Name: d.Item, Line: d.After})
		case d.Field == "信息项":
			c.Items = append(c.Items, changedItem{How: "went", Name: d.Item, Line: d.Before})
		default:
			if n := len(c.Items); n == 0 || c.Items[n-1].How != "changed" || c.Items[n-1].Name != d.Item {
				c.Items = append(c.Items, changedItem{How: "changed", Name: d.Item})
			}
			at := &c.Items[len(c.Items)-1]
			at.Fields = append(at.Fields, changed(d))
		}
	}
	return c
}

// Same tells whether nothing differs.
func (c *compared) Same() bool { return len(c.Fields)+len(c.Items) == 0 && !c.Reorders }

// Count is how many items came, went or changed.
func (c *compared) Count(how string) (n int) {
	for _, i := range c.Items {
		if i.How == how {
			n++
		}
	}
	return n
}

func changed(d difference) changedField {
	f := changedField{Label: d.Field, Material: d.Material}
	f.Before, f.After = apart([]rune(d.Before), []rune(d.After))
	return f
}

// apart marks what two texts do not share between their common beginning and end. Short or wholly different ones are
// marked whole, so that no single character is left over.
func apart(a, b []rune) (before, after []read.Run) {
	head, tail := 0, 0
	for head < min(len(a), len(b)) && a[head] == b[head] {
		head++
	}
	for tail < min(len(a), len(b))-head && a[len(a)-1-tail] == b[len(b)-1-tail] {
		tail++
	}
	if head+tail < 4 {
		head, tail = 0, 0
	}
	cut := func(s []rune) (runs []read.Run) {
		for _, r := range []read.Run{{Text: string(s[:head])}, {Text: string(s[head : len(s)-tail]), Mark: true}, {Text: string(s[len(s)-tail:])}} {
			if r.Text != "" {
				runs = append(runs, r)
			}
		}
		return runs
	}
	return cut(a), cut(b)
}

// VersionPath is the address of a comparison.
func (d *entryPage) VersionPath(from, to any) string {
	return fmt.Sprintf("/entries/%s?tab=versions&from=%v&to=%v", d.Code, from, to)
}
