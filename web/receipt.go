package web

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"

	"mulu"
	"mulu/gateway"
)

// receiptsPage is the receipts and figures of a grant.
type receiptsPage struct {
	*grantPage
	Chart  chart
	Rows   []receiptRow
	Only   bool   // refused ones
	By     string // what was searched by: case | person, "" for a plain list
	Sought bool
	Before uint64 // where the next page begins, 0 where there is none
	First  string
}

// receiptRow is a receipt in a list, with who called and why it was refused in words.
type receiptRow struct {
	gateway.Kept
	Who     string
	Refusal string
}

func (v *visit) receiptsPage() error {
	q := v.R.URL.Query()
	before, _ := strconv.ParseUint(q.Get("before"), 10, 64) // anything else begins with the newest
	p := &receiptsPage{Only: q.Get("refused") != ""}
	return v.receiptsShown(p, gateway.ReceiptQuery{Refused: p.Only, Before: before})
}

// findReceipts searches by a case number or by the value of a key. Both come by POST and stand in no address; the gateway
// looks for their keyed digests.
func (v *visit) findReceipts() error {
	before, _ := strconv.ParseUint(v.R.PostFormValue("before"), 10, 64)
	p, q := &receiptsPage{By: v.text("by"), Sought: true}, gateway.ReceiptQuery{Before: before}
	value := v.text("value")
	if value == "" {
		if _, err := v.grant(v.R.PathValue("id")); err != nil {
			return err
		}
		return v.to("/grants/" + v.R.PathValue("id") + "/receipts")
	}
	switch p.By {
	case "person":
		q.Person = value
	default:
		p.By, q.Case = "case", value
	}
	return v.receiptsShown(p, q)
}

func (v *visit) receiptsShown(p *receiptsPage, q gateway.ReceiptQuery) (err error) {
	if p.grantPage, err = v.grantShown("receipts"); err != nil {
		return err
	}
	p.form = v.typed()
	if v.Calls == nil {
		return v.show("receipts", p)
	}
	ctx := v.R.Context()
	q.Grant, q.Max = p.ID, pageRows+1
	list, err := v.Calls.Receipts(ctx, q)
	if err != nil {
		return fmt.Errorf("list the receipts of %s: %w", p.ID, err)
	}
	if len(list) > pageRows {
		list = list[:pageRows]
		p.Before = list[pageRows-1].N
	}
	if p.Rows, err = v.receiptRows(list); err != nil {
		return err
	}
	if q.Before > 0 && !p.Sought {
		p.First = p.path(0)
	}
	uses, err := v.Calls.Uses(ctx, p.ID, chartDays)
	if err != nil {
		return fmt.Errorf("count the use of %s: %w", p.ID, err)
	}
	p.Chart = chartOf(uses)
	return v.show("receipts", p)
}

// NextPage is the address of the next page of a plain list; a search goes on by its form.
func (p *receiptsPage) NextPage() string {
	if p.Before == 0 || p.Sought {
		return ""
	}
	return p.path(p.Before)
}

// path is the address of the list, from a receipt on.
func (p *receiptsPage) path(before uint64) string {
	q := url.Values{}
	if p.Only {
		q.Set("refused", "1")
	}
	if before > 0 {
		q.Set("before", fmt.Sprint(before))
	}
	return "/grants/" + p.ID + "/receipts?" + q.Encode()
}

func (v *visit) receiptRows(list []gateway.Kept) ([]receiptRow, error) {
	w, clients := v.speakers(), map[string]string{}
	for _, k := range list {
		w.meet(k.Consumer, k.Person)
	}
	if err := w.names(); err != nil {
		return nil, err
	}
	var rows []receiptRow
	for _, k := range list {
		rows = append(rows, receiptRow{Kept: k, Who: v.caller(k, w, clients), Refusal: v.refusedAs(k.Refused)})
	}
	return rows, nil
}

// caller says who called: a machine client by its name, or a person of a page.
func (v *visit) caller(k gateway.Kept, w *speakers, clients map[string]string) string {
	if k.Person != "" {
		if k.Method == gateway.LookMethod {
			return w.say("", k.Consumer, "", k.Person)
		}
		return v.t("{0}（页面试用）", w.say("", k.Consumer, "", k.Person))
	}
	name, ok := clients[k.Client]
	if !ok {
		name = k.Client
		var c mulu.Client
		if v.noun(mulu.KindClient, k.Client, &c) == nil && c.Name != "" {
			name = c.Name
		}
		clients[k.Client] = name
	}
	return name
}

// refusedAs puts the code of a refusal into words.
func (v *visit) refusedAs(code string) string {
	if code == "" {
		return ""
	}
	zh, en := v.Calls.Words(code)
	if v.Lang == "en" {
		return en
	}
	return zh
}

// receiptShown is one receipt.
type receiptShown struct {
	receiptRow
	Under        mulu.Grant // the grant; empty where the caller did not hold the one that it named
	Content      *mulu.EntryContent
	ConsumerName string
	Lines        []string
}

// receipt finds the receipt in the path, of a grant that who looks may see.
func (v *visit) receipt() (*receiptShown, []byte, error) {
	if v.Calls == nil {
		return nil, nil, errAbsent
	}
	k, lines, err := v.Calls.Receipt(v.R.Context(), v.R.PathValue("id"))
	if errors.Is(err, gateway.ErrNoReceipt) {
		err = errAbsent
	}
	if err != nil {
		return nil, nil, err
	}
	if k.Entry == "" || k.Method == gateway.LookMethod { // no grant covers it: the caller's own institution and the bureau may know
		if !v.party(k.Consumer) {
			return nil, nil, errAbsent
		}
		rows, err := v.receiptRows([]gateway.Kept{k})
		if err != nil {
			return nil, nil, err
		}
		shown := &receiptShown{receiptRow: rows[0], ConsumerName: v.speakers().short(k.Consumer)}
		if k.Entry != "" {
			e, err := v.entryCalled(k.Entry)
			if err != nil {
				return nil, nil, err
			}
			shown.Under.Entry, shown.Content = e.Code, e.Current()
		}
		return shown, lines, nil
	}
	g, err := v.grant(k.Grant)
	if err != nil {
		return nil, nil, err
	}
	e, err := v.grantedEntry(g.Entry)
	if err != nil {
		return nil, nil, err
	}
	rows, err := v.receiptRows([]gateway.Kept{k})
	if err != nil {
		return nil, nil, err
	}
	return &receiptShown{receiptRow: rows[0], Under: g, Content: e.Current(), ConsumerName: v.speakers().short(k.Consumer)}, lines, nil
}

// ItemName is the name of an item of the entry.
func (r *receiptShown) ItemName(field string) string {
	if r.Content == nil {
		return field
	}
	return itemName(r.Content, field)
}

func (v *visit) receiptPage() error {
	r, lines, err := v.receipt()
	if err != nil {
		return err
	}
	r.Lines = textLines(string(lines))
	return v.show("receipt", r)
}

func (v *visit) receiptLines() error {
	r, lines, err := v.receipt()
	if err != nil {
		return err
	}
	return v.file("receipt-"+r.Kept.ID[:16]+".txt", "text/plain; charset=utf-8", lines)
}

func (v *visit) receiptProof() error {
	r, _, err := v.receipt()
	if err != nil {
		return err
	}
	file, err := v.Calls.Proof(v.R.Context(), r.Kept.ID)
	if errors.Is(err, gateway.ErrNotAnchored) {
		return v.showAs(http.StatusConflict, "trouble", &trouble{Status: http.StatusConflict, Text: v.t("回执已保存，尚待锚定到链上。"), Mend: v.t("一般一分钟内完成，请稍后再下载证明。")})
	}
	if err != nil {
		return fmt.Errorf("prove receipt %s: %w", r.Kept.ID, err)
	}
	return v.file("receipt-"+r.Kept.ID[:16]+".json", "application/json", file)
}
