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

// answer is what a call gets, after its receipt is on disk.
type answer struct {
	receipt given
	refusal *refusal
	entry   string
	version int
	rows    []byte // the exact JSON array that the receipt's rows_digest covers
	next    string
}

// call is one request as the HTTP side hands it in: by, no and err are what the first station found. The body was read
// up to one byte beyond its bound.
type call struct {
	grant string
	by    caller
	no    *refusal
	err   error
	body  []byte
}

// query takes a call through the stations and writes its receipt. The error is set only when no receipt could be
// written; then nothing may be answered but that.
func (g *Gateway) query(ctx context.Context, c call) (answer, error) {
	now := g.cfg.Chain.Now().In(mulu.Shanghai())
	r := Receipt{Time: now.Format(time.RFC3339Nano), Grant: c.grant}
	a, no, err := g.stations(ctx, c, now, &r)
	if err != nil {
		g.cfg.Log.Error("a call failed", "grant", c.grant, "entry", r.Entry, "err", err)
		no = refuse(sourceFails)
		switch {
		case errors.Is(err, platform.ErrNoVersion):
			no = refuse(noSource)
		case errors.Is(err, context.DeadlineExceeded):
			no = refuse(tooSlow)
		}
	}
	if no != nil {
		a = answer{refusal: no}
		r.Refused, r.Rows, r.RowsDigest = no.code, 0, ""
	}
	a.receipt, err = g.receipts.add(r)
	return a, err
}

// stations is the order that is never changed. It fills the receipt with what is known at each.
func (g *Gateway) stations(ctx context.Context, c call, now time.Time, r *Receipt) (answer, *refusal, error) {
	r.Consumer, r.Client = c.by.org, c.by.client
	if c.no != nil || c.err != nil {
		return answer{}, c.no, c.err
	}
	if len(c.body) > MaxBody {
		return answer{}, refuse(tooLarge), nil
	}
	q, err := decodeRequest(c.body)
	if err != nil {
		return answer{}, &refusal{malformed, err.Error()}, nil
	}
	if err := g.stated(r, q); err != nil {
		return answer{}, nil, err
	}
	gr, no, err := g.grantOf(c.grant, c.by, now)
	if gr != nil {
		r.Entry = gr.Entry
	}
	if no != nil || err != nil {
		return answer{}, no, err
	}
	p, no, err := g.scope(gr, q)
	r.Items, r.DataVersion = p.fields, p.version.Number
	if no != nil || err != nil {
		return answer{}, no, err
	}
	limited, cancel := context.WithTimeout(ctx, g.cfg.QueryTimeout)
	defer cancel()
	page, err := g.cfg.Source.Query(limited, p.version, p.query)
	if err != nil {
		if limited.Err() != nil {
			err = limited.Err()
		}
		return answer{}, nil, err
	}
	a := answer{entry: gr.Entry, version: p.version.Number, rows: p.encode(page.Rows)}
	if page.Next > 0 {
		a.next = cursor(p.version.Number, page.Next)
	}
	sum := sm.Sum(a.rows)
	r.Rows, r.RowsDigest = len(page.Rows), hex.EncodeToString(sum[:])
	return a, nil, nil
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
	if q.Case != "" {
		r.CaseDigest = g.digest("case", []byte(q.Case))
	}
	return nil
}

// encode writes rows as a JSON array of objects, fields in the order asked for, no spaces, masked where the grade asks
// for it. An item without a value is null and needs no mask.
func (p *permit) encode(rows []platform.Row) []byte {
	names := make([][]byte, len(p.fields))
	for i, f := range p.fields {
		names[i] = append(platform.AppendText(nil, f), ':')
	}
	b := []byte{'['}
	for n, row := range rows {
		if n > 0 {
			b = append(b, ',')
		}
		b = append(b, '{')
		for i, v := range row {
			if i > 0 {
				b = append(b, ',')
			}
			if m := p.masks[i]; m != nil && v != "" {
				v = m(v)
			}
			b = platform.AppendValue(append(b, names[i]...), v)
		}
		b = append(b, '}')
	}
	return append(b, ']')
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
