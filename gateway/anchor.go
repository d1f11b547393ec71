package gateway

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/cockroachdb/pebble"

	"mulu"
	"mulu/act"
	"mulu/proof"
)

// anchored remembers that a size of the tree stands on the chain: in which record, with which root.
type anchored struct {
	Size   uint64     `json:"size"`
	Root   proof.Hash `json:"root"`
	Record uint64     `json:"record"`
}

// pendingAnchor is an act that was signed and perhaps submitted; it is said again after a crash, with the same bytes,
// so that it is executed once and its record number is not lost.
type pendingAnchor struct {
	Size uint64     `json:"size"`
	Root proof.Hash `json:"root"`
	Act  string     `json:"act"` // both lines
}

// ErrNotAnchored says that a receipt is kept and not yet anchored on the chain.
var ErrNotAnchored = errors.New("not anchored yet")

// Anchor commits the receipts so far to the chain, if there are new ones, and gives how many are anchored then.
func (g *Gateway) Anchor(ctx context.Context) (uint64, error) {
	g.anchoring.Lock()
	defer g.anchoring.Unlock()
	size, err := g.anchor(ctx)
	g.state.Lock()
	g.anchorErr = err
	g.state.Unlock()
	return size, err
}

func (g *Gateway) anchor(ctx context.Context) (uint64, error) {
	r := g.receipts
	if err := g.goesOn(); err != nil {
		return 0, err
	}
	p, err := r.pending()
	if err != nil {
		return 0, err
	}
	if p != nil { // left by a crash, or by a call whose time ended
		if err := g.say(ctx, *p); err != nil {
			return 0, err
		}
	}
	last, err := r.lastAnchored()
	if err != nil {
		return 0, err
	}
	size, root := r.standing()
	if size == last.Size {
		return size, nil
	}
	s, err := act.Sign(&act.AnchorReceipts{Size: size, Root: root.String()}, act.By{Chain: g.cfg.Chain.ID(), Node: g.cfg.Node}, g.cfg.Key, g.cfg.Rand)
	if err != nil {
		return last.Size, fmt.Errorf("anchor receipts: %w", err)
	}
	next := pendingAnchor{size, root, string(s.Bytes)}
	b, err := act.Encode(next)
	if err != nil {
		return last.Size, err
	}
	if err := r.db.Set([]byte("p"), b, pebble.Sync); err != nil {
		return last.Size, fmt.Errorf("anchor receipts: keep the act: %w", err)
	}
	if err := g.say(ctx, next); err != nil {
		return last.Size, err
	}
	return size, nil
}

// say submits an anchoring act and remembers its record. A refused one is forgotten, so that the next try makes a new
// one; after any other error it stays to be said again.
func (g *Gateway) say(ctx context.Context, p pendingAnchor) error {
	s, err := act.Parse([]byte(p.Act))
	if err != nil {
		return fmt.Errorf("anchor receipts: the act that was kept: %w", err)
	}
	outcome, err := g.cfg.Chain.Submit(ctx, s)
	var no *mulu.Refusal
	if errors.As(err, &no) { // refused at the door: a node that is not admitted yet
		outcome.Refused, err = no, nil
	}
	if err != nil {
		return fmt.Errorf("anchor %d receipts: %w", p.Size, err)
	}
	b := g.receipts.db.NewBatch()
	defer func() { _ = b.Close() }()
	if err := b.Delete([]byte("p"), nil); err != nil {
		return err
	}
	if outcome.Refused == nil {
		a, err := act.Encode(anchored{p.Size, p.Root, outcome.N})
		if err != nil {
			return err
		}
		if err := b.Set(numbered('a', p.Size), a, nil); err != nil {
			return err
		}
	}
	if err := b.Commit(pebble.Sync); err != nil {
		return fmt.Errorf("anchor receipts: remember record %d: %w", outcome.N, err)
	}
	if outcome.Refused != nil {
		return fmt.Errorf("anchor %d receipts: %s", p.Size, outcome.Refused.English())
	}
	return nil
}

// keepAnchoring anchors at the interval until ctx ends, and tells unusual use. A failure is logged and tried again at the next.
func (g *Gateway) keepAnchoring(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-g.cfg.After(g.cfg.AnchorEvery):
		}
		limit, cancel := context.WithTimeout(ctx, max(g.cfg.AnchorEvery, 10*time.Second))
		if _, err := g.Anchor(limit); err != nil && ctx.Err() == nil && !errors.Is(err, ErrCatchingUp) {
			g.cfg.Log.Error("receipts are not anchored; trying again", "in", g.cfg.AnchorEvery, "err", err)
		}
		if err := g.Flag(limit); err != nil && ctx.Err() == nil && !errors.Is(err, ErrCatchingUp) && g.receipts.health() == nil {
			g.cfg.Log.Error("unusual use is not told; trying again", "in", g.cfg.AnchorEvery, "err", err)
		}
		cancel()
	}
}

// proof gives the proof file of a receipt by its id: ErrNotAnchored until an anchoring covers it and its checkpoint is
// co-signed, pebble.ErrNotFound when there is no such receipt.
func (g *Gateway) proof(id []byte) ([]byte, error) {
	r := g.receipts
	n, lines, err := r.find(id)
	if err != nil {
		return nil, err
	}
	a, err := r.anchorOf(n)
	if err != nil {
		return nil, err
	}
	record, err := g.cfg.Chain.ProveRecord(a.Record)
	if err != nil {
		return nil, fmt.Errorf("%w: record %d: %w", ErrNotAnchored, a.Record, err)
	}
	path, err := proof.Inclusion(nodes{r}, n, a.Size)
	if err != nil {
		return nil, fmt.Errorf("prove receipt %d: %w", n, err)
	}
	return proof.EncodeReceipt(n, a.Size, a.Root, lines, path, record)
}

// pending gives the act that waits to be said again, if any.
func (r *receipts) pending() (*pendingAnchor, error) {
	b, err := r.get([]byte("p"))
	if errors.Is(err, pebble.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the act that anchors receipts: %w", err)
	}
	p := new(pendingAnchor)
	if err := json.Unmarshal(b, p); err != nil {
		return nil, fmt.Errorf("read the act that anchors receipts: %w", err)
	}
	return p, nil
}

// anchorOf gives the first anchoring that covers receipt n.
func (r *receipts) anchorOf(n uint64) (anchored, error) {
	return r.anchoredFrom(func(i *pebble.Iterator) bool { return i.SeekGE(numbered('a', n+1)) }, ErrNotAnchored)
}

// lastAnchored gives the newest anchoring; its zero value when there is none.
func (r *receipts) lastAnchored() (anchored, error) {
	return r.anchoredFrom((*pebble.Iterator).Last, nil)
}

func (r *receipts) anchoredFrom(seek func(*pebble.Iterator) bool, none error) (a anchored, err error) {
	i, err := r.db.NewIter(&pebble.IterOptions{LowerBound: []byte{'a'}, UpperBound: []byte{'b'}})
	if err != nil {
		return a, fmt.Errorf("look for the anchoring: %w", err)
	}
	defer func() { err = errors.Join(err, i.Close()) }()
	if !seek(i) {
		return a, none
	}
	if len(i.Key()) != 9 || binary.BigEndian.Uint64(i.Key()[1:]) == 0 {
		return a, errors.New("look for the anchoring: a key is damaged")
	}
	if err := json.Unmarshal(i.Value(), &a); err != nil {
		return a, fmt.Errorf("look for the anchoring: %w", err)
	}
	return a, nil
}

// Health is how a gateway does. OK is false when nothing is served: because receipts cannot be written, because they do
// not go on from those that are anchored, or because the node does not know the newest blocks yet.
type Health struct {
	OK        bool   `json:"ok"`
	Code      Code   `json:"code,omitempty"` // what calls are refused with
	Why       string `json:"why,omitempty"`
	Receipts  uint64 `json:"receipts"`             // written
	Anchored  uint64 `json:"anchored"`             // of them
	AnchorErr string `json:"anchor_err,omitempty"` // why the last anchoring failed
	LawTime   string `json:"law_time"`
}

// Health tells how the gateway does.
func (g *Gateway) Health() Health {
	h := Health{OK: true, LawTime: g.cfg.Chain.Now().In(mulu.Shanghai()).Format(time.RFC3339)}
	h.Receipts, _ = g.receipts.standing()
	if err := g.ready(); err != nil {
		h.OK, h.Code, h.Why = false, closed(err).code, err.Error()
	}
	if g.receipts.health() != nil {
		return h // a store that failed is not read either
	}
	last, err := g.receipts.lastAnchored()
	if err != nil {
		h.OK, h.Code, h.Why = false, noReceipt, err.Error()
	}
	h.Anchored = last.Size
	g.state.Lock()
	defer g.state.Unlock()
	if g.anchorErr != nil {
		h.AnchorErr = g.anchorErr.Error()
	}
	return h
}
