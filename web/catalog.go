package web

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"strings"

	"mulu"
	"mulu/read"
)

// branch is a thing in the tree of the four levels with what stands below it, once that is fetched. Path is the walk from
// the institution down to it, which is also the address under which it is opened.
type branch struct {
	Kind, ID    string
	Title, Note string
	Path, Page  string // Page is the thing's own page
	Marks       []mark
	Open, Leaf  bool
	Below       []branch
	Void        string // why nothing stands below
	Next, Link  string // what can be done about it, and where
}

// mark is a tag beside a branch: a word of the domain, or a sentence of these pages with its tone.
type mark struct{ Word, Text, Tone string }

// treePage is the page of the tree.
type treePage struct {
	Words  string
	Groups []treeGroup
	Wrong  *trouble
	Found  int  // what the filter found; -1 without a filter
	Cut    bool // the filter found more than is shown
}

// treeGroup is the institutions of one sort (Art. 2).
// Bare are those with nothing in the catalog, which are folded away.
type treeGroup struct {
	Title string
	Below []branch
	Bare  []branch
}

// Count is how many institutions the group has.
func (g treeGroup) Count() int { return len(g.Below) + len(g.Bare) }

// mostBelow bounds what is shown below one branch, mostFiltered what a filter shows of each level.
const (
	mostBelow    = 1000
	mostFiltered = 60
)

// catalogPage shows the tree opened down to what the address names; to htmx it gives only what stands below that.
func (v *visit) catalogPage() error {
	ctx := v.R.Context()
	walk, err := v.walk(ctx)
	if err != nil {
		return err
	}
	if n := len(walk); n > 0 && v.R.Header.Get("HX-Request") == "true" && v.R.Header.Get("HX-History-Restore-Request") != "true" {
		return v.part("catalog", "below", walk[n-1])
	}
	d := &treePage{Words: strings.Join(strings.Fields(v.R.URL.Query().Get("q")), " "), Found: -1}
	if len([]rune(d.Words)) > longestWords {
		d.Wrong = &trouble{Status: 422, Text: v.t("筛选词过长。"), Mend: v.t("最多 {0} 个字；请只写最能说明数据的词。", longestWords)}
		return v.showAs(d.Wrong.Status, "catalog", d)
	}
	var tops []branch
	sorts, bare := map[string]mulu.OrgKind{}, map[string]bool{}
	orgs, _, err := v.Read.Orgs(ctx, read.OrgQuery{Limit: mostBelow})
	if err != nil {
		return err
	}
	for _, o := range orgs {
		if o.Status == "closed" && o.Entries == 0 {
			continue
		}
		sorts[o.ID], bare[o.ID] = o.Sort, o.Duties+o.Entries == 0
		tops = append(tops, orgBranch(o))
	}
	switch {
	case d.Words != "":
		if tops, err = v.filtered(ctx, d, tops); err != nil {
			return err
		}
	case len(walk) > 0:
		for i := len(walk) - 1; i > 0; i-- {
			put(walk[i-1].Below, walk[i])
		}
		put(tops, walk[0])
	}
	for _, s := range mulu.OrgSorts {
		g := treeGroup{Title: "sort." + s.Code}
		for _, b := range tops {
			switch {
			case string(sorts[b.ID]) != s.Code:
			case bare[b.ID] && !b.Open && d.Words == "":
				g.Bare = append(g.Bare, b)
			default:
				g.Below = append(g.Below, b)
			}
		}
		if g.Count() > 0 {
			d.Groups = append(d.Groups, g)
		}
	}
	if v.wanted("tree") {
		return v.part("catalog", "tree", d)
	}
	return v.show("catalog", d)
}

// put replaces a branch of a list by the same one opened.
func put(list []branch, opened branch) {
	if i := slices.IndexFunc(list, func(b branch) bool { return b.ID == opened.ID && b.Kind == opened.Kind }); i >= 0 {
		opened.Title, opened.Note, opened.Marks = list[i].Title, list[i].Note, list[i].Marks
		list[i] = opened
	}
}

// walk opens each branch that the address names, from the institution down.
func (v *visit) walk(ctx context.Context) ([]branch, error) {
	r := v.R
	org := r.PathValue("org")
	if org == "" {
		return nil, nil
	}
	o, err := v.Read.Org(ctx, org)
	if err != nil {
		return nil, err
	}
	b := orgBranch(read.OrgRow{Org: o})
	if err := v.openOrg(ctx, &b); err != nil {
		return nil, err
	}
	walk := []branch{b}
	duty := r.PathValue("duty")
	if duty == "" {
		return walk, nil
	}
	d, err := v.Read.Duty(ctx, duty)
	if err == nil && d.Org != org {
		err = errAbsent
	}
	if err != nil {
		return nil, err
	}
	b = dutyBranch(d)
	if err := v.openDuty(ctx, &b); err != nil {
		return nil, err
	}
	walk = append(walk, b)
	if r.PathValue("class") == "" {
		return walk, nil
	}
	below, err := v.walkEntry(ctx, b.Path, duty, r.PathValue("class")+"/"+r.PathValue("seq"))
	return append(walk, below...), err
}

// walkEntry opens an entry of a duty, and the system and table below it that the address names.
func (v *visit) walkEntry(ctx context.Context, path, duty, code string) ([]branch, error) {
	var e mulu.Entry
	if err := v.noun(mulu.KindEntry, code, &e); err != nil {
		return nil, err
	}
	c := e.Current()
	if !v.sees(e.Org, e.Version) || c == nil || c.Duty != duty {
		return nil, errAbsent
	}
	links, err := v.Read.LinksOf(ctx, code)
	if err != nil {
		return nil, err
	}
	b := entryBranch(path, read.Entry{Code: code, Org: e.Org, Name: c.Name, Sharing: c.Sharing.Type, Grade: c.Grade, Status: e.Status})
	if err := v.openEntry(ctx, &b, e.Org, links); err != nil {
		return nil, err
	}
	walk := []branch{b}
	system := v.R.PathValue("system")
	if system == "" {
		return walk, nil
	}
	i := slices.IndexFunc(b.Below, func(x branch) bool { return x.ID == system })
	if i < 0 {
		return nil, errAbsent
	}
	s := b.Below[i]
	if err := v.openSystem(ctx, &s, e.Org, links); err != nil {
		return nil, err
	}
	walk = append(walk, s)
	table := v.R.PathValue("table")
	if table == "" {
		return walk, nil
	}
	if i = slices.IndexFunc(s.Below, func(x branch) bool { return x.ID == table }); i < 0 {
		return nil, errAbsent
	}
	t := s.Below[i]
	err = v.openTable(ctx, &t, c, links)
	return append(walk, t), err
}

// filtered prunes the tree to what holds the words: institutions, duties, entries, each under what it belongs to.
func (v *visit) filtered(ctx context.Context, d *treePage, tops []branch) ([]branch, error) {
	duties, err := v.Read.DutiesNamed(ctx, d.Words, "", mostFiltered)
	if err != nil {
		return nil, err
	}
	q := read.Query{Words: d.Words, Viewer: v.Org.ID, Bureau: v.bureau(), Limit: mostFiltered}
	found, err := v.Read.Search(ctx, q)
	if err != nil {
		return nil, err
	}
	under := map[string][]branch{} // entries by duty
	for _, h := range found.Hits {
		if !slices.ContainsFunc(h.Where, func(w string) bool { return w == "name" || w == "code" || w == "initials" }) {
			continue
		}
		if !slices.ContainsFunc(duties, func(y read.Duty) bool { return y.ID == h.Duty }) {
			y, err := v.Read.Duty(ctx, h.Duty)
			if errors.Is(err, read.ErrAbsent) {
				continue
			}
			if err != nil {
				return nil, err
			}
			duties = append(duties, y)
		}
		under[h.Duty] = append(under[h.Duty], entryBranch("/catalog/"+h.Org+"/"+h.Duty, h.Entry))
		d.Found++
	}
	d.Found, d.Cut = d.Found+1, found.Total > len(found.Hits) || len(duties) >= mostFiltered
	byOrg := map[string][]branch{}
	for _, y := range duties {
		b := dutyBranch(y)
		if list := under[y.ID]; len(list) > 0 {
			b.Open, b.Below = true, list
		} else {
			d.Found++
		}
		byOrg[y.Org] = append(byOrg[y.Org], b)
	}
	var kept []branch
	for _, b := range tops {
		switch list := byOrg[b.ID]; {
		case len(list) > 0:
			b.Open, b.Below = true, list
			kept = append(kept, b)
		case holds(b.Title+" "+b.Note, d.Words):
			d.Found++
			kept = append(kept, b)
		}
	}
	return kept, nil
}

// holds tells whether a text holds every word.
func holds(text, words string) bool {
	text = strings.ToLower(text)
	return !slices.ContainsFunc(strings.Fields(strings.ToLower(words)), func(w string) bool { return !strings.Contains(text, w) })
}

// FilterPath is the search page for the same words.
func (d *treePage) FilterPath() string { return "/search?" + url.Values{"q": {d.Words}}.Encode() }
