package web

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"mulu"
	"mulu/desk"
)

// loadShown is one load: what is asked of who handed it in, how far it has come, or what became of it.
type loadShown struct {
	form
	desk.Load
	Entry   *mulu.Entry
	Content *mulu.EntryContent
	Who     string
	Step    int // of the four that lead to a version, from 1
	Steps   []stageStep
	Stands  *standing
	May     bool // who looks may go on with it
	Again   bool // it was read before and is asked about again
	Parts   int  // that are there, of a file that comes
	Ahead   int  // loads before it
	Reading *reading
	Report  *reportShown
	Deeds   []deed

	dataset mulu.Dataset // as it stands now; zero: nothing was published
}

// Word is how a load stands in a word, and Tone its colour.
func (p *loadShown) Word() string { return loadWord(p.State) }
func (p *loadShown) Tone() string { return loadTone(p.State) }

// loadWord is the Chinese of how a load stands.
func loadWord(state string) string {
	switch state {
	case "receiving":
		return "上传中"
	case "received":
		return "待核对"
	case "waiting":
		return "排队中"
	case "reading":
		return "检查装载中"
	case "publishing":
		return "发布中"
	case "published":
		return "已发布"
	case "rejected":
		return "未通过"
	case "cancelled":
		return "已取消"
	case "failed":
		return "未完成"
	}
	return state
}

func loadTone(state string) string {
	switch state {
	case "published":
		return "ok"
	case "rejected", "failed":
		return "bad"
	case "cancelled":
		return "off"
	}
	return "wait"
}

func (v *visit) loadPage() error {
	p, err := v.loadShown()
	if err != nil {
		return err
	}
	if v.R.URL.Query().Get("part") == "1" {
		if !p.Moving() { // it came to rest: the whole page has more to show
			v.W.Header().Set("HX-Refresh", "true")
		}
		return v.part("load", "load-progress", p)
	}
	if p.Reading != nil {
		if err := v.readAs(p); err != nil {
			return err
		}
	}
	return v.show("load", p)
}

// loadShown finds the load in the path, of the institution of who looks.
func (v *visit) loadShown() (*loadShown, error) {
	ctx := v.R.Context()
	l, err := v.Desk.LoadOf(ctx, v.by(), v.R.PathValue("id"))
	if err != nil {
		return nil, err
	}
	p := &loadShown{form: form{Values: v.R.Form}, Load: l, May: v.may("dataset.publish")}
	v.under = "/loads"
	if p.Entry, err = v.entryCalled(l.Entry); err != nil {
		return nil, err
	}
	p.Content = p.Entry.Current()
	d, err := v.dataset(l.Entry)
	if err != nil {
		return nil, err
	}
	if d != nil {
		p.dataset = *d
	}
	w := v.speakers()
	w.meet(l.Org, l.Person)
	if err := w.names(); err != nil {
		return nil, err
	}
	p.Who = w.say("", l.Org, "", l.Person)
	p.Again = p.May && l.Kept && v.R.URL.Query().Get("again") == "1" && restarts(l)
	switch {
	case l.State == "receiving":
		p.Step = 1
		if p.May {
			p.Parts, err = v.Desk.LoadParts(ctx, v.by(), l.ID)
		}
	case l.State == "received", p.Again:
		p.Step = 2
		if p.May {
			p.Reading = &reading{}
		}
	case l.Moving():
		p.Step = 3
		p.Ahead, err = v.Desk.LoadTurn(ctx, l)
	default:
		p.Step = 4
		p.Stands, p.Report = v.loadStanding(p), v.reportShown(l.Report)
		p.Deeds = v.loadDeeds(p)
	}
	p.Steps = v.loadSteps(p)
	return p, err
}

// loadSteps are the four that lead from a file to a version.
func (v *visit) loadSteps(p *loadShown) []stageStep {
	list := []stageStep{{v.t("上传文件"), "later", ""}, {v.t("核对读法和对应"), "later", ""}, {v.t("检查和装载"), "later", ""}, {v.t("结果"), "later", ""}}
	for i := range list {
		switch {
		case i+1 < p.Step:
			list[i].How = "done"
		case i+1 == p.Step:
			list[i].How = "now"
		}
	}
	if p.Step == 4 {
		list[3].How = map[string]string{"published": "done", "cancelled": "off"}[p.State]
		if list[3].How == "" {
			list[3].How = "bad"
		}
	}
	return list
}

// restarts tells whether a load that came to rest may be started again with another reading.
func restarts(l desk.Load) bool {
	return l.State == "rejected" || l.State == "cancelled" || l.State == "failed"
}

// loadStanding says what became of a load and what comes next.
func (v *visit) loadStanding(p *loadShown) *standing {
	entry := "/entries/" + p.Load.Entry
	r := p.Load.Report
	switch p.State {
	case "published":
		s := &standing{Kind: "ok", Icon: "circle-check", Text: v.t("已发布为第 {0} 版数据，共 {1} 行，即时生效。", p.Version, number(r.Kept)), Path: entry + "/data", Link: v.t("查看数据")}
		if r.BadRows > 0 {
			s.Kind, s.Icon = "warn", "alert-triangle"
			s.Next = v.t("剔除了 {0} 行，没有进入这一版。下载问题行改正后，可以按主键更新补回。", number(r.BadRows))
			if !keyed(p.Content) {
				s.Next = v.t("剔除了 {0} 行，没有进入这一版。下载问题行改正后，可以追加补回。", number(r.BadRows))
			}
		} else if p.dataset.Due != "" {
			s.Next = v.t("按更新周期，下一次更新最迟 {0}。", stamp(p.dataset.Due, "2006-01-02"))
		}
		return s
	case "rejected":
		s := &standing{Kind: "bad", Icon: "alert-circle", Text: v.t("没有发布，原有版本继续提供。"), Next: v.t("改正后重新上传；读法或对应关系选错的，可以用同一文件重新开始。")}
		if p.Fault.Zh != "" {
			s.Reason = p.Fault.Text(v.Lang)
		} else if r != nil {
			s.Reason = r.Why.Text(v.Lang, r)
		}
		return s
	case "failed":
		return &standing{Kind: "bad", Icon: "alert-circle", Text: v.t("没有完成，原有版本继续提供。"), Reason: p.Fault.Text(v.Lang)}
	}
	return &standing{Kind: "info", Icon: "ban", Text: v.t("已取消，没有发布任何数据。"), Next: v.t("文件保留七日，期间可以重新开始。")}
}

// loadDeeds is what who looks may do with a load that came to rest.
func (v *visit) loadDeeds(p *loadShown) []deed {
	if !p.May {
		return nil
	}
	if p.Source == "pull" { // mended at its owner's
		return v.deeds(deed{Path: "/entries/" + p.Load.Entry + "/source", Icon: "plug", Text: "数据来源", Primary: p.State != "published"})
	}
	var list []deed
	path := "/entries/" + p.Load.Entry + "/load"
	mode := p.Mode
	if p.State == "published" && p.Load.Report.BadRows > 0 { // what is mended comes to what is there
		if mode = "append"; keyed(p.Content) {
			mode = "upsert"
		}
	}
	switch {
	case p.State == "published" && p.Load.Report.BadRows == 0:
		list = append(list, deed{Path: path, Icon: "upload", Text: "再装载一次"})
	default:
		list = append(list, deed{Path: path + "?mode=" + mode, Icon: "upload", Text: "改正后重新上传", Primary: true})
	}
	if p.Kept && restarts(p.Load) {
		list = append(list, deed{Path: "/loads/" + p.ID + "?again=1", Icon: "refresh", Text: "用同一文件重新开始"})
	}
	return v.deeds(list...)
}

// reading is how a received file would be read, and what who handed it in chooses.
type reading struct {
	desk.LoadForm
	Preview desk.LoadPreview
	Fault   *trouble // why it cannot be read so
	Asked   desk.LoadForm
	Modes   []modeChoice
	Lines   []mapLine
	Spare   []string // columns that stand for no item
	Same    *desk.Load
}

type modeChoice struct {
	Code, Note string
	Here, Off  bool
}

// mapLine is an item with the column that stands for it.
type mapLine struct {
	mulu.Item
	Column string
	None   bool // the file does not give it this time
	May    bool // that is allowed: it can be empty
}

// Kinds, Charsets and Delimiters are what a reading chooses from.
func (r *reading) Kinds() []option {
	return []option{{"csv", "CSV"}, {"xlsx", "Excel"}, {"jsonl", "JSON Lines"}, {"parquet", "Parquet"}, {"geojson", "GeoJSON"}, {"shapefile", "Shapefile"}}
}

func (r *reading) Charsets() []option {
	return []option{{"utf-8", "UTF-8"}, {"gb18030", "GB 18030 / GBK"}, {"utf-16le", "UTF-16 LE"}, {"utf-16be", "UTF-16 BE"}}
}

// formOf is the reading that a form or an address names.
func (v *visit) formOf() desk.LoadForm {
	f := desk.LoadForm{Kind: v.text("kind"), Charset: v.text("charset"), Sheet: v.R.FormValue("sheet"), System: v.text("system")}
	if d := v.R.FormValue("delimiter"); d == "tab" {
		f.Delimiter = "\t"
	} else {
		f.Delimiter = d
	}
	return f
}

// readAs fills in how the file would be read.
func (v *visit) readAs(p *loadShown) error {
	r := p.Reading
	r.Asked = v.formOf()
	if r.Asked == (desk.LoadForm{}) && p.Again {
		r.Asked = p.Form
	}
	_, preview, err := v.Desk.PreviewLoad(v.R.Context(), v.by(), p.ID, r.Asked)
	var fault *desk.LoadFault
	if errors.As(err, &fault) {
		r.LoadForm, r.Fault = r.Asked, v.trouble(err)
		return nil
	}
	if err != nil {
		return err
	}
	r.Preview, r.LoadForm, r.Same = preview, preview.Form, preview.Same
	chosen := preview.Map
	if p.Again && len(p.Columns) > 0 {
		chosen = p.Columns
	}
	v.mapped(p, chosen)
	mode := v.R.FormValue("mode")
	if mode == "" {
		mode = p.Mode
	}
	r.Modes = v.modes(p, mode)
	return nil
}

// mapped lines items up with columns.
func (v *visit) mapped(p *loadShown, chosen map[string]string) {
	r, used := p.Reading, map[string]bool{}
	for _, i := range p.Content.Items {
		l := mapLine{Item: i, Column: chosen[i.Field], May: i.Nullable && !i.IsKey}
		if !slices.Contains(r.Preview.Columns, l.Column) {
			l.Column = ""
		}
		given, there := chosen[i.Field]
		l.None = l.May && l.Column == "" && (there && given == "" || !there)
		used[l.Column] = true
		r.Lines = append(r.Lines, l)
	}
	for _, c := range r.Preview.Columns {
		if !used[c] && !strings.HasPrefix(c, "※") {
			r.Spare = append(r.Spare, c)
		}
	}
}

// Missing counts the items that need a column and have none yet.
func (r *reading) Missing() (n int) {
	for _, l := range r.Lines {
		if l.Column == "" && !l.May {
			n++
		}
	}
	return n
}

// modes lists the ways a version comes from the one before, with what each does.
func (v *visit) modes(p *loadShown, mode string) []modeChoice {
	has := p.dataset.Version > 0
	list := []modeChoice{
		{Code: "replace", Note: v.t("文件是全部数据：新版本只含文件中的行，原有的行不保留。")},
		{Code: "upsert", Note: v.t("文件是有变化的数据：主键相同的行更新，没有的行加入，其余不变。")},
		{Code: "append", Note: v.t("文件是新增的数据：全部加到原有的行之后。")},
	}
	if !keyed(p.Content) {
		list[1].Off, list[1].Note = true, v.t("信息项没有主键，不能按主键更新。")
	} else {
		list[2].Note = v.t("文件是新增的数据：加到原有的行之后；主键与原有的行重复的，算作问题行。")
	}
	at := slices.IndexFunc(list, func(m modeChoice) bool { return m.Code == mode && !m.Off })
	list[max(0, at)].Here = true
	if !has {
		list[0].Note = v.t("第一次装载：文件中的行就是全部数据。")
	}
	return list
}

// startLoad says how a received file is loaded.
func (v *visit) startLoad() error {
	ctx, id := v.R.Context(), v.R.PathValue("id")
	l, err := v.Desk.LoadOf(ctx, v.by(), id)
	if err != nil {
		return err
	}
	e, err := v.entryCalled(l.Entry)
	if err != nil {
		return err
	}
	columns := map[string]string{}
	for _, i := range e.Current().Items {
		if values, ok := v.R.PostForm["column."+i.Field]; ok {
			columns[i.Field] = values[0]
		}
	}
	if err := v.Desk.StartLoad(ctx, v.by(), id, v.formOf(), columns, v.text("mode")); err != nil {
		return err
	}
	return v.to("/loads/" + id)
}

func (v *visit) cancelLoad() error {
	id := v.R.PathValue("id")
	if err := v.Desk.CancelLoad(v.R.Context(), v.by(), id); err != nil {
		return err
	}
	return v.to("/loads/" + id)
}

// badRows is the file of what a load left out, for its provider.
func (v *visit) badRows() error {
	l, b, err := v.Desk.BadRows(v.R.Context(), v.by(), v.R.PathValue("id"))
	if err != nil {
		return err
	}
	name, _, _ := strings.Cut(l.Name, ".")
	v.download(fmt.Sprintf("%s-%s.csv", name, v.t("问题行")), "text/csv; charset=utf-8")
	_, _ = v.W.Write(b) // who left needs no answer
	return nil
}

// loadsPage lists the loads of an institution.
type loadsPage struct {
	Rows  []loadRow
	Entry string
	Name  string // of that entry
	Next  string
	First string
}

type loadRow struct {
	desk.Load
	Name string // of the entry
	Who  string
}

func (r loadRow) Word() string { return loadWord(r.State) }
func (r loadRow) Tone() string { return loadTone(r.State) }

func (v *visit) loadsPage() error {
	q := v.R.URL.Query()
	p := &loadsPage{Entry: q.Get("entry")}
	before := number64(q.Get("before"))
	list, err := v.Desk.LoadsOf(v.R.Context(), v.by(), p.Entry, int64(before), pageRows+1)
	if err != nil {
		return err
	}
	at := func(n int64) string {
		w := url.Values{}
		if p.Entry != "" {
			w.Set("entry", p.Entry)
		}
		if n > 0 {
			w.Set("before", fmt.Sprint(n))
		}
		return "/loads?" + w.Encode()
	}
	if len(list) > pageRows {
		list = list[:pageRows]
		p.Next = at(list[pageRows-1].N)
	}
	if before > 0 {
		p.First = at(0)
	}
	if p.Rows, err = v.loadRows(list); err != nil {
		return err
	}
	if p.Entry != "" {
		e, err := v.entryCalled(p.Entry)
		if err != nil {
			return err
		}
		if !v.own(e.Org) { // its loads are its provider's
			return errAbsent
		}
		p.Name = v.entryName(p.Entry)
	}
	return v.show("loads", p)
}

func (v *visit) loadRows(list []desk.Load) (rows []loadRow, err error) {
	w := v.speakers()
	for _, l := range list {
		w.meet(l.Org, l.Person)
	}
	if err := w.names(); err != nil {
		return nil, err
	}
	for _, l := range list {
		rows = append(rows, loadRow{l, v.entryName(l.Entry), w.say("", l.Org, "", l.Person)})
	}
	return rows, nil
}

// Score is the score of what was read, "" where nothing was measured.
func (r loadRow) Score() string {
	if r.Report == nil || r.Report.Quality.Checked == 0 {
		return ""
	}
	return tenths(r.Report.Quality.Score)
}
