package web

import (
	"slices"
	"time"

	"mulu"
)

// askedTable sets what was asked beside what was given.
type askedTable struct {
	Items []givenItem
	Lines []askedLine
	Given bool
}

// givenItem is an item that was asked for, or that the answer left out.
type givenItem struct {
	Name      string
	Sensitive bool
	Left      bool // asked for and not given
}

// askedLine is a bound asked for and given. Differs marks what was narrowed.
type askedLine struct {
	Label, Asked, Got string
	Differs           bool
}

func (v *visit) askedTable(c *mulu.EntryContent, a *mulu.Application, g *mulu.Grant) askedTable {
	t := askedTable{Given: g != nil}
	for _, f := range a.Ask.Items {
		one := givenItem{Name: f, Left: g != nil && !slices.Contains(g.Items, f)}
		if i, ok := c.Item(f); ok {
			one.Name, one.Sensitive = i.Name, i.Sensitive
		}
		t.Items = append(t.Items, one)
	}
	line := func(label, asked, got string) {
		t.Lines = append(t.Lines, askedLine{label, asked, got, g != nil && asked != got})
	}
	days := func(n int) string { return v.t("{0} 天", n) }
	usual := func(n int) string {
		if n == 0 {
			return v.t("按通常")
		}
		return number(n)
	}
	var got mulu.Grant
	if g != nil {
		got = *g
	}
	line("行范围", v.rowsWords(c, a.Ask.Rows), v.rowsWords(c, got.Rows))
	line("方式", mulu.Word(mulu.Methods, a.Ask.Method, v.Lang), mulu.Word(mulu.Methods, got.Method, v.Lang))
	line("使用天数", days(a.Ask.Days), days(daysOf(got.From, got.Until)))
	for _, n := range []struct {
		label      string
		asked, got int
	}{{"每分钟次数", a.Ask.Rate, got.Rate}, {"每日条数", a.Ask.Volume, got.Volume}} {
		line(n.label, usual(n.asked), number(n.got))
		if last := &t.Lines[len(t.Lines)-1]; n.asked == 0 {
			last.Differs = false
			if a.Answer != nil && (n.label == "每分钟次数" && a.Answer.Rate > 0 || n.label == "每日条数" && a.Answer.Volume > 0) {
				last.Differs = true
			}
		}
	}
	return t
}

// daysOf is how many days a permission holds.
func daysOf(from, until string) int {
	f, err := time.Parse(time.RFC3339, from)
	u, err2 := time.Parse(time.RFC3339, until)
	if err != nil || err2 != nil {
		return 0
	}
	return int(u.Sub(f).Hours()/24 + .5)
}

// rowsWords says a row scope.
func (v *visit) rowsWords(c *mulu.EntryContent, rows []mulu.Filter) string {
	if len(rows) == 0 {
		return v.t("不限")
	}
	text := ""
	for i, f := range rows {
		if i > 0 {
			text += "\n"
		}
		name := f.Item
		if it, ok := c.Item(f.Item); ok {
			name = it.Name
		}
		text += name + " = " + v.shown[v.Lang].joined(f.Values)
	}
	return text
}
