package gateway

import (
	"context"
	"encoding/hex"
	"errors"
	"strings"
	"time"
	"unicode/utf8"

	"mulu"
	"mulu/platform"
	"mulu/sm"
)

// LookMethod is the method of receipts of looks.
const LookMethod = "look"

// MaxLook is how many rows one look shows.
const MaxLook = 20

// leastReason is how many characters the reason for an unmasked look has at least.
const leastReason = 4

// LookGrant stands in the place of a grant in receipts of looks at an entry's data: no grant covers them, for the data is the
// provider's own. Receipts of an entry's looks are listed by it.
func LookGrant(entry string) string { return "look:" + entry }

// Look is somebody of an entry's provider who looks at its rows on a page (Art. 38(1)). Items come masked as for a consumer;
// Unmask shows those of grade 3 as they are and needs a Reason, which stands in the receipt for all who may see it. Items of
// grade 4 are never shown.
type Look struct {
	Org, Person, Entry string
	Reason             string
	Unmask             bool
	After              string // Next of the page before
	Rows               int    // 1 to MaxLook; 0 = MaxLook
}

// Looked is what a look shows. Of a refused one only Receipt, Code and the sentences are set.
type Looked struct {
	Receipt  string // its id
	N        uint64
	Version  int
	Fields   []string
	Masked   []bool // of each field
	Withheld []string
	Rows     [][]string
	Next     string
	Code     string // of a refusal, see Words
	Zh, En   string // what there is to say beyond the code's words
}

// Look takes a look through the stations that hold for one: the institution, the entry and that it is its own, the reason, how
// often, the grade of each item, the version that serves. Its receipt is on disk before rows leave. An error says that there is no
// receipt, and then nothing is shown.
func (g *Gateway) Look(ctx context.Context, l Look) (Looked, error) {
	if err := g.ready(); err != nil {
		return Looked{}, err
	}
	r := Receipt{Time: g.cfg.Chain.Now().In(mulu.Shanghai()).Format(time.RFC3339Nano), Method: LookMethod}
	seen, no, err := g.look(ctx, l, &r)
	if err != nil {
		g.cfg.Log.Error("a look failed", "entry", r.Entry, "err", err)
		no = refuse(sourceFails)
		var owner *ownerFailed
		switch {
		case errors.As(err, &owner):
			no = refuse(owner.code)
		case errors.Is(err, platform.ErrNoVersion):
			no = refuse(noSource)
		case errors.Is(err, context.DeadlineExceeded):
			no = refuse(tooSlow)
		}
	}
	if no != nil {
		seen = Looked{Code: string(no.code), Zh: no.detail, En: no.detailEn}
		r.Refused, r.Rows, r.RowsDigest = no.code, 0, ""
	}
	kept, err := g.receipts.add(r)
	if err != nil {
		return Looked{}, err
	}
	seen.Receipt, seen.N = kept.id, kept.n
	return seen, nil
}

func (g *Gateway) look(ctx context.Context, l Look, r *Receipt) (seen Looked, no *refusal, err error) {
	by, no, err := g.trier(l.Org, l.Person)
	r.Consumer, r.Person = by.org, by.person
	if no != nil || err != nil {
		return seen, no, err
	}
	e, err := noun[mulu.Entry](g.view, mulu.KindEntry, l.Entry)
	if err != nil {
		return seen, nil, err
	}
	if e == nil || e.Now == nil || e.Org != by.org {
		return seen, refuse(noSource), nil
	}
	r.Grant, r.Entry = LookGrant(e.Code), e.Code
	if no := r.reason(l); no != nil {
		return seen, no, nil
	}
	own := &mulu.Grant{ID: r.Grant, Entry: e.Code}
	if no := g.rates.take(own); no != nil {
		return seen, no, nil
	}
	p := permit{grant: own, method: LookMethod, content: e.Now}
	seen.Withheld = p.openTo(l.Unmask)
	if len(p.fields) == 0 {
		return seen, refuse(gradeWithheld), nil
	}
	r.Items = p.fields
	p.query = platform.Query{Items: p.fields, Limit: MaxLook}
	if 0 < l.Rows && l.Rows < MaxLook {
		p.query.Limit = l.Rows
	}
	if no, err := g.lookAt(&p, l.After); no != nil || err != nil {
		return seen, no, err
	}
	page, err := g.page(ctx, &p, p.query)
	if err != nil {
		return seen, nil, err
	}
	sum := sm.Sum(p.encode(page.Rows))
	r.Rows, r.RowsDigest, r.DataVersion = len(page.Rows), hex.EncodeToString(sum[:]), p.version.Number
	seen.Version, seen.Fields = p.version.Number, p.fields
	for i := range p.fields {
		seen.Masked = append(seen.Masked, p.masks[i] != nil)
	}
	for _, row := range page.Rows {
		shown := make([]string, len(row))
		for i, v := range row {
			shown[i] = p.shown(i, v)
		}
		seen.Rows = append(seen.Rows, shown)
	}
	switch {
	case page.Place != "":
		seen.Next, err = g.placeCursor(&p, page.Place)
	case page.Next > 0:
		seen.Next = cursor(p.version.Number, page.Next)
	}
	return seen, nil, err
}

// reason holds the reason of a look against what a purpose must be, and puts it into the receipt. A masked look needs none.
func (r *Receipt) reason(l Look) *refusal {
	reason := strings.TrimSpace(l.Reason)
	if reason == "" && !l.Unmask {
		r.Purpose = "掩码查看"
		return nil
	}
	if l.Unmask && utf8.RuneCountInString(reason) < leastReason {
		return &refusal{code: malformed, detail: "显示原值须写明理由，至少 4 个字", detailEn: "showing values as they are needs a reason of at least 4 characters"}
	}
	q := Request{Purpose: reason}
	if f := q.checkPurpose(); f != nil {
		return &refusal{code: malformed, detail: f.zh, detailEn: f.en}
	}
	r.Purpose = q.Purpose
	return nil
}

// openTo settles which items a look shows and how; it gives those that are not shown.
func (p *permit) openTo(unmask bool) (withheldItems []string) {
	for _, i := range p.content.Items {
		how := givingOf(p.content, i)
		if how == withheld {
			withheldItems = append(withheldItems, i.Field)
			continue
		}
		var m mask
		if how == masked && !unmask {
			m = maskOf(i)
		}
		p.fields, p.masks = append(p.fields, i.Field), append(p.masks, m)
	}
	return withheldItems
}

// lookAt finds the version that serves, or that the owner's source does, and where to go on.
func (g *Gateway) lookAt(p *permit, after string) (*refusal, error) {
	d, err := noun[mulu.Dataset](g.view, mulu.KindDataset, p.grant.Entry)
	switch {
	case err != nil:
		return nil, err
	case d != nil && d.Status == "serving":
		p.version = platform.Version{Entry: d.Entry, Number: d.Version, Digest: d.Digest}
		return p.resume(after), nil
	case d != nil && d.Status == "connected":
		if g.cfg.Owners == nil {
			return refuse(ownerUnknown), nil
		}
		p.version, p.connected = platform.Version{Entry: d.Entry}, d.Loaded
		return g.resumePlace(p, after), nil
	}
	return refuse(noSource), nil
}
