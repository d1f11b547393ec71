package gateway

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"mulu"
)

func TestMasks(t *testing.T) {
	for _, c := range []struct{ item, value, want string }{
		{"姓名", "张三", "张*"}, {"姓名", "张三丰", "张**"}, {"联系人姓名", "阿卜杜拉·买买提", "阿***"}, {"姓名", "张", "*"},
		{"公民身份号码", "110102199003070018", "110102********0018"}, {"身份证号", "110102900307001", "110102*****7001"},
		{"证件号码", "E12345678", "E*******8"}, {"证件号码", "E1", "**"},
		{"手机号码", "13812341234", "138****1234"}, {"联系电话", "010-66001234", "**********34"}, {"电话", "110", "***"},
		{"银行卡号", "6222020200012345678", "***************5678"}, {"银行账号", "12345", "*****"},
		{"户籍地址", "北京市西城区什刹海街道1号", "北京市西城区******"}, {"住址", "北京", "******"},
		{"出生日期", "1990-03-07", "1990-**-**"}, {"出生日期", "19900307", "1990****"}, {"出生日期", "1990", "***"},
		{"民族", "汉", "***"}, {"与户主关系", "配偶", "***"},
	} {
		if got := maskOf(mulu.Item{Name: c.item, Field: "f"})(c.value); got != c.want {
			t.Errorf("%s %s became %s, want %s", c.item, c.value, got, c.want)
		}
	}
	if got := maskOf(mulu.Item{Name: "代码", Field: "GMSFHM"})("110102199003070018"); got != "110102********0018" {
		t.Errorf("a field name tells as well: %s", got)
	}
}

// Every cell of the table: grade by personal or sensitive.
func TestProtectionByGrade(t *testing.T) {
	c := &mulu.EntryContent{Grade: 4}
	for grade, want := range map[int][2]giving{-1: {withheld, withheld}, 0: {withheld, withheld}, 1: {plain, plain}, 2: {plain, plain}, 3: {plain, masked}, 4: {withheld, withheld}, 5: {withheld, withheld}} {
		if got := givingOf(c, mulu.Item{Grade: grade}); got != want[0] {
			t.Errorf("grade %d: %d, want %d", grade, got, want[0])
		}
		for _, i := range []mulu.Item{{Grade: grade, Personal: true}, {Grade: grade, Sensitive: true}} {
			if got := givingOf(c, i); got != want[1] {
				t.Errorf("grade %d, %+v: %d, want %d", grade, i, got, want[1])
			}
		}
	}
}

// FuzzMasks: no mask of a long value gives back more than two thirds of it, and every result is text.
func FuzzMasks(f *testing.F) {
	for _, s := range []string{"", "张三", "110102199003070018", "13812341234", "6222020200012345678", "1990-03-07", "\xff\xff\xff\xff\xff\xff\xff\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, v string) {
		v = strings.ToValidUTF8(strings.ReplaceAll(v, "*", "x"), "x")
		for _, m := range []mask{maskName, maskID, maskPhone, maskCard, maskWhole} {
			got := m(v)
			if !utf8.ValidString(got) {
				t.Fatalf("%q became %q", v, got)
			}
			if left := utf8.RuneCountInString(strings.ReplaceAll(got, "*", "")); 3*left > 2*utf8.RuneCountInString(v) {
				t.Fatalf("%q became %q", v, got)
			}
		}
	})
}

// FuzzRequest: whatever a body holds, it is decoded within bounds or refused; what is taken means the same to the
// standard decoder.
func FuzzRequest(f *testing.F) {
	for _, s := range []string{``, `{}`, `{"purpose":"窗口核验"}`, `{"items":["code"],"filters":[{"item":"code","values":["1"]}],"limit":5,"after":"1.5","purpose":"xx","case":"1"}`,
		`{"purpose":"xx","purpose":"yy"}`, `{"PURPOSE":"xx"}`, `[[[[[[`, `{"items":[[]]}`, "{\"purpose\":\"\\ud800x\"}", `{"filters":[{"item":"a","item":"b","values":["c"]}],"purpose":"xx"}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		q, err := decodeRequest(b)
		if err != nil {
			if s := err.Error(); s == "" || len(s) > 300 {
				t.Fatalf("%q", s)
			}
			return
		}
		var plain map[string]json.RawMessage
		if json.Unmarshal(b, &plain) != nil || q.Limit < 1 || q.Limit > MaxLimit || len(q.Filters) > maxFilters || utf8.RuneCountInString(q.Purpose) > maxPurpose {
			t.Fatalf("%q was taken as %+v", b, q)
		}
		for _, x := range q.Filters {
			if x.Item == "" || len(x.Values) == 0 {
				t.Fatalf("%q was taken as %+v", b, q)
			}
		}
	})
}
