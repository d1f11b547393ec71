package main

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"time"

	"mulu/act"
	"mulu/law/script"
	"mulu/people"
)

const (
	pagesFew    = 1_000 // entries of the small catalog that the large one is compared with
	pagesMany   = 100_000
	pagesRound  = 5_000
	pagesOrgs   = 60
	pagesViewed = 60 // times each page is fetched
)

// mainPages are those that people open most, as the bureau's approver or as an institution's steward sees them. {entry} is
// an entry's code.
var mainPages = []struct {
	zh, en, path string
	steward      bool
}{
	{"我的待办（主管部门）", "to-dos, the bureau's", "/", false},
	{"我的待办（提供单位）", "to-dos, an institution's", "/", true},
	{"查找数据", "find data", "/search", true},
	{"查找“低保”", "find 低保", "/search?q=%E4%BD%8E%E4%BF%9D", true},
	{"四级目录", "four levels", "/catalog", true},
	{"目录详情", "an entry", "/entries/{entry}", true},
	{"本机构数据目录", "own entries", "/entries", true},
	{"覆盖情况", "coverage", "/coverage", false},
	{"目录核定", "verification", "/verify", false},
	{"机构", "institutions", "/orgs", false},
	{"细则", "the regulation", "/law", false},
	{"目录链", "the chain", "/chain", false},
}

// pages measures how long the server takes for the main pages over HTTP with a large catalog on the chain, against
// a small one.
func (b *bench) pages() error {
	many := b.size(pagesMany, pagesMany)
	h := home(b.newDir())
	if _, err := b.m.found(h, founding{chain: "bench", name: "北京市西城区数据局", short: script.Bureau, edition: "district-2023", sandbox: true, nodes: 1, pages: "127.0.0.1:0"}); err != nil {
		return err
	}
	p, err := b.m.open(b.ctx, h, "", b.m.logger(false))
	if err != nil {
		return err
	}
	return errors.Join(b.viewPages(p, many), p.Close())
}

func (b *bench) viewPages(p *Program, many int) error {
	t := &town{b: b, bureau: script.Key(script.Bureau, 1)}
	t.genesis.Chain = p.chain.ID()
	d, err := readDistrict()
	if err != nil {
		return err
	}
	for _, c := range d.catalogs {
		if c.content.Sharing.Override == "" { // those are verified with reasons only
			t.model = append(t.model, c.content)
		}
	}
	if err := t.populate(p.chain, pagesOrgs); err != nil {
		return err
	}
	bureau, err := b.viewer(p, "approver", "001", people.Approver)
	if err != nil {
		return err
	}
	institution, err := b.viewer(p, "steward", t.parties[0].org, people.Steward)
	if err != nil {
		return err
	}
	var code string
	few := make([][]float64, len(mainPages))
	for done := 0; done < many; {
		upto := min(many, done+pagesRound)
		if done < pagesFew {
			upto = min(many, pagesFew)
		}
		if code, err = b.fillCatalog(p, t, upto-done); err != nil {
			return err
		}
		if done = upto; done != pagesFew && done != many {
			continue
		}
		for i, page := range mainPages {
			viewer := bureau
			if page.steward {
				viewer = institution
			}
			took, err := b.view(viewer, p.base()+strings.ReplaceAll(page.path, "{entry}", code))
			if err != nil {
				return err
			}
			if done == many {
				b.say(page.zh, page.en, fmt.Sprintf(b.m.t("p50 %.1f ms，p95 %.1f ms（目录 %d 条）", "p50 %.1f ms, p95 %.1f ms (%d entries)"), median(took), quantile(took, 0.95), many))
				if few[i] == nil {
					continue
				}
				b.against(fmt.Sprintf("目录 %d 条时，p95", pagesFew), fmt.Sprintf("with %d entries, p95", pagesFew), quantile(took, 0.95), quantile(few[i], 0.95), "%.1f ms")
			}
			few[i] = took
		}
	}
	return nil
}

// fillCatalog puts so many entries into force, one in fifty waits, and gives the code of one. It returns when they can be read.
func (b *bench) fillCatalog(p *Program, t *town, n int) (string, error) {
	var list []said
	for i := range n {
		list = append(list, t.entry(t.parties[i%len(t.parties)], t.model[i%len(t.model)]))
	}
	codes, err := t.have(p.chain, list, "entry")
	if err != nil {
		return "", err
	}
	list = nil
	for i, code := range codes {
		if i%50 != 0 {
			list = append(list, said{t.chief(), &act.VerifyEntry{Entry: code}})
		}
	}
	if _, err := t.have(p.chain, list, "entry"); err != nil {
		return "", err
	}
	return codes[len(codes)-1], p.reads.Wait(b.ctx, p.chain.Size())
}

// viewer is a browser in which a person of an institution is logged in.
func (b *bench) viewer(p *Program, login, org string, role people.Role) (*http.Client, error) {
	_, token, err := p.people.Invite(b.ctx, people.Owner, people.Account{Login: login, Name: "测量", Org: org, Roles: people.Roles{role}})
	if err != nil {
		return nil, err
	}
	if _, err := p.people.Redeem(b.ctx, token, demoPassword, people.Origin{}); err != nil {
		return nil, err
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, err
	}
	c := &http.Client{Jar: jar, Timeout: time.Minute}
	r, err := c.PostForm(p.base()+"/login", url.Values{"login": {login}, "password": {demoPassword}})
	if err != nil {
		return nil, err
	}
	_ = r.Body.Close()
	if r.StatusCode != http.StatusOK || r.Request.URL.Path != "/" {
		return nil, fmt.Errorf("the login led to %s with %s", r.Request.URL.Path, r.Status)
	}
	return c, nil
}

// view fetches a page again and again and gives the milliseconds until its last byte. The first time does not count.
func (b *bench) view(c *http.Client, address string) (took []float64, err error) {
	for i := range 1 + pagesViewed {
		begin := time.Now()
		r, err := c.Get(address)
		if err != nil {
			return nil, err
		}
		_, err = io.Copy(io.Discard, r.Body)
		_ = r.Body.Close()
		if err != nil || r.StatusCode != http.StatusOK {
			return nil, fmt.Errorf("%s: %s: %w", address, r.Status, err)
		}
		if i > 0 {
			took = append(took, ms(time.Since(begin)))
		}
	}
	return took, nil
}
