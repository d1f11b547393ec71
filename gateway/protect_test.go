package gateway

import (
	"encoding/json"
	"slices"
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

// FuzzRequest: whatever a body holds, for each method it is decoded within bounds or refused; what is taken means the same
// to the standard decoder and knows no field of another method.
func FuzzRequest(f *testing.F) {
	for _, s := range []string{``, `{}`, `{"purpose":"窗口核验","case":"1"}`, `{"items":["code"],"filters":[{"item":"code","values":["1"]}],"limit":5,"after":"1.5","purpose":"xx","case":"1"}`,
		`{"purpose":"xx","purpose":"yy"}`, `{"PURPOSE":"xx"}`, `[[[[[[`, `{"items":[[]]}`, "{\"purpose\":\"\\ud800x\"}", `{"filters":[{"item":"a","item":"b","values":["c"]}],"purpose":"xx"}`,
		`{"filters":[{"item":"a","values":["c"]}],"purpose":"xx","case":"1"}`, `{"filters":[{"item":"a","values":["c","d"]}],"purpose":"xx","case":"1"}`,
		`{"format":"csv","bom":true,"purpose":"xx","case":"1"}`, `{"format":"parquet","bom":true,"purpose":"xx","case":"1"}`, `{"format":"../x","purpose":"xx","case":"1"}`} {
		for i := range 3 {
			f.Add(byte(i), []byte(s))
		}
	}
	f.Fuzz(func(t *testing.T, m byte, b []byte) {
		method := []string{query, check, batch}[m%3]
		q, no := decodeRequest(method, b)
		if no != nil {
			if no.zh == "" || no.en == "" || len(no.zh) > 300 || len(no.en) > 300 || strings.Contains(no.en, "%!") || strings.Contains(no.zh, "%!") {
				t.Fatalf("%q", *no)
			}
			return
		}
		var plain map[string]json.RawMessage
		if json.Unmarshal(b, &plain) != nil || q.Limit < 1 || q.Limit > MaxLimit || len(q.Filters) > maxFilters || utf8.RuneCountInString(q.Purpose) > maxPurpose || q.Case == "" {
			t.Fatalf("%q was taken as %+v", b, q)
		}
		for name := range plain {
			if !slices.Contains(fieldsOf(method), name) {
				t.Fatalf("%s took the field %q", method, name)
			}
		}
		for _, x := range q.Filters {
			if x.Item == "" || len(x.Values) == 0 || method == check && len(x.Values) != 1 {
				t.Fatalf("%q was taken as %+v", b, q)
			}
		}
		if method == check && len(q.Filters) == 0 || method == batch && q.Format != csvFile && (q.BOM || q.Format != linesFile && q.Format != parquetFile) {
			t.Fatalf("%q was taken as %+v", b, q)
		}
	})
}
