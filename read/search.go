package read

import (
	"context"
	"time"
)

// Query asks for data entries. Within a filter any value will do, between filters all must hold; an empty filter
// lets everything pass. Without Status, retired entries are left out. Entries that were never published are found by
// their provider (Viewer) and by the bureau only.
type Query struct {
	Words string // what the person typed; spaces part words, all of which must occur

	Org, Class, Theme, Sharing, Opening, Base, Cycle, Status []string
	Grade                                                    []int
	Personal                                                 *bool
	Duty                                                     string

	Viewer string // institution that asks, "" for nobody's
	Bureau bool   // asked by the bureau, which sees everything

	Sort  string // "" best first, "name" by pinyin, "updated" latest first
	After string // Found.Next of the page before, "" for the first
	Limit int    // 0 = 20, at most 100
}

// Hit is an entry found. Where says in what a word occurs: name, alias (former or short name of the provider, or a
// word of the same meaning), code, item, provider, summary, initials; in this order.
type Hit struct {
	Entry
	OrgName, OrgShort string
	Theme             string
	Summary           string
	Updated           time.Time // law's time of the last fact about the entry
	Where             []string
	Title             []Run    // the name, with what matches marked
	Snippet           []Run    // the part of the summary that matches, else its beginning
	MatchedItems      []string // names of items that match, at most MatchedItemsMost
	Items             int      // how many items the entry has
}

// MatchedItemsMost bounds Hit.MatchedItems.
const MatchedItemsMost = 8

// Run is a piece of text, marked where a word of the query occurs.
type Run struct {
	Text string
	Mark bool
}

// Facet counts what is found by the values of a field, as if that field's own filter were not set. Fields: org, class,
// theme, sharing, opening, grade, base, cycle, status, personal ("true" and "false"). The most frequent value comes first.
type Facet struct {
	Field  string
	Values []FacetValue
}

// FacetValue is one value of a field. Label is an institution's name and "" for code lists, which mulu.Say puts in words.
type FacetValue struct {
	Value, Label string
	Count        int
	Chosen       bool
}

// Found is one page of what a query finds. Total is exact. Next is "" on the last page.
type Found struct {
	Hits       []Hit
	Total      int
	Exact      bool // always true: nothing is estimated
	Unfiltered int  // what the words alone would find
	Next       string
	Facets     []Facet
	Suggest    []string // words that do find something; only where nothing was found
}

// Completion is what somebody may be about to type. Kind is entry, item or org; ID is the entry's code or the
// institution's id, "" for an item.
type Completion struct {
	Kind, ID, Text string
}

// Search finds data entries. A word occurs where its characters stand one behind the other, full-width and half-width
// forms, capitals and small letters being the same; letters may be pinyin initials of a name.
//
// Pages: an entry that matches all the while and does not change between the first page and the last comes exactly
// once, whatever happens to others. One that changes meanwhile may come twice or not at all where its place in the
// order changes with it: its name or texts when the best come first, its name by pinyin, any change by time.
func (r *Read) Search(ctx context.Context, q Query) (Found, error) {
	s, err := r.newSearch(q)
	if err != nil {
		return Found{}, err
	}
	if err := s.run(ctx); err != nil {
		return Found{}, r.wrap("search entries", err)
	}
	f := Found{Total: s.total, Exact: true, Unfiltered: s.unfiltered, Facets: s.facets(), Hits: []Hit{}}
	if f.Hits, err = s.hits(ctx); err != nil {
		return Found{}, err
	}
	if s.more {
		f.Next = s.last.cursor()
	}
	if f.Unfiltered == 0 && len(s.words) > 0 {
		if f.Suggest, err = r.suggest(ctx, q, s.words); err != nil {
			return Found{}, err
		}
	}
	return f, nil
}

// SearchSize is what the search index takes: texts numbered so far, blocks on disk with their bytes.
type SearchSize struct {
	Texts, Blocks int
	Bytes         int64
}

// SearchSize measures the search index.
func (r *Read) SearchSize(ctx context.Context) (SearchSize, error) {
	return row(ctx, r, "measure the search index", `SELECT coalesce((SELECT texts FROM position), 0), (SELECT count(*) FROM search_block),
		(SELECT coalesce(sum(length(lists)), 0) FROM search_page)`, func(s scanner) (z SearchSize, err error) {
		err = s.Scan(&z.Texts, &z.Blocks, &z.Bytes)
		return z, err
	})
}
