package law

import (
	"strconv"

	"mulu"
	"mulu/act"
)

// Art. 15(1) and 16: what the platform holds of an entry is announced with its count, digest and quality, so that quantity,
// quality and updates can be watched; rows never come here. Art. 21(2): waiting grants are thereby delivered. What is not
// there yet and what was not updated in time is a16_late.go, data that stays with its owner a15_connect.go.
var datasetWays = []Way{
	{mulu.KindDataset, "", "entry.verify", []Role{TheLaw}, "awaited", cite(15, 1)},
	{mulu.KindDataset, "", "dataset.publish", []Role{Provider}, "serving", cite(15, 1)},
	{mulu.KindDataset, "awaited", "dataset.publish", []Role{Provider}, "serving", cite(15, 1)},
	{mulu.KindDataset, "serving", "dataset.publish", []Role{Provider}, "serving", cite(16)},
	{mulu.KindDataset, "connected", "dataset.publish", []Role{Provider}, "serving", cite(15, 1)},
	{mulu.KindDataset, "disconnected", "dataset.publish", []Role{Provider}, "serving", cite(15, 1)},
	{mulu.KindDataset, "", "dataset.connect", []Role{Provider}, "connected", cite(15, 1)},
	{mulu.KindDataset, "awaited", "dataset.connect", []Role{Provider}, "connected", cite(15, 1)},
	{mulu.KindDataset, "serving", "dataset.connect", []Role{Provider}, "connected", cite(15, 1)},
	{mulu.KindDataset, "connected", "dataset.connect", []Role{Provider}, "connected", cite(15, 1)},
	{mulu.KindDataset, "disconnected", "dataset.connect", []Role{Provider}, "connected", cite(15, 1)},
	{mulu.KindDataset, "connected", "dataset.disconnect", []Role{Provider}, "disconnected", cite(15, 1)},
	{mulu.KindDataset, "awaited", "entry.verify", []Role{TheLaw}, "awaited", cite(15, 1)},
	{mulu.KindDataset, "serving", "entry.verify", []Role{TheLaw}, "serving", cite(16)},
	{mulu.KindDataset, "connected", "entry.verify", []Role{TheLaw}, "connected", cite(15, 1)},
	{mulu.KindDataset, "disconnected", "entry.verify", []Role{TheLaw}, "disconnected", cite(15, 1)},
	{mulu.KindDataset, "serving", "entry.change", []Role{TheLaw}, "serving", cite(16)},
	{mulu.KindDataset, "awaited", gatherDue, []Role{TheLaw}, "awaited", cite(15, 1)},
	{mulu.KindDataset, "connected", gatherDue, []Role{TheLaw}, "connected", cite(15, 1)},
	{mulu.KindDataset, "disconnected", gatherDue, []Role{TheLaw}, "disconnected", cite(15, 1)},
	{mulu.KindDataset, "serving", updateDue, []Role{TheLaw}, "serving", cite(16)},
	{mulu.KindDataset, "awaited", "entry.resume", []Role{TheLaw}, "awaited", cite(15, 1)},
	{mulu.KindDataset, "serving", "entry.resume", []Role{TheLaw}, "serving", cite(16)},
	{mulu.KindDataset, "connected", "entry.resume", []Role{TheLaw}, "connected", cite(15, 1)},
	{mulu.KindDataset, "disconnected", "entry.resume", []Role{TheLaw}, "disconnected", cite(15, 1)},
	{mulu.KindDataset, "awaited", "calendar.publish", []Role{TheLaw}, "awaited", cite(15, 1)},
	{mulu.KindDataset, "serving", "calendar.publish", []Role{TheLaw}, "serving", cite(16)},
	{mulu.KindDataset, "connected", "calendar.publish", []Role{TheLaw}, "connected", cite(15, 1)},
	{mulu.KindDataset, "disconnected", "calendar.publish", []Role{TheLaw}, "disconnected", cite(15, 1)},
	{mulu.KindDataset, "awaited", "entry.retire", []Role{TheLaw}, "retired", cite(16)},
	{mulu.KindDataset, "serving", "entry.retire", []Role{TheLaw}, "retired", cite(16)},
	{mulu.KindDataset, "connected", "entry.retire", []Role{TheLaw}, "retired", cite(16)},
	{mulu.KindDataset, "disconnected", "entry.retire", []Role{TheLaw}, "retired", cite(16)},
}

func publishDataset(b *book, a *act.PublishDataset) *mulu.Refusal {
	e, d, no := b.ownData(a.Entry)
	if no != nil {
		return no
	}
	if a.Version != d.Version+1 {
		return refuse(cite(16), "data_version", strconv.Itoa(a.Version), strconv.Itoa(d.Version+1))
	}
	if a.Rows < 0 {
		return refuse(cite(16), "out_of_range", "@rows", strconv.FormatInt(a.Rows, 10), "0", "9223372036854775807")
	}
	if no := first(digest("digest", a.Digest, cite(16)), checkMode(e, d, a.Mode), checkQuality(a.Quality)); no != nil {
		return no
	}
	if no := b.keepsTerms(e, d, a); no != nil {
		return no
	}
	b.lift(d)
	d.Version, d.Of, d.Rows, d.Digest, d.Mode, d.Quality = a.Version, e.Version, a.Rows, a.Digest, a.Mode, a.Quality
	d.Loaded, d.Source, d.Why, d.Late, d.Status = b.stamp(), "", "", "", "serving"
	d.Due = dueAfter(b.now, e.Now.Cycle)
	b.lay(d, e)
	low := b.judgeQuality(d)
	if no := b.put(d, "dataset.published", cite(16), cite(15, 1)); no != nil {
		return no
	}
	if low != nil {
		if no := b.putFinding(low, cite(41, 1, 3)); no != nil {
			return no
		}
	}
	if no := b.deliverWaiting(e.Code); no != nil {
		return no
	}
	return b.corrected(d)
}

// ownData gives a published entry of the speaker and its dataset, a new one if there is none.
func (b *book) ownData(code string) (*mulu.Entry, *mulu.Dataset, *mulu.Refusal) {
	e, no := find[mulu.Entry](b, code, cite(15, 1))
	if no != nil {
		return nil, nil, no
	}
	if e.Org != b.speaker.org {
		return nil, nil, refuse(cite(15, 1), "not_yours", "@"+b.on, "@provider")
	}
	if e.Status != "published" && e.Status != "changing" {
		return nil, nil, refuse(cite(15, 1), "entry_not_published", e.Code, "@"+e.Status)
	}
	d := load[mulu.Dataset](b, e.Code)
	if d == nil {
		d = &mulu.Dataset{Entry: e.Code, Org: e.Org}
	}
	return e, d, nil
}

// checkMode: what is made from the version before needs one, and a key to tell its rows apart.
func checkMode(e *mulu.Entry, d *mulu.Dataset, mode string) *mulu.Refusal {
	if mode == "" || mode == "replace" {
		return nil
	}
	if no := oneOf("mode", mode, mulu.LoadModes, cite(16)); no != nil {
		return no
	}
	if !d.OnPlatform() {
		return refuse(cite(16), "mode_baseless", "@mode."+mode)
	}
	if mode == "append" {
		return nil
	}
	for _, i := range e.Now.Items {
		if i.IsKey {
			return nil
		}
	}
	return refuse(cite(16), "mode_keyless", e.Now.Name)
}

// checkQuality: Art. 7(1)(2): figures that can be. The zero quality says that nothing was measured.
func checkQuality(q mulu.Quality) *mulu.Refusal {
	here := cite(7, 1, 2)
	if q.Checked < 0 || q.Bad < 0 || q.Bad > q.Checked {
		return refuse(here, "quality_counts", strconv.FormatInt(q.Checked, 10), strconv.FormatInt(q.Bad, 10))
	}
	return first(within("conformity", q.Conformity, -1, 1000, here), within("accuracy", q.Accuracy, -1, 1000, here),
		within("completeness", q.Completeness, -1, 1000, here), within("consistency", q.Consistency, -1, 1000, here),
		within("timeliness", q.Timeliness, -1, 1000, here), within("score", q.Score, -1, 1000, here))
}

// judgeQuality gives the finding that a version below the bureau's floor makes: one until a version is good enough again.
// What was not measured is not judged.
func (b *book) judgeQuality(d *mulu.Dataset) *mulu.Finding {
	if d.Quality.Checked == 0 || d.Quality.Score < 0 {
		return nil
	}
	if d.Quality.Score >= b.term("quality_floor") {
		d.Low = ""
		return nil
	}
	if d.Low != "" {
		return nil
	}
	d.Low = b.serial("F", "finding")
	return &mulu.Finding{ID: d.Low, Org: d.Org, Rule: "quality_low", By: "law", On: []mulu.Ref{{Noun: d.Kind(), ID: d.Entry, Fact: "dataset.published"}}}
}

func (b *book) onPlatform(entry string) bool {
	d := load[mulu.Dataset](b, entry)
	return d != nil && d.OnPlatform()
}

// deliverWaiting: Art. 21(2): with the data there, the grants that waited for it are delivered.
func (b *book) deliverWaiting(entry string) *mulu.Refusal {
	for _, id := range b.named(mulu.KindGrant, "entry/"+entry) {
		if g := load[mulu.Grant](b, id); g.Delivered == "" {
			if no := b.deliver(g); no != nil {
				return no
			}
		}
	}
	return nil
}
