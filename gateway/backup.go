package gateway

import (
	"fmt"

	"github.com/cockroachdb/pebble"
)

// Backup writes a copy of the receipts, of one moment, into a folder that is not there yet, while the gateway serves.
func (g *Gateway) Backup(dir string) error {
	if err := g.receipts.db.Checkpoint(dir, pebble.WithFlushedWAL()); err != nil {
		return fmt.Errorf("copy the receipts: %w", err)
	}
	return nil
}
