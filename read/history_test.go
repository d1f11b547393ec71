package read

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mulu"
)

var update = flag.Bool("update", false, "rewrite golden files")

// golden compares with testdata/name.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs; got:\n%s\nwant:\n%s", path, got, want)
	}
}

const code = "307003/000001"

// sharedEntry is the life of one entry: handed in, published, applied for, granted by silence, disputed, changed.
// Around it things happen that are not part of its story.
func sharedEntry() *ledger {
	l := newLedger()
	content := func() *mulu.EntryContent {
		return &mulu.EntryContent{Name: "街道名录", Summary: "街道", Duty: "D-003-1", Class: "307", Format: "csv", Cycle: "year",
			Sharing: mulu.Sharing{Type: "conditional", Conditions: "履职"}, Opening: mulu.Opening{Type: "unconditional"}, Grade: 1,
			Items: []mulu.Item{{Name: "代码", Field: "code", Type: "C", Grade: 1, IsKey: true}, {Name: "名称", Field: "name", Type: "C", Grade: 1},
				{Name: "电话", Field: "phone", Type: "C", Grade: 2}}}
	}
	e := &mulu.Entry{Code: code, Org: "003", Status: "submitted", Next: content()}
	l.add("org.register", "001", "", nil,
		fact("org.registered", &mulu.Org{ID: "003", Name: "区民政局", Short: "民政", Sort: mulu.Organ, Bound: true, Status: "active"}, "2.1", "15.3"),
		fact("key.recorded", &mulu.SigningKey{ID: "K3", Owner: "003", Status: "active"}, "15.3"))
	l.add("entry.submit", "003", "", nil, fact("entry.submitted", e, "11.2"))
	l.add("entry.submit", "003", "", &mulu.Refusal{Code: "name_taken", Art: "11.2", Args: []string{"街道名录"}})
	published := content()
	e = &mulu.Entry{Code: code, Org: "003", Status: "published", Version: 1, Now: published, Since: "2026-09-24T10:04:00+08:00"}
	l.add("entry.verify", "001", "", nil, fact("entry.published", e, "11.3"))
	l.add("link.system", "003", "", nil, fact("link.made", &mulu.Link{ID: code + ">S-003-1", Org: "003", Entry: code, System: "S-003-1", Status: "made"}, "11.1"))
	l.add("dataset.publish", "003", "", nil, fact("dataset.published", &mulu.Dataset{Entry: code, Org: "003", Version: 1, Of: 1, Rows: 15, Digest: "ab", Loaded: "2026-09-24T10:06:00+08:00", Status: "serving"}, "17"))
	a := &mulu.Application{ID: "A-1", Consumer: "005", Provider: "003", Entry: code, Version: 1, Ask: mulu.Ask{Scenario: "养老", Items: []string{"code"}, Method: "query", Days: 30},
		Edition: "district-2023", Received: "2026-09-24T10:07:00+08:00", AnswerBy: &mulu.Deadline{Days: 5, Last: "2026-10-08", End: "2026-10-09T00:00:00+08:00", Calendars: []string{"2026@1"}}, Status: "submitted"}
	l.add("application.file", "005", "", nil, fact("application.received", a, "21.1", "21.2"))
	other := &mulu.Entry{Code: "307003/000002", Org: "003", Status: "submitted", Next: content()}
	l.add("entry.submit", "003", "", nil, fact("entry.submitted", other, "11.2"))
	granted := *a
	granted.Status, granted.Grant = "granted", "G-1"
	l.add("alarm", "", "", nil, fact("application.granted", &granted, "21.4"),
		fact("grant.made", &mulu.Grant{ID: "G-1", Application: "A-1", Consumer: "005", Provider: "003", Entry: code, Version: 1, Items: []string{"code"}, Method: "query", By: "deemed", From: "2026-10-09T00:00:00+08:00", Until: "2026-11-08T00:00:00+08:00", Status: "active"}, "21.4"))
	l.add("case.open", "005", "", nil, fact("case.opened", &mulu.Dispute{ID: "C-1", About: "A-1", Consumer: "005", Provider: "003", Opener: "005", Cause: "other", Entry: code, Status: "opened"}, "22.1"))
	changed := content()
	changed.Items = []mulu.Item{{Name: "级别", Field: "level", Type: "N", Grade: 1}, changed.Items[2], {Name: "代码", Field: "code", Type: "C", Grade: 2, IsKey: true}}
	changed.Sharing = mulu.Sharing{Type: "unconditional"}
	l.add("entry.verify", "001", "", nil, fact("entry.changed", &mulu.Entry{Code: code, Org: "003", Status: "published", Version: 2, Now: changed, Since: "2026-09-24T10:11:00+08:00"}, "11.3", "19.2"))
	l.add("key.rotate", "003", "", nil, fact("key.rotated", &mulu.SigningKey{ID: "K3", Owner: "003", Status: "rotated"}, "15.3"))
	return l
}

func TestHistory(t *testing.T) {
	r := mustOpen(t, config(t))
	readAll(t, r, sharedEntry())
	var all []Step
	for p := (Page{Limit: 2}); ; p.From = all[len(all)-1].Place.Next() {
		steps, err := r.History(t.Context(), mulu.KindEntry, code, p)
		if err != nil {
			t.Fatal(err)
		}
		if len(steps) == 0 {
			break
		}
		all = append(all, steps...)
	}
	var b strings.Builder
	for _, s := range all {
		fmt.Fprintf(&b, "%d %d %s %s %v %s %s %s\n", s.N, s.Height, s.Time.Format(time.RFC3339), s.Fact, s.Art, s.Org, s.Status, s.State)
	}
	golden(t, "history.txt", b.String())
	if none, err := r.History(t.Context(), mulu.KindEntry, "307003/999999", Page{}); err != nil || len(none) != 0 {
		t.Errorf("an entry never heard of has the history %v, %v", none, err)
	}
}

func TestStory(t *testing.T) {
	r := mustOpen(t, config(t))
	readAll(t, r, sharedEntry())
	var b strings.Builder
	for _, of := range []owner{{mulu.KindEntry, code}, {mulu.KindApplication, "A-1"}, {mulu.KindGrant, "G-1"}, {mulu.KindOrg, "003"}, {mulu.KindSystem, "S-003-1"}} {
		fmt.Fprintf(&b, "== %s %s\n", of.kind, of.id)
		lines, err := r.Story(t.Context(), of.kind, of.id, Page{})
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range lines {
			fmt.Fprintf(&b, "%d.%d %s %v %s by %s%s (%s): %s / %s [%s %s %s]\n", l.N, l.Place.I(), l.Time.Format("15:04"), l.Art, l.Said, l.Org, l.Node, l.Person, l.Zh, l.En, l.Noun, l.ID, l.Status)
		}
	}
	golden(t, "story.txt", b.String())
	first, err := r.Story(t.Context(), mulu.KindEntry, code, Page{Limit: 3})
	if err != nil || len(first) != 3 {
		t.Fatal(first, err)
	}
	rest, err := r.Story(t.Context(), mulu.KindEntry, code, Page{From: first[2].Place.Next()})
	if err != nil || len(rest) == 0 || rest[0].Place <= first[2].Place {
		t.Errorf("the second page begins with %v, %v", rest, err)
	}
}

func TestDifference(t *testing.T) {
	l := sharedEntry()
	r := mustOpen(t, config(t))
	readAll(t, r, l)
	day := func(minute int) time.Time { return time.Date(2026, 9, 24, 10, minute, 30, 0, mulu.Shanghai()) }
	var b strings.Builder
	for _, span := range [][2]int{{5, 59}, {3, 5}, {5, 8}, {0, 3}} {
		fmt.Fprintf(&b, "== 10:%02d:30 to 10:%02d:30\n", span[0], span[1])
		changes, err := r.Difference(t.Context(), mulu.KindEntry, code, day(span[0]), day(span[1]))
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range changes {
			fmt.Fprintf(&b, "%s: %s -> %s\n", c.Path, c.Before, c.After)
		}
	}
	golden(t, "difference.txt", b.String())
	for _, at := range []time.Time{day(0).AddDate(-1, 0, 0), day(2)} {
		if _, err := r.Difference(t.Context(), mulu.KindEntry, code, at, at); !errors.Is(err, ErrAbsent) {
			t.Errorf("before the entry was handed in the difference gives %v, not ErrAbsent", err)
		}
	}
	exact, err := r.At(t.Context(), mulu.KindEntry, code, time.Date(2026, 9, 24, 10, 3, 0, 0, mulu.Shanghai()))
	if err != nil || exact.Status != "submitted" || exact.N != 2 {
		t.Errorf("at the very moment of record 2 the entry reads %+v, %v", exact, err)
	}
}

func TestCompare(t *testing.T) {
	for _, c := range []struct{ a, b, want string }{
		{`{"a":1}`, `{"a":1}`, ""},
		{`{"a":10000000000000001}`, `{"a":10000000000000002}`, "a: 10000000000000001 -> 10000000000000002\n"},
		{`{"a":null}`, `{}`, "a: null -> \n"},
		{`{"a":[1,2]}`, `{"a":[2,1]}`, "a: [1,2] -> [2,1]\n"},
		{`{"a":[]}`, `{"a":[]}`, ""},
		{`{"c":[{"name":"x.y","n":1}]}`, `{"c":[{"name":"x.y","n":2}]}`, `c["x.y"].n: 1 -> 2` + "\n"},
		{`{"c":[{"name":"x"},{"name":"x"}]}`, `{"c":[{"name":"x"}]}`, `c: [{"name":"x"},{"name":"x"}] -> [{"name":"x"}]` + "\n"},
		{`{"r":[{"item":"s","values":["1"]}]}`, `{"r":[{"item":"s","values":["1","2"]}]}`, `r[s].values: ["1"] -> ["1","2"]` + "\n"},
		{`{"c":[{"name":"a"},{"name":"b"}]}`, `{"c":[{"name":"b"},{"name":"a"}]}`, `c[*]: ["a","b"] -> ["b","a"]` + "\n"},
		{`{"c":[{"name":"b"}]}`, `{"c":[{"name":"a"},{"name":"b"}]}`, `c[a]:  -> {"name":"a"}` + "\n"},
		{`{"a":{"b":1}}`, `{"a":[1]}`, `a: {"b":1} -> [1]` + "\n"},
		{``, `{"a":"<&>"}`, `:  -> {"a":"<&>"}` + "\n"},
	} {
		changes, err := Compare([]byte(c.a), []byte(c.b))
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		for _, ch := range changes {
			got += fmt.Sprintf("%s: %s -> %s\n", ch.Path, ch.Before, ch.After)
		}
		if got != c.want {
			t.Errorf("%s against %s: %q, want %q", c.a, c.b, got, c.want)
		}
	}
}
