package web

import (
	"errors"

	"mulu/act"
	"mulu/desk"
)

// draftRow is a draft in the list, with what the check finds.
type draftRow struct {
	desk.Draft
	Who   string
	Check check
	act   act.Act
}

// draftsPage is the institution's drafts. Ready counts those that could be submitted now.
type draftsPage struct {
	Rows    []draftRow
	Ready   int
	Outcome *outcome
	None    bool // submitting was asked for and none was chosen
}

func (v *visit) draftsPage() error {
	p, err := v.drafts()
	if err != nil {
		return err
	}
	return v.show("drafts", p)
}

// drafts lists the institution's drafts and checks them one after another, as if those before were submitted: two of one
// name do not both pass.
func (v *visit) drafts() (*draftsPage, error) {
	ctx := v.R.Context()
	list, err := v.Drafts.List(ctx, v.Person.Org, "", most)
	if err != nil {
		return nil, err
	}
	p, ids := &draftsPage{}, []string{}
	var whole []int
	var acts []act.Act
	for _, d := range list {
		if d.Kind != "entry.submit" && d.Kind != "entry.change" {
			continue
		}
		full, err := v.Drafts.Get(ctx, d.Org, d.ID)
		if errors.Is(err, desk.ErrNoDraft) {
			continue // submitted or discarded this moment
		}
		if err != nil {
			return nil, err
		}
		w, err := readWritten(full)
		if err != nil {
			return nil, err
		}
		w.complete()
		row := draftRow{Draft: full}
		if gaps := w.gaps(); len(gaps) > 0 {
			row.Check = v.check(full, &w)
		} else {
			row.act, _ = w.act(full)
			whole, acts = append(whole, len(p.Rows)), append(acts, row.act)
		}
		p.Rows, ids = append(p.Rows, row), append(ids, d.By)
	}
	for i, no := range v.Desk.TryAll(v.by(), acts) {
		if no != nil {
			p.Rows[whole[i]].Check.List = []*trouble{v.trouble(no)}
		} else {
			p.Ready++
		}
	}
	names, err := v.People.Names(ctx, ids...)
	if err != nil {
		return nil, err
	}
	for i := range p.Rows {
		p.Rows[i].Who = names[p.Rows[i].By]
	}
	return p, nil
}

// submitDrafts submits the chosen drafts, or with "ready" all that pass the check; each by itself.
func (v *visit) submitDrafts() error {
	before, err := v.drafts()
	if err != nil {
		return err
	}
	chosen := map[string]bool{}
	for _, id := range v.R.PostForm["draft"] {
		chosen[id] = true
	}
	all := v.text("do") == "ready"
	var list []errand
	var submitted []desk.Draft
	for _, r := range before.Rows {
		if !chosen[r.ID] && !(all && len(r.Check.List) == 0) {
			continue
		}
		e := errand{Title: r.Title, Path: "/drafts/" + r.ID + "?check", Act: r.act}
		if r.act == nil {
			e.Wrong = r.Check.List[0]
		}
		list, submitted = append(list, e), append(submitted, r.Draft)
	}
	results := v.sayEach(list)
	for i, r := range results {
		if r.Wrong == nil {
			d := submitted[i]
			if err := v.Drafts.Discard(v.R.Context(), d.Org, d.ID); err != nil && !errors.Is(err, desk.ErrNoDraft) {
				return err
			}
		}
	}
	p, err := v.drafts()
	if err != nil {
		return err
	}
	p.Outcome, p.None = outcomeOf(results), len(results) == 0
	return v.show("drafts", p)
}
