package intake

import (
	"fmt"
	"strings"
	"testing"
)

func TestJSONLines(t *testing.T) {
	many := strings.Repeat("{\"a\":1}\n", sampleLines)
	for _, c := range []struct{ name, in, want string }{
		{"lines", "{\"姓名\":\"张三\",\"年龄\":30}\n{\"年龄\":31,\"电话\":null}\n", "姓名|年龄|电话\n1: 张三|30|\n2: |31|\n"},
		{"numbers as written", `{"id":110102199003071234,"x":1.50,"y":-1e400,"z":0.1000}`, "id|x|y|z\n1: 110102199003071234|1.50|-1e400|0.1000\n"},
		{"words", `{"a":true,"b":false,"c":null,"d":""}`, "a|b|c|d\n1: true|false||\n"},
		{"escapes", `{"a":"x\n\"\u4e2d\ud840\udc00"}`, "a\n1: x\n\"中𠀀\n"},
		{"half a pair", `{"a":"\ud840"}`, "a\n1! a \"\uFFFD\" garbled\n"},
		{"broken UTF-8", "{\"a\":\"\xFF\",\"b\":\"" + strings.Repeat("中", 50) + "\"}", "a|b\n1! a \"\uFFFD\" encoding\n"},
		{"GB 18030", gb(t, "{\"姓名\":\"张三\"}\n"), "姓名\n1: 张三\n"},
		{"a line that is none", "{\"a\":1}\n{\"a\":2\n{\"a\":3}\nx\n\n{\"a\":4}", "a\n1: 1\n2!  \"{\\\"a\\\":2\" not_json\n3: 3\n4!  \"x\" not_json\n6: 4\n"},
		{"nested", `{"a":{"b":1},"c":2}` + "\n" + `{"a":1,"c":[]}`, "a|c\n1! a \"{\\\"b\\\":1}\" nested\n2! c \"[]\" nested\n"},
		{"twice", `{"a":1,"a":2}`, "a\n1! a \"2\" two_members\n"},
		{"no members", "{}\n{}\n", "fault no_members 0\n"},
		{"empty objects are passed over", "{}\n{\"a\":1}\n{\"a\":null}\n", "a\n2: 1\n"},
		{"later members", many + "{\"b\":1}\n{\"b\":null,\"a\":2}\n", "a\n" + numbered(1, sampleLines) + fmt.Sprintf("%d! b \"1\" new_member\n%d: 2\n", sampleLines+1, sampleLines+2)},
		{"a list", "[{\"a\":1},\n {\"b\":\"]}\"}]", "a|b\n1: 1|\n2: |]}\n"},
		{"an empty list", "[]", "fault no_members 0\n"},
		{"a list cut off", "[{\"a\":1},{\"a\":2", "fault json 0\n"},
		{"a list of other things", "[{\"a\":1},2]", "fault json 0\n"},
		{"objects over lines", "{\n \"a\": 1\n}\n{\n \"a\": 2 }", "a\n1: 1\n2: 2\n"},
		{"names that differ in spaces", `{"a":1," a":2}`, "fault twice 0\n"},
		{"a name of nothing", `{"a":1,"":1}`, "fault unnamed 0\n"},
		{"too many members", "{" + manyMembers(501) + "}", "fault columns 0\n"},
		{"deep", `{"a":` + strings.Repeat("[", 20000) + strings.Repeat("]", 20000) + `}`, "fault json 0\n"},
		{"too long", `{"a":"` + strings.Repeat("x", maxValue+1) + `"}`, "a\n1! a \"" + strings.Repeat("x", shown) + "\" huge\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := told(t, file(c.in), "a.jsonl", Form{}); got != c.want {
				t.Errorf("got\n%.600s\nwant\n%.600s", got, c.want)
			}
		})
	}
}

func manyMembers(n int) string {
	var list []string
	for i := range n {
		list = append(list, fmt.Sprintf(`"m%d":1`, i))
	}
	return strings.Join(list, ",")
}

func TestOnlyWantedColumnsAreJudged(t *testing.T) {
	for name, text := range map[string]string{"a.csv": "a,b\n1,\xFF\n2,\"x\"y\n", "a.jsonl": "{\"a\":1,\"b\":{}}\n{\"a\":2,\"b\":[]}\n"} {
		table, err := Open(file(text), name, Form{Charset: utf8Text})
		if err != nil {
			t.Fatal(err)
		}
		table.Only([]bool{true, false})
		for _, want := range []string{"1", "2"} {
			row, err := table.Next()
			if err != nil || row.Values[0] != want || row.Values[1] != "" {
				t.Errorf("%s: %q, %v; want %q and nothing", name, row.Values, err, want)
			}
		}
	}
}

func FuzzJSONLines(f *testing.F) {
	for _, s := range []string{`{"a":1}`, "[{\"a\":\"x\\u1234\"},{}]", "{\n\"a\":[{}]}\n{", "{\"a\":1}\n{\"b\":2,\"a\":\"\xFF\"}\nx", `{"":1,"a":"\ud800"}`, `[{"a":1}`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) { told(t, file(s), "a.jsonl", Form{Kind: JSONLines}) })
}

func BenchmarkJSONLines(b *testing.B) {
	var text strings.Builder
	for i := range 100_000 {
		fmt.Fprintf(&text, `{"编号":"%08d","姓名":"张%d","性别":"1","日期":"2024-03-%02d","金额":%d.5,"街道":"110102%03d","状态":"A","数量":%d,"类型":"X","备注":null}`+"\n", i, i%1000, i%28+1, i, i%15, i%100)
	}
	benchmark(b, []byte(text.String()), Form{})
}
