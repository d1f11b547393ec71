package web

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"mulu"
	"mulu/act"
	"mulu/desk"
)

// bindPage is where an entry's data comes from, and the steps that lead there: connection, table, items, done.
type bindPage struct {
	form
	mulu.Entry
	Content *mulu.EntryContent
	Shut    *standing
	Bound   *boundRow
	Answers *sourceRow // the connection it is bound to
	Dataset *mulu.Dataset
	May     bool // the law lets it be connected now
	No      *trouble
	Steps   []stageStep

	Step        int // 0: what is bound; 1 connection, 2 table, 3 items
	Connections []sourceRow
	Chosen      *sourceRow
	Matches     []matchRow
	Tables      []desk.ScanTable
	More        int // tables that are not shown
	Words       string
	Table       *desk.ScanTable
	Lines       []bindLine
	Everies     []option // how often it may be pulled
	Pagings     []option
}

// matchRow is a table that may hold the entry's data.
type matchRow struct {
	desk.ScanMatch
	Title string
	Items int
}

// bindLine is an item with the column that may hold it.
type bindLine struct {
	mulu.Item
	Column string
	Score  int
	Why    []string
	Asks   string // of an interface: parameter by which it filters
}

// tablesListed bounds the tables that a page lists; words narrow them.
const tablesListed = 200

func (v *visit) bindPage() error {
	p, err := v.binding()
	if err != nil {
		return err
	}
	return v.show("entry-source", p)
}

// binding finds out at which step the entry of the path is.
func (v *visit) binding() (*bindPage, error) {
	e, err := v.loadable()
	if err != nil {
		return nil, err
	}
	if err := v.R.ParseForm(); err != nil {
		return nil, errLarge
	}
	p := &bindPage{form: v.typed(), Entry: *e, Content: e.Current(), Shut: v.takesNone(e)}
	v.under = "/sources"
	if p.Content == nil {
		return nil, errAbsent
	}
	if p.Dataset, err = v.dataset(e.Code); err != nil {
		return nil, err
	}
	all, err := v.sources()
	if err != nil {
		return nil, err
	}
	p.Connections = all.Rows
	if err := v.boundNow(p); err != nil || p.Shut != nil {
		return p, err
	}
	name := v.R.FormValue("connection")
	i := slices.IndexFunc(p.Connections, func(r sourceRow) bool { return r.ID == name })
	switch {
	case i >= 0:
		p.Chosen, p.Step = &p.Connections[i], 2
		err = v.choosing(p)
	case p.Bound == nil || v.R.FormValue("anew") == "1":
		p.Step = 1
	}
	if p.Steps = v.bindSteps(p.Step); p.Step == 3 {
		v.plansOf(p)
	}
	return p, err
}

// boundNow fills what is bound already and what can be done with it.
func (v *visit) boundNow(p *bindPage) error {
	b, ok := v.Desk.BindingOf(v.by(), p.Code)
	if !ok {
		return nil
	}
	row, err := v.boundRow(b)
	if err != nil {
		return err
	}
	p.Bound = &row
	i := slices.IndexFunc(p.Connections, func(r sourceRow) bool { return r.ID == b.Connection })
	p.Answers = &p.Connections[i] // a binding is listed by its connection
	if p.Dataset == nil || p.Dataset.Status != "connected" {
		no := v.Desk.Can(v.by(), &act.ConnectDataset{Entry: p.Code, Source: p.Answers.Source()})
		if p.May = no == nil; no != nil && p.Content.Base == "" {
			p.No = v.trouble(no)
		}
	}
	return nil
}

func (v *visit) bindSteps(step int) []stageStep {
	list := []stageStep{{v.t("选择连接"), "later", ""}, {v.t("选择库表"), "later", ""}, {v.t("核对信息项和列"), "later", ""}, {v.t("连接或取数"), "later", ""}}
	if step == 0 {
		step = 4
	}
	for i := range list {
		switch {
		case i+1 < step:
			list[i].How = "done"
		case i+1 == step:
			list[i].How = "now"
		}
	}
	return list
}

// choosing looks at the chosen connection: for its tables, or into the chosen one.
func (v *visit) choosing(p *bindPage) error {
	if p.Chosen.Connection.Sort == desk.HTTPAPI {
		p.Step = 3
		v.linesOf(p, nil)
		return nil
	}
	table := v.R.FormValue("table")
	terms := desk.ScanTerms{Skim: true}
	if table != "" {
		terms = desk.ScanTerms{Sample: 200, CountTo: 100_000, Only: [2]string{v.R.FormValue("schema"), table}, CodeSets: v.Desk.CodeSetsOf(p.Content), Now: v.Now}
	}
	ctx, cancel := context.WithTimeout(v.R.Context(), 2*sourcePatience)
	defer cancel()
	found, err := v.Desk.LookAt(ctx, v.by(), p.Chosen.ID, terms)
	if err != nil {
		p.Wrong, p.Step = v.trouble(err), 1
		return nil
	}
	matches := v.Desk.ProposeColumns(p.Content, found.Tables)
	if table == "" {
		v.tablesOf(p, found.Tables, matches)
		return nil
	}
	if len(found.Tables) == 0 {
		p.Wrong = v.trouble(desk.ErrSourceDrift)
		return nil
	}
	p.Table, p.Step = &found.Tables[0], 3
	var proposed []desk.ScanProposal
	if len(matches) > 0 {
		proposed = matches[0].Proposals
	}
	v.linesOf(p, proposed)
	if p.Values.Get("keys") == "" && v.R.Method == "GET" {
		p.Values.Set("keys", strings.Join(keysOf(p.Table), ", "))
	}
	return nil
}

// keysOf are the columns of a table's primary key.
func keysOf(t *desk.ScanTable) (keys []string) {
	for _, c := range t.Columns {
		if c.IsKey {
			keys = append(keys, c.Name)
		}
	}
	return keys
}

// tablesOf lists the tables that may hold the entry's data, then all that the words name.
func (v *visit) tablesOf(p *bindPage, all []desk.ScanTable, matches []desk.ScanMatch) {
	for _, m := range matches {
		p.Matches = append(p.Matches, matchRow{m, desk.ScanTable{Schema: m.Schema, Name: m.Table}.Title(), len(m.Proposals)})
	}
	p.Words = v.text("q")
	for _, t := range all {
		if p.Words != "" && !strings.Contains(strings.ToLower(t.Title()+" "+t.Comment), strings.ToLower(p.Words)) {
			continue
		}
		if len(p.Tables) == tablesListed {
			p.More++
			continue
		}
		p.Tables = append(p.Tables, t)
	}
}

// linesOf sets each item beside its column: the one that was typed, else bound, else proposed.
func (v *visit) linesOf(p *bindPage, proposed []desk.ScanProposal) {
	sameTable := p.Bound != nil && p.Bound.Connection == p.Chosen.ID && (p.Table == nil || p.Bound.Schema == p.Table.Schema && p.Bound.Table == p.Table.Name)
	for _, item := range p.Content.Items {
		l := bindLine{Item: item}
		for _, x := range proposed {
			if x.Item != item.Field {
				continue
			}
			l.Column, l.Score = x.Column, x.Score
			for _, r := range x.Reasons {
				l.Why = append(l.Why, r.Text(v.Lang))
			}
		}
		if p.Table == nil {
			l.Column = item.Field
		}
		if sameTable {
			l.Column, _ = p.Bound.Column(item.Field)
			if p.Bound.Call != nil {
				for _, a := range p.Bound.Call.Asks {
					if a.Item == item.Field {
						l.Asks = a.Column
					}
				}
			}
		}
		if typed, ok := v.R.PostForm["column."+item.Field]; ok {
			l.Column, l.Asks = typed[0], v.R.PostFormValue("asks."+item.Field)
		}
		p.Lines = append(p.Lines, l)
	}
	if sameTable && v.R.Method == "GET" {
		for name, value := range boundValues(p.Bound.Binding) {
			p.Values.Set(name, value)
		}
	}
}

// plansOf offers how often an entry may be pulled, with what is bound or typed, and how interfaces page.
func (v *visit) plansOf(p *bindPage) {
	minutes := []int{15, 60, 360, 720, 1440}
	if n := v.count("every"); n > 0 && !slices.Contains(minutes, n) {
		minutes = append(minutes, n)
	}
	for _, n := range minutes {
		p.Everies = append(p.Everies, option{strconv.Itoa(n), v.planWord(desk.PullPlan{Every: n})})
	}
	p.Pagings = []option{{"page", v.t("按页码")}, {"offset", v.t("按偏移量")}, {"next", v.t("按返回的下一页")}}
}

// boundValues are the fields of a form that shows what is bound.
func boundValues(b desk.Binding) map[string]string {
	f := map[string]string{"keys": strings.Join(b.Keys, ", "), "mark": b.Mark, "at": b.Plan.At}
	if b.Plan.Every > 0 {
		f["every"] = strconv.Itoa(b.Plan.Every)
	}
	if c := b.Call; c != nil {
		f["path"], f["rows"], f["size"], f["since"], f["cursor"], f["rate"] = c.Path, c.Rows, c.Size, c.Since, c.Cursor, strconv.Itoa(c.Rate)
		switch {
		case c.Page != "":
			f["paging"], f["paging_by"], f["first"] = "page", c.Page, strconv.Itoa(c.First)
		case c.Offset != "":
			f["paging"], f["paging_by"] = "offset", c.Offset
		case c.Next != "":
			f["paging"], f["paging_by"] = "next", c.Next
		}
	}
	return f
}

// bindSource binds the entry as the form says, once the source was looked at.
func (v *visit) bindSource() error {
	e, err := v.loadable()
	if err != nil {
		return err
	}
	c, ok := v.Desk.ConnectionOf(v.by(), v.R.PostFormValue("connection"))
	if !ok {
		return desk.ErrNoConnection
	}
	b := v.bindingTyped(e, c)
	ctx, cancel := context.WithTimeout(v.R.Context(), 2*sourcePatience)
	defer cancel()
	err = v.noteSource("source.bind", e.Code, v.Desk.BindSource(ctx, v.by(), b))
	if err != nil {
		p, e := v.binding()
		if e != nil {
			return e
		}
		return v.again("entry-source", &p.form, p, err)
	}
	v.tell(told{Kind: "ok", Text: v.t("已绑定，并从数据源试读成功。")})
	return v.to("/entries/" + e.Code + "/source")
}

// bindingTyped reads a binding from the form.
func (v *visit) bindingTyped(e *mulu.Entry, c desk.Connection) desk.Binding {
	b := desk.Binding{Entry: e.Code, Connection: c.ID, Mark: v.text("mark"), Plan: desk.PullPlan{At: v.text("at")}}
	b.Plan.Every = v.count("every")
	for _, item := range e.Current().Items {
		if column := v.R.PostFormValue("column." + item.Field); column != "" {
			b.Columns = append(b.Columns, desk.BoundPair{Item: item.Field, Column: column})
		}
	}
	if c.Sort != desk.HTTPAPI {
		b.Schema, b.Table = v.R.PostFormValue("schema"), v.R.PostFormValue("table")
		for _, key := range strings.FieldsFunc(v.text("keys"), func(r rune) bool { return strings.ContainsRune(",，、;；\n", r) }) {
			b.Keys = append(b.Keys, strings.TrimSpace(key))
		}
		return b
	}
	b.Call = &desk.SourceCall{Path: v.text("path"), Rows: v.text("rows"), Size: v.text("size"), Since: v.text("since"), Rate: v.count("rate")}
	switch by := v.text("paging_by"); v.text("paging") {
	case "page":
		b.Call.Page, b.Call.First = by, v.count("first")
	case "offset":
		b.Call.Offset = by
	case "next":
		b.Call.Next, b.Call.Cursor = by, v.text("cursor")
	}
	for _, item := range e.Current().Items {
		if asks := v.text("asks." + item.Field); asks != "" {
			b.Call.Asks = append(b.Call.Asks, desk.BoundPair{Item: item.Field, Column: asks})
		}
	}
	return b
}

// count is a number of the form, 0 where it is left empty; what is no number is out of every range.
func (v *visit) count(name string) int {
	s := v.text(name)
	if s == "" {
		return 0
	}
	n, err := strconv.Atoi(s)
	if err != nil {
		return -1
	}
	return n
}
