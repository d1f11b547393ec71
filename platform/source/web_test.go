package source

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"reflect"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"mulu"
	"mulu/platform"
)

// office is an owner's interface: people in pages, in each way of paging there is.
type office struct {
	*httptest.Server
	people []map[string]any
	calls  atomic.Int64
	asked  atomic.Pointer[url.Values]
	header atomic.Pointer[http.Header]
	answer func(w http.ResponseWriter, r *http.Request) bool // answers in the place of what follows
}

func newOffice(t *testing.T, n int) *office {
	t.Helper()
	o := &office{}
	for i := range n {
		o.people = append(o.people, map[string]any{"编号": id(i), "who": map[string]any{"name": fmt.Sprint("名", i%3)}, "n": json.Number(fmt.Sprint(9007199254740993 + i)),
			"sum": json.Number("1.50"), "live": i%2 == 0, "born": nil, "tags": []int{1}, "changed": fmt.Sprintf("2026-11-23 08:00:%02d", i%60)})
	}
	o.Server = httptest.NewServer(http.HandlerFunc(o.serve))
	t.Cleanup(o.Close)
	return o
}

func (o *office) serve(w http.ResponseWriter, r *http.Request) {
	o.calls.Add(1)
	q := r.URL.Query()
	o.asked.Store(&q)
	o.header.Store(&r.Header)
	if o.answer != nil && o.answer(w, r) {
		return
	}
	rows := o.people
	if want := q.Get("id"); want != "" {
		rows = nil
		for _, p := range o.people {
			if p["编号"] == want {
				rows = append(rows, p)
			}
		}
	}
	size, _ := strconv.Atoi(q.Get("size"))
	if size == 0 {
		size = len(rows)
	}
	from := 0
	switch {
	case q.Has("page"):
		n, _ := strconv.Atoi(q.Get("page"))
		from = (n - 1) * size
		if q.Has("clamp") {
			from = min(from, max(0, (len(rows)-1)/size*size))
		}
	case q.Has("offset"):
		from, _ = strconv.Atoi(q.Get("offset"))
	case q.Has("cursor"):
		from, _ = strconv.Atoi(strings.TrimPrefix(q.Get("cursor"), "c"))
	}
	from = min(from, len(rows))
	to := min(from+size, len(rows))
	answer := map[string]any{"code": 0, "data": map[string]any{"list": append([]map[string]any{}, rows[from:to]...), "total": len(rows)}}
	if to < len(rows) {
		if r.URL.Path == "/api/links" {
			answer["next"] = fmt.Sprintf("links?size=%d&cursor=c%d", size, to)
		} else {
			answer["next"] = fmt.Sprint("c", to)
		}
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(answer)
}

func (o *office) binding(c Call) Binding {
	c.Rows = "data.list"
	return Binding{Entry: entry, Connection: "office", Call: &c, Columns: []Pair{{"id", "编号"}, {"name", "who.name"}, {"n", "n"}, {"sum", "sum"},
		{"born", "born"}, {"changed", "changed"}, {"live", "live"}, {"note", "tags"}}}
}

func (o *office) sources(t *testing.T, cfg Config) *Sources {
	t.Helper()
	s := sourcesOf(t, cfg, strings.TrimPrefix(o.URL, "http://"))
	if err := s.Connect(t.Context(), Connection{ID: "office", Org: "002", Sort: API, Address: o.URL + "/api", TLS: "off"}, "令牌-token"); err != nil {
		t.Fatal(err)
	}
	return s
}

func officeRow(i int) platform.Row {
	return platform.Row{id(i), fmt.Sprint("名", i%3), fmt.Sprint(9007199254740993 + i), "1.50", "", fmt.Sprintf("2026-11-23 08:00:%02d", i%60), fmt.Sprint((i + 1) % 2), ""}
}

func TestInterfacesPageByPage(t *testing.T) {
	for name, c := range map[string]Call{
		"whole":           {Path: "/people?version=2"},
		"page":            {Path: "/people", Page: "page", First: 1, Size: "size", Rate: 7},
		"page, no size":   {Path: "/people?size=7", Page: "page", First: 1, Rate: 7},
		"page, clamped":   {Path: "/people?size=7&clamp=1", Page: "page", First: 1, Rate: 7},
		"offset":          {Path: "/people", Offset: "offset", Size: "size", Rate: 7},
		"offset, no size": {Path: "/people?size=6", Offset: "offset"},
		"cursor":          {Path: "/people", Next: "next", Cursor: "cursor", Size: "size", Rate: 7},
		"links":           {Path: "/links", Next: "next", Size: "size", Rate: 7},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t, 50)
			s := o.sources(t, Config{})
			if err := s.Bind(t.Context(), o.binding(c), "002", content()); err != nil {
				t.Fatal(err)
			}
			for _, limit := range []int{1, 6, 7, 8, 49, 50, 51, 1000} {
				got := all(t, s, limit)
				if len(got) != 50 {
					t.Fatalf("limit %d: %d rows", limit, len(got))
				}
				for i, r := range got {
					if !reflect.DeepEqual(r, officeRow(i)) {
						t.Fatalf("limit %d, row %d is %q, want %q", limit, i, r, officeRow(i))
					}
				}
			}
			if got := (*o.header.Load()).Get("Authorization"); got != "Bearer 令牌-token" && got == "" {
				t.Errorf("authorization: %q", got)
			}
			got := all(t, s, 5, mulu.Filter{Item: "name", Values: []string{"名1"}}, mulu.Filter{Item: "live", Values: []string{"1"}})
			for i, r := range got {
				if want := officeRow(4 + 6*i); !reflect.DeepEqual(r, want) { // 4, 10, 16 …
					t.Fatalf("row %d is %q, want %q", i, r, want)
				}
			}
			if len(got) != 8 {
				t.Errorf("%d rows", len(got))
			}
			p, err := s.Pull(t.Context(), entry, content(), true)
			if err != nil {
				t.Fatal(err)
			}
			defer p.Close()
			n := 0
			for ; ; n++ {
				row, err := p.Next()
				if err == io.EOF {
					break
				}
				if err != nil {
					t.Fatal(err)
				}
				if row.Line != int64(n+1) || row.Values[0] != id(n) {
					t.Fatalf("%+v", row)
				}
			}
			if n != 50 {
				t.Errorf("%d rows were pulled", n)
			}
		})
	}
}

func TestInterfacesAreToldWhatTheyFilterBy(t *testing.T) {
	o := newOffice(t, 500)
	s := o.sources(t, Config{})
	b := o.binding(Call{Path: "/people", Page: "page", First: 1, Size: "size", Rate: 10, Asks: []Pair{{"id", "id"}}})
	if err := s.Bind(t.Context(), b, "002", content()); err != nil {
		t.Fatal(err)
	}
	o.calls.Store(0)
	value := id(433)
	got := all(t, s, 2, mulu.Filter{Item: "id", Values: []string{value}})
	if len(got) != 1 || got[0][0] != value || o.calls.Load() != 1 || o.asked.Load().Get("id") != value {
		t.Fatalf("%q after %d calls", got, o.calls.Load())
	}
	odd := "a&id=000001#%2e/../?x=1\r\nX: y"
	if got := all(t, s, 2, mulu.Filter{Item: "id", Values: []string{odd}}); len(got) != 0 || o.asked.Load().Get("id") != odd {
		t.Fatalf("%q, asked %v", got, o.asked.Load())
	}
}

func TestAnswersThatAreNotWhatWasBound(t *testing.T) {
	for name, c := range map[string]struct {
		status int
		body   string
		want   error
	}{
		"not JSON":          {200, "<html>", platform.ErrDrift},
		"no rows":           {200, `{"data":{}}`, platform.ErrDrift},
		"rows are no array": {200, `{"data":{"list":{}}}`, platform.ErrDrift},
		"a row is a number": {200, `{"data":{"list":[1]}}`, platform.ErrDrift},
		"a key is gone":     {200, `{"data":{"list":[{"who":{}}]}}`, platform.ErrDrift},
		"broken off":        {200, `{"data":{"list":[{"编号":"1"}`, platform.ErrAway},
		"gone":              {404, "", platform.ErrDrift},
		"not let in":        {401, "", platform.ErrAway},
		"busy":              {429, "", platform.ErrAway},
		"broken":            {502, "<html>", platform.ErrAway},
		"deep":              {200, strings.Repeat(`{"data":`, 40) + "1" + strings.Repeat("}", 40), platform.ErrDrift},
		"deep rows":         {200, `{"data":{"list":` + strings.Repeat("[", 20_000), platform.ErrDrift},
		"large":             {200, `{"data":{"x":"` + strings.Repeat("x", maxAnswer) + `","list":[]}}`, platform.ErrDrift},
		"many":              {200, `{"data":{"list":[` + strings.Repeat(`{"编号":"1"},`, maxRows+1) + `{}]}}`, platform.ErrDrift},
		"null rows":         {200, `{"data":{"list":null}}`, nil},
		"empty":             {204, "", nil},
		"elsewhere":         {200, `{"next":"http://169.254.169.254/latest","data":{"list":[{"编号":"1"}]}}`, platform.ErrForbidden},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t, 3)
			s := o.sources(t, Config{})
			b := o.binding(Call{Path: "/links", Next: "next", Size: "size", Rate: 7})
			if err := s.Bind(t.Context(), b, "002", content()); err != nil {
				t.Fatal(err)
			}
			o.answer = func(w http.ResponseWriter, r *http.Request) bool {
				w.WriteHeader(c.status)
				_, _ = io.WriteString(w, c.body)
				return true
			}
			page, err := s.Query(t.Context(), entry, content(), platform.Query{Items: []string{"id"}, Limit: 5})
			if !errors.Is(err, c.want) || c.want == nil && (err != nil || len(page.Rows) != 0) {
				t.Fatalf("%v, %v", page, err)
			}
		})
	}
}

func TestRedirectsLeadNowhereElse(t *testing.T) {
	elsewhere := newOffice(t, 3)
	o := newOffice(t, 3)
	s := sourcesOf(t, Config{}, strings.TrimPrefix(o.URL, "http://"), strings.TrimPrefix(elsewhere.URL, "http://")) // even if the other is listed
	if err := s.Connect(t.Context(), Connection{ID: "office", Org: "002", Sort: API, Address: o.URL + "/api", TLS: "off", Header: "X-Api-Key"}, "geheim"); err != nil {
		t.Fatal(err)
	}
	b := o.binding(Call{Path: "/people"})
	if err := s.Bind(t.Context(), b, "002", content()); err != nil {
		t.Fatal(err)
	}
	if got := (*o.header.Load()).Get("X-Api-Key"); got != "geheim" {
		t.Fatalf("the header is %q", got)
	}
	to := ""
	o.answer = func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path != "/api/people" {
			return false
		}
		http.Redirect(w, r, to, http.StatusFound)
		return true
	}
	for _, to = range []string{elsewhere.URL + "/api/people", "http://127.0.0.1:1/", "http://169.254.169.254/", "file:///etc/passwd", "https://" + strings.TrimPrefix(o.URL, "http://")} {
		if _, err := s.Query(t.Context(), entry, content(), platform.Query{Items: []string{"id"}, Limit: 5}); !errors.Is(err, platform.ErrForbidden) {
			t.Errorf("%s: %v", to, err)
		}
	}
	if elsewhere.calls.Load() > 0 {
		t.Error("the other office was called")
	}
	to = "/api/moved"
	if page, err := s.Query(t.Context(), entry, content(), platform.Query{Items: []string{"id"}, Limit: 5}); err != nil || len(page.Rows) != 3 {
		t.Errorf("within the same host: %v, %v", page, err)
	}
	to = "/api/people"
	if _, err := s.Query(t.Context(), entry, content(), platform.Query{Items: []string{"id"}, Limit: 5}); err == nil {
		t.Error("a redirect in a circle was followed for ever")
	}
}

func TestWhatHangsIsGivenUpAndLeftAlone(t *testing.T) {
	hang := make(chan struct{})
	defer close(hang)
	o := newOffice(t, 3)
	s := o.sources(t, Config{Patience: 200 * time.Millisecond, Failures: 2, Rest: time.Hour})
	if err := s.Bind(t.Context(), o.binding(Call{Path: "/people"}), "002", content()); err != nil {
		t.Fatal(err)
	}
	o.answer = func(w http.ResponseWriter, r *http.Request) bool {
		w.WriteHeader(200)
		_, _ = io.WriteString(w, `{"data":{"list":[`)
		w.(http.Flusher).Flush()
		select {
		case <-hang:
		case <-r.Context().Done():
		}
		return true
	}
	q := platform.Query{Items: []string{"id"}, Limit: 5}
	for range 2 {
		if _, err := s.Query(t.Context(), entry, content(), q); !errors.Is(err, platform.ErrSlow) {
			t.Fatal(err)
		}
	}
	calls := o.calls.Load()
	began := time.Now()
	if _, err := s.Query(t.Context(), entry, content(), q); !errors.Is(err, platform.ErrAway) || o.calls.Load() != calls || time.Since(began) > 150*time.Millisecond {
		t.Fatalf("%v after %v and %d calls", err, time.Since(began), o.calls.Load()-calls)
	}
}

func TestDatabasesThatHangOrBreakOff(t *testing.T) {
	for _, sort := range []string{Postgres, MySQL} {
		for name, do := range map[string]func(net.Conn){
			"hangs":      func(c net.Conn) { _, _ = io.Copy(io.Discard, c) },
			"closes":     func(net.Conn) {},
			"says what?": func(c net.Conn) { _, _ = io.WriteString(c, "SSH-2.0-OpenSSH_9.2p1\r\n") },
		} {
			t.Run(sort+" "+name, func(t *testing.T) {
				at := listening(t, do)
				s := sourcesOf(t, Config{Patience: 300 * time.Millisecond}, at)
				if err := s.Connect(t.Context(), Connection{ID: "owner", Org: "002", Sort: sort, Address: at, Database: "x", User: "y", TLS: "off"}, "z"); err != nil {
					t.Fatal(err)
				}
				began := time.Now()
				_, err := s.Test(t.Context(), "owner")
				if !errors.Is(err, platform.ErrAway) && !errors.Is(err, platform.ErrSlow) || time.Since(began) > 10*time.Second {
					t.Fatalf("%v after %v", err, time.Since(began))
				}
				if strings.Contains(err.Error(), "z@") {
					t.Errorf("the secret stands in %v", err)
				}
			})
		}
	}
}
