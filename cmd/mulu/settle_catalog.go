package main

import (
	"fmt"
	"sync"
	"unicode"

	"github.com/mozillazg/go-pinyin"

	"mulu"
	"mulu/act"
)

// levels brings the lower two levels of the catalog to life: each source system with its database, a table for each entry,
// the entry linked to its system and its items bound to the table's columns. A part is left open on purpose: some entries
// without a system, some items without a column, so that coverage has gaps to show.
func (s *settler) levels(list []catalog) error {
	for _, c := range list {
		if err := s.system(s.ids[c.provider], c); err != nil {
			return fmt.Errorf("system %s: %w", c.system, err)
		}
	}
	errs := make(chan error, len(list))
	var working sync.WaitGroup
	turn := make(chan struct{}, 8) // acts of different entries do not wait for each other
	for i, c := range list {
		if i%9 == 7 {
			continue // stays without a system
		}
		working.Go(func() {
			turn <- struct{}{}
			defer func() { <-turn }()
			if err := s.bind(i, c); err != nil {
				errs <- fmt.Errorf("bind %s: %w", c.content.Name, err)
			}
		})
	}
	working.Wait()
	close(errs)
	return <-errs
}

func (s *settler) system(org string, c catalog) error {
	if len(s.p.chain.Find(mulu.KindSystem, "name/"+org+"/"+c.system)) > 0 {
		return nil
	}
	level := 2
	if c.content.Personal {
		level = 3
	}
	network := "government"
	switch c.system {
	case "视频专网平台", "金税系统", "执法办案系统":
		network = "private"
	case "12315系统", "政务服务平台", "校外培训监管平台":
		network = "internet"
	}
	return s.do(org, &act.RegisterSystem{Name: c.system, Purpose: "办理" + c.duty + "业务", Network: network, Level: level,
		Databases: []string{initials(c.system)}, Connection: "secret:" + initials(c.system)})
}

// bind makes an entry's table and joins the levels. The last items of every fifth entry stay unbound.
func (s *settler) bind(i int, c catalog) error {
	org := s.ids[c.provider]
	entry := s.p.chain.Find(mulu.KindEntry, "name/"+org+"/"+c.content.Name)
	system := s.p.chain.Find(mulu.KindSystem, "name/"+org+"/"+c.system)
	if len(entry) != 1 || len(system) != 1 {
		return fmt.Errorf("%d entries and %d systems go by these names", len(entry), len(system))
	}
	name := "t_" + initials(c.content.Name)
	at := system[0] + "/" + initials(c.system) + ".public." + name
	t := &act.RegisterTable{System: system[0], Database: initials(c.system), Schema: "public", Name: name, Comment: c.content.Name, Rows: int64(1200 + i*7919%90000),
		Columns: []mulu.Column{{Name: "id", Type: "bigint", IsKey: true, Comment: "内部编号"}}}
	for _, item := range c.content.Items {
		t.Columns = append(t.Columns, mulu.Column{Name: item.Field, Type: columnType(item.Type), Length: item.Length, Nullable: item.Nullable, Comment: item.Name})
	}
	if err := s.do(org, t); err != nil {
		return err
	}
	table := s.p.chain.Find(mulu.KindTable, "name/"+at)
	if len(table) != 1 {
		return fmt.Errorf("%d tables are named %s", len(table), name)
	}
	items := c.content.Items
	if i%5 == 2 {
		items = items[:len(items)-2]
	}
	for _, item := range items {
		if err := s.do(org, &act.BindItem{Entry: entry[0], Item: item.Field, Table: table[0], Column: item.Field}); err != nil {
			return err
		}
	}
	return s.do(org, &act.LinkSystem{Entry: entry[0], System: system[0]})
}

// columnType is the type of a PostgreSQL column that holds an item of a type of the 2017 guide.
func columnType(item string) string {
	switch item {
	case "N", "Y":
		return "numeric"
	case "D":
		return "date"
	case "T":
		return "timestamp"
	case "L":
		return "boolean"
	case "I":
		return "integer"
	case "B", "F":
		return "double precision"
	}
	return "varchar"
}

// initials are the first letters of a Chinese name's syllables, as databases name their tables: 婚姻登记信息 → hydjxx.
func initials(name string) string {
	args := pinyin.NewArgs()
	args.Style = pinyin.FirstLetter
	s := ""
	for _, r := range name {
		switch {
		case unicode.Is(unicode.Han, r):
			if p := pinyin.SinglePinyin(r, args); len(p) > 0 {
				s += p[0]
			}
		case r >= '0' && r <= '9' || r >= 'a' && r <= 'z':
			s += string(r)
		}
	}
	return s
}

// furtherDuties are duties under which no entry stands yet, and one that gives no data: what coverage is about.
func (s *settler) furtherDuties() error {
	for short, list := range map[string][]mulu.Duty{ // the order is of no matter: each is its own
		"区民政局":     {{Name: "殡葬服务管理", Basis: "殡葬管理条例"}, {Name: "慈善组织管理", Basis: "慈善法"}},
		"区教委":      {{Name: "教师资格认定", Basis: "教师资格条例"}, {Name: "学生资助", Basis: "学生资助资金管理办法"}, {Name: "机关文书和会务", Basis: "三定规定", Why: "内部事务，不产生业务数据"}},
		"区市场监管局":   {{Name: "计量监管", Basis: "计量法"}, {Name: "价格监督检查", Basis: "价格法"}},
		"区卫生健康委":   {{Name: "医师执业注册", Basis: "医师法"}},
		"区住房城市建设委": {{Name: "建筑工程施工许可", Basis: "建筑法"}, {Name: "老旧小区综合整治", Basis: "北京市老旧小区综合整治工作手册"}},
		"区房管局":     {{Name: "房屋租赁管理", Basis: "北京市住房租赁条例"}, {Name: "物业管理监督", Basis: "北京市物业管理条例"}},
		"西城交通支队":   {{Name: "道路交通安全管理", Basis: "道路交通安全法"}},
		"区消防救援支队":  {{Name: "消防安全检查", Basis: "消防法"}},
		"月坛街道":     {{Name: "辖区基层治理", Basis: "北京市街道办事处条例"}, {Name: "民生服务", Basis: "北京市街道办事处条例"}, {Name: "应急值守", Basis: "北京市街道办事处条例", Why: "值守记录属内部工作安排，不产生公共数据"}},
		"德胜街道":     {{Name: "辖区基层治理", Basis: "北京市街道办事处条例"}},
		"区信访办":     {{Name: "信访事项受理", Basis: "信访工作条例"}},
	} {
		org := s.ids[short]
		for _, d := range list {
			if err := s.do(org, &act.RegisterDuty{Name: d.Name, Basis: d.Basis}); err != nil {
				return fmt.Errorf("duty %s: %w", d.Name, err)
			}
			if d.Why == "" {
				continue
			}
			id := s.p.chain.Find(mulu.KindDuty, "name/"+org+"/"+d.Name)
			if err := s.do(org, &act.DeclareNoData{Duty: id[0], Why: d.Why}); err != nil {
				return fmt.Errorf("duty %s: %w", d.Name, err)
			}
		}
	}
	return nil
}

// waiting are entries that are handed in and not verified: the bureau's queue. returned went back with reasons.
var (
	waiting  = []string{"公园绿地信息", "历史建筑与保护区范围", "规上商业零售额汇总", "社区服务站信息"}
	returned = map[string]string{
		"消费投诉明细":    "不予共享未写明法律依据，请补充法律名称和条款后重新提交",
		"享受津贴老年人信息": "摘要未写明津贴种类和发放口径，请补充后重新提交",
	}
)

// mixedStates takes published entries further: a change that waits for verification, a change of wording, a suspension and
// an end.
func (s *settler) mixedStates() error {
	for _, step := range []struct {
		provider, entry string
		act             func(e *mulu.Entry) act.Act
	}{
		{"区民政局", "婚姻登记信息", func(e *mulu.Entry) act.Act {
			return changed(e, func(c *mulu.EntryContent) { c.Sharing.Conditions += "；按次核验，不保留结果" })
		}},
		{"区城市管理委", "停车场动态余位", func(e *mulu.Entry) act.Act {
			return changed(e, func(c *mulu.EntryContent) {
				c.Sharing = mulu.Sharing{Type: "conditional", Conditions: "限交通治理和停车引导，按接口限流"}
			})
		}},
		{"区民政局", "养老机构基本信息", func(e *mulu.Entry) act.Act {
			return changed(e, func(c *mulu.EntryContent) { c.Summary += "，含床位数和服务星级" })
		}},
		{"区卫生健康委", "医疗机构信息", func(e *mulu.Entry) act.Act {
			return changed(e, func(c *mulu.EntryContent) { c.Summary += "，不含已注销机构" })
		}},
		{"区生态环境局", "空气质量小时数据", func(e *mulu.Entry) act.Act {
			return &act.SuspendEntry{Entry: e.Code, Why: "监测站点迁移，数据校准期间暂停提供"}
		}},
		{"区市场监管局", "在用电梯登记信息", func(e *mulu.Entry) act.Act {
			return &act.RetireEntry{Entry: e.Code, Why: "改由市级特种设备平台统一提供"}
		}},
	} {
		ids := s.p.chain.Find(mulu.KindEntry, "name/"+s.ids[step.provider]+"/"+step.entry)
		if len(ids) != 1 {
			return fmt.Errorf("%d entries are named %s", len(ids), step.entry)
		}
		var e mulu.Entry
		if _, err := s.p.noun(mulu.KindEntry, ids[0], &e); err != nil {
			return err
		}
		if err := s.do(e.Org, step.act(&e)); err != nil {
			return fmt.Errorf("entry %s: %w", step.entry, err)
		}
	}
	return nil
}

func changed(e *mulu.Entry, change func(*mulu.EntryContent)) act.Act {
	c := *e.Now
	change(&c)
	return &act.ChangeEntry{Entry: e.Code, From: e.Version, Content: c}
}
