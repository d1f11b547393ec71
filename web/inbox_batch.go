package web

import (
	"net/http"
	"net/url"
	"slices"

	"mulu"
	"mulu/act"
	"mulu/desk"
)

// batchPage answers several applications alike: all agreed in full, or all refused on one ground.
type batchPage struct {
	form
	Rows    []batchRow
	Grounds []string
	Phrases []desk.Phrase
	Outcome *outcome
}

// batchRow is an application of the batch with what its explanation would say.
type batchRow struct {
	App   *mulu.Application
	Name  string
	Asker string
	Left  *remaining
}

// batch reads the chosen applications, those that still wait.
func (v *visit) batch(f form) (*batchPage, error) {
	p := &batchPage{form: f, Grounds: refusalGrounds()}
	terms, seen := v.terms(), map[string]bool{}
	for _, id := range f.Values["id"] {
		if seen[id] || len(seen) == most {
			continue
		}
		seen[id] = true
		a, err := v.answering(id)
		if err != nil {
			return nil, err
		}
		if a.Status != "submitted" && a.Status != "overdue" {
			continue
		}
		row := batchRow{App: a, Name: v.places(a)["目录"], Asker: v.orgName(a.Consumer)}
		if row.Left, err = terms.until(a.AnswerBy.End, a.AnswerBy.Provisional, false); err != nil {
			return nil, err
		}
		p.Rows = append(p.Rows, row)
	}
	var err error
	p.Phrases, err = v.Drafts.Phrases(v.R.Context(), v.Org.ID, "")
	return p, err
}

func (v *visit) batchPage() error {
	p, err := v.batch(form{Values: url.Values{"id": v.R.URL.Query()["id"]}})
	if err != nil {
		return err
	}
	if len(p.Rows) == 0 {
		v.tell(told{Kind: "info", Text: v.t("没有勾选待答复的申请。")})
		return v.to("/inbox")
	}
	return v.show("answer-batch", p)
}

// answerBatch answers each by itself; what is refused does not hold up the others and stays in the form.
func (v *visit) answerBatch() error {
	f := v.typed()
	f.Marks = map[string]*trouble{}
	p, err := v.batch(f)
	if err != nil {
		return err
	}
	if len(p.Rows) == 0 {
		v.tell(told{Kind: "info", Text: v.t("所选申请都已办结，没有需要答复的。")})
		return v.to("/inbox")
	}
	if id := v.text("fill"); id != "" {
		if at := slices.IndexFunc(p.Phrases, func(one desk.Phrase) bool { return one.ID == id }); at >= 0 {
			f.Values.Set("explanation", p.Phrases[at].Text)
			f.Values.Set("decision", p.Phrases[at].Use)
		}
		return v.show("answer-batch", p)
	}
	var list []errand
	for _, r := range p.Rows {
		said, wrong := v.answerAct(r.App, f)
		if wrong == nil && said.Decision == "part" {
			wrong = &trouble{Status: http.StatusUnprocessableEntity, Field: "decision", Text: v.t("部分同意须逐件答复。"), Mend: v.t("请从列表打开该申请，写明缩小之处。")}
		}
		if wrong != nil {
			p.Wrong, p.Marks[wrong.Field] = wrong, wrong
			return v.showAs(wrong.Status, "answer-batch", p)
		}
		said.Explanation, err = desk.Fill(said.Explanation, v.places(r.App))
		if err != nil {
			t := v.phraseTrouble(err)
			if t == nil {
				return err
			}
			p.Wrong, p.Marks["explanation"] = t, t
			return v.showAs(t.Status, "answer-batch", p)
		}
		list = append(list, errand{Title: r.Name + " · " + r.Asker, Path: "/inbox/" + r.App.ID, Act: said})
	}
	results := v.sayEach(list)
	var left []batchRow
	for i, r := range results {
		id := list[i].Act.(*act.AnswerApplication).Application
		if r.Wrong != nil {
			left = append(left, p.Rows[slices.IndexFunc(p.Rows, func(b batchRow) bool { return b.App.ID == id })])
			continue
		}
		results[i].Path = "/applications/" + id
		if err := v.dropPrepared(id); err != nil {
			return err
		}
	}
	p.Outcome, p.Rows = outcomeOf(results), left
	return v.show("answer-batch", p)
}
