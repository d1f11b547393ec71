package web

import (
	"errors"
	"net/http"
	"net/url"
	"slices"

	"mulu/desk"
)

// phrasesPage is the institution's ready-made explanations (答复模板).
type phrasesPage struct {
	form
	Rows   []desk.Phrase
	Places []string
	ID     string // of the one that is changed
}

// placeNames are the places of a ready-made explanation, in the order in which the page names them.
func placeNames() []string { return []string{"申请单位", "目录", "申请编号", "日期"} }

func (v *visit) phrases(f form) (*phrasesPage, error) {
	list, err := v.Drafts.Phrases(v.R.Context(), v.Org.ID, "")
	return &phrasesPage{form: f, Rows: list, Places: placeNames()}, err
}

func (v *visit) phrasesPage() error {
	id := v.R.URL.Query().Get("edit")
	p, err := v.phrases(form{Values: url.Values{"use": {"refused"}}})
	if err != nil {
		return err
	}
	if at := slices.IndexFunc(p.Rows, func(one desk.Phrase) bool { return one.ID == id }); at >= 0 {
		one := p.Rows[at]
		p.ID, p.Values = one.ID, url.Values{"use": {one.Use}, "title": {one.Title}, "text": {one.Text}}
	}
	return v.show("phrases", p)
}

func (v *visit) savePhrase() error {
	f := v.typed()
	f.Marks = map[string]*trouble{}
	one := desk.Phrase{ID: v.text("id"), Org: v.Org.ID, Use: v.text("use"), Title: v.text("title"), Text: v.text("text"), By: v.Person.ID}
	var err error = &desk.PhraseError{Code: "empty"} // without saying what for
	if slices.Contains([]string{"full", "part", "refused"}, one.Use) {
		err = v.Drafts.SavePhrase(v.R.Context(), one, v.places(nil))
	}
	if t := v.phraseTrouble(err); t != nil {
		p, err := v.phrases(f)
		if err != nil {
			return err
		}
		p.ID, p.Wrong, p.Marks["text"] = one.ID, t, t
		return v.showAs(t.Status, "phrases", p)
	}
	if err != nil {
		return err
	}
	v.tell(told{Kind: "ok", Text: v.t("模板已保存。")})
	return v.to("/inbox/phrases")
}

func (v *visit) dropPhrase() error {
	if err := v.Drafts.DropPhrase(v.R.Context(), v.Org.ID, v.text("id")); err != nil {
		return err
	}
	v.tell(told{Kind: "ok", Text: v.t("模板已删除。")})
	return v.to("/inbox/phrases")
}

// phraseTrouble puts what is wrong with a ready-made explanation into words; nil for other errors.
func (v *visit) phraseTrouble(err error) *trouble {
	var wrong *desk.PhraseError
	if !errors.As(err, &wrong) {
		return nil
	}
	t := &trouble{Status: http.StatusUnprocessableEntity}
	switch wrong.Code {
	case "empty":
		t.Text, t.Mend = v.t("名称或内容没有填写。"), v.t("请填写。")
	case "long":
		t.Text, t.Mend = v.t("模板过长。"), v.t("名称最多 60 个字，内容最多 2000 个字。")
	case "many":
		t.Text, t.Mend = v.t("模板已达 100 个。"), v.t("请先删除不用的。")
	default:
		t.Text, t.Mend = v.t("没有“{0}”这个填空处。", wrong.At), v.t("可用的有：{0}，写在花括号中。", v.names(placeNames()))
	}
	return t
}

// dropPrepared drops the prepared answer of an application, if there is one.
func (v *visit) dropPrepared(id string) error {
	d, there, err := v.Drafts.ForSubject(v.R.Context(), v.Org.ID, answerDraft, id)
	if err != nil || !there {
		return err
	}
	if err := v.Drafts.Discard(v.R.Context(), d.Org, d.ID); err != nil && !errors.Is(err, desk.ErrNoDraft) {
		return err
	}
	return nil
}
