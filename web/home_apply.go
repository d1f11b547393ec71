package web

import (
	"mulu/people"
	"mulu/read"
)

// sharingTasks is what sharing asks of who looks: answers, deliveries, what they applied for, cases.
type sharingTasks struct {
	Answer    []inboxRow
	Answers   int
	Deliver   []inboxRow
	Delivers  int
	Asked     []applicationRow // own applications that are not decided or not delivered
	Askeds    int
	Cases     []caseRow
	CasesOpen int
	Basket    int
	Late      int // terms of the institution that are past, of the bureau's overview those of all
}

// homeSharing is what passes between institutions and waits for somebody.
func (v *visit) homeSharing(h *homePage) (err error) {
	if !v.Person.Roles.Has(people.Steward, people.Approver, people.Reader, people.Observer) {
		return nil
	}
	ctx, org, t := v.R.Context(), v.Org.ID, &sharingTasks{}
	for _, one := range []struct {
		what  string
		rows  *[]inboxRow
		count *int
	}{{"answer", &t.Answer, &t.Answers}, {"deliver", &t.Deliver, &t.Delivers}} {
		q := read.DeadlineQuery{Org: org, What: one.what, State: "open", Limit: shownAtHome}
		if *one.count, err = v.Read.CountDeadlines(ctx, q); err != nil {
			return err
		}
		if *one.count == 0 {
			continue
		}
		list, err := v.Read.Deadlines(ctx, q)
		if err != nil {
			return err
		}
		if *one.rows, err = v.inboxRows(list); err != nil {
			return err
		}
	}
	if err := v.homeAsked(t); err != nil {
		return err
	}
	party := org
	if v.bureau() {
		party = ""
	}
	cases := read.DisputeQuery{Party: party, Open: true, Limit: shownAtHome}
	if t.CasesOpen, err = v.Read.CountDisputes(ctx, cases); err != nil {
		return err
	}
	list, err := v.Read.Disputes(ctx, cases)
	if err != nil {
		return err
	}
	for _, d := range list {
		t.Cases = append(t.Cases, caseRow{Dispute: d, OpenerName: v.openerName(d.Opener)})
	}
	if t.Basket = v.counted("/basket"); v.bureau() {
		lists, err := v.clockLists("")
		if err != nil {
			return err
		}
		if t.Late, err = v.Read.CountDeadlines(ctx, lists["over"]); err != nil {
			return err
		}
	}
	h.Sharing = t
	return nil
}

// homeAsked lists own applications on which something is still to be done, those that others have to answer first.
func (v *visit) homeAsked(t *sharingTasks) error {
	terms := v.terms()
	for _, stage := range []string{"overdue", "submitted", "delivering"} {
		q := read.ApplicationQuery{Consumer: v.Org.ID, Stage: stage, Limit: shownAtHome}
		n, err := v.Read.CountApplications(v.R.Context(), q)
		if err != nil {
			return err
		}
		t.Askeds += n
		if n == 0 || len(t.Asked) >= shownAtHome {
			continue
		}
		list, err := v.Read.Applications(v.R.Context(), q)
		if err != nil {
			return err
		}
		for _, a := range list[:min(len(list), shownAtHome-len(t.Asked))] {
			row, err := v.applicationRow(a, terms)
			if err != nil {
				return err
			}
			t.Asked = append(t.Asked, row)
		}
	}
	return nil
}

// Any tells whether anything waits.
func (t *sharingTasks) Any() bool {
	return t != nil && t.Answers+t.Delivers+t.Askeds+t.CasesOpen+t.Basket > 0
}

// counted is what stands beside a line of the menu. A count that fails is not shown: the page behind it tells why.
func (v *visit) counted(path string) (n int) {
	if v.Person == nil {
		return 0
	}
	switch path {
	case "/basket":
		if v.Person.Roles.Has(people.Steward) {
			n, _ = v.Drafts.CountBasket(v.R.Context(), v.Person.ID)
		}
	case "/inbox":
		if v.Person.Roles.Has(people.Steward, people.Approver) {
			n, _ = v.Read.CountDeadlines(v.R.Context(), read.DeadlineQuery{Org: v.Org.ID, What: "answer", State: "open"})
		}
	default:
		return v.countedUse(path)
	}
	return n
}
