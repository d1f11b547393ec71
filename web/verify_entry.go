package web

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"mulu"
	"mulu/act"
	"mulu/read"
)

// decision is all that the bureau needs to verify an entry, on one page.
type decision struct {
	form
	Entry       *mulu.Entry
	Content     *mulu.EntryContent // what is handed in; nil when nothing is
	Org         read.Org
	Duty        read.Duty
	Ground      string // why it is not opened, in words
	Change      bool   // of a version in force
	Differences []difference
	Hints       []hint
	Same        []sameItem
	Override    bool // verifying takes reasons (Art. 19(4))
	Days        int
	Since       string
	Place, All  int    // in the queue, from 1; 0 when it is not in it
	Next        string // code of the one after it
	Seen        string
	Reasons     []string // common reasons of a return
	Returned    []string // reasons of earlier returns, the last first
}

// hint is something that the bureau may want to look at. It binds nobody.
type hint struct {
	Text, More string
	Art        mulu.Cite
	Grave      bool
}

// sameItem is an item that other institutions' entries have too.
type sameItem struct {
	Item    string
	Sources []read.Elsewhere
}

func (v *visit) verifyPage() error {
	d, err := v.decision()
	if err != nil {
		return err
	}
	return v.show("verify-entry", d)
}

func (v *visit) decision() (*decision, error) {
	ctx := v.R.Context()
	e, err := v.entryOf()
	if err != nil {
		return nil, err
	}
	d := &decision{form: v.typed(), Entry: e, Content: e.Next, Change: e.Status == "changing", Reasons: returnReasons()}
	if d.Org, err = v.Read.Org(ctx, e.Org); err != nil {
		return nil, err
	}
	waiting := e.Status == "submitted" || e.Status == "changing"
	if !waiting || e.Next == nil {
		d.Content = nil
		return d, nil
	}
	d.Seen, d.Ground = seen(e), v.ground(e.Next.Opening.Ground)
	if d.Duty, err = v.Read.Duty(ctx, e.Next.Duty); err != nil && !errors.Is(err, read.ErrAbsent) {
		return nil, err
	}
	if d.Change {
		d.Differences = v.differences(e.Now, e.Next)
	}
	if d.Hints, err = v.hints(e); err != nil {
		return nil, err
	}
	if d.Same, err = v.sameItems(e); err != nil {
		return nil, err
	}
	d.Override = e.Next.Sharing.Type == "not_shared" && e.Next.Sharing.Basis == ""
	if d.Returned, err = v.returnedBefore(e); err != nil {
		return nil, err
	}
	return d, v.placeInQueue(d)
}

// placeInQueue finds where in the queue an entry stands, and which comes next.
func (v *visit) placeInQueue(d *decision) error {
	queue, err := v.Read.WaitingEntries(v.R.Context(), "", 0, 1000)
	if err != nil {
		return err
	}
	calendar, err := v.workdays()
	if err != nil {
		return err
	}
	d.All = len(queue)
	for i, w := range queue {
		if w.Code == d.Entry.Code {
			d.Place, d.Since, d.Days = i+1, stamp(w.Since, "2006-01-02 15:04"), waited(calendar, w.Since, v.Now())
			if len(queue) > 1 {
				d.Next = queue[(i+1)%len(queue)].Code
			}
		}
	}
	return nil
}

// returnedBefore lists the reasons for which an entry was returned before.
func (v *visit) returnedBefore(e *mulu.Entry) ([]string, error) {
	steps, err := v.Read.History(v.R.Context(), mulu.KindEntry, e.Code, read.Page{Limit: 1000})
	if err != nil {
		return nil, err
	}
	var all []string
	for _, s := range steps {
		if s.Fact != "entry.returned" {
			continue
		}
		var then mulu.Entry
		if err := json.Unmarshal(s.State, &then); err != nil {
			return nil, fmt.Errorf("record %d: %w", s.N, err)
		}
		all = append(all, stamp(s.Time, "2006-01-02")+" "+then.Why)
	}
	slices.Reverse(all)
	return all, nil
}

var (
	digitsAtEnd = regexp.MustCompile(`[0-9０-９]+$`)
	tableLike   = regexp.MustCompile(`(?i)_|[a-z]{4,}`)
	clause      = regexp.MustCompile(`[\x{6761}\x{6b3e}]`) // tiao or kuan: article or paragraph
)

// shortSummary is below how many characters a summary says too little.
const shortSummary = 10

// hints looks at what is handed in the way an experienced verifier would.
func (v *visit) hints(e *mulu.Entry) ([]hint, error) {
	c := e.Next
	var all []hint
	put := func(grave bool, art mulu.Cite, text, more string) { all = append(all, hint{text, more, art, grave}) }
	switch {
	case c.Sharing.Type == "not_shared" && c.Sharing.Basis == "":
		put(true, "19.4", v.t("不予共享，未写明法律依据"), v.t("申请例外的理由：{0}。原则上应退回补充；确需例外的，核定时写明理由。", c.Sharing.Override))
	case c.Sharing.Type == "not_shared" && !clause.MatchString(c.Sharing.Basis):
		put(true, "19.4", v.t("不予共享的依据没有写到条款"), c.Sharing.Basis)
	case c.Sharing.Type == "conditional" && utf8.RuneCountInString(c.Sharing.Conditions) < 6:
		put(false, "19.3", v.t("共享条件过于简略"), c.Sharing.Conditions)
	}
	var personal []string
	for _, i := range c.Items {
		if (i.Personal || i.Sensitive) && c.SharingOf(i) == "unconditional" {
			personal = append(personal, i.Name)
		}
	}
	if len(personal) > 0 {
		put(true, "38.1", v.t("个人信息无条件共享：{0} 项", len(personal)), v.names(personal))
	}
	var ungraded []string
	for _, i := range c.Items {
		if i.Sensitive && i.Grade < 3 || i.Personal && i.Grade < 2 {
			ungraded = append(ungraded, i.Name)
		}
	}
	if len(ungraded) > 0 {
		put(false, "38.1", v.t("个人信息的级别偏低：{0} 项", len(ungraded)), v.names(ungraded))
	}
	if digitsAtEnd.MatchString(c.Name) {
		put(false, "11.1", v.t("名称以数字结尾"), v.t("目录名称用业务语言，不带序号。"))
	} else if tableLike.MatchString(c.Name) {
		put(false, "11.1", v.t("名称像库表名或系统名"), v.t("目录名称用业务语言，如“低保对象信息”。"))
	}
	if utf8.RuneCountInString(c.Summary) < shortSummary || c.Summary == c.Name {
		put(false, "11.1", v.t("摘要过于简略"), v.t("摘要应说明数据内容、覆盖范围和来源。"))
	}
	return all, nil
}

// sameItems lists the items that other institutions' entries in force have under the same name: one datum should have one
// source (Art. 10).
func (v *visit) sameItems(e *mulu.Entry) ([]sameItem, error) {
	var names []string
	for _, i := range e.Next.Items {
		names = append(names, i.Name)
	}
	found, err := v.Read.NamedElsewhere(v.R.Context(), e.Org, names, 300)
	if err != nil {
		return nil, err
	}
	var all []sameItem
	for _, x := range found {
		if len(all) == 0 || all[len(all)-1].Item != x.Item {
			all = append(all, sameItem{Item: x.Item})
		}
		last := &all[len(all)-1]
		last.Sources = append(last.Sources, x)
	}
	return all, nil
}

// names joins some names; beyond six they are counted.
func (v *visit) names(all []string) string {
	separator := ", "
	if v.Lang == "zh" {
		separator = "、"
	}
	if len(all) > 6 {
		return v.t("{0} 等", strings.Join(all[:6], separator))
	}
	return strings.Join(all, separator)
}

// returnReasons are common reasons of a return, to click and complete.
func returnReasons() []string {
	return []string{"不予共享未写明法律依据，请补充法律名称和条款。", "摘要过于简略，请说明数据内容、覆盖范围和来源。", "信息项不全，请对照业务表单补充。",
		"信息项级别偏低，请按个人信息重新定级。", "个人信息不宜无条件共享，请改为有条件共享并写明条件。", "名称不规范，请用业务语言，不用系统名、库表名和序号。",
		"与其他单位的目录重复，请先通过共享获取。", "更新周期与业务实际不符，请核实。"}
}

// decideEntry verifies or returns the entry, and goes on to the next in the queue.
func (v *visit) decideEntry() error {
	d, err := v.decision()
	if err != nil {
		return err
	}
	var a act.Act
	switch v.text("do") {
	case "verify":
		a = &act.VerifyEntry{Entry: d.Entry.Code, Override: v.text("override")}
	case "return":
		a = &act.ReturnEntry{Entry: d.Entry.Code, Why: v.text("why")}
	default:
		return errForged
	}
	if d.Content != nil && v.text("seen") != d.Seen {
		d.Wrong = v.changedMeanwhile()
		return v.showAs(d.Wrong.Status, "verify-entry", d)
	}
	done, err := v.say(a)
	if err != nil {
		return v.again("verify-entry", &d.form, d, err)
	}
	if d.Next != "" {
		return v.did(done, "/verify/"+d.Next)
	}
	return v.did(done, "/verify")
}
