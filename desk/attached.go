package desk

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
)

// ErrElsewhere says that an attachment is not in the vault of this node: it was attached at another one.
var ErrElsewhere = errors.New("the attachment is not kept at this node")

// Attached gives back what Attach took, by the name that it gave.
func (d *Desk) Attached(ctx context.Context, name string) ([]byte, error) {
	b, err := d.Vault.Get(ctx, name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%w: %s", ErrElsewhere, name)
	}
	return b, err
}
