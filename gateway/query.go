package gateway

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"mulu"
	"mulu/act"
	"mulu/platform"
	"mulu/sm"
)

// answer is what a call gets, after its receipt is on disk: a JSON object with one member that the receipt's rows_digest
// covers, or a file.
type answer struct {
	receipt given
	refusal *refusal
	entry   string
	version int
	member  string // "rows" or "match"
	value   []byte // the exact bytes of that member
	next    string
	file    *file // of a batch; whoever has the answer closes it
}

// call is one request as its front hands it in: by, no and err are what the first station found. The body was read up to
// one byte beyond its bound. most bounds a batch file in bytes; 0 means the configured bound.
type call struct {
	grant  string
	method string
	by     caller
	no     *refusal
	err    error
	body   []byte
	most   int64
}

// serve takes a call through the stations and writes its receipt. The error is set only when no receipt could be
// written; then nothing may be answered but that.
func (g *Gateway) serve(ctx context.Context, c call) (answer, error) {
	now := g.cfg.Chain.Now().In(mulu.Shanghai())
	r := Receipt{Time: now.Format(time.RFC3339Nano), Grant: c.grant, Method: c.method}
	a, no, err := g.stations(ctx, c, now, &r)
	if err != nil {
		g.cfg.Log.Error("a call failed", "grant", c.grant, "entry", r.Entry, "err", err)
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
		a.file.close()
		a = answer{refusal: no}
		r.Refused, r.Rows, r.RowsDigest = no.code, 0, ""
	}
	if a.receipt, err = g.receipts.add(r); err != nil {
		a.file.close()
		a.file = nil
	}
	return a, err
}

// stations is the order that is never changed. It fills the receipt with what is known at each.
func (g *Gateway) stations(ctx context.Context, c call, now time.Time, r *Receipt) (answer, *refusal, error) {
	r.Consumer, r.Client, r.Person = c.by.org, c.by.client, c.by.person
	gr, err := g.held(c.grant, c.by)
	if gr != nil {
		r.Entry = gr.Entry
	}
	if err = errors.Join(c.err, err); c.no != nil || err != nil {
		return answer{}, c.no, err
	}
	if len(c.body) > MaxBody {
		return answer{}, refuse(tooLarge), nil
	}
	q, f := decodeRequest(c.method, c.body)
	if f != nil {
		return answer{}, &refusal{code: malformed, detail: f.zh, detailEn: f.en}, nil
	}
	if err := g.stated(r, q); err != nil {
		return answer{}, nil, err
	}
	if no, err := g.usable(gr, c.method, now); no != nil || err != nil {
		return answer{}, no, err
	}
	p, no, err := g.scope(gr, c.method, q, now)
	r.Items, r.KeyDigests, r.DataVersion = p.fields, p.keys, p.version.Number
	if no != nil || err != nil {
		return answer{}, no, err
	}
	switch c.method {
	case check:
		return g.match(ctx, p, now, r)
	case batch:
		r.Format = q.Format
		return g.batch(ctx, c, p, q, now, r)
	default:
		return g.rows(ctx, p, now, r)
	}
}

// stated puts into the receipt what the request says of itself.
func (g *Gateway) stated(r *Receipt, q Request) error {
	r.Purpose = q.Purpose
	if len(q.Filters) > 0 {
		b, err := act.Encode(q.Filters)
		if err != nil {
			return err
		}
		r.FilterDigest = g.digest("filter", b)
	}
	r.CaseDigest = g.caseDigest(q.Case)
	return nil
}

// rows is the source of a query: rows, masked.
func (g *Gateway) rows(ctx context.Context, p permit, now time.Time, r *Receipt) (answer, *refusal, error) {
	page, err := g.page(ctx, &p, p.query)
	if err != nil {
		return answer{}, nil, err
	}
	next := ""
	switch {
	case page.Place != "":
		if next, err = g.placeCursor(&p, page.Place); err != nil {
			return answer{}, nil, err
		}
	case page.Next > 0:
		next = cursor(p.version.Number, page.Next)
	}
	if no, err := g.volumes.take(p.grant, int64(len(page.Rows)), now); no != nil || err != nil {
		return answer{}, no, err
	}
	a := p.answer("rows", p.encode(page.Rows), r)
	r.Rows, a.next = len(page.Rows), next
	return a, nil, nil
}

// match is the source of a check: whether there is a row. It counts as one, whatever it finds.
func (g *Gateway) match(ctx context.Context, p permit, now time.Time, r *Receipt) (answer, *refusal, error) {
	q := p.query
	q.Items, q.Limit = q.Items[:1], 1
	page, err := g.page(ctx, &p, q)
	if err != nil {
		return answer{}, nil, err
	}
	if no, err := g.volumes.take(p.grant, 1, now); no != nil || err != nil {
		return answer{}, no, err
	}
	r.Rows = 1
	return p.answer("match", strconv.AppendBool(nil, len(page.Rows) > 0), r), nil, nil
}

// answer puts the digest of what is given into the receipt.
func (p *permit) answer(member string, value []byte, r *Receipt) answer {
	sum := sm.Sum(value)
	r.RowsDigest = hex.EncodeToString(sum[:])
	return answer{entry: p.grant.Entry, version: p.version.Number, member: member, value: value}
}

// page asks the source, for no longer than a query may take.
func (g *Gateway) page(ctx context.Context, p *permit, q platform.Query) (platform.Page, error) {
	limited, cancel := context.WithTimeout(ctx, g.cfg.QueryTimeout)
	defer cancel()
	if p.connected != "" {
		return g.ask(limited, p, q)
	}
	page, err := g.cfg.Source.Query(limited, p.version, q)
	if err != nil && limited.Err() != nil {
		err = limited.Err()
	}
	return page, err
}

// encode writes rows as a JSON array of objects, fields in the order asked for, no spaces, masked where the grade asks
// for it. An item without a value is null and needs no mask.
func (p *permit) encode(rows []platform.Row) []byte {
	names := p.names()
	b := []byte{'['}
	for n, row := range rows {
		if n > 0 {
			b = append(b, ',')
		}
		b = p.appendRow(b, names, row)
	}
	return append(b, ']')
}

// names are the fields as members of JSON objects.
func (p *permit) names() [][]byte {
	names := make([][]byte, len(p.fields))
	for i, f := range p.fields {
		names[i] = append(platform.AppendText(nil, f), ':')
	}
	return names
}

func (p *permit) appendRow(b []byte, names [][]byte, row platform.Row) []byte {
	b = append(b, '{')
	for i, v := range row {
		if i > 0 {
			b = append(b, ',')
		}
		b = platform.AppendValue(append(b, names[i]...), p.shown(i, v))
	}
	return append(b, '}')
}

// shown is a value as it leaves.
func (p *permit) shown(i int, v string) string {
	if m := p.masks[i]; m != nil && v != "" {
		return m(v)
	}
	return v
}

// cursor names a place in a version. It tells nothing but a row number, which the scope of the grant still filters.
func cursor(version int, row int64) string { return fmt.Sprintf("%d.%d", version, row) }

// resume reads a cursor; one of another version would skip or repeat rows and is refused.
func (p *permit) resume(after string) *refusal {
	if after == "" {
		return nil
	}
	v, n, ok := strings.Cut(after, ".")
	row, err := strconv.ParseInt(n, 10, 64)
	if !ok || err != nil || row < 1 || cursor(p.version.Number, row) != v+"."+n {
		return refuse(cursorStale)
	}
	p.query.After = row
	return nil
}
