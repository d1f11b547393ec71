package read

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"mulu"
)

func term(last string) *mulu.Deadline {
	return &mulu.Deadline{Days: 5, Last: last, End: last + "T00:00:00+08:00", Calendars: []string{"2026@1"}}
}

// shared is a ledger of applications in every stage: A-1 waits, A-2 was answered in time and is in use, A-3 was refused, A-4
// was deemed agreed and is delivered late, A-5 was granted by the rule, A-6 was withdrawn, A-7 stayed unanswered in an edition
// without silence, and a case is open about it.
func shared() *ledger {
	l := newLedger()
	for i, o := range []string{"区民政局", "区教委"} {
		l.add("org.register", "001", "", nil, fact("org.registered", &mulu.Org{ID: fmt.Sprintf("00%d", i+2), Name: o, Short: o, Sort: mulu.Organ, Status: "active"}, "2"))
	}
	content := &mulu.EntryContent{Name: "低保对象", Duty: "D-1", Class: "307", Sharing: mulu.Sharing{Type: "conditional"}, Grade: 1, Items: []mulu.Item{{Name: "代码", Field: "code", Type: "C", Grade: 1}}}
	l.add("entry.verify", "001", "", nil, fact("entry.published", &mulu.Entry{Code: "307002/000001", Org: "002", Status: "published", Version: 1, Now: content}, "11.1"))
	app := func(n int, status string, a *mulu.Answer) *mulu.Application {
		p := &mulu.Application{ID: fmt.Sprintf("A-%06d", n), Consumer: "003", Provider: "002", Entry: "307002/000001", Version: 1, Ask: mulu.Ask{Method: "query", Items: []string{"code"}},
			Received: fmt.Sprintf("2026-11-%02dT09:00:00+08:00", n), AnswerBy: term(fmt.Sprintf("2026-11-%02d", n+7)), DeliverBy: term(fmt.Sprintf("2026-11-%02d", n+14)), Status: status, Answer: a}
		if status == "granted" {
			p.Grant = fmt.Sprintf("G-%06d", n)
		}
		return p
	}
	permit := func(n int, status, delivered string, overdue bool) *mulu.Grant {
		return &mulu.Grant{ID: fmt.Sprintf("G-%06d", n), Application: fmt.Sprintf("A-%06d", n), Consumer: "003", Provider: "002", Entry: "307002/000001", Version: 1, Items: []string{"code"},
			From: "2026-11-09T09:00:00+08:00", Until: "2027-11-09T09:00:00+08:00", DeliverBy: term(fmt.Sprintf("2026-11-%02d", n+14)), Delivered: delivered, Status: status, Overdue: overdue}
	}
	for n := 1; n <= 7; n++ {
		l.add("application.submit", "003", "", nil, fact("application.received", app(n, "submitted", nil), "21.1"))
	}
	l.add("application.answer", "002", "", nil, fact("application.granted", app(2, "granted", &mulu.Answer{By: "002", Decision: "part", At: "2026-11-06T10:00:00+08:00"}), "21.2"),
		fact("grant.made", permit(2, "delivering", "", false), "21.2"))
	l.add("grant.deliver", "002", "", nil, fact("grant.delivered", permit(2, "active", "2026-11-10T10:00:00+08:00", false), "21.2"))
	l.add("application.answer", "002", "", nil, fact("application.refused", app(3, "refused", &mulu.Answer{By: "002", Decision: "refused", At: "2026-11-09T10:00:00+08:00"}), "21.3"))
	l.add("alarm", "", "", nil, fact("application.granted", app(4, "granted", &mulu.Answer{By: "law", Decision: "deemed", At: "2026-11-11T00:00:00+08:00"}), "21.4"),
		fact("grant.made", permit(4, "delivering", "", false), "21.4"))
	l.add("alarm", "", "", nil, fact("grant.overdue", permit(4, "delivering", "", true), "21.2"))
	l.add("grant.deliver", "002", "", nil, fact("grant.delivered", permit(4, "active", "2026-11-20T10:00:00+08:00", true), "21.2"))
	l.add("application.submit", "003", "", nil, fact("application.granted", app(5, "granted", &mulu.Answer{By: "law", Decision: "rule", At: "2026-11-05T09:00:00+08:00"}), "20"),
		fact("grant.made", permit(5, "ended", "", false), "20"))
	l.add("application.withdraw", "003", "", nil, fact("application.withdrawn", app(6, "withdrawn", nil), "21.1"))
	c := &mulu.Dispute{ID: "C-000001", About: "A-000007", Consumer: "003", Provider: "002", Entry: "307002/000001", Opener: "law", Cause: "unanswered", Opened: "2026-11-14T00:00:00+08:00", Status: "opened"}
	l.add("alarm", "", "", nil, fact("application.overdue", app(7, "overdue", nil), "22"), fact("case.opened", c, "22"))
	heard := *c
	heard.Status, heard.Hearings = "heard", []mulu.Hearing{{At: "2026-11-16T10:00:00+08:00", Note: "会商"}}
	l.add("case.hear", "001", "", nil, fact("case.heard", &heard, "22"))
	return l
}

func TestApplicationsByStage(t *testing.T) {
	l, r := shared(), mustOpen(t, config(t))
	readAll(t, r, l)
	all, err := r.Applications(t.Context(), ApplicationQuery{Consumer: "003"})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, a := range all {
		got = append(got, a.ID+" "+a.Stage)
	}
	want := "A-000007 overdue|A-000006 withdrawn|A-000005 ended|A-000004 active|A-000003 refused|A-000002 active|A-000001 submitted"
	if strings.Join(got, "|") != want {
		t.Errorf("stages %s\nwant %s", strings.Join(got, "|"), want)
	}
	two := all[5]
	if two.EntryName != "低保对象" || two.ConsumerName != "区教委" || two.ProviderName != "区民政局" || two.Decision != "part" || two.Answerer != "002" || two.Delivered == "" || two.Grant != "G-000002" {
		t.Errorf("%+v", two)
	}
	var paged []string
	for before := ""; ; {
		page, err := r.Applications(t.Context(), ApplicationQuery{Provider: "002", Before: before, Limit: 3})
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range page {
			paged, before = append(paged, a.ID+" "+a.Stage), a.Cursor
		}
		if len(page) < 3 {
			break
		}
	}
	if !slices.Equal(paged, got) {
		t.Errorf("page by page %v, at once %v", paged, got)
	}
	count, err := r.Stages(t.Context(), "", "002")
	if err != nil || count["active"] != 2 || count["submitted"] != 1 || len(count) != 6 {
		t.Errorf("counted %v, %v", count, err)
	}
	for _, q := range []struct {
		ApplicationQuery
		n int
	}{{ApplicationQuery{Stage: "refused"}, 1}, {ApplicationQuery{Words: "低保 区教委"}, 7}, {ApplicationQuery{Words: "a-000003"}, 1}, {ApplicationQuery{Words: "没有"}, 0},
		{ApplicationQuery{Decision: "deemed", From: "2026-11-01T00:00:00+08:00", To: "2026-12-01T00:00:00+08:00"}, 1}, {ApplicationQuery{Decision: "deemed", From: "2026-11-12T00:00:00+08:00"}, 0},
		{ApplicationQuery{Consumer: "002"}, 0}} {
		if n, err := r.CountApplications(t.Context(), q.ApplicationQuery); err != nil || n != q.n {
			t.Errorf("%+v: %d, %v", q.ApplicationQuery, n, err)
		}
	}
}

// A term that was missed stays missed when the thing is done at last; what lapses without having been missed is neither.
func TestDeadlinesKeptAndMissed(t *testing.T) {
	l, r := shared(), mustOpen(t, config(t))
	readAll(t, r, l)
	all, err := r.Deadlines(t.Context(), DeadlineQuery{Org: "002"})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, d := range all {
		got = append(got, fmt.Sprintf("%s %s %s %v %v %s", d.ID, d.What, d.State, d.Late, d.Over, d.Told[:min(10, len(d.Told))]))
	}
	want := []string{"A-000001 answer open false false ", "A-000002 answer done false false 2026-11-06", "A-000003 answer done false false 2026-11-09",
		"A-000004 answer done true false 2026-11-11", "A-000005 answer lapsed false false ", "A-000006 answer lapsed false false ", "A-000007 answer open true true 2026-11-14",
		"G-000002 deliver done false false 2026-11-10", "G-000004 deliver done true false 2026-11-18", "G-000005 deliver lapsed false false "}
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	rates, err := r.OnTimes(t.Context(), "", "2026-11-01T00:00:00+08:00", "2026-12-01T00:00:00+08:00")
	if err != nil || len(rates) != 2 || rates[0].What != "answer" || rates[0].Kept != 2 || rates[0].Missed != 2 || rates[1].Kept != 1 || rates[1].Missed != 1 || rates[1].OrgName != "区民政局" {
		t.Errorf("%+v, %v", rates, err)
	}
	for _, q := range []struct {
		DeadlineQuery
		n int
	}{{DeadlineQuery{Org: "002", State: "open", Over: true}, 1}, {DeadlineQuery{State: "open", Running: true, Before: "2026-11-09T00:00:00+08:00"}, 1}, {DeadlineQuery{Org: "003"}, 0},
		{DeadlineQuery{What: "deliver", Verdict: "missed"}, 1}, {DeadlineQuery{What: "answer", Verdict: "kept", KeptFrom: "2026-11-07T00:00:00+08:00"}, 1}} {
		if n, err := r.CountDeadlines(t.Context(), q.DeadlineQuery); err != nil || n != q.n {
			t.Errorf("%+v: %d, %v", q.DeadlineQuery, n, err)
		}
	}
	if n := rebuiltDigest(t, l); n != mustDigest(t, r) {
		t.Error("rebuilt it is not the same")
	}
}

func TestDisputes(t *testing.T) {
	l, r := shared(), mustOpen(t, config(t))
	readAll(t, r, l)
	list, err := r.Disputes(t.Context(), DisputeQuery{Party: "002", Open: true})
	if err != nil || len(list) != 1 || list[0].Hearings != 1 || list[0].Status != "heard" || list[0].EntryName != "低保对象" || list[0].ConsumerName != "区教委" {
		t.Errorf("%+v, %v", list, err)
	}
	for _, q := range []struct {
		DisputeQuery
		n int
	}{{DisputeQuery{About: "A-000007"}, 1}, {DisputeQuery{Closed: true}, 0}, {DisputeQuery{Party: "001"}, 0}, {DisputeQuery{Status: "heard", Cause: "unanswered"}, 1}} {
		if n, err := r.CountDisputes(t.Context(), q.DisputeQuery); err != nil || n != q.n {
			t.Errorf("%+v: %d, %v", q.DisputeQuery, n, err)
		}
	}
}
