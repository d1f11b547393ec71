package web

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"time"

	"mulu"
	"mulu/desk"
)

// draftPage is the editor of a data entry.
type draftPage struct {
	form
	Draft       desk.Draft
	Written     written
	Items       grid
	Duties      []option
	Grounds     []mulu.Code
	Entry       *mulu.Entry // that is changed or handed in anew; nil for a new one
	Checked     bool        // the check was asked for: say what is wrong
	Check       check
	Differences []difference // of a change from the version in force
	SavedBy     string
	Stale       bool     // another version came into force since the change was begun
	Moved       *moved   // set where a colleague saved meanwhile and nothing was kept, in the answer to an automatic saving
	Lost        *trouble // why an automatic saving failed
	Automatic   bool     // the answer to an automatic saving
}

// Title is what the draft is called, "" while it has no name.
func (p *draftPage) Title() string { return p.Written.Fields["name"] }

// Clock is the hour and minute of a moment.
func (p *draftPage) Clock(t time.Time) string { return stamp(t, "15:04") }

// newEntry begins a draft of a new entry. One that was begun by the same person and holds nothing yet is taken up again,
// so that opening the page twice leaves no litter.
func (v *visit) newEntry() error {
	ctx := v.R.Context()
	list, err := v.Drafts.List(ctx, v.Person.Org, "entry.submit", 100)
	if err != nil {
		return err
	}
	duty := v.text("duty")
	for _, d := range list {
		if d.Subject == "" && d.By == v.Person.ID && d.Title == "" && d.Rev == 1 && duty == "" {
			return v.to("/drafts/" + d.ID)
		}
	}
	w := written{Fields: map[string]string{"class": "307", "format": "database", "sharing": "unconditional"}}
	if duty != "" {
		w.Fields["duty"] = duty
	}
	d, err := v.keep(desk.Draft{Org: v.Person.Org, Kind: "entry.submit"}, &w)
	if err != nil {
		return err
	}
	return v.to("/drafts/" + d.ID)
}

// editEntry opens the draft on an entry, or begins it: a change of the version in force, or what was returned anew.
func (v *visit) editEntry() error {
	e, err := v.entryOf()
	if err != nil {
		return err
	}
	if !v.own(e.Org) {
		return errAbsent
	}
	kind, content := "entry.change", e.Now
	switch e.Status {
	case "published":
	case "returned":
		kind, content = "entry.submit", e.Next
	default:
		return v.notNow(e)
	}
	d, there, err := v.Drafts.ForSubject(v.R.Context(), e.Org, kind, e.Code)
	if err != nil {
		return err
	}
	if !there {
		w := writtenOf(content)
		w.From = e.Version
		d, err = v.keep(desk.Draft{Org: e.Org, Kind: kind, Subject: e.Code}, &w)
		var m *desk.Moved
		if errors.As(err, &m) { // a colleague began it this moment
			d, err = m.Draft, nil
		}
		if err != nil {
			return err
		}
	}
	return v.to("/drafts/" + d.ID)
}

// notNow leads to what has to be done before an entry can be changed.
func (v *visit) notNow(e *mulu.Entry) error {
	path := "/entries/" + e.Code
	switch e.Status {
	case "submitted", "changing":
		v.tell(told{Kind: "warn", Text: v.t("目录正在等待核定，不能修改。需要修改的，请先撤回。")})
		path += "/withdraw"
	case "suspended":
		v.tell(told{Kind: "warn", Text: v.t("目录已暂停，恢复以后才能变更。")})
	default:
		v.tell(told{Kind: "warn", Text: v.t("目录已注销，不能变更；数据重新产生的，请新建目录。")})
	}
	return v.to(path)
}

// entryOf reads the entry that the path names, from committed state.
func (v *visit) entryOf() (*mulu.Entry, error) {
	return v.entryCalled(v.R.PathValue("class") + "/" + v.R.PathValue("seq"))
}

func (v *visit) entryCalled(code string) (*mulu.Entry, error) {
	var e mulu.Entry
	return &e, v.noun(mulu.KindEntry, code, &e)
}

// noun reads a noun from committed state; errAbsent where there is none.
func (v *visit) noun(kind mulu.Kind, id string, into any) error {
	raw, ok := v.Desk.Chain.Get(kind, id)
	if !ok {
		return errAbsent
	}
	if err := json.Unmarshal(raw, into); err != nil {
		return fmt.Errorf("read %s %s: %w", kind, id, err)
	}
	return nil
}

// keep saves a form into a draft, under the revision that the draft names. A saving of the same open page that came in
// between is no conflict: it held less of what is held now.
func (v *visit) keep(d desk.Draft, w *written) (desk.Draft, error) {
	body, err := json.Marshal(w)
	if err != nil {
		return d, err
	}
	if len(body) > desk.MostDraft {
		return d, errLarge
	}
	d.Title, d.Body, d.By = w.Fields["name"], body, v.Person.ID
	saved, err := v.Drafts.Save(v.R.Context(), d)
	var m *desk.Moved
	if d.ID != "" && errors.As(err, &m) && m.Draft.By == v.Person.ID && w.Page != "" {
		if there, err := readWritten(m.Draft); err == nil && there.Page == w.Page {
			d.Rev = m.Draft.Rev
			return v.Drafts.Save(v.R.Context(), d)
		}
	}
	return saved, err
}

// draftOf reads the draft that the path names; one of another institution is not there.
func (v *visit) draftOf() (desk.Draft, written, error) {
	d, err := v.Drafts.Get(v.R.Context(), v.Person.Org, v.R.PathValue("id"))
	if err != nil {
		return d, written{}, err
	}
	if d.Kind == answerDraft { // a prepared answer stands with what it answers
		return d, written{}, errAbsent
	}
	w, err := readWritten(d)
	return d, w, err
}

func (v *visit) draftPage() error {
	d, w, err := v.draftOf()
	if err != nil {
		return err
	}
	p, err := v.editor(d, w, v.R.URL.Query().Has("check"))
	if err != nil {
		return err
	}
	return v.show("draft", p)
}

// editor makes the page of a draft.
func (v *visit) editor(d desk.Draft, w written, checked bool) (*draftPage, error) {
	if w.Page == "" || v.R.Method == http.MethodGet {
		token := make([]byte, 8)
		if _, err := io.ReadFull(v.Rand, token); err != nil {
			return nil, fmt.Errorf("read chance: %w", err)
		}
		w.Page = hex.EncodeToString(token)
	}
	w.complete()
	p := &draftPage{Automatic: v.R.Header.Get("HX-Request") != "", form: w.form(), Draft: d, Written: w, Grounds: mulu.Grounds, Checked: checked, Check: v.check(d, &w)}
	if checked {
		p.Marks = p.Check.Marks
	}
	p.Items = w.grid(p.Marks)
	var err error
	if p.Items.Suggest, err = v.suggestElements(); err != nil {
		return nil, err
	}
	if p.Duties, err = v.dutyOptions(w.Fields["duty"]); err != nil {
		return nil, err
	}
	if d.Subject != "" {
		if p.Entry, err = v.entryCalled(d.Subject); err != nil {
			return nil, err
		}
	}
	if d.Kind == "entry.change" {
		c, _ := w.content()
		p.Differences, p.Stale = v.differences(p.Entry.Now, &c), w.From != p.Entry.Version
	}
	names, err := v.People.Names(v.R.Context(), d.By)
	if err != nil {
		return nil, err
	}
	p.SavedBy = names[d.By]
	return p, nil
}

// dutyOptions lists the institution's duties that entries can hang on, and the chosen one even if it no longer can.
func (v *visit) dutyOptions(chosen string) ([]option, error) {
	duties, err := v.Read.Duties(v.R.Context(), v.Person.Org, "active", "", 1000)
	if err != nil {
		return nil, err
	}
	var list []option
	for _, d := range duties {
		list = append(list, option{d.ID, d.Name})
	}
	if chosen != "" && !slices.ContainsFunc(list, func(o option) bool { return o.Value == chosen }) {
		list = append(list, option{chosen, v.dutyName(chosen)})
	}
	return list, nil
}

// saveDraft takes the editor's form: saved by itself while somebody types, or by one of its buttons.
func (v *visit) saveDraft() error {
	d, was, err := v.draftOf()
	if err != nil {
		return err
	}
	w, err := v.typedEntry()
	if err != nil {
		return v.unsaved(d, was, err)
	}
	w.From = was.From
	if d.Rev, err = strconv.Atoi(v.text("rev")); err != nil {
		return errForged
	}
	button := v.text("do")
	if button == "rebase" {
		e, err := v.entryCalled(d.Subject)
		if err != nil {
			return err
		}
		w.From = e.Version
	}
	g := w.grid(nil)
	mine := g.do(button, v.R.PostFormValue("items-pasted"))
	w.Items = g.Rows
	automatic := v.R.Header.Get("HX-Request") != ""
	if !automatic {
		w.complete()
	}
	saved, err := v.keep(d, &w)
	var m *desk.Moved
	if errors.As(err, &m) {
		return v.movedPage(m.Draft, w)
	}
	if err != nil {
		return v.unsaved(d, w, err)
	}
	switch {
	case automatic:
		p, err := v.editor(saved, w, false)
		if err != nil {
			return err
		}
		return v.part("draft", "saved", p)
	case button == "submit":
		return v.submitDraft(saved, w)
	case button == "check":
		return v.to("/drafts/" + d.ID + "?check#checked")
	case mine:
		return v.to("/drafts/" + d.ID + "#items")
	}
	v.tell(told{Kind: "ok", Text: v.t("草稿已保存，本机构同事也可以继续编辑。")})
	return v.to("/drafts/" + d.ID)
}

// unsaved shows the form again with why it could not be kept.
func (v *visit) unsaved(d desk.Draft, w written, err error) error {
	p, failed := v.editor(d, w, false)
	if failed != nil {
		return errors.Join(err, failed)
	}
	if v.R.Header.Get("HX-Request") != "" {
		p.Lost = v.trouble(err)
		return v.part("draft", "saved", p)
	}
	return v.again("draft", &p.form, p, err)
}

// submitDraft says what the draft holds. What stands in the way is marked where it is.
func (v *visit) submitDraft(d desk.Draft, w written) error {
	refused := func(no *mulu.Refusal, rows []int) error {
		p, err := v.editor(d, w, true)
		if err != nil {
			return err
		}
		if no != nil && len(p.Check.List) == 0 { // refused in its block, by what came in between
			p.Check.add(v, &w, no, rows)
			p.Marks = p.Check.Marks
		}
		return v.showAs(http.StatusUnprocessableEntity, "draft", p)
	}
	if len(w.gaps()) > 0 {
		return refused(nil, nil)
	}
	a, rows := w.act(d)
	done, err := v.say(a)
	var no *mulu.Refusal
	if errors.As(err, &no) {
		return refused(no, rows)
	}
	if err != nil {
		p, failed := v.editor(d, w, false)
		if failed != nil {
			return errors.Join(err, failed)
		}
		return v.again("draft", &p.form, p, err)
	}
	if err := v.Drafts.Discard(v.R.Context(), d.Org, d.ID); err != nil && !errors.Is(err, desk.ErrNoDraft) {
		return err
	}
	return v.did(done, "/entries/"+done.Outcome.Facts[0].ID)
}

func (v *visit) discardDraft() error {
	if err := v.Drafts.Discard(v.R.Context(), v.Person.Org, v.R.PathValue("id")); err != nil {
		return err
	}
	v.tell(told{Kind: "info", Text: v.t("草稿已删除。已提交和已发布的目录不受影响。")})
	return v.to("/drafts")
}
