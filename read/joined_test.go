package read

import (
	"testing"

	"mulu"
)

// Institutions are found by whether Art. 15(3) binds them and whether they chose to follow the chain.
func TestOrgsByJoined(t *testing.T) {
	l := newLedger()
	for _, o := range []mulu.Org{{ID: "002", Name: "甲", Short: "甲", Sort: mulu.Organ, Bound: true}, {ID: "003", Name: "乙", Short: "乙", Sort: mulu.Service, Joined: true},
		{ID: "004", Name: "丙", Short: "丙", Sort: mulu.Service}} {
		o.Status = "active"
		l.add("org.register", "001", "", nil, fact("org.registered", &o, "2"))
	}
	r := mustOpen(t, config(t))
	readAll(t, r, l)
	yes, no := true, false
	for _, q := range []struct {
		OrgQuery
		want string
	}{{OrgQuery{Bound: &yes}, "001 002 "}, {OrgQuery{Bound: &no, Joined: &yes}, "003 "}, {OrgQuery{Bound: &no, Joined: &no}, "004 "}} {
		list, total, err := r.Orgs(t.Context(), q.OrgQuery)
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		for _, o := range list {
			got += o.ID + " "
		}
		if got != q.want || total != len(list) {
			t.Errorf("%q of %d, want %q", got, total, q.want)
		}
	}
}
