package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"time"

	"mulu"
	"mulu/act"
	"mulu/chain"
	"mulu/cmd/mulu/madeup"
	"mulu/gateway"
	"mulu/platform"
	"mulu/platform/intake"
	"mulu/sm"
	"mulu/vault"
)

// sides is how many call at once where a gateway's throughput is measured.
const sides = 32

// A counter is a gateway before a chain and a platform, with a consumer that may look rows up.
type counter struct {
	b        *bench
	town     *town
	chain    *chain.Chain
	engine   platform.Engine
	gateway  *gateway.Gateway
	at       string // http://host:port
	token    string
	consumer party
	provider party
	entry    string
	grant    string
	rows     int
	receipts string // their folder
	client   *http.Client
	close    []func() error
}

// withCounter opens a gateway before rows of persons, shared on condition to a consumer at the highest rate, and closes it.
func (b *bench) withCounter(rows int, do func(*counter) error) error {
	_, err := b.withTown(1, 2, false, func(t *town, cs []*chain.Chain) (err error) {
		c := &counter{b: b, town: t, chain: cs[0], rows: rows, provider: t.parties[0], consumer: t.parties[1], token: strings.Repeat("token", 8),
			client: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 2 * sides}}}
		defer func() {
			for i := len(c.close) - 1; i >= 0; i-- {
				err = errors.Join(err, c.close[i]())
			}
		}()
		if err := c.furnish(); err != nil {
			return err
		}
		if err := c.open(); err != nil {
			return err
		}
		return do(c)
	})
	return err
}

// furnish publishes and loads an entry and has it granted to the consumer's machine.
func (c *counter) furnish() error {
	item := func(name, field string, grade int, personal, key bool) mulu.Item {
		return mulu.Item{Name: name, Field: field, Type: "C", Length: 30, Grade: grade, Personal: personal, IsKey: key}
	}
	content := c.town.conditional(0)
	content.Name, content.Duty, content.Grade, content.Personal = "常住人口（测量）", c.provider.duty, 3, true
	content.Items = []mulu.Item{item("编号", "code", 1, false, true), item("姓名", "name", 3, true, false), item("公民身份号码", "number", 3, true, false), item("所属街道", "street", 1, false, false)}
	entry, err := c.made(c.provider, &act.SubmitEntry{Content: content}, mulu.KindEntry)
	if err != nil {
		return err
	}
	if _, err := c.made(c.town.chief(), &act.VerifyEntry{Entry: entry}, mulu.KindEntry); err != nil {
		return err
	}
	c.entry = entry
	if err := c.load(&content); err != nil {
		return err
	}
	sum := sm.Sum([]byte(c.token))
	if _, err := c.made(c.consumer, &act.RegisterClient{Name: "业务系统", Digest: hex.EncodeToString(sum[:])}, mulu.KindClient); err != nil {
		return err
	}
	ask := ask(entry)
	ask.Ask.Rate, ask.Ask.Volume = 600_000, 100_000_000
	application, err := c.made(c.consumer, ask, mulu.KindApplication)
	if err != nil {
		return err
	}
	c.grant, err = c.made(c.provider, &act.AnswerApplication{Application: application, Decision: "full"}, mulu.KindGrant)
	return err
}

// made says an act and gives the id of the noun of a kind that it made.
func (c *counter) made(by party, a act.Act, kind mulu.Kind) (string, error) {
	ids, err := c.town.have(c.chain, []said{{by, a}}, kind)
	if err != nil {
		return "", fmt.Errorf("%s: %w", a.Kind(), err)
	}
	return ids[0], nil
}

// openEngine opens the engine that is measured: that of a home, or the database that was named.
func (b *bench) openEngine(dir string) (platform.Engine, error) {
	if b.warehouse == "" {
		return platform.OpenEmbedded(dir, sm.New, runtime.NumCPU())
	}
	return platform.OpenPostgres(b.warehouse, runtime.NumCPU())
}

func (c *counter) load(content *mulu.EntryContent) (err error) {
	dir, err := c.b.makeDir()
	if err != nil {
		return err
	}
	if c.engine, err = c.b.openEngine(filepath.Join(dir, "platform")); err != nil {
		return err
	}
	c.close = append(c.close, c.engine.Close)
	v, err := vault.Open(filepath.Join(dir, "vault"), make([]byte, vault.KeySize), rand.Reader)
	if err != nil {
		return err
	}
	var csv bytes.Buffer
	csv.WriteString("code,name,number,street\n")
	for i := range c.rows {
		fmt.Fprintf(&csv, "%018d,张三丰,%s,110102001\n", i, madeup.CitizenNumber(fmt.Sprintf("11010219900307%03d", i%1000)))
	}
	table, err := intake.Open(bytes.NewReader(csv.Bytes()), "rows.csv", intake.Form{Kind: intake.CSV})
	if err != nil {
		return err
	}
	r, err := platform.New(c.engine, v, sm.New).Load(c.b.ctx, platform.Job{Entry: c.entry, Ground: platform.Ground{Content: content}}, table)
	if err != nil || !r.Published {
		return fmt.Errorf("load: %+v: %w", r.First, err)
	}
	_, err = c.made(c.provider, &act.PublishDataset{Entry: c.entry, Version: 1, Rows: r.Rows, Digest: r.Digest}, mulu.KindDataset)
	return err
}

// open opens the gateway as the node has it, and serves it on a port of its own.
func (c *counter) open() (err error) {
	dir, err := c.b.makeDir()
	if err != nil {
		return err
	}
	node := c.town.nodes[0]
	c.receipts = filepath.Join(dir, "receipts")
	c.gateway, err = gateway.Open(gateway.Config{Dir: c.receipts, Aside: filepath.Join(dir, "batch"), Chain: c.chain, Source: c.engine,
		Node: node.NodeName, Key: node.Key, DigestKey: make([]byte, 32), Listen: "127.0.0.1:0", Log: c.b.m.logger(false)})
	if err != nil {
		return err
	}
	c.close = append(c.close, c.gateway.Close)
	ctx, stop := context.WithCancel(c.b.ctx)
	ready, ended := make(chan net.Addr, 1), make(chan error, 1)
	go func() { ended <- c.gateway.Serve(ctx, func(a net.Addr) { ready <- a }) }()
	c.close = append(c.close, func() error { stop(); return <-ended })
	select {
	case a := <-ready:
		c.at = "http://" + a.String()
		return nil
	case err := <-ended:
		ended <- nil
		return err
	}
}

// bare serves the same lookups over HTTP without any government: it reads the body, asks the engine, writes the rows.
func (c *counter) bare() (at string, err error) {
	var d mulu.Dataset
	raw, _ := c.chain.Get(mulu.KindDataset, c.entry)
	if err := json.Unmarshal(raw, &d); err != nil {
		return "", err
	}
	v := platform.Version{Entry: c.entry, Number: d.Version, Digest: d.Digest}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	s := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		q := gateway.Request{Limit: gateway.DefaultLimit}
		if err := json.NewDecoder(r.Body).Decode(&q); err != nil {
			http.Error(w, "the body cannot be read", http.StatusBadRequest)
			return
		}
		page, err := c.engine.Query(r.Context(), v, platform.Query{Items: q.Items, Filters: q.Filters, Limit: q.Limit})
		if err != nil {
			http.Error(w, "the rows cannot be read", http.StatusInternalServerError)
			return
		}
		b := []byte(`{"rows":[`)
		for i, row := range page.Rows {
			if i > 0 {
				b = append(b, ',')
			}
			for j, value := range row {
				b = append(platform.AppendText(append(b, "{,"[min(j, 1)]), q.Items[j]), ':')
				b = platform.AppendValue(b, value)
			}
			b = append(b, '}')
		}
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		_, _ = w.Write(append(b, "]}\n"...))
	})}
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(l) }()
	c.close = append(c.close, func() error {
		err := s.Close()
		<-ended
		return err
	})
	return "http://" + l.Addr().String(), nil
}

// call posts a body and wants an answer in which a text stands.
func (c *counter) call(url, body, wanted string) error {
	req, err := http.NewRequestWithContext(c.b.ctx, "POST", url, strings.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+c.token)
	resp, err := c.client.Do(req)
	if err != nil {
		return err
	}
	got, err := io.ReadAll(resp.Body)
	if err := errors.Join(err, resp.Body.Close()); err != nil {
		return err
	}
	if resp.StatusCode != http.StatusOK || !bytes.Contains(got, []byte(wanted)) {
		return fmt.Errorf("%d %s", resp.StatusCode, got)
	}
	return nil
}

// lookup asks for one row by its key.
func (c *counter) lookup(url string, i int) error {
	return c.call(url, fmt.Sprintf(`{"items":["code","name","number"],"filters":[{"item":"code","values":["%018d"]}],"purpose":"窗口核验","case":"2026-%d"}`, i*7919%c.rows, i), `"number":`)
}

// lookups measures keyed lookups through the gateway, receipts on disk, against the same lookups over HTTP without government
// in the same run: many at once, and one after the other.
func (b *bench) lookups() error {
	n := b.size(20_000, 200_000)
	return b.withCounter(b.size(100_000, 1_000_000), func(c *counter) error {
		bare, err := c.bare()
		if err != nil {
			return err
		}
		governed := c.at + "/gateway/" + c.grant + "/query"
		var fast, plain, slow, slowPlain []float64 // calls/s; milliseconds
		next := new(atomic.Int64)
		for range b.repeat {
			for _, way := range []struct {
				url   string
				rates *[]float64
				alone *[]float64
			}{{bare, &plain, &slowPlain}, {governed, &fast, &slow}} {
				begin := time.Now()
				if err := spread(n, sides, func(int) error { return c.lookup(way.url, int(next.Add(1))) }); err != nil {
					return err
				}
				*way.rates = append(*way.rates, perSecond(n, time.Since(begin)))
				for range min(n, 2000) {
					begin := time.Now()
					if err := c.lookup(way.url, int(next.Add(1))); err != nil {
						return err
					}
					*way.alone = append(*way.alone, ms(time.Since(begin)))
				}
			}
		}
		b.say("按主键查询（32 路，回执已落盘）", "keyed lookups, 32 at once, receipts on disk", fmt.Sprintf(b.m.t("每秒 %.0f 次", "%.0f/s"), median(fast)))
		b.against("同样的查询，不经治理的 HTTP 服务", "the same lookups over HTTP without government", median(fast), median(plain), b.m.t("每秒 %.0f 次", "%.0f/s"))
		b.say("逐次查询增加的时间", "added to one lookup after the other", fmt.Sprintf("p50 %.2f ms, p99 %.2f ms", median(slow)-median(slowPlain), quantile(slow, 0.99)-quantile(slowPlain, 0.99)))
		b.against("不经治理 p50", "without government, p50", median(slow), median(slowPlain), "%.2f ms")
		held, err := holds(c.receipts)
		if err != nil {
			return err
		}
		given := c.gateway.Health().Receipts
		b.say("每次调用的磁盘占用（回执、回执树、台账，整理之前）", "disk for each call (receipt, tree, ledger, before compaction)", fmt.Sprintf(b.m.t("%d 字节（%d 份回执）", "%d bytes (%d receipts)"), held/int64(given), given))
		return nil
	})
}

// holds is how many bytes the files of a folder have.
func holds(dir string) (bytes int64, err error) {
	list, err := os.ReadDir(dir)
	if err != nil {
		return 0, err
	}
	for _, e := range list {
		info, err := e.Info()
		if errors.Is(err, fs.ErrNotExist) { // the store has just put it away
			continue
		}
		if err != nil {
			return 0, err
		}
		bytes += info.Size()
	}
	return bytes, nil
}

// receipts measures receipts written durably from 64 sides, each of a call that is refused at once, against SM2 signatures
// on all cores; and the time from an answer until its receipt is proved, when it is anchored at once.
func (b *bench) receipts() error {
	n := b.size(40_000, 400_000)
	return b.withCounter(1000, func(c *counter) error {
		var written, signed []float64
		for range b.repeat {
			begin := time.Now()
			if err := spread(n, runtime.GOMAXPROCS(0), func(i int) error {
				_, err := c.town.nodes[0].Key.Sign(fmt.Appendf(nil, "%400d", i))
				return err
			}); err != nil {
				return err
			}
			signed = append(signed, perSecond(n, time.Since(begin)))
			begin = time.Now()
			if err := spread(n, 2*sides, func(i int) error {
				status, _, body := c.gateway.Try(b.ctx, gateway.Trial{Org: c.consumer.org, Person: "bench", Grant: c.grant, Method: "check",
					Body: []byte(`{"filters":[{"item":"code","values":["1"]}],"purpose":"窗口核验","case":"1"}`)})
				if status != http.StatusForbidden || !bytes.Contains(body, []byte(`"receipt":"`)) {
					return fmt.Errorf("%d %s", status, body)
				}
				return nil
			}); err != nil {
				return err
			}
			written = append(written, perSecond(n, time.Since(begin)))
		}
		b.say("落盘的回执（64 路，均为即时拒绝的调用）", "receipts on disk, 64 sides, calls refused at once", fmt.Sprintf(b.m.t("每秒 %.0f 份", "%.0f/s"), median(written)))
		b.against("全部处理器核心每秒的 SM2 签名", "SM2 signatures on all cores", median(written), median(signed), b.m.t("%.0f", "%.0f/s"))
		return c.provable()
	})
}

// provable measures from an answer to the proof file of its receipt, anchored on demand, against one act on the chain.
func (c *counter) provable() error {
	var took, said []float64
	for i := range min(c.b.size(100, 500), 500) {
		begin := time.Now()
		if _, err := c.made(c.provider, &act.RegisterDuty{Code: fmt.Sprintf("G%07d", i), Name: fmt.Sprintf("第%d项职责", i), Basis: "《北京市西城区公共数据管理实施细则》第六条"}, mulu.KindDuty); err != nil {
			return err
		}
		said = append(said, ms(time.Since(begin)))
		begin = time.Now()
		if err := c.lookup(c.at+"/gateway/"+c.grant+"/query", i); err != nil {
			return err
		}
		list, err := c.gateway.Receipts(c.b.ctx, gateway.ReceiptQuery{Grant: c.grant, Max: 1})
		if err != nil || len(list) != 1 {
			return fmt.Errorf("the receipt just given is not listed: %w", err)
		}
		if _, err := c.gateway.Anchor(c.b.ctx); err != nil {
			return err
		}
		for {
			if _, err := c.gateway.Proof(c.b.ctx, list[0].ID); err == nil {
				break
			} else if !errors.Is(err, gateway.ErrNotAnchored) {
				return err
			}
			runtime.Gosched()
		}
		took = append(took, ms(time.Since(begin)))
	}
	c.b.say("查询到可证明（即时锚定）", "lookup to provable, anchored at once", fmt.Sprintf("p50 %.1f ms, p99 %.1f ms", median(took), quantile(took, 0.99)))
	c.b.against("提交一个操作到上链 p50", "one act submitted and committed, p50", median(took), median(said), "%.1f ms")
	return nil
}

// firstRow measures from handing in an application for data shared without condition to its first row, against the act alone.
func (b *bench) firstRow() error {
	n := min(b.size(100, 500), 500)
	return b.withCounter(1000, func(c *counter) error {
		var took, said []float64
		for i := range n {
			entry, err := c.free(i)
			if err != nil {
				return err
			}
			begin := time.Now()
			grant, err := c.made(c.consumer, ask(entry), mulu.KindGrant)
			if err != nil {
				return err
			}
			said = append(said, ms(time.Since(begin)))
			if err := c.call(c.at+"/gateway/"+grant+"/query", `{"purpose":"窗口核验","case":"1","limit":1}`, `"code":`); err != nil {
				return err
			}
			took = append(took, ms(time.Since(begin)))
		}
		b.say("无条件共享：申请到第一行数据", "shared without condition: application to first row", fmt.Sprintf("p50 %.1f ms, p99 %.1f ms", median(took), quantile(took, 0.99)))
		b.against("仅申请到上链 p50", "the application alone until committed, p50", median(took), median(said), "%.1f ms")
		return nil
	})
}

// free publishes an entry with a row that is shared without condition.
func (c *counter) free(i int) (string, error) {
	content := c.town.conditional(0)
	content.Name, content.Duty, content.Grade, content.Personal = fmt.Sprintf("公开名录（%d）", i), c.provider.duty, 1, false
	content.Sharing, content.Opening = mulu.Sharing{Type: "unconditional"}, mulu.Opening{Type: "unconditional"}
	content.Items = []mulu.Item{{Name: "编号", Field: "code", Type: "C", Length: 30, Grade: 1, IsKey: true}}
	entry, err := c.made(c.provider, &act.SubmitEntry{Content: content}, mulu.KindEntry)
	if err != nil {
		return "", err
	}
	if _, err := c.made(c.town.chief(), &act.VerifyEntry{Entry: entry}, mulu.KindEntry); err != nil {
		return "", err
	}
	s, err := c.engine.Stage(c.b.ctx, entry, content.Items, platform.Base{})
	if err != nil {
		return "", err
	}
	row, sum := platform.Row{"1"}, platform.NewDigest(sm.New())
	sum.Add(row)
	if err := s.Add(c.b.ctx, row); err != nil {
		return "", err
	}
	if _, err := s.Duplicates(c.b.ctx, 1); err != nil {
		return "", err
	}
	if err := s.Publish(c.b.ctx, 1, sum.Hex()); err != nil {
		return "", err
	}
	_, err = c.made(c.provider, &act.PublishDataset{Entry: entry, Version: 1, Rows: 1, Digest: sum.Hex()}, mulu.KindDataset)
	return entry, err
}
