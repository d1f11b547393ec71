package web

import (
	"iter"
	"sort"

	"mulu"
	"mulu/sheet"
)

// The rows of exports, with the names that a reader of the sheet needs beside ids.

func (v *visit) ownDuties(org string) iter.Seq2[mulu.Duty, error] {
	return everyNoun[mulu.Duty](v, mulu.KindDuty, org)
}

func (v *visit) ownSystems(org string) iter.Seq2[mulu.System, error] {
	return everyNoun[mulu.System](v, mulu.KindSystem, org)
}

func (v *visit) orgRows() iter.Seq2[mulu.Org, error] { return everyNoun[mulu.Org](v, mulu.KindOrg, "") }

// names looks up the names of nouns and remembers them for one export.
type names struct {
	c     onChain
	orgs  map[string]string
	duty  map[string]mulu.Duty
	other map[string]string
}

func (v *visit) exporting() *names {
	return &names{onChain{v.Desk.Chain}, map[string]string{}, map[string]mulu.Duty{}, map[string]string{}}
}

func (n *names) org(id string) string {
	if _, ok := n.orgs[id]; !ok {
		o, _ := find[mulu.Org](n.c, mulu.KindOrg, id) // an id in a noun always leads to its institution
		n.orgs[id] = o.Name
	}
	return n.orgs[id]
}

func (n *names) dutyOf(id string) mulu.Duty {
	if _, ok := n.duty[id]; !ok {
		n.duty[id], _ = find[mulu.Duty](n.c, mulu.KindDuty, id)
	}
	return n.duty[id]
}

func (n *names) system(id string) string {
	if _, ok := n.other[id]; !ok {
		s, _ := find[mulu.System](n.c, mulu.KindSystem, id)
		n.other[id] = s.Name
	}
	return n.other[id]
}

// linked are the systems of an entry, or the entries of a system, by the index their links stand under.
func (n *names) linked(index string, name func(mulu.Link) string) []string {
	var list []string
	for _, id := range n.c.chain.Find(mulu.KindLink, index) {
		if l, ok := find[mulu.Link](n.c, mulu.KindLink, id); ok && l.System != "" && l.Status == "made" {
			list = append(list, name(l))
		}
	}
	sort.Strings(list)
	return list
}

func (v *visit) dutyRows(org string) iter.Seq2[sheet.DutyRow, error] {
	n := v.exporting()
	return mapped(v.ownDuties(org), func(d mulu.Duty) (sheet.DutyRow, bool) { return sheet.DutyRow{Duty: d, Org: n.org(d.Org)}, true })
}

func (v *visit) entryRows(org string) iter.Seq2[sheet.EntryRow, error] {
	n := v.exporting()
	return mapped(everyNoun[mulu.Entry](v, mulu.KindEntry, org), func(e mulu.Entry) (sheet.EntryRow, bool) {
		shown := v.visible(&e)
		if shown == nil {
			return sheet.EntryRow{}, false
		}
		d := n.dutyOf(shown.Current().Duty)
		return sheet.EntryRow{Entry: shown, Org: n.org(e.Org), Duty: d.Name, Department: d.Department,
			Systems: n.linked("entry/"+e.Code, func(l mulu.Link) string { return n.system(l.System) })}, true
	})
}

func (v *visit) systemRows(org string) iter.Seq2[sheet.SystemRow, error] {
	n := v.exporting()
	return mapped(v.ownSystems(org), func(s mulu.System) (sheet.SystemRow, bool) {
		return sheet.SystemRow{System: s, Org: n.org(s.Org), Entries: n.linked("system/"+s.ID, func(l mulu.Link) string {
			e, _ := find[mulu.Entry](n.c, mulu.KindEntry, l.Entry)
			if shown := v.visible(&e); shown != nil && shown.Current() != nil {
				return shown.Current().Name
			}
			return l.Entry
		})}, true
	})
}

func (v *visit) tableRows(org string) iter.Seq2[sheet.TableRow, error] {
	n := v.exporting()
	return mapped(everyNoun[mulu.Table](v, mulu.KindTable, org), func(t mulu.Table) (sheet.TableRow, bool) {
		return sheet.TableRow{Table: t, Org: n.org(t.Org), System: n.system(t.System)}, true
	})
}

// mapped makes a row of each thing, and leaves out those that row does not keep.
func mapped[N, R any](all iter.Seq2[N, error], row func(N) (R, bool)) iter.Seq2[R, error] {
	return func(yield func(R, error) bool) {
		for n, err := range all {
			if err != nil {
				var none R
				yield(none, err)
				return
			}
			if r, keep := row(n); keep && !yield(r, nil) {
				return
			}
		}
	}
}
