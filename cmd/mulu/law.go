package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"mulu"
	"mulu/act"
	"mulu/law"
)

// law prints an article as the program executes it.
func (m *Main) law(_ context.Context, args []string) error {
	f, _ := m.flags("law")
	if err := f.Parse(args); err != nil {
		return err
	}
	readings, err := law.Readings()
	if err != nil {
		return err
	}
	all := law.Regulation()
	if f.NArg() == 0 {
		for _, a := range all {
			ways := len(waysUnder(a.Number))
			text := []rune(a.Paragraphs[0].Text)
			fmt.Fprintf(m.Out, "%-9s %s…  %s\n", mulu.NewCite(a.Number).Zh(), string(text[:min(24, len(text))]),
				fmt.Sprintf(m.t("%d 条路径，%d 条解读", "%d ways, %d readings"), ways, len(readings[a.Number])))
		}
		return nil
	}
	n, err := strconv.Atoi(f.Arg(0))
	if err != nil || n < 1 || n > len(all) {
		return errors.New(m.t("条号应为 1 至 44", "the article is a number from 1 to 44"))
	}
	a := all[n-1]
	fmt.Fprintf(m.Out, "%s  %s\n\n", mulu.NewCite(n).Zh(), a.Chapter)
	for _, p := range a.Paragraphs {
		fmt.Fprintln(m.Out, "  "+p.Text)
		for _, point := range p.Points {
			fmt.Fprintln(m.Out, "    "+point)
		}
	}
	m.terms(n)
	m.ways(n)
	fmt.Fprintln(m.Out, "\n"+m.t("解读", "Readings"))
	for _, r := range readings[n] {
		fmt.Fprintln(m.Out, "  · "+m.t(r.Zh, r.En))
		if r.Test != "" {
			fmt.Fprintln(m.Out, "    "+m.t("测试：", "tests: ")+"law/testdata/"+strings.ReplaceAll(r.Test, " ", " law/testdata/"))
		}
		if r.Reason != "" {
			fmt.Fprintln(m.Out, "    "+m.t("无链上规则：", "no rule: ")+r.Reason)
		}
	}
	return nil
}

// terms prints the terms of an article in each edition.
func (m *Main) terms(n int) {
	if n != 21 {
		return
	}
	fmt.Fprintln(m.Out, "\n"+m.t("期限（工作日，自收到次日起算，至当日24时）", "Terms (working days, from the day after receipt to 24:00)"))
	for _, e := range law.Editions() {
		from := m.t("收到申请", "receipt")
		if e.From == "consent" {
			from = m.t("同意", "consent")
		}
		silence := m.t("逾期未答复视为同意", "silence is consent")
		if !e.Silence {
			silence = m.t("逾期未答复转入协调", "silence leads to coordination")
		}
		fmt.Fprintf(m.Out, m.t("  %s：答复 %d，自%s起完成共享 %d，%s（%s）\n", "  %s: answer %d, from %s deliver %d, %s (%s)\n"),
			m.t(e.Zh, e.En), e.Reply, from, e.Deliver, silence, e.Source)
	}
}

func waysUnder(article int) (list []law.Way) {
	for _, w := range law.Ways() {
		if n, _, _ := w.Cite.Parts(); n == article {
			list = append(list, w)
		}
	}
	return list
}

// ways prints how nouns move under an article.
func (m *Main) ways(n int) {
	list := waysUnder(n)
	if len(list) == 0 {
		return
	}
	fmt.Fprintln(m.Out, "\n"+m.t("路径", "Ways"))
	for _, w := range list {
		from := w.From
		if from == "" {
			from = "none"
		}
		var by []string
		for _, r := range w.By {
			by = append(by, mulu.Say(string(r), m.Lang))
		}
		what := mulu.Say(w.On, m.Lang)
		if _, ok := act.Find(w.On); !ok && w.On != "genesis" {
			what = "⏰ " + what
		}
		fmt.Fprintf(m.Out, "  %s：%s —%s（%s）→ %s  〔%s〕\n", mulu.Say(string(w.Noun), m.Lang), mulu.Say(from, m.Lang), what,
			strings.Join(by, "、"), mulu.Say(w.To, m.Lang), m.t(w.Cite.Zh(), w.Cite.En()))
	}
}
