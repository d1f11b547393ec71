package law

import (
	"fmt"
	"time"

	"mulu"
	"mulu/workday"
)

// Edition is one dated set of terms. A term that changes is a new edition, never an edit: an application keeps the
// edition under which it was received.
type Edition struct {
	Name    string
	Zh, En  string
	Reply   int    // working days to answer a conditional application
	Deliver int    // working days to complete sharing
	From    string // what Deliver runs from: "receipt" or "consent"
	Silence bool   // no answer in time is consent
	Source  string
	AtOnce  int // working days to answer an unconditional application; 0 = none stated, so at once
	Object  int // working days to check an objection, correct and answer
}

// Editions lists the sets of terms a chain can adopt.
func Editions() []Edition {
	return []Edition{
		{Name: "district-2023", Zh: "西城区实施细则（2023）", En: "Xicheng rules (2023)",
			Reply: 5, Deliver: 10, From: "receipt", Silence: true, Object: 5, Source: "西科信发〔2023〕4号 第二十一条、第二十五条"},
		{Name: "state-council-809", Zh: "政务数据共享条例（2025）", En: "State Council Order 809 (2025)",
			Reply: 10, Deliver: 20, From: "consent", Silence: false, AtOnce: 1, Object: 10, Source: "国务院令第809号"},
	}
}

// FindEdition gives an edition by name.
func FindEdition(name string) (Edition, bool) {
	for _, e := range Editions() {
		if e.Name == name {
			return e, true
		}
	}
	return Edition{}, false
}

// edition is the one in force for what is received now.
func (b *book) edition() Edition {
	p := load[mulu.Profile](b, "profile")
	if p == nil {
		panic("the chain has no edition in force")
	}
	e, ok := FindEdition(p.Edition)
	if !ok {
		panic("the chain's edition " + p.Edition + " is not known to this program")
	}
	return e
}

// deadline computes a term of days working days from a receipt, by the calendars on the chain.
func (b *book) deadline(received string, days int) *mulu.Deadline {
	from := parseTime(received)
	var years []workday.Year
	versions := map[int]int{}
	for y := from.Year() - 1; y <= from.Year()+2; y++ {
		if c := load[mulu.Calendar](b, calendarID(y)); c != nil {
			years = append(years, workday.Year{Year: y, Off: c.Off, MakeUp: c.MakeUp, Official: true})
			versions[y] = c.Version
		}
	}
	cal, err := workday.New(years...)
	if err != nil {
		panic("calendars on the chain contradict each other: " + err.Error())
	}
	return describe(cal.Term(from, days), versions)
}

// until is a term that somebody set by its last day.
func until(day workday.Date) *mulu.Deadline {
	return &mulu.Deadline{Last: day.String(), End: day.Next().Start().Format(timeLayout), Calendars: []string{}}
}

// lastDay checks a day that somebody sets: it exists, is still to come, and comes within a year.
func (b *book) lastDay(field, s string, where mulu.Cite) (workday.Date, *mulu.Refusal) {
	d, err := workday.ParseDate(s)
	if err != nil {
		return d, refuse(where, "date_form", "@"+field, s)
	}
	today := workday.DateOf(b.now)
	if !d.Start().After(today.Start()) || d.Start().After(today.Start().AddDate(1, 0, 0)) {
		return d, refuse(where, "date_range", "@"+field, s, today.String())
	}
	return d, nil
}

// timeLayout is how nouns carry times.
const timeLayout = time.RFC3339

func describe(t workday.Term, versions map[int]int) *mulu.Deadline {
	d := &mulu.Deadline{Days: t.Days, Last: t.Last.String(), End: t.End.Format(timeLayout), Provisional: t.Provisional}
	for y := t.Received.Year(); y <= t.Last.Year; y++ {
		d.Calendars = append(d.Calendars, fmt.Sprintf("%04d@%d", y, versions[y]))
	}
	return d
}
