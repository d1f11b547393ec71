package read

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"mulu"
)

// growLevels adds duties, systems, tables and links around the entries of growCatalog, and changes them.
func growLevels(l *ledger, rng *rand.Rand, records int) {
	var codes []string
	var contents []*mulu.EntryContent
	for _, b := range l.records {
		var o mulu.Outcome
		if err := json.Unmarshal([]byte(strings.Split(string(b), "\n")[2]), &o); err != nil {
			panic(err)
		}
		for _, f := range o.Facts {
			var e mulu.Entry
			if f.Noun == mulu.KindEntry && json.Unmarshal(f.State, &e) == nil && e.Current() != nil {
				codes, contents = append(codes, e.Code), append(contents, e.Current())
			}
		}
	}
	pick := func(of ...string) string { return of[rng.IntN(len(of))] }
	for range records {
		org := fmt.Sprintf("%03d", 2+rng.IntN(6))
		i := rng.IntN(len(codes))
		system := fmt.Sprintf("S-%s-%d", org, rng.IntN(4))
		table := fmt.Sprintf("T-%s-%d", org, rng.IntN(6))
		switch rng.IntN(6) {
		case 0:
			n := rng.IntN(40)
			org = fmt.Sprintf("%03d", 2+n%6)
			l.add("duty.register", org, "", nil, fact("duty.registered", &mulu.Duty{ID: fmt.Sprintf("D-%d", n), Org: org, Name: "职责" + phraseOf(rng, 1), Basis: "三定", Matters: []string{"甲", "乙"}, Status: pick("active", "active", "no_data", "retired")}, "6"))
		case 1:
			l.add("system.register", org, "", nil, fact("system.registered", &mulu.System{ID: system, Org: org, Name: "系统" + system, Network: "government", Databases: []string{"db"}, Status: pick("in_use", "in_use", "retired")}, "12"))
		case 2:
			l.add("table.register", org, "", nil, fact("table.registered", &mulu.Table{ID: table, Org: org, System: system, Database: "db", Name: "t", Columns: []mulu.Column{{Name: "a", Type: "text"}, {Name: "b", Type: "text"}}, Status: pick("present", "present", "retired")}, "12"))
		case 3:
			l.add("system.link", org, "", nil, fact("link.made", &mulu.Link{ID: codes[i] + ">" + system, Org: org, Entry: codes[i], System: system, Status: pick("made", "made", "cut")}, "3"))
		default:
			item, column := contents[i].Items[rng.IntN(len(contents[i].Items))].Field, pick("a", "b")
			l.add("item.bind", org, "", nil, fact("link.made", &mulu.Link{ID: codes[i] + "#" + item + ">" + table + "." + column, Org: org, Entry: codes[i], Item: item, Table: table, Column: column, Status: pick("made", "made", "cut")}, "3"))
		}
	}
}

// nounsOf decodes how all nouns of a kind stand at the end.
func nounsOf[N any](t *testing.T, l *ledger, kind mulu.Kind) (list []*N) {
	t.Helper()
	at := map[string]int{}
	for n, b := range l.records {
		p, err := parse(uint64(n), b)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range p.outcome.Facts {
			if f.Noun != kind {
				continue
			}
			it := new(N)
			if err := json.Unmarshal(f.State, it); err != nil {
				t.Fatal(err)
			}
			if i, was := at[f.ID]; was {
				list[i] = it
				continue
			}
			at[f.ID] = len(list)
			list = append(list, it)
		}
	}
	return list
}

func levelledLedger() *ledger {
	l, rng := newLedger(), rand.New(rand.NewPCG(31, 1))
	growCatalog(l, rng, 150, 700)
	growLevels(l, rng, 1200)
	more := newLedger() // entries change again after their links, under the same institutions
	growCatalog(more, rng, 150, 500)
	for n, b := range more.records[7:] {
		var o mulu.Outcome
		if err := json.Unmarshal([]byte(strings.Split(string(b), "\n")[2]), &o); err != nil {
			panic(err)
		}
		if o.Facts[0].Noun == mulu.KindEntry {
			l.add("entry.verify", "002", "", nil, o.Facts...)
		}
		_ = n
	}
	return l
}

// Coverage, counts of duties, systems and tables are those that going through all nouns gives.
func TestCoverageIsThatOfTheNouns(t *testing.T) {
	l := levelledLedger()
	cfg := config(t)
	cfg.Batch = 43
	r := mustOpen(t, cfg)
	readAll(t, r, l)
	want := map[string]*Coverage{}
	of := func(org string) *Coverage {
		if want[org] == nil {
			want[org] = &Coverage{Org: org}
		}
		return want[org]
	}
	links := nounsOf[mulu.Link](t, l, mulu.KindLink)
	entriesOf, inForceOf := map[string]int{}, map[string]int{}
	for _, e := range nounsOf[mulu.Entry](t, l, mulu.KindEntry) {
		c := e.Current()
		if c == nil {
			c = &mulu.EntryContent{}
		}
		w := of(e.Org)
		if e.Status == "retired" {
			w.Retired++
			continue
		}
		w.Entries++
		entriesOf[c.Duty]++
		w.Items += len(c.Items)
		linked := false
		bound := map[string]bool{}
		for _, k := range links {
			if k.Entry == e.Code && k.Status == "made" {
				linked = linked || k.System != ""
				if _, is := c.Item(k.Item); is {
					bound[k.Item] = true
				}
			}
		}
		w.Bound += len(bound)
		if linked {
			w.Linked++
		}
		switch e.Status {
		case "submitted":
			w.Waiting++
		case "returned":
			w.Returned++
		case "changing":
			w.Changing++
		case "suspended":
			w.Suspended++
		}
		if e.Status == "published" || e.Status == "changing" || e.Status == "suspended" {
			w.Published++
			inForceOf[c.Duty]++
			switch c.Sharing.Type {
			case "conditional":
				w.Conditional++
			case "unconditional":
				w.Unconditional++
			case "not_shared":
				w.NotShared++
			}
		}
	}
	for _, d := range nounsOf[mulu.Duty](t, l, mulu.KindDuty) {
		got, err := r.Duty(t.Context(), d.ID)
		if err != nil || got.Entries != entriesOf[d.ID] || got.Published != inForceOf[d.ID] || got.Status != d.Status || !slices.Equal(got.Matters, d.Matters) {
			t.Errorf("duty %s: %+v, %v; want %d entries, %d in force", d.ID, got, err, entriesOf[d.ID], inForceOf[d.ID])
		}
		w := of(d.Org)
		switch {
		case d.Status == "retired":
			continue
		case d.Status == "no_data":
			w.Declared++
		case inForceOf[d.ID] > 0:
			w.WithData++
		default:
			w.Without++
		}
		w.Duties++
	}
	for _, s := range nounsOf[mulu.System](t, l, mulu.KindSystem) {
		if s.Status == "in_use" {
			of(s.Org).Systems++
		}
	}
	for _, x := range nounsOf[mulu.Table](t, l, mulu.KindTable) {
		if x.Status == "present" {
			of(x.Org).Tables++
		}
	}
	got, err := r.Coverages(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	sum := Coverage{}
	for _, c := range got {
		w := *of(c.Org)
		w.Name, w.Short = c.Name, c.Short
		if c != w {
			t.Errorf("%s:\n %+v, want\n %+v", c.Org, c, w)
		}
		if one, err := r.Coverage(t.Context(), c.Org); err != nil || one != c {
			t.Errorf("%s by itself: %+v, %v", c.Org, one, err)
		}
		sum.Bound, sum.Linked, sum.Retired, sum.Without, sum.WithData, sum.Declared = sum.Bound+c.Bound, sum.Linked+c.Linked, sum.Retired+c.Retired, sum.Without+c.Without, sum.WithData+c.WithData, sum.Declared+c.Declared
		tasks, err := r.Tasks(t.Context(), c.Org)
		if err != nil || tasks.Returned != c.Returned || tasks.Submitted != c.Waiting || tasks.Changing != c.Changing || tasks.Suspended != c.Suspended || tasks.WithoutEntry != c.Without {
			t.Errorf("%s: tasks %+v, %v", c.Org, tasks, err)
		}
	}
	if sum.Bound == 0 || sum.Linked == 0 || sum.Retired == 0 || sum.Without == 0 || sum.WithData == 0 || sum.Declared == 0 {
		t.Errorf("the records show too little: %+v", sum)
	}
	if _, err := r.Coverage(t.Context(), "999"); !errors.Is(err, ErrAbsent) {
		t.Errorf("an unknown institution: %v", err)
	}
	if mustDigest(t, r) != rebuiltDigest(t, l) {
		t.Error("followed in small batches the content differs from a rebuilt one")
	}
}

// Lists of links and the walk from a column up to the duties are those of the links that are made.
func TestTrace(t *testing.T) {
	l := levelledLedger()
	r := mustOpen(t, config(t))
	readAll(t, r, l)
	duties := map[string]bool{}
	for _, d := range nounsOf[mulu.Duty](t, l, mulu.KindDuty) {
		duties[d.ID] = true
	}
	contents := map[string]*mulu.Entry{}
	for _, e := range nounsOf[mulu.Entry](t, l, mulu.KindEntry) {
		contents[e.Code] = e
	}
	byEntry, bySystem, byTable := map[string]int{}, map[string][]string{}, map[string][]string{}
	type point struct{ table, column string }
	items, entries, above := map[point][]string{}, map[point][]string{}, map[point][]string{}
	add := func(to *[]string, s string) {
		if !slices.Contains(*to, s) {
			*to = append(*to, s)
		}
		slices.Sort(*to)
	}
	for _, k := range nounsOf[mulu.Link](t, l, mulu.KindLink) {
		if k.Status != "made" {
			continue
		}
		byEntry[k.Entry]++
		e := contents[k.Entry]
		if k.System != "" {
			list := bySystem[k.System]
			add(&list, k.Entry)
			bySystem[k.System] = list
			continue
		}
		list := byTable[k.Table]
		add(&list, k.Entry)
		byTable[k.Table] = list
		for _, p := range []point{{k.Table, k.Column}, {k.Table, ""}} {
			it, en, du := items[p], entries[p], above[p]
			add(&en, k.Entry)
			if c := e.Current(); c != nil {
				if _, is := c.Item(k.Item); is {
					add(&it, k.Entry+"#"+k.Item)
				}
				if duties[c.Duty] {
					add(&du, c.Duty)
				}
			}
			items[p], entries[p], above[p] = it, en, du
		}
	}
	codesOf := func(list []Entry, err error) []string {
		if err != nil {
			t.Fatal(err)
		}
		var codes []string
		for _, e := range list {
			codes = append(codes, e.Code)
		}
		return codes
	}
	if len(byEntry) == 0 || len(bySystem) == 0 || len(items) == 0 {
		t.Fatal("the records show no links")
	}
	for code, n := range byEntry {
		if list, err := r.LinksOf(t.Context(), code); err != nil || len(list) != n {
			t.Errorf("links of %s: %d, %v, want %d", code, len(list), err, n)
		}
	}
	for id, want := range bySystem {
		if got := codesOf(r.EntriesOfSystem(t.Context(), id)); !slices.Equal(got, want) {
			t.Errorf("entries of %s: %v, want %v", id, got, want)
		}
	}
	for id, want := range byTable {
		if got := codesOf(r.EntriesOfTable(t.Context(), id)); !slices.Equal(got, want) {
			t.Errorf("entries of %s: %v, want %v", id, got, want)
		}
	}
	for p, want := range items {
		o, err := r.Trace(t.Context(), p.table, p.column)
		var gotItems, gotDuties []string
		for _, i := range o.Items {
			gotItems = append(gotItems, i.Entry+"#"+i.Field)
		}
		for _, d := range o.Duties {
			gotDuties = append(gotDuties, d.ID)
		}
		slices.Sort(gotItems)
		slices.Sort(gotDuties)
		if got := codesOf(o.Entries, err); !slices.Equal(gotItems, want) || !slices.Equal(got, entries[p]) || !slices.Equal(gotDuties, above[p]) {
			t.Errorf("%v: items %v, entries %v, duties %v; want %v, %v, %v", p, gotItems, got, gotDuties, want, entries[p], above[p])
		}
	}
}

// What waits for the bureau comes oldest first, with the time since when, on pages without gaps or doubles.
func TestWaitingEntries(t *testing.T) {
	l := levelledLedger()
	r := mustOpen(t, config(t))
	readAll(t, r, l)
	status, since := map[string]string{}, map[string]time.Time{}
	for n, b := range l.records {
		p, err := parse(uint64(n), b)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range p.outcome.Facts {
			var e mulu.Entry
			if f.Noun != mulu.KindEntry {
				continue
			}
			if err := json.Unmarshal(f.State, &e); err != nil {
				t.Fatal(err)
			}
			if status[e.Code] != e.Status {
				status[e.Code], since[e.Code] = e.Status, p.outcome.Time
			}
		}
	}
	for _, org := range []string{"", "003"} {
		want := map[string]bool{}
		for code, s := range status {
			if (s == "submitted" || s == "changing") && (org == "" || strings.Contains(code, org+"/")) {
				want[code] = true
			}
		}
		last := time.Time{}
		for from := Place(0); ; {
			list, err := r.WaitingEntries(t.Context(), org, from, 7)
			if err != nil {
				t.Fatal(err)
			}
			if len(list) == 0 {
				break
			}
			for _, w := range list {
				if !want[w.Code] || !w.Since.Equal(since[w.Code]) || w.Since.Before(last) || w.OrgName == "" {
					t.Errorf("%+v is not expected here (since %s, last %s)", w, since[w.Code], last)
				}
				delete(want, w.Code)
				last, from = w.Since, w.Place.Next()
			}
		}
		if len(want) > 0 {
			t.Errorf("%q: %d do not come", org, len(want))
		}
	}
	for _, s := range []string{"returned", "submitted", "suspended"} {
		list, err := r.OwnEntries(t.Context(), "004", s, 0, 1000)
		n := 0
		for code, is := range status {
			if is == s && strings.Contains(code, "004/") {
				n++
			}
		}
		if err != nil || len(list) != n {
			t.Errorf("own %s: %d, %v, want %d", s, len(list), err, n)
		}
	}
}

func TestVersions(t *testing.T) {
	r := mustOpen(t, config(t))
	l := sharedEntry()
	readAll(t, r, l)
	list, err := r.Versions(t.Context(), code)
	if err != nil || len(list) != 2 {
		t.Fatalf("%+v, %v", list, err)
	}
	first, second := list[0], list[1]
	if first.N != 1 || first.Fact != "entry.published" || first.Org != "001" || first.Person != "p7" || first.Record != 4 || len(first.Content.Items) != 3 || first.Content.Sharing.Type != "conditional" {
		t.Errorf("first %+v", first)
	}
	if second.N != 2 || second.Fact != "entry.changed" || second.Record != 11 || second.Content.Sharing.Type != "unconditional" || !second.Time.After(first.Time) || second.Place <= first.Place {
		t.Errorf("second %+v", second)
	}
	if none, err := r.Versions(t.Context(), "307003/000002"); err != nil || len(none) != 0 {
		t.Errorf("an entry never published has %v, %v", none, err)
	}
}

func TestOrgs(t *testing.T) {
	r := mustOpen(t, config(t))
	readAll(t, r, exampleCatalog())
	yes, no := true, false
	for _, c := range []struct {
		q    OrgQuery
		want string
	}{
		{OrgQuery{}, "001 002 003 004"},
		{OrgQuery{Words: "残疾人"}, "003"},
		{OrgQuery{Words: "西城区 局"}, "002 004"},
		{OrgQuery{Words: "工商行政"}, "004"}, // its former name
		{OrgQuery{Sort: mulu.Organ, Bound: &yes, Limit: 2}, "001 002"},
		{OrgQuery{After: "002"}, "003 004"},
		{OrgQuery{Bound: &no}, ""},
		{OrgQuery{Status: "closed"}, ""},
	} {
		list, total, err := r.Orgs(t.Context(), c.q)
		var got []string
		for _, o := range list {
			got = append(got, o.ID)
		}
		if s := strings.Join(got, " "); err != nil || s != c.want || total < len(list) {
			t.Errorf("%+v: %s of %d, %v; want %s", c.q, s, total, err, c.want)
		}
	}
	list, total, err := r.Orgs(t.Context(), OrgQuery{Limit: 3})
	if err != nil || total != 4 || len(list) != 3 || list[1].Entries != 3 || list[1].Published != 3 || list[2].Entries != 3 || list[2].Published != 2 {
		t.Errorf("%+v of %d, %v", list, total, err)
	}
	o, err := r.Org(t.Context(), "004")
	if err != nil || !o.HasKey || len(o.Former) != 1 || o.Former[0].Until != "2018-11-01" || o.Short != "区市场监管局" {
		t.Errorf("%+v, %v", o, err)
	}
	if _, err := r.Org(t.Context(), "999"); !errors.Is(err, ErrAbsent) {
		t.Errorf("an unknown one: %v", err)
	}
}
