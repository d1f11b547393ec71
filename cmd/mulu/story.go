package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"mulu"
	"mulu/read"
)

// story tells what happened to a noun, from the read model of a running node: each line with its provision and record
// number. With --from and --to it shows what is different between two dates instead.
func (m *Main) story(ctx context.Context, args []string) error {
	f, dir := m.flags("story")
	from := f.String("from", "", m.t("比较的起始日期，如 2026-09-01", "first date to compare, e.g. 2026-09-01"))
	to := f.String("to", "", m.t("比较的截止日期", "second date to compare"))
	if err := f.Parse(args); err != nil {
		return err
	}
	if f.NArg() != 2 || (*from == "") != (*to == "") {
		return errors.New(m.t("用法：mulu story [--from 日期 --to 日期] 种类 编号或名称（种类如 entry、org、application、grant）",
			"usage: mulu story [--from DATE --to DATE] KIND ID-OR-NAME (kinds: entry, org, application, grant …)"))
	}
	r, err := m.dial(ctx, home(*dir))
	if err != nil {
		return err
	}
	kind, id := mulu.Kind(f.Arg(0)), f.Arg(1)
	for _, index := range []string{"title/", "name/"} {
		if ids := r.Find(kind, index+id); len(ids) == 1 {
			id = ids[0]
		}
	}
	q := url.Values{"kind": {string(kind)}, "id": {id}, "from": {*from}, "to": {*to}}.Encode()
	if *from != "" {
		var changes []read.Change
		if err := r.get("/difference?"+q, &changes); err != nil {
			return err
		}
		for _, c := range changes {
			fmt.Fprintf(m.Out, "%s: %s → %s\n", c.Path, orNone(c.Before), orNone(c.After))
		}
		return nil
	}
	var lines []read.Line
	if err := r.get("/story?"+q, &lines); err != nil {
		return err
	}
	if len(lines) == 0 {
		return fmt.Errorf("%s %s %s", m.t("没有", "there is no"), mulu.Say(string(kind), m.Lang), id)
	}
	for _, l := range lines {
		var arts []string
		for _, c := range l.Art {
			arts = append(arts, m.t(c.Zh(), c.En()))
		}
		fmt.Fprintf(m.Out, "%s  #%d  %s %s %s  %s 〔%s〕\n", l.Time.Format("2006-01-02 15:04"), l.N, m.t(l.Zh, l.En), l.ID,
			mulu.Say(l.Status, m.Lang), m.who(r, l), strings.Join(arts, m.t("、", ", ")))
	}
	return nil
}

func orNone(raw json.RawMessage) string {
	if len(raw) == 0 {
		return "—"
	}
	return string(raw)
}

// who says who said it, by name.
func (m *Main) who(r *remote, l read.Line) string {
	if l.Org == "" {
		if l.Node != "" {
			return l.Node
		}
		return mulu.Say(l.Said, m.Lang)
	}
	var o mulu.Org
	if raw, ok := r.Get(mulu.KindOrg, l.Org); ok && json.Unmarshal(raw, &o) == nil {
		return o.Short
	}
	return l.Org
}

func (p *Program) story(w http.ResponseWriter, r *http.Request) {
	lines, err := p.reads.Story(r.Context(), mulu.Kind(r.FormValue("kind")), r.FormValue("id"), read.Page{Limit: 10_000})
	answer(w, r, lines, err)
}

func (p *Program) difference(w http.ResponseWriter, r *http.Request) {
	from, err := endOfDay(r.FormValue("from"))
	if err != nil {
		answer(w, r, nil, err)
		return
	}
	to, err := endOfDay(r.FormValue("to"))
	if err != nil {
		answer(w, r, nil, err)
		return
	}
	changes, err := p.reads.Difference(r.Context(), mulu.Kind(r.FormValue("kind")), r.FormValue("id"), from, to)
	answer(w, r, changes, err)
}

// endOfDay is the last moment of a date: a date stands for what held when it ended.
func endOfDay(s string) (time.Time, error) {
	t, err := time.ParseInLocation("2006-01-02", s, mulu.Shanghai())
	if err != nil {
		return t, fmt.Errorf("日期应写成 2026-09-01 / write the date as 2026-09-01, not %q", s)
	}
	return t.AddDate(0, 0, 1).Add(-time.Nanosecond), nil
}
