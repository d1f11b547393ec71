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

// caller is who calls: a machine client and its institution, or a person of an institution on a page.
type caller struct{ client, org, person string }

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
	by := caller{client: found.ID, org: found.Org}
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

// trier is the caller where people try a call on a page: their institution, if it is active.
func (g *Gateway) trier(org, person string) (caller, *refusal, error) {
	by := caller{org: org, person: person}
	o, err := noun[mulu.Org](g.view, mulu.KindOrg, org)
	if err != nil {
		return by, nil, err
	}
	if o == nil || o.Status != "active" {
		return by, refuse(orgInactive), nil
	}
	return by, nil, nil
}

// held gives a grant of the caller's institution, nil when there is none by this number or it is another's.
func (g *Gateway) held(id string, by caller) (*mulu.Grant, error) {
	gr, err := noun[mulu.Grant](g.view, mulu.KindGrant, id)
	if err != nil || gr == nil || by.org == "" || gr.Consumer != by.org {
		return nil, err
	}
	return gr, nil
}

// usable is the second station: the grant stands, at this moment, and is for the method that was called.
// One that does not exist and one of another institution look the same from outside.
func (g *Gateway) usable(gr *mulu.Grant, method string, now time.Time) (*refusal, error) {
	if gr == nil {
		return refuse(grantUnknown), nil
	}
	switch gr.Status {
	case "active":
	case "suspended":
		return refuse(grantSuspended), nil
	case "delivering":
		return refuse(grantWaiting), nil
	default:
		return refuse(grantEnded), nil
	}
	from, err := time.Parse(time.RFC3339, gr.From)
	if err != nil {
		return nil, fmt.Errorf("grant %s: its beginning: %w", gr.ID, err)
	}
	until, err := time.Parse(time.RFC3339, gr.Until)
	if err != nil {
		return nil, fmt.Errorf("grant %s: its end: %w", gr.ID, err)
	}
	if now.Before(from) {
		return refuse(grantEarly), nil
	}
	if !now.Before(until) {
		return refuse(grantEnded), nil
	}
	switch {
	case gr.Method == push:
		return refuse(grantPush), nil
	case gr.Method != method:
		return &refusal{code: grantMethod, detail: "/gateway/" + gr.ID + "/" + verb(gr.Method)}, nil
	}
	return nil, nil
}

// permit is what a call may do, once it passed all stations before the source.
type permit struct {
	grant   *mulu.Grant
	method  string
	content *mulu.EntryContent
	version platform.Version
	query   platform.Query
	fields  []string
	masks   []mask   // one for each field; nil where it is given plain
	keys    []string // digests of the key values that were asked for

	connected string // of connected data: since when; "" of data on the platform
}

// scope is the third and fourth station: entry, items, filters, the grant's own rows, rate, volume, grade; and then which
// version serves, or that the owner's source does. The items of an answer are in p.fields even when it is refused after they were found to be granted.
func (g *Gateway) scope(gr *mulu.Grant, method string, q Request, now time.Time) (p permit, no *refusal, err error) {
	p.grant, p.method = gr, method
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
	p.keys = g.keysOf(e.Now, q.Filters)
	if no := g.rates.take(gr); no != nil {
		return p, no, nil
	}
	left, err := g.volumes.left(gr, now)
	if err != nil {
		return p, nil, err
	}
	if left == 0 {
		return p, overVolume(gr, now), nil
	}
	if no := p.protect(); no != nil {
		return p, no, nil
	}
	d, err := noun[mulu.Dataset](g.view, mulu.KindDataset, gr.Entry)
	if err != nil {
		return p, nil, err
	}
	p.query.Limit = int(min(int64(q.Limit), left)) // what is left of the day, and the next page tomorrow
	switch {
	case d != nil && d.Status == "serving":
		p.version = platform.Version{Entry: d.Entry, Number: d.Version, Digest: d.Digest}
		return p, p.resume(q.After), nil
	case d != nil && d.Status == "connected":
		if g.cfg.Owners == nil {
			return p, refuse(ownerUnknown), nil
		}
		p.version, p.connected = platform.Version{Entry: d.Entry}, d.Loaded
		return p, g.resumePlace(&p, q.After), nil
	}
	return p, refuse(noSource), nil
}

// choose settles items and filters: only what is granted and still shared. The grant's rows are one more filter.
// A check compares the items of its filters and gives none.
func (p *permit) choose(q Request) *refusal {
	fields := q.Items
	if len(fields) == 0 && p.method != check {
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
		if p.method == check && !slices.Contains(fields, f.Item) {
			fields = append(fields, f.Item)
		}
	}
	if p.method == check {
		if no := p.namesOne(fields); no != nil {
			return no
		}
	}
	p.fields = fields
	p.query.Items = fields
	p.query.Filters = append(slices.Clone(p.grant.Rows), q.Filters...)
	return nil
}

// namesOne: a check asks about somebody or something that the caller knows already, so it filters by an item that tells
// one from another: the key, or one of personal information. Otherwise it would answer how many there are of a kind, one
// question after the other. A grant that has no such item leaves it at any.
func (p *permit) namesOne(fields []string) *refusal {
	var telling []string
	for _, f := range p.grant.Items {
		if item, ok := p.content.Item(f); ok && tells(item) {
			telling = append(telling, f)
		}
	}
	if len(telling) == 0 || slices.ContainsFunc(fields, func(f string) bool { return slices.Contains(telling, f) }) {
		return nil
	}
	return &refusal{code: checkNothing, detail: strings.Join(telling, ", ")}
}

// tells says whether an item tells one person or thing from another.
func tells(i mulu.Item) bool { return i.IsKey || i.Personal }

// keysOf gives the digests of the values by which a call asks for somebody or something, each once.
func (g *Gateway) keysOf(c *mulu.EntryContent, filters []mulu.Filter) (keys []string) {
	seen := map[string]bool{}
	for _, f := range filters {
		if item, ok := c.Item(f.Item); !ok || !tells(item) {
			continue
		}
		for _, v := range f.Values {
			if d := g.keyDigest(v); !seen[d] {
				seen[d] = true
				keys = append(keys, d)
			}
		}
	}
	return keys
}

// granted checks one field. Details name only fields of the entry, never what a stranger wrote.
func (p *permit) granted(field string, foreign Code) *refusal {
	if !slices.Contains(p.grant.Items, field) {
		return &refusal{code: foreign, detail: strings.Join(p.grant.Items, ", ")}
	}
	item, ok := p.content.Item(field)
	if !ok || p.content.SharingOf(item) == "not_shared" {
		return &refusal{code: itemUnshared, detail: field}
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
		item, _ := p.content.Item(f)
		if p.method == check && checkable(p.content, item) {
			continue
		}
		if givingOf(p.content, item) == withheld {
			return &refusal{code: gradeWithheld, detail: f}
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
