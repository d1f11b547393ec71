package desk

import (
	"context"
	"encoding/json"

	"mulu"
	"mulu/platform"
	"mulu/platform/intake"
)

// What pages and machine interfaces show of loads.
type (
	Load        = platform.Load
	LoadPreview = platform.Preview
	LoadReport  = platform.Report
	LoadForm    = intake.Form
	Measure     = platform.Measure
	BadValue    = platform.Bad
)

// Words for what keeps a load from going on.
var (
	ErrNoLoad    = platform.ErrNoLoad
	ErrLoadState = platform.ErrLoadState
	ErrPart      = platform.ErrPart
	ErrNoUpload  = platform.ErrNoUpload
)

// PartSize is the size of every part of an uploaded file but the last, in bytes.
const PartSize = platform.PartSize

// LoadFault is a file that cannot be read, with a sentence in both languages.
type LoadFault = intake.Fault

// BeginLoad makes room for a file of size bytes that is to become a version of an entry's data (Art. 15(1)). Only the provider's
// people who may announce data hand it in.
func (d *Desk) BeginLoad(ctx context.Context, by By, entry, source, name string, size int64) (Load, error) {
	if no := by.May("dataset.publish"); no != nil {
		return Load{}, no
	}
	return d.Loads.Begin(ctx, platform.Order{Entry: entry, Org: by.Org, Person: by.Person, Source: source, Name: name, Size: size})
}

// PutPart takes part n of a load's file.
func (d *Desk) PutPart(ctx context.Context, by By, id string, n int, data []byte) (Load, error) {
	if _, err := d.ownLoad(ctx, by, id); err != nil {
		return Load{}, err
	}
	return d.Loads.Put(ctx, id, n, data)
}

// PullNow has an entry's data fetched from its owner's now, beside its plan.
func (d *Desk) PullNow(ctx context.Context, by By, entry string) (Load, error) {
	if no := by.May("dataset.publish"); no != nil {
		return Load{}, no
	}
	return d.Loads.Pull(ctx, entry, by.Org, by.Person)
}

// LoadParts tells the part that a load's file wants next.
func (d *Desk) LoadParts(ctx context.Context, by By, id string) (int, error) {
	if _, err := d.ownLoad(ctx, by, id); err != nil {
		return 0, err
	}
	return d.Loads.Parts(id)
}

// PreviewLoad reads the beginning of a received file in a form.
func (d *Desk) PreviewLoad(ctx context.Context, by By, id string, form LoadForm) (Load, LoadPreview, error) {
	l, err := d.ownLoad(ctx, by, id)
	if err != nil {
		return l, LoadPreview{}, err
	}
	p, err := d.Loads.Preview(ctx, l, form)
	return l, p, err
}

// StartLoad has a received file loaded: columns names the column of the file for each item's field, mode is one of
// mulu.LoadModes.
func (d *Desk) StartLoad(ctx context.Context, by By, id string, form LoadForm, columns map[string]string, mode string) error {
	if _, err := d.ownLoad(ctx, by, id); err != nil {
		return err
	}
	return d.Loads.Start(ctx, id, form, columns, mode)
}

// CancelLoad gives a load up.
func (d *Desk) CancelLoad(ctx context.Context, by By, id string) error {
	if _, err := d.ownLoad(ctx, by, id); err != nil {
		return err
	}
	return d.Loads.Cancel(ctx, id)
}

// LoadOf gives a load of the institution. What it loads is the institution's own until it is published.
func (d *Desk) LoadOf(ctx context.Context, by By, id string) (Load, error) {
	l, err := d.Loads.Get(ctx, id)
	if err == nil && l.Org != by.Org {
		return Load{}, ErrNoLoad
	}
	return l, err
}

// LoadsOf lists loads of the institution, of one entry or all, the newest first, at most most after the one numbered before.
func (d *Desk) LoadsOf(ctx context.Context, by By, entry string, before int64, most int) ([]Load, error) {
	return d.Loads.List(ctx, platform.LoadQuery{Entry: entry, Org: by.Org, Before: before, Max: most})
}

// LoadNamed gives the last load of the institution for an entry that a machine began under a name, ErrNoLoad where there is none.
func (d *Desk) LoadNamed(ctx context.Context, by By, entry, name string) (Load, error) {
	return d.Loads.Named(ctx, by.Org, entry, platform.FromAPI, name)
}

// LoadTurn counts the loads that are read before one that waits, and none where it does not wait.
func (d *Desk) LoadTurn(ctx context.Context, l Load) (int, error) { return d.Loads.Before(ctx, l) }

// ReportOn gives what this node's load of a version found, for its provider and the bureau; ErrNoLoad where another node loaded
// it. Of the bureau's, what stood in single rows is taken out: that is the provider's own.
func (d *Desk) ReportOn(ctx context.Context, by By, entry string, version int, digest string) (Load, error) {
	l, err := d.Loads.Published(ctx, entry, version, digest)
	if err != nil || l.Org == by.Org {
		return l, err
	}
	if !d.bureau(by) || l.Report == nil {
		return Load{}, ErrNoLoad
	}
	r := *l.Report
	r.First, r.File = nil, ""
	l.Report, l.Name, l.Columns = &r, "", nil
	return l, nil
}

// bureau tells whether who acts belongs to the competent bureau.
func (d *Desk) bureau(by By) bool {
	raw, ok := d.Chain.Get(mulu.KindOrg, by.Org)
	var o mulu.Org
	return ok && json.Unmarshal(raw, &o) == nil && o.Bureau
}

// BadRows is the file of what a load left out, for its provider: each row with what is wrong, to be mended and sent again.
func (d *Desk) BadRows(ctx context.Context, by By, id string) (Load, []byte, error) {
	l, err := d.ownLoad(ctx, by, id)
	if err != nil {
		return l, nil, err
	}
	if l.Report == nil || l.Report.File == "" {
		return l, nil, ErrNoLoad
	}
	b, err := d.Attached(ctx, l.Report.File)
	return l, b, err
}

// ownLoad is a load of the institution, for those who may load.
func (d *Desk) ownLoad(ctx context.Context, by By, id string) (Load, error) {
	if no := by.May("dataset.publish"); no != nil {
		return Load{}, no
	}
	return d.LoadOf(ctx, by, id)
}

// Measures gives how the serving data of an entry stood when it was measured, the newest first.
func (d *Desk) Measures(ctx context.Context, entry string, most int) ([]Measure, error) {
	return d.Loads.Measures(ctx, entry, most)
}

// MeasureNow measures the serving data of an entry of the institution.
func (d *Desk) MeasureNow(ctx context.Context, by By, entry string) (Measure, error) {
	if no := by.May("dataset.publish"); no != nil {
		return Measure{}, no
	}
	g, err := d.Loads.Ground(ctx, entry)
	if err != nil {
		return Measure{}, err
	}
	if g.Org != by.Org {
		return Measure{}, ErrNoLoad
	}
	return d.Loads.Measure(ctx, entry)
}
