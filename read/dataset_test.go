package read

import (
	"fmt"
	"strings"
	"testing"

	"mulu"
)

// at is a moment of October 2026.
func at(day string) string { return "2026-10-" + day + "+08:00" }

// dataLedger is the data of five entries of two institutions: updated in time and late, never there, connected, of a base database.
func dataLedger() *ledger {
	l := newLedger()
	for i, org := range []string{"002", "003"} {
		l.add("org.register", "001", "", nil, fact("org.registered", &mulu.Org{ID: org, Name: "机构" + org, Short: []string{"甲局", "乙局"}[i], Sort: mulu.Organ, Status: "active"}, "2"))
	}
	entry := func(n int, org, base string) {
		l.add("entry.verify", "001", "", nil, fact("entry.published", &mulu.Entry{Code: dataCode(n), Org: org, Status: "published", Version: 1,
			Now: &mulu.EntryContent{Name: fmt.Sprintf("目录%d", n), Summary: "说明", Class: "307", Cycle: "monthly", Base: base, Sharing: mulu.Sharing{Type: "unconditional"},
				Items: []mulu.Item{{Name: "编号", Field: "bh", Type: "C", Grade: 1}}}}, "11.1"))
	}
	data := func(kind string, n int, d mulu.Dataset) {
		d.Entry = dataCode(n)
		l.add("dataset", d.Org, "", nil, fact(kind, &d, "16"))
	}
	by := func(day string) *mulu.Deadline { return &mulu.Deadline{Days: 5, Last: "2026-10-01", End: at(day)} }
	for n, base := range []string{"", "population", "", "", "legal"} {
		entry(n, []string{"002", "003"}[n%2], base)
		if n < 4 {
			data("dataset.awaited", n, mulu.Dataset{Org: []string{"002", "003"}[n%2], By: by("20T00:00:00"), Since: at("01T09:00:00"), Status: "awaited"})
		}
	}
	good := mulu.Quality{Checked: 10, Bad: 1, Conformity: 900, Accuracy: -1, Completeness: 1000, Consistency: 1000, Timeliness: 1000, Score: 950}
	v := mulu.Dataset{Org: "002", Version: 1, Of: 1, Rows: 9, Digest: "d1", Quality: good, Loaded: at("02T10:00:00"), Due: at("10T00:00:00"), By: by("16T00:00:00"), Since: at("09T00:00:00"), Status: "serving"}
	data("dataset.published", 0, v)
	v.Late = "F-000001"
	data("dataset.update_late", 0, v)
	v.Version, v.Digest, v.Mode, v.Rows, v.Late, v.Low, v.Loaded, v.Due, v.By = 2, "d2", "append", 19, "", "F-000002", at("17T10:00:00"), at("25T00:00:00"), by("30T00:00:00")
	data("dataset.published", 0, v)
	data("dataset.gather_late", 1, mulu.Dataset{Org: "003", By: by("20T00:00:00"), Late: "F-000003", Since: at("01T09:00:00"), Status: "awaited"})
	data("dataset.connected", 2, mulu.Dataset{Org: "002", Of: 1, Source: "api", Loaded: at("03T10:00:00"), Status: "connected"})
	data("dataset.retired", 3, mulu.Dataset{Org: "003", Status: "retired"})
	return l
}

func dataCode(n int) string { return fmt.Sprintf("307/%06d", n) }

func lastDigits(list []Data) string {
	var all []string
	for _, d := range list {
		all = append(all, d.Entry[len(d.Entry)-1:])
	}
	return strings.Join(all, " ")
}

func TestDatasets(t *testing.T) {
	l := dataLedger()
	r := mustOpen(t, config(t))
	readAll(t, r, l)
	for _, c := range []struct {
		q    DataQuery
		want string
	}{
		{DataQuery{}, "0 1 2"},
		{DataQuery{Org: "002"}, "0 2"},
		{DataQuery{Base: "population"}, "1"},
		{DataQuery{Base: "any"}, "1"},
		{DataQuery{Show: "late", Now: at("20T00:00:00")}, "1"},
		{DataQuery{Show: "late", Now: at("25T00:00:00")}, "1 0"},
		{DataQuery{Show: "late", Now: at("19T00:00:00")}, ""},
		{DataQuery{Show: "soon", Now: at("19T00:00:00"), Soon: at("24T00:00:00")}, "1"},
		{DataQuery{Show: "soon", Now: at("19T00:00:00"), Soon: at("25T00:00:00")}, "1 0"},
		{DataQuery{Show: "soon", Now: at("19T00:00:00"), Soon: at("25T00:00:00"), Org: "002"}, "0"},
		{DataQuery{Show: "missing"}, "1"},
		{DataQuery{Show: "low"}, "0"},
		{DataQuery{Show: "lapsed"}, "1"},
		{DataQuery{Show: "held"}, "0 2"},
	} {
		list, err := r.Datasets(t.Context(), c.q)
		if got := lastDigits(list); err != nil || got != c.want {
			t.Errorf("%+v: %q, %v; want %q", c.q, got, err, c.want)
		}
		if n, err := r.CountDatasets(t.Context(), c.q); err != nil || n != len(list) {
			t.Errorf("%+v counts %d, %v", c.q, n, err)
		}
		q, paged := c.q, []Data(nil)
		for q.Max = 1; ; q.After = paged[len(paged)-1].Cursor {
			page, err := r.Datasets(t.Context(), q)
			if err != nil {
				t.Fatal(err)
			}
			if len(page) == 0 {
				break
			}
			paged = append(paged, page...)
		}
		if got := lastDigits(paged); got != c.want {
			t.Errorf("%+v row by row: %q, want %q", c.q, got, c.want)
		}
	}
	d, err := r.Dataset(t.Context(), dataCode(0))
	if err != nil || d.Version != 2 || d.Rows != 19 || d.OrgName != "甲局" || d.Quality.Score != 950 || d.Low != "F-000002" || d.Late != "" || d.Missing() {
		t.Errorf("%+v, %v", d, err)
	}
	if d, err := r.Dataset(t.Context(), dataCode(1)); err != nil || !d.Missing() || d.Late != "F-000003" || d.Base != "population" {
		t.Errorf("%+v, %v", d, err)
	}
}

func TestDataVersions(t *testing.T) {
	r := mustOpen(t, config(t))
	readAll(t, r, dataLedger())
	list, err := r.DataVersions(t.Context(), dataCode(0), 0, 0)
	if err != nil || len(list) != 2 {
		t.Fatalf("%+v, %v", list, err)
	}
	if v := list[0]; v.Version != 2 || v.Mode != "append" || v.Asked != at("10T00:00:00") || v.Missed != "F-000001" {
		t.Errorf("the late one is %+v", v)
	}
	if v := list[1]; v.Version != 1 || v.Asked != at("20T00:00:00") || v.Missed != "" || v.Quality.Bad != 1 || v.Digest != "d1" {
		t.Errorf("the first is %+v", v)
	}
	if list, err := r.DataVersions(t.Context(), dataCode(0), 2, 5); err != nil || len(list) != 1 || list[0].Version != 1 {
		t.Errorf("below 2: %+v, %v", list, err)
	}
}

func TestDataCounts(t *testing.T) {
	r := mustOpen(t, config(t))
	readAll(t, r, dataLedger())
	list, err := r.DataCounts(t.Context(), "", at("20T00:00:00"), at("25T00:00:00"), at("01T00:00:00"), at("31T00:00:00"))
	if err != nil || len(list) != 2 {
		t.Fatalf("%+v, %v", list, err)
	}
	if c := list[0]; c != (DataCount{Org: "002", OrgName: "甲局", Serving: 1, Connected: 1, Soon: 1, Low: 1, Rows: 19, Kept: 1, Missed: 1}) || c.All() != 2 {
		t.Errorf("%+v", c)
	}
	if c := list[1]; c != (DataCount{Org: "003", OrgName: "乙局", Awaited: 1, Missing: 1, Late: 1}) {
		t.Errorf("%+v", c)
	}
	if list, err := r.DataCounts(t.Context(), "003", at("20T00:00:00"), at("25T00:00:00"), at("01T00:00:00"), at("31T00:00:00")); err != nil || len(list) != 1 {
		t.Errorf("of one: %+v, %v", list, err)
	}
}

func TestBaseEntries(t *testing.T) {
	r := mustOpen(t, config(t))
	readAll(t, r, dataLedger())
	if list, err := r.BaseEntries(t.Context(), "population", "", 0); err != nil || len(list) != 1 || list[0].Status != "awaited" || list[0].OrgName != "乙局" {
		t.Errorf("%+v, %v", list, err)
	}
	// published before anything was asked of its data
	list, err := r.BaseEntries(t.Context(), "legal", "", 0)
	if err != nil || len(list) != 1 || list[0].Status != "" || list[0].Quality.Score != -1 {
		t.Fatalf("%+v, %v", list, err)
	}
	if list, err := r.BaseEntries(t.Context(), "legal", list[0].Cursor, 0); err != nil || len(list) > 0 {
		t.Errorf("behind the last: %+v, %v", list, err)
	}
}

// The term of data is one row, as it now runs: what comes next, and none where nothing does.
func TestDataTerms(t *testing.T) {
	r := mustOpen(t, config(t))
	readAll(t, r, dataLedger())
	list, err := r.Deadlines(t.Context(), DeadlineQuery{State: "open"})
	if err != nil || len(list) != 2 {
		t.Fatalf("%+v, %v", list, err)
	}
	if d := list[0]; d.ID != dataCode(1) || d.What != "gather" || !d.Over || !d.Internal || d.Due != at("20T00:00:00") || d.Since != at("01T09:00:00") {
		t.Errorf("%+v", d)
	}
	if d := list[1]; d.ID != dataCode(0) || d.What != "update" || d.Over || d.Internal || d.Due != at("25T00:00:00") || d.Since != at("17T10:00:00") {
		t.Errorf("%+v", d)
	}
	if n, err := r.OnTimes(t.Context(), "", at("01T00:00:00"), at("31T00:00:00")); err != nil || len(n) > 0 {
		t.Errorf("how earlier rounds were kept stands with the versions: %+v, %v", n, err)
	}
	// what is updated every day is asked for by the end of its grace
	l := newLedger()
	l.add("dataset", "002", "", nil, fact("dataset.published", &mulu.Dataset{Entry: dataCode(0), Org: "002", Version: 1, Of: 1, Digest: "d", Loaded: at("02T10:00:00"), Due: at("04T00:00:00"),
		By: &mulu.Deadline{End: at("12T00:00:00")}, Status: "serving"}, "16"))
	r = mustOpen(t, config(t))
	readAll(t, r, l)
	if list, err := r.Deadlines(t.Context(), DeadlineQuery{}); err != nil || len(list) != 1 || list[0].Due != at("12T00:00:00") || !list[0].Internal {
		t.Errorf("%+v, %v", list, err)
	}
}
