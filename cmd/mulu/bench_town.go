package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"time"

	"mulu"
	"mulu/act"
	"mulu/chain"
	"mulu/law/script"
	"mulu/sm"
)

// inFlight is how many acts wait for their block at the same time where throughput is measured.
const inFlight = 4096

// A town is a chain to measure on: its nodes' homes, and institutions with the keys to speak for them.
type town struct {
	b       *bench
	genesis mulu.Genesis
	nodes   []chain.Config
	bureau  sm.Signer
	parties []party
	model   []mulu.EntryContent // contents of the demonstration district's catalogs
	names   int                 // given out so far
}

// party is an institution that speaks.
type party struct {
	org, duty string
	key       sm.Signer
}

// said is an act and by whom it is to be signed.
type said struct {
	by  party
	act act.Act
}

// newTown makes the homes of a chain with that many nodes. A sandbox's law begins on a Thursday morning.
func (b *bench) newTown(nodes int, sandbox bool) (*town, error) {
	calendars, err := script.Calendars()
	if err != nil {
		return nil, err
	}
	t := &town{b: b, bureau: script.Key(script.Bureau, 1)}
	t.genesis = mulu.Genesis{Chain: "bench", Sandbox: sandbox, Edition: "district-2023", Calendars: calendars,
		Bureau: mulu.Bureau{Name: "北京市西城区数据局", Short: script.Bureau, CreditCode: mulu.CreditCode("1111010299999999"), Key: t.bureau.Public().String()}}
	if sandbox {
		t.genesis.Clock = "2026-09-24T10:00:00+08:00"
	}
	d, err := readDistrict()
	if err != nil {
		return nil, err
	}
	for _, c := range d.catalogs {
		t.model = append(t.model, c.content)
	}
	return t, t.makeHomes(nodes)
}

func (t *town) makeHomes(nodes int) error {
	port := 0
	if nodes > 1 {
		var err error
		if port, err = freePorts(nodes); err != nil {
			return err
		}
	}
	var ids []chain.Identity
	for i := range nodes {
		key, _, err := sm.Generate(rand.Reader)
		if err != nil {
			return err
		}
		c := chain.Config{Home: t.b.newDir(), Key: key, NodeName: fmt.Sprintf("node-%d", i+1), Log: t.b.m.logger(false)}
		if nodes > 1 {
			c.Listen = fmt.Sprintf("127.0.0.1:%d", port+i)
		}
		id, err := chain.MakeKeys(c.Home)
		if err != nil {
			return err
		}
		ids = append(ids, id)
		t.nodes = append(t.nodes, c)
		t.genesis.Nodes = append(t.genesis.Nodes, mulu.Node{ID: c.NodeName, Validator: id.Validator, CosignKey: key.Public().String(), Power: 1})
	}
	at := time.Now()
	for i := range t.nodes {
		for j, id := range ids {
			if i != j {
				t.nodes[i].Peers = append(t.nodes[i].Peers, fmt.Sprintf("%s@127.0.0.1:%d", id.NodeID, port+j))
			}
		}
		if err := chain.WriteGenesis(t.nodes[i].Home, t.genesis, at); err != nil {
			return err
		}
	}
	return nil
}

// open starts all nodes.
func (t *town) open() ([]*chain.Chain, error) {
	var open []*chain.Chain
	for _, cfg := range t.nodes {
		c, err := chain.Open(t.b.ctx, cfg)
		if err != nil {
			return nil, errors.Join(err, closeAll(open))
		}
		open = append(open, c)
	}
	return open, nil
}

func closeAll(cs []*chain.Chain) error {
	var errs []error
	for _, c := range cs {
		errs = append(errs, c.Close())
	}
	return errors.Join(errs...)
}

// withTown runs what is to be measured on a fresh chain with institutions, and closes it.
func (b *bench) withTown(nodes, parties int, sandbox bool, do func(*town, []*chain.Chain) error) (t *town, err error) {
	if t, err = b.newTown(nodes, sandbox); err != nil {
		return nil, err
	}
	cs, err := t.open()
	if err != nil {
		return t, err
	}
	defer func() { err = errors.Join(err, closeAll(cs)) }()
	if err := t.populate(cs[0], parties); err != nil {
		return t, err
	}
	return t, do(t, cs)
}

// populate registers institutions, each with one duty.
func (t *town) populate(c *chain.Chain, n int) error {
	t.parties = make([]party, n)
	var list []said
	for i := range t.parties {
		t.parties[i].key = script.Key(fmt.Sprintf("机构%d", i+1), 1)
		list = append(list, said{t.chief(), &act.RegisterOrg{Name: fmt.Sprintf("北京市西城区第%d机构", i+1), Short: fmt.Sprintf("机构%d", i+1), Sort: string(mulu.Organ),
			CreditCode: mulu.CreditCode(fmt.Sprintf("11110102%08d", i+1)), Key: t.parties[i].key.Public().String()}})
	}
	ids, err := t.have(c, list, mulu.KindOrg)
	if err != nil {
		return err
	}
	list = nil
	for i := range t.parties {
		t.parties[i].org = ids[i]
		list = append(list, said{t.parties[i], &act.RegisterDuty{Name: "公共数据资源管理", Basis: "《北京市西城区公共数据管理实施细则》第六条"}})
	}
	if ids, err = t.have(c, list, mulu.KindDuty); err != nil {
		return err
	}
	for i := range t.parties {
		t.parties[i].duty = ids[i]
	}
	return nil
}

func (t *town) chief() party { return party{org: "001", key: t.bureau} }

// have says acts, many at once, and gives the id of the noun of a kind that each made.
func (t *town) have(c *chain.Chain, list []said, kind mulu.Kind) ([]string, error) {
	acts, err := t.sign(list)
	if err != nil {
		return nil, err
	}
	outcomes, err := submitAll(t.b.ctx, c, acts)
	if err != nil {
		return nil, err
	}
	ids := make([]string, len(outcomes))
	for i, o := range outcomes {
		for _, f := range o.Facts {
			if f.Noun == kind {
				ids[i] = f.ID
				break
			}
		}
	}
	return ids, nil
}

// sign signs acts with every processor.
func (t *town) sign(list []said) ([]*act.Signed, error) {
	out := make([]*act.Signed, len(list))
	return out, spread(len(list), runtime.GOMAXPROCS(0), func(i int) (err error) {
		out[i], err = act.Sign(list[i].act, act.By{Chain: t.genesis.Chain, Org: list[i].by.org}, list[i].by.key, rand.Reader)
		return err
	})
}

// submitAll hands acts to a chain, inFlight at a time, and waits for all outcomes. A refusal is an error here.
func submitAll(ctx context.Context, c *chain.Chain, acts []*act.Signed) ([]mulu.Outcome, error) {
	out := make([]mulu.Outcome, len(acts))
	return out, spread(len(acts), inFlight, func(i int) (err error) {
		if out[i], err = c.Submit(ctx, acts[i]); err == nil && out[i].Refused != nil {
			err = out[i].Refused
		}
		return err
	})
}

// spread does n things, most at a time, and gives the first error.
func spread(n, most int, do func(i int) error) error {
	var wg sync.WaitGroup
	var mu sync.Mutex
	var first error
	next := make(chan int, n)
	for i := range n {
		next <- i
	}
	close(next)
	for range min(n, most) {
		wg.Go(func() {
			for i := range next {
				if err := do(i); err != nil {
					mu.Lock()
					defer mu.Unlock()
					if first == nil {
						first = err
					}
					return
				}
			}
		})
	}
	wg.Wait()
	return first
}

// ordinary gives acts as a district's day has them: duties with their matters, and data entries with the items, sharing
// and opening of the demonstration catalogs, half and half, from all institutions in turn.
func (t *town) ordinary(n int) []said {
	var list []said
	for i := range n {
		p := t.parties[i%len(t.parties)]
		t.names++
		if i%2 == 0 {
			list = append(list, said{p, &act.RegisterDuty{Code: fmt.Sprintf("A%07d", t.names), Name: fmt.Sprintf("第%d项行政职权", t.names),
				Basis: "《北京市西城区公共数据管理实施细则》第六条第一款第二项", Department: "数据管理科", Matters: []string{"受理申请", "审查核实", "决定送达"}}})
			continue
		}
		list = append(list, t.entry(p, t.model[i/2%len(t.model)]))
	}
	return list
}

// entry hands in an entry with a content of the demonstration catalogs under a name of its own.
func (t *town) entry(p party, c mulu.EntryContent) said {
	t.names++
	c.Name, c.Duty = fmt.Sprintf("%s（%d）", c.Name, t.names), p.duty
	return said{p, &act.SubmitEntry{Content: c}}
}
