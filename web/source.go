package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"time"

	"mulu"
	"mulu/act"
	"mulu/desk"
	"mulu/people"
	"mulu/read"
)

func sourceRoutes() []Route {
	steward, seeing := Only(people.Steward), Only(people.Steward, people.Approver)
	return []Route{
		{"GET", "/sources", seeing, false, (*visit).sourcesPage},
		{"GET", "/sources/new", steward, false, (*visit).newSource},
		{"POST", "/sources/new", steward, false, (*visit).addSource},
		{"GET", "/sources/{id}", steward, false, (*visit).editSource},
		{"POST", "/sources/{id}", steward, false, (*visit).changeSource},
		{"POST", "/sources/{id}/test", steward, false, (*visit).testSource},
		{"POST", "/sources/{id}/remove", steward, false, (*visit).removeSource},
		{"GET", "/entries/{class}/{seq}/source", steward, false, (*visit).bindPage},
		{"POST", "/entries/{class}/{seq}/source", steward, false, (*visit).bindSource},
		{"POST", "/entries/{class}/{seq}/source/unbind", steward, false, (*visit).unbindSource},
		{"POST", "/entries/{class}/{seq}/source/connect", steward, false, (*visit).connectEntry},
		{"POST", "/entries/{class}/{seq}/source/pull", steward, false, (*visit).pullEntry},
	}
}

// sourceSorts are the sorts of sources as people know them.
var sourceSorts = []mulu.Code{{Code: desk.Postgres, Zh: "PostgreSQL", En: "PostgreSQL"}, {Code: desk.MySQL, Zh: "MySQL / MariaDB", En: "MySQL / MariaDB"},
	{Code: desk.HTTPAPI, Zh: "HTTP 接口", En: "HTTP interface"}, {Code: desk.SQLite, Zh: "SQLite 文件", En: "SQLite file"}}

// sourcesPage is what the institution's entries are bound to at their owners' (Art. 15.1). The bureau sees besides which entries
// of the district are had from there, and not where.
type sourcesPage struct {
	Rows     []sourceRow
	District []dataRow // for the bureau
	turned
	Wrong *trouble
}

// sourceRow is a connection with how it answered and what is bound to it.
type sourceRow struct {
	desk.Connection
	Sort  string
	Seen  desk.SourceSeen
	Bound []boundRow
}

// boundRow is a binding in a list.
type boundRow struct {
	desk.BoundEntry
	Name string
	At   string // table or path
	Plan string
	Kept bool // the platform keeps the data, so that it is pulled; else it is asked for there
}

func (v *visit) sourcesPage() error {
	p, err := v.sources()
	if err != nil {
		return err
	}
	return v.show("sources", p)
}

func (v *visit) sources() (*sourcesPage, error) {
	p, bound := &sourcesPage{}, v.Desk.BindingsOf(v.by())
	for _, c := range v.Desk.ConnectionsOf(v.by()) {
		row := sourceRow{Connection: c, Sort: mulu.Word(sourceSorts, c.Sort, v.Lang), Seen: v.Desk.Seen(c.ID)}
		for _, b := range bound {
			if b.Connection != c.ID {
				continue
			}
			one, err := v.boundRow(b)
			if err != nil {
				return nil, err
			}
			row.Bound = append(row.Bound, one)
		}
		p.Rows = append(p.Rows, row)
	}
	if !v.bureau() {
		return p, nil
	}
	q := read.DataQuery{Show: "connected", After: v.text("after"), Max: pageRows + 1}
	var err error
	if q.Now, q.Soon, err = v.soon(); err != nil {
		return nil, err
	}
	list, err := v.Read.Datasets(v.R.Context(), q)
	if err != nil {
		return nil, err
	}
	if len(list) > pageRows {
		list = list[:pageRows]
		p.Next = "/sources?after=" + url.QueryEscape(list[pageRows-1].Cursor)
	}
	if q.After != "" {
		p.First = "/sources"
	}
	p.District, err = v.dataRows(list)
	return p, err
}

// boundRow puts a binding into words.
func (v *visit) boundRow(b desk.BoundEntry) (boundRow, error) {
	row := boundRow{BoundEntry: b, Name: b.Entry, At: desk.ScanTable{Schema: b.Schema, Name: b.Table}.Title(), Plan: v.planWord(b.Plan)}
	if b.Call != nil {
		row.At = b.Call.Path
	}
	e, err := v.entryCalled(b.Entry)
	if err != nil {
		return row, err
	}
	if c := e.Current(); c != nil {
		row.Name = c.Name
	}
	d, err := v.dataset(b.Entry)
	row.Kept = d == nil || d.Status != "connected"
	return row, err
}

// planWord says when an entry is pulled.
func (v *visit) planWord(p desk.PullPlan) string {
	switch {
	case p.At != "":
		return v.t("每日 {0}", p.At)
	case p.Every != 0 && p.Every%60 == 0:
		return v.t("每 {0} 小时", p.Every/60)
	case p.Every != 0:
		return v.t("每 {0} 分钟", p.Every)
	}
	return ""
}

// Tone and Word say how a connection answered.
func (r sourceRow) Tone() string {
	switch {
	case !r.Seen.Ill.IsZero():
		return "bad"
	case !r.Seen.Well.IsZero():
		return "ok"
	}
	return "off"
}

func (r sourceRow) Word() string {
	switch {
	case r.Seen.Ill.IsZero() && r.Seen.Well.IsZero():
		return "启动后未使用"
	case r.Seen.Ill.IsZero():
		return "可以连接"
	case r.Seen.Why == "forbidden":
		return "不在可访问范围"
	case r.Seen.Why == "slow":
		return "应答超时"
	}
	return "连接不上"
}

// ownSource finds the connection in the path, of the institution.
func (v *visit) ownSource() (desk.Connection, error) {
	c, ok := v.Desk.ConnectionOf(v.by(), v.R.PathValue("id"))
	if !ok {
		return c, errAbsent
	}
	return c, nil
}

// sourcePatience bounds how long a page waits for a source.
const sourcePatience = 15 * time.Second

func (v *visit) testSource() error {
	c, err := v.ownSource()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(v.R.Context(), sourcePatience)
	defer cancel()
	version, err := v.Desk.TestConnection(ctx, v.by(), c.ID)
	if err != nil {
		p, e := v.sources()
		if e != nil {
			return e
		}
		p.Wrong = v.trouble(err)
		return v.showAs(p.Wrong.Status, "sources", p)
	}
	v.tell(told{Kind: "ok", Text: v.t("{0} 可以连接：{1}", c.ID, version)})
	return v.to("/sources")
}

func (v *visit) removeSource() error {
	c, err := v.ownSource()
	if err == nil {
		err = v.Desk.Disconnect(v.R.Context(), v.by(), c.ID)
	}
	if err := v.noteSource("source.remove", c.ID, err); err != nil {
		return err
	}
	v.tell(told{Kind: "info", Text: v.t("连接 {0} 已删除，口令已清除。", c.ID)})
	return v.to("/sources")
}

// noteSource notes in the audit log what somebody did to a source, and gives back what came of it.
func (v *visit) noteSource(kind, target string, err error) error {
	if errors.Is(err, errAbsent) || errors.Is(err, desk.ErrNoConnection) {
		return err
	}
	return errors.Join(err, v.People.Note(v.R.Context(), people.Event{Person: v.Person.ID, Org: v.Person.Org, Kind: "source", Target: target, Detail: kind,
		OK: err == nil, From: v.origin().Address}))
}

func (v *visit) unbindSource() error {
	e, err := v.loadable()
	if err != nil {
		return err
	}
	d, err := v.dataset(e.Code)
	if err == nil && d != nil && d.Status == "connected" { // callers would find nothing behind what the chain says
		err = errConnected
	}
	if err == nil {
		err = v.Desk.Unbind(v.by(), e.Code)
		err = v.noteSource("source.unbind", e.Code, err)
	}
	if err != nil {
		return err
	}
	v.tell(told{Kind: "info", Text: v.t("已解除绑定，本节点不再到数据源取这条目录的数据。")})
	return v.to("/entries/" + e.Code + "/source")
}

// connectEntry says that the entry's data is had at its owner's through the catalog chain (Art. 15.1).
func (v *visit) connectEntry() error {
	e, err := v.loadable()
	if err != nil {
		return err
	}
	b, ok := v.Desk.BindingOf(v.by(), e.Code)
	if !ok {
		return desk.ErrSourceUnbound
	}
	c, _ := v.Desk.ConnectionOf(v.by(), b.Connection)
	done, err := v.say(&act.ConnectDataset{Entry: e.Code, Source: c.Source()})
	if err != nil {
		return err
	}
	return v.did(done, "/entries/"+e.Code+"/source")
}

func (v *visit) pullEntry() error {
	e, err := v.loadable()
	if err != nil {
		return err
	}
	if _, ok := v.Desk.BindingOf(v.by(), e.Code); !ok {
		return desk.ErrSourceUnbound
	}
	l, err := v.Desk.PullNow(v.R.Context(), v.by(), e.Code)
	if err != nil {
		return err
	}
	return v.to("/loads/" + l.ID)
}

// errConnected says that the chain has an entry's data at the source that is to be unbound.
var errConnected = errors.New("the entry's data is connected through this binding")

// faultFields are the fields of the forms that a fault is about; others are about no single one.
var faultFields = map[string]string{"id": "id", "taken": "id", "address": "address", "url": "address", "file": "address", "database": "database", "tls": "tls", "ca": "ca",
	"header": "header", "table": "table", "keys": "keys", "key_type": "keys", "mark_type": "mark", "schedule": "every", "api": "path", "paging": "paging", "parameter": "paging"}

// sourceTrouble puts what keeps a source from answering into words, nil for any other error.
func (v *visit) sourceTrouble(err error) *trouble {
	t := func(status int, text, mend string) *trouble {
		return &trouble{Status: status, Text: v.t(text), Mend: v.t(mend), Art: "15.1"}
	}
	var fault *desk.SourceFault
	switch {
	case errors.As(err, &fault):
		return &trouble{Status: http.StatusUnprocessableEntity, Text: fault.Text(v.Lang), Field: faultFields[fault.Code]}
	case errors.Is(err, errConnected):
		return t(http.StatusConflict, "数据正由这个绑定直接提供，不能解除。", "请先断开数据，或者重新绑定到别处。")
	case errors.Is(err, errNoScan):
		return &trouble{Status: http.StatusNotFound, Text: v.t("这次探查已不存在。"), Mend: v.t("可能时间已久，或节点重新启动过。重新探查即可，已登记的不会重复。"), Art: "12"}
	case errors.Is(err, errScanning):
		return &trouble{Status: http.StatusConflict, Text: v.t("该系统或者本机构的其他系统正在探查。"), Mend: v.t("请等它完成后再探查。"), Art: "12"}
	case errors.Is(err, errNoTick):
		return &trouble{Status: http.StatusUnprocessableEntity, Text: v.t("没有选择要登记的变化。"), Mend: v.t("请勾选后再登记；不需要登记的，离开此页即可。"), Art: "12"}
	case errors.Is(err, desk.ErrNoConnection):
		return t(http.StatusNotFound, "没有这个连接。", "可能已被同事删除，或者属于其他机构。")
	case errors.Is(err, desk.ErrSourceForbidden):
		return t(http.StatusUnprocessableEntity, "地址不在本节点的可访问范围内。", "可访问的主机由系统管理员在节点设置（reach）中列出；请核对地址，或者请系统管理员列入后重启节点。")
	case errors.Is(err, desk.ErrSourceDrift):
		return t(http.StatusUnprocessableEntity, "库表或者接口与绑定不符：缺少库表、列或者字段，或者没有读取权限。", "请核对库表结构和用户权限，再重新绑定。")
	case errors.Is(err, desk.ErrSourceSlow):
		return t(http.StatusUnprocessableEntity, "数据源没有在时限内应答。", "请稍后重试；持续出现的，请数据源的管理员检查负载和索引。")
	case errors.Is(err, desk.ErrSourceAway):
		return t(http.StatusUnprocessableEntity, "数据源连接不上。", "请核对地址、端口、数据库名、用户、口令和加密方式，并确认网络已开通。")
	case errors.Is(err, desk.ErrSourceUnbound):
		return t(http.StatusConflict, "这条目录没有绑定数据源。", "请先选择连接和库表，完成绑定。")
	}
	return nil
}
