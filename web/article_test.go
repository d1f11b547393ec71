package web

import (
	"fmt"
	"strings"
	"testing"

	"mulu"
	"mulu/law"
)

func TestLawPage(t *testing.T) {
	w := aTown(t)
	zh := w.as(t, "", "zh").get(t, "/law")
	zh.says(t, 200, "第一章", "第七章", "第四十四条", "西城区实施细则（2023）", "自收到申请起 10 个工作日", "视为同意", "无链上规则", `/records?art=2"`)
	for n := 1; n <= 44; n++ {
		if !strings.Contains(zh.Body, fmt.Sprintf(`href="/law/%d"`, n)) {
			t.Errorf("article %d is not listed", n)
		}
	}
	w.as(t, "", "en").get(t, "/law").says(t, 200, "Art. 44", "The Chinese text is the law", "Xicheng rules (2023)", "10 working days from receipt", "is consent")
}

// Each article has its page in both languages, with the official text word for word and its readings.
func TestEachArticle(t *testing.T) {
	w := aTown(t)
	for _, a := range (townLaw{}).Articles() {
		for _, lang := range Languages {
			path := fmt.Sprintf("/law/%d", a.Number)
			p := w.as(t, "", lang).get(t, path)
			if p.Status != 200 {
				t.Fatalf("%s: %d", path, p.Status)
			}
			for i, text := range a.Paragraphs {
				if !strings.Contains(p.Body, fmt.Sprintf(`id="p%d"`, i+1)) || !strings.Contains(p.Body, text.Text) {
					t.Errorf("%s lacks its paragraph %d", path, i+1)
				}
				for _, point := range text.Points {
					if !strings.Contains(p.Body, point) {
						t.Errorf("%s lacks the point %s", path, point)
					}
				}
			}
			for _, r := range a.Readings {
				for _, name := range r.Tests {
					if !strings.Contains(p.Body, `href="/law/scripts/`+name+`"`) {
						t.Errorf("%s does not lead to its test %s", path, name)
					}
				}
			}
			for _, y := range a.Ways {
				if !strings.Contains(p.Body, mulu.Say(y.On, lang)) {
					t.Errorf("%s does not show the way %s", path, y.On)
				}
			}
		}
	}
	w.as(t, "", "en").get(t, "/law/21").says(t, 200, "The Chinese text is the law", "term to answer ended", "Order 809")
	w.as(t, "", "zh").get(t, "/law/38").says(t, 200, "分级与保护", "可用的共享方式")
	w.as(t, "", "zh").get(t, "/law/11").says(t, 200, "依本条作出的记录", "最新记录", `href="/law/10"`, `href="/law/12"`)
	for _, path := range []string{"/law/0", "/law/45", "/law/x", "/law/ways/x", "/law/scripts/none.txt", "/law/scripts/..%2fcite.go"} {
		w.as(t, "", "zh").get(t, path).says(t, 404)
	}
}

func TestScriptsAndWays(t *testing.T) {
	w := aTown(t)
	w.as(t, "", "zh").get(t, "/law/scripts/a21_4_deemed_consent.txt").says(t, 200, "开始 ", "→", "mulu play law/testdata/a21_4_deemed_consent.txt", "第二十一条")
	w.as(t, "", "en").get(t, "/law/scripts/a21_4_deemed_consent.txt").says(t, 200, "A test of the rules")
	kinds := map[mulu.Kind]bool{}
	for _, y := range law.Ways() {
		kinds[y.Noun] = true
	}
	for k := range kinds {
		for _, lang := range Languages {
			w.as(t, "", lang).get(t, "/law/ways/"+string(k)).says(t, 200, `<svg class="diagram"`, mulu.Say(string(k), lang))
		}
	}
	w.as(t, "", "zh").get(t, "/law/ways/application").says(t, 200, `class="clock"`)
}

// Diagrams show each way once, in the order of their table, and nothing of them lies outside or on top of another.
func TestDiagrams(t *testing.T) {
	w := aTown(t)
	for _, lang := range Languages {
		v := &visit{Web: w.web, Lang: lang}
		var all []Way
		for _, a := range (townLaw{}).Articles() {
			for _, k := range nounsOf(a.Ways) {
				checkDiagram(t, v.draw(k, waysOf(a.Ways, k), nil), waysOf(a.Ways, k))
			}
			all = append(all, a.Ways...)
		}
		for _, k := range nounsOf(all) {
			checkDiagram(t, v.draw(k, waysOf(all, k), map[string]int64{"active": 12345}), waysOf(all, k))
		}
	}
}

func checkDiagram(t *testing.T, d diagram, ways []Way) {
	t.Helper()
	if len(d.Arrows) != len(ways) || len(d.Ways) != len(ways) {
		t.Errorf("%s: %d arrows for %d ways", d.Noun, len(d.Arrows), len(ways))
	}
	middle := map[int]bool{}
	for i, b := range d.Boxes {
		middle[b.X] = true
		if b.Left < 0 || b.Left+b.Width > d.Width || i > 0 && b.Left < d.Boxes[i-1].Left+d.Boxes[i-1].Width {
			t.Errorf("%s: box %d from %d lies badly in %d", d.Noun, i, b.Left, d.Width)
		}
		for _, l := range b.Lines {
			if labelWidth(l) > b.Width+8 {
				t.Errorf("%s: the word %q is wider than its box", d.Noun, l)
			}
		}
	}
	y := 0
	for i, a := range d.Arrows {
		if !middle[a.From] || !middle[a.To] {
			t.Errorf("%s: arrow %d leads from or to no line", d.Noun, i)
		}
		if a.Y <= y || a.Y > d.Bottom {
			t.Errorf("%s: arrow %d is at height %d after %d", d.Noun, i, a.Y, y)
		}
		y = a.Y
		if a.Ground < 0 || a.Ground+a.Ledge > d.Width {
			t.Errorf("%s: the label %q reaches from %d to %d in %d", d.Noun, a.Label, a.Ground, a.Ground+a.Ledge, d.Width)
		}
		if a.Alarm != d.Ways[i].Alarm || a.Loop != (d.Ways[i].From == d.Ways[i].To) {
			t.Errorf("%s: arrow %d is not its way", d.Noun, i)
		}
	}
}
