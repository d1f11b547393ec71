package web

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"

	"mulu"
	"mulu/act"
	"mulu/desk"
	"mulu/people"
)

// basketRoutes are finding, collecting and applying: 申请清单.
func basketRoutes() []Route {
	steward := Only(people.Steward)
	return []Route{
		{"GET", "/basket", steward, false, (*visit).basketPage},
		{"POST", "/basket/add", steward, false, (*visit).putInBasket},
		{"POST", "/basket/remove", steward, false, (*visit).takeFromBasket},
		{"GET", "/apply", steward, false, (*visit).applyForm},
		{"POST", "/apply", steward, true, (*visit).apply},
	}
}

// basketPage is what somebody means to apply for.
type basketPage struct {
	Rows []basketRow
	Can  int // rows that can be applied for
	Most int
}

// basketRow is an entry in the basket with what an application for it would become, or why there can be none and what else
// to do.
type basketRow struct {
	Code, Name, Provider, Sharing string
	Items, Unshared               int
	Added                         string
	Prospect                      prospect
	Instead                       string
	Path, Link                    string
}

func (v *visit) basketPage() error {
	p, err := v.basket()
	if err != nil {
		return err
	}
	return v.show("basket", p)
}

func (v *visit) basket() (*basketPage, error) {
	list, err := v.Drafts.Basket(v.R.Context(), v.Person.ID)
	if err != nil {
		return nil, err
	}
	p := &basketPage{Most: desk.MostInBasket}
	for _, b := range list {
		row, err := v.basketRow(b)
		if err != nil {
			return nil, err
		}
		if row.Prospect.No == nil {
			p.Can++
		}
		p.Rows = append(p.Rows, row)
	}
	return p, nil
}

func (v *visit) basketRow(b desk.InBasket) (row basketRow, err error) {
	row = basketRow{Code: b.Entry, Name: b.Entry, Added: stamp(b.Added, "2006-01-02")}
	e, err := v.sharedEntry(b.Entry)
	if errors.Is(err, errAbsent) {
		row.Prospect.No = v.trouble(&mulu.Refusal{Code: "unknown", Art: "20", Args: []string{"@entry", b.Entry}})
		return row, nil
	}
	if err != nil {
		return row, err
	}
	c := e.Current()
	row.Name, row.Provider, row.Sharing, row.Items = c.Name, v.orgName(e.Org), c.Sharing.Type, len(c.Items)
	for _, i := range c.Items {
		if c.SharingOf(i) == "not_shared" {
			row.Unshared++
		}
	}
	row.Prospect, err = v.prospect(&act.Apply{Entry: e.Code, Ask: v.widest(c)})
	if err == nil && row.Prospect.No != nil {
		v.instead(&row, e)
	}
	return row, err
}

// widest is the trial ask by the method by which most items can be had.
func (v *visit) widest(c *mulu.EntryContent) (best mulu.Ask) {
	for i, m := range mulu.Methods {
		if ask := v.trialAsk(c, m.Code); i == 0 || len(ask.Items) > len(best.Items) {
			best = ask
		}
	}
	return best
}

// instead says what can be done about an entry that cannot be applied for.
func (v *visit) instead(row *basketRow, e *mulu.Entry) {
	c := e.Current()
	switch {
	case v.own(e.Org):
		row.Instead = v.t("直接在本机构的系统中使用。")
	case row.Unshared == len(c.Items):
		row.Instead, row.Path, row.Link = v.t("确因履职需要的，与提供单位商量改为核验或统计结果；协商不成的，请主管部门协调。"), "/orgs/"+e.Org, v.t("联系提供单位")
	case e.Status == "suspended":
		row.Instead = v.t("恢复后即可申请，可先留在清单中。")
	case e.Status == "retired":
		row.Instead, row.Path, row.Link = v.t("请查找替代它的目录。"), "/search?q="+url.QueryEscape(c.Name), v.t("查找类似目录")
	default:
		if ids := v.Desk.Chain.Find(mulu.KindApplication, "consumer/"+v.Org.ID+"/"+e.Code); len(ids) > 0 {
			row.Path, row.Link = "/applications/"+ids[0], v.t("查看该申请")
		}
	}
}

// sharedEntry reads an entry that was published from committed state; one that was not is not there.
func (v *visit) sharedEntry(code string) (*mulu.Entry, error) {
	raw, ok := v.Desk.Chain.Get(mulu.KindEntry, code)
	if !ok {
		return nil, errAbsent
	}
	var e mulu.Entry
	if err := json.Unmarshal(raw, &e); err != nil {
		return nil, fmt.Errorf("read the entry %s: %w", code, err)
	}
	if !v.sees(e.Org, e.Version) {
		return nil, errAbsent
	}
	return &e, nil
}

// putInBasket puts an entry in and goes back to where it was found, or on to applying for it.
func (v *visit) putInBasket() error {
	code := v.text("entry")
	e, err := v.sharedEntry(code)
	if err != nil {
		return err
	}
	err = v.Drafts.PutInBasket(v.R.Context(), v.Person.ID, code)
	full := errors.Is(err, desk.ErrBasketFull)
	if err != nil && !full {
		return err
	}
	if v.R.Header.Get("HX-Request") != "" && !full {
		return v.part("basket", "in-basket", code)
	}
	if full {
		v.tell(told{Kind: "warn", Text: v.t("申请清单最多 {0} 项，已满。请先提交或移出一些。", desk.MostInBasket)})
		return v.to("/basket")
	}
	if v.text("go") == "apply" {
		return v.to("/apply?" + url.Values{"entry": {code}}.Encode())
	}
	v.tell(told{Kind: "ok", Text: v.t("“{0}”已加入申请清单。", e.Current().Name)})
	return v.to(v.whence("/basket"))
}

// whence is the page of ours from which a form came.
func (v *visit) whence(otherwise string) string {
	if p := v.text("back"); ours(p) {
		return p
	}
	if u, err := url.Parse(v.R.Referer()); err == nil && u.Host == v.R.Host && ours(u.RequestURI()) {
		return u.RequestURI()
	}
	return otherwise
}

func (v *visit) takeFromBasket() error {
	for _, code := range v.R.PostForm["entry"] {
		if err := v.Drafts.TakeFromBasket(v.R.Context(), v.Person.ID, code); err != nil {
			return err
		}
	}
	return v.to(v.back("/basket"))
}

// basketed tells which entries are in the basket of who looks; nil for who cannot apply.
func (v *visit) basketed() (map[string]bool, error) {
	if v.Person == nil || !v.Person.Roles.Has(people.Steward) {
		return nil, nil
	}
	list, err := v.Drafts.Basket(v.R.Context(), v.Person.ID)
	in := map[string]bool{}
	for _, b := range list {
		in[b.Entry] = true
	}
	return in, err
}
