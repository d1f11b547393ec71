package script

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"mulu"
	"mulu/law"
)

// follow finds what grew out of a named thing later: the grant of an application, the last coordination case about it or
// about an objection, the last finding that rests on it.
func (p *play) follow(kind mulu.Kind, ids map[mulu.Kind]string) string {
	for _, about := range []mulu.Kind{mulu.KindObjection, mulu.KindDispute, mulu.KindReview, mulu.KindGrant, mulu.KindApplication} {
		id, ok := ids[about]
		if !ok {
			continue
		}
		index := "about/" + id
		if kind == mulu.KindFinding {
			index = "on/" + string(about) + "/" + id
		}
		if found := p.stage.Find(kind, index); len(found) > 0 && (kind == mulu.KindDispute || kind == mulu.KindFinding) {
			return found[len(found)-1]
		}
	}
	raw, ok := p.stage.Get(mulu.KindApplication, ids[mulu.KindApplication])
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
			return join(d.Entry, holding(d), quality(d.Quality), terms(d))
		})
	case mulu.KindLoadTerms:
		return read(f, func(t *mulu.LoadTerms) string {
			return join(t.Entry, fmt.Sprintf("第%d次设定 规则%d条 剔除上限%d‰ 减少上限%d%% 得分下限%d‰", t.Version, len(t.Rules), t.MaxBad, t.Shrink, t.Least))
		})
	}
	return p.gistOfSharing(f)
}

func (p *play) gistOfSharing(f mulu.Fact) string {
	switch f.Noun {
	case mulu.KindApplication:
		return read(f, func(a *mulu.Application) string {
			line := join(a.ID, p.short(a.Consumer)+"→"+p.short(a.Provider), mulu.Say(a.Status, "zh"))
			line = join(line, decision(a))
			if a.Status == "submitted" || a.Status == "overdue" {
				line = join(line, due("答复期限", a.AnswerBy), due("交付期限", a.DeliverBy))
			}
			if a.SplitTo != "" || a.SplitOf != "" {
				line = join(line, strings.Join(a.Ask.Items, "、"), "与"+a.SplitTo+a.SplitOf+"同时提出")
			}
			return line
		})
	case mulu.KindGrant:
		return read(f, func(g *mulu.Grant) string {
			line := join(g.ID, p.short(g.Consumer), strings.Join(g.Items, "、"), rows(g.Rows), "至"+g.Until[:10], mulu.Say(g.Status, "zh"))
			line = join(line, limits(g))
			if g.Status != "ended" && g.Delivered == "" {
				line = join(line, due("交付期限", g.DeliverBy))
			}
			if f.Kind == "grant.noticed" {
				line = join(line, notice(g.Notice))
			}
			return line
		})
	case mulu.KindDispute:
		return read(f, func(d *mulu.Dispute) string {
			return join(d.ID, d.About, mulu.Word(mulu.Causes, d.Cause, "zh"), mulu.Say(d.Status, "zh"), mulu.Word(mulu.Rulings, d.Outcome, "zh"), due("限期", d.Due))
		})
	}
	return p.gistOfUse(f)
}

func (p *play) gistOfUse(f mulu.Fact) string {
	switch f.Noun {
	case mulu.KindObjection:
		return read(f, func(o *mulu.Objection) string {
			line := join(o.ID, o.Grant, p.short(o.Consumer)+"→"+p.short(o.Provider), strings.Join(o.Items, "、"), mulu.Say(o.Status, "zh"))
			if o.Corrected > 0 {
				line = join(line, fmt.Sprintf("数据第%d版", o.Corrected))
			}
			if o.Open() {
				line = join(line, due("办理期限", o.AnswerBy))
			}
			return line
		})
	case mulu.KindReview:
		return read(f, func(r *mulu.Review) string {
			line := join(r.ID, r.Entry, mulu.Word(mulu.SharingTypes, r.Sharing, "zh"), mulu.Say(r.Status, "zh"))
			if r.Status == "due" {
				line = join(line, due("内部时限", r.FinishBy))
			}
			return line
		})
	case mulu.KindUseReport:
		return read(f, func(r *mulu.UseReport) string {
			line := join(r.ID, r.Grant, p.short(r.Consumer), r.From[:10]+"至"+r.To[:10], mulu.Say(r.Status, "zh"))
			if r.Status == "due" {
				line = join(line, due("内部时限", r.FileBy))
			}
			return line
		})
	case mulu.KindUseFlag:
		return read(f, func(u *mulu.UseFlag) string {
			return join(u.ID, u.Grant, p.short(u.Consumer), u.Day, mulu.Word(mulu.FlagRules, u.Rule, "zh"), fmt.Sprintf("计数%d 阈值%d", u.Counted, u.Usual), mulu.Say(u.Status, "zh"))
		})
	case mulu.KindFinding:
		return read(f, func(n *mulu.Finding) string {
			line := join(n.ID, p.short(n.Org), mulu.Word(mulu.Violations, n.Violation(), "zh"))
			if n.Rule != "misuse" { // says what the point says
				line = join(line, mulu.Word(mulu.FindingRules, n.Rule, "zh"))
			}
			for _, r := range n.On {
				line = join(line, r.ID)
			}
			return join(line, mulu.Say(n.Status, "zh"))
		})
	case mulu.KindElement:
		return read(f, func(e *mulu.Element) string {
			line := join(e.ID, e.Name, mulu.Word(mulu.ItemTypes, e.Type, "zh"))
			if e.Length > 0 {
				line = join(line, fmt.Sprintf("长度%d", e.Length))
			}
			line = join(line, mulu.Word(mulu.ValueFormats, e.Format, "zh"), e.CodeSet, fmt.Sprintf("第%d版", e.Version), mulu.Say(e.Status, "zh"))
			if e.Next != "" {
				line = join(line, "由"+e.Next+"代替")
			}
			return line
		})
	case mulu.KindCodeSet:
		return read(f, func(s *mulu.CodeSet) string {
			return join(s.ID, s.Name, fmt.Sprintf("%d个代码", len(s.Values)), fmt.Sprintf("第%d版", s.Version), mulu.Say(s.Status, "zh"))
		})
	case mulu.KindPurchase:
		return read(f, func(n *mulu.Purchase) string {
			line := join(n.ID, p.short(n.Org), n.Name, mulu.Say(n.Status, "zh"), n.Entry)
			if n.Status == "on_file" {
				line = join(line, due("内部时限", n.FinishBy))
			}
			return line
		})
	case mulu.KindTerm:
		return read(f, func(t *mulu.Term) string { return join(mulu.Word(mulu.TermNames, t.ID, "zh"), fmt.Sprint(t.Value)) })
	}
	return f.ID
}

// limits says how often and how much a grant gives out, where that is not what is usual for some grade.
func limits(g *mulu.Grant) string {
	for _, l := range law.Limits() {
		if l.Method == g.Method && l.Rate == g.Rate && l.Volume == g.Volume {
			return ""
		}
	}
	return fmt.Sprintf("每分钟%d次 每日%d条", g.Rate, g.Volume)
}

// notice says what a change of sharing attributes means for a grant.
func notice(n *mulu.Notice) string {
	line := mulu.Word(mulu.SharingTypes, n.Was, "zh") + "→" + mulu.Word(mulu.SharingTypes, n.Now, "zh")
	if len(n.Items) > 0 {
		line = join(line, "涉及"+strings.Join(n.Items, "、"))
	}
	return line
}

// holding says where the data of an entry is and what of it.
func holding(d *mulu.Dataset) string {
	switch d.Status {
	case "serving":
		line := fmt.Sprintf("数据第%d版 %d行", d.Version, d.Rows)
		if d.Mode != "" {
			line = join(line, mulu.Word(mulu.LoadModes, d.Mode, "zh"))
		}
		return line
	case "connected":
		return join(mulu.Say(d.Status, "zh"), mulu.Word(mulu.SourceSorts, d.Source, "zh"))
	}
	return mulu.Say(d.Status, "zh")
}

func quality(q mulu.Quality) string {
	if q.Checked == 0 {
		return ""
	}
	return fmt.Sprintf("检查%d行 剔除%d行 得分%d‰", q.Checked, q.Bad, q.Score)
}

// terms says by when the next update is asked for and when its lateness becomes a finding.
func terms(d *mulu.Dataset) string {
	line := ""
	if d.Due != "" {
		if t, err := time.Parse(time.RFC3339, d.Due); err == nil {
			line = "更新期至" + t.Add(-time.Second).Format(time.DateOnly)
		}
	}
	if d.Late == "" {
		line = join(line, due("内部时限", d.By))
	}
	return line
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

func decision(a *mulu.Application) string {
	switch {
	case a.Status == "granted" && (a.Answer == nil || a.Answer.Decision == "refused"):
		return "按协调结论"
	case a.Answer == nil:
		return ""
	}
	switch a.Answer.Decision {
	case "rule":
		return "规则直接授权"
	case "deemed":
		return "逾期未答复视为同意"
	}
	return mulu.Word(mulu.Decisions, a.Answer.Decision, "zh")
}
