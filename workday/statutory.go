package workday

import "time"

// statutory tells whether a day is a statutory holiday under 全国年节及纪念日放假办法 (2024 revision): 13 days a year.
// It serves years without arrangement only. The lunar ones are known for 2027 to 2031; later years fall back to the
// holidays with fixed dates, and their terms are provisional in any case.
func statutory(d Date) bool {
	switch {
	case d.Month == time.January && d.Day == 1,
		d.Month == time.May && d.Day <= 2,
		d.Month == time.October && d.Day <= 3:
		return true
	}
	s := d.String()
	for _, l := range lunar {
		if l.year != d.Year {
			continue
		}
		eve, err := ParseDate(l.springFestival)
		if err != nil {
			return false
		}
		// New Year's Eve and the first three days of the year.
		from := eve.Start().AddDate(0, 0, -1)
		if at := d.Start(); !at.Before(from) && at.Before(from.AddDate(0, 0, 4)) {
			return true
		}
		return s == l.qingming || s == l.dragonBoat || s == l.midAutumn
	}
	return false
}

// The lunar holidays' solar dates. 2027 as in holidays.json; the others from the lunisolar calendar.
var lunar = []struct {
	year                                            int
	springFestival, qingming, dragonBoat, midAutumn string
}{
	{2027, "2027-02-06", "2027-04-05", "2027-06-09", "2027-09-15"},
	{2028, "2028-01-26", "2028-04-04", "2028-05-28", "2028-10-03"},
	{2029, "2029-02-13", "2029-04-04", "2029-06-16", "2029-09-22"},
	{2030, "2030-02-03", "2030-04-05", "2030-06-05", "2030-09-12"},
	{2031, "2031-01-23", "2031-04-05", "2031-06-24", "2031-10-01"},
}
