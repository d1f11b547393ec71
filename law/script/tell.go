package script

import (
	"encoding/json"
	"fmt"
	"strings"

	"mulu"
)

// follow finds what grew out of an application later: its grant, its coordination case.
func (p *play) follow(kind mulu.Kind, ids map[mulu.Kind]string) string {
	application, ok := ids[mulu.KindApplication]
	if !ok {
		return ""
	}
	if kind == mulu.KindDispute {
		if found := p.stage.Find(kind, "about/"+application); len(found) > 0 {
			return found[len(found)-1]
		}
		return ""
	}
	raw, ok := p.stage.Get(mulu.KindApplication, application)
	if !ok || kind != mulu.KindGrant {
		return ""
	}
	var a mulu.Application
	if err := json.Unmarshal(raw, &a); err != nil {
		return ""
	}
	return a.Grant
}

// tell says a fact in one line: its title, the noun and what matters of it now, and the provisions it rests on.
func (p *play) tell(f mulu.Fact) string {
	var arts []string
	for _, c := range f.Art {
		arts = append(arts, c.Zh())
	}
	return fmt.Sprintf("%s %s 〔%s〕", mulu.FactTitle(f.Kind, p.lang), p.gist(f), strings.Join(arts, "、"))
}

// gist says what a noun is and where it stands. It speaks of names, dates and counts; keys and digests, which differ from
// chain to chain, are left out.
func (p *play) gist(f mulu.Fact) string {
	switch f.Noun {
	case mulu.KindOrg:
		return read(f, func(o *mulu.Org) string {
			follows := "应当"
			if !o.Bound {
				follows = "可选"
				if o.Joined {
					follows = "参照"
				}
			}
			return join(o.ID, o.Short, mulu.Word(mulu.OrgSorts, string(o.Sort), "zh"), follows, mulu.Say(o.Status, "zh"))
		})
	case mulu.KindKey:
		return read(f, func(k *mulu.SigningKey) string {
			if node, ok := mulu.BelongsToNode(k.Owner); ok {
				return join("节点", node, mulu.Say(k.Status, "zh"))
			}
			return join(k.Owner, mulu.Say(k.Status, "zh"))
		})
	case mulu.KindClient:
		return read(f, func(c *mulu.Client) string { return join(c.ID, c.Name, mulu.Say(c.Status, "zh")) })
	case mulu.KindCalendar:
		return read(f, func(c *mulu.Calendar) string {
			return fmt.Sprintf("%d年 休息%d日 调休上班%d日 第%d版", c.Year, len(c.Off), len(c.MakeUp), c.Version)
		})
	case mulu.KindProfile:
		return read(f, func(c *mulu.Profile) string { return c.Edition })
	case mulu.KindClock:
		return "演练"
	case mulu.KindNode:
		return read(f, func(n *mulu.Node) string { return join(n.ID, fmt.Sprint(n.Power)+"票", mulu.Say(n.Status, "zh")) })
	case mulu.KindReceipts:
		return read(f, func(r *mulu.Receipts) string { return join(r.Node, fmt.Sprint(r.Size)+"条") })
	}
	return p.gistOfCatalog(f)
}

func (p *play) gistOfCatalog(f mulu.Fact) string {
	switch f.Noun {
	case mulu.KindDuty:
		return read(f, func(d *mulu.Duty) string { return join(d.ID, d.Name, mulu.Say(d.Status, "zh")) })
	case mulu.KindSystem:
		return read(f, func(s *mulu.System) string { return join(s.ID, s.Name, mulu.Say(s.Status, "zh")) })
	case mulu.KindTable:
		return read(f, func(t *mulu.Table) string {
			return join(t.ID, t.Database+"."+t.Name, fmt.Sprintf("%d列", len(t.Columns)), mulu.Say(t.Status, "zh"))
		})
	case mulu.KindLink:
		return read(f, func(l *mulu.Link) string { return join(l.ID, mulu.Say(l.Status, "zh")) })
	case mulu.KindEntry:
		return read(f, func(e *mulu.Entry) string {
			return join(e.Code, e.Current().Name, fmt.Sprintf("第%d版", e.Version), mulu.Say(e.Status, "zh"),
				mulu.Word(mulu.SharingTypes, e.Current().Sharing.Type, "zh"), fmt.Sprintf("%d级", e.Current().Grade))
		})
	case mulu.KindDataset:
		return read(f, func(d *mulu.Dataset) string {
			return join(d.Entry, fmt.Sprintf("数据第%d版", d.Version), fmt.Sprintf("%d行", d.Rows))
		})
	}
	return p.gistOfSharing(f)
}

func (p *play) gistOfSharing(f mulu.Fact) string {
	switch f.Noun {
	case mulu.KindApplication:
		return read(f, func(a *mulu.Application) string {
			line := join(a.ID, p.short(a.Consumer)+"→"+p.short(a.Provider), mulu.Say(a.Status, "zh"))
			if a.Answer != nil {
				line = join(line, decision(a.Answer))
			}
			if a.Status == "submitted" || a.Status == "overdue" {
				line = join(line, due("答复期限", a.AnswerBy), due("交付期限", a.DeliverBy))
			}
			return line
		})
	case mulu.KindGrant:
		return read(f, func(g *mulu.Grant) string {
			line := join(g.ID, p.short(g.Consumer), strings.Join(g.Items, "、"), rows(g.Rows), "至"+g.Until[:10], mulu.Say(g.Status, "zh"))
			if g.Status == "delivering" {
				line = join(line, due("交付期限", g.DeliverBy))
			}
			return line
		})
	case mulu.KindDispute:
		return read(f, func(d *mulu.Dispute) string {
			return join(d.ID, d.About, cause(d.Cause), mulu.Say(d.Status, "zh"), mulu.Word(mulu.Rulings, d.Outcome, "zh"))
		})
	}
	return f.ID
}

func read[N any](f mulu.Fact, say func(*N) string) string {
	n := new(N)
	if err := json.Unmarshal(f.State, n); err != nil {
		return f.ID + "（无法读取）"
	}
	return say(n)
}

func join(parts ...string) string {
	var kept []string
	for _, s := range parts {
		if s != "" {
			kept = append(kept, s)
		}
	}
	return strings.Join(kept, " ")
}

func due(what string, d *mulu.Deadline) string {
	if d == nil {
		return ""
	}
	s := what + d.Last
	if d.Provisional {
		s += "（暂定）"
	}
	return s
}

func rows(filters []mulu.Filter) string {
	var all []string
	for _, f := range filters {
		all = append(all, f.Item+"∈{"+strings.Join(f.Values, "、")+"}")
	}
	return strings.Join(all, " ")
}

func decision(a *mulu.Answer) string {
	switch a.Decision {
	case "rule":
		return "规则直接授权"
	case "deemed":
		return "逾期未答复视为同意"
	}
	return mulu.Word(mulu.Decisions, a.Decision, "zh")
}

func cause(c string) string {
	switch c {
	case "unanswered":
		return "逾期未答复"
	case "undelivered":
		return "逾期未交付"
	case "refused":
		return "不同意共享"
	}
	return "其他争议"
}
