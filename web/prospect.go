package web

import (
	"encoding/json"
	"fmt"
	"strings"

	"mulu"
	"mulu/act"
)

// prospect is what an application would become if it were submitted now, by the law's own word.
type prospect struct {
	No        *trouble
	AtOnce    int  // items granted in the same block (Art. 20)
	There     bool // and their data is on the platform, so that they can be fetched at once
	Bound     int  // items that the provider answers for (Art. 21)
	AnswerBy  *mulu.Deadline
	DeliverBy *mulu.Deadline
	Silence   bool // no answer is consent
}

// prospect tells what would come of an application. Nothing is done.
func (v *visit) prospect(a *act.Apply) (p prospect, err error) {
	facts, no := v.Desk.Preview(v.by(), a)
	if no != nil {
		return prospect{No: v.trouble(no)}, nil
	}
	for _, f := range facts {
		switch f.Kind {
		case "application.received":
			var got mulu.Application
			if err := json.Unmarshal(f.State, &got); err != nil {
				return p, fmt.Errorf("read what would come of an application: %w", err)
			}
			if got.AnswerBy != nil {
				p.Bound, p.AnswerBy, p.DeliverBy, p.Silence = len(got.Ask.Items), got.AnswerBy, got.DeliverBy, v.silence(got.Edition)
			}
		case "grant.made":
			var got mulu.Grant
			if err := json.Unmarshal(f.State, &got); err != nil {
				return p, fmt.Errorf("read what would come of an application: %w", err)
			}
			p.AtOnce = len(got.Items)
			if p.AtOnce == p.Bound { // an edition may give the rule's answer a term too
				p.Bound, p.AnswerBy = 0, nil
			}
			if p.DeliverBy == nil {
				p.DeliverBy = got.DeliverBy
			}
		case "grant.delivered":
			p.There = true
		}
	}
	return p, nil
}

// silence tells whether no answer is consent under an edition.
func (v *visit) silence(edition string) bool {
	for _, e := range v.Law.Editions() {
		if e.Name == edition {
			return e.Silence
		}
	}
	return false
}

// edition is the edition of terms under a name; the zero Edition where there is none.
func (v *visit) edition(name string) Edition {
	for _, e := range v.Law.Editions() {
		if e.Name == name {
			return e
		}
	}
	return Edition{}
}

// trialAsk is an ask for everything of an entry that can be had by a method, to see what would come of it.
func (v *visit) trialAsk(c *mulu.EntryContent, method string) mulu.Ask {
	const word = "preview"
	ask := mulu.Ask{Scenario: word, Scope: word, Duty: word, Method: method, Days: 1, Necessity: word, Assessment: strings.Repeat("0", 64)}
	for _, i := range c.Items {
		if c.SharingOf(i) != "not_shared" && v.had(i.Grade, method) {
			ask.Items = append(ask.Items, i.Field)
		}
	}
	return ask
}

// had tells whether data of a grade can be had by a method (Art. 38(1)).
func (v *visit) had(grade int, method string) bool {
	for _, p := range v.Law.Protections() {
		if p.Grade != grade {
			continue
		}
		for _, m := range p.Methods {
			if m == method {
				return true
			}
		}
	}
	return false
}

// usual is the line of the table of rates and volumes for items of an entry by a method.
func (v *visit) usual(c *mulu.EntryContent, fields []string, method string) (found Limit) {
	highest := 1
	for _, f := range fields {
		if i, ok := c.Item(f); ok {
			highest = max(highest, i.Grade)
		}
	}
	for _, l := range v.Law.Limits() {
		if l.Method == method && l.Grade <= highest {
			found = l
		}
	}
	return found
}
