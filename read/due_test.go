package read

import (
	"fmt"
	"slices"
	"testing"

	"mulu"
)

// dueTown has two parties with something of each kind in several states.
func dueTown(t *testing.T) *Read {
	t.Helper()
	l := newLedger()
	l.add("org.register", "001", "", nil, fact("org.registered", &mulu.Org{ID: "002", Name: "区民政局", Short: "区民政局", Status: "active"}),
		fact("org.registered", &mulu.Org{ID: "003", Name: "区教育委员会", Short: "区教委", Status: "active"}))
	l.add("entry.submit", "002", "", nil, fact("entry.published", &mulu.Entry{Code: "307/1", Org: "002", Status: "published", Version: 1, Now: &mulu.EntryContent{Name: "低保对象信息"}}))
	by := func(day int) *mulu.Deadline {
		return &mulu.Deadline{Days: 5, Last: fmt.Sprintf("2026-10-%02d", day), End: fmt.Sprintf("2026-10-%02dT00:00:00+08:00", day+1), Provisional: day == 9}
	}
	put := func(n mulu.Noun) { l.add("alarm", "", "", nil, fact("x", n, "24")) }
	for i, g := range []mulu.Grant{{Status: "active", Delivered: "2026-09-02T10:00:00+08:00", Until: "2026-12-01T10:00:00+08:00"},
		{Status: "delivering", DeliverBy: by(9), Until: "2027-01-01T10:00:00+08:00"}, {Status: "suspended", DeliverBy: by(8), Overdue: true, Until: "2026-11-01T10:00:00+08:00"},
		{Status: "ended", Delivered: "2026-09-01T10:00:00+08:00", Until: "2026-09-20T10:00:00+08:00"}, {Status: "ended", Until: "2026-09-21T10:00:00+08:00"}} {
		g.ID, g.Consumer, g.Provider, g.Entry, g.Application = fmt.Sprintf("G-%06d", i+1), "003", "002", "307/1", fmt.Sprintf("A-%06d", i+1)
		put(&g)
	}
	put(&mulu.Grant{ID: "G-000009", Consumer: "002", Provider: "003", Entry: "307/9", Status: "active", Delivered: "x", Until: "2026-10-05T10:00:00+08:00"})
	for i, status := range []string{"filed", "checking", "corrected", "filed"} {
		put(&mulu.Objection{ID: fmt.Sprintf("O-%06d", i+1), Grant: "G-000001", Consumer: "003", Provider: "002", Entry: "307/1", Items: []string{"a", "b"}, Wrong: "停保日期不对",
			AnswerBy: by(20 - i), Status: status})
		put(&mulu.UseReport{ID: fmt.Sprintf("U-%06d", i+1), Grant: "G-000001", Consumer: "003", Provider: "002", Entry: "307/1", FileBy: by(9 + i),
			Status: []string{"due", "reported", "due", "closed"}[i]})
		put(&mulu.UseFlag{ID: fmt.Sprintf("W-%06d", i+1), Grant: "G-000001", Consumer: "003", Provider: "002", Entry: "307/1", Rule: "volume", Day: "2026-10-01", Counted: 9, Usual: 5,
			Flagged: "2026-10-02T00:00:00+08:00", Status: []string{"flagged", "explained", "flagged", "closed"}[i]})
		put(&mulu.Review{ID: fmt.Sprintf("R-%06d", i+1), Entry: "307/1", Org: "002", Sharing: "conditional", By: "law", Opened: "2026-10-02T00:00:00+08:00", FinishBy: by(12 - i),
			Status: []string{"due", "adjusting", "due", "confirmed"}[i]})
		put(&mulu.Finding{ID: fmt.Sprintf("F-%06d", i+1), Point: 5 + i%2, Org: []string{"002", "003", "002", "001"}[i], Party: []string{"003", "", "", "002"}[i], By: "law",
			Status: []string{"raised", "raised", "withdrawn", "raised"}[i]})
	}
	r := mustOpen(t, config(t))
	readAll(t, r, l)
	if got, want := mustDigest(t, r), rebuiltDigest(t, l); got != want {
		t.Errorf("a rebuild has digest %s, following %s", want, got)
	}
	return r
}

// Each list begins with what is due first; what is over comes newest first; a page continues after the row before it.
func TestListsByDueDate(t *testing.T) {
	r, ctx := dueTown(t), t.Context()
	lists := map[string]func(q DueQuery) ([]string, Due, error){
		"grants": func(q DueQuery) (ids []string, at Due, err error) {
			list, err := r.Grants(ctx, q)
			for _, x := range list {
				ids, at = append(ids, x.ID), x.At()
			}
			return ids, at, err
		},
		"objections": func(q DueQuery) (ids []string, at Due, err error) {
			list, err := r.Objections(ctx, q)
			for _, x := range list {
				ids, at = append(ids, x.ID), x.At()
			}
			return ids, at, err
		},
		"reports": func(q DueQuery) (ids []string, at Due, err error) {
			list, err := r.UseReports(ctx, q)
			for _, x := range list {
				ids, at = append(ids, x.ID), x.At()
			}
			return ids, at, err
		},
		"flags": func(q DueQuery) (ids []string, at Due, err error) {
			list, err := r.UseFlags(ctx, q)
			for _, x := range list {
				ids, at = append(ids, x.ID), x.At()
			}
			return ids, at, err
		},
		"reviews": func(q DueQuery) (ids []string, at Due, err error) {
			list, err := r.Reviews(ctx, q)
			for _, x := range list {
				ids, at = append(ids, x.ID), x.At()
			}
			return ids, at, err
		},
	}
	for _, c := range []struct {
		of   string
		q    DueQuery
		want []string
	}{
		{"grants", DueQuery{Party: Party{Consumer: "003"}}, []string{"G-000003", "G-000002", "G-000001"}},
		{"grants", DueQuery{Party: Party{Provider: "002"}, Status: "over"}, []string{"G-000005", "G-000004"}},
		{"grants", DueQuery{}, []string{"G-000009", "G-000003", "G-000002", "G-000001"}},
		{"grants", DueQuery{Party: Party{Consumer: "003"}, Status: "active", Before: "2026-12-02"}, []string{"G-000001"}},
		{"grants", DueQuery{Party: Party{Consumer: "003"}, Status: "active", Before: "2026-11-02"}, nil},
		{"grants", DueQuery{Status: "'; DROP TABLE org --"}, nil},
		{"objections", DueQuery{Party: Party{Provider: "002"}}, []string{"O-000004", "O-000002", "O-000001"}},
		{"objections", DueQuery{Party: Party{Consumer: "002"}}, nil},
		{"objections", DueQuery{Status: "corrected"}, []string{"O-000003"}},
		{"reports", DueQuery{Party: Party{Consumer: "003"}}, []string{"U-000001", "U-000003"}},
		{"reports", DueQuery{Status: "over"}, []string{"U-000004", "U-000002"}},
		{"flags", DueQuery{Party: Party{Consumer: "003"}}, []string{"W-000001", "W-000003"}},
		{"reviews", DueQuery{Party: Party{Provider: "002"}}, []string{"R-000002", "R-000003", "R-000001"}},
		{"reviews", DueQuery{Party: Party{Provider: "003"}}, nil},
	} {
		whole, _, err := lists[c.of](c.q)
		if err != nil || !slices.Equal(whole, c.want) {
			t.Errorf("%s %+v: %v %v, want %v", c.of, c.q, whole, err, c.want)
		}
		var paged []string
		for q := c.q; ; {
			q.Max = 1
			ids, at, err := lists[c.of](q)
			if err != nil {
				t.Fatal(err)
			}
			if len(ids) == 0 {
				break
			}
			paged, q.After = append(paged, ids...), at
		}
		if !slices.Equal(paged, c.want) {
			t.Errorf("%s %+v page by page: %v, want %v", c.of, c.q, paged, c.want)
		}
	}
}

// A row says what a list needs of it, with names.
func TestRowsOfSharing(t *testing.T) {
	r, ctx := dueTown(t), t.Context()
	g, err := r.Grants(ctx, DueQuery{Party: Party{Consumer: "003"}, Max: 1})
	if err != nil {
		t.Fatal(err)
	}
	if x := g[0]; x.EntryName != "低保对象信息" || x.ConsumerName != "区教委" || x.ProviderName != "区民政局" || x.Due != "2026-10-09T00:00:00+08:00" || !x.Overdue || x.Provisional {
		t.Errorf("%+v", x)
	}
	if for1, err := r.GrantsFor(ctx, "307/1", "G-000003", 0); err != nil || len(for1) != 2 {
		t.Errorf("%+v %v", for1, err)
	}
	for what, n := range map[string]func() (int, error){
		"objections": func() (int, error) { l, err := r.ObjectionsUnder(ctx, "G-000001", 0); return len(l), err },
		"reports":    func() (int, error) { l, err := r.UseReportsUnder(ctx, "G-000001", 0); return len(l), err },
		"flags":      func() (int, error) { l, err := r.UseFlagsUnder(ctx, "G-000001", 0); return len(l), err },
	} {
		if got, err := n(); err != nil || got != 4 {
			t.Errorf("%s under a grant: %d %v", what, got, err)
		}
	}
	o, err := r.Objections(ctx, DueQuery{Status: "corrected"})
	if err != nil || o[0].Items != 2 || o[0].Wrong != "停保日期不对" || o[0].Due != "" {
		t.Errorf("%+v %v", o, err)
	}
	for _, c := range []struct {
		kind mulu.Kind
		p    Party
		want map[string]int
	}{{mulu.KindGrant, Party{Consumer: "003"}, map[string]int{"active": 1, "delivering": 1, "suspended": 1, "ended": 2}},
		{mulu.KindGrant, Party{}, map[string]int{"active": 2, "delivering": 1, "suspended": 1, "ended": 2}},
		{mulu.KindObjection, Party{Provider: "002"}, map[string]int{"filed": 2, "checking": 1, "corrected": 1}},
		{mulu.KindUseFlag, Party{Consumer: "002"}, map[string]int{}}} {
		got, err := r.PartyCounts(ctx, c.kind, c.p)
		if err != nil || fmt.Sprint(got) != fmt.Sprint(c.want) {
			t.Errorf("%s %+v: %v %v, want %v", c.kind, c.p, got, err, c.want)
		}
	}
	if _, err := r.PartyCounts(ctx, mulu.KindOrg, Party{Consumer: "003"}); err == nil {
		t.Error("institutions have no two parties")
	}
}

// Findings are listed newest first, of one point, of one institution, or of all that concern it.
func TestFindings(t *testing.T) {
	r, ctx := dueTown(t), t.Context()
	for _, c := range []struct {
		q    FindingQuery
		want []string
	}{{FindingQuery{}, []string{"F-000004", "F-000003", "F-000002", "F-000001"}}, {FindingQuery{Point: 5}, []string{"F-000003", "F-000001"}},
		{FindingQuery{Org: "002"}, []string{"F-000003", "F-000001"}}, {FindingQuery{Concerned: "002"}, []string{"F-000004", "F-000003", "F-000001"}},
		{FindingQuery{Concerned: "002", After: "F-000004", Max: 1}, []string{"F-000003"}}, {FindingQuery{Concerned: "003", Status: "raised"}, []string{"F-000002", "F-000001"}}} {
		list, err := r.Findings(ctx, c.q)
		var ids []string
		for _, f := range list {
			ids = append(ids, f.ID)
		}
		if err != nil || !slices.Equal(ids, c.want) {
			t.Errorf("%+v: %v %v, want %v", c.q, ids, err, c.want)
		}
	}
	for concerned, want := range map[string]string{"": "[{5 2 1} {6 2 2}]", "002": "[{5 2 1} {6 1 1}]", "004": "[]"} {
		got, err := r.FindingCounts(ctx, concerned)
		if err != nil || fmt.Sprint(got) != want {
			t.Errorf("concerning %q: %v %v, want %s", concerned, got, err, want)
		}
	}
}
