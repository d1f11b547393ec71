package web

import (
	"time"

	"mulu"
	"mulu/desk"
	"mulu/people"
	"mulu/read"
)

func homeRoutes() []Route {
	return []Route{
		{"GET", "/{$}", Everybody, false, (*visit).home},
	}
}

// shownAtHome bounds each list of the home page; the rest is behind its link.
const shownAtHome = 8

// homePage is 我的待办: what waits for who looks, by what there is to do.
type homePage struct {
	Tasks     read.Tasks     // of the institution
	Queue     []read.Waiting // the bureau's: to be verified, oldest first
	Queued    int
	Returned  []read.Waiting
	Handed    []read.Waiting // own ones with the bureau
	Drafts    []desk.Draft
	Authors   map[string]string // names of who saved the drafts
	Coverage  read.Coverage
	Open      []read.Duty // duties without an entry, and how many there are
	Opens     int
	People    *peopleTasks
	Sharing   *sharingTasks
	Use       *useTasks
	Standards *standardTasks
	Data      *dataTasks
	Sources   *sourceTasks
	Nothing   bool
}

// peopleTasks is what an administrator finds to do with accounts.
type peopleTasks struct{ Active, Invited, Locked, Single int }

func (v *visit) home() error {
	if v.Person == nil {
		return v.to("/login")
	}
	h := &homePage{}
	for _, fill := range []func(*homePage) error{v.homeQueue, v.homeEntries, v.homeDrafts, v.homePeople, v.homeSharing, v.homeUse, v.homeStandards, v.homeData, v.homeSources} {
		if err := fill(h); err != nil {
			return err
		}
	}
	h.Nothing = len(h.Queue)+len(h.Returned)+len(h.Handed)+len(h.Drafts)+len(h.Open) == 0 && h.People == nil && !h.Sharing.Any() && !h.Use.Any() && !h.Standards.Any() && !h.Data.Any() && !h.Sources.Any()
	return v.show("home", h)
}

// homeQueue is what the bureau has to verify (Art. 11).
func (v *visit) homeQueue(h *homePage) (err error) {
	if !v.bureau() || !v.may("entry.verify") {
		return nil
	}
	all, err := v.Read.Tasks(v.R.Context(), "")
	if err != nil {
		return err
	}
	h.Queued = all.Submitted + all.Changing
	h.Queue, err = v.Read.WaitingEntries(v.R.Context(), "", 0, shownAtHome)
	return err
}

// homeEntries is what the institution's own catalog asks for.
func (v *visit) homeEntries(h *homePage) (err error) {
	if !v.may("entry.submit") && !v.Person.Roles.Has(people.Approver, people.Reader, people.Observer) {
		return nil
	}
	ctx, org := v.R.Context(), v.Org.ID
	if h.Tasks, err = v.Read.Tasks(ctx, org); err != nil {
		return err
	}
	if h.Coverage, err = v.Read.Coverage(ctx, org); err != nil {
		return err
	}
	if h.Returned, err = v.Read.OwnEntries(ctx, org, "returned", 0, shownAtHome); err != nil {
		return err
	}
	if h.Handed, err = v.Read.WaitingEntries(ctx, org, 0, shownAtHome); err != nil {
		return err
	}
	after := ""
	for {
		duties, err := v.Read.Duties(ctx, org, "active", after, 100)
		if err != nil {
			return err
		}
		for _, d := range duties {
			if after = d.ID; d.Entries > 0 {
				continue
			}
			if h.Opens++; h.Opens <= shownAtHome {
				h.Open = append(h.Open, d)
			}
		}
		if len(duties) < 100 {
			break
		}
	}
	return nil
}

func (v *visit) homeDrafts(h *homePage) (err error) {
	if !v.Person.Roles.Has(people.Steward) {
		return nil
	}
	list, err := v.Drafts.List(v.R.Context(), v.Org.ID, "", 0)
	if err != nil {
		return err
	}
	for _, d := range list { // prepared answers stand with what they answer
		if d.Kind != answerDraft && len(h.Drafts) < shownAtHome {
			h.Drafts = append(h.Drafts, d)
		}
	}
	var ids []string
	for _, d := range h.Drafts {
		ids = append(ids, d.By)
	}
	h.Authors, err = v.People.Names(v.R.Context(), ids...)
	return err
}

func (v *visit) homePeople(h *homePage) error {
	if !v.Person.Roles.Has(people.System, people.Security) {
		return nil
	}
	h.People = &peopleTasks{}
	f := people.Filter{Org: v.Org.ID, Limit: 100}
	for {
		list, err := v.People.Accounts(v.R.Context(), f)
		if err != nil {
			return err
		}
		for _, p := range list {
			f.After = p.ID
			switch {
			case p.Status == "invited":
				h.People.Invited++
			case p.Status != "active":
			case p.LockedUntil.After(time.Now()):
				h.People.Locked++
			default:
				h.People.Active++
				if !p.SecondFactor {
					h.People.Single++
				}
			}
		}
		if len(list) < f.Limit {
			return nil
		}
	}
}

// WaitingDays is how many whole days something has waited by the law's clock.
func (v view) WaitingDays(since time.Time) int {
	return int(v.Now.In(mulu.Shanghai()).Sub(since).Hours() / 24)
}
