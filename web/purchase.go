package web

import (
	"net/url"
	"strconv"
	"strings"

	"mulu"
	"mulu/act"
	"mulu/people"
	"mulu/read"
)

func purchaseRoutes() []Route {
	steward, approver := Only(people.Steward), Only(people.Approver)
	return []Route{
		{"GET", "/purchases", sharers, false, (*visit).purchasesPage},
		{"GET", "/purchases/new", steward, false, (*visit).newPurchase},
		{"POST", "/purchases/new", steward, false, (*visit).filePurchase},
		{"GET", "/purchases/{id}", sharers, false, (*visit).purchasePage},
		{"GET", "/purchases/{id}/amend", steward, false, (*visit).editPurchase},
		{"POST", "/purchases/{id}/amend", steward, false, (*visit).amendPurchase},
		{"GET", "/purchases/{id}/serve", steward, false, (*visit).servePage},
		{"POST", "/purchases/{id}/serve", steward, false, (*visit).servePurchase},
		{"GET", "/purchases/{id}/ground", approver, false, (*visit).groundPage},
		{"POST", "/purchases/{id}/ground", approver, false, (*visit).groundPurchase},
	}
}

// purchasesPage is the register of purchased data: the institution's own, for the bureau all.
type purchasesPage struct {
	sides
	States []stateTab
	Rows   []purchaseRow
	turned
	Status string
}

// purchaseRow is a purchase in the list; the term is an internal one.
type purchaseRow struct {
	read.Purchase
	Left *remaining
}

func (v *visit) purchasesPage() error {
	p := &purchasesPage{}
	if p.Side = "own"; v.bureau() && v.R.URL.Query().Get("side") != "own" {
		p.Side = "all"
	}
	if v.bureau() {
		p.Tabs = []pageTab{{Path: "/purchases?side=all", Title: "全区备案", Here: p.Side == "all"}, {Path: "/purchases?side=own", Title: "本机构备案", Here: p.Side == "own"}}
	}
	party := read.Party{}
	counts, err := v.Read.PartyCounts(v.R.Context(), mulu.KindPurchase, party)
	if p.Side == "own" {
		party.Provider = v.Org.ID
		counts, err = v.Read.CountsOf(v.R.Context(), mulu.KindPurchase, v.Org.ID)
	}
	if err != nil {
		return err
	}
	q := v.dueQuery(party)
	if p.Status = q.Status; p.Status == "" && counts["on_file"] == 0 { // nothing is owed: what is there is shown
		q.Status = "over"
	}
	list, err := v.Read.Purchases(v.R.Context(), q)
	if err != nil {
		return err
	}
	list, p.turned = turnDue(v, list)
	p.States = p.states("/purchases", p.Status, counts, []string{"on_file"}, []string{"served", "grounded", "ended"})
	if p.Rows, err = v.purchaseRows(list); err != nil {
		return err
	}
	return v.show("purchases", p)
}

func (v *visit) purchaseRows(list []read.Purchase) (rows []purchaseRow, err error) {
	t := v.terms()
	for _, x := range list {
		row := purchaseRow{Purchase: x}
		if x.Status == "on_file" {
			if row.Left, err = t.until(x.Due, x.Provisional, true); err != nil {
				return nil, err
			}
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// purchasePage is one purchase with what can be done about it.
type purchasePage struct {
	mulu.Purchase
	OrgName   string
	EntryName string
	Left      *remaining
	Standing  *standing
	Deeds     []deed
	Tale      tale
}

// purchaseSeen reads the purchase of the path, if it is the own one or who looks is of the bureau.
func (v *visit) purchaseSeen() (p mulu.Purchase, err error) {
	if err := v.noun(mulu.KindPurchase, v.R.PathValue("id"), &p); err != nil {
		return p, err
	}
	if !v.party(p.Org) {
		return p, errAbsent
	}
	return p, nil
}

func (v *visit) purchasePage() error {
	b, err := v.purchaseSeen()
	if err != nil {
		return err
	}
	p := &purchasePage{Purchase: b, OrgName: v.speakers().short(b.Org)}
	if b.Entry != "" {
		p.EntryName = v.entryName(b.Entry)
	}
	if b.Status == "on_file" {
		if p.Left, err = v.terms().until(b.FinishBy.End, b.FinishBy.Provisional, true); err != nil {
			return err
		}
	}
	if v.own(b.Org) && b.Status != "ended" {
		path, open := "/purchases/"+b.ID, b.Status == "on_file"
		p.Deeds = v.deeds(deed{Path: path + "/serve", Icon: "api", Text: "提供接口", Primary: open}, deed{Path: path + "/ground", Icon: "scale", Text: "提供不宜接口的依据"},
			deed{Path: path + "/amend", Icon: "edit", Text: "变更备案"}, deed{Path: path + "/end", Icon: "archive", Text: "终止备案", Danger: true})
	}
	p.Standing = v.purchaseStanding(p)
	if p.Tale, err = v.tale(mulu.KindPurchase, b.ID, "/purchases/"+b.ID, true); err != nil {
		return err
	}
	return v.show("purchase", p)
}

// purchaseStanding says how a purchase stands and what comes next.
func (v *visit) purchaseStanding(p *purchasePage) *standing {
	switch p.Status {
	case "on_file":
		if p.Overdue {
			return &standing{Kind: "bad", Icon: "alarm", Text: v.t("逾期未提供接口或者依据，规则已记为问题。"), Next: v.t("仍须指明提供接口的目录，或者说明不宜提供接口的理由和依据。")}
		}
		return &standing{Kind: "info", Icon: "hourglass", Text: v.t("已备案，等待提供接口或者依据。"), Next: v.t("指明提供接口的目录，或者说明不宜提供接口的理由和依据；逾期由规则记为问题。")}
	case "served":
		return &standing{Kind: "ok", Icon: "circle-check", Text: v.t("已通过数据目录提供接口，其他机构可以申请。"), Path: "/entries/" + p.Entry, Link: p.EntryName}
	case "grounded":
		return &standing{Kind: "ok", Icon: "scale", Text: v.t("本机构认为不宜提供接口，已提供依据。")}
	}
	return &standing{Kind: "info", Icon: "archive", Text: v.t("备案已终止。"), Reason: p.Why}
}

// purchaseForm is a purchase being filed or amended; Purchase is nil for a new one.
type purchaseForm struct {
	form
	Purchase *mulu.Purchase
}

func (v *visit) newPurchase() error {
	return v.show("purchase-form", &purchaseForm{form: form{Values: url.Values{}}})
}

// mostCost is the largest cost that can be filed, in yuan.
const mostCost = 1_000_000_000_000

// cost reads the cost, with or without commas between thousands.
func (v *visit) cost() (int64, error) {
	n, err := strconv.ParseInt(strings.NewReplacer(",", "", "，", "", " ", "").Replace(v.text("cost")), 10, 64)
	if err != nil {
		return 0, v.badNumber("cost", 1, mostCost)
	}
	return n, nil
}

func (v *visit) filePurchase() error {
	p := &purchaseForm{form: v.typed()}
	cost, err := v.cost()
	if err != nil {
		return v.again("purchase-form", &p.form, p, err)
	}
	done, err := v.say(&act.FilePurchase{Name: v.text("name"), Content: v.text("content"), Supplier: v.text("supplier"), Contract: v.text("contract"),
		From: v.text("contract_from"), Until: v.text("contract_until"), Cost: cost, Fund: v.text("fund")})
	if err != nil {
		return v.again("purchase-form", &p.form, p, err)
	}
	return v.did(done, "/purchases/"+done.Outcome.Facts[0].ID)
}

// ownPurchase reads the purchase of the path; another institution's is not there to be changed.
func (v *visit) ownPurchase() (*mulu.Purchase, error) {
	p, err := v.purchaseSeen()
	if err == nil && !v.own(p.Org) {
		err = errAbsent
	}
	return &p, err
}

func (v *visit) editPurchase() error {
	b, err := v.ownPurchase()
	if err != nil {
		return err
	}
	return v.show("purchase-form", &purchaseForm{Purchase: b, form: form{Values: url.Values{"name": {b.Name}, "content": {b.Content}, "supplier": {b.Supplier},
		"contract": {b.Contract}, "contract_from": {b.From}, "contract_until": {b.Until}, "cost": {strconv.FormatInt(b.Cost, 10)}, "fund": {b.Fund}}}})
}

func (v *visit) amendPurchase() error {
	b, err := v.ownPurchase()
	if err != nil {
		return err
	}
	p := &purchaseForm{form: v.typed(), Purchase: b}
	cost, err := v.cost()
	if err != nil {
		return v.again("purchase-form", &p.form, p, err)
	}
	done, err := v.say(&act.AmendPurchase{Purchase: b.ID, Name: v.text("name"), Content: v.text("content"), Supplier: v.text("supplier"), Contract: v.text("contract"),
		From: v.text("contract_from"), Until: v.text("contract_until"), Cost: cost, Fund: v.text("fund"), Why: v.text("why")})
	if err != nil {
		return v.again("purchase-form", &p.form, p, err)
	}
	return v.did(done, "/purchases/"+b.ID)
}

// serveForm asks through which entry a purchase is served.
type serveForm struct {
	form
	Purchase *mulu.Purchase
	Entries  []option // own entries that are published
}

func (v *visit) serveForm(f form) (*serveForm, error) {
	b, err := v.ownPurchase()
	if err != nil {
		return nil, err
	}
	p := &serveForm{form: f, Purchase: b}
	after := ""
	for {
		list, err := v.Read.EntriesOf(v.R.Context(), v.Org.ID, after, 1000)
		if err != nil {
			return nil, err
		}
		for _, e := range list {
			if after = e.Code; (e.Status == "published" || e.Status == "changing") && e.Sharing != "not_shared" {
				p.Entries = append(p.Entries, option{e.Code, e.Name + " " + e.Code})
			}
		}
		if len(list) < 1000 {
			return p, nil
		}
	}
}

func (v *visit) servePage() error {
	p, err := v.serveForm(form{Values: url.Values{}})
	if err != nil {
		return err
	}
	p.Set("entry", p.Purchase.Entry)
	return v.show("purchase-serve", p)
}

func (v *visit) servePurchase() error {
	p, err := v.serveForm(v.typed())
	if err != nil {
		return err
	}
	done, err := v.say(&act.ServePurchase{Purchase: p.Purchase.ID, Entry: v.text("entry")})
	if err != nil {
		return v.again("purchase-serve", &p.form, p, err)
	}
	return v.did(done, "/purchases/"+p.Purchase.ID)
}

func (v *visit) groundPage() error {
	b, err := v.ownPurchase()
	if err != nil {
		return err
	}
	return v.show("purchase-ground", &purchaseForm{Purchase: b, form: form{Values: url.Values{"ground": {b.Ground}, "basis": {b.Basis}}}})
}

func (v *visit) groundPurchase() error {
	b, err := v.ownPurchase()
	if err != nil {
		return err
	}
	p := &purchaseForm{form: v.typed(), Purchase: b}
	done, err := v.say(&act.GroundPurchase{Purchase: b.ID, Ground: v.text("ground"), Basis: v.text("basis")})
	if err != nil {
		return v.again("purchase-ground", &p.form, p, err)
	}
	return v.did(done, "/purchases/"+b.ID)
}
