package web

import (
	"mulu/people"
	"mulu/read"
)

// dataTasks is what the institution's own data asks for: updates and first loads that are late or due soon (Art. 15, 16).
type dataTasks struct {
	Rows       []dataRow
	Late, Soon int
	Low        int
}

// homeData lists what is late, then what is due soon.
func (v *visit) homeData(h *homePage) error {
	if !v.Person.Roles.Has(people.Steward, people.Approver, people.Reader, people.Observer) {
		return nil
	}
	t, q := &dataTasks{}, read.DataQuery{Org: v.Org.ID, Max: shownAtHome}
	var err error
	if q.Now, q.Soon, err = v.soon(); err != nil {
		return err
	}
	var all []read.Data
	for _, one := range []struct {
		show  string
		count *int
	}{{"late", &t.Late}, {"soon", &t.Soon}, {"low", &t.Low}} {
		q.Show = one.show
		if *one.count, err = v.Read.CountDatasets(v.R.Context(), q); err != nil {
			return err
		}
		if *one.count == 0 || one.show == "low" || len(all) == shownAtHome {
			continue
		}
		list, err := v.Read.Datasets(v.R.Context(), q)
		if err != nil {
			return err
		}
		all = append(all, list[:min(len(list), shownAtHome-len(all))]...)
	}
	if t.Rows, err = v.dataRows(all); err != nil {
		return err
	}
	h.Data = t
	return nil
}

// Any tells whether anything waits.
func (t *dataTasks) Any() bool { return t != nil && t.Late+t.Soon+t.Low > 0 }

// countedData is what stands beside the line of the menu: how much of the institution's data is late, for the bureau of all. A
// count that fails is not shown: the page behind it tells why.
func (v *visit) countedData() int {
	if v.Person == nil || !v.Person.Roles.Has(people.Steward, people.Approver) {
		return 0
	}
	q := read.DataQuery{Org: v.Org.ID, Show: "late"}
	if v.bureau() {
		q.Org = ""
	}
	var err error
	if q.Now, q.Soon, err = v.soon(); err != nil {
		return 0
	}
	n, _ := v.Read.CountDatasets(v.R.Context(), q)
	return n
}
