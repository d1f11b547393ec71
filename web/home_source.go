package web

import (
	"errors"

	"mulu"
	"mulu/desk"
	"mulu/people"
)

// sourceTasks is what the institution's sources ask for: connections that do not answer, pulls that came to nothing (Art. 15.1),
// and systems whose tables are not as registered (Art. 12).
type sourceTasks struct {
	Away   []sourceRow
	Failed []boundRow
	Drifts []driftRow
}

// driftRow is a system of which the last scan found tables that are not as registered.
type driftRow struct {
	desk.Look
	Name string
}

func (v *visit) homeSources(h *homePage) error {
	if !v.Person.Roles.Has(people.Steward) {
		return nil
	}
	t := &sourceTasks{}
	for _, b := range v.Desk.BindingsOf(v.by()) {
		if b.Past.Trouble == "" || len(t.Failed) == shownAtHome {
			continue
		}
		row, err := v.boundRow(b)
		if err != nil {
			return err
		}
		if row.Kept {
			t.Failed = append(t.Failed, row)
		}
	}
	for _, c := range v.Desk.ConnectionsOf(v.by()) {
		row := sourceRow{Connection: c, Sort: mulu.Word(sourceSorts, c.Sort, v.Lang), Seen: v.Desk.Seen(c.ID)}
		if !row.Seen.Ill.IsZero() && len(t.Away) < shownAtHome {
			t.Away = append(t.Away, row)
		}
	}
	for _, l := range v.Desk.LooksOf(v.by()) {
		if l.Drift() == 0 || len(t.Drifts) == shownAtHome {
			continue
		}
		var s mulu.System
		if err := v.noun(mulu.KindSystem, l.System, &s); err != nil && !errors.Is(err, errAbsent) {
			return err
		}
		if s.Status == "in_use" {
			t.Drifts = append(t.Drifts, driftRow{l, s.Name})
		}
	}
	h.Sources = t
	return nil
}

// Any tells whether anything waits.
func (t *sourceTasks) Any() bool { return t != nil && len(t.Away)+len(t.Failed)+len(t.Drifts) > 0 }
