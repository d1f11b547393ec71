package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"sync"
	"time"

	"mulu"
	"mulu/act"
	"mulu/desk"
	"mulu/people"
	"mulu/read"
)

// Chain is what the interface needs of the chain; the door hands it in.
type Chain interface {
	ID() string
	Get(kind mulu.Kind, id string) (json.RawMessage, bool)
	Find(kind mulu.Kind, index string) []string
	Record(n uint64) ([]byte, error)
	ProveRecord(n uint64) ([]byte, error)
	Anchor() ([]byte, error)
	Health() Health
}

// Health is how this node and its chain are now.
type Health struct {
	Chain   string    `json:"chain" zh:"链的标识" en:"the chain's id"`
	Node    string    `json:"node" zh:"节点编号" en:"this node's id"`
	State   string    `json:"state" zh:"状态，ok 为正常" en:"ok, or what is the matter"`
	Height  int64     `json:"height" zh:"区块高度" en:"height of the newest block"`
	Records uint64    `json:"records" zh:"记录数" en:"number of records"`
	Behind  uint64    `json:"behind" zh:"查询库落后的记录数" en:"records that lists do not show yet"`
	LawTime time.Time `json:"law_time" zh:"规则时间" en:"the law's time"`
	Sandbox bool      `json:"sandbox" zh:"是否演练" en:"whether this is a sandbox"`
	Pending int       `json:"pending" zh:"已受理未入块的操作数" en:"acts accepted that no block holds yet"`
}

// Config says what the interface works with.
type Config struct {
	Desk    *desk.Desk
	People  *people.People
	Read    *read.Read
	Chain   Chain
	Version string
	Base    func() string // address under which clients reach it, for the document's examples, e.g. http://127.0.0.1:8400
	Log     *slog.Logger
}

// API is the interface for machines.
type API struct {
	Config
	operations []operation
	document   []byte
	mux        *http.ServeMux
	docs       *docs

	batches sync.Mutex // held while a batch of rows is begun
}

// New makes the interface: routes, document and its page come from the same list of operations.
func New(c Config) (*API, error) {
	a := &API{Config: c, operations: operations(), mux: http.NewServeMux()}
	var err error
	if a.document, err = json.MarshalIndent(document(a.operations, c.Version), "", "  "); err != nil {
		return nil, fmt.Errorf("write the OpenAPI document: %w", err)
	}
	if a.docs, err = readDocs(); err != nil {
		return nil, err
	}
	for _, o := range a.operations {
		a.mux.HandleFunc(o.method+" "+root+o.path, func(w http.ResponseWriter, r *http.Request) { a.serve(o, w, r) })
	}
	a.mux.HandleFunc("GET /api/openapi.json", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		_, _ = w.Write(a.document)
	})
	a.mux.HandleFunc("GET /api", a.serveDocs)
	a.mux.HandleFunc("/api/", func(w http.ResponseWriter, r *http.Request) { a.problem(w, r, errNoOperation) })
	return a, nil
}

// root is what the paths of all operations begin with.
const root = "/api/v1"

// Handler serves everything below /api.
func (a *API) Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Content-Type-Options", "nosniff")
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("Content-Security-Policy", "default-src 'self'; frame-ancestors 'none'")
		a.mux.ServeHTTP(w, r)
	})
}

// A call is one request to an operation: who calls, and for which institution.
type call struct {
	*API
	r    *http.Request
	by   desk.By
	org  *mulu.Org
	body json.RawMessage
}

// raw is an answer that is not JSON made here: bytes as they are.
type raw struct {
	kind, name string // content type; a name makes it a download
	bytes      []byte
}

func (a *API) serve(o operation, w http.ResponseWriter, r *http.Request) {
	defer func() {
		if v := recover(); v != nil {
			if v == http.ErrAbortHandler {
				panic(v)
			}
			a.problem(w, r, fmt.Errorf("panic: %v", v))
		}
	}()
	c := &call{API: a, r: r}
	if err := c.enter(o); err != nil {
		a.problem(w, r, err)
		return
	}
	answer, err := o.do(c)
	if err != nil {
		a.problem(w, r, err)
		return
	}
	if b, ok := answer.(raw); ok {
		w.Header().Set("Content-Type", b.kind)
		if b.name != "" {
			w.Header().Set("Content-Disposition", `attachment; filename="`+b.name+`"`)
		}
		_, _ = w.Write(b.bytes)
		return
	}
	status := http.StatusOK
	if o.accepted {
		status = http.StatusAccepted
	}
	reply(w, status, "application/json; charset=utf-8", answer)
}

func reply(w http.ResponseWriter, status int, kind string, v any) {
	w.Header().Set("Content-Type", kind)
	w.WriteHeader(status)
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	_ = e.Encode(v) // who left needs no answer
}

// enter finds out who calls, reads the body, and looks at the parameters.
func (c *call) enter(o operation) error {
	if !o.public {
		if err := c.who(); err != nil {
			return err
		}
	}
	known := map[string]bool{"lang": true}
	for _, p := range o.params {
		known[p.name] = true
		if err := p.check(c.r); err != nil {
			return err
		}
	}
	for name := range c.r.URL.Query() {
		if !known[name] {
			return &badRequest{"parameter_unknown", []string{name}}
		}
	}
	if o.body == nil {
		return nil
	}
	d := json.NewDecoder(http.MaxBytesReader(nil, c.r.Body, act.MaxBytes))
	if err := d.Decode(&c.body); err != nil {
		var large *http.MaxBytesError
		if errors.As(err, &large) {
			return &badRequest{"body_large", []string{fmt.Sprint(act.MaxBytes)}}
		}
		return &badRequest{"body_form", []string{err.Error()}}
	}
	if d.More() {
		return &badRequest{"body_form", []string{"more than one JSON value"}}
	}
	return nil
}

// into reads the body into a value; a member that it does not have is refused.
func (c *call) into(v any) error {
	d := json.NewDecoder(bytes.NewReader(c.body))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return &badRequest{"body_form", []string{err.Error()}}
	}
	return nil
}

// bureau tells whether who calls belongs to the competent bureau, which sees what is not published too.
func (c *call) bureau() bool { return c.org != nil && c.org.Bureau }

// sees tells whether an entry may be seen by who calls: published ones by everybody, others by their provider and the bureau.
func (c *call) sees(e *mulu.Entry) bool {
	return e.Version > 0 || c.bureau() || c.org != nil && c.org.ID == e.Org
}

// patience bounds how long a call waits for its act's block.
const patience = 30 * time.Second

func (c *call) do(a act.Act) (desk.Done, error) {
	ctx, cancel := context.WithTimeout(c.r.Context(), patience)
	defer cancel()
	return c.Desk.Do(ctx, c.by, a)
}

// list splits a comma-separated parameter.
func (c *call) list(name string) []string {
	var all []string
	for _, v := range c.r.URL.Query()[name] {
		for _, one := range splitComma(v) {
			if !slices.Contains(all, one) {
				all = append(all, one)
			}
		}
	}
	return all
}
