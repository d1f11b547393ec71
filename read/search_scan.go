package read

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"mulu"
)

// scanAll answers a query by reading every entry.
func (r *Read) scanAll(ctx context.Context, q Query) (Found, error) {
	states, err := rows(ctx, r, "search entries", `SELECT n.state, n.updated, r.time, coalesce(o.name, ''), coalesce(o.short, '') FROM noun n
		JOIN record r ON r.n = n.updated LEFT JOIN org o ON o.id = n.org WHERE n.kind = 'entry' ORDER BY n.id`,
		func(s scanner) (h Hit, err error) {
			var state string
			var updated, at int64
			if err := s.Scan(&state, &updated, &at, &h.OrgName, &h.OrgShort); err != nil {
				return h, err
			}
			var e mulu.Entry
			if err := json.Unmarshal([]byte(state), &e); err != nil {
				return h, err
			}
			c := e.Current()
			if c == nil {
				c = &mulu.EntryContent{}
			}
			h.Entry = Entry{Code: e.Code, Org: e.Org, Name: c.Name, Class: c.Class, Sharing: c.Sharing.Type, Opening: c.Opening.Type, Grade: c.Grade,
				Personal: c.Personal, Base: c.Base, Cycle: c.Cycle, Duty: c.Duty, Status: e.Status, Version: e.Version}
			h.Theme, h.Summary, h.Updated, h.Items = c.Theme, c.Summary, fromNanos(at), len(c.Items)
			h.Title, h.Snippet = []Run{{h.Name, false}}, []Run{{h.Summary, false}}
			for _, i := range c.Items {
				h.MatchedItems = append(h.MatchedItems, i.Name)
			}
			return h, nil
		})
	if err != nil {
		return Found{}, err
	}
	f := Found{Exact: true}
	counts := map[string]map[string]int{}
	chosen := map[string][]string{"org": q.Org, "class": q.Class, "theme": q.Theme, "sharing": q.Sharing, "opening": q.Opening, "base": q.Base,
		"cycle": q.Cycle, "status": q.Status}
	for _, g := range q.Grade {
		chosen["grade"] = append(chosen["grade"], strconv.Itoa(g))
	}
	if q.Personal != nil {
		chosen["personal"] = []string{strconv.FormatBool(*q.Personal)}
	}
	fields := []string{"org", "class", "theme", "sharing", "opening", "grade", "base", "cycle", "status", "personal"}
	for _, h := range states {
		if h.Version == 0 && !q.Bureau && (q.Viewer == "" || q.Viewer != h.Org) {
			continue
		}
		occurs, items := true, []string(nil)
		for _, w := range strings.Fields(strings.ToLower(q.Words)) {
			here := ""
			for _, t := range [][2]string{{"summary", h.Summary}, {"provider", h.OrgName}, {"alias", h.OrgShort}, {"code", h.Code}, {"name", h.Name}} {
				if strings.Contains(strings.ToLower(t[1]), w) {
					here = t[0]
				}
			}
			for _, i := range h.MatchedItems {
				if strings.Contains(strings.ToLower(i), w) {
					items = append(items, i)
					here = cmp.Or(here, "item")
				}
			}
			occurs = occurs && here != ""
			if here != "" && !slices.Contains(h.Where, here) {
				h.Where = append(h.Where, here)
			}
		}
		if !occurs {
			continue
		}
		h.MatchedItems = items[:min(len(items), MatchedItemsMost)]
		f.Unfiltered++
		values := map[string]string{"org": h.Org, "class": h.Class, "theme": h.Theme, "sharing": h.Sharing, "opening": h.Opening, "base": h.Base,
			"cycle": h.Cycle, "status": h.Status, "grade": strconv.Itoa(h.Grade), "personal": strconv.FormatBool(h.Personal)}
		failed := []string{}
		for _, field := range fields {
			if list := chosen[field]; len(list) > 0 && !slices.Contains(list, values[field]) || field == "status" && len(list) == 0 && h.Status == "retired" {
				failed = append(failed, field)
			}
		}
		if q.Duty != "" && q.Duty != h.Duty {
			failed = append(failed, "duty")
		}
		for _, field := range fields {
			if values[field] != "" && (len(failed) == 0 || len(failed) == 1 && failed[0] == field) {
				if counts[field] == nil {
					counts[field] = map[string]int{}
				}
				counts[field][values[field]]++
			}
		}
		if len(failed) > 0 {
			continue
		}
		f.Total++
		f.Hits = append(f.Hits, h)
	}
	switch q.Sort {
	case "name":
		slices.SortStableFunc(f.Hits, func(a, b Hit) int { return strings.Compare(a.Name, b.Name) })
	case "updated":
		slices.SortStableFunc(f.Hits, func(a, b Hit) int { return b.Updated.Compare(a.Updated) })
	default:
		slices.SortStableFunc(f.Hits, func(a, b Hit) int {
			in := func(h Hit) bool { return slices.Contains(h.Where, "name") }
			if in(a) != in(b) {
				if in(a) {
					return -1
				}
				return 1
			}
			return 0
		})
	}
	for _, field := range fields {
		facet := Facet{Field: field}
		for v, n := range counts[field] {
			facet.Values = append(facet.Values, FacetValue{Value: v, Count: n, Chosen: slices.Contains(chosen[field], v)})
		}
		slices.SortFunc(facet.Values, func(a, b FacetValue) int {
			return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Value, b.Value))
		})
		f.Facets = append(f.Facets, facet)
	}
	from := 0
	if q.After != "" {
		if from, err = strconv.Atoi(q.After); err != nil {
			return Found{}, fmt.Errorf("search entries: the cursor %q: %w", q.After, err)
		}
	}
	most := q.Limit
	if most <= 0 {
		most = 20
	}
	end := min(len(f.Hits), from+min(most, 100))
	if end < len(f.Hits) {
		f.Next = strconv.Itoa(end)
	}
	f.Hits = f.Hits[min(from, end):end]
	return f, nil
}
