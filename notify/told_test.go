package notify

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestWhoIsToldOfWhat plays the law's own scripts and compares who is told of what, and when, with what was reviewed. Reminders
// look at nine each morning of the law's time and after each act.
func TestWhoIsToldOfWhat(t *testing.T) {
	names, err := filepath.Glob("../law/testdata/*.txt")
	if err != nil || len(names) < 20 {
		t.Fatalf("%d scripts, %v", len(names), err)
	}
	var out strings.Builder
	met := map[string]bool{}
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		s := parse(t, string(text))
		h := newHouse(t, s)
		n := h.open(t, h.config())
		h.play(t, n, s)
		notices := all(t, n)
		if len(notices) == 0 {
			continue
		}
		fmt.Fprintf(&out, "# %s\n", s.Title)
		for _, m := range notices {
			met[m.Occasion+" "+m.Task], met[m.Occasion] = true, true
			var roles []string
			for _, r := range m.Roles {
				roles = append(roles, r.Title("zh"))
			}
			fmt.Fprintf(&out, "%s %s（%s）\n  %s\n  %s\n", m.At.Format("2006-01-02 15:04"), h.short(t, m.Org), strings.Join(roles, "、"), m.Title("zh"), m.Text("zh"))
			for _, lang := range []string{"zh", "en"} {
				if s := m.Title(lang) + m.Text(lang); strings.ContainsAny(s, "{}") || strings.Contains(s, "“”") {
					t.Errorf("%s: %s", m.Occasion, s)
				}
			}
		}
	}
	for _, o := range Occasions() {
		if !met[o.Key] {
			t.Errorf("no script meets the occasion %s", o.Key)
		}
	}
	for _, k := range tasks {
		for _, o := range []string{"deadline.near", "deadline.last"} {
			if !met[o+" "+k.key] {
				t.Errorf("no script meets %s of %s", o, k.key)
			}
		}
	}
	golden(t, "told.txt", out.String())
}

func (h *house) short(t *testing.T, org string) string {
	o, err := h.read.Org(t.Context(), org)
	if err != nil {
		t.Fatal(err)
	}
	return o.Short
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got == string(want) {
		return
	}
	a, b := strings.Split(string(want), "\n"), strings.Split(got, "\n")
	for i := range max(len(a), len(b)) {
		if i >= len(a) || i >= len(b) || a[i] != b[i] {
			t.Fatalf("%s differs from line %d on:\n got %q\nwant %q\n(look at it and rewrite it with -update)", path, i+1, b[min(i, len(b)-1)], a[min(i, len(a)-1)])
		}
	}
}

// Each occasion says the same places in both languages and no others, and its key can be a wish.
func TestSentencesAreClosed(t *testing.T) {
	hole := regexp.MustCompile(`\{([^}]*)\}`)
	han := regexp.MustCompile(`\p{Han}`)
	keys := map[string]bool{}
	for _, o := range Occasions() {
		if keys[o.Key] || len(o.Roles) == 0 || !regexp.MustCompile(`^[a-z]+\.[a-z]+$`).MatchString(o.Key) {
			t.Errorf("%q: twice, for nobody, or no key", o.Key)
		}
		keys[o.Key] = true
		for i, pair := range [][2]string{o.label, o.title, o.saying} {
			var at [2][]string
			for l, s := range pair {
				if s == "" || han.MatchString(s) != (l == 0) {
					t.Errorf("%s: %q is not in its language", o.Key, s)
				}
				for _, m := range hole.FindAllStringSubmatch(s, -1) {
					if !slices.Contains(holes, m[1]) {
						t.Errorf("%s: %q has the place %q", o.Key, s, m[1])
					}
					at[l] = append(at[l], m[1])
				}
				slices.Sort(at[l])
			}
			if !slices.Equal(at[0], at[1]) {
				t.Errorf("%s: sentence %d says %v in Chinese and %v in English", o.Key, i, at[0], at[1])
			}
		}
	}
}

// A value is put in as it is: what looks like a place is none, and what would end a line is a space.
func TestValuesAreNotTakenForPlaces(t *testing.T) {
	m := Notice{Occasion: "application.received", Number: "A-000001", Name: "{date}\r\nBcc: x@y.z\u2028{org}", Party: "{number}", Due: "2026-11-09", Days: 3}
	if got, want := m.Title("zh"), "收到共享申请 A-000001：{date}  Bcc: x@y.z {org}"; got != want {
		t.Errorf("%q", got)
	}
	if got := m.Text("en"); !strings.HasPrefix(got, "{number} applies for “{date}") || strings.ContainsAny(got, "\r\n") {
		t.Errorf("%q", got)
	}
}
