package web

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"mulu"
	"mulu/read"
)

func findRoutes() []Route {
	return []Route{
		{"GET", "/search", Members, false, (*visit).searchPage},
		{"GET", "/search/complete", Members, false, (*visit).complete},
		{"GET", "/catalog", Members, false, (*visit).catalogPage},
		{"GET", "/catalog/{org}", Members, false, (*visit).catalogPage},
		{"GET", "/catalog/{org}/{duty}", Members, false, (*visit).catalogPage},
		{"GET", "/catalog/{org}/{duty}/{class}/{seq}", Members, false, (*visit).catalogPage},
		{"GET", "/catalog/{org}/{duty}/{class}/{seq}/{system}", Members, false, (*visit).catalogPage},
		{"GET", "/catalog/{org}/{duty}/{class}/{seq}/{system}/{table}", Members, false, (*visit).catalogPage},
		{"GET", "/coverage", Members, false, (*visit).coveragePage},
		{"GET", "/coverage/{org}", Members, false, (*visit).coverageOf},
	}
}

// What a question may hold at most.
const (
	longestWords  = 100 // characters
	mostOfFilter  = 60  // values of one filter
	facetAtFirst  = 6   // values of a facet that are not folded away
	newestOnFirst = 6
)

// facetFields are the filters of the search page, in its order, with their Chinese titles.
var facetFields = [][2]string{{"org", "提供单位"}, {"class", "信息资源分类"}, {"theme", "主题"}, {"sharing", "共享类型"}, {"opening", "开放类型"},
	{"grade", "级别"}, {"base", "基础库"}, {"cycle", "更新周期"}, {"personal", "个人信息"}, {"status", "状态"}}

// findPage is the search page. Browse stands instead of Found where nothing was asked.
type findPage struct {
	ask
	Wrong  *trouble
	Found  read.Found
	Facets []facet
	Chips  []chip
	Next   string
	First  string
	Clear  string // the words without any filter
	Browse *browse
	Reply  int // working days within which the provider answers (Art. 21)
	Bureau read.Org
	Basket map[string]bool // what is in the basket of who looks; nil for who cannot apply
}

// facet is a filter with its values; those of Rest are folded away.
type facet struct {
	Field, Title string
	Values, Rest []facetValue
	Open         bool // a value of Rest is chosen
}

type facetValue struct {
	ID, Value, Text string
	Count           int
	Chosen          bool
}

// chip is a filter that is set, with the path of the question without it.
type chip struct{ Title, Text, Without string }

// browse is where somebody who has no word in mind can begin.
type browse struct {
	Total, Providers      int
	Sharing, Bases, Class []entrance
	Themes, Orgs          []entrance
	Newest                []read.Hit
	Wanted                []read.Wanted
}

type entrance struct {
	Value, Text, Path string
	Count             int
}

// ask is a question as its address carries it.
type ask struct {
	read.Query
	values url.Values
}

func (v *visit) ask() ask {
	a := ask{values: v.R.URL.Query()}
	get := func(name string) []string {
		list := slices.DeleteFunc(slices.Clone(a.values[name]), func(s string) bool { return s == "" || !utf8.ValidString(s) })
		return list[:min(len(list), mostOfFilter)]
	}
	a.Words = strings.Join(strings.Fields(strings.ToValidUTF8(a.values.Get("q"), "")), " ")
	a.Org, a.Class, a.Theme, a.Sharing, a.Opening = get("org"), get("class"), get("theme"), get("sharing"), get("opening")
	a.Base, a.Cycle, a.Status = get("base"), get("cycle"), get("status")
	for _, g := range get("grade") {
		if n, err := strconv.Atoi(g); err == nil {
			a.Grade = append(a.Grade, n)
		}
	}
	if p := get("personal"); len(p) == 1 && (p[0] == "true" || p[0] == "false") {
		yes := p[0] == "true"
		a.Personal = &yes
	}
	a.Duty, a.After = a.values.Get("duty"), a.values.Get("after")
	if s := a.values.Get("sort"); s == "name" || s == "updated" {
		a.Sort = s
	}
	a.Viewer, a.Bureau = v.Org.ID, v.bureau()
	return a
}

// narrowed tells whether a filter is set.
func (a ask) narrowed() bool {
	return a.Duty != "" || slices.ContainsFunc(facetFields, func(f [2]string) bool { return len(a.set(f[0])) > 0 })
}

// set gives the values to which a field is narrowed.
func (a ask) set(field string) []string {
	return slices.DeleteFunc(slices.Clone(a.values[field]), func(s string) bool { return s == "" })
}

// path is the address of the question, changed by edit; the page of the list is not kept.
func (a ask) path(edit func(url.Values)) string {
	u := url.Values{}
	for name, values := range a.values {
		for _, s := range values {
			if s != "" && name != "after" {
				u.Add(name, s)
			}
		}
	}
	if edit != nil {
		edit(u)
	}
	if len(u) == 0 {
		return "/search"
	}
	return "/search?" + u.Encode()
}

// wanted tells whether htmx asks for the part of a page that stands under an id. What it asks for to go back is the page.
func (v *visit) wanted(target string) bool {
	h := v.R.Header
	return h.Get("HX-Request") == "true" && h.Get("HX-History-Restore-Request") != "true" && h.Get("HX-Target") == target
}

func (v *visit) searchPage() error {
	d := &findPage{ask: v.ask(), Reply: v.reply()}
	if utf8.RuneCountInString(d.Words) > longestWords {
		d.Wrong = &trouble{Status: http.StatusUnprocessableEntity, Text: v.t("查找词过长。"), Mend: v.t("最多 {0} 个字；请只写最能说明数据的词。", longestWords)}
		return v.foundAs(d.Wrong.Status, d)
	}
	if d.Words == "" && !d.narrowed() {
		var err error
		if d.Browse, err = v.browse(d.ask); err != nil {
			return err
		}
		return v.foundAs(http.StatusOK, d)
	}
	var err error
	if d.Found, err = v.Read.Search(v.R.Context(), d.Query); err != nil {
		if d.After != "" { // a place in the list that is none: begin anew
			return v.to(d.path(nil))
		}
		return err
	}
	if d.Found.Next != "" {
		d.Next = d.path(func(u url.Values) { u.Set("after", d.Found.Next) })
	}
	if d.After != "" {
		d.First = d.path(nil)
	}
	if d.Basket, err = v.basketed(); err != nil {
		return err
	}
	d.Facets, d.Chips = v.facets(d.Found.Facets, d.Found.Total), v.chips(d.ask, d.Found.Facets)
	d.Clear = "/search?" + url.Values{"q": {d.Words}}.Encode()
	if d.Found.Total == 0 {
		if d.Bureau, err = v.theBureau(); err != nil {
			return err
		}
	}
	return v.foundAs(http.StatusOK, d)
}

func (v *visit) foundAs(status int, d *findPage) error {
	if v.wanted("found") {
		return v.part("search", "found", d)
	}
	return v.showAs(status, "search", d)
}

// reply is the term within which a provider answers, of the edition in force.
func (v *visit) reply() int {
	for _, e := range v.Law.Editions() {
		if e.InForce {
			return e.Reply
		}
	}
	return 0
}

// theBureau is the institution that the genesis makes the competent bureau.
func (v *visit) theBureau() (read.Org, error) { return v.Read.Org(v.R.Context(), "001") }

// facets arranges what the search counted, without those that part nothing.
func (v *visit) facets(counted []read.Facet, total int) []facet {
	var list []facet
	for _, field := range facetFields {
		i := slices.IndexFunc(counted, func(f read.Facet) bool { return f.Field == field[0] })
		if i < 0 {
			continue
		}
		f := facet{Field: field[0], Title: field[1]}
		for _, c := range counted[i].Values {
			if c.Value == "" {
				continue
			}
			x := facetValue{"f-" + f.Field + "-" + url.QueryEscape(c.Value), c.Value, v.valueWord(f.Field, c), c.Count, c.Chosen}
			if len(f.Values) < facetAtFirst {
				f.Values = append(f.Values, x)
				continue
			}
			f.Rest, f.Open = append(f.Rest, x), f.Open || x.Chosen
		}
		if len(f.Rest) == 1 {
			f.Values, f.Rest = append(f.Values, f.Rest[0]), nil
		}
		if len(f.Values) == 0 || len(f.Values) == 1 && !f.Values[0].Chosen && f.Values[0].Count >= total { // it parts nothing
			continue
		}
		list = append(list, f)
	}
	return list
}

// valueWord puts a value of a facet into words.
func (v *visit) valueWord(field string, c read.FacetValue) string {
	switch field {
	case "org":
		return v.orgName(c.Value)
	case "theme":
		return c.Value
	case "grade":
		return v.t("{0}级", c.Value)
	case "status":
		return mulu.Say(c.Value, v.Lang)
	case "personal":
		if c.Value == "true" {
			return v.t("含个人信息")
		}
		return v.t("不含个人信息")
	}
	return mulu.Word(mulu.CodeList(field), c.Value, v.Lang)
}

// chips lists the filters that are set.
func (v *visit) chips(a ask, counted []read.Facet) []chip {
	var list []chip
	for _, field := range facetFields {
		for _, value := range a.set(field[0]) {
			c := read.FacetValue{Value: value}
			if i := slices.IndexFunc(counted, func(f read.Facet) bool { return f.Field == field[0] }); i >= 0 {
				if j := slices.IndexFunc(counted[i].Values, func(x read.FacetValue) bool { return x.Value == value }); j >= 0 {
					c = counted[i].Values[j]
				}
			}
			list = append(list, chip{field[1], v.valueWord(field[0], c), a.path(func(u url.Values) {
				u[field[0]] = slices.DeleteFunc(u[field[0]], func(s string) bool { return s == value })
			})})
		}
	}
	if a.Duty != "" {
		name := a.Duty
		if d, err := v.Read.Duty(v.R.Context(), a.Duty); err == nil {
			name = d.Name
		}
		list = append(list, chip{"职责", name, a.path(func(u url.Values) { u.Del("duty") })})
	}
	return list
}

// orgName is an institution's short name, or its id where nobody has it.
func (v *visit) orgName(id string) string {
	o, err := v.Read.Org(v.R.Context(), id)
	if err != nil {
		return id
	}
	return o.Short
}

// browse gathers the ways in: what there is, by what it is.
func (v *visit) browse(a ask) (*browse, error) {
	all := a.Query
	all.Sort, all.After, all.Limit = "updated", "", newestOnFirst
	found, err := v.Read.Search(v.R.Context(), all)
	if err != nil {
		return nil, err
	}
	b := &browse{Total: found.Total, Newest: found.Hits}
	for _, f := range found.Facets {
		var list []entrance
		for _, c := range f.Values {
			if c.Value != "" {
				list = append(list, entrance{c.Value, v.valueWord(f.Field, c), "/search?" + url.Values{f.Field: {c.Value}}.Encode(), c.Count})
			}
		}
		switch f.Field {
		case "sharing":
			b.Sharing = list
		case "base":
			b.Bases = list
		case "class":
			b.Class = list
		case "theme":
			b.Themes = list[:min(len(list), 24)]
		case "org":
			b.Orgs, b.Providers = list[:min(len(list), 18)], len(list)
		}
	}
	b.Wanted, err = v.Read.MostWanted(v.R.Context(), newestOnFirst)
	return b, err
}

// complete proposes what somebody may be about to type, for the list under the search field.
func (v *visit) complete() error {
	typed := strings.TrimSpace(v.R.URL.Query().Get("q"))
	if typed == "" || utf8.RuneCountInString(typed) > longestWords {
		return v.part("search", "completions", nil)
	}
	list, err := v.Read.Complete(v.R.Context(), typed, 8)
	if err != nil {
		return err
	}
	return v.part("search", "completions", list)
}
