package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"mulu"
	"mulu/act"
	"mulu/desk"
	"mulu/law/script"
)

// A settler brings a sandbox district to life through the desk, the way people would: register, hand in, verify, load.
// What is there already is left alone, so a start that was cut off goes on.
type settler struct {
	m      *Main
	p      *Program
	ctx    context.Context
	ids    map[string]string // short name → institution
	duties map[string]string // institution/duty → id
	codes  int
}

func (s *settler) settle(d district) error {
	providers := map[string]bool{}
	for _, c := range d.catalogs {
		providers[c.provider] = true
	}
	for i, o := range d.institutions {
		if err := s.register(i, o, providers[o.short]); err != nil {
			return fmt.Errorf("register %s: %w", o.short, err)
		}
	}
	s.ids[script.Bureau] = "001"
	fmt.Fprintf(s.m.Out, s.m.t("机构 %d 家已登记\n", "%d institutions registered\n"), len(s.ids))
	for _, c := range d.catalogs {
		if err := s.catalog(c); err != nil {
			return fmt.Errorf("catalog %s: %w", c.content.Name, err)
		}
	}
	fmt.Fprintf(s.m.Out, s.m.t("数据目录 %d 条已提交核定\n", "%d entries handed in and verified\n"), len(d.catalogs))
	if err := s.furtherDuties(); err != nil {
		return err
	}
	if err := s.levels(d); err != nil {
		return err
	}
	fmt.Fprintln(s.m.Out, s.m.t("系统、库表已登记，信息项已绑定", "systems and tables registered, items bound"))
	if err := s.load(demoStreets, d.streets); err != nil {
		return err
	}
	rows, err := beneficiaries(300, d.streets)
	if err != nil {
		return err
	}
	if err := s.load(demoConditional, rows); err != nil {
		return err
	}
	if err := s.registerClient(); err != nil {
		return err
	}
	if err := s.mixedStates(); err != nil {
		return err
	}
	return s.accounts()
}

// do has an act done by an institution; its key is a sandbox key.
func (s *settler) do(org string, a act.Act) error {
	_, err := s.p.desk.Do(s.ctx, desk.By{Org: org}, a)
	return err
}

func (s *settler) register(i int, o institution, provides bool) error {
	if ids := s.p.chain.Find(mulu.KindOrg, "name/"+o.short); len(ids) > 0 {
		s.ids[o.short] = ids[0]
		s.p.signers.hold(script.Key(o.short, 1))
		return nil
	}
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
	if len(s.p.chain.Find(mulu.KindEntry, "name/"+org+"/"+c.content.Name)) > 0 {
		return nil
	}
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

func (s *settler) load(name string, rows []byte) error {
	ids := s.p.chain.Find(mulu.KindEntry, "title/"+name)
	if len(ids) != 1 {
		return fmt.Errorf("%d entries are named %s", len(ids), name)
	}
	if raw, ok := s.p.chain.Get(mulu.KindDataset, ids[0]); ok {
		var d mulu.Dataset
		return json.Unmarshal(raw, &d)
	}
	report, _, err := s.p.loadEntry(s.ctx, ids[0], bytes.NewReader(rows))
	if err != nil {
		return fmt.Errorf("load %s: %w", name, err)
	}
	if !report.Published {
		return fmt.Errorf("load %s: %d bad values, first %+v", name, report.Bad, report.First)
	}
	fmt.Fprintf(s.m.Out, s.m.t("%s：%d 行已装载\n", "%s: %d rows loaded\n"), name, report.Rows)
	return nil
}

// beneficiaries makes up rows for 低保对象信息. Nobody in them exists; the identity numbers have valid check digits (GB 11643).
func beneficiaries(n int, streets []byte) ([]byte, error) {
	list, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(streets, []byte("\uFEFF")))).ReadAll()
	if err != nil {
		return nil, err
	}
	surnames, given := []rune("王李张刘陈杨赵黄周吴"), []rune("伟芳秀英敏静丽强磊军洋勇艳杰娟涛明超兰霞")
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	rows := [][]string{{"xm", "gmsfhm", "jtbh", "jtrks", "ybzje", "sprq", "jzzt", "ssjd", "sssq", "yhzh"}}
	for i := range n {
		street := list[1+i%(len(list)-1)]
		born := fmt.Sprintf("19%02d%02d%02d", 40+i%50, 1+i%12, 1+i%28)
		rows = append(rows, []string{
			string(surnames[i%len(surnames)]) + string(given[i*7%len(given)]) + string(given[i*3%len(given)]),
			citizenNumber("110102" + born + fmt.Sprintf("%03d", i%1000)), fmt.Sprintf("DB%06d", i/3), strconv.Itoa(1 + i%5),
			strconv.Itoa(1395 + i%7*10), fmt.Sprintf("2026-%02d-%02d", 1+i%10, 1+i%28), []string{"在享", "停发"}[i%9/8],
			street[0], strings.TrimSuffix(street[2], "街道") + "第" + strconv.Itoa(1+i%6) + "社区", fmt.Sprintf("62170000%011d", i*7919)})
	}
	if err := w.WriteAll(rows); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// citizenNumber adds the check digit of GB 11643 to 17 digits.
func citizenNumber(seventeen string) string {
	weights := [17]int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2}
	sum := 0
	for i, w := range weights {
		sum += int(seventeen[i]-'0') * w
	}
	return seventeen + "10X98765432"[sum%11:sum%11+1]
}
