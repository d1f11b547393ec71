package mulu

import "fmt"

// Calendar (工作日历) is one year's arrangement of public holidays, as the bureau put it on the chain
// after the notice of the State Council's General Office.
type Calendar struct {
	Year    int      `json:"year"`
	Off     []string `json:"off"`     // days off, YYYY-MM-DD
	MakeUp  []string `json:"make_up"` // weekend days worked
	Notice  string   `json:"notice"`  // title of the notice
	Number  string   `json:"number"`  // its document number, "" when unknown
	Version int      `json:"version"` // 1, 2 … when corrected
}

func (*Calendar) Kind() Kind          { return KindCalendar }
func (c *Calendar) Key() string       { return fmt.Sprintf("%04d", c.Year) }
func (c *Calendar) Standing() string  { return "published" }
func (c *Calendar) Indexes() []string { return nil }

// Clock (演练时钟) is the sandbox's shift of the law's clock against block time. It exists on a sandbox only.
type Clock struct {
	Shift int64 `json:"shift"` // nanoseconds added to block time
}

func (*Clock) Kind() Kind        { return KindClock }
func (*Clock) Key() string       { return "clock" }
func (*Clock) Standing() string  { return "running" }
func (*Clock) Indexes() []string { return nil }

// Profile (规则版本) says which edition of the terms holds for applications received from now on.
type Profile struct {
	Edition string `json:"edition"` // district-2023 | state-council-809
	Since   string `json:"since"`   // RFC 3339
	Why     string `json:"why,omitempty"`
}

func (*Profile) Kind() Kind        { return KindProfile }
func (*Profile) Key() string       { return "profile" }
func (*Profile) Standing() string  { return "holds" }
func (*Profile) Indexes() []string { return nil }

// Deadline (期限) is a term as computed: the nth working day after receipt, ending at its 24:00.
// Calendars lists "year@version" of each arrangement it rests on; Provisional is set when a year it touches
// has none yet (that year then stands as "2027@0"), and the deadline is computed anew when it comes.
type Deadline struct {
	Days        int      `json:"days"` // 0 where a day was set instead of a number
	Last        string   `json:"last"` // YYYY-MM-DD, the last working day of the term
	End         string   `json:"end"`  // RFC 3339: 24:00 of Last, i.e. 00:00 of the next day
	Provisional bool     `json:"provisional,omitempty"`
	Calendars   []string `json:"calendars"`
}
