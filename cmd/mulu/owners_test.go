package main

import (
	"encoding/json"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
)

// The interface that stands for an institution's system lets in who has the token of this start, pages as it is asked, and
// is listed literally among what may be reached; another start takes the place of its entry and keeps the port.
func TestOwners(t *testing.T) {
	h := home(t.TempDir())
	d, err := readDistrict()
	if err != nil {
		t.Fatal(err)
	}
	if err := h.save(Settings{Node: "node-1", Reach: []string{"db.example.gov.cn:5432"}}); err != nil {
		t.Fatal(err)
	}
	o, err := openOwners(h, d.town)
	if err != nil {
		t.Fatal(err)
	}
	ask := func(query, token string) (int, []appeal) {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, o.address+"/api/v1/orders?"+query, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer "+token)
		a, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer a.Body.Close()
		var got struct{ Data struct{ Orders []appeal } }
		b, err := io.ReadAll(a.Body)
		if err == nil && a.StatusCode == http.StatusOK {
			err = json.Unmarshal(b, &got)
		}
		if err != nil {
			t.Fatal(err)
		}
		return a.StatusCode, got.Data.Orders
	}
	if status, _ := ask("page=1&size=10", "x"); status != http.StatusUnauthorized {
		t.Errorf("a stranger gets %d", status)
	}
	if status, _ := ask("page=0&size=10", o.token); status != http.StatusBadRequest {
		t.Errorf("page 0 gets %d", status)
	}
	_, first := ask("page=1&size=10", o.token)
	_, second := ask("page=2&size=10", o.token)
	if len(first) != 10 || len(second) != 10 || first[9].OrderNo >= second[0].OrderNo {
		t.Errorf("%d and %d orders", len(first), len(second))
	}
	_, some := ask("page=1&size=500&street=110102007", o.token)
	if len(some) == 0 || slices.ContainsFunc(some, func(a appeal) bool { return a.Area.Street != "110102007" }) {
		t.Errorf("%d orders of a street", len(some))
	}
	before := o.address
	if err := o.close(); err != nil {
		t.Fatal(err)
	}
	if o, err = openOwners(h, d.town); err != nil {
		t.Fatal(err)
	}
	defer o.close()
	s, err := h.load()
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"db.example.gov.cn:5432", o.file, strings.TrimPrefix(o.address, "http://")}; !slices.Equal(s.Reach, want) || o.address != before {
		t.Errorf("reached are %q at %s, before %s", s.Reach, o.address, before)
	}
	if err := os.WriteFile(h.path("demo", "owners", "port"), []byte(strings.TrimPrefix(o.address, "http://127.0.0.1:")), 0o600); err != nil {
		t.Fatal(err)
	}
	other, err := listenAsBefore(h.path("demo", "owners", "port")) // the port is taken
	if err != nil {
		t.Fatal(err)
	}
	if "http://"+other.Addr().String() == o.address {
		t.Error("two listen on one port")
	}
	if err := other.Close(); err != nil {
		t.Error(err)
	}
}
