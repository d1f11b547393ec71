package web

import (
	"bytes"
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	"mulu"
	"mulu/gateway"
)

// tried is what a call by hand came to: rows or a match with its receipt, or a refusal.
type tried struct {
	Done    bool // answered and not refused
	Fields  []grantItem
	Rows    [][]cell
	Checked bool // a check was answered, and Agrees says how
	Agrees  bool
	More    bool // there are further rows
	Receipt string
	N       uint64
	Title   string // of a refusal, and what to do
	Mend    string
	Art     mulu.Cite
}

// cell is a value of a row. Empty says that there is none.
type cell struct {
	Text  string
	Empty bool
}

// mostTried is how many rows a call by hand shows.
const mostTried = 20

// typicalPurposes are offered to be clicked.
var typicalPurposes = [...]string{"办理申请时核对", "数据质量抽查", "接口联调测试"}

func (v *visit) grantTry(p *grantPage) error {
	p.Values = v.R.URL.Query()
	p.Purposes = typicalPurposes[:]
	return nil
}

// tryGrant makes a call by hand, through the same stations and with the same receipt as a machine's. What is asked for and
// what comes back stands in no address: the answer is the page itself.
func (v *visit) tryGrant() error {
	p, err := v.grantShown("try")
	if err != nil {
		return err
	}
	if !p.Uses {
		return errAbsent
	}
	if v.Calls == nil {
		return v.to("/grants/" + p.ID + "?tab=try")
	}
	p.form = v.typed()
	ask := struct {
		called
		BOM bool `json:"bom,omitempty"`
	}{called: called{Purpose: v.text("purpose"), Case: v.text("case")}}
	for _, i := range p.Given() {
		if value := v.text("f." + i.Field); value != "" {
			ask.Filters = append(ask.Filters, mulu.Filter{Item: i.Field, Values: []string{value}})
		}
		if p.Method != "check" && (v.R.PostForm["items"] == nil || slices.Contains(v.R.PostForm["items"], i.Field)) {
			ask.Items = append(ask.Items, i.Field)
		}
	}
	switch p.Method {
	case "query":
		ask.Limit = mostTried
	case "batch":
		ask.Format, ask.BOM = "csv", true
	}
	body, err := json.Marshal(ask)
	if err != nil {
		return err
	}
	status, kind, got := v.Calls.Try(v.R.Context(), gateway.Trial{Org: v.Org.ID, Person: v.Person.ID, Grant: p.ID, Method: p.Method, Body: body})
	if status == http.StatusOK && !strings.HasPrefix(kind, "application/json") {
		v.download(p.ID+".csv", kind)
		_, err := v.W.Write(got)
		return err
	}
	if p.Tried, err = v.answered(p, ask.Items, status, got); err != nil {
		return err
	}
	if status != http.StatusOK {
		status = http.StatusUnprocessableEntity
	}
	return v.showAs(status, "grant", p)
}

// answered reads the gateway's answer.
func (v *visit) answered(p *grantPage, fields []string, status int, body []byte) (*tried, error) {
	var got struct {
		Receipt            string
		N                  uint64
		Next               string
		Rows               []map[string]json.RawMessage
		Match              *bool
		Title, Detail, Art string
		TitleEn            string `json:"title_en"`
		DetailEn           string `json:"detail_en"`
	}
	if err := json.NewDecoder(bytes.NewReader(body)).Decode(&got); err != nil {
		return nil, err
	}
	t := &tried{Receipt: got.Receipt, N: got.N, Done: status == http.StatusOK, Checked: got.Match != nil, Agrees: got.Match != nil && *got.Match, More: got.Next != "", Title: got.Title, Mend: got.Detail, Art: mulu.Cite(got.Art)}
	if v.Lang == "en" {
		t.Title, t.Mend = got.TitleEn, got.DetailEn
	}
	for _, i := range p.Items {
		if slices.Contains(fields, i.Field) {
			t.Fields = append(t.Fields, i)
		}
	}
	for _, r := range got.Rows {
		row := make([]cell, len(t.Fields))
		for k, i := range t.Fields {
			raw, ok := r[i.Field]
			var text string
			if json.Unmarshal(raw, &text) != nil {
				text = string(raw)
			}
			row[k] = cell{Text: text, Empty: !ok || string(raw) == "null"}
		}
		t.Rows = append(t.Rows, row)
	}
	return t, nil
}
