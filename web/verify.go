package web

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"mulu"
	"mulu/act"
	"mulu/people"
	"mulu/read"
	"mulu/workday"
)

// verifyRoutes are the pages on which the bureau verifies what institutions hand in (Art. 11(1)).
func verifyRoutes() []Route {
	bureau, approver := OfBureau(), OfBureau(people.Approver)
	return []Route{
		{"GET", "/verify", bureau, false, (*visit).queuePage},
		{"POST", "/verify", approver, false, (*visit).verifyChosen},
		{"GET", "/verify/{class}/{seq}", bureau, false, (*visit).verifyPage},
		{"POST", "/verify/{class}/{seq}", approver, false, (*visit).decideEntry},
	}
}

// queuePage is what waits for verification, the oldest first.
type queuePage struct {
	Rows    []waitingRow
	Org     string
	Orgs    []option // institutions that wait, to choose one
	Total   int
	New     int
	Next    string
	First   string
	Outcome *outcome
	None    bool
}

// waitingRow is an entry in the queue. Seen is the digest of what was handed in, so that what is verified is what stood
// on the page.
type waitingRow struct {
	read.Waiting
	Short string // of the provider
	Days  int    // working days since it was handed in
	Seen  string
	Hints []hint
}

func (v *visit) queuePage() error {
	p, err := v.queue()
	if err != nil {
		return err
	}
	return v.show("verify", p)
}

func (v *visit) queue() (*queuePage, error) {
	ctx := v.R.Context()
	p := &queuePage{Org: v.text("org")}
	tasks, err := v.Read.Tasks(ctx, "")
	if err != nil {
		return nil, err
	}
	p.Total, p.New = tasks.Submitted+tasks.Changing, tasks.Submitted
	from := read.Place(number64(v.text("from")))
	list, err := v.Read.WaitingEntries(ctx, p.Org, from, pageRows+1)
	if err != nil {
		return nil, err
	}
	if len(list) > pageRows {
		p.Next = "/verify?" + url.Values{"org": {p.Org}, "from": {fmtPlace(list[pageRows].Place)}}.Encode()
		list = list[:pageRows]
	}
	if from > 0 {
		p.First = "/verify?org=" + url.QueryEscape(p.Org)
	}
	calendar, err := v.workdays()
	if err != nil {
		return nil, err
	}
	for _, w := range list {
		e, err := v.entryCalled(w.Code)
		if err != nil {
			return nil, err
		}
		if e.Next == nil {
			continue // decided this moment
		}
		hints, err := v.hints(e)
		if err != nil {
			return nil, err
		}
		provider, err := v.org(w.Org)
		if err != nil {
			return nil, err
		}
		p.Rows = append(p.Rows, waitingRow{w, provider.Short, waited(calendar, w.Since, v.Now()), seen(e), hints})
	}
	return p, v.waitingOrgs(p)
}

// waitingOrgs lists the institutions that have something in the queue.
func (v *visit) waitingOrgs(p *queuePage) error {
	all, err := v.Read.WaitingEntries(v.R.Context(), "", 0, 1000)
	if err != nil {
		return err
	}
	count := map[string]int{}
	for _, w := range all {
		if count[w.Org]++; count[w.Org] == 1 {
			p.Orgs = append(p.Orgs, option{w.Org, w.OrgName})
		}
	}
	slices.SortFunc(p.Orgs, func(a, b option) int { return strings.Compare(a.Value, b.Value) })
	for i, o := range p.Orgs {
		p.Orgs[i].Text = fmt.Sprintf("%s (%d)", o.Text, count[o.Value])
	}
	return nil
}

// workdays knows the working days by the calendars on the chain.
func (v *visit) workdays() (*workday.Calendar, error) {
	list, err := v.Read.Nouns(v.R.Context(), mulu.KindCalendar, read.Filter{Limit: 1000})
	if err != nil {
		return nil, err
	}
	var years []workday.Year
	for _, n := range list {
		var c mulu.Calendar
		if err := json.Unmarshal(n.State, &c); err != nil {
			return nil, fmt.Errorf("read the calendar %s: %w", n.ID, err)
		}
		years = append(years, workday.Year{Year: c.Year, Off: c.Off, MakeUp: c.MakeUp, Official: true})
	}
	return workday.New(years...)
}

// waited counts the working days that passed since a moment, the day itself not counted; it stops at 250, a year's.
func waited(c *workday.Calendar, since, now time.Time) int {
	n, last := 0, workday.DateOf(now)
	for d := workday.DateOf(since); d != last && n < 250 && !d.Start().After(now); {
		if d = d.Next(); c.IsWorkday(d) {
			n++
		}
	}
	return n
}

// seen is a digest of what is handed in.
func seen(e *mulu.Entry) string {
	b, err := json.Marshal(e.Next)
	if err != nil { // contents always have a JSON form
		panic(err)
	}
	d := sha256.Sum256(b)
	return hex.EncodeToString(d[:8])
}

// changedMeanwhile is what the bureau is told whose page showed another content than what is handed in now.
func (v *visit) changedMeanwhile() *trouble {
	return &trouble{Status: http.StatusConflict, Art: "11.1", Text: v.t("打开页面后，提供单位改动了提交的内容，没有核定。"), Mend: v.t("请重新查看现在的内容后再核定。")}
}

// verifyChosen verifies the chosen entries, each by itself.
func (v *visit) verifyChosen() error {
	var list []errand
	for _, code := range v.R.PostForm["entry"] {
		if len(list) == most {
			break
		}
		e, err := v.entryCalled(code)
		if err != nil {
			return err
		}
		one := errand{Title: e.Current().Name, Path: "/verify/" + code, Act: &act.VerifyEntry{Entry: code}}
		if e.Next != nil && v.text("seen."+code) != seen(e) {
			one.Wrong = v.changedMeanwhile()
		}
		list = append(list, one)
	}
	results := v.sayEach(list)
	p, err := v.queue()
	if err != nil {
		return err
	}
	p.Outcome, p.None = outcomeOf(results), len(results) == 0
	return v.show("verify", p)
}
