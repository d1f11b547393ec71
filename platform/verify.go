package platform

import (
	"context"
	"fmt"
	"hash"
)

// Verify reads every row of a version and compares their digest with the one the version is named by, which the chain
// keeps: ErrAltered if they differ. It trusts neither the engine nor its server. sum is a new SM3.
func Verify(ctx context.Context, e Engine, v Version, sum hash.Hash) error {
	items, err := e.Items(ctx, v)
	if err != nil {
		return err
	}
	fields := make([]string, len(items))
	for i, item := range items {
		fields[i] = item.Field
	}
	d := NewDigest(sum)
	if err := e.Scan(ctx, v, fields, func(row Row) error { d.Add(row); return nil }); err != nil {
		return err
	}
	if d.Hex() != v.Digest {
		return fmt.Errorf("%s has rows of the digest %.8s…: %w", v, d.Hex(), ErrAltered)
	}
	return nil
}
