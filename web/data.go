package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"mulu"
	"mulu/desk"
	"mulu/gateway"
	"mulu/people"
	"mulu/read"
)

func dataRoutes() []Route {
	return []Route{
		{"GET", "/entries/{class}/{seq}/data", Members, false, (*visit).dataPage},
		{"POST", "/entries/{class}/{seq}/data/rows", Only(people.Steward, people.Approver), false, (*visit).lookAtRows},
		{"POST", "/entries/{class}/{seq}/data/measure", Only(people.Steward), false, (*visit).measureData},
		{"GET", "/entries/{class}/{seq}/data/looks", Only(people.Steward, people.Approver), false, (*visit).looksPage},
		{"GET", "/entries/{class}/{seq}/map", Members, false, (*visit).mapPage},
	}
}

// historyShown is how many versions the history of an entry's data shows.
const historyShown = 24

// dataShown is where the data behind an entry is, how much, how good, how fresh; to its provider its loads and rows too.
type dataShown struct {
	mulu.Entry
	Content  *mulu.EntryContent
	Provider string
	Own      bool // of the provider
	Mine     bool // of the provider or the bureau, who see what checks found
	Dataset  *mulu.Dataset
	Row      *dataRow // what is asked of it next
	Now      *reportShown
	Quality  []propertyShown
	Score    string
	At       string // when that was measured
	ByLoad   int64  // rows of the load that it was measured by, 0 where the whole version was
	Versions []read.DataVersion
	History  history
	Loads    []loadRow
	Looks    []receiptRow
	MayLook  bool
	Map      bool
	Deeds    []deed
	Next     string // of older versions
}

func (v *visit) dataPage() error {
	p, err := v.dataOf()
	if err != nil {
		return err
	}
	ctx := v.R.Context()
	for _, fill := range []func(context.Context, *dataShown) error{v.dataStands, v.dataHistory, v.dataQuality, v.dataOwn} {
		if err := fill(ctx, p); err != nil {
			return err
		}
	}
	p.Deeds = v.dataDeeds(p)
	return v.show("data", p)
}

// dataOf finds the entry in the path for who may see it.
func (v *visit) dataOf() (*dataShown, error) {
	e, err := v.entryOf()
	if err != nil {
		return nil, err
	}
	if !v.sees(e.Org, e.Version) {
		return nil, errAbsent
	}
	p := &dataShown{Entry: *e, Content: e.Current(), Provider: v.speakers().short(e.Org), Own: v.own(e.Org), Mine: v.own(e.Org) || v.bureau()}
	if p.Content == nil {
		return nil, fmt.Errorf("the entry %s has no content", e.Code)
	}
	if v.under = "/search"; p.Own {
		v.under = "/entries"
	}
	if p.Dataset, err = v.dataset(e.Code); err != nil {
		return nil, err
	}
	p.Map = p.Mine && p.Dataset != nil && p.Dataset.OnPlatform() && e.Status != "retired" && v.mapOf(e.Code, p.Content) != nil
	return p, nil
}

// Held tells whether there is data to be had, and where.
func (p *dataShown) Held() bool { return p.Dataset != nil && p.Dataset.Held() }

// dataStands is where the data is and what is asked of it next.
func (v *visit) dataStands(ctx context.Context, p *dataShown) error {
	d, err := v.Read.Dataset(ctx, p.Code)
	if errors.Is(err, read.ErrAbsent) { // committed, and not read yet; or nothing was ever asked
		return nil
	}
	if err != nil {
		return err
	}
	rows, err := v.dataRows([]read.Data{d})
	if err == nil {
		p.Row = &rows[0]
	}
	return err
}

func (v *visit) dataHistory(ctx context.Context, p *dataShown) error {
	below := int(number64(v.R.URL.Query().Get("below")))
	list, err := v.Read.DataVersions(ctx, p.Code, below, historyShown+1)
	if err != nil {
		return err
	}
	if len(list) > historyShown {
		list = list[:historyShown]
		p.Next = fmt.Sprintf("/entries/%s/data?below=%d#history", p.Code, list[historyShown-1].Version)
	}
	p.Versions, p.History = list, historyOf(list)
	return nil
}

// dataQuality is how the data stands now: as measured last, else as its load found it, else as its announcement says.
func (v *visit) dataQuality(ctx context.Context, p *dataShown) error {
	if p.Dataset == nil || p.Dataset.Version == 0 {
		return nil
	}
	q, at := p.Dataset.Quality, p.Dataset.Loaded
	measures, err := v.Desk.Measures(ctx, p.Code, 1)
	if err != nil {
		return err
	}
	switch {
	case len(measures) > 0 && measures[0].Version == p.Dataset.Version:
		m := measures[0]
		p.Now = v.reportShown(&desk.LoadReport{Result: m.Result, Quality: m.Result.Quality})
		q, p.At = m.Result.Quality, stamp(m.At, "2006-01-02 15:04")
	default:
		l, err := v.Desk.ReportOn(ctx, v.by(), p.Code, p.Dataset.Version, p.Dataset.Digest)
		if err != nil && !errors.Is(err, desk.ErrNoLoad) {
			return err
		}
		p.Now, p.At = v.reportShown(l.Report), stamp(at, "2006-01-02 15:04")
		if p.ByLoad = q.Checked; q.Checked == p.Dataset.Rows {
			p.ByLoad = 0
		}
	}
	if q.Checked > 0 {
		p.Quality, p.Score = v.properties(q), tenths(q.Score)
	}
	if !p.Mine { // what checks found is the provider's and the bureau's
		p.Now = nil
	}
	return nil
}

// dataOwn is what only the provider sees, and of looks the bureau.
func (v *visit) dataOwn(ctx context.Context, p *dataShown) (err error) {
	if p.Own && v.leads("/loads") {
		list, err := v.Desk.LoadsOf(ctx, v.by(), p.Code, 0, 5)
		if err != nil {
			return err
		}
		if p.Loads, err = v.loadRows(list); err != nil {
			return err
		}
	}
	p.MayLook = p.Own && p.Held() && v.Calls != nil && v.leads("/entries/"+p.Code+"/data/looks")
	if v.Calls != nil && p.Mine && v.leads("/entries/"+p.Code+"/data/looks") {
		list, err := v.Calls.Receipts(ctx, gateway.ReceiptQuery{Grant: gateway.LookGrant(p.Code), Max: 5})
		if err != nil {
			return err
		}
		p.Looks, err = v.receiptRows(list)
		if err != nil {
			return err
		}
	}
	return nil
}

func (v *visit) dataDeeds(p *dataShown) []deed {
	path := "/entries/" + p.Code
	var list []deed
	if p.Map {
		list = append(list, deed{Path: path + "/map", Icon: "map-pin", Text: "地图"})
	}
	if p.Own && p.Status != "retired" {
		list = append(list, deed{Path: path + "/terms", Icon: "settings", Text: "装载约定和规则"}, deed{Path: path + "/load", Icon: "upload", Text: "装载数据", Primary: true})
	} else if p.Mine {
		list = append(list, deed{Path: path + "/terms", Icon: "settings", Text: "装载约定和规则"})
	}
	return v.deeds(list...)
}

// measureData measures the serving version anew.
func (v *visit) measureData() error {
	p, err := v.dataOf()
	if err != nil {
		return err
	}
	if !p.Own {
		return errNotHere
	}
	if _, err := v.Desk.MeasureNow(v.R.Context(), v.by(), p.Code); err != nil {
		return err
	}
	v.tell(told{Kind: "ok", Text: v.t("已按现行规则重新检查现有数据。")})
	return v.to("/entries/" + p.Code + "/data")
}

// rowsShown is a page of an entry's rows, to its provider.
type rowsShown struct {
	form
	*dataShown
	gateway.Looked
	Heads  []mulu.Item
	Kept   []mulu.Item // items of grade 4, which are not shown
	Reason string
	Plain  bool // as they are
}

// lookAtRows shows rows through the gateway, which masks them and leaves a receipt.
func (v *visit) lookAtRows() error {
	p, err := v.dataOf()
	if err != nil {
		return err
	}
	if !p.Own {
		return errNotHere
	}
	if v.Calls == nil {
		return errAbsent
	}
	d := &rowsShown{form: v.typed(), dataShown: p, Reason: v.text("reason"), Plain: v.text("plain") == "1"}
	if d.Looked, err = v.Calls.Look(v.R.Context(), gateway.Look{Org: v.Org.ID, Person: v.Person.ID, Entry: p.Code, Reason: d.Reason, Unmask: d.Plain, After: v.text("after")}); err != nil {
		return fmt.Errorf("look at the rows of %s: %w", p.Code, err)
	}
	status := http.StatusOK
	if d.Code != "" {
		status, d.Plain = http.StatusUnprocessableEntity, false
		d.Wrong = &trouble{Text: v.refusedAs(d.Code), Mend: d.Zh}
		if v.Lang == "en" {
			d.Wrong.Mend = d.En
		}
	}
	for _, f := range d.Fields {
		i, _ := p.Content.Item(f)
		d.Heads = append(d.Heads, i)
	}
	for _, f := range d.Withheld {
		i, _ := p.Content.Item(f)
		d.Kept = append(d.Kept, i)
	}
	return v.showAs(status, "data-rows", d)
}

// Hidden tells whether something is masked.
func (d *rowsShown) Hidden() bool {
	for _, m := range d.Masked {
		if m {
			return true
		}
	}
	return false
}

// looksShown lists the receipts of looks at an entry's rows, to its provider and the bureau.
type looksShown struct {
	*dataShown
	Rows   []receiptRow
	Before uint64
	First  string
}

func (v *visit) looksPage() error {
	p, err := v.dataOf()
	if err != nil {
		return err
	}
	if !p.Mine {
		return errNotHere
	}
	d := &looksShown{dataShown: p}
	if v.Calls != nil {
		before := uint64(number64(v.R.URL.Query().Get("before")))
		list, err := v.Calls.Receipts(v.R.Context(), gateway.ReceiptQuery{Grant: gateway.LookGrant(p.Code), Before: before, Max: pageRows + 1})
		if err != nil {
			return fmt.Errorf("list the looks at %s: %w", p.Code, err)
		}
		if len(list) > pageRows {
			list = list[:pageRows]
			d.Before = list[pageRows-1].N
		}
		if before > 0 {
			d.First = "/entries/" + p.Code + "/data/looks"
		}
		if d.Rows, err = v.receiptRows(list); err != nil {
			return err
		}
	}
	return v.show("data-looks", d)
}

// NextPage is where older looks stand.
func (d *looksShown) NextPage() string {
	if d.Before == 0 {
		return ""
	}
	return fmt.Sprintf("/entries/%s/data/looks?before=%d", d.dataShown.Code, d.Before)
}

// history is the versions of an entry's data as a chart: rows as bars, the score as a line, the oldest first.
type history struct {
	Width, Height, Base int
	Bars                []historyBar
	Line                string // points of the score, "" with fewer than two
	Most                int64
}

type historyBar struct {
	X, Y, Tall, Wide, Mid int
	Version               int
	Rows                  int64
	Dot                   int // y of the score, 0 where nothing was measured
	Score                 string
	Label                 bool
}

func historyOf(list []read.DataVersion) history {
	const step, wide, tall, foot = 34, 20, 120, 22
	h := history{Width: max(step*len(list)+10, 10*step), Height: tall + foot, Base: tall}
	for _, d := range list {
		h.Most = max(h.Most, d.Rows)
	}
	var line []string
	for i := range list {
		d := list[len(list)-1-i]
		b := historyBar{X: 10 + i*step, Wide: wide, Version: d.Version, Rows: d.Rows, Mid: 10 + i*step + wide/2, Label: len(list) <= 12 || (len(list)-1-i)%2 == 0}
		if h.Most > 0 {
			b.Tall = int((d.Rows*(tall-10) + h.Most - 1) / h.Most)
		}
		b.Y = tall - b.Tall
		if d.Quality.Checked > 0 && d.Quality.Score >= 0 {
			b.Dot, b.Score = max(1, tall-d.Quality.Score*(tall-10)/1000), tenths(d.Quality.Score)
			line = append(line, fmt.Sprintf("%d,%d", b.Mid, b.Dot))
		}
		h.Bars = append(h.Bars, b)
	}
	if len(line) > 1 {
		h.Line = strings.Join(line, " ")
	}
	return h
}
