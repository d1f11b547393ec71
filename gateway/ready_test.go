package gateway

import (
	"encoding/json"
	"errors"
	"net/http"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"mulu"
	"mulu/chain"
)

// distant is the real chain as a node sees it that does not know the newest blocks, or not what is anchored.
type distant struct {
	*chain.Chain
	behind atomic.Bool // Current says no
	blind  atomic.Bool // nothing is anchored, as far as this node knows
}

func (d *distant) Current() bool { return !d.behind.Load() && d.Chain.Current() }

func (d *distant) Get(kind mulu.Kind, id string) (json.RawMessage, bool) {
	if kind == mulu.KindReceipts && d.blind.Load() {
		return nil, false
	}
	return d.Chain.Get(kind, id)
}

// closedWith wants a call refused with a code and without a receipt, and health to say the same.
func (w *town) closedWith(code Code) {
	w.t.Helper()
	size, _ := w.gateway.receipts.standing()
	r := w.ask(w.consumer.token, w.grant, `{`+purpose+`}`)
	if r.status != http.StatusServiceUnavailable || r.Code != string(code) || r.Receipt != "" || r.Rows != nil {
		w.t.Fatalf("want %s: %d %s", code, r.status, r.body)
	}
	h := w.get("/healthz")
	if h.status != http.StatusServiceUnavailable || !strings.Contains(string(h.body), `"code":"`+string(code)+`"`) {
		w.t.Fatalf("health: %d %s", h.status, h.body)
	}
	if now, _ := w.gateway.receipts.standing(); now != size {
		w.t.Fatalf("%d receipts, there were %d", now, size)
	}
}

// A node that does not know the newest blocks serves nothing: a grant may be revoked in them.
func TestNothingIsServedWhileCatchingUp(t *testing.T) {
	view := &distant{}
	view.behind.Store(true)
	w := newTown(t, func(c *Config) { view.Chain = c.Chain.(*chain.Chain); c.Chain = view })
	w.closedWith(CatchingUp)
	if _, err := w.gateway.Anchor(t.Context()); !errors.Is(err, ErrCatchingUp) {
		t.Fatal(err)
	}
	view.behind.Store(false)
	if r := w.ask(w.consumer.token, w.grant, `{`+purpose+`}`); r.status != http.StatusOK {
		t.Fatalf("%d %s", r.status, r.body)
	}
	view.behind.Store(true) // others may be ahead for a moment at any time; it is the start that matters
	if r := w.ask(w.consumer.token, w.grant, `{`+purpose+`}`); r.status != http.StatusOK {
		t.Fatalf("%d %s", r.status, r.body)
	}
}

// Receipts of an older backup are neither continued nor anchored.
func TestRestoredReceipts(t *testing.T) {
	view := &distant{}
	w := newTown(t, func(c *Config) { view.Chain = c.Chain.(*chain.Chain); c.Chain = view })
	serve := func(n int) {
		t.Helper()
		for range n {
			if r := w.ask(w.consumer.token, w.grant, `{`+purpose+`}`); r.status != http.StatusOK {
				t.Fatalf("%d %s", r.status, r.body)
			}
		}
	}
	anchor := func() {
		t.Helper()
		if _, err := w.gateway.Anchor(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	serve(2)
	anchor()
	old := filepath.Join(t.TempDir(), "receipts")
	if err := w.gateway.Backup(old); err != nil {
		t.Fatal(err)
	}
	serve(3)
	anchor()
	w.close()
	newest := w.cfg.Dir
	w.cfg.Dir = old

	w.open()
	size := w.chain.Size()
	w.closedWith(ReceiptsBehind)
	var b *Behind
	if _, err := w.gateway.Anchor(t.Context()); !errors.As(err, &b) || b.Here != 2 || b.Anchored != 5 || b.Forked {
		t.Fatal(err)
	}
	w.close()

	view.blind.Store(true) // served before it knew: five other receipts under the same numbers, and one more
	w.open()
	serve(4)
	view.blind.Store(false)
	if _, err := w.gateway.Anchor(t.Context()); !errors.As(err, &b) || !b.Forked || b.Here != 6 {
		t.Fatal(err)
	}
	w.closedWith(ReceiptsBehind)
	w.close()
	w.open()
	w.closedWith(ReceiptsBehind)
	if w.chain.Size() != size {
		t.Fatalf("%d records, there were %d", w.chain.Size(), size)
	}
	w.close()

	w.cfg.Dir = newest // the receipts that were anchored go on
	w.open()
	serve(1)
	anchor()
	if h := w.gateway.Health(); !h.OK || h.Receipts != 6 || h.Anchored != 6 {
		t.Fatalf("%+v", h)
	}
}
