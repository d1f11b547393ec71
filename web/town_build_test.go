package web

import (
	"encoding/json"
	"strings"

	"mulu"
	"mulu/act"
	"mulu/chain"
	"mulu/law"
)

// build gives the town its catalog. Names the tests use (town.named): the duties rescue (with entries), marriage (without),
// logistics (declared without data), schooling of schools; the entries allowance (published, version 2, linked and partly
// bound), submitted, returned, changing, suspended, retired of civil, and schools (published) and plan (submitted) of
// schools; the systems welfare and bare (nothing below it), the table allowances.
func (w *town) build() error {
	steward, approver := "civil-steward", "civil-approver"
	say := func(login string, a act.Act) func() error { return func() error { return w.doneBy(login, a) } }
	for _, step := range []func() error{
		say(steward, &act.RegisterDuty{Code: "MZ-001", Name: "社会救助", Basis: "社会救助暂行办法第三条", Department: "社会救助科", Matters: []string{"低保审核确认", "临时救助"}}),
		say(steward, &act.RegisterDuty{Name: "婚姻登记", Basis: "婚姻登记条例第二条"}),
		say(steward, &act.RegisterDuty{Name: "机关后勤", Basis: "三定方案"}),
		say("schools-steward", &act.RegisterDuty{Name: "义务教育入学", Basis: "义务教育法第十二条"}),
		func() error {
			return w.name(mulu.KindDuty, map[string]string{"rescue": townCivil + "/社会救助", "marriage": townCivil + "/婚姻登记",
				"logistics": townCivil + "/机关后勤", "schooling": townSchools + "/义务教育入学"})
		},
		func() error {
			return w.doneBy(steward, &act.DeclareNoData{Duty: w.named["logistics"], Why: "内部事务，不产生公共数据"})
		},
		say("bureau-approver", &act.PublishElement{Name: "公民身份号码", Type: "C", Length: 18, Format: "citizen_id", Source: "GB 11643"}), // DE-000001
		func() error { return w.enter(steward, "allowance", "rescue", "低保对象信息", conditionalOnes) },
		func() error { return w.enter(steward, "submitted", "rescue", "低保金发放明细", nil) },
		func() error { return w.enter(steward, "returned", "rescue", "救助站信息", nil) },
		func() error { return w.enter(steward, "changing", "rescue", "临时救助信息", nil) },
		func() error { return w.enter(steward, "suspended", "rescue", "街道救助站名录", nil) },
		func() error { return w.enter(steward, "retired", "rescue", "旧救助台账", nil) },
		func() error { return w.enter("schools-steward", "schools", "schooling", "学校名录", nil) },
		func() error { return w.enter("schools-steward", "plan", "schooling", "学位计划", nil) },
		func() error { return w.verify("allowance", "changing", "suspended", "retired", "schools") },
		func() error {
			return w.doneBy("bureau-approver", &act.ReturnEntry{Entry: w.named["returned"], Why: "摘要过于简略，请写明覆盖范围"})
		},
		func() error {
			return w.change(steward, "allowance", func(c *mulu.EntryContent) { c.Summary = "最低生活保障对象及家庭信息，按月更新" })
		},
		func() error {
			return w.change(steward, "changing", func(c *mulu.EntryContent) {
				c.Items = append(c.Items, mulu.Item{Name: "救助金额", Field: "amount", Type: "Y", Length: 10, Grade: 2})
				c.Grade, c.Opening = 2, mulu.Opening{Type: "conditional", Channel: "zone", Conditions: "仅限研究用途"}
			})
		},
		func() error {
			return w.doneBy(approver, &act.SuspendEntry{Entry: w.named["suspended"], Why: "数据核对中"})
		},
		func() error {
			return w.doneBy(approver, &act.RetireEntry{Entry: w.named["retired"], Why: "已并入低保对象信息"})
		},
		say(steward, &act.RegisterSystem{Name: "社会救助管理系统", Purpose: "救助业务办理", Project: "民政信息化二期", Network: "government", Level: 3, Databases: []string{"dbrescue"}}),
		say(steward, &act.RegisterSystem{Name: "婚姻登记系统", Network: "private", Level: 2}),
		func() error {
			return w.name(mulu.KindSystem, map[string]string{"welfare": townCivil + "/社会救助管理系统", "bare": townCivil + "/婚姻登记系统"})
		},
		func() error {
			return w.doneBy(steward, &act.RegisterTable{System: w.named["welfare"], Database: "dbrescue", Schema: "public", Name: "t_dbdx", Comment: "低保对象表", Rows: 3120,
				Columns: []mulu.Column{{Name: "xm", Type: "varchar", Length: 50, Comment: "姓名"}, {Name: "gmsfhm", Type: "char", Length: 18, IsKey: true, Comment: "身份证号"},
					{Name: "bz", Type: "text", Nullable: true}}})
		},
		func() error {
			return w.name(mulu.KindTable, map[string]string{"allowances": w.named["welfare"] + "/dbrescue.public.t_dbdx"})
		},
		func() error {
			return w.doneBy(steward, &act.LinkSystem{Entry: w.named["allowance"], System: w.named["welfare"]})
		},
		func() error {
			return w.doneBy(steward, &act.BindItem{Entry: w.named["allowance"], Item: "xm", Table: w.named["allowances"], Column: "xm"})
		},
	} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// name remembers ids of nouns by the name index of their kind.
func (w *town) name(kind mulu.Kind, names map[string]string) error {
	for short, index := range names {
		ids := w.chain.Find(kind, "name/"+index)
		if len(ids) != 1 {
			return &mulu.Refusal{Code: "unknown", Args: []string{"@" + string(kind), index}}
		}
		w.named[short] = ids[0]
	}
	return nil
}

// enter hands in an entry; amend may change its content first.
func (w *town) enter(login, short, duty, name string, amend func(*mulu.EntryContent)) error {
	c := mulu.EntryContent{Name: name, Summary: name + "的基本登记项", Duty: w.named[duty], Class: "307", Format: "database", Cycle: "monthly", Theme: "社会保障",
		Sharing: mulu.Sharing{Type: "unconditional"}, Opening: mulu.Opening{Type: "unconditional"}, Grade: 1,
		Items: []mulu.Item{{Name: "编号", Field: "id", Type: "C", Length: 20, IsKey: true, Grade: 1}, {Name: "所属街道", Field: "street", Type: "C", Length: 12, Nullable: true, Grade: 1}}}
	if amend != nil {
		amend(&c)
	}
	if err := w.doneBy(login, &act.SubmitEntry{Content: c}); err != nil {
		return err
	}
	org := w.persons[login].Org
	return w.name(mulu.KindEntry, map[string]string{short: org + "/" + name})
}

func conditionalOnes(c *mulu.EntryContent) {
	c.Base, c.Grade, c.Class = "population", 3, "101"
	c.Sharing = mulu.Sharing{Type: "conditional", Conditions: "限救助协同，不提供批量"}
	c.Opening = mulu.Opening{Type: "not_open", Ground: 3, Basis: "可识别特定自然人"}
	c.Items = []mulu.Item{{Name: "姓名", Field: "xm", Type: "C", Length: 50, Personal: true, Grade: 3},
		{Name: "公民身份号码", Field: "gmsfhm", Type: "C", Length: 18, IsKey: true, Personal: true, Sensitive: true, Grade: 3, Sharing: "not_shared", Standard: "DE-000001"},
		{Name: "所属街道", Field: "street", Type: "C", Length: 12, Nullable: true, Grade: 1}}
}

func (w *town) verify(names ...string) error {
	for _, n := range names {
		if err := w.doneBy("bureau-approver", &act.VerifyEntry{Entry: w.named[n]}); err != nil {
			return err
		}
	}
	return nil
}

// change states a published entry's content anew.
func (w *town) change(login, short string, amend func(*mulu.EntryContent)) error {
	raw, _ := w.chain.Get(mulu.KindEntry, w.named[short])
	var e mulu.Entry
	if err := json.Unmarshal(raw, &e); err != nil {
		return err
	}
	amend(e.Now)
	return w.doneBy(login, &act.ChangeEntry{Entry: e.Code, From: e.Version, Content: *e.Now})
}

// townChain shows the pages what the chain tells of itself, as the door does.
type townChain struct{ c *chain.Chain }

func (c townChain) ID() string                                { return c.c.ID() }
func (c townChain) Record(n uint64) ([]byte, error)           { return c.c.Record(n) }
func (c townChain) ProveRecord(n uint64) ([]byte, error)      { return c.c.ProveRecord(n) }
func (c townChain) ProveConsistency(n uint64) ([]byte, error) { return c.c.ProveConsistency(n) }
func (c townChain) Anchor() ([]byte, error)                   { return c.c.Anchor().Encode() }

func (c townChain) Standing() Standing {
	h := c.c.Health()
	s := Standing{State: h.State, Height: h.Height, Size: h.Size, Peers: h.Peers, Pending: h.Pending, Quorum: h.Quorum}
	if p, ok := c.c.Checkpoint(); ok {
		s.CheckpointSize, s.CheckpointRoot, s.CheckpointTime = p.Size, p.Root.String(), p.Time
		for _, by := range p.Signatures {
			s.Signers = append(s.Signers, by.Node)
		}
	}
	s.NextDue, s.AnyDue = c.c.NextDue()
	return s
}

// townLaw is the regulation as it is executed, as the door hands it in.
type townLaw struct{}

func (townLaw) Articles() []Article {
	readings, err := law.Readings()
	if err != nil {
		panic(err)
	}
	var all []Article
	for _, a := range law.Regulation() {
		one := Article{Number: a.Number, Chapter: a.Chapter}
		for _, p := range a.Paragraphs {
			one.Paragraphs = append(one.Paragraphs, Paragraph{p.Text, p.Points})
		}
		for _, r := range readings[a.Number] {
			one.Readings = append(one.Readings, Reading{r.Zh, r.En, strings.Fields(r.Test), r.Reason})
		}
		for _, y := range law.Ways() {
			if n, _, _ := y.Cite.Parts(); n != a.Number {
				continue
			}
			_, said := act.Find(y.On)
			way := Way{Noun: y.Noun, From: y.From, On: y.On, To: y.To, Cite: y.Cite, Alarm: !said && y.On != "genesis"}
			for _, by := range y.By {
				way.By = append(way.By, string(by))
			}
			one.Ways = append(one.Ways, way)
		}
		all = append(all, one)
	}
	return all
}

func (townLaw) Script(name string) (string, bool) { return law.Script(name) }

func (townLaw) Editions() []Edition {
	var all []Edition
	for _, e := range law.Editions() {
		all = append(all, Edition{Name: e.Name, Zh: e.Zh, En: e.En, Reply: e.Reply, Deliver: e.Deliver, From: e.From, Silence: e.Silence, Source: e.Source,
			InForce: e.Name == "district-2023", AtOnce: e.AtOnce, Object: e.Object})
	}
	return all
}

func (townLaw) Protections() []Protection {
	var all []Protection
	for _, p := range law.Protections() {
		all = append(all, Protection{p.Grade, p.Sharing, p.Opening, p.Methods})
	}
	return all
}

func (townLaw) Limits() []Limit {
	var all []Limit
	for _, l := range law.Limits() {
		all = append(all, Limit(l))
	}
	return all
}
