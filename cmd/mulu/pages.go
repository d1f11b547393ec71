package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"strings"

	"mulu"
	"mulu/act"
	"mulu/api"
	"mulu/law"
	"mulu/web"
)

// openPages makes the pages, and opens them on the address of the settings.
func (p *Program) openPages(ctx context.Context) error {
	if p.settings.Pages == "" {
		return nil
	}
	statute, err := newStatute(p)
	if err != nil {
		return err
	}
	var calls web.Gateway // nil where this node serves no rows
	if p.gateway != nil {
		calls = p.gateway
	}
	pages, err := web.New(web.Config{Desk: p.desk, Drafts: p.drafts, People: p.people, Notify: p.notify, Read: p.reads, Chain: chainView{p}, Law: statute,
		Sandbox: p.chain.Sandbox(), Node: p.settings.Node, Calls: calls, Gateway: p.Gateway, Now: p.chain.Now, Demo: p.offered, Secure: p.settings.TLS, Log: p.log, Rand: rand.Reader})
	if err != nil {
		return err
	}
	machines, err := api.New(api.Config{Desk: p.desk, People: p.people, Read: p.reads, Chain: machineView{p}, Version: version(), Base: p.base, Log: p.log})
	if err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.Handle("/", pages.Handler())
	mux.Handle("/api", machines.Handler())
	mux.Handle("/api/", machines.Handler())
	l, err := net.Listen("tcp", p.settings.Pages)
	if err != nil {
		return fmt.Errorf("open the pages: %w", err)
	}
	p.Pages = l.Addr().String()
	p.serveOn(ctx, l, mux, "pages")
	return nil
}

// base is the address under which the pages are reached from this machine.
func (p *Program) base() string { return "http://" + p.Pages }

// machineView shows the interface for machines what the chain tells of itself.
type machineView struct{ p *Program }

func (m machineView) ID() string { return m.p.chain.ID() }
func (m machineView) Get(kind mulu.Kind, id string) (json.RawMessage, bool) {
	return m.p.chain.Get(kind, id)
}
func (m machineView) Find(kind mulu.Kind, index string) []string { return m.p.chain.Find(kind, index) }
func (m machineView) Record(n uint64) ([]byte, error)            { return m.p.chain.Record(n) }
func (m machineView) ProveRecord(n uint64) ([]byte, error)       { return m.p.chain.ProveRecord(n) }
func (m machineView) Anchor() ([]byte, error)                    { return m.p.chain.Anchor().Encode() }
func (m machineView) Health() api.Health {
	h := m.p.chain.Health()
	return api.Health{Chain: m.p.chain.ID(), Node: m.p.settings.Node, State: h.State, Height: h.Height, Records: h.Size, LawTime: h.LawTime,
		Sandbox: m.p.chain.Sandbox(), Pending: h.Pending}
}

// chainView shows the pages what the chain tells of itself.
type chainView struct{ p *Program }

func (c chainView) ID() string                                { return c.p.chain.ID() }
func (c chainView) Record(n uint64) ([]byte, error)           { return c.p.chain.Record(n) }
func (c chainView) ProveRecord(n uint64) ([]byte, error)      { return c.p.chain.ProveRecord(n) }
func (c chainView) ProveConsistency(n uint64) ([]byte, error) { return c.p.chain.ProveConsistency(n) }
func (c chainView) Anchor() ([]byte, error)                   { return c.p.chain.Anchor().Encode() }

func (c chainView) Standing() web.Standing {
	h := c.p.chain.Health()
	s := web.Standing{State: h.State, Height: h.Height, Size: h.Size, Peers: h.Peers, Pending: h.Pending, Quorum: h.Quorum}
	if p, ok := c.p.chain.Checkpoint(); ok {
		s.CheckpointSize, s.CheckpointRoot, s.CheckpointTime = p.Size, p.Root.String(), p.Time
		for _, by := range p.Signatures {
			s.Signers = append(s.Signers, by.Node)
		}
	}
	s.NextDue, s.AnyDue = c.p.chain.NextDue()
	return s
}

// statute is the regulation as this program executes it, for the pages.
type statute struct {
	articles []web.Article
	inForce  func() string
}

func newStatute(p *Program) (*statute, error) {
	readings, err := law.Readings()
	if err != nil {
		return nil, err
	}
	s := &statute{inForce: func() string {
		var e mulu.Profile
		if ok, err := p.noun(mulu.KindProfile, "profile", &e); err != nil || !ok {
			return ""
		}
		return e.Edition
	}}
	for _, a := range law.Regulation() {
		one := web.Article{Number: a.Number, Chapter: a.Chapter}
		for _, t := range a.Paragraphs {
			one.Paragraphs = append(one.Paragraphs, web.Paragraph{Text: t.Text, Points: t.Points})
		}
		for _, r := range readings[a.Number] {
			one.Readings = append(one.Readings, web.Reading{Zh: r.Zh, En: r.En, Tests: strings.Fields(r.Test), Reason: r.Reason})
		}
		for _, w := range waysUnder(a.Number) {
			way := web.Way{Noun: w.Noun, From: w.From, On: w.On, To: w.To, Cite: w.Cite}
			for _, by := range w.By {
				way.By = append(way.By, string(by))
			}
			_, said := act.Find(w.On)
			way.Alarm = !said && w.On != "genesis"
			one.Ways = append(one.Ways, way)
		}
		s.articles = append(s.articles, one)
	}
	return s, nil
}

func (s *statute) Articles() []web.Article { return s.articles }

func (s *statute) Script(name string) (string, bool) { return law.Script(name) }

func (s *statute) Editions() []web.Edition {
	var list []web.Edition
	now := s.inForce()
	for _, e := range law.Editions() {
		list = append(list, web.Edition{Name: e.Name, Zh: e.Zh, En: e.En, Reply: e.Reply, Deliver: e.Deliver, From: e.From, Silence: e.Silence,
			Source: e.Source, InForce: e.Name == now, AtOnce: e.AtOnce, Object: e.Object})
	}
	return list
}

func (s *statute) Protections() []web.Protection {
	var list []web.Protection
	for _, p := range law.Protections() {
		list = append(list, web.Protection{Grade: p.Grade, Sharing: p.Sharing, Opening: p.Opening, Methods: p.Methods})
	}
	return list
}

func (s *statute) Limits() []web.Limit {
	var list []web.Limit
	for _, l := range law.Limits() {
		list = append(list, web.Limit(l))
	}
	return list
}

func (s *statute) InternalTerms() []web.InternalTerm {
	var list []web.InternalTerm
	for _, t := range law.InternalTerms() {
		list = append(list, web.InternalTerm{Name: t.Name, Value: t.Value, Least: t.Least, Most: t.Most, Cite: t.Cite})
	}
	return list
}

var _ web.Chain = chainView{}

// offered are the accounts that the login page of a sandbox offers, none elsewhere.
func (p *Program) offered() []web.DemoAccount {
	if list := p.demo.Load(); list != nil {
		return *list
	}
	return nil
}
