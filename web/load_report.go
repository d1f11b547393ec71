package web

import (
	"fmt"

	"mulu"
	"mulu/desk"
)

// reportShown is what a load found, as a page shows it. Figures are ‰; what nothing measured is -1.
type reportShown struct {
	*desk.LoadReport
	Lang       string
	Properties []propertyShown
}

// propertyShown is one of the five properties of Art. 7.
type propertyShown struct {
	Name  string
	Score int
}

// Text is a score as people read it: 98.7, or nothing where it was not measured.
func (p propertyShown) Text() string { return tenths(p.Score) }

// Wide is the length of its bar of 100.
func (p propertyShown) Wide() int { return max(0, p.Score) / 10 }

// tenths writes thousandths as hundredths: 987 is 98.7, 1000 is 100.
func tenths(n int) string {
	switch {
	case n < 0:
		return ""
	case n%10 == 0:
		return fmt.Sprint(n / 10)
	}
	return fmt.Sprintf("%d.%d", n/10, n%10)
}

func (v *visit) reportShown(r *desk.LoadReport) *reportShown {
	if r == nil {
		return nil
	}
	return &reportShown{LoadReport: r, Lang: v.Lang, Properties: v.properties(r.Quality)}
}

// properties lists the five of Art. 7 in its order.
func (v *visit) properties(q mulu.Quality) []propertyShown {
	return []propertyShown{{v.t("合规性"), q.Conformity}, {v.t("准确性"), q.Accuracy}, {v.t("完整性"), q.Completeness}, {v.t("一致性"), q.Consistency}, {v.t("时效性"), q.Timeliness}}
}

// propertyWord is the Chinese of a property's name.
func propertyWord(name string) string {
	switch name {
	case "conformity":
		return "合规性"
	case "accuracy":
		return "准确性"
	case "completeness":
		return "完整性"
	case "consistency":
		return "一致性"
	case "timeliness":
		return "时效性"
	}
	return name
}

// ScoreText is the score of all.
func (r *reportShown) ScoreText() string { return tenths(r.Quality.Score) }

// Measured tells whether there is a score: a table without the columns it needs was not read.
func (r *reportShown) Measured() bool { return r.Quality.Checked > 0 && r.Quality.Score >= 0 }

// checkLine is what one check found.
type checkLine struct {
	Text, Property, Indicator string
	Checked, Bad              int64
	Gain                      string // by which the score rises once this is mended; "" where by less than a tenth
	Note, Suggested, Own      bool
	Reasons                   []string
}

// Faults lists the checks that found something, what is gained most by mending first.
func (r *reportShown) Faults() (list []checkLine) {
	for _, c := range r.lines() {
		if c.Bad > 0 {
			list = append(list, c)
		}
	}
	return list
}

// Passed lists the checks that found nothing.
func (r *reportShown) Passed() (list []checkLine) {
	for _, c := range r.lines() {
		if c.Bad == 0 {
			list = append(list, c)
		}
	}
	return list
}

func (r *reportShown) lines() (list []checkLine) {
	for _, c := range r.Result.Checks {
		l := checkLine{Text: c.Text(r.Lang), Property: propertyWord(c.Property), Indicator: c.Indicator, Checked: c.Checked, Bad: c.Bad, Note: c.Note, Suggested: c.Suggested, Own: c.Rule >= 0}
		if c.Gain > 0 {
			l.Gain = tenths(c.Gain)
		}
		for _, w := range c.Reasons {
			l.Reasons = append(l.Reasons, fmt.Sprintf("%s × %s", w.Reason.Text(r.Lang), number(w.Bad)))
		}
		list = append(list, l)
	}
	return list
}

// problemLine is one thing wrong in a row.
type problemLine struct {
	desk.BadValue
	Text string
}

// Problems lists the first things that were wrong.
func (r *reportShown) Problems() (list []problemLine) {
	for _, b := range r.First {
		list = append(list, problemLine{b, b.Reason.Text(r.Lang)})
	}
	return list
}

// profileLine is the profile of an item.
type profileLine struct {
	Name, Field           string
	Filled                string // of all rows, in hundredths
	Distinct, Low, High   string
	Approximate, Withheld bool
	Shortest, Longest     int
	Top                   []valueCount
}

type valueCount struct {
	Value string
	Rows  int64
}

// Profile says what the values of each item are like.
func (r *reportShown) Profile(c *mulu.EntryContent) (list []profileLine) {
	for _, x := range r.Result.Columns {
		l := profileLine{Name: itemName(c, x.Item), Field: x.Item, Filled: tenths(x.FilledRate), Distinct: number(x.Distinct), Low: x.Low, High: x.High,
			Approximate: x.Approximate, Withheld: x.Withheld, Shortest: x.Shortest, Longest: x.Longest}
		for i, t := range x.Top {
			if i == 5 {
				break
			}
			l.Top = append(l.Top, valueCount{t.Value, t.Rows})
		}
		list = append(list, l)
	}
	return list
}
