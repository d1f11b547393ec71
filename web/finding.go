package web

import (
	"net/url"
	"strconv"

	"mulu"
	"mulu/act"
	"mulu/people"
	"mulu/read"
)

func findingRoutes() []Route {
	return []Route{
		{"GET", "/findings", sharers, false, (*visit).findingsPage},
		{"GET", "/findings/new", OfBureau(people.Approver), false, (*visit).newFinding},
		{"POST", "/findings/new", OfBureau(people.Approver), true, (*visit).raiseFinding},
		{"GET", "/findings/{id}", sharers, false, (*visit).findingPage},
		{"GET", "/findings/{id}/record", sharers, false, (*visit).findingRecord},
		{"GET", "/grants/{id}/misuse", Only(people.Approver), false, (*visit).newMisuse},
		{"POST", "/grants/{id}/misuse", Only(people.Approver), true, (*visit).enterMisuse},
	}
}

// findingsPage lists findings: for the bureau all, for others what concerns them.
type findingsPage struct {
	Points      []pointTab
	Rows        []findingRow
	Orgs        []option
	Point       int
	Org, Status string
	Filtered    bool
	turned
}

// pointTab is a point of Art. 41(1) with its findings.
type pointTab struct {
	read.FindingCount
	Path string
	Art  mulu.Cite
	Here bool
}

type findingRow struct {
	read.Finding
	Art mulu.Cite
}

// violationCite is the provision of a point.
func violationCite(point int) mulu.Cite { return mulu.NewCite(41, 1, point) }

func (v *visit) findingsPage() error {
	ctx, q := v.R.Context(), v.R.URL.Query()
	p := &findingsPage{Org: q.Get("org"), Status: q.Get("status")}
	p.Point, _ = strconv.Atoi(q.Get("point")) // anything else is all
	concerned := v.Org.ID
	if v.bureau() {
		concerned = ""
		var err error
		if p.Orgs, err = v.orgOptions(); err != nil {
			return err
		}
	} else {
		p.Org = ""
	}
	counts, err := v.Read.FindingCounts(ctx, concerned)
	if err != nil {
		return err
	}
	p.Filtered = p.Point != 0 || p.Org != "" || p.Status != ""
	for point := 1; point <= len(mulu.Violations); point++ {
		t := pointTab{FindingCount: read.FindingCount{Point: point}, Art: violationCite(point), Here: p.Point == point, Path: "/findings?point=" + strconv.Itoa(point)}
		for _, c := range counts {
			if c.Point == point {
				t.FindingCount = c
			}
		}
		p.Points = append(p.Points, t)
	}
	list, err := v.Read.Findings(ctx, read.FindingQuery{Point: p.Point, Org: p.Org, Concerned: concerned, Status: p.Status, After: q.Get("after"), Max: pageRows + 1})
	if err != nil {
		return err
	}
	list, p.turned = turn(v, "after", list, func(f read.Finding) string { return f.ID })
	for _, f := range list {
		p.Rows = append(p.Rows, findingRow{f, violationCite(f.Point)})
	}
	return v.show("findings", p)
}

// findingPage is one finding with what it rests on.
type findingPage struct {
	mulu.Finding
	OrgName, PartyName, ByName string
	Art                        mulu.Cite
	Deeds                      []deed
	Standing                   *standing
	Tale                       tale
}

func (v *visit) finding() (*findingPage, error) {
	p := &findingPage{}
	if err := v.noun(mulu.KindFinding, v.R.PathValue("id"), &p.Finding); err != nil {
		return nil, err
	}
	f := &p.Finding
	if !v.party(f.Org, f.Party) {
		return nil, errAbsent
	}
	w := v.speakers()
	p.OrgName, p.Art = w.short(f.Org), violationCite(f.Point)
	if f.Party != "" {
		p.PartyName = w.short(f.Party)
	}
	if f.By != "law" {
		p.ByName = w.short(f.By)
	}
	if v.can(&act.WithdrawFinding{Finding: f.ID, Why: anyReason}) {
		p.Deeds = v.deeds(deed{Path: "/findings/" + f.ID + "/withdraw", Icon: "arrow-back-up", Text: "撤销问题"})
	}
	if f.Status == "withdrawn" {
		p.Standing = &standing{Kind: "info", Icon: "archive", Text: v.t("这项问题已撤销，不计入该单位的问题。"), Reason: f.Error}
	}
	var err error
	p.Tale, err = v.tale(mulu.KindFinding, f.ID, "/findings/"+f.ID, true)
	return p, err
}

func (v *visit) findingPage() error {
	p, err := v.finding()
	if err != nil {
		return err
	}
	return v.show("finding", p)
}

func (v *visit) findingRecord() error {
	p, err := v.finding()
	if err != nil {
		return err
	}
	if p.Record == "" {
		return errAbsent
	}
	return v.attachment(p.By, p.ID, p.Record)
}

// findingForm raises a finding: the bureau's, or a misuse that a grant's provider or the bureau saw.
type findingForm struct {
	form
	Orgs    []option
	Points  []option
	Rests   []int // numbers of the fields for what it rests on
	Grant   mulu.Grant
	Content *mulu.EntryContent
	User    string // short name of the consumer, of a misuse
	Flags   []option
	Blocked *trouble
}

// mostRests is how many things a finding is said to rest on by the form.
const mostRests = 3

func (v *visit) findingForm() (*findingForm, error) {
	f := &findingForm{form: form{Values: url.Values{}}}
	var err error
	if f.Orgs, err = v.orgOptions(); err != nil {
		return nil, err
	}
	for _, c := range mulu.Violations {
		point, _ := strconv.Atoi(c.Code)
		f.Points = append(f.Points, option{c.Code, v.shown[v.Lang].cite(violationCite(point)) + " " + mulu.Word(mulu.Violations, c.Code, v.Lang)})
	}
	for i := range mostRests {
		f.Rests = append(f.Rests, i)
	}
	return f, nil
}

func (v *visit) newFinding() error {
	f, err := v.findingForm()
	if err != nil {
		return err
	}
	f.Values = v.R.URL.Query()
	return v.show("finding-form", f)
}

func (v *visit) raiseFinding() error {
	f, err := v.findingForm()
	if err != nil {
		return err
	}
	files, err := v.filled(&f.form)
	if err != nil {
		return v.againIf("finding-form", &f.form, f, err)
	}
	a := &act.RaiseFinding{Org: f.Get("org"), Why: f.Get("why")}
	a.Point, _ = strconv.Atoi(f.Get("point")) // none is refused by the rule
	for _, i := range f.Rests {
		if id := f.Get("on." + strconv.Itoa(i)); id != "" {
			a.On = append(a.On, mulu.Ref{Noun: mulu.Kind(f.Get("noun." + strconv.Itoa(i))), ID: id})
		}
	}
	return v.sayWith("finding-form", &f.form, f, files, a, &a.Record)
}

func (v *visit) misuseForm() (*findingForm, error) {
	f := &findingForm{form: form{Values: url.Values{}}}
	var err error
	if f.Grant, err = v.grant(v.R.PathValue("id")); err != nil {
		return nil, err
	}
	e, err := v.grantedEntry(f.Grant.Entry)
	if err != nil {
		return nil, err
	}
	f.Content, f.User = e.Current(), v.speakers().short(f.Grant.Consumer)
	flags, err := v.Read.UseFlagsUnder(v.R.Context(), f.Grant.ID, 50)
	if err != nil {
		return nil, err
	}
	for _, x := range flags {
		f.Flags = append(f.Flags, option{x.ID, x.ID + " " + x.Day + " " + mulu.Word(mulu.FlagRules, x.Rule, v.Lang)})
	}
	if no := v.Desk.Can(v.by(), &act.EnterMisuse{Grant: f.Grant.ID, Why: anyReason}); no != nil {
		f.Blocked = v.trouble(no)
	}
	return f, nil
}

func (v *visit) newMisuse() error {
	f, err := v.misuseForm()
	if err != nil {
		return err
	}
	f.Set("flag", v.R.URL.Query().Get("flag"))
	return v.show("misuse-form", f)
}

func (v *visit) enterMisuse() error {
	f, err := v.misuseForm()
	if err != nil {
		return err
	}
	files, err := v.filled(&f.form)
	if err != nil {
		return v.againIf("misuse-form", &f.form, f, err)
	}
	a := &act.EnterMisuse{Grant: f.Grant.ID, Why: f.Get("why"), Flag: f.Get("flag")}
	return v.sayWith("misuse-form", &f.form, f, files, a, &a.Record)
}

// filled reads a form with attachments into the page's form.
func (v *visit) filled(f *form) ([][]byte, error) {
	typed, files, err := v.attachedForm()
	*f = typed
	return files, err
}

// againIf shows a form anew with what was typed, if anything could be read of it.
func (v *visit) againIf(page string, f *form, d any, err error) error {
	if len(f.Values) == 0 {
		return err
	}
	return v.again(page, f, d, err)
}

// sayWith says an act that names one attachment, by its digest in record. The attachment is kept only once the act is seen to
// be allowed.
func (v *visit) sayWith(page string, f *form, d any, files [][]byte, a act.Act, record *string) error {
	if len(files) > 0 {
		*record = placeholders(1)[0]
	}
	if no := v.Desk.Can(v.by(), a); no != nil {
		return v.again(page, f, d, no)
	}
	if len(files) > 0 {
		digests, err := v.attach(files[:1])
		if err != nil {
			return err
		}
		*record = digests[0]
	}
	done, err := v.say(a)
	if err != nil {
		return v.again(page, f, d, err)
	}
	first := done.Outcome.Facts[0]
	return v.did(done, thing(first.Noun, first.ID))
}
