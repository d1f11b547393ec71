package web

import (
	"time"

	"mulu"
	"mulu/people"
	"mulu/read"
)

// useTasks is what the use of shared data asks of who looks: objections to answer, reports and explanations that are owed,
// attributes to review, grants that end soon.
type useTasks struct {
	Objections           []objectionRow
	Reports              []useReportRow
	Flags                []read.UseFlag
	Reviews              []reviewRow
	Ending               []grantRow
	Objected, Owed       int
	Unexplained, Studied int
}

// endingSoon is how long before its end a grant is shown as ending.
const endingSoon = 30 * 24 * time.Hour

func (v *visit) homeUse(h *homePage) (err error) {
	if !v.Person.Roles.Has(people.Steward, people.Approver, people.Reader, people.Observer) {
		return nil
	}
	ctx, org, t := v.R.Context(), v.Org.ID, &useTasks{}
	uses, provides := read.Party{Consumer: org}, read.Party{Provider: org}
	for _, c := range []struct {
		kind  mulu.Kind
		party read.Party
		open  []string
		into  *int
	}{{mulu.KindObjection, provides, []string{"filed", "checking"}, &t.Objected}, {mulu.KindUseReport, uses, []string{"due"}, &t.Owed},
		{mulu.KindUseFlag, uses, []string{"flagged"}, &t.Unexplained}} {
		counts, err := v.Read.PartyCounts(ctx, c.kind, c.party)
		if err != nil {
			return err
		}
		for _, s := range c.open {
			*c.into += counts[s]
		}
	}
	objections, err := v.Read.Objections(ctx, read.DueQuery{Party: provides, Max: shownAtHome})
	if err != nil {
		return err
	}
	if t.Objections, err = v.objectionRows(objections); err != nil {
		return err
	}
	reports, err := v.Read.UseReports(ctx, read.DueQuery{Party: uses, Max: shownAtHome})
	if err != nil {
		return err
	}
	if t.Reports, err = v.useReportRows(reports); err != nil {
		return err
	}
	if t.Flags, err = v.Read.UseFlags(ctx, read.DueQuery{Party: uses, Max: shownAtHome}); err != nil {
		return err
	}
	counts, err := v.Read.CountsOf(ctx, mulu.KindReview, org)
	if err != nil {
		return err
	}
	t.Studied = counts["due"]
	reviews, err := v.Read.Reviews(ctx, read.DueQuery{Party: provides, Status: "due", Max: shownAtHome})
	if err != nil {
		return err
	}
	if t.Reviews, err = v.reviewRows(reviews); err != nil {
		return err
	}
	soon := v.Now().In(mulu.Shanghai()).Add(endingSoon).Format(time.RFC3339)
	ending, err := v.Read.Grants(ctx, read.DueQuery{Party: uses, Status: "active", Before: soon, Max: shownAtHome})
	if err != nil {
		return err
	}
	if t.Ending, err = v.grantRows(ending); err != nil {
		return err
	}
	h.Use = t
	return nil
}

// Any tells whether anything waits.
func (t *useTasks) Any() bool {
	return t != nil && t.Objected+t.Owed+t.Unexplained+t.Studied+len(t.Ending) > 0
}

// countedUse is what stands beside the lines of the menu for the use of shared data: what the institution has to answer, to
// report and to review. A count that fails is not shown: the page behind it tells why.
func (v *visit) countedUse(path string) int {
	if v.Person == nil || !v.Person.Roles.Has(people.Steward, people.Approver) {
		return 0
	}
	var counts map[string]int
	switch path {
	case "/objections":
		counts, _ = v.Read.PartyCounts(v.R.Context(), mulu.KindObjection, read.Party{Provider: v.Org.ID})
	case "/uses":
		counts, _ = v.Read.PartyCounts(v.R.Context(), mulu.KindUseReport, read.Party{Consumer: v.Org.ID})
	case "/reviews":
		counts, _ = v.Read.CountsOf(v.R.Context(), mulu.KindReview, v.Org.ID)
	case "/purchases":
		counts, _ = v.Read.CountsOf(v.R.Context(), mulu.KindPurchase, v.Org.ID)
	}
	return counts["filed"] + counts["checking"] + counts["due"] + counts["on_file"]
}
