package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"

	"mulu"
	"mulu/act"
	"mulu/law/script"
)

// remote speaks with a running node over its control socket. It is a script's stage as well.
type remote struct {
	ctx    context.Context
	socket string
	client *http.Client
	lang   string // that the node answers in; "" is Chinese
	chain  string // id, for acts signed here
	seen   uint64 // records up to here have been told

	sandbox bool
}

// dial finds the node that runs in a home, to answer in the user's language.
func (m *Main) dial(ctx context.Context, h home) (*remote, error) {
	r, err := dial(ctx, h)
	if err == nil {
		r.lang = m.Lang
	}
	return r, err
}

// dial finds the node that runs in a home.
func dial(ctx context.Context, h home) (*remote, error) {
	if _, err := os.Stat(h.socket()); err != nil {
		return nil, &noNode{h}
	}
	r := &remote{ctx: ctx, socket: h.socket()}
	r.client = &http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "unix", r.socket)
	}}}
	var s status
	err := r.get("/status", &s)
	if errors.Is(err, syscall.ECONNREFUSED) { // a node that was killed leaves its socket behind
		return nil, &noNode{h}
	}
	if err != nil {
		return nil, fmt.Errorf("the node in %s does not answer: %w", string(h), err)
	}
	r.chain, r.seen, r.sandbox = s.Chain, s.Health.Size, s.Sandbox
	return r, nil
}

func (r *remote) fetch(method, path string, body io.Reader) ([]byte, error) {
	return r.send(method, path, body, 0)
}

// send is fetch with a body of size bytes, told beforehand; 0: as the body itself tells.
func (r *remote) send(method, path string, body io.Reader, size int64) ([]byte, error) {
	q, err := http.NewRequestWithContext(r.ctx, method, "http://node"+path, body)
	if err != nil {
		return nil, err
	}
	if size > 0 {
		q.ContentLength = size
	}
	q.Header.Set("Accept-Language", r.lang)
	a, err := r.client.Do(q)
	if err != nil {
		return nil, err
	}
	defer a.Body.Close()
	b, err := io.ReadAll(a.Body)
	if err != nil {
		return nil, err
	}
	if a.StatusCode != http.StatusOK {
		return nil, &refused{a.StatusCode, strings.TrimSpace(string(b))}
	}
	return b, nil
}

// refused is a node's answer that is no success.
type refused struct {
	status int
	text   string
}

func (r *refused) Error() string { return r.text }

func (r *remote) get(path string, into any) error {
	b, err := r.fetch("GET", path, nil)
	if err != nil {
		return err
	}
	return json.Unmarshal(b, into)
}

// post sends a body and reads what came of an act.
func (r *remote) post(path string, body []byte) (response, error) {
	var re response
	b, err := r.fetch("POST", path, bytes.NewReader(body))
	if err != nil {
		return re, err
	}
	if err := json.Unmarshal(b, &re); err != nil {
		return re, err
	}
	if re.Error != "" {
		return re, errors.New(re.Error)
	}
	return re, nil
}

// Say has an act said: signed here when the script brings the key, else by the node, which holds it.
func (r *remote) Say(by script.By, a act.Act) ([]mulu.Fact, *mulu.Refusal, error) {
	var re response
	var err error
	if by.Org != "" && by.Signer != nil {
		var signed *act.Signed
		if signed, err = act.Sign(a, act.By{Chain: r.chain, Org: by.Org}, by.Signer, rand.Reader); err != nil {
			return nil, nil, err
		}
		re, err = r.post("/submit", signed.Bytes)
	} else {
		re, err = r.ask(by.Org, a)
	}
	if err != nil || re.Refused != nil {
		return nil, re.Refused, err
	}
	if _, err := r.settle(re.Outcome.N + 1); err != nil {
		return nil, nil, err
	}
	return re.Outcome.Facts, nil, nil
}

func (r *remote) ask(org string, a act.Act) (response, error) {
	body, err := act.Encode(a)
	if err != nil {
		return response{}, err
	}
	q, err := json.Marshal(request{Org: org, Kind: a.Kind(), Act: body})
	if err != nil {
		return response{}, err
	}
	return r.post("/do", q)
}

func (r *remote) settle(size uint64) (s settled, err error) {
	err = r.get("/settled?size="+strconv.FormatUint(size, 10), &s)
	return s, err
}

// Advance moves a sandbox's clock, from deadline to deadline, so that each is executed at its own moment.
func (r *remote) Advance(to time.Time) ([]script.Happening, error) {
	for {
		s, err := r.settle(0)
		if err != nil {
			return nil, err
		}
		if !s.Now.Before(to) {
			break // block time runs on while a script plays, so the moment may have come by itself
		}
		next := to
		if s.Any && s.Next.Before(to) {
			next = s.Next
		}
		re, err := r.ask("001", &act.AdvanceClock{To: next.Format(time.RFC3339)})
		if err != nil {
			return nil, err
		}
		if re.Refused != nil {
			return nil, re.Refused
		}
		if _, err := r.settle(re.Outcome.N + 1); err != nil {
			return nil, err
		}
	}
	return r.happened()
}

// happened tells what rules did by themselves since it was asked last.
func (r *remote) happened() ([]script.Happening, error) {
	var all []script.Happening
	for {
		var records [][]byte
		if err := r.get("/records?from="+strconv.FormatUint(r.seen, 10), &records); err != nil {
			return nil, err
		}
		if len(records) == 0 {
			return all, nil
		}
		for _, record := range records {
			r.seen++
			lines := strings.SplitN(string(record), "\n", 3)
			var n act.Notice
			var o mulu.Outcome
			if err := json.Unmarshal([]byte(lines[0]), &n); err != nil {
				return nil, fmt.Errorf("record %d: %w", r.seen-1, err)
			}
			if n.Kind != "alarm" {
				continue
			}
			var alarm struct {
				Name string `json:"name"`
			}
			if err := errors.Join(json.Unmarshal(n.Act, &alarm), json.Unmarshal([]byte(lines[2]), &o)); err != nil {
				return nil, fmt.Errorf("record %d: %w", r.seen-1, err)
			}
			all = append(all, script.Happening{Time: o.Time.In(mulu.Shanghai()), On: alarm.Name, Facts: o.Facts})
		}
	}
}

// Get gives a noun as it stands.
func (r *remote) Get(kind mulu.Kind, id string) ([]byte, bool) {
	b, err := r.fetch("GET", "/noun?"+url.Values{"kind": {string(kind)}, "id": {id}}.Encode(), nil)
	return b, err == nil
}

// Find gives the ids under an index.
func (r *remote) Find(kind mulu.Kind, index string) []string {
	var ids []string
	if err := r.get("/find?"+url.Values{"kind": {string(kind)}, "index": {index}}.Encode(), &ids); err != nil {
		return nil
	}
	return ids
}
