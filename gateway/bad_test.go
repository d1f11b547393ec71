package gateway

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"mulu"
	"mulu/act"
	"mulu/chain"
	"mulu/platform"
)

// counting is the real chain that counts what is read of its state.
type counting struct {
	*chain.Chain
	reads atomic.Int64
}

func (c *counting) Get(kind mulu.Kind, id string) (json.RawMessage, bool) {
	c.reads.Add(1)
	return c.Chain.Get(kind, id)
}

func (c *counting) Find(kind mulu.Kind, index string) []string {
	c.reads.Add(1)
	return c.Chain.Find(kind, index)
}

// bodyOf is a call that a grant of a method answers.
func bodyOf(method string) string {
	if method == check {
		return `{"filters":[{"item":"code","values":["000000000000000001"]}],` + purpose + `}`
	}
	return `{` + purpose + `}`
}

var methods = []string{query, check, batch}

// Whatever is wrong with a call, by each method: a clear refusal with its article, a receipt, and nothing of the rows.
func TestBadCalls(t *testing.T) {
	h := &hooked{}
	w := newTown(t, func(c *Config) { h.Source, c.Source = c.Source, h })
	w.rate = 60
	for _, method := range methods {
		p := w.join()
		grant := w.agreeTo(method, p, nil, "code", "name")
		refused := func(name string, r answered, status int, code Code) {
			t.Helper()
			if r.status != status || r.Code != string(code) || r.Title == "" || r.Detail == "" || r.Art == "" || strings.Contains(r.Detail, "{") {
				t.Errorf("%s, %s: %d %.300s", method, name, r.status, r.body)
				return
			}
			if bytes.Contains(r.body, []byte("张")) || bytes.Contains(r.body, []byte("00000000000000")) || bytes.Contains(r.body, []byte(p.token)) {
				t.Errorf("%s, %s leaks: %s", method, name, r.body)
			}
			if x := w.receiptOf(r); x.Refused != code || x.Method != method || x.Rows != 0 || x.RowsDigest != "" {
				t.Errorf("%s, %s: the receipt says %+v", method, name, x)
			}
		}
		good := bodyOf(method)
		with := func(filter string) string { return `{"filters":[` + filter + `],` + purpose + `}` }
		refused("no token", w.call(method, "", grant, good), 401, tokenMissing)
		refused("wrong token", w.call(method, "x"+p.token, grant, good), 401, tokenUnknown)
		refused("foreign token", w.call(method, w.other.token, grant, good), 404, grantUnknown)
		refused("filter on an item not granted", w.call(method, p.token, grant, with(`{"item":"phone","values":["13800001234"]}`)), 403, filterForeign)
		refused("filter on no item", w.call(method, p.token, grant, with(`{"item":"c1 OR 1","values":["1"]}`)), 403, filterForeign)
		refused("replaced fields", w.call(method, p.token, grant, `{"grant":"G-000001",`+purpose+`}`), 400, malformed)
		refused("no body", w.call(method, p.token, grant, ""), 400, malformed)
		for _, sql := range []string{`' OR 1=1 --`, `\"; DROP TABLE rows; --`, `%`, `*`, `\u0000`, `../../rows.db`, `${jndi:ldap://x}`, `<script>`} {
			refused("injection into an item", w.call(method, p.token, grant, with(`{"item":"`+sql+`","values":["1"]}`)), 403, filterForeign)
			r := w.call(method, p.token, grant, with(`{"item":"code","values":["`+sql+`"]}`))
			if r.status != 200 || bytes.Contains(r.body, []byte("张")) || method == check && string(r.Match) != "false" {
				t.Errorf("%s, injection of %s into a value: %d %s", method, sql, r.status, r.body)
			}
			if r := w.call(method, p.token, grant, `{"purpose":"窗口`+sql+`","case":"`+sql+`","filters":[{"item":"code","values":["1"]}]}`); r.status != 200 && r.status != 400 {
				t.Errorf("%s, injection of %s into words: %d %s", method, sql, r.status, r.body)
			}
		}
		if r := w.call(method, p.token, grant+"%27%20OR%201=1", good); r.status != 404 || r.Code != string(grantUnknown) || w.receiptOf(r).Grant != "" {
			t.Errorf("injection into the path: %d %s", r.status, r.body)
		}

		secret := errors.New("open " + w.dir + "/rows.db: input/output error")
		h.do(func(platform.Query) error { return secret })
		r := w.call(method, p.token, grant, good)
		refused("source down", r, 503, sourceFails)
		if bytes.Contains(r.body, []byte("rows.db")) {
			t.Errorf("%s: the source's error leaves: %s", method, r.body)
		}
		h.do(func(platform.Query) error { return platform.ErrNoVersion })
		refused("version missing", w.call(method, p.token, grant, good), 503, noSource)
		h.do(func(platform.Query) error { return nil })

		// A call that is sent again is another call: answered again, counted again, with a receipt of its own.
		first, again := w.call(method, p.token, grant, good), w.call(method, p.token, grant, good)
		if first.status != 200 || again.status != 200 || first.Receipt == again.Receipt || w.receiptOf(first).FilterDigest != w.receiptOf(again).FilterDigest {
			t.Errorf("%s: %d %d", method, first.status, again.status)
		}
		w.say(w.provider, &act.SuspendGrant{Grant: grant, Why: "涉嫌超范围使用"})
		refused("suspended", w.call(method, p.token, grant, good), 403, grantSuspended)
		w.say(w.provider, &act.ResumeGrant{Grant: grant, Why: "查明未超范围"})
		over := 0
		for range 60 {
			if r := w.call(method, p.token, grant, good); r.status != 200 {
				refused("rate", r, 429, tooMany)
				over++
			}
		}
		if over == 0 {
			t.Errorf("%s: the rate bounds nothing", method)
		}
		w.say(p, &act.EndGrant{Grant: grant, Why: "事项已办结"})
		refused("given up", w.call(method, p.token, grant, good), 403, grantEnded)
		w.say(p, &act.RevokeClient{Client: p.client, Why: "设备更换"})
		refused("client revoked", w.call(method, p.token, grant, good), 403, clientRevoked)
	}
}

// A grant of another and one that does not exist cannot be told apart: the same answer, and as much work for it.
func TestForeignAndAbsentAreAlike(t *testing.T) {
	view := &counting{}
	w := newTown(t, func(c *Config) { view.Chain = c.Chain.(*chain.Chain); c.Chain = view })
	w.ask(w.consumer.token, w.grant, `{`+purpose+`}`) // the first call looks whether the receipts go on
	for _, method := range methods {
		held := w.agreeTo(method, w.other, nil, "code", "name")
		for _, body := range []string{bodyOf(method), `{"filters":[{"item":"phone","values":["1"]}],` + purpose + `}`, `{`} {
			type seen struct {
				status       int
				body, header string
				reads        int64
			}
			look := func(grant string) seen {
				before := view.reads.Load()
				r := w.call(method, w.consumer.token, grant, body)
				h := r.header.Clone()
				for _, own := range []string{"Mulu-Receipt", "Date", "Content-Length"} {
					h.Del(own)
				}
				s := seen{r.status, strings.NewReplacer(r.Receipt, "", fmt.Sprintf(`"n":%d`, r.N), "").Replace(string(r.body)), fmt.Sprint(h), view.reads.Load() - before}
				if x := w.receiptOf(r); x.Entry != "" || x.Grant != grant {
					t.Errorf("the receipt says %+v", x)
				}
				return s
			}
			if foreign, absent := look(held), look("G-999999"); foreign != absent {
				t.Errorf("%s %s:\nforeign %+v\nabsent  %+v", method, body, foreign, absent)
			}
		}
	}
}

// A hundred megabytes are refused without being read.
func TestHugeBody(t *testing.T) {
	w := newTown(t, nil)
	for _, method := range methods {
		sent := &endless{}
		sent.left.Store(100 << 20)
		req, err := http.NewRequest("POST", w.server.URL+"/gateway/"+w.grant+"/"+verb(method), sent)
		if err != nil {
			t.Fatal(err)
		}
		req.ContentLength = 100 << 20
		req.Header.Set("Authorization", "Bearer "+w.consumer.token)
		r := w.do(req)
		if r.status != 413 || r.Code != string(tooLarge) || w.receiptOf(r).Refused != tooLarge {
			t.Fatalf("%s: %d %s", method, r.status, r.body)
		}
		if read := 100<<20 - sent.left.Load(); read > 24<<20 {
			t.Errorf("%s: %d MB were taken", method, read>>20)
		}
	}
}

type endless struct{ left atomic.Int64 }

func (e *endless) Read(b []byte) (int, error) {
	n := min(int64(len(b)), e.left.Load())
	if n == 0 {
		return 0, io.EOF
	}
	e.left.Add(-n)
	for i := range b[:n] {
		b[i] = ' '
	}
	return int(n), nil
}

// Clocks of machines, set forward or back by years, move neither the period of a grant nor the day of its volume.
func TestClockSkew(t *testing.T) {
	clock := &wall{at: time.Now()}
	w := newTown(t, func(c *Config) { c.Now = clock.now })
	w.volume = 2
	grant := w.agree(w.other, nil, "code")
	ask := func() answered {
		t.Helper()
		r := w.ask(w.other.token, grant, `{"limit":1,`+purpose+`}`)
		if day := w.receiptOf(r).Time[:10]; day != "2026-09-24" {
			t.Errorf("the receipt is of %s", day)
		}
		return r
	}
	for _, d := range []time.Duration{-10 * 365 * 24 * time.Hour, 20 * 365 * 24 * time.Hour} {
		clock.pass(d)
		if r := ask(); r.status != 200 {
			t.Fatalf("%d %s", r.status, r.body)
		}
	}
	clock.pass(48 * time.Hour)
	if r := ask(); r.Code != string(volumeSpent) {
		t.Fatalf("%d %s", r.status, r.body)
	}
}
