package law

import (
	"fmt"
	"strconv"

	"mulu"
	"mulu/act"
)

// Art. 11(1): institutions draw up full and regular data catalogs after their duties, and the bureau verifies them (核定).
// What is verified is published; a change that matters is verified again while the old version stays in force.
var entryWays = []Way{
	{mulu.KindEntry, "", "entry.submit", []Role{Owner}, "submitted", cite(11, 1)},
	{mulu.KindEntry, "returned", "entry.submit", []Role{Owner}, "submitted", cite(11, 1)},
	{mulu.KindEntry, "submitted", "entry.withdraw", []Role{Owner}, "returned", cite(11, 1)},
	{mulu.KindEntry, "changing", "entry.withdraw", []Role{Owner}, "published", cite(11, 1)},
	{mulu.KindEntry, "submitted", "entry.return", []Role{Bureau}, "returned", cite(11, 1)},
	{mulu.KindEntry, "changing", "entry.return", []Role{Bureau}, "published", cite(11, 1)},
	{mulu.KindEntry, "submitted", "entry.verify", []Role{Bureau}, "published", cite(11, 1)},
	{mulu.KindEntry, "changing", "entry.verify", []Role{Bureau}, "published", cite(11, 1)},
	{mulu.KindEntry, "published", "entry.change", []Role{Owner}, "published", cite(16)},
	{mulu.KindEntry, "published", "entry.change", []Role{Owner}, "changing", cite(11, 1)},
	{mulu.KindEntry, "published", "entry.suspend", []Role{Owner, Bureau}, "suspended", cite(16)},
	{mulu.KindEntry, "changing", "entry.suspend", []Role{Owner, Bureau}, "suspended", cite(16)},
	{mulu.KindEntry, "suspended", "entry.resume", []Role{Owner, Bureau}, "published", cite(16)},
	{mulu.KindEntry, "suspended", "entry.resume", []Role{Owner, Bureau}, "changing", cite(16)},
	{mulu.KindEntry, "published", "entry.retire", []Role{Owner}, "retired", cite(16)},
	{mulu.KindEntry, "suspended", "entry.retire", []Role{Owner}, "retired", cite(16)},
	{mulu.KindEntry, "returned", "entry.retire", []Role{Owner}, "retired", cite(11, 1)},
	{mulu.KindEntry, "published", "review.confirm", []Role{TheLaw}, "published", cite(23)},
	{mulu.KindEntry, "changing", "review.confirm", []Role{TheLaw}, "changing", cite(23)},
	{mulu.KindEntry, "suspended", "review.confirm", []Role{TheLaw}, "suspended", cite(23)},
}

func submitEntry(b *book, a *act.SubmitEntry) *mulu.Refusal {
	if no := b.follows(); no != nil {
		return no
	}
	e := &mulu.Entry{Org: b.speaker.org}
	if a.Entry != "" {
		var no *mulu.Refusal
		if e, no = find[mulu.Entry](b, a.Entry, cite(11, 1)); no != nil {
			return no
		}
	}
	content := a.Content
	if no := b.checkContent(e, &content); no != nil {
		return no
	}
	if e.Code == "" {
		class := content.Class + "110102" + e.Org
		e.Code = fmt.Sprintf("%s/%06d", class, b.next("entry/"+class))
	} else if e.Next != nil && e.Next.Class != content.Class {
		return refuse(cite(11, 1), "class_fixed", e.Code)
	}
	e.Next, e.Status, e.Why = &content, "submitted", ""
	return b.put(e, "entry.submitted", cite(11, 1))
}

// checkContent holds an entry's content against Art. 3, 11, 19, 26 and 38, and fills in what follows from it.
func (b *book) checkContent(e *mulu.Entry, c *mulu.EntryContent) *mulu.Refusal {
	here := cite(11, 1)
	if no := first(text("name", c.Name, 2, 200, here), text("summary", c.Summary, 2, 4000, here),
		oneOf("class", c.Class, mulu.Classes, here), oneOf("format", c.Format, mulu.Formats, here),
		oneOf("cycle", c.Cycle, mulu.Cycles, cite(16)), optional("theme", c.Theme, 2, 60, here)); no != nil {
		return no
	}
	if c.Base != "" {
		if no := oneOf("base", c.Base, mulu.Bases, cite(15, 1)); no != nil {
			return no
		}
	}
	d := load[mulu.Duty](b, c.Duty)
	switch {
	case d == nil || d.Org != e.Org:
		return refuse(cite(3, 3), "duty_unknown", c.Duty)
	case d.Status != "active":
		return refuse(cite(3, 3), "duty_"+d.Status, d.Name)
	}
	if b.taken(mulu.KindEntry, "name/"+e.Org+"/"+c.Name, e.Code) {
		return refuse(here, "name_taken", "@entry", c.Name)
	}
	if no := checkItems(c); no != nil {
		return no
	}
	return first(b.checkStandards(e.Now, c), checkSharing(c), checkOpening(c), checkGrades(c))
}

func checkItems(c *mulu.EntryContent) *mulu.Refusal {
	here := cite(11, 1)
	if no := within("items", len(c.Items), 1, 1000, here); no != nil {
		return no
	}
	names, fields := map[string]bool{}, map[string]bool{}
	c.Personal = false
	for _, i := range c.Items {
		if no := first(text("item", i.Name, 1, 100, here), text("field", i.Field, 1, 64, here),
			oneOf("type", i.Type, mulu.ItemTypes, here), within("length", i.Length, 0, 1<<20, here),
			optional("standard", i.Standard, 1, 100, here)); no != nil {
			return no
		}
		if !fieldName(i.Field) {
			return refuse(here, "field_form", i.Name, i.Field)
		}
		if names[i.Name] {
			return refuse(here, "doubled", "@item", i.Name)
		}
		if fields[i.Field] {
			return refuse(here, "doubled", "@field", i.Field)
		}
		names[i.Name], fields[i.Field] = true, true
		c.Personal = c.Personal || i.Personal
	}
	return nil
}

// fieldName: a letter or underscore, then letters, digits, underscores: what every database takes.
func fieldName(s string) bool {
	for i := range len(s) {
		c := s[i]
		letter := c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
		if !letter && (i == 0 || c < '0' || c > '9') {
			return false
		}
	}
	return s != ""
}

func withdrawEntry(b *book, a *act.WithdrawEntry) *mulu.Refusal {
	return b.backOut(a.Entry, a.Why, "entry.withdrawn")
}

func returnEntry(b *book, a *act.ReturnEntry) *mulu.Refusal {
	return b.backOut(a.Entry, a.Why, "entry.returned")
}

// backOut ends a verification without publication: a new entry goes back, a published one keeps its version.
// What was handed in stays in the history of the entry.
func (b *book) backOut(code, why, fact string) *mulu.Refusal {
	e, no := find[mulu.Entry](b, code, cite(11, 1))
	if no != nil {
		return no
	}
	if no := text("why", why, 2, 1000, cite(11, 1)); no != nil {
		return no
	}
	if e.Status == "changing" {
		e.Status, e.Next = "published", nil
	} else {
		e.Status = "returned"
	}
	e.Why = why
	if no := b.put(e, fact, cite(11, 1)); no != nil {
		return no
	}
	return b.reopen(e)
}

func verifyEntry(b *book, a *act.VerifyEntry) *mulu.Refusal {
	e, no := find[mulu.Entry](b, a.Entry, cite(11, 1))
	if no != nil {
		return no
	}
	if no := b.may(e, "published"); no != nil {
		return no
	}
	if no := optional("override", a.Override, 2, 1000, cite(19, 4)); no != nil {
		return no
	}
	if no := verifySharing(e.Next, a.Override); no != nil {
		return no
	}
	if d := load[mulu.Duty](b, e.Next.Duty); d.Status != "active" {
		return refuse(cite(3, 3), "duty_"+d.Status, d.Name)
	}
	old := e.Now
	e.Now, e.Next, e.Version, e.Status, e.Why, e.Since = e.Next, nil, e.Version+1, "published", "", b.stamp()
	if e.Review == "" || attributes(old, e.Now) {
		b.scheduleReview(e)
	}
	if no := b.put(e, "entry.published", cite(11, 1), cite(3, 3)); no != nil {
		return no
	}
	if no := b.expectData(e, old); no != nil {
		return no
	}
	if !shares(e.Now) {
		if no := b.unserve(e); no != nil {
			return no
		}
	}
	return b.reattribute(e, old)
}

func changeEntry(b *book, a *act.ChangeEntry) *mulu.Refusal {
	e, no := find[mulu.Entry](b, a.Entry, cite(16))
	if no != nil {
		return no
	}
	if no := b.may(e, "changing"); no != nil {
		return no
	}
	if a.From != e.Version {
		return refuse(cite(16), "version_moved", strconv.Itoa(a.From), strconv.Itoa(e.Version))
	}
	content := a.Content
	if content.Class != e.Now.Class {
		return refuse(cite(11, 1), "class_fixed", e.Code)
	}
	if no := b.checkContent(e, &content); no != nil {
		return no
	}
	if same(e.Now, &content) {
		return refuse(cite(16), "nothing_changed")
	}
	if why := material(e.Now, &content); why != "" {
		e.Next, e.Status, e.Why = &content, "changing", why
		if no := b.put(e, "entry.change_submitted", cite(11, 1), cite(16)); no != nil {
			return no
		}
		return b.adjust(e)
	}
	old := e.Now
	e.Now, e.Version, e.Why, e.Since = &content, e.Version+1, "", b.stamp()
	if no := b.put(e, "entry.changed", cite(16)); no != nil {
		return no
	}
	return b.recycle(e, load[mulu.Dataset](b, e.Code), old)
}

func same(x, y *mulu.EntryContent) bool {
	a, err := act.Encode(x)
	if err != nil {
		panic(err)
	}
	c, err := act.Encode(y)
	if err != nil {
		panic(err)
	}
	return string(a) == string(c)
}

// material tells why a change must be verified again: it touches sharing, opening, a grade, the duty, or an item's
// being there, its sense or its protection. "" means that only wording changed.
func material(old, now *mulu.EntryContent) string {
	switch {
	case old.Sharing != now.Sharing:
		return "sharing"
	case old.Opening != now.Opening:
		return "opening"
	case old.Grade != now.Grade:
		return "grade"
	case old.Duty != now.Duty:
		return "duty"
	case old.Base != now.Base:
		return "base"
	}
	for _, i := range old.Items {
		j, ok := now.Item(i.Field)
		if !ok {
			return "item_removed"
		}
		if i.Type != j.Type || i.Grade != j.Grade || i.Personal != j.Personal || i.Sensitive != j.Sensitive || i.Sharing != j.Sharing {
			return "item_changed"
		}
	}
	if len(now.Items) > len(old.Items) {
		return "item_added"
	}
	return ""
}

func suspendEntry(b *book, a *act.SuspendEntry) *mulu.Refusal {
	e, no := find[mulu.Entry](b, a.Entry, cite(16))
	if no != nil {
		return no
	}
	if no := text("why", a.Why, 2, 1000, cite(16)); no != nil {
		return no
	}
	e.Status, e.Why = "suspended", a.Why
	return b.put(e, "entry.suspended", cite(16))
}

func resumeEntry(b *book, a *act.ResumeEntry) *mulu.Refusal {
	e, no := find[mulu.Entry](b, a.Entry, cite(16))
	if no != nil {
		return no
	}
	if no := text("why", a.Why, 2, 1000, cite(16)); no != nil {
		return no
	}
	e.Status, e.Why = "published", a.Why
	if e.Next != nil {
		e.Status = "changing"
	}
	if no := b.put(e, "entry.resumed", cite(16)); no != nil {
		return no
	}
	return b.resumeData(e)
}

// retireEntry: Art. 16: what has become invalid is updated in time. The entry's history stays; what hangs on it ends.
func retireEntry(b *book, a *act.RetireEntry) *mulu.Refusal {
	e, no := find[mulu.Entry](b, a.Entry, cite(16))
	if no != nil {
		return no
	}
	if no := text("why", a.Why, 2, 1000, cite(16)); no != nil {
		return no
	}
	b.cancelReview(e)
	e.Status, e.Why = "retired", a.Why
	if no := b.put(e, "entry.retired", cite(16)); no != nil {
		return no
	}
	if no := b.retireData(e); no != nil {
		return no
	}
	for _, id := range b.named(mulu.KindLink, "entry/"+e.Code) {
		l := load[mulu.Link](b, id)
		l.Status, l.Why = "cut", a.Why
		if no := b.put(l, "link.cut", cite(3, 3)); no != nil {
			return no
		}
	}
	for _, id := range b.named(mulu.KindReview, "entry/"+e.Code) {
		if no := b.finishReview(load[mulu.Review](b, id), "closed", a.Why, "review.closed", cite(16)); no != nil {
			return no
		}
	}
	if no := b.unserve(e); no != nil {
		return no
	}
	return b.endSharing("entry/"+e.Code, a.Why, cite(16))
}
