package web

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"strconv"
	"strings"

	"mulu"
	"mulu/desk"
	"mulu/people"
	"mulu/sheet"
)

func loadRoutes() []Route {
	steward, seeing := Only(people.Steward), Only(people.Steward, people.Approver)
	return []Route{
		{"GET", "/entries/{class}/{seq}/load", steward, false, (*visit).loadNew},
		{"GET", "/entries/{class}/{seq}/load/template", steward, false, (*visit).loadTemplate},
		{"POST", "/entries/{class}/{seq}/load", steward, true, (*visit).sendFile},
		{"POST", "/entries/{class}/{seq}/load/begin", steward, false, (*visit).beginLoad},
		{"GET", "/loads", seeing, false, (*visit).loadsPage},
		{"GET", "/loads/{id}", seeing, false, (*visit).loadPage},
		{"GET", "/loads/{id}/bad", steward, false, (*visit).badRows},
		{"GET", "/loads/{id}/next", steward, false, (*visit).nextPart},
		{"PUT", "/loads/{id}/parts/{n}", steward, true, (*visit).putPart},
		{"POST", "/loads/{id}/start", steward, false, (*visit).startLoad},
		{"POST", "/loads/{id}/cancel", steward, false, (*visit).cancelLoad},
	}
}

// mostPlain bounds a file that comes as a form in one piece: it is kept in memory until its size is known, never on disk in
// clear. Larger ones come in parts, which needs scripts.
const mostPlain = 32 << 20

// loadNew is what an entry takes, and where a file is chosen for it.
type loadNew struct {
	form
	mulu.Entry
	Content *mulu.EntryContent
	Terms   mulu.LoadTerms
	Set     bool // the terms were set by the owner
	Dataset *mulu.Dataset
	Keyed   bool // an item is a key
	Mode    string
	Shut    *standing // why the entry takes no data now
	Open    []desk.Load
	Part    int // bytes
}

// loadable finds the entry in the path for its provider.
func (v *visit) loadable() (*mulu.Entry, error) {
	e, err := v.entryOf()
	if err != nil {
		return nil, err
	}
	if !v.own(e.Org) {
		if !v.sees(e.Org, e.Version) {
			return nil, errAbsent
		}
		return nil, errNotHere
	}
	return e, nil
}

func (v *visit) loadNew() error {
	p, err := v.newLoad()
	if err != nil {
		return err
	}
	return v.show("load-new", p)
}

func (v *visit) newLoad() (*loadNew, error) {
	e, err := v.loadable()
	if err != nil {
		return nil, err
	}
	p := &loadNew{form: form{Values: v.R.Form}, Entry: *e, Content: e.Current(), Mode: v.R.URL.Query().Get("mode"), Part: desk.PartSize}
	if p.Content == nil {
		return nil, fmt.Errorf("the entry %s has no content", e.Code)
	}
	p.Keyed, p.Shut = keyed(p.Content), v.takesNone(e)
	if p.Terms, p.Set, err = v.termsOf(e.Code); err != nil {
		return nil, err
	}
	if p.Dataset, err = v.dataset(e.Code); err != nil {
		return nil, err
	}
	list, err := v.Desk.LoadsOf(v.R.Context(), v.by(), e.Code, 0, pageRows)
	if err != nil {
		return nil, err
	}
	for _, l := range list {
		if l.Ended.IsZero() {
			p.Open = append(p.Open, l)
		}
	}
	return p, nil
}

// takesNone says why an entry takes no data now, nil if it does.
func (v *visit) takesNone(e *mulu.Entry) *standing {
	switch e.Status {
	case "published", "changing":
		return nil
	case "suspended":
		return &standing{Kind: "warn", Icon: "player-pause", Text: v.t("目录已暂停，恢复后才能装载数据。"), Path: "/entries/" + e.Code, Link: v.t("查看目录")}
	case "retired":
		return &standing{Kind: "warn", Icon: "archive", Text: v.t("目录已注销，不再装载数据。"), Path: "/entries/" + e.Code, Link: v.t("查看目录")}
	}
	return &standing{Kind: "info", Icon: "clock", Text: v.t("目录尚未发布，核定发布后才能装载数据。"), Path: "/entries/" + e.Code, Link: v.t("查看目录")}
}

// keyed tells whether rows of an entry are told apart by a key.
func keyed(c *mulu.EntryContent) bool {
	for _, i := range c.Items {
		if i.IsKey {
			return true
		}
	}
	return false
}

// termsOf gives the load terms of an entry, or those that hold where nothing was set.
func (v *visit) termsOf(code string) (t mulu.LoadTerms, set bool, err error) {
	err = v.noun(mulu.KindLoadTerms, code, &t)
	if errors.Is(err, errAbsent) {
		return mulu.LoadTerms{Entry: code, Shrink: 50}, false, nil
	}
	return t, err == nil, err
}

// dataset gives what stands of an entry's data in committed state, nil where nothing is.
func (v *visit) dataset(code string) (*mulu.Dataset, error) {
	d := new(mulu.Dataset)
	err := v.noun(mulu.KindDataset, code, d)
	if errors.Is(err, errAbsent) {
		return nil, nil
	}
	return d, err
}

// loadTemplate is an empty table with a column for each item.
func (v *visit) loadTemplate() error {
	e, err := v.loadable()
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if v.R.URL.Query().Get("format") == "xlsx" {
		if err := sheet.RowsTemplate(&b, e.Current(), v.Lang); err != nil {
			return err
		}
		v.download(e.Current().Name+v.t("模板")+".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
		_, _ = v.W.Write(b.Bytes()) // who left needs no answer
		return nil
	}
	b.WriteString("\uFEFF") // so that spreadsheets read UTF-8
	var names []string
	for _, i := range e.Current().Items {
		names = append(names, itemTitle(i))
	}
	w := csv.NewWriter(&b)
	if err := w.Write(names); err != nil {
		return err
	}
	w.Flush()
	v.download(e.Current().Name+v.t("模板")+".csv", "text/csv; charset=utf-8")
	_, _ = v.W.Write(b.Bytes()) // who left needs no answer
	return nil
}

// itemTitle names an item as tables do.
func itemTitle(i mulu.Item) string {
	if i.Name != "" {
		return i.Name
	}
	return i.Field
}

// sendFile takes a file that comes as a form, in one piece.
func (v *visit) sendFile() error {
	v.R.Body = http.MaxBytesReader(v.W, v.R.Body, mostPlain+mostField)
	parts, err := v.parts()
	if err != nil {
		return err
	}
	p, err := v.newLoad()
	if err != nil {
		return err
	}
	name, mode, content, err := plainFile(parts)
	if err == nil && len(content) == 0 {
		err = errNoFile
	}
	var l desk.Load
	if err == nil {
		l, err = v.Desk.BeginLoad(v.R.Context(), v.by(), p.Code, "file", name, int64(len(content)))
	}
	for n := 0; err == nil && n*desk.PartSize < len(content); n++ {
		l, err = v.Desk.PutPart(v.R.Context(), v.by(), l.ID, n, content[n*desk.PartSize:min(len(content), (n+1)*desk.PartSize)])
	}
	if err != nil {
		return v.again("load-new", &p.form, p, err)
	}
	return v.to(loadPath(l.ID, mode))
}

// plainFile reads the file of a form after its first part.
func plainFile(parts *multipart.Reader) (name, mode string, content []byte, err error) {
	for {
		p, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return name, mode, content, nil
		}
		if err != nil {
			return "", "", nil, tooPlain(err)
		}
		b, err := io.ReadAll(p)
		if err != nil {
			return "", "", nil, tooPlain(err)
		}
		switch {
		case p.FileName() != "":
			name, content = baseName(p.FileName()), b
		case p.FormName() == "mode":
			mode = string(b)
		}
	}
}

func tooPlain(err error) error {
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return errLargeFile
	}
	return errForged
}

// Words for what keeps a file from being taken.
var (
	errNoFile    = errors.New("no file was chosen, or it is empty")
	errLargeFile = errors.New("a file that comes in one piece is too large")
)

// baseName is a file's name without the folders that some browsers send.
func baseName(name string) string {
	return name[strings.LastIndexAny(name, `/\`)+1:]
}

// loadPath is the page of a load; mode is what is proposed there.
func loadPath(id, mode string) string {
	if mulu.Word(mulu.LoadModes, mode, "zh") == mode {
		return "/loads/" + id
	}
	return "/loads/" + id + "?mode=" + mode
}

// sending is where a file that comes in parts stands, for scripts.
type sending struct {
	ID    string `json:"id"`
	State string `json:"state"`
	Next  int    `json:"next"` // number of the part that is wanted
	Part  int    `json:"part"` // bytes of each part but the last
	Path  string `json:"path"` // of its page
}

// beginLoad makes room for a file that comes in parts.
func (v *visit) beginLoad() error {
	e, err := v.loadable()
	if err != nil {
		return v.answerTrouble(err)
	}
	size, err := strconv.ParseInt(v.R.PostFormValue("size"), 10, 64)
	if err != nil || size < 1 {
		return v.answerTrouble(errNoFile)
	}
	l, err := v.Desk.BeginLoad(v.R.Context(), v.by(), e.Code, "file", baseName(v.text("name")), size)
	if err != nil {
		return v.answerTrouble(err)
	}
	return v.answerJSON(http.StatusOK, sending{l.ID, l.State, 0, desk.PartSize, loadPath(l.ID, v.text("mode"))})
}

// nextPart tells the part that a file wants next.
func (v *visit) nextPart() error {
	l, err := v.Desk.LoadOf(v.R.Context(), v.by(), v.R.PathValue("id"))
	if err != nil {
		return v.answerTrouble(err)
	}
	n := 0
	if l.State == "receiving" {
		if n, err = v.Desk.LoadParts(v.R.Context(), v.by(), l.ID); err != nil {
			return v.answerTrouble(err)
		}
	}
	return v.answerJSON(http.StatusOK, sending{l.ID, l.State, n, desk.PartSize, loadPath(l.ID, v.R.URL.Query().Get("mode"))})
}

// putPart takes a part. The token stands in a header: the body is the part and nothing else.
func (v *visit) putPart() error {
	if v.R.Header.Get("X-CSRF") != v.Session.CSRF {
		return v.answerTrouble(errForged)
	}
	n, err := strconv.Atoi(v.R.PathValue("n"))
	if err != nil {
		return v.answerTrouble(errAbsent)
	}
	data, err := io.ReadAll(http.MaxBytesReader(v.W, v.R.Body, desk.PartSize))
	if err != nil {
		return v.answerTrouble(err)
	}
	l, err := v.Desk.PutPart(v.R.Context(), v.by(), v.R.PathValue("id"), n, data)
	if err != nil {
		return v.answerTrouble(err)
	}
	return v.answerJSON(http.StatusOK, sending{l.ID, l.State, n + 1, desk.PartSize, loadPath(l.ID, v.R.URL.Query().Get("mode"))})
}

// answerJSON answers a script.
func (v *visit) answerJSON(status int, d any) error {
	b, err := json.Marshal(d)
	if err != nil {
		return err
	}
	v.W.Header().Set("Content-Type", "application/json; charset=utf-8")
	v.W.WriteHeader(status)
	_, _ = v.W.Write(b) // who left needs no answer
	return nil
}

// answerTrouble tells a script what went wrong, in words for people.
func (v *visit) answerTrouble(err error) error {
	t := v.trouble(err)
	return v.answerJSON(t.Status, map[string]string{"text": t.Text, "mend": t.Mend})
}

// loadTrouble puts what keeps a load from going on into words, nil for any other error.
func (v *visit) loadTrouble(err error) *trouble {
	var fault *desk.LoadFault
	switch {
	case errors.As(err, &fault):
		return &trouble{Status: http.StatusUnprocessableEntity, Text: fault.Text(v.Lang)}
	case errors.Is(err, desk.ErrNoLoad):
		return &trouble{Status: http.StatusNotFound, Text: v.t("没有这次装载。"), Mend: v.t("地址可能有误，或者是其他机构的装载。"), Art: "15.1"}
	case errors.Is(err, desk.ErrNoUpload):
		return &trouble{Status: http.StatusConflict, Text: v.t("文件已不在平台上。"), Mend: v.t("上传的文件在装载结束七日后清除。请重新上传。"), Art: "16"}
	case errors.Is(err, desk.ErrNoData):
		return &trouble{Status: http.StatusConflict, Text: v.t("本节点没有这条目录的数据。"), Mend: v.t("装载以后再办理；数据在其他节点的，请在那个节点办理。"), Art: "15.1"}
	case errors.Is(err, desk.ErrLoadState):
		return &trouble{Status: http.StatusConflict, Text: v.t("这次装载已经变化，没有办理。"), Mend: v.t("请刷新后按最新状态处理。")}
	case errors.Is(err, desk.ErrPart):
		return &trouble{Status: http.StatusConflict, Text: v.t("收到的内容与文件的大小或顺序不符。"), Mend: v.t("请重新选择同一个文件继续上传；文件不为空且不超过 16 GB。")}
	case errors.Is(err, errNoFile):
		return &trouble{Status: http.StatusUnprocessableEntity, Text: v.t("没有选择文件，或者文件是空的。"), Mend: v.t("请选择要装载的文件。"), Field: "file"}
	case errors.Is(err, errLargeFile):
		return &trouble{Status: http.StatusRequestEntityTooLarge, Text: v.t("文件超过 32 MB，不能一次提交。"), Mend: v.t("请启用浏览器脚本后重新上传，文件会分片传送，不受此限。"), Field: "file"}
	}
	return nil
}
