package desk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"mulu"
	"mulu/platform"
)

// errEnough ends a scan that has read what it may.
var errEnough = errors.New("enough rows were read")

// GroundRows gives at most most rows of the version of an entry that serves here, items by items, for a page that shows where things
// lie. It is for the entry's provider and the bureau, and for items that are neither personal nor above grade 2; every other
// look at rows goes through the gateway, which masks and leaves a receipt.
func (d *Desk) GroundRows(ctx context.Context, by By, entry string, fields []string, most int, yield func(row []string)) error {
	raw, ok := d.Chain.Get(mulu.KindEntry, entry)
	var e mulu.Entry
	if !ok || json.Unmarshal(raw, &e) != nil || e.Now == nil || e.Org != by.Org && !d.bureau(by) {
		return &mulu.Refusal{Code: "unknown", Art: "15.1", Args: []string{"@entry", entry}}
	}
	for _, f := range fields {
		i, ok := e.Now.Item(f)
		if grade := max(i.Grade, 1); !ok || i.Personal || i.Sensitive || grade > 2 || e.Now.Grade > 2 {
			return &mulu.Refusal{Code: "unknown", Art: "38.1", Args: []string{"@item", f}}
		}
	}
	raw, ok = d.Chain.Get(mulu.KindDataset, entry)
	var set mulu.Dataset
	if !ok || json.Unmarshal(raw, &set) != nil || !set.OnPlatform() {
		return &mulu.Refusal{Code: "unknown", Art: "15.1", Args: []string{"@dataset", entry}}
	}
	n := 0
	err := d.Loads.Platform.Scan(ctx, platform.Version{Entry: set.Entry, Number: set.Version, Digest: set.Digest}, fields, func(row platform.Row) error {
		if n == most {
			return errEnough
		}
		n++
		yield(row)
		return nil
	})
	if err != nil && !errors.Is(err, errEnough) {
		return fmt.Errorf("read the rows of %s: %w", entry, err)
	}
	return nil
}
