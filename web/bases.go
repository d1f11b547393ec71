package web

import (
	"mulu"
	"mulu/read"
)

// basesPage is the four base databases (四大基础数据库) of Art. 15(1): what belongs to each, what is on the platform, what is missing,
// late or low.
type basesPage struct {
	Bases []baseData
}

// baseData is one of them. Score is the mean of its measured entries in thousandths, each weighed by its rows; -1 where none is measured.
type baseData struct {
	Code, Title         string
	Rows                []dataRow
	Held, Missing, Late int
	Low, Score          int
	Count               int64 // rows on the platform
	More                bool  // there are more entries than are shown
}

// basesShown bounds the entries of one base database on its page.
const basesShown = 500

func (v *visit) basesPage() error {
	p := &basesPage{}
	now, _, err := v.soon()
	if err != nil {
		return err
	}
	for _, b := range mulu.Bases {
		one := baseData{Code: b.Code, Title: mulu.Word(mulu.Bases, b.Code, v.Lang)}
		list, err := v.Read.BaseEntries(v.R.Context(), b.Code, "", basesShown+1)
		if err != nil {
			return err
		}
		if one.More = len(list) > basesShown; one.More {
			list = list[:basesShown]
		}
		one.sum(list, now)
		if one.Rows, err = v.dataRows(list); err != nil {
			return err
		}
		p.Bases = append(p.Bases, one)
	}
	return v.show("bases", p)
}

func (b *baseData) sum(list []read.Data, now string) {
	var weighed, weight int64
	for _, d := range list {
		if d.Status == "serving" {
			b.Held++
			b.Count += d.Rows
			if d.Quality.Checked > 0 && d.Quality.Score >= 0 {
				weighed, weight = weighed+int64(d.Quality.Score)*max(d.Rows, 1), weight+max(d.Rows, 1)
			}
		} else {
			b.Missing++
		}
		if d.Next != "" && d.Next <= now {
			b.Late++
		}
		if d.Low != "" {
			b.Low++
		}
	}
	if b.Score = -1; weight > 0 {
		b.Score = int(weighed / weight)
	}
}

// All is how many entries belong to it.
func (b baseData) All() int { return b.Held + b.Missing }
