package law

import (
	"strconv"

	"mulu"
	"mulu/act"
	"mulu/workday"
)

// purchaseLate is the alarm on a purchase when the term for an interface or a ground ends.
const purchaseLate = "purchase.finish_due"

// Art. 17: data bought with public money is filed with the bureau and served through an interface; who holds it unfit for
// one gives the ground. Filing is for knowledge: the bureau decides nothing on it. The text gives no term for the interface,
// so the bureau sets an internal one; what is overdue then is not shared as required, Art. 41(1)(5).
var purchaseWays = []Way{
	{mulu.KindPurchase, "", "purchase.file", []Role{Owner}, "on_file", cite(17)},
	{mulu.KindPurchase, "on_file", "purchase.amend", []Role{Owner}, "on_file", cite(17)},
	{mulu.KindPurchase, "served", "purchase.amend", []Role{Owner}, "served", cite(17)},
	{mulu.KindPurchase, "grounded", "purchase.amend", []Role{Owner}, "grounded", cite(17)},
	{mulu.KindPurchase, "on_file", "purchase.serve", []Role{Owner}, "served", cite(17)},
	{mulu.KindPurchase, "served", "purchase.serve", []Role{Owner}, "served", cite(17)},
	{mulu.KindPurchase, "grounded", "purchase.serve", []Role{Owner}, "served", cite(17)},
	{mulu.KindPurchase, "on_file", "purchase.ground", []Role{Owner}, "grounded", cite(17)},
	{mulu.KindPurchase, "served", "purchase.ground", []Role{Owner}, "grounded", cite(17)},
	{mulu.KindPurchase, "grounded", "purchase.ground", []Role{Owner}, "grounded", cite(17)},
	{mulu.KindPurchase, "on_file", "purchase.end", []Role{Owner}, "ended", cite(17)},
	{mulu.KindPurchase, "served", "purchase.end", []Role{Owner}, "ended", cite(17)},
	{mulu.KindPurchase, "grounded", "purchase.end", []Role{Owner}, "ended", cite(17)},
	{mulu.KindPurchase, "on_file", purchaseLate, []Role{TheLaw}, "on_file", cite(17)},
	{mulu.KindPurchase, "on_file", "calendar.publish", []Role{TheLaw}, "on_file", cite(17)},
	{mulu.KindPurchase, "served", "dataset.disconnect", []Role{TheLaw}, "on_file", cite(17)},
	{mulu.KindPurchase, "served", "entry.verify", []Role{TheLaw}, "on_file", cite(17)},
	{mulu.KindPurchase, "served", "entry.retire", []Role{TheLaw}, "on_file", cite(17)},
	{mulu.KindPurchase, "on_file", "org.close", []Role{TheLaw}, "ended", cite(17)},
	{mulu.KindPurchase, "grounded", "org.close", []Role{TheLaw}, "ended", cite(17)},
}

func filePurchase(b *book, a *act.FilePurchase) *mulu.Refusal {
	p := &mulu.Purchase{Org: b.speaker.org, Name: a.Name, Content: a.Content, Supplier: a.Supplier, Contract: a.Contract, From: a.From, Until: a.Until,
		Cost: a.Cost, Fund: a.Fund, Filed: b.stamp(), Since: b.stamp(), Status: "on_file"}
	if no := first(b.may(p, "on_file"), b.checkPurchase(p)); no != nil {
		return no
	}
	p.ID = b.serial("P", "purchase")
	b.owe(p)
	return b.put(p, "purchase.filed", cite(17))
}

// owe begins the term for an interface or a ground.
func (b *book) owe(p *mulu.Purchase) {
	p.Owed, p.Overdue = b.stamp(), false
	p.FinishBy = b.deadline(p.Owed, b.term("purchase_finish"))
	b.alarm(parseTime(p.FinishBy.End), purchaseLate, p)
}

// owesNot ends it, where it still runs.
func (b *book) owesNot(p *mulu.Purchase) {
	if p.Status == "on_file" && !p.Overdue {
		b.cancel(parseTime(p.FinishBy.End), purchaseLate, p)
	}
}

func (b *book) checkPurchase(p *mulu.Purchase) *mulu.Refusal {
	here := cite(17)
	if no := first(text("name", p.Name, 2, 200, here), prose("content", p.Content, 2, 2000, here), text("supplier", p.Supplier, 2, 200, here),
		optional("contract", p.Contract, 1, 100, here), prose("fund", p.Fund, 2, 200, here)); no != nil {
		return no
	}
	from, err := workday.ParseDate(p.From)
	if err != nil {
		return refuse(here, "date_form", "@contract_from", p.From)
	}
	until, err := workday.ParseDate(p.Until)
	if err != nil {
		return refuse(here, "date_form", "@contract_until", p.Until)
	}
	if until.Start().Before(from.Start()) {
		return refuse(here, "period_back", p.From, p.Until)
	}
	if p.Cost < 1 || p.Cost > 1e12 {
		return refuse(here, "out_of_range", "@cost", strconv.FormatInt(p.Cost, 10), "1", "1000000000000")
	}
	if b.taken(mulu.KindPurchase, "name/"+p.Org+"/"+p.Name, p.ID) {
		return refuse(here, "name_taken", "@purchase", p.Name)
	}
	return nil
}

func amendPurchase(b *book, a *act.AmendPurchase) *mulu.Refusal {
	p, no := find[mulu.Purchase](b, a.Purchase, cite(17))
	if no != nil {
		return no
	}
	if no := first(b.may(p, p.Status), prose("why", a.Why, 2, 500, cite(17))); no != nil {
		return no
	}
	was := stated(p)
	p.Name, p.Content, p.Supplier, p.Contract = a.Name, a.Content, a.Supplier, a.Contract
	p.From, p.Until, p.Cost, p.Fund = a.From, a.Until, a.Cost, a.Fund
	if stated(p) == was {
		return refuse(cite(17), "nothing_changed")
	}
	if no := b.checkPurchase(p); no != nil {
		return no
	}
	p.Why = a.Why
	return b.put(p, "purchase.amended", cite(17))
}

// stated is what the institution says about a purchase when it files it.
func stated(p *mulu.Purchase) act.FilePurchase {
	return act.FilePurchase{Name: p.Name, Content: p.Content, Supplier: p.Supplier, Contract: p.Contract, From: p.From, Until: p.Until, Cost: p.Cost, Fund: p.Fund}
}

// servePurchase: the interface is the gateway's, so the entry is published, shared in part at least, and its data can be had.
func servePurchase(b *book, a *act.ServePurchase) *mulu.Refusal {
	p, no := find[mulu.Purchase](b, a.Purchase, cite(17))
	if no != nil {
		return no
	}
	if no := b.may(p, "served"); no != nil {
		return no
	}
	e, no := find[mulu.Entry](b, a.Entry, cite(17))
	if no != nil {
		return no
	}
	switch {
	case e.Org != p.Org:
		return refuse(cite(17), "entry_foreign", e.Code)
	case e.Status != "published" && e.Status != "changing":
		return refuse(cite(17), "entry_not_published", e.Code, "@"+e.Status)
	case !shares(e.Now):
		return refuse(cite(17), "purchase_unshared", e.Now.Name)
	case !b.answers(e):
		return refuse(cite(17), "purchase_unserved", e.Now.Name)
	case p.Status == "served" && p.Entry == e.Code:
		return refuse(cite(17), "nothing_changed")
	}
	b.owesNot(p)
	p.Status, p.Entry, p.Ground, p.Basis, p.Since, p.Why = "served", e.Code, "", "", b.stamp(), ""
	return b.put(p, "purchase.served", cite(17))
}

// shares tells whether any item of an entry is shared.
func shares(c *mulu.EntryContent) bool {
	for _, i := range c.Items {
		if c.SharingOf(i) != "not_shared" {
			return true
		}
	}
	return false
}

// answers tells whether the gateway has data of an entry to answer from: the platform's or its owner's.
func (b *book) answers(e *mulu.Entry) bool {
	d := load[mulu.Dataset](b, e.Code)
	return d != nil && (d.Status == "serving" || d.Status == "connected")
}

// groundPurchase: the text asks for the ground and leaves the judgement to the institution; where the ground does not hold
// the bureau may raise a finding.
func groundPurchase(b *book, a *act.GroundPurchase) *mulu.Refusal {
	p, no := find[mulu.Purchase](b, a.Purchase, cite(17))
	if no != nil {
		return no
	}
	if no := first(b.may(p, "grounded"), prose("why", a.Ground, 4, 2000, cite(17)), prose("basis", a.Basis, 2, 500, cite(17))); no != nil {
		return no
	}
	if p.Ground == a.Ground && p.Basis == a.Basis {
		return refuse(cite(17), "nothing_changed")
	}
	b.owesNot(p)
	p.Status, p.Entry, p.Ground, p.Basis, p.Since, p.Why = "grounded", "", a.Ground, a.Basis, b.stamp(), ""
	return b.put(p, "purchase.grounded", cite(17))
}

func endPurchase(b *book, a *act.EndPurchase) *mulu.Refusal {
	p, no := find[mulu.Purchase](b, a.Purchase, cite(17))
	if no != nil {
		return no
	}
	if no := first(b.may(p, "ended"), prose("why", a.Why, 2, 500, cite(17))); no != nil {
		return no
	}
	return b.closePurchase(p, a.Why)
}

func (b *book) closePurchase(p *mulu.Purchase, why string) *mulu.Refusal {
	b.owesNot(p)
	p.Status, p.Why, p.Since = "ended", why, b.stamp()
	return b.put(p, "purchase.ended", cite(17))
}

// endPurchases ends what a closed institution had filed.
func (b *book) endPurchases(org, why string) *mulu.Refusal {
	for {
		id, any := b.holds(mulu.KindPurchase, org)
		if !any {
			return nil
		}
		if no := b.closePurchase(load[mulu.Purchase](b, id), why); no != nil {
			return no
		}
	}
}

// unserve: with the entry retired, no longer shared or its data out of reach the interface is gone, and one is owed again.
func (b *book) unserve(e *mulu.Entry) *mulu.Refusal {
	for _, id := range b.named(mulu.KindPurchase, "entry/"+e.Code) {
		p := load[mulu.Purchase](b, id)
		p.Status, p.Entry, p.Since, p.Why = "on_file", "", b.stamp(), ""
		b.owe(p)
		if no := b.put(p, "purchase.unserved", cite(17)); no != nil {
			return no
		}
	}
	return nil
}

// unfinished is woken at the end of the term.
func unfinished(b *book, id string) *mulu.Refusal {
	p := load[mulu.Purchase](b, id)
	p.Overdue = true
	if no := b.put(p, "purchase.overdue", cite(17)); no != nil {
		return no
	}
	return b.raise(cite(41, 1, 5), "purchase_overdue", p.Org, "", mulu.Ref{Noun: p.Kind(), ID: p.ID, Fact: "purchase.overdue"})
}
