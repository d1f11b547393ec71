package web

import (
	"strings"

	"mulu/gateway"
)

// chartDays is how many days a chart of use shows.
const chartDays = 30

// chart is use by day, as bars of answered and refused calls; the table beside it has the figures.
type chart struct {
	Bars                         []bar
	Days                         []gateway.DayUse // with calls only, newest first
	Calls, Refused, Rows, Most   int64
	Width, Height, Base, BarWide int
}

// bar is one day: the refused calls stand on the answered ones.
type bar struct {
	gateway.DayUse
	X, Good, Bad, Top, Mid int
	Label                  string // of the axis, "" where it has none
}

// chartOf lays a chart out. Heights are in units of its view box.
func chartOf(uses []gateway.DayUse) chart {
	const step, tall, foot = 20, 120, 22
	c := chart{Width: step*len(uses) + 6, Height: tall + foot, Base: tall, BarWide: step - 6}
	for _, u := range uses {
		c.Calls, c.Refused, c.Rows, c.Most = c.Calls+u.Calls, c.Refused+u.Refused, c.Rows+u.Rows, max(c.Most, u.Calls)
	}
	for i, u := range uses {
		b := bar{DayUse: u, X: 6 + i*step}
		if c.Most > 0 {
			all := int((u.Calls*(tall-8) + c.Most - 1) / c.Most) // what there was is seen, however little
			b.Bad = int((u.Refused*(tall-8) + c.Most - 1) / c.Most)
			b.Bad = min(b.Bad, all)
			b.Good = all - b.Bad
		}
		b.Mid, b.Top = tall-b.Good, tall-b.Good-b.Bad
		if i%5 == (len(uses)-1)%5 {
			b.Label = strings.TrimPrefix(u.Day, u.Day[:5])
		}
		c.Bars = append(c.Bars, b)
	}
	for i := len(uses) - 1; i >= 0; i-- {
		if uses[i].Calls > 0 {
			c.Days = append(c.Days, uses[i])
		}
	}
	return c
}

// textLines are the lines of a text, without an empty last one.
func textLines(text string) []string { return strings.Split(strings.TrimSuffix(text, "\n"), "\n") }
