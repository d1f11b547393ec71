package law

import (
	"strconv"

	"mulu"
	"mulu/act"
)

// Art. 15(1) and 16: what the platform holds of an entry is announced with its count and digest, so that quantity and
// updates can be watched; rows never come here. Art. 21(2): waiting grants are thereby delivered.
var datasetWays = []Way{
	{mulu.KindDataset, "", "dataset.publish", []Role{Provider}, "serving", cite(15, 1)},
	{mulu.KindDataset, "serving", "dataset.publish", []Role{Provider}, "serving", cite(16)},
}

func publishDataset(b *book, a *act.PublishDataset) *mulu.Refusal {
	e, no := find[mulu.Entry](b, a.Entry, cite(15, 1))
	if no != nil {
		return no
	}
	if e.Org != b.speaker.org {
		return refuse(cite(15, 1), "not_yours", "@dataset.publish", "@provider")
	}
	if e.Status != "published" && e.Status != "changing" {
		return refuse(cite(15, 1), "entry_not_published", e.Code, "@"+e.Status)
	}
	d := load[mulu.Dataset](b, e.Code)
	if d == nil {
		d = &mulu.Dataset{Entry: e.Code, Org: e.Org}
	}
	if a.Version != d.Version+1 {
		return refuse(cite(16), "data_version", strconv.Itoa(a.Version), strconv.Itoa(d.Version+1))
	}
	if a.Rows < 0 {
		return refuse(cite(16), "out_of_range", "@rows", strconv.FormatInt(a.Rows, 10), "0", "9223372036854775807")
	}
	if no := digest("digest", a.Digest, cite(16)); no != nil {
		return no
	}
	d.Version, d.Of, d.Rows, d.Digest, d.Loaded, d.Status = a.Version, e.Version, a.Rows, a.Digest, b.stamp(), "serving"
	if no := b.put(d, "dataset.published", cite(16), cite(15, 1)); no != nil {
		return no
	}
	for _, id := range b.named(mulu.KindGrant, "entry/"+e.Code) {
		if g := load[mulu.Grant](b, id); g.Delivered == "" {
			if no := b.deliver(g); no != nil {
				return no
			}
		}
	}
	return b.corrected(d)
}
