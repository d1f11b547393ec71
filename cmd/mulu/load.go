package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"mulu"
	"mulu/act"
	"mulu/desk"
	"mulu/platform"
)

// loadEntry loads CSV as the next data version of an entry and announces it on the chain; only that makes it serve.
// A report that says Published is false tells what to mend; nothing has changed then.
func (p *Program) loadEntry(ctx context.Context, code string, rows io.Reader) (platform.Report, desk.Done, error) {
	var e mulu.Entry
	ok, err := p.noun(mulu.KindEntry, code, &e)
	if err != nil {
		return platform.Report{}, desk.Done{}, err
	}
	if !ok || e.Now == nil {
		return platform.Report{}, desk.Done{}, &mulu.Refusal{Code: "unknown", Art: "15.1", Args: []string{"@entry", code}}
	}
	var d mulu.Dataset
	if _, err := p.noun(mulu.KindDataset, code, &d); err != nil {
		return platform.Report{}, desk.Done{}, err
	}
	report, err := p.platform.Load(ctx, code, e.Now, d.Version+1, rows)
	if err != nil || !report.Published {
		return report, desk.Done{}, err
	}
	done, err := p.desk.Do(ctx, desk.By{Org: e.Org}, &act.PublishDataset{Entry: code, Version: report.Version, Rows: report.Rows, Digest: report.Digest})
	if err != nil && !errors.As(err, new(*mulu.Refusal)) {
		err = fmt.Errorf("the rows are loaded, but announcing them on the chain failed: %w", err)
	}
	return report, done, err
}
