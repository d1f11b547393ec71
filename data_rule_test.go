package mulu_test

import (
	"strings"
	"testing"

	"mulu"
)

func TestRulesThatMakeNoSenseAreNamed(t *testing.T) {
	c := &mulu.EntryContent{Items: []mulu.Item{{Name: "姓名", Field: "name", Type: "C"}, {Name: "金额", Field: "amount", Type: "Y"},
		{Name: "起", Field: "begin", Type: "D"}, {Name: "止", Field: "end", Type: "D"}, {Name: "时刻", Field: "at", Type: "T"}, {Name: "在职", Field: "active", Type: "L"}}}
	for _, x := range []struct {
		rule mulu.DataRule
		want string
	}{
		{mulu.DataRule{Check: "filled", Items: []string{"name"}, When: "active", Is: []string{"是"}}, ""},
		{mulu.DataRule{Check: "range", Items: []string{"amount"}, Low: "0", High: "1e3"}, "rule_value"},
		{mulu.DataRule{Check: "range", Items: []string{"amount"}, Low: "0", High: "99999999999999999999"}, ""},
		{mulu.DataRule{Check: "range", Items: []string{"begin"}, Low: "2020年1月1日"}, ""},
		{mulu.DataRule{Check: "range", Items: []string{"begin"}, Low: "2023-02-30"}, "rule_value"},
		{mulu.DataRule{Check: "range", Items: []string{"amount"}, Low: "10", High: "9.9"}, "rule_bounds"},
		{mulu.DataRule{Check: "range", Items: []string{"amount"}, Low: "-10", High: "-11"}, "rule_bounds"},
		{mulu.DataRule{Check: "range", Items: []string{"amount"}}, "rule_operand"},
		{mulu.DataRule{Check: "range", Items: []string{"name"}, Low: "a"}, "rule_type"},
		{mulu.DataRule{Check: "values", Items: []string{"active"}, Values: []string{"是", "1"}}, "rule_value_twice"},
		{mulu.DataRule{Check: "values", Items: []string{"name"}}, "rule_operand"},
		{mulu.DataRule{Check: "format", Items: []string{"name"}, Values: []string{"citizen_id"}}, ""},
		{mulu.DataRule{Check: "format", Items: []string{"name"}, Values: []string{"ipv9"}}, "rule_format"},
		{mulu.DataRule{Check: "format", Items: []string{"amount"}, Values: []string{"email"}}, "rule_type"},
		{mulu.DataRule{Check: "format", Items: []string{"amount"}, Values: []string{"longitude"}}, ""},
		{mulu.DataRule{Check: "compare", Items: []string{"begin", "end"}, Op: "le"}, ""},
		{mulu.DataRule{Check: "compare", Items: []string{"begin", "at"}, Op: "le"}, "rule_two_types"},
		{mulu.DataRule{Check: "compare", Items: []string{"begin"}, Op: "le"}, "rule_compare"},
		{mulu.DataRule{Check: "compare", Items: []string{"begin"}, Op: "le", Low: "now"}, "rule_value"},
		{mulu.DataRule{Check: "compare", Items: []string{"begin", "end"}, Op: "<"}, "rule_op"},
		{mulu.DataRule{Check: "compare", Items: []string{"name"}, Op: "lt", Low: "x"}, "rule_order"},
		{mulu.DataRule{Check: "reference", Items: []string{"name"}, Entry: "101/1"}, "rule_operand"},
		{mulu.DataRule{Check: "reference", Items: []string{"name"}, Entry: "101/1", Item: "name"}, ""},
		{mulu.DataRule{Check: "unique", Items: []string{"name", "name"}}, "rule_item_twice"},
		{mulu.DataRule{Check: "unique", Items: []string{"name"}, Low: "1"}, "rule_stray"},
		{mulu.DataRule{Check: "unique", Items: []string{"nobody"}}, "rule_item"},
		{mulu.DataRule{Check: "unique"}, "rule_no_items"},
		{mulu.DataRule{Check: "unique", Items: []string{"name"}, Is: []string{"x"}}, "rule_is_alone"},
		{mulu.DataRule{Check: "unique", Items: []string{"name"}, When: "begin", Is: []string{"x"}}, "rule_value"},
		{mulu.DataRule{Check: "sql", Items: []string{"name"}}, "rule_check"},
		{mulu.DataRule{Check: "unique", Items: []string{"name"}, Level: "fatal"}, "rule_level"},
	} {
		if x.rule.Level == "" {
			x.rule.Level = "bad"
		}
		code, args := x.rule.Sound(c)
		if code != x.want {
			t.Errorf("%+v: %q %q, want %q", x.rule, code, args, x.want)
		}
		if code == "" {
			continue
		}
		for _, said := range []string{(&mulu.Refusal{Code: code, Args: args}).Text("zh"), (&mulu.Refusal{Code: code, Args: args}).Text("en")} {
			if said == code || strings.ContainsAny(said, "{}@") {
				t.Errorf("%s says %q", code, said)
			}
		}
	}
}

func TestNormalValues(t *testing.T) {
	for _, x := range []struct {
		typ, v, want string
		ok           bool
	}{
		{"D", "2026-11-23", "2026-11-23", true}, {"D", "20261123", "2026-11-23", true}, {"D", "2026/11/23", "2026-11-23", true},
		{"D", "2026年11月23日", "2026-11-23", true}, {"D", "2026年1月3日", "2026-01-03", true}, {"D", "２０２６－１１－２３", "2026-11-23", true},
		{"D", "2026-11-23 00:00:00", "2026-11-23", true}, {"D", "2026-11-23 08:00:00", "", false}, {"D", "2023-02-30", "", false},
		{"D", "2024-02-29", "2024-02-29", true}, {"D", "1900-02-29", "", false}, {"D", "0000-01-01", "", false}, {"D", "2026-11-231", "", false},
		{"D", "2026-11/23", "", false}, {"D", "202611", "", false}, {"D", "2026年11月23", "", false}, {"D", "45000", "", false},
		{"T", "2026-11-23 08:00:00", "2026-11-23 08:00:00", true}, {"T", "2026-11-23T08:00:00Z", "2026-11-23 16:00:00", true},
		{"T", "2026-12-31T23:30:00-0130", "2027-01-01 09:00:00", true}, {"T", "20261123080000", "2026-11-23 08:00:00", true},
		{"T", "2026/1/5 8:05", "2026-01-05 08:05:00", true}, {"T", "2026-11-23 08:00:00.500", "2026-11-23 08:00:00.5", true},
		{"T", "2026-11-23", "2026-11-23 00:00:00", true}, {"T", "2026年11月23日8时5分", "2026-11-23 08:05:00", true},
		{"T", "2026年11月23日 8时5分9秒", "2026-11-23 08:05:09", true}, {"T", "2026-11-23 24:00:00", "", false},
		{"T", "2026-11-23 08:00:60", "", false}, {"T", "2026-11-23 08", "", false}, {"T", "2026-11-23 08:00+99:00", "", false},
		{"L", "是", "1", true}, {"L", "False", "0", true}, {"L", "2", "", false}, {"L", " Ｔ ", "1", true},
		{"N", "１２.5", "12.5", true}, {"N", "1e3", "", false}, {"N", "1,000", "", false}, {"N", ".", "", false}, {"N", "-", "", false},
		{"F", "-1.5E+3", "-1.5E+3", true}, {"F", "1e999", "", false}, {"F", "NaN", "", false}, {"I", "12.0", "", false}, {"I", "-12", "-12", true},
		{"C", "\u3000西城 区 ", "西城 区", true}, {"M", " x ", " x ", true},
	} {
		got, ok := mulu.NormalValue(x.typ, x.v)
		if ok != x.ok || ok && got != x.want {
			t.Errorf("%s %q: %q %v", x.typ, x.v, got, ok)
		}
		if again, still := mulu.NormalValue(x.typ, got); ok && (!still || again != got) {
			t.Errorf("%s %q: normal twice gives %q %v", x.typ, got, again, still)
		}
	}
}

func TestNumbersAreComparedByTheirDigits(t *testing.T) {
	order := []string{"-1e3", "-999.999", "-2", "-1.50", "-0.001", "0", "0.0000001", "1e-3", "0.01", "1.5", "1.50001", "9", "10", "99999999999999999999.1", "99999999999999999999.2", "1e21"}
	for i, a := range order {
		for j, b := range order {
			want := min(1, max(-1, i-j))
			if got := mulu.CompareValues("F", a, b); got != want {
				t.Errorf("%s against %s: %d", a, b, got)
			}
		}
	}
	if mulu.CompareValues("N", "-0.00", "+0") != 0 || mulu.CompareValues("N", "007", "7.0") != 0 {
		t.Error("equal numbers written differently are not equal")
	}
}

func FuzzReadMoment(f *testing.F) {
	for _, s := range []string{"2026-11-23", "2026年11月23日8时5分", "20261123080000", "2026-11-23T08:00:00.5+08:00", "0001-01-01T00:00:00+18:00"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, v string) {
		m, ok := mulu.ReadMoment(v)
		if !ok {
			return
		}
		again, ok := mulu.ReadMoment(string(m.AppendTime(nil)))
		if !ok || again != m {
			t.Fatalf("%q is %+v, written and read again %+v %v", v, m, again, ok)
		}
	})
}
