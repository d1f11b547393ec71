package web

import (
	"net/url"
	"slices"
	"strconv"

	"mulu"
	"mulu/people"
	"mulu/read"
)

// writeRoutes are the pages on which an institution enters its catalog: entries with their drafts and links, duties,
// systems, tables, machine clients.
func writeRoutes() []Route {
	steward := Only(people.Steward)
	return slices.Concat([]Route{
		{"GET", "/entries", Members, false, (*visit).entriesPage},
		{"GET", "/entries/new", steward, false, (*visit).newEntry},
		{"GET", "/entries/field-name", steward, false, (*visit).proposeField},
		{"GET", "/entries/{class}/{seq}/edit", steward, false, (*visit).editEntry},
		{"GET", "/entries/{class}/{seq}/links", steward, false, (*visit).linksPage},
		{"POST", "/entries/{class}/{seq}/links", steward, false, (*visit).changeLinks},
		{"GET", "/drafts", steward, false, (*visit).draftsPage},
		{"POST", "/drafts/submit", steward, false, (*visit).submitDrafts},
		{"GET", "/drafts/{id}", steward, false, (*visit).draftPage},
		{"POST", "/drafts/{id}", steward, false, (*visit).saveDraft},
		{"POST", "/drafts/{id}/discard", steward, false, (*visit).discardDraft},
	}, reasonRoutes(), dutyRoutes(), systemRoutes(), clientRoutes())
}

// entriesPage is the institution's data entries as a working list.
type entriesPage struct {
	Tabs         []listTab
	Words        string
	Status       string
	Rows         []read.Working
	Next         string
	Drafts       int
	Ready        int // of the drafts, that pass the check
	Total        int
	WithoutEntry int // duties without an entry in force and without a declaration
}

// listTab is one of several views of a list.
type listTab struct {
	Path, Title string
	Count       int
	Here        bool
}

// pageRows is how many rows a list shows at once.
const pageRows = 50

// workStates are the states in the order in which they call for work.
var workStates = []string{"returned", "submitted", "changing", "published", "suspended", "retired"}

func (v *visit) entriesPage() error {
	ctx := v.R.Context()
	p := &entriesPage{Words: v.text("q"), Status: v.text("status")}
	if p.Status != "" && !slices.Contains(workStates, p.Status) {
		return errAbsent
	}
	counts, err := v.Read.CountsOf(ctx, mulu.KindEntry, v.Person.Org)
	if err != nil {
		return err
	}
	for s, n := range counts {
		if s != "retired" {
			p.Total += n
		}
	}
	p.Tabs = []listTab{{p.path("", ""), v.t("全部"), p.Total, p.Status == ""}}
	for _, s := range workStates {
		if counts[s] > 0 || s == p.Status {
			p.Tabs = append(p.Tabs, listTab{p.path(s, ""), mulu.Say(s, v.Lang), counts[s], s == p.Status})
		}
	}
	q := read.WorkingQuery{Org: v.Person.Org, Status: p.Status, Words: p.Words, Before: read.Place(number64(v.text("before"))), Limit: pageRows + 1}
	if p.Rows, err = v.Read.WorkingEntries(ctx, q); err != nil {
		return err
	}
	if len(p.Rows) > pageRows {
		p.Rows = p.Rows[:pageRows]
		p.Next = p.path(p.Status, fmtPlace(p.Rows[pageRows-1].Place))
	}
	tasks, err := v.Read.Tasks(ctx, v.Person.Org)
	if err != nil {
		return err
	}
	p.WithoutEntry = tasks.WithoutEntry
	if v.Person.Roles.Has(people.Steward) {
		d, err := v.drafts()
		if err != nil {
			return err
		}
		p.Drafts, p.Ready = len(d.Rows), d.Ready
	}
	return v.show("entries", p)
}

// Cite gives templates a provision for the parts that take one.
func (v view) Cite(place string) mulu.Cite { return mulu.Cite(place) }

// number64 reads a cursor; what is none is the beginning.
func number64(s string) int64 {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return 0
	}
	return n
}

func fmtPlace(p read.Place) string { return strconv.FormatInt(int64(p), 10) }

// path is the list's own path with other filters.
func (p *entriesPage) path(status, before string) string {
	q := url.Values{}
	for name, value := range map[string]string{"q": p.Words, "status": status, "before": before} {
		if value != "" {
			q.Set(name, value)
		}
	}
	if len(q) == 0 {
		return "/entries"
	}
	return "/entries?" + q.Encode()
}
