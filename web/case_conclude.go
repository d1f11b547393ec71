package web

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"time"

	"mulu"
	"mulu/act"
)

// conclusionPage is the form of a conclusion. Fits says which outcomes the law would take now.
type conclusionPage struct {
	form
	*casePage
	Rulings []ruling
	Items   []askedItem // of the application, for a grant that narrows
	Asked   askedTable
}

// ruling is an outcome, what it brings about, and why it does not fit the matter, where it does not.
type ruling struct {
	Code, Note string
	Fits       bool
	Will       []happening
}

// rulingNotes says what each outcome does.
func rulingNotes() []ruling {
	return []ruling{{Code: "grant", Note: "未获授权的，立即授权；被暂停的，立即恢复；部分同意的，按下面的范围重新确定。"}, {Code: "uphold", Note: "维持现状，协调办结；无人答复的申请按不同意处理。"},
		{Code: "deliver_by", Note: "提供单位在限期前交付；逾期记为问题。"}, {Code: "correct", Note: "提供单位在限期前更正数据；逾期记为问题。"}}
}

func (v *visit) conclusionPage(f form) (*conclusionPage, error) {
	d, err := v.caseOf()
	if err != nil {
		return nil, err
	}
	p := &conclusionPage{form: f, Rulings: rulingNotes()}
	if p.casePage, err = v.caseFile(d); err != nil {
		return nil, err
	}
	tomorrow := v.Now().In(mulu.Shanghai()).AddDate(0, 0, 7).Format(time.DateOnly)
	for i := range p.Rulings {
		r := &p.Rulings[i]
		try := &act.ConcludeDispute{Case: d.ID, Outcome: r.Code, Why: anyReason}
		if r.Code == "deliver_by" || r.Code == "correct" {
			try.By = tomorrow
		}
		facts, no := v.Desk.Preview(v.by(), try)
		r.Fits = no == nil
		for _, f := range facts {
			if f.Kind != "case.concluded" {
				r.Will = append(r.Will, happening{f.Kind, 1})
			}
		}
	}
	if p.App == nil {
		return p, nil
	}
	var e mulu.Entry
	if err := v.noun(mulu.KindEntry, p.App.Entry, &e); err != nil {
		return nil, err
	}
	sent := f.Has("items")
	for _, field := range p.App.Ask.Items {
		i, ok := e.Current().Item(field)
		if !ok {
			i = mulu.Item{Name: field, Field: field}
		}
		p.Items = append(p.Items, askedItem{Item: i, Ticked: !sent || slices.Contains(f.Values["items"], field)})
	}
	p.Asked = v.askedTable(e.Current(), p.App, nil)
	return p, nil
}

func (v *visit) conclusionForm() error {
	p, err := v.conclusionPage(form{Values: url.Values{}})
	if err != nil {
		return err
	}
	return v.show("case-conclude", p)
}

func (v *visit) conclude() error {
	f := v.typed()
	p, err := v.conclusionPage(f)
	if err != nil {
		return err
	}
	a := &act.ConcludeDispute{Case: p.Case.ID, Outcome: f.Get("outcome"), Why: v.text("why")}
	switch a.Outcome {
	case "deliver_by", "correct":
		a.By = v.text("by")
	case "grant":
		if items := f.Values["items"]; p.App != nil && len(items) > 0 && len(items) < len(p.App.Ask.Items) {
			a.Items = items
		}
		a.Days = numberTyped(f.Get("days"))
	}
	done, err := v.say(a)
	if err != nil {
		return v.again("case-conclude", &p.form, p, err)
	}
	return v.did(done, "/cases/"+p.Case.ID)
}

// asDispute reads a case from what an act would bring about.
func asDispute(f mulu.Fact) (d mulu.Dispute, err error) {
	if err := json.Unmarshal(f.State, &d); err != nil {
		return d, fmt.Errorf("read a coordination case: %w", err)
	}
	return d, nil
}
