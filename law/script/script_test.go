package script

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mulu"
	"mulu/act"
	"mulu/law"
)

var update = flag.Bool("update", false, "rewrite the scripts' expectations with what was played")

func scripts(t testing.TB) []string {
	t.Helper()
	files, err := filepath.Glob("../testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scripts in law/testdata: %v", err)
	}
	return files
}

// Every script plays on bare law as it says, and together they walk every way of the law.
func TestScripts(t *testing.T) {
	walked := map[string]bool{}
	for _, file := range scripts(t) {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			s, err := Parse(string(text))
			if err != nil {
				t.Fatal(err)
			}
			stage, err := NewBare(s)
			if err != nil {
				t.Fatal(err)
			}
			w := &watch{Bare: stage, standing: map[string]string{}, walked: walked}
			var played []Played
			err = Play(s, w, func(p Played) error {
				played = append(played, p)
				if p.Differs() && !*update {
					t.Errorf("line %d:\n%s\nexpected:\n  %s\ngot:\n  %s", p.Step.Line, s.Lines[p.Step.Line-1],
						strings.Join(p.Step.Expect, "\n  "), strings.Join(p.Got, "\n  "))
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			if *update {
				if err := os.WriteFile(file, []byte(s.Rewrite(played)), 0o644); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
	for _, way := range law.Ways() {
		if way.On == "genesis" {
			continue
		}
		if key := wayKey(way.Noun, way.From, way.On, way.To); !walked[key] {
			t.Errorf("no script walks the way %s (%s)", key, way.Cite.Zh())
		}
	}
}

func wayKey(k mulu.Kind, from, on, to string) string {
	return string(k) + ": " + from + " —" + on + "→ " + to
}

// watch notes which ways a script walks.
type watch struct {
	*Bare
	standing map[string]string
	walked   map[string]bool
}

func (w *watch) Say(by By, a act.Act) ([]mulu.Fact, *mulu.Refusal, error) {
	facts, refused, err := w.Bare.Say(by, a)
	w.note(a.Kind(), facts)
	return facts, refused, err
}

func (w *watch) Advance(to time.Time) ([]Happening, error) {
	all, err := w.Bare.Advance(to)
	for _, h := range all {
		w.note(h.On, h.Facts)
	}
	return all, err
}

func (w *watch) note(on string, facts []mulu.Fact) {
	for _, f := range facts {
		var n struct {
			Status string `json:"status"`
		}
		if err := json.Unmarshal(f.State, &n); err != nil {
			panic(err)
		}
		to := n.Status
		switch f.Noun {
		case mulu.KindCalendar:
			to = "published"
		case mulu.KindProfile:
			to = "holds"
		case mulu.KindClock:
			to = "running"
		case mulu.KindReceipts:
			to = "anchored"
		case mulu.KindTerm, mulu.KindLoadTerms:
			to = "set"
		}
		key := string(f.Noun) + "/" + f.ID
		from := w.standing[key]
		if from == "" { // founded with the chain, or new
			switch f.Noun {
			case mulu.KindProfile, mulu.KindClock, mulu.KindCalendar, mulu.KindOrg, mulu.KindKey, mulu.KindNode:
				from = w.founded(f)
			}
		}
		w.walked[wayKey(f.Noun, from, on, to)] = true
		w.standing[key] = to
	}
}

// founded gives the standing of a noun that the genesis made; scripts know them by name.
func (w *watch) founded(f mulu.Fact) string {
	switch f.ID {
	case "profile":
		return "holds"
	case "clock":
		return "running"
	case "2024", "2025", "2026":
		return "published"
	case "001":
		return "active"
	case "node-1":
		return "member"
	case Key(Bureau, 1).Public().String(), Key("节点:node-1", 1).Public().String():
		return "active"
	}
	return ""
}
