package main

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"time"

	"mulu"
	"mulu/act"
	"mulu/cmd/mulu/madeup"
	"mulu/law/script"
	"mulu/platform"
	"mulu/platform/intake"
	"mulu/workday"
)

// What of the base databases stays away, so that there is something to gather: nobody has loaded it yet.
var ungathered = []string{"实有人口居住登记信息", "传染病个案信息", "单位社会保险缴费状态", "部门职责(三定)清单", "公共安全视频点位信息", "在用电梯登记信息"}

const (
	demoResidents = "常住户籍人口基础信息"
	// Of the residents a part is there from the first day on, in as many versions; all of them come when the pages are open.
	partOfResidents, partVersions = 12_000, 3

	demoLate = "经营异常名录信息" // loaded once and not updated since
	demoSoon = "定点医药机构名录" // to be updated in a few days
	demoPoor = "失业登记人员信息" // with rows that are left out
)

// daily are the cycles of what is updated all the time.
var daily = []string{"realtime", "daily", "weekly"}

// data loads what the sandbox's platform holds on its first day: the streets as they are, and what is made up. The base databases
// are filled but for a few gaps.
func (s *settler) data(d district) error {
	s.town = d.town
	if err := s.do(s.ids[script.Bureau], &act.SetTerm{Term: "update_grace", Value: 25, Why: "平台启用初期，各单位更新周期尚在磨合，宽限期暂定25个工作日"}); err != nil {
		return err
	}
	if err := s.do(s.ids[script.Bureau], &act.SetTerm{Term: "quality_floor", Value: 980, Why: "低于98分的数据由提供单位限期整改"}); err != nil {
		return err
	}
	if err := s.terms(); err != nil {
		return err
	}
	if err := s.whole(demoStreets, demoStreets+".csv", d.streets); err != nil {
		return err
	}
	borders, err := d.town.GeoJSON()
	if err != nil {
		return err
	}
	if err := s.whole(demoBorders, "jiedao.geojson", borders); err != nil {
		return err
	}
	allowances, _, err := s.table(demoConditional)
	if err != nil {
		return err
	}
	number := slices.Index(allowances.Columns, "gmsfhm")
	for i := range 150 {
		s.relieved = append(s.relieved, allowances.Row(i)[number])
	}
	begun := time.Now()
	for _, c := range d.catalogs {
		e := c.content
		if e.Base == "" || e.Name == demoStreets || e.Name == demoBorders || slices.Contains(ungathered, e.Name) || slices.Contains(waiting, e.Name) || returned[e.Name] != "" {
			continue
		}
		if err := s.first(e.Name); err != nil {
			return err
		}
		if e.Name != demoLate && e.Name != demoSoon && e.Name != demoPoor {
			s.fresh = append(s.fresh, e.Name)
		}
	}
	fmt.Fprintf(s.m.Out, s.m.t("四大基础库已装载 %d 行，用时 %.1f 秒\n", "%d rows of the base databases loaded in %.1f s\n"), s.loaded, time.Since(begun).Seconds())
	return nil
}

// table makes up an entry's rows as of today by the law's clock.
func (s *settler) table(name string) (*madeup.Table, mulu.Entry, error) {
	var e mulu.Entry
	code, err := s.titled(name)
	if err != nil {
		return nil, e, err
	}
	if _, err := s.p.noun(mulu.KindEntry, code, &e); err != nil {
		return nil, e, err
	}
	t, err := s.town.Table(name, e.Now.Items, s.p.chain.Now().In(mulu.Shanghai()))
	switch {
	case err != nil:
		return nil, e, err
	case name == demoResidents:
		t = t.Part(0, partOfResidents)
	}
	return t, e, nil
}

// grows is how many rows come with an update.
func grows(t *madeup.Table) int { return min(300, max(1, t.Rows/100)) }

// first loads an entry for the first time. What is updated later lacks what comes then.
func (s *settler) first(name string) error {
	t, e, err := s.table(name)
	switch {
	case err != nil:
		return err
	case name == demoPoor:
		return s.poor(42, 900)
	case !t.Figures && slices.Contains(daily, e.Now.Cycle):
		t = t.Part(0, t.Rows-2*grows(t))
	case !t.Figures && e.Now.Cycle == "monthly":
		t = t.Part(0, t.Rows-grows(t))
	}
	return s.load(name, "replace", blemished(name, t))
}

// refresh updates the entries of some cycles, in the round-th round.
func (s *settler) refresh(round int, cycles ...string) error {
	for _, name := range s.fresh {
		if err := s.renew(name, round, cycles); err != nil {
			return fmt.Errorf("update %s: %w", name, err)
		}
	}
	return nil
}

// renew brings an entry's new rows and those that changed; of figures all.
func (s *settler) renew(name string, round int, cycles []string) error {
	t, e, err := s.table(name)
	if err != nil || !slices.Contains(cycles, e.Now.Cycle) || e.Status != "published" && e.Status != "changing" {
		return err
	}
	if t.Figures {
		return s.load(name, "replace", t)
	}
	last := 2 // rounds in all
	if e.Now.Cycle == "monthly" {
		last = 1
	}
	from := t.Rows - (last-round+1)*grows(t)
	before := min(from, grows(t)) // rows there already, which changed
	return s.load(name, "upsert", t.Part(from-before, grows(t)+before))
}

// freshness is how data is kept up to date in the story: all of it but what is late, and what is poor gets better.
func (t *story) freshness() ([]scene, error) {
	for _, s := range []struct {
		ago   int
		clock string
		does  func() error
	}{
		{20, "08:10", func() error { return t.refresh(1, daily...) }},
		{20, "08:30", func() error { return t.poor(36, 600) }},
		{14, "16:30", t.rejected},
		{12, "08:20", func() error { return t.refresh(1, "monthly") }},
	} {
		t.plan(s.ago, s.clock, s.does)
	}
	soon, err := time.ParseInLocation("2006-01-02 15:04", t.today.String()+" 16:00", mulu.Shanghai())
	if err != nil {
		return nil, err
	}
	for soon = soon.AddDate(0, -1, 2); !t.calendar.IsWorkday(workday.DateOf(soon)); {
		soon = soon.AddDate(0, 0, 1)
	}
	t.ahead = append(t.ahead, scene{soon, func() error { return t.renew(demoSoon, 1, []string{"monthly"}) }})
	slices.SortStableFunc(t.ahead, func(a, b scene) int { return a.at.Compare(b.at) })
	return t.ahead, t.err
}

// residents loads all residents in the place of the part that the story began with. It takes a while, so the pages are open
// meanwhile; what a stop interrupts is gone on with at the next start.
func (s *settler) residents() error {
	code, err := s.titled(demoResidents)
	if err != nil {
		return err
	}
	g, err := s.p.ground(s.ctx, code)
	if err != nil || g.Dataset.Version > partVersions {
		return err
	}
	t, err := s.town.Table(demoResidents, g.Content.Items, s.p.chain.Now().In(mulu.Shanghai()))
	if err != nil {
		return err
	}
	fmt.Fprintf(s.m.Out, s.m.t("%s正在后台装载 %d 行，页面可以照常使用 …\n", "%s: %d rows are being loaded, the pages can be used meanwhile …\n"), demoResidents, t.Rows)
	begun := time.Now()
	list, err := s.p.loads.List(s.ctx, platform.LoadQuery{Entry: code, Max: 1})
	if err != nil {
		return err
	}
	if len(list) > 0 && list[0].Moving() {
		if _, err := s.p.loads.Wait(s.ctx, list[0].ID); err != nil {
			return err
		}
	} else {
		if len(list) > 0 && list[0].State == platform.Receiving && list[0].Person == "" { // a stop cut its file off
			if err := s.p.loads.Cancel(s.ctx, list[0].ID); err != nil {
				return err
			}
		}
		if err := s.load(demoResidents, "replace", t); err != nil {
			return err
		}
	}
	fmt.Fprintf(s.m.Out, s.m.t("%s已装载，用时 %.1f 秒\n", "%s: loaded in %.1f s\n"), demoResidents, time.Since(begun).Seconds())
	return nil
}

// load loads a table, which must be published.
func (s *settler) load(name, mode string, t *madeup.Table) error {
	size, err := t.Size()
	if err != nil {
		return err
	}
	l, err := s.send(name, name+".csv", mode, size, t.CSV())
	if err != nil {
		return err
	}
	return s.published(name, l)
}

// whole loads a file that is at hand.
func (s *settler) whole(name, file string, rows []byte) error {
	l, err := s.send(name, file, "replace", int64(len(rows)), bytes.NewReader(rows))
	if err != nil {
		return err
	}
	return s.published(name, l)
}

func (s *settler) published(name string, l platform.Load) error {
	switch {
	case l.State == platform.Published:
	case l.Report == nil:
		return fmt.Errorf("load %s: %s: %s", name, l.State, l.Fault.En)
	default:
		return fmt.Errorf("load %s: %s: %s %s %+v", name, l.State, l.Fault.En, l.Report.Why.Text("en", l.Report), l.Report.First[:min(3, len(l.Report.First))])
	}
	s.loaded += l.Report.Rows
	return nil
}

// send hands a file in, in the name of the entry's provider, and waits until its load has come to rest.
func (s *settler) send(name, file, mode string, size int64, rows io.Reader) (platform.Load, error) {
	code, err := s.titled(name)
	if err != nil {
		return platform.Load{}, err
	}
	g, err := s.p.ground(s.ctx, code)
	if err != nil {
		return platform.Load{}, fmt.Errorf("load %s: %w", name, err)
	}
	l, err := s.p.loadStream(s.ctx, platform.Order{Entry: code, Org: g.Org, Source: platform.FromFile, Name: file, Size: size}, intake.Form{}, mode, rows)
	if err != nil {
		return l, fmt.Errorf("load %s: %w", name, err)
	}
	return l, nil
}
