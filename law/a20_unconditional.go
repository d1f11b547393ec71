package law

import (
	"strings"

	"mulu"
	"mulu/act"
)

// apply receives an application. Art. 20: what is shared unconditionally is granted by the rule in the same block;
// Art. 21(1): for the rest the terms begin to run, both from this receipt. One act that asks for both makes two
// applications, so that what is due at once does not wait for the rest.
func apply(b *book, a *act.Apply) *mulu.Refusal {
	e, no := find[mulu.Entry](b, a.Entry, cite(20))
	if no != nil {
		return no
	}
	if e.Now == nil || e.Status != "published" && e.Status != "changing" {
		return refuse(cite(20), "entry_not_published", e.Code, "@"+e.Status)
	}
	if b.speaker.org == "" || e.Org == b.speaker.org {
		return refuse(cite(3, 4), "own_entry")
	}
	ask := a.Ask
	if no := checkAsk(e.Now, &ask); no != nil {
		return no
	}
	open, bound := divide(e.Now, ask)
	if len(bound) > 0 {
		if ids := b.named(mulu.KindApplication, "consumer/"+b.speaker.org+"/"+e.Code); len(ids) > 0 {
			return refuse(cite(21, 1), "already_waiting", ids[0])
		}
	}
	if len(bound) == 0 {
		return b.receiveUnconditional(b.receive(e, ask, open))
	}
	if len(open) == 0 {
		return b.receiveConditional(b.receive(e, ask, bound))
	}
	atOnce, rest := b.receive(e, ask, open), b.receive(e, ask, bound)
	atOnce.SplitTo, rest.SplitOf = rest.ID, atOnce.ID
	if no := b.receiveUnconditional(atOnce); no != nil {
		return no
	}
	return b.receiveConditional(rest)
}

// receive makes an application for some of the items asked for, under the edition in force.
func (b *book) receive(e *mulu.Entry, ask mulu.Ask, items []string) *mulu.Application {
	ask.Items = items
	p := &mulu.Application{ID: b.serial("A", "application"), Consumer: b.speaker.org, Provider: e.Org, Entry: e.Code, Version: e.Version,
		Ask: ask, Edition: b.edition().Name, Received: b.stamp(), Status: "submitted"}
	if ed := b.edition(); ed.From == "receipt" {
		p.DeliverBy = b.deadline(p.Received, ed.Deliver)
	}
	return p
}

// receiveUnconditional: the rule answers in the same block, which keeps any term an edition sets for the answer.
func (b *book) receiveUnconditional(p *mulu.Application) *mulu.Refusal {
	if ed := b.edition(); ed.AtOnce > 0 {
		p.AnswerBy = b.deadline(p.Received, ed.AtOnce)
	}
	if no := b.put(p, "application.received", cite(20)); no != nil {
		return no
	}
	p.Answer = &mulu.Answer{By: "law", Decision: "rule", At: b.stamp()}
	return b.grant(p, "rule", asked(p), cite(20))
}

func (b *book) receiveConditional(p *mulu.Application) *mulu.Refusal {
	p.AnswerBy = b.deadline(p.Received, b.edition().Reply)
	b.alarm(parseTime(p.AnswerBy.End), answerDue, p)
	return b.put(p, "application.received", cite(21, 1))
}

// divide sorts the items asked for into those that are shared unconditionally and those that are not. A row scope over an
// item tells that item's values, so where it is over a conditional item everything is conditional.
func divide(c *mulu.EntryContent, ask mulu.Ask) (open, bound []string) {
	for _, f := range ask.Rows {
		if i, _ := c.Item(f.Item); c.SharingOf(i) != "unconditional" {
			return nil, ask.Items
		}
	}
	for _, field := range ask.Items {
		if i, _ := c.Item(field); c.SharingOf(i) == "unconditional" {
			open = append(open, field)
		} else {
			bound = append(bound, field)
		}
	}
	return open, bound
}

// checkAsk: Art. 21(1) wants scenario and scope of use stated, and Art. 24 binds every use to them, so each application
// states them. It fills in the items where none is named: all that can be had this way, sensitive ones excepted.
func checkAsk(c *mulu.EntryContent, ask *mulu.Ask) *mulu.Refusal {
	if no := first(prose("scenario", ask.Scenario, 2, 500, cite(21, 1)), prose("scope", ask.Scope, 2, 500, cite(21, 1)),
		prose("duty", ask.Duty, 2, 500, cite(24)), oneOf("method", ask.Method, mulu.Methods, cite(21, 1)),
		within("days", ask.Days, 1, 1095, cite(24))); no != nil {
		return no
	}
	if len(ask.Items) == 0 {
		for _, i := range c.Items {
			if c.SharingOf(i) != "not_shared" && !i.Sensitive && contains(Protections()[i.Grade-1].Methods, ask.Method) {
				ask.Items = append(ask.Items, i.Field)
			}
		}
		if len(ask.Items) == 0 {
			return refuse(cite(19, 4), "nothing_shared", c.Name, basisOf(c))
		}
	}
	if no := checkItemsAsked(c, ask); no != nil {
		return no
	}
	for _, f := range ask.Rows {
		if i, ok := c.Item(f.Item); ok && c.SharingOf(i) == "not_shared" {
			return refuse(cite(19, 4), "not_shared", i.Name, basisOf(c))
		}
	}
	return first(checkRows(c, ask.Rows, cite(21, 1)), checkLimits(c, ask))
}

func checkItemsAsked(c *mulu.EntryContent, ask *mulu.Ask) *mulu.Refusal {
	seen, sensitive := map[string]bool{}, ""
	for _, field := range ask.Items {
		i, ok := c.Item(field)
		switch {
		case !ok:
			return refuse(cite(21, 1), "unknown", "@item", field)
		case seen[field]:
			return refuse(cite(21, 1), "doubled", "@item", field)
		case c.SharingOf(i) == "not_shared":
			return refuse(cite(19, 4), "not_shared", i.Name, basisOf(c))
		case !contains(Protections()[i.Grade-1].Methods, ask.Method):
			return refuse(cite(38, 1), "grade_method", i.Name, "@method."+ask.Method)
		case i.Sensitive && sensitive == "":
			sensitive = i.Name
		}
		seen[field] = true
	}
	return checkSensitive(sensitive, ask)
}

// checkSensitive: Art. 40: personal information is used under the conditions that the laws set. For sensitive items they
// want specific necessity and a recorded impact assessment, so that silence too consents to no more than that.
func checkSensitive(item string, ask *mulu.Ask) *mulu.Refusal {
	if item != "" && (ask.Necessity == "" || ask.Assessment == "") {
		return refuse(cite(40), "sensitive_unfounded", item)
	}
	if no := proseOr("necessity", ask.Necessity, 4, 1000, cite(40)); no != nil {
		return no
	}
	if ask.Assessment == "" {
		return nil
	}
	return digest("assessment", ask.Assessment, cite(40))
}

func basisOf(c *mulu.EntryContent) string {
	if c.Sharing.Basis != "" {
		return c.Sharing.Basis
	}
	if c.Sharing.Override != "" {
		return c.Sharing.Override
	}
	return "@item_exception"
}

// checkRows checks a row scope. It stands on the chain, so it names groups, never persons.
func checkRows(c *mulu.EntryContent, rows []mulu.Filter, where mulu.Cite) *mulu.Refusal {
	if no := within("rows", len(rows), 0, 20, where); no != nil {
		return no
	}
	seen := map[string]bool{}
	for _, f := range rows {
		i, ok := c.Item(f.Item)
		switch {
		case !ok:
			return refuse(where, "unknown", "@item", f.Item)
		case seen[f.Item]:
			return refuse(where, "doubled", "@rows", i.Name)
		case i.Personal && i.IsKey:
			return refuse(cite(40), "rows_of_persons", i.Name)
		}
		seen[f.Item] = true
		if no := checkValues(f.Values, where); no != nil {
			return no
		}
	}
	return nil
}

func checkValues(list []string, where mulu.Cite) *mulu.Refusal {
	if no := within("values", len(list), 1, 1000, where); no != nil {
		return no
	}
	seen := map[string]bool{}
	for _, v := range list {
		switch {
		case strings.TrimSpace(v) == "" || len(v) > 400:
			return refuse(where, "text_form", "@values")
		case seen[v]:
			return refuse(where, "doubled", "@values", v)
		case namesPerson(v):
			return refuse(cite(40), "personal_in_text", "@values")
		}
		seen[v] = true
	}
	return nil
}
