package law

import (
	"mulu"
	"mulu/act"
)

// The alarms of reviews: on an entry when its interval has passed, on a review when the term to finish it ends.
const (
	reviewDue  = "review.due"
	reviewLate = "review.finish_due"
)

// Art. 23: institutions study the sharing attributes of their data at intervals and adjust them in time. Interval and term
// are internal ones, set by the bureau. A review ends in the attribute confirmed with reasons, or changed by way of Art. 11.
var reviewWays = []Way{
	{mulu.KindReview, "", reviewDue, []Role{TheLaw}, "due", cite(23)},
	{mulu.KindReview, "", reviewDue, []Role{TheLaw}, "adjusting", cite(23)},
	{mulu.KindReview, "", "review.open", []Role{Owner, Bureau}, "due", cite(23)},
	{mulu.KindReview, "", "review.open", []Role{Owner, Bureau}, "adjusting", cite(23)},
	{mulu.KindReview, "due", "review.confirm", []Role{Owner}, "confirmed", cite(23)},
	{mulu.KindReview, "due", reviewLate, []Role{TheLaw}, "due", cite(23)},
	{mulu.KindReview, "due", "calendar.publish", []Role{TheLaw}, "due", cite(23)},
	{mulu.KindReview, "due", "entry.change", []Role{TheLaw}, "adjusting", cite(23)},
	{mulu.KindReview, "adjusting", "entry.verify", []Role{TheLaw}, "changed", cite(23)},
	{mulu.KindReview, "adjusting", "entry.return", []Role{TheLaw}, "due", cite(23)},
	{mulu.KindReview, "adjusting", "entry.withdraw", []Role{TheLaw}, "due", cite(23)},
	{mulu.KindReview, "due", "entry.retire", []Role{TheLaw}, "closed", cite(16)},
	{mulu.KindReview, "adjusting", "entry.retire", []Role{TheLaw}, "closed", cite(16)},
}

// attributes tells whether the sharing attributes differ: of the entry, or of an item by its exception or its being there.
func attributes(old, now *mulu.EntryContent) (differ bool) {
	if old.Sharing != now.Sharing {
		return true
	}
	for _, i := range old.Items {
		if j, ok := now.Item(i.Field); !ok || old.SharingOf(i) != now.SharingOf(j) {
			return true
		}
	}
	return false
}

// scheduleReview lays down when the attribute of a published entry is studied next: an interval after it was published,
// changed or confirmed. A new interval holds from the next time that one is laid down. The entry is put afterwards.
func (b *book) scheduleReview(e *mulu.Entry) {
	b.cancelReview(e)
	at := monthsAfter(b.now, b.term("review_interval"))
	e.Review = at.Format(timeLayout)
	b.alarm(at, reviewDue, e)
}

func (b *book) cancelReview(e *mulu.Entry) {
	if e.Review != "" {
		b.cancel(parseTime(e.Review), reviewDue, e)
	}
}

// reviewFalls is woken when an entry's interval has passed.
func reviewFalls(b *book, code string) *mulu.Refusal {
	return b.openReview(load[mulu.Entry](b, code), "law", "")
}

func openReview(b *book, a *act.OpenReview) *mulu.Refusal {
	e, no := find[mulu.Entry](b, a.Entry, cite(23))
	if no != nil {
		return no
	}
	if no := prose("why", a.Why, 2, 500, cite(23)); no != nil {
		return no
	}
	if e.Now == nil || e.Status == "retired" {
		return refuse(cite(23), "entry_unpublished", e.Code, "@"+e.Status)
	}
	if ids := b.named(mulu.KindReview, "entry/"+e.Code); len(ids) > 0 {
		return refuse(cite(23), "review_runs", ids[0])
	}
	b.cancelReview(e)
	return b.openReview(e, b.speaker.org, a.Why)
}

func (b *book) openReview(e *mulu.Entry, by, why string) *mulu.Refusal {
	r := &mulu.Review{ID: b.serial("R", "review"), Entry: e.Code, Org: e.Org, Version: e.Version, Sharing: e.Now.Sharing.Type, By: by,
		Opened: b.stamp(), Since: b.stamp(), Status: "due", Why: why}
	r.FinishBy = b.deadline(r.Since, b.term("review_finish"))
	if e.Next != nil && attributes(e.Now, e.Next) {
		r.Status = "adjusting"
	} else {
		b.alarm(parseTime(r.FinishBy.End), reviewLate, r)
	}
	return b.put(r, "review.due", cite(23))
}

// confirmReview lets the attribute stand; the next interval begins.
func confirmReview(b *book, a *act.ConfirmReview) *mulu.Refusal {
	r, no := find[mulu.Review](b, a.Review, cite(23))
	if no != nil {
		return no
	}
	if no := first(b.may(r, "confirmed"), prose("why", a.Why, 4, 2000, cite(23))); no != nil {
		return no
	}
	if no := b.finishReview(r, "confirmed", a.Why, "review.confirmed", cite(23)); no != nil {
		return no
	}
	e := load[mulu.Entry](b, r.Entry)
	b.scheduleReview(e)
	return b.put(e, "entry.review_set", cite(23))
}

func (b *book) finishReview(r *mulu.Review, status, why, fact string, art mulu.Cite) *mulu.Refusal {
	b.cancelFinish(r)
	r.Status, r.Why, r.Finished = status, why, b.stamp()
	return b.put(r, fact, art)
}

func (b *book) cancelFinish(r *mulu.Review) {
	if r.Status == "due" && !r.Overdue {
		b.cancel(parseTime(r.FinishBy.End), reviewLate, r)
	}
}

// unreviewed is woken at the end of the term to finish a review. A sharing attribute is part of the catalog, which is then
// not kept up to date: Art. 41(1)(2).
func unreviewed(b *book, id string) *mulu.Refusal {
	r := load[mulu.Review](b, id)
	r.Overdue = true
	if no := b.put(r, "review.overdue", cite(23)); no != nil {
		return no
	}
	return b.raise(cite(41, 1, 2), "review_overdue", r.Org, "", mulu.Ref{Noun: r.Kind(), ID: r.ID, Fact: "review.overdue"})
}

// adjust: a change of the attribute that is handed in answers the open review; while it is being verified the term rests,
// because the institution has done its part.
func (b *book) adjust(e *mulu.Entry) *mulu.Refusal {
	if !attributes(e.Now, e.Next) {
		return nil
	}
	for _, id := range b.named(mulu.KindReview, "entry/"+e.Code) {
		r := load[mulu.Review](b, id)
		b.cancelFinish(r)
		r.Status = "adjusting"
		if no := b.put(r, "review.adjusting", cite(23)); no != nil {
			return no
		}
	}
	return nil
}

// reopen: a change that came back leaves the review open. Returned by the bureau, its term begins anew, for verification
// took of it; taken back by the institution, it goes on as if nothing had been.
func (b *book) reopen(e *mulu.Entry) *mulu.Refusal {
	for _, id := range b.named(mulu.KindReview, "entry/"+e.Code) {
		r := load[mulu.Review](b, id)
		if r.Status != "adjusting" {
			continue
		}
		r.Status = "due"
		if !r.Overdue {
			if b.on == "entry.return" {
				r.Since = b.stamp()
			}
			r.FinishBy = b.deadline(r.Since, r.FinishBy.Days)
			b.alarm(parseTime(r.FinishBy.End), reviewLate, r)
		}
		if no := b.put(r, "review.reopened", cite(23)); no != nil {
			return no
		}
	}
	return nil
}

// reattribute: a verified change of attributes ends the open review, is told to running grants, and closes what waits for
// items none of which is shared any more.
func (b *book) reattribute(e *mulu.Entry, old *mulu.EntryContent) *mulu.Refusal {
	if old == nil || !attributes(old, e.Now) {
		return nil
	}
	for _, id := range b.named(mulu.KindReview, "entry/"+e.Code) {
		r := load[mulu.Review](b, id)
		if no := b.finishReview(r, "changed", "", "review.changed", cite(23)); no != nil {
			return no
		}
	}
	for _, id := range b.named(mulu.KindGrant, "entry/"+e.Code) {
		if no := b.notify(load[mulu.Grant](b, id), e, old); no != nil {
			return no
		}
	}
	for _, id := range b.named(mulu.KindApplication, "entry/"+e.Code) {
		p := load[mulu.Application](b, id)
		if len(sharedOf(e.Now, p.Ask.Items)) > 0 {
			continue
		}
		if no := b.closeApplication(p, "", cite(19, 4)); no != nil {
			return no
		}
		if no := b.settle(p.ID); no != nil {
			return no
		}
	}
	return nil
}

// notify puts notice of changed attributes on a running grant that they touch.
func (b *book) notify(g *mulu.Grant, e *mulu.Entry, old *mulu.EntryContent) *mulu.Refusal {
	n := &mulu.Notice{At: b.stamp(), Version: e.Version, Was: old.Sharing.Type, Now: e.Now.Sharing.Type}
	for _, field := range g.Items {
		was, had := old.Item(field)
		if !had {
			continue
		}
		if is, has := e.Now.Item(field); !has || old.SharingOf(was) != e.Now.SharingOf(is) {
			n.Items = append(n.Items, field)
		}
	}
	if old.Sharing == e.Now.Sharing && len(n.Items) == 0 {
		return nil
	}
	g.Notice = n
	return b.put(g, "grant.noticed", cite(23))
}
