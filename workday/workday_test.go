package workday

import (
	"encoding/json"
	"errors"
	"testing"
	"time"
)

func official(t testing.TB) *Calendar {
	t.Helper()
	notices, err := Official()
	if err != nil {
		t.Fatal(err)
	}
	var years []Year
	for _, n := range notices {
		years = append(years, n.Year)
	}
	c, err := New(years...)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func at(t testing.TB, s string) time.Time {
	t.Helper()
	d, err := time.ParseInLocation("2006-01-02 15:04", s, zone())
	if err != nil {
		t.Fatal(err)
	}
	return d
}

type shipped struct {
	PerYear map[string]int `json:"working_days_per_year"`
	Vectors struct {
		Cases []struct {
			Received string `json:"received"`
			Days     int    `json:"working_days"`
			Due      string `json:"due"`
		} `json:"cases"`
	} `json:"test_vectors"`
	Years map[string]struct {
		Statutory []struct {
			Date string `json:"date"`
		} `json:"statutory"`
	} `json:"years"`
}

func file(t *testing.T) (f shipped) {
	t.Helper()
	if err := json.Unmarshal(holidays, &f); err != nil {
		t.Fatal(err)
	}
	return f
}

func TestOfficialVectors(t *testing.T) {
	c, f := official(t), file(t)
	if len(f.Vectors.Cases) < 12 {
		t.Fatalf("only %d vectors", len(f.Vectors.Cases))
	}
	for _, v := range f.Vectors.Cases {
		for _, hour := range []string{"00:00", "09:30", "23:59"} {
			term := c.Term(at(t, v.Received+" "+hour), v.Days)
			if term.Last.String() != v.Due || term.Provisional {
				t.Errorf("%s %s + %d = %s (provisional %v), want %s", v.Received, hour, v.Days, term.Last, term.Provisional, v.Due)
			}
			if end := term.End.Format("15:04:05 -0700"); end != "00:00:00 +0800" || DateOf(term.End) != term.Last.Next() {
				t.Errorf("%s ends at %s", v.Received, term.End)
			}
		}
	}
}

func TestWorkingDaysPerYear(t *testing.T) {
	c, f := official(t), file(t)
	for _, y := range []struct {
		year int
		name string
	}{{2024, "2024"}, {2025, "2025"}, {2026, "2026"}} {
		n := 0
		for d := (Date{y.year, 1, 1}); d.Year == y.year; d = d.Next() {
			if c.IsWorkday(d) {
				n++
			}
		}
		if want := f.PerYear[y.name]; n != want {
			t.Errorf("%d has %d working days, want %d", y.year, n, want)
		}
	}
}

func TestYearWithoutArrangementIsProvisional(t *testing.T) {
	c, f := official(t), file(t)
	days := f.Years["2027"].Statutory
	if len(days) != 13 {
		t.Fatalf("%d statutory days", len(days))
	}
	for _, s := range days {
		if d, err := ParseDate(s.Date); err != nil || c.IsWorkday(d) || !statutory(d) {
			t.Errorf("%s counts as worked", s.Date)
		}
	}
	n := 0
	for d := (Date{2027, 1, 1}); d.Year == 2027; d = d.Next() {
		if statutory(d) {
			n++
		}
	}
	if n != 13 {
		t.Errorf("2027 has %d statutory days", n)
	}
	// field-facts §6: every 10-day term from 2026-12-18 and every 5-day term from 2026-12-25 reaches into 2027.
	for _, v := range []struct {
		received string
		days     int
		want     bool
	}{{"2026-12-17", 10, false}, {"2026-12-18", 10, true}, {"2026-12-24", 5, false}, {"2026-12-25", 5, true}} {
		if got := c.Term(at(t, v.received+" 10:00"), v.days); got.Provisional != v.want {
			t.Errorf("%s + %d: last %s, provisional %v", v.received, v.days, got.Last, got.Provisional)
		}
	}
}

func TestArrangementsThatCannotBe(t *testing.T) {
	for name, y := range map[string]Year{
		"no date":           {Year: 2026, Off: []string{"2026-02-30"}},
		"another year":      {Year: 2026, Off: []string{"2025-10-01"}},
		"twice":             {Year: 2026, Off: []string{"2026-10-01", "2026-10-01"}},
		"off and worked":    {Year: 2026, Off: []string{"2026-10-10"}, MakeUp: []string{"2026-10-10"}},
		"make-up on Monday": {Year: 2026, MakeUp: []string{"2026-10-12"}},
	} {
		var bad *DateError
		if _, err := New(y); !errors.As(err, &bad) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := New(Year{Year: 2026}, Year{Year: 2026}); err == nil {
		t.Error("a year arranged twice is taken")
	}
}

func TestRemaining(t *testing.T) {
	c := official(t)
	last := c.Term(at(t, "2026-09-24 10:00"), 5).Last // 2026-10-09
	for _, v := range []struct {
		now  string
		want int
	}{{"2026-09-24 10:00", 5}, {"2026-10-08 08:00", 1}, {"2026-10-09 23:59", 0}, {"2026-10-10 00:00", -1}, {"2026-10-12 00:00", -2}} {
		if got := c.Remaining(at(t, v.now), last); got != v.want {
			t.Errorf("at %s %d working days remain, want %d", v.now, got, v.want)
		}
	}
}

// A term never ends on a day off, holds exactly n working days, and grows with n.
func FuzzTerm(f *testing.F) {
	f.Add(int64(1758700000), 5)
	c := official(f)
	f.Fuzz(func(t *testing.T, unix int64, days int) {
		if days < 1 || days > 40 || unix < 1704067200 || unix > 1790000000 {
			t.Skip()
		}
		received := time.Unix(unix, 0)
		term := c.Term(received, days)
		n := 0
		for d := DateOf(received); d != term.Last; {
			d = d.Next()
			if c.IsWorkday(d) {
				n++
			}
		}
		if n != days || !c.IsWorkday(term.Last) || !c.Term(received, days+1).End.After(term.End) {
			t.Errorf("%v + %d ends %v after %d working days", received, days, term.Last, n)
		}
	})
}
