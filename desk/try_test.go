package desk

import (
	"testing"

	"mulu"
	"mulu/act"
	"mulu/chain"
	"mulu/people"
)

// Can says what Do would refuse, and does nothing.
func TestCan(t *testing.T) {
	d, _ := open(t, true)
	a := &act.RegisterDuty{Name: "统筹公共数据", Basis: "三定"}
	for name, c := range map[string]struct {
		by   By
		want string
	}{
		"the owner":         {By{Org: "001"}, ""},
		"a steward":         {By{Org: "001", Person: "p-1", Roles: people.Roles{people.Steward}}, ""},
		"a reader":          {By{Org: "001", Person: "p-1", Roles: people.Roles{people.Reader}}, "role_missing"},
		"of no institution": {By{Org: "999"}, "unknown"},
	} {
		if no := d.Can(c.by, a); code(no) != c.want {
			t.Errorf("%s: %v, want %q", name, no, c.want)
		}
	}
	size := d.Chain.(*chain.Chain).Size()
	if _, err := d.Do(t.Context(), By{Org: "001"}, a); err != nil {
		t.Fatal(err)
	}
	if no := d.Can(By{Org: "001"}, a); code(no) != "name_taken" {
		t.Errorf("%v", no)
	}
	if got := d.Chain.(*chain.Chain).Size(); got != size+1 {
		t.Errorf("%d records were made, want 1", got-size)
	}
}

// Acts tried together see those before them that are not refused, and whoever may not say one may still say the others.
func TestTryAll(t *testing.T) {
	d, _ := open(t, false)
	acts := []act.Act{
		&act.RegisterDuty{Name: "入学", Basis: "三定"},
		&act.RegisterDuty{Name: "入学", Basis: "三定"},
		&act.RegisterDuty{Name: "", Basis: "三定"},
		&act.PublishCalendar{},
		&act.RegisterDuty{Name: "招生", Basis: "三定"},
	}
	got := codes(d.TryAll(By{Org: "001", Person: "p-1", Roles: people.Roles{people.Steward}}, acts))
	want := []string{"", "name_taken", "text_missing", "role_missing", ""}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("act %d: %q, want %q (%v)", i, got[i], want[i], got)
		}
	}
	for i, c := range codes(d.TryAll(By{Org: "999"}, acts)) {
		if c != "unknown" {
			t.Errorf("act %d of nobody: %q", i, c)
		}
	}
	for i, c := range codes(d.TryAll(By{Org: "001", Person: "p-1"}, acts)) {
		if c != "role_missing" {
			t.Errorf("act %d without a role: %q", i, c)
		}
	}
	if got := d.TryAll(By{Org: "001"}, nil); len(got) != 0 {
		t.Error(got)
	}
	if n := d.Chain.(*chain.Chain).Size(); n != 1 {
		t.Errorf("trying made %d records", n-1)
	}
}

func code(no *mulu.Refusal) string {
	if no == nil {
		return ""
	}
	return no.Code
}

func codes(all []*mulu.Refusal) []string {
	out := make([]string, len(all))
	for i, no := range all {
		out[i] = code(no)
	}
	return out
}
