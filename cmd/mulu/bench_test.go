package main

import (
	"os"
	"strings"
	"testing"
)

// bench --list names every trial in both languages, and an unknown name is refused with the way out.
func TestBenchNames(t *testing.T) {
	for _, lang := range []string{"zh", "en"} {
		var out, errs strings.Builder
		m := &Main{Out: &out, Err: &errs, Getenv: func(string) string { return "" }, Lang: lang}
		if code := m.Run(t.Context(), []string{"bench", "--list"}); code != exitOK {
			t.Fatalf("code %d: %s", code, errs.String())
		}
		for _, tr := range trials() {
			if !strings.Contains(out.String(), tr.name) || !strings.Contains(out.String(), m.t(tr.zh, tr.en)) {
				t.Errorf("%s: %s is not listed", lang, tr.name)
			}
		}
		if code := m.Run(t.Context(), []string{"bench", "nonsense"}); code != exitFailed || !strings.Contains(errs.String(), "nonsense") || !strings.Contains(errs.String(), "--list") {
			t.Errorf("%s: code %d: %s", lang, code, errs.String())
		}
	}
}

// Each trial runs at a tiny size, prints a figure with its baseline, and leaves nothing behind. No speed is asserted.
func TestBenchTiny(t *testing.T) {
	tmp := t.TempDir()
	t.Setenv("TMPDIR", tmp)
	var out, errs strings.Builder
	m := &Main{Out: &out, Err: &errs, Getenv: func(string) string { return "" }, Lang: "en"}
	if code := m.Run(t.Context(), []string{"bench", "--n", "40", "--repeat", "1", "acts", "latency", "four", "alarms", "rebuild", "search", "lookups", "receipts", "firstrow", "verify", "state"}); code != exitOK {
		t.Fatalf("code %d: %s\n%s", code, errs.String(), out.String())
	}
	for _, part := range strings.Split(out.String(), "\n\n")[1:] {
		if !strings.Contains(part, "baseline") || !strings.Contains(part, "ratio") {
			t.Errorf("no baseline in:\n%s", part)
		}
	}
	left, err := os.ReadDir(tmp)
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
}

func TestQuantile(t *testing.T) {
	xs := []float64{5, 1, 4, 2, 3}
	if median(xs) != 3 || quantile(xs, 0.99) != 5 || quantile(xs, 0) != 1 || xs[0] != 5 {
		t.Errorf("%v %v %v", median(xs), quantile(xs, 0.99), xs)
	}
}
