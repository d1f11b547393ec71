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
}

// Editions lists the sets of terms a chain can adopt.
func Editions() []Edition {
	return []Edition{
		{Name: "district-2023", Zh: "西城区实施细则（2023）", En: "Xicheng rules (2023)",
			Reply: 5, Deliver: 10, From: "receipt", Silence: true, Source: "西科信发〔2023〕4号 第二十一条"},
		{Name: "state-council-809", Zh: "政务数据共享条例（2025）", En: "State Council Order 809 (2025)",
			Reply: 10, Deliver: 20, From: "consent", Silence: false, Source: "国务院令第809号"},
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

// timeLayout is how nouns carry times.
const timeLayout = time.RFC3339

func describe(t workday.Term, versions map[int]int) *mulu.Deadline {
	d := &mulu.Deadline{Days: t.Days, Last: t.Last.String(), End: t.End.Format(timeLayout), Provisional: t.Provisional}
	for y := t.Received.Year(); y <= t.Last.Year; y++ {
		d.Calendars = append(d.Calendars, fmt.Sprintf("%04d@%d", y, versions[y]))
	}
	return d
}
