package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"time"

	"mulu"
	"mulu/act"
	"mulu/desk"
	"mulu/people"
	"mulu/platform"
	"mulu/platform/intake"
	"mulu/platform/quality"
	"mulu/platform/source"
	"mulu/read"
	"mulu/sm"
)

// openLoads opens what takes in files for entries.
func (p *Program) openLoads() error {
	p.platform.Aside = p.home.path("loading")
	if err := errors.Join(os.RemoveAll(p.platform.Aside), os.MkdirAll(p.platform.Aside, 0o700)); err != nil { // what a crash left is of no use
		return fmt.Errorf("make room for loads: %w", err)
	}
	uploads, err := platform.OpenUploads(p.home.path("uploads"), p.vault)
	if err != nil {
		return err
	}
	p.loads, err = platform.OpenLoads(platform.LoadsConfig{Path: p.home.path("loads.db"), Uploads: uploads, Platform: p.platform, Ground: p.ground,
		Announce: p.announce, Pulls: pulls{p.sources}, Serving: p.serving, Now: time.Now, Today: p.chain.Now, Log: p.log})
	return err
}

// ground is the committed state that a load of an entry stands on.
func (p *Program) ground(_ context.Context, code string) (g platform.Ground, err error) {
	var e mulu.Entry
	ok, err := p.noun(mulu.KindEntry, code, &e)
	if err != nil {
		return g, err
	}
	if !ok || e.Now == nil {
		return g, &mulu.Refusal{Code: "unknown", Art: "15.1", Args: []string{"@entry", code}}
	}
	if e.Status != "published" && e.Status != "changing" {
		return g, &mulu.Refusal{Code: "entry_not_published", Art: "15.1", Args: []string{e.Code, "@" + e.Status}}
	}
	g = platform.Ground{Org: e.Org, Content: e.Now, Others: committed{p}}
	if g.Standards, err = p.standardsOf(e.Now); err != nil {
		return g, err
	}
	if _, err := p.noun(mulu.KindDataset, code, &g.Dataset); err != nil {
		return g, err
	}
	var terms mulu.LoadTerms
	if ok, err := p.noun(mulu.KindLoadTerms, code, &terms); err != nil {
		return g, err
	} else if ok {
		g.Terms = &terms
	}
	return g, nil
}

// serving lists the entries whose data the platform serves.
func (p *Program) serving(ctx context.Context) (codes []string, err error) {
	err = served(ctx, p.reads, func(d mulu.Dataset) { codes = append(codes, d.Entry) })
	return codes, err
}

// served gives what the platform serves, one after another.
func served(ctx context.Context, reads *read.Read, yield func(mulu.Dataset)) error {
	f := read.Filter{Limit: 500}
	for {
		page, err := reads.Nouns(ctx, mulu.KindDataset, f)
		if err != nil {
			return err
		}
		for _, n := range page {
			f.After = n.ID
			var d mulu.Dataset
			if err := json.Unmarshal(n.State, &d); err != nil {
				return fmt.Errorf("read the dataset %s: %w", n.ID, err)
			}
			if d.OnPlatform() {
				yield(d)
			}
		}
		if len(page) < f.Limit {
			return nil
		}
	}
}

// sameRows reads every row that serves and compares the digests with those on the chain. The node must be stopped.
func (m *Main) sameRows(ctx context.Context, h home, file string) error {
	_, pass, err := m.openKeys(h, file)
	if err != nil {
		return err
	}
	p := &Program{home: h, log: m.logger(false), getenv: m.Getenv}
	if p.settings, err = h.load(); err != nil {
		return err
	}
	if p.reads, err = read.Open(readConfig(h)); err != nil {
		return err
	}
	defer p.reads.Close()
	if _, err := p.openVault(pass); err != nil {
		return err
	}
	engine, err := p.openWarehouse(ctx)
	if err != nil {
		return err
	}
	defer engine.Close()
	var list []mulu.Dataset
	if err := served(ctx, p.reads, func(d mulu.Dataset) { list = append(list, d) }); err != nil {
		return err
	}
	rows, elsewhere, wrong := int64(0), 0, 0
	for _, d := range list {
		err := platform.Verify(ctx, engine, platform.Version{Entry: d.Entry, Number: d.Version, Digest: d.Digest}, sm.New())
		switch {
		case err == nil:
			rows += d.Rows
		case errors.Is(err, platform.ErrNoVersion):
			elsewhere++
		case errors.Is(err, platform.ErrAltered):
			wrong++
			fmt.Fprintf(m.Out, m.t("✗ %s 第 %d 版的数据与链上摘要不一致：已被改动，请从备份恢复或者重新装载\n", "✗ %s version %d: its rows are not those whose digest the chain holds; restore them from a backup or load them again\n"), d.Entry, d.Version)
		default:
			return err
		}
	}
	if wrong > 0 {
		return errNo
	}
	fmt.Fprintf(m.Out, m.t("✓ 在用数据 %d 份、%d 行：与链上摘要一致", "✓ data that serves: %d versions, %d rows, as the chain's digests say"), len(list)-elsewhere, rows)
	if elsewhere > 0 {
		fmt.Fprintf(m.Out, m.t("；另有 %d 份不在本节点", "; %d more are not on this node"), elsewhere)
	}
	fmt.Fprintln(m.Out)
	return nil
}

// standards are the data elements that an entry's items are bound to, with their code sets, as they stand on the chain.
type standards struct {
	elements map[string]*mulu.Element
	codeSets map[string]*mulu.CodeSet
}

func (s standards) Element(id string) *mulu.Element { return s.elements[id] }
func (s standards) CodeSet(id string) *mulu.CodeSet { return s.codeSets[id] }

// standardsOf reads what an entry's items are bound to. Old items may name what never was an element; they are checked by
// themselves alone.
func (p *Program) standardsOf(c *mulu.EntryContent) (standards, error) {
	s := standards{map[string]*mulu.Element{}, map[string]*mulu.CodeSet{}}
	for _, item := range c.Items {
		var e mulu.Element
		if ok, err := p.noun(mulu.KindElement, item.Standard, &e); err != nil {
			return s, err
		} else if !ok {
			continue
		}
		s.elements[e.ID] = &e
		var set mulu.CodeSet
		if ok, err := p.noun(mulu.KindCodeSet, e.CodeSet, &set); err != nil {
			return s, err
		} else if ok {
			s.codeSets[set.ID] = &set
		}
	}
	return s, nil
}

// committed looks values up in the data of other entries.
type committed struct{ p *Program }

// known is how many values are looked up at once in another entry's data.
const known = 1000

// Known says of each value whether it stands in the item of the version of an entry that serves on this platform.
func (c committed) Known(ctx context.Context, entry, item string, values []string) ([]bool, error) {
	found := make([]bool, len(values))
	var d mulu.Dataset
	if ok, err := c.p.noun(mulu.KindDataset, entry, &d); err != nil || !ok || d.Status != "serving" {
		return found, err
	}
	v := platform.Version{Entry: entry, Number: d.Version, Digest: d.Digest}
	for from := 0; from < len(values); from += known {
		some := values[from:min(from+known, len(values))]
		there := make(map[string]bool, len(some))
		q := platform.Query{Items: []string{item}, Filters: []mulu.Filter{{Item: item, Values: some}}, Limit: platform.MaxLimit}
		for {
			page, err := c.p.platform.Query(ctx, v, q)
			if err != nil {
				return nil, err
			}
			for _, row := range page.Rows {
				there[row[0]] = true
			}
			if q.After = page.Next; q.After == 0 || len(there) == len(some) {
				break
			}
		}
		for i, value := range some {
			found[from+i] = there[value]
		}
	}
	return found, nil
}

var (
	_ quality.Standards = standards{}
	_ quality.Others    = committed{}
)

// pulls gives entries' data from their owners'.
type pulls struct{ *source.Sources }

// pulled is data that comes from a source.
type pulled struct {
	*source.Pull
	from *source.Sources
}

func (p pulled) All() bool   { return p.Whole }
func (p pulled) Keep() error { return p.from.Published(p.Pull) }

// Pull begins to read an entry at its source.
func (s pulls) Pull(ctx context.Context, entry string, content *mulu.EntryContent, whole bool) (platform.Pulled, error) {
	p, err := s.Sources.Pull(ctx, entry, content, whole)
	if err != nil {
		return nil, err
	}
	return pulled{p, s.Sources}, nil
}

var _ platform.Pulls = pulls{}

// announce says on the chain that a version of an entry's data serves; only that makes it serve. It is said for whoever started
// the load, whose right to do so was looked at then.
func (p *Program) announce(ctx context.Context, l platform.Load, r *platform.Report) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	by := desk.By{Org: l.Org, Person: l.Person, Roles: people.Roles{people.Steward}}
	_, err := p.desk.Do(ctx, by, &act.PublishDataset{Entry: l.Entry, Version: r.Version, Rows: r.Kept, Digest: r.Digest, Mode: r.Mode, Quality: r.Quality})
	return err
}

// loadStream takes a whole file from a stream of size bytes and has it loaded; it comes back when that has come to rest.
func (p *Program) loadStream(ctx context.Context, o platform.Order, form intake.Form, mode string, file io.Reader) (platform.Load, error) {
	l, err := p.loads.Begin(ctx, o)
	if err != nil {
		return l, err
	}
	part := make([]byte, platform.PartSize)
	for n := 0; l.State == platform.Receiving; n++ {
		k, err := io.ReadFull(file, part)
		if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
			return l, errors.Join(fmt.Errorf("read the file: %w", err), p.loads.Cancel(ctx, l.ID))
		}
		if l, err = p.loads.Put(ctx, l.ID, n, part[:k]); err != nil {
			return l, errors.Join(err, p.loads.Cancel(ctx, l.ID))
		}
	}
	if err := p.loads.Start(ctx, l.ID, form, nil, mode); err != nil {
		return l, err
	}
	return p.loads.Wait(ctx, l.ID)
}

// load answers mulu load: the body is the file, of the length that the request says.
func (p *Program) load(w http.ResponseWriter, r *http.Request) {
	code := r.FormValue("entry")
	g, err := p.ground(r.Context(), code)
	if err == nil {
		var org mulu.Org
		if ok, e := p.noun(mulu.KindOrg, g.Org, &org); e == nil && ok {
			p.signers.guess(&org)
		}
	}
	var l platform.Load
	if err == nil {
		form := intake.Form{Kind: r.FormValue("kind"), Charset: r.FormValue("charset"), Sheet: r.FormValue("sheet")}
		l, err = p.loadStream(r.Context(), platform.Order{Entry: code, Org: g.Org, Source: platform.FromFile, Name: r.FormValue("name"), Size: r.ContentLength},
			form, r.FormValue("mode"), r.Body)
	}
	answer(w, r, l, err)
}
