package web

import (
	"encoding/json"

	"mulu"
)

// reads tells whether who looks may read what a record says. That it happened, when, by whom and under which provision is
// for everybody; its content is for those whom the page of its matter is for: what is public for all, catalogs below the
// entries for whoever is logged in, what is not published or passes between institutions for these and for the bureau.
func (v *visit) reads(r *record) bool {
	if v.bureau() || r.Said.Kind == "genesis" || r.Said.Org != "" && v.own(r.Said.Org) {
		return true
	}
	for _, f := range r.Outcome.Facts {
		if !v.readsFact(f) {
			return false
		}
	}
	return r.Outcome.Refused == nil
}

func (v *visit) readsFact(f mulu.Fact) bool {
	var s struct {
		Org, Consumer, Provider, Party, Status string
		Now, Next                              json.RawMessage
	}
	if json.Unmarshal(f.State, &s) != nil {
		return false
	}
	switch f.Noun {
	case mulu.KindOrg, mulu.KindKey, mulu.KindNode, mulu.KindCalendar, mulu.KindClock, mulu.KindProfile, mulu.KindTerm, mulu.KindReceipts:
		return true
	case mulu.KindEntry:
		return s.Now != nil && s.Next == nil || v.own(s.Org)
	case mulu.KindDuty, mulu.KindSystem, mulu.KindTable, mulu.KindLink:
		return v.Person != nil
	case mulu.KindDataset: // that data is awaited goes with the publication of its entry and says no more
		return v.Person != nil || s.Status == "awaited"
	}
	for _, org := range []string{s.Org, s.Consumer, s.Provider, s.Party} {
		if org != "" && v.own(org) {
			return true
		}
	}
	return false
}
