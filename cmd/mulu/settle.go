package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"mulu"
	"mulu/act"
	"mulu/cmd/mulu/madeup"
	"mulu/desk"
	"mulu/law/script"
	"mulu/workday"
)

// A settler brings a sandbox district to life through the desk, the way people would: register, hand in, verify, load,
// apply. It begins on an empty chain.
type settler struct {
	m   *Main
	p   *Program
	ctx context.Context
	ids map[string]string // short name → institution

	town     *madeup.Town
	owners   *owners
	loaded   int64    // rows
	fresh    []string // entries that are kept up to date
	relieved []string // numbers of people who have an allowance
}

func (s *settler) settle(d district) error {
	providers := map[string]bool{}
	for _, c := range d.catalogs {
		providers[c.provider] = true
	}
	for i, o := range d.institutions {
		if o.short == script.Bureau {
			s.ids[o.short] = "001" // there since the first record
			continue
		}
		if err := s.register(i, o, providers[o.short]); err != nil {
			return fmt.Errorf("register %s: %w", o.short, err)
		}
	}
	fmt.Fprintf(s.m.Out, s.m.t("机构 %d 家已登记\n", "%d institutions registered\n"), len(s.ids))
	if err := s.standards(d); err != nil {
		return err
	}
	var early, late []catalog
	for _, c := range d.catalogs {
		if slices.Contains(waiting, c.content.Name) || returned[c.content.Name] != "" {
			late = append(late, c)
			continue
		}
		early = append(early, c)
	}
	if err := s.catalogs(early); err != nil {
		return err
	}
	if err := s.furtherDuties(); err != nil {
		return err
	}
	fmt.Fprintln(s.m.Out, s.m.t("系统、库表已登记，信息项已绑定", "systems and tables registered, items bound"))
	if err := s.data(d); err != nil {
		return err
	}
	if err := s.accounts(); err != nil {
		return err
	}
	if err := s.registerClient(); err != nil {
		return err
	}
	return s.past(late)
}

// catalogs hands entries in, has them verified, and brings the levels beneath them.
func (s *settler) catalogs(list []catalog) error {
	for _, c := range list {
		if err := s.catalog(c); err != nil {
			return fmt.Errorf("catalog %s: %w", c.content.Name, err)
		}
	}
	fmt.Fprintf(s.m.Out, s.m.t("数据目录 %d 条已提交核定\n", "%d entries handed in and verified\n"), len(list))
	return s.levels(list)
}

// past has what happened since the sandbox's first day happen, up to the present.
func (s *settler) past(late []catalog) error {
	t := &story{settler: s, today: workday.DateOf(time.Now())}
	if t.calendar, t.err = officialCalendar(); t.err != nil {
		return t.err
	}
	if t.ahead, t.err = t.freshness(); t.err != nil {
		return t.err
	}
	t.connected()
	t.sharing()
	t.at(3, "15:00")
	if t.err == nil {
		t.err = s.catalogs(late)
	}
	if t.err == nil {
		t.err = s.mixedStates()
	}
	if t.err == nil {
		t.err = s.purchases()
	}
	t.waiting()
	t.until(time.Now())
	if t.err == nil {
		t.err = s.refresh(2, daily...) // what is updated daily was so today
	}
	if t.err == nil {
		t.err = s.poor(30, 300)
	}
	if t.err != nil {
		return t.err
	}
	fmt.Fprintln(s.m.Out, s.m.t("共享申请、授权、异议、协调已办至今日", "applications, grants, objections and coordination have come up to today"))
	return nil
}

// do has an act done by an institution; its key is a sandbox key.
func (s *settler) do(org string, a act.Act) error {
	_, err := s.p.desk.Do(s.ctx, desk.By{Org: org}, a)
	return err
}

func (s *settler) register(i int, o institution, provides bool) error {
	key := script.Key(o.short, 1)
	err := s.do("001", &act.RegisterOrg{Name: o.name, Short: o.short, Sort: string(o.sort), CreditCode: mulu.CreditCode(fmt.Sprintf("11110102%08d", i+1)),
		Joins: o.sort != mulu.Organ && provides, Key: key.Public().String()})
	if err != nil {
		return err
	}
	s.p.signers.hold(key)
	ids := s.p.chain.Find(mulu.KindOrg, "name/"+o.short)
	if len(ids) != 1 {
		return fmt.Errorf("%d institutions go by this name", len(ids))
	}
	s.ids[o.short] = ids[0]
	return nil
}

// catalog registers the duty and the entry, and has the bureau verify it. Some wait for that, and some went back with
// reasons, one of them not shared without a legal basis (Art. 19(4)).
func (s *settler) catalog(c catalog) error {
	org := s.ids[c.provider]
	duty, err := s.duty(org, c)
	if err != nil {
		return err
	}
	c.content.Duty = duty
	if err := s.do(org, &act.SubmitEntry{Content: c.content}); err != nil {
		return err
	}
	code := s.p.chain.Find(mulu.KindEntry, "name/"+org+"/"+c.content.Name)[0]
	if slices.Contains(waiting, c.content.Name) {
		return nil
	}
	if why := returned[c.content.Name]; why != "" {
		return s.do("001", &act.ReturnEntry{Entry: code, Why: why})
	}
	return s.do("001", &act.VerifyEntry{Entry: code})
}

func (s *settler) duty(org string, c catalog) (string, error) {
	find := func() []string { return s.p.chain.Find(mulu.KindDuty, "name/"+org+"/"+c.duty) }
	if len(find()) == 0 {
		if err := s.do(org, &act.RegisterDuty{Name: c.duty, Basis: c.basis}); err != nil {
			return "", fmt.Errorf("duty %s: %w", c.duty, err)
		}
	}
	return find()[0], nil
}

// titled is the code of the one entry of a name.
func (s *settler) titled(name string) (string, error) {
	ids := s.p.chain.Find(mulu.KindEntry, "title/"+name)
	if len(ids) != 1 {
		return "", fmt.Errorf("%d entries are named %s", len(ids), name)
	}
	return ids[0], nil
}
