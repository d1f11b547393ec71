package main

import (
	"context"
	"fmt"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"mulu/notify"
)

// openReminders opens the reminders with what the settings say of mail and webhooks. What is wrong there is *notify.Misset.
func (p *Program) openReminders(key []byte) (*notify.Notify, error) {
	c := notify.Config{Path: p.home.path("notify.db"), Key: key, Node: p.settings.Node, Read: p.reads, People: p.people, Size: p.chain.Size, Law: p.chain.Now, Log: p.log}
	var err error
	if c.Hosts, err = notify.NewHosts(p.settings.Hooks); err != nil {
		return nil, err
	}
	if m := p.settings.Mail; m != nil {
		if c.Mail, err = notify.NewMail(*m); err != nil {
			return nil, err
		}
		p.Mail, c.Pages = c.Mail.Server(), m.Pages
	}
	return notify.Open(c)
}

// keepReminding runs the reminders. When they fail they are begun again: the district's data does not stop for them.
func (p *Program) keepReminding(ctx context.Context) {
	for {
		err := p.notify.Run(ctx)
		if ctx.Err() != nil {
			return
		}
		p.log.Error("the reminders stopped, and are begun again in a minute", "err", err)
		select {
		case <-ctx.Done():
			return
		case <-time.After(time.Minute):
		}
	}
}

// reminderFigures are how many reminders were sent, were given up, and wait, for Prometheus.
func (p *Program) reminderFigures(r *prometheus.Registry) {
	for way, of := range map[string]func(notify.Figures) notify.Figure{
		"mail": func(f notify.Figures) notify.Figure { return f.Mail }, "hook": func(f notify.Figures) notify.Figure { return f.Hook }} {
		for state, count := range map[string]func(notify.Figure) int64{
			"sent":    func(f notify.Figure) int64 { return f.Sent },
			"failed":  func(f notify.Figure) int64 { return f.Failed },
			"waiting": func(f notify.Figure) int64 { return f.Waiting }} {
			r.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Namespace: "mulu", Name: "reminders", Help: "Reminders by way and what became of them.",
				ConstLabels: prometheus.Labels{"way": way, "state": state}}, func() float64 {
				f, err := p.notify.Figures(context.Background())
				if err != nil {
					p.log.Warn("reminders are not counted", "err", err)
				}
				return float64(count(of(f)))
			}))
		}
	}
}

// reminding says how sending goes, for whoever looks at the node's status.
func (m *Main) reminding(s status) string {
	if s.Reminders == nil {
		return ""
	}
	line := func(word string, f notify.Figure) string {
		return fmt.Sprintf(m.t("%s：已发 %d，等待 %d，放弃 %d\n", "%s: %d sent, %d waiting, %d given up\n"), word, f.Sent, f.Waiting, f.Failed)
	}
	out := ""
	if s.Mail != "" || s.Reminders.Mail != (notify.Figure{}) {
		out += line(m.t("提醒邮件", "reminders by mail"), s.Reminders.Mail)
	}
	if s.Reminders.Hook != (notify.Figure{}) {
		out += line(m.t("提醒推送", "reminders by webhook"), s.Reminders.Hook)
	}
	return out
}
