package main

import (
	"fmt"
	"strings"

	"mulu"
	"mulu/act"
	"mulu/cmd/mulu/madeup"
	"mulu/platform"
)

// terms sets what owners want checked beyond what items say, one of each check somewhere.
func (s *settler) terms() error {
	streets, err := s.titled(demoStreets)
	if err != nil {
		return err
	}
	street := mulu.DataRule{Check: "reference", Items: []string{"ssjd"}, Entry: streets, Item: "code9", Level: "bad", Why: "街道代码应在街道名录中"}
	citizen := mulu.DataRule{Check: "format", Items: []string{"gmsfhm"}, Values: []string{"citizen_id"}, Level: "bad"}
	credit := mulu.DataRule{Check: "format", Items: []string{"tyshxydm"}, Values: []string{"credit_code"}, Level: "bad"}
	for _, x := range []struct {
		entry string
		most  int // ‰ of the rows that may be left out
		least int // ‰ that the score must reach
		rules []mulu.DataRule
	}{
		{demoPoor, 50, 800, []mulu.DataRule{citizen, street, {Check: "filled", Items: []string{"xm", "djrq"}, Level: "bad"}, {Check: "filled", Items: []string{"syyy", "jndj"}, Level: "note", Why: "用于分类帮扶"},
			{Check: "values", Items: []string{"jndj"}, Values: []string{"无", "初级工", "中级工", "高级工", "技师", "高级技师"}, Level: "note", Why: "国家职业技能等级"},
			{Check: "compare", Items: []string{"djrq"}, Op: "ge", Low: "2022-01-01", Level: "note", Why: "登记满三年的应当复核"}}},
		{demoConditional, 0, 900, []mulu.DataRule{citizen, street, {Check: "range", Items: []string{"ybzje"}, Low: "0", High: "20000", Level: "bad", Why: "家庭月保障金额"},
			{Check: "filled", Items: []string{"yhzh"}, When: "jzzt", Is: []string{"在享"}, Level: "note", Why: "在享对象按月社会化发放"}}},
		{"企业登记信息", 10, 0, []mulu.DataRule{credit, {Check: "range", Items: []string{"zczb"}, Low: "0", High: "100000000", Level: "bad"},
			{Check: "unique", Items: []string{"dwmc"}, Level: "note", Why: "同一登记机关辖区内名称不得重复"},
			{Check: "values", Items: []string{"jyzt"}, Values: []string{"存续", "注销", "吊销"}, Level: "bad"}}},
		{demoLate, 20, 0, []mulu.DataRule{credit, {Check: "compare", Items: []string{"lrrq", "ycrq"}, Op: "le", Level: "bad", Why: "列入日期不晚于移出日期"}}},
		{demoAtOnce, 30, 0, []mulu.DataRule{credit, street, {Check: "format", Items: []string{"fwdh"}, Values: []string{"phone"}, Level: "bad", Why: "服务电话对外公布"}}},
	} {
		code, err := s.titled(x.entry)
		if err != nil {
			return err
		}
		var e mulu.Entry
		if _, err := s.p.noun(mulu.KindEntry, code, &e); err != nil {
			return err
		}
		if err := s.do(e.Org, &act.SetLoadTerms{Entry: code, Rules: x.rules, MaxBad: x.most, Shrink: 50, Least: x.least}); err != nil {
			return fmt.Errorf("load terms of %s: %w", x.entry, err)
		}
	}
	return nil
}

// spoilt is the poor entry's table: so many thousandths of its rows have faults of all sorts for which they are left out, and so
// many have one that is only counted.
func (s *settler) spoilt(bad, noted int) (*madeup.Table, error) {
	t, _, err := s.table(demoPoor)
	if err != nil {
		return nil, err
	}
	at := columnsOf(t)
	return t.Spoilt(noted, set(at["syyy"], ""), set(at["jndj"], ""), set(at["jndj"], "中级"), set(at["djrq"], "2019-06-30"), set(at["djrq"], "2021-11-02")).Spoilt(bad,
		func(line, _ []string) { line[at["gmsfhm"]] = misread(line[at["gmsfhm"]]) },
		func(line, before []string) { line[at["gmsfhm"]] = before[at["gmsfhm"]] },
		func(line, _ []string) { line[at["gmsfhm"]] = line[at["gmsfhm"]][:17] },
		set(at["djrq"], "2023-02-30"), set(at["djrq"], ""), set(at["xm"], ""), set(at["ssjd"], "110102099")), nil
}

// blemished is a table with the few faults that data has even where it is good.
func blemished(entry string, t *madeup.Table) *madeup.Table {
	at := columnsOf(t)
	switch entry {
	case demoAtOnce:
		return t.Spoilt(12, set(at["fwdh"], "010-6612"))
	case "企业登记信息":
		return t.Spoilt(4, set(at["tyshxydm"], "91110102MA00000000"), set(at["zczb"], "-1"), func(line, before []string) { line[at["dwmc"]] = before[at["dwmc"]] })
	case demoLate:
		return t.Spoilt(12, func(line, _ []string) { line[at["ycrq"]] = "2020-01-01" })
	}
	return t
}

// columnsOf tells where the fields of a table stand.
func columnsOf(t *madeup.Table) map[string]int {
	at := map[string]int{}
	for i, field := range t.Columns {
		at[field] = i
	}
	return at
}

func set(at int, value string) madeup.Fault { return func(line, _ []string) { line[at] = value } }

// misread is a citizen number with two digits of its sequence exchanged or, where they are alike, its check digit lost.
func misread(number string) string {
	if a, b := number[15:16], number[16:17]; a != b {
		return number[:15] + b + a + number[17:]
	}
	return number[:17] + string("0123456789X"[(strings.IndexByte("0123456789X", number[17])+1)%11])
}

// poor loads the poor entry, of which a part is left out by its terms.
func (s *settler) poor(bad, noted int) error {
	t, err := s.spoilt(bad, noted)
	if err != nil {
		return err
	}
	return s.load(demoPoor, "replace", t)
}

// rejected is a load of the poor entry with more bad rows than its terms allow: the version before serves on.
func (t *story) rejected() error {
	made, err := t.spoilt(95, 700)
	if err != nil {
		return err
	}
	size, err := made.Size()
	if err != nil {
		return err
	}
	l, err := t.send(demoPoor, demoPoor+"（初稿）.csv", "replace", size, made.CSV())
	if err == nil && (l.State != platform.Rejected || l.Report == nil || l.Report.Why != platform.TooBad) {
		err = fmt.Errorf("a load of %s with many bad rows stands as %s", demoPoor, l.State)
	}
	return err
}
