package gateway

import (
	"context"
	"fmt"
	"sync"
	"time"

	"mulu"
	"mulu/platform"
)

// batchPage is how many rows a batch reads at a time; with it the memory a file takes is bounded.
const batchPage = 2000

// MaxTry bounds a batch file that is tried on a page, in bytes.
const MaxTry = 1 << 20

// batch is the source of a batch file: all rows within the grant and its filters, built aside as a file. Its digest is
// known when it is whole, and its receipt is written before the first byte leaves.
func (g *Gateway) batch(ctx context.Context, c call, p permit, q Request, now time.Time, r *Receipt) (answer, *refusal, error) {
	leave, ok := g.files.enter(p.grant.ID)
	if !ok {
		return answer{}, &refusal{code: filesBusy, after: 10 * time.Second}, nil
	}
	ctx, cancel := context.WithTimeout(ctx, g.cfg.BatchTimeout)
	defer cancel()
	f, err := newFile(g.cfg.Aside)
	if err != nil {
		leave()
		return answer{}, nil, err
	}
	f.leave = leave
	most := g.cfg.MaxFile
	if c.most > 0 {
		most = c.most
	}
	rows, no, err := g.fill(ctx, f, most, p, q, now)
	if no == nil && err == nil {
		no, err = g.stillHeld(c)
	}
	if no == nil && err == nil {
		no, err = g.volumes.take(p.grant, rows, now)
	}
	if no != nil || err != nil {
		f.close()
		return answer{}, no, err
	}
	f.name = fmt.Sprintf("%s-v%d.%s", c.grant, p.version.Number, q.Format)
	f.kind, f.rows = kindOf(q.Format), rows
	r.Rows, r.RowsDigest = int(rows), f.digest()
	return answer{entry: p.grant.Entry, version: p.version.Number, file: f}, nil, nil
}

// files bounds the batch files that are on the disk at a time, from the first row until the last byte was sent: some in all,
// and one of a grant, so that a consumer who reads slowly neither fills the disk nor keeps the others out.
type files struct {
	mu   sync.Mutex // guards of
	of   map[string]bool
	most int
}

func (f *files) enter(grant string) (leave func(), ok bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.of[grant] || len(f.of) >= f.most {
		return nil, false
	}
	f.of[grant] = true
	return func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		delete(f.of, grant)
	}, true
}

// fill writes all rows of a permit into a file, page by page.
func (g *Gateway) fill(ctx context.Context, f *file, most int64, p permit, q Request, now time.Time) (rows int64, no *refusal, err error) {
	left, err := g.volumes.left(p.grant, now)
	if err != nil {
		return 0, nil, err
	}
	w, err := newTable(f, q, &p)
	if err != nil {
		return 0, nil, err
	}
	p.query.Limit = batchPage
	for {
		page, err := g.page(ctx, &p, p.query)
		if err != nil {
			return rows, nil, err
		}
		if rows += int64(len(page.Rows)); rows > left {
			return rows, overVolume(p.grant, now), nil
		}
		for _, row := range page.Rows {
			shown := make(platform.Row, len(row))
			for i, v := range row {
				shown[i] = p.shown(i, v)
			}
			if err := w.add(shown); err != nil {
				return rows, nil, fmt.Errorf("write a batch file: %w", err)
			}
		}
		if page.Next == 0 && page.Place == "" {
			break
		}
		if f.size > most {
			return rows, tooBig(most), nil
		}
		p.query.After, p.query.Place = page.Next, page.Place
	}
	if err := w.end(); err != nil {
		return rows, nil, fmt.Errorf("write a batch file: %w", err)
	}
	if f.size > most {
		return rows, tooBig(most), nil
	}
	return rows, nil, nil
}

func tooBig(most int64) *refusal {
	return &refusal{code: fileLarge, detail: fmt.Sprintf("%d MiB", max(1, most>>20))}
}

// stillHeld looks at the permission once more when a file is whole: building may take minutes, and what was revoked or
// suspended meanwhile is not given.
func (g *Gateway) stillHeld(c call) (*refusal, error) {
	gr, err := g.held(c.grant, c.by)
	if err != nil {
		return nil, err
	}
	if no, err := g.usable(gr, c.method, g.cfg.Chain.Now()); no != nil || err != nil {
		return no, err
	}
	e, err := noun[mulu.Entry](g.view, mulu.KindEntry, gr.Entry)
	if err != nil {
		return nil, err
	}
	if e == nil || e.Now == nil || e.Status != "published" && e.Status != "changing" {
		return refuse(entryClosed), nil
	}
	return nil, nil
}
