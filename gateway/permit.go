package gateway

import (
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	"mulu"
	"mulu/platform"
	"mulu/sm"
)

// caller is who calls: a machine client and its institution.
type caller struct{ client, org string }

// who is the first station: the token belongs to an active client of an active institution.
func (g *Gateway) who(token string) (caller, *refusal, error) {
	if token == "" {
		return caller{}, refuse(tokenMissing), nil
	}
	sum := sm.Sum([]byte(token))
	digest := hex.EncodeToString(sum[:])
	ids := g.cfg.Chain.Find(mulu.KindClient, "digest/"+digest)
	if len(ids) == 0 {
		return caller{}, refuse(tokenUnknown), nil
	}
	// A token that was registered anew after a revocation is found several times: an active one counts.
	var found *mulu.Client
	for _, id := range ids {
		c, err := noun[mulu.Client](g.view, mulu.KindClient, id)
		if err != nil {
			return caller{}, nil, err
		}
		if c != nil && c.Digest == digest && (found == nil || c.Status == "active") {
			found = c
		}
	}
	if found == nil {
		return caller{}, refuse(tokenUnknown), nil
	}
	by := caller{found.ID, found.Org}
	if found.Status != "active" {
		return by, refuse(clientRevoked), nil
	}
	o, err := noun[mulu.Org](g.view, mulu.KindOrg, found.Org)
	if err != nil {
		return by, nil, err
	}
	if o == nil || o.Status != "active" {
		return by, refuse(orgInactive), nil
	}
	return by, nil, nil
}

// permit is what a call may do, once it passed all stations before the source.
type permit struct {
	grant   *mulu.Grant
	content *mulu.EntryContent
	version platform.Version
	query   platform.Query
	fields  []string
	masks   []mask // one for each field; nil where it is given plain
}

// grantOf is the second station. A grant that does not exist and one of another institution look the same from outside.
func (g *Gateway) grantOf(id string, by caller, now time.Time) (*mulu.Grant, *refusal, error) {
	gr, err := noun[mulu.Grant](g.view, mulu.KindGrant, id)
	if err != nil {
		return nil, nil, err
	}
	if gr == nil || gr.Consumer != by.org {
		return nil, refuse(grantUnknown), nil
	}
	switch gr.Status {
	case "active":
	case "suspended":
		return gr, refuse(grantSuspended), nil
	case "delivering":
		return gr, refuse(grantWaiting), nil
	default:
		return gr, refuse(grantEnded), nil
	}
	from, err := time.Parse(time.RFC3339, gr.From)
	if err != nil {
		return gr, nil, fmt.Errorf("grant %s: its beginning: %w", id, err)
	}
	until, err := time.Parse(time.RFC3339, gr.Until)
	if err != nil {
		return gr, nil, fmt.Errorf("grant %s: its end: %w", id, err)
	}
	if now.Before(from) {
		return gr, refuse(grantEarly), nil
	}
	if !now.Before(until) {
		return gr, refuse(grantEnded), nil
	}
	if gr.Method != "query" {
		return gr, refuse(grantMethod), nil
	}
	return gr, nil, nil
}

// scope is the third and fourth station: entry, items, filters, the grant's own rows, rate, grade; and then which
// version serves. The items of an answer are in p.fields even when it is refused after they were found to be granted.
func (g *Gateway) scope(gr *mulu.Grant, q Request) (p permit, no *refusal, err error) {
	p.grant = gr
	e, err := noun[mulu.Entry](g.view, mulu.KindEntry, gr.Entry)
	if err != nil {
		return p, nil, err
	}
	if e == nil || e.Now == nil || e.Status != "published" && e.Status != "changing" {
		return p, refuse(entryClosed), nil
	}
	p.content = e.Now
	if no := p.choose(q); no != nil {
		return p, no, nil
	}
	if !g.rates.take(gr.ID) {
		return p, refuse(tooMany), nil
	}
	if no := p.protect(); no != nil {
		return p, no, nil
	}
	d, err := noun[mulu.Dataset](g.view, mulu.KindDataset, gr.Entry)
	if err != nil {
		return p, nil, err
	}
	if d == nil || d.Status != "serving" {
		return p, refuse(noSource), nil
	}
	p.version = platform.Version{Entry: d.Entry, Number: d.Version, Digest: d.Digest}
	p.query.Limit = q.Limit
	return p, p.resume(q.After), nil
}

// choose settles items and filters: only what is granted and still shared. The grant's rows are one more filter.
func (p *permit) choose(q Request) *refusal {
	fields := q.Items
	if len(fields) == 0 {
		fields = p.grant.Items
	}
	for _, f := range fields {
		if no := p.granted(f, itemForeign); no != nil {
			return no
		}
	}
	for _, f := range q.Filters {
		if no := p.granted(f.Item, filterForeign); no != nil {
			return no
		}
	}
	p.fields = fields
	p.query.Items = fields
	p.query.Filters = append(slices.Clone(p.grant.Rows), q.Filters...)
	return nil
}

// granted checks one field. Details name only fields of the entry, never what a stranger wrote.
func (p *permit) granted(field string, foreign Code) *refusal {
	if !slices.Contains(p.grant.Items, field) {
		return &refusal{foreign, strings.Join(p.grant.Items, ", ")}
	}
	item, ok := p.content.Item(field)
	if !ok || p.content.SharingOf(item) == "not_shared" {
		return &refusal{itemUnshared, field}
	}
	return nil
}

// protect is the fifth station: the grade of each item, also of those that only filter, since an answer to a filter
// tells as much as the value.
func (p *permit) protect() *refusal {
	asked := slices.Clone(p.query.Items)
	for _, f := range p.query.Filters[len(p.grant.Rows):] {
		asked = append(asked, f.Item)
	}
	for _, f := range asked {
		if item, _ := p.content.Item(f); givingOf(p.content, item) == withheld {
			return &refusal{gradeWithheld, f}
		}
	}
	for _, f := range p.fields {
		item, _ := p.content.Item(f)
		var m mask
		if givingOf(p.content, item) == masked {
			m = maskOf(item)
		}
		p.masks = append(p.masks, m)
	}
	return nil
}
