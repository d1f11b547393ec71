package web

import (
	"cmp"
	"encoding/csv"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"mulu"
	"mulu/read"
	"mulu/workday"
)

func monitorRoutes() []Route {
	return []Route{
		{"GET", "/monitor", sharers, false, (*visit).monitorPage},
		{"GET", "/monitor.csv", sharers, false, (*visit).monitorCSV},
		{"GET", "/bases", sharers, false, (*visit).basesPage},
	}
}

// soonDays is how many working days ahead data counts as due soon.
const soonDays = 5

// monitorShows are the lists of the page, in the order shown.
var monitorShows = []struct{ key, title string }{{"late", "已逾期"}, {"soon", "5 个工作日内到期"}, {"missing", "待汇聚汇通"}, {"low", "质量低于下限"}, {"held", "可以取得"}, {"all", "全部"}}

// monitorPage is 数据监测: quantity, quality and updates of the data behind entries (Art. 16); what is late, whose, since when.
// The bureau sees all institutions, others their own.
type monitorPage struct {
	Stats  []clockStat
	Show   string
	Title  string
	Rows   []dataRow
	Whose  []lateOf // on the list of what is late: by institution
	Counts []read.DataCount
	Total  read.DataCount
	Orgs   []option
	Org    string
	Base   string
	Dated  string // of the rates of updates
	Export string
	Narrow bool // by institution or base
	Floor  int  // the bureau's floor of quality, 0 none
	turned
}

// lateOf is how much of an institution's data is late, since when the oldest.
type lateOf struct {
	Org, Name, Since, Path string
	Count                  int
}

// dataRow is an entry's data in a list. Left is what remains until it is asked for, Grace until that becomes a finding, while
// both differ; Path its page.
type dataRow struct {
	read.Data
	Left, Grace *remaining
	Path        string
}

// Since is the first day on which what was asked for is late.
func (r dataRow) Since() string {
	t, err := time.Parse(time.RFC3339, r.Next)
	if err != nil {
		return ""
	}
	return workday.DateOf(t).String()
}

// Gathered tells what is asked: an update of what is there, or the data itself.
func (r dataRow) Gathered() bool { return r.Status == "serving" }

func (v *visit) monitorPage() error {
	p := &monitorPage{}
	q, err := v.monitorQuery(p)
	if err != nil {
		return err
	}
	list, err := v.Read.Datasets(v.R.Context(), q)
	if err != nil {
		return err
	}
	list, p.turned = turn(v, "after", list, func(d read.Data) string { return d.Cursor })
	if p.Rows, err = v.dataRows(list); err != nil {
		return err
	}
	if err := v.monitorStats(p, q); err != nil {
		return err
	}
	if v.bureau() {
		if p.Orgs, err = v.orgOptions(); err != nil {
			return err
		}
	}
	return v.show("monitor", p)
}

// monitorQuery reads what the list is asked for. What is late comes first of all.
func (v *visit) monitorQuery(p *monitorPage) (q read.DataQuery, err error) {
	ask := v.R.URL.Query()
	if p.Show = ask.Get("show"); !slices.ContainsFunc(monitorShows, func(s struct{ key, title string }) bool { return s.key == p.Show }) {
		p.Show = "late"
	}
	if p.Base = ask.Get("base"); p.Base != "any" && mulu.Word(mulu.Bases, p.Base, "zh") == p.Base {
		p.Base = ""
	}
	if p.Org = v.Org.ID; v.bureau() {
		p.Org = ask.Get("org")
	}
	p.Narrow = p.Base != "" || v.bureau() && p.Org != ""
	q = read.DataQuery{Org: p.Org, Base: p.Base, Show: p.Show, After: ask.Get("after"), Max: pageRows + 1}
	if p.Show == "all" {
		q.Show = ""
	}
	if p.Floor, err = v.internal("quality_floor"); err != nil {
		return q, err
	}
	p.Export = "/monitor.csv?" + p.values("show", p.Show).Encode()
	q.Now, q.Soon, err = v.soon()
	return q, err
}

// soon gives the moments by which data is late and due soon. A term ends at 24:00, and that moment counts.
func (v *visit) soon() (now, soon string, err error) {
	at := v.Now().In(mulu.Shanghai())
	cal, err := v.workdaysOf(at.Year()-1, at.Year()+1)
	return at.Format(time.RFC3339), cal.Term(at, soonDays).End.Format(time.RFC3339), err
}

// values are what the page is narrowed to, with one thing otherwise.
func (p *monitorPage) values(name, value string) url.Values {
	q := url.Values{}
	for n, s := range map[string]string{"show": p.Show, "org": p.Org, "base": p.Base, name: value} {
		if s != "" {
			q.Set(n, s)
		}
	}
	return q
}

func (v *visit) monitorStats(p *monitorPage, q read.DataQuery) error {
	ctx := v.R.Context()
	for _, s := range monitorShows {
		one := q
		if one.Show = s.key; s.key == "all" {
			one.Show = ""
		}
		n, err := v.Read.CountDatasets(ctx, one)
		if err != nil {
			return err
		}
		hot := n > 0 && (s.key == "late" || s.key == "low")
		p.Stats = append(p.Stats, clockStat{"/monitor?" + p.values("show", s.key).Encode(), s.title, n, hot, s.key == p.Show})
		if s.key == p.Show {
			p.Title = v.t(s.title)
		}
	}
	from, to := v.period("year")
	p.Dated = v.t("{0} 至 {1}", stamp(from, time.DateOnly), stamp(to.Add(-time.Second), time.DateOnly))
	whose := p.Org
	var err error
	if p.Counts, err = v.Read.DataCounts(ctx, whose, q.Now, q.Soon, from.Format(time.RFC3339), to.Format(time.RFC3339)); err != nil {
		return err
	}
	for _, c := range p.Counts {
		addCount(&p.Total, c)
	}
	return v.monitorWhose(p, q)
}

// monitorWhose says whose data is late and since when, the institution with the most first.
func (v *visit) monitorWhose(p *monitorPage, q read.DataQuery) error {
	if p.Show != "late" || !v.bureau() || p.Org != "" {
		return nil
	}
	for _, c := range p.Counts {
		if c.Late == 0 {
			continue
		}
		one := q
		one.Org, one.After, one.Max = c.Org, "", 1
		first, err := v.Read.Datasets(v.R.Context(), one)
		if err != nil {
			return err
		}
		if len(first) == 0 { // none of the base asked for
			continue
		}
		rows, err := v.dataRows(first)
		if err != nil {
			return err
		}
		n := c.Late
		if q.Base != "" {
			if n, err = v.Read.CountDatasets(v.R.Context(), one); err != nil {
				return err
			}
		}
		p.Whose = append(p.Whose, lateOf{c.Org, c.OrgName, rows[0].Since(), "/monitor?" + p.values("org", c.Org).Encode(), n})
	}
	slices.SortStableFunc(p.Whose, func(a, b lateOf) int { return cmp.Or(b.Count-a.Count, cmp.Compare(a.Since, b.Since)) })
	return nil
}

func addCount(t *read.DataCount, c read.DataCount) {
	for _, x := range []struct {
		to *int
		n  int
	}{{&t.Awaited, c.Awaited}, {&t.Serving, c.Serving}, {&t.Connected, c.Connected}, {&t.Disconnected, c.Disconnected}, {&t.Missing, c.Missing}, {&t.Late, c.Late},
		{&t.Soon, c.Soon}, {&t.Low, c.Low}, {&t.Kept, c.Kept}, {&t.Missed, c.Missed}} {
		*x.to += x.n
	}
	t.Rows += c.Rows
}

func (v *visit) dataRows(list []read.Data) (rows []dataRow, err error) {
	terms := v.terms()
	for _, d := range list {
		r := dataRow{Data: d, Path: v.dataPath(d.Entry)}
		if r.Left, err = terms.until(d.Next, d.Provisional && d.Next == d.By, d.Next == d.By); err != nil {
			return nil, err
		}
		if d.By != d.Next && d.Late == "" {
			if r.Grace, err = terms.until(d.By, d.Provisional, true); err != nil {
				return nil, err
			}
		}
		rows = append(rows, r)
	}
	return rows, nil
}

// dataPath is the page of an entry's data.
func (v *visit) dataPath(code string) string {
	if path := "/entries/" + code + "/data"; v.leads(path) {
		return path
	}
	return "/entries/" + code
}

// internal is what the bureau set for an internal term or bound, else what it begins with.
func (v *visit) internal(name string) (int, error) {
	all, err := v.internalTerms()
	if err != nil {
		return 0, err
	}
	for _, t := range all.Rows {
		if t.Name == name {
			return t.Now, nil
		}
	}
	return 0, nil
}

// monitorCSV gives the list that the address asks for as a table for Excel.
func (v *visit) monitorCSV() error {
	q, err := v.monitorQuery(&monitorPage{})
	if err != nil {
		return err
	}
	v.download("monitor-"+stamp(v.Now(), time.DateOnly)+".csv", "text/csv; charset=utf-8")
	if _, err := v.W.Write([]byte("\uFEFF")); err != nil {
		return nil // who left needs no answer
	}
	w := csv.NewWriter(v.W)
	_ = w.Write([]string{v.t("目录代码"), v.t("数据目录"), v.t("提供单位"), v.t("基础库"), v.t("更新周期"), v.t("现状"), v.t("数据版本"), v.t("行数"), v.t("得分（‰）"), v.t("装载时间"), v.t("更新期"),
		v.t("内部时限"), v.t("逾期自"), v.t("问题发现")})
	for q.After, q.Max = "", 1000; ; {
		list, err := v.Read.Datasets(v.R.Context(), q)
		if err == nil {
			err = v.monitorLines(w, list)
		}
		if err != nil {
			v.Log.Error("the export of the monitor broke off", "err", err)
			panic(http.ErrAbortHandler) // so that the file is not taken for whole
		}
		w.Flush()
		if w.Error() != nil || len(list) < q.Max {
			return nil
		}
		q.After = list[len(list)-1].Cursor
	}
}

// lastDay is the last day of a term that ends at 24:00 (RFC 3339), "" where none does.
func lastDay(end string) string {
	t, err := time.Parse(time.RFC3339, end)
	if err != nil {
		return ""
	}
	return workday.DateOf(t.Add(-time.Second)).String()
}

func (v *visit) monitorLines(w *csv.Writer, list []read.Data) error {
	rows, err := v.dataRows(list)
	if err != nil {
		return err
	}
	for _, r := range rows {
		score, rowCount, version, since, found := "", "", "", "", r.Late
		if r.Status == "serving" {
			version, rowCount = strconv.Itoa(r.Version), strconv.FormatInt(r.Rows, 10)
		}
		if r.Quality.Checked > 0 && r.Quality.Score >= 0 {
			score = strconv.Itoa(r.Quality.Score)
		}
		if r.Left != nil && r.Left.Past {
			since = r.Since()
		}
		if found == "" {
			found = r.Low
		}
		loaded := ""
		if t, err := time.Parse(time.RFC3339, r.Loaded); err == nil {
			loaded = stamp(t, "2006-01-02 15:04")
		}
		line := []string{r.Entry, r.EntryName, r.OrgName, mulu.Word(mulu.Bases, r.Base, v.Lang), mulu.Word(mulu.Cycles, r.Cycle, v.Lang), mulu.Say(r.Status, v.Lang), version, rowCount, score,
			loaded, lastDay(r.Due), lastDay(r.By), since, found}
		for i := range line {
			line[i] = harmless(line[i])
		}
		if err := w.Write(line); err != nil {
			return nil // who left needs no answer
		}
	}
	return nil
}
