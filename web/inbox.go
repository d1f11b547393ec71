package web

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"mulu"
	"mulu/act"
	"mulu/desk"
	"mulu/people"
	"mulu/read"
)

func inboxRoutes() []Route {
	who, approver := Only(people.Steward, people.Approver), Only(people.Approver)
	return []Route{
		{"GET", "/inbox", sharers, false, (*visit).inboxPage},
		{"GET", "/inbox/batch", approver, false, (*visit).batchPage},
		{"POST", "/inbox/batch", approver, false, (*visit).answerBatch},
		{"GET", "/inbox/phrases", who, false, (*visit).phrasesPage},
		{"POST", "/inbox/phrases", who, false, (*visit).savePhrase},
		{"POST", "/inbox/phrases/drop", who, false, (*visit).dropPhrase},
		{"GET", "/inbox/{id}", who, false, (*visit).answerPage},
		{"POST", "/inbox/{id}", who, false, (*visit).answer},
	}
}

// inboxPage is what waits for the institution as provider, by due date: applications to answer, or grants to deliver.
type inboxPage struct {
	Tabs    []pageTab
	Deliver bool
	Reply   int // working days within which it answers
	Rows    []inboxRow
	turned
}

// inboxRow is something that waits. Draft tells who prepared an answer.
type inboxRow struct {
	read.Deadline
	Left      *remaining
	Scenario  string
	Method    string
	Items     int
	Sensitive bool
	Draft     string
}

func (v *visit) inboxPage() error {
	q := v.R.URL.Query()
	p := &inboxPage{Deliver: q.Get("tab") == "deliver", Reply: v.reply()}
	what, ctx := "answer", v.R.Context()
	if p.Deliver {
		what = "deliver"
	}
	for _, t := range []struct{ path, title, what string }{{"/inbox", "待答复", "answer"}, {"/inbox?tab=deliver", "待交付", "deliver"}} {
		n, err := v.Read.CountDeadlines(ctx, read.DeadlineQuery{Org: v.Org.ID, What: t.what, State: "open"})
		if err != nil {
			return err
		}
		p.Tabs = append(p.Tabs, pageTab{t.path, t.title, n, t.what == what})
	}
	list, err := v.Read.Deadlines(ctx, read.DeadlineQuery{Org: v.Org.ID, What: what, State: "open", After: q.Get("after"), Limit: pageRows + 1})
	if err != nil {
		return err
	}
	list, p.turned = turn(v, "after", list, func(d read.Deadline) string { return d.Cursor })
	if p.Rows, err = v.inboxRows(list); err != nil {
		return err
	}
	return v.show("inbox", p)
}

// inboxRows adds to terms what they are about. What was answered this moment is left out.
func (v *visit) inboxRows(list []read.Deadline) (rows []inboxRow, err error) {
	terms := v.terms()
	drafts, err := v.Drafts.List(v.R.Context(), v.Org.ID, answerDraft, 1000)
	if err != nil {
		return nil, err
	}
	by, ids := map[string]string{}, []string{}
	for _, d := range drafts {
		by[d.Subject], ids = d.By, append(ids, d.By)
	}
	names, err := v.People.Names(v.R.Context(), ids...)
	if err != nil {
		return nil, err
	}
	for _, d := range list {
		row := inboxRow{Deadline: d}
		if row.Left, err = terms.until(d.Due, d.Provisional, d.Internal); err != nil {
			return nil, err
		}
		id := d.ID
		if d.About != "" {
			id = d.About
		}
		var a mulu.Application
		if err := v.noun(mulu.KindApplication, id, &a); err != nil {
			return nil, err
		}
		if d.What == "answer" && a.Status != "submitted" && a.Status != "overdue" {
			continue
		}
		row.Scenario, row.Method, row.Items, row.Draft = a.Ask.Scenario, a.Ask.Method, len(a.Ask.Items), names[by[d.ID]]
		row.Sensitive = a.Ask.Assessment != ""
		rows = append(rows, row)
	}
	return rows, nil
}

// answerDraft is the kind of the drafts that stewards prepare for approvers.
const answerDraft = "application.answer"

// answerForm is the form of an answer, with what was applied for beside it.
type answerForm struct {
	form
	App      *mulu.Application
	Name     string
	Asker    read.Org
	Left     *remaining
	HandIn   *remaining
	Edition  Edition
	Items    []askedItem
	Asked    askedTable
	Filters  []answerRows
	Can      []option // items by which rows can be narrowed further
	Usual    Limit
	Grounds  []string
	Phrases  []desk.Phrase
	Draft    *desk.Draft
	By       string // who prepared it
	May      bool   // who looks may answer
	Late     bool
	Platform bool // the data is on the platform, so that consent delivers at once
}

// answerRows is a row scope asked for with the values that the answer keeps.
type answerRows struct{ Item, Name, Asked, Values string }

// answering reads the application that is answered: only its provider has it.
func (v *visit) answering(id string) (*mulu.Application, error) {
	a, err := v.applicationOf(id)
	if err != nil {
		return nil, err
	}
	if !v.own(a.Provider) {
		return nil, errAbsent
	}
	return a, nil
}

func (v *visit) answerPage() error {
	a, err := v.answering(v.R.PathValue("id"))
	if err != nil {
		return err
	}
	if a.Status != "submitted" && a.Status != "overdue" {
		v.tell(told{Kind: "info", Text: v.t("这件申请已经办结，不能再答复。")})
		return v.to("/applications/" + a.ID)
	}
	f := form{Values: url.Values{"decision": {""}}}
	d, there, err := v.Drafts.ForSubject(v.R.Context(), v.Org.ID, answerDraft, a.ID)
	if err != nil {
		return err
	}
	if there {
		if err := json.Unmarshal(d.Body, &f.Values); err != nil {
			return fmt.Errorf("read the draft %s: %w", d.ID, err)
		}
	}
	p, err := v.answerForm(a, f)
	if err != nil {
		return err
	}
	return v.show("answer", p)
}

// answerForm fills the page of an answer from what was typed, or prepared.
func (v *visit) answerForm(a *mulu.Application, f form) (*answerForm, error) {
	ctx := v.R.Context()
	p := &answerForm{form: f, App: a, Edition: v.edition(a.Edition), Grounds: refusalGrounds(), May: v.may("application.answer"), Late: a.Status == "overdue"}
	var e mulu.Entry
	if err := v.noun(mulu.KindEntry, a.Entry, &e); err != nil {
		return nil, err
	}
	c := e.Current()
	p.Name, p.Usual, p.Asked = c.Name, v.usual(c, a.Ask.Items, a.Ask.Method), v.askedTable(c, a, nil)
	var err error
	if p.Asker, err = v.Read.Org(ctx, a.Consumer); err != nil {
		return nil, err
	}
	ticked, sent := f.Values["items"], f.Has("items") || f.Get("decision") == "part"
	for _, field := range a.Ask.Items {
		i, ok := c.Item(field)
		if !ok {
			i = mulu.Item{Name: field, Field: field}
		}
		p.Items = append(p.Items, askedItem{Item: i, Sharing: c.SharingOf(i), Ticked: !sent || slices.Contains(ticked, field)})
	}
	values := f.Values["row-values"]
	for k, r := range a.Ask.Rows {
		one := answerRows{Item: r.Item, Name: r.Item, Asked: v.shown[v.Lang].joined(r.Values), Values: strings.Join(r.Values, "、")}
		if i, ok := c.Item(r.Item); ok {
			one.Name = i.Name
		}
		if k < len(values) {
			one.Values = values[k]
		}
		p.Filters = append(p.Filters, one)
	}
	for _, i := range c.Items {
		scoped := slices.ContainsFunc(a.Ask.Rows, func(r mulu.Filter) bool { return r.Item == i.Field })
		if !scoped && !(i.Personal && i.IsKey) {
			p.Can = append(p.Can, option{i.Field, i.Name})
		}
	}
	terms := v.terms()
	if p.Left, err = terms.until(a.AnswerBy.End, a.AnswerBy.Provisional, false); err != nil {
		return nil, err
	}
	if a.DeliverBy != nil {
		if p.HandIn, err = terms.until(a.DeliverBy.End, a.DeliverBy.Provisional, false); err != nil {
			return nil, err
		}
	}
	var set mulu.Dataset
	err = v.noun(mulu.KindDataset, a.Entry, &set)
	if p.Platform = err == nil && set.Held(); err != nil && !errors.Is(err, errAbsent) {
		return nil, err
	}
	if p.Phrases, err = v.Drafts.Phrases(ctx, v.Org.ID, ""); err != nil {
		return nil, err
	}
	d, there, err := v.Drafts.ForSubject(ctx, v.Org.ID, answerDraft, a.ID)
	if err != nil || !there {
		return p, err
	}
	p.Draft = &d
	names, err := v.People.Names(ctx, d.By)
	p.By = names[d.By]
	return p, err
}

// answer answers, keeps a prepared answer, or puts a ready-made explanation into the form.
func (v *visit) answer() error {
	a, err := v.answering(v.R.PathValue("id"))
	if err != nil {
		return err
	}
	f := v.typed()
	f.Marks = map[string]*trouble{}
	do := v.text("do")
	if id, ok := strings.CutPrefix(do, "fill."); ok {
		return v.fillPhrase(a, f, id)
	}
	if do == "save" {
		return v.prepareAnswer(a, f)
	}
	if no := v.by().May("application.answer"); no != nil {
		return v.answerAgain(a, f, no)
	}
	said, wrong := v.answerAct(a, f)
	if wrong != nil {
		f.Marks[wrong.Field] = wrong
		f.Wrong = wrong
		p, err := v.answerForm(a, f)
		if err != nil {
			return err
		}
		return v.showAs(wrong.Status, "answer", p)
	}
	done, err := v.say(said)
	if err != nil {
		return v.answerAgain(a, f, err)
	}
	if err := v.dropPrepared(a.ID); err != nil {
		return err
	}
	return v.did(done, "/applications/"+a.ID)
}

func (v *visit) answerAgain(a *mulu.Application, f form, why error) error {
	p, err := v.answerForm(a, f)
	if err != nil {
		return err
	}
	return v.again("answer", &p.form, p, why)
}

// answerAct makes the act of what was typed. Of a partial consent only what is narrower than asked goes into it.
func (v *visit) answerAct(a *mulu.Application, f form) (*act.AnswerApplication, *trouble) {
	said := &act.AnswerApplication{Application: a.ID, Decision: f.Get("decision"), Explanation: trimmed(f.Get("explanation"))}
	lacks := func(field, text, mend string, art mulu.Cite) *trouble {
		return &trouble{Status: http.StatusUnprocessableEntity, Field: field, Text: text, Mend: mend, Art: art}
	}
	switch said.Decision {
	case "full":
	case "refused":
		if said.Ground = trimmed(f.Get("ground")); said.Ground == "" {
			if code := f.Get("ground_of"); slices.Contains(refusalGrounds(), code) {
				said.Ground = code
			}
		}
		if said.Ground == "" {
			return nil, lacks("ground", v.t("没有选择法定事由。"), v.t("非因法定事由不得拒绝共享；请选择，或写明法律法规名称和条款。"), "21.3")
		}
	case "part":
		if said.Items = f.Values["items"]; len(said.Items) == 0 {
			return nil, lacks("items", v.t("没有勾选同意的信息项。"), v.t("至少勾选一个；都不同意的，请选“不同意”并写明法定事由。"), "21.2")
		}
		if len(said.Items) == len(a.Ask.Items) {
			said.Items = nil
		}
		said.Days, said.Rate, said.Volume = numberTyped(f.Get("days")), numberTyped(f.Get("rate")), numberTyped(f.Get("volume"))
		values := f.Values["row-values"]
		for i, r := range a.Ask.Rows {
			if i < len(values) && !slices.Equal(valuesIn(values[i]), r.Values) {
				said.Rows = append(said.Rows, mulu.Filter{Item: r.Item, Values: valuesIn(values[i])})
			}
		}
		if item := f.Get("new-row-item"); item != "" {
			said.Rows = append(said.Rows, mulu.Filter{Item: item, Values: valuesIn(f.Get("new-row-values"))})
		}
	default:
		return nil, lacks("decision", v.t("没有选择答复。"), v.t("请选择同意、部分同意或不同意。"), "21.1")
	}
	return said, nil
}

func trimmed(s string) string { return strings.TrimSpace(strings.ReplaceAll(s, "\r\n", "\n")) }

// prepareAnswer keeps what was typed as a draft that the approver finds in the form.
func (v *visit) prepareAnswer(a *mulu.Application, f form) error {
	kept := url.Values{}
	for _, name := range []string{"decision", "items", "row-values", "new-row-item", "new-row-values", "days", "rate", "volume", "ground", "ground_of", "explanation"} {
		if list, ok := f.Values[name]; ok {
			kept[name] = list
		}
	}
	body, err := json.Marshal(kept)
	if err != nil {
		return fmt.Errorf("keep a prepared answer: %w", err)
	}
	d := desk.Draft{Org: v.Org.ID, Kind: answerDraft, Subject: a.ID, Title: a.ID, Body: body, By: v.Person.ID}
	if there, ok, err := v.Drafts.ForSubject(v.R.Context(), v.Org.ID, answerDraft, a.ID); err != nil {
		return err
	} else if ok {
		d.ID, d.Rev = there.ID, there.Rev
		if rev := v.text("rev"); rev != fmt.Sprint(there.Rev) {
			return v.answerAgain(a, f, &desk.Moved{Draft: there})
		}
	}
	if _, err := v.Drafts.Save(v.R.Context(), d); err != nil {
		return v.answerAgain(a, f, err)
	}
	v.tell(told{Kind: "ok", Text: v.t("拟稿已保存，审批人打开这件申请即可看到。")})
	return v.to("/inbox/" + a.ID)
}

// places are what a ready-made explanation can name.
func (v *visit) places(a *mulu.Application) map[string]string {
	m := map[string]string{"申请单位": "", "目录": "", "申请编号": "", "日期": ""}
	if a == nil {
		return m
	}
	m["申请编号"], m["日期"] = a.ID, v.Now().In(mulu.Shanghai()).Format(time.DateOnly)
	if o, err := v.Read.Org(v.R.Context(), a.Consumer); err == nil {
		m["申请单位"] = o.Name
	}
	var e mulu.Entry
	if v.noun(mulu.KindEntry, a.Entry, &e) == nil {
		m["目录"] = e.Current().Name
	}
	return m
}

// fillPhrase puts a ready-made explanation into the form.
func (v *visit) fillPhrase(a *mulu.Application, f form, id string) error {
	list, err := v.Drafts.Phrases(v.R.Context(), v.Org.ID, "")
	if err != nil {
		return err
	}
	for _, one := range list {
		if one.ID != id {
			continue
		}
		text, err := desk.Fill(one.Text, v.places(a))
		if err != nil {
			return err
		}
		f.Values.Set("explanation", text)
		f.Values.Set("decision", one.Use)
	}
	p, err := v.answerForm(a, f)
	if err != nil {
		return err
	}
	return v.show("answer", p)
}

// refusalGrounds are grounds on which sharing may be refused, as they go into the answer. Others are written.
func refusalGrounds() []string {
	return []string{"《中华人民共和国个人信息保护法》第三十四条：超出履行法定职责所必需的范围和限度", "《中华人民共和国数据安全法》第三十八条：不属于申请单位履行法定职责的范围",
		"《北京市西城区公共数据管理实施细则》第二十四条：不属于依法履职或者提供服务", "《中华人民共和国统计法》第二十八条：能够识别或者推断单个统计调查对象身份的资料",
		"《中华人民共和国居民身份证法》第六条：因制发、查验居民身份证知悉的公民个人信息应当保密", "《中华人民共和国社会保险法》第八十一条：用人单位和个人的信息应当依法保密",
		"《中华人民共和国税收征收管理法》第八条：纳税人、扣缴义务人的情况应当依法保密", "《中华人民共和国预防未成年人犯罪法》第五十九条：未成年人的犯罪记录依法封存"}
}
