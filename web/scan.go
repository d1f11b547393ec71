package web

import (
	"errors"
	"slices"
	"strconv"

	"mulu"
	"mulu/desk"
	"mulu/people"
)

func scanRoutes() []Route {
	steward := Only(people.Steward)
	return []Route{
		{"GET", "/systems/{id}/scan", steward, false, (*visit).scanPage},
		{"POST", "/systems/{id}/scan", steward, false, (*visit).beginScan},
		{"GET", "/systems/{id}/scan/{job}", steward, false, (*visit).scanJob},
		{"POST", "/systems/{id}/scan/{job}", steward, false, (*visit).registerFound},
	}
}

// scanView is 库表探查: a system's tables as they are against those that are registered (Art. 12).
type scanView struct {
	form
	System      mulu.System
	Connections []option
	Databases   []string // under which tables may be registered
	Last        []desk.Look
	Job         *lookedAt // nil before one is begun
	Failure     *trouble  // of a scan that found nothing
	Groups      []changeGroup
	More        int // changes that wait for the next scan
}

// changeGroup is what came, went or changed.
type changeGroup struct {
	Sort, Title, Act string
	Ticked           bool
	Rows             []changeRow
}

// changeRow is a table that is not as registered. At is its place in the job's list.
type changeRow struct {
	desk.ScanChange
	At     int
	Title  string
	Cannot string   // why it cannot be registered as it is
	Shifts []string // of a changed one, in words
}

// changesShown bounds the changes that are registered at once.
const changesShown = 300

func (v *visit) scanView() (*scanView, error) {
	s, err := v.ownSystem()
	if err != nil {
		return nil, err
	}
	v.under = "/systems"
	if err := v.R.ParseForm(); err != nil {
		return nil, errLarge
	}
	p := &scanView{form: v.typed(), System: *s}
	names := slices.Clone(s.Databases)
	for _, t := range v.Desk.TablesOf(s.ID) {
		names = append(names, t.Database)
	}
	for _, c := range v.Desk.ConnectionsOf(v.by()) {
		if c.Sort != desk.HTTPAPI {
			p.Connections = append(p.Connections, option{c.ID, c.ID + " · " + mulu.Word(sourceSorts, c.Sort, v.Lang) + " · " + c.Name()})
			names = append(names, c.Name())
		}
	}
	for _, name := range names {
		if !slices.Contains(p.Databases, name) {
			p.Databases = append(p.Databases, name)
		}
	}
	for _, l := range v.Desk.LooksOf(v.by()) {
		if l.System == s.ID {
			p.Last = append(p.Last, l)
		}
	}
	return p, nil
}

func (v *visit) scanPage() error {
	p, err := v.scanView()
	if err != nil {
		return err
	}
	if len(p.Databases) > 0 && p.Get("database") == "" {
		p.Set("database", p.Databases[0])
	}
	return v.show("scan", p)
}

func (v *visit) beginScan() error {
	p, err := v.scanView()
	if err != nil {
		return err
	}
	c, ok := v.Desk.ConnectionOf(v.by(), v.text("connection"))
	if !ok {
		return v.again("scan", &p.form, p, desk.ErrNoConnection)
	}
	database := v.text("database")
	if database == "" {
		database = c.Name()
	}
	j, err := v.looks.begin(v, p.System, c, database)
	if err != nil {
		return v.again("scan", &p.form, p, err)
	}
	return v.to("/systems/" + p.System.ID + "/scan/" + j.ID)
}

// foundJob finds the scan in the path, of the institution's system.
func (v *visit) foundJob() (*scanView, *looking, error) {
	p, err := v.scanView()
	if err != nil {
		return nil, nil, err
	}
	j, ok := v.looks.of(p.System.ID, v.R.PathValue("job"))
	if !ok {
		return nil, nil, errNoScan
	}
	at := j.snapshot()
	if p.Job = &at; at.Stage == stageProblems {
		p.Failure = v.trouble(at.Failed)
	}
	return p, j, nil
}

func (v *visit) scanJob() error {
	p, _, err := v.foundJob()
	if err != nil {
		return err
	}
	if v.R.URL.Query().Get("part") == "1" {
		if !p.Job.Moving() { // it came to rest: the whole page has more to show
			v.W.Header().Set("HX-Refresh", "true")
		}
		return v.part("scan", "scan-progress", p)
	}
	if p.Job.Stage == stageReady {
		v.changeGroups(p)
	}
	return v.show("scan", p)
}

// changeGroups puts what was found into words.
func (v *visit) changeGroups(p *scanView) {
	groups := []changeGroup{{"came", v.t("新增的库表"), "table.register", true, nil}, {"changed", v.t("结构有变的库表"), "table.amend", true, nil}, {"went", v.t("库中已没有的库表"), "table.retire", false, nil}}
	for i, c := range p.Job.Changes {
		if i == changesShown {
			p.More = len(p.Job.Changes) - i
			break
		}
		row := changeRow{ScanChange: c, At: i, Title: desk.ScanTable{Schema: c.Schema, Name: c.Table}.Title()}
		switch c.Narrow {
		case "columns":
			row.Cannot = v.t("多于 2000 列，不能登记。")
		case "name":
			row.Cannot = v.t("名称过长或者含有控制字符，不能登记。")
		}
		for _, s := range c.Columns {
			row.Shifts = append(row.Shifts, v.shiftWord(s))
		}
		at := slices.IndexFunc(groups, func(g changeGroup) bool { return g.Sort == c.Sort })
		groups[at].Rows = append(groups[at].Rows, row)
	}
	p.Groups = slices.DeleteFunc(groups, func(g changeGroup) bool { return len(g.Rows) == 0 })
}

// shiftWord says what became of a column, or of the table's comment.
func (v *visit) shiftWord(s desk.ScanShift) string {
	switch {
	case s.Sort == "came":
		return v.t("新增列 {0}（{1}）", s.Column, s.Now)
	case s.Sort == "went":
		return v.t("少了列 {0}（{1}）", s.Column, s.Was)
	case s.Column == "":
		return v.t("表说明由“{0}”变为“{1}”", s.Was, s.Now)
	case s.What == "nullable" && s.Now == "1":
		return v.t("列 {0} 变为可空", s.Column)
	case s.What == "nullable":
		return v.t("列 {0} 变为必填", s.Column)
	case s.What == "key" && s.Now == "1":
		return v.t("列 {0} 成为主键", s.Column)
	case s.What == "key":
		return v.t("列 {0} 不再是主键", s.Column)
	case s.What == "comment":
		return v.t("列 {0} 的说明由“{1}”变为“{2}”", s.Column, s.Was, s.Now)
	}
	return v.t("列 {0} 的类型由 {1} 变为 {2}", s.Column, s.Was, s.Now)
}

// registerFound has the ticked changes registered, one act after another.
func (v *visit) registerFound() error {
	p, j, err := v.foundJob()
	if err != nil {
		return err
	}
	var ticked []int
	for _, s := range v.R.PostForm["change"] {
		if n, err := strconv.Atoi(s); err == nil && n >= 0 && n < len(p.Job.Changes) && !slices.Contains(ticked, n) {
			ticked = append(ticked, n)
		}
	}
	if len(ticked) == 0 {
		v.changeGroups(p)
		return v.again("scan", &p.form, p, errNoTick)
	}
	if why := v.text("why"); j.confirm(v.by(), ticked, why) {
		go j.say(v.Web, why)
	}
	return v.to("/systems/" + p.System.ID + "/scan/" + j.ID)
}

// Words for what keeps a scan from going on.
var (
	errNoScan   = errors.New("there is no such scan: it was long ago, or the node was started again")
	errScanning = errors.New("this system is being scanned already")
	errNoTick   = errors.New("no change was chosen")
)
