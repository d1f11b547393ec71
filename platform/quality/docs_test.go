package quality

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	"mulu"
)

// document is the page that tells people what this room does.
func document(t *testing.T) string {
	t.Helper()
	b, err := os.ReadFile("../../docs/quality.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestTheDocumentNamesEveryCheckFormatAndReason(t *testing.T) {
	page := document(t)
	has := func(what string) {
		if !strings.Contains(page, what) {
			t.Errorf("docs/quality.md lacks %q", what)
		}
	}
	for _, c := range mulu.Checks {
		has("| `" + c.Code + "` " + c.Zh + " |")
	}
	for _, f := range mulu.ValueFormats {
		has("| `" + f.Code + "` " + f.Zh + " |")
		if formOf(f.Code) == nil || len(formReasons(f.Code)) == 0 {
			t.Errorf("the format %s is not tested", f.Code)
		}
		for _, r := range formReasons(f.Code) {
			if _, ok := reasons[r]; !ok {
				t.Errorf("the format %s finds %q, which has no words", f.Code, r)
			}
		}
	}
	for _, op := range mulu.CompareOps {
		has("`" + op.Code + "` " + op.Zh)
	}
	for _, l := range mulu.RuleLevels {
		has("`" + l.Code + "` " + l.Zh)
	}
	for _, p := range Properties {
		has("| " + p.Zh + " " + p.En + " | " + p.Dimension + " ")
	}
	for _, r := range Reasons() {
		indicator := r.Indicator()
		if indicator == "" {
			indicator = "–"
		} else if property(indicator) < 0 || IndicatorName(indicator, "zh") == "" {
			t.Errorf("%s counts against the indicator %q", r, indicator)
		}
		if r.Text("zh") == string(r) || r.Text("en") == string(r) {
			t.Errorf("%s is not said in both languages", r)
		}
		has(fmt.Sprintf("| `%s` | %s | %s | %s |", r, indicator, r.Text("zh"), r.Text("en")))
	}
}

func TestTheDocumentNamesEveryIndicatorMeasured(t *testing.T) {
	page := document(t)
	rules := []mulu.DataRule{{Check: "values", Items: []string{"a"}, Values: []string{"1"}, Level: "bad"}, {Check: "compare", Items: []string{"d", "e"}, Op: "lt", Level: "bad"},
		{Check: "reference", Items: []string{"a"}, Entry: "101/1", Item: "b", Level: "bad"}, {Check: "unique", Items: []string{"a"}, Level: "bad"}}
	p := newTestPlan(t, rules, mulu.Item{Name: "甲", Field: "a", Type: "C", Length: 1, IsKey: true, Standard: "DE-1"}, mulu.Item{Name: "丁", Field: "d", Type: "D"},
		mulu.Item{Name: "戊", Field: "e", Type: "D"}, mulu.Item{Name: "己", Field: "f", Type: "Y"}, mulu.Item{Name: "庚", Field: "g", Type: "C"})
	seen := map[string]bool{}
	for _, c := range p.Checks() {
		seen[c.Indicator] = true
		row := c.Indicator + " " + IndicatorName(c.Indicator, "zh") + " ("
		at := strings.Index(page, row)
		if at < 0 {
			t.Errorf("docs/quality.md lacks %q", row)
			continue
		}
		told, _, _ := strings.Cut(page[at:], ")")
		if !strings.Contains(told, c.Sort) {
			t.Errorf("docs/quality.md does not say that %s counts for %s", c.Sort, c.Indicator)
		}
	}
	if len(seen) != 13 {
		t.Errorf("%d indicators are measured: %v", len(seen), seen)
	}
}

func TestTheDocumentsExamplesSayWhatStandsBesideThem(t *testing.T) {
	items := []mulu.Item{{Name: "开始日期", Field: "begin", Type: "D"}, {Name: "结束日期", Field: "end", Type: "D"}, {Name: "注销原因", Field: "reason", Type: "C"},
		{Name: "状态", Field: "status", Type: "C"}, {Name: "面积", Field: "area", Type: "N"}, {Name: "统一社会信用代码", Field: "credit_code", Type: "C"}}
	examples := 0
	for line := range strings.Lines(document(t)) {
		if !strings.HasPrefix(line, `{"check"`) {
			continue
		}
		var r mulu.DataRule
		d := json.NewDecoder(strings.NewReader(line))
		if err := d.Decode(&r); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		examples++
		said := strings.TrimSpace(line[d.InputOffset():])
		for _, c := range newTestPlan(t, []mulu.DataRule{r}, items...).Checks() {
			if c.Rule == 0 && c.Zh != said {
				t.Errorf("%s says %q", line, c.Zh)
			}
		}
	}
	if examples != 4 {
		t.Errorf("%d examples", examples)
	}
}
