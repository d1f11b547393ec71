package law

import (
	"strings"

	"mulu"
	"mulu/act"
)

// apply receives an application. Art. 20: what is shared unconditionally is granted by the rule in the same block;
// Art. 21(1): for the rest the terms begin to run, both from this receipt.
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
	p := &mulu.Application{Consumer: b.speaker.org, Provider: e.Org, Entry: e.Code, Version: e.Version, Ask: a.Ask,
		Received: b.stamp(), Status: "submitted"}
	strictest, no := checkAsk(e.Now, &p.Ask)
	if no != nil {
		return no
	}
	if ids := b.named(mulu.KindApplication, "consumer/"+p.Consumer+"/"+e.Code); len(ids) > 0 {
		return refuse(cite(21, 1), "already_waiting", ids[0])
	}
	ed := b.edition()
	p.Edition = ed.Name
	p.ID = b.serial("A", "application")
	if ed.From == "receipt" {
		p.DeliverBy = b.deadline(p.Received, ed.Deliver)
	}
	if strictest == "unconditional" {
		if no := b.put(p, "application.received", cite(20)); no != nil {
			return no
		}
		p.Answer = &mulu.Answer{By: "law", Decision: "rule", At: b.stamp()}
		return b.grant(p, "rule", p.Ask.Items, p.Ask.Rows, p.Ask.Days, cite(20))
	}
	p.AnswerBy = b.deadline(p.Received, ed.Reply)
	b.alarm(parseTime(p.AnswerBy.End), answerDue, p)
	return b.put(p, "application.received", cite(21, 1))
}

// checkAsk: Art. 21(1) wants scenario and scope of use stated, and Art. 24 binds every use to them, so each application
// states them. It gives the strictest sharing type among the items asked for and fills in the items where none is named.
func checkAsk(c *mulu.EntryContent, ask *mulu.Ask) (strictest string, no *mulu.Refusal) {
	if no := first(text("scenario", ask.Scenario, 2, 500, cite(21, 1)), text("scope", ask.Scope, 2, 500, cite(21, 1)),
		text("duty", ask.Duty, 2, 500, cite(24)), oneOf("method", ask.Method, mulu.Methods, cite(21, 1)),
		within("days", ask.Days, 1, 1095, cite(24))); no != nil {
		return "", no
	}
	if len(ask.Items) == 0 {
		for _, i := range c.Items {
			if c.SharingOf(i) != "not_shared" && contains(Protections()[i.Grade-1].Methods, ask.Method) {
				ask.Items = append(ask.Items, i.Field)
			}
		}
		if len(ask.Items) == 0 {
			return "", refuse(cite(19, 4), "nothing_shared", c.Name, basisOf(c))
		}
	}
	strictest = "unconditional"
	seen := map[string]bool{}
	for _, field := range ask.Items {
		i, ok := c.Item(field)
		switch {
		case !ok:
			return "", refuse(cite(21, 1), "unknown", "@item", field)
		case seen[field]:
			return "", refuse(cite(21, 1), "doubled", "@item", field)
		case c.SharingOf(i) == "not_shared":
			return "", refuse(cite(19, 4), "not_shared", i.Name, basisOf(c))
		case !contains(Protections()[i.Grade-1].Methods, ask.Method):
			return "", refuse(cite(38, 1), "grade_method", i.Name, "@method."+ask.Method)
		case c.SharingOf(i) == "conditional":
			strictest = "conditional"
		}
		seen[field] = true
	}
	return strictest, checkRows(c, ask.Rows, cite(21, 1))
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

func checkRows(c *mulu.EntryContent, rows []mulu.Filter, where mulu.Cite) *mulu.Refusal {
	if no := within("rows", len(rows), 0, 20, where); no != nil {
		return no
	}
	for _, f := range rows {
		if _, ok := c.Item(f.Item); !ok {
			return refuse(where, "unknown", "@item", f.Item)
		}
		if no := within("values", len(f.Values), 1, 1000, where); no != nil {
			return no
		}
		for _, v := range f.Values {
			if strings.TrimSpace(v) == "" || len(v) > 400 {
				return refuse(where, "text_form", "@values")
			}
		}
	}
	return nil
}
