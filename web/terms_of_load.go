package web

import (
	"errors"
	"math"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"mulu"
	"mulu/act"
	"mulu/desk"
	"mulu/people"
)

func loadTermRoutes() []Route {
	return []Route{
		{"GET", "/entries/{class}/{seq}/terms", Only(people.Steward, people.Approver, people.Reader), false, (*visit).loadTermsPage},
		{"POST", "/entries/{class}/{seq}/terms", Only(people.Steward), false, (*visit).setLoadTerms},
	}
}

// mostRules is how many rules the law lets an entry have.
const mostRules = 200

// termsShown is what a load of an entry must keep to, and the rules that its owner adds.
type termsShown struct {
	form
	mulu.Entry
	Content     *mulu.EntryContent
	Terms       mulu.LoadTerms
	Set         bool
	Own, May    bool
	BadLimit    string // in per cent
	ShrinkLimit int
	Rules       grid
	Words       []ruleWord
	Tried       *ruleTrial
	HasData     bool
}

// ruleWord is a rule in a sentence.
type ruleWord struct {
	N     int
	Text  string
	Level string
	Why   string
}

// ruleTrial is what the rules found in the rows that serve.
type ruleTrial struct {
	Rows    int64
	Score   string
	Checked []checkLine
}

func ruleColumns() []gridColumn {
	return []gridColumn{
		{Name: "check", Label: "检查", Kind: "choose", List: mulu.Checks, Need: true},
		{Name: "items", Label: "信息项（字段名，多个用逗号隔开）", Kind: "text", Need: true, Wide: "wide", Max: 400},
		{Name: "level", Label: "处理", Kind: "choose", List: mulu.RuleLevels, Need: true},
		{Name: "op", Label: "比较", Kind: "choose", List: mulu.CompareOps},
		{Name: "low", Label: "下限或比较值", Kind: "text", Max: 100},
		{Name: "high", Label: "上限", Kind: "text", Max: 100},
		{Name: "values", Label: "允许的取值或格式", Kind: "text", Max: 2000},
		{Name: "entry", Label: "引用目录代码", Kind: "text", Max: 40},
		{Name: "item", Label: "引用信息项", Kind: "text", Max: 60},
		{Name: "when", Label: "前提信息项", Kind: "text", Max: 60},
		{Name: "is", Label: "前提取值", Kind: "text", Max: 400},
		{Name: "why", Label: "规则说明", Kind: "text", Max: 200},
	}
}

// termsFor finds the entry in the path for its provider or the bureau.
func (v *visit) termsFor() (*termsShown, error) {
	e, err := v.entryOf()
	if err != nil {
		return nil, err
	}
	if !v.own(e.Org) && !v.bureau() {
		if !v.sees(e.Org, e.Version) {
			return nil, errAbsent
		}
		return nil, errNotHere
	}
	p := &termsShown{form: form{Values: url.Values{}}, Entry: *e, Content: e.Current(), Own: v.own(e.Org), Rules: grid{Name: "rules", Columns: ruleColumns(), Most: mostRules}}
	p.May = p.Own && v.may("load_terms.set") && e.Now != nil && e.Status != "retired"
	if p.Terms, p.Set, err = v.termsOf(e.Code); err != nil {
		return nil, err
	}
	bad, err := v.internal("load_bad_limit")
	if err != nil {
		return nil, err
	}
	if p.ShrinkLimit, err = v.internal("load_shrink_limit"); err != nil {
		return nil, err
	}
	p.BadLimit = tenths(bad)
	d, err := v.dataset(e.Code)
	p.HasData = d != nil && d.OnPlatform()
	return p, err
}

func (v *visit) loadTermsPage() error {
	p, err := v.termsFor()
	if err != nil {
		return err
	}
	p.Values = url.Values{"max_bad": {tenths(p.Terms.MaxBad)}, "max_shrink": {strconv.Itoa(p.Terms.Shrink)}, "min_score": {tenths(p.Terms.Least)}}
	for _, r := range p.Terms.Rules {
		p.Rules.Rows = append(p.Rules.Rows, rowOf(r))
	}
	if err := v.ruleWords(p, p.Terms.Rules); err != nil {
		return err
	}
	return v.show("load-terms", p)
}

// ruleWords says rules in words; of an entry that takes no data now nothing is said.
func (v *visit) ruleWords(p *termsShown, rules []mulu.DataRule) error {
	words, err := v.Desk.RuleWords(v.R.Context(), p.Code, rules)
	var no *mulu.Refusal
	if errors.As(err, &no) {
		return nil
	}
	if err != nil {
		return err
	}
	for i, w := range words {
		text := w[0]
		if v.Lang == "en" {
			text = w[1]
		}
		p.Words = append(p.Words, ruleWord{i + 1, text, rules[i].Level, rules[i].Why})
	}
	return nil
}

func rowOf(r mulu.DataRule) gridRow {
	row := gridRow{}
	for name, value := range map[string]string{"check": r.Check, "items": strings.Join(r.Items, ", "), "op": r.Op, "low": r.Low, "high": r.High, "values": strings.Join(r.Values, ", "), "entry": r.Entry,
		"item": r.Item, "when": r.When, "is": strings.Join(r.Is, ", "), "level": r.Level, "why": r.Why} {
		if value != "" {
			row[name] = value
		}
	}
	return row
}

// ruleOf reads a row. Items may be named as people name them, and a format by its word.
func ruleOf(row gridRow, c *mulu.EntryContent) mulu.DataRule {
	r := mulu.DataRule{Check: row["check"], Op: row["op"], Low: row["low"], High: row["high"], Values: parted(row["values"]), Entry: row["entry"], Item: row["item"],
		When: fieldNamed(c, row["when"]), Is: parted(row["is"]), Level: row["level"], Why: row["why"]}
	for _, name := range parted(row["items"]) {
		r.Items = append(r.Items, fieldNamed(c, name))
	}
	if r.Check == "format" && len(r.Values) == 1 {
		for _, f := range mulu.ValueFormats {
			if r.Values[0] == f.Zh || strings.EqualFold(r.Values[0], f.En) {
				r.Values[0] = f.Code
			}
		}
	}
	return r
}

// parted splits what people write between commas.
func parted(text string) (list []string) {
	for _, s := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(",，、;；", r) }) {
		if s = strings.TrimSpace(s); s != "" {
			list = append(list, s)
		}
	}
	return list
}

// fieldNamed is the field of an item by its field or its name; what is neither stands for itself.
func fieldNamed(c *mulu.EntryContent, name string) string {
	if _, ok := c.Item(name); ok {
		return name
	}
	for _, i := range c.Items {
		if i.Name == name {
			return i.Field
		}
	}
	return name
}

// inTenths reads a figure with one decimal as ten times that; what is no number is refused by the rules as out of range.
func inTenths(text string) int {
	f, err := strconv.ParseFloat(strings.TrimSuffix(text, "%"), 64)
	if err != nil || math.IsNaN(f) || math.Abs(f) > 1e6 {
		return -1
	}
	return int(math.Round(f * 10))
}

// setLoadTerms sets the terms, tries the rules on the rows that serve, or changes the sheet of rules for a browser without scripts.
func (v *visit) setLoadTerms() error {
	p, err := v.termsFor()
	if err != nil {
		return err
	}
	if !p.Own {
		return errNotHere
	}
	p.form = v.typed()
	if p.Rules.Rows, err = v.gridRows("rules", p.Rules.Columns, mostRules); err != nil {
		return v.again("load-terms", &p.form, p, err)
	}
	button := v.R.PostFormValue("do")
	if p.Rules.do(button, v.R.PostFormValue("rules-pasted")) {
		return v.show("load-terms", p)
	}
	p.Rules.Rows = slices.DeleteFunc(p.Rules.Rows, func(r gridRow) bool { return len(r) == 0 })
	shrink, err := strconv.Atoi(v.text("max_shrink"))
	if err != nil {
		shrink = -1
	}
	a := &act.SetLoadTerms{Entry: p.Code, MaxBad: inTenths(v.text("max_bad")), Shrink: shrink, Least: inTenths(v.text("min_score"))}
	sound := true
	for i, row := range p.Rules.Rows {
		r := ruleOf(row, p.Content)
		if code, args := r.Sound(p.Content); code != "" {
			sound = false
			p.Rules.mark(i, v.trouble(&mulu.Refusal{Code: code, Art: mulu.NewCite(7, 1, 2), Args: args}))
		}
		a.Rules = append(a.Rules, r)
	}
	if !sound {
		p.Wrong = &trouble{Status: 422, Text: v.t("有规则写得不对，见表中标出的行；没有保存。"), Art: mulu.NewCite(7, 1, 2)}
		return v.showAs(p.Wrong.Status, "load-terms", p)
	}
	if err := v.ruleWords(p, a.Rules); err != nil {
		return err
	}
	if button == "try" {
		return v.tryRules(p, a.Rules)
	}
	done, err := v.say(a)
	if err != nil {
		return v.again("load-terms", &p.form, p, err)
	}
	return v.did(done, "/entries/"+p.Code+"/terms")
}

// mark says what is wrong with a row.
func (g *grid) mark(row int, t *trouble) {
	if g.Wrong == nil {
		g.Wrong = map[string]*trouble{}
	}
	g.Wrong[g.Cell(row, "")] = t
}

// tryRules shows what rules find in the rows that serve, before they are set.
func (v *visit) tryRules(p *termsShown, rules []mulu.DataRule) error {
	result, err := v.Desk.TryRules(v.R.Context(), v.by(), p.Code, rules)
	if errors.Is(err, desk.ErrNoData) {
		p.Wrong = &trouble{Status: 409, Text: v.t("平台上没有现有数据，不能试查。"), Mend: v.t("装载后再试，或者直接保存规则。")}
		return v.showAs(p.Wrong.Status, "load-terms", p)
	}
	if err != nil {
		return v.again("load-terms", &p.form, p, err)
	}
	r := v.reportShown(&desk.LoadReport{Result: result, Quality: result.Quality})
	p.Tried = &ruleTrial{Rows: result.Rows, Score: r.ScoreText()}
	for _, c := range r.lines() {
		if c.Own {
			p.Tried.Checked = append(p.Tried.Checked, c)
		}
	}
	return v.show("load-terms", p)
}
