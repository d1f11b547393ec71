package web

import (
	"net/url"
	"slices"
	"time"

	"mulu"
	"mulu/read"
	"mulu/workday"
)

func clockRoutes() []Route {
	return []Route{
		{"GET", "/clocks", sharers, false, (*visit).clocksPage},
		{"GET", "/deadlines.ics", sharers, false, (*visit).calendarFile},
	}
}

// clocksPage is the overview of terms (时限总览): what is due, what is late, who keeps to them. The bureau sees all
// institutions, others themselves.
type clocksPage struct {
	Stats   []clockStat
	Show    string
	Title   string
	Rows    []clockRow
	Clear   string
	Periods []pageTab
	Period  string
	Rates   []clockRates
	Whats   []clockWhat
	Dated   string // the period in words
	turned
}

// clockStat is a number with the list behind it.
type clockStat struct {
	Path, Title string
	Count       int
	Hot, Here   bool
}

// clockRow is a term in the list.
type clockRow struct {
	read.Deadline
	Left *remaining
	What string
	Art  mulu.Cite
	Path string
}

// clockWhat is a kind of term: what is to be done, under which provision.
type clockWhat struct {
	Key, Title string
	Art        mulu.Cite
	Internal   bool
}

func clockWhats() []clockWhat {
	return []clockWhat{{"answer", "答复申请", "21.1", false}, {"deliver", "交付数据", "21.2", false}, {"check", "核查数据异议", "25.2", false}, {"ruling", "更正数据", "22", false},
		{"review", "研究共享属性", "23", true}, {"report", "报告使用情况", "24", true}, {"update", "更新数据", "16", false}, {"gather", "汇聚汇通数据", "15.1", true}, {"purchase", "采购数据提供接口或依据", "17", true}}
}

// clockRates is how an institution kept to its terms in a period, by kind.
type clockRates struct {
	Org, Name string
	Cells     []clockCell
}

// clockCell counts terms kept and missed; the paths lead to them.
type clockCell struct {
	What             string
	Kept, Missed     int
	KeptTo, MissedTo string
}

// All is how many terms were kept or missed.
func (c clockCell) All() int { return c.Kept + c.Missed }

// periods are the periods of the table, as they lie about the law's today.
func (v *visit) period(key string) (from, to time.Time) {
	now := v.Now().In(mulu.Shanghai())
	month := time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, mulu.Shanghai())
	switch key {
	case "last":
		return month.AddDate(0, -1, 0), month
	case "quarter":
		first := month.AddDate(0, -(int(month.Month())-1)%3, 0)
		return first, first.AddDate(0, 3, 0)
	case "year":
		first := time.Date(now.Year(), 1, 1, 0, 0, 0, 0, mulu.Shanghai())
		return first, first.AddDate(1, 0, 0)
	}
	return month, month.AddDate(0, 1, 0)
}

func (v *visit) clocksPage() error {
	q := v.R.URL.Query()
	p := &clocksPage{Show: q.Get("show"), Period: q.Get("period"), Whats: clockWhats()}
	if !slices.Contains([]string{"last", "quarter", "year"}, p.Period) {
		p.Period = "month"
	}
	org := v.Org.ID
	if v.bureau() {
		org = ""
	}
	lists, err := v.clockLists(org)
	if err != nil {
		return err
	}
	from, to := v.period(p.Period)
	p.Dated = v.t("{0} 至 {1}", stamp(from, time.DateOnly), stamp(to.Add(-time.Second), time.DateOnly))
	if err := v.clockStats(p, lists, org, from, to); err != nil {
		return err
	}
	ask, known := lists[p.Show]
	switch {
	case p.Show == "told":
		ask = read.DeadlineQuery{Org: org, What: q.Get("what"), Verdict: q.Get("verdict"), KeptFrom: from.Format(time.RFC3339), KeptTo: to.Format(time.RFC3339)}
		if v.bureau() {
			ask.Org = q.Get("org")
		}
		p.Title, p.Clear = v.toldTitle(ask), "/clocks?"+url.Values{"period": {p.Period}}.Encode()
	case !known:
		p.Show, ask = "open", lists["open"]
	}
	ask.After, ask.Limit = q.Get("after"), pageRows+1
	if err := v.clockRows(p, ask); err != nil {
		return err
	}
	if err := v.clockRates(p, org, from, to); err != nil {
		return err
	}
	for _, one := range [][2]string{{"month", "本月"}, {"last", "上月"}, {"quarter", "本季度"}, {"year", "本年"}} {
		p.Periods = append(p.Periods, pageTab{Path: "/clocks?" + url.Values{"period": {one[0]}}.Encode() + "#rates", Title: one[1], Here: one[0] == p.Period})
	}
	return v.show("clocks", p)
}

// clockLists are the lists of open terms: past, today's, those of the next two working days, all.
func (v *visit) clockLists(org string) (map[string]read.DeadlineQuery, error) {
	now := v.Now().In(mulu.Shanghai())
	year := now.Year()
	cal, err := v.workdaysOf(year-1, year+1)
	if err != nil {
		return nil, err
	}
	today := workday.DateOf(now)
	at := func(t time.Time) string { return t.In(mulu.Shanghai()).Add(time.Second).Format(time.RFC3339) } // a term ends at 24:00, and that moment counts
	open := read.DeadlineQuery{Org: org, State: "open"}
	over, due, soon := open, open, open
	over.Before = at(now)
	due.From, due.Before = at(now), at(today.Next().Start())
	soon.From, soon.Before = at(now), at(cal.Term(now, 2).End)
	return map[string]read.DeadlineQuery{"over": over, "today": due, "soon": soon, "open": open}, nil
}

func (v *visit) clockStats(p *clocksPage, lists map[string]read.DeadlineQuery, org string, from, to time.Time) error {
	for _, one := range [][2]string{{"over", "已逾期"}, {"today", "今日届满"}, {"soon", "2 个工作日内届满"}, {"open", "运行中的期限"}} {
		n, err := v.Read.CountDeadlines(v.R.Context(), lists[one[0]])
		if err != nil {
			return err
		}
		here := p.Show == one[0] || p.Show == "" && one[0] == "open"
		p.Stats = append(p.Stats, clockStat{"/clocks?show=" + one[0], one[1], n, one[0] == "over" && n > 0 || one[0] == "today" && n > 0, here})
		if here {
			p.Title = v.t(one[1])
		}
	}
	ask := read.ApplicationQuery{Provider: org, Decision: "deemed", From: from.Format(time.RFC3339), To: to.Format(time.RFC3339)}
	n, err := v.Read.CountApplications(v.R.Context(), ask)
	if err != nil {
		return err
	}
	side := "provide"
	if v.bureau() {
		side = "all"
	}
	path := "/applications?" + url.Values{"side": {side}, "decision": {"deemed"}, "from": {stamp(from, time.DateOnly)}, "to": {stamp(to, time.DateOnly)}}.Encode()
	p.Stats = append(p.Stats, clockStat{path, "逾期视为同意", n, false, false})
	return nil
}

func (v *visit) clockRows(p *clocksPage, ask read.DeadlineQuery) error {
	list, err := v.Read.Deadlines(v.R.Context(), ask)
	if err != nil {
		return err
	}
	list, p.turned = turn(v, "after", list, func(d read.Deadline) string { return d.Cursor })
	terms := v.terms()
	for _, d := range list {
		row, err := v.clockRow(d, terms)
		if err != nil {
			return err
		}
		p.Rows = append(p.Rows, row)
	}
	return nil
}

func (v *visit) clockRow(d read.Deadline, terms *terms) (row clockRow, err error) {
	row = clockRow{Deadline: d, Path: thing(d.Noun, d.ID)}
	for _, w := range clockWhats() {
		if w.Key == d.What {
			row.What, row.Art = w.Title, w.Art
		}
	}
	row.Left, err = terms.until(d.Due, d.Provisional, d.Internal)
	return row, err
}

// toldTitle says which kept or missed terms a list shows.
func (v *visit) toldTitle(ask read.DeadlineQuery) string {
	what := ""
	for _, w := range clockWhats() {
		if w.Key == ask.What {
			what = v.t(w.Title)
		}
	}
	verdict := v.t("按期和逾期")
	switch ask.Verdict {
	case "kept":
		verdict = v.t("按期")
	case "missed":
		verdict = v.t("逾期")
	}
	who := ""
	if ask.Org != "" {
		who = v.orgName(ask.Org)
	}
	return v.t("{0} {1} {2}", who, what, verdict)
}

// clockRates fills the table of on-time rates. Kinds that nobody had are left out.
func (v *visit) clockRates(p *clocksPage, org string, from, to time.Time) error {
	list, err := v.Read.OnTimes(v.R.Context(), org, from.Format(time.RFC3339), to.Format(time.RFC3339))
	if err != nil {
		return err
	}
	p.Whats = slices.DeleteFunc(p.Whats, func(w clockWhat) bool {
		return !slices.ContainsFunc(list, func(x read.OnTime) bool { return x.What == w.Key })
	})
	for _, x := range list {
		if n := len(p.Rates); n == 0 || p.Rates[n-1].Org != x.Org {
			p.Rates = append(p.Rates, clockRates{x.Org, x.OrgName, make([]clockCell, len(p.Whats))})
		}
		at := slices.IndexFunc(p.Whats, func(w clockWhat) bool { return w.Key == x.What })
		path := func(verdict string) string {
			return "/clocks?" + url.Values{"show": {"told"}, "period": {p.Period}, "org": {x.Org}, "what": {x.What}, "verdict": {verdict}}.Encode()
		}
		p.Rates[len(p.Rates)-1].Cells[at] = clockCell{x.What, x.Kept, x.Missed, path("kept"), path("missed")}
	}
	return nil
}
