package read

import (
	"slices"
	"testing"

	"mulu"
)

// ownTown is a small ledger: two institutions with entries in several states.
func ownTown(t *testing.T) *Read {
	t.Helper()
	l := newLedger()
	l.add("org.register", "001", "", nil, fact("org.registered", &mulu.Org{ID: "002", Name: "区民政局", Short: "区民政局", Status: "active"}),
		fact("org.registered", &mulu.Org{ID: "003", Name: "区教育委员会", Short: "区教委", Status: "active"}))
	l.add("duty.register", "002", "", nil, fact("duty.registered", &mulu.Duty{ID: "D-002-0001", Org: "002", Name: "社会救助", Status: "active"}))
	put := func(code, org, name, status, base string, items ...string) {
		c := &mulu.EntryContent{Name: name, Duty: "D-002-0001", Class: "307", Theme: "民生", Base: base, Sharing: mulu.Sharing{Type: "unconditional"}}
		for _, i := range items {
			c.Items = append(c.Items, mulu.Item{Name: i, Field: i})
		}
		e := &mulu.Entry{Code: code, Org: org, Status: status, Version: 1, Now: c}
		if status == "submitted" || status == "returned" {
			e.Version, e.Now, e.Next, e.Why = 0, nil, c, "请补充"
		}
		l.add("entry.submit", org, "", nil, fact("entry.submitted", e))
	}
	put("307/1", "002", "低保对象信息", "published", "population", "姓名", "住址")
	put("307/2", "002", "救助站 Rescue", "returned", "", "姓名")
	put("307/3", "002", "旧目录", "retired", "", "姓名")
	put("307/4", "003", "学籍信息", "published", "", "姓名", "学籍号")
	put("307/5", "003", "户籍对照", "published", "population", "姓名")
	put("307/6", "003", "未发布", "submitted", "", "姓名")
	put("307/1", "002", "低保对象信息", "suspended", "population", "姓名", "住址")
	r := mustOpen(t, config(t))
	readAll(t, r, l)
	return r
}

// The working list has what happened last first, leaves retired ones out unless asked for, and pages without gaps.
func TestWorkingEntries(t *testing.T) {
	r := ownTown(t)
	codes := func(q WorkingQuery) []string {
		t.Helper()
		q.Org = "002"
		list, err := r.WorkingEntries(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		var all []string
		for _, w := range list {
			all = append(all, w.Code)
		}
		return all
	}
	for _, c := range []struct {
		q    WorkingQuery
		want []string
	}{{WorkingQuery{}, []string{"307/1", "307/2"}}, {WorkingQuery{Status: "retired"}, []string{"307/3"}}, {WorkingQuery{Words: "救助 rescue"}, []string{"307/2"}},
		{WorkingQuery{Words: "307/1"}, []string{"307/1"}}, {WorkingQuery{Words: "民生 社会救助"}, []string{"307/1", "307/2"}}, {WorkingQuery{Words: "没有"}, nil}, {WorkingQuery{Limit: 1}, []string{"307/1"}}} {
		if got := codes(c.q); !slices.Equal(got, c.want) {
			t.Errorf("%+v: %v, want %v", c.q, got, c.want)
		}
	}
	first, err := r.WorkingEntries(t.Context(), WorkingQuery{Org: "002", Limit: 1})
	if err != nil {
		t.Fatal(err)
	}
	if w := first[0]; w.DutyName != "社会救助" || w.Items != 2 || w.Status != "suspended" || w.Since.IsZero() {
		t.Errorf("%+v", w)
	}
	if got := codes(WorkingQuery{Before: first[0].Place}); !slices.Equal(got, []string{"307/2"}) {
		t.Errorf("the next page: %v", got)
	}
	counts, err := r.CountsOf(t.Context(), mulu.KindEntry, "002")
	if err != nil || counts["suspended"] != 1 || counts["returned"] != 1 || counts["retired"] != 1 || counts["published"] != 0 {
		t.Errorf("%v %v", counts, err)
	}
}

// Items of the same name elsewhere: only other institutions' entries in force, base databases first.
func TestNamedElsewhere(t *testing.T) {
	r := ownTown(t)
	list, err := r.NamedElsewhere(t.Context(), "002", []string{"姓名", "学籍号", "不存在"}, 0)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, x := range list {
		all = append(all, x.Item+" "+x.Entry+" "+x.OrgName)
	}
	if want := []string{"姓名 307/5 区教委", "姓名 307/4 区教委", "学籍号 307/4 区教委"}; !slices.Equal(all, want) {
		t.Errorf("%v, want %v", all, want)
	}
	if none, err := r.NamedElsewhere(t.Context(), "003", nil, 0); err != nil || len(none) != 0 {
		t.Errorf("%v %v", none, err)
	}
}
