package web

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"mulu"
	"mulu/people"
	"mulu/read"
)

func standardRoutes() []Route {
	bureau := OfBureau(people.Approver)
	return []Route{
		{"GET", "/standards", Members, false, (*visit).standardsPage},
		{"GET", "/standards/mine", Members, false, (*visit).departedPage},
		{"GET", "/standards/elements/new", bureau, false, (*visit).newElement},
		{"POST", "/standards/elements/new", bureau, false, (*visit).publishElement},
		{"GET", "/standards/elements/{element}", Members, false, (*visit).elementPage},
		{"GET", "/standards/elements/{element}/revise", bureau, false, (*visit).editElement},
		{"POST", "/standards/elements/{element}/revise", bureau, false, (*visit).reviseElement},
		{"GET", "/standards/elements/{element}/abolish", bureau, false, (*visit).abolishForm},
		{"POST", "/standards/elements/{element}/abolish", bureau, false, (*visit).abolishElement},
	}
}

// standardsPage lists data elements (数据元).
type standardsPage struct {
	Tabs           []pageTab
	Words          string
	Type, Codes    string
	Status         string
	Used, Filtered bool
	Sets           []option
	Rows           []read.Element
	turned
}

// standardTabs are the parts of the standards: elements, code sets, and what of one's own departs from them.
func (v *visit) standardTabs(here string) []pageTab {
	tabs := []pageTab{{Path: "/standards", Title: "数据元", Here: here == "elements"}, {Path: "/standards/codes", Title: "代码集", Here: here == "codes"}}
	n, _ := v.Read.CountDeparted(v.R.Context(), v.Org.ID) // one that fails is not shown: the page behind it tells why
	return append(tabs, pageTab{Path: "/standards/mine", Title: "本机构待调整", Count: n, Here: here == "mine"})
}

func (v *visit) standardsPage() error {
	q := v.R.URL.Query()
	p := &standardsPage{Tabs: v.standardTabs("elements"), Words: strings.TrimSpace(q.Get("q")), Type: q.Get("type"), Codes: q.Get("codes"), Status: q.Get("status"), Used: q.Get("used") != ""}
	p.Filtered = p.Words != "" || p.Type != "" || p.Codes != "" || p.Status != "" || p.Used
	ask := read.ElementQuery{Words: p.Words, Type: p.Type, CodeSet: p.Codes, Status: p.Status, Used: p.Used, After: q.Get("after"), Max: pageRows + 1}
	if p.Status == "" {
		ask.Status = "active"
	}
	list, err := v.Read.Elements(v.R.Context(), ask)
	if err != nil {
		return err
	}
	p.Rows, p.turned = turn(v, "after", list, func(e read.Element) string { return e.ID })
	if p.Sets, err = v.setOptions(p.Codes); err != nil {
		return err
	}
	return v.show("standards", p)
}

// setOptions are the code sets in force to choose from, and the one already chosen.
func (v *visit) setOptions(chosen string) (list []option, err error) {
	after := ""
	for {
		sets, err := v.Read.CodeSets(v.R.Context(), "", "", after, 1000)
		if err != nil {
			return nil, err
		}
		for _, s := range sets {
			if after = s.ID; s.Status == "active" || s.ID == chosen {
				list = append(list, option{s.ID, s.Name})
			}
		}
		if len(sets) < 1000 {
			return list, nil
		}
	}
}

// departedPage lists the institution's items that do not agree with the element they name.
type departedPage struct {
	Tabs []pageTab
	Rows []departedRow
	turned
}

// departedRow is one of them; How says how it departs, Next names the replacement of an abolished element.
type departedRow struct {
	read.Follower
	How, Next string
}

func (v *visit) departedPage() error {
	p := &departedPage{Tabs: v.standardTabs("mine")}
	entry, field, _ := strings.Cut(v.R.URL.Query().Get("after"), "|")
	list, err := v.Read.Departed(v.R.Context(), v.Org.ID, entry, field, pageRows+1)
	if err != nil {
		return err
	}
	list, p.turned = turn(v, "after", list, func(f read.Follower) string { return f.Entry + "|" + f.Field })
	for _, f := range list {
		row := departedRow{Follower: f, How: "unknown"}
		var e mulu.Element
		switch err := v.noun(mulu.KindElement, f.Standard, &e); {
		case err == nil:
			row.How, row.Next = f.Departs(&e), e.Next
		case !errors.Is(err, errAbsent):
			return err
		}
		p.Rows = append(p.Rows, row)
	}
	return v.show("standard-mine", p)
}

// departure says how an item departs from its element.
func departure(how string) string {
	switch how {
	case "type":
		return "类型不一致"
	case "length":
		return "长度超出"
	case "abolished":
		return "数据元已废止"
	case "unknown":
		return "没有此数据元"
	}
	return "一致"
}

// Says is the departure in words.
func (r departedRow) Says() string { return departure(r.How) }

// elementPage is one element: what it says, who follows it, and its versions.
type elementPage struct {
	mulu.Element
	Codes     *mulu.CodeSet
	Replaced  string // name of the element that replaces it
	Deeds     []deed
	Standing  *standing
	Followers []departedRow
	Items     int
	Orgs      int
	Turn      turned
	Versions  []elementVersion
}

// elementVersion is a version of an element or a code set: when, by which record, why, and what changed.
type elementVersion struct {
	N       int
	Record  uint64
	Time    time.Time
	Why     string
	Fact    string
	Changes []standardChange
}

// standardChange is one thing that a version changed.
type standardChange struct{ Label, Was, Is string }

func (v *visit) elementOf() (*elementPage, error) {
	p := &elementPage{}
	return p, v.noun(mulu.KindElement, v.R.PathValue("element"), &p.Element)
}

func (v *visit) elementPage() error {
	p, err := v.elementOf()
	if err != nil {
		return err
	}
	ctx := v.R.Context()
	if p.CodeSet != "" {
		p.Codes = &mulu.CodeSet{}
		if err := v.noun(mulu.KindCodeSet, p.CodeSet, p.Codes); err != nil {
			return err
		}
	}
	if p.Next != "" {
		var next mulu.Element
		if err := v.noun(mulu.KindElement, p.Next, &next); err != nil {
			return err
		}
		p.Replaced = next.Name
	}
	entry, field, _ := strings.Cut(v.R.URL.Query().Get("after"), "|")
	list, err := v.Read.Followers(ctx, p.ID, entry, field, pageRows+1)
	if err != nil {
		return err
	}
	list, p.Turn = turn(v, "after", list, func(f read.Follower) string { return f.Entry + "|" + f.Field })
	for _, f := range list {
		p.Followers = append(p.Followers, departedRow{Follower: f, How: f.Departs(&p.Element)})
	}
	counted, err := v.Read.Elements(ctx, read.ElementQuery{ID: p.ID, Max: 1})
	if err != nil {
		return err
	}
	for _, c := range counted {
		p.Items, p.Orgs = c.Items, c.Orgs
	}
	if p.Status == "active" {
		path := "/standards/elements/" + p.ID
		p.Deeds = v.deeds(deed{Path: path + "/revise", Icon: "edit", Text: "修订", Primary: true}, deed{Path: path + "/abolish", Icon: "archive", Text: "废止", Danger: true})
	} else {
		p.Standing = &standing{Kind: "warn", Icon: "archive", Text: v.t("自 {0} 起废止。", stamp(p.Since, time.DateOnly)), Reason: p.Why, Next: v.t("已引用的信息项在变更时换用现行的数据元。")}
		if p.Next != "" {
			p.Standing.Path, p.Standing.Link = "/standards/elements/"+p.Next, v.t("由 {0} 代替", p.Replaced)
		}
	}
	if p.Versions, err = v.elementVersions(p.ID); err != nil {
		return err
	}
	return v.show("element", p)
}

// mostVersions bounds how many steps of an element's history are compared on its page.
const mostVersions = 200

func (v *visit) elementVersions(id string) (list []elementVersion, err error) {
	steps, err := v.Read.History(v.R.Context(), mulu.KindElement, id, read.Page{Limit: mostVersions})
	if err != nil {
		return nil, err
	}
	var was mulu.Element
	for i, s := range steps {
		var is mulu.Element
		if err := json.Unmarshal(s.State, &is); err != nil {
			return nil, fmt.Errorf("read the history of %s: %w", id, err)
		}
		one := elementVersion{N: is.Version, Record: s.N, Time: s.Time, Why: is.Why, Fact: s.Fact}
		if i > 0 {
			one.Changes = v.elementChanges(&was, &is)
		}
		list, was = append([]elementVersion{one}, list...), is
	}
	return list, nil
}

// elementChanges lists what differs between two versions of an element, in words.
func (v *visit) elementChanges(was, is *mulu.Element) (list []standardChange) {
	add := func(field, a, b string) {
		if a != b {
			list = append(list, standardChange{mulu.Say(field, v.Lang), a, b})
		}
	}
	word := func(codes []mulu.Code, code string) string {
		if code == "" {
			return ""
		}
		return mulu.Word(codes, code, v.Lang)
	}
	add("name", was.Name, is.Name)
	add("definition", was.Definition, is.Definition)
	add("type", word(mulu.ItemTypes, was.Type), word(mulu.ItemTypes, is.Type))
	add("length", numeral(was.Length), numeral(is.Length))
	add("format", word(mulu.ValueFormats, was.Format), word(mulu.ValueFormats, is.Format))
	add("code_set", was.CodeSet, is.CodeSet)
	add("low", was.Low, is.Low)
	add("high", was.High, is.High)
	add("source", was.Source, is.Source)
	return list
}
