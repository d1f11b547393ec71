package main

import (
	"slices"
	"strings"
	"testing"
	"time"

	"mulu"
	"mulu/platform/quality"
)

// Rows are made up for whatever of the base databases does not stay away on purpose, and nothing is wrong with any of them but
// what is spoilt on purpose.
func TestMadeUpRows(t *testing.T) {
	d, err := readDistrict()
	if err != nil {
		t.Fatal(err)
	}
	rows, bases := 0, map[string]int{}
	for _, c := range d.catalogs {
		e := c.content
		if e.Base == "" && e.Name != demoContracts && e.Name != demoAppeals || e.Name == demoStreets || e.Name == demoBorders ||
			slices.Contains(ungathered, e.Name) || slices.Contains(waiting, e.Name) || returned[e.Name] != "" {
			continue
		}
		bases[e.Base]++
		day := time.Date(2026, 11, 25, 9, 0, 0, 0, mulu.Shanghai())
		made, err := d.town.Table(e.Name, e.Items, day)
		if err != nil {
			t.Error(err)
			continue
		}
		plan, err := quality.NewPlan(&e, nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		checker := plan.Checker(day)
		key := []int{}
		for i, item := range e.Items {
			if item.IsKey {
				key = append(key, i)
			}
		}
		if keyItems[e.Name] != "" && len(key) != len(strings.Fields(keyItems[e.Name])) {
			t.Errorf("%s has not the keys %s", e.Name, keyItems[e.Name])
		}
		seen := map[string]bool{}
		for i := range made.Rows {
			line := made.Row(i)
			if wrong := checker.Row(line); len(wrong) > 0 {
				t.Fatalf("%s, row %d: %v of %s in %q", e.Name, i, wrong[0].Reason, e.Items[max(0, wrong[0].Item)].Name, line)
			}
			k := ""
			for _, at := range key {
				k += line[at] + "\x00"
			}
			if len(key) > 0 && seen[k] {
				t.Fatalf("%s, row %d: the key %q stands twice", e.Name, i, k)
			}
			seen[k] = true
		}
		if err := checker.Close(); err != nil {
			t.Error(err)
		}
		rows += made.Rows
	}
	if rows < 190_000 || bases["population"] < 9 || bases["legal"] < 12 || bases["spatial"] < 8 || bases["economy"] < 6 {
		t.Errorf("%d rows, %v", rows, bases)
	}
	for name := range keyItems {
		if !slices.ContainsFunc(d.catalogs, func(c catalog) bool { return c.content.Name == name }) {
			t.Errorf("keys are named of %s, which the district does not have", name)
		}
	}
}

func TestMisread(t *testing.T) {
	for _, right := range []string{"110102195001010015", "11010219500101011X", "110102195001010007"} {
		if wrong := misread(right); wrong == right || len(wrong) != 18 {
			t.Errorf("%s becomes %s", right, wrong)
		}
	}
}
