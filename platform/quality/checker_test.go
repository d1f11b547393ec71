package quality

import (
	"slices"
	"strings"
	"testing"
	"time"

	"mulu"
)

var noon = time.Date(2026, 11, 25, 4, 0, 0, 0, time.UTC)

func newTestPlan(t testing.TB, rules []mulu.DataRule, items ...mulu.Item) *Plan {
	t.Helper()
	p, err := NewPlan(&mulu.EntryContent{Name: "目录", Cycle: "monthly", Items: items}, rules, shelf{})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestOneValueAgainstItsItem(t *testing.T) {
	long := strings.Repeat("长", 21)
	for _, x := range []struct {
		item      mulu.Item
		v, stored string
		why       Reason
		note      bool
	}{
		{item: mulu.Item{Type: "C"}, v: "", why: Required},
		{item: mulu.Item{Type: "C"}, v: " \u3000\ufeff", why: Required},
		{item: mulu.Item{Type: "C", Nullable: true}, v: ""},
		{item: mulu.Item{Type: "C", Nullable: true, IsKey: true}, v: "", why: Required},
		{item: mulu.Item{Type: "C", Length: 20}, v: " 西城\u3000", stored: "西城"},
		{item: mulu.Item{Type: "C", Length: 20}, v: long, why: TooLong},
		{item: mulu.Item{Type: "C", Length: 21}, v: long},
		{item: mulu.Item{Type: "M"}, v: " 保留空格 "},
		{item: mulu.Item{Type: "C"}, v: "a\x00b", why: Characters},
		{item: mulu.Item{Type: "C"}, v: "a\u0085b", why: Characters},
		{item: mulu.Item{Type: "C"}, v: "a\xffb", why: Encoding},
		{item: mulu.Item{Type: "C"}, v: "西\ufffd区", why: Garbled, note: true},
		{item: mulu.Item{Type: "C"}, v: "甲\t乙\n丙"},
		{item: mulu.Item{Type: "C"}, v: strings.Repeat("x", 64<<10+1), why: Huge},
		{item: mulu.Item{Type: "C"}, v: "ＡＢ１"}, // text keeps its width
		{item: mulu.Item{Type: "N", Length: 4}, v: "１２.50", stored: "12.50"},
		{item: mulu.Item{Type: "N", Length: 3}, v: "12.50", why: TooLong},
		{item: mulu.Item{Type: "N"}, v: "1e3", why: WrongType},
		{item: mulu.Item{Type: "N"}, v: "1,000", why: WrongType},
		{item: mulu.Item{Type: "F"}, v: "1e3"},
		{item: mulu.Item{Type: "F"}, v: "NaN", why: WrongType},
		{item: mulu.Item{Type: "I"}, v: "9223372036854775807"},
		{item: mulu.Item{Type: "I"}, v: "9223372036854775808", why: WrongType},
		{item: mulu.Item{Type: "I"}, v: "-9223372036854775808"},
		{item: mulu.Item{Type: "I"}, v: "1.0", why: WrongType},
		{item: mulu.Item{Type: "Y"}, v: "12.340"},
		{item: mulu.Item{Type: "Y"}, v: "12.345", why: Decimals, note: true},
		{item: mulu.Item{Type: "Y", Name: "投资额（万元）"}, v: "12.3456"},
		{item: mulu.Item{Type: "D"}, v: "2026年1月3日", stored: "2026-01-03"},
		{item: mulu.Item{Type: "D"}, v: "20261123", stored: "2026-11-23"},
		{item: mulu.Item{Type: "D"}, v: "2026-11-23 00:00:00", stored: "2026-11-23"},
		{item: mulu.Item{Type: "D"}, v: "2023-02-30", why: NoSuchDay},
		{item: mulu.Item{Type: "D"}, v: "2026-11-23 08:00:00", why: WrongType},
		{item: mulu.Item{Type: "D"}, v: "昨天", why: WrongType},
		{item: mulu.Item{Type: "D", Length: 8}, v: "20261123", stored: "2026-11-23"},
		{item: mulu.Item{Type: "T"}, v: "2026-11-23T08:00:00Z", stored: "2026-11-23 16:00:00"},
		{item: mulu.Item{Type: "T"}, v: "2026-11-23 25:00:00", why: NoSuchDay},
		{item: mulu.Item{Type: "L"}, v: "是", stored: "1"},
		{item: mulu.Item{Type: "L"}, v: "F", stored: "0"},
		{item: mulu.Item{Type: "L"}, v: "也许", why: WrongType},
		{item: mulu.Item{Type: "C", Standard: "DE-1"}, v: "１", stored: "1"},
		{item: mulu.Item{Type: "C", Standard: "DE-1"}, v: "男", why: NotInCodes},
		{item: mulu.Item{Type: "C", Standard: "DE-1"}, v: "12", why: TooLong},
		{item: mulu.Item{Type: "N", Standard: "DE-2"}, v: "1948", why: OutOfRange},
		{item: mulu.Item{Type: "N", Standard: "DE-2"}, v: "2099"},
		{item: mulu.Item{Type: "N", Standard: "DE-2"}, v: "2000.5", why: WrongType}, // the item takes it, the element does not
		{item: mulu.Item{Type: "C", Standard: "DE-3"}, v: "2026/1/3", stored: "2026-01-03"},
		{item: mulu.Item{Type: "C", Length: 8, Standard: "DE-3"}, v: "20260103"}, // no room for the ISO form
		{item: mulu.Item{Type: "C", Standard: "DE-3"}, v: "2026-13-01", why: NoSuchDay},
		{item: mulu.Item{Type: "C", Standard: "DE-4", Personal: true}, v: "11010519491231002x", stored: "11010519491231002X"},
		{item: mulu.Item{Type: "C", Standard: "DE-4", Personal: true}, v: "110105194912310021", why: CitizenCheck},
		{item: mulu.Item{Type: "C", Standard: "DE-9"}, v: "anything"}, // bound to what is not known
		{item: mulu.Item{Type: "C", Name: "公民身份号码", Personal: true}, v: "110105194912310021", why: CitizenCheck, note: true},
		{item: mulu.Item{Type: "N", Name: "经度"}, v: "121.47", why: OutsideDistrict, note: true},
		{item: mulu.Item{Type: "C", Name: "银行卡号", Personal: true}, v: "6222020200000000015", why: CardCheck, note: true},
	} {
		if x.item.Name == "" {
			x.item.Name = "项"
		}
		x.item.Field = "f"
		if x.stored == "" {
			x.stored = mulu.TrimSpace(x.v)
			if x.item.Type == "M" {
				x.stored = x.v
			}
		}
		c := newTestPlan(t, nil, x.item).Checker(noon)
		values := []string{x.v}
		found := c.Row(values)
		var want []Problem
		if x.why != "" {
			want = []Problem{{0, x.why, -1, x.note}}
		}
		if !slices.Equal(found, want) || values[0] != x.stored || c.Out() != (x.why != "" && !x.note) {
			t.Errorf("%s %q %.40q: found %v, stored %.40q, out %v", x.item.Type, x.item.Name, x.v, found, values[0], c.Out())
		}
	}
}

func TestRulesRowByRow(t *testing.T) {
	items := []mulu.Item{{Name: "姓名", Field: "name", Type: "C", Nullable: true}, {Name: "开始", Field: "begin", Type: "D", Nullable: true},
		{Name: "结束", Field: "end", Type: "D", Nullable: true}, {Name: "金额", Field: "pay", Type: "Y", Nullable: true}, {Name: "在职", Field: "on", Type: "L", Nullable: true}}
	none := []string{"", "", "", "", ""}
	with := func(pairs ...string) []string {
		v := slices.Clone(none)
		for i := 0; i < len(pairs); i += 2 {
			v[slices.IndexFunc(items, func(x mulu.Item) bool { return x.Field == pairs[i] })] = pairs[i+1]
		}
		return v
	}
	for _, x := range []struct {
		rule mulu.DataRule
		good [][]string
		bad  [][]string
		why  Reason
		item int
	}{
		{mulu.DataRule{Check: "filled", Items: []string{"name"}, When: "on", Is: []string{"是"}}, [][]string{none, with("on", "0"), with("on", "true", "name", "张三")}, [][]string{with("on", "1"), with("on", "T")}, Required, 0},
		{mulu.DataRule{Check: "filled", Items: []string{"name"}, When: "begin"}, [][]string{none, with("begin", "2026-01-01", "name", "张三")}, [][]string{with("begin", "2026-01-01")}, Required, 0},
		{mulu.DataRule{Check: "range", Items: []string{"pay"}, Low: "0", High: "100"}, [][]string{none, with("pay", "0"), with("pay", "100.00")}, [][]string{with("pay", "-0.01"), with("pay", "100.01"), with("pay", "1000")}, OutOfRange, 3},
		{mulu.DataRule{Check: "range", Items: []string{"begin"}, Low: "2020年1月1日"}, [][]string{with("begin", "20200101")}, [][]string{with("begin", "2019-12-31")}, OutOfRange, 1},
		{mulu.DataRule{Check: "values", Items: []string{"on"}, Values: []string{"是"}}, [][]string{none, with("on", "T")}, [][]string{with("on", "否")}, NotInRule, 4},
		{mulu.DataRule{Check: "values", Items: []string{"pay"}, Values: []string{"1.5", "2"}}, [][]string{with("pay", "1.50"), with("pay", "02")}, [][]string{with("pay", "1.05"), with("pay", "20")}, NotInRule, 3},
		{mulu.DataRule{Check: "filled", Items: []string{"name"}, When: "pay", Is: []string{"0"}}, [][]string{with("pay", "0.01"), none}, [][]string{with("pay", "0.00")}, Required, 0},
		{mulu.DataRule{Check: "format", Items: []string{"name"}, Values: []string{"email"}}, [][]string{none, with("name", "a@b.cn")}, [][]string{with("name", "张三")}, Email, 0},
		{mulu.DataRule{Check: "compare", Items: []string{"begin", "end"}, Op: "le"}, [][]string{none, with("begin", "2026-01-02"), with("begin", "2026-01-02", "end", "2026/1/2")}, [][]string{with("begin", "2026-01-02", "end", "20260101")}, Compared, 1},
		{mulu.DataRule{Check: "compare", Items: []string{"pay"}, Op: "gt", Low: "9"}, [][]string{none, with("pay", "10")}, [][]string{with("pay", "9.0"), with("pay", "8")}, Compared, 3},
		{mulu.DataRule{Check: "compare", Items: []string{"name"}, Op: "ne", Low: "无"}, [][]string{none, with("name", "有")}, [][]string{with("name", "无")}, Compared, 0},
	} {
		for _, level := range []string{"bad", "note"} {
			x.rule.Level = level
			c := newTestPlan(t, []mulu.DataRule{x.rule}, items...).Checker(noon)
			for _, row := range x.good {
				if found := c.Row(slices.Clone(row)); len(found) > 0 {
					t.Errorf("%s: %q found %v", x.rule.Check, row, found)
				}
			}
			for _, row := range x.bad {
				want := []Problem{{x.item, x.why, 0, level == "note"}}
				if found := c.Row(slices.Clone(row)); !slices.Equal(found, want) || c.Out() != (level == "bad") {
					t.Errorf("%s %s: %q found %v, out %v", x.rule.Check, level, row, found, c.Out())
				}
			}
		}
	}
}

func TestARuleSaysNothingOfAValueAlreadyWrong(t *testing.T) {
	p := newTestPlan(t, []mulu.DataRule{{Check: "compare", Items: []string{"begin", "end"}, Op: "le", Level: "bad"}}, mulu.Item{Name: "开始", Field: "begin", Type: "D"}, mulu.Item{Name: "结束", Field: "end", Type: "D"})
	c := p.Checker(noon)
	if found := c.Row([]string{"2026-02-30", "2020-01-01"}); len(found) != 1 || found[0].Reason != NoSuchDay {
		t.Errorf("found %v", found)
	}
}

func TestAConditionAlreadyWrongBindsNothing(t *testing.T) {
	p := newTestPlan(t, []mulu.DataRule{{Check: "filled", Items: []string{"a"}, When: "on", Level: "bad"}}, mulu.Item{Name: "甲", Field: "a", Type: "C", Nullable: true}, mulu.Item{Name: "在职", Field: "on", Type: "L"})
	if found := p.Checker(noon).Row([]string{"", "也许"}); len(found) != 1 || found[0].Reason != WrongType {
		t.Errorf("found %v", found)
	}
}

func TestARaggedRowIsLeftOut(t *testing.T) {
	c := newTestPlan(t, nil, mulu.Item{Name: "甲", Field: "a", Type: "C"}).Checker(noon)
	if found := c.Row([]string{"1", "2"}); len(found) != 1 || found[0].Reason != Columns || found[0].Item != -1 || !c.Out() {
		t.Errorf("found %v", found)
	}
	if q := c.Result(Counts{}).Quality; q.Checked != 1 || q.Bad != 1 || q.Accuracy == 1000 {
		t.Errorf("%+v", q)
	}
}

func TestARuleWithoutSenseIsRefusedInBothLanguages(t *testing.T) {
	_, err := NewPlan(&mulu.EntryContent{Items: []mulu.Item{{Name: "甲", Field: "a", Type: "C"}}}, []mulu.DataRule{{Check: "range", Items: []string{"a"}, Low: "1", Level: "bad"}}, nil)
	if err == nil || !strings.Contains(err.Error(), "第七条第一款第（二）项") || !strings.Contains(err.Error(), "取值范围") {
		t.Error(err)
	}
}

func TestChecksAreSaidInBothLanguages(t *testing.T) {
	rules := []mulu.DataRule{
		{Check: "filled", Items: []string{"a"}, Level: "bad", When: "b", Is: []string{"1", "2"}}, {Check: "range", Items: []string{"b"}, Low: "1", Level: "bad"},
		{Check: "range", Items: []string{"b"}, Low: "1", High: "2", Level: "bad"}, {Check: "range", Items: []string{"b"}, High: "2", Level: "bad"},
		{Check: "values", Items: []string{"a"}, Values: strings.Split("a b c d e f g h i j k l", " "), Level: "note"}, {Check: "format", Items: []string{"a"}, Values: []string{"email"}, Level: "bad"},
		{Check: "compare", Items: []string{"b", "c"}, Op: "le", Level: "bad"}, {Check: "compare", Items: []string{"b"}, Op: "ne", Low: "0", Level: "bad"},
		{Check: "reference", Items: []string{"a"}, Entry: "101/1", Item: "id", Level: "bad"}, {Check: "unique", Items: []string{"a", "b"}, Level: "bad", When: "c"},
	}
	p := newTestPlan(t, rules, mulu.Item{Name: "甲", Field: "a", Type: "C", Length: 5, IsKey: true}, mulu.Item{Name: "乙", Field: "b", Type: "Y"},
		mulu.Item{Name: "丙", Field: "c", Type: "N", Standard: "DE-2"}, mulu.Item{Name: "手机号", Field: "d", Type: "C"}, mulu.Item{Name: "性别", Field: "e", Type: "C", Standard: "DE-1"})
	seen := map[string]bool{}
	for _, c := range p.Checks() {
		if c.Zh == "" || c.En == "" || c.Zh == c.En || seen[c.Zh] || seen[c.En] || strings.ContainsAny(c.En, "“”、，。") || c.Text("en") != c.En || c.Text("zh") != c.Zh {
			t.Errorf("%s is said %q and %q", c.Sort, c.Zh, c.En)
		}
		if IndicatorName(c.Indicator, "zh") == "" || IndicatorName(c.Indicator, "en") == "" || property(c.Indicator) < 0 {
			t.Errorf("%s counts for the indicator %q", c.Sort, c.Indicator)
		}
		seen[c.Zh], seen[c.En] = true, true
	}
	q := newTestPlan(t, []mulu.DataRule{{Check: "compare", Items: []string{"d", "e"}, Op: "le", Level: "bad"}, {Check: "range", Items: []string{"d"}, Low: "2020-01-01", Level: "bad"}},
		mulu.Item{Name: "开始", Field: "d", Type: "D"}, mulu.Item{Name: "结束", Field: "e", Type: "D"})
	for _, c := range q.Checks() {
		seen[c.Zh], seen[c.En] = true, true
	}
	if !seen["“开始”不晚于“结束”"] || !seen["开始: not after 结束"] || !seen["“开始”不早于 2020-01-01"] {
		t.Errorf("dates are said: %v", seen)
	}
	if !seen["“丙”有值时，“甲”“乙”的组合不重复"] || !seen["“乙”不大于“丙”"] || !seen["甲: filled in, where 乙 is 1, 2"] {
		t.Errorf("said: %v", seen)
	}
}

func FuzzRow(f *testing.F) {
	rules := []mulu.DataRule{{Check: "compare", Items: []string{"d", "d2"}, Op: "le", Level: "bad"}, {Check: "unique", Items: []string{"c", "n"}, Level: "bad"}}
	types := []string{"C", "N", "Y", "D", "T", "L", "M", "G", "B", "I", "F", "D"}
	var items []mulu.Item
	for i, t := range types {
		field := strings.ToLower(t)
		if i == len(types)-1 {
			field = "d2"
		}
		items = append(items, mulu.Item{Name: t, Field: field, Type: t, Length: 30, Nullable: true})
	}
	for i, code := range mulu.ValueFormats {
		items = append(items, mulu.Item{Name: code.Zh, Field: "v" + string(rune('a'+i)), Type: "C", Length: 40, Nullable: true})
		rules = append(rules, mulu.DataRule{Check: "format", Items: []string{"v" + string(rune('a'+i))}, Values: []string{code.Code}, Level: "bad"})
	}
	for _, e := range []string{"DE-1", "DE-2", "DE-3", "DE-4"} {
		items = append(items, mulu.Item{Name: e, Field: strings.ToLower(strings.ReplaceAll(e, "-", "")), Type: "C", Nullable: true, Standard: e})
	}
	p, err := NewPlan(&mulu.EntryContent{Items: items}, rules, shelf{})
	if err != nil {
		f.Fatal(err)
	}
	for _, s := range []string{"", "2026年1月3日", "（010）88064567", "11010519491231002x", "京A·12345", "１２．５", "是", "\ufffd\u3000", "2026-11-23T08:00:00Z", "+86 138 0013 8000", "1e9", "a@b.cn"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, v string) {
		c := p.Checker(noon)
		values := make([]string, len(items))
		for i := range values {
			values[i] = v
		}
		first := slices.Clone(c.Row(values))
		once := slices.Clone(values)
		second := c.Row(values)
		if !slices.Equal(values, once) {
			t.Fatalf("%q: once %q, twice %q", v, once, values)
		}
		if !slices.Equal(first, second) {
			t.Fatalf("%q: found %v, then %v", v, first, second)
		}
		c.Result(Counts{})
	})
}

func TestARowInItsStoredFormNeedsNoMemory(t *testing.T) {
	content, s := typical()
	p, err := NewPlan(content, typicalRules, s)
	if err != nil {
		t.Fatal(err)
	}
	c, rows, next := p.Checker(noon), typicalRows(500), 0
	for _, r := range rows {
		c.Row(r)
	}
	if n := testing.AllocsPerRun(2000, func() {
		next++
		c.Row(rows[next%len(rows)])
	}); n > 0 {
		t.Errorf("%v allocations a row", n)
	}
}
