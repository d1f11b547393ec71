package gateway

import (
	"path/filepath"
	"testing"
)

// A copy made while receipts are written is whole: every receipt in it is signed, numbered and in its tree.
func TestBackupWhileServing(t *testing.T) {
	dir, key := t.TempDir(), newKey(t)
	r, err := openReceipts(bareConfig(t, dir, key))
	if err != nil {
		t.Fatal(err)
	}
	g := &Gateway{receipts: r}
	stop, stopped := make(chan struct{}), make(chan error, 1)
	go func() {
		for {
			select {
			case <-stop:
				stopped <- nil
				return
			default:
				if _, err := r.add(Receipt{Grant: "G-000001"}); err != nil {
					stopped <- err
					return
				}
			}
		}
	}()
	for r.size.Load() < 50 {
		if _, err := r.add(Receipt{Grant: "G-000002"}); err != nil {
			t.Fatal(err)
		}
	}
	copied := filepath.Join(t.TempDir(), "receipts")
	if err := g.Backup(copied); err != nil {
		t.Fatal(err)
	}
	close(stop)
	if err := <-stopped; err != nil {
		t.Fatal(err)
	}
	if err := r.close(); err != nil {
		t.Fatal(err)
	}
	again, err := openReceipts(bareConfig(t, copied, key))
	if err != nil {
		t.Fatal(err)
	}
	if n := whole(t, again); n < 50 {
		t.Errorf("the copy holds %d receipts", n)
	}
	if err := again.close(); err != nil {
		t.Fatal(err)
	}
}
