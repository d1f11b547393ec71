package web

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"mulu"
	"mulu/act"
)

// applyPage is one form for several entries (Art. 20, 21). Ready counts those that could be submitted, Faulty those that
// could not; Tried says that the form was sent, so that what is wrong is shown.
type applyPage struct {
	form
	Entries       []asking
	Duties        []option
	Methods       []methodNote
	Tried         bool
	Ready, Faulty int
	Outcome       *outcome
	Sensitive     bool // something sensitive is asked for
}

// methodNote is a way to have data, with what it means.
type methodNote struct{ Code, Note string }

func methodNotes() []methodNote {
	return []methodNote{{"query", "按条件逐次查询，返回所申请的信息项，适合业务办理时即时调用。"}, {"check", "提交待核对的值，只返回是否一致，不返回数据。"},
		{"batch", "按范围成批取得文件，适合统计分析。"}, {"push", "平台把数据送到贵机构的库表，随更新周期同步。"}}
}

// asking is what is asked of one entry. N numbers its fields.
type asking struct {
	N        int
	Code     string
	Content  *mulu.EntryContent
	Provider string
	Items    []askedItem
	Filters  []askedRows
	Can      []option // items by which rows can be narrowed
	Method   string   // "" as for all
	Rate     string
	Volume   string
	Usual    Limit
	Open     bool // the finer points are shown
	Prospect prospect
	Gone     bool // it is not in the basket any more: most likely it was submitted already
	act      *act.Apply
}

// askedItem is an item that can be ticked; Blocked says why it cannot be.
type askedItem struct {
	mulu.Item
	Sharing string
	Ticked  bool
	Blocked bool
	Only    bool // by yes/no check only
}

type askedRows struct{ Item, Values string }

// filtersAsked is how many row scopes the form takes for an entry.
const filtersAsked = 2

func (v *visit) applyForm() error {
	p, err := v.asking(form{Values: url.Values{"method": {"query"}, "days": {"365"}, "entry": v.R.URL.Query()["entry"]}}, false)
	if err != nil {
		return err
	}
	if len(p.Entries) == 0 {
		return v.to("/basket")
	}
	return v.show("apply", p)
}

// asking reads the form into what is asked of each entry, and tries it. With sent unset nothing was typed yet: all that can
// be had is ticked, sensitive items excepted.
func (v *visit) asking(f form, sent bool) (*applyPage, error) {
	p := &applyPage{form: f, Methods: methodNotes(), Tried: sent}
	var err error
	if p.Duties, err = v.dutyChoices(); err != nil {
		return nil, err
	}
	in, err := v.basketed()
	if err != nil {
		return nil, err
	}
	var seen []string
	for n, code := range f.Values["entry"] {
		if slices.Contains(seen, code) || len(seen) == most {
			continue
		}
		seen = append(seen, code)
		e, err := v.sharedEntry(code)
		if err != nil {
			return nil, err
		}
		a := v.askingFor(f, e, n, sent)
		a.Gone = !in[code]
		if !sent && a.Gone { // it came straight from a link
			if err := v.Drafts.PutInBasket(v.R.Context(), v.Person.ID, code); err != nil {
				return nil, err
			}
			a.Gone = false
		}
		p.Entries = append(p.Entries, a)
	}
	for i := range p.Entries {
		if err := v.tryAsking(p, &p.Entries[i]); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// askingFor reads what is asked of one entry.
func (v *visit) askingFor(f form, e *mulu.Entry, n int, sent bool) asking {
	field := func(name string) string { return fmt.Sprintf("%s-%d", name, n) }
	c := e.Current()
	a := asking{N: n, Code: e.Code, Content: c, Provider: v.orgName(e.Org), Method: f.Get(field("method")), Rate: f.Get(field("rate")), Volume: f.Get(field("volume"))}
	method := cmp.Or(a.Method, f.Get("method"))
	ask := mulu.Ask{Scenario: f.Get("scenario"), Scope: f.Get("scope"), Duty: v.dutyStated(f), Method: method, Necessity: f.Get("necessity"), Assessment: f.Get("assessment")}
	ticked := f.Values[field("items")]
	for _, i := range c.Items {
		one := askedItem{Item: i, Sharing: c.SharingOf(i), Only: !v.had(i.Grade, "query")}
		one.Blocked = one.Sharing == "not_shared"
		switch {
		case one.Blocked:
		case f.Get("all") == strconv.Itoa(n):
			one.Ticked = true
		case f.Get("none") == strconv.Itoa(n):
		case sent:
			one.Ticked = slices.Contains(ticked, i.Field)
		default:
			one.Ticked = !i.Sensitive && v.had(i.Grade, method)
		}
		if one.Ticked {
			ask.Items = append(ask.Items, i.Field)
		}
		if !one.Blocked && !(i.Personal && i.IsKey) {
			a.Can = append(a.Can, option{i.Field, i.Name})
		}
		a.Items = append(a.Items, one)
	}
	items, values := f.Values[field("row-item")], f.Values[field("row-values")]
	for k := range filtersAsked {
		var r askedRows
		if k < len(items) && k < len(values) {
			r = askedRows{items[k], values[k]}
		}
		if r != (askedRows{}) {
			ask.Rows = append(ask.Rows, mulu.Filter{Item: r.Item, Values: valuesIn(r.Values)})
		}
		a.Filters = append(a.Filters, r)
	}
	ask.Days, ask.Rate, ask.Volume = numberTyped(f.Get("days")), numberTyped(a.Rate), numberTyped(a.Volume)
	a.Usual = v.usual(c, ask.Items, method)
	a.Open = a.Method != "" || a.Rate != "" || a.Volume != "" || len(ask.Rows) > 0
	a.act = &act.Apply{Entry: e.Code, Ask: ask}
	return a
}

// numberTyped reads a number as it is typed, with or without commas between thousands: "" is 0, what is none is -1, which the law
// refuses with the bounds that hold.
func numberTyped(s string) int {
	s = strings.NewReplacer(",", "", "，", "", " ", "").Replace(s)
	if s == "" {
		return 0
	}
	n, err := strconv.Atoi(s)
	if err != nil || n == 0 {
		return -1
	}
	return n
}

// valuesIn takes values apart that stand in lines or behind commas.
func valuesIn(s string) []string {
	var list []string
	for _, one := range strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(",，、;；\n\r\t", r) }) {
		if one = strings.TrimSpace(one); one != "" && !slices.Contains(list, one) {
			list = append(list, one)
		}
	}
	return list
}

// tryAsking tells what would come of an entry's application. Before anything is typed the words of the form stand in.
func (v *visit) tryAsking(p *applyPage, a *asking) error {
	try := *a.act
	for _, i := range a.Items {
		p.Sensitive = p.Sensitive || i.Ticked && i.Sensitive
	}
	if !p.Tried {
		trial := v.trialAsk(a.Content, try.Ask.Method)
		try.Ask.Scenario, try.Ask.Scope, try.Ask.Duty, try.Ask.Days = trial.Scenario, trial.Scope, trial.Duty, trial.Days
	}
	switch {
	case a.Gone:
		a.Prospect.No = &trouble{Status: http.StatusConflict, Text: v.t("已不在申请清单中，可能刚刚提交过。"), Mend: v.t("请到“共享申请”核对；确需再次申请的，重新加入清单。")}
	case len(try.Ask.Items) == 0:
		a.Prospect.No = &trouble{Status: http.StatusUnprocessableEntity, Text: v.t("没有勾选信息项。"), Mend: v.t("至少勾选一个信息项。"), Art: "21.1"}
	default:
		var err error
		if a.Prospect, err = v.prospect(&try); err != nil {
			return err
		}
	}
	if a.Prospect.No == nil {
		p.Ready++
		return nil
	}
	p.Faulty++
	if field := a.Prospect.No.Field; p.Tried && slices.Contains([]string{"scenario", "scope", "duty", "days", "necessity", "assessment"}, field) {
		p.Marks[field] = a.Prospect.No
	}
	return nil
}

// dutyChoices are the duties of the institution that an application can rest on.
func (v *visit) dutyChoices() ([]option, error) {
	list, err := v.Read.Duties(v.R.Context(), v.Org.ID, "", "", 1000)
	if err != nil {
		return nil, err
	}
	var all []option
	for _, d := range list {
		if d.Status != "retired" {
			all = append(all, option{d.ID, d.Name})
		}
	}
	return all, nil
}

// dutyStated is the legal duty in words: the one chosen with its basis, and what was written.
func (v *visit) dutyStated(f form) string {
	written := strings.TrimSpace(f.Get("duty"))
	id := f.Get("duty_id")
	if id == "" {
		return written
	}
	d, err := v.Read.Duty(v.R.Context(), id)
	if err != nil || d.Org != v.Org.ID {
		return written
	}
	chosen := d.Name
	if d.Basis != "" {
		chosen += "（" + d.Basis + "）"
	}
	if written != "" {
		chosen += "；" + written
	}
	return chosen
}

// apply previews or submits: all, or with "rest" those that can be. Where something is wrong nothing is submitted unasked.
func (v *visit) apply() error {
	wrong, err := v.attached(1)
	if err != nil {
		return err
	}
	f := v.typed()
	for name, list := range f.Values {
		for i, s := range list {
			f.Values[name][i] = strings.TrimSpace(strings.ReplaceAll(s, "\r\n", "\n"))
		}
	}
	f.Marks = map[string]*trouble{}
	do := f.Get("do")
	f.Values.Del("all")
	f.Values.Del("none")
	if what, n, ok := strings.Cut(do, "."); ok && (what == "all" || what == "none") {
		f.Values.Set(what, n)
	}
	p, err := v.asking(f, true)
	if err != nil {
		return err
	}
	for field, t := range wrong {
		p.Marks[field] = t
	}
	switch {
	case len(p.Entries) == 0:
		return v.to("/basket")
	case do == "submit" && p.Faulty == 0 && len(wrong) == 0, do == "rest" && p.Ready > 0 && len(wrong) == 0:
		return v.submitAsked(p)
	}
	status := http.StatusOK
	if (do == "submit" || do == "rest") && p.Faulty > 0 || len(wrong) > 0 {
		status = http.StatusUnprocessableEntity
	}
	return v.showAs(status, "apply", p)
}

// submitAsked submits what can be, each entry by itself, and takes it out of the basket. What is left stays in the form.
func (v *visit) submitAsked(p *applyPage) error {
	var list []errand
	var left []asking
	for _, a := range p.Entries {
		if a.Prospect.No != nil {
			left = append(left, a)
			continue
		}
		list = append(list, errand{Title: a.Content.Name, Path: "/entries/" + a.Code, Act: a.act})
	}
	results := v.sayEach(list)
	t := told{Kind: "ok", Text: v.t("已提交 {0} 件申请。", len(results))}
	if len(results) == 1 {
		t.Text = v.t("已提交 1 件申请。")
	}
	for i, r := range results {
		code := list[i].Act.(*act.Apply).Entry
		if r.Wrong == nil || r.Wrong.Status == http.StatusAccepted { // accepted counts: it will be executed
			if err := v.Drafts.TakeFromBasket(v.R.Context(), v.Person.ID, code); err != nil {
				return err
			}
			continue
		}
		at := slices.IndexFunc(p.Entries, func(a asking) bool { return a.Code == code })
		p.Entries[at].Prospect = prospect{No: r.Wrong}
		left = append(left, p.Entries[at])
	}
	if len(left) == 0 && refusedOnes(results) == 0 {
		v.tell(t)
		return v.to("/applications")
	}
	p.Outcome, p.Entries, p.Ready, p.Faulty = outcomeOf(results), left, 0, len(left)
	return v.showAs(http.StatusOK, "apply", p)
}
