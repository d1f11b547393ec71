package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"time"

	"mulu"
	"mulu/act"
	"mulu/chain"
	"mulu/desk"
	"mulu/gateway"
	"mulu/notify"
	"mulu/read"
)

// controls answers the commands of this machine's owner over the control socket: things to do, to look up, to export.
func (p *Program) controls() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /do", p.doAct)
	mux.HandleFunc("POST /submit", p.submit)
	mux.HandleFunc("POST /load", p.load)
	mux.HandleFunc("POST /backup", p.backUp)
	mux.HandleFunc("GET /status", p.status)
	mux.HandleFunc("GET /settled", p.settled)
	mux.HandleFunc("GET /story", p.story)
	mux.HandleFunc("GET /difference", p.difference)
	mux.HandleFunc("GET /noun", func(w http.ResponseWriter, r *http.Request) {
		raw, ok := p.chain.Get(mulu.Kind(r.FormValue("kind")), r.FormValue("id"))
		if !ok {
			http.Error(w, "no such noun", http.StatusNotFound)
			return
		}
		_, _ = w.Write(raw)
	})
	mux.HandleFunc("GET /find", func(w http.ResponseWriter, r *http.Request) {
		answer(w, r, p.chain.Find(mulu.Kind(r.FormValue("kind")), r.FormValue("index")), nil)
	})
	mux.HandleFunc("GET /records", func(w http.ResponseWriter, r *http.Request) {
		from, err := strconv.ParseUint(r.FormValue("from"), 10, 64)
		if err != nil {
			answer(w, r, nil, fmt.Errorf("from: %w", err))
			return
		}
		records, err := p.chain.Records(from, 1000)
		answer(w, r, records, err)
	})
	mux.HandleFunc("GET /proof/record/{n}", p.number(func(n uint64) ([]byte, error) { return p.chain.ProveRecord(n) }))
	mux.HandleFunc("GET /proof/consistency/{n}", p.number(func(n uint64) ([]byte, error) { return p.chain.ProveConsistency(n) }))
	mux.HandleFunc("GET /proof/anchor", func(w http.ResponseWriter, r *http.Request) {
		b, err := p.chain.Anchor().Encode()
		file(w, r, b, err)
	})
	p.sourceControls(mux)
	if p.gateway != nil {
		mux.Handle("GET /receipts/", p.gateway.Handler())
	}
	mux.HandleFunc("POST /anchor-receipts", func(w http.ResponseWriter, r *http.Request) {
		if p.gateway == nil {
			answer(w, r, nil, errors.New("this node serves no gateway"))
			return
		}
		n, err := p.gateway.Anchor(r.Context())
		answer(w, r, n, err)
	})
	return mux
}

// request is an act to be said for an organisation, or by this node itself when Org is empty.
type request struct {
	Org    string          `json:"org"`
	Person string          `json:"person"`
	Kind   string          `json:"kind"`
	Act    json.RawMessage `json:"act"`
}

// response is what came of it: exactly one of Outcome and Error, and Refused with the latter when the law said no.
type response struct {
	Outcome  *mulu.Outcome `json:"outcome,omitempty"`
	Readable bool          `json:"readable,omitempty"`
	Refused  *mulu.Refusal `json:"refused,omitempty"`
	Pending  string        `json:"pending,omitempty"`
	Error    string        `json:"error,omitempty"`
}

// patience bounds how long a command waits for its act's block. Without a quorum there is none; the act is kept then.
const patience = 30 * time.Second

func (p *Program) doAct(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), patience)
	defer cancel()
	var q request
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 2*act.MaxBytes)).Decode(&q); err != nil {
		reply(w, r, desk.Done{}, fmt.Errorf("read the request: %w", err))
		return
	}
	a, err := act.Decode(q.Kind, q.Act)
	if err != nil {
		reply(w, r, desk.Done{}, err)
		return
	}
	if q.Org == "" {
		done, err := p.sayAsNode(ctx, a)
		reply(w, r, done, err)
		return
	}
	var org mulu.Org
	if ok, err := p.noun(mulu.KindOrg, q.Org, &org); err == nil && ok {
		p.signers.guess(&org)
	}
	done, err := p.desk.Do(ctx, desk.By{Org: q.Org, Person: q.Person}, a)
	reply(w, r, done, err)
}

// sayAsNode says an act with the node's own key: ticks and anchors of receipts.
func (p *Program) sayAsNode(ctx context.Context, a act.Act) (desk.Done, error) {
	if _, no := p.chain.Try(a, "", p.settings.Node, p.nodeKey.Public().String()); no != nil {
		return desk.Done{}, no
	}
	signed, err := act.Sign(a, act.By{Chain: p.chain.ID(), Node: p.settings.Node}, p.nodeKey, p.desk.Rand)
	if err != nil {
		return desk.Done{}, err
	}
	return p.desk.Submit(ctx, signed)
}

func (p *Program) submit(w http.ResponseWriter, r *http.Request) {
	raw, err := io.ReadAll(io.LimitReader(r.Body, act.MaxBytes+1)) // what is longer is refused as an act
	if err != nil {
		reply(w, r, desk.Done{}, fmt.Errorf("read the act: %w", err))
		return
	}
	signed, err := act.Parse(raw)
	if err != nil {
		reply(w, r, desk.Done{}, err)
		return
	}
	done, err := p.desk.Submit(r.Context(), signed)
	reply(w, r, done, err)
}

func (p *Program) backUp(w http.ResponseWriter, r *http.Request) {
	answer(w, r, struct{}{}, p.backup(r.Context(), r.FormValue("dir")))
}

// status is the chain's health and how far the pages are.
type status struct {
	Chain      string          `json:"chain"`
	Sandbox    bool            `json:"sandbox"`
	Node       string          `json:"node"`
	Connection string          `json:"connection"` // names this node in the peers of others
	Gateway    string          `json:"gateway,omitempty"`
	Receipts   *gateway.Health `json:"receipts,omitempty"` // how the gateway does
	Health     chain.Health    `json:"health"`
	Read       read.Position   `json:"read"`
	Mail       string          `json:"mail,omitempty"` // server that reminders are mailed by
	Reminders  *notify.Figures `json:"reminders,omitempty"`
	Root       string          `json:"root,omitempty"` // of the newest co-signed checkpoint
}

func (p *Program) status(w http.ResponseWriter, r *http.Request) {
	s := status{Chain: p.chain.ID(), Sandbox: p.chain.Sandbox(), Node: p.settings.Node, Gateway: p.Gateway, Health: p.chain.Health(), Read: p.reads.Position()}
	s.Connection = p.chain.Connection()
	if p.gateway != nil {
		h := p.gateway.Health()
		s.Receipts = &h
	}
	s.Mail = p.Mail
	if f, err := p.notify.Figures(r.Context()); err == nil {
		s.Reminders = &f
	}
	if c, ok := p.chain.Checkpoint(); ok {
		s.Root = c.Root.String()
	}
	answer(w, r, s, nil)
}

// settled answers once nothing is due at the law's time any more, and at least size records are there.
func (p *Program) settled(w http.ResponseWriter, r *http.Request) {
	size, _ := strconv.ParseUint(r.FormValue("size"), 10, 64)
	ctx, cancel := context.WithTimeout(r.Context(), time.Minute)
	defer cancel()
	s, err := p.calm(ctx, size)
	answer(w, r, s, err)
}

// calm waits until at least size records are there and nothing is due at the law's time any more.
func (p *Program) calm(ctx context.Context, size uint64) (settled, error) {
	err := p.chain.Wait(ctx, size)
	for err == nil {
		at := p.chain.Size()
		due, any := p.chain.NextDue()
		if !any || due.After(p.chain.Now()) {
			break
		}
		err = p.chain.Wait(ctx, at+1)
	}
	due, any := p.chain.NextDue()
	return settled{Size: p.chain.Size(), Next: due, Any: any, Now: p.chain.Now()}, err
}

// settled is the law's time, and when the next deadline falls due.
type settled struct {
	Size uint64    `json:"size"`
	Now  time.Time `json:"now"`
	Next time.Time `json:"next"`
	Any  bool      `json:"any"`
}

func (p *Program) number(do func(n uint64) ([]byte, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		n, err := strconv.ParseUint(r.PathValue("n"), 10, 64)
		if err != nil {
			file(w, r, nil, fmt.Errorf("%q is no number", r.PathValue("n")))
			return
		}
		b, err := do(n)
		file(w, r, b, err)
	}
}

func file(w http.ResponseWriter, r *http.Request, b []byte, err error) {
	if err != nil {
		http.Error(w, trouble(spoken(r), err), http.StatusConflict)
		return
	}
	_, _ = w.Write(b)
}

func answer(w http.ResponseWriter, r *http.Request, v any, err error) {
	if err != nil {
		http.Error(w, trouble(spoken(r), err), http.StatusConflict)
		return
	}
	_ = json.NewEncoder(w).Encode(v)
}

func reply(w http.ResponseWriter, r *http.Request, done desk.Done, err error) {
	var re response
	var no *mulu.Refusal
	var pending *chain.Pending
	switch {
	case errors.As(err, &no):
		re.Refused = no
	case errors.As(err, &pending):
		re.Pending, re.Error = pending.ID, trouble(spoken(r), err)
	case err != nil:
		re.Error = trouble(spoken(r), err)
	default:
		re.Outcome, re.Readable = &done.Outcome, done.Readable
	}
	_ = json.NewEncoder(w).Encode(re)
}

// backup copies everything of a home that a restore needs, while the node runs.
func (p *Program) backup(ctx context.Context, dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("make the backup folder: %w", err)
	}
	if err := p.chain.Backup(ctx, home(dir).chain()); err != nil {
		return err
	}
	if p.gateway != nil {
		if err := p.gateway.Backup(home(dir).path("receipts")); err != nil {
			return err
		}
	}
	if err := copyLedgers(ctx, p.home, home(dir)); err != nil {
		return err
	}
	return copyHome(p.home, home(dir), "keys", "vault", "platform", "uploads", "sources.json", "config.json")
}
