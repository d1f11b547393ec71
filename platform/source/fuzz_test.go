package source

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"mulu/platform"
)

// Whatever an interface answers: no panic, bounded, and rows only where the binding says they are.
func FuzzAnswer(f *testing.F) {
	for _, s := range []string{`{"data":{"list":[{"a":1,"b":{"c":"x"}}],"more":"y"},"next":null}`, `[]`, `[{"a":1e400}]`, `{"data":{"list":null}}`, `{"data":[{"list":[]}]}`,
		`{"data":{"list":[{"a":[[[[1]]]]}]}}{"x"`, `{"next":{"a":1},"data":{"list":[]},"data":{"list":[{}]}}`, "\xef\xbb\xbf[]", `{"data":{"list":[{"a":"\ud800"}]}}`, `{"data":{"data":{"list":[{}]}}}`} {
		f.Add(s, "data.list", "next")
		f.Add(s, "", "")
		f.Add(s, "data", "data.more")
	}
	f.Fuzz(func(t *testing.T, body, rows, next string) {
		if rows != "" && !way(rows) || next != "" && !way(next) {
			return
		}
		n := 0
		a, err := readAnswer(strings.NewReader(body), rows, next, func(row map[string]any) error {
			n++
			for _, w := range []string{"a", "b.c"} {
				v, _ := follow(row, steps(w))
				if text, ok := plain(v); !ok && text != "" {
					t.Fatalf("%v is no value and gave %q", v, text)
				}
			}
			return nil
		})
		if err != nil {
			if !errors.Is(err, platform.ErrDrift) && !errors.Is(err, platform.ErrAway) {
				t.Fatalf("an error that says nothing: %v", err)
			}
			return
		}
		if a.count != n || !a.found {
			t.Fatalf("%d rows counted, %d given", a.count, n)
		}
		var whole any
		d := json.NewDecoder(strings.NewReader(body))
		d.UseNumber()
		if d.Decode(&whole) != nil {
			t.Fatalf("%q was read and is no JSON", body)
		}
	})
}

// Whatever comes back as a place: it is refused, or goes on after it; nothing of it becomes a part of the statement.
func FuzzPlace(f *testing.F) {
	for _, s := range []string{`{"r":1,"k":["1","x"]}`, `{"r":1,"k":["'; DROP TABLE x; --","` + "`" + `"]}`, `{"r":1,"k":["99999999999999999999","2026-02-30"]}`, `{"r":1}`, `null`, `[]`, `{"r":1,"k":null,"n":-1}`} {
		f.Add(s)
	}
	x := &Binding{Revision: 1, Keys: []string{"a", "b"}}
	f.Fuzz(func(t *testing.T, s string) {
		p, err := readPlace(s, x)
		if err != nil {
			if !errors.Is(err, platform.ErrPlace) {
				t.Fatal(err)
			}
			return
		}
		if s == "" {
			return
		}
		if again, err := readPlace(p.String(), x); err != nil || again.String() != p.String() {
			t.Fatalf("%q is not what it was: %v", p, err)
		}
		for _, d := range []dialect{postgres{}, maria{}, lite{}} {
			for _, c := range []class{text, integer, decimal, date, moment, zoned, clock, uuid} {
				keys := []column{{"a", "", c}, {"b", "", c}}
				s := &statement{d: d}
				if !s.after(keys, p.Keys) {
					continue
				}
				other := &statement{d: d}
				sample := map[class]string{text: "x", integer: "1", decimal: "1", date: "2026-01-01", moment: "2026-01-01 00:00:00", zoned: "2026-01-01 00:00:00", clock: "08:00:00",
					uuid: "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"}[c]
				if !other.after(keys, []string{sample, sample}) {
					t.Fatal("a sound key was refused")
				}
				if a, b := s.write("t", keys, keys, keys, 1), other.write("t", keys, keys, keys, 1); a != b {
					t.Fatalf("the statement depends on the values: %s", a)
				}
			}
		}
	})
}

// Whatever stands in the list: it is refused, or admits no address of this machine that is not listed itself.
func FuzzReach(f *testing.F) {
	for _, s := range []string{"10.0.0.0/8", "0.0.0.0/0:80", "::/0", "db.gov.cn:5432", "[::1]:1", "/srv", "127.0.0.1", "localhost", "::ffff:127.0.0.1/104", "0/0"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		r, err := NewReach([]string{s})
		if err != nil {
			return
		}
		for _, a := range []string{"127.0.0.1:80", "[::1]:80", "169.254.169.254:80", "[::ffff:127.0.0.1]:80"} {
			if r.lets(true, a) == nil && !(len(r.nets) == 1 && r.nets[0].net.IsSingleIP()) {
				t.Fatalf("%q admits %s", s, a)
			}
		}
	})
}
