package read

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"mulu"
)

// halfDone is an institution whose catalog is half done: of its four duties one has an entry in force, one an entry handed
// in, one none, one is declared without data; of its entries one is linked and bound in part.
func halfDone() *ledger {
	l := newLedger()
	for i, name := range []string{"社会救助", "婚姻登记", "养老服务", "机关后勤"} {
		d := &mulu.Duty{ID: fmt.Sprintf("D-003-%d", i+1), Org: "003", Code: fmt.Sprintf("MZ-%d", i+1), Name: name, Basis: "三定", Department: "综合科", Status: "active"}
		if name == "机关后勤" {
			d.Status, d.Why = "no_data", "内部事务"
		}
		l.add("duty.register", "003", "", nil, fact("duty.registered", d, "6.1"))
	}
	content := func(name, duty string) *mulu.EntryContent {
		return &mulu.EntryContent{Name: name, Duty: duty, Class: "307", Sharing: mulu.Sharing{Type: "unconditional"}, Grade: 1,
			Items: []mulu.Item{{Name: "代码", Field: "code", Type: "C", Grade: 1}, {Name: "名称", Field: "name", Type: "C", Grade: 1}}}
	}
	for i, e := range []*mulu.Entry{
		{Status: "published", Version: 1, Now: content("低保对象", "D-003-1")},
		{Status: "published", Version: 1, Now: content("临时救助", "D-003-1")},
		{Status: "submitted", Next: content("婚姻登记", "D-003-2")},
		{Status: "retired", Version: 1, Now: content("旧台账", "D-003-3")},
	} {
		e.Code, e.Org = fmt.Sprintf("307003/00000%d", i+1), "003"
		l.add("entry.submit", "003", "", nil, fact("entry.submitted", e, "11.1"))
	}
	l.add("system.link", "003", "", nil, fact("link.made", &mulu.Link{ID: "307003/000001>S-003-1", Org: "003", Entry: "307003/000001", System: "S-003-1", Status: "made"}, "3.3"))
	for _, status := range []string{"made", "cut"} {
		item, column := "code", "dm"
		if status == "cut" {
			item, column = "name", "mc"
		}
		l.add("item.bind", "003", "", nil, fact("link.made", &mulu.Link{ID: "307003/000001#" + item + ">T-003-1." + column, Org: "003", Entry: "307003/000001",
			System: "S-003-1", Item: item, Table: "T-003-1", Column: column, Status: status}, "3.3"))
	}
	for i, entry := range []string{"307003/000002", "307003/000001", "307003/000002", "307003/000003", "307003/000004"} {
		l.add("application.submit", "005", "", nil, fact("application.received", &mulu.Application{ID: fmt.Sprintf("A-%d", i), Consumer: "005", Provider: "003", Entry: entry, Status: "submitted"}, "21.1"))
	}
	return l
}

func TestGaps(t *testing.T) {
	r := mustOpen(t, config(t))
	readAll(t, r, halfDone())
	ctx := t.Context()
	var b strings.Builder
	duties, err := r.DutiesWithout(ctx, "003", "", 0)
	for _, d := range duties {
		fmt.Fprintln(&b, d.ID, d.Name, d.Entries)
	}
	unlinked, err2 := r.Unlinked(ctx, "003", "", 0)
	for _, e := range unlinked {
		fmt.Fprintln(&b, e.Code, e.Name)
	}
	unbound, err3 := r.UnboundEntries(ctx, "003", "", 0)
	for _, u := range unbound {
		fmt.Fprintln(&b, u.Code, u.Items, u.Without)
	}
	if err != nil || err2 != nil || err3 != nil {
		t.Fatal(err, err2, err3)
	}
	const want = `D-003-2 婚姻登记 1
D-003-3 养老服务 0
307003/000002 临时救助
307003/000003 婚姻登记
307003/000001 2 1
307003/000002 2 2
307003/000003 2 2
`
	if b.String() != want {
		t.Errorf("got\n%swant\n%s", b.String(), want)
	}
	if next, err := r.DutiesWithout(ctx, "003", duties[0].ID, 1); err != nil || len(next) != 1 || next[0].ID != duties[1].ID {
		t.Errorf("the second page: %v, %v", next, err)
	}
	if next, err := r.UnboundEntries(ctx, "003", "307003/000001", 1); err != nil || len(next) != 1 || next[0].Code != "307003/000002" {
		t.Errorf("the second page: %v, %v", next, err)
	}
	if other, err := r.Unlinked(ctx, "005", "", 0); err != nil || len(other) != 0 {
		t.Errorf("another institution's: %v, %v", other, err)
	}
}

func TestBrowse(t *testing.T) {
	r := mustOpen(t, config(t))
	readAll(t, r, halfDone())
	ctx := t.Context()
	for words, want := range map[string]string{"登记": "D-003-2", "mz-3": "D-003-3", "综合 救助": "D-003-1", "综合 没有": "", "后勤": "D-003-4"} {
		got, err := r.DutiesNamed(ctx, words, "003", 0)
		ids := ""
		for _, d := range got {
			ids += d.ID
		}
		if err != nil || ids != want {
			t.Errorf("duties named %q: %s, %v, want %s", words, ids, err, want)
		}
	}
	under, err := r.EntriesUnder(ctx, "D-003-1", "", 0)
	if err != nil || len(under) != 2 || under[0].Code != "307003/000001" {
		t.Errorf("under the duty: %v, %v", under, err)
	}
	links, err := r.LinksOfTable(ctx, "T-003-1")
	if err != nil || len(links) != 1 || links[0].Item != "code" || links[0].EntryName != "低保对象" {
		t.Errorf("the table's bindings: %+v, %v", links, err)
	}
	wanted, err := r.MostWanted(ctx, 0)
	if err != nil || len(wanted) != 2 || wanted[0].Code != "307003/000002" || wanted[0].Applications != 2 {
		t.Errorf("most wanted: %+v, %v", wanted, err)
	}
	m, err := r.EntryMoments(ctx, "307003/000003")
	if err != nil || m.SinceFact != "entry.submitted" || m.LastFact != "entry.submitted" || m.Record != 7 || !m.Since.Equal(m.Last) || m.Since.IsZero() {
		t.Errorf("the moments of an entry: %+v, %v", m, err)
	}
	if _, err := r.EntryMoments(ctx, "307003/999999"); !errors.Is(err, ErrAbsent) {
		t.Errorf("the moments of no entry: %v", err)
	}
}
