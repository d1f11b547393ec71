package intake

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

func TestSniff(t *testing.T) {
	parquet := parquetOf(t, []struct{ A int64 }{{1}})
	for _, c := range []struct {
		in, name string
		want     Form
	}{
		{"a;b\n1;2\n", "x.dat", Form{Kind: CSV, Charset: utf8Text, Delimiter: ";"}},
		{gb(t, "姓名\t年龄\n张三\t1\n"), "x.txt", Form{Kind: CSV, Charset: gb18030, Delimiter: "\t"}},
		{"[标题],b\n1,2\n", "x.csv", Form{Kind: CSV, Charset: utf8Text, Delimiter: ","}},
		{"{x},b\n1,2\n", "x.csv", Form{Kind: CSV, Charset: utf8Text, Delimiter: ","}},
		{"<a>,b\n1,2\n", "x.csv", Form{Kind: CSV, Charset: utf8Text, Delimiter: ","}},
		{"\uFEFF {\"a\":1}\n", "x.csv", Form{Kind: JSONLines, Charset: utf8Text}},
		{" [ {\"a\":1}]", "x.json", Form{Kind: JSONLines, Charset: utf8Text}},
		{"{\"type\": \"Feature\",\"properties\":{},\"geometry\":null}", "x.json", Form{Kind: GeoJSON, Charset: utf8Text, System: cgcs2000}},
		{column(t, "<c><v>1</v></c>"), "x.csv", Form{Kind: XLSX, Sheet: "表"}},
		{parquet, "x", Form{Kind: Parquet}},
		{packed(t, "d/楼.shp", shp(117, pointOf(116, 40)), "d/楼.dbf", dbfOf(0, []string{"n N 1"}, " 1")), "x.zip", Form{Kind: Shapefile, Charset: utf8Text, Sheet: "楼", System: cgcs2000}},
	} {
		form, err := Sniff(file(c.in), c.name)
		if err != nil || form != c.want {
			t.Errorf("%.30q: %+v, %v; want %+v", c.in, form, err, c.want)
			continue
		}
		again, err := Open(file(c.in), c.name, form)
		if err != nil || again.Form() != form {
			t.Errorf("%.30q opened as it was told: %v", c.in, err)
		}
	}
}

func TestUnknownKind(t *testing.T) {
	if _, err := Open(file("a"), "a", Form{Kind: "xls"}); err == nil || !strings.Contains(err.Error(), "xls") {
		t.Errorf("%v", err)
	}
}

// Every fault has both languages, with as many places for what it is about.
func TestWordsOfFaults(t *testing.T) {
	for code, words := range allFaultWords() {
		if words[0] == "" || words[1] == "" || verbs(words[0]) != verbs(words[1]) {
			t.Errorf("%s: %q, %q", code, words[0], words[1])
		}
		if words[0] == words[1] {
			t.Errorf("%s is not translated", code)
		}
	}
}

// Every fault that the code gives has words.
func TestEachFaultHasWords(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil || len(files) < 10 {
		t.Fatal(files, err)
	}
	words, used := allFaultWords(), map[string]bool{}
	for _, name := range files {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`fault\("(\w+)"`).FindAllSubmatch(b, -1) {
			used[string(m[1])] = true
			if _, ok := words[string(m[1])]; !ok {
				t.Errorf("%s: the fault %s has no words", name, m[1])
			}
		}
	}
	for code := range words {
		if !used[code] {
			t.Errorf("no code gives the fault %s", code)
		}
	}
}

func verbs(s string) int { return strings.Count(s, "%") }
