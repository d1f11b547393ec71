package quality

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"mulu"
)

func find(t *testing.T, r Result, sort, item string) CheckResult {
	t.Helper()
	for _, c := range r.Checks {
		if c.Sort == sort && c.Item == item {
			return c
		}
	}
	t.Fatalf("no check %s of %q", sort, item)
	return CheckResult{}
}

func TestTheScoreIsReckonedAsTheDocumentSays(t *testing.T) {
	p := newTestPlan(t, []mulu.DataRule{{Check: "compare", Items: []string{"begin", "end"}, Op: "le", Level: "note"}},
		mulu.Item{Name: "编号", Field: "no", Type: "C", IsKey: true, Personal: true}, mulu.Item{Name: "性别", Field: "sex", Type: "C", Standard: "DE-1", Personal: true},
		mulu.Item{Name: "开始", Field: "begin", Type: "D"}, mulu.Item{Name: "结束", Field: "end", Type: "D", Nullable: true})
	c := p.Checker(noon)
	for _, row := range [][]string{
		{"1", "1", "2026-01-01", ""}, {"2", "男", "2026-01-01", ""}, {"3", "", "2026-01-01", ""}, {"4", "2", "2026-02-30", ""},
		{"5", "1", "2026-01-02", "2026-01-01"}, {"6", "1", "2026-01-02", "2026-01-02"}, {"7", "1", "2026-01-02", "2026-01-03"}, {"8", "1", "2026-01-02", ""},
	} {
		c.Row(row)
	}
	r := c.Result(Counts{Unread: 2, Duplicates: 1, Before: 8, Updated: noon.AddDate(0, 0, -62)})
	want := mulu.Quality{Checked: 10, Bad: 6, // three rows left out, two not read, one repeated
		// 0101: type of two columns 8+3 values one wrong, length of sex 7 values: 17/18; 0105: 6 of 7 → mean
		Conformity: (1000000*17/18 + 1000000*6/7) / 2 / 1000,
		// 0302: rows read 8 of 10; 0303: 7 of 8 keys; 0305 all right
		Accuracy: (800000 + 875000 + 1000000) / 3 / 1000,
		// 0201: 24 required values, one missing; 0202: 4 of 8 rows
		Completeness: (1000000*23/24 + 500000) / 2 / 1000,
		Consistency:  -1,
		// 0502: 31 of 62 days; 0503: 2 of 3
		Timeliness: (500000 + 666666) / 2 / 1000,
	}
	want.Score = ((1000000*17/18+1000000*6/7)/2 + (800000+875000+1000000)/3 + (1000000*23/24+500000)/2 + (500000+666666)/2) / 4 / 1000
	if r.Quality != want {
		t.Errorf("is   %+v\nwant %+v", r.Quality, want)
	}
	if x := find(t, r, "type", "begin"); x.Checked != 8 || x.Bad != 1 || x.Score != 875 || x.X != 875 || !slices.Equal(x.Reasons, []ReasonCount{{NoSuchDay, 1}}) || x.Property != "conformity" {
		t.Errorf("%+v", x)
	}
	if x := find(t, r, "key", ""); x.X != 125 || x.Score != 875 {
		t.Errorf("repetition is written as the standard does, less is better: %+v", x)
	}
	if x := find(t, r, "codes", "sex"); x.Checked != 7 || x.Bad != 1 || x.Rule != -1 {
		t.Errorf("%+v", x)
	}
	if x := find(t, r, "compare", ""); x.Checked != 3 || x.Bad != 1 || x.Indicator != "0503" || !x.Note {
		t.Errorf("%+v", x)
	}
	for i := 1; i < len(r.Checks); i++ {
		if r.Checks[i].Gain > r.Checks[i-1].Gain {
			t.Error("checks are not in the order of what mending gains")
		}
	}
	if r.Checks[0].Sort != "age" || r.Checks[0].Gain != 63 { // 500000 gained in one of two indicators of one of four properties
		t.Errorf("first is %+v", r.Checks[0])
	}
	if b, err := json.Marshal(r); err != nil || !strings.Contains(string(b), `"indicator":"0503"`) {
		t.Errorf("%s %v", b, err)
	}
}

func TestGainIsWhatMendingBrings(t *testing.T) {
	p := newTestPlan(t, nil, mulu.Item{Name: "甲", Field: "a", Type: "N"}, mulu.Item{Name: "乙", Field: "b", Type: "D"})
	before, after := p.Checker(noon), p.Checker(noon)
	for i := range 10 {
		v := "1"
		if i < 3 {
			v = "x"
		}
		before.Row([]string{v, "2026-01-01"})
		after.Row([]string{"1", "2026-01-01"})
	}
	was, is := before.Result(Counts{}), after.Result(Counts{})
	if gain := find(t, was, "type", "a").Gain; was.Quality.Score+gain != is.Quality.Score || is.Quality.Score != 1000 {
		t.Errorf("%d with a gain of %d, mended %d", was.Quality.Score, gain, is.Quality.Score)
	}
}

func TestOneFaultInManyIsNotFaultless(t *testing.T) {
	if s := standing([]counted{{"0101", 10_000_000_000_000, 1}}, Weights{}.list()); thousandths(s[5]) != 999 {
		t.Errorf("%d", s[5])
	}
	if s := standing([]counted{{"0101", 10, 0}}, Weights{}.list()); thousandths(s[5]) != 1000 || s[1] != -1 {
		t.Errorf("%v", s)
	}
	if s := standing(nil, Weights{}.list()); thousandths(s[5]) != -1 {
		t.Errorf("nothing measured scores %d", s[5])
	}
}

func TestWeightsAreTheBureausToSet(t *testing.T) {
	p := newTestPlan(t, nil, mulu.Item{Name: "甲", Field: "a", Type: "N"})
	p.Weights = Weights{Completeness: 3, Conformity: 1}
	c := p.Checker(noon)
	c.Row([]string{"x"})
	c.Row([]string{"1"})
	if q := c.Result(Counts{}).Quality; q.Conformity != 500 || q.Completeness != 1000 || q.Score != 875 {
		t.Errorf("%+v", q)
	}
}

// others is another entry's data: what stands in the map under entry/item.
type others struct {
	known map[string][]string
	asked int
	err   error
}

func (o *others) Known(_ context.Context, entry, item string, values []string) ([]bool, error) {
	o.asked++
	list := make([]bool, len(values))
	for i, v := range values {
		list[i] = slices.Contains(o.known[entry+" "+item], v)
	}
	return list, o.err
}

func TestReferencesAreAskedInBatches(t *testing.T) {
	p := newTestPlan(t, []mulu.DataRule{{Check: "reference", Items: []string{"a"}, Entry: "101/1", Item: "id", When: "b", Level: "bad"}, {Check: "reference", Items: []string{"b"}, Entry: "102/1", Item: "no", Level: "note"}},
		mulu.Item{Name: "甲", Field: "a", Type: "C", Nullable: true}, mulu.Item{Name: "乙", Field: "b", Type: "C", Nullable: true})
	if !p.References() || p.Unique() {
		t.Error("what must be looked up is told wrong")
	}
	o := &others{known: map[string][]string{"101/1 id": {"1", "2"}, "102/1 no": {"x"}}}
	c := p.Checker(noon)
	rows := [][]string{{"1", "x"}, {"3", "x"}, {"3", ""}, {"", "x"}, {"2", "y"}, {"3", "y"}}
	for _, r := range rows {
		c.Row(r)
	}
	var found []string
	err := c.References(context.Background(), o, len(rows), func(i int) []string { return rows[i] }, func(i int, p Problem) {
		found = append(found, fmt.Sprintln(i, p.Item, p.Reason, p.Rule, p.Note))
	})
	want := []string{"1 0 dangling 0 false\n", "5 0 dangling 0 false\n", "4 1 dangling 1 true\n", "5 1 dangling 1 true\n"}
	if err != nil || !slices.Equal(found, want) || o.asked != 2 {
		t.Errorf("%v, asked %d times, found %q", err, o.asked, found)
	}
	r := c.Result(Counts{})
	if x := find(t, r, "reference", "a"); x.Checked != 4 || x.Bad != 2 || r.Quality.Bad != 2 || r.Quality.Consistency != 1000*5/9 {
		t.Errorf("%+v %+v", x, r.Quality)
	}
	o.err = errors.New("the engine is closed")
	if err := c.References(context.Background(), o, 1, func(i int) []string { return rows[i] }, func(int, Problem) {}); err == nil || !strings.Contains(err.Error(), "101/1") {
		t.Error(err)
	}
}

func TestRepeatedValuesAreFoundHoweverManyRows(t *testing.T) {
	p := newTestPlan(t, []mulu.DataRule{{Check: "unique", Items: []string{"a", "b"}, Level: "bad"}, {Check: "unique", Items: []string{"c"}, Level: "note"}},
		mulu.Item{Name: "甲", Field: "a", Type: "C"}, mulu.Item{Name: "乙", Field: "b", Type: "C", Nullable: true}, mulu.Item{Name: "丙", Field: "c", Type: "C", Nullable: true})
	p.Spill = t.TempDir()
	c := p.Checker(noon)
	const run, rows = 1000, 1000*7 + 10
	for k := range c.repeats {
		c.repeats[k].run = run
	}
	// the first rows are long on disk when the last ones repeat them
	value := map[int][3]string{7: {"a", "b", "c"}, run + 9: {"a", "b", ""}, rows - 1: {"a", "b", "c"}, 11: {"a", "", ""}, 12: {"a", "", ""}, 13: {"ab", "c", ""}, 14: {"a", "bc", ""}}
	for n := 1; n <= rows; n++ {
		v, ok := value[n]
		if !ok {
			v = [3]string{strconv.Itoa(n), "b", ""}
		}
		if err := c.Stays(int64(n), v[:]); err != nil {
			t.Fatal(err)
		}
	}
	if files, err := os.ReadDir(p.Spill); err != nil || len(files) == 0 {
		t.Fatalf("nothing was written down: %v", err)
	}
	var found []string
	if err := c.Repeated(context.Background(), func(n, first int64, p Problem) error {
		found = append(found, fmt.Sprint(n, first, p.Item, p.Reason, p.Rule, p.Note))
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	want := []string{fmt.Sprint(run+9, 7, -1, "not_unique", 0, false), fmt.Sprint(rows-1, 7, -1, "not_unique", 0, false), fmt.Sprint(rows-1, 7, 2, "not_unique", 1, true)}
	slices.Sort(want)
	slices.Sort(found)
	if !slices.Equal(found, want) {
		t.Errorf("found %q", found)
	}
	if x := find(t, c.Result(Counts{}), "unique", "c"); x.Checked != 2 || x.Bad != 1 || x.Indicator != "0304" {
		t.Errorf("%+v", x)
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	if files, err := os.ReadDir(p.Spill); err != nil || len(files) > 0 {
		t.Errorf("%d files stay behind: %v", len(files), err)
	}
}

func TestARowThatRepeatsTheVersionBeforeIsNew(t *testing.T) {
	p := newTestPlan(t, []mulu.DataRule{{Check: "unique", Items: []string{"a"}, Level: "bad"}}, mulu.Item{Name: "甲", Field: "a", Type: "C"})
	c := p.Checker(noon)
	for _, x := range []struct {
		n int64
		v string
	}{{0, "old"}, {0, "old"}, {1, "old"}, {2, "new"}} {
		if err := c.Stays(x.n, []string{x.v}); err != nil {
			t.Fatal(err)
		}
	}
	var found []int64
	if err := c.Repeated(context.Background(), func(n, first int64, _ Problem) error { found = append(found, n, first); return nil }); err != nil || !slices.Equal(found, []int64{1, 0}) {
		t.Errorf("%v %v", found, err)
	}
}

func TestASpillThatCannotBeWrittenIsAnError(t *testing.T) {
	p := newTestPlan(t, []mulu.DataRule{{Check: "unique", Items: []string{"a"}, Level: "bad"}}, mulu.Item{Name: "甲", Field: "a", Type: "C"})
	p.Spill = t.TempDir() + "/gone"
	c := p.Checker(noon)
	c.repeats[0].run = 10
	var err error
	for n := int64(1); err == nil && n <= 10; n++ {
		err = c.Stays(n, []string{"x"})
	}
	if !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
}

func TestAPublishedVersionIsMeasured(t *testing.T) {
	p := newTestPlan(t, []mulu.DataRule{{Check: "unique", Items: []string{"a"}, Level: "note"}, {Check: "reference", Items: []string{"b"}, Entry: "101/1", Item: "id", Level: "bad"}},
		mulu.Item{Name: "甲", Field: "a", Type: "C", IsKey: true}, mulu.Item{Name: "乙", Field: "b", Type: "C"})
	const rows = batch*2 + 5
	given := [2]string{}
	scan := func(yield func([]string) error) error {
		for i := range rows {
			given = [2]string{strconv.Itoa(i % (rows - 1)), strconv.Itoa(i % 2)}
			if err := yield(given[:]); err != nil {
				return err
			}
		}
		return nil
	}
	o := &others{known: map[string][]string{"101/1 id": {"0"}}}
	r, err := p.Measure(context.Background(), Counts{Updated: noon}, o, noon, scan)
	if err != nil {
		t.Fatal(err)
	}
	if x := find(t, r, "reference", "b"); x.Checked != rows || x.Bad != rows/2 || o.asked != 3 {
		t.Errorf("asked %d times: %+v", o.asked, x)
	}
	if x := find(t, r, "unique", "a"); x.Checked != rows || x.Bad != 1 {
		t.Errorf("%+v", x)
	}
	if x := find(t, r, "age", ""); x.Score != 1000 || r.Rows != rows {
		t.Errorf("%+v", x)
	}
	if r, err = p.Measure(context.Background(), Counts{}, nil, noon, scan); err != nil || find(t, r, "reference", "b").Score != -1 {
		t.Errorf("references are measured without the other entries: %v", err)
	}
	gone := errors.New("the disk is gone")
	if _, err := p.Measure(context.Background(), Counts{}, o, noon, func(func([]string) error) error { return gone }); !errors.Is(err, gone) {
		t.Error(err)
	}
	stop, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := p.Measure(stop, Counts{}, nil, noon, scan); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func TestCitizenNumbersInAnItemNotMarkedAsPersonal(t *testing.T) {
	for _, x := range []struct {
		persons, others int
		bad             int64
	}{{3, 3, 3}, {2, 3, 0}, {0, 4, 0}, {4, 0, 4}} {
		c := newTestPlan(t, nil, mulu.Item{Name: "办理号", Field: "no", Type: "C"}, mulu.Item{Name: "号码", Field: "id", Type: "C", Personal: true}).Checker(noon)
		for i := range x.persons + x.others {
			v := citizen(i)
			if i >= x.persons {
				v = "XC" + strconv.Itoa(i)
			}
			if found := c.Row([]string{v, v}); len(found) > 0 {
				t.Errorf("%v", found)
			}
		}
		r := c.Result(Counts{})
		if got := find(t, r, "unmarked", "no"); got.Bad != x.bad || got.Indicator != "0106" || (x.bad > 0) != slices.Equal(got.Reasons, []ReasonCount{{Unmarked, x.bad}}) {
			t.Errorf("%+v: %+v", x, got)
		}
		for _, check := range r.Checks {
			if check.Sort == "unmarked" && check.Item == "id" {
				t.Error("an item marked as personal is looked at")
			}
		}
	}
}

func TestAgeAgainstTheCycle(t *testing.T) {
	for _, x := range []struct {
		cycle string
		days  int
		want  int
	}{{"daily", 0, 1000}, {"daily", 1, 1000}, {"daily", 2, 500}, {"weekly", 28, 250}, {"monthly", 31, 1000}, {"yearly", 3660, 100}, {"irregular", 3660, -1}, {"realtime", 4, 250}} {
		p, err := NewPlan(&mulu.EntryContent{Cycle: x.cycle, Items: []mulu.Item{{Name: "甲", Field: "a", Type: "C"}}}, nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		if q := p.Checker(noon).Result(Counts{Updated: noon.AddDate(0, 0, -x.days)}).Quality; q.Timeliness != x.want {
			t.Errorf("%s after %d days: %d", x.cycle, x.days, q.Timeliness)
		}
	}
	for _, c := range mulu.Cycles {
		if c.Code != "irregular" && days(c.Code) == 0 {
			t.Errorf("the cycle %s has no length", c.Code)
		}
	}
}

func TestProfilesShowNothingOfPersons(t *testing.T) {
	p := newTestPlan(t, nil, mulu.Item{Name: "姓名", Field: "name", Type: "C", Personal: true}, mulu.Item{Name: "病种", Field: "illness", Type: "C", Sensitive: true},
		mulu.Item{Name: "密级", Field: "secret", Type: "C", Grade: 3}, mulu.Item{Name: "街道", Field: "street", Type: "C", Nullable: true}, mulu.Item{Name: "人数", Field: "count", Type: "I"})
	c := p.Checker(noon)
	streets := []string{"什刹海", "德胜", "什刹海", "", "月坛街道"}
	for i := range 1000 {
		c.Row([]string{"张三丰", "流感", "甲", streets[i%5], strconv.Itoa(i - 9)})
	}
	r := c.Result(Counts{})
	for _, col := range r.Columns[:3] {
		if !col.Withheld || col.Low != "" || col.High != "" || col.Top != nil || col.Distinct != 1 || col.Filled != 1000 {
			t.Errorf("%+v", col)
		}
	}
	if s := r.Columns[3]; s.FilledRate != 800 || s.Distinct != 3 || s.Approximate || s.Shortest != 2 || s.Longest != 4 || s.Low != "什刹海" || s.High != "月坛街道" ||
		!slices.Equal(s.Top, []ValueCount{{"什刹海", 400}, {"德胜", 200}, {"月坛街道", 200}}) {
		t.Errorf("%+v", s)
	}
	if n := r.Columns[4]; n.Low != "-9" || n.High != "990" || !n.Approximate || n.Top != nil || n.Distinct < 970 || n.Distinct > 1030 {
		t.Errorf("%+v", n)
	}
	if b, err := json.Marshal(r); err != nil || strings.Contains(string(b), "张三丰") || strings.Contains(string(b), "流感") {
		t.Errorf("a person's value stands in the result: %v", err)
	}
}

func TestEstimateOfDistinctValues(t *testing.T) {
	for _, n := range []int{100, 3000, 20_000, 300_000} {
		p := newProfile("text", true)
		for i := range n * 2 {
			p.add("XC"+strconv.Itoa(i%n), 8, nil, true)
		}
		if got := p.column("f", int64(n*2), int64(n*2)).Distinct; got < int64(n)*95/100 || got > int64(n)*105/100 {
			t.Errorf("%d distinct values are taken for %d", n, got)
		}
	}
}

func TestDatesOfMidnightInBeijing(t *testing.T) {
	// 00:30 of 25 November in Beijing is still the 24th in UTC: a child born today is no fault.
	c := newTestPlan(t, nil, mulu.Item{Name: "号", Field: "id", Type: "C", Standard: "DE-4", Personal: true}).Checker(time.Date(2026, 11, 24, 16, 30, 0, 0, time.UTC))
	for day, want := range map[string]int{"20261125": 0, "20261126": 1} {
		id := "110102" + day + "001"
		sum := 0
		for i, w := range [17]int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2} {
			sum += int(id[i]-'0') * w
		}
		if found := c.Row([]string{id + string("10X98765432"[sum%11])}); len(found) != want {
			t.Errorf("born %s: %v", day, found)
		}
	}
}
