package web

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"mulu"
	"mulu/people"
	"mulu/read"
)

func grantRoutes() []Route {
	return []Route{
		{"GET", "/grants", sharers, false, (*visit).grantsPage},
		{"GET", "/grants/{id}", sharers, false, (*visit).grantPage},
		{"POST", "/grants/{id}/try", Only(people.Steward, people.Approver), false, (*visit).tryGrant},
		{"GET", "/grants/{id}/receipts", sharers, false, (*visit).receiptsPage},
		{"POST", "/grants/{id}/receipts", sharers, false, (*visit).findReceipts},
		{"GET", "/receipts/{id}", sharers, false, (*visit).receiptPage},
		{"GET", "/receipts/{id}/lines", sharers, false, (*visit).receiptLines},
		{"GET", "/receipts/{id}/proof", sharers, false, (*visit).receiptProof},
	}
}

// sharers are those who see what passes between institutions: who works with data, who oversees it, and who audits.
var sharers = Only(people.Steward, people.Approver, people.Observer, people.Reader, people.Auditor)

// sides are the tabs of what has two parties: what the institution has as consumer, as provider, and for the bureau all.
type sides struct {
	Tabs []pageTab
	Side string // use | provide | all
	read.Party
}

// sidesOf reads the side asked for. Titles are those of the tabs for the consumer, the provider and all.
func (v *visit) sidesOf(path string, titles [3]string, otherwise string) sides {
	s := sides{Side: v.R.URL.Query().Get("side")}
	list := []string{"use", "provide"}
	if v.bureau() {
		list = append(list, "all")
	}
	if !slices.Contains(list, s.Side) {
		s.Side = otherwise
		if v.bureau() {
			s.Side = "all"
		}
	}
	for i, side := range list {
		s.Tabs = append(s.Tabs, pageTab{Path: path + "?side=" + side, Title: titles[i], Here: side == s.Side})
	}
	switch s.Side {
	case "use":
		s.Consumer = v.Org.ID
	case "provide":
		s.Provider = v.Org.ID
	}
	return s
}

// stateTab is one of the statuses that a list is narrowed to.
type stateTab struct {
	Path, Key string
	Count     int
	Here      bool
}

// states are the statuses of a list with their counts: open ones together, each one, and those that are over together.
func (s sides) states(path, status string, counts map[string]int, open, over []string) []stateTab {
	sum := func(list []string) (n int) {
		for _, x := range list {
			n += counts[x]
		}
		return n
	}
	link := func(status string) string {
		return path + "?" + url.Values{"side": {s.Side}, "status": {status}}.Encode()
	}
	tabs := []stateTab{{path + "?side=" + s.Side, "open", sum(open), status == ""}}
	if len(open) > 1 {
		for _, x := range open {
			tabs = append(tabs, stateTab{link(x), x, counts[x], status == x})
		}
	}
	for _, x := range over {
		if counts[x] > 0 || status == x {
			tabs = append(tabs, stateTab{link(x), x, counts[x], status == x})
		}
	}
	return tabs
}

// dueQuery reads what a list is asked for.
func (v *visit) dueQuery(p read.Party) read.DueQuery {
	q := read.DueQuery{Party: p, Status: v.R.URL.Query().Get("status"), Max: pageRows + 1}
	at, id, _ := strings.Cut(v.R.URL.Query().Get("after"), "|")
	q.After = read.Due{At: at, ID: id}
	return q
}

// turned are the addresses of the next page of a list and of its first, "" where there is none.
type turned struct{ Next, First string }

// turn cuts a list that was asked for with one row more than a page to that page, and says how it goes on: the cursor of its
// last row goes into the address under by.
func turn[T any](v *visit, by string, list []T, cursor func(T) string) ([]T, turned) {
	var t turned
	if v.R.URL.Query().Get(by) != "" {
		t.First = v.withQuery(by, "")
	}
	if len(list) > pageRows {
		list = list[:pageRows]
		t.Next = v.withQuery(by, cursor(list[pageRows-1]))
	}
	return list, t
}

// turnDue is turn for lists by due date.
func turnDue[T interface{ At() read.Due }](v *visit, list []T) ([]T, turned) {
	return turn(v, "after", list, func(row T) string {
		at := row.At()
		return at.At + "|" + at.ID
	})
}

// grantsPage lists permissions.
type grantsPage struct {
	sides
	States []stateTab
	Rows   []grantRow
	turned
	Status string
}

// grantRow is a permission in the list. Left is of its delivery, Days of its period.
type grantRow struct {
	read.Grant
	Left *remaining
	Days int
}

func (v *visit) grantsPage() error {
	p := &grantsPage{sides: v.sidesOf("/grants", [3]string{"我方使用", "我方提供", "全区授权"}, "use")}
	q := v.dueQuery(p.Party)
	p.Status = q.Status
	list, err := v.Read.Grants(v.R.Context(), q)
	if err != nil {
		return err
	}
	list, p.turned = turnDue(v, list)
	counts, err := v.Read.PartyCounts(v.R.Context(), mulu.KindGrant, p.Party)
	if err != nil {
		return err
	}
	p.States = p.states("/grants", p.Status, counts, []string{"delivering", "active", "suspended"}, []string{"ended"})
	p.Rows, err = v.grantRows(list)
	if err != nil {
		return err
	}
	return v.show("grants", p)
}

func (v *visit) grantRows(list []read.Grant) (rows []grantRow, err error) {
	t := v.terms()
	for _, g := range list {
		r := grantRow{Grant: g, Days: v.calendarDays(g.Until)}
		if g.Status != "ended" && g.Delivered == "" {
			if r.Left, err = t.until(g.DeliverBy, g.Provisional, false); err != nil {
				return nil, err
			}
		}
		rows = append(rows, r)
	}
	return rows, nil
}

// party tells whether who looks is of one of two institutions, or of the bureau.
func (v *visit) party(orgs ...string) bool {
	return v.bureau() || v.Org != nil && slices.Contains(orgs, v.Org.ID)
}

// grant reads a permission that who looks may see: its parties and the bureau.
func (v *visit) grant(id string) (g mulu.Grant, err error) {
	if err := v.noun(mulu.KindGrant, id, &g); err != nil {
		return g, err
	}
	if !v.party(g.Consumer, g.Provider) {
		return g, errAbsent
	}
	return g, nil
}

// grantedEntry reads the entry that something is about.
func (v *visit) grantedEntry(code string) (e mulu.Entry, err error) {
	if err := v.noun(mulu.KindEntry, code, &e); err != nil {
		return e, err
	}
	if e.Current() == nil {
		return e, fmt.Errorf("the entry %s has no content", code)
	}
	return e, nil
}
