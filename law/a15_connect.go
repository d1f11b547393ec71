package law

import (
	"mulu"
	"mulu/act"
)

// connectDataset: Art. 15(1): what does not belong to the four base databases may stay with its owner and is had from there
// through the catalog chain. The chain knows that, and nothing of where it is. Waiting grants are thereby delivered
// (Art. 21(2)). What the platform held of it serves no more; the next version there takes the next number.
func connectDataset(b *book, a *act.ConnectDataset) *mulu.Refusal {
	e, d, no := b.ownData(a.Entry)
	if no != nil {
		return no
	}
	if no := oneOf("source", a.Source, mulu.SourceSorts, cite(15, 1)); no != nil {
		return no
	}
	if e.Now.Base != "" {
		return refuse(cite(15, 1), "base_connected", e.Now.Name, "@base."+e.Now.Base)
	}
	if d.Status == "connected" && d.Source == a.Source {
		return refuse(cite(15, 1), "nothing_changed")
	}
	b.lift(d)
	d.Of, d.Rows, d.Digest, d.Mode, d.Quality, d.Due, d.Late, d.Low, d.Why = e.Version, 0, "", "", mulu.Quality{}, "", "", "", ""
	d.Source, d.Loaded, d.Status = a.Source, b.stamp(), "connected"
	if no := b.put(d, "dataset.connected", cite(15, 1)); no != nil {
		return no
	}
	return b.deliverWaiting(e.Code)
}

// disconnectDataset: the data cannot be had from its owner any more, and the term to aggregate or connect it begins anew.
// Running grants stay: what they permit can be had again when the data is there again, on either way.
func disconnectDataset(b *book, a *act.DisconnectDataset) *mulu.Refusal {
	e, d, no := b.ownData(a.Entry)
	if no != nil {
		return no
	}
	if no := first(prose("why", a.Why, 4, 1000, cite(15, 1)), b.may(d, "disconnected")); no != nil {
		return no
	}
	d.Source, d.Why, d.Status = "", a.Why, "disconnected"
	if d.By == nil {
		b.lay(d, e)
	}
	if no := b.put(d, "dataset.disconnected", cite(15, 1)); no != nil {
		return no
	}
	return b.unserve(e)
}
