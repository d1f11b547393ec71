package web

import (
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"mulu/read"
)

// coveragePage is how far the catalogs of the institutions have come.
type coveragePage struct {
	Rows   []coverageRow
	Mine   *coverageRow // of the institution that looks, where it is not the bureau
	Total  read.Coverage
	Words  string
	Only   string // "" those that follow the chain, "gaps" those with something to do, "all"
	Sort   string
	Counts map[string]int // of the choices of Only
}

// coverageRow is an institution's coverage with what comes next for it.
type coverageRow struct {
	read.Coverage
	Next []task
}

// task is something that is to be done, with how often and where.
type task struct {
	Text  string // Chinese, {0} stands for the count
	Count int
	Path  string
}

// Covered is how many of the duties are settled: with an entry in force, or declared without data.
func (c coverageRow) Covered() int { return c.WithData + c.Declared }

// Follows tells whether there is anything of the institution in the catalog.
func (c coverageRow) Follows() bool { return c.Duties+c.Entries+c.Systems > 0 }

// coverageSorts are the orders of the table: by what, and which comes first.
var coverageSorts = map[string]func(a, b coverageRow) int{
	"":        func(a, b coverageRow) int { return cmp.Compare(a.Org, b.Org) },
	"duties":  func(a, b coverageRow) int { return share(a.Covered(), a.Duties) - share(b.Covered(), b.Duties) },
	"without": func(a, b coverageRow) int { return b.Without - a.Without },
	"entries": func(a, b coverageRow) int { return b.Published - a.Published },
	"waiting": func(a, b coverageRow) int { return b.Waiting + b.Changing - a.Waiting - a.Changing },
	"linked":  func(a, b coverageRow) int { return share(a.Linked, a.Entries) - share(b.Linked, b.Entries) },
	"bound":   func(a, b coverageRow) int { return share(a.Bound, a.Items) - share(b.Bound, b.Items) },
}

// share orders parts of wholes; what has nothing to cover stands last.
func share(part, whole int) int {
	if whole == 0 {
		return 10001
	}
	return part * 10000 / whole
}

func (v *visit) coveragePage() error {
	all, err := v.Read.Coverages(v.R.Context())
	if err != nil {
		return err
	}
	q := v.R.URL.Query()
	d := &coveragePage{Words: strings.Join(strings.Fields(q.Get("q")), " "), Only: q.Get("only"), Sort: q.Get("sort"), Counts: map[string]int{}}
	if coverageSorts[d.Sort] == nil {
		d.Sort = ""
	}
	if d.Only != "gaps" && d.Only != "all" {
		d.Only = ""
	}
	for _, c := range all {
		r := coverageRow{c, tasksOf(c)}
		if v.own(c.Org) && !v.bureau() {
			mine := r
			d.Mine = &mine
		}
		sum(&d.Total, c)
		d.Counts["all"]++
		if r.Follows() {
			d.Counts[""]++
		}
		if len(r.Next) > 0 {
			d.Counts["gaps"]++
		}
		if d.Only == "" && !r.Follows() || d.Only == "gaps" && len(r.Next) == 0 || !holds(c.Name+" "+c.Short+" "+c.Org, d.Words) {
			continue
		}
		d.Rows = append(d.Rows, r)
	}
	slices.SortStableFunc(d.Rows, coverageSorts[d.Sort])
	if i := slices.IndexFunc(d.Rows, func(r coverageRow) bool { return d.Sort == "" && d.Mine != nil && r.Org == d.Mine.Org }); i > 0 {
		own := d.Rows[i]
		d.Rows = slices.Insert(slices.Delete(d.Rows, i, i+1), 0, own)
	}
	if v.wanted("coverage") {
		return v.part("coverage", "coverage-table", d)
	}
	return v.show("coverage", d)
}

// Path is the address of the table with one thing otherwise.
func (d *coveragePage) Path(name, value string) string {
	q := url.Values{}
	for n, s := range map[string]string{"q": d.Words, "only": d.Only, "sort": d.Sort, name: value} {
		if s != "" {
			q.Set(n, s)
		}
	}
	if len(q) == 0 {
		return "/coverage"
	}
	return "/coverage?" + q.Encode()
}

func sum(t *read.Coverage, c read.Coverage) {
	for _, x := range []struct {
		to *int
		n  int
	}{{&t.Duties, c.Duties}, {&t.WithData, c.WithData}, {&t.Declared, c.Declared}, {&t.Without, c.Without}, {&t.Entries, c.Entries},
		{&t.Published, c.Published}, {&t.Waiting, c.Waiting}, {&t.Returned, c.Returned}, {&t.Changing, c.Changing}, {&t.Suspended, c.Suspended},
		{&t.Retired, c.Retired}, {&t.Linked, c.Linked}, {&t.Bound, c.Bound}, {&t.Items, c.Items}, {&t.Systems, c.Systems}, {&t.Tables, c.Tables}} {
		*x.to += x.n
	}
}

// tasksOf lists what is to be done next for an institution's catalog, the most urgent first.
func tasksOf(c read.Coverage) []task {
	path := "/coverage/" + c.Org
	var list []task
	add := func(n int, text, at string) {
		if n > 0 {
			list = append(list, task{text, n, at})
		}
	}
	add(c.Returned, "修改退回的 {0} 条", path+"#returned")
	add(c.Waiting+c.Changing, "待核定 {0} 条", path+"#waiting")
	add(c.Without, "{0} 项职责未编目", path+"#duties")
	add(c.Entries-c.Linked, "{0} 条未挂接系统", path+"#systems")
	add(c.Items-c.Bound, "{0} 个信息项未绑定", path+"#items")
	return list
}

// coverageView is the coverage of one institution: its gaps, each with the next step.
type coverageView struct {
	Row      coverageRow
	Org      read.Org
	Mine     bool // own or the bureau's to see
	Duties   []read.Duty
	Returned []read.Waiting
	Waiting  []read.Waiting
	Unlinked []read.Entry
	Unbound  []read.Unbound
	// which next steps who looks may take
	MayEnter, MayDeclare, MayLink, MayVerify bool
}

// gapsShown bounds each list of gaps.
const gapsShown = 200

func (v *visit) coverageOf() error {
	ctx, org := v.R.Context(), v.R.PathValue("org")
	c, err := v.Read.Coverage(ctx, org)
	if err != nil {
		return err
	}
	d := &coverageView{Row: coverageRow{c, tasksOf(c)}, Mine: v.own(org) || v.bureau()}
	if d.Org, err = v.Read.Org(ctx, org); err != nil {
		return err
	}
	own := v.own(org)
	d.MayEnter = own && v.may("entry.submit") && v.leads("/entries/new")
	d.MayDeclare = own && v.may("duty.no_data") && v.leads("/duties/D/no-data")
	d.MayLink = own && v.may("system.link") && v.leads("/entries/0/0/links")
	d.MayVerify = v.bureau() && v.may("entry.verify") && v.leads("/verify")
	if d.Duties, err = v.Read.DutiesWithout(ctx, org, "", gapsShown); err != nil {
		return err
	}
	unlinked, err := v.Read.Unlinked(ctx, org, "", gapsShown)
	if err != nil {
		return err
	}
	d.Unlinked, _ = v.seen(unlinked)
	unbound, err := v.Read.UnboundEntries(ctx, org, "", gapsShown)
	if err != nil {
		return err
	}
	for _, u := range unbound {
		if v.sees(u.Org, u.Version) {
			d.Unbound = append(d.Unbound, u)
		}
	}
	if d.Mine {
		if d.Returned, err = v.Read.OwnEntries(ctx, org, "returned", 0, gapsShown); err != nil {
			return err
		}
		if d.Waiting, err = v.Read.WaitingEntries(ctx, org, 0, gapsShown); err != nil {
			return err
		}
	}
	return v.show("coverage_of", d)
}

// UnlinkedHidden counts the entries without a system that who looks does not see, or that are beyond the list.
func (d *coverageView) UnlinkedHidden() int { return d.Row.Entries - d.Row.Linked - len(d.Unlinked) }

// UnboundHidden counts unbound items that stand in no line of the list.
func (d *coverageView) UnboundHidden() int {
	n := d.Row.Items - d.Row.Bound
	for _, u := range d.Unbound {
		n -= u.Without
	}
	return n
}

// DutiesHidden counts the duties without an entry that are beyond the list.
func (d *coverageView) DutiesHidden() int { return d.Row.Without - len(d.Duties) }

// UnlinkedAll counts the entries without a system.
func (d *coverageView) UnlinkedAll() int { return d.Row.Entries - d.Row.Linked }

// percentage is a part of a whole, for the figures at the top.
func percentage(part, whole int) string {
	if whole == 0 {
		return "–"
	}
	return fmt.Sprintf("%d%%", part*100/whole)
}

// CoveredShare is the share of duties that are settled.
func (d *coveragePage) CoveredShare() string {
	return percentage(d.Total.WithData+d.Total.Declared, d.Total.Duties)
}

// LinkedShare is the share of entries with a system.
func (d *coveragePage) LinkedShare() string { return percentage(d.Total.Linked, d.Total.Entries) }

// BoundShare is the share of items with a column.
func (d *coveragePage) BoundShare() string { return percentage(d.Total.Bound, d.Total.Items) }
